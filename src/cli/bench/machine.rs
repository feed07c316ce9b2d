//! What a figure was measured on: processor, memory, and how fast one thread of it is at a fixed piece of work.

use serde::Serialize;
use std::hint::black_box;
use std::time::Instant;

/// Steps of arithmetic in one calibration.
const STEPS: u32 = 100_000_000;
/// Dependent reads in one calibration, and the words they go over: 64 MiB, more than caches hold.
const READS: u32 = 4_000_000;
const WORDS: usize = 8 << 20;

/// The machine and the build.
#[derive(Debug, Serialize)]
pub(super) struct Machine {
    pub(super) os: &'static str,
    pub(super) architecture: &'static str,
    /// Model as the system names it; absent where it does not.
    pub(super) processor: Option<String>,
    pub(super) processors: usize,
    pub(super) memory_mib: Option<u64>,
    /// Whether the program was built with optimisation; figures of another build say little.
    pub(super) optimised: bool,
    /// Processor seconds of one thread for a fixed piece of work, the best of three.
    pub(super) calibration_seconds: f64,
}

impl Machine {
    /// Looks, and takes a second or two for the calibration.
    pub(super) fn look() -> Machine {
        Machine {
            os: std::env::consts::OS,
            architecture: std::env::consts::ARCH,
            processor: line_of("/proc/cpuinfo", "model name"),
            processors: std::thread::available_parallelism().map_or(1, usize::from),
            memory_mib: line_of("/proc/meminfo", "MemTotal")
                .and_then(|text| text.strip_suffix(" kB")?.trim().parse::<u64>().ok())
                .map(|kib| kib / 1024),
            optimised: !cfg!(debug_assertions),
            calibration_seconds: calibrate(),
        }
    }

    /// One line for people.
    pub(super) fn in_words(&self) -> String {
        let processor = self.processor.as_deref().unwrap_or(self.architecture);
        let memory = self.memory_mib.map_or(String::new(), |mib| {
            format!(", {:.0} GiB", mib as f64 / 1024.0)
        });
        format!("{} × {processor}{memory}, {}", self.processors, self.os)
    }
}

/// The value behind `name:` in a file of the kernel's.
fn line_of(path: &str, name: &str) -> Option<String> {
    let text = std::fs::read_to_string(path).ok()?;
    let (_, value) = text
        .lines()
        .filter_map(|line| line.split_once(':'))
        .find(|(key, _)| key.trim() == name)?;
    Some(value.trim().to_owned())
}

/// Seconds this thread has run on a processor, which other programs do not lengthen; Linux only.
fn thread_seconds() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    let nanoseconds: f64 = text.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds / 1e9)
}

/// Half arithmetic in registers, half reads that wait for memory: matching is made of both.
fn calibrate() -> f64 {
    // Xorshift by Marsaglia (2003).
    let next = |mut state: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^ (state << 17)
    };
    let mut state = 1_u64;
    let table: Vec<u64> = (0..WORDS)
        .map(|_| {
            state = next(state);
            state
        })
        .collect();
    (0..3)
        .map(|_| {
            let (begun, before) = (Instant::now(), thread_seconds());
            let mut state = black_box(1_u64);
            for _ in 0..STEPS {
                state = next(state);
            }
            for _ in 0..READS {
                let word = table[(state % WORDS as u64) as usize];
                state = next((state ^ word) | 1);
            }
            black_box(state);
            before
                .zip(thread_seconds())
                .map(|(before, after)| after - before)
                .filter(|seconds| *seconds > 0.0)
                .unwrap_or_else(|| begun.elapsed().as_secs_f64())
        })
        .fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_the_kernel_are_found_by_name() {
        let folder = tempfile::tempdir().expect("a folder for temporary files");
        let file = folder.path().join("info");
        std::fs::write(&file, "a\t: 1\nMemTotal:  24 kB\n").expect("the folder is ours");
        let path = file.to_str().expect("UTF-8");
        assert_eq!(line_of(path, "MemTotal").as_deref(), Some("24 kB"));
        assert_eq!(line_of(path, "a").as_deref(), Some("1"));
        assert_eq!(line_of(path, "b"), None);
        assert_eq!(line_of("/no/such/file", "b"), None);
    }
}
