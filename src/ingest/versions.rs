//! Lake exports keep every version of a row: which one is the newest.

use crate::model::Field;

/// The newest of some versions of one record.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Newest {
    /// This one.
    One(u32),
    /// These share the highest version, or nothing tells them apart; at least two.
    Tie(Vec<u32>),
}

/// Picks the newest of `group` by version number, then by the time the lake wrote it.
///
/// A row without a version number (deletion marks may lack it) makes the time alone decide.
/// At equal rank a deletion wins. Does not depend on the order of the group, but for the order inside a tie.
pub(super) fn newest<'a>(
    group: &[u32],
    value: impl Fn(u32, Field) -> &'a str,
    is_deleted: impl Fn(u32) -> bool,
) -> Newest {
    let number = |at: u32| value(at, Field::VersionNumber).trim().parse::<u64>().ok();
    let written = |at: u32| parse_time(value(at, Field::SinkModifiedOn));
    let versioned = group.iter().all(|&at| number(at).is_some());
    if !versioned && group.iter().any(|&at| written(at).is_none()) {
        return Newest::Tie(group.to_vec());
    }
    let rank = |at: u32| {
        (
            number(at).filter(|_| versioned),
            written(at),
            is_deleted(at),
        )
    };
    let best = group.iter().map(|&at| rank(at)).max();
    let ties: Vec<u32> = group
        .iter()
        .copied()
        .filter(|&at| Some(rank(at)) == best)
        .collect();
    match ties[..] {
        [one] => Newest::One(one),
        _ => Newest::Tie(ties),
    }
}

/// A point in time as comparable numbers: year, month, day, hour, minute, second, nanosecond.
///
/// Reads ISO 8601 in UTC (`2026-03-01T08:15:00.1234567Z`) and the United States form lake CSV files use
/// (`3/1/2026 8:15:00 AM`). Anything else is `None`. Apart from the dates of rules, which ingest may not import and which
/// stop at milliseconds: two versions of a row can be closer than that.
fn parse_time(text: &str) -> Option<[u32; 7]> {
    let text = text.trim();
    let text = text.strip_suffix('Z').unwrap_or(text);
    let text = text.strip_suffix("+00:00").unwrap_or(text);
    let (date, time) = text.split_once(['T', ' '])?;
    let (time, half) = match time.split_once(' ') {
        Some((time, half)) => (time, Some(half)),
        None => (time, None),
    };
    let number = |t: &str| -> Option<u32> {
        (!t.is_empty() && t.len() <= 4 && t.bytes().all(|b| b.is_ascii_digit()))
            .then(|| t.parse().ok())
            .flatten()
    };
    let numbers = |t: &str, sep: char| -> Option<Vec<u32>> { t.split(sep).map(number).collect() };
    let [year, month, day] = match (numbers(date, '-'), numbers(date, '/')) {
        (Some(d), _) if d.len() == 3 => [d[0], d[1], d[2]],
        (_, Some(d)) if d.len() == 3 => [d[2], d[0], d[1]],
        _ => return None,
    };
    let (clock, fraction) = time.split_once('.').unwrap_or((time, ""));
    let clock = numbers(clock, ':')?;
    let [hour, minute, second] = match clock[..] {
        [h, m] => [h, m, 0],
        [h, m, s] => [h, m, s],
        _ => return None,
    };
    let hour = match half.map(str::to_ascii_uppercase).as_deref() {
        None => hour,
        Some("AM") => hour % 12,
        Some("PM") => hour % 12 + 12,
        Some(_) => return None,
    };
    if fraction.len() > 9 || !fraction.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let nanosecond = format!("{fraction:0<9}").parse().ok()?;
    Some([year, month, day, hour, minute, second, nanosecond])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_both_kinds_compare() {
        assert_eq!(
            parse_time("2026-03-01T08:15:00.5Z"),
            Some([2026, 3, 1, 8, 15, 0, 500_000_000])
        );
        assert_eq!(
            parse_time("3/1/2026 12:15:09 AM"),
            Some([2026, 3, 1, 0, 15, 9, 0])
        );
        assert_eq!(
            parse_time("3/1/2026 1:15:09 PM"),
            Some([2026, 3, 1, 13, 15, 9, 0])
        );
        assert_eq!(parse_time("yesterday"), None);
        assert_eq!(parse_time(""), None);
    }

    #[test]
    fn newest_goes_by_version_then_time_then_deletion() {
        // rows: (version, written, deleted)
        let check = |rows: &[(&'static str, &'static str, bool)]| {
            let group: Vec<u32> = (0..rows.len() as u32).collect();
            newest(
                &group,
                |at, field| match field {
                    Field::VersionNumber => rows[at as usize].0,
                    _ => rows[at as usize].1,
                },
                |at| rows[at as usize].2,
            )
        };
        let (early, late) = ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z");
        assert_eq!(
            check(&[("9", late, false), ("10", early, false)]),
            Newest::One(1)
        );
        assert_eq!(
            check(&[("9", late, false), ("9", early, false)]),
            Newest::One(0)
        );
        assert_eq!(
            check(&[("9", early, false), ("", late, true)]),
            Newest::One(1)
        );
        assert_eq!(
            check(&[("9", early, true), ("9", early, false)]),
            Newest::One(0)
        );
        assert_eq!(
            check(&[("9", early, false), ("9", early, false)]),
            Newest::Tie(vec![0, 1])
        );
        assert_eq!(
            check(&[("", "", false), ("3", late, false)]),
            Newest::Tie(vec![0, 1])
        );
    }
}
