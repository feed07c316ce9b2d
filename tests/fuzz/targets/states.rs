//! Files that kinfold wrote: logs with and without checksums that hold, manifests.

use super::Target;
use kinfold::model::RecordType;
use kinfold::report::{read_file_of_run, verify};
use kinfold::rules::{ListedId, builtin_for, parse};
use kinfold::state::{
    Answer, Author, PairDecision, Purging, Retention, StateFolder, StateWriter, forget, purge,
    repair,
};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

fn author() -> Author {
    Author::new("anna", "2026-01-31T02:00:00Z", Some("a reason")).expect("plain")
}

/// Bytes changed in a log: damage is an error; what is not is the beginning of the history that was written.
pub(super) fn state() -> Target {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let state = folder.path().join("state");
    fs::create_dir(&state).expect("made");
    {
        let mut writer = StateWriter::lock(&state, Duration::ZERO).expect("free");
        for t in RecordType::ALL {
            let plan = writer.folder().plan(&builtin_for(t));
            writer.publish(&plan, &author()).expect("published");
        }
    }
    let logs: Vec<PathBuf> = fs::read_dir(&state)
        .expect("readable")
        .map(|e| e.expect("an entry").path())
        .filter(|p| fs::metadata(p).is_ok_and(|m| m.len() > 500))
        .collect();
    assert_eq!(logs.len(), 1, "one file is the log: {logs:?}");
    let whole = fs::read(&logs[0]).expect("readable");
    let n_whole = StateFolder::open(&state).expect("whole").entries().len();
    Target::new(vec![whole.clone()], move |bytes| {
        fs::write(&logs[0], bytes).expect("written");
        if let Ok(found) = StateFolder::open(&folder.path().join("state")) {
            assert!(found.entries().len() <= n_whole);
            assert!(
                bytes == whole || found.entries().len() < n_whole || bytes.starts_with(&whole),
                "a changed log was taken for the whole one"
            );
        }
    })
}

/// The lines of a log with the checksums that belong to what they say now.
fn rechained(bytes: &[u8]) -> Vec<u8> {
    const KEY: &[u8] = b",\"chain\":\"";
    let mut chain = "0".repeat(64);
    let mut out = Vec::new();
    for line in bytes.split(|b| *b == b'\n').filter(|l| !l.is_empty()) {
        let at = line.windows(KEY.len()).rposition(|w| w == KEY);
        let body = &line[..at.unwrap_or(line.len())];
        let mut sha256 = Sha256::new();
        sha256.update(chain.as_bytes());
        sha256.update(body);
        chain = sha256
            .finalize()
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect();
        out.extend_from_slice(body);
        out.extend_from_slice(KEY);
        out.extend_from_slice(chain.as_bytes());
        out.extend_from_slice(b"\"}\n");
    }
    out
}

/// A log with versions of rules and decisions.
fn sample_log(state: &Path) -> Vec<u8> {
    let mut writer = StateWriter::lock(state, Duration::ZERO).expect("free");
    for text in ["0.7", "0.8"] {
        let rules = format!(
            "[set]\nname = \"s\"\n[[rule]]\nname = \"r\"\nwhen = [{{ similar = \"company\", threshold = {text} }}]\n"
        );
        let plan = writer.folder().plan(&parse(&rules).expect("valid"));
        writer.publish(&plan, &author()).expect("published");
    }
    for answer in [Answer::Reject, Answer::Accept, Answer::Undo, Answer::Defer] {
        let end = |id: &str| (ListedId::parse(id), "0123456789abcdef".to_owned());
        let pair =
            |b| PairDecision::new(answer, [end("lead:L1"), end(b)], Some("twins".to_owned()));
        let pairs = vec![pair("lead:L2"), pair("contact:L1")];
        writer.decide(pairs, &author()).expect("written");
    }
    writer.unpublish(None, &author()).expect("published");
    drop(writer);
    fs::read(state.join("log.jsonl")).expect("readable")
}

/// An example whole, and each of its lines: changes then glue lines of it together.
fn whole_and_lines(whole: &[u8]) -> Vec<Vec<u8>> {
    let mut seeds = vec![whole.to_vec(); 3];
    seeds.extend(whole.split_inclusive(|b| *b == b'\n').map(<[u8]>::to_vec));
    seeds
}

/// Somebody who may write to the folder can write checksums that hold: what such a log says is still judged.
pub(super) fn state_chained() -> Target {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let whole = sample_log(&folder.path().join("state"));
    let author = Author::new("anna", "2026-02-01T02:00:00Z", None).expect("plain");
    Target::new(whole_and_lines(&whole), move |bytes| {
        let state = folder.path().join("state");
        let bytes = rechained(bytes);
        for entry in fs::read_dir(&state).expect("readable") {
            fs::remove_file(entry.expect("an entry").path()).expect("removed");
        }
        fs::write(state.join("log.jsonl"), &bytes).expect("written");
        let before = StateFolder::open(&state).map(|f| f.decisions().cloned().collect::<Vec<_>>());
        let is_whole = before.is_ok();
        let retention = Retention {
            before: Some("2026-02-01T00:00:00Z".to_owned()),
            keep: Some(1),
        };
        let none = Duration::ZERO;
        let purged = purge(&state, &retention, Purging::Remove, none, &author);
        assert_eq!(purged.is_ok(), is_whole, "{purged:?}");
        let ids = ["L2".to_owned()];
        let forgotten = forget(&state, &ids, Purging::Remove, none, &author);
        assert_eq!(forgotten.is_ok(), is_whole, "{forgotten:?}");
        if let Ok(before) = before {
            let after = StateFolder::open(&state).expect("holds");
            let stays = before
                .iter()
                .filter(|d| d.left.id != "L2" && d.right.id != "L2");
            assert!(after.decisions().count() <= stays.count());
        } else if repair(&state, none, &author).is_ok() {
            StateFolder::open(&state).expect("repaired");
        }
    })
}

/// A published run and the two files that vouch for it: of the manifest every byte counts.
fn of_run(name: &'static str) -> Target {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let rows = [
        ["L1", "C", "a@x.example", "+1", "A", "B", ""],
        ["L2", "C", "", "", "A", "B", ""],
        ["L3", "C", "", "", "", "", ""],
        ["L4", "D", "", "", "", "", ""],
    ];
    let sample = crate::report::sample(&rows, std::slice::from_ref(&(0..2)));
    let run_dir = sample.publish(folder.path()).expect("published").run_dir;
    let paths = [
        run_dir.join("manifest.json"),
        folder.path().join("latest.json"),
    ];
    let seeds = paths.each_ref().map(|p| fs::read(p).expect("readable"));
    let is_latest = name == "latest";
    let path = paths[usize::from(is_latest)].clone();
    let whole = seeds[usize::from(is_latest)].clone();
    Target::new(seeds.to_vec(), move |bytes| {
        fs::write(&path, bytes).expect("written");
        let found = verify(folder.path());
        let holds = found.is_ok_and(|v| v.problems.is_empty());
        // latest.json may be written otherwise and say the same.
        assert!(!holds || bytes == whole || is_latest);
        drop(read_file_of_run(folder.path(), "suggestions.csv"));
        drop(read_file_of_run(&run_dir, "suggestions.csv"));
    })
}

pub(super) fn manifest() -> Target {
    of_run("manifest")
}

pub(super) fn latest() -> Target {
    of_run("latest")
}
