//! The join of companies equals comparing every two.

use super::similar_companies_of;
use crate::model::{Companies, CompanyCode, Marks};
use crate::rules::predicate::CompanyProfile;
use crate::similarity::neighbours::{Channels, Neighbours};
use proptest::prelude::*;

/// Neighbours by one edit, strangers, and words that only make one name when written together; earlier ones are drawn
/// more often.
const WORDS: [&str; 20] = [
    "services",
    "clark",
    "pharma",
    "clarkpahrma",
    "service",
    "contoso",
    "kontoso",
    "fabrikam",
    "fabrikan",
    "bank",
    "north",
    "wind",
    "northwind",
    "group",
    "trading",
    "tradings",
    "abc",
    "a",
    "holdings",
    "b2b",
];

fn profile(names: &[Vec<usize>]) -> (CompanyProfile, usize) {
    let mut companies = Companies::default();
    for words in names {
        let tokens: Vec<String> = words.iter().map(|w| WORDS[*w].to_owned()).collect();
        companies.push(&CompanyCode {
            squashed: tokens.concat(),
            acronym: match tokens.len() {
                3.. => tokens.iter().filter_map(|t| t.chars().next()).collect(),
                _ => String::new(),
            },
            tokens,
            legal_form: String::new(),
            marks: Marks::NONE,
        });
    }
    let n_words = companies.vocabulary.len();
    let graph = Neighbours::build(companies.vocabulary.texts(), &Channels::COMPANY, |_| &[]);
    (CompanyProfile::new(&companies, graph, &[]), n_words)
}

fn check(names: &[Vec<usize>], threshold: f64) {
    let (profile, n_words) = profile(names);
    // Some forms are not there, and some are not asked for.
    let present = |form: u32| form % 7 != 6;
    for wanted in [&(|_| true) as &(dyn Fn(u32) -> bool + Sync), &|form| {
        form % 3 == 0
    }] {
        let mut expected = Vec::new();
        for a in (0..profile.n_forms() as u32).filter(|a| present(*a)) {
            for b in (a + 1..profile.n_forms() as u32).filter(|b| present(*b)) {
                if (wanted(a) || wanted(b)) && profile.similar(a, b, threshold) {
                    expected.push((a, b));
                }
            }
        }
        let found = similar_companies_of(&profile, n_words, threshold, &present, wanted);
        assert_eq!(found, expected, "at {threshold}");
    }
}

/// Skewed: of two numbers the smaller.
fn word() -> impl Strategy<Value = usize> {
    (0..WORDS.len(), 0..WORDS.len()).prop_map(|(a, b)| a.min(b))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn a_join_equals_comparing_every_two(
        names in proptest::collection::vec(proptest::collection::vec(word(), 1..5), 2..120),
        threshold in prop::sample::select(vec![0.4, 0.5, 0.7, 0.75, 0.9, 1.0]),
    ) {
        check(&names, threshold);
    }

    #[test]
    fn of_long_names_too(
        names in proptest::collection::vec(proptest::collection::vec(word(), 5..12), 2..40),
        threshold in prop::sample::select(vec![0.5, 0.7]),
    ) {
        check(&names, threshold);
    }
}
