//! Example pairs to look at: some of each kind, chosen by a hash of their ids.
//!
//! Pairs are put in layers (gained or lost × rule × verdict); of each layer those with the smallest hashes are kept. The
//! hash depends on the two ids and a fixed seed alone, so that the same export and rules always show the same pairs,
//! and a pair that was shown stays while the rules change around it.

use super::pairs::verdict_word;
use super::rule_match::RuleMatch;
use crate::model::{Field, RecordIdx, ScoredPair, Table};
use crate::rules::ALWAYS_LIST;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// Makes the choice of examples differ from that of samples.
const SEED: u64 = 0x6b69_6e66_6f6c_6401;

/// A pair that one rule set reports and the other does not.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Example {
    /// `gained` or `lost`.
    pub change: &'static str,
    /// The rule under which it was chosen, by the name it has where it holds.
    pub rule: String,
    /// Verdict of the pair.
    pub verdict: &'static str,
    /// Probability that the two are one, 0.0 to 1.0, six decimals.
    pub probability: f64,
    /// Id of the left record.
    pub left_id: String,
    /// Id of the right record.
    pub right_id: String,
    /// All rules that report the pair where it holds.
    pub rules: Vec<String>,
    /// Why the two seem one, or not.
    pub reason: String,
    /// Values side by side: those columns in which either record has one.
    pub values: Vec<SideBySide>,
}

/// One column of an example.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SideBySide {
    /// Field or header.
    pub column: String,
    /// Left value as exported.
    pub left: String,
    /// Right value as exported.
    pub right: String,
}

/// Columns an example shows, when the export has them.
pub(super) const SHOWN: [Field; 22] = [
    Field::FullName,
    Field::Salutation,
    Field::FirstName,
    Field::MiddleName,
    Field::LastName,
    Field::Suffix,
    Field::JobTitle,
    Field::CompanyName,
    Field::Email1,
    Field::Email2,
    Field::Email3,
    Field::Phone1,
    Field::Phone2,
    Field::Phone3,
    Field::MobilePhone,
    Field::Website,
    Field::Street,
    Field::City,
    Field::PostalCode,
    Field::BirthDate,
    Field::GovernmentId,
    Field::State,
];

/// A layer: lost first, then position of the rule, then verdict.
type Layer = (bool, usize, usize);

/// Keeps the examples while pairs are walked.
pub(super) struct Examples<'a> {
    table: &'a Table,
    per_layer: usize,
    n_rules: usize,
    layers: BTreeMap<Layer, BinaryHeap<Kept>>,
}

/// A pair kept; the one with the largest hash goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Kept {
    hash: u64,
    left: RecordIdx,
    right: RecordIdx,
}

impl<'a> Examples<'a> {
    /// Keeps up to `per_layer` pairs of each layer.
    pub(super) fn new(table: &'a Table, per_layer: usize, n_rules: usize) -> Examples<'a> {
        Examples {
            table,
            per_layer,
            n_rules,
            layers: BTreeMap::new(),
        }
    }

    /// Offers a pair to the layers of the rules that hold for it.
    pub(super) fn offer(&mut self, gained: bool, pair: &ScoredPair, holds: impl Fn(usize) -> bool) {
        let (left, right) = (pair.pair.left, pair.pair.right);
        let kept = Kept {
            hash: hash_of(self.table.id(left), self.table.id(right), SEED),
            left,
            right,
        };
        for rule in (0..self.n_rules).filter(|at| holds(*at)) {
            let heap = self
                .layers
                .entry((!gained, rule, pair.verdict as usize))
                .or_default();
            if heap.len() < self.per_layer {
                heap.push(kept);
            } else if heap.peek().is_some_and(|largest| kept < *largest) {
                heap.pop();
                heap.push(kept);
            }
        }
    }

    /// The examples, gained before lost, by rule, then verdict, then hash; each pair once, in its first layer.
    pub(super) fn finish(
        self,
        rules: &[RuleMatch],
        rule_names: (&[String], &[String]),
        before: &[ScoredPair],
        after: &[ScoredPair],
        reason: impl Fn(&ScoredPair) -> String,
    ) -> Vec<Example> {
        let mut seen = BTreeSet::new();
        let mut out = Vec::new();
        for ((lost, rule, verdict), heap) in self.layers {
            let (pairs, names) = if lost {
                (before, rule_names.0)
            } else {
                (after, rule_names.1)
            };
            let rule_idx = if lost {
                rules[rule].before
            } else {
                rules[rule].after
            };
            for kept in heap.into_sorted_vec() {
                if !seen.insert((kept.left, kept.right)) {
                    continue;
                }
                let at = pairs
                    .binary_search_by_key(&(kept.left, kept.right), |p| (p.pair.left, p.pair.right))
                    .expect("an example is one of the pairs it was chosen from");
                let pair = &pairs[at];
                out.push(Example {
                    change: if lost { "lost" } else { "gained" },
                    rule: rule_idx.map_or(String::new(), |i| names[i].clone()),
                    verdict: verdict_word(verdict),
                    probability: (pair.evidence.probability() * 1e6).round() / 1e6,
                    left_id: self.table.id(kept.left).to_owned(),
                    right_id: self.table.id(kept.right).to_owned(),
                    rules: (pair.pair.rules.iter())
                        .map(|i| names.get(i).map_or(ALWAYS_LIST, String::as_str).to_owned())
                        .collect(),
                    reason: reason(pair),
                    values: side_by_side(self.table, kept.left, kept.right),
                });
            }
        }
        out
    }
}

fn side_by_side(table: &Table, left: RecordIdx, right: RecordIdx) -> Vec<SideBySide> {
    SHOWN
        .iter()
        .filter_map(|field| {
            let (l, r) = (table.value(left, *field), table.value(right, *field));
            (!l.trim().is_empty() || !r.trim().is_empty()).then(|| SideBySide {
                column: field.name().to_owned(),
                left: l.to_owned(),
                right: r.to_owned(),
            })
        })
        .collect()
}

/// A hash of two texts and a seed, the same on every machine and in every version.
///
/// FNV-1a over the bytes with a separator, then the finaliser of SplitMix64, since FNV leaves short texts close
/// together. Sources: Fowler, Noll, Vo; Steele, Lea, Flood (2014), "Fast splittable pseudorandom number generators".
pub(super) fn hash_of(first: &str, second: &str, seed: u64) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64 ^ seed;
    for byte in first.bytes().chain([0]).chain(second.bytes()) {
        hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_fixed_and_spreads() {
        // Whoever changes the hash changes every sample and every list of examples.
        assert_eq!(hash_of("a", "b", 0), hash_of("a", "b", 0));
        assert_ne!(hash_of("a", "b", 0), hash_of("a", "b", 1));
        assert_ne!(hash_of("ab", "", 0), hash_of("a", "b", 0));
        let n_low = (0..10_000)
            .filter(|i| hash_of(&format!("L{i:05}"), "", SEED) < u64::MAX / 10)
            .count();
        assert!((900..1100).contains(&n_low), "{n_low} of about 1000");
    }
}
