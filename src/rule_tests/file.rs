//! A file of examples: TOML with `[[match]]` and `[[no_match]]`, each of two records written out.

use crate::model::{Field, RecordType, Verdict};
use crate::rules::{RuleFileProblem, RuleSet, nearest, place_at, write_problems};
use std::collections::BTreeMap;
use std::fmt;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Records a verdict is judged among when the file does not say.
const POPULATION: usize = 10_000;
/// More records than this would only cost time: the prior moves by a bit when they double.
const POPULATION_MAX: i64 = 1_000_000;

/// A file of examples.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Examples {
    /// The examples, in file order; at least one.
    pub examples: Vec<Example>,
    /// Number of records that verdicts are judged among when no data is given.
    pub population: usize,
    /// Record type of examples that name none.
    pub record_type: RecordType,
}

/// Two records, and what the rules must say of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Name, unique in the file.
    pub name: String,
    /// Line on which it begins, from 1.
    pub line: usize,
    /// True: some rule must hold. False: none may.
    pub expects_match: bool,
    /// The only rule that counts, by name.
    pub rule: Option<String>,
    /// The verdict the pair must have.
    pub verdict: Option<Verdict>,
    /// The first record.
    pub a: ExampleRecord,
    /// The second record.
    pub b: ExampleRecord,
}

/// A record written out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleRecord {
    /// Lead, contact or account.
    pub record_type: RecordType,
    /// Whether it is active.
    pub active: bool,
    /// Values by field name or header.
    pub values: BTreeMap<String, String>,
}

/// A file of examples that cannot be used: everything found wrong, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ExamplesError {
    /// The problems; at least one.
    pub problems: Vec<RuleFileProblem>,
}

impl fmt::Display for ExamplesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_problems(&self.problems, f)
    }
}

/// Reads a file of examples.
///
/// With `set`, names of rules and columns that it does not know are refused too.
/// Errors: every problem of the file, not only the first.
pub fn parse(text: &str, set: Option<&RuleSet>) -> Result<Examples, ExamplesError> {
    let mut reader = Reader {
        text,
        set,
        problems: Vec::new(),
    };
    let (document, faults) = DeTable::parse_recoverable(text);
    for fault in &faults {
        let at = fault.span().map_or(text.len(), |s| s.start);
        reader.report(at, fault.message().to_owned(), None);
    }
    let examples = if faults.is_empty() {
        Some(reader.file(document.get_ref()))
    } else {
        None
    };
    match examples {
        Some(examples) if reader.problems.is_empty() => Ok(examples),
        _ => {
            reader.problems.sort_by_key(|p| (p.line, p.column));
            Err(ExamplesError {
                problems: reader.problems,
            })
        }
    }
}

struct Reader<'r> {
    text: &'r str,
    set: Option<&'r RuleSet>,
    problems: Vec<RuleFileProblem>,
}

