//! `kinfold rules check`: what it claims holds for every pair of records, and the examples of its page do what they say.

use kinfold::block::{RuleAnswer, answer};
use kinfold::lint::check_data;
use kinfold::model::{
    Activity, Candidacy, Field, IngestReport, Origin, RecordIdx, RecordType, Silent, Table,
    TextColumn,
};
use kinfold::normalise;
use kinfold::pipeline::{Engine, Loaded};
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
            "{ same = \"address\" }",
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

// ---- on data ----------------------------------------------------------------------------------------------------------

/// Findings on `rows`, as (rule, code), for a rule file.
fn on_data(rules: &str, rows: &[Row]) -> Vec<(String, &'static str, String)> {
    let set = parse(rules).unwrap_or_else(|e| panic!("{e}\n{rules}"));
    let table = table(rows);
    let prepared = normalise::prepare(
        &table,
        &RuleSet {
            rules: vec![],
            ..set.clone()
        },
        None,
        &Silent,
    );
    let loaded = Loaded {
        table,
        ingest: IngestReport::default(),
        prepared,
    };
    check_data(loaded, &set, None, &Silent)
        .into_iter()
        .map(|f| (f.rule.unwrap_or_default(), f.code, f.message))
        .collect()
}

fn codes_on(rules: &str, rows: &[Row]) -> Vec<&'static str> {
    on_data(rules, rows)
        .into_iter()
        .map(|(_, code, _)| code)
        .collect()
}

/// `n` unlike people.
fn people(n: usize) -> Vec<Row> {
    (0..n)
        .map(|i| {
            let word = |at: usize| {
                let mut x = (i * 7919 + at * 104_729 + 13) as u64;
                (0..7)
                    .map(|_| {
                        x = x
                            .wrapping_mul(6_364_136_223_846_793_005)
                            .wrapping_add(1_442_695_040_888_963_407);
                        char::from(b'a' + (x >> 33) as u8 % 26)
                    })
                    .collect::<String>()
            };
            let cells = [
                word(0),
                word(1),
                format!("{} {}", word(2), word(3)),
                format!("{}@{}.com", word(4), word(5)),
                format!("+4420794{i:05}"),
                word(6),
                format!("2026-01-{:02}", i % 28 + 1),
            ];
            (cells, false)
        })
        .collect()
}

fn rule(rest: &str) -> String {
    format!("[[rule]]\nname = \"r\"\n{rest}\n")
}

const FIRST: usize = 0;
const LAST: usize = 1;
const EMAIL: usize = 3;
const CITY: usize = 5;
const CREATED: usize = 6;

fn with(mut rows: Vec<Row>, column: usize, from: usize, to: usize, value: &str) -> Vec<Row> {
    for row in &mut rows[from..to] {
        row.0[column] = value.to_owned();
    }
    rows
}

#[test]
fn columns_that_are_missing_empty_or_hold_something_else() {
    let rows = people(200);
    // Two pairs, so that rules find something.
    let twice = |mut rows: Vec<Row>| {
        rows[1].0 = rows[0].0.clone();
        rows
    };
    let city = rule("when = [{ exact = \"address1_city\" }]");
    assert_eq!(codes_on(&city, &twice(rows.clone())), [] as [&str; 0]);
    assert_eq!(
        codes_on(&rule("when = [{ exact = \"new_code\" }]"), &rows),
        ["KF101"]
    );
    // One of 200 is below one in a hundred, two are not.
    let filled = |n: usize| with(rows.clone(), CITY, n, 200, "");
    assert_eq!(
        codes_on(&city, &with(filled(1), CITY, 0, 1, "Leeds")),
        ["KF102", "KF104"]
    );
    assert_eq!(
        codes_on(&city, &with(filled(2), CITY, 0, 2, "Leeds")),
        [] as [&str; 0]
    );
    // No column of web sites at all.
    assert_eq!(
        codes_on(&rule("when = [{ same = \"website\" }]"), &rows),
        ["KF102", "KF104"]
    );
    let dates = rule("when = [{ same_date = \"createdon\" }]");
    assert_eq!(
        codes_on(&dates, &with(rows.clone(), CREATED, 0, 2, "soon")),
        ["KF108"]
    );
    assert_eq!(
        codes_on(&dates, &with(rows.clone(), CREATED, 0, 1, "soon")),
        [] as [&str; 0]
    );
    let contacts = rule("base = \"contact\"\nwhen = [{ same = \"email\" }]");
    assert_eq!(codes_on(&contacts, &rows), ["KF112"]);
}

