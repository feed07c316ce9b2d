//! How many elements the signatures of two ranges of texts have in common, with whatever instructions the processor has.
//!
//! The hottest loop of the literal join. Bits are counted, so that every way of counting gives the same numbers.

use pulp::Arch;

/// Signatures of consecutive texts: their first and second 64 bits.
#[derive(Clone, Copy)]
pub(super) struct Signatures<'s> {
    pub(super) low: &'s [u64],
    pub(super) high: &'s [u64],
}

/// Common bits of each left with each right signature, and the most of each left one.
#[derive(Default)]
pub(super) struct Counts {
    /// Row by row, a row for each left signature.
    pub(super) common: Vec<u8>,
    /// One entry a row, 0 where there is no right signature.
    pub(super) most: Vec<u8>,
}

impl Counts {
    /// Counts anew.
    pub(super) fn count(&mut self, arch: Arch, left: Signatures<'_>, right: Signatures<'_>) {
        self.common.resize(left.low.len() * right.low.len(), 0);
        self.most.clear();
        self.most.resize(left.low.len(), 0);
        arch.dispatch(
            #[inline(always)]
            || count_plainly(left, right, &mut self.common, &mut self.most),
        );
    }
}

/// The loop; compiled once for each kind of processor that [`Counts::count`] tells apart.
#[inline(always)]
fn count_plainly(left: Signatures<'_>, right: Signatures<'_>, common: &mut [u8], most: &mut [u8]) {
    let rows = common.chunks_exact_mut(right.low.len().max(1));
    for (((low, high), row), most) in left.low.iter().zip(left.high).zip(rows).zip(most) {
        for ((l, h), n) in right.low.iter().zip(right.high).zip(row) {
            *n = ((low & l).count_ones() + (high & h).count_ones()) as u8;
            *most = (*most).max(*n);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_processor_counts_as_the_plain_loop(
            left in prop::collection::vec(any::<(u64, u64)>(), 0..20),
            right in prop::collection::vec(any::<(u64, u64)>(), 0..40),
        ) {
            let parts = |side: &[(u64, u64)]| -> (Vec<u64>, Vec<u64>) { side.iter().copied().unzip() };
            let (left, right) = (parts(&left), parts(&right));
            let left = Signatures { low: &left.0, high: &left.1 };
            let right = Signatures { low: &right.0, high: &right.1 };
            let plain: Vec<Vec<u8>> = left.low.iter().zip(left.high).map(|(low, high)| {
                let common = |(l, h): (&u64, &u64)| ((low & l).count_ones() + (high & h).count_ones()) as u8;
                right.low.iter().zip(right.high).map(common).collect()
            }).collect();
            let most: Vec<u8> = plain.iter().map(|row| row.iter().copied().max().unwrap_or(0)).collect();
            for arch in [Arch::new(), Arch::Scalar] {
                let mut counts = Counts { common: vec![7; 3], most: vec![9; 5] };
                counts.count(arch, left, right);
                prop_assert_eq!(&counts.common, &plain.concat());
                prop_assert_eq!(&counts.most, &most);
            }
        }
    }
}
