//! Stage 1: export files to records.
//!
//! Takes paths of CSV or Parquet exports; gives a [`Table`] in the order of (record type, id) whatever the order of
//! the rows, and a report of the rows that could not be used. Promises: every row is either used or rejected with its
//! place and reason; every value is text, exactly as exported; damage that hides the rest of a file is an error.
//! What the values mean (e-mail, phone, name) is left to stage 2.
//!
//! - `source`: bytes, hash, compression, formats we refuse by name
//! - `text`: encodings
//! - `checker`: the strict structure of delimited text
//! - `delimited`, `parquet`: the two formats, values by polars
//! - `layout`, `aliases`: which CRM, which column is which field
//! - `state`: active, inactive, merged away, deleted
//! - `records`, `versions`: columns, ids, order

mod aliases;
mod checker;
mod delimited;
mod error;
mod format;
mod layout;
mod options;
mod parquet;
mod records;
mod source;
mod state;
mod text;
mod versions;

use std::path::{Path, PathBuf};

use crate::model::{Field, FileInfo, IngestReport, Notice, Progress, Reject, Table};
use delimited::DelimitedFile;
use format::Format;
use layout::Layout;
use parquet::ParquetFile;
use records::{FilePlan, Records};
use source::Source;

pub use error::{DoubledId, IngestError, IngestErrorKind};
pub use options::{Encoding, IngestOptions, Limits, UnknownState};
pub use parquet::{DECODE_ARGUMENT, decode_parquet};

/// Reads the files into one table.
///
/// Rows are in the order of (record type, id bytes); columns of several files are merged by field, else by header.
/// Rejected rows are in the report, in file and row order; they are not errors. For every file,
/// `n_rows = n_used + n_rejected`.
/// Errors: see [`IngestError`]; the first one in file order.
/// Cost: one pass over the bytes, about three times the text of a file's columns in memory at the end.
pub fn read(
    paths: &[PathBuf],
    options: &IngestOptions,
    progress: &dyn Progress,
) -> Result<(Table, IngestReport), IngestError> {
    if paths.is_empty() {
        return Err(IngestError::usage("read: no input file is given"));
    }
    if let Some(d) = options.delimiter
        && (matches!(d, b'"' | b'\n' | b'\r' | 0) || !d.is_ascii())
    {
        return Err(IngestError::usage(
            "use --delimiter: it must be one ASCII character, no quote and no line end",
        ));
    }
    for (file, record_type) in &options.file_types {
        let shown: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
        if !shown.iter().any(|path| options::is_called(path, file)) {
            return Err(IngestError::usage(format!(
                "use --type {file}={}: no input is called {file:?}; they are {}",
                record_type.as_str(),
                shown.join(", ")
            )));
        }
    }
    let overrides = layout::overrides(&options.columns)?;
    let mut run = Run {
        options,
        overrides: &overrides,
        progress,
        records: Records::default(),
        report: IngestReport::default(),
        files: Vec::new(),
        is_lake: Vec::new(),
        overrides_used: vec![false; overrides.len()],
        only_file: paths.len() == 1,
    };
    for path in paths {
        run.read_file(path)?;
    }
    if let Some(unused) = run.overrides_used.iter().position(|used| !used) {
        let (field, header) = &overrides[unused];
        return Err(IngestError::usage(format!(
            "use --column {}={header}: none of the files has a column {header:?}",
            field.name()
        )));
    }
    let Run {
        records,
        mut report,
        files,
        is_lake,
        ..
    } = run;
    progress.begin("sorting by id", "records", Some(records.n_records() as u64));
    let n_records = records.n_records() as u64;
    let table = records.into_table(files, &is_lake, &mut report.notices)?;
    progress.advance(n_records);
    progress.end();
    Ok((table, report))
}

/// What grows while the files are read one after the other.
struct Run<'a> {
    options: &'a IngestOptions,
    overrides: &'a [(Field, String)],
    progress: &'a dyn Progress,
    records: Records,
    report: IngestReport,
    files: Vec<FileInfo>,
    is_lake: Vec<bool>,
    overrides_used: Vec<bool>,
    only_file: bool,
}

