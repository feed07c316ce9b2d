//! How often the fields of one person's records disagree in this file: learned from pairs that are sure without them.
//!
//! Shipped figures are of people in business; in a file of patients or of badly typed lists dates of birth and streets
//! disagree far more often, or less. Records that share a mobile, a personal e-mail or a government id under one name
//! are one person whatever their other fields say; how often those agree there, is how often they agree (m). Chance (u)
//! needs no learning, it is counted. Guard rails: the shipped figures weigh as much as a hundred pairs, and no level
//! moves by more than two bits.

use super::Scorer;
use crate::model::{Alternative, EvidenceField, Level, Mark, PhoneKind, RecordIdx};
use rayon::prelude::*;

/// Pairs that the shipped figures count for.
const SHIPPED_PAIRS: f64 = 100.0;
/// Fewest sure pairs with both values to learn from.
const PAIRS_MIN: u32 = 30;
/// Most a level moves, in millibits.
const MOVE_MAX: i32 = 2_000;
/// Most pairs looked at, spread evenly over the values shared.
const PAIRS_MAX: usize = 50_000;

const N_LEVELS: usize = Level::Conflict as usize + 1;

/// What the levels of each learned field are expected to be among one person's records: shipped figures.
const SHIPPED: [(EvidenceField, &[(Level, f64)]); 4] = [
    (
        EvidenceField::Place,
        &[
            (Level::Same, 0.50),
            (Level::Partial, 0.23),
            (Level::Close, 0.02),
            (Level::Different, 0.25),
        ],
    ),
    (
        EvidenceField::Street,
        &[
            (Level::Same, 0.60),
            (Level::Close, 0.05),
            (Level::Different, 0.35),
        ],
    ),
    (
        EvidenceField::BirthDate,
        &[
            (Level::Same, 0.90),
            (Level::Close, 0.05),
            (Level::Different, 0.03),
            (Level::Conflict, 0.02),
        ],
    ),
    (
        EvidenceField::GovernmentId,
        &[
            (Level::Same, 0.90),
            (Level::Close, 0.05),
            (Level::Conflict, 0.05),
        ],
    ),
];

/// What to add to each level of each field, in millibits.
#[derive(Debug, Clone)]
pub(super) struct Habits {
    shift: [[i32; N_LEVELS]; EvidenceField::ALL.len()],
}

impl Habits {
    /// The shipped figures as they are.
    pub(super) const SHIPPED: Habits = Habits {
        shift: [[0; N_LEVELS]; EvidenceField::ALL.len()],
    };

    /// What to add to a field's bits, against every explanation alike.
    pub(super) fn shift(&self, field: EvidenceField, level: Level) -> i32 {
        self.shift[field as usize][level as usize]
    }

    fn from_counts(counts: &[[u32; N_LEVELS]; EvidenceField::ALL.len()]) -> Habits {
        let mut habits = Habits::SHIPPED;
        for (field, levels) in SHIPPED {
            let seen = &counts[field as usize];
            let n: u32 = levels.iter().map(|(level, _)| seen[*level as usize]).sum();
            if n < PAIRS_MIN {
                continue;
            }
            for (level, shipped) in levels {
                let learned = (f64::from(seen[*level as usize]) + SHIPPED_PAIRS * shipped)
                    / (f64::from(n) + SHIPPED_PAIRS);
                habits.shift[field as usize][*level as usize] =
                    crate::rules::predicate::millibits(learned / shipped)
                        .clamp(-MOVE_MAX, MOVE_MAX);
            }
        }
        habits
    }
}

