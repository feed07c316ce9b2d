//! How many pairs agree on an equality condition, from the counts of its keys alone: no pair is looked at.

use super::condition::{BlockInput, CompiledRule};
use crate::model::{Activity, Candidacy, RecordIdx};
use crate::rules::{BaseScope, Rule};

/// What the keys of one condition say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyCount {
    /// Position of the condition in the rule.
    pub condition_idx: usize,
    /// Pairs of records in scope that share a key. A pair that shares several is counted as often, so that this is the
    /// exact number only when [`is_exact`](Self::is_exact).
    pub n_pairs: u64,
    /// No record has more than one key, and both sides read the same column.
    pub is_exact: bool,
    /// Pairs under the key that makes most of them.
    pub heaviest_pairs: u64,
    /// Records under that key.
    pub heaviest_holders: u64,
}

/// Which records a rule may take as base record, and which as matching record, its options considered.
pub fn in_scope(input: BlockInput<'_>, rule: &Rule, record: RecordIdx) -> (bool, bool) {
    let p = input.prepared;
    let at = record.at();
    let candidate = p.candidacy[at] == Candidacy::Candidate;
    let active = p.activity[at] == Activity::Active;
    (
        candidate
            && p.record_type[at] == rule.base
            && (active || rule.base_scope == BaseScope::All),
        candidate && p.record_type[at] == rule.matching && (active || !rule.exclude_inactive),
    )
}

/// Unordered pairs of which one record is a base record and the other a matching one, when `n_base` can be only the
/// first, `n_matching` only the second and `n_both` either. Saturates.
pub fn pairs_between(n_base: u64, n_matching: u64, n_both: u64) -> u64 {
    let among_both = n_both.saturating_mul(n_both.saturating_sub(1)) / 2;
    among_both
        .saturating_add(n_both.saturating_mul(n_base.saturating_add(n_matching)))
        .saturating_add(n_base.saturating_mul(n_matching))
}

/// Counts for each equality condition of a rule, in rule order. Cost: one pass over the records a condition.
pub fn key_counts(input: BlockInput<'_>, rule: &Rule) -> Vec<KeyCount> {
    let compiled = CompiledRule::new(rule, input);
    compiled
        .key_plans()
        .iter()
        .map(|plan| {
            // Base only, matching only, both: records under each key.
            let mut counts = vec![[0_u64; 3]; plan.n_keys()];
            let mut is_exact = true;
            for i in 0..input.prepared.n_records() {
                let record = RecordIdx(i as u32);
                let (is_base, is_matching) = in_scope(input, rule, record);
                let side = |on: bool, base: bool| {
                    if on { plan.side(base, record) } else { &[] }
                };
                let (base, matching) = (side(is_base, true), side(is_matching, false));
                is_exact &= base.len() <= 1 && matching.len() <= 1;
                is_exact &= !(is_base && is_matching) || base == matching;
                for key in base {
                    let both = matching.contains(key);
                    counts[*key as usize][if both { 2 } else { 0 }] += 1;
                }
                for key in matching.iter().filter(|k| !base.contains(k)) {
                    counts[*key as usize][1] += 1;
                }
            }
            let pairs = |c: &[u64; 3]| pairs_between(c[0], c[1], c[2]);
            let heaviest = counts.iter().max_by_key(|c| pairs(c));
            KeyCount {
                condition_idx: plan.condition_idx(),
                n_pairs: counts.iter().map(pairs).fold(0, u64::saturating_add),
                is_exact,
                heaviest_pairs: heaviest.map_or(0, pairs),
                heaviest_holders: heaviest.map_or(0, |c| c.iter().sum()),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_those_of_counting_one_by_one() {
        for (b, m, x) in [(0, 0, 0), (0, 0, 5), (3, 0, 2), (2, 4, 3), (4, 4, 0)] {
            // Roles: 0 base only, 1 matching only, 2 both.
            let roles: Vec<u64> = [(0, b), (1, m), (2, x)]
                .into_iter()
                .flat_map(|(role, n)| std::iter::repeat_n(role, n as usize))
                .collect();
            let mut n = 0;
            for i in 0..roles.len() {
                for j in 0..i {
                    let fits = |p: u64, q: u64| p != 1 && q != 0;
                    n += u64::from(fits(roles[i], roles[j]) || fits(roles[j], roles[i]));
                }
            }
            assert_eq!(pairs_between(b, m, x), n, "{b} {m} {x}");
        }
    }
}
