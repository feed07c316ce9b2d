//! Qualification preview: what would happen to each open lead if it were qualified now.
//!
//! Takes leads with contacts and accounts read in one run, and rules between them; gives for each lead the records that
//! would raise the duplicate warning on the form, what qualifying from the grid would create unseen, what is missing,
//! and which leads cannot be qualified at all. Order: leads by position, which is by id.
//! Leaves to others: which records are similar (`pipeline`), printing and exit codes (the command line).
//!
//! `docs/qualify.md` says what is documented of qualification and what is inferred.

mod files;
mod page;
mod status;

pub use files::{files, summary_json};
pub use status::{StatusOption, status_options};

use crate::model::{
    Activity, Candidacy, Field, Outcome, PairEvidence, Progress, RecordIdx, RecordType, Verdict,
};
use crate::pipeline::{self, LinkOptions, Loaded, PipelineError};
use crate::rules::RuleSet;
use crate::rules::presets::preset;

/// Columns a lead needs to be qualified, unless the user names others: last name, company and topic.
pub const REQUIRED: [&str; 3] = ["lastname", "companyname", "subject"];

/// What would become of a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fate {
    /// Open, complete, and no rule finds anything.
    Clear,
    /// Open, and the form would show duplicates; the grid would create them unseen.
    Warned,
    /// Open, and a required field is blank.
    Incomplete,
    /// Closed: qualified or disqualified already.
    Closed,
}

impl Fate {
    /// All, in the order of reports.
    pub const ALL: [Fate; 4] = [Fate::Warned, Fate::Incomplete, Fate::Clear, Fate::Closed];

    /// The word used in the files.
    pub fn as_str(self) -> &'static str {
        match self {
            Fate::Clear => "clear",
            Fate::Warned => "warned",
            Fate::Incomplete => "incomplete",
            Fate::Closed => "closed",
        }
    }

    /// What it means, as a fragment.
    pub fn meaning(self) -> &'static str {
        match self {
            Fate::Clear => "nothing stands in the way",
            Fate::Warned => "a contact or account exists already",
            Fate::Incomplete => "a required field is blank",
            Fate::Closed => "cannot be qualified again",
        }
    }
}

/// A contact or account that a rule finds for a lead.
#[derive(Debug, Clone, PartialEq)]
pub struct Match {
    /// The record.
    pub record: RecordIdx,
    /// Contact or account.
    pub record_type: RecordType,
    /// Names of the rules, joined by `; `.
    pub rules: String,
    /// What the evidence says; the warning does not depend on it.
    pub verdict: Verdict,
    /// That lead and record are one entity.
    pub probability: f64,
    /// Why, one sentence.
    pub reason: String,
    /// Pairs this one stands for: above 1 when many leads and records of equal values meet.
    pub implied: u64,
}

/// One lead.
#[derive(Debug, Clone, PartialEq)]
pub struct LeadPreview {
    /// The lead.
    pub lead: RecordIdx,
    /// What would become of it. A lead that is both warned and incomplete is incomplete, and has its matches all the same.
    pub fate: Fate,
    /// Required columns that are blank.
    pub missing: Vec<String>,
    /// What the rules find, contacts first, then accounts, each by falling probability.
    pub matches: Vec<Match>,
    /// Qualifying makes a contact: the lead names a person and no parent contact.
    pub makes_contact: bool,
    /// Qualifying makes an account: the lead names a company and no parent account.
    pub makes_account: bool,
}

impl LeadPreview {
    /// Matches of one type.
    pub fn matches_of(&self, record_type: RecordType) -> impl Iterator<Item = &Match> {
        self.matches
            .iter()
            .filter(move |m| m.record_type == record_type)
    }

    /// Whether qualifying from the grid would make a second record of this type without a word.
    pub fn unseen(&self, record_type: RecordType) -> bool {
        let makes = match record_type {
            RecordType::Contact => self.makes_contact,
            RecordType::Account => self.makes_account,
            RecordType::Lead => false,
        };
        makes && self.fate != Fate::Closed && self.matches_of(record_type).next().is_some()
    }
}

/// The preview of all leads.
#[derive(Debug, Clone, PartialEq)]
pub struct Qualification {
    /// Name of the rule set.
    pub rule_set: String,
    /// The rules and the pairs each finds.
    pub rules: Vec<(String, u64)>,
    /// Leads that are candidates, open and closed.
    pub leads: Vec<LeadPreview>,
    /// Leads left out: merged away or marked as deleted.
    pub n_gone: u64,
    /// Contacts and accounts read.
    pub n_contacts: u64,
    /// The same.
    pub n_accounts: u64,
    /// Pairs that hold but for an inactive side, of which the warning says nothing.
    pub n_inactive: u64,
    /// Required columns that were looked at.
    pub required: Vec<String>,
    /// Status options in use, and where they have no counterpart.
    pub statuses: Vec<StatusOption>,
    /// What the user should know.
    pub notices: Vec<String>,
}

