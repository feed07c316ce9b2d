//! Literal string measures: 0.0 unlike to 1.0 equal. `strsim` and `rphonetic` define them; two empty texts are equal.

use super::phonetic;
use rustc_hash::FxHashMap;

/// Characters of a text that the measures are meant for. Most of them take time, and `damerau_levenshtein` memory, by the
/// product of both lengths: hours for two values of a megabyte.
pub const CHARS_MAX: usize = 256;

/// The beginning of a text that is measured: its first [`CHARS_MAX`] characters.
pub fn measured(text: &str) -> &str {
    match text.char_indices().nth(CHARS_MAX) {
        Some((end, _)) => &text[..end],
        None => text,
    }
}

/// A string measure for `similar = COLUMN`; ranges 0.0 to 1.0. Formulas in `docs/rules.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Measure {
    /// [`jaro_winkler`].
    JaroWinkler,
    /// [`jaro`].
    Jaro,
    /// [`levenshtein`].
    Levenshtein,
    /// [`damerau_levenshtein`].
    DamerauLevenshtein,
    /// [`osa`].
    Osa,
    /// [`token_set`].
    TokenSet,
    /// [`double_metaphone`].
    DoubleMetaphone,
    /// [`soundex`].
    Soundex,
}

impl Measure {
    /// All of them, in the order of the documentation.
    pub const ALL: [Measure; 8] = [
        Measure::JaroWinkler,
        Measure::Jaro,
        Measure::Levenshtein,
        Measure::DamerauLevenshtein,
        Measure::Osa,
        Measure::TokenSet,
        Measure::DoubleMetaphone,
        Measure::Soundex,
    ];

    /// Its name in rule files.
    pub const fn as_str(self) -> &'static str {
        match self {
            Measure::JaroWinkler => "jaro-winkler",
            Measure::Jaro => "jaro",
            Measure::Levenshtein => "levenshtein",
            Measure::DamerauLevenshtein => "damerau-levenshtein",
            Measure::Osa => "osa",
            Measure::TokenSet => "token-set",
            Measure::DoubleMetaphone => "double-metaphone",
            Measure::Soundex => "soundex",
        }
    }

    /// The measure itself, on two texts: 0.0 to 1.0. Texts from outside go through [`measured`] first.
    pub fn score(self, left: &str, right: &str) -> f64 {
        match self {
            Measure::JaroWinkler => jaro_winkler(left, right),
            Measure::Jaro => jaro(left, right),
            Measure::Levenshtein => levenshtein(left, right),
            Measure::DamerauLevenshtein => damerau_levenshtein(left, right),
            Measure::Osa => osa(left, right),
            Measure::TokenSet => token_set(left, right),
            Measure::DoubleMetaphone => double_metaphone(left, right),
            Measure::Soundex => soundex(left, right),
        }
    }
}

/// Jaro-Winkler after Winkler (1990): prefix weight 0.1, prefix up to 4, boost above 0.7 only. Symmetric.
pub fn jaro_winkler(left: &str, right: &str) -> f64 {
    strsim::jaro_winkler(left, right)
}

/// Jaro (1989). Symmetric.
pub fn jaro(left: &str, right: &str) -> f64 {
    strsim::jaro(left, right)
}

/// 1 - Levenshtein distance / longer length in characters.
pub fn levenshtein(left: &str, right: &str) -> f64 {
    strsim::normalized_levenshtein(left, right)
}

/// 1 - unrestricted Damerau-Levenshtein distance / longer length in characters.
pub fn damerau_levenshtein(left: &str, right: &str) -> f64 {
    let (left, right) = (coded(left, right), right.chars().count());
    let longer = left.codes[0].len().max(right);
    if longer == 0 {
        return 1.0;
    }
    1.0 - damerau_distance(&left) as f64 / longer as f64
}

/// Two texts as small numbers, one for each character of either.
struct Coded {
    codes: [Vec<usize>; 2],
    n_codes: usize,
}

fn coded(left: &str, right: &str) -> Coded {
    let mut numbers: FxHashMap<char, usize> = FxHashMap::default();
    let codes = [left, right].map(|text| {
        text.chars()
            .map(|c| {
                let new = numbers.len();
                *numbers.entry(c).or_insert(new)
            })
            .collect()
    });
    Coded {
        codes,
        n_codes: numbers.len(),
    }
}

