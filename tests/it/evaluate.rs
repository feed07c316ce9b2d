//! Figures of `evaluate` against hand-counted ones and against enumerating every pair.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use kinfold::evaluate::{
    EvaluateError, EvaluateOptions, Evaluation, estimates, estimates_table, evaluate, find_run,
    partition_metrics, read_reviewed, read_run, read_truth, sample, table, write_sample,
};
use proptest::prelude::*;

fn close(found: f64, wanted: f64) -> bool {
    (found - wanted).abs() < 1e-9
}

/// Precision and recall by looking at every pair, and B-cubed by looking at every two records.
fn by_enumeration(found: &[u32], truth: &[u32]) -> ((u64, u64, u64), (f64, f64)) {
    let n = found.len();
    let (mut claimed, mut wanted, mut right) = (0, 0, 0);
    let (mut precision, mut recall) = (0.0, 0.0);
    for i in 0..n {
        let (mut in_found, mut in_truth, mut both) = (0.0, 0.0, 0.0);
        for j in 0..n {
            let (f, t) = (found[i] == found[j], truth[i] == truth[j]);
            if i < j {
                claimed += u64::from(f);
                wanted += u64::from(t);
                right += u64::from(f && t);
            }
            in_found += f64::from(u8::from(f));
            in_truth += f64::from(u8::from(t));
            both += f64::from(u8::from(f && t));
        }
        precision += both / in_found;
        recall += both / in_truth;
    }
    (
        (claimed, wanted, right),
        (precision / n as f64, recall / n as f64),
    )
}

fn clusters_of(labels: &[u32]) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<u32, Vec<usize>> = BTreeMap::new();
    for (at, label) in labels.iter().enumerate() {
        groups.entry(*label).or_default().push(at);
    }
    groups.into_values().collect()
}

proptest! {
    #[test]
    fn partition_figures_equal_those_by_enumeration(
        labels in proptest::collection::vec((0u32..9, 0u32..9), 1..60)
    ) {
        let (found, truth): (Vec<u32>, Vec<u32>) = labels.into_iter().unzip();
        let m = partition_metrics(&found, &truth);
        let ((claimed, wanted, right), (precision, recall)) = by_enumeration(&found, &truth);
        prop_assert_eq!((m.pairs_found, m.pairs_truth, m.pairs_both), (claimed, wanted, right));
        prop_assert!(close(m.b_cubed.precision, precision));
        prop_assert!(close(m.b_cubed.recall, recall));
        let (mine, theirs) = (clusters_of(&found), clusters_of(&truth));
        let exact = mine.iter().filter(|c| c.len() > 1 && theirs.contains(c)).count() as u64;
        prop_assert_eq!(m.clusters_exact, exact);
        let parts = |a: &[Vec<usize>], other: &[u32]| -> u64 {
            a.iter()
                .map(|c| {
                    let mut labels: Vec<u32> = c.iter().map(|i| other[*i]).collect();
                    labels.sort_unstable();
                    labels.dedup();
                    labels.len() as u64 - 1
                })
                .sum()
        };
        prop_assert_eq!(m.n_splits, parts(&mine, &truth));
        prop_assert_eq!(m.n_merges, parts(&theirs, &found));
        prop_assert!((0.0..=1.0 + 1e-12).contains(&m.talburt_wang));
        prop_assert!(m.variation_bits >= 0.0 && m.adjusted_rand <= 1.0 + 1e-12);
    }

    #[test]
    fn swapping_the_partitions_swaps_precision_and_recall(
        labels in proptest::collection::vec((0u32..6, 0u32..6), 1..40)
    ) {
        let (a, b): (Vec<u32>, Vec<u32>) = labels.into_iter().unzip();
        let (there, back) = (partition_metrics(&a, &b), partition_metrics(&b, &a));
        prop_assert!(close(there.pairwise.precision, back.pairwise.recall));
        prop_assert!(close(there.b_cubed.precision, back.b_cubed.recall));
        prop_assert!(close(there.exact.precision, back.exact.recall));
        prop_assert!(close(there.adjusted_rand, back.adjusted_rand));
        prop_assert!(close(there.variation_bits, back.variation_bits));
        prop_assert_eq!(there.n_splits, back.n_merges);
    }
}

