//! The JSON block of the page: suggestions with their records and pairs, and the strongest of the other pairs.
//!
//! Arrays instead of objects where there are many, to keep the page small; `page.js` reads them by the same positions.

use super::super::ReportInput;
use super::super::figures::Figures;
use super::super::names::Names;
use super::super::tables::main_columns;
use super::selection::Selection;
use crate::model::{
    Activity, EvidenceField, Level, NONE, Outcome, RecordIdx, RuleMask, ScoredPair, Suggestion,
    Table, Verdict,
};
use rustc_hash::FxHashMap;
use serde::Serialize;
use std::cmp::Reverse;
use std::io::{self, Write};

/// Members of one suggestion on the page: more cannot be read side by side.
const N_MEMBERS_MAX: usize = 40;

/// Pairs of one suggestion on the page.
const N_PAIRS_OF_SUGGESTION_MAX: usize = 60;

/// Pairs of each kind on the page beside the suggestions: the strongest.
pub const N_OTHER_PAIRS_MAX: usize = 500;

#[derive(Serialize)]
struct Data<'a> {
    version: u32,
    /// Name and header.
    columns: Vec<(&'a str, &'a str)>,
    rules: &'a [String],
    n_suggestions: usize,
    suggestions: Vec<SuggestionData<'a>>,
    other: Vec<OtherPairs>,
    records: Vec<RecordData<'a>>,
}

/// Type, 1 when active, file when there are several, id, then the values by column.
type RecordData<'a> = (&'static str, u8, String, &'a str, Vec<&'a str>);

/// Record, role, verdict, probability, rules, record linked to (or null), reason.
type MemberData<'a> = (
    usize,
    &'static str,
    &'static str,
    f64,
    Vec<usize>,
    Option<usize>,
    &'a str,
);

/// Left, right, verdict, probability, score, prior, alternative, rules, pairs implied, then fields with a value.
type PairData = (
    usize,
    usize,
    &'static str,
    f64,
    i32,
    i32,
    &'static str,
    Vec<usize>,
    u64,
    Vec<(&'static str, &'static str, i32)>,
);

#[derive(Serialize)]
struct SuggestionData<'a> {
    id: &'a str,
    verdict: &'static str,
    probability: f64,
    cohesion: f64,
    flags: Vec<&'static str>,
    why: &'a str,
    n_members: usize,
    members: Vec<MemberData<'a>>,
    /// Column and the record whose value survives.
    golden: Vec<(usize, usize)>,
    n_pairs: usize,
    pairs: Vec<PairData>,
}

#[derive(Serialize)]
struct OtherPairs {
    kind: &'static str,
    n_rows: u64,
    pairs: Vec<PairData>,
}

/// Writes the block, safe inside a `script` element.
pub(super) fn write(
    input: &ReportInput<'_>,
    names: &Names<'_>,
    figures: &Figures,
    out: &mut impl Write,
) -> io::Result<()> {
    let ReportInput { table, outcome, .. } = *input;
    let selection = Selection::of(outcome);
    let suggested = Suggested::new(table, outcome, &selection);
    let columns = main_columns(table);
    let mut pool = Pool {
        table,
        names,
        columns: &columns,
        positions: FxHashMap::default(),
        records: Vec::new(),
    };
    let suggestions = selection
        .positions()
        .zip(&suggested.pairs)
        .map(|(at, pairs)| suggestion(&outcome.suggestions[at], pairs, outcome, &mut pool))
        .collect();
    let mut other = Vec::new();
    for verdict in [Verdict::Related, Verdict::Weak] {
        let rows = strongest(outcome, |pair| pair.verdict == verdict);
        other.push(OtherPairs {
            kind: verdict.as_str(),
            n_rows: figures.pairs[verdict as usize].n_rows,
            pairs: rows.iter().map(|p| pair_data(p, &mut pool)).collect(),
        });
    }
    // Records of two types are never merged: those held to be one are links, not separated.
    let record_type = |record: RecordIdx| table.record_type[record.at()];
    let is_separated = |pair: &ScoredPair| {
        pair.verdict.suggests_merge()
            && record_type(pair.pair.left) == record_type(pair.pair.right)
            && !suggested.joins(pair)
    };
    let rows = strongest(outcome, is_separated);
    other.push(OtherPairs {
        kind: "separated",
        n_rows: outcome.pairs.iter().filter(|p| is_separated(p)).count() as u64,
        pairs: rows.iter().map(|p| pair_data(p, &mut pool)).collect(),
    });
    let data = Data {
        version: 1,
        columns: columns
            .iter()
            .map(|&i| (table.columns[i].name(), table.columns[i].header.as_str()))
            .collect(),
        rules: &outcome.rule_names,
        n_suggestions: outcome.suggestions.len(),
        suggestions,
        other,
        records: pool.records,
    };
    let mut serializer = serde_json::Serializer::with_formatter(out, InScript);
    data.serialize(&mut serializer)?;
    Ok(())
}

