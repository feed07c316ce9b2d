//! SIGINT, SIGTERM and SIGHUP end a long command in good order; a second one ends it at once, and so does time.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

/// How long a command may take to end in good order. Schedulers wait longer before they kill.
const PATIENCE: Duration = Duration::from_secs(4);

/// How often the watch looks.
const POLL: Duration = Duration::from_millis(100);

/// The one listener of the process.
static LISTENING: OnceLock<Signals> = OnceLock::new();

/// Remembers which signal asked us to stop.
#[derive(Debug, Clone, Default)]
pub(crate) struct Signals {
    received: Arc<AtomicUsize>,
}

impl Signals {
    /// Starts listening. From here on the first of these signals only sets a flag, which the stages look at per chunk.
    ///
    /// A signal that cannot be caught keeps its usual effect, which is safe as well: a report is published by a rename.
    pub(crate) fn listen() -> Signals {
        let signals = LISTENING.get_or_init(Signals::default).clone();
        #[cfg(unix)]
        {
            use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
            let armed = Arc::new(AtomicBool::new(false));
            for signal in [SIGINT, SIGTERM, SIGHUP] {
                if is_ignored(signal) {
                    continue;
                }
                // Handlers run in this order: the shutdown finds the flag down the first time.
                let _ = signal_hook::flag::register_conditional_shutdown(
                    signal,
                    128 + signal,
                    armed.clone(),
                );
                let _ = signal_hook::flag::register_usize(
                    signal,
                    signals.received.clone(),
                    signal as usize,
                );
                let _ = signal_hook::flag::register(signal, armed.clone());
            }
            watch(signals.received.clone());
        }
        signals
    }

    /// The signal received, if any.
    pub(crate) fn received(&self) -> Option<u8> {
        match self.received.load(Ordering::Relaxed) {
            0 => None,
            signal => u8::try_from(signal).ok(),
        }
    }
}

/// Ends the process when it has not ended [`PATIENCE`] after a signal: it waits for a pipe nobody writes to, or for a
/// disk that does not answer. Nothing is half published then; what lies about is swept by the next run.
#[cfg(unix)]
fn watch(received: Arc<AtomicUsize>) {
    let begun = std::thread::Builder::new()
        .name("signals".to_owned())
        .spawn(move || {
            let signal = loop {
                match received.load(Ordering::Relaxed) {
                    0 => std::thread::sleep(POLL),
                    signal => break signal,
                }
            };
            std::thread::sleep(PATIENCE);
            super::output::log("stopped on request; nothing was published");
            std::process::exit(128 + i32::try_from(signal).unwrap_or(0));
        });
    // Without the watch a signal is honoured all the same, at the next chunk of work.
    drop(begun);
}

/// Whether the signal is ignored already, as `nohup` and shells do for what runs in the background: then it stays so.
/// Known on Linux only, where the kernel tells it as a mask.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    status
        .lines()
        .find_map(|line| line.strip_prefix("SigIgn:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok())
        .is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}

/// The signal that asked us to stop, if any.
pub(crate) fn received() -> Option<u8> {
    LISTENING.get().and_then(Signals::received)
}

/// Makes the limit on file sizes an error of `write` instead of the end of the process.
pub(crate) fn survive_file_size_limit() {
    #[cfg(unix)]
    {
        let unused = Arc::new(AtomicBool::new(false));
        let _ = signal_hook::flag::register(rustix::process::Signal::XFSZ.as_raw(), unused);
    }
}

/// Takes no notice of the signals that ask a command to stop.
pub(crate) fn leave_to_parent() {
    #[cfg(unix)]
    for signal in [
        signal_hook::consts::SIGINT,
        signal_hook::consts::SIGTERM,
        signal_hook::consts::SIGHUP,
    ] {
        let unused = Arc::new(AtomicBool::new(false));
        let _ = signal_hook::flag::register(signal, unused);
    }
}
