//! `kinfold decide batch`: a list of decisions, recorded at once.

use super::told::{DecidingArgs, record};
use super::undo::undone;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::rule_source::read_decided_list;
use kinfold::rules::ListedPair;
use kinfold::state::{Answer, PairDecision};
use std::path::PathBuf;

/// Record a list of decisions, all or none
///
/// The list is CSV with the columns left_id, right_id and decision (accept, reject, defer or undo), and reason where
/// there is one. Ids may say their type, as in lead:L-17. When one line cannot be used, none is recorded; giving a list
/// again that was recorded changes nothing.
///
/// Example: kinfold decide batch reviewed.csv --state state --run kinfold-out --by "Anna Berg"
#[derive(Debug, clap::Args)]
pub(crate) struct BatchArgs {
    /// The list
    #[arg(value_name = "FILE")]
    file: PathBuf,

    #[command(flatten)]
    pub(crate) deciding: DecidingArgs,
}

pub(crate) fn run(args: &BatchArgs) -> Result<ExitCode, Failure> {
    let listed = read_decided_list(&args.file)?;
    let (undo, decided): (Vec<_>, Vec<_>) =
        listed.into_iter().partition(|(_, a)| *a == Answer::Undo);
    let mut pairs = Vec::new();
    if !decided.is_empty() {
        let records = args.deciding.source.records()?;
        for (pair, answer) in decided {
            let ends = [records.find(&pair.left)?, records.find(&pair.right)?];
            if ends[0].0 == ends[1].0 {
                return Err(Failure::new(
                    ExitCode::Usage,
                    format!(
                        "failed to use {}: it pairs {} with itself",
                        args.file.display(),
                        ends[0].0.text()
                    ),
                    "give the ids of two records; nothing was recorded",
                ));
            }
            pairs.push(PairDecision::new(answer, ends, pair.reason));
        }
    }
    record(&args.deciding.recording(), |folder| {
        let mut n_nothing = 0;
        for (
            ListedPair {
                left,
                right,
                reason,
            },
            _,
        ) in &undo
        {
            let mut undone = undone(folder, left, right)?;
            n_nothing += u64::from(undone.is_empty());
            for pair in &mut undone {
                pair.reason.clone_from(reason);
            }
            pairs.append(&mut undone);
        }
        Ok((pairs, n_nothing))
    })
}
