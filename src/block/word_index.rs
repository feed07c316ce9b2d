//! Names under each of their words, for finding those similar to one.

use crate::model::{Csr, NONE};
use crate::rules::predicate::NameProfile;

/// From this size an index has one slot per word of the vocabulary instead of a sorted list.
pub(super) const DENSE_FROM: usize = 4096;

/// An index of a group's names by word.
pub(super) struct WordIndex {
    words: Vec<u32>,
    postings: Csr<u32>,
    slot: Option<Vec<u32>>,
}

impl WordIndex {
    /// Indexes distinct names; postings are positions in `names`, ascending.
    pub(super) fn new(profile: &NameProfile, names: &[u32], n_vocabulary: usize) -> WordIndex {
        let mut entries: Vec<(u32, u32)> = names
            .iter()
            .enumerate()
            .flat_map(|(at, name)| profile.index_words(*name).map(move |w| (w, at as u32)))
            .collect();
        entries.sort_unstable();
        entries.dedup();
        let mut words = Vec::new();
        let mut postings = Csr::default();
        for run in entries.chunk_by(|a, b| a.0 == b.0) {
            words.push(run[0].0);
            postings.push_row(run.iter().map(|e| e.1));
        }
        let slot = (names.len() >= DENSE_FROM).then(|| {
            let mut slot = vec![NONE; n_vocabulary];
            for (at, word) in words.iter().enumerate() {
                slot[*word as usize] = at as u32;
            }
            slot
        });
        WordIndex {
            words,
            postings,
            slot,
        }
    }

    #[inline]
    pub(super) fn postings(&self, word: u32) -> &[u32] {
        let at = match &self.slot {
            Some(slot) => slot[word as usize],
            None => self.words.binary_search(&word).map_or(NONE, |at| at as u32),
        };
        if at == NONE {
            &[]
        } else {
            self.postings.row(at as usize)
        }
    }

    /// Positions of names under `word` or one of its neighbours are appended to `out`.
    pub(super) fn look_up(&self, profile: &NameProfile, word: u32, out: &mut Vec<u32>) {
        out.extend_from_slice(self.postings(word));
        for neighbour in profile.neighbours().of(word) {
            out.extend_from_slice(self.postings(*neighbour));
        }
    }

    pub(super) fn cost(&self, profile: &NameProfile, word: u32) -> usize {
        self.postings(word).len()
            + profile
                .neighbours()
                .of(word)
                .iter()
                .map(|n| self.postings(*n).len())
                .sum::<usize>()
    }
}
