//! The twin of a Dynamics job: `dynamics_job.csv`, `missed.csv`, and its part of `summary.json`.

use super::names::Names;
use super::sheet::Sheet;
use super::tables::push_ends;
use crate::model::{DynamicsJob, Field, RecordIdx, Table, Verdict};
use serde::Serialize;
use std::borrow::Cow;

/// What a record is called: the person, else the company.
fn name(table: &Table, record: RecordIdx) -> Cow<'_, str> {
    let value = |field| table.value(record, field).trim();
    let whole = value(Field::FullName);
    if !whole.is_empty() {
        return Cow::Borrowed(whole);
    }
    let parts = [value(Field::FirstName), value(Field::LastName)].join(" ");
    match parts.trim() {
        "" => Cow::Borrowed(value(Field::CompanyName)),
        parts => Cow::Owned(parts.to_owned()),
    }
}

/// The rows of the job.
pub(super) fn rows<'a>(table: &'a Table, job: &'a DynamicsJob, names: &'a Names<'a>) -> Sheet<'a> {
    let rows = &job.rows;
    let rule = |row: usize| &job.rules[rows[row].rule_idx as usize];
    let mut sheet = Sheet::new(rows.len());
    sheet.id("baserecordid", |row| names.id(rows[row].base));
    sheet.id("duplicaterecordid", |row| names.id(rows[row].duplicate));
    sheet.text("duplicateruleid", move |row| rule(row).id.as_str());
    sheet.text("rule", move |row| rule(row).name.as_str());
    sheet.made_text("base_name", |row| name(table, rows[row].base));
    sheet.made_text("duplicate_name", |row| name(table, rows[row].duplicate));
    sheet.word("beyond_cap", |row| {
        if row as u64 >= DynamicsJob::CAP {
            "yes"
        } else {
            "no"
        }
    });
    sheet
}

/// The pairs that the job missed.
pub(super) fn missed<'a>(
    table: &'a Table,
    job: &'a DynamicsJob,
    names: &'a Names<'a>,
) -> Sheet<'a> {
    let rows = &job.missed;
    let ends = |row: usize| [rows[row].left, rows[row].right];
    let mut sheet = Sheet::new(rows.len());
    push_ends(&mut sheet, table, names, ends);
    sheet.word("verdict", |row| rows[row].verdict.as_str());
    sheet.fraction("probability", |row| rows[row].probability);
    sheet.text("rules", |row| rows[row].rules.as_str());
    sheet.text("reason", |row| rows[row].reason.as_str());
    for (column, end) in [("left_name", 0), ("right_name", 1)] {
        sheet.made_text(column, move |row| name(table, ends(row)[end]));
    }
    sheet
}

/// The job in `summary.json`.
#[derive(Serialize)]
pub(super) struct JobEntry<'a> {
    rows: u64,
    cap: u64,
    beyond_cap: u64,
    rules: Vec<JobRuleEntry<'a>>,
    missed: MissedEntry,
}

#[derive(Serialize)]
struct JobRuleEntry<'a> {
    name: &'a str,
    id: &'a str,
    rows: u64,
}

#[derive(Serialize)]
struct MissedEntry {
    pairs: u64,
    auto: u64,
    review: u64,
}

pub(super) fn entry(job: &DynamicsJob) -> JobEntry<'_> {
    let of = |v: Verdict| job.missed.iter().filter(|m| m.verdict == v).count() as u64;
    JobEntry {
        rows: job.n_rows,
        cap: DynamicsJob::CAP,
        beyond_cap: job.n_beyond_cap(),
        rules: job
            .rules
            .iter()
            .map(|r| JobRuleEntry {
                name: &r.name,
                id: &r.id,
                rows: r.n_rows,
            })
            .collect(),
        missed: MissedEntry {
            pairs: job.missed.len() as u64,
            auto: of(Verdict::Auto),
            review: of(Verdict::Review),
        },
    }
}
