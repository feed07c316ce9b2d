//! What a decoding process does: reads a whole Parquet file from its input and writes its rows as frames.

use std::io::{self, Read, Write};

use super::super::error::{IngestError, IngestErrorKind};
use super::super::options::Limits;
use super::decode::Decoder;
use super::frames::{Head, Kind, send, send_rows};

/// The one argument by which a program is asked to call [`decode_parquet`] on its standard input and output.
pub const DECODE_ARGUMENT: &str = "decode-parquet";

/// Numbers before the bytes of the file: what to do, and the limits of [`Limits`] that decoding asks for.
pub(super) const N_NUMBERS: usize = 5;

/// Address space for what does not grow with the file: the program, its threads, what the allocator reserves.
const BASE_BYTES: u64 = 2 << 30;

/// Decodes a Parquet file from `input` to `output`, for the parent that named this program as its decoder.
///
/// Limits its own memory by what the file should need, and its time, so that it is to be called in a process of its own.
/// Errors: the input or output went away.
pub fn decode_parquet(mut input: impl Read, mut output: impl Write) -> io::Result<()> {
    die_with_parent();
    let mut numbers = [0_u64; N_NUMBERS];
    for number in &mut numbers {
        let mut bytes = [0_u8; 8];
        input.read_exact(&mut bytes)?;
        *number = u64::from_le_bytes(bytes);
    }
    let [
        by_column,
        columns,
        row_bytes,
        unpacked_bytes,
        unpacked_ratio,
    ] = numbers;
    let small = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
    let limits = Limits {
        columns: small(columns),
        row_bytes: small(row_bytes),
        unpacked_bytes,
        unpacked_ratio,
        ..Limits::default()
    };
    let mut bytes = Vec::new();
    input.read_to_end(&mut bytes)?;
    let n_bytes = bytes.len() as u64;
    // The footer first, which is a small part of the file.
    limit_process(BASE_BYTES + 4 * n_bytes, n_bytes);
    let mut told = || -> Result<io::Result<()>, IngestError> {
        let mut decoder = Decoder::new("", std::mem::take(&mut bytes), &limits)?;
        let (group_bytes, group_values) = decoder.largest_group();
        // Compressed and plain pages, values of 16 bytes each, text of numbers, and what the allocator holds back.
        let needed = group_bytes
            .saturating_mul(6)
            .saturating_add(group_values.saturating_mul(96));
        limit_process(
            (BASE_BYTES + 4 * n_bytes).saturating_add(needed),
            n_bytes.saturating_add(needed),
        );
        if by_column == 1 {
            let mut sent = Ok(());
            decoder.walk(|group, column| {
                let place = [group.to_le_bytes(), column.to_le_bytes()].concat();
                if sent.is_ok() {
                    sent = send(&mut output, Kind::Place, &place);
                }
            })?;
            return Ok(sent);
        }
        let head = Head {
            n_rows: decoder.n_rows(),
            names: decoder.names.clone(),
            notices: std::mem::take(&mut decoder.notices),
        };
        if let Err(error) = send(&mut output, Kind::Head, &head.encode()) {
            return Ok(Err(error));
        }
        while let Some(columns) = decoder.next_columns()? {
            if let Err(error) = send_rows(&mut output, &columns) {
                return Ok(Err(error));
            }
        }
        Ok(Ok(()))
    };
    match told() {
        Ok(sent) => {
            sent?;
            send(&mut output, Kind::End, b"")
        }
        Err(error) => {
            let kind = match error.kind() {
                IngestErrorKind::Limit => Kind::Limit,
                _ => Kind::Damage,
            };
            let what = match error {
                IngestError::File { what, .. } | IngestError::Limit { what, .. } => what,
                other => other.to_string(),
            };
            send(&mut output, kind, what.as_bytes())
        }
    }
}

/// Limits address space and processor time of this process; the memory to three quarters of the machine's at most.
#[cfg(target_os = "linux")]
fn limit_process(n_bytes: u64, n_work: u64) {
    use rustix::process::{Resource, getrlimit, setrlimit};
    let info = rustix::system::sysinfo();
    #[expect(
        clippy::useless_conversion,
        reason = "the field is narrower on machines of 32 bits"
    )]
    let machine = u64::from(info.totalram) * u64::from(info.mem_unit) / 4 * 3;
    // A MB of Parquet a second is a tenth of what the slowest machine at hand does.
    let seconds = 300 + (n_work >> 20);
    for (resource, wanted) in [
        (Resource::As, n_bytes.min(machine.max(BASE_BYTES))),
        (Resource::Cpu, seconds),
    ] {
        let mut limit = getrlimit(resource);
        limit.current = Some(wanted.min(limit.maximum.unwrap_or(u64::MAX)));
        // Without the right to limit itself it decodes all the same: it is apart from the parent already.
        let _ = setrlimit(resource, limit);
    }
    // Nothing of the data is to lie about as a core file.
    let mut core = getrlimit(Resource::Core);
    core.current = Some(0);
    let _ = setrlimit(Resource::Core, core);
}

#[cfg(not(target_os = "linux"))]
fn limit_process(_n_bytes: u64, _n_work: u64) {}

/// Has the system end this process when its parent ends, however that comes about.
fn die_with_parent() {
    #[cfg(target_os = "linux")]
    {
        let kill = rustix::process::Signal::KILL;
        let _ = rustix::process::set_parent_process_death_signal(Some(kill));
    }
}
