//! Correlation clustering when the weight of every pair is known.
//!
//! Exact for few nodes; beyond, greedy additive edge contraction (Keuper et al. 2015) and then moves of single
//! nodes, merges and splits until none gains. Every choice between equals falls to the smaller position.

use super::components::Groups;
use super::exact;

/// A complete graph of weighted pairs, some of which are forbidden to share a part.
#[derive(Debug, Clone)]
pub(super) struct Problem {
    n: usize,
    weight: Vec<i64>,
    forbidden: Vec<bool>,
}

impl Problem {
    /// `n` nodes, all weights zero, nothing forbidden.
    pub(super) fn new(n: usize) -> Problem {
        Problem {
            n,
            weight: vec![0; n * n],
            forbidden: vec![false; n * n],
        }
    }

    /// Adds to the weight of a pair.
    pub(super) fn add_weight(&mut self, a: usize, b: usize, weight: i64) {
        self.weight[a * self.n + b] += weight;
        self.weight[b * self.n + a] += weight;
    }

    /// Keeps two nodes apart.
    pub(super) fn forbid(&mut self, a: usize, b: usize) {
        self.forbidden[a * self.n + b] = true;
        self.forbidden[b * self.n + a] = true;
    }

    /// Weight of a pair.
    pub(super) fn weight(&self, a: usize, b: usize) -> i64 {
        self.weight[a * self.n + b]
    }

    /// True when the two may not share a part.
    pub(super) fn is_forbidden(&self, a: usize, b: usize) -> bool {
        self.forbidden[a * self.n + b]
    }

    /// Sum of the weights inside parts; the parts must hold no forbidden pair.
    pub(super) fn value(&self, labels: &[usize]) -> i64 {
        let mut sum = 0;
        for a in 0..self.n {
            for b in a + 1..self.n {
                if labels[a] == labels[b] {
                    sum += self.weight(a, b);
                }
            }
        }
        sum
    }

    /// Labels of a partition with a large sum of weights inside its parts, numbered by first appearance; the largest
    /// possible up to `n_exact` nodes. Never below the sum of all in one part (if allowed) or of all apart.
    pub(super) fn solve(&self, n_exact: usize) -> Vec<usize> {
        let nothing_against =
            self.forbidden.iter().all(|f| !f) && self.weight.iter().all(|&w| w >= 0);
        let labels = if nothing_against {
            vec![0; self.n]
        } else if self.n <= n_exact.min(exact::MOST) {
            exact::solve(self, &(0..self.n).collect::<Vec<_>>()).0
        } else {
            self.search(n_exact)
        };
        renumbered(&self.pulled_apart(&labels))
    }

    /// Contraction, or all in one where that is better, improved until nothing gains.
    fn search(&self, n_exact: usize) -> Vec<usize> {
        let mut labels = self.contracted();
        let whole = vec![0; self.n];
        if self.forbidden.iter().all(|f| !f) && self.value(&whole) > self.value(&labels) {
            labels = whole;
        }
        // Each round that goes on has raised an integer sum, so this ends.
        while self.move_nodes(&mut labels)
            | self.merge_parts(&mut labels)
            | self.split_parts(&mut labels, n_exact)
        {}
        labels
    }

    /// Greedy additive edge contraction: joins the two parts with the largest positive sum between them, again and
    /// again. Cost: n³ at worst.
    fn contracted(&self) -> Vec<usize> {
        let mut labels: Vec<usize> = (0..self.n).collect();
        self.merge_parts(&mut labels);
        labels
    }

    /// Joins parts while the sum between some two is positive, the largest first. True when any was joined.
    fn merge_parts(&self, labels: &mut Vec<usize>) -> bool {
        *labels = renumbered(labels);
        let k = n_parts(labels);
        let mut between = vec![0_i64; k * k];
        let mut forbidden = vec![false; k * k];
        for a in 0..self.n {
            for b in 0..self.n {
                let at = labels[a] * k + labels[b];
                between[at] += self.weight(a, b);
                forbidden[at] |= self.is_forbidden(a, b);
            }
        }
        let mut alive: Vec<usize> = (0..k).collect();
        let mut joined_into: Vec<usize> = (0..k).collect();
        loop {
            let mut best: Option<(i64, usize, usize)> = None;
            for (i, &a) in alive.iter().enumerate() {
                for &b in &alive[i + 1..] {
                    let sum = between[a * k + b];
                    if sum > best.map_or(0, |(most, ..)| most) && !forbidden[a * k + b] {
                        best = Some((sum, a, b));
                    }
                }
            }
            let Some((_, a, b)) = best else { break };
            for &c in &alive {
                between[a * k + c] += between[b * k + c];
                between[c * k + a] = between[a * k + c];
                forbidden[a * k + c] |= forbidden[b * k + c];
                forbidden[c * k + a] = forbidden[a * k + c];
            }
            alive.retain(|&c| c != b);
            for into in joined_into.iter_mut().filter(|into| **into == b) {
                *into = a;
            }
        }
        for label in labels.iter_mut() {
            *label = joined_into[*label];
        }
        alive.len() < k
    }

