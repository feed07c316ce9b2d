//! `summary.json`: the counts of the run for programs. No times, no paths of the machine, and no hash of the input:
//! rows in another order give the same bytes.

use super::figures::{Figures, PairCount, ScoreBar, SuppressedCount, TypeCount, by_verdict};
use super::html::N_SUGGESTIONS_MAX;
use super::manifest::rule_set_sha256;
use super::names::Names;
use super::{ReportInput, write_pretty};
use crate::model::{HeavyKey, MILLIBITS_PER_BIT, Outcome, RuleCount};
use serde::Serialize;
use std::collections::BTreeMap;
use std::io::{self, Write};

#[derive(Serialize)]
struct Summary<'a> {
    format: &'static str,
    version: u32,
    tool_version: &'a str,
    rule_set: RuleSetEntry<'a>,
    input: InputEntry<'a>,
    records: RecordsEntry<'a>,
    pairs: PairsEntry<'a>,
    suggestions: SuggestionsEntry,
    rules: Vec<RuleEntry<'a>>,
    suppressed: SuppressedEntry<'a>,
    links: LinksEntry,
    lists: ListsEntry,
    decisions: DecisionsEntry,
    generic_values: Vec<GenericEntry<'a>>,
    heavy_keys: Vec<HeavyKeyEntry<'a>>,
    caps: Vec<CapEntry>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dynamics_job: Option<super::job::JobEntry<'a>>,
    coverage: CoverageEntry<'a>,
    notices: Vec<String>,
}

#[derive(Serialize)]
struct RuleSetEntry<'a> {
    name: &'a str,
    sha256: String,
    version: Option<u64>,
}

#[derive(Serialize)]
struct InputEntry<'a> {
    rows_read: u64,
    rows_used: u64,
    rows_rejected: u64,
    rows_superseded: u64,
    files: Vec<FileEntry<'a>>,
    columns: Vec<ColumnEntry<'a>>,
}

#[derive(Serialize)]
struct FileEntry<'a> {
    file: &'a str,
    preset: &'a str,
    format: &'a str,
    bytes: u64,
    rows_read: u64,
    rows_used: u64,
    rows_rejected: u64,
    rows_superseded: u64,
    mapped: BTreeMap<&'a str, &'a str>,
    unmapped: &'a [String],
}

#[derive(Serialize)]
struct ColumnEntry<'a> {
    name: &'a str,
    header: &'a str,
    mapped: bool,
    filled: u64,
}

#[derive(Serialize)]
struct RecordsEntry<'a> {
    total: u64,
    active: u64,
    inactive: u64,
    merged_away: u64,
    deleted: u64,
    by_type: &'a [TypeCount],
    without_state: Vec<&'static str>,
}

#[derive(Serialize)]
struct PairsEntry<'a> {
    all_possible: u64,
    #[serde(flatten)]
    total: PairCount,
    by_verdict: BTreeMap<&'static str, PairCount>,
    score_histogram: &'a [ScoreBar],
    prior_bits: f64,
}

#[derive(Serialize)]
struct SuggestionsEntry {
    total: u64,
    members: u64,
    records_to_merge: u64,
    active_records_affected: u64,
    by_verdict: BTreeMap<&'static str, u64>,
    by_size: BTreeMap<u64, u64>,
    by_flag: BTreeMap<&'static str, u64>,
}

#[derive(Serialize)]
struct RuleEntry<'a> {
    name: &'a str,
    pairs: u64,
    only: u64,
    by_verdict: BTreeMap<&'static str, u64>,
    suppressed: u64,
    compared: u64,
    left_out: LeftOutEntry,
    floor_bits: Option<f64>,
    plan: &'a str,
}

#[derive(Serialize)]
struct LeftOutEntry {
    below_floor: u64,
    skipped_with_proof: u64,
    generic: u64,
}

#[derive(Serialize)]
struct SuppressedEntry<'a> {
    rows: u64,
    pairs: u64,
    by_rule: &'a [SuppressedCount],
}

#[derive(Serialize)]
struct LinksEntry {
    total: u64,
    by_verdict: BTreeMap<&'static str, u64>,
}

