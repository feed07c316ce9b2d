//! Parquet to batches: footer and sizes are checked before polars sees the file, values become text without loss.

use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

use polars::prelude::{
    ArrowDataType, ChunkedArray, Column, DataType, NewChunkedArray, ParquetReader, SerReader,
    StringChunked,
};

use super::error::IngestError;
use super::options::Limits;
use super::records::{Batch, Place};
use super::source::Source;

/// Rows turned into text at once.
const BATCH_ROWS: usize = 1 << 18;

/// A Parquet file in memory: it is read from its end, so it cannot be streamed.
pub(super) struct ParquetFile {
    path: String,
    bytes: Vec<u8>,
    /// Names of the columns read.
    pub(super) names: Vec<String>,
    /// Positions of the columns read, in the file's schema.
    projection: Vec<usize>,
    n_rows: usize,
    next: usize,
    /// What to tell the user.
    pub(super) notices: Vec<String>,
}

impl ParquetFile {
    /// Reads the bytes and the footer. Errors: a damaged or cut file, more data than the limits allow.
    pub(super) fn open(
        path: &str,
        source: &mut Source<'_>,
        limits: &Limits,
    ) -> Result<ParquetFile, IngestError> {
        let mut bytes = Vec::new();
        let read = (&mut source.reader)
            .take(limits.unpacked_bytes.saturating_add(1))
            .read_to_end(&mut bytes);
        read.map_err(|e| source.explain(e))?;
        if bytes.len() as u64 > limits.unpacked_bytes {
            return Err(IngestError::limit(
                path,
                format!(
                    "the file is larger than {} bytes; split it",
                    limits.unpacked_bytes
                ),
            ));
        }
        check_footer(&bytes).map_err(|what| IngestError::file(path, what))?;
        let mut file = ParquetFile {
            path: path.to_owned(),
            bytes,
            names: Vec::new(),
            projection: Vec::new(),
            n_rows: 0,
            next: 0,
            notices: Vec::new(),
        };
        let (n_rows, n_unpacked, columns) = file.guarded(|bytes| {
            let mut reader = ParquetReader::new(Cursor::new(bytes));
            let schema = reader.schema()?;
            let columns: Vec<(String, ArrowDataType)> = schema
                .iter()
                .map(|(name, field)| (name.to_string(), field.dtype().clone()))
                .collect();
            let metadata = reader.get_metadata()?;
            let n_unpacked: u64 = metadata
                .row_groups
                .iter()
                .map(|g| g.total_byte_size() as u64)
                .fold(0, u64::saturating_add);
            Ok((metadata.num_rows, n_unpacked, columns))
        })?;
        if n_unpacked > limits.unpacked_bytes || n_rows >= u32::MAX as usize {
            return Err(IngestError::limit(
                path,
                format!(
                    "the footer announces {n_rows} rows and {n_unpacked} bytes, more than is read; split the file"
                ),
            ));
        }
        if columns.len() > limits.columns {
            return Err(IngestError::limit(
                path,
                format!(
                    "the file has {} columns, more than the {} that are read",
                    columns.len(),
                    limits.columns
                ),
            ));
        }
        file.n_rows = n_rows;
        for (i, (name, data_type)) in columns.into_iter().enumerate() {
            if is_readable(&data_type) {
                file.projection.push(i);
                file.names.push(name);
            } else {
                file.notices.push(format!(
                    "{path}: column {name:?} is left out, values of type {data_type:?} are not read; write it as text"
                ));
            }
        }
        Ok(file)
    }

