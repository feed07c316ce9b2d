//! The lists of decided pairs and the decisions of reviewers, from ids to positions, and what has to be said of them.

use super::reviewed::Reviewed;
use super::{LinkOptions, PipelineError};
use crate::block::Decided;
use crate::cluster::contradictions;
use crate::model::{DecisionCounts, Field, RecordIdx, Suppression, Table};
use crate::rules::{ACCEPTED, ALWAYS_LIST, ListedId, ListedPair};
use rustc_hash::FxHashMap;

/// Contradictions told one by one before a count takes over.
const CONTRADICTIONS_SHOWN: usize = 20;

/// The decided pairs of a run.
#[derive(Debug, Default)]
pub(super) struct Decisions {
    /// By position.
    pub(super) decided: Decided,
    /// What the pairs declared the same are called among the rules.
    pub(super) same: String,
    /// How many there are, and how many could be used.
    pub(super) counts: DecisionCounts,
    /// Sentences for the user.
    pub(super) notices: Vec<String>,
}

impl Decisions {
    /// Looks the listed and decided ids up. A pair with an id that no record has is counted, not refused.
    ///
    /// Errors: a listed id that several records have.
    pub(super) fn resolve(
        table: &Table,
        options: &LinkOptions,
    ) -> Result<Decisions, PipelineError> {
        let rules = &options.rules;
        if rules.always.is_empty() && rules.never.is_empty() && options.decisions.is_empty() {
            return Ok(Decisions::default());
        }
        let listed = rules.always.iter().chain(&rules.never);
        let found = Found::new(table, listed.flat_map(|p| [&p.left, &p.right]));
        let (mut always, n_always_unknown) = found.pairs(table, "always", &rules.always)?;
        let (never, n_never_unknown) = found.pairs(table, "never", &rules.never)?;
        let mut reviewed = Reviewed::new(table, &options.decisions);
        let same = match (always.is_empty(), reviewed.accepted.is_empty()) {
            (_, true) => ALWAYS_LIST.to_owned(),
            (true, false) => ACCEPTED.to_owned(),
            (false, false) => format!("{ALWAYS_LIST} or {ACCEPTED}"),
        };
        let (n_accepted, n_rejected, n_deferred) = (
            reviewed.accepted.len() as u64,
            reviewed.n_apart(Suppression::Rejected),
            reviewed.n_apart(Suppression::Deferred),
        );
        always.append(&mut reviewed.accepted);
        let apart = std::mem::take(&mut reviewed.apart);
        let decided = Decided::new(always, never).apart(apart);
        let opposed = contradictions(decided.always(), decided.never());
        let counts = DecisionCounts {
            n_always: rules.always.len() as u64,
            n_always_unknown,
            n_never: rules.never.len() as u64,
            n_never_unknown,
            n_contradictions: opposed.len() as u64,
            n_accepted,
            n_rejected,
            n_deferred,
            n_lapsed: reviewed.n_lapsed,
            n_decided_unknown: reviewed.n_unknown,
        };
        let mut notices = reviewed.notices;
        for (list, n, n_unknown) in [
            ("always", counts.n_always, n_always_unknown),
            ("never", counts.n_never, n_never_unknown),
        ] {
            if n_unknown > 0 {
                notices.push(format!(
                    "{list} list: {n_unknown} of {n} pairs name a record that is not in the data"
                ));
            }
        }
        let id = |r: &RecordIdx| table.id(*r).to_owned();
        for contradiction in opposed.iter().take(CONTRADICTIONS_SHOWN) {
            let (a, b) = contradiction.never;
            let chain: Vec<String> = contradiction.path.iter().map(id).collect();
            let by = match decided.why_apart(a, b) {
                Some(Suppression::Rejected) => "a rejection",
                Some(Suppression::Deferred) => "a deferral",
                _ => "the never list",
            };
            notices.push(format!(
                "contradiction: {by} keeps {} and {} apart, pairs declared the same ({same}) join them ({}); they are kept apart",
                id(&a),
                id(&b),
                chain.join(" = ")
            ));
        }
        if opposed.len() > CONTRADICTIONS_SHOWN {
            notices.push(format!(
                "contradictions between the lists: {} more",
                opposed.len() - CONTRADICTIONS_SHOWN
            ));
        }
        Ok(Decisions {
            decided,
            same,
            counts,
            notices,
        })
    }
}

/// The records that listed ids may mean.
pub(super) struct Found {
    /// Records by id as exported.
    exact: FxHashMap<String, Vec<RecordIdx>>,
    /// Records by id without case and braces.
    bare: FxHashMap<String, Vec<RecordIdx>>,
}

impl Found {
    pub(super) fn new<'l>(table: &Table, ids: impl Iterator<Item = &'l ListedId>) -> Found {
        let mut found = Found {
            exact: FxHashMap::default(),
            bare: FxHashMap::default(),
        };
        for id in ids {
            found.exact.entry(id.id.clone()).or_default();
            found.bare.entry(bare(&id.id)).or_default();
        }
        if let Some(ids) = table.field(Field::Id) {
            for i in 0..table.n_records() {
                let (id, record) = (ids.get(i).trim(), RecordIdx(i as u32));
                if let Some(records) = found.exact.get_mut(id) {
                    records.push(record);
                }
                if let Some(records) = found.bare.get_mut(&bare(id)) {
                    records.push(record);
                }
            }
        }
        found
    }

    /// The record meant; an id as exported is preferred to one that differs by case or braces.
    pub(super) fn record(
        &self,
        table: &Table,
        list: &'static str,
        id: &ListedId,
    ) -> Result<Option<RecordIdx>, PipelineError> {
        let fits = |records: Option<&Vec<RecordIdx>>| -> Vec<RecordIdx> {
            let typed = |r: &&RecordIdx| {
                id.record_type
                    .is_none_or(|t| t == table.record_type[r.at()])
            };
            records
                .into_iter()
                .flatten()
                .filter(typed)
                .copied()
                .collect()
        };
        let mut records = fits(self.exact.get(&id.id));
        if records.is_empty() {
            records = fits(self.bare.get(&bare(&id.id)));
        }
        match records.as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(*one)),
            several => Err(PipelineError::ListedId {
                list,
                id: id.text(),
                n_records: several.len(),
                example: format!(
                    "{}:{}",
                    table.record_type[several[0].at()].as_str(),
                    table.id(several[0])
                ),
            }),
        }
    }

    /// The pairs by position, and how many name a record that is not there.
    fn pairs(
        &self,
        table: &Table,
        list: &'static str,
        pairs: &[ListedPair],
    ) -> Result<(Vec<(RecordIdx, RecordIdx)>, u64), PipelineError> {
        let (mut out, mut n_unknown) = (Vec::new(), 0);
        for pair in pairs {
            let left = self.record(table, list, &pair.left)?;
            let right = self.record(table, list, &pair.right)?;
            match (left, right) {
                (Some(left), Some(right)) => out.push((left, right)),
                _ => n_unknown += 1,
            }
        }
        Ok((out, n_unknown))
    }
}

fn bare(id: &str) -> String {
    id.trim().trim_matches(['{', '}']).to_ascii_lowercase()
}
