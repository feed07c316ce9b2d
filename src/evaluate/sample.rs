//! A sample of suggested pairs to review, and what the answers say about precision.
//!
//! Stratified by verdict and band of probability, so that few answers tell much: doubtful pairs are rare and asked
//! for as often as the many sure ones. Drawn by a hash of the ids and a seed: the same run gives the same sample.

use super::estimate::{BANDS, Interval, Listed, Z95, band_of, read_listed, wilson};
use super::files::{EvaluateError, Sheet, find_run, unguard};
use rustc_hash::FxHashMap;
use serde::Serialize;
use std::io::{Read, Write};
use std::path::Path;

/// Columns of `suggestions.csv` shown beside the ids of a sample, as far as the export has them.
const SHOWN: [&str; 9] = [
    "fullname",
    "firstname",
    "lastname",
    "companyname",
    "emailaddress1",
    "telephone1",
    "mobilephone",
    "birthdate",
    "address1_city",
];

/// A pair to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SampledPair {
    /// Verdict and band, such as `review 0.9`.
    pub stratum: String,
    /// Pairs of the run in the stratum.
    pub n_stratum: u64,
    /// One record.
    pub left_id: String,
    /// The other.
    pub right_id: String,
    /// Its main values, as exported.
    pub left: String,
    /// Likewise.
    pub right: String,
}

/// Precision by a reviewed sample.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReviewedPrecision {
    /// Answers yes or no.
    pub n_answers: u64,
    /// Rows without one.
    pub n_unanswered: u64,
    /// Of pairs listed as `auto`; `None` when none was answered.
    pub auto: Option<Interval>,
    /// Of pairs listed as `review`.
    pub review: Option<Interval>,
    /// Of both together.
    pub all: Option<Interval>,
}

/// About `n` pairs of the run, each stratum equally often as far as it has pairs, in order of stratum and then chance.
pub fn sample(run: &Path, n: usize, seed: u64) -> Result<Vec<SampledPair>, EvaluateError> {
    let run = find_run(run)?;
    let listed = read_listed(&run)?;
    let mut strata: Vec<(String, Vec<&Listed>)> = Vec::new();
    for verdict in ["auto", "review"] {
        for (at, from) in BANDS.iter().enumerate() {
            let members: Vec<&Listed> = listed
                .iter()
                .filter(|p| p.verdict == verdict && band_of(p.probability) == at)
                .collect();
            if !members.is_empty() {
                strata.push((format!("{verdict} {from}"), members));
            }
        }
    }
    let values = shown_values(&run)?;
    let mut out = Vec::new();
    let mut left_to_draw = n;
    let n_strata = strata.len();
    for (at, (stratum, mut members)) in strata.into_iter().enumerate() {
        let share = left_to_draw.div_ceil(n_strata - at).min(members.len());
        left_to_draw -= share;
        let n_stratum = members.len() as u64;
        members.sort_by_key(|p| (chance(seed, &p.left, &p.right), &p.left, &p.right));
        for pair in members.into_iter().take(share) {
            let of = |id: &str| values.get(id).cloned().unwrap_or_default();
            out.push(SampledPair {
                stratum: stratum.clone(),
                n_stratum,
                left_id: pair.left.clone(),
                right_id: pair.right.clone(),
                left: of(&pair.left),
                right: of(&pair.right),
            });
        }
    }
    Ok(out)
}

/// FNV-1a of seed and ids: a fixed function of the pair, unlike a generator that depends on the order of rows.
fn chance(seed: u64, left: &str, right: &str) -> u64 {
    seed.to_le_bytes()
        .iter()
        .chain(left.as_bytes())
        .chain(b"\0")
        .chain(right.as_bytes())
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
            (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
        })
}

/// The main values of the records in suggestions, joined. They come guarded against formulas and stay so.
fn shown_values(run: &Path) -> Result<FxHashMap<String, String>, EvaluateError> {
    let sheet = Sheet::open(&run.join("suggestions.csv"))?;
    let id = sheet.column("record_id")?;
    let columns: Vec<usize> = SHOWN.iter().filter_map(|c| sheet.optional(c)).collect();
    let mut out = FxHashMap::default();
    sheet.rows(|row| {
        let values: Vec<&str> = columns
            .iter()
            .map(|c| row[*c].trim())
            .filter(|v| !v.is_empty())
            .collect();
        out.insert(unguard(&row[id]).to_owned(), values.join(" | "));
        Ok(())
    })?;
    Ok(out)
}

/// Writes a sample as CSV with an empty column `same` for the answers.
pub fn write_sample(pairs: &[SampledPair], out: impl Write) -> csv::Result<()> {
    let mut out = csv::Writer::from_writer(out);
    out.write_record([
        "stratum",
        "stratum_pairs",
        "left_id",
        "right_id",
        "left",
        "right",
        "same",
    ])?;
    for p in pairs {
        let n_stratum = p.n_stratum.to_string();
        out.write_record([
            &p.stratum,
            &n_stratum,
            &p.left_id,
            &p.right_id,
            &p.left,
            &p.right,
            "",
        ])?;
    }
    out.flush()?;
    Ok(())
}

