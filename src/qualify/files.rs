//! The files of a preview: `qualify.csv`, `matches.csv`, `qualify.json`, `qualify.html`.

use super::{Fate, LeadPreview, Match, Qualification, name_of, page};
use crate::model::{Field, RecordType};
use crate::pipeline::Loaded;
use crate::report::guarded_csv;
use serde_json::{Value, json};

/// The files and their bytes. The same records and rules give the same bytes.
pub fn files(
    loaded: &Loaded,
    q: &Qualification,
    tool_version: &str,
) -> Vec<(&'static str, Vec<u8>)> {
    let mut whole = summary_json(q);
    whole["tool_version"] = json!(tool_version);
    whole["leads"] = q.leads.iter().map(|l| lead_json(loaded, l)).collect();
    let mut text = serde_json::to_vec_pretty(&whole).expect("our values have text keys");
    text.push(b'\n');
    vec![
        ("qualify.csv", leads_csv(loaded, q)),
        ("matches.csv", matches_csv(loaded, q)),
        ("qualify.json", text),
        (
            "qualify.html",
            page::page(loaded, q, tool_version).into_bytes(),
        ),
    ]
}

/// The figures, as `--json` prints them.
pub fn summary_json(q: &Qualification) -> Value {
    let fates: serde_json::Map<String, Value> = Fate::ALL
        .into_iter()
        .map(|f| (f.as_str().to_owned(), json!(q.count(f))))
        .collect();
    json!({
        "format": "kinfold-qualify",
        "version": 1,
        "rule_set": q.rule_set,
        "leads": q.leads.len(),
        "leads_by_fate": fates,
        "leads_with_matches": q.n_with_matches(),
        "leads_left_out": q.n_gone,
        "contacts": q.n_contacts,
        "accounts": q.n_accounts,
        "grid_would_create": {
            "contacts_that_exist": q.n_unseen(RecordType::Contact),
            "accounts_that_exist": q.n_unseen(RecordType::Account),
        },
        "pairs_with_an_inactive_side": q.n_inactive,
        "required": q.required,
        "rules": q.rules.iter().map(|(name, n)| json!({ "name": name, "pairs": n })).collect::<Vec<_>>(),
        "status_options": q.statuses.iter().map(|s| json!({
            "record_type": s.record_type.as_str(),
            "active": s.active,
            "option": s.option,
            "records": s.n_records,
            "missing_on": s.missing_on.iter().map(|t| t.as_str()).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "notices": q.notices,
    })
}

fn lead_json(loaded: &Loaded, lead: &LeadPreview) -> Value {
    json!({
        "lead_id": loaded.table.id(lead.lead),
        "fate": lead.fate.as_str(),
        "missing": lead.missing,
        "grid_creates": creates(lead),
        "grid_creates_unseen": unseen(lead),
        "matches": lead.matches.iter().map(|m| json!({
            "record_type": m.record_type.as_str(),
            "record_id": loaded.table.id(m.record),
            "rules": m.rules,
            "verdict": m.verdict.as_str(),
            "probability": rounded(m.probability),
            "reason": m.reason,
            "implied": m.implied,
        })).collect::<Vec<_>>(),
    })
}

/// Six decimals, as in the files of a run.
fn rounded(probability: f64) -> f64 {
    (probability * 1e6).round() / 1e6
}

/// What qualifying makes besides an opportunity.
fn creates(lead: &LeadPreview) -> Vec<&'static str> {
    let mut out = Vec::new();
    if lead.makes_contact {
        out.push("contact");
    }
    if lead.makes_account {
        out.push("account");
    }
    out
}

fn unseen(lead: &LeadPreview) -> Vec<&'static str> {
    [RecordType::Contact, RecordType::Account]
        .into_iter()
        .filter(|t| lead.unseen(*t))
        .map(RecordType::as_str)
        .collect()
}

fn leads_csv(loaded: &Loaded, q: &Qualification) -> Vec<u8> {
    let headers = [
        "lead_id",
        "fate",
        "missing",
        "contacts",
        "accounts",
        "best_contact_id",
        "best_account_id",
        "grid_creates",
        "grid_creates_unseen",
        "name",
        "companyname",
        "statecode",
        "statuscode",
    ];
    let table = &loaded.table;
    let rows: Vec<Vec<String>> = q
        .leads
        .iter()
        .map(|l| {
            let best = |t: RecordType| {
                l.matches_of(t)
                    .next()
                    .map_or("", |m| table.id(m.record))
                    .to_owned()
            };
            let n = |t: RecordType| l.matches_of(t).count().to_string();
            vec![
                table.id(l.lead).to_owned(),
                l.fate.as_str().to_owned(),
                l.missing.join("; "),
                n(RecordType::Contact),
                n(RecordType::Account),
                best(RecordType::Contact),
                best(RecordType::Account),
                creates(l).join("; "),
                unseen(l).join("; "),
                name_of(loaded, l.lead),
                table.value(l.lead, Field::CompanyName).to_owned(),
                table.value(l.lead, Field::State).to_owned(),
                table.value(l.lead, Field::StatusReason).to_owned(),
            ]
        })
        .collect();
    guarded_csv(&headers, &rows)
}

fn matches_csv(loaded: &Loaded, q: &Qualification) -> Vec<u8> {
    let headers = [
        "lead_id",
        "record_type",
        "record_id",
        "rules",
        "verdict",
        "probability",
        "reason",
        "implied",
        "lead_name",
        "record_name",
    ];
    let row = |l: &LeadPreview, m: &Match| {
        vec![
            loaded.table.id(l.lead).to_owned(),
            m.record_type.as_str().to_owned(),
            loaded.table.id(m.record).to_owned(),
            m.rules.clone(),
            m.verdict.as_str().to_owned(),
            format!("{:.6}", m.probability),
            m.reason.clone(),
            m.implied.to_string(),
            name_of(loaded, l.lead),
            name_of(loaded, m.record),
        ]
    };
    let rows: Vec<Vec<String>> = q
        .leads
        .iter()
        .flat_map(|l| l.matches.iter().map(move |m| row(l, m)))
        .collect();
    guarded_csv(&headers, &rows)
}
