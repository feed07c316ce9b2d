//! Decisions of reviewers on the records of a run: which still hold, and what has to be said of the others.

use super::decisions::Found;
use crate::model::{Field, RecordIdx, Suppression, Table};
use crate::rules::ListedId;
use crate::state::{Answer, Decision, fingerprint};
use rustc_hash::FxHashMap;

/// Lapsed decisions named one by one before a count takes over.
const LAPSED_SHOWN: usize = 20;

/// What a decision is worth on the records of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worth {
    /// Its records hold what they held when it was made.
    InForce,
    /// A compared value of its left record, its right one or both is another than then.
    Lapsed {
        /// The left record changed.
        left: bool,
        /// The right record changed.
        right: bool,
    },
    /// One of its records is not in the data.
    NotInData,
    /// A later decision names the same two records by ids in another spelling.
    Replaced,
}

/// The fingerprint of a record's compared values. Cost: one hash of some hundred bytes.
pub fn record_fingerprint(table: &Table, record: RecordIdx) -> String {
    fingerprint(|field: Field| table.value(record, field))
}

/// What each decision is worth, in the order given, and its records where they are in the data.
///
/// Ids are looked up as in the always list and the never list. Cost: one pass over the ids, and two fingerprints each.
pub fn worth(table: &Table, decisions: &[Decision]) -> Vec<(Worth, Option<[RecordIdx; 2]>)> {
    let ids = decisions.iter().flat_map(|d| [&d.left, &d.right]);
    let found = Found::new(table, ids);
    let record = |id: &ListedId| found.record(table, "decisions", id).ok().flatten();
    let mut latest: FxHashMap<[RecordIdx; 2], usize> = FxHashMap::default();
    let mut out: Vec<(Worth, Option<[RecordIdx; 2]>)> = Vec::with_capacity(decisions.len());
    for (at, decision) in decisions.iter().enumerate() {
        let (Some(left), Some(right)) = (record(&decision.left), record(&decision.right)) else {
            out.push((Worth::NotInData, None));
            continue;
        };
        let changed = |record: RecordIdx, then: &String| record_fingerprint(table, record) != *then;
        let (l, r) = (
            changed(left, &decision.values[0]),
            changed(right, &decision.values[1]),
        );
        let worth = if l || r {
            Worth::Lapsed { left: l, right: r }
        } else {
            Worth::InForce
        };
        out.push((worth, Some([left, right])));
        let pair = [left.min(right), left.max(right)];
        let loser = match latest.get(&pair) {
            Some(&other) if decisions[other].seq > decision.seq => at,
            other => {
                let loser = other.copied();
                latest.insert(pair, at);
                match loser {
                    Some(loser) => loser,
                    None => continue,
                }
            }
        };
        out[loser].0 = Worth::Replaced;
    }
    out
}

/// The decisions of a run by what they ask, and what has to be said.
#[derive(Debug, Default)]
pub(super) struct Reviewed {
    /// Pairs accepted.
    pub(super) accepted: Vec<(RecordIdx, RecordIdx)>,
    /// Pairs rejected or deferred.
    pub(super) apart: Vec<((RecordIdx, RecordIdx), Suppression)>,
    /// Decisions that lapsed.
    pub(super) n_lapsed: u64,
    /// Decisions on records that are not there.
    pub(super) n_unknown: u64,
    /// Sentences for the user.
    pub(super) notices: Vec<String>,
}

impl Reviewed {
    /// Looks up which decisions hold.
    pub(super) fn new(table: &Table, decisions: &[Decision]) -> Reviewed {
        let mut reviewed = Reviewed::default();
        if decisions.is_empty() {
            return reviewed;
        }
        let mut lapsed: Vec<String> = Vec::new();
        for (decision, (worth, records)) in decisions.iter().zip(worth(table, decisions)) {
            match (worth, records) {
                (Worth::InForce, Some([left, right])) => {
                    let pair = (left, right);
                    match decision.answer {
                        Answer::Accept => reviewed.accepted.push(pair),
                        Answer::Reject => reviewed.apart.push((pair, Suppression::Rejected)),
                        Answer::Defer => reviewed.apart.push((pair, Suppression::Deferred)),
                        Answer::Undo => unreachable!("an undo does not stand"),
                    }
                }
                (Worth::Lapsed { .. }, _) => {
                    reviewed.n_lapsed += 1;
                    if lapsed.len() < LAPSED_SHOWN {
                        lapsed.push(format!(
                            "{} and {} ({})",
                            decision.left.text(),
                            decision.right.text(),
                            decision.answer.done()
                        ));
                    }
                }
                (Worth::Replaced, _) => {}
                (Worth::NotInData | Worth::InForce, _) => reviewed.n_unknown += 1,
            }
        }
        if reviewed.n_lapsed > 0 {
            let more = reviewed.n_lapsed - lapsed.len() as u64;
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            reviewed.notices.push(format!(
                "decisions: {} of {} lapsed, since a compared value of the pair changed: {}{more}",
                reviewed.n_lapsed,
                decisions.len(),
                lapsed.join(", ")
            ));
        }
        if reviewed.n_unknown > 0 {
            reviewed.notices.push(format!(
                "decisions: {} of {} name a record that is not in the data",
                reviewed.n_unknown,
                decisions.len()
            ));
        }
        reviewed
    }

    /// How many pairs are apart for one reason.
    pub(super) fn n_apart(&self, why: Suppression) -> u64 {
        self.apart.iter().filter(|(_, w)| *w == why).count() as u64
    }
}
