//! A table to be written: named columns, each a function from the row to a cell.
//!
//! The same sheet feeds the CSV, the JSON and the Parquet file of a table, a batch of rows at a time, so that they cannot
//! drift apart and each cell is looked up once (`csv`, `json`, `parquet`). Batches are looked up and formatted by all
//! threads while those before them are written, one thread a file.

use super::check_cancelled;
use super::csv::CsvTally;
use super::error::ReportError;
use super::folder::OutFile;
use super::lanes::{Taker, in_lanes};
use crate::model::{MILLIBITS_PER_BIT, Progress};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

/// Rows looked up and formatted by one task: those of a wide sheet are about 1 MB and stay in the cache between the two.
/// Fixed, so that nothing written depends on the number of threads.
pub(super) const ROWS_PER_BATCH: usize = 4096;

/// Batches that may be formatted before the slowest file has taken them: as many as are formatted while a row group of
/// Parquet is compressed.
const BATCHES_AHEAD: usize = 12;

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
    fn push(&mut self, name: impl Into<String>, cells: Cells<'a>) {
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

    /// Adds a column of text: [`Cells::Text`] that is borrowed.
    pub(super) fn text(
        &mut self,
        name: impl Into<String>,
        cell: impl Fn(usize) -> &'a str + Sync + 'a,
    ) {
        self.made_text(name, move |row| Cow::Borrowed(cell(row)));
    }

    /// Adds a column of text, some of which is made for it: [`Cells::Text`].
    pub(super) fn made_text(
        &mut self,
        name: impl Into<String>,
        cell: impl Fn(usize) -> Cow<'a, str> + Sync + 'a,
    ) {
        self.push(name, Cells::Text(Box::new(cell)));
    }

    /// Adds a column of [`Cells::Id`].
    pub(super) fn id(
        &mut self,
        name: impl Into<String>,
        cell: impl Fn(usize) -> &'a str + Sync + 'a,
    ) {
        self.push(name, Cells::Id(Box::new(cell)));
    }

    /// Adds a column of [`Cells::Word`].
    pub(super) fn word(
        &mut self,
        name: impl Into<String>,
        cell: impl Fn(usize) -> &'static str + Sync + 'a,
    ) {
        self.push(name, Cells::Word(Box::new(cell)));
    }

    /// Adds a column of [`Cells::Bits`], given in millibits.
    pub(super) fn bits(
        &mut self,
        name: impl Into<String>,
        cell: impl Fn(usize) -> i32 + Sync + 'a,
    ) {
        self.push(name, Cells::Bits(Box::new(cell)));
    }

    /// Adds a column of [`Cells::Fraction`].
    pub(super) fn fraction(
        &mut self,
        name: impl Into<String>,
        cell: impl Fn(usize) -> f64 + Sync + 'a,
    ) {
        self.push(name, Cells::Fraction(Box::new(cell)));
    }

    /// Adds a column of [`Cells::Count`].
    pub(super) fn count(
        &mut self,
        name: impl Into<String>,
        cell: impl Fn(usize) -> u64 + Sync + 'a,
    ) {
        self.push(name, Cells::Count(Box::new(cell)));
    }

    /// Writes all rows into the files, batch by batch, and finishes them. All files hold the same rows.
    ///
    /// Memory: at most [`BATCHES_AHEAD`] batches and one for each thread, most of them as text only.
    pub(super) fn write<'s>(
        &'s self,
        formats: &[Box<dyn RowFormat>],
        mut files: Vec<Box<dyn SheetFile<'s, 'a> + '_>>,
        progress: &dyn Progress,
    ) -> Result<(), ReportError> {
        let rows_of = |batch_idx: usize| {
            let start = batch_idx * ROWS_PER_BATCH;
            start..(start + ROWS_PER_BATCH).min(self.n_rows)
        };
        let make = |batch_idx: usize| {
            check_cancelled(progress)?;
            fail_point!("report.rows", no error);
            let batch = Arc::new(Batch::of(self, rows_of(batch_idx)));
            let formatted = formats
                .iter()
                .map(|f| (Arc::clone(&batch), f.format(&batch)));
            let formatted = formatted.collect();
            progress.advance(batch.rows.len() as u64);
            Ok(formatted)
        };
        let takers = files.iter_mut().map(|file| {
            Box::new(|(batch, formatted): (Arc<Batch<'s, 'a>>, Formatted)| {
                fail_point!("report.lane", no error);
                file.write(&batch, formatted)
            }) as Taker<'_, _, ReportError>
        });
        in_lanes(
            self.n_rows.div_ceil(ROWS_PER_BATCH),
            BATCHES_AHEAD + rayon::current_num_threads(),
            make,
            takers.collect(),
        )?;
        files.into_iter().try_for_each(|file| file.finish())
    }
}

