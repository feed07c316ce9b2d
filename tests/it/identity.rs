//! The same records give the same bytes: whatever the number of threads, the language and clock of the machine, and the
//! order of the rows.

use kinfold::ingest::IngestOptions;
use kinfold::model::{RecordIdx, Silent};
use kinfold::pipeline::{self, LinkOptions, ParkedText, PipelineError};
use kinfold::report::{self, CsvGuard, ReportInput, RunMeta};
use kinfold::rules::{self, ALWAYS_LIST, ListedId, ListedPair};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

/// Threads, language, time zone, and by how many rows the file is turned (none: as it is).
const MACHINES: [(&str, &str, &str, usize); 6] = [
    ("1", "C", "UTC", 0),
    ("2", "tr_TR.UTF-8", "Asia/Kathmandu", 0),
    ("5", "de_DE.UTF-8", "America/St_Johns", 0),
    ("1", "ja_JP.SJIS", "Pacific/Kiritimati", 1_237),
    ("2", "C", "UTC", 2_801),
    ("5", "ar_EG.UTF-8", "Nowhere/Unknown", 7),
];

/// Every file of a published run but the manifest.
fn files(run: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(run)
        .expect("published")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy();
            (name.into_owned(), fs::read(&path).expect("readable"))
        })
        .filter(|(name, _)| name != "manifest.json")
        .collect()
}

