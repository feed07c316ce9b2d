//! What a file is, told by its first bytes: never by its name, which is what people change first.

/// What the content is, of the formats that are read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Delimited text.
    Text,
    /// Apache Parquet.
    Parquet,
}

/// Compression that is undone while reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Packing {
    /// gzip, RFC 1952.
    Gzip,
    /// Zstandard, RFC 8878.
    Zstd,
}

/// A file that is not a table of records in a form we read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Foreign {
    /// What it is, after "is".
    pub(super) what: &'static str,
    /// What to do.
    pub(super) remedy: &'static str,
}

const AS_CSV: &str = "save the sheet as \"CSV UTF-8\"";
const EXPORT: &str = "export the records as CSV or Parquet";
const UNPACK: &str = "unpack it and name the file inside";
const REPACK: &str = "unpack it, or compress it with gzip or zstd, which are read as they are";

/// First bytes, what they tell, and what to do. Long enough that no header row begins so.
const BY_FIRST_BYTES: [(&[u8], &str, &str); 23] = [
    (
        b"PK\x03\x04",
        "a zip archive or an Excel workbook (.xlsx)",
        "save the sheet as \"CSV UTF-8\", or unpack the archive",
    ),
    (b"PK\x05\x06", "an empty zip archive", EXPORT),
    (
        b"\xd0\xcf\x11\xe0",
        "an old Excel workbook (.xls), or another Office document of that time",
        AS_CSV,
    ),
    (b"{\\rtf", "a text document (RTF)", EXPORT),
    (b"%PDF", "a PDF", EXPORT),
    (b"\x89PNG", "a picture (PNG)", EXPORT),
    (b"\xff\xd8\xff", "a picture (JPEG)", EXPORT),
    (b"GIF87a", "a picture (GIF)", EXPORT),
    (b"GIF89a", "a picture (GIF)", EXPORT),
    (
        b"SQLite format 3\0",
        "an SQLite database",
        "export its table of records as CSV",
    ),
    (
        b"\0\x01\0\0Standard ",
        "an Access database",
        "export its table of records as CSV",
    ),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive", UNPACK),
    (b"Rar!\x1a\x07", "a RAR archive", UNPACK),
    (b"\xfd7zXZ\0", "compressed with xz", REPACK),
    (b"\x04\x22\x4d\x18", "compressed with lz4", REPACK),
    (b"\x1f\x9d", "compressed with compress (.Z)", REPACK),
    (b"ARROW1\0", "an Arrow file (Feather)", EXPORT),
    (b"Obj\x01", "an Avro file", EXPORT),
    (b"\x7fELF", "a program", EXPORT),
    (b"MZ\x90\0", "a program", EXPORT),
    (b"BEGIN:VCARD", "a list of contacts as vCard", EXPORT),
    (b"\xff\xfe\0\0", "UTF-32 text", "save it as UTF-8"),
    (b"\0\0\xfe\xff", "UTF-32 text", "save it as UTF-8"),
];

/// Tells the content by its first bytes, some thousand of them, already unfolded once when `unfolded`.
///
/// Text is whatever is not known to be something else: only reading on can tell.
pub(super) fn format_of(head: &[u8], unfolded: bool) -> Result<Format, Foreign> {
    let is = |what, remedy| Err(Foreign { what, remedy });
    if head.is_empty() {
        return is(
            "empty: not even a header row",
            "export the records again and see whether any are chosen",
        );
    }
    if head.starts_with(b"PAR1") {
        return Ok(Format::Parquet);
    }
    if let Some((_, what, remedy)) = BY_FIRST_BYTES.iter().find(|f| head.starts_with(f.0)) {
        return is(what, remedy);
    }
    if unfolded && Packing::of(head).is_some() {
        return is("compressed twice", "unpack it once");
    }
    if head.starts_with(b"BZh") && head.get(4..10) == Some(b"1AY&SY") {
        return is("compressed with bzip2", REPACK);
    }
    if head.get(257..262) == Some(b"ustar") {
        return is("a tar archive", UNPACK);
    }
    if head.starts_with(b"ORC") && is_binary(head) {
        return is("an ORC file", EXPORT);
    }
    let text = head.strip_prefix(&[0xef, 0xbb, 0xbf]).unwrap_or(head);
    let text = text.trim_ascii_start();
    let lower = text[..text.len().min(64)].to_ascii_lowercase();
    let begins_with = |tags: &[&[u8]]| tags.iter().any(|tag| lower.starts_with(tag));
    if begins_with(&[b"<!doctype html", b"<html", b"<head", b"<table"]) {
        return is(
            "a web page, perhaps a sign-in page saved instead of the export",
            EXPORT,
        );
    }
    if begins_with(&[b"<?xml", b"<!doctype"]) {
        return is("XML", EXPORT);
    }
    if let [b'{' | b'[', rest @ ..] = text {
        let next = rest.trim_ascii_start().first();
        if matches!(next, Some(b'{' | b'[' | b'}' | b']' | b'"')) {
            return is("JSON", EXPORT);
        }
    }
    Ok(Format::Text)
}

