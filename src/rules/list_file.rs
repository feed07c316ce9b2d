//! Lists in files of their own: pairs as `left_id,right_id[,reason]`, decisions as `left_id,right_id,decision[,reason]`,
//! aliases as `kind,value,alias`.

use super::lists::{ALIAS_KINDS, ListedPair, ValueLists};
use super::read_lists::{one_word, pair};
use super::words::nearest;

/// Why a list cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}, line {line}: {message}")]
pub struct ListFileError {
    /// The file, as the caller calls it.
    pub file: String,
    /// Line, from 1.
    pub line: u64,
    /// What is wrong, and what to write.
    pub message: String,
}

/// Reads a list of pairs: CSV with the columns `left_id` and `right_id`, and `reason` if there is one, in any order.
///
/// Ids may say their type: `lead:L-1`. Errors name the first line that cannot be read.
pub fn read_pairs(file: &str, text: &str) -> Result<Vec<ListedPair>, ListFileError> {
    let mut out = Vec::new();
    rows(file, text, &["left_id", "right_id"], &["reason"], |row| {
        let reason = match row[2].trim() {
            "" => None,
            reason => Some(reason.to_owned()),
        };
        out.push(pair(row[0], row[1], reason)?);
        Ok(())
    })?;
    Ok(out)
}

/// Reads a list of decided pairs: as [`read_pairs`] with a column `decision`, which `parse` reads.
pub fn read_decided_pairs<T>(
    file: &str,
    text: &str,
    parse: impl Fn(&str) -> Result<T, &'static str>,
) -> Result<Vec<(ListedPair, T)>, ListFileError> {
    let mut out = Vec::new();
    let needed = ["left_id", "right_id", "decision"];
    rows(file, text, &needed, &["reason"], |row| {
        let reason = Some(row[3].trim()).filter(|r| !r.is_empty());
        let decided = parse(row[2])?;
        out.push((pair(row[0], row[1], reason.map(str::to_owned))?, decided));
        Ok(())
    })?;
    Ok(out)
}

/// Reads a list of aliases: CSV with the columns `kind` (`company` or `name`), `value` and `alias`, in any order.
///
/// Each line declares its two values one. Errors name the first line that cannot be read.
pub fn read_aliases(file: &str, text: &str) -> Result<ValueLists, ListFileError> {
    let mut out = ValueLists::default();
    rows(file, text, &["kind", "value", "alias"], &[], |row| {
        let words = ALIAS_KINDS.map(|(w, _)| w);
        let Some((_, kind)) = ALIAS_KINDS.iter().find(|(w, _)| *w == row[0].trim()) else {
            return Err(match nearest(row[0].trim(), &words) {
                Some("company") => "the kind is unknown; did you mean company?",
                Some(_) => "the kind is unknown; did you mean name?",
                None => "the kind is unknown; there are company and name",
            });
        };
        let names = [row[1].trim().to_owned(), row[2].trim().to_owned()];
        if names.iter().any(String::is_empty) {
            return Err("a value is blank");
        }
        if row[0].trim() == "name"
            && let Some(problem) = names.iter().find_map(|n| one_word(n))
        {
            return Err(problem);
        }
        // A value beside itself says nothing; learned lists may hold such lines.
        if names[0] != names[1] {
            out.aliases_mut(*kind).push(names.to_vec());
        }
        Ok(())
    })?;
    Ok(out)
}

