//! Status options of leads, contacts and accounts as the files use them, and which have no counterpart.

use crate::model::{Activity, Field, RecordIdx, RecordType, Table};
use std::collections::BTreeMap;

/// A status reason in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusOption {
    /// On which table.
    pub record_type: RecordType,
    /// Whether records of this status are active.
    pub active: bool,
    /// The label or code, as exported.
    pub option: String,
    /// Records that have it.
    pub n_records: u64,
    /// Of the other tables that were read, those that never use this option in the same state. Asked of open leads
    /// alone, whose status a mapping may carry over.
    pub missing_on: Vec<RecordType>,
}

/// The status options in use, by table, active ones first, then by option. Blank ones are not listed.
///
/// Labels are compared without case. Codes of different tables that look alike need not mean the same, so a file of
/// codes is compared by code and nothing more.
pub fn status_options(table: &Table) -> Vec<StatusOption> {
    let Some(column) = table.field(Field::StatusReason) else {
        return Vec::new();
    };
    let mut counts: BTreeMap<(RecordType, bool, String), u64> = BTreeMap::new();
    for i in 0..table.n_records() {
        let option = column.get(RecordIdx(i as u32).at()).trim();
        if !option.is_empty() {
            // Active before inactive.
            let inactive = table.activity[i] != Activity::Active;
            let key = (table.record_type[i], inactive, option.to_owned());
            *counts.entry(key).or_default() += 1;
        }
    }
    let uses = |t: RecordType| counts.keys().any(|(of, _, _)| *of == t);
    let has = |t: RecordType, inactive: bool, option: &str| {
        counts.keys().any(|(of, i, o)| {
            *of == t && *i == inactive && o.to_lowercase() == option.to_lowercase()
        })
    };
    counts
        .iter()
        .map(|((record_type, inactive, option), n)| StatusOption {
            record_type: *record_type,
            active: !inactive,
            option: option.clone(),
            n_records: *n,
            missing_on: [RecordType::Contact, RecordType::Account]
                .into_iter()
                .filter(|t| {
                    *record_type == RecordType::Lead
                        && !inactive
                        && uses(*t)
                        && !has(*t, *inactive, option)
                })
                .collect(),
        })
        .collect()
}
