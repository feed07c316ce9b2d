//! Suggestions from small clusters of leads a sales person would recognise.

use super::*;
use crate::model::{
    Activity, Candidacy, ClusterFlag, CompanyCode, EmailCode, Field, Generation, Interner, Mark,
    Marks, NONE, Origin, PhoneCode, PhoneKind, PhoneUse, PhoneUseKind, RecordType, Silent,
    TextColumn,
};
use crate::rules::Preference;

/// Records as `field = value` texts, joined to one cluster by a chain of pairs.
struct Sample {
    table: Table,
    prepared: Prepared,
    generic: GenericValues,
    cluster: Cluster,
}

const PLACEHOLDERS: [&str; 3] = ["test", "0000000000", "test@test.com"];

impl Sample {
    /// Each record: its type and values, `state = inactive` for an inactive one.
    fn of(records: &[(RecordType, &[(&str, &str)])]) -> Sample {
        let mut table = Table::default();
        let mut names: Vec<&str> = records
            .iter()
            .flat_map(|(_, values)| values.iter().map(|v| v.0))
            .filter(|name| *name != "state")
            .collect();
        names.sort_unstable_by_key(|n| (Field::parse(n).map_or(usize::MAX, |f| f as usize), *n));
        names.dedup();
        for name in names {
            let mut column = TextColumn::new(name, Field::parse(name));
            for (_, values) in records {
                column.push(values.iter().find(|v| v.0 == name).map_or("", |v| v.1));
            }
            table.columns.push(column);
        }
        for (record_type, values) in records {
            table.record_type.push(*record_type);
            table
                .activity
                .push(if values.contains(&("state", "inactive")) {
                    Activity::Inactive
                } else {
                    Activity::Active
                });
            table.candidacy.push(Candidacy::Candidate);
            table.origin.push(Origin {
                file_idx: 0,
                row: 2,
                line: 2,
            });
        }
        let prepared = prepared(&table);
        let generic = GenericValues {
            email_people: (prepared.email_codes.codes.iter())
                .map(|c| if c.local() == "info" { 40 } else { 0 })
                .collect(),
            ..GenericValues::default()
        };
        let members: Vec<RecordIdx> = (0..records.len() as u32).map(RecordIdx).collect();
        let links = members
            .windows(2)
            .enumerate()
            .map(|(i, ends)| Link {
                left: ends[0],
                right: ends[1],
                score_millibits: 20_000 - 1000 * i as i32,
                verdict: Verdict::Auto,
                rules: RuleMask::of(i),
            })
            .collect();
        Sample {
            table,
            prepared,
            generic,
            cluster: Cluster {
                members,
                links,
                weakest_millibits: 0,
                cohesion: 0.9,
                n_conflicts: 0,
                flags: Vec::new(),
            },
        }
    }

    fn leads(records: &[&[(&str, &str)]]) -> Sample {
        Sample::of(
            &records
                .iter()
                .map(|values| (RecordType::Lead, *values))
                .collect::<Vec<_>>(),
        )
    }

    fn suggest_by(&self, policy: &SurvivorPolicy) -> Suggestion {
        let reason = |a: RecordIdx, b: RecordIdx, rules: RuleMask| {
            format!("{} like {} by {}", a.0, b.0, rules.0)
        };
        suggest(
            &self.table,
            &self.prepared,
            Standards {
                policy,
                generic: &self.generic,
                clocks: Clocks::of(&self.table),
            },
            std::slice::from_ref(&self.cluster),
            &reason,
            &Silent,
        )
        .remove(0)
    }

    fn suggest(&self) -> Suggestion {
        self.suggest_by(&SurvivorPolicy::default())
    }

    /// The golden record: `(column, value, source)`.
    fn golden(&self) -> Vec<(String, String, u32)> {
        self.suggest()
            .golden
            .iter()
            .map(|g| {
                let column = &self.table.columns[g.column_idx as usize];
                (
                    column.name().to_owned(),
                    column.get(g.source.at()).to_owned(),
                    g.source.0,
                )
            })
            .collect()
    }
}