/// A run as published: BOM, CRLF, everything quoted, ids that begin with + guarded.
fn publish(dir: &Path) {
    let sheet = |rows: &[&[&str]]| {
        let mut text = String::from("\u{feff}");
        for row in rows {
            let cells: Vec<String> = row.iter().map(|c| format!("\"{c}\"")).collect();
            text.push_str(&cells.join(","));
            text.push_str("\r\n");
        }
        text
    };
    fs::create_dir_all(dir).expect("writable");
    let suggestions = sheet(&[
        &[
            "suggestion_id",
            "role",
            "record_type",
            "record_id",
            "verdict",
            "probability",
            "rules",
            "reason",
        ],
        // Right: a, b are one entity.
        &[
            "S1",
            "survivor",
            "lead",
            "a",
            "auto",
            "0.99",
            "Same e-mail",
            "",
        ],
        &[
            "S1",
            "merge",
            "lead",
            "b",
            "auto",
            "0.99",
            "Same e-mail",
            "",
        ],
        // Half right: c, d are one, +e is another.
        &[
            "S2",
            "survivor",
            "lead",
            "c",
            "review",
            "0.70",
            "Same phone",
            "",
        ],
        &["S2", "merge", "lead", "d", "auto", "0.99", "Same phone", ""],
        &[
            "S2",
            "merge",
            "lead",
            "'+e",
            "review",
            "0.70",
            "Same phone",
            "",
        ],
    ]);
    let pairs = sheet(&[
        &[
            "left_id",
            "right_id",
            "left_type",
            "right_type",
            "verdict",
            "probability",
            "evidence_bits",
            "rules",
            "implied",
        ],
        &[
            "a",
            "b",
            "lead",
            "lead",
            "auto",
            "0.99",
            "9.0",
            "Same e-mail; Same phone",
            "1",
        ],
        &[
            "c",
            "d",
            "lead",
            "lead",
            "auto",
            "0.99",
            "9.0",
            "Same phone",
            "1",
        ],
        &[
            "d",
            "'+e",
            "lead",
            "lead",
            "review",
            "0.70",
            "1.0",
            "Same phone",
            "3",
        ],
        &[
            "f",
            "g",
            "lead",
            "lead",
            "related",
            "0.05",
            "-4.0",
            "Same phone",
            "1",
        ],
        &[
            "f",
            "stranger",
            "lead",
            "lead",
            "weak",
            "0.01",
            "-6.0",
            "Same e-mail",
            "1",
        ],
    ]);
    let suppressed = sheet(&[
        &["left_id", "right_id", "rules", "why", "side"],
        &["a", "z", "Same e-mail", "inactive", "right"],
        &["a", "f", "Same e-mail", "inactive", "right"],
    ]);
    fs::write(dir.join("suggestions.csv"), suggestions).expect("writable");
    fs::write(dir.join("pairs.csv"), pairs).expect("writable");
    fs::write(dir.join("suppressed.csv"), suppressed).expect("writable");
}

/// a b z · c d · +e · f g · h i
const TRUTH: &str = "id,cluster\na,1\nb,1\nz,1\nc,2\nd,2\n+e,3\nf,4\ng,4\nh,5\ni,5\n";

fn check() -> Evaluation {
    let folder = tempfile::tempdir().expect("a folder");
    publish(folder.path());
    let run = read_run(folder.path()).expect("a run");
    let truth = read_truth(TRUTH.as_bytes()).expect("a truth");
    evaluate(&run, &truth, &EvaluateOptions::default())
}

#[test]
fn clusters_of_a_run_are_counted_right() {
    let e = check();
    assert_eq!((e.n_records, e.n_unknown), (10, 1));
    // True pairs: ab az bz, cd, fg, hi. Merged by all: ab, cd, ce, de.
    assert_eq!(
        (e.all.pairs_found, e.all.pairs_truth, e.all.pairs_both),
        (4, 6, 2)
    );
    assert_eq!(
        (e.auto.pairs_found, e.auto.pairs_truth, e.auto.pairs_both),
        (1, 6, 1)
    );
    assert_eq!(
        (
            e.all.clusters_found,
            e.all.clusters_truth,
            e.all.clusters_exact
        ),
        (2, 4, 0)
    );
}

