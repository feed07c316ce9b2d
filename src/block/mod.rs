//! Stage 3: candidate pairs. Every pair a rule asks for, and no other.
//!
//! Takes the prepared records and the rules; gives rule-true pairs ascending by (left, right), those left out with the
//! reason, and counts. Each rule runs on a plan that is complete for one of its conditions and verifies the others
//! inside (`plan`); what a plan may skip, it skips by proof. Order of records and number of threads make no difference.

mod audit;
mod company_join;
mod condition;
mod decided;
mod directed;
mod eligibility;
mod explain;
mod key_counts;
mod name_floor;
mod name_index;
mod name_join;
mod plan;
mod probe;
mod union;
mod value_group;
mod word_index;

pub use audit::{AuditOptions, AuditReport, AuditedRule, MissedPair, audit, share_at_most};
pub use condition::{BlockInput, Part};
pub use decided::Decided;
pub use directed::{SideCodes, side_codes};
pub use explain::{AccessPlan, Budget, KeyPlanned, PlanReport, RulePlan, plans};
pub use key_counts::{KeyCount, in_scope, key_counts, pairs_between};
pub use plan::BlockOptions;
pub use probe::{Judge, Partner, Probe, ProbeIndex};

use crate::model::{
    CandidatePair, HeavyKey, LeftOut, Progress, RecordIdx, Side, SuppressedPair, Suppression,
};
use crate::rules::{Rule, RuleSet};
use condition::{CompiledRule, Decision};
use eligibility::{Standing, orientations};
use rayon::prelude::*;
use value_group::ValueGroups;

/// What the stage gives.
#[derive(Debug, Clone, Default)]
pub struct Candidates {
    /// Rule-true pairs of eligible records, ascending by (left, right).
    pub pairs: Vec<CandidatePair>,
    /// Rule-true pairs left out, ascending.
    pub suppressed: Vec<SuppressedPair>,
    /// Per rule, what it took.
    pub rules: Vec<RuleWork>,
    /// Heaviest keys, by descending pairs; at most ten a rule.
    pub heavy_keys: Vec<HeavyKey>,
    /// Groups of records with equal values, of two or more.
    pub n_value_groups: u64,
}

/// What one rule took.
#[derive(Debug, Clone, Default)]
pub struct RuleWork {
    /// Pairs of value groups compared in full.
    pub n_compared: u64,
    /// Pairs left out by the rule's options.
    pub left_out: LeftOut,
    /// Evidence floor, when the rule has one.
    pub floor_millibits: Option<i32>,
    /// How the rule was executed: one sentence.
    pub plan: String,
}

/// Why a rule cannot run.
#[derive(Debug, thiserror::Error)]
pub enum BlockError {
    /// No complete plan of acceptable cost.
    #[error(
        "rule \"{rule}\" has no complete plan: {reason}; about {n_pairs} pairs would be compared one by one \
         (add a condition with an index, such as same = \"email_domain\" or exact = COLUMN, or allow the scan with --allow-scan)"
    )]
    NoPlan {
        /// The rule.
        rule: String,
        /// Which part has no index.
        reason: String,
        /// Estimated pairs.
        n_pairs: u64,
    },
    /// The plan would pass the budget.
    #[error(
        "the budget allows {limit} ({what}), the plan needs about {estimate}; most of it is rule \"{rule}\", whose \
         heaviest key is of kind {key_kind} with {key_records} records (add a condition to the rule that divides it, \
         exclude the value with generic = \"ignore\", or allow more; `kinfold plan` shows every rule and key)"
    )]
    OverBudget {
        /// Which limit.
        what: &'static str,
        /// What the plan needs, with its unit.
        estimate: String,
        /// What is allowed.
        limit: String,
        /// The rule that needs most of it.
        rule: String,
        /// What its heaviest key is.
        key_kind: String,
        /// Records under that key.
        key_records: u64,
    },
    /// The user asked to stop.
    #[error("stopped on request")]
    Cancelled,
}

/// A literal join is refused when its estimate passes this many times what a scan may take: an index that bounds nothing
/// is a scan. With the default limit that is ten minutes of one processor.
const JOIN_LIMIT_NANOS_PER_SCANNED_PAIR: u64 = 3_000;

