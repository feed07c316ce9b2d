//! Lines of addresses: house number and street, apart from directions, usual kinds of street and parts of the house.
//!
//! A line is cut into segments at commas and the like, what speaks of a part of the house (suite, floor, flat) comes off,
//! and the segment with a house number is the street's. The number stands before the name (`12 Main Street`,
//! `5, rue de la Paix`) or behind it (`Hauptstr. 5`, `Calle Mayor, 12, 3º B`).

mod tokens;
mod words;

use crate::model::{AddressCode, Mark, POST_BOX};
use tokens::{Number, Token, segments};
use words::{WORDS, one_word};

/// Characters of a line that are read: what stands behind so many is no address, and of a line of many thousand words
/// finding the street's would take minutes.
const CHARS_MAX: usize = 1000;

/// Reads a line of an address, `address1_line1` as people type it.
///
/// The matchcode is the house number and the name of the street, the name without blanks: `2610 25thplace` of
/// `2610 W 25th Pl` and of `2610 West 25th Place Lower level`, `5 hauptstrasse` of `Hauptstr. 5` and `Haupt-Straße 5`.
/// Left out of it and kept as parts: the direction, the kind of a named street that stands behind the name (`Main St`,
/// `Main Avenue`), a range's end (`12-14`), the part of the house. The kind of a numbered street and one that stands before
/// the name (`Plaza Mayor`) belong to the name, but for the usual ones (`street`, `rue`, `calle`, `via`, `ul.`).
///
/// A line without a house number has no matchcode and the mark [`Mark::Partial`]. Town and country are not part of it.
/// Of a longer line the first 1,000 characters are read, which gives the mark [`Mark::Cut`].
///
/// ```
/// use kinfold::normalise::address::read;
/// assert_eq!(read("2610 W 25th Pl").matchcode, "2610 25thplace");
/// assert_eq!(read("2610 West 25th Place Lower level").matchcode, "2610 25thplace");
/// assert_eq!(read("Hauptstr. 5").matchcode, read("5 Haupt Straße").matchcode);
/// assert_eq!(read("Calle Mayor 12, 3º B").matchcode, "12 mayor");
/// ```
pub fn read(text: &str) -> AddressCode {
    let mut unit: Vec<String> = Vec::new();
    let beginning = beginning(text);
    let segments: Vec<Vec<Token>> = segments(beginning)
        .into_iter()
        .map(|segment| without_unit(segment, &mut unit))
        .filter(|segment| !segment.is_empty())
        .collect();
    // `Calle Mayor 12, 3º B`.
    let (floors, segments): (Vec<_>, Vec<_>) = segments
        .into_iter()
        .partition(|segment| segment[0].is_floor);
    unit.extend(floors.into_iter().flatten().map(|t| t.text));
    let mut code = street_of(&joined(segments), &mut unit);
    code.unit = unit.concat();
    if beginning.len() < text.len() {
        code.marks.add(Mark::Cut);
    }
    if code.street.is_empty() {
        code.marks.add(Mark::Invalid);
    } else if code.number.is_empty() {
        code.marks.add(Mark::Partial);
    } else {
        code.matchcode = format!("{} {}", code.number, code.street);
    }
    code
}

/// The first [`CHARS_MAX`] characters.
fn beginning(text: &str) -> &str {
    let end = text.char_indices().nth(CHARS_MAX);
    end.map_or(text, |(end, _)| &text[..end])
}

