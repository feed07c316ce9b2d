//! Names of a group by two of their words.
//!
//! Two similar names match in two words each, or in a single one; in a single one only when one of the names is *loose*:
//! it has an initial, or can be read as one token. So names are kept under every ordered pair of their words, and loose
//! names under each word besides. Under its first word an entry stands in the order of the second, so that of the
//! thousands who share a surname only those with a fitting given name are looked at.
//!
//! With a floor, a look-up knows what the words it goes by carry and leaves out what cannot reach it.

use super::name_floor::{Item, NameFloor};
use super::word_index::DENSE_FROM;
use crate::model::{Csr, NONE};
use crate::rules::predicate::{NameProfile, Part};
use crate::similarity::neighbours::Agreement;
use rayon::prelude::*;

const PARTS: [Part; 2] = [Part::Given, Part::Surname];

/// A word and its part as one number: neither vocabularies nor groups come near 2^30.
fn packed((word, part): Item) -> u32 {
    word << 1 | part as u32
}

fn unpacked(item: u32) -> Item {
    (item >> 1, PARTS[(item & 1) as usize])
}

/// A name under its first word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Entry {
    /// The second word, [`NONE`] for a name with a single one.
    second: u32,
    /// Position of the name, with the parts of its first and its second word in the lowest bits.
    name: u32,
}

impl Entry {
    fn at(self) -> u32 {
        self.name >> 2
    }

    fn first_part(self) -> usize {
        (self.name >> 1 & 1) as usize
    }

    fn second_part(self) -> usize {
        (self.name & 1) as usize
    }
}

/// Distinct names of a group under two of their words.
#[derive(Debug)]
pub(super) struct TwoWordIndex {
    words: Vec<u32>,
    slot: Option<Vec<u32>>,
    /// For each word the names that hold it, by their second word.
    rows: Csr<Entry>,
    /// For each word the loose names that hold it, ascending.
    loose: Csr<u32>,
    /// For each name its records.
    sizes: Vec<u32>,
    /// For each word the records of its entries, and those of its loose names.
    n_records: Vec<(u64, u64)>,
}

/// One search of a name: under a word and its neighbours, for a second word or for loose names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct LookUp {
    /// The word to begin with, and its part.
    first: u32,
    /// The other word, [`NONE`] to look for loose names.
    second: u32,
    /// Who is looking: the caller's number.
    pub(super) by: u32,
    /// With a floor, the most that the name's other tokens add.
    rest: i32,
}

impl LookUp {
    /// The word to begin with.
    pub(super) fn first(&self) -> Item {
        unpacked(self.first)
    }

    /// True when loose names are looked for.
    pub(super) fn is_for_loose(&self) -> bool {
        self.second == NONE
    }
}

/// A row of the index whose word matches the first of a look-up.
pub(super) struct Edge {
    row: u32,
    /// With a floor, what the match carries when the other word is in a given name or a surname.
    carries: [i64; 2],
}

/// How names are looked up: by the profile, with or without a floor.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seek<'a> {
    pub(super) profile: &'a NameProfile,
    pub(super) floor: Option<NameFloor<'a>>,
}

/// For each word of an index, by row, the records a look-up goes through.
pub(super) struct RecordsNear(Vec<(u64, u64)>);

impl RecordsNear {
    /// Of a look-up that begins with `word`; 0 for a word that the index has not.
    pub(super) fn of(&self, index: &TwoWordIndex, word: u32, is_for_loose: bool) -> u64 {
        index.row_of(word).map_or(0, |row| {
            let (all, loose) = self.0[row as usize];
            if is_for_loose { loose } else { all }
        })
    }
}

