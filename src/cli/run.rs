//! `kinfold run`: the nightly job, from export to report.

use super::budget::{BudgetArgs, resident_bytes, size};
use super::data_args::{DataArgs, RuleArgs};
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::loading::Loading;
use super::memory_watch;
use super::output::{columns, count, log, plural};
use super::rule_source;
use super::versions;
use clap::ValueEnum;
use kinfold::block::Budget;
use kinfold::lint::wide_rules;
use kinfold::model::{Outcome, Progress, Table, Verdict};
use kinfold::pipeline::{self, ParkedText};
use kinfold::report::{self, CsvGuard, Published, ReportInput, RunMeta};
use kinfold::rules::render;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Share of the limit on memory that the records may hold, once read, without their text going to a file: what comes after
/// adds from a half, at ten million leads, to eight tenths, at 300,000 (docs/benchmarks.md).
const HELD_AT_MOST: f64 = 0.5;

/// Read exports, find duplicates, write the report
///
/// Writes suggestions, pairs, golden records and a page for people into OUT/runs/RUN-ID, all at once at the end, and
/// points OUT/latest to it. The same data and rules give the same files, on any number of threads and in any row
/// order. Nothing but OUT is written. Records are held in memory; see --memory.
///
/// Example: kinfold run leads.csv --out reports --fail-on auto
#[derive(Debug, clap::Args)]
pub(crate) struct RunArgs {
    /// Files to read: CSV or Parquet, also compressed with gzip or zstd
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,

    /// Folder for reports; made when missing
    #[arg(
        long,
        short,
        value_name = "DIR",
        default_value = "kinfold-out",
        help_heading = "Writing"
    )]
    out: PathBuf,

    /// CSV files safe to open in a spreadsheet, or with values as they are
    #[arg(long, value_enum, value_name = "HOW", default_value_t = Csv::Guarded, help_heading = "Writing")]
    csv: Csv,

    /// End with 1 when the report has something of this kind; may be given several times
    #[arg(
        long,
        value_enum,
        value_name = "WHAT",
        value_delimiter = ',',
        help_heading = "Writing"
    )]
    fail_on: Vec<FailOn>,

    /// How long to wait for another run that is writing to the same folder
    #[arg(
        long,
        value_name = "SECONDS",
        default_value_t = 0,
        help_heading = "Writing"
    )]
    wait: u32,

    /// Remove published runs but the N newest, once this one is published
    ///
    /// Without it every run stays until you delete it. Files that kinfold did not write are never removed.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..), help_heading = "Writing")]
    keep_runs: Option<u32>,

    /// Compare every pair of a rule that has no index, however long that takes, instead of refusing the rule
    #[arg(long, help_heading = "Rules")]
    allow_scan: bool,

    /// Also write what a duplicate detection job of Dynamics would return, and what it would miss
    ///
    /// dynamics_job.csv has a row for each base record, duplicate record and rule; missed.csv the pairs that the
    /// built-in rules suggest to merge and no rule of the job finds. The rules must be Dynamics' own: see
    /// `kinfold rules import`.
    #[arg(long, help_heading = "Rules")]
    dynamics_job: bool,

    #[command(flatten)]
    budget: BudgetArgs,

    /// Let the run hold at most this much memory, such as 4G
    ///
    /// When the records take more than half of it, their text waits in a temporary file in OUT while pairs are found, about
    /// as large as the export; it has no name and is gone with the run. A run that would need more even so, by
    /// estimate, is refused before anything is compared; one that comes to hold more all the same is ended as soon as that
    /// is seen (on Linux). Both end with exit code 7 and publish nothing. The same as --budget memory=SIZE; of both the
    /// smaller counts.
    #[arg(long, value_name = "SIZE", value_parser = size, help_heading = "Working")]
    memory: Option<u64>,

    #[command(flatten)]
    pub(crate) data: DataArgs,

    #[command(flatten)]
    rules: RuleArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Csv {
    /// Formulas guarded, long cells cut, byte order mark
    Guarded,
    /// Values as exported
    Raw,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// Any suggestion
    Suggestions,
    /// A suggestion that is safe to merge unattended
    Auto,
    /// A suggestion that a person has to decide
    Review,
    /// A row that could not be used
    Rejects,
}

/// What a run comes to, as `--json` prints it.
#[derive(Debug, Serialize)]
struct Summary {
    run: String,
    folder: String,
    report: String,
    rule_set: RuleSetLine,
    rows: Rows,
    records: u64,
    suggestions: Suggestions,
    /// Pairs of different record types held to be one.
    links: u64,
    /// Rule-true pairs by verdict.
    pairs: BTreeMap<&'static str, u64>,
    rules: Vec<RuleLine>,
    suppressed: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    dynamics_job: Option<JobFigures>,
    seconds: f64,
    fail_on: Vec<String>,
}

#[derive(Debug, Serialize)]
struct RuleSetLine {
    name: String,
    /// Number of the published version.
    version: Option<u64>,
}

/// The twin of a Dynamics job.
#[derive(Debug, Serialize)]
struct JobFigures {
    rows: u64,
    beyond_cap: u64,
    missed: u64,
}

