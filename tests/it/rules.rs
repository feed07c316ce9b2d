//! Rule files: what is read, what is refused and how, and that showing a rule set loses nothing.

use kinfold::model::RecordType;
use kinfold::rules::{
    BaseScope, Condition, EvidenceFloor, GenericPolicy, ListedId, ListedPair, MatchcodeKind,
    Measure, PROBLEMS_TOLD_MAX, PicklistSide, Preference, Rule, RuleSet, SurvivorPolicy, TextBasis,
    ValueLists, builtin, builtin_for, parse, render,
};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// The problems of a text as `line:column message (help)`.
fn problems(text: &str) -> Vec<String> {
    parse(text)
        .expect_err("the text is refused")
        .problems
        .into_iter()
        .map(|p| {
            let help = p.help.map(|h| format!(" ({h})")).unwrap_or_default();
            format!("{}:{} {}{help}", p.line, p.column, p.message)
        })
        .collect()
}

/// The one condition of a rule with `when = [TEXT]`.
fn condition(text: &str) -> Condition {
    let set = parse(&format!("[[rule]]\nname = \"r\"\nwhen = [{text}]\n"));
    set.expect("the condition is valid").rules[0].when[0].clone()
}

#[test]
fn the_built_in_set_is_the_documented_one() {
    let set = builtin();
    let names: Vec<&str> = set.rules.iter().map(|r| r.name.as_str()).collect();
    assert_eq!(
        names,
        [
            "Same e-mail",
            "Same phone",
            "Similar name and company",
            "Similar name, same e-mail domain"
        ]
    );
    assert!(
        set.rules
            .iter()
            .all(|r| r.exclude_inactive && r.base_scope == BaseScope::Active)
    );
    let evidence: Vec<EvidenceFloor> = set.rules.iter().map(|r| r.evidence).collect();
    use EvidenceFloor::{Auto, None};
    assert_eq!(evidence, [None, None, Auto, Auto]);
    assert_eq!(set.rules[0].generic, GenericPolicy::NeedName);
    assert_eq!(
        set.rules[2].when[1],
        Condition::SimilarCompany { threshold: 0.7 }
    );
}

#[test]
fn every_type_has_a_built_in_set_of_its_own() {
    for t in RecordType::ALL {
        let set = builtin_for(t);
        assert_eq!(
            set.rules.len(),
            if t == RecordType::Account { 5 } else { 4 }
        );
        assert!(set.rules.iter().all(|r| r.base == t && r.matching == t));
        assert_eq!(set.name, format!("{}-duplicates", t.as_str()));
    }
    let names_people = |c: &Condition| matches!(c, Condition::SimilarName);
    assert!(
        !builtin_for(RecordType::Account)
            .rules
            .iter()
            .any(|r| r.when.iter().any(names_people))
    );
}

