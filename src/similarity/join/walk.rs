//! The join itself: pairs of tiles sifted, then what passed checked, then measured.
//!
//! Jaro-Winkler is joined in five levels. Level `l` pairs texts that share their first `l` characters, with the bound for
//! exactly that prefix, and keeps pairs whose common prefix is exactly `l` (four or more on the last). Level 0 covers
//! all pairs, but there nothing is boosted and the bound is strict; the boost is paid for by the prefix. Every pair has
//! one common prefix, so it is found on one level, once. The other measures have level 0 alone, whatever the prefix.

use super::bags::{Alphabet, Bags};
use super::kernel::{self, Places, common_needed};
use super::sieve::{Need, Processor, Rights, Sieve};
use super::tiles::{Codes, Group, Shelf};
use super::{JoinWork, LiteralJoin, Measure};
use rayon::prelude::*;
use std::ops::Range;

/// Pairs of texts that a task stands for, unless one tile stands for more.
const TASK_PAIRS: u64 = 1 << 26;
/// "Cannot reach the threshold" in the table of needed characters.
const NEVER: u16 = u16::MAX;
/// Codes up to which several texts keep a table of their own.
const SMALL_ALPHABET: usize = 512;
/// Texts that keep a table of their own.
const TABLES: usize = 64;

/// The smallest part of a level.
enum Unit {
    /// Two groups of which one has no tiles, by position in [`Level::groups`].
    Groups(u32),
    /// One left tile with all right ones: groups, left bucket, left tile.
    Tile(u32, u32, u32),
}

/// What all threads look at while they work on one level.
struct Level<'j, 't> {
    join: &'j LiteralJoin<'t>,
    level: usize,
    left_bags: &'j Bags,
    right_bags: &'j Bags,
    processor: Processor,
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
}

/// One thread's tools, kept from task to task.
struct Tools {
    /// Where the characters of left texts stand: a table for each text of a tile, or one.
    places: Vec<Places>,
    /// Left position whose text each table holds.
    placed: Vec<u32>,
    passed: Vec<(u32, u32)>,
}

/// A task's tools and results.
struct Worker<'f, 'w, T, F> {
    found: &'f F,
    out: Vec<T>,
    work: JoinWork,
    tools: &'w mut Tools,
}

