//! Numbers for drawing pairs: the same ones for the same file.

/// A fixed stream of numbers.
/// Source: G. Steele, D. Lea, C. Flood, "Fast splittable pseudorandom number generators" (2014), SplitMix64.
pub(super) struct Draw(u64);

impl Draw {
    /// The stream, from its beginning.
    pub(super) fn new() -> Draw {
        Draw(0x6b69_6e66_6f6c_6421)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A position below `n`; the bias of the remainder is below n / 2^64.
    pub(super) fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }
}
