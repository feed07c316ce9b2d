//! Readers fed with what nobody would write: good examples with bytes changed, doubled, cut out and glued together.
//! Nothing may panic, and what is read must still keep its laws.
//!
//! Each test tries a hundred cases, or goes on for `KINFOLD_FUZZ_SECONDS`, from a seed that `KINFOLD_FUZZ_SEED` sets and
//! that every failure names. An input that once failed becomes a file in `testdata/finds/TARGET/` and is tried first.

#[path = "../fuzz/targets/mod.rs"]
mod targets;

use kinfold::ingest::IngestOptions;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};
use targets::readers::read_file;
use targets::{PIECES, TARGETS, files, testdata};

/// Changed inputs a reader gets at least.
const CASES: u64 = 100;

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|v| v.parse().ok())
        .unwrap_or(otherwise)
}

/// One to eight changes.
fn mutate(rng: &mut ChaCha8Rng, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = seeds[rng.random_range(0..seeds.len())].clone();
    for _ in 0..rng.random_range(1..=8) {
        let at = rng.random_range(0..=bytes.len());
        let end = (at + rng.random_range(0..=40)).min(bytes.len());
        match rng.random_range(0..12) {
            0 if at < bytes.len() => bytes[at] ^= 1 << rng.random_range(0..8),
            1 if at < bytes.len() => bytes[at] = rng.random(),
            2 => drop(bytes.drain(at..end)),
            3 => {
                let piece = bytes[at..end].to_vec();
                bytes.splice(at..at, piece);
            }
            4 => {
                let other = &seeds[rng.random_range(0..seeds.len())];
                let from = rng.random_range(0..=other.len());
                let to = (from + rng.random_range(0..=200)).min(other.len());
                bytes.splice(at..end, other[from..to].iter().copied());
            }
            5 => bytes.truncate(at),
            6 => number(rng, &mut bytes, at),
            7 => length(rng, &mut bytes, at),
            8 => word(rng, &mut bytes, at, seeds),
            9 => {
                // The same piece again and again: depth, width, repetition.
                let piece = bytes[at..end].to_vec();
                let n = rng.random_range(2..200);
                bytes.splice(at..at, piece.repeat(n));
            }
            _ => {
                let piece = PIECES[rng.random_range(0..PIECES.len())];
                bytes.splice(at..at, piece.bytes());
            }
        }
    }
    bytes.truncate(1 << 16);
    bytes
}

/// Numbers at which readers count wrong.
const LIMITS: [&str; 12] = [
    "0",
    "1",
    "-1",
    "127",
    "255",
    "65536",
    "2147483648",
    "4294967295",
    "9007199254740993",
    "18446744073709551615",
    "18446744073709551616",
    "1e999",
];

/// Puts a limit in the place of the next number as digits.
fn number(rng: &mut ChaCha8Rng, bytes: &mut Vec<u8>, at: usize) {
    let is_digit = |b: &u8| b.is_ascii_digit();
    let Some(start) = bytes[at..].iter().position(is_digit).map(|n| at + n) else {
        return;
    };
    let n = bytes[start..].iter().take_while(|b| is_digit(b)).count();
    let limit = LIMITS[rng.random_range(0..LIMITS.len())];
    bytes.splice(start..start + n, limit.bytes());
}

/// Puts a length that is none where a binary format may keep one: 1, 2, 4 or 8 bytes, or a varint.
fn length(rng: &mut ChaCha8Rng, bytes: &mut [u8], at: usize) {
    let n = [1, 2, 4, 8][rng.random_range(0..4_usize)].min(bytes.len() - at);
    let place = &mut bytes[at..at + n];
    match rng.random_range(0..5) {
        0 => place.fill(0),
        1 => place.fill(0xff),
        2 => place.fill(0x7f),
        3 => {
            // A varint that goes on and on.
            place.fill(0x80);
        }
        _ => {
            place.fill(0);
            if let Some(first) = place.first_mut() {
                *first = 1 << rng.random_range(0..8);
            }
        }
    }
}

