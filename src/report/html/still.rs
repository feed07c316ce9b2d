//! Pages without a script, in the style of the report.

use super::{STYLE, sha256_base64};
use maud::{DOCTYPE, Markup, html};

/// A self-contained page: the report's style, `style` after it, and `body`. No script runs and no address is reached:
/// the content security policy admits these two styles by hash and nothing else. Contains no time and no path.
pub fn still_page(title: &str, style: &str, body: &Markup) -> String {
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}' 'sha256-{}'; base-uri 'none'; form-action 'none'",
        sha256_base64(STYLE),
        sha256_base64(style)
    );
    let page = html! {
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
            body { (body) }
        }
    };
    page.into_string() + "\n"
}
