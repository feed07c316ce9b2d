//! Phonetic codes through `rphonetic`, guarded: most of its encoders panic on anything but ASCII letters.

use rphonetic::{DoubleMetaphone, Encoder, Soundex};

/// Length of double metaphone codes. The usual four letters put a hundred unlike names under one code; with eight,
/// whole names are compared.
const METAPHONE_LEN: usize = 8;

fn letters(text: &str) -> Option<String> {
    let letters: String = text.chars().filter(char::is_ascii_alphabetic).collect();
    (!letters.is_empty()).then_some(letters)
}

/// Primary double metaphone code, up to eight letters, of the ASCII letters of `text`; `None` when there are none or
/// the code is empty. Fold the text first: other letters are skipped.
/// Source: Philips (2000), as implemented by rphonetic.
pub fn double_metaphone(text: &str) -> Option<String> {
    let code = DoubleMetaphone::new(Some(METAPHONE_LEN))
        .double_metaphone(&letters(text)?)
        .primary();
    (!code.is_empty()).then_some(code)
}

/// Soundex code of the ASCII letters of `text`; `None` when there are none.
/// Source: Russell and Odell (1918), American Soundex as implemented by rphonetic.
pub fn soundex(text: &str) -> Option<String> {
    let code = Soundex::default().encode(&letters(text)?);
    (!code.is_empty()).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sounds_alike() {
        assert_eq!(double_metaphone("murphy"), double_metaphone("merphy"));
        assert_ne!(double_metaphone("murphy"), double_metaphone("martin"));
        assert_eq!(soundex("robert"), soundex("rupert"));
    }

    #[test]
    fn letters_the_encoders_cannot_read_are_skipped_not_fatal() {
        for text in ["Müller", "Łukasz", "東京", "", "123", "\u{200b}", "ñ"] {
            let _ = (double_metaphone(text), soundex(text));
        }
    }
}
