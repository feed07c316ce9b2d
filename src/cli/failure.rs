//! A command that did not succeed: what happened, what to do, and the exit code.

use super::exit_code::ExitCode;
use kinfold::block::BlockError;
use kinfold::ingest::{IngestError, IngestErrorKind};
use kinfold::pipeline::{ExitKind, PipelineError};
use kinfold::report::{ReportError, ReportErrorKind};
use kinfold::state::{StateError, StateErrorKind};
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
            ErrorKind::IsADirectory => "name a file in it",
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
            IngestErrorKind::Input if matches!(error, IngestError::Foreign { .. }) => (
                ExitCode::Input,
                "CSV and Parquet are read, also compressed with gzip or zstd, and told by their first bytes, not by the name; nothing was written",
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
            ExitKind::Io => (
                ExitCode::Io,
                "make room there, or allow more with --memory; nothing was published",
            ),
            ExitKind::Limit => (
                ExitCode::Limit,
                "change the rule as said, or allow the time with --allow-scan",
            ),
        };
        if let PipelineError::Block(BlockError::OverBudget { .. }) = error {
            return Failure::new(
                code,
                format!("failed to stay within --budget: {error}"),
                "nothing was compared and nothing written; `kinfold plan INPUT...` shows what each rule needs",
            );
        }
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
            PipelineError::NotDynamics { .. } => Failure::new(
                code,
                format!("failed to run the job of Dynamics: {error}"),
                "give --rules a file of Dynamics' own conditions, such as `kinfold rules import --from dynamics` writes",
            ),
            PipelineError::Parking { .. } => Failure::new(code, error.to_string(), help),
            PipelineError::NoColumn { .. }
            | PipelineError::Picklist { .. }
            | PipelineError::ListedId { .. }
            | PipelineError::Block(_)
            | PipelineError::Cancelled => {
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
            ReportErrorKind::Usage if matches!(error, ReportError::Changed { .. }) => (
                ExitCode::Usage,
                "name another run, or make a new one; `kinfold verify RUN` says what else was changed",
            ),
            ReportErrorKind::Usage if matches!(error, ReportError::NoRun { .. }) => (
                ExitCode::Usage,
                "name the folder that `kinfold run` wrote to with --out, or one of its runs",
            ),
            ReportErrorKind::Usage => (ExitCode::Usage, "name another folder"),
            ReportErrorKind::Cancelled => return Failure::Stopped,
        };
        Failure::new(code, format!("failed to {error}"), help)
    }
}

impl From<StateError> for Failure {
    fn from(error: StateError) -> Failure {
        let code = match error.kind() {
            StateErrorKind::Io => ExitCode::Io,
            StateErrorKind::Busy => ExitCode::Busy,
            StateErrorKind::State => ExitCode::State,
            StateErrorKind::Usage => ExitCode::Usage,
        };
        let help = match &error {
            StateError::Io { .. } => {
                "check free space and permissions; what was published before still is, and what was decided stands"
                    .to_owned()
            }
            StateError::NoState { path, .. } => format!(
                "check the path; `kinfold rules publish FILE --state {}` begins one, and so does `kinfold decide`",
                path.display()
            ),
            StateError::NotA { .. } => {
                "name a folder; kinfold keeps its log in it as log.jsonl".to_owned()
            }
            StateError::Busy { .. } => "wait for the other process with --wait SECONDS".to_owned(),
            StateError::Damaged { path, .. } => format!(
                "`kinfold state repair {}` keeps what can be proven and a copy of the rest; or put a backup of log.jsonl in its place",
                folder_of(path)
            ),
            StateError::Newer { .. } => {
                "use the version of kinfold that wrote it, or a newer one; nothing was changed"
                    .to_owned()
            }
            StateError::NothingPublished { path, stored } => match stored.as_slice() {
                [] => format!(
                    "publish a rule file with `kinfold rules publish FILE --state {}`",
                    path.display()
                ),
                [(set, newest), ..] => format!(
                    "publish a stored version with `kinfold rules publish --set {} --version {newest} --state {}`; `kinfold rules list --state {1}` shows all",
                    shell_word(set),
                    path.display()
                ),
            },
            StateError::SeveralPublished { published, .. } => format!(
                "name one: --set {}",
                published
                    .iter()
                    .map(|s| shell_word(s))
                    .collect::<Vec<_>>()
                    .join(" or --set ")
            ),
            StateError::NotFound { path, .. } => {
                format!(
                    "`kinfold rules list --state {}` shows what there is",
                    path.display()
                )
            }
            StateError::NotPublished { path, set, newest } => format!(
                "publish a version with `kinfold rules publish --set {} --version {newest} --state {}`",
                shell_word(set),
                path.display()
            ),
            StateError::Label { .. } => "write it in one line".to_owned(),
            StateError::NamesForgotten => {
                "give a reason without it, such as the number of the request; the log keeps reasons"
                    .to_owned()
            }
            StateError::Decisions { .. } => {
                "mend the list and give it again; none of it was recorded".to_owned()
            }
            StateError::Rules { .. } => {
                "`kinfold rules show` prints its text; mend it and publish it as a new version"
                    .to_owned()
            }
            StateError::Changed { .. } => "look again, and publish again".to_owned(),
        };
        Failure::new(code, format!("failed to {error}"), help)
    }
}

fn folder_of(log: &Path) -> String {
    log.parent().unwrap_or(log).display().to_string()
}

/// A word as one types it in a shell: in quotes where it needs them.
fn shell_word(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '/');
    if !word.is_empty() && word.chars().all(is_plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}