/// Takes what speaks of a part of the house off a segment.
fn without_unit(mut segment: Vec<Token>, unit: &mut Vec<String>) -> Vec<Token> {
    // `Flat 3 12 Main St`, `Unit 3/12 Main St`: the part comes first.
    let leads = segment
        .first()
        .is_some_and(|t| WORDS.units.contains(t.text.as_str()));
    if leads {
        let value_is_composite = segment
            .get(1)
            .is_some_and(|t| t.number().is_some() && t.text.contains('/'));
        let street_from = if value_is_composite { 1 } else { 2 };
        let has_street = segment.len() > street_from + 1
            && segment[street_from].number().is_some()
            && segment[street_from + 1..]
                .iter()
                .any(|t| t.text.len() > 1 && t.number().is_none());
        let rest = if has_street {
            segment.split_off(street_from)
        } else {
            Vec::new()
        };
        unit.extend(segment.into_iter().map(|t| t.text));
        return rest;
    }
    let is_value = |t: Option<&Token>| t.is_some_and(|t| t.text.len() == 1 || t.has_digit());
    for at in 1..segment.len() {
        let word = segment[at].text.as_str();
        let says_part = segment[at].is_floor
            || (WORDS.units.contains(word) && !WORDS.is_kind(word))
            || (WORDS.units.contains(word) && is_value(segment.get(at + 1)) && at >= 2)
            || (WORDS.units_before_number.contains(word) && is_value(segment.get(at + 1)))
            || (word == "#" && segment[0].number().is_some());
        // Something of the street must stand before: a number and a word, or a word and a number.
        let street_before = segment[..at].iter().any(|t| t.number().is_some())
            && segment[..at]
                .iter()
                .any(|t| t.text.len() > 1 && t.number().is_none());
        if !says_part || !street_before {
            continue;
        }
        // `3rd floor`, `2. Etage`: the number belongs to the floor, when another is left for the house.
        let before = &segment[at - 1];
        let of_floor = at >= 3
            && WORDS.floors.contains(word)
            && (before.is_ordinal() || before.number().is_some())
            && segment[..at - 1].iter().any(|t| t.number().is_some());
        let from = if of_floor && !segment[at].is_floor {
            at - 1
        } else {
            at
        };
        let part = segment.split_off(from);
        unit.extend(part.into_iter().map(|t| t.text));
        break;
    }
    segment
}

/// The tokens of the street: one segment, or two of which one is but the number.
fn joined(mut segments: Vec<Vec<Token>>) -> Vec<Token> {
    let is_number_alone = |s: &[Token]| {
        !s.is_empty()
            && s.iter()
                .all(|t| t.number().is_some() || t.text.len() == 1 || WORDS.is_number_word(&t.text))
            && s.iter().any(|t| t.number().is_some())
    };
    let has_number = |s: &[Token]| s.iter().any(|t| t.number().is_some());
    for at in 0..segments.len().saturating_sub(1) {
        let (this, next) = (&segments[at], &segments[at + 1]);
        // `12, rue de la Paix` and `Calle Mayor, 12`, the latter also with a town behind the number.
        let number_first = is_number_alone(this) && !has_number(next);
        let number_behind = !has_number(this)
            && (is_number_alone(next)
                || (next[0].number().is_some() && this.len() > 1 && WORDS.leads(&this[0].text)));
        if number_first || number_behind {
            let mut next = segments.remove(at + 1);
            if number_behind {
                next.truncate(2);
                if next.len() == 2 && next[1].text.len() > 1 && next[0].number().is_some() {
                    next.truncate(1);
                }
            }
            segments[at].extend(next);
            return segments.swap_remove(at);
        }
    }
    let best = segments
        .iter()
        .position(|s| has_number(s) && s.len() > 1)
        .or_else(|| {
            segments
                .iter()
                .position(|s| s.iter().any(|t| WORDS.is_street_word(&t.text)))
        })
        .unwrap_or(0);
    if segments.is_empty() {
        Vec::new()
    } else {
        segments.swap_remove(best)
    }
}

