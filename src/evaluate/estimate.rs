//! Figures without a truth: what a run's own files tell about its recall and precision, with intervals and their bias.
//!
//! Three views, each wrong in a way that is said beside it: recall by how often rules find the same pairs
//! (capture and recapture), recall by how many pairs would still be found without one identifier, precision by the
//! stated probabilities and, better, by a reviewed sample ([`sample`](super::sample)).

use super::files::{EvaluateError, Sheet, find_run, unguard};
use super::sample::ReviewedPrecision;
use serde::Serialize;
use std::fmt::Write as _;
use std::path::Path;

/// 95 % of a normal distribution lie within this many standard deviations.
pub(super) const Z95: f64 = 1.96;

/// An estimate and its interval, which holds the true figure 95 times in 100 if the assumptions hold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// The estimate.
    pub estimate: f64,
    /// Upper end.
    pub high: f64,
}

/// Pairs of one band of probability.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Band {
    /// Verdict of the pairs.
    pub verdict: String,
    /// Lowest probability.
    pub from: f64,
    /// Pairs listed.
    pub n_pairs: u64,
    /// Share of them that is true, as their probabilities expect.
    pub expected_true: f64,
}

/// Two rules as two captures of the same pairs (Lincoln and Petersen, in Chapman's form).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Recapture {
    /// One rule.
    pub first: String,
    /// The other.
    pub second: String,
    /// Expected true pairs of one, of the other, of both.
    pub n_first: f64,
    /// Of the other.
    pub n_second: f64,
    /// Of both.
    pub n_both: f64,
    /// Recall of all rules together.
    pub recall: Interval,
}

/// What would be found of the sure pairs that share an identifier if the identifier had been blank.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LeftOut {
    /// `email`, `phone`, `birthdate` or `governmentid`.
    pub identifier: String,
    /// Pairs with verdict `auto` that share it.
    pub n_pairs: u64,
    /// Those that a rule not needing it finds as well.
    pub n_found: u64,
    /// Recall of the other rules on them.
    pub recall: Interval,
}

/// All figures without a truth.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Estimates {
    /// Pairs listed as `auto` or `review`.
    pub n_pairs: u64,
    /// Of these, true ones as their probabilities expect.
    pub n_expected_true: f64,
    /// By verdict and band of probability, surest first.
    pub bands: Vec<Band>,
    /// Recall by how many rules find each pair (Chao 1987): too high where rules share fields, too low where they exclude
    /// each other. `None` without a pair found by two rules.
    pub recall: Option<Interval>,
    /// Recall by each two rules that find pairs in common, most pairs in common first.
    pub recaptures: Vec<Recapture>,
    /// Recall with one identifier left out.
    pub left_out: Vec<LeftOut>,
    /// Precision by a reviewed sample.
    pub reviewed: Option<ReviewedPrecision>,
}

/// A row of `pairs.csv`, as far as it is needed here.
pub(super) struct Listed {
    pub(super) left: String,
    pub(super) right: String,
    pub(super) verdict: String,
    pub(super) probability: f64,
    rules: Vec<String>,
    /// Which of [`IDENTIFIERS`] the pair shares.
    shares: [bool; IDENTIFIERS.len()],
}

impl Listed {
    pub(super) fn is_suggested(&self) -> bool {
        self.verdict == "auto" || self.verdict == "review"
    }
}

const IDENTIFIERS: [(&str, &str); 4] = [
    ("email", "email_level"),
    ("phone", "phone_level"),
    ("birthdate", "birthdate_level"),
    ("governmentid", "governmentid_level"),
];

