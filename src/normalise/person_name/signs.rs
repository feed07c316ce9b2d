//! Names in Han or Hangul without a space.

use super::fold;

pub(super) fn is_unspaced_script(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{20000}'..='\u{2ffff}')
}

/// Two-letter surnames common enough to be told from a surname and a given name. Source: the project's own knowledge
/// of Chinese and Korean compound surnames.
const COMPOUND_SURNAMES: [&str; 10] = [
    "欧阳", "歐陽", "司马", "司馬", "上官", "诸葛", "諸葛", "남궁", "황보", "선우",
];

/// Surname and given name of two to four Han or Hangul letters without a space.
pub(super) fn unspaced(text: &str) -> Option<(String, String)> {
    let text = text.trim();
    let letters: Vec<char> = text.chars().collect();
    if !(2..=4).contains(&letters.len()) || !letters.iter().all(|c| is_unspaced_script(*c)) {
        return None;
    }
    let n = if letters.len() > 2 && COMPOUND_SURNAMES.iter().any(|s| text.starts_with(s)) {
        2
    } else {
        1
    };
    let part = |range: &[char]| fold(&range.iter().collect::<String>());
    Some((part(&letters[..n]), part(&letters[n..])))
}
