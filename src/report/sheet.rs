//! A table to be written: named columns, each a function from the row to a cell.
//!
//! The same sheet feeds the CSV, the JSON and the Parquet file of a table, a batch of rows at a time, so that they cannot
//! drift apart and each cell is looked up once (`csv`, `json`, `parquet`). Batches are looked up and formatted by all
//! threads while those before them are written, one thread a file.

use super::check_cancelled;
use super::csv::CsvTally;
use super::error::ReportError;
use super::folder::OutFile;
use super::lanes::{Taker, Work};
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

    /// All rows, batch by batch, into the files, which are then finished and handed to `finished`. All files hold the same
    /// rows.
    ///
    /// Memory: at most [`BATCHES_AHEAD`] batches and one for each thread, most of them as text only.
    pub(super) fn to_files<'s>(
        &'s self,
        formats: Vec<Box<dyn RowFormat>>,
        files: Vec<Box<dyn SheetFile<'s, 'a> + 's>>,
        finished: &'s (dyn Fn(Finished) -> Result<(), ReportError> + Sync),
        progress: &'s dyn Progress,
    ) -> Work<'s, Piece<'s, 'a>, ReportError> {
        let make = move |batch_idx: usize| {
            check_cancelled(progress)?;
            fail_point!("report.rows", no error);
            let start = batch_idx * ROWS_PER_BATCH;
            let rows = start..(start + ROWS_PER_BATCH).min(self.n_rows);
            let batch = Arc::new(Batch::of(self, rows));
            let formatted = formats
                .iter()
                .map(|f| (Arc::clone(&batch), f.format(&batch)));
            let formatted = formatted.collect();
            progress.advance(batch.rows.len() as u64);
            Ok(formatted)
        };
        let takers = files.into_iter().map(|file| {
            let mut file = Some(file);
            Box::new(move |piece: Option<Piece<'s, 'a>>| {
                fail_point!("report.lane", no error);
                match piece {
                    Some((batch, formatted)) => match &mut file {
                        Some(file) => file.write(&batch, formatted),
                        None => Ok(()),
                    },
                    None => file.take().map_or(Ok(()), |file| finished(file.finish()?)),
                }
            }) as Taker<'s, _, ReportError>
        });
        Work {
            n: self.n_rows.div_ceil(ROWS_PER_BATCH),
            window: BATCHES_AHEAD + rayon::current_num_threads(),
            make: Box::new(make),
            takers: takers.collect(),
        }
    }
}

/// A batch of rows, and as they go into one of the files.
pub(super) type Piece<'s, 'a> = (Arc<Batch<'s, 'a>>, Formatted);

/// Turns rows into the bytes of a file; asked by many threads, and knows nothing of the file.
pub(super) trait RowFormat: Send + Sync {
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
    fn finish(self: Box<Self>) -> Result<Finished, ReportError>;
}

/// A file with all its rows.
pub(super) struct Finished {
    /// The file, to be closed.
    pub(super) out: OutFile,
    /// What was changed in its cells.
    pub(super) tally: CsvTally,
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

    /// Batches arrive whole and in order, whatever thread made them first; all rows at once are the reference.
    #[test]
    fn rows_written_batch_by_batch_are_the_rows() {
        use crate::model::Silent;
        use crate::report::CsvGuard;
        use crate::report::csv::{CsvFile, CsvRows, in_memory};
        use crate::report::folder::RunFolder;
        use crate::report::json::{JsonFile, JsonRows};
        use crate::report::lanes::in_lanes;
        use std::sync::Mutex;
        for n_rows in [0, 1, ROWS_PER_BATCH, 9 * ROWS_PER_BATCH + 7] {
            let texts: Vec<String> = (0..n_rows)
                .map(|i| ["", "=1", "a\"b", "ü"][i % 4].repeat(i % 5))
                .collect();
            let mut sheet = Sheet::new(n_rows);
            sheet.text("text", |row| texts[row].as_str());
            sheet.count("row", |row| row as u64);
            sheet.word("odd", |row| if row % 2 == 1 { "odd" } else { "even" });
            let whole = Batch::of(&sheet, 0..n_rows);
            let json = JsonRows::of(&sheet).format(&whole).bytes;
            let n_guarded = CsvRows(CsvGuard::Guarded).format(&whole).tally.n_guarded;
            for n_threads in [1, 3] {
                let dir = tempfile::tempdir().expect("a folder");
                let out_dir = dir.path().join("o");
                let run = RunFolder::create(&out_dir, "run").expect("created");
                let file = |name| run.file(name).expect("created");
                let csv_file = CsvFile::begin(&sheet, file("pairs.csv"), CsvGuard::Guarded);
                let json_file = JsonFile::begin(file("suggestions.json"));
                let done = Mutex::new(Vec::new());
                let finished = |file: Finished| {
                    let tally = file.tally;
                    let file = file.out.finish()?;
                    done.lock()
                        .expect("no panic")
                        .push((file.name, tally.n_guarded));
                    Ok(())
                };
                let work = sheet.to_files(
                    vec![
                        Box::new(CsvRows(CsvGuard::Guarded)),
                        Box::new(JsonRows::of(&sheet)),
                    ],
                    vec![
                        Box::new(csv_file.expect("begun")),
                        Box::new(json_file.expect("begun")),
                    ],
                    &finished,
                    &Silent,
                );
                let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads);
                let pool = pool.build().expect("threads");
                pool.install(|| in_lanes(vec![work])).expect("written");
                let written = |name: &str| {
                    let run = out_dir.join("runs/.tmp-run");
                    std::fs::read(run.join(name)).expect("there")
                };
                assert!(written("pairs.csv") == in_memory(&sheet, CsvGuard::Guarded));
                assert!(written("suggestions.json") == [b"[", &json[..], b"\n]\n"].concat());
                let mut done = done.into_inner().expect("no panic");
                done.sort_unstable();
                assert_eq!(done, [("pairs.csv", n_guarded), ("suggestions.json", 0)]);
            }
        }
    }
}
