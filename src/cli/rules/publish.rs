//! `kinfold rules publish`: puts rules in force.

use super::diff;
use super::draft::{tell_findings, text_of};
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::{Output, log};
use crate::cli::rule_source;
use crate::cli::state_args::{ChangeArgs, StateDir, note_torn, open, short};
use kinfold::rules::{RuleSet, RuleSetDiff};
use kinfold::state::{Plan, Standing, StateFolder, StateWriter, Status};
use std::path::PathBuf;

/// Put rules in force: those of a file, or a version stored before
///
/// The rules become a version that never changes, and take the place of the published version of the set of that name
/// ([set] name in the file). `kinfold run --state DIR` uses them from then on. A file with faults is refused with line and
/// column, and so are rules that cannot do what they say. Rules that are published already are left as they are, and rules that are stored already keep their number.
///
/// To go back to an earlier version: kinfold rules publish --version 1 --state DIR
#[derive(Debug, clap::Args)]
pub(crate) struct PublishArgs {
    /// Rule file
    #[arg(required_unless_present = "version", conflicts_with = "version")]
    file: Option<PathBuf>,
    #[command(flatten)]
    state: StateDir,
    /// Publish this stored version: a draft, or an earlier one again
    #[arg(long, value_name = "N")]
    version: Option<u64>,
    /// Which rule set --version is of, when the state folder has several
    #[arg(long, value_name = "NAME", requires = "version")]
    set: Option<String>,
    #[command(flatten)]
    change: ChangeArgs,
    /// Say what would be done, and write nothing
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

/// The state folder: held for changing, or only looked at.
enum Target {
    Held(Box<StateWriter>),
    Seen(StateFolder),
}

impl Target {
    fn folder(&self) -> &StateFolder {
        match self {
            Target::Held(writer) => writer.folder(),
            Target::Seen(folder) => folder,
        }
    }
}

pub(crate) fn run(args: &PublishArgs) -> Result<ExitCode, Failure> {
    let author = args.change.author()?;
    let from_file = args.file.as_deref().map(rule_source::read).transpose()?;
    if let Some(rules) = &from_file {
        refuse_errors(rules)?;
    }
    let dir = &args.state.dir;
    if from_file.is_none() {
        // A folder that is not there is not made for a version that cannot be in it.
        open(dir)?;
    }
    let mut target = if args.dry_run {
        let folder = StateFolder::open_or_empty(dir)?;
        note_torn(&folder);
        Target::Seen(folder)
    } else {
        Target::Held(Box::new(args.change.lock(dir)?))
    };
    let folder = target.folder();
    let (rules, plan) = match (from_file, args.version) {
        (Some(rules), _) => {
            let plan = folder.plan(&rules);
            (rules, plan)
        }
        (None, number) => {
            let number = number.expect("clap asks for a file or a version");
            let version = folder.version(args.set.as_deref(), number)?;
            let rules = version.rules()?;
            // The way back stays open: what was in force once is not judged again.
            if version.status == Status::Draft {
                refuse_errors(&rules)?;
            }
            (rules, folder.plan_stored(version))
        }
    };
    let before = match folder.published(&plan.set) {
        Some(version) => Some(version.rules()?),
        None => None,
    };

    // Between checked and written: conditions on what the change would do belong here. Nothing is written yet, and no
    // other process can publish while the folder is held.

    if let Target::Held(writer) = &mut target {
        writer.publish(&plan, &author)?;
    }
    tell(args, target.folder(), &plan, before.as_ref(), &rules)?;
    Ok(ExitCode::Ok)
}

/// Refuses rules of which the linter says that they cannot do what they say.
fn refuse_errors(rules: &RuleSet) -> Result<(), Failure> {
    let errors = tell_findings(rules);
    if errors.is_empty() {
        return Ok(());
    }
    Err(Failure::new(
        ExitCode::Usage,
        format!(
            "failed to publish {:?}: {}",
            rules.name,
            errors.join("\n       ")
        ),
        "mend the rule, or say that it is meant with allow = [\"CODE\"] in it; `kinfold rules check --explain CODE` tells more",
    ))
}

fn tell(
    args: &PublishArgs,
    folder: &StateFolder,
    plan: &Plan,
    before: Option<&RuleSet>,
    rules: &RuleSet,
) -> Result<(), Failure> {
    let changes = before.map(|before| kinfold::rules::diff(before, rules));
    let result = match (plan.is_in_force(), args.dry_run) {
        (true, _) => "unchanged",
        (false, true) => "would-publish",
        (false, false) => "published",
    };
    let json = serde_json::json!({
        "result": result,
        "state": folder.dir().display().to_string(),
        "set": plan.set,
        "version": plan.number,
        "sha256": plan.sha256,
        "new": plan.standing == Standing::New,
        "replaces": plan.in_force.filter(|_| !plan.is_in_force()),
        "changes": changes,
    });
    Output { json: args.json }.either(&json, || sentence(args, plan, changes.as_ref()))?;
    let others: Vec<&str> = folder
        .sets()
        .filter(|s| s.name != plan.set && s.published().is_some())
        .map(|s| s.name.as_str())
        .collect();
    if plan.in_force.is_none() && !others.is_empty() {
        log(&format!(
            "note: {} is a rule set of its own, beside {}; runs now have to say --set NAME. To replace a set, give it the same [set] name",
            plan.set,
            others.join(" and "),
        ));
    }
    Ok(())
}

fn sentence(args: &PublishArgs, plan: &Plan, changes: Option<&RuleSetDiff>) -> String {
    let Plan { set, number, .. } = plan;
    let hash = short(&plan.sha256);
    if plan.is_in_force() {
        return format!(
            "{set} version {number} ({hash}) is published already and says the same; nothing was changed\n"
        );
    }
    let what = match plan.standing {
        Standing::New => "new",
        Standing::Stored(Status::Draft) => "stored as a draft before",
        Standing::Stored(_) => "published before",
    };
    let done = if args.dry_run {
        "would be published"
    } else {
        "is published"
    };
    let mut text = format!("{set} version {number} ({hash}, {what}) {done}");
    match (plan.in_force, changes) {
        (Some(replaced), Some(changes)) => {
            text.push_str(&format!(" in place of version {replaced}\n"));
            text.push_str(&diff::text(changes));
        }
        _ => {
            text.push_str("; no other version was in force\n");
            text.push_str(&text_of(&args.state.dir));
        }
    }
    if args.dry_run {
        text.push_str("nothing was written\n");
    }
    text
}
