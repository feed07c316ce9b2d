//! What a rule set would meet as duplicate detection rules of Dynamics 365 / Dataverse.

use super::codes::{
    DYNAMICS_BLANKS, DYNAMICS_CASE, DYNAMICS_COLUMNS, DYNAMICS_CONDITION, DYNAMICS_OPTION,
    DYNAMICS_RULES, LENGTH_UNKNOWN, MATCHCODE_LENGTH,
};
use super::implication::{blanks_agree, sides};
use super::lengths::length_of;
use super::{Finding, Part};
use crate::model::RecordType;
use crate::rules::render::render_condition;
use crate::rules::set::{BaseScope, Condition, EvidenceFloor, GenericPolicy, Rule, RuleSet};
use std::collections::BTreeMap;

/// Longest matchcode, separators included.
const MATCHCODE_MAX: usize = 450;
/// Published rules for one base record type.
const RULES_MAX: usize = 5;

/// The whole set. `own` has the user's lengths of columns, see `lengths`.
pub(super) fn of_set(set: &RuleSet, own: &BTreeMap<String, usize>) -> Vec<Finding> {
    let mut findings = Vec::new();
    for t in RecordType::ALL {
        let mut of_type = (0..set.rules.len()).filter(|i| set.rules[*i].base == t);
        if let Some(sixth) = of_type.nth(RULES_MAX) {
            let n = RULES_MAX + 1 + of_type.count();
            findings.push(Finding::of_rule(
                DYNAMICS_RULES,
                set,
                sixth,
                Part::Whole,
                format!(
                    "is the sixth of {n} rules for {}s; Dynamics publishes at most {RULES_MAX} for a base record type",
                    t.as_str()
                ),
                "unpublish or join some; `kinfold rules check FILE --data INPUT` says which find nothing of their own",
            ));
        }
    }
    for i in 0..set.rules.len() {
        conditions(set, i, &mut findings);
        matchcode(set, i, own, &mut findings);
        options(set, i, &mut findings);
    }
    blanks(set, &mut findings);
    findings
}

/// True when an operator of Dynamics says the same.
fn is_expressible(condition: &Condition) -> bool {
    !matches!(
        condition,
        Condition::Same { .. }
            | Condition::SimilarName
            | Condition::SimilarCompany { .. }
            | Condition::SimilarText { .. }
    )
}

fn conditions(set: &RuleSet, i: usize, findings: &mut Vec<Finding>) {
    let rule = &set.rules[i];
    for (at, condition) in rule.when.iter().enumerate() {
        let written = render_condition(condition);
        if !is_expressible(condition) {
            let (what, fix) = match condition {
                Condition::Same { .. } => (
                    "compares normalised matchcodes over several columns",
                    "Dynamics knows exact columns only: { exact = COLUMN } for each column, and duplicates written \
                     in another way are missed",
                ),
                _ => (
                    "compares by similarity",
                    "Dynamics has nothing fuzzy: use { first = N, column = COLUMN }, or leave the rule to kinfold",
                ),
            };
            findings.push(Finding::of_rule(
                DYNAMICS_CONDITION,
                set,
                i,
                Part::When(at),
                format!("{written} {what}, for which Dynamics has no operator"),
                fix,
            ));
        }
        if rule.base == rule.matching
            && let Some((base, matching)) = sides(condition)
            && base != matching
        {
            findings.push(Finding::of_rule(
                DYNAMICS_COLUMNS,
                set,
                i,
                Part::When(at),
                format!(
                    "{written} compares {base} with {matching} among {}s; within one record type Dynamics compares a column with itself only",
                    rule.base.as_str()
                ),
                "compare each column with itself in a rule of its own, or leave the rule to kinfold",
            ));
        }
    }
    let cases: Vec<bool> = rule.when.iter().filter_map(case_sensitive).collect();
    if cases.contains(&true) && cases.contains(&false) {
        findings.push(Finding::of_rule(
            DYNAMICS_CASE,
            set,
            i,
            Part::Key("when"),
            "has conditions in which case counts and others in which it does not; Dynamics has one flag for the rule",
            "give all conditions the same case_sensitive",
        ));
    }
}

fn case_sensitive(condition: &Condition) -> Option<bool> {
    match condition {
        Condition::Exact { case_sensitive, .. }
        | Condition::First { case_sensitive, .. }
        | Condition::Last { case_sensitive, .. } => Some(*case_sensitive),
        _ => None,
    }
}

