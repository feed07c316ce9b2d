//! An audit of the plans: sampled records are compared with every other by the definition of the rules, and each pair
//! that should be there is looked for among what the plans found.
//!
//! Completeness is proved and tested elsewhere; an audit shows it on the user's own file and rules, and bounds what it
//! could have overlooked.

use super::condition::{CompiledRule, Decision};
use super::union::Hit;
use super::value_group::ValueGroups;
use super::{BlockError, BlockInput, BlockOptions, explain, plan};
use crate::model::{Progress, RecordIdx};
use crate::rules::RuleSet;
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeSet;

/// How an audit is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditOptions {
    /// Records to compare with every other; all of them when there are fewer.
    pub n_sample: usize,
    /// Another number samples other records.
    pub seed: u64,
}

/// What an audit found.
#[derive(Debug, Clone, Serialize)]
pub struct AuditReport {
    /// Records in all.
    pub records: u64,
    /// Records compared with every other.
    pub sampled: u64,
    /// Pairs of records compared by the definition, every rule asked for each.
    pub pairs_compared: u64,
    /// The rules, in their order.
    pub rules: Vec<AuditedRule>,
    /// Rule-true pairs that the plans did not find; the first twenty, by position.
    pub missed: Vec<MissedPair>,
    /// Sampled records with at least one missed pair.
    pub records_with_misses: u64,
    /// With 95 % confidence, at most this share of all records has a missed pair (Clopper and Pearson, 1934).
    pub records_with_misses_at_most: f64,
}

/// One rule in an audit.
#[derive(Debug, Clone, Serialize)]
pub struct AuditedRule {
    /// Its name.
    pub rule: String,
    /// How it was executed.
    pub plan: String,
    /// Rule-true pairs among those compared, suppressed ones included.
    pub true_pairs: u64,
    /// Of those, not found by the plan.
    pub missed: u64,
}

/// A rule-true pair that a plan did not find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct MissedPair {
    /// Position of the rule.
    pub rule_idx: usize,
    /// The smaller position.
    pub left: u32,
    /// The larger position.
    pub right: u32,
}

impl AuditReport {
    /// Misses of all rules together.
    pub fn n_missed(&self) -> u64 {
        self.rules.iter().map(|r| r.missed).sum()
    }
}

/// What one rule's plan found, ready to be asked.
struct FoundPairs {
    hits: Vec<Hit>,
    /// Groups connected by edges that stand for many: such a star holds for all its records.
    star: Vec<u32>,
}

impl FoundPairs {
    fn new(hits: Vec<Hit>, n_groups: usize) -> FoundPairs {
        let mut star: Vec<u32> = (0..n_groups as u32).collect();
        // Edges of stars only; the smaller number becomes the root.
        fn root(star: &mut [u32], mut at: u32) -> u32 {
            while star[at as usize] != at {
                star[at as usize] = star[star[at as usize] as usize];
                at = star[at as usize];
            }
            at
        }
        let starred: BTreeSet<u32> = hits
            .iter()
            .filter(|h| h.beyond > 0)
            .flat_map(|h| [h.left, h.right])
            .collect();
        for hit in &hits {
            // The first edge of a star stands for itself alone, so an edge between two starred groups counts as well.
            if hit.beyond > 0 || (starred.contains(&hit.left) && starred.contains(&hit.right)) {
                let (a, b) = (root(&mut star, hit.left), root(&mut star, hit.right));
                star[a.max(b) as usize] = a.min(b);
            }
        }
        for at in 0..n_groups as u32 {
            star[at as usize] = root(&mut star, at);
        }
        FoundPairs { hits, star }
    }

    fn holds(&self, left: u32, right: u32) -> bool {
        let (left, right) = (left.min(right), left.max(right));
        left == right
            || self
                .hits
                .binary_search_by(|h| (h.left, h.right).cmp(&(left, right)))
                .is_ok()
            || self.star[left as usize] == self.star[right as usize]
    }
}

