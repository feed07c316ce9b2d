//! Error habits: what happens to a record on its way into a CRM.

use super::culture::Stock;
use super::draw::Draw;
use super::entity::Person;
use super::record::{Col, Record, title};
use super::spelling;

/// How rough the records are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ErrorLevel {
    /// Mostly re-typed correctly: 0 to 2 habits per copy.
    Light,
    /// 1 to 4 habits per copy, and now and then one in a first record.
    #[default]
    Medium,
    /// 3 to 7 habits per copy; every second first record has one.
    Heavy,
}

impl ErrorLevel {
    /// The word of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            ErrorLevel::Light => "light",
            ErrorLevel::Medium => "medium",
            ErrorLevel::Heavy => "heavy",
        }
    }

    /// Reads [`as_str`](Self::as_str) back, ignoring case.
    pub fn parse(text: &str) -> Option<ErrorLevel> {
        [ErrorLevel::Light, ErrorLevel::Medium, ErrorLevel::Heavy]
            .into_iter()
            .find(|l| l.as_str().eq_ignore_ascii_case(text))
    }

    pub(super) fn n_habits(self, copy: bool, draw: &mut Draw) -> u32 {
        match (self, copy) {
            (ErrorLevel::Light, true) => draw.below(3),
            (ErrorLevel::Medium, true) => 1 + draw.below(4),
            (ErrorLevel::Heavy, true) => 3 + draw.below(5),
            (ErrorLevel::Light, false) => u32::from(draw.below(100) < 4),
            (ErrorLevel::Medium, false) => u32::from(draw.below(100) < 15),
            (ErrorLevel::Heavy, false) => u32::from(draw.below(100) < 50),
        }
    }
}

/// Applies this many habits, then makes sure that a name and one means of contact are left.
pub(super) fn apply(record: &mut Record, person: &Person, stock: &Stock, n: u32, draw: &mut Draw) {
    let before = record.clone();
    for _ in 0..n {
        // A habit may find nothing to work on; another is tried then.
        for _ in 0..4 {
            if habit(record, person, stock, draw) {
                break;
            }
        }
    }
    if record.get(Col::First).is_empty() && record.get(Col::Last).is_empty() {
        record.set(Col::First, before.get(Col::First));
        record.set(Col::Last, before.get(Col::Last));
    }
    let reachable = [
        Col::Email1,
        Col::Mobile,
        Col::Phone1,
        Col::Phone2,
        Col::Company,
    ]
    .iter()
    .any(|c| {
        record
            .get(*c)
            .chars()
            .filter(|c| c.is_alphanumeric())
            .count()
            > 4
    });
    if !reachable {
        for col in [Col::Email1, Col::Mobile, Col::Company] {
            record.set(col, before.get(col));
        }
    }
}

/// One habit; false when it found nothing to do.
fn habit(record: &mut Record, person: &Person, stock: &Stock, draw: &mut Draw) -> bool {
    match draw.below(100) {
        0..=32 => name_habit(record, person, stock, draw),
        33..=50 => company_habit(record, person, draw),
        51..=67 => email_habit(record, person, draw),
        68..=83 => phone_habit(record, person, draw),
        84..=95 => place_and_job_habit(record, person, stock, draw),
        _ => placeholder_habit(record, draw),
    }
}

/// Replaces one column by what `change` makes of it; false when empty or unchanged.
fn rewrite(record: &mut Record, col: Col, change: impl FnOnce(&str) -> Option<String>) -> bool {
    let old = record.get(col);
    if old.is_empty() {
        return false;
    }
    match change(old) {
        Some(new) if new != old => {
            record.set(col, new);
            true
        }
        _ => false,
    }
}

