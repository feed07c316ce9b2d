//! Rules as a whole against random pairs of records: those that hold for so many that no duplicates are meant.

use super::Data;
use super::draw::Draw;
use crate::block::{BlockInput, Definition, RuleAnswer, in_scope, pairs_between};
use crate::model::{Progress, RecordIdx, count};
use crate::pipeline::Engine;
use crate::rules::check::codes::WIDE_RULE;
use crate::rules::check::{Finding, Part};
use crate::rules::{Condition, Rule, RuleSet};
use rayon::prelude::*;
use std::fmt;
use std::time::{Duration, Instant};

/// Pairs drawn for a rule in a check. Of a million records, in which a rule that finds 100 pairs for each holds for one
/// pair in 5,000, twenty are seen.
const N_CHECKED: u64 = 100_000;
/// Most pairs drawn for a rule before a run, which cannot wait.
const N_BEFORE_RUN: u64 = 20_000;
/// Longest time that drawing for a rule takes, in a check and before a run: of long values one comparison
/// takes milliseconds. Then fewer pairs are drawn, and how many is told.
const TIME_CHECKED: Duration = Duration::from_secs(5);
const TIME_BEFORE_RUN: Duration = Duration::from_millis(200);
/// Fewer pairs seen to hold say too little about how many there are.
const SEEN_MIN: u64 = 20;
/// Share of all pairs from which a rule is wide.
const SHARE_MAX: f64 = 0.01;
/// Pairs for each record from which a rule is wide, whatever the share: nobody is in a file a hundred times.
const PER_RECORD_MAX: f64 = 100.0;
/// Fewer pairs than this are nobody's flood, as in a small file of many duplicates.
const PAIRS_MIN: f64 = 1000.0;

/// What to do about a wide rule.
const FIX: &str = "raise its thresholds, add a condition on equality such as { same = \"email_domain\" }, or set evidence = \"auto\"; \
     `kinfold plan` shows what it would cost";

/// A rule that holds for a large part of all pairs of records.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct WideRule {
    /// Position of the rule in its set.
    pub(super) rule_idx: usize,
    /// Random pairs in the rule's scope that were drawn.
    n_drawn: u64,
    /// Those for which it holds.
    n_holding: u64,
    /// All pairs in the rule's scope.
    n_pairs: u64,
    /// Records in the rule's scope.
    n_records: u64,
}

impl WideRule {
    fn share(&self) -> f64 {
        self.n_holding as f64 / self.n_drawn.max(1) as f64
    }

    /// Pairs of these records for which the rule would hold: an estimate, right to 44 % when 20 pairs were seen and
    /// nearer with the root of more (95 %).
    pub(super) fn n_expected(&self) -> u64 {
        (self.share() * self.n_pairs as f64) as u64
    }

    /// That number to two figures, which is as much as a sample can say.
    pub(super) fn about(&self) -> String {
        let expected = self.n_expected();
        let unit = 10_u64.pow(expected.max(1).ilog10().saturating_sub(1));
        format!(
            "about {}",
            count(expected.saturating_add(unit / 2) / unit * unit)
        )
    }

    fn is_wide(&self) -> bool {
        let expected = self.share() * self.n_pairs as f64;
        self.n_holding >= SEEN_MIN
            && expected >= PAIRS_MIN
            && (self.share() > SHARE_MAX || expected > PER_RECORD_MAX * self.n_records as f64)
    }
}

/// Reads after the rule's name.
impl fmt::Display for WideRule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "holds for {} of {} random pairs of these records: {} pairs of {} in all",
            count(self.n_holding),
            count(self.n_drawn),
            self.about(),
            count(self.n_pairs)
        )
    }
}

/// The rules of a set that are wide on these records and compare nothing for equality, before a run: those of an
/// equality are kept compactly, and the report tells their heaviest values. A line each.
///
/// Every column that the rules name is there.
/// Cost: for each such rule a pass over the records and 4,000 decisions, up to 20,000 in large files, where a smaller share
/// counts; nothing for the others.
pub fn wide_rules(engine: &Engine<'_>, set: &RuleSet, progress: &dyn Progress) -> Vec<String> {
    let input = engine.block_input();
    let free = |rule: &Rule| !rule.when.iter().any(compares_equality);
    (0..set.rules.len())
        .filter(|i| free(&set.rules[*i]))
        .filter_map(|i| drawn(input, set, i, TIME_BEFORE_RUN, progress, before_run))
        .filter(WideRule::is_wide)
        .map(|wide| {
            let name = &set.rules[wide.rule_idx].name;
            format!("attention: rule {name:?} {wide}; {FIX}")
        })
        .collect()
}

