//! Layouts: the columns of a Dynamics, Salesforce or HubSpot export.

use super::draw::spread;
use super::record::{Col, Record};

/// The export a file looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Layout {
    /// Dynamics logical names, state codes, ISO dates.
    #[default]
    Dynamics,
    /// Dynamics "Export to Excel" saved as CSV: labels, hidden columns, local dates; with byte-order mark and CRLF.
    DynamicsExcel,
    /// Salesforce API names of the lead.
    Salesforce,
    /// HubSpot contact labels. HubSpot has no state: inactive shows as lead status `Unqualified`.
    HubSpot,
}

impl Layout {
    /// All layouts.
    pub const ALL: [Layout; 4] = [
        Layout::Dynamics,
        Layout::DynamicsExcel,
        Layout::Salesforce,
        Layout::HubSpot,
    ];

    /// The word of the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Layout::Dynamics => "dynamics",
            Layout::DynamicsExcel => "dynamics-excel",
            Layout::Salesforce => "salesforce",
            Layout::HubSpot => "hubspot",
        }
    }

    /// Reads [`as_str`](Self::as_str) back, ignoring case.
    pub fn parse(text: &str) -> Option<Layout> {
        Layout::ALL
            .into_iter()
            .find(|l| l.as_str().eq_ignore_ascii_case(text))
    }

    pub(super) fn header(self) -> &'static [&'static str] {
        match self {
            Layout::Dynamics => &[
                "leadid",
                "fullname",
                "salutation",
                "firstname",
                "middlename",
                "lastname",
                "companyname",
                "jobtitle",
                "emailaddress1",
                "emailaddress2",
                "telephone1",
                "telephone2",
                "telephone3",
                "mobilephone",
                "websiteurl",
                "address1_line1",
                "address1_city",
                "address1_stateorprovince",
                "address1_postalcode",
                "address1_country",
                "statecode",
                "statuscode",
                "createdon",
                "modifiedon",
            ],
            Layout::DynamicsExcel => &[
                "(Do Not Modify) Lead",
                "(Do Not Modify) Row Checksum",
                "(Do Not Modify) Modified On",
                "Name",
                "Salutation",
                "First Name",
                "Middle Name",
                "Last Name",
                "Company Name",
                "Job Title",
                "Email",
                "Email Address 2",
                "Business Phone",
                "Home Phone",
                "Other Phone",
                "Mobile Phone",
                "Website",
                "Street 1",
                "City",
                "State/Province",
                "ZIP/Postal Code",
                "Country/Region",
                "Status",
                "Status Reason",
                "Created On",
            ],
            Layout::Salesforce => &[
                "Id",
                "IsDeleted",
                "MasterRecordId",
                "LastName",
                "FirstName",
                "Salutation",
                "MiddleName",
                "Name",
                "Title",
                "Company",
                "Street",
                "City",
                "State",
                "PostalCode",
                "Country",
                "Phone",
                "MobilePhone",
                "Email",
                "Website",
                "Status",
                "IsConverted",
                "CreatedDate",
                "LastModifiedDate",
            ],
            Layout::HubSpot => &[
                "Record ID",
                "First Name",
                "Last Name",
                "Email",
                "Phone Number",
                "Mobile Phone Number",
                "Job Title",
                "Company Name",
                "Contact owner",
                "Lead Status",
                "Lifecycle Stage",
                "Create Date",
                "Last Modified Date",
                "Street Address",
                "City",
                "State/Region",
                "Postal Code",
                "Country/Region",
                "Website URL",
            ],
        }
    }

    /// A record's id: unique for different serials of one seed, and in no order.
    pub(super) fn id(self, seed: u64, serial: u64) -> String {
        // Bijective in the serial, so no two ids are equal.
        let mixed = spread(serial ^ spread(seed));
        match self {
            Layout::Dynamics | Layout::DynamicsExcel => {
                let other = spread(mixed ^ seed);
                format!(
                    "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
                    mixed >> 32,
                    (mixed >> 16) & 0xffff,
                    other >> 52,
                    0x8000 | ((other >> 36) & 0x3fff),
                    ((mixed & 0xffff) << 32) | (other & 0xffff_ffff)
                )
            }
            Layout::Salesforce => salesforce_id(mixed),
            // 10 digits from a permutation of 0..10^10 by a factor coprime to it.
            Layout::HubSpot => {
                let at = (u128::from(serial) * 7_368_787_003
                    + u128::from(spread(seed) % 1_000_000_007))
                    % 10_000_000_000;
                format!("{}", 10_000_000_000 + at)
            }
        }
    }

    pub(super) fn row(self, id: &str, record: &Record) -> Vec<String> {
        let own = |c: Col| record.get(c).to_owned();
        // Of several columns the first that is filled: other layouts have room for one.
        let first_filled = |columns: &[Col]| {
            let mut filled = columns.iter().map(|c| own(*c)).filter(|v| !v.is_empty());
            filled.next().unwrap_or_default()
        };
        let created = Moment::new(record.created_min);
        let modified = Moment::new(record.modified_min);
        let state = if record.active {
            0
        } else {
            1 + record.reason % 2
        };
        let reasons: &[(u32, &str)] = match state {
            0 => &[(1, "New"), (2, "Contacted")],
            1 => &[(3, "Qualified")],
            _ => &[
                (4, "Lost"),
                (5, "Cannot Contact"),
                (6, "No Longer Interested"),
                (7, "Canceled"),
            ],
        };
        let (reason_code, reason_label) = reasons[record.reason as usize % reasons.len()];
        match self {
            Layout::Dynamics => {
                let mut row = vec![id.to_owned()];
                row.extend(PEOPLE.map(own));
                row.extend([
                    state.to_string(),
                    reason_code.to_string(),
                    created.iso(),
                    modified.iso(),
                ]);
                row
            }
            Layout::DynamicsExcel => {
                let label = ["Open", "Qualified", "Disqualified"][state as usize];
                let checksum = format!(
                    "{:016x}",
                    spread(id.bytes().fold(7, |h, b| h * 31 % 1_000_003 + u64::from(b)))
                );
                let mut row = vec![id.to_owned(), checksum, modified.local()];
                row.extend(PEOPLE.map(own));
                row.extend([label.to_owned(), reason_label.to_owned(), created.local()]);
                row
            }
            Layout::Salesforce => {
                let status = match state {
                    0 => {
                        ["Open - Not Contacted", "Working - Contacted"][record.reason as usize % 2]
                    }
                    1 => "Closed - Converted",
                    _ => "Closed - Not Converted",
                };
                // There is one business phone; home and other phones end up there when it is free.
                let phone = first_filled(&[Col::Phone1, Col::Phone2, Col::Phone3]);
                let email = first_filled(&[Col::Email1, Col::Email2]);
                vec![
                    id.to_owned(),
                    "false".into(),
                    String::new(),
                    own(Col::Last),
                    own(Col::First),
                    own(Col::Salutation),
                    own(Col::Middle),
                    own(Col::Full),
                    own(Col::Job),
                    own(Col::Company),
                    own(Col::Street),
                    own(Col::City),
                    own(Col::State),
                    own(Col::Postal),
                    own(Col::Country),
                    phone,
                    own(Col::Mobile),
                    email,
                    own(Col::Website),
                    status.into(),
                    (!record.active).to_string(),
                    created.salesforce(),
                    modified.salesforce(),
                ]
            }
            Layout::HubSpot => {
                let (status, stage) = if record.active {
                    ("New", "Lead")
                } else {
                    ("Unqualified", "Other")
                };
                let phone = first_filled(&[Col::Phone1, Col::Phone2, Col::Phone3]);
                let email = first_filled(&[Col::Email1, Col::Email2]);
                let first = [own(Col::Salutation), own(Col::First), own(Col::Middle)]
                    .into_iter()
                    .filter(|p| !p.is_empty())
                    .collect::<Vec<_>>()
                    .join(" ");
                vec![
                    id.to_owned(),
                    first,
                    own(Col::Last),
                    email,
                    phone,
                    own(Col::Mobile),
                    own(Col::Job),
                    own(Col::Company),
                    String::new(),
                    status.into(),
                    stage.into(),
                    created.minute(),
                    modified.minute(),
                    own(Col::Street),
                    own(Col::City),
                    own(Col::State),
                    own(Col::Postal),
                    own(Col::Country),
                    own(Col::Website),
                ]
            }
        }
    }
}

