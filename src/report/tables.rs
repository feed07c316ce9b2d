//! The sheets of a run: which columns each file has, and where their cells come from.
//!
//! `docs/outputs.md` describes every column; the first ones of each file are a contract.

use super::Names;
use super::sheet::{Cells, Sheet};
use crate::model::{
    EvidenceField, Field, IngestReport, Member, Outcome, RecordIdx, Suggestion, Table,
};
use std::borrow::Cow;

/// A row of the suggestions sheet.
fn members(outcome: &Outcome) -> Vec<(&Suggestion, &Member)> {
    outcome
        .suggestions
        .iter()
        .flat_map(|s| s.members.iter().map(move |m| (s, m)))
        .collect()
}

/// Columns shown beside a record, as positions in [`Table::columns`]: those with a meaning, but the id itself.
pub(super) fn main_columns(table: &Table) -> Vec<usize> {
    (0..table.columns.len())
        .filter(|&i| table.columns[i].field.is_some_and(|f| f != Field::Id))
        .collect()
}

/// Members of suggestions, in the order of suggestions.
pub(super) fn suggestions<'a>(
    table: &'a Table,
    outcome: &'a Outcome,
    names: &'a Names<'a>,
) -> Sheet<'a> {
    let rows = std::sync::Arc::new(members(outcome));
    let mut sheet = Sheet::new(rows.len());
    macro_rules! push {
        ($name:literal, $cells:ident, |$s:ident, $m:ident| $cell:expr) => {{
            let rows = rows.clone();
            sheet.push(
                $name,
                Cells::$cells(Box::new(move |row| {
                    let ($s, $m) = rows[row];
                    let _ = ($s, $m);
                    $cell
                })),
            );
        }};
    }
    push!("suggestion_id", Text, |s, m| Cow::Borrowed(s.id.as_str()));
    push!("role", Word, |s, m| m.role.as_str());
    push!("record_type", Word, |s, m| table.record_type[m.record.at()]
        .as_str());
    push!("record_id", Id, |s, m| names.id(m.record));
    push!("verdict", Word, |s, m| m.verdict.as_str());
    push!("probability", Fraction, |s, m| m.probability);
    push!("rules", Text, |s, m| Cow::Owned(names.rules(m.rules)));
    push!("reason", Text, |s, m| Cow::Borrowed(m.reason.as_str()));
    push!("linked_to", Id, |s, m| m
        .linked_to
        .map_or("", |r| names.id(r)));
    push!("flags", Text, |s, m| Cow::Owned(
        s.flags
            .iter()
            .map(|f| f.as_str())
            .collect::<Vec<_>>()
            .join("; ")
    ));
    push!("survivor_reason", Text, |s, m| Cow::Borrowed(
        s.survivor_reason.as_str()
    ));
    push!("cohesion", Fraction, |s, m| s.cohesion);
    let records: std::sync::Arc<Vec<RecordIdx>> =
        std::sync::Arc::new(rows.iter().map(|(_, m)| m.record).collect());
    for i in main_columns(table) {
        let records = records.clone();
        let column = &table.columns[i];
        sheet.push(
            column.name(),
            Cells::Text(Box::new(move |row| {
                Cow::Borrowed(column.get(records[row].at()))
            })),
        );
    }
    sheet
}