#[derive(Debug, Serialize)]
struct Rows {
    read: u64,
    used: u64,
    rejected: u64,
}

#[derive(Debug, Serialize)]
struct Suggestions {
    auto: u64,
    review: u64,
    /// Records in them, survivors included.
    members: u64,
    /// Records that would be merged away.
    to_merge: u64,
}

#[derive(Debug, Serialize)]
struct RuleLine {
    name: String,
    pairs: u64,
    only_this_rule: u64,
    suppressed: u64,
}

pub(crate) fn run(args: &RunArgs) -> Result<ExitCode, Failure> {
    let begun = Instant::now();
    let started = jiff::Timestamp::now();
    let started = format!("{}", started.strftime("%Y-%m-%dT%H:%M:%SZ"));
    // Before reading: a folder that cannot be used is told at once, and rules likewise.
    let _lock = report::lock(&args.out, Duration::from_secs(u64::from(args.wait)))?;
    let budget = args.budget.budget();
    let budget = Budget {
        memory: budget.memory.into_iter().chain(args.memory).min(),
        ..budget
    };
    memory_watch::begin(budget.memory, args.data.output().json);
    let mut loading = Loading::begin(&args.data, &args.rules)?;
    loading.options.block.allow_scan = args.allow_scan;
    let mut loaded = loading.load(&args.inputs)?;
    let mut options = loading.link_options(&loaded);
    options.block.budget = budget;
    let job = if args.dynamics_job {
        let built_in = rule_source::built_in(&loaded.table);
        Some(pipeline::dynamics_job(
            &loaded,
            &options,
            &built_in,
            &loading.progress,
        )?)
    } else {
        None
    };
    // What such a job lists may be any records, so that it keeps the text of all.
    let parked = match budget.memory {
        Some(limit) if job.is_none() && resident_bytes() as f64 > HELD_AT_MOST * limit as f64 => {
            let parked = ParkedText::new(&mut loaded.table, &options, &args.out)?;
            loading.progress.notice(
                "the text of the records is in a temporary file while pairs are found, to stay within the limit on memory",
            );
            Some(parked)
        }
        _ => None,
    };
    let engine = pipeline::engine(&loaded.prepared, &loading.progress);
    // Before the work: who is told after an hour has lost it.
    for line in wide_rules(&engine, &options.rules, &loading.progress) {
        loading.progress.notice(&line);
    }
    // Not before: what was given up just now is back with the system only after some more work.
    options.block.resident_bytes = resident_bytes();
    let mut outcome = match parked {
        None => pipeline::link_with(&loaded, &engine, &options, &loading.progress)?,
        Some(parked) => parked.link(&mut loaded.table, &engine, &options, &loading.progress)?,
    };
    drop(engine);
    outcome.job = job;
    // Reports read the table and the outcome: what was compared makes room for them, meanwhile, or at once where no
    // thread is to be had.
    let prepared = std::mem::take(&mut loaded.prepared);
    let _ = std::thread::Builder::new().spawn(move || drop(prepared));
    for notice in &outcome.notices {
        loading.progress.notice(&notice.text);
    }
    let meta = RunMeta {
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        rule_set_name: options.rules.name.clone(),
        // The text of a published version is kept as it was hashed, whatever its canonical form would be today.
        rule_set_toml: match &loading.version {
            Some(version) => version.text.clone(),
            None => render(&options.rules),
        },
        rule_set_version: loading.version.as_ref().map(|v| v.number),
        arguments: std::env::args_os()
            .skip(1)
            .map(|a| a.to_string_lossy().into_owned())
            .collect(),
        started,
        stage_millis: loading.progress.step_millis(),
        n_threads: rayon::current_num_threads(),
        csv_guard: match args.csv {
            Csv::Guarded => CsvGuard::Guarded,
            Csv::Raw => CsvGuard::Raw,
        },
        extra_versions: versions::extra(),
    };
    let input = ReportInput {
        table: &loaded.table,
        ingest: &loaded.ingest,
        outcome: &outcome,
        meta: &meta,
    };
    let published = report::publish(&args.out, &input, &loading.progress)?;
    memory_watch::end();
    if let Some(n_kept) = args.keep_runs {
        let n_pruned = report::prune(&args.out, n_kept as usize)?;
        if n_pruned > 0 && !args.data.quiet() {
            log(&format!(
                "removed {} as asked with --keep-runs",
                plural(n_pruned as u64, "earlier run", "earlier runs")
            ));
        }
    }
    let holding = conditions(args, &loaded.table, &outcome);
    let summary = summarise(&input, &published, begun, &holding);
    let output = args.data.output();
    if !args.data.quiet() || output.json {
        output.either(&summary, || text(&summary))?;
    }
    // The process ends here: to give millions of values back one by one would take a second of a large run.
    std::mem::forget((outcome, loaded));
    if holding.is_empty() {
        return Ok(ExitCode::Ok);
    }
    if !args.data.quiet() {
        log(&format!(
            "attention: --fail-on {} holds",
            holding.join(" and ")
        ));
    }
    Ok(ExitCode::Attention)
}

