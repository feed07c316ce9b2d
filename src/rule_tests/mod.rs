//! Rule tests: pairs of records that the rules must, or must not, call duplicates, kept beside the rules and run by a
//! command.
//!
//! `file` reads the examples, this file asks the rules about each by the code behind `kinfold explain`, `junit` writes
//! the results as other tools read them. docs/rule-tests.md says which population is assumed.

mod file;
mod junit;
mod table;

pub use file::{Example, ExampleRecord, Examples, ExamplesError, parse};
pub use junit::junit;

use crate::model::{Progress, Table, Verdict};
use crate::normalise;
use crate::pipeline::{Engine, Explanation, LinkOptions, Loaded, explain_with};
use crate::rules::{EvidenceFloor, RuleSet};
use serde::Serialize;
use std::fmt::Write as _;

/// How one example went.
#[derive(Debug, Clone, Serialize)]
pub struct TestResult {
    /// The example's name.
    pub name: String,
    /// Line on which it begins, from 1.
    pub line: usize,
    /// `match` or `no_match`.
    pub expected: &'static str,
    /// The verdict expected, when the example names one.
    pub expected_verdict: Option<&'static str>,
    /// Whether the rules answered as expected.
    pub passed: bool,
    /// What was answered instead; `None` when it passed.
    pub failure: Option<String>,
    /// Conditions and values behind a failure, a line each; empty when it passed.
    pub details: Vec<String>,
}

/// Asks a rule set about examples, in file order.
///
/// Without `data` each example is a population of its own: its two records, and for a verdict as many blank ones as
/// [`Examples::population`] says; evidence floors are off, since they depend on a file. With `data` all examples stand
/// among its records, and floors and generic values are those of that population.
pub fn run(
    examples: &Examples,
    set: &RuleSet,
    default_country: Option<&str>,
    data: Option<&Table>,
    progress: &dyn Progress,
) -> Vec<TestResult> {
    let country = default_country.or(set.default_country.as_deref());
    let load = |examples: &[&Example], data: Option<&Table>, n_blank: usize| {
        let (table, places) = table::of(examples, data, n_blank);
        let prepared = normalise::prepare(&table, set, country, progress);
        let loaded = Loaded {
            table,
            ingest: Default::default(),
            prepared,
        };
        (loaded, places)
    };
    if data.is_some() {
        let all: Vec<&Example> = examples.examples.iter().collect();
        let (loaded, places) = load(&all, data, 0);
        let engine = Engine::new(&loaded.prepared);
        let options = LinkOptions::new(set.clone());
        return all
            .iter()
            .zip(places)
            .map(|(example, (a, b))| {
                judge(example, &explain_with(&loaded, &engine, &options, a, b))
            })
            .collect();
    }
    let mut without_floors = set.clone();
    for rule in &mut without_floors.rules {
        rule.evidence = EvidenceFloor::None;
    }
    let options = LinkOptions::new(without_floors);
    examples
        .examples
        .iter()
        .map(|example| {
            // Only verdicts depend on how many other records there are.
            let n_blank = match example.verdict {
                Some(_) => examples.population.saturating_sub(2),
                None => 0,
            };
            let (loaded, places) = load(&[example], None, n_blank);
            let engine = Engine::new(&loaded.prepared);
            let (a, b) = places[0];
            judge(example, &explain_with(&loaded, &engine, &options, a, b))
        })
        .collect()
}

/// Compares what is expected with what was answered.
fn judge(example: &Example, explanation: &Explanation) -> TestResult {
    let asked = |name: &str| example.rule.as_deref().is_none_or(|r| r == name);
    let holding: Vec<&str> = explanation
        .rules
        .iter()
        .filter(|r| asked(&r.rule) && r.answer == "holds")
        .map(|r| r.rule.as_str())
        .collect();
    let quoted = |names: &[&str]| {
        let names: Vec<String> = names.iter().map(|n| format!("{n:?}")).collect();
        names.join(" and ")
    };
    let failure = match (example.expects_match, holding.as_slice(), &example.rule) {
        (true, [], Some(rule)) => Some(format!("rule {rule:?} does not hold")),
        (true, [], None) => Some("no rule holds".to_owned()),
        (false, [one], _) => Some(format!("rule {one:?} holds")),
        (false, [_, _, ..], _) => Some(format!("rules {} hold", quoted(&holding))),
        _ => example.verdict.and_then(|verdict| {
            (explanation.verdict != verdict.as_str()).then(|| {
                format!(
                    "the verdict is {}, {} was expected",
                    explanation.verdict,
                    verdict.as_str()
                )
            })
        }),
    };
    let mut details = Vec::new();
    if failure.is_some() {
        for rule in explanation.rules.iter().filter(|r| asked(&r.rule)) {
            // Where nothing may hold, only what does is of interest.
            if !example.expects_match && rule.answer != "holds" {
                continue;
            }
            details.push(format!("{}: {}", rule.rule, rule.answer));
            for c in &rule.conditions {
                let word = if c.holds { "yes" } else { "no " };
                details.push(format!("  {word} {}: {}", c.condition, c.detail));
            }
        }
        if example.verdict.is_some() && !holding.is_empty() {
            details.push(explanation.reason.clone());
            details.push(format!("to change the answer: {}", explanation.to_change));
        }
    }
    TestResult {
        name: example.name.clone(),
        line: example.line,
        expected: if example.expects_match {
            "match"
        } else {
            "no_match"
        },
        expected_verdict: example.verdict.map(Verdict::as_str),
        passed: failure.is_none(),
        failure,
        details,
    }
}

/// As text for a terminal, failures with their conditions and values; `path` is that of the examples.
pub fn render(results: &[TestResult], path: &str) -> String {
    let mut out = String::new();
    for result in results {
        match &result.failure {
            None => {
                let _ = writeln!(out, "ok    {}", result.name);
            }
            Some(failure) => {
                let _ = writeln!(
                    out,
                    "FAIL  {} ({path}, line {}): {failure}",
                    result.name, result.line
                );
                for line in &result.details {
                    let _ = writeln!(out, "        {line}");
                }
            }
        }
    }
    let n_passed = results.iter().filter(|r| r.passed).count();
    let _ = writeln!(out, "{n_passed} of {} examples passed", results.len());
    out
}
