//! Plans as they are shown, before anything is compared: which access each rule gets, what it was chosen over, what it
//! will cost, which keys weigh most; and the budget that may forbid it.

use super::condition::{BlockInput, CompiledRule};
use super::plan::{Access, Estimate};
use super::value_group::ValueGroups;
use super::{BlockError, Decided, plan};
use crate::model::{CandidatePair, ScoredPair};
use crate::rules::{RuleSet, render_condition};
use rayon::prelude::*;
use serde::Serialize;

/// How a rule set will be executed on a file.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PlanReport {
    /// Records.
    pub records: u64,
    /// Groups of records with equal values, which are compared once; at most the records.
    pub value_groups: u64,
    /// All pairs of records: n(n-1)/2.
    pub all_pairs: u64,
    /// The rules, in their order.
    pub rules: Vec<RulePlan>,
    /// Estimated pairs to compare, all rules together.
    pub pairs_to_compare: u64,
    /// Estimated processor seconds from finding pairs to the written report, without reading and normalising.
    pub cpu_seconds: f64,
    /// Estimated bytes for pairs and joins at the peak, beside the records themselves.
    pub bytes: u64,
}

/// How one rule will be executed.
#[derive(Debug, Clone, Serialize)]
pub struct RulePlan {
    /// The rule's name.
    pub rule: String,
    /// Its accesses, the chosen one first, then by ascending cost.
    pub accesses: Vec<AccessPlan>,
    /// Conditions verified on each candidate: all but the one the access is made of.
    pub verified: Vec<String>,
    /// Heaviest keys of the chosen access, by descending pairs; at most ten.
    pub heaviest: Vec<KeyPlanned>,
}

impl RulePlan {
    /// The access that will be used.
    pub fn chosen(&self) -> &AccessPlan {
        &self.accesses[0]
    }
}

/// One way to find the pairs of a rule. All of them find the same pairs.
#[derive(Debug, Clone, Serialize)]
pub struct AccessPlan {
    /// `keys`, `companies`, `names`, `texts` or `scan`.
    pub access: &'static str,
    /// The condition it is an index of, as in the rule file; empty for a scan.
    pub condition: String,
    /// Estimated pairs of value groups verified one by one.
    pub pairs_to_compare: u64,
    /// Estimated pairs of distinct texts whose measure is computed by a join.
    pub texts_to_compare: u64,
    /// Estimated rule-true pairs of records, those included that are left out for being inactive or the like.
    pub pairs_found: u64,
    /// Rows they are kept in.
    pub rows: u64,
    /// Estimated processor seconds for finding them.
    pub cpu_seconds: f64,
    /// Value groups the estimate was made from.
    pub sampled: u64,
    /// True when these were all: then the counts are not estimates.
    pub exact: bool,
}

/// A key that many records share.
#[derive(Debug, Clone, Serialize)]
pub struct KeyPlanned {
    /// What it is: e-mail, e-mail domain, company, the column …
    pub kind: String,
    /// The value.
    pub value: String,
    /// Value groups under it.
    pub records: u64,
    /// Pairs under it: n(n-1)/2.
    pub pairs: u64,
    /// How the plan deals with it.
    pub treatment: String,
}

/// The most a run may take, by estimate.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Budget {
    /// Pairs compared, all rules together.
    pub pairs: Option<u64>,
    /// Bytes of memory, the records included.
    pub memory: Option<u64>,
    /// Seconds of wall time from here on, with the threads there are.
    pub seconds: Option<f64>,
}

impl Budget {
    /// True when nothing is limited.
    pub fn is_unlimited(&self) -> bool {
        *self == Budget::default()
    }

    /// Refuses a plan that would pass a limit. `resident`: bytes in use already; `n_threads`: threads that share the work.
    pub fn check(
        &self,
        report: &PlanReport,
        resident: u64,
        n_threads: usize,
    ) -> Result<(), BlockError> {
        let worst = |weight: &dyn Fn(&RulePlan) -> f64| {
            report
                .rules
                .iter()
                .reduce(|a, b| if weight(b) > weight(a) { b } else { a })
        };
        let refuse =
            |what: &'static str, estimate: String, limit: String, rule: Option<&RulePlan>| {
                let key = rule.and_then(|r| r.heaviest.first());
                Err(BlockError::OverBudget {
                    what,
                    estimate,
                    limit,
                    rule: rule.map_or_else(String::new, |r| r.rule.clone()),
                    key_kind: key.map_or_else(|| "no key".to_owned(), |k| k.kind.clone()),
                    key_records: key.map_or(0, |k| k.records),
                })
            };
        let pairs = |r: &RulePlan| {
            let chosen = r.chosen();
            (chosen.pairs_to_compare + chosen.texts_to_compare) as f64
        };
        if let Some(limit) = self.pairs
            && report.pairs_to_compare > limit
        {
            let estimate = report.pairs_to_compare.to_string();
            return refuse(
                "pairs to compare",
                estimate,
                limit.to_string(),
                worst(&pairs),
            );
        }
        if let Some(limit) = self.memory
            && resident.saturating_add(report.bytes) > limit
        {
            let mebibytes = |bytes: u64| format!("{} MiB", bytes.div_ceil(1 << 20));
            let estimate = mebibytes(resident.saturating_add(report.bytes));
            return refuse(
                "memory",
                estimate,
                mebibytes(limit),
                worst(&|r| r.chosen().rows as f64),
            );
        }
        let seconds = report.cpu_seconds / n_threads.max(1) as f64;
        if let Some(limit) = self.seconds
            && seconds > limit
        {
            let (estimate, limit) = (format!("{seconds:.0} s"), format!("{limit:.0} s"));
            return refuse("time", estimate, limit, worst(&|r| r.chosen().cpu_seconds));
        }
        Ok(())
    }
}

