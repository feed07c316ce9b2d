//! `qualify.html`: the preview as one page. No script, no network.

use super::{Fate, LeadPreview, Qualification, name_of};
use crate::model::{Field, RecordType};
use crate::pipeline::Loaded;
use crate::report::{StillPage, count, counted, shown, still_page};
use maud::{Markup, html};

const STYLE: &str = include_str!("page.css");

/// Leads of each kind on the page; the files hold all.
const N_LEADS_MAX: usize = 500;

/// Matches of one lead on the page.
const N_MATCHES_MAX: usize = 10;

/// The page. Contains no time of day and no path.
pub(super) fn page(loaded: &Loaded, q: &Qualification, tool_version: &str) -> String {
    let main = html! {
        (how(q))
        @for fate in [Fate::Warned, Fate::Incomplete] { (leads(loaded, q, fate)) }
        (statuses(q))
        @if !q.notices.is_empty() {
            div class="card" { h2 { "To know" } @for notice in &q.notices { p { (shown(notice)) } } }
        }
    };
    still_page(&StillPage {
        title: "Qualification preview",
        style: STYLE,
        tool_version,
        masthead: &masthead(q),
        main: &main,
        foot: &html! {
            "No lead was qualified and the CRM was not changed; " code { "qualify.csv" } " has every lead, "
            code { "matches.csv" } " every match."
        },
    })
}

fn masthead(q: &Qualification) -> Markup {
    let n_open = q.leads.len() as u64 - q.count(Fate::Closed);
    html! {
        h1 { "If these leads were qualified now" }
        p class="lead" {
            (counted(n_open, "open lead")) " against " (counted(q.n_contacts, "contact")) " and "
            (counted(q.n_accounts, "account")) ", rule set " strong { (shown(&q.rule_set)) } "."
        }
        dl class="tiles" {
            div class="tile" {
                dt { "Warned on the form" }
                dd { (count(q.n_with_matches())) }
                dd class="note" { "open leads with a contact or account that exists" }
            }
            @for (what, t) in [("Contacts made twice", RecordType::Contact), ("Accounts made twice", RecordType::Account)] {
                div class="tile" {
                    dt { (what) }
                    dd { (count(q.n_unseen(t))) }
                    dd class="note" { "by qualifying from the grid" }
                }
            }
            div class="tile" {
                dt { "Incomplete" }
                dd { (count(q.count(Fate::Incomplete))) }
                dd class="note" { "a required field is blank" }
            }
            div class="tile wide" {
                dt { "All leads" }
                dd { (count(q.leads.len() as u64)) }
                dd class="note" {
                    @for (i, fate) in Fate::ALL.into_iter().enumerate() { @if i > 0 { " · " } (count(q.count(fate))) " " (fate.as_str()) }
                }
            }
        }
    }
}

fn how(q: &Qualification) -> Markup {
    html! {
        div class="grid" {
            div class="card" {
                h2 { "What becomes of the leads" }
                table class="legend" {
                    tbody {
                        @for fate in Fate::ALL {
                            tr {
                                th scope="row" { (badge(fate)) }
                                td class="muted" { (fate.meaning()) }
                                td class="n" { (count(q.count(fate))) }
                            }
                        }
                    }
                }
                p { "From the form, Dynamics asks its duplicate rules and warns. From the grid it asks nothing and makes the contact and the account, whether they exist or not." }
                @if q.n_gone > 0 { p class="muted" { (counted(q.n_gone, "lead")) " merged away or deleted, not looked at." } }
            }
            div class="card" {
                h2 { "Rules" }
                table {
                    thead { tr { th scope="col" { "Rule" } th scope="col" class="n" { "Pairs" } } }
                    tbody { @for (name, n) in &q.rules { tr { td { (shown(name)) } td class="n" { (count(*n)) } } } }
                }
                @if q.n_inactive > 0 {
                    p class="muted" { (counted(q.n_inactive, "further pair")) " with a closed lead or an inactive record, of which no warning speaks." }
                }
            }
        }
    }
}

