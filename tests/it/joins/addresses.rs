//! `same = "address"` through its index equals comparing every two lines by the pieces they were made of.

use kinfold::block::{self, BlockOptions};
use kinfold::model::{Field, RecordIdx, Silent};
use kinfold::normalise;
use kinfold::pipeline::Engine;
use kinfold::rules;
use proptest::prelude::*;

/// A line of an address, and what makes it the address it is; `None` without a house number.
type Line = (String, Option<String>);

fn pick(words: &'static [&'static str]) -> impl Strategy<Value = &'static str> {
    prop::sample::select(words)
}

/// `12 W. Oak St., Suite 3`: number, direction, name, kind, part of the house; the second and the two last say nothing.
fn english() -> impl Strategy<Value = Line> {
    let name = prop::sample::select(vec![
        ("Oak", "oak"),
        ("OAK", "oak"),
        ("Martin Luther King", "mlk"),
        ("MLK", "mlk"),
    ]);
    (
        1..4_u32,
        pick(&["", "N ", "North ", "s. "]),
        name,
        pick(&["", " St", " Street", " Ave.", " Avenue SW"]),
        pick(&["", ", Suite 3", " 2nd Floor", " (rear)"]),
    )
        .prop_map(|(number, direction, (name, code), kind, unit)| {
            (
                format!("{number} {direction}{name}{kind}{unit}"),
                Some(format!("{number} {code}")),
            )
        })
}

/// `12 W 25th Pl`: of a numbered street the kind counts, street aside.
fn numbered() -> impl Strategy<Value = Line> {
    let kind = prop::sample::select(vec![
        ("", "street"),
        (" St", "street"),
        (" Street", "street"),
        (" Pl", "place"),
        (" Place Lower level", "place"),
    ]);
    let name = prop::sample::select(vec![("5th", "5"), ("Fifth", "5"), ("25TH", "25")]);
    (1..4_u32, pick(&["", "W ", "West "]), name, kind).prop_map(
        |(number, direction, (name, code), (kind, counts))| {
            (
                format!("{number} {direction}{name}{kind}"),
                Some(format!("{number} {code} {counts}")),
            )
        },
    )
}

/// `Oakstr. 12`, `Oak-Straße 12 a`.
fn german() -> impl Strategy<Value = Line> {
    let letter = prop::sample::select(vec![("", ""), ("a", "a"), (" A", "a")]);
    (
        pick(&["Oakstr.", "Oak-Straße", "Oak Str.", "OAKSTRASSE"]),
        1..4_u32,
        letter,
        pick(&["", ", 2. OG", " Hinterhaus"]),
    )
        .prop_map(|(name, number, (letter, code), unit)| {
            (
                format!("{name} {number}{letter}{unit}"),
                Some(format!("{number}{code} oakstrasse")),
            )
        })
}

fn line() -> impl Strategy<Value = Line> {
    prop_oneof![
        3 => english(),
        3 => numbered(),
        3 => german(),
        1 => pick(&["", "Oak Street", "12"]).prop_map(|text| (text.to_owned(), None)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_index_finds_what_comparing_all_pairs_finds(
        rows in proptest::collection::vec((line(), pick(&["Contoso", "Fabrikam"])), 2..60),
    ) {
        let table = super::leads(&[
            (Field::CompanyName, rows.iter().map(|r| r.1).collect()),
            (Field::Street, rows.iter().map(|r| r.0.0.as_str()).collect()),
        ]);
        for (conditions, asks_company) in [
            (r#"{ same = "address" }"#, false),
            (r#"{ same = "company" }, { same = "address" }"#, true),
        ] {
            let rules = rules::parse(&format!("[[rule]]\nname = \"r\"\nwhen = [{conditions}]\n")).expect("valid");
            let prepared = normalise::prepare(&table, &rules, None, &Silent);
            let engine = Engine::new(&prepared);
            let expected = |a: usize, b: usize| {
                rows[a].0.1.is_some()
                    && rows[a].0.1 == rows[b].0.1
                    && (!asks_company || rows[a].1 == rows[b].1)
            };
            let mut n_expected = 0;
            for a in 0..rows.len() {
                for b in a + 1..rows.len() {
                    let answer = block::answer(
                        engine.block_input(),
                        &rules.rules[0],
                        RecordIdx(a as u32),
                        RecordIdx(b as u32),
                    );
                    let holds = answer == block::RuleAnswer::Holds;
                    prop_assert_eq!(holds, expected(a, b), "{:?} and {:?}", &rows[a], &rows[b]);
                    n_expected += u64::from(holds);
                }
            }
            let found = block::candidates(engine.block_input(), &rules, &BlockOptions::default(), &Silent)
                .expect("has a plan");
            for pair in &found.pairs {
                prop_assert!(expected(pair.left.at(), pair.right.at()));
            }
            prop_assert_eq!(found.pairs.iter().map(|p| p.implied).sum::<u64>(), n_expected);
        }
    }
}
