//! `kinfold bench`: what a whole run costs and finds on this machine.

mod machine;

use self::machine::Machine;
use super::budget::status_kib;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::output::{Output, count, log, plural};
use super::progress::Shown;
use super::signals::{self, Signals};
use kinfold::evaluate::{EvaluateOptions, evaluate, read_run, read_truth};
use kinfold::synth::{SynthOptions, write};
use serde::Serialize;
use std::fmt::Write as _;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Measure whole runs on this machine: time, memory, and what was found of what is true
///
/// Makes invented leads with known truth, runs `kinfold run` on them as a process of its own, and prints for each size and
/// number of threads: seconds, records and pairs per second, peak memory, precision and recall. Faster by missing
/// duplicates is not faster. Files are made in --dir (a gigabyte for a million leads) and removed at the end.
///
/// A fixed piece of work, half arithmetic and half reads of memory, is timed as well, in processor seconds of one thread:
/// processor seconds of a run divided by it (CPU calibrated) compare between machines. On a busy machine wall time is an
/// upper bound; processor seconds change little.
///
/// Precision and recall are of pairs when all suggestions are merged, `auto: precision` when only those called `auto` are;
/// B-cubed F1 is that of the clusters. Effective pairs are all pairs of records, each of them answered; compared are those
/// that rules looked at, found those that satisfy a rule.
///
/// Example: kinfold bench --sizes 10k,100k --threads 1,2
#[derive(Debug, clap::Args)]
pub(crate) struct BenchArgs {
    /// Numbers of records
    #[arg(long, value_name = "N", value_delimiter = ',', value_parser = records, default_values = ["10k", "50k"])]
    sizes: Vec<usize>,
    /// Numbers of threads; by default all processors
    #[arg(long, value_name = "N", value_delimiter = ',', value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Vec<u16>,
    /// Seed of the invented leads
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,
    /// Where the files are put, in a folder that is removed at the end
    #[arg(long, value_name = "DIR", default_value = ".")]
    dir: PathBuf,
    /// Print no progress
    #[arg(long, short)]
    quiet: bool,
    /// Print one JSON object instead of a Markdown table
    #[arg(long)]
    pub(crate) json: bool,
}

/// What `--json` prints.
#[derive(Debug, Serialize)]
struct Report {
    version: &'static str,
    machine: Machine,
    seed: u64,
    runs: Vec<Measured>,
}

/// One run.
#[derive(Debug, Serialize)]
struct Measured {
    records: usize,
    threads: usize,
    wall_seconds: f64,
    /// User and system time; absent where the system does not tell.
    cpu_seconds: Option<f64>,
    /// Processor seconds in units of the calibration.
    cpu_calibrated: Option<f64>,
    peak_mib: Option<u64>,
    /// By wall time, as the next.
    records_per_second: f64,
    /// All pairs of records, every one of them answered.
    effective_pairs_per_second: f64,
    pairs_compared: u64,
    pairs_found: u64,
    /// Of pairs, all suggestions merged.
    precision: f64,
    recall: f64,
    f1: f64,
    /// Of clusters, all suggestions merged.
    b_cubed_f1: f64,
    /// Of pairs, only suggestions with verdict `auto` merged.
    auto_precision: f64,
}

pub(crate) fn run(args: &BenchArgs) -> Result<ExitCode, Failure> {
    // From here on a signal sets a flag, so that the folder is removed whatever happens.
    let progress = Shown::new(true, Signals::listen());
    if cfg!(debug_assertions) && !args.quiet {
        log("built without optimisation: these figures say little about a release build");
    }
    let machine = Machine::look();
    if signals::received().is_some() {
        return Err(Failure::Stopped);
    }
    let folder = args
        .dir
        .join(format!("kinfold-bench-{}", std::process::id()));
    std::fs::create_dir(&folder).map_err(|e| Failure::io("make", &folder, &e))?;
    let report = measure_all(args, machine, &folder, &progress);
    let removed = std::fs::remove_dir_all(&folder);
    let report = report?;
    removed.map_err(|e| Failure::io("remove", &folder, &e))?;
    Output { json: args.json }.either(&report, || markdown(&report))?;
    Ok(ExitCode::Ok)
}

