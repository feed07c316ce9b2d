//! Dense positions, compressed rows and text interning: the currency of every stage.

use rustc_hash::FxHasher;
use std::hash::{Hash, Hasher};

/// "No value": a missing name, company, city … in a column of `u32` positions.
pub const NONE: u32 = u32::MAX;

/// Position of a record in the run's [`Table`](super::Table): 0 to n-1, in the order of (record type, id).
///
/// The order depends on the ids alone, so that nothing downstream depends on the order of input rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordIdx(pub u32);

impl RecordIdx {
    /// The position as an index into a column.
    #[inline]
    pub fn at(self) -> usize {
        self.0 as usize
    }
}

/// Compressed rows: for each of n rows a slice of items, stored in one vector.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Csr<T> {
    ends: Vec<u32>,
    items: Vec<T>,
}

impl<T> Default for Csr<T> {
    fn default() -> Self {
        Csr {
            ends: Vec::new(),
            items: Vec::new(),
        }
    }
}

impl<T> Csr<T> {
    /// Appends one row. Panics when more than `u32::MAX` items are stored in all.
    pub fn push_row(&mut self, row: impl IntoIterator<Item = T>) {
        self.items.extend(row);
        self.ends
            .push(u32::try_from(self.items.len()).expect("fewer than 2^32 items in a CSR"));
    }

    /// The items of row `i`, in the order pushed.
    #[inline]
    pub fn row(&self, i: usize) -> &[T] {
        let start = if i == 0 { 0 } else { self.ends[i - 1] as usize };
        &self.items[start..self.ends[i] as usize]
    }

    /// Number of rows.
    pub fn n_rows(&self) -> usize {
        self.ends.len()
    }

    /// Number of items over all rows.
    pub fn n_items(&self) -> usize {
        self.items.len()
    }

    /// All rows in order.
    pub fn rows(&self) -> impl Iterator<Item = &[T]> + '_ {
        (0..self.n_rows()).map(|i| self.row(i))
    }

    /// The rows in order, to be changed.
    pub fn rows_mut(&mut self) -> impl Iterator<Item = &mut [T]> + '_ {
        let mut rest = &mut self.items[..];
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let (row, behind) = std::mem::take(&mut rest).split_at_mut(*end as usize - start);
            (rest, start) = (behind, *end as usize);
            row
        })
    }

    /// Builds the inverse of `row -> items`: for each item value 0 to `n_values - 1` the rows that hold it, ascending.
    /// Items equal to [`NONE`] are left out. A row that holds a value twice is listed twice.
    pub fn invert(&self, n_values: usize, key: impl Fn(&T) -> u32) -> Csr<u32> {
        Csr::of_items(n_values, |tell| {
            for (row, items) in self.rows().enumerate() {
                items.iter().for_each(|item| tell(key(item), row as u32));
            }
        })
    }
}

impl<T: Copy> Csr<T> {
    /// Changes every row in place and keeps as many of its items as `change` says, the first ones. Panics when it says
    /// more than there are.
    pub fn shorten_rows(&mut self, mut change: impl FnMut(&mut [T]) -> usize) {
        let (mut start, mut n_kept) = (0, 0);
        for end in &mut self.ends {
            let row = start..*end as usize;
            start = row.end;
            let n = change(&mut self.items[row.clone()]);
            assert!(n <= row.len(), "a row only gets shorter");
            if n_kept < row.start {
                self.items.copy_within(row.start..row.start + n, n_kept);
            }
            n_kept += n;
            *end = n_kept as u32;
        }
        self.items.truncate(n_kept);
    }
}

