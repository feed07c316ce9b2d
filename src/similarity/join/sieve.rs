//! Which pairs of two tiles may have enough characters in common, with whatever instructions the processor has.
//!
//! The hottest loop of the literal join. Bits are counted, so that every way of counting lets the same pairs through.

use super::JoinWork;
use super::tiles::{Shelf, Tile};
use pulp::{Arch, NullaryFnOnce};

/// Signatures that are compared together.
pub(super) const LANES: usize = 8;

#[cfg(target_arch = "x86_64")]
pulp::simd_type! {
    /// A processor that counts the bits of eight words at once.
    pub(super) struct Wide {
        pub avx512f: "avx512f",
        pub avx512vpopcntdq: "avx512vpopcntdq",
        pub bmi1: "bmi1",
        pub bmi2: "bmi2",
        pub popcnt: "popcnt",
    }
}

/// The processor's way to count bits.
#[derive(Debug, Clone, Copy)]
pub(super) enum Processor {
    #[cfg(target_arch = "x86_64")]
    Wide(Wide),
    Other(Arch),
}

/// Signatures that have enough bits in common with one, told by a bit each.
trait Lanes: Copy {
    fn reaching(self, bits: u64, block: &[u64; LANES], least: u64) -> u8;
}

#[derive(Clone, Copy)]
struct Plain;

impl Lanes for Plain {
    #[inline(always)]
    fn reaching(self, bits: u64, block: &[u64; LANES], least: u64) -> u8 {
        block.iter().enumerate().fold(0, |mask, (lane, other)| {
            let common = u64::from((bits & other).count_ones());
            mask | u8::from(common >= least) << lane
        })
    }
}

#[cfg(target_arch = "x86_64")]
impl Lanes for Wide {
    #[inline(always)]
    fn reaching(self, bits: u64, block: &[u64; LANES], least: u64) -> u8 {
        let common = block.map(|other| u64::from((bits & other).count_ones()));
        let f = self.avx512f;
        f._mm512_cmpge_epu64_mask(pulp::cast(common), f._mm512_set1_epi64(least as i64))
    }
}

/// What pairs of texts of two lengths need, in characters.
#[derive(Debug, Clone, Copy)]
pub(super) struct Need {
    /// Common characters.
    pub(super) common: u16,
    /// Characters the left texts may have that the right ones lack.
    pub(super) left_spare: u32,
    pub(super) right_spare: u32,
    /// First characters of which the texts share exactly so many, or at least so many when it is [`PREFIX`](super::bags::PREFIX);
    /// `None` where prefixes do not count.
    pub(super) prefix: Option<usize>,
}

/// Tiles of the right side that a left tile is compared with.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rights<'t> {
    pub(super) tiles: &'t [Tile],
    /// The first is the left tile itself: each pair of its texts is wanted once.
    pub(super) with_itself: bool,
    pub(super) need: Need,
}

/// A left tile to be compared with right ones.
pub(super) struct Sieve<'s> {
    pub(super) left: &'s Shelf,
    pub(super) right: &'s Shelf,
    pub(super) tile: &'s Tile,
    pub(super) rights: Rights<'s>,
    /// Takes the positions of the pairs whose short signatures let them have enough in common.
    pub(super) passed: &'s mut Vec<(u32, u32)>,
    pub(super) work: &'s mut JoinWork,
}

impl Processor {
    /// The best way this processor has.
    pub(super) fn new() -> Processor {
        Processor::all()[0]
    }

    /// All ways this processor has, the best first.
    pub(super) fn all() -> Vec<Processor> {
        #[cfg(target_arch = "x86_64")]
        let wide = Wide::try_new().map(Processor::Wide);
        #[cfg(not(target_arch = "x86_64"))]
        let wide = None;
        let others = [Arch::new(), Arch::Scalar].map(Processor::Other);
        wide.into_iter().chain(others).collect()
    }
}