#[derive(Serialize)]
struct ListsEntry {
    always: ListEntry,
    never: ListEntry,
    contradictions: u64,
}

#[derive(Serialize)]
struct DecisionsEntry {
    accepted: u64,
    rejected: u64,
    deferred: u64,
    lapsed: u64,
    not_in_data: u64,
}

#[derive(Serialize)]
struct ListEntry {
    pairs: u64,
    not_in_data: u64,
}

#[derive(Serialize)]
struct GenericEntry<'a> {
    kind: &'static str,
    value: &'a str,
    records: u64,
    people: u64,
}

#[derive(Serialize)]
struct HeavyKeyEntry<'a> {
    rule: &'a str,
    kind: &'a str,
    value: &'a str,
    records: u64,
    pairs: u64,
    treatment: &'a str,
}

/// Something that was cut short, with what it was cut to.
#[derive(Serialize)]
struct CapEntry {
    what: &'static str,
    limit: u64,
    total: u64,
}

#[derive(Serialize)]
struct CoverageEntry<'a> {
    all_pairs: u64,
    statements: &'a [String],
}

/// Writes the summary.
pub(super) fn write<'a>(
    input: &ReportInput<'a>,
    names: &Names<'a>,
    figures: &Figures,
    out: &mut impl Write,
) -> io::Result<()> {
    let ReportInput {
        table,
        ingest,
        outcome,
        meta,
    } = *input;
    let sum = |count: fn(&TypeCount) -> u64| figures.types.iter().map(count).sum();
    let n_suggestions = outcome.suggestions.len() as u64;
    let mut caps = Vec::new();
    if outcome.suggestions.len() > N_SUGGESTIONS_MAX {
        caps.push(CapEntry {
            what: "suggestions shown in report.html",
            limit: N_SUGGESTIONS_MAX as u64,
            total: n_suggestions,
        });
    }
    if let Some(job) = outcome
        .job
        .as_ref()
        .filter(|j| j.n_rows > j.rows.len() as u64)
    {
        caps.push(CapEntry {
            what: "rows listed in dynamics_job.csv",
            limit: job.rows.len() as u64,
            total: job.n_rows,
        });
    }
    let summary = Summary {
        format: "kinfold-summary",
        version: 1,
        tool_version: &meta.tool_version,
        rule_set: RuleSetEntry {
            name: &meta.rule_set_name,
            sha256: rule_set_sha256(meta),
            version: meta.rule_set_version,
        },
        input: input_entry(input, names, figures),
        records: RecordsEntry {
            total: table.n_records() as u64,
            active: sum(|t| t.n_active),
            inactive: sum(|t| t.n_inactive),
            merged_away: sum(|t| t.n_merged_away),
            deleted: sum(|t| t.n_deleted),
            by_type: &figures.types,
            without_state: table.stateless.iter().map(|t| t.as_str()).collect(),
        },
        pairs: PairsEntry {
            all_possible: outcome.coverage.n_all_pairs,
            total: figures.all_pairs(),
            by_verdict: by_verdict(&figures.pairs).into_iter().collect(),
            score_histogram: &figures.scores,
            prior_bits: bits(outcome.prior_millibits),
        },
        suggestions: SuggestionsEntry {
            total: n_suggestions,
            members: figures.n_members,
            records_to_merge: figures.n_to_merge,
            active_records_affected: outcome.n_active_affected,
            by_verdict: by_verdict(&figures.n_suggestions_by_verdict)
                .into_iter()
                .collect(),
            by_size: figures.sizes.iter().copied().collect(),
            by_flag: figures
                .flags
                .iter()
                .map(|(flag, n)| (flag.as_str(), *n))
                .collect(),
        },
        rules: outcome.rule_counts.iter().map(rule_entry).collect(),
        suppressed: SuppressedEntry {
            rows: outcome.suppressed.len() as u64,
            pairs: outcome.suppressed.iter().map(|p| p.implied).sum(),
            by_rule: &figures.suppressed,
        },
        links: links_entry(outcome),
        lists: ListsEntry {
            always: ListEntry {
                pairs: outcome.decisions.n_always,
                not_in_data: outcome.decisions.n_always_unknown,
            },
            never: ListEntry {
                pairs: outcome.decisions.n_never,
                not_in_data: outcome.decisions.n_never_unknown,
            },
            contradictions: outcome.decisions.n_contradictions,
        },
        decisions: DecisionsEntry {
            accepted: outcome.decisions.n_accepted,
            rejected: outcome.decisions.n_rejected,
            deferred: outcome.decisions.n_deferred,
            lapsed: outcome.decisions.n_lapsed,
            not_in_data: outcome.decisions.n_decided_unknown,
        },
        generic_values: outcome
            .generic_values
            .iter()
            .map(|value| GenericEntry {
                kind: value.kind.as_str(),
                value: &value.value,
                records: value.n_records,
                people: value.n_people,
            })
            .collect(),
        heavy_keys: outcome
            .heavy_keys
            .iter()
            .map(|key| heavy_key_entry(key, outcome))
            .collect(),
        caps,
        dynamics_job: outcome.job.as_ref().map(super::job::entry),
        coverage: CoverageEntry {
            all_pairs: outcome.coverage.n_all_pairs,
            statements: &outcome.coverage.statements,
        },
        notices: ingest
            .notices
            .iter()
            .chain(&outcome.notices)
            .map(|n| names.notice(&n.text))
            .collect(),
    };
    write_pretty(&summary, out)
}

