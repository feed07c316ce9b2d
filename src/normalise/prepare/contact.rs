//! The columns by which a record is reached: e-mails, phones, web sites, and the domains of both.

use super::Distinct;
use crate::model::{
    Csr, DomainCode, DomainKind, EmailCode, Field, Interner, Mark, Marks, NONE, PhoneCode,
    PhoneUse, PhoneUseKind, Prepared, Table, TextColumn,
};
use crate::normalise::phone::PhoneReader;
use crate::normalise::{domain, email};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Digits of an extension that fit a `u32`.
const EXTENSION_DIGITS_MAX: usize = 9;

pub(super) fn read_emails(table: &Table) -> (Csr<u32>, Vec<EmailCode>) {
    let n = table.n_records();
    let columns: Vec<Distinct> = Field::EMAILS
        .par_iter()
        .map(|f| Distinct::of(n, table.field(*f)))
        .collect();
    let mut read: Vec<Vec<Vec<EmailCode>>> = columns
        .par_iter()
        .map(|d| d.values.par_iter().map(|v| email::read(v)).collect())
        .collect();
    // Where each address is first: column, distinct value, place in the cell.
    let mut first: Vec<(usize, u32, usize)> = Vec::new();
    let mut known: FxHashMap<&str, u32> = FxHashMap::default();
    let mut rows = Csr::default();
    let mut row: Vec<u32> = Vec::new();
    for i in 0..n {
        row.clear();
        for (at, (distinct, read)) in columns.iter().zip(&read).enumerate() {
            let id = distinct.ids[i];
            for (place, code) in read[id as usize].iter().enumerate() {
                if code.marks.has(Mark::Invalid) || code.marks.has(Mark::Placeholder) {
                    continue;
                }
                row.push(*known.entry(code.matchcode.as_str()).or_insert_with(|| {
                    first.push((at, id, place));
                    first.len() as u32 - 1
                }));
            }
        }
        row.sort_unstable();
        row.dedup();
        rows.push_row(row.iter().copied());
    }
    drop(known);
    // Moved out rather than copied: four texts an address.
    let codes = first
        .into_iter()
        .map(|(at, id, place)| {
            let found = &mut read[at][id as usize][place];
            EmailCode {
                matchcode: std::mem::take(&mut found.matchcode),
                local: std::mem::take(&mut found.local),
                domain: std::mem::take(&mut found.domain),
                registrable: std::mem::take(&mut found.registrable),
                // How one record wrote the address says nothing about it.
                marks: without(found.marks, Mark::Tagged),
            }
        })
        .collect();
    (rows, codes)
}

fn without(marks: Marks, mark: Mark) -> Marks {
    marks
        .iter()
        .filter(|m| *m != mark)
        .fold(Marks::NONE, Marks::with)
}

const PHONE_USES: [(Field, PhoneUseKind); 4] = [
    (Field::Phone1, PhoneUseKind::Business),
    (Field::Phone2, PhoneUseKind::Home),
    (Field::Phone3, PhoneUseKind::Other),
    (Field::MobilePhone, PhoneUseKind::Mobile),
];

