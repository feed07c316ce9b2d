//! `duplicaterule` and `duplicaterulecondition` rows, as the Web API gives them (JSON) or as tables (CSV), to rules.

use super::super::set::{Condition, PicklistSide, Rule};
use super::{ExchangeError, ImportOptions, LossKind, Losses, Source, fields};
use crate::model::RecordType;
use serde_json::Value;
use std::collections::BTreeMap;

/// One row: attribute in lower case, value as text. Absent and null are the same.
type Row = BTreeMap<String, String>;

/// Arrays inside arrays that an answer may have; the Web API has three.
const DEPTH_MAX: usize = 16;

/// Name of the conditions inside an expanded rule, in lower case.
const CONDITIONS: &str = "duplicaterule_duplicateruleconditions";

/// A rule as found, with the conditions that stand with it.
#[derive(Debug, Default)]
struct Found {
    rule: Row,
    conditions: Vec<Row>,
}

pub(super) fn import(
    sources: &[Source<'_>],
    options: ImportOptions,
    losses: &mut Losses,
) -> Result<Vec<Rule>, ExchangeError> {
    let mut found: Vec<Found> = Vec::new();
    let mut loose: Vec<Row> = Vec::new();
    for source in sources {
        let text = source.text.trim_start_matches('\u{feff}');
        if matches!(text.trim_start().chars().next(), Some('{' | '[')) {
            let value: Value = serde_json::from_str(text).map_err(|e| ExchangeError::Syntax {
                file: source.name.to_owned(),
                line: e.line(),
                message: "no JSON".to_owned(),
            })?;
            json(source, &value, 0, &mut found, &mut loose, losses);
        } else {
            csv(source, text, &mut found, &mut loose)?;
        }
    }
    attach(&mut found, loose, losses);
    Ok(found
        .into_iter()
        .filter_map(|f| rule(&f, options, losses))
        .collect())
}

/// Finds rules and conditions anywhere in an answer.
fn json(
    source: &Source<'_>,
    value: &Value,
    depth: usize,
    found: &mut Vec<Found>,
    loose: &mut Vec<Row>,
    losses: &mut Losses,
) {
    match value {
        Value::Array(items) if depth < DEPTH_MAX => {
            for item in items {
                json(source, item, depth + 1, found, loose, losses);
            }
        }
        Value::Object(object) if depth < DEPTH_MAX => {
            if object
                .keys()
                .any(|k| k.eq_ignore_ascii_case("@odata.nextLink"))
            {
                losses.add(
                    LossKind::Dropped,
                    None,
                    source.name,
                    "the answer has further pages; add the files of those pages",
                );
            }
            let row = row(object);
            if row.contains_key("baseattributename") {
                loose.push(row);
            } else if row.contains_key("baseentityname") {
                let mut inside = Vec::new();
                let mut none = Vec::new();
                for (key, value) in object {
                    if key.eq_ignore_ascii_case(CONDITIONS) {
                        json(source, value, depth + 1, &mut none, &mut inside, losses);
                    }
                }
                found.push(Found {
                    rule: row,
                    conditions: inside,
                });
            } else {
                for value in object.values() {
                    json(source, value, depth + 1, found, loose, losses);
                }
            }
        }
        _ => {}
    }
}

/// The plain attributes of an object.
fn row(object: &serde_json::Map<String, Value>) -> Row {
    let mut out = Row::new();
    for (key, value) in object {
        let text = match value {
            Value::String(text) => text.trim().to_owned(),
            Value::Number(number) => number.to_string(),
            Value::Bool(flag) => flag.to_string(),
            // A lookup as the organisation service writes it.
            Value::Object(inner) => match inner.get("Id").or_else(|| inner.get("Value")) {
                Some(Value::String(id)) => id.clone(),
                Some(Value::Number(n)) => n.to_string(),
                _ => continue,
            },
            Value::Null | Value::Array(_) => continue,
        };
        out.entry(key.to_ascii_lowercase()).or_insert(text);
    }
    out
}

/// Rows of a table: rules, conditions, or both joined, by the columns it has.
fn csv(
    source: &Source<'_>,
    text: &str,
    found: &mut Vec<Found>,
    loose: &mut Vec<Row>,
) -> Result<(), ExchangeError> {
    let first = text.lines().next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|d| first.bytes().filter(|b| b == d).count())
        .unwrap_or(b',');
    let mut reader = ::csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .from_reader(text.as_bytes());
    let fault = |error: ::csv::Error| ExchangeError::Syntax {
        file: source.name.to_owned(),
        line: error
            .position()
            .map_or(1, |p| usize::try_from(p.line()).unwrap_or(usize::MAX)),
        message: "no table of values: a row has more or fewer values than the header".to_owned(),
    };
    let headers: Vec<String> = reader
        .headers()
        .map_err(fault)?
        .iter()
        .map(|h| {
            // A joined table calls its columns `c.operatorcode`.
            let h = h.trim().to_ascii_lowercase();
            h.rsplit_once('.')
                .map_or(h.clone(), |(_, name)| name.to_owned())
        })
        .collect();
    let has = |name: &str| headers.iter().any(|h| h == name);
    if !has("baseentityname") && !has("baseattributename") {
        return Err(ExchangeError::Syntax {
            file: source.name.to_owned(),
            line: 1,
            message: "neither a column baseentityname (duplicaterule) nor baseattributename (duplicaterulecondition)"
                .to_owned(),
        });
    }
    for record in reader.records() {
        let record = record.map_err(fault)?;
        let mut row = Row::new();
        for (header, value) in headers.iter().zip(&record) {
            let value = value.trim();
            if !value.is_empty() && !value.eq_ignore_ascii_case("null") {
                row.entry(header.clone())
                    .or_insert_with(|| value.to_owned());
            }
        }
        let is_condition = row.contains_key("baseattributename");
        if row.contains_key("baseentityname") {
            let key = rule_key(&row);
            let known = found.iter_mut().find(|f| rule_key(&f.rule) == key);
            match known {
                Some(known) if is_condition => known.conditions.push(row),
                _ => found.push(Found {
                    conditions: if is_condition {
                        vec![row.clone()]
                    } else {
                        Vec::new()
                    },
                    rule: row,
                }),
            }
        } else if is_condition {
            loose.push(row);
        }
    }
    Ok(())
}

