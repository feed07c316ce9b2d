//! What a value is worth keeping: empty, unusable, doubtful or good.
//!
//! Judged by the matchcodes that normalising made of it, not by the text: a value without a usable matchcode is of
//! little use to anyone.

use crate::model::{Field, GenericValues, Mark, Marks, NONE, PhoneUseKind, Prepared, RecordIdx};
use std::borrow::Cow;

/// How good a value is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Worth {
    /// No value.
    Empty,
    /// A placeholder, an invalid value, a number mangled by a spreadsheet.
    Unusable,
    /// Usable, but generic (shared by many unlike people), a role mailbox, a number that did not parse, a name that
    /// may not be a person's.
    Doubtful,
    /// Anything else.
    Good,
}

/// A value's worth, and its matchcode's number when it is an e-mail or phone with one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Judged {
    pub(super) worth: Worth,
    pub(super) code: Option<u32>,
}

/// Words that stand for a missing value in any column.
const STAND_INS: [&str; 9] = [
    "n/a", "#n/a", "null", "(null)", "none", "unknown", "tbd", "nan", "(blank)",
];

/// Judges the value (trimmed) a record has in a column of that meaning.
pub(super) fn judge(
    text: &str,
    field: Option<Field>,
    record: RecordIdx,
    prepared: &Prepared,
    generic: &GenericValues,
) -> Judged {
    let plain = |worth| Judged { worth, code: None };
    if text.is_empty() {
        return plain(Worth::Empty);
    }
    let stands_in = STAND_INS.iter().any(|s| text.eq_ignore_ascii_case(s));
    if stands_in || !text.chars().any(char::is_alphanumeric) {
        return plain(Worth::Unusable);
    }
    let has_code = |of: &[u32]| {
        plain(if of[record.at()] == NONE {
            Worth::Unusable
        } else {
            Worth::Good
        })
    };
    match field {
        Some(Field::Email1 | Field::Email2 | Field::Email3) => {
            email(text, record, prepared, generic)
        }
        Some(Field::Phone1) => phone(text, PhoneUseKind::Business, record, prepared, generic),
        Some(Field::Phone2) => phone(text, PhoneUseKind::Home, record, prepared, generic),
        Some(Field::Phone3) => phone(text, PhoneUseKind::Other, record, prepared, generic),
        Some(Field::MobilePhone) => phone(text, PhoneUseKind::Mobile, record, prepared, generic),
        Some(Field::Fax) => plain(if is_mangled(text) || digits(text).count() < 5 {
            Worth::Unusable
        } else {
            Worth::Good
        }),
        Some(Field::FullName | Field::FirstName | Field::MiddleName | Field::LastName) => {
            plain(match prepared.name[record.at()] {
                NONE => Worth::Unusable,
                name => of_marks(prepared.names.marks[name as usize]),
            })
        }
        Some(Field::CompanyName) => plain(match prepared.company[record.at()] {
            NONE => Worth::Unusable,
            company => of_marks(prepared.companies.codes.at(company as usize).marks),
        }),
        Some(Field::Website) => has_code(&prepared.website),
        Some(Field::Street) => has_code(&prepared.street),
        Some(Field::City) => has_code(&prepared.city),
        Some(Field::PostalCode) => has_code(&prepared.postcode),
        Some(Field::Country) => has_code(&prepared.country),
        Some(Field::JobTitle) => has_code(&prepared.title),
        Some(Field::BirthDate) => has_code(&prepared.birth_date),
        Some(Field::GovernmentId) => has_code(&prepared.government_id),
        _ => plain(Worth::Good),
    }
}

fn of_marks(marks: Marks) -> Worth {
    let has = |any: &[Mark]| any.iter().any(|m| marks.has(*m));
    if has(&[Mark::Invalid, Mark::Placeholder, Mark::Mangled]) {
        Worth::Unusable
    } else if has(&[Mark::Role, Mark::Weak, Mark::NotAPerson]) {
        Worth::Doubtful
    } else {
        Worth::Good
    }
}

fn coded(code: u32, marks: Marks, people: &[u32]) -> Judged {
    let is_generic = people.get(code as usize).is_some_and(|n| *n > 0);
    let worth = of_marks(marks);
    Judged {
        worth: if is_generic {
            worth.min(Worth::Doubtful)
        } else {
            worth
        },
        code: Some(code),
    }
}

