//! Commands that read exports: run, explain, profile, evaluate, verify.

use super::{folder, json, kinfold, names_in, run, told, write};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Six leads: 1 and 2 are one person, 3 is a namesake far away, 4 and 5 share a mailbox, 6 is a disqualified 1.
const LEADS: &str = "\
leadid,firstname,lastname,companyname,emailaddress1,telephone1,address1_city,statecode
1,Robert,Andersson,Nordwind Logistik AB,robert.andersson@nordwind-log.se,+46 8 123 456 78,Stockholm,0
2,Bob,Andersson,Nordwind Logistik,Robert.Andersson@nordwind-log.se,08-123 456 78,Stockholm,0
3,Robert,Andersson,Bageri Sol,rob@sol-bageri.se,+46 31 700 00 11,Göteborg,0
4,Mia,Keller,Alpen Sport AG,info@alpen-sport.ch,+41 44 200 30 40,Zürich,0
5,Jonas,Frei,Alpen Sport AG,info@alpen-sport.ch,+41 44 200 30 40,Zürich,0
6,Robert,Andersson,Nordwind Logistik AB,robert.andersson@nordwind-log.se,+46 8 123 456 78,Stockholm,2
";

/// The folder of the latest run of `out`.
fn latest(dir: &Path, out: &str) -> PathBuf {
    let text = fs::read_to_string(dir.join(out).join("latest.json")).expect("latest.json");
    let run = json(&text)["run"].as_str().expect("a name").to_owned();
    dir.join(out).join("runs").join(run)
}

#[test]
fn a_run_writes_a_whole_report_and_says_so() {
    let dir = folder();
    write(dir.path(), "leads.csv", LEADS);
    let (code, out, err) = run(dir.path(), &["run", "leads.csv"]);
    assert_eq!(code, 0, "{err}");
    assert!(
        out.starts_with("6 records from 6 rows, 0 rejected"),
        "{out}"
    );
    assert!(out.contains("1 suggested merge: "), "{out}");
    assert!(out.contains("report: kinfold-out/runs/"), "{out}");
    assert!(
        err.contains("leads.csv: layout dynamics, lead records"),
        "{err}"
    );
    assert_eq!(
        names_in(&latest(dir.path(), "kinfold-out")),
        [
            "aliases.csv",
            "golden.csv",
            "links.csv",
            "manifest.json",
            "pairs.csv",
            "pairs.parquet",
            "rejects.csv",
            "report.html",
            "suggestions.csv",
            "suggestions.json",
            "suggestions.parquet",
            "summary.json",
            "suppressed.csv",
        ]
    );
    let suggestions =
        fs::read_to_string(latest(dir.path(), "kinfold-out").join("suggestions.json"))
            .expect("written");
    let suggestions = json(&suggestions);
    let ids: Vec<&str> = suggestions
        .as_array()
        .expect("a list")
        .iter()
        .map(|row| row["record_id"].as_str().expect("an id"))
        .collect();
    assert_eq!(ids, ["1", "2"]);
    assert_eq!(
        fs::read_to_string(dir.path().join("leads.csv")).expect("kept"),
        LEADS
    );

    let (code, out, err) = run(dir.path(), &["run", "leads.csv", "--quiet"]);
    assert_eq!((code, out.as_str(), err.as_str()), (0, "", ""));
}

