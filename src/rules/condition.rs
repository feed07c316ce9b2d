//! One condition of a rule file, `{ same = "email" }`, to a [`Condition`].

use super::file::{ReadCondition, Reader, kind_of, number};
use super::set::{Condition, MatchcodeKind, Measure, PicklistSide, TextBasis};
use super::words::{BASES, MATCHCODES, MEASURES, PICKLIST_SIDES, nearest};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Lowest similarity of `similar = "company"` when the rule names none.
pub const COMPANY_THRESHOLD: f64 = 0.70;

/// The keys of which a condition has exactly one, with the keys allowed beside it.
const FORMS: [(&str, &[&str]); 9] = [
    ("same", &["weak"]),
    (
        "similar",
        &["measure", "threshold", "match", "case_sensitive", "on"],
    ),
    ("exact", &["match", "case_sensitive", "ignore_blank"]),
    (
        "first",
        &["column", "match", "case_sensitive", "ignore_blank"],
    ),
    (
        "last",
        &["column", "match", "case_sensitive", "ignore_blank"],
    ),
    ("same_date", &["match", "ignore_blank"]),
    ("same_date_time", &["match", "ignore_blank"]),
    (
        "picklist",
        &["by", "match", "case_sensitive", "ignore_blank"],
    ),
    ("not", &[]),
];

/// Reads one condition; true beside it when it stood under `not`. `None` after a report.
/// `case_sensitive` is what conditions that do not say are.
pub(super) fn read(
    reader: &mut Reader<'_>,
    item: &Spanned<DeValue<'_>>,
    case_sensitive: bool,
    may_negate: bool,
) -> ReadCondition {
    let at = item.span().start;
    let Some(table) = item.get_ref().as_table() else {
        reader.report(
            at,
            format!("a condition is a table, not {}", kind_of(item.get_ref())),
            Some("write { same = \"email\" }".to_owned()),
        );
        return None;
    };
    let form_words: Vec<&str> = FORMS.iter().map(|(w, _)| *w).collect();
    let present: Vec<&(&str, &[&str])> = FORMS
        .iter()
        .filter(|(w, _)| table.contains_key(*w))
        .collect();
    let (form, beside) = match present.as_slice() {
        [one] => **one,
        [] => {
            // A misspelt form is an unknown key: one message, not two.
            let slip = table
                .keys()
                .find_map(|k| Some((k, nearest(k.get_ref(), &form_words)?)));
            match slip {
                Some((key, near)) => reader.report(
                    key.span().start,
                    format!("unknown key {:?} in a condition", key.get_ref()),
                    Some(format!("did you mean {near:?}?")),
                ),
                None => reader.report(
                    at,
                    "the condition does not say what it compares".to_owned(),
                    Some(format!("one of {}", form_words.join(", "))),
                ),
            }
            return None;
        }
        several => {
            let words: Vec<&str> = several.iter().map(|(w, _)| *w).collect();
            reader.report(
                at,
                format!("the condition says {} at once", words.join(" and ")),
                Some("write one condition for each; all must hold".to_owned()),
            );
            return None;
        }
    };
    let before = reader.n_problems();
    let mut allowed = vec![form];
    allowed.extend_from_slice(beside);
    reader.known_keys(table, &allowed, &format!("a condition with {form:?}"));
    if form == "not" {
        if !may_negate {
            reader.report(
                at,
                "`unless` already means not".to_owned(),
                Some("write the condition without not".to_owned()),
            );
            return None;
        }
        let inner = table.get("not")?;
        let (condition, _) = read(reader, inner, case_sensitive, false)?;
        return Some((condition, true));
    }
    let condition = by_form(reader, table, form, case_sensitive, at)?;
    (reader.n_problems() == before).then_some((condition, false))
}

