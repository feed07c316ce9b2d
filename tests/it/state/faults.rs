//! Publishing and repairing while the system fails under them, call by call, by `strace` as in [`crate::faults`].

use super::{WAIT, author, rules};
use crate::faults::{can_trace, program};
use kinfold::rules::{ListedId, parse};
use kinfold::state::{Answer, PairDecision, StateFolder, StateWriter};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};

/// Which calls to make fail, and how; `KILL` makes each the last.
const FAULTS: [(&str, &str); 13] = [
    ("openat", "error=EACCES"),
    ("mkdir", "error=ENOSPC"),
    ("fchmod", "error=EPERM"),
    ("flock", "error=ENOLCK"),
    ("write", "error=EIO"),
    ("ftruncate", "error=EIO"),
    ("fsync", "error=EIO"),
    ("rename", "error=EXDEV"),
    ("write", "signal=KILL"),
    ("fsync", "signal=KILL"),
    ("rename", "signal=KILL"),
    ("unlink", "error=EPERM"),
    ("unlink", "signal=KILL"),
];

fn traced(dir: &Path, strace: &[&str], arguments: &[&str]) -> Output {
    Command::new("strace")
        .args(["-f", "-qq", "-o", "trace"])
        .args(strace)
        .arg(program())
        .args(arguments)
        .current_dir(dir)
        .env("USER", "anna")
        .stdin(Stdio::null())
        .output()
        .expect("strace is there")
}

/// Runs a command once for every fault at every call that follows the first naming of the state folder `s`.
fn sweep(prepare: impl Fn(&Path), arguments: &[&str], check: impl Fn(&Path, &Output, &str)) {
    let fresh = || {
        let dir = tempfile::tempdir().expect("a temporary folder");
        prepare(dir.path());
        dir
    };
    let dir = fresh();
    let done = traced(dir.path(), &[], arguments);
    assert!(
        done.status.code().is_some_and(|c| c < 2),
        "{}",
        String::from_utf8_lossy(&done.stderr)
    );
    let trace = fs::read_to_string(dir.path().join("trace")).expect("written");
    let (mut ours, mut ranges) = (false, BTreeMap::<&str, (usize, usize)>::new());
    for line in trace.lines() {
        let call = line.split_once(' ').map_or("", |(_, call)| call);
        let Some((name, rest)) = call.trim_start().split_once('(') else {
            continue;
        };
        ours |= rest.contains("\"s\"") || rest.contains("\"s/");
        let range = ranges.entry(name).or_default();
        if ours {
            range.1 += 1;
        } else {
            range.0 += 1;
        }
    }
    let mut n = 0;
    for (call, fault) in FAULTS {
        let (before, ours) = ranges.get(call).copied().unwrap_or_default();
        for at in before + 1..=before + ours {
            let rule = format!("inject={call}:{fault}:when={at}");
            let dir = fresh();
            let disturbed = traced(
                dir.path(),
                &["-e", &format!("trace={call}"), "-e", &rule],
                arguments,
            );
            let err = String::from_utf8_lossy(&disturbed.stderr);
            assert!(
                !err.contains("panicked") && disturbed.status.code() != Some(70),
                "{rule}: {err}"
            );
            check(dir.path(), &disturbed, &rule);
            n += 1;
        }
    }
    assert!(n > 10, "only {n} faults");
}

/// What publishing `0.9` may leave, disturbed or not; then publishing it again must do.
fn check_publish(dir: &Path, disturbed: &Output, rule: &str, before: Option<u64>) {
    let state = dir.join("s");
    let err = String::from_utf8_lossy(&disturbed.stderr);
    let folder = StateFolder::open_or_empty(&state).unwrap_or_else(|e| panic!("{rule}: {e}"));
    let now = folder.published("leads").map(|v| v.number);
    let new = before.unwrap_or(0) + 1;
    assert!(now == before || now == Some(new), "{rule}: {now:?}");
    if disturbed.status.success() {
        assert_eq!(now, Some(new), "{rule}: told that it is done");
    }
    if err.contains("what was published before still is") {
        assert_eq!(now, before, "{rule}: told that it is not done: {err}");
    }
    let mut writer = StateWriter::lock(&state, WAIT).expect("the lock is free");
    let plan = writer.folder().plan(&parse(&rules("0.9")).expect("valid"));
    assert_eq!(plan.number, new, "{rule}");
    writer.publish(&plan, &author()).expect("written");
}

