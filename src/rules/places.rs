//! Where things stand in a rule file: line and column for what is said about a rule after it was read.

use super::check::{Finding, Part};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
}

/// The place of a byte position; one past the end or inside a character is moved back.
pub fn place_at(text: &str, at: usize) -> Place {
    let at = text.floor_char_boundary(at);
    let before = &text[..at];
    let line_start = before.rfind('\n').map_or(0, |i| i + 1);
    Place {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
    }
}

/// The places of byte positions that come in ascending order: the text is walked through once.
pub(super) struct Walk<'t> {
    text: &'t str,
    at: usize,
    place: Place,
}

impl<'t> Walk<'t> {
    pub(super) fn new(text: &'t str) -> Walk<'t> {
        Walk {
            text,
            at: 0,
            place: Place { line: 1, column: 1 },
        }
    }

    /// As [`place_at`]. No position may lie before the last one.
    pub(super) fn to(&mut self, at: usize) -> Place {
        let at = self.text.floor_char_boundary(at);
        let between = &self.text[self.at..at];
        self.place.line += between.matches('\n').count();
        match between.rfind('\n') {
            Some(end) => self.place.column = between[end + 1..].chars().count() + 1,
            None => self.place.column += between.chars().count(),
        }
        self.at = at;
        self.place
    }
}

/// Where the parts of a rule file stand.
#[derive(Debug, Clone)]
pub struct Places<'t> {
    text: &'t str,
    survivor: Option<RulePlaces>,
    rules: Vec<RulePlaces>,
}

/// Byte positions of one table.
#[derive(Debug, Clone, Default)]
struct RulePlaces {
    whole: usize,
    keys: Vec<(String, usize)>,
    when: Vec<usize>,
    unless: Vec<usize>,
}

impl<'t> Places<'t> {
    /// Of a text that `parse` reads; of another, everything stands at its beginning.
    pub fn new(text: &'t str) -> Places<'t> {
        let (document, _) = DeTable::parse_recoverable(text);
        let document = document.get_ref();
        let table = |value: &Spanned<DeValue<'_>>| {
            let found = value.get_ref().as_table();
            found.map(|t| rule_places(value.span().start, t))
        };
        Places {
            text,
            survivor: document.get("survivor").and_then(table),
            rules: document
                .get("rule")
                .and_then(|v| v.get_ref().as_array())
                .map(|items| items.iter().filter_map(table).collect())
                .unwrap_or_default(),
        }
    }

    /// Where a finding stands: its part of the rule, else the rule, else the beginning of the file.
    pub fn of(&self, finding: &Finding) -> Place {
        let rule = match finding.rule_idx {
            Some(i) => self.rules.get(i),
            None => self.survivor.as_ref(),
        };
        let at = rule.map_or(0, |rule| {
            let part = match finding.part {
                Part::Whole => None,
                Part::Key(key) => rule.keys.iter().find(|(k, _)| k == key).map(|(_, at)| *at),
                Part::When(i) => rule.when.get(i).copied(),
                Part::Unless(i) => rule.unless.get(i).copied(),
            };
            part.unwrap_or(rule.whole)
        });
        place_at(self.text, at)
    }
}

fn rule_places(whole: usize, table: &DeTable<'_>) -> RulePlaces {
    let mut out = RulePlaces {
        whole,
        keys: table
            .keys()
            .map(|k| (k.get_ref().to_string(), k.span().start))
            .collect(),
        ..RulePlaces::default()
    };
    let items = |key: &str| {
        let list = table.get(key).and_then(|v| v.get_ref().as_array());
        list.map_or(&[][..], |items| &items[..])
    };
    // As `file` reads them: a condition under `not` is an exception, before those of `unless`.
    for item in items("when") {
        let negated = item
            .get_ref()
            .as_table()
            .is_some_and(|t| t.contains_key("not"));
        if negated {
            out.unless.push(item.span().start);
        } else {
            out.when.push(item.span().start);
        }
    }
    out.unless
        .extend(items("unless").iter().map(|i| i.span().start));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::check::check;
    use crate::rules::parse;

    #[test]
    fn a_walk_gives_each_place_as_it_is() {
        let text = "# ä\n\nö = 1\r\nname = \"李\"\n";
        let mut walk = Walk::new(text);
        for at in 0..=text.len() + 1 {
            assert_eq!(walk.to(at), place_at(text, at), "{at}");
        }
    }

    #[test]
    fn findings_stand_where_their_part_stands() {
        let text = "# ä\n[[rule]]\nname = \"ö\"\nwhen = [{ exact = \"lastname\" }, { not = { exact = \"suffix\" } },\n  { exact = \"ä\" }, { exact = \"emailaddress1\" }]\nunless = [{ exact = \"lastname\" }]\n\n[[rule]]\nname = \"2\"\nwhen = [{ similar = \"name\" }]\n[survivor]\nprefer = [\"created\"]\n";
        let set = parse(text).expect("valid");
        let places = Places::new(text);
        let found: Vec<(&str, usize, usize)> = check(&set)
            .iter()
            .map(|f| (f.code, places.of(f).line, places.of(f).column))
            .collect();
        assert_eq!(
            found,
            [
                ("KF005", 5, 20),
                ("KF003", 6, 11),
                ("KF008", 10, 9),
                ("KF010", 12, 1),
            ]
        );
    }
}
