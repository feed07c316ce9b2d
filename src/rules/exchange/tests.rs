use super::*;
use crate::rules::set::{MatchcodeKind, PicklistSide};
use proptest::prelude::*;

fn read(from: System, files: &[(&str, &str)], all: bool) -> Imported {
    let sources: Vec<Source<'_>> = files
        .iter()
        .map(|(name, text)| Source { name, text })
        .collect();
    import(from, &sources, ImportOptions { all }).unwrap_or_else(|e| panic!("{e}"))
}

/// Losses as `kind rule item`.
fn told(losses: &[Loss]) -> Vec<String> {
    losses
        .iter()
        .map(|l| {
            format!(
                "{} {} {}",
                l.kind.as_str(),
                l.rule.as_deref().unwrap_or("-"),
                l.item
            )
        })
        .collect()
}

fn exact(
    column: &str,
    match_column: Option<&str>,
    case_sensitive: bool,
    ignore_blank: bool,
) -> Condition {
    Condition::Exact {
        column: column.to_owned(),
        match_column: match_column.map(str::to_owned),
        case_sensitive,
        ignore_blank,
    }
}

const EXPANDED: &str = r#"{"@odata.context":"…","value":[
 {"duplicateruleid":"{11111111-2222-3333-4444-55555555555A}","name":"Same e-mail","baseentityname":"lead","matchingentityname":"lead",
  "excludeinactiverecords":true,"iscasesensitive":false,"statecode":1,"statuscode":2,
  "duplicaterule_duplicateruleconditions":[{"baseattributename":"emailaddress1","matchingattributename":"emailaddress1","operatorcode":0,"operatorparam":null,"ignoreblankvalues":true}]},
 {"duplicateruleid":"2","name":"Lead and account","baseentityname":"lead","matchingentityname":"account","excludeinactiverecords":false,"iscasesensitive":true,"statuscode":2,
  "DuplicateRule_DuplicateRuleConditions":[
   {"baseattributename":"companyname","matchingattributename":"name","operatorcode":1,"operatorparam":8,"ignoreblankvalues":false},
   {"baseattributename":"telephone1","matchingattributename":"telephone1","operatorcode":2,"operatorparam":4,"ignoreblankvalues":true}]},
 {"duplicateruleid":"3","name":"Draft","baseentityname":"lead","matchingentityname":"lead","excludeinactiverecords":false,"iscasesensitive":false,"statuscode":0,
  "duplicaterule_duplicateruleconditions":[{"baseattributename":"createdon","operatorcode":3,"ignoreblankvalues":true}]},
 {"duplicateruleid":"4","name":"Parts","baseentityname":"new_part","matchingentityname":"new_part","statuscode":2}
]}"#;

#[test]
fn an_expanded_answer_of_the_web_api_is_read() {
    let imported = read(System::Dynamics, &[("rules.json", EXPANDED)], false);
    assert_eq!(
        imported.set.rules,
        [
            Rule {
                id: Some("11111111-2222-3333-4444-55555555555a".into()),
                exclude_inactive: true,
                ..plain_rule(
                    "Same e-mail".into(),
                    RecordType::Lead,
                    RecordType::Lead,
                    vec![exact("emailaddress1", None, false, true)],
                )
            },
            Rule {
                id: Some("2".into()),
                ..plain_rule(
                    "Lead and account".into(),
                    RecordType::Lead,
                    RecordType::Account,
                    vec![
                        // The account's name is its company, so both sides are one column here.
                        Condition::First {
                            column: "companyname".into(),
                            match_column: None,
                            n: 8,
                            case_sensitive: true,
                            ignore_blank: false,
                        },
                        Condition::Last {
                            column: "telephone1".into(),
                            match_column: None,
                            n: 4,
                            case_sensitive: true,
                            ignore_blank: true,
                        },
                    ],
                )
            },
        ]
    );
    assert_eq!(
        told(&imported.losses),
        ["note Draft statuscode", "dropped Parts baseentityname"]
    );
    let all = read(System::Dynamics, &[("rules.json", EXPANDED)], true);
    assert_eq!(all.set.rules.len(), 3);
}