/// Number, name, kind and direction out of the tokens of a street.
fn street_of(tokens: &[Token], unit: &mut Vec<String>) -> AddressCode {
    if let Some(code) = post_office_box(tokens) {
        return code;
    }
    let mut code = AddressCode::default();
    let mut at = 0;
    // `No. 12 Main Street`.
    if tokens.len() > 2
        && WORDS.is_number_word(&tokens[0].text)
        && tokens[1].number().is_some()
        && !WORDS.directions.contains_key(tokens[0].text.as_str())
    {
        at = 1;
    }
    let first = tokens.get(at).and_then(|t| {
        t.number().or_else(|| {
            let counted = WORDS.counted.get(t.text.as_str())?;
            (tokens.len() > at + 1).then(|| Number::plain(counted))
        })
    });
    if let Some(number) = first {
        set_number(&mut code, &number, true, unit);
        let rest = after_number(&mut code, &tokens[at + 1..]);
        name_behind_number(&mut code, rest);
        return code;
    }
    match number_behind(tokens) {
        Some((name_to, number_at)) => {
            if let Some(number) = tokens[number_at].number() {
                set_number(&mut code, &number, false, unit);
                let rest = &tokens[number_at + 1..];
                if let Some(letter) = rest.first().filter(|t| {
                    is_addition(&t.text) && code.number.bytes().all(|b| b.is_ascii_digit())
                }) {
                    code.number.push_str(&letter.text);
                    unit.extend(rest[1..].iter().map(|t| t.text.clone()));
                } else {
                    unit.extend(rest.iter().map(|t| t.text.clone()));
                }
            }
            name_before_number(&mut code, &tokens[..name_to]);
        }
        None => {
            // `Hayes Center 4859 S Wabash`: a building's name before a whole address.
            let inner = (1..tokens.len()).find(|i| tokens[*i].number().is_some());
            let building = inner.filter(|i| {
                *i + 1 < tokens.len()
                    && !WORDS.leads(&tokens[0].text)
                    && !tokens[..*i].iter().any(|t| WORDS.is_street_word(&t.text))
                    && (WORDS.directions.contains_key(tokens[*i + 1].text.as_str())
                        || tokens[*i + 1..]
                            .iter()
                            .skip(1)
                            .any(|t| WORDS.behind.contains_key(t.text.as_str())))
            });
            match building {
                Some(i) => return street_of(&tokens[i..], unit),
                None => name_before_number(&mut code, tokens),
            }
        }
    }
    code
}

/// `PO Box 123`, `Postfach 12 34`.
fn post_office_box(tokens: &[Token]) -> Option<AddressCode> {
    let words: Vec<&str> = tokens.iter().map(|t| t.text.as_str()).collect();
    let skip = match words.as_slice() {
        ["p", "o", "box", ..]
        | ["post", "office", "box", ..]
        | ["apartado", "de", "correos", ..] => 3,
        ["po", "box", ..]
        | ["boite" | "casella", "postale", ..]
        | ["caixa" | "apartado", "postal", ..]
        | ["skrytka", "pocztowa", ..]
        | ["private" | "locked", "bag", ..] => 2,
        [
            "po" | "pobox" | "postfach" | "bp" | "apartado" | "apdo" | "casilla" | "postbus"
            | "postboks" | "postbox",
            _,
            ..,
        ] => 1,
        [_, "pobox"] => 0,
        _ => return None,
    };
    let digits: String = tokens[skip..]
        .iter()
        .take_while(|t| t.text.bytes().all(|b| b.is_ascii_digit()))
        .map(|t| t.text.as_str())
        .collect();
    (!digits.is_empty()).then(|| AddressCode {
        number: digits,
        street: POST_BOX.to_owned(),
        ..AddressCode::default()
    })
}

fn set_number(code: &mut AddressCode, number: &Number, leads: bool, unit: &mut Vec<String>) {
    let number = match (leads, &number.behind_slash) {
        (_, None) => number.clone(),
        // `3/12 Main St` is flat 3 of house 12; `Hauptstr. 12/3` is flat 3 as well.
        (true, Some(house)) => {
            unit.insert(0, number.first.clone());
            Number::plain(house)
        }
        (false, Some(part)) => {
            unit.insert(0, part.clone());
            Number::plain(&number.first)
        }
    };
    (code.number, code.number_to) = (number.first, number.to);
}