/// Reads a reviewed sample: `same` holds `yes` or `no` (`y`, `n`, `1`, `0`, `true`, `false`); blank, `?` and `unsure`
/// are left out. Precision is the mean over strata, each by its number of pairs; strata without an answer are left out.
pub fn read_reviewed(name: &str, from: impl Read) -> Result<ReviewedPrecision, EvaluateError> {
    let sheet = Sheet::new(name.to_owned(), from)?;
    let (stratum, size, same) = (
        sheet.column("stratum")?,
        sheet.column("stratum_pairs")?,
        sheet.column("same")?,
    );
    let mut strata: Vec<Stratum> = Vec::new();
    let mut n_unanswered = 0;
    sheet.rows(|row| {
        let n_pairs: u64 = row[size]
            .trim()
            .parse()
            .ok()
            .filter(|n| *n > 0)
            .ok_or_else(|| {
                format!(
                    "the number of pairs {:?} is no whole number above 0",
                    &row[size]
                )
            })?;
        let right = match row[same].trim().to_ascii_lowercase().as_str() {
            "yes" | "y" | "1" | "true" => Some(true),
            "no" | "n" | "0" | "false" => Some(false),
            "" | "?" | "unsure" => None,
            other => return Err(format!("the answer {other:?} is neither yes nor no")),
        };
        let at = match strata.iter().position(|s| s.name == row[stratum]) {
            Some(at) => at,
            None => {
                strata.push(Stratum {
                    name: row[stratum].to_owned(),
                    n_pairs,
                    n_right: 0,
                    n: 0,
                });
                strata.len() - 1
            }
        };
        match right {
            Some(right) => {
                strata[at].n += 1;
                strata[at].n_right += u64::from(right);
            }
            None => n_unanswered += 1,
        }
        Ok(())
    })?;
    let of = |prefix: &str| precision(strata.iter().filter(|s| s.name.starts_with(prefix)));
    Ok(ReviewedPrecision {
        n_answers: strata.iter().map(|s| s.n).sum(),
        n_unanswered,
        auto: of("auto"),
        review: of("review"),
        all: of(""),
    })
}

struct Stratum {
    name: String,
    n_pairs: u64,
    n_right: u64,
    n: u64,
}

/// The stratified mean. With one stratum Wilson's interval; with more, a normal one whose variances are taken two
/// answers towards the middle (Agresti and Coull 1998), so that a stratum without a mistake is not taken for certain.
fn precision<'a>(strata: impl Iterator<Item = &'a Stratum>) -> Option<Interval> {
    let strata: Vec<&Stratum> = strata.filter(|s| s.n > 0).collect();
    match strata.as_slice() {
        [] => return None,
        [one] => return Some(wilson(one.n_right, one.n)),
        _ => {}
    }
    let all: f64 = strata.iter().map(|s| s.n_pairs as f64).sum();
    let (mut estimate, mut variance) = (0.0, 0.0);
    for s in strata {
        let (weight, n, right) = (s.n_pairs as f64 / all, s.n as f64, s.n_right as f64);
        estimate += weight * right / n;
        let towards = (right + 2.0) / (n + 4.0);
        let unseen = 1.0 - (n / s.n_pairs as f64).min(1.0);
        variance += weight * weight * towards * (1.0 - towards) / n * unseen;
    }
    let half = Z95 * variance.sqrt();
    Some(Interval {
        low: (estimate - half).max(0.0),
        estimate,
        high: (estimate + half).min(1.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strata_weigh_by_their_pairs() {
        let reviewed = read_reviewed(
            "review.csv",
            "stratum,stratum_pairs,same\nauto 0.999,900,yes\nauto 0.999,900,y\nreview 0.5,100,no\nreview 0.5,100,yes\n\
             review 0.5,100,?\n"
                .as_bytes(),
        )
        .expect("well-formed");
        assert_eq!((reviewed.n_answers, reviewed.n_unanswered), (4, 1));
        let all = reviewed.all.expect("answered");
        assert!((all.estimate - 0.95).abs() < 1e-12);
        assert!(all.low < 0.95 && all.high > 0.95);
        assert!((reviewed.review.expect("answered").estimate - 0.5).abs() < 1e-12);
    }

    #[test]
    fn an_answer_that_is_none_is_an_error_with_its_line() {
        let error = read_reviewed(
            "review.csv",
            "stratum,stratum_pairs,same\nauto 0.999,9,perhaps\n".as_bytes(),
        )
        .expect_err("no answer");
        assert_eq!(
            error.to_string(),
            "use review.csv, line 2: the answer \"perhaps\" is neither yes nor no"
        );
    }
}
