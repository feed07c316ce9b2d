//! Which lead became which account or contact: such records are no duplicates of each other.

use super::Distinct;
use crate::model::{Activity, Field, RecordIdx, RecordType, Table};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

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
    let columns: Vec<(Field, Distinct)> = links
        .into_iter()
        .filter_map(|f| Some((f, Distinct::of(n, Some(table.field(f)?)))))
        .collect();
    let Some(ids) = table.field(Field::Id).filter(|_| !columns.is_empty()) else {
        return Vec::new();
    };
    let mut by_id: FxHashMap<(RecordType, String), u32> = FxHashMap::default();
    for i in 0..n {
        by_id
            .entry((table.record_type[i], bare_id(ids.get(i))))
            .or_insert(i as u32);
    }
    let mut pairs = Vec::new();
    for (field, distinct) in &columns {
        let bare: Vec<String> = distinct.values.par_iter().map(|v| bare_id(v)).collect();
        for i in 0..n {
            let id = &bare[distinct.ids[i] as usize];
            if id.is_empty() {
                continue;
            }
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
            if let Some(other) = by_id.get(&(target, id.clone())) {
                let (left, right) = ((i as u32).min(*other), (i as u32).max(*other));
                pairs.push((RecordIdx(left), RecordIdx(right)));
            }
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

fn bare_id(text: &str) -> String {
    text.trim().trim_matches(['{', '}']).to_ascii_lowercase()
}
