//! The twin of a Dynamics job against a plain reading of the documentation, over all ordered pairs.

use kinfold::ingest::IngestOptions;
use kinfold::model::{Field, RecordIdx, Silent};
use kinfold::pipeline::{LinkOptions, PipelineError, dynamics_job, link, load};
use kinfold::rules::{BaseScope, Condition, Rule, RuleSet, builtin, parse};
use proptest::prelude::*;
use std::fs;

const FIRST: [&str; 6] = ["Ada", "ADA", " ada ", "Adam", "Bo", ""];
const LAST: [&str; 4] = ["Lindgren", "lindgren", "Lind", ""];
const MAIL: [&str; 4] = ["a@x.example", "A@x.example", "b@x.example", ""];
const DATE: [&str; 5] = [
    "2026-01-02",
    "2026-01-02T10:00:00Z",
    "2026-01-03",
    "soon",
    "",
];

type Row = (usize, usize, usize, usize, bool);

/// The values of a row and whether it is active.
fn values(row: &Row) -> ([&'static str; 4], bool) {
    ([FIRST[row.0], LAST[row.1], MAIL[row.2], DATE[row.3]], row.4)
}

fn export(rows: &[Row]) -> String {
    let mut text = "leadid,firstname,lastname,emailaddress1,createdon,statecode\n".to_owned();
    for (i, row) in rows.iter().enumerate() {
        let (v, active) = values(row);
        let state = if active { 0 } else { 2 };
        text.push_str(&format!(
            "l{i:03},{},{},{},{},{state}\n",
            v[0], v[1], v[2], v[3]
        ));
    }
    text
}

/// Position of a column among the values.
fn at(column: &str) -> usize {
    ["firstname", "lastname", "emailaddress1", "createdon"]
        .iter()
        .position(|c| *c == column)
        .expect("one of the columns")
}

/// The code of one condition for a value: `None` matches nothing.
fn code(condition: &Condition, alone: bool, values: &[&str; 4]) -> Option<String> {
    let text = |column: &str, case: bool| {
        let value = values[at(column)].trim();
        if case {
            value.to_owned()
        } else {
            value.to_lowercase()
        }
    };
    let (value, ignore_blank) = match condition {
        Condition::Exact {
            column,
            case_sensitive,
            ignore_blank,
            ..
        } => (text(column, *case_sensitive), *ignore_blank),
        Condition::First {
            column,
            n,
            case_sensitive,
            ignore_blank,
            ..
        } => (
            text(column, *case_sensitive).chars().take(*n).collect(),
            *ignore_blank,
        ),
        Condition::Last {
            column,
            n,
            case_sensitive,
            ignore_blank,
            ..
        } => {
            let all: Vec<char> = text(column, *case_sensitive).chars().collect();
            (
                all[all.len().saturating_sub(*n)..].iter().collect(),
                *ignore_blank,
            )
        }
        Condition::SameDate {
            column,
            ignore_blank,
            ..
        } => {
            let value = text(column, true);
            if value == "soon" {
                return None;
            }
            (value.chars().take(10).collect(), *ignore_blank)
        }
        other => unreachable!("{other:?} is not drawn"),
    };
    // A single condition never matches blanks, whatever its flag.
    (!value.is_empty() || !(ignore_blank || alone)).then_some(value)
}

/// Rows of a job as `base duplicate rule`, by the plain reading.
fn plain(rows: &[Row], rules: &[Rule]) -> Vec<String> {
    let mut out = Vec::new();
    for rule in rules {
        let alone = rule.when.len() == 1;
        for (i, base) in rows.iter().enumerate() {
            for (j, other) in rows.iter().enumerate() {
                let ((a, base_active), (b, other_active)) = (values(base), values(other));
                let in_scope = base_active || rule.base_scope == BaseScope::All;
                let equal = rule.when.iter().all(|c| {
                    let (x, y) = (code(c, alone, &a), code(c, alone, &b));
                    x.is_some() && x == y
                });
                if i != j && in_scope && (other_active || !rule.exclude_inactive) && equal {
                    out.push(format!("l{i:03} l{j:03} {}", rule.name));
                }
            }
        }
    }
    out
}

fn a_condition() -> impl Strategy<Value = String> {
    let column = prop::sample::select(vec!["firstname", "lastname", "emailaddress1"]);
    (column, 0_u8..4, 1_usize..5, any::<bool>()).prop_map(|(column, kind, n, ignore_blank)| {
        let blank = format!("ignore_blank = {ignore_blank}");
        match kind {
            0 => format!("{{ exact = \"{column}\", {blank} }}"),
            1 => format!("{{ first = {n}, column = \"{column}\", {blank} }}"),
            2 => format!("{{ last = {n}, column = \"{column}\", {blank} }}"),
            _ => format!("{{ same_date = \"createdon\", {blank} }}"),
        }
    })
}

fn a_rule() -> impl Strategy<Value = String> {
    let conditions = prop::collection::vec(a_condition(), 1..4);
    (conditions, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
        |(conditions, exclude, active, case)| {
            let mut when = conditions.join(", ");
            if case {
                when = when
                    .replace("ignore_blank", "case_sensitive = true, ignore_blank")
                    .replace("createdon\", case_sensitive = true,", "createdon\",");
            }
            let scope = if active { "active" } else { "all" };
            format!("exclude_inactive = {exclude}\nbase_scope = \"{scope}\"\nwhen = [{when}]\n")
        },
    )
}

fn set_of(rules: &[String]) -> RuleSet {
    let text: String = rules
        .iter()
        .enumerate()
        .map(|(i, r)| format!("[[rule]]\nname = \"r{i}\"\n{r}\n"))
        .collect();
    parse(&text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn the_twin_lists_what_the_documentation_says(
        rows in prop::collection::vec((0..6_usize, 0..4_usize, 0..4_usize, 0..5_usize, any::<bool>()), 1..25),
        rules in prop::collection::vec(a_rule(), 1..8),
    ) {
        let dir = tempfile::tempdir().expect("a folder");
        let file = dir.path().join("leads.csv");
        fs::write(&file, export(&rows)).expect("written");
        let set = set_of(&rules);
        let options = LinkOptions::new(set.clone());
        let loaded = load(&[file], &IngestOptions::default(), &options, &Silent).expect("read");
        let job = dynamics_job(&loaded, &options, &builtin(), &Silent).expect("run");
        let id = |r: RecordIdx| loaded.table.value(r, Field::Id);
        let listed: Vec<String> = job
            .rows
            .iter()
            .map(|r| format!("{} {} {}", id(r.base), id(r.duplicate), job.rules[r.rule_idx as usize].name))
            .collect();
        prop_assert_eq!(&listed, &plain(&rows, &set.rules));
        prop_assert_eq!(job.n_rows, listed.len() as u64);
        prop_assert_eq!(job.rules.iter().map(|r| r.n_rows).sum::<u64>(), job.n_rows);

        // What it missed: suggested by the built-in rules, and by no rule of the job in either direction.
        let outcome = link(&loaded, &LinkOptions::new(builtin()), &Silent).expect("linked");
        let found = |a: RecordIdx, b: RecordIdx| {
            job.rows.iter().any(|r| (r.base, r.duplicate) == (a, b) || (r.base, r.duplicate) == (b, a))
        };
        let expected: Vec<(RecordIdx, RecordIdx)> = outcome
            .pairs
            .iter()
            .filter(|p| p.verdict.suggests_merge())
            .map(|p| (p.pair.left, p.pair.right))
            .filter(|(a, b)| !found(*a, *b))
            .collect();
        let missed: Vec<(RecordIdx, RecordIdx)> = job.missed.iter().map(|m| (m.left, m.right)).collect();
        prop_assert_eq!(missed, expected);
    }
}

#[test]
fn rules_that_dynamics_does_not_have_are_refused_by_name() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("leads.csv");
    fs::write(&file, export(&[(0, 0, 0, 0, true)])).expect("written");
    for (rule, expected) in [
        (
            "when = [{ same = \"email\" }]",
            "{ same = \"email\" }: Dynamics has no such condition",
        ),
        (
            "evidence = \"auto\"\nwhen = [{ exact = \"lastname\" }]",
            "evidence: Dynamics has no evidence floor",
        ),
        (
            "when = [{ exact = \"lastname\", match = \"firstname\" }]",
            "{ exact = \"lastname\", match = \"firstname\" }: Dynamics has no such condition",
        ),
    ] {
        let options = LinkOptions::new(set_of(&[rule.to_owned()]));
        let loaded = load(
            std::slice::from_ref(&file),
            &IngestOptions::default(),
            &options,
            &Silent,
        )
        .expect("read");
        let error = dynamics_job(&loaded, &options, &builtin(), &Silent).expect_err(rule);
        assert!(matches!(error, PipelineError::NotDynamics { .. }));
        let error = error.to_string();
        assert!(
            error.starts_with(&format!(
                "rule \"r0\" is none that Dynamics could run: {expected}"
            )),
            "{error}"
        );
    }
}
