//! First figures: what a sample of records says before all pairs are found.
//!
//! For each sampled record all its partners under either rule set are found, exactly (`block::probe`), so the sample is
//! the only source of error and its size is known. A pair is met from both its ends, hence half a pair each.

use super::examples::hash_of;
use super::interval::{Estimate, Sum};
use super::pairs::{Change, Count, Reports, Standing, verdict_word};
use super::records::{Comparison, Side};
use super::rule_match::{RuleMatch, match_rules};
use crate::model::{Activity, Progress, RecordIdx, RuleMask, Verdict};
use crate::pipeline::{Partner, PipelineError};
use rayon::prelude::*;
use serde::Serialize;

/// Makes the choice of the sample differ from that of examples.
const SEED: u64 = 0x6b69_6e66_6f6c_6402;

/// Estimates from a sample of records, each with its 95 % interval.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FirstFigures {
    /// Records probed.
    pub n_sample: u64,
    /// Records in all.
    pub n_records: u64,
    /// Rule-true pairs.
    pub pairs: EstimatedChange,
    /// Rule-true pairs by verdict.
    pub pairs_by_verdict: Vec<EstimatedVerdict>,
    /// Rule-true pairs by rule: those of the draft in order, then those removed.
    pub rules: Vec<EstimatedRule>,
    /// Active records that have a partner to merge with (verdict auto or review).
    pub active: EstimatedChange,
}

/// A change as estimates.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct EstimatedChange {
    /// Before.
    pub before: Estimate,
    /// Under the draft.
    pub after: Estimate,
    /// Under the draft only.
    pub gained: Estimate,
    /// Before only.
    pub lost: Estimate,
}

/// Pairs of one verdict.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct EstimatedVerdict {
    /// The verdict.
    pub verdict: &'static str,
    /// The pairs.
    #[serde(flatten)]
    pub pairs: EstimatedChange,
}

/// Pairs of one rule.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct EstimatedRule {
    /// Name in the draft, or before when it was removed.
    pub name: String,
    /// The pairs.
    #[serde(flatten)]
    pub pairs: EstimatedChange,
}

/// The partners of each sampled record, before and after.
type BeforeAndAfter = (Vec<Vec<Partner>>, Vec<Vec<Partner>>);

/// Sums of one figure over the sample.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    before: Sum,
    after: Sum,
    gained: Sum,
    lost: Sum,
}

impl Sums {
    fn add(&mut self, counts: &Change) {
        self.before.add(counts.before);
        self.after.add(counts.after);
        self.gained.add(counts.gained);
        self.lost.add(counts.lost);
    }

    fn estimate(&self, n_sample: u64, n_records: u64, share: f64) -> EstimatedChange {
        let of = |sum: &Sum| sum.estimate(n_sample, n_records, share);
        EstimatedChange {
            before: of(&self.before),
            after: of(&self.after),
            gained: of(&self.gained),
            lost: of(&self.lost),
        }
    }
}

impl Comparison<'_> {
    /// Probes `n_sample` records, or all when there are no more.
    ///
    /// The sample is chosen by a hash of the ids and a fixed seed: the same records in every run, whatever the rules.
    /// Cost: an index of names and of each equality condition, then some hundred comparisons a record.
    pub fn first_figures(
        &self,
        n_sample: usize,
        progress: &dyn Progress,
    ) -> Result<FirstFigures, PipelineError> {
        let (before, after) = (self.before(), self.after());
        let sample = sample(&after, n_sample);
        progress.begin(
            "probing a sample of records",
            "records",
            Some(sample.len() as u64),
        );
        let found = self.probe(&sample, progress);
        progress.end();
        let (partners_before, partners_after) = found?;
        let rules = match_rules(&before.options.rules, &after.options.rules);
        let mut pairs = Sums::default();
        let mut by_verdict = [Sums::default(); 4];
        let mut by_rule = vec![Sums::default(); rules.len()];
        let mut active = Sums::default();
        let scorer = after.engine.scorer();
        let verdict = |a: RecordIdx, b: RecordIdx| scorer.verdict(&scorer.pair(a, b));
        let asks_before = before.asks_rules_of(&partners_before);
        let asks_after = after.asks_rules_of(&partners_after);
        let counted: Vec<OfRecord> = sample
            .par_iter()
            .zip(&partners_before)
            .zip(&partners_after)
            .map(|((record, b), a)| {
                of_record(
                    *record,
                    (b, asks_before.as_deref()),
                    (a, asks_after.as_deref()),
                    &rules,
                    &verdict,
                )
            })
            .collect();
        for (record, counts) in sample.iter().zip(counted) {
            pairs.add(&counts.pairs);
            for (sums, counts) in by_verdict.iter_mut().zip(&counts.by_verdict) {
                sums.add(counts);
            }
            for (sums, counts) in by_rule.iter_mut().zip(&counts.by_rule) {
                sums.add(counts);
            }
            let is_active = after.loaded.table.activity[record.at()] == Activity::Active;
            let merges = |pick: &dyn Fn(&Change) -> u64| {
                let n: u64 = (0..4)
                    .filter(|at| Verdict::ALL[*at].suggests_merge())
                    .map(|at| pick(&counts.by_verdict[at]))
                    .sum();
                u64::from(is_active && n > 0)
            };
            let (b, a) = (merges(&|c| c.before), merges(&|c| c.after));
            active.add(&Change {
                before: b,
                after: a,
                gained: a.saturating_sub(b),
                lost: b.saturating_sub(a),
            });
        }
        let (n_sample, n_records) = (sample.len() as u64, after.loaded.table.n_records() as u64);
        let name = |rule: &RuleMatch| match (rule.after, rule.before) {
            (Some(at), _) => after.options.rules.rules[at].name.clone(),
            (None, Some(at)) => before.options.rules.rules[at].name.clone(),
            (None, None) => String::new(),
        };
        Ok(FirstFigures {
            n_sample,
            n_records,
            pairs: pairs.estimate(n_sample, n_records, 0.5),
            pairs_by_verdict: by_verdict
                .iter()
                .enumerate()
                .map(|(at, sums)| EstimatedVerdict {
                    verdict: verdict_word(at),
                    pairs: sums.estimate(n_sample, n_records, 0.5),
                })
                .collect(),
            rules: (rules.iter().zip(&by_rule))
                .map(|(rule, sums)| EstimatedRule {
                    name: name(rule),
                    pairs: sums.estimate(n_sample, n_records, 0.5),
                })
                .collect(),
            active: active.estimate(n_sample, n_records, 1.0),
        })
    }

    /// The partners of each sampled record: before, after.
    fn probe(
        &self,
        sample: &[RecordIdx],
        progress: &dyn Progress,
    ) -> Result<BeforeAndAfter, PipelineError> {
        let (before, after) = (self.before(), self.after());
        let index = after.engine.probe_index(after.decided);
        let new = index.rules(&after.options.rules);
        if self.shared() && before.decided == after.decided {
            let old = index.rules(&before.options.rules);
            let names = if new.needs_names() || old.needs_names() {
                index.similar_names(sample)
            } else {
                Vec::new()
            };
            return Ok((
                old.partners(sample, &names, &before.options.block, progress)?,
                new.partners(sample, &names, &after.options.block, progress)?,
            ));
        }
        let names = index.similar_names(sample);
        let found = new.partners(sample, &names, &after.options.block, progress)?;
        let index = before.engine.probe_index(before.decided);
        let names = index.similar_names(sample);
        let old = index.rules(&before.options.rules);
        Ok((
            old.partners(sample, &names, &before.options.block, progress)?,
            found,
        ))
    }
}