/// The conditions of `--fail-on` that hold.
fn conditions(args: &RunArgs, table: &Table, outcome: &Outcome) -> Vec<String> {
    let n_rejected: u64 = table.files.iter().map(|f| f.n_rejected).sum();
    let has = |v: Verdict| outcome.suggestions.iter().any(|s| s.verdict == v);
    let mut holding = Vec::new();
    for what in &args.fail_on {
        let holds = match what {
            FailOn::Suggestions => !outcome.suggestions.is_empty(),
            FailOn::Auto => has(Verdict::Auto),
            FailOn::Review => has(Verdict::Review),
            FailOn::Rejects => n_rejected > 0,
        };
        let word = what
            .to_possible_value()
            .map(|v| v.get_name().to_owned())
            .unwrap_or_default();
        if holds && !holding.contains(&word) {
            holding.push(word);
        }
    }
    holding
}

fn summarise(
    input: &ReportInput<'_>,
    published: &Published,
    begun: Instant,
    holding: &[String],
) -> Summary {
    let ReportInput {
        table,
        outcome,
        meta,
        ..
    } = *input;
    let of = |v: Verdict| {
        outcome
            .suggestions
            .iter()
            .filter(|s| s.verdict == v)
            .count() as u64
    };
    let members: u64 = outcome
        .suggestions
        .iter()
        .map(|s| s.members.len() as u64)
        .sum();
    let folder = &published.run_dir;
    Summary {
        run: published.run_id.clone(),
        folder: folder.display().to_string(),
        rule_set: RuleSetLine {
            name: meta.rule_set_name.clone(),
            version: meta.rule_set_version,
        },
        report: folder.join("report.html").display().to_string(),
        rows: Rows {
            read: table.files.iter().map(|f| f.n_rows).sum(),
            used: table.files.iter().map(|f| f.n_used).sum(),
            rejected: table.files.iter().map(|f| f.n_rejected).sum(),
        },
        records: table.n_records() as u64,
        suggestions: Suggestions {
            auto: of(Verdict::Auto),
            review: of(Verdict::Review),
            members,
            to_merge: members - outcome.suggestions.len() as u64,
        },
        links: outcome.links.len() as u64,
        pairs: Verdict::ALL
            .into_iter()
            .map(|v| {
                let pairs = outcome.pairs.iter().filter(|p| p.verdict == v);
                (v.as_str(), pairs.map(|p| p.pair.implied).sum())
            })
            .collect(),
        rules: outcome
            .rule_counts
            .iter()
            .map(|r| RuleLine {
                name: r.name.clone(),
                pairs: r.n_pairs,
                only_this_rule: r.n_only,
                suppressed: r.n_suppressed,
            })
            .collect(),
        suppressed: outcome.suppressed.iter().map(|s| s.implied).sum(),
        dynamics_job: outcome.job.as_ref().map(|j| JobFigures {
            rows: j.n_rows,
            beyond_cap: j.n_beyond_cap(),
            missed: j.missed.len() as u64,
        }),
        seconds: begun.elapsed().as_secs_f64(),
        fail_on: holding.to_vec(),
    }
}

fn text(s: &Summary) -> String {
    let mut out = format!(
        "{} from {}, {} rejected, in {:.1} s\n",
        plural(s.records, "record", "records"),
        plural(s.rows.read, "row", "rows"),
        count(s.rows.rejected),
        s.seconds
    );
    if let Some(version) = s.rule_set.version {
        out.push_str(&format!("rules: {}, version {version}\n", s.rule_set.name));
    }
    let sg = &s.suggestions;
    out.push_str(&format!(
        "{}: {} auto, {} for review; {} to merge away\n",
        plural(sg.auto + sg.review, "suggested merge", "suggested merges"),
        count(sg.auto),
        count(sg.review),
        plural(sg.to_merge, "record", "records"),
    ));
    if s.links > 0 {
        out.push_str(&format!(
            "{} between records of different types, in links.csv\n",
            plural(s.links, "link", "links")
        ));
    }
    let pairs: Vec<String> = Verdict::ALL
        .iter()
        .map(|v| format!("{} {}", count(s.pairs[v.as_str()]), v.as_str()))
        .collect();
    out.push_str(&format!(
        "pairs: {}; {} suppressed\n",
        pairs.join(", "),
        count(s.suppressed)
    ));
    let mut rows = vec![
        ["rule", "pairs", "only this rule", "suppressed"]
            .map(str::to_owned)
            .to_vec(),
    ];
    rows.extend(s.rules.iter().map(|r| {
        vec![
            r.name.clone(),
            count(r.pairs),
            count(r.only_this_rule),
            count(r.suppressed),
        ]
    }));
    out.push_str(&columns(&rows, &[1, 2, 3]));
    if let Some(job) = &s.dynamics_job {
        out.push_str(&format!(
            "as a job of Dynamics: {}, {} beyond its cap; {} missed\n",
            plural(job.rows, "row", "rows"),
            count(job.beyond_cap),
            plural(job.missed, "pair", "pairs"),
        ));
    }
    out.push_str(&format!("report: {}\n", s.report));
    out
}
