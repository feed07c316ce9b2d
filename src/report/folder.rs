//! The one way files are published: a temporary folder, every file flushed to disk, then one rename.
//!
//! `OUT/runs/RUN-ID/` is immutable; `OUT/latest.json` and the symlink `OUT/latest` are replaced by rename.
//! Nothing that was not written here is ever deleted.

use super::error::ReportError;
use crate::durable::{
    create_private_file, create_private_folder, hex, replace_file, sync_folder as sync_names,
};
use crate::model::Progress;
use sha2::{Digest, Sha256};
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// Marks an output folder as ours.
const MARKER: &str = ".kinfold";

/// Folder of runs inside the output folder.
pub(super) const RUNS: &str = "runs";

/// Names the newest run.
pub(super) const LATEST: &str = "latest.json";

/// Begins the name of a run that is still being written.
pub(super) const TEMP: &str = ".tmp-";

/// Every file a run may hold, in the order written; the sweep of dead runs removes these and nothing else.
pub(super) const FILES: [&str; 15] = [
    "suggestions.csv",
    "suggestions.parquet",
    "suggestions.json",
    "pairs.csv",
    "pairs.parquet",
    "golden.csv",
    "links.csv",
    "suppressed.csv",
    "rejects.csv",
    "aliases.csv",
    "dynamics_job.csv",
    "missed.csv",
    "summary.json",
    "report.html",
    "manifest.json",
];

/// A run being written. Dropped without [`publish`](Self::publish), it removes what it wrote.
pub(super) struct RunFolder {
    out_dir: PathBuf,
    run_id: String,
    temp: PathBuf,
    published: bool,
}

impl RunFolder {
    /// Creates the temporary folder. The run is called `base`, or `base-2` … when that exists.
    pub(super) fn create(out_dir: &Path, base: &str) -> Result<RunFolder, ReportError> {
        prepare(out_dir)?;
        let runs = out_dir.join(RUNS);
        ensure_private_folder(&runs)?;
        let mut n = 1_u32;
        loop {
            let run_id = if n == 1 {
                base.to_owned()
            } else {
                format!("{base}-{n}")
            };
            n += 1;
            if fs::symlink_metadata(runs.join(&run_id)).is_ok() {
                continue;
            }
            let temp = runs.join(format!("{TEMP}{run_id}"));
            match create_private_folder(&temp) {
                Ok(()) => {
                    return Ok(RunFolder {
                        out_dir: out_dir.to_owned(),
                        run_id,
                        temp,
                        published: false,
                    });
                }
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(ReportError::io("create folder", &temp)(error)),
            }
        }
    }

    /// The name of the run.
    pub(super) fn run_id(&self) -> &str {
        &self.run_id
    }

    /// A new file of the run.
    pub(super) fn file(&self, name: &'static str) -> Result<OutFile, ReportError> {
        debug_assert!(FILES.contains(&name), "{name} is not in the list of files");
        let path = self.temp.join(name);
        let file = create_private_file(&path).map_err(ReportError::io("create", &path))?;
        Ok(OutFile {
            name,
            writer: BufWriter::with_capacity(
                1 << 20,
                HashedFile {
                    file,
                    sha256: Sha256::new(),
                    n_bytes: 0,
                },
            ),
            path,
        })
    }

    /// Makes the run visible, and the newest. Returns its folder.
    ///
    /// After the first rename the run is whole and stays, even when naming it the newest then fails.
    pub(super) fn publish(
        mut self,
        manifest_sha256: &str,
        progress: &dyn Progress,
    ) -> Result<PathBuf, ReportError> {
        let runs = self.out_dir.join(RUNS);
        let run_dir = runs.join(&self.run_id);
        sync_folder(&self.temp)?;
        fs::rename(&self.temp, &run_dir).map_err(ReportError::io("publish", &run_dir))?;
        self.published = true;
        fail_point!("publish.renamed").map_err(ReportError::io("publish", &run_dir))?;
        sync_folder(&runs)?;
        self.replace_latest_json(manifest_sha256)?;
        if let Err(error) = self.replace_latest_link() {
            progress.notice(&format!(
                "the link `latest` was not set ({error}); latest.json names the newest run"
            ));
        }
        sync_folder(&self.out_dir)?;
        Ok(run_dir)
    }

    fn replace_latest_json(&self, manifest_sha256: &str) -> Result<(), ReportError> {
        let text = format!(
            "{{\"format\": \"kinfold-latest\", \"version\": 1, \"run\": \"{id}\", \"path\": \"{RUNS}/{id}\", \"manifest_sha256\": \"{manifest_sha256}\"}}\n",
            id = self.run_id,
        );
        let temp = self.out_dir.join(format!(".{LATEST}{TEMP}{}", self.run_id));
        let path = self.out_dir.join(LATEST);
        replace_file(&path, &temp, text.as_bytes()).map_err(ReportError::io("replace", &path))
    }

