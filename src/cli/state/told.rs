//! What `purge` and `forget` have in common: how they are asked, and what they tell in words and as JSON.

use crate::cli::output::plural;
use crate::cli::state_args::ChangeArgs;
use kinfold::state::{Purged, Purging};
use std::path::Path;

/// How something is to be removed.
#[derive(Debug, clap::Args)]
pub(crate) struct RemovalArgs {
    /// Tell what would go, and write nothing
    #[arg(long)]
    pub(crate) dry_run: bool,

    #[command(flatten)]
    pub(crate) change: ChangeArgs,

    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

impl RemovalArgs {
    /// Whether to write.
    pub(crate) fn how(&self) -> Purging {
        if self.dry_run {
            Purging::Tell
        } else {
            Purging::Remove
        }
    }
}

/// Lines for people.
pub(crate) fn removed(dir: &Path, purged: &Purged, is_dry: bool) -> String {
    let dir = dir.display();
    if purged.is_nothing() {
        return format!("{dir}: nothing to remove\n");
    }
    let would = if is_dry { "would be " } else { "" };
    let mut text = String::new();
    for (set, number) in &purged.versions {
        text.push_str(&format!("{dir}: {would}removed: {set} version {number}\n"));
    }
    for copy in &purged.copies {
        text.push_str(&format!("{would}removed: {}\n", copy.display()));
    }
    if purged.n_decisions > 0 {
        text.push_str(&format!(
            "{dir}: {would}removed: {}\n",
            plural(purged.n_decisions, "decision", "decisions")
        ));
    }
    text.push_str(&format!(
        "{dir}: {} {would}gone from the log, and {} of entries that stay\n",
        plural(purged.n_entries, "entry", "entries"),
        plural(purged.n_reasons, "reason", "reasons"),
    ));
    text
}

/// One JSON object.
pub(crate) fn removed_json(dir: &Path, purged: &Purged, is_dry: bool) -> serde_json::Value {
    let version =
        |(set, number): &(String, u64)| serde_json::json!({"set": set, "version": number});
    serde_json::json!({
        "state": dir.display().to_string(),
        "dry_run": is_dry,
        "versions": purged.versions.iter().map(version).collect::<Vec<_>>(),
        "entries": purged.n_entries,
        "decisions": purged.n_decisions,
        "reasons": purged.n_reasons,
        "copies": purged.copies.iter().map(|c| c.display().to_string()).collect::<Vec<_>>(),
        "left": purged.left.iter().map(version).collect::<Vec<_>>(),
    })
}
