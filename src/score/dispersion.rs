//! How many unlike people hold each e-mail and phone: the one thing that tells a person's number from a switchboard's.

use crate::model::{
    Csr, DomainKind, GenericKind, GenericValue, GenericValues, Mark, NONE, Prepared,
};
use crate::rules::predicate::NameProfile;
use rayon::prelude::*;

/// A value held by this many unlike people is generic. A household has up to three more often than not.
pub const GENERIC_FROM: u32 = 4;

/// Names of one value compared with each other; beyond, the rest is thought to be as varied as these.
const COMPARED_MAX: usize = 64;

/// Unlike people per value: 0 when no holder has a name.
#[derive(Debug, Clone, Default)]
pub struct Dispersion {
    /// For each e-mail.
    pub email_people: Vec<u32>,
    /// For each phone.
    pub phone_people: Vec<u32>,
    /// Records holding each e-mail.
    pub email_records: Vec<u32>,
    /// Records holding each phone.
    pub phone_records: Vec<u32>,
    /// The generic ones among them, and domains anyone can join.
    pub generic: GenericValues,
}

/// Counts unlike people for every e-mail and phone. Cost: names under one value are compared pair by pair, up to 64.
pub fn dispersion(prepared: &Prepared, names: &NameProfile) -> Dispersion {
    let emails = prepared
        .emails
        .invert(prepared.email_codes.codes.len(), |e| *e);
    let phones = prepared
        .phones
        .invert(prepared.phone_codes.codes.len(), |u| u.phone);
    let people = |holders: &Csr<u32>| -> Vec<u32> {
        (0..holders.n_rows())
            .into_par_iter()
            .map(|v| unlike_people(prepared, names, holders.row(v)))
            .collect()
    };
    let (email_people, phone_people) = (people(&emails), people(&phones));
    let email_records: Vec<u32> = emails.rows().map(|r| r.len() as u32).collect();
    let phone_records: Vec<u32> = phones.rows().map(|r| r.len() as u32).collect();
    let generic = |people: u32, role: bool| {
        if people >= GENERIC_FROM || (role && people >= 2) {
            people
        } else {
            0
        }
    };
    let mut domain_records = vec![0_u32; prepared.domain_codes.codes.len()];
    for domain in prepared.domains.rows().flatten() {
        domain_records[*domain as usize] += 1;
    }
    Dispersion {
        generic: GenericValues {
            email_people: email_people
                .iter()
                .zip(prepared.email_codes.codes.iter())
                .map(|(p, code)| generic(*p, code.marks.has(Mark::Role)))
                .collect(),
            phone_people: phone_people.iter().map(|p| generic(*p, false)).collect(),
            domain_people: prepared
                .domain_codes
                .codes
                .iter()
                .zip(&domain_records)
                .map(|(d, n)| {
                    if d.kind == DomainKind::FreeMail {
                        *n
                    } else {
                        0
                    }
                })
                .collect(),
        },
        email_people,
        phone_people,
        email_records,
        phone_records,
    }
}

/// Greedy count: a name similar to none of the people found so far is another person.
fn unlike_people(prepared: &Prepared, names: &NameProfile, holders: &[u32]) -> u32 {
    let mut held: Vec<u32> = holders
        .iter()
        .map(|r| prepared.name[*r as usize])
        .filter(|n| *n != NONE)
        .collect();
    held.sort_unstable();
    held.dedup();
    if held.len() < 2 {
        return held.len() as u32;
    }
    // Evenly spread over the names, not the first ones, since neighbours in number came from neighbours in the file.
    let n_held = held.len();
    let step = n_held.div_ceil(COMPARED_MAX).max(1);
    let sample: Vec<u32> = held.into_iter().step_by(step).collect();
    let mut people: Vec<u32> = Vec::new();
    for name in &sample {
        // On the looser view: a person's name garbled, or from before a marriage, is not another person.
        if !people.iter().any(|p| names.may_be_one(*p, *name)) {
            people.push(*name);
        }
    }
    (people.len() * n_held / sample.len()) as u32
}

/// The generic values as a list for reports: by records, heaviest first, ties by value.
pub fn generic_list(prepared: &Prepared, dispersion: &Dispersion) -> Vec<GenericValue> {
    let mut out = Vec::new();
    let mut add = |kind, value: &str, n_records: u32, n_people: u32| {
        if n_people > 0 {
            out.push(GenericValue {
                kind,
                value: value.to_owned(),
                n_records: u64::from(n_records),
                n_people: u64::from(n_people),
            });
        }
    };
    for (i, code) in prepared.email_codes.codes.iter().enumerate() {
        add(
            GenericKind::Email,
            code.matchcode,
            dispersion.email_records[i],
            dispersion.generic.email_people[i],
        );
    }
    for (i, code) in prepared.phone_codes.codes.iter().enumerate() {
        add(
            GenericKind::Phone,
            code.matchcode,
            dispersion.phone_records[i],
            dispersion.generic.phone_people[i],
        );
    }
    for (i, code) in prepared.domain_codes.codes.iter().enumerate() {
        let n = dispersion.generic.domain_people[i];
        add(GenericKind::Domain, &code.registrable, n, n);
    }
    out.sort_by(|a, b| (b.n_records, a.kind, &a.value).cmp(&(a.n_records, b.kind, &b.value)));
    out
}
