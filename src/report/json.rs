//! A sheet as JSON: an array with one object per row, raw values, one row a line.

use super::check_cancelled;
use super::sheet::{Cells, Sheet, WriteError, bits_text, fraction_text};
use crate::model::Progress;
use std::io::Write;

/// Rows between two looks at whether the user asked to stop.
const ROWS_PER_CHECK: usize = 4096;

/// Writes the sheet. Numbers are numbers, with the decimals of the CSV.
pub(super) fn write_rows(
    sheet: &Sheet<'_>,
    out: &mut impl Write,
    progress: &dyn Progress,
) -> Result<(), WriteError> {
    let keys: Vec<String> = sheet
        .columns
        .iter()
        .map(|c| serde_json::to_string(&c.name).map(|name| name + ":"))
        .collect::<Result<_, _>>()
        .map_err(std::io::Error::from)?;
    out.write_all(b"[")?;
    for row in 0..sheet.n_rows {
        if row % ROWS_PER_CHECK == 0 {
            check_cancelled(progress)?;
        }
        out.write_all(if row == 0 { b"\n{" } else { b",\n{" })?;
        for (i, (column, key)) in sheet.columns.iter().zip(&keys).enumerate() {
            if i > 0 {
                out.write_all(b",")?;
            }
            out.write_all(key.as_bytes())?;
            let text = |out: &mut dyn Write, value: &str| {
                serde_json::to_writer(out, value).map_err(std::io::Error::from)
            };
            match &column.cells {
                Cells::Text(cell) => text(out, &cell(row))?,
                Cells::Id(cell) => text(out, cell(row))?,
                Cells::Word(cell) => text(out, cell(row))?,
                Cells::Bits(cell) => out.write_all(bits_text(cell(row)).as_bytes())?,
                Cells::Fraction(cell) => out.write_all(fraction_text(cell(row)).as_bytes())?,
                Cells::Count(cell) => write!(out, "{}", cell(row))?,
            }
        }
        out.write_all(b"}")?;
    }
    out.write_all(b"\n]\n")?;
    Ok(())
}
