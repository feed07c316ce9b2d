//! `kinfold rules check`: the linter.

use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::rule_source;
use kinfold::rules::{check, parse};
use std::path::PathBuf;

/// Look a rule file over without data: faults, and rules that repeat, contradict or do nothing
///
/// Ends with 1 when anything is found. docs/rules.md explains each finding.
#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    /// Rule file
    file: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(args: &CheckArgs) -> Result<ExitCode, Failure> {
    let (file, output) = (&args.file, Output { json: args.json });
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