/// The sum of the columns' lengths, or of N for first and last characters, and a separator between two.
/// Source: the worked example in C. Rajapaksha, "Duplicate detection rules" (2016): 50 + 50 + 250 + 2 = 352.
fn matchcode(set: &RuleSet, i: usize, own: &BTreeMap<String, usize>, findings: &mut Vec<Finding>) {
    let rule = &set.rules[i];
    let mut known = Vec::new();
    let mut unknown = Vec::new();
    for (at, condition) in rule.when.iter().enumerate() {
        if !is_expressible(condition) {
            continue;
        }
        let Some((base, matching)) = sides(condition) else {
            continue;
        };
        let length = match condition {
            Condition::First { n, .. } | Condition::Last { n, .. } => Some(*n),
            Condition::Exact { .. } => length_of(rule.base, &base, own)
                .zip(length_of(rule.matching, &matching, own))
                .map(|(b, m)| b.max(m)),
            // What a date or a choice takes is written nowhere; the user may have measured it.
            _ => own.get(&base).copied(),
        };
        match length {
            Some(n) => known.push((base, n)),
            None => unknown.push((at, base)),
        }
    }
    let n_separators = (known.len() + unknown.len()).saturating_sub(1);
    let sum = known
        .iter()
        .fold(n_separators, |sum, (_, n)| sum.saturating_add(*n));
    let parts: Vec<String> = known.iter().map(|(c, n)| format!("{c} {n}")).collect();
    let more = if unknown.is_empty() {
        ""
    } else {
        " and what is not known"
    };
    if sum > MATCHCODE_MAX {
        findings.push(Finding::of_rule(
            MATCHCODE_LENGTH,
            set,
            i,
            Part::Key("when"),
            format!(
                "makes a matchcode of {sum} characters ({}, {n_separators} for separators{more}); Dynamics allows {MATCHCODE_MAX}",
                parts.join(", ")
            ),
            "compare the first characters of the longest column, such as { first = 50, column = \"address1_line1\" }",
        ));
        return;
    }
    for (at, column) in unknown {
        findings.push(Finding::of_rule(
            LENGTH_UNKNOWN,
            set,
            i,
            Part::When(at),
            format!(
                "the length of {column} is not known; without it the matchcode has {sum} of {MATCHCODE_MAX} characters"
            ),
            format!("give its maximum length with --length {column}=N"),
        ));
    }
}

fn options(set: &RuleSet, i: usize, findings: &mut Vec<Finding>) {
    for (key, what) in lost_options(&set.rules[i]) {
        let fix = match key {
            "base_scope" => "limit the job by a view of active records instead",
            "unless" => "Dynamics has no exceptions: leave them out, or leave the rule to kinfold",
            _ => {
                "leave it out, and expect the pairs it would have left out; or leave the rule to kinfold"
            }
        };
        findings.push(Finding::of_rule(
            DYNAMICS_OPTION,
            set,
            i,
            if key == "unless" {
                Part::Unless(0)
            } else {
                Part::Key(key)
            },
            format!("{what}; Dynamics has no such option"),
            fix,
        ));
    }
}

/// Options that neither target has, with what they do here.
pub(super) fn lost_options(rule: &Rule) -> Vec<(&'static str, &'static str)> {
    let mut lost = Vec::new();
    if rule.base_scope == BaseScope::Active {
        lost.push(("base_scope", "looks at active base records only"));
    }
    if rule.evidence != EvidenceFloor::None {
        lost.push(("evidence", "leaves out pairs that say too little"));
    }
    if rule.generic != GenericPolicy::AsWorded {
        lost.push(("generic", "does not trust generic values"));
    }
    if !rule.unless.is_empty() {
        lost.push(("unless", "has exceptions"));
    }
    lost
}

/// Told once a set: it is one fact, not a fault of each rule.
fn blanks(set: &RuleSet, findings: &mut Vec<Finding>) {
    let ignoring = |rule: &Rule| {
        let at = rule
            .when
            .iter()
            .position(|c| is_expressible(c) && !blanks_agree(c));
        at.filter(|_| rule.when.len() > 1)
    };
    let mut rules = set.rules.iter().enumerate();
    if let Some((i, at)) = rules.find_map(|(i, r)| Some((i, ignoring(r)?))) {
        findings.push(Finding::of_rule(
            DYNAMICS_BLANKS,
            set,
            i,
            Part::When(at),
            "ignores blanks, which in Dynamics is a flag of the condition and off by default: there two blanks agree",
            "set \"Ignore Blank Values\" (ignoreblankvalues = true) on each condition of the rules in Dynamics",
        ));
    }
}
