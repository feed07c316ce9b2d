//! Equality conditions as keys: records that satisfy one share a key of it.

use super::{CompiledRule, Test};
use crate::model::{Csr, Interner, RecordIdx, RecordType};
use crate::rules::Rule;
use std::borrow::Cow;
use std::sync::Arc;

/// A key column for an equality condition: for each record its keys, from the base column and the matching column.
#[derive(Debug, Clone)]
pub(super) struct KeyColumns<'a> {
    pub(super) base: Cow<'a, Csr<u32>>,
    /// `None` where a record has the same keys on either side.
    pub(super) matching: Option<Csr<u32>>,
    pub(super) n_keys: usize,
    /// For reports: what a key is called.
    pub(super) kind: &'static str,
    /// For reports: the keys of a text column.
    pub(super) texts: Option<Arc<Interner>>,
}

impl KeyColumns<'_> {
    pub(super) fn of(&self, base: bool, record: RecordIdx) -> &[u32] {
        match &self.matching {
            Some(matching) if !base => matching.row(record.at()),
            _ => self.base.row(record.at()),
        }
    }

    /// A record has the same keys on either side.
    pub(super) fn is_symmetric(&self) -> bool {
        self.matching.is_none()
    }
}

/// A lone unit separator cannot be a trimmed value, so it can stand for "blank".
pub(super) const BLANK: &str = "\u{1f}";

/// Keys under which records must meet, as rows per record, with the rule condition they belong to.
pub(in crate::block) struct KeyPlan<'r> {
    rule: &'r Rule,
    record_type: &'r [RecordType],
    keys: &'r KeyColumns<'r>,
    people: Option<&'r [u32]>,
    condition_idx: usize,
}

impl KeyPlan<'_> {
    /// Number of distinct keys.
    pub(in crate::block) fn n_keys(&self) -> usize {
        self.keys.n_keys
    }

    /// What a key is, for reports.
    pub(in crate::block) fn kind(&self) -> &'static str {
        self.keys.kind
    }

    /// All keys of a record, from each side it can stand on, distinct.
    pub(in crate::block) fn keys_of(&self, record: RecordIdx, out: &mut Vec<u32>) {
        out.clear();
        let record_type = self.record_type[record.at()];
        if record_type == self.rule.base {
            out.extend_from_slice(self.keys.of(true, record));
        }
        if record_type == self.rule.matching {
            out.extend_from_slice(self.keys.of(false, record));
        }
        out.sort_unstable();
        out.dedup();
    }

    /// The keys of a record as base record, or as matching record.
    pub(in crate::block) fn side(&self, base: bool, record: RecordIdx) -> &[u32] {
        self.keys.of(base, record)
    }

    /// True when the key is a generic value.
    pub(in crate::block) fn is_generic(&self, key: u32) -> bool {
        self.people.is_some_and(|p| p[key as usize] > 0)
    }

    /// Position of the condition in the rule.
    pub(in crate::block) fn condition_idx(&self) -> usize {
        self.condition_idx
    }
}

impl CompiledRule<'_> {
    /// Equality conditions that can serve as an index, in rule order.
    pub(in crate::block) fn key_plans(&self) -> Vec<KeyPlan<'_>> {
        self.when
            .iter()
            .enumerate()
            .filter_map(|(condition_idx, test)| match test {
                Test::Equal { keys, people, .. } => Some(KeyPlan {
                    rule: self.rule,
                    record_type: &self.input.prepared.record_type,
                    keys,
                    people: *people,
                    condition_idx,
                }),
                _ => None,
            })
            .collect()
    }

    /// How a key reads in reports.
    pub(in crate::block) fn key_text(&self, plan: &KeyPlan<'_>, key: u32) -> String {
        let prepared = self.input.prepared;
        match plan.keys.kind {
            "e-mail" => prepared
                .email_codes
                .codes
                .at(key as usize)
                .matchcode
                .to_owned(),
            "phone" => prepared
                .phone_codes
                .codes
                .at(key as usize)
                .matchcode
                .to_owned(),
            "e-mail domain" => prepared.domain_codes.codes[key as usize]
                .registrable
                .clone(),
            "web site" => prepared.domain_codes.codes[key as usize]
                .registrable
                .clone(),
            "address" => prepared.addresses.text(key).to_owned(),
            "place" => prepared.place_text(key).to_owned(),
            _ => match plan.keys.texts.as_ref().map(|t| t.text(key)) {
                Some(BLANK) => "(blank)".to_owned(),
                Some(text) => text.to_owned(),
                None => format!("value {key}"),
            },
        }
    }

    /// The one key of each condition for a record on one side, pushed in order; `Some(false)` when one is missing.
    /// `None` when a condition is no equality, or the record has several keys for it.
    pub(in crate::block) fn single_keys(
        &self,
        base: bool,
        record: RecordIdx,
        out: &mut Vec<u32>,
    ) -> Option<bool> {
        for test in &self.when {
            let Test::Equal { keys, .. } = test else {
                return None;
            };
            match keys.of(base, record) {
                [] => return Some(false),
                [key] => out.push(*key),
                _ => return None,
            }
        }
        Some(true)
    }
}
