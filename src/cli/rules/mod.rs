//! `kinfold rules`: all that is done with rule files. One file a subcommand.

mod check;
mod diff;
mod draft;
mod exchange;
mod export;
mod import;
mod list;
mod log;
mod new;
mod presets;
mod publish;
mod show;
mod test;
mod unpublish;

use super::data_args::DataArgs;
use super::exit_code::ExitCode;
use super::failure::Failure;
use kinfold::state::Version;

/// Begin, check, show, compare, publish, import and export rules
///
/// A rule file is checked and tried as a file; publishing puts it in force in a state folder, as a version that never
/// changes, with who, when and why. docs/rules.md explains rule files, docs/lifecycle.md versions.
#[derive(Debug, clap::Args)]
pub(crate) struct RulesArgs {
    #[command(subcommand)]
    command: RulesCommand,
}

#[derive(Debug, clap::Subcommand)]
enum RulesCommand {
    Show(show::ShowArgs),
    Check(check::CheckArgs),
    Test(test::TestArgs),
    New(new::NewArgs),
    List(list::ListArgs),
    Diff(diff::DiffArgs),
    Draft(draft::DraftArgs),
    Publish(publish::PublishArgs),
    Unpublish(unpublish::UnpublishArgs),
    Log(log::LogArgs),
    Presets(presets::PresetsArgs),
    Import(import::ImportArgs),
    Export(export::ExportArgs),
}

impl RulesArgs {
    /// The options of a command that may read exports.
    pub(crate) fn data(&self) -> Option<&DataArgs> {
        match &self.command {
            RulesCommand::Check(args) => Some(&args.data),
            RulesCommand::Test(args) => Some(&args.data),
            _ => None,
        }
    }

    /// Whether errors are to be JSON.
    pub(crate) fn json(&self) -> bool {
        match &self.command {
            RulesCommand::Check(args) => args.data.output().json,
            RulesCommand::Test(args) => args.data.output().json,
            RulesCommand::List(args) => args.json,
            RulesCommand::Diff(args) => args.json,
            RulesCommand::Draft(args) => args.json,
            RulesCommand::Publish(args) => args.data.output().json,
            RulesCommand::Unpublish(args) => args.json,
            RulesCommand::Log(args) => args.json,
            RulesCommand::Presets(args) => args.json,
            RulesCommand::Import(args) => args.json,
            RulesCommand::Export(args) => args.json,
            RulesCommand::Show(_) | RulesCommand::New(_) => false,
        }
    }
}

pub(crate) fn run(args: &RulesArgs) -> Result<ExitCode, Failure> {
    match &args.command {
        RulesCommand::Show(args) => show::run(args),
        RulesCommand::Check(args) => check::run(args),
        RulesCommand::Test(args) => test::run(args),
        RulesCommand::New(args) => new::run(args),
        RulesCommand::List(args) => list::run(args),
        RulesCommand::Diff(args) => diff::run(args),
        RulesCommand::Draft(args) => draft::run(args),
        RulesCommand::Publish(args) => publish::run(args),
        RulesCommand::Unpublish(args) => unpublish::run(args),
        RulesCommand::Log(args) => log::run(args),
        RulesCommand::Presets(args) => presets::run(args),
        RulesCommand::Import(args) => import::run(args),
        RulesCommand::Export(args) => export::run(args),
    }
}

/// A version without its text, for `--json`.
pub(crate) fn version_json(version: &Version) -> serde_json::Value {
    serde_json::json!({
        "number": version.number,
        "status": version.status.as_str(),
        "sha256": version.sha256,
        "when": version.when,
        "by": version.who,
        "why": version.why,
    })
}
