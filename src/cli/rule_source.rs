//! Where rules come from: a file named by the user, else the built-in sets.

use super::exit_code::ExitCode;
use super::failure::Failure;
use kinfold::model::{RecordType, Table};
use kinfold::rules::{RuleFileError, RuleSet, builtin_for, parse};
use std::fmt::Write as _;
use std::path::Path;

/// A rule file larger than this is something else.
const SIZE_MAX: u64 = 1 << 20;

/// The text of a rule file.
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    use std::io::Read;
    let file = std::fs::File::open(path).map_err(|e| Failure::io("read", path, &e))?;
    let mut bytes = Vec::new();
    file.take(SIZE_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| Failure::io("read", path, &e))?;
    let not_rules = |what: &str| {
        Failure::new(
            ExitCode::Usage,
            format!("failed to read {}: {what}", path.display()),
            "`kinfold rules new FILE` writes a rule file to start from",
        )
    };
    if bytes.len() as u64 > SIZE_MAX {
        return Err(not_rules("larger than 1 MiB, so hardly a rule file"));
    }
    String::from_utf8(bytes).map_err(|_| not_rules("not UTF-8 text"))
}

/// A rule file, read.
pub(crate) fn read(path: &Path) -> Result<RuleSet, Failure> {
    parse(&read_text(path)?).map_err(|error| refused(path, &error))
}

/// What is wrong with a rule file, one fault a line.
pub(crate) fn refused(path: &Path, error: &RuleFileError) -> Failure {
    let mut message = String::new();
    for (i, problem) in error.problems.iter().enumerate() {
        if i > 0 {
            message.push_str("\n       ");
        }
        let _ = write!(
            message,
            "{}, line {}, column {}: {}",
            path.display(),
            problem.line,
            problem.column,
            problem.message
        );
        if let Some(help) = &problem.help {
            let _ = write!(message, "; {help}");
        }
    }
    Failure::new(
        ExitCode::Usage,
        message,
        "docs/rules.md explains rule files; `kinfold rules new FILE` writes one to start from",
    )
}

/// The built-in rules for the types present in a table; of several types, those of each, named apart.
pub(crate) fn built_in(table: &Table) -> RuleSet {
    let mut types: Vec<RecordType> = table.record_type.clone();
    types.dedup();
    match types.as_slice() {
        [] => builtin_for(RecordType::Lead),
        [one] => builtin_for(*one),
        several => {
            let mut joined = builtin_for(several[0]);
            joined.name = "duplicates".to_owned();
            joined.rules.clear();
            for t in several {
                for mut rule in builtin_for(*t).rules {
                    rule.name = format!("{} ({}s)", rule.name, t.as_str());
                    joined.rules.push(rule);
                }
            }
            joined
        }
    }
}
