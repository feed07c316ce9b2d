//! Rules as `duplicaterule` rows with their conditions inside, the form in which the Web API takes them.

use super::super::render::render_condition;
use super::super::set::{
    BaseScope, Condition, EvidenceFloor, GenericPolicy, MatchcodeKind, PicklistSide, Rule, RuleSet,
};
use super::{Exported, Loss, LossKind, Losses, System, fields};
use crate::model::{Field, RecordType};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Longest matchcode a rule may need, in characters.
pub const CODE_LENGTH_MAX: usize = 450;

/// Published rules a table may have at one time.
pub const PUBLISHED_MAX: usize = 5;

pub(super) fn export(set: &RuleSet) -> Exported {
    let mut losses = Losses::default();
    let mut values = Vec::new();
    let mut per_base: BTreeMap<RecordType, usize> = BTreeMap::new();
    for rule in &set.rules {
        if let Some(value) = one(rule, &mut losses) {
            values.push(value);
            *per_base.entry(rule.base).or_default() += 1;
        }
    }
    for (base, n) in per_base {
        if n > PUBLISHED_MAX {
            losses.add(
                LossKind::Note,
                None,
                format!("rules of {}s", base.as_str()),
                format!(
                    "{n} rules, of which Dynamics publishes at most {PUBLISHED_MAX} at one time"
                ),
            );
        }
    }
    super::lists(set, System::Dynamics, &mut losses);
    let n_rules = values.len();
    let mut text = serde_json::to_string_pretty(&json!({ "value": values }))
        .expect("our values have text keys");
    text.push('\n');
    Exported {
        files: if n_rules > 0 {
            vec![(String::new(), text)]
        } else {
            Vec::new()
        },
        losses: losses.0,
        n_rules,
    }
}

/// A rule's parts that a Dynamics rule cannot say, however its meaning were bent. Empty for a rule that runs there as
/// it runs here. `base_scope` is none of them: in Dynamics it is the query of the job.
pub fn dynamics_gaps(rule: &Rule) -> Vec<Loss> {
    let mut losses = Losses::default();
    let name = Some(rule.name.as_str());
    options(rule, &mut losses);
    for condition in &rule.when {
        match their_condition(rule, condition) {
            Theirs::Same(_) => {}
            Theirs::Near(..) | Theirs::None(_) => losses.add(
                LossKind::Dropped,
                name,
                render_condition(condition),
                "Dynamics has no such condition",
            ),
        }
    }
    if mixed_case(rule) {
        losses.add(LossKind::Changed, name, "case_sensitive", MIXED_CASE);
    }
    losses.0
}

const MIXED_CASE: &str = "Dynamics has one flag for the whole rule";

/// The options that are no part of a Dynamics rule.
fn options(rule: &Rule, losses: &mut Losses) {
    let name = Some(rule.name.as_str());
    if rule.evidence != EvidenceFloor::None {
        losses.add(
            LossKind::Dropped,
            name,
            "evidence",
            "Dynamics has no evidence floor, so the rule finds more there",
        );
    }
    if rule.generic != GenericPolicy::AsWorded {
        losses.add(
            LossKind::Dropped,
            name,
            "generic",
            "Dynamics takes shared values as they are, so the rule finds more there",
        );
    }
    for exception in &rule.unless {
        losses.add(
            LossKind::Dropped,
            name,
            format!("unless {}", render_condition(exception)),
            "Dynamics has no exceptions, so the rule finds more there",
        );
    }
}

fn mixed_case(rule: &Rule) -> bool {
    let flags: Vec<bool> = rule.when.iter().filter_map(case_flag).collect();
    flags.windows(2).any(|w| w[0] != w[1])
}

/// The case flag of a condition that has one.
fn case_flag(condition: &Condition) -> Option<bool> {
    match condition {
        Condition::Exact { case_sensitive, .. }
        | Condition::First { case_sensitive, .. }
        | Condition::Last { case_sensitive, .. } => Some(*case_sensitive),
        Condition::Picklist {
            by: PicklistSide::Label,
            case_sensitive,
            ..
        } => Some(*case_sensitive),
        _ => None,
    }
}

