//! `kinfold rules diff`: what two rule sets do not have in common.

use crate::cli::exit_code::ExitCode;
use crate::cli::failure::Failure;
use crate::cli::output::Output;
use crate::cli::rule_source;
use crate::cli::state_args::{Named, open};
use kinfold::rules::{ConditionsChange, OptionChange, RuleSetDiff, RuleText, diff};
use kinfold::state::StateFolder;
use std::path::{Path, PathBuf};

/// Tell what differs between two rule sets, rule by rule and option by option
///
/// Compares two files; a file with the published version of a state folder (or with the version of --from); or two
/// versions of a state folder. Spelling, comments and the order of keys do not count. Ends with 1 when something
/// differs, as `diff` does.
///
/// Example: kinfold rules diff new.toml --state state
#[derive(Debug, clap::Args)]
pub(crate) struct DiffArgs {
    /// Rule files: two, or one and --state
    #[arg(num_args = 0..=2, value_names = ["A", "B"])]
    files: Vec<PathBuf>,
    /// State folder with the versions to compare
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Which rule set of the state folder, when it has several
    #[arg(long, value_name = "NAME", requires = "state")]
    set: Option<String>,
    /// Number of the first version; without it the published one
    #[arg(long, value_name = "N", requires = "state")]
    from: Option<u64>,
    /// Number of the second version; without it the published one
    #[arg(long, value_name = "N", requires = "state")]
    to: Option<u64>,
    /// Print one JSON object
    #[arg(long)]
    pub(crate) json: bool,
}

pub(crate) fn run(args: &DiffArgs) -> Result<ExitCode, Failure> {
    let (from, to) = sides(args)?;
    let found = diff(&from.rules, &to.rules);
    let json = serde_json::json!({
        "from": from.label, "to": to.label, "different": !found.is_empty(), "changes": found,
    });
    Output { json: args.json }.either(&json, || {
        if found.is_empty() {
            format!("{} and {} say the same\n", from.label, to.label)
        } else {
            format!("from {} to {}\n{}", from.label, to.label, text(&found))
        }
    })?;
    Ok(if found.is_empty() {
        ExitCode::Ok
    } else {
        ExitCode::Attention
    })
}

/// The two rule sets to compare.
fn sides(args: &DiffArgs) -> Result<(Named, Named), Failure> {
    let wrong = |message: &str, help: &str| Err(Failure::new(ExitCode::Usage, message, help));
    match (args.files.as_slice(), &args.state) {
        ([a, b], None) => Ok((file(a)?, file(b)?)),
        ([_, _], Some(_)) => wrong(
            "failed to compare: two files and a state folder are three",
            "name two files, or one file and --state DIR",
        ),
        ([one], Some(dir)) => {
            if args.to.is_some() {
                return wrong(
                    "failed to compare: the second side is the file, and --to names another",
                    "name the stored side with --from",
                );
            }
            let folder = open(dir)?;
            let to = file(one)?;
            // The set of that name, unless the file is of another or a new one.
            let of_file = folder.set(&to.rules.name).is_ok().then_some(&to.rules.name);
            let set = args.set.as_ref().or(of_file).map(String::as_str);
            Ok((stored(&folder, set, args.from)?, to))
        }
        ([], Some(dir)) => {
            if args.from.is_none() && args.to.is_none() {
                return wrong(
                    "failed to compare: one side is missing",
                    "name a version with --from or --to, or a file",
                );
            }
            let folder = open(dir)?;
            let set = args.set.as_deref();
            Ok((
                stored(&folder, set, args.from)?,
                stored(&folder, set, args.to)?,
            ))
        }
        (_, None) => wrong(
            "failed to compare: one side is missing",
            "name two files, or one file and --state DIR",
        ),
        ([_, _, ..], Some(_)) => unreachable!("clap takes two files at most"),
    }
}

fn file(path: &Path) -> Result<Named, Failure> {
    Ok(Named {
        label: path.display().to_string(),
        rules: rule_source::read(path)?,
    })
}

/// A version by number, or the published one.
fn stored(folder: &StateFolder, set: Option<&str>, number: Option<u64>) -> Result<Named, Failure> {
    Named::of(match number {
        Some(number) => folder.version(set, number)?,
        None => folder.choose(set)?,
    })
}

/// A difference for people: one block a rule, `+` for what is new and `-` for what is gone.
pub(super) fn text(found: &RuleSetDiff) -> String {
    let mut lines: Vec<String> = found.options.iter().map(option).collect();
    for rule in &found.changed {
        lines.push(match &rule.renamed_from {
            Some(before) => format!("rule {:?}, called {before:?} before", rule.name),
            None => format!("rule {:?}", rule.name),
        });
        lines.extend(rule.options.iter().map(|o| format!("  {}", option(o))));
        conditions("when", &rule.when, &mut lines);
        conditions("unless", &rule.unless, &mut lines);
    }
    let whole = |sign: char, rule: &RuleText, lines: &mut Vec<String>| {
        lines.push(format!("{sign} rule {:?}", rule.name));
        lines.extend(rule.lines.iter().map(|line| format!("  {sign} {line}")));
    };
    for rule in &found.removed {
        whole('-', rule, &mut lines);
    }
    for rule in &found.added {
        whole('+', rule, &mut lines);
    }
    let entries = |sign: char, entries: &[kinfold::rules::ListEntry], lines: &mut Vec<String>| {
        lines.extend(
            entries
                .iter()
                .map(|e| format!("{sign} {} {}", e.list, e.entry)),
        );
    };
    entries('-', &found.removed_entries, &mut lines);
    entries('+', &found.added_entries, &mut lines);
    if found.reordered {
        lines.push("the order is another; the pairs found are the same".to_owned());
    }
    lines.iter().map(|line| format!("  {line}\n")).collect()
}

fn option(change: &OptionChange) -> String {
    let value = |v: &Option<String>| v.clone().unwrap_or_else(|| "not set".to_owned());
    format!(
        "{}: {} -> {}",
        change.key,
        value(&change.from),
        value(&change.to)
    )
}

fn conditions(word: &str, change: &ConditionsChange, lines: &mut Vec<String>) {
    for changed in &change.changed {
        let options: Vec<String> = changed.options.iter().map(option).collect();
        lines.push(format!("  {word} {}", changed.to));
        lines.extend(options.iter().map(|o| format!("    {o}")));
    }
    lines.extend(change.removed.iter().map(|c| format!("  - {word} {c}")));
    lines.extend(change.added.iter().map(|c| format!("  + {word} {c}")));
    if change.reordered {
        lines.push(format!(
            "  the order of `{word}` is another; the result is the same"
        ));
    }
}
