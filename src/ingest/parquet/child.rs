//! A decoding process, seen from its parent: fed with the file, read frame by frame, ended when dropped.

use std::io::{self, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};
use std::sync::Arc;
use std::thread::JoinHandle;

use polars::prelude::StringChunked;

use super::super::error::IngestError;
use super::super::options::Limits;
use super::frames::{Head, Kind, number, read_rows, receive};
use super::worker::{DECODE_ARGUMENT, N_NUMBERS};

/// What a file is told that ended its decoder or made it talk nonsense.
const DAMAGED: &str = "it is damaged, or made to do harm; write the file again, or export CSV";

/// A process that decodes one file.
pub(super) struct Child {
    program: PathBuf,
    path: String,
    bytes: Arc<Vec<u8>>,
    limits: Limits,
    names: Vec<String>,
    running: Running,
}

/// The process itself; ended and waited for when dropped.
struct Running {
    process: std::process::Child,
    output: BufReader<ChildStdout>,
    feeder: Option<JoinHandle<()>>,
}

impl Child {
    /// Starts the program, hands it the file and waits for what is in it.
    pub(super) fn start(
        program: &Path,
        path: &str,
        bytes: Vec<u8>,
        limits: &Limits,
    ) -> Result<(Child, Head), IngestError> {
        let bytes = Arc::new(bytes);
        let mut child = Child {
            running: Running::new(program, path, &bytes, limits, false)?,
            program: program.to_owned(),
            path: path.to_owned(),
            bytes,
            limits: limits.clone(),
            names: Vec::new(),
        };
        let head = match child.receive(false)? {
            (Kind::Head, bytes) => Head::decode(&bytes),
            _ => None,
        };
        let head = head.ok_or_else(|| child.damaged("its footer"))?;
        child.names.clone_from(&head.names);
        Ok((child, head))
    }

    /// The next rows: `n_columns` columns. `None` at the end, which is to come after `n_rows` rows; `n_given` were given.
    pub(super) fn next_columns(
        &mut self,
        n_columns: usize,
        n_rows: usize,
        n_given: u64,
    ) -> Result<Option<Vec<StringChunked>>, IngestError> {
        let all_there = n_given == n_rows as u64 || n_columns == 0;
        match self.receive(true)? {
            (Kind::End, _) if all_there => Ok(None),
            (Kind::Rows, bytes) => read_rows(&bytes, n_columns)
                .filter(|c| c.first().map_or(0, |c| c.len()) as u64 + n_given <= n_rows as u64)
                .map(Some)
                .ok_or_else(|| self.damaged("its data")),
            _ => Err(self.damaged("its data")),
        }
    }

    /// The next frame; what the process says of the file, and its end, become errors.
    fn receive(&mut self, has_head: bool) -> Result<(Kind, Vec<u8>), IngestError> {
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        match receive(&mut self.running.output) {
            Ok((Kind::Damage, what)) => Err(IngestError::file(&self.path, text(what))),
            Ok((Kind::Limit, what)) => Err(IngestError::limit(&self.path, text(what))),
            Ok(frame) => Ok(frame),
            Err(_) => Err(self.damaged(&if has_head {
                self.where_it_ends()?
            } else {
                "its footer".to_owned()
            })),
        }
    }

    /// The row group and column at which a second process ends that takes them one by one.
    fn where_it_ends(&self) -> Result<String, IngestError> {
        let mut again = Running::new(&self.program, &self.path, &self.bytes, &self.limits, true)?;
        let mut last = None;
        while let Ok((kind, bytes)) = receive(&mut again.output) {
            match kind {
                Kind::Place => last = Some(bytes),
                // Alone each column does.
                Kind::End => return Ok("its data, all columns together,".to_owned()),
                _ => break,
            }
        }
        let place = last.and_then(|bytes| {
            let mut rest = &bytes[..];
            let group = number(&mut rest)?;
            let column = self.names.get(number(&mut rest)?)?;
            Some(format!("row group {group}, column {column:?},"))
        });
        Ok(place.unwrap_or_else(|| "its data".to_owned()))
    }

    fn damaged(&self, place: &str) -> IngestError {
        IngestError::file(
            &self.path,
            format!(
                "{place} cannot be decoded within the memory and time that such a file needs: {DAMAGED}"
            ),
        )
    }
}

impl Running {
    fn new(
        program: &Path,
        path: &str,
        bytes: &Arc<Vec<u8>>,
        limits: &Limits,
        by_column: bool,
    ) -> Result<Running, IngestError> {
        let mut process = Command::new(program)
            .arg(DECODE_ARGUMENT)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            // A library says there what it could not allocate; we say it better.
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| IngestError::Io {
                path: path.to_owned(),
                source: io::Error::new(
                    error.kind(),
                    format!("a second process to decode Parquet cannot be started: {error}"),
                ),
            })?;
        let mut input = process.stdin.take().expect("asked for above");
        let output = process.stdout.take().expect("asked for above");
        let numbers: [u64; N_NUMBERS] = [
            u64::from(by_column),
            limits.columns as u64,
            limits.row_bytes as u64,
            limits.unpacked_bytes,
            limits.unpacked_ratio,
        ];
        let bytes = Arc::clone(bytes);
        // It may answer before it has read all, so both directions are served at once.
        let feeder = std::thread::spawn(move || {
            let head: Vec<u8> = numbers.iter().flat_map(|n| n.to_le_bytes()).collect();
            // An error means that it ended, which its output tells.
            let _ = input
                .write_all(&head)
                .and_then(|()| input.write_all(&bytes));
        });
        Ok(Running {
            process,
            output: BufReader::with_capacity(1 << 18, output),
            feeder: Some(feeder),
        })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It has ended, or what it does is of no use any more.
        let _ = self.process.kill();
        let _ = self.process.wait();
        if let Some(feeder) = self.feeder.take() {
            let _ = feeder.join();
        }
    }
}
