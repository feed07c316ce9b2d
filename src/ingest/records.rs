//! Accepted rows as typed columns, and the last step: canonical order, doubled ids, lake versions.

use std::borrow::Cow;
use std::cmp::Ordering;

use polars::prelude::StringChunked;
use rayon::prelude::*;

use super::error::{DoubledId, IngestError};
use super::layout::{Layout, Preset};
use super::options::UnknownState;
use super::state::{StateColumn, StateRule, StateValues};
use super::versions;
use crate::model::{
    Activity, Candidacy, Field, FileInfo, Notice, Origin, RecordType, Reject, Table, TextColumn,
};

/// Where a row stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) row: u64,
    pub(super) line: u64,
}

/// Some rows of one file as text; all columns have as many values as there are places.
pub(super) struct Batch {
    pub(super) columns: Vec<StringChunked>,
    pub(super) places: Vec<Place>,
}

/// Where a column of ours takes its values from, in one file.
#[derive(Debug, Clone, PartialEq, Eq)]
enum ColumnSource {
    Absent,
    Column(usize),
    Joined(Vec<usize>),
}

/// How the rows of one file become records.
pub(super) struct FilePlan {
    pub(super) layout: Layout,
    path: String,
    file_idx: u16,
    /// One entry per column of [`Records`].
    from: Vec<ColumnSource>,
    state: StateRule,
    pub(super) n_accepted: u64,
    pub(super) n_unknown_state: u64,
}

/// The records of all files so far, in file and row order.
#[derive(Default)]
pub(super) struct Records {
    columns: Vec<TextColumn>,
    record_type: Vec<RecordType>,
    activity: Vec<Activity>,
    candidacy: Vec<Candidacy>,
    origin: Vec<Origin>,
    stateless: Vec<RecordType>,
}

impl Records {
    /// Prepares for the rows of a file. `first` is its first batch, whose values settle what the header leaves open.
    pub(super) fn begin_file(
        &mut self,
        path: &str,
        file_idx: u16,
        mut layout: Layout,
        first: Option<&Batch>,
        unknown: UnknownState,
    ) -> FilePlan {
        settle_parent(&mut layout, first);
        let mut from = vec![ColumnSource::Absent; self.columns.len()];
        let mut place = |columns: &mut Vec<TextColumn>,
                         n: usize,
                         name: &str,
                         field: Option<Field>,
                         source: ColumnSource| {
            let at = columns.iter().position(|c| match field {
                Some(_) => c.field == field,
                None => c.field.is_none() && c.header == name,
            });
            match at {
                Some(at) => from[at] = source,
                None => {
                    let mut column = TextColumn::new(name, field);
                    (0..n).for_each(|_| column.push(""));
                    columns.push(column);
                    from.push(source);
                }
            }
        };
        let n = self.record_type.len();
        for (i, (name, field)) in layout.columns.iter().enumerate() {
            place(&mut self.columns, n, name, *field, ColumnSource::Column(i));
        }
        for (name, field, parts) in &layout.joined {
            place(
                &mut self.columns,
                n,
                name,
                Some(*field),
                ColumnSource::Joined(parts.clone()),
            );
        }
        let has = |field: Field| {
            layout.columns.iter().any(|c| c.1 == Some(field))
                || layout.joined.iter().any(|j| j.1 == field)
        };
        let state = StateRule::new(layout.preset, layout.record_type, unknown, has);
        if state.column == StateColumn::None && !self.stateless.contains(&layout.record_type) {
            self.stateless.push(layout.record_type);
        }
        FilePlan {
            layout,
            path: path.to_owned(),
            file_idx,
            from,
            state,
            n_accepted: 0,
            n_unknown_state: 0,
        }
    }