#[test]
fn a_run_says_which_rule_holds_for_a_large_part_of_all_pairs() {
    let dir = folder();
    let mut csv = "leadid,lastname,emailaddress1\n".to_owned();
    for i in 0..60 {
        csv.push_str(&format!("{i},Name{i},a{i}@x.example\n"));
    }
    write(dir.path(), "leads.csv", csv);
    let wide = "[[rule]]\nname = \"wide\"\nwhen = [{ similar = \"lastname\", measure = \"jaro-winkler\", threshold = 0.1 }]\n";
    write(dir.path(), "wide.toml", wide);
    write(dir.path(), "narrow.toml", wide.replace("0.1", "1.0"));
    for (rules, is_told) in [("wide.toml", true), ("narrow.toml", false)] {
        let (code, out, err) = run(dir.path(), &["run", "leads.csv", "--rules", rules]);
        assert_eq!(code, 0, "{err}");
        let line = err
            .lines()
            .find(|l| l.starts_with("attention: rule \"wide\""));
        assert_eq!(line.is_some(), is_told, "{err}");
        assert!(
            line.is_none_or(|l| l.contains("pairs of 1,770 in all")),
            "{err}"
        );
        assert_eq!(out.contains("1,770"), is_told, "{out}");
    }
}

#[test]
fn verify_finds_a_changed_file() {
    let dir = folder();
    write(dir.path(), "leads.csv", LEADS);
    assert_eq!(run(dir.path(), &["run", "leads.csv", "--out", "o"]).0, 0);
    let (code, out, _) = run(dir.path(), &["verify", "o"]);
    assert_eq!(code, 0);
    assert!(out.ends_with("as written\n"), "{out}");
    let file = latest(dir.path(), "o").join("pairs.csv");
    let mut bytes = fs::read(&file).expect("readable");
    *bytes.last_mut().expect("not empty") ^= 1;
    fs::write(&file, bytes).expect("written");
    let (code, out, _) = run(dir.path(), &["verify", "o", "--json"]);
    assert_eq!(code, 1);
    assert!(
        json(&out)["problems"][0]
            .as_str()
            .expect("text")
            .starts_with("pairs.csv was changed"),
        "{out}"
    );
    let (code, _, err) = run(dir.path(), &["verify", "."]);
    assert_eq!(code, 2, "{err}");
}

#[test]
fn the_json_of_a_run_has_counts_and_places() {
    let dir = folder();
    write(dir.path(), "leads.csv", LEADS);
    let (code, out, err) = run(
        dir.path(),
        &["run", "leads.csv", "--json", "--quiet", "--out", "o"],
    );
    assert_eq!((code, err.as_str()), (0, ""));
    let found = json(&out);
    assert_eq!(out.lines().count(), 1);
    assert_eq!(found["rows"]["read"], 6);
    assert_eq!(found["rows"]["rejected"], 0);
    assert_eq!(found["records"], 6);
    assert_eq!(
        found["suggestions"]["auto"]
            .as_u64()
            .zip(found["suggestions"]["review"].as_u64())
            .map(|(a, r)| a + r),
        Some(1)
    );
    assert_eq!(found["suggestions"]["to_merge"], 1);
    assert_eq!(found["rules"].as_array().map(Vec::len), Some(4));
    assert!(found["suppressed"].as_u64() > Some(0), "lead 6 is inactive");
    let report = found["report"].as_str().expect("a path");
    assert!(dir.path().join(report).is_file());
}

#[test]
fn fail_on_ends_with_1_and_keeps_the_report() {
    let dir = folder();
    write(dir.path(), "leads.csv", LEADS);
    let (code, _, err) = run(
        dir.path(),
        &["run", "leads.csv", "--fail-on", "suggestions,rejects"],
    );
    assert_eq!(code, 1);
    assert!(
        err.ends_with("attention: --fail-on suggestions holds\n"),
        "{err}"
    );
    assert!(latest(dir.path(), "kinfold-out").is_dir());
    assert_eq!(
        run(dir.path(), &["run", "leads.csv", "--fail-on", "rejects"]).0,
        0
    );
}

