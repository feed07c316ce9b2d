//! Which suggestions the page holds when there are more than it can.

use super::N_SUGGESTIONS_MAX;
use crate::model::{Outcome, Verdict};
use std::ops::Range;

/// The suggestions on the page: the surest of each verdict.
///
/// Suggestions come `auto` first. Were the page cut there, a large run would show only what nobody has to look at: so
/// that each verdict has half the room, and what one leaves free the other takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Selection {
    auto: Range<usize>,
    review: Range<usize>,
    /// Suggestions of each in all.
    pub(super) n_auto: usize,
    pub(super) n_review: usize,
}

impl Selection {
    pub(super) fn of(outcome: &Outcome) -> Selection {
        let suggestions = &outcome.suggestions;
        let n_auto = suggestions.partition_point(|s| s.verdict == Verdict::Auto);
        Selection::among(n_auto, suggestions.len() - n_auto)
    }

    fn among(n_auto: usize, n_review: usize) -> Selection {
        let review_room = n_review.min(N_SUGGESTIONS_MAX / 2);
        let n_auto_shown = n_auto.min(N_SUGGESTIONS_MAX - review_room);
        let n_review_shown = n_review.min(N_SUGGESTIONS_MAX - n_auto_shown);
        Selection {
            auto: 0..n_auto_shown,
            review: n_auto..n_auto + n_review_shown,
            n_auto,
            n_review,
        }
    }

    /// Positions in [`Outcome::suggestions`], ascending.
    pub(super) fn positions(&self) -> impl Iterator<Item = usize> {
        self.auto.clone().chain(self.review.clone())
    }

    /// Number of suggestions on the page.
    pub(super) fn len(&self) -> usize {
        self.auto.len() + self.review.len()
    }

    /// Where on the page a suggestion is; `None` when only the files hold it.
    pub(super) fn slot(&self, position: usize) -> Option<usize> {
        if self.auto.contains(&position) {
            Some(position)
        } else if self.review.contains(&position) {
            Some(self.auto.len() + position - self.review.start)
        } else {
            None
        }
    }

    /// Suggestions of a verdict on the page.
    pub(super) fn n_auto_shown(&self) -> usize {
        self.auto.len()
    }

    /// Suggestions of a verdict on the page.
    pub(super) fn n_review_shown(&self) -> usize {
        self.review.len()
    }

    /// True when suggestions are only in the files.
    pub(super) fn is_cut(&self) -> bool {
        self.len() < self.n_auto + self.n_review
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_verdict_has_half_the_room_or_what_the_other_leaves() {
        const MAX: usize = N_SUGGESTIONS_MAX;
        for (n_auto, n_review, shown) in [
            (0, 0, (0, 0)),
            (3, 4, (3, 4)),
            (MAX, MAX, (MAX / 2, MAX / 2)),
            (MAX * 6, 10, (MAX - 10, 10)),
            (10, MAX * 6, (10, MAX - 10)),
            (MAX - 1, 1, (MAX - 1, 1)),
            (MAX - 1, 2, (MAX - 2, 2)),
        ] {
            let selection = Selection::among(n_auto, n_review);
            assert_eq!(
                (selection.n_auto_shown(), selection.n_review_shown()),
                shown
            );
            assert_eq!(selection.is_cut(), n_auto + n_review > MAX);
            let slots: Vec<usize> = (0..n_auto + n_review)
                .filter_map(|at| selection.slot(at))
                .collect();
            assert_eq!(slots, (0..selection.len()).collect::<Vec<_>>());
            let slot_of = |at| selection.slot(at).expect("on the page");
            assert!(selection.positions().map(slot_of).eq(0..selection.len()));
        }
    }
}
