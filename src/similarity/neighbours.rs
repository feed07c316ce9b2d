//! The fuzzy self-join of a vocabulary: which distinct tokens may stand for one another, computed once and completely.
//!
//! Five channels: a table of known variants, an alphabet that leaves vowels out, equal sound, a typing error. A pair found by several keeps the strongest.
//! Fuzzy joins of records then only look tokens up, and lose nothing the channels define.

use super::{osa, phonetic};
use rayon::prelude::*;
use std::collections::HashMap;

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
        self.spelling(left, right)
    }

    /// How two different tokens agree by spelling alone.
    fn spelling(&self, left: &str, right: &str) -> Option<Agreement> {
        if !spellable(left) || !spellable(right) {
            return None;
        }
        let shorter = left.len().min(right.len());
        match osa::distance_within(left.as_bytes(), right.as_bytes(), self.n_edits(shorter))? {
            1 if shorter >= self.one_edit_from => Some(Agreement::Close),
            1 if shorter >= self.one_more_from && left.len() != right.len() => {
                Some(Agreement::Close)
            }
            2 if strsim::jaro_winkler(left, right) >= self.two_edits_similarity => {
                Some(Agreement::Near)
            }
            _ => None,
        }
    }

    /// The edits allowed between tokens of which the shorter one has this length.
    fn n_edits(&self, shorter: usize) -> usize {
        if shorter >= self.two_edits_from { 2 } else { 1 }
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
        pairs.par_sort_unstable();
        pairs.dedup();
        let spelt_alike = pairs.into_par_iter().filter_map(|(a, b)| {
            let kind = channels.spelling(&tokens[a as usize], &tokens[b as usize])?;
            Some((a, b, kind))
        });
        let mut edges: Vec<(u32, u32, Agreement)> = spelt_alike.collect();
        edges.extend(sound_edges(tokens, channels));
        if channels.unvocalised {
            edges.extend(unvocalised_edges(tokens));
        }
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

/// Calls `found` with a number for each text that a word becomes by leaving out up to `n` letters, `n` being 1 or 2: equal
/// texts have equal numbers, different ones nearly always different ones. Words of up to [`LONGEST`] letters.
///
/// Cost: constant for each such text. A text's number is the polynomial of its bytes, modulo 2 to the 64, so that the
/// number of what is left is a sum over the stretches between the letters left out.
fn for_each_shortened(word: &[u8], n: usize, mut found: impl FnMut(u64)) {
    const BASE: u64 = 0x9E37_79B9_7F4A_7C15;
    let len = word.len();
    // BASE to the power of the index; the number of the first letters, by how many they are.
    let (mut power, mut first) = ([1_u64; LONGEST + 1], [0_u64; LONGEST + 1]);
    for (at, byte) in word.iter().enumerate() {
        power[at + 1] = power[at].wrapping_mul(BASE);
        first[at + 1] = first[at].wrapping_mul(BASE).wrapping_add(u64::from(*byte));
    }
    let stretch =
        |from: usize, to: usize| first[to].wrapping_sub(first[from].wrapping_mul(power[to - from]));
    // The number of a text, put before another of some length.
    let before = |text: u64, len: usize| text.wrapping_mul(power[len]);
    found(first[len]);
    for (a, front) in first[..len].iter().enumerate() {
        let one = before(*front, len - a - 1).wrapping_add(stretch(a + 1, len));
        found(one);
        for b in a + 1..if n == 2 { len } else { 0 } {
            let n_last = len - b - 1;
            let middle = before(stretch(a + 1, b), n_last);
            let two = before(*front, len - a - 2).wrapping_add(middle);
            found(two.wrapping_add(stretch(b + 1, len)));
        }
    }
}

/// Pairs of tokens that share a text reached by the allowed number of deletions, as far as lengths and letters allow so
/// few edits. A superset of the pairs within the bound.
fn edit_candidates(tokens: &[Box<str>], channels: &Channels) -> Vec<(u32, u32)> {
    // A key is a text's number and behind it the token's.
    let n_token_bits = usize::BITS - tokens.len().leading_zeros();
    let token_of = |key: u64| (key & ((1 << n_token_bits) - 1)) as u32;
    let shortest = channels.one_edit_from.min(channels.one_more_from);
    let mut keys: Vec<u64> = tokens
        .par_iter()
        .enumerate()
        .filter(|(_, token)| spellable(token) && token.len() >= shortest)
        .flat_map_iter(|(i, token)| {
            let word = token.as_bytes();
            let mut keys = Vec::new();
            for_each_shortened(word, channels.n_edits(word.len()), |number| {
                // The highest bits depend on all letters.
                let mixed = (number ^ (number >> 32)).wrapping_mul(0xD6E8_FEB8_6659_FD93);
                keys.push(mixed >> n_token_bits << n_token_bits | i as u64);
            });
            keys
        })
        .collect();
    keys.par_sort_unstable();
    keys.dedup();
    let letters: Vec<u32> = tokens.par_iter().map(|t| letters_of(t)).collect();
    let may_agree = |a: u32, b: u32| {
        let (a, b) = (a as usize, b as usize);
        let (x, y) = (tokens[a].len(), tokens[b].len());
        let n_edits = channels.n_edits(x.min(y));
        // An edit adds or takes at most one letter on either side.
        x.abs_diff(y) <= n_edits && (letters[a] ^ letters[b]).count_ones() as usize <= 2 * n_edits
    };
    keys.par_chunk_by(|a, b| a >> n_token_bits == b >> n_token_bits)
        .flat_map_iter(|group| {
            group.iter().enumerate().flat_map(move |(at, a)| {
                let others = group[at + 1..].iter();
                others.map(move |b| (token_of(*a), token_of(*b)))
            })
        })
        .filter(|(a, b)| may_agree(*a, *b))
        .collect()
}

/// Which letters a token has, a bit each.
fn letters_of(token: &str) -> u32 {
    let letters = token.bytes().filter(u8::is_ascii_lowercase);
    letters.fold(0, |set, b| set | 1 << (b - b'a'))
}

/// Pairs of tokens of one double metaphone code and similar spelling.
fn sound_edges(tokens: &[Box<str>], channels: &Channels) -> Vec<(u32, u32, Agreement)> {
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
                let others = group[at + 1..].iter().map(|b| b.1);
                others.map(|b| (a.1.min(b), a.1.max(b)))
            })
        })
        .filter(|(a, b)| {
            let (left, right) = (&*tokens[*a as usize], &*tokens[*b as usize]);
            // Jaro-Winkler is at least Jaro, and Jaro at most (2 + shorter/longer)/3; the boost adds at most 0.4 of what is
            // missing. Cheap, and drops most pairs of a crowded code.
            let (x, y) = (left.len() as f64, right.len() as f64);
            let jaro = (2.0 + x.min(y) / x.max(y)) / 3.0;
            jaro + 0.4 * (1.0 - jaro) >= channels.sound_similarity - 1e-9
                && strsim::jaro_winkler(left, right) >= channels.sound_similarity
        })
        .map(|(a, b)| (a, b, Agreement::Sound))
        .collect()
}