/// Estimates from the files of a run; `reviewed` is joined as it is. Cost: one pass over `pairs.csv`.
pub fn estimates(
    run: &Path,
    reviewed: Option<ReviewedPrecision>,
) -> Result<Estimates, EvaluateError> {
    let listed = read_listed(&find_run(run)?)?;
    let suggested: Vec<&Listed> = listed.iter().filter(|p| p.is_suggested()).collect();
    let mut rules: Vec<&str> = listed
        .iter()
        .flat_map(|p| p.rules.iter().map(String::as_str))
        .collect();
    rules.sort_unstable();
    rules.dedup();
    Ok(Estimates {
        n_pairs: suggested.len() as u64,
        n_expected_true: suggested.iter().map(|p| p.probability).sum(),
        bands: bands(&suggested),
        recall: recall_by_counts(&suggested),
        recaptures: recaptures(&suggested, &rules),
        left_out: left_out(&listed, &rules),
        reviewed,
    })
}

/// The rows of `pairs.csv`.
pub(super) fn read_listed(run: &Path) -> Result<Vec<Listed>, EvaluateError> {
    let sheet = Sheet::open(&run.join("pairs.csv"))?;
    let (left, right) = (sheet.column("left_id")?, sheet.column("right_id")?);
    let (verdict, probability) = (sheet.column("verdict")?, sheet.column("probability")?);
    let rules = sheet.column("rules")?;
    let levels = IDENTIFIERS.map(|(_, column)| sheet.optional(column));
    let mut out = Vec::new();
    sheet.rows(|row| {
        out.push(Listed {
            left: unguard(&row[left]).to_owned(),
            right: unguard(&row[right]).to_owned(),
            verdict: row[verdict].to_owned(),
            probability: row[probability]
                .parse()
                .ok()
                .filter(|p| (0.0..=1.0).contains(p))
                .ok_or_else(|| {
                    format!(
                        "the probability {:?} is not between 0 and 1",
                        &row[probability]
                    )
                })?,
            rules: unguard(&row[rules])
                .split("; ")
                .filter(|r| !r.is_empty())
                .map(str::to_owned)
                .collect(),
            shares: levels
                .map(|at| at.is_some_and(|at| matches!(&row[at], "same" | "generic" | "conflict"))),
        });
        Ok(())
    })?;
    Ok(out)
}

/// Lowest probabilities of the bands, surest first.
pub(super) const BANDS: [f64; 4] = [0.999, 0.99, 0.9, 0.5];

/// The band a probability is in.
pub(super) fn band_of(probability: f64) -> usize {
    BANDS
        .iter()
        .position(|from| probability >= *from)
        .unwrap_or(BANDS.len() - 1)
}

fn bands(suggested: &[&Listed]) -> Vec<Band> {
    let mut out = Vec::new();
    for verdict in ["auto", "review"] {
        for (at, from) in BANDS.iter().enumerate() {
            let (mut n_pairs, mut sum) = (0, 0.0);
            for pair in suggested
                .iter()
                .filter(|p| p.verdict == verdict && band_of(p.probability) == at)
            {
                n_pairs += 1;
                sum += pair.probability;
            }
            if n_pairs > 0 {
                out.push(Band {
                    verdict: verdict.to_owned(),
                    from: *from,
                    n_pairs,
                    expected_true: sum / n_pairs as f64,
                });
            }
        }
    }
    out
}

/// Chao's lower bound of the number of true pairs, from those that one and that two rules find; hence an upper bound of
/// recall. Bias-corrected form, interval by his log-normal approximation.
fn recall_by_counts(suggested: &[&Listed]) -> Option<Interval> {
    let by_rules = |n: usize| -> f64 {
        suggested
            .iter()
            .filter(|p| p.rules.len() == n)
            .map(|p| p.probability)
            .sum()
    };
    let (once, twice) = (by_rules(1), by_rules(2));
    let found: f64 = suggested.iter().map(|p| p.probability).sum();
    if twice < 1.0 {
        return None;
    }
    let unseen = (once * (once - 1.0) / (2.0 * (twice + 1.0))).max(0.0);
    if unseen <= 0.0 {
        return Some(Interval {
            low: 1.0,
            estimate: 1.0,
            high: 1.0,
        });
    }
    let ratio = once / twice;
    let variance = twice * (ratio.powi(4) / 4.0 + ratio.powi(3) + ratio.powi(2) / 2.0);
    let factor = (Z95 * (1.0 + variance / unseen.powi(2)).ln().sqrt()).exp();
    Some(Interval {
        low: found / (found + unseen * factor),
        estimate: found / (found + unseen),
        high: found / (found + unseen / factor),
    })
}

