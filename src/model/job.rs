//! What a duplicate detection job of Dynamics would have said, and what it would have missed.

use super::ids::RecordIdx;
use super::pair::Verdict;

/// The result of a job, by its rules.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DynamicsJob {
    /// The rules, in order.
    pub rules: Vec<JobRule>,
    /// Rows, by rule, then base, then duplicate record. All of them, up to [`LISTED_MAX`](Self::LISTED_MAX).
    pub rows: Vec<JobRow>,
    /// Rows in all, listed or not.
    pub n_rows: u64,
    /// Pairs that the built-in rules suggest to merge and no rule of the job finds; ascending.
    pub missed: Vec<MissedPair>,
}

impl DynamicsJob {
    /// Duplicates that a job of Dynamics returns at most.
    pub const CAP: u64 = 5_000;

    /// Rows listed at most; the count goes on. A heavy value makes the square of its holders.
    pub const LISTED_MAX: usize = 2_000_000;

    /// Rows that a job would not have returned.
    pub fn n_beyond_cap(&self) -> u64 {
        self.n_rows.saturating_sub(Self::CAP)
    }
}

/// A rule of a job.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobRule {
    /// Its name.
    pub name: String,
    /// Its id in the CRM, or one made from its name.
    pub id: String,
    /// Rows it made.
    pub n_rows: u64,
}

/// A row of `duplicaterecord`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JobRow {
    /// The record evaluated.
    pub base: RecordIdx,
    /// The record found as its duplicate.
    pub duplicate: RecordIdx,
    /// Position of the rule.
    pub rule_idx: u32,
}

/// A pair that the job missed.
#[derive(Debug, Clone, PartialEq)]
pub struct MissedPair {
    /// The smaller position.
    pub left: RecordIdx,
    /// The larger position.
    pub right: RecordIdx,
    /// What the built-in rules think of it: auto or review.
    pub verdict: Verdict,
    /// That the two are one.
    pub probability: f64,
    /// The built-in rules that find it, joined by `; `.
    pub rules: String,
    /// Why, one sentence.
    pub reason: String,
}
