//! Removing the runs that name some records, for a person who is to be erased.

use super::error::ReportError;
use super::folder::{FILES, LATEST, RUNS, TEMP, is_run_id, refuse_linked_runs, remove_dead_run};
use crate::durable::{Mentions, sync_folder};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What was removed, or would be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ForgottenRuns {
    /// Names of the runs, oldest first.
    pub runs: Vec<String>,
    /// Whether the newest run is among them, so that `latest` and `latest.json` went too.
    pub was_latest: bool,
    /// Folders that hold files which kinfold did not write; those stay.
    pub foreign: Vec<PathBuf>,
}

/// Runs of an output folder in which one of these ids stands.
///
/// Looked for in every text file of a run; Parquet files hold the same rows as the CSV files beside them. An id is
/// found as a whole word, whatever the case of its letters, so that a name or note that contains it counts as well.
/// Cost: one pass over the text of all runs. Errors: no output folder of ours, a file that cannot be read.
pub fn runs_naming(out_dir: &Path, ids: &[String]) -> Result<ForgottenRuns, ReportError> {
    refuse_linked_runs(out_dir)?;
    let ids = Mentions::new(ids);
    let runs = out_dir.join(RUNS);
    let found = match fs::read_dir(&runs) {
        Ok(found) => found,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return Err(ReportError::NoRun {
                path: out_dir.to_owned(),
            });
        }
        Err(error) => return Err(ReportError::io("read", &runs)(error)),
    };
    let mut names: Vec<String> = found
        .filter_map(Result::ok)
        .filter(|e| e.file_type().is_ok_and(|t| t.is_dir()))
        .filter_map(|e| e.file_name().into_string().ok())
        .filter(|name| is_run_id(name))
        .collect();
    names.sort();
    let mut named = ForgottenRuns::default();
    for name in names {
        if names_one(&runs.join(&name), &ids)? {
            named.was_latest |= is_latest(out_dir, &name);
            named.runs.push(name);
        }
    }
    Ok(named)
}

/// Removes these runs, found by [`runs_naming`]. Call only while holding the lock of the folder.
///
/// The names `latest` and `latest.json` go first when they name such a run. Each run is renamed to what a dead one is
/// called before its files go, so that a run that is there is whole at every moment; what a stop in between leaves, the
/// next run or call removes. Files that are not ours stay and are told.
pub fn remove_runs(out_dir: &Path, named: &mut ForgottenRuns) -> Result<(), ReportError> {
    let runs = out_dir.join(RUNS);
    let remove = |path: &Path| match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(ReportError::io("remove", path)(error))
        }
        _ => Ok(()),
    };
    if named.was_latest {
        let link = out_dir.join("latest");
        if fs::symlink_metadata(&link).is_ok_and(|found| found.file_type().is_symlink()) {
            remove(&link)?;
        }
        remove(&out_dir.join(LATEST))?;
        sync_folder(out_dir).map_err(ReportError::io("flush to disk", out_dir))?;
    }
    for name in &named.runs {
        let (alive, dead) = (runs.join(name), runs.join(format!("{TEMP}{name}")));
        fs::rename(&alive, &dead).map_err(ReportError::io("remove", &alive))?;
        remove_dead_run(&dead);
        // Here a file that stays is the news.
        for file in FILES {
            remove(&dead.join(file))?;
        }
        if dead.exists() {
            named.foreign.push(dead);
        }
    }
    sync_folder(&runs).map_err(ReportError::io("flush to disk", &runs))
}

/// Whether a run names one of them.
fn names_one(run: &Path, ids: &Mentions) -> Result<bool, ReportError> {
    for name in FILES.iter().filter(|name| !name.ends_with(".parquet")) {
        let path = run.join(name);
        let file = match fs::File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            Err(error) => return Err(ReportError::io("read", &path)(error)),
        };
        if ids
            .are_in_stream(file)
            .map_err(ReportError::io("read", &path))?
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether `latest.json` or the link names this run.
fn is_latest(out_dir: &Path, name: &str) -> bool {
    let text = fs::read_to_string(out_dir.join(LATEST)).unwrap_or_default();
    let link = fs::read_link(out_dir.join("latest")).unwrap_or_default();
    text.contains(&format!("\"{name}\"")) || link.file_name().is_some_and(|n| n == name)
}
