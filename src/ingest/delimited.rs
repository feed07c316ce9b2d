//! Delimited text to batches: our checker decides what a record is, polars makes the values, the counts must agree.

use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use polars::prelude::{
    CsvParseOptions, CsvReadOptions, DataType, Schema, SchemaRef, SerReader, StringChunked,
};

use super::checker::{Fault, Grammar, Record, Step, line_ends};
use super::error::IngestError;
use super::format::is_binary;
use super::layout::{self, Layout};
use super::options::{IngestOptions, Limits};
use super::records::{Batch, Place};
use super::source::Source;
use super::text::{Filled, TextReader, encoding_of};
use crate::model::{Field, Reject};

/// Delimiters that are tried when the comma maps nothing, in this order.
const OTHER_DELIMITERS: [u8; 3] = [b';', b'\t', b'|'];

/// Lines above which one row is worth a word. Notes pasted into a CRM reach some dozens.
const MANY_LINES: u64 = 100;

type Explain<'p> = Box<dyn Fn(io::Error) -> IngestError + Send + 'p>;

/// A delimited file behind its header.
pub(super) struct DelimitedFile<'p> {
    path: String,
    text: TextReader<Box<dyn Read + Send + 'p>>,
    explain: Explain<'p>,
    limits: Limits,
    grammar: Grammar,
    /// Column names for messages.
    names: Vec<String>,
    schema: SchemaRef,
    buffer: Vec<u8>,
    filled: Filled,
    /// Number of the next row; the header is row 1.
    row: u64,
    /// Number of the next physical line.
    line: u64,
}

/// Well-formed rows as text, ready for the parser, and the others.
pub(super) struct Chunk {
    /// One row of empty values, then the records, each ended by LF.
    text: Vec<u8>,
    places: Vec<Place>,
    /// Ill-formed rows.
    pub(super) rejects: Vec<Reject>,
    /// Rows of both kinds.
    pub(super) n_rows: u64,
    /// Physical lines of the longest well-formed row, and its place.
    longest: (u64, Place),
}

impl Chunk {
    /// The memory of a parsed chunk, for the text of another.
    pub(super) fn into_room(self) -> Vec<u8> {
        self.text
    }

    /// A well-formed row of suspiciously many lines: where a missing quote was closed by a later one.
    pub(super) fn suspicion(&self) -> Option<String> {
        let (n_lines, place) = self.longest;
        (n_lines > MANY_LINES).then(|| {
            format!(
                "row {} (line {}) takes {n_lines} lines; if that is not a long note, a quote is missing there",
                place.row, place.line
            )
        })
    }
}

/// Makes values of a file's chunks.
pub(super) struct Parser {
    path: String,
    delimiter: u8,
    schema: SchemaRef,
}

impl<'p> DelimitedFile<'p> {
    /// Reads up to and with the header; finds encoding, delimiter and layout.
    pub(super) fn open(
        path: &str,
        source: &mut Source<'p>,
        options: &IngestOptions,
        overrides: &[(Field, String)],
    ) -> Result<(DelimitedFile<'p>, Layout), IngestError> {
        let found = encoding_of(&source.head, options.encoding);
        let reader = std::mem::replace(&mut source.reader, Box::new(io::empty()));
        let mut file = DelimitedFile {
            path: path.to_owned(),
            text: TextReader::new(reader, found),
            explain: Box::new(source.explainer()),
            limits: options.limits.clone(),
            grammar: Grammar::new(options.delimiter.unwrap_or(b','), &options.limits),
            names: Vec::new(),
            schema: Arc::new(Schema::default()),
            buffer: Vec::new(),
            filled: Filled::Enough,
            row: 1,
            line: 1,
        };
        let mut notices: Vec<String> = found
            .why
            .map(|why| format!("{path}: {why}"))
            .into_iter()
            .collect();
        let mut delimiter = options.delimiter;
        if let Some(said) = file.take_separator_line()? {
            if delimiter.is_none_or(|d| d == said) {
                notices.push(format!(
                    "{path}: the first line sets the delimiter to {}",
                    delimiter_name(said)
                ));
            }
            delimiter = delimiter.or(Some(said));
        }
        file.grammar.delimiter = delimiter.unwrap_or(b',');
        let record = file.header_record()?;
        if delimiter.is_none() {
            let mapped = |d: u8| file.n_mapped(&record, d, options, overrides);
            if mapped(b',') == 0 {
                // The first of the best, so that the order above decides a tie.
                let best = OTHER_DELIMITERS
                    .into_iter()
                    .map(|d| (mapped(d), d))
                    .fold((0, b','), |best, d| if d.0 > best.0 { d } else { best });
                if best.0 > 0 {
                    file.grammar.delimiter = best.1;
                    notices.push(format!(
                        "{path}: the header says that the delimiter is {}",
                        delimiter_name(best.1)
                    ));
                }
            }
        }
        let header = file.take_header(&record)?;
        let mut layout =
            layout::read_header(path, &header, options.record_type_of(path), overrides)?;
        notices.append(&mut layout.notices);
        layout.notices = notices;
        file.names = layout.columns.iter().map(|c| c.0.clone()).collect();
        file.schema = Arc::new(Schema::from_iter(
            (0..header.len()).map(|i| (format!("{i}").into(), DataType::String)),
        ));
        Ok((file, layout))
    }

