//! Value groups: records whose compared values are all equal, represented by their first record.
//!
//! A value held by c records costs one comparison with the rest of the file instead of c, and its own pairs are a star
//! to the first record instead of c(c-1)/2 rows.

use super::decided::Decided;
use crate::model::{Csr, Prepared, RecordIdx};
use rayon::prelude::*;
use rustc_hash::FxHasher;
use std::hash::{Hash, Hasher};

/// The records of a run grouped by equal values. Groups are numbered in the order of their first records.
#[derive(Debug, Clone)]
pub(super) struct ValueGroups {
    /// Members of each group, ascending; the first stands for the group.
    pub(super) members: Csr<u32>,
    firsts: Vec<RecordIdx>,
    /// Pairs of groups that are judged apart from their equals, as lineage and decided pairs are: both ways round,
    /// ascending. Each such group has one member.
    special: Vec<(u32, u32)>,
}

impl ValueGroups {
    /// Groups the records. Records with lineage or a decided pair stand alone: their pairs differ from those of their
    /// equals.
    pub(super) fn new(prepared: &Prepared, decided: &Decided) -> ValueGroups {
        let mut alone = vec![false; prepared.n_records()];
        let special = || {
            let lists = [
                prepared.lineage.as_slice(),
                decided.always(),
                decided.never(),
            ];
            lists.into_iter().flatten()
        };
        for (a, b) in special() {
            alone[a.at()] = true;
            alone[b.at()] = true;
        }
        let mut keyed: Vec<(u64, u32)> = (0..prepared.n_records() as u32)
            .into_par_iter()
            .map(|i| {
                let mut hasher = FxHasher::default();
                hash_values(prepared, i as usize, &mut hasher);
                if alone[i as usize] {
                    i.hash(&mut hasher);
                }
                (hasher.finish(), i)
            })
            .collect();
        keyed.par_sort_unstable();
        // Within equal hashes, compare the values themselves: a collision must not merge two people.
        let mut grouped: Vec<(u32, u32)> = Vec::with_capacity(keyed.len());
        let mut firsts_of_run: Vec<u32> = Vec::new();
        for run in keyed.chunk_by(|a, b| a.0 == b.0) {
            firsts_of_run.clear();
            for &(_, record) in run {
                let found = firsts_of_run.iter().copied().find(|first| {
                    !alone[record as usize]
                        && !alone[*first as usize]
                        && same_values(prepared, *first as usize, record as usize)
                });
                if found.is_none() {
                    firsts_of_run.push(record);
                }
                grouped.push((found.unwrap_or(record), record));
            }
        }
        drop(keyed);
        grouped.par_sort_unstable();
        let mut members = Csr::default();
        let mut firsts = Vec::new();
        for group in grouped.chunk_by(|a, b| a.0 == b.0) {
            firsts.push(RecordIdx(group[0].0));
            members.push_row(group.iter().map(|g| g.1));
        }
        let mut groups = ValueGroups {
            members,
            firsts,
            special: Vec::new(),
        };
        let mut pairs: Vec<(u32, u32)> = special()
            .map(|(a, b)| (groups.group_led_by(*a), groups.group_led_by(*b)))
            .flat_map(|(a, b)| [(a, b), (b, a)])
            .collect();
        pairs.sort_unstable();
        pairs.dedup();
        groups.special = pairs;
        groups
    }

    /// The group whose first record this is; panics when it leads none.
    pub(super) fn group_led_by(&self, record: RecordIdx) -> u32 {
        let found = self.firsts.binary_search(&record);
        found.expect("decided and lineage records stand alone") as u32
    }

    /// The groups that a group makes a special pair with, ascending.
    pub(super) fn special_with(&self, group: u32) -> impl Iterator<Item = u32> {
        let start = self.special.partition_point(|(a, _)| *a < group);
        let rest = self.special[start..].iter();
        rest.take_while(move |(a, _)| *a == group).map(|(_, b)| *b)
    }

    /// True when the two groups are judged apart from their equals.
    pub(super) fn is_special(&self, a: u32, b: u32) -> bool {
        !self.special.is_empty() && self.special.binary_search(&(a, b)).is_ok()
    }

    /// The groups for which `keep` is true, numbered anew.
    pub(super) fn only(&self, keep: impl Fn(u32) -> bool) -> ValueGroups {
        let mut members = Csr::default();
        let mut number = vec![None; self.len()];
        let mut firsts = Vec::new();
        for (group, row) in self.members.rows().enumerate() {
            if keep(group as u32) {
                number[group] = Some(firsts.len() as u32);
                firsts.push(self.firsts[group]);
                members.push_row(row.iter().copied());
            }
        }
        let special = self
            .special
            .iter()
            .filter_map(|(a, b)| number[*a as usize].zip(number[*b as usize]))
            .collect();
        ValueGroups {
            members,
            firsts,
            special,
        }
    }

    /// Number of groups.
    pub(super) fn len(&self) -> usize {
        self.members.n_rows()
    }

    /// The record that stands for a group.
    #[inline]
    pub(super) fn first(&self, group: u32) -> RecordIdx {
        self.firsts[group as usize]
    }
}

fn columns(p: &Prepared) -> [&[u32]; 10] {
    [
        &p.name,
        &p.company,
        &p.website,
        &p.city,
        &p.postcode,
        &p.country,
        &p.street,
        &p.title,
        &p.birth_date,
        &p.government_id,
    ]
}

fn hash_values(p: &Prepared, i: usize, hasher: &mut FxHasher) {
    (p.record_type[i], p.activity[i], p.candidacy[i]).hash(hasher);
    for column in columns(p) {
        column[i].hash(hasher);
    }
    p.emails.row(i).hash(hasher);
    p.phones.row(i).hash(hasher);
    for text in &p.texts {
        text.column[i].hash(hasher);
    }
}

fn same_values(p: &Prepared, a: usize, b: usize) -> bool {
    (p.record_type[a], p.activity[a], p.candidacy[a])
        == (p.record_type[b], p.activity[b], p.candidacy[b])
        && columns(p).iter().all(|c| c[a] == c[b])
        && p.emails.row(a) == p.emails.row(b)
        && p.phones.row(a) == p.phones.row(b)
        && p.texts.iter().all(|t| t.column[a] == t.column[b])
}
