//! All pairs of texts whose literal measure reaches a threshold, complete, without comparing every pair.
//!
//! | measure | index | proof in |
//! |---|---|---|
//! | jaro-winkler, jaro, levenshtein, damerau-levenshtein, osa | tiles of similar character signatures, bound on common characters | `tiles` |
//! | token-set | words rarest first, prefix filter | `words` |
//! | double-metaphone, soundex | texts of one code | `sounds` |
//!
//! Scores equal those of [`Measure::score`], bit for bit, and so does the set of pairs:
//! a text is left out of a comparison only when an integer bound, computed with the measure's own floating point
//! formula, shows that its score cannot reach the threshold. Nothing here knows of records or rules.

mod bags;
mod kernel;
mod sieve;
mod sounds;
#[cfg(test)]
mod tests;
mod tiles;
mod walk;
mod words;

use super::measures::Measure;
use rayon::prelude::*;
use sieve::Processor;

/// Two texts, by position, that reach the threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ValuePair {
    /// Position among the left texts.
    pub left: u32,
    /// Position among the right texts; for a join of texts with themselves the larger position.
    pub right: u32,
    /// The measure's value, at least the threshold.
    pub score: f64,
}

/// What a join did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct JoinWork {
    /// Pairs of tiles, or of lists, that were looked at.
    pub n_steps: u64,
    /// Pairs of texts whose character signatures, or shared words, were counted.
    pub n_checked: u64,
    /// Pairs of texts whose measure was computed.
    pub n_scored: u64,
    /// Pairs found.
    pub n_found: u64,
}

impl JoinWork {
    /// The sum of two.
    pub fn plus(self, other: JoinWork) -> JoinWork {
        JoinWork {
            n_steps: self.n_steps + other.n_steps,
            n_checked: self.n_checked + other.n_checked,
            n_scored: self.n_scored + other.n_scored,
            n_found: self.n_found + other.n_found,
        }
    }
}

/// A join to be made: texts, measure, threshold.
#[derive(Debug, Clone, Copy)]
pub struct LiteralJoin<'t> {
    measure: Measure,
    threshold: f64,
    left: &'t [Box<str>],
    /// `None`: the left texts with themselves.
    right: Option<&'t [Box<str>]>,
}

impl<'t> LiteralJoin<'t> {
    /// Distinct texts with themselves: pairs `left < right`; a text is not paired with itself.
    pub fn within(measure: Measure, threshold: f64, texts: &'t [Box<str>]) -> LiteralJoin<'t> {
        LiteralJoin {
            measure,
            threshold,
            left: texts,
            right: None,
        }
    }

    /// Every left text with every right one, equal texts included.
    pub fn between(
        measure: Measure,
        threshold: f64,
        left: &'t [Box<str>],
        right: &'t [Box<str>],
    ) -> LiteralJoin<'t> {
        LiteralJoin {
            measure,
            threshold,
            left,
            right: Some(right),
        }
    }

    /// All pairs that reach the threshold, ascending by (left, right).
    ///
    /// Cost: see [`JoinWork`] from [`visit`](Self::visit); quadratic in the worst case (a threshold so low that nothing can be
    /// bounded), far below it otherwise. Memory: about 250 bytes a text, and 16 a pair.
    pub fn pairs(&self) -> Vec<ValuePair> {
        let (mut out, _) = self.visit(&|left, right, score, out: &mut Vec<ValuePair>| {
            out.push(ValuePair { left, right, score });
        });
        out.par_sort_unstable_by_key(|p| (p.left, p.right));
        out
    }

    /// Calls `found` once for each pair, with a vector to append to; gives what was appended, in an order that does not
    /// depend on the number of threads, and what it took.
    pub fn visit<T, F>(&self, found: &F) -> (Vec<T>, JoinWork)
    where
        T: Send,
        F: Fn(u32, u32, f64, &mut Vec<T>) + Sync,
    {
        self.visit_until(found, &|| false)
    }

    /// The same, given up when `stop` says so: what is given then is a part.
    pub fn visit_until<T, F>(
        &self,
        found: &F,
        stop: &(dyn Fn() -> bool + Sync),
    ) -> (Vec<T>, JoinWork)
    where
        T: Send,
        F: Fn(u32, u32, f64, &mut Vec<T>) + Sync,
    {
        // Also true for NaN: nothing is at least NaN, and everything is at least zero.
        if self.threshold <= 0.0 || self.threshold.is_nan() {
            return self.every_pair(found, stop);
        }
        match self.measure {
            Measure::TokenSet => words::join(self, found, stop),
            Measure::DoubleMetaphone | Measure::Soundex => sounds::join(self, found, stop),
            _ => walk::join(self, Processor::new(), found, stop),
        }
    }

    /// Without any index: for thresholds that every pair reaches.
    fn every_pair<T, F>(&self, found: &F, stop: &(dyn Fn() -> bool + Sync)) -> (Vec<T>, JoinWork)
    where
        T: Send,
        F: Fn(u32, u32, f64, &mut Vec<T>) + Sync,
    {
        let right = self.right.unwrap_or(self.left);
        let (lists, work): (Vec<Vec<T>>, Vec<JoinWork>) = (0..self.left.len())
            .into_par_iter()
            .filter(|_| !stop())
            .map(|i| {
                let mut out = Vec::new();
                let from = if self.right.is_none() { i + 1 } else { 0 };
                let mut work = JoinWork::default();
                for (j, other) in right.iter().enumerate().skip(from) {
                    let score = self.measure.score(&self.left[i], other);
                    work.n_scored += 1;
                    if score >= self.threshold {
                        work.n_found += 1;
                        found(i as u32, j as u32, score, &mut out);
                    }
                }
                (out, work)
            })
            .unzip();
        (
            lists.into_iter().flatten().collect(),
            work.into_iter().fold(JoinWork::default(), JoinWork::plus),
        )
    }
}
