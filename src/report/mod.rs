//! Stage 7: what a run writes.
//!
//! Takes the [`Table`], how its reading went and the [`Outcome`]; gives a folder of files, whole or not at all.
//! Order: every file is in the order of the outcome, and the bytes of all files but `manifest.json` depend on the
//! records, the rules and this version alone: not on the order of input rows (but for `rejects.csv`, which names rows),
//! nor on threads, times, folders or the machine.
//! Leaves to others: what is worth reporting (stages 3 to 6) and the meaning of exit codes (the command line).
//!
//! `docs/outputs.md` describes every file and column.

mod bundle;
mod csv;
mod error;
mod figures;
mod flushes;
mod folder;
mod forget;
mod guard;
mod html;
mod job;
mod json;
mod lanes;
mod lock;
mod manifest;
mod names;
mod parquet;
mod sheet;
mod summary;
mod tables;
mod verify;

pub use bundle::{guarded_csv, write_bundle};
pub use error::{ReportError, ReportErrorKind};
pub use forget::{ForgottenRuns, remove_runs, runs_naming};
pub use guard::{guard, unguard};
pub use html::{N_OTHER_PAIRS_MAX, N_ROWS_MAX, StillPage, count, counted, shown, still_page};
pub use lock::{OutLock, lock};
pub use verify::{RunFile, Verified, read_file_of_run, verify};

use crate::model::{IngestReport, Outcome, Progress, Table};
use csv::{CsvFile, CsvRows, CsvTally};
use flushes::Flushes;
use folder::RunFolder;
use json::{JsonFile, JsonRows};
use lanes::{Work, in_lanes};
use names::Names;
use parquet::{ParquetFile, ParquetRows};
use sheet::{Finished, Piece, RowFormat, Sheet, SheetFile};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

/// Whether CSV files are made safe to open in a spreadsheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum CsvGuard {
    /// For people: byte order mark, formulas guarded, cells cut to what Excel holds.
    #[default]
    Guarded,
    /// For programs: values as they are.
    Raw,
}

/// The run itself: what the reports say beside what was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RunMeta {
    /// Version of kinfold.
    pub tool_version: String,
    /// Name of the rule set.
    pub rule_set_name: String,
    /// The rule set as canonical text; its hash goes into the manifest.
    pub rule_set_toml: String,
    /// The number of the published version that the rules are of; `None` for rules of a file and built-in ones.
    pub rule_set_version: Option<u64>,
    /// The command line, without the program.
    pub arguments: Vec<String>,
    /// When the run began: RFC 3339, UTC.
    pub started: String,
    /// Stages and the milliseconds each took, in order.
    pub stage_millis: Vec<(String, u64)>,
    /// Threads used.
    pub n_threads: usize,
    /// How CSV files are written.
    pub csv_guard: CsvGuard,
    /// Versions of what the answer depends on (tables, metadata): name and version.
    pub extra_versions: Vec<(String, String)>,
}

/// Everything a report is made of.
#[derive(Debug, Clone, Copy)]
pub struct ReportInput<'a> {
    /// The records.
    pub table: &'a Table,
    /// How the reading went.
    pub ingest: &'a IngestReport,
    /// What was found.
    pub outcome: &'a Outcome,
    /// The run.
    pub meta: &'a RunMeta,
}

/// A published run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    /// Its folder.
    pub run_dir: PathBuf,
    /// Its name.
    pub run_id: String,
    /// Its files and their sizes in bytes, in the order written; the manifest last.
    pub files: Vec<(String, u64)>,
}

/// Writes all files of a run and publishes them at once under `out_dir`.
///
/// The caller holds the [`lock`] of `out_dir`. `out_dir` is created when missing and refused when it holds other
/// things. On any error, and when the user asks to stop, nothing of the run remains and earlier runs are untouched.
/// Memory: about 64 K rows of the widest file, a few thousand formatted ones a thread, and the page, beside the input.
/// Cost: proportional to the bytes written.
pub fn publish(
    out_dir: &Path,
    input: &ReportInput<'_>,
    progress: &dyn Progress,
) -> Result<Published, ReportError> {
    let ReportInput {
        table,
        outcome,
        meta,
        ..
    } = *input;
    let base_id = manifest::run_id(table, meta)?;
    let folder = RunFolder::create(out_dir, &base_id)?;
    let names = Names::new(table, outcome);
    let mut writer = Writer {
        folder: &folder,
        csv_guard: meta.csv_guard,
        progress,
        flushes: Flushes::default(),
        n_rows: Vec::new(),
        tally: CsvTally::default(),
    };

    // The page is made while the tables are written, and written after them. With one thread the calling one makes every
    // call to the system, so that each can be told apart and made to fail.
    let (tables, pages) = if rayon::current_num_threads() == 1 {
        (writer.tables(input, &names), pages(input, &names))
    } else {
        rayon::join(|| writer.tables(input, &names), || pages(input, &names))
    };
    tables?;
    let (summary, page) = pages.map_err(ReportError::io("write", out_dir))?;
    writer.file("summary.json", &summary)?;
    writer.file("report.html", &page)?;

    let Writer {
        flushes,
        n_rows,
        tally,
        ..
    } = writer;
    let mut written = flushes.wait()?;
    check_cancelled(progress)?;
    let mut out = folder.file("manifest.json")?;
    manifest::write(input, folder.run_id(), &written, &n_rows, tally, &mut out)
        .map_err(ReportError::io("write", out.path()))?;
    let manifest = out.finish()?;
    let manifest_sha256 = manifest.sha256.clone();
    written.push(manifest);

    check_cancelled(progress)?;
    let run_id = folder.run_id().to_owned();
    let run_dir = folder.publish(&manifest_sha256, progress)?;
    Ok(Published {
        run_dir,
        run_id,
        files: written
            .into_iter()
            .map(|file| (file.name.to_owned(), file.n_bytes))
            .collect(),
    })
}