fn name_habit(record: &mut Record, person: &Person, stock: &Stock, draw: &mut Draw) -> bool {
    let col = if draw.below(5) < 2 {
        Col::First
    } else {
        Col::Last
    };
    match draw.below(100) {
        0..=17 => rewrite(record, col, |w| Some(spelling::typo(w, draw))),
        18..=26 => rewrite(record, col, |w| spelling::misheard(w, draw)),
        27..=29 => rewrite(record, col, |w| spelling::misread(w, draw)),
        30..=46 => rewrite(record, Col::First, |w| stock.variant(w, draw)),
        47..=52 => rewrite(record, Col::First, |w| {
            let initial = w.chars().next()?;
            Some(if draw.below(2) == 0 {
                format!("{initial}.")
            } else {
                initial.to_string()
            })
        }),
        53..=57 => {
            let (first, last) = (record.take(Col::First), record.take(Col::Last));
            let changed = first != last;
            record.set(Col::First, last);
            record.set(Col::Last, first);
            changed
        }
        58..=63 => {
            if record.get(Col::Middle).is_empty() {
                if person.middle.is_empty() {
                    return false;
                }
                if draw.below(2) == 0 {
                    record.set(Col::Middle, person.middle.clone());
                } else {
                    let first = format!("{} {}", record.get(Col::First), person.middle);
                    record.set(Col::First, first);
                }
            } else {
                record.take(Col::Middle);
            }
            true
        }
        64..=75 => {
            let spell_out = draw.below(2) == 0;
            let first = rewrite(record, Col::First, |w| spelling::plain(w, spell_out));
            let last = rewrite(record, Col::Last, |w| spelling::plain(w, spell_out));
            first | last
        }
        76..=79 => match &person.other_surname {
            Some(other) => rewrite(record, Col::Last, |_| Some(other.clone())),
            None => false,
        },
        80..=84 => {
            for c in [Col::First, Col::Middle, Col::Last] {
                let upper = record.get(c).to_uppercase();
                record.set(c, upper);
            }
            true
        }
        85..=88 => {
            for c in [Col::First, Col::Middle, Col::Last] {
                let lower = record.get(c).to_lowercase();
                record.set(c, lower);
            }
            true
        }
        89..=92 => {
            let (first, last) = (record.take(Col::First), record.take(Col::Last));
            let one = match draw.below(4) {
                0 => format!("{last}, {first}"),
                1 => format!("{last} {first}"),
                _ => format!("{first} {last}"),
            };
            record.set(
                if draw.below(3) == 0 {
                    Col::First
                } else {
                    Col::Last
                },
                one.trim(),
            );
            true
        }
        93..=96 => {
            let title = title(stock, person, draw);
            if draw.below(2) == 0 {
                record.set(Col::Salutation, title);
            } else {
                let first = format!("{title} {}", record.get(Col::First));
                record.set(Col::First, first);
            }
            true
        }
        97 => rewrite(record, Col::Last, |w| {
            let suffixes = ["MBA", "PhD", "CPA", "M.D.", "Esq.", "MSc"];
            Some(format!("{w}, {}", draw.pick(&suffixes)))
        }),
        98 => rewrite(record, Col::Last, |w| {
            let short = w.split([' ', '-']).next()?;
            Some(short.to_owned())
        }),
        _ => rewrite(record, Col::First, |w| {
            let short = w.split([' ', '-']).next()?;
            Some(short.to_owned())
        }),
    }
}

fn company_habit(record: &mut Record, person: &Person, draw: &mut Draw) -> bool {
    if record.get(Col::Company).is_empty() {
        return false;
    }
    let job = [&person.next_job, &person.job]
        .into_iter()
        .flatten()
        .find(|j| record.get(Col::Company).starts_with(&j.company.name));
    let Some(job) = job else {
        return rewrite(record, Col::Company, |w| Some(spelling::typo(w, draw)));
    };
    let company = &job.company;
    match draw.below(100) {
        0..=21 => {
            let form = *draw.pick(&company.legal_forms);
            let joint = if draw.below(6) == 0 { ", " } else { " " };
            rewrite(record, Col::Company, |_| {
                Some(format!("{}{joint}{form}", company.name))
            })
        }
        22..=39 => rewrite(record, Col::Company, |_| Some(company.name.clone())),
        40..=51 => match &company.alias {
            Some(alias) => rewrite(record, Col::Company, |_| Some(alias.clone())),
            None => false,
        },
        52..=63 => rewrite(record, Col::Company, |w| Some(spelling::typo(w, draw))),
        64..=67 => rewrite(record, Col::Company, |w| Some(w.to_uppercase())),
        68..=70 => rewrite(record, Col::Company, |w| Some(w.to_lowercase())),
        71..=74 => rewrite(record, Col::Company, |w| {
            spelling::plain(w, draw.below(2) == 0)
        }),
        75..=79 => rewrite(record, Col::Company, |w| {
            Some(if w.contains('&') {
                w.replace('&', "and")
            } else {
                w.replace(" and ", " & ")
            })
        }),
        80..=83 => rewrite(record, Col::Company, |_| Some(company.domain.clone())),
        84..=88 => {
            let city = company.address.city().name;
            rewrite(record, Col::Company, |_| {
                Some(format!("{} {city}", company.name))
            })
        }
        89..=91 => {
            let units = [
                "Group",
                "International",
                "Holding",
                "Europe",
                "Services",
                "(HQ)",
                "- Sales",
            ];
            rewrite(record, Col::Company, |_| {
                Some(format!("{} {}", company.name, draw.pick(&units)))
            })
        }
        92..=93 => rewrite(record, Col::Company, |w| Some(w.replace(' ', ""))),
        _ => {
            record.take(Col::Company);
            true
        }
    }
}

