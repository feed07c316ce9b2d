//! What a run will take and whether it lost anything: plan, budgets, audit, bench.

use super::{folder, json, root, run, write};
use std::path::Path;

const LEADS: &str = "testdata/leads.csv";

/// Runs in a folder with a rule file, on the shipped leads.
fn with_rules(dir: &Path, rules: &str, arguments: &[&str]) -> (i32, String, String) {
    write(dir, "rules.toml", rules);
    let leads = root().join(LEADS).display().to_string();
    let mut all = vec![arguments[0], leads.as_str(), "--rules", "rules.toml"];
    all.extend(&arguments[1..]);
    run(dir, &all)
}

const NAMES_ALIKE: &str = r#"
[[rule]]
name = "Names alike"
base = "lead"
match = "lead"
when = [ { similar = "fullname", measure = "jaro-winkler", threshold = 0.92 } ]
[[rule]]
name = "One city, company alike"
base = "lead"
match = "lead"
when = [ { exact = "address1_city" }, { similar = "companyname", measure = "token-set", threshold = 0.6 } ]
"#;

#[test]
fn a_plan_says_what_each_rule_gets_and_what_the_run_then_did() {
    let dir = folder();
    let (code, out, err) = with_rules(dir.path(), NAMES_ALIKE, &["run", "--quiet"]);
    assert_eq!(code, 0, "{err}{out}");
    let (code, out, err) = with_rules(
        dir.path(),
        NAMES_ALIKE,
        &["plan", "--json", "--run", "kinfold-out"],
    );
    assert_eq!(code, 0, "{err}");
    let plan = json(&out);
    let rules = plan["rules"].as_array().expect("rules");
    assert_eq!(rules[0]["accesses"][0]["access"], "texts");
    assert_eq!(rules[1]["accesses"].as_array().map(Vec::len), Some(2));
    assert_eq!(rules[1]["accesses"][0]["exact"], true);
    for (rule, actual) in rules
        .iter()
        .zip(plan["actual"].as_array().expect("a run was named"))
    {
        let chosen = &rule["accesses"][0];
        for (planned, done) in [
            ("pairs_to_compare", "pairs_compared"),
            ("pairs_found", "pairs_found"),
        ] {
            let of = |value: &serde_json::Value| value.as_f64().expect("a count");
            let (planned, done) = (of(&chosen[planned]), of(&actual[done]));
            // The join of names is judged by four of five thousand records, the other rule by all.
            let tolerance = if chosen["exact"] == true { 0.0 } else { 0.2 };
            assert!(
                (planned - done).abs() <= tolerance * done,
                "{planned} for {done}"
            );
        }
        assert!(!rule["heaviest"].as_array().expect("keys").is_empty());
    }
    let (code, out, _) = with_rules(dir.path(), NAMES_ALIKE, &["plan"]);
    assert_eq!(code, 0);
    for words in [
        "1. Names alike",
        "values joined by",
        "instead of",
        "heaviest",
        "all rules:",
    ] {
        assert!(out.contains(words), "{words}: {out}");
    }
}

#[test]
fn a_budget_refuses_before_comparing_and_names_rule_key_and_remedy() {
    let dir = folder();
    for arguments in [
        &["run", "--budget", "pairs=10"][..],
        &["plan", "--budget", "pairs=10"],
        &["plan", "--budget", "memory=1M"],
    ] {
        let (code, _, err) = with_rules(dir.path(), NAMES_ALIKE, arguments);
        assert_eq!(code, 7, "{arguments:?}: {err}");
        for words in [
            "rule \"",
            "heaviest key",
            "kinfold plan",
            "nothing was compared",
        ] {
            assert!(err.contains(words), "{words}: {err}");
        }
        assert!(!dir.path().join("kinfold-out/latest.json").exists());
    }
    let generous = "pairs=1G,memory=64G,time=1h";
    let (code, _, err) = with_rules(
        dir.path(),
        NAMES_ALIKE,
        &["run", "--quiet", "--budget", generous],
    );
    assert_eq!(code, 0, "{err}");
    let (code, _, err) = with_rules(dir.path(), NAMES_ALIKE, &["run", "--budget", "rows=3"]);
    assert!(code == 2 && err.contains("pairs, memory and time"), "{err}");
}

