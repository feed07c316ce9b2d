//! All pairs of company forms that are similar, complete by weighted prefixes.
//!
//! A similar pair shares weight of at least the threshold times the heavier side's total, so a word of the prefix of
//! either side (the heaviest words, until what remains weighs less than that) has a partner among the other's words.
//! Looking up the prefix words of either company and their neighbours therefore finds the other; the one with the
//! smaller number does, so that each pair is verified once. Acronyms and squashed names are keys of their own: a name is
//! found from its long form, whichever has the smaller number.

use crate::model::{Csr, NONE};
use crate::rules::predicate::CompanyProfile;
use rayon::prelude::*;
use rustc_hash::FxBuildHasher;
use std::collections::HashMap;

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
    let mut rows: Csr<u32> = Csr::default();
    for company in 0..n {
        let mut words: Vec<u32> = Vec::new();
        if present(company) {
            words.extend(profile.words(company).iter().map(|w| w.0));
        }
        words.sort_unstable();
        words.dedup();
        rows.push_row(words);
    }
    let postings = rows.invert(n_words, |w| *w);
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
                let total = f64::from(profile.total(left));
                // A rounding margin keeps a pair exactly on the threshold inside.
                let needed = threshold * total - 1e-6;
                let mut remaining = total;
                for (word, weight) in profile.words(left) {
                    if remaining < needed {
                        break;
                    }
                    remaining -= f64::from(*weight);
                    seen.extend_from_slice(postings.row(*word as usize));
                    for neighbour in profile.neighbours().of(*word) {
                        seen.extend_from_slice(postings.row(*neighbour as usize));
                    }
                }
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
                    let possible = f64::from(x.min(y)) >= threshold * f64::from(x.max(y)) - 1e-6
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
