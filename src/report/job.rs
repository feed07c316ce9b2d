//! The twin of a Dynamics job: `dynamics_job.csv`, `missed.csv`, and its part of `summary.json`.

use super::names::Names;
use super::sheet::{Cells, Sheet};
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
    sheet.push(
        "baserecordid",
        Cells::Id(Box::new(|row| names.id(rows[row].base))),
    );
    sheet.push(
        "duplicaterecordid",
        Cells::Id(Box::new(|row| names.id(rows[row].duplicate))),
    );
    sheet.push(
        "duplicateruleid",
        Cells::Text(Box::new(move |row| Cow::Borrowed(rule(row).id.as_str()))),
    );
    sheet.push(
        "rule",
        Cells::Text(Box::new(move |row| Cow::Borrowed(rule(row).name.as_str()))),
    );
    sheet.push(
        "base_name",
        Cells::Text(Box::new(|row| name(table, rows[row].base))),
    );
    sheet.push(
        "duplicate_name",
        Cells::Text(Box::new(|row| name(table, rows[row].duplicate))),
    );
    sheet.push(
        "beyond_cap",
        Cells::Word(Box::new(|row| {
            if row as u64 >= DynamicsJob::CAP {
                "yes"
            } else {
                "no"
            }
        })),
    );
    sheet
}

/// The pairs that the job missed.
pub(super) fn missed<'a>(
    table: &'a Table,
    job: &'a DynamicsJob,
    names: &'a Names<'a>,
) -> Sheet<'a> {
    let rows = &job.missed;
    let record_type = |record: RecordIdx| table.record_type[record.at()].as_str();
    let mut sheet = Sheet::new(rows.len());
    sheet.push(
        "left_id",
        Cells::Id(Box::new(|row| names.id(rows[row].left))),
    );
    sheet.push(
        "right_id",
        Cells::Id(Box::new(|row| names.id(rows[row].right))),
    );
    sheet.push(
        "left_type",
        Cells::Word(Box::new(move |row| record_type(rows[row].left))),
    );
    sheet.push(
        "right_type",
        Cells::Word(Box::new(move |row| record_type(rows[row].right))),
    );
    sheet.push(
        "verdict",
        Cells::Word(Box::new(|row| rows[row].verdict.as_str())),
    );
    sheet.push(
        "probability",
        Cells::Fraction(Box::new(|row| rows[row].probability)),
    );
    sheet.push(
        "rules",
        Cells::Text(Box::new(|row| Cow::Borrowed(rows[row].rules.as_str()))),
    );
    sheet.push(
        "reason",
        Cells::Text(Box::new(|row| Cow::Borrowed(rows[row].reason.as_str()))),
    );
    sheet.push(
        "left_name",
        Cells::Text(Box::new(|row| name(table, rows[row].left))),
    );
    sheet.push(
        "right_name",
        Cells::Text(Box::new(|row| name(table, rows[row].right))),
    );
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
