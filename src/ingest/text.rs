//! Bytes of a text file to UTF-8. The byte order mark decides; nothing is replaced by U+FFFD.

use std::io::{self, Read};

use encoding_rs::{Decoder, DecoderResult};

use super::options::Encoding;

/// Raw bytes read at once.
const BLOCK_BYTES: usize = 1 << 20;

/// A stream of UTF-8 text, not yet checked when the file itself is UTF-8.
pub(super) struct TextReader<R> {
    reader: R,
    decoder: Option<Decoder>,
    skip: usize,
    ended: bool,
}

/// Where [`TextReader::fill`] stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Filled {
    /// The buffer holds what was asked for; there may be more.
    Enough,
    /// The text is at its end.
    End,
    /// The bytes after the buffer's end are not text in the encoding.
    Malformed,
}

/// The encoding of a file and how it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Found {
    /// Never `Auto`.
    pub(super) encoding: Encoding,
    /// Length of the byte order mark.
    pub(super) n_mark_bytes: usize,
    /// What to tell the user, if anything.
    pub(super) why: Option<&'static str>,
}

/// Finds the encoding from the first bytes and the user's wish.
pub(super) fn encoding_of(head: &[u8], wish: Encoding) -> Found {
    let mark = if head.starts_with(&[0xef, 0xbb, 0xbf]) {
        Some((Encoding::Utf8, 3))
    } else if head.starts_with(&[0xff, 0xfe]) {
        Some((Encoding::Utf16Le, 2))
    } else if head.starts_with(&[0xfe, 0xff]) {
        Some((Encoding::Utf16Be, 2))
    } else {
        None
    };
    if let Some((encoding, n_mark_bytes)) = mark {
        let why = (wish != Encoding::Auto && wish != encoding)
            .then_some("the byte order mark says otherwise than --encoding, and is followed");
        return Found {
            encoding,
            n_mark_bytes,
            why,
        };
    }
    let found = |encoding, why| Found {
        encoding,
        n_mark_bytes: 0,
        why,
    };
    if wish == Encoding::Windows1252 && is_utf8_beyond_ascii(head) {
        return found(
            wish,
            Some("read as windows-1252 as asked, though it begins like UTF-8; look at the accents"),
        );
    }
    if wish != Encoding::Auto {
        return found(wish, None);
    }
    // Latin text in UTF-16 has a zero in every other byte; UTF-8 text has none at all.
    let n_pairs = head.len() / 2;
    let zeros = |odd: usize| head.chunks_exact(2).filter(|p| p[odd] == 0).count();
    let (high_first, low_first) = (zeros(0), zeros(1));
    let many = (n_pairs / 3).max(2);
    if low_first > many && high_first * 4 < low_first {
        found(
            Encoding::Utf16Le,
            Some("read as UTF-16 (low byte first), recognised by its zero bytes"),
        )
    } else if high_first > many && low_first * 4 < high_first {
        found(
            Encoding::Utf16Be,
            Some("read as UTF-16 (high byte first), recognised by its zero bytes"),
        )
    } else {
        found(Encoding::Utf8, None)
    }
}

/// True for text that is valid UTF-8 and would be read differently as one byte a character.
fn is_utf8_beyond_ascii(head: &[u8]) -> bool {
    let valid = match std::str::from_utf8(head) {
        Ok(_) => head,
        // The sample may end inside a character.
        Err(e) if e.error_len().is_none() => &head[..e.valid_up_to()],
        Err(_) => return false,
    };
    !valid.is_ascii()
}

impl<R: Read> TextReader<R> {
    pub(super) fn new(reader: R, found: Found) -> Self {
        let decoder = match found.encoding {
            Encoding::Auto | Encoding::Utf8 => None,
            Encoding::Utf16Le => Some(encoding_rs::UTF_16LE.new_decoder_without_bom_handling()),
            Encoding::Utf16Be => Some(encoding_rs::UTF_16BE.new_decoder_without_bom_handling()),
            Encoding::Windows1252 => {
                Some(encoding_rs::WINDOWS_1252.new_decoder_without_bom_handling())
            }
        };
        TextReader {
            reader,
            decoder,
            skip: found.n_mark_bytes,
            ended: false,
        }
    }

