//! The join of names by their words: of all records, or of those under one key.

use super::{HEAVY_KEYS, Run, pairs_of};
use crate::block::condition::{BlockInput, CompiledRule};
use crate::block::name_floor::{NameFloor, NameWorth};
use crate::block::name_join::{NameJoin, Named};
use crate::block::union::Hit;
use crate::model::{Csr, HeavyKey, NONE};

/// What the names of a run carry by themselves, for evidence floors; empty when the rule has none.
pub(super) fn name_worth(rule: &CompiledRule<'_>, input: BlockInput<'_>) -> NameWorth {
    if rule.floor.is_none() || !rule.needs_name() {
        return NameWorth::default();
    }
    let n_words = input.prepared.names.vocabulary.len();
    NameWorth::new(input.weights, input.names, n_words)
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
        let join = self.name_join(bound);
        join.within(named, |a, b| self.verify(a, b))
    }

    /// The join of names under a key where other conditions carry at most `bound`.
    pub(super) fn name_join(&self, bound: i64) -> NameJoin<'_> {
        // Names that are asked for a generic value alone carry nothing.
        let floor = self.rule.floor.filter(|_| self.rule.needs_name());
        NameJoin {
            profile: self.input.names,
            n_vocabulary: self.n_vocabulary(),
            floor: floor.map(|floor| NameFloor {
                weights: self.input.weights,
                worth: self.name_worth,
                needed: i64::from(floor) - bound,
            }),
            n_skipped: &self.n_skipped,
        }
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
