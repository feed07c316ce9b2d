//! A record: what a form, an import or a colleague made of a person.

use super::country::Locale;
use super::culture::Stock;
use super::draw::Draw;
use super::entity::{Job, Person};

macro_rules! columns {
    ($($name:ident)*) => {
        /// A value of a record.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[repr(u8)]
        pub(super) enum Col { $($name,)* }

        /// How many columns there are.
        pub(super) const N_COLS: usize = [$(Col::$name,)*].len();
    };
}

columns! {
    Full Salutation First Middle Last Company Job Email1 Email2 Phone1 Phone2 Phone3 Mobile Website Street City State
    Postal Country
}

/// One row, before a layout is chosen.
#[derive(Debug, Clone, Default)]
pub(super) struct Record {
    values: [String; N_COLS],
    /// False: qualified, disqualified, converted.
    pub(super) active: bool,
    /// 0 to 5: picks the status reason.
    pub(super) reason: u32,
    /// Minutes since 2019-01-01 00:00.
    pub(super) created_min: u32,
    pub(super) modified_min: u32,
}

/// Minutes from 2019-01-01 to 2026-06-30.
const SPAN_MIN: u32 = 2737 * 24 * 60;

impl Record {
    pub(super) fn get(&self, col: Col) -> &str {
        &self.values[col as usize]
    }

    pub(super) fn set(&mut self, col: Col, value: impl Into<String>) {
        self.values[col as usize] = value.into();
    }

    pub(super) fn take(&mut self, col: Col) -> String {
        std::mem::take(&mut self.values[col as usize])
    }

    /// What a careful clerk would write of this person, with the gaps that every file has.
    pub(super) fn of(person: &Person, later: bool, inactive_share: f64, draw: &mut Draw) -> Record {
        let mut record = Record::default();
        let job = if later {
            person.next_job.as_ref().or(person.job.as_ref())
        } else {
            person.job.as_ref()
        };
        record.set(Col::First, person.given.clone());
        if draw.below(3) == 0 && !person.middle.is_empty() {
            let middle = match person.middle.chars().next() {
                Some(c) if draw.below(2) == 0 => format!("{c}."),
                _ => person.middle.clone(),
            };
            record.set(Col::Middle, middle);
        }
        let last = if person.generation.is_empty() || draw.below(4) == 0 {
            person.surname.clone()
        } else {
            format!("{} {}", person.surname, person.generation)
        };
        record.set(Col::Last, last);
        if let Some(job) = job {
            employment(&mut record, job, draw);
        }
        emails(&mut record, person, job, draw);
        phones(&mut record, person, job, draw);
        place(&mut record, person, job, draw);
        record.active = !draw.chance(inactive_share);
        record.reason = draw.below(6);
        record.created_min = draw.below(SPAN_MIN);
        record.modified_min =
            record.created_min + draw.power((SPAN_MIN - record.created_min) as usize, 3) as u32;
        record
    }

    /// Fills the whole name from its parts.
    pub(super) fn join_name(&mut self) {
        let name = [Col::First, Col::Middle, Col::Last]
            .map(|c| self.get(c))
            .into_iter()
            .filter(|p| !p.is_empty())
            .collect::<Vec<_>>()
            .join(" ");
        self.set(Col::Full, name);
    }
}

fn employment(record: &mut Record, job: &Job, draw: &mut Draw) {
    let company = &job.company;
    record.set(
        Col::Company,
        if draw.below(100) < 72 {
            company.legal_name()
        } else {
            company.name.clone()
        },
    );
    if draw.below(100) < 70 {
        record.set(Col::Job, job.title.clone());
    }
    if draw.below(100) < 30 {
        let site = match draw.below(4) {
            0 => format!("https://www.{}", company.domain),
            1 => format!("http://www.{}/", company.domain),
            2 => company.domain.clone(),
            _ => format!("www.{}", company.domain),
        };
        record.set(Col::Website, site);
    }
}

fn emails(record: &mut Record, person: &Person, job: Option<&Job>, draw: &mut Draw) {
    let at_work = person
        .shared_mailbox
        .as_deref()
        .or(job.map(|j| j.email.as_str()));
    let (main, second) = match at_work {
        Some(work) if !person.prefers_private => (work, person.private_email.as_str()),
        work => (person.private_email.as_str(), work.unwrap_or("")),
    };
    if draw.below(100) < 91 {
        record.set(Col::Email1, main);
    }
    if draw.below(100) < 7 {
        record.set(Col::Email2, second);
    }
}

fn phones(record: &mut Record, person: &Person, job: Option<&Job>, draw: &mut Draw) {
    if let Some(job) = job.filter(|_| draw.below(100) < 58) {
        let phone = if draw.below(100) < 6 {
            job.phone.with_extension(draw)
        } else {
            job.phone.written(draw)
        };
        record.set(Col::Phone1, phone);
    }
    if draw.below(100) < 52 {
        record.set(Col::Mobile, person.mobile.written(draw));
    }
    if draw.below(100) < if job.is_some() { 14 } else { 45 } {
        record.set(Col::Phone2, person.landline.written(draw));
    }
}

fn place(record: &mut Record, person: &Person, job: Option<&Job>, draw: &mut Draw) {
    // Business leads mostly carry the office's address.
    let address = match job {
        Some(job) if draw.below(100) < 60 => &job.company.address,
        _ => &person.home,
    };
    let city = address.city();
    if draw.below(100) < 62 {
        record.set(Col::Street, address.street.clone());
    }
    if draw.below(100) < 84 {
        record.set(Col::City, city.name);
    }
    if draw.below(100) < 68 {
        record.set(Col::Postal, address.postcode.clone());
    }
    if draw.below(100) < 40 {
        record.set(Col::State, city.state);
    }
    record.set(Col::Country, country_written(person.locale, draw));
}

fn country_written(locale: Locale, draw: &mut Draw) -> String {
    let country = locale.country();
    match draw.below(100) {
        0..=69 => country.name.to_owned(),
        70..=81 => country.code.to_owned(),
        82..=87 => match country.code {
            "US" => "USA",
            "GB" => "UK",
            "DE" => "Deutschland",
            "ES" => "España",
            "IT" => "Italia",
            "BR" => "Brasil",
            "MX" => "México",
            "AE" => "UAE",
            "NL" => "The Netherlands",
            "CZ" => "Czech Republic",
            _ => country.name,
        }
        .to_owned(),
        88..=90 => country.name.to_uppercase(),
        _ => String::new(),
    }
}

/// A title before the name, for the habit of the same name.
pub(super) fn title(stock: &Stock, person: &Person, draw: &mut Draw) -> &'static str {
    stock.title(person.sex, draw)
}
