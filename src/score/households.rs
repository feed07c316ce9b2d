//! How often records that share a line and a surname are one person, and how often two of a household: learned from the
//! file, since a list of leads of firms has hardly any households and a list of donors is made of them.

use super::Scorer;
use crate::model::{Level, PhoneKind, RecordIdx};
use crate::rules::predicate::millibits;
use rayon::prelude::*;

/// Pairs of one person for each pair of a household, on a line both may share: what [`super::EXPECTED_HOUSEHOLD`] says.
const SHIPPED_ODDS: f64 = super::EXPECTED_PARTNERS / super::EXPECTED_HOUSEHOLD;
/// Pairs that the shipped odds count for.
const SHIPPED_PAIRS: f64 = 60.0;
/// Fewest pairs to learn from.
const PAIRS_MIN: u32 = 30;
/// Records on a line beyond which it is no household's.
const HOLDERS_MAX: usize = 8;
/// Pairs of one person whose given names do not agree at all.
const GIVEN_DIFFERS: f64 = 0.03;
/// Most that is learned, in millibits.
const MOVE_MAX: i32 = 3_500;

impl Scorer<'_> {
    /// What to add to the prior against a household, in millibits, 0 or less: households are never thought rarer than
    /// shipped. Cost: one pass over phones, and name comparisons within those of up to eight records.
    pub(super) fn learned_households(&self) -> i32 {
        let p = self.prepared;
        let phones = p.phones.invert(p.phone_codes.codes.len(), |u| u.phone);
        let (alike, other) = (0..phones.n_rows())
            .into_par_iter()
            .filter(|phone| {
                let kind = p.phone_codes.codes.at(*phone).kind;
                !matches!(kind, PhoneKind::Mobile | PhoneKind::Service)
                    && (2..=HOLDERS_MAX).contains(&phones.row(*phone).len())
            })
            .map(|phone| {
                // Neighbours alone, so that a record copied many times counts as often as it stands there.
                let row = phones.row(phone);
                let pairs = row.windows(2).map(|w| (RecordIdx(w[0]), RecordIdx(w[1])));
                pairs.fold((0, 0), |(alike, other), (left, right)| {
                    match self.given_under_one_surname(left, right) {
                        Some(true) => (alike + 1, other),
                        Some(false) => (alike, other + 1),
                        None => (alike, other),
                    }
                })
            })
            .reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
        shift(alike, other)
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
            level => Some(level != Level::Different),
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
    millibits(odds / SHIPPED_ODDS).clamp(-MOVE_MAX, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn households_move_the_prior_down_only_and_by_their_number() {
        assert_eq!(shift(10, 15), 0, "too few to tell");
        assert_eq!(shift(1_000, 30), 0, "one person's other names");
        let (some, many) = (shift(300, 200), shift(300, 2_000));
        assert!(some < -1_000 && some > -2_000, "{some}");
        assert!(many < some && many >= -MOVE_MAX, "{many}");
    }
}