/// A plain stand-in for stage 2, enough for the values used here.
fn prepared(table: &Table) -> Prepared {
    let mut out = Prepared::default();
    let n = table.n_records();
    let usable = |text: &&str| !text.is_empty() && !PLACEHOLDERS.contains(text);
    let mut emails = Interner::default();
    let mut phones = Interner::default();
    for i in 0..n {
        let record = RecordIdx(i as u32);
        let value = |field| Some(table.value(record, field)).filter(usable);
        let held: Vec<u32> = Field::EMAILS
            .into_iter()
            .filter_map(value)
            .filter(|v| v.contains('@'))
            .map(|v| emails.intern(&v.to_lowercase()))
            .collect();
        out.emails.push_row(held);
        let columns = [
            PhoneUseKind::Business,
            PhoneUseKind::Home,
            PhoneUseKind::Other,
            PhoneUseKind::Mobile,
        ];
        let mut held: Vec<PhoneUse> = Vec::new();
        for (field, column) in Field::PHONES.into_iter().zip(columns) {
            let digits: String = value(field)
                .filter(|v| !v.contains('E'))
                .map_or(String::new(), |v| {
                    v.chars().filter(char::is_ascii_digit).collect()
                });
            if digits.is_empty() {
                continue;
            }
            let phone = phones.intern(&digits);
            if held.iter().all(|h| h.phone != phone) {
                held.push(PhoneUse {
                    phone,
                    column,
                    extension: 0,
                });
            }
        }
        out.phones.push_row(held);
        let number = |field| value(field).map_or(NONE, |_| 0);
        out.name.push(
            [Field::FullName, Field::FirstName, Field::LastName]
                .into_iter()
                .map(number)
                .min()
                .unwrap_or(NONE),
        );
        out.company.push(number(Field::CompanyName));
        out.website.push(number(Field::Website));
        out.street.push(number(Field::Street));
        out.address.push(number(Field::Street));
        out.city.push(number(Field::City));
        out.postcode.push(number(Field::PostalCode));
        out.country.push(number(Field::Country));
        out.title.push(number(Field::JobTitle));
        out.birth_date.push(number(Field::BirthDate));
        out.government_id.push(number(Field::GovernmentId));
    }
    out.record_type = table.record_type.clone();
    out.names.marks = vec![Marks::NONE];
    out.names.generation = vec![Generation::Unsaid];
    out.companies.push(&CompanyCode {
        tokens: Vec::new(),
        squashed: String::new(),
        acronym: String::new(),
        legal_form: String::new(),
        marks: Marks::NONE,
    });
    out.email_codes.codes = emails
        .texts()
        .iter()
        .map(|text| {
            let (local, domain) = text.split_once('@').unwrap_or((text, ""));
            EmailCode {
                matchcode: text.to_string(),
                local: local.to_owned(),
                domain: domain.to_owned(),
                registrable: domain.to_owned(),
                marks: if local == "sales" {
                    Marks::NONE.with(Mark::Role)
                } else {
                    Marks::NONE
                },
            }
        })
        .collect();
    out.phone_codes.codes = phones
        .texts()
        .iter()
        .map(|text| PhoneCode {
            matchcode: format!("+{text}"),
            extension: String::new(),
            kind: PhoneKind::Unknown,
            marks: Marks::NONE,
        })
        .collect();
    out
}

