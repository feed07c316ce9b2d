//! All pairs of similar names inside one group of records, or between two, without comparing every pair.
//!
//! Every similar pair has two words (not initials) that are equal or neighbours, each a content word of its name or a
//! joined run of one. Records are indexed under all their words. For a group with itself, one side of each pair is its
//! *owner* and looks the other up:
//! - names with an initial or a joined run own their pairs with plain names, and look up all their words;
//! - of two plain names the one with fewer content words owns, of equals the earlier one; all words of the owner
//!   find a partner in the other, so looking up a single word of it, the one with the fewest candidates, is enough;
//! - of two names with initials or runs the earlier one owns.
//!
//! Between two groups the smaller one looks up all words of its names. So nothing is lost, and each pair is verified once.

use crate::model::{Csr, NONE};
use crate::rules::predicate::NameProfile;
use rayon::prelude::*;

/// Groups up to this size are compared pair by pair; an index costs more than it saves.
const SMALL: usize = 24;
/// From this size an index has one slot per word of the vocabulary instead of a sorted list.
const DENSE_FROM: usize = 4096;

/// A member of a group: any number of the caller's, with its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Named {
    /// Number of the name, not [`NONE`].
    pub(super) name: u32,
    /// The caller's number.
    pub(super) item: u32,
}

/// An index of a group's names by word.
pub(super) struct WordIndex {
    words: Vec<u32>,
    postings: Csr<u32>,
    slot: Option<Vec<u32>>,
}

impl WordIndex {
    /// Indexes distinct names; postings are positions in `names`, ascending.
    pub(super) fn new(profile: &NameProfile, names: &[u32], n_vocabulary: usize) -> WordIndex {
        let mut entries: Vec<(u32, u32)> = names
            .iter()
            .enumerate()
            .flat_map(|(at, name)| profile.index_words(*name).map(move |w| (w, at as u32)))
            .collect();
        entries.sort_unstable();
        entries.dedup();
        let mut words = Vec::new();
        let mut postings = Csr::default();
        for run in entries.chunk_by(|a, b| a.0 == b.0) {
            words.push(run[0].0);
            postings.push_row(run.iter().map(|e| e.1));
        }
        let slot = (names.len() >= DENSE_FROM).then(|| {
            let mut slot = vec![NONE; n_vocabulary];
            for (at, word) in words.iter().enumerate() {
                slot[*word as usize] = at as u32;
            }
            slot
        });
        WordIndex {
            words,
            postings,
            slot,
        }
    }

    #[inline]
    pub(super) fn postings(&self, word: u32) -> &[u32] {
        let at = match &self.slot {
            Some(slot) => slot[word as usize],
            None => self.words.binary_search(&word).map_or(NONE, |at| at as u32),
        };
        if at == NONE {
            &[]
        } else {
            self.postings.row(at as usize)
        }
    }

    /// Positions of names under `word` or one of its neighbours are appended to `out`.
    pub(super) fn look_up(&self, profile: &NameProfile, word: u32, out: &mut Vec<u32>) {
        out.extend_from_slice(self.postings(word));
        for neighbour in profile.neighbours().of(word) {
            out.extend_from_slice(self.postings(*neighbour));
        }
    }

    pub(super) fn cost(&self, profile: &NameProfile, word: u32) -> usize {
        self.postings(word).len()
            + profile
                .neighbours()
                .of(word)
                .iter()
                .map(|n| self.postings(*n).len())
                .sum::<usize>()
    }
}

/// Distinct names of a group (sorted by name) and the members of each.
fn nodes(members: &[Named]) -> (Vec<u32>, Csr<u32>) {
    let mut sorted = members.to_vec();
    sorted.sort_unstable();
    let mut names = Vec::new();
    let mut items = Csr::default();
    for run in sorted.chunk_by(|a, b| a.name == b.name) {
        names.push(run[0].name);
        items.push_row(run.iter().map(|m| m.item));
    }
    (names, items)
}

