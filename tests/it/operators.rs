//! What conditions mean: every operator of Dynamics with blanks and flags, exceptions, and rules over record types and
//! different columns compared with a plain double loop that is written here a second time.

use kinfold::block::{self, BlockOptions, Decided, RuleAnswer};
use kinfold::model::{
    Activity, Candidacy, Field, Origin, RecordIdx, RecordType, RuleMask, Side, Silent, Suppression,
    Table, TextColumn,
};
use kinfold::normalise;
use kinfold::pipeline::Engine;
use kinfold::rules::{self, RuleSet};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A table of records in canonical order: columns by name, known fields recognised.
fn table(types: &[RecordType], columns: &[(&str, Vec<String>)]) -> Table {
    let n = types.len();
    let mut ids = TextColumn::new("id", Some(Field::Id));
    for i in 0..n {
        ids.push(&format!("{i:05}"));
    }
    let mut all = vec![ids];
    for (name, values) in columns {
        let mut column = TextColumn::new(*name, Field::parse(name));
        assert_eq!(values.len(), n);
        for value in values {
            column.push(value);
        }
        all.push(column);
    }
    Table {
        record_type: types.to_vec(),
        activity: vec![Activity::Active; n],
        candidacy: vec![Candidacy::Candidate; n],
        origin: vec![
            Origin {
                file_idx: 0,
                row: 0,
                line: 0
            };
            n
        ],
        columns: all,
        ..Table::default()
    }
}

fn two_leads(columns: &[(&str, [&str; 2])]) -> Table {
    let columns: Vec<(&str, Vec<String>)> = columns
        .iter()
        .map(|(name, values)| (*name, values.map(str::to_owned).to_vec()))
        .collect();
    table(&[RecordType::Lead; 2], &columns)
}

fn set(text: &str) -> RuleSet {
    rules::parse(text).unwrap_or_else(|e| panic!("{e}\n{text}"))
}

/// Whether the first rule of a set holds for records 0 and 1.
fn holds(table: &Table, rules: &RuleSet) -> bool {
    let prepared = normalise::prepare(table, rules, Some("US"), &Silent);
    let engine = Engine::new(&prepared);
    let (a, b) = (RecordIdx(0), RecordIdx(1));
    block::answer(engine.block_input(), &rules.rules[0], a, b) == RuleAnswer::Holds
}

