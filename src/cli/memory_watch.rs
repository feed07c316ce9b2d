//! `--memory` at work: a run that comes to hold more than its limit ends with the exit code of limits.
//!
//! The estimate that refuses a plan is made after reading and may be wrong; this is what holds whatever the estimate said.
//! Where the system does not tell what a process holds (anywhere but on Linux) there is nothing to watch.

use super::budget::resident_bytes;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::output;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// How often the watch looks. Two cores fill at most some tens of megabytes between two looks.
const POLL: Duration = Duration::from_millis(20);

/// How long the stages have to end in good order.
const PATIENCE: Duration = Duration::from_secs(1);

/// A run that grows on beyond this multiple of its limit is ended without waiting.
const AT_MOST: f64 = 1.1;

/// Bytes the process held when it was first seen above its limit; 0 while it was not.
static SEEN: AtomicU64 = AtomicU64::new(0);
/// The limit, in bytes; 0 without one.
static LIMIT: AtomicU64 = AtomicU64::new(0);
/// Set when the work is done, and memory matters no more.
static OVER: AtomicBool = AtomicBool::new(false);

/// Watches until [`end`]; `json` says how a sudden end is told. At most one watch a process; without a limit, none.
pub(crate) fn begin(limit: Option<u64>, json: bool) {
    let Some(limit) = limit else { return };
    LIMIT.store(limit, Ordering::Relaxed);
    let begun = std::thread::Builder::new()
        .name("memory".to_owned())
        .spawn(move || watch(limit, json));
    // Without the watch the estimate still refuses what would not fit.
    drop(begun);
}

/// The work is done.
pub(crate) fn end() {
    OVER.store(true, Ordering::Relaxed);
}

/// Whether the limit was passed: stages look at it as they look for signals.
pub(crate) fn is_passed() -> bool {
    SEEN.load(Ordering::Relaxed) > 0
}

/// What to tell when the limit was passed.
pub(crate) fn failure() -> Option<Failure> {
    let mib = |bytes: u64| output::count(bytes.div_ceil(1 << 20));
    is_passed().then(|| {
        Failure::new(
            ExitCode::Limit,
            format!(
                "failed to stay within --memory: the run held {} MiB, of {} MiB allowed",
                mib(SEEN.load(Ordering::Relaxed)),
                mib(LIMIT.load(Ordering::Relaxed))
            ),
            "allow more, or export fewer rows or columns; nothing was published, and earlier runs are untouched",
        )
    })
}

fn watch(limit: u64, json: bool) {
    let first = loop {
        if OVER.load(Ordering::Relaxed) {
            return;
        }
        let held = resident_bytes();
        if held > limit {
            break held;
        }
        std::thread::sleep(POLL);
    };
    SEEN.store(first, Ordering::Relaxed);
    let seen_at = Instant::now();
    while seen_at.elapsed() < PATIENCE && resident_bytes() as f64 <= limit as f64 * AT_MOST {
        std::thread::sleep(POLL);
    }
    if OVER.load(Ordering::Relaxed) {
        return;
    }
    if let Some(failure) = failure() {
        output::failure(&failure, json);
    }
    std::process::exit(i32::from(ExitCode::Limit.number()));
}
