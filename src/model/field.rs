//! Record types and the fields kinfold knows by meaning.
//!
//! A field's canonical name is its Dynamics logical name on the lead table, whatever system the export came from;
//! rule files and `--column FIELD=HEADER` use these names.

/// The type of the records of one table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordType {
    /// A person at a company who may become a customer.
    Lead,
    /// A person known to the CRM.
    Contact,
    /// A company known to the CRM.
    Account,
}

impl RecordType {
    /// All types, in canonical order.
    pub const ALL: [RecordType; 3] = [RecordType::Lead, RecordType::Contact, RecordType::Account];

    /// `lead`, `contact` or `account`.
    pub fn as_str(self) -> &'static str {
        match self {
            RecordType::Lead => "lead",
            RecordType::Contact => "contact",
            RecordType::Account => "account",
        }
    }

    /// Reads [`as_str`](Self::as_str) back, ignoring case.
    pub fn parse(text: &str) -> Option<RecordType> {
        RecordType::ALL
            .into_iter()
            .find(|t| t.as_str().eq_ignore_ascii_case(text))
    }
}

/// What kind of value a field holds; conditions such as `same = "phone"` compare all columns of a kind crosswise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FieldKind {
    /// The record's own id, and ids of other records.
    Identity,
    /// Parts of a person's name.
    PersonName,
    /// A company name.
    Company,
    /// An e-mail address.
    Email,
    /// A telephone or fax number.
    Phone,
    /// A web address.
    Web,
    /// Street, city, postcode, state, country.
    Place,
    /// A date or a date with time.
    Date,
    /// State, status, flags.
    Status,
    /// Anything else, compared as text only.
    Text,
}

macro_rules! fields {
    ($( $variant:ident $name:literal $kind:ident $doc:literal; )*) => {
        /// A field kinfold knows by meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field { $( #[doc = $doc] $variant, )* }

        impl Field {
            /// All fields, in canonical column order.
            pub const ALL: &'static [Field] = &[ $( Field::$variant, )* ];

            /// The canonical name: the Dynamics logical name where there is one.
            pub fn name(self) -> &'static str {
                match self { $( Field::$variant => $name, )* }
            }

            /// The kind of value the field holds.
            pub fn kind(self) -> FieldKind {
                match self { $( Field::$variant => FieldKind::$kind, )* }
            }
        }
    };
}

fields! {
    Id "id" Identity "The record's own id (leadid, contactid, accountid, Id, Record ID).";
    FullName "fullname" PersonName "The whole name in one column.";
    Salutation "salutation" PersonName "Mr, Dr …";
    FirstName "firstname" PersonName "Given name or names.";
    MiddleName "middlename" PersonName "Middle name or initial.";
    LastName "lastname" PersonName "Surname or surnames.";
    Suffix "suffix" PersonName "Jr, Sr, III …";
    JobTitle "jobtitle" Text "Position at the company.";
    CompanyName "companyname" Company "Company of a lead or contact; the name of an account.";
    Email1 "emailaddress1" Email "Main e-mail address.";
    Email2 "emailaddress2" Email "Second e-mail address.";
    Email3 "emailaddress3" Email "Third e-mail address.";
    Phone1 "telephone1" Phone "Business phone.";
    Phone2 "telephone2" Phone "Home phone.";
    Phone3 "telephone3" Phone "Other phone.";
    MobilePhone "mobilephone" Phone "Mobile phone.";
    Fax "fax" Phone "Fax number; never compared with phones, since offices share it.";
    Website "websiteurl" Web "Web site.";
    Street "address1_line1" Place "Street and house number.";
    Street2 "address1_line2" Place "Second address line.";
    City "address1_city" Place "City.";
    StateOrProvince "address1_stateorprovince" Place "State, province or region.";
    PostalCode "address1_postalcode" Place "Postcode.";
    Country "address1_country" Place "Country or region: name or ISO code.";
    BirthDate "birthdate" Date "Date of birth.";
    GovernmentId "governmentid" Text "A personal number: social security, tax, passport.";
    State "statecode" Status "State: decides whether the record is active.";
    StatusReason "statuscode" Status "Status reason: never decides activity.";
    CreatedOn "createdon" Date "When the record was created.";
    ModifiedOn "modifiedon" Date "When the record was last changed.";
    Owner "ownerid" Text "Owner of the record.";
    ParentAccount "parentaccountid" Identity "Account this lead was qualified into, or the contact's account.";
    ParentContact "parentcontactid" Identity "Contact this lead was qualified into.";
    Opportunity "qualifyingopportunityid" Identity "Opportunity this lead was qualified into.";
    OriginatingLead "originatingleadid" Identity "Lead this contact or account was born from.";
    MasterId "masterid" Identity "Record this one was merged into.";
    Merged "merged" Status "True when the record lost a merge.";
    IsDeleted "isdeleted" Status "True when the row stands for a deletion.";
    IsConverted "isconverted" Status "Salesforce: true when the lead was converted.";
    VersionNumber "versionnumber" Text "Row version; the larger is the newer.";
    SinkModifiedOn "sinkmodifiedon" Date "Lake export: when this version of the row was written.";
}

impl Field {
    /// Finds a field by its canonical name, ignoring case.
    pub fn parse(name: &str) -> Option<Field> {
        Field::ALL
            .iter()
            .copied()
            .find(|f| f.name().eq_ignore_ascii_case(name))
    }

    /// Phone columns compared with each other: all of kind phone but fax.
    pub const PHONES: [Field; 4] = [
        Field::Phone1,
        Field::Phone2,
        Field::Phone3,
        Field::MobilePhone,
    ];

    /// E-mail columns compared with each other.
    pub const EMAILS: [Field; 3] = [Field::Email1, Field::Email2, Field::Email3];
}
