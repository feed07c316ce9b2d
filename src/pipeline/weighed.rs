//! The pairs of a run by their records.

use crate::model::{PairEvidence, RecordIdx, ScoredPair};

/// The evidence on rule-true pairs, looked up and not weighed again.
pub(super) struct WeighedPairs<'a> {
    pairs: &'a [ScoredPair],
    /// For each record the position of its first pair as the left one, then the number of pairs.
    starts: Vec<usize>,
}

impl WeighedPairs<'_> {
    /// `pairs` ascending, as in [`Outcome::pairs`].
    pub(super) fn new(pairs: &[ScoredPair], n_records: usize) -> WeighedPairs<'_> {
        let mut starts = vec![0; n_records + 1];
        for pair in pairs {
            starts[pair.pair.left.at() + 1] += 1;
        }
        for record in 0..n_records {
            starts[record + 1] += starts[record];
        }
        WeighedPairs { pairs, starts }
    }

    /// `None` for a pair that no rule found.
    pub(super) fn evidence(&self, a: RecordIdx, b: RecordIdx) -> Option<&PairEvidence> {
        let (left, right) = (a.min(b), a.max(b));
        let of_left = &self.pairs[self.starts[left.at()]..self.starts[left.at() + 1]];
        let at = of_left.binary_search_by_key(&right, |p| p.pair.right);
        at.ok().map(|at| &of_left[at].evidence)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{
        Alternative, CandidatePair, EvidenceField, FieldEvidence, Fields, Level, RuleMask, Verdict,
    };
    use proptest::prelude::*;

    fn scored(left: u32, right: u32) -> ScoredPair {
        let missing = FieldEvidence {
            level: Level::Missing,
            millibits: 0,
        };
        ScoredPair {
            pair: CandidatePair::new(RecordIdx(left), RecordIdx(right), RuleMask::of(0)),
            evidence: PairEvidence {
                fields: Fields::new([missing; EvidenceField::ALL.len()]),
                alternative: Alternative::Strangers,
                // Tells the pair.
                prior_millibits: (left * 100 + right) as i32,
                score_millibits: (left * 100 + right) as i32,
            },
            verdict: Verdict::Weak,
        }
    }

    proptest! {
        #[test]
        fn a_pair_is_found_as_by_looking_at_all(
            mut ends in prop::collection::btree_set((0..12_u32, 0..12_u32), 0..40),
            n_further in 0..3_usize,
        ) {
            ends.retain(|(left, right)| left < right);
            let pairs: Vec<ScoredPair> = ends.iter().map(|(l, r)| scored(*l, *r)).collect();
            let weighed = WeighedPairs::new(&pairs, 12 + n_further);
            for a in 0..12_u32 {
                for b in (0..12_u32).filter(|b| *b != a) {
                    let plain = pairs
                        .iter()
                        .find(|p| (p.pair.left.0, p.pair.right.0) == (a.min(b), a.max(b)));
                    prop_assert_eq!(
                        weighed.evidence(RecordIdx(a), RecordIdx(b)),
                        plain.map(|p| &p.evidence)
                    );
                }
            }
        }
    }
}