#[test]
fn each_condition_is_read_with_its_defaults() {
    let column = || "c".to_owned();
    for (text, expected) in [
        (
            r#"{ same = "phone", weak = true }"#,
            Condition::Same {
                kind: MatchcodeKind::Phone,
                weak: true,
            },
        ),
        (
            r#"{ same = "website" }"#,
            Condition::Same {
                kind: MatchcodeKind::Website,
                weak: false,
            },
        ),
        (r#"{ similar = "name" }"#, Condition::SimilarName),
        (
            r#"{ similar = "company" }"#,
            Condition::SimilarCompany { threshold: 0.7 },
        ),
        (
            r#"{ exact = "c", case_sensitive = true, ignore_blank = false, match = "d" }"#,
            Condition::Exact {
                column: column(),
                match_column: Some("d".to_owned()),
                case_sensitive: true,
                ignore_blank: false,
            },
        ),
        (
            r#"{ first = 3, column = "c" }"#,
            Condition::First {
                column: column(),
                match_column: None,
                n: 3,
                case_sensitive: false,
                ignore_blank: true,
            },
        ),
        (
            r#"{ last = 4, column = "c" }"#,
            Condition::Last {
                column: column(),
                match_column: None,
                n: 4,
                case_sensitive: false,
                ignore_blank: true,
            },
        ),
        (
            r#"{ same_date = "c" }"#,
            Condition::SameDate {
                column: column(),
                match_column: None,
                ignore_blank: true,
            },
        ),
        (
            r#"{ same_date_time = "c" }"#,
            Condition::SameDateTime {
                column: column(),
                match_column: None,
                ignore_blank: true,
            },
        ),
        // A column called like a profile, compared by a measure.
        (
            r#"{ similar = "name", measure = "osa", threshold = 1 }"#,
            Condition::SimilarText {
                column: "name".to_owned(),
                match_column: None,
                measure: Measure::Osa,
                threshold: 1.0,
                case_sensitive: false,
                on: TextBasis::Raw,
            },
        ),
        // A phonetic code is equal or not: no threshold to choose.
        (
            r#"{ similar = "c", measure = "soundex" }"#,
            Condition::SimilarText {
                column: column(),
                match_column: None,
                measure: Measure::Soundex,
                threshold: 1.0,
                case_sensitive: false,
                on: TextBasis::Raw,
            },
        ),
        (
            r#"{ similar = "c", measure = "osa", threshold = 0.8, on = "normalised", match = "d" }"#,
            Condition::SimilarText {
                column: column(),
                match_column: Some("d".to_owned()),
                measure: Measure::Osa,
                threshold: 0.8,
                case_sensitive: false,
                on: TextBasis::Normalised,
            },
        ),
        (
            r#"{ picklist = "c", by = "label", case_sensitive = true }"#,
            Condition::Picklist {
                column: column(),
                match_column: None,
                by: PicklistSide::Label,
                case_sensitive: true,
                ignore_blank: true,
            },
        ),
        (
            r#"{ picklist = "c", by = "value", ignore_blank = false, match = "d" }"#,
            Condition::Picklist {
                column: column(),
                match_column: Some("d".to_owned()),
                by: PicklistSide::Value,
                case_sensitive: false,
                ignore_blank: false,
            },
        ),
    ] {
        assert_eq!(condition(text), expected, "{text}");
    }
}

#[test]
fn options_of_a_rule_have_the_documented_defaults() {
    let set = parse("[[rule]]\nname = \"r\"\nbase = \"contact\"\nwhen = [{ same = \"email\" }, { not = { exact = \"lastname\" } }]\nunless = [{ same = \"phone\" }]").expect("valid");
    let rule = &set.rules[0];
    assert_eq!(
        (rule.base, rule.matching),
        (RecordType::Contact, RecordType::Contact)
    );
    assert!(!rule.exclude_inactive);
    assert_eq!(rule.base_scope, BaseScope::All);
    assert_eq!(rule.evidence, EvidenceFloor::None);
    assert_eq!(rule.generic, GenericPolicy::AsWorded);
    assert_eq!((rule.when.len(), rule.unless.len()), (1, 2));
    assert_eq!(set.survivor, SurvivorPolicy::default());
    assert_eq!(set.name, "rules");
}

#[test]
fn bits_of_evidence_are_kept_in_thousandths() {
    let set = parse("[[rule]]\nname = \"r\"\nevidence = 12.5\nwhen = [{ same = \"email\" }]")
        .expect("valid");
    assert_eq!(set.rules[0].evidence, EvidenceFloor::Millibits(12_500));
}

#[test]
fn all_problems_are_told_with_place_and_nearest_word() {
    let text = r#"[set]
name = "x"
default_country = "UK"

[[rule]]
name = "a"
bass = "lead"
when = [{ same = "e-mail" }, { similar = "company", threshold = 1.5 }]

[[rule]]
name = "a"
evidence = "maybe"
when = [{ simlar = "name" }]

[survivor]
prefer = ["id", "created"]
"#;
    assert_eq!(
        problems(text),
        [
            "3:19 default_country \"UK\" is no ISO 3166 country code (the code of the United Kingdom is \"GB\")",
            "7:1 unknown key \"bass\" in a rule (did you mean \"base\"?)",
            "8:18 same knows no \"e-mail\" (did you mean \"email\"?)",
            "8:65 threshold is above 0.0 and at most 1.0",
            "11:8 there is already a rule called \"a\" (give each rule a name of its own)",
            "12:12 evidence knows no \"maybe\" (one of none, auto)",
            "13:11 unknown key \"simlar\" in a condition (did you mean \"similar\"?)",
            "16:17 \"created\" stands after \"id\" and would never be looked at: ids always differ (move \"id\" to the end)",
        ]
    );
}

#[test]
fn each_refusal_says_what_to_do() {
    let rule = |rest: &str| format!("[[rule]]\nname = \"r\"\n{rest}\n");
    for (text, expected) in [
        (
            String::new(),
            "1:1 there is no rule (write at least one [[rule]])",
        ),
        (
            "format = 2\nnew = 1".to_owned(),
            "1:10 format 2 was written by a newer version of kinfold; this one reads format 1 (format = 1)",
        ),
        (
            rule(""),
            "1:1 the rule has no `when` (add when = [{ same = \"email\" }])",
        ),
        (
            rule(&format!(
                "when = [{}]\nunless = [{{ same = \"phone\" }}]",
                "{ same = \"email\" },".repeat(100)
            )),
            "1:1 a rule has at most 100 conditions and exceptions, this one 101 (make rules of their own of them, or leave out those that say the same)",
        ),
        (
            rule("when = []"),
            "3:8 the rule has no condition (add a condition such as { same = \"email\" })",
        ),
        (
            rule("when = [{ not = { same = \"email\" } }]"),
            "3:8 the rule only says what must not hold (add a condition such as { same = \"email\" })",
        ),
        (
            rule("when = [{ picklist = \"c\", by = \"lable\" }]"),
            "3:32 by knows no \"lable\" (did you mean \"label\"?)",
        ),
        (
            rule("when = [{ picklist = \"c\" }]"),
            "3:9 picklist does not say what it compares (add by = \"label\" or by = \"value\")",
        ),
        (
            rule("when = [{ piclist = \"c\", by = \"label\" }]"),
            "3:11 unknown key \"piclist\" in a condition (did you mean \"picklist\"?)",
        ),
        (
            rule("when = [{ picklist = \"c\", by = \"value\", case_sensitive = true }]"),
            "3:58 values of a pick list are codes, without capital letters (leave case_sensitive out)",
        ),
        (
            rule(
                "when = [{ similar = \"c\", measure = \"osa\", threshold = 0.9, on = \"normalized\" }]",
            ),
            "3:65 on knows no \"normalized\" (did you mean \"normalised\"?)",
        ),
        (
            rule(
                "when = [{ similar = \"c\", measure = \"osa\", threshold = 0.9, on = \"normalised\", case_sensitive = true }]",
            ),
            "3:96 a normalised text has no capital letters (leave case_sensitive out, or write on = \"raw\")",
        ),
        (
            rule("when = [{ same = \"email\" }]\n[bypas]"),
            "4:2 unknown key \"bypas\" in a rule file (did you mean \"bypass\"?)",
        ),
        (
            rule("when = [{ same = \"email\" }]\n[bypass]\nemial = [\"a@b.c\"]"),
            "5:1 unknown key \"emial\" in [bypass] (did you mean \"email\"?)",
        ),
        (
            rule("when = [{ same = \"email\" }]\n[bypass]\nemail = [\"a@b.c\", \" \"]"),
            "5:19 a value of email is blank (a blank matches nothing as it is; leave it out)",
        ),
        (
            rule("when = [{ same = \"email\" }]\n[alias]\ncompany = [\"IBM\"]"),
            "5:12 an alias is a list of names, not a text (write [[\"IBM\", \"International Business Machines\"]])",
        ),
        (
            rule("when = [{ same = \"email\" }]\n[alias]\nname = [[\"Sasha\", \"Mary Ann\"]]"),
            "5:19 an alias of a name is one word: a given name or a surname",
        ),
        (
            rule("when = [{ same = \"email\" }]\n[picklist.c]\n1 = 2"),
            "5:5 a label is a text, not a whole number (write \"1\" = \"…\")",
        ),
        (
            rule("when = [{ same = \"email\" }]\n[[always]]\npair = [[\"a\", \"b\"]]"),
            "5:1 unknown key \"pair\" in [[always]] (did you mean \"pairs\"?)",
        ),
        (
            rule("when = [{ same = \"email\" }]\n[[never]]\npairs = [[\"a\", \"b\", \"c\"]]"),
            "5:10 a pair is a list of two ids (write pairs = [[\"id1\", \"id2\"]])",
        ),
        (
            rule("when = [{ same = \"email\" }]\n[[never]]\npairs = [[\"a\", \"a\"]]"),
            "5:10 a record is paired with itself",
        ),
        (
            rule("when = [{ same = \"email\", exact = \"c\" }]"),
            "3:9 the condition says same and exact at once (write one condition for each; all must hold)",
        ),
        (
            rule("when = [{ same = \"email\" }]\nunless = [{ not = { same = \"phone\" } }]"),
            "4:11 `unless` already means not (write the condition without not)",
        ),
        (
            rule("when = [{ similar = \"fullname\" }]"),
            "3:21 similar = \"fullname\" says no measure (name a measure such as measure = \"jaro-winkler\", threshold = 0.92; without one, \"name\" and \"company\" are the profiles there are)",
        ),
        (
            rule("when = [{ similar = \"c\", measure = \"jaro\" }]"),
            "3:9 a measure needs a threshold (add threshold = 0.92, say)",
        ),
        (
            rule("when = [{ first = 0, column = \"c\" }]"),
            "3:19 first is a number of characters, 1 to 2147483647",
        ),
        (
            rule("when = [{ same = \"email\", weak = true }]"),
            "3:34 weak belongs to same = \"phone\" only",
        ),
        (
            rule("id = \" \"\nwhen = [{ same = \"email\" }]"),
            "3:6 the id of a rule is blank",
        ),
        (
            rule("exclude_inactive = \"yes\"\nwhen = [{ same = \"email\" }]"),
            "3:20 exclude_inactive is true or false, not a text",
        ),
    ] {
        assert_eq!(problems(&text), [expected], "{text}");
    }
}

#[test]
fn of_very_many_faults_the_first_are_told_and_how_many_more() {
    let text: String = (0..20_000).map(|i| format!("k{i} = 1\n")).collect();
    let error = parse(&text).expect_err("no rule, and unknown keys");
    assert_eq!(error.problems.len(), 20_001);
    let told = error.to_string();
    assert_eq!(told.lines().count(), PROBLEMS_TOLD_MAX + 1);
    assert!(told.ends_with("\nand 19,951 more"), "{told}");
}

#[test]
fn faults_of_the_syntax_are_told_with_their_place() {
    let found = problems("[[rule]]\nname = \"r\nwhen = [{ same = \"email\" }]\n");
    assert!(found[0].starts_with("2:"), "{found:?}");
}

#[test]
fn a_column_counts_characters_not_bytes() {
    assert_eq!(
        problems(
            "[set]\nname = \"ü\" # ä\n[[rule]]\nname = \"ÄÖÜ\"\nwhen = [{ exact = \"ä\", Ö = 1 }]"
        )
        .len(),
        1,
        "a bare key is ASCII"
    );
    let found = problems("[[rule]]\nname = \"r\"\nwhen = [{ exact = \"äöü\", ignore = 1 }]");
    assert_eq!(
        found,
        [
            "3:26 unknown key \"ignore\" in a condition with \"exact\" (did you mean \"ignore_blank\"?)"
        ]
    );
}

fn column_name() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("fullname".to_owned()),
        Just("Straße / \"Nr.\"".to_owned()),
        "[ -~]{0,8}[a-z\\\\\"']".prop_map(|s| s),
        "\\PC{0,4}\t\\PC{0,4}x",
    ]
}