/// How Dynamics says a condition.
enum Theirs {
    /// As it is.
    Same(Row),
    /// As something near; why.
    Near(Row, &'static str),
    /// Not at all; why.
    None(&'static str),
}

/// One `duplicaterulecondition`.
struct Row {
    base: String,
    matching: String,
    operator: u8,
    n: Option<usize>,
    ignore_blank: bool,
}

fn their_condition(rule: &Rule, condition: &Condition) -> Theirs {
    let row = |column: &str,
               match_column: Option<&str>,
               operator: u8,
               n: Option<usize>,
               ignore_blank: bool| Row {
        base: fields::to_dynamics(rule.base, column),
        matching: fields::to_dynamics(rule.matching, match_column.unwrap_or(column)),
        operator,
        n,
        ignore_blank,
    };
    let near =
        |field: Field, why: &'static str| Theirs::Near(row(field.name(), None, 0, None, true), why);
    let same = match condition {
        Condition::Exact {
            column,
            match_column,
            ignore_blank,
            ..
        } => row(column, match_column.as_deref(), 0, None, *ignore_blank),
        Condition::First {
            column,
            match_column,
            n,
            ignore_blank,
            ..
        } => row(column, match_column.as_deref(), 1, Some(*n), *ignore_blank),
        Condition::Last {
            column,
            match_column,
            n,
            ignore_blank,
            ..
        } => row(column, match_column.as_deref(), 2, Some(*n), *ignore_blank),
        Condition::SameDate {
            column,
            match_column,
            ignore_blank,
        } => row(column, match_column.as_deref(), 3, None, *ignore_blank),
        Condition::SameDateTime {
            column,
            match_column,
            ignore_blank,
        } => row(column, match_column.as_deref(), 4, None, *ignore_blank),
        Condition::Picklist {
            column,
            match_column,
            by,
            ignore_blank,
            ..
        } => {
            let operator = match by {
                PicklistSide::Label => 5,
                PicklistSide::Value => 6,
            };
            row(
                column,
                match_column.as_deref(),
                operator,
                None,
                *ignore_blank,
            )
        }
        Condition::Same { kind, .. } => {
            return match kind {
                MatchcodeKind::Email => near(
                    Field::Email1,
                    "became an exact match of the first e-mail column: other columns and ways of writing are missed",
                ),
                MatchcodeKind::Phone => near(
                    Field::Phone1,
                    "became an exact match of the business phone: other columns and ways of writing are missed",
                ),
                MatchcodeKind::Name => near(
                    Field::FullName,
                    "became an exact match of the full name: titles, order and accents count",
                ),
                MatchcodeKind::Company => near(
                    Field::CompanyName,
                    "became an exact match of the company name: the legal form counts",
                ),
                MatchcodeKind::Website => near(
                    Field::Website,
                    "became an exact match of the web site: https:// and www. count",
                ),
                MatchcodeKind::Address => near(
                    Field::Street,
                    "became an exact match of the first address line: ways of writing it are missed",
                ),
                MatchcodeKind::Place => near(
                    Field::City,
                    "became an exact match of the city: postal codes are not compared, and accents count",
                ),
                MatchcodeKind::EmailDomain => {
                    Theirs::None("Dynamics cannot compare the domain of an e-mail address")
                }
            };
        }
        Condition::SimilarName
        | Condition::SimilarCompany { .. }
        | Condition::SimilarText { .. } => {
            return Theirs::None("Dynamics compares by equality only");
        }
    };
    if rule.base == rule.matching && same.base != same.matching {
        return Theirs::None("within one table Dynamics compares a column with itself only");
    }
    Theirs::Same(same)
}

fn one(rule: &Rule, losses: &mut Losses) -> Option<Value> {
    let name = Some(rule.name.as_str());
    let mut rows = Vec::new();
    for condition in &rule.when {
        match their_condition(rule, condition) {
            Theirs::Same(row) => rows.push(row),
            Theirs::Near(row, why) => {
                losses.add(LossKind::Changed, name, render_condition(condition), why);
                rows.push(row);
            }
            Theirs::None(why) => {
                losses.add(
                    LossKind::Dropped,
                    name,
                    render_condition(condition),
                    format!("{why}; the rule was left out, since without the condition it would find more"),
                );
                return None;
            }
        }
    }
    options(rule, losses);
    if rule.base_scope == BaseScope::Active {
        losses.add(
            LossKind::Dropped,
            name,
            "base_scope",
            "in Dynamics the query of the job says which base records take part: choose a view of active records",
        );
    }
    let case_sensitive = if mixed_case(rule) {
        losses.add(
            LossKind::Changed,
            name,
            "case_sensitive",
            format!("{MIXED_CASE}; written as not case-sensitive, so the rule finds more there"),
        );
        false
    } else {
        rule.when.iter().find_map(case_flag).unwrap_or(false)
    };
    length(rule, &rows, losses);
    let conditions: Vec<Value> = rows
        .iter()
        .map(|row| {
            let mut value = json!({
                "baseattributename": row.base,
                "matchingattributename": row.matching,
                "operatorcode": row.operator,
                "ignoreblankvalues": row.ignore_blank,
            });
            if let Some(n) = row.n {
                value["operatorparam"] = json!(n);
            }
            value
        })
        .collect();
    let mut value = json!({
        "name": rule.name,
        "baseentityname": rule.base.as_str(),
        "matchingentityname": rule.matching.as_str(),
        "excludeinactiverecords": rule.exclude_inactive,
        "iscasesensitive": case_sensitive,
        "duplicaterule_duplicateruleconditions": conditions,
    });
    if let Some(id) = &rule.id {
        if is_guid(id) {
            value["duplicateruleid"] = json!(id.trim_matches(['{', '}']).to_ascii_lowercase());
        } else {
            losses.add(
                LossKind::Dropped,
                name,
                "id",
                "no GUID, as Dynamics wants it",
            );
        }
    }
    Some(value)
}

/// Says how long the matchcode gets where all lengths are known, when it is too long.
fn length(rule: &Rule, rows: &[Row], losses: &mut Losses) {
    let lengths: Option<Vec<usize>> = rows
        .iter()
        .map(|row| match row.n {
            Some(n) => Some(n),
            None => fields::dynamics_length(&fields::from_dynamics(rule.base, &row.base)),
        })
        .collect();
    let Some(lengths) = lengths else {
        return;
    };
    let total = lengths.iter().sum::<usize>() + lengths.len().saturating_sub(1);
    if total > CODE_LENGTH_MAX {
        losses.add(
            LossKind::Note,
            Some(&rule.name),
            "matchcode",
            format!(
                "needs about {total} characters by the declared lengths of the lead table, of which Dynamics allows \
                 {CODE_LENGTH_MAX}; use same first characters on the longest column"
            ),
        );
    }
}

/// The id of a rule in the CRM: its own, or one made from its name and record types, the same in every run.
///
/// Made ids are UUIDs of version 8 over SHA-256 (RFC 9562).
pub fn rule_id(rule: &Rule) -> String {
    if let Some(id) = &rule.id {
        return id.clone();
    }
    let text = format!(
        "kinfold rule\n{}\n{}\n{}",
        rule.base.as_str(),
        rule.matching.as_str(),
        rule.name
    );
    let mut bytes: Vec<u8> = Sha256::digest(text.as_bytes())[..16].to_vec();
    bytes[6] = bytes[6] & 0x0f | 0x80;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let hex: String = bytes.iter().map(|b| format!("{b:02x}")).collect();
    format!(
        "{}-{}-{}-{}-{}",
        &hex[..8],
        &hex[8..12],
        &hex[12..16],
        &hex[16..20],
        &hex[20..]
    )
}

/// Eight, four, four, four and twelve hexadecimal digits, in braces or not.
pub(super) fn is_guid(id: &str) -> bool {
    let parts: Vec<&str> = id.trim_matches(['{', '}']).split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|p| p.len()).collect();
    lengths == [8, 4, 4, 4, 12]
        && parts
            .iter()
            .all(|p| p.bytes().all(|b| b.is_ascii_hexdigit()))
}