/// Rule-true pairs of eligible records.
///
/// Panics when a score is not the sum of its parts: the explanation would be wrong.
pub(super) fn pairs<'a>(table: &'a Table, outcome: &'a Outcome, names: &'a Names<'a>) -> Sheet<'a> {
    let rows = &outcome.pairs;
    for pair in rows {
        let evidence = &pair.evidence;
        let sum: i64 = evidence.fields.iter().map(|f| i64::from(f.millibits)).sum();
        assert_eq!(
            i64::from(evidence.prior_millibits) + sum,
            i64::from(evidence.score_millibits),
            "the score of a pair is its prior and its fields' bits"
        );
    }
    let mut sheet = Sheet::new(rows.len());
    sheet.push(
        "left_id",
        Cells::Id(Box::new(|row| names.id(rows[row].pair.left))),
    );
    sheet.push(
        "right_id",
        Cells::Id(Box::new(|row| names.id(rows[row].pair.right))),
    );
    let record_type = |record: RecordIdx| table.record_type[record.at()].as_str();
    sheet.push(
        "left_type",
        Cells::Word(Box::new(move |row| record_type(rows[row].pair.left))),
    );
    sheet.push(
        "right_type",
        Cells::Word(Box::new(move |row| record_type(rows[row].pair.right))),
    );
    sheet.push(
        "verdict",
        Cells::Word(Box::new(|row| rows[row].verdict.as_str())),
    );
    sheet.push(
        "probability",
        Cells::Fraction(Box::new(|row| rows[row].evidence.probability())),
    );
    sheet.push(
        "evidence_bits",
        Cells::Bits(Box::new(|row| rows[row].evidence.score_millibits)),
    );
    sheet.push(
        "rules",
        Cells::Text(Box::new(|row| {
            Cow::Owned(names.rules(rows[row].pair.rules))
        })),
    );
    sheet.push(
        "implied",
        Cells::Count(Box::new(|row| rows[row].pair.implied)),
    );
    sheet.push(
        "alternative",
        Cells::Word(Box::new(|row| rows[row].evidence.alternative.as_str())),
    );
    sheet.push(
        "prior_bits",
        Cells::Bits(Box::new(|row| rows[row].evidence.prior_millibits)),
    );
    for field in EvidenceField::ALL {
        sheet.push(
            format!("{}_level", field.as_str()),
            Cells::Word(Box::new(move |row| {
                rows[row].evidence.field(field).level.as_str()
            })),
        );
        sheet.push(
            format!("{}_bits", field.as_str()),
            Cells::Bits(Box::new(move |row| {
                rows[row].evidence.field(field).millibits
            })),
        );
    }
    sheet
}

/// Golden records: for each column the surviving value and the record it comes from.
pub(super) fn golden<'a>(
    table: &'a Table,
    outcome: &'a Outcome,
    names: &'a Names<'a>,
) -> Sheet<'a> {
    let rows = &outcome.suggestions;
    let survivor = |row: usize| rows[row].members[0].record;
    let mut sheet = Sheet::new(rows.len());
    sheet.push(
        "suggestion_id",
        Cells::Text(Box::new(|row| Cow::Borrowed(rows[row].id.as_str()))),
    );
    sheet.push(
        "survivor_id",
        Cells::Id(Box::new(move |row| names.id(survivor(row)))),
    );
    sheet.push(
        "record_type",
        Cells::Word(Box::new(move |row| {
            table.record_type[survivor(row).at()].as_str()
        })),
    );
    for (i, column) in table.columns.iter().enumerate() {
        if column.field == Some(Field::Id) {
            continue;
        }
        let source = move |row: usize| {
            let golden = &rows[row].golden;
            golden
                .binary_search_by_key(&i, |value| value.column_idx as usize)
                .ok()
                .map(|at| golden[at].source)
        };
        sheet.push(
            column.name(),
            Cells::Text(Box::new(move |row| {
                Cow::Borrowed(source(row).map_or("", |record| column.get(record.at())))
            })),
        );
        sheet.push(
            format!("{}_from", column.name()),
            Cells::Id(Box::new(move |row| {
                source(row).map_or("", |record| names.id(record))
            })),
        );
    }
    sheet
}

