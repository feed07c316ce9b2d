//! Phone numbers to E.164 matchcodes.
//!
//! Cleans what people type (labels, extensions, two numbers in a cell, spreadsheet damage) and leaves numbering plans
//! to `phone_plan`. A calling code in the number always wins over the record's country.

use super::cell::each_once;
use super::fold::visible;
use super::phone_plan::{Parsed, Plan, Plans};
use super::tables::phones::{EXTENSION_WORDS, LABELS};
use crate::model::{Mark, Marks, PhoneCode, PhoneKind};
use std::borrow::Cow;

/// Fewest digits worth keeping as a weak code.
const WEAK_DIGITS_MIN: usize = 7;
/// Digits without a plus or a country are tried as an international number from this length on.
const BARE_INTERNATIONAL_DIGITS_MIN: usize = 11;
/// Most digits a matchcode may have: longer is an account number or two numbers run together.
const DIGITS_MAX: usize = 20;

/// Reads phone numbers; holds the country assumed for records without one.
#[derive(Debug, Clone, Default)]
pub struct PhoneReader {
    default_country: Option<String>,
}

impl PhoneReader {
    /// `default_country`: ISO 3166 alpha-2, any case; a code without a numbering plan is ignored.
    pub fn new(default_country: Option<&str>) -> Self {
        PhoneReader {
            default_country: default_country.map(|c| c.trim().to_ascii_uppercase()),
        }
    }

    /// The numbers of a cell, in order. Blank text gives none; text without a number gives one code marked `Invalid`.
    ///
    /// `country`: the record's, ISO 3166 alpha-2. Tried in order for a number without `+`: the country, then the default
    /// country; each as a national number, with the international prefix dialled there, and with the calling code in
    /// front but the `+` missing. The last comes first for eleven digits or more that lack the zero dialled before
    /// national numbers: of `491747155529` in Germany a spreadsheet has eaten a plus, not the zero of a line in Leer.
    ///
    /// A number its plan knows gets `+` code and national number. One of a length the plan knows, but in no range given
    /// out, gets the same form and the mark `Invalid`. Anything else of seven digits or more gets `~` and its digits and
    /// the mark `Weak`; so does one that has such a length only with zeros which its international form would lose, and
    /// the mark `Invalid` as well.
    ///
    /// Cost: a few walks over the digits of a number; a plan's tables are made when first needed, and the first call unpacks
    /// the metadata.
    pub fn read(&self, text: &str, country: Option<&str>) -> Vec<PhoneCode> {
        let text = plain(text);
        let text = text.trim();
        if text.is_empty() {
            return Vec::new();
        }
        let mut marks = Marks::NONE;
        let repaired = match spreadsheet(text) {
            Spreadsheet::Lost => {
                return vec![nothing(marks.with(Mark::Mangled).with(Mark::Invalid))];
            }
            Spreadsheet::Repaired(digits) => {
                marks.add(Mark::Mangled);
                digits
            }
            Spreadsheet::Plain => text,
        };
        // RFC 3966 writes the extension behind a semicolon, which otherwise parts numbers.
        let repaired = if repaired.contains(';') {
            Cow::Owned(repaired.replace(";ext=", " ext "))
        } else {
            Cow::Borrowed(repaired)
        };
        let country = country.map(|c| c.trim().to_ascii_uppercase());
        let mut codes = each_once(
            split(&repaired)
                .into_iter()
                .filter_map(|piece| self.one(piece, country.as_deref(), marks)),
            |a, b| a.matchcode == b.matchcode && a.extension == b.extension,
            |code| (code.matchcode.clone(), code.extension.clone()),
        );
        if codes.iter().any(|c| !c.matchcode.is_empty()) {
            codes.retain(|c| !c.matchcode.is_empty());
        } else if codes.is_empty() {
            codes.push(nothing(marks.with(Mark::Invalid)));
        } else {
            codes.truncate(1);
        }
        codes
    }

