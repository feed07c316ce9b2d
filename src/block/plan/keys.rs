//! Records that share a key of an equality condition; large keys are divided by another condition's index.

use super::{HEAVY_KEYS, Planned, Run, STAR_FROM, all_pairs, append, pairs_of};
use crate::block::BlockError;
use crate::block::condition::KeyPlan;
use crate::block::union::Hit;
use crate::model::{Csr, HeavyKey};
use rayon::prelude::*;
use std::sync::atomic::Ordering;

/// Keys with more records than this are refined by the rule's other equality conditions.
pub(super) const REFINE_FROM: usize = 256;

impl Run<'_> {
    /// The equality conditions with the records under each key: the chosen one first, then those that make fewest pairs.
    pub(super) fn costed_keys(&self, first: usize) -> Vec<(u64, KeyPlan<'_>, Csr<u32>)> {
        let mut costed: Vec<(u64, KeyPlan<'_>, Csr<u32>)> = self
            .rule
            .key_plans()
            .drain(..)
            .map(|plan| {
                let postings = self.postings(&plan);
                let cost = postings
                    .rows()
                    .map(|r| pairs_of(r.len()))
                    .fold(0_u64, u64::saturating_add);
                (cost, plan, postings)
            })
            .collect();
        costed.sort_by_key(|(cost, plan, _)| {
            (plan.condition_idx() != first, *cost, plan.condition_idx())
        });
        costed
    }

    /// Value groups under each key of a plan.
    pub(super) fn postings(&self, plan: &KeyPlan<'_>) -> Csr<u32> {
        let mut rows = Csr::default();
        let mut keys = Vec::new();
        for group in 0..self.groups.len() as u32 {
            plan.keys_of(self.first(group), &mut keys);
            rows.push_row(keys.iter().copied());
        }
        rows.invert(plan.n_keys(), |k| *k)
    }

    /// Records sharing a key of the cheapest equality condition.
    pub(super) fn by_keys(
        &self,
        costed: &[(u64, KeyPlan<'_>, Csr<u32>)],
    ) -> Result<Planned, BlockError> {
        let (_, plan, postings) = &costed[0];
        let others = &costed[1..];
        let divisible = !others.is_empty()
            || self.rule.needs_name()
            || self.rule.company_threshold().is_some()
            || self.rule.symmetric_measure().is_some();
        if !divisible && !self.rule.is_pure_equality() {
            self.refuse_above(costed[0].0, &format!("{} alone is too common", plan.kind()))?;
        }
        let mut order: Vec<u32> = (0..plan.n_keys() as u32)
            .filter(|k| postings.row(*k as usize).len() > 1)
            .filter(|k| !self.options.break_plans || k % 2 == 0)
            .collect();
        // Large keys first: they are split among threads from within, small ones fill the gaps.
        order.sort_by_key(|k| (std::cmp::Reverse(postings.row(*k as usize).len()), *k));
        let largest = order.first().map_or(0, |k| postings.row(*k as usize).len());
        if let Some(threshold) = self.rule.company_threshold()
            && largest > REFINE_FROM
            && !self.rule.needs_name()
        {
            self.near_companies(threshold);
        }
        let hits = order
            .par_iter()
            .with_max_len(256)
            .map(|key| {
                if self.progress.cancelled() {
                    Vec::new()
                } else {
                    self.under_key(plan, *key, postings.row(*key as usize), others)
                }
            })
            .reduce(Vec::new, append);
        let heavy_keys = self.heavy_keys(plan, postings);
        let by_words = if self.rule.needs_name() {
            ", names joined by their words inside each"
        } else {
            ""
        };
        Ok((
            hits,
            heavy_keys,
            format!("records sharing a key ({}){by_words}", plan.kind()),
        ))
    }

    /// The keys with most records, from two on.
    pub(super) fn heavy_keys(&self, plan: &KeyPlan<'_>, postings: &Csr<u32>) -> Vec<HeavyKey> {
        let size = |key: &u32| postings.row(*key as usize).len();
        let mut order: Vec<u32> = (0..plan.n_keys() as u32).filter(|k| size(k) > 1).collect();
        order.sort_by_key(|k| (std::cmp::Reverse(size(k)), *k));
        order
            .iter()
            .take(HEAVY_KEYS)
            .map(|key| {
                let n = size(key);
                HeavyKey {
                    rule_idx: self.rule_idx,
                    kind: plan.kind().to_owned(),
                    value: self.rule.key_text(plan, *key),
                    n_records: n as u64,
                    n_pairs: pairs_of(n),
                    treatment: self.treatment(plan, *key, n).to_owned(),
                }
            })
            .collect()
    }

    pub(super) fn joins_names(&self, plan: &KeyPlan<'_>, key: u32) -> bool {
        self.rule.needs_name() || (self.rule.generic_needs_name() && plan.is_generic(key))
    }

    pub(super) fn treatment(&self, plan: &KeyPlan<'_>, key: u32, n: usize) -> &'static str {
        if self.joins_names(plan, key) {
            "refined by name"
        } else if self.rule.is_pure_equality() && n >= STAR_FROM {
            "kept as a star"
        } else if n > REFINE_FROM && !self.rule.is_pure_equality() {
            self.refinement(plan.condition_idx())
        } else {
            "compared"
        }
    }

    pub(super) fn under_key(
        &self,
        plan: &KeyPlan<'_>,
        key: u32,
        members: &[u32],
        others: &[(u64, KeyPlan<'_>, Csr<u32>)],
    ) -> Vec<Hit> {
        if self.joins_names(plan, key) {
            let named = self.named(members);
            let bound = self.rule.key_bound_millibits(plan, key);
            let hits = self.join_names(&named, bound);
            if !self.rule.needs_name() {
                self.n_generic.fetch_add(
                    pairs_of(members.len()) - (hits.len() as u64),
                    Ordering::Relaxed,
                );
            }
            return hits;
        }
        if self.rule.is_pure_equality() && members.len() >= STAR_FROM {
            return self.stars(members);
        }
        self.divide(members, others)
    }

    /// How a heavy key that is not joined by names is divided.
    pub(super) fn refinement(&self, condition_idx: usize) -> &'static str {
        let another_key = self
            .rule
            .key_plans()
            .iter()
            .any(|p| p.condition_idx() != condition_idx);
        if another_key {
            "refined by the other conditions"
        } else if self.rule.company_threshold().is_some() {
            "refined by company"
        } else if self.rule.symmetric_measure().is_some() {
            "refined by the joined texts"
        } else {
            "compared"
        }
    }

    /// All rule-true pairs among records of one key. Many are divided by the keys of the next equality condition, else
    /// by similar companies, else by the join of their texts; few are compared one by one.
    pub(super) fn divide(
        &self,
        members: &[u32],
        others: &[(u64, KeyPlan<'_>, Csr<u32>)],
    ) -> Vec<Hit> {
        if members.len() > REFINE_FROM {
            if let Some((_, next, _)) = others.first() {
                return self.refine(members, next, &others[1..]);
            }
            if let Some(threshold) = self.rule.company_threshold() {
                return self.divide_by_company(members, threshold);
            }
            if let Some(measure) = self.rule.symmetric_measure() {
                return self.divide_by_text(members, &measure);
            }
        }
        all_pairs(members, |a, b| self.verify(a, b))
    }

    /// Splits the records of a heavy key by the keys of the next equality condition.
    pub(super) fn refine(
        &self,
        members: &[u32],
        next: &KeyPlan<'_>,
        others: &[(u64, KeyPlan<'_>, Csr<u32>)],
    ) -> Vec<Hit> {
        let mut keyed = Vec::new();
        let mut keys = Vec::new();
        for group in members {
            next.keys_of(self.first(*group), &mut keys);
            keyed.extend(keys.iter().map(|k| (*k, *group)));
        }
        keyed.sort_unstable();
        let mut out = Vec::new();
        for run in keyed.chunk_by(|a, b| a.0 == b.0) {
            let part: Vec<u32> = run.iter().map(|e| e.1).collect();
            out = append(out, self.divide(&part, others));
        }
        out
    }
}
