//! The profile `similar = "name"`.
//!
//! Two names are similar when every content token of the one with fewer finds its own partner in the other:
//! an equal token, a neighbour (nickname, same sound, typing error), or an initial. At least one partner is not by
//! initial, and at least two tokens are matched unless both names have one token only. Order does not matter.
//! Particles (van, de) need no partner. Adjacent tokens may be read as one (Mary Ann, Maryann; de Silva, Desilva).

mod agree;
mod partial;
mod profile;
mod sexes;
#[cfg(test)]
mod tests;

pub use profile::NameProfile;

use crate::model::TokenRole;
use crate::similarity::neighbours::Agreement;

/// Most matches an agreement records: names have at most eight tokens.
pub const MAX_MATCHES: usize = 8;

/// The part of a name a token belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Given and middle names.
    Given,
    /// Surnames.
    Surname,
}

impl Part {
    /// The part a role belongs to.
    pub fn of(role: TokenRole) -> Part {
        match role {
            TokenRole::Given | TokenRole::Middle => Part::Given,
            TokenRole::Surname | TokenRole::Particle => Part::Surname,
        }
    }
}

/// How a token found its partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenMatch {
    /// Through the vocabulary: equal or neighbours.
    Word(Agreement),
    /// One is the first letter of the other, or both are the same letter.
    Initial,
    /// Only in names that are not similar: no neighbours, but spelt so alike that one may be the other garbled.
    Garbled,
}

impl TokenMatch {
    /// Strength for choosing among assignments; more is better.
    fn rank(self) -> u32 {
        match self {
            TokenMatch::Word(Agreement::Equal) => 100,
            TokenMatch::Word(Agreement::Variant) => 80,
            TokenMatch::Word(Agreement::Sound) => 70,
            TokenMatch::Word(Agreement::Close) => 65,
            TokenMatch::Word(Agreement::Near) => 50,
            TokenMatch::Initial => 30,
            TokenMatch::Garbled => 10,
        }
    }
}

/// One token and its partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameMatch {
    /// Token of the left name (number in the vocabulary).
    pub left: u32,
    /// Token of the right name.
    pub right: u32,
    /// Part of the left token.
    pub left_part: Part,
    /// Part of the right token.
    pub right_part: Part,
    /// How they agree.
    pub by: TokenMatch,
}

/// How two names agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameAgreement {
    matches: [Option<NameMatch>; MAX_MATCHES],
    /// Whether the profile holds.
    pub similar: bool,
    /// Content tokens without a partner, by part: `[given left, given right, surname left, surname right]`.
    pub unmatched: [u8; 4],
    /// True when a given name found its partner among surnames.
    pub swapped: bool,
}

impl NameAgreement {
    /// The matched tokens, in the order of the left name.
    pub fn matches(&self) -> impl Iterator<Item = &NameMatch> {
        self.matches.iter().flatten()
    }

    /// The same agreement seen from the other side.
    #[must_use]
    pub fn mirrored(&self) -> NameAgreement {
        let mut out = *self;
        for m in out.matches.iter_mut().flatten() {
            std::mem::swap(&mut m.left, &mut m.right);
            std::mem::swap(&mut m.left_part, &mut m.right_part);
        }
        out.unmatched = [
            self.unmatched[1],
            self.unmatched[0],
            self.unmatched[3],
            self.unmatched[2],
        ];
        out
    }
}
