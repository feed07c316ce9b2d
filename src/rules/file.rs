//! A rule file's text to a [`RuleSet`]: everything it refuses, it refuses with line, column and the nearest valid word.

use super::check::LINTS;
use super::condition;
use super::places::Walk;
use super::read_lists;
use super::set::{
    BaseScope, CONDITIONS_MAX, Condition, EvidenceFloor, GenericPolicy, RULES_MAX, Rule, RuleSet,
    SurvivorPolicy,
};
use super::words::{PREFERENCES, is_country, nearest};
use crate::model::{RecordType, count};
use std::fmt;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// Version of the file format this program writes and the newest it reads.
pub const FORMAT: i64 = 1;

/// One thing wrong with a rule file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFileProblem {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, with the word seen and the words allowed.
    pub message: String,
    /// What to do: the nearest valid word, where there is one.
    pub help: Option<String>,
}

impl fmt::Display for RuleFileProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let RuleFileProblem {
            line,
            column,
            message,
            help,
        } = self;
        write!(f, "line {line}, column {column}: {message}")?;
        match help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

/// Most problems that a message tells; who mends these sees the next.
pub const PROBLEMS_TOLD_MAX: usize = 50;

/// Writes problems of a file, a line each; of very many the first, and how many more there are.
pub(crate) fn write_problems(
    problems: &[RuleFileProblem],
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    for (i, problem) in problems.iter().take(PROBLEMS_TOLD_MAX).enumerate() {
        if i > 0 {
            writeln!(f)?;
        }
        write!(f, "{problem}")?;
    }
    match problems.len().saturating_sub(PROBLEMS_TOLD_MAX) {
        0 => Ok(()),
        n => write!(f, "\nand {} more", count(n as u64)),
    }
}

/// A rule file that cannot be used: everything found wrong, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct RuleFileError {
    /// The problems; at least one.
    pub problems: Vec<RuleFileProblem>,
}

impl fmt::Display for RuleFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_problems(&self.problems, f)
    }
}

/// Reads a rule file.
///
/// Errors: every problem of the file, not only the first. When the text is no TOML at all, only the faults of its
/// syntax are told, since what follows from them would mislead.
pub fn parse(text: &str) -> Result<RuleSet, RuleFileError> {
    let mut reader = Reader {
        text,
        problems: Vec::new(),
    };
    let (document, faults) = DeTable::parse_recoverable(text);
    if !faults.is_empty() {
        for fault in &faults {
            let at = fault.span().map_or(text.len(), |s| s.start);
            reader.report(at, fault.message().to_owned(), None);
        }
        return Err(reader.into_error());
    }
    let set = rule_set(&mut reader, document.get_ref());
    match set {
        Some(set) if reader.problems.is_empty() => Ok(set),
        _ => Err(reader.into_error()),
    }
}

fn rule_set(reader: &mut Reader<'_>, document: &DeTable<'_>) -> Option<RuleSet> {
    if let Some((version, at)) = reader.integer(document, "format")
        && version != FORMAT
    {
        let message = if version > FORMAT {
            format!(
                "format {version} was written by a newer version of kinfold; this one reads format {FORMAT}"
            )
        } else {
            format!("there is no format {version}")
        };
        reader.report(at, message, Some(format!("format = {FORMAT}")));
        if version > FORMAT {
            // What a newer format means by its keys is not ours to judge.
            return None;
        }
    }
    reader.known_keys(
        document,
        &[
            "format", "set", "rule", "survivor", "bypass", "alias", "picklist", "always", "never",
        ],
        "a rule file",
    );
    let mut name = "rules".to_owned();
    let mut default_country = None;
    let mut set_allow = Vec::new();
    if let Some((set, _)) = reader.table(document, "set") {
        reader.known_keys(set, &["name", "default_country", "allow"], "[set]");
        if let Some((text, at)) = reader.text(set, "name") {
            name = reader.label(text, at, "the name of a rule set");
        }
        if let Some((text, at)) = reader.text(set, "default_country") {
            default_country = reader.country(text, at);
        }
        set_allow = allow(reader, set);
    }
    let survivor = match reader.table(document, "survivor") {
        Some((table, _)) => survivor_policy(reader, table),
        None => SurvivorPolicy::default(),
    };
    let rules = rules(reader, document);
    Some(RuleSet {
        name,
        default_country,
        rules,
        survivor,
        allow: set_allow,
        values: read_lists::values(reader, document),
        picklists: read_lists::picklists(reader, document),
        always: read_lists::pairs(reader, document, "always"),
        never: read_lists::pairs(reader, document, "never"),
    })
}