#[test]
fn verdicts_rules_and_probabilities_are_counted_right() {
    let e = check();
    let verdicts: Vec<(&str, u64, u64)> = e
        .by_verdict
        .iter()
        .map(|f| (f.name.as_str(), f.n_listed, f.n_true))
        .collect();
    assert_eq!(
        verdicts,
        [
            ("auto", 2, 2),
            ("review", 1, 0),
            ("related", 1, 1),
            ("weak", 0, 0)
        ]
    );
    let rules: Vec<(&str, u64, u64, u64)> = e
        .by_rule
        .iter()
        .map(|f| (f.name.as_str(), f.n_listed, f.n_true, f.n_alone))
        .collect();
    assert_eq!(rules, [("Same e-mail", 1, 1, 0), ("Same phone", 4, 3, 3)]);
    assert!(close(e.by_rule[1].rates.precision, 0.75) && close(e.by_rule[1].rates.recall, 0.5));
    assert_eq!(e.listed.n_implied, 6);
    assert_eq!(e.calibration.n_pairs, 4);
    // Two true at 0.99, one false at 0.70, one true at 0.05.
    assert!(close(
        e.calibration.brier,
        (2.0 * 0.0001 + 0.49 + 0.9025) / 4.0
    ));
    assert!(close(
        e.calibration.expected_error,
        (2.0 * 0.01 + 0.70 + 0.95) / 4.0
    ));
    assert_eq!(
        e.true_pairs_suppressed,
        BTreeMap::from([("inactive".to_owned(), 1)])
    );
}

#[test]
fn the_mistakes_are_named() {
    let e = check();
    let ids = |list: &[kinfold::evaluate::Example]| -> Vec<String> {
        list.iter()
            .map(|x| format!("{} {} {}", x.left_id, x.right_id, x.verdict))
            .collect()
    };
    assert_eq!(ids(&e.examples.false_merges), ["d +e review"]);
    assert_eq!(ids(&e.examples.rejected), ["f g related"]);
    assert_eq!(ids(&e.examples.not_found), ["a z ", "h i "]);
    let text = table(&e);
    for part in [
        "10 records in the truth, 6 true pairs",
        "1 true pairs were left out on purpose: inactive",
        "d  +e  review 0.7000",
    ] {
        assert!(text.contains(part), "{text}");
    }
    assert!(text.lines().all(|l| l.chars().count() <= 100), "{text}");
}

#[test]
fn a_part_of_the_truth_gives_figures_of_that_part() {
    let truth = read_truth(TRUTH.as_bytes()).expect("a truth");
    let active = truth.restricted(|id| id != "z");
    assert_eq!((truth.n_records(), active.n_records()), (10, 9));
    let folder = tempfile::tempdir().expect("a folder");
    publish(folder.path());
    let run = read_run(folder.path()).expect("a run");
    let e = evaluate(&run, &active, &EvaluateOptions::default());
    assert_eq!((e.all.pairs_truth, e.all.clusters_exact), (4, 1));
}

#[test]
fn an_output_folder_means_its_newest_run() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path();
    publish(&out.join("runs/2026-01-02-abc"));
    fs::write(out.join("latest.json"), r#"{"run": "2026-01-02-abc"}"#).expect("writable");
    assert_eq!(
        find_run(out).expect("found"),
        out.join("runs/2026-01-02-abc")
    );
    assert_eq!(read_run(out).expect("read").pairs.len(), 5);
    fs::write(out.join("latest.json"), r#"{"run": "../elsewhere"}"#).expect("writable");
    assert!(matches!(find_run(out), Err(EvaluateError::Value { .. })));
    fs::remove_file(out.join("latest.json")).expect("removable");
    assert!(matches!(find_run(out), Err(EvaluateError::NoRun { .. })));
}

#[test]
fn a_record_in_two_suggestions_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    publish(folder.path());
    let text = "suggestion_id,role,record_id,verdict\nS1,survivor,a,auto\nS2,survivor,a,auto\n";
    fs::write(folder.path().join("suggestions.csv"), text).expect("writable");
    let error = read_run(folder.path())
        .expect_err("a stands twice")
        .to_string();
    assert!(
        error
            .ends_with("line 3: the record a is already in suggestion S1; a record belongs to one"),
        "{error}"
    );
}