/// The columns that stand in both Dynamics layouts in this order.
const PEOPLE: [Col; 19] = [
    Col::Full,
    Col::Salutation,
    Col::First,
    Col::Middle,
    Col::Last,
    Col::Company,
    Col::Job,
    Col::Email1,
    Col::Email2,
    Col::Phone1,
    Col::Phone2,
    Col::Phone3,
    Col::Mobile,
    Col::Website,
    Col::Street,
    Col::City,
    Col::State,
    Col::Postal,
    Col::Country,
];

/// 15 characters and the three that make an id safe where case is lost.
///
/// Source: Salesforce, "convert 15 to 18 character IDs": each check character codes which of five are capitals.
fn salesforce_id(mixed: u64) -> String {
    const DIGITS: &[u8] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    const CHECKS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
    let mut id = String::from("00Q5");
    let mut rest = mixed;
    for _ in 0..11 {
        id.push(char::from(DIGITS[(rest % 62) as usize]));
        rest /= 62;
    }
    for part in 0..3 {
        let capitals = id.as_bytes()[part * 5..part * 5 + 5]
            .iter()
            .enumerate()
            .fold(0, |sum, (i, b)| {
                sum | usize::from(b.is_ascii_uppercase()) << i
            });
        id.push(char::from(CHECKS[capitals]));
    }
    id
}

