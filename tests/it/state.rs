//! The rule lifecycle: versions, publishing and its log through the binary; damage, crashes and two writers at once.

mod damage;
mod decisions;
#[cfg(target_os = "linux")]
mod faults;
mod purge;

use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use kinfold::rules::{builtin, builtin_for, parse, render};
use kinfold::state::{Author, StateFolder, StateWriter, Status};
use serde_json::Value;

/// Long enough for a lock to be free: a child that another test starts has copies of our open files until it is itself.
const WAIT: Duration = Duration::from_secs(60);

/// A rule file of the set `leads` with one rule and this threshold.
fn rules(threshold: &str) -> String {
    format!(
        "[set]\nname = \"leads\"\n[[rule]]\nname = \"Same company\"\nwhen = [{{ same = \"email_domain\" }}, {{ similar = \"company\", threshold = {threshold} }}]\n"
    )
}

fn kinfold(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kinfold"));
    command
        .args(arguments)
        .current_dir(dir)
        .stdin(Stdio::null())
        .env("USER", "anna")
        .env("COLUMNS", "100");
    command
}

fn told(output: Output) -> (i32, String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (
        output.status.code().expect("not ended by a signal"),
        text(output.stdout),
        text(output.stderr),
    )
}

fn run(dir: &Path, arguments: &[&str]) -> (i32, String, String) {
    told(
        kinfold(dir, arguments)
            .output()
            .expect("the program starts"),
    )
}

/// Runs a command that succeeds, and gives its standard output.
fn ok(dir: &Path, arguments: &[&str]) -> String {
    let (code, out, err) = run(dir, arguments);
    assert_eq!(code, 0, "{arguments:?}: {err}");
    out
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

/// A folder with `a.toml`, `b.toml`, `c.toml`, three versions of one set.
fn folder() -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for (name, threshold) in [("a.toml", "0.7"), ("b.toml", "0.8"), ("c.toml", "0.9")] {
        fs::write(dir.path().join(name), rules(threshold)).expect("written");
    }
    dir
}

/// The text with times and hashes taken out.
fn redacted(text: &str) -> String {
    let is_hash = |word: &str| {
        word.len() >= 12
            && word
                .bytes()
                .all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase())
    };
    let is_time =
        |word: &str| word.len() == 20 && word.as_bytes()[10] == b'T' && word.ends_with('Z');
    let mut out = String::new();
    for piece in text.split_inclusive(|c: char| !c.is_ascii_alphanumeric() && c != ':' && c != '-')
    {
        let word =
            piece.trim_end_matches(|c: char| !c.is_ascii_alphanumeric() && c != ':' && c != '-');
        let rest = &piece[word.len()..];
        out.push_str(if is_time(word) {
            "TIME"
        } else if is_hash(word) {
            "HASH"
        } else {
            word
        });
        out.push_str(rest);
    }
    out
}

fn author() -> Author {
    Author::new("test", "2026-01-31T02:00:00Z", None).expect("a plain name")
}

