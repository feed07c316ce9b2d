//! What agreements on names, companies and domains are worth, in millibits against strangers.
//!
//! log2 of how likely the agreement is for one person over how likely it is by chance. Chance is the value's share of
//! the file, smoothed towards what is usual of such values, so that a file of ten rows does not find every name rare
//! and one of ten million knows its Smiths. A typing error is worth what its rarer side allows: turning one common
//! name into another (Mark, Mary) is more likely chance, turning it into a string seen once is not.

use super::company::CompanyProfile;
use super::name::{NameAgreement, NameMatch, NameProfile, Part, TokenMatch};
use crate::model::{MILLIBITS_PER_BIT, NONE, Prepared, RecordIdx};
use crate::similarity::neighbours::Agreement;

/// Most that given names are worth together.
pub const GIVEN_CAP: i32 = 14 * MILLIBITS_PER_BIT;
/// Most that surnames are worth together.
pub const SURNAME_CAP: i32 = 20 * MILLIBITS_PER_BIT;

/// Records that the prior share of a value counts for when smoothing names.
const NAME_PRIOR_RECORDS: f64 = 2000.0;
/// Whole names that a word is not counted for: spellings of one person's.
const SPELLINGS: u32 = 3;
/// Whole names added to the file's own when its shares are taken, so that a handful tells nothing.
const OTHER_NAMES: f64 = 50.0;
/// Usual share of a given name that the file says nothing about.
const GIVEN_PRIOR_SHARE: f64 = 1.0 / 600.0;
/// Usual share of a surname that the file says nothing about.
const SURNAME_PRIOR_SHARE: f64 = 1.0 / 6000.0;
/// Most that a shared town or postal code is worth.
pub const PLACE_CAP: i32 = 10 * MILLIBITS_PER_BIT;
/// Records of the world outside that a company, domain, phone or address is thought to be alone among.
const VALUE_PRIOR_RECORDS: f64 = 20_000.0;
/// Of records with an e-mail or phone of one person, the share that carries another person's by mistake: pasted,
/// mistyped into one that exists, an assistant's, given out anew.
const MISTAKEN: f64 = 0.01;
/// Share of a given name that a table knows, at least, however rare in the file.
const KNOWN_GIVEN_SHARE: f64 = 1.0 / 5000.0;
/// One slip in twenty such turns a given name into another that a table knows, however it sounds.
const KNOWN_SLIP: f64 = 0.05 * 0.005;
/// Given names and surnames go together by country, so that both agreeing says less than the sum.
pub const NAME_DEPENDENCE: i32 = 2 * MILLIBITS_PER_BIT;
/// First letters agree by chance about once in ten.
pub const INITIAL: i32 = 3 * MILLIBITS_PER_BIT;
/// A token that may be the other garbled speaks neither way.
const GARBLED: i32 = -500;
/// No slip is worth less than this: a common name turned into another common one.
const SLIP_FLOOR: i32 = -4 * MILLIBITS_PER_BIT;
/// No other form is worth less than this.
const FLOOR: i32 = -6 * MILLIBITS_PER_BIT;

/// Duplicates a record is expected to have in a file, before looking: a quarter of one.
pub const EXPECTED_PARTNERS: f64 = 0.25;
/// What fields outside a rule's conditions are thought to add at most when its floor is set: the 8 bits that a shared
/// small town is worth, less the 3 that two addresses at one company cost. A pair with one address or one phone is
/// found by the rules on those.
const BEYOND_RULE: i32 = 5 * MILLIBITS_PER_BIT;

/// For each word the distinct names that have it, as a given name and as a surname: copies of a record count once.
fn distinct_names(prepared: &Prepared) -> (Vec<u32>, Vec<u32>) {
    let n_words = prepared.names.vocabulary.len();
    let (mut given, mut surname) = (vec![0; n_words], vec![0; n_words]);
    for token in prepared.names.tokens.rows().flatten() {
        match Part::of(token.role) {
            Part::Given => given[token.token as usize] += 1,
            Part::Surname => surname[token.token as usize] += 1,
        }
    }
    (given, surname)
}

