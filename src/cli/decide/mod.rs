//! `kinfold decide`: what reviewers say of pairs, recorded in the state folder. `records` learns what the pairs hold,
//! `told` says what was recorded, one file for each other kind of subcommand.

mod batch;
mod list;
mod pair;
mod records;
mod told;
mod undo;

pub(crate) use told::contradictory;

use super::data_args::DataArgs;
use super::exit_code::ExitCode;
use super::failure::Failure;
use kinfold::state::Answer;

/// Record what reviewers decided of pairs: accept, reject, defer, undo
///
/// Decisions are kept in a state folder, and `kinfold run --state` honours them: accepted pairs are merged, rejected ones
/// never, deferred ones not yet. A decision holds as long as the two records hold what they held when it was made: when
/// a compared value changes it lapses, and the pair is judged anew. Kept are the ids, the answer, who, when and why, and
/// a fingerprint of the values, not the values. Once a command ended with 0 or 1 its decisions are on disk.
/// docs/decisions.md has an example.
///
/// Example: kinfold decide reject L-17 L-23 --state state --run kinfold-out --why "father and son"
#[derive(Debug, clap::Args)]
pub(crate) struct DecideArgs {
    #[command(subcommand)]
    command: DecideCommand,
}

#[derive(Debug, clap::Subcommand)]
enum DecideCommand {
    /// Two records, or all of a suggestion, are one: merge them whatever the rules say
    ///
    /// In later runs the pairs are held together as those of an always list, and listed under the rule "accepted".
    ///
    /// Example: kinfold decide accept --suggestion S-5f2a7c91d0b3e846 --state state --run kinfold-out
    Accept(pair::PairArgs),
    /// Two records, or any two of a suggestion, are not one: never merge them, not by way of others either
    ///
    /// In later runs the pairs are listed in suppressed.csv with why = rejected.
    ///
    /// Example: kinfold decide reject L-17 L-23 --state state --run kinfold-out --why "father and son"
    Reject(pair::PairArgs),
    /// Not now: do not suggest two records, or any two of a suggestion, until somebody decides
    ///
    /// In later runs the pairs are kept apart as rejected ones are, and listed in suppressed.csv with why = deferred, so
    /// that nothing is merged that a person has still to look at. `kinfold decide list --only defer` lists what waits.
    ///
    /// Example: kinfold decide defer L-17 L-23 --state state --run kinfold-out --why "asked the branch office"
    Defer(pair::PairArgs),
    Undo(undo::UndoArgs),
    Batch(batch::BatchArgs),
    List(list::ListArgs),
}

impl DecideArgs {
    /// The options of a command that may read exports.
    pub(crate) fn data(&self) -> Option<&DataArgs> {
        match &self.command {
            DecideCommand::Accept(args)
            | DecideCommand::Reject(args)
            | DecideCommand::Defer(args) => Some(&args.deciding.source.data),
            DecideCommand::Batch(args) => Some(&args.deciding.source.data),
            DecideCommand::List(args) => Some(&args.data),
            DecideCommand::Undo(_) => None,
        }
    }

    /// Whether errors are to be JSON.
    pub(crate) fn json(&self) -> bool {
        match &self.command {
            DecideCommand::Undo(args) => args.json,
            _ => self.data().is_some_and(|d| d.output().json),
        }
    }
}

pub(crate) fn run(args: &DecideArgs) -> Result<ExitCode, Failure> {
    match &args.command {
        DecideCommand::Accept(args) => pair::run(Answer::Accept, args),
        DecideCommand::Reject(args) => pair::run(Answer::Reject, args),
        DecideCommand::Defer(args) => pair::run(Answer::Defer, args),
        DecideCommand::Undo(args) => undo::run(args),
        DecideCommand::Batch(args) => batch::run(args),
        DecideCommand::List(args) => list::run(args),
    }
}
