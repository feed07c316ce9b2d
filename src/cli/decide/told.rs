//! The last step of every command that decides: writing under the lock, and saying what was recorded.

use super::records::SourceArgs;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::{Output, plural};
use crate::cli::state_args::{ChangeArgs, StateDir, note_torn};
use kinfold::cluster::contradictions;
use kinfold::model::RecordIdx;
use kinfold::state::{Answer, PairDecision, StateFolder};
use std::collections::BTreeMap;
use std::path::Path;

/// Pairs told one by one; of more, a count.
const SHOWN_MAX: usize = 10;

/// The options of commands that decide on records of a run or an export.
#[derive(Debug, clap::Args)]
pub(crate) struct DecidingArgs {
    #[command(flatten)]
    state: StateDir,

    #[command(flatten)]
    pub(crate) source: SourceArgs,

    /// Tell what would be recorded, and write nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    change: ChangeArgs,
}

impl DecidingArgs {
    /// Where and how the decisions are recorded.
    pub(crate) fn recording(&self) -> Recording<'_> {
        Recording {
            dir: &self.state.dir,
            change: &self.change,
            is_dry: self.dry_run,
            output: self.source.data.output(),
        }
    }
}

/// Where and how decisions are recorded.
pub(crate) struct Recording<'a> {
    pub(crate) dir: &'a Path,
    pub(crate) change: &'a ChangeArgs,
    pub(crate) is_dry: bool,
    pub(crate) output: Output,
}

/// Records what `pairs` makes of the state as it is under the lock, and tells it. `pairs` also gives the number of pairs
/// to undo of which no decision stands.
pub(crate) fn record(
    how: &Recording<'_>,
    pairs: impl FnOnce(&StateFolder) -> Result<(Vec<PairDecision>, u64), Failure>,
) -> Result<ExitCode, Failure> {
    let author = how.change.author()?;
    let (recorded, n_nothing, opposed);
    if how.is_dry {
        let folder = StateFolder::open_or_empty(how.dir)?;
        note_torn(&folder);
        let (pairs, n) = pairs(&folder)?;
        (recorded, n_nothing) = (folder.deciding(pairs)?, n);
        opposed = Vec::new();
    } else {
        let mut writer = how.change.lock(how.dir)?;
        let (pairs, n) = pairs(writer.folder())?;
        (recorded, n_nothing) = (writer.decide(pairs, &author)?, n);
        opposed = contradictory(writer.folder());
        kinfold::fail_point!("decide.before_ack", no error);
    }
    let n_nothing = n_nothing + recorded.n_nothing;
    let pair = |p: &PairDecision| serde_json::json!({"decision": p.decision.as_str(), "left": p.left, "right": p.right});
    let json = serde_json::json!({
        "state": how.dir.display().to_string(),
        "dry_run": how.is_dry,
        "recorded": recorded.pairs.iter().map(pair).collect::<Vec<_>>(),
        "replaced": recorded.replaced.iter().map(|d| serde_json::json!({
            "decision": d.answer.as_str(), "left": d.left.text(), "right": d.right.text(), "by": d.who, "at": d.when,
        })).collect::<Vec<_>>(),
        "unchanged": recorded.n_unchanged,
        "nothing_to_undo": n_nothing,
        "contradictions": opposed,
    });
    how.output.either(&json, || {
        let dir = how.dir.display();
        let would = if how.is_dry { "would be " } else { "" };
        let mut text = String::new();
        if recorded.pairs.len() <= SHOWN_MAX {
            for p in &recorded.pairs {
                text.push_str(&format!(
                    "{dir}: {would}{}: {} and {}\n",
                    p.decision.done(),
                    p.left,
                    p.right
                ));
            }
        } else {
            let counts = Answer::ALL.into_iter().filter_map(|answer| {
                let n = recorded
                    .pairs
                    .iter()
                    .filter(|p| p.decision == answer)
                    .count() as u64;
                (n > 0).then(|| format!("{} {would}{}", plural(n, "pair", "pairs"), answer.done()))
            });
            text.push_str(&format!(
                "{dir}: {}\n",
                counts.collect::<Vec<_>>().join(", ")
            ));
        }
        if recorded.replaced.len() <= SHOWN_MAX {
            for d in &recorded.replaced {
                text.push_str(&format!(
                    "before: {} by {} on {}: {} and {}\n",
                    d.answer.done(),
                    d.who,
                    d.when,
                    d.left.text(),
                    d.right.text()
                ));
            }
        } else {
            let n = recorded.replaced.len() as u64;
            text.push_str(&format!(
                "before: {} of them decided otherwise, or on other values\n",
                plural(n, "pair", "pairs")
            ));
        }
        if recorded.n_unchanged > 0 {
            text.push_str(&format!(
                "{dir}: {} decided so already\n",
                plural(recorded.n_unchanged, "pair", "pairs")
            ));
        }
        if n_nothing > 0 {
            text.push_str(&format!(
                "attention: {} to undo, and no decision stands\n",
                plural(n_nothing, "pair", "pairs")
            ));
        }
        for sentence in &opposed {
            text.push_str(&format!("attention: {sentence}\n"));
        }
        text
    })?;
    Ok(if n_nothing > 0 || !opposed.is_empty() {
        ExitCode::Attention
    } else {
        ExitCode::Ok
    })
}

/// Decisions that cannot all hold, in sentences: two records kept apart, and accepted pairs that join them.
pub(crate) fn contradictory(folder: &StateFolder) -> Vec<String> {
    let mut numbers: BTreeMap<String, RecordIdx> = BTreeMap::new();
    let (mut same, mut apart) = (Vec::new(), Vec::new());
    for decision in folder.decisions() {
        let mut number = |text: String| {
            let next = RecordIdx(numbers.len() as u32);
            *numbers.entry(text).or_insert(next)
        };
        let pair = (number(decision.left.text()), number(decision.right.text()));
        match decision.answer {
            Answer::Accept => same.push(pair),
            _ => apart.push(pair),
        }
    }
    let names: BTreeMap<RecordIdx, &String> = numbers.iter().map(|(name, n)| (*n, name)).collect();
    let name = |r: &RecordIdx| names[r].as_str();
    let found = contradictions(&same, &apart);
    let mut out: Vec<String> = found
        .iter()
        .take(SHOWN_MAX)
        .map(|c| {
            let chain: Vec<&str> = c.path.iter().map(name).collect();
            format!(
                "contradiction: {} and {} are to be kept apart, and accepted pairs join them ({}); a run keeps them apart",
                name(&c.never.0), name(&c.never.1), chain.join(" = ")
            )
        })
        .collect();
    if found.len() > SHOWN_MAX {
        out.push(format!("contradictions: {} more", found.len() - SHOWN_MAX));
    }
    out
}