#[test]
fn the_life_of_a_rule_set() {
    let dir = folder();
    let dir = dir.path();
    assert_eq!(
        redacted(&ok(
            dir,
            &[
                "rules",
                "publish",
                "a.toml",
                "--state",
                "s",
                "--why",
                "first rules"
            ]
        )),
        "leads version 1 (HASH, new) is published; no other version was in force\n\
         `kinfold run INPUT... --state s` uses it\n"
    );
    assert_eq!(
        redacted(&ok(
            dir,
            &["rules", "draft", "b.toml", "--state", "s", "--by", "Bob"]
        )),
        "leads version 2 (HASH) is stored as a draft; `kinfold rules publish --version 2 --state s` puts it in force\n"
    );
    assert_eq!(
        redacted(&ok(
            dir,
            &[
                "rules",
                "publish",
                "--version",
                "2",
                "--state",
                "s",
                "--dry-run"
            ]
        )),
        "leads version 2 (HASH, stored as a draft before) would be published in place of version 1\n  \
         rule \"Same company\"\n    when { similar = \"company\", threshold = 0.8 }\n      threshold: 0.7 -> 0.8\n\
         nothing was written\n"
    );
    ok(
        dir,
        &[
            "rules",
            "publish",
            "--version",
            "2",
            "--state",
            "s",
            "--why",
            "fewer chains",
        ],
    );
    // The same rules again: nothing happens.
    let before = fs::read(dir.join("s/log.jsonl")).expect("readable");
    assert_eq!(
        redacted(&ok(dir, &["rules", "publish", "b.toml", "--state", "s"])),
        "leads version 2 (HASH) is published already and says the same; nothing was changed\n"
    );
    assert_eq!(
        redacted(&ok(dir, &["rules", "draft", "a.toml", "--state", "s"])),
        "leads version 1 (HASH) says the same and is stored already, published before; nothing was changed\n"
    );
    assert_eq!(fs::read(dir.join("s/log.jsonl")).expect("readable"), before);
    ok(dir, &["rules", "publish", "c.toml", "--state", "s"]);
    // Back to the first, by its number and by its file.
    ok(
        dir,
        &[
            "rules",
            "publish",
            "--version",
            "1",
            "--state",
            "s",
            "--why",
            "back",
        ],
    );
    ok(dir, &["rules", "publish", "c.toml", "--state", "s"]);
    ok(
        dir,
        &[
            "rules",
            "publish",
            "a.toml",
            "--state",
            "s",
            "--why",
            "back again",
        ],
    );
    assert_eq!(
        words(&ok(dir, &["rules", "list", "--state", "s"])),
        "leads: version 1 is published version status sha256 when by why \
         1 published HASH TIME anna back again \
         2 unpublished HASH TIME anna fewer chains \
         3 unpublished HASH TIME anna"
    );
    assert_eq!(
        words(&ok(dir, &["rules", "log", "--state", "s"])),
        "entry when by what why \
         1 TIME anna began this state folder \
         2 TIME anna published leads version 1 (HASH, new) first rules \
         3 TIME Bob stored leads version 2 (HASH) as a draft \
         4 TIME anna published leads version 2 (HASH) fewer chains \
         5 TIME anna published leads version 3 (HASH, new) \
         6 TIME anna published leads version 1 (HASH) back \
         7 TIME anna published leads version 3 (HASH) \
         8 TIME anna published leads version 1 (HASH) back again"
    );
    let a = ok(dir, &["rules", "show", "a.toml"]);
    assert_eq!(ok(dir, &["rules", "show", "--state", "s"]), a);
    assert_eq!(
        ok(dir, &["rules", "show", "--state", "s", "--version", "2"]),
        ok(dir, &["rules", "show", "b.toml"])
    );
    let shown = ok(
        dir,
        &["rules", "unpublish", "--state", "s", "--why", "stop"],
    );
    assert_eq!(
        shown,
        "leads version 1 is no longer published, and no version of this set is; `kinfold rules publish --version 1 --state s` undoes this\n"
    );
    let (code, _, err) = run(dir, &["rules", "unpublish", "--state", "s"]);
    assert_eq!(code, 2, "{err}");
    assert!(
        ok(dir, &["rules", "list", "--state", "s"]).starts_with("leads: no version is published\n")
    );
    ok(dir, &["state", "verify", "s"]);
}

/// The words of a text, redacted, without regard to how they are set.
fn words(text: &str) -> String {
    redacted(text)
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
}

