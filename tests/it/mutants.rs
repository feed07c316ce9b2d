//! Readers fed with what nobody would write: good examples with bytes changed, doubled, cut out and glued together.
//! Nothing may panic, and what is read must still keep its laws.
//!
//! Each test tries a hundred cases, or goes on for `KINFOLD_FUZZ_SECONDS`, from a seed that `KINFOLD_FUZZ_SEED` sets and
//! that every failure names. An input that once failed becomes a file in `testdata/finds/TARGET/` and is tried first.

mod written;

use kinfold::ingest::{IngestOptions, read};
use kinfold::model::{Generation, Silent};
use kinfold::normalise::person_name::NameParts;
use kinfold::normalise::{address, company, domain, email, fold, person_name, phone, place};
use kinfold::report::{guard, unguard};
use kinfold::rules::{builtin_for, parse, render};
use kinfold::state::{Author, StateFolder, StateWriter};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Changed inputs a reader gets at least.
const CASES: u64 = 100;

/// Pieces that mean something to one reader or another.
const PIECES: &[&str] = &[
    "\"",
    "\"\"",
    ",",
    ";",
    "\t",
    "\r",
    "\n",
    "\r\n",
    "\0",
    "\u{feff}",
    "=",
    "+",
    "-",
    "@",
    "[",
    "]",
    "[[",
    "{",
    "}",
    "#",
    "''",
    "\\",
    "\\u{",
    "\u{1b}",
    "é",
    "e\u{301}",
    "\u{202e}",
    "ß",
    "İ",
    "ﬁ",
    "李",
    "🙂",
    "\u{200d}",
    "1e308",
    "-0",
    "99999999999999999999",
    "true",
    "nan",
    "x-",
    "xn--",
    "..",
    "@@",
    "(",
    ")",
    "tel:",
    "+44",
    "00",
    "ext",
    "Jr",
    "van der",
    "GmbH",
    "&",
    "<script>",
    "]]>",
    "<x-hostile>",
];

fn testdata(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata")
        .join(name)
}

fn setting(name: &str, otherwise: u64) -> u64 {
    std::env::var(name)
        .ok()
        .and_then(|v| v.parse().ok())
        .unwrap_or(otherwise)
}

/// Files of a folder, by name.
fn files(folder: &Path) -> Vec<Vec<u8>> {
    let Ok(found) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = found.map(|e| e.expect("an entry").path()).collect();
    paths.sort();
    paths
        .into_iter()
        .filter(|p| p.is_file())
        .map(|p| fs::read(p).expect("readable"))
        .collect()
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

/// An example whole, and each of its lines: changes then glue lines of it together.
fn mutate_seeds(whole: &[u8]) -> Vec<Vec<u8>> {
    let mut seeds = vec![whole.to_vec(); 3];
    seeds.extend(whole.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec));
    seeds
}

/// Feeds `target` with its finds and then with changed seeds until the time is over.
fn feed(name: &str, seeds: &[Vec<u8>], target: impl Fn(&[u8])) {
    let attempt = |bytes: &[u8], origin: &str| {
        if catch_unwind(AssertUnwindSafe(|| target(bytes))).is_err() {
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

/// Reads the bytes as a file of this name and checks the account of rows.
fn read_file(folder: &Path, name: &str, bytes: &[u8]) {
    let path = folder.join(name);
    fs::write(&path, bytes).expect("written");
    let options = IngestOptions {
        decoder: Some(super::faults::program()),
        ..IngestOptions::default()
    };
    if let Ok((table, report)) = read(&[path], &options, &Silent) {
        let file = &table.files[0];
        assert_eq!(file.n_rows, file.n_used + file.n_rejected);
        assert_eq!(report.rejects.len() as u64, file.n_rejected);
        assert_eq!(table.n_records() as u64, file.n_used - file.n_superseded);
        assert!(table.columns.iter().all(|c| c.len() == table.n_records()));
    }
}

#[test]
fn delimited_files() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let mut seeds = files(&testdata("layouts"));
    seeds.extend(files(&testdata("bad")));
    seeds.retain(|s| s.len() < 20_000 && !s.starts_with(b"PAR1"));
    feed("delimited", &seeds, |bytes| {
        read_file(folder.path(), "in.csv", bytes);
    });
}

#[test]
fn parquet_files() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let whole = fs::read(testdata("layouts/dynamics-lake.parquet")).expect("readable");
    feed("parquet", std::slice::from_ref(&whole), |bytes| {
        // Most changes shift the footer, which is noticed at once: keep both ends, and the length, as they should be.
        let mut bytes = bytes.to_vec();
        bytes.resize(whole.len(), 0);
        bytes[..4].copy_from_slice(b"PAR1");
        let n = whole.len() - 8;
        bytes[n..].copy_from_slice(&whole[n..]);
        read_file(folder.path(), "in.parquet", &bytes);
    });
}

#[test]
fn rule_files() {
    let mut seeds: Vec<Vec<u8>> = kinfold::model::RecordType::ALL
        .into_iter()
        .map(|t| render(&builtin_for(t)).into_bytes())
        .collect();
    let page = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md"))
        .expect("readable");
    seeds.extend(
        page.split("```toml\n")
            .skip(1)
            .filter_map(|rest| rest.split_once("```"))
            .map(|(example, _)| example.as_bytes().to_vec()),
    );
    assert!(seeds.len() > 3, "the page has examples");
    feed("rules", &seeds, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        match parse(&text) {
            Ok(set) => {
                let canonical = render(&set);
                assert_eq!(parse(&canonical).as_ref(), Ok(&set), "{canonical}");
            }
            Err(error) => {
                assert!(!error.problems.is_empty());
                let n_lines = text.lines().count().max(1) + 1;
                for problem in &error.problems {
                    assert!((1..=n_lines).contains(&problem.line), "{problem:?}");
                }
            }
        }
    });
}

