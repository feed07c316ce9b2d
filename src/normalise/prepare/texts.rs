//! The text columns that rules name, in the forms their conditions compare.

use super::Distinct;
use crate::model::{Interner, NONE, Table, TextColumnCodes, TextForm};
use crate::normalise::fold;
use crate::normalise::picklist::{Choice, Picklist};
use crate::rules::RuleSet;
use crate::similarity::measures::measured;
use rayon::prelude::*;
use std::sync::atomic::{AtomicU64, Ordering};

/// One entry for each text column and form the rules name, in rule order.
pub(super) fn read_texts(table: &Table, rules: &RuleSet) -> Vec<TextColumnCodes> {
    let mut wanted: Vec<(&str, TextForm)> = Vec::new();
    for condition in rules
        .rules
        .iter()
        .flat_map(|r| r.when.iter().chain(&r.unless))
    {
        for (name, form) in condition.text_columns() {
            if !wanted
                .iter()
                .any(|(w, f)| *f == form && w.eq_ignore_ascii_case(name))
            {
                wanted.push((name, form));
            }
        }
    }
    wanted
        .into_par_iter()
        .map(|(name, form)| {
            let n_cut = AtomicU64::new(0);
            let measured = |text: String| {
                let beginning = measured(&text);
                if beginning.len() == text.len() {
                    return text;
                }
                n_cut.fetch_add(1, Ordering::Relaxed);
                beginning.to_owned()
            };
            let lower = |v: &str| v.trim().to_lowercase();
            let as_written = |v: &str| v.trim().to_owned();
            let (column, values) = match form {
                TextForm::Lower => by_value(table, name, lower),
                TextForm::AsWritten => by_value(table, name, as_written),
                TextForm::MeasuredLower => by_value(table, name, |v| measured(lower(v))),
                TextForm::MeasuredAsWritten => by_value(table, name, |v| measured(as_written(v))),
                TextForm::MeasuredFolded => by_value(table, name, |v| measured(fold::fold(v))),
                TextForm::PicklistLabel
                | TextForm::PicklistLabelAsWritten
                | TextForm::PicklistValue => choices(table, rules, name, form),
            };
            TextColumnCodes {
                name: name.to_owned(),
                values,
                column,
                form,
                n_cut: n_cut.into_inner(),
            }
        })
        .collect()
}

fn by_value(
    table: &Table,
    name: &str,
    read: impl Fn(&str) -> String + Sync,
) -> (Vec<u32>, Interner) {
    Distinct::of(table.n_records(), table.column(name)).read(read)
}

/// A pick list; what stands for no known choice is blank here, and refused by whoever checks rules against the data.
fn choices(table: &Table, rules: &RuleSet, name: &str, form: TextForm) -> (Vec<u32>, Interner) {
    let n = table.n_records();
    let mut values = Interner::default();
    let Some(list) = Picklist::of(table, name, &rules.picklists) else {
        return (vec![NONE; n], values);
    };
    let column = (0..n)
        .map(|i| {
            let choice = match form {
                TextForm::PicklistValue => list.value(i),
                _ => list.label(i),
            };
            match choice {
                Choice::Is(text) if form == TextForm::PicklistLabel => {
                    values.intern(&text.to_lowercase())
                }
                Choice::Is(text) => values.intern(&text),
                Choice::Blank | Choice::Unknown => NONE,
            }
        })
        .collect();
    (column, values)
}
