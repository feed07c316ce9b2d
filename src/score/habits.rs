//! How often the fields of one person's records disagree in this file: learned from pairs that are sure without them.
//!
//! Shipped figures are of people in business; in a file of patients or of badly typed lists dates of birth and streets
//! disagree far more often, or less. Records that share a mobile, a personal e-mail or a government id under one name
//! are one person whatever their other fields say; how often those agree there, is how often they agree (m). Chance (u)
//! needs no learning, it is counted. Guard rails: the shipped figures weigh as much as a hundred pairs, and no level
//! moves by more than three bits. Of e-mail, phone, employer and title only how often they differ is learned, and from
//! pairs that share something else; of names how often they have a slip. The prior is raised in a file whose records are seen to have many partners.

use super::Scorer;
use crate::model::{Alternative, EvidenceField, Level, Mark, NONE, PhoneKind, RecordIdx};
use crate::rules::predicate::millibits;
use rayon::prelude::*;

/// Pairs that the shipped figures count for.
const SHIPPED_PAIRS: f64 = 100.0;
/// Fewest sure pairs with both values to learn from.
const PAIRS_MIN: u32 = 30;
/// Most a level moves, in millibits.
const MOVE_MAX: i32 = 3_000;
/// Most the prior moves, in millibits.
const PRIOR_MAX: i32 = 3_000;
/// Other records of its entity that a record may be seen to have before the prior moves.
const ORDINARY_PARTNERS: f64 = 1.0;
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

/// Fields of which only *how often they differ* among one person's records is learned, with the share that the shipped
/// bits for a difference stand for. All agreeing levels move together, since their bits depend on the value.
const DIFFERING: [(EvidenceField, f64); 4] = [
    (EvidenceField::Email, 0.43),
    (EvidenceField::Phone, 0.66),
    (EvidenceField::Employer, 0.18),
    (EvidenceField::JobTitle, 0.81),
];

/// Names, with the share of one person's that differ for other reasons than slips: another name in use, marriage.
const NAMES: [(EvidenceField, f64); 2] = [
    (EvidenceField::Given, 0.025),
    (EvidenceField::Surname, 0.035),
];
/// Share of names with a slip that the shipped bits stand for.
const SLIPS: f64 = 0.11;
/// Most that a name's slips lose in a file with hardly any: they may be copies of one another, as typed elsewhere.
const CLEAN_MAX: i32 = 500;

/// Fewest sure pairs to learn them from.
const DIFFERING_PAIRS_MIN: u32 = 100;
/// Most a level of them moves, in millibits.
const DIFFERING_MAX: i32 = 1_500;

/// What to add to each level of each field, in millibits.
#[derive(Debug, Clone)]
pub(super) struct Habits {
    shift: [[i32; N_LEVELS]; EvidenceField::ALL.len()],
    prior: i32,
}

impl Habits {
    /// The shipped figures as they are.
    pub(super) const SHIPPED: Habits = Habits {
        shift: [[0; N_LEVELS]; EvidenceField::ALL.len()],
        prior: 0,
    };

    /// What to add to every prior, in millibits: a file in which records have many partners.
    pub(super) fn prior(&self) -> i32 {
        self.prior
    }

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
                    millibits(learned / shipped).clamp(-MOVE_MAX, MOVE_MAX);
            }
        }
        for (field, shipped) in DIFFERING {
            habits.learn_differing(field, shipped, &counts[field as usize]);
        }
        for (field, differ) in NAMES {
            habits.learn_slips(field, differ, &counts[field as usize]);
        }
        habits
    }

    /// How often one person's name is written with a slip tells what a slip is worth, and how many names have so many
    /// that they look garbled or differ: of slips that come at the rate q one after another, q has one and q² two.
    /// `differ` is the share of names that differ for other reasons.
    fn learn_slips(&mut self, field: EvidenceField, differ: f64, seen: &[u32; N_LEVELS]) {
        let of = |level: Level| f64::from(seen[level as usize]);
        let slips = of(Level::Close) + of(Level::Sound);
        let n = of(Level::Same) + slips;
        if n < f64::from(DIFFERING_PAIRS_MIN) {
            return;
        }
        let share = (slips + SHIPPED_PAIRS * SLIPS) / (n + SHIPPED_PAIRS);
        let garbled = |share: f64| (share / (1.0 - share)).powi(2);
        let differing = |share: f64| differ + garbled(share);
        for (level, ratio) in [
            (Level::Close, share / SLIPS),
            (Level::Sound, share / SLIPS),
            (Level::Linked, garbled(share) / garbled(SLIPS)),
            (Level::Different, differing(share) / differing(SLIPS)),
        ] {
            self.shift[field as usize][level as usize] =
                millibits(ratio).clamp(-CLEAN_MAX, MOVE_MAX);
        }
    }

    fn learn_differing(&mut self, field: EvidenceField, shipped: f64, seen: &[u32; N_LEVELS]) {
        let silent = [Level::Missing, Level::Generic, Level::Conflict].map(|level| level as usize);
        let told = || (0..N_LEVELS).filter(|level| !silent.contains(level));
        let n: u32 = told().map(|level| seen[level]).sum();
        if n < DIFFERING_PAIRS_MIN {
            return;
        }
        let differ = (f64::from(seen[Level::Different as usize]) + SHIPPED_PAIRS * shipped)
            / (f64::from(n) + SHIPPED_PAIRS);
        for level in told() {
            let ratio = if level == Level::Different as usize {
                differ / shipped
            } else {
                (1.0 - differ) / (1.0 - shipped)
            };
            self.shift[field as usize][level] =
                millibits(ratio).clamp(-DIFFERING_MAX, DIFFERING_MAX);
        }
    }
}

