//! A [`RuleSet`] as text: one canonical form, which `parse` reads back to an equal set.

use super::file::FORMAT;
use super::lists::{ALIAS_KINDS, ListedPair};
use super::set::{
    BaseScope, Condition, EvidenceFloor, GenericPolicy, MatchcodeKind, Rule, RuleSet, TextBasis,
};
use super::words::{MATCHCODES, MEASURES, PICKLIST_SIDES, PREFERENCES, word_of};
use std::fmt::Write;

/// The rule set as a TOML file. Options at their default are left out, but for the record types and the survivor policy.
pub fn render(set: &RuleSet) -> String {
    let mut out = String::new();
    write_set(&mut out, set).expect("writing to a String does not fail");
    out
}

/// One condition as it stands in a rule file: `{ same = "email" }`.
pub fn render_condition(condition: &Condition) -> String {
    match condition {
        Condition::Same { kind, weak } => {
            let weak = match (kind, weak) {
                (MatchcodeKind::Phone, true) => ", weak = true",
                _ => "",
            };
            format!("{{ same = {}{weak} }}", quoted(word_of(&MATCHCODES, kind)))
        }
        Condition::SimilarName => "{ similar = \"name\" }".to_owned(),
        Condition::SimilarCompany { threshold } => {
            format!("{{ similar = \"company\", threshold = {threshold:?} }}")
        }
        Condition::Exact {
            column,
            match_column,
            case_sensitive,
            ignore_blank,
        } => format!(
            "{{ exact = {}{} }}",
            quoted(column),
            options(match_column, *case_sensitive, *ignore_blank)
        ),
        Condition::First {
            column,
            match_column,
            n,
            case_sensitive,
            ignore_blank,
        } => format!(
            "{{ first = {n}, column = {}{} }}",
            quoted(column),
            options(match_column, *case_sensitive, *ignore_blank)
        ),
        Condition::Last {
            column,
            match_column,
            n,
            case_sensitive,
            ignore_blank,
        } => format!(
            "{{ last = {n}, column = {}{} }}",
            quoted(column),
            options(match_column, *case_sensitive, *ignore_blank)
        ),
        Condition::SameDate {
            column,
            match_column,
            ignore_blank,
        } => format!(
            "{{ same_date = {}{} }}",
            quoted(column),
            options(match_column, false, *ignore_blank)
        ),
        Condition::SameDateTime {
            column,
            match_column,
            ignore_blank,
        } => format!(
            "{{ same_date_time = {}{} }}",
            quoted(column),
            options(match_column, false, *ignore_blank)
        ),
        Condition::SimilarText {
            column,
            match_column,
            measure,
            threshold,
            case_sensitive,
            on,
        } => format!(
            "{{ similar = {}, measure = {}, threshold = {threshold:?}{}{} }}",
            quoted(column),
            quoted(word_of(&MEASURES, measure)),
            options(match_column, *case_sensitive, true),
            match on {
                TextBasis::Raw => "",
                TextBasis::Normalised => ", on = \"normalised\"",
            }
        ),
        Condition::Picklist {
            column,
            match_column,
            by,
            case_sensitive,
            ignore_blank,
        } => format!(
            "{{ picklist = {}, by = {}{} }}",
            quoted(column),
            quoted(word_of(&PICKLIST_SIDES, by)),
            options(match_column, *case_sensitive, *ignore_blank)
        ),
    }
}

fn write_set(out: &mut String, set: &RuleSet) -> std::fmt::Result {
    writeln!(out, "format = {FORMAT}\n")?;
    writeln!(out, "[set]")?;
    writeln!(out, "name = {}", quoted(&set.name))?;
    if let Some(country) = &set.default_country {
        writeln!(out, "default_country = {}", quoted(country))?;
    }
    write_allow(out, &set.allow)?;
    for rule in &set.rules {
        writeln!(out)?;
        write_rule(out, rule)?;
    }
    let prefer: Vec<String> = set
        .survivor
        .prefer
        .iter()
        .map(|p| quoted(word_of(&PREFERENCES, p)))
        .collect();
    writeln!(out, "\n[survivor]\nprefer = [{}]", prefer.join(", "))?;
    write_lists(out, set)
}

