//! Figures against ground truth: how right a published run is.
//!
//! Takes the files of a run and a truth table (`id,cluster`), gives figures for its clusters, its pairs, its verdicts,
//! its rules and its probabilities, and the mistakes most worth reading, by id. Without a truth, estimates recall and
//! precision from the run's own files and from a reviewed sample. `docs/evaluate.md` defines every figure.

mod estimate;
mod examples;
mod files;
mod pairs;
mod partition;
mod sample;
mod text;

use rustc_hash::FxHashMap;
use serde::Serialize;
use std::collections::BTreeMap;

pub use estimate::{Band, Estimates, Interval, LeftOut, Recapture, estimates, estimates_table};
pub use examples::{Example, Examples};
pub use files::{
    EvaluateError, MemberRow, PairRow, RunFiles, SuggestionRow, SuppressedRow, Truth, find_run,
    read_run, read_truth,
};
pub use pairs::{Calibration, CalibrationBin, PairFigures};
pub use partition::{PartitionMetrics, Rates, partition_metrics};
pub use sample::{ReviewedPrecision, SampledPair, read_reviewed, sample, write_sample};
pub use text::table;

/// What to report beside the figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EvaluateOptions {
    /// Most entries in each list of [`Examples`].
    pub n_examples: usize,
}

impl Default for EvaluateOptions {
    fn default() -> Self {
        EvaluateOptions { n_examples: 10 }
    }
}

/// All figures of one run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Records of the truth: what the cluster figures are over.
    pub n_records: u64,
    /// Records named by the run and unknown to the truth; left out of every figure.
    pub n_unknown: u64,
    /// Clusters when suggestions with verdict `auto` are merged and nothing else.
    pub auto: PartitionMetrics,
    /// Clusters when every suggestion is merged, `auto` and `review`.
    pub all: PartitionMetrics,
    /// All listed pairs together.
    pub listed: PairFigures,
    /// Listed pairs by verdict, strongest first.
    pub by_verdict: Vec<PairFigures>,
    /// Listed pairs by rule, in the order of first appearance by name; a pair counts for each of its rules.
    pub by_rule: Vec<PairFigures>,
    /// True pairs the run left out on purpose, by reason (`inactive`, `rejected` …).
    pub true_pairs_suppressed: BTreeMap<String, u64>,
    /// How far probabilities can be believed.
    pub calibration: Calibration,
    /// Mistakes to read.
    pub examples: Examples,
}

/// The run and the truth on one numbering of records.
struct Joined<'a> {
    run: &'a RunFiles,
    /// Truth cluster of each id of the run, `None` when the truth does not know it.
    truth_of: Vec<Option<u32>>,
    /// Cluster of each id of the run when every suggestion is merged; singletons have numbers of their own.
    found_of: Vec<u32>,
}

impl Joined<'_> {
    /// Whether the two are one entity; `None` when the truth does not know both.
    fn same(&self, left: u32, right: u32) -> Option<bool> {
        Some(self.truth_of[left as usize]? == self.truth_of[right as usize]?)
    }

    fn merged(&self, left: u32, right: u32) -> bool {
        self.found_of[left as usize] == self.found_of[right as usize]
    }
}

/// Compares a run with the truth.
///
/// Records of the truth that no suggestion names are singletons. Records that the truth does not know are left out
/// and counted. Cost: proportional to records and listed pairs, times a logarithm for sorting.
pub fn evaluate(run: &RunFiles, truth: &Truth, options: &EvaluateOptions) -> Evaluation {
    let at: FxHashMap<&str, u32> = truth.ids.iter().map(String::as_str).zip(0..).collect();
    let record_of: Vec<Option<u32>> = run
        .ids
        .iter()
        .map(|id| at.get(id.as_str()).copied())
        .collect();
    let truth_of: Vec<Option<u32>> = record_of
        .iter()
        .map(|r| r.map(|r| truth.clusters[r as usize]))
        .collect();
    let found_of = joined_suggestions(run, |_| true);
    let metrics = |clusters: &[u32]| {
        // Ids of the run come first in the numbering of clusters, the truth's own singletons after them.
        let mut found: Vec<u32> = (0..truth.ids.len() as u32)
            .map(|r| run.ids.len() as u32 + run.suggestions.len() as u32 + r)
            .collect();
        for (id, record) in record_of.iter().enumerate() {
            if let Some(record) = record {
                found[*record as usize] = clusters[id];
            }
        }
        partition_metrics(&found, &truth.clusters)
    };
    let auto = metrics(&joined_suggestions(run, |s| {
        run.suggestions[s as usize].auto
    }));
    let all = metrics(&found_of);
    let joined = Joined {
        run,
        truth_of,
        found_of,
    };
    let n_true = all.pairs_truth;
    let mut true_pairs_suppressed = BTreeMap::new();
    for row in &run.suppressed {
        if joined.same(row.left, row.right) == Some(true) {
            *true_pairs_suppressed.entry(row.why.clone()).or_insert(0) += 1;
        }
    }
    Evaluation {
        n_records: truth.ids.len() as u64,
        n_unknown: record_of.iter().filter(|r| r.is_none()).count() as u64,
        auto,
        all,
        listed: pairs::figures(&joined, "all", n_true, |_| true),
        by_verdict: pairs::by_verdict(&joined, n_true),
        by_rule: pairs::by_rule(&joined, n_true),
        true_pairs_suppressed,
        calibration: pairs::calibration(&joined),
        examples: examples::worst(&joined, truth, options.n_examples),
    }
}

/// Cluster of each id of the run when the suggestions chosen are merged.
fn joined_suggestions(run: &RunFiles, chosen: impl Fn(u32) -> bool) -> Vec<u32> {
    let mut clusters: Vec<u32> = (0..run.ids.len() as u32)
        .map(|id| run.suggestions.len() as u32 + id)
        .collect();
    for member in &run.members {
        if chosen(member.suggestion) {
            clusters[member.record as usize] = member.suggestion;
        }
    }
    clusters
}
