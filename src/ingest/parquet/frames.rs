//! What a decoding process and its parent say to each other: frames of a kind, a length and so many bytes.
//!
//! Numbers are little-endian. The parent believes nothing: lengths have a limit, text is checked to be UTF-8.

use std::io::{self, Read, Write};

use polars::prelude::{NewChunkedArray, StringChunked};

/// Text and lengths of the rows in one frame, about.
pub(super) const ROWS_BYTES: usize = 32 << 20;

/// A frame is never longer: rows as above, and one row more of any length that is allowed.
const MAX_BYTES: u64 = 256 << 20;

/// What a frame says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Kind {
    /// The file can be read: number of rows, names of columns, notices.
    Head = b'H',
    /// Some rows.
    Rows = b'R',
    /// There are no more.
    End = b'E',
    /// The file cannot be used: a message.
    Damage = b'D',
    /// A limit would be passed: a message.
    Limit = b'L',
    /// What is decoded next: row group and column.
    Place = b'P',
}

/// Writes a frame.
pub(super) fn send(to: &mut impl Write, kind: Kind, bytes: &[u8]) -> io::Result<()> {
    to.write_all(&[kind as u8])?;
    to.write_all(&(bytes.len() as u64).to_le_bytes())?;
    to.write_all(bytes)?;
    to.flush()
}

/// Reads a frame. Errors: the end of the stream, or what is no frame.
pub(super) fn receive(from: &mut impl Read) -> io::Result<(Kind, Vec<u8>)> {
    let mut head = [0_u8; 9];
    from.read_exact(&mut head)?;
    let kind = match head[0] {
        b'H' => Kind::Head,
        b'R' => Kind::Rows,
        b'E' => Kind::End,
        b'D' => Kind::Damage,
        b'L' => Kind::Limit,
        b'P' => Kind::Place,
        _ => return Err(io::ErrorKind::InvalidData.into()),
    };
    let length = u64::from_le_bytes(head[1..].try_into().expect("eight bytes are left"));
    if length > MAX_BYTES {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = Vec::new();
    from.take(length).read_to_end(&mut bytes)?;
    if bytes.len() as u64 != length {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    Ok((kind, bytes))
}

/// What a file holds, told before its rows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    pub(super) n_rows: usize,
    pub(super) names: Vec<String>,
    pub(super) notices: Vec<String>,
}

impl Head {
    /// As the bytes of a frame.
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = (self.n_rows as u64).to_le_bytes().to_vec();
        for list in [&self.names, &self.notices] {
            put_number(&mut out, list.len());
            for text in list {
                put_number(&mut out, text.len());
                out.extend_from_slice(text.as_bytes());
            }
        }
        out
    }

    /// Reads such bytes.
    pub(super) fn decode(bytes: &[u8]) -> Option<Head> {
        let mut rest = bytes;
        let n_rows = u64::from_le_bytes(rest.split_off(..8)?.try_into().ok()?);
        let mut list = || {
            let n = number(&mut rest)?;
            let mut texts = Vec::new();
            for _ in 0..n {
                let length = number(&mut rest)?;
                let text = rest.split_off(..length)?;
                texts.push(std::str::from_utf8(text).ok()?.to_owned());
            }
            Some(texts)
        };
        let (names, notices) = (list()?, list()?);
        rest.is_empty().then_some(Head {
            n_rows: usize::try_from(n_rows).ok()?,
            names,
            notices,
        })
    }
}

