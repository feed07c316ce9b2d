//! Rules as `MatchingRules` and `DuplicateRule` metadata: one matching rule for each rule, and duplicate rules that ask
//! them, three at a time. All are written as inactive: switching them on is the administrator's.

use super::super::render::render_condition;
use super::super::set::{
    BaseScope, Condition, EvidenceFloor, GenericPolicy, MatchcodeKind, Measure, Rule, RuleSet,
};
use super::salesforce_import::name_part;
use super::xml::leaf;
use super::{Exported, LossKind, Losses, System, fields, measured};
use crate::model::{Field, FieldKind, RecordType};
use std::collections::{BTreeMap, BTreeSet};

/// Matching rules one duplicate rule may ask.
const PER_DUPLICATE_RULE: usize = 3;

/// Active rules an object may have, of either kind.
const ACTIVE_MAX: usize = 5;

/// Longest label.
const LABEL_MAX: usize = 80;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";
const NAMESPACE: &str = "http://soap.sforce.com/2006/04/metadata";

/// A rule in Salesforce's words.
struct Theirs {
    base: RecordType,
    matching: RecordType,
    label: String,
    name: String,
    items: Vec<Item>,
    /// Field of the base record, field of the matching record.
    mapping: Vec<(String, String)>,
}

struct Item {
    field: String,
    method: &'static str,
    match_blanks: bool,
}

pub(super) fn export(set: &RuleSet) -> Exported {
    let mut losses = Losses::default();
    let mut names = BTreeSet::new();
    let rules: Vec<Theirs> = set
        .rules
        .iter()
        .filter_map(|rule| one(rule, &mut names, &mut losses))
        .collect();
    super::lists(set, System::Salesforce, &mut losses);
    let mut files = Vec::new();
    for t in RecordType::ALL {
        let own: Vec<&Theirs> = rules.iter().filter(|r| r.matching == t).collect();
        if own.is_empty() {
            continue;
        }
        if own.len() > ACTIVE_MAX {
            losses.add(
                LossKind::Note,
                None,
                format!("matching rules of {}", object(t)),
                format!(
                    "{} rules, of which Salesforce activates at most {ACTIVE_MAX}",
                    own.len()
                ),
            );
        }
        files.push((
            format!("matchingRules/{}.matchingRule-meta.xml", object(t)),
            matching_rules(&own),
        ));
    }
    let mut by_types: BTreeMap<(RecordType, RecordType), Vec<&Theirs>> = BTreeMap::new();
    for rule in &rules {
        by_types
            .entry((rule.base, rule.matching))
            .or_default()
            .push(rule);
    }
    let mut n = 0;
    for ((base, _), rules) in &by_types {
        for chunk in rules.chunks(PER_DUPLICATE_RULE) {
            n += 1;
            let label = shortened(&set.name, &format!(" {n}"));
            let name = developer_name(&label, &mut BTreeSet::new());
            files.push((
                format!(
                    "duplicateRules/{}.{name}.duplicateRule-meta.xml",
                    object(*base)
                ),
                duplicate_rule(chunk, &label, n),
            ));
        }
    }
    if !rules.is_empty() {
        losses.add(
            LossKind::Note,
            None,
            "ruleStatus",
            "all rules are written as inactive; activate them in Setup after looking them over",
        );
    }
    Exported {
        files,
        losses: losses.0,
        n_rules: rules.len(),
    }
}

fn object(t: RecordType) -> &'static str {
    match t {
        RecordType::Lead => "Lead",
        RecordType::Contact => "Contact",
        RecordType::Account => "Account",
    }
}

