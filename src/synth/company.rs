//! Employers: a pure function of (seed, country, number), so that none need be kept.

use super::country::Locale;
use super::culture::Stock;
use super::draw::{Draw, spread};
use super::entity::{Address, ascii_word};
use super::phone::Phone;

/// An employer.
#[derive(Debug, Clone)]
pub(super) struct Company {
    /// Without legal form.
    pub(super) name: String,
    /// What some people call it instead: its brand, or a short form.
    pub(super) alias: Option<String>,
    /// Ways to write its legal form, the usual one first.
    pub(super) legal_forms: Vec<&'static str>,
    pub(super) domain: String,
    /// Other domains its staff write from: another top level, a subdomain.
    pub(super) other_domain: Option<String>,
    /// How addresses are made of names, 0 to 7.
    pub(super) mail_pattern: u32,
    pub(super) switchboard: Phone,
    pub(super) address: Address,
}

const ONSETS: [&str; 40] = [
    "Ac", "Al", "Ar", "Bel", "Bri", "Cal", "Cor", "Cy", "Del", "Dyn", "El", "En", "Fal", "Flex",
    "Gal", "Hel", "In", "Jun", "Kal", "Lum", "Mag", "Max", "Met", "Nex", "Nov", "Om", "Or", "Pan",
    "Pri", "Qua", "Ren", "Sil", "Sol", "Syn", "Tal", "Ter", "Val", "Ver", "Vi", "Zen",
];
const MIDDLES: [&str; 24] = [
    "a", "e", "i", "o", "u", "ta", "ra", "di", "ve", "li", "na", "mo", "ri", "co", "ga", "ti",
    "lo", "xi", "be", "pa", "no", "se", "du", "fi",
];
const CODAS: [&str; 36] = [
    "ra", "ris", "ron", "tek", "tec", "tron", "lux", "dyne", "gen", "via", "nova", "plex", "sys",
    "soft", "med", "pharm", "mark", "line", "corp", "tel", "com", "net", "data", "lab", "ware",
    "max", "tis", "tia", "dor", "vex", "zia", "nt", "x", "quo", "lis", "gy",
];

/// A made-up brand: 35,000 and more of them.
fn brand(draw: &mut Draw) -> String {
    let mut word = draw.word(&ONSETS).to_owned();
    if draw.below(100) < 70 {
        word.push_str(draw.word(&MIDDLES));
    }
    word.push_str(draw.word(&CODAS));
    word
}

/// Numbers below this stand for multinationals, present in every country, under one name.
pub(super) const N_GLOBAL: u64 = 40;

impl Company {
    /// The employer with this number in this country. Numbers 0 to 39 are multinationals.
    pub(super) fn new(seed: u64, locale: Locale, number: u64, stock: &Stock) -> Company {
        let global = number < N_GLOBAL;
        let place = u64::from(locale.0) + 1;
        let mut draw = Draw::new(
            spread(seed ^ 0xC0FF_EE00) ^ spread(number ^ if global { 0 } else { place << 48 }),
            0,
        );
        let mut local = Draw::new(
            spread(seed ^ 0x000F_F1CE) ^ spread(number ^ (place << 48)),
            1,
        );
        let (name, slug) = if global {
            let name = brand(&mut draw);
            (name.clone(), ascii_word(&name, locale))
        } else {
            name_and_slug(locale, number, stock, &mut draw)
        };
        let country = locale.country();
        let forms: Vec<&'static str> = country.legal_forms.split('|').collect();
        let legal_forms: Vec<&'static str> =
            forms[local.power(forms.len(), 3)].split('=').collect();
        let tld = match draw.below(100) {
            0..=19 => "com",
            20..=22 => "eu",
            23..=26 => "net",
            27..=28 => "io",
            29..=30 => "biz",
            _ if global => "com",
            _ => country.tld,
        };
        let domain = format!("{slug}.{tld}");
        let other_domain = match draw.below(100) {
            0..=7 => Some(format!("{slug}-group.com")),
            8..=13 => Some(format!("mail.{domain}")),
            14..=22 if tld != country.tld => Some(format!("{slug}.{}", country.tld)),
            _ => None,
        };
        let alias = match draw.below(100) {
            0..=9 => Some(brand(&mut draw)),
            10..=34 => acronym(&name),
            35..=44 => name.split(' ').next().map(str::to_owned),
            _ => None,
        };
        let address = Address::new(locale, &mut local);
        let city = address.city();
        let serial = spread(number ^ (place << 40)) % 1_000_000_007;
        let mut switchboard = Phone::landline(locale, city, serial, &mut local);
        if local.below(100) < 60 {
            switchboard = switchboard.rounded();
        }
        Company {
            name,
            alias,
            legal_forms,
            domain,
            other_domain,
            mail_pattern: [0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7][draw.below(12) as usize],
            switchboard,
            address,
        }
    }

