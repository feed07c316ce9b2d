//! What one rule, or two beside each other, say: repetitions, contradictions, thresholds, options without an effect.

use super::codes::{
    BELOW_CHANCE, BROAD_RULE, COLUMN_SLIP, COSTLY, DUPLICATE_RULE, IDLE_OPTION, IMPLIED_RULE,
    MATCHCODE_INSTEAD, NEVER_TRUE, REPEATED_CONDITION,
};
use super::implication::{entails, rule_implies};
use super::thresholds::chance;
use super::{Finding, Part};
use crate::model::{Field, FieldKind};
use crate::rules::render::render_condition;
use crate::rules::set::{Condition, EvidenceFloor, GenericPolicy, MatchcodeKind, RuleSet};
use crate::rules::words::{MEASURES, nearest, word_of};

/// Rule `i` of the set.
pub(super) fn of_rule(set: &RuleSet, i: usize, findings: &mut Vec<Finding>) {
    repeats(set, i, findings);
    repeated_conditions(set, i, findings);
    for (at, condition) in set.rules[i].when.iter().enumerate() {
        of_condition(set, i, at, condition, findings);
    }
    contradictions(set, i, findings);
    cost(set, i, findings);
    flood(set, i, findings);
    idle_options(set, i, findings);
}

/// Rule `i` against every other: equal but for the name, or never the only one to find a pair.
fn repeats(set: &RuleSet, i: usize, findings: &mut Vec<Finding>) {
    let rule = &set.rules[i];
    for (j, other) in set.rules.iter().enumerate() {
        if i == j || !rule_implies(rule, other) {
            continue;
        }
        if rule_implies(other, rule) {
            // Of two that say the same, the later one is told.
            if i > j {
                findings.push(Finding::of_rule(
                    DUPLICATE_RULE,
                    set,
                    i,
                    Part::Whole,
                    format!("says the same as rule {:?}", other.name),
                    "leave one of the two out",
                ));
            }
        } else {
            findings.push(Finding::of_rule(
                IMPLIED_RULE,
                set,
                i,
                Part::Whole,
                format!(
                    "every pair it finds is found by rule {:?}, which asks for less",
                    other.name
                ),
                "leave it out, or tighten the other rule",
            ));
        }
        return;
    }
}

/// Conditions, and exceptions, that follow from another of the same rule.
fn repeated_conditions(set: &RuleSet, i: usize, findings: &mut Vec<Finding>) {
    let rule = &set.rules[i];
    // Each condition adds to the evidence that a floor looks at: there, one that says nothing new still counts.
    if rule.evidence == EvidenceFloor::None {
        for (at, condition) in rule.when.iter().enumerate() {
            if let Some(given) = implied_by(&rule.when, at, |given| entails(given, condition)) {
                findings.push(Finding::of_rule(
                    REPEATED_CONDITION,
                    set,
                    i,
                    Part::When(at),
                    format!(
                        "{} holds whenever {} does",
                        render_condition(condition),
                        render_condition(given)
                    ),
                    "leave it out",
                ));
            }
        }
    }
    for (at, exception) in rule.unless.iter().enumerate() {
        if let Some(wider) = implied_by(&rule.unless, at, |other| entails(exception, other)) {
            findings.push(Finding::of_rule(
                REPEATED_CONDITION,
                set,
                i,
                Part::Unless(at),
                format!(
                    "the exception {} holds only where {} does",
                    render_condition(exception),
                    render_condition(wider)
                ),
                "leave it out",
            ));
        }
    }
}

/// The first other condition that makes the one at `at` superfluous; of two that say the same, the later one is told.
fn implied_by(
    conditions: &[Condition],
    at: usize,
    makes_superfluous: impl Fn(&Condition) -> bool,
) -> Option<&Condition> {
    conditions.iter().enumerate().find_map(|(j, other)| {
        let same = entails(other, &conditions[at]) && entails(&conditions[at], other);
        (j != at && makes_superfluous(other) && (!same || j < at)).then_some(other)
    })
}