#[test]
fn two_tables_and_one_joined_table_say_the_same() {
    let rules = "duplicateruleid;name;baseentityname;matchingentityname;excludeinactiverecords;iscasesensitive;statuscode\n\
                 7;Name and birthday;contact;contact;True;No;Published\n";
    let conditions = "regardingobjectid;baseattributename;matchingattributename;operatorcode;operatorparam;ignoreblankvalues\n\
                      {7};lastname;lastname;Exact Match;;1\n7;birthdate;birthdate;Same Date;;0\n9;x;x;0;;1\n";
    let apart = read(
        System::Dynamics,
        &[("r.csv", rules), ("c.csv", conditions)],
        false,
    );
    let joined = "duplicateruleid,name,baseentityname,matchingentityname,excludeinactiverecords,iscasesensitive,statuscode,c.baseattributename,c.operatorcode,c.ignoreblankvalues\n\
                  7,Name and birthday,contact,contact,True,No,2,lastname,0,true\n7,Name and birthday,contact,contact,True,No,2,birthdate,3,false\n";
    let joined = read(System::Dynamics, &[("j.csv", joined)], false);
    assert_eq!(apart.set, joined.set);
    assert_eq!(apart.set.rules[0].when.len(), 2);
    assert_eq!(told(&apart.losses), ["dropped - condition on x"]);
    assert!(joined.losses.is_empty());
}

