//! Words of company names that say less than their rarity: a legal form with a slip, the town a company is in.

use crate::model::{Companies, Csr, Interner, NONE, Prepared};
use crate::similarity::osa;

/// Companies that write their town behind their name, some time or other: about one in twenty.
const TOWN_SHARE: f64 = 0.05;

/// For each word of the companies' vocabulary the companies it is thought to be held by, at least; 0 when its own count
/// stands.
///
/// - **A town of the file** (`Contoso Graz`) is held by all companies of that town: it tells branches of one company
///   apart, and says no more than the town does. Where the companies that name it are mostly of that town, it is held by
///   one company in twenty at least.
/// - **A slip of a legal form** (`Contoso GMH`), a word that mostly ends a name, is held by all companies with that form:
///   read as written it would be a rare word, and the heaviest of its name.
///
/// - **A word of no one firm** (`Contoso Group`, `Contoso Italia`) is held by the share of companies that `usual_share`
///   gives it: few companies do not show how usual it is.
///
/// Forms are counted, so a rare form stays heavy. Cost: one pass over records, and distinct last words times distinct
/// legal forms.
pub fn common_words(prepared: &Prepared, usual_share: impl Fn(&str) -> f64) -> Vec<u32> {
    let mut common = slips_of_forms(&prepared.companies);
    for (word, companies) in towns(prepared) {
        let slot = &mut common[word as usize];
        *slot = (*slot).max(companies);
    }
    let n_companies = prepared.companies.codes.len() as f64;
    for (word, slot) in prepared
        .companies
        .vocabulary
        .texts()
        .iter()
        .zip(&mut common)
    {
        *slot = (*slot).max((usual_share(word) * n_companies).round() as u32);
    }
    common
}

/// Words of the names of towns, with the number of distinct companies that have a record there; of a word that is mostly
/// held by companies of that town, [`TOWN_SHARE`] of all companies at least.
fn towns(prepared: &Prepared) -> Vec<(u32, u32)> {
    let companies = &prepared.companies;
    let mut words_of_city: Csr<u32> = Csr::default();
    for city in prepared.cities.texts() {
        let words = city.split(' ').filter(|w| w.len() > 2);
        words_of_city.push_row(words.filter_map(|w| companies.vocabulary.get(w)));
    }
    let mut pairs: Vec<(u32, u32)> = (prepared.city.iter().zip(&prepared.company))
        .filter(|(city, company)| **city != NONE && **company != NONE)
        .flat_map(|(city, company)| {
            let words = words_of_city.row(*city as usize).iter();
            words.map(move |word| (*word, *company))
        })
        .collect();
    pairs.sort_unstable();
    pairs.dedup();
    let mut holders = vec![0_u32; companies.vocabulary.len()];
    for word in companies.tokens.rows().flatten() {
        holders[*word as usize] += 1;
    }
    let usual = (TOWN_SHARE * companies.codes.len() as f64).round() as u32;
    pairs
        .chunk_by(|a, b| a.0 == b.0)
        .map(|there| {
            let word = there[0].0;
            let named = |company: u32| companies.tokens.row(company as usize).contains(&word);
            let n_named = there.iter().filter(|(_, company)| named(*company)).count() as u32;
            let n_there = there.len() as u32;
            match 2 * n_named > holders[word as usize] {
                true => (word, n_there.max(usual)),
                false => (word, n_there),
            }
        })
        .collect()
}

/// For each word, the companies with a word of a legal form it may be a slip of; 0 when there is none, or when it does not mostly
/// end names of two words and more.
fn slips_of_forms(companies: &Companies) -> Vec<u32> {
    let n_words = companies.vocabulary.len();
    let mut forms: Interner = Interner::default();
    let mut n_of_form: Vec<u32> = Vec::new();
    let (mut n_last, mut n_all) = (vec![0_u32; n_words], vec![0_u32; n_words]);
    for (row, code) in companies.tokens.rows().zip(companies.codes.iter()) {
        for form in code.legal_form.split([' ', '&']).filter(|f| f.len() > 1) {
            let number = forms.intern(form) as usize;
            n_of_form.resize(n_of_form.len().max(number + 1), 0);
            n_of_form[number] += 1;
        }
        for word in row {
            n_all[*word as usize] += 1;
        }
        if let [_, .., last] = row {
            n_last[*last as usize] += 1;
        }
    }
    let forms: Vec<(&str, u32)> = (0..forms.len() as u32)
        .map(|form| (forms.text(form), n_of_form[form as usize]))
        .filter(|(form, _)| form.bytes().all(|b| b.is_ascii_lowercase()))
        .collect();
    // Short words alone are near a short form; a name's last word is seldom one.
    let longest = forms.iter().map(|(form, _)| form.len()).max().unwrap_or(0);
    let mut held = vec![0; n_words];
    for word in 0..n_words {
        let text = companies.vocabulary.text(word as u32);
        if text.len() > longest + 1 || n_last[word] * 2 <= n_all[word] {
            continue;
        }
        held[word] = (forms.iter())
            .filter(|(form, _)| is_slip(text, form))
            .map(|(_, companies)| *companies)
            .max()
            .unwrap_or(0);
    }
    held
}