fn recaptures(suggested: &[&Listed], rules: &[&str]) -> Vec<Recapture> {
    let found: f64 = suggested.iter().map(|p| p.probability).sum();
    let mut out = Vec::new();
    for (at, first) in rules.iter().enumerate() {
        for second in &rules[at + 1..] {
            let (mut a, mut b, mut both) = (0.0, 0.0, 0.0);
            for pair in suggested {
                let has = |rule: &str| pair.rules.iter().any(|r| r == rule);
                let (x, y) = (has(first), has(second));
                a += if x { pair.probability } else { 0.0 };
                b += if y { pair.probability } else { 0.0 };
                both += if x && y { pair.probability } else { 0.0 };
            }
            if both < 1.0 {
                continue;
            }
            let all = (a + 1.0) * (b + 1.0) / (both + 1.0) - 1.0;
            let variance = (a + 1.0) * (b + 1.0) * (a - both) * (b - both)
                / ((both + 1.0).powi(2) * (both + 2.0));
            let recall = |n: f64| (found / n.max(1.0)).min(1.0);
            out.push(Recapture {
                first: (*first).to_owned(),
                second: (*second).to_owned(),
                n_first: a,
                n_second: b,
                n_both: both,
                recall: Interval {
                    low: recall(all + Z95 * variance.sqrt()),
                    estimate: recall(all),
                    high: recall((all - Z95 * variance.sqrt()).max(a + b - both)),
                },
            });
        }
    }
    out.sort_by(|x, y| y.n_both.total_cmp(&x.n_both));
    out
}

fn left_out(listed: &[Listed], rules: &[&str]) -> Vec<LeftOut> {
    let mut out = Vec::new();
    for (at, (identifier, _)) in IDENTIFIERS.iter().enumerate() {
        // A rule needs the identifier when no pair of it lacks it.
        let independent: Vec<&str> = rules
            .iter()
            .copied()
            .filter(|rule| {
                listed
                    .iter()
                    .any(|p| !p.shares[at] && p.rules.iter().any(|r| r == rule))
            })
            .collect();
        let sharing = listed
            .iter()
            .filter(|p| p.verdict == "auto" && p.shares[at]);
        let (mut n_pairs, mut n_found) = (0, 0);
        for pair in sharing {
            n_pairs += 1;
            n_found += u64::from(pair.rules.iter().any(|r| independent.contains(&r.as_str())));
        }
        if n_pairs > 0 {
            out.push(LeftOut {
                identifier: (*identifier).to_owned(),
                n_pairs,
                n_found,
                recall: wilson(n_found, n_pairs),
            });
        }
    }
    out
}

/// A share and its 95 % interval (Wilson 1927).
pub(super) fn wilson(n_right: u64, n: u64) -> Interval {
    let (k, n) = (n_right as f64, n as f64);
    let p = k / n;
    let z2 = Z95 * Z95;
    let centre = (p + z2 / (2.0 * n)) / (1.0 + z2 / n);
    let half = Z95 / (1.0 + z2 / n) * (p * (1.0 - p) / n + z2 / (4.0 * n * n)).sqrt();
    Interval {
        low: (centre - half).max(0.0),
        estimate: p,
        high: (centre + half).min(1.0),
    }
}

