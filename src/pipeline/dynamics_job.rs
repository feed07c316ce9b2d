//! The twin of a Dynamics duplicate detection job: its rows by the documented rules, and what it misses.

use super::{Engine, LinkOptions, Loaded, PipelineError, check_rules, link};
use crate::block;
use crate::model::{
    Activity, Candidacy, DynamicsJob, JobRow, JobRule, MissedPair, NONE, Progress, RecordIdx,
};
use crate::rules::exchange::{dynamics_gaps, rule_id};
use crate::rules::{BaseScope, RuleSet, ValueLists};
use crate::score;

/// Runs the rules of `options` as a Dynamics job would, and `builtin` to see what it misses.
///
/// Every record of the base type is looked at, inactive ones too unless `base_scope` says otherwise, which stands for
/// the query of the job; `exclude_inactive` leaves inactive records out of the matching side alone. A pair of one type
/// makes two rows where both may be base. Records merged away are inactive records here, as they are in Dynamics;
/// lineage is unknown to it. Rules must be of Dynamics' own conditions: see `dynamics_gaps`.
/// Cost: that of two runs, and the rows themselves.
pub fn dynamics_job(
    loaded: &Loaded,
    options: &LinkOptions,
    builtin: &RuleSet,
    progress: &dyn Progress,
) -> Result<DynamicsJob, PipelineError> {
    for rule in &options.rules.rules {
        if let Some(gap) = dynamics_gaps(rule).into_iter().next() {
            return Err(PipelineError::NotDynamics {
                rule: rule.name.clone(),
                gap: format!("{}: {}", gap.item, gap.message),
            });
        }
    }
    let rules = &options.rules;
    if rules.values != ValueLists::default() || !rules.always.is_empty() || !rules.never.is_empty()
    {
        return Err(PipelineError::NotDynamics {
            rule: rules.name.clone(),
            gap: "Dynamics has no lists of values or pairs".to_owned(),
        });
    }
    check_rules(&loaded.table, options)?;
    progress.begin("running the job of Dynamics", "rules", None);
    let engine = Engine::new(&loaded.prepared);
    let mut job = DynamicsJob::default();
    let mut codes = Vec::new();
    for (rule_idx, rule) in options.rules.rules.iter().enumerate() {
        let Some(mut sides) = block::side_codes(engine.block_input(), rule) else {
            return Err(PipelineError::NotDynamics {
                rule: rule.name.clone(),
                gap: "a condition is no equality of one value".to_owned(),
            });
        };
        let active = |i: usize| loaded.prepared.activity[i] == Activity::Active;
        for i in 0..loaded.prepared.n_records() {
            let deleted = loaded.prepared.candidacy[i] == Candidacy::Deleted;
            if deleted || rule.base_scope == BaseScope::Active && !active(i) {
                sides.base[i] = NONE;
            }
            if deleted || rule.exclude_inactive && !active(i) {
                sides.matching[i] = NONE;
            }
        }
        let n_rows = rows(&sides, rule_idx, &mut job.rows);
        job.n_rows += n_rows;
        job.rules.push(JobRule {
            name: rule.name.clone(),
            id: rule_id(rule),
            n_rows,
        });
        codes.push(sides);
        progress.advance(1);
        if progress.cancelled() {
            return Err(PipelineError::Cancelled);
        }
    }
    progress.end();

    let ours = LinkOptions {
        rules: builtin.clone(),
        ..options.clone()
    };
    let outcome = link(loaded, &ours, progress)?;
    let p = &loaded.prepared;
    for scored in outcome.pairs.iter().filter(|s| s.verdict.suggests_merge()) {
        let (left, right) = (scored.pair.left, scored.pair.right);
        if codes
            .iter()
            .any(|c| c.matches(left, right) || c.matches(right, left))
        {
            continue;
        }
        let names: Vec<&str> = scored
            .pair
            .rules
            .iter()
            .map(|i| outcome.rule_names[i].as_str())
            .collect();
        job.missed.push(MissedPair {
            left,
            right,
            verdict: scored.verdict,
            probability: scored.evidence.probability(),
            rules: names.join("; "),
            reason: score::pair_reason(p, left, right, &scored.evidence),
        });
    }
    Ok(job)
}

/// Adds the rows of one rule, by base and then duplicate; gives how many there are, listed or not.
fn rows(sides: &block::SideCodes, rule_idx: usize, rows: &mut Vec<JobRow>) -> u64 {
    let n_codes = sides
        .matching
        .iter()
        .filter(|c| **c != NONE)
        .max()
        .map_or(0, |c| *c as usize + 1);
    // Matching records by code, ascending.
    let mut ends = vec![0_u32; n_codes + 1];
    for code in sides.matching.iter().filter(|c| **c != NONE) {
        ends[*code as usize + 1] += 1;
    }
    for i in 1..ends.len() {
        ends[i] += ends[i - 1];
    }
    let starts = ends.clone();
    let mut holders = vec![0_u32; *ends.last().unwrap_or(&0) as usize];
    for (i, code) in sides.matching.iter().enumerate() {
        if *code != NONE {
            let at = &mut ends[*code as usize];
            holders[*at as usize] = i as u32;
            *at += 1;
        }
    }
    let mut n_rows = 0;
    for (base, code) in sides.base.iter().enumerate() {
        let code = *code as usize;
        if code >= n_codes {
            continue;
        }
        let found = &holders[starts[code] as usize..starts[code + 1] as usize];
        let itself = u64::from(sides.matching[base] as usize == code);
        n_rows += found.len() as u64 - itself;
        if rows.len() >= DynamicsJob::LISTED_MAX {
            continue;
        }
        for duplicate in found {
            if *duplicate as usize != base && rows.len() < DynamicsJob::LISTED_MAX {
                rows.push(JobRow {
                    base: RecordIdx(base as u32),
                    duplicate: RecordIdx(*duplicate),
                    rule_idx: rule_idx as u32,
                });
            }
        }
    }
    n_rows
}
