//! Which CRM a file came from, and which field each column means, told from the header.

use super::aliases::{self, Aliases};
use super::error::IngestError;
use crate::model::{Field, RecordType};

/// A known layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Preset {
    /// Dynamics 365, logical names (Web API, SSMS, migration tools).
    Dynamics,
    /// Dynamics 365, "Export to Excel".
    DynamicsExcel,
    /// Synapse Link or Fabric: logical names, with versions and deletions.
    DynamicsLake,
    /// Salesforce, API names (Data Loader, weekly export).
    Salesforce,
    /// Salesforce, report labels.
    SalesforceReport,
    /// HubSpot.
    HubSpot,
    /// None of these: obvious names and `--column`.
    Custom,
}

impl Preset {
    /// The name in reports.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Preset::Dynamics => "dynamics",
            Preset::DynamicsExcel => "dynamics-excel",
            Preset::DynamicsLake => "dynamics-lake",
            Preset::Salesforce => "salesforce",
            Preset::SalesforceReport => "salesforce-report",
            Preset::HubSpot => "hubspot",
            Preset::Custom => "custom",
        }
    }
}

/// What the header of one file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Layout {
    /// The layout recognised.
    pub(super) preset: Preset,
    /// Type of every record.
    pub(super) record_type: RecordType,
    /// One entry a column: the name, made unique, and its field.
    pub(super) columns: Vec<(String, Option<Field>)>,
    /// Fields made of several columns: name, field, positions.
    pub(super) joined: Vec<(String, Field, Vec<usize>)>,
    /// A column that holds either account ids or company names; its values decide.
    pub(super) undecided: Option<usize>,
    /// Positions in `IngestOptions::columns` that this file satisfied.
    pub(super) overrides_used: Vec<usize>,
    /// What to tell the user.
    pub(super) notices: Vec<String>,
}

impl Layout {
    /// Number of fields that have a column.
    pub(super) fn n_mapped(&self) -> usize {
        self.columns.iter().filter(|c| c.1.is_some()).count() + self.joined.len()
    }

