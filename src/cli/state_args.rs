//! The options of commands that read or change a state folder.

use super::data_args::ChosenRules;
use super::failure::Failure;
use super::output::{log, plural};
use kinfold::rules::RuleSet;
use kinfold::state::{Author, StateFolder, StateWriter, Torn, Version};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Which published rules.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct StateArgs {
    /// Use the rules that are published in this state folder, and honour the decisions recorded there; see
    /// docs/lifecycle.md and docs/decisions.md
    #[arg(long = "state", value_name = "DIR", help_heading = "Rules")]
    dir: Option<PathBuf>,

    /// Which rule set, when several are published in the state folder
    #[arg(long, value_name = "NAME", requires = "dir", help_heading = "Rules")]
    set: Option<String>,
}

impl StateArgs {
    /// The state folder, if one was named.
    pub(crate) fn dir(&self) -> Option<&Path> {
        self.dir.as_deref()
    }

    /// The published rules. To be called when a folder was named.
    pub(crate) fn published(&self) -> Result<ChosenRules, Failure> {
        let dir = self.dir().expect("asked for published rules with a folder");
        let folder = open(dir)?;
        let version = folder.choose(self.set.as_deref())?.clone();
        Ok(ChosenRules {
            rules: version.rules()?,
            version: Some(version),
            decisions: folder.decisions().cloned().collect(),
        })
    }
}

/// Which state folder, for commands that need one.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct StateDir {
    /// State folder
    #[arg(long = "state", value_name = "DIR")]
    pub(crate) dir: PathBuf,
}

/// Who changes the state and why, and how long to wait for another who does.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct ChangeArgs {
    /// Why: a sentence for the log
    #[arg(long, value_name = "TEXT", visible_alias = "reason")]
    why: Option<String>,

    /// Who: a name for the log; by default that of the system's user
    #[arg(long, value_name = "NAME")]
    by: Option<String>,

    /// How long to wait for another process that is changing the state folder
    #[arg(long, value_name = "SECONDS", default_value_t = 0)]
    wait: u32,
}

impl ChangeArgs {
    /// Who, when and why.
    pub(crate) fn author(&self) -> Result<Author, Failure> {
        let who = self.by.clone().unwrap_or_else(user);
        Ok(Author::new(&who, &now(), self.why.as_deref())?)
    }

    /// Locks the folder, and tells of a torn end that was cut off.
    pub(crate) fn lock(&self, dir: &Path) -> Result<StateWriter, Failure> {
        let writer = StateWriter::lock(dir, self.wait())?;
        if let Some(torn) = writer.cut() {
            log(&format!("{}; it was cut off", torn_note(dir, torn)));
        }
        Ok(writer)
    }

    /// How long to wait.
    pub(crate) fn wait(&self) -> Duration {
        Duration::from_secs(u64::from(self.wait))
    }
}

/// Reads a state folder, and tells of a torn end.
pub(crate) fn open(dir: &Path) -> Result<StateFolder, Failure> {
    let folder = StateFolder::open(dir)?;
    note_torn(&folder);
    Ok(folder)
}

/// Tells of a torn end.
pub(crate) fn note_torn(folder: &StateFolder) {
    if let Some(torn) = folder.torn() {
        let note = torn_note(folder.dir(), torn);
        log(&format!("{note}; the next change cuts it off"));
    }
}

/// What a torn end is, in a sentence.
pub(crate) fn torn_note(dir: &Path, torn: Torn) -> String {
    format!(
        "note: {}, line {}: an unfinished entry of {}, as a stopped write leaves it, counts as never written",
        dir.join("log.jsonl").display(),
        torn.line,
        plural(torn.n_bytes, "byte", "bytes"),
    )
}

/// The first digits of a hash, enough to tell versions apart by eye.
pub(crate) fn short(sha256: &str) -> &str {
    sha256.get(..12).unwrap_or(sha256)
}

/// A rule set and what it is called in messages.
#[derive(Debug)]
pub(crate) struct Named {
    /// `rules.toml`, or `lead-duplicates version 2`.
    pub(crate) label: String,
    /// The rules.
    pub(crate) rules: RuleSet,
}

impl Named {
    /// A stored version.
    pub(crate) fn of(version: &Version) -> Result<Named, Failure> {
        Ok(Named {
            label: label(version),
            rules: version.rules()?,
        })
    }
}

/// `lead-duplicates version 2`.
pub(crate) fn label(version: &Version) -> String {
    format!("{} version {}", version.set, version.number)
}

/// The time of day in UTC, to the second, in RFC 3339.
pub(crate) fn now() -> String {
    let now = jiff::Timestamp::now();
    format!("{}", now.strftime("%Y-%m-%dT%H:%M:%SZ"))
}

/// The system's user: by the usual variables, else by the number in the user list.
fn user() -> String {
    let named = ["USER", "LOGNAME", "USERNAME"]
        .iter()
        .filter_map(|key| std::env::var(key).ok())
        .find(|name| !name.trim().is_empty());
    named.unwrap_or_else(user_by_number)
}

#[cfg(unix)]
fn user_by_number() -> String {
    let uid = rustix::process::getuid().as_raw().to_string();
    let list = std::fs::read_to_string("/etc/passwd").unwrap_or_default();
    list.lines()
        .map(|line| line.split(':').collect::<Vec<_>>())
        .find(|fields| fields.get(2) == Some(&uid.as_str()))
        .map_or(format!("user {uid}"), |fields| fields[0].to_owned())
}

#[cfg(not(unix))]
fn user_by_number() -> String {
    "unknown".to_owned()
}
