//! The lists of a rule file: `[bypass]`, `[alias]`, `[picklist.COLUMN]`, `[[always]]`, `[[never]]`.

use super::file::{Reader, kind_of};
use super::lists::{ALIAS_KINDS, AliasKind, ListedId, ListedPair, ValueLists};
use super::words::MATCHCODES;
use std::collections::{BTreeMap, BTreeSet};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// `[bypass]` and `[alias]`.
pub(super) fn values(reader: &mut Reader<'_>, document: &DeTable<'_>) -> ValueLists {
    let mut lists = ValueLists::default();
    if let Some((table, _)) = reader.table(document, "bypass") {
        let words: Vec<&str> = MATCHCODES.iter().map(|(w, _)| *w).collect();
        reader.known_keys(table, &words, "[bypass]");
        for (word, kind) in MATCHCODES {
            let Some((items, _)) = reader.array(table, word) else {
                continue;
            };
            let values = texts(reader, items, word, 0);
            if !values.is_empty() {
                lists.bypass.insert(kind, values);
            }
        }
    }
    if let Some((table, _)) = reader.table(document, "alias") {
        let words: Vec<&str> = ALIAS_KINDS.iter().map(|(w, _)| *w).collect();
        reader.known_keys(table, &words, "[alias]");
        for (word, kind) in ALIAS_KINDS {
            let Some((groups, _)) = reader.array(table, word) else {
                continue;
            };
            for group in groups {
                let Some(items) = group.get_ref().as_array() else {
                    reader.report(
                        group.span().start,
                        format!(
                            "an alias is a list of names, not {}",
                            kind_of(group.get_ref())
                        ),
                        Some("write [[\"IBM\", \"International Business Machines\"]]".to_owned()),
                    );
                    continue;
                };
                let names = texts(reader, items, word, 2);
                if items.len() < 2 {
                    reader.report(
                        group.span().start,
                        "an alias has two names or more".to_owned(),
                        Some("write [[\"IBM\", \"International Business Machines\"]]".to_owned()),
                    );
                }
                if kind == AliasKind::Name {
                    for item in items {
                        if let Some(problem) = item.get_ref().as_str().and_then(one_word) {
                            reader.report(item.span().start, problem.to_owned(), None);
                        }
                    }
                }
                lists.aliases_mut(kind).push(names);
            }
        }
    }
    lists
}

/// What is wrong with an alias of a person's name, if anything.
pub(super) fn one_word(name: &str) -> Option<&'static str> {
    (name.split_whitespace().count() != 1 || name.contains('-'))
        .then_some("an alias of a name is one word: a given name or a surname")
}

/// Texts of a list, none blank. A text told twice is refused when `distinct_from` says so (2) and kept once else.
fn texts(
    reader: &mut Reader<'_>,
    items: &[Spanned<DeValue<'_>>],
    what: &str,
    distinct_from: usize,
) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for item in items {
        let at = item.span().start;
        match item.get_ref().as_str() {
            None => reader.report(
                at,
                format!(
                    "a value of {what} is a text, not {}",
                    kind_of(item.get_ref())
                ),
                None,
            ),
            Some(text) if text.trim().is_empty() => reader.report(
                at,
                format!("a value of {what} is blank"),
                Some("a blank matches nothing as it is; leave it out".to_owned()),
            ),
            Some(text) if out.iter().any(|t| t == text) => {
                if distinct_from > 0 {
                    reader.report(at, format!("{text:?} is named twice"), None);
                }
            }
            Some(text) => out.push(text.to_owned()),
        }
    }
    out
}

