//! Pairs that people decided: declared the same, or declared different.

use crate::model::{RecordIdx, Suppression};

/// A pair of positions, the smaller first.
type Pair = (RecordIdx, RecordIdx);

/// The pairs of a run that people declared the same or different, in lists or one by one, by position. Where a pair is
/// both, it is kept apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decided {
    always: Vec<Pair>,
    never: Vec<Pair>,
    /// Of the never-pairs those that no list names, with why they are apart.
    reviewed: Vec<(Pair, Suppression)>,
}

impl Decided {
    /// Orders the pairs; a record beside itself says nothing.
    pub fn new(always: Vec<Pair>, never: Vec<Pair>) -> Decided {
        let canonical = |pairs: Vec<Pair>| -> Vec<Pair> {
            let mut pairs: Vec<Pair> = pairs
                .into_iter()
                .filter(|(a, b)| a != b)
                .map(|(a, b)| (a.min(b), a.max(b)))
                .collect();
            pairs.sort_unstable();
            pairs.dedup();
            pairs
        };
        Decided {
            always: canonical(always),
            never: canonical(never),
            reviewed: Vec::new(),
        }
    }

    /// With further pairs to keep apart, each with the word for it. Where the never list names the pair too, that says why.
    #[must_use]
    pub fn apart(mut self, pairs: impl IntoIterator<Item = (Pair, Suppression)>) -> Decided {
        let ordered = |((a, b), why): (Pair, Suppression)| ((a.min(b), a.max(b)), why);
        let is_new = |of: &(Pair, Suppression)| self.never.binary_search(&of.0).is_err();
        let mut reviewed: Vec<(Pair, Suppression)> =
            pairs.into_iter().map(ordered).filter(is_new).collect();
        reviewed.sort_unstable();
        reviewed.dedup_by_key(|of| of.0);
        let mut never = std::mem::take(&mut self.never);
        never.extend(reviewed.iter().map(|of| of.0));
        Decided {
            reviewed,
            ..Decided::new(self.always, never)
        }
    }

    /// Why the two are kept apart, if they are; `left < right`.
    pub fn why_apart(&self, left: RecordIdx, right: RecordIdx) -> Option<Suppression> {
        self.is_never(left, right).then(|| {
            let found = self
                .reviewed
                .binary_search_by_key(&(left, right), |of| of.0);
            found.map_or(Suppression::Never, |at| self.reviewed[at].1)
        })
    }

    /// Pairs declared the same, distinct, ascending.
    pub fn always(&self) -> &[Pair] {
        &self.always
    }

    /// Pairs declared different, distinct, ascending.
    pub fn never(&self) -> &[Pair] {
        &self.never
    }

    /// True when the two were declared the same; `left < right`.
    pub fn is_always(&self, left: RecordIdx, right: RecordIdx) -> bool {
        self.always.binary_search(&(left, right)).is_ok()
    }

    /// True when the two were declared different; `left < right`.
    pub fn is_never(&self, left: RecordIdx, right: RecordIdx) -> bool {
        self.never.binary_search(&(left, right)).is_ok()
    }
}