fn publish(dir: &Path, threshold: &str) {
    let mut writer = StateWriter::lock(&dir.join("s"), WAIT).expect("free");
    let plan = writer
        .folder()
        .plan(&parse(&rules(threshold)).expect("valid"));
    writer.publish(&plan, &author()).expect("written");
}

#[test]
fn publishing_survives_a_fault_at_every_file_call() {
    if !can_trace() {
        return;
    }
    let arguments = ["rules", "publish", "new.toml", "--state", "s"];
    let file = |dir: &Path| fs::write(dir.join("new.toml"), rules("0.9")).expect("written");
    sweep(file, &arguments, |dir, disturbed, rule| {
        check_publish(dir, disturbed, &format!("first: {rule}"), None);
    });
    let torn = |dir: &Path| {
        file(dir);
        publish(dir, "0.7");
        publish(dir, "0.8");
        let log = dir.join("s/log.jsonl");
        let bytes = fs::read(&log).expect("readable");
        fs::write(&log, &bytes[..bytes.len() - 20]).expect("written");
    };
    sweep(torn, &arguments, |dir, disturbed, rule| {
        check_publish(
            dir,
            disturbed,
            &format!("second, after a torn end: {rule}"),
            Some(1),
        );
    });
}

/// A reviewer's answer is there once the command said so, and never half: both pairs of the list stand or neither, and
/// what stood before stands.
#[test]
fn deciding_survives_a_fault_at_every_file_call() {
    if !can_trace() {
        return;
    }
    let leads = "leadid,firstname,lastname,emailaddress1,statecode\n\
        L1,Ada,Moor,ada@acme.example,0\nL2,Ada,Moor,ada@acme.example,0\nL3,Bo,Quist,bo@acme.example,0\n";
    let decide = |dir: &Path, answer: Answer, right: &str| {
        let end = |id: &str| (ListedId::parse(id), "0".repeat(16));
        let mut writer = StateWriter::lock(&dir.join("s"), WAIT).expect("free");
        let pair = PairDecision::new(answer, [end("lead:L1"), end(right)], None);
        writer.decide(vec![pair], &author()).expect("written");
    };
    let first = |dir: &Path| {
        fs::write(dir.join("leads.csv"), leads).expect("written");
        let list = "left_id,right_id,decision\nL1,L2,reject\nL3,L2,accept\n";
        fs::write(dir.join("list.csv"), list).expect("written");
    };
    let torn = |dir: &Path| {
        first(dir);
        decide(dir, Answer::Defer, "lead:L2");
        decide(dir, Answer::Accept, "lead:L9");
        let log = dir.join("s/log.jsonl");
        let bytes = fs::read(&log).expect("readable");
        fs::write(&log, &bytes[..bytes.len() - 20]).expect("written");
    };
    let arguments = [
        "decide",
        "batch",
        "list.csv",
        "--state",
        "s",
        "--input",
        "leads.csv",
        "--quiet",
    ];
    let check = |dir: &Path, disturbed: &Output, rule: &str, before: &[Answer]| {
        let standing = || -> Vec<Answer> {
            let folder = StateFolder::open_or_empty(&dir.join("s"));
            let folder = folder.unwrap_or_else(|e| panic!("{rule}: {e}"));
            folder.decisions().map(|d| d.answer).collect()
        };
        let after = [Answer::Reject, Answer::Accept];
        let found = standing();
        assert!(found == before || found == after, "{rule}: {found:?}");
        if disturbed.status.success() {
            assert_eq!(found, after, "{rule}: told that it is done");
        }
        let again = Command::new(program())
            .args(arguments)
            .current_dir(dir)
            .output();
        assert!(again.is_ok_and(|o| o.status.success()), "{rule}");
        assert_eq!(standing(), after, "{rule}");
    };
    sweep(first, &arguments, |dir, disturbed, rule| {
        check(dir, disturbed, rule, &[]);
    });
    sweep(torn, &arguments, |dir, disturbed, rule| {
        check(
            dir,
            disturbed,
            &format!("after a torn end: {rule}"),
            &[Answer::Defer],
        );
    });
}

