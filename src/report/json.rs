//! A sheet as JSON: an array with one object per row, raw values, one row a line.

use super::csv::CsvTally;
use super::error::ReportError;
use super::folder::OutFile;
use super::sheet::{Batch, Cells, Finished, Formatted, RowFormat, Sheet, SheetFile, append};
use std::sync::Arc;

/// Rows of a JSON array. Numbers are numbers, with the decimals of the CSV.
pub(super) struct JsonRows {
    /// The columns' names, with the punctuation around them.
    keys: Vec<Vec<u8>>,
}

impl JsonRows {
    pub(super) fn of(sheet: &Sheet<'_>) -> JsonRows {
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
        JsonRows { keys }
    }
}

impl RowFormat for JsonRows {
    fn format(&self, batch: &Batch<'_, '_>) -> Formatted {
        let n_keys: usize = self.keys.iter().map(Vec::len).sum();
        // Two quotes around each text.
        let n_bytes = batch.estimated_len(2) + batch.rows.len() * (n_keys + 4);
        let mut out = Vec::with_capacity(n_bytes);
        for row in batch.rows.clone() {
            out.extend_from_slice(if row == 0 { b"\n{" } else { b",\n{" });
            for (i, (column, key)) in batch.columns.iter().zip(&self.keys).enumerate() {
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
        Formatted {
            bytes: out,
            ..Formatted::default()
        }
    }
}

/// A JSON file in the making.
pub(super) struct JsonFile {
    out: OutFile,
}

impl JsonFile {
    /// Opens the array.
    pub(super) fn begin(mut out: OutFile) -> Result<JsonFile, ReportError> {
        append(&mut out, b"[")?;
        Ok(JsonFile { out })
    }
}

impl SheetFile<'_, '_> for JsonFile {
    fn write(&mut self, _: &Arc<Batch<'_, '_>>, formatted: Formatted) -> Result<(), ReportError> {
        append(&mut self.out, &formatted.bytes)
    }

    fn finish(mut self: Box<Self>) -> Result<Finished, ReportError> {
        append(&mut self.out, b"\n]\n")?;
        Ok(Finished {
            out: self.out,
            tally: CsvTally::default(),
        })
    }
}

fn push_string(out: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(out, text).expect("writing text to memory cannot fail");
}
