//! What is said about a cluster: how its members hang together, and what a person should look at.

use super::Known;
use super::components::Groups;
use super::constraints::Decisions;
use crate::model::{Cluster, ClusterFlag, Link, MILLIBITS_PER_BIT, RecordIdx, Verdict};
use std::cmp::Reverse;

/// The pairs of `known` with both ends in `block`, in the order of `known`.
fn inside(block: &[u32], known: &[Known]) -> Vec<Known> {
    let holds = |member: u32| block.binary_search(&member).is_ok();
    known
        .iter()
        .filter(|k| holds(k.left) && holds(k.right))
        .copied()
        .collect()
}

/// The cluster of the members `block` of a component, from the pairs known inside it (others are passed over).
pub(super) fn cluster_of(
    members: &[RecordIdx],
    block: &[u32],
    known: &[Known],
    n_large: usize,
    decisions: &Decisions,
) -> Cluster {
    let record = |member: u32| members[member as usize];
    let mut pairs = inside(block, known);
    // Ends as positions in the block from here on.
    for pair in &mut pairs {
        for end in [&mut pair.left, &mut pair.right] {
            *end = block.binary_search(end).expect("inside the block") as u32;
        }
    }

    let weakest_millibits = pairs.iter().map(|p| p.score_millibits).min().unwrap_or(0);
    let n_conflicts = pairs.iter().filter(|p| p.score_millibits < 0).count();
    let probability =
        |score: i32| 1.0 / (1.0 + (-f64::from(score) / f64::from(MILLIBITS_PER_BIT)).exp2());
    // In the order of the pairs: the sum of floats is the same in every run.
    let cohesion = pairs
        .iter()
        .map(|p| probability(p.score_millibits))
        .sum::<f64>()
        / pairs.len().max(1) as f64;

    let troubled = block.iter().any(|&m| decisions.is_troubled(record(m)));
    let mut flags = Vec::new();
    let mut flag = |flag: ClusterFlag, holds: bool| {
        if holds {
            flags.push(flag);
        }
    };
    flag(ClusterFlag::Large, block.len() > n_large);
    flag(
        ClusterFlag::WeakBridge,
        has_weak_bridge(block.len(), &pairs),
    );
    flag(ClusterFlag::Conflict, n_conflicts > 0 || troubled);
    flag(
        ClusterFlag::TwoIdentities,
        pairs.iter().any(|p| p.two_identities),
    );
    flag(ClusterFlag::Split, block.len() < members.len());

    Cluster {
        members: block.iter().map(|&m| record(m)).collect(),
        links: links(block, members, &pairs),
        weakest_millibits,
        cohesion,
        n_conflicts: u32::try_from(n_conflicts).unwrap_or(u32::MAX),
        flags,
    }
}

/// A maximum spanning tree by score over the pairs that pull, ties by position (Kruskal). By (left, right).
fn links(block: &[u32], members: &[RecordIdx], pairs: &[Known]) -> Vec<Link> {
    let mut order: Vec<&Known> = pairs.iter().filter(|p| p.pulls()).collect();
    order.sort_unstable_by_key(|p| (Reverse(p.score_millibits), p.left, p.right));
    let mut trees = Groups::new(block.len());
    let mut links: Vec<Link> = order
        .into_iter()
        .filter(|p| trees.join(p.left as usize, p.right as usize))
        .map(|p| Link {
            left: members[block[p.left as usize] as usize],
            right: members[block[p.right as usize] as usize],
            score_millibits: p.score_millibits,
            verdict: p.verdict,
            rules: p.rules,
        })
        .collect();
    assert_eq!(
        links.len() + 1,
        block.len(),
        "a cluster is connected by pairs that pull"
    );
    links.sort_unstable_by_key(|l| (l.left, l.right));
    links
}

/// True when three or more members are held together at some place by a single pair that is not `Auto`.
///
/// A pair a person declared the same, and an edge that stands for a value group, is not weak.
/// Bridges after Tarjan (1974), depth first without recursion. Cost: linear in the pairs.
fn has_weak_bridge(n: usize, pairs: &[Known]) -> bool {
    if n < 3 {
        return false;
    }
    let mut next: Vec<Vec<(u32, bool)>> = vec![Vec::new(); n];
    for pair in pairs.iter().filter(|p| p.pulls()) {
        let weak = pair.verdict != Verdict::Auto && !pair.must && pair.implied <= 1;
        next[pair.left as usize].push((pair.right, weak));
        next[pair.right as usize].push((pair.left, weak));
    }
    const UNSEEN: u32 = u32::MAX;
    let mut seen_at = vec![UNSEEN; n];
    // Earliest node that a node or its descendants reach but by the edge they were entered by.
    let mut reach = vec![UNSEEN; n];
    let mut clock = 0;
    // Node, the node it was entered from, whether that edge is weak, next neighbour to look at.
    let mut stack = vec![(0_usize, usize::MAX, false, 0_usize)];
    seen_at[0] = clock;
    reach[0] = clock;
    while let Some(top) = stack.last_mut() {
        let (node, parent, weak, at) = *top;
        top.3 += 1;
        if let Some(&(other, edge_is_weak)) = next[node].get(at) {
            let other = other as usize;
            if seen_at[other] == UNSEEN {
                clock += 1;
                seen_at[other] = clock;
                reach[other] = clock;
                stack.push((other, node, edge_is_weak, 0));
            } else if other != parent {
                reach[node] = reach[node].min(seen_at[other]);
            }
        } else {
            stack.pop();
            if parent != usize::MAX {
                if weak && reach[node] > seen_at[parent] {
                    return true;
                }
                reach[parent] = reach[parent].min(reach[node]);
            }
        }
    }
    false
}
