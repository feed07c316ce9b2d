//! What can be said against a rule set on given records: the half of `kinfold rules check` that needs data.
//!
//! The other half, and the kinds of findings, are in `rules::check`. A file for each group: `columns` looks at what the
//! rules read, `conditions` at each condition by counting keys, `chance` at thresholds and `wide` at whole rules by
//! drawing pairs (`draw`), `outcome` at what the rules find when they are run. Only counts and names of columns are told, no value of a record.

mod chance;
mod columns;
mod conditions;
mod draw;
mod outcome;
mod wide;

pub use wide::wide_rules;

use crate::model::{Progress, RecordType, Table};
use crate::normalise;
use crate::pipeline::{Engine, Loaded};
use crate::rules::check::{Finding, sort};
use crate::rules::{Condition, RuleSet};

/// Looks a rule set over on records. Findings are in the order of `rules::check::sort`.
///
/// `loaded` may have been read with other rules; its matchcodes are made anew for these. `default_country` as in a run.
/// Rules that these files cannot answer are told and otherwise left out.
/// Cost: that of preparing the records and of finding the pairs of the rules, without weighing them.
pub fn check_data(
    loaded: Loaded,
    set: &RuleSet,
    default_country: Option<&str>,
    progress: &dyn Progress,
) -> Vec<Finding> {
    let mut findings = columns::of_set(&loaded.table, set);
    // A rule that names a column nobody has cannot be compiled.
    let answerable: Vec<usize> = (0..set.rules.len())
        .filter(|i| {
            columns::missing(&loaded.table, &set.rules[*i])
                .next()
                .is_none()
        })
        .collect();
    let asked = RuleSet {
        rules: answerable.iter().map(|i| set.rules[*i].clone()).collect(),
        ..set.clone()
    };
    let Loaded {
        table, prepared, ..
    } = loaded;
    drop(prepared);
    let country = default_country.or(set.default_country.as_deref());
    let prepared = normalise::prepare(&table, &asked, country, progress);
    let engine = Engine::new(&prepared);
    let run = Data {
        set,
        answerable: &answerable,
        table: &table,
        engine: &engine,
    };
    conditions::of_set(&run, &mut findings);
    chance::of_set(&run, progress, &mut findings);
    let wide = wide::of_set(&run, progress, &mut findings);
    outcome::of_set(&run, &wide, progress, &mut findings);
    sort(&mut findings);
    findings
}

/// What the groups look at.
struct Data<'a> {
    set: &'a RuleSet,
    /// Positions of the rules whose columns all exist.
    answerable: &'a [usize],
    table: &'a Table,
    engine: &'a Engine<'a>,
}

/// Columns a condition reads on the base and on the matching side; `None` for conditions on matchcodes.
fn sides(condition: &Condition) -> Option<(&str, &str)> {
    let columns = condition.text_columns();
    Some((columns.first()?.0, columns.last()?.0))
}

/// Number of records of a type.
fn n_of_type(table: &Table, t: RecordType) -> u64 {
    table.record_type.iter().filter(|r| **r == t).count() as u64
}
