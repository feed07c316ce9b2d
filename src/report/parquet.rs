//! Sheets as Parquet, by polars: raw values, written batch by batch so that no file is ever held whole.

use super::csv::CsvTally;
use super::error::ReportError;
use super::folder::OutFile;
use super::sheet::{
    Batch, Cells, Finished, Formatted, ROWS_PER_BATCH, RowFormat, Sheet, SheetColumn, SheetFile,
    millionths,
};
use crate::model::MILLIBITS_PER_BIT;
use polars::io::parquet::write::BatchedWriter;
use polars::prelude::{Column, DataFrame, DataType, Field, ParquetWriter, PolarsError, Schema};
use rayon::prelude::*;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Rows of a row group, but for the last.
const ROWS_PER_GROUP: usize = 16 * ROWS_PER_BATCH;

/// Rows of a Parquet file are put together by column, when there are enough for a row group.
pub(super) struct ParquetRows;

impl RowFormat for ParquetRows {
    fn format(&self, _: &Batch<'_, '_>) -> Formatted {
        Formatted::default()
    }
}

/// A Parquet file in the making. Texts are strings, bits and fractions doubles, counts unsigned.
///
/// A missing value is the empty string, as in the export.
pub(super) struct ParquetFile<'s, 'a> {
    path: PathBuf,
    out: Shared,
    writer: BatchedWriter<Shared>,
    /// The batches of the next row group: texts of a wide sheet are about 20 MB.
    group: Vec<Arc<Batch<'s, 'a>>>,
}

/// The file that polars writes to and does not give back.
#[derive(Clone)]
struct Shared(Arc<Mutex<OutFile>>);

impl Shared {
    fn file(&self) -> MutexGuard<'_, OutFile> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Shared {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file().flush()
    }
}

impl ParquetFile<'_, '_> {
    /// Settles the schema.
    pub(super) fn begin(sheet: &Sheet<'_>, out: OutFile) -> Result<Self, ReportError> {
        let path = out.path().to_owned();
        let out = Shared(Arc::new(Mutex::new(out)));
        let schema: Schema = sheet
            .columns
            .iter()
            .map(|c| Field::new(c.name.as_str().into(), data_type(c)))
            .collect();
        let writer = ParquetWriter::new(out.clone()).batched(&schema);
        Ok(ParquetFile {
            writer: writer.map_err(|error| failed(&path, error))?,
            path,
            out,
            group: Vec::new(),
        })
    }

    fn write_group(&mut self) -> Result<(), ReportError> {
        let group = std::mem::take(&mut self.group);
        let Some(first) = group.first() else {
            return Ok(());
        };
        let n_rows = group.iter().map(|batch| batch.rows.len()).sum();
        let columns: Vec<Column> = (0..first.columns.len())
            .into_par_iter()
            .map(|column| cells(&group, column, n_rows))
            .collect();
        DataFrame::new(n_rows, columns)
            .and_then(|frame| self.writer.write_batch(&frame))
            .map_err(|error| failed(&self.path, error))
    }
}

impl<'s, 'a> SheetFile<'s, 'a> for ParquetFile<'s, 'a> {
    fn write(&mut self, batch: &Arc<Batch<'s, 'a>>, _: Formatted) -> Result<(), ReportError> {
        self.group.push(Arc::clone(batch));
        if self.group.len() == ROWS_PER_GROUP / ROWS_PER_BATCH {
            self.write_group()?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<Finished, ReportError> {
        self.write_group()?;
        let ParquetFile {
            path, out, writer, ..
        } = *self;
        writer.finish().map_err(|error| failed(&path, error))?;
        drop(writer);
        let out = Arc::into_inner(out.0).expect("the writer is gone");
        Ok(Finished {
            out: out.into_inner().unwrap_or_else(PoisonError::into_inner),
            tally: CsvTally::default(),
        })
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

fn cells(group: &[Arc<Batch<'_, '_>>], column: usize, n_rows: usize) -> Column {
    use polars::prelude::{IntoColumn, IntoSeries, NamedFrom, Series, StringChunkedBuilder};
    let kind = &group[0].columns[column];
    let name = kind.name.as_str().into();
    let rows = || group.iter().flat_map(|batch| batch.rows.clone());
    match &kind.cells {
        Cells::Text(_) | Cells::Id(_) | Cells::Word(_) => {
            let mut builder = StringChunkedBuilder::new(name, n_rows);
            for batch in group {
                for row in batch.rows.clone() {
                    builder.append_value(batch.text(column, row));
                }
            }
            builder.finish().into_series()
        }
        Cells::Bits(cell) => Series::new(
            name,
            rows()
                .map(|row| f64::from(cell(row)) / f64::from(MILLIBITS_PER_BIT))
                .collect::<Vec<f64>>(),
        ),
        Cells::Fraction(cell) => Series::new(
            name,
            rows()
                .map(|row| f64::from(millionths(cell(row))) / 1e6)
                .collect::<Vec<f64>>(),
        ),
        Cells::Count(cell) => Series::new(name, rows().map(cell).collect::<Vec<u64>>()),
    }
    .into_column()
}
