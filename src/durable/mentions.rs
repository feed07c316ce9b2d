//! Whether a text or file names one of some records, by their ids: what is to be erased must be found first.

use std::io::{self, Read};

/// Ids to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mentions {
    /// In lower case.
    ids: Vec<Vec<u8>>,
}

impl Mentions {
    /// Ids as exported; blanks around them and braces as of a GUID do not count, nor does the case of ASCII letters.
    /// Empty ones name nothing.
    pub(crate) fn new(ids: &[String]) -> Mentions {
        let ids = ids
            .iter()
            .map(|id| id.trim().trim_matches(['{', '}']))
            .filter(|id| !id.is_empty())
            .map(|id| id.to_ascii_lowercase().into_bytes());
        Mentions { ids: ids.collect() }
    }

    /// Whether one of the ids stands in the text, and is not part of a longer word of letters, digits, `-` and `_`.
    pub(crate) fn are_in(&self, text: &str) -> bool {
        let lower = text.to_ascii_lowercase();
        self.find(lower.as_bytes(), 0, true)
    }

    /// The same of a stream. Cost: one pass, a megabyte of memory.
    pub(crate) fn are_in_stream(&self, mut from: impl Read) -> io::Result<bool> {
        const PIECE: usize = 1 << 20;
        let overlap = self.ids.iter().map(Vec::len).max().unwrap_or(0) + 2;
        let mut text = Vec::with_capacity(PIECE + overlap);
        // A match at the very start of a piece but the first was looked at in the piece before, with what stood before it.
        let mut from_at = 0;
        loop {
            let n_before = text.len();
            let n = (&mut from).take(PIECE as u64).read_to_end(&mut text)?;
            text[n_before..].make_ascii_lowercase();
            if self.find(&text, from_at, n < PIECE) {
                return Ok(true);
            }
            if n < PIECE {
                return Ok(false);
            }
            let n_done = text.len().saturating_sub(overlap);
            if n_done > 0 {
                text.drain(..n_done);
                from_at = 1;
            }
        }
    }

    /// Looks from `from_at` on. Without `is_end` a match that ends the text is not believed: more may follow.
    fn find(&self, text: &[u8], from_at: usize, is_end: bool) -> bool {
        let is_part = |b: &u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_') || *b >= 0x80;
        self.ids.iter().any(|id| {
            let finder = memchr::memmem::Finder::new(id);
            let mut at = from_at.min(text.len());
            while let Some(found) = finder.find(&text[at..]) {
                let start = at + found;
                let end = start + id.len();
                let before = start.checked_sub(1).and_then(|i| text.get(i));
                let whole = !before.is_some_and(is_part) && !text.get(end).is_some_and(is_part);
                if whole && (end < text.len() || is_end) {
                    return true;
                }
                at = start + 1;
            }
            false
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_ids_are_found_and_parts_are_not() {
        let ids = Mentions::new(&["L-17".into(), " {9F0C1C6E} ".into()]);
        for (text, expected) in [
            ("L-17", true),
            ("\"l-17\",0.9", true),
            ("'L-17", true),
            ("L-171", false),
            ("XL-17", false),
            ("L-17-2", false),
            ("L-170 and L-17", true),
            ("{9f0c1c6e}", true),
            ("éL-17", false),
            ("", false),
        ] {
            assert_eq!(ids.are_in(text), expected, "{text}");
            assert_eq!(
                ids.are_in_stream(text.as_bytes()).expect("in memory"),
                expected,
                "{text}"
            );
        }
        assert!(!Mentions::new(&[" ".into()]).are_in(" "));
    }

    #[test]
    fn a_stream_is_the_same_wherever_it_is_cut() {
        let ids = Mentions::new(&["L-17".into()]);
        for n in (1 << 20) - 9..(1 << 20) + 3 {
            for (text, expected) in [(",L-17,", true), ("xL-17,", false), (",L-17x", false)] {
                let text = [&vec![b','; n], text.as_bytes()].concat();
                assert_eq!(
                    ids.are_in_stream(&text[..]).expect("in memory"),
                    expected,
                    "{n}"
                );
            }
        }
    }
}
