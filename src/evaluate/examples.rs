//! The mistakes most worth reading, by id only: the records themselves stay where they are.

use super::{Joined, Truth};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;

/// A pair the run got wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Example {
    /// One record.
    pub left_id: String,
    /// The other.
    pub right_id: String,
    /// Verdict of the pair, empty when no rule listed it.
    pub verdict: String,
    /// Probability of the pair, `None` when no rule listed it.
    pub probability: Option<f64>,
}

/// Lists of mistakes, the worst first.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Examples {
    /// Different entities in one suggestion: listed pairs by falling probability, then pairs only joined through others.
    /// One per pair of entities.
    pub false_merges: Vec<Example>,
    /// The same entity, listed and not merged: by rising probability. One per entity.
    pub rejected: Vec<Example>,
    /// The same entity, not merged, and no listed pair of the entity crosses the gap. One per entity.
    pub not_found: Vec<Example>,
}

pub(super) fn worst(joined: &Joined<'_>, truth: &Truth, n: usize) -> Examples {
    Examples {
        false_merges: false_merges(joined, n),
        rejected: rejected(joined, n),
        not_found: not_found(joined, truth, n),
    }
}

fn listed(joined: &Joined<'_>, row: usize) -> Example {
    let pair = &joined.run.pairs[row];
    Example {
        left_id: joined.run.ids[pair.left as usize].clone(),
        right_id: joined.run.ids[pair.right as usize].clone(),
        verdict: joined.run.verdicts[pair.verdict as usize].clone(),
        probability: Some(pair.probability),
    }
}

/// Rows for which `wrong` holds, ordered by probability and then ids, one per key.
fn rows_by_probability<K: std::hash::Hash + Eq + Copy>(
    joined: &Joined<'_>,
    falling: bool,
    key_if_wrong: impl Fn(&super::PairRow) -> Option<K>,
) -> Vec<(usize, K)> {
    let mut rows: Vec<(usize, K)> = joined
        .run
        .pairs
        .iter()
        .enumerate()
        .filter_map(|(i, row)| Some((i, key_if_wrong(row)?)))
        .collect();
    let ids = |i: usize| {
        let row = &joined.run.pairs[i];
        (
            &joined.run.ids[row.left as usize],
            &joined.run.ids[row.right as usize],
        )
    };
    rows.sort_by(|(a, _), (b, _)| {
        let (p, q) = (
            joined.run.pairs[*a].probability,
            joined.run.pairs[*b].probability,
        );
        let by_probability = if falling {
            q.total_cmp(&p)
        } else {
            p.total_cmp(&q)
        };
        by_probability.then_with(|| ids(*a).cmp(&ids(*b)))
    });
    let mut seen = FxHashSet::default();
    rows.retain(|(_, key)| seen.insert(*key));
    rows
}

fn ordered(a: u32, b: u32) -> (u32, u32) {
    (a.min(b), a.max(b))
}

fn false_merges(joined: &Joined<'_>, n: usize) -> Vec<Example> {
    let wrong = |row: &super::PairRow| {
        let left = joined.truth_of[row.left as usize]?;
        let right = joined.truth_of[row.right as usize]?;
        (left != right && joined.merged(row.left, row.right)).then(|| ordered(left, right))
    };
    let rows = rows_by_probability(joined, true, wrong);
    let mut examples: Vec<Example> = rows
        .iter()
        .take(n)
        .map(|(i, _)| listed(joined, *i))
        .collect();
    // Entities joined only through a third record: the first member of each against the first of the suggestion.
    let known: FxHashSet<(u32, u32)> = rows.into_iter().map(|(_, key)| key).collect();
    let mut first: FxHashMap<u32, (u32, u32)> = FxHashMap::default();
    let mut seen = known;
    for member in &joined.run.members {
        if examples.len() >= n {
            break;
        }
        let Some(label) = joined.truth_of[member.record as usize] else {
            continue;
        };
        let (record, other) = *first
            .entry(member.suggestion)
            .or_insert((member.record, label));
        if label != other && seen.insert(ordered(label, other)) {
            examples.push(Example {
                left_id: joined.run.ids[record as usize].clone(),
                right_id: joined.run.ids[member.record as usize].clone(),
                verdict: String::new(),
                probability: None,
            });
        }
    }
    examples
}

fn rejected(joined: &Joined<'_>, n: usize) -> Vec<Example> {
    let wrong = |row: &super::PairRow| {
        let same = joined.same(row.left, row.right)?;
        (same && !joined.merged(row.left, row.right))
            .then(|| joined.truth_of[row.left as usize])
            .flatten()
    };
    rows_by_probability(joined, false, wrong)
        .into_iter()
        .take(n)
        .map(|(i, _)| listed(joined, i))
        .collect()
}

/// Entities in several parts with no listed pair between two of them.
fn not_found(joined: &Joined<'_>, truth: &Truth, n: usize) -> Vec<Example> {
    let run_id: FxHashMap<&str, u32> = joined.run.ids.iter().map(String::as_str).zip(0..).collect();
    // Truth clusters that a listed pair already shows as split.
    let shown: FxHashSet<u32> = joined
        .run
        .pairs
        .iter()
        .filter(|row| {
            joined.same(row.left, row.right) == Some(true) && !joined.merged(row.left, row.right)
        })
        .filter_map(|row| joined.truth_of[row.left as usize])
        .collect();
    let mut first: FxHashMap<u32, (usize, Option<u32>)> = FxHashMap::default();
    let mut done = shown;
    let mut examples = Vec::new();
    for (at, cluster) in truth.clusters.iter().enumerate() {
        if examples.len() >= n {
            break;
        }
        // Records the run never names are alone.
        let part = run_id
            .get(truth.ids[at].as_str())
            .map(|id| joined.found_of[*id as usize]);
        let (start, other) = *first.entry(*cluster).or_insert((at, part));
        let together = at == start || (part.is_some() && part == other);
        if !together && done.insert(*cluster) {
            examples.push(Example {
                left_id: truth.ids[start].clone(),
                right_id: truth.ids[at].clone(),
                verdict: String::new(),
                probability: None,
            });
        }
    }
    examples
}
