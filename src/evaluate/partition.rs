//! Figures for a whole partition, from its contingency table with the truth.

use serde::Serialize;

/// Precision, recall and their harmonic mean, each 0.0 to 1.0.
///
/// Precision is 1.0 when nothing was claimed, recall 1.0 when there was nothing to find.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Rates {
    /// Of what was claimed, the share that is right.
    pub precision: f64,
    /// Of what is true, the share that was claimed.
    pub recall: f64,
    /// 2PR / (P + R); 0.0 when both are.
    pub f1: f64,
}

impl Rates {
    /// From precision and recall.
    pub fn new(precision: f64, recall: f64) -> Rates {
        let sum = precision + recall;
        let f1 = if sum > 0.0 {
            2.0 * precision * recall / sum
        } else {
            0.0
        };
        Rates {
            precision,
            recall,
            f1,
        }
    }

    /// From counts: `right` of `claimed`, `right` of `wanted`.
    pub fn of_counts(right: u64, claimed: u64, wanted: u64) -> Rates {
        let share = |of: u64| {
            if of == 0 {
                1.0
            } else {
                right as f64 / of as f64
            }
        };
        Rates::new(share(claimed), share(wanted))
    }
}

/// How two partitions of the same records agree.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct PartitionMetrics {
    /// Records in both partitions.
    pub n_records: u64,
    /// Pairs in one cluster of the found partition.
    pub pairs_found: u64,
    /// Pairs in one cluster of the truth.
    pub pairs_truth: u64,
    /// Pairs in one cluster of both.
    pub pairs_both: u64,
    /// Pairwise precision, recall, F1.
    pub pairwise: Rates,
    /// B-cubed: means over records of the share of the record's found (true) cluster that is also in the other one.
    pub b_cubed: Rates,
    /// Clusters of two or more records in the found partition.
    pub clusters_found: u64,
    /// Clusters of two or more records in the truth.
    pub clusters_truth: u64,
    /// Clusters of two or more records that are in both, record for record.
    pub clusters_exact: u64,
    /// Precision, recall, F1 of clusters of two or more, right only when exact.
    pub exact: Rates,
    /// How many times a found cluster must be split until each part is of one entity.
    pub n_splits: u64,
    /// How many merges then make the truth; with the splits, the generalised merge distance at unit costs.
    pub n_merges: u64,
    /// Adjusted Rand index: 1.0 when equal, about 0.0 for chance; 1.0 also when both are all singletons.
    pub adjusted_rand: f64,
    /// Variation of information in bits, 0.0 when equal.
    pub variation_bits: f64,
    /// Talburt-Wang index: sqrt(clusters found × clusters true) / non-empty intersections; 1.0 when equal. Singletons count.
    pub talburt_wang: f64,
}

fn choose_two(n: u64) -> u64 {
    n * n.saturating_sub(1) / 2
}

/// Compares two partitions given as a cluster label per record; labels are any numbers.
///
/// Cost: sorting the records by their two labels; no pair is enumerated.
/// Sources: Bagga and Baldwin 1998 (B-cubed), Hubert and Arabie 1985 (adjusted Rand), Meilă 2003 (variation of
/// information), Talburt 2007 (Talburt-Wang), Menestrina et al. 2010 (merge distance).
/// Panics when the lengths differ.
pub fn partition_metrics(found: &[u32], truth: &[u32]) -> PartitionMetrics {
    assert_eq!(
        found.len(),
        truth.len(),
        "one label per record in both partitions"
    );
    let n = found.len() as u64;
    let mut cells: Vec<(u32, u32)> = found.iter().copied().zip(truth.iter().copied()).collect();
    cells.sort_unstable();
    let sizes = |labels: &[u32]| {
        let mut sorted = labels.to_vec();
        sorted.sort_unstable();
        runs(&sorted)
    };
    let (found_sizes, truth_sizes) = (sizes(found), sizes(truth));
    let size_of = |sizes: &[(u32, u64)], label: u32| {
        let at = sizes
            .binary_search_by_key(&label, |(l, _)| *l)
            .expect("the sizes were counted from these labels");
        sizes[at].1
    };
    let (mut pairs_both, mut exact, mut n_cells) = (0, 0, 0u64);
    let (mut b_precision, mut b_recall, mut variation) = (0.0, 0.0, 0.0);
    for ((f, t), both) in runs(&cells) {
        let (in_found, in_truth) = (size_of(&found_sizes, f), size_of(&truth_sizes, t));
        n_cells += 1;
        pairs_both += choose_two(both);
        exact += u64::from(both > 1 && both == in_found && both == in_truth);
        let (both, in_found, in_truth) = (both as f64, in_found as f64, in_truth as f64);
        b_precision += both * both / in_found;
        b_recall += both * both / in_truth;
        variation -= both * ((both / in_found).log2() + (both / in_truth).log2());
    }
    let pairs = |sizes: &[(u32, u64)]| sizes.iter().map(|(_, s)| choose_two(*s)).sum::<u64>();
    let several = |sizes: &[(u32, u64)]| sizes.iter().filter(|(_, s)| *s > 1).count() as u64;
    let (pairs_found, pairs_truth) = (pairs(&found_sizes), pairs(&truth_sizes));
    let (clusters_found, clusters_truth) = (several(&found_sizes), several(&truth_sizes));
    let per_record = |sum: f64| if n == 0 { 1.0 } else { sum / n as f64 };
    let (k_found, k_truth) = (found_sizes.len() as u64, truth_sizes.len() as u64);
    PartitionMetrics {
        n_records: n,
        pairs_found,
        pairs_truth,
        pairs_both,
        pairwise: Rates::of_counts(pairs_both, pairs_found, pairs_truth),
        b_cubed: Rates::new(per_record(b_precision), per_record(b_recall)),
        clusters_found,
        clusters_truth,
        clusters_exact: exact,
        exact: Rates::of_counts(exact, clusters_found, clusters_truth),
        n_splits: n_cells - k_found,
        n_merges: n_cells - k_truth,
        adjusted_rand: adjusted_rand(pairs_both, pairs_found, pairs_truth, choose_two(n)),
        variation_bits: if n == 0 {
            0.0
        } else {
            (variation / n as f64).max(0.0)
        },
        talburt_wang: if n_cells == 0 {
            1.0
        } else {
            (k_found as f64 * k_truth as f64).sqrt() / n_cells as f64
        },
    }
}

