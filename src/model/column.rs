//! A column of exported text: few distinct values by number, many one after the other.

use super::codes::Texts;
use super::field::Field;
use super::ids::{HashIndex, NONE};
use super::row_set::RowSet;
use std::sync::Arc;

/// A column counts as one of few values while it has no more distinct ones than this and a share of its length.
const FEW: usize = 4096;
/// Distinct values that a column of few may have for each value beyond [`FEW`].
const FEW_SHARE: usize = 8;
/// Values that two bytes can number.
const NUMBERS: usize = 1 << 16;

/// Values looked up before they are copied when rows change places: the far reads of so many are under way at once, where
/// a copy waits for its own.
const VALUES_AHEAD: usize = 128;

/// One column of text, one value a record; a missing value is the empty string.
///
/// Takes 2 bytes a value while few are distinct (countries, titles, states), else 4 bytes beside the text itself.
#[derive(Debug, Clone, Default)]
pub struct TextColumn {
    /// Header as written in the file (the first file that had the column).
    pub header: String,
    /// Meaning, when the preset or `--column` gave one.
    pub field: Option<Field>,
    n_bytes: usize,
    n_filled: usize,
    values: Values,
}

#[derive(Debug, Clone)]
enum Values {
    Few(Few),
    Many(Many),
    /// Elsewhere; the number of values. Asking for one is a mistake of the program.
    Parked(usize),
    /// Back for some rows. Asking for another is a mistake of the program.
    Back(Back),
}

#[derive(Debug, Clone)]
struct Back {
    rows: Arc<RowSet>,
    values: Many,
}

#[derive(Debug, Clone, Default)]
struct Few {
    distinct: Texts,
    index: HashIndex,
    numbers: Vec<u16>,
}

#[derive(Debug, Clone, Default)]
struct Many {
    text: String,
    ends: Vec<u32>,
}

impl Default for Values {
    fn default() -> Self {
        Values::Few(Few::default())
    }
}

impl Few {
    fn get(&self, i: usize) -> &str {
        self.distinct.get(usize::from(self.numbers[i]))
    }

    /// False when the value is one too many, and is not taken.
    fn push(&mut self, value: &str) -> bool {
        let Few {
            distinct,
            index,
            numbers,
        } = self;
        let hash = HashIndex::hash(value);
        let is_same = |at: u32| distinct.get(at as usize) == value;
        let number = match index.find(hash, is_same) {
            Some(number) => number as usize,
            None => {
                let new = distinct.len();
                if new >= NUMBERS || new >= FEW + numbers.len() / FEW_SHARE {
                    return false;
                }
                index.number(hash, |_| false, || new as u32);
                distinct.push(value);
                new
            }
        };
        numbers.push(u16::try_from(number).expect("few values have small numbers"));
        true
    }
}

impl Many {
    fn get(&self, i: usize) -> &str {
        let start = if i == 0 { 0 } else { self.ends[i - 1] as usize };
        &self.text[start..self.ends[i] as usize]
    }

    fn push(&mut self, value: &str) {
        self.text.push_str(value);
        self.ends
            .push(u32::try_from(self.text.len()).expect("ingest keeps a column below 4 GiB"));
    }
}

impl TextColumn {
    /// An empty column.
    pub fn new(header: impl Into<String>, field: Option<Field>) -> Self {
        TextColumn {
            header: header.into(),
            field,
            ..TextColumn::default()
        }
    }

    /// The text of all values one after the other, and where each ends; `None` when the column has few distinct values,
    /// which take no room.
    pub fn text_and_ends(&self) -> Option<(&str, &[u32])> {
        match &self.values {
            Values::Many(many) => Some((&many.text, &many.ends)),
            _ => None,
        }
    }

    /// Gives the text up: its number of values, bytes and filled values stay known. Until [`bring_back`](Self::bring_back)
    /// no value may be asked for.
    pub fn park(&mut self) {
        self.values = Values::Parked(self.len());
    }

