//! How a user steers the reading.

use crate::model::RecordType;
use std::path::{Path, PathBuf};

/// Options of [`read`](super::read). The default reads everything from the file itself.
#[derive(Debug, Clone, Default)]
pub struct IngestOptions {
    /// Type of the records in every file; otherwise taken from each header, else lead.
    pub record_type: Option<RecordType>,
    /// Type of the records in single files, which wins over [`record_type`](Self::record_type): the path as given, or
    /// the name of the file alone.
    pub file_types: Vec<(String, RecordType)>,
    /// `(canonical field name, header)`: overrides of the layout.
    /// A header that no column has, but whose parts between `+` are all columns, stands for their values joined by a space.
    pub columns: Vec<(String, String)>,
    /// Character encoding of text files; a byte order mark wins over it.
    pub encoding: Encoding,
    /// Field delimiter of text files; otherwise comma, or what the header says.
    pub delimiter: Option<u8>,
    /// What to do with a state that is not in the closed list of its layout.
    pub unknown_state: UnknownState,
    /// Size limits.
    pub limits: Limits,
    /// A program that decodes Parquet in a process of its own, within limits of memory and time: called with
    /// [`DECODE_ARGUMENT`](super::DECODE_ARGUMENT) alone it calls [`decode_parquet`](super::decode_parquet), as `kinfold`
    /// does. Without it Parquet is decoded in this process, which a file made for that can end.
    pub decoder: Option<PathBuf>,
}

impl IngestOptions {
    /// The type asked for the file at this path, if any was.
    pub fn record_type_of(&self, path: &str) -> Option<RecordType> {
        let named = self
            .file_types
            .iter()
            .find(|(file, _)| is_called(path, file));
        named.map(|(_, t)| *t).or(self.record_type)
    }
}

/// True when a path is called so: in full, or by the name of its file.
pub(super) fn is_called(path: &str, name: &str) -> bool {
    path == name || Path::new(path).file_name().is_some_and(|f| f == name)
}

/// Character encoding of a text file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// Byte order mark, else UTF-8; UTF-16 without a mark is recognised by its zero bytes. Nothing else is guessed.
    #[default]
    Auto,
    /// UTF-8.
    Utf8,
    /// UTF-16, low byte first.
    Utf16Le,
    /// UTF-16, high byte first.
    Utf16Be,
    /// Western European Windows code page. The five bytes it leaves open become control characters, as browsers do.
    Windows1252,
}

impl Encoding {
    /// Reads the name used on the command line, ignoring case.
    pub fn parse(text: &str) -> Option<Encoding> {
        Some(match text.to_ascii_lowercase().as_str() {
            "auto" => Encoding::Auto,
            "utf-8" | "utf8" => Encoding::Utf8,
            "utf-16le" | "utf16le" => Encoding::Utf16Le,
            "utf-16be" | "utf16be" => Encoding::Utf16Be,
            "windows-1252" | "cp1252" => Encoding::Windows1252,
            _ => return None,
        })
    }

    /// The name used on the command line.
    pub fn as_str(self) -> &'static str {
        match self {
            Encoding::Auto => "auto",
            Encoding::Utf8 => "utf-8",
            Encoding::Utf16Le => "utf-16le",
            Encoding::Utf16Be => "utf-16be",
            Encoding::Windows1252 => "windows-1252",
        }
    }
}

/// What to do with a state that is not in the closed list of its layout; it is never read as active.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum UnknownState {
    /// The row is rejected.
    #[default]
    Reject,
    /// The record counts as inactive.
    Inactive,
}

/// Size limits: a file beyond them is refused by name instead of filling the memory.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of one field; a longer one rejects its row.
    pub field_bytes: usize,
    /// Bytes of one row; a longer one ends the reading, since its end may never come.
    pub row_bytes: usize,
    /// Columns of one file.
    pub columns: usize,
    /// Bytes of one column name.
    pub header_bytes: usize,
    /// Bytes a compressed file may unfold to, and bytes a Parquet file may hold.
    pub unpacked_bytes: u64,
    /// How many times larger the unfolded data may be, looked at after the first 64 MiB.
    pub unpacked_ratio: u64,
    /// Text handed to the parser at once, in bytes. A matter of memory and speed only.
    pub chunk_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            field_bytes: 1 << 20,
            row_bytes: 16 << 20,
            columns: 4096,
            header_bytes: 1 << 10,
            unpacked_bytes: 64 << 30,
            unpacked_ratio: 200,
            // Two such pieces are in memory at a time, each beside its parsed form of about twice the size.
            chunk_bytes: 16 << 20,
        }
    }
}