fn one(rule: &Rule, names: &mut BTreeSet<String>, losses: &mut Losses) -> Option<Theirs> {
    let name = Some(rule.name.as_str());
    let mut items: Vec<Item> = Vec::new();
    let mut mapping: Vec<(String, String)> = Vec::new();
    for condition in &rule.when {
        let (parts, near) = match their_items(rule, condition) {
            Ok(found) => found,
            Err(why) => {
                losses.add(
                    LossKind::Dropped,
                    name,
                    render_condition(condition),
                    format!("{why}; the rule was left out, since without the condition it would find more"),
                );
                return None;
            }
        };
        if let Some(near) = near {
            losses.add(LossKind::Changed, name, render_condition(condition), near);
        }
        for (input, item) in parts {
            if !mapping.iter().any(|(i, o)| *i == input && *o == item.field) {
                mapping.push((input, item.field.clone()));
            }
            if !items
                .iter()
                .any(|i| i.field == item.field && i.method == item.method)
            {
                items.push(item);
            }
        }
    }
    for (is_set, item, message) in [
        (
            rule.exclude_inactive,
            "exclude_inactive",
            "a matching rule looks at all records, so the rule finds more there",
        ),
        (
            rule.base_scope == BaseScope::Active,
            "base_scope",
            "a duplicate rule is asked for every record that is saved; add a filter to it",
        ),
        (
            rule.evidence != EvidenceFloor::None,
            "evidence",
            "Salesforce has no evidence floor, so the rule finds more there",
        ),
        (
            rule.generic != GenericPolicy::AsWorded,
            "generic",
            "Salesforce takes shared values as they are, so the rule finds more there",
        ),
        (rule.id.is_some(), "id", "Salesforce gives ids of its own"),
    ] {
        if is_set {
            losses.add(LossKind::Dropped, name, item, message);
        }
    }
    for exception in &rule.unless {
        losses.add(
            LossKind::Dropped,
            name,
            format!("unless {}", render_condition(exception)),
            "a matching rule has no exceptions, so the rule finds more there",
        );
    }
    let label = shortened(&rule.name, "");
    if label != rule.name {
        losses.add(
            LossKind::Changed,
            name,
            "name",
            format!("cut to {LABEL_MAX} characters"),
        );
    }
    Some(Theirs {
        base: rule.base,
        matching: rule.matching,
        name: developer_name(&label, names),
        label,
        items,
        mapping,
    })
}

type Parts = Vec<(String, Item)>;