/// Every file of the run but the manifest.
fn run(
    dir: &Path,
    (threads, locale, zone, _): (&str, &str, &str, usize),
) -> BTreeMap<String, Vec<u8>> {
    let out = Command::new(super::faults::program())
        .args([
            "run",
            "leads.csv",
            "--out",
            "o",
            "--quiet",
            "--threads",
            threads,
        ])
        .current_dir(dir)
        .env("LANG", locale)
        .env("LC_ALL", locale)
        .env("TZ", zone)
        .stdin(Stdio::null())
        .output()
        .expect("the program starts");
    assert!(
        out.status.success(),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    files(&dir.join("o/latest"))
}

#[test]
fn threads_locale_and_row_order_change_no_byte() {
    let whole = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/leads.csv");
    let mut reader = csv::Reader::from_path(whole).expect("readable");
    let header = reader.headers().expect("a header").clone();
    let rows: Vec<csv::StringRecord> = reader.records().map(|r| r.expect("a row")).collect();
    let mut first: Option<BTreeMap<String, Vec<u8>>> = None;
    for machine in MACHINES {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let mut rows = rows.clone();
        if machine.3 > 0 {
            // No neighbours of before stay neighbours: dealt to seven heaps, which are laid one upon the other.
            rows.rotate_left(machine.3);
            rows = (0..7)
                .flat_map(|heap| {
                    rows.iter()
                        .skip(heap)
                        .step_by(7)
                        .cloned()
                        .collect::<Vec<_>>()
                })
                .collect();
        }
        let mut file = csv::Writer::from_path(dir.path().join("leads.csv")).expect("writable");
        file.write_record(&header).expect("written");
        for row in &rows {
            file.write_record(row).expect("written");
        }
        file.flush().expect("written");
        let files = run(dir.path(), machine);
        assert!(files.len() >= 12, "{:?}", files.keys());
        let Some(first) = &first else {
            first = Some(files);
            continue;
        };
        assert!(files.keys().eq(first.keys()), "{machine:?}");
        for (name, bytes) in &files {
            assert!(first[name] == *bytes, "{machine:?}: {name} differs");
        }
    }
}

#[test]
fn text_that_waits_in_a_file_changes_no_byte() {
    let whole = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/leads.csv");
    let mut options = LinkOptions::new(rules::builtin());
    // Two strangers of whom the list says that they are one: their pair is weak, and suggested all the same.
    let listed = |left: &str, right: &str| ListedPair {
        left: ListedId::parse(left),
        right: ListedId::parse(right),
        reason: None,
    };
    options.rules.always.push(listed(
        "5e41ab08-7439-46c5-b95e-611e4b3b7e33",
        "dd73cc3c-2143-4692-86cd-018cfc51e586",
    ));
    let options = options;
    let load = || {
        let ingest = IngestOptions::default();
        pipeline::load(std::slice::from_ref(&whole), &ingest, &options, &Silent).expect("it reads")
    };
    let publish = |folder: &Path, parked: bool| {
        let mut loaded = load();
        let outcome = if parked {
            let parked =
                ParkedText::new(&mut loaded.table, &options, folder).expect("it is written");
            let engine = pipeline::engine(&loaded.prepared, &Silent);
            parked.link(&mut loaded.table, &engine, &options, &Silent)
        } else {
            pipeline::link(&loaded, &options, &Silent)
        };
        let outcome = outcome.expect("it runs");
        let meta = RunMeta {
            tool_version: "0".to_owned(),
            rule_set_name: options.rules.name.clone(),
            rule_set_toml: rules::render(&options.rules),
            rule_set_version: None,
            arguments: Vec::new(),
            started: "2026-01-01T00:00:00Z".to_owned(),
            stage_millis: Vec::new(),
            n_threads: 2,
            csv_guard: CsvGuard::Guarded,
            extra_versions: Vec::new(),
        };
        let input = ReportInput {
            table: &loaded.table,
            ingest: &loaded.ingest,
            outcome: &outcome,
            meta: &meta,
        };
        let published = report::publish(folder, &input, &Silent).expect("it is published");
        let entries = fs::read_dir(folder).expect("readable").count();
        let ends = (outcome.pairs.iter().map(|p| [p.pair.left, p.pair.right]))
            .chain(outcome.suppressed.iter().map(|s| [s.left, s.right]));
        let in_pairs: BTreeSet<RecordIdx> = ends.flatten().collect();
        (files(&published.run_dir), entries, loaded.table, in_pairs)
    };
    let dir = tempfile::tempdir().expect("a temporary folder");
    let out = |name: &str| {
        let out = dir.path().join(name);
        fs::create_dir(&out).expect("made");
        out
    };
    let (kept, entries, ..) = publish(&out("kept"), false);
    let (waited, entries_waited, table, in_pairs) = publish(&out("waited"), true);
    assert!(kept.len() >= 12, "{:?}", kept.keys());
    let text = |file: &str| String::from_utf8_lossy(&kept[file]);
    assert!(text("pairs.csv").contains(ALWAYS_LIST));
    assert!(text("suppressed.csv").lines().count() > 100);
    assert_eq!(
        entries, entries_waited,
        "nothing is left beside the reports"
    );
    assert!(kept.keys().eq(waited.keys()));
    for (name, bytes) in &kept {
        assert!(waited[name] == *bytes, "{name} differs");
    }
    // A record in no pair: its text did not come back, and cannot be taken for empty.
    let alone = (0..table.n_records() as u32)
        .map(RecordIdx)
        .find(|r| !in_pairs.contains(r))
        .expect("not all records are in pairs");
    let ask = std::panic::AssertUnwindSafe(|| table.id(alone).len());
    assert!(std::panic::catch_unwind(ask).is_err());
}

#[test]
fn text_that_cannot_be_written_stays_where_it_was() {
    let whole = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/leads.csv");
    let options = LinkOptions::new(rules::builtin());
    let mut loaded =
        pipeline::load(&[whole], &IngestOptions::default(), &options, &Silent).expect("it reads");
    let before = loaded.table.clone();
    let dir = tempfile::tempdir().expect("a temporary folder");
    let refused = ParkedText::new(&mut loaded.table, &options, &dir.path().join("absent"))
        .expect_err("no folder");
    assert!(
        matches!(refused, PipelineError::Parking { .. }),
        "{refused}"
    );
    assert!(refused.to_string().contains("absent"), "{refused}");
    assert!(loaded.table == before);
}
