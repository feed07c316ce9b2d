//! The files evaluated: a truth table, and the CSV files of a published run.

use rustc_hash::FxHashMap;
use serde::Deserialize;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Why an evaluation could not be made.
#[derive(Debug, thiserror::Error)]
pub enum EvaluateError {
    /// A file could not be read.
    #[error("read {path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// A file is no CSV.
    #[error("read {path} as CSV: {source}")]
    Csv {
        /// The file.
        path: String,
        /// Place and kind of the damage.
        source: csv::Error,
    },
    /// A column is missing.
    #[error("find the column {column} in {path}; its columns are {found}")]
    Column {
        /// The file.
        path: String,
        /// The column wanted.
        column: &'static str,
        /// The header, joined by commas.
        found: String,
    },
    /// A value cannot be used.
    #[error("use {path}, line {line}: {what}")]
    Value {
        /// The file.
        path: String,
        /// Physical line, 1-based.
        line: u64,
        /// What is wrong with it.
        what: String,
    },
    /// Neither a run nor a folder with one.
    #[error(
        "find a run in {path}: neither suggestions.csv (a run folder) nor latest.json (an output folder) is there"
    )]
    NoRun {
        /// The folder given.
        path: String,
    },
}

/// Which records are the same entity.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Truth {
    pub(super) ids: Vec<String>,
    /// Cluster of each record, numbered from 0 by first appearance.
    pub(super) clusters: Vec<u32>,
}

impl Truth {
    /// Number of records.
    pub fn n_records(&self) -> usize {
        self.ids.len()
    }

    /// The records for which `keep` holds: for figures over a part, such as the active records only.
    #[must_use]
    pub fn restricted(&self, keep: impl Fn(&str) -> bool) -> Truth {
        let kept = self
            .ids
            .iter()
            .zip(&self.clusters)
            .filter(|(id, _)| keep(id));
        let (ids, clusters) = kept.map(|(id, c)| (id.clone(), *c)).unzip();
        Truth { ids, clusters }
    }
}

/// A suggestion of the run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuggestionRow {
    /// Its id.
    pub id: String,
    /// The suggestion as a whole has the verdict `auto`, which its survivor's row shows.
    pub auto: bool,
}

/// A member of a suggestion.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MemberRow {
    /// Position in [`RunFiles::suggestions`].
    pub suggestion: u32,
    /// Position in [`RunFiles::ids`].
    pub record: u32,
}

/// A listed pair.
#[derive(Debug, Clone, PartialEq)]
pub struct PairRow {
    /// Position in [`RunFiles::ids`].
    pub left: u32,
    /// Position in [`RunFiles::ids`].
    pub right: u32,
    /// Position in [`RunFiles::verdicts`].
    pub verdict: u32,
    /// 0.0 to 1.0.
    pub probability: f64,
    /// Positions in [`RunFiles::rules`].
    pub rules: Vec<u32>,
    /// Rule-true pairs the row stands for.
    pub implied: u64,
}

/// A rule-true pair that was left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SuppressedRow {
    /// Position in [`RunFiles::ids`].
    pub left: u32,
    /// Position in [`RunFiles::ids`].
    pub right: u32,
    /// `inactive`, `rejected` …
    pub why: String,
}

/// What a run says, as far as it is evaluated.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RunFiles {
    /// Ids of the records named, each once.
    pub ids: Vec<String>,
    /// Suggestions, by first appearance.
    pub suggestions: Vec<SuggestionRow>,
    /// Their members.
    pub members: Vec<MemberRow>,
    /// Verdicts that occur among pairs, by first appearance.
    pub verdicts: Vec<String>,
    /// Rules that occur among pairs, by first appearance.
    pub rules: Vec<String>,
    /// Listed pairs, in file order.
    pub pairs: Vec<PairRow>,
    /// Pairs left out, in file order; empty when the run has no such file.
    pub suppressed: Vec<SuppressedRow>,
}

/// Texts numbered by first appearance.
#[derive(Default)]
struct Numbers(FxHashMap<String, u32>, Vec<String>);

impl Numbers {
    fn of(&mut self, text: &str) -> u32 {
        if let Some(number) = self.0.get(text) {
            return *number;
        }
        let number = self.1.len() as u32;
        self.0.insert(text.to_owned(), number);
        self.1.push(text.to_owned());
        number
    }
}

/// A CSV file with its columns found by name.
pub(super) struct Sheet<R> {
    path: String,
    reader: csv::Reader<R>,
    header: Vec<String>,
}

impl Sheet<File> {
    pub(super) fn open(path: &Path) -> Result<Sheet<File>, EvaluateError> {
        let shown = path.display().to_string();
        match File::open(path) {
            Ok(file) => Sheet::new(shown, file),
            Err(source) => Err(EvaluateError::Io {
                path: shown,
                source,
            }),
        }
    }
}

impl<R: Read> Sheet<R> {
    pub(super) fn new(path: String, from: R) -> Result<Sheet<R>, EvaluateError> {
        let mut reader = csv::Reader::from_reader(from);
        let header = match reader.headers() {
            Ok(header) => header
                .iter()
                .map(|h| {
                    h.trim_start_matches('\u{feff}')
                        .trim_matches('"')
                        .to_owned()
                })
                .collect(),
            Err(source) => return Err(EvaluateError::Csv { path, source }),
        };
        Ok(Sheet {
            path,
            reader,
            header,
        })
    }

