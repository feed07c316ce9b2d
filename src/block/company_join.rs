//! All pairs of company forms that are similar, complete by weighted prefixes.
//!
//! A similar pair shares weight of at least the threshold times the heavier side's total. So of either company some word
//! of the prefix (the heaviest words, until what remains weighs less than that) has a partner among the other's words; and
//! either the weight of this match is enough for both, or one of the words behind it has a partner too: of the heaviest
//! behind it, until what remains weighs less than what is missing. Companies are therefore kept under each word in the
//! order of their totals, and under each ordered pair of their words. The one with the smaller number looks up, so that
//! each pair is verified once. Acronyms and squashed names are keys of their own: a name is found from its long form,
//! whichever has the smaller number.

use crate::model::{Csr, NONE};
use crate::rules::predicate::CompanyProfile;
use rayon::prelude::*;
use rustc_hash::FxBuildHasher;
use std::collections::HashMap;

/// Keeps a pair exactly on the threshold inside, whatever was rounded.
const MARGIN: f64 = 1e-6;
/// Words weigh 100 at least, so anything less is one more word.
const ONE_MORE_WORD: f64 = 0.5;

/// Forms by their words.
struct WordIndex {
    /// For each word its weight.
    weight: Vec<u32>,
    /// For each word the forms with it, after their total weights: `(total, form)`.
    by_total: Csr<(u32, u32)>,
    /// For each word the forms with it, after another word of theirs: `(other word, form)`.
    by_second: Csr<(u32, u32)>,
}

/// Rows of a dense index from sorted `(row, a, b)`.
fn rows_of(entries: &[(u32, u32, u32)], n_rows: usize) -> Csr<(u32, u32)> {
    let mut rows = Csr::default();
    let mut at = 0;
    for row in 0..n_rows as u32 {
        let n = entries[at..].iter().take_while(|e| e.0 == row).count();
        rows.push_row(entries[at..at + n].iter().map(|e| (e.1, e.2)));
        at += n;
    }
    rows
}

impl WordIndex {
    fn new(
        profile: &CompanyProfile,
        n_words: usize,
        present: &(dyn Fn(u32) -> bool + Sync),
    ) -> WordIndex {
        let forms = || (0..profile.n_forms() as u32).into_par_iter();
        let mut weight = vec![0; n_words];
        for form in 0..profile.n_forms() as u32 {
            for (word, w) in profile.words(form) {
                weight[*word as usize] = *w;
            }
        }
        let sorted = |mut entries: Vec<(u32, u32, u32)>| {
            entries.par_sort_unstable();
            entries.dedup();
            rows_of(&entries, n_words)
        };
        let by_total = forms().filter(|form| present(*form)).flat_map_iter(|form| {
            let words = profile.words(form).iter();
            words.map(move |(word, _)| (*word, profile.total(form), form))
        });
        let by_second = forms().filter(|form| present(*form)).flat_map_iter(|form| {
            let words = profile.words(form);
            words.iter().enumerate().flat_map(move |(i, (word, _))| {
                let others = words.iter().enumerate().filter(move |(j, _)| *j != i);
                others.map(move |(_, (other, _))| (*word, *other, form))
            })
        });
        WordIndex {
            weight,
            by_total: sorted(by_total.collect()),
            by_second: sorted(by_second.collect()),
        }
    }

    /// Appends the forms that may be similar to `left` by their words; some of them several times.
    fn find(&self, profile: &CompanyProfile, left: u32, threshold: f64, out: &mut Vec<u32>) {
        let words = profile.words(left);
        let needed = threshold * f64::from(profile.total(left)) - MARGIN;
        let mut remaining = f64::from(profile.total(left));
        for (at, (word, weight)) in words.iter().enumerate() {
            if remaining < needed {
                break;
            }
            remaining -= f64::from(*weight);
            for (partner, _) in profile.neighbours().agreements_of(*word) {
                let carried = f64::from(self.weight[partner as usize].min(*weight));
                if carried >= needed {
                    let row = self.by_total.row(partner as usize);
                    let enough = |e: &(u32, u32)| threshold * f64::from(e.0) <= carried + MARGIN;
                    let n = row.partition_point(enough);
                    out.extend(row[..n].iter().map(|e| e.1));
                }
                let missing = (needed - carried).max(ONE_MORE_WORD);
                let mut behind = remaining;
                for (second, weight) in &words[at + 1..] {
                    if behind < missing {
                        break;
                    }
                    behind -= f64::from(*weight);
                    self.find_second(profile, partner, *second, out);
                }
            }
        }
    }

