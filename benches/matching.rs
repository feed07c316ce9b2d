//! What the stages and the whole job cost: reading and normalising, linking, publishing, and all of them.
//!
//! `cargo bench --bench matching`, with a filter behind `--` for one group. Leads are made by the generator, outside the
//! timing, and counted in records; each size says on standard error what was found, since faster by missing duplicates is
//! not faster. `benches/kernels.rs` has the measures, matchcodes and joins below.
//! Figures are processor time, see `processor_time`.

mod processor_time;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use kinfold::evaluate::partition_metrics;
use kinfold::ingest::IngestOptions;
use kinfold::model::{Activity, Field, Interner, Outcome, RecordIdx, RecordType, Silent};
use kinfold::pipeline::{LinkOptions, Loaded, link, load};
use kinfold::report::{CsvGuard, ReportInput, RunMeta, lock, publish};
use kinfold::rules::builtin_for;
use kinfold::synth::{self, SynthOptions};
use processor_time::ProcessorTime;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

const SEED: u64 = 1;

fn options() -> LinkOptions {
    LinkOptions::new(builtin_for(RecordType::Lead))
}

/// Made-up leads in a file, and their truth, a CSV text of ids and clusters.
struct Leads {
    folder: tempfile::TempDir,
    truth: String,
}

impl Leads {
    fn make(n_records: usize) -> Leads {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let file = std::fs::File::create(folder.path().join("leads.csv")).expect("it is ours");
        let made = SynthOptions {
            n_records,
            seed: SEED,
            ..SynthOptions::default()
        };
        let mut truth = Vec::new();
        synth::write(
            &made,
            &mut std::io::BufWriter::new(file),
            &mut truth,
            &Silent,
        )
        .expect("leads are written");
        Leads {
            folder,
            truth: String::from_utf8(truth).expect("ids are ASCII"),
        }
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("leads.csv")
    }

    /// Read and normalised.
    fn load(&self) -> Loaded {
        load(
            &[self.file()],
            &IngestOptions::default(),
            &options(),
            &Silent,
        )
        .expect("leads are read")
    }
}

fn links(loaded: &Loaded) -> Outcome {
    link(loaded, &options(), &Silent).expect("the built-in rules have a plan")
}

/// All reports, published in a folder of their own, which is removed.
fn publish_all(folder: &Path, loaded: &Loaded, outcome: &Outcome) {
    let out = folder.join("out");
    let held = lock(&out, Duration::ZERO).expect("nobody else works there");
    let meta = RunMeta {
        tool_version: env!("CARGO_PKG_VERSION").to_owned(),
        rule_set_name: options().rules.name.clone(),
        rule_set_toml: String::new(),
        rule_set_version: None,
        arguments: Vec::new(),
        started: "1970-01-01T00:00:00Z".to_owned(),
        stage_millis: Vec::new(),
        n_threads: rayon::current_num_threads(),
        csv_guard: CsvGuard::Guarded,
        extra_versions: Vec::new(),
    };
    let input = ReportInput {
        table: &loaded.table,
        ingest: &loaded.ingest,
        outcome,
        meta: &meta,
    };
    publish(&out, &input, &Silent).expect("reports are written");
    drop(held);
    std::fs::remove_dir_all(&out).expect("it is ours");
}

/// Says what a link found, against the truth on active records.
#[expect(
    clippy::print_stderr,
    reason = "figures of a bench are read on the terminal"
)]
fn tell(loaded: &Loaded, truth: &str, outcome: &Outcome) {
    let table = &loaded.table;
    let cluster_of: HashMap<&str, &str> = truth
        .lines()
        .filter_map(|line| line.split_once(','))
        .collect();
    let mut clusters = Interner::default();
    let true_of: Vec<u32> = (0..table.n_records() as u32)
        .map(|i| clusters.intern(cluster_of[table.value(RecordIdx(i), Field::Id)]))
        .collect();
    let mut found_of: Vec<u32> = (0..table.n_records() as u32).collect();
    for suggestion in &outcome.suggestions {
        for member in &suggestion.members {
            found_of[member.record.at()] = suggestion.members[0].record.0;
        }
    }
    let active = |labels: Vec<u32>| -> Vec<u32> {
        let is_active = table.activity.iter().map(|a| *a == Activity::Active);
        let kept = labels.into_iter().zip(is_active);
        kept.filter_map(|(l, keep)| keep.then_some(l)).collect()
    };
    let pairwise = partition_metrics(&active(found_of), &active(true_of)).pairwise;
    eprintln!(
        "{} leads, seed {SEED}: {} pairs; merging all suggestions: precision {:.4}, recall {:.4} of pairs",
        table.n_records(),
        outcome.pairs.len(),
        pairwise.precision,
        pairwise.recall
    );
}

/// Each stage by itself, then all of them, counted in records.
fn stages(c: &mut Criterion<ProcessorTime>) {
    for n in [2_000, 10_000] {
        let leads = Leads::make(n);
        let loaded = leads.load();
        let outcome = links(&loaded);
        tell(&loaded, &leads.truth, &outcome);
        let folder = leads.folder.path();
        let mut group = c.benchmark_group("stages");
        group
            .sample_size(10)
            .throughput(Throughput::Elements(n as u64));
        group.bench_function(BenchmarkId::new("read and normalise", n), |b| {
            b.iter(|| leads.load());
        });
        group.bench_function(BenchmarkId::new("link", n), |b| b.iter(|| links(&loaded)));
        group.bench_function(BenchmarkId::new("publish", n), |b| {
            b.iter(|| publish_all(folder, &loaded, &outcome));
        });
        group.bench_function(BenchmarkId::new("whole job", n), |b| {
            b.iter(|| {
                let loaded = leads.load();
                publish_all(folder, &loaded, &links(&loaded));
            });
        });
        group.finish();
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(ProcessorTime);
    targets = stages
}
criterion_main!(benches);
