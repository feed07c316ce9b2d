//! Merge suggestions: a cluster with a survivor and a golden record.

use super::ids::RecordIdx;
use super::pair::{RuleMask, Verdict};

/// What becomes of a member of a suggestion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Kept.
    Survivor,
    /// Merged into the survivor.
    Merge,
}

impl Role {
    /// The word used in `suggestions.csv`.
    pub fn as_str(self) -> &'static str {
        match self {
            Role::Survivor => "survivor",
            Role::Merge => "merge",
        }
    }
}

/// Something about a cluster that a person should look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ClusterFlag {
    /// More members than the size limit of the cluster stage.
    Large,
    /// Held together by a single weak link.
    WeakBridge,
    /// At least one pair inside speaks against a merge.
    Conflict,
    /// Two members have different values of an identifying field.
    TwoIdentities,
    /// Cut out of a larger component by the clustering.
    Split,
}

impl ClusterFlag {
    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            ClusterFlag::Large => "large",
            ClusterFlag::WeakBridge => "weak-bridge",
            ClusterFlag::Conflict => "conflict",
            ClusterFlag::TwoIdentities => "two-identities",
            ClusterFlag::Split => "split",
        }
    }
}

/// A member of a suggestion.
#[derive(Debug, Clone, PartialEq)]
pub struct Member {
    /// The record.
    pub record: RecordIdx,
    /// Survivor or merged.
    pub role: Role,
    /// Probability that this record is the survivor's entity, along the strongest path inside the cluster. 1.0 for the survivor.
    pub probability: f64,
    /// The verdict that probability earns. For the survivor: the suggestion's.
    pub verdict: Verdict,
    /// Rules that link this member to other members.
    pub rules: RuleMask,
    /// The member this one is best linked to, `None` for a survivor.
    pub linked_to: Option<RecordIdx>,
    /// One plain sentence: why.
    pub reason: String,
}

/// One value of a golden record. Eight bytes: a run of a million records has millions of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct GoldenValue {
    /// Position in [`Table::columns`](super::Table).
    pub column_idx: u32,
    /// The record whose value survives; the value is read from the table.
    pub source: RecordIdx,
}

/// A suggested merge. Members are ordered: survivor first, then by position.
#[derive(Debug, Clone, PartialEq)]
pub struct Suggestion {
    /// Made from the members' types and ids alone: the same group has the same id in every run.
    pub id: String,
    /// The members.
    pub members: Vec<Member>,
    /// The weakest member probability.
    pub probability: f64,
    /// `Auto` only when every member is `Auto` and no flag is set.
    pub verdict: Verdict,
    /// What to look at.
    pub flags: Vec<ClusterFlag>,
    /// Why the survivor survives: one plain sentence.
    pub survivor_reason: String,
    /// Surviving values, in column order; columns empty in every member are left out.
    pub golden: Vec<GoldenValue>,
    /// Probability-weighted agreement over all pairs inside, 0.0 to 1.0.
    pub cohesion: f64,
}
