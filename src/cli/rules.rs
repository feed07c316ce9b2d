//! `kinfold rules`: show, check and begin rule files.

use super::data_args::record_type;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::output::{self, Output};
use super::rule_source;
use kinfold::model::RecordType;
use kinfold::rules::{builtin_for, check, parse, render};
use std::io::Write;
use std::path::PathBuf;

/// Show, check and begin rule files
#[derive(Debug, clap::Args)]
pub(crate) struct RulesArgs {
    #[command(subcommand)]
    command: RulesCommand,
}

#[derive(Debug, clap::Subcommand)]
enum RulesCommand {
    /// Print the rules in effect, as a rule file in canonical form
    ///
    /// Two files that print the same mean the same.
    Show {
        /// Rule file; without it the built-in rules
        file: Option<PathBuf>,
        /// Which built-in rules
        #[arg(long = "type", value_name = "TYPE", value_parser = record_type(), default_value = "lead", conflicts_with = "file")]
        record_type: RecordType,
    },
    /// Look a rule file over without data: faults, and rules that repeat, contradict or do nothing
    ///
    /// Ends with 1 when anything is found. docs/rules.md explains each finding.
    Check {
        /// Rule file
        file: PathBuf,
        /// Print one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Write a rule file to start from: a copy of the built-in rules
    New {
        /// File to write; must not exist yet
        file: PathBuf,
        /// Which built-in rules
        #[arg(long = "type", value_name = "TYPE", value_parser = record_type(), default_value = "lead")]
        record_type: RecordType,
    },
}

impl RulesArgs {
    /// Whether errors are to be JSON.
    pub(crate) fn json(&self) -> bool {
        matches!(self.command, RulesCommand::Check { json: true, .. })
    }
}

pub(crate) fn run(args: &RulesArgs) -> Result<ExitCode, Failure> {
    match &args.command {
        RulesCommand::Show { file, record_type } => {
            let set = match file {
                Some(file) => rule_source::read(file)?,
                None => builtin_for(*record_type),
            };
            Output { json: false }.text(&render(&set))?;
            Ok(ExitCode::Ok)
        }
        RulesCommand::Check { file, json } => check_file(file, Output { json: *json }),
        RulesCommand::New { file, record_type } => {
            let text = render(&builtin_for(*record_type));
            let mut options = std::fs::OpenOptions::new();
            options.write(true).create_new(true);
            options
                .open(file)
                .and_then(|mut f| f.write_all(text.as_bytes()).and_then(|()| f.sync_all()))
                .map_err(|e| Failure::io("write", file, &e))?;
            output::log(&format!(
                "{} holds the built-in rules for {}s; edit it, then `kinfold rules check {0}`",
                file.display(),
                record_type.as_str()
            ));
            Ok(ExitCode::Ok)
        }
    }
}

fn check_file(file: &std::path::Path, output: Output) -> Result<ExitCode, Failure> {
    let text = rule_source::read_text(file)?;
    let (problems, findings) = match parse(&text) {
        Ok(set) => (Vec::new(), check(&set)),
        Err(error) => (error.problems, Vec::new()),
    };
    let clean = problems.is_empty() && findings.is_empty();
    let json = serde_json::json!({
        "file": file.display().to_string(),
        "problems": problems.iter().map(|p| serde_json::json!({
            "line": p.line, "column": p.column, "message": p.message, "help": p.help,
        })).collect::<Vec<_>>(),
        "findings": findings.iter().map(|f| serde_json::json!({
            "code": f.code, "rule": f.rule, "message": f.message, "fix": f.fix,
        })).collect::<Vec<_>>(),
    });
    output.either(&json, || {
        use std::fmt::Write as _;
        let mut text = String::new();
        for p in &problems {
            let help = p
                .help
                .as_ref()
                .map(|h| format!("; {h}"))
                .unwrap_or_default();
            let _ = writeln!(
                text,
                "{}, line {}, column {}: {}{help}",
                file.display(),
                p.line,
                p.column,
                p.message
            );
        }
        for f in &findings {
            let rule = f
                .rule
                .as_ref()
                .map(|r| format!("rule {r:?} "))
                .unwrap_or_default();
            let _ = writeln!(text, "{}: {rule}{}; {}", f.code, f.message, f.fix);
        }
        if clean {
            let _ = writeln!(text, "{}: nothing to say against it", file.display());
        }
        text
    })?;
    Ok(if clean {
        ExitCode::Ok
    } else {
        ExitCode::Attention
    })
}
