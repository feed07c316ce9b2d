//! A line of an address as tokens.

use crate::normalise::fold::{decoded_again, fold};

/// A word of an address: folded, or digits with `-` or `/` between, or `#`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) text: String,
    /// Written as a floor's number is in Romance languages: `3º`.
    pub(super) is_floor: bool,
}

/// A house number as written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Number {
    /// `12`, `12a`, `37-12`.
    pub(super) first: String,
    /// End of a range, else empty.
    pub(super) to: String,
    /// What stands behind a slash.
    pub(super) behind_slash: Option<String>,
}

impl Number {
    pub(super) fn plain(text: &str) -> Number {
        Number {
            first: text.to_owned(),
            to: String::new(),
            behind_slash: None,
        }
    }
}

impl Token {
    pub(super) fn word(text: &str) -> Token {
        Token {
            text: text.to_owned(),
            is_floor: false,
        }
    }

    pub(super) fn has_digit(&self) -> bool {
        self.text.bytes().any(|b| b.is_ascii_digit())
    }

    /// `3rd`.
    pub(super) fn is_ordinal(&self) -> bool {
        super::is_numbered(&self.text)
    }

    /// The token as a house number: up to six digits with at most one letter, or two with a sign between.
    pub(super) fn number(&self) -> Option<Number> {
        if self.is_floor {
            return None;
        }
        if let Some((first, part)) = self.text.split_once('/') {
            return Some(Number {
                behind_slash: Some(trimmed(part)),
                ..Number::plain(&house(first)?)
            });
        }
        if let Some((first, to)) = self.text.split_once('-') {
            return Some(range(&house(first)?, to));
        }
        Some(Number::plain(&house(&self.text)?))
    }
}

/// Digits with at most one letter (or `bis`) behind, leading zeros off.
fn house(text: &str) -> Option<String> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &text[digits..];
    let addition = rest.is_empty() || super::is_addition(rest);
    ((1..=6).contains(&digits) && addition).then(|| trimmed(text))
}

fn trimmed(text: &str) -> String {
    let trimmed = text.trim_start_matches('0');
    if trimmed.starts_with(|c: char| c.is_ascii_digit()) {
        trimmed.to_owned()
    } else {
        text.to_owned()
    }
}

/// `12-14` and `8225-29` are houses on one side of a street; `37-12` is one house of Queens.
fn range(first: &str, to: &str) -> Number {
    if let Some(to) = range_end(first, to) {
        return Number {
            to: to.to_string(),
            ..Number::plain(first)
        };
    }
    // The zero of `35-07` tells it from `35-7`, which ends at 37.
    let short = trimmed(to);
    let to = match range_end(first, &short) {
        Some(_) => to,
        None => &short,
    };
    Number::plain(&format!("{first}-{to}"))
}

/// The last house of a range whose end may be written by its last digits.
fn range_end(first: &str, to: &str) -> Option<u32> {
    let whole = if to.len() < first.len() && to.bytes().all(|b| b.is_ascii_digit()) {
        format!("{}{to}", &first[..first.len() - to.len()])
    } else {
        to.to_owned()
    };
    let (from, to) = (first.parse::<u32>().ok()?, whole.parse::<u32>().ok()?);
    (to > from && to - from <= 40 && (to - from) % 2 == 0).then_some(to)
}

/// The segments of a line, cut at commas, brackets, lines and dashes with blanks; each has a token at least.
pub(super) fn segments(text: &str) -> Vec<Vec<Token>> {
    let text = decoded_again(text);
    let mut segments: Vec<Vec<Token>> = vec![Vec::new()];
    for piece in text.split([',', ';', '\n', '\r', '(', ')', '[', ']', '|', '\u{ff0c}']) {
        if piece.trim_start().to_ascii_lowercase().starts_with("c/o") {
            continue;
        }
        segments.push(Vec::new());
        for raw in piece.split_whitespace() {
            if matches!(raw, "-" | "\u{2013}" | "\u{2014}") {
                segments.push(Vec::new());
                continue;
            }
            let segment = segments.last_mut().expect("begun above");
            push_word(raw, segment);
        }
    }
    segments.retain(|s| !s.is_empty());
    segments
}

fn push_word(raw: &str, out: &mut Vec<Token>) {
    let bare = raw.trim_end_matches(['.', ':']);
    if let Some(rest) = bare.strip_prefix('#') {
        out.push(Token::word("#"));
        if !rest.is_empty() {
            push_word(rest, out);
        }
        return;
    }
    let digits = bare.chars().take_while(char::is_ascii_digit).count();
    let behind: String = bare.chars().skip(digits).collect();
    if digits > 0 && behind.starts_with(['\u{ba}', '\u{aa}', '\u{b0}']) {
        out.push(Token {
            text: fold(bare),
            is_floor: true,
        });
        return;
    }
    if digits > 0
        && let Some(composite) = composite(bare)
    {
        out.push(Token::word(&composite));
        return;
    }
    for word in fold(raw).split(' ').filter(|w| !w.is_empty()) {
        // `24 th` is one word.
        if matches!(word, "st" | "nd" | "rd" | "th")
            && let Some(last) = out.last_mut()
            && !last.is_floor
            && last.text.bytes().all(|b| b.is_ascii_digit())
            && super::words::ordinal(&last.text).ends_with(word)
            && out.len() > 1
        {
            let last = out.last_mut().expect("looked at above");
            last.text.push_str(word);
            continue;
        }
        out.push(Token::word(word));
    }
}

/// `12-14`, `12/3`, `10/A`: two numbers, or a number and a letter, with a sign between.
fn composite(text: &str) -> Option<String> {
    let text = text
        .replace(['\u{2013}', '\u{2014}'], "-")
        .to_ascii_lowercase();
    let (first, second) = text.split_once(['-', '/'])?;
    house(first)?;
    if second.len() == 1 && second.as_bytes()[0].is_ascii_lowercase() {
        return first
            .bytes()
            .all(|b| b.is_ascii_digit())
            .then(|| format!("{first}{second}"));
    }
    house(second)?;
    let sign = text.as_bytes()[first.len()] as char;
    Some(format!("{first}{sign}{second}"))
}