/// True for a word one slip away from a legal form. Forms of two letters allow only a swap (`GA`) or a doubled letter
/// (`AGG`): anything is one letter away from them.
fn is_slip(word: &str, form: &str) -> bool {
    match form.as_bytes() {
        [] | [_] => false,
        [a, b] => {
            matches!(word.as_bytes(), [x, y] if (x, y) == (b, a))
                || matches!(word.as_bytes(), [x, y, z] if (x, y, z) == (a, a, b) || (x, y, z) == (a, b, b))
        }
        form => word.len() >= 2 && osa::distance_within(word.as_bytes(), form, 1) == Some(1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{CompanyCode, Marks};

    /// A company per row: words, legal form, city.
    fn prepared(rows: &[(&str, &str, &str)]) -> Prepared {
        let mut p = Prepared::default();
        for (words, form, city) in rows {
            let tokens: Vec<String> = words.split(' ').map(str::to_owned).collect();
            p.companies.push(&CompanyCode {
                squashed: tokens.concat(),
                acronym: String::new(),
                tokens,
                legal_form: (*form).to_owned(),
                marks: Marks::NONE,
            });
            p.company.push(p.company.len() as u32);
            p.city.push(match *city {
                "" => NONE,
                city => p.cities.intern(city),
            });
        }
        p
    }

    #[test]
    fn towns_are_counted_by_their_companies() {
        let p = prepared(&[
            ("contoso graz", "", "wien"),
            ("contoso", "", "graz"),
            ("fabrikam", "", "graz"),
            ("northwind", "", ""),
        ]);
        let common = common_words(&p, |_| 0.0);
        let of = |word: &str| common[p.companies.vocabulary.get(word).expect("a word") as usize];
        assert_eq!((of("graz"), of("contoso")), (2, 0));
    }

    #[test]
    fn a_word_mostly_of_the_firms_in_its_town_is_held_by_one_in_twenty() {
        let mut rows = vec![
            ("contoso emmanuelfurt", "", "emmanuelfurt am berg"),
            ("berg fabrikam", "", "graz"),
            ("berg northwind", "", "graz"),
        ];
        let names: Vec<String> = (0..97).map(|n| format!("firm{n}")).collect();
        rows.extend(names.iter().map(|name| (name.as_str(), "", "wien")));
        let p = prepared(&rows);
        let common = common_words(&p, |_| 0.0);
        let of = |word: &str| common[p.companies.vocabulary.get(word).expect("a word") as usize];
        assert_eq!((of("emmanuelfurt"), of("berg")), (5, 1));
        let usual = common_words(&p, |word| if word == "contoso" { 0.2 } else { 0.0 });
        assert_eq!(
            usual[p.companies.vocabulary.get("contoso").expect("a word") as usize],
            20
        );
    }

    #[test]
    fn slips_of_forms_are_counted_by_their_form() {
        let p = prepared(&[
            ("contoso gmh", "", ""),
            ("fabrikam", "gmbh", ""),
            ("northwind", "gmbh & co kg", ""),
            ("tailspin gk", "", ""),
            ("gmbx printing", "", ""),
            ("gmbl", "", ""),
            ("wingtip toys", "", ""),
        ]);
        let common = common_words(&p, |_| 0.0);
        let of = |word: &str| common[p.companies.vocabulary.get(word).expect("a word") as usize];
        assert_eq!((of("gmh"), of("gk")), (2, 1));
        // In front, alone, and nothing like a form.
        assert_eq!((of("gmbx"), of("gmbl"), of("toys")), (0, 0, 0));
    }

    #[test]
    fn two_letters_are_a_slip_only_when_swapped_or_doubled() {
        for (word, form, slip) in [
            ("ga", "ag", true),
            ("kkg", "kg", true),
            ("agg", "ag", true),
            ("abg", "ag", false),
            ("ac", "ag", false),
            ("gmb", "gmbh", true),
            ("gmbh", "gmbh", false),
            ("gbmh", "gmbh", true),
            ("ltda", "gmbh", false),
        ] {
            assert_eq!(is_slip(word, form), slip, "{word} {form}");
        }
    }
}
