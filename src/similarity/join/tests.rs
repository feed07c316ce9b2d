//! Every join equals asking the measure for each pair, scores compared by their bits.

use super::*;
use proptest::prelude::*;

fn boxed<S: AsRef<str>>(texts: &[S]) -> Vec<Box<str>> {
    texts.iter().map(|t| t.as_ref().into()).collect()
}

fn bits(pairs: &[ValuePair]) -> Vec<(u32, u32, u64)> {
    pairs
        .iter()
        .map(|p| (p.left, p.right, p.score.to_bits()))
        .collect()
}

/// The plain definition.
fn plain(
    measure: Measure,
    threshold: f64,
    left: &[Box<str>],
    right: Option<&[Box<str>]>,
) -> Vec<(u32, u32, u64)> {
    let mut out = Vec::new();
    for (i, a) in left.iter().enumerate() {
        let from = if right.is_none() { i + 1 } else { 0 };
        for (j, b) in right.unwrap_or(left).iter().enumerate().skip(from) {
            let score = measure.score(a, b);
            if score >= threshold {
                out.push((i as u32, j as u32, score.to_bits()));
            }
        }
    }
    out
}

fn check_within(measure: Measure, threshold: f64, texts: &[Box<str>]) {
    let join = LiteralJoin::within(measure, threshold, texts);
    assert_eq!(
        bits(&join.pairs()),
        plain(measure, threshold, texts, None),
        "{measure:?} {threshold} {texts:?}"
    );
}

fn check_between(measure: Measure, threshold: f64, left: &[Box<str>], right: &[Box<str>]) {
    let join = LiteralJoin::between(measure, threshold, left, right);
    assert_eq!(
        bits(&join.pairs()),
        plain(measure, threshold, left, Some(right)),
        "{measure:?} {threshold} {left:?} {right:?}"
    );
}

fn distinct(texts: Vec<String>) -> Vec<Box<str>> {
    let mut texts = texts;
    texts.sort_unstable();
    texts.dedup();
    boxed(&texts)
}

/// Few letters, so that counts, prefixes and transpositions collide; names; texts that are awkward.
fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[ab]{0,9}",
        4 => "[abc ]{1,14}",
        3 => "(maria|marian|mario|martha|john|jon) (rossi|rosso|russo|meier|mayer|smith)[a-c]{0,2}",
        2 => "[aäåéß]{1,6}",
        1 => "a\u{301}[a-c]{0,3}[\u{301}\u{308}]{0,2}",
        1 => "[東京都大阪府市区町村]{1,5}",
        1 => "[a-b]{60,70}",
        1 => "[a-z]{120,150}",
        1 => "[-., ]{1,3}",
    ]
}

fn threshold() -> impl Strategy<Value = f64> {
    prop_oneof![
        prop::sample::select(vec![
            0.05, 0.3, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.92, 0.95, 1.0
        ]),
        0.01..1.0_f64,
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, max_shrink_iters: 2000, ..ProptestConfig::default() })]

    #[test]
    fn a_join_within_equals_every_pair(
        texts in proptest::collection::vec(text(), 0..150),
        threshold in threshold(),
        measure in prop::sample::select(Measure::ALL.to_vec()),
    ) {
        check_within(measure, threshold, &distinct(texts));
    }

    #[test]
    fn a_join_between_equals_every_pair(
        left in proptest::collection::vec(text(), 0..100),
        right in proptest::collection::vec(text(), 0..100),
        threshold in threshold(),
        measure in prop::sample::select(Measure::ALL.to_vec()),
    ) {
        check_between(measure, threshold, &distinct(left), &distinct(right));
    }

    /// Thresholds that are some pair's score exactly, and the next numbers to both sides.
    #[test]
    fn a_threshold_on_a_score_keeps_the_pair(
        texts in proptest::collection::vec(text(), 2..40),
        pick in any::<prop::sample::Index>(),
        measure in prop::sample::select(Measure::ALL.to_vec()),
    ) {
        let texts = distinct(texts);
        prop_assume!(texts.len() > 1);
        let at = pick.index(texts.len() - 1);
        let score = measure.score(&texts[at], &texts[at + 1]);
        prop_assume!(score > 0.0);
        for threshold in [score.next_down(), score, score.next_up()] {
            check_within(measure, threshold, &texts);
        }
    }

    /// Jaro's greedy matching is symmetric, so that each pair needs asking once.
    #[test]
    fn jaro_is_symmetric(left in "[ab]{0,20}", right in "[ab]{0,20}") {
        for measure in Measure::ALL {
            prop_assert_eq!(
                measure.score(&left, &right).to_bits(),
                measure.score(&right, &left).to_bits()
            );
        }
    }
}

