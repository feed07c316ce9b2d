//! Counts that both `summary.json` and the page show, made once.

use crate::model::{
    Activity, Candidacy, ClusterFlag, MILLIBITS_PER_BIT, Outcome, RecordType, ScoredPair, Side,
    Suppression, Table, Verdict,
};
use serde::Serialize;
use std::collections::BTreeMap;

/// Bits to a bar of the score chart.
const BITS_PER_BAR: i32 = 2;

/// Lowest and highest bar of the score chart, in bits; the ends collect what lies beyond.
const SCORE_RANGE: (i32, i32) = (-20, 40);

/// Records of one type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct TypeCount {
    pub(super) record_type: &'static str,
    pub(super) n_records: u64,
    pub(super) n_active: u64,
    pub(super) n_inactive: u64,
    pub(super) n_merged_away: u64,
    pub(super) n_deleted: u64,
}

/// Rows of `pairs.csv` and the record pairs they stand for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub(super) struct PairCount {
    pub(super) n_rows: u64,
    pub(super) n_pairs: u64,
}

/// One bar of the score chart: pairs with `from_bits <= evidence < to_bits`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct ScoreBar {
    pub(super) from_bits: i32,
    pub(super) to_bits: i32,
    /// Rows of `pairs.csv` by verdict, strongest first.
    pub(super) n_by_verdict: [u64; 4],
}

/// Rows of `pairs.csv` with a probability in a range.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Band {
    pub(super) label: &'static str,
    pub(super) n_rows: u64,
    /// How many of them are one entity if the probabilities hold: their sum.
    pub(super) expected: f64,
}

/// Where the ranges of [`Band`] begin, highest first, and what they are called.
const BANDS: [(f64, &str); 7] = [
    (0.999, "99.9 % and more"),
    (0.99, "99 to 99.9 %"),
    (0.9, "90 to 99 %"),
    (0.5, "50 to 90 %"),
    (0.1, "10 to 50 %"),
    (0.01, "1 to 10 %"),
    (0.0, "below 1 %"),
];

/// Rows of `suppressed.csv` by what left them out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct SuppressedCount {
    pub(super) rule: String,
    pub(super) why: &'static str,
    pub(super) side: &'static str,
    pub(super) n_rows: u64,
    pub(super) n_pairs: u64,
}

/// The counts.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Figures {
    pub(super) n_rows_read: u64,
    pub(super) n_rows_used: u64,
    pub(super) n_rows_rejected: u64,
    pub(super) n_rows_superseded: u64,
    pub(super) types: Vec<TypeCount>,
    /// By verdict, strongest first.
    pub(super) pairs: [PairCount; 4],
    pub(super) scores: Vec<ScoreBar>,
    /// Highest first.
    pub(super) bands: Vec<Band>,
    pub(super) n_members: u64,
    pub(super) n_to_merge: u64,
    pub(super) n_suggestions_by_verdict: [u64; 4],
    /// Members to suggestions of that size, ascending.
    pub(super) sizes: Vec<(u64, u64)>,
    /// Flags set, with the number of suggestions.
    pub(super) flags: Vec<(ClusterFlag, u64)>,
    pub(super) suppressed: Vec<SuppressedCount>,
}

impl Figures {
    /// Counts. Cost: one pass over records, pairs, suggestions and suppressed pairs.
    pub(super) fn count(table: &Table, outcome: &Outcome) -> Figures {
        let mut pairs = [PairCount::default(); 4];
        for pair in &outcome.pairs {
            let count = &mut pairs[pair.verdict as usize];
            count.n_rows += 1;
            count.n_pairs += pair.pair.implied;
        }
        let mut by_verdict = [0; 4];
        let mut sizes = BTreeMap::new();
        let mut flags = BTreeMap::new();
        let mut n_members = 0;
        for suggestion in &outcome.suggestions {
            by_verdict[suggestion.verdict as usize] += 1;
            *sizes.entry(suggestion.members.len() as u64).or_insert(0) += 1;
            n_members += suggestion.members.len() as u64;
            for flag in &suggestion.flags {
                *flags.entry(*flag).or_insert(0) += 1;
            }
        }
        let sum = |count: fn(&crate::model::FileInfo) -> u64| table.files.iter().map(count).sum();
        Figures {
            n_rows_read: sum(|f| f.n_rows),
            n_rows_used: sum(|f| f.n_used),
            n_rows_rejected: sum(|f| f.n_rejected),
            n_rows_superseded: sum(|f| f.n_superseded),
            types: types(table),
            pairs,
            scores: scores(&outcome.pairs),
            bands: bands(&outcome.pairs),
            n_members,
            n_to_merge: n_members - outcome.suggestions.len() as u64,
            n_suggestions_by_verdict: by_verdict,
            sizes: sizes.into_iter().collect(),
            flags: flags.into_iter().collect(),
            suppressed: suppressed(outcome),
        }
    }