fn a_condition() -> impl Strategy<Value = Condition> {
    let kind = prop::sample::select(vec![
        MatchcodeKind::Email,
        MatchcodeKind::Phone,
        MatchcodeKind::EmailDomain,
        MatchcodeKind::Name,
        MatchcodeKind::Company,
        MatchcodeKind::Website,
        MatchcodeKind::Address,
        MatchcodeKind::Place,
    ]);
    let measure = prop::sample::select(vec![
        Measure::JaroWinkler,
        Measure::Jaro,
        Measure::Levenshtein,
        Measure::DamerauLevenshtein,
        Measure::Osa,
        Measure::TokenSet,
        Measure::DoubleMetaphone,
        Measure::Soundex,
    ]);
    let columns = || (column_name(), prop::option::of(column_name()));
    let threshold = || (1_u32..=u32::MAX).prop_map(|n| f64::from(n) / f64::from(u32::MAX));
    prop_oneof![
        (kind, any::<bool>()).prop_map(|(kind, weak)| Condition::Same {
            kind,
            weak: weak && kind == MatchcodeKind::Phone,
        }),
        Just(Condition::SimilarName),
        threshold().prop_map(|threshold| Condition::SimilarCompany { threshold }),
        (columns(), any::<bool>(), any::<bool>()).prop_map(
            |((column, match_column), case_sensitive, ignore_blank)| Condition::Exact {
                column,
                match_column,
                case_sensitive,
                ignore_blank,
            }
        ),
        (
            columns(),
            1_usize..=2_147_483_647,
            any::<bool>(),
            any::<bool>(),
            any::<bool>()
        )
            .prop_map(
                |((column, match_column), n, first, case_sensitive, ignore_blank)| {
                    if first {
                        Condition::First {
                            column,
                            match_column,
                            n,
                            case_sensitive,
                            ignore_blank,
                        }
                    } else {
                        Condition::Last {
                            column,
                            match_column,
                            n,
                            case_sensitive,
                            ignore_blank,
                        }
                    }
                }
            ),
        (columns(), any::<bool>(), any::<bool>()).prop_map(
            |((column, match_column), time, ignore_blank)| {
                if time {
                    Condition::SameDateTime {
                        column,
                        match_column,
                        ignore_blank,
                    }
                } else {
                    Condition::SameDate {
                        column,
                        match_column,
                        ignore_blank,
                    }
                }
            }
        ),
        (
            columns(),
            measure,
            threshold(),
            any::<bool>(),
            any::<bool>()
        )
            .prop_map(
                |((column, match_column), measure, threshold, case_sensitive, raw)| {
                    Condition::SimilarText {
                        column,
                        match_column,
                        measure,
                        threshold,
                        case_sensitive: raw && case_sensitive,
                        on: if raw {
                            TextBasis::Raw
                        } else {
                            TextBasis::Normalised
                        },
                    }
                }
            ),
        (columns(), any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
            |((column, match_column), by_label, case_sensitive, ignore_blank)| {
                Condition::Picklist {
                    column,
                    match_column,
                    by: if by_label {
                        PicklistSide::Label
                    } else {
                        PicklistSide::Value
                    },
                    case_sensitive: by_label && case_sensitive,
                    ignore_blank,
                }
            }
        ),
    ]
}