impl TwoWordIndex {
    /// Indexes distinct names; `sizes` has the number of records of each.
    pub(super) fn new(
        profile: &NameProfile,
        names: &[u32],
        sizes: Vec<u32>,
        n_vocabulary: usize,
    ) -> TwoWordIndex {
        let mut entries: Vec<(u32, Entry)> = names
            .par_iter()
            .enumerate()
            .with_min_len(1024)
            .flat_map_iter(|(at, name)| {
                let items: Vec<Item> = profile.index_items(*name).collect();
                let entry = |first: Item, second: u32, second_part: u32| Entry {
                    second,
                    name: (at as u32) << 2 | (first.1 as u32) << 1 | second_part,
                };
                let mut out = Vec::new();
                if let [only] = items[..] {
                    out.push((only.0, entry(only, NONE, 0)));
                }
                for (i, first) in items.iter().enumerate() {
                    let others = items.iter().enumerate().filter(|(j, _)| *j != i);
                    out.extend(
                        others.map(|(_, other)| (first.0, entry(*first, other.0, other.1 as u32))),
                    );
                }
                out
            })
            .collect();
        entries.par_sort_unstable();
        entries.dedup();
        let mut index = TwoWordIndex {
            words: Vec::new(),
            slot: None,
            rows: Csr::default(),
            loose: Csr::default(),
            sizes,
            n_records: Vec::new(),
        };
        let mut loose = Vec::new();
        for run in entries.chunk_by(|a, b| a.0 == b.0) {
            index.words.push(run[0].0);
            index.rows.push_row(run.iter().map(|e| e.1));
            let positions = || run.iter().map(|e| e.1.at());
            loose.clear();
            loose.extend(positions().filter(|at| profile.is_loose(names[*at as usize])));
            loose.sort_unstable();
            loose.dedup();
            let size = |at: u32| u64::from(index.sizes[at as usize]);
            let n_records = (
                positions().map(size).sum(),
                loose.iter().map(|at| size(*at)).sum(),
            );
            index.n_records.push(n_records);
            index.loose.push_row(loose.iter().copied());
        }
        index.slot = (names.len() >= DENSE_FROM).then(|| {
            let mut slot = vec![NONE; n_vocabulary];
            for (at, word) in index.words.iter().enumerate() {
                slot[*word as usize] = at as u32;
            }
            slot
        });
        index
    }

