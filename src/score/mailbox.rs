//! Initials that a mailbox spells out: J. Smith with john.smith@contoso.com is a John.

use super::{Scorer, View};
use crate::model::{Level, Mark, NameToken, RecordIdx, TokenRole};
use crate::rules::predicate::{GIVEN_CAP, Part, TokenMatch, millibits};
use crate::similarity::neighbours::Channels;

/// Of people whose given name is known by an initial and a mailbox, the share whose other records have that name.
const SPELLED: f64 = 0.8;
/// The mailbox spells another name of that initial: John for Jane. A middle name in use, or the mailbox of another of the
/// family; about one person in twenty.
const SPELLED_OTHERWISE: i32 = -4_000;
/// What a name that a mailbox spells says against another member of the household, who may write from it.
const SPELLED_AT_HOME: i32 = 3_000;

/// Given names of a record in full.
struct Spelled<'p> {
    names: Vec<&'p str>,
    by_mailbox: bool,
}

impl Scorer<'_> {
    /// Changes what a given name says that agrees by an initial, where the mailbox of the record with the initial spells
    /// the name.
    pub(super) fn spell_initial(&self, left: RecordIdx, right: RecordIdx, given: &mut View) {
        if given.level != Level::Initial {
            return;
        }
        let (a, b) = (self.spelled_given(left), self.spelled_given(right));
        if a.names.is_empty() || b.names.is_empty() || !(a.by_mailbox || b.by_mailbox) {
            return;
        }
        let pairs = || (a.names.iter()).flat_map(|x| b.names.iter().map(move |y| (*x, *y)));
        if !pairs().any(|(x, y)| self.is_one_name(x, y)) {
            // A slip in the mailbox, a nickname that no table has: only of two known names it is sure that they are two.
            if pairs().all(|(x, y)| self.are_two_known(x, y)) {
                *given = View::flat(Level::Different, SPELLED_OTHERWISE);
            }
            return;
        }
        let names = &self.prepared.names.vocabulary;
        let shares = (a.names.iter().chain(&b.names)).filter_map(|name| names.get(name));
        let share = shares
            .map(|token| self.weights.token_share(token, Part::Given))
            .fold(0.0, f64::max);
        let worth = match share > 0.0 {
            true => millibits(SPELLED / share).min(GIVEN_CAP),
            false => return,
        };
        for (at, bits) in given.bits.iter_mut().enumerate() {
            let most = if at == super::HOUSEHOLD {
                worth.min(SPELLED_AT_HOME)
            } else {
                worth
            };
            *bits = (*bits).max(most);
        }
    }

    /// The given names of a record that are no initials; where all are, the name of one of these initials that stands
    /// beside the surname in a mailbox of its own.
    fn spelled_given(&self, record: RecordIdx) -> Spelled<'_> {
        let p = self.prepared;
        let tokens = p.name_tokens(record);
        let text = |token: &NameToken| p.names.vocabulary.text(token.token);
        let given = || {
            let is_given = |t: &&NameToken| matches!(t.role, TokenRole::Given | TokenRole::Middle);
            tokens.iter().filter(is_given).map(text)
        };
        let names: Vec<&str> = given().filter(|name| name.len() > 1).collect();
        if !names.is_empty() {
            return Spelled {
                names,
                by_mailbox: false,
            };
        }
        let surnames = || {
            tokens
                .iter()
                .filter(|t| t.role == TokenRole::Surname)
                .map(text)
        };
        let mailboxes = p.emails.row(record.at()).iter();
        let mailboxes = mailboxes.map(|e| p.email_codes.codes.at(*e as usize));
        let locals = mailboxes
            .filter(|e| !e.marks.has(Mark::Role))
            .map(|e| e.local());
        let spelled = locals
            .flat_map(|local| surnames().filter_map(|surname| beside_surname(local, surname)))
            .filter(|name| given().any(|initial| name.starts_with(initial)));
        Spelled {
            names: spelled.collect(),
            by_mailbox: true,
        }
    }

    fn are_two_known(&self, left: &str, right: &str) -> bool {
        let names = &self.prepared.names.vocabulary;
        let known = names.get(left).zip(names.get(right));
        known.is_some_and(|(x, y)| self.weights.are_known_given(x, y))
    }

    fn is_one_name(&self, left: &str, right: &str) -> bool {
        let names = &self.prepared.names.vocabulary;
        if let (Some(x), Some(y)) = (names.get(left), names.get(right)) {
            return matches!(self.names.token_match(x, y), Some(TokenMatch::Word(_)));
        }
        Channels::PERSON.agreement(left, right).is_some()
    }
}

/// What stands beside a surname in a mailbox, two letters or more: `john` of `john.smith`, `smith_john` and `johnsmith2`.
/// A surname of less than four letters must stand apart.
fn beside_surname<'l>(local: &'l str, surname: &str) -> Option<&'l str> {
    let mut parts = local
        .split(|c: char| !c.is_ascii_alphabetic())
        .filter(|part| !part.is_empty());
    let (first, second) = (parts.next()?, parts.next());
    if parts.next().is_some() {
        return None;
    }
    let name = match second {
        Some(second) if first == surname => second,
        Some(second) if second == surname => first,
        None if surname.len() >= 4 => {
            (first.strip_suffix(surname)).or_else(|| first.strip_prefix(surname))?
        }
        _ => return None,
    };
    (name.len() > 1).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_stands_beside_the_surname() {
        for (local, surname, name) in [
            ("john.smith", "smith", Some("john")),
            ("smith_john", "smith", Some("john")),
            ("johnsmith2", "smith", Some("john")),
            ("smithjohn", "smith", Some("john")),
            ("wei.li", "li", Some("wei")),
            ("weili", "li", None),
            ("jsmith", "smith", None),
            ("john.r.smith", "smith", None),
            ("john.doe", "smith", None),
            ("smith", "smith", None),
            ("", "smith", None),
        ] {
            assert_eq!(beside_surname(local, surname), name, "{local}");
        }
    }
}
