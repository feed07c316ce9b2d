//! The part of the page that reads without JavaScript: headline, charts, rules, what was left out, the data.

use super::super::ReportInput;
use super::super::figures::{Figures, by_verdict};
use super::super::names::Names;
use super::selection::Selection;
use super::text::{count, counted, percent, shown};
use super::{N_ROWS_MAX, charts, frame, tables};
use crate::model::{Outcome, RecordIdx, RecordType, Verdict};
use maud::{DOCTYPE, Markup, html};

/// Everything up to the style.
pub(super) fn head(input: &ReportInput<'_>, names: &Names<'_>, policy: &str) -> Markup {
    html! {
        (DOCTYPE)
        // The element is closed by hand after the style and the data, which are not markup.
        (maud::PreEscaped("<html lang=\"en\"><head>"))
        meta charset="utf-8";
        meta http-equiv="Content-Security-Policy" content=(policy);
        meta name="viewport" content="width=device-width, initial-scale=1";
        meta name="color-scheme" content="light dark";
        meta name="referrer" content="no-referrer";
        title { "Merge suggestions: " (files(input, names)) }
    }
}

/// Everything between the start of the body and the data.
pub(super) fn body(input: &ReportInput<'_>, names: &Names<'_>, figures: &Figures) -> Markup {
    let n_other = [Verdict::Related, Verdict::Weak]
        .iter()
        .map(|v| figures.pairs[*v as usize].n_rows)
        .sum::<u64>();
    html! {
        (frame::head(&masthead(input, names, figures)))
        nav class="tabs" aria-label="Sections" {
            div id="tabs" {
                a href="#overview" { "Overview" }
                a href="#suggestions" { "Suggestions " span class="pill" { (count(input.outcome.suggestions.len() as u64)) } }
                a href="#others" { "Other pairs " span class="pill" { (count(n_other)) } }
                a href="#leftout" { "Left out " span class="pill" { (count(input.outcome.suppressed.len() as u64)) } }
                a href="#input" { "Input " @if figures.n_rows_rejected > 0 { span class="pill warn" { (count(figures.n_rows_rejected)) " rejected" } } }
            }
        }
        main id="main" {
            section id="overview" class="panel" aria-label="Overview" { (overview(input, figures)) }
            section id="suggestions" class="panel" aria-label="Suggestions" { (suggestions(input)) }
            section id="others" class="panel" aria-label="Other pairs" { (others(input, names, figures)) }
            section id="leftout" class="panel" aria-label="Left out" { (left_out(input, names, figures)) }
            section id="input" class="panel" aria-label="Input" { (input_section(input, names, figures)) }
        }
        (frame::foot(&input.meta.tool_version, &html! {
            "The CRM was not changed; " code { "manifest.json" } " says when and how the run was made."
        }))
    }
}

fn masthead(input: &ReportInput<'_>, names: &Names<'_>, figures: &Figures) -> Markup {
    let outcome = input.outcome;
    let n_records = input.table.n_records() as u64;
    let is_leads = figures
        .types
        .iter()
        .all(|t| t.record_type == RecordType::Lead.as_str());
    html! {
        h1 { (counted(outcome.suggestions.len() as u64, "merge suggestion")) }
        p class="lead" {
            (counted(n_records, "record")) " from " (shown(&files(input, names)))
            ", rule set " strong { (shown(&input.meta.rule_set_name)) }
            @if let Some(version) = input.meta.rule_set_version { ", version " (version) } "."
        }
        dl class="tiles" {
            div class="tile" {
                dt { "Safe to merge" }
                dd { a href="#tab=suggestions&verdict=auto" { (count(figures.n_suggestions_by_verdict[Verdict::Auto as usize])) } }
                dd class="note" { "suggestions, unattended" }
            }
            div class="tile" {
                dt { "To review" }
                dd { a href="#tab=suggestions&verdict=review" { (count(figures.n_suggestions_by_verdict[Verdict::Review as usize])) } }
                dd class="note" { "suggestions, a person decides" }
            }
            div class="tile" {
                dt { "Records to merge away" }
                dd { (count(figures.n_to_merge)) }
                dd class="note" { (percent(figures.n_to_merge, n_records)) @if n_records > 0 { " of all records" } }
            }
            div class="tile" {
                dt { @if is_leads { "Active leads affected" } @else { "Active records affected" } }
                dd { (count(outcome.n_active_affected)) }
                dd class="note" { (percent(outcome.n_active_affected, figures.n_active())) @if figures.n_active() > 0 { " of " (count(figures.n_active())) " active" } }
            }
            div class="tile wide" {
                dt { "Pairs found" }
                dd { (count(figures.all_pairs().n_pairs)) }
                dd class="note" {
                    (charts::verdict_bar(&figures.pairs.map(|p| p.n_pairs), "Pairs by verdict"))
                    @for (i, (word, pairs)) in by_verdict(&figures.pairs).into_iter().enumerate() { @if i > 0 { " · " } (count(pairs.n_pairs)) " " (word) }
                }
            }
        }
    }
}

