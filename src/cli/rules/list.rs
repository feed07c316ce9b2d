//! `kinfold rules list`: the rule sets of a state folder and their versions.

use super::version_json;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::{Output, columns};
use crate::cli::state_args::{StateDir, open, short};
use kinfold::state::RuleSetHistory;

/// List the rule sets of a state folder: every version, and which one is published
#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    state: StateDir,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(args: &ListArgs) -> Result<ExitCode, Failure> {
    let folder = open(&args.state.dir)?;
    let sets: Vec<&RuleSetHistory> = folder.sets().collect();
    let json = serde_json::json!({
        "state": folder.dir().display().to_string(),
        "sets": sets.iter().map(|set| serde_json::json!({
            "name": set.name,
            "published": set.published().map(|v| v.number),
            "versions": set.versions.iter().map(version_json).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
    });
    Output { json: args.json }.either(&json, || {
        if sets.is_empty() {
            return format!("{}: no rule set yet\n", folder.dir().display());
        }
        let tables: Vec<String> = sets.iter().map(|set| table(set)).collect();
        tables.join("\n")
    })?;
    Ok(ExitCode::Ok)
}

fn table(set: &RuleSetHistory) -> String {
    let mut text = match set.published() {
        Some(version) => format!("{}: version {} is published\n", set.name, version.number),
        None => format!("{}: no version is published\n", set.name),
    };
    let mut rows = vec![
        ["version", "status", "sha256", "when", "by", "why"]
            .map(str::to_owned)
            .to_vec(),
    ];
    rows.extend(set.versions.iter().map(|v| {
        vec![
            v.number.to_string(),
            v.status.as_str().to_owned(),
            short(&v.sha256).to_owned(),
            v.when.clone(),
            v.who.clone(),
            v.why.clone().unwrap_or_default(),
        ]
    }));
    text.push_str(&columns(&rows, &[0]));
    text
}
