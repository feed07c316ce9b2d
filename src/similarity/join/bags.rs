//! Texts as bags of characters: codes by frequency, signatures of 64 and 128 bits.

use rayon::prelude::*;
use rustc_hash::{FxBuildHasher, FxHashMap};
use std::hash::BuildHasher;

/// Characters at the beginning that Winkler's boost counts.
pub(super) const PREFIX: usize = 4;
/// Longest text, in characters, that the kernels compare in one machine word.
pub(super) const WORD: usize = 64;
/// Code of all characters beyond the first 65,535; texts with one are compared as text.
const BEYOND: u16 = u16::MAX;
/// Bits of a signature, short and long, that belong to one element alone when there are more elements than bits.
const OWN_BITS: [usize; 2] = [56, 104];

/// A signature of 64 bits.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Short {
    /// A bit for each (character, how manieth) that has one.
    pub(super) bits: u64,
    /// Elements that found their bit taken or have none.
    pub(super) overflow: u16,
}

/// The texts of one side, coded.
pub(super) struct Bags {
    codes: Vec<u16>,
    ends: Vec<u32>,
    /// Short signature of each text.
    pub(super) short: Vec<Short>,
    /// Long signature of each text: a bit for each (character, how manieth) it holds.
    pub(super) signature: Vec<[u64; 2]>,
    /// Elements of each text that found their bit in the long signature taken or have none.
    pub(super) overflow: Vec<u16>,
    /// Texts that the kernels cannot compare: empty, too long, or with a character beyond the codes.
    pub(super) by_text: Vec<bool>,
}

impl Bags {
    /// Codes of a text, a character each.
    pub(super) fn codes(&self, i: usize) -> &[u16] {
        let start = if i == 0 { 0 } else { self.ends[i - 1] as usize };
        &self.codes[start..self.ends[i] as usize]
    }

    /// Number of texts.
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The first codes, each plus one, packed; shorter texts are filled up with zeros.
    pub(super) fn prefix(&self, i: usize) -> u64 {
        self.codes(i)
            .iter()
            .take(PREFIX)
            .enumerate()
            .fold(0, |p, (at, c)| {
                p | u64::from(c.saturating_add(1)) << (16 * at)
            })
    }
}

/// What codes and signature bits mean: made once for both sides of a join.
pub(super) struct Alphabet {
    code_of: FxHashMap<char, u16>,
    /// Place of (code, k-th occurrence) among the elements, those first that about half of the texts have. All elements
    /// that may have a bit of their own are here.
    place_of: FxHashMap<(u16, u16), u8>,
    n_elements: usize,
}