    /// Takes the text of some rows back, ascending, with where each value ends. Values of other rows may not be asked for.
    ///
    /// Panics when that is not a value for each of `rows`.
    pub fn bring_back(&mut self, rows: &Arc<RowSet>, text: String, ends: Vec<u32>) {
        assert_eq!(ends.len(), rows.len(), "a value for each row");
        assert_eq!(rows.of_how_many(), self.len(), "rows of this column");
        self.values = Values::Back(Back {
            rows: Arc::clone(rows),
            values: Many { text, ends },
        });
    }

    /// Appends a value. Panics when the column would pass 4 GiB of text; ingest checks that before ([`text_len`](Self::text_len)).
    pub fn push(&mut self, value: &str) {
        self.n_bytes += value.len();
        self.n_filled += usize::from(!value.is_empty());
        match &mut self.values {
            Values::Many(many) => many.push(value),
            Values::Few(few) => {
                if !few.push(value) {
                    let mut many = Many::default();
                    for i in 0..few.numbers.len() {
                        many.push(few.get(i));
                    }
                    many.push(value);
                    self.values = Values::Many(many);
                }
            }
            Values::Parked(_) | Values::Back(_) => self.not_whole(),
        }
    }

    /// The value of record `i`, empty when missing.
    #[inline]
    pub fn get(&self, i: usize) -> &str {
        match &self.values {
            Values::Few(few) => few.get(i),
            Values::Many(many) => many.get(i),
            Values::Back(back) => match back.rows.number(i) {
                Some(at) => back.values.get(at),
                None => self.not_whole(),
            },
            Values::Parked(_) => self.not_whole(),
        }
    }

    #[cold]
    fn not_whole(&self) -> ! {
        panic!("the text of {} was parked", self.header)
    }

    /// Number of values.
    pub fn len(&self) -> usize {
        match &self.values {
            Values::Few(few) => few.numbers.len(),
            Values::Many(many) => many.ends.len(),
            Values::Parked(n) => *n,
            Values::Back(back) => back.rows.of_how_many(),
        }
    }

    /// True when the column has no values.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Bytes of all values together.
    pub fn text_len(&self) -> usize {
        self.n_bytes
    }

    /// Number of values that are not empty.
    pub fn n_filled(&self) -> usize {
        self.n_filled
    }

    /// A copy with rows in the order of `order`.
    pub fn gather(&self, order: &[u32]) -> TextColumn {
        let values = match &self.values {
            Values::Few(few) => Values::Few(Few {
                distinct: few.distinct.clone(),
                index: few.index.clone(),
                numbers: order.iter().map(|&i| few.numbers[i as usize]).collect(),
            }),
            Values::Many(many) => {
                let mut out = Many {
                    text: String::with_capacity(many.text.len()),
                    ends: Vec::with_capacity(order.len()),
                };
                let mut ahead = Vec::with_capacity(VALUES_AHEAD);
                for rows in order.chunks(VALUES_AHEAD) {
                    ahead.extend(rows.iter().map(|&i| many.get(i as usize)));
                    ahead.drain(..).for_each(|value| out.push(value));
                }
                Values::Many(out)
            }
            Values::Parked(_) | Values::Back(_) => self.not_whole(),
        };
        let mut out = TextColumn {
            header: self.header.clone(),
            field: self.field,
            n_bytes: self.n_bytes,
            n_filled: self.n_filled,
            values,
        };
        if order.len() != self.len() {
            out.n_bytes = (0..out.len()).map(|i| out.get(i).len()).sum();
            out.n_filled = (0..out.len()).filter(|i| !out.get(*i).is_empty()).count();
        }
        out
    }