    /// Appends the forms with `first` and another word that matches `second`.
    fn find_second(&self, profile: &CompanyProfile, first: u32, second: u32, out: &mut Vec<u32>) {
        let row = self.by_second.row(first as usize);
        if row.is_empty() {
            return;
        }
        let neighbours = profile.neighbours();
        let n_near = neighbours.of(second).len() + 1;
        if row.len() <= 16 + n_near * row.len().ilog2() as usize {
            let near = |e: &&(u32, u32)| neighbours.agreement(second, e.0).is_some();
            out.extend(row.iter().filter(near).map(|e| e.1));
        } else {
            for (word, _) in neighbours.agreements_of(second) {
                let from = row.partition_point(|e| e.0 < word);
                let run = row[from..].iter().take_while(|e| e.0 == word);
                out.extend(run.map(|e| e.1));
            }
        }
    }
}

/// Pairs `(a, b)` with `a < b` of similar forms that are `present`, ascending; a form is not paired with itself.
pub(super) fn similar_companies(
    profile: &CompanyProfile,
    n_words: usize,
    threshold: f64,
    present: &(dyn Fn(u32) -> bool + Sync),
) -> Vec<(u32, u32)> {
    similar_companies_of(profile, n_words, threshold, present, &|_| true)
}

/// The same pairs, only those with a form for which `wanted` holds.
pub(super) fn similar_companies_of(
    profile: &CompanyProfile,
    n_words: usize,
    threshold: f64,
    present: &(dyn Fn(u32) -> bool + Sync),
    wanted: &(dyn Fn(u32) -> bool + Sync),
) -> Vec<(u32, u32)> {
    let n = profile.n_forms() as u32;
    let index = WordIndex::new(profile, n_words, present);
    let mut by_squashed: HashMap<u32, Vec<u32>, FxBuildHasher> = HashMap::default();
    for company in (0..n).filter(|c| present(*c)) {
        by_squashed
            .entry(profile.squashed(company))
            .or_default()
            .push(company);
    }
    // A long form that is not wanted does not look for its short one, so the short one looks for it.
    let mut by_acronym: HashMap<u32, Vec<u32>, FxBuildHasher> = HashMap::default();
    let unwanted = |c: &u32| present(*c) && !wanted(*c) && profile.acronym(*c) != NONE;
    for company in (0..n).filter(unwanted) {
        by_acronym
            .entry(profile.acronym(company))
            .or_default()
            .push(company);
    }
    let mut pairs: Vec<(u32, u32)> = (0..n)
        .into_par_iter()
        .filter(|company| present(*company) && wanted(*company))
        .fold(
            || (Vec::new(), Vec::new()),
            |(mut out, mut seen): (Vec<(u32, u32)>, Vec<u32>), left| {
                seen.clear();
                index.find(profile, left, threshold, &mut seen);
                let mut add =
                    |key: u32| seen.extend(by_squashed.get(&key).into_iter().flatten().copied());
                add(profile.squashed(left));
                add(profile.acronym(left));
                seen.extend(
                    by_acronym
                        .get(&profile.squashed(left))
                        .into_iter()
                        .flatten(),
                );
                seen.sort_unstable();
                seen.dedup();
                for &right in &seen {
                    if right <= left
                        && wanted(right)
                        && profile.acronym(left) != profile.squashed(right)
                    {
                        continue;
                    }
                    // The lighter side's total bounds the shared weight.
                    let (x, y) = (profile.total(left), profile.total(right));
                    let possible = f64::from(x.min(y)) >= threshold * f64::from(x.max(y)) - MARGIN
                        || profile.squashed(left) == profile.squashed(right)
                        || profile.is_acronym(left, right);
                    if right != left && possible && profile.similar(left, right, threshold) {
                        out.push((left.min(right), left.max(right)));
                    }
                }
                (out, seen)
            },
        )
        .map(|(out, _)| out)
        .reduce(Vec::new, |mut a, mut b| {
            a.append(&mut b);
            a
        });
    pairs.par_sort_unstable();
    pairs.dedup();
    pairs
}

#[cfg(test)]
mod tests;