/// log2 of a ratio, in millibits.
pub fn millibits(ratio: f64) -> i32 {
    (ratio.log2() * f64::from(MILLIBITS_PER_BIT)).round() as i32
}

/// Frequencies of a run's values and what agreeing on them is worth.
#[derive(Debug, Clone)]
pub struct Weights {
    n_records: f64,
    given_share: Vec<f64>,
    surname_share: Vec<f64>,
    given_records: Vec<u32>,
    surname_records: Vec<u32>,
    usual_given: Vec<bool>,
    known_given: Vec<bool>,
    usual_given_share: f64,
    n_named: f64,
    company_group: Vec<u32>,
    company_records: Vec<u32>,
    domain_records: Vec<u32>,
    /// Records of each place, as [`Prepared::places`] numbers them.
    place_records: Vec<u32>,
}

impl Weights {
    /// Counts the values of all records, inactive ones included: they tell what is common as well as the others.
    /// `is_known` tells the given names that a table has: names of their own, however rare in the file.
    pub fn new(prepared: &Prepared, is_known: impl Fn(&str) -> bool) -> Weights {
        let n_words = prepared.names.vocabulary.len();
        let (mut given, mut surname) = (vec![0_u32; n_words], vec![0_u32; n_words]);
        let mut n_named = 0_u32;
        for name in prepared.name.iter().filter(|n| **n != NONE) {
            n_named += 1;
            for token in prepared.names.tokens.row(*name as usize) {
                match Part::of(token.role) {
                    Part::Given => given[token.token as usize] += 1,
                    Part::Surname => surname[token.token as usize] += 1,
                }
            }
        }
        // A small file says little of rare names, but much of those that many of its people bear: Kim in Seoul.
        let (given_names, surname_names) = distinct_names(prepared);
        let n_names = prepared.names.tokens.n_rows() as f64 + OTHER_NAMES;
        let share = |(count, names): (&u32, &u32), prior: f64| {
            let smoothed = (f64::from(*count) + NAME_PRIOR_RECORDS * prior)
                / (f64::from(n_named) + NAME_PRIOR_RECORDS);
            let seen = f64::from(names.saturating_sub(SPELLINGS)) / n_names;
            if seen > 2.0 * smoothed {
                seen
            } else {
                smoothed
            }
        };
        let given_share = (given.iter().zip(&given_names))
            .map(|seen| share(seen, GIVEN_PRIOR_SHARE))
            .collect();
        let surname_share = (surname.iter().zip(&surname_names))
            .map(|seen| share(seen, SURNAME_PRIOR_SHARE))
            .collect();
        let known_given: Vec<bool> = (prepared.names.vocabulary.texts().iter().zip(&given_names))
            .map(|(word, n)| *n > 0 && is_known(word))
            .collect();
        let usual_given: Vec<bool> = (given_names.iter().zip(&known_given))
            .map(|(n, known)| *known || *n > SPELLINGS)
            .collect();
        let (mut n_usual, mut n_given) = (0_u64, 0_u64);
        for (records, usual) in given.iter().zip(&usual_given) {
            n_given += u64::from(*records);
            n_usual += u64::from(*records) * u64::from(*usual);
        }
        let groups = prepared.companies.groups(std::iter::empty());
        let company_group: Vec<u32> = prepared
            .companies
            .codes
            .iter()
            .map(|c| groups.of(c.squashed))
            .collect();
        let mut company_records = vec![0_u32; groups.n_numbers()];
        for company in prepared.company.iter().filter(|c| **c != NONE) {
            company_records[company_group[*company as usize] as usize] += 1;
        }
        let mut domain_records = vec![0_u32; prepared.domain_codes.codes.len()];
        for row in prepared.domains.rows() {
            for domain in row {
                domain_records[*domain as usize] += 1;
            }
        }
        let mut place_records = vec![0_u32; prepared.n_places()];
        // Records made by hand may have no places.
        for record in (0..prepared.city.len() as u32).map(RecordIdx) {
            for place in prepared.places(record) {
                place_records[place as usize] += 1;
            }
        }
        Weights {
            n_records: prepared.n_records() as f64,
            given_share,
            surname_share,
            given_records: given,
            surname_records: surname,
            usual_given,
            known_given,
            usual_given_share: n_usual as f64 / n_given.max(1) as f64,
            n_named: f64::from(n_named),
            company_group,
            company_records,
            domain_records,
            place_records,
        }
    }

