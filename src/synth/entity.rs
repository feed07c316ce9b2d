//! People: who they are in truth, and the hard cases around them.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::company::{Company, N_GLOBAL};
use super::country::Locale;
use super::culture::{DoubleSurname, Sex, Stock};
use super::draw::{Draw, spread};
use super::phone::Phone;

/// A city as listed.
#[derive(Debug, Clone, Copy)]
pub(super) struct City {
    pub(super) name: &'static str,
    pub(super) postcode: &'static str,
    pub(super) area: &'static str,
    pub(super) subscriber: &'static str,
    pub(super) state: &'static str,
}

/// Where somebody is.
#[derive(Debug, Clone)]
pub(super) struct Address {
    pub(super) locale: Locale,
    city_idx: usize,
    pub(super) street: String,
    pub(super) postcode: String,
}

impl Address {
    pub(super) fn new(locale: Locale, draw: &mut Draw) -> Address {
        let n_cities = locale.country().cities.split('|').count();
        let city_idx = draw.skewed(n_cities);
        Address::in_city(locale, city_idx, draw)
    }

    fn in_city(locale: Locale, city_idx: usize, draw: &mut Draw) -> Address {
        let streets: Vec<&str> = locale.country().streets.split('|').collect();
        let number = 1 + draw.power(if locale.code() == "US" { 9000 } else { 180 }, 2);
        let mut address = Address {
            locale,
            city_idx,
            street: draw.pick(&streets).replacen('#', &number.to_string(), 1),
            postcode: String::new(),
        };
        address.postcode = draw.digits(address.city().postcode);
        address
    }

    /// Another address in the same city.
    pub(super) fn nearby(&self, draw: &mut Draw) -> Address {
        Address::in_city(self.locale, self.city_idx, draw)
    }

    pub(super) fn city(&self) -> City {
        let line = self
            .locale
            .country()
            .cities
            .split('|')
            .nth(self.city_idx)
            .expect("the position was drawn from this list");
        let mut parts = line.split(';');
        let mut next = || parts.next().unwrap_or("");
        City {
            name: next(),
            postcode: next(),
            area: next(),
            subscriber: next(),
            state: next(),
        }
    }
}

/// Lower-case ASCII letters, digits and hyphens of a name, as it stands in addresses and domains.
pub(super) fn ascii_word(text: &str, locale: Locale) -> String {
    let german = matches!(locale.code(), "DE" | "AT" | "CH");
    let mut out = String::new();
    for c in text.to_lowercase().chars() {
        match c {
            'ä' if german => out.push_str("ae"),
            'ö' if german => out.push_str("oe"),
            'ü' if german => out.push_str("ue"),
            'å' if locale.code() == "DK" || locale.code() == "NO" => out.push_str("aa"),
            _ => out.extend(
                any_ascii::any_ascii_char(c)
                    .chars()
                    .filter(|a| a.is_ascii_alphanumeric() || *a == '-')
                    .map(|a| a.to_ascii_lowercase()),
            ),
        }
    }
    out.trim_matches('-').to_owned()
}

/// Mail addresses and numbers in use, so that no two people have one unless a hard case says so.
#[derive(Default)]
pub(super) struct Taken(FxHashSet<u64>);

/// The mailbox behind an address: Gmail reads past dots, and knows googlemail.com as itself.
fn mailbox(local: &str, domain: &str) -> String {
    if matches!(domain, "gmail.com" | "googlemail.com") {
        format!("{}@gmail.com", local.replace('.', ""))
    } else {
        format!("{local}@{domain}")
    }
}

/// Numbers tried before one is given to a second person: only where a town has fewer numbers than people.
const TRIES: usize = 64;

impl Taken {
    /// Claims `local@domain`, or a numbered form of it.
    fn claim(&mut self, local: &str, domain: &str, draw: &mut Draw) -> String {
        let mut own = local.to_owned();
        while !self.0.insert(hash(&mailbox(&own, domain))) {
            own = format!("{local}{}", 2 + draw.power(4000, 3));
        }
        format!("{own}@{domain}")
    }

