//! Components, correlation clustering, survivors: properties on random graphs.

use kinfold::cluster::{ClusterOptions, Clustering, cluster, weight};
use kinfold::model::{
    Activity, Alternative, Candidacy, CandidatePair, ClusterFlag, EmailCode, EvidenceField, Field,
    FieldEvidence, Fields, GenericValues, Interner, Level, Marks, NONE, Origin, PairEvidence,
    Prepared, RecordIdx, RecordType, Role, RuleMask, ScoredPair, Silent, Suggestion, Table,
    TextColumn, Verdict,
};
use kinfold::rules::SurvivorPolicy;
use kinfold::survive::{Clocks, Standards, suggest};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

/// A made-up world: scores of some pairs, in bits; all other pairs speak against a merge.
#[derive(Debug, Clone, Default)]
struct World {
    bits: BTreeMap<(u32, u32), i32>,
    /// Pairs some identifying field tells apart.
    two_identities: BTreeSet<(u32, u32)>,
    /// All bear one name, but for these pairs.
    namesakes: bool,
    other_given: BTreeSet<(u32, u32)>,
    /// Pairs that share a person's own number.
    one_number: BTreeSet<(u32, u32)>,
}

const UNRELATED_BITS: i32 = -6;

/// What another date of birth says, within the bits of a pair.
const OTHER_BIRTH_BITS: i32 = -4;
/// What another given name says, within the bits of a pair.
const OTHER_GIVEN_BITS: i32 = -5;

impl World {
    fn of(bits: &[(u32, u32, i32)]) -> World {
        World {
            bits: bits.iter().map(|&(a, b, s)| ((a, b), s)).collect(),
            ..World::default()
        }
    }

    fn score(&self, left: RecordIdx, right: RecordIdx) -> (PairEvidence, Verdict) {
        assert!(left < right, "asked in order");
        let pair = (left.0, right.0);
        let bits = self.bits.get(&pair).copied().unwrap_or(UNRELATED_BITS);
        let mut fields = [FieldEvidence {
            level: Level::Missing,
            millibits: 0,
        }; EvidenceField::ALL.len()];
        if self.namesakes {
            fields[EvidenceField::Given as usize].level = Level::Same;
            fields[EvidenceField::Surname as usize].level = Level::Same;
        }
        if self.namesakes && self.other_given.contains(&pair) {
            fields[EvidenceField::Given as usize] = FieldEvidence {
                level: Level::Different,
                millibits: OTHER_GIVEN_BITS * 1000,
            };
        }
        if self.one_number.contains(&pair) {
            fields[EvidenceField::Phone as usize] = FieldEvidence {
                level: Level::Same,
                millibits: 3_000,
            };
        }
        if self.two_identities.contains(&pair) {
            fields[EvidenceField::BirthDate as usize] = FieldEvidence {
                level: Level::Conflict,
                millibits: OTHER_BIRTH_BITS * 1000,
            };
        }
        let evidence = PairEvidence {
            fields: Fields::new(fields),
            alternative: Alternative::Strangers,
            prior_millibits: 0,
            score_millibits: bits * 1000,
        };
        let verdict = match bits {
            10.. => Verdict::Auto,
            1..10 => Verdict::Review,
            _ => Verdict::Weak,
        };
        (evidence, verdict)
    }

    fn pair(&self, a: u32, b: u32) -> ScoredPair {
        let pair = CandidatePair::new(RecordIdx(a), RecordIdx(b), RuleMask::of(0));
        let (evidence, verdict) = self.score(pair.left, pair.right);
        ScoredPair {
            pair,
            evidence,
            verdict,
        }
    }

    /// The pairs that a rule found: those with a score of their own.
    fn pairs(&self) -> Vec<ScoredPair> {
        self.bits.keys().map(|&(a, b)| self.pair(a, b)).collect()
    }

    fn cluster(&self, options: &ClusterOptions) -> Clustering {
        cluster(&self.pairs(), options, &|a, b| self.score(a, b), &Silent)
    }

    fn weight(&self, a: u32, b: u32) -> i64 {
        let (evidence, verdict) = self.score(RecordIdx(a), RecordIdx(b));
        let weight = weight(evidence.score_millibits, verdict);
        // Of one name: silence says little, beside what another date of birth says.
        if self.namesakes && !self.other_given.contains(&(a, b)) {
            weight.max(-2_000 + self.told_apart_by(a, b))
        } else {
            weight
        }
    }

