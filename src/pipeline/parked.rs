//! The text of records in a file while pairs are found: rules and evidence look at matchcodes alone, so the memory of
//! the text is free for them.
//!
//! The file has no name once it is open, belongs to its owner alone, and is gone when the process ends, however that
//! comes about. Only what survivors and reports look at comes back: ids of all records in pairs, the rest of those that
//! are suggested or shown.

use super::{
    Clocks, Decisions, Engine, LinkOptions, PipelineError, Weighed, check_rules, conclude, weigh,
};
use crate::model::{Field, Outcome, Progress, RowSet, Table, Verdict};
use crate::report::{N_OTHER_PAIRS_MAX, N_ROWS_MAX};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Rows written or read at a time.
const ROWS: usize = 1 << 16;

/// The text of a table, in a file, and what must be known of it before pairs are found.
#[derive(Debug)]
pub struct ParkedText {
    folder: PathBuf,
    file: File,
    /// Position in [`Table::columns`] and beginning in the file: where values end, four bytes each, then their text.
    columns: Vec<(usize, u64)>,
    decisions: Decisions,
    clocks: Clocks,
}

impl ParkedText {
    /// Writes the text of all columns that are held value by value to a file in `folder`, and takes it from the table.
    ///
    /// Errors: those of [`link_with`](super::link_with) about rules and decisions, and [`PipelineError::Parking`] when the
    /// file cannot be written; the table is then as it was. Cost: the bytes of the text, once.
    pub fn new(
        table: &mut Table,
        options: &LinkOptions,
        folder: &Path,
    ) -> Result<ParkedText, PipelineError> {
        check_rules(table, options)?;
        let decisions = Decisions::resolve(table, options)?;
        let clocks = Clocks::of(table);
        let failed = |source| PipelineError::Parking {
            folder: folder.to_owned(),
            source,
        };
        let (file, columns) = write(table, folder).map_err(failed)?;
        for (at, _) in &columns {
            table.columns[*at].park();
        }
        Ok(ParkedText {
            folder: folder.to_owned(),
            file,
            columns,
            decisions,
            clocks,
        })
    }

    /// As [`link_with`](super::link_with), on the table that gave its text. Afterwards the table has the
    /// ids of all records in pairs again, those included that are left out, and all else of those in clusters and of pairs
    /// that a page shows; other text may not be asked for.
    pub fn link(
        mut self,
        table: &mut Table,
        engine: &Engine<'_>,
        options: &LinkOptions,
        progress: &dyn Progress,
    ) -> Result<Outcome, PipelineError> {
        let types = &table.record_type;
        let weighed = weigh(types, engine, options, &self.decisions, progress)?;
        let n_records = table.n_records();
        let ends = (weighed.pairs.iter().map(|p| (p.pair.left, p.pair.right)))
            .chain(weighed.found.suppressed.iter().map(|s| (s.left, s.right)));
        let paired = RowSet::new(n_records, ends.flat_map(|(l, r)| [l.at(), r.at()]));
        let told = told(&weighed, options.rules.rules.len(), n_records);
        self.bring_back(table, &Arc::new(paired), &Arc::new(told))
            .map_err(|source| PipelineError::Parking {
                folder: self.folder.clone(),
                source,
            })?;
        if progress.cancelled() {
            return Err(PipelineError::Cancelled);
        }
        let (decisions, clocks) = (self.decisions, self.clocks);
        conclude(table, engine, options, decisions, clocks, weighed, progress)
    }

    /// Reads the ids of `paired` and all else of `told` back.
    fn bring_back(
        &mut self,
        table: &mut Table,
        paired: &Arc<RowSet>,
        told: &Arc<RowSet>,
    ) -> io::Result<()> {
        let n_rows = table.n_records();
        for (at, begin) in &self.columns {
            let column = &mut table.columns[*at];
            let rows = match column.field {
                Some(Field::Id) => paired,
                _ => told,
            };
            self.file.seek(SeekFrom::Start(*begin))?;
            let mut ends = vec![0; 4 * n_rows];
            self.file.read_exact(&mut ends)?;
            let (ends, _) = ends.as_chunks::<4>();
            let end = |row: usize| u32::from_le_bytes(ends[row]) as usize;
            let start = |row: usize| if row == 0 { 0 } else { end(row - 1) };
            let (mut kept, mut kept_ends) = (Vec::new(), Vec::with_capacity(rows.len()));
            let mut piece = Vec::new();
            for from in (0..n_rows).step_by(ROWS) {
                let to = (from + ROWS).min(n_rows);
                let first = start(from);
                piece.resize(end(to - 1) - first, 0);
                self.file.read_exact(&mut piece)?;
                for row in rows.between(from, from + ROWS) {
                    kept.extend_from_slice(&piece[start(row) - first..end(row) - first]);
                    kept_ends.push(kept.len() as u32);
                }
            }
            kept.shrink_to_fit();
            let text = String::from_utf8(kept).map_err(io::Error::other)?;
            column.bring_back(rows, text, kept_ends);
        }
        Ok(())
    }
}

/// The records whose text survivors and reports look at: members of clusters, those of pairs that people declared the
/// same, and those of the pairs that the page shows besides, which are the strongest of their kind and the first of
/// those left out.
fn told(weighed: &Weighed<'_>, always_rule: usize, n_records: usize) -> RowSet {
    let members = weighed.clusters.iter().flat_map(|c| &c.members).copied();
    let of = |verdict: Verdict| weighed.pairs.iter().filter(move |p| p.verdict == verdict);
    let shown = Verdict::ALL.into_iter().flat_map(|verdict| {
        let mut scores: Vec<i32> = of(verdict).map(|p| p.evidence.score_millibits).collect();
        let least = match scores.len().checked_sub(N_OTHER_PAIRS_MAX) {
            // Pairs for a merge that are apart after all may be any of them.
            _ if verdict.suggests_merge() => i32::MIN,
            None | Some(0) => i32::MIN,
            Some(at) => *scores.select_nth_unstable(at).1,
        };
        of(verdict)
            .filter(move |p| p.evidence.score_millibits >= least || p.pair.rules.has(always_rule))
    });
    let left_out = weighed.found.suppressed.iter().take(N_ROWS_MAX);
    let ends = (shown.map(|p| [p.pair.left, p.pair.right]))
        .chain(left_out.map(|p| [p.left, p.right]))
        .flatten();
    RowSet::new(n_records, members.chain(ends).map(|r| r.at()))
}

fn write(table: &Table, folder: &Path) -> io::Result<(File, Vec<(usize, u64)>)> {
    let mut file = tempfile::tempfile_in(folder)?;
    let mut columns = Vec::new();
    let mut n_written = 0;
    for (at, column) in table.columns.iter().enumerate() {
        let Some((text, ends)) = column.text_and_ends() else {
            continue;
        };
        columns.push((at, n_written));
        for ends in ends.chunks(ROWS) {
            let bytes: Vec<u8> = ends.iter().flat_map(|end| end.to_le_bytes()).collect();
            file.write_all(&bytes)?;
        }
        file.write_all(text.as_bytes())?;
        n_written += (4 * ends.len() + text.len()) as u64;
    }
    Ok((file, columns))
}
