//! Pairs that people decided: declared the same, or declared different.

use crate::model::RecordIdx;

/// A pair of positions, the smaller first.
type Pair = (RecordIdx, RecordIdx);

/// The always list and the never list of a run, by position. Where both name a pair, never wins.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Decided {
    always: Vec<Pair>,
    never: Vec<Pair>,
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
        }
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
