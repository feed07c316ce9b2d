//! Files that are private from their first moment, whole or absent, and on disk when we say so; locks between processes.
//!
//! Shared by what writes folders: `report` (runs) and `state` (rule versions). What a folder holds is theirs.

mod lock;
mod mentions;

pub(crate) use lock::{FileLock, LockError};
pub(crate) use mentions::Mentions;

use sha2::{Digest, Sha256};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Lower-case hexadecimal digits.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

/// SHA-256 of a text, in hexadecimal digits.
pub(crate) fn sha256_hex(text: &str) -> String {
    hex(&Sha256::digest(text.as_bytes()))
}

/// Creates a folder for the owner alone, whatever the umask. Fails when anything has that name.
pub(crate) fn create_private_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
        fs::DirBuilder::new().mode(0o700).create(path)?;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700))
    }
    #[cfg(not(unix))]
    fs::create_dir(path)
}

/// Creates a file for the owner alone, whatever the umask. Fails when anything has that name, a dangling link included.
pub(crate) fn create_private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    open_private(path, &mut options)
}

/// Opens with `options`; a file that this creates is for the owner alone. A symbolic link at `path` is an error.
pub(crate) fn open_private(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
        let is_new = fs::symlink_metadata(path).is_err();
        let no_follow = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        let file = options
            .mode(0o600)
            .custom_flags(no_follow.bits() as i32)
            .open(path)?;
        // A umask can only take rights away; what it took from the owner is given back.
        if is_new && file.metadata()?.mode() & 0o777 != 0o600 {
            file.set_permissions(fs::Permissions::from_mode(0o600))?;
        }
        Ok(file)
    }
    #[cfg(not(unix))]
    options.open(path)
}

/// Replaces the file `path` by `bytes` through a temporary file beside it and one rename; durable on return.
///
/// A link at `path` is replaced, not followed. On an error the old file is as it was.
pub(crate) fn replace_file(path: &Path, temp: &Path, bytes: &[u8]) -> io::Result<()> {
    let write = || -> io::Result<()> {
        let mut file = create_private_file(temp)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(temp, path)
    };
    write().inspect_err(|error| {
        // The temporary name is ours, unless it was there before us; when removing it fails too, the first error is
        // the one to tell.
        if error.kind() != io::ErrorKind::AlreadyExists {
            let _ = fs::remove_file(temp);
        }
    })
}

/// Makes the names in a folder durable. Elsewhere than on Unix folders cannot be opened for that.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(path).and_then(|folder| folder.sync_all())?;
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_a_link_is_not_followed() {
        let dir = tempfile::tempdir().expect("a folder");
        let (path, temp) = (dir.path().join("a"), dir.path().join(".a.tmp"));
        replace_file(&path, &temp, b"one").expect("written");
        replace_file(&path, &temp, b"two").expect("replaced");
        assert_eq!(fs::read(&path).expect("readable"), b"two");
        assert!(!temp.exists());
        #[cfg(unix)]
        {
            use std::os::unix::fs::{PermissionsExt, symlink};
            let mode = fs::metadata(&path).expect("there").permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            let (link, aim) = (dir.path().join("link"), dir.path().join("aim"));
            symlink(&aim, &link).expect("made");
            assert!(create_private_file(&link).is_err());
            let mut options = OpenOptions::new();
            options.write(true).create(true).truncate(false);
            assert!(open_private(&link, &mut options).is_err());
            assert!(!aim.exists());
        }
    }

    #[test]
    fn a_temporary_file_of_someone_else_stays() {
        let dir = tempfile::tempdir().expect("a folder");
        let (path, temp) = (dir.path().join("a"), dir.path().join(".a.tmp"));
        fs::write(&temp, "theirs").expect("written");
        assert!(replace_file(&path, &temp, b"ours").is_err());
        assert_eq!(fs::read(&temp).expect("kept"), b"theirs");
        assert!(!path.exists());
    }
}