#[test]
fn a_file_with_faults_is_refused_with_its_place_and_nothing_is_made() {
    let dir = folder();
    fs::write(
        dir.path().join("bad.toml"),
        "[[rule]]\nname = \"r\"\nwen = []\n",
    )
    .expect("written");
    for command in ["publish", "draft"] {
        let (code, out, err) = run(dir.path(), &["rules", command, "bad.toml", "--state", "s"]);
        assert_eq!((code, out.as_str()), (2, ""));
        assert!(
            err.contains("bad.toml, line 3, column 1: unknown key \"wen\""),
            "{err}"
        );
    }
    let arguments = ["rules", "publish", "a.toml", "--state", "s", "--dry-run"];
    assert!(ok(dir.path(), &arguments).ends_with("nothing was written\n"));
    assert_eq!(
        run(
            dir.path(),
            &["rules", "publish", "--version", "1", "--state", "s"]
        )
        .0,
        2
    );
    assert_eq!(
        run(dir.path(), &["rules", "unpublish", "--state", "s"]).0,
        2
    );
    for (name, value) in [
        ("--why", "a\u{1b}[31mb"),
        ("--by", " "),
        ("--why", "two\nlines"),
    ] {
        let (code, _, err) = run(
            dir.path(),
            &["rules", "publish", "a.toml", "--state", "s", name, value],
        );
        assert_eq!(code, 2, "{err}");
        assert!(err.contains("failed to keep the "), "{err}");
    }
    assert!(!dir.path().join("s").exists());
}

#[test]
fn rules_that_cannot_do_what_they_say_are_stored_and_not_published() {
    let dir = folder();
    let dir = dir.path();
    let idle = rules("0.7").replace("when =", "unless = [{ same = \"email_domain\" }]\nwhen =");
    fs::write(dir.join("idle.toml"), &idle).expect("written");
    ok(dir, &["rules", "publish", "a.toml", "--state", "s"]);
    let (code, _, err) = run(dir, &["rules", "draft", "idle.toml", "--state", "s"]);
    assert_eq!(code, 0, "{err}");
    assert!(
        err.starts_with("note: KF003 never-true: rule \"Same company\" "),
        "{err}"
    );
    for arguments in [
        &["rules", "publish", "idle.toml", "--state", "s"][..],
        &["rules", "publish", "--version", "2", "--state", "s"],
        &["rules", "publish", "idle.toml", "--state", "s", "--dry-run"],
    ] {
        let (code, out, err) = run(dir, arguments);
        assert_eq!((code, out.as_str()), (2, ""), "{arguments:?}: {err}");
        assert!(
            err.starts_with(
                "error: failed to publish \"leads\": KF003 never-true: rule \"Same company\" "
            ),
            "{err}"
        );
        assert!(
            err.contains("help: mend the rule, or say that it is meant with allow"),
            "{err}"
        );
    }
    assert!(
        ok(dir, &["rules", "list", "--state", "s"]).starts_with("leads: version 1 is published\n")
    );
    fs::write(
        dir.join("meant.toml"),
        idle.replace("when =", "allow = [\"KF003\"]\nwhen ="),
    )
    .expect("written");
    ok(dir, &["rules", "publish", "meant.toml", "--state", "s"]);
}