    /// Takes the usable rows of a batch and lists the others.
    ///
    /// Cost: one copy of the text; the columns are filled in parallel.
    pub(super) fn append(
        &mut self,
        plan: &mut FilePlan,
        batch: &Batch,
        rejects: &mut Vec<Reject>,
    ) -> Result<(), IngestError> {
        let n_rows = batch.places.len();
        let values = |field: Field| self.values(plan, batch, field);
        let ids = values(Field::Id);
        let states = values(Field::State);
        let is_converted = values(Field::IsConverted);
        let merged = values(Field::Merged);
        let master_ids = values(Field::MasterId);
        let is_deleted = values(Field::IsDeleted);
        let mut keep = vec![true; n_rows];
        let mut n_kept = 0_usize;
        let mut meanings = Vec::with_capacity(n_rows);
        for (i, kept) in keep.iter_mut().enumerate() {
            let id: &str = at(&ids, i);
            let judged = match unusable_id(id) {
                Some(reason) => Err((Field::Id, reason.to_owned())),
                None => plan.state.judge(StateValues {
                    state: at(&states, i),
                    is_converted: at(&is_converted, i),
                    merged: at(&merged, i),
                    master_id: at(&master_ids, i),
                    is_deleted: at(&is_deleted, i),
                }),
            };
            match judged {
                Ok(meaning) => {
                    meanings.push(meaning);
                    n_kept += 1;
                }
                Err((field, reason)) => {
                    *kept = false;
                    rejects.push(Reject {
                        file: plan.path.clone(),
                        row: batch.places[i].row,
                        line: batch.places[i].line,
                        column: self.header_of(plan, field),
                        reason,
                    });
                }
            }
        }
        self.check_room(plan, batch, n_kept)?;
        for (place, _) in batch.places.iter().zip(&keep).filter(|(_, keep)| **keep) {
            self.origin.push(Origin {
                file_idx: plan.file_idx,
                row: u32::try_from(place.row).expect("check_room looked at the last row"),
                line: u32::try_from(place.line).unwrap_or(u32::MAX),
            });
        }
        for meaning in &meanings {
            self.activity.push(meaning.activity);
            self.candidacy.push(meaning.candidacy);
            plan.n_unknown_state += u64::from(meaning.unknown);
        }
        self.record_type
            .resize(self.record_type.len() + n_kept, plan.layout.record_type);
        plan.n_accepted += n_kept as u64;
        let keep = (n_kept < n_rows).then_some(&keep[..]);
        self.columns
            .par_iter_mut()
            .zip(&plan.from)
            .for_each(|(column, from)| match from {
                ColumnSource::Absent => (0..n_kept).for_each(|_| column.push("")),
                ColumnSource::Column(c) => each(&batch.columns[*c], keep, |v| column.push(v)),
                ColumnSource::Joined(parts) => {
                    let joined = join(batch, parts);
                    for (i, value) in joined.iter().enumerate() {
                        if keep.is_none_or(|k| k[i]) {
                            column.push(value);
                        }
                    }
                }
            });
        Ok(())
    }

    /// Number of records so far.
    pub(super) fn n_records(&self) -> usize {
        self.record_type.len()
    }

    /// Sorts by (type, id), sets identical doubles, older versions and lake deletions aside, and hands the table over.
    ///
    /// `is_lake` tells which files are lake exports. Errors: an id that stands for two different rows.
    pub(super) fn into_table(
        mut self,
        mut files: Vec<FileInfo>,
        is_lake: &[bool],
        notices: &mut Vec<Notice>,
    ) -> Result<Table, IngestError> {
        let order = self.sorted();
        let mut set_aside = SetAside::default();
        let order = self.unique(order, &files, is_lake, &mut set_aside)?;
        for &file_idx in &set_aside.file_idxs {
            files[usize::from(file_idx)].n_superseded += 1;
        }
        notices.extend(set_aside.notices(&files, &self.origin));
        let in_order = order.len() == self.n_records()
            && order.iter().enumerate().all(|(i, &at)| i == at as usize);
        if !in_order {
            self.columns
                .par_iter_mut()
                .for_each(|column| *column = column.gather(&order));
            self.record_type = gather(&self.record_type, &order);
            self.activity = gather(&self.activity, &order);
            self.candidacy = gather(&self.candidacy, &order);
            self.origin = gather(&self.origin, &order);
        }
        self.columns.sort_by(|a, b| {
            let known = |c: &TextColumn| c.field.map_or((1, None), |f| (0, Some(f)));
            known(a)
                .cmp(&known(b))
                .then_with(|| a.header.cmp(&b.header))
        });
        self.stateless.sort_unstable();
        Ok(Table {
            files,
            record_type: self.record_type,
            activity: self.activity,
            candidacy: self.candidacy,
            origin: self.origin,
            columns: self.columns,
            stateless: self.stateless,
        })
    }

