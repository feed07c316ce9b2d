//! What a draft would change: probes equal asking the rules, the accounting equals counting, and the command as a user
//! runs it.

use super::joins::plans::RULE_SETS;
use super::joins::{Row, row, table};
use kinfold::block::{BlockOptions, Decided, RuleAnswer, answer};
use kinfold::impact::{
    CompareOptions, Comparison, GroupClass, Impact, Records, match_rules, needs_of_both,
};
use kinfold::model::{IngestReport, RecordIdx, Silent};
use kinfold::normalise;
use kinfold::pipeline::{Engine, LinkOptions, Loaded};
use kinfold::rules::{self, RuleSet};
use proptest::prelude::*;
use std::collections::BTreeMap;

fn loaded(rows: &[Row], needs: &RuleSet) -> Loaded {
    let table = table(rows);
    let prepared = normalise::prepare(&table, needs, Some("US"), &Silent);
    Loaded {
        table,
        ingest: IngestReport::default(),
        prepared,
    }
}

fn options(rules: &RuleSet) -> LinkOptions {
    LinkOptions {
        default_country: Some("US".to_owned()),
        ..LinkOptions::new(rules.clone())
    }
}

/// A rule set of the joins' list, or the built-in one.
fn rule_set(at: usize) -> RuleSet {
    match RULE_SETS.get(at) {
        Some(text) => rules::parse(text).expect("a valid rule set"),
        None => rules::builtin(),
    }
}

/// Probing all records, or every third, finds the partners that asking the rules about each pair finds.
fn check_probes(rows: &[Row], rules: &RuleSet) {
    let loaded = loaded(rows, rules);
    let engine = Engine::new(&loaded.prepared);
    let decided = Decided::default();
    let (judge, index) = (engine.judge(rules, &decided), engine.probe_index(&decided));
    let probe = index.rules(rules);
    let all: Vec<RecordIdx> = (0..rows.len() as u32).map(RecordIdx).collect();
    let every_third: Vec<RecordIdx> = all.iter().copied().step_by(3).collect();
    for sample in [all.clone(), every_third] {
        let names = index.similar_names(&sample);
        let found = probe
            .partners(&sample, &names, &BlockOptions::default(), &Silent)
            .expect("has a plan");
        for (record, partners) in sample.iter().zip(&found) {
            // Masks and numbers, since of equal records only one is named.
            let mut by_mask: BTreeMap<u64, u64> = BTreeMap::new();
            for other in all.iter().filter(|o| *o != record) {
                let mask = judge.reported(*record, *other);
                let plainly = (rules.rules.iter().enumerate())
                    .filter(|(_, rule)| {
                        answer(engine.block_input(), rule, *record, *other) == RuleAnswer::Holds
                    })
                    .map(|(at, _)| 1_u64 << at)
                    .sum::<u64>();
                assert_eq!(mask.0, plainly);
                if mask.0 != 0 {
                    *by_mask.entry(mask.0).or_default() += 1;
                }
            }
            let mut told: BTreeMap<u64, u64> = BTreeMap::new();
            for partner in partners {
                assert_eq!(judge.reported(*record, partner.record), partner.rules);
                *told.entry(partner.rules.0).or_default() += partner.n_records;
            }
            assert_eq!(told, by_mask, "{:?}", rows[record.at()]);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 500, ..ProptestConfig::default() })]
    #[test]
    fn probes_equal_asking_each_pair(
        rows in proptest::collection::vec(row(), 2..50),
        rules in 0..=RULE_SETS.len(),
    ) {
        check_probes(&rows, &rule_set(rules));
    }
}

