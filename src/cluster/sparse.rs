//! Correlation clustering of components too large to score every pair: only the pairs given count.
//!
//! Greedy additive edge contraction over a heap, then moves of single nodes, in turns until neither gains.

use super::Known;
use super::components::Groups;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// Rounds of moving and contracting at most. One or two settle the components seen; the bound keeps the cost near
/// linear for any.
const MOST_ROUNDS: usize = 8;

/// What is known between two parts.
#[derive(Debug, Clone, Copy, Default)]
struct Between {
    weight: i64,
    forbidden: bool,
}

impl Between {
    fn add(&mut self, other: Between) {
        self.weight += other.weight;
        self.forbidden |= other.forbidden;
    }
}

/// Parts and what is known between them; a part goes by one of its nodes.
#[derive(Debug)]
struct Contraction {
    /// Part of each node, through any number of steps.
    joined_into: Vec<u32>,
    next: Vec<BTreeMap<u32, Between>>,
}

/// A good partition of the nodes 0 to `n - 1`: parts by first node, each ascending.
///
/// Always-pairs (`must`) are joined first, then the stars of value groups, whose records are equal in all that is
/// compared, then by weight. `cannot` pairs are kept apart. Every part is connected by pairs that pull.
/// Cost: m log² m for m pairs.
pub(super) fn partition(n: usize, known: &[Known], cannot: &[(u32, u32)]) -> Vec<Vec<u32>> {
    let mut contraction = Contraction::new(n, known, cannot);
    for pair in known.iter().filter(|k| k.must) {
        let joined = contraction.join(pair.left, pair.right, &mut BinaryHeap::new());
        assert!(joined, "honoured decisions do not contradict");
    }
    for pair in known.iter().filter(|k| k.implied > 1 && k.weight() > 0) {
        contraction.join(pair.left, pair.right, &mut BinaryHeap::new());
    }
    // What must stay together moves together.
    let mut fixed = Groups::new(n);
    for pair in known.iter().filter(|k| k.must) {
        fixed.join(pair.left as usize, pair.right as usize);
    }
    let (unit, n_units) = fixed.numbers();
    let mut units = UnitGraph::new(n_units, &unit, known, cannot);

    contraction.contract();
    let mut labels = vec![0_u32; n_units];
    for node in 0..n as u32 {
        labels[unit[node as usize]] = contraction.part(node);
    }
    units.name_by_first(&mut labels);
    for _ in 0..MOST_ROUNDS {
        let moved = units.move_units(&mut labels);
        let merged = moved && units.merge_parts(&mut labels);
        if !merged {
            break;
        }
    }

    // A part that lost the node in its middle falls into pieces.
    let mut pieces = Groups::new(n);
    for pair in known.iter().filter(|k| k.pulls()) {
        let (a, b) = (pair.left as usize, pair.right as usize);
        if labels[unit[a]] == labels[unit[b]] {
            pieces.join(a, b);
        }
    }
    let (piece, n_pieces) = pieces.numbers();
    let mut parts = vec![Vec::new(); n_pieces];
    for (node, &of) in piece.iter().enumerate() {
        parts[of].push(node as u32);
    }
    parts
}

/// A possible contraction: heaviest first, then by the smaller names. Stale when the weight has changed since.
type Offer = (i64, Reverse<u32>, Reverse<u32>);

impl Contraction {
    fn empty(n: usize) -> Contraction {
        Contraction {
            joined_into: (0..n as u32).collect(),
            next: vec![BTreeMap::new(); n],
        }
    }

    fn new(n: usize, known: &[Known], cannot: &[(u32, u32)]) -> Contraction {
        let mut out = Contraction::empty(n);
        for pair in known {
            out.add(pair.left, pair.right, pair.weight(), false);
        }
        for &(a, b) in cannot {
            out.add(a, b, 0, true);
        }
        out
    }

    fn add(&mut self, a: u32, b: u32, weight: i64, forbidden: bool) {
        let known = Between { weight, forbidden };
        self.next[a as usize].entry(b).or_default().add(known);
        self.next[b as usize].entry(a).or_default().add(known);
    }

    fn part(&mut self, node: u32) -> u32 {
        let mut at = node;
        while self.joined_into[at as usize] != at {
            let up = self.joined_into[self.joined_into[at as usize] as usize];
            self.joined_into[at as usize] = up;
            at = up;
        }
        at
    }

