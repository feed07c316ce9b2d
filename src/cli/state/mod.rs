//! `kinfold state`: care of a state folder. One file a subcommand.

mod export;
mod forget;
mod purge;
mod repair;
mod told;
mod verify;

use super::exit_code::ExitCode;
use super::failure::Failure;

/// Verify, repair, export and purge a state folder; forget records
///
/// A state folder holds the versions of rule sets, what reviewers decided, and the log of who did so, when and why.
/// docs/lifecycle.md describes it.
#[derive(Debug, clap::Args)]
pub(crate) struct StateCommandArgs {
    #[command(subcommand)]
    command: StateCommand,
}

#[derive(Debug, clap::Subcommand)]
enum StateCommand {
    Verify(verify::VerifyArgs),
    Repair(repair::RepairArgs),
    Export(export::ExportArgs),
    Purge(purge::PurgeArgs),
    Forget(forget::ForgetArgs),
}

impl StateCommandArgs {
    /// Whether errors are to be JSON.
    pub(crate) fn json(&self) -> bool {
        match &self.command {
            StateCommand::Verify(args) => args.json,
            StateCommand::Repair(args) => args.json,
            StateCommand::Export(_) => false,
            StateCommand::Purge(args) => args.removal.json,
            StateCommand::Forget(args) => args.removal.json,
        }
    }
}

pub(crate) fn run(args: &StateCommandArgs) -> Result<ExitCode, Failure> {
    match &args.command {
        StateCommand::Verify(args) => verify::run(args),
        StateCommand::Repair(args) => repair::run(args),
        StateCommand::Export(args) => export::run(args),
        StateCommand::Purge(args) => purge::run(args),
        StateCommand::Forget(args) => forget::run(args),
    }
}
