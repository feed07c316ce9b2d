//! The join itself: pairs of trees walked down together, then single pairs checked, then measured.
//!
//! Jaro-Winkler is joined in five levels. Level `l` pairs texts that share their first `l` characters, with the bound for
//! exactly that prefix, and keeps pairs whose common prefix is exactly `l` (four or more on the last). Level 0 covers
//! all pairs, but there nothing is boosted and the bound is strict; the boost is paid for by the prefix. Every pair has
//! one common prefix, so it is found on one level, once. The other measures have level 0 alone, whatever the prefix.

use super::bags::{Alphabet, Bags};
use super::counts::Counts;
use super::kernel::{self, Places, common_needed};
use super::trees::{Group, Node, Shelf};
use super::{JoinWork, LiteralJoin, Measure};
use rayon::prelude::*;

/// A pair of trees is divided among threads while it stands for more pairs of texts than this.
const TASK_PAIRS: u64 = 1 << 26;
/// Pairs of nodes with no more pairs of texts than this are checked one by one.
const FLAT: usize = 512;
/// "Cannot reach the threshold" in the table of needed characters.
const NEVER: u16 = u16::MAX;

/// A part of a level that one thread does alone.
enum Task {
    /// Groups without trees: left and right group, a range of pairs of [`Level::groups`].
    Groups(usize, usize),
    /// Two nodes.
    Nodes(Walk),
}

/// Two nodes on the way down.
#[derive(Debug, Clone, Copy)]
struct Walk {
    left_group: u32,
    right_group: u32,
    left: u32,
    right: u32,
    depth: usize,
    /// Characters the left texts may have that the right ones lack.
    left_spare: i32,
    right_spare: i32,
    /// Common characters that the pair of lengths needs.
    needed: u16,
    /// The same node on both sides.
    same: bool,
}

/// What all threads look at while they work on one level.
struct Level<'j, 't> {
    join: &'j LiteralJoin<'t>,
    level: usize,
    left_bags: &'j Bags,
    right_bags: &'j Bags,
    left: &'j Shelf,
    right: &'j Shelf,
    /// Pairs of groups with the same key, by position.
    groups: Vec<(u32, u32)>,
    /// Left and right are the same texts.
    within: bool,
    /// Needed common characters by (left length, right length), both by number.
    needed: Vec<u16>,
    n_lens: usize,
    n_codes: usize,
    arch: pulp::Arch,
}

/// One thread's tools and results.
struct Worker<'f, T, F> {
    found: &'f F,
    out: Vec<T>,
    work: JoinWork,
    places: Places,
    /// Left position whose text is in `places`.
    placed: usize,
    counts: Counts,
}

pub(super) fn join<T, F>(
    join: &LiteralJoin<'_>,
    found: &F,
    stop: &(dyn Fn() -> bool + Sync),
) -> (Vec<T>, JoinWork)
where
    T: Send,
    F: Fn(u32, u32, f64, &mut Vec<T>) + Sync,
{
    let within = join.right.is_none();
    let sides: Vec<&[Box<str>]> = std::iter::once(join.left).chain(join.right).collect();
    let alphabet = Alphabet::new(&sides);
    let left_bags = alphabet.bags(join.left);
    let right_bags = join.right.map(|r| alphabet.bags(r));
    let mut lens: Vec<u32> = std::iter::once(&left_bags)
        .chain(&right_bags)
        .flat_map(|b| (0..b.len()).map(|i| b.codes(i).len() as u32))
        .collect();
    lens.par_sort_unstable();
    lens.dedup();
    let mut out = Vec::new();
    let mut work = JoinWork::default();
    let levels = if join.measure == Measure::JaroWinkler {
        0..=4
    } else {
        0..=0
    };
    for level in levels {
        let left = Shelf::new(&left_bags, level, &lens);
        let right = right_bags.as_ref().map(|b| Shelf::new(b, level, &lens));
        let level = Level {
            join,
            level,
            left_bags: &left_bags,
            right_bags: right_bags.as_ref().unwrap_or(&left_bags),
            groups: match &right {
                None => (0..left.groups.len() as u32).map(|g| (g, g)).collect(),
                Some(right) => same_keys(&left.groups, &right.groups),
            },
            left: &left,
            right: right.as_ref().unwrap_or(&left),
            within,
            needed: needed_table(join, level, &lens),
            n_lens: lens.len(),
            n_codes: alphabet.n_codes(),
            arch: pulp::Arch::new(),
        };
        let (mut part, done) = level.run(found, stop);
        out.append(&mut part);
        work = work.plus(done);
    }
    (out, work)
}