#[test]
fn a_rule_that_asks_for_states_nobody_has() {
    let set = parse(&rule(
        "exclude_inactive = true\nwhen = [{ same = \"email\" }]",
    ))
    .expect("valid");
    for stateless in [true, false] {
        let mut table = table(&with(people(30), EMAIL, 0, 2, "ann@contoso.com"));
        if stateless {
            table.stateless = vec![RecordType::Lead];
        }
        let prepared = normalise::prepare(&table, &set, None, &Silent);
        let loaded = Loaded {
            table,
            ingest: IngestReport::default(),
            prepared,
        };
        let codes: Vec<_> = check_data(loaded, &set, None, &Silent)
            .iter()
            .map(|f| f.code)
            .collect();
        assert_eq!(codes.contains(&"KF103"), stateless, "{codes:?}");
    }
}

#[test]
fn conditions_that_tell_nothing_are_counted_exactly() {
    let rows = people(100);
    let two = |column: &str| {
        rule(&format!(
            "when = [{{ exact = \"{column}\" }}, {{ first = 1, column = \"lastname\" }}]"
        ))
    };
    // 80 of 100 in one city: 3,160 of 4,950 pairs.
    let found = on_data(
        &two("address1_city"),
        &with(rows.clone(), CITY, 0, 80, "Leeds"),
    );
    let always: Vec<_> = found.iter().filter(|f| f.1 == "KF105").collect();
    assert!(
        always.len() == 1 && always[0].2.contains("3,160 of the 4,950 pairs"),
        "{found:?}"
    );
    // 60 of 100: 1,770 pairs, less than half of all but nearly all of the condition's.
    let found = on_data(
        &two("address1_city"),
        &with(rows.clone(), CITY, 0, 60, "Leeds"),
    );
    let one: Vec<_> = found.iter().filter(|f| f.1 == "KF110").collect();
    assert!(
        one.len() == 1 && one[0].2.contains("held by 60 records, makes 1,770"),
        "{found:?}"
    );
    assert!(!one[0].2.contains("Leeds"), "no value is told");
    // 40 of 100: 780 pairs are nobody's flood.
    let found = codes_on(
        &two("address1_city"),
        &with(rows.clone(), CITY, 0, 40, "Leeds"),
    );
    assert!(
        !found.contains(&"KF105") && !found.contains(&"KF110"),
        "{found:?}"
    );
    // Blanks that agree: 60 of 100 are blank.
    let blanks = rule(
        "when = [{ exact = \"address1_city\", ignore_blank = false }, { first = 1, column = \"lastname\" }]",
    );
    let found = on_data(&blanks, &with(rows.clone(), CITY, 0, 60, ""));
    let flood: Vec<_> = found.iter().filter(|f| f.1 == "KF106").collect();
    assert!(
        flood.len() == 1 && flood[0].2.contains("1,770 pairs of two blanks"),
        "{found:?}"
    );
    assert!(!codes_on(&blanks, &with(rows, CITY, 0, 40, "")).contains(&"KF106"));
}

#[test]
fn thresholds_are_measured_on_the_column() {
    let rows = people(300);
    let similar = |t: f64| {
        rule(&format!(
            "when = [{{ exact = \"address1_city\" }}, {{ similar = \"lastname\", measure = \"jaro-winkler\", threshold = {t} }}]"
        ))
    };
    let at_chance = |t: f64| codes_on(&similar(t), &rows).contains(&"KF111");
    assert!(at_chance(0.5) && !at_chance(0.95));
    // The same again: what is drawn is always the same.
    assert_eq!(on_data(&similar(0.5), &rows), on_data(&similar(0.5), &rows));
}

