//! Single values: what is normalised already stays as it is, and nothing grows beyond its limits.

use super::{PIECES, Target, testdata};
use kinfold::model::Generation;
use kinfold::normalise::person_name::NameParts;
use kinfold::normalise::{self as n, place};
use std::fs;

/// Values of invented leads, and pieces.
fn seeds() -> Vec<Vec<u8>> {
    let leads = fs::read_to_string(testdata("leads.csv")).expect("readable");
    let values = leads
        .lines()
        .skip(1)
        .take(300)
        .flat_map(|line| line.split(','));
    PIECES
        .iter()
        .copied()
        .chain(values.filter(|value| !value.is_empty()))
        .map(|text| text.as_bytes().to_vec())
        .collect()
}

pub(super) fn fold() -> Target {
    Target::of_text(seeds(), |text| {
        let folded = n::fold::fold(text);
        assert_eq!(n::fold::fold(&folded), folded, "{text:?}");
        let decoded = n::fold::decoded_again(text);
        assert!(decoded.len() <= text.len(), "{text:?}");
    })
}

pub(super) fn email() -> Target {
    Target::of_text(seeds(), |text| {
        for code in n::email::read(text) {
            if !code.matchcode.is_empty() {
                let again = n::email::read(&code.matchcode);
                assert_eq!(
                    again.first().map(|c| c.matchcode.as_str()),
                    Some(code.matchcode.as_str()),
                    "{text:?}"
                );
            }
        }
    })
}

/// The first byte chooses the country of the record.
pub(super) fn phone() -> Target {
    const COUNTRIES: [Option<&str>; 8] = [
        None,
        Some("DE"),
        Some("US"),
        Some("GB"),
        Some("IT"),
        Some("BR"),
        Some("AR"),
        Some("CN"),
    ];
    let reader = n::phone::PhoneReader::new(Some("DE"));
    let read = move |text: &str, country: Option<&str>| {
        for code in reader.read(text, country) {
            if code.matchcode.starts_with('+') {
                let again = reader.read(&code.matchcode, None);
                assert_eq!(
                    again.first().map(|c| c.matchcode.as_str()),
                    Some(code.matchcode.as_str()),
                    "{text:?} {country:?}"
                );
            }
        }
    };
    Target::new(seeds(), move |bytes| {
        let text = String::from_utf8_lossy(bytes);
        read(&text, None);
        if let Some((first, rest)) = bytes.split_first() {
            let country = COUNTRIES[usize::from(*first) % COUNTRIES.len()];
            read(&String::from_utf8_lossy(rest), country);
        }
    })
}

pub(super) fn domain() -> Target {
    Target::of_text(seeds(), |text| {
        if let Some(code) = n::domain::read(text) {
            assert_eq!(
                n::domain::read(&code.registrable).map(|d| d.registrable),
                Some(code.registrable.clone()),
                "{text:?}"
            );
        }
    })
}

pub(super) fn company() -> Target {
    Target::of_text(seeds(), |text| {
        let code = n::company::read(text);
        assert!(code.tokens.len() <= 8, "{text:?}");
    })
}

/// The first bar divides the name as a whole, the first and the last name, which is how columns hold them.
pub(super) fn person_name() -> Target {
    Target::of_text(seeds(), |text| {
        let mut columns = text.splitn(3, '|');
        let mut column = || columns.next().unwrap_or_default();
        let divided = NameParts {
            full: column(),
            first: column(),
            last: column(),
            ..NameParts::default()
        };
        let thrice = NameParts {
            first: text,
            last: text,
            full: text,
            ..NameParts::default()
        };
        for parts in [divided, thrice] {
            let name = n::person_name::read(&parts);
            assert!(name.tokens.len() <= 8, "{text:?}");
            let _: Generation = name.generation;
        }
    })
}

pub(super) fn address() -> Target {
    let street = |text: &str| n::address::read(text).matchcode;
    Target::of_text(seeds(), move |text| {
        let _: Option<&str> = place::country_code(text);
        for read in [
            &place::city as &dyn Fn(&str) -> String,
            &place::postcode,
            &street,
        ] {
            let once = read(text);
            assert_eq!(read(&once), once, "{text:?}");
        }
    })
}