fn write_lists(out: &mut String, set: &RuleSet) -> std::fmt::Result {
    if !set.values.bypass.is_empty() {
        writeln!(out, "\n[bypass]")?;
        for (kind, values) in &set.values.bypass {
            let values = values.iter().map(|v| quoted(v)).collect();
            write_list(out, word_of(&MATCHCODES, kind), values)?;
        }
    }
    let aliases: Vec<_> = ALIAS_KINDS
        .into_iter()
        .filter(|(_, kind)| !set.values.aliases(*kind).is_empty())
        .collect();
    if !aliases.is_empty() {
        writeln!(out, "\n[alias]")?;
        for (word, kind) in aliases {
            let groups = set.values.aliases(kind).iter();
            let groups = groups.map(|names| {
                let names: Vec<String> = names.iter().map(|n| quoted(n)).collect();
                format!("[{}]", names.join(", "))
            });
            write_list(out, word, groups.collect())?;
        }
    }
    for (column, codes) in &set.picklists {
        writeln!(out, "\n[picklist.{}]", quoted(column))?;
        for (code, label) in codes {
            writeln!(out, "{} = {}", quoted(code), quoted(label))?;
        }
    }
    write_pairs(out, "always", &set.always)?;
    write_pairs(out, "never", &set.never)
}

/// An entry for each run of pairs with one reason.
fn write_pairs(out: &mut String, list: &str, pairs: &[ListedPair]) -> std::fmt::Result {
    for run in pairs.chunk_by(|a, b| a.reason == b.reason) {
        writeln!(out, "\n[[{list}]]")?;
        let texts = run.iter().map(|p| {
            let (left, right) = (quoted(&p.left.text()), quoted(&p.right.text()));
            format!("[{left}, {right}]")
        });
        write_list(out, "pairs", texts.collect())?;
        if let Some(reason) = &run[0].reason {
            writeln!(out, "reason = {}", quoted(reason))?;
        }
    }
    Ok(())
}

fn write_rule(out: &mut String, rule: &Rule) -> std::fmt::Result {
    writeln!(out, "[[rule]]")?;
    writeln!(out, "name = {}", quoted(&rule.name))?;
    if let Some(id) = &rule.id {
        writeln!(out, "id = {}", quoted(id))?;
    }
    writeln!(out, "base = {}", quoted(rule.base.as_str()))?;
    writeln!(out, "match = {}", quoted(rule.matching.as_str()))?;
    if rule.exclude_inactive {
        writeln!(out, "exclude_inactive = true")?;
    }
    match rule.base_scope {
        BaseScope::All => {}
        BaseScope::Active => writeln!(out, "base_scope = \"active\"")?,
    }
    match rule.evidence {
        EvidenceFloor::None => {}
        EvidenceFloor::Auto => writeln!(out, "evidence = \"auto\"")?,
        EvidenceFloor::Millibits(m) => writeln!(out, "evidence = {:?}", f64::from(m) / 1000.0)?,
    }
    match rule.generic {
        GenericPolicy::AsWorded => {}
        GenericPolicy::NeedName => writeln!(out, "generic = \"need-name\"")?,
        GenericPolicy::Ignore => writeln!(out, "generic = \"ignore\"")?,
    }
    write_allow(out, &rule.allow)?;
    write_conditions(out, "when", &rule.when)?;
    if !rule.unless.is_empty() {
        write_conditions(out, "unless", &rule.unless)?;
    }
    Ok(())
}

fn write_allow(out: &mut String, codes: &[&str]) -> std::fmt::Result {
    if codes.is_empty() {
        return Ok(());
    }
    let codes: Vec<String> = codes.iter().map(|c| quoted(c)).collect();
    writeln!(out, "allow = [{}]", codes.join(", "))
}

fn write_conditions(out: &mut String, key: &str, conditions: &[Condition]) -> std::fmt::Result {
    write_list(out, key, conditions.iter().map(render_condition).collect())
}

/// A list on one line when it is short, else an item a line.
fn write_list(out: &mut String, key: &str, items: Vec<String>) -> std::fmt::Result {
    let line = format!("{key} = [{}]", items.join(", "));
    if line.len() <= 100 {
        return writeln!(out, "{line}");
    }
    writeln!(out, "{key} = [")?;
    for item in items {
        writeln!(out, "    {item},")?;
    }
    writeln!(out, "]")
}

fn options(match_column: &Option<String>, case_sensitive: bool, ignore_blank: bool) -> String {
    let mut out = String::new();
    if let Some(column) = match_column {
        out.push_str(", match = ");
        out.push_str(&quoted(column));
    }
    if case_sensitive {
        out.push_str(", case_sensitive = true");
    }
    if !ignore_blank {
        out.push_str(", ignore_blank = false");
    }
    out
}

/// A TOML basic string.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", c as u32);
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
