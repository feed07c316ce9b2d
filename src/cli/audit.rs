//! `kinfold audit`: sampled records compared with all others, against what the plans find.

use super::data_args::{DataArgs, RuleArgs};
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::loading::Loading;
use super::output::{columns, count, plural};
use kinfold::block::{AuditOptions, AuditReport};
use kinfold::pipeline;
use std::fmt::Write as _;
use std::path::PathBuf;

/// Check on your own file that the plans lose nothing
///
/// Compares a sample of the records with every other record, each rule asked for each pair without any index, and looks
/// whether the plans found what holds. Ends with 1 when a pair is missing, which would be a fault of kinfold. What a
/// sample cannot show is bounded: with 95 % confidence, at most the share stated of all records misses a pair.
/// Time grows with the sample times the records.
///
/// Example: kinfold audit leads.csv --sample 1000
#[derive(Debug, clap::Args)]
pub(crate) struct AuditArgs {
    /// Files to read: CSV or Parquet, also compressed with gzip or zstd
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,

    /// Records to compare with all others
    #[arg(long, value_name = "N", default_value_t = 300)]
    sample: usize,

    /// Another number samples other records
    #[arg(long, value_name = "S", default_value_t = 1)]
    seed: u64,

    #[command(flatten)]
    pub(crate) data: DataArgs,

    #[command(flatten)]
    rules: RuleArgs,
}

pub(crate) fn run(args: &AuditArgs) -> Result<ExitCode, Failure> {
    let loading = Loading::begin(&args.data, &args.rules)?;
    let loaded = loading.load(&args.inputs)?;
    let options = loading.link_options(&loaded);
    let how = AuditOptions {
        n_sample: args.sample,
        seed: args.seed,
    };
    let report = pipeline::audit(&loaded, &options, &how, &loading.progress)?;
    args.data.output().either(&report, || text(&report))?;
    Ok(if report.n_missed() == 0 {
        ExitCode::Ok
    } else {
        ExitCode::Attention
    })
}

fn text(report: &AuditReport) -> String {
    let mut rows = vec![["rule", "true pairs", "missed"].map(str::to_owned).to_vec()];
    rows.extend(
        report
            .rules
            .iter()
            .map(|r| vec![r.rule.clone(), count(r.true_pairs), count(r.missed)]),
    );
    let mut out = format!(
        "{} of {} compared with every other: {}\n{}",
        plural(report.sampled, "record", "records"),
        count(report.records),
        plural(report.pairs_compared, "pair", "pairs"),
        columns(&rows, &[1, 2])
    );
    let _ = writeln!(
        out,
        "{} missed",
        plural(report.n_missed(), "rule-true pair", "rule-true pairs")
    );
    if report.sampled == report.records {
        out.push_str("every pair of the file was compared, so nothing is left to chance\n");
    } else {
        let _ = writeln!(
            out,
            "with 95 % confidence, at most {:.3} % of the records miss a pair",
            report.records_with_misses_at_most * 100.0
        );
    }
    if report.n_missed() > 0 {
        out.push_str("this is a fault of kinfold: please report it with the rules\n");
    }
    out
}
