//! Person names to tokens with roles.
//!
//! Titles, degrees and generational suffixes come off, everything is folded to Latin letters. Nicknames are *not*
//! replaced: [`variants_of`] is a channel of comparison, not a normal form.

mod notes;
mod plain;
mod signs;
mod tokens;

use super::fold::{cut_words, fold, visible};
use super::tables::titles::NOTES;
use super::tables::{WordSet, set_of, titles};
use super::variants::variants_of;
use crate::model::{Generation, Mark, Marks, PersonName, TokenRole};
use notes::without_nickname;
use plain::read_plain;
use signs::{is_unspaced_script, unspaced};
use std::borrow::Cow;
use tokens::{
    Capitals, TITLES, generation, is_conjunction, is_number, is_particle, joined_prefixes,
    merge_initials, take_degrees, take_titles, tokens_and_capitals, tokens_of,
};

static COMPANY_WORDS: WordSet = WordSet::new(|| set_of(titles::COMPANY_WORDS));
static PLACEHOLDER_NAMES: WordSet = WordSet::new(|| set_of(titles::PLACEHOLDER_NAMES));

/// Most tokens a name keeps.
const TOKENS_MAX: usize = 8;

/// The parts of a name as exported; a missing part is the empty string.
#[derive(Debug, Clone, Copy, Default)]
pub struct NameParts<'a> {
    /// Mr, Dr …; says nothing about who it is and is not read.
    pub salutation: &'a str,
    /// Given name or names.
    pub first: &'a str,
    /// Middle name or initial.
    pub middle: &'a str,
    /// Surname or surnames.
    pub last: &'a str,
    /// Jr, III, PhD …
    pub suffix: &'a str,
    /// The whole name; read when the given name or the surname is missing.
    pub full: &'a str,
}

/// Reads a person's name.
///
/// The first and last name columns count when both are filled. When one is blank, the full name is read instead, or a
/// surname column that holds the whole name. In a whole name the last token is the surname, with the particles before it;
/// `Last, First` is understood, and so is a surname written in capitals (`DUPONT Jean`, `Ana GARCÍA LÓPEZ`).
/// A name in Han or Hangul without a space is read as a one-letter surname and a given name, each romanised letter by
/// letter; Japanese names are therefore cut in the wrong place, but always in the same.
///
/// Reading the parts of the result again gives the result, unless it has several surnames and no given name: those
/// read as a whole name.
pub fn read(parts: &NameParts) -> PersonName {
    read_plain(parts).unwrap_or_else(|| read_in_full(parts))
}

fn read_in_full(parts: &NameParts) -> PersonName {
    let mut reading = Reading::default();
    let mut first = reading.clean(parts.first);
    if is_title_only(&first) {
        first.clear();
    }
    let middle = reading.clean(parts.middle);
    let last = reading.clean(parts.last);
    let full = if first.is_empty() || last.is_empty() {
        reading.clean(parts.full)
    } else {
        String::new()
    };
    match (first.is_empty(), last.is_empty()) {
        (false, false) => reading.columns(&first, &middle, &last),
        (true, true) => reading.whole(&with_middle(&full, &middle)),
        (false, true) | (true, false) => {
            let one = if first.is_empty() { &last } else { &first };
            if fold(&full).split(' ').count() > fold(one).split(' ').count() {
                reading.completed(&full, &first, &middle, &last);
            } else if fold(one).contains(' ') || one.chars().any(is_unspaced_script) {
                reading.whole(&with_middle(one, &middle));
            } else {
                reading.columns(&first, &middle, &last);
            }
        }
    }
    reading.suffix_column(parts.suffix);
    reading.finish()
}

/// True when a first name column holds a title or degree and no name: `Dr`, `Herr Prof.`
pub(super) fn is_title_only(first: &str) -> bool {
    // Longer texts are names with titles; reading each twice would cost more than it finds.
    !first.is_empty()
        && first.len() <= 16
        && Reading::default()
            .given_tokens(&without_nickname(first).0)
            .is_empty()
}

