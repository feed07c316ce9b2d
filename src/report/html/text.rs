//! Text from data inside the page: escaped by maud, invisible characters made visible; numbers as people read them.

pub use crate::model::count;
use maud::{Markup, html};

/// Text of a data value: characters that reorder or hide text are shown as their code points.
pub fn shown(value: &str) -> Markup {
    html! {
        @for part in value.split_inclusive(is_hidden) {
            @match part.chars().next_back().filter(|c| is_hidden(*c)) {
                None => (part),
                Some(c) => {
                    (&part[..part.len() - c.len_utf8()])
                    span class="ctl" { (format!("U+{:04X}", u32::from(c))) }
                }
            }
        }
    }
}

/// Controls, bidirectional controls, line and paragraph separators, zero-width space and joiner.
///
/// Not the zero-width (non-)joiners U+200C and U+200D, which Persian names and emoji need. `page.js` has the same list.
fn is_hidden(c: char) -> bool {
    matches!(c,
        '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{61c}' | '\u{200b}'
        | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A count with its noun: `1 record`, `2 records`.
pub fn counted(n: u64, noun: &str) -> String {
    format!("{} {noun}{}", count(n), if n == 1 { "" } else { "s" })
}

/// A share in per cent with one decimal; empty when there is nothing to share.
pub(super) fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return String::new();
    }
    format!("{:.1} %", part as f64 * 100.0 / whole as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped_and_hidden_characters_are_shown() {
        for (value, page) in [
            ("<b>&\"", "&lt;b&gt;&amp;&quot;"),
            ("a\u{202e}b", "a<span class=\"ctl\">U+202E</span>b"),
            ("\0", "<span class=\"ctl\">U+0000</span>"),
            ("می\u{200c}خواهم", "می\u{200c}خواهم"),
            ("", ""),
        ] {
            assert_eq!(shown(value).into_string(), page);
        }
    }
}
