//! What differs between two rule sets, rule by rule and option by option.
//!
//! Compared are the canonical texts, key by key, so that an option of the rule file is an option here without being
//! named again; a difference is empty exactly when the canonical texts are equal. Rules are known by their names.

use super::render::{render, render_condition};
use super::set::RuleSet;
use serde::Serialize;
use std::collections::BTreeMap;
use toml::Value;

/// What a rule's option is when the file does not name it.
const DEFAULTS: [(&str, &str); 4] = [
    ("exclude_inactive", "false"),
    ("base_scope", "\"all\""),
    ("evidence", "\"none\""),
    ("generic", "\"as-worded\""),
];

/// What a condition's option is when the file does not name it.
const CONDITION_DEFAULTS: [(&str, &str); 3] = [
    ("case_sensitive", "false"),
    ("ignore_blank", "true"),
    ("weak", "false"),
];

/// What differs between two rule sets.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct RuleSetDiff {
    /// Keys outside the rules: `set.default_country`, `survivor.prefer`.
    pub options: Vec<OptionChange>,
    /// Rules that are only in the first set, in its order.
    pub removed: Vec<RuleText>,
    /// Rules that are only in the second set, in its order.
    pub added: Vec<RuleText>,
    /// Rules of both sets that differ, in the order of the second.
    pub changed: Vec<RuleChange>,
    /// Entries of lists outside the rules that are only in the first set: table name and entry.
    pub removed_entries: Vec<ListEntry>,
    /// Entries of lists outside the rules that are only in the second set.
    pub added_entries: Vec<ListEntry>,
    /// Whether rules, or entries of lists, of both sets stand in another order: of rules, this changes the order of
    /// their names in reports and nothing else.
    pub reordered: bool,
}

/// A key with another value. Values are as they stand in a rule file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OptionChange {
    /// The key.
    pub key: String,
    /// Its value in the first set; `None` when it is not set and has no default.
    pub from: Option<String>,
    /// Its value in the second.
    pub to: Option<String>,
}

/// A rule that is only in one set.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleText {
    /// Its name.
    pub name: String,
    /// Its options and conditions as lines of a rule file, without the name.
    pub lines: Vec<String>,
}

/// A rule that is in both sets and differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleChange {
    /// Its name in the second set.
    pub name: String,
    /// Its name in the first set, when it was another.
    pub renamed_from: Option<String>,
    /// Options.
    pub options: Vec<OptionChange>,
    /// Conditions that must hold.
    pub when: ConditionsChange,
    /// Exceptions.
    pub unless: ConditionsChange,
}

/// What differs between two lists of conditions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct ConditionsChange {
    /// Only in the first.
    pub removed: Vec<String>,
    /// Only in the second.
    pub added: Vec<String>,
    /// The same comparison with other options, such as a threshold.
    pub changed: Vec<ConditionChange>,
    /// Whether those of both stand in another order, which changes nothing in the result.
    pub reordered: bool,
}

/// A condition with other options.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ConditionChange {
    /// The condition in the first set.
    pub from: String,
    /// The condition in the second.
    pub to: String,
    /// What differs.
    pub options: Vec<OptionChange>,
}

/// An entry of a list outside the rules.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct ListEntry {
    /// Name of the list.
    pub list: String,
    /// The entry.
    pub entry: String,
}

impl RuleSetDiff {
    /// Whether the two sets are the same, order of rules included.
    pub fn is_empty(&self) -> bool {
        *self == RuleSetDiff::default()
    }
}

impl ConditionsChange {
    fn is_empty(&self) -> bool {
        *self == ConditionsChange::default()
    }
}

/// What differs between two rule sets. Cost: quadratic in the number of rules and of conditions of
/// a rule; n log n in the entries of lists.
pub fn diff(from: &RuleSet, to: &RuleSet) -> RuleSetDiff {
    let (from, to) = (Canonical::of(from), Canonical::of(to));
    let mut out = RuleSetDiff {
        options: key_changes(&from.options, &to.options, &[]),
        ..RuleSetDiff::default()
    };
    // Rules by name; then, of the others, those that say the same under another name.
    let mut partner: Vec<Option<usize>> = to
        .rules
        .iter()
        .map(|rule| from.rules.iter().position(|r| r.name == rule.name))
        .collect();
    for (i, rule) in to.rules.iter().enumerate() {
        if partner[i].is_none() {
            partner[i] = (0..from.rules.len())
                .find(|&j| !partner.contains(&Some(j)) && from.rules[j].says_the_same(rule));
        }
    }
    for (rule, partner) in to.rules.iter().zip(&partner) {
        match partner {
            None => out.added.push(rule.text()),
            Some(j) => out.changed.extend(rule_change(&from.rules[*j], rule)),
        }
    }
    let gone = |j: &usize| !partner.contains(&Some(*j));
    let indices = (0..from.rules.len()).filter(gone);
    out.removed = indices.map(|j| from.rules[j].text()).collect();
    let kept: Vec<usize> = partner.iter().flatten().copied().collect();
    let (removed, added) = only_in_one(&from.entries, &to.entries);
    let moved = removed.is_empty() && added.is_empty() && from.entries != to.entries;
    out.reordered = !kept.is_sorted() || moved;
    out.removed_entries = removed;
    out.added_entries = added;
    out
}