/// The estimates as plain text, at most 100 columns wide, ending in a line break.
pub fn estimates_table(e: &Estimates) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        let _ = writeln!(out, "{}", text.trim_end());
    };
    let interval = |i: &Interval| format!("{:.4}  ({:.4} to {:.4})", i.estimate, i.low, i.high);
    line(format!(
        "{} pairs listed as auto or review, {:.0} of them true as their probabilities expect",
        e.n_pairs, e.n_expected_true
    ));
    line(String::new());
    line("Precision by stated probability: as good as the calibration".to_owned());
    for band in &e.bands {
        line(format!(
            "  {:<8} from {:<6} {:>9} pairs, {:.4} expected true",
            band.verdict, band.from, band.n_pairs, band.expected_true
        ));
    }
    if let Some(reviewed) = &e.reviewed {
        line(String::new());
        line(
            "Precision by the reviewed sample: unbiased if answers are right; 95 % interval"
                .to_owned(),
        );
        for (name, share) in [
            ("auto", &reviewed.auto),
            ("review", &reviewed.review),
            ("both", &reviewed.all),
        ] {
            if let Some(share) = share {
                line(format!("  {name:<8} {}", interval(share)));
            }
        }
        line(format!(
            "  {} answers, {} unsure or blank and left out",
            reviewed.n_answers, reviewed.n_unanswered
        ));
    }
    line(String::new());
    line(
        "Recall by how many rules find a pair (Chao): too high where rules share fields, too low\nwhere records have one identifier instead of another"
            .to_owned(),
    );
    match &e.recall {
        Some(recall) => line(format!("  all rules  {}", interval(recall))),
        None => line("  no two rules find a pair together: nothing to tell it by".to_owned()),
    }
    if !e.recaptures.is_empty() {
        line("Recall by two rules (Lincoln and Petersen): likewise".to_owned());
        for r in &e.recaptures {
            line(format!("  {}", interval(&r.recall)));
            line(format!("    {} / {}", r.first, r.second));
        }
    }
    if !e.left_out.is_empty() {
        line(String::new());
        line(
            "Recall on sure pairs when what they share had been blank: too high for records that"
                .to_owned(),
        );
        line("really lack it, since those are poorer in other fields too".to_owned());
        for l in &e.left_out {
            line(format!(
                "  without {:<13} {}  {} of {} pairs",
                l.identifier,
                interval(&l.recall),
                l.n_found,
                l.n_pairs
            ));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(rules: &[&str], probability: f64) -> Listed {
        Listed {
            left: String::new(),
            right: String::new(),
            verdict: "review".into(),
            probability,
            rules: rules.iter().map(|r| (*r).to_owned()).collect(),
            shares: [false; 4],
        }
    }

    #[test]
    fn independent_rules_tell_what_both_miss() {
        // Of 1,000 true pairs rule a finds 600, rule b 500, both 300 by chance: 800 are found.
        let mut pairs = Vec::new();
        pairs.extend((0..300).map(|_| pair(&["a", "b"], 1.0)));
        pairs.extend((0..300).map(|_| pair(&["a"], 1.0)));
        pairs.extend((0..200).map(|_| pair(&["b"], 1.0)));
        let pairs: Vec<&Listed> = pairs.iter().collect();
        let found = recaptures(&pairs, &["a", "b"]);
        assert_eq!(found.len(), 1);
        assert!((found[0].recall.estimate - 0.8).abs() < 0.002);
        assert!(found[0].recall.low < 0.8 && 0.8 < found[0].recall.high);
        let chao = recall_by_counts(&pairs).expect("some are found twice");
        assert!(chao.low <= chao.estimate && chao.estimate <= chao.high);
        assert!(chao.estimate > 0.6 && chao.estimate < 0.8);
    }

    #[test]
    fn wilson_of_all_right_is_no_certainty() {
        let share = wilson(50, 50);
        assert!((share.estimate - 1.0).abs() < 1e-12);
        assert!(share.low > 0.92 && share.low < 0.94, "{}", share.low);
        assert!((share.high - 1.0).abs() < 1e-12);
    }
}
