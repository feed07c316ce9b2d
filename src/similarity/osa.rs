//! Optimal string alignment distance within a bound: insertions, deletions, substitutions and swaps of neighbours.

/// Longest text, in bytes, that [`distance_within`] compares; longer ones are unlike unless equal.
pub const MAX_LEN: usize = 64;

/// The optimal string alignment distance of two texts when it is at most `bound`, else `None`.
///
/// Works on bytes: give it folded (ASCII) text. Texts longer than [`MAX_LEN`] give `None` unless equal.
/// Cost: proportional to length times `bound`, no allocation.
/// Source: Damerau (1964), restricted form as in `strsim::osa_distance`, its reference in the tests.
pub fn distance_within(left: &[u8], right: &[u8], bound: usize) -> Option<usize> {
    if left.len().max(right.len()) > MAX_LEN {
        return (left == right).then_some(0);
    }
    // What both begin and end with is in some best alignment matched to itself.
    let n_first = left.iter().zip(right).take_while(|(a, b)| a == b).count();
    let (left, right) = (&left[n_first..], &right[n_first..]);
    let last = left.iter().rev().zip(right.iter().rev());
    let n_last = last.take_while(|(a, b)| a == b).count();
    let left = &left[..left.len() - n_last];
    let right = &right[..right.len() - n_last];
    let (short, long) = if left.len() <= right.len() {
        (left, right)
    } else {
        (right, left)
    };
    if long.len() - short.len() > bound {
        return None;
    }
    if short.is_empty() {
        return Some(long.len());
    }
    // Three rows of the usual table; cells further than `bound` from the diagonal stay at `far`. No distance is above
    // `MAX_LEN`, and so is no bound of use.
    let bound = bound.min(MAX_LEN) as u8;
    let far = bound + 1;
    let width = short.len() + 1;
    let mut rows = [[far; MAX_LEN + 1]; 3];
    for (cell, j) in rows[0].iter_mut().zip(0..=bound) {
        *cell = j;
    }
    let reach = usize::from(bound);
    for i in 1..=long.len() {
        let (now, before, earlier) = (i % 3, (i + 2) % 3, (i + 1) % 3);
        let from = i.saturating_sub(reach);
        let to = (i + reach).min(short.len());
        rows[now][..width].fill(far);
        if from == 0 {
            rows[now][0] = (i as u8).min(far);
        }
        let mut least = rows[now][0];
        for j in from.max(1)..=to {
            let same = long[i - 1] == short[j - 1];
            let mut best = rows[before][j - 1] + u8::from(!same);
            best = best.min(rows[before][j] + 1).min(rows[now][j - 1] + 1);
            if i > 1 && j > 1 && long[i - 1] == short[j - 2] && long[i - 2] == short[j - 1] {
                best = best.min(rows[earlier][j - 2] + 1);
            }
            rows[now][j] = best.min(far);
            least = least.min(best);
        }
        // A swap reaches back two rows, so both must be beyond the bound before giving up.
        if least > bound && i > 1 && rows[before][..width].iter().all(|c| *c > bound) {
            return None;
        }
    }
    let distance = rows[long.len() % 3][short.len()];
    (distance <= bound).then_some(usize::from(distance))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(3000))]
        #[test]
        fn equals_strsim_within_the_bound(a in "[abc]{0,9}", b in "[abc]{0,9}", bound in 0_usize..4) {
            let exact = strsim::osa_distance(&a, &b);
            let expected = (exact <= bound).then_some(exact);
            prop_assert_eq!(distance_within(a.as_bytes(), b.as_bytes(), bound), expected);
        }
    }

    #[test]
    fn long_texts_are_unlike_unless_equal() {
        let long = "a".repeat(100);
        assert_eq!(
            distance_within(long.as_bytes(), long.as_bytes(), 1),
            Some(0)
        );
        assert_eq!(
            distance_within(long.as_bytes(), &long.as_bytes()[1..], 1),
            None
        );
    }
}