/// A calendar moment.
struct Moment {
    year: u32,
    month: u32,
    day: u32,
    hour: u32,
    minute: u32,
}

impl Moment {
    /// Minutes since 2019-01-01 00:00.
    fn new(minutes: u32) -> Moment {
        let (mut days, in_day) = (minutes / 1440, minutes % 1440);
        let leap = |y: u32| y.is_multiple_of(4);
        let mut year = 2019;
        while days >= 365 + u32::from(leap(year)) {
            days -= 365 + u32::from(leap(year));
            year += 1;
        }
        let mut month = 1;
        for length in [
            31,
            28 + u32::from(leap(year)),
            31,
            30,
            31,
            30,
            31,
            31,
            30,
            31,
            30,
            31,
        ] {
            if days < length {
                break;
            }
            days -= length;
            month += 1;
        }
        Moment {
            year,
            month,
            day: days + 1,
            hour: in_day / 60,
            minute: in_day % 60,
        }
    }

    fn iso(&self) -> String {
        format!(
            "{}-{:02}-{:02}T{:02}:{:02}:00Z",
            self.year, self.month, self.day, self.hour, self.minute
        )
    }

    fn salesforce(&self) -> String {
        self.iso().replace(":00Z", ":00.000+0000")
    }

    fn minute(&self) -> String {
        format!(
            "{}-{:02}-{:02} {:02}:{:02}",
            self.year, self.month, self.day, self.hour, self.minute
        )
    }

    fn local(&self) -> String {
        let (hour, half) = (self.hour % 12, if self.hour < 12 { "AM" } else { "PM" });
        let hour = if hour == 0 { 12 } else { hour };
        format!(
            "{}/{}/{} {hour}:{:02} {half}",
            self.month, self.day, self.year, self.minute
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_follow_the_calendar() {
        let check = |days: u32, minutes: u32, expected: &str| {
            assert_eq!(Moment::new(days * 1440 + minutes).iso(), expected);
        };
        check(0, 0, "2019-01-01T00:00:00Z");
        check(365 + 59, 61, "2020-02-29T01:01:00Z");
        check(365 + 366, 0, "2021-01-01T00:00:00Z");
        assert_eq!(Moment::new(12 * 60 + 5).local(), "1/1/2019 12:05 PM");
    }

    #[test]
    fn salesforce_ids_carry_their_check_characters() {
        let id = salesforce_id(0x0123_4567_89ab_cdef);
        assert_eq!(id.len(), 18);
        assert!(id.starts_with("00Q5"));
    }
}
