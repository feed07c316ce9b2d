//! Removing what is no longer to be kept: old versions, and what names a person.

use super::{WAIT, author, json, ok, rules, run};
use kinfold::rules::{ListedId, parse};
use kinfold::state::{
    Answer, Author, PairDecision, Purging, Retention, StateFolder, StateWriter, Status, Version,
    purge, repair,
};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// What stands in a state: each version with its text and status.
fn standing(dir: &Path) -> Vec<(u64, String, Status)> {
    let folder = StateFolder::open(dir).expect("holds");
    let versions = folder.sets().flat_map(|s| &s.versions);
    versions
        .map(|v| (v.number, v.text.clone(), v.status))
        .collect()
}

fn on_day(day: usize) -> Author {
    Author::new("test", &format!("2026-01-{:02}T02:00:00Z", day + 1), None).expect("plain")
}

/// Does one thing to the set `leads` on a day; what cannot be done is not done.
fn act(dir: &Path, day: usize, what: u8) {
    let mut writer = StateWriter::lock(dir, WAIT).expect("free");
    let set = parse(&rules(&format!("0.{}", 50 + what % 8))).expect("valid");
    match what / 8 {
        0 => {
            let plan = writer.folder().plan(&set);
            writer.draft(&plan, &on_day(day)).expect("written");
        }
        1 | 2 => {
            let plan = writer.folder().plan(&set);
            writer.publish(&plan, &on_day(day)).expect("written");
        }
        _ => drop(writer.unpublish(None, &on_day(day))),
    }
}

/// When each version was last stored or put in or out of force, by the state after each day alone.
fn touched(states: &[BTreeMap<u64, Version>]) -> BTreeMap<u64, usize> {
    let mut touched = BTreeMap::new();
    for (day, state) in states.iter().enumerate() {
        let before = day.checked_sub(1).map(|d| &states[d]);
        for (number, version) in state {
            let same = before
                .and_then(|b| b.get(number))
                .is_some_and(|b| b.status == version.status);
            if !same {
                touched.insert(*number, day);
            }
        }
    }
    touched
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever was done, what stays is as it stood, and what goes is what the options say.
    #[test]
    fn purging_removes_what_it_says_and_nothing_else(
        acts in prop::collection::vec(0_u8..32, 1..20),
        before in prop::option::of(0_usize..20),
        keep in prop::option::of(0_usize..5),
    ) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let mut states = Vec::new();
        for (day, what) in acts.iter().enumerate() {
            act(dir.path(), day, *what);
            let folder = StateFolder::open_or_empty(dir.path()).expect("holds");
            let versions = folder.sets().flat_map(|s| &s.versions);
            states.push(versions.map(|v| (v.number, v.clone())).collect::<BTreeMap<_, _>>());
        }
        prop_assume!(dir.path().join("log.jsonl").metadata().is_ok_and(|m| m.len() > 0));
        let touched = touched(&states);
        let all = standing(dir.path());
        let n = all.len();
        let expected: Vec<_> = all
            .iter()
            .enumerate()
            .filter(|(i, (number, _, status))| {
                let rank = n - 1 - i;
                let is_old = before.is_none_or(|day| touched[number] < day);
                let is_beyond = keep.is_none_or(|keep| rank >= keep);
                !(rank > 0 && *status != Status::Published && is_old && is_beyond)
            })
            .map(|(_, v)| v.clone())
            .collect();
        let retention = Retention {
            before: before.map(|day| format!("2026-01-{:02}T02:00:00Z", day + 1)),
            keep,
        };
        let bytes = fs::read(dir.path().join("log.jsonl")).expect("readable");
        let chain = StateFolder::open(dir.path()).expect("holds").chain().to_owned();
        let told = purge(dir.path(), &retention, Purging::Tell, WAIT, &author()).expect("told");
        prop_assert_eq!(&bytes, &fs::read(dir.path().join("log.jsonl")).expect("readable"));
        let done = purge(dir.path(), &retention, Purging::Remove, WAIT, &author()).expect("done");
        prop_assert_eq!(&told, &done);
        prop_assert_eq!(done.versions.len(), n - expected.len());
        prop_assert_eq!(standing(dir.path()), expected);
        let text = fs::read_to_string(dir.path().join("log.jsonl")).expect("UTF-8");
        if done.is_nothing() {
            prop_assert_eq!(text.as_bytes(), &bytes[..]);
        } else {
            // The chain of before is named once, in the last entry.
            prop_assert!(text.lines().last().expect("a line").contains(&chain));
            let again = purge(dir.path(), &retention, Purging::Remove, WAIT, &author()).expect("done");
            prop_assert!(again.is_nothing());
        }
        // Numbers go on.
        let mut writer = StateWriter::lock(dir.path(), WAIT).expect("free");
        let plan = writer.folder().plan(&parse(&rules("0.99")).expect("valid"));
        prop_assert_eq!(plan.number, all.last().map_or(0, |v| v.0) + 1);
        writer.publish(&plan, &author()).expect("written");
    }
}

