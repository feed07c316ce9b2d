//! Counts and coverage: from what the stages found to the outcome that reports show.

use super::{Engine, Loaded};
use crate::block::Candidates;
use crate::model::{
    Activity, Coverage, Outcome, RuleCount, RuleMask, ScoredPair, Suggestion, SuppressedPair,
};
use crate::rules::{EvidenceFloor, GenericPolicy, RuleSet};
use crate::score::generic_list;

/// Puts the outcome together.
pub(super) fn outcome(
    loaded: &Loaded,
    rules: &RuleSet,
    engine: &Engine<'_>,
    found: Candidates,
    pairs: Vec<ScoredPair>,
    suggestions: Vec<Suggestion>,
) -> Outcome {
    let rule_counts = rule_counts(rules, &found, &pairs);
    let coverage = coverage(loaded, rules, &found, &rule_counts);
    let active = |r: crate::model::RecordIdx| loaded.table.activity[r.at()] == Activity::Active;
    let n_active_affected = suggestions
        .iter()
        .flat_map(|s| &s.members)
        .filter(|m| active(m.record))
        .count() as u64;
    Outcome {
        rule_names: rules.rules.iter().map(|r| r.name.clone()).collect(),
        generic_values: generic_list(&loaded.prepared, engine.dispersion()),
        rule_counts,
        heavy_keys: found.heavy_keys,
        coverage,
        prior_millibits: engine.weights().prior_millibits(),
        n_active_affected,
        pairs,
        suppressed: found.suppressed,
        suggestions,
    }
}

fn rule_counts(rules: &RuleSet, found: &Candidates, pairs: &[ScoredPair]) -> Vec<RuleCount> {
    let mut counts: Vec<RuleCount> = rules
        .rules
        .iter()
        .zip(&found.rules)
        .map(|(rule, work)| RuleCount {
            name: rule.name.clone(),
            n_compared: work.n_compared,
            left_out: work.left_out.clone(),
            floor_millibits: work.floor_millibits,
            plan: work.plan.clone(),
            ..RuleCount::default()
        })
        .collect();
    for scored in pairs {
        let mask = scored.pair.rules;
        for rule_idx in mask.iter() {
            let count = &mut counts[rule_idx];
            count.n_pairs += scored.pair.implied;
            count.n_by_verdict[scored.verdict as usize] += scored.pair.implied;
            if mask == RuleMask::of(rule_idx) {
                count.n_only += scored.pair.implied;
            }
        }
    }
    for SuppressedPair { rules, implied, .. } in &found.suppressed {
        for rule_idx in rules.iter() {
            counts[rule_idx].n_suppressed += implied;
        }
    }
    counts
}

fn coverage(
    loaded: &Loaded,
    rules: &RuleSet,
    found: &Candidates,
    counts: &[RuleCount],
) -> Coverage {
    let n = loaded.table.n_records() as u64;
    let n_all_pairs = n * n.saturating_sub(1) / 2;
    let mut statements = vec![format!(
        "Every rule was answered completely: the pairs reported and left out are those that comparing all {} pairs \
         of {} records would find. No block was capped, sampled or windowed.",
        grouped(n_all_pairs),
        grouped(n)
    )];
    for (rule, count) in rules.rules.iter().zip(counts) {
        let (below, skipped) = (
            count.left_out.n_below_floor,
            count.left_out.n_skipped_with_proof,
        );
        if rule.evidence != EvidenceFloor::None && (below, skipped) == (0, 0) {
            statements.push(format!(
                "\"{}\": its evidence floor left out no pair.",
                rule.name
            ));
        } else if rule.evidence != EvidenceFloor::None {
            statements.push(format!(
                "\"{}\": {} compared pairs satisfy its words but carry less evidence than its floor; up to {} more were \
                 not compared, because names and keys that common cannot reach it.",
                rule.name,
                grouped(below),
                grouped(skipped)
            ));
        }
        if rule.generic != GenericPolicy::AsWorded && count.left_out.n_generic > 0 {
            statements.push(format!(
                "\"{}\": {} pairs share only a generic value and were left out.",
                rule.name,
                grouped(count.left_out.n_generic)
            ));
        }
    }
    if found.n_value_groups > 0 {
        statements.push(format!(
            "{} groups of records with equal values are kept as stars to their first record; the column implied counts \
             the pairs each row stands for.",
            grouped(found.n_value_groups)
        ));
    }
    Coverage {
        n_all_pairs,
        statements,
    }
}

/// A count with commas between thousands, as the page and the terminal show counts.
fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::grouped;

    #[test]
    fn counts_are_grouped_by_thousands() {
        for (n, text) in [
            (0, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (12_497_500, "12,497,500"),
        ] {
            assert_eq!(grouped(n), text);
        }
    }
}
