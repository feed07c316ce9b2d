//! Recording decisions: one entry for all pairs of a command, so that either all of them stand or none.

use super::decision::{Answer, Decision, PairDecision};
use super::entry::What;
use super::error::StateError;
use super::folder::{Author, StateFolder, StateWriter};
use crate::rules::ListedId;
use std::collections::BTreeMap;

/// Most pairs of one command: an entry is one line, and is read as a whole.
pub const PAIRS_MAX: usize = 100_000;

/// What recording did.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Recorded {
    /// Pairs whose decision was recorded.
    pub pairs: Vec<PairDecision>,
    /// Decisions that stood for some of them before, and no longer do.
    pub replaced: Vec<Decision>,
    /// Pairs of which the very same was decided before, on the same values.
    pub n_unchanged: u64,
    /// Pairs to undo of which no decision stood.
    pub n_nothing: u64,
}

impl StateFolder {
    /// The decisions that stand, by pair.
    pub fn decisions(&self) -> impl Iterator<Item = &Decision> {
        self.log().history.decisions().all()
    }

    /// The decisions that stand on a pair named by ids, with or without their types, in either order. An id as recorded
    /// is preferred to one that differs by case or braces.
    pub fn decisions_on<'s>(&'s self, a: &ListedId, b: &ListedId) -> Vec<&'s Decision> {
        let is = |named: &ListedId, of: &ListedId, same: fn(&str, &str) -> bool| {
            same(&named.id, &of.id) && named.record_type.is_none_or(|t| Some(t) == of.record_type)
        };
        let found = |same: fn(&str, &str) -> bool| -> Vec<&'s Decision> {
            let fits = |d: &&Decision| {
                (is(a, &d.left, same) && is(b, &d.right, same))
                    || (is(b, &d.left, same) && is(a, &d.right, same))
            };
            self.decisions().filter(fits).collect()
        };
        let exact = found(|x, y| x == y);
        if exact.is_empty() {
            found(|x, y| bare(x).eq_ignore_ascii_case(bare(y)))
        } else {
            exact
        }
    }
}

/// An id without the braces some exports put around it.
fn bare(id: &str) -> &str {
    id.trim_matches(['{', '}'])
}

impl StateFolder {
    /// What recording decisions on pairs would do. Writes nothing.
    ///
    /// Errors: more than [`PAIRS_MAX`] pairs; a pair twice with different answers; a reason that cannot be kept.
    pub fn deciding(&self, pairs: Vec<PairDecision>) -> Result<Recorded, StateError> {
        let refused = |why: String| Err(StateError::Decisions { why });
        if pairs.len() > PAIRS_MAX {
            return refused(format!(
                "there are {} pairs, and one command records up to {PAIRS_MAX}: give them in several lists",
                pairs.len()
            ));
        }
        let mut by_pair: BTreeMap<(String, String), PairDecision> = BTreeMap::new();
        for mut pair in pairs {
            pair.reason = Author::reason(pair.reason.as_deref())?;
            let (key, answer) = (pair.pair(), pair.decision);
            let before = by_pair.insert(key.clone(), pair).map(|p| p.decision);
            if let Some(before) = before.filter(|before| *before != answer) {
                return refused(format!(
                    "{} and {} are named twice, once to {} and once to {}",
                    key.0,
                    key.1,
                    before.as_str(),
                    answer.as_str()
                ));
            }
        }
        let mut recorded = Recorded::default();
        let standing = self.log().history.decisions();
        for pair in by_pair.into_values() {
            match (standing.of(&pair), pair.decision) {
                (None, Answer::Undo) => recorded.n_nothing += 1,
                (Some(stands), answer)
                    if stands.answer == answer && pair.values.as_ref() == Some(&stands.values) =>
                {
                    recorded.n_unchanged += 1;
                }
                (stands, _) => {
                    recorded.replaced.extend(stands.cloned());
                    recorded.pairs.push(pair);
                }
            }
        }
        Ok(recorded)
    }
}

impl StateWriter {
    /// Records decisions on pairs, all or none. On return they are on disk; what is decided already is not written again.
    ///
    /// On an error, and when the process ends at any moment, either all of them stand or none; what stood before does.
    /// Errors: as [`StateFolder::deciding`], and what writing may meet.
    pub fn decide(
        &mut self,
        pairs: Vec<PairDecision>,
        author: &Author,
    ) -> Result<Recorded, StateError> {
        let recorded = self.folder().deciding(pairs)?;
        if !recorded.pairs.is_empty() {
            let pairs = recorded.pairs.clone();
            self.append(author, What::Decide { pairs })?;
        }
        Ok(recorded)
    }
}
