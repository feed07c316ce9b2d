//! `kinfold evaluate`: a published run against the truth.

use super::exit_code::ExitCode;
use super::failure::Failure;
use super::output::{Output, log};
use clap::Args;
use kinfold::evaluate::{
    EvaluateError, EvaluateOptions, Evaluation, evaluate, read_run, read_truth, table,
};
use std::path::PathBuf;

/// Compare a published run with the truth: precision and recall of pairs, clusters, verdicts and rules
///
/// The truth file is a CSV with the columns id and cluster: records of one cluster are one person. Records of the run
/// that the truth does not know are left out. docs/evaluate.md defines every figure.
///
/// Example: kinfold evaluate kinfold-out --truth testdata/leads.truth.csv
#[derive(Debug, Args)]
pub(crate) struct EvaluateArgs {
    /// Folder of a run, or an output folder: then its latest run
    run: PathBuf,
    /// CSV file with the columns id and cluster
    #[arg(long, value_name = "FILE")]
    truth: PathBuf,
    /// How many of the worst false merges and misses to list
    #[arg(long, value_name = "N", default_value_t = 10)]
    examples: usize,
    /// End with 1 when the pairwise precision of all suggestions is lower
    #[arg(long, value_name = "SHARE", value_parser = super::synth::share)]
    min_precision: Option<f64>,
    /// End with 1 when the pairwise recall of all suggestions is lower
    #[arg(long, value_name = "SHARE", value_parser = super::synth::share)]
    min_recall: Option<f64>,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(args: &EvaluateArgs) -> Result<ExitCode, Failure> {
    let file =
        std::fs::File::open(&args.truth).map_err(|e| Failure::io("read", &args.truth, &e))?;
    let truth = read_truth(file)?;
    let run = read_run(&args.run)?;
    let options = EvaluateOptions {
        n_examples: args.examples,
    };
    let evaluation = evaluate(&run, &truth, &options);
    Output { json: args.json }.either(&evaluation, || table(&evaluation))?;
    Ok(judge(args, &evaluation))
}

/// Whether the figures asked for are reached.
fn judge(args: &EvaluateArgs, evaluation: &Evaluation) -> ExitCode {
    let reached = evaluation.all.pairwise;
    let mut code = ExitCode::Ok;
    for (word, least, value) in [
        ("precision", args.min_precision, reached.precision),
        ("recall", args.min_recall, reached.recall),
    ] {
        if let Some(least) = least
            && value < least
        {
            log(&format!(
                "attention: pairwise {word} {value:.4} is below {least}"
            ));
            code = ExitCode::Attention;
        }
    }
    code
}

impl From<EvaluateError> for Failure {
    fn from(error: EvaluateError) -> Failure {
        let (code, help) = match &error {
            EvaluateError::Io { .. } => {
                (ExitCode::Io, "check that the file exists and may be read")
            }
            EvaluateError::Csv { .. }
            | EvaluateError::Column { .. }
            | EvaluateError::Value { .. } => (
                ExitCode::Input,
                "the truth is a CSV file with the columns id and cluster",
            ),
            EvaluateError::NoRun { .. } => (
                ExitCode::Usage,
                "name the folder given to `kinfold run --out`",
            ),
        };
        Failure::new(code, format!("failed to {error}"), help)
    }
}