fn a_rule() -> impl Strategy<Value = Rule> {
    let a_type = || prop::sample::select(RecordType::ALL.to_vec());
    (
        a_type(),
        a_type(),
        any::<bool>(),
        prop::sample::select(vec![BaseScope::All, BaseScope::Active]),
        prop_oneof![
            Just(EvidenceFloor::None),
            Just(EvidenceFloor::Auto),
            (0_i32..=1_000_000).prop_map(EvidenceFloor::Millibits)
        ],
        prop::sample::select(vec![
            GenericPolicy::AsWorded,
            GenericPolicy::NeedName,
            GenericPolicy::Ignore,
        ]),
        prop::collection::vec(a_condition(), 1..4),
        prop::collection::vec(a_condition(), 0..3),
    )
        .prop_map(
            |(base, matching, exclude_inactive, base_scope, evidence, generic, when, unless)| {
                Rule {
                    name: String::new(),
                    id: None,
                    base,
                    matching,
                    exclude_inactive,
                    base_scope,
                    evidence,
                    generic,
                    when,
                    unless,
                    allow: vec![],
                }
            },
        )
}

fn a_text() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("n/a".to_owned()),
        "[a-zA-Z0-9\"\\\\éß]{1,6}",
        "[a-z]{1,40}\t[\\PC]{0,3}x"
    ]
}

