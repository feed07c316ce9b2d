//! The files of a preview: `preview.html`, `preview.json`, `examples.csv`.

use super::page::page;
use super::{Example, Preview};
use crate::model::Progress;
use crate::report::{ReportError, guarded_csv, write_bundle};
use std::collections::BTreeSet;
use std::path::Path;

impl Preview {
    /// Writes the preview into a folder of its own, replacing an earlier one there; see [`write_bundle`].
    pub fn write(&self, dir: &Path, progress: &dyn Progress) -> Result<(), ReportError> {
        if progress.cancelled() {
            return Err(ReportError::Cancelled);
        }
        let mut json = serde_json::to_vec_pretty(self).expect("our values have text keys");
        json.push(b'\n');
        let examples = self.impact.as_ref().map_or(&[][..], |i| &i.examples);
        write_bundle(
            dir,
            &[
                ("preview.html", page(self).into_bytes()),
                ("examples.csv", example_rows(examples)),
                ("preview.json", json),
            ],
        )
    }
}

/// One row an example; each column twice, left and right; columns that no example has are left out.
fn example_rows(examples: &[Example]) -> Vec<u8> {
    let used: BTreeSet<&str> = examples
        .iter()
        .flat_map(|e| e.values.iter().map(|v| v.column.as_str()))
        .collect();
    let shown: Vec<&str> = super::examples::SHOWN
        .iter()
        .map(|f| f.name())
        .filter(|name| used.contains(name))
        .collect();
    let mut headers: Vec<String> = [
        "change",
        "rule",
        "verdict",
        "probability",
        "left_id",
        "right_id",
        "rules",
        "reason",
    ]
    .map(str::to_owned)
    .to_vec();
    for column in &shown {
        headers.extend([format!("left_{column}"), format!("right_{column}")]);
    }
    let rows: Vec<Vec<String>> = examples
        .iter()
        .map(|e| {
            let mut row = vec![
                e.change.to_owned(),
                e.rule.clone(),
                e.verdict.to_owned(),
                format!("{:.6}", e.probability),
                e.left_id.clone(),
                e.right_id.clone(),
                e.rules.join("; "),
                e.reason.clone(),
            ];
            for column in &shown {
                let value = e.values.iter().find(|v| v.column == *column);
                row.push(value.map_or(String::new(), |v| v.left.clone()));
                row.push(value.map_or(String::new(), |v| v.right.clone()));
            }
            row
        })
        .collect();
    let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
    guarded_csv(&headers, &rows)
}
