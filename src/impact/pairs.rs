//! Which pairs two rule sets report, and which only one of them does.
//!
//! Both lists are in the order of (left, right) and are walked together. A row counts as many pairs as it stands for
//! (`implied`). Rows of a heavy key kept as a star stand for pairs that are not listed one by one: where a set has such
//! rows, its rules themselves are asked about the other set's pairs, and what the star covers is taken off what it would
//! lose or gain.

use super::examples::Examples;
use super::rule_match::RuleMatch;
use crate::model::{
    DomainKind, Prepared, RecordIdx, RuleMask, ScoredPair, SuppressedPair, Suppression, Verdict,
};
use serde::Serialize;
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// Asks a rule set about a pair: the rules that report it.
pub(super) type Reports<'a> = &'a (dyn Fn(RecordIdx, RecordIdx) -> RuleMask + Sync);

/// One rule set's answer.
#[derive(Clone, Copy)]
pub(super) struct SidePairs<'a> {
    /// Rule-true pairs, ascending.
    pub(super) pairs: &'a [ScoredPair],
    /// Rule-true pairs left out, ascending.
    pub(super) suppressed: &'a [SuppressedPair],
    /// Given when some rows stand for the pairs of a heavy key.
    pub(super) reports: Option<Reports<'a>>,
}

/// A count of pairs before and after. `before + gained - lost = after`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Change {
    /// Before.
    pub before: u64,
    /// Under the draft.
    pub after: u64,
    /// Under the draft only.
    pub gained: u64,
    /// Before only.
    pub lost: u64,
}

/// A change being counted.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Count {
    change: Change,
    /// Of gained and lost, what rows for several pairs brought.
    star_gained: u64,
    star_lost: u64,
    /// Pairs listed on one side that a star of the other covers.
    covered_before: u64,
    covered_after: u64,
}

/// How a pair stands on one side: how many pairs its row is, 0 when it is not listed; covered when it is rule-true
/// all the same.
#[derive(Debug, Clone, Copy)]
pub(super) struct Standing {
    pub(super) n: u64,
    pub(super) covered: bool,
}

impl Count {
    /// Adds one pair, or the pairs of one row.
    pub(super) fn add(&mut self, before: Standing, after: Standing) {
        let change = &mut self.change;
        change.before += before.n;
        change.after += after.n;
        match (before.n, after.n) {
            (0, 0) => {}
            (0, n) if before.covered => self.covered_before += n,
            (n, 0) if after.covered => self.covered_after += n,
            (b, a) => {
                let (gained, lost) = (a.saturating_sub(b), b.saturating_sub(a));
                change.gained += gained;
                change.lost += lost;
                self.star_gained += if a > 1 { gained } else { 0 };
                self.star_lost += if b > 1 { lost } else { 0 };
            }
        }
    }

    /// The change.
    pub(super) fn finish(self) -> Change {
        let mut change = self.change;
        change.lost -= self.covered_before.min(self.star_lost);
        change.gained -= self.covered_after.min(self.star_gained);
        change
    }
}

/// Gained pairs at one free-mail provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FreeMail {
    /// The domain.
    pub domain: String,
    /// Gained pairs whose records both have an address there.
    pub gained: u64,
}

/// Pairs that one set reports and the other leaves out because a side is inactive.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Inactive {
    /// Reported before, left out by the draft.
    pub hidden: u64,
    /// Left out before, reported by the draft.
    pub shown: u64,
}

/// What became of all pairs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PairImpact {
    pub(super) total: Change,
    /// By verdict, in the order of [`Verdict::ALL`].
    pub(super) by_verdict: [Change; 4],
    /// By rule, in the order of the matches.
    pub(super) by_rule: Vec<Change>,
    /// Gained and lost pairs of each rule by verdict.
    pub(super) rule_verdicts: Vec<[(u64, u64); 4]>,
    pub(super) inactive: Inactive,
    /// By domain, most pairs first.
    pub(super) free_mail: Vec<FreeMail>,
    pub(super) n_free_mail: u64,
}

