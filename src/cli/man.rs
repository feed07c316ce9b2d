//! `kinfold man`: the manual, made from the help texts.

use super::exit_code::ExitCode;
use super::failure::Failure;
use super::{Cli, output};
use clap::CommandFactory;
use std::path::PathBuf;

/// Print the man page, or write one for each command into a folder
///
/// Example: kinfold man ~/.local/share/man/man1
#[derive(Debug, clap::Args)]
pub(crate) struct ManArgs {
    /// Existing folder to write kinfold.1, kinfold-run.1 … into; files of these names are replaced
    dir: Option<PathBuf>,
}

pub(crate) fn run(args: &ManArgs) -> Result<ExitCode, Failure> {
    match &args.dir {
        Some(dir) => clap_mangen::generate_to(Cli::command(), dir)
            .map_err(|e| Failure::io("write man pages into", dir, &e))?,
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(Cli::command())
                .render(&mut page)
                .expect("writing to memory does not fail");
            output::raw(&page)?;
        }
    }
    Ok(ExitCode::Ok)
}
