//! Dates as keys for `same_date` and `same_date_time`, as exported: no time zone is applied.

use jiff::civil::DateTime;

/// `YYYY-MM-DD` of a date or date-time text, `None` when it is neither.
pub(super) fn day(text: &str) -> Option<String> {
    read(text).map(|d| d.date().to_string())
}

/// `YYYY-MM-DDTHH:MM:SS`; a date without a time is midnight.
pub(super) fn second(text: &str) -> Option<String> {
    read(text).map(|d| d.strftime("%Y-%m-%dT%H:%M:%S").to_string())
}

/// ISO 8601 forms, `20260122`, `1/22/2026` with optional time (month first), `22.01.2026` with optional time.
fn read(text: &str) -> Option<DateTime> {
    let text = text.trim();
    // A trailing zone is part of the export, not of the day: 2026-01-22T23:00:00Z is the 22nd as exported.
    let plain = text.trim_end_matches('Z');
    const DATE_TIMES: [&str; 10] = [
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M",
        "%Y-%m-%d %H:%M",
        "%m/%d/%Y %I:%M:%S %p",
        "%m/%d/%Y %I:%M %p",
        "%m/%d/%Y %H:%M:%S",
        "%m/%d/%Y %H:%M",
        "%d.%m.%Y %H:%M:%S",
        "%d.%m.%Y %H:%M",
    ];
    const DATES: [&str; 4] = ["%Y-%m-%d", "%Y%m%d", "%m/%d/%Y", "%d.%m.%Y"];
    DATE_TIMES
        .iter()
        .find_map(|f| DateTime::strptime(f, plain).ok())
        .or_else(|| {
            DATES
                .iter()
                .find_map(|f| jiff::civil::Date::strptime(f, plain).ok())
                .map(|d| d.at(0, 0, 0, 0))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_day_however_written() {
        for text in [
            "2026-06-22",
            "2026-06-22T10:00:00Z",
            "2026-06-22 10:00:00.000",
            "6/22/2026 10:00 AM",
            "22.06.2026",
            "20260622",
        ] {
            assert_eq!(day(text).as_deref(), Some("2026-06-22"), "{text}");
        }
        assert_eq!(
            second("6/22/2026 10:00 PM").as_deref(),
            Some("2026-06-22T22:00:00")
        );
        assert_eq!(second("2026-06-22").as_deref(), Some("2026-06-22T00:00:00"));
        assert_eq!(day("soon"), None);
        assert_eq!(day("2026-02-30"), None);
    }
}
