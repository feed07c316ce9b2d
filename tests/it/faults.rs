//! A run while the system fails under it, call by call: every file call of a run is made to fail, and every one is made
//! its last, by `strace`, on the program as it is. What must hold each time is in [`after`].
//!
//! Needs `strace` and the right to trace a child. Where they are missing the tests say so and pass, unless
//! `KINFOLD_REQUIRE_STRACE` is set, as in the checks before a change lands. `KINFOLD_BIN` names another build of the
//! program, such as the optimised one, which sweeps ten times as fast.

#![cfg(target_os = "linux")]

mod run_folder;

use run_folder::contents;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The calls by which a run changes what is on disk, or opens it.
const CALLS: &str =
    "openat,mkdir,chmod,fchmod,ftruncate,flock,write,fsync,rename,symlink,unlink,rmdir,pwrite64";

/// Which calls to make fail, and how.
const FAULTS: [(&str, &str); 8] = [
    ("openat", "EMFILE"),
    ("openat", "EACCES"),
    ("mkdir", "ENOSPC"),
    ("write", "ENOSPC"),
    ("write", "EIO"),
    ("fsync", "EIO"),
    ("rename", "EXDEV"),
    ("symlink", "EPERM"),
];

pub(super) fn program() -> PathBuf {
    std::env::var_os("KINFOLD_BIN")
        .map_or_else(|| env!("CARGO_BIN_EXE_kinfold").into(), PathBuf::from)
}

/// A run of `leads.csv` in `dir`, under strace with these arguments when there are any.
fn nightly(dir: &Path, strace: &[&str]) -> Output {
    let mut command = if strace.is_empty() {
        Command::new(program())
    } else {
        let mut command = Command::new("strace");
        command.args(["-f", "-qq", "-o", "trace"]).args(strace);
        command.arg(program());
        command
    };
    command
        .args([
            "run",
            "leads.csv",
            "--out",
            "o",
            "--threads",
            "1",
            "--quiet",
        ])
        .current_dir(dir)
        .env("POLARS_MAX_THREADS", "1")
        .stdin(Stdio::null())
        .output()
        .expect("the program starts")
}

