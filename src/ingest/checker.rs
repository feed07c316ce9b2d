//! The strict structure of delimited text: records, fields, quotes, physical lines.
//!
//! Independent of the parser that produces the values, which accepts what it should not: it counts records, names every
//! ill-formed one, and only well-formed ones go on. RFC 4180, with any of LF, CRLF and a lone CR ending a record.

use memchr::{memchr, memchr3};

use super::options::Limits;

/// One record as it stands in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Record {
    /// Position of its first byte.
    pub(super) start: usize,
    /// Position behind its last byte, line end not included.
    pub(super) end: usize,
    /// Position of what follows its line end.
    pub(super) next: usize,
    /// Number of fields; not counted to the end when there is a fault.
    pub(super) n_fields: usize,
    /// Physical lines it takes.
    pub(super) n_lines: u64,
    /// The first thing that is wrong with it.
    pub(super) fault: Option<Fault>,
}

impl Record {
    /// A line without any byte: counted as a line, not as a row.
    pub(super) fn is_blank(&self) -> bool {
        self.start == self.end
    }
}

/// What is wrong with a record, and in which field (0-based).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// A quote inside a field that does not begin with one.
    BareQuote(usize),
    /// Something between a closing quote and the next delimiter.
    TextAfterQuote(usize),
    /// A zero byte.
    Nul(usize),
    /// A field above the limit.
    LongField(usize),
}

impl Fault {
    /// The field, 0-based.
    pub(super) fn field_idx(self) -> usize {
        match self {
            Fault::BareQuote(i)
            | Fault::TextAfterQuote(i)
            | Fault::Nul(i)
            | Fault::LongField(i) => i,
        }
    }
}

/// What one look for a record found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// A whole record.
    Record(Record),
    /// The text ends before the record does. Inside a quoted field, the position of its opening quote.
    Unfinished(Option<usize>),
}

/// How to read the text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Grammar {
    pub(super) delimiter: u8,
    pub(super) field_bytes: usize,
}

impl Grammar {
    pub(super) fn new(delimiter: u8, limits: &Limits) -> Self {
        Grammar {
            delimiter,
            field_bytes: limits.field_bytes,
        }
    }

    /// The record that begins at `start`. `at_end`: nothing follows the text. `start` must be below its length.
    ///
    /// A faulty record ends with its physical line: after a misplaced quote the others mean nothing.
    /// Cost: proportional to the record; without quotes, a vectorised search and count.
    pub(super) fn record(&self, text: &[u8], start: usize, at_end: bool) -> Step {
        let rest = &text[start..];
        let (length, next) = match memchr3(b'"', b'\n', b'\r', rest) {
            Some(i) if rest[i] == b'"' => return self.quoted_record(text, start, at_end),
            Some(i) => match line_end(rest, i, at_end) {
                Some(n) => (i, i + n),
                None => return Step::Unfinished(None),
            },
            None if at_end => (rest.len(), rest.len()),
            None => return Step::Unfinished(None),
        };
        let line = &rest[..length];
        let delimiter = self.delimiter;
        // A plain count compiles to vector code; the fields are tens of bytes, too short for a search per field.
        let n_delimiters: usize = line
            .chunks(255)
            .map(|c| {
                let count = |n: u8, &b: &u8| n.wrapping_add(u8::from(b == delimiter));
                usize::from(c.iter().fold(0, count))
            })
            .sum();
        let mut fault = None;
        if let Some(i) = memchr(0, line) {
            fault = Some(Fault::Nul(self.count_before(line, i)));
        } else if length > self.field_bytes {
            let mut begin = 0;
            for (idx, field) in line.split(|&b| b == delimiter).enumerate() {
                begin += field.len();
                if field.len() > self.field_bytes {
                    fault = Some(Fault::LongField(idx));
                    break;
                }
            }
            debug_assert!(begin <= length);
        }
        Step::Record(Record {
            start,
            end: start + length,
            next: start + next,
            n_fields: n_delimiters + 1,
            n_lines: 1,
            fault,
        })
    }