/// Audits the plans of a rule set.
///
/// Cost: the plans once, and `n_sample` times the number of records for each rule by the definition.
pub fn audit(
    input: BlockInput<'_>,
    rules: &RuleSet,
    options: &BlockOptions,
    audit: &AuditOptions,
    progress: &dyn Progress,
) -> Result<AuditReport, BlockError> {
    let n = input.prepared.n_records();
    let groups = ValueGroups::new(input.prepared, &options.decided);
    let mut group_of = vec![0_u32; n];
    for (group, members) in groups.members.rows().enumerate() {
        for record in members {
            group_of[*record as usize] = group as u32;
        }
    }
    let compiled: Vec<CompiledRule<'_>> = rules
        .rules
        .iter()
        .map(|r| CompiledRule::new(r, input))
        .collect();
    let choices = explain::choices(&compiled, input, &groups, false)?;
    let sample = sample(n, audit);
    let mut out = AuditReport {
        records: n as u64,
        sampled: sample.len() as u64,
        pairs_compared: compared(n as u64, sample.len() as u64),
        rules: Vec::new(),
        missed: Vec::new(),
        records_with_misses: 0,
        records_with_misses_at_most: 1.0,
    };
    let mut is_sampled = vec![false; n];
    for record in &sample {
        is_sampled[*record as usize] = true;
    }
    let mut with_misses = BTreeSet::new();
    for (rule_idx, rule) in compiled.iter().enumerate() {
        progress.begin(
            &format!("auditing: {}", rule.rule.name),
            "records",
            Some(sample.len() as u64),
        );
        let access = choices[rule_idx][0].access;
        let found = plan::run(rule, rule_idx, access, input, &groups, options, progress)?;
        let pairs = FoundPairs::new(found.hits, groups.len());
        let parts: Vec<(u64, Vec<MissedPair>)> = sample
            .par_iter()
            .map(|record| {
                let mut n_true = 0;
                let mut missed = Vec::new();
                if progress.cancelled() {
                    return (n_true, missed);
                }
                for other in 0..n as u32 {
                    // A pair of two sampled records is looked at once.
                    if other == *record || (is_sampled[other as usize] && other < *record) {
                        continue;
                    }
                    let (left, right) = (other.min(*record), other.max(*record));
                    if rule.decide(RecordIdx(left), RecordIdx(right)) != Decision::Yes {
                        continue;
                    }
                    n_true += 1;
                    if !pairs.holds(group_of[left as usize], group_of[right as usize]) {
                        missed.push(MissedPair {
                            rule_idx,
                            left,
                            right,
                        });
                    }
                }
                progress.advance(1);
                (n_true, missed)
            })
            .collect();
        progress.end();
        if progress.cancelled() {
            return Err(BlockError::Cancelled);
        }
        let mut audited = AuditedRule {
            rule: rule.rule.name.clone(),
            plan: found.work.plan,
            true_pairs: 0,
            missed: 0,
        };
        for (n_true, missed) in parts {
            audited.true_pairs += n_true;
            audited.missed += missed.len() as u64;
            for pair in &missed {
                with_misses.extend(
                    [pair.left, pair.right]
                        .into_iter()
                        .filter(|r| is_sampled[*r as usize]),
                );
            }
            out.missed.extend(missed);
        }
        out.rules.push(audited);
    }
    out.missed.sort_unstable();
    out.missed.truncate(20);
    out.records_with_misses = with_misses.len() as u64;
    out.records_with_misses_at_most = if sample.len() == n {
        // Nothing was left to chance.
        out.records_with_misses as f64 / (n as f64).max(1.0)
    } else {
        share_at_most(out.records_with_misses, out.sampled)
    };
    Ok(out)
}

/// Pairs that `s` of `n` records form with all records.
fn compared(n: u64, s: u64) -> u64 {
    s * n.saturating_sub(1) - s * s.saturating_sub(1) / 2
}

/// The records whose hashed positions are smallest, ascending by position.
fn sample(n: usize, audit: &AuditOptions) -> Vec<u32> {
    let mut hashed: Vec<(u64, u32)> = (0..n as u32)
        .map(|record| {
            // SplitMix64 by Steele, Lea and Flood (2014).
            let mut z = audit
                .seed
                .wrapping_add(u64::from(record).wrapping_mul(0x9e37_79b9_7f4a_7c15));
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            (z ^ (z >> 31), record)
        })
        .collect();
    hashed.par_sort_unstable();
    let mut out: Vec<u32> = hashed
        .into_iter()
        .take(audit.n_sample)
        .map(|h| h.1)
        .collect();
    out.sort_unstable();
    out
}

/// The largest share, with 95 % confidence, of which `seen` in `n` independent draws may be a sample; 1.0 without draws.
/// With nothing seen it is `1 - 0.05^(1/n)`, about `3/n`.
/// Source: Clopper and Pearson (1934), one-sided.
pub fn share_at_most(seen: u64, n: u64) -> f64 {
    if n == 0 || seen >= n {
        return 1.0;
    }
    // The probability of at most `seen` falls as the share grows: bisect.
    let at_most_seen = |p: f64| -> f64 {
        let (mut term, mut sum) = ((n as f64) * (1.0 - p).ln(), 0.0);
        for k in 0..=seen {
            sum += term.exp();
            term += ((n - k) as f64 / (k + 1) as f64).ln() + (p / (1.0 - p)).ln();
        }
        sum
    };
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if at_most_seen(middle) > 0.05 {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bound_is_that_of_the_tables() {
        for (seen, n, bound) in [
            (0, 100, 0.029_513),
            (0, 1000, 0.002_991),
            (1, 100, 0.046_560),
            (5, 50, 0.198_833),
            (3, 3, 1.0),
            (0, 0, 1.0),
        ] {
            let found = share_at_most(seen, n);
            assert!((found - bound).abs() < 2e-4, "{seen} of {n}: {found}");
        }
    }

    #[test]
    fn samples_are_distinct_and_repeatable() {
        let options = AuditOptions {
            n_sample: 50,
            seed: 1,
        };
        let first = sample(1000, &options);
        assert_eq!(first.len(), 50);
        assert!(first.windows(2).all(|w| w[0] < w[1]));
        assert_eq!(first, sample(1000, &options));
        let other = AuditOptions { seed: 2, ..options };
        assert_ne!(first, sample(1000, &other));
        assert_eq!(compared(10, 10), 45);
        assert_eq!(compared(10, 1), 9);
    }
}
