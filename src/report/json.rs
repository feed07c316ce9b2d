//! A sheet as JSON: an array with one object per row, raw values, one row a line.

use super::error::ReportError;
use super::folder::OutFile;
use super::sheet::{Batch, Cells, Sheet, SheetFile, append};
use std::ops::Range;

/// A JSON file in the making. Numbers are numbers, with the decimals of the CSV.
pub(super) struct JsonFile<'f> {
    out: &'f mut OutFile,
    /// The columns' names, with the punctuation around them.
    keys: Vec<Vec<u8>>,
}

impl<'f> JsonFile<'f> {
    /// Opens the array.
    pub(super) fn begin(
        sheet: &Sheet<'_>,
        out: &'f mut OutFile,
    ) -> Result<JsonFile<'f>, ReportError> {
        let keys = sheet
            .columns
            .iter()
            .enumerate()
            .map(|(i, column)| {
                let mut key = if i == 0 { Vec::new() } else { vec![b','] };
                push_string(&mut key, &column.name);
                key.push(b':');
                key
            })
            .collect();
        append(out, b"[")?;
        Ok(JsonFile { out, keys })
    }
}

impl SheetFile for JsonFile<'_> {
    fn write(&mut self, batch: &Batch<'_, '_>) -> Result<(), ReportError> {
        let keys = &self.keys;
        batch.formatted(
            |rows| formatted(batch, rows, keys),
            |bytes| append(self.out, &bytes),
        )
    }

    fn finish(self: Box<Self>) -> Result<(), ReportError> {
        append(self.out, b"\n]\n")
    }
}

/// The rows of a range as JSON.
fn formatted(batch: &Batch<'_, '_>, rows: Range<usize>, keys: &[Vec<u8>]) -> Vec<u8> {
    let mut out = Vec::with_capacity(rows.len() * batch.columns.len() * 24);
    for row in rows {
        out.extend_from_slice(if row == 0 { b"\n{" } else { b",\n{" });
        for (i, (column, key)) in batch.columns.iter().zip(keys).enumerate() {
            out.extend_from_slice(key);
            match &column.cells {
                Cells::Text(_) | Cells::Id(_) | Cells::Word(_) => {
                    push_string(&mut out, batch.text(i, row));
                }
                numbers => numbers.push_number(row, &mut out),
            }
        }
        out.push(b'}');
    }
    out
}

fn push_string(out: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(out, text).expect("writing text to memory cannot fail");
}
