//! The best partition of a few nodes, by dynamic programming over subsets.

use super::dense::Problem;

/// Highest number of nodes solved exactly, whatever the options say: 3^16 steps take a quarter of a second.
pub(super) const MOST: usize = 16;

/// Labels of a best partition of the nodes `nodes` of `problem`, one per entry of `nodes`, numbered by first
/// appearance, and the sum of weights inside its parts.
///
/// Among partitions of equal sum the one with more parts is chosen: nothing is joined without gain. Panics above
/// [`MOST`] nodes. Cost: 3^n steps, 2^n memory.
pub(super) fn solve(problem: &Problem, nodes: &[usize]) -> (Vec<usize>, i64) {
    let n = nodes.len();
    assert!(n <= MOST, "the caller keeps to {MOST} nodes");
    let n_sets = 1_usize << n;

    // Sum of weights inside each set, `None` when a pair in it is forbidden.
    let mut inside: Vec<Option<i64>> = vec![Some(0); n_sets];
    for set in 1..n_sets {
        let last = (usize::BITS - 1 - set.leading_zeros()) as usize;
        let rest = set & !(1 << last);
        let mut sum = inside[rest];
        for (other, &node) in nodes.iter().enumerate().take(last) {
            if rest >> other & 1 == 1 {
                if problem.is_forbidden(nodes[last], node) {
                    sum = None;
                }
                sum = sum.map(|s| s + problem.weight(nodes[last], node));
            }
        }
        inside[set] = sum;
    }

    // Best (sum, number of parts) of each set, and the part of its first node in that partition.
    let mut best: Vec<(i64, u32)> = vec![(0, 0); n_sets];
    let mut part: Vec<usize> = vec![0; n_sets];
    for set in 1..n_sets {
        let first = set & set.wrapping_neg();
        let others = set & !first;
        let mut found: Option<((i64, u32), usize)> = None;
        // Subsets of the others from the largest down; with the first node each is a part.
        let mut with = others;
        loop {
            let candidate = with | first;
            if let Some(sum) = inside[candidate] {
                let (rest_sum, rest_parts) = best[set & !candidate];
                let value = (sum + rest_sum, rest_parts + 1);
                if found.is_none_or(|(most, _)| value > most) {
                    found = Some((value, candidate));
                }
            }
            if with == 0 {
                break;
            }
            with = (with - 1) & others;
        }
        let (value, chosen) = found.expect("a single node is always a part");
        best[set] = value;
        part[set] = chosen;
    }

    let mut labels = vec![0; n];
    let mut left = n_sets - 1;
    let mut label = 0;
    while left != 0 {
        for (i, of) in labels.iter_mut().enumerate() {
            if part[left] >> i & 1 == 1 {
                *of = label;
            }
        }
        label += 1;
        left &= !part[left];
    }
    (labels, best[n_sets - 1].0)
}