/// `First Last` with the middle name in between.
fn with_middle(full: &str, middle: &str) -> String {
    match full.rsplit_once(' ') {
        _ if middle.is_empty() => full.to_owned(),
        Some((front, surname)) if !full.contains(',') => format!("{front} {middle} {surname}"),
        _ => format!("{full} {middle}"),
    }
}

/// A name being put together.
#[derive(Default)]
struct Reading {
    given: Vec<String>,
    middle: Vec<String>,
    surname: Vec<String>,
    generation: Option<Generation>,
    saw_placeholder: bool,
    not_a_person: bool,
    has_signs: bool,
    has_letters: bool,
}

impl Reading {
    /// The text without invisible characters, notes and stand-ins; empty when it says nothing.
    fn clean(&mut self, text: &str) -> String {
        let text = visible(text);
        let text = text.trim();
        if text.is_empty() {
            return String::new();
        }
        let is_address = text.contains('@')
            || text.contains(':') && text.contains("://")
            || text
                .get(..4)
                .is_some_and(|start| start.eq_ignore_ascii_case("www."));
        if is_address {
            self.not_a_person = true;
            return String::new();
        }
        if is_stand_in(text) {
            self.saw_placeholder = true;
            return String::new();
        }
        for letter in text.chars().filter(|c| c.is_alphabetic()) {
            match is_unspaced_script(letter) {
                true => self.has_signs = true,
                false => self.has_letters = true,
            }
        }
        text.to_owned()
    }

    /// First, middle and last name columns.
    fn columns(&mut self, first: &str, middle: &str, last: &str) {
        let (first, nick) = without_nickname(first);
        let (last, _) = without_nickname(last);
        let mut pieces = last.split(',').map(str::trim).filter(|p| !p.is_empty());
        let surname = pieces.next().unwrap_or_default();
        let after: Vec<&str> = pieces.collect();
        let first = first.split(',').next().unwrap_or_default().to_owned();
        let given = self.given_tokens(&first);
        let mut given = given.into_iter();
        self.given.extend(given.next());
        self.middle.extend(given);
        let mut middle = tokens_of(middle);
        middle.retain(|t| !is_number(t) && !is_conjunction(t));
        self.middle.extend(merge_initials(middle));
        let mut tokens = tokens_of(surname);
        self.take_generation(&mut tokens, 1, false);
        take_degrees(&mut tokens, 1, false);
        self.take_generation(&mut tokens, 1, false);
        take_titles(&mut tokens, 1);
        self.surname = tokens;
        for piece in after {
            let mut tokens = tokens_of(piece);
            self.take_generation(&mut tokens, 0, true);
            take_degrees(&mut tokens, 0, true);
            take_titles(&mut tokens, 0);
            tokens.retain(|t| {
                !self.given.contains(t) && !self.middle.contains(t) && !self.surname.contains(t)
            });
            if self.given.is_empty() && !tokens.is_empty() {
                self.given.push(tokens.remove(0));
            }
            self.middle.extend(tokens);
        }
        self.nickname(nick);
    }