/// The exact impact, checked against counting pair by pair; first figures of all records equal it.
fn check_impact(rows: &[Row], before: &RuleSet, after: &RuleSet) -> Impact {
    let loaded = loaded(rows, &needs_of_both(before, after));
    let (b, a) = (options(before), options(after));
    let records = Records::read(&loaded, &b, &a, &Silent).expect("read");
    let comparison = Comparison::new(&records, &b, &a, &Silent).expect("lists are read");
    let impact = comparison
        .exact(&CompareOptions::default(), &Silent)
        .expect("linked");

    let engine = Engine::new(&loaded.prepared);
    let decided = Decided::default();
    let (old, new) = (
        engine.judge(before, &decided),
        engine.judge(after, &decided),
    );
    let matches = match_rules(before, after);
    // Before, after, gained, lost: of the sets, then of each rule.
    let mut counts = vec![[0_u64; 4]; 1 + matches.len()];
    for left in 0..rows.len() as u32 {
        for right in left + 1..rows.len() as u32 {
            let (x, y) = (
                old.reported(RecordIdx(left), RecordIdx(right)),
                new.reported(RecordIdx(left), RecordIdx(right)),
            );
            let mut add = |at: usize, b: bool, a: bool| {
                for (slot, holds) in [b, a, a && !b, b && !a].into_iter().enumerate() {
                    counts[at][slot] += u64::from(holds);
                }
            };
            add(0, !x.is_empty(), !y.is_empty());
            for (at, rule) in matches.iter().enumerate() {
                add(
                    at + 1,
                    rule.before.is_some_and(|i| x.has(i)),
                    rule.after.is_some_and(|i| y.has(i)),
                );
            }
        }
    }
    let told = |c: &kinfold::impact::Change| [c.before, c.after, c.gained, c.lost];
    assert_eq!(told(&impact.pairs), counts[0], "all rules");
    for (at, rule) in impact.rules.iter().enumerate() {
        assert_eq!(told(&rule.pairs), counts[at + 1], "rule {}", rule.name);
    }
    let by_verdict = impact.pairs_by_verdict.iter().fold([0; 4], |sum, v| {
        let of = told(&v.pairs);
        std::array::from_fn(|i| sum[i] + of[i])
    });
    assert_eq!(by_verdict[..2], counts[0][..2], "verdicts add up");

    let s = &impact.suggestions;
    assert_eq!(s.classes.iter().map(|c| c.before).sum::<u64>(), s.before);
    assert_eq!(s.classes.iter().map(|c| c.after).sum::<u64>(), s.after);
    assert_eq!(
        (s.auto.0 + s.review.0, s.auto.1 + s.review.1),
        (s.before, s.after)
    );
    assert_eq!(
        s.active.before + s.active.entering,
        s.active.after + s.active.leaving
    );
    assert!(s.active.affected >= s.active.entering + s.active.leaving);

    let first = comparison
        .first_figures(rows.len(), &Silent)
        .expect("probed");
    let estimated = |c: &kinfold::impact::EstimatedChange| {
        [&c.before, &c.after, &c.gained, &c.lost].map(|e| {
            assert_eq!((e.low, e.high), (e.value, e.value));
            e.value as u64
        })
    };
    assert_eq!(estimated(&first.pairs), counts[0]);
    for (at, rule) in first.rules.iter().enumerate() {
        assert_eq!(estimated(&rule.pairs), counts[at + 1], "rule {}", rule.name);
    }
    impact
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, max_shrink_iters: 500, ..ProptestConfig::default() })]
    #[test]
    fn the_account_equals_counting_pair_by_pair(
        rows in proptest::collection::vec(row(), 2..50),
        before in 0..=RULE_SETS.len(),
        after in 0..=RULE_SETS.len(),
    ) {
        let impact = check_impact(&rows, &rule_set(before), &rule_set(after));
        if before == after {
            assert_eq!((impact.pairs.gained, impact.pairs.lost), (0, 0));
            assert_eq!(impact.suggestions.count(GroupClass::Unchanged).0, impact.suggestions.before);
            assert_eq!(impact.suggestions.active.affected, 0);
            assert!(impact.examples.is_empty());
        }
    }
}

/// A company of more than a thousand is kept as a star; what a draft takes from it or adds is counted all the same.
#[test]
fn pairs_under_a_star_are_accounted_one_by_one() {
    let star = "[[rule]]\nname = \"company\"\nwhen = [ { exact = \"companyname\" } ]\n";
    let inactive = "[[rule]]\nname = \"company\"\nexclude_inactive = true\nbase_scope = \"active\"\nwhen = [ { exact = \"companyname\" } ]\n";
    let narrower = "[[rule]]\nname = \"company\"\nwhen = [ { exact = \"companyname\" }, { first = 2, column = \"lastname\" } ]\n";
    let other = "[[rule]]\nname = \"phone\"\nwhen = [ { exact = \"telephone1\" } ]\n";
    let rows: Vec<Row> = (0..1100)
        .map(|i: u32| {
            (
                format!("Given{}", i % 7),
                format!("{}{i}", ["Ab", "Cd", "Ef"][i as usize % 3]),
                if i < 1050 { "Contoso" } else { "Fabrikam" }.to_owned(),
                String::new(),
                format!("+1 212 736 5{:03}", i % 300),
                String::new(),
                i.is_multiple_of(5),
            )
        })
        .collect();
    for (before, after) in [
        (star, narrower),
        (narrower, star),
        (star, inactive),
        (inactive, star),
        (star, other),
        (other, star),
    ] {
        let parse = |text| rules::parse(text).expect("a valid rule set");
        check_impact(&rows, &parse(before), &parse(after));
    }
}
