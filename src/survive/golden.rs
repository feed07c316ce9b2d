//! The golden record: for each column the value that survives and the record it comes from.
//!
//! Columns that describe one thing together, an address or a name, come from one record, so that no address is made
//! up of two.

use super::Judgements;
use super::columns::Columns;
use super::worth::Worth;
use crate::model::{GoldenValue, RecordIdx};
use std::cmp::Reverse;

/// The members' values, with what is known of them. Rows are members, ascending.
pub(super) struct Values<'a> {
    pub(super) columns: &'a Columns,
    pub(super) members: &'a [RecordIdx],
    pub(super) judged: &'a Judgements<'a>,
    /// Rank of each row, 0 for the survivor.
    pub(super) rank: &'a [usize],
}

/// The surviving values, in column order; columns empty in every member are left out.
///
/// The survivor's value comes first. Another member's replaces it only when the survivor has none or an unusable one
/// (placeholder, invalid, mangled); among several the best, then the highest ranked. A group of fields is taken from
/// the survivor unless it has no usable value in the group, or another member holds all it has there and more.
/// Columns that belong to the record itself (id, state, dates, version) are the survivor's.
pub(super) fn golden(values: &Values) -> Vec<GoldenValue> {
    let survivor = values.survivor();
    let groups = &values.columns.groups;
    let group_sources = groups
        .each_ref()
        .map(|columns| values.group_source(columns, survivor));
    let rows = 0..values.members.len();
    let is_filled = |column: &usize| {
        let mut rows = rows.clone();
        rows.any(|row| values.worth(row, *column) > Worth::Empty)
    };
    let all = 0..values.columns.all.len();
    // Counted first: of a list that grows, half would be held in vain.
    let mut golden = Vec::with_capacity(all.clone().filter(is_filled).count());
    golden.extend(all.filter(is_filled).map(|column| {
        let kind = &values.columns.all[column];
        let source = match kind.group {
            _ if kind.is_bookkeeping => survivor,
            Some(group) => group_sources[group],
            None => values.column_source(column, survivor),
        };
        GoldenValue {
            column_idx: column as u32,
            source: values.members[source],
        }
    }));
    golden
}

impl Values<'_> {
    fn text(&self, row: usize, column: usize) -> &str {
        self.judged.text(row, column)
    }

    fn worth(&self, row: usize, column: usize) -> Worth {
        self.judged.row(row)[column].worth
    }

    fn survivor(&self) -> usize {
        self.rank
            .iter()
            .position(|&rank| rank == 0)
            .expect("a cluster has a survivor")
    }

    /// The row a single column's value comes from.
    fn column_source(&self, column: usize, survivor: usize) -> usize {
        if self.worth(survivor, column) >= Worth::Doubtful {
            return survivor;
        }
        (0..self.members.len())
            .max_by_key(|&row| (self.worth(row, column), Reverse(self.rank[row])))
            .unwrap_or(survivor)
    }

    /// The row a group's values come from.
    fn group_source(&self, columns: &[usize], survivor: usize) -> usize {
        let n_of = |row: usize, least: Worth| {
            columns
                .iter()
                .filter(|&&c| self.worth(row, c) >= least)
                .count()
        };
        let fullest = |rows: &mut dyn Iterator<Item = usize>| {
            rows.max_by_key(|&row| {
                (
                    n_of(row, Worth::Doubtful),
                    n_of(row, Worth::Good),
                    n_of(row, Worth::Unusable),
                    Reverse(self.rank[row]),
                )
            })
        };
        let rows = 0..self.members.len();
        if n_of(survivor, Worth::Doubtful) == 0 {
            return fullest(&mut rows.into_iter()).unwrap_or(survivor);
        }
        let held: Vec<usize> = columns
            .iter()
            .copied()
            .filter(|&c| self.worth(survivor, c) >= Worth::Doubtful)
            .collect();
        let holds_all = |row: &usize| {
            held.iter().all(|&c| {
                self.worth(*row, c) >= Worth::Doubtful
                    && is_same(self.text(*row, c), self.text(survivor, c))
            })
        };
        // The survivor is among them, and ranks first among the equally full.
        fullest(&mut rows.into_iter().filter(holds_all)).unwrap_or(survivor)
    }
}

/// Equal but for case. Both are trimmed.
fn is_same(left: &str, right: &str) -> bool {
    if left.is_ascii() && right.is_ascii() {
        return left.eq_ignore_ascii_case(right);
    }
    left == right || left.to_lowercase() == right.to_lowercase()
}
