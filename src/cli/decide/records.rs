//! The records that decisions are on: which there are, and what they hold.

use crate::cli::data_args::DataArgs;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::loading::Loading;
use kinfold::model::{Field, RecordIdx, RecordType};
use kinfold::pipeline::record_fingerprint;
use kinfold::report::{RunFile, read_file_of_run, unguard};
use kinfold::rules::ListedId;
use kinfold::state::fingerprint;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where `kinfold run` writes unless told otherwise.
const DEFAULT_OUT: &str = "kinfold-out";

/// Where the values of the records are looked up.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct SourceArgs {
    /// Run whose suggestions were reviewed: its folder, or an output folder, then its latest run [default: kinfold-out]
    ///
    /// Its suggestions.csv says what the records held when they were reviewed; it is checked against the manifest first.
    #[arg(long, value_name = "DIR", conflicts_with = "input")]
    pub(crate) run: Option<PathBuf>,

    /// Export that holds the records, instead of a run: for pairs that no suggestion holds; may be given several times
    #[arg(long, value_name = "FILE")]
    input: Vec<PathBuf>,

    #[command(flatten)]
    pub(crate) data: DataArgs,
}

impl SourceArgs {
    /// Reads the run or the export.
    pub(crate) fn records(&self) -> Result<Records, Failure> {
        if self.input.is_empty() {
            let run = self.run.as_deref().unwrap_or(Path::new(DEFAULT_OUT));
            return Records::of_run(&read_file_of_run(run, "suggestions.csv")?);
        }
        let loading = Loading::without_rules(&self.data);
        let table = loading.load(&self.input)?.table;
        let names: Vec<String> = self.input.iter().map(|p| p.display().to_string()).collect();
        let mut records = Records {
            place: names.join(", "),
            remedy: "ids are compared with the id column of the export",
            ..Records::default()
        };
        for i in 0..table.n_records() {
            let record = RecordIdx(i as u32);
            let values = record_fingerprint(&table, record);
            records.push(table.record_type[i], table.id(record), values);
        }
        Ok(records)
    }
}

/// Records by id, and suggestions by theirs.
#[derive(Debug, Default)]
pub(crate) struct Records {
    /// For messages.
    place: String,
    remedy: &'static str,
    /// By id without case and braces: each record with its fingerprint.
    by_id: BTreeMap<String, Vec<(ListedId, String)>>,
    suggestions: BTreeMap<String, Vec<(ListedId, String)>>,
}

impl Records {
    /// The members of the suggestions of a run.
    fn of_run(file: &RunFile) -> Result<Records, Failure> {
        let damaged = |what: &str| {
            Failure::new(
                ExitCode::Input,
                format!("failed to read {}: {what}", file.path.display()),
                "make a new run with this version of kinfold, or name the export with --input",
            )
        };
        let mut records = Records {
            place: file.path.display().to_string(),
            remedy: "pairs that no suggestion holds are decided with --input FILE, which names the export",
            ..Records::default()
        };
        let bytes = file
            .bytes
            .strip_prefix(b"\xef\xbb\xbf")
            .unwrap_or(&file.bytes);
        let mut reader = csv::Reader::from_reader(bytes);
        let header = reader
            .headers()
            .map_err(|e| damaged(&e.to_string()))?
            .clone();
        let column = |name: &str| header.iter().position(|h| h == name);
        let needed =
            |name: &str| column(name).ok_or_else(|| damaged(&format!("it has no column {name}")));
        let (suggestion, of_type, id) = (
            needed("suggestion_id")?,
            needed("record_type")?,
            needed("record_id")?,
        );
        let fields: Vec<(Field, usize)> = Field::ALL
            .iter()
            .filter_map(|f| Some((*f, column(f.name())?)))
            .collect();
        let mut row = csv::StringRecord::new();
        while reader
            .read_record(&mut row)
            .map_err(|e| damaged(&e.to_string()))?
        {
            let cell = |at: usize| {
                let cell = row.get(at).unwrap_or("");
                if file.guarded { unguard(cell) } else { cell }
            };
            let record_type = RecordType::parse(cell(of_type))
                .ok_or_else(|| damaged("a record is of no type that is known"))?;
            let values = fingerprint(|field| {
                let found = fields.iter().find(|(f, _)| *f == field);
                found.map_or("", |(_, at)| cell(*at))
            });
            let record = records.push(record_type, cell(id), values);
            let members = records.suggestions.entry(cell(suggestion).to_owned());
            members.or_default().push(record);
        }
        Ok(records)
    }

    fn push(&mut self, record_type: RecordType, id: &str, values: String) -> (ListedId, String) {
        let id = ListedId {
            record_type: Some(record_type),
            id: id.trim().to_owned(),
        };
        let record = (id, values);
        let found = self.by_id.entry(bare(&record.0.id)).or_default();
        found.push(record.clone());
        record
    }

    /// The record an id names, with its fingerprint. An id as exported is preferred to one that differs by case or braces.
    pub(crate) fn find(&self, id: &ListedId) -> Result<(ListedId, String), Failure> {
        let typed =
            |r: &&(ListedId, String)| id.record_type.is_none() || id.record_type == r.0.record_type;
        let near = self.by_id.get(&bare(&id.id)).map_or(&[][..], Vec::as_slice);
        let mut found: Vec<&(ListedId, String)> = near
            .iter()
            .filter(typed)
            .filter(|r| r.0.id == id.id)
            .collect();
        if found.is_empty() {
            found = near.iter().filter(typed).collect();
        }
        match found.as_slice() {
            [one] => Ok((*one).clone()),
            [] => Err(Failure::new(
                ExitCode::Usage,
                format!("failed to find the record {} in {}", id.text(), self.place),
                self.remedy,
            )),
            [first, ..] => Err(Failure::new(
                ExitCode::Usage,
                format!(
                    "failed to find the record {} in {}: {} records are called so",
                    id.text(),
                    self.place,
                    found.len()
                ),
                format!("say which, as in {}", first.0.text()),
            )),
        }
    }

    /// The members of a suggestion.
    pub(crate) fn suggestion(&self, id: &str) -> Result<&[(ListedId, String)], Failure> {
        let found = self.suggestions.get(id.trim());
        found.map(Vec::as_slice).ok_or_else(|| {
            Failure::new(
                ExitCode::Usage,
                format!("failed to find the suggestion {id} in {}", self.place),
                "suggestions are named in the column suggestion_id of suggestions.csv; name the run that holds it with --run",
            )
        })
    }
}

fn bare(id: &str) -> String {
    id.trim_matches(['{', '}']).to_ascii_lowercase()
}
