//! One writer at a time: a lock of the system on a file, freed by the system however the holder ends.

use super::open_private;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;
use std::time::{Duration, Instant};

/// How often a waiting process looks again.
const POLL: Duration = Duration::from_millis(50);

/// Holds a lock until dropped, or until the process ends in whatever way.
///
/// The file is never removed: the system's lock on it counts, not its being there.
#[derive(Debug)]
pub(crate) struct FileLock {
    _file: File,
}

/// Why a lock was not had. The caller knows the path.
#[derive(Debug)]
pub(crate) enum LockError {
    /// Someone else has it, described as they wrote it in the file.
    Busy(String),
    /// The file could not be used; says what was tried.
    Io(&'static str, io::Error),
}

impl FileLock {
    /// Locks `path` for this process alone, creating the file when it is missing; waits up to `wait`.
    pub(crate) fn exclusive(path: &Path, wait: Duration) -> Result<FileLock, LockError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        let mut file = open_private(path, &mut options).map_err(|e| LockError::Io("open", e))?;
        poll(&mut file, wait, File::try_lock)?;
        write_holder(&mut file).map_err(|e| LockError::Io("write", e))?;
        Ok(FileLock { _file: file })
    }

    /// Keeps writers of `path` out while others may read; waits up to `wait`. `None` when there is no such file.
    pub(crate) fn shared(path: &Path, wait: Duration) -> Result<Option<FileLock>, LockError> {
        let mut file = match open_private(path, OpenOptions::new().read(true)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(LockError::Io("open", error)),
        };
        poll(&mut file, wait, File::try_lock_shared)?;
        Ok(Some(FileLock { _file: file }))
    }
}

fn poll(
    file: &mut File,
    wait: Duration,
    try_lock: fn(&File) -> Result<(), TryLockError>,
) -> Result<(), LockError> {
    let deadline = Instant::now() + wait;
    loop {
        match try_lock(file) {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) if Instant::now() < deadline => {
                std::thread::sleep(POLL.min(deadline.saturating_duration_since(Instant::now())));
            }
            Err(TryLockError::WouldBlock) => return Err(LockError::Busy(holder(file))),
            Err(TryLockError::Error(error)) => return Err(LockError::Io("lock", error)),
        }
    }
}

/// Writes our process id, for the message another process shows.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_writer_or_many_readers() {
        let dir = tempfile::tempdir().expect("a folder");
        let path = dir.path().join("lock");
        let none = Duration::ZERO;
        assert!(FileLock::shared(&path, none).expect("no error").is_none());
        let writer = FileLock::exclusive(&path, none).expect("free");
        let Err(LockError::Busy(holder)) = FileLock::exclusive(&path, none) else {
            panic!("a second writer");
        };
        assert_eq!(holder, format!("process {}", std::process::id()));
        assert!(matches!(
            FileLock::shared(&path, none),
            Err(LockError::Busy(_))
        ));
        drop(writer);
        let readers = [(); 2].map(|()| FileLock::shared(&path, none).expect("free"));
        assert!(readers.iter().all(Option::is_some));
        assert!(FileLock::exclusive(&path, none).is_err());
    }
}