/// Writes the rows of these columns, all equally long, in frames of about [`ROWS_BYTES`].
pub(super) fn send_rows(to: &mut impl Write, columns: &[StringChunked]) -> io::Result<()> {
    let n_rows = columns.first().map_or(0, |c| c.len());
    let values: Vec<Vec<&str>> = columns
        .iter()
        .map(|c| {
            let arrays = c.downcast_iter();
            let values = arrays.flat_map(|array| array.iter());
            values.map(|v| v.unwrap_or("")).collect()
        })
        .collect();
    let mut start = 0;
    while start < n_rows {
        let (mut end, mut n_bytes) = (start, 0);
        while end < n_rows && n_bytes < ROWS_BYTES {
            n_bytes += values.iter().map(|v| v[end].len() + 4).sum::<usize>();
            end += 1;
        }
        let mut frame = Vec::with_capacity(n_bytes + 4);
        put_number(&mut frame, end - start);
        for column in &values {
            for value in &column[start..end] {
                put_number(&mut frame, value.len());
            }
        }
        for column in &values {
            for value in &column[start..end] {
                frame.extend_from_slice(value.as_bytes());
            }
        }
        send(to, Kind::Rows, &frame)?;
        start = end;
    }
    Ok(())
}

/// Reads rows of so many columns.
pub(super) fn read_rows(bytes: &[u8], n_columns: usize) -> Option<Vec<StringChunked>> {
    let mut rest = bytes;
    let n_rows = number(&mut rest)?;
    let lengths = rest.split_off(..n_rows.checked_mul(n_columns)?.checked_mul(4)?)?;
    // Checked at once, and again at each cut.
    let mut text = std::str::from_utf8(rest).ok()?;
    let mut columns = Vec::with_capacity(n_columns);
    let (lengths, _) = lengths.as_chunks::<4>();
    for i in 0..n_columns {
        let mut values = Vec::with_capacity(n_rows);
        for length in &lengths[i * n_rows..(i + 1) * n_rows] {
            let (value, behind) = text.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            values.push(value);
            text = behind;
        }
        columns.push(StringChunked::from_iter_values(
            "".into(),
            values.into_iter(),
        ));
    }
    (text.is_empty() && n_rows > 0).then_some(columns)
}

/// Appends a number of 32 bits; no frame is long enough for a larger one.
pub(super) fn put_number(out: &mut Vec<u8>, n: usize) {
    out.extend_from_slice(&u32::try_from(n).unwrap_or(u32::MAX).to_le_bytes());
}

/// Takes a number of 32 bits.
pub(super) fn number(rest: &mut &[u8]) -> Option<usize> {
    let bytes = rest.split_off(..4)?;
    Some(u32::from_le_bytes(bytes.try_into().ok()?) as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_received() {
        let long = "x".repeat(ROWS_BYTES / 3);
        let first = ["a", "", "ü", &long, &long, &long, &long, "z"];
        let second = ["1", "2", "3", "4", "5", "6", "7", "8"];
        let columns =
            [first, second].map(|c| StringChunked::from_iter_values("".into(), c.into_iter()));
        let mut stream = Vec::new();
        send_rows(&mut stream, &columns).expect("in memory");
        send(&mut stream, Kind::End, b"").expect("in memory");
        let mut from = &stream[..];
        let (mut got, mut n_frames) = ([Vec::new(), Vec::new()], 0);
        loop {
            let (kind, bytes) = receive(&mut from).expect("whole");
            if kind == Kind::End {
                break;
            }
            n_frames += 1;
            for (got, column) in got.iter_mut().zip(read_rows(&bytes, 2).expect("whole")) {
                got.extend(column.iter().map(|v| v.unwrap_or("").to_owned()));
            }
            assert!(read_rows(&bytes, 1).is_none());
            assert!(read_rows(&bytes[..bytes.len() - 1], 2).is_none());
        }
        assert_eq!(
            got,
            [
                first.map(str::to_owned).to_vec(),
                second.map(str::to_owned).to_vec()
            ]
        );
        assert!(n_frames > 1);
        assert!(receive(&mut from).is_err());
        let head = Head {
            n_rows: 8,
            names: vec!["id".into(), "größe".into()],
            notices: vec![],
        };
        assert_eq!(Head::decode(&head.encode()), Some(head));
        assert_eq!(Head::decode(b"short"), None);
    }

    #[test]
    fn a_length_beyond_reason_is_not_believed() {
        let mut stream = vec![b'R'];
        stream.extend_from_slice(&u64::MAX.to_le_bytes());
        assert!(receive(&mut &stream[..]).is_err());
    }
}
