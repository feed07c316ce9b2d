//! What a plan asks of a rule: which conditions have an index, and what the others can carry at most.

use super::keys::KeyPlan;
use super::{CompiledRule, Test};
use crate::rules::GenericPolicy;
use crate::similarity::measures::Measure;

/// A literal measure that can be joined, with its columns: positions in `Prepared::texts`.
#[derive(Debug, Clone, Copy)]
pub(in crate::block) struct MeasurePlan {
    /// Position of the condition in the rule.
    pub(in crate::block) condition_idx: usize,
    /// Column of base records.
    pub(in crate::block) base: usize,
    /// Column of matching records.
    pub(in crate::block) matching: usize,
    /// The measure.
    pub(in crate::block) measure: Measure,
    /// Least value.
    pub(in crate::block) threshold: f64,
}

impl CompiledRule<'_> {
    /// True when the rule asks for similar names whatever the key.
    pub(in crate::block) fn needs_name(&self) -> bool {
        self.when.iter().any(|t| matches!(t, Test::SimilarName))
    }

    /// True when pairs under a generic key must have similar names.
    pub(in crate::block) fn generic_needs_name(&self) -> bool {
        self.rule.generic == GenericPolicy::NeedName
    }

    /// True when the rule is nothing but equality on one condition, so that all records under a key are rule-true.
    pub(in crate::block) fn is_pure_equality(&self) -> bool {
        // With different columns a key of one side says nothing of the other.
        let symmetric =
            |test: &Test<'_>| matches!(test, Test::Equal { keys, .. } if keys.is_symmetric());
        self.when.len() == 1 && symmetric(&self.when[0]) && self.unless.is_empty()
    }

    /// The threshold of the company condition, if there is one.
    pub(in crate::block) fn company_threshold(&self) -> Option<f64> {
        self.when.iter().find_map(|t| match t {
            Test::SimilarCompany { threshold } => Some(*threshold),
            _ => None,
        })
    }

    /// The literal measures, in rule order.
    pub(in crate::block) fn measures(&self) -> Vec<MeasurePlan> {
        self.when
            .iter()
            .enumerate()
            .filter_map(|(condition_idx, test)| match test {
                Test::Measure {
                    base,
                    matching,
                    measure,
                    threshold,
                } => Some(MeasurePlan {
                    condition_idx,
                    base: *base,
                    matching: *matching,
                    measure: *measure,
                    threshold: *threshold,
                }),
                _ => None,
            })
            .collect()
    }

    /// The first literal measure that compares a column with itself among records of one type.
    pub(in crate::block) fn symmetric_measure(&self) -> Option<MeasurePlan> {
        self.measures()
            .into_iter()
            .find(|m| m.base == m.matching && self.rule.base == self.rule.matching)
    }

    /// True when the rule is nothing but one literal measure, so that all holders of two values are rule-true or none.
    pub(in crate::block) fn is_pure_measure(&self) -> bool {
        self.when.len() == 1
            && matches!(self.when[0], Test::Measure { .. })
            && self.unless.is_empty()
    }

    /// The most that conditions other than the name's carry under a key of this plan.
    pub(in crate::block) fn key_bound_millibits(&self, plan: &KeyPlan<'_>, key: u32) -> i64 {
        let mut bound = 0_i64;
        for (i, test) in self.when.iter().enumerate() {
            bound += match test {
                // A pair may share a rarer domain too; it is then found under that one.
                Test::Equal { keys, .. } if i == plan.condition_idx() => {
                    i64::from(self.key_millibits(keys, key))
                }
                Test::Equal { .. } => 30_000,
                Test::SimilarCompany { .. } => 30_000,
                Test::SimilarName | Test::Measure { .. } => 0,
            };
        }
        bound
    }

    /// The most that conditions other than the name's carry, whatever the values.
    pub(in crate::block) fn bound_beside_name_millibits(&self) -> i64 {
        self.when
            .iter()
            .map(|test| match test {
                Test::Equal { .. } | Test::SimilarCompany { .. } => 30_000,
                Test::SimilarName | Test::Measure { .. } => 0,
            })
            .sum()
    }
}
