//! The golden record: for each column the value that survives, the record it comes from, and what a merge would lose.
//!
//! Columns that describe one thing together, an address or a name, come from one record, so that no address is made
//! up of two.

use super::Judgements;
use super::survivor::is_bookkeeping;
use super::worth::Worth;
use crate::model::{Field, GoldenValue, RecordIdx, Table};
use std::cmp::Reverse;

/// Fields that move together.
const GROUPS: [&[Field]; 2] = [
    &[
        Field::FullName,
        Field::FirstName,
        Field::MiddleName,
        Field::LastName,
        Field::Suffix,
    ],
    &[
        Field::Street,
        Field::Street2,
        Field::City,
        Field::StateOrProvince,
        Field::PostalCode,
        Field::Country,
    ],
];

/// The members' values, with what is known of them. Rows are members, ascending.
pub(super) struct Values<'a> {
    pub(super) table: &'a Table,
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
/// Columns that belong to the record itself (id, state, dates, version) are the survivor's and lose nothing.
pub(super) fn golden(values: &Values) -> Vec<GoldenValue> {
    let group_sources: Vec<(Vec<usize>, usize)> = GROUPS
        .iter()
        .map(|fields| values.group_columns(fields))
        .map(|columns| {
            let source = values.group_source(&columns);
            (columns, source)
        })
        .collect();
    (0..values.table.columns.len())
        .filter(|&column| (0..values.members.len()).any(|row| !values.text(row, column).is_empty()))
        .map(|column| {
            let in_group = group_sources
                .iter()
                .find(|(columns, _)| columns.contains(&column));
            let own = values.table.columns[column]
                .field
                .is_some_and(is_bookkeeping);
            let source = match in_group {
                _ if own => values.survivor(),
                Some((_, source)) => *source,
                None => values.column_source(column),
            };
            let lost = if own {
                Vec::new()
            } else {
                values.lost(column, source)
            };
            GoldenValue {
                column_idx: column as u32,
                source: values.members[source],
                lost,
            }
        })
        .collect()
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

    fn group_columns(&self, fields: &[Field]) -> Vec<usize> {
        (0..self.table.columns.len())
            .filter(|&c| {
                self.table.columns[c]
                    .field
                    .is_some_and(|f| fields.contains(&f))
            })
            .collect()
    }

    /// The row a single column's value comes from.
    fn column_source(&self, column: usize) -> usize {
        let survivor = self.survivor();
        if self.worth(survivor, column) >= Worth::Doubtful {
            return survivor;
        }
        (0..self.members.len())
            .max_by_key(|&row| (self.worth(row, column), Reverse(self.rank[row])))
            .unwrap_or(survivor)
    }

    /// The row a group's values come from.
    fn group_source(&self, columns: &[usize]) -> usize {
        let n_of = |row: usize, least: Worth| {
            columns
                .iter()
                .filter(|&&c| self.worth(row, c) >= least)
                .count()
        };
        let survivor = self.survivor();
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

    /// Members with another value than the one that survives, ascending.
    fn lost(&self, column: usize, source: usize) -> Vec<RecordIdx> {
        let kept = self.text(source, column);
        (0..self.members.len())
            .filter(|&row| {
                let text = self.text(row, column);
                !text.is_empty() && !is_same(text, kept)
            })
            .map(|row| self.members[row])
            .collect()
    }
}

/// Two values equal but for case lose nothing to each other. Both are trimmed.
fn is_same(left: &str, right: &str) -> bool {
    if left.is_ascii() && right.is_ascii() {
        return left.eq_ignore_ascii_case(right);
    }
    left == right || left.to_lowercase() == right.to_lowercase()
}
