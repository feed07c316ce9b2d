//! The columns by which a record is reached: e-mails, phones, web sites, and the domains of both.

use super::{Distinct, read_in_order};
use crate::model::{
    Csr, DomainCode, DomainKind, EmailCode, Emails, Field, HashIndex, Mark, Marks, NONE, PhoneCode,
    PhoneCodes, PhoneRef, PhoneUse, PhoneUseKind, Prepared, Table, TextColumn,
};
use crate::normalise::phone::PhoneReader;
use crate::normalise::{domain, email};
use rayon::prelude::*;

/// Digits of an extension that fit a `u32`.
const EXTENSION_DIGITS_MAX: usize = 9;

/// Domains numbered in order of first appearance.
#[derive(Default)]
pub(super) struct DomainNumbers {
    codes: Vec<DomainCode>,
    index: HashIndex,
}

impl DomainNumbers {
    /// The number of a registrable domain; `kind` is asked for one not seen before.
    fn number(&mut self, registrable: &str, kind: impl FnOnce() -> DomainKind) -> u32 {
        let new = self.codes.len() as u32;
        let codes = &mut self.codes;
        let is_same = |id: u32| codes[id as usize].registrable == registrable;
        let id = self
            .index
            .number(HashIndex::hash(registrable), is_same, || new);
        if id == new {
            codes.push(DomainCode {
                registrable: registrable.to_owned(),
                kind: kind(),
            });
        }
        id
    }
}

/// The usable addresses of every record, and the distinct ones with their domains, which get the first of `domains`.
pub(super) fn read_emails(table: &Table, domains: &mut DomainNumbers) -> (Csr<u32>, Emails) {
    let columns: Vec<&TextColumn> = Field::EMAILS
        .iter()
        .filter_map(|f| table.field(*f))
        .collect();
    let mut emails = Emails::default();
    let mut index = HashIndex::default();
    let mut rows = Csr::default();
    let mut row: Vec<u32> = Vec::new();
    let read = |i: usize| -> Vec<EmailCode> {
        let mut all = Vec::new();
        for column in columns.iter().filter(|c| !c.get(i).is_empty()) {
            all.extend(email::read(column.get(i)));
        }
        all
    };
    read_in_order(table.n_records(), read, |_, all| {
        row.clear();
        for code in all {
            if code.marks.has(Mark::Invalid) || code.marks.has(Mark::Placeholder) {
                continue;
            }
            let new = emails.codes.len() as u32;
            let is_same = |id: u32| emails.codes.at(id as usize).matchcode == code.matchcode;
            let id = index.number(HashIndex::hash(&code.matchcode), is_same, || new);
            if id == new {
                // How one record wrote the address says nothing about it.
                let marks = without(code.marks, Mark::Tagged);
                emails.codes.push(&code.matchcode, marks);
                let kind = || domain::kind(&code.registrable);
                emails.domain.push(domains.number(&code.registrable, kind));
            }
            row.push(id);
        }
        row.sort_unstable();
        row.dedup();
        rows.push_row(row.iter().copied());
    });
    (rows, emails)
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

/// The numbers of every record, and the distinct ones. `country_ids`: position of each record's country in
/// `country_codes`.
pub(super) fn read_phones(
    table: &Table,
    country_ids: &[u32],
    country_codes: &[Option<&'static str>],
    default_country: Option<&str>,
) -> (Csr<PhoneUse>, PhoneCodes) {
    let columns: Vec<(PhoneUseKind, &TextColumn)> = PHONE_USES
        .into_iter()
        .filter_map(|(field, column)| Some((column, table.field(field)?)))
        .collect();
    let reader = PhoneReader::new(default_country);
    let read = |i: usize| -> Vec<(PhoneUseKind, PhoneCode)> {
        let country = country_codes[country_ids[i] as usize];
        let mut all = Vec::new();
        for (kind, column) in columns.iter().filter(|(_, c)| !c.get(i).is_empty()) {
            let read = reader.read(column.get(i), country);
            all.extend(read.into_iter().map(|code| (*kind, code)));
        }
        all
    };
    let mut codes = PhoneCodes::default();
    let mut index = HashIndex::default();
    let mut rows = Csr::default();
    let mut row: Vec<PhoneUse> = Vec::new();
    read_in_order(table.n_records(), read, |_, all| {
        row.clear();
        for (column, code) in all {
            if code.matchcode.is_empty() || code.marks.has(Mark::Placeholder) {
                continue;
            }
            let extension = extension_number(&code.extension);
            let new = codes.len() as u32;
            let is_same = |id: u32| codes.at(id as usize).matchcode == code.matchcode;
            let phone = index.number(HashIndex::hash(&code.matchcode), is_same, || new);
            if phone == new {
                codes.push(PhoneRef {
                    matchcode: &code.matchcode,
                    kind: code.kind,
                    marks: without(without(code.marks, Mark::Extension), Mark::Mangled),
                });
            }
            row.push(PhoneUse {
                phone,
                column,
                extension,
            });
        }
        // Ascending and distinct by number; of several uses the first column's stays.
        row.sort_by_key(|u| u.phone);
        row.dedup_by_key(|u| u.phone);
        rows.push_row(row.iter().copied());
    });
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
    let numbers: Vec<u32> = read
        .into_iter()
        .map(|code| match code {
            Some(code) if code.kind != DomainKind::Placeholder => {
                codes.push(code);
                codes.len() as u32 - 1
            }
            _ => NONE,
        })
        .collect();
    (distinct.renumbered(&numbers), codes)
}

/// Numbers the domains of web sites behind those of e-mails, by record, and lists the domains of each record's e-mails.
pub(super) fn number_domains(
    out: &mut Prepared,
    mut domains: DomainNumbers,
    (site, site_codes): (Vec<u32>, Vec<DomainCode>),
) {
    let site_numbers: Vec<u32> = site_codes
        .iter()
        .map(|s| domains.number(&s.registrable, || s.kind))
        .collect();
    let codes = domains.codes;
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
