//! A command that did not succeed: what happened, what to do, and the exit code.

use super::exit_code::ExitCode;
use kinfold::ingest::{IngestError, IngestErrorKind};
use kinfold::pipeline::{ExitKind, PipelineError};
use kinfold::report::{ReportError, ReportErrorKind};
use std::path::Path;

/// Why a command ends without its result.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Something to tell the user.
    Told {
        /// Exit code.
        code: ExitCode,
        /// What happened: one line or more, without personal values.
        message: String,
        /// What to do.
        help: Option<String>,
    },
    /// The user asked to stop by a signal.
    Stopped,
    /// The reader of our output went away, as `head` does: nothing to tell.
    Closed,
}

impl Failure {
    /// A failure with its remedy.
    pub(crate) fn new(
        code: ExitCode,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Failure {
        Failure::Told {
            code,
            message: message.into(),
            help: Some(help.into()),
        }
    }

    /// A file that could not be read or written.
    pub(crate) fn io(doing: &str, path: &Path, error: &std::io::Error) -> Failure {
        use std::io::ErrorKind;
        let help = match error.kind() {
            ErrorKind::NotFound => "check the path",
            ErrorKind::PermissionDenied => "check the permissions of the file and its folder",
            ErrorKind::AlreadyExists => "name a file that does not exist yet",
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
                "free some space, or write elsewhere"
            }
            _ => "see what the system says",
        };
        Failure::new(
            ExitCode::Io,
            format!("failed to {doing} {}: {error}", path.display()),
            help,
        )
    }
}

impl From<IngestError> for Failure {
    fn from(error: IngestError) -> Failure {
        let (code, help) = match error.kind() {
            IngestErrorKind::Usage => (
                ExitCode::Usage,
                "`kinfold run --help` explains the options for reading files",
            ),
            IngestErrorKind::Input => (
                ExitCode::Input,
                "mend the file or export it again; nothing was written",
            ),
            IngestErrorKind::Io => (ExitCode::Io, "check that the file exists and may be read"),
            IngestErrorKind::Limit => (ExitCode::Limit, "split the file, or export fewer columns"),
            IngestErrorKind::Cancelled => return Failure::Stopped,
        };
        Failure::new(code, format!("failed to {error}"), help)
    }
}

impl From<PipelineError> for Failure {
    fn from(error: PipelineError) -> Failure {
        let (code, help) = match error.exit_kind() {
            ExitKind::Cancelled => return Failure::Stopped,
            ExitKind::Usage => (
                ExitCode::Usage,
                "`kinfold profile INPUT...` shows the columns; docs/rules.md explains rule files",
            ),
            ExitKind::Input => (ExitCode::Input, ""),
            ExitKind::Io => (ExitCode::Io, ""),
            ExitKind::Limit => (
                ExitCode::Limit,
                "change the rule as said, or allow the time with --allow-scan",
            ),
        };
        match error {
            PipelineError::Ingest(error) => error.into(),
            PipelineError::Rejects { .. } => Failure::new(
                code,
                format!("failed to use the input: {error}"),
                "mend the rows, or allow that many with --max-rejects N; they are then listed in rejects.csv",
            ),
            PipelineError::Stateless { .. } => Failure::new(
                code,
                format!("failed to use the rules: {error}"),
                "export the state with the records, or add --assume-active",
            ),
            PipelineError::NoColumn { .. } | PipelineError::Block(_) | PipelineError::Cancelled => {
                Failure::new(code, format!("failed to use the rules: {error}"), help)
            }
        }
    }
}

impl From<ReportError> for Failure {
    fn from(error: ReportError) -> Failure {
        let (code, help) = match error.kind() {
            ReportErrorKind::Io => (
                ExitCode::Io,
                "check free space and permissions; earlier runs are untouched",
            ),
            ReportErrorKind::Busy => (
                ExitCode::Busy,
                "wait for the other run with --wait SECONDS, or choose another folder with --out",
            ),
            ReportErrorKind::Usage => (ExitCode::Usage, "name another folder"),
            ReportErrorKind::Cancelled => return Failure::Stopped,
        };
        Failure::new(code, format!("failed to {error}"), help)
    }
}