impl Scorer<'_> {
    /// Learns from the file. Cost: one pass over e-mails, phones and government ids, and at most 50,000 pairs each.
    pub(super) fn learned_habits(&self) -> Habits {
        let p = self.prepared;
        let mut counts = [[0_u32; N_LEVELS]; EvidenceField::ALL.len()];
        let mut learn = |shared: EvidenceField, pairs: Vec<(RecordIdx, RecordIdx)>| {
            let step = pairs.len().div_ceil(PAIRS_MAX).max(1);
            for (left, right) in pairs.into_iter().step_by(step) {
                for (field, _) in SHIPPED.iter().filter(|(f, _)| *f != shared) {
                    let view = match field {
                        EvidenceField::Place => self.place(left, right),
                        EvidenceField::Street => self.street(left, right),
                        EvidenceField::BirthDate => self.birth_date(left, right),
                        _ => self.government_id(left, right),
                    };
                    if view.level != Level::Missing {
                        counts[*field as usize][view.level as usize] += 1;
                    }
                }
            }
        };
        let emails = p.emails.invert(p.email_codes.codes.len(), |e| *e);
        learn(
            EvidenceField::Email,
            self.sure_pairs(&emails, |e| {
                self.dispersion.email_people[e] == 1
                    && !p.email_codes.codes.at(e).marks.has(Mark::Role)
            }),
        );
        let phones = p.phones.invert(p.phone_codes.codes.len(), |u| u.phone);
        learn(
            EvidenceField::Phone,
            self.sure_pairs(&phones, |n| {
                self.dispersion.phone_people[n] == 1
                    && p.phone_codes.codes.at(n).kind == PhoneKind::Mobile
            }),
        );
        let ids = crate::model::Csr::group(&p.government_id, p.government_ids.len());
        learn(EvidenceField::GovernmentId, self.sure_pairs(&ids, |_| true));
        Habits::from_counts(&counts)
    }

    /// Neighbouring holders of each value that `is_personal` and that few records hold, of similar names.
    fn sure_pairs(
        &self,
        holders: &crate::model::Csr<u32>,
        is_personal: impl Fn(usize) -> bool,
    ) -> Vec<(RecordIdx, RecordIdx)> {
        const HOLDERS_MAX: usize = 8;
        let neighbours: Vec<(RecordIdx, RecordIdx)> = holders
            .rows()
            .enumerate()
            .filter(|(value, row)| (2..=HOLDERS_MAX).contains(&row.len()) && is_personal(*value))
            .flat_map(|(_, row)| row.windows(2))
            .map(|w| (RecordIdx(w[0]), RecordIdx(w[1])))
            .collect();
        neighbours
            .into_par_iter()
            .filter(|(l, r)| l != r && !self.are_accounts(*l, *r))
            .filter(|(l, r)| {
                self.name_agreement(*l, *r)
                    .is_some_and(|agreement| agreement.similar)
            })
            .collect()
    }

    /// The views with what was learned; what is missing stays so.
    pub(super) fn by_habit(&self, views: &mut [super::View]) {
        for (view, field) in views.iter_mut().zip(EvidenceField::ALL) {
            let shift = self.habits.shift(field, view.level);
            // A street in another town was told by the town.
            if shift != 0 && view.bits != [0; 4] {
                for at in 0..Alternative::ALL.len() {
                    view.bits[at] += shift;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_pairs_change_nothing_and_many_no_more_than_two_bits() {
        let mut counts = [[0; N_LEVELS]; EvidenceField::ALL.len()];
        let dates = &mut counts[EvidenceField::BirthDate as usize];
        dates[Level::Conflict as usize] = PAIRS_MIN - 1;
        let few = Habits::from_counts(&counts);
        assert_eq!(few.shift(EvidenceField::BirthDate, Level::Conflict), 0);
        counts[EvidenceField::BirthDate as usize][Level::Conflict as usize] = 10_000;
        let many = Habits::from_counts(&counts);
        assert_eq!(
            many.shift(EvidenceField::BirthDate, Level::Conflict),
            MOVE_MAX
        );
        assert_eq!(many.shift(EvidenceField::BirthDate, Level::Same), -MOVE_MAX);
        assert_eq!(many.shift(EvidenceField::BirthDate, Level::Missing), 0);
        assert_eq!(many.shift(EvidenceField::Street, Level::Different), 0);
    }

    #[test]
    fn a_file_that_is_as_expected_changes_nothing() {
        let mut counts = [[0; N_LEVELS]; EvidenceField::ALL.len()];
        for (field, levels) in SHIPPED {
            for (level, shipped) in levels {
                counts[field as usize][*level as usize] = (shipped * 1_000.0) as u32;
            }
        }
        let habits = Habits::from_counts(&counts);
        for (field, levels) in SHIPPED {
            for (level, _) in levels {
                assert!(
                    habits.shift(field, *level).abs() <= 1,
                    "{field:?} {level:?}"
                );
            }
            let sum: f64 = levels.iter().map(|(_, m)| m).sum();
            assert!(
                (sum - 1.0).abs() < 1e-9,
                "shipped figures of {field:?} sum to one"
            );
        }
    }
}
