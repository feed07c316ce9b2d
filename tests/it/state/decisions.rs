//! Decisions of reviewers: recorded, honoured by runs, lapsed when values change, undone, purged, forgotten.

use super::{WAIT, author, json, ok, run};
use kinfold::model::RecordType;
use kinfold::rules::ListedId;
use kinfold::state::{
    Answer, Author, PairDecision, Purging, Retention, StateFolder, StateWriter, forget, purge,
};
use proptest::prelude::*;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const HEADER: &str = "leadid,firstname,lastname,companyname,emailaddress1,telephone1,statecode\n";

/// Three leads of one person, two of another, one alone.
const LEADS: &str = "L1,Ada,Moor,Acme,ada@acme.example,+1 212 555 0187,0\n\
    L2,Ada,Moor,Acme Inc,ada@acme.example,+1 212 555 0187,0\n\
    L3,Ada,Moor,Acme,ada@acme.example,,0\n\
    L4,Bo,Quist,Frobnitz Works,bo@frobnitz.example,+1 312 555 0142,0\n\
    L5,Bo,Quist,Frobnitz Works,bo@frobnitz.example,+1 312 555 0142,0\n\
    L6,Cleo,Adler,Hotel Sonne,cleo@sonne.example,+1 415 555 0111,0\n";

fn write(dir: &Path, leads: &str) {
    fs::write(dir.join("leads.csv"), format!("{HEADER}{leads}")).expect("written");
}

/// A folder with leads, published rules in `state` and a run in `out`.
fn night() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let path = dir.path();
    write(path, LEADS);
    ok(path, &["rules", "new", "rules.toml"]);
    ok(
        path,
        &["rules", "publish", "rules.toml", "--state", "state"],
    );
    nightly(path);
    dir
}

/// Runs, and gives the summary.
fn nightly(dir: &Path) -> Value {
    ok(
        dir,
        &[
            "run",
            "leads.csv",
            "--out",
            "out",
            "--state",
            "state",
            "--quiet",
        ],
    );
    json(&fs::read_to_string(dir.join("out/latest/summary.json")).expect("written"))
}

/// Rows of a CSV of the newest run, by column.
fn rows(dir: &Path, file: &str) -> Vec<BTreeMap<String, String>> {
    let text = fs::read_to_string(dir.join("out/latest").join(file)).expect("written");
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    reader
        .deserialize()
        .map(|row| row.expect("a row"))
        .collect()
}

/// The suggestions, as ids of their members.
fn suggested(dir: &Path) -> Vec<Vec<String>> {
    let mut by_id: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in rows(dir, "suggestions.csv") {
        let members = by_id.entry(row["suggestion_id"].clone()).or_default();
        members.push(row["record_id"].clone());
    }
    let mut out: Vec<Vec<String>> = by_id.into_values().collect();
    out.iter_mut().for_each(|members| members.sort());
    out.sort();
    out
}

/// Pairs left out for a reason.
fn suppressed(dir: &Path, why: &str) -> Vec<(String, String)> {
    rows(dir, "suppressed.csv")
        .iter()
        .filter(|row| row["why"] == why)
        .map(|row| (row["left_id"].clone(), row["right_id"].clone()))
        .collect()
}

fn pairs(of: &[(&str, &str)]) -> Vec<(String, String)> {
    of.iter()
        .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
        .collect()
}

/// Decides on a pair of the run in `out`.
fn decide(dir: &Path, answer: &str, a: &str, b: &str) -> String {
    let arguments = ["decide", answer, a, b, "--state", "state", "--run", "out"];
    ok(dir, &arguments)
}

