//! What can be said against a rule set without looking at data: rules that repeat, contradict or do nothing.

use super::render::render_condition;
use super::set::{
    BaseScope, Condition, EvidenceFloor, GenericPolicy, MatchcodeKind, Measure, Preference, Rule,
    RuleSet,
};
use super::words::{MEASURES, nearest, word_of};
use crate::model::{Field, FieldKind};

/// Something a person should look at in a rule set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// A stable word for the kind of finding; listed in `docs/rules.md`.
    pub code: &'static str,
    /// The rule it is about; `None` for the set as a whole.
    pub rule: Option<String>,
    /// What is the matter.
    pub message: String,
    /// What to do about it.
    pub fix: String,
}

/// Looks a rule set over. Findings are in the order of the rules; a set with none is not thereby a good one.
///
/// Cost: proportional to the square of the number of rules, of which there are at most 64.
pub fn check(set: &RuleSet) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (i, rule) in set.rules.iter().enumerate() {
        repeats(set, i, &mut findings);
        for condition in &rule.when {
            of_condition(rule, condition, &mut findings);
        }
        contradictions(rule, &mut findings);
        cost(rule, &mut findings);
        flood(rule, &mut findings);
        idle_options(rule, &mut findings);
    }
    if set.survivor.prefer.last() != Some(&Preference::Id) {
        findings.push(Finding {
            code: "survivor-id",
            rule: None,
            message: "the survivor policy does not end with \"id\"; the smaller id decides ties all the same".to_owned(),
            fix: "end prefer with \"id\", so that the file says what happens".to_owned(),
        });
    }
    findings
}

fn finding(code: &'static str, rule: &Rule, message: String, fix: impl Into<String>) -> Finding {
    Finding {
        code,
        rule: Some(rule.name.clone()),
        message,
        fix: fix.into(),
    }
}

/// Rule `i` against every other: equal but for the name, or never the only one to find a pair.
fn repeats(set: &RuleSet, i: usize, findings: &mut Vec<Finding>) {
    let rule = &set.rules[i];
    for (j, other) in set.rules.iter().enumerate() {
        if i == j || !implies(rule, other) {
            continue;
        }
        if implies(other, rule) {
            // Of two that say the same, the later one is told.
            if i > j {
                findings.push(finding(
                    "duplicate-rule",
                    rule,
                    format!("says the same as rule {:?}", other.name),
                    "leave one of the two out",
                ));
            }
        } else {
            findings.push(finding(
                "implied-rule",
                rule,
                format!(
                    "every pair it finds is found by rule {:?}, which asks for less",
                    other.name
                ),
                "leave it out, or tighten the other rule",
            ));
        }
        return;
    }
}

/// Whether every pair that `rule` reports is reported by `other`, as far as the wording proves it.
fn implies(rule: &Rule, other: &Rule) -> bool {
    let holds = |wanted: &Condition, given: &[Condition]| given.iter().any(|c| entails(c, wanted));
    let when = other.when.iter().all(|c| holds(c, &rule.when));
    // What the other rule leaves out, this one must leave out as well.
    let unless = other
        .unless
        .iter()
        .all(|c| rule.unless.iter().any(|own| entails(c, own)));
    let equal_conditions = when && rule.when.iter().all(|c| holds(c, &other.when));
    // Floors and generic values are judged on a rule's own conditions: comparable only when those are the same.
    let evidence = other.evidence == EvidenceFloor::None
        || equal_conditions && other.evidence == rule.evidence;
    let generic = other.generic == GenericPolicy::AsWorded
        || equal_conditions && other.generic == rule.generic;
    rule.base == other.base
        && rule.matching == other.matching
        && (rule.exclude_inactive || !other.exclude_inactive)
        && (rule.base_scope == BaseScope::Active || other.base_scope == BaseScope::All)
        && when
        && unless
        && evidence
        && generic
}