/// Removes published runs of `out_dir` but the `n_kept` newest (at least one). Returns how many were removed.
///
/// The caller holds the [`lock`]. What is not ours inside a run's folder is left where it is.
pub fn prune(out_dir: &Path, n_kept: usize) -> Result<usize, ReportError> {
    folder::prune(out_dir, n_kept)
}

/// Writes the files of one run and keeps account of them.
struct Writer<'a> {
    folder: &'a RunFolder,
    csv_guard: CsvGuard,
    progress: &'a dyn Progress,
    flushes: Flushes,
    n_rows: Vec<(&'static str, u64)>,
    tally: CsvTally,
}

/// `summary.json` and `report.html`, whole: the page holds no more than a choice.
fn pages(input: &ReportInput<'_>, names: &Names<'_>) -> io::Result<(Vec<u8>, Vec<u8>)> {
    let figures = figures::Figures::count(input.table, input.outcome);
    let (mut summary, mut page) = (Vec::new(), Vec::new());
    summary::write(input, names, &figures, &mut summary)?;
    html::write(input, names, &figures, &mut page)?;
    Ok((summary, page))
}

impl Writer<'_> {
    /// Writes every table of a run: each cell is looked up once for all files of its table.
    fn tables(&mut self, input: &ReportInput<'_>, names: &Names<'_>) -> Result<(), ReportError> {
        let ReportInput {
            table,
            ingest,
            outcome,
            ..
        } = *input;
        let mut sheets: Vec<(&[&'static str], Sheet<'_>)> = vec![
            (
                &["suggestions.csv", "suggestions.parquet", "suggestions.json"],
                tables::suggestions(table, outcome, names),
            ),
            (
                &["pairs.csv", "pairs.parquet"],
                tables::pairs(table, outcome, names),
            ),
            (&["golden.csv"], tables::golden(table, outcome, names)),
            (&["links.csv"], tables::links(table, outcome, names)),
            (&["suppressed.csv"], tables::suppressed(outcome, names)),
            (&["rejects.csv"], tables::rejects(ingest, names)),
            (&["aliases.csv"], tables::aliases(outcome)),
        ];
        if let Some(job) = &outcome.job {
            sheets.push((&["dynamics_job.csv"], job::rows(table, job, names)));
            sheets.push((&["missed.csv"], job::missed(table, job, names)));
        }
        let n_rows: usize = sheets.iter().map(|(_, sheet)| sheet.n_rows).sum();
        self.progress
            .begin("writing tables", "rows", Some(n_rows as u64));
        let tally = Mutex::new(CsvTally::default());
        let finished = |file: Finished| {
            let sum = tally.lock();
            sum.unwrap_or_else(PoisonError::into_inner).add(file.tally);
            self.flushes.begin(file.out)
        };
        let works = sheets
            .iter()
            .map(|(names, sheet)| self.sheet(names, sheet, &finished));
        let result = works
            .collect::<Result<Vec<_>, ReportError>>()
            .and_then(in_lanes);
        self.progress.end();
        for (names, sheet) in &sheets {
            let rows = names.iter().map(|name| (*name, sheet.n_rows as u64));
            self.n_rows.extend(rows);
        }
        let tally = tally.into_inner();
        self.tally
            .add(tally.unwrap_or_else(PoisonError::into_inner));
        result
    }

    /// A sheet into files of the formats their names end in.
    fn sheet<'s, 'a>(
        &'s self,
        names: &[&'static str],
        sheet: &'s Sheet<'a>,
        finished: &'s (dyn Fn(Finished) -> Result<(), ReportError> + Sync),
    ) -> Result<Work<'s, Piece<'s, 'a>, ReportError>, ReportError> {
        check_cancelled(self.progress)?;
        let mut formats: Vec<Box<dyn RowFormat>> = Vec::with_capacity(names.len());
        let mut files: Vec<Box<dyn SheetFile<'s, 'a> + 's>> = Vec::with_capacity(names.len());
        for name in names {
            let out = self.folder.file(name)?;
            match name.rsplit_once('.') {
                Some((_, "json")) => {
                    formats.push(Box::new(JsonRows::of(sheet)));
                    files.push(Box::new(JsonFile::begin(out)?));
                }
                Some((_, "parquet")) => {
                    formats.push(Box::new(ParquetRows));
                    files.push(Box::new(ParquetFile::begin(sheet, out)?));
                }
                _ => {
                    formats.push(Box::new(CsvRows(self.csv_guard)));
                    files.push(Box::new(CsvFile::begin(sheet, out, self.csv_guard)?));
                }
            }
        }
        Ok(sheet.to_files(formats, files, finished, self.progress))
    }

    fn file(&mut self, name: &'static str, bytes: &[u8]) -> Result<(), ReportError> {
        check_cancelled(self.progress)?;
        let mut out = self.folder.file(name)?;
        sheet::append(&mut out, bytes)?;
        self.flushes.begin(out)?;
        Ok(())
    }
}

/// [`ReportError::Cancelled`] when the user asked to stop.
fn check_cancelled(progress: &dyn Progress) -> Result<(), ReportError> {
    if progress.cancelled() {
        return Err(ReportError::Cancelled);
    }
    Ok(())
}

/// Writes a value as indented JSON with a final line break.
fn write_pretty(value: &impl serde::Serialize, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    out.write_all(b"\n")
}
