//! Every cut and every changed byte of a log, and what repair saves.

use super::{WAIT, author, folder, json, ok, rules, run};
use kinfold::rules::{ListedId, parse};
use kinfold::state::{
    Answer, Entry, PAIRS_MAX, PairDecision, StateError, StateErrorKind, StateFolder, StateWriter,
    repair,
};
use proptest::prelude::*;
use std::fs;
use std::path::Path;

/// A log with every kind of change to a rule set and to decisions, and its bytes.
fn sample(dir: &Path) -> Vec<u8> {
    let mut writer = StateWriter::lock(dir, WAIT).expect("free");
    for (i, threshold) in ["0.7", "0.8", "0.9"].iter().enumerate() {
        let plan = writer
            .folder()
            .plan(&parse(&rules(threshold)).expect("valid"));
        if i == 1 {
            writer.draft(&plan, &author()).expect("written");
        } else {
            writer.publish(&plan, &author()).expect("written");
        }
    }
    let draft = writer.folder().version(None, 2).expect("there").clone();
    let plan = writer.folder().plan_stored(&draft);
    writer.publish(&plan, &author()).expect("written");
    writer.unpublish(None, &author()).expect("published");
    for answer in [Answer::Reject, Answer::Undo] {
        let end = |id: &str| (ListedId::parse(id), "0123456789abcdef".to_owned());
        let ends = [end("lead:L1"), end("lead:L2")];
        let pair = PairDecision::new(answer, ends, Some("twins".to_owned()));
        writer.decide(vec![pair], &author()).expect("written");
    }
    drop(writer);
    fs::read(dir.join("log.jsonl")).expect("readable")
}

fn open(dir: &Path, bytes: &[u8]) -> Result<StateFolder, StateError> {
    fs::write(dir.join("log.jsonl"), bytes).expect("written");
    // The lock file would only cost time: nobody else is here.
    let _ = fs::remove_file(dir.join(".kinfold.lock"));
    StateFolder::open(dir)
}

#[test]
fn every_cut_opens_as_a_prefix_and_says_when_an_entry_is_torn() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let bytes = sample(dir.path());
    let whole = open(dir.path(), &bytes).expect("holds");
    assert_eq!(whole.entries().len(), 8);
    for n in 0..=bytes.len() {
        let cut = open(dir.path(), &bytes[..n]).unwrap_or_else(|e| panic!("cut at {n}: {e}"));
        assert!(whole.entries().starts_with(cut.entries()), "cut at {n}");
        let n_whole = bytes[..n].iter().filter(|b| **b == b'\n').count();
        assert_eq!(cut.entries().len(), n_whole, "cut at {n}");
        let ends_whole = n == 0 || bytes[n - 1] == b'\n';
        assert_eq!(cut.torn().is_none(), ends_whole, "cut at {n}");
    }
}

#[test]
fn a_torn_end_is_cut_by_the_next_change_and_its_number_used_again() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let bytes = sample(dir.path());
    let lines: Vec<usize> = (0..bytes.len()).filter(|i| bytes[*i] == b'\n').collect();
    for start in [0, lines[0] + 1, lines[4] + 1] {
        for n in [start + 1, start + 30, start + 150] {
            fs::write(dir.path().join("log.jsonl"), &bytes[..n]).expect("written");
            let mut writer = StateWriter::lock(dir.path(), WAIT).expect("free");
            assert_eq!(writer.cut().map(|t| t.n_bytes), Some((n - start) as u64));
            let plan = writer.folder().plan(&parse(&rules("0.5")).expect("valid"));
            writer.publish(&plan, &author()).expect("written");
            drop(writer);
            let folder = StateFolder::open(dir.path()).expect("holds");
            assert_eq!(folder.torn(), None);
            assert_eq!(
                folder.published("leads").map(|v| v.number),
                Some(plan.number)
            );
        }
    }
}

/// What a damaged log is taken for; panics when it is taken for another history.
fn check_noticed(dir: &Path, whole: &[Entry], bytes: &[u8], what: &str) {
    match open(dir, bytes) {
        Err(error) => assert_eq!(error.kind(), StateErrorKind::State, "{what}: {error}"),
        Ok(_) => panic!("{what}: not noticed"),
    }
    // Nor is it written to.
    assert!(StateWriter::lock(dir, WAIT).is_err(), "{what}");
    assert_eq!(
        fs::read(dir.join("log.jsonl")).expect("readable"),
        bytes,
        "{what}"
    );
    let _ = whole;
}