/// Pairs of records of different types that are held to be one.
pub(super) fn links<'a>(table: &'a Table, outcome: &'a Outcome, names: &'a Names<'a>) -> Sheet<'a> {
    let rows = &outcome.links;
    let pair = move |row: usize| &outcome.pairs[rows[row].pair_idx as usize];
    // Suggestions are disjoint, so that a record is in one at most.
    let mut member_of: Vec<(RecordIdx, &'a str)> = outcome
        .suggestions
        .iter()
        .flat_map(|s| s.members.iter().map(|m| (m.record, s.id.as_str())))
        .collect();
    member_of.sort_unstable();
    let member_of = std::sync::Arc::new(member_of);
    let mut sheet = Sheet::new(rows.len());
    let record_type = |record: RecordIdx| table.record_type[record.at()].as_str();
    sheet.push(
        "left_id",
        Cells::Id(Box::new(move |row| names.id(pair(row).pair.left))),
    );
    sheet.push(
        "right_id",
        Cells::Id(Box::new(move |row| names.id(pair(row).pair.right))),
    );
    sheet.push(
        "left_type",
        Cells::Word(Box::new(move |row| record_type(pair(row).pair.left))),
    );
    sheet.push(
        "right_type",
        Cells::Word(Box::new(move |row| record_type(pair(row).pair.right))),
    );
    sheet.push(
        "verdict",
        Cells::Word(Box::new(move |row| pair(row).verdict.as_str())),
    );
    sheet.push(
        "probability",
        Cells::Fraction(Box::new(move |row| pair(row).evidence.probability())),
    );
    sheet.push(
        "rules",
        Cells::Text(Box::new(move |row| {
            Cow::Owned(names.rules(pair(row).pair.rules))
        })),
    );
    sheet.push(
        "reason",
        Cells::Text(Box::new(|row| Cow::Borrowed(rows[row].reason.as_str()))),
    );
    sheet.push(
        "implied",
        Cells::Count(Box::new(move |row| pair(row).pair.implied)),
    );
    for (name, is_left) in [("left_suggestion", true), ("right_suggestion", false)] {
        let member_of = member_of.clone();
        sheet.push(
            name,
            Cells::Text(Box::new(move |row| {
                let pair = &pair(row).pair;
                let record = if is_left { pair.left } else { pair.right };
                let found = member_of.binary_search_by_key(&record, |m| m.0);
                Cow::Borrowed(found.map_or("", |at| member_of[at].1))
            })),
        );
    }
    sheet
}

/// Rule-true pairs left out.
pub(super) fn suppressed<'a>(outcome: &'a Outcome, names: &'a Names<'a>) -> Sheet<'a> {
    let rows = &outcome.suppressed;
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
        "rules",
        Cells::Text(Box::new(|row| Cow::Owned(names.rules(rows[row].rules)))),
    );
    sheet.push("why", Cells::Word(Box::new(|row| rows[row].why.as_str())));
    sheet.push("side", Cells::Word(Box::new(|row| rows[row].side.as_str())));
    sheet.push("implied", Cells::Count(Box::new(|row| rows[row].implied)));
    sheet
}

/// Other names of companies learned from the file, as `--aliases` reads them.
pub(super) fn aliases(outcome: &Outcome) -> Sheet<'_> {
    let rows = &outcome.company_aliases;
    let mut sheet = Sheet::new(rows.len());
    sheet.push("kind", Cells::Word(Box::new(|_| "company")));
    sheet.push(
        "value",
        Cells::Text(Box::new(|row| Cow::Borrowed(rows[row].company.as_str()))),
    );
    sheet.push(
        "alias",
        Cells::Text(Box::new(|row| Cow::Borrowed(rows[row].alias.as_str()))),
    );
    sheet.push(
        "domain",
        Cells::Text(Box::new(|row| Cow::Borrowed(rows[row].domain.as_str()))),
    );
    sheet.push("people", Cells::Count(Box::new(|row| rows[row].n_people)));
    sheet
}

/// Rows that could not be used.
pub(super) fn rejects<'a>(ingest: &'a IngestReport, names: &'a Names<'a>) -> Sheet<'a> {
    let rows = &ingest.rejects;
    let mut sheet = Sheet::new(rows.len());
    sheet.push(
        "file",
        Cells::Text(Box::new(|row| Cow::Borrowed(names.file(&rows[row].file)))),
    );
    sheet.push("row", Cells::Count(Box::new(|row| rows[row].row)));
    sheet.push("line", Cells::Count(Box::new(|row| rows[row].line)));
    sheet.push(
        "column",
        Cells::Text(Box::new(|row| Cow::Borrowed(rows[row].column.as_str()))),
    );
    sheet.push(
        "reason",
        Cells::Text(Box::new(|row| Cow::Borrowed(rows[row].reason.as_str()))),
    );
    sheet
}
