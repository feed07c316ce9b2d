//! What each access of a rule would cost: tried on a sample of the value groups and scaled.
//!
//! A sample of `s` of `n` groups holds about `(s/n)²` of the pairs, whatever the keys are and however skewed, since a pair
//! is in it when both its groups are. So pairs compared and pairs found are scaled by `(n/s)²`; pairs of tiles and of
//! signatures grow more slowly with the texts and are scaled by `(n/s)^1.75` (51 to 96 times for ten times the names, from
//! 10,000 to a million). The sample is chosen by a hash of the group's
//! number, grows until enough was compared or found to judge by, and is the whole when the file is small: then nothing is
//! estimated. Counts, not clocks, so that the same data always gets the same plan.

use super::{Access, BlockOptions, Run, name_worth, pairs_of, sort_hits};
use crate::block::BlockError;
use crate::block::condition::{BlockInput, CompiledRule, Decision};
use crate::block::name_floor::NameWorth;
use crate::block::value_group::ValueGroups;
use crate::model::Silent;
use crate::similarity::join::JoinWork;
use rayon::prelude::*;
use std::sync::atomic::Ordering;

/// Groups in the first sample, unless the file is large.
const SAMPLE_FROM: usize = 1024;
/// Groups in the last one, unless that finds too little in a large file.
const SAMPLE_TO: usize = 16_384;
/// A sample that compared this many pairs is enough to judge by.
const COMPARED_ENOUGH: u64 = 100_000;
/// Groups that one of a sample may stand for unless the sample found enough: of ten million records, the last sample
/// would hold a handful of the pairs of a rule.
const STANDS_FOR_AT_MOST: usize = 160;
/// Pairs found that are enough to judge by: their number is then right within a quarter, nearly always.
const FOUND_ENOUGH: usize = 64;

// Nanoseconds of one thread, in round figures that order plans rightly. Those of a pair found and of a value group are
// fitted to runs of one and ten million leads (docs/benchmarks.md), the others are judgement; what is printed from them is
// an estimate.
/// A pair that is verified.
const NS_VERIFY: u64 = 60;
/// More, when names, companies or texts have to be compared for it.
const NS_VERIFY_NAME: u64 = 150;
const NS_VERIFY_COMPANY: u64 = 250;
const NS_VERIFY_TEXT: u64 = 350;
/// A pair that is found: sorted, united, scored, clustered, written.
const NS_FOUND: u64 = 7_500;
/// A pair of tiles, of texts in a join.
const NS_STEP: u64 = 5;
const NS_SCORE: u64 = 40;
/// Pairs of signatures in a nanosecond: four on a processor that counts eight at once, one on the oldest.
const CHECKS_PER_NS: u64 = 2;
/// A value group, whatever is done with it: keys, postings, codes.
const NS_GROUP: u64 = 1_500;

/// What an access is estimated to do.
#[derive(Debug, Clone)]
pub(in crate::block) struct Estimate {
    pub(in crate::block) access: Access,
    /// Pairs of value groups verified.
    pub(in crate::block) n_compared: u64,
    /// Work of a literal join.
    pub(in crate::block) join: JoinWork,
    /// Rule-true pairs of records, suppressed ones included.
    pub(in crate::block) n_pairs: u64,
    /// Rows they are kept in.
    pub(in crate::block) n_rows: u64,
    /// Time of one thread for finding the pairs.
    pub(in crate::block) nanos: u64,
    /// Value groups the estimate is made from; 0 when nothing was tried.
    pub(in crate::block) n_sampled: u64,
    /// All of them: nothing was estimated.
    pub(in crate::block) exact: bool,
}

impl Estimate {
    fn untried(access: Access) -> Estimate {
        Estimate {
            access,
            n_compared: 0,
            join: JoinWork::default(),
            n_pairs: 0,
            n_rows: 0,
            nanos: 0,
            n_sampled: 0,
            exact: false,
        }
    }

    /// Time of one thread for weighing, clustering and writing what is found.
    pub(in crate::block) fn nanos_after(&self) -> u64 {
        self.n_rows.saturating_mul(NS_FOUND)
    }
}

