//! Phones that could not be read without a country, read with what the rest of the record and the file say.
//!
//! `(813) 710-3836` in a record without a country gets a weak code, which equals no `+1 813 710 3836`. Two general
//! truths settle most: a record's e-mail domain, web site, city, postcode, company and other numbers tell its country;
//! and nine digits or more that end exactly one full number of the file are that number.
//!
//! Depends on values and counts only, not on the order of records or of threads.

use crate::model::{
    DomainKind, Mark, NONE, PhoneCode, PhoneCodes, PhoneKind, PhoneRef, PhoneUse, Prepared,
};
use crate::normalise::phone::PhoneReader;
use crate::normalise::phone_plan::Plans;
use rayon::prelude::*;
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

/// Replaces weak phone codes by full ones where the country is clear, and numbers the codes anew: in order of first
/// appearance, records in order and each record's codes in the order of their old numbers. Codes nobody holds go.
///
/// Cost: what is weak is read again, for each record that holds it; the rest is only renumbered.
pub(super) fn settle_phones(out: &mut Prepared) {
    let old = &out.phone_codes.codes;
    let is_weak: Vec<bool> = old.iter().map(|c| c.marks.has(Mark::Weak)).collect();
    if !is_weak.iter().any(|w| *w) {
        return;
    }
    let named = named_by_number(old);
    let clues = Clues::new(out, &is_weak);
    let reader = PhoneReader::new(None);
    let asking: Vec<u32> = (0..out.n_records() as u32)
        .filter(|r| {
            let row = out.phones.row(*r as usize);
            row.iter().any(|u| is_weak[u.phone as usize])
        })
        .collect();
    // What each weak code of these records is by its country, in order of record and code.
    let read: Vec<Option<PhoneCode>> = asking
        .par_iter()
        .flat_map_iter(|record| {
            let record = *record as usize;
            let countries = clues.of(out, record);
            let row = out.phones.row(record).iter();
            row.filter(|u| is_weak[u.phone as usize])
                .map(|u| {
                    let code = old.at(u.phone as usize).matchcode;
                    let mut read = countries.iter().map(|c| full_number(&reader, code, c));
                    read.find_map(|found| found)
                })
                .collect::<Vec<_>>()
        })
        .collect();
    let settled = Settled::new(old, &read);
    let mut settled_numbers = read.iter().map(|code| settled.number(code.as_ref()));

    let mut renumbered = vec![NONE; old.len() + settled.further.len()];
    // The old number of each new one.
    let mut kept: Vec<u32> = Vec::with_capacity(old.len());
    let mut rows = std::mem::take(&mut out.phones);
    for usage in rows.rows_mut().flatten() {
        let mut number = usage.phone;
        if is_weak[number as usize] {
            let by_country = settled_numbers.next().expect("each weak code was read");
            number = [by_country, named[number as usize]]
                .into_iter()
                .find(|n| *n != NONE)
                .unwrap_or(number);
        }
        let new = &mut renumbered[number as usize];
        if *new == NONE {
            *new = kept.len() as u32;
            kept.push(number);
        }
        usage.phone = *new;
    }
    let codes = || kept.iter().map(|n| settled.code(old, *n)).collect();
    let (codes, ()) = rayon::join(codes, || rows.shorten_rows(distinct_numbers));
    out.phones = rows;
    out.phone_codes.codes = codes;
}

/// Puts uses of a record in the order of their numbers, each number once: of several uses the first stays. Returns how
/// many there are.
fn distinct_numbers(row: &mut [PhoneUse]) -> usize {
    row.sort_by_key(|u| u.phone);
    let mut n = 0;
    for at in 0..row.len() {
        if at == 0 || row[at].phone != row[n - 1].phone {
            row[n] = row[at];
            n += 1;
        }
    }
    n
}

/// Numbers of full codes that weak ones became: the old number where the file holds the code anyway, a number behind
/// all old ones where not.
struct Settled<'a> {
    numbers: FxHashMap<&'a str, u32>,
    further: Vec<&'a PhoneCode>,
    n_old: usize,
}

