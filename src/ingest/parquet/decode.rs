//! Parquet to batches in this process: footer and sizes are checked before polars sees the file, values become text
//! without loss.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use polars::prelude::{
    ChunkedArray, Column, DataType, FileMetadata, NewChunkedArray, ParquetReader, SerReader,
    StringChunked,
};
use polars_parquet::parquet::metadata::SchemaDescriptor;
use polars_parquet::parquet::schema::Repetition;
use polars_parquet::parquet::schema::types::{
    IntegerType, ParquetType, PhysicalType, PrimitiveConvertedType as Converted,
    PrimitiveLogicalType as Logical, PrimitiveType, TimeUnit,
};

use super::super::error::IngestError;
use super::super::options::Limits;

/// Rows turned into text at once.
const BATCH_ROWS: usize = 1 << 18;

/// Text that a file of any size may hold: how much more it is than the file is looked at only beyond this.
const RATIO_FROM_BYTES: u64 = 64 << 20;

/// A Parquet file in memory: it is read from its end, so it cannot be streamed.
pub(super) struct Decoder {
    path: String,
    bytes: Vec<u8>,
    limits: Limits,
    /// The footer, with each column's type as [`plain_type`] leaves it.
    metadata: Arc<FileMetadata>,
    /// Names of the columns read.
    pub(super) names: Vec<String>,
    /// Positions of the columns read, in the file's schema.
    projection: Vec<usize>,
    /// How the values of the columns read are shown.
    shown: Vec<Shown>,
    n_rows: usize,
    next: usize,
    /// Bytes of text decoded so far.
    n_text: u64,
    /// What to tell the user.
    pub(super) notices: Vec<String>,
}

impl Decoder {
    /// Looks at the footer of a whole file. Errors: a damaged or cut file, more data than the limits allow.
    pub(super) fn new(path: &str, bytes: Vec<u8>, limits: &Limits) -> Result<Decoder, IngestError> {
        check_footer(&bytes).map_err(|what| IngestError::file(path, what))?;
        let (metadata, n_unpacked) = guarded(path, || {
            let mut reader = ParquetReader::new(Cursor::new(&bytes[..]));
            let metadata = FileMetadata::clone(reader.get_metadata()?);
            let n_unpacked: u64 = metadata
                .row_groups
                .iter()
                .map(|g| g.total_byte_size() as u64)
                .fold(0, u64::saturating_add);
            Ok((metadata, n_unpacked))
        })?;
        let n_rows = metadata.num_rows;
        if n_unpacked > limits.unpacked_bytes || n_rows >= u32::MAX as usize {
            return Err(IngestError::limit(
                path,
                format!(
                    "the footer announces {n_rows} rows and {n_unpacked} bytes, more than is read; split the file"
                ),
            ));
        }
        let fields = metadata.schema().fields();
        if fields.len() > limits.columns {
            return Err(IngestError::limit(
                path,
                format!(
                    "the file has {} columns, more than the {} that are read",
                    fields.len(),
                    limits.columns
                ),
            ));
        }
        let (mut names, mut projection, mut shown) = (Vec::new(), Vec::new(), Vec::new());
        let mut notices = Vec::new();
        let mut plain = Vec::with_capacity(fields.len());
        for (i, field) in fields.iter().enumerate() {
            match plain_type(field) {
                Some((field_type, how)) => {
                    projection.push(i);
                    names.push(field.name().to_owned());
                    shown.push(how);
                    plain.push(ParquetType::PrimitiveType(field_type));
                }
                None => {
                    notices.push(format!(
                        "{path}: column {:?} is left out, its type is not read; write it as text",
                        field.name()
                    ));
                    plain.push(field.clone());
                }
            }
        }
        let mut metadata = metadata;
        metadata.schema_descr = SchemaDescriptor::new(metadata.schema().name().into(), plain);
        // Holds the Arrow schema, which would bring the types back.
        metadata.key_value_metadata = None;
        Ok(Decoder {
            path: path.to_owned(),
            bytes,
            limits: limits.clone(),
            metadata: Arc::new(metadata),
            names,
            projection,
            shown,
            n_rows,
            next: 0,
            n_text: 0,
            notices,
        })
    }

