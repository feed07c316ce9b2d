//! One run at a time per output folder.

use super::error::ReportError;
use super::folder::{prepare, sweep};
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// Name of the lock file. It is never removed: the system's lock on it counts, not its being there.
const LOCK: &str = ".kinfold.lock";

/// How often a waiting run looks again.
const POLL: Duration = Duration::from_millis(50);

/// Holds an output folder until dropped, or until the process ends in whatever way.
#[derive(Debug)]
pub struct OutLock {
    _file: File,
}

/// Locks an output folder, creating it when it does not exist, and removes what dead runs left in it.
///
/// Waits up to `wait` for a live run to finish; then [`ReportError::Busy`] names the process that holds the lock.
/// A folder that is not empty and not ours is refused before anything is written to it.
pub fn lock(out_dir: &Path, wait: Duration) -> Result<OutLock, ReportError> {
    prepare(out_dir)?;
    let path = out_dir.join(LOCK);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options
        .open(&path)
        .map_err(ReportError::io("open", &path))?;
    let deadline = Instant::now() + wait;
    loop {
        match file.try_lock() {
            Ok(()) => break,
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                std::thread::sleep(POLL.min(deadline.saturating_duration_since(Instant::now())));
            }
            Err(TryLockError::WouldBlock) => {
                return Err(ReportError::Busy {
                    holder: holder(&mut file),
                    path,
                });
            }
            Err(TryLockError::Error(error)) => return Err(ReportError::io("lock", &path)(error)),
        }
    }
    write_holder(&mut file).map_err(ReportError::io("write", &path))?;
    sweep(out_dir)?;
    Ok(OutLock { _file: file })
}

/// Writes our process id, for the message another run shows.
fn write_holder(file: &mut File) -> io::Result<()> {
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "process {}", std::process::id())
}

/// What the holder wrote: our own format, or nothing yet.
fn holder(file: &mut File) -> String {
    let mut text = String::new();
    let read = file.rewind().and_then(|()| file.read_to_string(&mut text));
    match text.trim() {
        text if read.is_ok()
            && text
                .strip_prefix("process ")
                .is_some_and(|id| id.parse::<u32>().is_ok()) =>
        {
            text.to_owned()
        }
        _ => "another process".to_owned(),
    }
}
