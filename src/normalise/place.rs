//! Places: country, city, postcode.

use super::fold::{fold, squash};
use super::tables::city_words::{CITY_NAMES, CITY_WORDS};
use super::tables::countries::COUNTRIES;
use rustc_hash::FxHashMap;
use std::sync::OnceLock;

/// ISO 3166-1 alpha-2 code of a country written as alpha-2 or alpha-3 code or as a name in one of many languages;
/// `None` when it is no country we know. Case, marks and dots do not matter (`u.s.a.`, `DEUTSCHLAND`, `Türkiye`).
pub fn country_code(text: &str) -> Option<&'static str> {
    static NAMES: OnceLock<FxHashMap<String, &'static str>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let mut names = FxHashMap::default();
        for (iso2, iso3, written) in COUNTRIES {
            for name in written.split('|').chain([*iso2, *iso3]) {
                names.entry(squash(name)).or_insert(*iso2);
            }
        }
        names
    });
    let squashed = squash(text);
    if let Some(code) = names.get(squashed.as_str()) {
        return Some(code);
    }
    // `The Netherlands`, `Republic of Poland`, `United States of America (USA)`.
    let before_bracket = text.split(['(', ',', '/']).next().map(squash)?;
    names
        .get(before_bracket.as_str())
        .or_else(|| names.get(squashed.strip_prefix("the")?))
        .or_else(|| names.get(squashed.strip_prefix("republicof")?))
        .copied()
}

/// A city, folded: `St.` spelled out, districts in brackets off, the best-known foreign names of cities brought to one
/// (`Munich`, `München`, `Monaco di Baviera`). Empty when blank.
pub fn city(text: &str) -> String {
    let main = text
        .split(['(', '[', '/'])
        .map(str::trim)
        .find(|p| !p.is_empty())
        .unwrap_or_default();
    let folded = fold(main);
    let words: Vec<&str> = folded
        .split(' ')
        .filter(|w| !w.is_empty())
        .map(|w| {
            CITY_WORDS
                .iter()
                .find(|(short, _)| *short == w)
                .map_or(w, |(_, full)| full)
        })
        .collect();
    let joined = words.join(" ");
    if words
        .iter()
        .all(|w| matches!(*w, "n" | "a" | "na" | "none" | "unknown" | "xxx" | "tbd"))
    {
        return String::new();
    }
    match city_names().get(joined.as_str()) {
        Some(name) => (*name).to_owned(),
        None => joined,
    }
}

/// [`CITY_NAMES`] by the other names; of a name listed twice the first counts.
fn city_names() -> &'static FxHashMap<&'static str, &'static str> {
    static MAP: OnceLock<FxHashMap<&'static str, &'static str>> = OnceLock::new();
    MAP.get_or_init(|| {
        let mut names = FxHashMap::default();
        for (name, others) in CITY_NAMES {
            for other in others.split('|') {
                names.entry(other).or_insert(*name);
            }
        }
        names
    })
}

