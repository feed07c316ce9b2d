//! Where rules come from: a file named by the user, else the built-in sets.

use super::exit_code::ExitCode;
use super::failure::Failure;
use super::output::count;
use kinfold::model::{RecordType, Table};
use kinfold::rules::presets::{PRESETS, Preset, preset};
use kinfold::rules::{
    ListFileError, ListedPair, PROBLEMS_TOLD_MAX, RuleFileError, RuleSet, ValueLists, builtin_for,
    nearest, parse, read_aliases, read_decided_pairs, read_pairs,
};
use kinfold::state::Answer;
use std::fmt::Write as _;
use std::path::Path;

/// A rule file larger than this is something else.
const SIZE_MAX: u64 = 1 << 20;

/// The same for files of other systems, whose answers carry much beside the rules.
const FOREIGN_SIZE_MAX: u64 = 64 << 20;

/// The same for lists of pairs and aliases: some millions of lines.
const LIST_SIZE_MAX: u64 = 256 << 20;

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

/// The text of a file of another system's rules.
pub(crate) fn read_foreign(path: &Path) -> Result<String, Failure> {
    use std::io::Read;
    let file = std::fs::File::open(path).map_err(|e| Failure::io("read", path, &e))?;
    let mut bytes = Vec::new();
    file.take(FOREIGN_SIZE_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| Failure::io("read", path, &e))?;
    let fault = |what: &str| {
        Failure::new(
            ExitCode::Input,
            format!("failed to read {}: {what}", path.display()),
            "docs/exchange.md says which files are read and how to export them",
        )
    };
    if bytes.len() as u64 > FOREIGN_SIZE_MAX {
        return Err(fault("larger than 64 MiB, so hardly a file of rules"));
    }
    String::from_utf8(bytes).map_err(|_| fault("not UTF-8 text"))
}

/// Writes a file that must not exist yet.
pub(crate) fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    options
        .open(path)
        .and_then(|mut f| f.write_all(text.as_bytes()).and_then(|()| f.sync_all()))
        .map_err(|e| Failure::io("write", path, &e))
}

/// A rule file, or a preset as `preset:NAME`, read.
pub(crate) fn read(path: &Path) -> Result<RuleSet, Failure> {
    if let Some(name) = path.to_str().and_then(|p| p.strip_prefix("preset:")) {
        return Ok(find_preset(name)?.rules());
    }
    parse(&read_text(path)?).map_err(|error| refused(path, &error))
}

/// The preset of that name.
pub(crate) fn find_preset(name: &str) -> Result<&'static Preset, Failure> {
    preset(name).ok_or_else(|| {
        let names: Vec<&str> = PRESETS.iter().map(|p| p.name).collect();
        let help = match nearest(name, &names) {
            Some(near) => format!("did you mean {near}? `kinfold rules presets` lists all"),
            None => "`kinfold rules presets` lists them".to_owned(),
        };
        Failure::new(
            ExitCode::Usage,
            format!("failed to find the preset {name:?}"),
            help,
        )
    })
}

/// What is wrong with a rule file, one fault a line.
pub(crate) fn refused(path: &Path, error: &RuleFileError) -> Failure {
    let mut message = String::new();
    for (i, problem) in error.problems.iter().take(PROBLEMS_TOLD_MAX).enumerate() {
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
    let n_more = error.problems.len().saturating_sub(PROBLEMS_TOLD_MAX);
    if n_more > 0 {
        let _ = write!(message, "\n       and {} more", count(n_more as u64));
    }
    Failure::new(
        ExitCode::Usage,
        message,
        "docs/rules.md explains rule files; `kinfold rules new FILE` writes one to start from",
    )
}

/// A list of pairs, read.
pub(crate) fn read_pair_list(path: &Path) -> Result<Vec<ListedPair>, Failure> {
    let text = list_text(path)?;
    read_pairs(&path.display().to_string(), &text)
        .map_err(|e| list_refused(&e, "left_id,right_id,reason"))
}

/// A list of decided pairs, read.
pub(crate) fn read_decided_list(path: &Path) -> Result<Vec<(ListedPair, Answer)>, Failure> {
    let text = list_text(path)?;
    let parse = |word: &str| {
        Answer::parse(word)
            .ok_or("the decision is unknown; there are accept, reject, defer and undo")
    };
    read_decided_pairs(&path.display().to_string(), &text, parse)
        .map_err(|e| list_refused(&e, "left_id,right_id,decision,reason"))
}

/// A list of aliases, read.
pub(crate) fn read_alias_list(path: &Path) -> Result<ValueLists, Failure> {
    let text = list_text(path)?;
    read_aliases(&path.display().to_string(), &text)
        .map_err(|e| list_refused(&e, "kind,value,alias"))
}

fn list_text(path: &Path) -> Result<String, Failure> {
    use std::io::Read;
    let file = std::fs::File::open(path).map_err(|e| Failure::io("read", path, &e))?;
    let mut bytes = Vec::new();
    file.take(LIST_SIZE_MAX + 1)
        .read_to_end(&mut bytes)
        .map_err(|e| Failure::io("read", path, &e))?;
    if bytes.len() as u64 > LIST_SIZE_MAX {
        return Err(Failure::new(
            ExitCode::Usage,
            format!(
                "failed to read {}: larger than 256 MiB, so hardly a list",
                path.display()
            ),
            "a list is CSV with one line for each pair or alias; split it",
        ));
    }
    String::from_utf8(bytes).map_err(|_| {
        Failure::new(
            ExitCode::Usage,
            format!("failed to read {}: not UTF-8 text", path.display()),
            "save the list as CSV in UTF-8",
        )
    })
}

fn list_refused(error: &ListFileError, header: &str) -> Failure {
    Failure::new(
        ExitCode::Usage,
        format!("failed to read {error}"),
        format!("a list is CSV under the header {header}"),
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
