//! Tables of the page that only some runs have, and pairs by probability.

use super::super::ReportInput;
use super::super::figures::Figures;
use super::super::names::Names;
use super::page::{badge, more, record};
use super::text::{count, counted, shown};
use super::{N_ROWS_MAX, charts};
use crate::model::Outcome;
use maud::{Markup, html};

/// Counts of pairs by the probability they were given. Nothing within a run can say how often that is right, so the
/// chart does not.
pub(super) fn bands(figures: &Figures) -> Markup {
    let rows: Vec<(String, u64)> = figures
        .bands
        .iter()
        .map(|band| (band.label.to_owned(), band.n_rows))
        .collect();
    let expected: f64 = figures.bands.iter().map(|band| band.expected).sum();
    let n_rows = figures.all_pairs().n_rows;
    html! {
        @if n_rows > 0 {
            h3 { "Rows by probability of one entity" }
            (charts::bars(&rows))
            p class="muted" {
                "Counts, not a test. If the probabilities hold, " (count(expected.round() as u64)) " of " (counted(n_rows, "row"))
                " are one entity; " code { "kinfold evaluate --without-truth" } " measures how far they hold."
            }
        }
    }
}

/// Other names of companies learned from the file; nothing when there are none.
pub(super) fn aliases(outcome: &Outcome) -> Markup {
    let aliases = &outcome.company_aliases;
    html! {
        @if !aliases.is_empty() {
            div class="card" {
                h2 { "Other names of companies" }
                p class="muted" { "Learned from people who use both names with addresses of one domain, and counted as evidence. Mend the list in "
                    code { "aliases.csv" } " and give it back with " code { "--aliases" } "." }
                div class="scroll tall" tabindex="0" role="region" aria-label="Other names of companies" {
                    table {
                        thead { tr { th scope="col" { "Company" } th scope="col" { "Also" } th scope="col" { "Domain" } th scope="col" class="n" { "People" } } }
                        tbody {
                            @for alias in aliases.iter().take(N_ROWS_MAX) {
                                tr { td dir="auto" { (shown(&alias.company)) } td dir="auto" { (shown(&alias.alias)) }
                                    td dir="auto" { (shown(&alias.domain)) } td class="n" { (count(alias.n_people)) } }
                            }
                        }
                    }
                }
                (more(aliases.len(), "aliases.csv"))
            }
        }
    }
}

/// Pairs of records of different types that are held to be one; nothing when there are none.
pub(super) fn links(input: &ReportInput<'_>, names: &Names<'_>) -> Markup {
    let outcome = input.outcome;
    let record_type = |at: crate::model::RecordIdx| input.table.record_type[at.at()].as_str();
    html! {
        @if !outcome.links.is_empty() {
            div class="card" {
                h2 { "Records of different types held to be one" }
                p class="muted" { "No CRM merges a lead into a contact or an account: open the one, qualify or close the other." }
                div class="scroll tall" tabindex="0" role="region" aria-label="Links between records of different types" {
                    table {
                        thead { tr { th scope="col" { "Left" } th scope="col" { "Right" } th scope="col" { "Verdict" } th scope="col" { "Why" } } }
                        tbody {
                            @for link in outcome.links.iter().take(N_ROWS_MAX) {
                                @let pair = &outcome.pairs[link.pair_idx as usize];
                                tr {
                                    @for end in [pair.pair.left, pair.pair.right] {
                                        td { span class="muted" { (record_type(end)) } " " (record(input, names, end)) }
                                    }
                                    td { (badge(pair.verdict.as_str())) }
                                    td { (shown(&link.reason)) }
                                }
                            }
                        }
                    }
                }
                (more(outcome.links.len(), "links.csv"))
            }
        }
    }
}
