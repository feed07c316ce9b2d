//! What pairs of one component tell more than once.
//!
//! The sum over pairs takes each pair for a witness of its own. Records of one person are not: who moved has five
//! records at the old employer and one at the new, which shares a mobile with one of the five, and is a stranger to the
//! other four for nothing but what these four do not say. So a pair whose names agree says little against a merge,
//! records that are `auto` with each other are one node, and between two nodes whose names agree throughout the best
//! pair speaks for all. One record with a date of birth mistyped contradicts each of the others for one reason: between
//! such nodes that is counted once, too.

use super::Known;
use super::components::Groups;
use crate::model::{EvidenceField, FieldEvidence, Level, MILLIBITS_PER_BIT, PairEvidence};
use std::cmp::Reverse;

/// Most that a pair whose names agree says against a merge. Its score counts how rare such pairs are in the whole file
/// and what the two do not share; here both are linked already, by a record that shares something with each.
pub(super) const SILENCE_MILLIBITS: i64 = -2_000;

/// What names and identities say on whether two records may be copies of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Persons {
    /// Names that agree, or may be each other garbled, and no field in conflict: whatever speaks against the pair is
    /// what the records do not share.
    Agree,
    /// The names agree, but date of birth or government id contradict each other; with what these say, in millibits,
    /// at most 0.
    Contradict(i64),
    /// The same with another given name or surname, among what contradicts. `own`: they share what belongs to one person.
    OtherName { said: i64, own: bool },
    /// Other names, none to tell by, or another conflict: father and son, two accounts.
    Differ,
}

impl Persons {
    pub(super) fn of(evidence: &PairEvidence) -> Persons {
        use EvidenceField::{BirthDate, Generation, Given, GovernmentId, Surname};
        let level = |field| evidence.field(field).level;
        let names = [level(Given), level(Surname)];
        if names.iter().all(|level| *level == Level::Missing) || level(Generation) == Level::Partial
        {
            return Persons::Differ;
        }
        let in_conflict = |said: &FieldEvidence| said.level == Level::Conflict;
        let n_conflicts = evidence.fields.iter().filter(|f| in_conflict(f)).count();
        let identities = [BirthDate, GovernmentId].map(|field| evidence.field(field));
        let contradicting = identities.iter().filter(|f| in_conflict(f));
        if names.contains(&Level::Different) && n_conflicts == contradicting.clone().count() {
            let names = [Given, Surname].map(|field| evidence.field(field));
            let names = names.iter().filter(|f| f.level == Level::Different);
            let said: i64 = names
                .chain(contradicting)
                .map(|f| i64::from(f.millibits))
                .sum();
            let (said, own) = (said.min(0), evidence.shares_its_own());
            Persons::OtherName { said, own }
        } else if n_conflicts == 0 {
            Persons::Agree
        } else if n_conflicts > contradicting.clone().count() {
            Persons::Differ
        } else {
            let said: i64 = contradicting.map(|f| i64::from(f.millibits)).sum();
            Persons::Contradict(said.min(0))
        }
    }
}

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
    let unlike = known.iter().filter(|k| k.persons != Persons::Agree);
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
    /// The best pair, were it not for contradicting identities.
    best: Option<i64>,
    /// The worst contradiction of one pair.
    contradiction: i64,
    /// Every pair can be told apart by names, dates of birth and ids alone.
    comparable: bool,
}

impl Between {
    /// Nothing.
    const NOTHING: Between = Between {
        n: 0,
        sum: 0,
        best: None,
        contradiction: 0,
        comparable: true,
    };

    /// Takes in one pair.
    fn add(&mut self, pair: &Known) {
        let (contradiction, speaks) = match pair.persons {
            Persons::Agree => (0, true),
            Persons::Contradict(said) => (said, true),
            Persons::OtherName { said, own } => (said, own),
            Persons::Differ => {
                self.comparable = false;
                (0, false)
            }
        };
        self.n += 1;
        self.sum += pair.weight();
        if speaks {
            self.best = self.best.max(Some(pair.weight() - contradiction));
        }
        self.contradiction = self.contradiction.min(contradiction);
    }

    /// The weight between the nodes: the sum, or where all names agree what the best pair says and the worst
    /// contradiction, less a bit for each doubling of the pairs they are the best and the worst of.
    fn weight(&self) -> i64 {
        match self.best {
            Some(best) if self.n > 1 && self.comparable => {
                let chances =
                    (f64::from(self.n).log2() * f64::from(MILLIBITS_PER_BIT)).round() as i64;
                (best + self.contradiction - chances).max(self.sum)
            }
            _ => self.sum,
        }
    }
}
