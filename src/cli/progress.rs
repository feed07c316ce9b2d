//! What a run shows while it works: bars with rates on a terminal, a plain line every few seconds elsewhere.

use super::memory_watch;
use super::output::{count, log, visible};
use super::signals::Signals;
use indicatif::{ProgressBar, ProgressState, ProgressStyle};
use kinfold::model::Progress;
use std::io::IsTerminal;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How often a plain line is written for a step that goes on.
const LINE_EVERY: Duration = Duration::from_secs(3);

/// How steps are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Style {
    Bars,
    Lines,
    Quiet,
}

/// Shows progress on standard error and learns of signals.
pub(crate) struct Shown {
    style: Style,
    signals: Signals,
    /// Steps under way, innermost last, and the time each finished one took.
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    steps: Vec<Step>,
    finished: Vec<(String, Duration)>,
}

struct Step {
    name: String,
    unit: String,
    total: Option<u64>,
    done: u64,
    begun: Instant,
    told: Instant,
    bar: Option<ProgressBar>,
}

impl Shown {
    /// Bars when standard error is a terminal; nothing at all when `quiet`.
    pub(crate) fn new(quiet: bool, signals: Signals) -> Shown {
        let style = if quiet {
            Style::Quiet
        } else if std::io::stderr().is_terminal() {
            Style::Bars
        } else {
            Style::Lines
        };
        Shown {
            style,
            signals,
            state: Mutex::default(),
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        // A panic elsewhere must not hide its own message behind ours.
        self.state
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// The outermost steps finished so far and the milliseconds each took, in order.
    pub(crate) fn step_millis(&self) -> Vec<(String, u64)> {
        self.state()
            .finished
            .iter()
            .map(|(name, took)| (name.clone(), took.as_millis() as u64))
            .collect()
    }

    fn bar(&self, step: &str, unit: &str, total: Option<u64>) -> ProgressBar {
        let (bar, template) = match total {
            Some(total) => (
                ProgressBar::new(total),
                "{msg:32!} {bar:24} {human_pos}/{human_len} UNIT {rate} {eta}",
            ),
            None => (
                ProgressBar::new_spinner(),
                "{msg:32!} {spinner} {human_pos} UNIT {rate} {elapsed}",
            ),
        };
        let template = template.replace("UNIT", &visible(unit).replace(['{', '}'], ""));
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style.progress_chars("=> ").with_key(
                "rate",
                |state: &ProgressState, out: &mut dyn std::fmt::Write| {
                    let _ = write!(out, "{}/s", count(state.per_sec() as u64));
                },
            ));
        }
        bar.set_message(visible(step));
        bar
    }
}

/// One plain line on a step: what, how much, how fast.
fn line(step: &Step) -> String {
    let seconds = step.begun.elapsed().as_secs_f64();
    let of = match step.total {
        Some(total) if total > 0 && step.done < total => format!(
            " of {} ({} %)",
            count(total),
            step.done.saturating_mul(100) / total
        ),
        _ => String::new(),
    };
    let rate = if seconds > 0.0 && step.done > 0 {
        format!(", {}/s", count((step.done as f64 / seconds) as u64))
    } else {
        String::new()
    };
    format!(
        "{}: {}{of} {} in {seconds:.1} s{rate}",
        step.name,
        count(step.done),
        step.unit
    )
}

impl Progress for Shown {
    fn begin(&self, step: &str, unit: &str, total: Option<u64>) {
        let now = Instant::now();
        let bar = (self.style == Style::Bars).then(|| self.bar(step, unit, total));
        self.state().steps.push(Step {
            name: step.to_owned(),
            unit: unit.to_owned(),
            total,
            done: 0,
            begun: now,
            told: now,
            bar,
        });
    }

    fn advance(&self, n: u64) {
        let mut state = self.state();
        let Some(step) = state.steps.last_mut() else {
            return;
        };
        step.done += n;
        match &step.bar {
            Some(bar) => bar.inc(n),
            None if self.style == Style::Lines && step.told.elapsed() >= LINE_EVERY => {
                step.told = Instant::now();
                log(&line(step));
            }
            None => {}
        }
    }

    fn end(&self) {
        let mut state = self.state();
        let Some(step) = state.steps.pop() else {
            return;
        };
        match &step.bar {
            Some(bar) => bar.finish_and_clear(),
            // Steps that took no time to speak of would only fill the log.
            None if self.style == Style::Lines && step.begun.elapsed() >= LINE_EVERY => {
                log(&line(&step));
            }
            None => {}
        }
        if state.steps.is_empty() {
            let took = step.begun.elapsed();
            state.finished.push((step.name, took));
        }
    }

    fn notice(&self, text: &str) {
        match self.style {
            Style::Quiet => {}
            Style::Lines => log(text),
            Style::Bars => {
                let state = self.state();
                match state.steps.last().and_then(|s| s.bar.as_ref()) {
                    Some(bar) => bar.suspend(|| log(text)),
                    None => log(text),
                }
            }
        }
    }

    fn cancelled(&self) -> bool {
        self.signals.received().is_some() || memory_watch::is_passed()
    }
}