    /// Log-odds, before looking, that two records of the file are one entity: about minus log2 of its size.
    pub fn prior_millibits(&self) -> i32 {
        millibits(EXPECTED_PARTNERS / self.n_records.max(2.0))
    }

    /// The floor that `evidence = "auto"` stands for: what a pair's rule conditions must carry so that, with
    /// 5 bits from other fields, the odds would be even.
    pub fn auto_floor_millibits(&self) -> i32 {
        (-self.prior_millibits() - BEYOND_RULE).max(0)
    }

    /// Share of records that a value held by `n_holders` records has, smoothed: never rarer than one in the file and
    /// the world about it.
    pub fn value_share(&self, n_holders: u32) -> f64 {
        f64::from(n_holders.max(1)) / (self.n_records + VALUE_PRIOR_RECORDS)
    }

    /// What a shared e-mail or phone of one person is worth against strangers, when one person's records share it with
    /// `likelihood`.
    ///
    /// Strangers do not share such a value by chance, as they do a city; it is there by mistake on one side, and then on
    /// any of the file's records alike. So it outweighs the [prior](Self::prior_millibits) in files of any size.
    pub fn personal_millibits(&self, likelihood: f64) -> i32 {
        millibits(likelihood * self.n_records.max(2.0) / MISTAKEN)
    }

    /// Share of a token among given names or surnames.
    pub fn token_share(&self, token: u32, part: Part) -> f64 {
        match part {
            Part::Given => self.given_share[token as usize],
            Part::Surname => self.surname_share[token as usize],
        }
    }

    /// True for two given names that a table knows: each a name of its own, and neither the other garbled.
    pub fn are_known_given(&self, left: u32, right: u32) -> bool {
        self.known_given[left as usize] && self.known_given[right as usize]
    }

    /// True for a given name that a table knows or people of several surnames bear: a name of its own, and no other
    /// name garbled.
    pub fn is_usual_given(&self, token: u32) -> bool {
        self.usual_given[token as usize]
    }

    /// Share of the file's given names that are usual, 0.0 to 1.0: hardly any in a small file, nearly all in a large one.
    pub fn usual_given_share(&self) -> f64 {
        self.usual_given_share
    }

    /// Records of a company under any legal form and alias, and any spelling with the same squashed name.
    pub fn company_records(&self, company: u32) -> u32 {
        self.company_records[self.company_group[company as usize] as usize]
    }

    /// Records of an e-mail domain.
    pub fn domain_records(&self, domain: u32) -> u32 {
        self.domain_records[domain as usize]
    }

    /// What one matched pair of name tokens is worth.
    pub fn token_millibits(&self, m: &NameMatch) -> i32 {
        let (l, r) = (
            self.token_share(m.left, m.left_part),
            self.token_share(m.right, m.right_part),
        );
        match m.by {
            TokenMatch::Initial => INITIAL,
            TokenMatch::Garbled => GARBLED,
            TokenMatch::Word(Agreement::Equal) => millibits(0.85 / l.max(r)),
            // Of 100 people 6 appear under another form, each name having about four.
            TokenMatch::Word(Agreement::Variant) => {
                millibits(0.06 * 0.25 * (1.0 / l + 1.0 / r)).max(FLOOR)
            }
            TokenMatch::Word(Agreement::Sound) => self.slip_millibits(m, 0.04 * 0.10),
            TokenMatch::Word(Agreement::Close) => self.slip_millibits(m, 0.05 * 0.005),
            TokenMatch::Word(Agreement::Near) => self.slip_millibits(m, 0.02 * 0.002),
        }
    }

