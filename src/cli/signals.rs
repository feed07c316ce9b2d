//! SIGINT, SIGTERM and SIGHUP end a long command in good order; a second one ends it at once.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};

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
