//! `kinfold state verify`: whether a state folder is as it was written.

use crate::cli::decide::contradictory;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::{Output, plural};
use crate::cli::state_args::torn_note;
use kinfold::state::StateFolder;
use std::path::PathBuf;

/// Check that a state folder is as it was written: every checksum, every hash, every version
///
/// Ends with 0 when all holds, with 1 when something is worth knowing (an unfinished entry at the end, rules that this
/// version of kinfold refuses, decisions that contradict each other), and with 6 when the log is damaged or of a newer version. Writes nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct VerifyArgs {
    /// State folder
    dir: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(args: &VerifyArgs) -> Result<ExitCode, Failure> {
    let folder = StateFolder::open(&args.dir)?;
    let mut findings = Vec::new();
    if let Some(torn) = folder.torn() {
        let note = torn_note(&args.dir, torn);
        findings.push(note.trim_start_matches("note: ").to_owned());
    }
    let versions: Vec<_> = folder.sets().flat_map(|s| &s.versions).collect();
    for version in &versions {
        if let Err(error) = version.rules() {
            findings.push(error.to_string());
        }
    }
    findings.extend(contradictory(&folder));
    let n_decisions = folder.decisions().count() as u64;
    // The order is that of the log; a clock that was set back is told and harms nothing.
    let entries = folder.entries();
    let n_back = entries
        .windows(2)
        .filter(|pair| pair[1].act.when < pair[0].act.when)
        .count() as u64;
    let json = serde_json::json!({
        "state": args.dir.display().to_string(),
        "entries": entries.len(),
        "versions": versions.len(),
        "decisions": n_decisions,
        "chain": folder.chain(),
        "clock_went_back": n_back,
        "findings": findings,
    });
    Output { json: args.json }.either(&json, || {
        let mut text = format!(
            "{}: {}, {} and {} hold; the last checksum is {}\n",
            args.dir.display(),
            plural(entries.len() as u64, "entry", "entries"),
            plural(
                versions.len() as u64,
                "version of rules",
                "versions of rules"
            ),
            plural(n_decisions, "decision", "decisions"),
            folder.chain(),
        );
        if n_back > 0 {
            let times = plural(n_back, "time", "times");
            text.push_str(&format!(
                "the clock was set back {times}; the order of entries does not depend on it\n"
            ));
        }
        for finding in &findings {
            text.push_str(&format!("attention: {finding}\n"));
        }
        text
    })?;
    Ok(if findings.is_empty() {
        ExitCode::Ok
    } else {
        ExitCode::Attention
    })
}