#[test]
fn a_rejected_pair_stays_so_until_a_value_changes() {
    let dir = night();
    let dir = dir.path();
    assert_eq!(suggested(dir), [vec!["L1", "L2", "L3"], vec!["L4", "L5"]]);
    assert_eq!(
        decide(dir, "reject", "L5", "L4"),
        "state: rejected: lead:L4 and lead:L5\n"
    );
    let summary = nightly(dir);
    assert_eq!(suggested(dir), [vec!["L1", "L2", "L3"]]);
    assert_eq!(suppressed(dir, "rejected"), pairs(&[("L4", "L5")]));
    let counts = |summary: &Value| {
        let of = &summary["decisions"];
        ["accepted", "rejected", "deferred", "lapsed", "not_in_data"].map(|w| of[w].as_u64())
    };
    assert_eq!(counts(&summary), [0, 1, 0, 0, 0].map(Some));

    // Another spelling, another column, another order of rows, a new state and other rules are no other values.
    let same = LEADS
        .replace("L4,Bo,Quist", "L4,bo,QUIST")
        .replace("+1 312 555 0142", "+1-312-555-0142");
    let same: String = same.lines().rev().map(|l| format!("{l}\n")).collect();
    write(dir, &same);
    let rules = fs::read_to_string(dir.join("rules.toml")).expect("written");
    let renamed = rules.replacen("name = \"Same e-mail\"", "name = \"One address\"", 1);
    fs::write(dir.join("rules.toml"), renamed).expect("written");
    ok(dir, &["rules", "publish", "rules.toml", "--state", "state"]);
    assert_eq!(counts(&nightly(dir)), [0, 1, 0, 0, 0].map(Some));
    assert_eq!(suppressed(dir, "rejected"), pairs(&[("L4", "L5")]));

    // A phone that is another one is.
    write(dir, &LEADS.replacen("555 0142", "555 0143", 1));
    let (code, _, err) = run(
        dir,
        &["run", "leads.csv", "--out", "out", "--state", "state"],
    );
    assert_eq!(code, 0);
    let told = "decisions: 1 of 1 lapsed, since a compared value of the pair changed: lead:L4 and lead:L5 (rejected)";
    assert!(err.contains(told), "{err}");
    assert_eq!(suggested(dir), [vec!["L1", "L2", "L3"], vec!["L4", "L5"]]);
    let listed = ok(
        dir,
        &[
            "decide",
            "list",
            "--state",
            "state",
            "--input",
            "leads.csv",
            "--json",
            "--quiet",
        ],
    );
    assert_eq!(json(&listed)["decisions"][0]["worth"], "lapsed: left");

    // With the old value the decision holds again; without the record there is nothing to hold.
    write(dir, LEADS);
    assert_eq!(counts(&nightly(dir)), [0, 1, 0, 0, 0].map(Some));
    write(dir, &LEADS.replace("L5,", "L7,"));
    assert_eq!(counts(&nightly(dir)), [0, 0, 0, 0, 1].map(Some));
}

#[test]
fn rejected_and_deferred_pairs_are_not_merged_by_way_of_others() {
    for (answer, why) in [("reject", "rejected"), ("defer", "deferred")] {
        let dir = night();
        let dir = dir.path();
        decide(dir, answer, "L1", "L2");
        nightly(dir);
        for members in suggested(dir) {
            let has = |id: &str| members.iter().any(|m| m == id);
            assert!(!(has("L1") && has("L2")), "{members:?}");
        }
        assert_eq!(suppressed(dir, why), pairs(&[("L1", "L2")]));
        ok(
            dir,
            &["decide", "undo", "L2", "lead:L1", "--state", "state"],
        );
        nightly(dir);
        assert_eq!(suggested(dir), [vec!["L1", "L2", "L3"], vec!["L4", "L5"]]);
    }
}

#[test]
fn an_accepted_pair_is_merged_whatever_the_rules_say() {
    let dir = night();
    let dir = dir.path();
    let (code, _, err) = run(
        dir,
        &[
            "decide", "accept", "L4", "L6", "--state", "state", "--run", "out",
        ],
    );
    assert_eq!(code, 2);
    assert!(
        err.contains("failed to find the record L6 in out/") && err.contains("--input FILE"),
        "{err}"
    );
    let arguments = [
        "decide",
        "accept",
        "L4",
        "L6",
        "--state",
        "state",
        "--input",
        "leads.csv",
        "--quiet",
        "--json",
    ];
    let told = json(&ok(dir, &arguments));
    assert_eq!(told["recorded"][0]["right"], "lead:L6");
    let summary = nightly(dir);
    let together = |members: &Vec<String>| {
        ["L4", "L6"]
            .iter()
            .all(|id| members.iter().any(|m| m == id))
    };
    assert!(suggested(dir).iter().any(together), "{:?}", suggested(dir));
    assert_eq!(summary["decisions"]["accepted"], 1);
    let found = rows(dir, "pairs.csv");
    let pair = found
        .iter()
        .find(|r| (r["left_id"].as_str(), r["right_id"].as_str()) == ("L4", "L6"))
        .expect("listed");
    assert_eq!(pair["rules"], "accepted");
    let explained = ok(
        dir,
        &[
            "explain",
            "leads.csv",
            "L4",
            "L6",
            "--state",
            "state",
            "--quiet",
        ],
    );
    assert!(explained.contains("accepted"), "{explained}");
}