    /// A whole name in one text.
    fn whole(&mut self, text: &str) {
        let (text, nick) = without_nickname(text);
        let text = text.as_str();
        let mut names: Vec<&str> = Vec::new();
        for (at, piece) in text
            .split(',')
            .map(str::trim)
            .filter(|p| !p.is_empty())
            .enumerate()
        {
            if at > 0 {
                let mut tokens = tokens_of(piece);
                self.take_generation(&mut tokens, 0, true);
                take_degrees(&mut tokens, 0, true);
                if tokens.is_empty() {
                    continue;
                }
            }
            names.push(piece);
        }
        if names.len() >= 2 {
            let mut surname = tokens_of(names[0]);
            self.take_generation(&mut surname, 1, false);
            take_titles(&mut surname, 1);
            self.surname = surname;
            let mut given = self.given_tokens(names[1]).into_iter();
            self.given.extend(given.next());
            self.middle.extend(given);
            self.nickname(nick);
            return;
        }
        let Some(name) = names.first() else {
            return;
        };
        if let Some((surname, given)) = unspaced(name) {
            self.surname = vec![surname];
            self.given = vec![given];
            return;
        }
        let (mut tokens, capitals) = tokens_and_capitals(name);
        let n_before = tokens.len();
        take_titles(&mut tokens, 1);
        let n_titles = n_before - tokens.len();
        self.take_generation(&mut tokens, 2, false);
        take_degrees(&mut tokens, 2, false);
        self.take_generation(&mut tokens, 2, false);
        tokens.retain(|t| !is_number(t));
        let surname_at = match capitals {
            // `DUPONT Jean Marc`: the capitals in front are the surname.
            Some(Capitals::Front(n)) if n > n_titles && n - n_titles < tokens.len() => {
                let given = tokens.split_off(n - n_titles);
                let surname = std::mem::replace(&mut tokens, given);
                let n_given = tokens.len();
                tokens.extend(surname);
                n_given
            }
            Some(Capitals::Back(n))
                if n < n_before && n - n_titles.min(n) < tokens.len() && n > n_titles =>
            {
                n - n_titles
            }
            _ => {
                let mut at = tokens.len().saturating_sub(1);
                while at > 1 && (is_particle(&tokens[at - 1]) || tokens[at - 1] == "mc") {
                    at -= 1;
                }
                at
            }
        };
        let surname = tokens.split_off(surname_at.min(tokens.len()));
        let given = merge_initials(tokens);
        let mut given = given.into_iter().filter(|t| !is_conjunction(t));
        self.given.extend(given.next());
        self.middle.extend(given);
        self.surname = surname;
        if self.given.is_empty() && self.surname.len() == 1 && self.surname[0].len() == 1 {
            // A single letter is an initial of something, not a surname.
            self.given.append(&mut self.surname);
        }
        self.nickname(nick);
    }

    /// A full name beside one filled column: what the column does not hold is the other part.
    fn completed(&mut self, full: &str, first: &str, middle: &str, last: &str) {
        if full.contains(',') || full.contains('(') {
            self.whole(full);
            return;
        }
        let tokens = tokens_of(full);
        let known = tokens_of(if first.is_empty() { last } else { first });
        if first.is_empty() && tokens.ends_with(&known) {
            let given = tokens[..tokens.len() - known.len()].join(" ");
            self.columns(&given, middle, last);
        } else if last.is_empty() && tokens.starts_with(&known) {
            let rest = tokens[known.len()..].join(" ");
            let mut rest_tokens: Vec<&str> = rest.split(' ').collect();
            let middle_tokens = tokens_of(middle);
            while rest_tokens.len() > 1 && middle_tokens.iter().any(|m| m == rest_tokens[0]) {
                rest_tokens.remove(0);
            }
            self.columns(first, middle, &rest_tokens.join(" "));
        } else {
            self.whole(full);
        }
    }

    /// Tokens of a given-name column: titles, degrees, conjunctions and numbers off, `JR` read as initials.
    fn given_tokens(&mut self, text: &str) -> Vec<String> {
        let mut tokens = tokens_of(text);
        take_titles(&mut tokens, 1);
        take_degrees(&mut tokens, 1, false);
        if tokens.len() > 1 {
            self.take_generation(&mut tokens, 1, false);
        }
        tokens.retain(|t| !is_number(t) && !is_conjunction(t));
        merge_initials(tokens)
    }

    /// Takes Jr, Sr, III … off the end while more than `keep` tokens remain.
    fn take_generation(&mut self, tokens: &mut Vec<String>, keep: usize, after_comma: bool) {
        while tokens.len() > keep {
            let Some(found) = tokens.last().and_then(|t| generation(t, after_comma)) else {
                return;
            };
            tokens.pop();
            self.generation.get_or_insert(found);
        }
    }

    fn suffix_column(&mut self, suffix: &str) {
        for token in tokens_of(&visible(suffix)) {
            if let Some(found) = generation(&token, true) {
                self.generation.get_or_insert(found);
            }
        }
    }

