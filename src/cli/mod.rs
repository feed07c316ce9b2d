//! The command line: glue between a user and the library. One file a subcommand.
//!
//! `output` is the only place that prints, `exit_code` the only one that names exit codes.

mod audit;
mod bench;
mod budget;
mod completions;
mod data_args;
mod decide;
mod decode;
mod evaluate;
mod exit_code;
mod explain;
mod failure;
mod loading;
mod man;
mod matchcode;
mod memory_watch;
mod output;
mod plan;
mod preview;
mod private_file;
mod profile;
mod progress;
mod qualify;
mod rule_source;
mod rules;
mod run;
mod signals;
mod similar;
mod state;
mod state_args;
mod synth;
mod verify;
mod versions;

use clap::Parser;
use data_args::DataArgs;
use exit_code::ExitCode;
use failure::Failure;
use std::panic::AssertUnwindSafe;
use std::sync::Mutex;

/// Find duplicate leads, contacts and accounts in CRM exports
///
/// kinfold reads exports of Dynamics 365, Salesforce or HubSpot (CSV or Parquet, or any table with --column), finds
/// every pair of records that the rules call duplicates, weighs the evidence, and writes a report of suggested merges:
/// which records are one person, which to keep, why, and how sure. It changes neither its input nor the CRM and uses no
/// network.
///
/// Example: kinfold run leads.csv
#[derive(Debug, Parser)]
#[command(
    name = "kinfold",
    version = env!("CARGO_PKG_VERSION"),
    long_version = versions::LONG.as_str(),
    after_long_help = exit_code::HELP,
    max_term_width = 100,
    arg_required_else_help = true,
    disable_help_subcommand = true
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Run(run::RunArgs),
    Qualify(qualify::QualifyArgs),
    Preview(preview::PreviewArgs),
    Plan(plan::PlanArgs),
    Explain(explain::ExplainArgs),
    Profile(profile::ProfileArgs),
    Matchcode(matchcode::MatchcodeArgs),
    Similar(similar::SimilarArgs),
    Evaluate(evaluate::EvaluateArgs),
    Audit(audit::AuditArgs),
    Bench(bench::BenchArgs),
    Synth(synth::SynthArgs),
    Verify(verify::VerifyArgs),
    Rules(rules::RulesArgs),
    Decide(decide::DecideArgs),
    State(state::StateCommandArgs),
    Completions(completions::CompletionsArgs),
    Man(man::ManArgs),
}

impl Command {
    fn run(&self) -> Result<ExitCode, Failure> {
        match self {
            Command::Run(args) => run::run(args),
            Command::Qualify(args) => qualify::run(args),
            Command::Preview(args) => preview::run(args),
            Command::Plan(args) => plan::run(args),
            Command::Explain(args) => explain::run(args),
            Command::Profile(args) => profile::run(args),
            Command::Matchcode(args) => matchcode::run(args),
            Command::Similar(args) => similar::run(args),
            Command::Evaluate(args) => evaluate::run(args),
            Command::Audit(args) => audit::run(args),
            Command::Bench(args) => bench::run(args),
            Command::Synth(args) => synth::run(args),
            Command::Verify(args) => verify::run(args),
            Command::Rules(args) => rules::run(args),
            Command::Decide(args) => decide::run(args),
            Command::State(args) => state::run(args),
            Command::Completions(args) => completions::run(args),
            Command::Man(args) => man::run(args),
        }
    }

    /// The options of a command that reads exports.
    fn data(&self) -> Option<&DataArgs> {
        match self {
            Command::Run(args) => Some(&args.data),
            Command::Qualify(args) => Some(&args.data),
            Command::Preview(args) => Some(&args.data),
            Command::Plan(args) => Some(&args.data),
            Command::Audit(args) => Some(&args.data),
            Command::Explain(args) => Some(&args.data),
            Command::Profile(args) => Some(&args.data),
            Command::Rules(args) => args.data(),
            Command::Decide(args) => args.data(),
            _ => None,
        }
    }

    /// Whether errors are to be JSON.
    fn json(&self) -> bool {
        match self {
            Command::Evaluate(args) => args.json,
            Command::Bench(args) => args.json,
            Command::Synth(args) => args.json,
            Command::Verify(args) => args.json,
            Command::Rules(args) => args.json(),
            Command::Decide(args) => args.json(),
            Command::State(args) => args.json(),
            other => other.data().is_some_and(|d| d.output().json),
        }
    }

    /// Number of threads asked for.
    fn threads(&self) -> Option<u16> {
        self.data().and_then(DataArgs::threads)
    }
}

/// Where the first panic happened.
static PANIC_PLACE: Mutex<Option<String>> = Mutex::new(None);

/// Reads the command line, runs the command, gives the exit code.
pub(crate) fn main() -> std::process::ExitCode {
    signals::survive_file_size_limit();
    // The message of a panic may hold values of the data: only its place is kept, and told when it was not dealt with.
    std::panic::set_hook(Box::new(|panic| {
        if let (Some(at), Ok(mut place)) = (panic.location(), PANIC_PLACE.lock()) {
            place.get_or_insert_with(|| format!("{}:{}", at.file(), at.line()));
        }
    }));
    if decode::is_asked() {
        return decode::run();
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            // Also --help and --version; a reader that went away is no error.
            let _ = error.print();
            return (error.exit_code() as u8).into();
        }
    };
    let json = cli.command.json();
    let run = || {
        if let Some(threads) = cli.command.threads() {
            data_args::apply_threads(threads)?;
        }
        cli.command.run()
    };
    let result = std::panic::catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|_| {
        let place = PANIC_PLACE.lock().ok().and_then(|mut p| p.take());
        Err(Failure::new(
            ExitCode::Internal,
            format!(
                "kinfold met a fault of its own at {}",
                place.as_deref().unwrap_or("an unknown place")
            ),
            "please report it with this line, the command and `kinfold --version`; nothing was published",
        ))
    });
    let code = match result {
        Ok(code) => code.number(),
        Err(failure) => {
            let failure = match failure {
                Failure::Stopped if signals::received().is_none() => {
                    memory_watch::end();
                    memory_watch::failure().unwrap_or(failure)
                }
                failure => failure,
            };
            output::failure(&failure, json);
            match failure {
                Failure::Told { code, .. } => code.number(),
                Failure::Closed => ExitCode::Ok.number(),
                Failure::Stopped => {
                    let signal = signals::received().unwrap_or(2);
                    output::log("stopped on request; nothing was published");
                    128 + signal
                }
            }
        }
    };
    code.into()
}