/// Which suggestion each record belongs to, and the pairs inside each suggestion that is shown.
struct Suggested {
    of_record: Vec<u32>,
    /// Positions in the outcome's pairs.
    pairs: Vec<Vec<u32>>,
}

impl Suggested {
    fn new(table: &Table, outcome: &Outcome, selection: &Selection) -> Self {
        let mut of_record = vec![NONE; table.n_records()];
        for (i, suggestion) in outcome.suggestions.iter().enumerate() {
            for member in &suggestion.members {
                of_record[member.record.at()] = i as u32;
            }
        }
        let mut suggested = Suggested {
            of_record,
            pairs: vec![Vec::new(); selection.len()],
        };
        for (i, pair) in outcome.pairs.iter().enumerate() {
            if suggested.joins(pair) {
                let at = suggested.of_record[pair.pair.left.at()] as usize;
                if let Some(slot) = selection.slot(at) {
                    suggested.pairs[slot].push(i as u32);
                }
            }
        }
        suggested
    }

    /// True when both ends are in one suggestion.
    fn joins(&self, pair: &ScoredPair) -> bool {
        let of = |record: RecordIdx| self.of_record[record.at()];
        of(pair.pair.left) != NONE && of(pair.pair.left) == of(pair.pair.right)
    }
}

/// Records on the page, each once, in the order of first use.
struct Pool<'a, 'b> {
    table: &'a Table,
    names: &'b Names<'a>,
    columns: &'b [usize],
    positions: FxHashMap<RecordIdx, usize>,
    records: Vec<RecordData<'a>>,
}

impl Pool<'_, '_> {
    fn at(&mut self, record: RecordIdx) -> usize {
        if let Some(&at) = self.positions.get(&record) {
            return at;
        }
        let at = self.records.len();
        self.positions.insert(record, at);
        let table = self.table;
        // The file and not the row: rows in another order must give the same page.
        let file_idx = usize::from(table.origin[record.at()].file_idx);
        let place = match table.files.get(file_idx) {
            Some(file) if table.files.len() > 1 => self.names.file(&file.path).to_owned(),
            _ => String::new(),
        };
        let mut values: Vec<&str> = self
            .columns
            .iter()
            .map(|&i| table.columns[i].get(record.at()))
            .collect();
        while values.last().is_some_and(|v| v.is_empty()) {
            values.pop();
        }
        self.records.push((
            table.record_type[record.at()].as_str(),
            u8::from(table.activity[record.at()] == Activity::Active),
            place,
            self.names.id(record),
            values,
        ));
        at
    }
}

fn suggestion<'a>(
    suggestion: &'a Suggestion,
    pairs: &[u32],
    outcome: &Outcome,
    pool: &mut Pool<'a, '_>,
) -> SuggestionData<'a> {
    let shown = &suggestion.members[..suggestion.members.len().min(N_MEMBERS_MAX)];
    let is_shown = |record: RecordIdx| shown.iter().any(|m| m.record == record);
    let is_link = |pair: &ScoredPair| {
        let (left, right) = (pair.pair.left, pair.pair.right);
        suggestion.members.iter().any(|m| {
            (m.record == left && m.linked_to == Some(right))
                || (m.record == right && m.linked_to == Some(left))
        })
    };
    // The pairs that hold the group together first.
    let mut rows: Vec<&ScoredPair> = pairs
        .iter()
        .map(|&i| &outcome.pairs[i as usize])
        .filter(|p| is_shown(p.pair.left) && is_shown(p.pair.right))
        .collect();
    rows.sort_by_cached_key(|p| !is_link(p));
    rows.truncate(N_PAIRS_OF_SUGGESTION_MAX);
    SuggestionData {
        id: &suggestion.id,
        verdict: suggestion.verdict.as_str(),
        probability: rounded(suggestion.probability),
        cohesion: rounded(suggestion.cohesion),
        flags: suggestion.flags.iter().map(|f| f.as_str()).collect(),
        why: &suggestion.survivor_reason,
        n_members: suggestion.members.len(),
        members: shown
            .iter()
            .map(|m| {
                (
                    pool.at(m.record),
                    m.role.as_str(),
                    m.verdict.as_str(),
                    rounded(m.probability),
                    rules(m.rules),
                    m.linked_to.map(|r| pool.at(r)),
                    m.reason.as_str(),
                )
            })
            .collect(),
        golden: suggestion
            .golden
            .iter()
            .filter_map(|value| {
                let column = pool
                    .columns
                    .iter()
                    .position(|&i| i == value.column_idx as usize)?;
                Some((column, pool.at(value.source)))
            })
            .collect(),
        n_pairs: pairs.len(),
        pairs: rows.iter().map(|p| pair_data(p, pool)).collect(),
    }
}

