//! A rule read the way a matchcode table works: one code a record and side, equal codes are a match.
//!
//! For rules of equalities on one column each, which are the rules Dynamics has. Says nothing of activity or candidacy.

use super::condition::{BlockInput, CompiledRule};
use crate::model::{NONE, RecordIdx};
use crate::rules::Rule;
use rustc_hash::FxHashMap;

/// The matchcodes of one rule: a number for each record as base and as matching record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SideCodes {
    /// As base record; [`NONE`] for records of another type and for codes with a value that matches nothing.
    pub base: Vec<u32>,
    /// As matching record, numbered alike.
    pub matching: Vec<u32>,
}

impl SideCodes {
    /// Whether `matching` is a duplicate of `base`.
    pub fn matches(&self, base: RecordIdx, matching: RecordIdx) -> bool {
        let code = self.base[base.at()];
        base != matching && code != NONE && code == self.matching[matching.at()]
    }
}

/// The matchcodes of a rule; `None` when a condition is no equality of one value a record.
/// Cost: proportional to records times conditions.
pub fn side_codes(input: BlockInput<'_>, rule: &Rule) -> Option<SideCodes> {
    let compiled = CompiledRule::new(rule, input);
    let p = input.prepared;
    let mut numbers: FxHashMap<Box<[u32]>, u32> = FxHashMap::default();
    let mut keys: Vec<u32> = Vec::new();
    let mut side = |is_base: bool| -> Option<Vec<u32>> {
        let record_type = if is_base { rule.base } else { rule.matching };
        let mut codes = Vec::with_capacity(p.n_records());
        for i in 0..p.n_records() {
            if p.record_type[i] != record_type {
                codes.push(NONE);
                continue;
            }
            keys.clear();
            let whole = compiled.single_keys(is_base, RecordIdx(i as u32), &mut keys)?;
            if !whole {
                codes.push(NONE);
                continue;
            }
            let next = numbers.len() as u32;
            let code = match numbers.get(keys.as_slice()) {
                Some(code) => *code,
                None => *numbers.entry(keys.clone().into()).or_insert(next),
            };
            codes.push(code);
        }
        Some(codes)
    };
    Some(SideCodes {
        base: side(true)?,
        matching: side(false)?,
    })
}
