//! Two hundred nights in a row: changing data, new versions of the rules, runs that are killed. Nothing may pile up and
//! every night's report must be whole.

#![cfg(target_os = "linux")]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Runs kept.
const KEPT: usize = 5;

fn program() -> PathBuf {
    std::env::var_os("KINFOLD_BIN")
        .map_or_else(|| env!("CARGO_BIN_EXE_kinfold").into(), PathBuf::from)
}

fn kinfold(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(program());
    command
        .args(arguments)
        .current_dir(dir)
        .env("USER", "anna")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn ok(dir: &Path, arguments: &[&str]) -> Output {
    let out = kinfold(dir, arguments)
        .output()
        .expect("the program starts");
    assert!(
        out.status.success(),
        "{arguments:?}: {}",
        String::from_utf8_lossy(&out.stderr)
    );
    out
}

/// Entries of a folder, and the bytes in it and below.
fn size(folder: &Path) -> (usize, u64) {
    let mut n_bytes = 0;
    let mut n = 0;
    for entry in fs::read_dir(folder).expect("readable") {
        let entry = entry.expect("an entry");
        n += 1;
        let found = entry.metadata().expect("there");
        n_bytes += if found.is_dir() {
            size(&entry.path()).1
        } else {
            found.len()
        };
    }
    (n, n_bytes)
}

#[test]
#[ignore = "a minute with the optimised program: `KINFOLD_BIN=target/release/kinfold cargo test --test it soak -- --ignored`"]
fn two_hundred_nights() {
    let seconds = std::env::var("KINFOLD_SOAK_SECONDS")
        .ok()
        .and_then(|v| v.parse().ok())
        .unwrap_or(120);
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path();
    let mut reader =
        csv::Reader::from_path(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/leads.csv"))
            .expect("readable");
    let header = reader.headers().expect("a header").clone();
    // Values may hold line breaks, so rows are records and not lines.
    let leads: Vec<csv::StringRecord> = reader.records().map(|r| r.expect("a row")).collect();
    ok(path, &["rules", "new", "rules.toml"]);
    let rules = fs::read_to_string(path.join("rules.toml")).expect("written");
    ok(
        path,
        &["rules", "publish", "rules.toml", "--state", "state"],
    );
    let run = [
        "run",
        "leads.csv",
        "--out",
        "o",
        "--state",
        "state",
        "--keep-runs",
        "5",
        "--quiet",
    ];
    let begun = Instant::now();
    let mut n_nights = 0;
    let mut n_killed = 0;
    let mut largest = 0;
    for night in 0..200_usize {
        if begun.elapsed() > Duration::from_secs(seconds) {
            break;
        }
        // Some leads come, some go, and all change places.
        let from = night * 17 % (leads.len() - 600);
        let mut rows: Vec<&csv::StringRecord> = leads[from..from + 600].iter().collect();
        rows.rotate_left(night);
        let mut file = csv::Writer::from_path(path.join("leads.csv")).expect("writable");
        file.write_record(&header).expect("written");
        for row in rows {
            file.write_record(row).expect("written");
        }
        file.flush().expect("written");
        if night % 20 == 19 {
            let name = format!("Same e-mail {night}");
            fs::write(path.join("rules.toml"), rules.replace("Same e-mail", &name))
                .expect("written");
            ok(
                path,
                &["rules", "publish", "rules.toml", "--state", "state"],
            );
        }
        if night % 7 == 3 {
            let mut killed = kinfold(path, &run).spawn().expect("the program starts");
            std::thread::sleep(Duration::from_millis(7 * (night as u64 % 23)));
            killed.kill().expect("a child can be killed");
            killed.wait().expect("it ends");
            n_killed += 1;
        }
        ok(path, &run);
        ok(path, &["verify", "o"]);
        ok(path, &["state", "verify", "state"]);
        let (n_runs, n_bytes) = size(&path.join("o/runs"));
        assert!(n_runs <= KEPT, "night {night}: {n_runs} runs");
        if night == 20 {
            largest = n_bytes;
        }
        assert!(
            night <= 20 || n_bytes < largest * 3,
            "night {night}: reports grew from {largest} to {n_bytes} bytes"
        );
        n_nights += 1;
    }
    let (n_files, _) = size(&path.join("o"));
    assert!(n_files <= 8, "{n_files} entries in the output folder");
    assert!(
        n_nights >= 30 && n_killed >= 3,
        "only {n_nights} nights in {seconds} seconds, {n_killed} of them killed once"
    );
}
