//! What `rules import` and `rules export` have in common: systems, losses, failures.

use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use kinfold::rules::exchange::{ExchangeError, Loss, LossKind, System};
use serde::Serialize;

/// A loss as `--json` prints it.
#[derive(Debug, Serialize)]
pub(super) struct LossLine<'a> {
    kind: &'static str,
    rule: Option<&'a str>,
    item: &'a str,
    message: &'a str,
}

impl<'a> LossLine<'a> {
    pub(super) fn new(loss: &'a Loss) -> LossLine<'a> {
        LossLine {
            kind: loss.kind.as_str(),
            rule: loss.rule.as_deref(),
            item: &loss.item,
            message: &loss.message,
        }
    }
}

/// Parser of `--from` and `--to`.
pub(super) fn system() -> impl TypedValueParser<Value = System> {
    PossibleValuesParser::new(System::ALL.map(System::as_str))
        .map(|word| System::parse(&word).expect("one of the possible values"))
}

/// What was lost, one line each; empty when nothing was.
pub(super) fn losses_text(losses: &[Loss]) -> String {
    let mut out = String::new();
    for loss in losses {
        let rule = loss
            .rule
            .as_ref()
            .map(|r| format!("rule {r:?}, "))
            .unwrap_or_default();
        out.push_str(&format!(
            "{}: {rule}{}: {}\n",
            loss.kind.as_str(),
            loss.item,
            loss.message
        ));
    }
    out
}

/// 1 when `--strict` is given and something was dropped or changed.
pub(super) fn strict(strict: bool, losses: &[Loss]) -> ExitCode {
    if strict && losses.iter().any(|l| l.kind != LossKind::Note) {
        ExitCode::Attention
    } else {
        ExitCode::Ok
    }
}

/// Files of another system that cannot be used.
pub(super) fn failure(error: ExchangeError) -> Failure {
    let code = match error {
        ExchangeError::Syntax { .. } | ExchangeError::Nothing { .. } => ExitCode::Input,
        ExchangeError::TooMany { .. } => ExitCode::Limit,
    };
    Failure::new(
        code,
        format!("failed to {error}"),
        "docs/exchange.md says which files are read and how to export them",
    )
}
