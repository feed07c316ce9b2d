//! `kinfold rules check`: the linter.

use crate::cli::data_args::DataArgs;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::loading::Loading;
use crate::cli::output::{Output, count, plural};
use crate::cli::rule_source;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use kinfold::lint::check_data;
use kinfold::rules::check::{
    Finding, LINTS, Lint, Severity, Target, check, check_target, explanation, lint, without_allowed,
};
use kinfold::rules::{PROBLEMS_TOLD_MAX, Places, RuleFileProblem, nearest, parse};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Look a rule file over: faults, and rules that repeat, contradict, flood or do nothing
///
/// Each finding has a stable code, the place in the file and what to do; docs/lint.md has a page for each, which
/// --explain prints. With --data also how the rules meet these records: columns that are missing or empty, conditions
/// that never or nearly always hold, floods of blanks and placeholders, thresholds at chance, rules without pairs of
/// their own. With --target also what the rules would meet in Dynamics 365 or Salesforce: limits, matchcode length,
/// conditions and options that do not exist there.
///
/// Ends with 1 when the file cannot be read as rules or there is a finding of severity warning or above; --fail-on
/// changes that. A finding that is meant is silenced with `allow = ["KF005"]` on the rule or in [set], or with --allow.
///
/// Example: kinfold rules check rules.toml --data leads.csv --target dynamics
#[derive(Debug, clap::Args)]
pub(crate) struct CheckArgs {
    /// Rule file
    #[arg(required_unless_present = "explain")]
    file: Option<PathBuf>,
    /// Print the explanation of a code and nothing else
    #[arg(long, value_name = "CODE", value_parser = code, conflicts_with_all = ["file", "target", "allow", "inputs"])]
    explain: Option<&'static Lint>,
    /// Also check the rules against these files, read as `kinfold run` reads them
    #[arg(long = "data", value_name = "INPUT", num_args = 1..)]
    inputs: Vec<PathBuf>,
    /// Also say what another system would make of the rules
    #[arg(long, value_name = "SYSTEM", value_parser = target())]
    target: Option<Target>,
    /// Maximum length of a column in Dynamics, where it is not the standard one, such as new_code=20 or
    /// lead.lastname=80; may be given several times
    #[arg(long = "length", value_name = "COLUMN=N", value_parser = length, requires = "target")]
    lengths: Vec<(String, usize)>,
    /// Keep quiet about a finding, by code or name; may be given several times
    #[arg(long, value_name = "CODE", value_parser = code)]
    allow: Vec<&'static Lint>,
    /// End with 1 from this severity on
    #[arg(long, value_name = "SEVERITY", value_parser = fail_on(), default_value = "warning")]
    fail_on: FailOn,
    #[command(flatten)]
    pub(crate) data: DataArgs,
}

/// From which severity on the command ends with 1.
#[derive(Debug, Clone, Copy)]
struct FailOn(Option<Severity>);

pub(crate) fn run(args: &CheckArgs) -> Result<ExitCode, Failure> {
    let output = args.data.output();
    if let Some(lint) = args.explain {
        explain(output, lint)?;
        return Ok(ExitCode::Ok);
    }
    let file = args.file.as_ref().expect("clap asks for it");
    let text = rule_source::read_text(file)?;
    let mut report = Report {
        file: file.display().to_string(),
        places: Places::new(&text),
        problems: Vec::new(),
        findings: Vec::new(),
        n_allowed: 0,
    };
    match parse(&text) {
        Err(error) => report.problems = error.problems,
        Ok(set) => {
            report.findings = check(&set);
            if let Some(target) = args.target {
                let lengths: BTreeMap<String, usize> = args.lengths.iter().cloned().collect();
                report.findings.extend(check_target(&set, target, &lengths));
            }
            if !args.inputs.is_empty() {
                let loading = Loading::without_rules(&args.data);
                let loaded = loading.load(&args.inputs)?;
                let country = args.data.country();
                let found = check_data(loaded, &set, country.as_deref(), &loading.progress);
                report.findings.extend(found);
            }
            let allowed: Vec<&str> = args.allow.iter().map(|l| l.code).collect();
            report.n_allowed = without_allowed(&mut report.findings, &set, &allowed);
            kinfold::rules::check::sort(&mut report.findings);
        }
    }
    output.either(&report.json(), || report.text())?;
    let grave = |f: &Finding| args.fail_on.0.is_some_and(|s| f.severity >= s);
    Ok(
        if !report.problems.is_empty() || report.findings.iter().any(grave) {
            ExitCode::Attention
        } else {
            ExitCode::Ok
        },
    )
}

fn explain(output: Output, lint: &Lint) -> Result<(), Failure> {
    let json = serde_json::json!({
        "code": lint.code, "name": lint.name, "severity": lint.severity.as_str(),
        "needs": lint.needs.as_str(), "summary": lint.summary, "page": explanation(lint),
    });
    output.either(&json, || explanation(lint))
}

/// What was found in a file.
struct Report<'t> {
    file: String,
    places: Places<'t>,
    problems: Vec<RuleFileProblem>,
    findings: Vec<Finding>,
    n_allowed: usize,
}