    /// Number of rows in the file.
    pub(super) fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The next rows: a column of text for each name. `None` at the end.
    pub(super) fn next_columns(&mut self) -> Result<Option<Vec<StringChunked>>, IngestError> {
        if self.next >= self.n_rows || self.projection.is_empty() {
            return Ok(None);
        }
        let start = self.next;
        let n = BATCH_ROWS.min(self.n_rows - start);
        let every: Vec<usize> = (0..self.projection.len()).collect();
        let columns = self.decode(start, n, &every)?;
        self.check_text(start, &columns)?;
        self.next += n;
        Ok(Some(columns))
    }

    /// Decodes the file column by column, piece by piece, and keeps nothing. Before each piece `about_to` learns of its
    /// row group, from 1, and the position of its column.
    pub(super) fn walk(&self, mut about_to: impl FnMut(u32, u32)) -> Result<(), IngestError> {
        let mut start = 0;
        for (group, rows) in self.metadata.row_groups.iter().enumerate() {
            let end = (start + rows.num_rows()).min(self.n_rows);
            while start < end {
                let n = BATCH_ROWS.min(end - start);
                for column in 0..self.projection.len() {
                    about_to(group as u32 + 1, column as u32);
                    self.decode(start, n, &[column])?;
                }
                start += n;
            }
        }
        Ok(())
    }

    /// What decoding takes at most, by the footer: bytes of the largest row group, and its values in all columns.
    pub(super) fn largest_group(&self) -> (u64, u64) {
        let groups = &self.metadata.row_groups;
        let n_bytes = groups.iter().map(|g| g.total_byte_size() as u64).max();
        let n_rows = groups.iter().map(|g| g.num_rows() as u64).max();
        let n_values = n_rows
            .unwrap_or(0)
            .saturating_mul(self.projection.len() as u64);
        (n_bytes.unwrap_or(0), n_values)
    }