/// The record's usable addresses are known, not which column each stood in: the value is one of them when the parts
/// before the `@` are alike but for case, dots and `+tag`.
fn email(text: &str, record: RecordIdx, prepared: &Prepared, generic: &GenericValues) -> Judged {
    let codes = prepared.emails.row(record.at());
    let is_lower = text
        .bytes()
        .all(|b| b.is_ascii() && !b.is_ascii_uppercase());
    let lower = if is_lower {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.to_lowercase())
    };
    let inner = lower.rsplit('<').next().unwrap_or(&lower);
    let inner = inner.split('>').next().unwrap_or(inner).trim();
    let address = inner.strip_prefix("mailto:").unwrap_or(inner);
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let code_of = |code: &u32| prepared.email_codes.codes.at(*code as usize);
    let alike = |code: &&u32| bare(code_of(code).local()).eq(bare(local));
    let found = codes
        .iter()
        .find(|c| alike(c) && code_of(c).domain() == domain)
        .or_else(|| codes.iter().find(alike));
    match found {
        Some(&code) => coded(code, code_of(&code).marks, &generic.email_people),
        None => Judged {
            worth: Worth::Unusable,
            code: None,
        },
    }
}

/// The bytes of the part before the `@` without dots and `+tag`.
fn bare(local: &str) -> impl Iterator<Item = u8> {
    local
        .bytes()
        .take_while(|b| *b != b'+')
        .filter(|b| *b != b'.')
}

/// A number held in two columns is listed under one of them, so that the digits must tell; numbers written with
/// letters have none, so that the column must.
fn phone(
    text: &str,
    column: PhoneUseKind,
    record: RecordIdx,
    prepared: &Prepared,
    generic: &GenericValues,
) -> Judged {
    let uses = prepared.phones.row(record.at());
    let mut written = Vec::with_capacity(text.len());
    written.extend(digits(text));
    let matchcode = |code: u32| prepared.phone_codes.codes.at(code as usize);
    let same_digits = |code: u32| {
        // The last digits, from the end backwards.
        let mut tail = [0_u8; 7];
        let mut n = 0;
        for (digit, of_code) in tail.iter_mut().zip(digits(matchcode(code).matchcode).rev()) {
            *digit = of_code;
            n += 1;
        }
        let tail = &mut tail[..n];
        tail.reverse();
        n > 0 && written.windows(n).any(|window| window == tail)
    };
    let found = uses
        .iter()
        .find(|u| u.column == column && same_digits(u.phone))
        .or_else(|| uses.iter().find(|u| same_digits(u.phone)))
        .or_else(|| uses.iter().find(|u| u.column == column));
    match found {
        Some(used) if !is_mangled(text) => coded(
            used.phone,
            matchcode(used.phone).marks,
            &generic.phone_people,
        ),
        _ => Judged {
            worth: Worth::Unusable,
            code: None,
        },
    }
}

fn digits(text: &str) -> impl DoubleEndedIterator<Item = u8> {
    text.bytes().filter(u8::is_ascii_digit)
}

/// A number as a spreadsheet wrote it: `4.42079E+11`, `442079460958.0`.
fn is_mangled(text: &str) -> bool {
    let number = |part: &str| {
        !part.is_empty()
            && part
                .bytes()
                .all(|b| b.is_ascii_digit() || b == b'.' || b == b',')
    };
    if !text.contains(['.', 'e', 'E']) {
        return false;
    }
    let upper = text.to_ascii_uppercase();
    if let Some((mantissa, exponent)) = upper.split_once("E+") {
        return number(mantissa) && number(exponent);
    }
    upper
        .strip_suffix(".0")
        .is_some_and(|whole| whole.len() > 5 && whole.bytes().all(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_a_spreadsheet_mangled() {
        for text in ["4.42079E+11", "4,42079e+11", "442079460958.0"] {
            assert!(is_mangled(text), "{text}");
        }
        for text in ["+44 20 7946 0958", "1.0", "030 1234-0", "E+11", "555.123.0"] {
            assert!(!is_mangled(text), "{text}");
        }
    }
}