impl Report<'_> {
    fn count(&self, severity: Severity) -> u64 {
        self.findings
            .iter()
            .filter(|f| f.severity == severity)
            .count() as u64
    }

    fn json(&self) -> serde_json::Value {
        serde_json::json!({
            "file": self.file,
            "problems": self.problems.iter().map(|p| serde_json::json!({
                "line": p.line, "column": p.column, "message": p.message, "help": p.help,
            })).collect::<Vec<_>>(),
            "findings": self.findings.iter().map(|f| {
                let place = self.places.of(f);
                serde_json::json!({
                    "code": f.code, "name": f.name, "severity": f.severity.as_str(), "rule": f.rule,
                    "line": place.line, "column": place.column, "message": f.message, "fix": f.fix,
                })
            }).collect::<Vec<_>>(),
            "n_errors": self.count(Severity::Error),
            "n_warnings": self.count(Severity::Warning),
            "n_notes": self.count(Severity::Note),
            "n_allowed": self.n_allowed,
        })
    }

    fn text(&self) -> String {
        let mut text = String::new();
        let mut line = |l: std::fmt::Arguments<'_>| {
            let _ = text.write_fmt(l);
            text.push('\n');
        };
        for p in self.problems.iter().take(PROBLEMS_TOLD_MAX) {
            let help = p
                .help
                .as_ref()
                .map(|h| format!("; {h}"))
                .unwrap_or_default();
            let (file, message) = (&self.file, &p.message);
            line(format_args!(
                "{file}, line {}, column {}: {message}{help}",
                p.line, p.column
            ));
        }
        for f in &self.findings {
            let place = self.places.of(f);
            let rule = f
                .rule
                .as_ref()
                .map(|r| format!("rule {r:?} "))
                .unwrap_or_default();
            line(format_args!(
                "{}, line {}, column {}: {} {} {}",
                self.file, place.line, place.column, f.severity, f.code, f.name
            ));
            line(format_args!("  {rule}{}", f.message));
            line(format_args!("  fix: {}", f.fix));
        }
        let n_more = self.problems.len().saturating_sub(PROBLEMS_TOLD_MAX);
        if n_more > 0 {
            line(format_args!(
                "and {} more; --json tells all",
                count(n_more as u64)
            ));
        }
        if !self.problems.is_empty() {
            return text;
        }
        let allowed = match self.n_allowed {
            0 => String::new(),
            n => format!(" ({} allowed)", plural(n as u64, "finding", "findings")),
        };
        let Some(first) = self.findings.first() else {
            line(format_args!(
                "{}: nothing to say against it{allowed}",
                self.file
            ));
            return text;
        };
        let counts: Vec<String> = Severity::ALL
            .iter()
            .rev()
            .map(|s| (self.count(*s), s))
            .filter(|(n, _)| *n > 0)
            .map(|(n, s)| plural(n, s.as_str(), &format!("{s}s")))
            .collect();
        line(format_args!("{}{allowed}", counts.join(", ")));
        line(format_args!(
            "`kinfold rules check --explain {}` says more",
            first.code
        ));
        text
    }
}

fn code(word: &str) -> Result<&'static Lint, String> {
    let names: Vec<&str> = LINTS.iter().flat_map(|l| [l.name, l.code]).collect();
    lint(word).ok_or_else(|| match nearest(word, &names) {
        Some(near) => format!("there is no such finding; did you mean {near}?"),
        None => "there is no such finding; docs/lint.md lists them".to_owned(),
    })
}

fn target() -> impl TypedValueParser<Value = Target> {
    PossibleValuesParser::new(["dynamics", "salesforce"]).map(|word| match word.as_str() {
        "salesforce" => Target::Salesforce,
        _ => Target::Dynamics,
    })
}

fn fail_on() -> impl TypedValueParser<Value = FailOn> {
    PossibleValuesParser::new(["note", "warning", "error", "never"]).map(|word| {
        FailOn(
            Severity::ALL
                .into_iter()
                .find(|s| s.as_str() == word.as_str()),
        )
    })
}

fn length(text: &str) -> Result<(String, usize), String> {
    let wrong = || "write COLUMN=N, such as new_code=20 or lead.lastname=80".to_owned();
    let (column, n) = text.split_once('=').ok_or_else(wrong)?;
    let n: usize = n.trim().parse().map_err(|_| wrong())?;
    if column.trim().is_empty() || n == 0 {
        return Err(wrong());
    }
    Ok((column.trim().to_lowercase(), n))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_options_are_read_or_answered() {
        assert_eq!(code("kf008").map(|l| l.name), Ok("broad-rule"));
        assert!(code("broad-rul").is_err_and(|e| e.contains("broad-rule")));
        assert_eq!(length("New_Code=20"), Ok(("new_code".to_owned(), 20)));
        for wrong in ["new_code", "=3", "a=0", "a=b"] {
            assert!(length(wrong).is_err(), "{wrong}");
        }
    }
}
