//! Pick lists: which choice a cell stands for, whether the export holds its label, its code or both.
//!
//! "Export to Excel" and Salesforce hold labels, the Web API and lake exports hold codes, and the Web API beside them
//! the labels in a column `X@OData.Community.Display.V1.FormattedValue` (other exports: `Xname`).
//! A rule file can say which code has which label.

use crate::model::{Table, TextColumn};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Suffixes of the column of labels beside a column of codes.
const LABEL_SUFFIXES: [&str; 2] = ["@OData.Community.Display.V1.FormattedValue", "name"];

/// Codes of a pick list with their labels.
pub type Codes = BTreeMap<String, String>;

/// One pick-list column of a table.
#[derive(Debug, Clone, Copy)]
pub struct Picklist<'t> {
    values: &'t TextColumn,
    labels: Option<&'t TextColumn>,
    codes: Option<&'t Codes>,
}

/// What a cell stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice<'t> {
    /// Nothing was chosen.
    Blank,
    /// This label, or this code.
    Is(Cow<'t, str>),
    /// The cell holds the other of the two, and nothing says what it stands for.
    Unknown,
}

impl<'t> Picklist<'t> {
    /// The column a rule calls `name`, with the codes of `tables`; `None` when the table has no such column.
    pub fn of(
        table: &'t Table,
        name: &str,
        tables: &'t BTreeMap<String, Codes>,
    ) -> Option<Picklist<'t>> {
        let values = table.column(name)?;
        let labels = LABEL_SUFFIXES.iter().find_map(|suffix| {
            let header = format!("{}{suffix}", values.header);
            table
                .columns
                .iter()
                .find(|c| c.field.is_none() && c.header.eq_ignore_ascii_case(&header))
        });
        let codes = tables
            .iter()
            .find(|(column, _)| {
                column.eq_ignore_ascii_case(name) || column.eq_ignore_ascii_case(&values.header)
            })
            .map(|(_, codes)| codes);
        Some(Picklist {
            values,
            labels,
            codes,
        })
    }

    /// The label of record `i`, as exported.
    pub fn label(&self, i: usize) -> Choice<'t> {
        let value = self.values.get(i).trim();
        let beside = self.labels.map_or("", |c| c.get(i).trim());
        if !beside.is_empty() {
            return Choice::Is(Cow::Borrowed(beside));
        }
        if value.is_empty() {
            return Choice::Blank;
        }
        if let Some(codes) = self.codes {
            if let Some(label) = codes.get(value) {
                return Choice::Is(Cow::Borrowed(label));
            }
            if codes.values().any(|label| same_label(label, value)) {
                return Choice::Is(Cow::Borrowed(value));
            }
        }
        if is_code(value) {
            Choice::Unknown
        } else {
            Choice::Is(Cow::Borrowed(value))
        }
    }

    /// The code of record `i`.
    pub fn value(&self, i: usize) -> Choice<'t> {
        let value = self.values.get(i).trim();
        if value.is_empty() {
            return Choice::Blank;
        }
        if let Some(codes) = self.codes {
            if let Some((code, _)) = codes.get_key_value(value) {
                return Choice::Is(Cow::Borrowed(code));
            }
            let mut of_label = codes.iter().filter(|(_, label)| same_label(label, value));
            match (of_label.next(), of_label.next()) {
                (Some((code, _)), None) => return Choice::Is(Cow::Borrowed(code)),
                // Two codes of one label: which was meant, nobody can say.
                (Some(_), Some(_)) => return Choice::Unknown,
                _ => {}
            }
        }
        if is_code(value) {
            Choice::Is(Cow::Borrowed(value))
        } else {
            Choice::Unknown
        }
    }
}

fn same_label(a: &str, b: &str) -> bool {
    a.trim().to_lowercase() == b.to_lowercase()
}

/// A whole number, as Dynamics numbers choices.
fn is_code(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(columns: &[(&str, &[&str])]) -> Table {
        Table {
            columns: columns
                .iter()
                .map(|(header, values)| {
                    let mut column = TextColumn::new(*header, None);
                    for value in *values {
                        column.push(value);
                    }
                    column
                })
                .collect(),
            ..Table::default()
        }
    }

    fn said(choice: &Choice<'_>) -> String {
        match choice {
            Choice::Blank => "-".to_owned(),
            Choice::Is(text) => text.to_string(),
            Choice::Unknown => "?".to_owned(),
        }
    }

    #[test]
    fn labels_and_codes_with_and_without_a_table() {
        let cells = ["1", "Web", " web ", "", "9", "Partner", "3", "Trade show"];
        let t = table(&[("source", &cells)]);
        let codes: Codes = [
            ("1", "Advertisement"),
            ("2", "Web"),
            ("3", "Partner"),
            ("4", "Partner"),
        ]
        .map(|(c, l)| (c.to_owned(), l.to_owned()))
        .into();
        let with = BTreeMap::from([("Source".to_owned(), codes)]);
        let without = BTreeMap::new();
        for (tables, labels, values) in [
            (
                &without,
                ["?", "Web", "web", "-", "?", "Partner", "?", "Trade show"],
                ["1", "?", "?", "-", "9", "?", "3", "?"],
            ),
            (
                &with,
                [
                    "Advertisement",
                    "Web",
                    "web",
                    "-",
                    "?",
                    "Partner",
                    "Partner",
                    "Trade show",
                ],
                ["1", "2", "2", "-", "9", "?", "3", "?"],
            ),
        ] {
            let list = Picklist::of(&t, "SOURCE", tables).expect("there is the column");
            for i in 0..cells.len() {
                assert_eq!(said(&list.label(i)), labels[i], "label of {:?}", cells[i]);
                assert_eq!(said(&list.value(i)), values[i], "value of {:?}", cells[i]);
            }
        }
    }

    #[test]
    fn labels_beside_codes_are_read() {
        for suffix in LABEL_SUFFIXES {
            let beside = format!("source{suffix}");
            let t = table(&[
                ("source", &["1", "2", "3"]),
                (beside.as_str(), &["Web", "2024", ""]),
            ]);
            let tables = BTreeMap::new();
            let list = Picklist::of(&t, "source", &tables).expect("there is the column");
            assert_eq!(said(&list.label(0)), "Web");
            assert_eq!(said(&list.label(1)), "2024", "a label may be a number");
            assert_eq!(said(&list.label(2)), "?");
            assert_eq!(said(&list.value(1)), "2");
        }
    }
}