impl<T: Copy + Default> Csr<T> {
    /// Puts items into rows 0 to `n_rows - 1`, in the order told; those for the row [`NONE`] are left out.
    ///
    /// `walk` tells every item with its row. It is asked twice, first for the sizes, so that no item is held twice.
    pub fn of_items(n_rows: usize, walk: impl Fn(&mut dyn FnMut(u32, T))) -> Csr<T> {
        let mut next = vec![0_u32; n_rows + 1];
        walk(&mut |row, _| {
            if row != NONE {
                next[row as usize + 1] += 1;
            }
        });
        for i in 1..next.len() {
            next[i] += next[i - 1];
        }
        let mut items = vec![T::default(); next[n_rows] as usize];
        walk(&mut |row, item| {
            if row != NONE {
                items[next[row as usize] as usize] = item;
                next[row as usize] += 1;
            }
        });
        // Each row is now where the next one began.
        next.truncate(n_rows);
        Csr { ends: next, items }
    }
}

impl Csr<u32> {
    /// For a column of one value a row ([`NONE`] = no value): the rows of each value, ascending.
    pub fn group(column: &[u32], n_values: usize) -> Csr<u32> {
        Csr::of_items(n_values, |tell| {
            for (row, &value) in column.iter().enumerate() {
                tell(value, row as u32);
            }
        })
    }
}

/// An index from values to their dense numbers, for values that are stored elsewhere: 8 bytes a slot.
///
/// A slot holds half of the value's hash beside its number, so that other values are told apart without a look at
/// them. Open addressing, at most three quarters full. Only asked, never walked.
#[derive(Debug, Clone, Default)]
pub struct HashIndex {
    /// Half of the hash, and the number; [`NONE`] where the slot is free. A power of two.
    slots: Vec<(u32, u32)>,
    len: usize,
}

impl HashIndex {
    /// The hash by which [`find`](Self::find) and [`number`](Self::number) know a value.
    pub fn hash(value: &(impl Hash + ?Sized)) -> u64 {
        let mut hasher = FxHasher::default();
        value.hash(&mut hasher);
        hasher.finish()
    }

    /// The number of a value with this hash; `is_same` tells whether a number is the value's.
    pub fn find(&self, hash: u64, is_same: impl Fn(u32) -> bool) -> Option<u32> {
        if self.slots.is_empty() {
            return None;
        }
        let tag = hash as u32;
        let mut at = tag as usize & (self.slots.len() - 1);
        loop {
            match self.slots[at] {
                (_, NONE) => return None,
                (found, number) if found == tag && is_same(number) => return Some(number),
                _ => at = (at + 1) & (self.slots.len() - 1),
            }
        }
    }

    /// As [`find`](Self::find); a value not there yet gets the number that `new` gives.
    pub fn number(
        &mut self,
        hash: u64,
        is_same: impl Fn(u32) -> bool,
        new: impl FnOnce() -> u32,
    ) -> u32 {
        if let Some(number) = self.find(hash, is_same) {
            return number;
        }
        if (self.len + 1) * 4 > self.slots.len() * 3 {
            let n_slots = (self.slots.len() * 2).max(64);
            let old = std::mem::replace(&mut self.slots, vec![(0, NONE); n_slots]);
            for slot in old.into_iter().filter(|slot| slot.1 != NONE) {
                self.place(slot);
            }
        }
        let number = new();
        self.place((hash as u32, number));
        self.len += 1;
        number
    }

    fn place(&mut self, slot: (u32, u32)) {
        let mask = self.slots.len() - 1;
        let mut at = slot.0 as usize & mask;
        while self.slots[at].1 != NONE {
            at = (at + 1) & mask;
        }
        self.slots[at] = slot;
    }
}

/// Gives equal texts equal dense numbers, in order of first appearance.
#[derive(Debug, Clone, Default)]
pub struct Interner {
    index: HashIndex,
    texts: Vec<Box<str>>,
}

impl Interner {
    /// The number of `text`, new if not seen before.
    pub fn intern(&mut self, text: &str) -> u32 {
        let Interner { index, texts } = self;
        let hash = HashIndex::hash(text);
        let id = u32::try_from(texts.len()).expect("fewer than 2^32 distinct texts");
        let found = index.number(hash, |at| &*texts[at as usize] == text, || id);
        if found == id {
            texts.push(text.into());
        }
        found
    }