/// Names of two words over a small set of syllables: large enough for tiles, prefix groups and several tasks.
fn names(n: usize, salt: u64) -> Vec<Box<str>> {
    const PARTS: [&str; 16] = [
        "an", "ber", "chi", "do", "el", "fre", "gar", "hol", "is", "jo", "ka", "lin", "mar", "nor",
        "ost", "ü",
    ];
    let mut state = salt;
    let mut draw = |n: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n
    };
    let mut out = std::collections::BTreeSet::new();
    while out.len() < n {
        let mut name = String::new();
        for word in 0..2 {
            if word == 1 {
                name.push(' ');
            }
            for _ in 0..1 + draw(3) {
                name.push_str(PARTS[draw(16)]);
            }
        }
        out.insert(name);
    }
    boxed(&out.into_iter().collect::<Vec<_>>())
}

#[test]
fn many_names_equal_every_pair() {
    // Large enough for tiles; the slow definition is strsim without optimisation.
    let texts = names(450, 7);
    for measure in Measure::ALL {
        check_within(measure, 0.85, &texts);
    }
    check_between(Measure::JaroWinkler, 0.88, &texts[..250], &names(400, 8));
}

#[test]
fn many_texts_of_one_length_equal_every_pair() {
    // Many tiles of one length, full ones and others, and bits that part nothing.
    let texts: Vec<String> = (0..700_u32)
        .map(|i| {
            let digit = |at: u32| b"abcx"[(i.wrapping_mul(2_654_435_761) >> (4 * at) & 3) as usize];
            (0..8).map(|at| char::from(digit(at))).collect()
        })
        .collect();
    let texts = distinct(texts);
    assert!(texts.len() > 600, "{}", texts.len());
    for measure in [Measure::JaroWinkler, Measure::Levenshtein, Measure::Osa] {
        check_within(measure, 0.75, &texts);
        check_between(measure, 0.8, &texts[..300], &texts[200..]);
    }
}

#[test]
fn the_result_does_not_depend_on_threads() {
    let texts = names(3000, 3);
    let join = LiteralJoin::within(Measure::JaroWinkler, 0.9, &texts);
    let visited = |threads: usize| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads)
            .build()
            .expect("threads start")
            .install(|| join.visit(&|l, r, s: f64, out: &mut Vec<_>| out.push((l, r, s.to_bits()))))
    };
    let one = visited(1);
    assert!(one.1.n_found > 100 && one.1.n_scored < 2000 * 2000 / 4);
    for threads in [2, 7] {
        assert_eq!(visited(threads), one);
    }
}

#[test]
fn every_processor_finds_the_same() {
    // Lengths differ by group, one side has texts that no record holds whole, or with wide codes.
    let mut texts = names(3000, 5);
    texts.extend(
        texts[..40]
            .to_vec()
            .iter()
            .map(|t| format!("{t} {t} {t}").into()),
    );
    texts.extend((0..600).map(|i| {
        let of = |n: u32| char::from_u32(0x4e00 + i * n % 1009).expect("a letter of Chinese");
        format!("{}{}{}", of(7), of(3), of(11)).into()
    }));
    let mut texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
    texts.dedup();
    let texts = distinct(texts);
    for (measure, threshold) in [
        (Measure::JaroWinkler, 0.88),
        (Measure::Levenshtein, 0.8),
        (Measure::Osa, 0.8),
    ] {
        let join = LiteralJoin::within(measure, threshold, &texts);
        let on = |processor: Processor| {
            let found = |l, r, s: f64, out: &mut Vec<_>| out.push((l, r, s.to_bits()));
            walk::join(&join, processor, &found, &|| false)
        };
        let plain = on(Processor::Other(pulp::Arch::Scalar));
        assert!(plain.1.n_found > 100, "{measure:?}: {:?}", plain.1);
        for processor in Processor::all() {
            assert_eq!(on(processor), plain, "{measure:?} on {processor:?}");
        }
    }
}

#[test]
fn more_characters_than_codes_fall_back_to_text() {
    // One text of 70,000 different characters: the last ones have no code of their own.
    let every: Vec<char> = (0x20..=0x3_ffff_u32).filter_map(char::from_u32).collect();
    let mut texts: Vec<String> = every[..70_000]
        .chunks(50)
        .map(|c| c.iter().collect())
        .collect();
    let mut like = texts[1399].clone();
    like.pop();
    texts.push(like);
    let texts = boxed(&texts);
    let join = LiteralJoin::within(Measure::JaroWinkler, 0.95, &texts);
    let pairs = join.pairs();
    assert_eq!(pairs.len(), 1);
    assert_eq!((pairs[0].left, pairs[0].right), (1399, 1400));
}
