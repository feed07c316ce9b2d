//! `kinfold state repair`: a damaged log, saved as far as it can be proven.

use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::{Output, plural};
use crate::cli::state_args::{ChangeArgs, short};
use kinfold::state::{StateFolder, repair};
use std::path::PathBuf;

/// Save what can be proven of a damaged state folder, and keep a copy of the damaged log
///
/// Keeps the entries before the damage, and those after it that their own checksums prove. Says what was dropped and what
/// is published now: look at that before the next run. Ends with 0 when nothing was lost, and with 1 when lines had
/// to be dropped. A folder that holds is left alone.
#[derive(Debug, clap::Args)]
pub(crate) struct RepairArgs {
    /// State folder
    dir: PathBuf,
    #[command(flatten)]
    change: ChangeArgs,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(args: &RepairArgs) -> Result<ExitCode, Failure> {
    let dir = &args.dir;
    let repaired = repair(dir, args.change.wait(), &args.change.author()?)?;
    let backup = repaired.backup.as_ref().map(|b| b.display().to_string());
    let json = serde_json::json!({
        "state": dir.display().to_string(),
        "kept": repaired.n_kept,
        "dropped_lines": repaired.dropped,
        "torn_bytes": repaired.n_torn,
        "backup": backup,
        "decisions": repaired.folder.decisions().count(),
        "published": published(&repaired.folder).iter().map(|(set, version)| serde_json::json!({
            "set": set, "version": version.as_ref().map(|(n, _)| n), "sha256": version.as_ref().map(|(_, h)| h),
        })).collect::<Vec<_>>(),
    });
    Output { json: args.json }.either(&json, || {
        let Some(backup) = &backup else {
            return format!("{}: nothing to repair\n", dir.display());
        };
        let mut text = format!("{}: ", dir.display());
        if repaired.dropped.is_empty() {
            text.push_str(&format!(
                "an unfinished entry of {} was cut off; all {} before it hold\n",
                plural(repaired.n_torn, "byte", "bytes"),
                plural(repaired.n_kept, "entry", "entries"),
            ));
        } else {
            let lines: Vec<String> = repaired.dropped.iter().map(u64::to_string).collect();
            text.push_str(&format!(
                "{} kept, {} dropped ({} {} of the damaged log)\n",
                plural(repaired.n_kept, "entry", "entries"),
                plural(repaired.dropped.len() as u64, "line", "lines"),
                if lines.len() == 1 { "line" } else { "lines" },
                lines.join(", "),
            ));
        }
        text.push_str(&format!("damaged log: {backup}\n"));
        let n = repaired.folder.decisions().count() as u64;
        if n > 0 {
            text.push_str(&plural(n, "decision stands", "decisions stand"));
            text.push('\n');
        }
        for (set, version) in published(&repaired.folder) {
            text.push_str(&match version {
                Some((number, sha256)) => {
                    format!("now published: {set} version {number} ({})\n", short(&sha256))
                }
                None => format!("now published: no version of {set}\n"),
            });
        }
        if !repaired.dropped.is_empty() {
            text.push_str(&format!(
                "check that these are the rules you want before the next run: `kinfold rules log --state {}`\n",
                dir.display()
            ));
        }
        text
    })?;
    Ok(if repaired.dropped.is_empty() {
        ExitCode::Ok
    } else {
        ExitCode::Attention
    })
}

/// Each rule set with number and hash of its published version.
fn published(folder: &StateFolder) -> Vec<(String, Option<(u64, String)>)> {
    folder
        .sets()
        .map(|set| {
            let version = set.published().map(|v| (v.number, v.sha256.clone()));
            (set.name.clone(), version)
        })
        .collect()
}