#[test]
fn a_condition_that_cannot_be_said_leaves_its_rule_out() {
    let rule = |condition: &str| {
        format!(
            r#"{{"name":"r","baseentityname":"lead","excludeinactiverecords":false,"iscasesensitive":false,"statuscode":2,"duplicaterule_duplicateruleconditions":[{condition}]}}"#
        )
    };
    for (condition, expected) in [
        (
            r#"{"baseattributename":"a","operatorcode":9,"ignoreblankvalues":false}"#,
            "the operatorcode \"9\" is none of 0 to 6",
        ),
        (
            r#"{"baseattributename":"a","operatorcode":1,"operatorparam":0,"ignoreblankvalues":false}"#,
            "operatorparam is not 1 to 2147483647",
        ),
        (
            r#"{"baseattributename":"a","ignoreblankvalues":false}"#,
            "it has no operatorcode",
        ),
        (
            r#"{"baseattributename":"","operatorcode":0,"ignoreblankvalues":false}"#,
            "its baseattributename names no column",
        ),
        (
            r#"{"baseattributename":"a","matchingattributename":"","operatorcode":0,"ignoreblankvalues":false}"#,
            "its matchingattributename names no column",
        ),
        ("", "the files hold no condition of this rule"),
    ] {
        let text = rule(condition);
        let sources = [Source {
            name: "r.json",
            text: &text,
        }];
        let error =
            import(System::Dynamics, &sources, ImportOptions::default()).expect_err(condition);
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn files_that_are_no_rules_are_told_with_their_place() {
    for (from, text, expected) in [
        (
            System::Dynamics,
            "{\n\"value\": [}",
            "read f, line 2: no JSON",
        ),
        (
            System::Dynamics,
            "a,b\n1,2\n",
            "read f, line 1: neither a column baseentityname",
        ),
        (
            System::Dynamics,
            "baseentityname,name\nlead\n",
            "read f, line 2: no table of values",
        ),
        (
            System::Dynamics,
            "[]",
            "find rules: no rule of the file could be used",
        ),
        (
            System::Salesforce,
            "<Layout/>",
            "read f, line 1: <Layout> is neither",
        ),
        (
            System::Salesforce,
            "<MatchingRules>",
            "read f, line 1: <MatchingRules> is not closed",
        ),
    ] {
        let error = import(
            from,
            &[Source { name: "f", text }],
            ImportOptions::default(),
        )
        .expect_err(text);
        assert!(error.to_string().starts_with(expected), "{error}");
    }
}

const LEADS: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<MatchingRules xmlns="http://soap.sforce.com/2006/04/metadata">
  <matchingRules>
    <fullName>By_Person</fullName><label>By person</label>
    <booleanFilter>1 AND 2 AND (3 OR 4)</booleanFilter>
    <matchingRuleItems><blankValueBehavior>NullNotAllowed</blankValueBehavior><fieldName>FirstName</fieldName><matchingMethod>FirstName</matchingMethod></matchingRuleItems>
    <matchingRuleItems><blankValueBehavior>NullNotAllowed</blankValueBehavior><fieldName>LastName</fieldName><matchingMethod>LastName</matchingMethod></matchingRuleItems>
    <matchingRuleItems><blankValueBehavior>MatchBlanks</blankValueBehavior><fieldName>Email</fieldName><matchingMethod>Exact</matchingMethod></matchingRuleItems>
    <matchingRuleItems><fieldName>Phone</fieldName><matchingMethod>Phone</matchingMethod></matchingRuleItems>
    <ruleStatus>Active</ruleStatus>
  </matchingRules>
  <matchingRules>
    <fullName>Old</fullName><label>Old</label>
    <matchingRuleItems><fieldName>Segment__c</fieldName><matchingMethod>Exact</matchingMethod></matchingRuleItems>
    <ruleStatus>Inactive</ruleStatus>
  </matchingRules>
</MatchingRules>"#;

#[test]
fn filter_logic_becomes_several_rules() {
    let imported = read(
        System::Salesforce,
        &[("src/Lead.matchingRule-meta.xml", LEADS)],
        false,
    );
    let rules: Vec<(&str, &[Condition])> = imported
        .set
        .rules
        .iter()
        .map(|r| (r.name.as_str(), r.when.as_slice()))
        .collect();
    let phone = Condition::Same {
        kind: MatchcodeKind::Phone,
        weak: false,
    };
    assert_eq!(
        rules,
        [
            (
                "By person (1 AND 2 AND 3)",
                &[
                    Condition::SimilarName,
                    exact("emailaddress1", None, false, false)
                ][..]
            ),
            (
                "By person (1 AND 2 AND 4)",
                &[Condition::SimilarName, phone][..]
            ),
        ]
    );
    assert_eq!(
        told(&imported.losses),
        [
            "note By person booleanFilter",
            "changed By person FirstName by FirstName",
            "changed By person LastName by LastName",
            "changed By person Phone by Phone",
            "note Old ruleStatus",
        ]
    );
}

#[test]
fn an_item_without_a_field_leaves_its_rules_out() {
    let nameless = LEADS.replace("<fieldName>Phone</fieldName>", "");
    let imported = read(
        System::Salesforce,
        &[("Lead.matchingRule-meta.xml", &nameless)],
        false,
    );
    let names: Vec<&str> = imported.set.rules.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(names, ["By person (1 AND 2 AND 3)"]);
    assert!(told(&imported.losses).contains(&"dropped By person an item by Phone".to_owned()));
}

#[test]
fn a_duplicate_rule_across_objects_gives_base_and_columns() {
    let contacts = r#"<DuplicateRule xmlns="http://soap.sforce.com/2006/04/metadata">
      <duplicateRuleMatchRules><matchRuleSObjectType>Lead</matchRuleSObjectType><matchingRule>By_Company</matchingRule>
        <objectMapping><inputObject>Account</inputObject>
          <mappingFields><inputField>Name</inputField><outputField>Company</outputField></mappingFields>
          <mappingFields><inputField>Phone</inputField><outputField>MobilePhone</outputField></mappingFields>
        <outputObject>Lead</outputObject></objectMapping></duplicateRuleMatchRules>
      <duplicateRuleMatchRules><matchRuleSObjectType>Lead</matchRuleSObjectType><matchingRule>Standard_Lead_Match_Rule_v1_0</matchingRule></duplicateRuleMatchRules>
      <isActive>true</isActive><masterLabel>Accounts</masterLabel></DuplicateRule>"#;
    let leads = r#"<MatchingRules><matchingRules><fullName>By_Company</fullName><label>By company</label>
      <matchingRuleItems><fieldName>Company</fieldName><matchingMethod>CompanyName</matchingMethod></matchingRuleItems>
      <matchingRuleItems><fieldName>MobilePhone</fieldName><matchingMethod>Exact</matchingMethod></matchingRuleItems>
      <ruleStatus>Active</ruleStatus></matchingRules></MatchingRules>"#;
    let files = [
        (
            "duplicateRules/Account.Accounts.duplicateRule-meta.xml",
            contacts,
        ),
        ("matchingRules/Lead.matchingRule-meta.xml", leads),
    ];
    let imported = read(System::Salesforce, &files, false);
    let [rule] = imported.set.rules.as_slice() else {
        panic!("{:?}", imported.set.rules);
    };
    assert_eq!(
        (rule.base, rule.matching),
        (RecordType::Account, RecordType::Lead)
    );
    assert_eq!(
        rule.when,
        [
            Condition::SimilarCompany { threshold: 0.7 },
            exact("telephone1", Some("mobilephone"), false, true)
        ]
    );
    assert_eq!(
        told(&imported.losses),
        [
            "note Accounts actions",
            "changed By company Company by CompanyName",
            "dropped Accounts matching rule Lead.Standard_Lead_Match_Rule_v1_0",
        ]
    );
}

/// Reads an export back, drafts included.
fn back(to: System, exported: &Exported) -> RuleSet {
    let files: Vec<(&str, &str)> = exported
        .files
        .iter()
        .map(|(name, text)| (name.as_str(), text.as_str()))
        .collect();
    read(to, &files, true).set
}

#[test]
fn an_export_tells_what_the_other_side_cannot_say() {
    let set = crate::rules::builtin();
    let dynamics = export(&set, System::Dynamics);
    assert_eq!(dynamics.n_rules, 2, "{:?}", told(&dynamics.losses));
    assert_eq!(
        told(&dynamics.losses),
        [
            "changed Same e-mail { same = \"email\" }",
            "dropped Same e-mail generic",
            "dropped Same e-mail base_scope",
            "changed Same phone { same = \"phone\" }",
            "dropped Same phone generic",
            "dropped Same phone base_scope",
            "dropped Similar name and company { similar = \"name\" }",
            "dropped Similar name, same e-mail domain { similar = \"name\" }",
        ]
    );
    let salesforce = export(&set, System::Salesforce);
    assert_eq!(salesforce.n_rules, 3);
    let names: Vec<&str> = salesforce.files.iter().map(|f| f.0.as_str()).collect();
    assert_eq!(
        names,
        [
            "matchingRules/Lead.matchingRule-meta.xml",
            "duplicateRules/Lead.lead_duplicates_1.duplicateRule-meta.xml"
        ]
    );
    let again = back(System::Salesforce, &salesforce);
    let kinds: Vec<&[Condition]> = again.rules.iter().map(|r| r.when.as_slice()).collect();
    assert_eq!(kinds[2], &set.rules[2].when[..]);
}

#[test]
fn dynamics_gaps_are_those_of_conditions_and_options() {
    let set = crate::rules::builtin();
    let gaps: Vec<String> = set
        .rules
        .iter()
        .flat_map(|r| told(&dynamics_gaps(r)))
        .collect();
    assert_eq!(gaps.len(), 10, "{gaps:?}");
    let plain = read(System::Dynamics, &[("rules.json", EXPANDED)], false).set;
    assert!(plain.rules.iter().all(|r| dynamics_gaps(r).is_empty()));
}

#[test]
fn a_rule_has_its_own_id_or_a_lasting_one() {
    let set = crate::rules::builtin();
    let ids: BTreeSet<String> = set.rules.iter().map(rule_id).collect();
    assert_eq!(ids.len(), 4);
    assert!(
        ids.iter().all(|id| super::dynamics_export::is_guid(id)),
        "{ids:?}"
    );
    assert_eq!(
        rule_id(&set.rules[0]),
        "9d584194-6431-8d0a-946e-995d04a24f98"
    );
    let own = Rule {
        id: Some("{ABC}".into()),
        ..set.rules[0].clone()
    };
    assert_eq!(rule_id(&own), "{ABC}");
}

#[test]
fn a_matchcode_that_is_too_long_is_told() {
    let mut set = read(System::Dynamics, &[("rules.json", EXPANDED)], false).set;
    set.rules.truncate(1);
    set.rules[0].when = ["emailaddress1", "fullname", "websiteurl"]
        .map(|c| exact(c, None, false, true))
        .to_vec();
    let losses = export(&set, System::Dynamics).losses;
    assert!(
        losses[0].message.starts_with("needs about 462 characters"),
        "{losses:?}"
    );
}

fn a_column() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "emailaddress1".to_owned(),
        "lastname".to_owned(),
        "address1_city".to_owned(),
        "telephone1".to_owned(),
        "new_segment".to_owned(),
    ])
}

