//! Folding text to lower-case Latin letters, digits and single spaces.
//!
//! The first step of every matchcode but e-mail and phone. Lossy on purpose: the original stays in the table.

use std::borrow::Cow;
use unicode_normalization::UnicodeNormalization;

/// Folds text to `a-z`, `0-9` and single spaces, without spaces at the ends.
///
/// Apostrophes vanish (`O'Brien` becomes `obrien`), every other sign becomes a space (`Jean-Luc` becomes `jean luc`,
/// `J.R.` becomes `j r`). Letters with marks lose them and other scripts are romanised letter by letter
/// (`Łódź` lodz, `Иван` ivan, `王` wang, `ß` ss, `ø` o, `æ` ae, `þ` th, `ı` and `İ` i).
///
/// German umlauts become the bare vowel (`Müller` muller), since most other languages read the letter so and many
/// exports drop the dots; the spelled-out form (`Mueller`) is left as written, and
/// [`variants_of`](super::variants::variants_of) joins the two for known names.
///
/// Cost: one pass for ASCII; other text is brought to NFKC and transliterated first.
///
/// ```
/// use kinfold::normalise::fold::fold;
/// assert_eq!(fold("  Zoë\u{200b} O’Brien-ŁUKASZ "), "zoe obrien lukasz");
/// assert_eq!(fold("Müller & Söhne"), "muller sohne");
/// ```
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return fold_ascii(text);
    }
    fold_ascii(&romanised(&decoded_again(text)))
}

/// Most letters of a folded word that are kept: no name has so many, and comparing two words of a hundred thousand
/// letters would take minutes.
const LETTERS_MAX: usize = 256;

/// Cuts folded words to their first 256 letters; true when one was longer.
pub(super) fn cut_words(words: &mut [String]) -> bool {
    let mut is_cut = false;
    for word in words.iter_mut().filter(|w| w.len() > LETTERS_MAX) {
        word.truncate(LETTERS_MAX);
        is_cut = true;
    }
    is_cut
}

/// Text that was UTF-8 and was read as Windows-1252 on its way (`MÃ¼ller`), as it was meant (`Müller`); any other text
/// as it is.
///
/// Only when every character stands for one byte of Windows-1252 and the bytes are valid UTF-8: words of real
/// languages are not, since a letter with a mark is never followed by the signs that UTF-8 needs there.
///
/// ```
/// use kinfold::normalise::fold::decoded_again;
/// assert_eq!(decoded_again("MÃ¼ller"), "Müller");
/// assert_eq!(decoded_again("São Paulo"), "São Paulo");
/// ```
pub fn decoded_again(text: &str) -> Cow<'_, str> {
    // UTF-8 begins a character of two to four bytes with 0xC2 to 0xF4, which read as these letters.
    if text.is_ascii() || !text.chars().any(|c| ('\u{c2}'..='\u{f4}').contains(&c)) {
        return Cow::Borrowed(text);
    }
    let Some(bytes) = text
        .chars()
        .map(windows_1252_byte)
        .collect::<Option<Vec<u8>>>()
    else {
        return Cow::Borrowed(text);
    };
    String::from_utf8(bytes).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// The characters that Windows-1252 has at 0x80 to 0x9F, five of which it leaves open.
/// Source: WHATWG Encoding Standard, index windows-1252.
const WINDOWS_1252: [char; 32] = [
    '\u{20ac}', '\u{81}', '\u{201a}', '\u{192}', '\u{201e}', '\u{2026}', '\u{2020}', '\u{2021}',
    '\u{2c6}', '\u{2030}', '\u{160}', '\u{2039}', '\u{152}', '\u{8d}', '\u{17d}', '\u{8f}',
    '\u{90}', '\u{2018}', '\u{2019}', '\u{201c}', '\u{201d}', '\u{2022}', '\u{2013}', '\u{2014}',
    '\u{2dc}', '\u{2122}', '\u{161}', '\u{203a}', '\u{153}', '\u{9d}', '\u{17e}', '\u{178}',
];

/// The byte a character stands for when bytes were read as Windows-1252, or as ISO 8859-1.
fn windows_1252_byte(c: char) -> Option<u8> {
    match u8::try_from(u32::from(c)) {
        Ok(byte) => Some(byte),
        Err(_) => WINDOWS_1252
            .iter()
            .position(|w| *w == c)
            .map(|at| 0x80 + at as u8),
    }
}

/// NFKC, then any_ascii, with spaces and signs kept apart so that nothing sticks together.
fn romanised(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.nfkc() {
        if c.is_ascii() {
            out.push(c);
        } else if is_apostrophe(c) {
            out.push('\'');
        } else if is_invisible(c) {
        } else if c.is_alphanumeric() || is_mark(c) {
            // Transliterations may hold signs of their own (the soft sign becomes `'`): only letters count.
            out.extend(
                any_ascii::any_ascii_char(c)
                    .chars()
                    .filter(char::is_ascii_alphanumeric),
            );
        } else {
            out.push(' ');
        }
    }
    out
}

