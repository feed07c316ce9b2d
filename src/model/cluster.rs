//! Clusters: records held to be one entity, with how they hang together.

use super::ids::RecordIdx;
use super::pair::{RuleMask, Verdict};
use super::suggestion::ClusterFlag;

/// How a member hangs on the rest of its cluster: one edge of the maximum spanning tree by score.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link {
    /// One end.
    pub left: RecordIdx,
    /// The other end; `left < right`.
    pub right: RecordIdx,
    /// Score of the pair in millibits.
    pub score_millibits: i32,
    /// Verdict of the pair.
    pub verdict: Verdict,
    /// Rules that hold for the pair; empty for a pair that was only scored inside the component.
    pub rules: RuleMask,
}

/// A cluster of two or more records.
#[derive(Debug, Clone, PartialEq)]
pub struct Cluster {
    /// The members, ascending.
    pub members: Vec<RecordIdx>,
    /// A maximum spanning tree over the members: `members.len() - 1` links.
    pub links: Vec<Link>,
    /// Lowest score over all pairs inside that were scored, in millibits.
    pub weakest_millibits: i32,
    /// Mean probability over all pairs inside that were scored, 0.0 to 1.0.
    pub cohesion: f64,
    /// Number of pairs inside that speak against a merge (score below zero).
    pub n_conflicts: u32,
    /// What a person should look at; ascending, distinct.
    pub flags: Vec<ClusterFlag>,
}
