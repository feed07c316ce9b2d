//! Texts of one common prefix and one length in tiles of similar character signatures.
//!
//! A tile knows which signature bits any of its texts has and which all of them have. A text with `a` characters that has
//! `needed` in common with another has at most `a - needed` that the other lacks. So two tiles hold no pair when even the
//! bits that any of them has do not share enough, or when too many bits that all of one have are in none of the other.
//! Bits may stand for several characters; what a text has beyond its bits is counted apart and added to every bound,
//! which keeps pairs, never loses them. Texts come into tiles by halving: again and again by the bit that parts what is
//! left most evenly.

use super::bags::{Bags, PREFIX};
use super::sieve::LANES;
use rayon::prelude::*;
use std::ops::Range;

/// Texts in a tile.
const TILE: usize = 64;
/// Groups up to this size have no tiles; their texts are checked pair by pair.
const SMALL: usize = 48;
/// Texts looked at to choose the bit that parts a set.
const SAMPLE: usize = 512;
/// Sets beyond this size are parted on several threads.
const SIDE_BY_SIDE: usize = 1 << 13;
/// Codes that a record holds itself.
const INLINE: usize = 32;

/// Consecutive texts of one length.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tile {
    pub(super) begin: u32,
    /// Behind the last position.
    pub(super) end: u32,
    /// Bits that at least one text has.
    pub(super) any: u64,
    /// Bits that all texts have.
    pub(super) all: u64,
    /// Most characters beyond the bits that a text has.
    pub(super) overflow: u16,
}

/// The texts of one length in a group.
pub(super) struct Bucket {
    /// Number of the length.
    pub(super) len_idx: u16,
    /// The length in characters.
    pub(super) len: u32,
    /// Positions of the texts.
    pub(super) texts: Range<u32>,
    pub(super) tiles: Vec<Tile>,
}

/// The texts that begin with the same characters.
pub(super) struct Group {
    /// The characters, packed.
    pub(super) key: u64,
    /// Positions of the texts.
    pub(super) texts: Range<u32>,
    /// By ascending length; empty for a small group.
    pub(super) buckets: Vec<Bucket>,
}

/// What is looked at when two signatures share enough: one cache line.
#[derive(Debug, Clone, Copy)]
#[repr(align(64))]
pub(super) struct Record {
    /// The longer signature.
    signature: [u64; 2],
    /// First characters, packed.
    prefix: u64,
    /// Number of the text.
    pub(super) text: u32,
    /// Characters beyond the longer signature.
    overflow: u16,
    /// Number of codes held here; 0 when they stand with the bags.
    held: u8,
    codes: [u8; INLINE],
}

