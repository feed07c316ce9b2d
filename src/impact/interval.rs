//! Estimates from a sample, with 95 % intervals that stay honest when few records are touched.
//!
//! A figure is the sum over all records of a count that is 0 for most. The textbook interval (mean ± 1.96 standard
//! errors) fails there: with two touched records in a sample its lower end is below zero and it covers too seldom. The
//! sampled sum is a sum of counts weighted by their sizes, for which Fay and Feuer (1997), "Confidence intervals for
//! directly standardized rates", Statistics in Medicine 16, give limits by gamma distributions: never below zero,
//! not empty when nothing was seen, at least the nominal coverage in their studies. Chi-squared quantiles are those of
//! Wilson and Hilferty (1931). Sampling without replacement narrows both sides by the finite-population factor.

use serde::Serialize;

/// An estimate with its 95 % interval, all in the unit of the figure.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Estimate {
    /// Expected value.
    pub value: f64,
    /// Lower end, at least what was seen.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// The 97.5 % point of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Counts of a figure over sampled records.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct Sum {
    total: f64,
    squares: f64,
    largest: f64,
}

impl Sum {
    /// Adds the count of one sampled record.
    pub(super) fn add(&mut self, count: u64) {
        let count = count as f64;
        self.total += count;
        self.squares += count * count;
        self.largest = self.largest.max(count);
    }

    /// The sum over all `n_records` from `n_sample` sampled ones; `share` is what a record's count adds to the figure:
    /// 0.5 for partners, since a pair is counted at both its ends, 1.0 for records.
    pub(super) fn estimate(&self, n_sample: u64, n_records: u64, share: f64) -> Estimate {
        let value = self.total * share * n_records as f64 / n_sample.max(1) as f64;
        if n_sample >= n_records {
            return Estimate {
                value,
                low: value,
                high: value,
            };
        }
        let scale = share * n_records as f64 / n_sample.max(1) as f64;
        let (total, squares) = (self.total, self.squares);
        let low = if total > 0.0 {
            squares / (2.0 * total) * chi_squared(2.0 * total * total / squares, -Z)
        } else {
            0.0
        };
        let largest = self.largest.max(1.0);
        let (up_total, up_squares) = (total + largest, squares + largest * largest);
        let high =
            up_squares / (2.0 * up_total) * chi_squared(2.0 * up_total * up_total / up_squares, Z);
        let unseen = (1.0 - n_sample as f64 / n_records as f64).sqrt();
        // What was seen is there, whatever the rest is: half of it, since a pair may have been met at both ends.
        let seen = total * share * share;
        Estimate {
            value,
            low: (value - (value - low * scale) * unseen).max(seen),
            high: value + (high * scale - value) * unseen,
        }
    }
}

/// The quantile of the chi-squared distribution at the normal quantile `z`; 0 or more.
fn chi_squared(degrees: f64, z: f64) -> f64 {
    let part = 2.0 / (9.0 * degrees);
    degrees * (1.0 - part + z * part.sqrt()).max(0.0).powi(3)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_tables() {
        // Degrees, 2.5 % and 97.5 % points, to three decimals; the approximation is off by 2 % at most at the upper end.
        for (degrees, low, high) in [
            (2.0, 0.051, 7.378),
            (10.0, 3.247, 20.483),
            (100.0, 74.222, 129.561),
        ] {
            let (l, h) = (chi_squared(degrees, -Z), chi_squared(degrees, Z));
            assert!((l - low).abs() < 0.03 * degrees.sqrt(), "{degrees}: {l}");
            assert!((h - high).abs() / high < 0.02, "{degrees}: {h}");
        }
    }

    #[test]
    fn a_full_sample_is_exact_and_an_empty_one_is_not_nothing() {
        let mut sum = Sum::default();
        for count in [0, 2, 4] {
            sum.add(count);
        }
        let all = sum.estimate(3, 3, 0.5);
        assert_eq!((all.low, all.value, all.high), (3.0, 3.0, 3.0));
        let none = Sum::default().estimate(100, 1000, 1.0);
        assert_eq!((none.low, none.value), (0.0, 0.0));
        // The rule of three, and its 95 % two-sided form 3.7, less the finite-population factor.
        assert!((30.0..40.0).contains(&none.high), "{none:?}");
    }

    /// A stream of numbers from a seed: SplitMix64.
    struct Stream(u64);

    impl Stream {
        fn below(&mut self, n: usize) -> usize {
            self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut z = self.0;
            z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            ((z ^ (z >> 31)) % n as u64) as usize
        }
    }

    /// Counts of partners of 20,000 records: groups of the sizes given, everyone else alone.
    fn population(groups: &[(usize, usize)]) -> Vec<u64> {
        let mut counts = Vec::new();
        for (n_groups, size) in groups {
            counts.extend(std::iter::repeat_n(*size as u64 - 1, n_groups * size));
        }
        counts.resize(20_000, 0);
        counts
    }

    #[test]
    fn intervals_cover_as_often_as_they_say() {
        let mut stream = Stream(7);
        for (name, groups) in [
            ("one record in a hundred", &[(100, 2)][..]),
            ("one record in a thousand", &[(10, 2)]),
            ("one in ten, some larger", &[(700, 2), (150, 3), (30, 5)]),
            ("a clique of a hundred among pairs", &[(300, 2), (1, 100)]),
            ("half of all", &[(2000, 2), (1000, 3), (600, 5)]),
        ] {
            let mut counts = population(groups);
            let truth = counts.iter().sum::<u64>() as f64 / 2.0;
            let (n_sample, n_trials) = (1000, 1000);
            let mut n_covered = 0;
            for _ in 0..n_trials {
                // The first part of a shuffle is a sample without replacement.
                for at in 0..n_sample {
                    let other = at + stream.below(counts.len() - at);
                    counts.swap(at, other);
                }
                let mut sum = Sum::default();
                counts[..n_sample].iter().for_each(|c| sum.add(*c));
                let found = sum.estimate(n_sample as u64, counts.len() as u64, 0.5);
                assert!(found.low <= found.value && found.value <= found.high);
                n_covered += usize::from(found.low <= truth && truth <= found.high);
            }
            let coverage = n_covered as f64 / n_trials as f64;
            assert!(coverage >= 0.93, "{name}: {coverage}");
        }
    }
}
