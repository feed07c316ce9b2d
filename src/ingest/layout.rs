//! Which CRM a file came from, and which field each column means, told from the header.
//!
//! `preset` has the layouts that are known, `overrides` the columns that the user names.

mod overrides;
mod preset;

use overrides::find_header;
pub(super) use overrides::{missing_header, overrides};
pub(super) use preset::Preset;
use preset::{aliases_of, preset_of, record_type_of};

use super::aliases::Aliases;
use super::error::IngestError;
use crate::model::{Field, RecordType};

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

/// Names for all columns: nameless ones by position, repeated ones numbered.
fn unique_names(path: &str, names: &[String], notices: &mut Vec<String>) -> Vec<String> {
    let mut seen = std::collections::HashSet::new();
    // The last number given to each name: the lower ones are taken.
    let mut numbers: std::collections::HashMap<String, usize> = std::collections::HashMap::new();
    let mut out = Vec::with_capacity(names.len());
    let mut n_repeated = 0;
    for (i, name) in names.iter().enumerate() {
        let base = if name.is_empty() {
            format!("column {}", i + 1)
        } else {
            name.clone()
        };
        let mut unique = base.clone();
        if !seen.insert(unique.clone()) {
            let n = numbers.entry(base.clone()).or_insert(1);
            loop {
                *n += 1;
                unique = format!("{base} ({n})");
                if seen.insert(unique.clone()) {
                    break;
                }
            }
            n_repeated += 1;
        }
        out.push(unique);
    }
    if n_repeated > 0 {
        notices.push(format!(
            "{path}: {n_repeated} column names repeat an earlier one and are numbered"
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ingest::aliases;

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
        let layout = read_header(
            "in.csv",
            &header("id,,note,note,,note (3),note,note"),
            None,
            &[],
        )
        .expect("id is there once");
        let names: Vec<&str> = layout.columns.iter().map(|c| c.0.as_str()).collect();
        assert_eq!(
            names,
            [
                "id", "column 2", "note", "note (2)", "column 5", "note (3)", "note (4)",
                "note (5)"
            ]
        );
    }
}
