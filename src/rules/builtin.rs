//! The shipped rule sets: TOML files compiled in and read by the same code as anyone's.

use super::file::parse;
use super::set::RuleSet;
use crate::model::RecordType;

const LEAD: &str = include_str!("builtin.toml");
const ACCOUNT: &str = include_str!("builtin_account.toml");

/// The four built-in rules for leads, those of lead duplicate detection in Dynamics 365 Sales:
/// same e-mail; same phone; similar name and company; similar name and same e-mail domain.
pub fn builtin() -> RuleSet {
    builtin_for(RecordType::Lead)
}

/// The built-in rules for records of one type.
///
/// Contacts have the four of leads. Accounts have no person's name, so their last three compare the company, with the
/// web site, with the e-mail domain and with the address.
pub fn builtin_for(record_type: RecordType) -> RuleSet {
    let text = match record_type {
        RecordType::Lead | RecordType::Contact => LEAD,
        RecordType::Account => ACCOUNT,
    };
    let mut set = parse(text).expect("the shipped rule files are read by a test");
    if record_type == RecordType::Contact {
        set.name = "contact-duplicates".to_owned();
        for rule in &mut set.rules {
            rule.base = RecordType::Contact;
            rule.matching = RecordType::Contact;
        }
    }
    set
}
