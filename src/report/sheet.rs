//! A table to be written: named columns, each a function from the row to a cell.
//!
//! The same sheet feeds the CSV and the Parquet file, so that the two cannot drift apart.
//! CSV is formatted here and not by polars, whose writer offers neither the formula guard, nor the byte order mark
//! together with CRLF and quotes around everything, nor exact decimals; Parquet is polars' work (`parquet`).

use super::error::ReportError;
use super::guard::{CUT_MARK, cut, needs_guard};
use super::{CsvGuard, check_cancelled};
use crate::model::{MILLIBITS_PER_BIT, Progress};
use rayon::prelude::*;
use std::borrow::Cow;
use std::io::Write;
use std::ops::Range;

/// Rows formatted by one task. Fixed, so that nothing written depends on the number of threads.
const ROWS_PER_TASK: usize = 4096;

/// Rows held formatted at a time: 64 K rows of a wide sheet are about 40 MB.
pub(super) const ROWS_PER_BATCH: usize = 16 * ROWS_PER_TASK;

/// Rows whose texts are looked up before they are formatted: those of a wide sheet stay in the processor's cache.
const ROWS_PER_BLOCK: usize = 128;

/// A function from a row to a cell.
type Cell<'a, T> = Box<dyn Fn(usize) -> T + Sync + 'a>;

/// The cells of a column.
pub(super) enum Cells<'a> {
    /// Text from data or from the user: guarded in CSV.
    Text(Cell<'a, Cow<'a, str>>),
    /// The id of a record: text, and counted in the manifest when it needed a guard.
    Id(Cell<'a, &'a str>),
    /// A word of ours.
    Word(Cell<'a, &'static str>),
    /// Evidence in millibits, written as bits with three decimals.
    Bits(Cell<'a, i32>),
    /// A number from 0.0 to 1.0, written with six decimals.
    Fraction(Cell<'a, f64>),
    /// A count or a position.
    Count(Cell<'a, u64>),
}

/// A named column.
pub(super) struct SheetColumn<'a> {
    /// Unique in the sheet.
    pub(super) name: String,
    /// The cells.
    pub(super) cells: Cells<'a>,
}

/// A table to be written.
pub(super) struct Sheet<'a> {
    /// The columns, in order.
    pub(super) columns: Vec<SheetColumn<'a>>,
    /// Number of rows.
    pub(super) n_rows: usize,
}

/// What was changed in cells to make a CSV safe to open.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct CsvTally {
    /// Cells given a leading single quote.
    pub(super) n_guarded: u64,
    /// Of those, ids of records.
    pub(super) n_guarded_ids: u64,
    /// Cells cut to what Excel can hold.
    pub(super) n_cut: u64,
}

impl CsvTally {
    /// Adds the counts of another part.
    pub(super) fn add(&mut self, other: CsvTally) {
        self.n_guarded += other.n_guarded;
        self.n_guarded_ids += other.n_guarded_ids;
        self.n_cut += other.n_cut;
    }
}

impl<'a> Sheet<'a> {
    /// A sheet without columns.
    pub(super) fn new(n_rows: usize) -> Self {
        Sheet {
            columns: Vec::new(),
            n_rows,
        }
    }

    /// Adds a column; a name already taken gets `_2`, `_3` … appended.
    pub(super) fn push(&mut self, name: impl Into<String>, cells: Cells<'a>) {
        let wanted: String = name.into();
        let taken = |name: &str| self.columns.iter().any(|c| c.name == name);
        let mut name = wanted.clone();
        let mut n = 2;
        while taken(&name) {
            name = format!("{wanted}_{n}");
            n += 1;
        }
        self.columns.push(SheetColumn { name, cells });
    }

    /// Writes the sheet as CSV: CRLF, every field quoted; guarded also with a byte order mark, guards and cuts.
    ///
    /// Rows are formatted in parallel and written in order.
    pub(super) fn write_csv(
        &self,
        out: &mut impl Write,
        csv_guard: CsvGuard,
        progress: &dyn Progress,
    ) -> Result<CsvTally, WriteError> {
        let mut head = Vec::new();
        if csv_guard == CsvGuard::Guarded {
            head.extend_from_slice("\u{feff}".as_bytes());
        }
        let mut tally = CsvTally::default();
        for (i, column) in self.columns.iter().enumerate() {
            if i > 0 {
                head.push(b',');
            }
            push_text(&mut head, &column.name, csv_guard, &mut tally);
        }
        head.extend_from_slice(b"\r\n");
        out.write_all(&head)?;
        self.write_formatted(out, progress, &mut tally, |rows| {
            self.csv_rows(rows, csv_guard)
        })?;
        Ok(tally)
    }

