//! What people decided, made consistent: which always-pairs can be honoured beside the never-pairs.
//!
//! Never wins, because a merge in the CRM is hard to undo while a pair left apart can be merged tomorrow.

use crate::model::RecordIdx;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Decisions that cannot all hold: two records declared different, and a chain of "same" between them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contradiction {
    /// The records declared different, the smaller first.
    pub never: (RecordIdx, RecordIdx),
    /// A shortest chain of always-pairs from the first to the second, both ends included; of several, the one that
    /// goes through the smallest records.
    pub path: Vec<RecordIdx>,
}

/// Decisions in canonical form.
#[derive(Debug, Clone)]
pub(super) struct Decisions {
    /// Always-pairs that are honoured, smaller end first, ascending.
    pub(super) must: Vec<(RecordIdx, RecordIdx)>,
    /// Never-pairs, smaller end first, ascending.
    pub(super) never: Vec<(RecordIdx, RecordIdx)>,
    /// By never-pair.
    pub(super) contradictions: Vec<Contradiction>,
    /// Records on the path of a contradiction.
    troubled: BTreeSet<RecordIdx>,
}

impl Decisions {
    /// Sorts the decisions out. Always-pairs are taken in ascending order, each unless it would bring two records
    /// together that were declared different. A record paired with itself says nothing.
    pub(super) fn new(
        always: &[(RecordIdx, RecordIdx)],
        never: &[(RecordIdx, RecordIdx)],
    ) -> Decisions {
        let always = canonical(always);
        let never = canonical(never);
        let mut sides = Sides::new(&never);
        let must = always
            .iter()
            .copied()
            .filter(|&(a, b)| sides.join(a, b))
            .collect();

        let mut next: BTreeMap<RecordIdx, Vec<RecordIdx>> = BTreeMap::new();
        for &(a, b) in &always {
            next.entry(a).or_default().push(b);
            next.entry(b).or_default().push(a);
        }
        for ends in next.values_mut() {
            ends.sort_unstable();
        }
        let contradictions: Vec<Contradiction> = never
            .iter()
            .filter_map(|&(a, b)| {
                shortest_path(&next, a, b).map(|path| Contradiction {
                    never: (a, b),
                    path,
                })
            })
            .collect();
        let troubled = contradictions
            .iter()
            .flat_map(|c| c.path.iter().copied())
            .collect();
        Decisions {
            must,
            never,
            contradictions,
            troubled,
        }
    }

    /// True when a person declared the two different; `left < right`.
    pub(super) fn forbids(&self, left: RecordIdx, right: RecordIdx) -> bool {
        !self.never.is_empty() && self.never.binary_search(&(left, right)).is_ok()
    }

    /// True when the record is part of a contradiction.
    pub(super) fn is_troubled(&self, record: RecordIdx) -> bool {
        self.troubled.contains(&record)
    }
}

/// Distinct pairs, smaller end first, ascending.
fn canonical(pairs: &[(RecordIdx, RecordIdx)]) -> Vec<(RecordIdx, RecordIdx)> {
    pairs
        .iter()
        .filter(|(a, b)| a != b)
        .map(|&(a, b)| (a.min(b), a.max(b)))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect()
}

/// Breadth first, neighbours ascending.
fn shortest_path(
    next: &BTreeMap<RecordIdx, Vec<RecordIdx>>,
    from: RecordIdx,
    to: RecordIdx,
) -> Option<Vec<RecordIdx>> {
    let mut came_from = BTreeMap::from([(from, from)]);
    let mut queue = VecDeque::from([from]);
    while let Some(at) = queue.pop_front() {
        if at == to {
            let mut path = vec![to];
            while path[path.len() - 1] != from {
                path.push(came_from[&path[path.len() - 1]]);
            }
            path.reverse();
            return Some(path);
        }
        for &neighbour in next.get(&at).map_or(&[][..], Vec::as_slice) {
            came_from.entry(neighbour).or_insert_with(|| {
                queue.push_back(neighbour);
                at
            });
        }
    }
    None
}

/// Groups of records that refuse to join two records declared different.
#[derive(Debug)]
struct Sides {
    parent: BTreeMap<RecordIdx, RecordIdx>,
    /// For each group, by name: records that must stay outside it.
    outside: BTreeMap<RecordIdx, Vec<RecordIdx>>,
}

impl Sides {
    /// Everything apart; `never` are the pairs that stay so.
    fn new(never: &[(RecordIdx, RecordIdx)]) -> Sides {
        let mut outside: BTreeMap<RecordIdx, Vec<RecordIdx>> = BTreeMap::new();
        for &(a, b) in never {
            outside.entry(a).or_default().push(b);
            outside.entry(b).or_default().push(a);
        }
        Sides {
            parent: BTreeMap::new(),
            outside,
        }
    }

    fn name(&mut self, of: RecordIdx) -> RecordIdx {
        let mut at = of;
        while let Some(&up) = self.parent.get(&at) {
            if let Some(&above) = self.parent.get(&up) {
                self.parent.insert(at, above);
            }
            at = up;
        }
        at
    }

    /// Joins the groups of two records; false when that would bring together what must stay apart.
    fn join(&mut self, a: RecordIdx, b: RecordIdx) -> bool {
        let (a, b) = (self.name(a), self.name(b));
        if a == b {
            return true;
        }
        // Every constraint is listed on both sides, so the shorter list tells.
        let len = |s: &Self, x: &RecordIdx| s.outside.get(x).map_or(0, Vec::len);
        let (short, long) = if len(self, &a) <= len(self, &b) {
            (a, b)
        } else {
            (b, a)
        };
        let moved = self.outside.get(&short).cloned().unwrap_or_default();
        if moved.iter().any(|&x| self.name(x) == long) {
            return false;
        }
        self.outside.remove(&short);
        self.outside.entry(long).or_default().extend(moved);
        self.parent.insert(short, long);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(of: &[(u32, u32)]) -> Vec<(RecordIdx, RecordIdx)> {
        of.iter()
            .map(|&(a, b)| (RecordIdx(a), RecordIdx(b)))
            .collect()
    }

    #[test]
    fn never_wins_and_the_chain_is_told() {
        let decisions = Decisions::new(
            &pairs(&[(1, 2), (4, 3), (2, 3), (1, 9), (9, 8), (8, 4), (7, 7)]),
            &pairs(&[(4, 1), (5, 6)]),
        );
        assert_eq!(
            decisions.contradictions,
            [Contradiction {
                never: (RecordIdx(1), RecordIdx(4)),
                path: [1, 2, 3, 4].map(RecordIdx).to_vec(),
            }]
        );
        // (3, 4) comes after (1, 2) and (2, 3) and would close the chain; so would (8, 9) after (4, 8) and (1, 9).
        assert_eq!(decisions.must, pairs(&[(1, 2), (1, 9), (2, 3), (4, 8)]));
        assert!(decisions.is_troubled(RecordIdx(2)));
        assert!(!decisions.is_troubled(RecordIdx(9)));
        assert!(decisions.forbids(RecordIdx(5), RecordIdx(6)));
    }

    #[test]
    fn consistent_decisions_are_all_kept() {
        let decisions = Decisions::new(&pairs(&[(3, 1), (1, 3), (5, 6)]), &pairs(&[(1, 5)]));
        assert_eq!(decisions.must, pairs(&[(1, 3), (5, 6)]));
        assert!(decisions.contradictions.is_empty());
    }
}
