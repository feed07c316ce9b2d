//! `kinfold rules presets`: the shipped rule files.

use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::{Output, columns};
use kinfold::rules::presets::PRESETS;

/// List the rule presets: shipped rule files to run or to start from
///
/// `--rules preset:NAME` uses one, `kinfold rules new FILE --preset NAME` copies one. docs/presets.md says what each
/// mimics and what it cannot.
#[derive(Debug, clap::Args)]
pub(crate) struct PresetsArgs {
    /// Print one JSON object, with the text of each
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(args: &PresetsArgs) -> Result<ExitCode, Failure> {
    let json = serde_json::json!({
        "presets": PRESETS.iter().map(|p| serde_json::json!({
            "name": p.name,
            "title": p.title,
            "rules": p.rules().rules.iter().map(|r| r.name.clone()).collect::<Vec<_>>(),
            "text": p.text,
        })).collect::<Vec<_>>(),
    });
    Output { json: args.json }.either(&json, || {
        let rows: Vec<Vec<String>> = PRESETS
            .iter()
            .map(|p| vec![p.name.to_owned(), p.title.to_owned()])
            .collect();
        columns(&rows, &[])
    })?;
    Ok(ExitCode::Ok)
}
