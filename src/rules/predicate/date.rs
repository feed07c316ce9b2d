//! What a date or time text of a CRM export says: one reading for `same_date`, birth dates and survivors.
//!
//! The versions of lake exports are told apart in `ingest`, which may not ask rules and needs fractions to the last
//! digit; it reads the two forms it needs by itself.

use crate::model::TextColumn;

const DAY_MS: i64 = 86_400_000;

/// Which number comes first in a date written with slashes, when neither is above 12.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Slashes {
    /// 6/22/2026, as the exports of an American system.
    MonthFirst,
    /// 22/06/2026.
    DayFirst,
}

impl Slashes {
    /// How a column writes its dates: day first when some value can only be read so, else month first.
    pub fn of(column: &TextColumn) -> Slashes {
        let day_first = |value: &str| {
            let mut parts = value.trim().split('/');
            let number = |part: Option<&str>| part.and_then(|p| p.parse::<u8>().ok());
            matches!(
                (number(parts.next()), number(parts.next())),
                (Some(13..=31), Some(1..=12))
            )
        };
        if (0..column.len()).any(|i| day_first(column.get(i))) {
            Slashes::DayFirst
        } else {
            Slashes::MonthFirst
        }
    }
}

/// A date, with the time of day and the zone when they are said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    days: i64,
    clock_ms: i64,
    zone_ms: i64,
}

impl Moment {
    /// The calendar day as written, in days since 1970-01-01. A zone does not move it.
    pub fn day(self) -> i64 {
        self.days
    }

    /// Day and time as written, in seconds since 1970-01-01T00:00:00, fractions dropped. A zone does not move it.
    pub fn second_as_written(self) -> i64 {
        self.days * 86_400 + self.clock_ms / 1000
    }

    /// Milliseconds since 1970-01-01T00:00:00Z; a time without a zone is taken as UTC.
    pub fn utc_millis(self) -> i64 {
        self.days * DAY_MS + self.clock_ms - self.zone_ms
    }
}

/// Reads a date or a date with a time; `None` when the text is anything else, or goes on behind them.
///
/// Dates: `2026-01-22`, `2026/01/22`, `20260122`, `22.06.2026`, `6/22/2026`, `22-Jun-2026`, `Jun 22, 2026`. Years 1000 to
/// 9999, four digits: two-digit years are refused, since they say too little. Order of day and month: with dots or
/// dashes the day comes first, with slashes as `slashes` says, unless the other number is above 12 and settles it.
///
/// Times behind them: `10:00`, `10:00:05`, `10:00:05.123`, `10:00 AM`, and `Z` or `+02:00`; without a time it is midnight.
/// 13 digits are milliseconds since 1970 already.
pub fn read(text: &str, slashes: Slashes) -> Option<Moment> {
    let text = text.trim();
    if text.len() == 13 && text.bytes().all(|b| b.is_ascii_digit()) {
        let millis: i64 = text.parse().ok()?;
        return Some(Moment {
            days: millis.div_euclid(DAY_MS),
            clock_ms: millis.rem_euclid(DAY_MS),
            zone_ms: 0,
        });
    }
    let (days, rest) = date(text, slashes)?;
    let (clock_ms, zone_ms) = time(rest)?;
    Some(Moment {
        days,
        clock_ms,
        zone_ms,
    })
}

/// Days since 1970-01-01 of a day of the Gregorian calendar; `None` when there is no such day.
/// Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms" (2013), `days_from_civil`.
fn days_from_civil(year: i64, month: i64, day: i64) -> Option<i64> {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let last = match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=last).contains(&day) || !(1000..=9999).contains(&year) {
        return None;
    }
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let year_of_era = y.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

/// Days since 1970-01-01 and the rest of the text.
fn date(text: &str, slashes: Slashes) -> Option<(i64, &str)> {
    let bytes = text.as_bytes();
    if bytes.len() >= 8
        && bytes[..8].iter().all(u8::is_ascii_digit)
        && !bytes.get(8).is_some_and(u8::is_ascii_digit)
    {
        let number = |range: std::ops::Range<usize>| text[range].parse::<i64>().ok();
        return Some((
            days_from_civil(number(0..4)?, number(4..6)?, number(6..8)?)?,
            &text[8..],
        ));
    }
    if let Some((first, rest)) = leading_number(text) {
        let separator = rest.chars().next()?;
        let rest = rest[separator.len_utf8()..].trim_start();
        if !matches!(separator, '-' | '/' | '.' | ' ' | '\u{2011}') {
            return None;
        }
        if let Some((second, rest)) = leading_number(rest) {
            let rest = rest.strip_prefix(separator)?.trim_start();
            let (third, rest) = leading_number(rest)?;
            if separator == ' ' {
                return None;
            }
            let days = ordered(first, second, third, separator, slashes)?;
            return Some((days, rest));
        }
        let (month, rest) = month_name(rest)?;
        let rest = rest.trim_start_matches(['-', '/', '.', ' ', ',']);
        let (year, rest) = leading_number(rest)?;
        return days_from_civil(year.value, month, first.value)
            .filter(|_| year.n_digits == 4)
            .map(|days| (days, rest));
    }
    let (month, rest) = month_name(text)?;
    let (day, rest) = leading_number(rest.trim_start_matches(['-', '.', ' ']))?;
    let rest = rest.trim_start_matches(['t', 'h', 's', 'n', 'd', 'r', ',', ' ', '-']);
    let (year, rest) = leading_number(rest)?;
    days_from_civil(year.value, month, day.value)
        .filter(|_| year.n_digits == 4)
        .map(|days| (days, rest))
}