#[test]
fn what_is_not_there_is_told_with_its_remedy() {
    let dir = folder();
    let dir = dir.path();
    fs::create_dir(dir.join("empty")).expect("made");
    ok(dir, &["rules", "publish", "a.toml", "--state", "s"]);
    ok(dir, &["rules", "draft", "b.toml", "--state", "drafts"]);
    fs::write(
        dir.join("other.toml"),
        rules("0.7").replace("leads", "my contacts"),
    )
    .expect("written");
    ok(dir, &["rules", "publish", "a.toml", "--state", "two"]);
    let (_, _, err) = run(dir, &["rules", "publish", "other.toml", "--state", "two"]);
    assert!(err.contains("note: my contacts is a rule set of its own, beside leads; runs now have to say --set NAME"), "{err}");
    for (arguments, message) in [
        (
            &["rules", "show", "--state", "nowhere"][..],
            "error: failed to find a state in nowhere: there is no such folder\n\
             help: check the path; `kinfold rules publish FILE --state nowhere` begins one, and so does `kinfold decide`\n",
        ),
        (
            &["rules", "list", "--state", "empty"],
            "error: failed to find a state in empty: the folder holds no log.jsonl\n\
             help: check the path; `kinfold rules publish FILE --state empty` begins one, and so does `kinfold decide`\n",
        ),
        (
            &["rules", "list", "--state", "a.toml"],
            "error: failed to use a.toml: it is not a folder\n\
             help: name a folder; kinfold keeps its log in it as log.jsonl\n",
        ),
        (
            &["run", "x.csv", "--state", "drafts"],
            "error: failed to find rules in drafts: nothing is published there\n\
             help: publish a stored version with `kinfold rules publish --set leads --version 1 --state drafts`; `kinfold rules list --state drafts` shows all\n",
        ),
        (
            &["run", "x.csv", "--state", "two"],
            "error: failed to choose rules in two: 2 rule sets are published: \"leads\", \"my contacts\"\n\
             help: name one: --set leads or --set 'my contacts'\n",
        ),
        (
            &["run", "x.csv", "--state", "two", "--set", "lead"],
            "error: failed to find rule set \"lead\" in two: there is \"leads\", \"my contacts\"\n\
             help: `kinfold rules list --state two` shows what there is\n",
        ),
        (
            &["run", "x.csv", "--state", "drafts", "--set", "leads"],
            "error: failed to use rule set \"leads\" in drafts: no version of it is published\n\
             help: publish a version with `kinfold rules publish --set leads --version 1 --state drafts`\n",
        ),
        (
            &["rules", "show", "--state", "s", "--version", "7"],
            "error: failed to find version 7 of \"leads\" in s: there is 1\n\
             help: `kinfold rules list --state s` shows what there is\n",
        ),
        (
            &["run", "x.csv", "--state", "s", "--rules", "a.toml"],
            "error: failed to choose rules: --rules names a file and --state the published rules\n\
             help: leave one of them out; `kinfold rules diff FILE --state s` shows how they differ\n",
        ),
        (
            &["rules", "diff", "--state", "s"],
            "error: failed to compare: one side is missing\n\
             help: name a version with --from or --to, or a file\n",
        ),
        (
            &["rules", "diff", "a.toml"],
            "error: failed to compare: one side is missing\n\
             help: name two files, or one file and --state DIR\n",
        ),
    ] {
        let (code, out, err) = run(dir, arguments);
        assert_eq!(
            (code, out.as_str(), err.as_str()),
            (2, "", message),
            "{arguments:?}"
        );
    }
}

#[test]
fn differences_are_told_and_end_with_1() {
    let dir = folder();
    let dir = dir.path();
    let (code, out, _) = run(dir, &["rules", "diff", "a.toml", "b.toml"]);
    assert_eq!(
        (code, out.as_str()),
        (
            1,
            "from a.toml to b.toml\n  rule \"Same company\"\n    when { similar = \"company\", threshold = 0.8 }\n      threshold: 0.7 -> 0.8\n"
        )
    );
    ok(dir, &["rules", "publish", "a.toml", "--state", "s"]);
    ok(dir, &["rules", "draft", "c.toml", "--state", "s"]);
    assert_eq!(
        ok(dir, &["rules", "diff", "a.toml", "--state", "s"]),
        "leads version 1 and a.toml say the same\n"
    );
    for arguments in [
        &["rules", "diff", "c.toml", "--state", "s", "--json"][..],
        &["rules", "diff", "--state", "s", "--to", "2", "--json"],
        &[
            "rules", "diff", "--state", "s", "--from", "1", "--to", "2", "--json",
        ],
    ] {
        let (code, out, _) = run(dir, arguments);
        let found = json(&out);
        assert_eq!((code, &found["different"]), (1, &Value::Bool(true)));
        assert_eq!(found["from"], "leads version 1");
        let option = &found["changes"]["changed"][0]["when"]["changed"][0]["options"][0];
        assert_eq!(
            (&option["key"], &option["to"]),
            (&"threshold".into(), &"0.9".into())
        );
    }
    assert_eq!(
        run(
            dir,
            &["rules", "diff", "--state", "s", "--from", "2", "--json"]
        )
        .0,
        1
    );
}