/// All answerable rules; those found, for others to leave them out.
pub(super) fn of_set(
    data: &Data<'_>,
    progress: &dyn Progress,
    findings: &mut Vec<Finding>,
) -> Vec<WideRule> {
    let input = data.engine.block_input();
    let wide: Vec<WideRule> = (data.answerable.iter())
        .filter_map(|i| {
            drawn(input, data.set, *i, TIME_CHECKED, progress, |_, _| {
                N_CHECKED
            })
        })
        .filter(WideRule::is_wide)
        .collect();
    findings.extend(wide.iter().map(|w| {
        Finding::of_rule(
            WIDE_RULE,
            data.set,
            w.rule_idx,
            Part::Key("when"),
            w.to_string(),
            FIX,
        )
    }));
    wide
}

fn compares_equality(condition: &Condition) -> bool {
    !matches!(
        condition,
        Condition::SimilarName | Condition::SimilarCompany { .. } | Condition::SimilarText { .. }
    )
}

/// Pairs to draw before a run: of a rule that is just wide, twice as many as must be seen to hold.
fn before_run(n_records: u64, n_pairs: u64) -> u64 {
    let share = SHARE_MAX.min(PER_RECORD_MAX * n_records as f64 / n_pairs as f64);
    ((2 * SEEN_MIN) as f64 / share).min(N_BEFORE_RUN as f64) as u64
}

/// Asks a rule about random pairs in its scope, each as likely as any other, as many as `n_drawn` says of so many records
/// and pairs; `None` when the scope has too few pairs for a flood.
fn drawn(
    input: BlockInput<'_>,
    set: &RuleSet,
    rule_idx: usize,
    time: Duration,
    progress: &dyn Progress,
    n_drawn: impl Fn(u64, u64) -> u64,
) -> Option<WideRule> {
    let rule = &set.rules[rule_idx];
    let n = input.prepared.n_records();
    let roles: Vec<(bool, bool)> = (0..n)
        .into_par_iter()
        .map(|r| in_scope(input, rule, RecordIdx(r as u32)))
        .collect();
    let all = || (0..n as u32).into_par_iter();
    let base: Vec<u32> = all().filter(|r| roles[*r as usize].0).collect();
    let matching: Vec<u32> = all().filter(|r| roles[*r as usize].1).collect();
    let n_both = roles.iter().filter(|r| r.0 && r.1).count();
    let n_pairs = pairs_between(
        (base.len() - n_both) as u64,
        (matching.len() - n_both) as u64,
        n_both as u64,
    );
    if (n_pairs as f64) < PAIRS_MIN {
        return None;
    }
    let n_records = (base.len() + matching.len() - n_both) as u64;
    let n_drawn = n_drawn(n_records, n_pairs);
    let definition = Definition::new(input, std::slice::from_ref(rule));
    let mut draw = Draw::new();
    let mut pairs: Vec<(u32, u32)> = Vec::with_capacity(n_drawn as usize);
    while (pairs.len() as u64) < n_drawn {
        let l = base[draw.below(base.len())];
        let r = matching[draw.below(matching.len())];
        // Two records that may each be the base are drawn in either order: one of the two counts.
        let are_both = [l, r].iter().all(|at| roles[*at as usize] == (true, true));
        if l != r && !(are_both && l > r) {
            pairs.push((l, r));
        }
    }
    let begun = Instant::now();
    let goes_on = || begun.elapsed() < time && !progress.cancelled();
    let asked = pairs.par_iter().filter(|_| goes_on());
    let (n_seen, n_holding) = asked
        .map(|(l, r)| {
            let answer = definition.answer(0, RecordIdx(*l), RecordIdx(*r));
            (1, u64::from(answer == RuleAnswer::Holds))
        })
        .reduce(|| (0, 0), |a, b| (a.0 + b.0, a.1 + b.1));
    Some(WideRule {
        rule_idx,
        n_drawn: n_seen,
        n_holding,
        n_pairs,
        n_records,
    })
}