    /// The name as the company writes it, legal form included.
    pub(super) fn legal_name(&self) -> String {
        format!("{} {}", self.name, self.legal_forms[0])
    }
}

fn name_and_slug(locale: Locale, number: u64, stock: &Stock, draw: &mut Draw) -> (String, String) {
    let industry = *draw.pick(&stock.industries);
    let slug = |text: &str| ascii_word(text, locale);
    match draw.below(100) {
        0..=21 => {
            let name = format!("{} {industry}", stock.surname(draw));
            let slugged = slug(&name.replace(' ', "-"));
            (name, slugged)
        }
        22..=31 => {
            let (first, second) = (stock.surname(draw), stock.surname(draw));
            let joint = [" & ", " und ", " y ", " + ", " et "];
            let joint = match locale.code() {
                "DE" | "AT" | "CH" => joint[draw.below(2) as usize],
                "ES" | "MX" => joint[2 * draw.below(2) as usize],
                "FR" => joint[4 * draw.below(2) as usize],
                _ => joint[0],
            };
            let name = format!("{first}{joint}{second}");
            let slugged = slug(&format!("{first}{second}"));
            (name, slugged)
        }
        32..=45 => {
            let qualifier = *draw.pick(&stock.qualifiers);
            let word = brand(draw);
            let name = format!("{qualifier} {word} {industry}");
            let slugged = slug(&format!("{qualifier}{word}"));
            (name, slugged)
        }
        46..=57 => {
            let address = Address::new(locale, draw);
            let qualifier = *draw.pick(&stock.qualifiers);
            let place = address.city().name;
            let name = format!("{place} {qualifier} {industry}");
            let slugged = slug(&format!("{qualifier}-{place}-{industry}").replace(' ', ""));
            (name, slugged)
        }
        58..=67 => {
            let letters: String = (0..3 + draw.below(2))
                .map(|_| char::from(b'A' + draw.below(26) as u8))
                .collect();
            let name = format!("{letters} {industry}");
            let slugged = slug(&format!("{letters}-{industry}").replace(' ', ""));
            (name, slugged)
        }
        68..=77 => {
            // A family business under its own name: the domain tells it from the others of that name.
            let surname = stock.surname(draw);
            let qualifier = *draw.pick(&stock.qualifiers);
            let slugged = slug(&format!("{surname}-{qualifier}{}", number % 97));
            (format!("{surname} {qualifier}"), slugged)
        }
        _ => {
            let word = brand(draw);
            if draw.below(100) < 50 {
                let slugged = slug(&word);
                (word, slugged)
            } else {
                let name = format!("{word} {industry}");
                let slugged = slug(&name.replace(' ', "-"));
                (name, slugged)
            }
        }
    }
}

/// First letters of a name of three words or more.
fn acronym(name: &str) -> Option<String> {
    let letters: String = name
        .split([' ', '-'])
        .filter_map(|w| w.chars().next())
        .filter(|c| c.is_alphabetic())
        .flat_map(char::to_uppercase)
        .collect();
    (letters.chars().count() >= 3).then_some(letters)
}