    /// What another date of birth and another given name say in the pair's weight.
    fn told_apart_by(&self, a: u32, b: u32) -> i64 {
        let among = |set: &BTreeSet<(u32, u32)>, bits: i32| match set.contains(&(a, b)) {
            true => i64::from(bits) * 1000,
            false => 0,
        };
        among(&self.two_identities, OTHER_BIRTH_BITS) + among(&self.other_given, OTHER_GIVEN_BITS)
    }

    /// Whether another name or date of birth tells two records apart.
    fn are_told_apart(&self, pair: &(u32, u32)) -> bool {
        self.two_identities.contains(pair) || self.other_given.contains(pair)
    }

    /// Sum of weights inside parts.
    fn value(&self, parts: &[Vec<u32>]) -> i64 {
        parts
            .iter()
            .flat_map(|p| pairs_of(p))
            .map(|(a, b)| self.weight(a, b))
            .sum()
    }
}

fn pairs_of(part: &[u32]) -> impl Iterator<Item = (u32, u32)> + '_ {
    part.iter()
        .enumerate()
        .flat_map(move |(i, &a)| part[i + 1..].iter().map(move |&b| (a, b)))
}

fn members(clustering: &Clustering) -> Vec<Vec<u32>> {
    clustering
        .clusters
        .iter()
        .map(|c| c.members.iter().map(|m| m.0).collect())
        .collect()
}

fn record_pairs(pairs: &[(u32, u32)]) -> Vec<(RecordIdx, RecordIdx)> {
    pairs
        .iter()
        .map(|&(a, b)| (RecordIdx(a), RecordIdx(b)))
        .collect()
}

/// All partitions of `0..n`, as labels by first appearance.
fn partitions(n: usize) -> Vec<Vec<u32>> {
    let mut all = vec![vec![]];
    for _ in 0..n {
        all = all
            .into_iter()
            .flat_map(|labels: Vec<u32>| {
                let next = labels.iter().max().map_or(0, |m| m + 1);
                (0..=next).map(move |l| labels.iter().copied().chain([l]).collect())
            })
            .collect();
    }
    all
}

fn parts_of(labels: &[u32]) -> Vec<Vec<u32>> {
    let n = labels.iter().max().map_or(0, |m| m + 1);
    (0..n)
        .map(|l| {
            (0..labels.len() as u32)
                .filter(|&i| labels[i as usize] == l)
                .collect()
        })
        .collect()
}

fn together(parts: &[Vec<u32>], a: u32, b: u32) -> bool {
    a == b || parts.iter().any(|p| p.contains(&a) && p.contains(&b))
}

/// Random worlds of up to `n` records.
fn world(n: u32, n_pairs: usize) -> impl Strategy<Value = World> {
    prop::collection::vec((0..n, 0..n, -25..30_i32), 0..n_pairs).prop_map(|rows| World {
        bits: rows
            .iter()
            .filter(|(a, b, _)| a != b)
            .map(|&(a, b, s)| ((a.min(b), a.max(b)), s))
            .collect(),
        two_identities: every(5, &rows),
        other_given: every(7, &rows),
        one_number: every(3, &rows),
        namesakes: false,
    })
}

/// The pairs whose score is a multiple of `n`.
fn every(n: i32, rows: &[(u32, u32, i32)]) -> BTreeSet<(u32, u32)> {
    let pairs = rows.iter().filter(|(a, b, s)| a < b && s % n == 0);
    pairs.map(|&(a, b, _)| (a, b)).collect()
}

fn decided(n: u32) -> impl Strategy<Value = Vec<(u32, u32)>> {
    prop::collection::vec((0..n, 0..n), 0..4)
}

/// Options under which each of the three ways of solving is used for small graphs.
fn ways() -> [ClusterOptions; 3] {
    let options = ClusterOptions::default();
    [
        options.clone(),
        ClusterOptions {
            n_exact: 0,
            ..options.clone()
        },
        ClusterOptions {
            n_exact: 0,
            n_all_pairs: 2,
            ..options
        },
    ]
}

