//! The text columns that rules name, in the forms their conditions compare.

use super::Distinct;
use crate::model::{Interner, NONE, Table, TextColumnCodes, TextForm};
use crate::normalise::fold;
use crate::normalise::picklist::{Choice, Picklist};
use crate::rules::RuleSet;
use rayon::prelude::*;

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
            let (column, values) = match form {
                TextForm::Lower => by_value(table, name, |v| v.trim().to_lowercase()),
                TextForm::AsWritten => by_value(table, name, |v| v.trim().to_owned()),
                TextForm::Folded => by_value(table, name, fold::fold),
                TextForm::PicklistLabel
                | TextForm::PicklistLabelAsWritten
                | TextForm::PicklistValue => choices(table, rules, name, form),
            };
            TextColumnCodes {
                name: name.to_owned(),
                values,
                column,
                form,
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