    pub(super) fn optional(&self, column: &str) -> Option<usize> {
        self.header
            .iter()
            .position(|h| h.eq_ignore_ascii_case(column))
    }

    pub(super) fn column(&self, column: &'static str) -> Result<usize, EvaluateError> {
        self.optional(column).ok_or_else(|| EvaluateError::Column {
            path: self.path.clone(),
            column,
            found: self.header.join(", "),
        })
    }

    /// Calls `each` with every row and its line.
    pub(super) fn rows(
        mut self,
        mut each: impl FnMut(&csv::StringRecord) -> Result<(), String>,
    ) -> Result<(), EvaluateError> {
        let mut row = csv::StringRecord::new();
        loop {
            match self.reader.read_record(&mut row) {
                Ok(false) => return Ok(()),
                Ok(true) => {}
                Err(source) => {
                    return Err(EvaluateError::Csv {
                        path: self.path,
                        source,
                    });
                }
            }
            if let Err(what) = each(&row) {
                let line = row.position().map_or(0, csv::Position::line);
                return Err(EvaluateError::Value {
                    path: self.path,
                    line,
                    what,
                });
            }
        }
    }
}

/// Takes off the single quote that keeps a spreadsheet from running a cell; the rule of `docs/outputs.md`.
pub(super) fn unguard(cell: &str) -> &str {
    let is_trigger = |c: char| "=+-@\t\r\n\0＝＋－＠".contains(c);
    match cell.strip_prefix('\'') {
        Some(value)
            if value
                .chars()
                .find(|c| !matches!(c, '\'' | ' ' | '\u{a0}' | '\u{feff}'))
                .is_some_and(is_trigger) =>
        {
            value
        }
        _ => cell,
    }
}

/// Reads a truth table: a CSV file with the columns `id` and `cluster`, others ignored, one row per record.
///
/// Clusters are any texts; a row with an empty cluster is a singleton.
/// Errors: a missing column, a damaged row, an empty or doubled id, each with its line.
pub fn read_truth(from: impl Read) -> Result<Truth, EvaluateError> {
    let sheet = Sheet::new("the truth file".to_owned(), from)?;
    let (id_at, cluster_at) = (sheet.column("id")?, sheet.column("cluster")?);
    let mut truth = Truth::default();
    let mut numbers: FxHashMap<String, u32> = FxHashMap::default();
    let mut seen: FxHashMap<String, u64> = FxHashMap::default();
    let mut n_clusters = 0;
    sheet.rows(|row| {
        let (id, cluster) = (row[id_at].trim(), row[cluster_at].trim());
        if id.is_empty() {
            return Err("the id is empty".to_owned());
        }
        let line = row.position().map_or(0, csv::Position::line);
        if let Some(first) = seen.insert(id.to_owned(), line) {
            return Err(format!(
                "the id {id} was already on line {first}; each record stands once"
            ));
        }
        let mut fresh = || {
            n_clusters += 1;
            n_clusters - 1
        };
        let number = if cluster.is_empty() {
            fresh()
        } else {
            *numbers.entry(cluster.to_owned()).or_insert_with(fresh)
        };
        truth.ids.push(id.to_owned());
        truth.clusters.push(number);
        Ok(())
    })?;
    Ok(truth)
}

/// `latest.json`, as far as it is read.
#[derive(Deserialize)]
struct Latest {
    run: String,
}

/// The folder of the run meant by `path`: a run folder, a link to one, or an output folder, whose newest run it is.
pub fn find_run(path: &Path) -> Result<PathBuf, EvaluateError> {
    if path.join("suggestions.csv").is_file() {
        return Ok(path.to_owned());
    }
    let latest = path.join("latest.json");
    let text = match fs::read_to_string(&latest) {
        Ok(text) => text,
        Err(e)
            if e.kind() == io::ErrorKind::NotFound || e.kind() == io::ErrorKind::NotADirectory =>
        {
            return Err(EvaluateError::NoRun {
                path: path.display().to_string(),
            });
        }
        Err(source) => {
            return Err(EvaluateError::Io {
                path: latest.display().to_string(),
                source,
            });
        }
    };
    let bad = |what: String| EvaluateError::Value {
        path: latest.display().to_string(),
        line: 1,
        what,
    };
    let newest: Latest = serde_json::from_str(&text).map_err(|e| bad(e.to_string()))?;
    // A run id is one folder name; anything else would lead out of the output folder.
    if newest.run.is_empty() || newest.run.contains(['/', '\\']) || newest.run.starts_with('.') {
        return Err(bad(format!("{:?} is no run id", newest.run)));
    }
    let run = path.join("runs").join(&newest.run);
    if !run.join("suggestions.csv").is_file() {
        return Err(EvaluateError::NoRun {
            path: run.display().to_string(),
        });
    }
    Ok(run)
}

