//! A small table, column by column, and the same numbers on any number of threads.

use super::*;
use crate::model::{
    Activity, Candidacy, Mark, Marks, PhoneUse, PhoneUseKind, RecordIdx, RecordType, Silent,
    TextForm, TokenRole,
};
use crate::rules::{BaseScope, Condition, EvidenceFloor, GenericPolicy, MatchcodeKind, Rule};

const HEADER: [Field; 16] = [
    Field::Id,
    Field::FirstName,
    Field::LastName,
    Field::CompanyName,
    Field::Email1,
    Field::Email2,
    Field::Phone1,
    Field::MobilePhone,
    Field::Website,
    Field::City,
    Field::PostalCode,
    Field::Country,
    Field::BirthDate,
    Field::ParentContact,
    Field::OriginatingLead,
    Field::GovernmentId,
];

fn table(rows: &[(RecordType, Activity, [&str; 16])]) -> Table {
    let mut table = Table {
        columns: HEADER
            .iter()
            .map(|f| TextColumn::new(f.name(), Some(*f)))
            .collect(),
        ..Table::default()
    };
    table.columns.push(TextColumn::new("Topic", None));
    for (kind, activity, values) in rows {
        table.record_type.push(*kind);
        table.activity.push(*activity);
        table.candidacy.push(Candidacy::Candidate);
        for (column, value) in table.columns.iter_mut().zip(values) {
            column.push(value);
        }
        table.columns[16].push(" Big Deal ");
    }
    table
}

fn example() -> Table {
    use Activity::{Active, Inactive};
    use RecordType::{Account, Contact, Lead};
    table(&[
        (
            Lead,
            Active,
            [
                "L1",
                "Robert",
                "Smith",
                "Contoso Ltd",
                "bob@contoso.com",
                "",
                "020 7946 0958",
                "",
                "www.contoso.com",
                "München",
                "D-80331",
                "UK",
                "1980-02-03",
                "",
                "",
                "AB-123",
            ],
        ),
        (
            Lead,
            Inactive,
            [
                "L2",
                "Bob",
                "Smith",
                "CONTOSO",
                "info@contoso.com; bob@contoso.com",
                "test@test.com",
                "+44 20 7946 0958 x12",
                "07400 123456",
                "",
                "Munich",
                "80331",
                "GB",
                "3.2.1980",
                "{c1}",
                "",
                "ab123",
            ],
        ),
        (
            Lead,
            Active,
            [
                "L3",
                "",
                "",
                "n/a",
                "n/a",
                "",
                "000-000-0000",
                "",
                "n/a",
                "",
                "",
                "",
                "soon",
                "c1",
                "",
                "0000",
            ],
        ),
        (
            Contact,
            Active,
            [
                "C1",
                "Robert",
                "Smith",
                "",
                "",
                "",
                "(212) 555-0123",
                "",
                "example.com",
                "",
                "",
                "",
                "",
                "",
                "l2",
                "",
            ],
        ),
        (
            Account,
            Active,
            [
                "A1",
                "Robert",
                "Smith",
                "Contoso Limited",
                "",
                "",
                "",
                "",
                "facebook.com/contoso",
                "",
                "",
                "Germany",
                "",
                "",
                "",
                "",
            ],
        ),
    ])
}

fn rules() -> RuleSet {
    let exact = |column: &str, case_sensitive| Condition::Exact {
        column: column.into(),
        match_column: None,
        case_sensitive,
        ignore_blank: true,
    };
    let rule = Rule {
        name: "r".into(),
        id: None,
        base: RecordType::Lead,
        matching: RecordType::Lead,
        exclude_inactive: false,
        base_scope: BaseScope::All,
        evidence: EvidenceFloor::None,
        generic: GenericPolicy::AsWorded,
        when: vec![
            Condition::Same {
                kind: MatchcodeKind::Email,
                weak: false,
            },
            exact("topic", false),
            exact("lastname", true),
            exact("LastName", true),
            exact("nosuchcolumn", false),
        ],
        unless: vec![exact("lastname", false)],
        allow: vec![],
    };
    RuleSet {
        name: "s".into(),
        rules: vec![rule],
        ..RuleSet::default()
    }
}

