//! Blanks that agree: what `ignore_blank = false` opens a rule to.

use super::codes::{BLANK_FLOOD, BLANKS_AGREE, SINGLE_BLANK};
use super::implication::blanks_agree;
use super::{Finding, Part};
use crate::rules::render::render_condition;
use crate::rules::set::RuleSet;

/// Rule `i` of the set.
pub(super) fn of_rule(set: &RuleSet, i: usize, findings: &mut Vec<Finding>) {
    let when = &set.rules[i].when;
    let n_agreeing = when.iter().filter(|c| blanks_agree(c)).count();
    if n_agreeing == 0 {
        return;
    }
    if when.len() == 1 {
        findings.push(Finding::of_rule(
            SINGLE_BLANK,
            set,
            i,
            Part::When(0),
            "lets two blanks agree, and asks for nothing else: Dynamics takes the flag as true in a rule of one condition",
            "leave ignore_blank out",
        ));
        return;
    }
    if n_agreeing == when.len() {
        findings.push(Finding::of_rule(
            BLANK_FLOOD,
            set,
            i,
            Part::Key("when"),
            "holds for any two records that have nothing in the columns it compares: every condition lets two blanks agree",
            "leave ignore_blank out of at least one condition, best of the one that is filled most often",
        ));
        return;
    }
    for (at, condition) in when.iter().enumerate().filter(|(_, c)| blanks_agree(c)) {
        findings.push(Finding::of_rule(
            BLANKS_AGREE,
            set,
            i,
            Part::When(at),
            format!(
                "{} holds between two blanks; there, only the other conditions are asked",
                render_condition(condition)
            ),
            "leave ignore_blank out, unless two blanks are to count as equal; --data says how many pairs it makes",
        ));
    }
}
