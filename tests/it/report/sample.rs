//! Tables and outcomes built by hand, for the tests of the report and of its page.

use kinfold::model::{
    Activity, Alternative, Candidacy, CandidatePair, ClusterFlag, Coverage, EvidenceField, Field,
    FieldEvidence, Fields, FileInfo, GenericKind, GenericValue, GoldenValue, HeavyKey,
    IngestReport, LeftOut, Level, Member, Notice, Origin, Outcome, PairEvidence, Progress,
    RecordIdx, RecordType, Reject, Role, RuleCount, RuleMask, ScoredPair, Side, Silent, Suggestion,
    SuppressedPair, Suppression, Table, TextColumn, Verdict,
};
use kinfold::report::{CsvGuard, Published, ReportError, ReportInput, RunMeta, publish};
use std::path::Path;

/// A run made by hand.
#[derive(Clone)]
pub(crate) struct Sample {
    pub(crate) table: Table,
    pub(crate) ingest: IngestReport,
    pub(crate) outcome: Outcome,
    pub(crate) meta: RunMeta,
}

impl Sample {
    pub(crate) fn publish(&self, out_dir: &Path) -> Result<Published, ReportError> {
        self.publish_with(out_dir, &Silent)
    }

    pub(crate) fn publish_with(
        &self,
        out_dir: &Path,
        progress: &dyn Progress,
    ) -> Result<Published, ReportError> {
        let input = ReportInput {
            table: &self.table,
            ingest: &self.ingest,
            outcome: &self.outcome,
            meta: &self.meta,
        };
        publish(out_dir, &input, progress)
    }
}

/// Columns of sample records: id, full name, e-mail, phone, company, city and one without a meaning.
const COLUMNS: [(&str, Option<Field>); 7] = [
    ("Lead", Some(Field::Id)),
    ("Full Name", Some(Field::FullName)),
    ("Email", Some(Field::Email1)),
    ("Mobile Phone", Some(Field::MobilePhone)),
    ("Company", Some(Field::CompanyName)),
    ("City", Some(Field::City)),
    ("Note", None),
];

/// The rules of the samples.
pub(crate) const RULES: [&str; 2] = ["Same e-mail", "Similar name and company"];

/// A run over `rows` (one text per column of [`COLUMNS`]), where each range in `groups` is a suggestion whose first
/// record survives. Groups are pairwise linked, alternately `auto` and `review`; the first and the last record are a
/// `related` pair, and the second and the last were suppressed.
pub(crate) fn sample(rows: &[[&str; 7]], groups: &[std::ops::Range<u32>]) -> Sample {
    let n = rows.len() as u32;
    let mut table = Table {
        files: vec![FileInfo {
            path: "/data/in/leads.csv".into(),
            preset: "dynamics-excel".into(),
            format: "csv".into(),
            sha256: "ab".repeat(32),
            n_bytes: 1000,
            n_rows: u64::from(n) + 1,
            n_used: u64::from(n),
            n_rejected: 1,
            n_superseded: 0,
            mapped: vec![("Full Name".into(), "fullname".into())],
            unmapped: vec!["Note".into()],
        }],
        record_type: vec![RecordType::Lead; rows.len()],
        activity: vec![Activity::Active; rows.len()],
        candidacy: vec![Candidacy::Candidate; rows.len()],
        origin: (0..n)
            .map(|i| Origin {
                file_idx: 0,
                row: i + 2,
                line: i + 2,
            })
            .collect(),
        columns: COLUMNS
            .iter()
            .map(|(header, field)| TextColumn::new(*header, *field))
            .collect(),
        stateless: Vec::new(),
    };
    table.activity[rows.len() - 1] = Activity::Inactive;
    for row in rows {
        for (column, value) in table.columns.iter_mut().zip(row) {
            column.push(value);
        }
    }
    let last = RecordIdx(n - 1);
    let mut pairs = vec![scored(RecordIdx(0), last, Verdict::Related)];
    let mut suggestions = Vec::new();
    for (i, group) in groups.iter().enumerate() {
        let verdict = [Verdict::Auto, Verdict::Review][i % 2];
        for left in group.clone() {
            for right in left + 1..group.end {
                pairs.push(scored(RecordIdx(left), RecordIdx(right), verdict));
            }
        }
        suggestions.push(suggestion(&table, i, group.clone(), verdict));
    }
    pairs.sort_by_key(|p| (p.pair.left, p.pair.right));
    suggestions.sort_by_key(|s: &Suggestion| s.verdict);
    let n_pairs = pairs.len() as u64;
    let n_members: u64 = groups.iter().map(|g| g.len() as u64).sum();
    Sample {
        ingest: IngestReport {
            rejects: vec![Reject {
                file: "/data/in/leads.csv".into(),
                row: 7,
                line: 9,
                column: "Status".into(),
                reason: "unknown state; known ones are Open, Qualified, Disqualified".into(),
            }],
            notices: vec![Notice {
                text: "1 column without a meaning: Note".into(),
            }],
        },
        outcome: Outcome {
            rule_names: RULES.map(str::to_owned).to_vec(),
            pairs,
            suppressed: vec![SuppressedPair {
                left: RecordIdx(1),
                right: last,
                rules: RuleMask::of(0),
                why: Suppression::Inactive,
                side: Side::Right,
                implied: 1,
            }],
            suggestions,
            company_aliases: Vec::new(),
            generic_values: vec![GenericValue {
                kind: GenericKind::Email,
                value: "info@example.com".into(),
                n_records: 40,
                n_people: 38,
            }],
            rule_counts: RULES
                .iter()
                .map(|name| RuleCount {
                    name: (*name).to_owned(),
                    n_pairs,
                    n_only: 1,
                    n_by_verdict: [2, 1, 1, 0],
                    n_suppressed: 1,
                    n_compared: 1234,
                    left_out: LeftOut {
                        n_below_floor: 12,
                        n_skipped_with_proof: 34,
                        n_generic: 56,
                    },
                    floor_millibits: Some(9500),
                    plan: "one index on the e-mail matchcode".into(),
                })
                .collect(),
            heavy_keys: vec![HeavyKey {
                rule_idx: 0,
                kind: "email".into(),
                value: "info@example.com".into(),
                n_records: 40,
                n_pairs: 780,
                treatment: "refined by name".into(),
            }],
            coverage: Coverage {
                n_all_pairs: u64::from(n) * u64::from(n - 1) / 2,
                statements: vec!["Every pair that satisfies a rule was found.".into()],
            },
            prior_millibits: -4000,
            n_active_affected: n_members,
            ..Outcome::default()
        },
        table,
        meta: RunMeta {
            tool_version: "0.1.0".into(),
            rule_set_name: "lead-duplicates".into(),
            rule_set_toml: "[set]\nname = \"lead-duplicates\"\n".into(),
            rule_set_version: None,
            arguments: vec!["run".into(), "leads.csv".into()],
            started: "2026-01-31T02:00:00Z".into(),
            stage_millis: vec![("ingest".into(), 12)],
            n_threads: 2,
            csv_guard: CsvGuard::Guarded,
            extra_versions: vec![("phone-metadata".into(), "8.13".into())],
        },
    }
}

