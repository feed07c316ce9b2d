//! The options every command that reads an export has in common.

use super::exit_code::ExitCode;
use super::failure::Failure;
use super::output::Output;
use super::rule_source;
use super::state_args::StateArgs;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use kinfold::ingest::{Encoding, IngestOptions, Limits, UnknownState};
use kinfold::model::{Field, RecordType};
use kinfold::rules::{RuleSet, is_country, nearest};
use kinfold::state::{Decision, Version};
use std::path::PathBuf;

/// Options of commands that read exports.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct DataArgs {
    /// What the records are: lead, contact or account; otherwise taken from the header of each file, else lead
    ///
    /// FILE=TYPE says it of one of several files, by its path or its name, such as --type people.csv=contact; may be
    /// given several times.
    #[arg(long = "type", value_name = "[FILE=]TYPE", value_parser = file_type, help_heading = "Reading")]
    record_types: Vec<(Option<String>, RecordType)>,

    /// Which column holds a field, such as id=CustomerNo; may be given several times
    ///
    /// FIELD is kinfold's name of the field (id, fullname, firstname, lastname, companyname, emailaddress1, telephone1,
    /// mobilephone, address1_city …; a wrong one is answered with the nearest). HEADER is the column as the file names
    /// it; A+B joins the values of two columns by a blank. What is not named is recognised from the header where it is
    /// one of the known layouts: Dynamics 365 (API names, "Export to Excel" labels, lake), Salesforce (API names, report
    /// labels), HubSpot.
    #[arg(long = "column", value_name = "FIELD=HEADER", value_parser = column, help_heading = "Reading")]
    columns: Vec<(String, String)>,

    /// Character encoding of text files; a byte order mark wins over it
    #[arg(long, value_name = "NAME", value_parser = encoding(), default_value = "auto", help_heading = "Reading")]
    encoding: Encoding,

    /// Field delimiter of text files: one character, or `tab`; otherwise a comma, or what the header says
    #[arg(long, value_name = "CHAR", value_parser = delimiter, help_heading = "Reading")]
    delimiter: Option<u8>,

    /// Country of phone numbers in records without a country, such as US, GB, DE; wins over the rule file's
    #[arg(long, value_name = "CODE", value_parser = country, help_heading = "Reading")]
    default_country: Option<String>,

    /// What to do with a record whose state is not a known one; it is never taken as active
    #[arg(long, value_name = "WHAT", value_parser = unknown_state(), default_value = "reject", help_heading = "Reading")]
    unknown_state: UnknownState,

    /// Fail when more rows than this cannot be used; each is listed with place and reason
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Reading")]
    max_rejects: u64,

    /// Number of threads; by default one per processor. The result does not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = "Working")]
    threads: Option<u16>,

    /// Print no progress and no notes, only results and errors
    #[arg(long, short, help_heading = "Working")]
    quiet: bool,

    /// Print the result as one JSON object, and an error as one JSON object on standard error
    #[arg(long, help_heading = "Working")]
    json: bool,
}

impl DataArgs {
    /// Whether results are to be JSON.
    pub(crate) fn output(&self) -> Output {
        Output { json: self.json }
    }

    /// Whether progress is to be shown.
    pub(crate) fn quiet(&self) -> bool {
        self.quiet
    }

    /// How files are read.
    pub(crate) fn ingest(&self) -> IngestOptions {
        IngestOptions {
            record_type: self.record_type(),
            file_types: self
                .record_types
                .iter()
                .filter_map(|(file, t)| Some((file.clone()?, *t)))
                .collect(),
            columns: self.columns.clone(),
            encoding: self.encoding,
            delimiter: self.delimiter,
            unknown_state: self.unknown_state,
            limits: Limits::default(),
            decoder: Some(own_program()),
        }
    }

    /// The record type asked for all files.
    pub(crate) fn record_type(&self) -> Option<RecordType> {
        let of_all = self.record_types.iter().filter(|(file, _)| file.is_none());
        of_all.map(|(_, t)| *t).next_back()
    }

    /// Country for phones of records without one; wins over the rule set's.
    pub(crate) fn country(&self) -> Option<String> {
        self.default_country.clone()
    }

    /// How many rows may be rejected.
    pub(crate) fn max_rejects(&self) -> u64 {
        self.max_rejects
    }

    /// The number asked for.
    pub(crate) fn threads(&self) -> Option<u16> {
        self.threads
    }
}