    /// The file's columns for a message, the first 40 by name. None by name where none has a known one: what stands in
    /// the first row may be a record then, and no person's value belongs in a message.
    pub(super) fn told_columns(&self, names: &[String]) -> String {
        const SHOWN: usize = 40;
        let n = names.len();
        if self.n_mapped() == 0 {
            return format!(
                "the first row has {n} {}, none of a known name: is it a header?",
                if n == 1 { "column" } else { "columns" }
            );
        }
        let more = match n.saturating_sub(SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        format!("the columns are {}{more}", names[..n.min(SHOWN)].join(", "))
    }
}

/// Letters and digits of a column name, lower case: how names are compared.
pub(super) fn squash(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

/// The overrides of the user, checked: `(field, header)`.
pub(super) fn overrides(columns: &[(String, String)]) -> Result<Vec<(Field, String)>, IngestError> {
    let mut out: Vec<(Field, String)> = Vec::new();
    for (name, header) in columns {
        let Some(field) = Field::parse(name.trim()) else {
            let names = Field::ALL.iter().map(|f| f.name());
            return Err(IngestError::usage(format!(
                "use --column {name}={header}: there is no field {name:?}{}; the fields are {}",
                nearest(name, names.clone()),
                names.collect::<Vec<_>>().join(", ")
            )));
        };
        if out.iter().any(|(f, _)| *f == field) {
            return Err(IngestError::usage(format!(
                "use --column {name}={header}: the field {} is given twice",
                field.name()
            )));
        }
        out.push((field, header.clone()));
    }
    Ok(out)
}

/// Says which columns a file has, after an override found none.
pub(super) fn missing_header(
    field: Field,
    header: &str,
    path: &str,
    layout: &Layout,
    names: &[String],
) -> IngestError {
    // Without a known column the nearest name may be a person's value.
    let near = match layout.n_mapped() {
        0 => String::new(),
        _ => nearest(header, names.iter().map(String::as_str)),
    };
    IngestError::usage(format!(
        "use --column {}={header}: {path} has no column {header:?}{near}; {}",
        field.name(),
        layout.told_columns(names)
    ))
}

/// Reads a header.
///
/// `overrides` that name no column of this file are left out and reported by [`Layout::overrides_used`].
/// Errors: a name that occurs twice and would be mapped.
pub(super) fn read_header(
    path: &str,
    header: &[String],
    record_type: Option<RecordType>,
    overrides: &[(Field, String)],
) -> Result<Layout, IngestError> {
    let names: Vec<String> = header.iter().map(|h| h.trim().to_owned()).collect();
    let keys: Vec<String> = names.iter().map(|n| squash(n)).collect();
    let mut notices = Vec::new();
    let preset = preset_of(&names, &keys);
    let from_header = record_type_of(preset, &names, &keys);
    let record_type = record_type.or(from_header).unwrap_or_else(|| {
        notices.push(format!(
            "{path}: the header does not tell the record type; read as leads (--type contact, or --type {path}=contact, says otherwise)"
        ));
        RecordType::Lead
    });
    let mut columns: Vec<(String, Option<Field>)> = unique_names(path, &names, &mut notices)
        .into_iter()
        .map(|n| (n, None))
        .collect();
    let mut joined = Vec::new();
    let mut overrides_used = Vec::new();
    let mut taken: Vec<Field> = Vec::new();
    for (i, (field, wanted)) in overrides.iter().enumerate() {
        let Some(parts) = find_header(path, wanted, &names, &keys, &mut notices)? else {
            continue;
        };
        match parts[..] {
            [at] if columns[at].1.is_none() => columns[at].1 = Some(*field),
            _ => joined.push((wanted.clone(), *field, parts)),
        }
        taken.push(*field);
        overrides_used.push(i);
    }
    let lists = aliases_of(preset, record_type);
    map_by_aliases(
        path,
        preset,
        record_type,
        &lists,
        &names,
        &keys,
        &taken,
        &mut columns,
        &mut notices,
    )?;
    let has = |f: Field, columns: &[(String, Option<Field>)]| {
        taken.contains(&f) || columns.iter().any(|c| c.1 == Some(f))
    };
    let dynamics = matches!(
        preset,
        Preset::Dynamics | Preset::DynamicsExcel | Preset::DynamicsLake
    );
    let undecided = keys
        .iter()
        .position(|k| k == "parentcustomerid")
        .filter(|&i| dynamics && record_type == RecordType::Contact && columns[i].1.is_none())
        .filter(|_| !has(Field::CompanyName, &columns) || !has(Field::ParentAccount, &columns));
    Ok(Layout {
        preset,
        record_type,
        columns,
        joined,
        undecided,
        overrides_used,
        notices,
    })
}

fn preset_of(names: &[String], keys: &[String]) -> Preset {
    let has = |key: &str| keys.iter().any(|k| k == key);
    let any = |list: &[&str]| list.iter().any(|k| has(k));
    let count = |list: &[&str]| list.iter().filter(|k| has(k)).count();
    if names
        .iter()
        .any(|n| n.to_lowercase().starts_with("(do not modify)"))
    {
        return Preset::DynamicsExcel;
    }
    // Before the logical names, which a lake file has too.
    if has("sinkmodifiedon") {
        return Preset::DynamicsLake;
    }
    let own_key = ["leadid", "contactid", "accountid"];
    let logical = [
        "statecode",
        "statuscode",
        "emailaddress1",
        "telephone1",
        "address1line1",
        "modifiedon",
        "createdon",
        "parentcustomerid",
    ];
    if any(&own_key) && any(&logical) {
        return Preset::Dynamics;
    }
    let api = [
        "isdeleted",
        "masterrecordid",
        "isconverted",
        "systemmodstamp",
        "lastmodifieddate",
        "createddate",
        "ownerid",
    ];
    if has("id") && (any(&api[..4]) || count(&api) >= 2) {
        return Preset::Salesforce;
    }
    let report = [
        "leadowner",
        "leadstatus",
        "leadsource",
        "contactowner",
        "accountowner",
        "accountname",
        "mailingcity",
        "billingcity",
    ];
    if has("companyaccount") || (any(&own_key) && any(&report)) {
        return Preset::SalesforceReport;
    }
    let hubspot = [
        "contactowner",
        "lifecyclestage",
        "leadstatus",
        "companyowner",
        "createdate",
    ];
    if has("hsobjectid") || (has("recordid") && any(&hubspot)) {
        return Preset::HubSpot;
    }
    Preset::Custom
}

fn record_type_of(preset: Preset, names: &[String], keys: &[String]) -> Option<RecordType> {
    let has = |key: &str| keys.iter().any(|k| k == key);
    let any = |list: &[&str]| list.iter().any(|k| has(k));
    // Lead tables carry the ids of old accounts and contacts too, so the lead's own id is looked for first.
    let by_own_key = || {
        RecordType::ALL
            .into_iter()
            .find(|t| has(&format!("{}id", t.as_str())))
    };
    match preset {
        Preset::DynamicsExcel => RecordType::ALL.into_iter().find(|t| {
            names
                .iter()
                .any(|n| squash(n) == format!("donotmodify{}", t.as_str()))
        }),
        Preset::Salesforce => {
            if any(&["isconverted", "convertedaccountid", "company", "leadsource"])
                && !any(&["mailingcity", "mailingstreet", "billingcity", "accountid"])
            {
                Some(RecordType::Lead)
            } else if any(&[
                "billingstreet",
                "billingcity",
                "accountnumber",
                "shippingcity",
            ]) {
                Some(RecordType::Account)
            } else if any(&["accountid", "mailingstreet", "mailingcity", "reportstoid"]) {
                Some(RecordType::Contact)
            } else {
                None
            }
        }
        Preset::SalesforceReport => {
            if any(&["companyaccount", "leadowner", "leadstatus", "leadid"]) {
                Some(RecordType::Lead)
            } else if any(&["contactid", "contactowner", "mailingcity"]) {
                Some(RecordType::Contact)
            } else if any(&["accountid", "accountowner", "billingcity"]) {
                Some(RecordType::Account)
            } else {
                None
            }
        }
        Preset::HubSpot => any(&["companyowner"])
            .then_some(RecordType::Account)
            .filter(|_| !any(&["firstname", "lastname", "email"])),
        Preset::Dynamics | Preset::DynamicsLake | Preset::Custom => by_own_key(),
    }
}

fn aliases_of(preset: Preset, record_type: RecordType) -> Vec<Aliases> {
    let own_id: Aliases = match record_type {
        RecordType::Lead => &[("leadid", Field::Id), ("donotmodifylead", Field::Id)],
        RecordType::Contact => &[("contactid", Field::Id), ("donotmodifycontact", Field::Id)],
        RecordType::Account => &[("accountid", Field::Id), ("donotmodifyaccount", Field::Id)],
    };
    let account = record_type == RecordType::Account;
    let mut lists = Vec::new();
    match preset {
        Preset::Dynamics | Preset::DynamicsExcel | Preset::DynamicsLake => {
            if preset == Preset::DynamicsLake {
                lists.push(aliases::LAKE);
            }
            lists.push(own_id);
            lists.push(if account {
                aliases::DYNAMICS_ACCOUNT
            } else {
                aliases::DYNAMICS
            });
            if record_type == RecordType::Contact {
                lists.push(aliases::DYNAMICS_CONTACT);
            }
            lists.push(if account {
                aliases::DYNAMICS
            } else {
                aliases::DYNAMICS_PERSON
            });
        }
        Preset::Salesforce => {
            lists.push(aliases::SALESFORCE);
            lists.push(if account {
                aliases::DYNAMICS_ACCOUNT
            } else {
                aliases::DYNAMICS_PERSON
            });
        }
        Preset::SalesforceReport => {
            lists.push(own_id);
            lists.push(aliases::SALESFORCE_REPORT);
            if !account {
                lists.push(aliases::DYNAMICS_PERSON);
            }
        }
        Preset::HubSpot => {
            lists.push(aliases::HUBSPOT);
            if account {
                lists.push(aliases::DYNAMICS_ACCOUNT);
            }
        }
        Preset::Custom => {
            lists.push(aliases::CUSTOM);
            lists.push(if account {
                aliases::CUSTOM_ACCOUNT
            } else {
                aliases::CUSTOM_PERSON
            });
        }
    }
    lists
}

/// Export tools put the table before the name: `Leads_First Name`.
fn without_table(key: &str) -> &str {
    ["leads", "contacts", "accounts"]
        .iter()
        .find_map(|t| key.strip_prefix(t))
        .unwrap_or(key)
}

#[expect(
    clippy::too_many_arguments,
    reason = "one step of read_header, split off for length"
)]
fn map_by_aliases(
    path: &str,
    preset: Preset,
    record_type: RecordType,
    lists: &[Aliases],
    names: &[String],
    keys: &[String],
    taken: &[Field],
    columns: &mut [(String, Option<Field>)],
    notices: &mut Vec<String>,
) -> Result<(), IngestError> {
    for &field in Field::ALL.iter().filter(|f| !taken.contains(f)) {
        // Positions by rank of their alias, free columns only.
        let mut found: Vec<usize> = Vec::new();
        for (alias, _) in lists
            .iter()
            .flat_map(|l| l.iter())
            .filter(|(_, f)| *f == field)
        {
            for (i, key) in keys.iter().enumerate() {
                let hit = key == alias || without_table(key) == *alias;
                if hit && columns[i].1.is_none() && !found.contains(&i) {
                    found.push(i);
                }
            }
        }
        if preset == Preset::Custom {
            // Our own name, and the type's own id, beat a synonym.
            let own = |i: usize| {
                keys[i] == squash(field.name())
                    || (field == Field::Id && keys[i] == format!("{}id", record_type.as_str()))
            };
            if found.iter().any(|&i| own(i)) {
                found.retain(|&i| own(i));
            }
        }
        let Some(&first) = found.first() else {
            continue;
        };
        if let Some(&again) = found
            .iter()
            .find(|&&i| i != first && names[i] == names[first])
        {
            return Err(IngestError::file(
                path,
                format!(
                    "the column {:?} occurs twice, as column {} and column {}; rename or remove one",
                    names[first],
                    first + 1,
                    again + 1
                ),
            ));
        }
        if found.len() > 1 {
            let list: Vec<String> = found.iter().map(|&i| format!("{:?}", names[i])).collect();
            if preset == Preset::Custom {
                notices.push(format!(
                    "{path}: {} could each be {}; none is used, --column {}=HEADER chooses",
                    list.join(" and "),
                    field.name(),
                    field.name()
                ));
                continue;
            }
            // The hidden first columns of Excel exports repeat a visible one; that is not worth a word.
            if preset != Preset::DynamicsExcel || field != Field::ModifiedOn {
                notices.push(format!(
                    "{path}: {} could each be {}; {} is used",
                    list.join(" and "),
                    field.name(),
                    list[0]
                ));
            }
        }
        columns[first].1 = Some(field);
    }
    Ok(())
}