fn rules(reader: &mut Reader<'_>, document: &DeTable<'_>) -> Vec<Rule> {
    let Some((items, at)) = reader.array(document, "rule") else {
        if !document.contains_key("rule") {
            reader.report(
                0,
                "there is no rule".to_owned(),
                Some("write at least one [[rule]]".to_owned()),
            );
        }
        return Vec::new();
    };
    if items.is_empty() || items.len() > RULES_MAX {
        reader.report(
            at,
            format!(
                "a rule set has 1 to {RULES_MAX} rules, this one {}",
                items.len()
            ),
            None,
        );
    }
    let mut rules: Vec<Rule> = Vec::new();
    for item in items {
        let at = item.span().start;
        let Some(table) = item.get_ref().as_table() else {
            reader.report(
                at,
                format!("a rule is a table, not {}", kind_of(item.get_ref())),
                Some("write [[rule]] with its keys below".to_owned()),
            );
            continue;
        };
        let (rule, name_at) = rule(reader, table, at);
        if rules
            .iter()
            .any(|r| r.name == rule.name && !r.name.is_empty())
        {
            reader.report(
                name_at,
                format!("there is already a rule called {:?}", rule.name),
                Some("give each rule a name of its own".to_owned()),
            );
        }
        if let Some(other) = rules.iter().find(|r| r.id.is_some() && r.id == rule.id) {
            reader.report(
                at,
                format!("rule {:?} already has this id", other.name),
                Some("give each rule an id of its own, or none".to_owned()),
            );
        }
        rules.push(rule);
    }
    rules
}

/// Keys of `[[rule]]`.
const RULE_KEYS: [&str; 12] = [
    "name",
    "id",
    "base",
    "match",
    "exclude_inactive",
    "base_scope",
    "evidence",
    "generic",
    "allow",
    "case_sensitive",
    "when",
    "unless",
];