    #[cfg(unix)]
    fn replace_latest_link(&self) -> io::Result<()> {
        let link = self.out_dir.join("latest");
        match fs::symlink_metadata(&link) {
            Ok(found) if !found.file_type().is_symlink() => {
                return Err(io::Error::other("something else has that name"));
            }
            _ => {}
        }
        let temp = self.out_dir.join(format!(".latest{TEMP}{}", self.run_id));
        std::os::unix::fs::symlink(Path::new(RUNS).join(&self.run_id), &temp)?;
        fs::rename(&temp, &link).inspect_err(|_| {
            let _ = fs::remove_file(&temp);
        })
    }

    #[cfg(not(unix))]
    fn replace_latest_link(&self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        if !self.published {
            remove_dead_run(&self.temp);
        }
    }
}

/// A file of a run: buffered, hashed on its way to disk.
pub(super) struct OutFile {
    name: &'static str,
    path: PathBuf,
    writer: BufWriter<HashedFile>,
}

struct HashedFile {
    file: File,
    sha256: Sha256,
    n_bytes: u64,
}

impl Write for HashedFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        fail_point!("report.write")?;
        let n = self.file.write(bytes)?;
        self.sha256.update(&bytes[..n]);
        self.n_bytes += n as u64;
        Ok(n)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Write for OutFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.writer.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.flush()
    }
}

/// A finished file.
#[derive(Debug, Clone)]
pub(super) struct Written {
    pub(super) name: &'static str,
    pub(super) n_bytes: u64,
    pub(super) sha256: String,
}

impl OutFile {
    /// Where the file is being written.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Hands what is buffered to the system. [`Unsynced::sync`] is still to come.
    pub(super) fn close(self) -> Result<Unsynced, ReportError> {
        let OutFile { name, path, writer } = self;
        let hashed = writer
            .into_inner()
            .map_err(|e| ReportError::io("write", &path)(e.into_error()))?;
        Ok(Unsynced {
            file: hashed.file,
            path,
            written: Written {
                name,
                n_bytes: hashed.n_bytes,
                sha256: hex(&hashed.sha256.finalize()),
            },
        })
    }

    /// Flushes to disk.
    pub(super) fn finish(self) -> Result<Written, ReportError> {
        self.close()?.sync()
    }
}

/// A file that is whole, but not known to be on disk.
#[derive(Debug)]
pub(super) struct Unsynced {
    file: File,
    path: PathBuf,
    written: Written,
}

impl Unsynced {
    /// Flushes to disk.
    pub(super) fn sync(&self) -> Result<Written, ReportError> {
        self.file
            .sync_all()
            .map_err(ReportError::io("flush to disk", &self.path))?;
        Ok(self.written.clone())
    }
}

/// Makes sure that `out_dir` exists, is a folder, and is ours or empty; marks it.
pub(super) fn prepare(out_dir: &Path) -> Result<(), ReportError> {
    match fs::metadata(out_dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if let Some(parent) = out_dir.parent().filter(|p| !p.as_os_str().is_empty()) {
                fs::create_dir_all(parent).map_err(ReportError::io("create folder", parent))?;
            }
            ensure_private_folder(out_dir)?;
        }
        Err(error) => return Err(ReportError::io("read", out_dir)(error)),
        Ok(found) if !found.is_dir() => {
            return Err(ReportError::NotAFolder {
                path: out_dir.to_owned(),
            });
        }
        Ok(_) => {}
    }
    refuse_linked_runs(out_dir)?;
    if out_dir.join(MARKER).is_file() {
        return Ok(());
    }
    let is_empty = fs::read_dir(out_dir)
        .map_err(ReportError::io("read", out_dir))?
        .next()
        .is_none();
    let is_ours = is_empty || out_dir.join(RUNS).is_dir() && out_dir.join(LATEST).is_file();
    if !is_ours {
        return Err(ReportError::NotOurs {
            path: out_dir.to_owned(),
        });
    }
    let marker = out_dir.join(MARKER);
    match create_private_file(&marker) {
        Ok(mut file) => file
            .write_all(b"kinfold output folder, format 1\n")
            .and_then(|()| file.sync_all())
            .map_err(ReportError::io("write", &marker)),
        // Another run marked it in this moment.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(ReportError::io("create", &marker)(error)),
    }
}

/// Refuses an output folder whose runs would be written, or removed, elsewhere.
pub(super) fn refuse_linked_runs(out_dir: &Path) -> Result<(), ReportError> {
    match fs::symlink_metadata(out_dir.join(RUNS)) {
        Ok(found) if found.file_type().is_symlink() => Err(ReportError::LinkedRuns {
            path: out_dir.to_owned(),
        }),
        _ => Ok(()),
    }
}