/// Options of commands that ask rules.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct RuleArgs {
    /// Rule file, or preset:NAME (see `kinfold rules presets`); without it and without --state the built-in rules for the type of the records
    #[arg(long, value_name = "FILE", help_heading = "Rules")]
    rules: Option<PathBuf>,

    #[command(flatten)]
    state: StateArgs,

    /// CSV of pairs that are the same: left_id, right_id, and reason if there is one; may be given several times
    ///
    /// They are merged whatever the rules say, and listed under the rule "always list". An id may say its type, as in
    /// lead:L-17. Added to the pairs of [[always]] in the rule file.
    #[arg(long, value_name = "FILE", help_heading = "Rules")]
    always: Vec<PathBuf>,

    /// CSV of pairs that are different: left_id, right_id, and reason if there is one; may be given several times
    ///
    /// They are never merged, not by way of others either. Added to the pairs of [[never]] in the rule file.
    #[arg(long, value_name = "FILE", help_heading = "Rules")]
    never: Vec<PathBuf>,

    /// CSV of names that are one: kind (company or name), value, alias; may be given several times
    #[arg(long, value_name = "FILE", help_heading = "Rules")]
    aliases: Vec<PathBuf>,

    /// Take all records as active when the file has no state column, instead of refusing rules that ask for it
    #[arg(long, help_heading = "Rules")]
    assume_active: bool,
}

impl RuleArgs {
    /// The rules of --rules or --state; `None` without either. Both at once are refused: one of them would do nothing.
    pub(crate) fn chosen(&self) -> Result<Option<ChosenRules>, Failure> {
        match (&self.rules, self.state.dir()) {
            (None, None) => Ok(None),
            (Some(file), None) => Ok(Some(ChosenRules {
                rules: rule_source::read(file)?,
                version: None,
                decisions: Vec::new(),
            })),
            (None, Some(_)) => self.state.published().map(Some),
            (Some(_), Some(dir)) => Err(Failure::new(
                ExitCode::Usage,
                "failed to choose rules: --rules names a file and --state the published rules",
                format!(
                    "leave one of them out; `kinfold rules diff FILE --state {}` shows how they differ",
                    dir.display()
                ),
            )),
        }
    }

    /// The lists given beside the rule file, as a rule set without rules.
    pub(crate) fn lists(&self) -> Result<RuleSet, Failure> {
        let mut lists = RuleSet::default();
        for path in &self.always {
            lists.always.extend(rule_source::read_pair_list(path)?);
        }
        for path in &self.never {
            lists.never.extend(rule_source::read_pair_list(path)?);
        }
        for path in &self.aliases {
            lists.add_lists(&RuleSet {
                values: rule_source::read_alias_list(path)?,
                ..RuleSet::default()
            });
        }
        Ok(lists)
    }

    /// Whether records without a state column are active.
    pub(crate) fn assume_active(&self) -> bool {
        self.assume_active
    }
}

/// Rules, and the version they are of when they come from a state folder.
#[derive(Debug, Clone)]
pub(crate) struct ChosenRules {
    /// The rules.
    pub(crate) rules: RuleSet,
    /// The published version.
    pub(crate) version: Option<Version>,
    /// What reviewers decided, by the same state folder.
    pub(crate) decisions: Vec<Decision>,
}

/// Sets the number of threads of both pools, ours and that of the file reader. To be called before anything else.
///
/// The file reader learns its number from the environment alone, and changing one's own environment is not safe
/// in Rust: the program starts itself once more with the variable set.
pub(crate) fn apply_threads(threads: u16) -> Result<(), Failure> {
    restart_with_threads(threads)?;
    rayon::ThreadPoolBuilder::new()
        .num_threads(usize::from(threads))
        .build_global()
        .map_err(|e| {
            Failure::new(
                ExitCode::Limit,
                format!("failed to start {threads} threads: {e}"),
                "ask for fewer with --threads",
            )
        })
}

/// Starts the program anew with the file reader's number of threads in its environment; returns at once when it is
/// already there. The new program takes this one's place, process id included.
#[cfg(unix)]
fn restart_with_threads(threads: u16) -> Result<(), Failure> {
    use std::os::unix::process::CommandExt;
    const VARIABLE: &str = "POLARS_MAX_THREADS";
    let wanted = threads.to_string();
    if std::env::var(VARIABLE).is_ok_and(|v| v == wanted) {
        return Ok(());
    }
    let exe = std::env::current_exe()
        .map_err(|e| Failure::io("find", std::path::Path::new("our own program"), &e))?;
    let mut arguments = std::env::args_os();
    let name = arguments.next().unwrap_or_else(|| exe.clone().into());
    let error = std::process::Command::new(&exe)
        .arg0(name)
        .args(arguments)
        .env(VARIABLE, wanted)
        .exec();
    Err(Failure::io("start", &exe, &error))
}