const LEADS: &str = "leadid,firstname,lastname,companyname,emailaddress1,statecode\n\
    L-1,Ada,Moor,Acme,ada@acme.example,0\nL-2,Ada,Moor,Acme,ada@acme.example,0\n";

/// A rule file of the set `leads` that declares two records different.
fn with_never(left: &str, right: &str) -> String {
    format!(
        "{}\n[[never]]\npairs = [[\"{left}\", \"{right}\"]]\n",
        rules("0.7")
    )
}

/// Every byte below a folder as one text, names included.
fn everything(dir: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(dir).expect("readable") {
        let path = entry.expect("an entry").path();
        text.push_str(&path.to_string_lossy());
        if path.is_dir() && !path.is_symlink() {
            text.push_str(&everything(&path));
        } else if path.is_file() {
            text.push_str(&String::from_utf8_lossy(
                &fs::read(&path).expect("readable"),
            ));
        }
    }
    text
}

#[test]
fn forgetting_a_record_leaves_no_trace_of_it() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let dir = dir.path();
    fs::write(dir.join("leads.csv"), LEADS).expect("written");
    let publish = |text: &str, why: &str| {
        fs::write(dir.join("rules.toml"), text).expect("written");
        ok(
            dir,
            &[
                "rules",
                "publish",
                "rules.toml",
                "--state",
                "s",
                "--why",
                why,
            ],
        );
    };
    publish(&with_never("L-2", "L-99"), "first");
    // A copy of a damaged log that names it too.
    let log = dir.join("s/log.jsonl");
    let damaged = fs::read_to_string(&log)
        .expect("UTF-8")
        .replacen("first", "furst", 1);
    fs::write(&log, damaged).expect("written");
    let author = author();
    assert!(
        repair(&dir.join("s"), WAIT, &author)
            .expect("repaired")
            .backup
            .is_some()
    );
    // The damaged version is lost, and its number free.
    publish(&with_never("L-2", "L-98"), "second");
    ok(dir, &["run", "leads.csv", "--out", "o", "--quiet"]);
    fs::write(dir.join("leads.csv"), LEADS.replace("L-2,", "L-22,")).expect("written");
    ok(dir, &["run", "leads.csv", "--out", "o", "--quiet"]);
    fs::write(dir.join("leads.csv"), LEADS).expect("written");
    ok(dir, &["run", "leads.csv", "--out", "o", "--quiet"]);
    assert_eq!(fs::read_dir(dir.join("o/runs")).expect("there").count(), 3);

    let forget = ["state", "forget", "l-2", "--state", "s", "--out", "o"];
    let before = everything(dir);
    let (code, told, err) = run(dir, &[&forget[..], &["--dry-run"]].concat());
    assert_eq!(code, 1, "{err}");
    assert!(
        told.contains("attention: leads version 1 names such a record and stays"),
        "{told}"
    );
    assert_eq!(everything(dir), before, "a dry look writes nothing");
    let (code, out, err) = run(dir, &[&forget[..], &["--json"]].concat());
    assert_eq!(code, 1, "{err}");
    let out = json(&out);
    assert_eq!(out["outs"][0]["runs"].as_array().map(Vec::len), Some(2));
    assert_eq!(out["outs"][0]["was_latest"], true);
    assert_eq!(out["state"]["left"][0]["version"], 1);
    assert_eq!(fs::read_dir(dir.join("o/runs")).expect("there").count(), 1);
    assert!(!dir.join("o/latest.json").exists() && !dir.join("o/latest").is_symlink());

    publish(&rules("0.7"), "about L-2");
    let (code, _, err) = run(dir, &[&forget[..], &["--why", "L-2 asked"]].concat());
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("it names a record to forget"), "{err}");
    ok(dir, &forget);
    for folder in ["s", "o"] {
        let text = everything(&dir.join(folder))
            .to_lowercase()
            .replace("l-22", "");
        assert!(!text.contains("l-2"), "{folder} still names it: {text}");
    }
    ok(dir, &["state", "verify", "s"]);
    let log = ok(dir, &["rules", "log", "--state", "s"]);
    assert!(log.contains("removed leads version"), "{log}");
    let left = standing(&dir.join("s"));
    assert_eq!(left.len(), 1);
    assert_eq!((left[0].0, left[0].2), (2, Status::Published));
    ok(dir, &["run", "leads.csv", "--out", "o", "--quiet"]);
    ok(dir, &["verify", "o"]);
}

