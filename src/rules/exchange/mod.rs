//! Rules of other systems: what their export files say in our words, and ours in theirs.
//!
//! Takes and gives texts, never files. Neither direction is silent: what the other side cannot say is told item by
//! item as a [`Loss`]. What each system can say, and from where we know: `docs/exchange.md`.

mod dynamics_export;
mod dynamics_import;
mod fields;
mod filter;
mod salesforce_export;
mod salesforce_import;
mod xml;

use super::lists::ValueLists;
use super::set::{
    BaseScope, Condition, EvidenceFloor, GenericPolicy, Measure, RULES_MAX, Rule, RuleSet,
    TextBasis,
};
use crate::model::RecordType;
use std::collections::BTreeSet;

pub use dynamics_export::{CODE_LENGTH_MAX, PUBLISHED_MAX, dynamics_gaps, rule_id};

/// A system whose rules we read and write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum System {
    /// `duplicaterule` and `duplicaterulecondition` of Dynamics 365 and Dataverse.
    Dynamics,
    /// `MatchingRules` and `DuplicateRule` metadata of Salesforce.
    Salesforce,
}

impl System {
    /// All systems.
    pub const ALL: [System; 2] = [System::Dynamics, System::Salesforce];

    /// The word of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            System::Dynamics => "dynamics",
            System::Salesforce => "salesforce",
        }
    }

    /// Reads [`as_str`](Self::as_str) back.
    pub fn parse(word: &str) -> Option<System> {
        System::ALL.into_iter().find(|s| s.as_str() == word)
    }

    /// How people call it.
    pub fn name(self) -> &'static str {
        match self {
            System::Dynamics => "Dynamics",
            System::Salesforce => "Salesforce",
        }
    }
}

/// How much was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LossKind {
    /// Not carried over at all.
    Dropped,
    /// Carried over as something near, that finds other pairs.
    Changed,
    /// Nothing was lost; something to know or to do.
    Note,
}

impl LossKind {
    /// The word used in messages and JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            LossKind::Dropped => "dropped",
            LossKind::Changed => "changed",
            LossKind::Note => "note",
        }
    }
}

/// One thing that another system's words could not carry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// How much.
    pub kind: LossKind,
    /// The rule, by name; `None` when it is about a file or the set.
    pub rule: Option<String>,
    /// The part of it: a condition, a flag, a file.
    pub item: String,
    /// What became of it, and why.
    pub message: String,
}

/// Collects losses.
#[derive(Debug, Default)]
struct Losses(Vec<Loss>);

impl Losses {
    fn add(
        &mut self,
        kind: LossKind,
        rule: Option<&str>,
        item: impl Into<String>,
        message: impl Into<String>,
    ) {
        let loss = Loss {
            kind,
            rule: rule.map(str::to_owned),
            item: item.into(),
            message: message.into(),
        };
        if !self.0.contains(&loss) {
            self.0.push(loss);
        }
    }
}

/// A file of another system, as text without byte order mark.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// Its path; Salesforce names the object there.
    pub name: &'a str,
    /// Its content.
    pub text: &'a str,
}

/// How to import.
#[derive(Debug, Clone, Copy, Default)]
pub struct ImportOptions {
    /// Also the rules that are not in force there: unpublished, inactive, or used by no duplicate rule.
    pub all: bool,
}

/// Rules read from another system.
#[derive(Debug, Clone)]
pub struct Imported {
    /// The rules, in the order of the files.
    pub set: RuleSet,
    /// What was lost, in the order of the rules.
    pub losses: Vec<Loss>,
}

/// Rules written for another system.
#[derive(Debug, Clone)]
pub struct Exported {
    /// Files: path relative to the place asked for, and text. One file has the empty path: the place itself.
    pub files: Vec<(String, String)>,
    /// What was lost, in the order of the rules.
    pub losses: Vec<Loss>,
    /// Rules carried over.
    pub n_rules: usize,
}

/// Why files of another system cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeError {
    /// Not the format it should be.
    #[error("read {file}, line {line}: {message}")]
    Syntax {
        /// The file.
        file: String,
        /// Line, from 1.
        line: usize,
        /// What is wrong.
        message: String,
    },
    /// Readable, but without anything of ours.
    #[error("find rules: {message}")]
    Nothing {
        /// What was looked for, and what was there.
        message: String,
    },
    /// More rules than a set holds.
    #[error("make a rule set of {n} rules: a set has 1 to {RULES_MAX}")]
    TooMany {
        /// How many.
        n: usize,
    },
}