fn by_form(
    reader: &mut Reader<'_>,
    table: &DeTable<'_>,
    form: &str,
    case_default: bool,
    at: usize,
) -> Option<Condition> {
    match form {
        "same" => {
            let kind = reader.word(table, "same", &MATCHCODES);
            let weak = reader.boolean(table, "weak");
            let kind = kind?;
            if let Some((_, weak_at)) = weak
                && kind != MatchcodeKind::Phone
            {
                reader.report(
                    weak_at,
                    "weak belongs to same = \"phone\" only".to_owned(),
                    None,
                );
            }
            Some(Condition::Same {
                kind,
                weak: weak.is_some_and(|(w, _)| w),
            })
        }
        "similar" => similar(reader, table, case_default, at),
        "picklist" => picklist(reader, table, case_default, at),
        "exact" => {
            let column = column(reader, table, "exact");
            let match_column = optional_column(reader, table);
            let case_sensitive = flag(reader, table, "case_sensitive", case_default);
            let ignore_blank = flag(reader, table, "ignore_blank", true);
            Some(Condition::Exact {
                column: column?,
                match_column,
                case_sensitive,
                ignore_blank,
            })
        }
        "first" | "last" => {
            let n = reader.integer(table, form);
            if !table.contains_key("column") {
                reader.report(
                    at,
                    format!("{form} needs a column"),
                    Some(format!("write {{ {form} = 3, column = \"lastname\" }}")),
                );
            }
            let column = column(reader, table, "column");
            let match_column = optional_column(reader, table);
            let case_sensitive = flag(reader, table, "case_sensitive", case_default);
            let ignore_blank = flag(reader, table, "ignore_blank", true);
            let (n, n_at) = n?;
            // The upper end is Dynamics' own (`operatorparam`).
            let Some(n) = i32::try_from(n).ok().filter(|n| *n >= 1) else {
                reader.report(
                    n_at,
                    format!("{form} is a number of characters, 1 to 2147483647"),
                    None,
                );
                return None;
            };
            let n = n as usize;
            let column = column?;
            Some(if form == "first" {
                Condition::First {
                    column,
                    match_column,
                    n,
                    case_sensitive,
                    ignore_blank,
                }
            } else {
                Condition::Last {
                    column,
                    match_column,
                    n,
                    case_sensitive,
                    ignore_blank,
                }
            })
        }
        _ => {
            let column = column(reader, table, form);
            let match_column = optional_column(reader, table);
            let ignore_blank = flag(reader, table, "ignore_blank", true);
            let column = column?;
            Some(if form == "same_date" {
                Condition::SameDate {
                    column,
                    match_column,
                    ignore_blank,
                }
            } else {
                Condition::SameDateTime {
                    column,
                    match_column,
                    ignore_blank,
                }
            })
        }
    }
}

