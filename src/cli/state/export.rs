//! `kinfold state export`: all that a state folder holds, as one JSON document.

use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::raw;
use crate::cli::rules::version_json;
use crate::cli::state_args::open;
use std::path::PathBuf;

/// Print everything in a state folder as one JSON document
///
/// Rule sets with every version and its text, the decisions that stand, and the log entry by entry. For audits, and for other programs.
///
/// Example: kinfold state export state > state.json
#[derive(Debug, clap::Args)]
pub(crate) struct ExportArgs {
    /// State folder
    dir: PathBuf,
}

pub(crate) fn run(args: &ExportArgs) -> Result<ExitCode, Failure> {
    let folder = open(&args.dir)?;
    let sets = folder.sets().map(|set| {
        let versions = set.versions.iter().map(|version| {
            let mut json = version_json(version);
            json["rules"] = version.text.clone().into();
            json
        });
        serde_json::json!({
            "name": set.name,
            "published": set.published().map(|v| v.number),
            "versions": versions.collect::<Vec<_>>(),
        })
    });
    let decisions = folder.decisions().map(|d| {
        serde_json::json!({
            "decision": d.answer.as_str(),
            "left": d.left.text(),
            "right": d.right.text(),
            "values": d.values,
            "by": d.who,
            "at": d.when,
            "why": d.why,
        })
    });
    let json = serde_json::json!({
        "format": "kinfold-state-export",
        "version": 1,
        "tool_version": env!("CARGO_PKG_VERSION"),
        "chain": folder.chain(),
        "sets": sets.collect::<Vec<_>>(),
        "decisions": decisions.collect::<Vec<_>>(),
        "log": folder.entries(),
    });
    let text =
        serde_json::to_string_pretty(&json).expect("text keys, and no numbers that JSON lacks");
    raw(format!("{text}\n").as_bytes())?;
    Ok(ExitCode::Ok)
}