/// The unrestricted distance by the full table. `strsim`, its reference in the tests, looks a character up in a map for
/// each cell, which of two texts of several hundred characters takes a tenth of a second.
/// Source: R. Lowrance, R. Wagner, "An extension of the string-to-string correction problem" (1975).
fn damerau_distance(texts: &Coded) -> usize {
    let [left, right] = &texts.codes;
    let width = right.len() + 2;
    let far = (left.len() + right.len()) as u32;
    // Row and column 0 are beyond the beginning, 1 is the beginning.
    let mut table = vec![far; (left.len() + 2) * width];
    for i in 0..=left.len() {
        table[(i + 1) * width + 1] = i as u32;
    }
    for j in 0..=right.len() {
        table[width + j + 1] = j as u32;
    }
    // The last row in which each character was met on the left.
    let mut met = vec![0_usize; texts.n_codes];
    for (i, l) in left.iter().enumerate() {
        let mut met_here = 0_usize;
        for (j, r) in right.iter().enumerate() {
            let (row, column) = (met[*r], met_here);
            let is_same = l == r;
            let before = table[(i + 1) * width + j + 1] + u32::from(!is_same);
            let edit = table[(i + 1) * width + j + 2].min(table[(i + 2) * width + j + 1]) + 1;
            let swap = table[row * width + column] + (i - row + j - column) as u32 + 1;
            table[(i + 2) * width + j + 2] = before.min(edit).min(swap);
            if is_same {
                met_here = j + 1;
            }
        }
        met[*l] = i + 1;
    }
    table[table.len() - 1] as usize
}

/// 1 - optimal string alignment distance / longer length in characters.
pub fn osa(left: &str, right: &str) -> f64 {
    let longer = left.chars().count().max(right.chars().count());
    if longer == 0 {
        return 1.0;
    }
    1.0 - strsim::osa_distance(left, right) as f64 / longer as f64
}

/// Jaccard index of the sets of words (split at anything but letters and digits); two texts without words: 1.0 when equal, else 0.0.
pub fn token_set(left: &str, right: &str) -> f64 {
    let (left_words, right_words) = (words_of(left), words_of(right));
    if left_words.is_empty() && right_words.is_empty() {
        return if left == right { 1.0 } else { 0.0 };
    }
    let n_shared = left_words
        .iter()
        .filter(|w| right_words.binary_search(w).is_ok())
        .count();
    n_shared as f64 / (left_words.len() + right_words.len() - n_shared) as f64
}

/// The set of words that [`token_set`] compares, ascending.
pub(crate) fn words_of(text: &str) -> Vec<String> {
    let mut words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_owned)
        .collect();
    words.sort_unstable();
    words.dedup();
    words
}

/// 1.0 when both have the same primary double metaphone code after folding, else 0.0.
pub fn double_metaphone(left: &str, right: &str) -> f64 {
    same_code(double_metaphone_code, left, right)
}

/// 1.0 when both have the same soundex code after folding, else 0.0.
pub fn soundex(left: &str, right: &str) -> f64 {
    same_code(soundex_code, left, right)
}

/// The code that [`double_metaphone`] compares; `None` without letters.
pub(crate) fn double_metaphone_code(text: &str) -> Option<String> {
    phonetic::double_metaphone(&any_ascii::any_ascii(text))
}

/// The code that [`soundex`] compares; `None` without letters.
pub(crate) fn soundex_code(text: &str) -> Option<String> {
    phonetic::soundex(&any_ascii::any_ascii(text))
}

fn same_code(code: fn(&str) -> Option<String>, left: &str, right: &str) -> f64 {
    f64::from(u8::from(code(left).is_some_and(|l| code(right) == Some(l))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_unrestricted_distance_is_that_of_strsim(a in "[a-dä]{0,12}", b in "[a-dä]{0,12}") {
            let reference = strsim::normalized_damerau_levenshtein(&a, &b);
            prop_assert_eq!(damerau_levenshtein(&a, &b).to_bits(), reference.to_bits(), "{} {}", a, b);
        }
    }

    #[test]
    fn of_a_long_text_the_beginning_is_measured() {
        let text = "ä".repeat(CHARS_MAX);
        assert_eq!(measured(&text), text);
        assert_eq!(measured(&format!("{text}b")), text);
        assert_eq!(measured(""), "");
    }

    #[test]
    fn token_set_counts_words_once() {
        assert!(
            (token_set(
                "contoso north",
                "North  Contoso contoso".to_lowercase().as_str()
            ) - 1.0)
                .abs()
                < 1e-12
        );
        assert!((token_set("a b c", "a b d") - 0.5).abs() < 1e-12);
        assert!((token_set("", "a") - 0.0).abs() < 1e-12);
    }

    #[test]
    fn every_measure_is_one_on_equal_text_and_within_range() {
        type Named = (&'static str, fn(&str, &str) -> f64);
        let all: [Named; 8] = [
            ("jw", jaro_winkler),
            ("jaro", jaro),
            ("lev", levenshtein),
            ("dl", damerau_levenshtein),
            ("osa", osa),
            ("ts", token_set),
            ("dm", double_metaphone),
            ("sx", soundex),
        ];
        for (name, measure) in all {
            for (a, b) in [
                ("murphy", "merphy"),
                ("zoë", "zoe"),
                ("anna", "hannah"),
                ("x", "yz"),
            ] {
                let score = measure(a, b);
                assert!((0.0..=1.0).contains(&score), "{name}({a}, {b}) = {score}");
                assert!(
                    (score - measure(b, a)).abs() < 1e-12,
                    "{name} is symmetric on {a}, {b}"
                );
            }
            assert!((measure("regina", "regina") - 1.0).abs() < 1e-12, "{name}");
        }
    }
}