fn same_keys(left: &[Group], right: &[Group]) -> Vec<(u32, u32)> {
    let mut out = Vec::new();
    let mut r = 0;
    for (l, group) in left.iter().enumerate() {
        while r < right.len() && right[r].key < group.key {
            r += 1;
        }
        if r < right.len() && right[r].key == group.key {
            out.push((l as u32, r as u32));
        }
    }
    out
}

fn needed_table(join: &LiteralJoin<'_>, level: usize, lens: &[u32]) -> Vec<u16> {
    lens.par_iter()
        .flat_map_iter(|a| {
            lens.iter().map(move |b| {
                let (a, b) = (*a as usize, *b as usize);
                common_needed(join.measure, join.threshold, a, b, level)
                    // Beyond the largest number a smaller one is asked for, which loses nothing.
                    .map_or(NEVER, |n| n.min(usize::from(NEVER - 1)) as u16)
            })
        })
        .collect()
}

impl Level<'_, '_> {
    fn run<T, F>(&self, found: &F, stop: &(dyn Fn() -> bool + Sync)) -> (Vec<T>, JoinWork)
    where
        T: Send,
        F: Fn(u32, u32, f64, &mut Vec<T>) + Sync,
    {
        let tasks = self.tasks();
        let parts: Vec<(Vec<T>, JoinWork)> = tasks
            .par_iter()
            .with_max_len(1)
            .filter(|_| !stop())
            .map_init(
                || Places::new(self.n_codes),
                |places, task| {
                    let mut worker = Worker {
                        found,
                        out: Vec::new(),
                        work: JoinWork::default(),
                        places: std::mem::replace(places, Places::new(0)),
                        placed: usize::MAX,
                        counts: Counts::default(),
                    };
                    match task {
                        Task::Groups(from, to) => {
                            for (l, r) in &self.groups[*from..*to] {
                                let (l, r) = (
                                    &self.left.groups[*l as usize],
                                    &self.right.groups[*r as usize],
                                );
                                if l.roots.is_empty() || r.roots.is_empty() {
                                    self.check_mixed(l, r, &mut worker);
                                }
                            }
                        }
                        Task::Nodes(walk) => self.walk(*walk, &mut worker),
                    }
                    *places = worker.places;
                    (worker.out, worker.work)
                },
            )
            .collect();
        let mut out = Vec::with_capacity(parts.iter().map(|p| p.0.len()).sum());
        let mut work = JoinWork::default();
        for (mut part, done) in parts {
            out.append(&mut part);
            work = work.plus(done);
        }
        (out, work)
    }

    /// Divides the level. The division depends on the texts alone.
    fn tasks(&self) -> Vec<Task> {
        let mut tasks = Vec::new();
        let (mut from, mut pairs) = (0, 0_u64);
        for (at, (l, r)) in self.groups.iter().enumerate() {
            let (l, r) = (
                &self.left.groups[*l as usize],
                &self.right.groups[*r as usize],
            );
            if l.roots.is_empty() || r.roots.is_empty() {
                pairs += u64::from(l.end - l.begin) * u64::from(r.end - r.begin);
                if pairs > TASK_PAIRS / 64 {
                    tasks.push(Task::Groups(from, at + 1));
                    (from, pairs) = (at + 1, 0);
                }
            }
        }
        tasks.push(Task::Groups(from, self.groups.len()));
        for (l, r) in &self.groups {
            let (lg, rg) = (
                &self.left.groups[*l as usize],
                &self.right.groups[*r as usize],
            );
            for (at, (left, left_len)) in lg.roots.iter().enumerate() {
                let from = if self.within { at } else { 0 };
                for (right, right_len) in &rg.roots[from.min(rg.roots.len())..] {
                    let needed =
                        self.needed[usize::from(*left_len) * self.n_lens + usize::from(*right_len)];
                    if needed == NEVER {
                        continue;
                    }
                    let len = |side: &Shelf, node: &Node| side.codes(node.begin as usize).len();
                    let (a, b) = (&lg.nodes[*left as usize], &rg.nodes[*right as usize]);
                    let walk = Walk {
                        left_group: *l,
                        right_group: *r,
                        left: *left,
                        right: *right,
                        depth: 0,
                        left_spare: len(self.left, a) as i32 - i32::from(needed),
                        right_spare: len(self.right, b) as i32 - i32::from(needed),
                        needed,
                        same: self.within && left == right,
                    };
                    self.divide(walk, &mut tasks);
                }
            }
        }
        tasks
    }

