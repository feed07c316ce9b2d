//! Names and places go together: whoever bears a Turkish name lives in a Turkish town more often than others do. In a
//! file of one country that is nothing; in one of many, a shared name makes a shared town several times likelier by
//! chance. Learned from the file: how much oftener two people of one given name and different surnames live in one town
//! than any two do.

use super::Scorer;
use crate::model::{Level, NONE, RecordIdx, TokenRole};
use crate::rules::predicate::millibits;
use rustc_hash::FxHashMap;

/// Most pairs looked at, spread evenly over the records.
const PAIRS_MAX: usize = 200_000;
/// Shared towns that are expected of as many pairs before the file is believed.
const EXPECTED_SHIPPED: f64 = 10.0;
/// Most that is learned, in millibits.
const MOST: i32 = 5_000;

impl Scorer<'_> {
    /// What a town says less against strangers whose given names agree, in millibits, 0 or more.
    /// Cost: one pass over the records, and at most 200,000 comparisons of names.
    pub(super) fn learned_origins(&self) -> i32 {
        let p = self.prepared;
        let placed: Vec<RecordIdx> = (0..p.n_records() as u32)
            .map(RecordIdx)
            .filter(|r| p.city[r.at()] != NONE && p.name[r.at()] != NONE)
            .collect();
        // Of these records alone: accounts in the file have towns and no names.
        let mut in_town = vec![0_u32; p.cities.len()];
        for record in &placed {
            in_town[p.city[record.at()] as usize] += 1;
        }
        let n_placed = placed.len().max(1) as f64;
        let shares = in_town.iter().map(|n| f64::from(*n) / n_placed);
        let by_chance: f64 = shares.map(|share| share.powi(2)).sum();
        let step = placed.len().div_ceil(PAIRS_MAX).max(1);
        let mut last_of = FxHashMap::default();
        let (mut n_pairs, mut n_shared) = (0_u32, 0_u32);
        for right in placed.into_iter().step_by(step) {
            let given = p
                .name_tokens(right)
                .iter()
                .find(|t| t.role == TokenRole::Given);
            let Some(given) = given else { continue };
            let Some(left) = last_of.insert(given.token, right) else {
                continue;
            };
            let agreement = self.name_agreement(left, right);
            let (_, surname) = self.person(left, right, agreement.as_ref());
            if surname.level == Level::Different {
                n_pairs += 1;
                n_shared += u32::from(p.city[left.at()] == p.city[right.at()]);
            }
        }
        told(n_pairs, n_shared, by_chance)
    }
}

/// What so many shared towns of so many pairs say, where two people share one with `by_chance`.
fn told(n_pairs: u32, n_shared: u32, by_chance: f64) -> i32 {
    let expected = f64::from(n_pairs) * by_chance + EXPECTED_SHIPPED;
    millibits((f64::from(n_shared) + EXPECTED_SHIPPED) / expected).clamp(0, MOST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn towns_shared_as_by_chance_say_nothing_and_few_pairs_say_little() {
        assert_eq!(told(10_000, 100, 0.01), 0);
        assert_eq!(told(10_000, 20, 0.01), 0, "never less than nothing");
        // 410 of an expected 110.
        assert_eq!(told(10_000, 400, 0.01), 1_898);
        assert_eq!(told(10, 5, 0.01), 571);
        assert_eq!(told(1_000_000, 1_000_000, 0.001), MOST);
    }
}
