//! Two accounts: one firm entered twice, or two sites of one operator, which share its name, domain and mailbox.

use super::employer::Employer;
use super::{SITES, Scorer, View};
use crate::model::{Alternative, EvidenceField, Level, NONE, RecordIdx};
use crate::rules::predicate::millibits;

/// Corporate domains that differ: one firm in seven has two, two firms nearly always.
const OTHER_DOMAIN: i32 = -2_700;

/// Names and domains that both differ: a firm that changed both stays in its house, but so do the daughters of a holding.
const OTHER_NAME: i32 = -5_500;

/// Two accounts in two houses: a firm has moved, or lists another entrance, once in six; sites of one operator are in two.
const OTHER_SITE: i32 = -2_500;

/// The same in another town, beside what the town says: a firm rarely leaves its town, and branches are in another as
/// often as not.
const OTHER_TOWN: i32 = -2_000;

/// One postal code speaks for one site, where it has few accounts.
const ONE_POSTCODE: i32 = 3_000;

/// Accounts under a postal code up to which it says that; unless they share the house, too, each doubling takes a bit,
/// since sites of one operator lie near each other.
const FEW_ACCOUNTS: f64 = 3.0;

/// Two accounts in one house whose names share words: a third of the names of one firm, one in fifty of its neighbours'.
const ONE_HOUSE: i32 = 4_000;

/// Similarity from which unlike names of two accounts share words.
const SHARE_WORDS: f64 = 0.4;

impl Scorer<'_> {
    /// The name of two accounts, or of a person's company and an account: what identifies them, as a surname does a person.
    pub(super) fn site_name(&self, left: RecordIdx, right: RecordIdx) -> Employer {
        let p = self.prepared;
        let (a, b) = (p.company[left.at()], p.company[right.at()]);
        let domains: Vec<u32> = self.own_domains(left).collect();
        let shared_domain = self.own_domains(right).find(|d| domains.contains(d));
        let other_domains = shared_domain.is_none() && self.other_domains(&domains, right);
        let mut view = if a == NONE || b == NONE {
            match shared_domain {
                Some(d) => {
                    let bits =
                        millibits(0.5 / self.weights.value_share(self.weights.domain_records(d)))
                            .max(0);
                    View::flat(Level::Linked, bits)
                }
                None => View::MISSING,
            }
        } else {
            let n = self.weights.shared_company_records(a, b);
            let worth =
                |likelihood: f64| millibits(likelihood / self.weights.value_share(n)).max(0);
            match (self.company_level(a, b), shared_domain) {
                (Some(Level::Same), _) => View::flat(Level::Same, worth(0.7)),
                // A holding, a daughter, a branch: a word more may be another firm.
                (Some(Level::Close), _) if self.of_other_words(a, b) => {
                    View::flat(Level::Partial, worth(0.1))
                }
                (Some(level), _) => View::flat(level, worth(0.1)),
                (None, Some(_)) => View::flat(Level::Linked, 1_000),
                (None, None) => {
                    // Below the threshold, shared words still count for something: sites are named in many ways.
                    let similarity = self.words_shared(a, b);
                    if similarity >= SHARE_WORDS {
                        let beyond = similarity - SHARE_WORDS;
                        View::flat(Level::Partial, (beyond * 10_000.0) as i32)
                    } else {
                        View::flat(Level::Different, -4_000)
                    }
                }
            }
        };
        if other_domains && view.level != Level::Missing {
            view.bits = view.bits.map(|bits| bits + OTHER_DOMAIN);
            if matches!(view.level, Level::Partial | Level::Different) {
                view.level = Level::Conflict;
            }
        }
        Employer {
            view,
            n_records: None,
        }
    }

    /// Whether the unlike names of two accounts share words; `None` where the names are alike, or one is not there.
    pub(super) fn unlike_names(&self, left: RecordIdx, right: RecordIdx) -> Option<bool> {
        let p = self.prepared;
        let (a, b) = (p.company[left.at()], p.company[right.at()]);
        if a == NONE || b == NONE {
            return None;
        }
        match self.company_level(a, b) {
            None => Some(self.words_shared(a, b) >= SHARE_WORDS),
            Some(Level::Close) if self.of_other_words(a, b) => Some(true),
            Some(_) => None,
        }
    }

    fn words_shared(&self, left: u32, right: u32) -> f64 {
        self.companies
            .whole_similarity(self.companies.form(left), self.companies.form(right))
    }

    /// Whether one of two company names has a word that finds no partner in the other, written together or not.
    fn of_other_words(&self, left: u32, right: u32) -> bool {
        let (left, right) = (self.companies.form(left), self.companies.form(right));
        if self.companies.by_letters(left, right).is_some() {
            return false;
        }
        let (a, b) = (self.companies.words(left), self.companies.words(right));
        let neighbours = self.companies.neighbours();
        let finds = |word: u32, others: &[(u32, u32)]| {
            (others.iter()).any(|(other, _)| neighbours.agreement(word, *other).is_some())
        };
        !a.iter().all(|(word, _)| finds(*word, b)) || !b.iter().all(|(word, _)| finds(*word, a))
    }
}

/// What one postal code of `n_records` says against two sites of one operator, in millibits.
pub(super) fn one_postcode(n_records: u32) -> i32 {
    (ONE_POSTCODE - millibits(f64::from(n_records.max(1)) / FEW_ACCOUNTS)).clamp(0, ONE_POSTCODE)
}