#[test]
fn a_run_says_which_version_made_it() {
    let dir = folder();
    let dir = dir.path();
    fs::write(
        dir.join("leads.csv"),
        "leadid,fullname,companyname,emailaddress1,statecode\n1,Ann Lee,Acme Ltd,ann@acme.com,0\n2,A Lee,Acme,lee@acme.com,0\n",
    )
    .expect("written");
    ok(dir, &["rules", "publish", "a.toml", "--state", "s"]);
    ok(dir, &["rules", "publish", "b.toml", "--state", "s"]);
    let before = fs::read(dir.join("s/log.jsonl")).expect("readable");
    let summary = json(&ok(
        dir,
        &["run", "leads.csv", "--state", "s", "--json", "--quiet"],
    ));
    assert_eq!(summary["rule_set"]["version"], 2);
    let run_dir = dir.join(summary["folder"].as_str().expect("a folder"));
    let version = StateFolder::open(&dir.join("s"))
        .expect("holds")
        .published("leads")
        .cloned()
        .expect("published");
    for file in ["manifest.json", "summary.json"] {
        let written = json(&fs::read_to_string(run_dir.join(file)).expect("readable"));
        assert_eq!(
            written["rule_set"],
            serde_json::json!({ "name": "leads", "sha256": version.sha256, "version": 2 }),
            "{file}"
        );
    }
    let page = fs::read_to_string(run_dir.join("report.html")).expect("readable");
    assert!(
        page.contains("<strong>leads</strong>, version 2."),
        "the page names the version"
    );
    let text = ok(dir, &["run", "leads.csv", "--state", "s", "--set", "leads"]);
    assert!(text.contains("\nrules: leads, version 2\n"), "{text}");
    // The same rules from the file: the same pairs, and no version.
    let summary = json(&ok(
        dir,
        &["run", "leads.csv", "--rules", "b.toml", "--json", "--quiet"],
    ));
    assert_eq!(summary["rule_set"]["version"], Value::Null);
    assert!(
        ok(dir, &["explain", "leads.csv", "1", "2", "--state", "s"]).contains("Same company: ")
    );
    assert_eq!(
        fs::read(dir.join("s/log.jsonl")).expect("readable"),
        before,
        "a run only reads"
    );
}

#[test]
fn everything_is_exported() {
    let dir = folder();
    let dir = dir.path();
    ok(
        dir,
        &[
            "rules", "publish", "a.toml", "--state", "s", "--why", "why not",
        ],
    );
    ok(dir, &["rules", "draft", "b.toml", "--state", "s"]);
    let document = json(&ok(dir, &["state", "export", "s"]));
    assert_eq!(document["format"], "kinfold-state-export");
    assert_eq!(document["log"].as_array().map(Vec::len), Some(3));
    assert_eq!(document["log"][1]["why"], "why not");
    let versions = &document["sets"][0]["versions"];
    assert_eq!(versions[0]["rules"], ok(dir, &["rules", "show", "a.toml"]));
    assert_eq!(versions[1]["status"], "draft");
    let list = json(&ok(dir, &["rules", "list", "--state", "s", "--json"]));
    assert_eq!(list["sets"][0]["published"], 1);
    let log = json(&ok(
        dir,
        &["rules", "log", "--state", "s", "--json", "--set", "leads"],
    ));
    assert_eq!(log["chain"], document["chain"]);
    let verify = json(&ok(dir, &["state", "verify", "s", "--json"]));
    assert_eq!(
        (&verify["entries"], &verify["versions"]),
        (&3.into(), &2.into())
    );
}

#[test]
fn two_writers_one_waits_or_ends_with_5() {
    let dir = folder();
    let state = dir.path().join("s");
    let writer = StateWriter::lock(&state, WAIT).expect("free");
    let (code, out, err) = run(dir.path(), &["rules", "publish", "a.toml", "--state", "s"]);
    assert_eq!((code, out.as_str()), (5, ""));
    let holder = format!("in use by process {}", std::process::id());
    assert!(
        err.contains(&holder)
            && err.contains("help: wait for the other process with --wait SECONDS"),
        "{err}"
    );
    assert_eq!(run(dir.path(), &["state", "repair", "s"]).0, 5);
    // Readers need no lock.
    assert_eq!(
        ok(dir.path(), &["rules", "list", "--state", "s"]),
        "s: no rule set yet\n"
    );
    let waiting = kinfold(
        dir.path(),
        &[
            "rules", "publish", "a.toml", "--state", "s", "--wait", "120",
        ],
    )
    .stdout(Stdio::piped())
    .stderr(Stdio::piped())
    .spawn()
    .expect("the program starts");
    std::thread::sleep(Duration::from_millis(100));
    drop(writer);
    assert_eq!(told(waiting.wait_with_output().expect("it ends")).0, 0);
}

