//! `kinfold state forget`: what names a person's records, removed from what kinfold keeps.

use super::told::{RemovalArgs, removed, removed_json};
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use clap::builder::NonEmptyStringValueParser;
use kinfold::report::{self, ForgottenRuns};
use kinfold::state::forget;
use std::path::{Path, PathBuf};

/// Remove what names these records from a state folder and from the runs in output folders
///
/// For a person who is to be erased: erase the records in the CRM first, then give their ids here, all of them. From an
/// output folder every run that names one of them goes as a whole, since a run without some of its rows would be no
/// proof of anything; no later run needs it, and the next run sets `latest` again. From a state folder go decisions on such
/// a record, versions of rules that list one under [[always]] or [[never]] and are no longer in force, the reasons that
/// name one, and copies of damaged logs that do. A version that is in force, or the newest of its set, stays and is told: publish the
/// rules without the record, and forget again. An id is found as a whole word, whatever the case of its letters.
/// Ends with 1 when something stays. Stopped at any moment it can be run again.
///
/// Example: kinfold state forget 9f0c1c6e-0001-4a6e-9d1e-6b1f5a3c0001 --out kinfold-out --state state
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("where").required(true).multiple(true).args(["state", "out"]))]
pub(crate) struct ForgetArgs {
    /// Ids of the records, as the CRM has them
    #[arg(required = true, value_name = "RECORD-ID", value_parser = NonEmptyStringValueParser::new())]
    ids: Vec<String>,
    /// State folder
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Output folder of runs; may be given several times
    #[arg(long, value_name = "DIR")]
    out: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) removal: RemovalArgs,
}

pub(crate) fn run(args: &ForgetArgs) -> Result<ExitCode, Failure> {
    let RemovalArgs {
        dry_run, change, ..
    } = &args.removal;
    let (is_dry, author) = (*dry_run, change.author()?);
    let mut stays = false;
    let (mut text, mut runs_json) = (String::new(), Vec::new());
    for out in &args.out {
        let named = runs(args, out)?;
        stays |= !named.foreign.is_empty();
        text.push_str(&runs_text(out, &named, is_dry));
        runs_json.push(serde_json::json!({
            "out": out.display().to_string(),
            "runs": named.runs,
            "was_latest": named.was_latest,
            "foreign": named.foreign.iter().map(|f| f.display().to_string()).collect::<Vec<_>>(),
        }));
    }
    let mut state_json = None;
    if let Some(dir) = &args.state {
        let purged = forget(dir, &args.ids, args.removal.how(), change.wait(), &author)?;
        stays |= !purged.left.is_empty();
        text.push_str(&removed(dir, &purged, is_dry));
        for (set, number) in &purged.left {
            text.push_str(&format!(
                "attention: {set} version {number} names such a record and stays, since it is published or the newest: \
                 publish the rules without it, and forget again\n"
            ));
        }
        state_json = Some(removed_json(dir, &purged, is_dry));
    }
    let json = serde_json::json!({ "dry_run": is_dry, "state": state_json, "outs": runs_json });
    Output {
        json: args.removal.json,
    }
    .either(&json, || text)?;
    Ok(if stays {
        ExitCode::Attention
    } else {
        ExitCode::Ok
    })
}

/// Removes the runs that name one of the ids, or tells them.
fn runs(args: &ForgetArgs, out: &Path) -> Result<ForgottenRuns, Failure> {
    // Before the lock, which would make the folder.
    let mut named = report::runs_naming(out, &args.ids)?;
    if !args.removal.dry_run {
        let _lock = report::lock(out, args.removal.change.wait())?;
        named = report::runs_naming(out, &args.ids)?;
        if !named.runs.is_empty() {
            report::remove_runs(out, &mut named)?;
        }
    }
    Ok(named)
}

fn runs_text(out: &Path, named: &ForgottenRuns, is_dry: bool) -> String {
    let out = out.display();
    let would = if is_dry { "would be " } else { "" };
    if named.runs.is_empty() {
        return format!("{out}: no run names such a record\n");
    }
    let mut text = String::new();
    for run in &named.runs {
        text.push_str(&format!("{out}: {would}removed: run {run}\n"));
    }
    if named.was_latest {
        text.push_str(&format!(
            "{out}: the newest run is among them; `latest` is set again by the next run\n"
        ));
    }
    for folder in &named.foreign {
        text.push_str(&format!(
            "attention: {} holds files that kinfold did not write, which stay\n",
            folder.display()
        ));
    }
    text
}
