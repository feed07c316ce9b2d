//! What pairs of one component tell more than once.
//!
//! The sum over pairs takes each pair for a witness of its own. Records of one person are not: who moved has five
//! records at the old employer and one at the new, which shares a mobile with one of the five, and is a stranger to the
//! other four for nothing but what these four do not say. So a pair whose names agree says little against a merge,
//! records that are `auto` with each other are one node, and between two nodes whose names agree throughout the best
//! pair speaks for all. One record with a date of birth mistyped, or a name garbled, speaks against each of the others for
//! one reason: between such nodes that is counted once, too.

use super::Known;
use super::components::Groups;
use super::persons::{Kind, N_TELLING, Telling};
use crate::model::MILLIBITS_PER_BIT;
use std::cmp::Reverse;

/// Joins records of `known` that are copies of one: along `auto` pairs by falling score, as long as the names of all
/// that come together agree and no pair of `cannot` (positions) does. `at` gives the position of a member among the `n`
/// of `groups`; `known` holds every pair.
/// Cost: quadratic in the number of records.
pub(super) fn join(
    groups: &mut Groups,
    n: usize,
    known: &[Known],
    cannot: &[(usize, usize)],
    at: &dyn Fn(u32) -> usize,
) {
    let mut sure: Vec<&Known> = known.iter().filter(|k| k.is_sure()).collect();
    if sure.is_empty() {
        return;
    }
    sure.sort_unstable_by_key(|k| (Reverse(k.score_millibits), k.left, k.right));
    let mut apart = vec![false; n * n];
    let unlike = known.iter().filter(|k| !k.persons.agree());
    let unlike = unlike.map(|pair| (at(pair.left), at(pair.right)));
    for (a, b) in unlike.chain(cannot.iter().copied()) {
        apart[a * n + b] = true;
        apart[b * n + a] = true;
    }
    let mut members: Vec<Vec<usize>> = vec![Vec::new(); n];
    for node in 0..n {
        members[groups.first(node)].push(node);
    }
    for pair in sure {
        let (a, b) = (groups.first(at(pair.left)), groups.first(at(pair.right)));
        let clash =
            a != b && (members[a].iter()).any(|x| members[b].iter().any(|y| apart[x * n + y]));
        if a != b && !clash {
            groups.join(a, b);
            let (into, from) = (a.min(b), a.max(b));
            let moved = std::mem::take(&mut members[from]);
            members[into].extend(moved);
        }
    }
}

/// The weight between each two of `n` nodes, as (node, later node, weight); `ends` gives the nodes of a pair.
pub(super) fn weights(
    n: usize,
    known: &[Known],
    ends: &dyn Fn(&Known) -> (usize, usize),
) -> Vec<(usize, usize, i64)> {
    let mut between = vec![Between::NOTHING; n * n];
    for pair in known {
        let (a, b) = ends(pair);
        if a != b {
            between[a.min(b) * n + a.max(b)].add(pair);
        }
    }
    let pairs = (0..n).flat_map(|a| (a + 1..n).map(move |b| (a, b)));
    pairs
        .map(|(a, b)| (a, b, between[a * n + b].weight()))
        .collect()
}

/// What is known between two nodes.
#[derive(Debug, Clone, Copy)]
struct Between {
    n: u32,
    sum: i64,
    /// The best pair that speaks for the nodes, were it not for what tells them apart.
    best: Option<i64>,
    /// The worst that each field says against, and whether another pair shows it the same.
    telling: [Telling; N_TELLING],
    /// A pair holds them together.
    pulls: bool,
    /// No pair is apart for a reason of its own.
    comparable: bool,
}

impl Between {
    /// Nothing.
    const NOTHING: Between = Between {
        n: 0,
        sum: 0,
        best: None,
        telling: [Telling::NONE; N_TELLING],
        pulls: false,
        comparable: true,
    };

    /// Takes in one pair.
    fn add(&mut self, pair: &Known) {
        let persons = &pair.persons;
        self.n += 1;
        self.sum += pair.weight();
        self.pulls |= pair.weight() > 0;
        self.comparable &= persons.kind != Kind::Apart;
        if persons.speak() {
            self.best = self.best.max(Some(pair.weight() - persons.said()));
        }
        for (all, one) in self.telling.iter_mut().zip(persons.telling) {
            all.said = all.said.min(one.said);
            all.same |= one.same;
        }
    }

    /// The weight between the nodes: the sum, or where a pair holds them together and all can be compared what the best
    /// pair says and once what tells the two apart, less a bit for each doubling of the pairs they are the best and the worst of. A field that another
    /// pair shows to be the same differs within one of the nodes, too.
    fn weight(&self) -> i64 {
        match self.best {
            Some(best) if self.n > 1 && self.pulls && self.comparable => {
                let chances =
                    (f64::from(self.n).log2() * f64::from(MILLIBITS_PER_BIT)).round() as i64;
                let told = self.telling.iter().filter(|field| !field.same);
                let said: i64 = told.map(|field| i64::from(field.said)).sum();
                (best + said - chances).max(self.sum)
            }
            _ => self.sum,
        }
    }
}