    fn divide(&self, walk: Walk, tasks: &mut Vec<Task>) {
        let (a, b) = self.nodes(&walk);
        if a.size() as u64 * b.size() as u64 <= TASK_PAIRS || a.n_children == 0 || b.n_children == 0
        {
            tasks.push(Task::Nodes(walk));
        } else {
            self.children(&walk, &mut |child| self.divide(child, tasks));
        }
    }

    fn nodes(&self, walk: &Walk) -> (&Node, &Node) {
        (
            &self.left.groups[walk.left_group as usize].nodes[walk.left as usize],
            &self.right.groups[walk.right_group as usize].nodes[walk.right as usize],
        )
    }

    /// Calls `next` for the pairs of children that may hold a pair. One of the two nodes may be a leaf.
    #[inline]
    fn children(&self, walk: &Walk, next: &mut impl FnMut(Walk)) {
        let (lg, rg) = (
            &self.left.groups[walk.left_group as usize],
            &self.right.groups[walk.right_group as usize],
        );
        let (a, b) = (
            &lg.nodes[walk.left as usize],
            &rg.nodes[walk.right as usize],
        );
        let depth = walk.depth + 1;
        // A leaf stays, with the range of its counts in place of one count.
        let range = |group: &Group, node: &Node| {
            let bounds = &group.boxes[node.child as usize];
            (bounds.least[walk.depth], bounds.most[walk.depth])
        };
        let step = |node: &Node, at: u32| match node.n_children {
            0 => at..at + 1,
            n => node.child..node.child + u32::from(n),
        };
        for left in step(a, walk.left) {
            let (a_least, a_most) = if a.n_children == 0 {
                range(lg, a)
            } else {
                let value = lg.nodes[left as usize].value;
                (value, value)
            };
            let rights = step(b, walk.right);
            let rights = if walk.same { left..rights.end } else { rights };
            for right in rights {
                let (b_least, b_most) = if b.n_children == 0 {
                    range(rg, b)
                } else {
                    let value = rg.nodes[right as usize].value;
                    (value, value)
                };
                let left_spare = walk.left_spare - i32::from(a_least.saturating_sub(b_most));
                let right_spare = walk.right_spare - i32::from(b_least.saturating_sub(a_most));
                if left_spare >= 0 && right_spare >= 0 {
                    next(Walk {
                        left,
                        right,
                        depth,
                        left_spare,
                        right_spare,
                        same: walk.same && left == right,
                        ..*walk
                    });
                }
            }
        }
    }

