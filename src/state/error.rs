//! What can go wrong with a state folder.

use std::io;
use std::path::{Path, PathBuf};

/// Why a state folder could not be read or changed.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
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
    /// The folder is missing, or holds no log.
    #[error("find a state in {}: {}", path.display(), if *is_folder { "the folder holds no log.jsonl" } else { "there is no such folder" })]
    NoState {
        /// The folder.
        path: PathBuf,
        /// Whether there is a folder.
        is_folder: bool,
    },
    /// The path of the folder, or of its log, is something else.
    #[error("use {}: it is not {expected}", path.display())]
    NotA {
        /// The path.
        path: PathBuf,
        /// `a folder`, `a plain file`.
        expected: &'static str,
    },
    /// Another process holds the folder.
    #[error("lock {}: in use by {holder}", path.display())]
    Busy {
        /// The lock file.
        path: PathBuf,
        /// Who holds it, as written in the lock file.
        holder: String,
    },
    /// The log is not what was written.
    #[error("read {}, line {line}: {what}", path.display())]
    Damaged {
        /// The log.
        path: PathBuf,
        /// Line, from 1.
        line: u64,
        /// What is wrong.
        what: String,
    },
    /// The log was written by a newer version.
    #[error("read {}, line {line}: {what}", path.display())]
    Newer {
        /// The log.
        path: PathBuf,
        /// Line, from 1.
        line: u64,
        /// What this version does not know.
        what: String,
    },
    /// No rule set is published.
    #[error("find rules in {}: nothing is published there", path.display())]
    NothingPublished {
        /// The folder.
        path: PathBuf,
        /// Versions that are stored: set and newest number.
        stored: Vec<(String, u64)>,
    },
    /// Several rule sets are published, and none was named.
    #[error("choose rules in {}: {} rule sets are published: {}", path.display(), published.len(), quoted(published))]
    SeveralPublished {
        /// The folder.
        path: PathBuf,
        /// Their names.
        published: Vec<String>,
    },
    /// There is no rule set of that name, or no version of that number.
    #[error("find {what} in {}: {}", path.display(), one_of(known))]
    NotFound {
        /// The folder.
        path: PathBuf,
        /// What was asked for: `rule set "x"`, `version 7 of "x"`.
        what: String,
        /// What there is.
        known: Vec<String>,
    },
    /// The rule set named has no published version.
    #[error("use rule set {set:?} in {}: no version of it is published", path.display())]
    NotPublished {
        /// The folder.
        path: PathBuf,
        /// The rule set.
        set: String,
        /// Its newest version.
        newest: u64,
    },
    /// A name or reason cannot be kept.
    #[error("keep the {what}: {why}")]
    Label {
        /// `name of the author`, `reason`.
        what: &'static str,
        /// What is wrong with it.
        why: String,
    },
    /// The reason of a purge names a record that is to be forgotten.
    #[error("keep the reason: it names a record to forget")]
    NamesForgotten,
    /// Decisions that cannot be recorded as they are.
    #[error("record the decisions: {why}")]
    Decisions {
        /// What is wrong with them.
        why: String,
    },
    /// Rules that were stored by another version of kinfold, and that this one refuses.
    #[error("read version {number} of {set:?}: {problem}")]
    Rules {
        /// The rule set.
        set: String,
        /// The version.
        number: u64,
        /// The first thing wrong with it.
        problem: String,
    },
    /// The rules of a file changed between looking and writing, or another version was published.
    #[error("publish {set:?}: the state changed since it was looked at")]
    Changed {
        /// The rule set.
        set: String,
    },
}

/// The kinds of [`StateError`] that callers tell apart, each with its exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StateErrorKind {
    /// Cannot read or write: exit code 4.
    Io,
    /// Locked by another process: exit code 5.
    Busy,
    /// Damaged, or written by a newer version: exit code 6.
    State,
    /// The user asked for what is not there: exit code 2.
    Usage,
}

impl StateError {
    /// The kind, for exit codes.
    pub fn kind(&self) -> StateErrorKind {
        match self {
            StateError::Io { .. } => StateErrorKind::Io,
            StateError::Busy { .. } | StateError::Changed { .. } => StateErrorKind::Busy,
            StateError::Damaged { .. } | StateError::Newer { .. } => StateErrorKind::State,
            StateError::NoState { .. }
            | StateError::NotA { .. }
            | StateError::NothingPublished { .. }
            | StateError::SeveralPublished { .. }
            | StateError::NotFound { .. }
            | StateError::NotPublished { .. }
            | StateError::Label { .. }
            | StateError::NamesForgotten
            | StateError::Decisions { .. }
            | StateError::Rules { .. } => StateErrorKind::Usage,
        }
    }

    /// An [`StateError::Io`] maker for `map_err`.
    pub(super) fn io(doing: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StateError {
        let path = path.to_owned();
        move |source| StateError::Io {
            doing,
            path,
            source,
        }
    }
}

fn quoted(names: &[String]) -> String {
    let names: Vec<String> = names.iter().map(|n| format!("{n:?}")).collect();
    names.join(", ")
}

fn one_of(known: &[String]) -> String {
    if known.is_empty() {
        "there is none at all".to_owned()
    } else {
        format!("there is {}", known.join(", "))
    }
}
