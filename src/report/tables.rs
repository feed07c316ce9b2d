//! The sheets of a run: which columns each file has, and where their cells come from.
//!
//! `docs/outputs.md` describes every column; the first ones of each file are a contract.

use super::Names;
use super::sheet::Sheet;
use crate::model::{
    CandidatePair, EvidenceField, Field, IngestReport, Member, Outcome, RecordIdx, Suggestion,
    Table,
};
use std::borrow::Cow;
use std::sync::Arc;

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

/// The columns that name the records of a pair.
pub(super) fn push_ids<'a>(
    sheet: &mut Sheet<'a>,
    names: &'a Names<'a>,
    ends: impl Fn(usize) -> [RecordIdx; 2] + Copy + Sync + 'a,
) {
    for (name, end) in [("left_id", 0), ("right_id", 1)] {
        sheet.id(name, move |row| names.id(ends(row)[end]));
    }
}

/// The columns that name the records of a pair and say of what type each is.
pub(super) fn push_ends<'a>(
    sheet: &mut Sheet<'a>,
    table: &'a Table,
    names: &'a Names<'a>,
    ends: impl Fn(usize) -> [RecordIdx; 2] + Copy + Sync + 'a,
) {
    push_ids(sheet, names, ends);
    for (name, end) in [("left_type", 0), ("right_type", 1)] {
        sheet.word(name, move |row| {
            table.record_type[ends(row)[end].at()].as_str()
        });
    }
}

/// The ends of a pair, left before right.
fn ends(pair: &CandidatePair) -> [RecordIdx; 2] {
    [pair.left, pair.right]
}

/// Members of suggestions, in the order of suggestions.
pub(super) fn suggestions<'a>(
    table: &'a Table,
    outcome: &'a Outcome,
    names: &'a Names<'a>,
) -> Sheet<'a> {
    let rows = Arc::new(members(outcome));
    let mut sheet = Sheet::new(rows.len());
    macro_rules! push {
        ($name:literal, $kind:ident, |$s:ident, $m:ident| $cell:expr) => {{
            let rows = Arc::clone(&rows);
            sheet.$kind($name, move |row| {
                let ($s, $m) = rows[row];
                let _ = ($s, $m);
                $cell
            });
        }};
    }
    push!("suggestion_id", text, |s, m| s.id.as_str());
    push!("role", word, |s, m| m.role.as_str());
    push!("record_type", word, |s, m| table.record_type[m.record.at()]
        .as_str());
    push!("record_id", id, |s, m| names.id(m.record));
    push!("verdict", word, |s, m| m.verdict.as_str());
    push!("probability", fraction, |s, m| m.probability);
    push!("rules", made_text, |s, m| Cow::Owned(names.rules(m.rules)));
    push!("reason", text, |s, m| m.reason.as_str());
    push!("linked_to", id, |s, m| m
        .linked_to
        .map_or("", |r| names.id(r)));
    push!("flags", made_text, |s, m| Cow::Owned(
        s.flags
            .iter()
            .map(|f| f.as_str())
            .collect::<Vec<_>>()
            .join("; ")
    ));
    push!("survivor_reason", text, |s, m| s.survivor_reason.as_str());
    push!("cohesion", fraction, |s, m| s.cohesion);
    let records: Arc<Vec<RecordIdx>> = Arc::new(rows.iter().map(|(_, m)| m.record).collect());
    for i in main_columns(table) {
        let records = Arc::clone(&records);
        let column = &table.columns[i];
        sheet.text(column.name(), move |row| column.get(records[row].at()));
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
    push_ends(&mut sheet, table, names, |row| ends(&rows[row].pair));
    sheet.word("verdict", |row| rows[row].verdict.as_str());
    sheet.fraction("probability", |row| rows[row].evidence.probability());
    sheet.bits("evidence_bits", |row| rows[row].evidence.score_millibits);
    sheet.made_text("rules", |row| Cow::Owned(names.rules(rows[row].pair.rules)));
    sheet.count("implied", |row| rows[row].pair.implied);
    sheet.word("alternative", |row| rows[row].evidence.alternative.as_str());
    sheet.bits("prior_bits", |row| rows[row].evidence.prior_millibits);
    for field in EvidenceField::ALL {
        sheet.word(format!("{}_level", field.as_str()), move |row| {
            rows[row].evidence.field(field).level.as_str()
        });
        sheet.bits(format!("{}_bits", field.as_str()), move |row| {
            rows[row].evidence.field(field).millibits
        });
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
    sheet.text("suggestion_id", |row| rows[row].id.as_str());
    sheet.id("survivor_id", move |row| names.id(survivor(row)));
    sheet.word("record_type", move |row| {
        table.record_type[survivor(row).at()].as_str()
    });
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
        sheet.text(column.name(), move |row| {
            source(row).map_or("", |record| column.get(record.at()))
        });
        sheet.id(format!("{}_from", column.name()), move |row| {
            source(row).map_or("", |record| names.id(record))
        });
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
    let member_of = Arc::new(member_of);
    let mut sheet = Sheet::new(rows.len());
    push_ends(&mut sheet, table, names, move |row| ends(&pair(row).pair));
    sheet.word("verdict", move |row| pair(row).verdict.as_str());
    sheet.fraction("probability", move |row| pair(row).evidence.probability());
    sheet.made_text("rules", move |row| {
        Cow::Owned(names.rules(pair(row).pair.rules))
    });
    sheet.text("reason", |row| rows[row].reason.as_str());
    sheet.count("implied", move |row| pair(row).pair.implied);
    for (name, end) in [("left_suggestion", 0), ("right_suggestion", 1)] {
        let member_of = Arc::clone(&member_of);
        sheet.text(name, move |row| {
            let record = ends(&pair(row).pair)[end];
            let found = member_of.binary_search_by_key(&record, |m| m.0);
            found.map_or("", |at| member_of[at].1)
        });
    }
    sheet
}

/// Rule-true pairs left out.
pub(super) fn suppressed<'a>(outcome: &'a Outcome, names: &'a Names<'a>) -> Sheet<'a> {
    let rows = &outcome.suppressed;
    let mut sheet = Sheet::new(rows.len());
    push_ids(&mut sheet, names, |row| [rows[row].left, rows[row].right]);
    sheet.made_text("rules", |row| Cow::Owned(names.rules(rows[row].rules)));
    sheet.word("why", |row| rows[row].why.as_str());
    sheet.word("side", |row| rows[row].side.as_str());
    sheet.count("implied", |row| rows[row].implied);
    sheet
}

/// Other names of companies learned from the file, as `--aliases` reads them.
pub(super) fn aliases(outcome: &Outcome) -> Sheet<'_> {
    let rows = &outcome.company_aliases;
    let mut sheet = Sheet::new(rows.len());
    sheet.word("kind", |_| "company");
    sheet.text("value", |row| rows[row].company.as_str());
    sheet.text("alias", |row| rows[row].alias.as_str());
    sheet.text("domain", |row| rows[row].domain.as_str());
    sheet.count("people", |row| rows[row].n_people);
    sheet
}

/// Rows that could not be used.
pub(super) fn rejects<'a>(ingest: &'a IngestReport, names: &'a Names<'a>) -> Sheet<'a> {
    let rows = &ingest.rejects;
    let mut sheet = Sheet::new(rows.len());
    sheet.text("file", |row| names.file(&rows[row].file));
    sheet.count("row", |row| rows[row].row);
    sheet.count("line", |row| rows[row].line);
    sheet.text("column", |row| rows[row].column.as_str());
    sheet.text("reason", |row| rows[row].reason.as_str());
    sheet
}