    /// The next rows, about `chunk_bytes` of text. `None` at the end. `room` is that of an earlier chunk
    /// ([`Chunk::into_room`]), or empty.
    ///
    /// Errors: damage from which there is no way on: an open quote, a row without end, bytes that are not text.
    pub(super) fn next_chunk(&mut self, mut room: Vec<u8>) -> Result<Option<Chunk>, IngestError> {
        let mut target = self.limits.chunk_bytes.max(1);
        let scan = loop {
            self.fill(target)?;
            if self.buffer.is_empty() {
                return Ok(None);
            }
            let scan = self.scan(room)?;
            if scan.consumed > 0 || self.filled != Filled::Enough {
                break scan;
            }
            room = scan.chunk.into_room();
            if self.buffer.len() > self.limits.row_bytes {
                return Err(self.endless(0));
            }
            target = self.buffer.len().saturating_mul(2);
        };
        self.row = scan.row;
        self.line = scan.line;
        self.buffer.drain(..scan.consumed);
        Ok(Some(scan.chunk))
    }

    /// What parses this file's chunks.
    pub(super) fn parser(&self) -> Parser {
        Parser {
            path: self.path.clone(),
            delimiter: self.grammar.delimiter,
            schema: Arc::clone(&self.schema),
        }
    }

    /// Adds the row that was being read to an error about a damaged stream.
    pub(super) fn at_place(&self, error: IngestError) -> IngestError {
        match error {
            IngestError::File { path, what } => {
                let (row, line, _) = self.locate(self.buffer.len());
                IngestError::Place {
                    path,
                    row,
                    line,
                    column: String::new(),
                    what,
                }
            }
            other => other,
        }
    }

    fn fill(&mut self, target: usize) -> Result<(), IngestError> {
        if self.filled == Filled::Enough {
            let filled = self.text.fill(&mut self.buffer, target);
            self.filled = filled.map_err(|e| self.at_place((self.explain)(e)))?;
        }
        Ok(())
    }

    fn at_end(&self) -> bool {
        self.filled != Filled::Enough
    }

    /// `sep=;` as the first line, as Excel writes and reads it.
    fn take_separator_line(&mut self) -> Result<Option<u8>, IngestError> {
        self.fill(64)?;
        let said = match &self.buffer[..] {
            [s, e, p, b'=', d, b'\n' | b'\r', ..]
                if [*s, *e, *p].eq_ignore_ascii_case(b"sep") && d.is_ascii() && *d != b'"' =>
            {
                *d
            }
            _ => return Ok(None),
        };
        let n = if self.buffer[5..].starts_with(b"\r\n") {
            7
        } else {
            6
        };
        self.buffer.drain(..n);
        self.line += 1;
        Ok(Some(said))
    }

    /// The first record that is not blank, at the start of the buffer.
    fn header_record(&mut self) -> Result<Record, IngestError> {
        let mut target = (1 << 16).min(self.limits.row_bytes);
        loop {
            self.fill(target)?;
            while let Some(b'\n' | b'\r') = self.buffer.first() {
                let n = if self.buffer.starts_with(b"\r\n") {
                    2
                } else {
                    1
                };
                if n == 1 && self.buffer.len() == 1 && !self.at_end() {
                    break;
                }
                self.buffer.drain(..n);
                self.line += 1;
            }
            if self.buffer.is_empty() && self.at_end() {
                return Err(if self.filled == Filled::Malformed {
                    self.bad_text(0)
                } else {
                    IngestError::file(&self.path, "is empty: not even a header row")
                });
            }
            if !self.buffer.is_empty() {
                match self.grammar.record(&self.buffer, 0, self.at_end()) {
                    Step::Record(record) => {
                        if self.filled == Filled::Malformed && record.next == self.buffer.len() {
                            return Err(self.bad_text(self.buffer.len()));
                        }
                        return Ok(record);
                    }
                    Step::Unfinished(quote) if self.at_end() => {
                        return Err(self.open_quote(0, quote.unwrap_or(0)));
                    }
                    Step::Unfinished(_) if self.buffer.len() > self.limits.row_bytes => {
                        return Err(self.endless(0));
                    }
                    Step::Unfinished(_) => {}
                }
            }
            target = (self.buffer.len() * 2).max(target);
        }
    }