impl<'a> Settled<'a> {
    fn new(old: &PhoneCodes, read: &'a [Option<PhoneCode>]) -> Settled<'a> {
        let found = || read.iter().flatten();
        let mut numbers: FxHashMap<&str, u32> =
            found().map(|c| (c.matchcode.as_str(), NONE)).collect();
        for (at, code) in old.iter().enumerate() {
            if let Some(number) = numbers.get_mut(code.matchcode) {
                *number = at as u32;
            }
        }
        let mut further = Vec::new();
        for code in found() {
            let number = numbers.get_mut(code.matchcode.as_str());
            let number = number.expect("every code that was read is listed");
            if *number == NONE {
                *number = (old.len() + further.len()) as u32;
                further.push(code);
            }
        }
        Settled {
            numbers,
            further,
            n_old: old.len(),
        }
    }

    /// The number of a code that was read, [`NONE`] for none.
    fn number(&self, read: Option<&PhoneCode>) -> u32 {
        read.map_or(NONE, |code| self.numbers[code.matchcode.as_str()])
    }

    fn code<'c>(&'c self, old: &'c PhoneCodes, number: u32) -> PhoneRef<'c> {
        match (number as usize).checked_sub(self.n_old) {
            None => old.at(number as usize),
            Some(further) => PhoneRef {
                matchcode: &self.further[further].matchcode,
                kind: self.further[further].kind,
                marks: self.further[further].marks,
            },
        }
    }
}

/// A weak code read for one country: only a number its plan knows.
fn full_number(reader: &PhoneReader, weak: &str, country: &str) -> Option<PhoneCode> {
    let digits = weak.trim_start_matches('~');
    let found = reader.read(digits, Some(country)).into_iter().next()?;
    let sure = !found.marks.has(Mark::Weak)
        && !found.marks.has(Mark::Invalid)
        && !found.marks.has(Mark::Placeholder)
        && found.kind != PhoneKind::Unknown;
    sure.then_some(found)
}

/// For each weak code the one full code whose national number, or whole number, it writes; `NONE` when there is none
/// or more than one.
fn named_by_number(codes: &PhoneCodes) -> Vec<u32> {
    const SEVERAL: u32 = NONE - 1;
    let mut wanted: FxHashMap<&str, u32> = FxHashMap::default();
    let weak: Vec<(usize, [Option<&str>; 2])> = codes
        .iter()
        .enumerate()
        .filter(|(_, c)| c.marks.has(Mark::Weak))
        .map(|(at, code)| {
            let digits = code.matchcode.trim_start_matches('~');
            let forms = [Some(digits), digits.strip_prefix('0')];
            (
                at,
                forms.map(|d| d.filter(|d| d.len() >= NATIONAL_DIGITS_MIN)),
            )
        })
        .collect();
    for form in weak.iter().flat_map(|(_, forms)| forms.iter().flatten()) {
        wanted.insert(form, NONE);
    }
    let plans = Plans::get();
    let forms_of = |at: usize| -> [Option<&str>; 2] {
        let code = codes.at(at);
        let full = code.matchcode.strip_prefix('+');
        let full = full.filter(|_| !code.marks.has(Mark::Invalid));
        [full.map(|full| plans.national_part(full)), full]
    };
    // Few are written by a weak code.
    let writes: Vec<(usize, &str)> = (0..codes.len())
        .into_par_iter()
        .with_min_len(4096)
        .flat_map_iter(|at| {
            let forms = forms_of(at).into_iter().flatten();
            forms.map(move |digits| (at, digits))
        })
        .filter(|(_, digits)| wanted.contains_key(digits))
        .collect();
    for (at, digits) in writes {
        let found = wanted.get_mut(digits).expect("was looked up");
        if *found != at as u32 {
            *found = if *found == NONE { at as u32 } else { SEVERAL };
        }
    }
    let mut out = vec![NONE; codes.len()];
    for (at, forms) in &weak {
        let mut found = forms
            .iter()
            .flatten()
            .map(|form| wanted[form])
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
        let of_domains = || {
            majority(p.domain_codes.codes.len(), &|record, tell| {
                for domain in own_domains(p, record) {
                    tell(domain);
                }
            })
        };
        let ((domain, city), (postcode, company)) = rayon::join(
            || rayon::join(of_domains, || one(&p.city, p.cities.len())),
            || {
                rayon::join(
                    || one(&p.postcode, p.postcodes.len()),
                    || one(&p.company, p.companies.codes.len()),
                )
            },
        );
        Clues {
            domain,
            city,
            postcode,
            company,
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
            let code = p.phone_codes.codes.at(usage.phone as usize).matchcode;
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