    /// Moves single nodes to the part that pulls them most, or out on their own. True when any was moved.
    fn move_nodes(&self, labels: &mut [usize]) -> bool {
        let mut any = false;
        let mut pull = vec![0_i64; self.n];
        let mut forbidden = vec![false; self.n];
        let mut size = vec![0_usize; self.n];
        for &label in labels.iter() {
            size[label] += 1;
        }
        for node in 0..self.n {
            pull.fill(0);
            forbidden.fill(false);
            for other in (0..self.n).filter(|&o| o != node) {
                pull[labels[other]] += self.weight(node, other);
                forbidden[labels[other]] |= self.is_forbidden(node, other);
            }
            let home = labels[node];
            let mut best = (pull[home], home);
            for (label, &sum) in pull.iter().enumerate() {
                if sum > best.0 && size[label] > 0 && !forbidden[label] {
                    best = (sum, label);
                }
            }
            if best.0 < 0 {
                let free = size.iter().position(|&s| s == 0);
                // A node alone at home is pulled by nothing there: its sum is 0 and it does not come here.
                best = (0, free.expect("a part of several leaves a label free"));
            }
            if best.1 != home {
                size[home] -= 1;
                size[best.1] += 1;
                labels[node] = best.1;
                any = true;
            }
        }
        any
    }

    /// Splits parts where that gains: small ones in the best way, larger ones in two. True when any was split.
    fn split_parts(&self, labels: &mut Vec<usize>, n_exact: usize) -> bool {
        *labels = renumbered(labels);
        let mut next = n_parts(labels);
        let before = next;
        for label in 0..before {
            let nodes: Vec<usize> = (0..self.n).filter(|&i| labels[i] == label).collect();
            let parts = if nodes.len() <= n_exact.min(exact::MOST) {
                exact::solve(self, &nodes).0
            } else {
                self.halves(&nodes)
            };
            for (&node, part) in nodes.iter().zip(&parts) {
                if *part > 0 {
                    labels[node] = next + part - 1;
                }
            }
            next += n_parts(&parts) - 1;
        }
        next > before
    }

    /// Labels 0 and 1 for a split of `nodes` that gains, or all 0. Grown from the pair that speaks most against.
    fn halves(&self, nodes: &[usize]) -> Vec<usize> {
        let n = nodes.len();
        let mut worst: Option<(i64, usize, usize)> = None;
        for a in 0..n {
            for b in a + 1..n {
                let weight = self.weight(nodes[a], nodes[b]);
                if weight < worst.map_or(0, |(least, ..)| least) {
                    worst = Some((weight, a, b));
                }
            }
        }
        let Some((_, a, b)) = worst else {
            return vec![0; n];
        };
        // The half of each node once it has one, and how much more the first half pulls it than the second.
        let mut half: Vec<Option<usize>> = vec![None; n];
        let mut lean = vec![0_i64; n];
        let put = |half: &mut Vec<Option<usize>>, lean: &mut Vec<i64>, at: usize, to: usize| {
            let sign = match (half[at], to) {
                (Some(_), 0) => 2,
                (Some(_), _) => -2,
                (None, 0) => 1,
                (None, _) => -1,
            };
            half[at] = Some(to);
            for other in (0..n).filter(|&o| o != at) {
                lean[other] += sign * self.weight(nodes[at], nodes[other]);
            }
        };
        put(&mut half, &mut lean, a, 0);
        put(&mut half, &mut lean, b, 1);
        for _ in 2..n {
            let at = (0..n)
                .filter(|&i| half[i].is_none())
                .max_by_key(|&i| (lean[i].abs(), std::cmp::Reverse(i)))
                .expect("two of n are placed before, one in each round");
            let to = usize::from(lean[at] < 0);
            put(&mut half, &mut lean, at, to);
        }
        // Each move lowers the integer sum across the cut, so this ends.
        loop {
            let wrong = (0..n).find(|&i| match half[i] {
                Some(0) => lean[i] < 0,
                _ => lean[i] > 0,
            });
            let Some(at) = wrong else { break };
            let to = usize::from(half[at] == Some(0));
            put(&mut half, &mut lean, at, to);
        }
        let mut labels: Vec<usize> = half.into_iter().map(|h| h.unwrap_or(0)).collect();
        let mut across = 0;
        for a in 0..n {
            for b in a + 1..n {
                if labels[a] != labels[b] {
                    across += self.weight(nodes[a], nodes[b]);
                }
            }
        }
        if across >= 0 {
            labels.fill(0);
        }
        renumbered(&labels)
    }

