//! Processor seconds of all threads as what criterion measures: another program on the machine changes them little.
//!
//! Read from the kernel's schedule statistics (Linux); elsewhere wall time. A reading takes some microseconds per thread,
//! spread over the iterations of a sample. With several threads busy, a figure is the sum of their work, not how long it
//! took.

use criterion::Throughput;
use criterion::measurement::{Measurement, ValueFormatter, WallTime};
use std::sync::OnceLock;
use std::time::Instant;

/// Processor nanoseconds of this process.
pub(crate) struct ProcessorTime;

/// Nanoseconds that every living thread of the process has run.
fn nanoseconds() -> u64 {
    static BEGUN: OnceLock<Instant> = OnceLock::new();
    let of_threads = || -> Option<u64> {
        let mut sum = 0;
        for thread in std::fs::read_dir("/proc/self/task").ok()? {
            let file = thread.ok()?.path().join("schedstat");
            let text = std::fs::read_to_string(file).ok()?;
            sum += text.split_whitespace().next()?.parse::<u64>().ok()?;
        }
        Some(sum)
    };
    of_threads().unwrap_or_else(|| {
        let begun = BEGUN.get_or_init(Instant::now);
        u64::try_from(begun.elapsed().as_nanos()).unwrap_or(u64::MAX)
    })
}

impl Measurement for ProcessorTime {
    type Intermediate = u64;
    type Value = u64;

    fn start(&self) -> u64 {
        nanoseconds()
    }

    fn end(&self, begun: u64) -> u64 {
        nanoseconds().saturating_sub(begun).max(1)
    }

    fn add(&self, left: &u64, right: &u64) -> u64 {
        left + right
    }

    fn zero(&self) -> u64 {
        0
    }

    fn to_f64(&self, value: &u64) -> f64 {
        *value as f64
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        &Nanoseconds
    }
}

/// The units of wall time, whose value is nanoseconds as well.
struct Nanoseconds;

impl ValueFormatter for Nanoseconds {
    fn scale_values(&self, typical: f64, values: &mut [f64]) -> &'static str {
        WallTime.formatter().scale_values(typical, values)
    }

    fn scale_throughputs(
        &self,
        typical: f64,
        throughput: &Throughput,
        values: &mut [f64],
    ) -> &'static str {
        WallTime
            .formatter()
            .scale_throughputs(typical, throughput, values)
    }

    fn scale_for_machines(&self, values: &mut [f64]) -> &'static str {
        WallTime.formatter().scale_for_machines(values)
    }
}
