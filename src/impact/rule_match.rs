//! Which rule of the draft is which rule of the set before: by name, then by meaning.

use crate::rules::{OptionChange, RuleChange, RuleSet, diff};
use serde::Serialize;

/// What became of a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RuleFate {
    /// Same name, same meaning.
    Same,
    /// Same meaning under another name.
    Renamed,
    /// Same name, another meaning.
    Changed,
    /// Only in the draft.
    Added,
    /// Only in the set before.
    Removed,
}

impl RuleFate {
    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            RuleFate::Same => "same",
            RuleFate::Renamed => "renamed",
            RuleFate::Changed => "changed",
            RuleFate::Added => "added",
            RuleFate::Removed => "removed",
        }
    }
}

/// A rule of either set, or one of both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleMatch {
    /// Position in the set before.
    pub before: Option<usize>,
    /// Position in the draft.
    pub after: Option<usize>,
    /// What became of it.
    pub fate: RuleFate,
    /// What changed, one phrase each; empty unless [`RuleFate::Changed`].
    pub differences: Vec<String>,
}

/// Which rule of one set is which of the other: as [`diff`] pairs them, by name and then by what they say.
///
/// Gives the draft's rules in their order, then those removed in theirs; every rule of either set stands in exactly
/// one entry.
pub fn match_rules(before: &RuleSet, after: &RuleSet) -> Vec<RuleMatch> {
    let changes = diff(before, after);
    let at_before = |name: &str| before.rules.iter().position(|r| r.name == name);
    let mut out: Vec<RuleMatch> = after
        .rules
        .iter()
        .enumerate()
        .map(|(at, rule)| {
            let change = changes.changed.iter().find(|c| c.name == rule.name);
            let added = changes.added.iter().any(|r| r.name == rule.name);
            let old_name = change
                .and_then(|c| c.renamed_from.as_deref())
                .unwrap_or(&rule.name);
            let differences = change.map(differences).unwrap_or_default();
            RuleMatch {
                before: (!added).then(|| at_before(old_name)).flatten(),
                after: Some(at),
                fate: match change {
                    _ if added => RuleFate::Added,
                    Some(_) if !differences.is_empty() => RuleFate::Changed,
                    Some(c) if c.renamed_from.is_some() => RuleFate::Renamed,
                    _ => RuleFate::Same,
                },
                differences,
            }
        })
        .collect();
    out.extend(changes.removed.iter().map(|rule| RuleMatch {
        before: at_before(&rule.name),
        after: None,
        fate: RuleFate::Removed,
        differences: Vec::new(),
    }));
    out
}

/// What differs between two sets outside their rules, one phrase each; the order of rules is no difference.
pub(super) fn set_changes(before: &RuleSet, after: &RuleSet) -> Vec<String> {
    let changes = diff(before, after);
    let mut out: Vec<String> = changes
        .options
        .iter()
        .filter(|o| o.key != "set.name")
        .map(phrase)
        .collect();
    for (sign, entries) in [
        ('−', &changes.removed_entries),
        ('+', &changes.added_entries),
    ] {
        out.extend(
            entries
                .iter()
                .map(|e| format!("{} {sign} {}", e.list, e.entry)),
        );
    }
    out
}

fn phrase(option: &OptionChange) -> String {
    let word = |value: &Option<String>| value.clone().unwrap_or_else(|| "not set".to_owned());
    format!(
        "{}: {} → {}",
        option.key,
        word(&option.from),
        word(&option.to)
    )
}

/// What changed in a rule, in words; conditions in another order change nothing.
fn differences(change: &RuleChange) -> Vec<String> {
    let mut out: Vec<String> = change.options.iter().map(phrase).collect();
    for (word, conditions) in [("when", &change.when), ("unless", &change.unless)] {
        out.extend(conditions.removed.iter().map(|c| format!("{word} − {c}")));
        out.extend(conditions.added.iter().map(|c| format!("{word} + {c}")));
        out.extend((conditions.changed.iter()).map(|c| format!("{word} {} → {}", c.from, c.to)));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::parse;

    fn set(rules: &str) -> RuleSet {
        parse(&format!("[set]\nname = \"x\"\n{rules}")).expect("rules")
    }

    fn rule(name: &str, more: &str) -> String {
        format!("[[rule]]\nname = \"{name}\"\nbase = \"lead\"\nmatch = \"lead\"\n{more}\n")
    }

    const EMAIL: &str = "when = [{ same = \"email\" }]";
    const BOTH: &str = "when = [{ similar = \"name\" }, { same = \"phone\" }]";
    const BOTH_TURNED: &str = "when = [{ same = \"phone\" }, { similar = \"name\" }]";

    #[test]
    fn names_win_over_what_rules_say() {
        let before = set(&(rule("A", EMAIL) + &rule("B", BOTH) + &rule("C", EMAIL)));
        let after = set(&(rule("B2", BOTH)
            + &rule("A", &format!("exclude_inactive = true\n{EMAIL}"))
            + &rule("D", "when = [{ same = \"phone\" }]")));
        let found = match_rules(&before, &after);
        let short: Vec<_> = found
            .iter()
            .map(|m| (m.before, m.after, m.fate.as_str()))
            .collect();
        assert_eq!(
            short,
            [
                (Some(1), Some(0), "renamed"),
                (Some(0), Some(1), "changed"),
                (None, Some(2), "added"),
                (Some(2), None, "removed"),
            ]
        );
        assert_eq!(found[1].differences, ["exclude_inactive: false → true"]);
    }

    #[test]
    fn a_changed_condition_is_taken_out_and_put_in() {
        let before = set(&rule(
            "A",
            "when = [{ similar = \"name\" }, { same = \"phone\" }]",
        ));
        let after = set(&rule(
            "A",
            "when = [{ similar = \"name\" }, { same = \"email\" }]",
        ));
        assert_eq!(
            match_rules(&before, &after)[0].differences,
            ["when − { same = \"phone\" }", "when + { same = \"email\" }"]
        );
        let same = set(&rule("A", BOTH));
        assert_eq!(
            match_rules(&same, &set(&rule("A", BOTH_TURNED)))[0].fate,
            RuleFate::Same
        );
    }
}