fn prepared() -> Prepared {
    prepare(&example(), &rules(), Some("US"), &Silent)
}

#[test]
fn names() {
    let p = prepared();
    assert_eq!(
        p.name,
        [0, 1, NONE, 0, NONE],
        "an account has no person name"
    );
    let tokens: Vec<(&str, TokenRole)> = p
        .name_tokens(RecordIdx(1))
        .iter()
        .map(|t| (p.names.vocabulary.text(t.token), t.role))
        .collect();
    assert_eq!(
        tokens,
        [("bob", TokenRole::Given), ("smith", TokenRole::Surname)]
    );
    assert_eq!(p.names.len(), 2);
}

#[test]
fn companies_differ_by_their_form_only() {
    let p = prepared();
    assert_eq!(p.company, [0, 1, NONE, NONE, 0]);
    assert_eq!(
        p.companies.codes.at(0).squashed,
        p.companies.codes.at(1).squashed
    );
    assert_eq!(p.companies.tokens.row(0), p.companies.tokens.row(1));
}

#[test]
fn emails_and_domains() {
    let p = prepared();
    let matchcodes: Vec<&str> = p.email_codes.codes.iter().map(|c| c.matchcode).collect();
    assert_eq!(
        matchcodes,
        ["bob@contoso.com", "info@contoso.com"],
        "no invalid ones, no placeholders"
    );
    assert_eq!(p.emails.row(0), [0]);
    assert_eq!(p.emails.row(1), [0, 1]);
    assert!(p.emails.row(2).is_empty());
    assert_eq!(p.email_codes.domain, [0, 0]);
    assert_eq!(p.domains.row(1), [0]);
    assert_eq!(
        p.website,
        [0, NONE, NONE, NONE, NONE],
        "placeholders and shared sites give none"
    );
    assert_eq!(p.domain_codes.codes.len(), 1);
}

#[test]
fn phones() {
    let p = prepared();
    let matchcodes: Vec<&str> = p.phone_codes.codes.iter().map(|c| c.matchcode).collect();
    assert_eq!(
        matchcodes,
        ["+442079460958", "+447400123456", "+12125550123"]
    );
    assert_eq!(
        p.phones.row(0),
        [PhoneUse {
            phone: 0,
            column: PhoneUseKind::Business,
            extension: 0
        }]
    );
    assert_eq!(
        p.phones.row(1),
        [
            PhoneUse {
                phone: 0,
                column: PhoneUseKind::Business,
                extension: 12
            },
            PhoneUse {
                phone: 1,
                column: PhoneUseKind::Mobile,
                extension: 0
            },
        ]
    );
    assert!(p.phones.row(2).is_empty(), "placeholders are left out");
    assert!(p.phone_codes.codes.iter().all(|c| c.marks == Marks::NONE));
}

#[test]
fn places_dates_and_ids() {
    let p = prepared();
    assert_eq!(p.city, [0, 0, NONE, NONE, NONE]);
    assert_eq!(p.postcode, [0, 0, NONE, NONE, NONE]);
    assert_eq!(p.country, [0, 0, NONE, NONE, 1]);
    assert_eq!(p.countries.text(1), "DE");
    assert_eq!(p.birth_date[0], p.birth_date[1]);
    assert_eq!(p.birth_date[2], NONE);
    assert_eq!(p.government_id, [0, 0, NONE, NONE, NONE]);
    assert_eq!(p.street, [NONE; 5], "no such column");
}

