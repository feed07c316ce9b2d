//! Thresholds of literal measures against what random pairs of the same column reach.

use super::Data;
use super::draw::Draw;
use crate::block::in_scope;
use crate::model::count;
use crate::model::{NONE, Progress, RecordIdx};
use crate::rules::check::codes::THRESHOLD_AT_CHANCE;
use crate::rules::check::{Finding, Part};
use crate::rules::{Condition, render_condition};
use std::time::{Duration, Instant};

/// Pairs drawn for a condition: a share of one in a hundred is then known to 0.14 percentage points (95 %), one of a
/// half, the worst case, to 0.7.
const N_DRAWN: usize = 20_000;
/// Pairs that are drawn however long it takes, so that one in a thousand is known at all: of the longest texts three
/// seconds.
const N_LEAST: usize = 1000;
/// Longest time that more are drawn for: two texts of several hundred characters take milliseconds.
const TIME_MAX: Duration = Duration::from_secs(5);
/// With fewer filled values than this, chance pairs would be the same few again and again.
const FILLED_MIN: usize = 50;
/// Share of random pairs from which a threshold tells little.
const SHARE_MAX: f64 = 0.01;

/// All answerable rules.
pub(super) fn of_set(data: &Data<'_>, progress: &dyn Progress, findings: &mut Vec<Finding>) {
    for &i in data.answerable {
        for (at, condition) in data.set.rules[i].when.iter().enumerate() {
            of_condition(data, i, at, condition, progress, findings);
        }
    }
}

fn of_condition(
    data: &Data<'_>,
    i: usize,
    at: usize,
    condition: &Condition,
    progress: &dyn Progress,
    findings: &mut Vec<Finding>,
) {
    let Condition::SimilarText {
        measure, threshold, ..
    } = condition
    else {
        return;
    };
    let Some((base, matching, form)) = condition.text_sides() else {
        return;
    };
    let rule = &data.set.rules[i];
    let input = data.engine.block_input();
    // The values as the condition compares them.
    let filled = |name: &str, as_base: bool| -> Vec<(usize, &str)> {
        let Some(column) = input.prepared.text(name, form) else {
            return Vec::new();
        };
        (0..data.table.n_records())
            .filter(|r| {
                let scope = in_scope(input, rule, RecordIdx(*r as u32));
                (if as_base { scope.0 } else { scope.1 }) && column.column[*r] != NONE
            })
            .map(|r| (r, column.values.text(column.column[r])))
            .collect()
    };
    let (base, matching) = (filled(base, true), filled(matching.unwrap_or(base), false));
    if base.len() < FILLED_MIN || matching.len() < FILLED_MIN {
        return;
    }
    let mut draw = Draw::new();
    let mut scores: Vec<f64> = Vec::with_capacity(N_DRAWN);
    let begun = Instant::now();
    while scores.len() < N_LEAST || scores.len() < N_DRAWN && begun.elapsed() < TIME_MAX {
        if progress.cancelled() {
            return;
        }
        let (l, a) = base[draw.below(base.len())];
        let (r, b) = matching[draw.below(matching.len())];
        if l != r {
            scores.push(measure.score(a, b));
        }
    }
    scores.sort_by(f64::total_cmp);
    let n_reaching = scores.len() - scores.partition_point(|s| s < threshold);
    let share = n_reaching as f64 / scores.len() as f64;
    if share <= SHARE_MAX {
        return;
    }
    let rare = scores[scores.len() * 999 / 1000];
    let fix = if rare >= 1.0 {
        "compare another column: one random pair in a thousand is equal in this one".to_owned()
    } else {
        format!("raise the threshold above {rare:.3}, which one random pair in a thousand reaches")
    };
    findings.push(Finding::of_rule(
        THRESHOLD_AT_CHANCE,
        data.set,
        i,
        Part::When(at),
        format!(
            "{} holds for {:.1} % of {} random pairs of these records",
            render_condition(condition),
            share * 100.0,
            count(scores.len() as u64)
        ),
        fix,
    ));
}