    /// How many columns a delimiter would map; 0 when the header is not even well-formed with it.
    fn n_mapped(
        &self,
        record: &Record,
        delimiter: u8,
        options: &IngestOptions,
        overrides: &[(Field, String)],
    ) -> usize {
        let grammar = Grammar {
            delimiter,
            ..self.grammar
        };
        let line = &self.buffer[..record.end];
        match grammar.record(line, 0, true) {
            Step::Record(r) if r.fault.is_none() && r.end == line.len() => {}
            _ => return 0,
        }
        let header: Vec<String> = grammar
            .fields(line)
            .into_iter()
            .map(|f| String::from_utf8_lossy(&f).into_owned())
            .collect();
        if header.len() > self.limits.columns {
            return 0;
        }
        // A doubled column is an error of a header that maps.
        layout::read_header(
            &self.path,
            &header,
            options.record_type_of(&self.path),
            overrides,
        )
        .map_or(1, |l| l.n_mapped())
    }

    fn take_header(&mut self, first: &Record) -> Result<Vec<String>, IngestError> {
        // Again, since the delimiter may have been settled meanwhile.
        let record = match self.grammar.record(&self.buffer[..first.next], 0, true) {
            Step::Record(record) => record,
            Step::Unfinished(quote) => return Err(self.open_quote(0, quote.unwrap_or(0))),
        };
        if let Err(e) = std::str::from_utf8(&self.buffer[..record.end]) {
            return Err(self.bad_text(e.valid_up_to()));
        }
        // The first line of bytes that are no text may be text by chance.
        if let Err(e) = std::str::from_utf8(&self.buffer)
            && e.error_len().is_some()
            && is_binary(&self.buffer)
        {
            return Err(self.bad_text(e.valid_up_to()));
        }
        if let Some(fault) = record.fault {
            let column = fault.field_idx() + 1;
            return Err(IngestError::Place {
                path: self.path.clone(),
                row: 1,
                line: self.line,
                column: String::new(),
                what: format!(
                    "the header is damaged in column {column}: {}",
                    reason(fault)
                ),
            });
        }
        if record.n_fields > self.limits.columns {
            return Err(IngestError::limit(
                &self.path,
                format!(
                    "the header has {} columns, more than the {} that are read; leave some out of the export",
                    record.n_fields, self.limits.columns
                ),
            ));
        }
        let names: Vec<String> = self
            .grammar
            .fields(&self.buffer[..record.end])
            .into_iter()
            .map(|f| String::from_utf8(f).expect("the header was checked to be UTF-8"))
            .collect();
        if let Some(i) = names
            .iter()
            .position(|n| n.len() > self.limits.header_bytes)
        {
            return Err(IngestError::limit(
                &self.path,
                format!(
                    "the name of column {} is longer than {} bytes; is the first row a header?",
                    i + 1,
                    self.limits.header_bytes
                ),
            ));
        }
        self.buffer.drain(..record.next);
        self.row = 2;
        self.line += record.n_lines;
        Ok(names)
    }

