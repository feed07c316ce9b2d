//! The bytes of a log to its entries: all of them, or those before a torn end, or the place of the damage.

use super::entry::{
    Entry, FORMAT_NAME, FORMAT_VERSION, What, chain_of, decode, first_chain, line_len, line_start,
    split,
};
use super::error::StateError;
use super::history::History;
use std::path::Path;

/// An entry that was being written when its writer ended; it counts as never written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Torn {
    /// Line on which it begins, from 1.
    pub line: u64,
    /// Its length.
    pub n_bytes: u64,
}

/// A log that holds.
#[derive(Debug)]
pub(super) struct Log {
    pub(super) entries: Vec<Entry>,
    pub(super) history: History,
    /// Chain of the last entry.
    pub(super) chain: String,
    /// Bytes of whole entries.
    pub(super) n_bytes: u64,
    pub(super) torn: Option<Torn>,
}

impl Log {
    /// A log without entries.
    pub(super) fn empty() -> Log {
        Log {
            entries: Vec::new(),
            history: History::default(),
            chain: first_chain(),
            n_bytes: 0,
            torn: None,
        }
    }

    /// Reads a log; `path` is for messages. Cost: one pass over the bytes.
    ///
    /// Bytes without a line break at the end, which begin as the next entry would, are a torn end: what a write that
    /// was stopped leaves. Anything else that is not as written is damage.
    pub(super) fn read(bytes: &[u8], path: &Path) -> Result<Log, StateError> {
        let mut log = Log::empty();
        for piece in bytes.split_inclusive(|b| *b == b'\n') {
            let seq = log.entries.len() as u64 + 1;
            let damaged = |what: String| StateError::Damaged {
                path: path.to_owned(),
                line: seq,
                what,
            };
            let Some(line) = piece.strip_suffix(b"\n") else {
                if !is_torn(piece, seq, &log.chain) {
                    return Err(damaged(
                        "it does not end as an entry, and no stopped write leaves such an end"
                            .to_owned(),
                    ));
                }
                log.torn = Some(Torn {
                    line: seq,
                    n_bytes: piece.len() as u64,
                });
                break;
            };
            let (body, chain) = verified(line, &log.chain).ok_or_else(|| {
                damaged(
                    "its checksum does not hold: it was changed, or a line before it was taken out"
                        .to_owned(),
                )
            })?;
            let entry = known(body, seq, path)?;
            let is_first = matches!(&entry.what, What::Format { format, version }
                if format == FORMAT_NAME && *version == FORMAT_VERSION);
            if entry.seq != seq || is_first != (seq == 1) {
                return Err(damaged("it is not the entry that belongs here".to_owned()));
            }
            log.history.apply(&entry).map_err(damaged)?;
            log.entries.push(entry);
            log.chain = chain.to_owned();
            log.n_bytes += piece.len() as u64;
        }
        Ok(log)
    }
}

/// The parts of a line whose checksum holds.
pub(super) fn verified<'l>(line: &'l [u8], previous: &str) -> Option<(&'l str, &'l str)> {
    split(line).filter(|(body, chain)| chain_of(previous, body) == *chain)
}

/// The entry of a line whose checksum holds, when this version knows it.
pub(super) fn known(body: &str, seq: u64, path: &Path) -> Result<Entry, StateError> {
    let newer = |what: String| StateError::Newer {
        path: path.to_owned(),
        line: seq,
        what,
    };
    // The first line says which format follows, and keeps its form in every version.
    if seq == 1
        && let Ok(value) = serde_json::from_str::<serde_json::Value>(&format!("{body}}}"))
        && let Some(version) = value.get("version").and_then(serde_json::Value::as_u64)
        && value.get("format").and_then(serde_json::Value::as_str) == Some(FORMAT_NAME)
        && version > FORMAT_VERSION
    {
        return Err(newer(format!(
            "it has format {version}, and this version of kinfold reads format {FORMAT_VERSION}"
        )));
    }
    decode(body).map_err(|unknown| {
        let by = unknown
            .tool
            .map(|tool| format!("written by kinfold {tool}, "))
            .unwrap_or_default();
        newer(match unknown.kind {
            Some(kind) => format!(
                "an entry {by}of the kind {kind:?}, in a form that this version does not know"
            ),
            None => format!("an entry {by}in a form that this version does not know"),
        })
    })
}

/// Whether a last piece without a line break is what a stopped write of entry `seq` leaves.
fn is_torn(piece: &[u8], seq: u64, chain: &str) -> bool {
    let start = line_start(seq);
    let n = piece.len().min(start.len());
    if piece[..n] != start.as_bytes()[..n] {
        return false;
    }
    // A whole entry followed by anything but a line break was not stopped: its line break was changed.
    match line_len(piece) {
        Some(len) => len == piece.len() || verified(&piece[..len], chain).is_none(),
        None => true,
    }
}
