//! The fuzzy self-join of a vocabulary: which distinct tokens may stand for one another, computed once and completely.
//!
//! Five channels: a table of known variants, an alphabet that leaves vowels out, equal sound, a typing error. A pair found by several keeps the strongest.
//! Fuzzy joins of records then only look tokens up, and lose nothing the channels define.

use super::{osa, phonetic};
use rayon::prelude::*;
use rustc_hash::FxHasher;
use std::collections::HashMap;
use std::hash::Hasher;

/// How two tokens agree, strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Agreement {
    /// The same token.
    Equal,
    /// A known other form: nickname, transliteration.
    Variant,
    /// Same sound, similar spelling.
    Sound,
    /// One edit apart.
    Close,
    /// Two edits apart.
    Near,
}

/// Which channels a vocabulary uses, and how far.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Channels {
    /// Shortest length (of the shorter token) at which one edit is allowed.
    pub one_edit_from: usize,
    /// Shortest length (of the shorter token) at which the other may have one letter more: `aja`, `anja`.
    pub one_more_from: usize,
    /// Shortest length (of the shorter token) at which two edits are allowed.
    pub two_edits_from: usize,
    /// Lowest Jaro-Winkler similarity of tokens two edits apart.
    pub two_edits_similarity: f64,
    /// Whether equal double metaphone codes make neighbours.
    pub sound: bool,
    /// Lowest Jaro-Winkler similarity of tokens of one sound.
    pub sound_similarity: f64,
    /// Whether a token without vowels is another form of those that differ from it by vowels: `mhmd`, `mohammed`.
    pub unvocalised: bool,
}

impl Channels {
    /// For person names. At three letters one may be missing, but not another (Lee, Leo). Two edits need eight letters and similarity 0.88: without the floor, Martinez meets Martins.
    pub const PERSON: Channels = Channels {
        one_edit_from: 4,
        one_more_from: 3,
        two_edits_from: 8,
        two_edits_similarity: 0.88,
        sound: true,
        sound_similarity: 0.80,
        unvocalised: true,
    };
    /// For company words: longer before an edit is allowed, since short ones are made-up names that differ on purpose.
    pub const COMPANY: Channels = Channels {
        one_edit_from: 5,
        one_more_from: 5,
        two_edits_from: 9,
        two_edits_similarity: 0.90,
        sound: false,
        sound_similarity: 1.0,
        unvocalised: false,
    };

    /// How two different tokens agree by spelling or sound, or `None`. The plain definition, without the variants table;
    /// [`Neighbours::build`] finds exactly these pairs.
    pub fn agreement(&self, left: &str, right: &str) -> Option<Agreement> {
        if left == right {
            return Some(Agreement::Equal);
        }
        let shorter = left.len().min(right.len());
        if self.unvocalised
            && (has_no_vowels(left) || has_no_vowels(right))
            && skeleton(left).is_some_and(|code| skeleton(right) == Some(code))
        {
            return Some(Agreement::Variant);
        }
        if self.sounds(left)
            && self.sounds(right)
            && strsim::jaro_winkler(left, right) >= self.sound_similarity
            && sound_code(left).is_some_and(|code| sound_code(right) == Some(code))
        {
            return Some(Agreement::Sound);
        }
        if !spellable(left) || !spellable(right) {
            return None;
        }
        match osa::distance_within(left.as_bytes(), right.as_bytes(), 2)? {
            1 if shorter >= self.one_edit_from => Some(Agreement::Close),
            1 if shorter >= self.one_more_from && left.len() != right.len() => {
                Some(Agreement::Close)
            }
            2 if shorter >= self.two_edits_from
                && strsim::jaro_winkler(left, right) >= self.two_edits_similarity =>
            {
                Some(Agreement::Near)
            }
            _ => None,
        }
    }

    fn sounds(&self, token: &str) -> bool {
        self.sound && token.len() >= 3 && spellable(token)
    }
}

/// Tokens with digits are codes, not words: an edit makes another code. Very long ones are not words either.
fn spellable(token: &str) -> bool {
    token.len() <= LONGEST && token.bytes().all(|b| b.is_ascii_lowercase())
}