fn rule(reader: &mut Reader<'_>, table: &DeTable<'_>, at: usize) -> (Rule, usize) {
    reader.known_keys(table, &RULE_KEYS, "a rule");
    let (name, name_at) = match reader.text(table, "name") {
        Some((text, at)) => (reader.label(text, at, "the name of a rule"), at),
        None => {
            if !table.contains_key("name") {
                reader.report(
                    at,
                    "the rule has no name".to_owned(),
                    Some("add name = \"…\"".to_owned()),
                );
            }
            (String::new(), at)
        }
    };
    let id = reader
        .text(table, "id")
        .map(|(text, at)| reader.label(text, at, "the id of a rule"));
    let types: Vec<(&str, RecordType)> = RecordType::ALL.iter().map(|t| (t.as_str(), *t)).collect();
    let base = reader
        .word(table, "base", &types)
        .unwrap_or(RecordType::Lead);
    let matching = reader.word(table, "match", &types).unwrap_or(base);
    let base_scope = reader
        .word(
            table,
            "base_scope",
            &[("all", BaseScope::All), ("active", BaseScope::Active)],
        )
        .unwrap_or_default();
    let generic = reader
        .word(
            table,
            "generic",
            &[
                ("as-worded", GenericPolicy::AsWorded),
                ("need-name", GenericPolicy::NeedName),
                ("ignore", GenericPolicy::Ignore),
            ],
        )
        .unwrap_or_default();
    let exclude_inactive = reader
        .boolean(table, "exclude_inactive")
        .is_some_and(|(v, _)| v);
    let evidence = evidence(reader, table);
    // The default of the rule's conditions, not an option of its own.
    let case_sensitive = reader
        .boolean(table, "case_sensitive")
        .is_some_and(|(v, _)| v);

    let mut when = Vec::new();
    let mut unless = Vec::new();
    match reader.array(table, "when") {
        Some((items, when_at)) => {
            for item in items {
                match condition::read(reader, item, case_sensitive, true) {
                    Some((condition, false)) => when.push(condition),
                    Some((condition, true)) => unless.push(condition),
                    None => {}
                }
            }
            let only_negations = when.is_empty() && unless.len() == items.len();
            if only_negations {
                let message = if items.is_empty() {
                    "the rule has no condition"
                } else {
                    "the rule only says what must not hold"
                };
                reader.report(
                    when_at,
                    message.to_owned(),
                    Some("add a condition such as { same = \"email\" }".to_owned()),
                );
            }
        }
        None => {
            if !table.contains_key("when") {
                reader.report(
                    at,
                    "the rule has no `when`".to_owned(),
                    Some("add when = [{ same = \"email\" }]".to_owned()),
                );
            }
        }
    }
    if let Some((items, _)) = reader.array(table, "unless") {
        for item in items {
            if let Some((condition, _)) = condition::read(reader, item, case_sensitive, false) {
                unless.push(condition);
            }
        }
    }
    let n_conditions = when.len() + unless.len();
    if n_conditions > CONDITIONS_MAX {
        reader.report(
            at,
            format!(
                "a rule has at most {CONDITIONS_MAX} conditions and exceptions, this one {n_conditions}"
            ),
            Some("make rules of their own of them, or leave out those that say the same".to_owned()),
        );
    }
    let rule = Rule {
        name,
        id,
        base,
        matching,
        exclude_inactive,
        base_scope,
        evidence,
        generic,
        when,
        unless,
        allow: allow(reader, table),
    };
    (rule, name_at)
}

