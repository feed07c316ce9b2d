//! `kinfold rules check`: what it claims holds for every pair of records, and the examples of its page do what they say.

use kinfold::block::{RuleAnswer, answer};
use kinfold::model::{
    Activity, Candidacy, Field, Origin, RecordIdx, RecordType, Silent, Table, TextColumn,
};
use kinfold::normalise;
use kinfold::pipeline::Engine;
use kinfold::rules::check::{
    LINTS, Lint, Needs, Target, check, check_target, rule_implies, without_allowed,
};
use kinfold::rules::{Rule, RuleSet, parse, render};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// The TOML blocks of a section of the page.
fn examples(lint: &Lint) -> Vec<String> {
    kinfold::rules::check::explanation(lint)
        .split("```toml\n")
        .skip(1)
        .map(|b| b.split("```").next().unwrap_or_default().to_owned())
        .collect()
}

fn look(lint: &Lint, set: &RuleSet) -> Vec<&'static str> {
    let none = BTreeMap::new();
    let findings = match lint.needs {
        Needs::Dynamics => check_target(set, Target::Dynamics, &none),
        Needs::Salesforce => check_target(set, Target::Salesforce, &none),
        _ => check(set),
    };
    findings.iter().map(|f| f.code).collect()
}

#[test]
fn the_first_example_of_each_section_triggers_and_the_second_does_not() {
    for lint in LINTS {
        let blocks = examples(lint);
        let wanted = if lint.needs == Needs::Data { 0 } else { 2 };
        assert_eq!(blocks.len(), wanted, "{}", lint.code);
        for (block, triggers) in blocks.iter().zip([true, false]) {
            let set = parse(block).unwrap_or_else(|e| panic!("{}: {e}\n{block}", lint.code));
            let found = look(lint, &set);
            assert_eq!(found.contains(&lint.code), triggers, "{block}: {found:?}");
            if triggers {
                // Allowed in the file, it is gone, also after the file was rendered.
                let mut allowed = set.clone();
                allowed.allow = vec![lint.code];
                let read = parse(&render(&allowed)).expect("rendered sets are read");
                let mut findings = check(&read);
                without_allowed(&mut findings, &read, &[]);
                assert!(findings.iter().all(|f| f.code != lint.code));
            }
        }
    }
}

#[test]
fn the_page_lists_every_finding() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/lint.md");
    let page = std::fs::read_to_string(path).expect("the page exists");
    for l in LINTS {
        let row = format!(
            "| [{}](#{}-{}) | `{}` | {} | {} |",
            l.code,
            l.code.to_lowercase(),
            l.name,
            l.name,
            l.severity,
            l.summary
        );
        assert!(page.contains(&row), "{row}");
    }
    assert_eq!(page.matches("\n### KF").count(), LINTS.len());
}

// ---- implication ------------------------------------------------------------------------------------------------------

/// Cells: first name, last name, company, e-mail, phone, city, created; inactive.
type Row = ([String; 7], bool);

fn table(rows: &[Row]) -> Table {
    let fields = [
        Field::FirstName,
        Field::LastName,
        Field::CompanyName,
        Field::Email1,
        Field::Phone1,
        Field::City,
        Field::CreatedOn,
    ];
    let mut id = TextColumn::new("id", Some(Field::Id));
    let mut columns: Vec<TextColumn> = fields
        .iter()
        .map(|f| TextColumn::new(f.name(), Some(*f)))
        .collect();
    for (i, (cells, _)) in rows.iter().enumerate() {
        id.push(&format!("{i:03}"));
        for (column, cell) in columns.iter_mut().zip(cells) {
            column.push(cell);
        }
    }
    columns.insert(0, id);
    let n = rows.len();
    let origin = Origin {
        file_idx: 0,
        row: 0,
        line: 0,
    };
    Table {
        files: Vec::new(),
        record_type: vec![RecordType::Lead; n],
        activity: rows
            .iter()
            .map(|(_, inactive)| match inactive {
                true => Activity::Inactive,
                false => Activity::Active,
            })
            .collect(),
        candidacy: vec![Candidacy::Candidate; n],
        origin: vec![origin; n],
        columns,
        stateless: Vec::new(),
    }
}

fn a_row() -> impl Strategy<Value = Row> {
    let pick = |words: &'static [&'static str]| {
        prop::sample::select(words.to_vec()).prop_map(str::to_owned)
    };
    (
        pick(&["Ann", "ann", "Anna", "", "Bo"]),
        pick(&["Lee", "Leech", "", "Ng"]),
        pick(&["Contoso", "Contoso Ltd", "Con Toso", "Fabrikam", ""]),
        pick(&["a@x.com", "A@x.com", "b@x.com", "a@y.com", "info@x.com", ""]),
        pick(&["+442079460000", "79460000", "020 7946 0000", ""]),
        pick(&["Leeds", "leeds", "Lee", "", "York"]),
        pick(&["2026-01-02", "2026-01-02 10:00", "2/1/2026", "soon", ""]),
        any::<bool>(),
    )
        .prop_map(|(a, b, c, d, e, f, g, inactive)| ([a, b, c, d, e, f, g], inactive))
}