/// Turns rows into the bytes of a file; asked by many threads, and knows nothing of the file.
pub(super) trait RowFormat: Sync {
    /// All rows of the batch.
    fn format(&self, batch: &Batch<'_, '_>) -> Formatted;
}

/// Rows as they go into a file.
#[derive(Debug, Default)]
pub(super) struct Formatted {
    /// Empty where the file makes its bytes itself.
    pub(super) bytes: Vec<u8>,
    /// What was changed in cells.
    pub(super) tally: CsvTally,
}

/// A file that is being written from a sheet.
pub(super) trait SheetFile<'s, 'a>: Send {
    /// Appends the rows of a batch, given also as its [`RowFormat`] made them; batches come in order.
    fn write(
        &mut self,
        batch: &Arc<Batch<'s, 'a>>,
        formatted: Formatted,
    ) -> Result<(), ReportError>;

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
    Copied(Copied),
    Words(Vec<&'static str>),
    Numbers,
}

/// Texts and where each ends.
struct Copied {
    text: String,
    ends: Vec<usize>,
}

impl Copied {
    fn for_cells(n: usize) -> Copied {
        Copied {
            text: String::with_capacity(n * 16),
            ends: Vec::with_capacity(n),
        }
    }

    fn push(&mut self, cell: &str) {
        self.text.push_str(cell);
        self.ends.push(self.text.len());
    }
}

/// Cells looked up before they are copied. A copy waits for its text, and the processor looks no further; a look-up
/// waits for nothing, so that the far reads of so many are under way at once.
const CELLS_AHEAD: usize = 128;

impl Texts {
    fn of(cells: &Cells<'_>, rows: Range<usize>) -> Texts {
        let mut copied = Copied::for_cells(rows.len());
        match cells {
            Cells::Text(cell) => {
                let mut ahead = Vec::with_capacity(CELLS_AHEAD);
                for start in rows.clone().step_by(CELLS_AHEAD) {
                    ahead.extend((start..rows.end.min(start + CELLS_AHEAD)).map(cell));
                    ahead.drain(..).for_each(|text| copied.push(&text));
                }
            }
            Cells::Id(cell) => {
                let mut ahead = Vec::with_capacity(CELLS_AHEAD);
                for start in rows.clone().step_by(CELLS_AHEAD) {
                    ahead.extend((start..rows.end.min(start + CELLS_AHEAD)).map(cell));
                    ahead.drain(..).for_each(|text| copied.push(text));
                }
            }
            Cells::Word(cell) => return Texts::Words(rows.map(cell).collect()),
            Cells::Bits(_) | Cells::Fraction(_) | Cells::Count(_) => return Texts::Numbers,
        }
        Texts::Copied(copied)
    }