    fn values<'b>(&self, plan: &FilePlan, batch: &'b Batch, field: Field) -> Vec<Cow<'b, str>> {
        let column = self.columns.iter().position(|c| c.field == Some(field));
        let mut out = Vec::new();
        match column.map(|c| &plan.from[c]) {
            None | Some(ColumnSource::Absent) => {}
            Some(ColumnSource::Column(c)) => {
                out.reserve(batch.places.len());
                each(&batch.columns[*c], None, |v| out.push(Cow::Borrowed(v)));
            }
            Some(ColumnSource::Joined(parts)) => {
                out.extend(join(batch, parts).into_iter().map(Cow::Owned))
            }
        }
        out
    }

    /// The name this file has for a field.
    fn header_of(&self, plan: &FilePlan, field: Field) -> String {
        let column = self.columns.iter().position(|c| c.field == Some(field));
        match column.map(|c| &plan.from[c]) {
            Some(ColumnSource::Column(c)) => plan.layout.columns[*c].0.clone(),
            Some(ColumnSource::Joined(_)) => plan
                .layout
                .joined
                .iter()
                .find(|j| j.1 == field)
                .map_or(String::new(), |j| j.0.clone()),
            None | Some(ColumnSource::Absent) => String::new(),
        }
    }

    /// Checks that a batch fits: 4 GiB a column, 2^32 - 1 records, rows numbered by 32 bits.
    fn check_room(&self, plan: &FilePlan, batch: &Batch, n_kept: usize) -> Result<(), IngestError> {
        let max = u32::MAX as usize;
        let last_row = batch.places.last().map_or(0, |p| p.row);
        if self.n_records() + n_kept >= max || last_row > u64::from(u32::MAX) {
            return Err(IngestError::limit(
                &plan.path,
                "the files hold more than 4,294,967,294 rows; split the run",
            ));
        }
        for (column, from) in self.columns.iter().zip(&plan.from) {
            let n_bytes: usize = match from {
                ColumnSource::Absent => 0,
                ColumnSource::Column(c) => text_bytes(&batch.columns[*c]),
                ColumnSource::Joined(parts) => parts
                    .iter()
                    .map(|c| text_bytes(&batch.columns[*c]) + batch.places.len())
                    .sum(),
            };
            if column.text_len() + n_bytes > max {
                return Err(IngestError::limit(
                    &plan.path,
                    format!(
                        "column {:?} holds more than 4 GiB of text; leave it out of the export, or split the run",
                        column.header
                    ),
                ));
            }
        }
        Ok(())
    }

    fn id_column(&self) -> Option<&TextColumn> {
        self.columns.iter().find(|c| c.field == Some(Field::Id))
    }

    /// Positions in the order of (type, id bytes, file and row).
    fn sorted(&self) -> Vec<u32> {
        let Some(ids) = self.id_column() else {
            return Vec::new();
        };
        // The first 16 bytes beside the position: nearly always enough, and no jump into the text.
        struct Key {
            head: [u64; 2],
            at: u32,
            record_type: RecordType,
        }
        let mut keys: Vec<Key> = (0..self.n_records())
            .map(|i| {
                let id = ids.get(i).as_bytes();
                let mut head = [0_u8; 16];
                let n = id.len().min(16);
                head[..n].copy_from_slice(&id[..n]);
                let (high, low) = head.split_at(8);
                let number =
                    |b: &[u8]| u64::from_be_bytes(b.try_into().expect("half of 16 bytes is 8"));
                Key {
                    head: [number(high), number(low)],
                    at: i as u32,
                    record_type: self.record_type[i],
                }
            })
            .collect();
        let compare = |a: &Key, b: &Key| {
            a.record_type
                .cmp(&b.record_type)
                .then(a.head.cmp(&b.head))
                .then_with(|| {
                    let id = |k: &Key| ids.get(k.at as usize).as_bytes();
                    id(a).cmp(id(b))
                })
                .then(a.at.cmp(&b.at))
        };
        if !keys.is_sorted_by(|a, b| compare(a, b) != Ordering::Greater) {
            keys.par_sort_unstable_by(compare);
        }
        keys.iter().map(|k| k.at).collect()
    }

    /// One position per id that becomes a record.
    fn unique(
        &self,
        order: Vec<u32>,
        files: &[FileInfo],
        is_lake: &[bool],
        set_aside: &mut SetAside,
    ) -> Result<Vec<u32>, IngestError> {
        let Some(ids) = self.id_column() else {
            return Ok(order);
        };
        let same = |a: u32, b: u32| {
            self.record_type[a as usize] == self.record_type[b as usize]
                && ids.get(a as usize) == ids.get(b as usize)
        };
        let lake = |at: u32| is_lake[usize::from(self.origin[at as usize].file_idx)];
        let mut out = Vec::with_capacity(order.len());
        for group in order.chunk_by(|a, b| same(*a, *b)) {
            let file_idx = |at: u32| self.origin[at as usize].file_idx;
            let mut kept = group[0];
            if group.len() > 1 && group.iter().all(|&at| lake(at)) {
                kept = match versions::newest(
                    group,
                    |at, f| self.get(at, f),
                    |at| self.candidacy[at as usize] == Candidacy::Deleted,
                ) {
                    versions::Newest::One(at) => at,
                    versions::Newest::Tie(ties) => {
                        self.all_identical(&ties, files)?;
                        ties[0]
                    }
                };
                for &at in group.iter().filter(|&&at| at != kept) {
                    set_aside.n_versions += 1;
                    set_aside.file_idxs.push(file_idx(at));
                }
            } else if group.len() > 1 {
                self.all_identical(group, files)?;
                for &at in &group[1..] {
                    set_aside.n_identical += 1;
                    set_aside.first_identical.get_or_insert(at);
                    set_aside.file_idxs.push(file_idx(at));
                }
            }
            if lake(kept) && self.candidacy[kept as usize] == Candidacy::Deleted {
                set_aside.n_deletions += 1;
                set_aside.file_idxs.push(file_idx(kept));
            } else {
                out.push(kept);
            }
        }
        Ok(out)
    }

    fn get(&self, at: u32, field: Field) -> &str {
        self.columns
            .iter()
            .find(|c| c.field == Some(field))
            .map_or("", |c| c.get(at as usize))
    }

    /// Errors with the first row that differs from the group's first.
    fn all_identical(&self, group: &[u32], files: &[FileInfo]) -> Result<(), IngestError> {
        let first = group[0];
        for &other in &group[1..] {
            let differs = self
                .columns
                .iter()
                .find(|c| c.get(first as usize) != c.get(other as usize));
            if let Some(column) = differs {
                let place = |at: u32| {
                    let origin = self.origin[at as usize];
                    match origin.line {
                        0 => format!("row {}", origin.row),
                        line => format!("row {} (line {line})", origin.row),
                    }
                };
                let file = |at: u32| {
                    files[usize::from(self.origin[at as usize].file_idx)]
                        .path
                        .clone()
                };
                return Err(IngestError::DoubledId(Box::new(DoubledId {
                    record_type: self.record_type[first as usize].as_str(),
                    id: self.get(first, Field::Id).to_owned(),
                    first_file: file(first),
                    first_place: place(first),
                    second_file: file(other),
                    second_place: place(other),
                    column: column.header.clone(),
                })));
            }
        }
        Ok(())
    }
}

