//! `kinfold rules log`: who did what to the rules, when and why.

use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::{Output, columns, plural};
use crate::cli::state_args::{StateDir, open, short};
use kinfold::state::{Entry, What};

/// Tell who published, stored and took back which rules, when and why; the oldest first
///
/// Decisions on pairs are told by `kinfold decide list --history`.
#[derive(Debug, clap::Args)]
pub(crate) struct LogArgs {
    #[command(flatten)]
    state: StateDir,
    /// Only what concerns this rule set
    #[arg(long, value_name = "NAME")]
    set: Option<String>,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(args: &LogArgs) -> Result<ExitCode, Failure> {
    let folder = open(&args.state.dir)?;
    if let Some(set) = &args.set {
        folder.set(set)?;
    }
    let concerns = |entry: &&Entry| {
        !matches!(entry.what, What::Decide { .. })
            && args
                .set
                .as_deref()
                .is_none_or(|set| set_of(&entry.what).is_none_or(|of| of == set))
    };
    let entries: Vec<&Entry> = folder.entries().iter().filter(concerns).collect();
    let json = serde_json::json!({
        "state": folder.dir().display().to_string(),
        "chain": folder.chain(),
        "entries": entries.iter().map(|e| as_json(e)).collect::<Vec<_>>(),
    });
    Output { json: args.json }.either(&json, || {
        let mut rows = vec![
            ["entry", "when", "by", "what", "why"]
                .map(str::to_owned)
                .to_vec(),
        ];
        rows.extend(entries.iter().map(|e| {
            vec![
                e.seq.to_string(),
                e.act.when.clone(),
                e.act.who.clone(),
                sentence(&e.what),
                e.act.why.clone().unwrap_or_default(),
            ]
        }));
        columns(&rows, &[0])
    })?;
    Ok(ExitCode::Ok)
}

/// The rule set an entry is about; `None` for one that concerns the whole folder.
fn set_of(what: &What) -> Option<&str> {
    match what {
        What::Draft { set, .. } | What::Publish { set, .. } | What::Unpublish { set, .. } => {
            Some(set)
        }
        What::Format { .. } | What::Decide { .. } | What::Repair { .. } | What::Purge { .. } => {
            None
        }
    }
}

fn sentence(what: &What) -> String {
    match what {
        What::Format { .. } => "began this state folder".to_owned(),
        What::Draft {
            set,
            number,
            sha256,
            ..
        } => format!(
            "stored {set} version {number} ({}) as a draft",
            short(sha256)
        ),
        What::Publish {
            set,
            number,
            sha256,
            rules,
            gate,
        } => {
            let new = if rules.is_some() { ", new" } else { "" };
            let gate = gate
                .as_ref()
                .map(|g| format!(", as {}", g.expression))
                .unwrap_or_default();
            format!(
                "published {set} version {number} ({}{new}){gate}",
                short(sha256)
            )
        }
        What::Unpublish { set, number } => format!("unpublished {set} version {number}"),
        What::Decide { pairs } => {
            format!("decided on {}", plural(pairs.len() as u64, "pair", "pairs"))
        }
        What::Repair {
            kept,
            dropped,
            backup,
        } => format!(
            "repaired the log: {} kept, {} lost; {backup} has them",
            plural(*kept, "entry", "entries"),
            plural(*dropped, "line", "lines"),
        ),
        What::Purge {
            versions,
            entries,
            decisions,
            reasons,
            ..
        } => {
            let what = if versions.is_empty() {
                "no version of rules".to_owned()
            } else {
                versions.join(", ")
            };
            let mut text = format!(
                "removed {what}, and {} with it",
                plural(*entries, "entry", "entries")
            );
            if *decisions > 0 {
                let decisions = plural(*decisions, "decision", "decisions");
                text.push_str(&format!(", and {decisions}"));
            }
            if *reasons > 0 {
                text.push_str(&format!(", and {}", plural(*reasons, "reason", "reasons")));
            }
            text
        }
    }
}

/// An entry without the text of the rules, which `show` and `export` print.
fn as_json(entry: &Entry) -> serde_json::Value {
    let mut json = serde_json::to_value(entry).expect("text keys, and no numbers that JSON lacks");
    if let Some(object) = json.as_object_mut() {
        object.remove("rules");
    }
    json
}
