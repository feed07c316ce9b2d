//! The layouts known: how a header tells them apart, the type of its records, the names its columns go by.

use crate::ingest::aliases::{self, Aliases};
use crate::model::{Field, RecordType};

use super::squash;

/// A known layout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::ingest) enum Preset {
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
    pub(in crate::ingest) fn as_str(self) -> &'static str {
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

/// The layout of a header: `names` as they stand, `keys` as [`squash`] makes them.
pub(super) fn preset_of(names: &[String], keys: &[String]) -> Preset {
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

/// The type of the records, where the header of this layout tells it.
pub(super) fn record_type_of(
    preset: Preset,
    names: &[String],
    keys: &[String],
) -> Option<RecordType> {
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

/// The lists of names that columns of this layout and type go by, the best first.
pub(super) fn aliases_of(preset: Preset, record_type: RecordType) -> Vec<Aliases> {
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
