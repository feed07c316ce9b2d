//! The folded words of a name: titles and degrees off, initials and prefixes put together.

use super::fold;
use crate::model::Generation;
use crate::normalise::tables::{WordSet, set_of, titles};

pub(super) static TITLES: WordSet = WordSet::new(|| set_of(titles::TITLES));
static TITLES_ALSO_NAMES: WordSet = WordSet::new(|| set_of(titles::TITLES_ALSO_NAMES));
static DEGREES: WordSet = WordSet::new(|| set_of(titles::DEGREES));
static DEGREES_AFTER_COMMA: WordSet = WordSet::new(|| set_of(titles::DEGREES_AFTER_COMMA));
static PARTICLES: WordSet = WordSet::new(|| set_of(titles::PARTICLES));

/// Most folded tokens a degree is written in (`Ph. D.`, `Dipl. Ing.`).
const DEGREE_TOKENS_MAX: usize = 3;

pub(super) fn tokens_of(text: &str) -> Vec<String> {
    fold(text)
        .split(' ')
        .filter(|t| !t.is_empty())
        .map(without_scanner_digits)
        .collect()
}

/// Digits that a scanner reads for letters, as those letters: `r0ssi` rossi, `8aker` baker, `ander5on` anderson.
///
/// Only inside words: at least three letters, the last sign a letter, and no ordinal (`2nd`).
fn without_scanner_digits(token: &str) -> String {
    let n_letters = token.bytes().filter(u8::is_ascii_alphabetic).count();
    let is_word = n_letters >= 3
        && n_letters < token.len()
        && token.ends_with(|c: char| c.is_ascii_alphabetic())
        && token
            .bytes()
            .all(|b| b.is_ascii_alphabetic() || b"0158".contains(&b));
    if !is_word {
        return token.to_owned();
    }
    token
        .bytes()
        .map(|b| match b {
            b'0' => 'o',
            b'1' => 'l',
            b'5' => 's',
            b'8' => 'b',
            letter => char::from(letter),
        })
        .collect()
}

/// Which end of a whole name is in capitals while the rest is not.
pub(super) enum Capitals {
    /// The first n folded tokens.
    Front(usize),
    /// All from folded token n on.
    Back(usize),
}

/// Folded tokens, and which of them were written in capitals when only one end was.
pub(super) fn tokens_and_capitals(text: &str) -> (Vec<String>, Option<Capitals>) {
    let mut tokens = Vec::new();
    let mut upper = Vec::new();
    for word in text.split_whitespace() {
        let n_letters = word.chars().filter(|c| c.is_alphabetic()).count();
        let is_upper = n_letters >= 2
            && !word.contains('.')
            && !word.chars().any(char::is_lowercase)
            && word.chars().any(char::is_uppercase);
        for token in tokens_of(word) {
            tokens.push(token);
            upper.push(is_upper);
        }
    }
    let n_upper = upper.iter().filter(|u| **u).count();
    let n_long = tokens
        .iter()
        .zip(&upper)
        .filter(|(t, u)| **u && t.len() >= 3)
        .count();
    if n_upper == 0 || n_upper == upper.len() || n_long == 0 {
        return (tokens, None);
    }
    let front = upper.iter().take_while(|u| **u).count();
    let back = upper.iter().rev().take_while(|u| **u).count();
    let capitals = if front == n_upper {
        Some(Capitals::Front(front))
    } else if back == n_upper
        && !is_degree(&tokens[tokens.len() - back..])
        && generation(&tokens[tokens.len() - 1], false).is_none()
    {
        Some(Capitals::Back(tokens.len() - back))
    } else {
        None
    };
    (tokens, capitals)
}

