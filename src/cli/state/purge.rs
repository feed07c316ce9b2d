//! `kinfold state purge`: old versions of rules and old copies, removed.

use super::told::{RemovalArgs, removed, removed_json};
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use kinfold::state::{Retention, purge};
use std::path::PathBuf;

/// Remove versions of rules that are no longer in force, decisions that no longer stand and copies of damaged logs, by
/// age or number
///
/// A version goes with the entries about it: who published it, when and why. The published version of a rule set and
/// its newest one always stay, so that no number is given twice. Decisions that were replaced or undone go by age alone;
/// one that stands stays. With both options a version goes when it is older than
/// the one says and not among those that the other keeps. The log is written anew, as a new chain of checksums, and ends
/// with an entry that says how much went and which checksum stood for the history before; compare that with a backup.
/// Stopped at any moment, the log is the old one or the new one. Runs are kept or removed by `kinfold run --keep-runs`.
///
/// Example: kinfold state purge state --older-than 730 --keep 10
#[derive(Debug, clap::Args)]
#[command(group = clap::ArgGroup::new("what").required(true).multiple(true).args(["older_than", "keep"]))]
pub(crate) struct PurgeArgs {
    /// State folder
    dir: PathBuf,
    /// Only what was last published, taken out of force, stored or copied more than so many days ago
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(1..=36_500))]
    older_than: Option<u32>,
    /// Not the N newest versions of each rule set, nor the N newest copies
    #[arg(long, value_name = "N")]
    keep: Option<u32>,
    #[command(flatten)]
    pub(crate) removal: RemovalArgs,
}

pub(crate) fn run(args: &PurgeArgs) -> Result<ExitCode, Failure> {
    let retention = Retention {
        before: args.older_than.map(days_ago),
        keep: args.keep.map(|n| n as usize),
    };
    let RemovalArgs {
        dry_run,
        change,
        json,
    } = &args.removal;
    let (is_dry, author) = (*dry_run, change.author()?);
    let purged = purge(
        &args.dir,
        &retention,
        args.removal.how(),
        change.wait(),
        &author,
    )?;
    Output { json: *json }.either(&removed_json(&args.dir, &purged, is_dry), || {
        removed(&args.dir, &purged, is_dry)
    })?;
    Ok(ExitCode::Ok)
}

/// The time so many days ago: RFC 3339, UTC.
fn days_ago(days: u32) -> String {
    let then = jiff::Timestamp::now() - jiff::SignedDuration::from_hours(24 * i64::from(days));
    format!("{}", then.strftime("%Y-%m-%dT%H:%M:%SZ"))
}
