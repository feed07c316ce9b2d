//! `kinfold decide list`: what was decided.

use crate::cli::data_args::DataArgs;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::loading::Loading;
use crate::cli::output::columns;
use crate::cli::state_args::{StateDir, open};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use kinfold::pipeline::{Worth, worth};
use kinfold::state::{Answer, Decision, StateFolder, What};
use serde::Serialize;
use std::path::PathBuf;

/// List the decisions that stand: pair, answer, who, when, why
///
/// With --input also what each is worth on that export: `in force`, `lapsed` when a compared value of the left record,
/// the right one or both changed since, or `not in data`.
///
/// Example: kinfold decide list --state state --only defer
#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    state: StateDir,

    /// Only decisions of this kind; may be given several times
    #[arg(long, value_name = "DECISION", value_parser = answer(), value_delimiter = ',')]
    only: Vec<Answer>,

    /// Every decision ever recorded, also those replaced or undone, the oldest first
    #[arg(long, conflicts_with = "input")]
    history: bool,

    /// Export to hold the decisions against; may be given several times
    #[arg(long, value_name = "FILE")]
    input: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) data: DataArgs,
}

/// Parser of a decision.
fn answer() -> impl TypedValueParser<Value = Answer> {
    PossibleValuesParser::new(Answer::ALL.map(Answer::as_str))
        .map(|word| Answer::parse(&word).expect("one of the possible values"))
}

/// A line of the list.
#[derive(Debug, Serialize)]
struct Line {
    decision: &'static str,
    left: String,
    right: String,
    at: String,
    by: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    worth: Option<&'static str>,
}

pub(crate) fn run(args: &ListArgs) -> Result<ExitCode, Failure> {
    let folder = open(&args.state.dir)?;
    let mut lines = if args.history {
        history(&folder)
    } else {
        standing(args, &folder)?
    };
    let only: Vec<&str> = args.only.iter().map(|a| a.as_str()).collect();
    lines.retain(|line| only.is_empty() || only.contains(&line.decision));
    let json = serde_json::json!({
        "state": folder.dir().display().to_string(),
        "decisions": lines,
    });
    args.data.output().either(&json, || {
        if lines.is_empty() {
            return format!("{}: no decision\n", folder.dir().display());
        }
        let mut header = vec!["decision", "left", "right", "when", "by", "why"];
        if !args.input.is_empty() {
            header.insert(1, "worth");
        }
        let mut rows = vec![header.into_iter().map(str::to_owned).collect::<Vec<_>>()];
        rows.extend(lines.iter().map(|line| {
            let mut row = vec![
                line.decision.to_owned(),
                line.left.clone(),
                line.right.clone(),
                line.at.clone(),
                line.by.clone(),
                line.why.clone().unwrap_or_default(),
            ];
            if let Some(worth) = line.worth {
                row.insert(1, worth.to_owned());
            }
            row
        }));
        columns(&rows, &[])
    })?;
    Ok(ExitCode::Ok)
}

fn standing(args: &ListArgs, folder: &StateFolder) -> Result<Vec<Line>, Failure> {
    let decisions: Vec<Decision> = folder.decisions().cloned().collect();
    let mut worths = vec![None; decisions.len()];
    if !args.input.is_empty() {
        let loading = Loading::without_rules(&args.data);
        let loaded = loading.load(&args.input)?;
        let found = worth(&loaded.table, &decisions);
        for (word, (worth, _)) in worths.iter_mut().zip(found) {
            *word = Some(match worth {
                Worth::InForce => "in force",
                Worth::Lapsed {
                    left: true,
                    right: true,
                } => "lapsed: both",
                Worth::Lapsed { left: true, .. } => "lapsed: left",
                Worth::Lapsed { .. } => "lapsed: right",
                Worth::NotInData => "not in data",
                Worth::Replaced => "replaced",
            });
        }
    }
    let lines = decisions.into_iter().zip(worths).map(|(d, worth)| Line {
        decision: d.answer.as_str(),
        left: d.left.text(),
        right: d.right.text(),
        at: d.when,
        by: d.who,
        why: d.why,
        worth,
    });
    Ok(lines.collect())
}

fn history(folder: &StateFolder) -> Vec<Line> {
    let mut lines = Vec::new();
    for entry in folder.entries() {
        let What::Decide { pairs } = &entry.what else {
            continue;
        };
        lines.extend(pairs.iter().map(|p| Line {
            decision: p.decision.as_str(),
            left: p.left.clone(),
            right: p.right.clone(),
            at: entry.act.when.clone(),
            by: entry.act.who.clone(),
            why: p.reason.clone().or_else(|| entry.act.why.clone()),
            worth: None,
        }));
    }
    lines
}
