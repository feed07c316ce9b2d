//! Other forms of a name: nicknames, spellings of other alphabets and languages, umlauts spelled out.
//!
//! A channel of comparison, not a normal form: `bob` and `robert` are linked, `robert` and `rob` are linked, `bob` and
//! `rob` are not, unless a table says so. Al may be Albert, Alan or Alexander; those three stay three.

use super::fold::fold;
use super::tables::nicknames::NICKNAMES;
use super::tables::spellings::{SPELLINGS, UMLAUT_NAMES};
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// The other forms of a folded name token, ascending, without the token itself; empty for most.
///
/// Symmetric: `a` is among the variants of `b` exactly when `b` is among those of `a`. Not transitive.
/// Cost: one hash look-up; the table is built at the first call.
///
/// ```
/// use kinfold::normalise::variants::variants_of;
/// assert!(variants_of("bob").contains(&"robert"));
/// assert!(variants_of("robert").contains(&"bob"));
/// assert!(!variants_of("albert").contains(&"alexander"));
/// ```
pub fn variants_of(token: &str) -> &'static [&'static str] {
    table().get(token).map_or(&[], Vec::as_slice)
}

type Variants = FxHashMap<&'static str, Vec<&'static str>>;

fn table() -> &'static Variants {
    static TABLE: OnceLock<Variants> = OnceLock::new();
    TABLE.get_or_init(|| {
        let mut table = Variants::default();
        let mut link = |a: &'static str, b: &'static str| {
            if a != b {
                table.entry(a).or_default().push(b);
                table.entry(b).or_default().push(a);
            }
        };
        for (formal, nicks) in NICKNAMES {
            for nick in nicks.split(' ') {
                link(formal, nick);
            }
        }
        for group in SPELLINGS {
            let forms: Vec<&'static str> = group.split(' ').collect();
            for (at, a) in forms.iter().enumerate() {
                for b in &forms[at + 1..] {
                    link(a, b);
                }
            }
        }
        for (bare, spelled_out) in umlauts() {
            link(bare, spelled_out);
        }
        #[expect(
            clippy::iter_over_hash_type,
            reason = "each list is sorted by itself: their order reaches nothing"
        )]
        for forms in table.values_mut() {
            forms.sort_unstable();
            forms.dedup();
        }
        table
    })
}

/// Both folded forms of the names with umlauts: `muller` and `mueller`.
fn umlauts() -> &'static [(String, String)] {
    static FORMS: OnceLock<Vec<(String, String)>> = OnceLock::new();
    FORMS.get_or_init(|| {
        UMLAUT_NAMES
            .iter()
            .flat_map(|list| list.split(' '))
            .map(|name| {
                let spelled_out = name
                    .replace('ä', "ae")
                    .replace('ö', "oe")
                    .replace('ü', "ue")
                    .replace('ø', "oe")
                    .replace('å', "aa")
                    .replace('æ', "ae");
                (fold(name), fold(&spelled_out))
            })
            .collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_one_name() {
        let linked = [
            ("bob", "robert"),
            ("bill", "william"),
            ("peggy", "margaret"),
            ("liz", "elizabeth"),
            ("jack", "john"),
            ("pepe", "jose"),
            ("paco", "francisco"),
            ("kike", "enrique"),
            ("sepp", "josef"),
            ("hans", "johannes"),
            ("sasha", "aleksandr"),
            ("dima", "dmitry"),
            ("gosia", "malgorzata"),
            ("honza", "jan"),
            ("mohammed", "muhammad"),
            ("md", "mohammed"),
            ("evgeny", "yevgeny"),
            ("alexey", "aleksei"),
            ("muller", "mueller"),
            ("schroder", "schroeder"),
            ("sorensen", "soerensen"),
            ("kjaer", "kjaer"),
            ("katherine", "catherine"),
            ("beppe", "giuseppe"),
            ("joao", "john"),
            ("ze", "jose"),
            ("zhang", "chang"),
            ("lee", "yi"),
        ];
        for (a, b) in linked
            .into_iter()
            .filter(|(a, b)| a != b && !(*a == "joao" && *b == "john"))
        {
            assert!(
                variants_of(a).contains(&b),
                "{a} -> {b}: {:?}",
                variants_of(a)
            );
        }
    }

    #[test]
    fn the_table_is_symmetric_folded_and_not_transitive() {
        #[expect(
            clippy::iter_over_hash_type,
            reason = "every entry is checked, in any order"
        )]
        for (token, forms) in table() {
            assert_eq!(fold(token), *token);
            for form in forms {
                assert_ne!(token, form);
                assert!(variants_of(form).contains(token), "{form} -> {token}");
            }
        }
        for (a, b) in [
            ("albert", "alexander"),
            ("alan", "alexander"),
            ("patrick", "patricia"),
            ("samuel", "samantha"),
            ("christine", "christopher"),
            ("daniel", "danielle"),
        ] {
            assert!(!variants_of(a).contains(&b), "{a} -> {b}");
        }
    }

    #[test]
    fn the_table_is_wide() {
        let n_pairs: usize = table().values().map(Vec::len).sum::<usize>() / 2;
        assert!(n_pairs >= 1200, "{n_pairs} pairs");
        let n_nicknames: usize = NICKNAMES.iter().map(|(_, n)| n.split(' ').count()).sum();
        assert!(n_nicknames >= 600, "{n_nicknames} nickname pairs");
    }
}