fn email_habit(record: &mut Record, person: &Person, draw: &mut Draw) -> bool {
    match draw.below(100) {
        0..=29 => {
            let work = [&person.next_job, &person.job].into_iter().flatten().next();
            let other = match work {
                Some(job) if record.get(Col::Email1) == person.private_email => job.email.clone(),
                _ => person.private_email.clone(),
            };
            rewrite(record, Col::Email1, |_| Some(other))
        }
        30..=45 => rewrite(record, Col::Email1, |e| {
            let (local, domain) = e.split_once('@')?;
            Some(if draw.below(3) > 0 {
                format!("{}@{domain}", spelling::typo(local, draw))
            } else {
                let wrong = match draw.below(5) {
                    0 => domain.replacen(".com", ".con", 1),
                    1 => domain.replacen(".co", ".", 1),
                    2 => domain.replacen("gmail", "gmial", 1),
                    3 => domain.replacen('.', ",", 1),
                    _ => spelling::typo(domain, draw),
                };
                format!("{local}@{wrong}")
            })
        }),
        46..=65 => {
            record.take(Col::Email1);
            true
        }
        66..=72 => rewrite(record, Col::Email1, |e| {
            let (local, domain) = e.split_once('@')?;
            let tags = ["news", "crm", "shop", "events", "2024", "webinar", "spam"];
            Some(format!("{local}+{}@{domain}", draw.pick(&tags)))
        }),
        73..=82 => rewrite(record, Col::Email1, |e| {
            Some(if draw.below(2) == 0 {
                e.to_uppercase()
            } else {
                spelling::title_case(e)
            })
        }),
        83..=87 => {
            let moved = record.take(Col::Email1);
            let done = !moved.is_empty();
            record.set(Col::Email2, moved);
            done
        }
        88..=92 => {
            let name = format!("{} {}", person.given, person.surname);
            rewrite(record, Col::Email1, |e| {
                Some(match draw.below(3) {
                    0 => format!("mailto:{e}"),
                    1 => format!("{name} <{e}>"),
                    _ => format!(" {e} "),
                })
            })
        }
        93..=95 => rewrite(record, Col::Email1, |e| {
            e.ends_with("@gmail.com").then(|| {
                let local = e.trim_end_matches("@gmail.com");
                if local.contains('.') {
                    e.replacen('.', "", local.matches('.').count())
                } else {
                    format!("{local}@googlemail.com")
                }
            })
        }),
        _ => rewrite(record, Col::Email1, |e| {
            // Another house pattern, as when somebody guesses a colleague's address.
            let (_, domain) = e.split_once('@')?;
            let job = [&person.next_job, &person.job]
                .into_iter()
                .flatten()
                .find(|j| j.email.ends_with(domain))?;
            let (local, _) = job.email.split_once('@')?;
            let (first, last) = local.split_once('.')?;
            Some(format!("{}{last}@{domain}", first.chars().next()?))
        }),
    }
}

fn phone_habit(record: &mut Record, person: &Person, draw: &mut Draw) -> bool {
    let filled: Vec<Col> = [Col::Phone1, Col::Mobile, Col::Phone2]
        .into_iter()
        .filter(|c| !record.get(*c).is_empty())
        .collect();
    if filled.is_empty() {
        return false;
    }
    let col = *draw.pick(&filled);
    match draw.below(100) {
        0..=19 => {
            // Another of the person's numbers, in whichever column.
            let other = match draw.below(3) {
                0 => person.second_mobile.written(draw),
                1 => person.landline.written(draw),
                _ => person.mobile.written(draw),
            };
            rewrite(record, col, |_| Some(other))
        }
        20..=37 => {
            let target =
                [Col::Phone1, Col::Phone2, Col::Phone3, Col::Mobile][draw.below(4) as usize];
            if target == col {
                return false;
            }
            let (moved, displaced) = (record.take(col), record.take(target));
            record.set(target, moved);
            record.set(col, displaced);
            true
        }
        38..=55 => {
            record.take(col);
            true
        }
        56..=69 => rewrite(record, col, |p| {
            // One digit wrong.
            let at: Vec<usize> = p
                .char_indices()
                .filter(|(i, c)| c.is_ascii_digit() && *i > 3)
                .map(|(i, _)| i)
                .collect();
            let at = *at.get(draw.below(at.len() as u32) as usize)?;
            Some(format!("{}{}{}", &p[..at], draw.below(10), &p[at + 1..]))
        }),
        70..=76 => match (&person.job, col) {
            (Some(job), Col::Phone1) => {
                let number = job.phone.with_extension(draw);
                rewrite(record, col, |_| Some(number))
            }
            _ => false,
        },
        77..=83 => rewrite(record, col, |_| Some(excel_mangled(&person.mobile.e164()))),
        84..=88 => rewrite(record, col, |p| {
            // Eaten by a spreadsheet: the plus, or the leading zero.
            Some(p.trim_start_matches(['+', '0', '(']).to_owned())
        }),
        89..=93 => rewrite(record, col, |p| {
            let digits: String = p.chars().filter(char::is_ascii_digit).collect();
            Some(digits)
        }),
        _ => {
            let target = if col == Col::Mobile {
                Col::Phone1
            } else {
                Col::Mobile
            };
            let copy = record.get(col).to_owned();
            rewrite(record, target, |_| Some(copy))
        }
    }
}

