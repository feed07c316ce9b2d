//! `preview.html`: the preview as one page to attach to a change request. No script, no network.

use super::{
    Change, Estimate, Example, FirstFigures, GroupClass, Impact, Preview, RuleFate, RuleImpact,
};
use crate::report::{StillPage, count, counted, shown, still_page};
use maud::{Markup, html};

const STYLE: &str = include_str!("page.css");

/// The page. Contains no time of day and no path; seconds of the cost are in `preview.json` alone.
pub(super) fn page(preview: &Preview) -> String {
    let main = html! {
        @if let Some(gate) = &preview.gate {
            div class="card" {
                h2 { "Gate" }
                table {
                    tbody {
                        @for clause in &gate.clauses {
                            tr {
                                td { (badge(if clause.holds { "holds" } else { "breaks" })) }
                                td { code { (clause.clause) } }
                                td class="n" { "it is " (clause.value) }
                            }
                        }
                    }
                }
            }
        }
        @if let Some(first) = &preview.first_figures { (estimates(first)) }
        @if let Some(impact) = &preview.impact { (answer(impact)) }
    };
    let title = format!(
        "Preview: {} rule set {}",
        preview.draft.source, preview.draft.name
    );
    still_page(&StillPage {
        title: &title,
        style: STYLE,
        tool_version: &preview.tool_version,
        masthead: &masthead(preview),
        main: &main,
        foot: &html! {
            "Neither the rules in force nor the CRM were changed; " code { "preview.json" }
            " has every figure, " code { "examples.csv" } " the example pairs."
        },
    })
}

fn masthead(preview: &Preview) -> Markup {
    html! {
        h1 { "What the draft would change" }
        p class="lead" {
            "Draft " strong { (shown(&preview.draft.name)) } " (" (shown(&preview.draft.source)) ") against "
            strong { (shown(&preview.against.name)) } " (" (shown(&preview.against.source)) "), on "
            (counted(preview.n_records, "record")) ", " (count(preview.n_active)) " active, from "
            (shown(&preview.files.join(", "))) "."
        }
        @if let Some(impact) = &preview.impact { (tiles(impact)) }
    }
}

fn tiles(impact: &Impact) -> Markup {
    let s = &impact.suggestions;
    html! {
        dl class="tiles" {
            div class="tile" {
                dt { "Suggestions" }
                dd { (count(s.after)) " " span class="was" { "was " (count(s.before)) } }
                dd class="note" { (count(s.count(GroupClass::New).1)) " new, " (count(s.count(GroupClass::Gone).0)) " gone" }
            }
            div class="tile" {
                dt { "Safe to merge" }
                dd { (count(s.auto.1)) " " span class="was" { "was " (count(s.auto.0)) } }
                dd class="note" { "suggestions of verdict auto" }
            }
            div class="tile" {
                dt { "Records to merge away" }
                dd { (count(s.survivors.merged_away_after)) " " span class="was" { "was " (count(s.survivors.merged_away_before)) } }
                dd class="note" { (count(s.survivors.changed)) " survived before" }
            }
            div class="tile" {
                dt { "Active records affected" }
                dd { (count(s.active.affected)) }
                dd class="note" { (count(s.active.entering)) " entering, " (count(s.active.leaving)) " leaving" }
            }
            div class="tile wide" {
                dt { "Rule-true pairs" }
                dd { (count(impact.pairs.after)) " " span class="was" { "was " (count(impact.pairs.before)) } }
                dd class="note" { (gained_and_lost(&impact.pairs)) }
            }
        }
    }
}