    /// [`record`](Self::record) for one that holds a quote: byte by byte.
    fn quoted_record(&self, text: &[u8], start: usize, at_end: bool) -> Step {
        let delimiter = self.delimiter;
        let mut at = start;
        let mut n_fields = 0;
        let mut n_lines = 1;
        let mut fault = None;
        'field: loop {
            let field_idx = n_fields;
            n_fields += 1;
            let begin = at;
            if text.get(at) == Some(&b'"') {
                at += 1;
                loop {
                    // Inside quotes only a quote ends anything.
                    let Some(n) = memchr(b'"', &text[at..]) else {
                        return Step::Unfinished(Some(begin));
                    };
                    at += n + 1;
                    match text.get(at) {
                        Some(b'"') => at += 1,
                        None if !at_end => return Step::Unfinished(Some(begin)),
                        _ => break,
                    }
                }
                let body = &text[begin..at];
                n_lines += line_ends(body);
                if memchr(0, body).is_some() {
                    fault = fault.or(Some(Fault::Nul(field_idx)));
                }
                if body.len() - 2 > self.field_bytes {
                    fault = fault.or(Some(Fault::LongField(field_idx)));
                }
                match text.get(at) {
                    Some(&b) if b == delimiter => {
                        at += 1;
                        continue 'field;
                    }
                    Some(b'\n' | b'\r') | None => break 'field,
                    Some(_) => {
                        fault = fault.or(Some(Fault::TextAfterQuote(field_idx)));
                        break 'field;
                    }
                }
            }
            loop {
                match text.get(at) {
                    Some(&b) if b == delimiter => {
                        if at - begin > self.field_bytes {
                            fault = fault.or(Some(Fault::LongField(field_idx)));
                        }
                        at += 1;
                        continue 'field;
                    }
                    Some(b'\n' | b'\r') | None => {
                        if at - begin > self.field_bytes {
                            fault = fault.or(Some(Fault::LongField(field_idx)));
                        }
                        break 'field;
                    }
                    Some(b'"') => {
                        fault = fault.or(Some(Fault::BareQuote(field_idx)));
                        break 'field;
                    }
                    Some(0) => fault = fault.or(Some(Fault::Nul(field_idx))),
                    Some(_) => {}
                }
                at += 1;
            }
        }
        // Well-formed: `at` is the line end. Faulty: the rest of the physical line belongs to the record.
        let end = match memchr::memchr2(b'\n', b'\r', &text[at..]) {
            Some(n) => at + n,
            None if at_end => text.len(),
            None => return Step::Unfinished(None),
        };
        let next = if end == text.len() {
            end
        } else {
            match line_end(text, end, at_end) {
                Some(n) => end + n,
                None => return Step::Unfinished(None),
            }
        };
        Step::Record(Record {
            start,
            end,
            next,
            n_fields,
            n_lines,
            fault,
        })
    }

    /// The values of a well-formed record.
    pub(super) fn fields(&self, record: &[u8]) -> Vec<Vec<u8>> {
        let mut fields = Vec::new();
        let mut at = 0;
        loop {
            let mut value = Vec::new();
            if record.get(at) == Some(&b'"') {
                at += 1;
                while let Some(&b) = record.get(at) {
                    at += 1;
                    if b != b'"' {
                        value.push(b);
                    } else if record.get(at) == Some(&b'"') {
                        value.push(b'"');
                        at += 1;
                    } else {
                        break;
                    }
                }
            }
            while let Some(&b) = record.get(at) {
                if b == self.delimiter {
                    break;
                }
                value.push(b);
                at += 1;
            }
            fields.push(value);
            if at >= record.len() {
                return fields;
            }
            at += 1;
        }
    }

    /// Index of the field that holds byte `offset` of a record.
    pub(super) fn field_at(&self, record: &[u8], offset: usize) -> usize {
        self.count_before(record, offset)
    }

    fn count_before(&self, record: &[u8], offset: usize) -> usize {
        let mut in_quotes = false;
        let mut n = 0;
        for &b in &record[..offset.min(record.len())] {
            if b == b'"' {
                in_quotes = !in_quotes;
            } else if b == self.delimiter && !in_quotes {
                n += 1;
            }
        }
        n
    }
}