#[test]
fn a_suggestion_is_decided_pair_by_pair_and_later_answers_replace_earlier_ones() {
    let dir = night();
    let dir = dir.path();
    let found = rows(dir, "suggestions.csv");
    let id = &found
        .iter()
        .find(|r| r["record_id"] == "L2")
        .expect("there")["suggestion_id"];
    let of = |answer| {
        [
            "decide",
            answer,
            "--suggestion",
            id,
            "--state",
            "state",
            "--run",
            "out",
            "--reason",
            "checked with Ann",
        ]
    };
    let told = ok(dir, &of("accept"));
    assert_eq!(told.lines().count(), 3, "{told}");
    assert_eq!(
        ok(dir, &of("accept")),
        "state: 3 pairs decided so already\n"
    );
    let told = ok(dir, &of("defer"));
    assert!(told.contains("before: accepted by anna on "), "{told}");
    let standing = StateFolder::open(&dir.join("state")).expect("holds");
    let answers: Vec<Answer> = standing.decisions().map(|d| d.answer).collect();
    assert_eq!(answers, [Answer::Defer; 3]);
    let listed = ok(
        dir,
        &["decide", "list", "--state", "state", "--only", "defer"],
    );
    assert_eq!(listed.matches("checked with Ann").count(), 3, "{listed}");
    let history = ok(
        dir,
        &["decide", "list", "--state", "state", "--history", "--json"],
    );
    assert_eq!(
        json(&history)["decisions"].as_array().map(Vec::len),
        Some(6)
    );
    let exported = json(&ok(dir, &["state", "export", "state"]));
    assert_eq!(exported["decisions"].as_array().map(Vec::len), Some(3));
    let (code, _, err) = run(
        dir,
        &[
            "decide",
            "reject",
            "--suggestion",
            "S-1",
            "--state",
            "state",
            "--run",
            "out",
        ],
    );
    assert_eq!(code, 2);
    assert!(
        err.contains("failed to find the suggestion S-1 in out/"),
        "{err}"
    );
}

#[test]
fn a_batch_is_recorded_whole_or_not_at_all() {
    let dir = night();
    let dir = dir.path();
    let batch = |text: &str| {
        fs::write(dir.join("list.csv"), text).expect("written");
        run(
            dir,
            &[
                "decide", "batch", "list.csv", "--state", "state", "--run", "out",
            ],
        )
    };
    let log = || fs::read(dir.join("state/log.jsonl")).expect("there");
    let before = log();
    for (text, place) in [
        (
            "left_id,right_id,decision\nL1,L2,reject\nL1,L9,reject\n",
            "the record L9",
        ),
        (
            "left_id,right_id,decision\nL1,L2,reject\nL1,L3,maybe\n",
            "list.csv, line 3: the decision is unknown",
        ),
        (
            "left_id,right_id,decision\nL1,L2,reject\nlead:L2,L1,accept\n",
            "lead:L1 and lead:L2 are named twice",
        ),
        (
            "left_id,right_id,decision\nL1,L2,reject\nL1,lead:L1,accept\n",
            "pairs lead:L1 with itself",
        ),
        ("left_id,right_id\nL1,L2\n", "there is no column decision"),
    ] {
        let (code, _, err) = batch(text);
        assert_eq!(code, 2, "{text}");
        assert!(err.contains(place), "{err}");
        assert!(log() == before, "{text}: something was recorded");
    }
    let list =
        "decision,left_id,right_id,reason\nreject,L1,L2,twins\nAccept,L5,L4,\ndefer,L1,L3,\n";
    assert_eq!(batch(list).0, 0);
    assert_eq!(
        log().iter().filter(|b| **b == b'\n').count(),
        3,
        "one entry for all"
    );
    let after = log();
    assert_eq!(batch(list).0, 0);
    assert!(
        log() == after,
        "what is decided already is not written again"
    );
    let folder = StateFolder::open(&dir.join("state")).expect("holds");
    let found: Vec<(String, Answer, Option<&str>)> = folder
        .decisions()
        .map(|d| {
            (
                format!("{} {}", d.left.id, d.right.id),
                d.answer,
                d.why.as_deref(),
            )
        })
        .collect();
    assert_eq!(
        found,
        [
            ("L1 L2".to_owned(), Answer::Reject, Some("twins")),
            ("L1 L3".to_owned(), Answer::Defer, None),
            ("L4 L5".to_owned(), Answer::Accept, None),
        ]
    );
    let (code, out, _) = batch("left_id,right_id,decision\nL1,L2,undo\nL1,L6,undo\n");
    assert_eq!(code, 1, "one had nothing to undo");
    assert!(
        out.contains("undone: lead:L1 and lead:L2") && out.contains("attention: 1 pair to undo"),
        "{out}"
    );
    // A look writes nothing, and makes no folder.
    let look = [
        "decide",
        "reject",
        "L1",
        "L2",
        "--state",
        "none",
        "--run",
        "out",
        "--dry-run",
    ];
    assert_eq!(
        ok(dir, &look),
        "none: would be rejected: lead:L1 and lead:L2\n"
    );
    assert!(!dir.join("none").exists());
}

