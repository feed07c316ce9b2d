//! Counts and coverage: from what the stages found to the outcome that reports show.

use super::Engine;
use super::decisions::Decisions;
use crate::block::Candidates;
use crate::model::{
    Activity, Coverage, CrossLink, Notice, Outcome, Prepared, RuleCount, RuleMask, ScoredPair,
    Suggestion, SuppressedPair, Table, count,
};
use crate::rules::{EvidenceFloor, GenericPolicy, RuleSet};
use crate::score::{Scorer, generic_list};
use crate::similarity::measures::CHARS_MAX;

/// What is left to count.
pub(super) struct Judged {
    pub(super) pairs: Vec<ScoredPair>,
    pub(super) links: Vec<CrossLink>,
    pub(super) suggestions: Vec<Suggestion>,
    pub(super) decisions: Decisions,
}

/// Puts the outcome together.
pub(super) fn outcome(
    table: &Table,
    rules: &RuleSet,
    engine: &Engine<'_>,
    scorer: &Scorer<'_>,
    found: Candidates,
    judged: Judged,
) -> Outcome {
    let Judged {
        pairs,
        links,
        suggestions,
        decisions,
    } = judged;
    let mut rule_names: Vec<String> = rules.rules.iter().map(|r| r.name.clone()).collect();
    if !decisions.decided.always().is_empty() {
        rule_names.push(decisions.same.clone());
    }
    let rule_counts = rule_counts(rules, &rule_names, &found, &pairs);
    let mut coverage = coverage(engine.prepared(), rules, &found, &rule_counts);
    coverage
        .statements
        .extend(decisions.notices.iter().cloned());
    let types = &table.record_type;
    let cross = |p: &&ScoredPair| types[p.pair.left.at()] != types[p.pair.right.at()];
    let n_cross: u64 = pairs.iter().filter(cross).map(|p| p.pair.implied).sum();
    if n_cross > 0 {
        coverage.statements.push(format!(
            "{} pairs are of records of different types, which no CRM merges: those held to be one are listed in \
             links.csv ({} rows), and suggestions are made within each type.",
            count(n_cross),
            count(links.len() as u64)
        ));
    }
    let active = |r: crate::model::RecordIdx| table.activity[r.at()] == Activity::Active;
    let n_active_affected = suggestions
        .iter()
        .flat_map(|s| &s.members)
        .filter(|m| active(m.record))
        .count() as u64;
    Outcome {
        rule_names,
        links,
        decisions: decisions.counts,
        notices: decisions
            .notices
            .into_iter()
            .map(|text| Notice { text })
            .collect(),
        generic_values: generic_list(engine.prepared(), engine.dispersion()),
        company_aliases: scorer.company_aliases().to_vec(),
        rule_counts,
        heavy_keys: found.heavy_keys,
        coverage,
        prior_millibits: scorer.prior_millibits(),
        n_active_affected,
        job: None,
        pairs,
        suppressed: found.suppressed,
        suggestions,
    }
}

fn rule_counts(
    rules: &RuleSet,
    rule_names: &[String],
    found: &Candidates,
    pairs: &[ScoredPair],
) -> Vec<RuleCount> {
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
    // Pairs declared the same, after the rules.
    counts.extend(rule_names[counts.len()..].iter().map(|name| RuleCount {
        name: name.clone(),
        plan: "pairs that people declared the same".to_owned(),
        ..RuleCount::default()
    }));
    for scored in pairs {
        let mask = scored.pair.rules;
        for rule_idx in mask.iter() {
            let entry = &mut counts[rule_idx];
            entry.n_pairs += scored.pair.implied;
            entry.n_by_verdict[scored.verdict as usize] += scored.pair.implied;
            if mask == RuleMask::of(rule_idx) {
                entry.n_only += scored.pair.implied;
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

/// How much of the name of a person or company is read.
const NAME_MAX: &str = "eight words, or 256 letters in a word,";

fn coverage(
    prepared: &Prepared,
    rules: &RuleSet,
    found: &Candidates,
    counts: &[RuleCount],
) -> Coverage {
    let n = prepared.n_records() as u64;
    let n_all_pairs = n * n.saturating_sub(1) / 2;
    let mut statements = vec![format!(
        "Every rule was answered completely: the pairs reported and left out are those that comparing all {} pairs \
         of {} records would find. No block was capped, sampled or windowed.",
        count(n_all_pairs),
        count(n)
    )];
    for text in prepared.texts.iter().filter(|t| t.n_cut > 0) {
        statements.push(format!(
            "Measures looked at the first {CHARS_MAX} characters of {} values of {} that are longer; every other \
             condition at all of them.",
            count(text.n_cut),
            text.name
        ));
    }
    let cut = prepared.cut;
    for (n, what, most) in [
        (cut.names, "names", NAME_MAX),
        (cut.companies, "companies", NAME_MAX),
        (cut.address_lines, "address lines", "1,000 characters"),
    ] {
        if n > 0 {
            statements.push(format!(
                "Of {what} with more than {most} the beginning was read: {}.",
                count(n)
            ));
        }
    }
    for (rule, entry) in rules.rules.iter().zip(counts) {
        let (below, skipped) = (
            entry.left_out.n_below_floor,
            entry.left_out.n_skipped_with_proof,
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
                count(below),
                count(skipped)
            ));
        }
        if rule.generic != GenericPolicy::AsWorded && entry.left_out.n_generic > 0 {
            statements.push(format!(
                "\"{}\": {} pairs share only a generic value and were left out.",
                rule.name,
                count(entry.left_out.n_generic)
            ));
        }
    }
    if found.n_value_groups > 0 {
        statements.push(format!(
            "{} groups of records with equal values are kept as stars to their first record; the column implied counts \
             the pairs each row stands for.",
            count(found.n_value_groups)
        ));
    }
    Coverage {
        n_all_pairs,
        statements,
    }
}
