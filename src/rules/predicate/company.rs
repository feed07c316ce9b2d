//! The profile `similar = "company"`: a similarity from 0.0 to 1.0 and a threshold.
//!
//! The similarity is the largest of: 1.0 when the squashed names are equal or declared aliases of each other;
//! [`ACRONYM_SIMILARITY`] when one is the acronym of the other; the share of letters that stand in squashed names a slip or two apart
//! ([`CompanyProfile::by_letters`]); [`BEGINNING_SIMILARITY`] when one is the other's beginning; and the weighted share of
//! words that find a partner. A word weighs
//! `ln(1 + n / companies with the word or a neighbour)`, so that "bank" says little and a typing error of it no more;
//! of towns and of words that many firms have those count that [`common_words`] finds.
//! Partners count the smaller of their weights; the sum is divided by the heavier side's total.

mod common;

pub use common::common_words;

use crate::model::{Companies, Csr, NONE};
use crate::similarity::neighbours::{Agreement, Neighbours};
use crate::similarity::osa;
use rustc_hash::FxHashMap;
use std::cmp::Reverse;

/// Similarity of a company and its acronym: enough for the built-in rule, too little for a strict one.
pub const ACRONYM_SIMILARITY: f64 = 0.75;

/// Similarity of a company and the beginning of its name (Niederberg Autohaus, Niederberg), when that is
/// a fifth of its words by weight: enough for the built-in rule.
pub const BEGINNING_SIMILARITY: f64 = 0.72;

/// Least share of a name's weight that stands for the whole of it.
const BEGINNING_SHARE: f64 = 0.2;

/// Words of a side that are compared: its heaviest.
pub const WORDS_COMPARED: usize = 8;

/// Share of the weight that a pair of words counts when they are not equal.
const NEAR_FACTOR: u64 = 95;

/// Fewest letters of the shorter squashed name for one slip, and for two.
const LETTERS_FOR_SLIPS: [usize; 2] = [8, 12];

/// The least that [`CompanyProfile::by_letters`] gives: two slips in twelve letters.
pub const LETTERS_SIMILARITY: f64 = 0.83;

/// All companies of a run as the profile compares them. Weights are whole thousandths.
///
/// Companies of the same words in the same order (Contoso, Contoso Ltd) are one *form*; everything is kept per form.
#[derive(Debug, Clone)]
pub struct CompanyProfile {
    form: Vec<u32>,
    first_company: Vec<u32>,
    words: Csr<(u32, u32)>,
    total: Vec<u32>,
    squashed: Vec<u32>,
    acronym: Vec<u32>,
    /// Number of the squashed name among `texts`.
    text: Vec<u32>,
    texts: Vec<Box<str>>,
    /// For each form the numbers of texts that are its first words.
    beginnings: Csr<u32>,
    neighbours: Neighbours,
}

