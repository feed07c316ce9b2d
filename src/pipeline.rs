//! The conductor: joins the stages. `load` reads and normalises (stages 1 and 2), `link` finds, weighs, clusters and
//! chooses (3 to 6); writing reports (7) is the caller's, who knows where to. `explain` and `similar` ask the same
//! parts about two records or two values.

mod decisions;
mod dynamics_job;
mod engine;
mod explain;
mod parked;
mod plan;
mod reviewed;
mod similar;
mod tally;
mod weighed;

pub use crate::block::{Decided, Judge, Partner, Probe, ProbeIndex};
pub use dynamics_job::dynamics_job;
pub use engine::Engine;
pub use explain::{ConditionReport, Explanation, FieldReport, RuleReport, explain, explain_with};
pub use parked::ParkedText;
pub use plan::{audit, plan};
pub use reviewed::{Worth, record_fingerprint, worth};
pub use similar::{SimilarError, SimilarKind, similar};

use crate::block::{self, BlockError, BlockOptions, Candidates};
use crate::cluster::{ClusterOptions, Clustering, cluster};
use crate::ingest::{self, IngestError, IngestErrorKind, IngestOptions};
use crate::model::{
    Cluster, CrossLink, IngestReport, Outcome, PairEvidence, Prepared, Progress, RecordIdx,
    RecordType, RuleMask, ScoredPair, Table, Verdict,
};
use crate::normalise;
use crate::normalise::picklist::{Choice, Picklist};
use crate::rules::{BaseScope, Condition, PicklistSide, Rule, RuleSet};
use crate::score::{self, Scorer};
use crate::state::Decision;
use crate::survive::{self, Clocks, Standards};
use decisions::Decisions;
use rayon::prelude::*;
use std::path::PathBuf;
use weighed::WeighedPairs;

/// What a run is asked to do.
#[derive(Debug, Clone)]
pub struct LinkOptions {
    /// The rules.
    pub rules: RuleSet,
    /// ISO 3166 alpha-2 country for phones of records without one; wins over the rule set's.
    pub default_country: Option<String>,
    /// Take records of a file without a state column as active, instead of refusing rules that need to know.
    pub assume_active: bool,
    /// Rejected rows that are tolerated.
    pub max_rejects: u64,
    /// Limits of the block stage.
    pub block: BlockOptions,
    /// What reviewers decided.
    pub decisions: Vec<Decision>,
}

impl LinkOptions {
    /// The defaults for a rule set: no tolerance for rejects, no assumption on activity.
    pub fn new(rules: RuleSet) -> LinkOptions {
        LinkOptions {
            rules,
            default_country: None,
            assume_active: false,
            max_rejects: 0,
            block: BlockOptions::default(),
            decisions: Vec::new(),
        }
    }

    /// The country in force for phones of records without one.
    pub fn country(&self) -> Option<&str> {
        self.default_country
            .as_deref()
            .or(self.rules.default_country.as_deref())
    }
}

/// Records read and normalised.
#[derive(Debug)]
pub struct Loaded {
    /// The records as exported.
    pub table: Table,
    /// How the reading went.
    pub ingest: IngestReport,
    /// The records as matchcodes.
    pub prepared: Prepared,
}

/// What kind of failure, for exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExitKind {
    /// The command or the rules ask for something that cannot be.
    Usage,
    /// The input data is bad.
    Input,
    /// Cannot read or write.
    Io,
    /// A limit or budget would be broken.
    Limit,
    /// The user asked to stop.
    Cancelled,
}

