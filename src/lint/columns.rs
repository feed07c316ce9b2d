//! What the rules read: columns that are not there, hold next to nothing, or hold something else than is asked of them.

use super::{n_of_type, sides};
use crate::model::count;
use crate::model::{Candidacy, Field, FieldKind, RecordType, Table, TextColumn};
use crate::rules::check::codes::{
    EMPTY_COLUMN, MISSING_COLUMN, MIXED_CODES, NO_RECORDS, NO_STATE, UNREADABLE_DATES,
};
use crate::rules::check::{Finding, Part};
use crate::rules::predicate::date::{self, Slashes};
use crate::rules::{BaseScope, Condition, MatchcodeKind, Rule, RuleSet};
use std::collections::BTreeSet;

/// A column with more distinct values than this is no pick list.
const CHOICES_MAX: usize = 50;

/// The whole set.
pub(super) fn of_set(table: &Table, set: &RuleSet) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (i, rule) in set.rules.iter().enumerate() {
        types(table, set, i, &mut findings);
        let whens = rule
            .when
            .iter()
            .enumerate()
            .map(|(at, c)| (Part::When(at), c));
        let unlesses = rule
            .unless
            .iter()
            .enumerate()
            .map(|(at, c)| (Part::Unless(at), c));
        for (part, condition) in whens.chain(unlesses) {
            of_condition(table, set, i, part, condition, &mut findings);
        }
    }
    findings
}

/// Columns of a rule that no file has.
pub(super) fn missing<'r>(table: &Table, rule: &'r Rule) -> impl Iterator<Item = &'r str> {
    rule.when
        .iter()
        .chain(&rule.unless)
        .flat_map(|c| c.text_columns())
        .map(|(column, _)| column)
        .filter(|column| table.column(column).is_none())
}

fn types(table: &Table, set: &RuleSet, i: usize, findings: &mut Vec<Finding>) {
    let rule = &set.rules[i];
    let empty = [("base", rule.base), ("match", rule.matching)]
        .into_iter()
        .find(|(_, t)| n_of_type(table, *t) == 0);
    if let Some((key, t)) = empty {
        findings.push(Finding::of_rule(
            NO_RECORDS,
            set,
            i,
            Part::Key(key),
            format!(
                "is about {}s, of which there is none in the files",
                t.as_str()
            ),
            "give the file with those records too, or set the type with --type",
        ));
        return;
    }
    let stateless = |t: RecordType| table.stateless.contains(&t);
    for (key, asks, t) in [
        ("exclude_inactive", rule.exclude_inactive, rule.matching),
        (
            "base_scope",
            rule.base_scope == BaseScope::Active,
            rule.base,
        ),
    ] {
        if asks && stateless(t) {
            findings.push(Finding::of_rule(
                NO_STATE,
                set,
                i,
                Part::Key(key),
                format!(
                    "asks for active records, but nothing says which {}s are active; a run refuses the rule without --assume-active",
                    t.as_str()
                ),
                "export the state, or map it with --column statecode=HEADER",
            ));
            return;
        }
    }
}