    /// Some rows of some of the columns read.
    fn decode(
        &self,
        start: usize,
        n: usize,
        which: &[usize],
    ) -> Result<Vec<StringChunked>, IngestError> {
        let projection = which.iter().map(|&i| self.projection[i]).collect();
        let columns = guarded(&self.path, || {
            let mut reader = ParquetReader::new(Cursor::new(&self.bytes[..]));
            reader.set_metadata(Arc::clone(&self.metadata));
            let frame = reader
                .with_projection(Some(projection))
                .with_slice(Some((start, n)))
                .finish()?;
            let columns = frame.into_columns();
            let texts = columns.iter().zip(which);
            let texts = texts.map(|(column, &i)| self.shown[i].text(column));
            Ok(texts.collect::<Option<Vec<StringChunked>>>())
        })?
        .filter(|c| c.len() == which.len())
        .ok_or_else(|| {
            IngestError::file(
                &self.path,
                "holds values of another type than its footer says: it is damaged",
            )
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
        Ok(columns)
    }

    /// Checks the text decoded: a few bytes of Parquet can stand for the same long value in every row.
    fn check_text(&mut self, start: usize, columns: &[StringChunked]) -> Result<(), IngestError> {
        let n = columns.first().map_or(0, |c| c.len());
        let mut row_bytes = vec![0_u64; n];
        for column in columns {
            let values = column.downcast_iter().flat_map(|array| array.iter());
            for (row, value) in row_bytes.iter_mut().zip(values) {
                *row += value.map_or(0, |v| v.len() as u64);
            }
        }
        let longest = self.limits.row_bytes as u64;
        if let Some(row) = row_bytes.iter().position(|&n| n > longest) {
            return Err(IngestError::file(
                &self.path,
                format!(
                    "row {} is longer than {longest} bytes; leave long columns out of the export",
                    start + row + 1
                ),
            ));
        }
        self.n_text += row_bytes.iter().sum::<u64>();
        let allowed = (self.bytes.len() as u64)
            .saturating_mul(self.limits.unpacked_ratio)
            .max(RATIO_FROM_BYTES);
        if self.n_text > allowed.min(self.limits.unpacked_bytes) {
            return Err(IngestError::limit(
                &self.path,
                format!(
                    "its {} bytes unfold to more than {} bytes of text; export it as CSV",
                    self.bytes.len(),
                    allowed.min(self.limits.unpacked_bytes)
                ),
            ));
        }
        Ok(())
    }
}

/// Runs polars; its errors and its panics on damaged files become ours.
fn guarded<T>(
    path: &str,
    read: impl FnOnce() -> polars::prelude::PolarsResult<T>,
) -> Result<T, IngestError> {
    match catch_unwind(AssertUnwindSafe(read)) {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(_)) | Err(_) => Err(IngestError::file(
            path,
            "the Parquet data is damaged or of a kind that is not read; write the file again, or export CSV",
        )),
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

/// How a stored value becomes text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    /// Text as it is; integers and floats in their shortest exact form; `true` and `false`.
    AsIs,
    /// Days since 1970 as `2026-03-01`.
    Date,
    /// Units since 1970 as `2026-03-01T08:15:00.5`, with `Z` when the file says that the clock is UTC.
    Timestamp { per_second: i64, utc: bool },
    /// An integer with so many digits behind the point.
    Decimal(usize),
}

/// The type to read a column as, without what polars would need more features for, and how to show its values.
///
/// `None` for what is not read: nested and repeated columns, times of day, decimals and ids stored as bytes,
/// and the 96-bit timestamps of old writers.
fn plain_type(field: &ParquetType) -> Option<(PrimitiveType, Shown)> {
    let ParquetType::PrimitiveType(stored) = field else {
        return None;
    };
    if stored.field_info.repetition == Repetition::Repeated {
        return None;
    }
    let mut plain = stored.clone();
    plain.logical_type = None;
    plain.converted_type = None;
    let timestamp = |unit: TimeUnit, utc| Shown::Timestamp {
        per_second: match unit {
            TimeUnit::Milliseconds => 1_000,
            TimeUnit::Microseconds => 1_000_000,
            TimeUnit::Nanoseconds => 1_000_000_000,
        },
        utc,
    };
    let shown = match (
        stored.physical_type,
        stored.logical_type,
        stored.converted_type,
    ) {
        (
            PhysicalType::ByteArray,
            None | Some(Logical::String | Logical::Enum | Logical::Json),
            None | Some(Converted::Utf8 | Converted::Enum | Converted::Json),
        ) => {
            // Some writers leave plain bytes for text; they are checked to be UTF-8 when read.
            plain.logical_type = Some(Logical::String);
            plain.converted_type = Some(Converted::Utf8);
            Shown::AsIs
        }
        (PhysicalType::Boolean | PhysicalType::Float | PhysicalType::Double, None, None) => {
            Shown::AsIs
        }
        (PhysicalType::Int32, Some(Logical::Date), _)
        | (PhysicalType::Int32, None, Some(Converted::Date)) => Shown::Date,
        (
            PhysicalType::Int64,
            Some(Logical::Timestamp {
                unit,
                is_adjusted_to_utc,
            }),
            _,
        ) => timestamp(unit, is_adjusted_to_utc),
        (PhysicalType::Int64, None, Some(Converted::TimestampMillis)) => {
            timestamp(TimeUnit::Milliseconds, true)
        }
        (PhysicalType::Int64, None, Some(Converted::TimestampMicros)) => {
            timestamp(TimeUnit::Microseconds, true)
        }
        (PhysicalType::Int32 | PhysicalType::Int64, Some(Logical::Decimal(_, scale)), _)
        | (PhysicalType::Int32 | PhysicalType::Int64, None, Some(Converted::Decimal(_, scale))) => {
            Shown::Decimal(scale)
        }
        (
            PhysicalType::Int32 | PhysicalType::Int64,
            Some(Logical::Integer(IntegerType::UInt32 | IntegerType::UInt64)),
            _,
        )
        | (
            PhysicalType::Int32 | PhysicalType::Int64,
            None,
            Some(Converted::Uint32 | Converted::Uint64),
        ) => return Some((stored.clone(), Shown::AsIs)),
        (PhysicalType::Int32 | PhysicalType::Int64, Some(Logical::Integer(_)) | None, _)
            if !matches!(
                stored.converted_type,
                Some(Converted::TimeMillis | Converted::TimeMicros)
            ) =>
        {
            Shown::AsIs
        }
        _ => return None,
    };
    Some((plain, shown))
}

impl Shown {
    /// The values as text, missing ones missing. `None` when the column is not of the type announced.
    fn text(self, column: &Column) -> Option<StringChunked> {
        fn each<T>(
            values: impl Iterator<Item = Option<T>>,
            show: impl Fn(T) -> String,
        ) -> StringChunked {
            ChunkedArray::from_iter_options("".into(), values.map(|v| v.map(&show)))
        }
        let series = column.as_materialized_series();
        if self == Shown::AsIs {
            return Some(match series.dtype() {
                DataType::String => series.str().ok()?.clone(),
                DataType::Boolean => each(series.bool().ok()?.iter(), |v| v.to_string()),
                DataType::Int32 => each(series.i32().ok()?.iter(), |v| v.to_string()),
                DataType::Int64 => each(series.i64().ok()?.iter(), |v| v.to_string()),
                DataType::UInt32 => each(series.u32().ok()?.iter(), |v| v.to_string()),
                DataType::UInt64 => each(series.u64().ok()?.iter(), |v| v.to_string()),
                DataType::Float32 => each(series.f32().ok()?.iter(), |v| v.to_string()),
                DataType::Float64 => each(series.f64().ok()?.iter(), |v| v.to_string()),
                _ => return None,
            });
        }
        Some(match series.dtype() {
            DataType::Int32 => each(series.i32().ok()?.iter(), |v| self.integer(v.into())),
            DataType::Int64 => each(series.i64().ok()?.iter(), |v| self.integer(v)),
            _ => return None,
        })
    }

    /// One integer as what it stands for; a point in time outside the calendar stays a number.
    fn integer(self, value: i64) -> String {
        let instant = |second: i64, nanosecond: i64| {
            jiff::Timestamp::new(second, i32::try_from(nanosecond).ok()?).ok()
        };
        let shown = match self {
            Shown::AsIs => None,
            Shown::Date => value
                .checked_mul(86_400)
                .and_then(|second| instant(second, 0))
                .map(|t| {
                    t.to_string()[..]
                        .chars()
                        .take_while(|c| *c != 'T')
                        .collect()
                }),
            Shown::Timestamp { per_second, utc } => {
                let rest = value.rem_euclid(per_second);
                instant(
                    value.div_euclid(per_second),
                    rest * (1_000_000_000 / per_second),
                )
                .map(|t| {
                    let text = t.to_string();
                    if utc {
                        text
                    } else {
                        text.trim_end_matches('Z').to_owned()
                    }
                })
            }
            Shown::Decimal(scale) => {
                let digits = format!("{:0>width$}", value.unsigned_abs(), width = scale + 1);
                let (whole, fraction) = digits.split_at(digits.len() - scale);
                let sign = if value < 0 { "-" } else { "" };
                Some(if fraction.is_empty() {
                    format!("{sign}{whole}")
                } else {
                    format!("{sign}{whole}.{fraction}")
                })
            }
        };
        shown.unwrap_or_else(|| value.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_are_shown_as_what_they_stand_for() {
        let clock = |per_second, utc| Shown::Timestamp { per_second, utc };
        for (how, value, expected) in [
            (Shown::Date, 0, "1970-01-01"),
            (Shown::Date, -1, "1969-12-31"),
            (Shown::Date, i64::MAX, "9223372036854775807"),
            (clock(1_000, true), 1_500, "1970-01-01T00:00:01.5Z"),
            (clock(1_000_000, false), -1, "1969-12-31T23:59:59.999999"),
            (clock(1_000_000_000, true), 0, "1970-01-01T00:00:00Z"),
            (Shown::Decimal(2), 1234, "12.34"),
            (Shown::Decimal(2), -5, "-0.05"),
            (Shown::Decimal(0), 7, "7"),
        ] {
            assert_eq!(how.integer(value), expected, "{how:?} {value}");
        }
    }
}