/// Codes of findings to keep quiet about: by code or name, ascending by code.
fn allow(reader: &mut Reader<'_>, table: &DeTable<'_>) -> Vec<&'static str> {
    let Some((items, _)) = reader.array(table, "allow") else {
        return Vec::new();
    };
    let words: Vec<(&str, &'static str)> = LINTS
        .iter()
        .flat_map(|l| [(l.code, l.code), (l.name, l.code)])
        .collect();
    let mut codes: Vec<&str> = items
        .iter()
        .filter_map(|item| reader.word_value(item, "allow", &words))
        .collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn evidence(reader: &mut Reader<'_>, table: &DeTable<'_>) -> EvidenceFloor {
    let Some(value) = table.get("evidence") else {
        return EvidenceFloor::None;
    };
    let at = value.span().start;
    match value.get_ref() {
        DeValue::String(_) => reader
            .word(
                table,
                "evidence",
                &[("none", EvidenceFloor::None), ("auto", EvidenceFloor::Auto)],
            )
            .unwrap_or_default(),
        DeValue::Integer(_) | DeValue::Float(_) => match number(value.get_ref()) {
            // A thousand bits is more than any pair carries, and keeps the product inside an i32.
            Some(bits) if (0.0..=1000.0).contains(&bits) => {
                EvidenceFloor::Millibits((bits * 1000.0).round() as i32)
            }
            _ => {
                reader.report(at, "evidence in bits is 0 to 1000".to_owned(), None);
                EvidenceFloor::None
            }
        },
        other => {
            reader.report(
                at,
                format!(
                    "evidence is \"none\", \"auto\" or a number of bits, not {}",
                    kind_of(other)
                ),
                None,
            );
            EvidenceFloor::None
        }
    }
}

fn survivor_policy(reader: &mut Reader<'_>, table: &DeTable<'_>) -> SurvivorPolicy {
    reader.known_keys(table, &["prefer"], "[survivor]");
    let Some((items, at)) = reader.array(table, "prefer") else {
        return SurvivorPolicy::default();
    };
    let mut prefer = Vec::new();
    for item in items {
        let Some(preference) = reader.word_value(item, "prefer", &PREFERENCES) else {
            continue;
        };
        let word = item.get_ref().as_str().unwrap_or_default();
        if prefer.contains(&preference) {
            reader.report(
                item.span().start,
                format!("{word:?} is named twice"),
                Some("name each criterion once".to_owned()),
            );
        } else if prefer.last() == Some(&super::Preference::Id) {
            reader.report(
                item.span().start,
                format!(
                    "{word:?} stands after \"id\" and would never be looked at: ids always differ"
                ),
                Some("move \"id\" to the end".to_owned()),
            );
        } else {
            prefer.push(preference);
        }
    }
    if items.is_empty() {
        reader.report(
            at,
            "prefer is empty".to_owned(),
            Some("name at least \"id\"".to_owned()),
        );
    }
    SurvivorPolicy { prefer }
}

/// What kind of TOML value, with its article, for messages.
pub(super) fn kind_of(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a text",
        DeValue::Integer(_) => "a whole number",
        DeValue::Float(_) => "a number",
        DeValue::Boolean(_) => "true or false",
        DeValue::Datetime(_) => "a date",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}

/// A whole or fractional number; `None` when it is no number or too large.
pub(super) fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Integer(n) => i64::from_str_radix(n.as_str(), n.radix())
            .ok()
            .map(|n| n as f64),
        DeValue::Float(f) => f.as_str().parse().ok(),
        _ => None,
    }
}

/// Reads keys of tables and collects what is wrong with them.
pub(super) struct Reader<'t> {
    text: &'t str,
    problems: Vec<(usize, String, Option<String>)>,
}