    /// Writes all rows as `format` gives them: formatted in parallel, written in order.
    pub(super) fn write_formatted(
        &self,
        out: &mut impl Write,
        progress: &dyn Progress,
        tally: &mut CsvTally,
        format: impl Fn(Range<usize>) -> (Vec<u8>, CsvTally) + Sync,
    ) -> Result<(), WriteError> {
        for start in (0..self.n_rows).step_by(ROWS_PER_BATCH) {
            check_cancelled(progress)?;
            let end = (start + ROWS_PER_BATCH).min(self.n_rows);
            let starts: Vec<usize> = (start..end).step_by(ROWS_PER_TASK).collect();
            let parts: Vec<(Vec<u8>, CsvTally)> = starts
                .into_par_iter()
                .map(|s| format(s..(s + ROWS_PER_TASK).min(end)))
                .collect();
            for (bytes, part) in parts {
                out.write_all(&bytes)?;
                tally.add(part);
            }
            progress.advance((end - start) as u64);
        }
        Ok(())
    }

    /// The rows of a range as CSV.
    fn csv_rows(&self, rows: Range<usize>, csv_guard: CsvGuard) -> (Vec<u8>, CsvTally) {
        let mut out = Vec::with_capacity(rows.len() * self.columns.len() * 12);
        let mut tally = CsvTally::default();
        self.each_row(rows, |row, texts| {
            for (i, (column, text)) in self.columns.iter().zip(texts).enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                match &column.cells {
                    Cells::Text(_) => push_text(&mut out, text, csv_guard, &mut tally),
                    Cells::Id(_) => {
                        let n_before = tally.n_guarded;
                        push_text(&mut out, text, csv_guard, &mut tally);
                        tally.n_guarded_ids += tally.n_guarded - n_before;
                    }
                    Cells::Word(_) => push_quoted(&mut out, text),
                    // Numbers of ours are not guarded: a spreadsheet that evaluates -1.250 gets -1.25.
                    Cells::Bits(_) | Cells::Fraction(_) | Cells::Count(_) => {
                        out.push(b'"');
                        column.cells.push_number(row, &mut out);
                        out.push(b'"');
                    }
                }
            }
            out.extend_from_slice(b"\r\n");
        });
        (out, tally)
    }

    /// Calls `format` for each row of a range, in order, with the texts of its cells (empty for numbers).
    ///
    /// Records of a sheet lie anywhere in the table. Looked up column by column, many of those far reads are under way
    /// at once; cell by cell, formatting would wait for each.
    pub(super) fn each_row<'s>(
        &'s self,
        rows: Range<usize>,
        mut format: impl FnMut(usize, &[Cow<'s, str>]),
    ) {
        let n_columns = self.columns.len();
        let mut texts: Vec<Cow<'s, str>> = Vec::new();
        for start in rows.clone().step_by(ROWS_PER_BLOCK) {
            let block = start..(start + ROWS_PER_BLOCK).min(rows.end);
            texts.clear();
            texts.resize(block.len() * n_columns, Cow::Borrowed(""));
            for (i, column) in self.columns.iter().enumerate() {
                let cells = texts[i..].iter_mut().step_by(n_columns);
                match &column.cells {
                    Cells::Text(cell) => {
                        block.clone().zip(cells).for_each(|(row, t)| *t = cell(row))
                    }
                    Cells::Id(cell) => (block.clone().zip(cells))
                        .for_each(|(row, t)| *t = Cow::Borrowed(cell(row))),
                    Cells::Word(cell) => (block.clone().zip(cells))
                        .for_each(|(row, t)| *t = Cow::Borrowed(cell(row))),
                    Cells::Bits(_) | Cells::Fraction(_) | Cells::Count(_) => {}
                }
            }
            // One look at each text, so that its bytes are on their way too.
            let n_seen = texts.iter().filter(|t| !t.starts_with('\0')).count();
            std::hint::black_box(n_seen);
            for (row, texts) in block.zip(texts.chunks_exact(n_columns)) {
                format(row, texts);
            }
        }
    }
}

/// Why the content of a file could not be written; who opened the file adds its path.
pub(super) enum WriteError {
    /// The system refused.
    Io(std::io::Error),
    /// The user asked to stop.
    Report(ReportError),
}

impl From<std::io::Error> for WriteError {
    fn from(error: std::io::Error) -> Self {
        WriteError::Io(error)
    }
}

