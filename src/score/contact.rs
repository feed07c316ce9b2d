//! E-mail addresses and phones.

use super::{Scorer, View};
use crate::model::{
    DomainKind, Level, Mark, PhoneKind, PhoneUse, PhoneUseKind, RecordIdx, TokenRole,
};
use crate::rules::predicate::{TokenMatch, millibits};
use crate::similarity::neighbours::Agreement;
use crate::similarity::osa;

/// What e-mails and phones say together.
pub(super) struct Contact {
    pub(super) email: View,
    pub(super) phone: View,
    /// Unlike people behind the shared values, when any shared value has several.
    pub(super) shared_people: Option<u32>,
    /// They share a line or mailbox that a household may share.
    pub(super) shares_home: bool,
}

/// How likely one person's two records carry the same address, when both carry one.
const SAME_EMAIL: f64 = 0.6;
/// The same for phones.
const SAME_PHONE: f64 = 0.65;
/// Two addresses at one company: one person in eight has two there, or one of them is wrong.
const OTHER_AT_COMPANY: i32 = -3_000;
/// Two addresses at one company that differ by a number alone: the house numbers its namesakes.
const NUMBERED: i32 = -4_500;
/// The same at a mail provider, where one person in some has two.
const NUMBERED_FREE: i32 = -2_000;
/// Each address is made of its own record's given name, and the two given names differ: two witnesses each.
const OWN_GIVEN: i32 = -2_500;
/// One mailbox at two domains that differ by a slip, or by their country alone: hardly chance, and hardly two people.
const ALIKE_DOMAIN: i32 = 7_000;
/// A slip in the mailbox and another in the domain.
const SLIPS_IN_BOTH: i32 = 4_500;
/// They share a line that is no one's own, and each has a mobile, not the same.
const OTHER_MOBILE: i32 = -1_500;