    /// One number; `None` when the text holds no digit.
    fn one(&self, text: &str, country: Option<&str>, marks: Marks) -> Option<PhoneCode> {
        let text = without_label(text.trim());
        let (text, extension) = split_extension(text);
        let number = dialled(text)?;
        let mut marks = marks;
        if !extension.is_empty() {
            marks.add(Mark::Extension);
        }
        if number.digits.is_empty() {
            return None;
        }
        if number.digits.len() > DIGITS_MAX || number.digits.len() < 3 {
            return Some(nothing(marks.with(Mark::Invalid)));
        }
        let mut parsed = self.parse(&number, country);
        if let Some(unknown) = parsed.take_if(|p| p.kind.is_none()) {
            parsed = settled(Plans::get(), unknown);
            if parsed.is_none() {
                marks.add(Mark::Invalid);
            }
        }
        if is_placeholder(&number.digits)
            || parsed.as_ref().is_some_and(|p| is_placeholder(&p.national))
        {
            marks.add(Mark::Placeholder);
        }
        let (matchcode, kind) = match parsed {
            Some(Parsed {
                code,
                national,
                kind,
            }) => {
                if kind.is_none() {
                    marks.add(Mark::Invalid);
                }
                (
                    format!("+{code}{national}"),
                    kind.unwrap_or(PhoneKind::Unknown),
                )
            }
            None if number.digits.len() >= WEAK_DIGITS_MIN => {
                marks.add(Mark::Weak);
                (format!("~{}", number.digits), PhoneKind::Unknown)
            }
            None => {
                marks.add(Mark::Invalid);
                (String::new(), PhoneKind::Unknown)
            }
        };
        Some(PhoneCode {
            matchcode,
            extension,
            kind,
            marks,
        })
    }

    fn parse(&self, number: &Dialled, country: Option<&str>) -> Option<Parsed> {
        let plans = Plans::get();
        let digits = number.digits.as_str();
        if number.international {
            // No calling code begins with a zero: `+01 425 …` and `+0044 …` are habits of people and of exports.
            return plans.international(digits.trim_start_matches('0'));
        }
        let mut countries: Vec<&Plan> = Vec::with_capacity(2);
        for iso2 in [country, self.default_country.as_deref()]
            .into_iter()
            .flatten()
        {
            if let Some(plan) = plans.country(if iso2 == "UK" { "GB" } else { iso2 })
                && !countries.iter().any(|p| p.id == plan.id)
            {
                countries.push(plan);
            }
        }
        let mut fallback = None;
        let mut consider = |parsed: Option<Parsed>| match parsed {
            Some(p) if p.kind.is_some() => Some(p),
            other => {
                if fallback.is_none() {
                    fallback = other;
                }
                None
            }
        };
        for plan in &countries {
            if plan.has_trunk_prefix()
                && digits.len() >= BARE_INTERNATIONAL_DIGITS_MIN
                && let Some(p) = plans.without_own_code(plan, digits)
            {
                return Some(p);
            }
            if let Some(p) = consider(plans.national(plan, digits)) {
                return Some(p);
            }
            if let Some(rest) = plan.without_international_prefix(digits)
                && let Some(p) = plans.international(rest).filter(|p| p.kind.is_some())
            {
                return Some(p);
            }
            if let Some(p) = plans.without_own_code(plan, digits) {
                return Some(p);
            }
        }
        // Whatever the country says: 00, the North American 011, and long numbers that are valid with their own code.
        for prefix in ["00", "011"] {
            if let Some(rest) = digits.strip_prefix(prefix)
                && let Some(p) = plans.international(rest.trim_start_matches('0'))
                && (p.kind.is_some() || prefix == "00")
            {
                return Some(p);
            }
        }
        if digits.len() >= BARE_INTERNATIONAL_DIGITS_MIN
            && !digits.starts_with('0')
            && let Some(p) = plans.international(digits).filter(|p| p.kind.is_some())
        {
            return Some(p);
        }
        fallback
    }
}

/// A number that no plan holds, as its own international form is read: `+49 0 0911 2`, and `0045 98 467 280280` in
/// Germany, leave a zero behind the calling code, which `+49 0…` would lose, and reading what was read must change
/// nothing. `None` when what is left without the zeros has no length that the plan knows.
fn settled(plans: &Plans, mut parsed: Parsed) -> Option<Parsed> {
    loop {
        let again = plans.international(&format!("{}{}", parsed.code, parsed.national))?;
        if again.national.len() >= parsed.national.len() {
            return Some(parsed);
        }
        parsed = again;
    }
}