/// Plans every rule. Compares samples only.
///
/// Cost: at most a few million comparisons for each access of each rule, and the keys of all records once.
pub fn plans(
    input: BlockInput<'_>,
    rules: &RuleSet,
    decided: &Decided,
) -> Result<PlanReport, BlockError> {
    let groups = ValueGroups::new(input.prepared, decided);
    let compiled: Vec<CompiledRule<'_>> = rules
        .rules
        .iter()
        .map(|r| CompiledRule::new(r, input))
        .collect();
    let chosen = choices(&compiled, input, &groups, true)?;
    Ok(report(&compiled, &chosen, input, &groups))
}

/// The accesses of every rule, the chosen one first.
pub(super) fn choices(
    rules: &[CompiledRule<'_>],
    input: BlockInput<'_>,
    groups: &ValueGroups,
    thorough: bool,
) -> Result<Vec<Vec<Estimate>>, BlockError> {
    let all: Vec<_> = rules
        .par_iter()
        .map(|rule| plan::choose(rule, input, groups, thorough))
        .collect();
    // Of several rules that cannot run the first is told, whichever thread was faster.
    all.into_iter().collect()
}

/// What is shown of the choices.
pub(super) fn report(
    rules: &[CompiledRule<'_>],
    choices: &[Vec<Estimate>],
    input: BlockInput<'_>,
    groups: &ValueGroups,
) -> PlanReport {
    let n = input.prepared.n_records() as u64;
    let mut out = PlanReport {
        records: n,
        value_groups: groups.len() as u64,
        all_pairs: n * n.saturating_sub(1) / 2,
        ..PlanReport::default()
    };
    let row_bytes = (size_of::<super::union::Hit>() * 2
        + size_of::<CandidatePair>()
        + size_of::<ScoredPair>()) as u64;
    for (rule, estimates) in rules.iter().zip(choices) {
        let chosen = &estimates[0];
        let condition = |access: Access| match access {
            Access::Keys(at) | Access::Texts(at) => render_condition(&rule.rule.when[at]),
            Access::Companies(_) => named(rule, "similar = \"company\""),
            Access::Names => named(rule, "similar = \"name\""),
            Access::Scan => String::new(),
        };
        let used = condition(chosen.access);
        out.pairs_to_compare += chosen.n_compared + chosen.join.n_scored;
        out.cpu_seconds += (chosen.nanos + chosen.nanos_after()) as f64 / 1e9;
        out.bytes += chosen.n_rows * row_bytes;
        if matches!(chosen.access, Access::Texts(_)) {
            out.bytes += groups.len() as u64 * 250;
        }
        out.rules.push(RulePlan {
            rule: rule.rule.name.clone(),
            verified: rule
                .rule
                .when
                .iter()
                .map(render_condition)
                .filter(|c| *c != used)
                .chain(
                    rule.rule
                        .unless
                        .iter()
                        .map(|c| format!("unless {}", render_condition(c))),
                )
                .collect(),
            accesses: estimates
                .iter()
                .map(|e| AccessPlan {
                    access: e.access.word(),
                    condition: condition(e.access),
                    pairs_to_compare: e.n_compared,
                    texts_to_compare: e.join.n_scored,
                    pairs_found: e.n_pairs,
                    rows: e.n_rows,
                    cpu_seconds: e.nanos as f64 / 1e9,
                    sampled: e.n_sampled,
                    exact: e.exact,
                })
                .collect(),
            heaviest: plan::heaviest(rule, chosen.access, input, groups)
                .into_iter()
                .map(|k| KeyPlanned {
                    kind: k.kind,
                    value: k.value,
                    records: k.n_records,
                    pairs: k.n_pairs,
                    treatment: k.treatment,
                })
                .collect(),
        });
    }
    out
}

/// The condition of a rule whose text begins so.
fn named(rule: &CompiledRule<'_>, begin: &str) -> String {
    rule.rule
        .when
        .iter()
        .map(render_condition)
        .find(|c| c.contains(begin))
        .unwrap_or_else(|| begin.to_owned())
}