fn a_type() -> impl Strategy<Value = RecordType> {
    prop::sample::select(RecordType::ALL.to_vec())
}

fn named(mut rules: Vec<Rule>) -> RuleSet {
    for (i, rule) in rules.iter_mut().enumerate() {
        rule.name = format!("Rule <{i}> & \"more\"");
    }
    rule_set("round trip".to_owned(), rules)
}

/// A rule that Dynamics can express.
fn a_dynamics_rule() -> impl Strategy<Value = Rule> {
    let condition = (a_column(), a_column(), 0_u8..7, 1_usize..200, any::<bool>());
    (
        a_type(),
        a_type(),
        any::<bool>(),
        any::<bool>(),
        prop::option::of(0_u64..u64::MAX),
        prop::collection::vec(condition, 1..4),
    )
        .prop_map(
            |(base, matching, exclude_inactive, case_sensitive, id, conditions)| {
                let when = conditions
                    .into_iter()
                    .map(|(column, other, kind, n, ignore_blank)| {
                        let match_column = Some(other).filter(|o| base != matching && *o != column);
                        match kind {
                            0 => Condition::Exact {
                                column,
                                match_column,
                                case_sensitive,
                                ignore_blank,
                            },
                            1 => Condition::First {
                                column,
                                match_column,
                                n,
                                case_sensitive,
                                ignore_blank,
                            },
                            2 => Condition::Last {
                                column,
                                match_column,
                                n,
                                case_sensitive,
                                ignore_blank,
                            },
                            3 => Condition::SameDate {
                                column,
                                match_column,
                                ignore_blank,
                            },
                            4 => Condition::Picklist {
                                column,
                                match_column,
                                by: PicklistSide::Label,
                                case_sensitive,
                                ignore_blank,
                            },
                            5 => Condition::Picklist {
                                column,
                                match_column,
                                by: PicklistSide::Value,
                                case_sensitive: false,
                                ignore_blank,
                            },
                            _ => Condition::SameDateTime {
                                column,
                                match_column,
                                ignore_blank,
                            },
                        }
                    })
                    .collect();
                let mut rule = plain_rule(String::new(), base, matching, when);
                rule.exclude_inactive = exclude_inactive;
                // With dates alone there is no place for the case flag, and none of its effects either.
                rule.id = id.map(|id| {
                    let hex = format!("{id:016x}");
                    format!("00000000-0000-0000-{}-{}", &hex[..4], &hex[4..])
                });
                rule
            },
        )
}

