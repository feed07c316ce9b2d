//! Legal forms that a slip hides, taken off with what the rest of the file says.
//!
//! `Contoso GMH`, `Contoso Co., Ldt.` and `ContosoGmbH` are read with a word too many, a rare one, which makes them firms of
//! their own. One name alone does not tell that `gmh` is no word; a file in which many firms end in `gmbh` does.
//!
//! Depends on the distinct companies only, not on the order of records or of threads.

use crate::model::{Companies, CompanyCode, CompanyCodes, Csr, Interner, Mark};
use crate::normalise::company::{self, is_unmistakable};
use crate::similarity::osa;
use rustc_hash::{FxHashMap, FxHashSet};

/// Companies with a legal form for each one with a word that may be a slip of it, at least: slips are rare, while the
/// LED of `Bright LED` stands in as many names as there are such firms.
const FORMS_PER_SLIP: u64 = 10;
/// Fewest letters of a name that a form is glued to.
const GLUED_NAME_MIN: usize = 5;

/// Takes slips of legal forms off the ends of names, and forms off that are glued to names known without.
///
/// A slip is a last word that mostly ends names of two words and more, one letter away from a form of the file that ten
/// times as many companies have; behind a form that was read, only one of a form of several words (`Pvt Lttd`). Numbers
/// of companies stay; two of them may be one name afterwards.
///
/// Cost: distinct words times distinct legal forms, and a look-up a company.
pub(super) fn settle_legal_forms(companies: &mut Companies) {
    let forms = Forms::of(companies);
    let slips = forms.slips(companies);
    let names = KnownNames::of(companies);
    let mut changed: FxHashMap<u32, CompanyCode> = FxHashMap::default();
    for company in 0..companies.codes.len() as u32 {
        let code = companies.codes.at(company as usize);
        if code.marks.has(Mark::Cut) {
            continue;
        }
        let row = companies.tokens.row(company as usize);
        let (Some(last), true) = (row.last(), row.len() > 1) else {
            if let [word] = row
                && let Some((name, form)) = forms.glued(companies.vocabulary.text(*word), &names)
            {
                changed.insert(company, company::of_words(vec![name.to_owned()], form));
            }
            continue;
        };
        let mut words: Vec<String> = companies.words(company).map(str::to_owned).collect();
        let slip = slips[*last as usize].map(|form| forms.text(form));
        if let Some(form) = slip.filter(|form| forms.may_stand_by(form, code.legal_form)) {
            words.pop();
            let known = Some(code.legal_form).filter(|known| !known.is_empty());
            changed.insert(company, company::of_words(words, known.unwrap_or(form)));
        } else if let Some((name, form)) = forms.glued(code.squashed, &names)
            && let Some(last) = words.last_mut()
            && last.len() > form.len()
        {
            last.truncate(last.len() - (code.squashed.len() - name.len()));
            let form = match code.legal_form {
                "" => form,
                known => known,
            };
            changed.insert(company, company::of_words(words, form));
        }
    }
    if changed.is_empty() {
        return;
    }
    let (mut tokens, mut codes): (Csr<u32>, CompanyCodes) = Default::default();
    for company in 0..companies.codes.len() as u32 {
        match changed.get(&company) {
            Some(code) => {
                let vocabulary = &mut companies.vocabulary;
                tokens.push_row(code.tokens.iter().map(|word| vocabulary.intern(word)));
                codes.push(code);
            }
            None => {
                tokens.push_row(companies.tokens.row(company as usize).iter().copied());
                codes.push_ref(companies.codes.at(company as usize));
            }
        }
    }
    (companies.tokens, companies.codes) = (tokens, codes);
}

/// The squashed names of a file.
struct KnownNames<'c> {
    all: FxHashSet<&'c str>,
    /// Those with a legal form of two letters, and that form.
    of_two_letters: FxHashSet<(&'c str, &'c str)>,
}

