//! The same records give the same bytes: whatever the number of threads, the language and clock of the machine, and the
//! order of the rows.

use std::collections::BTreeMap;
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
    fs::read_dir(dir.join("o/latest"))
        .expect("published")
        .map(|entry| entry.expect("an entry").path())
        .map(|path| {
            let name = path.file_name().expect("a name").to_string_lossy();
            (name.into_owned(), fs::read(&path).expect("readable"))
        })
        .filter(|(name, _)| name != "manifest.json")
        .collect()
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
