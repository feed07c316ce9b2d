//! `kinfold plan`: how the rules would be executed, like a database's EXPLAIN.

use super::budget::{BudgetArgs, resident_bytes};
use super::data_args::{DataArgs, RuleArgs};
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::loading::Loading;
use super::output::{columns, count, plural};
use kinfold::block::{AccessPlan, PlanReport, RulePlan};
use kinfold::pipeline::{self, PipelineError};
use serde::Serialize;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Show how the rules would be executed on these files, and at what cost
///
/// Reads the files as a run does, tries every index of every rule on a sample of the records, and shows which one each
/// rule gets, what it was chosen over, the pairs it will compare and find, the heaviest keys, memory and time. Nothing is
/// written. Every index finds the same pairs; the choice is one of cost. docs/planner.md reads an output line by line.
///
/// Example: kinfold plan leads.csv --rules rules.toml --run kinfold-out
#[derive(Debug, clap::Args)]
pub(crate) struct PlanArgs {
    /// Files to read: CSV or Parquet, also compressed with gzip or zstd
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,

    /// A finished run of the same rules, or its output folder: its figures stand beside the estimates
    #[arg(long, value_name = "RUN")]
    run: Option<PathBuf>,

    #[command(flatten)]
    budget: BudgetArgs,

    #[command(flatten)]
    pub(crate) data: DataArgs,

