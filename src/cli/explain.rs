//! `kinfold explain`: why two records are, or are not, duplicates.

use super::data_args::{DataArgs, RuleArgs};
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::loading::Loading;
use kinfold::model::RecordIdx;
use kinfold::pipeline::{self, Loaded};
use kinfold::rules::ListedId;
use std::ffi::OsString;
use std::path::PathBuf;

/// Explain why two records are, or are not, duplicates
///
/// Shows what each rule says of the pair, which condition failed and by how much, and the evidence in bits, field by
/// field. Works for any two records, whether a rule found them or not. Writes nothing.
///
/// Example: kinfold explain leads.csv 0a1b 2c3d
#[derive(Debug, clap::Args)]
#[command(override_usage = "kinfold explain [OPTIONS] <INPUT>... <A> <B>")]
pub(crate) struct ExplainArgs {
    /// Files to read, then the ids of the two records; TYPE:ID where records of several types have the id
    #[arg(required = true, num_args = 3.., value_names = ["INPUT", "A", "B"])]
    inputs_and_ids: Vec<OsString>,
    #[command(flatten)]
    pub(crate) data: DataArgs,

    #[command(flatten)]
    rules: RuleArgs,
}

pub(crate) fn run(args: &ExplainArgs) -> Result<ExitCode, Failure> {
    let [inputs @ .., a, b] = args.inputs_and_ids.as_slice() else {
        unreachable!("clap asks for three values or more");
    };
    let inputs: Vec<PathBuf> = inputs.iter().map(PathBuf::from).collect();
    let loading = Loading::begin(&args.data, &args.rules)?;
    let loaded = loading.load(&inputs)?;
    let (a, b) = (find(&loaded, a)?, find(&loaded, b)?);
    if a == b {
        return Err(Failure::new(
            ExitCode::Usage,
            "failed to explain a record against itself: both ids are the same",
            "give the ids of two records",
        ));
    }
    let options = loading.link_options(&loaded);
    let explanation = pipeline::explain(&loaded, &options, a, b);
    args.data
        .output()
        .either(&explanation, || explanation.render())?;
    Ok(ExitCode::Ok)
}

fn find(loaded: &Loaded, id: &OsString) -> Result<RecordIdx, Failure> {
    let text = id.to_string_lossy();
    let listed = ListedId::parse(&text);
    let typed = || {
        let record_type = listed.record_type?;
        loaded.table.find_of(record_type, &listed.id)
    };
    loaded.table.find(&text).or_else(typed).ok_or_else(|| {
        let help = if PathBuf::from(id).is_file() {
            "this is a file: the last two values are ids, `kinfold explain INPUT... A B`".to_owned()
        } else {
            format!(
                "ids are compared letter by letter with the id column; {} records were read",
                loaded.table.n_records()
            )
        };
        Failure::new(
            ExitCode::Usage,
            format!("failed to find a record with the id {text}"),
            help,
        )
    })
}
