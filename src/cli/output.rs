//! The only place that prints. Results go to standard output, everything else to standard error.

use super::exit_code::ExitCode;
use super::failure::Failure;
pub(crate) use kinfold::model::count;
use serde::Serialize;
use std::fmt::Write as _;
use std::io::{self, IsTerminal, Write};

/// Writes results to standard output.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    /// One JSON value instead of text.
    pub(crate) json: bool,
}

impl Output {
    /// Text for people; control and bidirectional characters are shown as `\u{..}`.
    pub(crate) fn text(self, text: &str) -> Result<(), Failure> {
        raw(visible(text).as_bytes())
    }

    /// One JSON value on one line.
    pub(crate) fn json_line(self, value: &impl Serialize) -> Result<(), Failure> {
        let mut text = serde_json::to_string(value).expect("our values have text keys");
        if io::stdout().is_terminal() {
            text = visible_json(&text);
        }
        text.push('\n');
        raw(text.as_bytes())
    }

    /// The value as JSON with `--json`, else the text.
    pub(crate) fn either(
        self,
        value: &impl Serialize,
        text: impl FnOnce() -> String,
    ) -> Result<(), Failure> {
        if self.json {
            self.json_line(value)
        } else {
            self.text(&text())
        }
    }
}

/// Bytes of our own making (a man page, a completion script, a rule file) as they are.
pub(crate) fn raw(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    match out.write_all(bytes).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(e) if e.kind() == io::ErrorKind::BrokenPipe => Err(Failure::Closed),
        Err(e) => Err(Failure::new(
            ExitCode::Io,
            format!("failed to write standard output: {e}"),
            "check where the output goes",
        )),
    }
}

/// One line on standard error. A closed standard error is nobody's fault.
pub(crate) fn log(line: &str) {
    let _ = writeln!(io::stderr().lock(), "{}", visible(line));
}

/// Tells why a command failed, on standard error.
pub(crate) fn failure(failure: &Failure, json: bool) {
    let Failure::Told {
        code,
        message,
        help,
    } = failure
    else {
        return;
    };
    let message = &lines_cut(message);
    if json {
        let value = serde_json::json!({ "error": {
            "code": code.number(), "name": code.word(), "message": message, "help": help,
        }});
        log(&value.to_string());
    } else {
        log(&format!("error: {message}"));
        if let Some(help) = help {
            log(&format!("help: {help}"));
        }
    }
}

/// Longest line of a message, in characters: what is named there, such as a column, may be a megabyte long.
const LINE_MAX: usize = 4000;

/// The text with lines beyond [`LINE_MAX`] cut there.
fn lines_cut(text: &str) -> String {
    let mut out = String::with_capacity(text.len().min(LINE_MAX));
    for (i, line) in text.split('\n').enumerate() {
        if i > 0 {
            out.push('\n');
        }
        match line.char_indices().nth(LINE_MAX) {
            Some((end, _)) => {
                out.push_str(&line[..end]);
                out.push('…');
            }
            None => out.push_str(line),
        }
    }
    out
}

/// The text with everything a terminal could obey made visible: C0 but line feed and tab, DEL, C1, bidirectional
/// controls, line and paragraph separators. Source: CWE-150; Unicode UAX 9.
pub(crate) fn visible(text: &str) -> String {
    if !text.chars().any(is_dangerous) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_dangerous(c) {
            let _ = write!(out, "\\u{{{:x}}}", c as u32);
        } else {
            out.push(c);
        }
    }
    out
}

/// The same for a line of JSON, where such characters stand in strings only and may be written as escapes.
fn visible_json(json: &str) -> String {
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if is_dangerous(c) {
            let _ = write!(out, "\\u{:04x}", c as u32);
        } else {
            out.push(c);
        }
    }
    out
}

fn is_dangerous(c: char) -> bool {
    (c.is_control() && c != '\n' && c != '\t')
        || matches!(c,
            '\u{061c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

/// `1 record`, `2 records`.
pub(crate) fn plural(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", count(n), if n == 1 { one } else { many })
}

/// Rows of cells in columns two blanks apart; columns named in `right` are set to the right. Width counts characters.
pub(crate) fn columns(rows: &[Vec<String>], right: &[usize]) -> String {
    let n = rows.iter().map(Vec::len).max().unwrap_or(0);
    let widths: Vec<usize> = (0..n)
        .map(|i| {
            rows.iter()
                .filter_map(|r| r.get(i))
                .map(|c| c.chars().count())
                .max()
                .unwrap_or(0)
        })
        .collect();
    let mut out = String::new();
    for row in rows {
        let mut line = String::new();
        for (i, cell) in row.iter().enumerate() {
            let pad = " ".repeat(widths[i] - cell.chars().count());
            line.push_str("  ");
            if right.contains(&i) {
                line.push_str(&pad);
                line.push_str(cell);
            } else {
                line.push_str(cell);
                line.push_str(&pad);
            }
        }
        out.push_str(line.trim_end());
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_without_end_is_cut_and_the_next_is_told() {
        let long = "ä".repeat(LINE_MAX);
        assert_eq!(lines_cut(&format!("{long}\nb")), format!("{long}\nb"));
        assert_eq!(lines_cut(&format!("{long}x\nb")), format!("{long}…\nb"));
    }

    #[test]
    fn what_a_terminal_could_obey_is_made_visible() {
        for (text, shown) in [
            ("Zoë\tMüller\n", "Zoë\tMüller\n"),
            ("a\u{1b}[31mb\r", "a\\u{1b}[31mb\\u{d}"),
            (
                "x\u{202e}y\u{2066}z\u{9b}1m\u{7f}",
                "x\\u{202e}y\\u{2066}z\\u{9b}1m\\u{7f}",
            ),
        ] {
            assert_eq!(visible(text), shown);
        }
        let json = visible_json("{\"a\":\"x\u{202e}y\"}");
        let back: serde_json::Value = serde_json::from_str(&json).expect("still JSON");
        assert_eq!(back["a"], "x\u{202e}y");
        assert!(json.is_ascii());
    }

    #[test]
    fn columns_line_up() {
        let rows = [
            vec!["ä".into(), "1".into()],
            vec!["bcd".into(), "200".into()],
        ];
        assert_eq!(columns(&rows, &[1]), "  ä      1\n  bcd  200\n");
    }
}
