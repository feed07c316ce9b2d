//! Readers of what kinfold or another system wrote: logs with checksums that hold, lists, manifests, foreign rules.

use super::{feed, files, mutate_seeds, testdata};
use kinfold::report::{read_file_of_run, verify};
use kinfold::rules::exchange::{ImportOptions, Source, System, import};
use kinfold::rules::{ListedId, parse, read_aliases, read_decided_pairs, read_pairs, render};
use kinfold::state::{
    Answer, Author, PairDecision, Purging, Retention, StateFolder, StateWriter, forget, purge,
    repair,
};
use sha2::{Digest, Sha256};
use std::fs;
use std::path::Path;
use std::time::Duration;

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
    let author = Author::new("anna", "2026-01-31T02:00:00Z", Some("a reason")).expect("plain");
    let mut writer = StateWriter::lock(state, Duration::ZERO).expect("free");
    for text in ["0.7", "0.8"] {
        let rules = format!(
            "[set]\nname = \"s\"\n[[rule]]\nname = \"r\"\nwhen = [{{ similar = \"company\", threshold = {text} }}]\n"
        );
        let plan = writer.folder().plan(&parse(&rules).expect("valid"));
        writer.publish(&plan, &author).expect("published");
    }
    for answer in [Answer::Reject, Answer::Accept, Answer::Undo, Answer::Defer] {
        let end = |id: &str| (ListedId::parse(id), "0123456789abcdef".to_owned());
        let pair =
            |b| PairDecision::new(answer, [end("lead:L1"), end(b)], Some("twins".to_owned()));
        let pairs = vec![pair("lead:L2"), pair("contact:L1")];
        writer.decide(pairs, &author).expect("written");
    }
    writer.unpublish(None, &author).expect("published");
    drop(writer);
    fs::read(state.join("log.jsonl")).expect("readable")
}

/// Somebody who may write to the folder can write checksums that hold: what such a log says is still judged.
#[test]
fn state_logs_whose_checksums_hold() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let state = folder.path().join("state");
    let whole = sample_log(&state);
    let author = Author::new("anna", "2026-02-01T02:00:00Z", None).expect("plain");
    feed("state-chained", &mutate_seeds(&whole), |bytes| {
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
    });
}

#[test]
fn lists() {
    let seeds = [
        &b"left_id,right_id,reason\r\n\"L-1\",lead:L-2,\"two, people\"\r\nL-3,{L-4},\r\n"[..],
        b"left_id,right_id,decision,reason\nL-1,L-2,reject,twins\nL-3,L-4,undo,\n",
        b"\xef\xbb\xbfkind,value,alias\ncompany,IBM,Big Blue\nname,Sasha,Alexander\n",
    ];
    let seeds: Vec<Vec<u8>> = seeds.iter().map(|s| s.to_vec()).collect();
    feed("lists", &seeds, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        let n_lines = text.matches(['\n', '\r']).count() as u64 + 1;
        let answer = |word: &str| Answer::parse(word).ok_or("unknown");
        let errors = [
            read_pairs("l", &text).err(),
            read_decided_pairs("l", &text, answer).err(),
            read_aliases("l", &text).err(),
        ];
        for error in errors.into_iter().flatten() {
            assert!((1..=n_lines).contains(&error.line), "{error}");
        }
        for pair in read_pairs("l", &text).unwrap_or_default() {
            for id in [&pair.left, &pair.right] {
                assert_eq!(ListedId::parse(&id.text()), *id);
            }
        }
    });
}

#[test]
fn manifests() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let rows = [
        ["L1", "C", "a@x.example", "+1", "A", "B", ""],
        ["L2", "C", "", "", "A", "B", ""],
        ["L3", "C", "", "", "", "", ""],
        ["L4", "D", "", "", "", "", ""],
    ];
    let sample = crate::report::sample(&rows, std::slice::from_ref(&(0..2)));
    let published = sample.publish(folder.path()).expect("published");
    let (manifest, latest) = (
        published.run_dir.join("manifest.json"),
        folder.path().join("latest.json"),
    );
    let seeds = [&manifest, &latest].map(|p| fs::read(p).expect("readable"));
    for (path, name) in [(&manifest, "manifest"), (&latest, "latest")] {
        let whole = fs::read(path).expect("readable");
        feed(name, &seeds, |bytes| {
            fs::write(path, bytes).expect("written");
            let found = verify(folder.path());
            let holds = found.is_ok_and(|v| v.problems.is_empty());
            // Of the manifest every byte counts; latest.json may be written otherwise and say the same.
            assert!(!holds || bytes == whole || name == "latest");
            drop(read_file_of_run(folder.path(), "suggestions.csv"));
            drop(read_file_of_run(&published.run_dir, "suggestions.csv"));
        });
        fs::write(path, whole).expect("written");
    }
}

#[test]
fn rules_of_other_systems() {
    let mut seeds = files(&testdata("exchange"));
    seeds.extend(files(&testdata("exchange/salesforce")));
    assert!(seeds.len() > 3);
    feed("exchange", &seeds, |bytes| {
        let text = String::from_utf8_lossy(bytes);
        for (system, name) in [
            (System::Dynamics, "rules.json"),
            (System::Dynamics, "duplicaterule.csv"),
            (System::Salesforce, "Lead.matchingRule-meta.xml"),
            (System::Salesforce, "Lead.duplicateRule-meta.xml"),
        ] {
            let source = Source { name, text: &text };
            if let Ok(imported) = import(system, &[source], ImportOptions { all: true }) {
                let canonical = render(&imported.set);
                assert_eq!(parse(&canonical).as_ref(), Ok(&imported.set), "{canonical}");
            }
        }
    });
}
