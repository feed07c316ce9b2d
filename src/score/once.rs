//! What several fields tell is told once: differences that one move explains, names that colleagues and townspeople
//! share, a town that comes with the name.

use super::{Alternative, COLLEAGUES, EvidenceField, HOUSEHOLD, Level, STRANGERS, View};
use crate::rules::predicate::{EXPECTED_PARTNERS, millibits};

/// Namesakes that a person is expected to have in the file among the colleagues, and among the people of the town: two
/// of one name are rarer than that by chance, but family firms, old families and common names make up for it.
const EXPECTED_NAMESAKES: f64 = 0.01;

/// Most that all differences of employer, place, title, e-mail and phone say together, when no employer is shared: one
/// person in nine has moved between two records, and a move changes them all at once.
const MOVED_MILLIBITS: i32 = -3_200;

/// The same where no address, number, date of birth or id is shared either: nearly everyone takes one of these along,
/// and namesakes share none.
const MOVED_WITHOUT_TRACE: i32 = -8_000;

/// Each has an address or a number of their own, and nothing of the kind is shared: that is rarer of one person than the
/// fields by themselves say, since whoever changes one keeps the other.
const OTHER_CONTACTS: i32 = -1_500;

/// What a surname says against colleagues in the firm that bears it: about one in three has it.
const FAMILY_SURNAME: i32 = 1_500;

/// Names say no more against colleagues than that namesakes among them are rare.
pub(super) fn beside_colleagues(views: &mut [View], n_records: u32) {
    let most = millibits(f64::from(n_records.max(2)) / EXPECTED_NAMESAKES);
    let (given, surname) = (
        EvidenceField::Given as usize,
        EvidenceField::Surname as usize,
    );
    let beyond = views[given].bits[COLLEAGUES] + views[surname].bits[COLLEAGUES] - most;
    if beyond > 0 {
        let of_surname = beyond.min(views[surname].bits[COLLEAGUES].max(0));
        views[surname].bits[COLLEAGUES] -= of_surname;
        views[given].bits[COLLEAGUES] -= beyond - of_surname;
    }
}

/// In a firm of a family's name colleagues bear it, and its members work there.
pub(super) fn in_a_family_firm(surname: &mut View, employer: &mut View) {
    let beside_colleagues = &mut surname.bits[COLLEAGUES];
    *beside_colleagues = (*beside_colleagues).min(FAMILY_SURNAME);
    let at_home = &mut employer.bits[HOUSEHOLD];
    *at_home = (*at_home).min(0);
}

/// Names and place say no more against strangers than that namesakes in one town are rarer than copies: families stay
/// where they are and name their children alike, so the rarest name has bearers who are not strangers by chance.
pub(super) fn beside_townspeople(views: &mut [View], prior: i32) {
    use EvidenceField::{Given, Place, Surname};
    let most = millibits(EXPECTED_PARTNERS / EXPECTED_NAMESAKES) - prior;
    let fields = [Place, Surname, Given].map(|f| f as usize);
    let mut beyond = (fields.iter().map(|f| views[*f].bits[STRANGERS])).sum::<i32>() - most;
    for f in fields {
        let of_field = beyond.min(views[f].bits[STRANGERS]).max(0);
        views[f].bits[STRANGERS] -= of_field;
        beyond -= of_field;
    }
}

/// Differences that one move explains count as one.
pub(super) fn as_one_move(views: &mut [View]) {
    use EvidenceField::{BirthDate, Email, Employer, GovernmentId, JobTitle, Phone, Place, Street};
    let traces = [Email, Phone, BirthDate, GovernmentId];
    let trace = traces.iter().any(|field| {
        !matches!(
            views[*field as usize].level,
            Level::Missing | Level::Different | Level::Conflict
        )
    });
    let most = if trace {
        MOVED_MILLIBITS
    } else {
        let contacts = [Email, Phone].map(|field| field as usize);
        let other = |at: &usize| views[*at].level == Level::Different;
        if let Some(at) = contacts.into_iter().find(other) {
            views[at].bits = views[at].bits.map(|bits| bits + OTHER_CONTACTS);
        }
        MOVED_WITHOUT_TRACE
    };
    let fields = [Email, Phone, Employer, Place, Street, JobTitle].map(|f| f as usize);
    for at in 0..Alternative::ALL.len() {
        let counts = |view: &View| view.level == Level::Different && view.bits[at] < 0;
        let all: i32 = fields
            .iter()
            .map(|f| &views[*f])
            .filter(|v| counts(v))
            .map(|v| v.bits[at])
            .sum();
        if all < most {
            for f in fields {
                if counts(&views[f]) {
                    views[f].bits[at] = views[f].bits[at] * most / all;
                }
            }
        }
    }
}