impl CompanyProfile {
    /// Prepares the companies; `neighbours` is over `companies.vocabulary`, `common` is [`common_words`] of it, or empty.
    pub fn new(companies: &Companies, neighbours: Neighbours, common: &[u32]) -> CompanyProfile {
        let mut numbers: FxHashMap<&[u32], u32> = FxHashMap::default();
        let mut first_company: Vec<u32> = Vec::new();
        let form: Vec<u32> = companies
            .tokens
            .rows()
            .enumerate()
            .map(|(company, row)| {
                *numbers.entry(row).or_insert_with(|| {
                    first_company.push(company as u32);
                    first_company.len() as u32 - 1
                })
            })
            .collect();
        let row_of = |form: usize| companies.tokens.row(first_company[form] as usize);
        let code_of = |form: usize| companies.codes.at(first_company[form] as usize);
        let n_forms = first_company.len();
        let n_words = companies.vocabulary.len();
        let mut holders = vec![0_u32; n_words];
        for form in 0..n_forms {
            let mut seen: Vec<u32> = row_of(form).to_vec();
            seen.sort_unstable();
            seen.dedup();
            for word in seen {
                holders[word as usize] += 1;
            }
        }
        // Forms for a company: `common` counts companies, of which several may be one form.
        let forms = n_forms as f64 / companies.codes.len().max(1) as f64;
        let weight: Vec<u32> = (0..n_words as u32)
            .map(|word| {
                let near: u64 = neighbours
                    .of(word)
                    .iter()
                    .map(|n| u64::from(holders[*n as usize]))
                    .sum();
                let own = (near + u64::from(holders[word as usize])).max(1) as f64;
                let told = common.get(word as usize).copied().unwrap_or(0);
                let all = own.max(f64::from(told) * forms);
                // At least a tenth, so that a file of one company still compares words.
                ((1.0 + n_forms as f64 / all).ln() * 1000.0)
                    .round()
                    .max(100.0) as u32
            })
            .collect();
        let mut words = Csr::default();
        for form in 0..n_forms {
            let mut heavy: Vec<(u32, u32)> = row_of(form)
                .iter()
                .map(|w| (*w, weight[*w as usize]))
                .collect();
            heavy.sort_unstable_by_key(|(word, weight)| (Reverse(*weight), *word));
            words.push_row(heavy);
        }
        let total = words
            .rows()
            .map(|row| row.iter().map(|w| w.1).sum())
            .collect();
        // Squashed names and acronyms share one numbering, so that either can be looked up among the other. Names
        // declared one share a number.
        let acronyms = companies.codes.iter().map(|c| c.acronym);
        let groups = companies.groups(acronyms);
        let squashed = (0..n_forms)
            .map(|f| groups.of(code_of(f).squashed))
            .collect();
        let acronym = (0..n_forms)
            .map(|f| match code_of(f).acronym {
                "" => NONE,
                acronym => groups.of(acronym),
            })
            .collect();
        let text = (0..n_forms)
            .map(|f| groups.number(code_of(f).squashed))
            .collect();
        let mut beginnings = Csr::default();
        for form in 0..n_forms {
            let words = row_of(form)
                .iter()
                .map(|w| companies.vocabulary.text(*w).len());
            let squashed = code_of(form).squashed;
            let mut end = 0;
            let ends = words.map(|len| {
                end += len;
                end
            });
            let proper = ends.filter(|end| *end < squashed.len());
            beginnings.push_row(proper.filter_map(|end| groups.find(squashed.get(..end)?)));
        }
        CompanyProfile {
            form,
            first_company,
            words,
            total,
            squashed,
            acronym,
            text,
            beginnings,
            texts: groups.into_texts(),
            neighbours,
        }
    }

    /// Number of forms.
    pub fn n_forms(&self) -> usize {
        self.total.len()
    }

    /// The form of a company.
    #[inline]
    pub fn form(&self, company: u32) -> u32 {
        self.form[company as usize]
    }

    /// The first company of a form.
    pub fn first_company(&self, form: u32) -> u32 {
        self.first_company[form as usize]
    }

    /// The vocabulary's neighbours.
    pub fn neighbours(&self) -> &Neighbours {
        &self.neighbours
    }

    /// Words of a form with their weights in thousandths, heaviest first.
    #[inline]
    pub fn words(&self, form: u32) -> &[(u32, u32)] {
        self.words.row(form as usize)
    }

    /// Total weight of a form's words.
    #[inline]
    pub fn total(&self, form: u32) -> u32 {
        self.total[form as usize]
    }

    /// Number of the squashed name, equal for equal names and for aliases.
    pub fn squashed(&self, form: u32) -> u32 {
        self.squashed[form as usize]
    }

    /// Number of the acronym among squashed names, `NONE` when there is none.
    pub fn acronym(&self, form: u32) -> u32 {
        self.acronym[form as usize]
    }

    /// True when one form is the acronym of the other.
    pub fn is_acronym(&self, left: u32, right: u32) -> bool {
        self.acronym(left) == self.squashed(right) || self.acronym(right) == self.squashed(left)
    }

    /// The squashed name of a form as it is written: equal names have one number, aliases have not.
    pub fn text(&self, form: u32) -> (u32, &str) {
        let number = self.text[form as usize];
        (number, &self.texts[number as usize])
    }

    /// Similarity of two forms, 0.0 to 1.0. Symmetric.
    pub fn similarity(&self, left: u32, right: u32) -> f64 {
        let whole = self.whole_similarity(left, right);
        match whole < BEGINNING_SIMILARITY && self.is_beginning(left, right) {
            true => BEGINNING_SIMILARITY,
            false => whole,
        }
    }

    /// The similarity of names that are both whole: but for [`is_beginning`](Self::is_beginning).
    pub fn whole_similarity(&self, left: u32, right: u32) -> f64 {
        let by_words = self.by_words(left, right);
        match by_words < 1.0 {
            true => by_words.max(self.by_letters(left, right).unwrap_or(0.0)),
            false => by_words,
        }
    }

