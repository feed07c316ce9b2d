//! Texts of one length and one common prefix as a tree over their character counts.
//!
//! All texts below a node agree in the counts of the first `depth` dimensions. Two nodes of one depth thus differ, in each
//! of these dimensions, by a known number of characters: the surplus of the left side and that of the right side add up
//! on the way down. A text with `la` characters that has `needed` in common with another has at most `la - needed` that
//! the other lacks, so a pair of nodes whose left surplus passes that (or right surplus, likewise) holds no pair. Counts
//! of several characters may share a dimension; surpluses then are too small, which keeps pairs, never loses them.
//! A leaf keeps the least and greatest count of each dimension, which bounds its surpluses in the same way.

use super::bags::{Bags, Counts, DIMS};
use super::counts::Signatures;
use std::ops::Range;

/// Texts in a leaf.
const LEAF: usize = 16;
/// Groups up to this size have no trees; their texts are checked pair by pair.
const SMALL: usize = 64;

/// A node: a range of positions, and its children or its box.
#[derive(Debug, Clone, Copy)]
pub(super) struct Node {
    /// First position.
    pub(super) begin: u32,
    /// Behind the last position.
    pub(super) end: u32,
    /// First child, or number of the box of a leaf.
    pub(super) child: u32,
    /// 0 for a leaf.
    pub(super) n_children: u16,
    /// Count in the dimension its parent splits on.
    pub(super) value: u8,
}

impl Node {
    pub(super) fn size(&self) -> usize {
        (self.end - self.begin) as usize
    }
}

/// Least and greatest counts in a leaf.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    pub(super) least: Counts,
    pub(super) most: Counts,
}

/// The trees of one group: texts that begin with the same characters.
pub(super) struct Group {
    /// The characters, packed.
    pub(super) key: u64,
    /// Positions of the group.
    pub(super) begin: u32,
    pub(super) end: u32,
    pub(super) nodes: Vec<Node>,
    pub(super) boxes: Vec<Bounds>,
    /// Root node and number of the length, by ascending length; empty for a small group.
    pub(super) roots: Vec<(u32, u16)>,
}

/// One side of a level: texts with at least `level` characters in the order of (first characters, length, counts).
pub(super) struct Shelf {
    pub(super) groups: Vec<Group>,
    /// Position to text.
    pub(super) text: Vec<u32>,
    pub(super) low: Vec<u64>,
    pub(super) high: Vec<u64>,
    pub(super) overflow: Vec<u16>,
    /// Number of the length of each position.
    pub(super) len_idx: Vec<u16>,
    pub(super) prefix: Vec<u64>,
    codes: Vec<u16>,
    ends: Vec<u32>,
}

impl Shelf {
    /// Codes of the text at a position.
    #[inline]
    pub(super) fn codes(&self, at: usize) -> &[u16] {
        let start = if at == 0 {
            0
        } else {
            self.ends[at - 1] as usize
        };
        &self.codes[start..self.ends[at] as usize]
    }

