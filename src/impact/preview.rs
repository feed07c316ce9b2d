//! A preview: an impact with the names of what was compared and the gate's answer. What `--json` prints and
//! `preview.json` holds.

use super::{Figures, FirstFigures, Gate, Impact};
use crate::model::{Activity, Table};
use crate::rules::RuleSet;
use serde::Serialize;
use std::path::Path;

/// Version of the JSON form.
pub const PREVIEW_FORMAT: u32 = 1;

/// One side of a preview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleSource {
    /// Name of the rule set.
    pub name: String,
    /// Where it comes from: a file name, `built-in rules`, or a published version.
    pub source: String,
    /// Number of rules.
    pub n_rules: u64,
}

impl RuleSource {
    /// A rule set with its source.
    pub fn new(rules: &RuleSet, source: impl Into<String>) -> RuleSource {
        RuleSource {
            name: rules.name.clone(),
            source: source.into(),
            n_rules: rules.rules.len() as u64,
        }
    }
}

/// What became of a gate.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GateResult {
    /// The gate as read.
    pub expression: String,
    /// Whether all clauses hold.
    pub holds: bool,
    /// Each clause.
    pub clauses: Vec<ClauseResult>,
}

/// What became of one clause.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClauseResult {
    /// The clause as read.
    pub clause: String,
    /// The figure's value.
    pub value: f64,
    /// Whether it holds.
    pub holds: bool,
}

impl GateResult {
    /// Asks a gate.
    pub fn of(gate: &Gate, figures: &Figures) -> GateResult {
        let clauses: Vec<ClauseResult> = gate
            .check(figures)
            .into_iter()
            .map(|v| ClauseResult {
                clause: v.clause.to_string(),
                value: (v.value * 1e6).round() / 1e6,
                holds: v.holds,
            })
            .collect();
        GateResult {
            expression: gate.to_string(),
            holds: clauses.iter().all(|c| c.holds),
            clauses,
        }
    }
}

/// A preview.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Preview {
    /// [`PREVIEW_FORMAT`].
    pub format: u32,
    /// Version of kinfold.
    pub tool_version: String,
    /// The draft.
    pub draft: RuleSource,
    /// The rules in force.
    pub against: RuleSource,
    /// Names of the files read, without folders.
    pub files: Vec<String>,
    /// SHA-256 of each, hex.
    pub input_sha256: Vec<String>,
    /// Records read.
    pub n_records: u64,
    /// Of those, active.
    pub n_active: u64,
    /// Estimates from a sample, when they were asked for.
    pub first_figures: Option<FirstFigures>,
    /// The exact answer; `None` when only first figures were asked for.
    pub impact: Option<Impact>,
    /// The gate's answer, when there was a gate.
    pub gate: Option<GateResult>,
}

impl Preview {
    /// A preview without an answer yet.
    pub fn new(table: &Table, draft: RuleSource, against: RuleSource) -> Preview {
        let name = |path: &str| {
            Path::new(path)
                .file_name()
                .and_then(|n| n.to_str())
                .unwrap_or(path)
                .to_owned()
        };
        let n_active = table
            .activity
            .iter()
            .filter(|a| **a == Activity::Active)
            .count();
        Preview {
            format: PREVIEW_FORMAT,
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            draft,
            against,
            files: table.files.iter().map(|f| name(&f.path)).collect(),
            input_sha256: table.files.iter().map(|f| f.sha256.clone()).collect(),
            n_records: table.n_records() as u64,
            n_active: n_active as u64,
            first_figures: None,
            impact: None,
            gate: None,
        }
    }
}
