//! `kinfold qualify`: what would happen to open leads if they were qualified now.

use super::data_args::{DataArgs, RuleArgs};
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::loading::Loading;
use super::output::{columns, count, log, plural};
use clap::ValueEnum;
use kinfold::model::{RecordType, Table};
use kinfold::qualify::{self, Fate, Qualification, REQUIRED};
use kinfold::report;
use std::path::PathBuf;

/// Preview the qualification of leads: which contacts and accounts exist already, what is missing
///
/// For each open lead: the contacts and accounts that would raise the duplicate warning if it were qualified on the
/// form, what qualifying from the grid would create unseen, and required fields that are blank. Leads that are closed
/// are listed as such. Writes qualify.csv, matches.csv, qualify.json and qualify.html into OUT. No lead is qualified.
/// docs/qualify.md says what is documented of qualification and what is inferred.
///
/// Example: kinfold qualify leads.csv --contacts contacts.csv --accounts accounts.csv --out preview
#[derive(Debug, clap::Args)]
pub(crate) struct QualifyArgs {
    /// Files of leads: CSV or Parquet, also compressed with gzip or zstd
    #[arg(required = true, value_name = "LEADS")]
    leads: Vec<PathBuf>,

    /// File of contacts; may be given several times
    #[arg(long, value_name = "FILE", help_heading = "Reading")]
    contacts: Vec<PathBuf>,

    /// File of accounts; may be given several times
    #[arg(long, value_name = "FILE", help_heading = "Reading")]
    accounts: Vec<PathBuf>,

    /// Folder to write to; made when missing, refused when it holds other files
    #[arg(
        long,
        short,
        value_name = "DIR",
        default_value = "kinfold-qualify",
        help_heading = "Writing"
    )]
    out: PathBuf,

    /// Columns a lead needs to be qualified, by canonical name or header; `none` asks for none
    #[arg(long, value_name = "COLUMN", value_delimiter = ',', default_values_t = REQUIRED.map(str::to_owned), help_heading = "Rules")]
    required: Vec<String>,

    /// End with 1 when a lead has this fate, or when the grid would create what exists
    #[arg(
        long,
        value_enum,
        value_name = "WHAT",
        value_delimiter = ',',
        help_heading = "Writing"
    )]
    fail_on: Vec<FailOn>,

    #[command(flatten)]
    pub(crate) data: DataArgs,

    #[command(flatten)]
    rules: RuleArgs,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum FailOn {
    /// An open lead with a contact or account that exists
    Warned,
    /// An open lead with a blank required field
    Incomplete,
    /// A contact or account that the grid would create although it exists
    Unseen,
}

pub(crate) fn run(args: &QualifyArgs) -> Result<ExitCode, Failure> {
    if args.contacts.is_empty() && args.accounts.is_empty() {
        return Err(Failure::new(
            ExitCode::Usage,
            "failed to compare leads with nothing",
            "name the records they would become: --contacts FILE, --accounts FILE, or both",
        ));
    }
    let mut loading = Loading::begin(&args.data, &args.rules)?;
    loading.default_rules(qualify::default_rules());
    let mut inputs = Vec::new();
    for (files, record_type) in [
        (&args.leads, RecordType::Lead),
        (&args.contacts, RecordType::Contact),
        (&args.accounts, RecordType::Account),
    ] {
        for file in files {
            loading.file_type(file, record_type);
            inputs.push(file.clone());
        }
    }
    let loaded = loading.load(&inputs)?;
    let options = loading.link_options(&loaded);
    asked_types(&options.rules, &loaded.table)?;
    let required: Vec<String> = args
        .required
        .iter()
        .map(|r| r.trim().to_owned())
        .filter(|r| !r.is_empty() && r != "none")
        .collect();
    let found = qualify::qualify(&loaded, &options, &required, &loading.progress)?;
    let files = qualify::files(&loaded, &found, env!("CARGO_PKG_VERSION"));
    report::write_bundle(&args.out, &files)?;
    let output = args.data.output();
    if !args.data.quiet() || output.json {
        let mut json = qualify::summary_json(&found);
        json["out"] = args.out.display().to_string().into();
        output.either(&json, || text(&found, args))?;
    }
    let holds = args.fail_on.iter().any(|what| match what {
        FailOn::Warned => found.n_with_matches() > 0,
        FailOn::Incomplete => found.count(Fate::Incomplete) > 0,
        FailOn::Unseen => {
            found.n_unseen(RecordType::Contact) + found.n_unseen(RecordType::Account) > 0
        }
    });
    if holds && !args.data.quiet() {
        log("attention: a condition of --fail-on holds");
    }
    Ok(if holds {
        ExitCode::Attention
    } else {
        ExitCode::Ok
    })
}

/// Refuses rules that compare no lead with a type that was read.
fn asked_types(rules: &kinfold::rules::RuleSet, table: &Table) -> Result<(), Failure> {
    let across = rules.rules.iter().any(|r| {
        let types = [r.base, r.matching];
        types.contains(&RecordType::Lead) && types.iter().any(|t| *t != RecordType::Lead)
    });
    if across || table.n_records() == 0 {
        return Ok(());
    }
    Err(Failure::new(
        ExitCode::Usage,
        "failed to use the rules: none compares a lead with a contact or an account",
        "write rules with base = \"lead\" and match = \"contact\" or \"account\", or leave --rules out",
    ))
}

fn text(q: &Qualification, args: &QualifyArgs) -> String {
    let n_open = q.leads.len() as u64 - q.count(Fate::Closed);
    let mut out = format!(
        "{} against {} and {}\n",
        plural(n_open, "open lead", "open leads"),
        plural(q.n_contacts, "contact", "contacts"),
        plural(q.n_accounts, "account", "accounts"),
    );
    let rows: Vec<Vec<String>> = Fate::ALL
        .into_iter()
        .map(|f| {
            vec![
                f.as_str().to_owned(),
                count(q.count(f)),
                f.meaning().to_owned(),
            ]
        })
        .collect();
    out.push_str(&columns(&rows, &[1]));
    out.push_str(&format!(
        "the form would warn of {}; the grid would create {} and {} that exist\n",
        plural(q.n_with_matches(), "lead", "leads"),
        plural(q.n_unseen(RecordType::Contact), "contact", "contacts"),
        plural(q.n_unseen(RecordType::Account), "account", "accounts"),
    ));
    for notice in &q.notices {
        out.push_str(&format!("note: {notice}\n"));
    }
    out.push_str(&format!(
        "report: {}\n",
        args.out.join("qualify.html").display()
    ));
    out
}