/// Codes of a text, as narrow as they are held.
pub(super) enum Codes<'c> {
    Narrow(&'c [u8]),
    Wide(&'c [u16]),
}

impl Record {
    #[inline]
    pub(super) fn codes<'c>(&'c self, bags: &'c Bags) -> Codes<'c> {
        match self.held {
            0 => Codes::Wide(bags.codes(self.text as usize)),
            n => Codes::Narrow(&self.codes[..usize::from(n)]),
        }
    }

    /// Whether first characters and longer signatures let a pair have `common` characters in common, on the level of
    /// `prefix`; `None` where first characters do not count.
    #[inline(always)]
    pub(super) fn may_reach(&self, other: &Record, common: u16, prefix: Option<usize>) -> bool {
        if let Some(shared @ 0..PREFIX) = prefix {
            // On the level of `shared` characters these are known to be equal, so the next one must not be.
            let next = |record: &Record| record.prefix >> (16 * shared) & 0xffff;
            if next(self) == next(other) && next(self) != 0 {
                return false;
            }
        }
        let most = (self.signature[0] & other.signature[0]).count_ones()
            + (self.signature[1] & other.signature[1]).count_ones()
            + u32::from(self.overflow.min(other.overflow));
        most >= u32::from(common)
    }
}

/// One side of a level: texts with at least `level` characters, ordered by first characters, length and tile.
pub(super) struct Shelf {
    pub(super) groups: Vec<Group>,
    /// By position.
    pub(super) records: Vec<Record>,
    /// Shorter signatures, by position; behind the last some empty ones, so that a tile's can be read eight by eight.
    pub(super) bits: Vec<u64>,
    /// Characters beyond the shorter signature, by position.
    pub(super) overflow: Vec<u16>,
    /// Number of the length, by position.
    pub(super) len_idx: Vec<u16>,
}

/// A text on its way into a tile.
#[derive(Debug, Clone, Copy)]
struct Item {
    key: u64,
    len_idx: u16,
    text: u32,
    bits: u64,
}

impl Shelf {
    /// Puts a side on the shelf. `lens`: the distinct lengths, ascending.
    pub(super) fn new(bags: &Bags, level: usize, lens: &[u32]) -> Shelf {
        let key_of = |prefix: u64| match level {
            0 => 0,
            l => prefix & (u64::MAX >> (64 - 16 * l)),
        };
        let mut items: Vec<Item> = (0..bags.len() as u32)
            .into_par_iter()
            .filter_map(|text| {
                let i = text as usize;
                let len = bags.codes(i).len();
                (len >= level).then(|| Item {
                    key: key_of(bags.prefix(i)),
                    len_idx: lens
                        .binary_search(&(len as u32))
                        .expect("the lengths of all texts are known")
                        as u16,
                    text,
                    bits: bags.short[i].bits,
                })
            })
            .collect();
        items.par_sort_unstable_by_key(|i| (i.key, i.len_idx, i.text));
        let groups = items
            .par_chunk_by_mut(|a, b| a.key == b.key)
            .map(|items| arrange(items, bags, lens))
            .collect::<Vec<_>>();
        let mut begin = 0;
        let groups = groups
            .into_iter()
            .map(|mut group| {
                group.move_by(begin);
                begin = group.texts.end;
                group
            })
            .collect();
        Shelf {
            groups,
            records: items.par_iter().map(|i| bags.record(i.text)).collect(),
            bits: items.iter().map(|i| i.bits).chain([0; LANES - 1]).collect(),
            overflow: items
                .par_iter()
                .map(|i| bags.short[i.text as usize].overflow)
                .collect(),
            len_idx: items.par_iter().map(|i| i.len_idx).collect(),
        }
    }
}

impl Group {
    fn move_by(&mut self, by: u32) {
        let moved = |range: &Range<u32>| range.start + by..range.end + by;
        self.texts = moved(&self.texts);
        for bucket in &mut self.buckets {
            bucket.texts = moved(&bucket.texts);
            for tile in &mut bucket.tiles {
                tile.begin += by;
                tile.end += by;
            }
        }
    }
}

impl Bags {
    fn record(&self, text: u32) -> Record {
        let i = text as usize;
        let codes = self.codes(i);
        let mut record = Record {
            signature: self.signature[i],
            prefix: self.prefix(i),
            text,
            overflow: self.overflow[i],
            held: 0,
            codes: [0; INLINE],
        };
        let narrow = |c: &u16| u8::try_from(*c).is_ok();
        if codes.len() <= INLINE && codes.iter().all(narrow) {
            record.held = codes.len() as u8;
            for (place, code) in record.codes.iter_mut().zip(codes) {
                *place = *code as u8;
            }
        }
        record
    }
}

/// Orders the texts of a group and cuts them into tiles, positions counted from the group's beginning.
fn arrange(items: &mut [Item], bags: &Bags, lens: &[u32]) -> Group {
    let mut group = Group {
        key: items[0].key,
        texts: 0..items.len() as u32,
        buckets: Vec::new(),
    };
    if items.len() <= SMALL {
        return group;
    }
    let runs: Vec<&mut [Item]> = items.chunk_by_mut(|a, b| a.len_idx == b.len_idx).collect();
    let tiled: Vec<(u16, usize, Vec<usize>)> = runs
        .into_par_iter()
        .map(|run| (run[0].len_idx, run.len(), halve(run)))
        .collect();
    let mut begin = 0;
    for (len_idx, n, sizes) in tiled {
        let mut at = begin;
        let tiles = sizes
            .iter()
            .map(|size| {
                at += size;
                tile(&items[at - size..at], at - size, bags)
            })
            .collect();
        group.buckets.push(Bucket {
            len_idx,
            len: lens[usize::from(len_idx)],
            texts: begin as u32..(begin + n) as u32,
            tiles,
        });
        begin += n;
    }
    group
}

/// Orders texts so that those of a tile stand together; gives the sizes of the tiles.
fn halve(items: &mut [Item]) -> Vec<usize> {
    if items.len() <= TILE {
        return vec![items.len()];
    }
    let Some(bit) = most_even_bit(items) else {
        // All the same, as far as the sample tells.
        return items.chunks(TILE).map(<[Item]>::len).collect();
    };
    let middle = bring_forward(items, |i| i.bits >> bit & 1 == 0);
    let (without, with) = items.split_at_mut(middle);
    let (mut sizes, more) = if without.len() + with.len() > SIDE_BY_SIDE {
        rayon::join(|| halve(without), || halve(with))
    } else {
        (halve(without), halve(with))
    };
    sizes.extend(more);
    sizes
}

/// Brings the items that pass to the front; gives their number.
fn bring_forward(items: &mut [Item], passes: impl Fn(&Item) -> bool) -> usize {
    let mut front = 0;
    for at in 0..items.len() {
        if passes(&items[at]) {
            items.swap(front, at);
            front += 1;
        }
    }
    front
}

/// The bit that about half of the texts have; `None` when no bit parts them.
fn most_even_bit(items: &[Item]) -> Option<u32> {
    let step = items.len().div_ceil(SAMPLE);
    let mut holders = [0_usize; 64];
    let mut n = 0;
    for item in items.iter().step_by(step) {
        n += 1;
        let mut bits = item.bits;
        while bits != 0 {
            holders[bits.trailing_zeros() as usize] += 1;
            bits &= bits - 1;
        }
    }
    let (off, bit) = holders
        .iter()
        .zip(0..)
        .map(|(h, bit)| ((2 * h).abs_diff(n), bit))
        .min()?;
    (off < n).then_some(bit)
}

fn tile(items: &[Item], begin: usize, bags: &Bags) -> Tile {
    Tile {
        begin: begin as u32,
        end: (begin + items.len()) as u32,
        any: items.iter().fold(0, |any, i| any | i.bits),
        all: items.iter().fold(u64::MAX, |all, i| all & i.bits),
        overflow: items
            .iter()
            .map(|i| bags.short[i.text as usize].overflow)
            .max()
            .unwrap_or(0),
    }
}
