//! All pairs of company forms that are similar, complete by weighted prefixes.
//!
//! A similar pair shares weight of at least the threshold times the heavier side's total. So of either company some
//! word of the prefix (the heaviest words, until what remains weighs less than that) has a partner among the other's
//! words; and either the weight of this match is enough for both, or one of the words behind it has a partner too: one
//! of any that leave less weight than what is missing, best of those that the fewest companies have. Companies are
//! therefore kept under each word in the order of their totals, and under each ordered pair of their words. The one
//! with the smaller number looks up, so that each pair is verified once. Acronyms and squashed names are keys of their
//! own: a name is found from its long form, whichever has the smaller number; and so are the
//! first words of a name. Squashed names a slip or two apart are a join of texts.

use crate::model::{Csr, NONE};
use crate::rules::predicate::{
    BEGINNING_SIMILARITY, CompanyProfile, LETTERS_SIMILARITY, WORDS_COMPARED,
};
use crate::similarity::join::LiteralJoin;
use crate::similarity::measures::Measure;
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

impl WordIndex {
    fn new(
        profile: &CompanyProfile,
        n_words: usize,
        present: &(dyn Fn(u32) -> bool + Sync),
    ) -> WordIndex {
        let forms = || 0..profile.n_forms() as u32;
        let mut weight = vec![0; n_words];
        for (word, w) in forms().flat_map(|form| profile.words(form)) {
            weight[*word as usize] = *w;
        }
        // A word that a company has twice is listed twice, under itself too.
        let by_total = Csr::of_items(n_words, |tell| {
            for form in forms().filter(|form| present(*form)) {
                let words = profile.words(form).iter();
                words.for_each(|(word, _)| tell(*word, (profile.total(form), form)));
            }
        });
        let by_second = Csr::of_items(n_words, |tell| {
            for form in forms().filter(|form| present(*form)) {
                let words = profile.words(form);
                for (i, (word, _)) in words.iter().enumerate() {
                    for (_, (other, _)) in words.iter().enumerate().filter(|(j, _)| *j != i) {
                        tell(*word, (*other, form));
                    }
                }
            }
        });
        WordIndex {
            weight,
            by_total: with_sorted_rows(by_total),
            by_second: with_sorted_rows(by_second),
        }
    }

    /// Appends the forms that may be similar to `left` by their words; some of them several times.
    fn find(
        &self,
        profile: &CompanyProfile,
        left: u32,
        threshold: f64,
        found: &mut Found,
        out: &mut Vec<u32>,
    ) {
        let words = profile.words(left);
        let words = &words[..words.len().min(WORDS_COMPARED)];
        let needed = threshold * f64::from(profile.total(left)) - MARGIN;
        let mut remaining: f64 = words.iter().map(|(_, weight)| f64::from(*weight)).sum();
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
                let row = self.by_second.row(partner as usize);
                if !row.is_empty() {
                    let behind = Behind {
                        words: &words[at + 1..],
                        total: remaining,
                        missing: (needed - carried).max(ONE_MORE_WORD),
                    };
                    behind.find(profile, row, found, out);
                }
            }
        }
    }
}

fn with_sorted_rows(mut index: Csr<(u32, u32)>) -> Csr<(u32, u32)> {
    let rows: Vec<&mut [(u32, u32)]> = index.rows_mut().collect();
    rows.into_par_iter().for_each(|row| row.sort_unstable());
    index
}

/// Room for what a look-up finds: the words it is near to bit by bit, and a form, or a run of a row.
type Found = Vec<(u8, u32, u32)>;

/// The words of a form behind the first that has a partner, and what they must add to it.
struct Behind<'w> {
    words: &'w [(u32, u32)],
    total: f64,
    missing: f64,
}