/// Positions of the column, or the columns joined by `+`, that an override names; `None` when this file has none.
fn find_header(
    path: &str,
    wanted: &str,
    names: &[String],
    keys: &[String],
    notices: &mut Vec<String>,
) -> Result<Option<Vec<usize>>, IngestError> {
    let mut one = |wanted: &str| -> Result<Option<usize>, IngestError> {
        let wanted = wanted.trim();
        let exact: Vec<usize> = (0..names.len()).filter(|&i| names[i] == wanted).collect();
        let key = squash(wanted);
        let loose = || -> Vec<usize> {
            (0..keys.len())
                .filter(|&i| !key.is_empty() && keys[i] == key)
                .collect()
        };
        let found = if exact.is_empty() { loose() } else { exact };
        match found[..] {
            [] => Ok(None),
            [at] => {
                if names[at] != wanted {
                    notices.push(format!(
                        "{path}: no column is spelt {wanted:?}; {:?} is used",
                        names[at]
                    ));
                }
                Ok(Some(at))
            }
            [first, second, ..] => Err(IngestError::file(
                path,
                format!(
                    "the column {wanted:?} of --column occurs twice, as column {} and column {}; rename or remove one",
                    first + 1,
                    second + 1
                ),
            )),
        }
    };
    if let Some(at) = one(wanted)? {
        return Ok(Some(vec![at]));
    }
    if !wanted.contains('+') {
        return Ok(None);
    }
    let mut parts = Vec::new();
    for part in wanted.split('+') {
        match one(part)? {
            Some(at) => parts.push(at),
            None => return Ok(None),
        }
    }
    Ok(Some(parts))
}

