//! A file as a stream of bytes: hashed while read, unfolded when compressed, told apart by its first bytes.
//!
//! Never a memory map: a file that shrinks under a map kills the process.

use std::fs::File;
use std::io::{self, BufReader, Cursor, Read};
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

use sha2::{Digest, Sha256};

use super::error::IngestError;
use super::format::{Foreign, Format, Packing, format_of};
use super::options::Limits;
use crate::model::Progress;

/// Bytes looked at to tell the format; also the sample for UTF-16 without a mark.
const HEAD_BYTES: usize = 4096;
/// The ratio of unfolded to folded bytes is looked at only beyond this size: small files may be very regular.
const RATIO_FROM_BYTES: u64 = 64 << 20;

/// An open file.
pub(super) struct Source<'p> {
    /// The unfolded bytes.
    pub(super) reader: Box<dyn Read + Send + 'p>,
    /// The first unfolded bytes, which `reader` gives again.
    pub(super) head: Vec<u8>,
    /// What the content is.
    pub(super) format: Format,
    path: String,
    raw: Arc<Mutex<Raw<'p>>>,
    before: Stamp,
}

/// What identifies the bytes read.
pub(super) struct Fingerprint {
    /// SHA-256 of the file's bytes, hex.
    pub(super) sha256: String,
    /// Size in bytes.
    pub(super) n_bytes: u64,
}

struct Raw<'p> {
    file: File,
    hasher: Sha256,
    n_bytes: u64,
    n_unpacked: u64,
    failed: Option<io::Error>,
    packing: Option<Packing>,
    too_large: Option<String>,
    progress: &'p dyn Progress,
}

#[derive(PartialEq, Eq)]
struct Stamp {
    size: Option<u64>,
    modified: Option<SystemTime>,
}

/// A file's name for messages and reports, with line breaks and other control characters written as `\u{..}`: a name
/// must not begin a line of its own in a log.
pub(super) fn shown(path: &Path) -> String {
    let text = path.to_string_lossy();
    if !text.contains(char::is_control) {
        return text.into_owned();
    }
    text.chars()
        .map(|c| {
            if c.is_control() {
                c.escape_unicode().to_string()
            } else {
                c.to_string()
            }
        })
        .collect()
}

impl<'p> Source<'p> {
    /// Opens a file and looks at its first bytes. Tells `progress` the bytes read from then on.
    pub(super) fn open(
        path: &Path,
        limits: &Limits,
        progress: &'p dyn Progress,
    ) -> Result<Source<'p>, IngestError> {
        let shown = shown(path);
        let io_error = |source| IngestError::Io {
            path: shown.clone(),
            source,
        };
        let file = File::open(path).map_err(io_error)?;
        let metadata = file.metadata().map_err(io_error)?;
        if metadata.is_dir() {
            return Err(IngestError::foreign(
                &shown,
                Foreign {
                    what: "a folder",
                    remedy: "name the files in it",
                },
            ));
        }
        let before = Stamp::of(&file);
        let raw = Arc::new(Mutex::new(Raw {
            file,
            hasher: Sha256::new(),
            n_bytes: 0,
            n_unpacked: 0,
            failed: None,
            packing: None,
            too_large: None,
            progress,
        }));
        let mut source = Source {
            reader: Box::new(RawReader(Arc::clone(&raw))),
            head: Vec::new(),
            format: Format::Text,
            path: shown,
            raw,
            before,
        };
        source.peek()?;
        let packing = Packing::of(&source.head);
        source.raw().packing = packing;
        let folded: Option<Box<dyn Read + Send + 'p>> = match packing {
            None => None,
            Some(packing) => {
                let inner = std::mem::replace(&mut source.reader, Box::new(io::empty()));
                Some(match packing {
                    Packing::Gzip => {
                        let buffered = BufReader::with_capacity(1 << 18, inner);
                        Box::new(flate2::bufread::MultiGzDecoder::new(buffered))
                    }
                    Packing::Zstd => {
                        let mut decoder = zstd::stream::read::Decoder::new(inner)
                            .map_err(|e| source.explain(e))?;
                        // 2^27 = 128 MiB: what the zstd tool itself accepts without being told otherwise.
                        decoder.window_log_max(27).map_err(|e| source.explain(e))?;
                        Box::new(decoder)
                    }
                })
            }
        };
        if let Some(inner) = folded {
            source.reader = Box::new(CappedReader {
                inner,
                raw: Arc::clone(&source.raw),
                max_bytes: limits.unpacked_bytes,
                max_ratio: limits.unpacked_ratio,
            });
            source.peek()?;
        }
        source.format = format_of(&source.head, packing.is_some())
            .map_err(|foreign| IngestError::foreign(&source.path, foreign))?;
        Ok(source)
    }

    /// Turns an error of `reader` into ours: a failing disk, a passed limit or damaged compressed data.
    pub(super) fn explain(&self, error: io::Error) -> IngestError {
        explain(&self.raw, &self.path, error)
    }

    /// A function that does what [`explain`](Self::explain) does, for code that owns the reader.
    pub(super) fn explainer(&self) -> impl Fn(io::Error) -> IngestError + Send + use<'p> {
        let raw = Arc::clone(&self.raw);
        let path = self.path.clone();
        move |error| explain(&raw, &path, error)
    }

    /// Reads what is left, and checks that the file was not changed meanwhile.
    pub(super) fn finish(self) -> Result<Fingerprint, IngestError> {
        let Source {
            reader,
            path,
            raw,
            before,
            ..
        } = self;
        drop(reader);
        let mut rest = vec![0; 1 << 16];
        let mut raw = raw.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match raw.read(&mut rest) {
                Ok(0) => break,
                Ok(_) => {}
                Err(source) => return Err(IngestError::Io { path, source }),
            }
        }
        let changed =
            before != Stamp::of(&raw.file) || before.size.is_some_and(|size| size != raw.n_bytes);
        if changed {
            return Err(IngestError::file(
                &path,
                "the file changed while it was read; run again when the export is complete",
            ));
        }
        let digest = raw.hasher.clone().finalize();
        Ok(Fingerprint {
            sha256: digest.iter().map(|b| format!("{b:02x}")).collect(),
            n_bytes: raw.n_bytes,
        })
    }

    fn raw(&self) -> MutexGuard<'_, Raw<'p>> {
        self.raw.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn peek(&mut self) -> Result<(), IngestError> {
        let mut head = vec![0; HEAD_BYTES];
        let mut n = 0;
        // Damage behind the first bytes is left to whoever reads on: only they can say in which row it is.
        let mut damage = None;
        while n < head.len() {
            match self.reader.read(&mut head[n..]) {
                Ok(0) => break,
                Ok(more) => n += more,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(e) if n == 0 => return Err(self.explain(e)),
                Err(e) => {
                    damage = Some(e);
                    break;
                }
            }
        }
        head.truncate(n);
        let rest: Box<dyn Read + Send + 'p> = match damage {
            Some(error) => Box::new(Damaged(Some(error))),
            None => std::mem::replace(&mut self.reader, Box::new(io::empty())),
        };
        self.reader = Box::new(Cursor::new(head.clone()).chain(rest));
        self.head = head;
        Ok(())
    }
}

