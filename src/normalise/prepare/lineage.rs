//! Which lead became which account or contact: such records are no duplicates of each other.

use crate::model::{Activity, Field, Interner, NONE, RecordIdx, RecordType, Table};

/// Pairs of a qualified lead and the account or contact born from it.
///
/// A lead's parent columns count only once the lead is inactive: an open lead may be filed under a customer it was not
/// born with. `originatingleadid` always counts. Ids are compared without case and braces.
pub(super) fn lineage(table: &Table) -> Vec<(RecordIdx, RecordIdx)> {
    let n = table.n_records();
    let links = [
        Field::ParentAccount,
        Field::ParentContact,
        Field::OriginatingLead,
    ];
    let Some(ids) = table.field(Field::Id) else {
        return Vec::new();
    };
    // What is linked to what, then who that is: few ids are asked for, so that no others are kept.
    let mut asked: Vec<(u32, RecordType, u32)> = Vec::new();
    let mut wanted = Interner::default();
    for field in links {
        let Some(column) = table.field(field) else {
            continue;
        };
        for i in (0..n).filter(|i| !column.get(*i).is_empty()) {
            let is_lead = table.record_type[i] == RecordType::Lead;
            let target = match field {
                Field::OriginatingLead if !is_lead => RecordType::Lead,
                Field::ParentAccount if is_lead => RecordType::Account,
                Field::ParentContact if is_lead => RecordType::Contact,
                _ => continue,
            };
            let qualified = table.activity[i] == Activity::Inactive
                || table.stateless.contains(&RecordType::Lead);
            if is_lead && !qualified {
                continue;
            }
            let id = bare_id(column.get(i));
            if !id.is_empty() {
                asked.push((i as u32, target, wanted.intern(&id)));
            }
        }
    }
    if asked.is_empty() {
        return Vec::new();
    }
    // Of each type the first record with the id.
    let mut found = vec![[NONE; RecordType::ALL.len()]; wanted.len()];
    for i in 0..n {
        if let Some(id) = wanted.get(&bare_id(ids.get(i))) {
            let slot = &mut found[id as usize][table.record_type[i] as usize];
            *slot = (*slot).min(i as u32);
        }
    }
    let mut pairs: Vec<(RecordIdx, RecordIdx)> = asked
        .into_iter()
        .map(|(i, target, id)| (i, found[id as usize][target as usize]))
        .filter(|(_, other)| *other != NONE)
        .map(|(i, other)| (RecordIdx(i.min(other)), RecordIdx(i.max(other))))
        .collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

fn bare_id(text: &str) -> String {
    text.trim().trim_matches(['{', '}']).to_ascii_lowercase()
}
