//! Every access of every kind of rule equals asking each pair, on skewed tables, with one thread and several.

use super::{Row, row, table};
use kinfold::block::{self, AuditOptions, BlockOptions, Definition};
use kinfold::model::{RecordIdx, Silent};
use kinfold::normalise;
use kinfold::pipeline::Engine;
use kinfold::rules::{self, RuleSet};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Rule sets of every kind of plan: equality on texts, first and last characters, blanks that count, names alone,
/// companies alone, measures alone and inside keys, exceptions, generic values as worded or ignored.
pub(in super::super) const RULE_SETS: [&str; 4] = [
    r#"
    [[rule]]
    name = "exact"
    when = [ { exact = "lastname" }, { similar = "firstname", measure = "jaro-winkler", threshold = 0.85 } ]
    [[rule]]
    name = "first and last"
    when = [ { first = 3, column = "companyname" }, { last = 4, column = "telephone1", ignore_blank = false } ]
    [[rule]]
    name = "blank equals blank"
    when = [ { exact = "mobilephone", ignore_blank = false }, { exact = "companyname" } ]
    "#,
    r#"
    [[rule]]
    name = "names alone"
    when = [ { similar = "name" } ]
    [[rule]]
    name = "companies alone"
    when = [ { similar = "company", threshold = 0.6 } ]
    unless = [ { same = "email" } ]
    [[rule]]
    name = "measure alone"
    when = [ { similar = "companyname", measure = "levenshtein", threshold = 0.7 } ]
    "#,
    r#"
    [[rule]]
    name = "as worded"
    when = [ { same = "email" } ]
    [[rule]]
    name = "ignored"
    generic = "ignore"
    when = [ { same = "phone", weak = true } ]
    [[rule]]
    name = "two equalities"
    when = [ { same = "email_domain" }, { same = "company" } ]
    unless = [ { exact = "lastname" } ]
    "#,
    r#"
    [[rule]]
    name = "names with a floor"
    evidence = 9
    when = [ { similar = "name" }, { same = "email_domain" } ]
    [[rule]]
    name = "names, companies and a measure"
    when = [ { similar = "name" }, { similar = "company" }, { similar = "lastname", measure = "osa", threshold = 0.6 } ]
    [[rule]]
    name = "inactive left out"
    exclude_inactive = true
    base_scope = "active"
    when = [ { same = "name" } ]
    "#,
];

/// Accesses to prefer in turn; none is the cheapest.
const ACCESSES: [Option<&str>; 5] = [
    None,
    Some("keys"),
    Some("companies"),
    Some("names"),
    Some("texts"),
];

/// What the plans find is what asking each pair finds, whichever access is taken.
fn check_plans(rows: &[Row], rules: &RuleSet, accesses: &[Option<&'static str>]) {
    let table = table(rows);
    let prepared = normalise::prepare(&table, rules, Some("US"), &Silent);
    let engine = Engine::new(&prepared);
    let input = engine.block_input();
    let definition = Definition::new(input, &rules.rules);
    let n = rows.len() as u32;
    let (mut expected, mut n_suppressed) = (BTreeMap::new(), 0_u64);
    for a in 0..n {
        for b in a + 1..n {
            let (mut mask, mut left_out) = (0_u64, false);
            for k in 0..rules.rules.len() {
                match definition.answer(k, RecordIdx(a), RecordIdx(b)) {
                    block::RuleAnswer::Holds => mask |= 1 << k,
                    block::RuleAnswer::Suppressed(..) => left_out = true,
                    _ => {}
                }
            }
            if mask != 0 {
                expected.insert((a, b), mask);
            }
            n_suppressed += u64::from(left_out);
        }
    }
    for prefer in accesses {
        let options = BlockOptions {
            prefer: *prefer,
            ..BlockOptions::default()
        };
        let found = block::candidates(input, rules, &options, &Silent).expect("has a plan");
        for pair in &found.pairs {
            assert_eq!(
                expected.get(&(pair.left.0, pair.right.0)),
                Some(&pair.rules.0),
                "{prefer:?}: {:?} and {:?}",
                rows[pair.left.at()],
                rows[pair.right.at()]
            );
        }
        assert_eq!(
            found.pairs.iter().map(|p| p.implied).sum::<u64>(),
            expected.len() as u64,
            "{prefer:?}: every rule-true pair is listed or implied"
        );
        assert_eq!(
            found.suppressed.iter().map(|p| p.implied).sum::<u64>(),
            n_suppressed,
            "{prefer:?}"
        );
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 30, max_shrink_iters: 500, ..ProptestConfig::default() })]
    #[test]
    fn every_kind_of_plan_equals_asking_each_pair(
        rows in proptest::collection::vec(row(), 2..60),
        rule_set in prop::sample::select(RULE_SETS.to_vec()),
    ) {
        let rules = rules::parse(rule_set).expect("a valid rule set");
        check_plans(&rows, &rules, &ACCESSES);
    }

    #[test]
    fn random_rules_equal_asking_each_pair(
        rows in proptest::collection::vec(skewed_row(), 2..90),
        rule_set in proptest::collection::vec(rule(), 1..4),
    ) {
        let text: String = rule_set
            .iter()
            .enumerate()
            .map(|(i, r)| format!("[[rule]]\nname = \"rule {i}\"\n{r}\n"))
            .collect();
        let rules = rules::parse(&text).unwrap_or_else(|e| panic!("{e:?}: {text}"));
        check_plans(&rows, &rules, &ACCESSES);
    }
}

