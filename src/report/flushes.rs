//! Files on their way to disk, while others are still being written.
//!
//! A flush waits for the disk and needs no processor; of a million leads there are some hundred megabytes to wait for.

use super::error::ReportError;
use super::folder::{FILES, OutFile, Unsynced, Written};
use std::panic::resume_unwind;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};

/// Files being flushed, each by a thread of its own. Dropped, it waits for them.
#[derive(Debug, Default)]
pub(super) struct Flushes(Mutex<Vec<Flush>>);

#[derive(Debug)]
enum Flush {
    Done(Written),
    Running(JoinHandle<Result<Written, ReportError>>),
}

impl Flushes {
    /// Closes a file and begins to flush it.
    ///
    /// With one thread the calling one waits at once, so that calls to the system keep their order. Errors: what writing
    /// the rest of the file says; those of flushing are told by [`wait`](Self::wait), unless the caller did it.
    pub(super) fn begin(&self, file: OutFile) -> Result<(), ReportError> {
        let file: Arc<Unsynced> = Arc::new(file.close()?);
        let alone = rayon::current_num_threads() == 1;
        let flushing = Arc::clone(&file);
        let thread = (!alone).then(|| {
            let thread = Builder::new().name("flush".to_owned());
            thread.spawn(move || flushing.sync())
        });
        let flush = match thread {
            Some(Ok(thread)) => Flush::Running(thread),
            // No more threads to be had: as with one.
            Some(Err(_)) | None => Flush::Done(file.sync()?),
        };
        let flushes = self.0.lock();
        flushes.unwrap_or_else(PoisonError::into_inner).push(flush);
        Ok(())
    }

    /// The files, in the order of [`FILES`], all on disk. Errors: of one that could not be flushed.
    pub(super) fn wait(mut self) -> Result<Vec<Written>, ReportError> {
        let ended: Vec<Result<Written, ReportError>> = self.begun().map(ended).collect();
        let mut written = ended.into_iter().collect::<Result<Vec<_>, _>>()?;
        written.sort_by_key(|file| FILES.iter().position(|name| *name == file.name));
        Ok(written)
    }

    fn begun(&mut self) -> impl Iterator<Item = Flush> {
        let flushes = self.0.get_mut();
        std::mem::take(flushes.unwrap_or_else(PoisonError::into_inner)).into_iter()
    }
}

fn ended(flush: Flush) -> Result<Written, ReportError> {
    match flush {
        Flush::Done(written) => Ok(written),
        Flush::Running(thread) => thread.join().unwrap_or_else(|panic| resume_unwind(panic)),
    }
}

impl Drop for Flushes {
    fn drop(&mut self) {
        for flush in self.begun() {
            if let Flush::Running(thread) = flush {
                // The run failed already, and its files are about to be removed.
                let _ = thread.join();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::folder::RunFolder;
    use std::io::Write;

    #[test]
    fn files_are_told_in_their_order() {
        for n_threads in [1, 3] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads);
            pool.build().expect("threads").install(|| {
                let dir = tempfile::tempdir().expect("a folder");
                let run = RunFolder::create(&dir.path().join("o"), "run").expect("created");
                let flushes = Flushes::default();
                for (name, n) in [("links.csv", 0), ("pairs.csv", 100_000), ("golden.csv", 3)] {
                    let mut file = run.file(name).expect("created");
                    file.write_all(&vec![b'x'; n]).expect("written");
                    flushes.begin(file).expect("closed");
                }
                let written = flushes.wait().expect("flushed");
                let told: Vec<_> = written.iter().map(|w| (w.name, w.n_bytes)).collect();
                assert_eq!(
                    told,
                    [("pairs.csv", 100_000), ("golden.csv", 3), ("links.csv", 0)]
                );
            });
        }
    }
}
