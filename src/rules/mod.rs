//! Rules: what may be the same, in the user's words.
//!
//! [`RuleSet`] is the effective form, already checked; `file` turns a TOML file into it, `builtin` holds the shipped
//! set, `predicate` says what the profiles `similar = "name"` and `similar = "company"` mean.

mod set;

pub mod predicate;

pub use set::{
    BaseScope, Condition, EvidenceFloor, GenericPolicy, MatchcodeKind, Measure, Preference, Rule,
    RuleSet, SurvivorPolicy,
};
