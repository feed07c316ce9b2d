//! Pages without a script, in the style of the report.

use super::{STYLE, frame, sha256_base64};
use maud::{DOCTYPE, Markup, html};

/// What tells one page without a script from another.
#[derive(Debug, Clone, Copy)]
pub struct StillPage<'a> {
    /// For the window.
    pub title: &'a str,
    /// Added to the report's style.
    pub style: &'a str,
    /// Version of kinfold.
    pub tool_version: &'a str,
    /// Heading, lead and tiles.
    pub masthead: &'a Markup,
    /// The content.
    pub main: &'a Markup,
    /// What was not changed, and where more is: sentences at the foot.
    pub foot: &'a Markup,
}

/// A self-contained page. No script runs and no address is reached: the content security policy admits its two styles
/// by hash and nothing else. Contains no time and no path.
pub fn still_page(page: &StillPage<'_>) -> String {
    let StillPage { title, style, .. } = *page;
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}' 'sha256-{}'; base-uri 'none'; form-action 'none'",
        sha256_base64(STYLE),
        sha256_base64(style)
    );
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="referrer" content="no-referrer";
                title { (title) }
                // Styles are ours and checked to hold no end tag.
                style { (maud::PreEscaped(STYLE)) }
                style { (maud::PreEscaped(style)) }
            }
            body {
                (frame::head(page.masthead))
                main id="main" { (page.main) }
                (frame::foot(page.tool_version, page.foot))
            }
        }
    };
    markup.into_string() + "\n"
}