/// Why the pipeline stopped.
#[derive(Debug, thiserror::Error)]
pub enum PipelineError {
    /// Reading failed.
    #[error(transparent)]
    Ingest(#[from] IngestError),
    /// More rows were rejected than tolerated.
    #[error("rows rejected: {n_rejects}, tolerated: {max_rejects}; first: {first}")]
    Rejects {
        /// Rows rejected.
        n_rejects: u64,
        /// The limit.
        max_rejects: u64,
        /// Up to twenty of them in words, joined by line breaks.
        first: String,
    },
    /// A rule needs to know which records are active.
    #[error(
        "rule \"{rule}\" asks for active records, but the {record_type} file has no state column: map one with \
         --column statecode=HEADER, or take all records as active with --assume-active"
    )]
    Stateless {
        /// The rule.
        rule: String,
        /// The record type without states.
        record_type: &'static str,
    },
    /// A rule names a column that no file has.
    #[error(
        "rule \"{rule}\" names the column \"{column}\", which no input file has; there are: {present}"
    )]
    NoColumn {
        /// The rule.
        rule: String,
        /// The column.
        column: String,
        /// The columns there are.
        present: String,
    },
    /// A pick list holds labels where a rule compares codes, or codes where it compares labels.
    #[error(
        "rule \"{rule}\" compares the {side} of the pick list \"{column}\", but {n_records} records hold only {other}s, \
         such as {record}: say which is which under [picklist.{column}] in the rule file (\"1\" = \"Advertisement\", a line for each choice), or compare by = \"{other}\""
    )]
    Picklist {
        /// The rule.
        rule: String,
        /// The column.
        column: String,
        /// `label` or `value`.
        side: &'static str,
        /// The other of the two.
        other: &'static str,
        /// Records that cannot be compared.
        n_records: u64,
        /// Type and id of the first of them; not what it holds, since the column may be one of names.
        record: String,
    },
    /// A list names an id that several records have.
    #[error(
        "the {list} list names \"{id}\", which {n_records} records are called: say which, as in \"{example}\""
    )]
    ListedId {
        /// `always` or `never`.
        list: &'static str,
        /// The id.
        id: String,
        /// Records called so.
        n_records: usize,
        /// One of them, in full.
        example: String,
    },
    /// A rule that Dynamics does not have was asked to run as a job of Dynamics.
    #[error("rule \"{rule}\" is none that Dynamics could run: {gap}")]
    NotDynamics {
        /// The rule.
        rule: String,
        /// The condition or option, and why not.
        gap: String,
    },
    /// The text of the records cannot be kept on disk.
    #[error("failed to keep text of the records in a temporary file in {}: {source}", folder.display())]
    Parking {
        /// The folder of the file.
        folder: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// A rule cannot run.
    #[error(transparent)]
    Block(#[from] BlockError),
    /// The user asked to stop.
    #[error("stopped on request")]
    Cancelled,
}

impl PipelineError {
    /// What kind of failure this is.
    pub fn exit_kind(&self) -> ExitKind {
        match self {
            PipelineError::Ingest(e) => match e.kind() {
                IngestErrorKind::Usage => ExitKind::Usage,
                IngestErrorKind::Input => ExitKind::Input,
                IngestErrorKind::Io => ExitKind::Io,
                IngestErrorKind::Limit => ExitKind::Limit,
                IngestErrorKind::Cancelled => ExitKind::Cancelled,
            },
            PipelineError::Rejects { .. } | PipelineError::Stateless { .. } => ExitKind::Input,
            PipelineError::NoColumn { .. }
            | PipelineError::Picklist { .. }
            | PipelineError::ListedId { .. }
            | PipelineError::NotDynamics { .. } => ExitKind::Usage,
            PipelineError::Parking { .. } => ExitKind::Io,
            PipelineError::Block(BlockError::NoPlan { .. } | BlockError::OverBudget { .. }) => {
                ExitKind::Limit
            }
            PipelineError::Block(BlockError::Cancelled) | PipelineError::Cancelled => {
                ExitKind::Cancelled
            }
        }
    }
}

/// Rejected rows named in an error before a count takes over: people mend a file once, not twenty times.
const REJECTS_SHOWN: usize = 20;

/// Pairs weighed between two words to the user.
const PAIRS_PER_WORD: usize = 4096;

/// Reads and normalises the files.
pub fn load(
    paths: &[PathBuf],
    ingest: &IngestOptions,
    options: &LinkOptions,
    progress: &dyn Progress,
) -> Result<Loaded, PipelineError> {
    let (table, report) = ingest::read(paths, ingest, progress)?;
    if report.rejects.len() as u64 > options.max_rejects {
        return Err(too_many_rejects(&report, options.max_rejects));
    }
    check_rules(&table, options)?;
    tell_idle_rules(&table, &options.rules, progress);
    Decisions::resolve(&table, options)?;
    let prepared = normalise::prepare(&table, &options.rules, options.country(), progress);
    if progress.cancelled() {
        return Err(PipelineError::Cancelled);
    }
    Ok(Loaded {
        table,
        ingest: report,
        prepared,
    })
}

/// The same records normalised for other options: another country of phones, other text columns.
/// Cost: normalising, and a copy of the table.
pub fn prepare_again(
    loaded: &Loaded,
    options: &LinkOptions,
    progress: &dyn Progress,
) -> Result<Loaded, PipelineError> {
    check_rules(&loaded.table, options)?;
    let prepared = normalise::prepare(&loaded.table, &options.rules, options.country(), progress);
    if progress.cancelled() {
        return Err(PipelineError::Cancelled);
    }
    Ok(Loaded {
        table: loaded.table.clone(),
        ingest: loaded.ingest.clone(),
        prepared,
    })
}

fn too_many_rejects(report: &IngestReport, max_rejects: u64) -> PipelineError {
    let mut first: Vec<String> = report
        .rejects
        .iter()
        .take(REJECTS_SHOWN)
        .map(|r| {
            let column = if r.column.is_empty() {
                String::new()
            } else {
                format!(", column {}", r.column)
            };
            format!(
                "{} row {} (line {}){column}: {}",
                r.file, r.row, r.line, r.reason
            )
        })
        .collect();
    if report.rejects.len() > REJECTS_SHOWN {
        first.push(format!("and {} more", report.rejects.len() - REJECTS_SHOWN));
    }
    PipelineError::Rejects {
        n_rejects: report.rejects.len() as u64,
        max_rejects,
        first: first.join("\n"),
    }
}

/// Refuses rules that these files cannot answer.
fn check_rules(table: &Table, options: &LinkOptions) -> Result<(), PipelineError> {
    let stateless = |t: RecordType| table.stateless.contains(&t) && !options.assume_active;
    // A rule on types that were not read finds nothing, and asks for nothing.
    let present: Vec<RecordType> = RecordType::ALL
        .into_iter()
        .filter(|t| table.record_type.contains(t) || table.n_records() == 0)
        .collect();
    for rule in &options.rules.rules {
        if ![rule.base, rule.matching]
            .iter()
            .all(|t| present.contains(t))
        {
            continue;
        }
        let asks = [
            (rule.exclude_inactive, rule.matching),
            (rule.base_scope == BaseScope::Active, rule.base),
        ];
        if let Some((_, record_type)) = asks.into_iter().find(|(asks, t)| *asks && stateless(*t)) {
            return Err(PipelineError::Stateless {
                rule: rule.name.clone(),
                record_type: record_type.as_str(),
            });
        }
        for condition in rule.when.iter().chain(&rule.unless) {
            for (column, _) in condition.text_columns() {
                if table.column(column).is_none() && table.n_records() > 0 {
                    return Err(PipelineError::NoColumn {
                        rule: rule.name.clone(),
                        column: column.to_owned(),
                        present: table
                            .columns
                            .iter()
                            .map(|c| c.name())
                            .collect::<Vec<_>>()
                            .join(", "),
                    });
                }
            }
            check_picklist(table, &options.rules, rule, condition)?;
        }
    }
    Ok(())
}

/// Names the rules on types of which no record was read. They find nothing, which may be a file forgotten.
fn tell_idle_rules(table: &Table, rules: &RuleSet, progress: &dyn Progress) {
    for absent in RecordType::ALL {
        if table.n_records() == 0 || table.record_type.contains(&absent) {
            continue;
        }
        let idle: Vec<&str> = rules
            .rules
            .iter()
            .filter(|rule| rule.base == absent || rule.matching == absent)
            .map(|rule| rule.name.as_str())
            .collect();
        if !idle.is_empty() {
            progress.notice(&format!(
                "no {} was read, so these rules find nothing: {}",
                absent.as_str(),
                idle.join(", ")
            ));
        }
    }
}

/// Refuses to compare labels with codes.
fn check_picklist(
    table: &Table,
    rules: &RuleSet,
    rule: &Rule,
    condition: &Condition,
) -> Result<(), PipelineError> {
    let Condition::Picklist { by, .. } = condition else {
        return Ok(());
    };
    let (column, match_column, _) = condition.text_sides().expect("compares texts");
    let sides = [
        (column, rule.base),
        (match_column.unwrap_or(column), rule.matching),
    ];
    for (column, record_type) in sides {
        let Some(list) = Picklist::of(table, column, &rules.picklists) else {
            continue;
        };
        let unknown = |i: &usize| {
            table.record_type[*i] == record_type
                && Choice::Unknown
                    == match by {
                        PicklistSide::Label => list.label(*i),
                        PicklistSide::Value => list.value(*i),
                    }
        };
        let mut all = (0..table.n_records()).filter(unknown);
        if let Some(first) = all.next() {
            let (side, other) = match by {
                PicklistSide::Label => ("label", "value"),
                PicklistSide::Value => ("value", "label"),
            };
            return Err(PipelineError::Picklist {
                rule: rule.name.clone(),
                column: column.to_owned(),
                side,
                other,
                n_records: 1 + all.count() as u64,
                record: format!(
                    "{} {}",
                    record_type.as_str(),
                    table.id(RecordIdx(first as u32))
                ),
            });
        }
    }
    Ok(())
}

/// Finds, weighs, clusters and chooses.
///
/// Same records and rules give the same outcome on any number of threads and in any row order.
pub fn link(
    loaded: &Loaded,
    options: &LinkOptions,
    progress: &dyn Progress,
) -> Result<Outcome, PipelineError> {
    // Again: the rules need not be those the files were read with.
    check_rules(&loaded.table, options)?;
    let engine = engine(&loaded.prepared, progress);
    link_with(loaded, &engine, options, progress)
}

/// The pairs that a rule set's lists and the decisions of reviewers decide, by position.
pub fn decided(loaded: &Loaded, options: &LinkOptions) -> Result<Decided, PipelineError> {
    Ok(Decisions::resolve(&loaded.table, options)?.decided)
}

/// What stages 3 and 4 share, built with a word to `progress`.
pub fn engine<'a>(prepared: &'a Prepared, progress: &dyn Progress) -> Engine<'a> {
    progress.begin(
        "comparing the vocabularies of names and companies",
        "words",
        None,
    );
    let engine = Engine::new(prepared);
    progress.end();
    engine
}

