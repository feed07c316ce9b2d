//! `kinfold completions`: a shell's completion script.

use super::exit_code::ExitCode;
use super::failure::Failure;
use super::{Cli, output};
use clap::CommandFactory;

/// Print a completion script for a shell
///
/// Example: kinfold completions bash > ~/.local/share/bash-completion/completions/kinfold
#[derive(Debug, clap::Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    shell: clap_complete::Shell,
}

pub(crate) fn run(args: &CompletionsArgs) -> Result<ExitCode, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "kinfold", &mut script);
    output::raw(&script)?;
    Ok(ExitCode::Ok)
}
