//! `kinfold similar`: how alike two values are.

use super::data_args::country;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::matchcode::Kind;
use super::output::Output;
use kinfold::pipeline::{SimilarKind, similar};

/// Compare two values: one JSON object with the agreement level, the measures and the bits
///
/// "match" says whether the built-in rules' condition on such values holds: same e-mail, same phone, same domain,
/// similar name, similar company, same address. The bits are those of shipped figures, without the frequencies of your own data.
///
/// Example: kinfold similar name "Bob Smith" "Smith, Robert"
#[derive(Debug, clap::Args)]
pub(crate) struct SimilarArgs {
    /// What the values are
    kind: Kind,
    /// One value
    a: String,
    /// The other
    b: String,
    /// Country of phone numbers that do not say theirs
    #[arg(long, value_name = "CODE", value_parser = country)]
    country: Option<String>,
}

pub(crate) fn run(args: &SimilarArgs) -> Result<ExitCode, Failure> {
    let kind = match args.kind {
        Kind::Email => SimilarKind::Email,
        Kind::Phone => SimilarKind::Phone,
        Kind::Domain => SimilarKind::Domain,
        Kind::Name => SimilarKind::Name,
        Kind::Company => SimilarKind::Company,
        Kind::Address => SimilarKind::Address,
    };
    let found = similar(kind, &args.a, &args.b, args.country.as_deref());
    Output { json: true }.json_line(&found)?;
    Ok(ExitCode::Ok)
}