fn leads(loaded: &Loaded, q: &Qualification, fate: Fate) -> Markup {
    let found: Vec<&LeadPreview> = q.leads.iter().filter(|l| l.fate == fate).collect();
    html! {
        @if !found.is_empty() {
            div class="card" {
                h2 { (badge(fate)) " " (counted(found.len() as u64, "lead")) ": " (fate.meaning()) }
                div class="scroll" tabindex="0" role="region" aria-label=(fate.meaning()) {
                    table class="leads" {
                        thead { tr {
                            th scope="col" { "Lead" }
                            @if fate == Fate::Incomplete { th scope="col" { "Missing" } }
                            th scope="col" { "Exists already" }
                            th scope="col" { "The grid would make" }
                        } }
                        tbody { @for lead in found.iter().take(N_LEADS_MAX) { (row(loaded, lead)) } }
                    }
                }
                @if found.len() > N_LEADS_MAX {
                    p class="muted" { "The first " (N_LEADS_MAX) " of " (count(found.len() as u64)) "; all of them are in " code { "qualify.csv" } "." }
                }
            }
        }
    }
}

fn row(loaded: &Loaded, lead: &LeadPreview) -> Markup {
    let company = loaded.table.value(lead.lead, Field::CompanyName);
    html! {
        tr {
            td {
                bdi { (shown(&name_of(loaded, lead.lead))) }
                @if !company.is_empty() { span class="muted" { " " (shown(company)) } }
                code { (shown(loaded.table.id(lead.lead))) }
            }
            @if lead.fate == Fate::Incomplete { td { (lead.missing.join(", ")) } }
            td {
                ul {
                    @for m in lead.matches.iter().take(N_MATCHES_MAX) {
                        li {
                            (m.record_type.as_str()) " " bdi { (shown(&name_of(loaded, m.record))) } " "
                            @if m.record_type == RecordType::Contact { (verdict(m.verdict.as_str())) }
                            span class="why" { (shown(&m.reason)) }
                            code { (shown(loaded.table.id(m.record))) }
                        }
                    }
                }
                @if lead.matches.len() > N_MATCHES_MAX { p class="muted" { "and " (count((lead.matches.len() - N_MATCHES_MAX) as u64)) " more" } }
                @if lead.matches.is_empty() { span class="muted" { "nothing" } }
            }
            td {
                ul {
                    @for (makes, t) in [(lead.makes_contact, RecordType::Contact), (lead.makes_account, RecordType::Account)] {
                        @if makes {
                            li {
                                @if lead.unseen(t) { "a second " (t.as_str()) ", unseen" } @else { "a new " (t.as_str()) }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn statuses(q: &Qualification) -> Markup {
    let lost: u64 = q
        .statuses
        .iter()
        .filter(|s| !s.missing_on.is_empty())
        .map(|s| s.n_records)
        .sum();
    html! {
        @if !q.statuses.is_empty() {
            div class="card" {
                h2 { "Status options" }
                p class="muted" {
                    "Status reasons as the files use them. The records that qualification makes start with a status of their own"
                    @if lost > 0 { "; " (counted(lost, "open lead")) " have one that contacts or accounts never use" } "."
                }
                table {
                    thead { tr { th scope="col" { "Table" } th scope="col" { "State" } th scope="col" { "Status" } th scope="col" class="n" { "Records" } th scope="col" { "Without counterpart on" } } }
                    tbody {
                        @for s in &q.statuses {
                            tr {
                                td { (s.record_type.as_str()) }
                                td { @if s.active { "active" } @else { "inactive" } }
                                td { (shown(&s.option)) }
                                td class="n" { (count(s.n_records)) }
                                td { @for (i, t) in s.missing_on.iter().enumerate() { @if i > 0 { ", " } (t.as_str()) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

fn badge(fate: Fate) -> Markup {
    html! { span class=(format!("badge {}", fate.as_str())) { (fate.as_str()) } }
}

fn verdict(word: &str) -> Markup {
    html! { span class=(format!("badge {word}")) { (word) } }
}
