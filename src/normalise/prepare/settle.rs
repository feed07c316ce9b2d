//! Phones that could not be read without a country, read with what the rest of the record and the file say.
//!
//! `(813) 710-3836` in a record without a country gets a weak code, which equals no `+1 813 710 3836`. Two general
//! truths settle most: a record's e-mail domain, web site, city, postcode, company and other numbers tell its country;
//! and nine digits or more that end exactly one full number of the file are that number.
//!
//! Depends on values and counts only, not on the order of records or of threads.

use crate::model::{Csr, DomainKind, Mark, NONE, PhoneCode, PhoneKind, PhoneUse, Prepared};
use crate::normalise::phone::PhoneReader;
use crate::normalise::phone_plan::Plans;
use rustc_hash::FxHashMap;

/// Share of a value's records with a country that must name one country for the value to tell it.
const MAJORITY: (u64, u64) = (9, 10);
/// Fewest records with a country that tell a value's country.
const MAJORITY_RECORDS_MIN: u64 = 2;
/// Fewest digits of a national number that identify it among all countries.
const NATIONAL_DIGITS_MIN: usize = 9;

/// Country domains that are sold to everybody, and tell no country.
/// Source: ICANN root zone and the registries' own descriptions; facts.
const GENERIC_USE: [&str; 26] = [
    "ac", "ag", "ai", "am", "bz", "cc", "cd", "co", "cx", "dj", "fm", "gg", "gl", "io", "la", "ly",
    "me", "nu", "sc", "sh", "st", "su", "to", "tv", "vc", "ws",
];

/// Replaces weak phone codes by full ones where the country is clear, and numbers the codes anew.
pub(super) fn settle_phones(out: &mut Prepared) {
    let is_weak: Vec<bool> = out
        .phone_codes
        .codes
        .iter()
        .map(|c| c.marks.has(Mark::Weak))
        .collect();
    if !is_weak.iter().any(|w| *w) {
        return;
    }
    let named = named_by_number(&out.phone_codes.codes);
    let clues = Clues::new(out, &is_weak);
    let reader = PhoneReader::new(None);
    let mut codes: Vec<PhoneCode> = Vec::new();
    let mut known: FxHashMap<String, u32> = FxHashMap::default();
    let mut rows: Csr<PhoneUse> = Csr::default();
    let mut row: Vec<PhoneUse> = Vec::new();
    for record in 0..out.n_records() {
        row.clear();
        for usage in out.phones.row(record) {
            let code = &out.phone_codes.codes[usage.phone as usize];
            let mut settled = None;
            if is_weak[usage.phone as usize] {
                settled = clues
                    .of(out, record)
                    .into_iter()
                    .find_map(|country| full_number(&reader, code, &country));
                if settled.is_none() {
                    let full = named[usage.phone as usize];
                    settled = (full != NONE).then(|| out.phone_codes.codes[full as usize].clone());
                }
            }
            let code = settled.as_ref().unwrap_or(code);
            let phone = match known.get(code.matchcode.as_str()) {
                Some(number) => *number,
                None => {
                    let number = codes.len() as u32;
                    known.insert(code.matchcode.clone(), number);
                    codes.push(code.clone());
                    number
                }
            };
            row.push(PhoneUse { phone, ..*usage });
        }
        row.sort_by_key(|u| u.phone);
        row.dedup_by_key(|u| u.phone);
        rows.push_row(row.iter().copied());
    }
    out.phones = rows;
    out.phone_codes.codes = codes;
}

/// A weak code read for one country: only a number its plan knows.
fn full_number(reader: &PhoneReader, code: &PhoneCode, country: &str) -> Option<PhoneCode> {
    let digits = code.matchcode.trim_start_matches('~');
    let found = reader.read(digits, Some(country)).into_iter().next()?;
    let sure = !found.marks.has(Mark::Weak)
        && !found.marks.has(Mark::Invalid)
        && !found.marks.has(Mark::Placeholder)
        && found.kind != PhoneKind::Unknown;
    sure.then_some(found)
}

/// For each weak code the one full code whose national number, or whole number, it writes; `NONE` when there is none
/// or more than one.
fn named_by_number(codes: &[PhoneCode]) -> Vec<u32> {
    const SEVERAL: u32 = NONE - 1;
    let mut wanted: FxHashMap<&str, u32> = FxHashMap::default();
    let forms = |code: &'_ PhoneCode| -> [Option<String>; 2] {
        let digits = code.matchcode.trim_start_matches('~');
        [
            Some(digits.to_owned()),
            digits.strip_prefix('0').map(str::to_owned),
        ]
        .map(|d| d.filter(|d| d.len() >= NATIONAL_DIGITS_MIN))
    };
    let weak: Vec<(usize, [Option<String>; 2])> = codes
        .iter()
        .enumerate()
        .filter(|(_, c)| c.marks.has(Mark::Weak))
        .map(|(at, c)| (at, forms(c)))
        .collect();
    for form in weak.iter().flat_map(|(_, forms)| forms.iter().flatten()) {
        wanted.insert(form.as_str(), NONE);
    }
    let plans = Plans::get();
    for (at, code) in codes.iter().enumerate() {
        let Some(full) = code.matchcode.strip_prefix('+') else {
            continue;
        };
        if code.marks.has(Mark::Invalid) {
            continue;
        }
        for digits in [plans.national_part(full), full] {
            if let Some(found) = wanted.get_mut(digits)
                && *found != at as u32
            {
                *found = if *found == NONE { at as u32 } else { SEVERAL };
            }
        }
    }
    let mut out = vec![NONE; codes.len()];
    for (at, forms) in &weak {
        let mut found = forms
            .iter()
            .flatten()
            .map(|form| wanted[form.as_str()])
            .filter(|f| *f != NONE);
        if let Some(first) = found.next()
            && first != SEVERAL
            && found.all(|f| f == first)
        {
            out[*at] = first;
        }
    }
    out
}