/// Finds the candidate pairs of all rules.
///
/// Cost: near linear in records for the built-in rules; see `plan` for each kind of rule.
pub fn candidates(
    input: BlockInput<'_>,
    rules: &RuleSet,
    options: &BlockOptions,
    progress: &dyn Progress,
) -> Result<Candidates, BlockError> {
    let compile = || -> Vec<CompiledRule<'_>> {
        let rules = rules.rules.par_iter();
        rules.map(|r| CompiledRule::new(r, input)).collect()
    };
    let (groups, compiled) = rayon::join(
        || ValueGroups::new(input.prepared, &options.decided),
        compile,
    );
    let mut out = Candidates {
        n_value_groups: groups.members.rows().filter(|g| g.len() > 1).count() as u64,
        ..Candidates::default()
    };
    let mut hits = Vec::new();
    progress.begin("planning", "rules", Some(compiled.len() as u64));
    let mut choices = explain::choices(&compiled, input, &groups, !options.budget.is_unlimited())?;
    for estimates in &mut choices {
        // Stable: what is not preferred stays in the order of cost.
        estimates.sort_by_key(|e| options.prefer.is_some_and(|word| e.access.word() != word));
    }
    if !options.budget.is_unlimited() {
        let report = explain::report(&compiled, &choices, input, &groups);
        let n_threads = rayon::current_num_threads();
        options
            .budget
            .check(&report, options.resident_bytes, n_threads)?;
    }
    progress.end();
    fail_point!("block.built", no error);
    for (rule, estimates) in compiled.iter().zip(&choices) {
        refuse_hopeless(rule, &estimates[0], options)?;
    }
    progress.begin("finding pairs", "rules", Some(compiled.len() as u64));
    // Side by side: while one rule is at what a single thread has to do, others go on.
    let found: Vec<Result<plan::Found, BlockError>> = compiled
        .par_iter()
        .zip(&choices)
        .enumerate()
        .map(|(rule_idx, (rule, choice))| {
            if progress.cancelled() {
                return Err(BlockError::Cancelled);
            }
            let access = choice[0].access;
            let found = plan::run(rule, rule_idx, access, input, &groups, options, progress);
            progress.advance(1);
            found
        })
        .collect();
    progress.end();
    for found in found {
        let found = found?;
        out.heavy_keys.extend(found.heavy_keys);
        out.rules.push(found.work);
        hits.extend(found.hits);
    }
    out.heavy_keys.sort_by(|a, b| {
        b.n_pairs
            .cmp(&a.n_pairs)
            .then(a.rule_idx.cmp(&b.rule_idx))
            .then(a.value.cmp(&b.value))
    });
    (out.pairs, out.suppressed) = {
        hits.extend(union::always(compiled.len(), &options.decided, &groups));
        union::unite(hits, &compiled, input.prepared, &groups, &options.decided)
    };
    Ok(out)
}

/// Refuses a literal join whose threshold is so low that next to nothing is bounded, when the file is large.
fn refuse_hopeless(
    rule: &CompiledRule<'_>,
    chosen: &plan::Estimate,
    options: &BlockOptions,
) -> Result<(), BlockError> {
    let limit = options
        .scan_max
        .saturating_mul(JOIN_LIMIT_NANOS_PER_SCANNED_PAIR);
    if matches!(chosen.access, plan::Access::Texts(_))
        && chosen.nanos > limit
        && !options.allow_scan
    {
        return Err(BlockError::NoPlan {
            rule: rule.rule.name.clone(),
            reason: "its thresholds are so low that no index bounds them".to_owned(),
            n_pairs: chosen.n_compared.saturating_add(chosen.join.n_scored),
        });
    }
    Ok(())
}

/// One rule's answer on one pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RuleAnswer {
    /// The rule holds and the pair is reported.
    Holds,
    /// A condition fails, or an exception holds.
    Fails,
    /// The words hold through a generic value alone.
    OnlyGeneric,
    /// The words hold, the conditions carry less than this floor in millibits.
    BelowFloor(i32),
    /// The rule holds and the pair is left out.
    Suppressed(Suppression, Side),
}

/// Rules as defined, without any index: what plans must agree with. Compiled once, to be asked often. Lists of decided
/// pairs are not asked.
#[derive(Debug)]
pub struct Definition<'a> {
    rules: Vec<CompiledRule<'a>>,
}

impl<'a> Definition<'a> {
    /// Compiles the rules against a run.
    pub fn new(input: BlockInput<'a>, rules: &'a [Rule]) -> Definition<'a> {
        Definition {
            rules: rules.iter().map(|r| CompiledRule::new(r, input)).collect(),
        }
    }

    /// What a rule, by position, says of two different records, in whatever order.
    pub fn answer(&self, rule_idx: usize, left: RecordIdx, right: RecordIdx) -> RuleAnswer {
        let (left, right) = (left.min(right), left.max(right));
        let compiled = &self.rules[rule_idx];
        match compiled.decide(left, right) {
            Decision::No => RuleAnswer::Fails,
            Decision::OnlyGeneric => RuleAnswer::OnlyGeneric,
            Decision::BelowFloor => RuleAnswer::BelowFloor(compiled.floor.unwrap_or(0)),
            Decision::Yes => match compiled.standing(left, right, &Decided::default()) {
                Standing::Reported => RuleAnswer::Holds,
                Standing::Suppressed(why, side) => RuleAnswer::Suppressed(why, side),
            },
        }
    }
}

/// What one rule says of two records: [`Definition`] for a single question.
/// Cost: compiles the rule, so not for use in loops over records.
pub fn answer(input: BlockInput<'_>, rule: &Rule, left: RecordIdx, right: RecordIdx) -> RuleAnswer {
    Definition::new(input, std::slice::from_ref(rule)).answer(0, left, right)
}

/// The way round in which a rule looks at two records, the base first: one in which it holds, else one in which its
/// record types fit; `None` when they never do. Cost: that of [`answer`].
pub fn way_round(
    input: BlockInput<'_>,
    rule: &Rule,
    left: RecordIdx,
    right: RecordIdx,
) -> Option<(RecordIdx, RecordIdx)> {
    let (left, right) = (left.min(right), left.max(right));
    let types = &input.prepared.record_type;
    let mut fits = orientations(rule, (left, types[left.at()]), (right, types[right.at()]));
    let compiled = CompiledRule::new(rule, input);
    let holding = compiled.ways_round(left, right).next();
    holding.or_else(|| fits.next())
}

/// Whether a condition or an exception of a rule holds by itself between a base and a matching record.
/// Cost: that of [`answer`].
pub fn part_holds(
    input: BlockInput<'_>,
    rule: &Rule,
    part: Part,
    base: RecordIdx,
    matching: RecordIdx,
) -> bool {
    CompiledRule::new(rule, input).part_holds(part, base, matching)
}