/// A code with nothing to compare.
fn nothing(marks: Marks) -> PhoneCode {
    PhoneCode {
        matchcode: String::new(),
        extension: String::new(),
        kind: PhoneKind::Unknown,
        marks,
    }
}

/// Digits of every script as ASCII, odd dashes, blanks and pluses as plain ones, invisible characters gone.
fn plain(text: &str) -> Cow<'_, str> {
    let text = visible(text);
    if text.is_ascii() {
        return text;
    }
    let out = text
        .chars()
        .map(|c| match c {
            '\u{ff0b}' | '\u{fe62}' => '+',
            '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{30fc}' | '\u{ff0d}' | '\u{fe63}' => '-',
            '\u{ff08}' => '(',
            '\u{ff09}' => ')',
            '\u{ff0f}' => '/',
            '\u{ff0e}' | '\u{b7}' | '\u{2022}' => '.',
            '\u{ff1b}' | '\u{61b}' => ';',
            '\u{ff0c}' | '\u{60c}' | '\u{3001}' => ',',
            '\u{ff1a}' => ':',
            '\u{ff03}' => '#',
            c if c.is_whitespace() && c != '\n' && c != '\r' => ' ',
            c => decimal_digit(c).unwrap_or(c),
        })
        .collect();
    Cow::Owned(out)
}

/// Zeros of the decimal digits people type phone numbers with, after Unicode category Nd.
const ZEROS: [u32; 17] = [
    0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66,
    0x0e50, 0x0ed0, 0x0f20, 0x1040, 0xff10,
];