    /// Claims a number: the one of this serial, or of another while that is taken.
    fn claim_number(
        &mut self,
        serial: u64,
        draw: &mut Draw,
        make: impl Fn(u64, &mut Draw) -> Phone,
    ) -> Phone {
        let mut phone = make(serial, draw);
        for _ in 0..TRIES {
            if self.0.insert(hash(&phone.e164())) {
                break;
            }
            phone = make(u64::from(draw.below(u32::MAX)), draw);
        }
        phone
    }
}

fn hash(text: &str) -> u64 {
    // FNV-1a, then spread: the set's own hasher takes the low bits as they are.
    spread(text.bytes().fold(0xcbf2_9ce4_8422_2325, |h, b| {
        (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
    }))
}

/// A position held.
#[derive(Debug, Clone)]
pub(super) struct Job {
    pub(super) company: Rc<Company>,
    pub(super) title: String,
    pub(super) email: String,
    pub(super) phone: Phone,
}

/// A real person: one cluster of the truth.
#[derive(Debug, Clone)]
pub(super) struct Person {
    pub(super) locale: Locale,
    pub(super) sex: Sex,
    pub(super) given: String,
    pub(super) middle: String,
    /// Form for the person's sex.
    pub(super) surname: String,
    /// Name before or after a marriage.
    pub(super) other_surname: Option<String>,
    /// Jr, Sr, III.
    pub(super) generation: &'static str,
    pub(super) home: Address,
    pub(super) job: Option<Job>,
    /// The job after this one, for people who changed employer.
    pub(super) next_job: Option<Job>,
    pub(super) private_email: String,
    pub(super) mobile: Phone,
    pub(super) second_mobile: Phone,
    pub(super) landline: Phone,
    /// A mailbox shared with others (info@), used instead of the person's own.
    pub(super) shared_mailbox: Option<String>,
    /// Gives the private address rather than the one at work.
    pub(super) prefers_private: bool,
}

/// Makes people.
pub(super) struct Population<'a> {
    pub(super) seed: u64,
    pub(super) stocks: &'a [(Locale, Stock)],
    pub(super) free_mail_share: f64,
    /// Employers per country, in the order of `stocks`.
    pub(super) n_companies: &'a [u64],
    pub(super) taken: Taken,
    pub(super) n_made: u64,
}