/// `+4420794512345` as a spreadsheet shows it: `4.42079E+12`.
fn excel_mangled(e164: &str) -> String {
    let digits = e164.trim_start_matches('+');
    format!(
        "{}.{}E+{:02}",
        &digits[..1],
        &digits[1..6],
        digits.len() - 1
    )
}

fn place_and_job_habit(
    record: &mut Record,
    person: &Person,
    stock: &Stock,
    draw: &mut Draw,
) -> bool {
    match draw.below(100) {
        0..=27 => {
            let title = *draw.pick(&stock.jobs);
            record.set(Col::Job, title);
            true
        }
        28..=49 => {
            let address = if draw.below(3) == 0 {
                super::entity::Address::new(person.locale, draw)
            } else {
                person.home.nearby(draw)
            };
            let city = address.city();
            record.set(Col::Street, address.street.clone());
            record.set(Col::City, city.name);
            record.set(Col::Postal, address.postcode.clone());
            if !record.get(Col::State).is_empty() {
                record.set(Col::State, city.state);
            }
            true
        }
        50..=69 => {
            for c in [Col::Street, Col::City, Col::Postal, Col::State] {
                record.take(c);
            }
            true
        }
        70..=77 => rewrite(record, Col::Street, |s| {
            const SHORT: [(&str, &str); 12] = [
                ("Street", "St"),
                ("Avenue", "Ave."),
                ("Road", "Rd"),
                ("straße", "str."),
                ("strasse", "str."),
                ("rue ", "r. "),
                ("avenue ", "av. "),
                ("Calle ", "C/ "),
                ("Avenida ", "Avda. "),
                ("Rua ", "R. "),
                ("ulice", "ul."),
                ("Boulevard", "Blvd"),
            ];
            SHORT
                .iter()
                .find(|(long, _)| s.contains(long))
                .map(|(long, short)| s.replacen(long, short, 1))
        }),
        78..=85 => rewrite(record, Col::City, |c| {
            if draw.below(2) == 0 {
                spelling::plain(c, true)
            } else {
                Some(c.to_uppercase())
            }
        }),
        86..=89 => rewrite(record, Col::City, |c| Some(spelling::typo(c, draw))),
        90..=94 => rewrite(record, Col::Postal, |p| {
            Some(p.trim_start_matches('0').replace(' ', ""))
        }),
        _ => {
            let col = [Col::Job, Col::Website, Col::Country][draw.below(3) as usize];
            !record.take(col).is_empty()
        }
    }
}

fn placeholder_habit(record: &mut Record, draw: &mut Draw) -> bool {
    let (col, values): (Col, &[&str]) = match draw.below(5) {
        0 => (
            Col::Email1,
            &[
                "test@test.com",
                "noemail@noemail.com",
                "n/a",
                "none@none.com",
                "unknown@unknown.com",
            ],
        ),
        1 => (
            Col::Phone1,
            &["0000000000", "1234567890", "n/a", "-", "9999999999"],
        ),
        2 => (Col::Mobile, &["0000000000", "n/a", "1111111111", "0"]),
        3 => (
            Col::Company,
            &[
                "n/a",
                "none",
                "Self-employed",
                "-",
                "Private",
                "unknown",
                "Freelance",
            ],
        ),
        _ => (Col::Job, &["n/a", "-", ".", "Other", "TBD"]),
    };
    rewrite(record, col, |_| Some((*draw.pick(values)).to_owned()))
}
