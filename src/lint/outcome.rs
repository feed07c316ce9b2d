//! What the rules find on these records, as a run would: rules that find nothing, or nothing of their own.

use super::wide::WideRule;
use super::{Data, n_of_type};
use crate::block::{self, BlockError, BlockOptions, Candidates, key_counts};
use crate::model::count;
use crate::model::{Progress, RuleMask};
use crate::rules::RuleSet;
use crate::rules::check::codes::{COVERED_RULE, NEVER_HOLDS, NOT_RUN, RULE_FINDS_NOTHING};
use crate::rules::check::{Finding, Part};

/// A rule that may make more pairs than this is not run: each pair takes memory.
const PAIRS_MAX: u64 = 20_000_000;

/// All answerable rules whose types have records. `wide` are those that hold for a large part of all pairs.
pub(super) fn of_set(
    data: &Data<'_>,
    wide: &[WideRule],
    progress: &dyn Progress,
    findings: &mut Vec<Finding>,
) {
    let (set, input) = (data.set, data.engine.block_input());
    let mut runnable = Vec::new();
    for &i in data.answerable {
        let rule = &set.rules[i];
        if n_of_type(data.table, rule.base) == 0 || n_of_type(data.table, rule.matching) == 0 {
            continue;
        }
        let counts = key_counts(input, rule);
        let bound = counts.iter().map(|c| c.n_pairs).min().unwrap_or(0);
        let flood = wide
            .iter()
            .find(|w| w.rule_idx == i && w.n_expected() > PAIRS_MAX);
        // One equality is kept as a star.
        let is_star = rule.when.len() == 1 && counts.len() == 1;
        // The joins of names and companies have floors and indexes of their own.
        if !is_star && counts.len() == rule.when.len() && bound > PAIRS_MAX {
            findings.push(not_run(
                set,
                i,
                format!(
                    "could make up to {} pairs, so it was not run for this check",
                    count(bound)
                ),
            ));
        } else if let Some(flood) = flood.filter(|_| !is_star) {
            findings.push(not_run(
                set,
                i,
                format!(
                    "would make {} pairs, so it was not run for this check",
                    flood.about()
                ),
            ));
        } else {
            runnable.push(i);
        }
    }
    let found = loop {
        let asked = RuleSet {
            rules: runnable.iter().map(|i| set.rules[*i].clone()).collect(),
            ..set.clone()
        };
        match block::candidates(input, &asked, &BlockOptions::default(), progress) {
            Ok(found) => break found,
            Err(BlockError::NoPlan { rule, n_pairs, .. }) => {
                let at = runnable.iter().position(|i| set.rules[*i].name == rule);
                let i = runnable.remove(at.expect("the rule is one of those asked"));
                findings.push(not_run(
                    set,
                    i,
                    format!(
                        "has no index, so that about {} pairs would be compared one by one; a run refuses it without --allow-scan",
                        count(n_pairs)
                    ),
                ));
            }
            // Stopped on request: what is not known is not told.
            Err(_) => return,
        }
    };
    nothing(data, &runnable, &found, findings);
    covered(set, &runnable, &found, findings);
}

fn not_run(set: &RuleSet, i: usize, message: String) -> Finding {
    let fix = "add a condition on equality, or an evidence floor";
    Finding::of_rule(NOT_RUN, set, i, Part::Key("when"), message, fix)
}

fn nothing(data: &Data<'_>, runnable: &[usize], found: &Candidates, findings: &mut Vec<Finding>) {
    let all = found
        .pairs
        .iter()
        .fold(RuleMask::default(), |m, p| m.union(p.rules));
    for (bit, &i) in runnable.iter().enumerate() {
        let explained = |f: &Finding| f.rule_idx == Some(i) && f.code == NEVER_HOLDS.code;
        if all.has(bit) || findings.iter().any(explained) {
            continue;
        }
        let n_suppressed: u64 = found
            .suppressed
            .iter()
            .filter(|p| p.rules.has(bit))
            .map(|p| p.implied)
            .sum();
        let left_out = &found.rules[bit].left_out;
        let n_left_out = n_suppressed + left_out.n_below_floor + left_out.n_generic;
        let more = match n_left_out {
            0 => String::new(),
            n => format!("; its options left out {}", count(n)),
        };
        findings.push(Finding::of_rule(
            RULE_FINDS_NOTHING,
            data.set,
            i,
            Part::Whole,
            format!(
                "finds no pair in these {} records{more}",
                count(data.table.n_records() as u64)
            ),
            "see with `kinfold explain INPUT A B`, for two records it should find, which condition fails",
        ));
    }
}

/// Rules that could all be dropped together without losing a pair, from the last rule to the first.
fn covered(set: &RuleSet, runnable: &[usize], found: &Candidates, findings: &mut Vec<Finding>) {
    let mut kept = RuleMask((0..runnable.len()).fold(0, |m, bit| m | 1 << bit));
    for (bit, &i) in runnable.iter().enumerate().rev() {
        let own: Vec<_> = found.pairs.iter().filter(|p| p.rules.has(bit)).collect();
        let others = RuleMask(kept.0 & !(1 << bit));
        if own.is_empty() || own.iter().any(|p| p.rules.0 & others.0 == 0) {
            continue;
        }
        kept = others;
        let n: u64 = own.iter().map(|p| p.implied).sum();
        let alone = others
            .iter()
            .find(|other| own.iter().all(|p| p.rules.has(*other)));
        let by = match alone {
            Some(other) => format!("rule {:?}", set.rules[runnable[other]].name),
            None => "other rules together".to_owned(),
        };
        findings.push(Finding::of_rule(
            COVERED_RULE,
            set,
            i,
            Part::Whole,
            format!(
                "finds {} pairs in these records, all of which {by} finds too",
                count(n)
            ),
            "drop it, or allow the finding if it is there for data to come",
        ));
    }
}
