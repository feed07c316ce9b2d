//! Text of the data on its way to people: pages and cells that show it and never run it.

use super::{PIECES, Target};
use crate::report::sample;
use kinfold::report::{guard, shown, unguard};
use std::fs;

fn seeds() -> Vec<Vec<u8>> {
    PIECES
        .iter()
        .map(|p| format!("{p}<x-hostile>{p}</x-hostile>\" onload=\"x\" '").into_bytes())
        .collect()
}

/// A value in a page, and in a cell of a spreadsheet.
pub(super) fn escapes() -> Target {
    Target::of_text(seeds(), |text| {
        let page = shown(text).into_string();
        let plain = page
            .replace("<span class=\"ctl\">U+", "")
            .replace("</span>", "");
        assert!(!plain.contains(['<', '>', '"']), "{text:?}: {page}");
        let is_hidden = |c: char| c.is_control() && !matches!(c, '\t' | '\n');
        assert!(!page.contains(is_hidden), "{text:?}: {page}");
        let cell = guard(text);
        assert_eq!(unguard(&cell), text);
        let first = cell.trim_start_matches([' ', '\u{a0}', '\u{feff}']);
        assert!(
            !first.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0']),
            "{cell:?}"
        );
    })
}

/// A whole run published.
pub(super) fn pages() -> Target {
    let folder = tempfile::tempdir().expect("a temporary folder");
    Target::of_text(seeds(), move |text| {
        let rows = [
            ["L1", text, "a@x.example", "+1", text, "B", text],
            ["L2", text, "", "", "A", text, ""],
            ["L3", "C", text, text, "", "", ""],
            ["L4", "D", "", "", "", "", ""],
        ];
        let sample = sample(&rows, std::slice::from_ref(&(0..2)));
        let published = sample.publish(folder.path()).expect("published");
        let page = fs::read_to_string(published.run_dir.join("report.html")).expect("UTF-8");
        assert!(!page.contains("<x-hostile"), "{text:?}");
        fs::remove_dir_all(published.run_dir).expect("removed");
    })
}
