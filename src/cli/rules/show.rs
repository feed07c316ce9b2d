//! `kinfold rules show`: the rules in effect.

use crate::cli::data_args::record_type;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::rule_source;
use kinfold::model::RecordType;
use kinfold::rules::{builtin_for, render};
use std::path::PathBuf;

/// Print the rules in effect, as a rule file in canonical form
///
/// Two files that print the same mean the same.
#[derive(Debug, clap::Args)]
pub(crate) struct ShowArgs {
    /// Rule file; without it the built-in rules
    file: Option<PathBuf>,
    /// Which built-in rules
    #[arg(long = "type", value_name = "TYPE", value_parser = record_type(), default_value = "lead", conflicts_with = "file")]
    record_type: RecordType,
}

pub(crate) fn run(args: &ShowArgs) -> Result<ExitCode, Failure> {
    let set = match &args.file {
        Some(file) => rule_source::read(file)?,
        None => builtin_for(args.record_type),
    };
    Output { json: false }.text(&render(&set))?;
    Ok(ExitCode::Ok)
}