    /// What a slip from the commoner token to the rarer one is worth, when a person's records show this very slip with
    /// `likelihood`.
    ///
    /// A stranger shows the rarer token either because it is a name of its own, or by the same slip from the same name.
    /// A token seen no more than twice beside a much commoner neighbour is rarely a name of its own; then the slip is
    /// worth nearly what equality is.
    fn slip_millibits(&self, m: &NameMatch, likelihood: f64) -> i32 {
        let records = |token: u32, part: Part| match part {
            Part::Given => self.given_records[token as usize],
            Part::Surname => self.surname_records[token as usize],
        };
        let (a, b) = (records(m.left, m.left_part), records(m.right, m.right_part));
        let (rare, common) = (a.min(b), a.max(b));
        let common_share = self
            .token_share(m.left, m.left_part)
            .max(self.token_share(m.right, m.right_part));
        let named = self.n_named + NAME_PRIOR_RECORDS;
        let own_name = if common >= 20 * rare.max(1) { 0.1 } else { 0.5 };
        let mut rare_share = (f64::from(rare.saturating_sub(2)) + own_name) / named;
        let mut likelihood = likelihood;
        let given = m.left_part == Part::Given && m.right_part == Part::Given;
        if given && self.are_known_given(m.left, m.right) {
            rare_share = rare_share.max(KNOWN_GIVEN_SHARE);
            likelihood = likelihood.min(KNOWN_SLIP);
        }
        let equal = millibits(0.85 / common_share);
        millibits(likelihood / (likelihood * common_share + rare_share))
            .clamp(SLIP_FLOOR, equal.max(SLIP_FLOOR))
    }

    /// What two names are worth, `(given, surname)`, for the tokens that match; unmatched ones are the score's business.
    pub fn name_millibits(&self, agreement: &NameAgreement) -> (i32, i32) {
        let (mut given, mut surname) = (0, 0);
        for m in agreement.matches() {
            match m.left_part {
                Part::Given => given += self.token_millibits(m),
                Part::Surname => surname += self.token_millibits(m),
            }
        }
        if given > 0 && surname > 0 {
            surname -= NAME_DEPENDENCE.min(surname);
        }
        (given.min(GIVEN_CAP), surname.min(SURNAME_CAP))
    }

    /// What the name part of a rule carries for a similar pair: the smaller of what the agreement and each name alone
    /// can carry, so that [`own_name_millibits`](Self::own_name_millibits) is a bound an index knows beforehand.
    pub fn rule_name_millibits(
        &self,
        profile: &NameProfile,
        left: u32,
        right: u32,
        agreement: &NameAgreement,
    ) -> i32 {
        let (given, surname) = self.name_millibits(agreement);
        (given + surname)
            .min(self.own_name_millibits(profile, left))
            .min(self.own_name_millibits(profile, right))
    }

    /// The most that a name can carry in a rule: all its tokens equal.
    pub fn own_name_millibits(&self, profile: &NameProfile, name: u32) -> i32 {
        let of = |wanted: Part| -> i32 {
            profile
                .content(name)
                .iter()
                .filter(|(_, part)| *part == wanted)
                .map(|(token, part)| {
                    if profile.is_initial(*token) {
                        INITIAL
                    } else {
                        millibits(0.85 / self.token_share(*token, *part))
                    }
                })
                .sum()
        };
        of(Part::Given).min(GIVEN_CAP) + of(Part::Surname).min(SURNAME_CAP)
    }

