//! Some of the rows of a table.

/// Rows, and the number of each among them.
///
/// One bit a row of the table, and four bytes for each 64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowSet {
    n_rows: usize,
    n_members: usize,
    words: Vec<u64>,
    /// Members before each word.
    before: Vec<u32>,
}

impl RowSet {
    /// The rows given, in any order and as often as they come, of a table of `n_rows`.
    ///
    /// Panics on a row beyond the table.
    pub fn new(n_rows: usize, rows: impl Iterator<Item = usize>) -> RowSet {
        let mut words = vec![0_u64; n_rows.div_ceil(64)];
        for row in rows {
            assert!(row < n_rows, "row {row} of {n_rows}");
            words[row / 64] |= 1 << (row % 64);
        }
        let mut n_members = 0;
        let before = words
            .iter()
            .map(|word| {
                let before = n_members as u32;
                n_members += word.count_ones() as usize;
                before
            })
            .collect();
        RowSet {
            n_rows,
            n_members,
            words,
            before,
        }
    }

    /// How many rows these are.
    pub fn len(&self) -> usize {
        self.n_members
    }

    /// True when these are none.
    pub fn is_empty(&self) -> bool {
        self.n_members == 0
    }

    /// How many rows the table has.
    pub fn of_how_many(&self) -> usize {
        self.n_rows
    }

    /// These rows between two multiples of 64, ascending; the end may lie beyond the table.
    pub fn between(&self, from: usize, to: usize) -> impl Iterator<Item = usize> + '_ {
        assert!(from.is_multiple_of(64) && to.is_multiple_of(64));
        let words = from / 64..(to / 64).min(self.words.len());
        words.flat_map(|at| {
            let mut rest = self.words[at];
            std::iter::from_fn(move || {
                let bit = (rest != 0).then(|| rest.trailing_zeros() as usize)?;
                rest &= rest - 1;
                Some(64 * at + bit)
            })
        })
    }

    /// The number of a row among these, by position in the table; `None` when it is not one of them.
    #[inline]
    pub fn number(&self, row: usize) -> Option<usize> {
        let (at, bit) = (row / 64, row % 64);
        let word = *self.words.get(at)?;
        let lower = word & ((1 << bit) - 1);
        (word >> bit & 1 == 1).then(|| self.before[at] as usize + lower.count_ones() as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_numbered_in_their_order() {
        for n_rows in [0, 1, 63, 64, 65, 300] {
            let is_member = |row: &usize| row % 7 == 3 || row % 64 == 63;
            let rows: Vec<usize> = (0..n_rows).filter(is_member).collect();
            let set = RowSet::new(n_rows, rows.iter().rev().chain(&rows).copied());
            assert_eq!((set.len(), set.of_how_many()), (rows.len(), n_rows));
            assert_eq!(set.is_empty(), rows.is_empty());
            for (from, to) in [(0, 64), (0, 512), (64, 128), (128, 128)] {
                let within = rows.iter().filter(|row| (from..to).contains(*row));
                assert!(set.between(from, to).eq(within.copied()), "{from}..{to}");
            }
            for row in 0..n_rows + 70 {
                assert_eq!(
                    set.number(row),
                    rows.iter().position(|r| *r == row),
                    "{row}"
                );
            }
        }
    }
}