/// Whether children can be traced here.
pub(super) fn can_trace() -> bool {
    let works = Command::new("strace")
        .args([
            "-qq",
            "-o",
            "/dev/null",
            "-e",
            "inject=fsync:error=EIO",
            "true",
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|s| s.success());
    assert!(
        works || std::env::var_os("KINFOLD_REQUIRE_STRACE").is_none(),
        "strace cannot trace here"
    );
    works
}

fn read(path: &Path) -> Vec<u8> {
    fs::read(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// A folder with leads, yesterday's report on fewer of them, and a stranger's file in the output folder.
struct Night {
    dir: tempfile::TempDir,
    clean: BTreeMap<String, Vec<u8>>,
}

impl Night {
    fn new() -> Night {
        let dir = tempfile::tempdir().expect("a temporary folder");
        let all =
            fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/leads.csv"))
                .expect("readable");
        let first = |n: usize| {
            all.lines()
                .take(n + 1)
                .map(|l| format!("{l}\n"))
                .collect::<String>()
        };
        let path = dir.path();
        fs::write(path.join("leads.csv"), first(30)).expect("written");
        assert!(nightly(path, &[]).status.success());
        fs::write(path.join("o/notes.txt"), "not yours").expect("written");
        fs::rename(path.join("o"), path.join("yesterday")).expect("renamed");
        fs::write(path.join("leads.csv"), first(60)).expect("written");
        let made = nightly(path, &[]);
        assert!(made.status.success());
        let clean = contents(&path.join("o/latest"));
        let night = Night { dir, clean };
        night.reset();
        night
    }

    /// As before the run.
    fn reset(&self) {
        let path = self.dir.path();
        fs::remove_dir_all(path.join("o")).expect("removed");
        let copied = Command::new("cp")
            .args(["-a", "yesterday", "o"])
            .current_dir(path)
            .status()
            .expect("cp is there");
        assert!(copied.success());
    }

    /// How often the main thread makes each call before and after it first names a file of ours: the range to sweep.
    fn ranges(&self) -> BTreeMap<String, (usize, usize)> {
        let traced = nightly(self.dir.path(), &["-e", &format!("trace={CALLS}")]);
        assert!(traced.status.success());
        let trace = fs::read_to_string(self.dir.path().join("trace")).expect("written");
        self.reset();
        let main = trace.split_whitespace().next().expect("a call").to_owned();
        let mut ours = false;
        let mut ranges: BTreeMap<String, (usize, usize)> = BTreeMap::new();
        for line in trace.lines() {
            let Some((thread, call)) = line.split_once(' ') else {
                continue;
            };
            let Some((name, arguments)) = call.trim_start().split_once('(') else {
                continue;
            };
            if thread != main {
                continue;
            }
            ours |= arguments.contains("\"o");
            let range = ranges.entry(name.to_owned()).or_default();
            if ours {
                range.1 += 1;
            } else {
                range.0 += 1;
            }
        }
        ranges
    }
}

/// What must hold after a run that was disturbed at `what`; then a second run, undisturbed, must come to the same bytes
/// as one that never was.
fn after(night: &Night, disturbed: &Output, what: &str) {
    let out = night.dir.path().join("o");
    let code = disturbed.status.code();
    let err = String::from_utf8_lossy(&disturbed.stderr);
    if let Some(code) = code.filter(|c| *c < 128) {
        assert!(
            [0, 4].contains(&code),
            "{what}: exit code {code}, expected 4: {err}"
        );
        // When every write fails, the message cannot be written either.
        if code == 4 && !what.ends_with('+') {
            assert!(err.starts_with("error: failed to "), "{what}: {err}");
            assert!(err.contains("\nhelp: "), "{what}: {err}");
        }
    }
    assert!(!err.contains("panicked"), "{what}: {err}");
    let verified = Command::new(program())
        .args(["verify", "o"])
        .current_dir(night.dir.path())
        .output()
        .expect("the program starts");
    assert!(
        verified.status.success(),
        "{what}: the newest report is not whole: {}",
        String::from_utf8_lossy(&verified.stderr)
    );
    assert_eq!(read(&out.join("notes.txt")), b"not yours", "{what}");

    let again = nightly(night.dir.path(), &[]);
    assert!(
        again.status.success(),
        "{what}: the next run fails: {}",
        String::from_utf8_lossy(&again.stderr)
    );
    let latest: serde_json::Value =
        serde_json::from_slice(&read(&out.join("latest.json"))).expect("JSON");
    let newest = out.join(latest["path"].as_str().expect("a path"));
    let made = contents(&newest);
    assert!(
        made.keys().eq(night.clean.keys()),
        "{what}: {:?}",
        made.keys()
    );
    for (name, bytes) in made {
        assert!(bytes == night.clean[&name], "{what}: {name} differs");
    }
    for folder in [out.clone(), out.join("runs")] {
        for entry in fs::read_dir(folder).expect("readable") {
            let name = entry.expect("an entry").file_name();
            assert!(
                !name.to_string_lossy().contains(".tmp-"),
                "{what}: {name:?} is left"
            );
        }
    }
    night.reset();
}

#[test]
#[ignore = "some minutes without the optimised program: `KINFOLD_BIN=target/release/kinfold cargo test --test it faults -- --ignored`"]
fn every_file_call_may_fail() {
    if !can_trace() {
        return;
    }
    let night = Night::new();
    let ranges = night.ranges();
    let mut n_failed = 0;
    for (call, error) in FAULTS {
        let (before, n) = ranges.get(call).copied().unwrap_or_default();
        assert!(n > 0, "a run makes no {call}");
        for at in before + 1..=before + n {
            let rule = format!("inject={call}:error={error}:when={at}");
            let disturbed = nightly(
                night.dir.path(),
                &["-e", &format!("trace={call}"), "-e", &rule],
            );
            n_failed += usize::from(!disturbed.status.success());
            after(&night, &disturbed, &rule);
        }
        // From the middle on all fail, as on a full disk.
        let rule = format!("inject={call}:error={error}:when={}+", before + n / 2 + 1);
        let disturbed = nightly(
            night.dir.path(),
            &["-e", &format!("trace={call}"), "-e", &rule],
        );
        after(&night, &disturbed, &rule);
    }
    assert!(n_failed > 50, "only {n_failed} faults were noticed");
}

#[test]
#[ignore = "some minutes without the optimised program: `KINFOLD_BIN=target/release/kinfold cargo test --test it faults -- --ignored`"]
fn every_file_call_may_be_the_last() {
    if !can_trace() {
        return;
    }
    let night = Night::new();
    for (call, (before, n)) in night.ranges() {
        for at in before + 1..=before + n {
            let rule = format!("inject={call}:signal=KILL:when={at}");
            let killed = nightly(
                night.dir.path(),
                &["-e", &format!("trace={call}"), "-e", &rule],
            );
            assert!(!killed.status.success(), "{rule}: not killed");
            after(&night, &killed, &rule);
        }
    }
}

#[test]
#[ignore = "slow: see the file's head"]
fn killed_at_any_time_a_run_can_be_run_again() {
    let night = Night::new();
    let begun = std::time::Instant::now();
    assert!(nightly(night.dir.path(), &[]).status.success());
    let takes = begun.elapsed();
    night.reset();
    for i in 0..50_u32 {
        let mut running = Command::new(program())
            .args([
                "run",
                "leads.csv",
                "--out",
                "o",
                "--threads",
                "1",
                "--quiet",
            ])
            .current_dir(night.dir.path())
            .env("POLARS_MAX_THREADS", "1")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        std::thread::sleep(takes * i / 50);
        running.kill().expect("a child can be killed");
        let status = running.wait().expect("it ends");
        let killed = Output {
            status,
            stdout: Vec::new(),
            stderr: b"error: failed to \nhelp: ".to_vec(),
        };
        after(&night, &killed, &format!("kill after {i}/50 of a run"));
    }
}

#[test]
fn of_eight_runs_at_once_one_works_and_the_others_say_so() {
    let night = Night::new();
    let path = night.dir.path();
    let running: Vec<_> = (0..8)
        .map(|_| {
            Command::new(program())
                .args(["run", "leads.csv", "--out", "o", "--quiet"])
                .current_dir(path)
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::piped())
                .spawn()
                .expect("the program starts")
        })
        .collect();
    let mut n_done = 0;
    for child in running {
        let out = child.wait_with_output().expect("it ends");
        match out.status.code() {
            Some(0) => n_done += 1,
            Some(5) => assert!(
                String::from_utf8_lossy(&out.stderr).contains("--wait SECONDS"),
                "the remedy is named"
            ),
            other => panic!("{other:?}: {}", String::from_utf8_lossy(&out.stderr)),
        }
    }
    assert!(n_done >= 1, "at least one works");
    let done = nightly(path, &[]);
    after(&night, &done, "eight runs at once");
}

#[test]
fn a_limit_on_file_sizes_is_an_error_and_no_end() {
    let night = Night::new();
    let disturbed = Command::new("sh")
        .args([
            "-c",
            "ulimit -f 8; exec \"$0\" run leads.csv --out o --quiet",
        ])
        .arg(program())
        .current_dir(night.dir.path())
        .stdin(Stdio::null())
        .output()
        .expect("sh is there");
    assert_eq!(disturbed.status.code(), Some(4));
    after(&night, &disturbed, "a limit of 4 KiB a file");
}

#[test]
fn a_run_opens_no_socket_and_leaves_its_input_alone() {
    let night = Night::new();
    let input = night.dir.path().join("leads.csv");
    let stamp = |path: &Path| {
        let found = fs::metadata(path).expect("there");
        (found.modified().expect("known"), read(path))
    };
    let before = stamp(&input);
    if can_trace() {
        let out = nightly(night.dir.path(), &["-e", "trace=%network,openat,open"]);
        assert!(out.status.success());
        let trace = fs::read_to_string(night.dir.path().join("trace")).expect("written");
        // A pair of connected sockets is a pipe within the process; anything else could reach out.
        let (opened, calls): (Vec<&str>, Vec<&str>) = trace
            .lines()
            .filter(|l| !l.contains("socketpair("))
            .partition(|l| l.contains("openat(") || l.contains("open("));
        assert!(calls.is_empty(), "{calls:?}");
        let of_input: Vec<&&str> = opened.iter().filter(|l| l.contains("leads.csv")).collect();
        assert!(
            !of_input.is_empty() && of_input.iter().all(|l| l.contains("O_RDONLY")),
            "{of_input:?}"
        );
    } else {
        assert!(nightly(night.dir.path(), &[]).status.success());
    }
    assert!(stamp(&input) == before, "the input was touched");
}

#[test]
fn no_value_of_a_person_is_in_the_messages() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let leads = "leadid,firstname,lastname,companyname,emailaddress1,telephone1,statecode\n\
        L1,Zebulon,Quixworth,Frobnitz Works,zq@frobnitz.example,+1 212 555 0187,0\n\
        L2,Zebulon,Quixworth,Frobnitz Works,zq@frobnitz.example,+1 212 555 0187,0\n";
    let (_, headless) = leads.split_once('\n').expect("a header");
    let by_code = "[[rule]]\nname = \"p\"\nwhen = [{ picklist = \"lastname\", by = \"value\" }]\n";
    fs::write(dir.path().join("p.toml"), by_code).expect("written");
    let cases: [(String, &[&str]); 10] = [
        (leads.to_owned(), &[]),
        (leads.replace(",0\n", ",Frobnitz\n"), &[]),
        (leads.replace("L2", "L1").replacen("Zebulon", "Zeb", 1), &[]),
        (leads.replace("L2,", "L2,\"Quixworth\"x,"), &[]),
        (format!("{leads}L3,Quixworth\n"), &[]),
        (format!("{leads}L3,\"Quixworth\n"), &[]),
        (leads.replace("leadid", "nr"), &[]),
        (headless.to_owned(), &[]),
        (headless.to_owned(), &["--column", "id=nr"]),
        (leads.to_owned(), &["--rules", "p.toml"]),
    ];
    for (i, (text, options)) in cases.iter().enumerate() {
        fs::write(dir.path().join("leads.csv"), text).expect("written");
        for arguments in [&["run", "leads.csv"][..], &["run", "leads.csv", "--json"]] {
            let out = Command::new(program())
                .args(arguments)
                .args(*options)
                .current_dir(dir.path())
                .stdin(Stdio::null())
                .output()
                .expect("the program starts");
            assert_eq!(out.status.success(), i == 0, "case {i}");
            let told = String::from_utf8_lossy(&out.stderr).into_owned()
                + &String::from_utf8_lossy(&out.stdout);
            for value in ["Quixworth", "Zebulon", "Frobnitz", "frobnitz", "0187"] {
                assert!(!told.contains(value), "case {i}: {told}");
            }
        }
    }
}

#[test]
fn only_the_newest_runs_are_kept_when_asked() {
    let night = Night::new();
    let path = night.dir.path();
    fs::write(path.join("o/runs/notes.txt"), "not yours").expect("written");
    let keep = |n: &str| {
        let out = Command::new(program())
            .args(["run", "leads.csv", "--out", "o", "--keep-runs", n])
            .current_dir(path)
            .stdin(Stdio::null())
            .output()
            .expect("the program starts");
        assert!(out.status.success());
        let names = fs::read_dir(path.join("o/runs")).expect("readable");
        let mut names: Vec<String> = names
            .map(|e| {
                e.expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .filter(|n| n != "notes.txt")
            .collect();
        names.sort();
        (names, String::from_utf8_lossy(&out.stderr).into_owned())
    };
    let (first, _) = keep("9");
    assert_eq!(first.len(), 2);
    let (two, told) = keep("2");
    assert_eq!(two.len(), 2);
    assert!(!two.contains(&first[0]), "the oldest goes first");
    assert!(told.contains("removed 1 earlier run"), "{told}");
    // A stranger's file keeps its folder, under a name that is no run's.
    fs::write(path.join("o/runs").join(&two[0]).join("mine.txt"), "x").expect("written");
    let (one, _) = keep("1");
    assert_eq!(one.len(), 2, "{one:?}");
    assert!(one[0].starts_with(".tmp-"), "{one:?}");
    let latest: serde_json::Value =
        serde_json::from_slice(&read(&path.join("o/latest.json"))).expect("JSON");
    assert_eq!(latest["run"], one[1]);
    assert_eq!(read(&path.join("o/runs/notes.txt")), b"not yours");
    assert_eq!(
        read(&path.join("o/runs").join(&one[0]).join("mine.txt")),
        b"x"
    );
}