impl Qualification {
    /// Leads of one fate.
    pub fn count(&self, fate: Fate) -> u64 {
        self.leads.iter().filter(|l| l.fate == fate).count() as u64
    }

    /// Open leads for which the rules find something, incomplete ones too.
    pub fn n_with_matches(&self) -> u64 {
        let found = |l: &&LeadPreview| l.fate != Fate::Closed && !l.matches.is_empty();
        self.leads.iter().filter(found).count() as u64
    }

    /// Records of a type that qualifying all open leads from the grid would make although one exists.
    pub fn n_unseen(&self, record_type: RecordType) -> u64 {
        self.leads.iter().filter(|l| l.unseen(record_type)).count() as u64
    }
}

/// The rules used without `--rules`: the presets `lead-to-contact` and `lead-to-account`.
pub fn default_rules() -> RuleSet {
    let [mut contacts, accounts] = ["lead-to-contact", "lead-to-account"]
        .map(|name| preset(name).expect("the preset is shipped").rules());
    contacts.name = "qualification".to_owned();
    contacts.rules.extend(accounts.rules);
    contacts
}

/// Previews qualification of the leads of `loaded`, by the rules of `options` between leads and contacts or accounts.
///
/// `required` are columns by canonical name or header; one that no file of leads has is told in a notice and not asked
/// for. Cost: that of linking.
pub fn qualify(
    loaded: &Loaded,
    options: &LinkOptions,
    required: &[String],
    progress: &dyn Progress,
) -> Result<Qualification, PipelineError> {
    let outcome = pipeline::link(loaded, options, progress)?;
    let table = &loaded.table;
    let n_of = |t: RecordType| table.record_type.iter().filter(|r| **r == t).count() as u64;
    let mut notices = Vec::new();
    let columns = required_columns(loaded, required, &mut notices);
    let mut leads = Vec::new();
    let mut n_gone = 0;
    for i in 0..table.n_records() {
        if table.record_type[i] != RecordType::Lead {
            continue;
        }
        if table.candidacy[i] != Candidacy::Candidate {
            n_gone += 1;
            continue;
        }
        leads.push(lead(loaded, RecordIdx(i as u32), &columns));
    }
    matches(loaded, &outcome, &mut leads);
    for lead in &mut leads {
        if lead.fate == Fate::Clear && !lead.matches.is_empty() {
            lead.fate = Fate::Warned;
        }
    }
    let across =
        |a: RecordIdx, b: RecordIdx| table.record_type[a.at()] != table.record_type[b.at()];
    Ok(Qualification {
        rule_set: options.rules.name.clone(),
        rules: outcome
            .rule_counts
            .iter()
            .map(|r| (r.name.clone(), r.n_pairs))
            .collect(),
        n_gone,
        n_contacts: n_of(RecordType::Contact),
        n_accounts: n_of(RecordType::Account),
        n_inactive: outcome
            .suppressed
            .iter()
            .filter(|s| s.why == crate::model::Suppression::Inactive && across(s.left, s.right))
            .map(|s| s.implied)
            .sum(),
        required: columns.iter().map(|c| c.name.clone()).collect(),
        statuses: status_options(table),
        leads,
        notices,
    })
}

/// A required column, and the files that have it.
struct Required {
    name: String,
    column: usize,
    in_file: Vec<bool>,
}

