//! Parquet to batches, in a process of its own where the caller names a program for that.
//!
//! A library decodes Parquet, and a file with one changed byte can make it ask for any amount of memory, which ends the
//! process: no error value, no unwinding. So the program decodes in a second process of itself, with a limit on its
//! memory; when that one ends, the file is at fault and the message says where.
//!
//! - `decode`: the decoder, and how values become text
//! - `child`: the other process, seen from here
//! - `worker`: what that process does
//! - `frames`: what the two say to each other

mod child;
mod decode;
mod frames;
mod worker;

use std::io::Read;

use polars::prelude::StringChunked;

use super::error::IngestError;
use super::options::IngestOptions;
use super::records::{Batch, Place};
use super::source::Source;
use child::Child;
use decode::Decoder;
pub use worker::{DECODE_ARGUMENT, decode_parquet};

/// A Parquet file that gives its rows batch by batch.
pub(super) struct ParquetFile {
    /// Names of the columns read.
    pub(super) names: Vec<String>,
    /// What to tell the user.
    pub(super) notices: Vec<String>,
    n_rows: usize,
    n_given: u64,
    rows: Rows,
}

/// Who decodes.
enum Rows {
    Here(Box<Decoder>),
    Child(Box<Child>),
}

impl ParquetFile {
    /// Reads the bytes and the footer. Errors: a damaged or cut file, more data than the limits allow.
    pub(super) fn open(
        path: &str,
        source: &mut Source<'_>,
        options: &IngestOptions,
    ) -> Result<ParquetFile, IngestError> {
        let limits = &options.limits;
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
        match &options.decoder {
            None => {
                let mut decoder = Decoder::new(path, bytes, limits)?;
                Ok(ParquetFile {
                    names: decoder.names.clone(),
                    notices: std::mem::take(&mut decoder.notices),
                    n_rows: decoder.n_rows(),
                    n_given: 0,
                    rows: Rows::Here(Box::new(decoder)),
                })
            }
            Some(program) => {
                let (child, head) = Child::start(program, path, bytes, limits)?;
                Ok(ParquetFile {
                    names: head.names,
                    notices: head.notices,
                    n_rows: head.n_rows,
                    n_given: 0,
                    rows: Rows::Child(Box::new(child)),
                })
            }
        }
    }

    /// Number of rows in the file.
    pub(super) fn n_rows(&self) -> usize {
        self.n_rows
    }

    /// The next rows. `None` at the end.
    pub(super) fn next_batch(&mut self) -> Result<Option<Batch>, IngestError> {
        let columns: Option<Vec<StringChunked>> = match &mut self.rows {
            Rows::Here(decoder) => decoder.next_columns()?,
            Rows::Child(child) => {
                child.next_columns(self.names.len(), self.n_rows, self.n_given)?
            }
        };
        Ok(columns.map(|columns| {
            let start = self.n_given;
            self.n_given += columns.first().map_or(0, |c| c.len()) as u64;
            let places = (start..self.n_given)
                .map(|i| Place {
                    row: i + 1,
                    line: 0,
                })
                .collect();
            Batch { columns, places }
        }))
    }
}
