//! Maximum lengths of columns in Dynamics, for the length of a matchcode.
//!
//! Source: table references of lead, contact and account in Microsoft's Dataverse documentation (CC BY 4.0), property
//! `MaxLength`. An organisation can lengthen a column of its own; `--length` says so.

use crate::model::RecordType;
use std::collections::BTreeMap;

/// Columns that all three tables have with one length.
const COMMON: [(&str, usize); 15] = [
    ("emailaddress1", 100),
    ("emailaddress2", 100),
    ("emailaddress3", 100),
    ("telephone1", 50),
    ("telephone2", 50),
    ("telephone3", 50),
    ("fax", 50),
    ("websiteurl", 200),
    ("address1_line1", 250),
    ("address1_line2", 250),
    ("address1_line3", 250),
    ("address1_city", 80),
    ("address1_stateorprovince", 50),
    ("address1_postalcode", 20),
    ("address1_country", 80),
];

/// Columns of people, lead and contact alike.
const PEOPLE: [(&str, usize); 6] = [
    ("fullname", 160),
    ("firstname", 50),
    ("middlename", 50),
    ("lastname", 50),
    ("salutation", 100),
    ("jobtitle", 100),
];

/// The maximum length of a column by kinfold's name of it; `None` when the tables do not say.
///
/// `own` has the user's lengths, by column or by `type.column`, in lower case; they win.
pub(super) fn length_of(
    record_type: RecordType,
    column: &str,
    own: &BTreeMap<String, usize>,
) -> Option<usize> {
    let column = column.to_lowercase();
    let named = |list: &[(&str, usize)]| list.iter().find(|(c, _)| *c == column).map(|(_, n)| *n);
    own.get(&format!("{}.{column}", record_type.as_str()))
        .or_else(|| own.get(&column))
        .copied()
        .or_else(|| named(&COMMON))
        .or_else(|| match record_type {
            RecordType::Lead => named(&PEOPLE)
                .or_else(|| named(&[("companyname", 100), ("subject", 300), ("mobilephone", 20)])),
            RecordType::Contact => {
                named(&PEOPLE).or_else(|| named(&[("mobilephone", 50), ("suffix", 10)]))
            }
            // kinfold calls an account's name companyname.
            RecordType::Account => named(&[
                ("companyname", 160),
                ("name", 160),
                ("accountnumber", 20),
                ("tickersymbol", 10),
            ]),
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_those_of_the_table_and_the_users_own_win() {
        let own = BTreeMap::from([
            ("new_code".to_owned(), 12),
            ("lead.lastname".to_owned(), 80),
        ]);
        for (t, column, expected) in [
            (RecordType::Lead, "EMailAddress1", Some(100)),
            (RecordType::Lead, "mobilephone", Some(20)),
            (RecordType::Contact, "mobilephone", Some(50)),
            (RecordType::Lead, "lastname", Some(80)),
            (RecordType::Contact, "lastname", Some(50)),
            (RecordType::Account, "companyname", Some(160)),
            (RecordType::Account, "lastname", None),
            (RecordType::Account, "new_code", Some(12)),
            (RecordType::Lead, "new_other", None),
        ] {
            assert_eq!(length_of(t, column, &own), expected, "{t:?} {column}");
        }
    }
}