/// What an address says of two accounts: another house is another site, whatever operator, phone and web site they share;
/// and in one house names that share words are one firm's.
pub(super) fn by_house(name: &mut View, street: &mut View) {
    match (street.level, name.level) {
        (Level::Different, _) => {
            street.level = Level::Conflict;
            // Streets of two towns are left to the town when people are asked about.
            let bits = if street.bits == View::MISSING.bits {
                OTHER_TOWN
            } else {
                OTHER_SITE
            };
            street.bits = [bits; Alternative::ALL.len()];
        }
        (Level::Same, Level::Partial) => {
            name.bits = name.bits.map(|bits| bits.max(ONE_HOUSE));
        }
        _ => {}
    }
}

/// Whether two accounts may be two sites of one operator: their names have something to do with each other or are not
/// both there, or they are two firms for sure and may be affiliates in one house.
pub(super) fn may_be_sites(name: &View) -> bool {
    name.level != Level::Different
}

/// What each field says against two sites of one operator: what they share is explained, and the house decides.
pub(super) fn against_sites(views: &mut [View]) {
    use EvidenceField::{Email, Employer, Phone, Place, Street};
    let affiliates = views[Employer as usize].level == Level::Conflict;
    let one_house = views[Street as usize].level == Level::Same;
    for field in [Email, Phone, Employer, Place, Street] {
        let view = &mut views[field as usize];
        let strangers = view.bits[Alternative::Strangers as usize];
        view.bits[SITES] = match (field, view.level) {
            (_, Level::Missing) => 0,
            // A holding and its daughters share house and line under names and domains of their own.
            (Employer, Level::Conflict) => OTHER_NAME,
            (Phone | Place | Street, Level::Same | Level::Close) if affiliates => 1_000,
            (Employer, Level::Same) => 0,
            (Employer, Level::Close | Level::Linked) => -300,
            (Employer, _) => -600,
            // A mailbox for all sites is as usual as one each; so is a central line, somewhat less.
            (Email, Level::Same) => 1_000,
            (Email, Level::Different) => strangers.min(-500),
            (Email, _) => strangers.clamp(0, 500),
            (Phone, Level::Same) => 1_700,
            (Phone, Level::Different) => -900,
            (Phone, _) => strangers.min(0),
            (Place, Level::Same) if one_house => ONE_POSTCODE,
            (Place, Level::Same) => view.bits[SITES],
            (Place, Level::Partial) => 800,
            (Place, Level::Different) => strangers.min(-2_300),
            (Place, _) => 0,
            (Street, Level::Same) => 6_000,
            (Street, Level::Close) => 4_000,
            (Street, Level::Partial) => 1_500,
            (Street, _) => strangers,
            _ => 0,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two accounts as their fields compare; against strangers every field that agrees says ten bits.
    fn against(levels: &[(EvidenceField, Level)]) -> i32 {
        let mut views = [View::MISSING; EvidenceField::ALL.len()];
        for (field, level) in levels {
            let bits = match level {
                Level::Different => -2_000,
                _ => 10_000,
            };
            views[*field as usize] = View::flat(*level, bits);
            if (*field, *level) == (EvidenceField::Place, Level::Same) {
                views[*field as usize].bits[SITES] = one_postcode(2);
            }
        }
        let (employer, street) = (
            EvidenceField::Employer as usize,
            EvidenceField::Street as usize,
        );
        let (mut name, mut house) = (views[employer], views[street]);
        by_house(&mut name, &mut house);
        (views[employer], views[street]) = (name, house);
        assert!(may_be_sites(&views[employer]));
        against_sites(&mut views);
        views.iter().map(|view| view.bits[SITES]).sum()
    }

    #[test]
    fn the_house_decides_between_sites() {
        use EvidenceField::{Email, Employer, Phone, Place, Street};
        use Level::{Different, Same};
        let one_house = [
            (Employer, Same),
            (Phone, Same),
            (Place, Same),
            (Street, Same),
        ];
        assert!(against(&one_house) >= 10_000);
        let branches = [
            (Employer, Same),
            (Email, Same),
            (Phone, Different),
            (Place, Different),
        ];
        assert!(against(&branches) < 0);
        let other_house = [
            (Employer, Same),
            (Place, Level::Partial),
            (Street, Different),
        ];
        assert!(against(&other_house) < 0);
        let no_address = [(Employer, Same), (Phone, Same)];
        assert!((0..10_000).contains(&against(&no_address)));
    }

    #[test]
    fn a_postal_code_of_many_accounts_says_nothing_of_one_site() {
        assert_eq!(one_postcode(0), 3_000);
        assert_eq!(one_postcode(3), 3_000);
        assert_eq!(one_postcode(6), 2_000);
        assert_eq!(one_postcode(24), 0);
        assert_eq!(one_postcode(u32::MAX), 0);
    }

    #[test]
    fn another_town_is_another_site() {
        let mut name = View::flat(Level::Same, 9_000);
        let mut street = View {
            level: Level::Different,
            ..View::MISSING
        };
        by_house(&mut name, &mut street);
        assert_eq!(street.bits[SITES], OTHER_TOWN);
        assert_eq!(street.level, Level::Conflict);
    }

    #[test]
    fn a_holding_and_its_daughter_in_one_house_are_two_firms() {
        use EvidenceField::{Employer, Phone, Place, Street};
        use Level::{Conflict, Same};
        let levels = [
            (Employer, Conflict),
            (Phone, Same),
            (Place, Same),
            (Street, Same),
        ];
        assert!(against(&levels) < 0);
    }
}