/// Lists as the reader takes them: no blank, no text twice in one group.
fn values() -> impl Strategy<Value = ValueLists> {
    let texts = |n| prop::collection::btree_set(a_text(), n).prop_map(|s| s.into_iter().collect());
    let words = prop::collection::btree_set("[a-zA-Zé]{1,6}", 2..4)
        .prop_map(|s| s.into_iter().collect::<Vec<String>>());
    (
        prop::collection::btree_map(
            prop::sample::select(kinfold::rules::MATCHCODES.map(|(_, kind)| kind).to_vec()),
            texts(1..4),
            0..3,
        ),
        prop::collection::vec(texts(2..4), 0..3),
        prop::collection::vec(words, 0..3),
    )
        .prop_map(|(bypass, company_aliases, name_aliases)| ValueLists {
            bypass,
            company_aliases,
            name_aliases,
        })
}

fn listed_pairs() -> impl Strategy<Value = Vec<ListedPair>> {
    let id = || {
        (
            prop::option::of(prop::sample::select(RecordType::ALL.to_vec())),
            "[A-Z{}0-9\"-]{1,8}",
        )
            .prop_map(|(record_type, id)| ListedId { record_type, id })
    };
    let pair = (id(), id(), prop::option::of("[a-z\"]{1,6}"));
    prop::collection::vec(pair, 0..6).prop_map(|pairs| {
        let pairs = pairs.into_iter().filter(|(left, right, _)| left != right);
        pairs
            .map(|(left, right, reason)| ListedPair {
                left,
                right,
                reason,
            })
            .collect()
    })
}