/// A column that rules may name, by the layout of [`table`].
const COLUMNS: [&str; 4] = ["firstname", "lastname", "companyname", "telephone1"];

fn condition() -> impl Strategy<Value = String> {
    let column = || prop::sample::select(COLUMNS.to_vec());
    let measure = prop::sample::select(vec![
        "jaro-winkler",
        "jaro",
        "levenshtein",
        "damerau-levenshtein",
        "osa",
        "token-set",
        "double-metaphone",
        "soundex",
    ]);
    let threshold = prop::sample::select(vec!["0.3", "0.6", "0.75", "0.85", "0.9", "1.0"]);
    let other = prop::option::weighted(0.3, column());
    prop_oneof![
        6 => (column(), measure, threshold, other, any::<bool>()).prop_map(|(c, m, t, other, case)| {
            let other = other.map_or(String::new(), |o| format!(", match = \"{o}\""));
            let case = if case { ", case_sensitive = true" } else { "" };
            format!("{{ similar = \"{c}\", measure = \"{m}\", threshold = {t}{other}{case} }}")
        }),
        2 => (column(), any::<bool>()).prop_map(|(c, blank)| {
            format!("{{ exact = \"{c}\", ignore_blank = {blank} }}")
        }),
        1 => (column(), 1..4_usize).prop_map(|(c, n)| format!("{{ first = {n}, column = \"{c}\" }}")),
        1 => Just("{ similar = \"name\" }".to_owned()),
        1 => Just("{ similar = \"company\" }".to_owned()),
        1 => Just("{ same = \"email_domain\" }".to_owned()),
    ]
}

fn rule() -> impl Strategy<Value = String> {
    (
        proptest::collection::vec(condition(), 1..4),
        prop::option::weighted(0.2, condition()),
        any::<bool>(),
    )
        .prop_filter_map(
            "a condition stands once in a rule",
            |(mut when, unless, inactive)| {
                when.sort_unstable();
                when.dedup();
                if unless.as_ref().is_some_and(|u| when.contains(u)) {
                    return None;
                }
                let unless = unless.map_or(String::new(), |u| format!("unless = [ {u} ]\n"));
                Some(format!(
                    "exclude_inactive = {inactive}\nwhen = [ {} ]\n{unless}",
                    when.join(", ")
                ))
            },
        )
}

/// Heavy values, blanks, near misses, letters beyond ASCII.
fn skewed_row() -> impl Strategy<Value = Row> {
    let text = |common: &'static str| {
        prop_oneof![
            3 => Just(common.to_owned()),
            1 => Just(String::new()),
            2 => "[abé]{1,4}",
            2 => "(Mül|Mue|Muel)ler( |-)?[a-c]?",
            1 => "[A-C]{1,2} [a-c]{2,9}",
            1 => "--?",
        ]
    };
    (
        text("Anna"),
        text("Smith"),
        text("Contoso Ltd"),
        prop::sample::select(vec!["", "a@contoso.com", "b@contoso.com", "c@gmail.com"]),
        text("+1 212 736 5000"),
        Just(String::new()),
        prop::bool::weighted(0.2),
    )
        .prop_map(|r| (r.0, r.1, r.2, r.3.into(), r.4, r.5, r.6))
}

/// Enough records under one key for it to be divided: by another key, by companies, by texts; and values enough for stars.
fn heavy_rows(n: usize) -> Vec<Row> {
    let lasts = [
        "Murphy", "Merphy", "Murphi", "Smith", "Smyth", "Schmidt", "", "Ölander",
    ];
    let companies = [
        "Contoso",
        "Contoso Ltd",
        "Kontoso",
        "Fabrikam Services",
        "Fabrikam",
        "",
    ];
    (0..n)
        .map(|i| {
            (
                format!("F{}", i % 97),
                format!("{}{}", lasts[i % 8], ["", "a", "son"][i / 8 % 3]),
                companies[i / 5 % 6].to_owned(),
                format!("p{i}@{}", ["contoso.com", "gmail.com"][i % 2]),
                String::new(),
                String::new(),
                i % 11 == 0,
            )
        })
        .collect()
}

