//! `kinfold evaluate`: a published run against the truth, or estimates where there is none.

use super::exit_code::ExitCode;
use super::failure::Failure;
use super::output::{Output, log};
use super::private_file;
use clap::Args;
use kinfold::evaluate::{
    EvaluateError, EvaluateOptions, Evaluation, estimates, estimates_table, evaluate,
    read_reviewed, read_run, read_truth, sample, table, write_sample,
};
use std::path::PathBuf;

/// Compare a published run with the truth: precision and recall of pairs, clusters, verdicts and rules
///
/// The truth file is a CSV with the columns id and cluster: records of one cluster are one person. Records of the run
/// that the truth does not know are left out. docs/evaluate.md defines every figure.
///
/// With --without-truth the run's own files tell what they can: precision as the probabilities expect, recall by how
/// often rules find the same pairs and by what would be found without one identifier, each with its interval and its
/// bias. A sample to review tells precision without bias: --sample-out writes it, answer yes or no in its last column,
/// and --reviewed reads it back.
///
/// Example: kinfold evaluate kinfold-out --truth testdata/leads.truth.csv
///
/// Example: kinfold evaluate kinfold-out --without-truth --sample-out review.csv
#[derive(Debug, Args)]
pub(crate) struct EvaluateArgs {
    /// Folder of a run, or an output folder: then its latest run
    run: PathBuf,
    /// CSV file with the columns id and cluster
    #[arg(long, value_name = "FILE", required_unless_present = "without_truth")]
    truth: Option<PathBuf>,
    /// Estimate recall and precision from the run's own files
    #[arg(long, conflicts_with_all = ["truth", "min_precision", "min_recall"])]
    without_truth: bool,
    /// Write a stratified sample of suggested pairs to review; it holds personal data and never replaces a file
    #[arg(long, value_name = "FILE", requires = "without_truth")]
    sample_out: Option<PathBuf>,
    /// How many pairs to sample
    #[arg(long, value_name = "N", default_value_t = 200, requires = "sample_out")]
    sample: usize,
    /// Seed of the sample
    #[arg(long, value_name = "N", default_value_t = 1, requires = "sample_out")]
    seed: u64,
    /// Read a reviewed sample: its column same holds yes or no
    #[arg(long, value_name = "FILE", requires = "without_truth")]
    reviewed: Option<PathBuf>,
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
    let Some(truth) = &args.truth else {
        return without_truth(args);
    };
    let file = std::fs::File::open(truth).map_err(|e| Failure::io("read", truth, &e))?;
    let truth = read_truth(file)?;
    let run = read_run(&args.run)?;
    let options = EvaluateOptions {
        n_examples: args.examples,
    };
    let evaluation = evaluate(&run, &truth, &options);
    Output { json: args.json }.either(&evaluation, || table(&evaluation))?;
    Ok(judge(args, &evaluation))
}

fn without_truth(args: &EvaluateArgs) -> Result<ExitCode, Failure> {
    if let Some(path) = &args.sample_out {
        let pairs = sample(&args.run, args.sample, args.seed)?;
        let file = private_file::create(path).map_err(|e| Failure::io("write", path, &e))?;
        write_sample(&pairs, std::io::BufWriter::new(file))
            .map_err(|e| Failure::io("write", path, &std::io::Error::other(e)))?;
        log(&format!(
            "{}: {} pairs; answer yes or no in the column same, then give the file with --reviewed",
            path.display(),
            pairs.len()
        ));
    }
    let reviewed = match &args.reviewed {
        None => None,
        Some(path) => {
            let file = std::fs::File::open(path).map_err(|e| Failure::io("read", path, &e))?;
            Some(read_reviewed(&path.display().to_string(), file)?)
        }
    };
    let found = estimates(&args.run, reviewed)?;
    Output { json: args.json }.either(&found, || estimates_table(&found))?;
    Ok(ExitCode::Ok)
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