/// What follows the number in front: letters that belong to it come off.
fn after_number<'t>(code: &mut AddressCode, rest: &'t [Token]) -> &'t [Token] {
    let mut rest = rest;
    // `12 1/2 Main`.
    if rest.len() > 1 && rest[0].text == "1/2" {
        rest = &rest[1..];
    }
    if let [letter, next, ..] = rest
        && is_addition(&letter.text)
        && code.number.bytes().all(|b| b.is_ascii_digit())
        && !WORDS.directions.contains_key(letter.text.as_str())
        && !WORDS.behind.contains_key(next.text.as_str())
        && !WORDS.before_usual.contains(letter.text.as_str())
    {
        code.number.push_str(&letter.text);
        rest = &rest[1..];
    }
    rest
}

fn is_addition(word: &str) -> bool {
    (word.len() == 1 && word.as_bytes()[0].is_ascii_lowercase()) || matches!(word, "bis" | "quater")
}

/// Where the name ends and where the house number stands, when it stands behind.
fn number_behind(tokens: &[Token]) -> Option<(usize, usize)> {
    (1..tokens.len()).find_map(|at| {
        tokens[at].number()?;
        let marked = at >= 2 && WORDS.is_number_word(&tokens[at - 1].text);
        let name_to = if marked { at - 1 } else { at };
        // `Calle 25 12`: a kind alone is no name.
        let has_name = tokens[..name_to]
            .iter()
            .any(|t| !WORDS.leads(&t.text) && !WORDS.is_number_word(&t.text));
        let next = tokens.get(at + 1);
        let ends = next.is_none_or(|n| {
            n.number().is_some()
                || (is_addition(&n.text)
                    && (at + 2 == tokens.len() || !WORDS.directions.contains_key(n.text.as_str())))
                || n.text == "#"
                || WORDS.units.contains(n.text.as_str())
                || WORDS.units_before_number.contains(n.text.as_str())
        });
        // `Hauptstr. 5 Berlin`.
        let behind_kind = WORDS.ends_street(&tokens[name_to - 1].text);
        (has_name && (marked || ends || behind_kind)).then_some((name_to, at))
    })
}

/// `W 25th Place`, `rue de la Paix`, behind the number.
fn name_behind_number(code: &mut AddressCode, tokens: &[Token]) {
    let words: Vec<&str> = tokens.iter().map(|t| t.text.as_str()).collect();
    if let Some(name) = name_behind_kind(&words) {
        code.street = name;
        return;
    }
    let is_direction = |word: &&str| WORDS.directions.contains_key(*word);
    // `N St Louis Ave`: a kind with nothing before it but directions is part of the name, when a name follows.
    let is_kind = |at: usize| {
        WORDS.behind.contains_key(words[at])
            && (words[..at].iter().any(|w| !is_direction(w))
                || words[at + 1..].iter().all(&is_direction))
    };
    // The last of the first kinds in a row: Mill Lane Close; what follows is a town or a part of the house.
    let mut kind_at = (1..words.len()).find(|at| is_kind(*at));
    while let Some(at) = kind_at
        && at + 1 < words.len()
        && is_kind(at + 1)
    {
        kind_at = Some(at + 1);
    }
    let kind = kind_at.map(|at| WORDS.behind[words[at]]);
    let mut name_to = kind_at.unwrap_or(words.len());
    let mut direction = String::new();
    let is_digits = |at: usize| {
        words
            .get(at)
            .is_some_and(|w| w.bytes().all(|b| b.is_ascii_digit()))
    };
    if let (Some(at), Some(kind)) = (kind_at, kind) {
        let by_number = WORDS.numbered_kinds.contains(kind)
            || (kind == "road" && WORDS.numbered_roads.contains(words[at - 1]));
        if by_number && is_digits(at + 1) {
            code.street = self::name(&[&words[..at], &[kind, words[at + 1]]].concat());
            return;
        }
        direction.extend(
            words
                .get(at + 1)
                .and_then(|w| WORDS.directions.get(w).copied()),
        );
    } else if name_to > 1
        && is_digits(name_to - 1)
        && !matches!(
            words[name_to - 2],
            "route" | "rte" | "highway" | "hwy" | "interstate"
        )
        && words[..name_to - 1]
            .iter()
            .any(|w| w.len() > 1 && !is_direction(w) && !w.as_bytes()[0].is_ascii_digit())
    {
        // `1020 W Bryn Mawr 211`: a flat.
        name_to -= 1;
    }
    let mut name = &words[..name_to];
    let mut leading = String::new();
    while let [first, _, ..] = name
        && leading.len() < 2
        && let Some(short) = WORDS.directions.get(first)
    {
        leading.push_str(short);
        name = &name[1..];
    }
    if !leading.is_empty() {
        direction = leading;
    }
    code.direction = direction;
    code.street = self::name(name);
    match kind {
        Some("street") | None => {}
        // `25th Place` is not 25th Street.
        Some(kind) if is_numbered(&code.street) => code.street.push_str(kind),
        Some(kind) => code.kind = kind.to_owned(),
    }
    if kind == Some("street") && !is_numbered(&code.street) {
        code.kind = "street".to_owned();
    }
}

