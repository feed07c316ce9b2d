//! A few small files in a folder of their own, such as a preview: written beside and renamed, whole or as they were.

use super::CsvGuard;
use super::csv;
use super::error::ReportError;
use super::sheet::Sheet;
use crate::durable::{create_private_file, create_private_folder};
use std::fs;
use std::io::Write;
use std::path::Path;

/// Writes the files into `dir`, replacing those of the same names; for their owner alone (0600, folder 0700).
///
/// `dir` is made when missing, with the folders above it. A folder that holds anything else is refused. Every file is
/// written in full before the first is renamed, so that a full disk leaves the earlier ones as they were.
pub fn write_bundle(dir: &Path, files: &[(&str, Vec<u8>)]) -> Result<(), ReportError> {
    if dir.exists() && !dir.is_dir() {
        return Err(ReportError::NotAFolder {
            path: dir.to_path_buf(),
        });
    }
    let temporary = |name: &str| dir.join(format!(".{name}.new"));
    if dir.is_dir() {
        for entry in fs::read_dir(dir).map_err(ReportError::io("read", dir))? {
            let entry = entry.map_err(ReportError::io("read", dir))?;
            let path = dir.join(entry.file_name());
            if !(files.iter()).any(|(name, _)| path == dir.join(name) || path == temporary(name)) {
                return Err(ReportError::OtherFiles {
                    path: dir.to_path_buf(),
                });
            }
        }
    } else {
        if let Some(above) = dir.parent().filter(|p| !p.as_os_str().is_empty()) {
            fs::create_dir_all(above).map_err(ReportError::io("create folder", above))?;
        }
        create_private_folder(dir).map_err(ReportError::io("create folder", dir))?;
    }
    for (name, bytes) in files {
        let path = temporary(name);
        // Left behind by a run that was killed.
        let _ = fs::remove_file(&path);
        let written = create_private_file(&path).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
        if let Err(source) = written {
            for (name, _) in files {
                let _ = fs::remove_file(temporary(name));
            }
            return Err(ReportError::io("write", &path)(source));
        }
    }
    for (name, _) in files {
        let path = dir.join(name);
        fs::rename(temporary(name), &path).map_err(ReportError::io("rename", &path))?;
    }
    Ok(())
}

/// Rows of text as CSV for people: as the tables of a run, with a byte order mark, formulas guarded, long cells cut.
///
/// Every row has as many cells as there are headers.
pub fn guarded_csv(headers: &[&str], rows: &[Vec<String>]) -> Vec<u8> {
    let mut sheet = Sheet::new(rows.len());
    for (at, header) in headers.iter().enumerate() {
        sheet.text(*header, move |row| rows[row][at].as_str());
    }
    csv::in_memory(&sheet, CsvGuard::Guarded)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_replaced_and_other_folders_refused() {
        let dir = tempfile::tempdir().expect("a folder");
        let out = dir.path().join("a/b");
        for text in ["one", "two"] {
            write_bundle(&out, &[("x.txt", text.into()), ("y.txt", text.into())]).expect("written");
            assert_eq!(fs::read_to_string(out.join("y.txt")).expect("there"), text);
        }
        assert_eq!(fs::read_dir(&out).expect("there").count(), 2);
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |p: &Path| fs::metadata(p).expect("there").permissions().mode() & 0o777;
            assert_eq!((mode(&out), mode(&out.join("x.txt"))), (0o700, 0o600));
        }
        fs::write(out.join("mine.txt"), "").expect("written");
        let refused = write_bundle(&out, &[("x.txt", Vec::new())]);
        assert!(refused.is_err_and(|e| e.to_string().contains("other files")));
        let refused = write_bundle(&out.join("mine.txt"), &[]);
        assert!(refused.is_err_and(|e| e.to_string().contains("not a folder")));
    }

    #[test]
    fn rows_are_guarded() {
        let csv = guarded_csv(&["a", "b"], &[vec!["=1+1".into(), "x\"y".into()]]);
        assert_eq!(
            String::from_utf8(csv).expect("UTF-8"),
            "\u{feff}\"a\",\"b\"\r\n\"'=1+1\",\"x\"\"y\"\r\n"
        );
    }
}