#[test]
fn repairing_survives_a_fault_at_every_file_call() {
    if !can_trace() {
        return;
    }
    let damaged = |dir: &Path| {
        publish(dir, "0.7");
        publish(dir, "0.8");
        publish(dir, "0.9");
        let log = dir.join("s/log.jsonl");
        let text = fs::read_to_string(&log).expect("readable");
        fs::write(&log, text.replacen("0.8", "0.1", 1)).expect("written");
    };
    let arguments = ["state", "repair", "s"];
    sweep(damaged, &arguments, |dir, disturbed, rule| {
        let state = dir.join("s");
        match StateFolder::open(&state) {
            Ok(folder) => assert_eq!(folder.published("leads").map(|v| v.number), Some(3)),
            Err(_) => {
                assert_ne!(
                    disturbed.status.code(),
                    Some(1),
                    "{rule}: told that it is done"
                );
                let done = kinfold::state::repair(&state, WAIT, &author());
                let done = done.unwrap_or_else(|e| panic!("{rule}: {e}"));
                assert_eq!(done.dropped, [3], "{rule}");
            }
        }
    });
}

#[test]
fn purging_survives_a_fault_at_every_file_call() {
    if !can_trace() {
        return;
    }
    let prepare = |dir: &Path| {
        for threshold in ["0.7", "0.8", "0.9"] {
            publish(dir, threshold);
        }
        fs::write(dir.join("s/log.jsonl.damaged-20250101T000000Z"), "old").expect("written");
    };
    let numbers = |dir: &Path| -> Vec<u64> {
        let folder = StateFolder::open(&dir.join("s")).expect("holds");
        let versions = folder.sets().flat_map(|s| &s.versions);
        versions.map(|v| v.number).collect()
    };
    let arguments = ["state", "purge", "s", "--keep", "0"];
    sweep(prepare, &arguments, |dir, disturbed, rule| {
        let found = numbers(dir);
        assert!(found == [1, 2, 3] || found == [3], "{rule}: {found:?}");
        let state = StateFolder::open(&dir.join("s")).expect("holds");
        assert_eq!(
            state.published("leads").map(|v| v.number),
            Some(3),
            "{rule}"
        );
        if disturbed.status.success() {
            assert_eq!(found, [3], "{rule}: told that it is done");
        }
        let again = Command::new(program())
            .args(arguments)
            .current_dir(dir)
            .output()
            .expect("the program starts");
        let err = String::from_utf8_lossy(&again.stderr);
        assert!(again.status.success(), "{rule}: {err}");
        assert_eq!(numbers(dir), [3], "{rule}");
        let names = fs::read_dir(dir.join("s")).expect("readable");
        let n = names.filter(|e| e.as_ref().is_ok_and(|e| e.file_name() != ".kinfold.lock"));
        assert_eq!(n.count(), 1, "{rule}: the log alone is left");
    });
}

#[test]
fn forgetting_runs_survives_a_fault_at_every_file_call() {
    if !can_trace() {
        return;
    }
    let leads = "leadid,firstname,lastname,companyname,emailaddress1,statecode\n\
        L1,Ada,Moor,Acme,ada@acme.example,0\nL2,Ada,Moor,Acme,ada@acme.example,0\n";
    let program_in = |dir: &Path, arguments: &[&str]| {
        let out = Command::new(program())
            .args(arguments)
            .current_dir(dir)
            .stdin(Stdio::null())
            .output()
            .expect("the program starts");
        assert!(
            out.status.success(),
            "{arguments:?}: {}",
            String::from_utf8_lossy(&out.stderr)
        );
    };
    let prepare = |dir: &Path| {
        for text in [leads.replace("L2", "L3"), leads.to_owned()] {
            fs::write(dir.join("leads.csv"), text).expect("written");
            program_in(
                dir,
                &[
                    "run",
                    "leads.csv",
                    "--out",
                    "s",
                    "--quiet",
                    "--threads",
                    "1",
                ],
            );
        }
    };
    let arguments = ["state", "forget", "L2", "--out", "s"];
    sweep(prepare, &arguments, |dir, _, rule| {
        // Every run that is there is whole, and forgetting again does the rest.
        for again in [false, true] {
            if again {
                program_in(dir, &arguments);
            }
            let mut n = 0;
            for run in fs::read_dir(dir.join("s/runs")).expect("readable") {
                let run = run.expect("an entry");
                let is_dead = run.file_name().to_string_lossy().starts_with(".tmp-");
                assert!(!(again && is_dead), "{rule}: {:?}", run.path());
                if !is_dead {
                    program_in(dir, &["verify", &run.path().to_string_lossy()]);
                    n += 1;
                }
            }
            assert!(n == 1 || n == 2 && !again, "{rule}: {n} runs");
        }
    });
}
