//! What can go wrong while a report is written or checked.

use std::io;
use std::path::{Path, PathBuf};

/// Why a report could not be written, locked or checked.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A file or folder could not be read or written.
    #[error("{doing} {}: {source}", path.display())]
    Io {
        /// What was tried: `write`, `create folder` …
        doing: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The Parquet writer refused.
    #[error("write {}: {message}", path.display())]
    Parquet {
        /// The file.
        path: PathBuf,
        /// What polars said.
        message: String,
    },
    /// The output folder holds other things.
    #[error(
        "use {} as output folder: it is not empty and was not made by kinfold (no .kinfold file in it); name a new or an empty folder",
        path.display()
    )]
    NotOurs {
        /// The folder.
        path: PathBuf,
    },
    /// The folder of the runs is a link.
    #[error("use {} as output folder: {runs} in it is a link, and none is followed there; name the folder that holds the runs", path.display(), runs = super::folder::RUNS)]
    LinkedRuns {
        /// The output folder.
        path: PathBuf,
    },
    /// A folder for a few files holds others.
    #[error("use {} as output folder: it holds other files; name a new or an empty folder", path.display())]
    OtherFiles {
        /// The folder.
        path: PathBuf,
    },
    /// The output folder is a file.
    #[error("use {} as output folder: it is not a folder", path.display())]
    NotAFolder {
        /// The path.
        path: PathBuf,
    },
    /// There is no run at a path.
    #[error(
        "find a run in {}: neither manifest.json (a run folder) nor latest.json (an output folder) is there",
        path.display()
    )]
    NoRun {
        /// The path.
        path: PathBuf,
    },
    /// A file of a run is not what the run wrote.
    #[error("use {}: it is not what the run wrote", path.display())]
    Changed {
        /// The file.
        path: PathBuf,
    },
    /// [`RunMeta::started`](super::RunMeta::started) is not a time.
    #[error("read the start time {text:?}: expected RFC 3339, such as 2026-01-31T02:00:00Z")]
    Started {
        /// The text given.
        text: String,
    },
    /// A live run holds the output folder.
    #[error("lock {}: in use by {holder}; wait for it, or name another folder", path.display())]
    Busy {
        /// The lock file.
        path: PathBuf,
        /// Who holds it, as written in the lock file.
        holder: String,
    },
    /// The user asked to stop.
    #[error("finish the report: stopped on request, nothing was published")]
    Cancelled,
}

/// The kinds of [`ReportError`] that callers tell apart, each with its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportErrorKind {
    /// Cannot read or write: exit code 4.
    Io,
    /// Locked by a live run: exit code 5.
    Busy,
    /// The user named something that cannot be used: exit code 2.
    Usage,
    /// Stopped on request.
    Cancelled,
}

impl ReportError {
    /// The kind, for exit codes.
    pub fn kind(&self) -> ReportErrorKind {
        match self {
            ReportError::Io { .. } | ReportError::Parquet { .. } => ReportErrorKind::Io,
            ReportError::Busy { .. } => ReportErrorKind::Busy,
            ReportError::NotOurs { .. }
            | ReportError::LinkedRuns { .. }
            | ReportError::OtherFiles { .. }
            | ReportError::NotAFolder { .. }
            | ReportError::NoRun { .. }
            | ReportError::Changed { .. }
            | ReportError::Started { .. } => ReportErrorKind::Usage,
            ReportError::Cancelled => ReportErrorKind::Cancelled,
        }
    }

    /// An [`ReportError::Io`] maker for `map_err`.
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> ReportError {
        let path = path.to_owned();
        move |source| ReportError::Io {
            doing,
            path,
            source,
        }
    }
}