/// A limit passed while reading, before there is any estimate: only the watch can hold it.
#[cfg(target_os = "linux")]
#[test]
fn a_run_that_comes_to_hold_more_than_its_limit_is_ended() {
    let dir = folder();
    let mut text = String::from("leadid,fullname,statecode,description\n");
    let wide = "x".repeat(2000);
    for row in 0..30_000 {
        text.push_str(&format!("{row},Ann Baker {row},0,{row} {wide}\n"));
    }
    std::fs::write(dir.path().join("wide.csv"), text).expect("written");
    let (code, out, err) = run(
        dir.path(),
        &["run", "wide.csv", "--json", "--quiet", "--memory", "80M"],
    );
    assert_eq!(code, 7, "{out}{err}");
    let told = json(&err);
    assert_eq!(told["error"]["name"], "limit");
    let message = told["error"]["message"].as_str().expect("a message");
    let held: u64 = message
        .split_whitespace()
        .find_map(|word| word.parse().ok())
        .expect("what the run held");
    assert!(
        message.contains("limit on memory") && held > 80,
        "{message}"
    );
    assert!(!dir.path().join("kinfold-out/latest.json").exists());
    let (code, _, err) = run(
        dir.path(),
        &["run", "wide.csv", "--quiet", "--memory", "8G"],
    );
    assert_eq!(code, 0, "{err}");
}

#[test]
fn an_audit_compares_a_sample_with_everything() {
    let dir = folder();
    let (code, out, err) = with_rules(
        dir.path(),
        NAMES_ALIKE,
        &["audit", "--sample", "40", "--json"],
    );
    assert_eq!(code, 0, "{err}");
    let report = json(&out);
    assert_eq!(report["sampled"], 40);
    assert_eq!(report["records_with_misses"], 0);
    assert!(report["rules"][0]["true_pairs"].as_u64() > Some(0));
    let (code, out, _) = with_rules(dir.path(), NAMES_ALIKE, &["audit", "--sample", "40"]);
    assert_eq!(code, 0);
    assert!(
        out.contains("0 rule-true pairs missed") && out.contains("at most 7.2"),
        "{out}"
    );
}

#[test]
fn a_bench_measures_and_leaves_nothing_behind() {
    let dir = folder();
    let arguments = [
        "bench",
        "--sizes",
        "400",
        "--threads",
        "1",
        "--dir",
        ".",
        "--json",
    ];
    let (code, out, err) = run(dir.path(), &arguments);
    assert_eq!(code, 0, "{err}");
    let report = json(&out);
    let measured = &report["runs"][0];
    assert_eq!(measured["records"], 400);
    assert!(measured["recall"].as_f64() > Some(0.5) && measured["precision"].as_f64() > Some(0.5));
    assert!(measured["f1"].as_f64() > Some(0.5) && measured["b_cubed_f1"].as_f64() > Some(0.5));
    let counts = |key: &str| measured[key].as_u64().expect("a count");
    assert!(counts("pairs_found") > 0 && counts("pairs_compared") > 0);
    assert!(report["machine"]["calibration_seconds"].as_f64() > Some(0.0));
    assert_eq!(std::fs::read_dir(dir.path()).expect("readable").count(), 0);
}

#[cfg(unix)]
#[test]
fn a_bench_that_is_stopped_leaves_nothing_behind() {
    let dir = folder();
    let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_kinfold"))
        .args(["bench", "--sizes", "400,400,400", "--quiet"])
        .current_dir(dir.path())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .expect("the program is there");
    let made = || std::fs::read_dir(dir.path()).expect("readable").count();
    while made() == 0 {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    let id = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(id, rustix::process::Signal::TERM).expect("it is ours");
    let status = child.wait().expect("it ends");
    assert_eq!(status.code(), Some(128 + 15));
    assert_eq!(made(), 0);
}