#[test]
fn threads_folders_and_row_order_do_not_change_the_result() {
    let dir = folder();
    write(dir.path(), "leads.csv", LEADS);
    let mut lines: Vec<&str> = LEADS.lines().collect();
    lines[1..].reverse();
    fs::create_dir(dir.path().join("elsewhere")).expect("made");
    write(dir.path(), "elsewhere/leads.csv", lines.join("\n") + "\n");
    for (input, out, threads) in [
        ("leads.csv", "a", "1"),
        ("leads.csv", "b", "3"),
        ("elsewhere/leads.csv", "c", "2"),
    ] {
        let arguments = ["run", input, "--out", out, "--threads", threads];
        let (code, _, err) = run(dir.path(), &arguments);
        assert_eq!(code, 0, "{err}");
        let manifest =
            fs::read_to_string(latest(dir.path(), out).join("manifest.json")).expect("readable");
        assert!(
            manifest.contains(&format!("\"threads\": {threads}")),
            "{manifest}"
        );
    }
    let file =
        |out: &str, name: &str| fs::read(latest(dir.path(), out).join(name)).expect("readable");
    for name in names_in(&latest(dir.path(), "a")) {
        if name != "manifest.json" {
            assert_eq!(file("a", &name), file("b", &name), "{name}");
            assert_eq!(file("a", &name), file("c", &name), "{name}");
        }
    }
}

#[test]
fn what_cannot_be_used_is_told_with_its_exit_code_and_a_remedy() {
    let dir = folder();
    write(dir.path(), "leads.csv", LEADS);
    write(
        dir.path(),
        "ragged.csv",
        "leadid,lastname,statecode\n1,Keller,0\n2,Frei\n",
    );
    write(
        dir.path(),
        "stateless.csv",
        "leadid,lastname,emailaddress1\n1,Keller,a@b.ch\n",
    );
    write(
        dir.path(),
        "bad.toml",
        "[[rule]]\nname = \"r\"\nwhen = [{ same = \"mail\" }]\n",
    );
    write(dir.path(), "file", "x");
    fs::create_dir(dir.path().join("full")).expect("made");
    write(dir.path(), "full/other", "x");
    for (arguments, code, word) in [
        (&["run", "missing.csv"][..], 4, "missing.csv"),
        (&["run", "ragged.csv"], 3, "ragged.csv"),
        (&["run", "stateless.csv"], 3, "--assume-active"),
        (
            &["run", "leads.csv", "--rules", "bad.toml"],
            2,
            "bad.toml, line 3, column 18: same knows no \"mail\"",
        ),
        (
            &["run", "leads.csv", "--rules", "missing.toml"],
            4,
            "missing.toml",
        ),
        (
            &["run", "leads.csv", "--column", "id=nothere"],
            2,
            "nothere",
        ),
        (
            &["run", "leads.csv", "--column", "identity=leadid"],
            2,
            "there is no field",
        ),
        (&["run", "leads.csv", "--out", "full"], 2, "full"),
        (&["run", "leads.csv", "--out", "file"], 2, "file"),
        (&["run", "leads.csv", "--threads", "0"], 2, "--threads"),
        (&["run", "leads.csv", "--default-country", "UK"], 2, "GB"),
        (&["explain", "leads.csv", "1", "nobody"], 2, "nobody"),
        (&["explain", "leads.csv", "1", "1"], 2, "two records"),
        (&["explain", "leads.csv", "1"], 2, "<A> <B>"),
        (&["evaluate", "full", "--truth", "file"], 3, "id"),
        (&["evaluate", "full", "--truth", "missing"], 4, "missing"),
    ] {
        let (found, out, err) = run(dir.path(), arguments);
        assert_eq!(found, code, "{arguments:?}: {err}");
        assert!(out.is_empty(), "{arguments:?}");
        assert!(
            err.contains("error: ") && err.contains(word),
            "{arguments:?}: {err}"
        );
        assert!(
            err.contains("help: ") || err.contains("For more information"),
            "{arguments:?}: {err}"
        );
    }
    let (code, _, err) = run(dir.path(), &["run", "missing.csv", "--json", "--quiet"]);
    assert_eq!(code, 4);
    let told = json(&err);
    assert_eq!(
        (told["error"]["code"].as_u64(), &told["error"]["name"]),
        (Some(4), &Value::from("io"))
    );
    assert!(!dir.path().join("kinfold-out/latest.json").exists());
    assert_eq!(
        run(dir.path(), &["run", "ragged.csv", "--max-rejects", "1"]).0,
        0
    );
    assert_eq!(
        run(dir.path(), &["run", "stateless.csv", "--assume-active"]).0,
        0
    );
}

