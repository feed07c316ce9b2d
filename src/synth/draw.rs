//! Seeded chance: integers only, so that a seed gives the same choices on every machine.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

/// A stream of choices.
pub(super) struct Draw {
    rng: ChaCha8Rng,
}

impl Draw {
    /// The choices of `(seed, stream)`; streams of one seed are independent.
    pub(super) fn new(seed: u64, stream: u64) -> Draw {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(stream);
        Draw { rng }
    }

    /// 0 to `n - 1`, evenly to within 2^-32 × n; 0 when `n` is 0.
    pub(super) fn below(&mut self, n: u32) -> u32 {
        ((u64::from(self.rng.next_u32()) * u64::from(n)) >> 32) as u32
    }

    /// True with this probability, 0.0 to 1.0.
    pub(super) fn chance(&mut self, probability: f64) -> bool {
        // Multiplying by a power of two and truncating is exact, hence the same everywhere.
        u64::from(self.rng.next_u32()) < (probability.clamp(0.0, 1.0) * 4_294_967_296.0) as u64
    }

    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u32) as usize]
    }

    pub(super) fn word(&mut self, words: &[&'static str]) -> &'static str {
        words[self.below(words.len() as u32) as usize]
    }

    /// 0 to `n - 1` with a density falling like the inverse square root of the position.
    pub(super) fn skewed(&mut self, n: usize) -> usize {
        self.power(n, 2)
    }

    /// 0 to `n - 1`: the `exponent`-th power of an even draw. The larger the exponent, the heavier the first positions.
    pub(super) fn power(&mut self, n: usize, exponent: u32) -> usize {
        let unit = u128::from(self.rng.next_u32());
        let mut value = unit;
        for _ in 1..exponent {
            value = (value * unit) >> 32;
        }
        ((value * n as u128) >> 32) as usize
    }

    /// Replaces each `#` of a pattern by a digit; an `N` becomes 2 to 9.
    pub(super) fn digits(&mut self, pattern: &str) -> String {
        pattern
            .chars()
            .map(|c| match c {
                '#' => char::from(b'0' + self.below(10) as u8),
                'N' => char::from(b'2' + self.below(8) as u8),
                other => other,
            })
            .collect()
    }

    /// Fisher-Yates.
    pub(super) fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i as u32 + 1) as usize);
        }
    }
}

/// Words with falling weights.
pub(super) struct Pool {
    words: Vec<String>,
    cumulative: Vec<u32>,
}

impl Pool {
    /// Weight of the i-th word: 1 / (i + flatness), i from 0 (Zipf-Mandelbrot with exponent 1).
    pub(super) fn zipf(list: &str, flatness: u32) -> Pool {
        let words: Vec<String> = list.split(' ').map(|w| w.replace('_', " ")).collect();
        let mut sum = 0;
        let cumulative = (0..words.len() as u32)
            .map(|i| {
                sum += 1_000_000 / (i + flatness);
                sum
            })
            .collect();
        Pool { words, cumulative }
    }

    pub(super) fn draw(&self, draw: &mut Draw) -> String {
        let total = self.cumulative.last().copied().unwrap_or(0);
        let at = draw.below(total);
        self.words[self.cumulative.partition_point(|c| *c <= at)].clone()
    }

    pub(super) fn draw_top(&self, n: usize, draw: &mut Draw) -> String {
        self.words[draw.below(n.min(self.words.len()) as u32) as usize].clone()
    }
}

/// Mixes a number into 64 well-spread bits (SplitMix64 finaliser, Steele et al. 2014).
pub(super) fn spread(mut value: u64) -> u64 {
    value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}