/// Pairs of a token without vowels and one of the same consonants.
fn unvocalised_edges(tokens: &[Box<str>]) -> Vec<(u32, u32, Agreement)> {
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
            let others = others.into_iter();
            others.map(move |b| (i.min(b), i.max(b), Agreement::Variant))
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

    /// Every text's number is the one it has as a word of its own.
    #[test]
    fn shortened_words_are_numbered_as_texts() {
        let number = |text: &[u8]| {
            let mut first = None;
            for_each_shortened(text, 1, |number| first = first.or(Some(number)));
            first.expect("the word itself")
        };
        let without = |word: &[u8], at: usize| [&word[..at], &word[at + 1..]].concat();
        for word in ["abc", "christopher", "a".repeat(LONGEST).as_str()] {
            let word = word.as_bytes();
            for n in [1, 2] {
                let mut expected = vec![number(word)];
                for a in 0..word.len() {
                    let one = without(word, a);
                    expected.push(number(&one));
                    let second = a..if n == 2 { one.len() } else { 0 };
                    expected.extend(second.map(|b| number(&without(&one, b))));
                }
                let mut found = Vec::new();
                for_each_shortened(word, n, |number| found.push(number));
                assert_eq!(found, expected);
            }
        }
        let numbers = ["ab", "ba", "aba", "abb", "baa"].map(|t| number(t.as_bytes()));
        for (i, a) in numbers.iter().enumerate() {
            assert!(!numbers[i + 1..].contains(a));
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
