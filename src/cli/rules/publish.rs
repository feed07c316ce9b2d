//! `kinfold rules publish`: puts rules in force.

use super::diff;
use super::draft::{tell_findings, text_of};
use crate::cli::data_args::DataArgs;
use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::log;
use crate::cli::preview::text::{broken, render, told};
use crate::cli::preview::{Question, one_gate};
use crate::cli::rule_source;
use crate::cli::state_args::{ChangeArgs, StateDir, note_torn, open, short};
use kinfold::impact::{CompareOptions, Gate, Preview};
use kinfold::rules::{RuleSet, RuleSetDiff};
use kinfold::state::{Decision, GateRecord, Plan, Standing, StateFolder, StateWriter, Status};
use std::path::{Path, PathBuf};

/// Put rules in force: those of a file, or a version stored before
///
/// The rules become a version that never changes, and take the place of the published version of the set of that name
/// ([set] name in the file). `kinfold run --state DIR` uses them from then on. A file with faults is refused with line and
/// column, and so are rules that cannot do what they say. Rules that are published already are left as they are, and rules that are stored already keep their number.
///
/// With --if-impact and exports, the change is previewed on them first, against the version in force (docs/preview.md),
/// and published only if the gate holds; otherwise the figures are told, nothing is published, and the command ends
/// with 1. The gate and the figures go into the log.
///
/// To go back to an earlier version: kinfold rules publish --version 1 --state DIR
#[derive(Debug, clap::Args)]
pub(crate) struct PublishArgs {
    /// Rule file; with --version the first export
    #[arg(required_unless_present = "version", value_name = "FILE")]
    file: Option<PathBuf>,

    /// Exports to judge --if-impact on
    #[arg(value_name = "INPUT")]
    inputs: Vec<PathBuf>,

    /// Publish only if this holds on the exports, such as "new_suggestions < 500"; may be given several times
    ///
    /// FIGURE < NUMBER, with one of < <= > >= == !=, several joined by `and` or a comma; docs/preview.md has the figures.
    #[arg(long, value_name = "EXPR", value_parser = crate::cli::preview::gate)]
    if_impact: Vec<Gate>,

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
    /// Take all records as active when an export has no state column, instead of refusing rules that ask for it
    #[arg(long, help_heading = "Reading")]
    assume_active: bool,
    #[command(flatten)]
    pub(crate) data: DataArgs,
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
    let (file, inputs) = args.file_and_inputs()?;
    let from_file = file.map(rule_source::read).transpose()?;
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

    // Between checked and written: nothing is written yet, and no other process can publish while the folder is held.
    let judged = match one_gate(&args.if_impact) {
        Some(gate) => {
            let decisions = folder.decisions().cloned().collect();
            let sets = (before.as_ref(), &rules);
            Some(judge(args, &inputs, &plan, sets, decisions, &gate)?)
        }
        None => None,
    };
    if let Some(preview) = judged.as_ref().filter(|p| !holds(p)) {
        return refused(args, preview);
    }

    if let Target::Held(writer) = &mut target {
        writer.publish_gated(&plan, &author, judged.as_ref().map(record))?;
    }
    tell(
        args,
        target.folder(),
        &plan,
        before.as_ref(),
        &rules,
        judged.as_ref(),
    )?;
    Ok(ExitCode::Ok)
}

impl PublishArgs {
    /// The rule file, and the exports to judge the gate on. Exports without a gate would be read for nothing, and a gate
    /// without exports would decide nothing: both are refused.
    fn file_and_inputs(&self) -> Result<(Option<&Path>, Vec<PathBuf>), Failure> {
        let mut inputs = self.inputs.clone();
        let mut file = self.file.as_deref();
        if self.version.is_some() {
            inputs.splice(0..0, file.take().map(Path::to_path_buf));
        }
        let refused = |message: &str, help: &str| {
            Err(Failure::new(
                ExitCode::Usage,
                format!("failed to publish: {message}"),
                help,
            ))
        };
        match (self.if_impact.is_empty(), inputs.is_empty()) {
            (true, false) if self.version.is_some() && self.inputs.is_empty() => refused(
                "a file and --version were given, and they name different rules",
                "leave one of them out; a file beside --version is an export to judge --if-impact on",
            ),
            (true, false) => refused(
                "exports were given and no gate to judge on them",
                "add --if-impact EXPR, such as \"new_suggestions < 500\", or leave the exports out",
            ),
            (false, true) => refused(
                "--if-impact is judged on exports, and none was given",
                "name them after the rule file: kinfold rules publish FILE INPUT... --state DIR --if-impact EXPR",
            ),
            _ => Ok((file, inputs)),
        }
    }
}

/// Previews the change on the exports, against the version in force; where there is none, against the built-in rules.
fn judge(
    args: &PublishArgs,
    inputs: &[PathBuf],
    plan: &Plan,
    (before, rules): (Option<&RuleSet>, &RuleSet),
    decisions: Vec<Decision>,
    gate: &Gate,
) -> Result<Preview, Failure> {
    let in_force = before.map(|rules| {
        let number = plan.in_force.unwrap_or_default();
        (rules.clone(), format!("{} version {number}", plan.set))
    });
    let question = Question {
        data: &args.data,
        inputs,
        draft: (
            rules.clone(),
            format!("{} version {}", plan.set, plan.number),
        ),
        in_force,
        decisions,
        assume_active: args.assume_active,
        allow_scan: false,
    };
    question.exact(&CompareOptions::default(), Some(gate))
}

fn holds(preview: &Preview) -> bool {
    preview.gate.as_ref().is_none_or(|g| g.holds)
}

/// What of a preview goes into the log.
fn record(preview: &Preview) -> GateRecord {
    let figures = preview.impact.iter().flat_map(|i| i.figures.iter());
    GateRecord {
        expression: preview
            .gate
            .as_ref()
            .map(|g| g.expression.clone())
            .unwrap_or_default(),
        against: preview.against.source.clone(),
        inputs: preview.input_sha256.clone(),
        figures: figures
            .map(|(figure, value)| (figure.name.to_owned(), figure.text(value)))
            .collect(),
    }
}

/// Tells that the gate does not hold: the figures, and that nothing was published.
fn refused(args: &PublishArgs, preview: &Preview) -> Result<ExitCode, Failure> {
    let json = serde_json::json!({
        "result": "refused",
        "state": args.state.dir.display().to_string(),
        "gate": preview.gate,
        "preview": preview,
    });
    let output = args.data.output();
    if !args.data.quiet() || output.json {
        output.either(&json, || {
            format!("{}\nnothing was published\n", render(preview))
        })?;
    }
    if let Some(gate) = &preview.gate {
        log(&format!("attention: not published: {}", broken(gate)));
    }
    Ok(ExitCode::Attention)
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
    judged: Option<&Preview>,
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
        "gate": judged.and_then(|p| p.gate.as_ref()),
        "figures": judged.and_then(|p| p.impact.as_ref()).map(|i| &i.figures),
    });
    args.data.output().either(&json, || {
        let mut text = sentence(args, plan, changes.as_ref());
        for clause in judged
            .iter()
            .filter_map(|p| p.gate.as_ref())
            .flat_map(|g| &g.clauses)
        {
            text.push_str(&told(clause));
        }
        text
    })?;
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
