//! The columns that are one number a record: place, job title, personal number, day of birth.

use super::{Distinct, read_column};
use crate::model::{Field, Interner, NONE, Table};
use crate::normalise::{fold, place};
use crate::rules::predicate::date::{self, Slashes};
use rayon::prelude::*;

/// Days added so that every date from year 1000 on is a positive number.
const DAY_OFFSET: i64 = 1_000_000;

/// Columns that are one number a record.
pub(super) struct Places {
    pub(super) city: (Vec<u32>, Interner),
    pub(super) postcode: (Vec<u32>, Interner),
    pub(super) street: (Vec<u32>, Interner),
    pub(super) title: (Vec<u32>, Interner),
    pub(super) government_id: (Vec<u32>, Interner),
    pub(super) birth_date: Vec<u32>,
}

impl Places {
    pub(super) fn missing(n: usize) -> Places {
        let none = || (vec![NONE; n], Interner::default());
        Places {
            city: none(),
            postcode: none(),
            street: none(),
            title: none(),
            government_id: none(),
            birth_date: vec![NONE; n],
        }
    }
}

pub(super) fn read_places(table: &Table) -> Places {
    let n = table.n_records();
    let birth_date = Distinct::of(n, table.field(Field::BirthDate));
    let days: Vec<u32> = birth_date
        .values
        .par_iter()
        .map(|v| day_number(v).unwrap_or(NONE))
        .collect();
    Places {
        city: read_column(table, Field::City, place::city),
        postcode: read_column(table, Field::PostalCode, place::postcode),
        street: read_column(table, Field::Street, place::street),
        title: read_column(table, Field::JobTitle, job_title),
        government_id: read_column(table, Field::GovernmentId, government_id),
        birth_date: birth_date.renumbered(&days),
    }
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
