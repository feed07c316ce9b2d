//! `kinfold rules show`: the rules in effect.

use crate::cli::data_args::record_type;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::rule_source;
use crate::cli::state_args::open;
use kinfold::model::RecordType;
use kinfold::rules::{builtin_for, render};
use std::path::PathBuf;

/// Print rules as a rule file in canonical form: of a file, of a state folder, or the built-in ones
///
/// Two files that print the same mean the same. Of a state folder it prints the published version, or the one of
/// --version, exactly as it was stored.
#[derive(Debug, clap::Args)]
pub(crate) struct ShowArgs {
    /// Rule file; without it and without --state the built-in rules
    #[arg(conflicts_with = "state")]
    file: Option<PathBuf>,
    /// State folder
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Which rule set of the state folder, when it has several
    #[arg(long, value_name = "NAME", requires = "state")]
    set: Option<String>,
    /// Number of the version; without it the published one
    #[arg(long, value_name = "N", requires = "state")]
    version: Option<u64>,
    /// Which built-in rules
    #[arg(long = "type", value_name = "TYPE", value_parser = record_type(), default_value = "lead", conflicts_with_all = ["file", "state"])]
    record_type: RecordType,
}

pub(crate) fn run(args: &ShowArgs) -> Result<ExitCode, Failure> {
    let text = match (&args.file, &args.state) {
        (Some(file), _) => render(&rule_source::read(file)?),
        (None, Some(dir)) => {
            let folder = open(dir)?;
            let set = args.set.as_deref();
            let version = match args.version {
                Some(number) => folder.version(set, number)?,
                None => folder.choose(set)?,
            };
            version.text.clone()
        }
        (None, None) => render(&builtin_for(args.record_type)),
    };
    Output { json: false }.text(&text)?;
    Ok(ExitCode::Ok)
}