fn decimal_digit(c: char) -> Option<char> {
    let code = c as u32;
    let zero = ZEROS.into_iter().find(|z| (*z..*z + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

/// What a spreadsheet did to a number.
enum Spreadsheet<'a> {
    /// Digits are lost: `4.42079E+11`.
    Lost,
    /// Digits are all there: `442079460958.0`, `="0049…"`, `'0049…`.
    Repaired(&'a str),
    /// Nothing.
    Plain,
}

fn spreadsheet(text: &str) -> Spreadsheet<'_> {
    if let Some(at) = text.find(['e', 'E']) {
        let (mantissa, exponent) = (&text[..at], &text[at + 1..]);
        let exponent = exponent.trim_start_matches('+');
        let number = |t: &str| {
            !t.is_empty()
                && t.bytes()
                    .all(|b| b.is_ascii_digit() || b == b'.' || b == b',')
        };
        if number(mantissa)
            && !exponent.is_empty()
            && exponent.len() <= 2
            && exponent.bytes().all(|b| b.is_ascii_digit())
        {
            return Spreadsheet::Lost;
        }
    }
    let inner = text
        .strip_prefix("=\"")
        .and_then(|t| t.strip_suffix('"'))
        .or_else(|| text.strip_prefix('\''))
        .or_else(|| text.strip_prefix('=').filter(|t| t.starts_with(['+', '0'])));
    if let Some(inner) = inner {
        return Spreadsheet::Repaired(inner);
    }
    for zero in [".0", ".00", ",0", ",00"] {
        if let Some(digits) = text.strip_suffix(zero) {
            let bare = digits.strip_prefix('+').unwrap_or(digits);
            if bare.len() >= WEAK_DIGITS_MIN && bare.bytes().all(|b| b.is_ascii_digit()) {
                return Spreadsheet::Repaired(digits);
            }
        }
    }
    Spreadsheet::Plain
}

fn n_digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

/// Splits a cell with several numbers. A short part behind a slash is another ending of the number before it and is
/// dropped; a short part before one is an area code (`030/1234567`) and stays.
fn split(text: &str) -> Vec<&str> {
    // Nearly all cells: no separator, and no letter or `&` to make a word of.
    let is_one = !text.bytes().any(|b| {
        b.is_ascii_alphabetic()
            || matches!(
                b,
                b'&' | b';' | b'|' | b'\n' | b'\r' | b'\t' | b',' | b'/' | b'\\'
            )
    });
    if is_one && !text.trim().is_empty() {
        return vec![text];
    }
    let mut parts = Vec::new();
    for line in text.split([';', '|', '\n', '\r', '\t']) {
        for part in split_words(line) {
            for part in part
                .split(',')
                .fold(Vec::new(), |out, p| join_short(out, p, part, ','))
            {
                let slashes = part
                    .split(['/', '\\'])
                    .fold(Vec::new(), |out, p| join_short(out, p, part, '/'));
                parts.extend(slashes);
            }
        }
    }
    parts.retain(|p| !p.trim().is_empty());
    parts
}

/// Most bytes of a line in which words part numbers: each word is sought in all that is left behind each number.
const WORDS_IN_LINE_MAX: usize = 1_000;

/// Splits at `or`, `and`, `&`, `oder`, `ou`, `und`, `y` when both sides are numbers, in lines of usual length.
fn split_words(line: &str) -> Vec<&str> {
    if line.len() > WORDS_IN_LINE_MAX {
        return vec![line];
    }
    for word in [
        " or ", " and ", " & ", " oder ", " und ", " ou ", " et ", " OR ", " o ", " y ",
    ] {
        if let Some((left, right)) = line.split_once(word)
            && n_digits(left) >= 6
            && n_digits(right) >= 6
        {
            let mut parts = vec![left];
            parts.extend(split_words(right));
            return parts;
        }
    }
    vec![line]
}

/// Adds `piece` to `parts`: as a number of its own when it and the one before are long enough.
fn join_short<'a>(
    mut parts: Vec<&'a str>,
    piece: &'a str,
    whole: &'a str,
    separator: char,
) -> Vec<&'a str> {
    let Some(last) = parts.pop() else {
        return vec![piece];
    };
    let start = |s: &str| s.as_ptr() as usize - whole.as_ptr() as usize;
    let joined = &whole[start(last)..start(piece) + piece.len()];
    // From the end, where pieces with digits were joined last: a cell may be nothing but short pieces.
    let has_digits = |s: &str, n: usize| {
        let digits = s.bytes().rev().filter(u8::is_ascii_digit);
        digits.take(n).count() == n
    };
    if has_digits(last, WEAK_DIGITS_MIN) && has_digits(piece, WEAK_DIGITS_MIN) {
        parts.push(last);
        parts.push(piece);
    } else if !has_digits(last, 1) {
        parts.push(piece);
    } else if !has_digits(piece, 1)
        || has_digits(last, WEAK_DIGITS_MIN) && separator == '/' && piece.trim().len() <= 4
    {
        parts.push(last);
    } else {
        parts.push(joined);
    }
    parts
}

/// The text without a label in front: `Tel.: 030 …`, `(m) 0171 …`, `tel:+49…`.
fn without_label(text: &str) -> &str {
    let mut rest = text.trim_start_matches(['(', '[', '*', '\'', '"', ' ']);
    let mut labelled = false;
    loop {
        let n: usize = rest
            .chars()
            .take_while(|c| c.is_alphabetic())
            .map(char::len_utf8)
            .sum();
        if n == 0 {
            break;
        }
        let word = rest[..n].to_lowercase();
        if !LABELS.contains(&word.as_str()) {
            return text;
        }
        labelled = true;
        rest = rest[n..].trim_start_matches([' ', '.', ':', ')', ']', '-', '/', '#', '=', '*']);
    }
    if labelled { rest } else { text }
}

/// Number and extension: `+1 212 555 0123 ext. 45`, `… x45`, `… #45`, `…;ext=45`, `…,,45`.
fn split_extension(text: &str) -> (&str, String) {
    let unchanged = (text, String::new());
    let end = text.trim_end_matches([' ', ')', ']', '.', ',', ';']);
    let n = end.bytes().rev().take_while(u8::is_ascii_digit).count();
    if n == 0 || n > 7 {
        return unchanged;
    }
    let digits = &end[end.len() - n..];
    let before = end[..end.len() - n].trim_end_matches([' ', '.', ':', '=', '(', '[', '-']);
    let number = if let Some(rest) = before.strip_suffix('#') {
        rest
    } else if let Some(rest) = before.strip_suffix(',') {
        rest
    } else {
        let letters: usize = before
            .chars()
            .rev()
            .take_while(|c| c.is_alphabetic())
            .map(char::len_utf8)
            .sum();
        let word = before[before.len() - letters..].to_lowercase();
        if letters == 0 || !EXTENSION_WORDS.contains(&word.as_str()) {
            return unchanged;
        }
        &before[..before.len() - letters]
    };
    if n_digits(number) < 3 {
        return unchanged;
    }
    (
        number.trim_end_matches([' ', ',', ';', '.', '(', '[', '-', '/', '#']),
        digits.to_owned(),
    )
}