/// Whether a pair that satisfies `given` satisfies `wanted`, as far as the wording proves it.
fn entails(given: &Condition, wanted: &Condition) -> bool {
    use Condition::{
        Exact, First, Last, Same, SameDate, SameDateTime, SimilarCompany, SimilarText,
    };
    if given == wanted {
        return true;
    }
    match (given, wanted) {
        (Same { kind: a, weak: w }, Same { kind: b, weak: v }) => {
            (a == b || (*a == MatchcodeKind::Email && *b == MatchcodeKind::EmailDomain))
                && (*v || !*w)
        }
        (SimilarCompany { threshold: a }, SimilarCompany { threshold: b }) => a >= b,
        (
            SimilarText {
                threshold: a,
                case_sensitive: case,
                ..
            },
            SimilarText {
                threshold: b,
                case_sensitive: other_case,
                ..
            },
        ) => {
            case == other_case
                && a >= b
                && columns_equal(given, wanted)
                && measure_of(given) == measure_of(wanted)
        }
        (
            SameDateTime {
                ignore_blank: a, ..
            },
            SameDate {
                ignore_blank: b, ..
            },
        ) => (*a || !*b) && columns_equal(given, wanted),
        (Exact { .. } | First { .. } | Last { .. }, Exact { .. } | First { .. } | Last { .. }) => {
            let ((given_end, case, blank), (wanted_end, other_case, other_blank)) =
                (text_options(given), text_options(wanted));
            let ends = match (given_end, wanted_end) {
                (End::Whole, _) => true,
                (End::First(a), End::First(b)) | (End::Last(a), End::Last(b)) => a >= b,
                _ => false,
            };
            ends && (case || !other_case) && (blank || !other_blank) && columns_equal(given, wanted)
        }
        (
            SameDate {
                ignore_blank: a, ..
            },
            SameDate {
                ignore_blank: b, ..
            },
        )
        | (
            SameDateTime {
                ignore_blank: a, ..
            },
            SameDateTime {
                ignore_blank: b, ..
            },
        ) => (*a || !*b) && columns_equal(given, wanted),
        _ => false,
    }
}

#[derive(Clone, Copy)]
enum End {
    Whole,
    First(usize),
    Last(usize),
}

/// Which part, `case_sensitive` and `ignore_blank` of a comparison of text.
fn text_options(condition: &Condition) -> (End, bool, bool) {
    match condition {
        Condition::First {
            n,
            case_sensitive,
            ignore_blank,
            ..
        } => (End::First(*n), *case_sensitive, *ignore_blank),
        Condition::Last {
            n,
            case_sensitive,
            ignore_blank,
            ..
        } => (End::Last(*n), *case_sensitive, *ignore_blank),
        Condition::Exact {
            case_sensitive,
            ignore_blank,
            ..
        } => (End::Whole, *case_sensitive, *ignore_blank),
        _ => (End::Whole, true, true),
    }
}

fn measure_of(condition: &Condition) -> Option<Measure> {
    match condition {
        Condition::SimilarText { measure, .. } => Some(*measure),
        _ => None,
    }
}

fn columns_equal(a: &Condition, b: &Condition) -> bool {
    let names = |c: &Condition| -> Vec<String> {
        c.text_columns()
            .iter()
            .map(|(name, _)| name.to_ascii_lowercase())
            .collect()
    };
    names(a) == names(b)
}

/// The similarity that one in a hundred pairs of different people's full names reaches, by measure.
///
/// Measured by the test below on all pairs of its list of names; a threshold under it holds for people who have
/// nothing to do with each other.
fn chance(measure: Measure) -> f64 {
    match measure {
        Measure::JaroWinkler | Measure::Jaro => 0.69,
        Measure::Levenshtein | Measure::DamerauLevenshtein | Measure::Osa => 0.42,
        Measure::TokenSet | Measure::DoubleMetaphone | Measure::Soundex => 0.0,
    }
}

fn of_condition(rule: &Rule, condition: &Condition, findings: &mut Vec<Finding>) {
    if let Condition::SimilarText {
        measure, threshold, ..
    } = condition
        && *threshold < chance(*measure)
    {
        findings.push(finding(
            "threshold-below-chance",
            rule,
            format!(
                "{} at {threshold:?} also holds for unrelated values: one in a hundred pairs of different names reaches {:?}",
                word_of(&MEASURES, measure),
                chance(*measure)
            ),
            format!("raise the threshold above {:?}", chance(*measure)),
        ));
    }
    if let Condition::SimilarCompany { threshold } = condition
        && *threshold < 0.5
    {
        findings.push(finding(
            "threshold-below-chance",
            rule,
            format!("company at {threshold:?}: more of the two names may differ than agree"),
            "raise the threshold to 0.70, the built-in rules' value",
        ));
    }
    for (column, _) in condition.text_columns() {
        match Field::parse(column) {
            Some(field) => {
                let kind = match field.kind() {
                    FieldKind::Email => "email",
                    FieldKind::Phone if field != Field::Fax => "phone",
                    _ => continue,
                };
                if matches!(condition, Condition::Exact { .. }) {
                    findings.push(finding(
                        "matchcode-instead",
                        rule,
                        format!("compares {column} letter by letter, so two ways of writing one {kind} differ"),
                        format!("write {{ same = \"{kind}\" }}, which compares all columns of the kind by matchcode"),
                    ));
                }
            }
            None => {
                let names: Vec<&str> = Field::ALL.iter().map(|f| f.name()).collect();
                let near = nearest(column, &names)
                    .filter(|n| strsim::osa_distance(&column.to_lowercase(), n) <= 2);
                if let Some(near) = near {
                    findings.push(finding(
                        "column-slip",
                        rule,
                        format!(
                            "{column:?} is no field kinfold knows; it must be a header of the file"
                        ),
                        format!("did you mean {near:?}?"),
                    ));
                }
            }
        }
    }
}