impl Sieve<'_> {
    /// Sifts with the instructions of `processor`.
    pub(super) fn sift(self, processor: Processor) {
        match processor {
            #[cfg(target_arch = "x86_64")]
            Processor::Wide(wide) => wide.vectorize(On(wide, self)),
            Processor::Other(arch) => arch.dispatch(On(Plain, self)),
        }
    }
}

/// A sieve to be run.
// Not a closure: of a closure, the compiler makes a function between that it need not inline, and what is not inlined
// is compiled for the oldest processor.
struct On<'s, L>(L, Sieve<'s>);

impl<L: Lanes> NullaryFnOnce for On<'_, L> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        let On(lanes, sieve) = self;
        let (a, rights) = (sieve.tile, sieve.rights);
        sieve.work.n_steps += rights.tiles.len() as u64;
        for (at, b) in rights.tiles.iter().enumerate() {
            if may_hold(a, b, rights.need) {
                let itself = rights.with_itself && at == 0;
                let (passed, work) = (&mut *sieve.passed, &mut *sieve.work);
                pair_of_tiles(
                    lanes,
                    (sieve.left, a),
                    (sieve.right, b),
                    itself,
                    rights.need,
                    passed,
                    work,
                );
            }
        }
    }
}

/// Whether two tiles may hold a pair with enough in common.
#[inline(always)]
fn may_hold(a: &Tile, b: &Tile, need: Need) -> bool {
    let beyond = u32::from(a.overflow.min(b.overflow));
    (a.any & b.any).count_ones() + beyond >= u32::from(need.common)
        && (a.all & !b.any).count_ones() <= need.left_spare
        && (b.all & !a.any).count_ones() <= need.right_spare
}

/// The texts of one tile with those of another; `itself`: with those behind them in the same tile.
#[inline(always)]
fn pair_of_tiles(
    lanes: impl Lanes,
    (left, a): (&Shelf, &Tile),
    (right, b): (&Shelf, &Tile),
    itself: bool,
    need: Need,
    passed: &mut Vec<(u32, u32)>,
    work: &mut JoinWork,
) {
    let needed = u32::from(need.common);
    let at_least = |overflow: u16| needed.saturating_sub(u32::from(overflow.min(b.overflow)));
    // Left texts that share enough with what any right text has, and lack little enough of what all have.
    let mut alive = reaching(lanes, b.any, left, a, at_least(a.overflow));
    let in_all = b.all.count_ones();
    if in_all > need.right_spare {
        alive &= reaching(lanes, b.all, left, a, in_all - need.right_spare);
    }
    work.n_checked += u64::from(alive.count_ones()) * u64::from(b.end - b.begin);
    while alive != 0 {
        let row = alive.trailing_zeros();
        alive &= alive - 1;
        let i = a.begin + row;
        let bits = left.bits[i as usize];
        let overflow = left.overflow[i as usize];
        let mut mask = reaching(lanes, bits, right, b, at_least(overflow));
        if itself {
            mask &= u64::MAX << row << 1;
        }
        while mask != 0 {
            let j = b.begin + mask.trailing_zeros();
            mask &= mask - 1;
            if right.records[j as usize].may_reach(
                &left.records[i as usize],
                need.common,
                need.prefix,
            ) {
                passed.push((i, j));
            }
        }
    }
}

/// Which texts of a tile have so many bits of `bits`.
#[inline(always)]
fn reaching(lanes: impl Lanes, bits: u64, shelf: &Shelf, tile: &Tile, least: u32) -> u64 {
    let (begin, n) = (tile.begin as usize, (tile.end - tile.begin) as usize);
    let (blocks, _) = shelf.bits[begin..begin + n.next_multiple_of(LANES)].as_chunks::<LANES>();
    let mut mask = 0;
    for (at, block) in blocks.iter().enumerate() {
        mask |= u64::from(lanes.reaching(bits, block, u64::from(least))) << (LANES * at);
    }
    mask & u64::MAX >> (64 - n)
}
