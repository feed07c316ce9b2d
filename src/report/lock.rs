//! One run at a time per output folder.

use super::error::ReportError;
use super::folder::{prepare, sweep};
use crate::durable::{FileLock, LockError};
use std::path::Path;
use std::time::Duration;

/// Name of the lock file.
const LOCK: &str = ".kinfold.lock";

/// Holds an output folder until dropped, or until the process ends in whatever way.
#[derive(Debug)]
pub struct OutLock {
    _lock: FileLock,
}

/// Locks an output folder, creating it when it does not exist, and removes what dead runs left in it.
///
/// Waits up to `wait` for a live run to finish; then [`ReportError::Busy`] names the process that holds the lock.
/// A folder that is not empty and not ours is refused before anything is written to it.
pub fn lock(out_dir: &Path, wait: Duration) -> Result<OutLock, ReportError> {
    prepare(out_dir)?;
    let path = out_dir.join(LOCK);
    let lock = FileLock::exclusive(&path, wait).map_err(|error| match error {
        LockError::Busy(holder) => ReportError::Busy {
            holder,
            path: path.clone(),
        },
        LockError::Io(doing, error) => ReportError::io(doing, &path)(error),
    })?;
    sweep(out_dir)?;
    Ok(OutLock { _lock: lock })
}
