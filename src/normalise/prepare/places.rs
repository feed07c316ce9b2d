//! The columns that are one number a record: place, job title, personal number, day of birth.

use super::{Distinct, number_of, read_column, read_in_order};
use crate::model::{Field, Interner, Mark, NONE, Table, TextCodes};
use crate::normalise::{address, fold, place};
use crate::rules::predicate::date::{self, Slashes};
use rayon::prelude::*;

/// Days added so that every date from year 1000 on is a positive number.
const DAY_OFFSET: i64 = 1_000_000;

/// Columns that are one number a record.
pub(super) struct Places {
    pub(super) city: (Vec<u32>, Interner),
    pub(super) postcode: (Vec<u32>, TextCodes),
    pub(super) street: (Vec<u32>, TextCodes),
    pub(super) address: (Vec<u32>, TextCodes),
    pub(super) title: (Vec<u32>, TextCodes),
    pub(super) government_id: (Vec<u32>, TextCodes),
    pub(super) birth_date: Vec<u32>,
    /// Distinct address lines that were cut.
    pub(super) n_lines_cut: u64,
}

impl Places {
    pub(super) fn missing(n: usize) -> Places {
        let none = || (vec![NONE; n], TextCodes::default());
        Places {
            city: (vec![NONE; n], Interner::default()),
            postcode: none(),
            street: none(),
            address: none(),
            title: none(),
            government_id: none(),
            birth_date: vec![NONE; n],
            n_lines_cut: 0,
        }
    }
}

/// Reads the columns side by side.
pub(super) fn read_places(table: &Table) -> Places {
    let read_days = || {
        let birth_date = Distinct::of(table.n_records(), table.field(Field::BirthDate));
        let days: Vec<u32> = birth_date
            .values
            .par_iter()
            .map(|v| day_number(v).unwrap_or(NONE))
            .collect();
        birth_date.renumbered(&days)
    };
    let read_towns = || {
        let city = read_column(table, Field::City, place::city);
        (city, read_column(table, Field::PostalCode, place::postcode))
    };
    let read_others = || {
        let title = read_column(table, Field::JobTitle, job_title);
        let government_id = read_column(table, Field::GovernmentId, government_id);
        (title, government_id, read_days())
    };
    let ((street, address, n_lines_cut), ((city, postcode), (title, government_id, birth_date))) =
        rayon::join(
            || read_addresses(table),
            || rayon::join(read_towns, read_others),
        );
    Places {
        city,
        postcode,
        street,
        address,
        title,
        government_id,
        birth_date,
        n_lines_cut,
    }
}

/// A column of texts: the number of each record's, and the texts.
type Numbered = (Vec<u32>, TextCodes);

/// Address lines in parts, their matchcodes, and how many distinct lines were cut.
fn read_addresses(table: &Table) -> (Numbered, Numbered, u64) {
    let distinct = Distinct::of(table.n_records(), table.field(Field::Street));
    let (mut streets, mut addresses) = (TextCodes::default(), TextCodes::default());
    let mut n_cut = 0;
    let mut numbers: Vec<(u32, u32)> = Vec::with_capacity(distinct.values.len());
    read_in_order(
        distinct.values.len(),
        |id| {
            let code = address::read(distinct.values[id]);
            (code.line(), code.marks.has(Mark::Cut), code.matchcode)
        },
        |_, (line, is_cut, matchcode)| {
            n_cut += u64::from(is_cut);
            numbers.push((
                number_of(&line, &mut streets),
                number_of(&matchcode, &mut addresses),
            ));
        },
    );
    let of_records = |part: &(dyn Fn(&(u32, u32)) -> u32 + Sync)| -> Vec<u32> {
        let ids = distinct.ids.par_iter();
        ids.map(|id| part(&numbers[*id as usize])).collect()
    };
    (
        (of_records(&|n| n.0), streets),
        (of_records(&|n| n.1), addresses),
        n_cut,
    )
}

/// The day as the column of birth dates holds it; see [`Prepared`](crate::model::Prepared).
fn day_number(text: &str) -> Option<u32> {
    let day = date::read(text, Slashes::MonthFirst)?.day();
    u32::try_from(day + DAY_OFFSET).ok()
}

/// A job title, folded; words typed for want of one are blank.
fn job_title(text: &str) -> String {
    let folded = fold::fold(text);
    if matches!(
        folded.as_str(),
        "n a" | "na" | "none" | "unknown" | "tbd" | "other" | "xxx" | "test"
    ) {
        String::new()
    } else {
        folded
    }
}

/// A personal number: upper-case letters and digits; runs of one digit and `123456789` are fillers, hence blank.
fn government_id(text: &str) -> String {
    let id = fold::squash(text).to_ascii_uppercase();
    let filler = id.len() < 4
        || id.bytes().all(|b| b == id.as_bytes()[0])
        || "01234567890123456789".contains(id.as_str());
    if filler || matches!(id.as_str(), "NONE" | "UNKNOWN") {
        String::new()
    } else {
        id
    }
}
