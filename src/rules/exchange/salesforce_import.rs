//! `MatchingRules` and `DuplicateRule` metadata to rules.
//!
//! A matching rule says which fields agree and how, with filter logic that may say OR: each way in which it can be true
//! becomes a rule of ours. A duplicate rule says for which object's records it is asked, which gives the base type.

use super::super::set::{Condition, MatchcodeKind, Measure, Rule};
use super::xml::Element;
use super::{
    ExchangeError, ImportOptions, LossKind, Losses, Source, fields, filter, measured, xml,
};
use crate::model::{Field, FieldKind, RecordType};

/// A matching rule as found.
struct Matching {
    object: String,
    name: String,
    label: String,
    active: bool,
    filter: Option<String>,
    items: Vec<Item>,
}

struct Item {
    field: String,
    method: String,
    match_blanks: bool,
}

/// A duplicate rule as found.
struct Duplicate {
    object: String,
    label: String,
    active: bool,
    uses: Vec<Use>,
}

/// That a duplicate rule asks a matching rule.
struct Use {
    matching: String,
    object: Option<String>,
    input: Option<String>,
    /// Field of the record being saved, field of the record it is compared with.
    mapping: Vec<(String, String)>,
}

pub(super) fn import(
    sources: &[Source<'_>],
    options: ImportOptions,
    losses: &mut Losses,
) -> Result<Vec<Rule>, ExchangeError> {
    let mut matchings: Vec<Matching> = Vec::new();
    let mut duplicates: Vec<Duplicate> = Vec::new();
    for source in sources {
        let root = xml::read(source.name, source.text.trim_start_matches('\u{feff}'))?;
        let object = object_of(source.name);
        match root.name.as_str() {
            "MatchingRules" => {
                matchings.extend(root.all("matchingRules").map(|e| matching(e, &object)));
            }
            "MatchingRule" => matchings.push(matching(&root, &object)),
            "DuplicateRule" => duplicates.push(duplicate(&root, &object, losses)),
            other => {
                return Err(ExchangeError::Syntax {
                    file: source.name.to_owned(),
                    line: 1,
                    message: format!("<{other}> is neither <MatchingRules> nor <DuplicateRule>"),
                });
            }
        }
    }
    let mut rules = Vec::new();
    if duplicates.is_empty() {
        for m in &matchings {
            let own = Use {
                matching: m.name.clone(),
                object: None,
                input: None,
                mapping: Vec::new(),
            };
            rules_of(m, &m.object, &own, options, &mut rules, losses);
        }
        return Ok(rules);
    }
    let mut used: Vec<bool> = vec![false; matchings.len()];
    for d in &duplicates {
        if !d.active && !options.all {
            losses.add(
                LossKind::Note,
                Some(&d.label),
                "isActive",
                "the duplicate rule is not active, so not imported; --all imports it",
            );
            continue;
        }
        for u in &d.uses {
            let object = u.object.as_ref().unwrap_or(&d.object);
            let found = matchings
                .iter()
                .position(|m| m.name == u.matching && m.object.eq_ignore_ascii_case(object));
            match found {
                Some(at) => {
                    used[at] = true;
                    let base = u.input.as_ref().unwrap_or(&d.object);
                    rules_of(&matchings[at], base, u, options, &mut rules, losses);
                }
                None => {
                    let hint = if u.matching.starts_with("Standard_") {
                        "it is one of Salesforce's standard rules, which are not exported: \
                         `kinfold rules presets` lists what comes near"
                    } else {
                        "add the matchingRule file of the object"
                    };
                    losses.add(
                        LossKind::Dropped,
                        Some(&d.label),
                        format!("matching rule {object}.{}", u.matching),
                        format!("it is in none of the files; {hint}"),
                    );
                }
            }
        }
    }
    for (m, used) in matchings.iter().zip(used) {
        if used {
            continue;
        }
        if options.all {
            let own = Use {
                matching: m.name.clone(),
                object: None,
                input: None,
                mapping: Vec::new(),
            };
            rules_of(m, &m.object, &own, options, &mut rules, losses);
        } else {
            losses.add(
                LossKind::Note,
                Some(&m.label),
                "matchingRules",
                "no duplicate rule of the files asks it, so not imported; --all imports it",
            );
        }
    }
    Ok(rules)
}

/// The object a metadata file is about: its name up to the first full stop.
fn object_of(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.split('.').next().unwrap_or(name).to_owned()
}

/// `Lead.Name` in its parts, the object of the file where none is written.
fn split_name(full: &str, object: &str) -> (String, String) {
    match full.split_once('.') {
        Some((object, name)) => (object.to_owned(), name.to_owned()),
        None => (object.to_owned(), full.to_owned()),
    }
}

fn matching(element: &Element, object: &str) -> Matching {
    let (object, name) = split_name(element.text_of("fullName").unwrap_or_default(), object);
    Matching {
        label: element.text_of("label").unwrap_or(&name).to_owned(),
        object,
        name,
        active: element.text_of("ruleStatus").is_none_or(|s| s == "Active"),
        filter: element.text_of("booleanFilter").map(str::to_owned),
        items: element
            .all("matchingRuleItems")
            .map(|item| Item {
                field: item.text_of("fieldName").unwrap_or_default().to_owned(),
                method: item.text_of("matchingMethod").unwrap_or("Exact").to_owned(),
                match_blanks: item.text_of("blankValueBehavior") == Some("MatchBlanks"),
            })
            .collect(),
    }
}

fn duplicate(root: &Element, object: &str, losses: &mut Losses) -> Duplicate {
    let (object, name) = split_name(root.text_of("fullName").unwrap_or_default(), object);
    let label = root
        .text_of("masterLabel")
        .unwrap_or(if name.is_empty() {
            "unnamed duplicate rule"
        } else {
            &name
        })
        .to_owned();
    if root
        .all("duplicateRuleFilter")
        .any(|f| f.all("duplicateRuleFilterItems").next().is_some())
    {
        losses.add(
            LossKind::Dropped,
            Some(&label),
            "duplicateRuleFilter",
            "which records the rule is asked for is not carried over, so it finds more here; export those records alone",
        );
    }
    losses.add(
        LossKind::Note,
        Some(&label),
        "actions",
        "what Salesforce does on saving (allow, block, alert, report, sharing) is no part of a rule here",
    );
    Duplicate {
        object,
        label,
        active: root.text_of("isActive").is_none_or(|a| a == "true"),
        uses: root
            .all("duplicateRuleMatchRules")
            .map(|u| {
                let mapping = u.all("objectMapping").next();
                Use {
                    matching: split_name(u.text_of("matchingRule").unwrap_or_default(), "").1,
                    object: u.text_of("matchRuleSObjectType").map(str::to_owned),
                    input: mapping
                        .and_then(|m| m.text_of("inputObject"))
                        .map(str::to_owned),
                    mapping: mapping
                        .into_iter()
                        .flat_map(|m| m.all("mappingFields"))
                        .filter_map(|f| {
                            Some((
                                f.text_of("inputField")?.to_owned(),
                                f.text_of("outputField")?.to_owned(),
                            ))
                        })
                        .collect(),
                }
            })
            .collect(),
    }
}

/// The rules of ours that one use of a matching rule comes to.
fn rules_of(
    m: &Matching,
    base_object: &str,
    u: &Use,
    options: ImportOptions,
    rules: &mut Vec<Rule>,
    losses: &mut Losses,
) {
    let name = m.label.as_str();
    if !m.active && !options.all {
        losses.add(
            LossKind::Note,
            Some(name),
            "ruleStatus",
            "the matching rule is not active, so not imported; --all imports it",
        );
        return;
    }
    let types = (RecordType::parse(base_object), RecordType::parse(&m.object));
    let (Some(base), Some(matching)) = types else {
        let object = if types.0.is_none() {
            base_object
        } else {
            m.object.as_str()
        };
        losses.add(
            LossKind::Dropped,
            Some(name),
            "object",
            format!(
                "the object {object:?} is none of Lead, Contact and Account; a file is named for its object, \
                 as in Lead.matchingRule-meta.xml"
            ),
        );
        return;
    };
    if m.items.is_empty() {
        losses.add(
            LossKind::Dropped,
            Some(name),
            "matchingRuleItems",
            "it has none; the criteria of standard rules are not exported",
        );
        return;
    }
    let every = (0..m.items.len()).collect::<Vec<_>>();
    let ways = match m.filter.as_deref() {
        None => vec![every],
        Some(text) => match filter::ways(text, m.items.len()) {
            Ok(ways) => ways,
            Err(why) => {
                losses.add(
                    LossKind::Dropped,
                    Some(name),
                    format!("booleanFilter {text:?}"),
                    format!("{why}; the rule was left out"),
                );
                return;
            }
        },
    };
    if ways.len() > 1 {
        losses.add(
            LossKind::Note,
            Some(name),
            "booleanFilter",
            format!(
                "became {} rules, one for each way in which it is true",
                ways.len()
            ),
        );
    }
    for way in &ways {
        let mut when: Vec<Condition> = Vec::new();
        let mut whole = true;
        for at in way {
            match condition(&m.items[*at], (base, matching), u, name, losses) {
                Some(condition) if when.contains(&condition) => {}
                Some(condition) => when.push(condition),
                None => whole = false,
            }
        }
        // Both parts of a name, each with its own method, are the profile.
        join_names(&mut when);
        if !whole {
            continue;
        }
        let numbers: Vec<String> = way.iter().map(|at| (at + 1).to_string()).collect();
        let name = if ways.len() > 1 {
            format!("{name} ({})", numbers.join(" AND "))
        } else {
            name.to_owned()
        };
        let rule = super::plain_rule(name, base, matching, when);
        if !rules.contains(&rule) {
            rules.push(rule);
        }
    }
}

/// Replaces the methods for first and last name, where both stand, by `similar = "name"`.
fn join_names(when: &mut Vec<Condition>) {
    let at = |field: Field, when: &[Condition]| {
        when.iter()
            .position(|c| *c == name_part(field, field.name().to_owned(), None))
    };
    if let (Some(first), Some(last)) = (at(Field::FirstName, when), at(Field::LastName, when)) {
        when[first.min(last)] = Condition::SimilarName;
        when.remove(first.max(last));
    }
}

/// The measure for one part of a name.
pub(super) fn name_part(field: Field, column: String, match_column: Option<String>) -> Condition {
    let threshold = if field == Field::FirstName { 0.85 } else { 0.9 };
    measured(column, match_column, Measure::JaroWinkler, threshold)
}

/// One item as a condition; what it loses is told.
fn condition(
    item: &Item,
    (base, matching): (RecordType, RecordType),
    u: &Use,
    name: &str,
    losses: &mut Losses,
) -> Option<Condition> {
    let theirs = u
        .mapping
        .iter()
        .find(|(_, output)| output.eq_ignore_ascii_case(&item.field))
        .map_or(item.field.as_str(), |(input, _)| input.as_str());
    if theirs.trim().is_empty() {
        losses.add(
            LossKind::Dropped,
            Some(name),
            format!("an item by {}", item.method),
            "it names no field; the rules that need it were left out",
        );
        return None;
    }
    let column = fields::from_salesforce(base, theirs);
    let match_column =
        Some(fields::from_salesforce(matching, &item.field)).filter(|c| *c != column);
    let what = format!("{} by {}", item.field, item.method);
    let ignore_blank = !item.match_blanks;
    let field = Field::parse(&column).filter(|_| match_column.is_none());
    let (condition, near) = match item.method.as_str() {
        "Exact" => (
            Condition::Exact {
                column,
                match_column,
                case_sensitive: false,
                ignore_blank,
            },
            None,
        ),
        "FirstName" => (
            name_part(Field::FirstName, column, match_column),
            Some(
                "became jaro-winkler at 0.85, or the name profile where the last name is compared as well; \
                 Salesforce also takes initials and name variants, and scores differ",
            ),
        ),
        "LastName" => (
            name_part(Field::LastName, column, match_column),
            Some(
                "became jaro-winkler at 0.9, or the name profile where the first name is compared as well; \
                 Salesforce takes keyboard distance and Metaphone 3",
            ),
        ),
        "CompanyName" if field == Some(Field::CompanyName) => (
            Condition::SimilarCompany { threshold: 0.7 },
            Some(
                "became the company profile at 0.7; Salesforce takes acronyms and syllables, and scores differ",
            ),
        ),
        "CompanyName" => (
            measured(column, match_column, Measure::TokenSet, 0.7),
            Some("became token-set at 0.7, since the column is not the company's; scores differ"),
        ),
        "Phone" if field.is_some_and(|f| f.kind() == FieldKind::Phone && f != Field::Fax) => (
            Condition::Same {
                kind: MatchcodeKind::Phone,
                weak: false,
            },
            Some(
                "became the same phone number in any phone column; Salesforce compares this column alone, by sections, \
                 and also accepts numbers whose last four digits differ",
            ),
        ),
        "Phone" => (
            measured(column, match_column, Measure::Levenshtein, 0.8),
            Some(
                "became levenshtein at 0.8, since the column is no phone here; Salesforce compares by sections",
            ),
        ),
        "City" => (
            measured(column, match_column, Measure::Levenshtein, 0.85),
            Some("became levenshtein at 0.85; scores may differ"),
        ),
        "Street" => (
            measured(column, match_column, Measure::TokenSet, 0.8),
            Some(
                "became token-set at 0.8; Salesforce weighs sections of the street by weights it does not publish",
            ),
        ),
        "Zip" => (
            Condition::First {
                column,
                match_column,
                n: 5,
                case_sensitive: false,
                ignore_blank,
            },
            Some("became the same first five characters; Salesforce compares by sections"),
        ),
        "Title" => (
            measured(column, match_column, Measure::TokenSet, 0.5),
            Some("became token-set at 0.5; Salesforce also takes acronyms"),
        ),
        other => {
            losses.add(
                LossKind::Dropped,
                Some(name),
                what,
                format!("the matching method {other:?} is not known; the rules that need it were left out"),
            );
            return None;
        }
    };
    if let Some(near) = near {
        losses.add(LossKind::Changed, Some(name), &what, near);
    }
    let keeps_blanks = matches!(condition, Condition::Exact { .. } | Condition::First { .. });
    if item.match_blanks && !keeps_blanks {
        losses.add(
            LossKind::Changed,
            Some(name),
            what,
            "two blanks no longer match: a blank satisfies no fuzzy condition here",
        );
    }
    Some(condition)
}
