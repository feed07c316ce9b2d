//! How often records that share a house or a line and a surname are one person, and how often two of a household:
//! learned from the file, since a list of leads of firms has hardly any households and a list of donors is made of them.

use super::Scorer;
use crate::model::{Csr, Level, PhoneKind, RecordIdx};
use crate::rules::predicate::millibits;
use rayon::prelude::*;

/// Pairs of one person for each pair of a household, in a house or on a line both may share: what [`super::EXPECTED_HOUSEHOLD`] says.
const SHIPPED_ODDS: f64 = super::EXPECTED_PARTNERS / super::EXPECTED_HOUSEHOLD;
/// Pairs that the shipped odds count for.
const SHIPPED_PAIRS: f64 = 60.0;
/// Fewest pairs to learn from.
const PAIRS_MIN: u32 = 30;
/// Records in a house or on a line beyond which it is no household's.
const HOLDERS_MAX: usize = 8;
/// Pairs of one person whose given names do not agree at all.
const GIVEN_DIFFERS: f64 = 0.03;
/// Most that is learned either way, in millibits.
const MOVE_MAX: i32 = 3_500;

impl Scorer<'_> {
    /// What to add to the prior against a household, in millibits.
    /// Cost: one pass over phones and one over addresses, and name comparisons within those of up to eight records.
    pub(super) fn learned_households(&self) -> i32 {
        let p = self.prepared;
        let phones = p.phones.invert(p.phone_codes.codes.len(), |u| u.phone);
        let by_line = self.given_names_of(&phones, |phone| {
            let kind = p.phone_codes.codes.at(phone).kind;
            !matches!(kind, PhoneKind::Mobile | PhoneKind::Service)
        });
        let by_house = self.given_names_of(&Csr::group(&p.address, p.addresses.len()), |_| true);
        // The same pairs share both, mostly: those of one kind are enough.
        let n = |counts: &(u32, u32)| counts.0 + counts.1;
        let (alike, other) = if n(&by_house) > n(&by_line) {
            by_house
        } else {
            by_line
        };
        shift(alike, other)
    }

    /// How many pairs of private persons of one surname have given names that agree, and how many have others, among
    /// the neighbouring holders of each value that `may_be_shared`: neighbours alone, so that a record copied many times
    /// counts as often as it stands there.
    fn given_names_of(
        &self,
        holders: &Csr<u32>,
        may_be_shared: impl Fn(usize) -> bool + Sync,
    ) -> (u32, u32) {
        (0..holders.n_rows())
            .into_par_iter()
            .filter(|value| {
                may_be_shared(*value) && (2..=HOLDERS_MAX).contains(&holders.row(*value).len())
            })
            .map(|value| {
                let row = holders.row(value);
                let pairs = row.windows(2).map(|w| (RecordIdx(w[0]), RecordIdx(w[1])));
                pairs.fold((0, 0), |(alike, other), (left, right)| {
                    match self.given_under_one_surname(left, right) {
                        Some(true) => (alike + 1, other),
                        Some(false) => (alike, other + 1),
                        None => (alike, other),
                    }
                })
            })
            .reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1))
    }

    /// Whether the given names agree of two private persons of one surname; `None` for other pairs.
    fn given_under_one_surname(&self, left: RecordIdx, right: RecordIdx) -> Option<bool> {
        if left == right || self.has_account(left, right) {
            return None;
        }
        let agreement = self.name_agreement(left, right)?;
        let (given, surname) = self.person(left, right, Some(&agreement));
        if surname.level != Level::Same || self.employer(left, right).n_records.is_some() {
            return None;
        }
        match given.level {
            Level::Missing | Level::Linked => None,
            Level::Different => {
                // Garbled, or another name in use; twins are rarer.
                let identities = [
                    self.birth_date(left, right),
                    self.government_id(left, right),
                ];
                Some(identities.iter().any(|view| view.level == Level::Same))
            }
            _ => Some(true),
        }
    }
}

/// The shift for so many pairs whose given names agree, and do not.
fn shift(alike: u32, other: u32) -> i32 {
    if alike + other < PAIRS_MIN {
        return 0;
    }
    let one_person = f64::from(alike) / (1.0 - GIVEN_DIFFERS);
    let household = (f64::from(other) - one_person * GIVEN_DIFFERS).max(0.0);
    let shipped_households = SHIPPED_PAIRS / (1.0 + SHIPPED_ODDS);
    let odds = (one_person + SHIPPED_PAIRS - shipped_households) / (household + shipped_households);
    millibits(odds / SHIPPED_ODDS).clamp(-MOVE_MAX, MOVE_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn households_move_the_prior_by_their_number() {
        assert_eq!(shift(10, 15), 0, "too few to tell");
        assert!(shift(100, 23).abs() < 50, "as shipped: {}", shift(100, 23));
        let (some, many) = (shift(300, 200), shift(300, 2_000));
        assert!(some < -1_000 && some > -2_000, "{some}");
        assert!(many < some && many >= -MOVE_MAX, "{many}");
        let few = shift(200, 15);
        assert!(few > 500 && few < 2_000, "{few}");
        assert_eq!(shift(1_000, 30), MOVE_MAX, "one person's other names");
    }
}