/// What names a rule: its id, else its name.
fn rule_key(row: &Row) -> String {
    match row.get("duplicateruleid") {
        Some(id) => bare(id),
        None => row.get("name").cloned().unwrap_or_default(),
    }
}

/// An id without braces and case.
fn bare(id: &str) -> String {
    id.trim_matches(['{', '}']).to_ascii_lowercase()
}

/// Gives each condition to its rule.
fn attach(found: &mut [Found], loose: Vec<Row>, losses: &mut Losses) {
    for row in loose {
        let of = [
            "_regardingobjectid_value",
            "regardingobjectid",
            "duplicateruleid",
        ]
        .iter()
        .find_map(|key| row.get(*key));
        let owner = of.and_then(|of| {
            found.iter_mut().find(|f| {
                rule_key(&f.rule) == bare(of) || f.rule.get("name").is_some_and(|name| name == of)
            })
        });
        match owner {
            Some(owner) => owner.conditions.push(row),
            None => losses.add(
                LossKind::Dropped,
                None,
                format!(
                    "condition on {}",
                    row.get("baseattributename").map_or("", String::as_str)
                ),
                "its rule (regardingobjectid) is in none of the files",
            ),
        }
    }
}

/// One rule, or the reason why not.
fn rule(found: &Found, options: ImportOptions, losses: &mut Losses) -> Option<Rule> {
    let row = &found.rule;
    let name = row
        .get("name")
        .or_else(|| row.get("duplicateruleid"))
        .map_or("unnamed rule", String::as_str);
    let drop = |losses: &mut Losses, item: &str, message: String| {
        losses.add(LossKind::Dropped, Some(name), item, message);
        None
    };
    match published(row) {
        Some(true) => {}
        Some(false) if options.all => {}
        Some(false) => {
            losses.add(
                LossKind::Note,
                Some(name),
                "statuscode",
                "not published, so not imported; --all imports it",
            );
            return None;
        }
        None => losses.add(
            LossKind::Note,
            Some(name),
            "statuscode",
            "the file does not say whether the rule is published; taken as published",
        ),
    }
    let table = |key: &str| {
        let entity = row.get(key).map_or("", String::as_str);
        RecordType::parse(entity).ok_or_else(|| {
            format!(
                "the table {entity:?} is none of lead, contact and account; the rule was left out"
            )
        })
    };
    let base = match table("baseentityname") {
        Ok(base) => base,
        Err(message) => return drop(losses, "baseentityname", message),
    };
    let matching = if row.contains_key("matchingentityname") {
        match table("matchingentityname") {
            Ok(matching) => matching,
            Err(message) => return drop(losses, "matchingentityname", message),
        }
    } else {
        base
    };
    let mut flag = |row: &Row, key: &str| match row.get(key) {
        None => {
            losses.add(
                LossKind::Note,
                Some(name),
                key,
                "the file does not say; false, the default, was taken",
            );
            false
        }
        Some(word) => is_true(word),
    };
    let exclude_inactive = flag(row, "excludeinactiverecords");
    let case_sensitive = flag(row, "iscasesensitive");
    let blanks: Vec<bool> = found
        .conditions
        .iter()
        .map(|c| flag(c, "ignoreblankvalues"))
        .collect();
    let mut when = Vec::new();
    for (row, ignore_blank) in found.conditions.iter().zip(blanks) {
        match condition(row, (base, matching), case_sensitive, ignore_blank) {
            Ok(condition) => when.push(condition),
            Err((item, message)) => {
                let message = format!(
                    "{message}; the rule was left out, since without the condition it would find more"
                );
                return drop(losses, &item, message);
            }
        }
    }
    if when.is_empty() {
        return drop(
            losses,
            "conditions",
            "the files hold no condition of this rule; add the duplicaterulecondition rows"
                .to_owned(),
        );
    }
    Some(Rule {
        id: row.get("duplicateruleid").map(|id| bare(id)),
        exclude_inactive,
        ..super::plain_rule(name.to_owned(), base, matching, when)
    })
}