impl KnownNames<'_> {
    fn of(companies: &Companies) -> KnownNames<'_> {
        let short = companies.codes.iter().filter(|c| c.legal_form.len() == 2);
        KnownNames {
            all: companies.codes.iter().map(|c| c.squashed).collect(),
            of_two_letters: short.map(|c| (c.squashed, c.legal_form)).collect(),
        }
    }
}

/// The words of the legal forms of a file.
struct Forms {
    words: Interner,
    /// For each word the companies with a form it is a part of.
    n_companies: Vec<u32>,
    /// Forms of several words.
    compound: FxHashSet<String>,
}

impl Forms {
    fn of(companies: &Companies) -> Forms {
        let mut words = Interner::default();
        let mut n_companies: Vec<u32> = Vec::new();
        let mut compound: FxHashSet<String> = FxHashSet::default();
        for code in companies.codes.iter() {
            if code.legal_form.contains([' ', '&']) && !compound.contains(code.legal_form) {
                compound.insert(code.legal_form.to_owned());
            }
            for word in code.legal_form.split([' ', '&']).filter(|w| w.len() > 1) {
                let number = words.intern(word) as usize;
                n_companies.resize(n_companies.len().max(number + 1), 0);
                n_companies[number] += 1;
            }
        }
        Forms {
            words,
            n_companies,
            compound,
        }
    }

    /// True when a word of a form may belong to a name whose form has been read: when that is none, or some form of the file
    /// has both.
    fn may_stand_by(&self, word: &str, known: &str) -> bool {
        let words =
            |form: &'_ str| -> Vec<String> { form.split([' ', '&']).map(str::to_owned).collect() };
        known.is_empty()
            || self.compound.iter().any(|form| {
                let all = words(form);
                all.iter().any(|w| w == word)
                    && words(known)
                        .iter()
                        .any(|w| w != word && !w.is_empty() && all.contains(w))
            })
    }

    fn text(&self, form: u32) -> &str {
        self.words.text(form)
    }

    /// For each word of the companies' vocabulary the form it is thought to be a slip of: of several the commonest.
    fn slips(&self, companies: &Companies) -> Vec<Option<u32>> {
        let n_words = companies.vocabulary.len();
        let (mut n_last, mut n_all) = (vec![0_u64; n_words], vec![0_u64; n_words]);
        for row in companies.tokens.rows() {
            for word in row {
                n_all[*word as usize] += 1;
            }
            if let [_, .., last] = row {
                n_last[*last as usize] += 1;
            }
        }
        let forms: Vec<(&str, u32)> = (0..self.words.len() as u32)
            .map(|form| (self.text(form), form))
            .filter(|(text, _)| text.bytes().all(|b| b.is_ascii_lowercase()))
            .collect();
        let longest = forms.iter().map(|(text, _)| text.len()).max().unwrap_or(0);
        let slip = |word: usize| {
            let text = companies.vocabulary.text(word as u32);
            if text.len() > longest + 1 || n_last[word] * 2 <= n_all[word] {
                return None;
            }
            let held = |form: u32| self.n_companies[form as usize];
            let is_rare = |form: u32| n_all[word] * FORMS_PER_SLIP <= u64::from(held(form));
            let all = forms.iter().filter(|(form, _)| is_slip(text, form));
            let likely = all.map(|(_, form)| *form).filter(|form| is_rare(*form));
            likely.max_by_key(|form| (held(*form), std::cmp::Reverse(self.text(*form))))
        };
        (0..n_words).map(slip).collect()
    }