pub(super) fn read_phones(
    table: &Table,
    country: &Distinct,
    country_codes: &[Option<&'static str>],
    default_country: Option<&str>,
) -> (Csr<PhoneUse>, Vec<PhoneCode>) {
    let n = table.n_records();
    let columns: Vec<(PhoneUseKind, &TextColumn)> = PHONE_USES
        .into_iter()
        .filter_map(|(field, column)| Some((column, table.field(field)?)))
        .collect();
    // Each distinct text and country once over all columns; spellings of one country are one.
    let mut country_number: FxHashMap<Option<&str>, u32> = FxHashMap::default();
    let mut countries: Vec<Option<&'static str>> = Vec::new();
    let country_ids: Vec<u32> = country_codes
        .iter()
        .map(|code| {
            *country_number.entry(*code).or_insert_with(|| {
                countries.push(*code);
                countries.len() as u32 - 1
            })
        })
        .collect();
    let mut seen: FxHashMap<(&str, u32), u32> = FxHashMap::default();
    let mut keys: Vec<(&str, u32)> = Vec::new();
    let mut ids: Vec<u32> = Vec::with_capacity(n * columns.len());
    for i in 0..n {
        let country_id = country_ids[country.ids[i] as usize];
        for (_, column) in &columns {
            let text = column.get(i);
            ids.push(if text.is_empty() {
                NONE
            } else {
                *seen.entry((text, country_id)).or_insert_with(|| {
                    keys.push((text, country_id));
                    keys.len() as u32 - 1
                })
            });
        }
    }
    let reader = PhoneReader::new(default_country);
    let read: Vec<Vec<PhoneCode>> = keys
        .par_iter()
        .map(|(text, country_id)| reader.read(text, countries[*country_id as usize]))
        .collect();

    let mut codes: Vec<PhoneCode> = Vec::new();
    let mut known: FxHashMap<&str, u32> = FxHashMap::default();
    let mut rows = Csr::default();
    let mut row: Vec<PhoneUse> = Vec::new();
    for i in 0..n {
        row.clear();
        for (at, (column, _)) in columns.iter().enumerate() {
            let id = ids[i * columns.len() + at];
            if id == NONE {
                continue;
            }
            for code in &read[id as usize] {
                if code.matchcode.is_empty() || code.marks.has(Mark::Placeholder) {
                    continue;
                }
                let phone = *known.entry(code.matchcode.as_str()).or_insert_with(|| {
                    let mut first = code.clone();
                    first.extension.clear();
                    first.marks = without(without(first.marks, Mark::Extension), Mark::Mangled);
                    codes.push(first);
                    codes.len() as u32 - 1
                });
                row.push(PhoneUse {
                    phone,
                    column: *column,
                    extension: extension_number(&code.extension),
                });
            }
        }
        // Ascending and distinct by number; of several uses the first column's stays.
        row.sort_by_key(|u| u.phone);
        row.dedup_by_key(|u| u.phone);
        rows.push_row(row.iter().copied());
    }
    (rows, codes)
}

fn extension_number(digits: &str) -> u32 {
    digits[..digits.len().min(EXTENSION_DIGITS_MAX)]
        .parse()
        .unwrap_or(0)
}

/// Web sites: number of each record's site in the list beside it.
pub(super) fn read_sites(table: &Table) -> (Vec<u32>, Vec<DomainCode>) {
    let n = table.n_records();
    let distinct = Distinct::of(n, table.field(Field::Website));
    let read: Vec<Option<DomainCode>> = distinct
        .values
        .par_iter()
        .map(|v| domain::read(v))
        .collect();
    let mut codes = Vec::new();
    let mut number: Vec<Option<u32>> = vec![None; read.len()];
    let column = distinct
        .ids
        .iter()
        .map(|id| {
            *number[*id as usize].get_or_insert_with(|| match &read[*id as usize] {
                Some(code) if code.kind != DomainKind::Placeholder => {
                    codes.push(code.clone());
                    codes.len() as u32 - 1
                }
                _ => NONE,
            })
        })
        .collect();
    (column, codes)
}

/// Numbers the domains of e-mails, by e-mail, then those only web sites have, by record.
pub(super) fn number_domains(out: &mut Prepared, (site, site_codes): (Vec<u32>, Vec<DomainCode>)) {
    let mut interner = Interner::default();
    let mut codes: Vec<DomainCode> = Vec::new();
    let mut number = |registrable: &str, kind: DomainKind| {
        let id = interner.intern(registrable);
        if id as usize == codes.len() {
            codes.push(DomainCode {
                registrable: registrable.to_owned(),
                kind,
            });
        }
        id
    };
    out.email_codes.domain = out
        .email_codes
        .codes
        .iter()
        .map(|e| number(&e.registrable, domain::kind(&e.registrable)))
        .collect();
    let site_numbers: Vec<u32> = site_codes
        .iter()
        .map(|s| number(&s.registrable, s.kind))
        .collect();
    out.website = site
        .into_iter()
        .map(|s| {
            if s == NONE {
                NONE
            } else {
                site_numbers[s as usize]
            }
        })
        .collect();
    let mut row: Vec<u32> = Vec::new();
    for emails in out.emails.rows() {
        row.clear();
        row.extend(
            emails
                .iter()
                .map(|e| out.email_codes.domain[*e as usize])
                .filter(|d| codes[*d as usize].kind != DomainKind::Placeholder),
        );
        row.sort_unstable();
        row.dedup();
        out.domains.push_row(row.iter().copied());
    }
    out.domain_codes.codes = codes;
}