/// A rule set as keys and values.
struct Canonical {
    options: BTreeMap<String, String>,
    rules: Vec<CanonicalRule>,
    entries: Vec<ListEntry>,
}

struct CanonicalRule {
    name: String,
    options: BTreeMap<String, String>,
    when: Vec<String>,
    unless: Vec<String>,
}

impl Canonical {
    fn of(set: &RuleSet) -> Canonical {
        let text = render(set);
        let table: toml::Table = text.parse().expect("what we render is TOML");
        let mut canonical = Canonical {
            options: BTreeMap::new(),
            rules: Vec::new(),
            entries: Vec::new(),
        };
        for (key, value) in table {
            match value {
                Value::Array(items) if key == "rule" => {
                    let rules = items.into_iter().zip(&set.rules);
                    canonical.rules = rules
                        .map(|(item, rule)| CanonicalRule {
                            name: rule.name.clone(),
                            options: keys_of(item, &["name", "when", "unless"]),
                            when: rule.when.iter().map(render_condition).collect(),
                            unless: rule.unless.iter().map(render_condition).collect(),
                        })
                        .collect();
                }
                value => canonical.take_in(&key, value),
            }
        }
        canonical
    }

    /// Takes in what stands outside the rules: tables key by key, and lists entry by entry, so that a pair more among a
    /// thousand is one difference. A list whose order has a meaning is one value.
    fn take_in(&mut self, key: &str, value: Value) {
        match value {
            Value::Table(table) => {
                for (inner, value) in table {
                    self.take_in(&format!("{key}.{inner}"), value);
                }
            }
            Value::Array(items) if key != "survivor.prefer" => {
                for item in items {
                    self.take_in_entry(key, item);
                }
            }
            value => {
                self.options.insert(key.to_owned(), inline(&value));
            }
        }
    }

    /// An entry of a list. One that itself lists pairs with a reason is an entry for each pair.
    fn take_in_entry(&mut self, list: &str, item: Value) {
        let mut push = |entry: String| {
            self.entries.push(ListEntry {
                list: list.to_owned(),
                entry,
            });
        };
        match item {
            Value::Table(mut table) => match table.remove("pairs") {
                Some(Value::Array(pairs)) => {
                    let rest: String = table
                        .iter()
                        .map(|(key, value)| format!(", {key} = {}", inline(value)))
                        .collect();
                    for pair in pairs {
                        push(format!("{}{rest}", inline(&pair)));
                    }
                }
                Some(pairs) => push(inline(&pairs)),
                None => push(inline(&Value::Table(table))),
            },
            item => push(inline(&item)),
        }
    }
}

impl CanonicalRule {
    /// Whether two rules differ in nothing but options and name, or in their conditions not at all.
    fn says_the_same(&self, other: &CanonicalRule) -> bool {
        self.when == other.when
            && self.unless == other.unless
            && ["base", "match"]
                .iter()
                .all(|key| self.options.get(*key) == other.options.get(*key))
    }

    fn text(&self) -> RuleText {
        let options = self.options.iter().map(|(k, v)| format!("{k} = {v}"));
        let when = self.when.iter().map(|c| format!("when {c}"));
        let unless = self.unless.iter().map(|c| format!("unless {c}"));
        RuleText {
            name: self.name.clone(),
            lines: options.chain(when).chain(unless).collect(),
        }
    }
}

fn rule_change(from: &CanonicalRule, to: &CanonicalRule) -> Option<RuleChange> {
    let change = RuleChange {
        name: to.name.clone(),
        renamed_from: (from.name != to.name).then(|| from.name.clone()),
        options: key_changes(&from.options, &to.options, &DEFAULTS),
        when: conditions_change(&from.when, &to.when),
        unless: conditions_change(&from.unless, &to.unless),
    };
    let is_change = change.renamed_from.is_some()
        || !change.options.is_empty()
        || !change.when.is_empty()
        || !change.unless.is_empty();
    is_change.then_some(change)
}