/// Pairs that share a value of one person.
#[derive(Debug, Default)]
struct Sure {
    /// Those of neighbouring holders.
    neighbours: Vec<(RecordIdx, RecordIdx)>,
    /// How many there are in all.
    n_pairs: u64,
    /// Pairs that share a date of birth besides, whatever their names, and those of them with similar names.
    by_two: (u32, u32),
}

/// The shared field, the pairs of neighbours, and how many pairs there are in all.
type Source = (EvidenceField, Vec<(RecordIdx, RecordIdx)>, u64);

/// How often the names of one person's records are similar: of pairs that share an identifier and a date of birth. One
/// where fewer than thirty tell; no less than a quarter.
fn alike_names(sources: &[(EvidenceField, Sure)]) -> f64 {
    let (mut n, mut similar) = (0, 0);
    for (_, sure) in sources
        .iter()
        .filter(|(f, _)| *f != EvidenceField::BirthDate)
    {
        n += sure.by_two.0;
        similar += sure.by_two.1;
    }
    if n < PAIRS_MIN {
        1.0
    } else {
        (f64::from(similar) / f64::from(n)).max(0.25)
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
                // Who shares an address shares its domain, and so the employer.
                let tells = |field: EvidenceField| {
                    field != shared
                        && (shared, field) != (EvidenceField::Email, EvidenceField::Employer)
                };
                for (field, _) in DIFFERING.into_iter().filter(|(f, _)| tells(*f)) {
                    let view = match field {
                        EvidenceField::Email => self.contact(left, right).email,
                        EvidenceField::Phone => self.contact(left, right).phone,
                        EvidenceField::Employer => self.employer(left, right).view,
                        _ => self.job_title(left, right),
                    };
                    counts[field as usize][view.level as usize] += 1;
                }
                let agreement = self.name_agreement(left, right);
                let (given, surname) = self.person(left, right, agreement.as_ref());
                counts[EvidenceField::Given as usize][given.level as usize] += 1;
                counts[EvidenceField::Surname as usize][surname.level as usize] += 1;
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
        let phones = p.phones.invert(p.phone_codes.codes.len(), |u| u.phone);
        let ids = crate::model::Csr::group(&p.government_id, p.government_ids.len());
        let by_email = self.sure_pairs(&emails, |e| {
            self.dispersion.email_people[e] == 1 && !p.email_codes.codes.at(e).marks.has(Mark::Role)
        });
        let by_phone = self.sure_pairs(&phones, |n| {
            self.dispersion.phone_people[n] == 1
                && p.phone_codes.codes.at(n).kind == PhoneKind::Mobile
        });
        let by_id = self.sure_pairs(&ids, |_| true);
        let by_birth = self.sure_pairs(&self.born_on(), |_| true);
        let sources = [
            (EvidenceField::Email, by_email),
            (EvidenceField::Phone, by_phone),
            (EvidenceField::GovernmentId, by_id),
            (EvidenceField::BirthDate, by_birth),
        ];
        let alike = alike_names(&sources);
        let sources = sources.map(|(field, sure)| (field, sure.neighbours, sure.n_pairs));
        let partners = self.partners(&sources) / alike;
        for (shared, pairs, _) in sources {
            // A date of birth makes no pair sure enough to learn from.
            if shared != EvidenceField::BirthDate {
                learn(shared, pairs);
            }
        }
        let mut habits = Habits::from_counts(&counts);
        habits.prior = millibits(partners / ORDINARY_PARTNERS).clamp(0, PRIOR_MAX);
        habits
    }

    /// Records by their date of birth.
    fn born_on(&self) -> crate::model::Csr<u32> {
        let mut days = rustc_hash::FxHashMap::default();
        let numbers: Vec<u32> = (self.prepared.birth_date.iter())
            .map(|day| match *day {
                NONE => NONE,
                day => {
                    let next = days.len() as u32;
                    *days.entry(day).or_insert(next)
                }
            })
            .collect();
        crate::model::Csr::group(&numbers, days.len())
    }

    /// How many other records of its entity a record has, from below: of each identifier the pairs that share it under
    /// similar names, over how often pairs that share another identifier share this one too (capture and recapture; a
    /// pair without the value counts as one that does not). The largest counts; 0 when fewer than thirty pairs tell.
    ///
    /// Names that one person's records write too differently are allowed for by [`alike_names`].
    /// Pairs of one date of birth tell about the others where name and date together outweigh the size of the file.
    fn partners(&self, sources: &[Source]) -> f64 {
        let n_records = self.prepared.n_records().max(1) as f64;
        let shares = |field: EvidenceField, (l, r): (RecordIdx, RecordIdx)| {
            let view = match field {
                EvidenceField::Email | EvidenceField::Phone => {
                    let contact = self.contact(l, r);
                    if field == EvidenceField::Email {
                        contact.email
                    } else {
                        contact.phone
                    }
                }
                EvidenceField::BirthDate => self.birth_date(l, r),
                _ => self.government_id(l, r),
            };
            view.level == Level::Same
        };
        let mut most = 0.0_f64;
        for (field, _, n_pairs) in sources {
            let (mut seen, mut shared) = (0_u32, 0_u32);
            for (by, others, _) in sources.iter().filter(|(f, _, _)| f != field) {
                let step = others.len().div_ceil(PAIRS_MAX).max(1);
                for pair in others.iter().step_by(step) {
                    if *by == EvidenceField::BirthDate && !self.one_by_birth(*pair) {
                        continue;
                    }
                    seen += 1;
                    shared += u32::from(shares(*field, *pair));
                }
            }
            let rate = if seen < PAIRS_MIN {
                1.0
            } else {
                f64::from(shared.max(1)) / f64::from(seen)
            };
            if *n_pairs >= u64::from(PAIRS_MIN) {
                most = most.max(2.0 * *n_pairs as f64 / n_records / rate);
            }
        }
        most
    }

    /// True when name and date of birth alone make two records one person.
    fn one_by_birth(&self, (left, right): (RecordIdx, RecordIdx)) -> bool {
        let Some(agreement) = self.name_agreement(left, right) else {
            return false;
        };
        let (given, surname) = self.weights.name_millibits(&agreement);
        let birth = self.birth_date(left, right).bits[Alternative::Strangers as usize];
        self.weights.prior_millibits() + given + surname + birth >= super::AUTO_MILLIBITS
    }

    /// The pairs of similar names among the holders of each value that `is_personal` and that few records hold: the
    /// neighbouring ones themselves, of all their number.
    fn sure_pairs(
        &self,
        holders: &crate::model::Csr<u32>,
        is_personal: impl Fn(usize) -> bool,
    ) -> Sure {
        const HOLDERS_MAX: usize = 8;
        let mut pairs: Vec<(RecordIdx, RecordIdx, bool)> = Vec::new();
        let mut by_two = (0, 0);
        for (value, row) in holders.rows().enumerate() {
            if !(2..=HOLDERS_MAX).contains(&row.len()) {
                continue;
            }
            let personal = is_personal(value);
            for (at, left) in row.iter().enumerate() {
                for (further, right) in row[at + 1..].iter().enumerate() {
                    let (left, right) = (RecordIdx(*left), RecordIdx(*right));
                    if personal {
                        pairs.push((left, right, further == 0));
                    }
                    if self.birth_date(left, right).level == Level::Same
                        && let Some(agreement) = self.name_agreement(left, right)
                    {
                        by_two.0 += 1;
                        by_two.1 += u32::from(agreement.similar);
                    }
                }
            }
        }
        let alike: Vec<_> = pairs
            .into_par_iter()
            .filter(|(l, r, _)| l != r && !self.are_accounts(*l, *r))
            .filter(|(l, r, _)| {
                self.name_agreement(*l, *r)
                    .is_some_and(|agreement| agreement.similar)
            })
            .collect();
        Sure {
            by_two,
            n_pairs: alike.len() as u64,
            neighbours: alike
                .into_iter()
                .filter(|(.., neighbours)| *neighbours)
                .map(|(l, r, _)| (l, r))
                .collect(),
        }
    }

    /// The views with what was learned; what is missing stays so.
    pub(super) fn by_habit(&self, views: &mut [super::View]) {
        for (view, field) in views.iter_mut().zip(EvidenceField::ALL) {
            let shift = self.habits.shift(field, view.level);
            // A street in another town was told by the town.
            if shift != 0 && view.bits != super::View::MISSING.bits {
                for at in 0..Alternative::ALL.len() {
                    view.bits[at] += shift;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