    /// Joins the parts of two nodes, and offers what that changed. False when they must stay apart.
    fn join(&mut self, a: u32, b: u32, offers: &mut BinaryHeap<Offer>) -> bool {
        let (a, b) = (self.part(a), self.part(b));
        if a == b {
            return true;
        }
        if self.next[a as usize].get(&b).is_some_and(|k| k.forbidden) {
            return false;
        }
        // The part with fewer neighbours is the one rewritten, so that a star costs a step a leaf.
        let size = |x: u32| self.next[x as usize].len();
        let (into, from) = if (size(a), Reverse(a)) >= (size(b), Reverse(b)) {
            (a, b)
        } else {
            (b, a)
        };
        self.joined_into[from as usize] = into;
        for (other, known) in std::mem::take(&mut self.next[from as usize]) {
            self.next[other as usize].remove(&from);
            if other == into {
                continue;
            }
            let sum = self.next[into as usize].entry(other).or_default();
            sum.add(known);
            let sum = *sum;
            self.next[other as usize].insert(into, sum);
            offer(into, other, sum, offers);
        }
        true
    }

    /// Joins the two parts with the largest positive weight between them until there are none. True when any was.
    fn contract(&mut self) -> bool {
        let mut offers = BinaryHeap::new();
        for (a, next) in self.next.iter().enumerate() {
            for (&b, &known) in next.range(a as u32 + 1..) {
                offer(a as u32, b, known, &mut offers);
            }
        }
        let mut any = false;
        while let Some((weight, Reverse(a), Reverse(b))) = offers.pop() {
            let current = self.next[a as usize].get(&b);
            if current.is_some_and(|k| k.weight == weight && !k.forbidden) {
                any |= self.join(a, b, &mut offers);
            }
        }
        any
    }
}

fn offer(a: u32, b: u32, known: Between, offers: &mut BinaryHeap<Offer>) {
    if known.weight > 0 && !known.forbidden {
        offers.push((known.weight, Reverse(a.min(b)), Reverse(a.max(b))));
    }
}

/// The graph between units: single nodes, or nodes that must stay together.
#[derive(Debug)]
struct UnitGraph {
    next: Vec<Vec<(u32, Between)>>,
}

impl UnitGraph {
    fn new(n: usize, unit: &[usize], known: &[Known], cannot: &[(u32, u32)]) -> UnitGraph {
        let mut sums = Contraction::empty(n);
        let of = |node: u32| unit[node as usize] as u32;
        for pair in known.iter().filter(|k| of(k.left) != of(k.right)) {
            sums.add(of(pair.left), of(pair.right), pair.weight(), false);
        }
        for &(a, b) in cannot {
            sums.add(of(a), of(b), 0, true);
        }
        UnitGraph {
            next: sums
                .next
                .into_iter()
                .map(|next| next.into_iter().collect())
                .collect(),
        }
    }

    /// The same partition, each part labelled with its first unit.
    fn name_by_first(&mut self, labels: &mut [u32]) {
        let mut first: BTreeMap<u32, u32> = BTreeMap::new();
        for (unit, label) in labels.iter_mut().enumerate() {
            *label = *first.entry(*label).or_insert(unit as u32);
        }
    }

    /// Moves units to the neighbouring part that pulls them most, or out on their own. True when any was moved.
    fn move_units(&self, labels: &mut [u32]) -> bool {
        let n = labels.len();
        let mut size = vec![0_u32; n];
        for &label in labels.iter() {
            size[label as usize] += 1;
        }
        let mut free: Vec<u32> = (0..n as u32)
            .rev()
            .filter(|&l| size[l as usize] == 0)
            .collect();
        let mut any = false;
        for unit in 0..n {
            let mut pull: BTreeMap<u32, Between> = BTreeMap::new();
            for (other, known) in &self.next[unit] {
                pull.entry(labels[*other as usize]).or_default().add(*known);
            }
            let home = labels[unit];
            let mut best = (pull.get(&home).map_or(0, |k| k.weight), home);
            for (&label, known) in &pull {
                if known.weight > best.0 && !known.forbidden {
                    best = (known.weight, label);
                }
            }
            if best.0 < 0 {
                let alone = free.pop().expect("a part of several leaves a label free");
                best = (0, alone);
            }
            if best.1 != home {
                size[home as usize] -= 1;
                if size[home as usize] == 0 {
                    free.push(home);
                }
                size[best.1 as usize] += 1;
                labels[unit] = best.1;
                any = true;
            }
        }
        any
    }