fn conditions_change(from: &[String], to: &[String]) -> ConditionsChange {
    let (mut removed, mut added) = only_in_one(from, to);
    let mut changed = Vec::new();
    added.retain(|new| {
        let Some(at) = removed
            .iter()
            .position(|old| compares(old) == compares(new))
        else {
            return true;
        };
        let old = removed.remove(at);
        changed.push(ConditionChange {
            options: key_changes(
                &condition_keys(&old),
                &condition_keys(new),
                &CONDITION_DEFAULTS,
            ),
            from: old,
            to: new.clone(),
        });
        false
    });
    let kept: Vec<&String> = from.iter().filter(|c| to.contains(c)).collect();
    let reordered = added.is_empty() && removed.is_empty() && changed.is_empty() && from != to
        || !kept.into_iter().eq(to.iter().filter(|c| from.contains(c)));
    ConditionsChange {
        removed,
        added,
        changed,
        reordered,
    }
}

/// What a condition compares: its first key, with its value unless that is a number, and the column.
fn compares(condition: &str) -> (String, Option<String>) {
    let first = condition.trim_start_matches(['{', ' ']);
    let (key, _) = first.split_once(" =").unwrap_or((first, ""));
    let keys = condition_keys(condition);
    let of = keys.get("column").or_else(|| keys.get(key)).cloned();
    (key.to_owned(), of)
}

/// The keys of a condition as it stands in a rule file.
fn condition_keys(condition: &str) -> BTreeMap<String, String> {
    let table: Option<toml::Table> = format!("c = {condition}").parse().ok();
    table
        .and_then(|mut t| t.remove("c"))
        .map(|value| keys_of(value, &[]))
        .unwrap_or_default()
}

fn keys_of(value: Value, but: &[&str]) -> BTreeMap<String, String> {
    match value {
        Value::Table(table) => table
            .iter()
            .filter(|(key, _)| !but.contains(&key.as_str()))
            .map(|(key, value)| (key.clone(), inline(value)))
            .collect(),
        other => BTreeMap::from([(String::new(), inline(&other))]),
    }
}

/// A value as it stands on one line of a rule file.
fn inline(value: &Value) -> String {
    match value {
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(inline).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Table(table) => {
            let keys: Vec<String> = table
                .iter()
                .map(|(key, value)| format!("{key} = {}", inline(value)))
                .collect();
            format!("{{ {} }}", keys.join(", "))
        }
        other => other.to_string(),
    }
}

fn key_changes(
    from: &BTreeMap<String, String>,
    to: &BTreeMap<String, String>,
    defaults: &[(&str, &str)],
) -> Vec<OptionChange> {
    let default = |key: &str| {
        let known = defaults.iter().find(|(k, _)| *k == key);
        known.map(|(_, v)| (*v).to_owned())
    };
    let value =
        |map: &BTreeMap<String, String>, key: &str| map.get(key).cloned().or_else(|| default(key));
    let mut keys: Vec<&String> = from.keys().chain(to.keys()).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.into_iter()
        .filter(|key| from.get(*key) != to.get(*key))
        .map(|key| OptionChange {
            key: key.clone(),
            from: value(from, key),
            to: value(to, key),
        })
        .collect()
}

