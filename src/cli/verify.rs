//! `kinfold verify`: whether a published run is as it was written.

use super::exit_code::ExitCode;
use super::failure::Failure;
use super::output::{Output, plural};
use std::path::PathBuf;

/// Check a published run against its manifest
///
/// Every file must be there with the size and SHA-256 the manifest names, and no other. Ends with 1 when not.
///
/// Example: kinfold verify kinfold-out
#[derive(Debug, clap::Args)]
pub(crate) struct VerifyArgs {
    /// Folder of a run, or an output folder: then its latest run
    run: PathBuf,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(args: &VerifyArgs) -> Result<ExitCode, Failure> {
    let found = kinfold::report::verify(&args.run)?;
    let json = serde_json::json!({
        "run": found.run_dir.display().to_string(),
        "files": found.n_files,
        "problems": found.problems,
    });
    Output { json: args.json }.either(&json, || {
        let run = found.run_dir.display();
        if found.problems.is_empty() {
            return format!(
                "{run}: {} as written\n",
                plural(found.n_files as u64, "file", "files")
            );
        }
        found
            .problems
            .iter()
            .map(|p| format!("{run}: {p}\n"))
            .collect()
    })?;
    Ok(if found.problems.is_empty() {
        ExitCode::Ok
    } else {
        ExitCode::Attention
    })
}