/// A condition as items, each with the field of the base record; and what is not the same, if anything.
fn their_items(
    rule: &Rule,
    condition: &Condition,
) -> Result<(Parts, Option<&'static str>), String> {
    let item =
        |column: &str, match_column: Option<&str>, method: &'static str, match_blanks: bool| {
            if rule.base == rule.matching
                && match_column.is_some_and(|m| !m.eq_ignore_ascii_case(column))
            {
                return Err(
                    "within one object Salesforce compares a field with itself only".to_owned(),
                );
            }
            let missing = |t: RecordType, column: &str| {
                format!(
                    "{} has no field for {column:?} that a matching rule can use",
                    object(t)
                )
            };
            let input = fields::to_salesforce(rule.base, column)
                .ok_or_else(|| missing(rule.base, column))?;
            let output = match_column.unwrap_or(column);
            let field = fields::to_salesforce(rule.matching, output)
                .ok_or_else(|| missing(rule.matching, output))?;
            Ok((
                input,
                Item {
                    field,
                    method,
                    match_blanks,
                },
            ))
        };
    let known = |field: Field, method: &'static str| item(field.name(), None, method, false);
    Ok(match condition {
        Condition::Exact {
            column,
            match_column,
            case_sensitive,
            ignore_blank,
        } => (
            vec![item(
                column,
                match_column.as_deref(),
                "Exact",
                !ignore_blank,
            )?],
            case_sensitive.then_some("Salesforce never looks at capitals"),
        ),
        Condition::SameDate {
            column,
            match_column,
            ignore_blank,
        }
        | Condition::SameDateTime {
            column,
            match_column,
            ignore_blank,
        }
        | Condition::Picklist {
            column,
            match_column,
            ignore_blank,
            ..
        } => (
            vec![item(
                column,
                match_column.as_deref(),
                "Exact",
                !ignore_blank,
            )?],
            Some("became an exact match of the field"),
        ),
        Condition::First {
            n: 5,
            column,
            match_column,
            case_sensitive: false,
            ignore_blank,
        } if Field::parse(column) == Some(Field::PostalCode) => (
            vec![item(column, match_column.as_deref(), "Zip", !ignore_blank)?],
            Some("became the Zip method, which compares by sections"),
        ),
        Condition::First { .. } | Condition::Last { .. } => {
            return Err(
                "Salesforce cannot compare the first or last characters of a field".to_owned(),
            );
        }
        Condition::SimilarName => (
            vec![
                known(Field::FirstName, "FirstName")?,
                known(Field::LastName, "LastName")?,
            ],
            Some("became the FirstName and LastName methods, which score otherwise"),
        ),
        Condition::SimilarCompany { .. } => (
            vec![known(Field::CompanyName, "CompanyName")?],
            Some(
                "became the CompanyName method, whose threshold is fixed at 70 and which scores otherwise",
            ),
        ),
        Condition::Same { kind, .. } => match kind {
            MatchcodeKind::Email => (
                vec![known(Field::Email1, "Exact")?],
                Some(
                    "became an exact match of Email: other columns and ways of writing are missed",
                ),
            ),
            MatchcodeKind::Phone => (
                vec![known(Field::Phone1, "Phone")?],
                Some(
                    "became the Phone method on Phone alone, which also accepts other last four digits",
                ),
            ),
            MatchcodeKind::Name => (
                vec![
                    known(Field::FirstName, "Exact")?,
                    known(Field::LastName, "Exact")?,
                ],
                Some(
                    "became an exact match of first and last name: titles, order and accents count",
                ),
            ),
            MatchcodeKind::Company => (
                vec![known(Field::CompanyName, "CompanyName")?],
                Some("became the CompanyName method, which also accepts similar names"),
            ),
            MatchcodeKind::Website => (
                vec![known(Field::Website, "Exact")?],
                Some("became an exact match of Website: https:// and www. count"),
            ),
            MatchcodeKind::Address => (
                vec![known(Field::Street, "Street")?],
                Some("became the Street method, which also accepts similar streets"),
            ),
            MatchcodeKind::Place => (
                vec![known(Field::City, "City")?],
                Some("became the City method, which accepts similar towns and no postal code"),
            ),
            MatchcodeKind::EmailDomain => {
                return Err("Salesforce cannot compare the domain of an e-mail address".to_owned());
            }
        },
        Condition::SimilarText {
            column,
            match_column,
            ..
        } => {
            let method = method_of(column)
                .ok_or_else(|| format!("Salesforce has no fuzzy method for {column:?}"))?;
            let near = if is_import_of(condition, column, method) {
                "became the nearest matching method, which scores otherwise"
            } else {
                "became the nearest matching method, whose measure and threshold are fixed"
            };
            (
                vec![item(column, match_column.as_deref(), method, false)?],
                Some(near),
            )
        }
    })
}

/// The fuzzy method for a column.
fn method_of(column: &str) -> Option<&'static str> {
    Some(match Field::parse(column)? {
        Field::FirstName | Field::MiddleName => "FirstName",
        Field::LastName => "LastName",
        Field::CompanyName => "CompanyName",
        Field::JobTitle => "Title",
        Field::City => "City",
        Field::Street => "Street",
        Field::PostalCode => "Zip",
        field if field.kind() == FieldKind::Phone => "Phone",
        _ => return None,
    })
}

/// Whether importing the method gives this condition.
fn is_import_of(condition: &Condition, column: &str, method: &str) -> bool {
    let column = column.to_owned();
    let back = match method {
        "FirstName" => name_part(Field::FirstName, column, None),
        "LastName" => name_part(Field::LastName, column, None),
        "City" => measured(column, None, Measure::Levenshtein, 0.85),
        "Street" => measured(column, None, Measure::TokenSet, 0.8),
        "Title" => measured(column, None, Measure::TokenSet, 0.5),
        _ => return false,
    };
    *condition == back
}