/// The records with the smallest hashes, in the order of positions.
fn sample(side: &Side<'_>, n_sample: usize) -> Vec<RecordIdx> {
    let table = &side.loaded.table;
    let n = table.n_records();
    let mut out: Vec<RecordIdx> = (0..n as u32).map(RecordIdx).collect();
    if n_sample < n {
        let mut hashed: Vec<(u64, RecordIdx)> = out
            .iter()
            .map(|r| {
                let record_type = table.record_type[r.at()].as_str();
                (hash_of(table.id(*r), record_type, SEED), *r)
            })
            .collect();
        hashed.select_nth_unstable(n_sample);
        hashed.truncate(n_sample);
        out = hashed.into_iter().map(|h| h.1).collect();
        out.sort_unstable();
    }
    out
}

/// Changes of one record.
struct OfRecord {
    pairs: Change,
    by_verdict: [Change; 4],
    by_rule: Vec<Change>,
}

/// Walks the partners of one record under both sets, as [`super::pairs::compare`] walks pairs.
fn of_record(
    record: RecordIdx,
    (before, asks_before): (&[Partner], Option<Reports<'_>>),
    (after, asks_after): (&[Partner], Option<Reports<'_>>),
    rules: &[RuleMatch],
    verdict: &(dyn Fn(RecordIdx, RecordIdx) -> Verdict + Sync),
) -> OfRecord {
    let mut pairs = Count::default();
    let mut by_verdict = [Count::default(); 4];
    let mut by_rule = vec![Count::default(); rules.len()];
    let (mut b, mut a) = (before.iter().peekable(), after.iter().peekable());
    loop {
        let at = match (b.peek(), a.peek()) {
            (None, None) => break,
            (Some(x), None) => x.record,
            (None, Some(y)) => y.record,
            (Some(x), Some(y)) => x.record.min(y.record),
        };
        let (old, new) = (b.next_if(|p| p.record == at), a.next_if(|p| p.record == at));
        let mask = |partner: Option<&Partner>, asks: Option<Reports<'_>>| {
            let listed = partner.map_or(RuleMask::default(), |p| p.rules);
            asks.map_or(listed, |asks| listed.union(asks(record, at)))
        };
        let (mask_b, mask_a) = (mask(old, asks_before), mask(new, asks_after));
        let standing = |partner: Option<&Partner>, mask: RuleMask| Standing {
            n: partner.map_or(0, |p| p.n_records),
            covered: partner.is_none() && !mask.is_empty(),
        };
        let (in_b, in_a) = (standing(old, mask_b), standing(new, mask_a));
        pairs.add(in_b, in_a);
        by_verdict[verdict(record, at) as usize].add(in_b, in_a);
        for (count, rule) in by_rule.iter_mut().zip(rules) {
            let of = |partner: Option<&Partner>, mask: RuleMask, idx: Option<usize>| {
                let listed = partner.filter(|p| idx.is_some_and(|i| p.rules.has(i)));
                Standing {
                    n: listed.map_or(0, |p| p.n_records),
                    covered: listed.is_none() && idx.is_some_and(|i| mask.has(i)),
                }
            };
            count.add(of(old, mask_b, rule.before), of(new, mask_a, rule.after));
        }
    }
    OfRecord {
        pairs: pairs.finish(),
        by_verdict: by_verdict.map(Count::finish),
        by_rule: by_rule.into_iter().map(Count::finish).collect(),
    }
}