    /// The number of `text` if it was interned.
    pub fn get(&self, text: &str) -> Option<u32> {
        self.index.find(HashIndex::hash(text), |id| {
            &*self.texts[id as usize] == text
        })
    }

    /// The text of a number given out earlier.
    #[inline]
    pub fn text(&self, id: u32) -> &str {
        &self.texts[id as usize]
    }

    /// All texts, by number.
    pub fn texts(&self) -> &[Box<str>] {
        &self.texts
    }

    /// All texts, by number, without the index.
    pub fn into_texts(self) -> Vec<Box<str>> {
        self.texts
    }

    /// Number of distinct texts.
    pub fn len(&self) -> usize {
        self.texts.len()
    }

    /// True when nothing was interned.
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::TextCodes;
    use proptest::prelude::*;
    use std::collections::HashMap;

    proptest! {
        #[test]
        fn an_interner_numbers_as_a_map_does(texts in proptest::collection::vec("[ab]{0,6}", 0..400)) {
            let mut interner = Interner::default();
            let mut codes = TextCodes::default();
            let mut plain: HashMap<&str, u32> = HashMap::new();
            for text in &texts {
                prop_assert_eq!(interner.get(text), plain.get(text.as_str()).copied());
                prop_assert_eq!(codes.get(text), interner.get(text));
                let n = plain.len() as u32;
                let expected = *plain.entry(text).or_insert(n);
                prop_assert_eq!(interner.intern(text), expected);
                prop_assert_eq!(interner.text(expected), text);
                prop_assert_eq!(codes.intern(text), expected);
                prop_assert_eq!(codes.text(expected), text);
            }
            prop_assert_eq!(interner.len(), plain.len());
            prop_assert_eq!(codes.len(), plain.len());
            prop_assert!(codes.iter().eq(interner.texts().iter().map(|t| &**t)));
        }
    }

    #[test]
    fn values_of_one_hash_are_told_apart() {
        let values = ["a", "b", "c"];
        let mut index = HashIndex::default();
        for (i, value) in values.iter().enumerate() {
            let is_same = |n: u32| values[n as usize] == *value;
            assert_eq!(index.find(7, is_same), None);
            assert_eq!(index.number(7, is_same, || i as u32), i as u32);
            assert_eq!(index.number(7, is_same, || unreachable!()), i as u32);
        }
    }

    #[test]
    fn group_lists_rows_of_each_value_in_order() {
        let groups = Csr::group(&[1, 0, NONE, 1], 3);
        assert_eq!(groups.row(0), &[1]);
        assert_eq!(groups.row(1), &[0, 3]);
        assert_eq!(groups.row(2), &[] as &[u32]);
    }

    #[test]
    fn rows_are_shortened_in_place() {
        let before: [&[u32]; 5] = [&[3, 1, 3], &[], &[7], &[2, 2], &[9, 8]];
        let mut rows = Csr::default();
        for row in before {
            rows.push_row(row.iter().copied());
        }
        rows.shorten_rows(|row| {
            row.sort_unstable();
            row.len().saturating_sub(1)
        });
        let wanted: [&[u32]; 5] = [&[1, 3], &[], &[], &[2], &[8]];
        assert!(rows.rows().eq(wanted));
        assert_eq!(rows.n_items(), 4);
    }

    #[test]
    fn invert_is_the_transpose() {
        let mut rows = Csr::default();
        rows.push_row([0_u32, 2]);
        rows.push_row([2]);
        let inverse = rows.invert(3, |&v| v);
        assert_eq!(inverse.row(0), &[0]);
        assert_eq!(inverse.row(1), &[] as &[u32]);
        assert_eq!(inverse.row(2), &[0, 1]);
    }
}