    /// Appends text until the buffer holds at least `target` bytes or there is no more.
    pub(super) fn fill(&mut self, out: &mut Vec<u8>, target: usize) -> io::Result<Filled> {
        let mut raw = Vec::new();
        while !self.ended && out.len() < target {
            if self.decoder.is_none() && self.skip == 0 {
                let start = out.len();
                out.resize(start + BLOCK_BYTES.min(target - start).max(1 << 12), 0);
                let read = self.reader.read(&mut out[start..]);
                out.truncate(start + *read.as_ref().unwrap_or(&0));
                match read {
                    Ok(0) => self.ended = true,
                    Ok(_) => {}
                    Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                    Err(e) => return Err(e),
                }
                continue;
            }
            raw.resize(BLOCK_BYTES, 0);
            let n = match self.reader.read(&mut raw) {
                Ok(n) => n,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(e),
            };
            self.ended = n == 0;
            let skipped = self.skip.min(n);
            self.skip -= skipped;
            let block = &raw[skipped..n];
            match &mut self.decoder {
                None => out.extend_from_slice(block),
                Some(decoder) => {
                    if decode(decoder, block, self.ended, out) == DecodeEnd::Malformed {
                        self.ended = true;
                        return Ok(Filled::Malformed);
                    }
                }
            }
        }
        Ok(if self.ended {
            Filled::End
        } else {
            Filled::Enough
        })
    }
}

#[derive(PartialEq, Eq)]
enum DecodeEnd {
    Fine,
    Malformed,
}

fn decode(decoder: &mut Decoder, mut block: &[u8], last: bool, out: &mut Vec<u8>) -> DecodeEnd {
    loop {
        let start = out.len();
        let room = decoder
            .max_utf8_buffer_length_without_replacement(block.len())
            .expect("a block of 1 MiB decodes to less than the address space");
        out.resize(start + room, 0);
        let (result, n_read, n_written) =
            decoder.decode_to_utf8_without_replacement(block, &mut out[start..], last);
        out.truncate(start + n_written);
        match result {
            DecoderResult::InputEmpty => return DecodeEnd::Fine,
            DecoderResult::OutputFull => block = &block[n_read..],
            DecoderResult::Malformed(..) => return DecodeEnd::Malformed,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(bytes: &[u8], wish: Encoding) -> (String, Filled) {
        let mut out = Vec::new();
        let filled = TextReader::new(bytes, encoding_of(bytes, wish))
            .fill(&mut out, 1 << 20)
            .expect("a slice reads without error");
        (String::from_utf8(out).expect("UTF-8"), filled)
    }

    #[test]
    fn marks_and_zero_bytes_decide() {
        let utf16 = |mark: &[u8], text: &str, low_first: bool| {
            let mut bytes = mark.to_vec();
            for unit in text.encode_utf16() {
                bytes.extend(if low_first {
                    unit.to_le_bytes()
                } else {
                    unit.to_be_bytes()
                });
            }
            bytes
        };
        let sample = "id,naïve 🙂\n1,b\n";
        for bytes in [
            sample.as_bytes().to_vec(),
            [&[0xef, 0xbb, 0xbf], sample.as_bytes()].concat(),
            utf16(&[0xff, 0xfe], sample, true),
            utf16(&[0xfe, 0xff], sample, false),
            utf16(&[], sample, true),
            utf16(&[], sample, false),
        ] {
            assert_eq!(
                text(&bytes, Encoding::Auto),
                (sample.to_owned(), Filled::End)
            );
        }
        assert_eq!(
            text(b"M\xfcller \x80", Encoding::Windows1252),
            ("Müller €".to_owned(), Filled::End)
        );
    }

    #[test]
    fn a_wish_against_the_evidence_is_said() {
        let why = |head: &[u8], wish| encoding_of(head, wish).why.is_some();
        assert!(why("id,Müller".as_bytes(), Encoding::Windows1252));
        assert!(!why(b"id,M\xfcller", Encoding::Windows1252));
        assert!(!why(b"id,Miller", Encoding::Windows1252));
        assert!(why(b"\xff\xfei\0", Encoding::Utf8));
        assert!(!why(b"id,Miller", Encoding::Utf8));
    }

    #[test]
    fn half_a_utf16_unit_is_malformed() {
        let bytes = [0xff, 0xfe, b'i', 0, b'd'];
        assert_eq!(
            text(&bytes, Encoding::Auto),
            ("i".to_owned(), Filled::Malformed)
        );
    }
}
