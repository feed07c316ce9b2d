//! Checks a published run against its manifest.

use super::error::ReportError;
use super::folder::{LATEST, RUNS, is_run_id};
use super::manifest::{FORMAT, Manifest, VERSION};
use crate::durable::hex;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Name of the manifest in a run folder.
const MANIFEST: &str = "manifest.json";

/// What checking a run found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The run checked.
    pub run_dir: PathBuf,
    /// Files the manifest names.
    pub n_files: usize,
    /// One sentence per fault; empty when the run is as published.
    pub problems: Vec<String>,
}

/// `latest.json`, as far as it is read.
#[derive(Deserialize)]
struct Latest {
    run: String,
    manifest_sha256: String,
}

/// Checks a run folder, or the newest run of an output folder: every file there, of its size and hash, none besides.
///
/// Through an output folder the manifest itself is checked against `latest.json`.
/// Errors: nothing to check at that path, or a file that cannot be read for another reason than being absent.
pub fn verify(run_or_out_dir: &Path) -> Result<Verified, ReportError> {
    let mut problems = Vec::new();
    let (run_dir, manifest_sha256) = match find_run(run_or_out_dir) {
        Err(ReportError::Changed { .. }) => {
            return Ok(Verified {
                run_dir: run_or_out_dir.to_owned(),
                n_files: 0,
                problems: vec![format!("{LATEST} is damaged: it names no run")],
            });
        }
        found => found?,
    };
    let n_files = check_run(&run_dir, manifest_sha256.as_deref(), &mut problems)?;
    Ok(Verified {
        run_dir,
        n_files,
        problems,
    })
}

/// A file of a published run, proven to be as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunFile {
    /// The run's name.
    pub run: String,
    /// The file.
    pub path: PathBuf,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether cells of CSV are guarded for spreadsheets.
    pub guarded: bool,
}

/// Reads one file of a run, or of the newest run of an output folder, and proves it by the manifest.
///
/// Errors: as [`verify`]; and [`ReportError::Changed`] when the file, or the manifest, is not what the run wrote.
pub fn read_file_of_run(run_or_out_dir: &Path, name: &str) -> Result<RunFile, ReportError> {
    let (run_dir, manifest_sha256) = find_run(run_or_out_dir)?;
    let read = |name: &str| {
        let path = run_dir.join(name);
        match fs::read(&path) {
            Ok(bytes) => Ok((path, bytes)),
            Err(error) => Err(ReportError::io("read", &path)(error)),
        }
    };
    let changed = |path: &Path| ReportError::Changed {
        path: path.to_owned(),
    };
    let (manifest_path, text) = read(MANIFEST)?;
    if manifest_sha256.is_some_and(|expected| expected != hex(&Sha256::digest(&text))) {
        return Err(changed(&manifest_path));
    }
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|_| changed(&manifest_path))?;
    if manifest.format != FORMAT || manifest.version != VERSION {
        return Err(changed(&manifest_path));
    }
    let (path, bytes) = read(name)?;
    let written = manifest.files.iter().find(|f| f.name == name);
    if written.is_none_or(|f| f.sha256 != hex(&Sha256::digest(&bytes))) {
        return Err(changed(&path));
    }
    Ok(RunFile {
        run: manifest.run,
        path,
        bytes,
        guarded: manifest.csv.guarded,
    })
}

/// The folder of a run, or of the newest run of an output folder with the hash its manifest has to have.
fn find_run(run_or_out_dir: &Path) -> Result<(PathBuf, Option<String>), ReportError> {
    if run_or_out_dir.join(MANIFEST).is_file() {
        return Ok((run_or_out_dir.to_owned(), None));
    }
    let latest = run_or_out_dir.join(LATEST);
    let text = match fs::read_to_string(&latest) {
        Ok(text) => text,
        Err(error) if is_absent(&error) => {
            return Err(ReportError::NoRun {
                path: run_or_out_dir.to_owned(),
            });
        }
        Err(error) => return Err(ReportError::io("read", &latest)(error)),
    };
    match serde_json::from_str::<Latest>(&text) {
        Ok(found) if is_run_id(&found.run) => Ok((
            run_or_out_dir.join(RUNS).join(found.run),
            Some(found.manifest_sha256),
        )),
        _ => Err(ReportError::Changed { path: latest }),
    }
}

/// Checks one run folder; returns the number of files the manifest names.
fn check_run(
    run_dir: &Path,
    manifest_sha256: Option<&str>,
    problems: &mut Vec<String>,
) -> Result<usize, ReportError> {
    let path = run_dir.join(MANIFEST);
    let bytes = match fs::read(&path) {
        Ok(bytes) => bytes,
        Err(error) if is_absent(&error) => {
            problems.push(format!("{MANIFEST} is missing"));
            return Ok(0);
        }
        Err(error) => return Err(ReportError::io("read", &path)(error)),
    };
    if manifest_sha256.is_some_and(|expected| expected != hex(&Sha256::digest(&bytes))) {
        problems.push(format!(
            "{MANIFEST} is not the one {LATEST} was written for"
        ));
    }
    let manifest: Manifest = match serde_json::from_slice(&bytes) {
        Ok(manifest) => manifest,
        Err(error) => {
            problems.push(format!("{MANIFEST} is damaged: {error}"));
            return Ok(0);
        }
    };
    if manifest.format != FORMAT || manifest.version != VERSION {
        problems.push(format!(
            "{MANIFEST} is of format {} {}, this version reads {FORMAT} {VERSION}",
            manifest.format, manifest.version
        ));
        return Ok(0);
    }
    for input in &manifest.inputs {
        if input.rows_read != input.rows_used + input.rows_rejected {
            problems.push(format!(
                "input {}: {} rows read are not {} used and {} rejected",
                input.path, input.rows_read, input.rows_used, input.rows_rejected
            ));
        }
    }
    for file in &manifest.files {
        if file.name.contains(['/', '\\']) || file.name.starts_with('.') {
            problems.push(format!("{} is not the name of a file of a run", file.name));
            continue;
        }
        match sha256_of(&run_dir.join(&file.name))? {
            None => problems.push(format!("{} is missing", file.name)),
            Some((n_bytes, _)) if n_bytes != file.bytes => problems.push(format!(
                "{} has {n_bytes} bytes, {} were written",
                file.name, file.bytes
            )),
            Some((_, sha256)) if sha256 != file.sha256 => problems.push(format!(
                "{} was changed: its SHA-256 is not the one written",
                file.name
            )),
            Some(_) => {}
        }
    }
    let mut foreign: Vec<String> = fs::read_dir(run_dir)
        .map_err(ReportError::io("read", run_dir))?
        .filter_map(Result::ok)
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name != MANIFEST && !manifest.files.iter().any(|f| f.name == *name))
        .collect();
    foreign.sort_unstable();
    problems.extend(
        foreign
            .into_iter()
            .map(|name| format!("{name} was not written by the run")),
    );
    Ok(manifest.files.len())
}

/// Size and hash of a file, `None` when it is absent.
fn sha256_of(path: &Path) -> Result<Option<(u64, String)>, ReportError> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if is_absent(&error) => return Ok(None),
        Err(error) => return Err(ReportError::io("read", path)(error)),
    };
    let mut sha256 = Sha256::new();
    let mut buffer = vec![0; 1 << 16];
    let mut n_bytes = 0;
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(Some((n_bytes, hex(&sha256.finalize())))),
            Ok(n) => {
                sha256.update(&buffer[..n]);
                n_bytes += n as u64;
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(ReportError::io("read", path)(error)),
        }
    }
}

fn is_absent(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}