#[test]
fn the_policy_decides_and_says_why() {
    let full: &[(&str, &str)] = &[
        ("id", "L2"),
        ("lastname", "Okafor"),
        ("emailaddress1", "ada@okafor.ng"),
        ("modifiedon", "2026-01-05"),
        ("createdon", "2020-03-01"),
    ];
    let poor: &[(&str, &str)] = &[
        ("id", "L1"),
        ("lastname", "Okafor"),
        ("emailaddress1", "test@test.com"),
        ("modifiedon", "2026-06-05"),
        ("createdon", "2019-03-01"),
    ];
    let inactive: &[(&str, &str)] = &[
        ("id", "L0"),
        ("state", "inactive"),
        ("lastname", "Okafor"),
        ("emailaddress1", "ada@okafor.ng"),
        ("telephone1", "+234 1 555 0100"),
    ];
    use Preference::{Active, Completeness, Created, Id, Modified};
    let table: &[(&[Preference], &str, &str)] = &[
        (
            &[Active, Completeness, Modified, Created, Id],
            "L2",
            "kept because it is active and the most complete (2 of 3 fields)",
        ),
        (
            &[Completeness],
            "L0",
            "kept because it is the most complete (3 of 3 fields)",
        ),
        (
            &[Modified],
            "L1",
            "kept because it is the last changed (2026-06-05)",
        ),
        (
            &[Created],
            "L1",
            "kept because it is the first created (2019-03-01)",
        ),
        (
            &[Active, Created],
            "L1",
            "kept because it is active and the first created (2019-03-01)",
        ),
        (
            &[],
            "L0",
            "kept because it is no different from the others and has the smallest id",
        ),
    ];
    let sample = Sample::leads(&[inactive, poor, full]);
    for (prefer, id, reason) in table {
        let suggestion = sample.suggest_by(&SurvivorPolicy {
            prefer: prefer.to_vec(),
        });
        assert_eq!(
            sample.table.id(suggestion.members[0].record),
            *id,
            "{prefer:?}"
        );
        assert_eq!(suggestion.survivor_reason, *reason, "{prefer:?}");
    }
}

#[test]
fn an_unknown_time_comes_last() {
    use Preference::{Created, Modified};
    let sample = Sample::leads(&[
        &[("id", "L1"), ("modifiedon", "soon"), ("createdon", "")],
        &[
            ("id", "L2"),
            ("modifiedon", "6/22/2026 10:00 AM"),
            ("createdon", "22.06.2026 10:00"),
        ],
    ]);
    for prefer in [Modified, Created] {
        let suggestion = sample.suggest_by(&SurvivorPolicy {
            prefer: vec![prefer],
        });
        assert_eq!(suggestion.members[0].record, RecordIdx(1), "{prefer:?}");
    }
}

#[test]
fn one_number_in_four_columns_is_one_number() {
    let sample = Sample::leads(&[
        &[
            ("id", "L1"),
            ("telephone1", "+49 30 1234567"),
            ("telephone2", "+49 30 1234567"),
            ("telephone3", "030 1234567"),
            ("mobilephone", "+49 (30) 123-4567"),
        ],
        &[
            ("id", "L2"),
            ("telephone1", "+49 30 1234567"),
            ("emailaddress1", "jo@acme.de"),
        ],
    ]);
    assert_eq!(sample.suggest().members[0].record, RecordIdx(1));
}

#[test]
fn a_value_many_share_counts_by_half() {
    for shared in ["info@acme.de", "sales@acme.de"] {
        let sample = Sample::leads(&[
            &[("id", "L1"), ("emailaddress1", shared), ("jobtitle", "CFO")],
            &[("id", "L2"), ("emailaddress1", "jo@acme.de")],
        ]);
        assert_eq!(sample.suggest().members[0].record, RecordIdx(1), "{shared}");
    }
}

#[test]
fn a_blank_is_filled_by_the_best_of_the_others_then_by_the_highest_ranked() {
    let sample = Sample::leads(&[
        &[
            ("id", "L1"),
            ("jobtitle", "CFO"),
            ("emailaddress2", "sales@acme.de"),
        ],
        &[
            ("id", "L2"),
            ("jobtitle", "Head of Finance"),
            ("emailaddress2", "jo@acme.de"),
            ("city", "X"),
            ("region", "N"),
        ],
        &[
            ("id", "L3"),
            ("emailaddress1", "jo@acme.de"),
            ("telephone1", "030 1234567"),
        ],
        &[
            ("id", "L4"),
            ("jobtitle", "Finance"),
            ("emailaddress2", "j.doe@acme.de"),
            ("city", "X"),
        ],
    ]);
    let source = |column: &str| {
        let golden = sample.golden();
        golden.iter().find(|g| g.0 == column).map(|g| g.2)
    };
    assert_eq!(source("emailaddress1"), Some(2));
    assert_eq!(source("jobtitle"), Some(1));
    assert_eq!(source("emailaddress2"), Some(1));
}