#[test]
fn the_built_in_rules_are_those_of_the_type_that_was_read() {
    let dir = folder();
    let contacts = LEADS.replace("leadid", "contactid").replace(",2\n", ",1\n");
    write(dir.path(), "contacts.csv", &contacts);
    let accounts = "accountid,name,telephone1,statecode\n1,Alpen Sport AG,+41 44 200 30 40,0\n2,Alpen Sport,+41442003040,0\n";
    write(dir.path(), "accounts.csv", accounts);
    for (input, name) in [
        ("contacts.csv", "contact-duplicates"),
        ("accounts.csv", "account-duplicates"),
    ] {
        let (code, out, err) = run(dir.path(), &["run", input, "--json"]);
        assert_eq!(code, 0, "{err}");
        assert_eq!(json(&out)["suggestions"]["to_merge"], 1, "{out}");
        let summary = latest(dir.path(), "kinfold-out").join("summary.json");
        let summary = json(&fs::read_to_string(summary).expect("written"));
        assert_eq!(summary["rule_set"]["name"], name);
    }
    // Both at once: the rules of each.
    let (code, out, err) = run(
        dir.path(),
        &["run", "contacts.csv", "accounts.csv", "--json"],
    );
    assert_eq!(code, 0, "{err}");
    assert_eq!(json(&out)["rules"].as_array().map(Vec::len), Some(9));
    assert_eq!(json(&out)["suggestions"]["to_merge"], 2);

    let stateless = contacts.replace("statecode", "note");
    write(dir.path(), "stateless.csv", stateless);
    let (code, _, err) = run(dir.path(), &["run", "stateless.csv"]);
    assert_eq!(code, 3);
    assert!(
        err.contains("contact") && err.contains("--assume-active"),
        "{err}"
    );
}

