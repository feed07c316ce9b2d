//! Which member of a cluster is kept: the policy's criteria in order, and the sentence that says why.

use super::Judgements;
use super::columns::Columns;
use super::worth::{Judged, Worth};
use crate::model::{Activity, Field, RecordIdx, RecordType, Table};
use crate::rules::predicate::date::{self, Slashes};
use crate::rules::{Preference, SurvivorPolicy};
use std::cmp::Ordering;

/// What the criteria look at, for one member.
#[derive(Debug, Clone)]
pub(super) struct Standing<'t> {
    pub(super) record: RecordIdx,
    record_type: RecordType,
    active: bool,
    /// Weighted sum over fields, good values in full and doubtful ones by half.
    completeness: u32,
    /// Fields that count, with a usable value.
    n_filled: usize,
    /// Milliseconds since 1970 in UTC; `None` when unknown.
    modified: Option<i64>,
    created: Option<i64>,
    id: &'t str,
}

/// How the two date columns of a table are read.
#[derive(Debug, Clone, Copy)]
pub struct Clocks {
    modified: Slashes,
    created: Slashes,
}

impl Clocks {
    /// From all values of both columns.
    pub fn of(table: &Table) -> Clocks {
        let of = |field| table.field(field).map_or(Slashes::MonthFirst, Slashes::of);
        Clocks {
            modified: of(Field::ModifiedOn),
            created: of(Field::CreatedOn),
        }
    }
}

/// The members ranked, best first, and why the first is.
pub(super) struct Ranking<'t> {
    pub(super) standings: Vec<Standing<'t>>,
    pub(super) reason: String,
}

/// How much a usable value of a column counts towards completeness; 0 for columns that say nothing about the entity.
///
/// What one reaches a person by counts most, then who they are, then the rest.
pub(super) fn completeness_weight(field: Option<Field>) -> u32 {
    match field {
        Some(Field::Email1) => 4,
        Some(Field::Phone1 | Field::MobilePhone | Field::LastName | Field::CompanyName) => 3,
        Some(Field::FirstName | Field::FullName | Field::BirthDate | Field::GovernmentId) => 2,
        Some(field) if is_bookkeeping(field) => 0,
        Some(
            Field::Owner
            | Field::ParentAccount
            | Field::ParentContact
            | Field::Opportunity
            | Field::OriginatingLead,
        ) => 0,
        _ => 1,
    }
}

/// True for columns whose value belongs to the record, not to the person or company it describes.
pub(super) fn is_bookkeeping(field: Field) -> bool {
    matches!(
        field,
        Field::Id
            | Field::State
            | Field::StatusReason
            | Field::CreatedOn
            | Field::ModifiedOn
            | Field::MasterId
            | Field::Merged
            | Field::IsDeleted
            | Field::IsConverted
            | Field::VersionNumber
            | Field::SinkModifiedOn
    )
}

/// Ranks the members of a cluster.
///
/// With several record types, accounts come before contacts and contacts before leads, whatever the policy: a lead
/// is merged into the contact it has become, never the other way. Then the policy's criteria, then the id.
/// Unknown times come last.
pub(super) fn rank<'t>(
    table: &'t Table,
    columns: &Columns,
    clocks: Clocks,
    policy: &SurvivorPolicy,
    members: &[RecordIdx],
    judged: &Judgements<'_>,
) -> Ranking<'t> {
    let mut standings: Vec<Standing<'t>> = members
        .iter()
        .enumerate()
        .map(|(row, &record)| standing(table, columns, clocks, record, judged.row(row)))
        .collect();
    let n_fields = (0..columns.all.len())
        .filter(|&c| columns.all[c].weight > 0)
        .filter(|&c| (0..members.len()).any(|row| judged.row(row)[c].worth >= Worth::Doubtful))
        .count();
    standings.sort_by(|a, b| {
        policy
            .prefer
            .iter()
            .map(|&criterion| compare(criterion, a, b))
            .fold(b.record_type.cmp(&a.record_type), Ordering::then)
            .then_with(|| compare(Preference::Id, a, b))
            .then_with(|| a.record.cmp(&b.record))
    });
    let reason = reason(policy, &standings, n_fields);
    Ranking { standings, reason }
}

