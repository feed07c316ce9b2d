//! How a rule is executed: a complete index for one of its conditions, the others verified inside.
//!
//! | access | candidates come from |
//! |---|---|
//! | keys | records sharing a key of an equality condition; large keys are divided by another condition's index |
//! | companies | the join of distinct companies, then names inside each pair of companies |
//! | names | the join of all names by words |
//! | texts | the complete join of distinct values by a literal measure, then the records that hold them |
//! | scan | every pair of records, when they are few; else refused |
//!
//! Any single condition with a complete index is complete for the rule, since all conditions must hold. Which is cheapest
//! is measured: every access is tried on a sample of the records ([`cost`]), and the pairs it compared there are scaled to
//! all. A wrong guess costs time, never a pair.

mod access;
mod companies;
mod cost;
mod keys;
mod literal;
mod names;
mod stars;

pub(super) use access::Access;
pub use access::BlockOptions;
pub(super) use cost::{Estimate, choose};

use super::condition::{BlockInput, CompiledRule, Decision};
use super::name_floor::NameWorth;
use super::union::Hit;
use super::value_group::ValueGroups;
use super::{BlockError, RuleWork};
use crate::model::{Csr, HeavyKey, Progress, RecordIdx, Silent};
use names::name_worth;
use rayon::prelude::*;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// From this many records a key that makes all its records rule-true is kept as a star.
pub(super) const STAR_FROM: usize = 1000;
/// Heaviest keys kept for the report, a rule.
const HEAVY_KEYS: usize = 10;

/// What a rule's plan found.
pub(super) struct Found {
    pub(super) hits: Vec<Hit>,
    pub(super) heavy_keys: Vec<HeavyKey>,
    pub(super) work: RuleWork,
}

/// One rule being executed.
struct Run<'a> {
    rule: &'a CompiledRule<'a>,
    rule_idx: usize,
    input: BlockInput<'a>,
    groups: &'a ValueGroups,
    options: &'a BlockOptions,
    progress: &'a dyn Progress,
    name_worth: &'a NameWorth,
    /// Similar companies of each company, made when a large key needs dividing by company.
    near_companies: OnceLock<Csr<u32>>,
    n_compared: AtomicU64,
    n_below_floor: AtomicU64,
    n_skipped: AtomicU64,
    n_generic: AtomicU64,
}

/// Executes a rule by the access chosen for it.
pub(super) fn run(
    rule: &CompiledRule<'_>,
    rule_idx: usize,
    access: Access,
    input: BlockInput<'_>,
    groups: &ValueGroups,
    options: &BlockOptions,
    progress: &dyn Progress,
) -> Result<Found, BlockError> {
    let worth = name_worth(rule, input);
    let run = Run::new(rule, rule_idx, input, groups, options, progress, &worth);
    let (mut hits, heavy_keys, plan) = run.by(access)?;
    if progress.cancelled() {
        return Err(BlockError::Cancelled);
    }
    sort_hits(&mut hits);
    let count = |n: &AtomicU64| n.load(Ordering::Relaxed);
    let mut work = RuleWork {
        n_compared: count(&run.n_compared),
        floor_millibits: rule.floor,
        plan,
        ..RuleWork::default()
    };
    work.left_out.n_below_floor = count(&run.n_below_floor);
    work.left_out.n_skipped_with_proof = count(&run.n_skipped);
    work.left_out.n_generic = count(&run.n_generic);
    Ok(Found {
        hits,
        heavy_keys,
        work,
    })
}

/// The heaviest keys of an access, for showing a plan.
pub(super) fn heaviest(
    rule: &CompiledRule<'_>,
    access: Access,
    input: BlockInput<'_>,
    groups: &ValueGroups,
) -> Vec<HeavyKey> {
    let options = BlockOptions::default();
    let worth = NameWorth::default();
    let run = Run::new(rule, 0, input, groups, &options, &Silent, &worth);
    match access {
        Access::Keys(at) => {
            let costed = run.costed_keys(at);
            run.heavy_keys(&costed[0].1, &costed[0].2)
        }
        Access::Companies(_) => run.heavy_companies(&run.by_form()),
        Access::Names => run.heavy_names(),
        Access::Texts(at) => run.heavy_values(at),
        Access::Scan => Vec::new(),
    }
}

/// Ascending, each pair of groups once.
fn sort_hits(hits: &mut Vec<Hit>) {
    hits.par_sort_unstable();
    hits.dedup_by(|later, kept| {
        let same = (later.left, later.right) == (kept.left, kept.right);
        if same {
            kept.beyond = kept.beyond.max(later.beyond);
        }
        same
    });
}

type Planned = (Vec<Hit>, Vec<HeavyKey>, String);