/// Puts a word of some example in the place of the next word: what means something stands where it should not.
fn word(rng: &mut ChaCha8Rng, bytes: &mut Vec<u8>, at: usize, seeds: &[Vec<u8>]) {
    let is_letter = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_';
    let other = &seeds[rng.random_range(0..seeds.len())];
    let mut words = other.split(|b| !is_letter(b)).filter(|w| !w.is_empty());
    let n_words = words.clone().count();
    if n_words == 0 {
        return;
    }
    let Some(new) = words.nth(rng.random_range(0..n_words)) else {
        return;
    };
    let Some(start) = bytes[at..].iter().position(is_letter).map(|n| at + n) else {
        return;
    };
    let n = bytes[start..].iter().take_while(|b| is_letter(b)).count();
    bytes.splice(start..start + n, new.iter().copied());
}

/// Feeds `check` with its finds and then with changed seeds until the time is over.
fn feed(name: &str, seeds: &[Vec<u8>], check: impl Fn(&[u8])) {
    let attempt = |bytes: &[u8], origin: &str| {
        if catch_unwind(AssertUnwindSafe(|| check(bytes))).is_err() {
            let path = std::env::temp_dir().join(format!("kinfold-find-{name}"));
            fs::write(&path, bytes).expect("written");
            panic!(
                "{origin}: kept as {}; put it into testdata/finds/{name}/",
                path.display()
            );
        }
    };
    for find in files(&testdata("finds").join(name)) {
        attempt(&find, "an earlier find");
    }
    let seed = setting("KINFOLD_FUZZ_SEED", 20_261_122);
    // The same cases each time, unless a time is asked for.
    let time = Duration::from_secs(setting("KINFOLD_FUZZ_SECONDS", 0));
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let begun = Instant::now();
    let mut n = 0_u64;
    while n < CASES || begun.elapsed() < time {
        let bytes = mutate(&mut rng, seeds);
        attempt(&bytes, &format!("seed {seed}, case {n}"));
        n += 1;
    }
}

/// Feeds one of the shared targets.
fn feed_target(name: &str) {
    let (_, make) = TARGETS.iter().find(|t| t.0 == name).expect("a target");
    let target = make();
    feed(name, &target.seeds, target.check);
}

#[test]
fn every_find_belongs_to_a_target() {
    for entry in fs::read_dir(testdata("finds")).expect("readable") {
        let name = entry.expect("an entry").file_name();
        let is_target = |t: &str| name == t;
        assert!(
            is_target("parquet") || TARGETS.iter().any(|t| is_target(t.0)),
            "{name:?}"
        );
    }
}

#[test]
fn parquet_files() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = IngestOptions {
        decoder: Some(super::faults::program()),
        ..IngestOptions::default()
    };
    let whole = fs::read(testdata("layouts/dynamics-lake.parquet")).expect("readable");
    feed("parquet", std::slice::from_ref(&whole), |bytes| {
        // Most changes shift the footer, which is noticed at once: keep both ends, and the length, as they should be.
        let mut bytes = bytes.to_vec();
        bytes.resize(whole.len(), 0);
        bytes[..4].copy_from_slice(b"PAR1");
        let n = whole.len() - 8;
        bytes[n..].copy_from_slice(&whole[n..]);
        read_file(&folder.path().join("in.parquet"), &options, &bytes);
    });
}

#[test]
fn addresses_and_places() {
    feed_target("address");
}

#[test]
fn company_names() {
    feed_target("company");
}

#[test]
fn delimited_files() {
    feed_target("delimited");
}

#[test]
fn domains() {
    feed_target("domain");
}

#[test]
fn email_addresses() {
    feed_target("email");
}

#[test]
fn escapes() {
    feed_target("escapes");
}

#[test]
fn rules_of_other_systems() {
    feed_target("exchange");
}

#[test]
fn folded_text() {
    feed_target("fold");
}

#[test]
fn pointers_to_the_latest_run() {
    feed_target("latest");
}

#[test]
fn lists() {
    feed_target("lists");
}

#[test]
fn manifests() {
    feed_target("manifest");
}

#[test]
fn pages() {
    feed_target("pages");
}

#[test]
fn person_names() {
    feed_target("person_name");
}

#[test]
fn phone_numbers() {
    feed_target("phone");
}

#[test]
fn rule_files() {
    feed_target("rules");
}

#[test]
fn state_logs() {
    feed_target("state");
}

#[test]
fn state_logs_whose_checksums_hold() {
    feed_target("state-chained");
}
