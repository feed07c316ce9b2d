//! `report.html`: one page for people, self-contained, that works from a file and without network.
//!
//! The figures are plain HTML and read without JavaScript (`page`, `charts`); suggestions and pairs travel as a JSON
//! block (`data`) that the page's script shows through `textContent` alone. The content security policy admits exactly
//! our style and our script, by hash, and no address at all.

mod charts;
mod data;
mod frame;
mod page;
mod selection;
mod still;
mod tables;
mod text;

pub use data::N_OTHER_PAIRS_MAX;
pub use still::{StillPage, still_page};
pub use text::{count, counted, shown};

use super::ReportInput;
use super::figures::Figures;
use super::names::Names;
use sha2::{Digest, Sha256};
use std::io::{self, Write};

/// Most suggestions on the page; the files hold all. Ten thousand are about 10 MB and open in a second or two.
pub(super) const N_SUGGESTIONS_MAX: usize = 10_000;

/// Rows of left-out pairs, links, other names, rejects, generic values and heavy keys on the page.
pub const N_ROWS_MAX: usize = 200;

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// Writes the page. Contains no time and no path, so that equal runs give equal bytes.
pub(super) fn write(
    input: &ReportInput<'_>,
    names: &Names<'_>,
    figures: &Figures,
    out: &mut impl Write,
) -> io::Result<()> {
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        sha256_base64(STYLE),
        sha256_base64(SCRIPT)
    );
    out.write_all(page::head(input, names, &policy).into_string().as_bytes())?;
    write!(out, "<style>{STYLE}</style></head>\n<body>\n")?;
    out.write_all(page::body(input, names, figures).into_string().as_bytes())?;
    out.write_all(b"\n<script type=\"application/json\" id=\"data\">")?;
    data::write(input, names, figures, out)?;
    write!(
        out,
        "</script>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"
    )
}

/// The hash of a style or script as a content security policy writes it.
fn sha256_base64(text: &str) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let hash = Sha256::digest(text.as_bytes());
    let mut out = String::new();
    for group in hash.chunks(3) {
        let mut bits = 0_u32;
        for i in 0..3 {
            bits = bits << 8 | u32::from(group.get(i).copied().unwrap_or(0));
        }
        for i in 0..4 {
            if i <= group.len() {
                out.push(char::from(DIGITS[(bits >> (18 - 6 * i) & 63) as usize]));
            } else {
                out.push('=');
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_written_as_policies_want_them() {
        // The value browsers and `openssl dgst -sha256 -binary | base64` give for the empty text.
        assert_eq!(
            sha256_base64(""),
            "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
        );
    }

    #[test]
    fn style_and_script_cannot_end_their_own_element_or_reach_out() {
        for text in [STYLE, SCRIPT] {
            for never in [
                "</",
                "innerHTML",
                "outerHTML",
                "insertAdjacent",
                "eval(",
                "url(",
                "fetch(",
            ] {
                assert!(!text.contains(never), "{never}");
            }
            // The one address is the name of the SVG namespace.
            assert_eq!(
                text.replace("http://www.w3.org/2000/svg", "").find("http"),
                None
            );
        }
    }
}