fn of_condition(
    set: &RuleSet,
    i: usize,
    at: usize,
    condition: &Condition,
    findings: &mut Vec<Finding>,
) {
    let mut tell = |lint, message: String, fix: String| {
        findings.push(Finding::of_rule(lint, set, i, Part::When(at), message, fix));
    };
    if let Condition::SimilarText {
        measure, threshold, ..
    } = condition
        && *threshold < chance(*measure)
    {
        tell(
            BELOW_CHANCE,
            format!(
                "{} at {threshold:?} also holds for unrelated values: one in a hundred pairs of different names reaches {:?}",
                word_of(&MEASURES, measure),
                chance(*measure)
            ),
            format!("raise the threshold above {:?}", chance(*measure)),
        );
    }
    if let Condition::SimilarCompany { threshold } = condition
        && *threshold < 0.5
    {
        tell(
            BELOW_CHANCE,
            format!("company at {threshold:?}: more of the two names may differ than agree"),
            "raise the threshold to 0.70, the built-in rules' value".to_owned(),
        );
    }
    for (column, _) in condition.text_columns() {
        match Field::parse(column) {
            Some(field) => {
                let kind = match field.kind() {
                    FieldKind::Email => "email",
                    FieldKind::Phone if field != Field::Fax => "phone",
                    _ => continue,
                };
                if matches!(condition, Condition::Exact { .. }) {
                    tell(
                        MATCHCODE_INSTEAD,
                        format!(
                            "compares {column} letter by letter, so two ways of writing one {kind} differ"
                        ),
                        format!(
                            "write {{ same = \"{kind}\" }}, which compares all columns of the kind by matchcode"
                        ),
                    );
                }
            }
            None => {
                let names: Vec<&str> = Field::ALL.iter().map(|f| f.name()).collect();
                let near = nearest(column, &names)
                    .filter(|n| strsim::osa_distance(&column.to_lowercase(), n) <= 2);
                if let Some(near) = near {
                    tell(
                        COLUMN_SLIP,
                        format!(
                            "{column:?} is no field kinfold knows; it must be a header of the file"
                        ),
                        format!("did you mean {near:?}?"),
                    );
                }
            }
        }
    }
}

fn contradictions(set: &RuleSet, i: usize, findings: &mut Vec<Finding>) {
    let rule = &set.rules[i];
    for (at, exception) in rule.unless.iter().enumerate() {
        if let Some(condition) = rule.when.iter().find(|c| entails(c, exception)) {
            findings.push(Finding::of_rule(
                NEVER_TRUE,
                set,
                i,
                Part::Unless(at),
                format!(
                    "{} always makes the exception {} hold, so the rule finds nothing",
                    render_condition(condition),
                    render_condition(exception)
                ),
                "drop the exception or the condition",
            ));
        }
    }
}

fn cost(set: &RuleSet, i: usize, findings: &mut Vec<Finding>) {
    let literal = |c: &Condition| matches!(c, Condition::SimilarText { .. });
    if set.rules[i].when.iter().all(literal) {
        findings.push(Finding::of_rule(
            COSTLY,
            set,
            i,
            Part::Key("when"),
            "has only literal measures, so all distinct values of the column are joined with each other",
            "add a condition on equality, such as { exact = \"address1_city\" } or { same = \"email_domain\" }",
        ));
    }
}

fn flood(set: &RuleSet, i: usize, findings: &mut Vec<Finding>) {
    let rule = &set.rules[i];
    let [only] = rule.when.as_slice() else {
        return;
    };
    let what = match only {
        Condition::SimilarName
        | Condition::Same {
            kind: MatchcodeKind::Name,
            ..
        } => "a name",
        Condition::Same {
            kind: MatchcodeKind::EmailDomain,
            ..
        } => "an e-mail domain",
        Condition::Same {
            kind: MatchcodeKind::Address,
            ..
        } => "a house number and a street",
        Condition::Same {
            kind: MatchcodeKind::Place,
            ..
        } => "a town or a postal code",
        _ => return,
    };
    if rule.evidence == EvidenceFloor::None {
        findings.push(Finding::of_rule(
            BROAD_RULE,
            set,
            i,
            Part::When(0),
            format!("asks for nothing but {what}, which many unlike people share"),
            "add a second condition, or evidence = \"auto\"",
        ));
    }
}

fn idle_options(set: &RuleSet, i: usize, findings: &mut Vec<Finding>) {
    let rule = &set.rules[i];
    let has_generic_kind = rule.when.iter().any(|c| {
        matches!(
            c,
            Condition::Same {
                kind: MatchcodeKind::Email | MatchcodeKind::Phone | MatchcodeKind::EmailDomain,
                ..
            }
        )
    });
    if rule.generic != GenericPolicy::AsWorded && !has_generic_kind {
        findings.push(Finding::of_rule(
            IDLE_OPTION,
            set,
            i,
            Part::Key("generic"),
            "generic is set, but no condition compares an e-mail, a phone or an e-mail domain",
            "leave generic out",
        ));
    }
}