fn scored(left: RecordIdx, right: RecordIdx, verdict: Verdict) -> ScoredPair {
    let missing = FieldEvidence {
        level: Level::Missing,
        millibits: 0,
    };
    let mut fields = [missing; EvidenceField::ALL.len()];
    let surname = match verdict {
        Verdict::Auto => 14_250,
        Verdict::Review => 6_125,
        Verdict::Related | Verdict::Weak => -7_001,
    };
    for (field, level, millibits) in [
        (EvidenceField::Given, Level::Variant, 4_500),
        (EvidenceField::Surname, Level::Same, surname),
        (EvidenceField::Place, Level::Different, -1_300),
    ] {
        fields[field as usize] = FieldEvidence { level, millibits };
    }
    let prior_millibits = -4000;
    ScoredPair {
        pair: CandidatePair::new(left, right, RuleMask(0b11)),
        evidence: PairEvidence {
            fields: Fields::new(fields),
            alternative: Alternative::Colleagues,
            prior_millibits,
            score_millibits: prior_millibits + fields.iter().map(|f| f.millibits).sum::<i32>(),
        },
        verdict,
    }
}

fn suggestion(
    table: &Table,
    i: usize,
    group: std::ops::Range<u32>,
    verdict: Verdict,
) -> Suggestion {
    let survivor = RecordIdx(group.start);
    let members = group
        .clone()
        .map(|record| {
            let is_survivor = record == group.start;
            Member {
                record: RecordIdx(record),
                role: if is_survivor {
                    Role::Survivor
                } else {
                    Role::Merge
                },
                probability: if is_survivor { 1.0 } else { 0.987_654_321 },
                verdict,
                rules: RuleMask(0b11),
                linked_to: (!is_survivor).then_some(survivor),
                reason: "same surname, given name a nickname, another city".into(),
            }
        })
        .collect();
    let golden = (1..table.columns.len())
        .filter_map(|c| {
            let column = &table.columns[c];
            let source = group
                .clone()
                .find(|r| !column.get(*r as usize).is_empty())?;
            Some(GoldenValue {
                column_idx: c as u32,
                source: RecordIdx(source),
            })
        })
        .collect();
    Suggestion {
        id: format!("S{i:07}"),
        members,
        probability: 0.987_654_321,
        verdict,
        flags: if verdict == Verdict::Review {
            vec![ClusterFlag::WeakBridge]
        } else {
            vec![]
        },
        survivor_reason: "kept because it is the most complete".into(),
        golden,
        cohesion: 0.95,
    }
}