impl Alphabet {
    /// Counts the characters of all texts. Nothing depends on the order of texts.
    pub(super) fn new(sides: &[&[Box<str>]]) -> Alphabet {
        let merge = |mut a: FxHashMap<(char, u16), u64>, b: FxHashMap<(char, u16), u64>| {
            if a.len() < b.len() {
                return merged(b, a);
            }
            a = merged(a, b);
            a
        };
        let holders: FxHashMap<(char, u16), u64> = sides
            .iter()
            .map(|texts| {
                texts
                    .par_chunks(4096)
                    .map(|chunk| {
                        let mut counts: FxHashMap<(char, u16), u64> = FxHashMap::default();
                        let mut chars: Vec<char> = Vec::new();
                        for text in chunk {
                            chars.clear();
                            chars.extend(text.chars());
                            chars.sort_unstable();
                            for run in chars.chunk_by(|a, b| a == b) {
                                for k in 1..=run.len().min(usize::from(u16::MAX)) {
                                    *counts.entry((run[0], k as u16)).or_default() += 1;
                                }
                            }
                        }
                        counts
                    })
                    .reduce(FxHashMap::default, merge)
            })
            .fold(FxHashMap::default(), merged);
        let n_texts: u64 = sides.iter().map(|t| t.len() as u64).sum();
        let mut elements: Vec<((char, u16), u64)> = holders.into_iter().collect();
        elements.sort_unstable();
        let mut by_use: Vec<(u64, char)> = elements
            .chunk_by(|a, b| a.0.0 == b.0.0)
            .map(|run| (run.iter().map(|e| e.1).sum(), run[0].0.0))
            .collect();
        by_use.sort_unstable_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(&b.1)));
        let code_of: FxHashMap<char, u16> = by_use
            .iter()
            .take(usize::from(BEYOND))
            .enumerate()
            .map(|(code, (_, c))| (*c, code as u16))
            .collect();
        let balance = |n: u64| n as f64 * (n_texts - n) as f64;
        let mut coded: Vec<(f64, u16, u16)> = elements
            .iter()
            .filter_map(|((c, k), n)| code_of.get(c).map(|code| (balance(*n), *code, *k)))
            .collect();
        coded.sort_by(|a, b| b.0.total_cmp(&a.0).then((a.1, a.2).cmp(&(b.1, b.2))));
        let place_of = coded
            .iter()
            .take(128)
            .enumerate()
            .map(|(place, (_, code, k))| ((*code, *k), place as u8))
            .collect();
        Alphabet {
            code_of,
            place_of,
            n_elements: coded.len(),
        }
    }

    /// Number of codes, the one for characters beyond included.
    pub(super) fn n_codes(&self) -> usize {
        self.code_of.len() + 1
    }

    /// Codes a side.
    pub(super) fn bags(&self, texts: &[Box<str>]) -> Bags {
        struct One {
            codes: Vec<u16>,
            short: Short,
            signature: [u64; 2],
            overflow: u16,
            by_text: bool,
        }
        let beyond = if self.code_of.len() < usize::from(BEYOND) {
            self.code_of.len() as u16
        } else {
            BEYOND
        };
        let parts: Vec<Vec<One>> = texts
            .par_chunks(4096)
            .map(|chunk| {
                let mut sorted = Vec::new();
                chunk
                    .iter()
                    .map(|text| {
                        let codes: Vec<u16> = text
                            .chars()
                            .map(|c| self.code_of.get(&c).copied().unwrap_or(beyond))
                            .collect();
                        let mut one = One {
                            short: Short::default(),
                            signature: [0; 2],
                            overflow: 0,
                            by_text: codes.is_empty()
                                || codes.len() > WORD
                                || codes.contains(&beyond),
                            codes,
                        };
                        sorted.clear();
                        sorted.extend_from_slice(&one.codes);
                        sorted.sort_unstable();
                        for run in sorted.chunk_by(|a, b| a == b) {
                            let code = run[0];
                            for k in 1..=run.len() {
                                let k = k.min(usize::from(u16::MAX)) as u16;
                                let place = self.place_of.get(&(code, k)).copied();
                                let short = std::slice::from_mut(&mut one.short.bits);
                                if !self.mark(short, (code, k), place) {
                                    one.short.overflow = one.short.overflow.saturating_add(1);
                                }
                                if !self.mark(&mut one.signature, (code, k), place) {
                                    one.overflow = one.overflow.saturating_add(1);
                                }
                            }
                        }
                        one
                    })
                    .collect()
            })
            .collect();
        let mut bags = Bags {
            codes: Vec::new(),
            ends: Vec::with_capacity(texts.len()),
            short: Vec::with_capacity(texts.len()),
            signature: Vec::with_capacity(texts.len()),
            overflow: Vec::with_capacity(texts.len()),
            by_text: Vec::with_capacity(texts.len()),
        };
        for one in parts.into_iter().flatten() {
            bags.codes.extend_from_slice(&one.codes);
            bags.ends.push(
                u32::try_from(bags.codes.len()).expect("fewer than 2^32 characters in a column"),
            );
            bags.short.push(one.short);
            bags.signature.push(one.signature);
            bags.overflow.push(one.overflow);
            bags.by_text.push(one.by_text);
        }
        bags
    }

    /// Sets the bit of an element; false when it has none or it is taken.
    fn mark(&self, signature: &mut [u64], element: (u16, u16), place: Option<u8>) -> bool {
        let n_bits = 64 * signature.len();
        let own = match self.n_elements > n_bits {
            true => OWN_BITS[signature.len() - 1],
            false => n_bits,
        };
        let bit = match place.map(usize::from) {
            Some(place) if place < own => place,
            _ if own < n_bits => {
                let hash = FxBuildHasher.hash_one(element);
                own + (hash >> 32) as usize % (n_bits - own)
            }
            _ => return false,
        };
        let word = &mut signature[bit / 64];
        let mask = 1 << (bit % 64);
        let free = *word & mask == 0;
        *word |= mask;
        free
    }
}

fn merged(
    mut into: FxHashMap<(char, u16), u64>,
    from: FxHashMap<(char, u16), u64>,
) -> FxHashMap<(char, u16), u64> {
    let mut from: Vec<_> = from.into_iter().collect();
    from.sort_unstable();
    for (element, n) in from {
        *into.entry(element).or_default() += n;
    }
    into
}