fn overview(input: &ReportInput<'_>, figures: &Figures) -> Markup {
    let outcome = input.outcome;
    let n_pairs = figures.all_pairs().n_pairs;
    html! {
        div class="grid" {
            div class="card" {
                h2 { "Pairs by verdict" }
                table class="legend" {
                    tbody {
                        @for (word, pairs) in by_verdict(&figures.pairs) {
                            tr {
                                th scope="row" { (badge(word)) }
                                td class="muted" { (verdict_meaning(word)) }
                                td class="n" { (count(pairs.n_pairs)) }
                                td class="n muted" { (percent(pairs.n_pairs, n_pairs)) }
                            }
                        }
                    }
                }
                (tables::bands(figures))
            }
            div class="card" {
                h2 { "Suggestions by size" }
                @if figures.sizes.is_empty() { p class="muted" { "There are no suggestions." } }
                (charts::bars(&size_rows(figures)))
                @if !figures.flags.is_empty() {
                    h3 { "Flagged for a closer look" }
                    ul class="plain" {
                        @for (flag, n) in &figures.flags {
                            li { a href=(format!("#tab=suggestions&flag={}", flag.as_str())) { (flag.as_str()) } " " span class="muted" { (count(*n)) } }
                        }
                    }
                }
            }
            div class="card" {
                h2 { "How sure: evidence over pairs" }
                p class="muted" { "Bits of evidence: each bit doubles the odds of one entity; 0 is even odds. Heights grow with the square root of the count." }
                @if figures.scores.is_empty() { p { "There are no pairs." } } @else {
                    p class="badges" { @for verdict in Verdict::ALL { (badge(verdict.as_str())) " " } }
                    (charts::scores(figures))
                }
            }
            @if let Some(job) = &outcome.job {
                div class="card" {
                    h2 { "As a job of Dynamics" }
                    p { "The same rules, run as a duplicate detection job: " (counted(job.n_rows, "row")) " in " code { "dynamics_job.csv" }
                        @if job.n_beyond_cap() > 0 { ", of which a job returns the first " (count(crate::model::DynamicsJob::CAP)) } "." }
                    p { "The built-in rules suggest to merge " (counted(job.missed.len() as u64, "pair")) " that none of these rules finds: " code { "missed.csv" } "." }
                }
            }
            div class="card" {
                h2 { "What was compared" }
                @for statement in &outcome.coverage.statements { p { (shown(statement)) } }
                (only_in_files(input))
            }
        }
        div class="card" {
            h2 { "Rules" }
            div class="scroll" tabindex="0" role="region" aria-label="Rules" {
                table class="rules" {
                    thead {
                        tr {
                            th scope="col" { "Rule" }
                            th scope="col" class="n" { "Pairs" }
                            th scope="col" class="n" { "Only this rule" }
                            @for verdict in Verdict::ALL { th scope="col" class="n" { (verdict.as_str()) } }
                            th scope="col" class="n" { "Suppressed" }
                            th scope="col" class="n" { "Below floor" }
                            th scope="col" class="n" { "Skipped with proof" }
                            th scope="col" class="n" { "Generic value" }
                        }
                    }
                    tbody {
                        @for rule in &outcome.rule_counts {
                            tr {
                                th scope="row" {
                                    span class="name" { (shown(&rule.name)) }
                                    span class="plan" {
                                        (shown(&rule.plan))
                                        @if let Some(floor) = rule.floor_millibits { " · floor " (format!("{:.1}", f64::from(floor) / 1000.0)) " bits" }
                                        " · " (count(rule.n_compared)) " compared"
                                    }
                                }
                                td class="n" { (count(rule.n_pairs)) }
                                td class="n" { (count(rule.n_only)) }
                                @for n in rule.n_by_verdict { td class="n" { (count(n)) } }
                                td class="n" { (count(rule.n_suppressed)) }
                                td class="n" { (count(rule.left_out.n_below_floor)) }
                                td class="n" { @if rule.left_out.n_skipped_with_proof > 0 { "≤ " } (count(rule.left_out.n_skipped_with_proof)) }
                                td class="n" { (count(rule.left_out.n_generic)) }
                            }
                        }
                    }
                }
            }
        }
        div class="grid" {
            div class="card" {
                h2 { "Generic values" }
                p class="muted" { "Shared by many unlike people: switchboards, shared mailboxes, placeholders. They count little." }
                @if outcome.generic_values.is_empty() { p { "None was found." } } @else {
                    div class="scroll tall" tabindex="0" role="region" aria-label="Generic values" {
                        table {
                            thead { tr { th scope="col" { "Value" } th scope="col" { "Kind" } th scope="col" class="n" { "Records" } th scope="col" class="n" { "People" } } }
                            tbody {
                                @for value in outcome.generic_values.iter().take(N_ROWS_MAX) {
                                    tr { td dir="auto" { (shown(&value.value)) } td { (value.kind.as_str()) }
                                        td class="n" { (count(value.n_records)) } td class="n" { (count(value.n_people)) } }
                                }
                            }
                        }
                    }
                    (more(outcome.generic_values.len(), "summary.json"))
                }
            }
            (tables::aliases(outcome))
        }
        (heaviest_keys(outcome))
    }
}