/// Tells the values of a record one by one.
type Values<'a> = dyn Fn(usize, &mut dyn FnMut(u32)) + 'a;

/// What tells a record's country when it has none.
struct Clues {
    domain: Vec<u32>,
    city: Vec<u32>,
    postcode: Vec<u32>,
    company: Vec<u32>,
}

impl Clues {
    fn new(p: &Prepared, is_weak: &[bool]) -> Clues {
        let n = p.n_records();
        let asks = |record: usize| {
            p.country[record] == NONE
                && p.phones
                    .row(record)
                    .iter()
                    .any(|u| is_weak[u.phone as usize])
        };
        // Only values of records that ask are counted.
        let majority = |n_values: usize, values: &Values| -> Vec<u32> {
            let mut wanted = vec![false; n_values];
            for record in (0..n).filter(|r| asks(*r)) {
                values(record, &mut |v| {
                    if v != NONE {
                        wanted[v as usize] = true;
                    }
                });
            }
            let mut counts: FxHashMap<(u32, u32), u64> = FxHashMap::default();
            let mut total = vec![0_u64; n_values];
            for record in (0..n).filter(|r| p.country[*r] != NONE) {
                values(record, &mut |v| {
                    if v != NONE && wanted[v as usize] {
                        *counts.entry((v, p.country[record])).or_default() += 1;
                        total[v as usize] += 1;
                    }
                });
            }
            let mut told = vec![NONE; n_values];
            for (value, told) in told.iter_mut().enumerate().filter(|(v, _)| wanted[*v]) {
                *told = (0..p.countries.len() as u32)
                    .find(|country| {
                        let n = counts.get(&(value as u32, *country)).copied().unwrap_or(0);
                        n >= MAJORITY_RECORDS_MIN && n * MAJORITY.1 >= total[value] * MAJORITY.0
                    })
                    .unwrap_or(NONE);
            }
            told
        };
        let one = |column: &'_ [u32], n_values: usize| {
            majority(n_values, &|record, tell| {
                if let Some(value) = column.get(record) {
                    tell(*value);
                }
            })
        };
        Clues {
            domain: majority(p.domain_codes.codes.len(), &|record, tell| {
                for domain in own_domains(p, record) {
                    tell(domain);
                }
            }),
            city: one(&p.city, p.cities.len()),
            postcode: one(&p.postcode, p.postcodes.len()),
            company: one(&p.company, p.companies.codes.len()),
        }
    }

    /// Countries to try, the surest clue first, each once; none when the record names its country.
    fn of(&self, p: &Prepared, record: usize) -> Vec<String> {
        let mut out: Vec<String> = Vec::new();
        if p.country[record] != NONE {
            return out;
        }
        let mut add = |country: Option<&str>| {
            if let Some(country) = country
                && !out.iter().any(|c| c == country)
            {
                out.push(country.to_owned());
            }
        };
        let site = p.website[record];
        for domain in p
            .domains
            .row(record)
            .iter()
            .copied()
            .chain((site != NONE).then_some(site))
        {
            let registrable = &p.domain_codes.codes[domain as usize].registrable;
            add(country_of_domain(registrable).as_deref());
        }
        let told = |by: &[u32], value: u32| -> Option<&str> {
            let country = *by.get(value as usize)?;
            (country != NONE).then(|| p.countries.text(country))
        };
        add(told(&self.postcode, p.postcode[record]));
        add(told(&self.city, p.city[record]));
        for domain in own_domains(p, record) {
            add(told(&self.domain, domain));
        }
        add(told(&self.company, p.company[record]));
        for usage in p.phones.row(record) {
            let code = &p.phone_codes.codes[usage.phone as usize].matchcode;
            add(code
                .strip_prefix('+')
                .and_then(|digits| Plans::get().region_of(digits)));
        }
        out
    }
}

/// Domains of a record's e-mails and web site that belong to a company.
fn own_domains(p: &Prepared, record: usize) -> impl Iterator<Item = u32> + '_ {
    let site = p.website[record];
    p.domains
        .row(record)
        .iter()
        .copied()
        .chain((site != NONE).then_some(site))
        .filter(|d| p.domain_codes.codes[*d as usize].kind == DomainKind::Own)
}

/// The country of a country-code domain, ISO 3166 alpha-2.
fn country_of_domain(registrable: &str) -> Option<String> {
    let tld = registrable.rsplit('.').next()?;
    if tld.len() != 2 || GENERIC_USE.contains(&tld) {
        return None;
    }
    let country = if tld == "uk" {
        "GB".to_owned()
    } else {
        tld.to_ascii_uppercase()
    };
    Plans::get().country(&country).is_some().then_some(country)
}