#[derive(Clone, Copy)]
struct Number {
    value: i64,
    n_digits: usize,
}

fn leading_number(text: &str) -> Option<(Number, &str)> {
    let n_digits = text.bytes().take_while(u8::is_ascii_digit).count();
    if n_digits == 0 || n_digits > 4 {
        return None;
    }
    let value = text[..n_digits].parse().ok()?;
    Some((Number { value, n_digits }, &text[n_digits..]))
}

fn ordered(
    first: Number,
    second: Number,
    third: Number,
    separator: char,
    slashes: Slashes,
) -> Option<i64> {
    if first.n_digits == 4 {
        return days_from_civil(first.value, second.value, third.value);
    }
    if third.n_digits != 4 {
        return None;
    }
    let month_first = match separator {
        '.' => false,
        '/' if slashes == Slashes::MonthFirst => first.value <= 12,
        _ => first.value <= 12 && second.value > 12,
    };
    if month_first {
        days_from_civil(third.value, first.value, second.value)
    } else {
        days_from_civil(third.value, second.value, first.value)
    }
}

/// English month names, whole or cut to three letters.
const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

fn month_name(text: &str) -> Option<(i64, &str)> {
    let n = text.bytes().take_while(u8::is_ascii_alphabetic).count();
    let word = text[..n].to_ascii_lowercase();
    if n < 3 {
        return None;
    }
    let month = MONTHS
        .iter()
        .position(|m| *m == word || word == m[..3] || word == "sept" && *m == "september")?;
    Some((month as i64 + 1, text[n..].trim_start_matches('.')))
}

