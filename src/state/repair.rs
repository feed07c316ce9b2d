//! A damaged log, written anew from the entries that can be proven; the damaged one is kept beside it.

use super::entry::{
    Act, Entry, FORMAT_NAME, FORMAT_VERSION, What, chain_of, chained_anew, first_chain, split,
};
use super::error::StateError;
use super::folder::{Author, LOG, StateFolder, lock, read_log};
use super::history::History;
use super::log::{Log, known};
use crate::durable::{create_private_file, replace_file, sync_folder};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What a repair did.
#[derive(Debug)]
pub struct Repaired {
    /// The state as it is now.
    pub folder: StateFolder,
    /// Entries kept.
    pub n_kept: u64,
    /// Lines of the damaged log that could not be kept, from 1. Empty when the log held but for a torn end.
    pub dropped: Vec<u64>,
    /// Bytes of a torn end that were cut off.
    pub n_torn: u64,
    /// Where the damaged log is kept; `None` when there was nothing to repair.
    pub backup: Option<PathBuf>,
}

/// Repairs a state folder. A log that holds is left alone.
///
/// Kept are the entries before the damage, and of those after it the ones whose own checksum proves them and which can
/// follow what was kept. The new log is a new chain and ends with an entry that says how many were lost. The damaged log
/// is copied first, to a name beside it that did not exist; the new one takes its place by one rename.
/// A log of a newer format is refused: it is not damaged.
pub fn repair(dir: &Path, wait: Duration, author: &Author) -> Result<Repaired, StateError> {
    read_log(dir)?;
    let _lock = lock(dir, wait)?;
    let path = dir.join(LOG);
    let bytes = read_log(dir)?;
    let (entries, dropped, n_torn) = match Log::read(&bytes, &path) {
        Err(newer @ StateError::Newer { .. }) => return Err(newer),
        Ok(log) => match log.torn {
            None => {
                return Ok(Repaired {
                    n_kept: log.entries.len() as u64,
                    folder: StateFolder::open(dir)?,
                    dropped: Vec::new(),
                    n_torn: 0,
                    backup: None,
                });
            }
            Some(torn) => (log.entries, Vec::new(), torn.n_bytes),
        },
        Err(_) => {
            let (entries, dropped) = salvage(&bytes, &path)?;
            (entries, dropped, 0)
        }
    };
    let n_kept = entries.len() as u64;
    let backup = back_up(dir, &bytes, author)?;
    let text = written_anew(entries, &dropped, &backup, author);
    let temp = dir.join(".log.jsonl.tmp");
    // Left by a repair that was stopped; the name is ours, and we hold the lock.
    if temp.is_file() {
        std::fs::remove_file(&temp).map_err(StateError::io("remove", &temp))?;
    }
    replace_file(&path, &temp, text.as_bytes()).map_err(StateError::io("replace", &path))?;
    sync_folder(dir).map_err(StateError::io("flush to disk", dir))?;
    Ok(Repaired {
        folder: StateFolder::open(dir)?,
        n_kept,
        dropped,
        n_torn,
        backup: Some(backup),
    })
}

/// The entries of a damaged log that can be proven, and the numbers of the lines that cannot.
///
/// A line is proven by the chain that the line before states, even where that line is damaged elsewhere; or, when only
/// its own statement of its chain is damaged, by the line after it.
/// An entry that is proven and that this version does not know is no damage: it is refused rather than lost.
fn salvage(bytes: &[u8], path: &Path) -> Result<(Vec<Entry>, Vec<u64>), StateError> {
    let mut history = History::default();
    let (mut entries, mut dropped) = (Vec::new(), Vec::new());
    let bytes = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let lines: Vec<&[u8]> = bytes.split(|b| *b == b'\n').collect();
    // What may stand before the line: the chain stated there, and the chain it should have stated.
    let (mut stated, mut computed) = (Some(first_chain()), first_chain());
    for (i, line) in lines.iter().enumerate() {
        let number = i as u64 + 1;
        let Some((body, chain)) = split(line) else {
            dropped.push(number);
            stated = chain_at_end(line);
            continue;
        };
        let should = stated.as_deref().map(|s| chain_of(s, body));
        let also = chain_of(&computed, body);
        let is_proven = should.as_deref() == Some(chain) || also == chain;
        let vouched = || {
            let (next, next_chain) = lines.get(i + 1).and_then(|l| split(l))?;
            [should.as_deref(), Some(also.as_str())]
                .into_iter()
                .flatten()
                .any(|own| chain_of(own, next) == next_chain)
                .then_some(())
        };
        if is_proven || vouched().is_some() {
            let entry = known(body, number, path)?;
            let is_format = matches!(entry.what, What::Format { .. });
            if is_format == entries.is_empty() && history.apply(&entry).is_ok() {
                entries.push(entry);
            } else if !is_format && entries.is_empty() && history.apply(&entry).is_ok() {
                // The first line was lost; it says nothing that is not known.
                entries.push(format_entry(&entry));
                entries.push(entry);
            } else {
                dropped.push(number);
            }
        } else {
            dropped.push(number);
        }
        computed = match (is_proven, should) {
            (false, Some(should)) => should,
            _ => also,
        };
        stated = Some(chain.to_owned());
    }
    Ok((entries, dropped))
}

/// The chain a line states where one stands, though the line is no entry.
fn chain_at_end(line: &[u8]) -> Option<String> {
    let end = line.len().checked_sub(2)?;
    let chain = line.get(end.checked_sub(64)?..end)?;
    String::from_utf8(chain.to_vec()).ok()
}

/// A first entry, by the author of `like`.
fn format_entry(like: &Entry) -> Entry {
    Entry {
        seq: 0,
        act: Act {
            why: None,
            ..like.act.clone()
        },
        tool: env!("CARGO_PKG_VERSION").to_owned(),
        what: What::Format {
            format: FORMAT_NAME.to_owned(),
            version: FORMAT_VERSION,
        },
    }
}

/// The text of the new log: what was kept, numbered and chained anew, and what was done here when lines were lost.
fn written_anew(
    mut entries: Vec<Entry>,
    dropped: &[u64],
    backup: &Path,
    author: &Author,
) -> String {
    if !dropped.is_empty() {
        let name = backup.file_name().unwrap_or_default();
        let last = Entry {
            seq: 0,
            act: author.act().clone(),
            tool: env!("CARGO_PKG_VERSION").to_owned(),
            what: What::Repair {
                kept: entries.len() as u64,
                dropped: dropped.len() as u64,
                backup: name.to_string_lossy().into_owned(),
            },
        };
        if entries.is_empty() {
            entries.push(format_entry(&last));
        }
        entries.push(last);
    }
    chained_anew(entries)
}

/// Copies the damaged log to a name that did not exist.
fn back_up(dir: &Path, bytes: &[u8], author: &Author) -> Result<PathBuf, StateError> {
    let when: String = author
        .act()
        .when
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    let mut n = 1_u32;
    loop {
        let suffix = if n == 1 {
            String::new()
        } else {
            format!("-{n}")
        };
        let path = dir.join(format!("{LOG}.damaged-{when}{suffix}"));
        match create_private_file(&path) {
            Ok(mut file) => {
                file.write_all(bytes)
                    .and_then(|()| file.sync_all())
                    .and_then(|()| sync_folder(dir))
                    .map_err(StateError::io("write", &path))?;
                return Ok(path);
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => n += 1,
            Err(error) => return Err(StateError::io("create", &path)(error)),
        }
    }
}