    /// All pairs of `pairs.csv`.
    pub(super) fn all_pairs(&self) -> PairCount {
        self.pairs
            .iter()
            .fold(PairCount::default(), |sum, count| PairCount {
                n_rows: sum.n_rows + count.n_rows,
                n_pairs: sum.n_pairs + count.n_pairs,
            })
    }

    /// Active records of all types.
    pub(super) fn n_active(&self) -> u64 {
        self.types.iter().map(|t| t.n_active).sum()
    }
}

fn types(table: &Table) -> Vec<TypeCount> {
    let mut counts: Vec<TypeCount> = RecordType::ALL
        .iter()
        .map(|t| TypeCount {
            record_type: t.as_str(),
            n_records: 0,
            n_active: 0,
            n_inactive: 0,
            n_merged_away: 0,
            n_deleted: 0,
        })
        .collect();
    for i in 0..table.n_records() {
        let count = &mut counts[table.record_type[i] as usize];
        count.n_records += 1;
        match table.activity[i] {
            Activity::Active => count.n_active += 1,
            Activity::Inactive => count.n_inactive += 1,
        }
        match table.candidacy[i] {
            Candidacy::Candidate => {}
            Candidacy::MergedAway => count.n_merged_away += 1,
            Candidacy::Deleted => count.n_deleted += 1,
        }
    }
    counts.retain(|c| c.n_records > 0);
    counts
}

/// Bars from the lowest to the highest score that occurs, gaps included.
fn scores(pairs: &[ScoredPair]) -> Vec<ScoreBar> {
    let (low, high) = SCORE_RANGE;
    let mut bars: Vec<ScoreBar> = (low..high)
        .step_by(BITS_PER_BAR.unsigned_abs() as usize)
        .map(|from_bits| ScoreBar {
            from_bits,
            to_bits: from_bits + BITS_PER_BAR,
            n_by_verdict: [0; 4],
        })
        .collect();
    for pair in pairs {
        let bits = pair.evidence.score_millibits.div_euclid(MILLIBITS_PER_BIT);
        let bar = (bits.clamp(low, high - 1) - low) / BITS_PER_BAR;
        bars[bar.unsigned_abs() as usize].n_by_verdict[pair.verdict as usize] += 1;
    }
    let is_used = |bar: &ScoreBar| bar.n_by_verdict.iter().any(|n| *n > 0);
    match (
        bars.iter().position(is_used),
        bars.iter().rposition(is_used),
    ) {
        (Some(first), Some(last)) => bars[first..=last].to_vec(),
        _ => Vec::new(),
    }
}

fn bands(pairs: &[ScoredPair]) -> Vec<Band> {
    let mut bands = BANDS.map(|(_, label)| (label, 0, 0_u64));
    for pair in pairs {
        let probability = pair.evidence.probability();
        let at = BANDS.iter().position(|(from, _)| probability >= *from);
        let band = &mut bands[at.expect("the last begins at 0")];
        band.1 += 1;
        // Summed as integers, in billionths.
        band.2 += (probability * 1e9).round() as u64;
    }
    bands
        .map(|(label, n_rows, billionths)| Band {
            label,
            n_rows,
            expected: billionths as f64 / 1e9,
        })
        .to_vec()
}

fn suppressed(outcome: &Outcome) -> Vec<SuppressedCount> {
    let mut counts: BTreeMap<(usize, Suppression, Side), (u64, u64)> = BTreeMap::new();
    for pair in &outcome.suppressed {
        for rule_idx in pair.rules.iter() {
            let count = counts
                .entry((rule_idx, pair.why, pair.side))
                .or_insert((0, 0));
            count.0 += 1;
            count.1 += pair.implied;
        }
    }
    counts
        .into_iter()
        .map(
            |((rule_idx, why, side), (n_rows, n_pairs))| SuppressedCount {
                rule: outcome
                    .rule_names
                    .get(rule_idx)
                    .cloned()
                    .unwrap_or_default(),
                why: why.as_str(),
                side: side.as_str(),
                n_rows,
                n_pairs,
            },
        )
        .collect()
}

/// The word of each verdict with its count, strongest first.
pub(super) fn by_verdict<T: Copy>(counts: &[T; 4]) -> Vec<(&'static str, T)> {
    Verdict::ALL
        .iter()
        .map(|v| (v.as_str(), counts[*v as usize]))
        .collect()
}
