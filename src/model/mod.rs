//! The nouns that travel between stages: records, matchcodes, pairs, clusters, suggestions.
//!
//! No input or output, no algorithms, no import of any other module of ours.
//! Positions are dense `u32` (see [`RecordIdx`]); a record's own id is text and lives only in [`Table`].

mod activity;
mod cluster;
mod codes;
mod column;
mod count;
mod evidence;
mod field;
mod ids;
mod job;
mod matchcode;
mod outcome;
mod pair;
mod prepared;
mod progress;
mod row_set;
mod suggestion;
mod table;

pub use activity::{Activity, Candidacy};
pub use cluster::{Cluster, Link};
pub use codes::{
    CompanyCodes, CompanyRef, EmailCodes, EmailRef, PhoneCodes, PhoneRef, TextCodes, Texts,
};
pub use column::TextColumn;
pub use count::count;
pub use evidence::{
    Alternative, EvidenceField, FieldEvidence, Fields, Level, MILLIBITS_PER_BIT, PairEvidence,
};
pub use field::{Field, FieldKind, RecordType};
pub use ids::{Csr, HashIndex, Interner, NONE, RecordIdx};
pub use job::{DynamicsJob, JobRow, JobRule, MissedPair};
pub use matchcode::{
    AddressCode, AddressLine, CompanyCode, DomainCode, DomainKind, EmailCode, Generation, Mark,
    Marks, NameToken, POST_BOX, PersonName, PhoneCode, PhoneKind, PhoneUse, PhoneUseKind,
    TokenRole,
};
pub use outcome::{
    CompanyAlias, Coverage, CrossLink, DecisionCounts, GenericKind, GenericValue, HeavyKey,
    LeftOut, Outcome, RuleCount, SuppressedPair, Suppression,
};
pub use pair::{CandidatePair, RuleMask, ScoredPair, Side, Verdict};
pub use prepared::{
    Companies, CompanyGroups, CutValues, Domains, Emails, GenericValues, Names, Phones, Prepared,
    TextColumnCodes, TextForm,
};
pub use progress::{Progress, Silent};
pub use row_set::RowSet;
pub use suggestion::{ClusterFlag, GoldenValue, Member, Role, Suggestion};
pub use table::{FileInfo, IngestReport, Notice, Origin, Reject, Table};
