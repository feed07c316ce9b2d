//! People who are easily taken for one another, and people who do not look like themselves: `testdata/hard-negatives.csv`
//! and `testdata/hard-positives.csv`, alone and among ten thousand others. The levels reached are kept.

use kinfold::evaluate::{EvaluateOptions, Evaluation, evaluate, find_run, read_run, read_truth};
use kinfold::model::Silent;
use kinfold::synth::{self, SynthOptions};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

fn testdata(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata")
        .join(name)
}

/// Runs the built-in rules over the cases called `name` and `further` files, and judges the cases alone.
fn judged(name: &str, dir: &Path, further: &[PathBuf]) -> Evaluation {
    let out = dir.join(name);
    let status = Command::new(env!("CARGO_BIN_EXE_kinfold"))
        .arg("run")
        .arg(testdata(&format!("{name}.csv")))
        .args(further)
        .arg("--out")
        .arg(&out)
        .arg("--quiet")
        .status()
        .expect("the program starts");
    assert!(status.success());
    let run = read_run(&find_run(&out).expect("a run")).expect("whole");
    let truth = File::open(testdata(&format!("{name}.truth.csv"))).expect("readable");
    let truth = read_truth(truth).expect("well-formed");
    evaluate(&run, &truth, &EvaluateOptions::default())
}

fn check(found: &Evaluation, most_claimed: u64) {
    let (all, auto) = (&found.all, &found.auto);
    assert_eq!(all.pairs_truth, 59);
    assert!(
        all.pairs_both >= 57,
        "of 59 pairs of one person only {} are suggested",
        all.pairs_both
    );
    assert!(
        all.pairs_found <= most_claimed,
        "{} pairs are suggested",
        all.pairs_found
    );
    assert_eq!(
        auto.pairs_found, auto.pairs_both,
        "safe to merge unattended means that none is wrong"
    );
    assert!(auto.pairs_both >= 38, "{} pairs are auto", auto.pairs_both);
}

/// Names in two alphabets, orders and spellings, changed names and companies: 57 pairs of one person, no one else.
fn check_positives(found: &Evaluation) {
    let (all, auto) = (&found.all, &found.auto);
    assert_eq!(all.pairs_truth, 57);
    assert!(
        all.pairs_both >= 53,
        "of 57 pairs of one person only {} are suggested",
        all.pairs_both
    );
    assert_eq!(all.pairs_found, all.pairs_both, "29 people stay 29");
    assert!(auto.pairs_both >= 18, "{} pairs are auto", auto.pairs_both);
}

#[test]
fn hard_cases_alone() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    check(&judged("hard-negatives", dir.path(), &[]), 95);
    check_positives(&judged("hard-positives", dir.path(), &[]));
}

#[test]
fn hard_cases_among_ten_thousand_others() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let others = dir.path().join("others.csv");
    let options = SynthOptions {
        n_records: 10_000,
        seed: 31,
        inactive_share: 0.0,
        ..SynthOptions::default()
    };
    let mut records = Vec::new();
    synth::write(&options, &mut records, &mut Vec::new(), &Silent).expect("writing to memory");
    fs::write(&others, records).expect("written");
    let others = [others];
    check(&judged("hard-negatives", dir.path(), &others), 95);
    check_positives(&judged("hard-positives", dir.path(), &others));
}