/// Reads rules of another system.
///
/// Errors: a file that is not of the format, none of whose rules is in force or can be said, or too many rules.
pub fn import(
    from: System,
    sources: &[Source<'_>],
    options: ImportOptions,
) -> Result<Imported, ExchangeError> {
    let mut losses = Losses::default();
    let mut rules = match from {
        System::Dynamics => dynamics_import::import(sources, options, &mut losses)?,
        System::Salesforce => salesforce_import::import(sources, options, &mut losses)?,
    };
    if rules.is_empty() {
        let mut message = format!(
            "no rule of the {} could be used",
            plural_files(sources.len())
        );
        if let Some(loss) = losses.0.first() {
            message.push_str(&format!(
                "; first: {}{}: {}",
                loss.rule
                    .as_ref()
                    .map(|r| format!("rule {r:?}, "))
                    .unwrap_or_default(),
                loss.item,
                loss.message
            ));
        }
        return Err(ExchangeError::Nothing { message });
    }
    if rules.len() > RULES_MAX {
        return Err(ExchangeError::TooMany { n: rules.len() });
    }
    name_apart(&mut rules, &mut losses);
    Ok(Imported {
        set: rule_set(format!("imported from {}", from.name()), rules),
        losses: losses.0,
    })
}

/// Writes rules for another system. A set none of whose rules it can say gives no file.
pub fn export(set: &RuleSet, to: System) -> Exported {
    match to {
        System::Dynamics => dynamics_export::export(set),
        System::Salesforce => salesforce_export::export(set),
    }
}

/// A rule with every option at its default.
fn plain_rule(name: String, base: RecordType, matching: RecordType, when: Vec<Condition>) -> Rule {
    Rule {
        name,
        id: None,
        base,
        matching,
        exclude_inactive: false,
        base_scope: BaseScope::All,
        evidence: EvidenceFloor::None,
        generic: GenericPolicy::AsWorded,
        when,
        unless: Vec::new(),
        allow: Vec::new(),
    }
}

fn rule_set(name: String, rules: Vec<Rule>) -> RuleSet {
    RuleSet {
        name,
        rules,
        ..RuleSet::default()
    }
}

/// The parts of a rule set beside its rules, none of which another system has.
fn lists(set: &RuleSet, system: System, losses: &mut Losses) {
    for (is_set, item) in [
        (set.default_country.is_some(), "default_country"),
        (
            set.values != ValueLists::default(),
            "values that count as blank or as one",
        ),
        (!set.always.is_empty(), "always list"),
        (!set.never.is_empty(), "never list"),
    ] {
        if is_set {
            losses.add(
                LossKind::Dropped,
                None,
                item,
                format!(
                    "{} has nothing like it for its duplicate rules",
                    system.name()
                ),
            );
        }
    }
}

/// A literal measure on one column.
fn measured(
    column: String,
    match_column: Option<String>,
    measure: Measure,
    threshold: f64,
) -> Condition {
    Condition::SimilarText {
        column,
        match_column,
        measure,
        threshold,
        case_sensitive: false,
        on: TextBasis::Raw,
    }
}

fn plural_files(n: usize) -> String {
    if n == 1 {
        "file".to_owned()
    } else {
        format!("{n} files")
    }
}

/// Gives rules of one name names of their own, and drops ids met twice and ids that no rule file could hold.
fn name_apart(rules: &mut [Rule], losses: &mut Losses) {
    let mut names: BTreeSet<String> = BTreeSet::new();
    let mut ids: BTreeSet<String> = BTreeSet::new();
    for rule in rules {
        let clean: String = rule
            .name
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .collect();
        rule.name = match clean.trim() {
            "" => "unnamed rule".to_owned(),
            name => name.to_owned(),
        };
        let base = rule.name.clone();
        let mut n = 2;
        while !names.insert(rule.name.clone()) {
            rule.name = format!("{base} ({n})");
            n += 1;
        }
        if rule.name != base {
            losses.add(
                LossKind::Note,
                Some(&rule.name),
                "name",
                format!("two rules are called {base:?}; this one was renamed"),
            );
        }
        let Some(id) = rule.id.take() else {
            continue;
        };
        let why = if id.trim().is_empty() || id.chars().any(char::is_control) {
            "its id is blank or has a control character"
        } else if !ids.insert(id.clone()) {
            "another rule has its id"
        } else {
            rule.id = Some(id);
            continue;
        };
        losses.add(
            LossKind::Note,
            Some(&rule.name),
            "id",
            format!("{why}; it was left without one"),
        );
    }
}

#[cfg(test)]
mod tests;