impl From<ReportError> for WriteError {
    fn from(error: ReportError) -> Self {
        WriteError::Report(error)
    }
}

impl Cells<'_> {
    /// Appends the number in a row, without quotes; nothing for texts.
    pub(super) fn push_number(&self, row: usize, out: &mut Vec<u8>) {
        match self {
            Cells::Text(_) | Cells::Id(_) | Cells::Word(_) => {}
            Cells::Bits(cell) => push_bits(out, cell(row)),
            Cells::Fraction(cell) => {
                let millionths = millionths(cell(row));
                push_decimal(out, u64::from(millionths), 6);
            }
            Cells::Count(cell) => push_decimal(out, cell(row), 0),
        }
    }
}

/// Appends millibits as bits with three decimals, exactly: `-250` is `-0.250`.
pub(super) fn push_bits(out: &mut Vec<u8>, millibits: i32) {
    const { assert!(MILLIBITS_PER_BIT == 1000, "three decimals") };
    if millibits < 0 {
        out.push(b'-');
    }
    push_decimal(out, u64::from(millibits.unsigned_abs()), 3);
}

/// A fraction in millionths: what CSV, JSON and Parquet all show. More digits would only tell how this machine
/// computes powers of two.
pub(super) fn millionths(fraction: f64) -> u32 {
    (fraction.clamp(0.0, 1.0) * 1e6).round() as u32
}

/// Appends `n / 10^n_decimals`. By hand: a wide row has thirty numbers, and the standard formatting allocates for each.
fn push_decimal(out: &mut Vec<u8>, mut n: u64, n_decimals: usize) {
    let mut digits = [0_u8; 24];
    let mut at = digits.len();
    let mut n_written = 0;
    while n > 0 || n_written <= n_decimals {
        if n_decimals > 0 && n_written == n_decimals {
            at -= 1;
            digits[at] = b'.';
        }
        at -= 1;
        digits[at] = b'0' + (n % 10) as u8;
        n /= 10;
        n_written += 1;
    }
    out.extend_from_slice(&digits[at..]);
}

/// A text cell, guarded and cut as asked.
fn push_text(out: &mut Vec<u8>, value: &str, csv_guard: CsvGuard, tally: &mut CsvTally) {
    if csv_guard == CsvGuard::Raw {
        return push_quoted(out, value);
    }
    out.push(b'"');
    if needs_guard(value) {
        out.push(b'\'');
        tally.n_guarded += 1;
    }
    match cut(value) {
        None => push_escaped(out, value),
        Some(beginning) => {
            push_escaped(out, beginning);
            out.extend_from_slice(CUT_MARK.as_bytes());
            tally.n_cut += 1;
        }
    }
    out.push(b'"');
}

/// A cell in quotes, quotes inside doubled.
fn push_quoted(out: &mut Vec<u8>, value: &str) {
    out.push(b'"');
    push_escaped(out, value);
    out.push(b'"');
}

fn push_escaped(out: &mut Vec<u8>, value: &str) {
    for (i, part) in value.split('"').enumerate() {
        if i > 0 {
            out.extend_from_slice(b"\"\"");
        }
        out.extend_from_slice(part.as_bytes());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_exact_decimals() {
        for (millibits, text) in [
            (0, "0.000"),
            (7, "0.007"),
            (-250, "-0.250"),
            (12_034, "12.034"),
            (-17_900, "-17.900"),
            (i32::MIN, "-2147483.648"),
        ] {
            let mut out = Vec::new();
            push_bits(&mut out, millibits);
            assert_eq!(out, text.as_bytes());
        }
        for (cells, text) in [
            (Cells::Fraction(Box::new(|_| 1.0)), "1.000000"),
            (Cells::Fraction(Box::new(|_| 0.000_001_4)), "0.000001"),
            (Cells::Fraction(Box::new(|_| f64::NAN)), "0.000000"),
            (Cells::Count(Box::new(|_| 0)), "0"),
            (Cells::Count(Box::new(|_| u64::MAX)), "18446744073709551615"),
        ] {
            let mut out = Vec::new();
            cells.push_number(0, &mut out);
            assert_eq!(out, text.as_bytes());
        }
    }

    #[test]
    fn a_name_taken_twice_is_numbered() {
        let mut sheet = Sheet::new(0);
        for _ in 0..3 {
            sheet.push("city", Cells::Count(Box::new(|_| 0)));
        }
        let names: Vec<&str> = sheet.columns.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["city", "city_2", "city_3"]);
    }
}