    /// For each of the index's words the records that a look-up beginning with it goes through: for a second word, where
    /// a name counts as often as it has other words, and for loose names.
    pub(super) fn n_records_near(&self, profile: &NameProfile) -> RecordsNear {
        let near = |word: &u32| {
            let near = profile.neighbours().agreements_of(*word);
            let rows = near.filter_map(|(other, _)| self.row_of(other));
            rows.map(|row| self.n_records[row as usize])
                .fold((0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
        };
        RecordsNear(self.words.par_iter().with_min_len(256).map(near).collect())
    }

    fn row_of(&self, word: u32) -> Option<u32> {
        match &self.slot {
            Some(slot) => Some(slot[word as usize]).filter(|row| *row != NONE),
            None => self.words.binary_search(&word).ok().map(|row| row as u32),
        }
    }
}

impl Seek<'_> {
    /// Whether a name can be part of a pair at all.
    pub(super) fn may_pair(&self, name: u32) -> bool {
        self.floor.is_none_or(|floor| floor.may_be_met_by(name))
    }

    /// Every look-up by which names similar to `name` are found, pushed to `out`: for two words, for each two of its
    /// own, or, when `all_match`, for one two of them, since each of its words finds a partner; and for loose names,
    /// under each of its words.
    ///
    /// Look-ups that the floor rules out are left out; `skipped` is told the word each would begin with, and
    /// whether it was for loose names.
    pub(super) fn look_ups(
        &self,
        name: u32,
        by: u32,
        all_match: bool,
        out: &mut Vec<LookUp>,
        mut skipped: impl FnMut(u32, bool),
    ) {
        let profile = self.profile;
        let content = profile.content(name);
        let mut items: Vec<Item> = profile.index_items(name).collect();
        // The word that fewest share comes first.
        items.sort_by_key(|item| (profile.reach(item.0), *item));
        let n_pairs = if all_match { 1 } else { usize::MAX };
        let pairs = (0..items.len()).flat_map(|i| (i + 1..items.len()).map(move |j| (i, j)));
        for (i, j) in pairs.take(n_pairs) {
            let (first, second) = (items[i], items[j]);
            let mut rest = 0;
            if let Some(floor) = self.floor {
                let mut others = content.to_vec();
                for used in [first, second] {
                    if let Some(at) = others.iter().position(|item| *item == used) {
                        others.swap_remove(at);
                    }
                }
                rest = others.iter().map(|item| floor.best(*item)).sum();
                if floor.best(first) + floor.best(second) + rest < floor.needed {
                    skipped(first.0, false);
                    continue;
                }
            }
            out.push(LookUp {
                first: packed(first),
                second: packed(second),
                by,
                rest: rest as i32,
            });
        }
        for item in items {
            let mut rest = 0;
            if let Some(floor) = self.floor {
                rest = floor.with_initials(0, content.len());
                if floor.best(item) + rest < floor.needed {
                    skipped(item.0, true);
                    continue;
                }
            }
            out.push(LookUp {
                first: packed(item),
                second: NONE,
                by,
                rest: rest as i32,
            });
        }
    }

    /// The rows of an index whose word matches `first`.
    pub(super) fn edges(&self, index: &TwoWordIndex, first: Item, out: &mut Vec<Edge>) {
        out.clear();
        for (word, by) in self.profile.neighbours().agreements_of(first.0) {
            if let Some(row) = index.row_of(word) {
                let carries = self.floor.map_or([0, 0], |floor| {
                    PARTS.map(|part| floor.carries(first, (word, part), by))
                });
                out.push(Edge { row, carries });
            }
        }
    }

    /// Calls `found` with the positions of names that match both words of a look-up, or one and are loose; not each of
    /// them is similar, and one may be told twice. With `all`, a look-up for loose names finds the others too.
    ///
    /// Returns how many records the floor left out, an upper bound.
    pub(super) fn find(
        &self,
        index: &TwoWordIndex,
        look_up: &LookUp,
        edges: &[Edge],
        all: bool,
        mut found: impl FnMut(u32),
    ) -> u64 {
        let mut n_skipped = 0;
        let rest = i64::from(look_up.rest);
        for edge in edges {
            if let Some(floor) = self.floor {
                let second = match look_up.second {
                    NONE => 0,
                    second => floor.best(unpacked(second)),
                };
                let most = edge.carries[0].max(edge.carries[1]);
                if most + second + rest < floor.needed {
                    let (two, loose) = index.n_records[edge.row as usize];
                    n_skipped += if look_up.is_for_loose() && !all {
                        loose
                    } else {
                        two
                    };
                    continue;
                }
            }
            let entries = index.rows.row(edge.row as usize);
            if look_up.second != NONE {
                n_skipped += self.with_second(index, look_up, edge, entries, &mut found);
            } else if all {
                entries.iter().for_each(|entry| found(entry.at()));
            } else {
                let loose = index.loose.row(edge.row as usize);
                loose.iter().for_each(|at| found(*at));
            }
        }
        n_skipped
    }

    /// The entries of a row whose second word matches that of the look-up.
    fn with_second(
        &self,
        index: &TwoWordIndex,
        look_up: &LookUp,
        edge: &Edge,
        entries: &[Entry],
        found: &mut impl FnMut(u32),
    ) -> u64 {
        let (first, second) = (look_up.first(), unpacked(look_up.second));
        let neighbours = self.profile.neighbours();
        let mut n_skipped = 0;
        let mut look = |entry: Entry, by: Agreement| {
            if let Some(floor) = self.floor {
                let one = edge.carries[entry.first_part()];
                let other = (entry.second, PARTS[entry.second_part()]);
                let two = floor.carries(second, other, by);
                // Other tokens are worth something each, so without any the two are all that matches.
                let apart = look_up.rest == 0
                    && first.1 != second.1
                    && entry.first_part() != entry.second_part();
                if floor.both(one, two, apart) + i64::from(look_up.rest) < floor.needed {
                    n_skipped += u64::from(index.sizes[entry.at() as usize]);
                    return;
                }
            }
            found(entry.at());
        };
        let n_near = neighbours.of(second.0).len() + 1;
        if entries.len() <= 16 + n_near * entries.len().ilog2() as usize {
            for entry in entries.iter().filter(|e| e.second != NONE) {
                if let Some(by) = neighbours.agreement(second.0, entry.second) {
                    look(*entry, by);
                }
            }
        } else {
            for (word, by) in neighbours.agreements_of(second.0) {
                let from = entries.partition_point(|e| e.second < word);
                let run = entries[from..].iter().take_while(|e| e.second == word);
                run.for_each(|entry| look(*entry, by));
            }
        }
        n_skipped
    }
}
