//! What all pages have around their content.

use maud::{Markup, html};

/// The first link, for who comes by keyboard, and the masthead: our sign, then what is the page's own.
pub(super) fn head(own: &Markup) -> Markup {
    html! {
        a class="skip" href="#main" { "Skip to the content" }
        header class="masthead" {
            p class="brand" {
                svg width="30" height="20" viewBox="0 0 30 20" aria-hidden="true" {
                    circle class="ring-a" cx="10" cy="10" r="8" {}
                    circle class="ring-b" cx="20" cy="10" r="8" {}
                }
                "kinfold"
            }
            (own)
        }
    }
}

/// Who made the page and what it holds, then what was not changed and where more is.
pub(super) fn foot(tool_version: &str, own: &Markup) -> Markup {
    html! {
        footer {
            p { "Made by kinfold " (tool_version)
                ". This page holds personal data and works from its file alone: it sends and loads nothing. "
                (own) }
        }
    }
}
