//! Whether two records of one person can be known as such at all.
//!
//! A copy that shares nothing with any other record of its person would measure nothing but luck, so all but a few copies
//! are given a trace: an address, a number, or a name at a company.

use super::draw::Draw;
use super::entity::Person;
use super::record::{Col, Record};

const PHONES: [Col; 4] = [Col::Phone1, Col::Phone2, Col::Phone3, Col::Mobile];
const PLACEHOLDERS: [&str; 5] = [
    "test@test.com",
    "noemail@noemail.com",
    "n/a",
    "none@none.com",
    "unknown@unknown.com",
];

fn emails(record: &Record) -> Vec<String> {
    [Col::Email1, Col::Email2]
        .iter()
        .map(|c| record.get(*c).trim().to_lowercase())
        .filter(|e| e.contains('@') && !PLACEHOLDERS.contains(&e.as_str()))
        .collect()
}

/// The last seven digits of a number that looks like one.
fn phone_tail(text: &str) -> Option<String> {
    let digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
    let tail = &digits[digits.len().checked_sub(7)?..];
    (tail.iter().any(|d| *d != tail[0]) && !text.contains("E+") && !text.starts_with("1234"))
        .then(|| tail.iter().collect())
}

fn words(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| w.chars().count() > 2)
        .map(str::to_owned)
        .collect()
}

fn meet(left: &[String], right: &[String]) -> bool {
    left.iter().any(|l| right.contains(l))
}

/// True when something other than the name links the two.
fn linked(left: &Record, right: &Record) -> bool {
    let tails = |r: &Record| {
        PHONES
            .iter()
            .filter_map(|c| phone_tail(r.get(*c)))
            .collect::<Vec<_>>()
    };
    if meet(&emails(left), &emails(right)) || meet(&tails(left), &tails(right)) {
        return true;
    }
    let name = |r: &Record| words(&format!("{} {}", r.get(Col::First), r.get(Col::Last)));
    let company = |r: &Record| {
        words(r.get(Col::Company))
            .into_iter()
            .take(1)
            .collect::<Vec<_>>()
    };
    meet(&name(left), &name(right)) && meet(&company(left), &company(right))
}

/// Makes sure that `record` is linked to one of the person's `earlier` records, but for three copies in a hundred.
pub(super) fn leave(record: &mut Record, earlier: &mut [Record], person: &Person, draw: &mut Draw) {
    if earlier.iter().any(|e| linked(record, e)) || draw.below(100) < 3 {
        return;
    }
    // What one earlier record has, this one gets too; where none has anything, both get the mobile.
    let mut number = || person.mobile.written(draw);
    for other in earlier.iter() {
        if emails(other).contains(&person.private_email) {
            record.set(Col::Email1, person.private_email.clone());
            return;
        }
        if PHONES
            .iter()
            .any(|c| phone_tail(other.get(*c)) == phone_tail(&person.mobile.e164()))
        {
            record.set(Col::Mobile, number());
            return;
        }
    }
    record.set(Col::Mobile, number());
    if let Some(other) = earlier.first_mut() {
        other.set(Col::Mobile, number());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(values: &[(Col, &str)]) -> Record {
        let mut record = Record::default();
        for (col, value) in values {
            record.set(*col, *value);
        }
        record
    }

    #[test]
    fn links_are_addresses_numbers_and_names_at_companies() {
        use Col::{Company, Email1, Email2, First, Last, Mobile, Phone1};
        let check = |left: &[(Col, &str)], right: &[(Col, &str)], expected: bool| {
            assert_eq!(
                linked(&record(left), &record(right)),
                expected,
                "{left:?} {right:?}"
            );
        };
        check(&[(Email1, "A@b.de")], &[(Email2, "a@b.de ")], true);
        check(
            &[(Email1, "test@test.com")],
            &[(Email1, "test@test.com")],
            false,
        );
        check(
            &[(Phone1, "030/1234567")],
            &[(Mobile, "+49 30 123 45 67")],
            true,
        );
        check(&[(Phone1, "0000000000")], &[(Phone1, "0000000000")], false);
        check(
            &[(Last, "Roth"), (Company, "Acme AG")],
            &[(First, "roth"), (Company, "ACME")],
            true,
        );
        check(&[(Last, "Roth")], &[(Last, "Roth")], false);
    }
}