    /// A squashed name without the form that is glued to its end, and that form: when the rest is the name of another
    /// company, and the form unmistakable or one of the file; one of two letters, with which many words end, only when it
    /// is that company's. Of several the longest.
    fn glued<'n>(&self, squashed: &'n str, names: &KnownNames) -> Option<(&'n str, &'n str)> {
        let longest = squashed.len().saturating_sub(GLUED_NAME_MIN).min(12);
        (2..=longest).rev().find_map(|n| {
            if !squashed.is_char_boundary(squashed.len() - n) {
                return None;
            }
            let (name, form) = squashed.split_at(squashed.len() - n);
            let is_form = is_unmistakable(form) || self.words.get(form).is_some();
            let is_glued = match n {
                2 => names.of_two_letters.contains(&(name, form)),
                _ => is_form && names.all.contains(name),
            };
            is_glued.then_some((name, form))
        })
    }
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

    /// The squashed names of companies, settled together.
    fn settled(names: &[&str]) -> Vec<String> {
        let mut companies = Companies::default();
        names
            .iter()
            .for_each(|name| companies.push(&company::read(name)));
        settle_legal_forms(&mut companies);
        let words = (0..names.len() as u32).map(|c| companies.words(c).collect::<String>());
        assert!(words.eq(companies.codes.iter().map(|c| c.squashed.to_owned())));
        companies
            .codes
            .iter()
            .map(|c| c.squashed.to_owned())
            .collect()
    }

    /// `names` among twenty firms of each of some forms.
    fn among(forms: &[&str], names: &[&str]) -> Vec<String> {
        let firms: Vec<String> = forms
            .iter()
            .flat_map(|form| (0..20).map(move |n| format!("Firm{n} {form}")))
            .collect();
        let all: Vec<&str> = (names.iter().copied())
            .chain(firms.iter().map(String::as_str))
            .collect();
        let mut out = settled(&all);
        out.truncate(names.len());
        let backwards: Vec<&str> = all.iter().rev().copied().collect();
        let again: Vec<String> = settled(&backwards)
            .into_iter()
            .rev()
            .take(names.len())
            .collect();
        assert_eq!(out, again, "in another order");
        out
    }

    #[test]
    fn a_slip_of_a_form_comes_off_with_the_rest_of_it() {
        let forms = ["GmbH", "Co., Ltd.", "Pvt Ltd", "S.A. de C.V."];
        let names = [
            "Contoso GMH",
            "Fabrikam Co., Ldt.",
            "Northwind Pvt Lttd",
            "Tailspin S.A. de V.C.",
            "Wingtip Vpt Ltd",
        ];
        let expected = ["contoso", "fabrikam", "northwind", "tailspin", "wingtip"];
        assert_eq!(among(&forms, &names), expected);
    }

    #[test]
    fn a_word_is_kept_where_it_is_no_rare_slip() {
        // In front, alone, behind a form of its own, and a form that nobody has.
        let names = ["GMH Printing", "GMH", "Bright Gmb GmbH", "Contoso Kgg"];
        let expected = ["gmhprinting", "gmh", "brightgmb", "contosokgg"];
        assert_eq!(among(&["GmbH"], &names), expected);
        // A word of many firms.
        let lights: Vec<String> = (0..9).map(|n| format!("Bright{n} LED")).collect();
        let lights: Vec<&str> = lights.iter().map(String::as_str).collect();
        assert!(
            among(&["Ltd"], &lights)
                .iter()
                .all(|name| name.ends_with("led"))
        );
    }

    #[test]
    fn a_form_glued_to_a_known_name_comes_off() {
        let names = [
            "Klein Systemhaus",
            "Klein SystemhausGmbH",
            "KleinSystemhausGmbH",
            "Neu SystemhausGmbH",
        ];
        let expected = [
            "kleinsystemhaus",
            "kleinsystemhaus",
            "kleinsystemhaus",
            "neusystemhausgmbh",
        ];
        assert_eq!(among(&["GmbH"], &names), expected);
        // Short names are not taken apart: Rosa is no Ro S.A.; and Andreas is Andre A/S only where there is one.
        assert_eq!(among(&["S.A."], &["Ro", "Rosa"]), ["ro", "rosa"]);
        assert_eq!(
            among(&["AG"], &["Blumenthal AG", "BlumenthalAG"])[1],
            "blumenthal"
        );
        assert_eq!(among(&["AG"], &["Verla", "Verlag"]), ["verla", "verlag"]);
        assert_eq!(among(&["AG"], &["Sonnent", "Sonnentag"])[1], "sonnentag");
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
