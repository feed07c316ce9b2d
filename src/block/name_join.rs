//! All pairs of similar names inside one group of records, or between two, without comparing every pair.
//!
//! Every similar pair matches in two words of each name, or in one and one of the names is loose ([`super::name_index`]).
//! For a group with itself:
//! - of two plain names (no initial, no joined run) the one with fewer content words looks for the other, of equals the
//!   earlier one; all its words find a partner, so looking for two of them, those with the fewest candidates, is enough;
//! - a name with initials or runs looks under each two of its words: for plain names, and for later ones of its kind;
//! - loose names are looked for under each single word: by those that are not loose, and by earlier loose ones.
//!
//! Between two groups the smaller one looks under each two of its words, and for loose names under each; its own loose
//! names look for all. A pair found in several ways is taken once. So nothing is lost, and each pair is verified once.

use super::name_floor::NameFloor;
use super::name_index::{Edge, LookUp, Seek, TwoWordIndex};
use crate::model::Csr;
use crate::rules::predicate::NameProfile;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// Groups up to this size are compared pair by pair; an index costs more than it saves.
const SMALL: usize = 24;
/// Look-ups under one word that are shared among threads.
const LOOK_UPS_A_TASK: usize = 512;

/// A member of a group: any number of the caller's, with its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Named {
    /// Number of the name, not [`NONE`](crate::model::NONE).
    pub(super) name: u32,
    /// The caller's number.
    pub(super) item: u32,
}

/// How names are joined.
#[derive(Debug, Clone, Copy)]
pub(super) struct NameJoin<'a> {
    pub(super) profile: &'a NameProfile,
    /// Words of the vocabulary.
    pub(super) n_vocabulary: usize,
    /// What names must carry; names that cannot are left out on both sides.
    pub(super) floor: Option<NameFloor<'a>>,
    /// Counts pairs of members that the floor left out before they were compared: an upper bound of the similar ones.
    pub(super) n_skipped: &'a AtomicU64,
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

fn sizes(items: &Csr<u32>) -> Vec<u32> {
    items.rows().map(|row| row.len() as u32).collect()
}

/// What ownership asks of a name.
#[derive(Debug, Clone, Copy)]
struct Kind {
    n_content: u8,
    is_plain: bool,
    is_loose: bool,
}

impl Kind {
    fn of(profile: &NameProfile, name: u32) -> Kind {
        Kind {
            n_content: profile.content(name).len() as u8,
            is_plain: !profile.has_initial(name) && !profile.has_joined(name),
            is_loose: profile.is_loose(name),
        }
    }
}