fn adjusted_rand(both: u64, found: u64, truth: u64, all: u64) -> f64 {
    if all == 0 {
        return 1.0;
    }
    let (both, found, truth, all) = (both as f64, found as f64, truth as f64, all as f64);
    let expected = found * truth / all;
    let highest = (found + truth) / 2.0;
    if highest == expected {
        1.0
    } else {
        (both - expected) / (highest - expected)
    }
}

/// Lengths of the runs of equal items in a sorted slice.
fn runs<T: Copy + PartialEq>(sorted: &[T]) -> Vec<(T, u64)> {
    sorted
        .chunk_by(|a, b| a == b)
        .map(|run| (run[0], run.len() as u64))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_counted_by_hand() {
        // Truth {0,1,2} {3,4} {5}; found {0,1} {2,3} {4} {5}.
        let m = partition_metrics(&[0, 0, 1, 1, 2, 3], &[7, 7, 7, 8, 8, 9]);
        assert_eq!((m.pairs_found, m.pairs_truth, m.pairs_both), (2, 4, 1));
        assert_eq!((m.pairwise.precision, m.pairwise.recall), (0.5, 0.25));
        // Per record: precision 1, 1, 1/2, 1/2, 1, 1; recall 2/3, 2/3, 1/3, 1/2, 1/2, 1.
        assert!((m.b_cubed.precision - 5.0 / 6.0).abs() < 1e-12);
        assert!((m.b_cubed.recall - (2.0 / 3.0 + 2.0 / 3.0 + 1.0 / 3.0 + 2.0) / 6.0).abs() < 1e-12);
        assert_eq!(
            (m.clusters_found, m.clusters_truth, m.clusters_exact),
            (2, 2, 0)
        );
        assert_eq!((m.n_splits, m.n_merges), (1, 2));
        assert!((m.talburt_wang - 12f64.sqrt() / 5.0).abs() < 1e-12);
    }

    #[test]
    fn equal_partitions_are_perfect_whatever_the_labels() {
        let m = partition_metrics(&[5, 5, 1, 2], &[0, 0, 9, 4]);
        assert_eq!((m.pairwise.f1, m.b_cubed.f1, m.exact.f1), (1.0, 1.0, 1.0));
        assert_eq!(
            (m.adjusted_rand, m.variation_bits, m.talburt_wang),
            (1.0, 0.0, 1.0)
        );
        assert_eq!((m.n_splits, m.n_merges), (0, 0));
    }

    #[test]
    fn nothing_found_is_precise_and_finds_nothing() {
        let m = partition_metrics(&[0, 1, 2], &[4, 4, 4]);
        assert_eq!(
            (m.pairwise.precision, m.pairwise.recall, m.pairwise.f1),
            (1.0, 0.0, 0.0)
        );
        let empty = partition_metrics(&[], &[]);
        assert_eq!((empty.pairwise.f1, empty.b_cubed.f1), (1.0, 1.0));
    }
}