#[test]
fn an_account_is_kept_before_a_contact_and_a_contact_before_a_lead() {
    let values: &[(&str, &str)] = &[
        ("id", "X"),
        ("lastname", "Meier"),
        ("emailaddress1", "a@b.de"),
    ];
    let sample = Sample::of(&[
        (RecordType::Lead, values),
        (
            RecordType::Contact,
            &[("id", "Y"), ("state", "inactive"), ("lastname", "Meier")],
        ),
    ]);
    let suggestion = sample.suggest();
    assert_eq!(suggestion.members[0].record, RecordIdx(1));
    assert_eq!(suggestion.survivor_reason, "kept because it is a contact");
}

#[test]
fn members_are_as_sure_as_the_weakest_link_on_the_way() {
    let lead: &[(&str, &str)] = &[("id", "L")];
    let mut sample = Sample::leads(&[lead, lead, lead]);
    sample.cluster.links[0].score_millibits = 3_000;
    sample.cluster.links[0].verdict = Verdict::Review;
    let suggestion = sample.suggest();
    let of = |i: usize| &suggestion.members[i];
    assert_eq!(of(0).role, Role::Survivor);
    assert_eq!((of(0).probability, of(0).linked_to), (1.0, None));
    assert_eq!(
        (of(1).role, of(1).linked_to),
        (Role::Merge, Some(RecordIdx(0)))
    );
    assert_eq!(of(2).linked_to, Some(RecordIdx(1)));
    // 3 bits: odds of 8 to 1, also for the member two links away.
    for i in [1, 2] {
        assert!((of(i).probability - 8.0 / 9.0).abs() < 1e-12);
        assert_eq!(of(i).verdict, Verdict::Review);
    }
    assert_eq!(of(2).reason, "2 like 1 by 2");
    assert_eq!(of(1).rules, RuleMask(3));
    assert_eq!(suggestion.probability, of(1).probability);
    assert_eq!(suggestion.verdict, Verdict::Review);
}

#[test]
fn a_flag_keeps_a_suggestion_from_being_auto() {
    let lead: &[(&str, &str)] = &[("id", "L")];
    let mut sample = Sample::leads(&[lead, lead]);
    assert_eq!(sample.suggest().verdict, Verdict::Auto);
    sample.cluster.flags = vec![ClusterFlag::TwoIdentities];
    assert_eq!(sample.suggest().verdict, Verdict::Review);
}

#[test]
fn the_id_names_the_group() {
    let sample = Sample::leads(&[&[("id", "L1")], &[("id", "L2")]]);
    // printf 'lead:L1\nlead:L2\n' | sha256sum
    assert_eq!(sample.suggest().id, "S-5e4f40e434e0");
}

#[test]
fn the_survivors_value_wins_unless_it_is_unusable() {
    let sample = Sample::leads(&[
        &[
            ("id", "L1"),
            ("companyname", "Acme GmbH"),
            ("emailaddress1", "test@test.com"),
            ("telephone1", "4.42079E+11"),
            ("mobilephone", "+44 7700 900123"),
            ("jobtitle", "CFO"),
            ("modifiedon", "2026-01-01"),
        ],
        &[
            ("id", "L2"),
            ("companyname", "ACME GMBH "),
            ("emailaddress1", "jo.doe@acme.de"),
            ("telephone1", "+44 20 7946 0958"),
            ("jobtitle", "n/a"),
            ("region", "North"),
        ],
        &[
            ("id", "L3"),
            ("companyname", "Acme"),
            ("emailaddress1", "info@acme.de"),
            ("region", "null"),
        ],
    ]);
    let golden: Vec<_> = [
        ("id", "L2", 1),
        ("jobtitle", "CFO", 0),
        ("companyname", "ACME GMBH ", 1),
        ("emailaddress1", "jo.doe@acme.de", 1),
        ("telephone1", "+44 20 7946 0958", 1),
        ("mobilephone", "+44 7700 900123", 0),
        ("modifiedon", "", 1),
        ("region", "North", 1),
    ]
    .map(|(column, value, source)| (column.to_owned(), value.to_owned(), source))
    .to_vec();
    assert_eq!(sample.golden(), golden);
}

