//! A table to be written: named columns, each a function from the row to a cell.
//!
//! The same sheet feeds the CSV, the JSON and the Parquet file of a table, a batch of rows at a time, so that they cannot
//! drift apart and each cell is looked up once (`csv`, `json`, `parquet`).

use super::check_cancelled;
use super::error::ReportError;
use super::folder::OutFile;
use crate::model::{MILLIBITS_PER_BIT, Progress};
use rayon::prelude::*;
use std::borrow::Cow;
use std::ops::Range;

/// Rows formatted by one task. Fixed, so that nothing written depends on the number of threads.
const ROWS_PER_TASK: usize = 4096;

/// Rows looked up at a time: those of a wide sheet are about 20 MB.
const ROWS_PER_BATCH: usize = 16 * ROWS_PER_TASK;

/// Rows held formatted at a time.
const ROWS_FORMATTED: usize = 4 * ROWS_PER_TASK;

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

    /// Writes all rows into the files, batch by batch, and finishes them. All files hold the same rows.
    pub(super) fn write(
        &self,
        mut files: Vec<Box<dyn SheetFile + '_>>,
        progress: &dyn Progress,
    ) -> Result<(), ReportError> {
        for start in (0..self.n_rows).step_by(ROWS_PER_BATCH) {
            check_cancelled(progress)?;
            let batch = Batch::of(self, start..(start + ROWS_PER_BATCH).min(self.n_rows));
            for file in &mut files {
                file.write(&batch)?;
            }
            progress.advance(batch.rows.len() as u64);
        }
        files.into_iter().try_for_each(|file| file.finish())
    }
}

/// A file that is being written from a sheet.
pub(super) trait SheetFile {
    /// Appends the rows of a batch; batches come in order.
    fn write(&mut self, batch: &Batch<'_, '_>) -> Result<(), ReportError>;

    /// Writes what follows the last row.
    fn finish(self: Box<Self>) -> Result<(), ReportError>;
}

/// Some rows of a sheet, the texts of their cells looked up.
///
/// Records of a sheet lie anywhere in the table. Looked up column by column, many of those far reads are under way at
/// once, and whoever formats the rows reads from one place.
pub(super) struct Batch<'s, 'a> {
    /// The columns of the sheet.
    pub(super) columns: &'s [SheetColumn<'a>],
    /// The rows.
    pub(super) rows: Range<usize>,
    texts: Vec<Texts>,
}

/// The texts of a column's cells, one after the other; none for numbers.
enum Texts {
    Copied { text: String, ends: Vec<usize> },
    Words(Vec<&'static str>),
    Numbers,
}

impl Texts {
    fn of(cells: &Cells<'_>, rows: Range<usize>) -> Texts {
        let mut text = String::new();
        let mut ends = Vec::with_capacity(rows.len());
        let mut push = |cell: &str| {
            text.push_str(cell);
            ends.push(text.len());
        };
        match cells {
            Cells::Text(cell) => rows.for_each(|row| push(&cell(row))),
            Cells::Id(cell) => rows.for_each(|row| push(cell(row))),
            Cells::Word(cell) => return Texts::Words(rows.map(cell).collect()),
            Cells::Bits(_) | Cells::Fraction(_) | Cells::Count(_) => return Texts::Numbers,
        }
        Texts::Copied { text, ends }
    }

    fn get(&self, at: usize) -> &str {
        match self {
            Texts::Copied { text, ends } => {
                let start = if at == 0 { 0 } else { ends[at - 1] };
                &text[start..ends[at]]
            }
            Texts::Words(words) => words[at],
            Texts::Numbers => "",
        }
    }
}

impl<'s, 'a> Batch<'s, 'a> {
    /// Looks the cells of the rows up, columns in parallel.
    pub(super) fn of(sheet: &'s Sheet<'a>, rows: Range<usize>) -> Batch<'s, 'a> {
        let texts = (sheet.columns.par_iter())
            .map(|column| Texts::of(&column.cells, rows.clone()))
            .collect();
        Batch {
            columns: &sheet.columns,
            rows,
            texts,
        }
    }

    /// The text in a column and a row of the sheet; empty for numbers.
    pub(super) fn text(&self, column: usize, row: usize) -> &str {
        self.texts[column].get(row - self.rows.start)
    }

    /// Formats the rows, parts of them in parallel, and hands the parts to `write` in order.
    pub(super) fn formatted<T: Send>(
        &self,
        format: impl Fn(Range<usize>) -> T + Sync,
        mut write: impl FnMut(T) -> Result<(), ReportError>,
    ) -> Result<(), ReportError> {
        for start in self.rows.clone().step_by(ROWS_FORMATTED) {
            let end = (start + ROWS_FORMATTED).min(self.rows.end);
            let starts: Vec<usize> = (start..end).step_by(ROWS_PER_TASK).collect();
            let parts: Vec<T> = (starts.into_par_iter())
                .map(|s| format(s..(s + ROWS_PER_TASK).min(end)))
                .collect();
            parts.into_iter().try_for_each(&mut write)?;
        }
        Ok(())
    }
}

/// Appends bytes to a file of the run.
pub(super) fn append(out: &mut OutFile, bytes: &[u8]) -> Result<(), ReportError> {
    use std::io::Write;
    out.write_all(bytes)
        .map_err(ReportError::io("write", out.path()))
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