/// Line ends in a text: LF, CRLF or a lone CR, each counted once.
pub(super) fn line_ends(text: &[u8]) -> u64 {
    let mut n = 0;
    let mut at = 0;
    while let Some(i) = memchr::memchr2(b'\n', b'\r', &text[at..]) {
        at += i;
        at += line_end(text, at, true).unwrap_or(1);
        n += 1;
    }
    n
}

/// Bytes of the line end at `i`: 2 for CRLF. `None` when the text stops behind a CR and more may come.
fn line_end(text: &[u8], i: usize, at_end: bool) -> Option<usize> {
    if text[i] == b'\n' {
        return Some(1);
    }
    match text.get(i + 1) {
        Some(b'\n') => Some(2),
        Some(_) => Some(1),
        None if at_end => Some(1),
        None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COMMA: Grammar = Grammar {
        delimiter: b',',
        field_bytes: 64,
    };

    fn records(text: &str) -> Vec<Record> {
        let mut at = 0;
        let mut out = Vec::new();
        while at < text.len() {
            match COMMA.record(text.as_bytes(), at, true) {
                Step::Record(r) => {
                    assert!(r.next > at, "moves on");
                    at = r.next;
                    out.push(r);
                }
                Step::Unfinished(_) => break,
            }
        }
        out
    }

    #[test]
    fn records_fields_lines_and_faults() {
        // text, (fields, lines, fault) per record
        type Row = (usize, u64, Option<Fault>);
        let table: &[(&str, &[Row])] = &[
            ("a,b\nc,d", &[(2, 1, None), (2, 1, None)]),
            ("a,b\r\nc\rd\n", &[(2, 1, None), (1, 1, None), (1, 1, None)]),
            ("\"a\r\n\n,\"\"\",b\nc", &[(2, 3, None), (1, 1, None)]),
            ("\n\r\n\r", &[(1, 1, None), (1, 1, None), (1, 1, None)]),
            ("a,\n,", &[(2, 1, None), (2, 1, None)]),
            ("\"\"", &[(1, 1, None)]),
            (
                "x\"y,b\nc,d",
                &[(1, 1, Some(Fault::BareQuote(0))), (2, 1, None)],
            ),
            ("a, \"b\"\n", &[(2, 1, Some(Fault::BareQuote(1)))]),
            ("\"a\"x,\"b\n\"", &[(1, 1, Some(Fault::TextAfterQuote(0)))]),
            (
                "1,\"x\n2,\"y\n3,z\n",
                &[(2, 2, Some(Fault::TextAfterQuote(1))), (2, 1, None)],
            ),
            ("a,b\0\n", &[(2, 1, Some(Fault::Nul(1)))]),
            ("\"a\0\",b\n", &[(2, 1, Some(Fault::Nul(0)))]),
        ];
        for (text, expected) in table {
            let found: Vec<Row> = records(text)
                .iter()
                .map(|r| (r.n_fields, r.n_lines, r.fault))
                .collect();
            assert_eq!(&found[..], *expected, "{text:?}");
        }
        let long = format!("a,{}\n\"{}\",b\n", "x".repeat(65), "y".repeat(65));
        let faults: Vec<_> = records(&long).iter().map(|r| r.fault).collect();
        assert_eq!(
            faults,
            [Some(Fault::LongField(1)), Some(Fault::LongField(0))]
        );
    }

    #[test]
    fn unfinished_text_says_where_the_quote_opened() {
        let step = |text: &str, at_end| COMMA.record(text.as_bytes(), 0, at_end);
        assert_eq!(step("a,\"b\nc", true), Step::Unfinished(Some(2)));
        assert_eq!(step("a,b", false), Step::Unfinished(None));
        assert_eq!(step("a,b\r", false), Step::Unfinished(None));
        assert_eq!(step("a,\"b\"", false), Step::Unfinished(Some(2)));
    }

    #[test]
    fn fields_are_unquoted() {
        let fields = |text: &str| -> Vec<String> {
            COMMA
                .fields(text.as_bytes())
                .into_iter()
                .map(|f| String::from_utf8(f).expect("UTF-8"))
                .collect()
        };
        assert_eq!(fields("a,\"b,\"\"c\"\"\",,\"\""), ["a", "b,\"c\"", "", ""]);
        assert_eq!(fields(""), [""]);
        assert_eq!(COMMA.field_at(b"a,\"b,c\",d", 8), 2);
    }
}
