//! How a command ends: the numbers a scheduler sees. They are part of the contract and in `--help`.

/// The exit codes, but for those of signals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ExitCode {
    /// Finished.
    Ok = 0,
    /// Finished, and something asked for with `--fail-on` holds, or a check or comparison found something.
    Attention = 1,
    /// Options or rule file.
    Usage = 2,
    /// Input data.
    Input = 3,
    /// Cannot read or write.
    Io = 4,
    /// Locked by a live run.
    Busy = 5,
    /// The state folder is damaged, or of a newer version.
    State = 6,
    /// A budget of memory, size or pairs would be broken.
    Limit = 7,
    /// Our bug.
    Internal = 70,
}

impl ExitCode {
    /// The number.
    pub(crate) fn number(self) -> u8 {
        self as u8
    }

    /// One word, for `--json`.
    pub(crate) fn word(self) -> &'static str {
        match self {
            ExitCode::Ok => "ok",
            ExitCode::Attention => "attention",
            ExitCode::Usage => "usage",
            ExitCode::Input => "input",
            ExitCode::Io => "io",
            ExitCode::Busy => "busy",
            ExitCode::State => "state",
            ExitCode::Limit => "limit",
            ExitCode::Internal => "internal",
        }
    }
}

/// The table shown below `--help`.
pub(crate) const HELP: &str = "\
Exit codes:
  0    finished
  1    finished, and a condition of --fail-on holds, or verify, check or diff found something
  2    wrong options or rule file
  3    the input data cannot be used
  4    cannot read or write
  5    the output or state folder is in use by another process
  6    the state folder is damaged, or was written by a newer version
  7    a limit of size or memory would be passed
  70   a fault of kinfold itself
  129, 130, 143   stopped by SIGHUP, SIGINT (Ctrl-C), SIGTERM; no half report is left";
