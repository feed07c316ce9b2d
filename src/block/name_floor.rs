//! What the names of a pair must carry, known before any two are compared.

use crate::rules::predicate::{
    INITIAL, NAME_DEPENDENCE, NameMatch, NameProfile, Part, TokenMatch, Weights,
};
use crate::similarity::neighbours::Agreement;
use rayon::prelude::*;

/// A word of a name with the part of the name it stands in.
pub(super) type Item = (u32, Part);

/// What names and their words carry at most, in millibits; empty when the rule has no floor.
#[derive(Debug, Clone, Default)]
pub(super) struct NameWorth {
    /// Each name by itself.
    own: Vec<i32>,
    /// Each word of the vocabulary in any match, as a given name and as a surname.
    best: Vec<[i32; 2]>,
}

impl NameWorth {
    /// For all names and words of a run. Cost: one look at each.
    pub(super) fn new(weights: &Weights, profile: &NameProfile, n_words: usize) -> NameWorth {
        let own = (0..profile.n_names() as u32).into_par_iter();
        let best = (0..n_words as u32).into_par_iter();
        NameWorth {
            own: own
                .map(|name| weights.own_name_millibits(profile, name))
                .collect(),
            best: best
                .map(|word| weights.best_token_millibits(profile, word))
                .collect(),
        }
    }
}

/// The least that the names of a pair must carry, under one key.
#[derive(Debug, Clone, Copy)]
pub(super) struct NameFloor<'a> {
    pub(super) weights: &'a Weights,
    pub(super) worth: &'a NameWorth,
    /// In millibits: the rule's floor less what its other conditions carry under the key.
    pub(super) needed: i64,
}

impl NameFloor<'_> {
    /// Whether a name can be part of a pair at all.
    pub(super) fn may_be_met_by(&self, name: u32) -> bool {
        i64::from(self.worth.own[name as usize]) >= self.needed
    }

    /// The most that a word carries in any match.
    pub(super) fn best(&self, (word, part): Item) -> i64 {
        i64::from(self.worth.best[word as usize][part as usize])
    }

    /// What a word carries when matched with another one, in a given part.
    pub(super) fn carries(&self, (left, left_part): Item, right: Item, by: Agreement) -> i64 {
        i64::from(self.weights.token_millibits(&NameMatch {
            left,
            right: right.0,
            left_part,
            right_part: right.1,
            by: TokenMatch::Word(by),
        }))
    }

    /// The most that a name of `n_content` tokens carries when one word matches, for `word`, and the rest by initials.
    pub(super) fn with_initials(&self, word: i64, n_content: usize) -> i64 {
        word + i64::from(INITIAL) * n_content.saturating_sub(1) as i64
    }

    /// The most that two matched words carry when nothing else matches; `apart` when they are a given name and a surname
    /// on either side, so that one says part of the other.
    pub(super) fn both(&self, one: i64, two: i64, apart: bool) -> i64 {
        if apart && one > 0 && two > 0 {
            one + two - i64::from(NAME_DEPENDENCE).min(one).min(two)
        } else {
            one + two
        }
    }
}
