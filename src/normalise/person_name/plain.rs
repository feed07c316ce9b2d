//! The short way for plain names: two words of ASCII letters, perhaps an initial between them. Most names are so, and
//! reading them in full takes five times as long.

use super::{COMPANY_WORDS, NameParts, TITLES, is_conjunction};
use crate::model::{Generation, Marks, PersonName, TokenRole};
use crate::normalise::tables::titles;
use rustc_hash::FxHashSet;
use std::sync::LazyLock;

/// Shortest word taken for plain: two letters may be initials, particles or notes.
const LETTERS_MIN: usize = 3;
/// Longest one: no name is longer, and longer texts are cut elsewhere.
const LETTERS_MAX: usize = 40;

/// What stand-ins for names begin with, written without blanks, from [`LETTERS_MIN`] letters on: two words that begin
/// with none of these are none together, either.
static BEGINNINGS_OF_STAND_INS: LazyLock<FxHashSet<String>> = LazyLock::new(|| {
    let all = titles::PLACEHOLDER_NAMES.iter();
    let squashed = all.map(|name| name.replace(' ', ""));
    squashed
        .flat_map(|name| {
            let ends = (LETTERS_MIN..=name.len()).filter(|end| name.is_char_boundary(*end));
            ends.map(|end| name[..end].to_owned()).collect::<Vec<_>>()
        })
        .collect()
});

/// What [`read`](super::read) gives for a plain name; `None` for any other, which has to be read in full.
pub(super) fn read_plain(parts: &NameParts) -> Option<PersonName> {
    if !parts.suffix.is_empty() {
        return None;
    }
    let initial = match parts.middle.as_bytes() {
        [] => None,
        [letter] | [letter, b'.'] if letter.is_ascii_alphabetic() => {
            Some(char::from(letter.to_ascii_lowercase()).to_string())
        }
        _ => return None,
    };
    if let Some(initial) = &initial
        && titles::PLACEHOLDER_NAMES.contains(&initial.as_str())
    {
        return None;
    }
    let (first, last) = (plain_word(parts.first)?, plain_word(parts.last)?);
    let mut tokens = Vec::with_capacity(3);
    tokens.push((first, TokenRole::Given));
    tokens.extend(initial.map(|initial| (initial, TokenRole::Middle)));
    tokens.push((last, TokenRole::Surname));
    Some(PersonName {
        tokens,
        generation: Generation::Unsaid,
        marks: Marks::NONE,
    })
}

/// A word of letters that is nothing but a name, folded.
fn plain_word(text: &str) -> Option<String> {
    let is_word = (LETTERS_MIN..=LETTERS_MAX).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphabetic());
    if !is_word {
        return None;
    }
    let word = text.to_ascii_lowercase();
    let is_one_letter = word.bytes().all(|b| b == word.as_bytes()[0]);
    let is_plain = !is_one_letter
        && !is_conjunction(&word)
        && !BEGINNINGS_OF_STAND_INS.contains(word.as_str())
        && !TITLES.contains(word.as_str())
        && !COMPANY_WORDS.contains(word.as_str());
    is_plain.then_some(word)
}