#[test]
fn an_address_is_never_made_up_of_two() {
    let sources = |records: &[&[(&str, &str)]]| {
        let golden = Sample::leads(records).golden();
        golden
            .into_iter()
            .filter(|g| g.0.starts_with("address1") || g.0.ends_with("name"))
            .map(|g| (g.1, g.2))
            .collect::<Vec<_>>()
    };
    let rich = ("emailaddress1", "a@b.de");
    let own = |pairs: &[(&str, u32)]| -> Vec<(String, u32)> {
        pairs.iter().map(|(v, s)| (v.to_string(), *s)).collect()
    };
    // Another city: the survivor's half address stays as it is, the postcode stays empty.
    assert_eq!(
        sources(&[
            &[
                rich,
                ("address1_line1", "Hauptstr. 1"),
                ("address1_city", "Berlin")
            ],
            &[
                ("address1_city", "Hamburg"),
                ("address1_postalcode", "20095")
            ],
        ]),
        own(&[("Hauptstr. 1", 0), ("Berlin", 0), ("", 0)])
    );
    // The same address, fuller: taken whole.
    assert_eq!(
        sources(&[
            &[
                rich,
                ("telephone1", "030 1234567"),
                ("address1_city", "Berlin")
            ],
            &[
                ("address1_line1", "Hauptstr. 1"),
                ("address1_city", "BERLIN"),
                ("address1_postalcode", "10115")
            ],
        ]),
        own(&[("Hauptstr. 1", 1), ("BERLIN", 1), ("10115", 1)])
    );
    // None of its own: the fullest of the others.
    assert_eq!(
        sources(&[
            &[rich, ("telephone1", "030 1234567")],
            &[("address1_city", "Berlin")],
            &[
                ("address1_city", "Hamburg"),
                ("address1_postalcode", "20095")
            ],
        ]),
        own(&[("Hamburg", 2), ("20095", 2)])
    );
    // A name that is a placeholder gives way as a whole.
    assert_eq!(
        sources(&[
            &[
                rich,
                ("telephone1", "030 1234567"),
                ("firstname", "test"),
                ("lastname", "test")
            ],
            &[("lastname", "Yilmaz")],
        ]),
        own(&[("", 1), ("Yilmaz", 1)])
    );
}

#[test]
fn suggestions_come_auto_first_then_surest_first() {
    let lead = |id| -> Vec<(&str, &str)> { vec![("id", id)] };
    let ids = ["a", "b", "c", "d", "e", "f"].map(lead);
    let sample = Sample::leads(&ids.iter().map(Vec::as_slice).collect::<Vec<_>>());
    let pair = |left: u32, score_millibits, verdict| Cluster {
        members: vec![RecordIdx(left), RecordIdx(left + 1)],
        links: vec![Link {
            left: RecordIdx(left),
            right: RecordIdx(left + 1),
            score_millibits,
            verdict,
            rules: RuleMask::of(0),
        }],
        ..sample.cluster.clone()
    };
    let clusters = [
        pair(0, 9_000, Verdict::Review),
        pair(2, 10_000, Verdict::Auto),
        pair(4, 12_000, Verdict::Auto),
    ];
    let suggestions = suggest(
        &sample.table,
        &sample.prepared,
        Standards {
            policy: &SurvivorPolicy::default(),
            generic: &sample.generic,
            clocks: Clocks::of(&sample.table),
        },
        &clusters,
        &|_, _, _| String::new(),
        &Silent,
    );
    let first: Vec<u32> = suggestions.iter().map(|s| s.members[0].record.0).collect();
    assert_eq!(first, [4, 2, 0]);
}
