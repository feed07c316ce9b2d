//! Odd cases, as tables of input and output.

use super::*;
use crate::normalise::phone_plan::Plans;
use phonenumber::metadata::DATABASE;
use proptest::prelude::*;

fn codes(text: &str, country: Option<&str>, default: Option<&str>) -> Vec<String> {
    PhoneReader::new(default)
        .read(text, country)
        .into_iter()
        .map(|c| c.matchcode)
        .collect()
}

fn one(text: &str, country: &str) -> PhoneCode {
    let country = (!country.is_empty()).then_some(country);
    PhoneReader::new(None)
        .read(text, country)
        .into_iter()
        .next()
        .expect("not blank")
}

fn marks(code: &PhoneCode) -> Vec<&'static str> {
    code.marks.iter().map(Mark::as_str).collect()
}

#[test]
fn numbers() {
    // (text, country, matchcode)
    let table = [
        ("+44 20 7946 0958", "", "+442079460958"),
        ("+44 (0)20 7946 0958", "", "+442079460958"),
        ("+44(0) 20 7946 0958", "US", "+442079460958"),
        ("+44 020 7946 0958", "", "+442079460958"),
        ("0044 20 7946 0958", "DE", "+442079460958"),
        ("0044 20 7946 0958", "US", "+442079460958"),
        ("+0044 20 7946 0958", "", "+442079460958"),
        ("011 44 20 7946 0958", "US", "+442079460958"),
        ("0011 44 20 7946 0958", "AU", "+442079460958"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("020 7946 0958", "UK", "+442079460958"),
        ("(020) 7946-0958", "GB", "+442079460958"),
        ("442079460958", "GB", "+442079460958"),
        ("442079460958", "", "+442079460958"),
        ("(212) 555-0123", "US", "+12125550123"),
        ("212.555.0123", "US", "+12125550123"),
        ("1-212-555-0123", "US", "+12125550123"),
        ("1 212 555 0123", "", "+12125550123"),
        ("+01 425.882.8080", "", "+14258828080"),
        ("2125550123", "CA", "+12125550123"),
        ("030 901820", "DE", "+4930901820"),
        ("49 30 901820", "DE", "+4930901820"),
        ("(0 30) 90 18 20", "DE", "+4930901820"),
        ("030/901820", "DE", "+4930901820"),
        ("0171-2345678", "DE", "+491712345678"),
        ("06 12 34 56 78", "FR", "+33612345678"),
        ("+33 (0)6 12 34 56 78", "", "+33612345678"),
        ("06 12345678", "IT", "+390612345678"),
        ("+39 06 12345678", "DE", "+390612345678"),
        ("010-1234-5678", "KR", "+821012345678"),
        ("03-1234-5678", "JP", "+81312345678"),
        ("8 (495) 123-45-67", "RU", "+74951234567"),
        ("+7 495 123 45 67", "DE", "+74951234567"),
        ("(11) 98765-4321", "BR", "+5511987654321"),
        ("98765 43210", "IN", "+919876543210"),
        ("098765 43210", "IN", "+919876543210"),
        ("0412 345 678", "AU", "+61412345678"),
        // The measured trap: a foreign number beside another default region.
        ("+4915123456789", "US", "+4915123456789"),
        ("+390612345678", "DE", "+390612345678"),
        ("Tel.: 030 901820", "DE", "+4930901820"),
        ("tel:+442079460958", "", "+442079460958"),
        ("(m) 0171 2345678", "DE", "+491712345678"),
        ("Mobile: +44 7400 123456", "", "+447400123456"),
        ("030 901820 (Anna)", "DE", "+4930901820"),
        ("０３０－９０１８２０", "DE", "+4930901820"),
        ("٠٣٠ ٩٠١٨٢٠", "DE", "+4930901820"),
        ("＋４４ ２０ ７９４６ ０９５８", "", "+442079460958"),
        ("+44\u{a0}20\u{2011}7946\u{200b}0958", "", "+442079460958"),
        ("\u{202a}+442079460958\u{202c}", "", "+442079460958"),
        ("1-800-FLOWERS", "US", "+18003569377"),
        ("1-800-FLOWERS", "", "+18003569377"),
        ("030 901820-5", "DE", "+49309018205"),
    ];
    for (text, country, expected) in table {
        assert_eq!(one(text, country).matchcode, expected, "{text:?} {country}");
    }
}

#[test]
fn countries_are_tried_in_order() {
    assert_eq!(codes("030 901820", None, Some("DE")), ["+4930901820"]);
    assert_eq!(
        codes("020 7946 0958", Some("FR"), Some("GB")),
        ["+442079460958"],
        "invalid in France, valid at home"
    );
    assert_eq!(
        codes("212 555 0123", Some("GB"), Some("US")),
        ["+12125550123"]
    );
    assert_eq!(
        codes("+442079460958", Some("US"), Some("DE")),
        ["+442079460958"]
    );
    assert_eq!(
        codes("030 901820", Some("XX"), Some("de")),
        ["+4930901820"],
        "an unknown country is no country"
    );
    assert_eq!(codes("030 901820", None, None), ["~030901820"]);
}

#[test]
fn several_numbers_in_a_cell() {
    let table: &[(&str, &str, &[&str])] = &[
        ("", "DE", &[]),
        ("   ", "DE", &[]),
        (
            "030 901820 / 0171 2345678",
            "DE",
            &["+4930901820", "+491712345678"],
        ),
        (
            "030 901820, 0171 2345678",
            "DE",
            &["+4930901820", "+491712345678"],
        ),
        (
            "030 901820; 0171 2345678",
            "DE",
            &["+4930901820", "+491712345678"],
        ),
        (
            "030 901820\n0171 2345678",
            "DE",
            &["+4930901820", "+491712345678"],
        ),
        (
            "030 901820 oder 0171 2345678",
            "DE",
            &["+4930901820", "+491712345678"],
        ),
        (
            "+44 20 7946 0958 or +44 7400 123456",
            "",
            &["+442079460958", "+447400123456"],
        ),
        ("030 901820 / 030 901820", "DE", &["+4930901820"]),
        ("030 901820/21", "DE", &["+4930901820"]),
        ("n/a / 030 901820", "DE", &["+4930901820"]),
    ];
    for (text, country, expected) in table {
        assert_eq!(codes(text, Some(country), None), *expected, "{text:?}");
    }
}

#[test]
fn extensions_are_kept_apart() {
    for text in [
        "+1 212 555 0123 ext. 45",
        "+1 212 555 0123 x45",
        "+1 212 555 0123 X 45",
        "+1 212 555 0123 #45",
        "+1 212 555 0123;ext=45",
        "+1 212 555 0123 (ext 45)",
        "+1 212 555 0123, ext. 45",
        "+1 212 555 0123 extension 45",
        "+1 212 555 0123,,45",
        "+1 212 555 0123 poste 45",
        "+1 212 555 0123 Durchwahl 45",
        "+1 212 555 0123 доб. 45",
        "212-555-0123x45",
    ] {
        let code = one(text, "US");
        assert_eq!(
            (code.matchcode.as_str(), code.extension.as_str()),
            ("+12125550123", "45"),
            "{text}"
        );
        assert!(code.marks.has(Mark::Extension), "{text}");
    }
}

#[test]
fn marked() {
    // (text, country, matchcode, marks)
    let table: &[(&str, &str, &str, &[&str])] = &[
        ("4.42079E+11", "GB", "", &["invalid", "mangled"]),
        ("4,42079E+11", "GB", "", &["invalid", "mangled"]),
        ("4.42079460958E11", "", "", &["invalid", "mangled"]),
        ("442079460958.0", "", "+442079460958", &["mangled"]),
        ("12125550123.0", "US", "+12125550123", &["mangled"]),
        (
            "=\"0044 20 7946 0958\"",
            "GB",
            "+442079460958",
            &["mangled"],
        ),
        ("'+442079460958", "", "+442079460958", &["mangled"]),
        (
            "0000000000",
            "US",
            "+10000000000",
            &["invalid", "placeholder"],
        ),
        ("000-000-0000", "", "~0000000000", &["placeholder", "weak"]),
        ("1234567", "US", "~1234567", &["placeholder", "weak"]),
        (
            "123-456-7890",
            "US",
            "+11234567890",
            &["invalid", "placeholder"],
        ),
        (
            "5555555555",
            "US",
            "+15555555555",
            &["invalid", "placeholder"],
        ),
        (
            "+1 999 999 9999",
            "",
            "+19999999999",
            &["invalid", "placeholder"],
        ),
        ("9999", "", "", &["invalid", "placeholder"]),
        (
            "+49 111111111",
            "",
            "+49111111111",
            &["invalid", "placeholder"],
        ),
        ("911", "US", "", &["invalid"]),
        ("12", "US", "", &["invalid"]),
        ("n/a", "US", "", &["invalid"]),
        ("none", "", "", &["invalid"]),
        ("call reception", "US", "", &["invalid"]),
        ("Suite 200, Floor 3", "US", "", &["invalid"]),
        ("see notes 2019 and 2020", "US", "", &["invalid"]),
        ("555-0123", "US", "~5550123", &["weak"]),
        ("0301234567890123456789012", "DE", "", &["invalid"]),
        ("+1 212 555 0123", "", "+12125550123", &[]),
        ("+49 0 0911 2", "", "+499112", &["invalid"]),
        ("+49 0 030 123456", "", "+4930123456", &[]),
        ("+40 0 091123456", "", "~400091123456", &["invalid", "weak"]),
        ("0000200000", "GB", "~0000200000", &["invalid", "weak"]),
    ];
    for (text, country, matchcode, expected) in table {
        let code = one(text, country);
        assert_eq!(code.matchcode, *matchcode, "{text:?} {:?}", marks(&code));
        assert_eq!(marks(&code), *expected, "{text:?}");
    }
}

#[test]
fn kinds_of_line() {
    use PhoneKind::{Fixed, FixedOrMobile, Mobile, Service};
    for (text, expected) in [
        ("+44 7400 123456", Mobile),
        ("+44 20 7946 0958", Fixed),
        ("+1 212 555 0123", FixedOrMobile),
        ("+1 800 234 5678", Service),
        ("+49 800 1234567", Service),
        ("+49 1512 3456789", Mobile),
        ("+44 1534 456789", Fixed),
        ("+44 7797 712345", Mobile),
        ("+7 701 123 4567", Mobile),
    ] {
        assert_eq!(one(text, "").kind, expected, "{text}");
    }
}

/// The patterns of the crate are matched whole: it says `+97233142764978` is valid, the plan says it is not.
#[test]
fn a_number_too_long_for_its_plan_is_not_valid() {
    let code = one("+97233142764978", "");
    assert!(code.marks.has(Mark::Invalid), "{code:?}");
}

/// Every example number of the metadata keeps its digits, written as E.164, nationally and with the wrong country.
#[test]
fn the_plans_know_their_own_examples() {
    let mut n_examples = 0;
    for meta in DATABASE.iter() {
        let d = meta.descriptors();
        for example in [d.fixed_line(), d.mobile(), d.toll_free()]
            .into_iter()
            .flatten()
            .filter_map(|x| x.example())
        {
            let expected = format!("+{}{example}", meta.country_code());
            for country in ["US", "DE", "IT", "RU", ""] {
                let code = one(&expected, country);
                assert_eq!(code.matchcode, expected, "{} {country}", meta.id());
                assert!(!code.marks.has(Mark::Invalid), "{expected}");
            }
            if meta.id() != "001" && !code_is_placeholder(example) {
                assert_eq!(
                    one(example, meta.id()).matchcode,
                    expected,
                    "{} national",
                    meta.id()
                );
            }
            n_examples += 1;
        }
    }
    assert!(n_examples > 500, "{n_examples}");
}

fn code_is_placeholder(example: &str) -> bool {
    is_placeholder(example)
}

/// Where the crate's own parser is right (a `+` number read with its own region) we agree with it.
#[test]
fn agrees_with_the_crate_on_numbers_of_the_main_region() {
    for (id, text) in [
        (phonenumber::country::DE, "+4915123456789"),
        (phonenumber::country::GB, "+44 (0)7400 123456"),
        (phonenumber::country::US, "+1 (212) 555-0123"),
        (phonenumber::country::IT, "+39 06 12345678"),
        (phonenumber::country::AR, "+54 9 11 2345-6789"),
        (phonenumber::country::AR, "+54 11 15 2345 6789"),
        (phonenumber::country::MX, "+52 55 1234 5678"),
        (phonenumber::country::BR, "+55 11 98765-4321"),
        (phonenumber::country::HU, "+36 06 1 234 5678"),
        (phonenumber::country::RU, "+7 8 495 123 45 67"),
    ] {
        let theirs = phonenumber::parse(Some(id), text).expect("parses");
        assert_eq!(
            one(text, "").matchcode,
            format!("+{}{}", theirs.code().value(), theirs.national()),
            "{text}"
        );
    }
}

#[test]
fn calling_codes_are_found() {
    let plans = Plans::get();
    for (digits, code) in [
        ("12125550123", 1),
        ("442079460958", 44),
        ("3726012345", 372),
        ("80012345678", 800),
    ] {
        assert_eq!(
            plans.international(digits).map(|p| p.code),
            Some(code),
            "{digits}"
        );
    }
    assert_eq!(plans.international("999123456789"), None);
    assert_eq!(plans.international(""), None);
}

/// Every calling code with what may stand for a trunk prefix behind it, in front of four to twelve digits.
#[test]
fn no_calling_code_keeps_what_reading_again_would_drop() {
    let reader = PhoneReader::new(None);
    let plans = Plans::get();
    let mut wrong = Vec::new();
    for code in (1..1000_u16).filter(|c| plans.region_of(&c.to_string()).is_some()) {
        for lead in ["", "0", "00", "000", "1", "8"] {
            for rest in (4..=12).map(|n| &"911234567890"[..n]) {
                let text = format!("+{code}{lead}{rest}");
                for found in reader.read(&text, None) {
                    if !found.matchcode.starts_with('+') || found.marks.has(Mark::Placeholder) {
                        continue;
                    }
                    let again = reader.read(&found.matchcode, None);
                    if again[0].matchcode != found.matchcode {
                        wrong.push((text.clone(), found.matchcode, again[0].matchcode.clone()));
                    }
                }
            }
        }
    }
    assert_eq!(wrong, []);
}

/// Where numbers may be of any length, one that lost its plus is also a local one that lost its zero.
#[test]
fn a_long_number_with_its_own_calling_code_lost_a_plus_not_a_zero() {
    let read = |text: &str, country: &str| {
        let codes = PhoneReader::new(None).read(text, Some(country));
        codes[0].matchcode.clone()
    };
    for text in ["491747155529", "01747155529", "+49 174 7155529"] {
        assert_eq!(read(text, "DE"), "+491747155529", "{text}");
    }
    assert_eq!(read("495114678287", "DE"), "+495114678287");
    // With the zero it is the line in Leer; a short one in Emden may have lost its zero.
    assert_eq!(read("0491747155529", "DE"), "+49491747155529");
    assert_eq!(read("492191550", "DE"), "+49492191550");
    // Area code 55 of Brazil; a leading zero in Italy belongs to the number.
    assert_eq!(read("55999123456", "BR"), "+5555999123456");
    assert_eq!(read("390612345678", "IT"), "+390612345678");
}

proptest! {
    #[test]
    fn reading_a_matchcode_changes_nothing(text in "[+]?[0-9() ./x-]{3,22}", country in prop::sample::select(vec!["", "US", "DE", "IT", "AR", "KZ"])) {
        let country = (!country.is_empty()).then_some(country);
        for code in PhoneReader::new(None).read(&text, country) {
            // Stand-ins (0000000) are marked and never compared; their code is for show.
            if code.matchcode.starts_with('+') && !code.marks.has(Mark::Placeholder) {
                let again = PhoneReader::new(None).read(&code.matchcode, country);
                prop_assert_eq!(again.len(), 1);
                prop_assert_eq!(&again[0].matchcode, &code.matchcode, "{}", text);
            }
        }
    }

    #[test]
    fn no_text_makes_it_panic(text in "\\PC{0,24}") {
        PhoneReader::new(Some("US")).read(&text, Some("GB"));
    }
}