    /// Number of rows in the file.
    pub(super) fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The next rows. `None` at the end.
    pub(super) fn next_batch(&mut self) -> Result<Option<Batch>, IngestError> {
        if self.next >= self.n_rows || self.projection.is_empty() {
            return Ok(None);
        }
        let n = BATCH_ROWS.min(self.n_rows - self.next);
        let (start, projection) = (self.next, self.projection.clone());
        let columns = self.guarded(|bytes| {
            let frame = ParquetReader::new(Cursor::new(bytes))
                .with_projection(Some(projection))
                .with_slice(Some((start, n)))
                .finish()?;
            Ok(frame.into_columns().iter().map(as_text).collect::<Vec<_>>())
        })?;
        let columns: Vec<StringChunked> =
            columns.into_iter().collect::<Option<_>>().ok_or_else(|| {
                IngestError::file(&self.path, "holds values of a type that is not read")
            })?;
        if columns.iter().any(|c| c.len() != n) {
            return Err(IngestError::file(
                &self.path,
                format!(
                    "rows {} to {} are not all there: the file is damaged",
                    start + 1,
                    start + n
                ),
            ));
        }
        self.next += n;
        let places = (start..start + n)
            .map(|i| Place {
                row: i as u64 + 1,
                line: 0,
            })
            .collect();
        Ok(Some(Batch { columns, places }))
    }

    /// Runs polars; its errors and its panics on damaged files become ours.
    fn guarded<T>(
        &self,
        read: impl FnOnce(&[u8]) -> polars::prelude::PolarsResult<T>,
    ) -> Result<T, IngestError> {
        match catch_unwind(AssertUnwindSafe(|| read(&self.bytes))) {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(_)) | Err(_) => Err(IngestError::file(
                &self.path,
                "the Parquet data is damaged or of a kind that is not read; write the file again, or export CSV",
            )),
        }
    }
}

/// Magic at both ends and a footer that fits: what a cut file lacks.
fn check_footer(bytes: &[u8]) -> Result<(), &'static str> {
    const CUT: &str = "is a Parquet file without its end: it is cut off; copy or export it again";
    let Some(([length @ .., _, _, _, _], body)) = bytes
        .len()
        .checked_sub(8)
        .filter(|n| *n >= 4)
        .map(|n| (&bytes[n..], &bytes[4..n]))
    else {
        return Err(CUT);
    };
    if !bytes.ends_with(b"PAR1") {
        return Err(if bytes.ends_with(b"PARE") {
            "is an encrypted Parquet file; write it without encryption"
        } else {
            CUT
        });
    }
    let length: [u8; 4] = length.try_into().map_err(|_| CUT)?;
    if u32::from_le_bytes(length) as usize > body.len() {
        return Err("is a Parquet file whose footer does not fit into it: it is damaged");
    }
    Ok(())
}

fn is_readable(data_type: &ArrowDataType) -> bool {
    use ArrowDataType as A;
    matches!(
        data_type,
        A::Null
            | A::Boolean
            | A::Int32
            | A::Int64
            | A::UInt32
            | A::UInt64
            | A::Float32
            | A::Float64
            | A::Utf8
            | A::LargeUtf8
            | A::Utf8View
    )
}

/// The values as text: integers and floats in their shortest exact form, booleans as `true` and `false`.
fn as_text(column: &Column) -> Option<StringChunked> {
    fn shown<T: std::fmt::Display>(values: impl Iterator<Item = Option<T>>) -> StringChunked {
        ChunkedArray::from_iter_options("".into(), values.map(|v| v.map(|v| v.to_string())))
    }
    let series = column.as_materialized_series();
    Some(match series.dtype() {
        DataType::String => series.str().ok()?.clone(),
        DataType::Boolean => shown(series.bool().ok()?.iter()),
        DataType::Int32 => shown(series.i32().ok()?.iter()),
        DataType::Int64 => shown(series.i64().ok()?.iter()),
        DataType::UInt32 => shown(series.u32().ok()?.iter()),
        DataType::UInt64 => shown(series.u64().ok()?.iter()),
        DataType::Float32 => shown(series.f32().ok()?.iter()),
        DataType::Float64 => shown(series.f64().ok()?.iter()),
        DataType::Null => shown((0..series.len()).map(|_| None::<bool>)),
        _ => return None,
    })
}
