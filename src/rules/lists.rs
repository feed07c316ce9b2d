//! Lists of a rule set: values that count as blank, values that count as one, pairs a person decided.

use super::set::{MatchcodeKind, RuleSet};
use crate::model::RecordType;
use std::collections::BTreeMap;

/// Values that count as blank, and values that count as one. What is exported never changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ValueLists {
    /// By kind of value, those that match nothing.
    pub bypass: BTreeMap<MatchcodeKind, Vec<String>>,
    /// Groups of company names that are one company.
    pub company_aliases: Vec<Vec<String>>,
    /// Groups of words that are one person's name in different forms.
    pub name_aliases: Vec<Vec<String>>,
}

/// What an alias is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum AliasKind {
    /// A whole company name.
    Company,
    /// One word of a person's name.
    Name,
}

/// Words of `[alias]`.
pub(super) const ALIAS_KINDS: [(&str, AliasKind); 2] =
    [("company", AliasKind::Company), ("name", AliasKind::Name)];

impl ValueLists {
    /// True when there is nothing in them.
    pub fn is_empty(&self) -> bool {
        *self == ValueLists::default()
    }

    /// The groups of one kind.
    pub fn aliases(&self, kind: AliasKind) -> &[Vec<String>] {
        match kind {
            AliasKind::Company => &self.company_aliases,
            AliasKind::Name => &self.name_aliases,
        }
    }

    /// The groups of one kind, to add to.
    pub fn aliases_mut(&mut self, kind: AliasKind) -> &mut Vec<Vec<String>> {
        match kind {
            AliasKind::Company => &mut self.company_aliases,
            AliasKind::Name => &mut self.name_aliases,
        }
    }
}

/// A record as a list names it: its id as exported, with its type where ids alone are not clear.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct ListedId {
    /// Type, when it is named.
    pub record_type: Option<RecordType>,
    /// Id; compared without case and braces.
    pub id: String,
}

impl ListedId {
    /// Reads `ID` or `TYPE:ID`. A text before a colon that is no record type belongs to the id.
    pub fn parse(text: &str) -> ListedId {
        let text = text.trim();
        match text.split_once(':') {
            Some((word, id)) if !id.is_empty() => match RecordType::parse(word) {
                Some(record_type) => ListedId {
                    record_type: Some(record_type),
                    id: id.trim().to_owned(),
                },
                None => ListedId::bare(text),
            },
            _ => ListedId::bare(text),
        }
    }

    fn bare(id: &str) -> ListedId {
        ListedId {
            record_type: None,
            id: id.to_owned(),
        }
    }

    /// As [`parse`](Self::parse) reads it.
    pub fn text(&self) -> String {
        match self.record_type {
            Some(record_type) => format!("{}:{}", record_type.as_str(), self.id),
            None => self.id.clone(),
        }
    }
}

/// Two records a person declared the same, or different.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedPair {
    /// One record.
    pub left: ListedId,
    /// The other.
    pub right: ListedId,
    /// Why, in the person's words.
    pub reason: Option<String>,
}

impl RuleSet {
    /// Adds the lists of another set to this one's: pairs, bypassed values, aliases.
    pub fn add_lists(&mut self, other: &RuleSet) {
        self.always.extend_from_slice(&other.always);
        self.never.extend_from_slice(&other.never);
        for (kind, values) in &other.values.bypass {
            let own = self.values.bypass.entry(*kind).or_default();
            for value in values {
                if !own.contains(value) {
                    own.push(value.clone());
                }
            }
        }
        for (_, kind) in ALIAS_KINDS {
            let groups = other.values.aliases(kind).to_vec();
            self.values.aliases_mut(kind).extend(groups);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_read_with_and_without_a_type() {
        for (text, record_type, id) in [
            ("L-1", None, "L-1"),
            ("lead:L-1", Some(RecordType::Lead), "L-1"),
            ("Contact: 7 ", Some(RecordType::Contact), "7"),
            ("urn:7", None, "urn:7"),
            ("lead:", None, "lead:"),
            ("account:lead:1", Some(RecordType::Account), "lead:1"),
        ] {
            let read = ListedId::parse(text);
            assert_eq!(
                (read.record_type, read.id.as_str()),
                (record_type, id),
                "{text}"
            );
            assert_eq!(ListedId::parse(&read.text()), read, "{text}");
        }
    }
}