#[test]
fn files_of_others_stay_when_a_run_is_forgotten() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let dir = dir.path();
    fs::write(dir.join("leads.csv"), LEADS).expect("written");
    ok(dir, &["run", "leads.csv", "--out", "o", "--quiet"]);
    let run_dir = fs::canonicalize(dir.join("o/latest")).expect("there");
    fs::write(run_dir.join("mine.txt"), "mine").expect("written");
    let (code, out, err) = run(dir, &["state", "forget", "L-1", "--out", "o"]);
    assert_eq!(code, 1, "{err}");
    assert!(
        out.contains("holds files that kinfold did not write"),
        "{out}"
    );
    assert!(!everything(&dir.join("o")).contains("L-1"));
    assert!(everything(&dir.join("o")).contains("mine"));
    let (code, out, _) = run(dir, &["state", "forget", "L-1", "--out", "o"]);
    assert_eq!((code, out.as_str()), (0, "o: no run names such a record\n"));
    for arguments in [
        &["state", "forget", "L-1"][..],
        &["state", "forget", "--out", "o"],
        &["state", "forget", "", "--out", "o"],
        &["state", "forget", "L-1", "--out", "nowhere"],
        &["state", "purge", "s"],
        &["state", "purge", "s", "--keep", "1"],
    ] {
        let (code, _, err) = run(dir, arguments);
        assert_eq!(code, 2, "{arguments:?}: {err}");
    }
    assert!(!dir.join("nowhere").exists() && !dir.join("s").exists());
}

/// A reviewer's word on a pair may name a third record: the word goes with that record, the decision stays.
#[test]
fn forgetting_a_record_removes_what_was_said_of_it_beside_other_pairs() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let state = dir.path().join("s");
    let rejected = |left: &str, right: &str, why: &str| {
        let ends = [left, right].map(|id| (ListedId::parse(id), "0123456789abcdef".to_owned()));
        PairDecision::new(Answer::Reject, ends, Some(why.to_owned()))
    };
    let pairs = vec![
        rejected("lead:L-1", "lead:L-3", "not L-2 either"),
        rejected("lead:L-4", "lead:L-5", "father and son"),
        rejected("lead:L-2", "lead:L-5", "namesakes"),
    ];
    let mut writer = StateWriter::lock(&state, WAIT).expect("free");
    writer.decide(pairs, &author()).expect("written");
    drop(writer);
    ok(dir.path(), &["state", "forget", "L-2", "--state", "s"]);
    let log = fs::read_to_string(state.join("log.jsonl")).expect("UTF-8");
    assert!(!log.contains("L-2") && !log.contains("namesakes"), "{log}");
    ok(dir.path(), &["state", "verify", "s"]);
    let folder = StateFolder::open(&state).expect("holds");
    let standing: Vec<(&str, Answer, Option<&str>)> = folder
        .decisions()
        .map(|d| (&*d.left.id, d.answer, d.why.as_deref()))
        .collect();
    assert_eq!(
        standing,
        [
            ("L-1", Answer::Reject, None),
            ("L-4", Answer::Reject, Some("father and son")),
        ]
    );
}