#[test]
fn a_run_without_a_truth_is_estimated_and_sampled() {
    let dir = tempfile::tempdir().expect("a folder");
    let mut pairs = String::from("left_id,right_id,verdict,probability,rules,email_level\n");
    let mut suggestions =
        String::from("suggestion_id,role,record_id,verdict,fullname,emailaddress1\n");
    for i in 0..60 {
        let (verdict, probability) = if i < 20 {
            ("auto", "0.9999")
        } else {
            ("review", "0.95")
        };
        let rules = match i % 3 {
            0 => "Same e-mail",
            1 => "Similar name",
            _ => "Same e-mail; Similar name",
        };
        let level = if i % 3 == 1 { "missing" } else { "same" };
        pairs.push_str(&format!(
            "a{i},b{i},{verdict},{probability},{rules},{level}\n"
        ));
        for side in ["a", "b"] {
            let role = if side == "a" { "survivor" } else { "merge" };
            suggestions.push_str(&format!("S{i},{role},{side}{i},{verdict},Ann {i},'+x{i}\n"));
        }
    }
    fs::write(dir.path().join("pairs.csv"), pairs).expect("writable");
    fs::write(dir.path().join("suggestions.csv"), suggestions).expect("writable");

    let drawn = sample(dir.path(), 30, 7).expect("a run");
    assert_eq!(drawn.len(), 30);
    assert_eq!(
        drawn,
        sample(dir.path(), 30, 7).expect("a run"),
        "the same again"
    );
    assert_ne!(drawn, sample(dir.path(), 30, 8).expect("a run"));
    let strata: Vec<(&str, u64)> = vec![("auto 0.999", 20), ("review 0.9", 40)];
    for (stratum, n) in strata {
        let of: Vec<_> = drawn.iter().filter(|p| p.stratum == stratum).collect();
        assert_eq!(of.len(), 15, "{stratum}");
        assert!(
            of.iter()
                .all(|p| p.n_stratum == n && p.left.starts_with("Ann "))
        );
    }
    let all = sample(dir.path(), 1000, 7).expect("a run");
    assert_eq!(all.len(), 60, "no more than there are");

    let mut written = Vec::new();
    write_sample(&drawn, &mut written).expect("to memory");
    let text = String::from_utf8(written).expect("UTF-8");
    // All of auto right, every third of review wrong.
    let mut n_review = 0;
    let answered: Vec<String> = text
        .lines()
        .enumerate()
        .map(|(i, line)| {
            let wrong = line.starts_with("review") && {
                n_review += 1;
                n_review % 3 == 0
            };
            match i {
                0 => line.to_owned(),
                _ => format!("{line}{}", if wrong { "no" } else { "yes" }),
            }
        })
        .collect();
    let reviewed = read_reviewed("review.csv", answered.join("\n").as_bytes()).expect("answers");
    let found = estimates(dir.path(), Some(reviewed)).expect("a run");
    let precision = found
        .reviewed
        .as_ref()
        .and_then(|r| r.all)
        .expect("answered");
    assert!(close(
        precision.estimate,
        (20.0 + 40.0 * 10.0 / 15.0) / 60.0
    ));
    assert!(precision.low < precision.estimate && precision.estimate < precision.high);
    assert!((found.n_expected_true - (20.0 * 0.9999 + 40.0 * 0.95)).abs() < 1e-6);
    // Twenty found by both, forty by one each.
    assert_eq!(found.recaptures.len(), 1);
    assert!(found.recaptures[0].recall.estimate < 1.0);
    let without = &found.left_out[0];
    assert_eq!(
        (
            without.identifier.as_str(),
            without.n_pairs,
            without.n_found
        ),
        ("email", 13, 6)
    );
    let shown = estimates_table(&found);
    assert!(shown.lines().all(|l| l.chars().count() <= 100), "{shown}");
}