/// What would be dialled.
struct Dialled {
    digits: String,
    /// Written with a plus.
    international: bool,
}

/// Digits of a number; `None` for text that is not one.
fn dialled(text: &str) -> Option<Dialled> {
    let first = text.find(|c: char| c.is_ascii_digit() || c == '+')?;
    let letters_before = text[..first].chars().any(char::is_alphabetic);
    if letters_before {
        return None;
    }
    let rest = &text[first..];
    let international = rest.starts_with('+');
    let number = match rest.find(char::is_alphabetic) {
        None => rest,
        // A note behind the number: `030 123456 (Anna)`.
        Some(at) if n_digits(&rest[..at]) >= WEAK_DIGITS_MIN && n_digits(&rest[at..]) == 0 => {
            &rest[..at]
        }
        Some(_) => {
            return vanity(rest).map(|digits| Dialled {
                digits,
                international,
            });
        }
    };
    let trunk_in_brackets = international || number.starts_with("00");
    let without_trunk = if trunk_in_brackets && number.contains("(0") {
        Cow::Owned(number.replacen("(0)", "", 1).replacen("(0", "(", 1))
    } else {
        Cow::Borrowed(number)
    };
    let digits: String = without_trunk.chars().filter(char::is_ascii_digit).collect();
    Some(Dialled {
        digits,
        international,
    })
}

/// `1-800-FLOWERS`: a freephone code, then seven letters or digits or more, of which the first seven are dialled.
fn vanity(text: &str) -> Option<String> {
    let bare: String = text
        .chars()
        .filter(|c| !matches!(c, ' ' | '-' | '.' | '(' | ')' | '+'))
        .collect();
    if !bare.is_ascii() {
        return None;
    }
    let national = bare.strip_prefix('1').unwrap_or(&bare);
    let code = national.get(..3)?;
    if !matches!(code, "800" | "888" | "877" | "866" | "855" | "844" | "833") {
        return None;
    }
    let rest = &national[3..];
    if !(7..=12).contains(&rest.len()) || !rest.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return None;
    }
    let keys: String = rest.bytes().take(7).map(key).collect();
    Some(format!("1{code}{keys}"))
}

/// The key of a letter on a phone. Source: ITU-T E.161.
fn key(letter: u8) -> char {
    match letter.to_ascii_lowercase() {
        b'a'..=b'c' => '2',
        b'd'..=b'f' => '3',
        b'g'..=b'i' => '4',
        b'j'..=b'l' => '5',
        b'm'..=b'o' => '6',
        b'p'..=b's' => '7',
        b't'..=b'v' => '8',
        b'w'..=b'z' => '9',
        digit => digit as char,
    }
}

/// One digit over and over, or a run up or down the keys, with or without a trunk zero or a leading one.
fn is_placeholder(digits: &str) -> bool {
    let filler = |d: &str| {
        let b = d.as_bytes();
        if b.len() < 6 {
            return b.len() >= 4 && b.iter().all(|x| *x == b[0]);
        }
        let same = b.iter().all(|x| *x == b[0]);
        let step = |by: u8| b.windows(2).all(|w| (w[1] + 10 - w[0]) % 10 == by);
        same || step(1) || step(9)
    };
    let core = digits.trim_start_matches('0');
    filler(digits)
        || core.is_empty()
        || digits.len() >= 7 && core.len() + 1 == digits.len() && filler(core)
        || digits.len() >= 10 && core.len() < 4
        || matches!(digits.strip_prefix('1'), Some(rest) if rest.len() >= 7 && filler(rest))
}

#[cfg(test)]
mod tests;