fn fold_ascii(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    for b in text.bytes() {
        if b.is_ascii_alphanumeric() {
            if gap && !out.is_empty() {
                out.push(' ');
            }
            gap = false;
            out.push(b.to_ascii_lowercase() as char);
        } else if b != b'\'' && b != b'`' {
            gap = true;
        }
    }
    out
}

/// Signs people type for an apostrophe; removed, so that `O’Brien`, `O'Brien` and `OBrien` are one.
fn is_apostrophe(c: char) -> bool {
    matches!(
        c,
        '\u{2018}'
            | '\u{2019}'
            | '\u{201b}'
            | '\u{02bb}'
            | '\u{02bc}'
            | '\u{00b4}'
            | '\u{2032}'
            | '\u{ff07}'
            | '\u{02b9}'
    )
}

/// Characters that show nothing: zero-width, direction marks, soft hyphen, byte-order mark, variation selectors.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{00ad}' | '\u{061c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}'
            | '\u{2066}'..='\u{2069}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
    )
}

/// Combining marks: any_ascii drops them or gives their vowel (Indic vowel signs).
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

/// Text [decoded again](decoded_again) and without characters that show nothing; borrowed when there is nothing to do.
pub(crate) fn visible(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    // First the decoding: half of a letter may look like a soft hyphen.
    let text = decoded_again(text);
    if text.chars().any(is_invisible) {
        Cow::Owned(text.chars().filter(|c| !is_invisible(*c)).collect())
    } else {
        text
    }
}

/// Letters and digits of the folded text without spaces.
pub(crate) fn squash(text: &str) -> String {
    let mut out = fold(text);
    out.retain(|c| c != ' ');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folds() {
        let table = [
            ("", ""),
            ("   ", ""),
            ("ACME", "acme"),
            ("J.R.", "j r"),
            ("Jean-Luc", "jean luc"),
            ("O'Brien", "obrien"),
            ("O’Brien", "obrien"),
            ("O`Brien", "obrien"),
            ("Müller", "muller"),
            ("Mu\u{308}ller", "muller"),
            ("Straße", "strasse"),
            ("Łukasz Żółć", "lukasz zolc"),
            ("Søren Kjær", "soren kjaer"),
            ("Þór Guðmundsson", "thor gudmundsson"),
            ("Işık İnönü", "isik inonu"),
            ("Đorđe", "dorde"),
            ("Œuvre", "oeuvre"),
            ("Zoë\u{200b}", "zoe"),
            ("Zo\u{00ad}e", "zoe"),
            ("\u{feff}Anna", "anna"),
            ("Ｊｏｈｎ　Ｓｍｉｔｈ", "john smith"),
            ("Иван Петров", "ivan petrov"),
            ("Ольга", "olga"),
            ("José María", "jose maria"),
            ("a\u{a0}b", "a b"),
            ("½", "1 2"),
            ("№ 5", "no 5"),
            ("«Рога и Копыта»", "roga i kopyta"),
            ("😀 Anna", "anna"),
        ];
        for (input, expected) in table {
            assert_eq!(fold(input), expected, "{input:?}");
        }
    }

    #[test]
    fn text_read_with_the_wrong_encoding_is_decoded_again() {
        for (read_wrong, meant) in [
            ("SchrÃ¶der", "Schröder"),
            ("MarÃ\u{ad}a", "María"),
            ("ÄŒech", "Čech"),
            ("TaÅŸ Kimya", "Taş Kimya"),
            ("GroÃŸ", "Groß"),
            ("Ð˜Ð²Ð°Ð½", "Иван"),
            ("O\u{e2}\u{20ac}\u{2122}Brien", "O’Brien"),
        ] {
            assert_eq!(decoded_again(read_wrong), meant);
            assert_eq!(fold(read_wrong), fold(meant));
        }
        for kept in [
            "São Paulo",
            "SÃO PAULO",
            "Ærø",
            "Ñandú",
            "Müller",
            "Łódź",
            "Иван",
            "Âu Cơ",
            "naïve",
        ] {
            assert_eq!(decoded_again(kept), kept);
        }
    }

    #[test]
    fn folding_twice_changes_nothing() {
        for text in [
            "Müller & Söhne",
            "王小明",
            "Ñandú",
            "ﬁnance",
            "ǅ",
            "한국",
            "ПРИВЕТ",
            "عبد الله",
        ] {
            let once = fold(text);
            assert_eq!(fold(&once), once, "{text}");
            assert!(
                once.bytes()
                    .all(|b| b == b' ' || b.is_ascii_lowercase() || b.is_ascii_digit()),
                "{once}"
            );
        }
    }
}
