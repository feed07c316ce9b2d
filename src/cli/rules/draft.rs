//! `kinfold rules draft`: stores rules without putting them in force.

use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::{Output, log};
use crate::cli::rule_source;
use crate::cli::state_args::{ChangeArgs, StateDir, short};
use kinfold::rules::RuleSet;
use kinfold::rules::check::{Severity, check, without_allowed};
use kinfold::state::{Standing, Status};
use std::path::{Path, PathBuf};

/// Store rules as a draft: a version with a number, in force only once it is published
#[derive(Debug, clap::Args)]
pub(crate) struct DraftArgs {
    /// Rule file
    file: PathBuf,
    #[command(flatten)]
    state: StateDir,
    #[command(flatten)]
    change: ChangeArgs,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(args: &DraftArgs) -> Result<ExitCode, Failure> {
    let author = args.change.author()?;
    let rules = rule_source::read(&args.file)?;
    // A draft may be unfinished: what would keep it from being published is only told.
    for error in tell_findings(&rules) {
        log(&format!("note: {error}"));
    }
    let dir = &args.state.dir;
    let mut writer = args.change.lock(dir)?;
    let plan = writer.folder().plan(&rules);
    writer.draft(&plan, &author)?;
    let is_new = plan.standing == Standing::New;
    let json = serde_json::json!({
        "result": if is_new { "stored" } else { "unchanged" },
        "state": dir.display().to_string(),
        "set": plan.set,
        "version": plan.number,
        "sha256": plan.sha256,
    });
    Output { json: args.json }.either(&json, || {
        let (set, number, hash) = (&plan.set, plan.number, short(&plan.sha256));
        match plan.standing {
            Standing::New => format!(
                "{set} version {number} ({hash}) is stored as a draft; `kinfold rules publish --version {number} --state {}` puts it in force\n",
                dir.display()
            ),
            Standing::Stored(status) => format!(
                "{set} version {number} ({hash}) says the same and is {}; nothing was changed\n",
                match status {
                    Status::Draft => "stored as a draft already",
                    Status::Published => "published",
                    Status::Unpublished => "stored already, published before",
                }
            ),
        }
    })?;
    Ok(ExitCode::Ok)
}

/// Tells what the linter finds. Gives those findings that say that a rule cannot do what it says.
pub(super) fn tell_findings(rules: &RuleSet) -> Vec<String> {
    let mut findings = check(rules);
    without_allowed(&mut findings, rules, &[]);
    let mut errors = Vec::new();
    for finding in findings {
        let rule = finding
            .rule
            .map(|r| format!("rule {r:?} "))
            .unwrap_or_default();
        let line = format!(
            "{} {}: {rule}{}; {}",
            finding.code, finding.name, finding.message, finding.fix
        );
        match finding.severity {
            Severity::Error => errors.push(line),
            Severity::Warning | Severity::Note => log(&format!("note: {line}")),
        }
    }
    errors
}

/// How runs come to use what was published.
pub(super) fn text_of(dir: &Path) -> String {
    format!("`kinfold run INPUT... --state {}` uses it\n", dir.display())
}