impl Scorer<'_> {
    pub(super) fn contact(&self, left: RecordIdx, right: RecordIdx) -> Contact {
        let (email, email_people) = self.email(left, right);
        let (phone, phone_people, line) = self.phone(left, right);
        let shared = [email_people, phone_people].into_iter().flatten().max();
        let shares_home = email_people.is_some()
            || line.is_some_and(|k| {
                matches!(
                    k,
                    PhoneKind::Fixed | PhoneKind::FixedOrMobile | PhoneKind::Unknown
                )
            });
        Contact {
            email,
            phone,
            shared_people: shared,
            shares_home,
        }
    }

    /// View, and the people behind the shared address when they are several.
    fn email(&self, left: RecordIdx, right: RecordIdx) -> (View, Option<u32>) {
        let p = self.prepared;
        let (a, b) = (p.emails.row(left.at()), p.emails.row(right.at()));
        if a.is_empty() || b.is_empty() {
            return (View::MISSING, None);
        }
        let people = |e: u32| self.dispersion.email_people[e as usize].max(1);
        // Of several shared addresses, the most personal one counts.
        if let Some(shared) = a
            .iter()
            .copied()
            .filter(|e| b.contains(e))
            .min_by_key(|e| (people(*e), *e))
        {
            let n = people(shared);
            let role = p
                .email_codes
                .codes
                .at(shared as usize)
                .marks
                .has(Mark::Role);
            let is_shared = n > 1 || role;
            let strangers = if is_shared || self.are_accounts(left, right) {
                millibits(SAME_EMAIL / self.weights.value_share(n))
            } else {
                self.weights.personal_millibits(SAME_EMAIL)
            };
            let level = if self.dispersion.generic.email_people[shared as usize] > 0 {
                Level::Generic
            } else {
                Level::Same
            };
            let view = if is_shared {
                View::new(level, strangers, 1_000, 0, -700)
            } else {
                View::new(level, strangers, 8_500, 4_000, strangers)
            };
            // A mailbox of a function is shared by more people than the file shows.
            return (view, is_shared.then_some(if role { n.max(3) } else { n }));
        }
        (self.unshared_email(left, right, a, b), None)
    }

    fn unshared_email(&self, a_of: RecordIdx, b_of: RecordIdx, a: &[u32], b: &[u32]) -> View {
        let emails = &self.prepared.email_codes;
        let mut best = View::flat(Level::Different, i32::MIN);
        for x in a {
            for y in b {
                let (left, right) = (emails.codes.at(*x as usize), emails.codes.at(*y as usize));
                let (left_local, right_local) = (left.local(), right.local());
                let role = left.marks.has(Mark::Role) || right.marks.has(Mark::Role);
                let same_domain = emails.domain[*x as usize] == emails.domain[*y as usize];
                let own = |at: u32| {
                    self.prepared.domain_codes.codes[emails.domain[at as usize] as usize].kind
                        == DomainKind::Own
                };
                let numbered = || {
                    same_domain
                        && without_digits(left_local) == without_digits(right_local)
                        && self.made_of_name(left_local, a_of)
                        && self.made_of_name(right_local, b_of)
                };
                let view = if role {
                    View::flat(Level::Different, -200)
                } else if self.own_given(left_local, a_of, right_local, b_of) {
                    let differ = if same_domain && own(*x) {
                        OTHER_AT_COMPANY
                    } else {
                        -300
                    };
                    View::flat(Level::Different, differ + OWN_GIVEN)
                } else if !same_domain
                    && left_local == right_local
                    && self.alike_domains(emails.domain[*x as usize], emails.domain[*y as usize])
                {
                    View::flat(Level::Close, ALIKE_DOMAIN)
                } else if left_local == right_local && left_local.len() >= 4 {
                    let n_same = self.counts.local_emails[self.counts.local[*x as usize] as usize];
                    let bits =
                        millibits(0.1 / self.weights.value_share(n_same)).clamp(1_000, 6_000);
                    // An address made of the name comes with the name; one that is not is a habit of one person, and
                    // so are the figures behind the name.
                    let bits = if self.made_of_name(left_local, a_of)
                        && self.made_of_name(left_local, b_of)
                    {
                        match left_local.bytes().filter(u8::is_ascii_digit).count() {
                            0 => 500,
                            1 => bits.min(1_500),
                            2 => bits.min(3_000),
                            _ => bits,
                        }
                    } else {
                        bits
                    };
                    View::flat(Level::Linked, bits)
                } else if same_domain
                    && is_slip(left_local, right_local)
                    && !self.abbreviate_two(left_local, a_of, right_local, b_of)
                {
                    // One slip in twenty addresses, one of some two hundred slips, against a chance address.
                    let bits =
                        millibits(0.05 * 0.005 / self.weights.value_share(1)).clamp(2_500, 8_000);
                    View::flat(Level::Close, bits)
                } else if is_slip(left_local, right_local)
                    && self.alike_domains(emails.domain[*x as usize], emails.domain[*y as usize])
                {
                    View::flat(Level::Close, SLIPS_IN_BOTH)
                } else if numbered() {
                    let bits = if own(*x) { NUMBERED } else { NUMBERED_FREE };
                    View::flat(Level::Different, bits)
                } else if same_domain && own(*x) {
                    View::flat(Level::Different, OTHER_AT_COMPANY)
                } else if own(*x) != own(*y) {
                    View::flat(Level::Different, -300)
                } else {
                    View::flat(Level::Different, -1_200)
                };
                if view.bits[0] > best.bits[0] {
                    best = view;
                }
            }
        }
        best
    }

    /// Domains that may be one: a company's in two countries (contoso.de, contoso.com), or one of them with a slip. Two
    /// known mail providers are two, however alike.
    pub(super) fn alike_domains(&self, left: u32, right: u32) -> bool {
        let of = |at: u32| &self.prepared.domain_codes.codes[at as usize];
        let (x, y) = (of(left), of(right));
        if x.kind != DomainKind::Own && y.kind != DomainKind::Own {
            return false;
        }
        let label = |domain: &str| domain.split('.').next().map_or(0, str::len);
        let (a, b) = (x.registrable.as_str(), y.registrable.as_str());
        let (n, m) = (label(a), label(b));
        if a[..n] == b[..m] {
            return n >= 4 && x.kind == y.kind;
        }
        let slips = match n.min(m) {
            0..5 => return false,
            5..8 => 1,
            _ => 2,
        };
        osa::distance_within(a.as_bytes(), b.as_bytes(), slips).is_some()
    }

    /// Whether a mailbox holds a part of its owner's name, three letters or more.
    fn made_of_name(&self, local: &str, owner: RecordIdx) -> bool {
        let p = self.prepared;
        let letters: String = local.chars().filter(char::is_ascii_alphabetic).collect();
        p.name_tokens(owner).iter().any(|t| {
            let token = p.names.vocabulary.text(t.token);
            token.len() >= 3 && letters.contains(token)
        })
    }

    /// Whether each mailbox is its own record's surname with another beginning of the given name, which differs:
    /// c.meyer@ of Christina and ch.meyer@ of Christian, whom one firm has to tell apart.
    fn abbreviate_two(&self, left: &str, a: RecordIdx, right: &str, b: RecordIdx) -> bool {
        let p = self.prepared;
        let given = |of: RecordIdx| {
            let mut tokens = p.name_tokens(of).iter();
            tokens
                .find(|t| t.role == TokenRole::Given)
                .map(|t| self.names.text(t.token))
        };
        let (Some(x), Some(y)) = (given(a), given(b)) else {
            return false;
        };
        let beginning = |local: &str, of: RecordIdx, given: &str| -> Option<usize> {
            let letters: String = local.chars().filter(char::is_ascii_alphabetic).collect();
            let mut surnames = (p.name_tokens(of).iter())
                .filter(|t| t.role == TokenRole::Surname)
                .map(|t| self.names.text(t.token));
            surnames.find_map(|surname| {
                let rest =
                    (letters.strip_suffix(surname)).or_else(|| letters.strip_prefix(surname))?;
                given.starts_with(rest).then_some(rest.len())
            })
        };
        x != y
            && match (beginning(left, a, x), beginning(right, b, y)) {
                (Some(n), Some(m)) => n != m && n > 0 && m > 0,
                _ => false,
            }
    }

    /// Whether each address is made of its own record's given name, and these are names of two people: neither stands
    /// in the other record, and they are not forms of one name. A record's address is a second witness to its name.
    fn own_given(&self, left: &str, a: RecordIdx, right: &str, b: RecordIdx) -> bool {
        let p = self.prepared;
        let given = |local: &str, of: RecordIdx| {
            let letters: String = local.chars().filter(char::is_ascii_alphabetic).collect();
            p.name_tokens(of)
                .iter()
                .filter(|t| matches!(t.role, TokenRole::Given | TokenRole::Middle))
                .map(|t| t.token)
                .filter(|t| self.names.text(*t).len() >= 3)
                .filter(|t| letters.contains(self.names.text(*t)))
                .max_by_key(|t| self.names.text(*t).len())
        };
        let (Some(x), Some(y)) = (given(left, a), given(right, b)) else {
            return false;
        };
        let (s, t) = (self.names.text(x), self.names.text(y));
        let kin = |token: u32, of: RecordIdx| {
            p.name_tokens(of).iter().any(|other| {
                matches!(
                    self.names.token_match(token, other.token),
                    Some(TokenMatch::Word(Agreement::Equal | Agreement::Variant))
                )
            })
        };
        !kin(x, b)
            && !kin(y, a)
            && ((!s.contains(t) && !t.contains(s))
                || self.names.sexes_differ(x, y)
                || self.weights.are_known_given(x, y))
    }

    /// View, the people behind the shared number when several, and its kind of line.
    fn phone(&self, left: RecordIdx, right: RecordIdx) -> (View, Option<u32>, Option<PhoneKind>) {
        let p = self.prepared;
        let (a, b) = (p.phones.row(left.at()), p.phones.row(right.at()));
        if a.is_empty() || b.is_empty() {
            return (View::MISSING, None, None);
        }
        let people = |n: u32| self.dispersion.phone_people[n as usize].max(1);
        let shared = a
            .iter()
            .filter_map(|x| b.iter().find(|y| y.phone == x.phone).map(|y| (*x, *y)))
            .min_by_key(|(x, y)| (people(x.phone), self.line(x, y), x.phone));
        let Some((x, y)) = shared else {
            let mobiles = |row: &[PhoneUse]| {
                row.iter()
                    .any(|u| p.phone_codes.codes.at(u.phone as usize).kind == PhoneKind::Mobile)
            };
            // Few people have two mobiles; most have two other numbers, and records show one of them.
            let bits = if mobiles(a) && mobiles(b) {
                -1_800
            } else {
                -600
            };
            return (View::flat(Level::Different, bits), None, None);
        };
        let n = people(x.phone);
        let line = self.line(&x, &y);
        let weak = p
            .phone_codes
            .codes
            .at(x.phone as usize)
            .marks
            .has(Mark::Weak);
        let mut strangers = if n > 1 || self.are_accounts(left, right) {
            millibits(SAME_PHONE / self.weights.value_share(n))
        } else {
            self.weights.personal_millibits(SAME_PHONE)
        };
        if weak {
            // Digits without a country: equal by chance hardly more often, but more often mistaken for another number.
            strangers -= 2_000;
        }
        let level = if self.dispersion.generic.phone_people[x.phone as usize] > 0 {
            Level::Generic
        } else {
            Level::Same
        };
        let mut view = if n > 1 {
            View::new(level, strangers, 300, 0, -600)
        } else {
            let (colleagues, household) = match line {
                PhoneKind::Mobile => (7_500, 3_700),
                PhoneKind::FixedOrMobile | PhoneKind::Unknown => (1_700, 1_500),
                PhoneKind::Fixed => (900, 0),
                PhoneKind::Service => (300, 2_000),
            };
            View::new(level, strangers, colleagues, household, strangers)
        };
        let mobile = |row: &[PhoneUse]| {
            row.iter().any(|u| {
                u.column == PhoneUseKind::Mobile
                    || p.phone_codes.codes.at(u.phone as usize).kind == PhoneKind::Mobile
            })
        };
        let no_ones_own = n > 1 || matches!(line, PhoneKind::Fixed | PhoneKind::Service);
        let others = |row: &[PhoneUse]| -> Vec<PhoneUse> {
            row.iter()
                .copied()
                .filter(|u| {
                    a.iter().any(|v| v.phone == u.phone) != b.iter().any(|v| v.phone == u.phone)
                })
                .collect()
        };
        if no_ones_own && mobile(&others(a)) && mobile(&others(b)) {
            view.bits = view.bits.map(|bits| bits + OTHER_MOBILE);
        }
        if x.extension > 0 && y.extension > 0 {
            if x.extension == y.extension {
                view.bits = view.bits.map(|b| b + 3_500);
            } else {
                view.level = Level::Conflict;
                // Against strangers the shared line still speaks; against those who share it, the extension decides.
                view.bits =
                    View::new(view.level, view.bits[0] - 4_000, -3_500, -2_000, -4_000).bits;
            }
        }
        (view, (n > 1).then_some(n), Some(line))
    }

    /// Kind of line, by numbering plan and, where that does not tell, by the columns it stands in.
    fn line(&self, x: &PhoneUse, y: &PhoneUse) -> PhoneKind {
        match self.prepared.phone_codes.codes.at(x.phone as usize).kind {
            PhoneKind::FixedOrMobile | PhoneKind::Unknown
                if x.column == PhoneUseKind::Mobile && y.column == PhoneUseKind::Mobile =>
            {
                PhoneKind::Mobile
            }
            kind => kind,
        }
    }
}

fn without_digits(text: &str) -> String {
    text.chars().filter(|c| !c.is_ascii_digit()).collect()
}

/// One slip of the keyboard between two local parts: not in the first letter (jsmith, ksmith are two people) and not
/// only in digits (smith1, smith2 too).
fn is_slip(left: &str, right: &str) -> bool {
    let letters = |s: &str| {
        s.bytes()
            .filter(|b| !b.is_ascii_digit())
            .collect::<Vec<u8>>()
    };
    left.len().min(right.len()) >= 5
        && left.as_bytes()[0] == right.as_bytes()[0]
        && osa::distance_within(left.as_bytes(), right.as_bytes(), 1) == Some(1)
        && letters(left) != letters(right)
}