fn contradictions(rule: &Rule, findings: &mut Vec<Finding>) {
    for exception in &rule.unless {
        if let Some(condition) = rule.when.iter().find(|c| entails(c, exception)) {
            findings.push(finding(
                "never-true",
                rule,
                format!(
                    "{} always makes the exception {} hold, so the rule finds nothing",
                    render_condition(condition),
                    render_condition(exception)
                ),
                "drop the exception or the condition",
            ));
        }
    }
}

fn cost(rule: &Rule, findings: &mut Vec<Finding>) {
    let literal = |c: &Condition| matches!(c, Condition::SimilarText { .. });
    if rule.when.iter().all(literal) {
        findings.push(finding(
            "costly",
            rule,
            "has only literal measures, so there is no key to look pairs up by".to_owned(),
            "add a condition on equality, such as { exact = \"address1_city\" } or { same = \"email_domain\" }",
        ));
    }
}

fn flood(rule: &Rule, findings: &mut Vec<Finding>) {
    let [only] = rule.when.as_slice() else {
        return;
    };
    let what = match only {
        Condition::SimilarName
        | Condition::Same {
            kind: MatchcodeKind::Name,
            ..
        } => "a name",
        Condition::Same {
            kind: MatchcodeKind::EmailDomain,
            ..
        } => "an e-mail domain",
        _ => return,
    };
    if rule.evidence == EvidenceFloor::None {
        findings.push(finding(
            "broad-rule",
            rule,
            format!("asks for nothing but {what}, which many unlike people share"),
            "add a second condition, or evidence = \"auto\"",
        ));
    }
}