pub(super) fn join<T, F>(
    join: &LiteralJoin<'_>,
    processor: Processor,
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
            processor,
            left: &left,
            right: right.as_ref().unwrap_or(&left),
            within,
            needed: needed_table(join, level, &lens),
            n_lens: lens.len(),
            n_codes: alphabet.n_codes(),
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

impl Tools {
    fn new(n_codes: usize) -> Tools {
        let n = if n_codes <= SMALL_ALPHABET { TABLES } else { 1 };
        Tools {
            places: (0..n).map(|_| Places::new(n_codes)).collect(),
            placed: vec![u32::MAX; n],
            passed: Vec::new(),
        }
    }

    /// The table of a left text.
    #[inline]
    fn places(&mut self, at: u32, codes: &Codes<'_>) -> &Places {
        let slot = at as usize % self.places.len();
        let places = &mut self.places[slot];
        if self.placed[slot] != at {
            self.placed[slot] = at;
            match codes {
                Codes::Narrow(codes) => places.set(codes),
                Codes::Wide(codes) => places.set(codes),
            }
        }
        places
    }
}

impl Level<'_, '_> {
    fn run<T, F>(&self, found: &F, stop: &(dyn Fn() -> bool + Sync)) -> (Vec<T>, JoinWork)
    where
        T: Send,
        F: Fn(u32, u32, f64, &mut Vec<T>) + Sync,
    {
        let (units, tasks) = self.tasks();
        let parts: Vec<(Vec<T>, JoinWork)> = tasks
            .par_iter()
            .with_max_len(1)
            .filter(|_| !stop())
            .map_init(
                || Tools::new(self.n_codes),
                |tools, task| {
                    let mut worker = Worker {
                        found,
                        out: Vec::new(),
                        work: JoinWork::default(),
                        tools,
                    };
                    for unit in &units[task.clone()] {
                        match *unit {
                            Unit::Groups(at) => {
                                let (l, r) = self.pair(at);
                                self.check_mixed(l, r, &mut worker);
                            }
                            Unit::Tile(at, bucket, tile) => {
                                self.check_tile(at, bucket as usize, tile as usize, &mut worker);
                            }
                        }
                    }
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

    /// The groups of a pair of groups.
    fn pair(&self, at: u32) -> (&Group, &Group) {
        let (left, right) = self.groups[at as usize];
        (
            &self.left.groups[left as usize],
            &self.right.groups[right as usize],
        )
    }

    /// Divides the level into units, and these into tasks. The division depends on the texts alone.
    fn tasks(&self) -> (Vec<Unit>, Vec<Range<usize>>) {
        let mut units = Vec::new();
        let mut tasks = Vec::new();
        let (mut from, mut pairs) = (0, 0_u64);
        for at in 0..self.groups.len() as u32 {
            let (l, r) = self.pair(at);
            let mut add = |unit: Unit, more: u64| {
                units.push(unit);
                pairs += more;
                if pairs > TASK_PAIRS {
                    tasks.push(from..units.len());
                    (from, pairs) = (units.len(), 0);
                }
            };
            if l.buckets.is_empty() || r.buckets.is_empty() {
                // Pairs one by one: dearer than pairs of tiles.
                add(
                    Unit::Groups(at),
                    64 * l.texts.len() as u64 * r.texts.len() as u64,
                );
                continue;
            }
            for (bucket, left) in l.buckets.iter().enumerate() {
                let n: u64 = r
                    .buckets
                    .iter()
                    .filter(|right| self.needs(left.len_idx, right.len_idx) != NEVER)
                    .map(|right| right.texts.len() as u64)
                    .sum();
                for (i, tile) in left.tiles.iter().enumerate() {
                    add(
                        Unit::Tile(at, bucket as u32, i as u32),
                        u64::from(tile.end - tile.begin) * n,
                    );
                }
            }
        }
        if from < units.len() {
            tasks.push(from..units.len());
        }
        (units, tasks)
    }

    /// What pairs found on this level have as common prefix, when that counts.
    fn prefix(&self) -> Option<usize> {
        (self.join.measure == Measure::JaroWinkler).then_some(self.level)
    }

    /// Common characters that texts of two lengths need.
    #[inline]
    fn needs(&self, left: u16, right: u16) -> u16 {
        self.needed[usize::from(left) * self.n_lens + usize::from(right)]
    }

    /// One left tile with all right tiles of its group that come behind it, or with all.
    fn check_tile<T, F>(
        &self,
        groups: u32,
        bucket: usize,
        tile: usize,
        worker: &mut Worker<'_, '_, T, F>,
    ) where
        F: Fn(u32, u32, f64, &mut Vec<T>),
    {
        let (l, r) = self.pair(groups);
        let left = &l.buckets[bucket];
        let mut passed = std::mem::take(&mut worker.tools.passed);
        let first = if self.within { bucket } else { 0 };
        for (at, right) in r.buckets.iter().enumerate().skip(first) {
            let common = self.needs(left.len_idx, right.len_idx);
            if common == NEVER {
                continue;
            }
            let with_itself = self.within && at == bucket;
            let rights = Rights {
                tiles: &right.tiles[if with_itself { tile } else { 0 }..],
                with_itself,
                need: Need {
                    common,
                    left_spare: left.len - u32::from(common),
                    right_spare: right.len - u32::from(common),
                    prefix: self.prefix(),
                },
            };
            passed.clear();
            let sieve = Sieve {
                left: self.left,
                right: self.right,
                tile: &left.tiles[tile],
                rights,
                passed: &mut passed,
                work: &mut worker.work,
            };
            sieve.sift(self.processor);
            for (i, j) in &passed {
                self.measure(*i, *j, common, worker);
            }
        }
        worker.tools.passed = passed;
    }

    /// Two groups of which one has no tiles: each pair of texts with the bound of its lengths.
    fn check_mixed<T, F>(&self, a: &Group, b: &Group, worker: &mut Worker<'_, '_, T, F>)
    where
        F: Fn(u32, u32, f64, &mut Vec<T>),
    {
        worker.work.n_steps += 1;
        let (left, right) = (self.left, self.right);
        for i in a.texts.clone() {
            let (bits, overflow) = (left.bits[i as usize], left.overflow[i as usize]);
            let row =
                &self.needed[usize::from(left.len_idx[i as usize]) * self.n_lens..][..self.n_lens];
            let from = if self.within { i + 1 } else { b.texts.start };
            worker.work.n_checked += u64::from(b.texts.end - from);
            for j in from..b.texts.end {
                let at = j as usize;
                let needed = row[usize::from(right.len_idx[at])];
                let common = (bits & right.bits[at]).count_ones()
                    + u32::from(overflow.min(right.overflow[at]));
                if needed != NEVER
                    && common >= u32::from(needed)
                    && left.records[i as usize].may_reach(&right.records[at], needed, self.prefix())
                {
                    self.measure(i, j, needed, worker);
                }
            }
        }
    }

    /// The measure of a pair of positions.
    #[inline]
    fn measure<T, F>(&self, i: u32, j: u32, needed: u16, worker: &mut Worker<'_, '_, T, F>)
    where
        F: Fn(u32, u32, f64, &mut Vec<T>),
    {
        let (a, b) = (
            &self.left.records[i as usize],
            &self.right.records[j as usize],
        );
        worker.work.n_scored += 1;
        let (left, right) = (a.text as usize, b.text as usize);
        let by_text = self.join.measure == Measure::DamerauLevenshtein
            || self.left_bags.by_text[left]
            || self.right_bags.by_text[right];
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
            let places = worker.tools.places(i, &a.codes(self.left_bags));
            let (measure, threshold) = (self.join.measure, self.join.threshold);
            let needed = usize::from(needed);
            match b.codes(self.right_bags) {
                Codes::Narrow(b) => {
                    kernel::score(measure, threshold, needed, self.level, places, b)
                }
                Codes::Wide(b) => kernel::score(measure, threshold, needed, self.level, places, b),
            }
        };
        if let Some(score) = score {
            worker.work.n_found += 1;
            let (l, r) = if swap { (right, left) } else { (left, right) };
            (worker.found)(l as u32, r as u32, score, &mut worker.out);
        }
    }
}
