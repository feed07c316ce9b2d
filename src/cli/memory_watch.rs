//! `--memory` at work: a run that comes to hold more than its limit ends with the exit code of limits.
//!
//! What its children hold counts too: Parquet is decoded by a second process.
//! The estimate that refuses a plan is made after reading and may be wrong; this is what holds whatever the estimate said.
//! Where the system does not tell what a process holds (anywhere but on Linux) there is nothing to watch.

use super::budget::{resident_bytes, status_kib};
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
                "failed to stay within the limit on memory: the run held {} MiB, of {} MiB allowed",
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
        let held = held_bytes();
        if held > limit {
            break held;
        }
        std::thread::sleep(POLL);
    };
    SEEN.store(first, Ordering::Relaxed);
    let seen_at = Instant::now();
    while seen_at.elapsed() < PATIENCE && held_bytes() as f64 <= limit as f64 * AT_MOST {
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

/// Bytes of memory this process and its children hold now; 0 where the system does not say.
///
/// A child belongs to the thread that began it, so every thread is asked. Cost: one small file each.
fn held_bytes() -> u64 {
    let threads = std::fs::read_dir("/proc/self/task").into_iter().flatten();
    let of_children: u64 = threads
        .filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("children")).ok())
        .flat_map(|children| {
            let of = |child: &str| status_kib(child, "VmRSS:").unwrap_or(0) * 1024;
            children.split_whitespace().map(of).collect::<Vec<_>>()
        })
        .sum();
    resident_bytes() + of_children
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};

    #[test]
    fn what_a_child_holds_counts() {
        // A shell holds a megabyte at most; this one is made to hold a text of sixteen.
        let script = "x=$(head -c 16777216 /dev/zero | tr '\\0' a); echo; read y; echo ${#x}";
        let mut child = Command::new("sh")
            .args(["-c", script])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell is there");
        let mut line = [0; 1];
        let out = child.stdout.as_mut().expect("asked for");
        std::io::Read::read_exact(out, &mut line).expect("it says when it holds the text");
        let (alone, all) = (resident_bytes(), held_bytes());
        drop(child.stdin.take());
        child.wait().expect("it ends");
        assert!(all >= alone / 2 + (16 << 20), "{alone} alone, {all} in all");
    }
}
