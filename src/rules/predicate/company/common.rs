//! Words of company names that say less than their rarity: the town a company is in, words of no one firm.

use crate::model::{Csr, NONE, Prepared};

/// Companies that write their town behind their name, some time or other: about one in twenty.
const TOWN_SHARE: f64 = 0.05;

/// For each word of the companies' vocabulary the companies it is thought to be held by, at least; 0 when its own count
/// stands.
///
/// - **A town of the file** (`Contoso Graz`) is held by all companies of that town: it tells branches of one company
///   apart, and says no more than the town does. Where the companies that name it are mostly of that town, it is held by
///   one company in twenty at least.
/// - **A word of no one firm** (`Contoso Group`, `Contoso Italia`) is held by the share of companies that `usual_share`
///   gives it: few companies do not show how usual it is.
///
/// Cost: one pass over records.
pub fn common_words(prepared: &Prepared, usual_share: impl Fn(&str) -> f64) -> Vec<u32> {
    let mut common = vec![0; prepared.companies.vocabulary.len()];
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
}