#[test]
fn publishers_at_the_same_time_each_get_their_number() {
    let dir = folder();
    let children: Vec<_> = (0..6)
        .map(|i| {
            let file = format!("{i}.toml");
            fs::write(dir.path().join(&file), rules(&format!("0.7{i}"))).expect("written");
            kinfold(
                dir.path(),
                &[
                    "rules", "publish", &file, "--state", "s", "--wait", "300", "--json",
                ],
            )
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts")
        })
        .collect();
    let mut numbers: Vec<u64> = children
        .into_iter()
        .map(|child| {
            let (code, out, err) = told(child.wait_with_output().expect("it ends"));
            assert_eq!(code, 0, "{err}");
            json(&out)["version"].as_u64().expect("a number")
        })
        .collect();
    numbers.sort_unstable();
    assert_eq!(numbers, [1, 2, 3, 4, 5, 6]);
    let folder = StateFolder::open(&dir.path().join("s")).expect("holds");
    let set = folder.set("leads").expect("there");
    let published = set
        .versions
        .iter()
        .filter(|v| v.status == Status::Published);
    assert_eq!(published.map(|v| v.number).collect::<Vec<_>>(), [6]);
}

#[test]
fn readers_see_the_state_before_or_after_while_others_write() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let state = dir.path().join("s");
    let publish = |i: u32| {
        let rules = parse(&rules(&format!("0.{}", 1000 + i))).expect("valid");
        let mut writer = StateWriter::lock(&state, WAIT).expect("free");
        let plan = writer.folder().plan(&rules);
        writer.publish(&plan, &author()).expect("written");
    };
    publish(0);
    std::thread::scope(|scope| {
        let writing = scope.spawn(|| (1..60).for_each(publish));
        let mut seen = 1;
        while !writing.is_finished() {
            let folder = StateFolder::open(&state).expect("never damaged");
            let number = folder.published("leads").expect("always one").number;
            assert!(number >= seen);
            seen = number;
        }
    });
}

#[test]
fn a_plan_of_another_moment_is_refused() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut writer = StateWriter::lock(dir.path(), WAIT).expect("free");
    let plan = writer.folder().plan(&builtin());
    writer.publish(&plan, &author()).expect("written");
    assert!(writer.publish(&plan, &author()).is_err());
    let again = writer.folder().plan(&builtin());
    assert!(again.is_in_force());
    writer.publish(&again, &author()).expect("nothing to do");
    assert_eq!(writer.folder().entries().len(), 2);
    let text = render(&builtin());
    assert_eq!(
        writer
            .folder()
            .published("lead-duplicates")
            .map(|v| v.text.clone()),
        Some(text)
    );
    let other = builtin_for(kinfold::model::RecordType::Account);
    let plan = writer.folder().plan(&other);
    writer.draft(&plan, &author()).expect("written");
    assert!(writer.folder().published(&other.name).is_none());
}