/// Values under which rules met the most records.
fn heaviest_keys(outcome: &Outcome) -> Markup {
    html! {
        div class="card" {
            h2 { "Heaviest keys" }
            p class="muted" { "Values under which a rule met the most records, and how it dealt with them." }
            @if outcome.heavy_keys.is_empty() { p { "None was heavy." } } @else {
                div class="scroll tall" tabindex="0" role="region" aria-label="Heaviest keys" {
                    table class="keys" {
                        thead { tr { th scope="col" { "Key" } th scope="col" { "Rule" } th scope="col" class="n" { "Records" } th scope="col" class="n" { "Pairs" } th scope="col" { "Treatment" } } }
                        tbody {
                            @for key in outcome.heavy_keys.iter().take(N_ROWS_MAX) {
                                tr { td { span dir="auto" { (shown(&key.value)) } " " span class="muted" { (key.kind) } }
                                    td { (shown(outcome.rule_names.get(key.rule_idx).map_or("", String::as_str))) }
                                    td class="n" { (count(key.n_records)) } td class="n" { (count(key.n_pairs)) } td { (key.treatment) } }
                            }
                        }
                    }
                }
                (more(outcome.heavy_keys.len(), "summary.json"))
            }
        }
    }
}

/// Says how many suggestions the page does not hold.
fn only_in_files(input: &ReportInput<'_>) -> Markup {
    let selection = Selection::of(input.outcome);
    let n = |n: usize| count(n as u64);
    html! {
        @if selection.is_cut() {
            p { "This page shows " (n(selection.n_auto_shown())) " of " (n(selection.n_auto)) " auto suggestions and "
                (n(selection.n_review_shown())) " of " (n(selection.n_review)) " for review, the surest of each; the others are only in the files." }
        }
    }
}

/// Filled by the script; says where the rows are when there is none.
fn suggestions(input: &ReportInput<'_>) -> Markup {
    html! {
        noscript { p class="card" { "The list of suggestions needs JavaScript. The same rows are in " code { "suggestions.csv" } "." } }
        @if input.outcome.suggestions.is_empty() {
            p class="card" { "No two records were found to be one entity: there is nothing to merge." }
        }
        @if Selection::of(input.outcome).is_cut() { div class="card" { (only_in_files(input)) } }
        form class="filters js-only" role="search" aria-label="Filter suggestions" {
            label class="grow" { "Search" input type="search" id="f-q" placeholder="name, e-mail, id, reason …   ( / )" autocomplete="off" spellcheck="false"; }
            label { "Verdict" select id="f-verdict" { option value="" { "any" } option value="auto" { "auto" } option value="review" { "review" } } }
            label { "Rule" select id="f-rule" { option value="" { "any" } } }
            label { "Flag" select id="f-flag" { option value="" { "any" } option value="none" { "no flag" } } }
            label { "Size" select id="f-size" { option value="" { "any" } option value="2" { "2 records" } option value="3" { "3 records" } option value="4" { "4 or more" } option value="10" { "10 or more" } } }
            label { "Order" select id="f-sort" { option value="" { "surest first" } option value="unsure" { "least sure first" } option value="size" { "largest first" } option value="name" { "by name" } } }
            label class="check" { input type="checkbox" id="f-diff"; " Only fields that differ" }
            button type="reset" id="f-clear" { "Clear" }
        }
        div class="listbar js-only" { p id="s-count" role="status" {} div id="s-pages" class="pages" {} }
        ol id="s-list" class="cards js-only" {}
        div class="listbar js-only" { p class="muted keys" { kbd { "/" } " search  " kbd { "↑" } " " kbd { "↓" } " move  " kbd { "Enter" } " open" } div id="s-pages-2" class="pages" {} }
    }
}

