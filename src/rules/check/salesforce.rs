//! What a rule set would meet as matching and duplicate rules of Salesforce.

use super::codes::{
    SALESFORCE_CASE, SALESFORCE_CONDITION, SALESFORCE_DUPLICATE_RULES, SALESFORCE_KEY,
    SALESFORCE_METHOD, SALESFORCE_OPTION, SALESFORCE_RULES,
};
use super::dynamics::lost_options;
use super::implication::sides;
use super::{Finding, Part};
use crate::model::{Field, RecordType};
use crate::rules::render::render_condition;
use crate::rules::set::{Condition, MatchcodeKind, RuleSet};

/// Active matching rules, and active duplicate rules, of one object.
const RULES_MAX: usize = 5;
/// Matching rules in one duplicate rule.
const MATCHING_RULES_MAX: usize = 3;

/// The whole set.
pub(super) fn of_set(set: &RuleSet) -> Vec<Finding> {
    let mut findings = Vec::new();
    for t in RecordType::ALL {
        let of_type: Vec<usize> = (0..set.rules.len())
            .filter(|i| set.rules[*i].base == t)
            .collect();
        let n = of_type.len();
        if n > RULES_MAX {
            findings.push(Finding::of_rule(
                SALESFORCE_RULES,
                set,
                of_type[RULES_MAX],
                Part::Whole,
                format!(
                    "is the sixth of {n} rules for {}s; Salesforce has at most {RULES_MAX} active matching rules, and {RULES_MAX} active duplicate rules, for an object",
                    t.as_str()
                ),
                "join rules by OR in the equation of one matching rule, which may then need at most 10 match keys",
            ));
        } else if n > MATCHING_RULES_MAX {
            findings.push(Finding::of_rule(
                SALESFORCE_DUPLICATE_RULES,
                set,
                of_type[MATCHING_RULES_MAX],
                Part::Whole,
                format!(
                    "is the fourth of {n} rules for {}s; a duplicate rule of Salesforce takes at most {MATCHING_RULES_MAX} matching rules",
                    t.as_str()
                ),
                "spread the matching rules over two duplicate rules, or join some by OR in one equation",
            ));
        }
    }
    for i in 0..set.rules.len() {
        of_rule(set, i, &mut findings);
    }
    findings
}

/// How Salesforce could say a condition.
enum Method {
    /// In the same words.
    Equal,
    /// By a method that answers differently.
    Near(&'static str),
    /// Not at all, with what is missing.
    None(&'static str),
}

fn method(condition: &Condition) -> Method {
    use Method::{Equal, Near, None};
    match condition {
        Condition::Same { kind, .. } => match kind {
            MatchcodeKind::Email => {
                Near("Exact on the e-mail field, which compares that field with itself")
            }
            MatchcodeKind::Phone => Near(
                "Fuzzy: Phone at 80, made for North American numbers and one phone field at a time",
            ),
            MatchcodeKind::EmailDomain => None("no method looks at the domain of an address"),
            MatchcodeKind::Name => {
                Near("Exact on first and last name, which compares the letters as they are")
            }
            MatchcodeKind::Company => Near("Fuzzy: Company Name at 70"),
            MatchcodeKind::Website => Near("Exact on the web site, letter by letter"),
            MatchcodeKind::Address => Near("Fuzzy: Street at 80"),
            MatchcodeKind::Place => Near("Fuzzy: City at 85, or Fuzzy: ZIP"),
        },
        Condition::SimilarName => Near("Fuzzy: First Name at 85 and Fuzzy: Last Name at 90"),
        Condition::SimilarCompany { .. } => Near("Fuzzy: Company Name at 70"),
        Condition::First { .. } | Condition::Last { .. } => {
            None("no method compares the first or last characters")
        }
        Condition::SimilarText { column, .. } => match Field::parse(column) {
            Some(Field::FirstName | Field::MiddleName) => Near("Fuzzy: First Name at 85"),
            Some(Field::LastName) => Near("Fuzzy: Last Name at 90"),
            Some(Field::CompanyName) => Near("Fuzzy: Company Name at 70"),
            Some(Field::City) => Near("Fuzzy: City at 85"),
            Some(Field::Street) => Near("Fuzzy: Street at 80"),
            Some(Field::PostalCode) => Near("Fuzzy: ZIP"),
            Some(Field::JobTitle) => Near("Fuzzy: Title at 50"),
            _ => {
                None("the measures of Salesforce belong to names, companies, phones and addresses")
            }
        },
        Condition::SameDate { .. } => Near("Exact on the date field"),
        Condition::SameDateTime { .. } => Near("Exact on the date and time field"),
        _ => Equal,
    }
}

fn of_rule(set: &RuleSet, i: usize, findings: &mut Vec<Finding>) {
    let rule = &set.rules[i];
    for (at, condition) in rule.when.iter().enumerate() {
        let written = render_condition(condition);
        let mut tell = |lint, message: String, fix: &str| {
            findings.push(Finding::of_rule(lint, set, i, Part::When(at), message, fix));
        };
        match method(condition) {
            Method::Equal => {}
            Method::Near(method) => tell(
                SALESFORCE_METHOD,
                format!("{written} becomes {method}"),
                "compare the two on a sample before relying on either",
            ),
            Method::None(why) => tell(
                SALESFORCE_CONDITION,
                format!("{written} has no counterpart: {why}"),
                "leave the rule to kinfold, or compare another field",
            ),
        }
        let case_sensitive = matches!(
            condition,
            Condition::Exact {
                case_sensitive: true,
                ..
            } | Condition::SimilarText {
                case_sensitive: true,
                ..
            }
        );
        if case_sensitive {
            tell(
                SALESFORCE_CASE,
                format!("{written} tells letters by case, which Salesforce never does"),
                "leave case_sensitive out, or expect more matches there",
            );
        }
    }
    if rule.exclude_inactive {
        findings.push(Finding::of_rule(
            SALESFORCE_OPTION,
            set,
            i,
            Part::Key("exclude_inactive"),
            "leaves out inactive records; Salesforce has no such option",
            "add a condition of the duplicate rule on the status field",
        ));
    }
    for (key, what) in lost_options(rule) {
        findings.push(Finding::of_rule(
            SALESFORCE_OPTION,
            set,
            i,
            if key == "unless" { Part::Unless(0) } else { Part::Key(key) },
            format!("{what}; Salesforce has no such option"),
            "leave it out, and expect the pairs it would have left out; or leave the rule to kinfold",
        ));
    }
    let only_titles = rule
        .when
        .iter()
        .all(|c| sides(c).is_some_and(|(b, m)| b == "jobtitle" && m == "jobtitle"));
    if only_titles {
        findings.push(Finding::of_rule(
            SALESFORCE_KEY,
            set,
            i,
            Part::Key("when"),
            "compares nothing but the title, for which Salesforce builds no match key, so it would find no candidates",
            "add a field that has one, such as the last name, the e-mail or the company",
        ));
    }
}
