//! The join of names equals comparing every two, with and without a floor.

use super::super::name_floor::{NameFloor, NameWorth};
use super::{IndexedGroup, NameJoin, Named};
use crate::model::{Generation, Marks, NameToken, Names, Prepared, RecordType, TokenRole};
use crate::rules::predicate::{NameProfile, Weights};
use crate::similarity::neighbours::{Channels, Neighbours};
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU64, Ordering};

/// Neighbours, initials, words that are also written joined, and strangers; earlier ones are drawn more often.
const WORDS: [&str; 24] = [
    "john", "smith", "mary", "ann", "maryann", "jon", "smyth", "smitth", "j", "robert", "bob", "s",
    "murphy", "merphy", "anne", "martin", "mar", "tin", "johnson", "jonson", "wei", "m", "garcia",
    "lopez",
];

/// A name as positions in [`WORDS`], the first `n_given` of them given names.
type Drawn = (Vec<usize>, usize);

fn prepared(drawn: &[Drawn]) -> Prepared {
    let mut names = Names::default();
    for (words, n_given) in drawn {
        names
            .tokens
            .push_row(words.iter().enumerate().map(|(i, word)| NameToken {
                token: names.vocabulary.intern(WORDS[*word]),
                role: if i < *n_given {
                    TokenRole::Given
                } else {
                    TokenRole::Surname
                },
            }));
        names.generation.push(Generation::Unsaid);
        names.marks.push(Marks::NONE);
    }
    Prepared {
        record_type: vec![RecordType::Lead; drawn.len()],
        name: (0..drawn.len() as u32).collect(),
        names,
        ..Prepared::default()
    }
}

/// Joins the names with themselves, and their first third with the rest; every name has two members when it is even.
fn check(drawn: &[Drawn], needed: Option<i64>) {
    let prepared = prepared(drawn);
    let variants = |word: &str| -> &[&str] { if word == "bob" { &["robert"] } else { &[] } };
    let vocabulary = &prepared.names.vocabulary;
    let graph = Neighbours::build(vocabulary.texts(), &Channels::PERSON, variants);
    let profile = NameProfile::new(&prepared.names, graph);
    let weights = Weights::new(&prepared, |word| word.len() > 5);
    let worth = NameWorth::new(&weights, &profile, vocabulary.len());
    let n_skipped = AtomicU64::new(0);
    let join = NameJoin {
        profile: &profile,
        n_vocabulary: vocabulary.len(),
        floor: needed.map(|needed| NameFloor {
            weights: &weights,
            worth: &worth,
            needed,
        }),
        n_skipped: &n_skipped,
    };
    let mut members: Vec<Named> = Vec::new();
    for name in 0..drawn.len() as u32 {
        for copy in 0..2 - name % 2 {
            members.push(Named {
                name,
                item: name * 2 + copy,
            });
        }
    }
    let reaches = |a: u32, b: u32| {
        let (x, y) = (a / 2, b / 2);
        let carried = || {
            let agreement = profile.compare(x.min(y), x.max(y));
            weights.rule_name_millibits(&profile, x.min(y), x.max(y), &agreement)
        };
        needed.is_none_or(|needed| i64::from(carried()) >= needed)
    };
    let by_definition = |left: &[Named], right: &[Named], within: bool| {
        let mut found = BTreeSet::new();
        let mut n_similar = 0;
        for a in left {
            for b in right.iter().filter(|b| !within || a.item < b.item) {
                if profile.similar(a.name, b.name) {
                    n_similar += 1;
                    if reaches(a.item, b.item) {
                        found.insert((a.item.min(b.item), a.item.max(b.item)));
                    }
                }
            }
        }
        (found, n_similar)
    };
    let compare =
        |pairs: Vec<(u32, u32)>, n_compared: u64, left: &[Named], right: &[Named], within| {
            let (expected, n_similar) = by_definition(left, right, within);
            let n_pairs = pairs.len();
            let found: BTreeSet<(u32, u32)> = pairs.into_iter().collect();
            assert_eq!(found.len(), n_pairs, "a pair is found once");
            assert_eq!(found, expected);
            let n_left_out = n_skipped.swap(0, Ordering::Relaxed);
            assert!(
                n_compared + n_left_out >= n_similar,
                "what is skipped is counted"
            );
        };
    let n_compared = AtomicU64::new(0);
    let found = |a: u32, b: u32| {
        n_compared.fetch_add(1, Ordering::Relaxed);
        reaches(a, b).then_some((a.min(b), a.max(b)))
    };
    for n_threads in [1, 3] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n_threads);
        let pool = pool.build().expect("threads");
        let pairs = pool.install(|| join.within(&members, found));
        compare(
            pairs,
            n_compared.swap(0, Ordering::Relaxed),
            &members,
            &members,
            true,
        );
    }
    for cut in [members.len() / 3, members.len() / 10] {
        let (left, right) = members.split_at(cut);
        // Members of one name stand on one side, as do those of one company.
        let right: Vec<Named> = match left.last() {
            Some(last) => right
                .iter()
                .copied()
                .filter(|m| m.name != last.name)
                .collect(),
            None => right.to_vec(),
        };
        let indexed = |part: &[Named]| IndexedGroup::new(&profile, part, vocabulary.len());
        let mut pairs = Vec::new();
        join.between(&indexed(&right), &indexed(left), found, &mut pairs);
        compare(
            pairs,
            n_compared.swap(0, Ordering::Relaxed),
            left,
            &right,
            false,
        );
    }
}

/// Skewed: of two numbers the smaller.
fn word() -> impl Strategy<Value = usize> {
    (0..WORDS.len(), 0..WORDS.len()).prop_map(|(a, b)| a.min(b))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(160))]
    #[test]
    fn a_join_equals_comparing_every_two(
        drawn in proptest::collection::vec(
            (proptest::collection::vec(word(), 1..5), 0_usize..4),
            2..110,
        ),
        needed in proptest::option::of(-2000_i64..26_000),
    ) {
        check(&drawn, needed);
    }

    #[test]
    fn names_of_two_words_too(
        drawn in proptest::collection::vec((proptest::collection::vec(word(), 2), Just(1)), 60..160),
        needed in proptest::option::of(0_i64..20_000),
    ) {
        check(&drawn, needed);
    }
}
