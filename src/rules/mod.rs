//! Rules: what may be the same, in the user's words.
//!
//! [`RuleSet`] is the effective form, already checked; `file` turns a TOML file into it, `builtin` holds the shipped
//! set, `predicate` says what the profiles `similar = "name"` and `similar = "company"` mean.

mod builtin;
pub mod check;
mod condition;
mod diff;
mod file;
mod list_file;
mod lists;
mod places;
mod read_lists;
mod render;
mod set;
mod words;

pub mod exchange;
pub mod predicate;
pub mod presets;

pub use builtin::{builtin, builtin_for};
pub use condition::COMPANY_THRESHOLD;
pub use diff::{
    ConditionChange, ConditionsChange, ListEntry, OptionChange, RuleChange, RuleSetDiff, RuleText,
    diff,
};
#[cfg(feature = "files")]
pub(crate) use file::write_problems;
pub use file::{FORMAT, PROBLEMS_TOLD_MAX, RuleFileError, RuleFileProblem, parse};
pub use list_file::{ListFileError, read_aliases, read_decided_pairs, read_pairs};
pub use lists::{AliasKind, ListedId, ListedPair, ValueLists};
pub use places::{Place, Places, place_at};
pub use render::{render, render_condition};
pub use set::{
    ACCEPTED, ALWAYS_LIST, BaseScope, CONDITIONS_MAX, Condition, EvidenceFloor, GenericPolicy,
    MatchcodeKind, Measure, PicklistSide, Preference, RULES_MAX, Rule, RuleSet, SurvivorPolicy,
    TextBasis,
};
pub use words::{MATCHCODES, MEASURES, PREFERENCES, is_country, nearest};
