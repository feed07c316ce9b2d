//! Cells that hold several values.

use rustc_hash::FxHashSet;
use std::hash::Hash;

/// Values up to which each is compared with each; longer lists are kept by hash as well.
const SHORT: usize = 16;

/// Each value once, in order of first appearance. `key` is equal for values that `is_same` holds for, and no others.
///
/// Cost: nothing is copied for a list of usual length, and a cell full of values takes no longer for each.
pub(super) fn each_once<T, K: Eq + Hash>(
    values: impl Iterator<Item = T>,
    is_same: impl Fn(&T, &T) -> bool,
    key: impl Fn(&T) -> K,
) -> Vec<T> {
    let mut out: Vec<T> = Vec::new();
    let mut known: FxHashSet<K> = FxHashSet::default();
    for value in values {
        let is_new = if out.len() < SHORT {
            !out.iter().any(|earlier| is_same(earlier, &value))
        } else {
            if known.is_empty() {
                known.extend(out.iter().map(&key));
            }
            known.insert(key(&value))
        };
        if is_new {
            out.push(value);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_any_length_keep_each_value_once_in_order() {
        for n in [0, 1, SHORT - 1, SHORT, SHORT + 1, 100] {
            let twice = (0..n).chain((0..n).rev());
            let once = each_once(twice, |a, b| a == b, |v| *v);
            assert_eq!(once, (0..n).collect::<Vec<_>>(), "{n}");
        }
    }
}