/// Filled by the script.
fn others(input: &ReportInput<'_>, names: &Names<'_>, figures: &Figures) -> Markup {
    html! {
        (tables::links(input, names))
        noscript { p class="card" { "The list of pairs needs JavaScript. The same rows are in " code { "pairs.csv" } "." } }
        div class="card intro" {
            h2 { "Pairs that are not suggested" }
            p { strong { "Related" } ": a rule holds, but the evidence says two entities that have something to do with each other, such as colleagues on one switchboard, a family on one phone or two branches of one firm. "
                strong { "Weak" } ": a rule holds and there is too little evidence. "
                strong { "Separated" } ": the pair alone would be suggested, and the records around it speak against it." }
            p class="muted" { (count(figures.pairs[Verdict::Related as usize].n_rows)) " related and "
                (count(figures.pairs[Verdict::Weak as usize].n_rows)) " weak rows in " code { "pairs.csv" } "; the 500 with the most evidence of each kind are here." }
        }
        div class="filters js-only" role="group" aria-label="Kind of pair" { div id="o-kinds" class="kinds" {} }
        div class="listbar js-only" { p id="o-count" role="status" {} div id="o-pages" class="pages" {} }
        ol id="o-list" class="cards js-only" {}
    }
}

fn left_out(input: &ReportInput<'_>, names: &Names<'_>, figures: &Figures) -> Markup {
    let suppressed = &input.outcome.suppressed;
    html! {
        div class="card" {
            h2 { "Rule-true pairs left out" }
            p class="muted" { "A rule that excludes inactive records leaves out pairs with one; pairs of a lead and the record born from it, merged records and rejected pairs are left out too. What a rule's evidence or generic option left out is counted in the table of rules." }
            @if suppressed.is_empty() { p { "No pair was left out." } } @else {
                div class="scroll" tabindex="0" role="region" aria-label="Left-out pairs by rule" {
                    table {
                        thead { tr { th scope="col" { "Rule" } th scope="col" { "Why" } th scope="col" { "Side at fault" } th scope="col" class="n" { "Pairs" } } }
                        tbody {
                            @for row in &figures.suppressed {
                                tr { td { (shown(&row.rule)) } td { (row.why) } td { (row.side) } td class="n" { (count(row.n_pairs)) } }
                            }
                        }
                    }
                }
            }
        }
        @if !suppressed.is_empty() {
            div class="card" {
                h2 { "Which ones" }
                div class="scroll" tabindex="0" role="region" aria-label="Left-out pairs" {
                    table {
                        thead { tr { th scope="col" { "Left" } th scope="col" { "Right" } th scope="col" { "Rules" } th scope="col" { "Why" } th scope="col" { "Side" } } }
                        tbody {
                            @for pair in suppressed.iter().take(N_ROWS_MAX) {
                                tr { td { (record(input, names, pair.left)) } td { (record(input, names, pair.right)) }
                                    td { (shown(&names.rules(pair.rules))) } td { (pair.why.as_str()) } td { (pair.side.as_str()) } }
                            }
                        }
                    }
                }
                (more(suppressed.len(), "suppressed.csv"))
            }
        }
    }
}

