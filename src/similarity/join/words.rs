//! Token sets: the Jaccard join by prefix filter.
//!
//! Number words by rarity. Two sets of `x` and `y` words with Jaccard index at least `t` share at least `o(x, y)` words,
//! the smallest number that reaches `t`; for a set of `x` words that is at least `o(x)`, the smallest over all `y`. If they
//! share `o` words, then even with all common words taken off but one, that one is among the first `x - o + 1` of the
//! left set and the first `y - o + 1` of the right one: the rarest common word has `o - 1` common words behind it in both.
//! So an index of each set's first `x - o(x) + 1` words, asked with as many of the other set, misses no pair.

use super::{JoinWork, LiteralJoin};
use crate::similarity::measures::words_of;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Jaccard index as `measures::token_set` computes it.
fn jaccard(shared: usize, left: usize, right: usize) -> f64 {
    shared as f64 / (left + right - shared) as f64
}

pub(super) fn join<T, F>(
    join: &LiteralJoin<'_>,
    found: &F,
    stop: &(dyn Fn() -> bool + Sync),
) -> (Vec<T>, JoinWork)
where
    T: Send,
    F: Fn(u32, u32, f64, &mut Vec<T>) + Sync,
{
    let split = |texts: &[Box<str>]| -> Vec<Vec<String>> {
        texts.par_iter().map(|t| words_of(t)).collect()
    };
    let left_words = split(join.left);
    let right_words = join.right.map(split);
    let numbers = by_rarity(std::iter::once(&left_words).chain(&right_words));
    let number = |sets: &[Vec<String>]| -> Vec<Vec<u32>> {
        sets.par_iter()
            .map(|set| {
                let mut set: Vec<u32> = set.iter().map(|w| numbers[w.as_str()]).collect();
                set.sort_unstable();
                set
            })
            .collect()
    };
    let left = number(&left_words);
    let right_numbers = right_words.as_deref().map(number);
    let within = join.right.is_none();
    let right = right_numbers.as_ref().unwrap_or(&left);
    let prefix = |set: &[u32]| -> usize {
        // The smallest overlap that can do, with a partner made of nothing but the overlap.
        let x = set.len();
        match (1..=x).find(|o| jaccard(*o, x, *o) >= join.threshold) {
            Some(least) => x - least + 1,
            None => 0,
        }
    };
    let mut entries: Vec<(u32, u32)> = right
        .iter()
        .enumerate()
        .flat_map(|(i, set)| set[..prefix(set)].iter().map(move |w| (*w, i as u32)))
        .collect();
    entries.par_sort_unstable();
    let mut starts = vec![0_usize; numbers.len() + 1];
    for (word, _) in &entries {
        starts[*word as usize + 1] += 1;
    }
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    let right_texts = join.right.unwrap_or(join.left);
    // Texts without words equal one another only when they are the same text.
    let mut wordless: FxHashMap<&str, u32> = FxHashMap::default();
    if !within {
        for (i, set) in right.iter().enumerate() {
            if set.is_empty() {
                wordless.insert(&right_texts[i], i as u32);
            }
        }
    }
    let parts: Vec<(Vec<T>, JoinWork)> = (0..left.len())
        .into_par_iter()
        .with_min_len(256)
        .filter(|_| !stop())
        .fold(
            || (Vec::new(), JoinWork::default(), Vec::<u32>::new()),
            |(mut out, mut work, mut seen), i| {
                let set = &left[i];
                if set.is_empty() {
                    if let Some(j) = wordless.get(&*join.left[i]) {
                        work.n_found += 1;
                        found(i as u32, *j, 1.0, &mut out);
                    }
                    return (out, work, seen);
                }
                seen.clear();
                for word in &set[..prefix(set)] {
                    let run = &entries[starts[*word as usize]..starts[*word as usize + 1]];
                    seen.extend(run.iter().map(|e| e.1).filter(|j| !within || *j > i as u32));
                }
                work.n_steps += 1;
                work.n_checked += seen.len() as u64;
                seen.sort_unstable();
                seen.dedup();
                for &j in &seen {
                    let other = &right[j as usize];
                    let most = set.len().min(other.len());
                    if jaccard(most, set.len(), other.len()) < join.threshold {
                        continue;
                    }
                    work.n_scored += 1;
                    let score = jaccard(shared(set, other), set.len(), other.len());
                    if score >= join.threshold {
                        work.n_found += 1;
                        found(i as u32, j, score, &mut out);
                    }
                }
                (out, work, seen)
            },
        )
        .map(|(out, work, _)| (out, work))
        .collect();
    let mut out = Vec::new();
    let mut work = JoinWork::default();
    for (mut part, done) in parts {
        out.append(&mut part);
        work = work.plus(done);
    }
    (out, work)
}

/// Numbers of words, the rarest first.
fn by_rarity<'w>(sides: impl Iterator<Item = &'w Vec<Vec<String>>>) -> FxHashMap<&'w str, u32> {
    let mut holders: FxHashMap<&str, u32> = FxHashMap::default();
    for word in sides.flatten().flatten() {
        *holders.entry(word).or_default() += 1;
    }
    let mut words: Vec<(u32, &str)> = holders.into_iter().map(|(w, n)| (n, w)).collect();
    words.par_sort_unstable();
    words
        .into_iter()
        .enumerate()
        .map(|(i, (_, w))| (w, i as u32))
        .collect()
}

/// How many numbers two ascending lists share.
fn shared(a: &[u32], b: &[u32]) -> usize {
    let (mut i, mut j, mut n) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        match a[i].cmp(&b[j]) {
            std::cmp::Ordering::Less => i += 1,
            std::cmp::Ordering::Greater => j += 1,
            std::cmp::Ordering::Equal => {
                n += 1;
                i += 1;
                j += 1;
            }
        }
    }
    n
}