/// Every access of a rule with its estimate, the cheapest first. With a single one that cannot be refused, and nothing
/// asked for, nothing is tried.
pub(in crate::block) fn choose(
    rule: &CompiledRule<'_>,
    input: BlockInput<'_>,
    groups: &ValueGroups,
    thorough: bool,
) -> Result<Vec<Estimate>, BlockError> {
    let accesses = Access::all(rule);
    let single = accesses.len() == 1 && !matches!(accesses[0], Access::Texts(_));
    if single && !thorough {
        return Ok(vec![Estimate::untried(accesses[0])]);
    }
    let worth = name_worth(rule, input);
    let mut out = accesses
        .into_iter()
        .map(|access| estimate(rule, access, input, groups, &worth))
        .collect::<Result<Vec<_>, _>>()?;
    // The order of Access::all decides between equals.
    out.sort_by_key(|e| e.nanos);
    Ok(out)
}

/// Whether a group is in a sample: about `share` of 2^32 of them.
fn is_sampled(group: u32, share: u64) -> bool {
    // SplitMix64 by Steele, Lea and Flood (2014).
    let mut z = u64::from(group).wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    ((z ^ (z >> 31)) >> 32) < share
}

fn estimate(
    rule: &CompiledRule<'_>,
    access: Access,
    input: BlockInput<'_>,
    groups: &ValueGroups,
    worth: &NameWorth,
) -> Result<Estimate, BlockError> {
    let n = groups.len();
    let options = BlockOptions {
        allow_scan: true,
        ..BlockOptions::default()
    };
    let mut size = SAMPLE_FROM;
    // What is too thin by far is not tried first.
    while n / size > 4 * STANDS_FOR_AT_MOST {
        size *= 4;
    }
    loop {
        let whole = size >= n;
        let part = if whole {
            None
        } else {
            let share = (size as u64) * (1 << 32) / n as u64;
            Some(groups.only(|g| is_sampled(g, share)))
        };
        let part = part.as_ref().unwrap_or(groups);
        let run = Run::new(rule, 0, input, part, &options, &Silent, worth);
        let (mut hits, join) = match access {
            Access::Texts(condition_idx) => {
                let ((hits, _, _), join) = run.by_texts(condition_idx)?;
                (hits, join)
            }
            _ => (run.by(access)?.0, JoinWork::default()),
        };
        sort_hits(&mut hits);
        let compared = run.n_compared.load(Ordering::Relaxed);
        let done = compared + join.n_scored + join.n_checked / 16;
        let is_thin = n / size > STANDS_FOR_AT_MOST && hits.len() < FOUND_ENOUGH;
        if !whole && (size < SAMPLE_TO && done < COMPARED_ENOUGH || is_thin) {
            size *= 4;
            continue;
        }
        let factor = n as f64 / part.len().max(1) as f64;
        let squared = |count: u64| (count as f64 * factor * factor).round() as u64;
        let slower = |count: u64| (count as f64 * factor.powf(1.75)).round() as u64;
        let implied: u64 = hits
            .iter()
            .map(|h| {
                let size = |g: u32| part.members.row(g as usize).len() as u64;
                size(h.left) * size(h.right) + h.beyond
            })
            .sum();
        // Pairs inside groups of equal records are known without trying.
        let (copies, copy_rows) = (0..n as u32)
            .into_par_iter()
            .filter(|g| groups.members.row(*g as usize).len() > 1)
            .filter(|g| rule.decide(groups.first(*g), groups.first(*g)) == Decision::Yes)
            .map(|g| {
                let size = groups.members.row(g as usize).len();
                (pairs_of(size), size as u64 - 1)
            })
            .reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        let join = JoinWork {
            n_steps: slower(join.n_steps),
            n_checked: slower(join.n_checked),
            n_scored: squared(join.n_scored),
            n_found: squared(join.n_found),
        };
        let n_compared = squared(compared);
        let work = [
            (n_compared, verify_nanos(rule, access)),
            (join.n_steps, NS_STEP),
            (join.n_checked / CHECKS_PER_NS, 1),
            (join.n_scored, NS_SCORE),
            (n as u64, NS_GROUP),
        ];
        return Ok(Estimate {
            access,
            n_compared,
            join,
            n_pairs: squared(implied) + copies,
            n_rows: squared(hits.len() as u64) + copy_rows,
            nanos: work
                .iter()
                .map(|(count, each)| count.saturating_mul(*each))
                .fold(0, u64::saturating_add),
            n_sampled: part.len() as u64,
            exact: whole,
        });
    }
}

fn verify_nanos(rule: &CompiledRule<'_>, access: Access) -> u64 {
    let n_texts = rule.measures().len() as u64 - u64::from(matches!(access, Access::Texts(_)));
    NS_VERIFY
        + if rule.needs_name() { NS_VERIFY_NAME } else { 0 }
        + if rule.company_threshold().is_some() {
            NS_VERIFY_COMPANY
        } else {
            0
        }
        + n_texts * NS_VERIFY_TEXT
}