fn measure_all(
    args: &BenchArgs,
    machine: Machine,
    folder: &Path,
    progress: &Shown,
) -> Result<Report, Failure> {
    let threads: Vec<usize> = if args.threads.is_empty() {
        vec![machine.processors]
    } else {
        args.threads.iter().map(|t| usize::from(*t)).collect()
    };
    let mut report = Report {
        version: env!("CARGO_PKG_VERSION"),
        machine,
        seed: args.seed,
        runs: Vec::new(),
    };
    for size in &args.sizes {
        let records = folder.join(format!("{size}.csv"));
        let truth = folder.join(format!("{size}.truth.csv"));
        let create = |path: &Path| {
            File::create(path)
                .map(BufWriter::new)
                .map_err(|e| Failure::io("write", path, &e))
        };
        let options = SynthOptions {
            n_records: *size,
            seed: args.seed,
            // The built-in rules leave inactive records out on purpose; recall is to be of everything.
            inactive_share: 0.0,
            ..SynthOptions::default()
        };
        let (mut out, mut out_truth) = (create(&records)?, create(&truth)?);
        write(&options, &mut out, &mut out_truth, progress)
            .and_then(|_| out.flush())
            .and_then(|()| out_truth.flush())
            .map_err(|e| match signals::received() {
                Some(_) => Failure::Stopped,
                None => Failure::io("write", &records, &e),
            })?;
        for n_threads in &threads {
            if !args.quiet {
                log(&format!(
                    "{} records, {}",
                    count(*size as u64),
                    plural(*n_threads as u64, "thread", "threads")
                ));
            }
            let measured = measure(*size, *n_threads, &records, &truth, folder, &report)?;
            report.runs.push(measured);
        }
        for path in [records, truth] {
            std::fs::remove_file(&path).map_err(|e| Failure::io("remove", &path, &e))?;
        }
    }
    Ok(report)
}

fn measure(
    size: usize,
    n_threads: usize,
    records: &Path,
    truth: &Path,
    folder: &Path,
    report: &Report,
) -> Result<Measured, Failure> {
    let out = folder.join("out");
    let program = std::env::current_exe()
        .map_err(|e| Failure::io("find", Path::new("our own program"), &e))?;
    let cpu_before = children_cpu_seconds();
    let begun = Instant::now();
    let mut child = Command::new(&program)
        .arg("run")
        .arg(records)
        .arg("--out")
        .arg(&out)
        .args(["--quiet", "--threads", &n_threads.to_string()])
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .map_err(|e| Failure::io("start", &program, &e))?;
    let id = child.id().to_string();
    let mut peak_kib = None;
    let status = loop {
        if signals::received().is_some() {
            // A signal from a terminal reaches the run as well; one from a scheduler may not.
            let _ = child.kill();
            let _ = child.wait();
            return Err(Failure::Stopped);
        }
        peak_kib = status_kib(&id, "VmHWM:").or(peak_kib);
        match child.try_wait() {
            Ok(Some(status)) => break status,
            Ok(None) => std::thread::sleep(Duration::from_millis(5)),
            Err(e) => return Err(Failure::io("wait for", &program, &e)),
        }
    };
    let wall = begun.elapsed().as_secs_f64();
    if !status.success() {
        return Err(Failure::new(
            ExitCode::Internal,
            format!("the measured run ended with {status}"),
            "its own message stands above",
        ));
    }
    let cpu = children_cpu_seconds()
        .zip(cpu_before)
        .map(|(after, before)| after - before);
    let file = File::open(truth).map_err(|e| Failure::io("read", truth, &e))?;
    let truth = read_truth(file)?;
    let evaluation = evaluate(&read_run(&out)?, &truth, &EvaluateOptions { n_examples: 0 });
    let summary_path = out.join("latest/summary.json");
    let summary = std::fs::read_to_string(&summary_path)
        .map_err(|e| Failure::io("read", &summary_path, &e))?;
    let summary: serde_json::Value =
        serde_json::from_str(&summary).expect("a run's summary is JSON");
    let rules = summary["rules"].as_array().map_or(&[][..], Vec::as_slice);
    let pairs_compared = rules.iter().filter_map(|r| r["compared"].as_u64()).sum();
    std::fs::remove_dir_all(&out).map_err(|e| Failure::io("remove", &out, &e))?;
    let n = size as f64;
    let clusters = &evaluation.all;
    Ok(Measured {
        records: size,
        threads: n_threads,
        wall_seconds: wall,
        cpu_seconds: cpu,
        cpu_calibrated: cpu.map(|c| c / report.machine.calibration_seconds),
        peak_mib: peak_kib.map(|k| k.div_ceil(1024)),
        records_per_second: n / wall,
        effective_pairs_per_second: n * (n - 1.0) / 2.0 / wall,
        pairs_compared,
        pairs_found: summary["pairs"]["n_pairs"]
            .as_u64()
            .expect("a summary counts the pairs"),
        precision: clusters.pairwise.precision,
        recall: clusters.pairwise.recall,
        f1: clusters.pairwise.f1,
        b_cubed_f1: clusters.b_cubed.f1,
        auto_precision: evaluation.auto.pairwise.precision,
    })
}