    fn scan(&self, mut room: Vec<u8>) -> Result<Scan, IngestError> {
        let n_columns = self.names.len();
        let text = &self.buffer;
        room.clear();
        room.reserve(text.len() + n_columns + 8);
        let mut chunk = Chunk {
            text: room,
            places: Vec::new(),
            rejects: Vec::new(),
            n_rows: 0,
            longest: (0, Place { row: 0, line: 0 }),
        };
        // polars looks at the first bytes for compression and byte order marks, and skips blank first lines.
        // A row of our own in front keeps the data out of its sight.
        chunk.text.extend_from_slice(b"\"\"");
        chunk
            .text
            .resize(chunk.text.len() + n_columns - 1, self.grammar.delimiter);
        chunk.text.push(b'\n');
        let (mut at, mut row, mut line) = (0, self.row, self.line);
        // Records that follow one another and end in LF are copied in one go.
        let mut run = 0..0;
        while at < text.len() {
            let record = match self.grammar.record(text, at, self.at_end()) {
                Step::Record(record) => record,
                Step::Unfinished(Some(quote)) if self.at_end() => {
                    if self.filled == Filled::Malformed {
                        return Err(self.bad_text(text.len()));
                    }
                    return Err(self.open_quote(at, quote));
                }
                Step::Unfinished(_) => {
                    if text.len() - at > self.limits.row_bytes {
                        return Err(self.endless(at));
                    }
                    break;
                }
            };
            if record.end - record.start > self.limits.row_bytes {
                return Err(self.endless(at));
            }
            at = record.next;
            if record.is_blank() {
                line += record.n_lines;
                continue;
            }
            let reject = match record.fault {
                Some(fault) => Some((
                    self.name(fault.field_idx()),
                    spanning(reason(fault), record.n_lines),
                )),
                None if record.n_fields != n_columns => Some((
                    String::new(),
                    spanning(&ragged(record.n_fields, n_columns), record.n_lines),
                )),
                None => None,
            };
            match reject {
                None => {
                    let plain = record.next == record.end + 1 && text[record.end] == b'\n';
                    if run.end != record.start {
                        chunk.text.extend_from_slice(&text[run.clone()]);
                        run = record.start..record.start;
                    }
                    if plain {
                        run.end = record.next;
                    } else {
                        chunk.text.extend_from_slice(&text[run.start..record.end]);
                        chunk.text.push(b'\n');
                        run = record.next..record.next;
                    }
                    chunk.places.push(Place { row, line });
                    if record.n_lines > chunk.longest.0 {
                        chunk.longest = (record.n_lines, Place { row, line });
                    }
                }
                Some((column, reason)) => chunk.rejects.push(Reject {
                    file: self.path.clone(),
                    row,
                    line,
                    column,
                    reason,
                }),
            }
            chunk.n_rows += 1;
            row += 1;
            line += record.n_lines;
        }
        chunk.text.extend_from_slice(&text[run]);
        if let Err(e) = std::str::from_utf8(&text[..at]) {
            return Err(self.bad_text(e.valid_up_to()));
        }
        if self.filled == Filled::Malformed {
            return Err(self.bad_text(text.len()));
        }
        Ok(Scan {
            chunk,
            consumed: at,
            row,
            line,
        })
    }

    fn name(&self, field_idx: usize) -> String {
        self.names.get(field_idx).cloned().unwrap_or_default()
    }

    /// Row, line and start of the record that holds byte `offset` of the buffer.
    fn locate(&self, offset: usize) -> (u64, u64, usize) {
        let (mut at, mut row, mut line) = (0, self.row, self.line);
        while at < self.buffer.len() {
            match self.grammar.record(&self.buffer, at, true) {
                Step::Record(r) if r.next <= offset && r.next > r.end => {
                    row += u64::from(!r.is_blank());
                    line += r.n_lines;
                    at = r.next;
                }
                _ => break,
            }
        }
        (row, line, at)
    }

    /// The error for bytes at `offset` that are not text.
    fn bad_text(&self, offset: usize) -> IngestError {
        let (row, line, start) = self.locate(offset);
        let start = start.min(offset);
        let before = &self.buffer[start..offset];
        let column = self.grammar.field_at(before, before.len());
        IngestError::Place {
            path: self.path.clone(),
            row,
            line: line + line_ends(before),
            // Empty in the header itself, whose names are not known yet.
            column: self.name(column),
            what: if self.filled == Filled::Malformed {
                "the bytes are not valid UTF-16; the file may be cut off: export it again"
                    .to_owned()
            } else if is_binary(&self.buffer) {
                "the bytes are not text, neither UTF-8 nor UTF-16: is it a program's own file, or a damaged one? export the records as CSV or Parquet"
                    .to_owned()
            } else {
                "the bytes are not valid UTF-8; try --encoding windows-1252, or export as UTF-8"
                    .to_owned()
            },
        }
    }

    /// The error for a quote that is never closed.
    fn open_quote(&self, start: usize, quote: usize) -> IngestError {
        let (row, line, _) = self.locate(start);
        let inside = &self.buffer[quote..];
        let before = &self.buffer[start..quote];
        IngestError::Place {
            path: self.path.clone(),
            row,
            line: line + line_ends(before),
            column: self.name(self.grammar.field_at(before, before.len())),
            what: format!(
                "the quote opened here is never closed; the {} line ends up to the end of the file are inside it",
                line_ends(inside)
            ),
        }
    }