/// Takes titles off the front while more than `keep` tokens remain; `Don`, `Earl` … only before two more.
pub(super) fn take_titles(tokens: &mut Vec<String>, keep: usize) {
    let mut n_titles = 0;
    while let Some(token) = tokens.get(n_titles) {
        let n = tokens.len() - n_titles;
        let is_title = n > keep && TITLES.contains(token.as_str())
            || n > keep.max(2) && TITLES_ALSO_NAMES.contains(token.as_str())
            // A title in a column of its own: `Dr.` as a first name.
            || n == 1 && keep <= 1 && TITLES.contains(token.as_str()) && token.len() > 1;
        if !is_title {
            break;
        }
        n_titles += 1;
    }
    tokens.drain(..n_titles);
}

/// Takes degrees off the end while more than `keep` tokens remain.
pub(super) fn take_degrees(tokens: &mut Vec<String>, keep: usize, after_comma: bool) {
    'again: loop {
        for n in (1..=DEGREE_TOKENS_MAX).rev() {
            if tokens.len() >= keep + n {
                let tail = tokens[tokens.len() - n..].concat();
                if DEGREES.contains(tail.as_str())
                    || after_comma && DEGREES_AFTER_COMMA.contains(tail.as_str())
                {
                    tokens.truncate(tokens.len() - n);
                    continue 'again;
                }
            }
        }
        return;
    }
}

fn is_degree(tokens: &[String]) -> bool {
    let tail = tokens.concat();
    DEGREES.contains(tail.as_str()) || DEGREES_AFTER_COMMA.contains(tail.as_str())
}

/// `explicit`: in a suffix column or behind a comma, where `I`, `V` and `Senior` can only be suffixes.
pub(super) fn generation(token: &str, explicit: bool) -> Option<Generation> {
    match token {
        "jr" | "jnr" | "junior" | "ii" | "2nd" => Some(Generation::Junior),
        "sr" | "snr" => Some(Generation::Senior),
        "senior" | "i" | "1st" | "pere" if explicit => Some(Generation::Senior),
        "fils" | "filho" | "second" if explicit => Some(Generation::Junior),
        "iii" | "3rd" => Some(Generation::Third),
        "iv" | "4th" | "5th" | "vi" | "vii" => Some(Generation::Fourth),
        "neto" | "third" if explicit => Some(Generation::Third),
        "v" | "fourth" if explicit => Some(Generation::Fourth),
        _ => None,
    }
}

/// `JR`, `TJ`, `DJ` are two initials: two consonants that are no name by themselves.
pub(super) fn merge_initials(tokens: Vec<String>) -> Vec<String> {
    let mut out = Vec::with_capacity(tokens.len() + 1);
    for token in tokens {
        let b = token.as_bytes();
        let consonant = |c: u8| c.is_ascii_lowercase() && !b"aeiouy".contains(&c);
        let initials = b.len() == 2
            && consonant(b[0])
            && consonant(b[1])
            && !matches!(
                token.as_str(),
                "ng" | "md" | "st" | "mc" | "mr" | "dr" | "ms"
            );
        if initials {
            out.push(token[..1].to_owned());
            out.push(token[1..].to_owned());
        } else {
            out.push(token);
        }
    }
    out
}

/// `O Brien`, `Mc Donald`, `Mac Gregor`, `D Angelo` written apart: one token, as when written together.
pub(super) fn joined_prefixes(tokens: Vec<String>) -> Vec<String> {
    let mut out: Vec<String> = Vec::with_capacity(tokens.len());
    let mut prefix: Option<String> = None;
    for token in tokens {
        match prefix.take() {
            Some(p) if token.len() >= 3 => out.push(p + &token),
            Some(p) => {
                out.push(p);
                out.push(token);
            }
            None if matches!(token.as_str(), "o" | "mc" | "mac" | "d") => prefix = Some(token),
            None => out.push(token),
        }
    }
    out.extend(prefix);
    out
}

pub(super) fn is_particle(token: &str) -> bool {
    PARTICLES.contains(token)
}

pub(super) fn is_conjunction(token: &str) -> bool {
    matches!(token, "and" | "und" | "et" | "or" | "oder")
}

pub(super) fn is_number(token: &str) -> bool {
    token.bytes().all(|b| b.is_ascii_digit())
}