fn pair_data(pair: &ScoredPair, pool: &mut Pool<'_, '_>) -> PairData {
    let evidence = &pair.evidence;
    (
        pool.at(pair.pair.left),
        pool.at(pair.pair.right),
        pair.verdict.as_str(),
        rounded(evidence.probability()),
        evidence.score_millibits,
        evidence.prior_millibits,
        evidence.alternative.as_str(),
        rules(pair.pair.rules),
        pair.pair.implied,
        EvidenceField::ALL
            .iter()
            .map(|f| (f.as_str(), evidence.field(*f)))
            .filter(|(_, e)| e.level != Level::Missing || e.millibits != 0)
            .map(|(name, e)| (name, e.level.as_str(), e.millibits))
            .collect(),
    )
}

/// The pairs of a kind with the most evidence, at most [`N_OTHER_PAIRS_MAX`], strongest first.
fn strongest(outcome: &Outcome, is_of_kind: impl Fn(&ScoredPair) -> bool) -> Vec<&ScoredPair> {
    let key = |pair: &&ScoredPair| {
        (
            Reverse(pair.evidence.score_millibits),
            pair.pair.left,
            pair.pair.right,
        )
    };
    let mut rows: Vec<&ScoredPair> = outcome.pairs.iter().filter(|p| is_of_kind(p)).collect();
    if rows.len() > N_OTHER_PAIRS_MAX {
        rows.select_nth_unstable_by_key(N_OTHER_PAIRS_MAX, key);
        rows.truncate(N_OTHER_PAIRS_MAX);
    }
    rows.sort_unstable_by_key(key);
    rows
}

fn rules(mask: RuleMask) -> Vec<usize> {
    mask.iter().collect()
}

/// Six decimals, as in the files.
fn rounded(fraction: f64) -> f64 {
    (fraction * 1e6).round() / 1e6
}

/// Compact JSON whose strings hold nothing that HTML or old JavaScript would read as its own.
struct InScript;

impl serde_json::ser::Formatter for InScript {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        writer: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        for part in fragment.split_inclusive(['<', '>', '&', '\u{2028}', '\u{2029}']) {
            let escape = match part.chars().next_back() {
                Some('<') => "\\u003c",
                Some('>') => "\\u003e",
                Some('&') => "\\u0026",
                Some('\u{2028}') => "\\u2028",
                Some('\u{2029}') => "\\u2029",
                _ => {
                    writer.write_all(part.as_bytes())?;
                    continue;
                }
            };
            let end = part.char_indices().next_back().map_or(0, |(at, _)| at);
            writer.write_all(&part.as_bytes()[..end])?;
            writer.write_all(escape.as_bytes())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_cannot_end_the_script_element_and_read_back_the_same() {
        for text in [
            "</script><!--",
            "a&b>c",
            "\u{2028}x\u{2029}",
            "\"\\\n\u{202e}",
            "plain",
        ] {
            let mut out = Vec::new();
            text.serialize(&mut serde_json::Serializer::with_formatter(
                &mut out, InScript,
            ))
            .expect("written to memory");
            let json = String::from_utf8(out).expect("UTF-8");
            assert!(
                !json.contains(['<', '>', '&', '\u{2028}', '\u{2029}']),
                "{json}"
            );
            assert_eq!(serde_json::from_str::<String>(&json).expect("JSON"), text);
        }
    }
}