#[test]
fn contradictions_are_told_and_keep_apart() {
    let dir = night();
    let dir = dir.path();
    decide(dir, "accept", "L1", "L2");
    decide(dir, "accept", "L2", "L3");
    let arguments = [
        "decide", "reject", "L1", "L3", "--state", "state", "--run", "out",
    ];
    let (code, out, _) = run(dir, &arguments);
    assert_eq!(code, 1);
    let chain = "(lead:L1 = lead:L2 = lead:L3)";
    assert!(
        out.contains("state: rejected") && out.contains(chain),
        "{out}"
    );
    let (code, out, _) = run(dir, &["state", "verify", "state"]);
    assert_eq!(code, 1);
    assert!(
        out.contains("contradiction") && out.contains(chain),
        "{out}"
    );
    let summary = nightly(dir);
    assert_eq!(summary["lists"]["contradictions"], 1);
    let notices = summary["notices"].to_string();
    assert!(
        notices.contains("contradiction: a rejection keeps L1 and L3 apart, pairs declared the same (accepted) join them (L1 = L2 = L3)"),
        "{notices}"
    );
    assert!(!suggested(dir).contains(&vec!["L1".into(), "L2".into(), "L3".into()]));
}

#[test]
fn a_preview_and_a_plan_honour_decisions() {
    let dir = night();
    let dir = dir.path();
    decide(dir, "reject", "L4", "L5");
    let draft = fs::read_to_string(dir.join("rules.toml")).expect("written");
    fs::write(
        dir.join("draft.toml"),
        draft.replace("Same phone", "One phone"),
    )
    .expect("written");
    let arguments = [
        "preview",
        "leads.csv",
        "--rules",
        "draft.toml",
        "--state",
        "state",
        "--json",
        "--quiet",
    ];
    let preview = json(&ok(dir, &arguments));
    let figures = &preview["impact"]["figures"];
    assert_eq!(figures["suggestions_before"], 1.0, "{figures}");
    assert_eq!(figures["suggestions_after"], 1.0, "{figures}");
    assert_eq!(figures["gained_pairs"], 0.0, "{figures}");
    let gated = [
        "rules",
        "publish",
        "draft.toml",
        "leads.csv",
        "--state",
        "state",
        "--if-impact",
        "suggestions_after == 1",
    ];
    ok(dir, &gated);
    let plan = ok(dir, &["plan", "leads.csv", "--state", "state", "--quiet"]);
    assert!(!plan.is_empty());
    let audit = run(dir, &["audit", "leads.csv", "--state", "state", "--quiet"]);
    assert_eq!(audit.0, 0, "{}", audit.1);
}

#[test]
fn a_log_holds_no_value_and_a_changed_run_is_not_believed() {
    let dir = night();
    let dir = dir.path();
    decide(dir, "reject", "L4", "L5");
    let log = fs::read_to_string(dir.join("state/log.jsonl")).expect("there");
    let entry = log.lines().last().expect("an entry").to_lowercase();
    for value in ["quist", "frobnitz", "0142", "bo@"] {
        assert!(!entry.contains(value), "{entry}");
    }
    let file = dir.join("out/latest/suggestions.csv");
    let text = fs::read_to_string(&file).expect("there");
    fs::write(&file, text.replace("Quist", "Quest")).expect("written");
    let arguments = [
        "decide", "accept", "L4", "L5", "--state", "state", "--run", "out",
    ];
    let (code, _, err) = run(dir, &arguments);
    assert_eq!(code, 2);
    assert!(err.contains("it is not what the run wrote"), "{err}");
    assert_eq!(
        fs::read_to_string(dir.join("state/log.jsonl")).expect("there"),
        log
    );
}