/// Rows that were accepted and do not become records.
#[derive(Default)]
struct SetAside {
    file_idxs: Vec<u16>,
    n_identical: u64,
    n_versions: u64,
    n_deletions: u64,
    first_identical: Option<u32>,
}

impl SetAside {
    fn notices(&self, files: &[FileInfo], origin: &[Origin]) -> Vec<Notice> {
        let mut out = Vec::new();
        if let Some(at) = self.first_identical {
            let first = origin[at as usize];
            out.push(format!(
                "rows that repeat another row with the same id in every column, set aside: {}, one of them {} row {}",
                self.n_identical,
                files[usize::from(first.file_idx)].path,
                first.row
            ));
        }
        if self.n_versions > 0 {
            out.push(format!(
                "older versions of lake rows set aside: {}",
                self.n_versions
            ));
        }
        if self.n_deletions > 0 {
            out.push(format!(
                "records that the lake marks as deleted, set aside: {}",
                self.n_deletions
            ));
        }
        out.into_iter().map(|text| Notice { text }).collect()
    }
}

/// Whether the customer column of a contact holds ids or names, by its first values.
fn settle_parent(layout: &mut Layout, first: Option<&Batch>) {
    let Some(at) = layout.undecided.take() else {
        return;
    };
    let mut any_guid = false;
    if let Some(batch) = first {
        each(&batch.columns[at], None, |v| any_guid |= is_guid(v));
    }
    let field = if any_guid {
        Field::ParentAccount
    } else {
        Field::CompanyName
    };
    if layout.columns.iter().all(|c| c.1 != Some(field)) {
        layout.columns[at].1 = Some(field);
    }
}