fn answer(impact: &Impact) -> Markup {
    let s = &impact.suggestions;
    html! {
        div class="grid" {
            div class="card" {
                h2 { "Before and after" }
                table class="changes" {
                    thead { tr { th scope="col" {} th scope="col" class="n" { "Before" } th scope="col" class="n" { "After" } th scope="col" class="n" { "Change" } } }
                    tbody {
                        (number_row("Suggestions", false, s.before, s.after))
                        (number_row("auto, safe to merge", true, s.auto.0, s.auto.1))
                        (number_row("review, a person decides", true, s.review.0, s.review.1))
                        (number_row("Records to merge away", false, s.survivors.merged_away_before, s.survivors.merged_away_after))
                        (number_row("Active records in suggestions", false, s.active.before, s.active.after))
                        (number_row("Largest suggestion", false, s.largest.0, s.largest.1))
                        (pairs_row("Rule-true pairs", false, &impact.pairs))
                        @for verdict in &impact.pairs_by_verdict { (pairs_row(verdict.verdict, true, &verdict.pairs)) }
                        @for left_out in &impact.suppressed {
                            (number_row(&sides(left_out.why, left_out.sides), false, left_out.before, left_out.after))
                        }
                    }
                }
            }
            div class="card" {
                h2 { "What becomes of suggestions" }
                p class="muted" { "Each suggestion before and after has exactly one class; records in both tell which belong together." }
                table class="changes" {
                    thead { tr { th scope="col" { "Class" } th scope="col" class="n" { "Before" } th scope="col" class="n" { "After" } } }
                    tbody {
                        @for class in s.classes.iter().filter(|c| c.before + c.after > 0) {
                            tr {
                                th scope="row" { (class.class.as_str()) span class="plan" { (class_meaning(class.class)) } }
                                td class="n" { (count(class.before)) } td class="n" { (count(class.after)) }
                            }
                        }
                    }
                }
                @if s.before + s.after == 0 { p { "There are no suggestions on either side." } }
                @if s.verdict_changed > 0 { p { (count(s.verdict_changed)) " unchanged ones get another verdict." } }
                p { (count(s.survivors.changed)) " survivors before would be merged away; "
                    (count(s.survivors.spared)) " records would no longer be." }
                @for change in &impact.set_changes { p { "The set as a whole, " (shown(change)) "." } }
                @if impact.inactive.hidden + impact.inactive.shown > 0 {
                    p { "Excluding inactive records hides " (counted(impact.inactive.hidden, "pair"))
                        " reported before, and shows " (count(impact.inactive.shown)) " left out before." }
                }
            }
        }
        div class="card" {
            h2 { "Rules" }
            div class="scroll" tabindex="0" role="region" aria-label="Rules" {
                table class="rules" {
                    thead {
                        tr {
                            th scope="col" { "Rule" } th scope="col" {}
                            th scope="col" class="n" { "Before" } th scope="col" class="n" { "After" } th scope="col" class="n" { "Pairs" }
                            th scope="col" class="n" { "Suppressed" } th scope="col" class="n" { "Compared" }
                        }
                    }
                    tbody { @for rule in &impact.rules { (rule_row(rule)) } }
                }
            }
        }
        @if !impact.free_mail.is_empty() || !impact.new_keys.is_empty() {
            div class="grid" {
                @if !impact.free_mail.is_empty() {
                    div class="card" {
                        h2 { "Gained pairs at one free-mail provider" }
                        p class="muted" { (percent(impact.figures.get("free_mail_share").unwrap_or(0.0))) " of gained pairs: both records have an address there." }
                        table { tbody { @for f in &impact.free_mail { tr { th scope="row" { (shown(&f.domain)) } td class="n" { (count(f.gained)) } } } } }
                    }
                }
                @if !impact.new_keys.is_empty() {
                    div class="card" {
                        h2 { "Heaviest new keys" }
                        p class="muted" { "Values under which the draft meets many records and no rule before did." }
                        div class="scroll" tabindex="0" role="region" aria-label="Heaviest new keys" {
                            table class="keys" {
                                thead { tr { th scope="col" { "Key" } th scope="col" { "Rule" } th scope="col" class="n" { "Records" } th scope="col" class="n" { "Pairs" } th scope="col" { "Treatment" } } }
                                tbody { @for k in &impact.new_keys {
                                    tr { td { span dir="auto" { (shown(&k.value)) } " " span class="muted" { (k.kind) } } td { (shown(&k.rule)) }
                                        td class="n" { (count(k.records)) } td class="n" { (count(k.pairs)) } td { (k.treatment) } }
                                } }
                            }
                        }
                    }
                }
            }
        }
        div class="card" {
            h2 { "Example pairs" }
            p class="muted" { "Some of each kind (gained or lost, by rule and verdict), chosen by a hash of their ids: the same in every preview of these records." }
            @if impact.examples.is_empty() { p { "No pair is gained or lost." } }
        }
        @for (at, example) in impact.examples.iter().enumerate() { (example_card(example, at < 3)) }
    }
}

fn rule_row(rule: &RuleImpact) -> Markup {
    let there = |yes: bool, n: u64| if yes { count(n) } else { "–".to_owned() };
    let both = |pair: (Option<u64>, Option<u64>)| {
        let of = |n: Option<u64>| n.map_or("–".to_owned(), count);
        if pair.0 == pair.1 {
            of(pair.0)
        } else {
            format!("{} → {}", of(pair.0), of(pair.1))
        }
    };
    html! {
        tr {
            th scope="row" {
                span class="name" { (shown(&rule.name)) }
                @if let Some(old) = &rule.renamed_from { span class="difference" { "was called " (shown(old)) } }
                @for difference in &rule.differences { span class="difference" { (shown(difference)) } }
            }
            td { (badge(rule.fate.as_str())) }
            td class="n" { (there(rule.fate != RuleFate::Added, rule.pairs.before)) }
            td class="n" { (there(rule.fate != RuleFate::Removed, rule.pairs.after)) }
            td class="n" { (gained_and_lost(&rule.pairs)) }
            td class="n" { (both(rule.suppressed)) }
            td class="n" { (both(rule.compared)) }
        }
    }
}

