//! How often two accounts of one house whose names are not alike are one firm, and how often a firm and its sister:
//! learned from the file, since a list of schools has one of them a house and a list of holdings several. Where both
//! accounts have corporate domains, these tell.

use super::{SITES, Scorer, View};
use crate::model::{Csr, EvidenceField, Level, RecordIdx};
use crate::rules::predicate::millibits;
use rayon::prelude::*;

/// Pairs that what is shipped counts for, and those of them that are one firm.
const SHIPPED_PAIRS: f64 = 20.0;
const SHIPPED_ONE: f64 = 19.0;
/// Fewest pairs to learn from.
const PAIRS_MIN: u32 = 30;
/// Accounts in a house beyond which it is an office building.
const HOLDERS_MAX: usize = 8;

/// Log-odds that two accounts of one house are one firm, in millibits, by whether their unlike names share words and
/// whether they share a line; `None` where too few pairs tell.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Sisters {
    odds: [[Option<i32>; 2]; 2],
}

impl Sisters {
    /// What was learned of two accounts with these views.
    pub(super) fn of(&self, views: &[View]) -> Option<i32> {
        use EvidenceField::{Employer, Phone, Street};
        let level = |field: EvidenceField| views[field as usize].level;
        let share_words = match level(Employer) {
            Level::Partial => true,
            Level::Different => false,
            _ => return None,
        };
        let one_line = level(Phone) == Level::Same;
        let learned = self.odds[usize::from(share_words)][usize::from(one_line)];
        learned.filter(|_| level(Street) == Level::Same)
    }
}

/// Name, house, town and line together say no more against two sites of one operator than was learned.
pub(super) fn no_more_than(views: &mut [View], learned: i32) {
    use EvidenceField::{Employer, Phone, Place, Street};
    let fields = [Employer, Phone, Place, Street].map(|field| field as usize);
    let all: i32 = fields.iter().map(|at| views[*at].bits[SITES]).sum();
    views[Street as usize].bits[SITES] -= (all - learned).max(0);
}

impl Scorer<'_> {
    /// Cost: one pass over the addresses of accounts, and at most seven comparisons of names for each.
    pub(super) fn learned_sisters(&self) -> Sisters {
        let p = self.prepared;
        let houses = Csr::group(&p.address, p.addresses.len());
        let counts = (0..houses.n_rows())
            .into_par_iter()
            .map(|house| houses.row(house))
            .filter(|row| (2..=HOLDERS_MAX).contains(&row.len()))
            .map(|row| {
                let mut counts = [[[0_u32; 2]; 2]; 2];
                for pair in row.windows(2) {
                    let (left, right) = (RecordIdx(pair[0]), RecordIdx(pair[1]));
                    if let Some((share_words, one_line, one_firm)) = self.in_one_house(left, right)
                    {
                        let of = &mut counts[usize::from(share_words)][usize::from(one_line)];
                        of[usize::from(one_firm)] += 1;
                    }
                }
                counts
            })
            .reduce(Default::default, |mut all, one| {
                for (all, one) in all
                    .iter_mut()
                    .flatten()
                    .flatten()
                    .zip(one.iter().flatten().flatten())
                {
                    *all += one;
                }
                all
            });
        Sisters {
            odds: counts.map(|lines| lines.map(|[two, one]| odds(one, two))),
        }
    }

    /// Of two accounts with corporate domains and unlike names: whether the names share words, whether they share a
    /// line, and whether they share a domain, or have one written in two ways.
    fn in_one_house(&self, left: RecordIdx, right: RecordIdx) -> Option<(bool, bool, bool)> {
        if left == right || !self.are_accounts(left, right) {
            return None;
        }
        let domains: Vec<u32> = self.own_domains(left).collect();
        if domains.is_empty() || self.own_domains(right).next().is_none() {
            return None;
        }
        let share_words = self.unlike_names(left, right)?;
        let p = self.prepared;
        let (a, b) = (p.phones.row(left.at()), p.phones.row(right.at()));
        let one_line = a.iter().any(|x| b.iter().any(|y| x.phone == y.phone));
        let shared = self.own_domains(right).any(|d| domains.contains(&d));
        Some((
            share_words,
            one_line,
            shared || !self.other_domains(&domains, right),
        ))
    }
}

/// Log-odds of one firm for so many pairs that are one, and two.
fn odds(one: u32, two: u32) -> Option<i32> {
    let n = one + two;
    (n >= PAIRS_MIN).then(|| {
        let one = f64::from(one) + SHIPPED_ONE;
        millibits(one / (f64::from(n) + SHIPPED_PAIRS - one))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_pairs_tell_nothing_and_many_tell_how_often_they_are_one() {
        assert_eq!(odds(10, 10), None);
        assert_eq!(odds(300, 0), Some(8_317));
        assert_eq!(odds(81, 99), Some(0), "one in two");
        assert!(odds(10, 190).is_some_and(|told| told < -2_500));
    }

    #[test]
    fn a_house_says_no_more_than_was_learned_of_houses() {
        use EvidenceField::{Employer, Phone, Place, Street};
        let views = |name: Level, line: Level| {
            let mut views = [View::MISSING; EvidenceField::ALL.len()];
            for (field, level, bits) in [
                (Employer, name, -600),
                (Phone, line, 1_700),
                (Place, Level::Same, 3_000),
                (Street, Level::Same, 6_000),
            ] {
                views[field as usize] = View::flat(level, bits);
            }
            views
        };
        let sisters = Sisters {
            odds: [[None, Some(-500)], [Some(2_000), Some(1_000)]],
        };
        let mut holding = views(Level::Partial, Level::Same);
        let learned = sisters.of(&holding);
        assert_eq!(learned, Some(1_000));
        no_more_than(&mut holding, 1_000);
        let all: i32 = holding.iter().map(|view| view.bits[SITES]).sum();
        assert_eq!(all, 1_000, "as learned");
        assert_eq!(sisters.of(&views(Level::Different, Level::Different)), None);
        assert_eq!(sisters.of(&views(Level::Close, Level::Same)), None);
        let mut sure = views(Level::Partial, Level::Same);
        no_more_than(&mut sure, 20_000);
        assert_eq!(sure[Street as usize].bits[SITES], 6_000, "never more");
    }
}
