//! Each condition by itself, from the counts of its keys: does it hold at all, does it tell records apart, do blanks or
//! one placeholder make its pairs.

use super::Data;
use crate::block::{KeyCount, in_scope, key_counts, pairs_between};
use crate::model::count;
use crate::model::{NONE, RecordIdx, TextColumnCodes};
use crate::rules::check::codes::{ALWAYS_HOLDS, BLANK_PAIRS, NEVER_HOLDS, ONE_VALUE};
use crate::rules::check::{Finding, Part, blanks_agree};
use crate::rules::{
    Condition, EvidenceFloor, GenericPolicy, MatchcodeKind, Rule, render_condition,
};

/// Fewer pairs than this are nobody's flood.
const FLOOD_FROM: u64 = 1000;
/// Fewer pairs than this are too few to say what a condition usually does: those of 20 records.
const PAIRS_MIN: u64 = 190;

/// All answerable rules.
pub(super) fn of_set(data: &Data<'_>, findings: &mut Vec<Finding>) {
    for &i in data.answerable {
        of_rule(data, i, findings);
    }
}

fn of_rule(data: &Data<'_>, i: usize, findings: &mut Vec<Finding>) {
    let (set, rule) = (data.set, &data.set.rules[i]);
    let input = data.engine.block_input();
    let mut roles = [0_u64; 3];
    for r in 0..data.table.n_records() {
        match in_scope(input, rule, RecordIdx(r as u32)) {
            (true, false) => roles[0] += 1,
            (false, true) => roles[1] += 1,
            (true, true) => roles[2] += 1,
            (false, false) => {}
        }
    }
    let n_all = pairs_between(roles[0], roles[1], roles[2]);
    if n_all == 0 {
        return;
    }
    for keys in key_counts(input, rule) {
        let condition = &rule.when[keys.condition_idx];
        let written = render_condition(condition);
        let at_most = if keys.is_exact { "" } else { "at most " };
        let mut tell = |lint, message: String, fix: &str| {
            let part = Part::When(keys.condition_idx);
            findings.push(Finding::of_rule(lint, set, i, part, message, fix));
        };
        if keys.n_pairs == 0 {
            tell(
                NEVER_HOLDS,
                format!(
                    "{written} holds for none of the {} pairs in scope",
                    count(n_all)
                ),
                "look at the column with `kinfold profile INPUT`; compare another column, or drop the condition",
            );
            continue;
        }
        let n_blank = blank_pairs(data, rule, condition);
        if n_blank >= FLOOD_FROM && n_blank.saturating_mul(10) >= keys.n_pairs {
            tell(
                BLANK_PAIRS,
                format!(
                    "{written} holds for {} pairs of two blanks, of {at_most}{} pairs in all",
                    count(n_blank),
                    count(keys.n_pairs)
                ),
                "leave ignore_blank out, or fill the column",
            );
        }
        if keys.is_exact && n_all >= PAIRS_MIN && keys.n_pairs > n_all / 2 {
            tell(
                ALWAYS_HOLDS,
                format!(
                    "{written} holds for {} of the {} pairs in scope, so it tells little of any of them",
                    count(keys.n_pairs),
                    count(n_all)
                ),
                "drop the condition, or compare a column that tells records apart",
            );
        } else if one_value_floods(rule, condition, &keys) && keys.heaviest_pairs != n_blank {
            tell(
                ONE_VALUE,
                format!(
                    "one value, held by {} records, makes {} of the {at_most}{} pairs for which {written} holds",
                    count(keys.heaviest_holders),
                    count(keys.heaviest_pairs),
                    count(keys.n_pairs)
                ),
                "clear the placeholder in the CRM; for e-mails and phones set generic = \"need-name\"; `kinfold profile INPUT` shows the value",
            );
        }
    }
}

/// Whether the heaviest key makes most pairs and nothing in the rule deals with that.
fn one_value_floods(rule: &Rule, condition: &Condition, keys: &KeyCount) -> bool {
    let handled = match condition {
        Condition::Same {
            kind: MatchcodeKind::Email | MatchcodeKind::Phone,
            ..
        } => rule.generic != GenericPolicy::AsWorded,
        _ => rule.evidence != EvidenceFloor::None,
    };
    !handled && keys.heaviest_pairs >= FLOOD_FROM && keys.heaviest_pairs >= keys.n_pairs / 2
}

/// Pairs of records in scope that are both blank where the condition lets blanks agree; 0 where it does not, and in a
/// rule of one condition, where they never do.
fn blank_pairs(data: &Data<'_>, rule: &Rule, condition: &Condition) -> u64 {
    let Some((base, matching, form)) = condition.text_sides().filter(|_| blanks_agree(condition))
    else {
        return 0;
    };
    if rule.when.len() == 1 {
        return 0;
    }
    let input = data.engine.block_input();
    let text = |name: &str| input.prepared.text(name, form);
    let (base, matching) = (text(base), text(matching.unwrap_or(base)));
    let mut roles = [0_u64; 3];
    for r in 0..data.table.n_records() {
        let (is_base, is_matching) = in_scope(input, rule, RecordIdx(r as u32));
        let blank = |column: Option<&TextColumnCodes>| column.is_some_and(|c| c.column[r] == NONE);
        match (is_base && blank(base), is_matching && blank(matching)) {
            (true, false) => roles[0] += 1,
            (false, true) => roles[1] += 1,
            (true, true) => roles[2] += 1,
            (false, false) => {}
        }
    }
    pairs_between(roles[0], roles[1], roles[2])
}