impl<'a> Run<'a> {
    fn new(
        rule: &'a CompiledRule<'a>,
        rule_idx: usize,
        input: BlockInput<'a>,
        groups: &'a ValueGroups,
        options: &'a BlockOptions,
        progress: &'a dyn Progress,
        name_worth: &'a NameWorth,
    ) -> Run<'a> {
        Run {
            rule,
            rule_idx,
            input,
            groups,
            options,
            progress,
            name_worth,
            near_companies: OnceLock::new(),
            n_compared: AtomicU64::new(0),
            n_below_floor: AtomicU64::new(0),
            n_skipped: AtomicU64::new(0),
            n_generic: AtomicU64::new(0),
        }
    }

    fn by(&self, access: Access) -> Result<Planned, BlockError> {
        match access {
            Access::Keys(condition_idx) => self.by_keys(&self.costed_keys(condition_idx)),
            Access::Companies(threshold) => self.by_company(threshold),
            Access::Names => Ok((
                self.by_name(),
                Vec::new(),
                "all names joined by their words".to_owned(),
            )),
            Access::Texts(condition_idx) => self.by_texts(condition_idx).map(|(p, _)| p),
            Access::Scan => self.by_scan(),
        }
    }

    fn first(&self, group: u32) -> RecordIdx {
        self.groups.first(group)
    }

    fn name_of(&self, group: u32) -> u32 {
        self.input.prepared.name[self.first(group).at()]
    }

    fn n_vocabulary(&self) -> usize {
        self.input.prepared.names.vocabulary.len()
    }

    /// Verifies a pair of groups and counts what becomes of it.
    fn verify(&self, a: u32, b: u32) -> Option<Hit> {
        self.verify_but(a, b, None)
    }

    /// The same, with a symmetric condition already known to hold.
    fn verify_but(&self, a: u32, b: u32, known: Option<usize>) -> Option<Hit> {
        self.n_compared.fetch_add(1, Ordering::Relaxed);
        let (left, right) = (a.min(b), a.max(b));
        match self
            .rule
            .decide_but(self.first(left), self.first(right), known)
        {
            Decision::Yes => Some(self.hit(left, right, 0)),
            Decision::BelowFloor => {
                self.n_below_floor.fetch_add(1, Ordering::Relaxed);
                None
            }
            Decision::No | Decision::OnlyGeneric => None,
        }
    }

    fn hit(&self, left: u32, right: u32, beyond: u64) -> Hit {
        Hit {
            left: left.min(right),
            right: left.max(right),
            rule_idx: self.rule_idx as u8,
            beyond,
        }
    }

    /// No condition has an index: all pairs of records, when they are few enough.
    fn by_scan(&self) -> Result<Planned, BlockError> {
        let members: Vec<u32> = (0..self.groups.len() as u32).collect();
        self.refuse_above(pairs_of(members.len()), "no condition has an index")?;
        Ok((
            all_pairs(&members, |a, b| self.verify(a, b)),
            Vec::new(),
            "every pair compared (no condition has an index)".to_owned(),
        ))
    }

    fn refuse_above(&self, n_pairs: u64, reason: &str) -> Result<(), BlockError> {
        refuse_above(self.rule, self.options, n_pairs, reason)
    }
}

/// Refuses to compare more pairs one by one than the limit.
pub(super) fn refuse_above(
    rule: &CompiledRule<'_>,
    options: &BlockOptions,
    n_pairs: u64,
    reason: &str,
) -> Result<(), BlockError> {
    if n_pairs > options.scan_max && !options.allow_scan {
        return Err(BlockError::NoPlan {
            rule: rule.rule.name.clone(),
            reason: reason.to_owned(),
            n_pairs,
        });
    }
    Ok(())
}

fn pairs_of(n: usize) -> u64 {
    let n = n as u64;
    n * n.saturating_sub(1) / 2
}

fn append(mut a: Vec<Hit>, mut b: Vec<Hit>) -> Vec<Hit> {
    if a.len() < b.len() {
        std::mem::swap(&mut a, &mut b);
    }
    a.append(&mut b);
    a
}

fn all_pairs(members: &[u32], found: impl Fn(u32, u32) -> Option<Hit> + Sync) -> Vec<Hit> {
    if members.len() < 512 {
        let mut out = Vec::new();
        for (at, a) in members.iter().enumerate() {
            out.extend(members[at + 1..].iter().filter_map(|b| found(*a, *b)));
        }
        return out;
    }
    members
        .par_iter()
        .enumerate()
        .flat_map_iter(|(at, a)| {
            members[at + 1..]
                .iter()
                .filter_map(|b| found(*a, *b))
                .collect::<Vec<_>>()
        })
        .collect()
}