fn input_entry<'a>(
    input: &ReportInput<'a>,
    names: &Names<'a>,
    figures: &Figures,
) -> InputEntry<'a> {
    let files = input.table.files.iter().map(|file| FileEntry {
        file: names.file(&file.path),
        preset: &file.preset,
        format: &file.format,
        bytes: file.n_bytes,
        rows_read: file.n_rows,
        rows_used: file.n_used,
        rows_rejected: file.n_rejected,
        rows_superseded: file.n_superseded,
        mapped: file
            .mapped
            .iter()
            .map(|(header, field)| (header.as_str(), field.as_str()))
            .collect(),
        unmapped: &file.unmapped,
    });
    let columns = input.table.columns.iter().map(|column| ColumnEntry {
        name: column.name(),
        header: &column.header,
        mapped: column.field.is_some(),
        filled: column.n_filled() as u64,
    });
    InputEntry {
        rows_read: figures.n_rows_read,
        rows_used: figures.n_rows_used,
        rows_rejected: figures.n_rows_rejected,
        rows_superseded: figures.n_rows_superseded,
        files: files.collect(),
        columns: columns.collect(),
    }
}

fn links_entry(outcome: &Outcome) -> LinksEntry {
    let mut by_verdict: BTreeMap<&'static str, u64> = BTreeMap::new();
    for link in &outcome.links {
        let verdict = outcome.pairs[link.pair_idx as usize].verdict;
        *by_verdict.entry(verdict.as_str()).or_default() += 1;
    }
    LinksEntry {
        total: outcome.links.len() as u64,
        by_verdict,
    }
}

fn rule_entry(count: &RuleCount) -> RuleEntry<'_> {
    RuleEntry {
        name: &count.name,
        pairs: count.n_pairs,
        only: count.n_only,
        by_verdict: by_verdict(&count.n_by_verdict).into_iter().collect(),
        suppressed: count.n_suppressed,
        compared: count.n_compared,
        left_out: LeftOutEntry {
            below_floor: count.left_out.n_below_floor,
            skipped_with_proof: count.left_out.n_skipped_with_proof,
            generic: count.left_out.n_generic,
        },
        floor_bits: count.floor_millibits.map(bits),
        plan: &count.plan,
    }
}

fn heavy_key_entry<'a>(key: &'a HeavyKey, outcome: &'a Outcome) -> HeavyKeyEntry<'a> {
    HeavyKeyEntry {
        rule: outcome
            .rule_names
            .get(key.rule_idx)
            .map_or("", String::as_str),
        kind: &key.kind,
        value: &key.value,
        records: key.n_records,
        pairs: key.n_pairs,
        treatment: &key.treatment,
    }
}

/// Bits as a JSON number: the nearest double to the three decimals of the CSV, which JSON shows as those.
fn bits(millibits: i32) -> f64 {
    f64::from(millibits) / f64::from(MILLIBITS_PER_BIT)
}
