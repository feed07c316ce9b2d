//! Lists of facts the readers rely on. Every file names its source and licence.
//!
//! Words are written as [`fold`](super::fold::fold) gives them unless a table says otherwise; tests keep it so.

pub mod address_words;
pub mod city_words;
pub mod company_words;
pub mod countries;
pub mod domains;
pub mod legal_forms;
pub mod mailboxes;
pub mod nicknames;
pub mod phones;
pub mod spellings;
pub mod titles;

use rustc_hash::FxHashSet;
use std::sync::LazyLock;

/// A table that is asked for every token: its words as a hash set, made at the first question.
pub(crate) type WordSet = LazyLock<FxHashSet<&'static str>>;

/// The words of a table as a set.
pub(crate) fn set_of(words: &[&'static str]) -> FxHashSet<&'static str> {
    words.iter().copied().collect()
}

#[cfg(test)]
mod tests {
    use super::super::fold::fold;
    use super::*;

    fn assert_folded<'a>(name: &str, words: impl IntoIterator<Item = &'a str>) {
        for word in words {
            assert_eq!(fold(word), word, "{name}");
        }
    }

    #[test]
    fn words_are_folded() {
        assert_folded(
            "titles",
            titles::TITLES
                .iter()
                .chain(titles::TITLES_ALSO_NAMES)
                .copied(),
        );
        assert_folded(
            "degrees",
            titles::DEGREES
                .iter()
                .chain(titles::DEGREES_AFTER_COMMA)
                .copied(),
        );
        assert_folded("particles", titles::PARTICLES.iter().copied());
        assert_folded(
            "placeholder names",
            titles::PLACEHOLDER_NAMES.iter().copied(),
        );
        assert_folded(
            "nicknames",
            nicknames::NICKNAMES.iter().flat_map(|(f, n)| [*f, *n]),
        );
        assert_folded("spellings", spellings::SPELLINGS.iter().copied());
        assert_folded("noise", company_words::NOISE.iter().copied());
        assert_folded(
            "abbreviations",
            company_words::ABBREVIATIONS
                .iter()
                .flat_map(|(f, s)| [*f, *s]),
        );
        assert_folded(
            "placeholder companies",
            company_words::PLACEHOLDER_COMPANIES.iter().copied(),
        );
        for (name, table) in address_tables() {
            assert_folded(name, table.iter().flat_map(|(f, s)| [*f, *s]));
        }
    }

    #[test]
    fn the_tables_are_wide() {
        let mut jurisdictions: Vec<&str> = legal_forms::LEGAL_FORMS
            .iter()
            .flat_map(|(j, _, _)| j.split(' '))
            .collect();
        jurisdictions.sort_unstable();
        jurisdictions.dedup();
        assert!(jurisdictions.len() >= 30, "{}", jurisdictions.len());
        assert!(domains::FREE_MAIL.len() + domains::FREE_MAIL_LABELS.len() >= 150);
    }

    #[test]
    fn an_abbreviation_has_one_meaning_and_is_no_full_word() {
        let all: Vec<&str> = company_words::ABBREVIATIONS
            .iter()
            .flat_map(|(_, s)| s.split(' '))
            .collect();
        for (at, short) in all.iter().enumerate() {
            assert!(!all[..at].contains(short), "{short} twice");
            assert!(
                !company_words::ABBREVIATIONS
                    .iter()
                    .any(|(full, _)| full == short),
                "{short} is also a full word"
            );
        }
        for (name, table) in address_tables() {
            let all: Vec<&str> = table.iter().flat_map(|(_, s)| s.split(' ')).collect();
            for (at, short) in all.iter().enumerate() {
                let twice = !short.is_empty() && all[..at].contains(short);
                assert!(!twice, "{name}: {short} twice");
            }
        }
    }

    /// The tables of words of addresses that bring several forms to one.
    fn address_tables() -> [(&'static str, &'static [(&'static str, &'static str)]); 4] {
        use address_words::{DIRECTIONS, KINDS_BEFORE, KINDS_BEHIND, LOOSE};
        [
            ("kinds behind", KINDS_BEHIND),
            ("kinds before", KINDS_BEFORE),
            ("loose kinds", LOOSE),
            ("directions", DIRECTIONS),
        ]
    }
}