#[test]
fn normalisers() {
    let mut seeds: Vec<Vec<u8>> = PIECES.iter().map(|p| p.as_bytes().to_vec()).collect();
    let leads = fs::read_to_string(testdata("leads.csv")).expect("readable");
    seeds.extend(
        leads
            .lines()
            .skip(1)
            .take(300)
            .flat_map(|line| line.split(','))
            .filter(|value| !value.is_empty())
            .map(|value| value.as_bytes().to_vec()),
    );
    let reader = phone::PhoneReader::new(Some("DE"));
    feed("normalisers", &seeds, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let text = text.as_ref();
        let folded = fold::fold(text);
        assert_eq!(fold::fold(&folded), folded, "fold {text:?}");
        for code in email::read(text) {
            if !code.matchcode.is_empty() {
                let again = email::read(&code.matchcode);
                assert_eq!(
                    again.first().map(|c| c.matchcode.as_str()),
                    Some(code.matchcode.as_str()),
                    "e-mail {text:?}"
                );
            }
        }
        for code in reader.read(text, None) {
            if code.matchcode.starts_with('+') {
                let again = reader.read(&code.matchcode, None);
                assert_eq!(
                    again.first().map(|c| c.matchcode.as_str()),
                    Some(code.matchcode.as_str()),
                    "phone {text:?}"
                );
            }
        }
        if let Some(code) = domain::read(text) {
            assert_eq!(
                domain::read(&code.registrable).map(|d| d.registrable),
                Some(code.registrable.clone()),
                "domain {text:?}"
            );
        }
        let code = company::read(text);
        assert!(code.tokens.len() <= 8);
        let parts = NameParts {
            first: text,
            last: text,
            full: text,
            ..NameParts::default()
        };
        let name = person_name::read(&parts);
        assert!(name.tokens.len() <= 8);
        let _: Generation = name.generation;
        let address = |text: &str| address::read(text).matchcode;
        for read in [
            &place::city as &dyn Fn(&str) -> String,
            &place::postcode,
            &address,
        ] {
            let once = read(text);
            assert_eq!(read(&once), once, "place {text:?}");
        }
        assert_eq!(unguard(&guard(text)), text);
    });
}

#[test]
fn state_logs() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let state = folder.path().join("state");
    fs::create_dir(&state).expect("made");
    let author = Author::new("anna", "2026-01-31T02:00:00Z", Some("a reason")).expect("plain");
    {
        let mut writer = StateWriter::lock(&state, Duration::ZERO).expect("free");
        for t in kinfold::model::RecordType::ALL {
            let plan = writer.folder().plan(&builtin_for(t));
            writer.publish(&plan, &author).expect("published");
        }
    }
    let logs: Vec<PathBuf> = fs::read_dir(&state)
        .expect("readable")
        .map(|e| e.expect("an entry").path())
        .filter(|p| fs::metadata(p).is_ok_and(|m| m.len() > 500))
        .collect();
    assert_eq!(logs.len(), 1, "one file is the log: {logs:?}");
    let log = &logs[0];
    let whole = fs::read(log).expect("readable");
    let n_whole = StateFolder::open(&state).expect("whole").entries().len();
    feed("state", std::slice::from_ref(&whole), |bytes| {
        fs::write(log, bytes).expect("written");
        // Damage is an error; what is not is the beginning of the history that was written.
        if let Ok(found) = StateFolder::open(&state) {
            assert!(found.entries().len() <= n_whole);
            assert!(
                bytes == whole || found.entries().len() < n_whole || bytes.starts_with(&whole),
                "a changed log was taken for the whole one"
            );
        }
    });
}

#[test]
fn pages() {
    let seeds: Vec<Vec<u8>> = PIECES
        .iter()
        .map(|p| format!("{p}<x-hostile>{p}</x-hostile>\" onload=\"x\" '").into_bytes())
        .collect();
    let folder = tempfile::tempdir().expect("a temporary folder");
    feed("pages", &seeds, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let text = text.as_ref();
        let rows = [
            ["L1", text, "a@x.example", "+1", text, "B", text],
            ["L2", text, "", "", "A", text, ""],
            ["L3", "C", text, text, "", "", ""],
            ["L4", "D", "", "", "", "", ""],
        ];
        let sample = super::report::sample(&rows, std::slice::from_ref(&(0..2)));
        let published = sample.publish(folder.path()).expect("published");
        let page = fs::read_to_string(published.run_dir.join("report.html")).expect("UTF-8");
        assert!(!page.contains("<x-hostile"), "{text:?}");
        fs::remove_dir_all(published.run_dir).expect("removed");
    });
}