/// Values that begin like a formula are guarded in suggestions.csv, and are the same values as in the export.
#[test]
fn values_of_a_run_and_of_its_export_have_one_fingerprint() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let dir = dir.path();
    let leads = "+L1,=Ada,'Moor,\"Acme, the\r\nfirst\",ada@acme.example,+1 212 555 0187,0\n\
        +L2,=Ada,'Moor,\"Acme, the\r\nfirst\",ada@acme.example,+1 212 555 0187,0\n";
    write(dir, leads);
    for guard in ["guarded", "raw"] {
        ok(
            dir,
            &[
                "run",
                "leads.csv",
                "--out",
                "out",
                "--csv",
                guard,
                "--quiet",
            ],
        );
        for (state, source) in [("a", ["--run", "out"]), ("b", ["--input", "leads.csv"])] {
            let mut arguments = vec![
                "decide", "reject", "+L1", "+L2", "--quiet", "--state", state,
            ];
            arguments.extend(source);
            ok(dir, &arguments);
        }
        let values = |state: &str| {
            let folder = StateFolder::open(&dir.join(state)).expect("holds");
            folder.decisions().next().expect("one").values.clone()
        };
        assert_eq!(values("a"), values("b"), "{guard}");
    }
}

fn lead(id: u8) -> ListedId {
    ListedId {
        record_type: Some(RecordType::Lead),
        id: format!("L{id}"),
    }
}

/// What stands, by pair of ids.
fn standing(dir: &Path) -> BTreeMap<(String, String), (Answer, String)> {
    let folder = StateFolder::open_or_empty(dir).expect("holds");
    folder
        .decisions()
        .map(|d| ((d.left.text(), d.right.text()), (d.answer, d.when.clone())))
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Whatever was decided in which order, the last answer to a pair stands; purging changes nothing of that whatever
    /// the clock said, and forgetting takes away what names the record and nothing else.
    #[test]
    fn the_last_answer_stands_and_purging_changes_none(
        acts in prop::collection::vec((0_u8..5, 0_u8..5, 0_usize..4, 1_u8..29), 1..30),
        before in 1_u8..29,
        gone in 0_u8..5,
    ) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let mut expected = BTreeMap::new();
        for (a, b, answer, day) in acts.into_iter().filter(|(a, b, ..)| a != b) {
            let answer = Answer::ALL[answer];
            // The clock goes back and forth.
            let when = format!("2026-01-{day:02}T02:00:00Z");
            let by = Author::new("test", &when, None).expect("plain");
            let values = |id: u8| format!("{:016x}", id + day);
            let pair = PairDecision::new(answer, [(lead(a), values(a)), (lead(b), values(b))], None);
            let key = (lead(a.min(b)).text(), lead(a.max(b)).text());
            let mut writer = StateWriter::lock(dir.path(), WAIT).expect("free");
            let recorded = writer.decide(vec![pair], &by).expect("written");
            if answer == Answer::Undo {
                prop_assert_eq!(recorded.n_nothing == 0, expected.remove(&key).is_some());
            } else if recorded.n_unchanged == 0 {
                expected.insert(key, (answer, when));
            }
        }
        prop_assert_eq!(standing(dir.path()), expected.clone());
        prop_assume!(dir.path().join("log.jsonl").metadata().is_ok_and(|m| m.len() > 0));
        let retention = Retention {
            before: Some(format!("2026-01-{before:02}T02:00:00Z")),
            keep: None,
        };
        let told = purge(dir.path(), &retention, Purging::Tell, WAIT, &author()).expect("told");
        let done = purge(dir.path(), &retention, Purging::Remove, WAIT, &author()).expect("done");
        prop_assert_eq!(told, done);
        prop_assert_eq!(standing(dir.path()), expected.clone());
        let again = purge(dir.path(), &retention, Purging::Remove, WAIT, &author()).expect("done");
        prop_assert!(again.is_nothing());
        let id = lead(gone);
        forget(dir.path(), std::slice::from_ref(&id.id), Purging::Remove, WAIT, &author()).expect("done");
        expected.retain(|(l, r), _| *l != id.text() && *r != id.text());
        prop_assert_eq!(standing(dir.path()), expected);
        let log = fs::read_to_string(dir.path().join("log.jsonl")).expect("there");
        let of_record = format!("lead:L{gone}\"");
        prop_assert!(!log.contains(&of_record));
    }
}