    /// Contracts the parts themselves. True when any two were joined.
    fn merge_parts(&mut self, labels: &mut [u32]) -> bool {
        self.name_by_first(labels);
        let mut parts = Contraction::empty(labels.len());
        for (unit, next) in self.next.iter().enumerate() {
            for (other, known) in next.iter().filter(|(o, _)| *o as usize > unit) {
                let (a, b) = (labels[unit], labels[*other as usize]);
                if a != b {
                    parts.add(a, b, known.weight, known.forbidden);
                }
            }
        }
        let any = parts.contract();
        for label in labels.iter_mut() {
            *label = parts.part(*label);
        }
        self.name_by_first(labels);
        any
    }
}

#[cfg(test)]
mod tests {
    use super::super::Persons;
    use super::*;
    use crate::model::{RuleMask, Verdict};

    fn known(left: u32, right: u32, bits: i32, implied: u64) -> Known {
        Known {
            left,
            right,
            score_millibits: bits * 1000,
            verdict: if bits > 0 {
                Verdict::Auto
            } else {
                Verdict::Weak
            },
            rules: RuleMask::default(),
            implied,
            two_identities: false,
            persons: Persons::UNKNOWN,
            must: false,
        }
    }

    #[test]
    fn moves_mend_what_contraction_got_wrong() {
        // Contraction joins 0 and 1, then 2 and 3; but 1 is better off with those two.
        let pairs = [
            known(0, 1, 10, 1),
            known(0, 2, -20, 1),
            known(1, 2, 6, 1),
            known(1, 3, 6, 1),
            known(2, 3, 9, 1),
        ];
        assert_eq!(partition(4, &pairs, &[]), [vec![0], vec![1, 2, 3]]);
    }

    #[test]
    fn the_star_of_a_value_group_gives_way_to_a_decision() {
        let star = [known(0, 1, 15, 2), known(0, 2, 15, 2), known(0, 3, 15, 2)];
        assert_eq!(partition(4, &star, &[]), [vec![0, 1, 2, 3]]);
        assert_eq!(
            partition(4, &star, &[(1, 2)]),
            [vec![0, 1, 3], vec![2]],
            "the records left have nothing but the first to hold them"
        );
    }

    #[test]
    fn parts_join_once_a_move_has_freed_the_way() {
        // 0 stands between {1, 2} and {3, 4} until 5 and 6, once joined, pull it over.
        let pairs = [
            known(0, 1, 12, 1),
            known(0, 3, -13, 1),
            known(0, 5, 7, 1),
            known(0, 6, 7, 1),
            known(1, 2, 30, 1),
            known(1, 3, 10, 1),
            known(1, 5, -8, 1),
            known(1, 6, -8, 1),
            known(3, 4, 30, 1),
            known(5, 6, 5, 1),
        ];
        assert_eq!(partition(7, &pairs, &[]), [vec![0, 5, 6], vec![1, 2, 3, 4]]);
    }

    #[test]
    fn a_node_that_its_part_pushes_away_leaves_it() {
        // 0 came in with 1, whose pull towards 2 and 3 outweighed what speaks against 0.
        let pairs = [
            known(0, 1, 12, 1),
            known(0, 2, -7, 1),
            known(0, 3, -7, 1),
            known(1, 2, 10, 1),
            known(1, 3, 10, 1),
            known(2, 3, 11, 1),
        ];
        assert_eq!(partition(4, &pairs, &[]), [vec![0], vec![1, 2, 3]]);
    }

    #[test]
    fn a_part_that_lost_its_middle_falls_apart() {
        // 1 and 2 join over 0, which 3 to 6 then pull away; the pair of 1 and 2 weighs nothing.
        let mut pairs = vec![known(0, 1, 4, 1), known(0, 2, 3, 1), known(1, 2, 0, 1)];
        pairs.extend((3..7).map(|i| known(0, i, 3, 1)));
        pairs.extend((1..3).flat_map(|a| (3..7).map(move |b| known(a, b, -9, 1))));
        for a in 3..7 {
            pairs.extend((a + 1..7).map(|b| known(a, b, 2, 1)));
        }
        let parts = partition(7, &pairs, &[]);
        assert_eq!(parts, [vec![0, 3, 4, 5, 6], vec![1], vec![2]]);
    }
}