/// Arabic and Hebrew write consonants alone; read letter by letter, their names have no vowels.
fn has_no_vowels(token: &str) -> bool {
    !token.bytes().any(|b| b"aeiou".contains(&b))
}

/// The consonants of a word, doubled ones once, `y` and `w` left out since they stand for vowels too; `None` for fewer
/// than three, and for what is no word.
fn skeleton(token: &str) -> Option<String> {
    let mut out = String::new();
    for c in token.chars().filter(|c| !"aeiouyw".contains(*c)) {
        if !out.ends_with(c) {
            out.push(c);
        }
    }
    (out.len() >= 3 && spellable(token)).then_some(out)
}

/// The code that two tokens of one sound share. One consonant is no sound to go by: Lee, Leo, Lou.
fn sound_code(token: &str) -> Option<String> {
    phonetic::double_metaphone(token).filter(|code| code.len() >= 2)
}

/// Longest token with an edit channel: 32 letters have 529 ways to drop two.
const LONGEST: usize = 32;

/// For each token of a vocabulary its neighbours, ascending by number, itself left out. Symmetric.
#[derive(Debug, Clone, Default)]
pub struct Neighbours {
    ends: Vec<u32>,
    others: Vec<u32>,
    kinds: Vec<Agreement>,
    /// For each token the bits of all its neighbours and its own: where a bit is missing, no search is needed.
    near: Vec<u64>,
}

/// The bit that stands for a token in a mask of neighbours.
#[inline]
fn bit(token: u32) -> u64 {
    1 << (token.wrapping_mul(0x9E37_79B9) >> 26)
}

impl Neighbours {
    /// Joins `tokens` (distinct, folded to lower-case ASCII) with themselves. `variants` lists known other forms of a
    /// token; it is taken as symmetric and not as transitive.
    ///
    /// Cost: symmetric delete, about 15 keys a token for names; sort of all keys; exact check of tokens sharing a key.
    /// Source: Garbe's symmetric delete for (Damerau-)Levenshtein; complete because two texts within k edits share a
    /// text reached by at most k deletions from either.
    pub fn build<'v>(
        tokens: &[Box<str>],
        channels: &Channels,
        variants: impl Fn(&str) -> &'v [&'v str] + Sync,
    ) -> Neighbours {
        let mut pairs = edit_candidates(tokens, channels);
        pairs.extend(sound_candidates(tokens, channels));
        if channels.unvocalised {
            pairs.extend(unvocalised_candidates(tokens));
        }
        pairs.par_sort_unstable();
        pairs.dedup();
        let mut edges: Vec<(u32, u32, Agreement)> = pairs
            .into_par_iter()
            .filter_map(|(a, b)| {
                channels
                    .agreement(&tokens[a as usize], &tokens[b as usize])
                    .map(|kind| (a, b, kind))
            })
            .collect();
        let numbers: HashMap<&str, u32, rustc_hash::FxBuildHasher> = tokens
            .iter()
            .enumerate()
            .map(|(i, t)| (&**t, i as u32))
            .collect();
        for (a, token) in tokens.iter().enumerate() {
            for other in variants(token) {
                if let Some(&b) = numbers.get(other).filter(|b| **b != a as u32) {
                    edges.push(((a as u32).min(b), (a as u32).max(b), Agreement::Variant));
                }
            }
        }
        let mut both: Vec<(u32, u32, Agreement)> =
            edges.iter().map(|&(a, b, k)| (b, a, k)).collect();
        both.append(&mut edges);
        both.par_sort_unstable();
        both.dedup_by_key(|e| (e.0, e.1));
        let mut graph = Neighbours {
            ends: vec![0; tokens.len()],
            others: Vec::with_capacity(both.len()),
            kinds: Vec::with_capacity(both.len()),
            near: (0..tokens.len() as u32).map(bit).collect(),
        };
        for (a, b, kind) in both {
            graph.near[a as usize] |= bit(b);
            graph.others.push(b);
            graph.kinds.push(kind);
            graph.ends[a as usize] = graph.others.len() as u32;
        }
        for i in 1..graph.ends.len() {
            graph.ends[i] = graph.ends[i].max(graph.ends[i - 1]);
        }
        graph
    }

    /// The neighbours of a token, ascending.
    #[inline]
    pub fn of(&self, token: u32) -> &[u32] {
        let (start, end) = self.range(token);
        &self.others[start..end]
    }

    /// A token itself and its neighbours, each with how it agrees; ascending after the token itself.
    pub fn agreements_of(&self, token: u32) -> impl Iterator<Item = (u32, Agreement)> + '_ {
        let (start, end) = self.range(token);
        let others = self.others[start..end].iter().copied();
        let kinds = self.kinds[start..end].iter().copied();
        std::iter::once((token, Agreement::Equal)).chain(others.zip(kinds))
    }

    /// How two tokens agree, `None` when they do not. Nearly all unlike tokens are told by one look at a mask; else
    /// logarithmic in the number of neighbours.
    #[inline]
    pub fn agreement(&self, left: u32, right: u32) -> Option<Agreement> {
        if self.near[left as usize] & bit(right) == 0 {
            return None;
        }
        if left == right {
            return Some(Agreement::Equal);
        }
        let (start, end) = self.range(left);
        self.others[start..end]
            .binary_search(&right)
            .ok()
            .map(|at| self.kinds[start + at])
    }

    /// Number of neighbour relations, each counted from both ends.
    pub fn n_relations(&self) -> usize {
        self.others.len()
    }

    fn range(&self, token: u32) -> (usize, usize) {
        let at = token as usize;
        (
            if at == 0 {
                0
            } else {
                self.ends[at - 1] as usize
            },
            self.ends[at] as usize,
        )
    }
}

fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    let mut hasher = FxHasher::default();
    for byte in bytes {
        hasher.write_u8(byte);
    }
    // FxHasher mixes its low bits poorly; the sort below looks at all of them, equality is all that counts.
    hasher.finish()
}

/// Pairs of tokens that share a text reached by the allowed number of deletions. A superset of the pairs within the bound.
fn edit_candidates(tokens: &[Box<str>], channels: &Channels) -> Vec<(u32, u32)> {
    let mut keys: Vec<(u64, u32)> = tokens
        .par_iter()
        .enumerate()
        .flat_map_iter(|(i, token)| {
            let bytes = token.as_bytes();
            let mut keys = Vec::new();
            // The shorter token of a pair is the partner with a letter left out, or both share what is left.
            if spellable(token) && bytes.len() >= channels.one_edit_from.min(channels.one_more_from)
            {
                keys.push((hash(bytes.iter().copied()), i as u32));
                for a in 0..bytes.len() {
                    let without = |skip: usize| {
                        bytes
                            .iter()
                            .enumerate()
                            .filter(move |(at, _)| *at != a && *at != skip)
                    };
                    keys.push((hash(without(usize::MAX).map(|(_, b)| *b)), i as u32));
                    if bytes.len() >= channels.two_edits_from {
                        keys.extend(
                            (a + 1..bytes.len())
                                .map(|b| (hash(without(b).map(|(_, b)| *b)), i as u32)),
                        );
                    }
                }
            }
            keys
        })
        .collect();
    keys.par_sort_unstable();
    keys.dedup();
    keys.par_chunk_by(|a, b| a.0 == b.0)
        .flat_map_iter(|group| {
            group
                .iter()
                .enumerate()
                .flat_map(move |(at, a)| group[at + 1..].iter().map(move |b| (a.1, b.1)))
        })
        .collect()
}

/// Pairs of tokens of one double metaphone code.
fn sound_candidates(tokens: &[Box<str>], channels: &Channels) -> Vec<(u32, u32)> {
    let mut codes: Vec<(String, u32)> = tokens
        .par_iter()
        .enumerate()
        .filter(|(_, t)| channels.sounds(t))
        .filter_map(|(i, t)| sound_code(t).map(|code| (code, i as u32)))
        .collect();
    codes.par_sort_unstable();
    codes
        .par_chunk_by(|a, b| a.0 == b.0)
        .flat_map_iter(|group| {
            group.iter().enumerate().flat_map(move |(at, a)| {
                group[at + 1..]
                    .iter()
                    .filter(|b| {
                        // Jaro-Winkler is at least Jaro, and Jaro at most (2 + shorter/longer)/3; the boost adds at most
                        // 0.4 of what is missing. Cheap, and drops most pairs of a crowded code.
                        let (x, y) = (
                            tokens[a.1 as usize].len() as f64,
                            tokens[b.1 as usize].len() as f64,
                        );
                        let jaro = (2.0 + x.min(y) / x.max(y)) / 3.0;
                        jaro + 0.4 * (1.0 - jaro) >= channels.sound_similarity - 1e-9
                    })
                    .map(move |b| (a.1.min(b.1), a.1.max(b.1)))
            })
        })
        .collect()
}