/// Reads `suggestions.csv`, `pairs.csv` and, when there, `suppressed.csv` of the run that [`find_run`] finds.
pub fn read_run(path: &Path) -> Result<RunFiles, EvaluateError> {
    let dir = find_run(path)?;
    let mut run = RunFiles::default();
    let mut ids = Numbers::default();
    read_suggestions(
        &mut run,
        &mut ids,
        Sheet::open(&dir.join("suggestions.csv"))?,
    )?;
    read_pairs(&mut run, &mut ids, Sheet::open(&dir.join("pairs.csv"))?)?;
    let suppressed = dir.join("suppressed.csv");
    if suppressed.is_file() {
        let sheet = Sheet::open(&suppressed)?;
        let (left, right, why) = (
            sheet.column("left_id")?,
            sheet.column("right_id")?,
            sheet.column("why")?,
        );
        sheet.rows(|row| {
            run.suppressed.push(SuppressedRow {
                left: ids.of(unguard(&row[left])),
                right: ids.of(unguard(&row[right])),
                why: row[why].to_owned(),
            });
            Ok(())
        })?;
    }
    run.ids = ids.1;
    Ok(run)
}

fn read_suggestions<R: Read>(
    run: &mut RunFiles,
    ids: &mut Numbers,
    sheet: Sheet<R>,
) -> Result<(), EvaluateError> {
    let (suggestion, role) = (sheet.column("suggestion_id")?, sheet.column("role")?);
    let (record, verdict) = (sheet.column("record_id")?, sheet.column("verdict")?);
    let mut numbers = Numbers::default();
    let mut held: FxHashMap<u32, u32> = FxHashMap::default();
    sheet.rows(|row| {
        let number = numbers.of(unguard(&row[suggestion]));
        if number as usize == run.suggestions.len() {
            run.suggestions.push(SuggestionRow {
                id: row[suggestion].to_owned(),
                auto: false,
            });
        }
        if &row[role] == "survivor" {
            run.suggestions[number as usize].auto = &row[verdict] == "auto";
        }
        let id = ids.of(unguard(&row[record]));
        if let Some(other) = held.insert(id, number) {
            return Err(format!(
                "the record {} is already in suggestion {}; a record belongs to one",
                &row[record], run.suggestions[other as usize].id
            ));
        }
        run.members.push(MemberRow {
            suggestion: number,
            record: id,
        });
        Ok(())
    })
}

fn read_pairs<R: Read>(
    run: &mut RunFiles,
    ids: &mut Numbers,
    sheet: Sheet<R>,
) -> Result<(), EvaluateError> {
    let (left, right) = (sheet.column("left_id")?, sheet.column("right_id")?);
    let (verdict, probability) = (sheet.column("verdict")?, sheet.column("probability")?);
    let (rules, implied) = (sheet.column("rules")?, sheet.optional("implied"));
    let (mut verdicts, mut names) = (Numbers::default(), Numbers::default());
    sheet.rows(|row| {
        let chance: f64 = row[probability]
            .parse()
            .ok()
            .filter(|p| (0.0..=1.0).contains(p))
            .ok_or_else(|| {
                format!(
                    "the probability {:?} is not between 0 and 1",
                    &row[probability]
                )
            })?;
        let stands_for = match implied.map(|at| &row[at]) {
            None => 1,
            Some(text) => text
                .parse()
                .map_err(|_| format!("the count of implied pairs {text:?} is no whole number"))?,
        };
        run.pairs.push(PairRow {
            left: ids.of(unguard(&row[left])),
            right: ids.of(unguard(&row[right])),
            verdict: verdicts.of(&row[verdict]),
            probability: chance,
            rules: unguard(&row[rules])
                .split("; ")
                .filter(|r| !r.is_empty())
                .map(|r| names.of(r))
                .collect(),
            implied: stands_for,
        });
        Ok(())
    })?;
    (run.verdicts, run.rules) = (verdicts.1, names.1);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_guard_comes_off_and_an_apostrophe_stays() {
        for (cell, value) in [
            ("'+1", "+1"),
            ("''=x", "'=x"),
            ("'tHooft", "'tHooft"),
            ("a", "a"),
            ("'-3", "-3"),
        ] {
            assert_eq!(unguard(cell), value);
        }
    }

    #[test]
    fn a_doubled_id_is_an_error_with_its_line() {
        let error =
            read_truth("id,cluster\na,1\nb,1\na,2\n".as_bytes()).expect_err("a stands twice");
        assert_eq!(
            error.to_string(),
            "use the truth file, line 4: the id a was already on line 2; each record stands once"
        );
    }

    #[test]
    fn columns_are_found_by_name_and_empty_clusters_are_singletons() {
        let truth =
            read_truth("\u{feff}cluster,note,id\nx,,a\n,,b\n,,c\nx,,d\n".as_bytes()).expect("fine");
        assert_eq!(truth.ids, ["a", "b", "c", "d"]);
        assert_eq!(truth.clusters, [0, 1, 2, 0]);
        let error = read_truth("id,group\n".as_bytes()).expect_err("no cluster column");
        assert_eq!(
            error.to_string(),
            "find the column cluster in the truth file; its columns are id, group"
        );
    }
}