    /// Numbers of the squashed names that are the first words of a form.
    pub fn beginnings(&self, form: u32) -> &[u32] {
        self.beginnings.row(form as usize)
    }

    /// True when one form is the first words of the other, and these are a fifth of it by weight.
    pub fn is_beginning(&self, left: u32, right: u32) -> bool {
        let begins = |short: u32, long: u32| {
            self.beginnings(long).contains(&self.text[short as usize])
                && f64::from(self.total(short)) >= BEGINNING_SHARE * f64::from(self.total(long))
        };
        begins(left, right) || begins(right, left)
    }

    /// The squashed name of a form that [`by_letters`](Self::by_letters) compares: of eight letters at least and
    /// [`osa::MAX_LEN`] at most, and no figures, since Branch 1001 is not Branch 1002.
    pub fn letters(&self, form: u32) -> Option<&str> {
        let (_, text) = self.text(form);
        let fits = (LETTERS_FOR_SLIPS[0]..=osa::MAX_LEN).contains(&text.len());
        (fits && text.bytes().all(|b| b.is_ascii_lowercase())).then_some(text)
    }

    /// Share of the longer squashed name's letters that are right when the two are a slip or two apart, at least
    /// [`LETTERS_SIMILARITY`]; `None` for others. Blanks that are lost or moved, a slip in a short word or in a legal
    /// form: Clark Pharma and ClarkPahrma, Lang Zentral and Lang Zentral K. One slip from eight letters, two from twelve.
    pub fn by_letters(&self, left: u32, right: u32) -> Option<f64> {
        let (a, b) = (
            self.letters(left)?.as_bytes(),
            self.letters(right)?.as_bytes(),
        );
        let shorter = a.len().min(b.len());
        let n_allowed = LETTERS_FOR_SLIPS.iter().filter(|n| shorter >= **n).count();
        if n_allowed == 0 {
            return None;
        }
        let n_slips = osa::distance_within(a, b, n_allowed)?;
        Some(1.0 - n_slips as f64 / a.len().max(b.len()) as f64)
    }

    /// The similarity by words, acronyms and aliases alone.
    pub fn by_words(&self, left: u32, right: u32) -> f64 {
        if left == right || self.squashed(left) == self.squashed(right) {
            return 1.0;
        }
        let heavier = self.total(left).max(self.total(right));
        let shared = self.shared(self.words(left), self.words(right));
        let by_words = if heavier == 0 {
            0.0
        } else {
            shared as f64 / (100.0 * f64::from(heavier))
        };
        if by_words < ACRONYM_SIMILARITY && self.is_acronym(left, right) {
            return ACRONYM_SIMILARITY;
        }
        by_words
    }

    /// True when the similarity reaches `threshold`.
    pub fn similar(&self, left: u32, right: u32, threshold: f64) -> bool {
        self.similarity(left, right) >= threshold
    }

    /// Weight of the best assignment of words, in hundred-thousandths. The first [`WORDS_COMPARED`] of a side count.
    fn shared(&self, left: &[(u32, u32)], right: &[(u32, u32)]) -> u64 {
        let worth = |l: &(u32, u32), r: &(u32, u32)| -> u64 {
            match self.neighbours.agreement(l.0, r.0) {
                None => 0,
                Some(Agreement::Equal) => u64::from(l.1.min(r.1)) * 100,
                Some(_) => u64::from(l.1.min(r.1)) * NEAR_FACTOR,
            }
        };
        let n = right.len().min(WORDS_COMPARED);
        let mut worths = [[0_u64; WORDS_COMPARED]; WORDS_COMPARED];
        let mut sum = 0;
        let mut taken = 0_u8;
        let mut has_choice = false;
        for (l, worths) in left.iter().zip(&mut worths) {
            let mut n_partners = 0;
            for (at, (r, slot)) in right.iter().zip(worths).enumerate() {
                let w = worth(l, r);
                if w > 0 {
                    *slot = w;
                    sum += w;
                    n_partners += 1;
                    has_choice |= n_partners > 1 || taken >> at & 1 == 1;
                    taken |= 1 << at;
                }
            }
        }
        // Nearly always no word has two partners, and there is nothing to choose.
        if !has_choice {
            return sum;
        }
        // Best assignment over subsets of the right words: at most eight words, so at most 256 subsets. Subsets are
        // visited from the largest down, so that each left word is used once.
        const UNREACHED: u64 = u64::MAX;
        let mut best = [UNREACHED; 1 << WORDS_COMPARED];
        best[0] = 0;
        for worths in worths.iter().take(left.len()) {
            if worths.iter().all(|w| *w == 0) {
                continue;
            }
            for set in (0..1_usize << n).rev() {
                if best[set] == UNREACHED {
                    continue;
                }
                for (at, w) in worths.iter().take(n).enumerate() {
                    if *w > 0 && set >> at & 1 == 0 {
                        let value = best[set] + w;
                        let slot = &mut best[set | 1 << at];
                        *slot = if *slot == UNREACHED {
                            value
                        } else {
                            (*slot).max(value)
                        };
                    }
                }
            }
        }
        best[..1 << n]
            .iter()
            .copied()
            .filter(|v| *v != UNREACHED)
            .max()
            .unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CompanyCode, Marks};
    use crate::similarity::neighbours::Channels;