#[test]
fn every_changed_byte_is_noticed() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let bytes = sample(dir.path());
    let whole = open(dir.path(), &bytes).expect("holds");
    for i in 0..bytes.len() {
        for by in [0x01, 0x20, 0x80] {
            let mut changed = bytes.clone();
            changed[i] ^= by;
            check_noticed(
                dir.path(),
                whole.entries(),
                &changed,
                &format!("byte {i} ^ {by}"),
            );
        }
        // A line break where there was none, and none where there was one.
        let mut changed = bytes.clone();
        changed[i] = if bytes[i] == b'\n' { b' ' } else { b'\n' };
        check_noticed(
            dir.path(),
            whole.entries(),
            &changed,
            &format!("line break at byte {i}"),
        );
    }
}

#[test]
fn lines_taken_out_doubled_or_moved_are_noticed() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let bytes = sample(dir.path());
    let whole = open(dir.path(), &bytes).expect("holds");
    let lines: Vec<&[u8]> = bytes.split_inclusive(|b| *b == b'\n').collect();
    for i in 0..lines.len() {
        let mut doubled = lines.clone();
        doubled.insert(i, lines[i]);
        check_noticed(
            dir.path(),
            whole.entries(),
            &doubled.concat(),
            &format!("line {i} doubled"),
        );
        if i + 1 < lines.len() {
            let mut less = lines.clone();
            less.remove(i);
            check_noticed(
                dir.path(),
                whole.entries(),
                &less.concat(),
                &format!("line {i} out"),
            );
            let mut moved = lines.clone();
            moved.swap(i, i + 1);
            check_noticed(
                dir.path(),
                whole.entries(),
                &moved.concat(),
                &format!("line {i} moved"),
            );
        }
    }
}

#[test]
fn a_newer_log_is_refused_by_everything_and_left_alone() {
    let dir = folder();
    let dir = dir.path();
    ok(dir, &["rules", "publish", "a.toml", "--state", "s"]);
    let text = fs::read_to_string(dir.join("s/log.jsonl")).expect("UTF-8");
    // As a newer version would write it: another format number, and the checksums that go with it.
    let newer = rechained(&text.replacen("\"version\":1", "\"version\":2", 1));
    let kind = rechained(&text.replacen("\"kind\":\"publish\"", "\"kind\":\"decision\"", 1));
    let member = rechained(&text.replacen(
        "\"set\":\"leads\"",
        "\"set\":\"leads\",\"until\":\"2027\"",
        1,
    ));
    for (log, says) in [
        (
            newer,
            "s/log.jsonl, line 1: it has format 2, and this version of kinfold reads format 1",
        ),
        (
            kind,
            "line 2: an entry written by kinfold 0.1.0, of the kind \"decision\", in a form that this version does not know",
        ),
        (
            member,
            "line 2: an entry written by kinfold 0.1.0, of the kind \"publish\", in a form",
        ),
    ] {
        fs::write(dir.join("s/log.jsonl"), &log).expect("written");
        for arguments in [
            &["rules", "list", "--state", "s"][..],
            &["rules", "publish", "b.toml", "--state", "s"],
            &["state", "verify", "s"],
            &["state", "repair", "s"],
            &["run", "x.csv", "--state", "s"],
        ] {
            let (code, _, err) = run(dir, arguments);
            assert_eq!(code, 6, "{arguments:?}: {err}");
            assert!(
                err.contains(says)
                    && err.contains("help: use the version of kinfold that wrote it"),
                "{err}"
            );
        }
        assert_eq!(
            fs::read_to_string(dir.join("s/log.jsonl")).expect("kept"),
            log
        );
    }
}

/// The lines of a log with checksums made anew, by the description of the format alone.
fn rechained(log: &str) -> String {
    use sha2::{Digest, Sha256};
    let (mut out, mut chain) = (String::new(), "0".repeat(64));
    for line in log.lines() {
        let (body, _) = line
            .rsplit_once(",\"chain\":\"")
            .expect("every line has one");
        let digest = Sha256::digest(format!("{chain}{body}"));
        chain = digest.iter().map(|b| format!("{b:02x}")).collect();
        out.push_str(&format!("{body},\"chain\":\"{chain}\"}}\n"));
    }
    out
}

#[test]
fn the_format_is_as_described() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let text = String::from_utf8(sample(dir.path())).expect("UTF-8");
    assert_eq!(rechained(&text), text);
    let first = text.lines().next().expect("a line");
    assert!(
        first.starts_with("{\"seq\":1,\"at\":\"2026-01-31T02:00:00Z\",\"by\":\"test\",\"tool\":\"0.1.0\",\"kind\":\"format\",\"format\":\"kinfold-state\",\"version\":1,\"chain\":\""),
        "{first}"
    );
    for line in text.lines() {
        json(line);
    }
}