/// Finds the required columns; a topic may be called `subject` or `topic`.
fn required_columns(
    loaded: &Loaded,
    required: &[String],
    notices: &mut Vec<String>,
) -> Vec<Required> {
    let table = &loaded.table;
    let mut out: Vec<Required> = Vec::new();
    for name in required {
        let also = if name.eq_ignore_ascii_case("subject") {
            "topic"
        } else {
            name
        };
        let found = [name.as_str(), also].into_iter().find_map(|n| {
            table
                .columns
                .iter()
                .position(|c| c.name().eq_ignore_ascii_case(n) || c.header.eq_ignore_ascii_case(n))
        });
        let has_leads = |file: usize| {
            (0..table.n_records()).any(|i| {
                table.record_type[i] == RecordType::Lead
                    && usize::from(table.origin[i].file_idx) == file
            })
        };
        let in_file: Vec<bool> = match found {
            None => Vec::new(),
            Some(at) => table
                .files
                .iter()
                .map(|f| {
                    let called = |n: &str| {
                        n.eq_ignore_ascii_case(table.columns[at].name())
                            || n.eq_ignore_ascii_case(&table.columns[at].header)
                    };
                    f.mapped.iter().any(|(_, field)| called(field))
                        || f.unmapped.iter().any(|h| called(h))
                })
                .collect(),
        };
        let asked = in_file
            .iter()
            .enumerate()
            .any(|(file, has)| *has && has_leads(file));
        match found {
            Some(column) if asked => out.push(Required {
                name: name.clone(),
                column,
                in_file,
            }),
            _ => notices.push(format!(
                "the leads have no column {name:?}, so whether it is filled was not looked at"
            )),
        }
    }
    out
}

/// A lead before anything was matched.
fn lead(loaded: &Loaded, lead: RecordIdx, columns: &[Required]) -> LeadPreview {
    let table = &loaded.table;
    let blank = |field: Field| table.value(lead, field).trim().is_empty();
    let closed = table.activity[lead.at()] != Activity::Active;
    let file = usize::from(table.origin[lead.at()].file_idx);
    let missing: Vec<String> = columns
        .iter()
        .filter(|c| c.in_file.get(file).copied().unwrap_or(false))
        .filter(|c| table.columns[c.column].get(lead.at()).trim().is_empty())
        .map(|c| c.name.clone())
        .collect();
    let has_person = [Field::FullName, Field::FirstName, Field::LastName]
        .into_iter()
        .any(|f| !blank(f));
    LeadPreview {
        lead,
        fate: match (closed, missing.is_empty()) {
            (true, _) => Fate::Closed,
            (false, false) => Fate::Incomplete,
            (false, true) => Fate::Clear,
        },
        missing: if closed { Vec::new() } else { missing },
        matches: Vec::new(),
        makes_contact: !closed && has_person && blank(Field::ParentContact),
        makes_account: !closed && !blank(Field::CompanyName) && blank(Field::ParentAccount),
    }
}

/// Gives each open lead the contacts and accounts that rules find for it.
fn matches(loaded: &Loaded, outcome: &Outcome, leads: &mut [LeadPreview]) {
    let table = &loaded.table;
    let typed = |r: RecordIdx| table.record_type[r.at()];
    for scored in &outcome.pairs {
        let (left, right) = (scored.pair.left, scored.pair.right);
        // Positions are by type, and leads come first.
        if typed(left) != RecordType::Lead || typed(right) == RecordType::Lead {
            continue;
        }
        let Ok(at) = leads.binary_search_by_key(&left, |l| l.lead) else {
            continue;
        };
        if leads[at].fate == Fate::Closed {
            continue;
        }
        let names: Vec<&str> = scored
            .pair
            .rules
            .iter()
            .map(|i| outcome.rule_names[i].as_str())
            .collect();
        leads[at].matches.push(Match {
            record: right,
            record_type: typed(right),
            rules: names.join("; "),
            verdict: scored.verdict,
            probability: scored.evidence.probability(),
            reason: reason(loaded, left, right, &scored.evidence),
            implied: scored.pair.implied,
        });
    }
    for lead in leads {
        lead.matches.sort_by(|a, b| {
            a.record_type
                .cmp(&b.record_type)
                .then(b.probability.total_cmp(&a.probability))
                .then(a.record.cmp(&b.record))
        });
    }
}

/// Why a rule finds the record. What else the two may be is left out for accounts, which are never the lead's person.
fn reason(loaded: &Loaded, lead: RecordIdx, record: RecordIdx, evidence: &PairEvidence) -> String {
    let mut text = crate::score::pair_reason(&loaded.prepared, lead, record, evidence);
    if loaded.table.record_type[record.at()] == RecordType::Account
        && let Some(at) = text.find("; more likely")
    {
        text.truncate(at);
    }
    text
}

/// What a record is called: the person, else the company, else its id.
pub(crate) fn name_of(loaded: &Loaded, record: RecordIdx) -> String {
    let value = |field| loaded.table.value(record, field).trim();
    let parts = [value(Field::FirstName), value(Field::LastName)].join(" ");
    [
        value(Field::FullName),
        parts.trim(),
        value(Field::CompanyName),
    ]
    .into_iter()
    .find(|n| !n.is_empty())
    .unwrap_or_else(|| loaded.table.id(record))
    .to_owned()
}