fn idle_options(rule: &Rule, findings: &mut Vec<Finding>) {
    let has_generic_kind = rule.when.iter().any(|c| {
        matches!(
            c,
            Condition::Same {
                kind: MatchcodeKind::Email | MatchcodeKind::Phone | MatchcodeKind::EmailDomain,
                ..
            }
        )
    });
    if rule.generic != GenericPolicy::AsWorded && !has_generic_kind {
        findings.push(finding(
            "idle-option",
            rule,
            "generic is set, but no condition compares an e-mail, a phone or an e-mail domain"
                .to_owned(),
            "leave generic out",
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{builtin_for, parse};

    fn codes(rules: &str) -> Vec<(String, &'static str)> {
        let set = parse(rules).expect("the test's rules are valid");
        check(&set)
            .into_iter()
            .map(|f| (f.rule.unwrap_or_default(), f.code))
            .collect()
    }

    fn with_rules(rules: &[&str]) -> String {
        rules
            .iter()
            .enumerate()
            .map(|(i, r)| format!("[[rule]]\nname = \"{}\"\n{r}\n", i + 1))
            .collect()
    }

    #[test]
    fn the_built_in_sets_have_no_findings() {
        for t in crate::model::RecordType::ALL {
            assert_eq!(check(&builtin_for(t)), []);
        }
    }

    #[test]
    fn each_finding_is_found() {
        for (rules, expected) in [
            (
                &[
                    r#"when = [{ same = "email" }]"#,
                    r#"when = [{ same = "email" }]"#,
                ][..],
                &[("2", "duplicate-rule")][..],
            ),
            (
                &[
                    r#"when = [{ same = "email" }]"#,
                    r#"when = [{ similar = "name" }, { same = "email" }]"#,
                ],
                &[("2", "implied-rule")],
            ),
            // A floor on the wider rule may leave out what the narrower one finds.
            (
                &[
                    "evidence = \"auto\"\nwhen = [{ same = \"email\" }]",
                    r#"when = [{ similar = "name" }, { same = "email" }]"#,
                ],
                &[],
            ),
            (
                &[
                    r#"when = [{ first = 3, column = "a" }]"#,
                    r#"when = [{ first = 5, column = "A" }]"#,
                ],
                &[("2", "implied-rule")],
            ),
            (
                &[
                    r#"when = [{ exact = "a" }]"#,
                    r#"when = [{ exact = "a", match = "b" }]"#,
                ],
                &[],
            ),
            (
                &["when = [{ same = \"email\" }]\nunless = [{ same = \"email_domain\" }]"],
                &[("1", "never-true")],
            ),
            (
                &[
                    r#"when = [{ exact = "a" }, { similar = "fullname", measure = "jaro-winkler", threshold = 0.5 }]"#,
                ],
                &[("1", "threshold-below-chance")],
            ),
            (
                &[
                    r#"when = [{ similar = "fullname", measure = "jaro-winkler", threshold = 0.9 }, { not = { same = "email" } }]"#,
                ],
                &[("1", "costly")],
            ),
            (
                &[r#"when = [{ similar = "name" }]"#],
                &[("1", "broad-rule")],
            ),
            (
                &["generic = \"ignore\"\nwhen = [{ exact = \"a\" }]"],
                &[("1", "idle-option")],
            ),
            (
                &[r#"when = [{ exact = "lastnam" }]"#],
                &[("1", "column-slip")],
            ),
            (
                &[r#"when = [{ exact = "emailaddress1" }]"#],
                &[("1", "matchcode-instead")],
            ),
        ] {
            let found = codes(&with_rules(rules));
            let found: Vec<(&str, &str)> = found.iter().map(|(r, c)| (r.as_str(), *c)).collect();
            assert_eq!(found, expected, "{rules:?}");
        }
        assert_eq!(
            codes(
                "[[rule]]\nname = \"x\"\nwhen = [{ same = \"email\" }]\n[survivor]\nprefer = [\"created\"]"
            ),
            [(String::new(), "survivor-id")]
        );
    }

    #[test]
    fn the_chance_figures_are_those_of_unrelated_names() {
        const NAMES: [&str; 40] = [
            "mary walker",
            "james oconnor",
            "fatima al sayed",
            "hans mueller",
            "chloe dubois",
            "liam murphy",
            "yuki tanaka",
            "priya sharma",
            "carlos garcia",
            "olga ivanova",
            "ahmed hassan",
            "emma johansson",
            "lucas silva",
            "wei zhang",
            "sofia rossi",
            "noah smith",
            "ingrid larsen",
            "peter novak",
            "anna kowalska",
            "david cohen",
            "maria gonzalez",
            "tom baker",
            "susan clark",
            "jean martin",
            "ravi patel",
            "katrin weber",
            "george papadopoulos",
            "elif yilmaz",
            "minh nguyen",
            "sarah jones",
            "robert taylor",
            "linda brown",
            "michael davis",
            "karen wilson",
            "pablo fernandez",
            "julia schneider",
            "erik nielsen",
            "laura moore",
            "daniel kim",
            "nina petrova",
        ];
        let hundredth = |measure: fn(&str, &str) -> f64| {
            let mut scores: Vec<f64> = (0..NAMES.len())
                .flat_map(|i| (0..i).map(move |j| measure(NAMES[i], NAMES[j])))
                .collect();
            scores.sort_by(f64::total_cmp);
            scores[scores.len() * 99 / 100]
        };
        let mut wrong = Vec::new();
        for (measure, f) in [
            (
                Measure::JaroWinkler,
                strsim::jaro_winkler as fn(&str, &str) -> f64,
            ),
            (Measure::Jaro, strsim::jaro),
            (Measure::Levenshtein, strsim::normalized_levenshtein),
            (
                Measure::DamerauLevenshtein,
                strsim::normalized_damerau_levenshtein,
            ),
            (Measure::Osa, |a, b| {
                1.0 - strsim::osa_distance(a, b) as f64 / a.len().max(b.len()) as f64
            }),
        ] {
            let measured = hundredth(f);
            if (measured - chance(measure)).abs() >= 0.005 {
                wrong.push((measure, measured));
            }
        }
        assert_eq!(wrong, []);
    }
}
