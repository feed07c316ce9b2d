//! `kinfold rules`: all that is done with rule files. One file a subcommand.

mod check;
mod new;
mod show;

use super::exit_code::ExitCode;
use super::failure::Failure;

/// Show, check and begin rule files
#[derive(Debug, clap::Args)]
pub(crate) struct RulesArgs {
    #[command(subcommand)]
    command: RulesCommand,
}

#[derive(Debug, clap::Subcommand)]
enum RulesCommand {
    Show(show::ShowArgs),
    Check(check::CheckArgs),
    New(new::NewArgs),
}

impl RulesArgs {
    /// Whether errors are to be JSON.
    pub(crate) fn json(&self) -> bool {
        match &self.command {
            RulesCommand::Check(args) => args.json,
            RulesCommand::Show(_) | RulesCommand::New(_) => false,
        }
    }
}

pub(crate) fn run(args: &RulesArgs) -> Result<ExitCode, Failure> {
    match &args.command {
        RulesCommand::Show(args) => show::run(args),
        RulesCommand::Check(args) => check::run(args),
        RulesCommand::New(args) => new::run(args),
    }
}
