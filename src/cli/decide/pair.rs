//! `kinfold decide accept`, `reject` and `defer`: one answer to one pair, or to all pairs of a suggestion.

use super::told::{DecidingArgs, record};
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use clap::builder::NonEmptyStringValueParser;
use kinfold::rules::ListedId;
use kinfold::state::{Answer, PAIRS_MAX, PairDecision};

#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).args(["ids", "suggestion"]))]
pub(crate) struct PairArgs {
    /// Ids of the two records, as exported; TYPE:ID where records of several types have the id
    #[arg(num_args = 2, value_names = ["A", "B"], value_parser = NonEmptyStringValueParser::new())]
    ids: Vec<String>,

    /// Every pair of this suggestion of the run, by its suggestion_id
    #[arg(long, value_name = "ID", conflicts_with = "input")]
    suggestion: Option<String>,

    #[command(flatten)]
    pub(crate) deciding: DecidingArgs,
}

pub(crate) fn run(answer: Answer, args: &PairArgs) -> Result<ExitCode, Failure> {
    let records = args.deciding.source.records()?;
    let mut pairs = Vec::new();
    if let Some(id) = &args.suggestion {
        let members = records.suggestion(id)?;
        let n_pairs = members.len() * members.len().saturating_sub(1) / 2;
        if n_pairs > PAIRS_MAX {
            return Err(Failure::new(
                ExitCode::Usage,
                format!(
                    "failed to {} the suggestion {id}: its {} records make {n_pairs} pairs, and one command records up to {PAIRS_MAX}",
                    answer.as_str(),
                    members.len()
                ),
                "decide on the pairs that matter with `kinfold decide batch FILE`",
            ));
        }
        for (i, left) in members.iter().enumerate() {
            for right in &members[i + 1..] {
                pairs.push(PairDecision::new(
                    answer,
                    [left.clone(), right.clone()],
                    None,
                ));
            }
        }
    } else {
        let [a, b] = args.ids.as_slice() else {
            unreachable!("clap asks for two ids or a suggestion");
        };
        let ends = [
            records.find(&ListedId::parse(a))?,
            records.find(&ListedId::parse(b))?,
        ];
        if ends[0].0 == ends[1].0 {
            return Err(Failure::new(
                ExitCode::Usage,
                format!(
                    "failed to {} a record with itself: {}",
                    answer.as_str(),
                    ends[0].0.text()
                ),
                "give the ids of two records",
            ));
        }
        pairs.push(PairDecision::new(answer, ends, None));
    }
    record(&args.deciding.recording(), |_| Ok((pairs, 0)))
}