fn picklists() -> impl Strategy<Value = BTreeMap<String, BTreeMap<String, String>>> {
    let codes = prop::collection::btree_map("[0-9a-z.\"]{1,5}", "[A-Za-z \"é]{0,5}x", 1..4);
    let columns = prop::sample::select(vec!["leadsourcecode", "Anrede: \"Frau\"", "a.b"]);
    prop::collection::btree_map(columns.prop_map(str::to_owned), codes, 0..3).prop_map(|lists| {
        let trimmed = |codes: BTreeMap<String, String>| {
            let trim = |(code, label): (String, String)| (code, label.trim().to_owned());
            codes.into_iter().map(trim).collect()
        };
        lists.into_iter().map(|(c, l)| (c, trimmed(l))).collect()
    })
}

fn a_set() -> impl Strategy<Value = RuleSet> {
    use Preference::{Active, Completeness, Created, Id, Modified};
    (
        "[ -~]{0,10}[a-z\"\\\\]",
        prop::option::of(prop::sample::select(vec!["US".to_owned(), "DE".to_owned()])),
        prop::collection::vec(a_rule(), 1..5),
        Just(vec![Active, Completeness, Modified, Created]).prop_shuffle(),
        0_usize..=4,
        (values(), picklists(), listed_pairs(), listed_pairs()),
    )
        .prop_map(|(name, default_country, mut rules, mut prefer, n, lists)| {
            let (values, picklists, always, never) = lists;
            for (i, rule) in rules.iter_mut().enumerate() {
                rule.name = format!("{name} – {i}");
                // Some rules have an id of the CRM they came from.
                if i % 3 == 1 {
                    rule.allow = vec!["KF001"];
                }
                rule.id = (i % 2 == 1).then(|| format!("{{id {i}}}\\"));
            }
            prefer.truncate(n);
            prefer.push(Id);
            RuleSet {
                name,
                default_country,
                rules,
                survivor: SurvivorPolicy { prefer },
                allow: vec!["KF010", "KF207"],
                values,
                picklists,
                always,
                never,
            }
        })
}

