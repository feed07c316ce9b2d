//! Which rules are in force and what reviewers decided, who said so, when and why: the one store that lives longer than
//! a run.
//!
//! A state folder holds a log to which entries are only ever added. Replaying it gives the versions of every rule set,
//! each immutable, numbered per set and named by the SHA-256 of its canonical text, of which at most one of a set is
//! published; and the decisions on pairs that stand, each with a [`fingerprint`] of the values it was made on. [`StateFolder`] reads, [`StateWriter`] adds entries under a lock, [`repair`] saves what can be proven of
//! a damaged log, [`purge()`] and [`forget`] write one anew without what is not to be kept.
//!
//! Order is that of the log, never that of the clock. `docs/lifecycle.md` has the format and the guarantees.

mod decide;
mod decision;
mod entry;
mod error;
mod fingerprint;
mod folder;
mod history;
mod log;
mod purge;
mod repair;

pub use decide::{PAIRS_MAX, Recorded};
pub use decision::{Answer, Decision, PairDecision};
pub use entry::{Act, Entry, FORMAT_VERSION, GateRecord, What};
pub use error::{StateError, StateErrorKind};
pub use fingerprint::fingerprint;
pub use folder::{Author, StateFolder, StateWriter};
pub use history::{Plan, RuleSetHistory, Standing, Status, Version};
pub use log::Torn;
pub use purge::{Purged, Purging, Retention, forget, purge};
pub use repair::{Repaired, repair};