#[cfg(unix)]
#[test]
fn files_are_private_foreign_ones_stay_and_links_are_not_followed() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let dir = folder();
    let dir = dir.path();
    let mode = |path: &str| {
        fs::metadata(dir.join(path))
            .expect("there")
            .permissions()
            .mode()
            & 0o777
    };
    for umask in ["000", "077", "0777"] {
        let state = format!("s{umask}");
        let script = format!("umask {umask}; exec \"$0\" rules publish a.toml --state {state}");
        let done = Command::new("sh")
            .args(["-c", &script, env!("CARGO_BIN_EXE_kinfold")])
            .current_dir(dir)
            .output()
            .expect("a shell");
        assert!(
            done.status.success(),
            "{}",
            String::from_utf8_lossy(&done.stderr)
        );
        assert_eq!(mode(&state), 0o700);
        for file in ["log.jsonl", ".kinfold.lock"] {
            assert_eq!(
                mode(&format!("{state}/{file}")),
                0o600,
                "umask {umask}: {file}"
            );
        }
    }
    fs::create_dir(dir.join("mine")).expect("made");
    fs::write(dir.join("mine/notes.txt"), "keep").expect("written");
    ok(dir, &["rules", "publish", "a.toml", "--state", "mine"]);
    ok(dir, &["rules", "publish", "b.toml", "--state", "mine"]);
    let mut names: Vec<_> = fs::read_dir(dir.join("mine"))
        .expect("readable")
        .map(|e| e.expect("an entry").file_name())
        .collect();
    names.sort();
    assert_eq!(names, [".kinfold.lock", "log.jsonl", "notes.txt"]);

    fs::write(dir.join("victim"), "untouched").expect("written");
    for name in ["log.jsonl", ".kinfold.lock"] {
        let state = dir.join(format!("trap-{name}"));
        fs::create_dir(&state).expect("made");
        symlink(dir.join("victim"), state.join(name)).expect("made");
        let state = state.to_str().expect("UTF-8");
        let (code, _, err) = run(dir, &["rules", "publish", "a.toml", "--state", state]);
        assert!(code == 2 || code == 4, "{code}: {err}");
        assert_eq!(
            fs::read_to_string(dir.join("victim")).expect("kept"),
            "untouched"
        );
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_leaves_what_was_published() {
    let dir = folder();
    let dir = dir.path();
    ok(dir, &["rules", "publish", "a.toml", "--state", "s"]);
    let before = fs::read(dir.join("s/log.jsonl")).expect("readable");
    // A limit of one block on the size of files stands for a full disk: the entry does not fit.
    let mut long = rules("0.8");
    for i in 0..20 {
        long.push_str(&format!(
            "[[rule]]\nname = \"Rule {i}\"\nwhen = [{{ exact = \"column number {i}\" }}]\n"
        ));
    }
    fs::write(dir.join("long.toml"), long).expect("written");
    let done = Command::new("bash")
        .args([
            "-c",
            "ulimit -f 1; exec \"$0\" rules publish long.toml --state s",
            env!("CARGO_BIN_EXE_kinfold"),
        ])
        .current_dir(dir)
        .output()
        .expect("a shell");
    let (code, _, err) = told(done);
    assert_eq!(code, 4, "{err}");
    assert!(err.contains("what was published before still is"), "{err}");
    assert_eq!(fs::read(dir.join("s/log.jsonl")).expect("readable"), before);
    ok(dir, &["rules", "publish", "long.toml", "--state", "s"]);
}

#[cfg(unix)]
#[test]
fn a_publisher_killed_at_any_moment_leaves_the_old_or_the_new() {
    let dir = folder();
    let dir = dir.path();
    ok(dir, &["rules", "publish", "a.toml", "--state", "s"]);
    let begun = std::time::Instant::now();
    ok(dir, &["rules", "publish", "b.toml", "--state", "s"]);
    let takes = begun.elapsed();
    let mut version = 2;
    for i in 0..24_u32 {
        fs::write(dir.join("next.toml"), rules(&format!("0.{}", 100 + i))).expect("written");
        let mut child = kinfold(dir, &["rules", "publish", "next.toml", "--state", "s"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        std::thread::sleep(takes * i / 20);
        let _ = child.kill();
        child.wait().expect("it ends");
        let folder = StateFolder::open(&dir.join("s")).expect("never damaged");
        let now = folder.published("leads").expect("always one").number;
        assert!(
            now == version || now == version + 1,
            "{version} became {now}"
        );
        version = now;
    }
    // The lock died with its holders.
    ok(dir, &["rules", "publish", "--version", "1", "--state", "s"]);
}
