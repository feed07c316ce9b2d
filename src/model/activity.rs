//! Whether a record is active, and whether it takes part at all.

/// Whether the record is active in its CRM: decided by state, never by status reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Activity {
    /// Open lead, active contact or account.
    Active,
    /// Qualified, disqualified, converted or deactivated.
    Inactive,
}

/// Whether a record may be part of a pair at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Candidacy {
    /// An ordinary record.
    Candidate,
    /// Lost an earlier merge (`merged`, `masterid`, `MasterRecordId`): its pairs are not reported.
    MergedAway,
    /// A deletion mark (`IsDeleted`).
    Deleted,
}