/// The program that is running. On Linux its own link to itself, which stays right when the file is replaced meanwhile.
fn own_program() -> PathBuf {
    let found = if cfg!(target_os = "linux") {
        Ok(PathBuf::from("/proc/self/exe"))
    } else {
        std::env::current_exe()
    };
    found.unwrap_or_else(|_| PathBuf::from("kinfold"))
}

/// Elsewhere the file reader keeps one thread per processor.
#[cfg(not(unix))]
fn restart_with_threads(_: u16) -> Result<(), Failure> {
    Ok(())
}

/// Parser of `--type` where it may name a file.
fn file_type(text: &str) -> Result<(Option<String>, RecordType), String> {
    let (file, word) = match text.rsplit_once('=') {
        Some(("", _)) => return Err("write FILE=TYPE, such as people.csv=contact".to_owned()),
        Some((file, word)) => (Some(file.to_owned()), word),
        None => (None, text),
    };
    let words = RecordType::ALL.map(RecordType::as_str);
    match RecordType::parse(word) {
        Some(record_type) => Ok((file, record_type)),
        None => Err(match nearest(word, &words) {
            Some(near) => format!("there is no record type {word:?}; did you mean {near}?"),
            None => format!(
                "there is no record type {word:?}; there are {}",
                words.join(", ")
            ),
        }),
    }
}

/// Parser of `--type`.
pub(crate) fn record_type() -> impl TypedValueParser<Value = RecordType> {
    PossibleValuesParser::new(RecordType::ALL.map(RecordType::as_str))
        .map(|word| RecordType::parse(&word).expect("one of the possible values"))
}

fn encoding() -> impl TypedValueParser<Value = Encoding> {
    PossibleValuesParser::new(["auto", "utf-8", "utf-16le", "utf-16be", "windows-1252"])
        .map(|word| Encoding::parse(&word).expect("one of the possible values"))
}

fn unknown_state() -> impl TypedValueParser<Value = UnknownState> {
    PossibleValuesParser::new(["reject", "inactive"]).map(|word| match word.as_str() {
        "inactive" => UnknownState::Inactive,
        _ => UnknownState::Reject,
    })
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        _ if text.eq_ignore_ascii_case("tab") || text == "\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !matches!(byte, b'"' | b'\n' | b'\r' | 0) => Ok(*byte),
        _ => {
            Err("a delimiter is one ASCII character, no quote and no line end, or `tab`".to_owned())
        }
    }
}

/// Parser of country codes.
pub(crate) fn country(text: &str) -> Result<String, String> {
    let upper = text.to_uppercase();
    match upper.as_str() {
        code if is_country(code) => Ok(upper),
        "UK" => Err("the code of the United Kingdom is GB".to_owned()),
        _ => Err("a country is two letters of ISO 3166, such as US, GB or DE".to_owned()),
    }
}

fn column(text: &str) -> Result<(String, String), String> {
    let Some((name, header)) = text.split_once('=') else {
        return Err("write FIELD=HEADER, such as id=CustomerNo".to_owned());
    };
    if header.is_empty() {
        return Err("the header is missing after `=`".to_owned());
    }
    match Field::parse(name) {
        Some(field) => Ok((field.name().to_owned(), header.to_owned())),
        None => {
            let names: Vec<&str> = Field::ALL.iter().map(|f| f.name()).collect();
            Err(match nearest(name, &names) {
                Some(near) => format!("there is no field {name:?}; did you mean {near}?"),
                None => format!(
                    "there is no field {name:?}; the fields are {}",
                    names.join(", ")
                ),
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_of_options_are_read_or_answered() {
        assert_eq!(delimiter("tab"), Ok(b'\t'));
        assert_eq!(delimiter(";"), Ok(b';'));
        assert!(delimiter("ab").is_err() && delimiter("\"").is_err() && delimiter("§").is_err());
        assert_eq!(country("gb"), Ok("GB".to_owned()));
        assert!(country("UK").is_err_and(|e| e.contains("GB")));
        assert_eq!(column("ID=No=1"), Ok(("id".to_owned(), "No=1".to_owned())));
        assert!(column("emailadress1=x").is_err_and(|e| e.contains("emailaddress1")));
        assert!(column("x").is_err() && column("id=").is_err());
        assert_eq!(file_type("Contact"), Ok((None, RecordType::Contact)));
        assert_eq!(
            file_type("a=b.csv=lead"),
            Ok((Some("a=b.csv".to_owned()), RecordType::Lead))
        );
        assert!(file_type("x.csv=acount").is_err_and(|e| e.contains("account")));
        assert!(file_type("=lead").is_err());
    }
}
