//! `--budget` and `--memory`: what a run may take, and how much memory is in use already.

use kinfold::block::Budget;

/// The option that refuses plans that would take too much.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct BudgetArgs {
    /// Refuse, before anything is compared, a plan that needs more: such as pairs=500M,memory=4G,time=10min
    ///
    /// Limits separated by commas, each at most once. pairs: pairs compared, all rules together; k, M or G for thousands,
    /// millions, billions. memory: the whole process at its peak; K, M or G are powers of 1024 bytes. time: seconds of wall
    /// time from finding pairs to the written report, or with min or h. All three are estimates, made from samples of the
    /// records and round costs per step: `kinfold plan` shows them. A plan above a limit ends with exit code 7; so does a
    /// run, on Linux, that comes to hold more memory than its limit.
    #[arg(long, value_name = "LIMITS", value_parser = parse, help_heading = "Working")]
    pub(crate) budget: Option<Budget>,
}

impl BudgetArgs {
    /// The budget asked for.
    pub(crate) fn budget(&self) -> Budget {
        self.budget.unwrap_or_default()
    }
}

/// Parser of `--budget`.
fn parse(text: &str) -> Result<Budget, String> {
    let mut out = Budget::default();
    for part in text.split(',') {
        let Some((key, value)) = part.split_once('=') else {
            return Err(format!(
                "write limits as pairs=500M,memory=4G,time=10min; {part:?} has no `=`"
            ));
        };
        let twice = || Err(format!("{key} is limited twice"));
        match key.trim() {
            "pairs" if out.pairs.is_some() => return twice(),
            "memory" if out.memory.is_some() => return twice(),
            "time" if out.seconds.is_some() => return twice(),
            "pairs" => {
                let units = [("", 1.0), ("k", 1e3), ("M", 1e6), ("G", 1e9)];
                out.pairs = Some(measured(value, &units)? as u64);
            }
            "memory" => out.memory = Some(size(value)?),
            "time" => {
                let units = [("", 1.0), ("s", 1.0), ("min", 60.0), ("h", 3600.0)];
                out.seconds = Some(measured(value, &units)?);
            }
            other => {
                return Err(format!(
                    "there is no limit {other:?}; the limits are pairs, memory and time"
                ));
            }
        }
    }
    Ok(out)
}

/// Bytes: `4G`, `512M`, `1.5GiB`.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let (k, m, g, t) = (1024.0, 1_048_576.0, 1_073_741_824.0, 1_099_511_627_776.0);
    let units = [
        ("", 1.0),
        ("K", k),
        ("M", m),
        ("G", g),
        ("T", t),
        ("KiB", k),
        ("MiB", m),
        ("GiB", g),
        ("TiB", t),
    ];
    let bytes = measured(text, &units)? as u64;
    if bytes < 1 << 20 {
        return Err(format!(
            "{bytes} bytes are less than any run takes; is a unit missing, as in {bytes}M?"
        ));
    }
    Ok(bytes)
}

/// A number above zero with one of the units.
fn measured(text: &str, units: &[(&str, f64)]) -> Result<f64, String> {
    let text = text.trim();
    let at = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(at);
    let factor = units
        .iter()
        .find(|(name, _)| *name == unit.trim())
        .map(|(_, f)| *f);
    match (number.parse::<f64>(), factor) {
        (Ok(n), Some(factor)) if n > 0.0 => Ok(n * factor),
        _ => {
            let names: Vec<&str> = units
                .iter()
                .map(|u| u.0)
                .filter(|u| !u.is_empty())
                .collect();
            Err(format!(
                "{text:?} is not a number above zero with one of the units {}",
                names.join(", ")
            ))
        }
    }
}

/// Bytes of memory this process holds now; 0 where the system does not say.
pub(crate) fn resident_bytes() -> u64 {
    status_kib("self", "VmRSS:").unwrap_or(0) * 1024
}

/// A line of a process's status on Linux, in KiB.
pub(crate) fn status_kib(process: &str, line: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let rest = status.lines().find_map(|l| l.strip_prefix(line))?;
    rest.trim().strip_suffix(" kB")?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_read_or_answered() {
        let all = parse("pairs=500M,memory=4G,time=10min").expect("the documented example");
        assert_eq!(
            (all.pairs, all.memory, all.seconds),
            (Some(500_000_000), Some(4 << 30), Some(600.0))
        );
        assert_eq!(parse("pairs=1.5k").map(|b| b.pairs), Ok(Some(1500)));
        assert_eq!(parse("time=90").map(|b| b.seconds), Ok(Some(90.0)));
        assert_eq!(
            parse("memory=512MiB").map(|b| b.memory),
            Ok(Some(512 << 20))
        );
        for (wrong, hint) in [
            ("pairs", "no `=`"),
            ("rows=3", "pairs, memory and time"),
            ("pairs=0", "above zero"),
            ("pairs=3X", "k, M, G"),
            ("time=1h,time=2h", "twice"),
            ("memory=-1G", "above zero"),
            ("memory=50", "as in 50M?"),
        ] {
            let answer = parse(wrong).expect_err(wrong);
            assert!(answer.contains(hint), "{wrong}: {answer}");
        }
    }
}
