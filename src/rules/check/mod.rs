//! What can be said against a rule set: findings with a stable code, from the rule file alone and for the systems it may
//! be published in.
//!
//! `codes` lists the kinds; a file for each group finds them: `wording`, `blanks`, `thresholds` from the file alone,
//! `dynamics` and `salesforce` for a target. What needs records is found in `crate::lint`, by the same types.

pub mod codes;

mod blanks;
mod dynamics;
mod implication;
mod lengths;
mod salesforce;
mod thresholds;
mod wording;

pub use codes::{LINTS, Lint, Needs, Severity, explanation, lint};
pub use implication::{blanks_agree, rule_implies};

use super::set::{Preference, RuleSet};
use std::collections::BTreeMap;

/// Something a person should look at in a rule set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Stable code, such as `KF008`; explained in `docs/lint.md`.
    pub code: &'static str,
    /// Its name, such as `broad-rule`.
    pub name: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// Position of the rule it is about; `None` for the set as a whole.
    pub rule_idx: Option<usize>,
    /// The name of that rule.
    pub rule: Option<String>,
    /// Which part of the rule or set.
    pub part: Part,
    /// What is the matter.
    pub message: String,
    /// What to do about it.
    pub fix: String,
}

/// A part of a rule, or of the set.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// All of it.
    Whole,
    /// One of its keys.
    Key(&'static str),
    /// A condition, by its position in `Rule::when`.
    When(usize),
    /// An exception, by its position in `Rule::unless`.
    Unless(usize),
}

impl Finding {
    /// About a rule.
    pub fn of_rule(
        lint: &'static Lint,
        set: &RuleSet,
        rule_idx: usize,
        part: Part,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Finding {
        Finding {
            code: lint.code,
            name: lint.name,
            severity: lint.severity,
            rule_idx: Some(rule_idx),
            rule: Some(set.rules[rule_idx].name.clone()),
            part,
            message: message.into(),
            fix: fix.into(),
        }
    }

    /// About the set as a whole.
    pub fn of_set(
        lint: &'static Lint,
        part: Part,
        message: impl Into<String>,
        fix: impl Into<String>,
    ) -> Finding {
        Finding {
            code: lint.code,
            name: lint.name,
            severity: lint.severity,
            rule_idx: None,
            rule: None,
            part,
            message: message.into(),
            fix: fix.into(),
        }
    }
}

/// A system that rules may be published in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Dynamics 365 / Dataverse duplicate detection rules.
    Dynamics,
    /// Salesforce matching and duplicate rules.
    Salesforce,
}

/// Looks a rule set over without data. Findings are in the order of [`sort`]; a set with none is not thereby a good one.
///
/// Findings that the file allows are among them; [`without_allowed`] takes them out.
/// Cost: proportional to the square of the number of rules, of which there are at most 63.
pub fn check(set: &RuleSet) -> Vec<Finding> {
    let mut findings = Vec::new();
    for i in 0..set.rules.len() {
        wording::of_rule(set, i, &mut findings);
        blanks::of_rule(set, i, &mut findings);
    }
    if set.survivor.prefer.last() != Some(&Preference::Id) {
        findings.push(Finding::of_set(
            codes::SURVIVOR_ID,
            Part::Key("prefer"),
            "the survivor policy does not end with \"id\"; the smaller id decides ties all the same",
            "end prefer with \"id\", so that the file says what happens",
        ));
    }
    sort(&mut findings);
    findings
}

/// What the rules would meet in another system.
///
/// `lengths` has maximum lengths of columns that are not in the standard tables, or differ from them: by column or by
/// `type.column`, in lower case.
pub fn check_target(
    set: &RuleSet,
    target: Target,
    lengths: &BTreeMap<String, usize>,
) -> Vec<Finding> {
    let mut findings = match target {
        Target::Dynamics => dynamics::of_set(set, lengths),
        Target::Salesforce => salesforce::of_set(set),
    };
    sort(&mut findings);
    findings
}

/// Orders findings by rule, part, code and message; those about the set come last.
pub fn sort(findings: &mut [Finding]) {
    findings.sort_by(|a, b| {
        let key = |f: &Finding| (f.rule_idx.unwrap_or(usize::MAX), f.part, f.code);
        key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
    });
}

/// Takes out what is allowed: by `allow` on the rule or the set, or by one of `codes`. Gives how many that were.
pub fn without_allowed(findings: &mut Vec<Finding>, set: &RuleSet, codes: &[&str]) -> usize {
    let before = findings.len();
    findings.retain(|f| {
        let by_rule = f
            .rule_idx
            .is_some_and(|i| set.rules[i].allow.contains(&f.code));
        !(by_rule || set.allow.contains(&f.code) || codes.contains(&f.code))
    });
    before - findings.len()
}

#[cfg(test)]
mod tests;