impl Run<'_> {
    fn read_file(&mut self, path: &Path) -> Result<(), IngestError> {
        let shown = source::shown(path);
        let file_idx = u16::try_from(self.files.len())
            .map_err(|_| IngestError::usage("read: more than 65,535 files are given"))?;
        let shown_size = std::fs::metadata(path).ok().filter(|m| m.is_file());
        self.progress.begin(
            &format!("reading {shown}"),
            "bytes",
            shown_size.map(|m| m.len()),
        );
        let read = self.read_open_file(path, shown, file_idx);
        self.progress.end();
        read
    }

    fn read_open_file(
        &mut self,
        path: &Path,
        shown: String,
        file_idx: u16,
    ) -> Result<(), IngestError> {
        let mut source = Source::open(path, &self.options.limits, self.progress)?;
        let mut rejects = Vec::new();
        let (plan, format, n_rows) = match source.format {
            Format::Text => {
                let (plan, n_rows) =
                    self.read_delimited(&shown, file_idx, &mut source, &mut rejects)?;
                (plan, "csv", n_rows)
            }
            Format::Parquet => {
                let (plan, n_rows) =
                    self.read_parquet(&shown, file_idx, &mut source, &mut rejects)?;
                (plan, "parquet", n_rows)
            }
        };
        let fingerprint = source.finish()?;
        let n_rejected = rejects.len() as u64;
        assert_eq!(
            n_rows,
            plan.n_accepted + n_rejected,
            "every row of {shown} is used or rejected"
        );
        // Structure and meaning are looked at apart; the report is in row order.
        rejects.sort_by_key(|r| r.row);
        self.report.rejects.append(&mut rejects);
        if plan.n_unknown_state > 0 {
            self.notice(format!(
                "{shown}: {} rows with an unknown state are taken as inactive",
                plan.n_unknown_state
            ));
        }
        if n_rows == 0 {
            self.notice(format!("{shown}: there is no row below the header"));
        }
        self.is_lake.push(records::is_lake(plan.layout.preset));
        let (mapped, unmapped) = mapping(&plan.layout);
        self.files.push(FileInfo {
            path: shown,
            preset: plan.layout.preset.as_str().to_owned(),
            format: format.to_owned(),
            sha256: fingerprint.sha256,
            n_bytes: fingerprint.n_bytes,
            n_rows,
            n_used: plan.n_accepted,
            n_rejected,
            n_superseded: 0,
            mapped,
            unmapped,
        });
        Ok(())
    }

    fn read_delimited(
        &mut self,
        path: &str,
        file_idx: u16,
        source: &mut Source<'_>,
        rejects: &mut Vec<Reject>,
    ) -> Result<(FilePlan, u64), IngestError> {
        let (mut file, layout) = DelimitedFile::open(path, source, self.options, self.overrides)?;
        let names: Vec<String> = layout.columns.iter().map(|c| c.0.clone()).collect();
        self.accept_layout(path, &layout, &names)?;
        let mut layout = Some(layout);
        let mut plan = None;
        let mut n_rows = 0;
        let mut chunk = file.next_chunk(Vec::new())?;
        let mut room = Vec::new();
        while let Some(mut current) = chunk {
            self.check_cancelled()?;
            fail_point!("read.batch").map_err(|source| IngestError::Io {
                path: path.to_owned(),
                source,
            })?;
            n_rows += current.n_rows;
            rejects.append(&mut current.rejects);
            if let Some(text) = current.suspicion() {
                self.notice(format!("{path}: {text}"));
            }
            let parsed = file.parser();
            // One piece is parsed and stored while the next is read and checked.
            let (stored, next) = rayon::join(
                || {
                    let batch = parsed.parse(&mut current)?;
                    let plan = plan.get_or_insert_with(|| {
                        self.records.begin_file(
                            path,
                            file_idx,
                            layout.take().expect("a file begins once"),
                            Some(&batch),
                            self.options.unknown_state,
                        )
                    });
                    self.records.append(plan, &batch, rejects)
                },
                || file.next_chunk(std::mem::take(&mut room)),
            );
            stored?;
            chunk = next?;
            room = current.into_room();
        }
        let plan = plan.unwrap_or_else(|| {
            self.records.begin_file(
                path,
                file_idx,
                layout.take().expect("no batch has begun the file"),
                None,
                self.options.unknown_state,
            )
        });
        self.tell_layout(path, &plan.layout);
        Ok((plan, n_rows))
    }

    fn read_parquet(
        &mut self,
        path: &str,
        file_idx: u16,
        source: &mut Source<'_>,
        rejects: &mut Vec<Reject>,
    ) -> Result<(FilePlan, u64), IngestError> {
        let mut file = ParquetFile::open(path, source, self.options)?;
        let mut layout = layout::read_header(
            path,
            &file.names,
            self.options.record_type_of(path),
            self.overrides,
        )?;
        layout.notices.append(&mut file.notices);
        self.accept_layout(path, &layout, &file.names)?;
        let mut batch = file.next_batch()?;
        let mut plan = self.records.begin_file(
            path,
            file_idx,
            layout,
            batch.as_ref(),
            self.options.unknown_state,
        );
        while let Some(current) = batch {
            self.check_cancelled()?;
            self.records.append(&mut plan, &current, rejects)?;
            batch = file.next_batch()?;
        }
        self.tell_layout(path, &plan.layout);
        Ok((plan, file.n_rows() as u64))
    }

    /// Refuses a layout without an id; keeps its notices.
    fn accept_layout(
        &mut self,
        path: &str,
        layout: &Layout,
        names: &[String],
    ) -> Result<(), IngestError> {
        for &i in &layout.overrides_used {
            self.overrides_used[i] = true;
        }
        if self.only_file
            && let Some(unused) = self.overrides_used.iter().position(|used| !used)
        {
            let (field, header) = &self.overrides[unused];
            return Err(layout::missing_header(*field, header, path, layout, names));
        }
        let mapped_id = layout.columns.iter().any(|c| c.1 == Some(Field::Id))
            || layout.joined.iter().any(|j| j.1 == Field::Id);
        if !mapped_id {
            return Err(IngestError::file(
                path,
                format!(
                    "no column is known to hold the record's id; name it with --column id=HEADER; {}",
                    layout.told_columns(names)
                ),
            ));
        }
        for text in &layout.notices {
            self.notice(text.clone());
        }
        Ok(())
    }

    fn tell_layout(&mut self, path: &str, layout: &Layout) {
        let (mapped, unmapped) = mapping(layout);
        // Columns called as the field is need no saying one by one.
        let (own, renamed): (Vec<_>, Vec<_>) = mapped
            .into_iter()
            .partition(|(header, field)| header == field);
        let mut mapped: Vec<String> = renamed
            .into_iter()
            .map(|(header, field)| format!("{header} = {field}"))
            .collect();
        if !own.is_empty() {
            let column = if own.len() == 1 { "column" } else { "columns" };
            mapped.push(format!("{} {column} called as the field", own.len()));
        }
        let kept = if unmapped.is_empty() {
            String::new()
        } else {
            format!("; kept as text without a meaning: {}", unmapped.join(", "))
        };
        self.notice(format!(
            "{path}: layout {}, {} records; {}{kept}",
            layout.preset.as_str(),
            layout.record_type.as_str(),
            mapped.join(", ")
        ));
    }

    fn notice(&mut self, text: String) {
        self.report.notices.push(Notice { text });
    }

    fn check_cancelled(&self) -> Result<(), IngestError> {
        if self.progress.cancelled() {
            Err(IngestError::Cancelled)
        } else {
            Ok(())
        }
    }
}

/// `(header, field)` of the mapped columns, and the other headers, in file order.
fn mapping(layout: &Layout) -> (Vec<(String, String)>, Vec<String>) {
    let mut mapped = Vec::new();
    let mut unmapped = Vec::new();
    for (name, field) in &layout.columns {
        match field {
            Some(field) => mapped.push((name.clone(), field.name().to_owned())),
            None => unmapped.push(name.clone()),
        }
    }
    for (name, field, _) in &layout.joined {
        mapped.push((name.clone(), field.name().to_owned()));
    }
    (mapped, unmapped)
}
