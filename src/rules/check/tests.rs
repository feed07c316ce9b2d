//! Each kind of finding that needs no data: a rule file that has it, and one beside it that has not.

use super::*;
use crate::rules::{builtin_for, parse};

fn found(rules: &str, look: impl Fn(&RuleSet) -> Vec<Finding>) -> Vec<(String, &'static str)> {
    let set = parse(rules).unwrap_or_else(|e| panic!("{e}\n{rules}"));
    look(&set)
        .into_iter()
        .map(|f| (f.rule.unwrap_or_default(), f.code))
        .collect()
}

/// One rule a text, called "1", "2" …
fn with_rules(rules: &[&str]) -> String {
    rules
        .iter()
        .enumerate()
        .map(|(i, r)| format!("[[rule]]\nname = \"{}\"\n{r}\n", i + 1))
        .collect()
}

type Case<'a> = (&'a [&'a str], &'a [(&'a str, &'a str)]);

fn compare(cases: &[Case<'_>], look: impl Fn(&RuleSet) -> Vec<Finding>) {
    for (rules, expected) in cases {
        let found = found(&with_rules(rules), &look);
        let found: Vec<(&str, &str)> = found.iter().map(|(r, c)| (r.as_str(), *c)).collect();
        assert_eq!(&found, expected, "{rules:?}");
    }
}

#[test]
fn the_built_in_sets_have_no_findings() {
    for t in crate::model::RecordType::ALL {
        assert_eq!(check(&builtin_for(t)), []);
    }
}

#[test]
fn findings_of_the_wording() {
    let cases: &[Case<'_>] = &[
        (
            &[
                r#"when = [{ same = "email" }]"#,
                r#"when = [{ same = "email" }]"#,
            ],
            &[("2", "KF001")],
        ),
        (
            &[
                r#"when = [{ same = "email" }]"#,
                r#"when = [{ similar = "name" }, { same = "email" }]"#,
            ],
            &[("2", "KF002")],
        ),
        // A floor on the wider rule may leave out what the narrower one finds.
        (
            &[
                "evidence = \"auto\"\nwhen = [{ same = \"email\" }]",
                r#"when = [{ similar = "name" }, { same = "email" }]"#,
            ],
            &[],
        ),
        (
            &[
                r#"when = [{ first = 3, column = "a" }]"#,
                r#"when = [{ first = 5, column = "A" }]"#,
            ],
            &[("2", "KF002")],
        ),
        (
            &[
                r#"when = [{ exact = "a" }]"#,
                r#"when = [{ exact = "a", match = "b" }]"#,
            ],
            &[],
        ),
        (
            &[
                r#"when = [{ similar = "company", threshold = 0.9 }, { exact = "a" }]"#,
                r#"when = [{ same = "company" }, { exact = "a" }]"#,
            ],
            &[("2", "KF002")],
        ),
        // Exceptions are judged by each rule's own idea of generic values.
        (
            &[
                "when = [{ exact = \"a\" }, { same = \"phone\" }]\nunless = [{ same = \"email\" }]",
                "generic = \"ignore\"\nwhen = [{ exact = \"a\" }, { same = \"phone\" }]\nunless = [{ same = \"email\" }]",
            ],
            &[],
        ),
        // The conditions follow from each other, and yet carry unlike bits to their floors.
        (
            &[
                "evidence = 15\nwhen = [{ exact = \"a\" }]",
                "evidence = 15\nwhen = [{ exact = \"a\" }, { first = 3, column = \"a\" }]",
            ],
            &[],
        ),
        (
            &["when = [{ same = \"email\" }]\nunless = [{ same = \"email_domain\" }]"],
            &[("1", "KF003")],
        ),
        (
            &[
                "when = [{ same = \"email_domain\" }, { exact = \"a\" }]\nunless = [{ same = \"email\" }]",
            ],
            &[],
        ),
        (
            &[
                r#"when = [{ exact = "a" }, { similar = "fullname", measure = "jaro-winkler", threshold = 0.5 }]"#,
            ],
            &[("1", "KF004")],
        ),
        (
            &[r#"when = [{ exact = "a" }, { similar = "company", threshold = 0.4 }]"#],
            &[("1", "KF004")],
        ),
        (
            &[
                r#"when = [{ exact = "a" }, { similar = "fullname", measure = "jaro-winkler", threshold = 0.9 }]"#,
            ],
            &[],
        ),
        (
            &[
                r#"when = [{ similar = "fullname", measure = "jaro-winkler", threshold = 0.9 }, { not = { same = "email" } }]"#,
            ],
            &[("1", "KF007")],
        ),
        (&[r#"when = [{ similar = "name" }]"#], &[("1", "KF008")]),
        (
            &["evidence = \"auto\"\nwhen = [{ similar = \"name\" }]"],
            &[],
        ),
        (
            &["generic = \"ignore\"\nwhen = [{ exact = \"a\" }]"],
            &[("1", "KF009")],
        ),
        (
            &["generic = \"ignore\"\nwhen = [{ same = \"email\" }]"],
            &[],
        ),
        (&[r#"when = [{ exact = "lastnam" }]"#], &[("1", "KF006")]),
        (&[r#"when = [{ exact = "new_segment" }]"#], &[]),
        (
            &[r#"when = [{ exact = "emailaddress1" }]"#],
            &[("1", "KF005")],
        ),
        (&[r#"when = [{ exact = "fax" }]"#], &[]),
    ];
    compare(cases, check);
    let survivor = |prefer: &str| {
        found(
            &format!(
                "[[rule]]\nname = \"x\"\nwhen = [{{ same = \"email\" }}]\n[survivor]\nprefer = [{prefer}]"
            ),
            check,
        )
    };
    assert_eq!(survivor("\"created\""), [(String::new(), "KF010")]);
    assert_eq!(survivor("\"created\", \"id\""), []);
}

#[test]
fn findings_of_repeated_conditions_and_blanks() {
    let cases: &[Case<'_>] = &[
        (
            &[r#"when = [{ exact = "a" }, { first = 3, column = "a" }]"#],
            &[("1", "KF011")],
        ),
        (
            &[r#"when = [{ exact = "a" }, { exact = "a" }]"#],
            &[("1", "KF011")],
        ),
        (
            &[
                "when = [{ exact = \"a\" }]\nunless = [{ exact = \"b\" }, { first = 1, column = \"b\" }]",
            ],
            &[("1", "KF011")],
        ),
        (
            &[r#"when = [{ exact = "a" }, { first = 3, column = "b" }]"#],
            &[],
        ),
        // With a floor each condition adds bits, so that none is superfluous.
        (
            &["evidence = 12\nwhen = [{ exact = \"a\" }, { first = 3, column = \"a\" }]"],
            &[],
        ),
        (
            &[r#"when = [{ exact = "a", ignore_blank = false }]"#],
            &[("1", "KF012")],
        ),
        (&[r#"when = [{ exact = "a" }]"#], &[]),
        (
            &[
                r#"when = [{ exact = "a", ignore_blank = false }, { exact = "b", ignore_blank = false }]"#,
            ],
            &[("1", "KF013")],
        ),
        (
            &[r#"when = [{ exact = "a", ignore_blank = false }, { exact = "b" }]"#],
            &[("1", "KF014")],
        ),
        (&[r#"when = [{ exact = "a" }, { exact = "b" }]"#], &[]),
    ];
    compare(cases, check);
}

#[test]
fn findings_for_dynamics() {
    let six: Vec<String> = (0..6)
        .map(|i| {
            format!(
                "when = [{{ exact = \"jobtitle\" }}, {{ first = {}, column = \"lastname\" }}]",
                i + 1
            )
        })
        .collect();
    let six: Vec<&str> = six.iter().map(String::as_str).collect();
    let cases: &[Case<'_>] = &[
        // 100 + 160 + 200 + 2 = 462 and 100 + 100 + 50 + 2 = 252.
        (
            &[
                r#"when = [{ exact = "emailaddress1" }, { exact = "fullname" }, { exact = "websiteurl" }]"#,
            ],
            &[("1", "KF201"), ("1", "KF207")],
        ),
        (
            &[
                r#"when = [{ exact = "emailaddress1" }, { exact = "companyname" }, { exact = "telephone1" }]"#,
            ],
            &[("1", "KF207")],
        ),
        // At the limit: 250 + 199 + 1.
        (
            &[
                r#"when = [{ exact = "address1_line1" }, { last = 199, column = "address1_line2" }]"#,
            ],
            &[("1", "KF207")],
        ),
        (
            &[
                r#"when = [{ exact = "address1_line1" }, { last = 200, column = "address1_line2" }]"#,
            ],
            &[("1", "KF201"), ("1", "KF207")],
        ),
        (&[r#"when = [{ exact = "new_code" }]"#], &[("1", "KF202")]),
        (
            &[r#"when = [{ same_date = "birthdate" }]"#],
            &[("1", "KF202")],
        ),
        (&[r#"when = [{ exact = "lastname" }]"#], &[]),
        (&six[..5], &[("1", "KF207")]),
        (&six, &[("1", "KF207"), ("6", "KF203")]),
        (&[r#"when = [{ same = "email" }]"#], &[("1", "KF204")]),
        (
            &[r#"when = [{ similar = "fullname", measure = "osa", threshold = 0.9 }]"#],
            &[("1", "KF204")],
        ),
        (
            &[r#"when = [{ exact = "emailaddress1", match = "emailaddress2" }]"#],
            &[("1", "KF205")],
        ),
        (
            &[
                "base = \"lead\"\nmatch = \"contact\"\nwhen = [{ exact = \"emailaddress1\", match = \"emailaddress2\" }]",
            ],
            &[],
        ),
        (
            &[
                "exclude_inactive = true\nbase_scope = \"active\"\nevidence = 3\ngeneric = \"ignore\"\nwhen = [{ exact = \"lastname\" }]\nunless = [{ exact = \"suffix\" }]",
            ],
            &[
                ("1", "KF206"),
                ("1", "KF206"),
                ("1", "KF206"),
                ("1", "KF206"),
            ],
        ),
        (
            &["exclude_inactive = true\nwhen = [{ exact = \"lastname\" }]"],
            &[],
        ),
        (
            &[
                r#"when = [{ exact = "lastname", ignore_blank = false }, { exact = "firstname", ignore_blank = false }]"#,
            ],
            &[],
        ),
        (
            &[
                r#"when = [{ exact = "lastname", case_sensitive = true, ignore_blank = false }, { exact = "firstname", ignore_blank = false }]"#,
            ],
            &[("1", "KF208")],
        ),
    ];
    compare(cases, |set| {
        check_target(set, Target::Dynamics, &BTreeMap::new())
    });
    // A length of one's own settles it, either way.
    let own = |n| BTreeMap::from([("new_code".to_owned(), n)]);
    let rule = with_rules(&[r#"when = [{ exact = "new_code" }]"#]);
    for (n, expected) in [(450, &[][..]), (451, &[("1".to_owned(), "KF201")][..])] {
        let look = |set: &RuleSet| check_target(set, Target::Dynamics, &own(n));
        assert_eq!(found(&rule, look), expected);
    }
}

#[test]
fn findings_for_salesforce() {
    let six: Vec<String> = (0..6)
        .map(|i| format!("when = [{{ exact = \"lastname\" }}, {{ exact = \"new_{i}\" }}]"))
        .collect();
    let six: Vec<&str> = six.iter().map(String::as_str).collect();
    let cases: &[Case<'_>] = &[
        (&six[..3], &[]),
        (&six[..4], &[("4", "KF302")]),
        (&six[..5], &[("4", "KF302")]),
        (&six, &[("6", "KF301")]),
        (
            &[r#"when = [{ first = 3, column = "lastname" }]"#],
            &[("1", "KF303")],
        ),
        (
            &[r#"when = [{ same = "email_domain" }]"#],
            &[("1", "KF303")],
        ),
        (&[r#"when = [{ similar = "name" }]"#], &[("1", "KF304")]),
        (&[r#"when = [{ exact = "lastname" }]"#], &[]),
        (
            &[r#"when = [{ exact = "lastname", case_sensitive = true }]"#],
            &[("1", "KF305")],
        ),
        (
            &["exclude_inactive = true\nevidence = \"auto\"\nwhen = [{ exact = \"lastname\" }]"],
            &[("1", "KF306"), ("1", "KF306")],
        ),
        (&[r#"when = [{ exact = "jobtitle" }]"#], &[("1", "KF307")]),
        (
            &[r#"when = [{ exact = "jobtitle" }, { exact = "lastname" }]"#],
            &[],
        ),
    ];
    compare(cases, |set| {
        check_target(set, Target::Salesforce, &BTreeMap::new())
    });
}

#[test]
fn what_is_allowed_is_taken_out_and_counted() {
    let set = parse(
        "[set]\nallow = [\"survivor-id\"]\n[[rule]]\nname = \"1\"\nallow = [\"KF008\"]\nwhen = [{ similar = \"name\" }]\n\
         [[rule]]\nname = \"2\"\nwhen = [{ same = \"email_domain\" }]\n[survivor]\nprefer = [\"active\"]",
    )
    .expect("valid");
    let mut findings = check(&set);
    assert_eq!(without_allowed(&mut findings, &set, &[]), 2);
    let left: Vec<_> = findings.iter().map(|f| (f.rule_idx, f.code)).collect();
    assert_eq!(left, [(Some(1), "KF008")]);
    assert_eq!(without_allowed(&mut findings, &set, &["KF008"]), 1);
    assert_eq!(findings, []);
}