impl NameJoin<'_> {
    fn seek(&self) -> Seek<'_> {
        Seek {
            profile: self.profile,
            floor: self.floor,
        }
    }

    fn skip(&self, n: u64) {
        if n > 0 {
            self.n_skipped.fetch_add(n, Ordering::Relaxed);
        }
    }

    /// Calls `found` with all pairs of members whose names are similar and may reach the floor, and returns what it made
    /// of them, in no order.
    pub(super) fn within<T: Send>(
        &self,
        members: &[Named],
        found: impl Fn(u32, u32) -> Option<T> + Sync,
    ) -> Vec<T> {
        let seek = self.seek();
        let kept = members.iter().copied().filter(|m| seek.may_pair(m.name));
        let kept: Vec<Named> = kept.collect();
        self.skip(pairs_of(members.len()) - pairs_of(kept.len()));
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
        let mut out = Vec::new();
        if names.len() <= SMALL {
            for a in 0..names.len() {
                for b in a..names.len() {
                    let alone = a == b && items.row(a).len() < 2;
                    if !alone && self.profile.similar(names[a], names[b]) {
                        expand(a, b, &mut out);
                    }
                }
            }
            return out;
        }
        let itself =
            |x: &usize| items.row(*x).len() > 1 && self.profile.similar(names[*x], names[*x]);
        let mut pairs: Vec<(u32, u32)> = (0..names.len())
            .filter(itself)
            .map(|x| (x as u32, x as u32))
            .collect();
        pairs.append(&mut self.similar_within(&names, sizes(&items)));
        pairs
            .par_iter()
            .fold(Vec::new, |mut out, (a, b)| {
                expand(*a as usize, *b as usize, &mut out);
                out
            })
            .reduce(Vec::new, append)
    }

    /// Pairs of positions of similar names, each once, the smaller position first.
    fn similar_within(&self, names: &[u32], sizes: Vec<u32>) -> Vec<(u32, u32)> {
        let seek = self.seek();
        let size = sizes.clone();
        let index = TwoWordIndex::new(self.profile, names, sizes, self.n_vocabulary);
        let near = self.floor.map(|_| index.n_records_near(self.profile));
        let kinds: Vec<Kind> = names.iter().map(|n| Kind::of(self.profile, *n)).collect();
        let mut look_ups: Vec<LookUp> = (0..names.len() as u32)
            .into_par_iter()
            .with_min_len(1024)
            .flat_map_iter(|x| {
                let mut out = Vec::new();
                let (at, mut n_skipped) = (x as usize, 0);
                seek.look_ups(
                    names[at],
                    x,
                    kinds[at].is_plain,
                    &mut out,
                    |first, loose| {
                        n_skipped += near.as_ref().map_or(0, |n| n.of(&index, first, loose));
                    },
                );
                self.skip(n_skipped * u64::from(size[at]));
                out
            })
            .collect();
        // Those that begin with one word share what it matches.
        look_ups.par_sort_unstable();
        let owns = |look_up: &LookUp, y: u32| {
            let x = look_up.by;
            let (mine, other) = (kinds[x as usize], kinds[y as usize]);
            if look_up.is_for_loose() {
                !mine.is_loose || x < y
            } else if mine.is_plain {
                other.is_plain
                    && (mine.n_content < other.n_content
                        || mine.n_content == other.n_content && x < y)
            } else {
                other.is_plain || x < y
            }
        };
        let mut pairs: Vec<(u32, u32)> = look_ups
            .par_chunk_by(|a, b| a.first() == b.first())
            .map(|same_first| {
                let mut edges: Vec<Edge> = Vec::new();
                seek.edges(&index, same_first[0].first(), &mut edges);
                let some = |part: &[LookUp]| {
                    let mut out = Vec::new();
                    for look_up in part {
                        let x = look_up.by;
                        let n_skipped = seek.find(&index, look_up, &edges, false, |y| {
                            if y != x
                                && owns(look_up, y)
                                && self.profile.similar(names[x as usize], names[y as usize])
                            {
                                out.push((x.min(y), x.max(y)));
                            }
                        });
                        self.skip(n_skipped * u64::from(size[x as usize]));
                    }
                    out
                };
                if same_first.len() <= LOOK_UPS_A_TASK {
                    return some(same_first);
                }
                let parts = same_first.par_chunks(LOOK_UPS_A_TASK);
                parts.map(some).reduce(Vec::new, append)
            })
            .reduce(Vec::new, append);
        pairs.par_sort_unstable();
        pairs.dedup();
        pairs
    }

    /// All pairs of a member of one group and a member of the other with similar names that may reach the floor; what
    /// `found` makes of them is appended to `out`.
    pub(super) fn between<T>(
        &self,
        left: &IndexedGroup,
        right: &IndexedGroup,
        found: impl Fn(u32, u32) -> Option<T>,
        out: &mut Vec<T>,
    ) {
        let seek = self.seek();
        let (small, large) = if left.names.len() <= right.names.len() {
            (left, right)
        } else {
            (right, left)
        };
        let n_large = large.items.n_items() as u64;
        let (mut seen, mut look_ups, mut edges) = (Vec::new(), Vec::new(), Vec::new());
        for (a, &x) in small.names.iter().enumerate() {
            let n_records = small.items.row(a).len() as u64;
            if !seek.may_pair(x) {
                self.skip(n_records * n_large);
                continue;
            }
            seen.clear();
            match &large.index {
                Some(index) => {
                    look_ups.clear();
                    let mut n_skipped = 0;
                    seek.look_ups(x, a as u32, false, &mut look_ups, |_, _| {
                        n_skipped += n_large;
                    });
                    let is_loose = self.profile.is_loose(x);
                    look_ups.sort_unstable();
                    for same_first in look_ups.chunk_by(|a, b| a.first() == b.first()) {
                        seek.edges(index, same_first[0].first(), &mut edges);
                        for look_up in same_first {
                            let push = |y| seen.push(y);
                            n_skipped += seek.find(index, look_up, &edges, is_loose, push);
                        }
                    }
                    self.skip(n_skipped * n_records);
                    seen.sort_unstable();
                    seen.dedup();
                }
                None => seen.extend(0..large.names.len() as u32),
            }
            for &b in &seen {
                let y = large.names[b as usize];
                let others = large.items.row(b as usize);
                if !seek.may_pair(y) {
                    self.skip(n_records * others.len() as u64);
                    continue;
                }
                if !self.profile.similar(x, y) {
                    continue;
                }
                for l in small.items.row(a) {
                    out.extend(others.iter().filter_map(|r| found(*l, *r)));
                }
            }
        }
    }
}

/// A group indexed for [`NameJoin::between`], reused for many partners.
pub(super) struct IndexedGroup {
    names: Vec<u32>,
    items: Csr<u32>,
    /// Apart: most groups are too small for one, and are kept side by side.
    index: Option<Box<TwoWordIndex>>,
}

impl IndexedGroup {
    /// Indexes a group when it is large enough for that to pay.
    pub(super) fn new(
        profile: &NameProfile,
        members: &[Named],
        n_vocabulary: usize,
    ) -> IndexedGroup {
        let (names, items) = nodes(members);
        let index = (names.len() > SMALL)
            .then(|| TwoWordIndex::new(profile, &names, sizes(&items), n_vocabulary))
            .map(Box::new);
        IndexedGroup {
            names,
            items,
            index,
        }
    }
}

fn pairs_of(n: usize) -> u64 {
    let n = n as u64;
    n * n.saturating_sub(1) / 2
}

fn append<T>(mut a: Vec<T>, mut b: Vec<T>) -> Vec<T> {
    if a.len() < b.len() {
        std::mem::swap(&mut a, &mut b);
    }
    a.append(&mut b);
    a
}

#[cfg(test)]
mod tests;
