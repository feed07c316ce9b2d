//! The columns by which a record is reached: e-mails, phones, web sites, and the domains of both.

use super::{Distinct, read_blocks_in_order};
use crate::model::{
    Csr, DomainCode, DomainKind, Emails, Field, HashIndex, Mark, Marks, NONE, PhoneCodes,
    PhoneKind, PhoneRef, PhoneUse, PhoneUseKind, Prepared, Table, TextColumn,
};
use crate::normalise::phone::PhoneReader;
use crate::normalise::{domain, email};
use rayon::prelude::*;
use std::ops::Range;

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

/// Values of some records, their matchcodes one after the other in one text.
struct Block<T> {
    letters: String,
    found: Vec<Found<T>>,
}

/// A value of a record.
struct Found<T> {
    /// The record, counted from the first of the block.
    record: u32,
    /// Where the matchcode ends in the letters of the block; it begins where the one before ends.
    end: u32,
    /// As [`HashIndex::hash`].
    hash: u64,
    what: T,
}

impl<T> Block<T> {
    fn for_records(n: usize) -> Block<T> {
        Block {
            letters: String::with_capacity(n * 32),
            found: Vec::with_capacity(n * 2),
        }
    }

    fn push(&mut self, record: usize, matchcode: &str, what: T) {
        self.letters.push_str(matchcode);
        self.found.push(Found {
            record: record as u32,
            end: u32::try_from(self.letters.len()).expect("a block holds little text"),
            hash: HashIndex::hash(matchcode),
            what,
        });
    }

    /// Hands over the values of records 0 to `n - 1`, record by record: matchcode, its hash, and what else was found.
    fn by_record(
        &self,
        n: usize,
        mut record: impl FnMut(&mut dyn Iterator<Item = (&str, u64, &T)>),
    ) {
        let mut start = 0;
        let mut rest = &self.found[..];
        for at in 0..n as u32 {
            let n_here = rest.iter().take_while(|f| f.record == at).count();
            let (here, behind) = rest.split_at(n_here);
            rest = behind;
            record(&mut here.iter().map(|found| {
                let letters = &self.letters[start..found.end as usize];
                start = found.end as usize;
                (letters, found.hash, &found.what)
            }));
        }
    }
}

/// The usable addresses of every record, the distinct ones, and their domains.
pub(super) fn read_emails(table: &Table) -> (Csr<u32>, Emails, DomainNumbers) {
    let columns: Vec<&TextColumn> = Field::EMAILS
        .iter()
        .filter_map(|f| table.field(*f))
        .collect();
    let mut emails = Emails::default();
    let mut domains = DomainNumbers::default();
    let mut index = HashIndex::default();
    let mut rows = Csr::default();
    let mut row: Vec<u32> = Vec::new();
    // Beside each address, the length of its registrable domain, which ends it.
    let read = |records: Range<usize>| -> Block<(usize, Marks)> {
        let mut block = Block::for_records(records.len());
        for i in records.clone() {
            for column in columns.iter().filter(|c| !c.get(i).is_empty()) {
                for code in email::read(column.get(i)) {
                    if code.marks.has(Mark::Invalid) || code.marks.has(Mark::Placeholder) {
                        continue;
                    }
                    let what = (code.registrable.len(), code.marks);
                    block.push(i - records.start, &code.matchcode, what);
                }
            }
        }
        block
    };
    read_blocks_in_order(table.n_records(), read, |records, block| {
        block.by_record(records.len(), |found| {
            row.clear();
            for (matchcode, hash, (registrable_len, marks)) in found {
                let new = emails.codes.len() as u32;
                let is_same = |id: u32| emails.codes.at(id as usize).matchcode == matchcode;
                let id = index.number(hash, is_same, || new);
                if id == new {
                    // How one record wrote the address says nothing about it.
                    emails.codes.push(matchcode, marks.without(Mark::Tagged));
                    let registrable = &matchcode[matchcode.len() - registrable_len..];
                    let kind = || domain::kind(registrable);
                    emails.domain.push(domains.number(registrable, kind));
                }
                row.push(id);
            }
            row.sort_unstable();
            row.dedup();
            rows.push_row(row.iter().copied());
        });
    });
    (rows, emails, domains)
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
    let read = |records: Range<usize>| -> Block<FoundPhone> {
        let mut block = Block::for_records(records.len());
        for i in records.clone() {
            let country = country_codes[country_ids[i] as usize];
            for (column, texts) in columns.iter().filter(|(_, c)| !c.get(i).is_empty()) {
                for code in reader.read(texts.get(i), country) {
                    if code.matchcode.is_empty() || code.marks.has(Mark::Placeholder) {
                        continue;
                    }
                    let what = FoundPhone {
                        column: *column,
                        kind: code.kind,
                        marks: code.marks,
                        extension: extension_number(&code.extension),
                    };
                    block.push(i - records.start, &code.matchcode, what);
                }
            }
        }
        block
    };
    let mut codes = PhoneCodes::default();
    let mut index = HashIndex::default();
    let mut rows = Csr::default();
    let mut row: Vec<PhoneUse> = Vec::new();
    read_blocks_in_order(table.n_records(), read, |records, block| {
        block.by_record(records.len(), |found| {
            row.clear();
            for (matchcode, hash, what) in found {
                let new = codes.len() as u32;
                let is_same = |id: u32| codes.at(id as usize).matchcode == matchcode;
                let phone = index.number(hash, is_same, || new);
                if phone == new {
                    codes.push(PhoneRef {
                        matchcode,
                        kind: what.kind,
                        marks: what.marks.without(Mark::Extension).without(Mark::Mangled),
                    });
                }
                row.push(PhoneUse {
                    phone,
                    column: what.column,
                    extension: what.extension,
                });
            }
            // Ascending and distinct by number; of several uses the first column's stays.
            row.sort_by_key(|u| u.phone);
            row.dedup_by_key(|u| u.phone);
            rows.push_row(row.iter().copied());
        });
    });
    (rows, codes)
}

/// What a block holds of a phone beside its matchcode.
struct FoundPhone {
    column: PhoneUseKind,
    kind: PhoneKind,
    marks: Marks,
    extension: u32,
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