/// `Hauptstr.`, `Calle Mayor`, `Nanjing Road`, before the number or without one.
fn name_before_number(code: &mut AddressCode, tokens: &[Token]) {
    let words: Vec<&str> = tokens
        .iter()
        .map(|t| t.text.as_str())
        .filter(|w| *w != "#")
        .collect();
    match name_behind_kind(&words) {
        Some(name) => code.street = name,
        // `Haupt Str. 5`: with the number behind it is no English street.
        None if words.len() > 1 && words.ends_with(&["str"]) => code.street = name(&words),
        None => name_behind_number(
            code,
            &words.iter().map(|w| Token::word(w)).collect::<Vec<_>>(),
        ),
    }
}

/// The name when the kind leads: `rue de la Paix` is paix, `Plaza Mayor` placemayor.
fn name_behind_kind(words: &[&str]) -> Option<String> {
    let (first, mut name) = words.split_first()?;
    let usual = WORDS.before_usual.contains(first);
    let kept = WORDS.before.get(first);
    if name.is_empty()
        || !(usual || kept.is_some())
        || name.last().is_some_and(|w| WORDS.behind_only.contains(w))
        || name[..name.len() - 1]
            .iter()
            .any(|w| w.len() >= 4 && WORDS.behind_only.contains(w))
    {
        return None;
    }
    while let [particle, _, ..] = name
        && WORDS.particles.contains(particle)
    {
        name = &name[1..];
    }
    let street = self::name(name);
    Some(match kept.filter(|_| !usual) {
        Some(kind) => one_word(&format!("{kind}{street}")),
        None => street,
    })
}

/// The words of a name as one, in one form.
fn name(words: &[&str]) -> String {
    let mut out = String::new();
    let many = words.len() > 1;
    for (at, word) in words.iter().enumerate() {
        let full = match WORDS.names.get(word) {
            Some(&"") if many => continue,
            Some(&"") | None => word,
            // St only in front: St James Road.
            Some(full) if at == 0 => full,
            Some(full) if *word != "st" && *word != "pt" => full,
            Some(_) => word,
        };
        let full = WORDS.ordinals.get(full).copied().unwrap_or(full);
        let full = if many && at + 1 == words.len() {
            WORDS.loose.get(full).copied().unwrap_or(full)
        } else {
            full
        };
        out.extend(full.chars().filter(char::is_ascii_alphanumeric));
    }
    one_word(&out)
}

/// `25th`.
fn is_numbered(name: &str) -> bool {
    let digits = name.bytes().take_while(u8::is_ascii_digit).count();
    digits > 0 && matches!(&name[digits..], "st" | "nd" | "rd" | "th")
}

#[cfg(test)]
mod tests;
