//! `kinfold rules new`: a rule file to start from.

use crate::cli::data_args::record_type;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output;
use kinfold::model::RecordType;
use kinfold::rules::{builtin_for, render};
use std::io::Write;
use std::path::PathBuf;

/// Write a rule file to start from: a copy of the built-in rules
#[derive(Debug, clap::Args)]
pub(crate) struct NewArgs {
    /// File to write; must not exist yet
    file: PathBuf,
    /// Which built-in rules
    #[arg(long = "type", value_name = "TYPE", value_parser = record_type(), default_value = "lead")]
    record_type: RecordType,
}

pub(crate) fn run(args: &NewArgs) -> Result<ExitCode, Failure> {
    let file = &args.file;
    let text = render(&builtin_for(args.record_type));
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    options
        .open(file)
        .and_then(|mut f| f.write_all(text.as_bytes()).and_then(|()| f.sync_all()))
        .map_err(|e| Failure::io("write", file, &e))?;
    output::log(&format!(
        "{} holds the built-in rules for {}s; edit it, then `kinfold rules check {0}`",
        file.display(),
        args.record_type.as_str()
    ));
    Ok(ExitCode::Ok)
}
