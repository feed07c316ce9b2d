//! `kinfold matchcode`: what normalising makes of a value.

use super::data_args::country;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::output::Output;
use clap::ValueEnum;
use kinfold::model::{DomainKind, Generation, Mark, Marks, PhoneKind, TokenRole};
use kinfold::normalise::person_name::NameParts;
use kinfold::normalise::phone::PhoneReader;
use kinfold::normalise::{address, company, domain, email, person_name};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::io::BufRead;

/// Show the matchcode of values: one line of JSON for each
///
/// A line has input, kind, matchcode (null when there is none), parts and marks. Equal matchcodes mean "same". Values
/// are arguments, or lines of standard input: a line is the value itself, or a JSON object {"value": …, "country": …}.
/// A cell that holds several values gives the others under "more".
///
/// Example: kinfold matchcode phone "020 7946 0958" --country GB
#[derive(Debug, clap::Args)]
pub(crate) struct MatchcodeArgs {
    /// What the values are
    kind: Kind,
    /// Values; without any, lines of standard input
    #[arg(value_name = "VALUE")]
    values: Vec<String>,
    /// Country of phone numbers that do not say theirs
    #[arg(long, value_name = "CODE", value_parser = country)]
    country: Option<String>,
}

/// Kinds of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// E-mail address
    Email,
    /// Telephone number
    Phone,
    /// Web site or domain
    Domain,
    /// Name of a person
    Name,
    /// Name of a company
    Company,
    /// First line of an address: street and house number
    Address,
}

impl Kind {
    /// The word of the command line.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Kind::Email => "email",
            Kind::Phone => "phone",
            Kind::Domain => "domain",
            Kind::Name => "name",
            Kind::Company => "company",
            Kind::Address => "address",
        }
    }
}

/// One value, read.
#[derive(Debug, Serialize)]
struct Line<'a> {
    input: &'a str,
    kind: &'static str,
    matchcode: Option<String>,
    parts: Value,
    marks: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    more: Vec<String>,
}

/// A line of standard input as JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    value: String,
    #[serde(default)]
    country: Option<String>,
}

pub(crate) fn run(args: &MatchcodeArgs) -> Result<ExitCode, Failure> {
    let phones = PhoneReader::new(args.country.as_deref());
    let output = Output { json: true };
    if !args.values.is_empty() {
        for value in &args.values {
            output.json_line(&line(args.kind, value, None, &phones))?;
        }
        return Ok(ExitCode::Ok);
    }
    for (i, text) in std::io::stdin().lock().lines().enumerate() {
        let text = text.map_err(|e| {
            Failure::new(
                ExitCode::Input,
                format!("failed to read standard input, line {}: {e}", i + 1),
                "give values as UTF-8 text, one a line",
            )
        })?;
        let text = text.trim_end_matches('\r');
        if text.starts_with('{') {
            let asked: Asked = serde_json::from_str(text).map_err(|e| {
                Failure::new(
                    ExitCode::Input,
                    format!("failed to read standard input, line {}: {e}", i + 1),
                    "a line that begins with { is JSON: {\"value\": \"…\", \"country\": \"GB\"}",
                )
            })?;
            output.json_line(&line(
                args.kind,
                &asked.value,
                asked.country.as_deref(),
                &phones,
            ))?;
        } else {
            output.json_line(&line(args.kind, text, None, &phones))?;
        }
    }
    Ok(ExitCode::Ok)
}

fn line<'a>(kind: Kind, input: &'a str, country: Option<&str>, phones: &PhoneReader) -> Line<'a> {
    let mut codes: Vec<(String, Value, Marks)> = match kind {
        Kind::Email => email::read(input)
            .into_iter()
            .map(|c| {
                let parts = json!({
                    "local": c.local, "domain": c.domain, "registrable": c.registrable,
                });
                (c.matchcode, parts, c.marks)
            })
            .collect(),
        Kind::Phone => phones
            .read(input, country)
            .into_iter()
            .map(|c| {
                let parts = json!({ "extension": c.extension, "line": line_word(c.kind) });
                (c.matchcode, parts, c.marks)
            })
            .collect(),
        Kind::Domain => domain::read(input)
            .into_iter()
            .map(|c| {
                let (word, marks) = match c.kind {
                    DomainKind::Own => ("own", Marks::NONE),
                    DomainKind::FreeMail => ("free-mail", Marks::NONE.with(Mark::FreeMail)),
                    DomainKind::Placeholder => ("placeholder", Marks::NONE.with(Mark::Placeholder)),
                };
                (c.registrable, json!({ "kind": word }), marks)
            })
            .collect(),
        Kind::Name => {
            let c = person_name::read(&NameParts {
                full: input,
                ..NameParts::default()
            });
            let mut code: Vec<&str> = c.tokens.iter().map(|(t, _)| t.as_str()).collect();
            let generation = generation_word(c.generation);
            code.extend(generation);
            let tokens: Vec<Value> = c
                .tokens
                .iter()
                .map(|(token, role)| json!({ "token": token, "role": role_word(*role) }))
                .collect();
            let parts = json!({ "tokens": tokens, "generation": generation });
            vec![(code.join(" "), parts, c.marks)]
        }
        Kind::Company => {
            let c = company::read(input);
            let parts = json!({
                "tokens": c.tokens, "acronym": c.acronym, "legal_form": c.legal_form,
            });
            vec![(c.squashed, parts, c.marks)]
        }
        Kind::Address => {
            let c = address::read(input);
            let parts = json!({
                "number": c.number, "number_to": c.number_to, "street": c.street, "kind": c.kind,
                "direction": c.direction, "unit": c.unit,
            });
            vec![(c.matchcode, parts, c.marks)]
        }
    };
    if codes.is_empty() {
        codes.push((String::new(), json!({}), Marks::NONE));
    }
    let more = codes.split_off(1);
    let (matchcode, parts, marks) = codes.remove(0);
    Line {
        input,
        kind: kind.as_str(),
        matchcode: (!matchcode.is_empty()).then_some(matchcode),
        parts,
        marks: marks.iter().map(Mark::as_str).collect(),
        more: more.into_iter().map(|(code, _, _)| code).collect(),
    }
}

fn line_word(kind: PhoneKind) -> &'static str {
    match kind {
        PhoneKind::Mobile => "mobile",
        PhoneKind::Fixed => "fixed",
        PhoneKind::FixedOrMobile => "fixed-or-mobile",
        PhoneKind::Service => "service",
        PhoneKind::Unknown => "unknown",
    }
}

fn role_word(role: TokenRole) -> &'static str {
    match role {
        TokenRole::Given => "given",
        TokenRole::Middle => "middle",
        TokenRole::Surname => "surname",
        TokenRole::Particle => "particle",
    }
}

fn generation_word(generation: Generation) -> Option<&'static str> {
    match generation {
        Generation::Unsaid => None,
        Generation::Senior => Some("sr"),
        Generation::Junior => Some("jr"),
        Generation::Third => Some("iii"),
        Generation::Fourth => Some("iv"),
    }
}
