//! Date of birth, government id, job title.

use super::{Scorer, View};
use crate::model::{Level, NONE, RecordIdx};
use crate::rules::predicate::millibits;
use crate::similarity::osa;

/// Days are numbered from this day before 1970, so that all dates of birth are positive.
const DAY_OFFSET: i64 = 1_000_000;
/// People of a file are born over about this many days.
const BIRTH_DAYS: f64 = 20_000.0;

/// Copies of one record that a day's number is not counted for.
const COPIES: u32 = 16;
/// A day that one record in five hundred has is no one's birthday: 1900-01-01, or the first of January of a year.
const GENERIC_DAY: f64 = 0.002;

impl Scorer<'_> {
    /// Share of records with a date of birth, never rarer than one day of many: dates that stand for "unknown" are as
    /// common as the file says.
    fn birth_share(&self, day: u32) -> f64 {
        let n = self.counts.birth_date.get(&day).copied().unwrap_or(0);
        day_share(n, self.prepared.n_records())
    }

    pub(super) fn birth_date(&self, left: RecordIdx, right: RecordIdx) -> View {
        let (a, b) = (
            self.prepared.birth_date[left.at()],
            self.prepared.birth_date[right.at()],
        );
        if a == NONE || b == NONE {
            return View::MISSING;
        }
        if a == b {
            let share = self.birth_share(a);
            let strangers = millibits(0.9 / share);
            let level = if share > GENERIC_DAY {
                Level::Generic
            } else {
                Level::Same
            };
            // Twins, about one household pair in fifty.
            let household = strangers.min(5_500);
            return View::new(level, strangers, strangers, household, strangers);
        }
        let (x, y) = (date_digits(a), date_digits(b));
        if osa::distance_within(x.as_bytes(), y.as_bytes(), 1).is_some()
            || day_and_month_swapped(&x, &y)
        {
            // About 36 one-digit slips are dates; one of them by chance in 20,000 / 36 pairs.
            return View::new(Level::Close, 5_500, 5_500, 3_000, 5_500);
        }
        // Year, month, day: two agree by chance once in 200 pairs, one once in eight.
        let n_equal = if x.len() == 8 && y.len() == 8 {
            [0..4, 4..6, 6..8]
                .into_iter()
                .filter(|part| x[part.clone()] == y[part.clone()])
                .count()
        } else {
            0
        };
        match n_equal {
            2 => return View::flat(Level::Different, 1_000),
            1 => return View::flat(Level::Different, -2_000),
            _ => {}
        }
        View::flat(Level::Conflict, -5_500)
    }

    pub(super) fn government_id(&self, left: RecordIdx, right: RecordIdx) -> View {
        let p = self.prepared;
        let (a, b) = (p.government_id[left.at()], p.government_id[right.at()]);
        if a == NONE || b == NONE {
            return View::MISSING;
        }
        if a == b {
            // Holders of the value beyond two make it look like a placeholder.
            let n = self.counts.government_id[a as usize]
                .saturating_sub(6)
                .max(1);
            let bits = millibits(0.9 / self.weights.value_share(n));
            return View::new(Level::Same, bits, bits, bits.min(12_000), bits);
        }
        let (x, y) = (
            p.government_ids.text(a).as_bytes(),
            p.government_ids.text(b).as_bytes(),
        );
        if x.len().min(y.len()) >= 6 && osa::distance_within(x, y, 1).is_some() {
            return View::flat(Level::Close, 7_000);
        }
        View::flat(Level::Conflict, -5_000)
    }

    pub(super) fn job_title(&self, left: RecordIdx, right: RecordIdx) -> View {
        let p = self.prepared;
        let (a, b) = (p.title[left.at()], p.title[right.at()]);
        if a == NONE || b == NONE {
            return View::MISSING;
        }
        if a == b {
            let bits = millibits(0.5 / self.weights.value_share(self.counts.title[a as usize]))
                .clamp(0, 2_500);
            return View::flat(Level::Same, bits);
        }
        View::flat(Level::Different, -300)
    }
}

/// Share of a day that `n` of `n_records` have.
fn day_share(n: u32, n_records: usize) -> f64 {
    let beyond = f64::from(n.saturating_sub(COPIES));
    (beyond / n_records as f64).max(1.0 / BIRTH_DAYS)
}

/// A day number as `YYYYMMDD`.
fn date_digits(day: u32) -> String {
    let days = i32::try_from(i64::from(day) - DAY_OFFSET).unwrap_or(0);
    let epoch = jiff::civil::date(1970, 1, 1);
    jiff::Span::new()
        .try_days(days)
        .ok()
        .and_then(|span| epoch.checked_add(span).ok())
        .map_or_else(|| day.to_string(), |d| d.strftime("%Y%m%d").to_string())
}

fn day_and_month_swapped(x: &str, y: &str) -> bool {
    x.len() == 8 && y.len() == 8 && x[..4] == y[..4] && x[4..6] == y[6..8] && x[6..8] == y[4..6]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_that_many_have_says_little_and_copies_of_one_record_do_not_make_one() {
        let ordinary = 1.0 / BIRTH_DAYS;
        assert!((day_share(1, 1_000) - ordinary).abs() < 1e-12);
        assert!((day_share(COPIES, 100) - ordinary).abs() < 1e-12);
        assert!((day_share(50, 1_000_000) - ordinary).abs() < 1e-12);
        assert!((day_share(516, 10_000) - 0.05).abs() < 1e-12);
        assert!(day_share(516, 10_000) > GENERIC_DAY && day_share(30, 10_000) < GENERIC_DAY);
    }

    #[test]
    fn day_numbers_read_as_dates() {
        assert_eq!(date_digits(1_000_000), "19700101");
        assert_eq!(date_digits(1_000_000 - 1), "19691231");
        assert!(day_and_month_swapped("19700112", "19701201"));
        assert!(!day_and_month_swapped("19700112", "19711201"));
    }
}