/// A rule that Salesforce can express, up to how its methods score.
fn a_salesforce_rule() -> impl Strategy<Value = Rule> {
    let column = prop::sample::select(vec![
        "emailaddress1".to_owned(),
        "address1_city".to_owned(),
        "mobilephone".to_owned(),
        "Segment__c".to_owned(),
    ]);
    let condition = prop_oneof![
        (column, any::<bool>()).prop_map(|(c, blank)| exact(&c, None, false, blank)),
        Just(Condition::SimilarName),
        Just(Condition::SimilarCompany { threshold: 0.7 }),
        Just(Condition::Same {
            kind: MatchcodeKind::Phone,
            weak: false
        }),
        Just(measured(
            "jobtitle".to_owned(),
            None,
            Measure::TokenSet,
            0.5
        )),
        Just(measured(
            "address1_line1".to_owned(),
            None,
            Measure::TokenSet,
            0.8
        )),
    ];
    prop::collection::vec(condition, 1..4).prop_filter_map("each field once", |when| {
        let mut seen = BTreeSet::new();
        when.iter()
            .all(|c| {
                seen.insert(
                    c.text_columns()
                        .first()
                        .map_or(format!("{c:?}"), |t| t.0.to_owned()),
                )
            })
            .then(|| plain_rule(String::new(), RecordType::Lead, RecordType::Lead, when))
    })
}