#[test]
fn heavy_keys_are_divided_without_loss() {
    let rules = rules::parse(
        r#"
        [[rule]]
        name = "domain and text"
        when = [ { same = "email_domain" }, { similar = "lastname", measure = "jaro-winkler", threshold = 0.9 } ]
        [[rule]]
        name = "domain and company"
        when = [ { same = "email_domain" }, { similar = "company", threshold = 0.6 } ]
        unless = [ { exact = "firstname" } ]
        [[rule]]
        name = "domain, key and text"
        when = [ { same = "email_domain" }, { exact = "firstname" }, { similar = "lastname", measure = "osa", threshold = 0.8 } ]
        [[rule]]
        name = "text and name"
        when = [ { similar = "companyname", measure = "levenshtein", threshold = 0.8 }, { similar = "name" } ]
        "#,
    )
    .expect("a valid rule set");
    check_plans(&heavy_rows(620), &rules, &ACCESSES);
}

#[test]
fn a_measure_alone_keeps_heavy_values_as_stars() {
    let rules = rules::parse(
        r#"
        [[rule]]
        name = "company text"
        exclude_inactive = true
        base_scope = "active"
        when = [ { similar = "companyname", measure = "jaro-winkler", threshold = 0.9 } ]
        "#,
    )
    .expect("a valid rule set");
    let rows = heavy_rows(1500);
    check_plans(&rows, &rules, &[None]);
    let table = table(&rows);
    let prepared = normalise::prepare(&table, &rules, Some("US"), &Silent);
    let engine = Engine::new(&prepared);
    let found = block::candidates(
        engine.block_input(),
        &rules,
        &BlockOptions::default(),
        &Silent,
    )
    .expect("has a plan");
    assert!(found.pairs.len() < 200_000, "{}", found.pairs.len());
}

#[test]
fn threads_and_accesses_make_no_difference() {
    let rules = rules::parse(RULE_SETS[1]).expect("a valid rule set");
    let rows = heavy_rows(700);
    let table = table(&rows);
    let prepared = normalise::prepare(&table, &rules, Some("US"), &Silent);
    let engine = Engine::new(&prepared);
    let with = |threads: usize, prefer: Option<&'static str>| {
        let options = BlockOptions {
            prefer,
            ..BlockOptions::default()
        };
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads start")
            .install(|| block::candidates(engine.block_input(), &rules, &options, &Silent))
            .expect("has a plan")
    };
    let one = with(1, None);
    for threads in [2, 9] {
        let several = with(threads, None);
        assert_eq!(several.pairs, one.pairs);
        assert_eq!(several.suppressed, one.suppressed);
        assert_eq!(several.rules[2].n_compared, one.rules[2].n_compared);
    }
    assert_eq!(with(2, Some("texts")).pairs, one.pairs);
}

#[test]
fn an_audit_finds_nothing_missing_and_a_broken_plan() {
    let rules = rules::builtin();
    let rows = heavy_rows(400);
    let table = table(&rows);
    let text = rules::parse(
        r#"
        [[rule]]
        name = "domain and text"
        when = [ { same = "email_domain" }, { similar = "lastname", measure = "jaro-winkler", threshold = 0.9 } ]
        "#,
    )
    .expect("a valid rule set");
    let audit = |rules: &RuleSet, break_plans: bool, n_sample: usize| {
        let prepared = normalise::prepare(&table, rules, Some("US"), &Silent);
        let engine = Engine::new(&prepared);
        let options = BlockOptions {
            break_plans,
            ..BlockOptions::default()
        };
        let how = AuditOptions { n_sample, seed: 1 };
        block::audit(engine.block_input(), rules, &options, &how, &Silent).expect("has a plan")
    };
    for rules in [&rules, &text] {
        let whole = audit(rules, false, 400);
        assert_eq!((whole.n_missed(), whole.sampled), (0, 400));
        assert_eq!(whole.pairs_compared, 400 * 399 / 2);
        assert!((whole.records_with_misses_at_most - 0.0).abs() < 1e-12);
    }
    let part = audit(&text, false, 60);
    assert!(part.n_missed() == 0 && part.rules[0].true_pairs > 100);
    assert!(part.records_with_misses_at_most > 0.04 && part.records_with_misses_at_most < 0.06);
    let broken = audit(&text, true, 60);
    assert!(broken.n_missed() > 10 && !broken.missed.is_empty());
    assert!(broken.records_with_misses_at_most > part.records_with_misses_at_most);
}
