//! A sheet as JSON: an array with one object per row, raw values, one row a line.

use super::sheet::{Cells, CsvTally, Sheet, WriteError};
use crate::model::Progress;
use std::io::Write;
use std::ops::Range;

/// Writes the sheet. Numbers are numbers, with the decimals of the CSV.
///
/// Rows are formatted in parallel and written in order.
pub(super) fn write_rows(
    sheet: &Sheet<'_>,
    out: &mut impl Write,
    progress: &dyn Progress,
) -> Result<(), WriteError> {
    let keys: Vec<Vec<u8>> = sheet
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
    out.write_all(b"[")?;
    sheet.write_formatted(out, progress, &mut CsvTally::default(), |range| {
        (rows(sheet, &keys, range), CsvTally::default())
    })?;
    out.write_all(b"\n]\n")?;
    Ok(())
}

fn rows(sheet: &Sheet<'_>, keys: &[Vec<u8>], range: Range<usize>) -> Vec<u8> {
    let mut out = Vec::with_capacity(range.len() * sheet.columns.len() * 24);
    sheet.each_row(range, |row, texts| {
        out.extend_from_slice(if row == 0 { b"\n{" } else { b",\n{" });
        for ((column, text), key) in sheet.columns.iter().zip(texts).zip(keys) {
            out.extend_from_slice(key);
            match &column.cells {
                Cells::Text(_) | Cells::Id(_) | Cells::Word(_) => push_string(&mut out, text),
                numbers => numbers.push_number(row, &mut out),
            }
        }
        out.push(b'}');
    });
    out
}

fn push_string(out: &mut Vec<u8>, text: &str) {
    serde_json::to_writer(out, text).expect("writing text to memory cannot fail");
}