#[test]
fn rules_that_find_nothing_or_nothing_of_their_own() {
    let mut rows = people(40);
    rows[1].0 = rows[0].0.clone();
    rows[3].0[CITY] = rows[2].0[CITY].clone();
    let set = "[[rule]]\nname = \"city\"\nwhen = [{ exact = \"address1_city\" }]\n\
               [[rule]]\nname = \"mail\"\nwhen = [{ same = \"email\" }]\n\
               [[rule]]\nname = \"both\"\nwhen = [{ exact = \"address1_city\" }, { exact = \"firstname\", match = \"lastname\" }]\n";
    let found = on_data(set, &rows);
    let of =
        |rule: &str| -> Vec<&str> { found.iter().filter(|f| f.0 == rule).map(|f| f.1).collect() };
    assert_eq!(of("city"), [] as [&str; 0]);
    // Another column than the city's, and yet no pair of its own.
    assert_eq!(of("mail"), ["KF107"]);
    assert!(
        found
            .iter()
            .any(|f| f.2.contains("all of which rule \"city\" finds too")),
        "{found:?}"
    );
    assert_eq!(of("both"), ["KF104"]);
    // Each condition holds somewhere, both nowhere.
    rows[5].0[FIRST] = rows[6].0[FIRST].clone();
    rows[5].0[LAST] = rows[7].0[LAST].clone();
    rows[1].0[FIRST] = "else".to_owned();
    let apart = rule("when = [{ exact = \"firstname\" }, { exact = \"address1_city\" }]");
    assert_eq!(codes_on(&apart, &rows), ["KF113"]);
}

#[test]
fn a_rule_of_too_many_pairs_is_not_run() {
    let rows = with(
        with(people(7000), CITY, 0, 7000, "Leeds"),
        LAST,
        0,
        7000,
        "Lee",
    );
    let flood = rule("when = [{ exact = \"address1_city\" }, { exact = \"lastname\" }]");
    let found = on_data(&flood, &rows);
    let codes: Vec<&str> = found.iter().map(|f| f.1).collect();
    assert_eq!(codes, ["KF114", "KF115", "KF105", "KF105"], "{found:?}");
    assert!(found[0].2.contains("24,496,500 pairs"), "{found:?}");
}

#[test]
fn a_rule_that_holds_for_a_large_part_of_all_pairs() {
    let rows = people(500);
    let similar = |t: f64, more: &str| {
        rule(&format!(
            "{more}when = [{{ similar = \"lastname\", measure = \"jaro-winkler\", threshold = {t} }}]"
        ))
    };
    let wide = |rules: &str, rows: &[Row]| -> Option<String> {
        let found = on_data(rules, rows);
        found.into_iter().find(|f| f.1 == "KF115").map(|f| f.2)
    };
    // What is told is what comparing all pairs finds, to 5 %.
    let n_pairs = 500 * 499 / 2;
    let message = wide(&similar(0.3, ""), &rows).expect("wide");
    let mut n_holding = 0;
    for (i, left) in rows.iter().enumerate() {
        for right in &rows[i + 1..] {
            n_holding += u32::from(strsim::jaro_winkler(&left.0[LAST], &right.0[LAST]) >= 0.3);
        }
    }
    let told = message.split("about ").nth(1).expect("a number");
    let told: String = told.chars().take_while(|c| *c != ' ').collect();
    let told: f64 = told.replace(',', "").parse().expect("a number");
    let off = (told / f64::from(n_holding) - 1.0).abs();
    assert!(off < 0.05, "{message}, in truth {n_holding} of {n_pairs}");
    assert!(message.contains("of 124,750 in all"), "{message}");
    // The same again, and not where it is narrow, or says something of duplicates.
    assert_eq!(wide(&similar(0.3, ""), &rows), Some(message));
    assert_eq!(wide(&similar(0.9, ""), &rows), None);
    assert_eq!(wide(&similar(0.3, "evidence = \"auto\"\n"), &rows), None);
    // A rule as a whole: each condition may hold often, both together do not.
    let both =
        "when = [{ first = 1, column = \"lastname\" }, { first = 2, column = \"firstname\" }]";
    assert_eq!(wide(&rule(both), &rows), None);
    // Small files of many duplicates are not floods.
    let one_city = with(people(40), CITY, 0, 40, "Leeds");
    assert_eq!(
        wide(&rule("when = [{ exact = \"address1_city\" }]"), &one_city),
        None
    );
}