    /// A nickname in brackets is kept as a middle name, unless it is a known form of the given name.
    fn nickname(&mut self, nick: Option<String>) {
        let Some(nick) = nick else { return };
        for token in tokens_of(&nick) {
            let known = self
                .given
                .iter()
                .chain(&self.middle)
                .chain(&self.surname)
                .any(|t| *t == token)
                || self
                    .given
                    .first()
                    .is_some_and(|g| variants_of(g).contains(&token.as_str()));
            if !known && token.len() > 1 && !is_number(&token) && !NOTES.contains(&token.as_str()) {
                self.middle.push(token);
            }
        }
    }

    fn finish(mut self) -> PersonName {
        let mut marks = Marks::NONE;
        for list in [&mut self.given, &mut self.middle, &mut self.surname] {
            if cut_words(list) {
                marks.add(Mark::Cut);
            }
            let n_before = list.len();
            list.retain(|t| !is_number(t) && !is_placeholder(t));
            self.saw_placeholder |= list.len() < n_before;
        }
        self.surname = joined_prefixes(std::mem::take(&mut self.surname));
        if self.given.is_empty() && !self.middle.is_empty() {
            self.given.push(self.middle.remove(0));
        }
        let all = || self.given.iter().chain(&self.middle).chain(&self.surname);
        let whole: Vec<&str> = all().map(String::as_str).collect();
        if !whole.is_empty()
            && (is_placeholder(&whole.join(" ")) || whole.iter().all(|t| is_placeholder(t)))
        {
            self.saw_placeholder = true;
            self.given.clear();
            self.middle.clear();
            self.surname.clear();
        } else if whole.iter().any(|t| COMPANY_WORDS.contains(*t)) {
            self.not_a_person = true;
        }
        let mut tokens: Vec<(String, TokenRole)> = Vec::new();
        let room = TOKENS_MAX.saturating_sub(self.given.len() + self.surname.len());
        if self.middle.len() > room {
            self.middle.truncate(room);
            marks.add(Mark::Cut);
        }
        let (has_given, has_surname) = (!self.given.is_empty(), !self.surname.is_empty());
        tokens.extend(self.given.into_iter().map(|t| (t, TokenRole::Given)));
        tokens.extend(self.middle.into_iter().map(|t| (t, TokenRole::Middle)));
        let n_surname = self.surname.len();
        for (at, token) in self.surname.into_iter().enumerate() {
            let role = if at + 1 < n_surname && is_particle(&token) {
                TokenRole::Particle
            } else {
                TokenRole::Surname
            };
            tokens.push((token, role));
        }
        if tokens.len() > TOKENS_MAX {
            tokens.truncate(TOKENS_MAX);
            marks.add(Mark::Cut);
        }
        if tokens.is_empty() {
            marks.add(Mark::Invalid);
            if self.saw_placeholder {
                marks.add(Mark::Placeholder);
            }
        } else if !has_given || !has_surname {
            marks.add(Mark::Partial);
        }
        if self.not_a_person {
            marks.add(Mark::NotAPerson);
        }
        if self.has_signs && !self.has_letters {
            marks.add(Mark::Signs);
        }
        PersonName {
            tokens,
            generation: self.generation.unwrap_or(Generation::Unsaid),
            marks,
        }
    }
}

/// Words typed where a name is asked for.
fn is_placeholder(folded: &str) -> bool {
    let set = &*PLACEHOLDER_NAMES;
    if set.contains(folded) {
        return true;
    }
    let bare = if folded.contains(' ') {
        Cow::Owned(folded.replace(' ', ""))
    } else {
        Cow::Borrowed(folded)
    };
    let letters = bare.trim_end_matches(|c: char| c.is_ascii_digit());
    let first = bare.as_bytes()[0];
    letters.is_empty()
        || set.contains(letters) && letters.len() > 3
        || bare.len() >= 3 && bare.bytes().all(|b| b == first)
}

/// True for text that [`read`] takes for a stand-in.
pub(crate) fn is_stand_in(text: &str) -> bool {
    let folded = fold(text);
    // `NA` stands for "not available", but Na is a name in Korea and China.
    folded.is_empty() || is_placeholder(&folded) || text.trim() == "NA"
}

#[cfg(test)]
mod tests;