/// Processor seconds of finished children on Linux. The unit of the kernel's interface there is a hundredth.
fn children_cpu_seconds() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The second field may hold anything between parentheses; times of children are fields 16 and 17.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: f64 = fields.get(13)?.parse::<f64>().ok()? + fields.get(14)?.parse::<f64>().ok()?;
    Some(ticks / 100.0)
}

/// `10000`, `10k`, `1M`.
fn records(text: &str) -> Result<usize, String> {
    let (number, factor) = match text.strip_suffix('k') {
        Some(number) => (number, 1_000),
        None => match text.strip_suffix('M') {
            Some(number) => (number, 1_000_000),
            None => (text, 1),
        },
    };
    match number.parse::<usize>() {
        Ok(n) if (10..=100_000_000).contains(&(n.saturating_mul(factor))) => Ok(n * factor),
        _ => Err("a size is a number of records from 10 to 100M, such as 10k".to_owned()),
    }
}

fn markdown(report: &Report) -> String {
    let mut out = format!(
        "kinfold {}{}, {}; seed {}, calibration {:.3} s\n\n\
         | records | threads | wall s | CPU s | CPU calibrated | peak MiB | records/s | effective pairs/s | compared | found | \
         precision | recall | F1 | B-cubed F1 | auto: precision |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n",
        report.version,
        if report.machine.optimised {
            ""
        } else {
            " (not optimised)"
        },
        report.machine.in_words(),
        report.seed,
        report.machine.calibration_seconds
    );
    let number = |n: Option<f64>| n.map_or("-".to_owned(), |n| format!("{n:.2}"));
    for m in &report.runs {
        let _ = writeln!(
            out,
            "| {} | {} | {:.2} | {} | {} | {} | {} | {:.2e} | {} | {} | {:.4} | {:.4} | {:.4} | {:.4} | {:.4} |",
            count(m.records as u64),
            m.threads,
            m.wall_seconds,
            number(m.cpu_seconds),
            number(m.cpu_calibrated),
            m.peak_mib.map_or("-".to_owned(), count),
            count(m.records_per_second as u64),
            m.effective_pairs_per_second,
            count(m.pairs_compared),
            count(m.pairs_found),
            m.precision,
            m.recall,
            m.f1,
            m.b_cubed_f1,
            m.auto_precision
        );
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read() {
        assert_eq!(records("10k"), Ok(10_000));
        assert_eq!(records("1M"), Ok(1_000_000));
        assert_eq!(records("500"), Ok(500));
        assert!(records("5").is_err() && records("k").is_err() && records("-1").is_err());
    }
}