/// True when one byte in fifty or more is a control character other than a tab or a line's end: text in one byte a
/// character has none, or a stray one. Never true for fewer than three.
pub(super) fn is_binary(bytes: &[u8]) -> bool {
    let is_odd = |b: &&u8| b.is_ascii_control() && !b.is_ascii_whitespace();
    let n_odd = bytes.iter().filter(is_odd).count();
    n_odd >= 3 && n_odd * 50 >= bytes.len()
}

impl Packing {
    /// The compression that the first bytes tell of.
    pub(super) fn of(head: &[u8]) -> Option<Packing> {
        if head.starts_with(&[0x1f, 0x8b]) {
            Some(Packing::Gzip)
        } else if head.starts_with(&[0x28, 0xb5, 0x2f, 0xfd]) {
            Some(Packing::Zstd)
        } else {
            None
        }
    }

    /// The name, which is also that of the tool.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Packing::Gzip => "gzip",
            Packing::Zstd => "zstd",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(head: &[u8]) -> Result<Format, &'static str> {
        format_of(head, false).map_err(|foreign| foreign.what)
    }

    #[test]
    fn formats_are_told_by_their_first_bytes() {
        let mut tar = vec![b'x'; 512];
        tar[257..262].copy_from_slice(b"ustar");
        for (head, expected) in [
            (&b"id,name\n"[..], Ok(Format::Text)),
            (b"PAR1....", Ok(Format::Parquet)),
            (b"", Err("empty: not even a header row")),
            (b"BZh91AY&SY\x12", Err("compressed with bzip2")),
            (&tar, Err("a tar archive")),
            (b"ORC\n\x0b\x0a\x03\0", Err("an ORC file")),
            (b"[ {\"id\": 1}]", Err("JSON")),
            (b"<?xml version='1.0'?><Workbook>", Err("XML")),
            (
                b"\xef\xbb\xbf\n<!DOCTYPE html>",
                Err("a web page, perhaps a sign-in page saved instead of the export"),
            ),
        ] {
            assert_eq!(told(head), expected, "{head:?}");
        }
        for (magic, what, _) in BY_FIRST_BYTES {
            let mut head = magic.to_vec();
            head.extend_from_slice(b"...");
            assert_eq!(told(&head), Err(what));
        }
    }

    #[test]
    fn headers_that_begin_like_a_format_are_headers() {
        for head in [
            &b"ORCID,Name\n1,a\n"[..],
            b"ORC,Name\n",
            b"BZhref,Name\n",
            b"GIF,Name\n",
            b"PKey,Name\n",
            b"PNG,JPEG\n",
            b"Rar!,Name\n",
            b"MZ,Name\n",
            b"Obj,Name\n",
            b"7z,Name\n",
            b"SQLite format,Name\n",
            b"[Name],b\n1,2\n",
            b"<id>,<name>\n",
            b"{id},{name}\n",
        ] {
            assert_eq!(told(head), Ok(Format::Text), "{head:?}");
        }
    }

    #[test]
    fn what_is_compressed_twice_is_so_only_when_unfolded_once() {
        let gzip = [0x1f, 0x8b, 8, 0];
        assert_eq!(Packing::of(&gzip), Some(Packing::Gzip));
        assert_eq!(
            format_of(&gzip, true).map_err(|f| f.what),
            Err("compressed twice")
        );
    }
}
