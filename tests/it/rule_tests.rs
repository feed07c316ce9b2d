//! Rule tests: the shipped examples, what a failure says, and which population is assumed.

use kinfold::model::Silent;
use kinfold::rule_tests::{TestResult, junit, parse, run};
use kinfold::rules::{self, RuleSet, builtin};

fn results(examples: &str, set: &RuleSet) -> Vec<TestResult> {
    let examples = parse(examples, Some(set)).unwrap_or_else(|e| panic!("{e}"));
    run(&examples, set, None, None, &Silent)
}

fn one(example: &str, set: &RuleSet) -> TestResult {
    results(example, set).remove(0)
}

#[test]
fn the_built_in_rules_pass_the_shipped_examples() {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/testdata/rule-tests/built-in.toml"
    );
    let text = std::fs::read_to_string(path).expect("the file exists");
    let results = results(&text, &builtin());
    assert!(results.len() >= 8);
    for result in &results {
        assert!(result.passed, "{result:#?}");
    }
    // The other way round every one of them fails: the file tests something.
    let turned = text
        .replace("[[match]]", "[[TURNED]]")
        .replace("[[no_match]]", "[[match]]")
        .replace("[[TURNED]]", "[[no_match]]")
        .replace("verdict = \"auto\"\n", "");
    for result in self::results(&turned, &builtin()) {
        assert!(!result.passed, "{result:#?}");
    }
}

#[test]
fn a_failure_says_which_conditions_held_with_their_values() {
    let set = builtin();
    let result = one(
        "[[match]]\nname = \"x\"\nrule = \"Similar name and company\"\na = { firstname = \"Ann\", lastname = \"Lee\", companyname = \"Contoso\" }\nb = { firstname = \"Ann\", lastname = \"Lee\", companyname = \"Fabrikam\" }\n",
        &set,
    );
    assert_eq!(
        result.failure.as_deref(),
        Some("rule \"Similar name and company\" does not hold")
    );
    let details = result.details.join("\n");
    for part in [
        "yes similar = \"name\"",
        "no  similar = \"company\"",
        "contoso against fabrikam",
    ] {
        assert!(details.contains(part), "{details}");
    }
    let result = one(
        "[[no_match]]\nname = \"x\"\na = { lastname = \"Lee\", firstname = \"Ann\", emailaddress1 = \"a@contoso.com\" }\nb = { lastname = \"Lee\", firstname = \"Ann\", emailaddress1 = \"A@contoso.com\" }\n",
        &set,
    );
    assert_eq!(
        result.failure.as_deref(),
        Some("rules \"Same e-mail\" and \"Similar name, same e-mail domain\" hold")
    );
    let xml = String::from_utf8(junit(&[result], &set.name, "x.toml")).expect("UTF-8");
    assert!(xml.contains("type=\"no_match\""), "{xml}");
}

#[test]
fn a_verdict_depends_on_the_population_and_a_rule_does_not() {
    let set = rules::parse("[[rule]]\nname = \"Surname\"\nwhen = [{ exact = \"lastname\" }]\n")
        .expect("valid");
    // A surname alone is never enough for a merge, and says how much is missing.
    let given = |population: usize| {
        let example = format!(
            "[defaults]\npopulation = {population}\n[[match]]\nname = \"x\"\nverdict = \"auto\"\n\
             a = {{ lastname = \"Murphy\" }}\nb = {{ lastname = \"Murphy\" }}\n"
        );
        let result = one(&example, &set);
        assert!(result.failure.is_some());
        result.details
    };
    // The same pair says less among many than among ten.
    assert_ne!(given(10), given(100_000));
}

#[test]
fn floors_hold_only_with_data() {
    let rules = "[[rule]]\nname = \"Similar name\"\nevidence = \"auto\"\nwhen = [{ similar = \"name\" }, { same = \"email_domain\" }]\n";
    let set = rules::parse(rules).expect("valid");
    let text = "[[match]]\nname = \"x\"\na = { firstname = \"John\", lastname = \"Smith\", emailaddress1 = \"a@gmail.com\" }\nb = { firstname = \"John\", lastname = \"Smith\", emailaddress1 = \"b@gmail.com\" }\n";
    assert!(one(text, &set).passed);
    // Among thousands of the same name at the same provider the pair is no news.
    let crowd: String = (0..1500)
        .map(|i| {
            format!(
                "[[no_match]]\nname = \"{i}\"\na = {{ firstname = \"John\", lastname = \"Smith\", emailaddress1 = \"x{i}@gmail.com\" }}\nb = {{ firstname = \"John\", lastname = \"Smith\", emailaddress1 = \"y{i}@gmail.com\" }}\n"
            )
        })
        .collect();
    let crowd = parse(&crowd, Some(&set)).expect("valid");
    let data = kinfold::model::Table::default();
    let results = run(&crowd, &set, None, Some(&data), &Silent);
    assert!(results.iter().all(|r| r.passed), "{:?}", results[0]);
}
