//! How records, rules and files are called in the reports.

use crate::model::{Field, Outcome, RecordIdx, RuleMask, Table, TextColumn};
use std::path::Path;

/// Looks names up without searching the table each time.
pub(super) struct Names<'a> {
    ids: Option<&'a TextColumn>,
    rule_names: &'a [String],
    /// Path as given, name shown.
    files: Vec<(&'a str, &'a str)>,
}

impl<'a> Names<'a> {
    pub(super) fn new(table: &'a Table, outcome: &'a Outcome) -> Self {
        let paths: Vec<&str> = table.files.iter().map(|f| f.path.as_str()).collect();
        Names {
            ids: table.field(Field::Id),
            rule_names: &outcome.rule_names,
            files: file_names(&paths),
        }
    }

    /// The record's own id as exported.
    pub(super) fn id(&self, record: RecordIdx) -> &'a str {
        self.ids.map_or("", |column| column.get(record.at()))
    }

    /// The names of the rules that hold, joined by `; `, in the order of the rule set.
    pub(super) fn rules(&self, mask: RuleMask) -> String {
        let names: Vec<&str> = mask
            .iter()
            .filter_map(|i| self.rule_names.get(i).map(String::as_str))
            .collect();
        names.join("; ")
    }

    /// A file without its folder, so that reports do not depend on where files lie; the path as given when two
    /// files of the run have that name.
    pub(super) fn file<'b>(&self, path: &'b str) -> &'b str
    where
        'a: 'b,
    {
        self.files
            .iter()
            .find(|(given, _)| *given == path)
            .map_or(path, |(_, shown)| *shown)
    }

    /// A notice of the reading with its files called as in [`file`](Self::file).
    pub(super) fn notice(&self, text: &str) -> String {
        without_folders(text, &self.files)
    }
}

/// Longer paths first, since one may be part of another.
fn without_folders(text: &str, files: &[(&str, &str)]) -> String {
    let mut files = files.to_vec();
    files.sort_by_key(|(given, _)| (std::cmp::Reverse(given.len()), *given));
    let mut out = text.to_owned();
    for (given, shown) in files {
        if given != shown {
            out = out.replace(given, shown);
        }
    }
    out
}

fn file_names<'a>(paths: &[&'a str]) -> Vec<(&'a str, &'a str)> {
    let last = |path: &'a str| -> &'a str {
        Path::new(path)
            .file_name()
            .and_then(|name| name.to_str())
            .unwrap_or(path)
    };
    paths
        .iter()
        .map(|path| {
            let name = last(path);
            let n_same = paths.iter().filter(|p| last(p) == name).count();
            (*path, if n_same == 1 { name } else { *path })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_called_by_their_last_name_unless_two_share_it() {
        assert_eq!(
            file_names(&["/home/ann/leads.csv", "a/x.csv", "b/x.csv"]),
            [
                ("/home/ann/leads.csv", "leads.csv"),
                ("a/x.csv", "a/x.csv"),
                ("b/x.csv", "b/x.csv")
            ]
        );
    }

    #[test]
    fn notices_name_files_without_their_folders() {
        let files = [("in/a.csv", "a.csv"), ("/x/in/a.csv.gz", "a.csv.gz")];
        assert_eq!(
            without_folders("/x/in/a.csv.gz: one of them in/a.csv row 3", &files),
            "a.csv.gz: one of them a.csv row 3"
        );
    }
}