/// Walks both lists. Cost: linear in rows; one question to the rules for each row that only one side has, where the
/// other has stars.
pub(super) fn compare(
    prepared: &Prepared,
    before: SidePairs<'_>,
    after: SidePairs<'_>,
    rules: &[RuleMatch],
    examples: &mut Examples,
) -> PairImpact {
    let mut total = Count::default();
    let mut by_verdict = [Count::default(); 4];
    let mut by_rule = vec![Count::default(); rules.len()];
    let mut rule_verdicts = vec![[(0, 0); 4]; rules.len()];
    let mut inactive = Inactive::default();
    let mut free_mail: BTreeMap<u32, u64> = BTreeMap::new();
    let mut n_free_mail = 0;
    let mut shared = Vec::new();
    walk(before.pairs, after.pairs, |b, a| {
        let some = a.or(b).expect("one side has the pair");
        let (left, right) = (some.pair.left, some.pair.right);
        let verdict = some.verdict as usize;
        let (mask_b, mask_a) = (
            rule_true(before, b, left, right),
            rule_true(after, a, left, right),
        );
        let standing = |row: Option<&ScoredPair>, mask: RuleMask| Standing {
            n: row.map_or(0, |r| r.pair.implied),
            covered: row.is_none() && !mask.is_empty(),
        };
        let (in_b, in_a) = (standing(b, mask_b), standing(a, mask_a));
        total.add(in_b, in_a);
        by_verdict[verdict].add(in_b, in_a);
        for (at, rule) in rules.iter().enumerate() {
            let of = |row: Option<&ScoredPair>, mask: RuleMask, rule_idx: Option<usize>| {
                let listed = row.filter(|r| rule_idx.is_some_and(|i| r.pair.rules.has(i)));
                Standing {
                    n: listed.map_or(0, |r| r.pair.implied),
                    covered: listed.is_none() && rule_idx.is_some_and(|i| mask.has(i)),
                }
            };
            let (b, a) = (of(b, mask_b, rule.before), of(a, mask_a, rule.after));
            by_rule[at].add(b, a);
            if b.n != a.n && !b.covered && !a.covered {
                let (gained, lost) = &mut rule_verdicts[at][verdict];
                *gained += a.n.saturating_sub(b.n);
                *lost += b.n.saturating_sub(a.n);
            }
        }
        if b.is_none() && mask_b.is_empty() {
            examples.offer(true, some, |at| {
                rules[at].after.is_some_and(|i| some.pair.rules.has(i))
            });
            inactive.shown += inactive_rows(before.suppressed, left, right, in_a.n);
            shared_free_mail(prepared, left, right, &mut shared);
            n_free_mail += if shared.is_empty() { 0 } else { in_a.n };
            for domain in &shared {
                *free_mail.entry(*domain).or_default() += in_a.n;
            }
        }
        if a.is_none() && mask_a.is_empty() {
            examples.offer(false, some, |at| {
                rules[at].before.is_some_and(|i| some.pair.rules.has(i))
            });
            inactive.hidden += inactive_rows(after.suppressed, left, right, in_b.n);
        }
    });
    let mut free_mail: Vec<FreeMail> = free_mail
        .into_iter()
        .map(|(domain, gained)| FreeMail {
            domain: prepared.domain_codes.codes[domain as usize]
                .registrable
                .clone(),
            gained,
        })
        .collect();
    free_mail.sort_by(|a, b| b.gained.cmp(&a.gained).then(a.domain.cmp(&b.domain)));
    PairImpact {
        total: total.finish(),
        by_verdict: by_verdict.map(Count::finish),
        by_rule: by_rule.into_iter().map(Count::finish).collect(),
        rule_verdicts,
        inactive,
        free_mail,
        n_free_mail,
    }
}

/// Suppressed pairs of one reason, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SuppressedChange {
    /// Why: `inactive`, `lineage`, `merged` …
    pub why: &'static str,
    /// How many sides are at fault: `one`, `both`, or empty when none in particular.
    pub sides: &'static str,
    /// Pairs before.
    pub before: u64,
    /// Pairs under the draft.
    pub after: u64,
}

/// Suppressed pairs by reason and number of sides, those that occur on either side.
pub(super) fn suppressed(
    before: &[SuppressedPair],
    after: &[SuppressedPair],
) -> Vec<SuppressedChange> {
    use crate::model::Side;
    let sides = |side: Side| match side {
        Side::Left | Side::Right => "one",
        Side::Both => "both",
        Side::None => "",
    };
    let mut counts: BTreeMap<(Suppression, &'static str), (u64, u64)> = BTreeMap::new();
    for pair in before {
        counts.entry((pair.why, sides(pair.side))).or_default().0 += pair.implied;
    }
    for pair in after {
        counts.entry((pair.why, sides(pair.side))).or_default().1 += pair.implied;
    }
    counts
        .into_iter()
        .map(|((why, sides), (before, after))| SuppressedChange {
            why: why.as_str(),
            sides,
            before,
            after,
        })
        .collect()
}

/// Calls `each` for every pair that either list has, in order.
fn walk<'p>(
    before: &'p [ScoredPair],
    after: &'p [ScoredPair],
    mut each: impl FnMut(Option<&'p ScoredPair>, Option<&'p ScoredPair>),
) {
    let key = |p: &ScoredPair| (p.pair.left, p.pair.right);
    let (mut b, mut a) = (before.iter().peekable(), after.iter().peekable());
    loop {
        let order = match (b.peek(), a.peek()) {
            (None, None) => return,
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (Some(x), Some(y)) => key(x).cmp(&key(y)),
        };
        let first = if order.is_le() { b.next() } else { None };
        let second = if order.is_ge() { a.next() } else { None };
        each(first, second);
    }
}

/// The rules of a side that report a pair, whether it is listed or under a star.
fn rule_true(
    side: SidePairs<'_>,
    row: Option<&ScoredPair>,
    left: RecordIdx,
    right: RecordIdx,
) -> RuleMask {
    let listed = row.map_or(RuleMask::default(), |r| r.pair.rules);
    match side.reports {
        Some(reports) => listed.union(reports(left, right)),
        None => listed,
    }
}

/// `n` when the pair is among those left out because a side is inactive, else 0.
fn inactive_rows(suppressed: &[SuppressedPair], left: RecordIdx, right: RecordIdx, n: u64) -> u64 {
    let from = suppressed.partition_point(|s| (s.left, s.right) < (left, right));
    let found = suppressed[from..]
        .iter()
        .take_while(|s| (s.left, s.right) == (left, right))
        .any(|s| s.why == Suppression::Inactive);
    if found { n } else { 0 }
}

/// Free-mail domains at which both records have an address, ascending.
fn shared_free_mail(prepared: &Prepared, left: RecordIdx, right: RecordIdx, out: &mut Vec<u32>) {
    out.clear();
    let theirs = prepared.domains.row(right.at());
    out.extend(prepared.domains.row(left.at()).iter().filter(|d| {
        theirs.contains(d) && prepared.domain_codes.codes[**d as usize].kind == DomainKind::FreeMail
    }));
}

/// The word for a verdict by its position.
pub(super) fn verdict_word(at: usize) -> &'static str {
    Verdict::ALL[at].as_str()
}
