//! `kinfold rules unpublish`: takes rules out of force.

use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::state_args::{ChangeArgs, StateDir, label, open};

/// Take the published version of a rule set out of force, and put none in its place
///
/// Runs over the state folder then end with 2 until another version is published. To go back to an earlier version,
/// publish that one instead.
#[derive(Debug, clap::Args)]
pub(crate) struct UnpublishArgs {
    #[command(flatten)]
    state: StateDir,
    /// Which rule set, when several are published
    #[arg(long, value_name = "NAME")]
    set: Option<String>,
    #[command(flatten)]
    change: ChangeArgs,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(args: &UnpublishArgs) -> Result<ExitCode, Failure> {
    let author = args.change.author()?;
    let dir = &args.state.dir;
    open(dir)?.choose(args.set.as_deref())?;
    let mut writer = args.change.lock(dir)?;
    let version = writer.unpublish(args.set.as_deref(), &author)?;
    let json = serde_json::json!({
        "result": "unpublished",
        "state": dir.display().to_string(),
        "set": version.set,
        "version": version.number,
        "sha256": version.sha256,
    });
    Output { json: args.json }.either(&json, || {
        format!(
            "{} is no longer published, and no version of this set is; `kinfold rules publish --version {} --state {}` undoes this\n",
            label(&version),
            version.number,
            dir.display()
        )
    })?;
    Ok(ExitCode::Ok)
}
