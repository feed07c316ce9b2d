//! What the columns of a table mean to this stage: settled once, asked for every value.

use super::survivor::{completeness_weight, is_bookkeeping};
use crate::model::{Field, Table};

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

/// One column.
#[derive(Debug, Clone, Copy)]
pub(super) struct ColumnKind {
    pub(super) field: Option<Field>,
    /// See [`completeness_weight`].
    pub(super) weight: u32,
    /// See [`is_bookkeeping`].
    pub(super) is_bookkeeping: bool,
    /// Position in [`Columns::groups`].
    pub(super) group: Option<usize>,
}

/// All columns of a table.
#[derive(Debug, Clone)]
pub(super) struct Columns {
    /// By position in [`Table::columns`].
    pub(super) all: Vec<ColumnKind>,
    /// The columns of each group of fields that move together, ascending.
    pub(super) groups: [Vec<usize>; GROUPS.len()],
}

impl Columns {
    pub(super) fn of(table: &Table) -> Columns {
        let group_of = |field: Field| GROUPS.iter().position(|group| group.contains(&field));
        let all: Vec<ColumnKind> = table
            .columns
            .iter()
            .map(|column| ColumnKind {
                field: column.field,
                weight: completeness_weight(column.field),
                is_bookkeeping: column.field.is_some_and(is_bookkeeping),
                group: column.field.and_then(group_of),
            })
            .collect();
        let groups = std::array::from_fn(|group| {
            (0..all.len())
                .filter(|&c| all[c].group == Some(group))
                .collect()
        });
        Columns { all, groups }
    }
}