#[test]
fn texts_are_the_columns_the_rules_name() {
    let p = prepared();
    let named: Vec<(&str, TextForm)> = p.texts.iter().map(|t| (t.name.as_str(), t.form)).collect();
    assert_eq!(
        named,
        [
            ("topic", TextForm::Lower),
            ("lastname", TextForm::AsWritten),
            ("nosuchcolumn", TextForm::Lower),
            ("lastname", TextForm::Lower)
        ]
    );
    assert_eq!(
        p.text("TOPIC", TextForm::Lower)
            .map(|t| t.values.text(t.column[0])),
        Some("big deal")
    );
    assert_eq!(p.texts[1].values.text(p.texts[1].column[0]), "Smith");
    assert_eq!(p.texts[2].column, [NONE; 5]);
    assert_eq!(p.texts[3].column, [0, 0, NONE, 0, 0]);
}

#[test]
fn lineage_needs_a_qualified_lead() {
    let p = prepared();
    assert_eq!(
        p.lineage,
        [(RecordIdx(1), RecordIdx(3))],
        "the open lead L3 is only filed under C1"
    );
}

#[test]
fn threads_make_no_difference() {
    let shown = |n_threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(n_threads)
            .build()
            .expect("a pool");
        pool.install(|| {
            let p = prepared();
            format!(
                "{:?}{:?}{:?}{:?}{:?}{:?}",
                p.name,
                p.companies.codes,
                p.email_codes.codes,
                p.phone_codes.codes,
                p.domain_codes.codes,
                p.cities.texts()
            )
        })
    };
    assert_eq!(shown(1), shown(4));
}

#[test]
fn an_empty_table_gives_empty_columns() {
    let p = prepare(&Table::default(), &rules(), None, &Silent);
    assert_eq!(p.n_records(), 0);
    assert_eq!(p.emails.n_rows(), 0);
    assert!(p.name.is_empty() && p.website.is_empty() && p.lineage.is_empty());
}

/// Rows of name, mobile, city, country; everything else blank.
fn with_phones(rows: &[[&str; 4]]) -> Prepared {
    let ids: Vec<String> = (0..rows.len()).map(|i| format!("L{i}")).collect();
    let rows: Vec<(RecordType, Activity, [&str; 16])> = rows
        .iter()
        .zip(&ids)
        .map(|([site, mobile, city, country], id)| {
            let mut row = [""; 16];
            (row[0], row[7], row[8], row[9], row[11]) = (id, mobile, site, city, country);
            (RecordType::Lead, Activity::Active, row)
        })
        .collect();
    prepare(&table(&rows), &rules(), None, &Silent)
}

fn codes_of(p: &Prepared, record: usize) -> Vec<&str> {
    p.phones
        .row(record)
        .iter()
        .map(|u| p.phone_codes.codes.at(u.phone as usize).matchcode)
        .collect()
}

#[test]
fn a_phone_without_a_country_is_read_by_what_the_record_and_the_file_say() {
    let p = with_phones(&[
        ["", "0171 1234567", "Hamburg", "DE"],
        ["", "0172 1234567", "Hamburg", "Germany"],
        // By the city of others, by the web site's country, by the one full number it ends.
        ["", "0173 1234567", "Hamburg", ""],
        ["www.contoso.fr", "06 12 34 56 78", "", ""],
        ["", "(813) 710-3836", "", "US"],
        ["", "813-710-3836", "", ""],
        // Nothing tells these: `.io` is sold to everybody.
        ["www.contoso.io", "06 12 34 56 79", "Springfield", ""],
        ["", "0731 234567", "", ""],
    ]);
    assert_eq!(codes_of(&p, 2), ["+491731234567"]);
    assert_eq!(codes_of(&p, 3), ["+33612345678"]);
    assert_eq!(codes_of(&p, 5), ["+18137103836"]);
    assert_eq!(p.phones.row(4)[0].phone, p.phones.row(5)[0].phone);
    assert_eq!(codes_of(&p, 6), ["~0612345679"]);
    assert_eq!(codes_of(&p, 7), ["~0731234567"]);
    assert!(
        p.phone_codes
            .codes
            .iter()
            .all(|c| c.matchcode != "~8137103836"),
        "codes nobody holds are gone"
    );
}