/// Those only in the first and those only in the second, in their order; of equal ones each counts once.
fn only_in_one<T: Ord + Clone>(from: &[T], to: &[T]) -> (Vec<T>, Vec<T>) {
    let beyond = |of: &[T], other: &[T]| {
        let mut left: BTreeMap<&T, usize> = BTreeMap::new();
        for item in other {
            *left.entry(item).or_default() += 1;
        }
        let is_beyond = |item: &&T| match left.get_mut(*item) {
            Some(n) if *n > 0 => {
                *n -= 1;
                false
            }
            _ => true,
        };
        of.iter().filter(is_beyond).cloned().collect()
    };
    (beyond(from, to), beyond(to, from))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{builtin, parse};

    fn set(text: &str) -> RuleSet {
        parse(text).expect("a valid rule file")
    }

    const BASE: &str = "[[rule]]\nname = \"A\"\nwhen = [{ same = \"email\" }, { similar = \"company\", threshold = 0.7 }]\n\
                        [[rule]]\nname = \"B\"\nwhen = [{ first = 3, column = \"lastname\" }, { same = \"phone\" }]\n";

    fn changed(replace: &str, by: &str) -> RuleSetDiff {
        assert!(BASE.contains(replace), "{replace}");
        diff(&set(BASE), &set(&BASE.replacen(replace, by, 1)))
    }

    #[test]
    fn nothing_differs_from_itself() {
        assert!(diff(&builtin(), &builtin()).is_empty());
        let spelled = BASE.replace("when", "exclude_inactive = false\nwhen");
        assert!(diff(&set(BASE), &set(&spelled)).is_empty());
    }

    #[test]
    fn an_option_is_told_with_its_default() {
        let found = changed("when", "exclude_inactive = true\nevidence = 12.5\nwhen");
        let rule = &found.changed[0];
        let told: Vec<(&str, Option<&str>, Option<&str>)> = rule
            .options
            .iter()
            .map(|o| (o.key.as_str(), o.from.as_deref(), o.to.as_deref()))
            .collect();
        assert_eq!(
            told,
            [
                ("evidence", Some("\"none\""), Some("12.5")),
                ("exclude_inactive", Some("false"), Some("true")),
            ]
        );
        assert_eq!(found.changed.len(), 1);
        assert!(found.added.is_empty() && found.removed.is_empty());
    }

    #[test]
    fn a_threshold_is_a_change_of_its_condition() {
        let found = changed("threshold = 0.7", "threshold = 0.8");
        let when = &found.changed[0].when;
        assert!(when.added.is_empty() && when.removed.is_empty());
        assert_eq!(when.changed[0].options[0].key, "threshold");
        assert_eq!(when.changed[0].options[0].to.as_deref(), Some("0.8"));
        let found = changed("first = 3", "first = 4");
        assert_eq!(found.changed[0].when.changed[0].options[0].key, "first");
        let found = changed("same = \"phone\"", "same = \"website\"");
        let when = &found.changed[0].when;
        assert_eq!(when.removed, ["{ same = \"phone\" }"]);
        assert_eq!(when.added, ["{ same = \"website\" }"]);
    }

    #[test]
    fn a_new_name_for_the_same_rule_is_a_new_name() {
        let found = changed("name = \"A\"", "name = \"Mail\"\nexclude_inactive = true");
        assert_eq!(found.changed[0].renamed_from.as_deref(), Some("A"));
        assert_eq!(found.changed[0].options.len(), 1);
        assert!(found.added.is_empty() && found.removed.is_empty());
    }

    #[test]
    fn rules_come_and_go() {
        let b = BASE.find("[[rule]]\nname = \"B\"").expect("there");
        let one = set(&BASE[..b]);
        let found = diff(&set(BASE), &one);
        assert_eq!(found.removed[0].name, "B");
        assert!(
            found.removed[0]
                .lines
                .contains(&"when { same = \"phone\" }".to_owned())
        );
        assert_eq!(diff(&one, &set(BASE)).added[0].name, "B");
    }

    #[test]
    fn another_order_is_told_as_that() {
        let b = BASE.find("[[rule]]\nname = \"B\"").expect("there");
        let found = diff(&set(BASE), &set(&format!("{}{}", &BASE[b..], &BASE[..b])));
        let only = RuleSetDiff {
            reordered: true,
            ..RuleSetDiff::default()
        };
        assert_eq!(found, only);
        let found = changed(
            "{ same = \"email\" }, { similar = \"company\", threshold = 0.7 }",
            "{ similar = \"company\" }, { same = \"email\" }",
        );
        assert!(found.changed[0].when.reordered);
        assert!(found.changed[0].when.added.is_empty());
    }

    #[test]
    fn lists_are_told_entry_by_entry() {
        let lists = |pairs: &str, email: &str, label: &str| {
            set(&format!(
                "{BASE}[bypass]\nemail = [{email}]\n[picklist.industrycode]\n\"1\" = \"{label}\"\n\
                 [[never]]\npairs = [{pairs}]\nreason = \"twins\"\n"
            ))
        };
        let (one, two) = ("[\"lead:1\", \"lead:2\"]", "[\"lead:3\", \"lead:4\"]");
        let found = diff(
            &lists(one, "\"a@b.com\"", "Bank"),
            &lists(&format!("{one}, {two}"), "\"c@d.com\"", "Banks"),
        );
        let told = |entries: &[ListEntry]| -> Vec<String> {
            let entries = entries.iter();
            entries.map(|e| format!("{} {}", e.list, e.entry)).collect()
        };
        assert_eq!(
            told(&found.added_entries),
            [
                "bypass.email \"c@d.com\"",
                "never [\"lead:3\", \"lead:4\"], reason = \"twins\""
            ]
        );
        assert_eq!(told(&found.removed_entries), ["bypass.email \"a@b.com\""]);
        assert_eq!(found.options[0].key, "picklist.industrycode.1");
        assert_eq!(found.options[0].to.as_deref(), Some("\"Banks\""));
    }

    #[test]
    fn keys_outside_the_rules_are_told_too() {
        let more = format!(
            "[set]\ndefault_country = \"DE\"\n{BASE}[survivor]\nprefer = [\"created\", \"id\"]\n"
        );
        let found = diff(&set(BASE), &set(&more));
        let keys: Vec<&str> = found.options.iter().map(|o| o.key.as_str()).collect();
        assert_eq!(keys, ["set.default_country", "survivor.prefer"]);
        assert_eq!(found.options[0].from, None);
    }
}