proptest! {
    #[test]
    fn clusters_are_disjoint_ordered_and_held_together(world in world(40, 90)) {
        for options in ways() {
            let clustering = world.cluster(&options);
            let mut seen = BTreeSet::new();
            let mut last_first = None;
            for cluster in &clustering.clusters {
                prop_assert!(cluster.members.len() >= 2);
                prop_assert!(cluster.members.is_sorted_by(|a, b| a < b));
                prop_assert!(last_first < Some(cluster.members[0]));
                last_first = Some(cluster.members[0]);
                for member in &cluster.members {
                    prop_assert!(seen.insert(*member), "a record is in one cluster");
                }
                // A spanning tree of pairs that suggest a merge.
                prop_assert_eq!(cluster.links.len() + 1, cluster.members.len());
                let mut reached = BTreeSet::from([cluster.members[0]]);
                for _ in &cluster.links {
                    for link in &cluster.links {
                        prop_assert!(link.verdict.suggests_merge());
                        if reached.contains(&link.left) || reached.contains(&link.right) {
                            reached.extend([link.left, link.right]);
                        }
                    }
                }
                prop_assert_eq!(reached.len(), cluster.members.len());
                prop_assert!(cluster.flags.is_sorted_by(|a, b| a < b));
            }
        }
    }

    #[test]
    fn every_link_is_as_strong_as_any_way_around(world in world(12, 40)) {
        for cluster in world.cluster(&ClusterOptions::default()).clusters {
            for link in &cluster.links {
                // Without the link two sides remain; no pair across them may be stronger.
                let mut side = BTreeSet::from([link.left]);
                for _ in &cluster.links {
                    for other in cluster.links.iter().filter(|o| *o != link) {
                        if side.contains(&other.left) || side.contains(&other.right) {
                            side.extend([other.left, other.right]);
                        }
                    }
                }
                for &a in &cluster.members {
                    for &b in cluster.members.iter().filter(|b| a < **b) {
                        if side.contains(&a) != side.contains(&b) {
                            prop_assert!(world.score(a, b).0.score_millibits <= link.score_millibits);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn small_components_are_solved_exactly(world in world(7, 14), always in decided(7), never in decided(7)) {
        let options = ClusterOptions {
            always: record_pairs(&always),
            never: record_pairs(&never),
            ..ClusterOptions::default()
        };
        let clustering = world.cluster(&options);
        if clustering.contradictions.is_empty() {
            let best = partitions(7)
                .iter()
                .map(|labels| parts_of(labels))
                .filter(|p| always.iter().all(|&(a, b)| together(p, a, b)))
                .filter(|p| never.iter().all(|&(a, b)| a == b || !together(p, a, b)))
                .map(|p| world.value(&p))
                .max();
            prop_assert_eq!(best, Some(world.value(&members(&clustering))));
        }
    }

    #[test]
    fn the_heuristic_is_no_worse_than_all_together_or_all_apart(world in world(30, 120)) {
        let heuristic = ClusterOptions { n_exact: 0, ..ClusterOptions::default() };
        let found = world.value(&members(&world.cluster(&heuristic)));
        let together = world.value(&[(0..30).collect()]);
        prop_assert!(found >= together.max(0), "{found} against {together}");
    }

    #[test]
    fn no_way_beats_the_exact_one(world in world(12, 60), never in decided(12)) {
        let value = |options: ClusterOptions| {
            let options = ClusterOptions { never: record_pairs(&never), ..options };
            world.value(&members(&world.cluster(&options)))
        };
        let [exact, heuristic, sparse] = ways().map(value);
        prop_assert!(heuristic <= exact && sparse <= exact, "{exact}, {heuristic}, {sparse}");
    }

    #[test]
    fn decisions_are_honoured(world in world(14, 50), always in decided(14), never in decided(14)) {
        for options in ways() {
            let options = ClusterOptions {
                always: record_pairs(&always),
                never: record_pairs(&never),
                ..options
            };
            let clustering = world.cluster(&options);
            let parts = members(&clustering);
            for &(a, b) in never.iter().filter(|(a, b)| a != b) {
                prop_assert!(!together(&parts, a, b), "never {a} {b}");
            }
            if clustering.contradictions.is_empty() {
                for &(a, b) in &always {
                    prop_assert!(together(&parts, a, b), "always {a} {b}");
                }
            }
            for contradiction in &clustering.contradictions {
                let (a, b) = contradiction.never;
                prop_assert_eq!((contradiction.path[0], contradiction.path[contradiction.path.len() - 1]), (a, b));
                for step in contradiction.path.windows(2) {
                    let step = (step[0].0, step[1].0);
                    prop_assert!(always.contains(&step) || always.contains(&(step.1, step.0)));
                }
            }
        }
    }

    #[test]
    fn the_order_of_pairs_and_decisions_does_not_matter(
        world in world(20, 60),
        always in decided(20),
        never in decided(20),
        shuffled in Just(()).prop_perturb(|(), mut rng| rng.next_u64()),
    ) {
        for options in ways() {
            let options = ClusterOptions {
                always: record_pairs(&always),
                never: record_pairs(&never),
                ..options
            };
            let mut pairs = world.pairs();
            let first = cluster(&pairs, &options, &|a, b| world.score(a, b), &Silent);
            pairs.sort_by_key(|p| (u64::from(p.pair.left.0) * 31 + u64::from(p.pair.right.0) + 1).wrapping_mul(shuffled | 1));
            let mut turned = options.clone();
            turned.always = always.iter().rev().map(|&(a, b)| (RecordIdx(b), RecordIdx(a))).collect();
            turned.never.reverse();
            let second = cluster(&pairs, &turned, &|a, b| world.score(a, b), &Silent);
            prop_assert_eq!(first, second);
        }
    }
}

fn flags(clustering: &Clustering) -> Vec<Vec<ClusterFlag>> {
    clustering
        .clusters
        .iter()
        .map(|c| c.flags.clone())
        .collect()
}

/// Copies of one record by the words of the documentation: along `auto` pairs by falling score, then by position, as
/// long as no pair that comes together is told apart or decided to be two. Each record's copy of the smallest position.
fn copies(world: &World, n: u32, never: &[(u32, u32)]) -> Vec<u32> {
    let mut copy_of: Vec<u32> = (0..n).collect();
    let mut sure: Vec<_> = (world.bits.iter())
        .filter(|(pair, bits)| **bits >= 10 && !world.are_told_apart(pair))
        .collect();
    sure.sort_by_key(|(pair, bits)| (-**bits, **pair));
    let apart = |a: u32, b: u32| {
        let pair = (a.min(b), a.max(b));
        world.are_told_apart(&pair) || never.contains(&pair)
    };
    for ((a, b), _) in sure {
        let (into, from) = (copy_of[*a as usize], copy_of[*b as usize]);
        let of =
            |copy: u32| -> Vec<u32> { (0..n).filter(|r| copy_of[*r as usize] == copy).collect() };
        let (one, other) = (of(into), of(from));
        if into == from || one.iter().any(|x| other.iter().any(|y| apart(*x, *y))) {
            continue;
        }
        for copy in &mut copy_of {
            if *copy == into.max(from) {
                *copy = into.min(from);
            }
        }
    }
    copy_of
}

/// What a partition is worth when copies are one: between two nodes the best pair but for another date of birth or name,
/// and these once unless another pair has them the same, less a bit a doubling; or the sum. Pairs of other names are the
/// best by a number of their own alone.
fn value_of_copies(world: &World, copy_of: &[u32], parts: &[Vec<u32>]) -> i64 {
    let mut between: BTreeMap<(u32, u32), Vec<(u32, u32)>> = BTreeMap::new();
    for (a, b) in parts.iter().flat_map(|p| pairs_of(p)) {
        let (x, y) = (copy_of[a as usize], copy_of[b as usize]);
        if x != y {
            between
                .entry((x.min(y), x.max(y)))
                .or_default()
                .push((a, b));
        }
    }
    let worth = |pairs: &Vec<(u32, u32)>| {
        let weights = || pairs.iter().map(|(a, b)| world.weight(*a, *b));
        let sum: i64 = weights().sum();
        if pairs.len() == 1 || weights().all(|weight| weight <= 0) {
            return sum;
        }
        let told = |pair: &(u32, u32)| world.told_apart_by(pair.0, pair.1);
        let speaks = |pair: &&(u32, u32)| {
            !world.other_given.contains(*pair) || world.one_number.contains(*pair)
        };
        let speaking = pairs.iter().filter(speaks);
        let best = speaking
            .map(|pair| world.weight(pair.0, pair.1) - told(pair))
            .max();
        // A name that another pair shows to be the same differs within a node, too.
        let in_one = |set: &BTreeSet<(u32, u32)>| pairs.iter().any(|pair| set.contains(pair));
        let in_all = |set: &BTreeSet<(u32, u32)>| pairs.iter().all(|pair| set.contains(pair));
        let birth = i64::from(in_one(&world.two_identities)) * i64::from(OTHER_BIRTH_BITS);
        let given = i64::from(in_all(&world.other_given)) * i64::from(OTHER_GIVEN_BITS);
        let worst = (birth + given) * 1000;
        let chances = ((pairs.len() as f64).log2() * 1000.0).round() as i64;
        best.map_or(sum, |best| sum.max(best + worst - chances))
    };
    between.values().map(worth).sum()
}

proptest! {
    #[test]
    fn copies_of_one_record_speak_once(world in world(7, 14), never in decided(7)) {
        let world = World { namesakes: true, ..world };
        let never: Vec<(u32, u32)> = (never.iter())
            .filter(|(a, b)| a != b)
            .map(|&(a, b)| (a.min(b), a.max(b)))
            .collect();
        let options = ClusterOptions { never: record_pairs(&never), ..ClusterOptions::default() };
        let found = members(&world.cluster(&options));
        let copy_of = copies(&world, 7, &never);
        for (a, b) in pairs_of(&(0..7).collect::<Vec<_>>()) {
            if copy_of[a as usize] == copy_of[b as usize] {
                prop_assert!(together(&found, a, b), "copies {a} {b}");
            }
        }
        let best = partitions(7)
            .iter()
            .map(|labels| parts_of(labels))
            .filter(|p| (0..7).all(|r| together(p, r, copy_of[r as usize])))
            .filter(|p| never.iter().all(|&(a, b)| !together(p, a, b)))
            .map(|p| value_of_copies(&world, &copy_of, &p))
            .max();
        prop_assert_eq!(best, Some(value_of_copies(&world, &copy_of, &found)));
    }
}

#[test]
fn who_moved_is_held_by_one_pair_of_many() {
    // Five copies at the old employer, one record at the new that shares a mobile with one of them.
    let old = (0..5).flat_map(|a| (a + 1..5).map(move |b| (a, b, 20)));
    let bits: Vec<_> = old.chain([(2, 5, 9)]).collect();
    let told = World::of(&bits);
    let named = World {
        namesakes: true,
        ..told.clone()
    };
    let of = |world: &World| members(&world.cluster(&ClusterOptions::default()));
    assert_eq!(of(&told), [[0, 1, 2, 3, 4]], "four strangers of five");
    assert_eq!(of(&named), [[0, 1, 2, 3, 4, 5]], "of one name");
    let flagged = flags(&named.cluster(&ClusterOptions::default()));
    assert!(
        flagged[0].contains(&ClusterFlag::Conflict),
        "for a person to see"
    );
    let mut born = named.clone();
    born.two_identities.extend([(0, 5), (1, 5), (3, 5), (4, 5)]);
    assert_eq!(
        of(&born),
        [[0, 1, 2, 3, 4, 5]],
        "one of five dates of birth is mistyped, and counts once"
    );
    born.bits.insert((2, 5), 6);
    assert_eq!(of(&born), [[0, 1, 2, 3, 4]], "another date of birth");
    let mut unnamed = born.clone();
    unnamed.namesakes = false;
    unnamed.bits.insert((2, 5), 9);
    assert_eq!(of(&unnamed), [[0, 1, 2, 3, 4]], "no names to tell by");
    let mut called = named.clone();
    called.other_given = (0..5).map(|copy| (copy, 5)).collect();
    assert_eq!(of(&called), [[0, 1, 2, 3, 4]], "another name");
    called.one_number.insert((2, 5));
    assert_eq!(
        of(&called),
        [[0, 1, 2, 3, 4, 5]],
        "another name beside one mobile counts once"
    );
    let mut faint = named;
    faint.bits.insert((2, 5), 2);
    assert_eq!(
        of(&faint),
        [[0, 1, 2, 3, 4]],
        "one faint pair of five is chance"
    );
}

#[test]
fn a_chain_between_unlike_records_is_cut_at_its_weaker_link() {
    let world = World::of(&[(0, 1, 25), (1, 2, 24), (0, 2, -30)]);
    let clustering = world.cluster(&ClusterOptions::default());
    assert_eq!(members(&clustering), [[0, 1]]);
    assert_eq!(flags(&clustering), [[ClusterFlag::Split]]);
}

#[test]
fn flags_say_what_to_look_at() {
    use ClusterFlag::{Conflict, Large, TwoIdentities, WeakBridge};
    let triangle = |bc: i32| World::of(&[(0, 1, 20), (1, 2, 20), (0, 2, bc)]);
    let of = |world: &World| flags(&world.cluster(&ClusterOptions::default()));
    assert_eq!(of(&triangle(20)), [[]]);
    assert_eq!(
        of(&triangle(0)),
        [[]],
        "two strong links are no weak bridge"
    );
    assert_eq!(of(&triangle(-1)), [[Conflict]]);
    let bridged = World::of(&[(0, 1, 20), (1, 2, 5), (0, 2, 0)]);
    assert_eq!(of(&bridged), [[WeakBridge]]);
    assert_eq!(of(&World::of(&[(0, 1, 5)])), [[]], "a pair is no bridge");
    let mut twins = triangle(20);
    twins.two_identities.insert((0, 2));
    assert_eq!(of(&twins), [[TwoIdentities]]);
    let few = ClusterOptions {
        n_large: 2,
        ..ClusterOptions::default()
    };
    assert_eq!(flags(&triangle(20).cluster(&few)), [[Large]]);
}

#[test]
fn a_link_is_not_weak_when_a_person_or_a_value_group_stands_behind_it() {
    let world = World::of(&[(0, 1, 20), (1, 2, 5), (0, 2, 0)]);
    let decided = ClusterOptions {
        always: record_pairs(&[(1, 2)]),
        ..ClusterOptions::default()
    };
    assert_eq!(flags(&world.cluster(&decided)), [[]]);
    let mut pairs = world.pairs();
    pairs[2].pair.implied = 3;
    let grouped = cluster(
        &pairs,
        &ClusterOptions::default(),
        &|a, b| world.score(a, b),
        &Silent,
    );
    assert_eq!(flags(&grouped), [[]]);
}

#[test]
fn a_rejected_pair_connects_nothing() {
    let world = World::of(&[(0, 1, 20), (1, 2, 20)]);
    let rejected = ClusterOptions {
        never: record_pairs(&[(0, 1)]),
        ..ClusterOptions::default()
    };
    // Not cut out of anything: 0 never belonged to it.
    assert_eq!(members(&world.cluster(&rejected)), [[1, 2]]);
    assert_eq!(flags(&world.cluster(&rejected)), [[]]);
}

#[test]
fn figures_are_over_all_pairs_inside() {
    let world = World::of(&[(3, 5, 20), (5, 9, 20), (3, 9, -1)]);
    let clustering = world.cluster(&ClusterOptions::default());
    let cluster = &clustering.clusters[0];
    assert_eq!(cluster.weakest_millibits, -1000);
    assert_eq!(cluster.n_conflicts, 1);
    // Two pairs at p = 1 - 1e-6, one at p = 1/3.
    assert!((cluster.cohesion - (2.0 + 1.0 / 3.0) / 3.0).abs() < 1e-5);
    assert_eq!(
        cluster
            .links
            .iter()
            .map(|l| (l.left.0, l.right.0))
            .collect::<Vec<_>>(),
        [(3, 5), (5, 9)]
    );
}

#[test]
fn a_contradiction_is_told_and_blocks_an_unattended_merge() {
    let world = World::of(&[(0, 1, 20), (1, 2, 20), (0, 2, 20)]);
    let options = ClusterOptions {
        always: record_pairs(&[(0, 1), (1, 2)]),
        never: record_pairs(&[(2, 0)]),
        ..ClusterOptions::default()
    };
    let clustering = world.cluster(&options);
    assert_eq!(clustering.contradictions.len(), 1);
    assert_eq!(clustering.contradictions[0].path, [0, 1, 2].map(RecordIdx));
    assert_eq!(members(&clustering), [[0, 1]]);
    assert!(
        clustering.clusters[0]
            .flags
            .contains(&ClusterFlag::Conflict)
    );
}

#[test]
fn always_joins_what_no_rule_found() {
    let options = ClusterOptions {
        always: record_pairs(&[(4, 2)]),
        ..ClusterOptions::default()
    };
    let clustering = World::default().cluster(&options);
    assert_eq!(members(&clustering), [[2, 4]]);
    assert!(clustering.clusters[0].links[0].rules.is_empty());
    assert_eq!(clustering.clusters[0].links[0].score_millibits, -6000);
}

#[test]
fn a_large_component_is_cut_by_what_is_known_of_it() {
    // Two dense halves of 200, one pair between them, one pair that speaks hard against.
    let half = |from: u32| {
        (from..from + 200)
            .flat_map(move |a| (a + 1..(a + 6).min(from + 200)).map(move |b| (a, b, 15)))
    };
    let mut bits: Vec<(u32, u32, i32)> = half(0).chain(half(200)).collect();
    bits.extend([(10, 210, 12), (30, 260, -40)]);
    let cut = World::of(&bits).cluster(&ClusterOptions {
        n_all_pairs: 100,
        ..ClusterOptions::default()
    });
    assert_eq!(
        members(&cut),
        [(0..200).collect::<Vec<_>>(), (200..400).collect()]
    );
    assert_eq!(
        flags(&cut),
        [
            [ClusterFlag::Large, ClusterFlag::Split],
            [ClusterFlag::Large, ClusterFlag::Split]
        ]
    );
}

#[test]
fn a_star_of_twenty_thousand_is_one_cluster_and_fast() {
    let world = World::of(&(1..20_000).map(|leaf| (0, leaf, 30)).collect::<Vec<_>>());
    for implied in [1, 10_000] {
        let mut pairs = world.pairs();
        for pair in &mut pairs {
            pair.pair.implied = implied;
        }
        let start = Instant::now();
        let clustering = cluster(
            &pairs,
            &ClusterOptions::default(),
            &|a, b| world.score(a, b),
            &Silent,
        );
        assert_eq!(members(&clustering), [(0..20_000).collect::<Vec<_>>()]);
        assert_eq!(flags(&clustering), [[ClusterFlag::Large]]);
        // Quadratic work would take minutes; a generous bound keeps busy machines from failing.
        assert!(start.elapsed().as_secs() < 20, "took {:?}", start.elapsed());
    }
}

/// Values of one lead: e-mail, city, postcode, region, modified on; small alphabets, so that they meet.
type Lead = (usize, usize, usize, usize, usize, bool);

const EMAILS: [&str; 4] = ["", "ada@okafor.ng", "Ada@Okafor.ng", "not an address"];
const CITIES: [&str; 4] = ["", "Berlin", "BERLIN", "Hamburg"];
const POSTCODES: [&str; 3] = ["", "10115", "20095"];
const REGIONS: [&str; 4] = ["", "n/a", "North", "South"];
const TIMES: [&str; 3] = ["", "2026-06-22 10:00", "2025-01-01"];

fn lead() -> impl Strategy<Value = Lead> {
    (
        0..4_usize,
        0..4_usize,
        0..3_usize,
        0..4_usize,
        0..3_usize,
        any::<bool>(),
    )
}

/// Leads with their ids, in the order of ids, and what stage 2 would make of them.
fn tables(leads: &[(String, Lead)]) -> (Table, Prepared) {
    let mut table = Table::default();
    let mut prepared = Prepared::default();
    let n = leads.len();
    let mut column = |header: &str, value: &dyn Fn(&(String, Lead)) -> String| {
        let mut column = TextColumn::new(header, Field::parse(header));
        leads.iter().for_each(|l| column.push(&value(l)));
        table.columns.push(column);
    };
    column("id", &|l| l.0.clone());
    column("emailaddress1", &|l| EMAILS[l.1.0].to_owned());
    column("address1_city", &|l| CITIES[l.1.1].to_owned());
    column("address1_postalcode", &|l| POSTCODES[l.1.2].to_owned());
    column("modifiedon", &|l| TIMES[l.1.4].to_owned());
    column("region", &|l| REGIONS[l.1.3].to_owned());
    let mut emails = Interner::default();
    for (_, lead) in leads {
        table.record_type.push(RecordType::Lead);
        table.activity.push(if lead.5 {
            Activity::Active
        } else {
            Activity::Inactive
        });
        table.candidacy.push(Candidacy::Candidate);
        table.origin.push(Origin {
            file_idx: 0,
            row: 2,
            line: 2,
        });
        let email = EMAILS[lead.0].to_lowercase();
        prepared
            .emails
            .push_row(email.contains('@').then(|| emails.intern(&email)));
        prepared.phones.push_row([]);
        prepared.city.push(if lead.1 == 0 { NONE } else { 0 });
        prepared.postcode.push(if lead.2 == 0 { NONE } else { 0 });
    }
    for column in [
        &mut prepared.name,
        &mut prepared.company,
        &mut prepared.website,
        &mut prepared.country,
        &mut prepared.street,
        &mut prepared.address,
        &mut prepared.title,
        &mut prepared.birth_date,
        &mut prepared.government_id,
    ] {
        *column = vec![NONE; n];
    }
    prepared.email_codes.codes = (emails.texts().iter())
        .map(|text| {
            let (local, domain) = text.split_once('@').expect("an address");
            EmailCode {
                matchcode: text.to_string(),
                local: local.to_owned(),
                domain: domain.to_owned(),
                registrable: domain.to_owned(),
                marks: Marks::NONE,
            }
        })
        .collect();
    (table, prepared)
}

/// Stages 5 and 6 over leads whose pairs a world knows.
fn resolve(world: &World, leads: &[(String, Lead)]) -> (Table, Clustering, Vec<Suggestion>) {
    let (table, prepared) = tables(leads);
    let clustering = world.cluster(&ClusterOptions::default());
    let suggestions = suggest(
        &table,
        &prepared,
        Standards {
            policy: &SurvivorPolicy::default(),
            generic: &GenericValues::default(),
            clocks: Clocks::of(&table),
        },
        &clustering.clusters,
        &|a, b, rules| format!("{} and {} by {}", table.id(a), table.id(b), rules.0),
        &Silent,
    );
    (table, clustering, suggestions)
}

/// A suggestion with ids in place of positions.
fn told(table: &Table, suggestion: &Suggestion) -> String {
    let id = |r: RecordIdx| table.id(r).to_owned();
    let members: Vec<_> = suggestion
        .members
        .iter()
        .map(|m| {
            (
                id(m.record),
                m.role,
                m.probability,
                m.verdict,
                m.linked_to.map(id),
                m.reason.clone(),
            )
        })
        .collect();
    let golden: Vec<_> = suggestion
        .golden
        .iter()
        .map(|g| (g.column_idx, id(g.source)))
        .collect();
    format!(
        "{} {} {:?} {:?} {} {members:?} {golden:?}",
        suggestion.id,
        suggestion.probability,
        suggestion.verdict,
        suggestion.flags,
        suggestion.survivor_reason
    )
}

fn numbered(leads: Vec<Lead>) -> Vec<(String, Lead)> {
    leads
        .into_iter()
        .enumerate()
        .map(|(i, lead)| (format!("L{i:03}"), lead))
        .collect()
}

proptest! {
    #[test]
    fn every_member_of_a_cluster_is_in_one_suggestion(
        world in world(12, 30),
        leads in prop::collection::vec(lead(), 12),
    ) {
        let (table, clustering, suggestions) = resolve(&world, &numbered(leads));
        let mut clustered: Vec<RecordIdx> = clustering.clusters.iter().flat_map(|c| c.members.clone()).collect();
        let mut suggested: Vec<RecordIdx> = suggestions.iter().flat_map(|s| s.members.iter().map(|m| m.record)).collect();
        clustered.sort_unstable();
        suggested.sort_unstable();
        prop_assert_eq!(clustered, suggested);
        for suggestion in &suggestions {
            let members: Vec<RecordIdx> = suggestion.members.iter().map(|m| m.record).collect();
            prop_assert_eq!(suggestion.members[0].role, Role::Survivor);
            prop_assert!(suggestion.members[1..].iter().all(|m| m.role == Role::Merge));
            prop_assert!(members[1..].is_sorted());
            let least = suggestion.members.iter().map(|m| m.probability).fold(1.0, f64::min);
            prop_assert_eq!(suggestion.probability, least);
            if suggestion.verdict == Verdict::Auto {
                prop_assert!(suggestion.flags.is_empty() && suggestion.members.iter().all(|m| m.verdict == Verdict::Auto));
            }
            // An inactive record is kept only when no member is active.
            let active = |r: &RecordIdx| table.activity[r.at()] == Activity::Active;
            prop_assert!(active(&members[0]) || !members.iter().any(active));
            // Every column that holds anything is there, once and in order.
            let columns: Vec<u32> = suggestion.golden.iter().map(|g| g.column_idx).collect();
            let filled: Vec<u32> = (0..table.columns.len())
                .filter(|&c| members.iter().any(|m| !table.columns[c].get(m.at()).is_empty()))
                .map(|c| c as u32)
                .collect();
            prop_assert_eq!(columns, filled);
            for value in &suggestion.golden {
                prop_assert!(members.contains(&value.source));
                let column = &table.columns[value.column_idx as usize];
                // No usable value gives way to a stand-in.
                if column.name() == "region" && column.get(value.source.at()) == "n/a" {
                    prop_assert!(members.iter().all(|m| ["", "n/a"].contains(&column.get(m.at()))));
                }
            }
            // City and postcode come from one record.
            let source = |name: &str| {
                let column = table.columns.iter().position(|c| c.name() == name);
                suggestion.golden.iter().find(|g| Some(g.column_idx as usize) == column).map(|g| g.source)
            };
            if let (Some(city), Some(postcode)) = (source("address1_city"), source("address1_postalcode")) {
                prop_assert_eq!(city, postcode);
            }
        }
    }

    #[test]
    fn an_unrelated_record_changes_nothing(
        world in world(10, 25),
        leads in prop::collection::vec(lead(), 10),
        stranger in lead(),
        at in 0..=10_u32,
    ) {
        let leads = numbered(leads);
        let (table, _, before) = resolve(&world, &leads);
        let moved = |i: u32| if i < at { i } else { i + 1 };
        let mut more = leads;
        let id = if at == 0 { "A".to_owned() } else { format!("L{:03}x", at - 1) };
        more.insert(at as usize, (id, stranger));
        let all_moved = |set: &BTreeSet<(u32, u32)>| set.iter().map(|&(a, b)| (moved(a), moved(b))).collect();
        let wider = World {
            bits: world.bits.iter().map(|(&(a, b), &s)| ((moved(a), moved(b)), s)).collect(),
            two_identities: all_moved(&world.two_identities),
            other_given: all_moved(&world.other_given),
            one_number: all_moved(&world.one_number),
            namesakes: world.namesakes,
        };
        let (wider_table, _, after) = resolve(&wider, &more);
        let before: Vec<String> = before.iter().map(|s| told(&table, s)).collect();
        let after: Vec<String> = after.iter().map(|s| told(&wider_table, s)).collect();
        prop_assert_eq!(before, after);
    }
}