fn standing<'t>(
    table: &'t Table,
    columns: &Columns,
    clocks: Clocks,
    record: RecordIdx,
    judged: &[Judged],
) -> Standing<'t> {
    let mut completeness = 0;
    let mut n_filled = 0;
    let mut codes: Vec<(bool, u32)> = Vec::new();
    for (column, value) in columns.all.iter().zip(judged) {
        let weight = column.weight;
        if weight == 0 || value.worth < Worth::Doubtful {
            continue;
        }
        n_filled += 1;
        // One number in four columns is one number.
        if let Some(code) = value.code {
            let code = (
                column.field.is_some_and(|f| Field::EMAILS.contains(&f)),
                code,
            );
            if codes.contains(&code) {
                continue;
            }
            codes.push(code);
        }
        completeness += weight * if value.worth == Worth::Good { 2 } else { 1 };
    }
    let time = |field, slashes| {
        date::read(table.value(record, field), slashes).map(date::Moment::utc_millis)
    };
    Standing {
        record,
        record_type: table.record_type[record.at()],
        active: table.activity[record.at()] == Activity::Active,
        completeness,
        n_filled,
        modified: time(Field::ModifiedOn, clocks.modified),
        created: time(Field::CreatedOn, clocks.created),
        id: table.id(record),
    }
}

/// The day of a time in UTC, as `2026-06-22`.
fn day(millis: i64) -> String {
    jiff::Timestamp::from_millisecond(millis).map_or_else(
        |_| String::new(),
        |t| t.to_zoned(jiff::tz::TimeZone::UTC).date().to_string(),
    )
}

/// `Less` when `a` is to be kept rather than `b`.
fn compare(criterion: Preference, a: &Standing, b: &Standing) -> Ordering {
    match criterion {
        Preference::Active => b.active.cmp(&a.active),
        Preference::Completeness => b.completeness.cmp(&a.completeness),
        // `None`, unknown, is below every time: last when turned round.
        Preference::Modified => b.modified.cmp(&a.modified),
        Preference::Created => {
            let key = |s: &Standing| (s.created.is_none(), s.created);
            key(a).cmp(&key(b))
        }
        Preference::Id => a.id.cmp(b.id),
    }
}

/// One plain sentence: the criteria that told the survivor from the others, in order.
fn reason(policy: &SurvivorPolicy, standings: &[Standing], n_fields: usize) -> String {
    let best = &standings[0];
    let mut said: Vec<String> = Vec::new();
    let mut rivals: Vec<&Standing> = standings.iter().collect();
    let same_type = |s: &&Standing| s.record_type == best.record_type;
    if !rivals.iter().all(same_type) {
        rivals.retain(same_type);
        let article = match best.record_type {
            RecordType::Account => "an",
            RecordType::Lead | RecordType::Contact => "a",
        };
        said.push(format!("{article} {}", best.record_type.as_str()));
    }
    for &criterion in policy.prefer.iter().chain([&Preference::Id]) {
        let before = rivals.len();
        rivals.retain(|s| compare(criterion, best, s) == Ordering::Equal);
        if rivals.len() == before {
            continue;
        }
        said.push(match criterion {
            Preference::Active => "active".to_owned(),
            Preference::Completeness => {
                format!("the most complete ({} of {n_fields} fields)", best.n_filled)
            }
            Preference::Modified => match best.modified {
                Some(time) => format!("the last changed ({})", day(time)),
                None => "the last changed".to_owned(),
            },
            Preference::Created => match best.created {
                Some(time) => format!("the first created ({})", day(time)),
                None => "the first created".to_owned(),
            },
            Preference::Id if said.is_empty() => {
                "no different from the others and has the smallest id".to_owned()
            }
            Preference::Id => "the one with the smallest id".to_owned(),
        });
        if rivals.len() == 1 {
            break;
        }
    }
    match said.split_last() {
        None => "kept because it is the first of equals".to_owned(),
        Some((last, [])) => format!("kept because it is {last}"),
        Some((last, before)) => format!("kept because it is {} and {last}", before.join(", ")),
    }
}

impl Ranking<'_> {
    /// The rank of each of the members (ascending), 0 for the survivor.
    pub(super) fn rank_of(&self, members: &[RecordIdx]) -> Vec<usize> {
        let mut ranks = vec![0; members.len()];
        for (rank, standing) in self.standings.iter().enumerate() {
            let row = members
                .binary_search(&standing.record)
                .expect("exactly the members are ranked");
            ranks[row] = rank;
        }
        ranks
    }
}
