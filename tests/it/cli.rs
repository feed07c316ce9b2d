//! Commands as a user runs them: output, files, exit codes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

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
    &["evaluate"],
    &["synth"],
    &["verify"],
    &["rules"],
    &["rules", "show"],
    &["rules", "check"],
    &["rules", "new"],
    &["completions"],
    &["man"],
];

#[test]
fn the_help_pages_are_those_of_the_program() {
    let dir = folder();
    let pages = root().join("docs/cli");
    let write = std::env::var_os("KINFOLD_WRITE_DOCS").is_some();
    let mut stale = Vec::new();
    let mut expected = Vec::new();
    for words in COMMANDS {
        let mut arguments = words.to_vec();
        arguments.push("--help");
        let (code, help, _) = run(dir.path(), &arguments);
        assert_eq!(code, 0, "{words:?}");
        let name = ["kinfold"]
            .iter()
            .chain(*words)
            .copied()
            .collect::<Vec<_>>();
        let help: Vec<&str> = help.lines().map(str::trim_end).collect();
        let page = format!(
            "# {}\n\nMade from `{} --help` by a test; to renew it, run `KINFOLD_WRITE_DOCS=1 cargo test --test it help_pages`.\n\n```text\n{}\n```\n",
            name.join(" "),
            name.join(" "),
            help.join("\n")
        );
        let path = pages.join(format!("{}.md", name.join("-")));
        if write {
            fs::create_dir_all(&pages).expect("docs/cli");
            fs::write(&path, &page).expect("the page is written");
        } else if fs::read_to_string(&path).unwrap_or_default() != page {
            stale.push(path.display().to_string());
        }
        expected.push(path);
    }
    assert!(
        stale.is_empty(),
        "stale, see the pages' second line: {stale:#?}"
    );
    for entry in fs::read_dir(&pages).expect("docs/cli") {
        let path = entry.expect("an entry").path();
        assert!(
            expected.contains(&path),
            "{} is of no command",
            path.display()
        );
    }
}

#[test]
fn every_command_has_a_help_page() {
    let dir = folder();
    let (_, help, _) = run(dir.path(), &["--help"]);
    let commands = help
        .split("Commands:\n")
        .nth(1)
        .expect("a list of commands");
    let listed: Vec<&str> = commands
        .lines()
        .take_while(|l| !l.is_empty())
        .filter(|l| l.starts_with("  ") && !l.starts_with("   "))
        .filter_map(|l| l.split_whitespace().next())
        .collect();
    let paged: Vec<&str> = COMMANDS
        .iter()
        .filter(|w| w.len() == 1)
        .map(|w| w[0])
        .collect();
    assert!(listed.len() > 3);
    assert_eq!(listed, paged, "COMMANDS in the order of --help");
}

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
fn completions_and_man_pages_name_every_command() {
    let dir = folder();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (code, script, _) = run(dir.path(), &["completions", shell]);
        assert_eq!(code, 0);
        for words in COMMANDS {
            assert!(
                words.iter().all(|w| script.contains(w)),
                "{shell} {words:?}"
            );
        }
    }
    let (code, page, _) = run(dir.path(), &["man"]);
    assert_eq!(code, 0);
    assert!(page.contains(".TH kinfold 1") && page.contains("Exit codes"));
    assert_eq!(run(dir.path(), &["man", "."]).0, 0);
    for words in COMMANDS {
        let name = ["kinfold"]
            .iter()
            .chain(*words)
            .copied()
            .collect::<Vec<_>>();
        assert!(
            dir.path().join(format!("{}.1", name.join("-"))).is_file(),
            "{words:?}"
        );
    }
    assert_eq!(run(dir.path(), &["man", "missing"]).0, 4);
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
    assert_eq!(found["findings"][0]["code"], "broad-rule");
    assert!(
        text.starts_with("broad-rule: rule \"r\" asks for nothing but a name"),
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