/// Whether a rule is in force; `None` when the row does not say. Codes: 0 unpublished, 1 publishing, 2 published.
fn published(row: &Row) -> Option<bool> {
    let word = |key: &str| row.get(key).map(|w| w.to_ascii_lowercase());
    match word("statuscode").as_deref() {
        Some("2" | "published") => return Some(true),
        Some(_) => return Some(false),
        None => {}
    }
    match word("statecode").as_deref() {
        Some("1" | "active") => Some(true),
        Some(_) => Some(false),
        None => None,
    }
}

fn is_true(word: &str) -> bool {
    ["true", "1", "yes"]
        .iter()
        .any(|t| word.eq_ignore_ascii_case(t))
}

/// What an operator code asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Operator {
    Exact,
    First,
    Last,
    Date,
    DateTime,
    Label,
    Value,
}

/// Reads a code or its label.
fn operator(word: &str) -> Option<Operator> {
    let squashed: String = word
        .to_ascii_lowercase()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    Some(match squashed.as_str() {
        "0" | "exactmatch" => Operator::Exact,
        "1" | "samefirstcharacters" => Operator::First,
        "2" | "samelastcharacters" => Operator::Last,
        "3" | "samedate" => Operator::Date,
        "4" | "samedateandtime" => Operator::DateTime,
        "5" | "exactmatchpicklistlabel" => Operator::Label,
        "6" | "exactmatchpicklistvalue" => Operator::Value,
        _ => return None,
    })
}

fn condition(
    row: &Row,
    (base, matching): (RecordType, RecordType),
    case_sensitive: bool,
    ignore_blank: bool,
) -> Result<Condition, (String, String)> {
    let attribute = |key: &str| row.get(key).map(|a| a.to_ascii_lowercase());
    let theirs = attribute("baseattributename").unwrap_or_default();
    let item = format!("condition on {theirs}");
    let column = fields::from_dynamics(base, &theirs);
    let other = attribute("matchingattributename").unwrap_or_else(|| theirs.clone());
    for (key, name) in [
        ("baseattributename", &theirs),
        ("matchingattributename", &other),
    ] {
        if name.trim().is_empty() {
            return Err((item, format!("its {key} names no column")));
        }
    }
    let match_column = Some(fields::from_dynamics(matching, &other)).filter(|c| *c != column);
    let code = row
        .get("operatorcode")
        .ok_or_else(|| (item.clone(), "it has no operatorcode".to_owned()))?;
    let operator = operator(code).ok_or_else(|| {
        (
            item.clone(),
            format!("the operatorcode {code:?} is none of 0 to 6"),
        )
    })?;
    let n = || -> Result<usize, (String, String)> {
        row.get("operatorparam")
            .and_then(|n| n.parse().ok())
            .filter(|n| (1..=2_147_483_647).contains(n))
            .ok_or_else(|| {
                (
                    item.clone(),
                    "operatorparam is not 1 to 2147483647, which same first or last characters need".to_owned(),
                )
            })
    };
    Ok(match operator {
        Operator::Exact => Condition::Exact {
            column,
            match_column,
            case_sensitive,
            ignore_blank,
        },
        Operator::First => Condition::First {
            n: n()?,
            column,
            match_column,
            case_sensitive,
            ignore_blank,
        },
        Operator::Last => Condition::Last {
            n: n()?,
            column,
            match_column,
            case_sensitive,
            ignore_blank,
        },
        Operator::Date => Condition::SameDate {
            column,
            match_column,
            ignore_blank,
        },
        Operator::DateTime => Condition::SameDateTime {
            column,
            match_column,
            ignore_blank,
        },
        Operator::Label => Condition::Picklist {
            column,
            match_column,
            by: PicklistSide::Label,
            case_sensitive,
            ignore_blank,
        },
        Operator::Value => Condition::Picklist {
            column,
            match_column,
            by: PicklistSide::Value,
            case_sensitive: false,
            ignore_blank,
        },
    })
}
