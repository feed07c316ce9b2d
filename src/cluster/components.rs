//! Connected components over the pairs that suggest a merge and the pairs people declared the same.
//!
//! Leaves to others what happens inside a component.

use super::constraints::Decisions;
use crate::model::{Csr, NONE, RecordIdx, ScoredPair};

/// Records connected by pairs that suggest a merge.
#[derive(Debug, Clone)]
pub(super) struct Component {
    /// The records, ascending; two or more.
    pub(super) members: Vec<RecordIdx>,
    /// Positions of all given pairs with both ends inside, whatever their verdict; in no particular order.
    pub(super) pairs: Vec<u32>,
    /// Always-pairs inside, ascending.
    pub(super) must: Vec<(RecordIdx, RecordIdx)>,
    /// Never-pairs inside, ascending.
    pub(super) cannot: Vec<(RecordIdx, RecordIdx)>,
}

/// Disjoint groups of positions, each named by its smallest.
#[derive(Debug, Clone)]
pub(super) struct Groups {
    parent: Vec<u32>,
}

impl Groups {
    /// `n` groups of one.
    pub(super) fn new(n: usize) -> Groups {
        Groups {
            parent: (0..n as u32).collect(),
        }
    }

    /// The smallest position of the group of `i`.
    pub(super) fn first(&mut self, i: usize) -> usize {
        let mut at = i as u32;
        while self.parent[at as usize] != at {
            let up = self.parent[self.parent[at as usize] as usize];
            self.parent[at as usize] = up;
            at = up;
        }
        at as usize
    }

    /// Joins two groups; true when they were apart.
    pub(super) fn join(&mut self, a: usize, b: usize) -> bool {
        let (a, b) = (self.first(a), self.first(b));
        // The smaller becomes the name: with path halving that costs a logarithm at most.
        self.parent[a.max(b)] = a.min(b) as u32;
        a != b
    }

    /// A dense number for the group of each position, numbered by first position, and how many there are.
    pub(super) fn numbers(&mut self) -> (Vec<usize>, usize) {
        let mut number = vec![0; self.parent.len()];
        let mut n = 0;
        for i in 0..self.parent.len() {
            let first = self.first(i);
            if first == i {
                number[i] = n;
                n += 1;
            } else {
                number[i] = number[first];
            }
        }
        (number, n)
    }
}

/// The components of two or more records, by first member. Pairs a person declared different connect nothing.
pub(super) fn components(pairs: &[ScoredPair], decisions: &Decisions) -> Vec<Component> {
    let n_records = pairs
        .iter()
        .map(|p| p.pair.right)
        .chain(decisions.must.iter().map(|d| d.1))
        .max()
        .map_or(0, |r| r.at() + 1);
    let mut groups = Groups::new(n_records);
    let mut touched = vec![false; n_records];
    let ends = pairs
        .iter()
        .filter(|p| p.verdict.suggests_merge() && !decisions.forbids(p.pair.left, p.pair.right))
        .map(|p| (p.pair.left, p.pair.right))
        .chain(decisions.must.iter().copied());
    for (left, right) in ends {
        groups.join(left.at(), right.at());
        touched[left.at()] = true;
        touched[right.at()] = true;
    }

    // Number of each record's component, by first member.
    let mut component = vec![NONE; n_records];
    let mut out: Vec<Component> = Vec::new();
    for record in (0..n_records).filter(|&r| touched[r]) {
        let first = groups.first(record);
        if first == record {
            component[record] = out.len() as u32;
            out.push(Component {
                members: Vec::new(),
                pairs: Vec::new(),
                must: Vec::new(),
                cannot: Vec::new(),
            });
        }
        component[record] = component[first];
        out[component[first] as usize]
            .members
            .push(RecordIdx(record as u32));
    }
    let of_pair: Vec<u32> = pairs
        .iter()
        .map(|p| {
            let (left, right) = (component[p.pair.left.at()], component[p.pair.right.at()]);
            if left == right { left } else { NONE }
        })
        .collect();
    let inner = Csr::group(&of_pair, out.len());
    for (i, found) in out.iter_mut().enumerate() {
        found.pairs = inner.row(i).to_vec();
    }
    for &(a, b) in &decisions.must {
        out[component[a.at()] as usize].must.push((a, b));
    }
    for &(a, b) in &decisions.never {
        let of = |r: RecordIdx| component.get(r.at()).copied().unwrap_or(NONE);
        if of(a) != NONE && of(a) == of(b) {
            out[of(a) as usize].cannot.push((a, b));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_are_named_and_numbered_by_their_first_position() {
        let mut groups = Groups::new(6);
        assert!(groups.join(5, 3));
        assert!(groups.join(4, 1));
        assert!(groups.join(3, 4));
        assert!(!groups.join(5, 1));
        assert_eq!(groups.first(5), 1);
        assert_eq!(groups.numbers(), (vec![0, 1, 2, 1, 1, 1], 3));
    }
}