/// A town says less beside a given name of its country: `origins` millibits less against strangers, and never less than
/// nothing.
pub(super) fn name_and_town(given: &View, place: &mut View, origins: i32) {
    let one_town = matches!(place.level, Level::Same | Level::Partial | Level::Close);
    let one_name = !matches!(given.level, Level::Missing | Level::Different);
    if one_town && one_name {
        let strangers = &mut place.bits[STRANGERS];
        *strangers -= origins.min((*strangers).max(0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MISSING: [View; EvidenceField::ALL.len()] = [View::MISSING; EvidenceField::ALL.len()];

    /// Views with these levels and bits against every explanation, the others missing.
    fn views(told: &[(EvidenceField, Level, i32)]) -> [View; EvidenceField::ALL.len()] {
        let mut out = MISSING;
        for (field, level, millibits) in told {
            out[*field as usize] = View::flat(*level, *millibits);
        }
        out
    }

    fn sum(views: &[View], at: usize) -> i32 {
        views.iter().map(|view| view.bits[at]).sum()
    }

    #[test]
    fn a_move_costs_more_without_anything_taken_along() {
        use EvidenceField::{Email, Employer, Phone, Place};
        let differ = [Email, Employer, Place].map(|field| (field, Level::Different, -2_500));
        let moved = |phone: (EvidenceField, Level, i32)| {
            let mut all = views(&[&differ[..], &[phone]].concat());
            as_one_move(&mut all);
            let one = sum(&all, STRANGERS) - all[Phone as usize].bits[STRANGERS].max(0);
            assert!(all[Email as usize].bits[STRANGERS] < 0, "each bears a part");
            one
        };
        let near = |found: i32, most: i32| assert!((found - most).abs() < 5, "{found} {most}");
        near(moved((Phone, Level::Same, 9_000)), MOVED_MILLIBITS);
        near(
            moved((Phone, Level::Different, -1_000)),
            MOVED_WITHOUT_TRACE,
        );
        near(moved((Phone, Level::Missing, 0)), MOVED_WITHOUT_TRACE);
    }

    #[test]
    fn few_differences_cost_what_they_cost() {
        use EvidenceField::{Email, Phone, Place};
        let sum_of = |told: &[(EvidenceField, Level, i32)]| {
            let mut all = views(told);
            as_one_move(&mut all);
            sum(&all, STRANGERS)
        };
        let email = (Email, Level::Different, -300);
        let phone = (Phone, Level::Different, -600);
        assert_eq!(sum_of(&[email, (Phone, Level::Same, 0)]), -300);
        assert_eq!(sum_of(&[email, phone]), -900 + OTHER_CONTACTS, "once");
        assert_eq!(sum_of(&[phone]), -600 + OTHER_CONTACTS);
        assert_eq!(sum_of(&[(Place, Level::Different, -2_000)]), -2_000);
    }

    #[test]
    fn the_rarest_name_in_the_smallest_town_has_namesakes() {
        use EvidenceField::{Given, Phone, Place, Surname};
        let told = [
            (Given, Level::Same, 12_000),
            (Surname, Level::Same, 15_000),
            (Place, Level::Same, 9_000),
            (Phone, Level::Same, 19_000),
        ];
        let prior = -16_000;
        let mut all = views(&told);
        beside_townspeople(&mut all, prior);
        // log2(0.25 / 0.01) beyond the prior, and the phone as it was.
        assert_eq!(sum(&all, STRANGERS) - 19_000 + prior, 4_644);
        assert_eq!(
            all[Place as usize].bits[STRANGERS], 0,
            "the town gives way first"
        );
        assert_eq!(
            sum(&all, COLLEAGUES),
            55_000,
            "colleagues are another matter"
        );
        let mut common = views(&[(Given, Level::Same, 6_000), (Surname, Level::Same, 8_000)]);
        beside_townspeople(&mut common, prior);
        assert_eq!(sum(&common, STRANGERS), 14_000);
    }

    #[test]
    fn a_town_gives_no_more_than_it_has() {
        let given = View::flat(Level::Same, 8_000);
        let of = |level, bits, origins| {
            let mut place = View::flat(level, bits);
            name_and_town(&given, &mut place, origins);
            place.bits
        };
        assert_eq!(of(Level::Same, 5_000, 2_000)[STRANGERS], 3_000);
        assert_eq!(of(Level::Same, 5_000, 2_000)[COLLEAGUES], 5_000);
        assert_eq!(of(Level::Partial, 1_000, 2_000)[STRANGERS], 0);
        assert_eq!(of(Level::Different, -2_000, 2_000)[STRANGERS], -2_000);
    }
}
