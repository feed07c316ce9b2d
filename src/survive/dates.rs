//! Reading of the times that CRM exports write, leniently: only their order matters here.

use crate::model::TextColumn;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;

/// Which number comes first in a date written with slashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slashes {
    /// 6/22/2026, as the exports of an American system.
    MonthFirst,
    /// 22/06/2026.
    DayFirst,
}

impl Slashes {
    /// How a column writes its dates: day first when some value can only be read so, else month first.
    pub(super) fn of(column: &TextColumn) -> Slashes {
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

/// A time as seconds since 1970 in UTC; a time without a zone is taken as UTC, a date without a time as midnight.
///
/// Reads `2026-06-22`, `2026-06-22T10:00:00Z`, `2026-06-22 10:00:00.123 +02:00`, `6/22/2026 10:00 AM`,
/// `22.06.2026 10:00`. Anything else is `None`: unknown, not wrong.
pub(super) fn parse_time(text: &str, slashes: Slashes) -> Option<i64> {
    let text = text.trim();
    let date_end = text
        .find(|c: char| c.is_whitespace() || c == 'T' || c == 't')
        .unwrap_or(text.len());
    let date = parse_date(&text[..date_end], slashes)?;
    let rest = text[date_end..].trim_start_matches(['T', 't']).trim();
    let (time, offset) = if rest.is_empty() {
        (Time::midnight(), 0)
    } else {
        parse_clock(rest)?
    };
    let zoned = DateTime::from_parts(date, time)
        .to_zoned(TimeZone::UTC)
        .ok()?;
    Some(zoned.timestamp().as_second() - offset)
}

/// The day of a time as read by [`parse_time`], as `2026-06-22`.
pub(super) fn day(seconds: i64) -> String {
    jiff::Timestamp::from_second(seconds).map_or_else(
        |_| String::new(),
        |t| t.to_zoned(TimeZone::UTC).date().to_string(),
    )
}

fn parse_date(text: &str, slashes: Slashes) -> Option<Date> {
    let separator = text.chars().find(|c| !c.is_ascii_digit())?;
    let parts: Vec<&str> = text.split(separator).collect();
    let [a, b, c] = parts[..] else { return None };
    let (year, month, day) = match separator {
        '-' | '/' | '.' if a.len() == 4 => (a, b, c),
        '/' if slashes == Slashes::MonthFirst => (c, a, b),
        '/' | '.' => (c, b, a),
        _ => return None,
    };
    if year.len() != 4 {
        return None;
    }
    Date::new(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok()
}

/// `10:00`, `10:00:30.5Z`, `10:00 PM`, `10:00+02:00`: the time of day and the zone's seconds east of UTC.
fn parse_clock(text: &str) -> Option<(Time, i64)> {
    let upper = text.to_ascii_uppercase();
    let clock_end = upper
        .find(|c: char| !(c.is_ascii_digit() || c == ':' || c == '.'))
        .unwrap_or(upper.len());
    let (clock, rest) = upper.split_at(clock_end);
    let rest = rest.trim();
    let mut parts = clock.split(':');
    let mut hour: i8 = parts.next()?.parse().ok()?;
    let minute: i8 = parts.next()?.parse().ok()?;
    let second: i8 = match parts.next() {
        Some(part) => part.split('.').next()?.parse().ok()?,
        None => 0,
    };
    let mut offset = 0;
    match rest {
        "" | "Z" | "UTC" | "GMT" => {}
        "AM" | "A.M." if hour == 12 => hour = 0,
        "AM" | "A.M." => {}
        "PM" | "P.M." if hour == 12 => {}
        "PM" | "P.M." => hour += 12,
        _ => offset = parse_offset(rest)?,
    }
    Some((Time::new(hour, minute, second, 0).ok()?, offset))
}

/// `+02:00`, `-0530`, `+02` in seconds.
fn parse_offset(text: &str) -> Option<i64> {
    let sign = match text.as_bytes().first()? {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let digits: String = text[1..].chars().filter(|c| *c != ':').collect();
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let hours: i64 = digits[..2].parse().ok()?;
    let minutes: i64 = digits[2..].parse().unwrap_or(0);
    Some(sign * (hours * 3600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_as_exports_write_them() {
        let ten = parse_time("2026-06-22T10:00:00Z", Slashes::MonthFirst);
        assert_eq!(ten, Some(1_782_122_400));
        for text in [
            "2026-06-22 10:00",
            " 2026-06-22T10:00:00.1234567Z ",
            "2026-06-22T12:00:00+02:00",
            "2026-06-22 04:30:00 -0530",
            "6/22/2026 10:00 AM",
            "06/22/2026 10:00:00 am",
            "22.06.2026 10:00",
            "2026/06/22 10:00",
            "2026-06-22 10:00 UTC",
        ] {
            assert_eq!(parse_time(text, Slashes::MonthFirst), ten, "{text}");
        }
        assert_eq!(parse_time("22/06/2026 10:00", Slashes::DayFirst), ten);
        assert_eq!(
            parse_time("6/22/2026 12:05 AM", Slashes::MonthFirst),
            parse_time("2026-06-22 00:05", Slashes::MonthFirst)
        );
        assert_eq!(
            parse_time("6/22/2026 1:00 PM", Slashes::MonthFirst),
            parse_time("2026-06-22 13:00", Slashes::MonthFirst)
        );
        assert_eq!(day(ten.expect("read above")), "2026-06-22");
    }

    #[test]
    fn what_cannot_be_read_is_unknown() {
        for text in [
            "",
            "yesterday",
            "2026-13-01",
            "22/06/26",
            "2026-06-22 25:00",
            "45123.5",
            "6/22/2026 at noon",
            "20260622",
        ] {
            assert_eq!(parse_time(text, Slashes::MonthFirst), None, "{text}");
        }
    }

    #[test]
    fn a_column_shows_its_own_order() {
        let column = |values: &[&str]| {
            let mut column = TextColumn::new("Modified On", None);
            values.iter().for_each(|v| column.push(v));
            column
        };
        assert_eq!(
            Slashes::of(&column(&["3/4/2026", "22/06/2026 10:00"])),
            Slashes::DayFirst
        );
        assert_eq!(
            Slashes::of(&column(&["3/4/2026", "6/22/2026"])),
            Slashes::MonthFirst
        );
    }
}
