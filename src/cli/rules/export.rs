//! `kinfold rules export`: a rule file in the words of another system.

use super::exchange::{LossLine, losses_text, strict, system};
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::{Output, plural};
use crate::cli::rule_source;
use kinfold::rules::exchange::{System, export};
use std::path::{Path, PathBuf};

/// Write a rule file as duplicate rules of Dynamics 365 or Salesforce
///
/// To Dynamics: one JSON file of duplicaterule rows with their conditions inside, as the Web API takes them. To
/// Salesforce: a folder with matchingRules and duplicateRules metadata, all inactive. A rule with a condition that the
/// other system cannot say is left out, since without the condition it would find more. What is lost is listed item by
/// item; docs/exchange.md explains it.
///
/// Example: kinfold rules export leads.toml --to dynamics --out rules.json
#[derive(Debug, clap::Args)]
pub(crate) struct ExportArgs {
    /// Rule file, or preset:NAME
    file: PathBuf,
    /// Where the rules go
    #[arg(long, value_name = "SYSTEM", value_parser = system())]
    to: System,
    /// File (Dynamics) or folder (Salesforce) to write; its files must not exist yet
    #[arg(long, short, value_name = "PATH")]
    out: PathBuf,
    /// End with 1 when anything was dropped or changed
    #[arg(long)]
    strict: bool,
    /// Print one JSON object: the files written, and what was lost
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(args: &ExportArgs) -> Result<ExitCode, Failure> {
    let set = rule_source::read(&args.file)?;
    let exported = export(&set, args.to);
    let mut written = Vec::new();
    for (name, text) in &exported.files {
        let path = if name.is_empty() {
            args.out.clone()
        } else {
            args.out.join(name)
        };
        if let Some(folder) = path.parent().filter(|f| *f != Path::new("")) {
            std::fs::create_dir_all(folder).map_err(|e| Failure::io("create", folder, &e))?;
        }
        rule_source::write_new(&path, text)?;
        written.push(path.display().to_string());
    }
    let output = Output { json: args.json };
    let json = serde_json::json!({
        "to": args.to.as_str(),
        "rules": exported.n_rules,
        "rules_left_out": set.rules.len() - exported.n_rules,
        "files": written,
        "lost": exported.losses.iter().map(LossLine::new).collect::<Vec<_>>(),
    });
    output.either(&json, || {
        let mut text = format!(
            "{} of {} written for {}\n",
            exported.n_rules,
            plural(set.rules.len() as u64, "rule", "rules"),
            args.to.name()
        );
        for file in &written {
            text.push_str(&format!("  {file}\n"));
        }
        text.push_str(&losses_text(&exported.losses));
        text
    })?;
    if exported.n_rules == 0 {
        return Ok(ExitCode::Attention);
    }
    Ok(strict(args.strict, &exported.losses))
}