    fn walk<T, F>(&self, walk: Walk, worker: &mut Worker<'_, T, F>)
    where
        F: Fn(u32, u32, f64, &mut Vec<T>),
    {
        worker.work.n_steps += 1;
        let (a, b) = self.nodes(&walk);
        let leaves = a.n_children == 0 && b.n_children == 0;
        if leaves || a.size() * b.size() <= FLAT {
            if leaves && !walk.same {
                let (x, y) = (
                    &self.left.groups[walk.left_group as usize].boxes[a.child as usize],
                    &self.right.groups[walk.right_group as usize].boxes[b.child as usize],
                );
                let gap = |least: &[u8], most: &[u8]| -> i32 {
                    least
                        .iter()
                        .zip(most)
                        .map(|(l, m)| u16::from(l.saturating_sub(*m)))
                        .sum::<u16>()
                        .into()
                };
                let spare = |shelf: &Shelf, node: &Node| {
                    shelf.codes(node.begin as usize).len() as i32 - i32::from(walk.needed)
                };
                if gap(&x.least, &y.most) > spare(self.left, a)
                    || gap(&y.least, &x.most) > spare(self.right, b)
                {
                    return;
                }
            }
            let (a, b) = (
                a.begin as usize..a.end as usize,
                b.begin as usize..b.end as usize,
            );
            self.check(a, b, walk.same, walk.needed, worker);
            return;
        }
        self.children(&walk, &mut |child| self.walk(child, worker));
    }

    /// All pairs of two ranges of positions that need the same number of common characters.
    fn check<T, F>(
        &self,
        left: std::ops::Range<usize>,
        right: std::ops::Range<usize>,
        same: bool,
        needed: u16,
        worker: &mut Worker<'_, T, F>,
    ) where
        F: Fn(u32, u32, f64, &mut Vec<T>),
    {
        let mut counts = std::mem::take(&mut worker.counts);
        counts.count(
            self.arch,
            self.left.signatures(left.clone()),
            self.right.signatures(right.clone()),
        );
        let rows = counts.common.chunks_exact(right.len().max(1));
        for ((i, row), most) in left.zip(rows).zip(&counts.most) {
            let from = if same { i + 1 } else { right.start };
            worker.work.n_checked += right.end.saturating_sub(from) as u64;
            let overflow = self.left.overflow[i];
            if u16::from(*most).saturating_add(overflow) < needed {
                continue;
            }
            for j in from..right.end {
                let common = u16::from(row[j - right.start]) + overflow.min(self.right.overflow[j]);
                if common >= needed {
                    self.measure(i, j, needed, worker);
                }
            }
        }
        worker.counts = counts;
    }

    /// Two groups of which one has no trees: each pair of texts with the bound of its lengths.
    fn check_mixed<T, F>(&self, a: &Group, b: &Group, worker: &mut Worker<'_, T, F>)
    where
        F: Fn(u32, u32, f64, &mut Vec<T>),
    {
        worker.work.n_steps += 1;
        for i in a.begin as usize..a.end as usize {
            let (low, high) = (self.left.low[i], self.left.high[i]);
            let row =
                &self.needed[usize::from(self.left.len_idx[i]) * self.n_lens..][..self.n_lens];
            let from = if self.within { i + 1 } else { b.begin as usize };
            worker.work.n_checked += (b.end as usize - from) as u64;
            for j in from..b.end as usize {
                let needed = row[usize::from(self.right.len_idx[j])];
                let common = (low & self.right.low[j]).count_ones()
                    + (high & self.right.high[j]).count_ones()
                    + u32::from(self.left.overflow[i].min(self.right.overflow[j]));
                if needed != NEVER && common >= u32::from(needed) {
                    self.measure(i, j, needed, worker);
                }
            }
        }
    }

    #[inline]
    fn measure<T, F>(&self, i: usize, j: usize, needed: u16, worker: &mut Worker<'_, T, F>)
    where
        F: Fn(u32, u32, f64, &mut Vec<T>),
    {
        let (left, right) = (self.left.text[i] as usize, self.right.text[j] as usize);
        let (a, b) = (self.left.codes(i), self.right.codes(j));
        if self.join.measure == Measure::JaroWinkler {
            let equal = (self.left.prefix[i] ^ self.right.prefix[j]).trailing_zeros() as usize / 16;
            if equal.min(a.len()).min(b.len()) != self.level {
                return;
            }
        }
        worker.work.n_scored += 1;
        let by_text = self.join.measure == Measure::DamerauLevenshtein
            || self.left_bags.by_text[left]
            || self.right_bags.by_text[right]
            || a.is_empty()
            || b.is_empty();
        // Within one list the smaller number stands left, whichever was met first.
        let swap = self.within && left > right;
        let score = if by_text {
            let texts = self.join.right.unwrap_or(self.join.left);
            let (x, y) = if swap {
                (&texts[right], &texts[left])
            } else {
                (&self.join.left[left], &texts[right])
            };
            let score = self.join.measure.score(x, y);
            (score >= self.join.threshold).then_some(score)
        } else {
            if worker.placed != i {
                worker.places.set(a);
                worker.placed = i;
            }
            kernel::score(
                self.join.measure,
                self.join.threshold,
                usize::from(needed),
                self.level,
                &worker.places,
                b,
            )
        };
        if let Some(score) = score {
            worker.work.n_found += 1;
            let (l, r) = if swap { (right, left) } else { (left, right) };
            (worker.found)(l as u32, r as u32, score, &mut worker.out);
        }
    }
}