    /// The most that a word of the vocabulary can be worth in a match with any token of the file, as a given name and as
    /// a surname. Cost: one look at each of its neighbours.
    ///
    /// Equality is worth most of what goes by spelling or sound, since that is kept below what the commoner of the two
    /// is worth; another form of a name is worth more the rarer it is.
    pub fn best_token_millibits(&self, profile: &NameProfile, token: u32) -> [i32; 2] {
        let forms = || {
            let all = profile.neighbours().agreements_of(token);
            all.filter(|(_, by)| *by == Agreement::Variant)
        };
        [Part::Given, Part::Surname].map(|left_part| {
            let mut best = INITIAL.max(millibits(0.85 / self.token_share(token, left_part)));
            for (right, by) in forms() {
                for right_part in [Part::Given, Part::Surname] {
                    best = best.max(self.token_millibits(&NameMatch {
                        left: token,
                        right,
                        left_part,
                        right_part,
                        by: TokenMatch::Word(by),
                    }));
                }
            }
            best
        })
    }

    /// What sharing an e-mail domain carries in a rule.
    pub fn domain_millibits(&self, domain: u32) -> i32 {
        millibits(0.9 / self.value_share(self.domain_records(domain))).max(0)
    }

    /// What sharing a place carries in a rule.
    pub fn place_millibits(&self, place: u32) -> i32 {
        millibits(0.8 / self.value_share(self.place_records[place as usize])).clamp(0, PLACE_CAP)
    }

    /// What having these two similar companies (by number) carries in a rule; the same for all companies of two forms.
    pub fn company_millibits(&self, profile: &CompanyProfile, left: u32, right: u32) -> i32 {
        let same = profile.squashed(profile.form(left)) == profile.squashed(profile.form(right));
        let likelihood = if same { 0.75 } else { 0.35 };
        millibits(likelihood / self.value_share(self.shared_company_records(left, right))).max(0)
    }

    /// Records of two companies together, those of one squashed name counted once.
    pub fn shared_company_records(&self, left: u32, right: u32) -> u32 {
        if self.company_group[left as usize] == self.company_group[right as usize] {
            self.company_records(left)
        } else {
            self.company_records(left)
                .saturating_add(self.company_records(right))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Marks, NameToken, TokenRole};

    /// Weights of records with these names (given, surname), each name held by `n_each` records.
    fn share_of(names: &[(String, String)], n_each: usize, surname: &str) -> f64 {
        let mut p = Prepared::default();
        for (number, (given, surname)) in names.iter().enumerate() {
            let row = [(given, TokenRole::Given), (surname, TokenRole::Surname)];
            let row = row.map(|(word, role)| NameToken {
                token: p.names.vocabulary.intern(word),
                role,
            });
            p.names.tokens.push_row(row);
            p.names.marks.push(Marks::NONE);
            p.name.extend(std::iter::repeat_n(number as u32, n_each));
        }
        let token = p.names.vocabulary.get(surname).expect("a word");
        Weights::new(&p, |_| false).token_share(token, Part::Surname)
    }

    #[test]
    fn a_surname_of_many_people_is_common_and_copies_of_one_are_not_many() {
        let kims: Vec<(String, String)> = (0..200)
            .map(|i| match i % 4 {
                0 => (format!("given{i}"), "kim".to_owned()),
                _ => (format!("given{i}"), format!("surname{i}")),
            })
            .collect();
        // 50 distinct names but 3, of 200 and 50 more.
        assert!((share_of(&kims, 1, "kim") - 47.0 / 250.0).abs() < 1e-12);
        let rare = share_of(&kims, 1, "surname1");
        assert!(rare < 0.001, "{rare}");
        let copies = [
            ("ada".to_owned(), "lindgren".to_owned()),
            ("ben".to_owned(), "okafor".to_owned()),
        ];
        let copied = share_of(&copies, 50, "lindgren");
        assert!(
            (copied - (50.0 + 2000.0 / 6000.0) / 2100.0).abs() < 1e-12,
            "{copied}"
        );
    }
}