/// Removes what dead runs left behind. Call only while holding the lock.
pub(super) fn sweep(out_dir: &Path) -> Result<(), ReportError> {
    let entries = |dir: &Path| -> Result<Vec<(PathBuf, String)>, ReportError> {
        match fs::read_dir(dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(error) => Err(ReportError::io("read", dir)(error)),
            Ok(found) => Ok(found
                .filter_map(Result::ok)
                .filter_map(|e| Some((e.path(), e.file_name().into_string().ok()?)))
                .collect()),
        }
    };
    for (path, name) in entries(&out_dir.join(RUNS))? {
        if name.strip_prefix(TEMP).is_some_and(is_run_id) {
            remove_dead_run(&path);
        }
    }
    for (path, name) in entries(out_dir)? {
        let run_id = [format!(".{LATEST}{TEMP}"), format!(".latest{TEMP}")]
            .iter()
            .find_map(|start| name.strip_prefix(start).map(str::to_owned));
        if run_id.is_some_and(|id| is_run_id(&id)) {
            // A leftover that cannot be removed harms nobody.
            let _ = fs::remove_file(&path);
        }
    }
    Ok(())
}

/// Removes published runs but the `n_kept` newest and the one that `latest.json` names. Returns how many went.
///
/// Call only while holding the lock. A run is first renamed to what a dead run is called, so that a run that is there
/// is whole at every moment; files that are not ours stay, in a folder of that name.
pub(super) fn prune(out_dir: &Path, n_kept: usize) -> Result<usize, ReportError> {
    let runs = out_dir.join(RUNS);
    let mut names: Vec<String> = fs::read_dir(&runs)
        .map_err(ReportError::io("read", &runs))?
        .filter_map(Result::ok)
        .filter(|e| e.file_type().is_ok_and(|t| t.is_dir()))
        .filter_map(|e| e.file_name().into_string().ok())
        .filter(|name| is_run_id(name))
        .collect();
    // By time, then by the number that runs of one second and one input get.
    names.sort_by_cached_key(|name| {
        let mut parts = name.splitn(3, '-');
        let time = parts.next().unwrap_or("").to_owned();
        let hash = parts.next().unwrap_or("").to_owned();
        let n: u64 = parts.next().and_then(|n| n.parse().ok()).unwrap_or(1);
        (time, n, hash)
    });
    // Runs of one second have no order, so the newest is taken by its name in latest.json.
    let latest = fs::read_to_string(out_dir.join(LATEST)).unwrap_or_default();
    let n_all = names.len();
    names.retain(|name| !latest.contains(&format!("\"{name}\"")));
    let n_others = n_kept.max(1).saturating_sub(n_all - names.len());
    let n_gone = names.len().saturating_sub(n_others);
    let mut n_pruned = 0;
    for name in &names[..n_gone] {
        let dead = runs.join(format!("{TEMP}{name}"));
        let alive = runs.join(name);
        fs::rename(&alive, &dead).map_err(ReportError::io("remove", &alive))?;
        remove_dead_run(&dead);
        n_pruned += 1;
    }
    Ok(n_pruned)
}

/// Removes our files from an unpublished run folder, and the folder when nothing else is in it.
pub(super) fn remove_dead_run(temp: &Path) {
    if fs::symlink_metadata(temp).is_ok_and(|found| found.is_dir()) {
        // Errors are not told: the run failed for another reason, and the next one sweeps again.
        for name in FILES {
            let _ = fs::remove_file(temp.join(name));
        }
        let _ = fs::remove_dir(temp);
    }
}

/// True for `20260131T020000Z-0123abcd` and `20260131T020000Z-0123abcd-2`.
pub(super) fn is_run_id(text: &str) -> bool {
    let mut parts = text.split('-');
    let time = parts.next().unwrap_or("");
    let hash = parts.next().unwrap_or("");
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    // By bytes: a folder that somebody else named may have a letter of several bytes at any place.
    let is_time = time.len() == 16
        && time.bytes().enumerate().all(|(i, b)| match i {
            8 => b == b'T',
            15 => b == b'Z',
            _ => b.is_ascii_digit(),
        });
    let is_hash = hash.len() == 8 && hash.bytes().all(|b| b.is_ascii_hexdigit());
    is_time && is_hash && parts.next().is_none_or(is_number) && parts.next().is_none()
}

fn ensure_private_folder(path: &Path) -> Result<(), ReportError> {
    match create_private_folder(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && path.is_dir() => Ok(()),
        other => other.map_err(ReportError::io("create folder", path)),
    }
}

/// Makes the names in a folder durable.
fn sync_folder(path: &Path) -> Result<(), ReportError> {
    sync_names(path).map_err(ReportError::io("flush to disk", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn run_ids_are_told_from_other_names() {
        for (text, is_one) in [
            ("20260131T020000Z-0123abcd", true),
            ("20260131T020000Z-0123abcd-12", true),
            ("20260131T020000Z-0123abcd-", false),
            ("20260131T020000Z-0123abcd-2-3", false),
            ("20260131T020000Z", false),
            ("20260131T0200\u{feff}-0123abcd", false),
            ("2026013\u{e9}020000Z-0123abcd", false),
            ("my-own-folder", false),
            ("../../etc", false),
            ("", false),
        ] {
            assert_eq!(is_run_id(text), is_one, "{text}");
        }
    }
}