impl Behind<'_> {
    /// Appends the forms of `row` (those with the partner, by another word) that have a partner for one of some words.
    ///
    /// Any words will do that leave less than what is missing when they are taken away: those with the fewest forms are
    /// taken. The two words of a city's name stand together in thousands of companies, and a third one tells them apart.
    fn find(
        &self,
        profile: &CompanyProfile,
        row: &[(u32, u32)],
        found: &mut Found,
        out: &mut Vec<u32>,
    ) {
        if self.total < self.missing {
            return;
        }
        let neighbours = profile.neighbours();
        let n_near: usize = (self.words.iter())
            .map(|(word, _)| neighbours.of(*word).len() + 1)
            .sum();
        let mut n_forms = [0_u32; WORDS_COMPARED];
        let n_searched = n_near * row.len().ilog2() as usize;
        if row.len() * self.words.len() <= 16 + n_searched {
            // Few: which words each entry is near to, bit by bit.
            found.clear();
            for (other, form) in row {
                let mut near = 0_u8;
                for (at, (word, _)) in self.words.iter().enumerate() {
                    if neighbours.agreement(*word, *other).is_some() {
                        near |= 1 << at;
                        n_forms[at] += 1;
                    }
                }
                if near != 0 {
                    found.push((near, *form, 0));
                }
            }
            let chosen = self.chosen(&n_forms);
            let chosen = found.iter().filter(|(near, ..)| near & chosen != 0);
            out.extend(chosen.map(|(_, form, _)| form));
        } else {
            found.clear();
            for (at, (word, _)) in self.words.iter().enumerate() {
                for (near, _) in neighbours.agreements_of(*word) {
                    let from = row.partition_point(|e| e.0 < near);
                    let n = row[from..].partition_point(|e| e.0 == near);
                    if n > 0 {
                        n_forms[at] += n as u32;
                        found.push((1 << at, from as u32, n as u32));
                    }
                }
            }
            let chosen = self.chosen(&n_forms);
            for (_, from, n) in found.iter().filter(|(near, ..)| near & chosen != 0) {
                let run = &row[*from as usize..][..*n as usize];
                out.extend(run.iter().map(|e| e.1));
            }
        }
    }

    /// Which words to look for, bit by bit: those with the fewest forms, until what remains weighs less than what is
    /// missing.
    fn chosen(&self, n_forms: &[u32; WORDS_COMPARED]) -> u8 {
        let mut order: [usize; WORDS_COMPARED] = std::array::from_fn(|at| at);
        let order = &mut order[..self.words.len()];
        order.sort_unstable_by_key(|at| (n_forms[*at], *at));
        let mut chosen = 0;
        let mut rest = self.total;
        for at in order.iter() {
            if rest < self.missing {
                break;
            }
            rest -= f64::from(self.words[*at].1);
            chosen |= 1 << at;
        }
        chosen
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
            || (Vec::new(), Vec::new(), Found::new()),
            |(mut out, mut seen, mut found): (Vec<(u32, u32)>, Vec<u32>, Found), left| {
                seen.clear();
                index.find(profile, left, threshold, &mut found, &mut seen);
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
                    if right != left && possible && profile.by_words(left, right) >= threshold {
                        out.push((left.min(right), left.max(right)));
                    }
                }
                (out, seen, found)
            },
        )
        .map(|(out, ..)| out)
        .reduce(Vec::new, |mut a, mut b| {
            a.append(&mut b);
            a
        });
    pairs.append(&mut similar_by_letters(profile, threshold, present, wanted));
    if threshold <= BEGINNING_SIMILARITY {
        pairs.append(&mut similar_by_beginning(profile, present, wanted));
    }
    pairs.par_sort_unstable();
    pairs.dedup();
    pairs
}

/// Pairs of forms of which one is the beginning of the other, the smaller number first.
fn similar_by_beginning(
    profile: &CompanyProfile,
    present: &(dyn Fn(u32) -> bool + Sync),
    wanted: &(dyn Fn(u32) -> bool + Sync),
) -> Vec<(u32, u32)> {
    let mut by_text: HashMap<u32, Vec<u32>, FxBuildHasher> = HashMap::default();
    for form in (0..profile.n_forms() as u32).filter(|form| present(*form)) {
        let (text, _) = profile.text(form);
        by_text.entry(text).or_default().push(form);
    }
    let of = |long: u32| {
        let texts = profile.beginnings(long).iter();
        let short = texts
            .filter_map(|text| by_text.get(text))
            .flatten()
            .copied();
        short.map(move |short| (short.min(long), short.max(long)))
    };
    (0..profile.n_forms() as u32)
        .into_par_iter()
        .filter(|long| present(*long))
        .flat_map_iter(of)
        .filter(|(a, b)| (wanted(*a) || wanted(*b)) && profile.is_beginning(*a, *b))
        .collect()
}

/// Pairs of forms that are similar by the letters of their squashed names, the smaller number first.
///
/// Equal names are left out: their words or their squashed names find them.
fn similar_by_letters(
    profile: &CompanyProfile,
    threshold: f64,
    present: &(dyn Fn(u32) -> bool + Sync),
    wanted: &(dyn Fn(u32) -> bool + Sync),
) -> Vec<(u32, u32)> {
    let (mut texts, mut forms): (Vec<Box<str>>, Csr<u32>) = Default::default();
    let mut numbered: Vec<(u32, u32)> = (0..profile.n_forms() as u32)
        .filter(|form| present(*form) && profile.letters(*form).is_some())
        .map(|form| (profile.text(form).0, form))
        .collect();
    numbered.par_sort_unstable();
    for of_text in numbered.chunk_by(|a, b| a.0 == b.0) {
        texts.push(profile.text(of_text[0].1).1.into());
        forms.push_row(of_text.iter().map(|(_, form)| *form));
    }
    let any_wanted = |text: &u32| forms.row(*text as usize).iter().any(|form| wanted(*form));
    let asked: Vec<u32> = (0..texts.len() as u32).filter(any_wanted).collect();
    let bound = threshold.max(LETTERS_SIMILARITY) - MARGIN;
    let found = |left: u32, right: u32, out: &mut Vec<(u32, u32)>| {
        let each = |&a: &u32| {
            let others = forms.row(right as usize).iter();
            others
                .map(move |&b| (a.min(b), a.max(b)))
                .collect::<Vec<_>>()
        };
        let pairs = forms.row(left as usize).iter().flat_map(each);
        let is_similar = |(a, b): &(u32, u32)| {
            (wanted(*a) || wanted(*b)) && profile.by_letters(*a, *b).is_some_and(|s| s >= threshold)
        };
        out.extend(pairs.filter(is_similar));
    };
    if asked.len() == texts.len() {
        let join = LiteralJoin::within(Measure::Osa, bound, &texts);
        join.visit(&|left, right, _, out| found(left, right, out)).0
    } else {
        let asked_texts: Vec<Box<str>> = asked.iter().map(|t| texts[*t as usize].clone()).collect();
        let join = LiteralJoin::between(Measure::Osa, bound, &asked_texts, &texts);
        let other = |left, right, _, out: &mut Vec<(u32, u32)>| {
            let left = asked[left as usize];
            if left != right {
                found(left, right, out);
            }
        };
        join.visit(&other).0
    }
}

#[cfg(test)]
mod tests;
