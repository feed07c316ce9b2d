//! What stands in brackets or quotes within a name, and maiden names.

use super::fold;

/// Most pairs of brackets of a kind that are looked into: each takes the text apart anew, and nobody has so many
/// nicknames. What further ones hold is read with the rest.
const BRACKETS_MAX: usize = 16;

/// Splits off what stands in brackets or quotes: `Robert (Bob) Smith`, `Robert "Bob" Smith`; `née …` and what follows
/// is dropped.
pub(super) fn without_nickname(text: &str) -> (String, Option<String>) {
    let mut text = text.to_owned();
    let mut nick = None;
    if text
        .bytes()
        .all(|b| b.is_ascii() && !matches!(b, b' ' | b'(' | b'[' | b'"'))
    {
        return (text.trim().to_owned(), nick);
    }
    for (open, close) in [
        ('(', ')'),
        ('[', ']'),
        ('"', '"'),
        ('“', '”'),
        ('„', '“'),
        ('«', '»'),
        ('（', '）'),
    ] {
        for _ in 0..BRACKETS_MAX {
            let Some(start) = text.find(open) else {
                break;
            };
            let inside = start + open.len_utf8();
            let Some(len) = text[inside..].find(close) else {
                break;
            };
            let content = text[inside..inside + len].to_owned();
            text.replace_range(start..inside + len + close.len_utf8(), " ");
            if fold(&content).is_empty() {
                continue;
            }
            if fold(&text).is_empty() {
                return (content, None);
            }
            nick.get_or_insert(content);
        }
    }
    let mut lower = text.to_lowercase();
    for maiden in [
        " née ",
        " nee ",
        " geb. ",
        " geb ",
        " geboren ",
        " née: ",
        " born ",
        " z domu ",
        " roz. ",
    ] {
        if let Some(at) = lower.find(maiden)
            && text.is_char_boundary(at)
            && !fold(&text[..at]).is_empty()
        {
            text.truncate(at);
            lower = text.to_lowercase();
        }
    }
    (text.trim().to_owned(), nick)
}