#[test]
fn a_damaged_log_ends_with_6_and_is_repaired() {
    let dir = folder();
    let dir = dir.path();
    ok(dir, &["rules", "publish", "a.toml", "--state", "s"]);
    ok(dir, &["rules", "publish", "b.toml", "--state", "s"]);
    ok(dir, &["rules", "publish", "c.toml", "--state", "s"]);
    let log = dir.join("s/log.jsonl");
    let damaged =
        fs::read_to_string(&log)
            .expect("UTF-8")
            .replacen("threshold = 0.8", "threshold = 0.1", 1);
    fs::write(&log, &damaged).expect("written");
    for arguments in [
        &["run", "x.csv", "--state", "s"][..],
        &["rules", "publish", "a.toml", "--state", "s"],
        &["state", "verify", "s"],
    ] {
        let (code, _, err) = run(dir, arguments);
        assert_eq!(
            (code, err.as_str()),
            (
                6,
                "error: failed to read s/log.jsonl, line 3: its checksum does not hold: it was changed, or a line before it was taken out\n\
                 help: `kinfold state repair s` keeps what can be proven and a copy of the rest; or put a backup of log.jsonl in its place\n"
            ),
            "{arguments:?}"
        );
    }
    let (code, out, err) = run(dir, &["state", "repair", "s", "--json"]);
    assert_eq!(code, 1, "{err}");
    let told = json(&out);
    assert_eq!(
        (&told["kept"], &told["dropped_lines"]),
        (&3.into(), &serde_json::json!([3]))
    );
    // The version after the damage is proven by its own checksum and stays in force, with its number.
    assert_eq!(told["published"][0]["version"], 3);
    let backup = dir.join(told["backup"].as_str().expect("a path"));
    assert_eq!(fs::read_to_string(backup).expect("kept"), damaged);
    ok(dir, &["state", "verify", "s"]);
    assert_eq!(
        ok(dir, &["rules", "show", "--state", "s"]),
        ok(dir, &["rules", "show", "c.toml"])
    );
    let log = ok(dir, &["rules", "log", "--state", "s"]);
    assert!(
        log.contains("repaired the log: 3 entries kept, 1 line lost; log.jsonl.damaged-"),
        "{log}"
    );
    assert_eq!(ok(dir, &["state", "repair", "s"]), "s: nothing to repair\n");
    ok(dir, &["rules", "publish", "a.toml", "--state", "s"]);
}

#[test]
fn verify_tells_a_torn_end_and_repair_cuts_it() {
    let dir = folder();
    let dir = dir.path();
    ok(dir, &["rules", "publish", "a.toml", "--state", "s"]);
    ok(dir, &["rules", "publish", "b.toml", "--state", "s"]);
    let log = dir.join("s/log.jsonl");
    let bytes = fs::read(&log).expect("readable");
    fs::write(&log, &bytes[..bytes.len() - 10]).expect("written");
    let (code, out, _) = run(dir, &["state", "verify", "s"]);
    assert_eq!(code, 1);
    assert!(
        out.contains("attention: s/log.jsonl, line 3: an unfinished entry of "),
        "{out}"
    );
    let (code, _, err) = run(dir, &["rules", "list", "--state", "s"]);
    assert_eq!(code, 0);
    assert!(
        err.starts_with("note: s/log.jsonl, line 3: an unfinished entry of "),
        "{err}"
    );
    let out = ok(dir, &["state", "repair", "s"]);
    assert!(
        out.starts_with("s: an unfinished entry of ")
            && out.contains("all 2 entries before it hold"),
        "{out}"
    );
    ok(dir, &["state", "verify", "s"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Whatever happens to a log, repair gives a state that holds, keeps the damaged one, and invents nothing.
    #[test]
    fn repair_gives_a_state_that_holds(
        edits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0_u8..3), 1..4),
    ) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let bytes = sample(dir.path());
        let known = StateFolder::open(dir.path()).expect("holds");
        let known: Vec<_> = known.entries().iter().map(|e| (e.act.clone(), e.what.clone())).collect();
        let mut damaged = bytes.clone();
        for (at, byte, how) in edits {
            if damaged.is_empty() {
                break;
            }
            let at = at.index(damaged.len());
            match how {
                0 => damaged[at] = byte,
                1 => damaged.insert(at, byte),
                _ => { damaged.remove(at); }
            }
        }
        fs::write(dir.path().join("log.jsonl"), &damaged).expect("written");
        let repaired = repair(dir.path(), WAIT, &author()).expect("no newer log");
        let folder = StateFolder::open(dir.path()).expect("holds");
        prop_assert_eq!(folder.torn(), None);
        for entry in folder.entries() {
            let is_ours = matches!(entry.what, kinfold::state::What::Repair { .. } | kinfold::state::What::Format { .. });
            prop_assert!(is_ours || known.contains(&(entry.act.clone(), entry.what.clone())));
        }
        if let Some(backup) = repaired.backup {
            prop_assert_eq!(fs::read(backup).expect("kept"), damaged);
        }
        // A single damaged line costs at most itself and what needs it.
        if repaired.dropped.is_empty() {
            prop_assert!(folder.entries().len() + 1 >= known.len());
        }
    }

    /// Bytes of any kind are a state, a torn one or damage, and never a panic.
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let dir = tempfile::tempdir().expect("a temporary folder");
        if let Ok(folder) = open(dir.path(), &bytes) {
            prop_assert!(folder.entries().is_empty());
        }
    }
}