fn example_card(example: &Example, open: bool) -> Markup {
    html! {
        details class="card example" open[open] {
            summary {
                (badge(example.change)) " " (badge(example.verdict)) " "
                strong { (shown(&example.left_id)) " and " (shown(&example.right_id)) } " "
                span class="muted" { "by " (shown(&example.rules.join("; "))) ", probability " (format!("{:.3}", example.probability)) }
                span class="why" { (shown(&example.reason)) }
            }
            div {
                table class="values" {
                    tbody {
                        @for value in &example.values {
                            tr {
                                th scope="row" { (value.column) }
                                td { (shown(&value.left)) }
                                td class=[(value.left != value.right).then_some("other")] { (shown(&value.right)) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn estimates(first: &FirstFigures) -> Markup {
    let row = |name: &str,
               sub: bool,
               before: &Estimate,
               after: &Estimate,
               gained: &Estimate,
               lost: &Estimate| {
        html! {
            tr {
                th scope="row" class=[sub.then_some("sub")] { (shown(name)) }
                @for e in [before, after, gained, lost] {
                    td class="n" { (rounded(e.value)) span class="plan" { (rounded(e.low)) " to " (rounded(e.high)) } }
                }
            }
        }
    };
    html! {
        div class="card" {
            h2 { "First figures" }
            p class="muted" { "Estimated from all pairs of " (counted(first.n_sample, "sampled record")) " of " (count(first.n_records))
                ", with 95 % intervals." }
            div class="scroll" tabindex="0" role="region" aria-label="First figures" {
                table class="changes" {
                    thead { tr { th scope="col" {} th scope="col" class="n" { "Before" } th scope="col" class="n" { "After" } th scope="col" class="n" { "Gained" } th scope="col" class="n" { "Lost" } } }
                    tbody {
                        (row("Active records with a partner to merge with", false, &first.active.before, &first.active.after, &first.active.gained, &first.active.lost))
                        (row("Rule-true pairs", false, &first.pairs.before, &first.pairs.after, &first.pairs.gained, &first.pairs.lost))
                        @for v in &first.pairs_by_verdict { (row(v.verdict, true, &v.pairs.before, &v.pairs.after, &v.pairs.gained, &v.pairs.lost)) }
                        @for r in &first.rules { (row(&r.name, true, &r.pairs.before, &r.pairs.after, &r.pairs.gained, &r.pairs.lost)) }
                    }
                }
            }
        }
    }
}

fn number_row(name: &str, sub: bool, before: u64, after: u64) -> Markup {
    html! {
        tr {
            th scope="row" class=[sub.then_some("sub")] { (name) }
            td class="n" { (count(before)) } td class="n" { (count(after)) }
            td class="n" {
                @if after > before { span class="plus" { "+" (count(after - before)) } }
                @else if after < before { span class="minus" { "−" (count(before - after)) } }
                @else { span class="muted" { "0" } }
            }
        }
    }
}

fn pairs_row(name: &str, sub: bool, change: &Change) -> Markup {
    html! {
        tr {
            th scope="row" class=[sub.then_some("sub")] { (name) }
            td class="n" { (count(change.before)) } td class="n" { (count(change.after)) }
            td class="n" { (gained_and_lost(change)) }
        }
    }
}

fn gained_and_lost(change: &Change) -> Markup {
    html! {
        @if change.gained > 0 { span class="plus" { "+" (count(change.gained)) } }
        @if change.gained > 0 && change.lost > 0 { " " }
        @if change.lost > 0 { span class="minus" { "−" (count(change.lost)) } }
        @if change.gained + change.lost == 0 { span class="muted" { "0" } }
    }
}

fn badge(word: &str) -> Markup {
    html! { span class=(format!("badge {word}")) { (word) } }
}

fn sides(why: &str, sides: &str) -> String {
    match sides {
        "" => format!("Left out: {why}"),
        "one" => format!("Left out: {why}, one side"),
        _ => format!("Left out: {why}, both sides"),
    }
}

fn class_meaning(class: GroupClass) -> &'static str {
    match class {
        GroupClass::Unchanged => "same records",
        GroupClass::Grown => "all its records and more",
        GroupClass::Shrunk => "some of its records and no other",
        GroupClass::Exchanged => "some records left, others came",
        GroupClass::Merged => "several before, one after",
        GroupClass::Split => "one before, several after",
        GroupClass::Regrouped => "several before, several after, dealt out anew",
        GroupClass::Gone => "none of its records is in a suggestion after",
        GroupClass::New => "none of its records was in a suggestion before",
    }
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

fn rounded(value: f64) -> String {
    count(value.round().max(0.0) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_style_cannot_end_its_element_or_reach_out() {
        for never in ["</", "url(", "@import", "http"] {
            assert!(!STYLE.contains(never), "{never}");
        }
    }
}