#[test]
fn a_phone_that_two_countries_could_have_stays_weak() {
    let p = with_phones(&[
        ["", "+1 980 234 5678", "", ""],
        ["", "+91 98023 45678", "", ""],
        ["", "980-234-5678", "", ""],
    ]);
    assert!(codes_of(&p, 2)[0].starts_with('~'));
}

/// What [`prepare`] gives, worked out value by value with maps of texts and no chunks: every column as texts.
#[test]
fn columns_are_those_of_a_plain_reading_over_several_chunks() {
    use crate::normalise::{company, email, person_name, phone::PhoneReader, place};
    const ROWS: usize = 2 * CHUNK + 77;
    let first = ["Ann", "Bob", "", "Dr", "Zoë", "-"];
    let last = ["Lee", "Müller", "van Dyk", "", "Smith Jr"];
    let firm = [
        "Contoso Ltd",
        "CONTOSO",
        "",
        "Fabrikam GmbH",
        "n/a",
        "Tailspin",
        "Con toso",
    ];
    let mails = [
        "ann@contoso.com",
        "",
        "bob@fabrikam.de; ANN@contoso.com",
        "test@test.com",
        "ann+x@contoso.com",
        "nothing",
    ];
    let phones = [
        "+44 20 7946 0958",
        "020 7946 0958",
        "",
        "+1 425 555 0100 x12",
        "000-000-0000",
        "+44 7400 123456",
    ];
    let cities = ["München", "Munich", "", "Paris", "paris "];
    let lands = ["GB", "", "United Kingdom"];
    let rows: Vec<(RecordType, Activity, [String; 16])> = (0..ROWS)
        .map(|i| {
            let mut values: [String; 16] = Default::default();
            values[0] = format!("L{i:06}");
            values[1] = first[i % 6].to_owned();
            values[2] = last[i % 5].to_owned();
            values[3] = format!("{}{}", firm[i % 7], if i % 9 == 0 { " Inc" } else { "" });
            values[4] = mails[i % 6].replace("ann", &format!("ann{}", i / 40));
            values[5] = mails[(i / 6) % 6].to_owned();
            // Never without a plus where the record has no country: what settles those is tested apart.
            values[6] = phones[i % 6].to_owned();
            values[7] = phones[(i / 7) % 6].to_owned();
            values[9] = cities[i % 5].to_owned();
            values[11] = lands[i % 3].to_owned();
            if values[11].is_empty() {
                for phone in [6, 7] {
                    values[phone] = values[phone].replace("020", "+44 20");
                }
            }
            (RecordType::Lead, Activity::Active, values)
        })
        .collect();
    let borrowed: Vec<(RecordType, Activity, [&str; 16])> = rows
        .iter()
        .map(|(kind, activity, values)| (*kind, *activity, values.each_ref().map(String::as_str)))
        .collect();
    let table = table(&borrowed);
    let p = prepare(&table, &RuleSet::default(), None, &Silent);

    let reader = PhoneReader::new(None);
    let mut known: [Vec<String>; 5] = Default::default();
    let mut numbers: [std::collections::HashMap<String, u32>; 5] = Default::default();
    let mut number = |kind: usize, text: String| -> u32 {
        let new = known[kind].len() as u32;
        let list = &mut known[kind];
        *numbers[kind].entry(text.clone()).or_insert_with(|| {
            list.push(text);
            new
        })
    };
    for (i, (_, _, v)) in borrowed.iter().enumerate() {
        let name = person_name::read(&person_name::NameParts {
            first: v[1],
            last: v[2],
            ..Default::default()
        });
        let expected = match name.tokens.is_empty() {
            true => NONE,
            false => number(0, format!("{name:?}")),
        };
        assert_eq!(p.name[i], expected, "name of row {i}");
        let code = company::read(v[3]);
        let expected = match code.tokens.is_empty() {
            true => NONE,
            false => number(1, format!("{code:?}")),
        };
        assert_eq!(p.company[i], expected, "company of row {i}");
        let usable = |m: Marks| !m.has(Mark::Invalid) && !m.has(Mark::Placeholder);
        let mut mails: Vec<u32> = [v[4], v[5]]
            .into_iter()
            .flat_map(email::read)
            .filter(|c| usable(c.marks))
            .map(|c| number(2, c.matchcode))
            .collect();
        mails.sort_unstable();
        mails.dedup();
        assert_eq!(p.emails.row(i), mails, "addresses of row {i}");
        let country = place::country_code(v[11]);
        let mut phones: Vec<u32> = [v[6], v[7]]
            .into_iter()
            .flat_map(|text| reader.read(text, country))
            .filter(|c| !c.matchcode.is_empty() && !c.marks.has(Mark::Placeholder))
            .map(|c| number(3, c.matchcode))
            .collect();
        phones.sort_unstable();
        phones.dedup();
        let found: Vec<u32> = p.phones.row(i).iter().map(|u| u.phone).collect();
        assert_eq!(found, phones, "numbers of row {i}");
        let expected = match place::city(v[9]) {
            city if city.is_empty() => NONE,
            city => number(4, city),
        };
        assert_eq!(p.city[i], expected, "city of row {i}");
    }
    let matchcodes: Vec<&str> = p.email_codes.codes.iter().map(|c| c.matchcode).collect();
    assert_eq!(matchcodes, known[2]);
    let matchcodes: Vec<&str> = p.phone_codes.codes.iter().map(|c| c.matchcode).collect();
    assert_eq!(matchcodes, known[3]);
    assert_eq!(
        p.cities.texts().iter().map(|t| &**t).collect::<Vec<_>>(),
        known[4]
    );
}

