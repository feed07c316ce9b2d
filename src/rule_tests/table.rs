//! The records of examples as a table, alone or among those of a file.

use super::{Example, ExampleRecord};
use crate::model::{Activity, Candidacy, Field, Origin, RecordIdx, RecordType, Table, TextColumn};
use std::collections::BTreeMap;

/// A table of the examples' records, of `data` when there is some, and of `n_blank` records without any value; and where
/// the two records of each example are. Rows are in the order of (record type, id), as in every table.
pub(super) fn of(
    examples: &[&Example],
    data: Option<&Table>,
    n_blank: usize,
) -> (Table, Vec<(RecordIdx, RecordIdx)>) {
    let mut table = data.cloned().unwrap_or_default();
    let n_before = table.n_records();
    let blank = ExampleRecord {
        record_type: examples
            .first()
            .map_or(RecordType::Lead, |e| e.a.record_type),
        active: true,
        values: BTreeMap::new(),
    };
    let mut records: Vec<(String, &ExampleRecord)> = Vec::new();
    for (i, example) in examples.iter().enumerate() {
        records.push((format!("example {i:05} a"), &example.a));
        records.push((format!("example {i:05} b"), &example.b));
    }
    records.extend((0..n_blank).map(|i| (format!("blank {i:07}"), &blank)));

    // Every column that some record names, the id first.
    column_of(&mut table, Field::Id.name());
    for (_, record) in &records {
        for name in record.values.keys() {
            column_of(&mut table, name);
        }
    }
    for (id, record) in &records {
        table.record_type.push(record.record_type);
        table.activity.push(if record.active {
            Activity::Active
        } else {
            Activity::Inactive
        });
        table.candidacy.push(Candidacy::Candidate);
        table.origin.push(Origin {
            file_idx: 0,
            row: 0,
            line: 0,
        });
        let mut cells: BTreeMap<usize, &str> = BTreeMap::new();
        for (name, value) in &record.values {
            cells.insert(column_of(&mut table, name), value);
        }
        cells.insert(column_of(&mut table, Field::Id.name()), id);
        for (at, column) in table.columns.iter_mut().enumerate() {
            column.push(cells.get(&at).copied().unwrap_or(""));
        }
    }

    let id_column = column_of(&mut table, Field::Id.name());
    let mut order: Vec<u32> = (0..table.n_records() as u32).collect();
    {
        let ids = &table.columns[id_column];
        let key = |i: &u32| (table.record_type[*i as usize], ids.get(*i as usize));
        order.sort_by(|a, b| key(a).cmp(&key(b)));
    }
    let mut position = vec![0_u32; order.len()];
    for (new, old) in order.iter().enumerate() {
        position[*old as usize] = new as u32;
    }
    let at = |i: &u32| *i as usize;
    let sorted = Table {
        files: table.files.clone(),
        record_type: order.iter().map(|i| table.record_type[at(i)]).collect(),
        activity: order.iter().map(|i| table.activity[at(i)]).collect(),
        candidacy: order.iter().map(|i| table.candidacy[at(i)]).collect(),
        origin: order.iter().map(|i| table.origin[at(i)]).collect(),
        columns: table.columns.iter().map(|c| c.gather(&order)).collect(),
        stateless: table.stateless.clone(),
    };
    let places = (0..examples.len())
        .map(|i| {
            let of = |offset: usize| RecordIdx(position[n_before + 2 * i + offset]);
            (of(0), of(1))
        })
        .collect();
    (sorted, places)
}

/// Where the column a rule would call `name` is; added, blank for the records so far, when there is none.
fn column_of(table: &mut Table, name: &str) -> usize {
    let found = table
        .columns
        .iter()
        .position(|c| c.name().eq_ignore_ascii_case(name));
    found.unwrap_or_else(|| {
        let mut column = TextColumn::new(name, Field::parse(name));
        for _ in 0..table
            .columns
            .first()
            .map_or(table.n_records(), TextColumn::len)
        {
            column.push("");
        }
        table.columns.push(column);
        table.columns.len() - 1
    })
}
