//! `kinfold rules import`: rules of another system as a rule file.

use super::exchange::{LossLine, losses_text, strict, system};
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::{self, Output, plural};
use crate::cli::rule_source;
use kinfold::rules::exchange::{ImportOptions, Imported, Source, System, import};
use kinfold::rules::render;
use std::path::PathBuf;

/// Make a rule file from the duplicate rules of Dynamics 365 or Salesforce
///
/// From Dynamics: the tables duplicaterule and duplicaterulecondition, as the Web API gives them (JSON, conditions
/// expanded or in a file of their own) or as CSV (two files, or one joined). From Salesforce: metadata files
/// *.matchingRule-meta.xml and *.duplicateRule-meta.xml, named for their object. Filter logic with OR becomes several
/// rules. What cannot be carried over is listed item by item; docs/exchange.md explains it.
///
/// Example: kinfold rules import --from dynamics rules.json --out leads.toml
#[derive(Debug, clap::Args)]
pub(crate) struct ImportArgs {
    /// Files to read
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Where the rules come from
    #[arg(long, value_name = "SYSTEM", value_parser = system())]
    from: System,
    /// Rule file to write; must not exist yet. Without it the rules are printed
    #[arg(long, short, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Also rules that are not published or not active there
    #[arg(long)]
    all: bool,
    /// End with 1 when anything was dropped or changed
    #[arg(long)]
    strict: bool,
    /// Print one JSON object: the rules as text, and what was lost
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(args: &ImportArgs) -> Result<ExitCode, Failure> {
    let texts: Vec<(String, String)> = args
        .files
        .iter()
        .map(|f| Ok((f.display().to_string(), rule_source::read_foreign(f)?)))
        .collect::<Result<_, Failure>>()?;
    let sources: Vec<Source<'_>> = texts
        .iter()
        .map(|(name, text)| Source { name, text })
        .collect();
    let imported = import(args.from, &sources, ImportOptions { all: args.all })
        .map_err(super::exchange::failure)?;
    let text = file_text(&imported, args.from);
    if let Some(out) = &args.out {
        rule_source::write_new(out, &text)?;
    }
    let n = imported.set.rules.len() as u64;
    if args.json {
        let json = serde_json::json!({
            "from": args.from.as_str(),
            "rules": imported.set.rules.iter().map(|r| &r.name).collect::<Vec<_>>(),
            "lost": imported.losses.iter().map(LossLine::new).collect::<Vec<_>>(),
            "file": args.out.as_ref().map(|f| f.display().to_string()),
            "text": text,
        });
        Output { json: true }.json_line(&json)?;
    } else if let Some(out) = &args.out {
        Output { json: false }.text(&format!(
            "{} written to {}\n{}",
            plural(n, "rule", "rules"),
            out.display(),
            losses_text(&imported.losses)
        ))?;
    } else {
        Output { json: false }.text(&text)?;
        for line in losses_text(&imported.losses).lines() {
            output::log(line);
        }
    }
    Ok(strict(args.strict, &imported.losses))
}

/// The rule file, beginning with where it comes from and what it lost.
fn file_text(imported: &Imported, from: System) -> String {
    let mut text = format!("# Imported from {} by kinfold.\n", from.name());
    for line in losses_text(&imported.losses).lines() {
        text.push_str(&format!("# {}\n", line.replace(char::is_control, " ")));
    }
    text.push('\n');
    text.push_str(&render(&imported.set));
    text
}
