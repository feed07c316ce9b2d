//! What can stop the reading. Single unusable rows are not errors: they are listed in the report.

use std::io;

use super::format::Foreign;

/// Why an input could not be read. Messages read after "failed to" and never hold a value of the data but ids.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    /// The operating system refused.
    #[error("read {path}: {source}")]
    Io {
        /// Path as given.
        path: String,
        /// The system's own error.
        #[source]
        source: io::Error,
    },
    /// The file is of another kind, or empty.
    #[error("read {path}: it is {what}; {remedy}")]
    Foreign {
        /// Path as given.
        path: String,
        /// What it is.
        what: &'static str,
        /// What to do.
        remedy: &'static str,
    },
    /// The file as a whole cannot be read: no known column, cut off, changed meanwhile.
    #[error("read {path}: {what}")]
    File {
        /// Path as given.
        path: String,
        /// What is wrong and what to do.
        what: String,
    },
    /// From one place on the file cannot be read: open quote, bad encoding, cut compressed data.
    #[error("read {path}: row {row}, line {line}{}: {what}", column_suffix(.column))]
    Place {
        /// Path as given.
        path: String,
        /// Data row (header = 1).
        row: u64,
        /// Physical line, 1-based.
        line: u64,
        /// Column header, empty when not known.
        column: String,
        /// What is wrong and what to do.
        what: String,
    },
    /// Two rows of one type share an id and differ.
    #[error(transparent)]
    DoubledId(Box<DoubledId>),
    /// An option does not fit the files.
    #[error("{what}")]
    Usage {
        /// What is wrong and what is allowed.
        what: String,
    },
    /// A size limit would be passed.
    #[error("read {path}: {what}")]
    Limit {
        /// Path as given.
        path: String,
        /// Which limit, and what to do.
        what: String,
    },
    /// The user asked to stop.
    #[error("finish reading: stopped on request")]
    Cancelled,
}

/// Two rows of one type that share an id and differ. In a box, since it is twice the size of any other error.
#[derive(Debug, thiserror::Error)]
#[error(
    "read {second_file}: {record_type} id {id} stands for two different records, in {first_file} {first_place} \
     and in {second_file} {second_place} (first difference in column {column:?}); \
     remove one of them, or map another id column with --column id=HEADER"
)]
pub struct DoubledId {
    /// `lead`, `contact` or `account`.
    pub record_type: &'static str,
    /// The id.
    pub id: String,
    /// File of the first row.
    pub first_file: String,
    /// Row and line of the first.
    pub first_place: String,
    /// File of the second row.
    pub second_file: String,
    /// Row and line of the second.
    pub second_place: String,
    /// Header of the first column that differs.
    pub column: String,
}

/// What kind of failure it is, for exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IngestErrorKind {
    /// The options are wrong.
    Usage,
    /// The data is wrong.
    Input,
    /// Reading failed.
    Io,
    /// A limit would be passed.
    Limit,
    /// The user asked to stop.
    Cancelled,
}

impl IngestError {
    /// The kind, for exit codes.
    pub fn kind(&self) -> IngestErrorKind {
        match self {
            IngestError::Io { .. } => IngestErrorKind::Io,
            IngestError::Foreign { .. }
            | IngestError::File { .. }
            | IngestError::Place { .. }
            | IngestError::DoubledId(_) => IngestErrorKind::Input,
            IngestError::Usage { .. } => IngestErrorKind::Usage,
            IngestError::Limit { .. } => IngestErrorKind::Limit,
            IngestError::Cancelled => IngestErrorKind::Cancelled,
        }
    }

    pub(super) fn file(path: &str, what: impl Into<String>) -> Self {
        IngestError::File {
            path: path.to_owned(),
            what: what.into(),
        }
    }

    pub(super) fn foreign(path: &str, foreign: Foreign) -> Self {
        IngestError::Foreign {
            path: path.to_owned(),
            what: foreign.what,
            remedy: foreign.remedy,
        }
    }

    pub(super) fn limit(path: &str, what: impl Into<String>) -> Self {
        IngestError::Limit {
            path: path.to_owned(),
            what: what.into(),
        }
    }

    pub(super) fn usage(what: impl Into<String>) -> Self {
        IngestError::Usage { what: what.into() }
    }
}

fn column_suffix(column: &str) -> String {
    if column.is_empty() {
        String::new()
    } else {
        format!(", column {column:?}")
    }
}
