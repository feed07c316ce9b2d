//! A sheet as CSV.
//!
//! Formatted here and not by polars, whose writer offers neither the formula guard, nor the byte order mark together with
//! CRLF and quotes around everything, nor exact decimals.

use super::CsvGuard;
use super::error::ReportError;
use super::folder::OutFile;
use super::guard::{CUT_MARK, cut, needs_guard};
use super::sheet::{Batch, Cells, Finished, Formatted, RowFormat, Sheet, SheetFile, append};
use std::sync::Arc;

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

/// Rows of a CSV: CRLF, every field quoted; guarded also with guards and cuts.
pub(super) struct CsvRows(pub(super) CsvGuard);

impl RowFormat for CsvRows {
    fn format(&self, batch: &Batch<'_, '_>) -> Formatted {
        let CsvRows(csv_guard) = *self;
        // Two quotes and a comma around each cell.
        let mut out = Vec::with_capacity(batch.estimated_len(3));
        let mut tally = CsvTally::default();
        for row in batch.rows.clone() {
            for (i, column) in batch.columns.iter().enumerate() {
                if i > 0 {
                    out.push(b',');
                }
                match &column.cells {
                    Cells::Text(_) => {
                        push_text(&mut out, batch.text(i, row), csv_guard, &mut tally);
                    }
                    Cells::Id(_) => {
                        let n_before = tally.n_guarded;
                        push_text(&mut out, batch.text(i, row), csv_guard, &mut tally);
                        tally.n_guarded_ids += tally.n_guarded - n_before;
                    }
                    Cells::Word(_) => push_quoted(&mut out, batch.text(i, row)),
                    // Numbers of ours are not guarded: a spreadsheet that evaluates -1.250 gets -1.25.
                    Cells::Bits(_) | Cells::Fraction(_) | Cells::Count(_) => {
                        out.push(b'"');
                        column.cells.push_number(row, &mut out);
                        out.push(b'"');
                    }
                }
            }
            out.extend_from_slice(b"\r\n");
        }
        Formatted { bytes: out, tally }
    }
}

/// A CSV file in the making.
pub(super) struct CsvFile {
    out: OutFile,
    tally: CsvTally,
}

impl CsvFile {
    /// Writes the header, guarded with a byte order mark.
    pub(super) fn begin(
        sheet: &Sheet<'_>,
        mut out: OutFile,
        csv_guard: CsvGuard,
    ) -> Result<CsvFile, ReportError> {
        let mut tally = CsvTally::default();
        append(&mut out, &head(sheet, csv_guard, &mut tally))?;
        Ok(CsvFile { out, tally })
    }
}

impl SheetFile<'_, '_> for CsvFile {
    fn write(&mut self, _: &Arc<Batch<'_, '_>>, formatted: Formatted) -> Result<(), ReportError> {
        self.tally.add(formatted.tally);
        append(&mut self.out, &formatted.bytes)
    }

    fn finish(self: Box<Self>) -> Result<Finished, ReportError> {
        let CsvFile { out, tally } = *self;
        Ok(Finished { out, tally })
    }
}

/// The byte order mark, if asked for, and the row of names.
fn head(sheet: &Sheet<'_>, csv_guard: CsvGuard, tally: &mut CsvTally) -> Vec<u8> {
    let mut head = Vec::new();
    if csv_guard == CsvGuard::Guarded {
        head.extend_from_slice("\u{feff}".as_bytes());
    }
    for (i, column) in sheet.columns.iter().enumerate() {
        if i > 0 {
            head.push(b',');
        }
        push_text(&mut head, &column.name, csv_guard, tally);
    }
    head.extend_from_slice(b"\r\n");
    head
}

/// A small sheet as CSV, whole.
pub(super) fn in_memory(sheet: &Sheet<'_>, csv_guard: CsvGuard) -> Vec<u8> {
    let mut out = head(sheet, csv_guard, &mut CsvTally::default());
    let batch = Batch::of(sheet, 0..sheet.n_rows);
    out.extend(CsvRows(csv_guard).format(&batch).bytes);
    out
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
    let mut rest = value.as_bytes();
    while let Some(at) = memchr::memchr(b'"', rest) {
        out.extend_from_slice(&rest[..=at]);
        out.push(b'"');
        rest = &rest[at + 1..];
    }
    out.extend_from_slice(rest);
}