/// A GUID as Dataverse writes it, braces allowed.
fn is_guid(text: &str) -> bool {
    let text = text.trim().trim_start_matches('{').trim_end_matches('}');
    text.len() == 36
        && text.bytes().enumerate().all(|(i, b)| match i {
            8 | 13 | 18 | 23 => b == b'-',
            _ => b.is_ascii_hexdigit(),
        })
}

/// Why an id cannot be used.
fn unusable_id(id: &str) -> Option<&'static str> {
    let trimmed = id.trim();
    if trimmed.is_empty() {
        return Some("the id is empty");
    }
    // 1.23E+15, or 1,23E+15 where the comma is the decimal sign.
    let (mantissa, exponent) = trimmed.split_once("E+")?;
    let digits = |t: &str| !t.is_empty() && t.bytes().all(|b| b.is_ascii_digit());
    let number = match mantissa.split_once(['.', ',']) {
        Some((whole, rest)) => digits(whole) && digits(rest),
        None => digits(mantissa),
    };
    (number && digits(exponent)).then_some(
        "the id is a number that Excel has rounded (like 1.23E+15); export again without opening the file in Excel",
    )
}

fn at<'a>(values: &'a [Cow<'_, str>], i: usize) -> &'a str {
    values.get(i).map_or("", |v| v)
}

/// Calls `f` for each value in order, empty when missing; with `keep`, only for the rows marked.
fn each<'a>(column: &'a StringChunked, keep: Option<&[bool]>, mut f: impl FnMut(&'a str)) {
    let mut i = 0;
    for array in column.downcast_iter() {
        for value in array.iter() {
            if keep.is_none_or(|k| k[i]) {
                f(value.unwrap_or(""));
            }
            i += 1;
        }
    }
}

fn text_bytes(column: &StringChunked) -> usize {
    let mut n = 0;
    each(column, None, |v| n += v.len());
    n
}

/// The values of several columns joined by a space, empty ones left out.
fn join(batch: &Batch, parts: &[usize]) -> Vec<String> {
    let mut out = vec![String::new(); batch.places.len()];
    for &part in parts {
        let mut i = 0;
        each(&batch.columns[part], None, |v| {
            let value = v.trim();
            if !value.is_empty() {
                if !out[i].is_empty() {
                    out[i].push(' ');
                }
                out[i].push_str(value);
            }
            i += 1;
        });
    }
    out
}

fn gather<T: Copy>(values: &[T], order: &[u32]) -> Vec<T> {
    order.iter().map(|&i| values[i as usize]).collect()
}

/// True when the rows of this layout carry versions and deletions.
pub(super) fn is_lake(preset: Preset) -> bool {
    preset == Preset::DynamicsLake
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_rounded_by_excel_are_told() {
        for (id, usable) in [
            ("1.23457E+15", false),
            ("1,23E+15", false),
            ("5E+12", false),
            ("", false),
            ("  ", false),
            ("00E+x", true),
            ("00012", true),
            ("1.23E15", true),
            ("A1.2E+3", true),
        ] {
            assert_eq!(unusable_id(id).is_none(), usable, "{id:?}");
        }
    }

    #[test]
    fn guids_are_told_from_names() {
        assert!(is_guid("{0A1B2C3D-0000-1111-2222-333344445555}"));
        assert!(is_guid("0a1b2c3d-0000-1111-2222-333344445555"));
        assert!(!is_guid("Contoso Ltd"));
    }
}