/// Names for all columns: nameless ones by position, repeated ones numbered.
fn unique_names(path: &str, names: &[String], notices: &mut Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    let mut out = Vec::with_capacity(names.len());
    let mut n_repeated = 0;
    for (i, name) in names.iter().enumerate() {
        let base = if name.is_empty() {
            format!("column {}", i + 1)
        } else {
            name.clone()
        };
        let mut unique = base.clone();
        let mut n = 1;
        while !seen.insert(unique.clone()) {
            n += 1;
            unique = format!("{base} ({n})");
        }
        n_repeated += usize::from(n > 1);
        out.push(unique);
    }
    if n_repeated > 0 {
        notices.push(format!(
            "{path}: {n_repeated} column names repeat an earlier one and are numbered"
        ));
    }
    out
}

/// `; did you mean "x"?` when something is near enough.
fn nearest<'a>(wanted: &str, names: impl Iterator<Item = &'a str>) -> String {
    let key = squash(wanted);
    let mut best: Option<(f64, &str)> = None;
    for name in names {
        let score = strsim::jaro_winkler(&key, &squash(name));
        // The first of equals is kept, so that the message does not depend on anything but the order of columns.
        if score > 0.7 && best.is_none_or(|(s, _)| score > s) {
            best = Some((score, name));
        }
    }
    best.map_or(String::new(), |(_, name)| {
        format!(", did you mean {name:?}?")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> Vec<String> {
        text.split(',').map(str::to_owned).collect()
    }

    #[test]
    fn layouts_and_types_are_told_from_headers() {
        use Preset::*;
        use RecordType::*;
        // header, layout, type, mapped fields
        for (text, preset, record_type, mapped) in [
            (
                "leadid,contactid,accountid,fullname,statecode",
                Dynamics,
                Lead,
                "id,fullname,statecode",
            ),
            (
                "contactid,name,emailaddress1",
                Dynamics,
                Contact,
                "id,fullname,emailaddress1",
            ),
            (
                "(Do Not Modify) Account,(Do Not Modify) Row Checksum,(Do Not Modify) Modified On,Account Name,Main Phone,Address 1: City,Status",
                DynamicsExcel,
                Account,
                "id,companyname,telephone1,address1_city,statecode,modifiedon",
            ),
            (
                "(Do Not Modify) Contact, Full Name ,Contacts_Email,Email (Owning User) (User),Status Reason",
                DynamicsExcel,
                Contact,
                "id,fullname,emailaddress1,statuscode",
            ),
            (
                "Id,SinkModifiedOn,accountid,name,statecode,versionnumber",
                DynamicsLake,
                Account,
                "id,companyname,statecode,versionnumber,sinkmodifiedon",
            ),
            (
                "Id,AccountId,LastName,Email,MailingCity,IsDeleted",
                Salesforce,
                Contact,
                "id,lastname,emailaddress1,address1_city,parentaccountid,isdeleted",
            ),
            (
                "Id,Name,BillingCity,Phone,OwnerId,CreatedDate",
                Salesforce,
                Account,
                "id,companyname,telephone1,address1_city,createdon,ownerid",
            ),
            (
                "Contact ID,Account Name,First Name,Email,Mailing City",
                SalesforceReport,
                Contact,
                "id,firstname,companyname,emailaddress1,address1_city",
            ),
            (
                "hs_object_id,firstname,email,lifecyclestage",
                HubSpot,
                Lead,
                "id,firstname,emailaddress1",
            ),
            (
                "Record ID,Company name,Company owner,Create Date",
                HubSpot,
                Account,
                "id,companyname,createdon,ownerid",
            ),
            ("id,name,email", Custom, Lead, "id,fullname,emailaddress1"),
            ("account_id,name", Custom, Account, "id,companyname"),
            ("lead id,contact id,mail", Custom, Lead, "id,emailaddress1"),
            ("foo,bar", Custom, Lead, ""),
        ] {
            let layout = read_header("in.csv", &header(text), None, &[]).expect("no column twice");
            assert_eq!(layout.preset, preset, "{text}");
            assert_eq!(layout.record_type, record_type, "{text}");
            let mut fields: Vec<Field> = layout.columns.iter().filter_map(|c| c.1).collect();
            fields.sort_unstable();
            let names: Vec<&str> = fields.iter().map(|f| f.name()).collect();
            assert_eq!(names.join(","), mapped, "{text}");
        }
    }

    #[test]
    fn the_type_asked_for_wins() {
        let layout = read_header(
            "in.csv",
            &header("Record ID,Email,Lifecycle Stage"),
            Some(RecordType::Contact),
            &[],
        )
        .expect("no column twice");
        assert_eq!(layout.record_type, RecordType::Contact);
        assert_eq!(layout.notices, [""; 0]);
    }

    #[test]
    fn aliases_are_written_squashed() {
        for list in [
            aliases::DYNAMICS,
            aliases::DYNAMICS_CONTACT,
            aliases::DYNAMICS_PERSON,
            aliases::DYNAMICS_ACCOUNT,
            aliases::LAKE,
            aliases::SALESFORCE,
            aliases::SALESFORCE_REPORT,
            aliases::HUBSPOT,
            aliases::CUSTOM,
            aliases::CUSTOM_PERSON,
            aliases::CUSTOM_ACCOUNT,
        ] {
            for (i, (alias, _)) in list.iter().enumerate() {
                assert_eq!(*alias, squash(alias));
                assert!(
                    list[..i].iter().all(|(other, _)| other != alias),
                    "{alias} is listed twice"
                );
            }
        }
    }

    #[test]
    fn nameless_and_repeated_columns_get_names() {
        let layout =
            read_header("in.csv", &header("id,,note,note,"), None, &[]).expect("id is there once");
        let names: Vec<&str> = layout.columns.iter().map(|c| c.0.as_str()).collect();
        assert_eq!(names, ["id", "column 2", "note", "note (2)", "column 5"]);
    }
}
