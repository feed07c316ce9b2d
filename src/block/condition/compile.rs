//! Conditions of rule files made into tests on numbered columns.

use super::keys::{BLANK, KeyColumns};
use super::{BlockInput, Test};
use crate::model::{Csr, Interner, Mark, NONE, Prepared, RecordIdx, TextForm};
use crate::rules::predicate::date::{self, Moment, Slashes};
use crate::rules::{Condition, GenericPolicy, MatchcodeKind};
use std::borrow::Cow;
use std::sync::Arc;

/// Makes a condition of a rule with the policy `generic` ready to decide. Cost: one look at each distinct value.
pub(super) fn compile_condition<'a>(
    condition: &Condition,
    generic: GenericPolicy,
    input: &BlockInput<'a>,
) -> Test<'a> {
    let p = input.prepared;
    let plain = |keys: KeyColumns<'a>| Test::Equal {
        keys,
        people: None,
        generic: GenericPolicy::AsWorded,
    };
    let text_at = |column: &str, form: TextForm| {
        p.texts
            .iter()
            .position(|t| t.form == form && t.name.eq_ignore_ascii_case(column))
            .expect("preparing interns every column that a rule names")
    };
    // A condition on a text column: each distinct value becomes a key text, or none.
    let keyed = |kind: &'static str, key_of: &dyn Fn(&str) -> Option<String>| {
        let (column, other, form) = condition
            .text_sides()
            .expect("only conditions on text columns are keyed by text");
        let ignore_blank = condition.ignore_blank().unwrap_or(true);
        let mut numbers = Interner::default();
        let mut side = |name: &str| {
            let text = &p.texts[text_at(name, form)];
            let keys: Vec<u32> = text
                .values
                .texts()
                .iter()
                .map(|v| key_of(v).map_or(NONE, |k| numbers.intern(&k)))
                .collect();
            let blank = if ignore_blank {
                NONE
            } else {
                numbers.intern(BLANK)
            };
            single(
                text.column
                    .iter()
                    .map(|v| if *v == NONE { blank } else { keys[*v as usize] }),
            )
        };
        let base = side(column);
        let other = other.filter(|name| !name.eq_ignore_ascii_case(column));
        let matching = other.map(side);
        plain(KeyColumns {
            base: Cow::Owned(base),
            matching,
            n_keys: numbers.len(),
            kind,
            texts: Some(Arc::new(numbers)),
        })
    };
    let dated = |kind: &'static str, part_of: &dyn Fn(Moment) -> i64| {
        keyed(kind, &|v| {
            date::read(v, Slashes::MonthFirst).map(|d| part_of(d).to_string())
        })
    };
    match condition {
        Condition::Same { kind, weak } => match kind {
            MatchcodeKind::Email => Test::Equal {
                keys: same_both(
                    Cow::Borrowed(&p.emails),
                    p.email_codes.codes.len(),
                    "e-mail",
                ),
                people: Some(&input.generic.email_people),
                generic,
            },
            MatchcodeKind::Phone => {
                let mut rows = Csr::default();
                for row in p.phones.rows() {
                    rows.push_row(row.iter().map(|u| u.phone).filter(|n| {
                        *weak || !p.phone_codes.codes.at(*n as usize).marks.has(Mark::Weak)
                    }));
                }
                Test::Equal {
                    keys: same_both(Cow::Owned(rows), p.phone_codes.codes.len(), "phone"),
                    people: Some(&input.generic.phone_people),
                    generic,
                }
            }
            MatchcodeKind::EmailDomain => plain(same_both(
                Cow::Borrowed(&p.domains),
                p.domain_codes.codes.len(),
                "e-mail domain",
            )),
            MatchcodeKind::Name => plain(same_both(
                Cow::Owned(single(p.name.iter().copied())),
                p.names.len(),
                "name",
            )),
            MatchcodeKind::Company => {
                let rows = single(p.company.iter().map(|c| {
                    if *c == NONE {
                        NONE
                    } else {
                        input.companies.squashed(input.companies.form(*c))
                    }
                }));
                let n_keys = rows
                    .rows()
                    .flatten()
                    .map(|k| *k as usize + 1)
                    .max()
                    .unwrap_or(0);
                plain(same_both(Cow::Owned(rows), n_keys, "company"))
            }
            MatchcodeKind::Website => plain(same_both(
                Cow::Owned(single(p.website.iter().copied())),
                p.domain_codes.codes.len(),
                "web site",
            )),
            MatchcodeKind::Address => plain(same_both(
                Cow::Owned(single(p.address.iter().copied())),
                p.addresses.len(),
                "address",
            )),
            MatchcodeKind::Place => plain(same_both(Cow::Owned(places(p)), p.n_places(), "place")),
        },
        Condition::SimilarName => Test::SimilarName,
        Condition::SimilarCompany { threshold } => Test::SimilarCompany {
            threshold: *threshold,
        },
        Condition::Exact { .. } => keyed("exact value", &|v| Some(v.to_owned())),
        Condition::Picklist { .. } => keyed("pick-list choice", &|v| Some(v.to_owned())),
        Condition::First { n, .. } => {
            keyed("first characters", &|v| Some(v.chars().take(*n).collect()))
        }
        Condition::Last { n, .. } => keyed("last characters", &|v| {
            let skip = v.chars().count().saturating_sub(*n);
            Some(v.chars().skip(skip).collect())
        }),
        Condition::SameDate { .. } => dated("date", &|d| d.day()),
        Condition::SameDateTime { .. } => dated("date and time", &|d| d.second_as_written()),
        Condition::SimilarText {
            column,
            match_column,
            measure,
            threshold,
            ..
        } => {
            let (_, _, form) = condition.text_sides().expect("compares texts");
            Test::Measure {
                base: text_at(column, form),
                matching: text_at(match_column.as_deref().unwrap_or(column), form),
                measure: *measure,
                threshold: *threshold,
            }
        }
    }
}

/// For each record its town and its postal code.
fn places(p: &Prepared) -> Csr<u32> {
    let mut out = Csr::default();
    for record in (0..p.n_records() as u32).map(RecordIdx) {
        out.push_row(p.places(record));
    }
    out
}

fn single(column: impl Iterator<Item = u32>) -> Csr<u32> {
    let mut out = Csr::default();
    for key in column {
        out.push_row((key != NONE).then_some(key));
    }
    out
}

fn same_both<'a>(rows: Cow<'a, Csr<u32>>, n_keys: usize, kind: &'static str) -> KeyColumns<'a> {
    KeyColumns {
        base: rows,
        matching: None,
        n_keys,
        kind,
        texts: None,
    }
}
