//! Sheets as Parquet, by polars: raw values, written batch by batch so that no file is ever held whole.

use super::error::ReportError;
use super::folder::OutFile;
use super::sheet::{Batch, Cells, Sheet, SheetColumn, SheetFile, millionths};
use crate::model::MILLIBITS_PER_BIT;
use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{Column, DataFrame, DataType, Field, ParquetWriter, PolarsError, Schema};
use rayon::prelude::*;
use std::path::PathBuf;

/// A Parquet file in the making, a row group per batch. Texts are strings, bits and fractions doubles, counts unsigned.
///
/// A missing value is the empty string, as in the export.
pub(super) struct ParquetFile<'f> {
    path: PathBuf,
    writer: BatchedWriter<&'f mut OutFile>,
}

impl<'f> ParquetFile<'f> {
    /// Settles the schema.
    pub(super) fn begin(
        sheet: &Sheet<'_>,
        out: &'f mut OutFile,
    ) -> Result<ParquetFile<'f>, ReportError> {
        let path = out.path().to_owned();
        let schema: Schema = sheet
            .columns
            .iter()
            .map(|c| Field::new(c.name.as_str().into(), data_type(c)))
            .collect();
        let writer = ParquetWriter::new(out).batched(&schema);
        Ok(ParquetFile {
            writer: writer.map_err(|error| failed(&path, error))?,
            path,
        })
    }
}

impl SheetFile for ParquetFile<'_> {
    fn write(&mut self, batch: &Batch<'_, '_>) -> Result<(), ReportError> {
        let columns: Vec<Column> = (0..batch.columns.len())
            .into_par_iter()
            .map(|column| cells(batch, column))
            .collect();
        DataFrame::new(batch.rows.len(), columns)
            .and_then(|frame| self.writer.write_batch(&frame))
            .map_err(|error| failed(&self.path, error))
    }

    fn finish(self: Box<Self>) -> Result<(), ReportError> {
        let ParquetFile { path, writer } = *self;
        let written = writer.finish();
        written.map(|_| ()).map_err(|error| failed(&path, error))
    }
}

fn failed(path: &std::path::Path, error: PolarsError) -> ReportError {
    ReportError::Parquet {
        path: path.to_owned(),
        message: error.to_string(),
    }
}

fn data_type(column: &SheetColumn<'_>) -> DataType {
    match column.cells {
        Cells::Text(_) | Cells::Id(_) | Cells::Word(_) => DataType::String,
        Cells::Bits(_) | Cells::Fraction(_) => DataType::Float64,
        Cells::Count(_) => DataType::UInt64,
    }
}

fn cells(batch: &Batch<'_, '_>, column: usize) -> Column {
    use polars::prelude::{IntoColumn, NamedFrom, Series};
    let name = batch.columns[column].name.as_str().into();
    let rows = batch.rows.clone();
    match &batch.columns[column].cells {
        Cells::Text(_) | Cells::Id(_) | Cells::Word(_) => Series::new(
            name,
            rows.map(|row| batch.text(column, row))
                .collect::<Vec<&str>>(),
        ),
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