/// `[picklist.COLUMN]`: code = label.
pub(super) fn picklists(
    reader: &mut Reader<'_>,
    document: &DeTable<'_>,
) -> BTreeMap<String, BTreeMap<String, String>> {
    let mut out: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    let Some((table, _)) = reader.table(document, "picklist") else {
        return out;
    };
    let mut seen = BTreeSet::new();
    for (column, entries) in table {
        let name = column.get_ref().to_string();
        let at = column.span().start;
        let Some(entries) = entries.get_ref().as_table() else {
            reader.report(
                at,
                format!("[picklist] has no table {name:?}"),
                Some(format!(
                    "write [picklist.{name}] with \"1\" = \"Advertisement\" below"
                )),
            );
            continue;
        };
        if !seen.insert(name.to_ascii_lowercase()) {
            reader.report(at, format!("there is already a [picklist.{name}]"), None);
        }
        let mut codes = BTreeMap::new();
        for (code, label) in entries {
            let place = code.span().start;
            let code = code.get_ref().trim();
            match label.get_ref().as_str().map(str::trim) {
                _ if code.is_empty() => reader.report(place, "a code is blank".to_owned(), None),
                None => reader.report(
                    label.span().start,
                    format!("a label is a text, not {}", kind_of(label.get_ref())),
                    Some(format!("write {code:?} = \"…\"")),
                ),
                Some("") => reader.report(
                    label.span().start,
                    format!("the label of {code:?} is blank"),
                    None,
                ),
                Some(label) => {
                    codes.insert(code.to_owned(), label.to_owned());
                }
            }
        }
        if entries.is_empty() {
            reader.report(
                at,
                format!("[picklist.{name}] is empty"),
                Some("write \"1\" = \"Advertisement\", a line for each choice".to_owned()),
            );
        }
        out.insert(name, codes);
    }
    out
}

/// `[[always]]` or `[[never]]`.
pub(super) fn pairs(
    reader: &mut Reader<'_>,
    document: &DeTable<'_>,
    list: &str,
) -> Vec<ListedPair> {
    let mut out = Vec::new();
    let Some((entries, _)) = reader.array(document, list) else {
        return out;
    };
    let example = || Some("write pairs = [[\"id1\", \"id2\"]]".to_owned());
    for entry in entries {
        let Some(table) = entry.get_ref().as_table() else {
            reader.report(
                entry.span().start,
                format!(
                    "an entry of {list} is a table, not {}",
                    kind_of(entry.get_ref())
                ),
                Some(format!("write [[{list}]] with its keys below")),
            );
            continue;
        };
        reader.known_keys(table, &["pairs", "reason"], &format!("[[{list}]]"));
        let reason = reader
            .text(table, "reason")
            .map(|(text, at)| reader.label(text, at, "the reason"));
        let slip = table
            .keys()
            .any(|k| !["pairs", "reason"].contains(&k.get_ref().as_ref()));
        if !table.contains_key("pairs") && !slip {
            reader.report(
                entry.span().start,
                format!("[[{list}]] names no pairs"),
                example(),
            );
        }
        let Some((items, _)) = reader.array(table, "pairs") else {
            continue;
        };
        for item in items {
            let at = item.span().start;
            let ids: Option<Vec<&str>> = item
                .get_ref()
                .as_array()
                .and_then(|ids| ids.iter().map(|id| id.get_ref().as_str()).collect());
            match ids.as_deref() {
                Some([left, right]) => match pair(left, right, reason.clone()) {
                    Ok(pair) => out.push(pair),
                    Err(problem) => reader.report(at, problem.to_owned(), None),
                },
                _ => reader.report(at, "a pair is a list of two ids".to_owned(), example()),
            }
        }
    }
    out
}

/// A pair of two ids as written.
pub(super) fn pair(
    left: &str,
    right: &str,
    reason: Option<String>,
) -> Result<ListedPair, &'static str> {
    let (left, right) = (ListedId::parse(left), ListedId::parse(right));
    if left.id.is_empty() || right.id.is_empty() {
        return Err("an id is blank");
    }
    if left == right {
        return Err("a record is paired with itself");
    }
    Ok(ListedPair {
        left,
        right,
        reason,
    })
}