    /// The error for a row that is longer than any row may be.
    fn endless(&self, start: usize) -> IngestError {
        let (row, line, _) = self.locate(start);
        IngestError::Place {
            path: self.path.clone(),
            row,
            line,
            column: String::new(),
            what: format!(
                "the row is longer than {} bytes; {}",
                self.limits.row_bytes,
                if self.buffer[start..].starts_with(b"\0") {
                    "it begins with NUL bytes, which no text holds: a crash or a bad disk leaves such files"
                } else {
                    "is a quote opened there and never closed?"
                }
            ),
        }
    }
}

impl Parser {
    /// Parses a chunk and takes its places. Cost: polars uses its own threads inside.
    pub(super) fn parse(&self, chunk: &mut Chunk) -> Result<Batch, IngestError> {
        let n_rows = chunk.places.len();
        let first = chunk.places.first().map_or(0, |p| p.line);
        let columns = parse(&chunk.text, self.delimiter, &self.schema, n_rows).map_err(|why| {
            IngestError::file(
                &self.path,
                format!(
                    "the parser does not agree with the checker on the {n_rows} rows from line {first} on ({why}); please report the structure of these lines as a bug"
                ),
            )
        })?;
        Ok(Batch {
            columns,
            places: std::mem::take(&mut chunk.places),
        })
    }
}

struct Scan {
    chunk: Chunk,
    consumed: usize,
    row: u64,
    line: u64,
}

fn reason(fault: Fault) -> &'static str {
    match fault {
        Fault::BareQuote(_) => {
            "a quote stands inside a value that does not begin with one; put the value in quotes and double those inside"
        }
        Fault::TextAfterQuote(_) => {
            "something follows the closing quote; double the quotes inside the value (\"\"), or close the quote that was opened"
        }
        Fault::Nul(_) => "the value holds a zero byte; export again",
        Fault::LongField(_) => {
            "the value is longer than the limit for one field (1 MiB by default)"
        }
    }
}

fn ragged(n_fields: usize, n_columns: usize) -> String {
    let what = if n_fields < n_columns {
        "is the row cut off, or a line break in a value not quoted?"
    } else {
        "is a delimiter in a value not quoted?"
    };
    let fields = if n_fields == 1 { "field" } else { "fields" };
    format!("the row has {n_fields} {fields}, the header {n_columns}; {what}")
}

fn spanning(reason: &str, n_lines: u64) -> String {
    if n_lines > 1 {
        format!("{reason} (the row takes {n_lines} lines)")
    } else {
        reason.to_owned()
    }
}

fn delimiter_name(delimiter: u8) -> String {
    match delimiter {
        b',' => "a comma".to_owned(),
        b';' => "a semicolon".to_owned(),
        b'\t' => "a tab".to_owned(),
        b'|' => "a bar (|)".to_owned(),
        other => format!("{:?}", char::from(other)),
    }
}

/// The values of a checked text, all as strings, without the row in front. The error says where the two disagree.
fn parse(
    text: &[u8],
    delimiter: u8,
    schema: &SchemaRef,
    n_rows: usize,
) -> Result<Vec<StringChunked>, String> {
    let options = CsvReadOptions::default()
        .with_has_header(false)
        .with_schema(Some(Arc::clone(schema)))
        // No inference: it eats leading zeros.
        .with_infer_schema_length(Some(0))
        .with_raise_if_empty(false)
        .with_parse_options(
            CsvParseOptions::default()
                .with_separator(delimiter)
                .with_quote_char(Some(b'"'))
                .with_missing_is_null(false),
        );
    let frame = catch_unwind(AssertUnwindSafe(|| {
        options
            .into_reader_with_file_handle(io::Cursor::new(text))
            .finish()
    }))
    .map_err(|_| "it panicked".to_owned())?
    .map_err(|_| "it refused them".to_owned())?;
    if frame.height() != n_rows + 1 {
        return Err(format!("it found {}", frame.height().saturating_sub(1)));
    }
    frame
        .into_columns()
        .iter()
        .map(|column| {
            let values = column
                .str()
                .map_err(|_| "a column is not text".to_owned())?;
            Ok(values.slice(1, n_rows))
        })
        .collect()
}