/// Pairs of a token without vowels and one of the same consonants.
fn unvocalised_candidates(tokens: &[Box<str>]) -> Vec<(u32, u32)> {
    let mut bare: Vec<(String, u32)> = Vec::new();
    for (i, token) in tokens.iter().enumerate().filter(|(_, t)| has_no_vowels(t)) {
        bare.extend(skeleton(token).map(|code| (code, i as u32)));
    }
    bare.sort_unstable();
    if bare.is_empty() {
        return Vec::new();
    }
    tokens
        .par_iter()
        .enumerate()
        .flat_map_iter(|(i, token)| {
            let i = i as u32;
            let same = skeleton(token).map_or(0..0, |code| {
                let from = bare.partition_point(|b| b.0 < code);
                from..from + bare[from..].partition_point(|b| b.0 == code)
            });
            let others: Vec<u32> = bare[same].iter().map(|b| b.1).filter(|b| *b != i).collect();
            others.into_iter().map(move |b| (i.min(b), i.max(b)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn none(_: &str) -> &'static [&'static str] {
        &[]
    }

    fn check(tokens: &[Box<str>], channels: &Channels) {
        let graph = Neighbours::build(tokens, channels, none);
        for (i, a) in tokens.iter().enumerate() {
            for (j, b) in tokens.iter().enumerate() {
                let expected = channels.agreement(a, b);
                assert_eq!(graph.agreement(i as u32, j as u32), expected, "{a} {b}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(150))]
        #[test]
        fn the_join_finds_exactly_the_defined_pairs(
            tokens in proptest::collection::hash_set("[abmr]{1,5}[aeiklmnoty]{0,7}|[bkm]{3,4}", 2..60),
        ) {
            let mut tokens: Vec<Box<str>> = tokens.into_iter().map(Into::into).collect();
            tokens.sort_unstable();
            check(&tokens, &Channels::PERSON);
            check(&tokens, &Channels::COMPANY);
        }
    }

    #[test]
    fn variants_are_symmetric_and_not_transitive() {
        let tokens: Vec<Box<str>> = ["al", "albert", "alexander"].map(Into::into).to_vec();
        let graph = Neighbours::build(&tokens, &Channels::PERSON, |t| {
            if t == "al" {
                &["albert", "alexander"]
            } else {
                &[]
            }
        });
        assert_eq!(graph.agreement(0, 1), Some(Agreement::Variant));
        assert_eq!(graph.agreement(1, 0), Some(Agreement::Variant));
        assert_eq!(graph.agreement(1, 2), None);
    }

    #[test]
    fn everyday_names() {
        let channels = Channels::PERSON;
        assert_eq!(
            channels.agreement("murphy", "merphy"),
            Some(Agreement::Sound)
        );
        assert_eq!(channels.agreement("smith", "smiht"), Some(Agreement::Close));
        assert_eq!(channels.agreement("lee", "leo"), None);
        assert_eq!(channels.agreement("aja", "anja"), Some(Agreement::Close));
        assert_eq!(channels.agreement("aa", "aja"), None);
        assert_eq!(channels.agreement("wei", "wie"), None);
        assert_eq!(channels.agreement("jon", "john"), Some(Agreement::Sound));
        assert_eq!(channels.agreement("robertson", "robinson"), None);
        assert_eq!(
            channels.agreement("mhmd", "mohammed"),
            Some(Agreement::Variant)
        );
        assert_eq!(
            channels.agreement("hsyn", "hussein"),
            Some(Agreement::Variant)
        );
        assert_eq!(channels.agreement("hassan", "hussein"), None);
    }
}
