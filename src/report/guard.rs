//! CSV cells that a spreadsheet shows and does not run, and the way back.
//!
//! Excel, LibreOffice and Google Sheets evaluate a cell that begins with `=`, `+`, `-` or `@` even when the CSV quotes
//! it, so quoting is no protection. A leading single quote is (OWASP ASVS 5, 1.2.10; CWE-1236).
//! International phones begin with `+` and are guarded too, which also keeps Excel from showing them as 4.42E+11.

use std::borrow::Cow;

/// Most UTF-16 units Excel keeps in one cell.
pub(super) const CELL_UNITS_MAX: usize = 32_767;

/// Ends a value that was cut at [`CELL_UNITS_MAX`].
pub(super) const CUT_MARK: &str = " … [cut]";

/// True for characters that make a spreadsheet evaluate a cell: `= + - @`, tab, CR, LF, NUL and the full-width forms.
fn is_trigger(c: char) -> bool {
    matches!(
        c,
        '=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '\0' | '＝' | '＋' | '－' | '＠'
    )
}

/// True when the value, after any single quotes and spaces it begins with, starts with a trigger.
///
/// Quotes are looked through so that [`guard`] can be undone: `'=x` is data, and becomes `''=x`.
/// Spaces are, because some programs trim cells before they look at them.
pub(super) fn needs_guard(value: &str) -> bool {
    value
        .chars()
        .find(|c| !matches!(c, '\'' | ' ' | '\u{a0}' | '\u{feff}'))
        .is_some_and(is_trigger)
}

/// The value with a single quote before it, when it needs one.
pub fn guard(value: &str) -> Cow<'_, str> {
    if needs_guard(value) {
        Cow::Owned(format!("'{value}"))
    } else {
        Cow::Borrowed(value)
    }
}

/// Undoes [`guard`]: `unguard(&guard(x)) == x` for every text.
pub fn unguard(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(value) if needs_guard(value) => value,
        _ => cell,
    }
}

/// The longest beginning of `value` that, with [`CUT_MARK`] and a guard, fits one Excel cell; `None` when all of it fits.
pub(super) fn cut(value: &str) -> Option<&str> {
    // A text has at most as many UTF-16 units as bytes, so that short texts cost one comparison.
    if value.len() < CELL_UNITS_MAX || value.encode_utf16().count() < CELL_UNITS_MAX {
        return None;
    }
    let room = CELL_UNITS_MAX - 1 - CUT_MARK.encode_utf16().count();
    let mut n_units = 0;
    let end = value
        .char_indices()
        .find(|(_, c)| {
            n_units += c.len_utf16();
            n_units > room
        })
        .map_or(value.len(), |(at, _)| at);
    Some(&value[..end])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn guards_what_a_spreadsheet_would_run() {
        let table = [
            ("=1+1", "'=1+1"),
            ("+44 20 7946 0958", "'+44 20 7946 0958"),
            ("-12", "'-12"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("\t=1", "'\t=1"),
            ("\r=1", "'\r=1"),
            ("\n=1", "'\n=1"),
            ("\0=1", "'\0=1"),
            ("＝1", "'＝1"),
            ("＋1", "'＋1"),
            ("－1", "'－1"),
            ("＠x", "'＠x"),
            ("  =1", "'  =1"),
            ("'=1", "''=1"),
            ("'Abd al-Rahman", "'Abd al-Rahman"),
            ("O'Brien", "O'Brien"),
            ("a=b", "a=b"),
            ("", ""),
            ("'", "'"),
        ];
        for (value, cell) in table {
            assert_eq!(guard(value), cell, "{value:?}");
        }
    }

    #[test]
    fn cuts_at_the_limit_of_a_cell_and_between_characters() {
        assert_eq!(cut(&"a".repeat(CELL_UNITS_MAX - 1)), None);
        // 𝄞 takes four bytes and two UTF-16 units.
        for c in ["a", "ü", "𝄞"] {
            let long = c.repeat(CELL_UNITS_MAX);
            let cell = format!("'{}{CUT_MARK}", cut(&long).expect("too long"));
            let n_units = cell.encode_utf16().count();
            assert!(n_units <= CELL_UNITS_MAX && n_units + 2 > CELL_UNITS_MAX);
        }
    }

    proptest! {
        #[test]
        fn unguard_undoes_guard(value in "['=+@a \\t-]{0,6}|\\PC*") {
            let cell = guard(&value).into_owned();
            prop_assert_eq!(unguard(&cell), &value);
            prop_assert!(!cell.starts_with(is_trigger));
        }
    }
}