/// A postcode: upper-case letters and digits only. `D-80331` loses its country letter, `12345-6789` its extension,
/// `2119.0` the spreadsheet's zero. Empty when blank or only zeros.
pub fn postcode(text: &str) -> String {
    let text = text.trim();
    let text = text
        .strip_suffix(".0")
        .filter(|t| t.bytes().all(|b| b.is_ascii_digit()))
        .unwrap_or(text);
    let text = match text.split_once('-') {
        Some((zip, four))
            if zip.len() == 5
                && four.len() == 4
                && (zip.bytes().chain(four.bytes())).all(|b| b.is_ascii_digit()) =>
        {
            zip
        }
        Some((country, code))
            if (1..=3).contains(&country.len())
                && country.bytes().all(|b| b.is_ascii_alphabetic())
                && code.len() >= 4
                && code.bytes().all(|b| b.is_ascii_digit() || b == b' ') =>
        {
            code
        }
        _ => text,
    };
    let code = squash(text).to_ascii_uppercase();
    if code.bytes().all(|b| b == b'0')
        || matches!(code.as_str(), "NA" | "NONE" | "XXXXX" | "UNKNOWN")
    {
        return String::new();
    }
    code
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn countries() {
        let table = [
            ("DE", Some("DE")),
            ("de", Some("DE")),
            ("DEU", Some("DE")),
            ("Germany", Some("DE")),
            ("Deutschland", Some("DE")),
            ("ALLEMAGNE", Some("DE")),
            ("Alemania", Some("DE")),
            ("Германия", Some("DE")),
            ("USA", Some("US")),
            ("U.S.A.", Some("US")),
            ("United States of America", Some("US")),
            ("Vereinigte Staaten", Some("US")),
            ("America", Some("US")),
            ("UK", Some("GB")),
            ("England", Some("GB")),
            ("Scotland", Some("GB")),
            ("Great Britain", Some("GB")),
            ("The Netherlands", Some("NL")),
            ("Holland", Some("NL")),
            ("Türkiye", Some("TR")),
            ("Turkey", Some("TR")),
            ("Côte d'Ivoire", Some("CI")),
            ("Ivory Coast", Some("CI")),
            ("South Korea", Some("KR")),
            ("Korea, Republic of", Some("KR")),
            ("Czechia", Some("CZ")),
            ("Česká republika", Some("CZ")),
            ("Österreich", Some("AT")),
            ("España", Some("ES")),
            ("Brasil", Some("BR")),
            ("中国", Some("CN")),
            ("日本", Some("JP")),
            ("Россия", Some("RU")),
            ("Hong Kong SAR", Some("HK")),
            ("Viet Nam", Some("VN")),
            ("Republic of Poland", Some("PL")),
            ("Polska", Some("PL")),
            ("Georgia", Some("GE")),
            ("México", Some("MX")),
            ("Germany (DE)", Some("DE")),
            ("Atlantis", None),
            ("", None),
            ("-", None),
        ];
        for (input, expected) in table {
            assert_eq!(country_code(input), expected, "{input:?}");
        }
        assert!(COUNTRIES.len() >= 249, "{} countries", COUNTRIES.len());
    }

    #[test]
    fn cities() {
        let table = [
            ("München", "munchen"),
            ("Munich", "munchen"),
            ("MUENCHEN", "munchen"),
            ("Cologne", "koln"),
            ("St. Louis", "saint louis"),
            ("Saint Louis", "saint louis"),
            ("St Louis", "saint louis"),
            ("Ft. Worth", "fort worth"),
            ("New York City", "new york"),
            ("NYC", "new york"),
            ("São Paulo", "sao paulo"),
            ("Frankfurt (Main)", "frankfurt am main"),
            ("Frankfurt a.M.", "frankfurt am main"),
            ("Moskva", "moscow"),
            ("Москва", "moscow"),
            ("Wien", "wien"),
            ("Vienna", "wien"),
            ("Bengaluru", "bangalore"),
            ("n/a", ""),
            ("", ""),
            (" - ", ""),
        ];
        for (input, expected) in table {
            assert_eq!(city(input), expected, "{input:?}");
            assert_eq!(city(&city(input)), city(input), "{input:?} twice");
        }
    }

    #[test]
    fn postcodes() {
        let table = [
            ("80331", "80331"),
            ("D-80331", "80331"),
            ("DE-80331", "80331"),
            ("01234", "01234"),
            ("sw1a 1aa", "SW1A1AA"),
            ("SW1A1AA", "SW1A1AA"),
            ("12345-6789", "12345"),
            ("12345", "12345"),
            ("1234 AB", "1234AB"),
            ("00-950", "00950"),
            ("2119.0", "2119"),
            ("K1A 0B1", "K1A0B1"),
            ("00000", ""),
            ("n/a", ""),
            ("", ""),
            ("１２３-４５６７", "1234567"),
        ];
        for (input, expected) in table {
            assert_eq!(postcode(input), expected, "{input:?}");
            assert_eq!(
                postcode(&postcode(input)),
                postcode(input),
                "{input:?} twice"
            );
        }
    }
}