/// Conditions near enough to each other that one often follows from the next.
fn a_condition() -> impl Strategy<Value = String> {
    let column = prop::sample::select(vec!["lastname", "address1_city", "firstname"]);
    let flags = prop::sample::select(vec![
        "",
        ", case_sensitive = true",
        ", ignore_blank = false",
        ", match = \"address1_city\"",
        ", ignore_blank = false, case_sensitive = true",
    ]);
    prop_oneof![
        prop::sample::select(vec![
            "{ same = \"email\" }",
            "{ same = \"email_domain\" }",
            "{ same = \"phone\" }",
            "{ same = \"phone\", weak = true }",
            "{ same = \"name\" }",
            "{ similar = \"name\" }",
            "{ same = \"company\" }",
            "{ similar = \"company\", threshold = 0.6 }",
            "{ similar = \"company\", threshold = 1.0 }",
            "{ same_date = \"createdon\" }",
            "{ same_date_time = \"createdon\" }",
            "{ same_date = \"createdon\", ignore_blank = false }",
            "{ same_date_time = \"createdon\", ignore_blank = false }",
            "{ exact = \"createdon\" }",
        ])
        .prop_map(str::to_owned),
        (column.clone(), flags.clone()).prop_map(|(c, f)| format!("{{ exact = \"{c}\"{f} }}")),
        (
            column.clone(),
            flags,
            1..5,
            prop::sample::select(vec!["first", "last"])
        )
            .prop_map(|(c, f, n, w)| format!("{{ {w} = {n}, column = \"{c}\"{f} }}")),
        (
            column,
            prop::sample::select(vec!["jaro", "jaro-winkler", "token-set", "soundex"]),
            prop::sample::select(vec!["0.3", "0.8", "1.0"]),
            any::<bool>()
        )
            .prop_map(|(c, m, t, case)| format!(
                "{{ similar = \"{c}\", measure = \"{m}\", threshold = {t}, case_sensitive = {case} }}"
            )),
    ]
}

fn a_rule() -> impl Strategy<Value = String> {
    (
        prop::sample::select(vec!["", "exclude_inactive = true\n"]),
        prop::sample::select(vec!["", "base_scope = \"active\"\n"]),
        prop::sample::select(vec!["", "", "evidence = \"auto\"\n", "evidence = 11\n"]),
        prop::sample::select(vec![
            "",
            "",
            "generic = \"ignore\"\n",
            "generic = \"need-name\"\n",
        ]),
        prop::collection::vec(a_condition(), 1..4),
        prop::collection::vec(a_condition(), 0..2),
    )
        .prop_map(|(e, b, v, g, when, unless)| {
            let (when, unless) = (when.join(", "), unless.join(", "));
            format!("{e}{b}{v}{g}when = [{when}]\nunless = [{unless}]\n")
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Twelve records and ten rules a case; every claim between two of the rules is asked of every pair of records.
    /// Rules are also narrowed and varied, so that claims occur.
    #[test]
    fn an_implied_rule_never_finds_a_pair_alone(
        rows in prop::collection::vec(a_row(), 12),
        rules in prop::collection::vec((a_rule(), a_condition()), 6),
    ) {
        let mut text = String::new();
        for (i, (rule, more)) in rules.iter().enumerate() {
            let narrowed = rule.replacen("when = [", &format!("when = [{more}, "), 1);
            text.push_str(&format!("[[rule]]\nname = \"{i}a\"\n{rule}[[rule]]\nname = \"{i}b\"\n{narrowed}"));
        }
        let set = parse(&text).map_err(|e| TestCaseError::fail(format!("{e}\n{text}")))?;
        let table = table(&rows);
        let prepared = normalise::prepare(&table, &set, Some("GB"), &Silent);
        let engine = Engine::new(&prepared);
        let n = rows.len() as u32;
        let pairs: Vec<(RecordIdx, RecordIdx)> = (0..n)
            .flat_map(|i| (i + 1..n).map(move |j| (RecordIdx(i), RecordIdx(j))))
            .collect();
        let finds = |rule: &Rule| -> Vec<bool> {
            pairs
                .iter()
                .map(|(l, r)| answer(engine.block_input(), rule, *l, *r) == RuleAnswer::Holds)
                .collect()
        };
        let found: Vec<Vec<bool>> = set.rules.iter().map(finds).collect();
        for (i, rule) in set.rules.iter().enumerate() {
            for (j, other) in set.rules.iter().enumerate() {
                if i == j || !rule_implies(rule, other) {
                    continue;
                }
                for (at, pair) in pairs.iter().enumerate() {
                    prop_assert!(
                        !found[i][at] || found[j][at],
                        "{:?}\n{:?}\n{:?}\n{:?}", rule, other, rows[pair.0.at()], rows[pair.1.at()]
                    );
                }
            }
        }
        // An error says that a rule finds nothing, whatever the records.
        for finding in check(&set).iter().filter(|f| f.code == "KF003") {
            let i = finding.rule_idx.expect("about a rule");
            prop_assert!(found[i].iter().all(|f| !f), "{}", text);
        }
    }
}