    /// The distinct values in order of first appearance, and for each record the number of its value among them.
    /// Cost: a look at each value's number, or a hash of each value.
    pub fn distinct(&self) -> (Vec<u32>, Vec<&str>) {
        let mut values: Vec<&str> = Vec::new();
        let numbers = match &self.values {
            Values::Few(few) => {
                let mut new_number = vec![NONE; few.distinct.len()];
                few.numbers
                    .iter()
                    .map(|&old| {
                        let new = &mut new_number[usize::from(old)];
                        if *new == NONE {
                            *new = values.len() as u32;
                            values.push(few.distinct.get(usize::from(old)));
                        }
                        *new
                    })
                    .collect()
            }
            Values::Many(many) => {
                let mut index = HashIndex::default();
                (0..self.len())
                    .map(|i| {
                        let value = many.get(i);
                        let new = values.len() as u32;
                        let is_same = |id: u32| values[id as usize] == value;
                        let id = index.number(HashIndex::hash(value), is_same, || new);
                        if id == new {
                            values.push(value);
                        }
                        id
                    })
                    .collect()
            }
            Values::Parked(_) | Values::Back(_) => self.not_whole(),
        };
        (numbers, values)
    }

    /// The canonical name when the meaning is known, else the header: how rule files call this column.
    pub fn name(&self) -> &str {
        match self.field {
            Some(field) => field.name(),
            None => &self.header,
        }
    }
}

/// By values, however they are held.
impl PartialEq for TextColumn {
    fn eq(&self, other: &TextColumn) -> bool {
        self.header == other.header
            && self.field == other.field
            && self.len() == other.len()
            && (0..self.len()).all(|i| self.get(i) == other.get(i))
    }
}

impl Eq for TextColumn {}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;

    /// A column of `n` values, every `per`th of them new, beside a plain list.
    fn column(n: usize, per: usize) -> (TextColumn, Vec<String>) {
        let mut column = TextColumn::new("city", Some(Field::City));
        let plain: Vec<String> = (0..n)
            .map(|i| match i % per {
                0 => i / per,
                _ => i * 7919 % (i / per + 1),
            })
            .map(|v| match v {
                0 => String::new(),
                v => format!("Łódź {v}"),
            })
            .collect();
        plain.iter().for_each(|v| column.push(v));
        (column, plain)
    }

    #[test]
    fn values_are_those_pushed_whichever_way_they_are_held() {
        for (n, per, is_few) in [
            (0, 1, true),
            (10, 3, true),
            (FEW + 2, 1, true),
            (2 * FEW, 1, false),
            (NUMBERS * 9, 9, true),
            (NUMBERS * 9 + 1, 9, false),
        ] {
            let (column, plain) = column(n, per);
            assert_eq!(matches!(column.values, Values::Few(_)), is_few, "{n}");
            assert_eq!(column.len(), n);
            assert_eq!(
                column.text_len(),
                plain.iter().map(String::len).sum::<usize>()
            );
            assert!((0..n).all(|i| column.get(i) == plain[i]));
            let is_filled = |v: &&String| !v.is_empty();
            assert_eq!(column.n_filled(), plain.iter().filter(is_filled).count());

            let order: Vec<u32> = (0..n as u32).rev().filter(|i| i % 3 != 1).collect();
            let gathered = column.gather(&order);
            let mut pushed = TextColumn::new("city", Some(Field::City));
            order.iter().for_each(|&i| pushed.push(&plain[i as usize]));
            assert_eq!(gathered, pushed);
            assert_eq!(gathered.text_len(), pushed.text_len());
            assert_eq!(gathered.n_filled(), pushed.n_filled());

            let (numbers, values) = gathered.distinct();
            let mut known: HashMap<&str, u32> = HashMap::new();
            for (at, &i) in order.iter().enumerate() {
                let new = known.len() as u32;
                let number = *known.entry(&plain[i as usize]).or_insert(new);
                assert_eq!(numbers[at], number);
                assert_eq!(values[number as usize], plain[i as usize]);
            }
            assert_eq!(values.len(), known.len());
        }
    }
}
