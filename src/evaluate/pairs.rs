//! Figures for listed pairs: per verdict, per rule, and for their probabilities.

use super::{Joined, Rates};
use crate::model::Verdict;
use serde::Serialize;

/// How right a group of listed pairs is.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairFigures {
    /// `all`, a verdict or a rule's name.
    pub name: String,
    /// Rows listed whose records the truth knows.
    pub n_listed: u64,
    /// Rule-true pairs they stand for, value groups counted whole.
    pub n_implied: u64,
    /// Of the rows, those whose records are the same entity.
    pub n_true: u64,
    /// Precision: share of rows that are true. Recall: share of all true pairs that are among the rows; a lower bound
    /// where rows stand for value groups. For `related` and `weak` a *low* precision is good.
    pub rates: Rates,
    /// Rows of this group alone: for a rule, those no other rule found.
    pub n_alone: u64,
    /// Of the rows of this group alone, the true ones.
    pub n_alone_true: u64,
}

pub(super) fn figures(
    joined: &Joined<'_>,
    name: &str,
    n_true_pairs: u64,
    belongs: impl Fn(&super::PairRow) -> bool,
) -> PairFigures {
    let mut figures = PairFigures {
        name: name.to_owned(),
        n_listed: 0,
        n_implied: 0,
        n_true: 0,
        rates: Rates::default(),
        n_alone: 0,
        n_alone_true: 0,
    };
    for row in joined.run.pairs.iter().filter(|r| belongs(r)) {
        let Some(same) = joined.same(row.left, row.right) else {
            continue;
        };
        let alone = row.rules.len() == 1;
        figures.n_listed += 1;
        figures.n_implied += row.implied;
        figures.n_true += u64::from(same);
        figures.n_alone += u64::from(alone);
        figures.n_alone_true += u64::from(alone && same);
    }
    figures.rates = Rates::of_counts(figures.n_true, figures.n_listed, n_true_pairs);
    figures
}

pub(super) fn by_verdict(joined: &Joined<'_>, n_true_pairs: u64) -> Vec<PairFigures> {
    let names = &joined.run.verdicts;
    Verdict::ALL
        .iter()
        .map(|verdict| {
            let at = names.iter().position(|n| n == verdict.as_str());
            figures(joined, verdict.as_str(), n_true_pairs, |row| {
                Some(row.verdict as usize) == at
            })
        })
        .collect()
}

pub(super) fn by_rule(joined: &Joined<'_>, n_true_pairs: u64) -> Vec<PairFigures> {
    let names = &joined.run.rules;
    let mut order: Vec<usize> = (0..names.len()).collect();
    order.sort_by_key(|i| &names[*i]);
    order
        .into_iter()
        .map(|i| {
            figures(joined, &names[i], n_true_pairs, |row| {
                row.rules.contains(&(i as u32))
            })
        })
        .collect()
}

/// One bin of a reliability diagram.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct CalibrationBin {
    /// Lowest probability of the bin.
    pub from: f64,
    /// Highest, exclusive but for 1.0.
    pub to: f64,
    /// Listed pairs in it.
    pub n_pairs: u64,
    /// Mean probability claimed; 0.0 for an empty bin.
    pub mean_probability: f64,
    /// Share that is true; 0.0 for an empty bin.
    pub share_true: f64,
}

/// How far probabilities can be believed, over listed pairs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Calibration {
    /// Pairs counted: listed rows whose records the truth knows.
    pub n_pairs: u64,
    /// Expected calibration error: mean over pairs of |share true - mean probability| of their bin. 0.0 to 1.0, 0.0 is best.
    pub expected_error: f64,
    /// Brier score: mean squared distance of probability and truth. 0.0 to 1.0, 0.0 is best.
    pub brier: f64,
    /// Ten bins of equal width.
    pub bins: Vec<CalibrationBin>,
}

const N_BINS: usize = 10;

pub(super) fn calibration(joined: &Joined<'_>) -> Calibration {
    let (mut n, mut sums, mut trues) = ([0u64; N_BINS], [0.0; N_BINS], [0u64; N_BINS]);
    let mut squares = 0.0;
    for row in &joined.run.pairs {
        let Some(same) = joined.same(row.left, row.right) else {
            continue;
        };
        let bin = ((row.probability * N_BINS as f64) as usize).min(N_BINS - 1);
        n[bin] += 1;
        sums[bin] += row.probability;
        trues[bin] += u64::from(same);
        squares += (row.probability - f64::from(u8::from(same))).powi(2);
    }
    let total: u64 = n.iter().sum();
    let mean = |sum: f64, n: u64| if n == 0 { 0.0 } else { sum / n as f64 };
    let bins: Vec<CalibrationBin> = (0..N_BINS)
        .map(|i| CalibrationBin {
            from: i as f64 / N_BINS as f64,
            to: (i + 1) as f64 / N_BINS as f64,
            n_pairs: n[i],
            mean_probability: mean(sums[i], n[i]),
            share_true: mean(trues[i] as f64, n[i]),
        })
        .collect();
    let error = bins
        .iter()
        .map(|b| b.n_pairs as f64 * (b.share_true - b.mean_probability).abs())
        .sum();
    Calibration {
        n_pairs: total,
        expected_error: mean(error, total),
        brier: mean(squares, total),
        bins,
    }
}