/// Milliseconds within the day, and those of the zone east of UTC; both 0 for no time at all.
fn time(rest: &str) -> Option<(i64, i64)> {
    let rest = rest.trim_start_matches(['T', 't', ' ', ',']).trim();
    if rest.is_empty() {
        return Some((0, 0));
    }
    let upper = rest.to_ascii_uppercase();
    let (clock, zone_ms) = zone(&upper)?;
    let (clock, half) = match clock.trim_end() {
        c if c.ends_with("AM") => (&c[..c.len() - 2], Some(0)),
        c if c.ends_with("PM") => (&c[..c.len() - 2], Some(12)),
        c if c.ends_with("A.M.") => (&c[..c.len() - 4], Some(0)),
        c if c.ends_with("P.M.") => (&c[..c.len() - 4], Some(12)),
        c => (c, None),
    };
    let mut parts = clock.trim().split(':');
    let mut hour: i64 = parts.next()?.trim().parse().ok()?;
    let minute: i64 = parts.next().unwrap_or("0").parse().ok()?;
    let seconds = parts.next().unwrap_or("0");
    if parts.next().is_some() {
        return None;
    }
    let (second, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let second: i64 = second.parse().ok()?;
    if fraction.is_empty() || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let millis: i64 = format!("{fraction:0<3}")[..3].parse().ok()?;
    if let Some(half) = half {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + half;
    }
    if !(0..24).contains(&hour) || !(0..60).contains(&minute) || !(0..=60).contains(&second) {
        return None;
    }
    let clock_ms = ((hour * 60 + minute) * 60 + second) * 1000 + millis;
    Some((clock_ms, zone_ms))
}

/// Splits `10:00:00+02:00` into the clock and the zone in milliseconds.
fn zone(text: &str) -> Option<(&str, i64)> {
    for utc in ["Z", "UTC", "GMT"] {
        if let Some(clock) = text.strip_suffix(utc) {
            return Some((clock, 0));
        }
    }
    let Some(at) = text.rfind(['+', '-']) else {
        return Some((text, 0));
    };
    let digits: String = text[at + 1..].chars().filter(|c| *c != ':').collect();
    if digits.len() != 4 && digits.len() != 2 || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let hours: i64 = digits[..2].parse().ok()?;
    let minutes: i64 = if digits.len() == 4 {
        digits[2..].parse().ok()?
    } else {
        0
    };
    let ms = (hours * 60 + minutes) * 60_000;
    Some((
        &text[..at],
        if text.as_bytes()[at] == b'-' { -ms } else { ms },
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days() {
        let table = [
            ("1970-01-01", Some(0)),
            ("1969-12-31", Some(-1)),
            ("2026-01-22", Some(20_475)),
            ("2026/01/22", Some(20_475)),
            ("20260122", Some(20_475)),
            ("22.01.2026", Some(20_475)),
            ("22. 1. 2026", Some(20_475)),
            ("1/22/2026", Some(20_475)),
            ("22/1/2026", Some(20_475)),
            ("1-22-2026", Some(20_475)),
            ("22-Jan-2026", Some(20_475)),
            ("22 January 2026", Some(20_475)),
            ("Jan 22, 2026", Some(20_475)),
            ("January 22nd 2026", Some(20_475)),
            ("2026-01-22T23:59:59Z", Some(20_475)),
            ("2026-01-22T23:59:59-08:00", Some(20_475)),
            ("1/22/2026 10:00 AM", Some(20_475)),
            ("  2026-01-22  ", Some(20_475)),
            // Ambiguous: month first with slashes, day first otherwise.
            ("2/1/2026", Some(20_485)),
            ("2.1.2026", Some(20_455)),
            ("2-1-2026", Some(20_455)),
            ("2024-02-29", Some(19_782)),
            ("2023-02-29", None),
            ("2026-13-01", None),
            ("31.04.2026", None),
            ("0001-01-01", None),
            ("45123.5", None),
            ("yesterday", None),
            ("2026-01-22 soon", None),
            ("22.01.26", None),
            ("20261340", None),
            ("12345", None),
            ("n/a", None),
            ("", None),
            ("soon", None),
            ("12 34 5678", None),
        ];
        for (input, expected) in table {
            assert_eq!(
                read(input, Slashes::MonthFirst).map(Moment::day),
                expected,
                "{input:?}"
            );
        }
    }

    #[test]
    fn timestamps() {
        let table = [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("1970-01-01", Some(0)),
            ("1970-01-02T00:00:00.250Z", Some(86_400_250)),
            ("1970-01-01T02:00:00+02:00", Some(0)),
            ("1969-12-31 19:00:00 -0500", Some(0)),
            ("1/1/1970 12:00 AM", Some(0)),
            ("1/1/1970 12:30 PM", Some(45_000_000)),
            ("6/22/2026 10:00 AM", Some(1_782_122_400_000)),
            ("06/22/2026 10:00:00 a.m.", Some(1_782_122_400_000)),
            ("2026-06-22T12:00:00+02:00", Some(1_782_122_400_000)),
            ("2026-06-22 04:30:00 -0530", Some(1_782_122_400_000)),
            ("2026-06-22 10:00 UTC", Some(1_782_122_400_000)),
            ("6/22/2026 1:00 PM", Some(1_782_133_200_000)),
            ("6/22/2026 at noon", None),
            ("22.06.2026 10:00", Some(1_782_122_400_000)),
            ("2026-06-22T10:00:00.0000000Z", Some(1_782_122_400_000)),
            ("1782122400000", Some(1_782_122_400_000)),
            ("1970-01-01 25:00", None),
            ("1970-01-01 13:00 PM", None),
            ("1970-01-01 soon", None),
            ("", None),
        ];
        for (input, expected) in table {
            assert_eq!(
                read(input, Slashes::MonthFirst).map(Moment::utc_millis),
                expected,
                "{input:?}"
            );
        }
    }

    #[test]
    fn as_written_no_zone_moves_it() {
        let second = |text| read(text, Slashes::MonthFirst).map(Moment::second_as_written);
        let ten = Some(1_782_122_400);
        for text in [
            "2026-06-22T10:00:00Z",
            "2026-06-22 10:00:00.999",
            "6/22/2026 10:00 AM",
            "2026-06-22T10:00:00-08:00",
        ] {
            assert_eq!(second(text), ten, "{text}");
        }
        assert_eq!(second("2026-06-22"), Some(1_782_086_400));
    }

    #[test]
    fn a_column_shows_its_own_order() {
        let column = |values: &[&str]| {
            let mut column = TextColumn::new("Modified On", None);
            values.iter().for_each(|v| column.push(v));
            column
        };
        let british = Slashes::of(&column(&["3/4/2026", "22/06/2026 10:00"]));
        assert_eq!(british, Slashes::DayFirst);
        let american = Slashes::of(&column(&["3/4/2026", "6/22/2026"]));
        assert_eq!(american, Slashes::MonthFirst);
        let day = |text, slashes| read(text, slashes).map(Moment::day);
        assert_eq!(day("3/4/2026", british), day("2026-04-03", british));
        assert_eq!(day("3/4/2026", american), day("2026-03-04", american));
    }
}