/// Hands each row to `each`: the values of `needed`, then those of `optional`, blank where a column is missing.
fn rows(
    file: &str,
    text: &str,
    needed: &[&str],
    optional: &[&str],
    mut each: impl FnMut(&[&str]) -> Result<(), &'static str>,
) -> Result<(), ListFileError> {
    let error = |line: u64, message: String| ListFileError {
        file: file.to_owned(),
        line,
        message,
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut reader = csv::ReaderBuilder::new()
        .flexible(false)
        .from_reader(text.as_bytes());
    let header = reader
        .headers()
        .map_err(|e| error(1, format!("no CSV: {}", damage(&e))))?
        .clone();
    let names: Vec<&str> = header.iter().map(str::trim).collect();
    let mut places = Vec::new();
    for column in needed.iter().chain(optional) {
        let place = names.iter().position(|n| n.eq_ignore_ascii_case(column));
        if place.is_none() && needed.contains(column) {
            return Err(error(
                1,
                format!(
                    "there is no column {column}; the first line names the columns: {}",
                    needed
                        .iter()
                        .chain(optional)
                        .copied()
                        .collect::<Vec<_>>()
                        .join(",")
                ),
            ));
        }
        places.push(place);
    }
    let mut record = csv::StringRecord::new();
    loop {
        let line = reader.position().line();
        match reader.read_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) => {
                let line = record.position().map_or(line, csv::Position::line);
                let values: Vec<&str> = places
                    .iter()
                    .map(|p| p.and_then(|p| record.get(p)).unwrap_or(""))
                    .collect();
                each(&values).map_err(|message| error(line, message.to_owned()))?;
            }
            Err(e) => {
                let line = e.position().map_or(line, csv::Position::line);
                return Err(error(line, damage(&e)));
            }
        }
    }
}

/// What is wrong with the CSV, without its place, which is told once.
fn damage(error: &csv::Error) -> String {
    match error.kind() {
        csv::ErrorKind::UnequalLengths {
            expected_len, len, ..
        } => format!("{len} values under a header of {expected_len}"),
        csv::ErrorKind::Utf8 { .. } => "not UTF-8 text".to_owned(),
        _ => "not readable as CSV".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::RecordType;

    #[test]
    fn pairs_are_read_in_any_order_of_columns() {
        let list =
            "\u{feff}reason,Right_ID,left_id\r\n\"same man, moved\",contact:7,L-1\r\n,L-3,L-2\r\n";
        let pairs = read_pairs("list.csv", list).expect("a list");
        assert_eq!(pairs.len(), 2);
        assert_eq!(pairs[0].left.id, "L-1");
        assert_eq!(pairs[0].right.record_type, Some(RecordType::Contact));
        assert_eq!(pairs[0].reason.as_deref(), Some("same man, moved"));
        assert_eq!(pairs[1].reason, None);
    }

    #[test]
    fn faults_name_file_and_line() {
        for (text, expected) in [
            (
                "left,right\na,b\n",
                "l.csv, line 1: there is no column left_id; the first line names the columns: left_id,right_id,reason",
            ),
            (
                "left_id,right_id\na,b\nc\n",
                "l.csv, line 3: 1 values under a header of 2",
            ),
            (
                "left_id,right_id\na,b\n\"c\nd\",e\nf,\n",
                "l.csv, line 5: an id is blank",
            ),
            (
                "left_id,right_id\na,a\n",
                "l.csv, line 2: a record is paired with itself",
            ),
        ] {
            let error = read_pairs("l.csv", text).expect_err("a fault");
            assert_eq!(error.to_string(), expected);
        }
        for (text, expected) in [
            (
                "kind,value,alias\ncompnay,IBM,Big Blue\n",
                "a.csv, line 2: the kind is unknown; did you mean company?",
            ),
            (
                "kind,value,alias\nname,Mary Ann,Maria\n",
                "a.csv, line 2: an alias of a name is one word: a given name or a surname",
            ),
        ] {
            let error = read_aliases("a.csv", text).expect_err("a fault");
            assert_eq!(error.to_string(), expected);
        }
    }

    #[test]
    fn aliases_are_pairs_of_values() {
        let text =
            "kind,value,alias\ncompany,IBM,Big Blue\nname,Sasha,Alexander\ncompany,IBM,IBM\n";
        let lists = read_aliases("a.csv", text).expect("a list");
        assert_eq!(lists.company_aliases, [["IBM", "Big Blue"]]);
        assert_eq!(lists.name_aliases, [["Sasha", "Alexander"]]);
    }
}
