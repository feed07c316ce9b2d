//! The tables of words as sets and maps.

use crate::normalise::tables::address_words as tables;
use rustc_hash::{FxHashMap, FxHashSet};
use std::sync::LazyLock;

type Map = FxHashMap<&'static str, &'static str>;
type Set = FxHashSet<&'static str>;

/// See [`tables`].
pub(super) struct Words {
    pub(super) behind: Map,
    /// Kinds behind the name that never lead: where one is met, no kind leads.
    pub(super) behind_only: Set,
    pub(super) before: Map,
    pub(super) before_usual: Set,
    pub(super) particles: Set,
    pub(super) numbered_kinds: Set,
    pub(super) numbered_roads: Set,
    pub(super) loose: Map,
    pub(super) directions: Map,
    pub(super) units: Set,
    pub(super) units_before_number: Set,
    /// Units that stand behind their number.
    pub(super) floors: Set,
    numbers: Set,
    pub(super) counted: Map,
    pub(super) ordinals: Map,
    pub(super) names: Map,
}

pub(super) static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let forms = |table: &'static [(&'static str, &'static str)]| -> Map {
        table
            .iter()
            .flat_map(|(full, short)| {
                let short = short.split(' ').filter(|s| !s.is_empty());
                short.chain([*full]).map(move |s| (s, *full))
            })
            .collect()
    };
    let set = |words: &'static str| -> Set { words.split_whitespace().collect() };
    let behind = forms(tables::KINDS_BEHIND);
    let before = forms(tables::KINDS_BEFORE);
    let before_usual = set(tables::KINDS_BEFORE_USUAL);
    let behind_only = behind
        .keys()
        .filter(|w| !before.contains_key(*w) && !before_usual.contains(*w))
        .filter(|w| !matches!(**w, "st" | "dr" | "cl" | "ct" | "u"))
        .copied()
        .collect();
    Words {
        behind,
        behind_only,
        before,
        before_usual,
        particles: set(tables::PARTICLES),
        numbered_kinds: set(tables::NUMBERED_KINDS),
        numbered_roads: set(tables::NUMBERED_ROADS),
        loose: forms(tables::LOOSE),
        directions: forms(tables::DIRECTIONS),
        units: set(tables::UNITS),
        units_before_number: set(tables::UNITS_BEFORE_NUMBER),
        floors: set(tables::FLOORS),
        numbers: set(tables::NUMBER_WORDS),
        counted: tables::COUNTED.iter().copied().collect(),
        ordinals: tables::ORDINALS.iter().copied().collect(),
        names: tables::NAME_WORDS.iter().copied().collect(),
    }
});

impl Words {
    /// A word before a house number, or `#`.
    pub(super) fn is_number_word(&self, word: &str) -> bool {
        word == "#" || self.numbers.contains(word)
    }

    /// A kind of street, wherever it stands.
    pub(super) fn is_kind(&self, word: &str) -> bool {
        self.behind.contains_key(word) || self.leads(word)
    }

    /// A kind that may stand before the name.
    pub(super) fn leads(&self, word: &str) -> bool {
        self.before.contains_key(word) || self.before_usual.contains(word)
    }

    /// A word that a street may end with, glued to the name or not.
    pub(super) fn ends_street(&self, word: &str) -> bool {
        self.behind.contains_key(word) || self.loose.contains_key(word) || is_glued(word)
    }

    /// A word that tells a street from a building or a town.
    pub(super) fn is_street_word(&self, word: &str) -> bool {
        self.leads(word) || self.ends_street(word)
    }
}

fn is_glued(word: &str) -> bool {
    let ends = |end: &str| word.len() >= end.len() + 3 && word.ends_with(end);
    tables::GLUED.iter().any(|(end, _)| ends(end))
        || tables::LOOSE
            .iter()
            .any(|(end, _)| end.len() > 3 && ends(end))
        || ends("weg")
}

/// A name that is one word, in one form; reading it again changes nothing.
pub(super) fn one_word(word: &str) -> String {
    let mut word = word.to_owned();
    loop {
        let next = once(&word);
        if next == word {
            return word;
        }
        word = next;
    }
}

fn once(word: &str) -> String {
    if let Some(full) = WORDS.names.get(word).filter(|full| !full.is_empty()) {
        return (*full).to_owned();
    }
    if let Some(ordinal) = WORDS.ordinals.get(word) {
        return (*ordinal).to_owned();
    }
    if let Some(short) = WORDS.directions.get(word) {
        return (*short).to_owned();
    }
    let digits = word.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 && matches!(&word[digits..], "" | "st" | "nd" | "rd" | "th") {
        return ordinal(&word[..digits]);
    }
    for (end, full) in tables::GLUED {
        if let Some(stem) = word.strip_suffix(end)
            && stem.len() >= 3
            && end != full
            && !word.ends_with(full)
        {
            return format!("{stem}{full}");
        }
    }
    word.to_owned()
}

/// A number as an English ordinal: 1st, 22nd, 113th.
pub(super) fn ordinal(digits: &str) -> String {
    let end = match digits.as_bytes() {
        [.., b'1', _] => "th",
        [.., b'1'] => "st",
        [.., b'2'] => "nd",
        [.., b'3'] => "rd",
        _ => "th",
    };
    format!("{digits}{end}")
}
