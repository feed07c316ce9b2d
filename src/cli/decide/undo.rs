//! `kinfold decide undo`: a decision taken back.

use super::told::{Recording, record};
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::state_args::{ChangeArgs, StateDir};
use clap::builder::NonEmptyStringValueParser;
use kinfold::rules::ListedId;
use kinfold::state::{PairDecision, StateFolder};

/// Take a decision back: the pair is judged again as if nobody had decided
///
/// What was decided and undone stays in the log; `kinfold decide list --history` tells it. Ends with 1 when no decision
/// on the two stands.
///
/// Example: kinfold decide undo L-17 L-23 --state state --why "were one after all"
#[derive(Debug, clap::Args)]
pub(crate) struct UndoArgs {
    /// Ids of the two records; TYPE:ID where records of several types have the id
    #[arg(required = true, num_args = 2, value_names = ["A", "B"], value_parser = NonEmptyStringValueParser::new())]
    ids: Vec<String>,

    #[command(flatten)]
    state: StateDir,

    /// Tell what would be recorded, and write nothing
    #[arg(long)]
    dry_run: bool,

    #[command(flatten)]
    change: ChangeArgs,

    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(args: &UndoArgs) -> Result<ExitCode, Failure> {
    let [a, b] = args.ids.as_slice() else {
        unreachable!("clap asks for two ids");
    };
    let (a, b) = (ListedId::parse(a), ListedId::parse(b));
    // A folder that is not there is not made for a decision that cannot be in it.
    StateFolder::open(&args.state.dir)?;
    record(
        &Recording {
            dir: &args.state.dir,
            change: &args.change,
            is_dry: args.dry_run,
            output: Output { json: args.json },
        },
        |folder| {
            let undone = undone(folder, &a, &b)?;
            let n_nothing = u64::from(undone.is_empty());
            Ok((undone, n_nothing))
        },
    )
}

/// The undoing of the decision that stands on a pair, if one does.
pub(crate) fn undone(
    folder: &StateFolder,
    a: &ListedId,
    b: &ListedId,
) -> Result<Vec<PairDecision>, Failure> {
    let found = folder.decisions_on(a, b);
    let mut pairs: Vec<(&ListedId, &ListedId)> =
        found.iter().map(|d| (&d.left, &d.right)).collect();
    pairs.dedup_by_key(|(l, r)| (l.record_type, r.record_type));
    if pairs.len() > 1 {
        return Err(Failure::new(
            ExitCode::Usage,
            format!(
                "failed to choose a decision: records of several types are called {} and {}",
                a.text(),
                b.text()
            ),
            format!(
                "say which, as in {} {}",
                pairs[0].0.text(),
                pairs[0].1.text()
            ),
        ));
    }
    Ok(found.into_iter().map(PairDecision::undo).collect())
}
