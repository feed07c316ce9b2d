//! Errors of hand, ear and scanner in single words.

use super::draw::Draw;

const ROWS: [&str; 4] = ["1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"];

/// A neighbouring key of a QWERTY board, in the case of `c`.
fn neighbour(c: char, draw: &mut Draw) -> Option<char> {
    let lower = c.to_ascii_lowercase();
    let (row, at) = ROWS
        .iter()
        .enumerate()
        .find_map(|(r, keys)| keys.find(lower).map(|at| (r, at)))?;
    let mut around = Vec::new();
    let keys = ROWS[row].as_bytes();
    if at > 0 {
        around.push(keys[at - 1]);
    }
    if at + 1 < keys.len() {
        around.push(keys[at + 1]);
    }
    for other in [row.wrapping_sub(1), row + 1] {
        // Digits are hit instead of letters too seldom to matter.
        if other > 0
            && let Some(key) = ROWS.get(other).and_then(|r| r.as_bytes().get(at))
        {
            around.push(*key);
        }
    }
    let hit = char::from(*draw.pick(&around));
    Some(if c.is_uppercase() {
        hit.to_ascii_uppercase()
    } else {
        hit
    })
}

/// One slip of the fingers: a neighbouring key, two letters swapped, one dropped or doubled. Words under three letters stay.
pub(super) fn typo(word: &str, draw: &mut Draw) -> String {
    let mut letters: Vec<char> = word.chars().collect();
    if letters.len() < 3 {
        return word.to_owned();
    }
    // The first letter is the one people look at.
    let lowest = u32::from(draw.below(10) > 0);
    let at = (lowest + draw.below(letters.len() as u32 - lowest)) as usize;
    match draw.below(4) {
        0 => match neighbour(letters[at], draw) {
            Some(c) => letters[at] = c,
            None => {
                letters.remove(at);
            }
        },
        1 => {
            let at = at.min(letters.len() - 2);
            letters.swap(at, at + 1);
        }
        2 => {
            letters.remove(at);
        }
        _ => letters.insert(at, letters[at]),
    }
    letters.into_iter().collect()
}

/// Sounds the same, is written otherwise. `None` when no habit fits.
pub(super) fn misheard(word: &str, draw: &mut Draw) -> Option<String> {
    const SOUNDS: [(&str, &str); 34] = [
        ("ph", "f"),
        ("f", "ph"),
        ("ck", "k"),
        ("k", "c"),
        ("c", "k"),
        ("th", "t"),
        ("tz", "z"),
        ("sch", "sh"),
        ("ei", "ai"),
        ("ai", "ei"),
        ("ie", "y"),
        ("y", "i"),
        ("i", "y"),
        ("ee", "ea"),
        ("ea", "ee"),
        ("oo", "u"),
        ("v", "w"),
        ("w", "v"),
        ("ss", "s"),
        ("nn", "n"),
        ("ll", "l"),
        ("tt", "t"),
        ("mm", "m"),
        ("dt", "t"),
        ("x", "ks"),
        ("qu", "k"),
        ("gh", "g"),
        ("kh", "h"),
        ("ou", "u"),
        ("s", "z"),
        ("z", "s"),
        ("b", "v"),
        ("en", "an"),
        ("er", "ar"),
    ];
    let start = draw.below(SOUNDS.len() as u32) as usize;
    (0..SOUNDS.len()).find_map(|i| {
        let (from, to) = SOUNDS[(start + i) % SOUNDS.len()];
        // Not the first letter: the ear gets that right.
        let first = word.chars().next()?.len_utf8();
        let at = word[first..].find(from)? + first;
        Some(format!("{}{to}{}", &word[..at], &word[at + from.len()..]))
    })
}

/// Read wrong by a scanner of business cards. `None` when no habit fits.
pub(super) fn misread(word: &str, draw: &mut Draw) -> Option<String> {
    const SHAPES: [(&str, &str); 16] = [
        ("rn", "m"),
        ("m", "rn"),
        ("l", "1"),
        ("o", "0"),
        ("O", "0"),
        ("i", "l"),
        ("cl", "d"),
        ("d", "cl"),
        ("vv", "w"),
        ("w", "vv"),
        ("S", "5"),
        ("B", "8"),
        ("e", "c"),
        ("I", "l"),
        ("g", "q"),
        ("h", "b"),
    ];
    let start = draw.below(SHAPES.len() as u32) as usize;
    (0..SHAPES.len()).find_map(|i| {
        let (from, to) = SHAPES[(start + i) % SHAPES.len()];
        word.contains(from).then(|| word.replacen(from, to, 1))
    })
}

/// Marks dropped, or umlauts and the like spelled out. `None` when the word is plain.
pub(super) fn plain(word: &str, spell_out: bool) -> Option<String> {
    if word.is_ascii() {
        return None;
    }
    let mut out = String::new();
    for c in word.chars() {
        let spelled = match c {
            'ä' => "ae",
            'ö' | 'ø' => "oe",
            'ü' => "ue",
            'Ä' => "Ae",
            'Ö' | 'Ø' => "Oe",
            'Ü' => "Ue",
            'å' => "aa",
            'ñ' => "ny",
            _ => "",
        };
        if spell_out && !spelled.is_empty() {
            out.push_str(spelled);
        } else {
            out.push_str(any_ascii::any_ascii_char(c));
        }
    }
    Some(out)
}

/// Capitals after spaces and hyphens, the rest small.
pub(super) fn title_case(text: &str) -> String {
    let mut start = true;
    text.chars()
        .flat_map(|c| {
            let cased: Vec<char> = if start {
                c.to_uppercase().collect()
            } else {
                c.to_lowercase().collect()
            };
            start = c == ' ' || c == '-';
            cased
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_changes_a_word_by_one_slip() {
        for seed in 0..200 {
            let mut draw = Draw::new(seed, 0);
            let wrong = typo("Kowalski", &mut draw);
            assert!(
                strsim::damerau_levenshtein("Kowalski", &wrong) <= 1,
                "seed {seed}: {wrong}"
            );
        }
        assert_eq!(typo("Li", &mut Draw::new(1, 0)), "Li");
    }

    #[test]
    fn marks_are_dropped_or_spelled_out() {
        assert_eq!(plain("Müller", true).as_deref(), Some("Mueller"));
        assert_eq!(plain("Müller", false).as_deref(), Some("Muller"));
        assert_eq!(plain("Łódź", false).as_deref(), Some("Lodz"));
        assert_eq!(plain("Smith", true), None);
    }
}
