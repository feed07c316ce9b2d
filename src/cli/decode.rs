//! The second process of a run that reads Parquet: no command for people, so that it is in no help page.

use super::signals;
use kinfold::ingest::{DECODE_ARGUMENT, decode_parquet};
use std::io;
use std::process::ExitCode;

/// Whether this process was started by another one to decode.
pub(crate) fn is_asked() -> bool {
    let mut arguments = std::env::args_os().skip(1);
    arguments.next().is_some_and(|a| a == DECODE_ARGUMENT) && arguments.next().is_none()
}

/// Decodes from standard input to standard output. How it went is in what it writes.
pub(crate) fn run() -> ExitCode {
    // A signal to all of a terminal's processes is the parent's to answer; this one ends with it.
    signals::leave_to_parent();
    match decode_parquet(io::stdin().lock(), io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}