fn similar(
    reader: &mut Reader<'_>,
    table: &DeTable<'_>,
    case_default: bool,
    at: usize,
) -> Option<Condition> {
    let threshold = threshold(reader, table);
    if !table.contains_key("measure") {
        let (word, word_at) = reader.text(table, "similar")?;
        for key in ["match", "case_sensitive", "on"] {
            if table.contains_key(key) {
                reader.report(
                    at,
                    format!("{key} belongs to a comparison with a measure"),
                    None,
                );
            }
        }
        return match word {
            "name" => {
                if table.contains_key("threshold") {
                    reader.report(
                        at,
                        "similar = \"name\" has no threshold: it holds or it does not".to_owned(),
                        Some("leave the threshold out".to_owned()),
                    );
                }
                Some(Condition::SimilarName)
            }
            "company" => Some(Condition::SimilarCompany {
                threshold: threshold.unwrap_or(COMPANY_THRESHOLD),
            }),
            other => {
                let help = match nearest(other, &["name", "company"]) {
                    Some(near) if !other.contains(near) => format!("did you mean {near:?}?"),
                    _ => "name a measure such as measure = \"jaro-winkler\", threshold = 0.92; \
                          without one, \"name\" and \"company\" are the profiles there are"
                        .to_owned(),
                };
                reader.report(
                    word_at,
                    format!("similar = {other:?} says no measure"),
                    Some(help),
                );
                None
            }
        };
    }
    let measure = reader.word(table, "measure", &MEASURES);
    let column = column(reader, table, "similar");
    let match_column = optional_column(reader, table);
    let on = reader.word(table, "on", &BASES).unwrap_or_default();
    let case_sensitive = match (on, reader.boolean(table, "case_sensitive")) {
        (TextBasis::Normalised, Some((true, case_at))) => {
            reader.report(
                case_at,
                "a normalised text has no capital letters".to_owned(),
                Some("leave case_sensitive out, or write on = \"raw\"".to_owned()),
            );
            false
        }
        (TextBasis::Normalised, _) => false,
        (TextBasis::Raw, said) => said.map_or(case_default, |(v, _)| v),
    };
    let measure = measure?;
    let phonetic = matches!(measure, Measure::DoubleMetaphone | Measure::Soundex);
    let threshold = match threshold {
        Some(t) => t,
        // These two are 0.0 or 1.0: there is nothing to choose.
        None if phonetic => 1.0,
        None => {
            if !table.contains_key("threshold") {
                reader.report(
                    at,
                    "a measure needs a threshold".to_owned(),
                    Some("add threshold = 0.92, say".to_owned()),
                );
            }
            return None;
        }
    };
    Some(Condition::SimilarText {
        column: column?,
        match_column,
        measure,
        threshold,
        case_sensitive,
        on,
    })
}

fn picklist(
    reader: &mut Reader<'_>,
    table: &DeTable<'_>,
    case_default: bool,
    at: usize,
) -> Option<Condition> {
    let column = column(reader, table, "picklist");
    let match_column = optional_column(reader, table);
    let by = reader.word(table, "by", &PICKLIST_SIDES);
    if !table.contains_key("by") {
        reader.report(
            at,
            "picklist does not say what it compares".to_owned(),
            Some("add by = \"label\" or by = \"value\"".to_owned()),
        );
    }
    let case = reader.boolean(table, "case_sensitive");
    let ignore_blank = flag(reader, table, "ignore_blank", true);
    let by = by?;
    let case_sensitive = match (by, case) {
        (PicklistSide::Value, Some((true, case_at))) => {
            reader.report(
                case_at,
                "values of a pick list are codes, without capital letters".to_owned(),
                Some("leave case_sensitive out".to_owned()),
            );
            false
        }
        (PicklistSide::Value, _) => false,
        (PicklistSide::Label, said) => said.map_or(case_default, |(v, _)| v),
    };
    Some(Condition::Picklist {
        column: column?,
        match_column,
        by,
        case_sensitive,
        ignore_blank,
    })
}

fn threshold(reader: &mut Reader<'_>, table: &DeTable<'_>) -> Option<f64> {
    let value = table.get("threshold")?;
    match number(value.get_ref()) {
        Some(t) if t > 0.0 && t <= 1.0 => Some(t),
        Some(_) => {
            reader.report(
                value.span().start,
                "threshold is above 0.0 and at most 1.0".to_owned(),
                None,
            );
            None
        }
        None => {
            reader.report(
                value.span().start,
                format!("threshold is a number, not {}", kind_of(value.get_ref())),
                None,
            );
            None
        }
    }
}

fn column(reader: &mut Reader<'_>, table: &DeTable<'_>, key: &str) -> Option<String> {
    let (text, at) = reader.text(table, key)?;
    if text.trim().is_empty() {
        reader.report(at, format!("{key} names no column"), None);
        return None;
    }
    Some(text.to_owned())
}

fn optional_column(reader: &mut Reader<'_>, table: &DeTable<'_>) -> Option<String> {
    column(reader, table, "match")
}

fn flag(reader: &mut Reader<'_>, table: &DeTable<'_>, key: &str, default: bool) -> bool {
    reader.boolean(table, key).map_or(default, |(v, _)| v)
}
