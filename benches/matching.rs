//! What matching costs: one kernel, the join of a vocabulary with itself, and the whole link step.
//!
//! `cargo bench --bench matching`, with a filter behind `--` for one group. Data is made by the generator or by a seeded
//! draw, outside the timing; the link step says on standard error what it found, since faster by missing duplicates is
//! not faster.

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use kinfold::evaluate::partition_metrics;
use kinfold::ingest::IngestOptions;
use kinfold::model::{Activity, Field, Interner, Outcome, RecordIdx, RecordType, Silent};
use kinfold::normalise::variants::variants_of;
use kinfold::pipeline::{LinkOptions, Loaded, link, load};
use kinfold::rules::builtin_for;
use kinfold::similarity::join::{LiteralJoin, LiteralMeasure};
use kinfold::similarity::neighbours::{Channels, Neighbours};
use kinfold::similarity::osa::distance_within;
use kinfold::synth::{self, SynthOptions};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::HashMap;
use std::hint::black_box;

const SEED: u64 = 1;
const SYLLABLES: [&str; 20] = [
    "an", "ber", "chi", "do", "el", "fre", "gar", "hol", "is", "jo", "ka", "lin", "mar", "nor",
    "ost", "pe", "ros", "sen", "ta", "vik",
];

/// Distinct made-up names of two to four syllables, some of them a letter away from another.
fn vocabulary(n: usize) -> Vec<Box<str>> {
    let mut draw = ChaCha8Rng::seed_from_u64(SEED);
    let mut names = Interner::default();
    while names.texts().len() < n {
        let mut name: String = (0..draw.random_range(2..=4))
            .map(|_| SYLLABLES[draw.random_range(0..SYLLABLES.len())])
            .collect();
        if draw.random_bool(0.2) {
            name.remove(draw.random_range(0..name.len()));
        }
        names.intern(&name);
    }
    names.texts().to_vec()
}

/// Two edits at most, asked of the same pairs: ours gives up early, strsim finds the distance whatever it is.
fn osa(c: &mut Criterion) {
    let names = vocabulary(1_000);
    let pairs: Vec<(&str, &str)> = (0..names.len())
        .map(|i| (&*names[i], &*names[(i * 7 + 1) % names.len()]))
        .collect();
    let mut group = c.benchmark_group("osa within 2");
    group.throughput(Throughput::Elements(pairs.len() as u64));
    group.bench_function("bounded", |b| {
        b.iter(|| {
            let within = |(x, y): &&(&str, &str)| {
                distance_within(black_box(x.as_bytes()), y.as_bytes(), 2).is_some()
            };
            pairs.iter().filter(within).count()
        });
    });
    group.bench_function("strsim", |b| {
        b.iter(|| {
            let within = |(x, y): &&(&str, &str)| strsim::osa_distance(black_box(x), y) <= 2;
            pairs.iter().filter(within).count()
        });
    });
    group.finish();
}

/// Every name with every other, counted in names.
fn join(c: &mut Criterion) {
    let mut group = c.benchmark_group("join of a vocabulary");
    group.sample_size(10);
    for n in [2_000, 10_000] {
        let names = vocabulary(n);
        group.throughput(Throughput::Elements(n as u64));
        group.bench_with_input(BenchmarkId::from_parameter(n), &names, |b, names| {
            b.iter(|| Neighbours::build(names, &Channels::PERSON, variants_of));
        });
    }
    group.finish();
}

/// Distinct full names joined by a literal measure, counted in effective pairs: those that asking each pair would take.
fn literal_join(c: &mut Criterion) {
    let mut group = c.benchmark_group("join by a literal measure");
    group.sample_size(10);
    for n in [2_000, 20_000] {
        let words = vocabulary(4_000);
        let mut draw = ChaCha8Rng::seed_from_u64(SEED);
        let mut names = Interner::default();
        while names.texts().len() < n {
            let mut word = || &*words[draw.random_range(0..words.len())];
            let name = format!("{} {}", word(), word());
            names.intern(&name);
        }
        group.throughput(Throughput::Elements((n * (n - 1) / 2) as u64));
        for (measure, threshold) in [
            (LiteralMeasure::JaroWinkler, 0.9),
            (LiteralMeasure::Levenshtein, 0.85),
            (LiteralMeasure::Osa, 0.85),
            (LiteralMeasure::TokenSet, 0.5),
        ] {
            let join = LiteralJoin::within(measure, threshold, names.texts());
            let id = BenchmarkId::new(measure.as_str(), n);
            group.bench_with_input(id, &join, |b, join| b.iter(|| join.pairs()));
        }
    }
    group.finish();
}

fn options() -> LinkOptions {
    LinkOptions::new(builtin_for(RecordType::Lead))
}

/// Made-up leads, written to a file, read and normalised; and their truth, a CSV text of ids and clusters.
fn leads(n_records: usize) -> (Loaded, String) {
    let dir = tempfile::tempdir().expect("a folder for temporary files");
    let path = dir.path().join("leads.csv");
    let mut file = std::fs::File::create(&path).expect("the folder is ours");
    let made = SynthOptions {
        n_records,
        seed: SEED,
        ..SynthOptions::default()
    };
    let mut truth = Vec::new();
    synth::write(&made, &mut file, &mut truth).expect("leads are written");
    let loaded =
        load(&[path], &IngestOptions::default(), &options(), &Silent).expect("leads are read");
    (loaded, String::from_utf8(truth).expect("ids are ASCII"))
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

/// Stages 3 to 6 with the built-in rules, counted in records.
fn link_step(c: &mut Criterion) {
    let mut group = c.benchmark_group("link");
    group.sample_size(10);
    for n in [2_000, 10_000] {
        let (loaded, truth) = leads(n);
        let outcome = link(&loaded, &options(), &Silent).expect("the built-in rules have a plan");
        tell(&loaded, &truth, &outcome);
        group.throughput(Throughput::Elements(n as u64));
        group.bench_with_input(BenchmarkId::from_parameter(n), &loaded, |b, loaded| {
            b.iter(|| link(loaded, &options(), &Silent).expect("the built-in rules have a plan"));
        });
    }
    group.finish();
}

criterion_group!(benches, osa, join, literal_join, link_step);
criterion_main!(benches);
