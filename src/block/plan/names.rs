//! The join of names by their words: of all records, or of those under one key.

use super::{HEAVY_KEYS, Run, pairs_of};
use crate::block::condition::{BlockInput, CompiledRule};
use crate::block::name_join::{Named, self_join};
use crate::block::union::Hit;
use crate::model::{Csr, HeavyKey, NONE};
use rayon::prelude::*;
use std::sync::atomic::Ordering;

/// What the name of each record carries by itself, for evidence floors; empty when the rule has none.
pub(super) fn own_millibits(rule: &CompiledRule<'_>, input: BlockInput<'_>) -> Vec<i32> {
    if rule.floor.is_none() {
        return Vec::new();
    }
    (0..input.prepared.names.len() as u32)
        .into_par_iter()
        .map(|name| input.weights.own_name_millibits(input.names, name))
        .collect()
}

impl Run<'_> {
    pub(super) fn by_name(&self) -> Vec<Hit> {
        let members: Vec<u32> = (0..self.groups.len() as u32).collect();
        self.join_names(
            &self.named(&members),
            self.rule.bound_beside_name_millibits(),
        )
    }

    /// Pairs of similar names among `named`, when names can carry enough beside `bound`.
    pub(super) fn join_names(&self, named: &[Named], bound: i64) -> Vec<Hit> {
        let worth = |name: u32| self.may_reach_floor(name, bound);
        if self.rule.floor.is_some() {
            let n_kept = named.iter().filter(|n| worth(n.name)).count();
            self.n_skipped
                .fetch_add(pairs_of(named.len()) - pairs_of(n_kept), Ordering::Relaxed);
        }
        self_join(
            self.input.names,
            self.n_vocabulary(),
            named,
            worth,
            |a, b| self.verify(a, b),
        )
    }

    pub(super) fn may_reach_floor(&self, name: u32, bound: i64) -> bool {
        self.rule.floor.is_none_or(|floor| {
            i64::from(self.own_millibits[name as usize]) + bound >= i64::from(floor)
        })
    }

    pub(super) fn named(&self, members: &[u32]) -> Vec<Named> {
        members
            .iter()
            .map(|g| Named {
                name: self.name_of(*g),
                item: *g,
            })
            .filter(|n| n.name != NONE)
            .collect()
    }

    /// The names with most records, from two on.
    pub(super) fn heavy_names(&self) -> Vec<HeavyKey> {
        let prepared = self.input.prepared;
        let column: Vec<u32> = (0..self.groups.len() as u32)
            .map(|g| self.name_of(g))
            .collect();
        let members = Csr::group(&column, prepared.names.len());
        let size = |n: &u32| members.row(*n as usize).len();
        let mut order: Vec<u32> = (0..prepared.names.len() as u32)
            .filter(|n| size(n) > 1)
            .collect();
        order.sort_by_key(|n| (std::cmp::Reverse(size(n)), *n));
        order
            .iter()
            .take(HEAVY_KEYS)
            .map(|name| {
                let words: Vec<&str> = prepared
                    .names
                    .tokens
                    .row(*name as usize)
                    .iter()
                    .map(|t| prepared.names.vocabulary.text(t.token))
                    .collect();
                HeavyKey {
                    rule_idx: self.rule_idx,
                    kind: "name".to_owned(),
                    value: words.join(" "),
                    n_records: size(name) as u64,
                    n_pairs: pairs_of(size(name)),
                    treatment: "compared".to_owned(),
                }
            })
            .collect()
    }
}
