//! What became of groups between two partitions: every group of either side gets exactly one class.
//!
//! Two groups *meet* when they share a record. Groups that meet, directly or through others, form a *bundle*; the class
//! follows from how many groups of either side the bundle has. So nothing is counted twice and nothing is missed.

use serde::Serialize;

/// What became of a group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum GroupClass {
    /// One group before and one after, with the same records.
    Unchanged,
    /// One before, one after, which has all its records and more.
    Grown,
    /// One before, one after, which has some of its records and no other.
    Shrunk,
    /// One before, one after; records left and others came.
    Exchanged,
    /// Two or more before, one after.
    Merged,
    /// One before, two or more after.
    Split,
    /// Two or more before, two or more after.
    Regrouped,
    /// Before only: none of its records is in a group after.
    Gone,
    /// After only: none of its records was in a group before.
    New,
}

impl GroupClass {
    /// All classes, in the order they are shown.
    pub const ALL: [GroupClass; 9] = [
        GroupClass::Unchanged,
        GroupClass::Grown,
        GroupClass::Shrunk,
        GroupClass::Exchanged,
        GroupClass::Merged,
        GroupClass::Split,
        GroupClass::Regrouped,
        GroupClass::Gone,
        GroupClass::New,
    ];

    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            GroupClass::Unchanged => "unchanged",
            GroupClass::Grown => "grown",
            GroupClass::Shrunk => "shrunk",
            GroupClass::Exchanged => "exchanged",
            GroupClass::Merged => "merged",
            GroupClass::Split => "split",
            GroupClass::Regrouped => "regrouped",
            GroupClass::Gone => "gone",
            GroupClass::New => "new",
        }
    }
}

/// The class of every group, in the order given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Of the groups before.
    pub before: Vec<GroupClass>,
    /// Of the groups after.
    pub after: Vec<GroupClass>,
}

impl Account {
    /// Number of groups of a class: before and after.
    pub fn count(&self, class: GroupClass) -> (u64, u64) {
        let n = |side: &[GroupClass]| side.iter().filter(|c| **c == class).count() as u64;
        (n(&self.before), n(&self.after))
    }
}

/// No group: a record that stands alone.
pub(super) const ALONE: u32 = u32::MAX;

/// For each of `n_records` the number of its group, [`ALONE`] without one.
///
/// Panics when two groups share a record: they are parts of a partition.
pub(super) fn group_of(n_records: usize, groups: &[Vec<u32>]) -> Vec<u32> {
    let mut out = vec![ALONE; n_records];
    for (at, group) in groups.iter().enumerate() {
        for record in group {
            let slot = &mut out[*record as usize];
            assert_eq!(*slot, ALONE, "a record is in one group");
            *slot = at as u32;
        }
    }
    out
}

/// Classifies the groups of two partitions of the same records; records in no group stand alone.
///
/// `before` and `after` are disjoint sets of positions below `n_records`, none empty, each ascending or not.
/// Cost: linear in records and members.
pub fn account(n_records: usize, before: &[Vec<u32>], after: &[Vec<u32>]) -> Account {
    let before_of = group_of(n_records, before);
    let after_of = group_of(n_records, after);
    // Bundles: union-find over groups, those after numbered behind those before.
    let mut bundles = Bundles((0..(before.len() + after.len()) as u32).collect());
    for (b, a) in before_of.iter().zip(&after_of) {
        if *b != ALONE && *a != ALONE {
            bundles.unite(*b, before.len() as u32 + *a);
        }
    }
    // Per bundle: groups before, groups after, records before, records after, records in groups of both.
    let mut sizes = vec![[0_u64; 5]; before.len() + after.len()];
    for (at, group) in before.iter().enumerate() {
        let size = &mut sizes[bundles.root(at as u32) as usize];
        size[0] += 1;
        size[2] += group.len() as u64;
        size[4] += group
            .iter()
            .filter(|r| after_of[**r as usize] != ALONE)
            .count() as u64;
    }
    for (at, group) in after.iter().enumerate() {
        let size = &mut sizes[bundles.root((before.len() + at) as u32) as usize];
        size[1] += 1;
        size[3] += group.len() as u64;
    }
    let mut class = |at: usize| {
        let [n_before, n_after, held_before, held_after, both] =
            sizes[bundles.root(at as u32) as usize];
        match (n_before, n_after) {
            (0, _) => GroupClass::New,
            (_, 0) => GroupClass::Gone,
            (1, 1) => match (held_before > both, held_after > both) {
                (false, false) => GroupClass::Unchanged,
                (false, true) => GroupClass::Grown,
                (true, false) => GroupClass::Shrunk,
                (true, true) => GroupClass::Exchanged,
            },
            (_, 1) => GroupClass::Merged,
            (1, _) => GroupClass::Split,
            _ => GroupClass::Regrouped,
        }
    };
    Account {
        before: (0..before.len()).map(&mut class).collect(),
        after: (before.len()..before.len() + after.len())
            .map(&mut class)
            .collect(),
    }
}

