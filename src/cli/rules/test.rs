//! `kinfold rules test`: must-match and must-not-match examples against a rule file.

use crate::cli::data_args::DataArgs;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::loading::Loading;
use crate::cli::private_file;
use crate::cli::rule_source;
use kinfold::model::Silent;
use kinfold::rule_tests::{self, ExamplesError, junit, render};
use kinfold::rules::builtin_for;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Ask rules about examples: pairs of records they must, or must not, call duplicates
///
/// EXAMPLES is a TOML file of [[match]] and [[no_match]], each with a name and two records; docs/rule-tests.md
/// explains it. Each example is a population of its own and evidence floors are off, unless --data gives the records
/// whose frequencies count. Ends with 1 when an example fails, and says which conditions held and which did not.
///
/// Example: kinfold rules test examples.toml --rules rules.toml --junit results.xml
#[derive(Debug, clap::Args)]
pub(crate) struct TestArgs {
    /// File of examples
    examples: PathBuf,
    /// Rule file; without it the built-in rules for the type of the examples
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// Also write the results as JUnit XML; an existing file is replaced
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Take frequencies, generic values and evidence floors from these records
    #[arg(long = "data", value_name = "INPUT", num_args = 1..)]
    inputs: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) data: DataArgs,
}

pub(crate) fn run(args: &TestArgs) -> Result<ExitCode, Failure> {
    let path = args.examples.display().to_string();
    let text = rule_source::read_text(&args.examples)?;
    let refused = |error: ExamplesError| refused(&args.examples, &error);
    let set = match &args.rules {
        Some(file) => rule_source::read(file)?,
        None => builtin_for(rule_tests::parse(&text, None).map_err(refused)?.record_type),
    };
    let examples = rule_tests::parse(&text, Some(&set)).map_err(refused)?;
    let country = args.data.country();
    let results = if args.inputs.is_empty() {
        rule_tests::run(&examples, &set, country.as_deref(), None, &Silent)
    } else {
        let loading = Loading::without_rules(&args.data);
        let loaded = loading.load(&args.inputs)?;
        rule_tests::run(
            &examples,
            &set,
            country.as_deref(),
            Some(&loaded.table),
            &loading.progress,
        )
    };
    if let Some(file) = &args.junit {
        private_file::write(file, &junit(&results, &set.name, &path))
            .map_err(|e| Failure::io("write", file, &e))?;
    }
    let n_failed = results.iter().filter(|r| !r.passed).count();
    let json = serde_json::json!({
        "examples": path,
        "rule_set": set.name,
        "population": if args.inputs.is_empty() { "examples" } else { "data" },
        "n_passed": results.len() - n_failed,
        "n_failed": n_failed,
        "tests": results,
    });
    args.data
        .output()
        .either(&json, || render(&results, &path))?;
    Ok(if n_failed == 0 {
        ExitCode::Ok
    } else {
        ExitCode::Attention
    })
}

fn refused(path: &Path, error: &ExamplesError) -> Failure {
    let mut message = String::new();
    for (i, p) in error.problems.iter().enumerate() {
        let gap = if i > 0 { "\n       " } else { "" };
        let help = p
            .help
            .as_ref()
            .map(|h| format!("; {h}"))
            .unwrap_or_default();
        let _ = write!(
            message,
            "{gap}{}, line {}, column {}: {}{help}",
            path.display(),
            p.line,
            p.column,
            p.message
        );
    }
    Failure::new(
        ExitCode::Usage,
        message,
        "docs/rule-tests.md explains files of examples",
    )
}
