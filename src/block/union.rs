//! From hits of single rules on value groups to pairs of records.

use super::condition::{CompiledRule, Decision};
use super::decided::Decided;
use super::eligibility::{Standing, standing_of_pair};
use super::value_group::ValueGroups;
use crate::model::{
    CandidatePair, Prepared, RecordIdx, RuleMask, Side, SuppressedPair, Suppression,
};
use rayon::prelude::*;

/// Two value groups (or a star edge inside a heavy key) for which one rule's words hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Hit {
    /// The smaller group number.
    pub(super) left: u32,
    /// The larger.
    pub(super) right: u32,
    /// The rule.
    pub(super) rule_idx: u8,
    /// Further pairs of groups this edge of a star stands for.
    pub(super) beyond: u64,
}

/// Pairs reported and pairs left out, in no order until all are there.
type United = (Vec<CandidatePair>, Vec<SuppressedPair>);

/// Pairs of two groups listed one by one while they are no more than this; beyond, one row stands for all.
const LISTED_MAX: usize = 64;

/// The pairs people declared the same, as hits of a rule after the last one. Their records stand alone in their groups.
pub(super) fn always(n_rules: usize, decided: &Decided, groups: &ValueGroups) -> Vec<Hit> {
    let hits = decided.always().iter().map(|(left, right)| Hit {
        left: groups.group_led_by(*left),
        right: groups.group_led_by(*right),
        rule_idx: n_rules as u8,
        beyond: 0,
    });
    hits.collect()
}

/// Unites the hits of all rules, expands value groups, decides what is reported.
pub(super) fn unite(
    mut hits: Vec<Hit>,
    rules: &[CompiledRule<'_>],
    prepared: &Prepared,
    groups: &ValueGroups,
    decided: &Decided,
) -> (Vec<CandidatePair>, Vec<SuppressedPair>) {
    hits.par_sort_unstable();
    let (mut pairs, mut suppressed) = hits
        .par_chunk_by(|a, b| (a.left, a.right) == (b.left, b.right))
        .fold(United::default, |mut out, run| {
            between(run, rules, prepared, groups, decided, &mut out);
            out
        })
        .chain(
            (0..groups.len() as u32)
                .into_par_iter()
                .filter(|group| groups.members.row(*group as usize).len() > 1)
                .fold(United::default, |mut out, group| {
                    inside(group, rules, groups, decided, &mut out);
                    out
                }),
        )
        .reduce(United::default, |mut a, mut b| {
            a.0.append(&mut b.0);
            a.1.append(&mut b.1);
            a
        });
    drop(hits);
    pairs.par_sort_unstable();
    suppressed.par_sort_unstable();
    (pairs, suppressed)
}

/// Where the rules of one pair go: the mask reported, and a mask for each reason and side.
#[derive(Default)]
struct Sorted {
    reported: RuleMask,
    left_out: Vec<(Suppression, Side, RuleMask)>,
}

impl Sorted {
    fn add(&mut self, rule_idx: usize, standing: Standing) {
        let mask = RuleMask::of(rule_idx);
        match standing {
            Standing::Reported => self.reported = self.reported.union(mask),
            Standing::Suppressed(why, side) => {
                match self
                    .left_out
                    .iter_mut()
                    .find(|(w, s, _)| (*w, *s) == (why, side))
                {
                    Some((_, _, m)) => *m = m.union(mask),
                    None => self.left_out.push((why, side, mask)),
                }
            }
        }
    }

    fn emit(&self, a: RecordIdx, b: RecordIdx, implied: u64, (pairs, out): &mut United) {
        if !self.reported.is_empty() {
            pairs.push(CandidatePair {
                implied,
                ..CandidatePair::new(a, b, self.reported)
            });
        }
        for (why, side, rules) in &self.left_out {
            // Sides were told for the groups' first records; members may stand the other way round.
            let side = match (side, a < b) {
                (Side::Left, false) => Side::Right,
                (Side::Right, false) => Side::Left,
                (side, _) => *side,
            };
            out.push(SuppressedPair {
                left: a.min(b),
                right: a.max(b),
                rules: *rules,
                why: *why,
                side,
                implied,
            });
        }
    }
}

fn between(
    run: &[Hit],
    rules: &[CompiledRule<'_>],
    prepared: &Prepared,
    groups: &ValueGroups,
    decided: &Decided,
    out: &mut United,
) {
    let (left, right) = (run[0].left, run[0].right);
    let mut sorted = Sorted::default();
    let mut beyond = 0;
    for hit in run {
        let (first, second) = (groups.first(left), groups.first(right));
        let standing = match rules.get(hit.rule_idx as usize) {
            Some(rule) => rule.standing(first, second, decided),
            None => standing_of_pair(prepared, (first, second), decided),
        };
        sorted.add(hit.rule_idx as usize, standing);
        beyond = beyond.max(hit.beyond);
    }
    let (lefts, rights) = (
        groups.members.row(left as usize),
        groups.members.row(right as usize),
    );
    let n_pairs = lefts.len() as u64 * rights.len() as u64;
    if beyond == 0 && n_pairs <= LISTED_MAX as u64 {
        for a in lefts {
            for b in rights {
                sorted.emit(RecordIdx(*a), RecordIdx(*b), 1, out);
            }
        }
    } else {
        sorted.emit(
            groups.first(left),
            groups.first(right),
            n_pairs + beyond,
            out,
        );
    }
}

/// The star of one value group of two or more: each member with the first, standing for its pairs with all earlier members.
fn inside(
    group: u32,
    rules: &[CompiledRule<'_>],
    groups: &ValueGroups,
    decided: &Decided,
    out: &mut United,
) {
    let members = groups.members.row(group as usize);
    let first = RecordIdx(members[0]);
    let mut sorted = Sorted::default();
    for (rule_idx, rule) in rules.iter().enumerate() {
        if rule.decide(first, first) == Decision::Yes {
            let standing = rule.standing(first, RecordIdx(members[1]), decided);
            sorted.add(rule_idx, standing);
        }
    }
    for (earlier, member) in members.iter().enumerate().skip(1) {
        sorted.emit(first, RecordIdx(*member), earlier as u64, out);
    }
}