impl Reader<'_> {
    /// Notes a problem at a byte position.
    pub(super) fn report(&mut self, at: usize, message: String, help: Option<String>) {
        self.problems.push((at, message, help));
    }

    /// Number of problems so far.
    pub(super) fn n_problems(&self) -> usize {
        self.problems.len()
    }

    fn into_error(mut self) -> RuleFileError {
        self.problems.sort_by_key(|p| p.0);
        let mut walk = Walk::new(self.text);
        RuleFileError {
            problems: self
                .problems
                .into_iter()
                .map(|(at, message, help)| {
                    let place = walk.to(at);
                    RuleFileProblem {
                        line: place.line,
                        column: place.column,
                        message,
                        help,
                    }
                })
                .collect(),
        }
    }

    /// Refuses every key that is not in `allowed`.
    pub(super) fn known_keys(&mut self, table: &DeTable<'_>, allowed: &[&str], place: &str) {
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

    fn wrong_kind(&mut self, key: &str, expected: &str, value: &Spanned<DeValue<'_>>) {
        self.report(
            value.span().start,
            format!("{key} is {expected}, not {}", kind_of(value.get_ref())),
            None,
        );
    }

    /// A text and where it stands; `None` when missing or, with a report, of another kind.
    pub(super) fn text<'v>(
        &mut self,
        table: &'v DeTable<'_>,
        key: &str,
    ) -> Option<(&'v str, usize)> {
        let value = table.get(key)?;
        match value.get_ref().as_str() {
            Some(text) => Some((text, value.span().start)),
            None => {
                self.wrong_kind(key, "a text", value);
                None
            }
        }
    }

    /// True or false and where it stands.
    pub(super) fn boolean(&mut self, table: &DeTable<'_>, key: &str) -> Option<(bool, usize)> {
        let value = table.get(key)?;
        match value.get_ref().as_bool() {
            Some(b) => Some((b, value.span().start)),
            None => {
                self.wrong_kind(key, "true or false", value);
                None
            }
        }
    }

    /// A whole number and where it stands.
    pub(super) fn integer(&mut self, table: &DeTable<'_>, key: &str) -> Option<(i64, usize)> {
        let value = table.get(key)?;
        match value.get_ref() {
            DeValue::Integer(n) => match i64::from_str_radix(n.as_str(), n.radix()) {
                Ok(n) => Some((n, value.span().start)),
                Err(_) => {
                    self.report(value.span().start, format!("{key} is too large"), None);
                    None
                }
            },
            _ => {
                self.wrong_kind(key, "a whole number", value);
                None
            }
        }
    }

    /// A list and where it stands.
    pub(super) fn array<'v>(
        &mut self,
        table: &'v DeTable<'_>,
        key: &str,
    ) -> Option<(&'v [Spanned<DeValue<'v>>], usize)> {
        let value = table.get(key)?;
        match value.get_ref().as_array() {
            Some(items) => Some((items, value.span().start)),
            None => {
                self.wrong_kind(key, "a list", value);
                None
            }
        }
    }

    /// A table and where it stands.
    pub(super) fn table<'v>(
        &mut self,
        table: &'v DeTable<'_>,
        key: &str,
    ) -> Option<(&'v DeTable<'v>, usize)> {
        let value = table.get(key)?;
        match value.get_ref().as_table() {
            Some(inner) => Some((inner, value.span().start)),
            None => {
                self.wrong_kind(key, "a table", value);
                None
            }
        }
    }

    /// One of a closed list of words.
    pub(super) fn word<T: Copy>(
        &mut self,
        table: &DeTable<'_>,
        key: &str,
        words: &[(&str, T)],
    ) -> Option<T> {
        let value = table.get(key)?;
        self.word_value(value, key, words)
    }

    /// One of a closed list of words, the value in hand.
    pub(super) fn word_value<T: Copy>(
        &mut self,
        value: &Spanned<DeValue<'_>>,
        key: &str,
        words: &[(&str, T)],
    ) -> Option<T> {
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_kind(key, "a text", value);
            return None;
        };
        if let Some((_, found)) = words.iter().find(|(w, _)| *w == text) {
            return Some(*found);
        }
        let allowed: Vec<&str> = words.iter().map(|(w, _)| *w).collect();
        let help = match nearest(text, &allowed) {
            Some(near) => format!("did you mean {near:?}?"),
            None => format!("one of {}", allowed.join(", ")),
        };
        self.report(
            value.span().start,
            format!("{key} knows no {text:?}"),
            Some(help),
        );
        None
    }

    /// A name that people read: not blank, no control characters.
    pub(super) fn label(&mut self, text: &str, at: usize, what: &str) -> String {
        if text.trim().is_empty() {
            self.report(at, format!("{what} is blank"), None);
        } else if text.chars().any(char::is_control) {
            self.report(at, format!("{what} has a control character"), None);
        }
        text.to_owned()
    }

    fn country(&mut self, text: &str, at: usize) -> Option<String> {
        if is_country(text) {
            return Some(text.to_owned());
        }
        let upper = text.trim().to_uppercase();
        let help = if upper == "UK" {
            "the code of the United Kingdom is \"GB\"".to_owned()
        } else if is_country(&upper) {
            format!("write {upper:?}")
        } else {
            "two capital letters such as \"US\", \"GB\" or \"DE\"".to_owned()
        };
        self.report(
            at,
            format!("default_country {text:?} is no ISO 3166 country code"),
            Some(help),
        );
        None
    }
}

/// What a `[[rule]]`'s conditions look like to the reader of one: re-exported for `condition`.
pub(super) type ReadCondition = Option<(Condition, bool)>;