    /// Signatures of the texts at some positions.
    #[inline]
    pub(super) fn signatures(&self, range: Range<usize>) -> Signatures<'_> {
        Signatures {
            low: &self.low[range.clone()],
            high: &self.high[range],
        }
    }

    /// Puts a side on the shelf. `lens`: the distinct lengths, ascending.
    pub(super) fn new(bags: &Bags, level: usize, lens: &[u32]) -> Shelf {
        use rayon::prelude::*;
        let key_of = |prefix: u64| match level {
            0 => 0,
            l => prefix & (u64::MAX >> (64 - 16 * l)),
        };
        let mut order: Vec<(u64, u16, u32)> = (0..bags.len() as u32)
            .into_par_iter()
            .filter_map(|i| {
                let len = bags.codes(i as usize).len();
                (len >= level).then(|| {
                    let at = lens
                        .binary_search(&(len as u32))
                        .expect("the lengths of all texts are known");
                    (key_of(bags.prefix(i as usize)), at as u16, i)
                })
            })
            .collect();
        order.par_sort_unstable_by(|a, b| {
            (a.0, a.1)
                .cmp(&(b.0, b.1))
                .then_with(|| bags.counts[a.2 as usize].cmp(&bags.counts[b.2 as usize]))
                .then(a.2.cmp(&b.2))
        });
        let mut begin = 0;
        let ranges: Vec<(usize, usize)> = order
            .chunk_by(|a, b| a.0 == b.0)
            .map(|run| {
                begin += run.len();
                (begin - run.len(), begin)
            })
            .collect();
        let groups = ranges
            .into_par_iter()
            .map(|(begin, end)| group(&order, begin, end, &bags.counts))
            .collect();
        let mut shelf = Shelf {
            groups,
            text: order.iter().map(|o| o.2).collect(),
            low: order
                .iter()
                .map(|o| bags.signature[o.2 as usize][0])
                .collect(),
            high: order
                .iter()
                .map(|o| bags.signature[o.2 as usize][1])
                .collect(),
            overflow: order.iter().map(|o| bags.overflow[o.2 as usize]).collect(),
            len_idx: order.iter().map(|o| o.1).collect(),
            prefix: order.iter().map(|o| bags.prefix(o.2 as usize)).collect(),
            codes: Vec::new(),
            ends: Vec::with_capacity(order.len()),
        };
        for (_, _, i) in &order {
            shelf.codes.extend_from_slice(bags.codes(*i as usize));
            shelf.ends.push(shelf.codes.len() as u32);
        }
        shelf
    }
}

fn group(order: &[(u64, u16, u32)], begin: usize, end: usize, counts: &[Counts]) -> Group {
    let mut group = Group {
        key: order[begin].0,
        begin: begin as u32,
        end: end as u32,
        nodes: Vec::new(),
        boxes: Vec::new(),
        roots: Vec::new(),
    };
    if end - begin <= SMALL {
        return group;
    }
    let mut at = begin;
    for run in order[begin..end].chunk_by(|a, b| a.1 == b.1) {
        let root = group.nodes.len() as u32;
        group.nodes.push(Node {
            begin: at as u32,
            end: (at + run.len()) as u32,
            child: 0,
            n_children: 0,
            value: 0,
        });
        group.roots.push((root, run[0].1));
        grow(&mut group, root as usize, 0, order, counts);
        at += run.len();
    }
    group
}

fn grow(
    group: &mut Group,
    node: usize,
    depth: usize,
    order: &[(u64, u16, u32)],
    counts: &[Counts],
) {
    let Node { begin, end, .. } = group.nodes[node];
    let texts = &order[begin as usize..end as usize];
    let of = |o: &(u64, u16, u32)| &counts[o.2 as usize];
    if texts.len() <= LEAF || depth == DIMS {
        let mut bounds = Bounds {
            least: *of(&texts[0]),
            most: *of(&texts[0]),
        };
        for text in &texts[1..] {
            for (dim, count) in of(text).iter().enumerate() {
                bounds.least[dim] = bounds.least[dim].min(*count);
                bounds.most[dim] = bounds.most[dim].max(*count);
            }
        }
        group.nodes[node].child = group.boxes.len() as u32;
        group.boxes.push(bounds);
        return;
    }
    let first = group.nodes.len();
    let mut at = begin;
    for run in texts.chunk_by(|a, b| of(a)[depth] == of(b)[depth]) {
        group.nodes.push(Node {
            begin: at,
            end: at + run.len() as u32,
            child: 0,
            n_children: 0,
            value: of(&run[0])[depth],
        });
        at += run.len() as u32;
    }
    let n_children = group.nodes.len() - first;
    group.nodes[node].child = first as u32;
    group.nodes[node].n_children = n_children as u16;
    for child in first..first + n_children {
        grow(group, child, depth + 1, order, counts);
    }
}