/// Half an entry, or damage, may be a writer at work: a reader waits for it, and looks again.
#[test]
fn what_is_read_in_the_middle_of_a_change_is_not_taken_for_damage() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let bytes = sample(dir.path());
    let log = dir.path().join("log.jsonl");
    let lock = fs::File::options()
        .read(true)
        .write(true)
        .open(dir.path().join(".kinfold.lock"))
        .expect("the sample was locked");
    let mut damaged = bytes.clone();
    damaged[40] ^= 1;
    for half in [&bytes[..bytes.len() - 20], &damaged] {
        fs::write(&log, half).expect("written");
        lock.lock().expect("free");
        std::thread::scope(|scope| {
            let reading = scope.spawn(|| StateFolder::open(dir.path()));
            std::thread::sleep(std::time::Duration::from_millis(300));
            assert!(!reading.is_finished(), "it waits");
            fs::write(&log, &bytes).expect("written");
            lock.unlock().expect("held");
            let folder = reading.join().expect("no panic").expect("whole");
            assert_eq!(folder.torn(), None);
            assert_eq!(folder.entries().len(), 8);
        });
    }
}

/// While somebody works on it for long, a reader takes what stands before a torn end, and says of damage who works.
#[test]
fn a_reader_does_not_wait_for_ever() {
    let [torn, damaged] = [(); 2].map(|()| tempfile::tempdir().expect("a temporary folder"));
    let bytes = sample(torn.path());
    sample(damaged.path());
    fs::write(torn.path().join("log.jsonl"), &bytes[..bytes.len() - 20]).expect("written");
    let mut changed = bytes.clone();
    changed[40] ^= 1;
    fs::write(damaged.path().join("log.jsonl"), changed).expect("written");
    let locks = [&torn, &damaged].map(|dir| {
        let path = dir.path().join(".kinfold.lock");
        let lock = fs::File::options()
            .read(true)
            .write(true)
            .open(path)
            .expect("there");
        lock.lock().expect("free");
        lock
    });
    std::thread::scope(|scope| {
        let reading = scope.spawn(|| StateFolder::open(torn.path()).expect("a prefix"));
        let error = StateFolder::open(damaged.path()).expect_err("damaged");
        assert_eq!(error.kind(), StateErrorKind::Busy, "{error}");
        let folder = reading.join().expect("no panic");
        assert!(folder.torn().is_some());
        assert_eq!(folder.entries().len(), 7);
    });
    drop(locks);
    let error = StateFolder::open(damaged.path()).expect_err("damaged");
    assert_eq!(error.kind(), StateErrorKind::State, "{error}");
}

#[test]
fn what_one_change_may_hold_is_bounded() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let pair = |i: usize| {
        let end = |id: String| (ListedId::parse(&id), "0123456789abcdef".to_owned());
        PairDecision::new(
            Answer::Reject,
            [end(format!("lead:A{i}")), end(format!("lead:B{i}"))],
            None,
        )
    };
    let folder = StateFolder::open_or_empty(dir.path()).expect("empty");
    let at_most: Vec<_> = (0..PAIRS_MAX).map(pair).collect();
    let one_more = [at_most.clone(), vec![pair(PAIRS_MAX)]].concat();
    folder.deciding(at_most).expect("as many as are allowed");
    let error = folder.deciding(one_more).expect_err("one too many");
    assert!(error.to_string().contains("100001 pairs"), "{error}");
    for (name, why) in [
        ("x".repeat(10_000), None),
        ("Ann".to_owned(), Some("x".repeat(100_000))),
    ] {
        let error = kinfold::state::Author::new(&name, "2026-01-01T00:00:00Z", why.as_deref())
            .expect_err("too long");
        assert!(error.to_string().contains("characters, and"), "{error}");
    }
}