/// The seven operators of Dynamics on column `a`, with two values they call equal and two they do not.
const OPERATORS: [(&str, [&str; 2], [&str; 2]); 7] = [
    (r#"exact = "a""#, ["Smith", " smith "], ["Smith", "Smyth"]),
    (
        r#"first = 3, column = "a""#,
        ["Contoso", "CONsul"],
        ["Contoso", "Kontoso"],
    ),
    (
        r#"last = 3, column = "a""#,
        ["Contoso", "Picasso so oso"],
        ["Contoso", "Contosa"],
    ),
    (
        r#"same_date = "a""#,
        ["2026-06-22T08:00:00Z", "6/22/2026 21:30"],
        ["2026-06-22", "2026-06-23"],
    ),
    (
        r#"same_date_time = "a""#,
        ["2026-06-22T08:00:00", "22.06.2026 08:00"],
        ["2026-06-22T08:00:00", "2026-06-22T08:00:01"],
    ),
    (
        r#"picklist = "a", by = "label""#,
        ["Trade show", "trade SHOW"],
        ["Trade show", "Web"],
    ),
    (
        r#"picklist = "a", by = "value""#,
        ["100000001", " 100000001"],
        ["100000001", "100000002"],
    ),
];

#[test]
fn the_operators_of_dynamics_with_blanks_and_flags() {
    for (operator, equal, unequal) in OPERATORS {
        for several in [false, true] {
            for ignore_blank in [false, true] {
                let further = if several { r#", { exact = "b" }"# } else { "" };
                let rules = set(&format!(
                    "[[rule]]\nname = \"r\"\nwhen = [{{ {operator}, ignore_blank = {ignore_blank} }}{further}]\n"
                ));
                // In a rule of one condition, "ignore blank" is always taken as set.
                let blanks_match = several && !ignore_blank;
                for (values, expected) in [
                    (equal, true),
                    (unequal, false),
                    (["", ""], blanks_match),
                    ([" ", ""], blanks_match),
                    (["\t", " \u{a0}"], blanks_match),
                    (["", equal[0]], false),
                    ([equal[1], ""], false),
                    ([" ", equal[0]], false),
                ] {
                    let table = two_leads(&[("a", values), ("b", ["x", "X"])]);
                    assert_eq!(
                        holds(&table, &rules),
                        expected,
                        "{operator}, ignore_blank = {ignore_blank}, several = {several}: {values:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn letter_case_is_a_rule_s_default_and_a_condition_s_choice() {
    for (condition, values) in [
        (r#"exact = "a""#, ["Smith", "SMITH"]),
        (r#"first = 2, column = "a""#, ["Smith", "SMyth"]),
        (r#"last = 2, column = "a""#, ["Smith", "smiTH"]),
        (r#"picklist = "a", by = "label""#, ["Web", "web"]),
        (
            r#"similar = "a", measure = "levenshtein", threshold = 0.9"#,
            ["Smith", "SMITH"],
        ),
    ] {
        for (of_rule, of_condition, expected) in [
            ("", "", true),
            ("case_sensitive = true", "", false),
            ("case_sensitive = true", ", case_sensitive = false", true),
            ("", ", case_sensitive = true", false),
        ] {
            let rules = set(&format!(
                "[[rule]]\nname = \"r\"\n{of_rule}\nwhen = [{{ {condition}{of_condition} }}]\n"
            ));
            let table = two_leads(&[("a", values)]);
            assert_eq!(
                holds(&table, &rules),
                expected,
                "{condition}: rule {of_rule:?}, condition {of_condition:?}"
            );
        }
    }
}

#[test]
fn values_shorter_than_n_must_be_equal_whole_and_no_date_satisfies_nothing() {
    let both = r#", { exact = "b" }"#;
    for (condition, values, expected) in [
        (r#"first = 5, column = "a""#, ["Lee", "lee"], true),
        (r#"first = 5, column = "a""#, ["Lee", "Leeds"], false),
        (r#"last = 5, column = "a""#, ["Lee", "sulee"], false),
        (r#"first = 2, column = "a""#, ["Žižek", "žina"], true),
        // A value that is no date is not blank either.
        (
            r#"same_date = "a", ignore_blank = false"#,
            ["soon", "soon"],
            false,
        ),
        (
            r#"same_date = "a", ignore_blank = false"#,
            ["soon", ""],
            false,
        ),
        (
            r#"same_date_time = "a""#,
            ["2026-06-22", "2026-06-22T00:00"],
            true,
        ),
    ] {
        let rules = set(&format!(
            "[[rule]]\nname = \"r\"\nwhen = [{{ {condition} }}{both}]\n"
        ));
        let table = two_leads(&[("a", values), ("b", ["x", "x"])]);
        assert_eq!(holds(&table, &rules), expected, "{condition}: {values:?}");
    }
}

#[test]
fn measures_look_at_the_text_as_exported_or_normalised() {
    for (values, raw, normalised) in [
        (["Müller, Söhne", "muller sohne"], false, true),
        (["A.B.  Contoso", "a b contoso"], false, true),
        (["Contoso", "contoso"], true, true),
        (["Contoso", "Fabrikam"], false, false),
        (["???", "???"], true, false),
        (["", ""], false, false),
    ] {
        for (on, expected) in [("raw", raw), ("normalised", normalised)] {
            let rules = set(&format!(
                "[[rule]]\nname = \"r\"\nwhen = [{{ similar = \"a\", measure = \"levenshtein\", threshold = 0.95, on = \"{on}\" }}]\n"
            ));
            let table = two_leads(&[("a", values)]);
            assert_eq!(holds(&table, &rules), expected, "{on}: {values:?}");
        }
    }
}

#[test]
fn measures_look_at_the_beginning_of_a_long_text_and_equality_at_all_of_it() {
    let beginning = "sent by post ".repeat(40)[..255].to_owned() + "x";
    let (left, right) = (format!("{beginning}yes"), format!("{beginning}no"));
    let records = two_leads(&[("description", [left.as_str(), right.as_str()])]);
    for measure in kinfold::similarity::measures::Measure::ALL {
        let name = measure.as_str();
        let rule = |measures: &str| {
            set(&format!(
                "[[rule]]\nname = \"r\"\nwhen = [{{ similar = \"description\", measure = \"{name}\", threshold = 1.0, {measures} }}]\n"
            ))
        };
        for more in ["", "case_sensitive = true", "on = \"normalised\""] {
            assert!(holds(&records, &rule(more)), "{name} {more}");
        }
    }
    let exact = set("[[rule]]\nname = \"r\"\nwhen = [{ exact = \"description\" }]\n");
    assert!(!holds(&records, &exact));
    // One character earlier and they differ.
    let earlier = two_leads(&[("description", [&left[1..], &right[1..]])]);
    let equal = set(
        "[[rule]]\nname = \"r\"\nwhen = [{ similar = \"description\", measure = \"osa\", threshold = 1.0 }]\n",
    );
    assert!(!holds(&earlier, &equal));
}

#[test]
fn any_kind_of_condition_serves_as_an_exception() {
    let columns = |second: bool| {
        let pick = |equal: [&'static str; 2], other: &'static str| {
            [equal[0], if second { other } else { equal[1] }]
        };
        two_leads(&[
            ("firstname", pick(["Robert", "Bob"], "Gwendolyn")),
            ("lastname", pick(["Murphy", "Murphy"], "Ferreira")),
            ("companyname", pick(["Contoso Ltd", "Contoso"], "Fabrikam")),
            (
                "emailaddress1",
                pick(["b@contoso.com", "B@Contoso.com"], "g@fabrikam.com"),
            ),
            (
                "telephone1",
                pick(["(212) 736-5000", "+12127365000"], "+14155552671"),
            ),
            (
                "websiteurl",
                pick(["www.contoso.com", "contoso.com"], "fabrikam.com"),
            ),
            (
                "address1_line1",
                pick(["Hauptstr. 5", "Hauptstraße 5, 2. OG"], "Ringweg 7"),
            ),
            (
                "createdon",
                pick(["2026-06-22", "2026-06-22"], "2025-01-01"),
            ),
            ("source", pick(["1", "1"], "2")),
            ("key", ["x", "x"]),
        ])
    };
    for exception in [
        r#"same = "email""#,
        r#"same = "phone""#,
        r#"same = "email_domain""#,
        r#"same = "company""#,
        r#"same = "website""#,
        r#"same = "address""#,
        r#"similar = "name""#,
        r#"similar = "company""#,
        r#"exact = "lastname""#,
        r#"first = 2, column = "lastname""#,
        r#"last = 2, column = "lastname""#,
        r#"same_date = "createdon""#,
        r#"same_date_time = "createdon""#,
        r#"picklist = "source", by = "value""#,
        r#"similar = "lastname", measure = "osa", threshold = 0.8"#,
    ] {
        for (way, text) in [
            (
                "unless",
                format!("when = [{{ exact = \"key\" }}]\nunless = [{{ {exception} }}]"),
            ),
            (
                "not",
                format!("when = [{{ exact = \"key\" }}, {{ not = {{ {exception} }} }}]"),
            ),
        ] {
            let rules = set(&format!("[[rule]]\nname = \"r\"\n{text}\n"));
            assert!(!holds(&columns(false), &rules), "{way} {exception}");
            assert!(holds(&columns(true), &rules), "{way} {exception}");
        }
    }
}

#[test]
fn a_code_and_a_label_meet_through_the_table_of_the_rule_file() {
    let values = ["1", "Advertisement"];
    let mapping = "[picklist.source]\n\"1\" = \"Advertisement\"\n\"2\" = \"Web\"\n";
    for by in ["label", "value"] {
        let rule = format!(
            "[[rule]]\nname = \"r\"\nwhen = [{{ picklist = \"source\", by = \"{by}\" }}]\n"
        );
        assert!(holds(
            &two_leads(&[("source", values)]),
            &set(&format!("{rule}{mapping}"))
        ));
        assert!(!holds(
            &two_leads(&[("source", ["2", "Advertisement"])]),
            &set(&format!("{rule}{mapping}"))
        ));
        assert!(!holds(&two_leads(&[("source", values)]), &set(&rule)));
    }
}

#[test]
fn bypassed_values_are_blank_and_aliases_are_one() {
    let rule =
        |when: &str, lists: &str| set(&format!("[[rule]]\nname = \"r\"\nwhen = [{when}]\n{lists}"));
    for (when, lists, columns, without) in [
        (
            r#"{ same = "email" }"#,
            "[bypass]\nemail = [\"regina.murphy@contoso.com\"]",
            &[(
                "emailaddress1",
                ["Regina.Murphy@contoso.com", "regina.murphy@contoso.com"],
            )][..],
            true,
        ),
        (
            r#"{ same = "phone" }"#,
            "[bypass]\nphone = [\"212-736-5000\"]",
            &[("telephone1", ["(212) 736-5000", "+1 212 736 5000"])],
            true,
        ),
        (
            r#"{ same = "email_domain" }"#,
            "[bypass]\nemail_domain = [\"contoso.com\"]",
            &[("emailaddress1", ["a@contoso.com", "b@contoso.com"])],
            true,
        ),
        (
            r#"{ exact = "companyname" }"#,
            "[bypass]\ncompany = [\"Private person\"]",
            &[("companyname", ["PRIVATE PERSON", "private person"])],
            true,
        ),
        (
            r#"{ similar = "company" }"#,
            "[bypass]\ncompany = [\"Contoso Pool\"]",
            &[("companyname", ["Contoso Pool", "CONTOSO-Pool"])],
            true,
        ),
        (
            r#"{ similar = "name" }"#,
            "[bypass]\nname = [\"Ann Smithers\"]",
            &[
                ("firstname", ["Ann", "Ann"]),
                ("lastname", ["Smithers", "Smithers"]),
            ],
            true,
        ),
        (
            r#"{ similar = "company" }"#,
            "[alias]\ncompany = [[\"Contoso\", \"Big Blue Boxes\"]]",
            &[("companyname", ["Contoso Ltd", "BIG BLUE BOXES"])],
            false,
        ),
        (
            r#"{ same = "company" }"#,
            "[alias]\ncompany = [[\"Contoso\", \"Big Blue Boxes\"]]",
            &[("companyname", ["Contoso Ltd", "BIG BLUE BOXES"])],
            false,
        ),
        (
            r#"{ similar = "name" }"#,
            "[alias]\nname = [[\"Xu\", \"Shirley\"]]",
            &[
                ("firstname", ["Xu", "Shirley"]),
                ("lastname", ["Zhang", "Zhang"]),
            ],
            false,
        ),
    ] {
        let table = two_leads(columns);
        assert_eq!(
            holds(&table, &rule(when, "")),
            without,
            "{when} without lists"
        );
        assert_eq!(
            holds(&table, &rule(when, lists)),
            !without,
            "{when} with {lists}"
        );
    }
}

// ---- random rules over skewed tables --------------------------------------------------------------------------------

/// One record: type, inactive, and the cells of columns a, b, day, source.
type Row = (RecordType, bool, [String; 4]);

const COLUMNS: [&str; 4] = ["a", "b", "day", "source"];

fn row() -> impl Strategy<Value = Row> {
    let text = || {
        prop::sample::select(vec![
            "", "", " ", "Smith", "smith", "Smyth", "SMITHSON", "Müller", "muller", "x",
        ])
    };
    let day = prop::sample::select(vec![
        "",
        "2026-06-22",
        "6/22/2026",
        "2026-06-22T10:00",
        "2026-06-23",
        "soon",
    ]);
    let source = prop::sample::select(vec!["", "1", "Web", "2", "web", "Fair", "3"]);
    (
        prop::sample::select(RecordType::ALL.to_vec()),
        prop::bool::weighted(0.3),
        text(),
        text(),
        day,
        source,
    )
        .prop_map(|(t, inactive, a, b, day, source)| {
            (t, inactive, [a, b, day, source].map(str::to_owned))
        })
}

/// A condition as its text and its plain meaning on two cells; blanks are told apart by the caller.
#[derive(Debug, Clone)]
struct Plain {
    text: String,
    /// Columns of the base and of the matching record.
    columns: [usize; 2],
    ignore_blank: bool,
    kind: Kind,
    case_sensitive: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Exact,
    First,
    Last,
    Day,
    Label,
    Value,
    Fuzzy,
    Normalised,
}

fn a_condition() -> impl Strategy<Value = Plain> {
    let kind = prop::sample::select(vec![
        Kind::Exact,
        Kind::Exact,
        Kind::First,
        Kind::Last,
        Kind::Day,
        Kind::Label,
        Kind::Value,
        Kind::Fuzzy,
        Kind::Normalised,
    ]);
    (kind, 0_usize..2, 0_usize..2, any::<bool>(), any::<bool>()).prop_map(
        |(kind, base, matching, ignore_blank, case_sensitive)| {
            let columns = match kind {
                Kind::Day => [2, 2],
                Kind::Label | Kind::Value => [3, 3],
                _ => [base, matching],
            };
            let fuzzy = matches!(kind, Kind::Fuzzy | Kind::Normalised);
            let cased = !matches!(kind, Kind::Day | Kind::Value | Kind::Normalised);
            let case_sensitive = case_sensitive && cased;
            let column = COLUMNS[columns[0]];
            let mut text = match kind {
                Kind::Exact => format!("exact = \"{column}\""),
                Kind::First => format!("first = 3, column = \"{column}\""),
                Kind::Last => format!("last = 2, column = \"{column}\""),
                Kind::Day => format!("same_date = \"{column}\""),
                Kind::Label => format!("picklist = \"{column}\", by = \"label\""),
                Kind::Value => format!("picklist = \"{column}\", by = \"value\""),
                Kind::Fuzzy => {
                    format!("similar = \"{column}\", measure = \"levenshtein\", threshold = 0.6")
                }
                Kind::Normalised => format!(
                    "similar = \"{column}\", measure = \"jaro\", threshold = 0.8, on = \"normalised\""
                ),
            };
            if columns[0] != columns[1] {
                text += &format!(", match = \"{}\"", COLUMNS[columns[1]]);
            }
            if case_sensitive {
                text += ", case_sensitive = true";
            }
            if !fuzzy && !ignore_blank {
                text += ", ignore_blank = false";
            }
            Plain {
                text: format!("{{ {text} }}"),
                columns,
                ignore_blank: ignore_blank || fuzzy,
                kind,
                case_sensitive,
            }
        },
    )
}

impl Plain {
    fn holds(&self, base: &Row, matching: &Row, alone: bool) -> bool {
        let [x, y] = [&base.2[self.columns[0]], &matching.2[self.columns[1]]];
        let (x, y) = (x.trim(), y.trim());
        if x.is_empty() || y.is_empty() {
            return x.is_empty() && y.is_empty() && !self.ignore_blank && !alone;
        }
        let cased = |t: &str| {
            if self.case_sensitive {
                t.to_owned()
            } else {
                t.to_lowercase()
            }
        };
        let first = |t: &str| cased(t).chars().take(3).collect::<String>();
        let last = |t: &str| {
            let mut all: Vec<char> = cased(t).chars().rev().take(2).collect();
            all.reverse();
            all
        };
        let day = |t: &str| match t {
            "2026-06-22" | "6/22/2026" | "2026-06-22T10:00" => Some(22),
            "2026-06-23" => Some(23),
            _ => None,
        };
        // The table of the rule sets: 1 Web, 2 Fair; 3 has no label and counts as itself.
        let label = |t: &str| {
            let label = match t {
                "1" => "Web",
                "2" => "Fair",
                other => other,
            };
            cased(label)
        };
        let value = |t: &str| match t.to_lowercase().as_str() {
            "web" => "1".to_owned(),
            "fair" => "2".to_owned(),
            other => other.to_owned(),
        };
        match self.kind {
            Kind::Exact => cased(x) == cased(y),
            Kind::First => first(x) == first(y),
            Kind::Last => last(x) == last(y),
            Kind::Day => day(x).is_some() && day(x) == day(y),
            Kind::Label => label(x) == label(y),
            Kind::Value => value(x) == value(y),
            Kind::Fuzzy => strsim::normalized_levenshtein(&cased(x), &cased(y)) >= 0.6,
            Kind::Normalised => {
                let folded = |t: &str| t.to_lowercase().replace('ü', "u");
                strsim::jaro(&folded(x), &folded(y)) >= 0.8
            }
        }
    }
}

/// A rule as its text and its parts.
#[derive(Debug, Clone)]
struct PlainRule {
    base: RecordType,
    matching: RecordType,
    exclude_inactive: bool,
    active_base: bool,
    when: Vec<Plain>,
    unless: Vec<Plain>,
}

fn a_rule() -> impl Strategy<Value = PlainRule> {
    let a_type = || prop::sample::select(RecordType::ALL.to_vec());
    (
        a_type(),
        a_type(),
        any::<bool>(),
        any::<bool>(),
        prop::collection::vec(a_condition(), 1..4),
        prop::collection::vec(a_condition(), 0..2),
    )
        .prop_map(
            |(base, matching, exclude_inactive, active_base, when, unless)| PlainRule {
                base,
                matching,
                exclude_inactive,
                active_base,
                when,
                unless,
            },
        )
}

impl PlainRule {
    fn text(&self, name: usize) -> String {
        let list = |conditions: &[Plain]| {
            let texts: Vec<&str> = conditions.iter().map(|c| c.text.as_str()).collect();
            texts.join(", ")
        };
        format!(
            "[[rule]]\nname = \"r{name}\"\nbase = \"{}\"\nmatch = \"{}\"\nexclude_inactive = {}\nbase_scope = \"{}\"\nwhen = [{}]\nunless = [{}]\n",
            self.base.as_str(),
            self.matching.as_str(),
            self.exclude_inactive,
            if self.active_base { "active" } else { "all" },
            list(&self.when),
            list(&self.unless),
        )
    }

    /// Some(true): reported. Some(false): left out. None: the rule does not hold.
    fn says(&self, left: &Row, right: &Row) -> Option<bool> {
        let alone = self.when.len() == 1;
        let ways: Vec<(&Row, &Row)> = [(left, right), (right, left)]
            .into_iter()
            .filter(|(base, matching)| (base.0, matching.0) == (self.base, self.matching))
            .filter(|(base, matching)| {
                self.when.iter().all(|c| c.holds(base, matching, alone))
                    && !self.unless.iter().any(|c| c.holds(base, matching, false))
            })
            .collect();
        let eligible = ways.iter().any(|(base, matching)| {
            !(self.active_base && base.1 || self.exclude_inactive && matching.1)
        });
        (!ways.is_empty()).then_some(eligible)
    }
}

fn check_rules(mut rows: Vec<Row>, plain: &[PlainRule]) -> Result<(), TestCaseError> {
    rows.sort_by_key(|r| r.0);
    let types: Vec<RecordType> = rows.iter().map(|r| r.0).collect();
    let columns: Vec<(&str, Vec<String>)> = COLUMNS
        .iter()
        .enumerate()
        .map(|(at, name)| (*name, rows.iter().map(|r| r.2[at].clone()).collect()))
        .collect();
    let mut table = table(&types, &columns);
    for (activity, row) in table.activity.iter_mut().zip(&rows) {
        if row.1 {
            *activity = Activity::Inactive;
        }
    }
    let text: String = plain.iter().enumerate().map(|(i, r)| r.text(i)).collect();
    let codes = "[picklist.source]\n1 = \"Web\"\n2 = \"Fair\"\n3 = \"3\"\n";
    let rules = set(&format!("{text}{codes}"));
    let prepared = normalise::prepare(&table, &rules, None, &Silent);
    let engine = Engine::new(&prepared);
    let input = engine.block_input();
    let found = block::candidates(input, &rules, &BlockOptions::default(), &Silent)
        .expect("small enough for any plan");
    let mut listed: BTreeMap<(u32, u32), RuleMask> = BTreeMap::new();
    for pair in &found.pairs {
        listed.insert((pair.left.0, pair.right.0), pair.rules);
    }
    let (mut n_reported, mut n_left_out) = (0, 0);
    for a in 0..rows.len() {
        for b in a + 1..rows.len() {
            let mut mask = 0_u64;
            let mut left_out = false;
            for (i, rule) in plain.iter().enumerate() {
                match rule.says(&rows[a], &rows[b]) {
                    Some(true) => mask |= 1 << i,
                    Some(false) => left_out = true,
                    None => {}
                }
            }
            n_reported += u64::from(mask != 0);
            n_left_out += u64::from(left_out);
            if let Some(rules_listed) = listed.get(&(a as u32, b as u32)) {
                prop_assert_eq!(
                    rules_listed.0,
                    mask,
                    "{:?} {:?}\n{}",
                    rows[a],
                    rows[b],
                    text
                );
            }
        }
    }
    let implied: u64 = found.pairs.iter().map(|p| p.implied).sum();
    prop_assert_eq!(implied, n_reported, "{}", text);
    let left_out: u64 = found.suppressed.iter().map(|p| p.implied).sum();
    prop_assert_eq!(left_out, n_left_out, "{}", text);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, max_shrink_iters: 2000, ..ProptestConfig::default() })]
    #[test]
    fn rules_over_types_columns_pick_lists_and_blanks_equal_a_double_loop(
        rows in prop::collection::vec(row(), 2..45),
        plain in prop::collection::vec(a_rule(), 1..4),
    ) {
        check_rules(rows, &plain)?;
    }
}

// ---- decided pairs --------------------------------------------------------------------------------------------------

/// Pairs found with one e-mail for all and a name for each record: everything is rule-true, in stars if `n` is large.
fn under_one_address(
    types: &[RecordType],
    decided: &Decided,
    lineage: &[(u32, u32)],
    rule: &str,
) -> block::Candidates {
    let n = types.len();
    let names: Vec<String> = (0..n).map(|i| format!("n{i}")).collect();
    let table = table(
        types,
        &[
            ("emailaddress1", vec!["one@contoso.com".to_owned(); n]),
            ("description", names),
        ],
    );
    // The second rule makes every record a value group of its own.
    let rules = set(&format!(
        "[[rule]]\nname = \"all\"\n{rule}\nwhen = [{{ same = \"email\" }}]\n\
         [[rule]]\nname = \"none\"\nwhen = [{{ exact = \"description\" }}]\n"
    ));
    let mut prepared = normalise::prepare(&table, &rules, None, &Silent);
    prepared.lineage = lineage
        .iter()
        .map(|(a, b)| (RecordIdx(*a), RecordIdx(*b)))
        .collect();
    let engine = Engine::new(&prepared);
    let options = BlockOptions {
        decided: decided.clone(),
        ..BlockOptions::default()
    };
    block::candidates(engine.block_input(), &rules, &options, &Silent).expect("has a plan")
}

fn positions(pairs: &[(u32, u32)]) -> Vec<(RecordIdx, RecordIdx)> {
    let pair = |(a, b): &(u32, u32)| (RecordIdx(*a), RecordIdx(*b));
    pairs.iter().map(pair).collect()
}

#[test]
fn decided_pairs_are_told_apart_under_a_key_of_many() {
    for n in [6_u64, 1_100] {
        let never = [(0, 1), (2, 5), (3, 4), (0, 5)];
        let decided = Decided::new(positions(&[(1, 2), (3, 4)]), positions(&never));
        let found = under_one_address(&vec![RecordType::Lead; n as usize], &decided, &[], "");
        let implied: u64 = found.pairs.iter().map(|p| p.implied).sum();
        assert_eq!(implied, n * (n - 1) / 2 - 4, "{n} records");
        let left_out: Vec<(u32, u32)> = found
            .suppressed
            .iter()
            .inspect(|p| {
                assert_eq!(
                    (p.why, p.side, p.implied),
                    (Suppression::Never, Side::None, 1)
                )
            })
            .map(|p| (p.left.0, p.right.0))
            .collect();
        assert_eq!(left_out, [(0, 1), (0, 5), (2, 5), (3, 4)]);
        let always = found.pairs.iter().find(|p| (p.left.0, p.right.0) == (1, 2));
        assert_eq!(
            always.map(|p| p.rules),
            Some(RuleMask(0b101)),
            "rule and list"
        );
        // Never wins where both name a pair; the list is among what was left out.
        let both = found.suppressed.iter().find(|p| p.left.0 == 3);
        assert_eq!(both.map(|p| p.rules), Some(RuleMask(0b101)));
    }
}

#[test]
fn stars_between_record_types_leave_lineage_out_exactly() {
    let n = 600_u64;
    let mut types = vec![RecordType::Lead; n as usize];
    types.extend(vec![RecordType::Contact; n as usize]);
    // The first lead and the first contact, and two more.
    let lineage = [(0, 600), (1, 700), (599, 1_199)];
    let rule = "base = \"lead\"\nmatch = \"contact\"";
    let found = under_one_address(&types, &Decided::default(), &lineage, rule);
    let implied: u64 = found.pairs.iter().map(|p| p.implied).sum();
    assert_eq!(implied, n * n - 3);
    let left_out: Vec<(u32, u32)> = found
        .suppressed
        .iter()
        .inspect(|p| assert_eq!((p.why, p.implied), (Suppression::Lineage, 1)))
        .map(|p| (p.left.0, p.right.0))
        .collect();
    assert_eq!(left_out, [(0, 600), (1, 700), (599, 1_199)]);
}