#[test]
fn long_values_keep_a_check_no_longer() {
    // As long as measures look, so that each pair takes milliseconds, and long beyond that.
    let notes = |i: usize| {
        let word = format!("{} ", ["abc", "bcd", "cda", "dab"][i % 4]).repeat(40);
        format!("{i}{word}").repeat(40)
    };
    let mut rows = people(60);
    for (i, row) in rows.iter_mut().enumerate() {
        row.0[CITY] = notes(i);
    }
    let begun = std::time::Instant::now();
    let similar = "when = [{ similar = \"address1_city\", measure = \"damerau-levenshtein\", threshold = 0.2 }]";
    let found = on_data(&rule(similar), &rows);
    assert!(begun.elapsed().as_secs() < 120, "{:?}", begun.elapsed());
    let chance = found.iter().find(|f| f.1 == "KF111").expect("told");
    let n_drawn = chance.2.split(" % of ").nth(1).expect("a number");
    let n_drawn: String = n_drawn.chars().take_while(|c| *c != ' ').collect();
    let n_drawn: usize = n_drawn.replace(',', "").parse().expect("a number");
    assert!((1000..=20_000).contains(&n_drawn), "{}", chance.2);
}

#[test]
fn a_rule_that_would_flood_the_check_is_not_run() {
    let rows = people(8000);
    let similar =
        "when = [{ similar = \"lastname\", measure = \"jaro-winkler\", threshold = 0.1 }]";
    let found = on_data(&rule(similar), &rows);
    let codes: Vec<&str> = found.iter().map(|f| f.1).collect();
    assert_eq!(codes, ["KF114", "KF115", "KF111"], "{found:?}");
    assert!(found[0].2.starts_with("would make about 2"), "{found:?}");
}

#[test]
fn a_pick_list_of_codes_and_labels() {
    let rows = with(with(people(40), CITY, 0, 20, "1"), CITY, 20, 40, "Hot");
    let mut table = table(&rows);
    // A column without a meaning: only such may be a pick list.
    let at = table
        .columns
        .iter()
        .position(|c| c.field == Some(Field::City))
        .expect("there");
    table.columns[at].field = None;
    table.columns[at].header = "rating".to_owned();
    let set = parse(&rule(
        "when = [{ exact = \"rating\" }, { same = \"email\" }]",
    ))
    .expect("valid");
    let prepared = normalise::prepare(&table, &set, None, &Silent);
    let loaded = Loaded {
        table,
        ingest: IngestReport::default(),
        prepared,
    };
    let found = check_data(loaded, &set, None, &Silent);
    let mixed = found.iter().find(|f| f.code == "KF109").expect("found");
    assert!(
        mixed
            .message
            .contains("a code in 20 records and a label in 20")
    );
}

#[test]
fn the_built_in_rules_meet_unlike_people_without_another_word() {
    let rows = people(300);
    let set = kinfold::rules::builtin();
    let codes = codes_on(&render(&set), &rows);
    // Unlike people: every rule finds nothing, and nothing else is said.
    assert!(
        codes.iter().all(|c| ["KF104", "KF113"].contains(c)),
        "{codes:?}"
    );
}