/// As [`link`], with an engine that serves several rule sets over the same prepared records.
///
/// `engine` is of `loaded`, and the records were prepared with every text column that the rules read.
pub fn link_with(
    loaded: &Loaded,
    engine: &Engine<'_>,
    options: &LinkOptions,
    progress: &dyn Progress,
) -> Result<Outcome, PipelineError> {
    check_rules(&loaded.table, options)?;
    let table = &loaded.table;
    let decisions = Decisions::resolve(table, options)?;
    let weighed = weigh(&table.record_type, engine, options, &decisions, progress)?;
    let clocks = Clocks::of(table);
    conclude(table, engine, options, decisions, clocks, weighed, progress)
}

/// Pairs found and weighed, and the clusters they make.
struct Weighed<'e> {
    found: Candidates,
    scorer: Scorer<'e>,
    pairs: Vec<ScoredPair>,
    clusters: Vec<Cluster>,
}

/// Finds, weighs and clusters: stages 3 to 5, which look at no text.
fn weigh<'e>(
    types: &[RecordType],
    engine: &'e Engine<'_>,
    options: &LinkOptions,
    decisions: &Decisions,
    progress: &dyn Progress,
) -> Result<Weighed<'e>, PipelineError> {
    let block_options = BlockOptions {
        decided: decisions.decided.clone(),
        ..options.block.clone()
    };
    let find = || {
        let input = engine.block_input();
        block::candidates(input, &options.rules, &block_options, progress)
    };
    let (found, scorer) = rayon::join(find, || engine.scorer());
    let mut found = found?;

    progress.begin(
        "weighing the evidence",
        "pairs",
        Some(found.pairs.len() as u64),
    );
    let weigh = |left: RecordIdx, right: RecordIdx| {
        let evidence = scorer.pair(left, right);
        (evidence, scorer.verdict(&evidence))
    };
    let candidates = std::mem::take(&mut found.pairs);
    let mut pairs: Vec<ScoredPair> = Vec::new();
    candidates
        .par_iter()
        .enumerate()
        .map(|(i, pair)| {
            if (i + 1).is_multiple_of(PAIRS_PER_WORD) {
                progress.advance(PAIRS_PER_WORD as u64);
            }
            fail_point!("pairs.batch", no error);
            let (evidence, verdict) = weigh(pair.left, pair.right);
            ScoredPair {
                pair: *pair,
                evidence,
                verdict,
            }
        })
        .collect_into_vec(&mut pairs);
    progress.advance((candidates.len() % PAIRS_PER_WORD) as u64);
    drop(candidates);
    progress.end();
    if progress.cancelled() {
        return Err(PipelineError::Cancelled);
    }

    let clusters = cluster_by_type(types, options, decisions, &pairs, &weigh, progress).clusters;
    Ok(Weighed {
        found,
        scorer,
        pairs,
        clusters,
    })
}

