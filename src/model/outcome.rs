//! What a run found: everything the reports show, beside the [`Table`](super::Table) itself.

use super::ids::RecordIdx;
use super::job::DynamicsJob;
use super::pair::{RuleMask, ScoredPair, Side};
use super::suggestion::Suggestion;
use super::table::Notice;

/// Why a rule-true pair is not reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Suppression {
    /// A side is inactive, and the rule excludes it.
    Inactive,
    /// A lead and the record born from it.
    Lineage,
    /// A side lost an earlier merge or is a deletion mark.
    MergedAway,
    /// A person rejected the pair.
    Rejected,
    /// The pair is on the never list.
    Never,
    /// A person put the pair off.
    Deferred,
}

impl Suppression {
    /// The word used in `suppressed.csv`.
    pub fn as_str(self) -> &'static str {
        match self {
            Suppression::Inactive => "inactive",
            Suppression::Lineage => "lineage",
            Suppression::MergedAway => "merged",
            Suppression::Rejected => "rejected",
            Suppression::Never => "never",
            Suppression::Deferred => "deferred",
        }
    }
}

/// A rule-true pair left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct SuppressedPair {
    /// The smaller position.
    pub left: RecordIdx,
    /// The larger position.
    pub right: RecordIdx,
    /// The rules that hold and left it out; a pair may be reported under one rule and suppressed under another.
    pub rules: RuleMask,
    /// Why.
    pub why: Suppression,
    /// Which side is at fault.
    pub side: Side,
    /// How many record pairs this row stands for.
    pub implied: u64,
}

/// What kind of value is generic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GenericKind {
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// An e-mail domain.
    Domain,
}

impl GenericKind {
    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            GenericKind::Email => "email",
            GenericKind::Phone => "phone",
            GenericKind::Domain => "domain",
        }
    }
}

/// A generic value found in the data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenericValue {
    /// Kind.
    pub kind: GenericKind,
    /// The matchcode.
    pub value: String,
    /// Records that hold it.
    pub n_records: u64,
    /// Unlike people among them.
    pub n_people: u64,
}

/// A key under which a rule met many records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeavyKey {
    /// Position of the rule.
    pub rule_idx: usize,
    /// What the key is made of: `email`, `phone`, `email domain`, `company` …
    pub kind: String,
    /// The key.
    pub value: String,
    /// Eligible records under it.
    pub n_records: u64,
    /// Pairs under it: n(n-1)/2.
    pub n_pairs: u64,
    /// How the plan dealt with it: `compared`, `refined by name`, `skipped with proof` …
    pub treatment: String,
}

/// Pairs that satisfy a rule's words and were left out by its `evidence` or `generic` option.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LeftOut {
    /// Compared, and below the rule's evidence floor.
    pub n_below_floor: u64,
    /// Not compared, because no pair under the key could reach the floor: upper bound on the number of pairs.
    pub n_skipped_with_proof: u64,
    /// Same generic value without similar names (`need-name`, `ignore`): exact number of pairs.
    pub n_generic: u64,
}

/// What one rule did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RuleCount {
    /// The rule's name.
    pub name: String,
    /// Rule-true pairs reported.
    pub n_pairs: u64,
    /// Of those, pairs no other rule reports.
    pub n_only: u64,
    /// Reported pairs by verdict: auto, review, related, weak.
    pub n_by_verdict: [u64; 4],
    /// Rule-true pairs suppressed (inactive, lineage, merged away).
    pub n_suppressed: u64,
    /// Pairs compared in full.
    pub n_compared: u64,
    /// Pairs left out by the rule's options.
    pub left_out: LeftOut,
    /// The rule's evidence floor in millibits, when it has one.
    pub floor_millibits: Option<i32>,
    /// How the rule was executed, one sentence.
    pub plan: String,
}

/// Two records of different types held to be one person or company: never merged, since no CRM can, but worth knowing.
#[derive(Debug, Clone, PartialEq)]
pub struct CrossLink {
    /// Position in [`Outcome::pairs`].
    pub pair_idx: u32,
    /// One plain sentence: why.
    pub reason: String,
}

/// The always list and the never list of a run, and the decisions of reviewers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DecisionCounts {
    /// Pairs on the always list.
    pub n_always: u64,
    /// Of those, pairs that name a record that is not in the data.
    pub n_always_unknown: u64,
    /// Pairs on the never list.
    pub n_never: u64,
    /// Of those, pairs that name a record that is not in the data.
    pub n_never_unknown: u64,
    /// Pairs kept apart that are joined by others declared the same.
    pub n_contradictions: u64,
    /// Pairs accepted by a reviewer, in force.
    pub n_accepted: u64,
    /// Pairs rejected, in force.
    pub n_rejected: u64,
    /// Pairs deferred, in force.
    pub n_deferred: u64,
    /// Decisions that lapsed: a compared value of the pair is another than when it was decided.
    pub n_lapsed: u64,
    /// Decisions that name a record which is not in the data.
    pub n_decided_unknown: u64,
}

/// What the run covered: said in `summary.json` and on the page.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Record pairs in all: n(n-1)/2.
    pub n_all_pairs: u64,
    /// Sentences on what was compared and what was left out; first the general statement.
    pub statements: Vec<String>,
}

/// Two names of one company, learned from the people who use them with addresses of one corporate domain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompanyAlias {
    /// The name that more people use, as normalised words.
    pub company: String,
    /// The other name.
    pub alias: String,
    /// The registrable domain.
    pub domain: String,
    /// Unlike people who use the other name.
    pub n_people: u64,
}

/// The result of stages 3 to 6.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outcome {
    /// Names of the rules, by position in [`RuleMask`].
    pub rule_names: Vec<String>,
    /// Rule-true pairs of eligible records, ascending by (left, right).
    pub pairs: Vec<ScoredPair>,
    /// Rule-true pairs left out, ascending.
    pub suppressed: Vec<SuppressedPair>,
    /// Pairs of different record types that are held to be one, strongest verdict first, then as in `pairs`.
    pub links: Vec<CrossLink>,
    /// Decided pairs.
    pub decisions: DecisionCounts,
    /// What linking wants known.
    pub notices: Vec<Notice>,
    /// Suggestions, `auto` first, then by descending probability, then by id.
    pub suggestions: Vec<Suggestion>,
    /// Generic values, heaviest first.
    pub generic_values: Vec<GenericValue>,
    /// Other names of companies learned from the file, by domain and then names.
    pub company_aliases: Vec<CompanyAlias>,
    /// Per rule, by position.
    pub rule_counts: Vec<RuleCount>,
    /// Heaviest keys, by descending pairs.
    pub heavy_keys: Vec<HeavyKey>,
    /// Coverage.
    pub coverage: Coverage,
    /// Log-odds prior of "same entity" against "strangers", in millibits: about minus log2 of the number of records,
    /// more where records are seen to have several copies.
    pub prior_millibits: i32,
    /// Active records that are members of a suggestion.
    pub n_active_affected: u64,
    /// What a duplicate detection job of Dynamics would have said, when asked for.
    pub job: Option<DynamicsJob>,
}