#[test]
fn particles_and_their_surname_are_known_as_one_word() {
    let name = |last: &'static str| {
        let mut row = [""; 16];
        (row[1], row[2]) = ("Ahmed", last);
        (RecordType::Lead, Activity::Active, row)
    };
    let table = table(&[name("Al-Rashid"), name("van der Berg")]);
    let p = prepare(&table, &RuleSet::default(), None, &Silent);
    let known = |word: &str| p.names.vocabulary.get(word).is_some();
    assert!(known("alrashid") && known("vanderberg"));
    assert!(!known("derberg") && !known("ahmedal"));
}

#[test]
fn lists_name_companies_as_written_and_as_meant() {
    fn company(name: &str) -> (RecordType, Activity, [&str; 16]) {
        let mut row = [""; 16];
        (row[1], row[2], row[3]) = ("Ada", "Berg", name);
        (RecordType::Lead, Activity::Active, row)
    }
    let names = [
        "Contoso GMH",
        "Fabrikam",
        "Northwind GMBHH",
        "Tailspin Gmbb",
    ];
    let firms: Vec<String> = (0..30).map(|n| format!("Firm{n} GmbH")).collect();
    let firms = firms.iter().map(String::as_str);
    let rows: Vec<_> = names.into_iter().chain(firms).map(company).collect();
    let rules = crate::rules::parse(
        "[set]\nname = \"x\"\n[bypass]\ncompany = [\"Northwind GMBHH\", \"Tailspin\"]\n\
         [alias]\ncompany = [[\"Contoso GMH\", \"Fabrikam\"]]\n\
         [[rule]]\nname = \"r\"\nbase = \"lead\"\nmatch = \"lead\"\nwhen = [{ same = \"email\" }]\n",
    );
    let rules = rules.expect("a rule file");
    let p = prepare(&table(&rows), &rules, None, &Silent);
    assert_eq!(
        p.companies.codes.at(p.company[0] as usize).squashed,
        "contoso"
    );
    assert_eq!(
        p.companies.alias_of(p.company[0]),
        p.companies.alias_of(p.company[1])
    );
    assert_eq!(p.company[2..4], [NONE, NONE]);
}