/// Union-find with path halving; the smaller number is the root.
struct Bundles(Vec<u32>);

impl Bundles {
    fn root(&mut self, mut at: u32) -> u32 {
        while self.0[at as usize] != at {
            let up = self.0[self.0[at as usize] as usize];
            self.0[at as usize] = up;
            at = up;
        }
        at
    }

    fn unite(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b) as usize] = a.min(b);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn each_class_by_its_smallest_example() {
        use GroupClass::*;
        type Groups = &'static [&'static [u32]];
        let cases: &[(Groups, Groups, &[GroupClass], &[GroupClass])] = &[
            (&[&[0, 1]], &[&[1, 0]], &[Unchanged], &[Unchanged]),
            (&[&[0, 1]], &[&[0, 1, 2]], &[Grown], &[Grown]),
            (&[&[0, 1, 2]], &[&[0, 1]], &[Shrunk], &[Shrunk]),
            (&[&[0, 1, 2]], &[&[0, 1, 3]], &[Exchanged], &[Exchanged]),
            (
                &[&[0, 1], &[2, 3]],
                &[&[0, 1, 2, 3]],
                &[Merged, Merged],
                &[Merged],
            ),
            (
                &[&[0, 1, 2, 3]],
                &[&[0, 1], &[2, 3]],
                &[Split],
                &[Split, Split],
            ),
            (
                &[&[0, 1], &[2, 3]],
                &[&[0, 2], &[1, 3]],
                &[Regrouped, Regrouped],
                &[Regrouped, Regrouped],
            ),
            (&[&[0, 1]], &[&[2, 3]], &[Gone], &[New]),
            // Losing a record on the way is still a merger.
            (
                &[&[0, 1, 4], &[2, 3]],
                &[&[0, 1, 2, 3]],
                &[Merged, Merged],
                &[Merged],
            ),
        ];
        for (before, after, of_before, of_after) in cases {
            let owned = |g: Groups| g.iter().map(|m| m.to_vec()).collect::<Vec<_>>();
            let found = account(5, &owned(before), &owned(after));
            assert_eq!(found.before, *of_before, "{before:?} {after:?}");
            assert_eq!(found.after, *of_after, "{before:?} {after:?}");
        }
    }

    const N: usize = 24;

    /// A partition of some of N records into groups of two or more.
    fn partition() -> impl Strategy<Value = Vec<Vec<u32>>> {
        proptest::collection::vec(0_u32..9, N).prop_map(|labels| {
            (0..8)
                .map(|label| {
                    (0..N as u32)
                        .filter(|r| labels[*r as usize] == label)
                        .collect::<Vec<u32>>()
                })
                .filter(|group| group.len() > 1)
                .collect()
        })
    }

    /// The definition read plainly: the bundle of a group by going back and forth until nothing is added.
    fn plainly(
        before: &[Vec<u32>],
        after: &[Vec<u32>],
        start_before: bool,
        at: usize,
    ) -> GroupClass {
        let (mut b, mut a) = (BTreeSet::new(), BTreeSet::new());
        if start_before {
            b.insert(at);
        } else {
            a.insert(at);
        }
        let meets = |x: &[u32], y: &[u32]| x.iter().any(|r| y.contains(r));
        loop {
            let n = b.len() + a.len();
            for (i, group) in after.iter().enumerate() {
                if b.iter().any(|j| meets(group, &before[*j])) {
                    a.insert(i);
                }
            }
            for (i, group) in before.iter().enumerate() {
                if a.iter().any(|j| meets(group, &after[*j])) {
                    b.insert(i);
                }
            }
            if b.len() + a.len() == n {
                break;
            }
        }
        let records = |side: &[Vec<u32>], of: &BTreeSet<usize>| -> BTreeSet<u32> {
            of.iter().flat_map(|i| side[*i].iter().copied()).collect()
        };
        let (held, holds) = (records(before, &b), records(after, &a));
        match (b.len(), a.len()) {
            (0, _) => GroupClass::New,
            (_, 0) => GroupClass::Gone,
            (1, 1) if held == holds => GroupClass::Unchanged,
            (1, 1) if held.is_subset(&holds) => GroupClass::Grown,
            (1, 1) if holds.is_subset(&held) => GroupClass::Shrunk,
            (1, 1) => GroupClass::Exchanged,
            (_, 1) => GroupClass::Merged,
            (1, _) => GroupClass::Split,
            _ => GroupClass::Regrouped,
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]
        #[test]
        fn every_group_has_one_class_and_the_sums_add_up(before in partition(), after in partition()) {
            let found = account(N, &before, &after);
            prop_assert_eq!(found.before.len(), before.len());
            prop_assert_eq!(found.after.len(), after.len());
            for at in 0..before.len() {
                prop_assert_eq!(found.before[at], plainly(&before, &after, true, at));
            }
            for at in 0..after.len() {
                prop_assert_eq!(found.after[at], plainly(&before, &after, false, at));
            }
            let counts: Vec<(u64, u64)> = GroupClass::ALL.iter().map(|c| found.count(*c)).collect();
            prop_assert_eq!(counts.iter().map(|c| c.0).sum::<u64>(), before.len() as u64);
            prop_assert_eq!(counts.iter().map(|c| c.1).sum::<u64>(), after.len() as u64);
            // One to one classes have as many groups before as after.
            for (class, (b, a)) in GroupClass::ALL.iter().zip(&counts) {
                match class {
                    GroupClass::Unchanged | GroupClass::Grown | GroupClass::Shrunk | GroupClass::Exchanged =>
                        prop_assert_eq!(b, a),
                    GroupClass::Merged => prop_assert!(*b >= 2 * a),
                    GroupClass::Split => prop_assert!(*a >= 2 * b),
                    GroupClass::Gone => prop_assert_eq!(*a, 0),
                    GroupClass::New => prop_assert_eq!(*b, 0),
                    GroupClass::Regrouped => prop_assert_eq!(*b >= 2, *a >= 2),
                }
            }
        }

        #[test]
        fn looking_back_turns_the_classes_round(before in partition(), after in partition()) {
            let (there, back) = (account(N, &before, &after), account(N, &after, &before));
            let turned = |c: &GroupClass| match c {
                GroupClass::Grown => GroupClass::Shrunk,
                GroupClass::Shrunk => GroupClass::Grown,
                GroupClass::Merged => GroupClass::Split,
                GroupClass::Split => GroupClass::Merged,
                GroupClass::Gone => GroupClass::New,
                GroupClass::New => GroupClass::Gone,
                same => *same,
            };
            prop_assert_eq!(there.before.iter().map(turned).collect::<Vec<_>>(), back.after);
            prop_assert_eq!(there.after.iter().map(turned).collect::<Vec<_>>(), back.before);
        }
    }
}