impl Stamp {
    /// Size and time of a regular file; nothing for a pipe, which has neither.
    fn of(file: &File) -> Stamp {
        match file.metadata() {
            Ok(m) if m.is_file() => Stamp {
                size: Some(m.len()),
                modified: m.modified().ok(),
            },
            _ => Stamp {
                size: None,
                modified: None,
            },
        }
    }
}

impl Raw<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self.file.read(buffer) {
            Ok(n) => {
                self.hasher.update(&buffer[..n]);
                self.n_bytes += n as u64;
                self.progress.advance(n as u64);
                Ok(n)
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => Err(e),
            Err(e) => {
                let copy = io::Error::new(e.kind(), e.to_string());
                self.failed = Some(e);
                Err(copy)
            }
        }
    }
}

/// Gives an error that was met before its time.
struct Damaged(Option<io::Error>);

impl Read for Damaged {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Err(self
            .0
            .take()
            .unwrap_or_else(|| io::ErrorKind::UnexpectedEof.into()))
    }
}

struct RawReader<'p>(Arc<Mutex<Raw<'p>>>);

impl Read for RawReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .read(buffer)
    }
}

/// Stops a small file from unfolding without end.
struct CappedReader<'p> {
    inner: Box<dyn Read + Send + 'p>,
    raw: Arc<Mutex<Raw<'p>>>,
    max_bytes: u64,
    max_ratio: u64,
}

impl Read for CappedReader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        let mut raw = self.raw.lock().unwrap_or_else(PoisonError::into_inner);
        raw.n_unpacked += n as u64;
        let what = if raw.n_unpacked > self.max_bytes {
            format!(
                "the compressed data unfolds to more than {} bytes; split the file",
                self.max_bytes
            )
        } else if raw.n_unpacked > RATIO_FROM_BYTES && raw.n_unpacked / self.max_ratio > raw.n_bytes
        {
            format!(
                "the compressed data unfolds to more than {} times its size, which no export does; unpack it yourself if you trust it",
                self.max_ratio
            )
        } else {
            return Ok(n);
        };
        raw.too_large = Some(what);
        Err(io::Error::other("limit of unfolded size"))
    }
}

fn explain(raw: &Mutex<Raw<'_>>, path: &str, error: io::Error) -> IngestError {
    let mut raw = raw.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(what) = raw.too_large.take() {
        return IngestError::limit(path, what);
    }
    if let Some(source) = raw.failed.take() {
        return IngestError::Io {
            path: path.to_owned(),
            source,
        };
    }
    let tool = raw.packing.map_or("gzip", Packing::as_str);
    let check = format!("copy or export it again; `{tool} -t FILE` tells whether a copy is whole");
    let what = if error.kind() == io::ErrorKind::UnexpectedEof {
        format!("the {tool} data ends in the middle: the file is cut off; {check}")
    } else {
        format!("the {tool} data is damaged ({error}); {check}")
    };
    IngestError::file(path, what)
}
