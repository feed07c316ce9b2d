//! `manifest.json`: what ran, on what, for how long, and the hash of every file. Written last; the only file with times.

use super::csv::CsvTally;
use super::error::ReportError;
use super::folder::Written;
use super::{CsvGuard, ReportInput, RunMeta, write_pretty};
use crate::durable::{hex, sha256_hex};
use crate::model::Table;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::{self, Write};

/// Name of the format, in the file.
pub(super) const FORMAT: &str = "kinfold-manifest";

/// Version of the format; grows when a reader of the old one would be misled.
pub(super) const VERSION: u32 = 1;

/// The file as written and read.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) format: String,
    pub(super) version: u32,
    pub(super) run: String,
    tool: String,
    tool_version: String,
    versions: BTreeMap<String, String>,
    rule_set: RuleSetEntry,
    pub(super) inputs: Vec<InputEntry>,
    arguments: Vec<String>,
    started: String,
    threads: usize,
    stage_millis: Vec<StageEntry>,
    pub(super) csv: CsvEntry,
    pub(super) files: Vec<FileEntry>,
}

#[derive(Debug, Serialize, Deserialize)]
struct RuleSetEntry {
    name: String,
    sha256: String,
    /// Number of the published version.
    #[serde(default)]
    version: Option<u64>,
}

/// An input file.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct InputEntry {
    pub(super) path: String,
    sha256: String,
    bytes: u64,
    pub(super) rows_read: u64,
    pub(super) rows_used: u64,
    pub(super) rows_rejected: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct StageEntry {
    stage: String,
    millis: u64,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct CsvEntry {
    pub(super) guarded: bool,
    guarded_cells: u64,
    guarded_ids: u64,
    cut_cells: u64,
}

/// A file of the run.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct FileEntry {
    pub(super) name: String,
    pub(super) bytes: u64,
    pub(super) sha256: String,
    /// Rows without the header, for tables.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rows: Option<u64>,
}

/// The name of a run: when it began, and what went in.
///
/// The hash covers the bytes of the inputs, in whatever order they were named, and the rule set.
pub(super) fn run_id(table: &Table, meta: &RunMeta) -> Result<String, ReportError> {
    let started: jiff::Timestamp = meta.started.parse().map_err(|_| ReportError::Started {
        text: meta.started.clone(),
    })?;
    let mut inputs: Vec<&str> = table.files.iter().map(|f| f.sha256.as_str()).collect();
    inputs.sort_unstable();
    let mut sha256 = Sha256::new();
    for input in inputs {
        sha256.update(input.as_bytes());
        sha256.update(b"\n");
    }
    sha256.update(meta.rule_set_toml.as_bytes());
    let hash = hex(&sha256.finalize());
    Ok(format!(
        "{}-{}",
        started.strftime("%Y%m%dT%H%M%SZ"),
        &hash[..8]
    ))
}

/// The hash of the rule set's canonical text.
pub(super) fn rule_set_sha256(meta: &RunMeta) -> String {
    sha256_hex(&meta.rule_set_toml)
}

/// Writes the manifest of a run whose other files are finished.
pub(super) fn write(
    input: &ReportInput<'_>,
    run_id: &str,
    written: &[Written],
    n_rows: &[(&'static str, u64)],
    tally: CsvTally,
    out: &mut impl Write,
) -> io::Result<()> {
    let meta = input.meta;
    let manifest = Manifest {
        format: FORMAT.to_owned(),
        version: VERSION,
        run: run_id.to_owned(),
        tool: "kinfold".to_owned(),
        tool_version: meta.tool_version.clone(),
        versions: meta.extra_versions.iter().cloned().collect(),
        rule_set: RuleSetEntry {
            name: meta.rule_set_name.clone(),
            sha256: rule_set_sha256(meta),
            version: meta.rule_set_version,
        },
        inputs: input
            .table
            .files
            .iter()
            .map(|file| InputEntry {
                path: file.path.clone(),
                sha256: file.sha256.clone(),
                bytes: file.n_bytes,
                rows_read: file.n_rows,
                rows_used: file.n_used,
                rows_rejected: file.n_rejected,
            })
            .collect(),
        arguments: meta.arguments.clone(),
        started: meta.started.clone(),
        threads: meta.n_threads,
        stage_millis: meta
            .stage_millis
            .iter()
            .map(|(stage, millis)| StageEntry {
                stage: stage.clone(),
                millis: *millis,
            })
            .collect(),
        csv: CsvEntry {
            guarded: meta.csv_guard == CsvGuard::Guarded,
            guarded_cells: tally.n_guarded,
            guarded_ids: tally.n_guarded_ids,
            cut_cells: tally.n_cut,
        },
        files: written
            .iter()
            .map(|file| FileEntry {
                name: file.name.to_owned(),
                bytes: file.n_bytes,
                sha256: file.sha256.clone(),
                rows: n_rows
                    .iter()
                    .find(|(name, _)| *name == file.name)
                    .map(|(_, n)| *n),
            })
            .collect(),
    };
    write_pretty(&manifest, out)
}
