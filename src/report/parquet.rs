//! Sheets as Parquet, by polars: raw values, written batch by batch so that no file is ever held whole.

use super::check_cancelled;
use super::error::ReportError;
use super::folder::OutFile;
use super::sheet::{Cells, ROWS_PER_BATCH, Sheet, SheetColumn, millionths};
use crate::model::{MILLIBITS_PER_BIT, Progress};
use polars::prelude::{Column, DataFrame, DataType, Field, ParquetWriter, PolarsError, Schema};
use rayon::prelude::*;
use std::ops::Range;

/// Writes the sheet as Parquet, a row group per batch. Texts are strings, bits and fractions doubles, counts unsigned.
///
/// A missing value is the empty string, as in the export.
pub(super) fn write_parquet(
    sheet: &Sheet<'_>,
    out: &mut OutFile,
    progress: &dyn Progress,
) -> Result<(), ReportError> {
    let path = out.path().to_owned();
    let failed = |error: PolarsError| ReportError::Parquet {
        path: path.clone(),
        message: error.to_string(),
    };
    let schema: Schema = sheet
        .columns
        .iter()
        .map(|c| Field::new(c.name.as_str().into(), data_type(c)))
        .collect();
    let mut writer = ParquetWriter::new(out).batched(&schema).map_err(failed)?;
    for start in (0..sheet.n_rows).step_by(ROWS_PER_BATCH) {
        check_cancelled(progress)?;
        let rows = start..(start + ROWS_PER_BATCH).min(sheet.n_rows);
        let n_rows = rows.len();
        let columns: Vec<Column> = sheet
            .columns
            .par_iter()
            .map(|column| cells(column, rows.clone()))
            .collect();
        let frame = DataFrame::new(n_rows, columns).map_err(failed)?;
        writer.write_batch(&frame).map_err(failed)?;
        progress.advance(n_rows as u64);
    }
    writer.finish().map_err(failed)?;
    Ok(())
}

fn data_type(column: &SheetColumn<'_>) -> DataType {
    match column.cells {
        Cells::Text(_) | Cells::Id(_) | Cells::Word(_) => DataType::String,
        Cells::Bits(_) | Cells::Fraction(_) => DataType::Float64,
        Cells::Count(_) => DataType::UInt64,
    }
}

fn cells(column: &SheetColumn<'_>, rows: Range<usize>) -> Column {
    use polars::prelude::{IntoColumn, NamedFrom, Series};
    let name = column.name.as_str().into();
    match &column.cells {
        Cells::Text(cell) => {
            let texts: Vec<_> = rows.map(cell).collect();
            Series::new(name, texts.iter().map(AsRef::as_ref).collect::<Vec<&str>>())
        }
        Cells::Id(cell) => Series::new(name, rows.map(cell).collect::<Vec<&str>>()),
        Cells::Word(cell) => Series::new(name, rows.map(cell).collect::<Vec<&str>>()),
        Cells::Bits(cell) => Series::new(
            name,
            rows.map(|row| f64::from(cell(row)) / f64::from(MILLIBITS_PER_BIT))
                .collect::<Vec<f64>>(),
        ),
        Cells::Fraction(cell) => Series::new(
            name,
            rows.map(|row| f64::from(millionths(cell(row))) / 1e6)
                .collect::<Vec<f64>>(),
        ),
        Cells::Count(cell) => Series::new(name, rows.map(cell).collect::<Vec<u64>>()),
    }
    .into_column()
}
