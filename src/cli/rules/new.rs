//! `kinfold rules new`: a rule file to start from.

use crate::cli::data_args::record_type;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::{output, rule_source};
use kinfold::model::RecordType;
use kinfold::rules::{builtin_for, render};
use std::path::PathBuf;

/// Write a rule file to start from: a copy of the built-in rules, or of a preset
///
/// Example: kinfold rules new leads.toml --preset cautious
#[derive(Debug, clap::Args)]
pub(crate) struct NewArgs {
    /// File to write; must not exist yet
    file: PathBuf,
    /// Which built-in rules
    #[arg(long = "type", value_name = "TYPE", value_parser = record_type(), default_value = "lead")]
    record_type: RecordType,
    /// A preset instead of the built-in rules; `kinfold rules presets` lists them
    #[arg(long, value_name = "NAME", conflicts_with = "record_type")]
    preset: Option<String>,
}

pub(crate) fn run(args: &NewArgs) -> Result<ExitCode, Failure> {
    let file = &args.file;
    let (text, what) = match &args.preset {
        Some(name) => {
            let preset = rule_source::find_preset(name)?;
            (
                preset.text.to_owned(),
                format!("the preset {}", preset.name),
            )
        }
        None => (
            render(&builtin_for(args.record_type)),
            format!("the built-in rules for {}s", args.record_type.as_str()),
        ),
    };
    rule_source::write_new(file, &text)?;
    output::log(&format!(
        "{} holds {what}; edit it, then `kinfold rules check {0}`",
        file.display(),
    ));
    Ok(ExitCode::Ok)
}