/// Calls `found` with all pairs of members whose names are similar, and returns what it made of them, in no order.
///
/// `worth` tells whether a name can be part of a pair at all, for example because it carries enough evidence;
/// names for which it is false are left out on both sides.
pub(super) fn self_join<T: Send>(
    profile: &NameProfile,
    n_vocabulary: usize,
    members: &[Named],
    worth: impl Fn(u32) -> bool + Sync,
    found: impl Fn(u32, u32) -> Option<T> + Sync,
) -> Vec<T> {
    let kept: Vec<Named> = members.iter().copied().filter(|m| worth(m.name)).collect();
    if kept.len() < 2 {
        return Vec::new();
    }
    let (names, items) = nodes(&kept);
    let expand = |a: usize, b: usize, out: &mut Vec<T>| {
        for (i, x) in items.row(a).iter().enumerate() {
            let partners = if a == b {
                &items.row(a)[i + 1..]
            } else {
                items.row(b)
            };
            out.extend(partners.iter().filter_map(|y| found(*x, *y)));
        }
    };
    if names.len() <= SMALL {
        let mut out = Vec::new();
        for a in 0..names.len() {
            for b in a..names.len() {
                let alone = a == b && items.row(a).len() < 2;
                if !alone && profile.similar(names[a], names[b]) {
                    expand(a, b, &mut out);
                }
            }
        }
        return out;
    }
    let index = WordIndex::new(profile, &names, n_vocabulary);
    let plain: Vec<bool> = names
        .iter()
        .map(|n| !profile.has_initial(*n) && !profile.has_joined(*n))
        .collect();
    let n_words: Vec<usize> = names.iter().map(|n| profile.content(*n).len()).collect();
    let owns = |x: usize, y: usize| match (plain[x], plain[y]) {
        (false, true) => true,
        (true, false) => false,
        (false, false) => x < y,
        (true, true) => n_words[x] < n_words[y] || (n_words[x] == n_words[y] && x < y),
    };
    (0..names.len())
        .into_par_iter()
        .fold(
            || (Vec::new(), Vec::new()),
            |(mut out, mut seen), x| {
                seen.clear();
                if plain[x] {
                    let anchor = profile
                        .content(names[x])
                        .iter()
                        .map(|t| t.0)
                        .min_by_key(|w| (index.cost(profile, *w), *w));
                    if let Some(word) = anchor {
                        index.look_up(profile, word, &mut seen);
                    }
                } else {
                    for word in profile.index_words(names[x]) {
                        index.look_up(profile, word, &mut seen);
                    }
                }
                seen.sort_unstable();
                seen.dedup();
                if items.row(x).len() > 1 && profile.similar(names[x], names[x]) {
                    expand(x, x, &mut out);
                }
                for &y in &seen {
                    let y = y as usize;
                    if y != x && owns(x, y) && profile.similar(names[x], names[y]) {
                        expand(x, y, &mut out);
                    }
                }
                (out, seen)
            },
        )
        .map(|(out, _)| out)
        .reduce(Vec::new, |mut a, mut b| {
            a.append(&mut b);
            a
        })
}

/// A group indexed for [`cross_join`], reused for many partners.
pub(super) struct IndexedGroup {
    names: Vec<u32>,
    items: Csr<u32>,
    index: Option<WordIndex>,
}

impl IndexedGroup {
    /// Indexes a group when it is large enough for that to pay.
    pub(super) fn new(
        profile: &NameProfile,
        members: &[Named],
        n_vocabulary: usize,
    ) -> IndexedGroup {
        let (names, items) = nodes(members);
        let index = (names.len() > SMALL).then(|| WordIndex::new(profile, &names, n_vocabulary));
        IndexedGroup {
            names,
            items,
            index,
        }
    }

    /// Number of distinct names.
    pub(super) fn n_names(&self) -> usize {
        self.names.len()
    }
}

/// All pairs of a member of `small` and a member of `large` with similar names; as [`self_join`].
pub(super) fn cross_join<T>(
    profile: &NameProfile,
    small: &IndexedGroup,
    large: &IndexedGroup,
    worth: impl Fn(u32) -> bool,
    found: impl Fn(u32, u32) -> Option<T>,
    out: &mut Vec<T>,
) {
    let mut seen = Vec::new();
    for (a, &x) in small.names.iter().enumerate() {
        if !worth(x) {
            continue;
        }
        seen.clear();
        match &large.index {
            Some(index) => {
                for word in profile.index_words(x) {
                    index.look_up(profile, word, &mut seen);
                }
                seen.sort_unstable();
                seen.dedup();
            }
            None => seen.extend(0..large.names.len() as u32),
        }
        for &b in &seen {
            if worth(large.names[b as usize]) && profile.similar(x, large.names[b as usize]) {
                for l in small.items.row(a) {
                    out.extend(
                        large
                            .items
                            .row(b as usize)
                            .iter()
                            .filter_map(|r| found(*l, *r)),
                    );
                }
            }
        }
    }
}