proptest! {
    #[test]
    fn what_dynamics_can_say_comes_back(rules in prop::collection::vec(a_dynamics_rule(), 1..6)) {
        let mut set = named(rules);
        let mut ids = BTreeSet::new();
        for rule in &mut set.rules {
            rule.id = rule.id.take().filter(|id| ids.insert(id.clone()));
        }
        let exported = export(&set, System::Dynamics);
        let lost: Vec<&Loss> = exported.losses.iter().filter(|l| l.kind != LossKind::Note).collect();
        prop_assert!(lost.is_empty(), "{:?}", lost);
        prop_assert_eq!(back(System::Dynamics, &exported).rules, set.rules);
    }

    #[test]
    fn what_salesforce_can_say_comes_back(rules in prop::collection::vec(a_salesforce_rule(), 1..8)) {
        let set = named(rules);
        let exported = export(&set, System::Salesforce);
        let lost: Vec<&Loss> = exported.losses.iter().filter(|l| l.kind == LossKind::Dropped).collect();
        prop_assert!(lost.is_empty(), "{:?}", lost);
        let mut again = back(System::Salesforce, &exported).rules;
        again.sort_by(|a, b| a.name.cmp(&b.name));
        prop_assert_eq!(again, set.rules);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(\\PC|\n|<|>|&|\\{|\\[|,|name|baseentityname){0,60}") {
        for from in System::ALL {
            let sources = [Source { name: "Lead.x", text: &text }];
            let _ = import(from, &sources, ImportOptions { all: true });
        }
    }
}

#[test]
fn ids_that_no_rule_file_could_hold_are_left_out_and_told() {
    let rule = |id: &str, name: &str| {
        format!(
            r#"{{"duplicateruleid":"{id}","name":"{name}","baseentityname":"lead","matchingentityname":"lead","statuscode":2,
  "duplicaterule_duplicateruleconditions":[{{"baseattributename":"emailaddress1","matchingattributename":"emailaddress1","operatorcode":0}}]}}"#
        )
    };
    let rules = [
        rule("1", "Whole"),
        rule("1", "Again"),
        rule(" ", "Blank"),
        rule("2\\u007f", "Damaged"),
    ];
    let text = format!(r#"{{"value":[{}]}}"#, rules.join(","));
    let imported = read(System::Dynamics, &[("rules.json", &text)], false);
    let ids: Vec<Option<&str>> = (imported.set.rules.iter())
        .map(|r| r.id.as_deref())
        .collect();
    assert_eq!(ids, [Some("1"), None, None, None]);
    for lost in ["note Again id", "note Blank id", "note Damaged id"] {
        let losses = told(&imported.losses);
        assert!(losses.iter().any(|l| l == lost), "{lost}: {losses:?}");
    }
    assert_eq!(
        crate::rules::parse(&crate::rules::render(&imported.set)).as_ref(),
        Ok(&imported.set)
    );
}