impl Reader<'_> {
    fn report(&mut self, at: usize, message: String, help: Option<String>) {
        let place = place_at(self.text, at);
        self.problems.push(RuleFileProblem {
            line: place.line,
            column: place.column,
            message,
            help,
        });
    }

    fn file(&mut self, document: &DeTable<'_>) -> Examples {
        self.known_keys(
            document,
            &["defaults", "match", "no_match"],
            "a file of examples",
        );
        let mut defaults = ExampleRecord {
            record_type: RecordType::Lead,
            active: true,
            values: BTreeMap::new(),
        };
        let mut population = POPULATION;
        if let Some(value) = document.get("defaults") {
            match value.get_ref().as_table() {
                Some(table) => {
                    if let Some(n) = table.get("population") {
                        population = self.population(n);
                    }
                    defaults = self.record(table, &defaults, true);
                }
                None => self.report(value.span().start, "defaults is a table".to_owned(), None),
            }
        }
        let mut examples: Vec<(usize, Example)> = Vec::new();
        for (key, expects_match) in [("match", true), ("no_match", false)] {
            let Some(value) = document.get(key) else {
                continue;
            };
            let Some(items) = value.get_ref().as_array() else {
                self.report(
                    value.span().start,
                    format!("{key} is a list of examples"),
                    Some(format!("write [[{key}]]")),
                );
                continue;
            };
            for item in items {
                let at = item.span().start;
                match item.get_ref().as_table() {
                    Some(table) => {
                        if let Some(example) = self.example(table, at, expects_match, &defaults) {
                            examples.push((at, example));
                        }
                    }
                    None => self.report(at, "an example is a table".to_owned(), None),
                }
            }
        }
        examples.sort_by_key(|(at, _)| *at);
        for i in 1..examples.len() {
            if examples[..i]
                .iter()
                .any(|(_, e)| e.name == examples[i].1.name)
            {
                let message = format!(
                    "there is already an example called {:?}",
                    examples[i].1.name
                );
                self.report(
                    examples[i].0,
                    message,
                    Some("give each a name of its own".to_owned()),
                );
            }
        }
        if examples.is_empty() && self.problems.is_empty() {
            self.report(
                0,
                "there is no example".to_owned(),
                Some("write at least one [[match]] or [[no_match]]".to_owned()),
            );
        }
        Examples {
            examples: examples.into_iter().map(|(_, e)| e).collect(),
            population,
            record_type: defaults.record_type,
        }
    }

    fn population(&mut self, value: &Spanned<DeValue<'_>>) -> usize {
        let n = match value.get_ref() {
            DeValue::Integer(n) => i64::from_str_radix(n.as_str(), n.radix()).ok(),
            _ => None,
        };
        match n {
            Some(n @ 2..=POPULATION_MAX) => n as usize,
            _ => {
                self.report(
                    value.span().start,
                    format!("population is a number of records, 2 to {POPULATION_MAX}"),
                    None,
                );
                POPULATION
            }
        }
    }

    fn example(
        &mut self,
        table: &DeTable<'_>,
        at: usize,
        expects_match: bool,
        defaults: &ExampleRecord,
    ) -> Option<Example> {
        let keys: &[&str] = if expects_match {
            &["name", "rule", "verdict", "a", "b"]
        } else {
            &["name", "rule", "a", "b"]
        };
        let place = if expects_match {
            "[[match]]"
        } else {
            "[[no_match]]"
        };
        self.known_keys(table, keys, place);
        let name = self.text_of(table, "name");
        if name.is_none() && !table.contains_key("name") {
            self.report(
                at,
                "the example has no name".to_owned(),
                Some("add name = \"…\"".to_owned()),
            );
        }
        let rule = self.text_of(table, "rule");
        if let (Some(rule), Some(set)) = (&rule, self.set)
            && !set.rules.iter().any(|r| r.name == *rule)
        {
            let names: Vec<&str> = set.rules.iter().map(|r| r.name.as_str()).collect();
            let help = match nearest(rule, &names) {
                Some(near) => format!("did you mean {near:?}?"),
                None => format!("the rules are {}", names.join(", ")),
            };
            self.report(
                table["rule"].span().start,
                format!("the rule file has no rule {rule:?}"),
                Some(help),
            );
        }
        let verdict = self.text_of(table, "verdict").and_then(|word| {
            let found = Verdict::ALL.into_iter().find(|v| v.as_str() == word);
            if found.is_none() {
                self.report(
                    table["verdict"].span().start,
                    format!("there is no verdict {word:?}"),
                    Some("one of auto, review, related, weak".to_owned()),
                );
            }
            found
        });
        let mut side = |key: &str| {
            let Some(value) = table.get(key) else {
                self.report(
                    at,
                    format!("the example has no record {key}"),
                    Some(format!("add {key} = {{ lastname = \"…\" }}")),
                );
                return None;
            };
            let Some(record) = value.get_ref().as_table() else {
                self.report(
                    value.span().start,
                    format!("{key} is a record: a table of values"),
                    None,
                );
                return None;
            };
            Some(self.record(record, defaults, false))
        };
        let (a, b) = (side("a"), side("b"));
        Some(Example {
            name: name?,
            line: place_at(self.text, at).line,
            expects_match,
            rule,
            verdict,
            a: a?,
            b: b?,
        })
    }

    /// A record over the defaults; `is_defaults`: the table is `[defaults]` itself, which also has `population`.
    fn record(
        &mut self,
        table: &DeTable<'_>,
        defaults: &ExampleRecord,
        is_defaults: bool,
    ) -> ExampleRecord {
        let mut record = defaults.clone();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            if is_defaults && name == "population" {
                continue;
            }
            let Some(text) = value.get_ref().as_str() else {
                self.report(
                    value.span().start,
                    format!("{name} is a text"),
                    Some("write values in quotes, as they stand in the export".to_owned()),
                );
                continue;
            };
            match name {
                "type" => match RecordType::parse(text) {
                    Some(t) => record.record_type = t,
                    None => self.report(
                        value.span().start,
                        format!("there is no record type {text:?}"),
                        Some("lead, contact or account".to_owned()),
                    ),
                },
                "state" => match text {
                    "active" => record.active = true,
                    "inactive" => record.active = false,
                    _ => self.report(
                        value.span().start,
                        format!("there is no state {text:?}"),
                        Some("active or inactive".to_owned()),
                    ),
                },
                _ => {
                    self.column(key.span().start, name);
                    record.values.insert(name.to_lowercase(), text.to_owned());
                }
            }
        }
        record
    }

    /// Refuses names that are neither a field nor a column of a rule: they would be read by nothing.
    fn column(&mut self, at: usize, name: &str) {
        if ["statecode", "statuscode", "id"]
            .iter()
            .any(|n| name.eq_ignore_ascii_case(n))
        {
            let help = "write state = \"active\" or \"inactive\"; records need no id".to_owned();
            self.report(at, format!("{name} is not read from examples"), Some(help));
            return;
        }
        let Some(set) = self.set else {
            return;
        };
        let mut known: Vec<&str> = Field::ALL.iter().map(|f| f.name()).collect();
        for rule in &set.rules {
            for condition in rule.when.iter().chain(&rule.unless) {
                known.extend(condition.text_columns().iter().map(|(c, _)| *c));
            }
        }
        if !known.iter().any(|k| k.eq_ignore_ascii_case(name)) {
            let help = match nearest(name, &known) {
                Some(near) => format!("did you mean {near:?}?"),
                None => "a record has type, state, fields such as lastname, and columns that a rule names".to_owned(),
            };
            self.report(
                at,
                format!("neither a field nor a column of a rule: {name:?}"),
                Some(help),
            );
        }
    }

    fn text_of(&mut self, table: &DeTable<'_>, key: &str) -> Option<String> {
        let value = table.get(key)?;
        match value.get_ref().as_str().filter(|t| !t.trim().is_empty()) {
            Some(text) => Some(text.to_owned()),
            None => {
                self.report(
                    value.span().start,
                    format!("{key} is a text, and not blank"),
                    None,
                );
                None
            }
        }
    }

    fn known_keys(&mut self, table: &DeTable<'_>, allowed: &[&str], place: &str) {
        for key in table.keys() {
            let word = key.get_ref().as_ref();
            if !allowed.contains(&word) {
                let help = match nearest(word, allowed) {
                    Some(near) => format!("did you mean {near:?}?"),
                    None => format!("known: {}", allowed.join(", ")),
                };
                self.report(
                    key.span().start,
                    format!("unknown key {word:?} in {place}"),
                    Some(help),
                );
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::builtin;

    fn problems(text: &str) -> Vec<String> {
        let error = parse(text, Some(&builtin())).expect_err("refused");
        error
            .problems
            .into_iter()
            .map(|p| {
                let help = p.help.map(|h| format!(" ({h})")).unwrap_or_default();
                format!("{}:{} {}{help}", p.line, p.column, p.message)
            })
            .collect()
    }

    #[test]
    fn defaults_reach_every_record_and_a_record_wins() {
        let read = parse(
            "[defaults]\ntype = \"contact\"\nLastName = \"Lee\"\npopulation = 500\n\n[[no_match]]\nname = \"n\"\na = { state = \"inactive\" }\nb = { lastname = \"Ng\", type = \"lead\" }\n\n[[match]]\nname = \"m\"\nverdict = \"auto\"\na = {}\nb = {}\n",
            Some(&builtin()),
        )
        .expect("valid");
        assert_eq!(
            (read.population, read.record_type),
            (500, RecordType::Contact)
        );
        let [n, m] = read.examples.as_slice() else {
            panic!("two examples");
        };
        assert_eq!(
            (n.line, n.expects_match, m.line, m.expects_match),
            (6, false, 11, true)
        );
        assert_eq!(m.verdict, Some(Verdict::Auto));
        assert_eq!((n.a.record_type, n.a.active), (RecordType::Contact, false));
        assert_eq!(n.a.values["lastname"], "Lee");
        assert_eq!((n.b.record_type, n.b.active), (RecordType::Lead, true));
        assert_eq!(n.b.values["lastname"], "Ng");
    }

    #[test]
    fn all_problems_are_told_with_place_and_remedy() {
        assert_eq!(
            problems(
                "[[match]]\nname = \"x\"\nrule = \"Same email\"\na = { lastnam = \"Lee\", statecode = \"0\" }\nb = { type = \"led\", lastname = 1 }\n\n[[no_match]]\nname = \"x\"\nverdict = \"auto\"\na = { state = \"open\" }\n"
            ),
            [
                "3:8 the rule file has no rule \"Same email\" (did you mean \"Same e-mail\"?)",
                "4:7 neither a field nor a column of a rule: \"lastnam\" (did you mean \"lastname\"?)",
                "4:24 statecode is not read from examples (write state = \"active\" or \"inactive\"; records need no id)",
                "5:14 there is no record type \"led\" (lead, contact or account)",
                "5:32 lastname is a text (write values in quotes, as they stand in the export)",
                "7:1 the example has no record b (add b = { lastname = \"…\" })",
                "9:1 unknown key \"verdict\" in [[no_match]] (known: name, rule, a, b)",
                "10:15 there is no state \"open\" (active or inactive)",
            ]
        );
        assert_eq!(
            problems(""),
            ["1:1 there is no example (write at least one [[match]] or [[no_match]])"]
        );
    }
}