    fn profile(names: &[&str]) -> CompanyProfile {
        let mut companies = Companies::default();
        for name in names {
            let tokens: Vec<String> = name.split_whitespace().map(str::to_owned).collect();
            let acronym: String = if tokens.len() >= 3 {
                tokens.iter().filter_map(|t| t.chars().next()).collect()
            } else {
                String::new()
            };
            companies.push(&CompanyCode {
                squashed: tokens.concat(),
                acronym,
                tokens,
                legal_form: String::new(),
                marks: Marks::NONE,
            });
        }
        let graph = Neighbours::build(companies.vocabulary.texts(), &Channels::COMPANY, |_| &[]);
        CompanyProfile::new(&companies, graph, &[])
    }

    #[test]
    fn letters_and_beginnings_decide_where_words_do_not() {
        let mut names = vec![
            "clark pharma",
            "clarkpahrma",
            "arnold sotfware",
            "arnold softwarr",
            "bern",
            "berm",
            "niederberg autohaus",
            "niederberg",
            "autohaus",
            "software",
            "software hyperlangerneuername",
            "branchoffice 1001",
            "branchoffice 1002",
        ];
        // Software is held by many, so that it does not stand for one of them.
        let many: Vec<String> = (0..60)
            .map(|n| format!("software{} software", "x".repeat(n)))
            .collect();
        names.extend(many.iter().map(String::as_str));
        let profile = profile(&names);
        let sim = |a, b| profile.similarity(a, b);
        assert!(
            (sim(0, 1) - (1.0 - 1.0 / 11.0)).abs() < 1e-12,
            "a swap of eleven letters"
        );
        assert!((sim(2, 3) - (1.0 - 2.0 / 14.0)).abs() < 1e-12, "two slips");
        assert!(sim(4, 5) < 0.5, "too short for a slip");
        assert!((sim(6, 7) - BEGINNING_SIMILARITY).abs() < 1e-12);
        assert!(
            profile.whole_similarity(6, 7) < 0.7,
            "which the words do not show"
        );
        assert!(sim(6, 8) < 0.7, "an end is no beginning");
        assert!(
            sim(9, 10) < 0.7,
            "a word of many firms is too little of a name"
        );
        assert!(sim(11, 12) < 0.7, "figures are no letters");
        for (a, b) in [(0, 1), (6, 7), (6, 8)] {
            assert!((sim(a, b) - sim(b, a)).abs() < 1e-12);
        }
    }

    #[test]
    fn rare_words_decide() {
        let profile = profile(&[
            "contoso",
            "kontoso",
            "contoso services",
            "fabrikam services",
            "northwind services",
            "tailspin services",
            "face book",
            "facebook",
            "international business machines",
            "ibm",
        ]);
        let sim = |a, b| profile.similarity(a, b);
        assert!(sim(0, 1) >= 0.9, "one letter");
        assert!(
            sim(0, 2) > sim(2, 3),
            "a shared common word says less than a shared rare one"
        );
        assert!(
            sim(2, 3) < 0.7,
            "services alone does not make companies similar"
        );
        assert!((sim(6, 7) - 1.0).abs() < 1e-12, "blanks do not count");
        assert!((sim(8, 9) - ACRONYM_SIMILARITY).abs() < 1e-12);
        for a in 0..10 {
            for b in 0..10 {
                assert!((sim(a, b) - sim(b, a)).abs() < 1e-12);
            }
        }
    }
}
