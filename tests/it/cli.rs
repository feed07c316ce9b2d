//! Commands as a user runs them: output, files, exit codes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

mod cross_type;
mod data;
mod exchange;
mod pages;
mod plan;
mod preview;
mod qualify;
mod written;

/// The program, in a folder of its own, without a terminal.
fn kinfold(dir: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kinfold"));
    command
        .args(arguments)
        .current_dir(dir)
        .stdin(Stdio::null())
        .env_remove("POLARS_MAX_THREADS")
        .env("COLUMNS", "100");
    command
}

/// Runs it and gives code, standard output and standard error.
fn run(dir: &Path, arguments: &[&str]) -> (i32, String, String) {
    told(
        kinfold(dir, arguments)
            .output()
            .expect("the program starts"),
    )
}

fn told(output: Output) -> (i32, String, String) {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    (
        output.status.code().expect("not ended by a signal"),
        text(output.stdout),
        text(output.stderr),
    )
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every command with its words, the program itself first.
const COMMANDS: &[&[&str]] = &[
    &[],
    &["run"],
    &["qualify"],
    &["preview"],
    &["plan"],
    &["explain"],
    &["profile"],
    &["matchcode"],
    &["similar"],
    &["evaluate"],
    &["audit"],
    &["bench"],
    &["synth"],
    &["verify"],
    &["rules"],
    &["rules", "show"],
    &["rules", "check"],
    &["rules", "test"],
    &["rules", "new"],
    &["rules", "list"],
    &["rules", "diff"],
    &["rules", "draft"],
    &["rules", "publish"],
    &["rules", "unpublish"],
    &["rules", "log"],
    &["decide"],
    &["decide", "accept"],
    &["decide", "reject"],
    &["decide", "defer"],
    &["decide", "undo"],
    &["decide", "batch"],
    &["decide", "list"],
    &["state"],
    &["state", "verify"],
    &["state", "repair"],
    &["state", "export"],
    &["state", "purge"],
    &["state", "forget"],
    &["rules", "presets"],
    &["rules", "import"],
    &["rules", "export"],
    &["completions"],
    &["man"],
];

#[test]
fn wrong_options_end_with_2_and_a_hint() {
    let dir = folder();
    for (arguments, hint) in [
        (&["verifi", "x"][..], "verify"),
        (&["verify", "x", "--jsn"], "--json"),
        (&["verify"], "<RUN>"),
        (
            &["synth", "--out", "a", "--truth", "b", "--errors", "hevy"],
            "heavy",
        ),
        (
            &["synth", "--out", "a", "--truth", "b", "--duplicates", "2"],
            "between 0 and 1",
        ),
        (&["synth", "--out", "a", "--truth", "a"], "another file"),
    ] {
        let (code, out, err) = run(dir.path(), arguments);
        assert_eq!(code, 2, "{arguments:?}");
        assert!(out.is_empty());
        assert!(
            err.contains("error: ") && err.contains(hint),
            "{arguments:?}: {err}"
        );
    }
    assert!(fs::read_dir(dir.path()).expect("readable").next().is_none());
}

#[test]
fn the_version_names_what_the_answers_depend_on() {
    let dir = folder();
    let (code, out, _) = run(dir.path(), &["--version"]);
    assert_eq!(code, 0);
    for word in [
        "kinfold ",
        "public-suffix-list psl ",
        "phone-metadata phonenumber ",
        "rule-format 1",
    ] {
        assert!(out.contains(word), "{out}");
    }
    assert_eq!(run(dir.path(), &["-V"]).1.lines().count(), 1);
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let dir = folder();
    for arguments in [
        &["--help"][..],
        &["rules", "show"],
        &["man"],
        &["completions", "bash"],
    ] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let (code, _, err) = told(
            kinfold(dir.path(), arguments)
                .stdout(writer)
                .output()
                .expect("the program starts"),
        );
        assert_eq!((code, err.as_str()), (0, ""), "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_device_ends_with_4() {
    let dir = folder();
    let full = fs::OpenOptions::new()
        .write(true)
        .open("/dev/full")
        .expect("Linux has it");
    let (code, _, err) = told(
        kinfold(dir.path(), &["rules", "show"])
            .stdout(full)
            .output()
            .expect("the program starts"),
    );
    assert_eq!(code, 4);
    assert!(
        err.starts_with("error: failed to write standard output"),
        "{err}"
    );
    assert!(err.contains("\nhelp: "), "{err}");
}

#[test]
fn a_new_rule_file_is_the_built_in_set_and_is_not_written_over() {
    let dir = folder();
    let (_, built_in, _) = run(dir.path(), &["rules", "show"]);
    for t in ["lead", "contact", "account"] {
        let file = format!("{t}.toml");
        assert_eq!(run(dir.path(), &["rules", "new", &file, "--type", t]).0, 0);
        let written = fs::read_to_string(dir.path().join(&file)).expect("written");
        assert_eq!(written == built_in, t == "lead");
        assert_eq!(run(dir.path(), &["rules", "show", &file]).1, written);
        let (code, out, _) = run(dir.path(), &["rules", "check", &file]);
        assert_eq!(
            (code, out),
            (0, format!("{file}: nothing to say against it\n"))
        );
        let (code, _, err) = run(dir.path(), &["rules", "new", &file]);
        assert_eq!(code, 4);
        assert!(
            err.contains("help: name a file that does not exist yet"),
            "{err}"
        );
        assert_eq!(
            fs::read_to_string(dir.path().join(&file)).expect("kept"),
            written
        );
    }
}

#[test]
fn check_fails_on_what_is_asked_and_keeps_quiet_about_what_is_allowed() {
    let dir = folder();
    let write = |text: &str| fs::write(dir.path().join("r.toml"), text).expect("written");
    let check = |more: &[&str]| {
        let mut words = vec!["rules", "check", "r.toml"];
        words.extend_from_slice(more);
        run(dir.path(), &words)
    };
    // A note alone does not end with 1, unless asked to.
    write(
        "[[rule]]\nname = \"r\"\nwhen = [{ same = \"name\" }, { exact = \"suffix\", ignore_blank = false }]\n",
    );
    let (code, out, _) = check(&[]);
    assert_eq!(code, 0, "{out}");
    assert!(
        out.ends_with("1 note\n`kinfold rules check --explain KF014` says more\n"),
        "{out}"
    );
    assert_eq!(check(&["--fail-on", "note"]).0, 1);
    assert_eq!(
        check(&["--fail-on", "note", "--allow", "blanks-agree"]).0,
        0
    );

    write("[[rule]]\nname = \"r\"\nwhen = [{ similar = \"name\" }]\n");
    assert_eq!(check(&[]).0, 1);
    for more in [&["--fail-on", "error"][..], &["--fail-on", "never"]] {
        assert_eq!(check(more).0, 0, "{more:?}");
    }
    let (code, out, _) = check(&["--allow", "KF008"]);
    assert_eq!(
        (code, out.as_str()),
        (0, "r.toml: nothing to say against it (1 finding allowed)\n")
    );

    let (_, out, _) = check(&["--target", "dynamics", "--json"]);
    let found = json(&out);
    assert_eq!(found["n_errors"], 1);
    assert_eq!(found["findings"][1]["code"], "KF204");
    for key in [
        "code", "name", "severity", "rule", "line", "column", "message", "fix",
    ] {
        assert!(!found["findings"][0][key].is_null(), "{key}");
    }
    write("[[rule]]\nname = \"r\"\nwhen = [{ exact = \"new_code\" }]\n");
    let (code, out, _) = check(&["--target", "dynamics", "--length", "new_code=451"]);
    assert!(code == 1 && out.contains("KF201"), "{out}");

    let (code, out, _) = run(dir.path(), &["rules", "check", "--explain", "broad-rule"]);
    assert!(code == 0 && out.starts_with("KF008 broad-rule\n"), "{out}");
    let (code, _, err) = run(dir.path(), &["rules", "check", "--explain", "KF998"]);
    assert!(
        code == 2 && err.contains("there is no such finding"),
        "{err}"
    );
    assert_eq!(run(dir.path(), &["rules", "check"]).0, 2);
}

#[test]
fn check_reads_data_as_a_run_does_and_tells_no_value() {
    let dir = folder();
    let mut csv = "id,Surname,Town\n".to_owned();
    for i in 0..60 {
        csv.push_str(&format!("{i},Secretname,Hiddenville\n"));
    }
    fs::write(dir.path().join("x.csv"), csv).expect("written");
    let rules = "[[rule]]\nname = \"r\"\nexclude_inactive = true\nwhen = [{ exact = \"lastname\" }, { exact = \"town\" }, { exact = \"nosuch\" }]\n";
    fs::write(dir.path().join("r.toml"), rules).expect("written");
    let (code, out, err) = run(
        dir.path(),
        &[
            "rules",
            "check",
            "r.toml",
            "--data",
            "x.csv",
            "--column",
            "lastname=Surname",
            "--quiet",
        ],
    );
    assert_eq!((code, err.as_str()), (1, ""));
    for part in [
        "error KF101",
        "error KF103",
        "names the column \"nosuch\"",
        "line 3, column 1",
    ] {
        assert!(out.contains(part), "{part}: {out}");
    }
    fs::write(
        dir.path().join("r.toml"),
        rules.replace(", { exact = \"nosuch\" }", ""),
    )
    .expect("written");
    let (_, out, _) = run(
        dir.path(),
        &[
            "rules",
            "check",
            "r.toml",
            "--data",
            "x.csv",
            "--column",
            "lastname=Surname",
            "--quiet",
            "--json",
        ],
    );
    let codes: Vec<String> = json(&out)["findings"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|f| f["code"].as_str().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(codes, ["KF103", "KF115", "KF105", "KF105"]);
    assert!(!out.contains("Secretname") && !out.contains("Hiddenville"));
    let (code, _, err) = run(
        dir.path(),
        &["rules", "check", "r.toml", "--data", "missing.csv"],
    );
    assert_eq!(code, 4, "{err}");
}

#[test]
fn rule_tests_pass_or_say_why_not() {
    let dir = folder();
    let shipped = root().join("testdata/rule-tests/built-in.toml");
    let shipped = shipped.to_str().expect("UTF-8");
    let (code, out, err) = run(dir.path(), &["rules", "test", shipped]);
    assert_eq!((code, err.as_str()), (0, ""), "{out}");
    assert!(out.ends_with("8 of 8 examples passed\n"), "{out}");

    let examples = "[[match]]\nname = \"two towns\"\na = { lastname = \"Lee\", address1_city = \"Leeds\" }\nb = { lastname = \"Lee\", address1_city = \"York\" }\n\n[[no_match]]\nname = \"other\"\na = { lastname = \"Lee\" }\nb = { lastname = \"Ng\" }\n";
    fs::write(dir.path().join("x.toml"), examples).expect("written");
    fs::write(
        dir.path().join("r.toml"),
        "[[rule]]\nname = \"Name and town\"\nwhen = [{ exact = \"lastname\" }, { exact = \"address1_city\" }]\n",
    )
    .expect("written");
    let words = [
        "rules", "test", "x.toml", "--rules", "r.toml", "--junit", "out.xml",
    ];
    let (code, out, _) = run(dir.path(), &words);
    assert_eq!(code, 1);
    assert_eq!(
        out,
        "FAIL  two towns (x.toml, line 1): no rule holds\n\
         \u{20}       Name and town: fails\n\
         \u{20}         yes exact = \"lastname\": lee against lee\n\
         \u{20}         no  exact = \"address1_city\": leeds against york\n\
         ok    other\n1 of 2 examples passed\n"
    );
    let xml = fs::read_to_string(dir.path().join("out.xml")).expect("written");
    assert!(
        xml.starts_with("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites"),
        "{xml}"
    );
    assert!(
        xml.contains("<failure message=\"no rule holds\" type=\"match\">"),
        "{xml}"
    );
    let mut words = words.to_vec();
    words.push("--json");
    let found = json(&run(dir.path(), &words).1);
    assert_eq!(
        (&found["n_passed"], &found["n_failed"]),
        (&1.into(), &1.into())
    );
    assert_eq!(found["tests"][0]["failure"], "no rule holds");
    assert_eq!(found["population"], "examples");

    // Among the records of a file.
    let leads = root().join("testdata/leads.csv");
    let leads = leads.to_str().expect("UTF-8");
    let (code, out, err) = run(
        dir.path(),
        &["rules", "test", shipped, "--quiet", "--data", leads],
    );
    assert_eq!(err, "");
    assert!(code == 0 || out.contains("FAIL  "), "{out}");
    assert!(
        out.contains("ok    one mailbox written in two ways"),
        "{out}"
    );

    fs::write(
        dir.path().join("x.toml"),
        "[[match]]\nname = \"x\"\na = 1\n",
    )
    .expect("written");
    let (code, _, err) = run(dir.path(), &["rules", "test", "x.toml"]);
    assert_eq!(code, 2);
    assert!(
        err.contains("x.toml, line 3, column 5: a is a record"),
        "{err}"
    );
}

#[test]
fn check_tells_faults_and_findings_and_ends_with_1() {
    let dir = folder();
    let check = |text: &str| {
        fs::write(dir.path().join("r.toml"), text).expect("written");
        let (code, out, err) = run(dir.path(), &["rules", "check", "r.toml", "--json"]);
        assert_eq!((code, err.as_str()), (1, ""));
        let text = run(dir.path(), &["rules", "check", "r.toml"]).1;
        (json(&out), text)
    };
    let (found, text) = check("[[rule]]\nname = \"r\"\nwen = []\n");
    assert_eq!(found["problems"][0]["line"], 1);
    assert_eq!(found["problems"][1]["help"], "did you mean \"when\"?");
    assert!(
        text.contains(
            "r.toml, line 3, column 1: unknown key \"wen\" in a rule; did you mean \"when\"?"
        ),
        "{text}"
    );
    let (found, text) = check("[[rule]]\nname = \"r\"\nwhen = [{ similar = \"name\" }]\n");
    assert_eq!(found["findings"][0]["code"], "KF008");
    assert!(
        text.starts_with(
            "r.toml, line 3, column 9: warning KF008 broad-rule\n  rule \"r\" asks for nothing but a name"
        ),
        "{text}"
    );

    assert_eq!(run(dir.path(), &["rules", "check", "missing.toml"]).0, 4);
    let (code, _, err) = run(dir.path(), &["rules", "check", "missing.toml", "--json"]);
    assert_eq!(code, 4);
    assert_eq!(json(&err)["error"]["name"], "io");
    fs::write(dir.path().join("binary"), [0xff, 0xfe, 0x00]).expect("written");
    assert_eq!(run(dir.path(), &["rules", "show", "binary"]).0, 2);
}

#[test]
fn synth_writes_the_same_bytes_for_the_same_seed() {
    let dir = folder();
    let make = |seed: &str, out: &str| {
        let arguments = [
            "synth",
            "--records",
            "300",
            "--seed",
            seed,
            "--out",
            out,
            "--truth",
            "t.csv",
            "--json",
        ];
        let (code, summary, err) = run(dir.path(), &arguments);
        assert_eq!((code, err.as_str()), (0, ""));
        let truth = fs::read_to_string(dir.path().join("t.csv")).expect("written");
        assert_eq!(truth.lines().count(), 301);
        (
            json(&summary),
            fs::read(dir.path().join(out)).expect("written"),
        )
    };
    let (summary, first) = make("3", "a.csv");
    assert_eq!(summary["records"], 300);
    assert_eq!(make("3", "b.csv").1, first);
    assert_ne!(make("4", "c.csv").1, first);
    let mut names: Vec<String> = fs::read_dir(dir.path())
        .expect("readable")
        .map(|e| {
            e.expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    assert_eq!(
        names,
        ["a.csv", "b.csv", "c.csv", "t.csv"],
        "no half file is left"
    );
    let arguments = ["synth", "--out", "no/such/a.csv", "--truth", "t.csv"];
    assert_eq!(run(dir.path(), &arguments).0, 4);
}

fn write(dir: &Path, name: &str, text: impl AsRef<[u8]>) {
    fs::write(dir.join(name), text).expect("written");
}

fn names_in(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(dir)
        .expect("readable")
        .map(|e| {
            e.expect("an entry")
                .file_name()
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    names.sort();
    names
}

#[test]
fn matchcode_reads_arguments_and_lines() {
    use std::io::Write;
    let dir = folder();
    let (code, out, _) = run(
        dir.path(),
        &["matchcode", "phone", "020 7946 0958", "--country", "gb"],
    );
    assert_eq!(code, 0);
    let found = json(&out);
    assert_eq!(found["matchcode"], "+442079460958");
    assert_eq!(found["input"], "020 7946 0958");
    assert!(found["parts"].is_object() && found["marks"].is_array());

    let mut child = kinfold(dir.path(), &["matchcode", "phone"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    child
        .stdin
        .take()
        .expect("piped")
        .write_all(
            "{\"value\": \"020 7946 0958\", \"country\": \"GB\"}\r\n+44 20 7946 0958\n\n"
                .as_bytes(),
        )
        .expect("read by the program");
    let (code, out, _) = told(child.wait_with_output().expect("it ends"));
    assert_eq!(code, 0);
    let lines: Vec<Value> = out.lines().map(json).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["matchcode"], lines[1]["matchcode"]);
    assert_eq!(lines[2]["matchcode"], Value::Null);

    for (kind, value, code) in [
        (
            "email",
            "Bob.Smith+crm@GoogleMail.com",
            "bobsmith@gmail.com",
        ),
        ("domain", "https://www.Contoso.co.uk/about", "contoso.co.uk"),
        ("name", "Smith, Robert", "robert smith"),
        ("company", "Face Book Inc.", "facebook"),
    ] {
        let (_, out, _) = run(dir.path(), &["matchcode", kind, value]);
        assert_eq!(json(&out)["matchcode"], code, "{out}");
    }
}

#[test]
fn similar_says_whether_the_built_in_condition_holds() {
    let dir = folder();
    for (kind, a, b, holds) in [
        ("name", "Bob Smith", "Smith, Robert", true),
        ("name", "Bob Smith", "Alice Miller", false),
        ("company", "Nordwind Logistik AB", "Nordwind Logistik", true),
        ("email", "a.b@gmail.com", "ab@googlemail.com", true),
        ("phone", "+44 20 7946 0958", "+44 20 7946 0959", false),
        ("domain", "www.contoso.com", "contoso.com/shop", true),
    ] {
        let (code, out, err) = run(dir.path(), &["similar", kind, a, b]);
        assert_eq!(code, 0, "{err}");
        let found = json(&out);
        assert_eq!(found["match"], holds, "{out}");
        assert!(
            found["level"].is_string() && found["measures"].is_object(),
            "{out}"
        );
    }
}