impl Population<'_> {
    fn stock(&self, locale: Locale) -> (&Stock, u64) {
        let at = self
            .stocks
            .iter()
            .position(|(l, _)| *l == locale)
            .expect("people are made for listed countries only");
        (&self.stocks[at].1, self.n_companies[at])
    }

    pub(super) fn names(&self, locale: Locale) -> &Stock {
        self.stock(locale).0
    }

    fn company(&self, locale: Locale, draw: &mut Draw) -> Rc<Company> {
        let (stock, n) = self.stock(locale);
        // One in sixteen works for a multinational, most others for small firms, some for the large ones of the country.
        let number = match draw.below(100) {
            0..=5 => draw.power(N_GLOBAL as usize, 2) as u64,
            6..=13 => N_GLOBAL + draw.power(n as usize, 4) as u64,
            _ => N_GLOBAL + draw.power(n as usize, 2) as u64,
        };
        Rc::new(Company::new(self.seed, locale, number, stock))
    }

    /// A stranger.
    pub(super) fn person(&mut self, locale: Locale, draw: &mut Draw) -> Person {
        let stock = self.names(locale);
        let sex = if draw.below(100) < 54 {
            Sex::Male
        } else {
            Sex::Female
        };
        let mut given = stock.given(sex, draw);
        if draw.below(1000) < 25 && !given.contains(' ') {
            given = format!("{given}-{}", stock.given(sex, draw));
        }
        let surname = stock.family_name(sex, draw);
        let home = Address::new(locale, draw);
        let company = (draw.below(100) < 93).then(|| self.company(locale, draw));
        self.settle(locale, sex, given, surname, home, None, company, draw)
    }

    /// Gives somebody with these traits their numbers, addresses and job.
    #[expect(
        clippy::too_many_arguments,
        reason = "the traits that hard cases share between people"
    )]
    fn settle(
        &mut self,
        locale: Locale,
        sex: Sex,
        given: String,
        surname: String,
        home: Address,
        landline: Option<Phone>,
        company: Option<Rc<Company>>,
        draw: &mut Draw,
    ) -> Person {
        let serial = self.n_made;
        self.n_made += 1;
        let stock = self.names(locale);
        let middle = if draw.below(1000) < stock.lists.middle_per_mille {
            Some(stock.given(sex, draw))
                .filter(|m| *m != given)
                .unwrap_or_default()
        } else {
            String::new()
        };
        let other_surname = (sex == Sex::Female && draw.below(100) < 35).then(|| {
            let other = stock.family_name(sex, draw);
            if draw.below(4) == 0 {
                format!("{surname}-{other}")
            } else {
                other
            }
        });
        let city = home.city();
        let new_mobile = |serial, draw: &mut Draw| Phone::mobile(locale, city, serial, draw);
        let new_landline = |serial, draw: &mut Draw| Phone::landline(locale, city, serial, draw);
        let taken = &mut self.taken;
        let mobile = taken.claim_number(2 * serial, draw, new_mobile);
        let second_mobile = taken.claim_number(2 * serial + 1, draw, new_mobile);
        let landline = landline.unwrap_or_else(|| taken.claim_number(serial, draw, new_landline));
        let private_email = self.private_email(locale, &given, &surname, draw);
        let job = company.map(|c| self.job(locale, &given, &middle, &surname, c, draw));
        let prefers_private = job.is_none() || draw.chance(self.free_mail_share);
        Person {
            locale,
            sex,
            given,
            middle,
            surname,
            other_surname,
            generation: "",
            home,
            job,
            next_job: None,
            private_email,
            mobile,
            second_mobile,
            landline,
            shared_mailbox: None,
            prefers_private,
        }
    }

    fn private_email(
        &mut self,
        locale: Locale,
        given: &str,
        surname: &str,
        draw: &mut Draw,
    ) -> String {
        let first = ascii_word(given.split(' ').next().unwrap_or(given), locale);
        let last = ascii_word(surname, locale);
        let short = ascii_word(surname.split([' ', '-']).next().unwrap_or(surname), locale);
        let initial = &first[..first.len().min(1)];
        let year = 50 + draw.below(52);
        let local = match draw.below(100) {
            0..=29 => format!("{first}.{last}"),
            30..=41 => format!("{first}{short}"),
            42..=49 => format!("{initial}{short}"),
            50..=55 => format!("{first}_{short}"),
            56..=60 => format!("{short}.{first}"),
            61..=72 => format!("{first}.{short}{:02}", year % 100),
            73..=80 => format!("{initial}{short}{}", draw.digits("##")),
            81..=86 => format!("{first}{}", draw.digits("N###")),
            87..=91 => format!("{initial}.{short}"),
            _ => {
                let words = [
                    "sunny", "blue", "happy", "lucky", "gamer", "runner", "tiger", "music", "star",
                    "rider", "cook", "wolf", "river", "moon", "coffee", "garden", "photo",
                    "travel", "snow", "rock",
                ];
                format!(
                    "{}{}{}",
                    draw.pick(&words),
                    draw.pick(&words),
                    draw.digits("##")
                )
            }
        };
        let providers: Vec<&str> = locale.country().free_mail.split(' ').collect();
        // The first provider of a country holds about four addresses in ten.
        let provider = providers[draw.power(providers.len(), 2)];
        self.taken.claim(&local, provider, draw)
    }

    fn job(
        &mut self,
        locale: Locale,
        given: &str,
        middle: &str,
        surname: &str,
        company: Rc<Company>,
        draw: &mut Draw,
    ) -> Job {
        let first = ascii_word(given, locale);
        // Of two surnames most offices take the first.
        let two = matches!(self.names(locale).lists.double, DoubleSurname::Space(_));
        let surname = match surname.split_once(' ') {
            Some((paternal, _)) if two && paternal.len() > 3 && draw.below(4) > 0 => paternal,
            _ => surname,
        };
        let last = ascii_word(surname, locale);
        let initial = &first[..first.len().min(1)];
        let last_initial = &last[..last.len().min(1)];
        // One in twelve has an address off the pattern of the house.
        let pattern = if draw.below(12) == 0 {
            draw.below(8)
        } else {
            company.mail_pattern
        };
        let local = match pattern {
            1 => format!("{initial}{last}"),
            2 => first.clone(),
            3 => format!("{initial}.{last}"),
            4 => format!("{first}{last}"),
            5 => format!("{last}.{first}"),
            6 => format!("{first}_{last}"),
            7 => format!("{first}{last_initial}"),
            _ if !middle.is_empty() && draw.below(8) == 0 => {
                format!("{first}.{}.{last}", &ascii_word(middle, locale)[..1])
            }
            _ => format!("{first}.{last}"),
        };
        let domain = match &company.other_domain {
            Some(other) if draw.below(5) == 0 => other.clone(),
            _ => company.domain.clone(),
        };
        let email = self.taken.claim(&local, &domain, draw);
        let phone = if draw.below(100) < 38 {
            company.switchboard.direct_line(draw)
        } else {
            company.switchboard.clone()
        };
        let title = (*draw.pick(&self.names(locale).jobs)).to_owned();
        Job {
            company,
            title,
            email,
            phone,
        }
    }

    /// Gives a person a new employer, same mobile and private address.
    pub(super) fn change_employer(&mut self, person: &mut Person, draw: &mut Draw) {
        if person.job.is_some() && person.next_job.is_none() {
            let company = self.company(person.locale, draw);
            let (given, middle, surname) = (
                person.given.clone(),
                person.middle.clone(),
                person.surname.clone(),
            );
            person.next_job =
                Some(self.job(person.locale, &given, &middle, &surname, company, draw));
        }
    }

    /// Somebody else who is easily taken for `other`; may mark `other` too (Sr, a shared mailbox).
    pub(super) fn lookalike(&mut self, other: &mut Person, draw: &mut Draw) -> Person {
        let locale = other.locale;
        let stock = self.names(locale);
        let company_of = |p: &Person| p.job.as_ref().map(|j| Rc::clone(&j.company));
        match draw.below(100) {
            // Family on one landline: shared surname and address.
            0..=21 => {
                let sex = if draw.below(2) == 0 {
                    Sex::Male
                } else {
                    Sex::Female
                };
                let given = stock.given(sex, draw);
                let surname = if other.sex == Sex::Male {
                    stock.for_sex(&other.surname, sex)
                } else {
                    other.surname.clone()
                };
                let company = (draw.below(3) > 0).then(|| self.company(locale, draw));
                let (home, line) = (other.home.clone(), other.landline.clone());
                let mut relative =
                    self.settle(locale, sex, given, surname, home, Some(line), company, draw);
                // One family in eight has one private address for all.
                if draw.below(8) == 0 {
                    relative.private_email = other.private_email.clone();
                }
                relative
            }
            // Father and son of one name, said so or not.
            22..=28 => {
                let company = if draw.below(3) == 0 {
                    company_of(other)
                } else {
                    Some(self.company(locale, draw))
                };
                let (home, line) = if draw.below(2) == 0 {
                    (other.home.clone(), Some(other.landline.clone()))
                } else {
                    (other.home.nearby(draw), None)
                };
                let (given, surname) = (other.given.clone(), other.surname.clone());
                let mut son =
                    self.settle(locale, other.sex, given, surname, home, line, company, draw);
                if other.sex == Sex::Male && draw.below(2) == 0 {
                    son.generation = if draw.below(5) == 0 { "II" } else { "Jr." };
                    if draw.below(2) == 0 {
                        other.generation = "Sr.";
                    }
                }
                son
            }
            // Twins and siblings with similar given names.
            29..=33 => {
                let similar = stock
                    .variant(&other.given, draw)
                    .unwrap_or_else(|| stock.given(other.sex, draw));
                let sibling = if similar.chars().next() == other.given.chars().next() {
                    similar
                } else {
                    // The closest of a few: same first letter if there is one.
                    (0..12)
                        .map(|_| stock.given(other.sex, draw))
                        .find(|g| {
                            g.chars().next() == other.given.chars().next() && *g != other.given
                        })
                        .unwrap_or(similar)
                };
                let company = Some(self.company(locale, draw));
                let (surname, home, line) = (
                    other.surname.clone(),
                    other.home.clone(),
                    other.landline.clone(),
                );
                self.settle(
                    locale,
                    other.sex,
                    sibling,
                    surname,
                    home,
                    Some(line),
                    company,
                    draw,
                )
            }
            // Colleagues on one switchboard.
            34..=58 => {
                let sex = if draw.below(2) == 0 {
                    Sex::Male
                } else {
                    Sex::Female
                };
                let (given, surname) = (stock.given(sex, draw), stock.family_name(sex, draw));
                let home = Address::new(locale, draw);
                let mut person = self.settle(
                    locale,
                    sex,
                    given,
                    surname,
                    home,
                    None,
                    company_of(other),
                    draw,
                );
                if let (Some(own), Some(theirs)) = (&mut person.job, &other.job) {
                    own.phone = theirs.phone.clone();
                }
                person
            }
            // Colleagues of one surname.
            59..=66 => {
                let sex = if draw.below(2) == 0 {
                    Sex::Male
                } else {
                    Sex::Female
                };
                let given = stock.given(sex, draw);
                let surname = other.surname.clone();
                let home = other.home.nearby(draw);
                self.settle(
                    locale,
                    sex,
                    given,
                    surname,
                    home,
                    None,
                    company_of(other),
                    draw,
                )
            }
            // Namesakes in one city.
            67..=76 => {
                let (given, surname) = (other.given.clone(), other.surname.clone());
                let company = Some(self.company(locale, draw));
                let home = other.home.nearby(draw);
                self.settle(locale, other.sex, given, surname, home, None, company, draw)
            }
            // Two people of one name at one employer.
            77..=79 => {
                let (given, surname) = (other.given.clone(), other.surname.clone());
                let home = Address::new(locale, draw);
                self.settle(
                    locale,
                    other.sex,
                    given,
                    surname,
                    home,
                    None,
                    company_of(other),
                    draw,
                )
            }
            // Bearers of common names at the biggest employers.
            80..=83 => {
                let given = stock.common_given(other.sex, 12, draw);
                let surname = stock.for_sex(&stock.common_surname(8, draw), other.sex);
                let big = Rc::new(Company::new(
                    self.seed,
                    locale,
                    N_GLOBAL + u64::from(draw.below(4)),
                    self.names(locale),
                ));
                let home = Address::new(locale, draw);
                self.settle(
                    locale,
                    other.sex,
                    given,
                    surname,
                    home,
                    None,
                    Some(big),
                    draw,
                )
            }
            // A shared mailbox.
            _ => {
                let sex = if draw.below(2) == 0 {
                    Sex::Male
                } else {
                    Sex::Female
                };
                let (given, surname) = (stock.given(sex, draw), stock.family_name(sex, draw));
                let home = Address::new(locale, draw);
                let mut person = self.settle(
                    locale,
                    sex,
                    given,
                    surname,
                    home,
                    None,
                    company_of(other),
                    draw,
                );
                if let Some(job) = &other.job {
                    let boxes = [
                        "info", "office", "sales", "contact", "admin", "kontakt", "hello", "mail",
                    ];
                    let mailbox = other
                        .shared_mailbox
                        .get_or_insert_with(|| {
                            format!("{}@{}", draw.pick(&boxes), job.company.domain)
                        })
                        .clone();
                    person.shared_mailbox = Some(mailbox);
                }
                person
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_holder_however_it_is_written() {
        let (mut taken, mut draw) = (Taken::default(), Draw::new(1, 0));
        assert_eq!(
            taken.claim("ann.lee", "gmail.com", &mut draw),
            "ann.lee@gmail.com"
        );
        let second = taken.claim("annlee", "googlemail.com", &mut draw);
        assert!(
            second.starts_with("annlee") && second != "annlee@googlemail.com",
            "{second}"
        );
        assert_eq!(
            taken.claim("annlee", "web.de", &mut draw),
            "annlee@web.de",
            "other providers tell them apart"
        );
    }

    #[test]
    fn a_number_has_one_holder() {
        let (mut taken, mut draw) = (Taken::default(), Draw::new(1, 0));
        let us = Locale::parse("US").expect("listed");
        let city = Address::new(us, &mut draw).city();
        let made: FxHashSet<String> = (0..500)
            .map(|_| {
                // One serial: left alone, only the first digit would differ.
                taken
                    .claim_number(7, &mut draw, |s, d| Phone::mobile(us, city, s, d))
                    .e164()
            })
            .collect();
        assert_eq!(made.len(), 500);
    }
}