fn of_condition(
    table: &Table,
    set: &RuleSet,
    i: usize,
    part: Part,
    condition: &Condition,
    findings: &mut Vec<Finding>,
) {
    let rule = &set.rules[i];
    let mut tell = |lint, message: String, fix: &str| {
        findings.push(Finding::of_rule(lint, set, i, part, message, fix));
    };
    // One message for a column that both sides read of one type.
    let mut read: Vec<(RecordType, Vec<&str>)> = match sides(condition) {
        Some((base, matching)) => {
            vec![(rule.base, vec![base]), (rule.matching, vec![matching])]
        }
        None => [rule.base, rule.matching]
            .map(|t| (t, columns_of_kind(condition)))
            .to_vec(),
    };
    read.dedup_by(|a, b| {
        a.0 == b.0 && a.1.iter().zip(&b.1).all(|(x, y)| x.eq_ignore_ascii_case(y))
    });
    for (t, names) in read {
        let columns: Vec<&TextColumn> = names.iter().filter_map(|n| table.column(n)).collect();
        let shown = if names.len() == 1 {
            names[0].to_owned()
        } else {
            format!("every one of {}", names.join(", "))
        };
        if columns.is_empty() {
            if sides(condition).is_some() {
                tell(
                    MISSING_COLUMN,
                    format!("names the column {shown:?}, which no file has"),
                    "correct the name, or map the column with --column FIELD=HEADER; `kinfold profile INPUT` lists them",
                );
            } else if n_of_type(table, t) > 0 {
                tell(
                    EMPTY_COLUMN,
                    format!(
                        "reads {shown}, and the files of {}s have none of them",
                        t.as_str()
                    ),
                    "export one of the columns, or map it with --column FIELD=HEADER",
                );
            }
            continue;
        }
        let records = || {
            (0..table.n_records()).filter(|r| {
                table.record_type[*r] == t && table.candidacy[*r] == Candidacy::Candidate
            })
        };
        let n = records().count() as u64;
        let filled: Vec<&str> = records()
            .filter_map(|r| {
                columns
                    .iter()
                    .map(|c| c.get(r).trim())
                    .find(|v| !v.is_empty())
            })
            .collect();
        let n_filled = filled.len() as u64;
        if n > 0 && n_filled * 100 < n {
            let is = if names.len() == 1 { "is" } else { "are" };
            tell(
                EMPTY_COLUMN,
                format!(
                    "{shown} {is} filled in {} of {} {}s",
                    count(n_filled),
                    count(n),
                    t.as_str()
                ),
                "export the column, compare another one, or drop the rule",
            );
        }
        match condition {
            Condition::SameDate { .. } | Condition::SameDateTime { .. } => {
                let n_bad = filled
                    .iter()
                    .filter(|v| date::read(v, Slashes::MonthFirst).is_none())
                    .count() as u64;
                if n_bad > 0 && n_bad * 100 >= n_filled {
                    tell(
                        UNREADABLE_DATES,
                        format!(
                            "{} of {} values of {shown} are no dates, and are never found by this condition",
                            count(n_bad),
                            count(n_filled)
                        ),
                        "export dates as 2026-06-22 or one of the other forms in docs/rules.md",
                    );
                }
            }
            Condition::Exact { .. } if may_be_choice(names[0]) => {
                if let Some((n_codes, n_labels)) = codes_and_labels(&filled) {
                    tell(
                        MIXED_CODES,
                        format!(
                            "{shown} holds a code in {} records and a label in {}; letter by letter these never agree",
                            count(n_codes),
                            count(n_labels)
                        ),
                        "export all files with codes, or all with labels",
                    );
                }
            }
            _ => {}
        }
    }
}

/// Fields a condition on matchcodes reads.
fn columns_of_kind(condition: &Condition) -> Vec<&'static str> {
    let fields: &[Field] = match condition {
        Condition::Same { kind, .. } => match kind {
            MatchcodeKind::Email | MatchcodeKind::EmailDomain => &Field::EMAILS,
            MatchcodeKind::Phone => &Field::PHONES,
            MatchcodeKind::Name => NAMES,
            MatchcodeKind::Company => &[Field::CompanyName],
            MatchcodeKind::Website => &[Field::Website],
            MatchcodeKind::Address => &[Field::Street],
            MatchcodeKind::Place => &[Field::City, Field::PostalCode],
        },
        Condition::SimilarName => NAMES,
        Condition::SimilarCompany { .. } => &[Field::CompanyName],
        _ => &[],
    };
    fields.iter().map(|f| f.name()).collect()
}

const NAMES: &[Field] = &[Field::FullName, Field::FirstName, Field::LastName];

/// Whether a column may be a pick list, by what is known of it.
fn may_be_choice(column: &str) -> bool {
    Field::parse(column).is_none_or(|f| f.kind() == FieldKind::Status)
}

/// Records with a code (digits alone) and with a label, when the column looks like a pick list that has both: few
/// distinct values, and a twentieth or more of either.
fn codes_and_labels(filled: &[&str]) -> Option<(u64, u64)> {
    let mut distinct = BTreeSet::new();
    let mut n_codes = 0_u64;
    for value in filled {
        distinct.insert(*value);
        if distinct.len() > CHOICES_MAX {
            return None;
        }
        n_codes += u64::from(value.bytes().all(|b| b.is_ascii_digit()));
    }
    let n = filled.len() as u64;
    let n_labels = n - n_codes;
    (n >= 20 && n_codes * 20 >= n && n_labels * 20 >= n).then_some((n_codes, n_labels))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pick_list_with_codes_and_labels_is_told_from_other_columns() {
        let mixed = [["1"; 15], ["Hot"; 15]].concat();
        assert_eq!(codes_and_labels(&mixed), Some((15, 15)));
        assert_eq!(codes_and_labels(&["Hot"; 30]), None);
        assert_eq!(codes_and_labels(&["1"; 30]), None);
        let many: Vec<String> = (0..60)
            .map(|i| format!("{i}{}", if i % 2 == 0 { "a" } else { "" }))
            .collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert_eq!(codes_and_labels(&many), None);
    }
}
