//! Files that hold values of records, for their owner alone whatever the umask.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// A new file. Fails when anything has that name.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    // An umask may take more than the others' rights.
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(file)
}

/// Writes a file. One that is there is overwritten and keeps its mode.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = match create(path) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            OpenOptions::new().write(true).truncate(true).open(path)?
        }
        created => created?,
    };
    file.write_all(bytes)
}
