//! What single measures, matchcodes and joins cost: pure functions on text, without files.
//!
//! `cargo bench --bench kernels`, with a filter behind `--` for one group; `--no-default-features` leaves polars out of
//! the build, which makes it ten times shorter. Words and names are made by a seeded draw, leads by the generator, both
//! outside the timing. Figures are processor time, see `processor_time`.

mod processor_time;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use kinfold::model::{Interner, Silent};
use kinfold::normalise::person_name::{self, NameParts};
use kinfold::normalise::phone::PhoneReader;
use kinfold::normalise::variants::variants_of;
use kinfold::normalise::{company, email};
use kinfold::similarity::join::LiteralJoin;
use kinfold::similarity::measures::Measure;
use kinfold::similarity::neighbours::{Channels, Neighbours};
use kinfold::similarity::osa::distance_within;
use kinfold::synth::{self, SynthOptions};
use processor_time::ProcessorTime;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
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

/// Distinct full names of two words each.
fn full_names(n: usize) -> Vec<Box<str>> {
    let words = vocabulary(4_000);
    let mut draw = ChaCha8Rng::seed_from_u64(SEED);
    let mut names = Interner::default();
    while names.texts().len() < n {
        let mut word = || &*words[draw.random_range(0..words.len())];
        let name = format!("{} {}", word(), word());
        names.intern(&name);
    }
    names.texts().to_vec()
}

/// Two edits at most, asked of the same pairs: ours gives up early, strsim finds the distance whatever it is.
fn osa(c: &mut Criterion<ProcessorTime>) {
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

/// One literal measure on pairs of full names, counted in pairs; the joins below are to ask far fewer of them.
fn measures(c: &mut Criterion<ProcessorTime>) {
    let names = full_names(1_000);
    let pairs: Vec<(&str, &str)> = (0..names.len())
        .map(|i| (&*names[i], &*names[(i * 7 + 1) % names.len()]))
        .collect();
    let mut group = c.benchmark_group("measure of a pair");
    group.throughput(Throughput::Elements(pairs.len() as u64));
    for measure in [
        Measure::JaroWinkler,
        Measure::Levenshtein,
        Measure::Osa,
        Measure::TokenSet,
    ] {
        group.bench_function(measure.as_str(), |b| {
            b.iter(|| -> f64 {
                let score = |(x, y): &(&str, &str)| measure.score(black_box(x), y);
                pairs.iter().map(score).sum()
            });
        });
    }
    group.finish();
}

/// Cells of one column of made-up leads, blank ones left out.
fn column(rows: &[csv::StringRecord], header: &csv::StringRecord, name: &str) -> Vec<String> {
    let at = header
        .iter()
        .position(|h| h == name)
        .expect("the generator writes this column");
    rows.iter()
        .map(|row| row[at].to_owned())
        .filter(|cell| !cell.is_empty())
        .collect()
}

/// Matchcodes of single values as the generator writes them, counted in values. Runs look up repeated values instead.
fn matchcodes(c: &mut Criterion<ProcessorTime>) {
    let made = SynthOptions {
        n_records: 2_000,
        seed: SEED,
        ..SynthOptions::default()
    };
    let mut records = Vec::new();
    synth::write(&made, &mut records, &mut std::io::sink(), &Silent).expect("memory takes all");
    let mut reader = csv::Reader::from_reader(records.as_slice());
    let header = reader.headers().expect("a header").clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.expect("a row")).collect();
    let mut group = c.benchmark_group("matchcode of a value");

    let emails = column(&rows, &header, "emailaddress1");
    group.throughput(Throughput::Elements(emails.len() as u64));
    group.bench_function("email", |b| {
        b.iter(|| {
            emails
                .iter()
                .map(|t| email::read(black_box(t)).len())
                .sum::<usize>()
        });
    });

    let phones = column(&rows, &header, "telephone1");
    let phone_reader = PhoneReader::new(Some("US"));
    // Patterns are compiled at the first number that needs them, once for a whole run.
    for text in &phones {
        phone_reader.read(text, None);
    }
    group.throughput(Throughput::Elements(phones.len() as u64));
    group.bench_function("phone", |b| {
        b.iter(|| {
            phones
                .iter()
                .map(|t| phone_reader.read(black_box(t), None).len())
                .sum::<usize>()
        });
    });

    let names = column(&rows, &header, "fullname");
    group.throughput(Throughput::Elements(names.len() as u64));
    group.bench_function("name", |b| {
        b.iter(|| {
            for full in &names {
                let parts = NameParts {
                    full,
                    ..NameParts::default()
                };
                black_box(person_name::read(&parts));
            }
        });
    });

    let companies = column(&rows, &header, "companyname");
    group.throughput(Throughput::Elements(companies.len() as u64));
    group.bench_function("company", |b| {
        b.iter(|| {
            for name in &companies {
                black_box(company::read(name));
            }
        });
    });
    group.finish();
}

/// Every name with every other by the name profile, counted in effective pairs: those that asking each pair would take.
fn join(c: &mut Criterion<ProcessorTime>) {
    let mut group = c.benchmark_group("join of a vocabulary");
    group.sample_size(10);
    for n in [2_000, 10_000] {
        let names = vocabulary(n);
        group.throughput(Throughput::Elements((n * (n - 1) / 2) as u64));
        group.bench_with_input(BenchmarkId::from_parameter(n), &names, |b, names| {
            b.iter(|| Neighbours::build(names, &Channels::PERSON, variants_of));
        });
    }
    group.finish();
}

/// Distinct full names joined by a literal measure, index included, counted in effective pairs.
fn literal_join(c: &mut Criterion<ProcessorTime>) {
    let mut group = c.benchmark_group("join by a literal measure");
    group.sample_size(10);
    for n in [2_000, 20_000] {
        let names = full_names(n);
        group.throughput(Throughput::Elements((n * (n - 1) / 2) as u64));
        for (measure, threshold) in [
            (Measure::JaroWinkler, 0.9),
            (Measure::Levenshtein, 0.85),
            (Measure::Osa, 0.85),
            (Measure::TokenSet, 0.5),
        ] {
            let id = BenchmarkId::new(measure.as_str(), n);
            group.bench_with_input(id, &names, |b, names| {
                b.iter(|| LiteralJoin::within(measure, threshold, names).pairs());
            });
        }
    }
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().with_measurement(ProcessorTime);
    targets = osa, measures, matchcodes, join, literal_join
}
criterion_main!(benches);
