//! Words of company names that say less than their rarity: a legal form with a slip, the town a company is in.

use crate::model::{Companies, Interner, NONE, Prepared};
use crate::similarity::osa;

/// For each word of the companies' vocabulary the companies it is thought to be held by, at least; 0 when its own count
/// stands.
///
/// - **A town of the file** (`Contoso Graz`) is held by all companies of that town: it tells branches of one company
///   apart, and says no more than the town does.
/// - **A slip of a legal form** (`Contoso GMH`), a word that mostly ends a name, is held by all companies with that form:
///   read as written it would be a rare word, and the heaviest of its name.
///
/// Both are counted, so a rare town and a rare form stay heavy. Cost: one pass over records, and distinct last words
/// times distinct legal forms.
pub fn common_words(prepared: &Prepared) -> Vec<u32> {
    let mut common = slips_of_forms(&prepared.companies);
    for (word, companies) in towns(prepared) {
        let slot = &mut common[word as usize];
        *slot = (*slot).max(companies);
    }
    common
}

/// Words that are the name of a town, with the number of distinct companies that have a record there.
fn towns(prepared: &Prepared) -> Vec<(u32, u32)> {
    let words = &prepared.companies.vocabulary;
    let cities = prepared.cities.texts().iter();
    let word_of_city: Vec<u32> = cities.map(|c| words.get(c).unwrap_or(NONE)).collect();
    let mut pairs: Vec<(u32, u32)> = (prepared.city.iter().zip(&prepared.company))
        .filter(|(city, company)| **city != NONE && **company != NONE)
        .map(|(city, company)| (word_of_city[*city as usize], *company))
        .filter(|(word, _)| *word != NONE)
        .collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
        .chunk_by(|a, b| a.0 == b.0)
        .map(|of_word| (of_word[0].0, of_word.len() as u32))
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
        let common = common_words(&p);
        let of = |word: &str| common[p.companies.vocabulary.get(word).expect("a word") as usize];
        assert_eq!((of("graz"), of("contoso")), (2, 0));
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
        let common = common_words(&p);
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