fn input_section(input: &ReportInput<'_>, names: &Names<'_>, figures: &Figures) -> Markup {
    let rejects = &input.ingest.rejects;
    html! {
        div class="card" {
            h2 { "Files" }
            p { (counted(figures.n_rows_read, "row")) " read = " (count(figures.n_rows_used)) " used + " (count(figures.n_rows_rejected)) " rejected."
                @if figures.n_rows_superseded > 0 { " Of those used, " (count(figures.n_rows_superseded)) " were set aside by the layout: deletions, older versions, identical doubles." } }
            div class="scroll" tabindex="0" role="region" aria-label="Files" {
                table {
                    thead { tr { th scope="col" { "File" } th scope="col" { "Layout" } th scope="col" class="n" { "Read" } th scope="col" class="n" { "Used" } th scope="col" class="n" { "Rejected" } th scope="col" { "Columns without a meaning" } } }
                    tbody {
                        @for file in &input.table.files {
                            tr { td { (shown(names.file(&file.path))) } td { (file.preset) " " span class="muted" { (file.format) } }
                                td class="n" { (count(file.n_rows)) } td class="n" { (count(file.n_used)) } td class="n" { (count(file.n_rejected)) }
                                td { @for (i, header) in file.unmapped.iter().enumerate() { @if i > 0 { ", " } (shown(header)) } } }
                        }
                    }
                }
            }
            div class="scroll" tabindex="0" role="region" aria-label="Records" {
                table {
                    thead { tr { th scope="col" { "Records" } th scope="col" class="n" { "All" } th scope="col" class="n" { "Active" } th scope="col" class="n" { "Inactive" } th scope="col" class="n" { "Merged away" } th scope="col" class="n" { "Deleted" } } }
                    tbody {
                        @for t in &figures.types {
                            tr { th scope="row" { (t.record_type) } @for n in [t.n_records, t.n_active, t.n_inactive, t.n_merged_away, t.n_deleted] { td class="n" { (count(n)) } } }
                        }
                    }
                }
            }
            @for t in &input.table.stateless { p { "No state column was found for " (t.as_str()) " records: all count as active." } }
        }
        @if !input.ingest.notices.is_empty() {
            div class="card" {
                h2 { "Notices" }
                ul { @for notice in &input.ingest.notices { li { (shown(&names.notice(&notice.text))) } } }
            }
        }
        div class="card" {
            h2 { "Rejected rows" }
            @if rejects.is_empty() { p { "Every row could be used." } } @else {
                div class="scroll" tabindex="0" role="region" aria-label="Rejected rows" {
                    table {
                        thead { tr { th scope="col" { "File" } th scope="col" class="n" { "Row" } th scope="col" class="n" { "Line" } th scope="col" { "Column" } th scope="col" { "Reason" } } }
                        tbody {
                            @for reject in rejects.iter().take(N_ROWS_MAX) {
                                tr { td { (shown(names.file(&reject.file))) } td class="n" { (count(reject.row)) }
                                    td class="n" { @if reject.line > 0 { (count(reject.line)) } } td { (shown(&reject.column)) } td { (shown(&reject.reason)) } }
                            }
                        }
                    }
                }
                (more(rejects.len(), "rejects.csv"))
            }
        }
    }
}

/// The names of the input files.
fn files(input: &ReportInput<'_>, names: &Names<'_>) -> String {
    let files: Vec<&str> = input
        .table
        .files
        .iter()
        .map(|f| names.file(&f.path))
        .collect();
    match files.as_slice() {
        [first, second, third, rest @ ..] if !rest.is_empty() => {
            format!("{first}, {second}, {third} and {} more", rest.len())
        }
        _ => files.join(", "),
    }
}

/// A record by name and id.
pub(super) fn record(input: &ReportInput<'_>, names: &Names<'_>, record: RecordIdx) -> Markup {
    use crate::model::Field;
    let value = |field| input.table.value(record, field);
    let whole = value(Field::FullName);
    let parts = [value(Field::FirstName), value(Field::LastName)].join(" ");
    let name = [whole, parts.trim(), value(Field::CompanyName)]
        .into_iter()
        .find(|n| !n.is_empty())
        .unwrap_or("");
    html! { bdi { (shown(name)) } " " code { (shown(names.id(record))) } }
}

/// A verdict with its sign: never told by colour alone.
pub(super) fn badge(word: &str) -> Markup {
    html! { span class=(format!("badge {word}")) { (word) } }
}

fn verdict_meaning(word: &str) -> &'static str {
    match word {
        "auto" => "safe to merge unattended",
        "review" => "a person decides",
        "related" => "different, with something in common",
        _ => "too little evidence",
    }
}

/// Sizes 2 to 9 each, larger ones together.
fn size_rows(figures: &Figures) -> Vec<(String, u64)> {
    let mut rows: Vec<(String, u64)> = Vec::new();
    let mut n_large = 0;
    for (size, n) in &figures.sizes {
        if *size < 10 {
            rows.push((counted(*size, "record"), *n));
        } else {
            n_large += n;
        }
    }
    if n_large > 0 {
        rows.push(("10 or more".to_owned(), n_large));
    }
    rows
}

/// Says how many rows are only in the file.
pub(super) fn more(n_rows: usize, file: &str) -> Markup {
    html! {
        @if n_rows > N_ROWS_MAX {
            p class="muted" { "The first " (N_ROWS_MAX) " of " (count(n_rows as u64)) "; all of them are in " code { (file) } "." }
        }
    }
}