/// Text cut so that `tail` still fits.
fn shortened(text: &str, tail: &str) -> String {
    let room = LABEL_MAX - tail.chars().count();
    let head: String = text.chars().take(room).collect();
    format!("{}{tail}", head.trim_end())
}

/// Letters, digits and single underscores, beginning with a letter; not used before.
fn developer_name(label: &str, used: &mut BTreeSet<String>) -> String {
    let words: Vec<String> = any_ascii::any_ascii(label)
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect();
    let mut base = words.join("_");
    if !base.starts_with(|c: char| c.is_ascii_alphabetic()) {
        base = format!("Rule_{base}").trim_end_matches('_').to_owned();
    }
    base.truncate(70);
    let base = base.trim_end_matches('_').to_owned();
    let mut name = base.clone();
    let mut n = 2;
    while !used.insert(name.clone()) {
        name = format!("{base}_{n}");
        n += 1;
    }
    name
}

fn matching_rules(rules: &[&Theirs]) -> String {
    let mut out = format!("{HEAD}<MatchingRules xmlns=\"{NAMESPACE}\">\n");
    for rule in rules {
        out.push_str("    <matchingRules>\n");
        leaf(&mut out, 2, "fullName", &rule.name);
        leaf(&mut out, 2, "label", &rule.label);
        for item in &rule.items {
            out.push_str("        <matchingRuleItems>\n");
            let blanks = if item.match_blanks {
                "MatchBlanks"
            } else {
                "NullNotAllowed"
            };
            leaf(&mut out, 3, "blankValueBehavior", blanks);
            leaf(&mut out, 3, "fieldName", &item.field);
            leaf(&mut out, 3, "matchingMethod", item.method);
            out.push_str("        </matchingRuleItems>\n");
        }
        leaf(&mut out, 2, "ruleStatus", "Inactive");
        out.push_str("    </matchingRules>\n");
    }
    out.push_str("</MatchingRules>\n");
    out
}

fn duplicate_rule(rules: &[&Theirs], label: &str, order: usize) -> String {
    let mut out = format!(
        "{HEAD}<DuplicateRule xmlns=\"{NAMESPACE}\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">\n"
    );
    leaf(&mut out, 1, "actionOnInsert", "Allow");
    leaf(&mut out, 1, "actionOnUpdate", "Allow");
    leaf(&mut out, 1, "alertText", "This record may be a duplicate.");
    leaf(&mut out, 1, "description", "Written by kinfold");
    out.push_str("    <duplicateRuleFilter xsi:nil=\"true\"/>\n");
    for rule in rules {
        out.push_str("    <duplicateRuleMatchRules>\n");
        leaf(&mut out, 2, "matchRuleSObjectType", object(rule.matching));
        leaf(&mut out, 2, "matchingRule", &rule.name);
        if rule.base == rule.matching {
            out.push_str("        <objectMapping xsi:nil=\"true\"/>\n");
        } else {
            out.push_str("        <objectMapping>\n");
            leaf(&mut out, 3, "inputObject", object(rule.base));
            for (input, output) in &rule.mapping {
                out.push_str("            <mappingFields>\n");
                leaf(&mut out, 4, "inputField", input);
                leaf(&mut out, 4, "outputField", output);
                out.push_str("            </mappingFields>\n");
            }
            leaf(&mut out, 3, "outputObject", object(rule.matching));
            out.push_str("        </objectMapping>\n");
        }
        out.push_str("    </duplicateRuleMatchRules>\n");
    }
    leaf(&mut out, 1, "isActive", "false");
    leaf(&mut out, 1, "masterLabel", label);
    leaf(&mut out, 1, "operationsOnInsert", "Alert");
    leaf(&mut out, 1, "operationsOnUpdate", "Alert");
    leaf(&mut out, 1, "securityOption", "EnforceSharingRules");
    leaf(&mut out, 1, "sortOrder", &order.to_string());
    out.push_str("</DuplicateRule>\n");
    out
}