/// Chooses survivors and puts the outcome together: what looks at the text of records again.
fn conclude(
    table: &Table,
    engine: &Engine<'_>,
    options: &LinkOptions,
    decisions: Decisions,
    clocks: Clocks,
    weighed: Weighed<'_>,
    progress: &dyn Progress,
) -> Result<Outcome, PipelineError> {
    let Weighed {
        found,
        scorer,
        pairs,
        clusters,
    } = weighed;
    let by_record = WeighedPairs::new(&pairs, table.n_records());
    let reason = |left: RecordIdx, right: RecordIdx, _: RuleMask| {
        let evidence = match by_record.evidence(left, right) {
            Some(evidence) => *evidence,
            None => scorer.pair(left, right),
        };
        score::pair_reason(engine.prepared(), left, right, &evidence)
    };
    let standards = Standards {
        policy: &options.rules.survivor,
        generic: &engine.dispersion().generic,
        clocks,
    };
    let suggestions = survive::suggest(
        table,
        engine.prepared(),
        standards,
        &clusters,
        &reason,
        progress,
    );
    drop(clusters);
    if progress.cancelled() {
        return Err(PipelineError::Cancelled);
    }
    let links = links(
        &table.record_type,
        &pairs,
        &reason,
        options.rules.rules.len(),
    );
    Ok(tally::outcome(
        table,
        &options.rules,
        engine,
        &scorer,
        found,
        tally::Judged {
            links,
            pairs,
            suggestions,
            decisions,
        },
    ))
}