    /// Breaks parts up that no positive weight holds together: the sum does not fall, and nothing stays joined
    /// without a reason.
    fn pulled_apart(&self, labels: &[usize]) -> Vec<usize> {
        let mut groups = Groups::new(self.n);
        for a in 0..self.n {
            for b in a + 1..self.n {
                if labels[a] == labels[b] && self.weight(a, b) > 0 {
                    groups.join(a, b);
                }
            }
        }
        groups.numbers().0
    }
}

/// The same partition with labels 0, 1, 2 … by first appearance.
fn renumbered(labels: &[usize]) -> Vec<usize> {
    let mut number = vec![usize::MAX; labels.iter().max().map_or(0, |m| m + 1)];
    let mut next = 0;
    labels
        .iter()
        .map(|&label| {
            if number[label] == usize::MAX {
                number[label] = next;
                next += 1;
            }
            number[label]
        })
        .collect()
}

/// Number of parts of labels numbered without gaps.
fn n_parts(labels: &[usize]) -> usize {
    labels.iter().max().map_or(0, |m| m + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(n: usize, weights: &[(usize, usize, i64)]) -> Problem {
        let mut problem = Problem::new(n);
        for &(a, b, w) in weights {
            problem.add_weight(a, b, w);
        }
        problem
    }

    /// Exact and heuristic.
    fn check(problem: &Problem, labels: &[usize]) {
        assert_eq!(problem.solve(12), labels, "exact");
        assert_eq!(problem.solve(0), labels, "heuristic");
    }

    #[test]
    fn a_chain_is_cut_where_it_costs_least() {
        let chain = problem(3, &[(0, 1, 9), (1, 2, 7), (0, 2, -20)]);
        check(&chain, &[0, 0, 1]);
        let kept = problem(3, &[(0, 1, 9), (1, 2, 7), (0, 2, -6)]);
        check(&kept, &[0, 0, 0]);
    }

    #[test]
    fn nothing_is_joined_without_gain() {
        check(&problem(3, &[(0, 1, 5)]), &[0, 0, 1]);
        check(&problem(2, &[(0, 1, 0)]), &[0, 1]);
        check(&problem(2, &[(0, 1, -3)]), &[0, 1]);
        check(&problem(0, &[]), &[]);
    }

    #[test]
    fn forbidden_pairs_stay_apart_however_strong() {
        let mut two = problem(3, &[(0, 1, 90), (1, 2, 80), (0, 2, 70)]);
        two.forbid(0, 1);
        check(&two, &[0, 1, 1]);
    }

    #[test]
    fn moves_mend_what_contraction_got_wrong() {
        // Contraction joins 0 and 1, then 2 and 3; but 1 is better off with those two.
        let greedy_trap = problem(
            4,
            &[(0, 1, 10), (2, 3, 9), (1, 2, 6), (1, 3, 6), (0, 2, -20)],
        );
        check(&greedy_trap, &[0, 1, 1, 1]);
    }

    #[test]
    fn a_part_is_split_where_contraction_built_it_up_too_far() {
        // Forty nodes in two camps, each pair within a camp for, each across against, but for one strong bridge.
        let mut camps = Problem::new(40);
        for a in 0..40 {
            for b in a + 1..40 {
                let weight = if a % 2 == b % 2 { 2 } else { -1 };
                camps.add_weight(a, b, if (a, b) == (0, 1) { 50 } else { weight });
            }
        }
        let expected: Vec<usize> = (0..40).map(|i| i % 2).collect();
        assert_eq!(camps.solve(12), expected);
        assert_eq!(camps.halves(&(0..40).collect::<Vec<_>>()), expected);
    }

    #[test]
    fn a_node_that_its_part_pushes_away_leaves_it() {
        // 0 came in with 1, whose pull towards 2 and 3 outweighed what speaks against 0.
        let guest = problem(
            4,
            &[
                (0, 1, 12),
                (2, 3, 11),
                (1, 2, 10),
                (1, 3, 10),
                (0, 2, -7),
                (0, 3, -7),
            ],
        );
        let mut labels = vec![0; 4];
        assert!(guest.move_nodes(&mut labels));
        assert_eq!(renumbered(&labels), [0, 1, 1, 1]);
        check(&guest, &[0, 1, 1, 1]);
    }
}
