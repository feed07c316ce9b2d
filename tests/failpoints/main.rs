//! Every point of `kinfold::failpoint` made to fail in every way: an error, a panic, a sudden end.
//!
//! Run with `cargo test --features failpoints --test failpoints`.

#![cfg(target_os = "linux")]

#[path = "../it/faults/run_folder.rs"]
mod run_folder;

use kinfold::failpoint::POINTS;
use run_folder::contents;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Number of SIGABRT.
const ABORT: i32 = 6;

fn kinfold(dir: &Path, arguments: &[&str], fail: Option<&str>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kinfold"));
    command
        .args(arguments)
        .current_dir(dir)
        .stdin(Stdio::null());
    command.env("USER", "anna").env_remove("RUST_BACKTRACE");
    if let Some(fail) = fail {
        command.env("KINFOLD_FAILPOINT", fail);
    }
    command.output().expect("the program starts")
}

fn ok(dir: &Path, arguments: &[&str]) {
    let out = kinfold(dir, arguments, None);
    let err = String::from_utf8_lossy(&out.stderr);
    assert!(out.status.success(), "{arguments:?}: {err}");
}

/// What must hold of a command that met a fault: a documented end, no word of the fault itself, no value of a person.
fn check_end(out: &Output, action: &str, what: &str) {
    let err = String::from_utf8_lossy(&out.stderr);
    match action {
        "error" => {
            assert_eq!(out.status.code(), Some(4), "{what}: {err}");
            assert!(
                err.contains("error: failed to ") && err.contains("\nhelp: "),
                "{what}: {err}"
            );
        }
        "panic" => {
            assert_eq!(out.status.code(), Some(70), "{what}: {err}");
            assert!(
                err.contains("error: kinfold met a fault of its own at src/"),
                "{what}: {err}"
            );
        }
        _ => assert_eq!(out.status.signal(), Some(ABORT), "{what}: {err}"),
    }
    assert!(
        !err.contains("asked for at"),
        "{what}: the message of a panic may hold a value: {err}"
    );
}

#[test]
fn a_run_that_fails_anywhere_leaves_the_report_of_before_and_can_be_run_again() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path();
    let all = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/leads.csv"))
        .expect("readable");
    let first =
        |n: usize| -> String { all.lines().take(n + 1).map(|l| format!("{l}\n")).collect() };
    let run = [
        "run",
        "leads.csv",
        "--out",
        "o",
        "--quiet",
        "--threads",
        "2",
    ];
    fs::write(path.join("leads.csv"), first(40)).expect("written");
    ok(path, &run);
    let yesterday = contents(&path.join("o/latest"));
    fs::rename(path.join("o"), path.join("before")).expect("renamed");
    fs::write(path.join("leads.csv"), first(120)).expect("written");
    ok(path, &run);
    let clean = contents(&path.join("o/latest"));
    fs::remove_dir_all(path.join("o")).expect("removed");

    let mut n_faults = 0;
    let points = POINTS
        .iter()
        .filter(|(name, _)| !name.starts_with("state.") && !name.starts_with("decide."));
    for (name, gives_error) in points {
        for action in ["error", "panic", "abort"]
            .into_iter()
            .filter(|a| *gives_error || *a != "error")
        {
            // Each is reached at least once; later times where there are such.
            for n in [1, 3] {
                let what = format!("{name}={action}@{n}");
                let copied = Command::new("cp")
                    .args(["-a", "before", "o"])
                    .current_dir(path)
                    .status();
                assert!(copied.is_ok_and(|s| s.success()));
                let out = kinfold(path, &run, Some(&what));
                if n == 1 || !out.status.success() {
                    check_end(&out, action, &what);
                    n_faults += 1;
                }
                ok(path, &["verify", "o"]);
                let newest = contents(&path.join("o/latest"));
                // Once its folder has its name a run is whole, whatever befalls it then.
                assert!(
                    newest == yesterday || newest == clean,
                    "{what}: the newest report is neither the old one nor the new one"
                );
                ok(path, &run);
                ok(path, &["verify", "o"]);
                assert!(
                    contents(&path.join("o/latest")) == clean,
                    "{what}: other bytes"
                );
                let left = fs::read_dir(path.join("o/runs")).expect("readable");
                let is_dead =
                    |e: fs::DirEntry| e.file_name().to_string_lossy().starts_with(".tmp-");
                assert!(
                    !left.filter_map(Result::ok).any(is_dead),
                    "{what}: a dead run is left"
                );
                fs::remove_dir_all(path.join("o")).expect("removed");
            }
        }
    }
    assert!(n_faults >= 20, "only {n_faults} faults");
}

#[test]
fn a_decision_that_fails_anywhere_stands_whole_or_not_at_all_and_can_be_made_again() {
    let leads = "leadid,firstname,lastname,emailaddress1,statecode\n\
        L1,Ada,Moor,ada@acme.example,0\nL2,Ada,Moor,ada@acme.example,0\nL3,Ada,Moor,ada@acme.example,0\n";
    let decide = [
        "decide",
        "batch",
        "list.csv",
        "--state",
        "s",
        "--input",
        "leads.csv",
        "--quiet",
    ];
    for (name, gives_error) in POINTS
        .iter()
        .filter(|(name, _)| name.starts_with("state.") || name.starts_with("decide."))
    {
        for action in ["error", "panic", "abort"]
            .into_iter()
            .filter(|a| *gives_error || *a != "error")
        {
            let dir = tempfile::tempdir().expect("a temporary folder");
            let path = dir.path();
            fs::write(path.join("leads.csv"), leads).expect("written");
            fs::write(
                path.join("list.csv"),
                "left_id,right_id,decision\nL1,L2,defer\n",
            )
            .expect("written");
            ok(path, &decide);
            fs::write(
                path.join("list.csv"),
                "left_id,right_id,decision\nL1,L2,reject\nL1,L3,accept\n",
            )
            .expect("written");
            let what = format!("{name}={action}");
            let out = kinfold(path, &decide, Some(&what));
            check_end(&out, action, &what);
            let standing = || {
                let out = kinfold(path, &["decide", "list", "--state", "s", "--json"], None);
                let json: serde_json::Value = serde_json::from_slice(&out.stdout).expect("JSON");
                let list = json["decisions"].as_array().cloned().unwrap_or_default();
                let words = list.iter().map(|d| d["decision"].to_string());
                words.collect::<Vec<_>>().join(" ")
            };
            let (before, after) = ("\"defer\"", "\"reject\" \"accept\"");
            let found = standing();
            assert!(found == before || found == after, "{what}: {found}");
            if action == "error" {
                assert_eq!(found, before, "{what}: told that it is not done");
            }
            if *name == "decide.before_ack" {
                assert_eq!(found, after, "{what}: what is about to be told is on disk");
            }
            ok(path, &decide);
            assert_eq!(standing(), after, "{what}");
            ok(path, &["state", "verify", "s"]);
        }
    }
}
