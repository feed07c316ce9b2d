//! `same = "place"` through its index equals comparing every two records by the town and the code they were made of.

use kinfold::block::{self, BlockOptions};
use kinfold::model::{Field, RecordIdx, Silent};
use kinfold::normalise;
use kinfold::pipeline::Engine;
use kinfold::rules;
use proptest::prelude::*;

/// A text and what it says; `None` when blank.
type Said = (&'static str, Option<u8>);

/// A town, a postal code, a company.
type Row = (Said, Said, &'static str);

fn row() -> impl Strategy<Value = Row> {
    let town = prop::sample::select(vec![
        ("", None),
        ("Köln", Some(0)),
        ("Kiel", Some(1)),
        ("koln", Some(0)),
        ("Saint Louis", Some(2)),
        ("St. Louis", Some(2)),
    ]);
    let code = prop::sample::select(vec![
        ("", None),
        ("50667", Some(0)),
        ("50 667", Some(0)),
        ("SW1A 1AA", Some(1)),
        ("sw1a1aa", Some(1)),
    ]);
    let company = prop::sample::select(vec!["Contoso", "Fabrikam"]);
    (town, code, company)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_index_finds_what_comparing_all_pairs_finds(
        rows in proptest::collection::vec(row(), 2..60),
        bypassed in any::<bool>(),
    ) {
        let table = super::leads(&[
            (Field::CompanyName, rows.iter().map(|r| r.2).collect()),
            (Field::City, rows.iter().map(|r| r.0.0).collect()),
            (Field::PostalCode, rows.iter().map(|r| r.1.0).collect()),
        ]);
        for (conditions, asks_company) in [
            (r#"{ same = "place" }"#, false),
            (r#"{ same = "company" }, { same = "place" }"#, true),
        ] {
            let bypass = if bypassed { "[bypass]\nplace = [\"SAINT LOUIS\", \"SW1A-1AA\"]\n" } else { "" };
            let text = format!("[[rule]]\nname = \"r\"\nwhen = [{conditions}]\n{bypass}");
            let rules = rules::parse(&text).expect("valid");
            let prepared = normalise::prepare(&table, &rules, None, &Silent);
            let engine = Engine::new(&prepared);
            let expected = |a: usize, b: usize| {
                let ((town, code, company), (other_town, other_code, other)) = (rows[a], rows[b]);
                let equal = |x: Said, y: Said, listed: u8| {
                    x.1.is_some() && x.1 == y.1 && !(bypassed && x.1 == Some(listed))
                };
                (equal(town, other_town, 2) || equal(code, other_code, 1))
                    && (!asks_company || company == other)
            };
            let mut n_expected = 0;
            for a in 0..rows.len() {
                for b in a + 1..rows.len() {
                    let (left, right) = (RecordIdx(a as u32), RecordIdx(b as u32));
                    let answer = block::answer(engine.block_input(), &rules.rules[0], left, right);
                    let holds = answer == block::RuleAnswer::Holds;
                    prop_assert_eq!(holds, expected(a, b), "{:?} and {:?}", rows[a], rows[b]);
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