#[test]
fn a_folder_in_use_ends_with_5_or_is_waited_for() {
    let dir = folder();
    write(dir.path(), "leads.csv", LEADS);
    assert_eq!(run(dir.path(), &["run", "leads.csv", "--out", "o"]).0, 0);
    let lock = fs::File::options()
        .write(true)
        .open(dir.path().join("o/.kinfold.lock"))
        .expect("left by the run");
    lock.lock().expect("free");
    let (code, _, err) = run(dir.path(), &["run", "leads.csv", "--out", "o"]);
    assert_eq!(code, 5);
    assert!(err.contains("--wait"), "{err}");
    let waiting = kinfold(
        dir.path(),
        &["run", "leads.csv", "--out", "o", "--wait", "60"],
    )
    .stdout(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .expect("the program starts");
    std::thread::sleep(std::time::Duration::from_millis(100));
    lock.unlock().expect("held");
    assert_eq!(told(waiting.wait_with_output().expect("it ends")).0, 0);
}

/// Whether a set of signals of a process, such as `SigCgt` (caught) or `SigIgn` (ignored), holds one; known on Linux.
#[cfg(unix)]
fn holds_signal(process: &str, set: &str, signal: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    status
        .lines()
        .find_map(|l| l.strip_prefix(set)?.strip_prefix(':'))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

/// Waits until a process catches SIGTERM, where the system tells; two seconds elsewhere.
#[cfg(unix)]
fn wait_until_it_listens(process: u32) {
    let wait = |ms| std::thread::sleep(std::time::Duration::from_millis(ms));
    for _ in 0..400 {
        if holds_signal(&process.to_string(), "SigCgt", 15) {
            // Each signal has several handlers, one registered after the other.
            return wait(50);
        }
        wait(5);
    }
}

#[cfg(unix)]
#[test]
fn a_signal_leaves_no_half_report() {
    let dir = folder();
    let arguments = [
        "synth",
        "--records",
        "20000",
        "--out",
        "leads.csv",
        "--truth",
        "t.csv",
        "--quiet",
    ];
    assert_eq!(run(dir.path(), &arguments).0, 0);
    for (signal, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        // As under `nohup`, or in the background of a script: what is ignored stays so.
        if holds_signal("self", "SigIgn", number) {
            continue;
        }
        let running = kinfold(dir.path(), &["run", "leads.csv", "--out", signal])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let lock = dir.path().join(signal).join(".kinfold.lock");
        while !lock.exists() {
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
        // The lock is taken before signals are listened to.
        wait_until_it_listens(running.id());
        let sent = Command::new("kill")
            .args([format!("-{signal}"), running.id().to_string()])
            .status()
            .expect("kill is there");
        assert!(sent.success());
        let sent_at = std::time::Instant::now();
        let (code, out, err) = told(running.wait_with_output().expect("it ends"));
        assert_eq!((code, out.as_str()), (128 + number as i32, ""), "{err}");
        assert!(
            sent_at.elapsed().as_secs() < 10,
            "it took {:?}",
            sent_at.elapsed()
        );
        assert!(err.contains("stopped on request"), "{err}");
        let runs = dir.path().join(signal).join("runs");
        assert!(!runs.exists() || names_in(&runs).is_empty());
        assert!(
            !names_in(&dir.path().join(signal))
                .iter()
                .any(|n| n.starts_with(".tmp"))
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_signal_is_honoured_while_a_pipe_is_silent() {
    let dir = folder();
    let made = Command::new("mkfifo")
        .arg(dir.path().join("pipe.csv"))
        .status()
        .expect("mkfifo is there");
    assert!(made.success());
    let running = kinfold(dir.path(), &["run", "pipe.csv", "--out", "o"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    while !dir.path().join("o/.kinfold.lock").exists() {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    wait_until_it_listens(running.id());
    let sent = Command::new("kill")
        .args(["-TERM", &running.id().to_string()])
        .status()
        .expect("kill is there");
    assert!(sent.success());
    // Ends by itself: nobody ever opens the other end of the pipe.
    let (code, _, err) = told(running.wait_with_output().expect("it ends"));
    assert_eq!(code, 143, "{err}");
    assert!(err.contains("stopped on request"), "{err}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_hangup_that_is_ignored_stays_ignored() {
    let dir = folder();
    write(dir.path(), "leads.csv", LEADS);
    // What `nohup` does, and a signal from the process to itself once it listens: the reading of a pipe waits for us.
    let made = Command::new("mkfifo")
        .arg(dir.path().join("pipe.csv"))
        .status()
        .expect("mkfifo is there");
    assert!(made.success());
    let running = Command::new("sh")
        .args(["-c", "trap '' HUP; exec \"$0\" run pipe.csv --quiet"])
        .arg(env!("CARGO_BIN_EXE_kinfold"))
        .current_dir(dir.path())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("sh is there");
    // Opening the pipe for writing waits until the program reads from it.
    let mut pipe = fs::File::options()
        .write(true)
        .open(dir.path().join("pipe.csv"))
        .expect("read by the program");
    let sent = Command::new("kill")
        .args(["-HUP", &running.id().to_string()])
        .status()
        .expect("kill is there");
    assert!(sent.success());
    std::io::Write::write_all(&mut pipe, LEADS.as_bytes()).expect("read by the program");
    drop(pipe);
    let (code, _, err) = told(running.wait_with_output().expect("it ends"));
    assert_eq!(code, 0, "{err}");
}

#[test]
fn explain_works_for_pairs_no_rule_found() {
    let dir = folder();
    write(dir.path(), "leads.csv", LEADS);
    for pair in [["1", "2"], ["1", "3"], ["4", "5"], ["1", "6"]] {
        let (code, out, err) = run(dir.path(), &["explain", "leads.csv", pair[0], pair[1]]);
        assert_eq!(code, 0, "{err}");
        for rule in ["Same e-mail", "Same phone", "Similar name and company"] {
            assert!(out.contains(rule), "{pair:?}: {out}");
        }
        let (code, out, _) = run(
            dir.path(),
            &[
                "explain",
                "leads.csv",
                pair[0],
                pair[1],
                "--json",
                "--quiet",
            ],
        );
        assert_eq!(code, 0);
        assert!(json(&out).is_object());
    }
    assert!(
        !dir.path().join("kinfold-out").exists(),
        "explaining writes nothing"
    );
}

#[test]
fn no_value_of_the_data_steers_a_terminal() {
    let dir = folder();
    let hostile = LEADS
        .replace("Bob,", "\u{1b}[2JBob\u{202e},")
        .replace("Bageri Sol", "\u{9b}31mSol\u{7}");
    write(dir.path(), "leads.csv", hostile);
    for arguments in [
        &["explain", "leads.csv", "1", "2"][..],
        &["profile", "leads.csv"],
        &["run", "leads.csv"],
    ] {
        let (code, out, err) = run(dir.path(), arguments);
        assert_eq!(code, 0, "{err}");
        for c in ['\u{1b}', '\u{9b}', '\u{7}', '\u{202e}'] {
            assert!(!out.contains(c) && !err.contains(c), "{arguments:?} {c:?}");
        }
    }
}

#[test]
fn profile_counts_what_is_there() {
    let dir = folder();
    write(dir.path(), "leads.csv", LEADS);
    let (code, out, _) = run(dir.path(), &["profile", "leads.csv", "--json"]);
    assert_eq!(code, 0);
    let found = json(&out);
    assert_eq!(found["records"][0]["active"], 5);
    assert_eq!(found["records"][0]["inactive"], 1);
    let column = |name: &str| {
        found["columns"]
            .as_array()
            .expect("columns")
            .iter()
            .find(|c| c["name"] == name)
            .expect("the column")
            .clone()
    };
    assert_eq!(column("emailaddress1")["filled"], 6);
    assert_eq!(column("emailaddress1")["marks"]["role"], 2);
    assert_eq!(column("firstname")["distinct"], 4);
    let heavy = &found["heaviest"][0];
    assert_eq!(
        (&heavy["kind"], &heavy["records"]),
        (&Value::from("email"), &Value::from(3))
    );
    let (_, text, _) = run(dir.path(), &["profile", "leads.csv"]);
    assert!(text.contains("6 leads: 5 active, 1 inactive"), "{text}");
}

#[test]
fn evaluate_reads_a_run_and_its_truth() {
    let dir = folder();
    write(dir.path(), "leads.csv", LEADS);
    write(
        dir.path(),
        "truth.csv",
        "id,cluster\n1,a\n2,a\n3,b\n4,c\n5,d\n6,a\n",
    );
    assert_eq!(run(dir.path(), &["run", "leads.csv", "--out", "o"]).0, 0);
    let (code, out, err) = run(
        dir.path(),
        &["evaluate", "o", "--truth", "truth.csv", "--json"],
    );
    assert_eq!(code, 0, "{err}");
    let found = json(&out);
    assert_eq!(found["all"]["pairs_both"], 1);
    assert_eq!(found["all"]["pairwise"]["precision"], 1.0);
    // Lead 6 is inactive: its two true pairs are left out on purpose, and count as missed.
    let arguments = [
        "evaluate",
        "o",
        "--truth",
        "truth.csv",
        "--min-precision",
        "1",
        "--min-recall",
        "0.5",
    ];
    let (code, _, err) = run(dir.path(), &arguments);
    assert_eq!(code, 1);
    assert!(
        err.starts_with("attention: pairwise recall 0.3333 is below 0.5"),
        "{err}"
    );
}