    fn get(&self, at: usize) -> &str {
        match self {
            Texts::Copied(Copied { text, ends }) => {
                let start = if at == 0 { 0 } else { ends[at - 1] };
                &text[start..ends[at]]
            }
            Texts::Words(words) => words[at],
            Texts::Numbers => "",
        }
    }
}

impl<'s, 'a> Batch<'s, 'a> {
    /// Looks the cells of the rows up.
    pub(super) fn of(sheet: &'s Sheet<'a>, rows: Range<usize>) -> Batch<'s, 'a> {
        let texts = (sheet.columns.iter())
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

    /// About how many bytes the rows take as text: their cells, and `n_around` bytes a cell for what stands around.
    pub(super) fn estimated_len(&self, n_around: usize) -> usize {
        const BYTES_PER_NUMBER: usize = 8;
        let of = |texts: &Texts| match texts {
            Texts::Copied(copied) => copied.text.len(),
            Texts::Words(_) | Texts::Numbers => self.rows.len() * BYTES_PER_NUMBER,
        };
        let cells: usize = self.texts.iter().map(of).sum();
        cells + self.rows.len() * self.columns.len() * n_around
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
            sheet.count("city", |_| 0);
        }
        let names: Vec<&str> = sheet.columns.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["city", "city_2", "city_3"]);
    }

    /// Ends and counts what it is handed.
    #[derive(Default)]
    struct InMemory {
        bytes: Vec<u8>,
        rows: Vec<Range<usize>>,
        n_guarded: u64,
    }

    struct Kept<'k>(&'k mut InMemory);

    impl SheetFile<'_, '_> for Kept<'_> {
        fn write(
            &mut self,
            batch: &Arc<Batch<'_, '_>>,
            formatted: Formatted,
        ) -> Result<(), ReportError> {
            self.0.rows.push(batch.rows.clone());
            self.0.bytes.extend(formatted.bytes);
            self.0.n_guarded += formatted.tally.n_guarded;
            Ok(())
        }

        fn finish(self: Box<Self>) -> Result<(), ReportError> {
            self.0.bytes.extend_from_slice(b"end");
            Ok(())
        }
    }

    /// Batches arrive whole and in order, whatever thread made them first; all rows at once are the reference.
    #[test]
    fn rows_written_batch_by_batch_are_the_rows() {
        use crate::model::Silent;
        use crate::report::CsvGuard;
        use crate::report::csv::CsvRows;
        use crate::report::json::JsonRows;
        for n_rows in [0, 1, ROWS_PER_BATCH, 9 * ROWS_PER_BATCH + 7] {
            let texts: Vec<String> = (0..n_rows)
                .map(|i| ["", "=1", "a\"b", "ü"][i % 4].repeat(i % 5))
                .collect();
            let mut sheet = Sheet::new(n_rows);
            sheet.text("text", |row| texts[row].as_str());
            sheet.count("row", |row| row as u64);
            sheet.word("odd", |row| if row % 2 == 1 { "odd" } else { "even" });
            let formats = || -> [Box<dyn RowFormat>; 2] {
                [
                    Box::new(CsvRows(CsvGuard::Guarded)),
                    Box::new(JsonRows::of(&sheet)),
                ]
            };
            let whole = Batch::of(&sheet, 0..n_rows);
            for n_threads in [1, 3] {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads);
                let (mut csv, mut json) = (InMemory::default(), InMemory::default());
                pool.build().expect("threads").scope(|_| {
                    let files: Vec<Box<dyn SheetFile<'_, '_>>> =
                        vec![Box::new(Kept(&mut csv)), Box::new(Kept(&mut json))];
                    sheet.write(&formats(), files, &Silent).expect("written");
                });
                for (kept, format) in [&csv, &json].into_iter().zip(formats()) {
                    let mut wanted = format.format(&whole);
                    wanted.bytes.extend_from_slice(b"end");
                    assert!(kept.bytes == wanted.bytes, "{n_rows} rows");
                    assert_eq!(kept.n_guarded, wanted.tally.n_guarded);
                    let starts = kept.rows.iter().map(|r| r.start);
                    assert!(starts.eq((0..n_rows).step_by(ROWS_PER_BATCH)));
                }
            }
        }
    }
}