proptest! {
    #[test]
    fn a_rendered_set_is_read_back_equal(set in a_set()) {
        let text = render(&set);
        let back = parse(&text).map_err(|e| TestCaseError::fail(format!("{e}\n{text}")))?;
        prop_assert_eq!(&back, &set, "{}", text);
        prop_assert_eq!(render(&back), text);
    }

    /// Sets that share rules, in any order, some with other conditions or options under the same name.
    #[test]
    fn a_difference_is_told_exactly_when_the_texts_differ(
        (set, other) in (a_set(), a_set()),
        picks in prop::collection::vec((any::<bool>(), any::<prop::sample::Index>(), any::<bool>()), 1..5),
        is_same_policy: bool,
    ) {
        let mut changed = if is_same_policy { set.clone() } else { other.clone() };
        changed.rules.clear();
        for (is_own, index, is_renamed) in picks {
            let source = if is_own { &set } else { &other };
            let mut rule = index.get(&source.rules).clone();
            if is_renamed {
                rule.name.push('2');
            }
            if changed.rules.iter().all(|r| r.name != rule.name) {
                changed.rules.push(rule);
            }
        }
        let found = kinfold::rules::diff(&set, &changed);
        prop_assert_eq!(found.is_empty(), render(&set) == render(&changed), "{:?}", found);
        // What is new one way is gone the other way.
        let back = kinfold::rules::diff(&changed, &set);
        prop_assert_eq!(found.added.len() + found.changed.len(), back.removed.len() + back.changed.len());
        prop_assert!(kinfold::rules::diff(&changed, &changed).is_empty());
    }

    #[test]
    fn any_text_is_read_or_refused(text in "(\\PC|\n|\\[|\\]|\\{|\\}|=|\"){0,60}") {
        if let Err(e) = parse(&text) {
            prop_assert!(!e.problems.is_empty());
        }
    }
}

#[test]
fn every_rule_file_of_the_documentation_is_valid() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/rules.md")).expect("the page exists");
    let blocks: Vec<&str> = page
        .split("```toml\n")
        .skip(1)
        .map(|b| b.split("```").next().unwrap_or_default())
        .collect();
    assert_eq!(blocks.len(), 9);
    for block in blocks {
        let set = parse(block).unwrap_or_else(|e| panic!("{e}\n{block}"));
        // Whole files are without findings; examples show one thing at a time.
        if block.contains("[set]") {
            assert_eq!(kinfold::rules::check::check(&set), [], "{block}");
        }
    }
}

#[test]
fn the_documentation_knows_every_word() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(root.join("docs/rules.md")).expect("the page exists");
    for (word, _) in kinfold::rules::MEASURES {
        assert!(page.contains(&format!("| `{word}` |")), "measure {word}");
    }
    for (word, _) in kinfold::rules::MATCHCODES {
        assert!(
            page.contains(&format!("{{ same = \"{word}\" }}")),
            "matchcode {word}"
        );
    }
}