    #[command(flatten)]
    rules: RuleArgs,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Shown {
    #[serde(flatten)]
    report: PlanReport,
    /// Bytes in use with the records read and normalised.
    resident_bytes: u64,
    /// Threads the time is shared by.
    threads: usize,
    /// Figures of a finished run, by rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    actual: Option<Vec<Actual>>,
}

/// One rule in a finished run.
#[derive(Debug, Clone, Serialize)]
struct Actual {
    rule: String,
    pairs_compared: u64,
    /// Reported and suppressed pairs.
    pairs_found: u64,
}

pub(crate) fn run(args: &PlanArgs) -> Result<ExitCode, Failure> {
    let actual = args.run.as_deref().map(actual).transpose()?;
    let loading = Loading::begin(&args.data, &args.rules)?;
    let loaded = loading.load(&args.inputs)?;
    let options = loading.link_options(&loaded);
    let report = pipeline::plan(&loaded, &options, &loading.progress)?;
    let shown = Shown {
        resident_bytes: resident_bytes(),
        threads: rayon::current_num_threads(),
        report,
        actual,
    };
    args.data.output().either(&shown, || text(&shown))?;
    // Shown first: who is refused wants to see why.
    args.budget
        .budget()
        .check(&shown.report, shown.resident_bytes, shown.threads)
        .map_err(|e| Failure::from(PipelineError::Block(e)))?;
    Ok(ExitCode::Ok)
}

/// Reads the summary of a finished run.
fn actual(run: &Path) -> Result<Vec<Actual>, Failure> {
    let places = [run.join("summary.json"), run.join("latest/summary.json")];
    let path = places.iter().find(|p| p.exists()).unwrap_or(&places[0]);
    let text = std::fs::read_to_string(path).map_err(|e| Failure::io("read", path, &e))?;
    let unreadable = || {
        Failure::new(
            ExitCode::Input,
            format!("failed to read {}: not a summary of a run", path.display()),
            "name the folder given to `kinfold run --out`, or one of its runs",
        )
    };
    let value: serde_json::Value = serde_json::from_str(&text).map_err(|_| unreadable())?;
    let rules = value["rules"].as_array().ok_or_else(unreadable)?;
    rules
        .iter()
        .map(|rule| {
            let number = |name: &str| rule[name].as_u64().ok_or_else(unreadable);
            Ok(Actual {
                rule: rule["name"].as_str().ok_or_else(unreadable)?.to_owned(),
                pairs_compared: number("compared")?,
                pairs_found: number("pairs")? + number("suppressed")?,
            })
        })
        .collect()
}

/// "12,000", or "about 12,000" when it is an estimate.
fn about(n: u64, access: &AccessPlan) -> String {
    if access.exact {
        count(n)
    } else {
        // Two figures are as much as a sample can say.
        let digits = n.max(1).ilog10();
        let unit = 10_u64.pow(digits.saturating_sub(1));
        format!("about {}", count((n + unit / 2) / unit * unit))
    }
}

fn seconds(s: f64) -> String {
    if s < 10.0 {
        format!("{s:.1} s")
    } else if s < 600.0 {
        format!("{s:.0} s")
    } else {
        format!("{:.0} min", s / 60.0)
    }
}

fn text(shown: &Shown) -> String {
    let report = &shown.report;
    let mut out = format!(
        "{}, {} of equal values, {} in all\n",
        plural(report.records, "record", "records"),
        plural(report.value_groups, "group", "groups"),
        plural(report.all_pairs, "pair", "pairs"),
    );
    for (at, rule) in report.rules.iter().enumerate() {
        let actual = shown
            .actual
            .as_ref()
            .and_then(|all| all.iter().find(|a| a.rule == rule.rule));
        let _ = write!(
            out,
            "\n{}. {}\n{}",
            at + 1,
            rule.rule,
            one_rule(rule, actual)
        );
    }
    let _ = write!(
        out,
        "\nall rules: {} pairs to compare; {} of processor time, about {} with {}; {} MiB for pairs and joins, beside {} MiB \
         for the records\n",
        count(report.pairs_to_compare),
        seconds(report.cpu_seconds),
        seconds(report.cpu_seconds / shown.threads.max(1) as f64),
        plural(shown.threads as u64, "thread", "threads"),
        count(report.bytes.div_ceil(1 << 20)),
        count(shown.resident_bytes.div_ceil(1 << 20)),
    );
    if let Some(all) = &shown.actual {
        let known = |a: &&Actual| !report.rules.iter().any(|r| r.rule == a.rule);
        let strangers: Vec<&str> = all.iter().filter(known).map(|a| a.rule.as_str()).collect();
        if !strangers.is_empty() {
            let _ = writeln!(out, "the run had other rules too: {}", strangers.join(", "));
        }
    }
    out
}

fn one_rule(rule: &RulePlan, actual: Option<&Actual>) -> String {
    let chosen = rule.chosen();
    let mut out = format!("   {}\n", access(chosen));
    if !rule.verified.is_empty() {
        let _ = writeln!(out, "     then verify {}", rule.verified.join(", "));
    }
    let _ = writeln!(
        out,
        "     compare {} pairs{}, find {}, in {}{}",
        about(chosen.pairs_to_compare, chosen),
        if chosen.texts_to_compare > 0 {
            format!(
                " and {} pairs of texts",
                about(chosen.texts_to_compare, chosen)
            )
        } else {
            String::new()
        },
        about(chosen.pairs_found, chosen),
        seconds(chosen.cpu_seconds),
        if chosen.exact {
            " (counted)".to_owned()
        } else {
            format!(" (from a sample of {})", count(chosen.sampled))
        }
    );
    if let Some(actual) = actual {
        let _ = writeln!(
            out,
            "     the run compared {} and found {}",
            count(actual.pairs_compared),
            count(actual.pairs_found)
        );
    }
    for other in &rule.accesses[1..] {
        let _ = writeln!(
            out,
            "   instead of {}: {} pairs, {}",
            access(other),
            about(other.pairs_to_compare + other.texts_to_compare, other),
            seconds(other.cpu_seconds)
        );
    }
    if !rule.heaviest.is_empty() {
        let mut rows = vec![
            ["heaviest", "value", "records", "pairs", "treatment"]
                .map(str::to_owned)
                .to_vec(),
        ];
        rows.extend(rule.heaviest.iter().take(5).map(|k| {
            vec![
                k.kind.clone(),
                k.value.clone(),
                count(k.records),
                count(k.pairs),
                k.treatment.clone(),
            ]
        }));
        for line in columns(&rows, &[2, 3]).lines() {
            let _ = writeln!(out, "   {line}");
        }
    }
    out
}

fn access(access: &AccessPlan) -> String {
    let of = &access.condition;
    match access.access {
        "keys" => format!("records sharing a key of {of}"),
        "companies" => format!("companies joined by {of}"),
        "names" => format!("names joined by {of}"),
        "texts" => format!("values joined by {of}"),
        _ => "every pair of records".to_owned(),
    }
}