/// What compares any two records.
type Weigh<'a> = dyn Fn(RecordIdx, RecordIdx) -> (PairEvidence, Verdict) + Sync + 'a;

/// Clusters within each record type: no CRM merges a lead into a contact.
fn cluster_by_type(
    types: &[RecordType],
    options: &LinkOptions,
    decisions: &Decisions,
    pairs: &[ScoredPair],
    weigh: &Weigh<'_>,
    progress: &dyn Progress,
) -> Clustering {
    let one_type = |left: RecordIdx, right: RecordIdx| types[left.at()] == types[right.at()];
    let always_rule = options.rules.rules.len();
    let is_merge = |p: &&ScoredPair| one_type(p.pair.left, p.pair.right);
    let cluster_options = ClusterOptions {
        // Those that were left out, since a record was merged away in the CRM, join nothing.
        always: pairs
            .iter()
            .filter(|p| p.pair.rules.has(always_rule))
            .filter(is_merge)
            .map(|p| (p.pair.left, p.pair.right))
            .collect(),
        never: decisions.decided.never().to_vec(),
        ..ClusterOptions::default()
    };
    if pairs.iter().all(|p| is_merge(&p)) {
        return cluster(pairs, &cluster_options, &weigh, progress);
    }
    let merges: Vec<ScoredPair> = pairs.iter().filter(is_merge).copied().collect();
    cluster(&merges, &cluster_options, &weigh, progress)
}

/// Pairs of different record types that are held to be one: those whose verdict would suggest a merge, and those that
/// people declared the same.
fn links(
    types: &[RecordType],
    pairs: &[ScoredPair],
    reason: &(dyn Fn(RecordIdx, RecordIdx, RuleMask) -> String + Sync),
    always_rule: usize,
) -> Vec<CrossLink> {
    let mut linked: Vec<(u32, &ScoredPair)> = (0_u32..)
        .zip(pairs)
        .filter(|(_, p)| types[p.pair.left.at()] != types[p.pair.right.at()])
        .filter(|(_, p)| p.verdict.suggests_merge() || p.pair.rules.has(always_rule))
        .collect();
    linked.sort_by_key(|(at, p)| (p.verdict, *at));
    linked
        .into_par_iter()
        .map(|(pair_idx, p)| CrossLink {
            pair_idx,
            reason: reason(p.pair.left, p.pair.right, p.pair.rules),
        })
        .collect()
}
