//! Column names of the systems and ours. What is not listed goes by the name it has there.
//!
//! Sources: the Dataverse table reference (lead, contact, account: logical names, declared maximum lengths of the lead
//! table) by Microsoft; the Object Reference (Lead, Contact, Account) by Salesforce.

use crate::model::{Field, RecordType};

/// `(Salesforce name, our name)` on each object.
const SALESFORCE_COMMON: [(&str, Field); 10] = [
    ("FirstName", Field::FirstName),
    ("LastName", Field::LastName),
    ("MiddleName", Field::MiddleName),
    ("Suffix", Field::Suffix),
    ("Salutation", Field::Salutation),
    ("Title", Field::JobTitle),
    ("Email", Field::Email1),
    ("Phone", Field::Phone1),
    ("MobilePhone", Field::MobilePhone),
    ("Fax", Field::Fax),
];

const SALESFORCE_LEAD: [(&str, Field); 8] = [
    ("Name", Field::FullName),
    ("Company", Field::CompanyName),
    ("Website", Field::Website),
    ("Street", Field::Street),
    ("City", Field::City),
    ("State", Field::StateOrProvince),
    ("PostalCode", Field::PostalCode),
    ("Country", Field::Country),
];

const SALESFORCE_CONTACT: [(&str, Field); 9] = [
    ("Name", Field::FullName),
    ("HomePhone", Field::Phone2),
    ("OtherPhone", Field::Phone3),
    ("MailingStreet", Field::Street),
    ("MailingCity", Field::City),
    ("MailingState", Field::StateOrProvince),
    ("MailingPostalCode", Field::PostalCode),
    ("MailingCountry", Field::Country),
    ("Birthdate", Field::BirthDate),
];

const SALESFORCE_ACCOUNT: [(&str, Field); 9] = [
    ("Name", Field::CompanyName),
    ("Phone", Field::Phone1),
    ("Fax", Field::Fax),
    ("Website", Field::Website),
    ("BillingStreet", Field::Street),
    ("BillingCity", Field::City),
    ("BillingState", Field::StateOrProvince),
    ("BillingPostalCode", Field::PostalCode),
    ("BillingCountry", Field::Country),
];

fn salesforce(record_type: RecordType) -> impl Iterator<Item = (&'static str, Field)> {
    let (common, own): (&[_], &[_]) = match record_type {
        RecordType::Lead => (&SALESFORCE_COMMON, &SALESFORCE_LEAD),
        RecordType::Contact => (&SALESFORCE_COMMON, &SALESFORCE_CONTACT),
        RecordType::Account => (&[], &SALESFORCE_ACCOUNT),
    };
    common.iter().chain(own).copied()
}

/// Our name of a Salesforce field.
pub(super) fn from_salesforce(record_type: RecordType, name: &str) -> String {
    salesforce(record_type)
        .find(|(theirs, _)| theirs.eq_ignore_ascii_case(name))
        .map_or_else(|| name.to_owned(), |(_, field)| field.name().to_owned())
}

/// The Salesforce name of one of our columns; `None` for a known field that the object has not.
pub(super) fn to_salesforce(record_type: RecordType, column: &str) -> Option<String> {
    match Field::parse(column) {
        Some(field) => salesforce(record_type)
            .find(|(_, ours)| *ours == field)
            .map(|(theirs, _)| theirs.to_owned()),
        None => Some(column.to_owned()),
    }
}

/// The key column of a table in Dynamics.
pub(super) fn dynamics_key(record_type: RecordType) -> &'static str {
    match record_type {
        RecordType::Lead => "leadid",
        RecordType::Contact => "contactid",
        RecordType::Account => "accountid",
    }
}

/// Our name of a Dynamics attribute.
pub(super) fn from_dynamics(record_type: RecordType, name: &str) -> String {
    if record_type == RecordType::Account && name == "name" {
        return Field::CompanyName.name().to_owned();
    }
    if name == dynamics_key(record_type) {
        return Field::Id.name().to_owned();
    }
    name.to_owned()
}

/// The Dynamics attribute of one of our columns.
pub(super) fn to_dynamics(record_type: RecordType, column: &str) -> String {
    match Field::parse(column) {
        Some(Field::CompanyName) if record_type == RecordType::Account => "name".to_owned(),
        Some(Field::Id) => dynamics_key(record_type).to_owned(),
        Some(field) => field.name().to_owned(),
        None => column.to_owned(),
    }
}

/// Declared maximum length of a field in Dynamics, where we know it: those of the lead table.
pub(super) fn dynamics_length(column: &str) -> Option<usize> {
    Some(match Field::parse(column)? {
        Field::FullName => 160,
        Field::FirstName | Field::MiddleName | Field::LastName => 50,
        Field::Salutation | Field::JobTitle | Field::CompanyName => 100,
        Field::Email1 | Field::Email2 | Field::Email3 => 100,
        Field::Phone1 | Field::Phone2 | Field::Phone3 | Field::Fax => 50,
        Field::MobilePhone => 20,
        Field::Website => 200,
        Field::Street | Field::Street2 => 250,
        Field::City | Field::Country => 80,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_both_systems_come_back() {
        for t in RecordType::ALL {
            for (theirs, field) in salesforce(t) {
                assert_eq!(from_salesforce(t, theirs), field.name(), "{t:?} {theirs}");
                assert_eq!(to_salesforce(t, field.name()).as_deref(), Some(theirs));
            }
            for name in ["companyname", "id", "emailaddress1", "new_segment"] {
                assert_eq!(from_dynamics(t, &to_dynamics(t, name)), name);
            }
        }
        assert_eq!(to_dynamics(RecordType::Account, "companyname"), "name");
        assert_eq!(from_dynamics(RecordType::Lead, "name"), "name");
        assert_eq!(to_salesforce(RecordType::Contact, "companyname"), None);
    }
}
