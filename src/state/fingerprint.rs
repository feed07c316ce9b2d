//! A record's compared values as one short text, so that a change of them is noticed without keeping them.

use crate::durable::hex;
use crate::model::Field;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use unicode_normalization::UnicodeNormalization;

/// Stands before what is hashed. Another form of the values is another word here, and lapses every decision made before.
const FORM: &str = "kinfold values 1";

/// Hexadecimal digits of a fingerprint: 64 bits, so that a change stays unseen once in 10^19.
const LEN: usize = 16;

/// Characters of a value that count; one cell of a spreadsheet holds eight times as many.
const VALUE_CHARS_MAX: usize = 4096;

/// Parts of a person's name: their words count, whatever column they stand in.
const NAME: [Field; 5] = [
    Field::FullName,
    Field::FirstName,
    Field::MiddleName,
    Field::LastName,
    Field::Suffix,
];

/// Values that stand for themselves.
const SINGLE: [Field; 9] = [
    Field::CompanyName,
    Field::Website,
    Field::Street,
    Field::City,
    Field::PostalCode,
    Field::Country,
    Field::JobTitle,
    Field::BirthDate,
    Field::GovernmentId,
];

/// The fingerprint of the values of a record that kinfold compares: 16 hexadecimal digits.
///
/// `value` gives a field as exported, empty when it is missing. What counts is what a person would call another value:
/// names as a set of words, e-mails and phones as a set each (phones by their digits alone), the rest by letters and
/// digits; capitals, blanks, punctuation, and which of the e-mail or phone columns a value stands in do not count.
/// The form depends on nothing but the values: not on rules, on other records or on how this version normalises, so that
/// a decision outlives a change of all these. It does not hide values from someone who can guess all of them.
pub fn fingerprint<'a>(value: impl Fn(Field) -> &'a str) -> String {
    let mut sha256 = Sha256::new();
    let mut part = |values: BTreeSet<String>| {
        sha256.update(b"\x1e");
        for value in values {
            sha256.update(b"\x1f");
            sha256.update(value.as_bytes());
        }
    };
    part(BTreeSet::from([FORM.to_owned()]));
    part(
        NAME.iter()
            .flat_map(|f| words(value(*f)))
            .collect::<BTreeSet<_>>(),
    );
    let texts = |fields: &[Field], read: fn(&str) -> String| -> BTreeSet<String> {
        let values = fields.iter().map(|f| read(value(*f)));
        values.filter(|v| !v.is_empty()).collect()
    };
    part(texts(&Field::EMAILS, |v| lower(v).trim().to_owned()));
    part(texts(&Field::PHONES, digits));
    for field in SINGLE {
        part(texts(&[field], |v| words(v).concat()));
    }
    let mut out = hex(&sha256.finalize());
    out.truncate(LEN);
    out
}

/// Whether a text can be a fingerprint.
pub(super) fn is_fingerprint(text: &str) -> bool {
    text.len() == LEN
        && text
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

/// Lower case, in the composed form of compatible characters.
fn lower(value: &str) -> String {
    let kept = value.chars().take(VALUE_CHARS_MAX);
    kept.nfkc().flat_map(char::to_lowercase).collect()
}

/// Runs of letters and digits, in lower case.
fn words(value: &str) -> Vec<String> {
    lower(value)
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect()
}

fn digits(value: &str) -> String {
    lower(value).chars().filter(char::is_ascii_digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(values: &[(Field, &str)]) -> String {
        let values = values.to_vec();
        fingerprint(|f| {
            let found = values.iter().find(|(field, _)| *field == f);
            found.map_or("", |(_, v)| v)
        })
    }

    #[test]
    fn the_form_does_not_change() {
        // Another answer here lapses the decisions of every user.
        assert_eq!(of(&[]), "db668355b20500a0");
        assert_eq!(
            of(&[
                (Field::FullName, "Zoë Müller"),
                (Field::Email1, "zoe@acme.example"),
                (Field::Phone1, "+49 30 901820"),
                (Field::CompanyName, "Acme GmbH"),
            ]),
            "44de562c0c531e24"
        );
    }

    #[test]
    fn what_a_person_calls_the_same_value_is_the_same() {
        use Field::*;
        let base = [
            (FirstName, "Zoë"),
            (LastName, "Müller"),
            (Email1, "zoe@acme.example"),
            (Phone1, "+49 30 901820"),
            (CompanyName, "Acme GmbH"),
        ];
        for same in [
            vec![
                (FullName, "zoë  MÜLLER"),
                (Email2, " Zoe@Acme.example"),
                (MobilePhone, "+49-30-901820"),
                (CompanyName, "ACME G.m.b.H."),
            ],
            vec![
                (FullName, "Müller, Zoe\u{308}"),
                (FirstName, "Zoë"),
                (LastName, "Müller"),
                (Email1, "zoe@acme.example"),
                (Phone2, "+4930901820"),
                (CompanyName, "Acme GmbH"),
                (Salutation, "Ms"),
                (State, "1"),
                (ModifiedOn, "2026-01-01"),
            ],
        ] {
            assert_eq!(of(&base), of(&same), "{same:?}");
        }
        for (i, (field, _)) in base.iter().enumerate() {
            let mut other = base.to_vec();
            other[i] = (*field, "9");
            assert_ne!(of(&base), of(&other), "{field:?} differs");
            other.remove(i);
            assert_ne!(of(&base), of(&other), "{field:?} is gone");
        }
        for field in SINGLE {
            assert_ne!(of(&base), of(&[&[(field, "x")], &base[..]].concat()));
        }
        // A value does not pass from one field to another unseen.
        assert_ne!(of(&[(City, "x")]), of(&[(Street, "x")]));
        assert_ne!(of(&[(Email1, "1")]), of(&[(Phone1, "1")]));
    }

    #[test]
    fn a_cell_cut_for_a_spreadsheet_counts_as_the_whole() {
        let long = "a b ".repeat(20_000);
        assert_eq!(
            of(&[(Field::CompanyName, &long)]),
            of(&[(Field::CompanyName, &long[..32_000])])
        );
    }
}
