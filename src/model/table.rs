//! The records of a run as text, exactly as exported, with the place each came from.

use super::column::TextColumn;
use super::field::{Field, RecordType};
use super::ids::RecordIdx;
use super::{Activity, Candidacy};

/// Where a record stood in the input.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Origin {
    /// Position in [`Table::files`].
    pub file_idx: u16,
    /// Data row: the header is row 1, the first record row 2. Parquet: the first record is row 1.
    pub row: u32,
    /// Physical line on which the record begins (1-based); 0 for Parquet.
    pub line: u32,
}

/// One input file as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileInfo {
    /// Path as given by the user.
    pub path: String,
    /// Layout detected: `dynamics`, `dynamics-excel`, `dynamics-lake`, `salesforce`, `salesforce-report`, `hubspot`, `custom`.
    pub preset: String,
    /// `csv` or `parquet`.
    pub format: String,
    /// SHA-256 of the file's bytes, hex.
    pub sha256: String,
    /// Size in bytes.
    pub n_bytes: u64,
    /// Data rows read, rejected ones included.
    pub n_rows: u64,
    /// Rows accepted: those that became records and those set aside ([`n_superseded`](Self::n_superseded)).
    /// `n_rows = n_used + n_rejected`, always.
    pub n_used: u64,
    /// Rows rejected.
    pub n_rejected: u64,
    /// Of the accepted rows, those set aside by the layout's own rules: deletions and older versions of a lake
    /// export, identical doubles.
    pub n_superseded: u64,
    /// `(header, canonical field name)` of every mapped column, in file order.
    pub mapped: Vec<(String, String)>,
    /// Headers without a meaning, in file order; kept as text columns.
    pub unmapped: Vec<String>,
}

/// A row that could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reject {
    /// Path as given by the user.
    pub file: String,
    /// Data row (header = 1).
    pub row: u64,
    /// Physical line (1-based), 0 for Parquet.
    pub line: u64,
    /// Column header, empty when the whole row is at fault.
    pub column: String,
    /// What is wrong and what to do, without the value itself.
    pub reason: String,
}

/// Something the user should know that did not stop the reading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// One sentence, without personal values.
    pub text: String,
}

/// How the reading went.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct IngestReport {
    /// Rejected rows, in file and row order.
    pub rejects: Vec<Reject>,
    /// Notes for the user: layout chosen, delimiter guessed, columns unmapped.
    pub notices: Vec<Notice>,
}

/// All records of a run. Row i is the record at [`RecordIdx`] i; rows are in the order of (record type, id bytes).
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// The files, in the order given.
    pub files: Vec<FileInfo>,
    /// Type of each record.
    pub record_type: Vec<RecordType>,
    /// Activity of each record. Without a state column and with `--assume-active`, all active.
    pub activity: Vec<Activity>,
    /// Whether each record takes part.
    pub candidacy: Vec<Candidacy>,
    /// Where each record stood.
    pub origin: Vec<Origin>,
    /// Columns: the known fields first in canonical order, then the others by header. Each has a value for every record.
    pub columns: Vec<TextColumn>,
    /// Record types for which no state column was found, so that `exclude_inactive` cannot be honoured.
    pub stateless: Vec<RecordType>,
}

impl Table {
    /// Number of records.
    pub fn n_records(&self) -> usize {
        self.record_type.len()
    }

    /// The column of a known field.
    pub fn field(&self, field: Field) -> Option<&TextColumn> {
        self.columns.iter().find(|c| c.field == Some(field))
    }

    /// The column a rule file calls `name`: canonical field name, else header, ignoring case.
    pub fn column(&self, name: &str) -> Option<&TextColumn> {
        self.columns
            .iter()
            .find(|c| c.name().eq_ignore_ascii_case(name))
            .or_else(|| {
                self.columns
                    .iter()
                    .find(|c| c.header.eq_ignore_ascii_case(name))
            })
    }

    /// The value of a known field, empty when the column or the value is missing.
    #[inline]
    pub fn value(&self, record: RecordIdx, field: Field) -> &str {
        self.field(field).map_or("", |c| c.get(record.at()))
    }

    /// The record's own id as exported.
    pub fn id(&self, record: RecordIdx) -> &str {
        self.value(record, Field::Id)
    }

    /// The record with this id; with several types, the first by type order. Binary search within each type.
    pub fn find(&self, id: &str) -> Option<RecordIdx> {
        let types = RecordType::ALL.into_iter();
        types
            .filter_map(|record_type| self.find_of(record_type, id))
            .next()
    }

    /// The record of this type with this id. Binary search: records are in the order of type and id.
    pub fn find_of(&self, record_type: RecordType, id: &str) -> Option<RecordIdx> {
        let ids = self.field(Field::Id)?;
        let mut low = self.record_type.partition_point(|t| *t < record_type);
        let mut high = self.record_type.partition_point(|t| *t <= record_type);
        while low < high {
            let mid = (low + high) / 2;
            match ids.get(mid).cmp(id) {
                std::cmp::Ordering::Less => low = mid + 1,
                std::cmp::Ordering::Greater => high = mid,
                std::cmp::Ordering::Equal => return Some(RecordIdx(mid as u32)),
            }
        }
        None
    }
}
