//! Stage 5: scored pairs to clusters, the groups of records held to be one entity.
//!
//! Takes the rule-true pairs with their scores, a way to score any other pair, and people's decisions; gives
//! clusters of two or more records, ordered by first member, disjoint.
//! The result depends on the set of pairs alone: not on their order, not on the number of threads.
//!
//! Components come from the pairs that suggest a merge. A component that only chains records together (A like B,
//! B like C, A unlike C) is cut where the cut costs least: inside it the sum of [`weight`] within clusters is
//! maximised, which is correlation clustering, once what its pairs tell several times is told once (`cores`). Choosing
//! survivors is left to stage 6.

mod components;
mod constraints;
mod cores;
mod dense;
mod describe;
mod exact;
mod persons;
mod sparse;

use crate::model::{
    Cluster, Level, PairEvidence, Progress, RecordIdx, RuleMask, ScoredPair, Verdict,
};
use components::Component;
use constraints::Decisions;
use dense::Problem;
use persons::Persons;
use rayon::prelude::*;

pub use constraints::Contradiction;

/// Score in millibits above which further evidence hardly counts as weight: 20 bits, a chance of error of one in a
/// million. No score is calibrated beyond that, and one pair of heavy evidence must not outvote several against it.
pub const CERTAIN_MILLIBITS: i32 = 20_000;

/// A bit beyond certainty counts for this fraction of a bit: enough to keep the order, so that a chain is cut at its
/// weaker link, too little to buy a conflict.
const BEYOND_CERTAIN: i32 = 16;

/// Components scored on one thread between two looks at the progress.
const CHUNK: usize = 512;

/// How clusters are made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClusterOptions {
    /// Up to this many members (after joining always-pairs) a component is solved exactly. At most 16 is honoured:
    /// the cost is 3 to the power of the number of members.
    pub n_exact: usize,
    /// Up to this many members all pairs inside a component are scored; above, only the pairs given are used.
    pub n_all_pairs: usize,
    /// Clusters with more members than this get the flag `Large`.
    pub n_large: usize,
    /// Pairs a person declared the same; order and direction do not matter.
    pub always: Vec<(RecordIdx, RecordIdx)>,
    /// Pairs a person declared different; order and direction do not matter. Never wins over always.
    pub never: Vec<(RecordIdx, RecordIdx)>,
}

impl Default for ClusterOptions {
    fn default() -> Self {
        ClusterOptions {
            n_exact: 12,
            n_all_pairs: 256,
            n_large: 50,
            always: Vec::new(),
            never: Vec::new(),
        }
    }
}

/// What the cluster stage gives.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Clustering {
    /// Clusters, by first member; every record is in at most one.
    pub clusters: Vec<Cluster>,
    /// Decisions that cannot all be honoured, by the never-pair; each never-pair is honoured all the same.
    pub contradictions: Vec<Contradiction>,
}

/// Groups records into clusters.
///
/// `pairs` are the rule-true pairs, each once, in any order and with any verdict. `score` compares two records, left
/// below right, and must agree with the evidence in `pairs`; it is asked for pairs inside components only, at most
/// once each. A pair whose verdict does not suggest a merge never pulls two records together.
///
/// When `progress` says that the user asked to stop, components not yet done are left out.
///
/// Cost: linear in the pairs, plus for a component of c members c²/2 scores up to
/// [`n_all_pairs`](ClusterOptions::n_all_pairs), and m log² m for m pairs above.
pub fn cluster(
    pairs: &[ScoredPair],
    options: &ClusterOptions,
    score: &(dyn Fn(RecordIdx, RecordIdx) -> (PairEvidence, Verdict) + Sync),
    progress: &dyn Progress,
) -> Clustering {
    let decisions = Decisions::new(&options.always, &options.never);
    let components = components::components(pairs, &decisions);
    progress.begin("clustering", "groups", Some(components.len() as u64));
    let mut clusters: Vec<Cluster> = components
        .par_chunks(CHUNK)
        .flat_map_iter(|chunk| {
            let mut out = Vec::new();
            if !progress.cancelled() {
                for component in chunk {
                    clusters_of(component, pairs, options, &decisions, score, &mut out);
                }
                progress.advance(chunk.len() as u64);
            }
            out
        })
        .collect();
    progress.end();
    clusters.sort_unstable_by_key(|c| c.members[0]);
    Clustering {
        clusters,
        contradictions: decisions.contradictions,
    }
}

/// Decisions that cannot all be honoured, by the never-pair: two records declared different that a chain of pairs
/// declared the same connects. A pair on both lists is a chain of one.
pub fn contradictions(
    always: &[(RecordIdx, RecordIdx)],
    never: &[(RecordIdx, RecordIdx)],
) -> Vec<Contradiction> {
    Decisions::new(always, never).contradictions
}

/// What a pair adds to a cluster that holds both its ends, in millibits.
///
/// It is the score itself, log2 p/(1-p): the offset is zero, so that a pair as likely to be one entity as two (p = 0.5)
/// weighs nothing. Beyond [`CERTAIN_MILLIBITS`] for, and twice that against, a bit counts for a sixteenth. A pair whose
/// verdict does not suggest a merge (below the review threshold, or related) weighs at most 0.
pub fn weight(score_millibits: i32, verdict: Verdict) -> i64 {
    let score = if verdict.suggests_merge() {
        score_millibits
    } else {
        score_millibits.min(0)
    };
    let (least, most) = (-2 * CERTAIN_MILLIBITS, CERTAIN_MILLIBITS);
    let kept = score.clamp(least, most);
    i64::from(kept) + (i64::from(score) - i64::from(kept)) / i64::from(BEYOND_CERTAIN)
}

/// A pair inside a component whose score is known.
#[derive(Debug, Clone, Copy)]
struct Known {
    /// Position of the smaller end among the component's members.
    left: u32,
    /// Position of the larger end among the component's members.
    right: u32,
    score_millibits: i32,
    verdict: Verdict,
    rules: RuleMask,
    /// Record pairs the row stands for; above 1 it is an edge of a value group's star.
    implied: u64,
    /// Some identifying field tells the two apart.
    two_identities: bool,
    /// A person said "same".
    must: bool,
    persons: Persons,
}

impl Known {
    fn new(left: u32, right: u32, evidence: &PairEvidence, verdict: Verdict) -> Known {
        Known {
            left,
            right,
            score_millibits: evidence.score_millibits,
            verdict,
            rules: RuleMask::default(),
            implied: 1,
            two_identities: evidence.fields.iter().any(|f| f.level == Level::Conflict),
            must: false,
            persons: Persons::of(evidence),
        }
    }

    /// Safe to merge, and no person's names tell them apart.
    fn is_sure(&self) -> bool {
        self.verdict == Verdict::Auto && self.persons.agree()
    }

    fn of_pair(left: u32, right: u32, pair: &ScoredPair) -> Known {
        Known {
            rules: pair.pair.rules,
            implied: pair.pair.implied,
            ..Known::new(left, right, &pair.evidence, pair.verdict)
        }
    }

    fn weight(&self) -> i64 {
        weight(self.score_millibits, self.verdict).max(self.persons.least())
    }

    /// Holds two records together.
    fn pulls(&self) -> bool {
        self.must || self.weight() > 0
    }
}

/// Clusters of one component, appended to `out`.
fn clusters_of(
    component: &Component,
    pairs: &[ScoredPair],
    options: &ClusterOptions,
    decisions: &Decisions,
    score: &(dyn Fn(RecordIdx, RecordIdx) -> (PairEvidence, Verdict) + Sync),
    out: &mut Vec<Cluster>,
) {
    fail_point!("cluster.component", no error);
    let members = &component.members;
    let local = |record: RecordIdx| {
        members
            .binary_search(&record)
            .expect("both ends of an inner pair are members") as u32
    };
    let mut known: Vec<Known> = component
        .pairs
        .iter()
        .map(|&i| &pairs[i as usize])
        .map(|p| Known::of_pair(local(p.pair.left), local(p.pair.right), p))
        .collect();
    known.sort_unstable_by_key(|k| (k.left, k.right));
    debug_assert!(
        known.is_sorted_by(|a, b| (a.left, a.right) < (b.left, b.right)),
        "a pair is given once"
    );
    let within = |set: &[(RecordIdx, RecordIdx)]| -> Vec<(u32, u32)> {
        set.iter().map(|&(a, b)| (local(a), local(b))).collect()
    };
    let must = within(&component.must);
    let cannot = within(&component.cannot);
    let describe = |block: &[u32], known: &[Known]| {
        describe::cluster_of(members, block, known, options.n_large, decisions)
    };

    if members.len() <= options.n_all_pairs {
        let block: Vec<u32> = (0..members.len() as u32).collect();
        let known = complete(members, &block, &known, &must, score);
        for part in solve(&block, &known, &cannot, options.n_exact) {
            if part.len() > 1 {
                out.push(describe(&part, &known));
            }
        }
        return;
    }
    add_must(members, &mut known, &must, score);
    let parts = sparse::partition(members.len(), &known, &cannot);
    for (coarse, inside) in parts.iter().zip(by_part(members.len(), &parts, &known)) {
        if coarse.len() > options.n_all_pairs {
            out.push(describe(coarse, &inside));
            continue;
        }
        // Small enough to look at every pair after all: the sparse graph knows nothing of the pairs no rule found.
        let all = complete(members, coarse, &inside, &must, score);
        for part in solve(coarse, &all, &cannot, options.n_exact) {
            if part.len() > 1 {
                out.push(describe(&part, &all));
            }
        }
    }
}

/// For each part the pairs of `known` inside it, in the order of `known`.
fn by_part(n: usize, parts: &[Vec<u32>], known: &[Known]) -> Vec<Vec<Known>> {
    let mut part_of = vec![0; n];
    for (part, members) in parts.iter().enumerate() {
        for &member in members {
            part_of[member as usize] = part;
        }
    }
    let mut inside = vec![Vec::new(); parts.len()];
    for pair in known {
        let part = part_of[pair.left as usize];
        if part == part_of[pair.right as usize] {
            inside[part].push(*pair);
        }
    }
    inside
}

/// All pairs of `block`, ascending: those of `known` as they are, the others scored now.
fn complete(
    members: &[RecordIdx],
    block: &[u32],
    known: &[Known],
    must: &[(u32, u32)],
    score: &(dyn Fn(RecordIdx, RecordIdx) -> (PairEvidence, Verdict) + Sync),
) -> Vec<Known> {
    let mut all = Vec::with_capacity(block.len() * block.len().saturating_sub(1) / 2);
    let mut next = known.iter().peekable();
    for (i, &left) in block.iter().enumerate() {
        for &right in &block[i + 1..] {
            let mut pair = match next.next_if(|k| (k.left, k.right) == (left, right)) {
                Some(pair) => *pair,
                None => {
                    let (evidence, verdict) =
                        score(members[left as usize], members[right as usize]);
                    Known::new(left, right, &evidence, verdict)
                }
            };
            pair.must = must.binary_search(&(left, right)).is_ok();
            all.push(pair);
        }
    }
    all
}

/// Marks the always-pairs in `known`, scoring and inserting those that are not there.
fn add_must(
    members: &[RecordIdx],
    known: &mut Vec<Known>,
    must: &[(u32, u32)],
    score: &(dyn Fn(RecordIdx, RecordIdx) -> (PairEvidence, Verdict) + Sync),
) {
    let mut added = Vec::new();
    for &(left, right) in must {
        match known.binary_search_by_key(&(left, right), |k| (k.left, k.right)) {
            Ok(at) => known[at].must = true,
            Err(_) => {
                let (evidence, verdict) = score(members[left as usize], members[right as usize]);
                added.push(Known {
                    must: true,
                    ..Known::new(left, right, &evidence, verdict)
                });
            }
        }
    }
    known.extend(added);
    known.sort_unstable_by_key(|k| (k.left, k.right));
}

/// The best partition of `block`, all of whose pairs are in `known`. Parts by first member, each ascending.
fn solve(block: &[u32], known: &[Known], cannot: &[(u32, u32)], n_exact: usize) -> Vec<Vec<u32>> {
    let at = |member: u32| {
        block
            .binary_search(&member)
            .expect("pairs of a block have both ends in it")
    };
    let in_block = |member: u32| block.binary_search(&member).is_ok();
    let cannot: Vec<(usize, usize)> = cannot
        .iter()
        .filter(|(a, b)| in_block(*a) && in_block(*b))
        .map(|&(a, b)| (at(a), at(b)))
        .collect();

    let mut groups = components::Groups::new(block.len());
    for pair in known.iter().filter(|k| k.must) {
        groups.join(at(pair.left), at(pair.right));
    }
    cores::join(&mut groups, block.len(), known, &cannot, &at);
    let (node_of, n_nodes) = groups.numbers();
    let ends = |pair: &Known| (node_of[at(pair.left)], node_of[at(pair.right)]);
    let mut problem = Problem::new(n_nodes);
    for (a, b, weight) in cores::weights(n_nodes, known, &ends) {
        problem.add_weight(a, b, weight);
    }
    for (a, b) in cannot {
        assert_ne!(
            node_of[a], node_of[b],
            "honoured decisions do not contradict"
        );
        problem.forbid(node_of[a], node_of[b]);
    }
    let labels = problem.solve(n_exact);
    let n_parts = labels.iter().max().map_or(0, |m| m + 1);
    let mut parts = vec![Vec::new(); n_parts];
    for (i, &member) in block.iter().enumerate() {
        parts[labels[node_of[i]]].push(member);
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_scores_within_limits() {
        for (score, verdict, expected) in [
            (9_000, Verdict::Auto, 9_000),
            (20_000, Verdict::Auto, 20_000),
            (36_000, Verdict::Auto, 21_000),
            (36_000, Verdict::Related, 0),
            (500, Verdict::Weak, 0),
            (-3_000, Verdict::Weak, -3_000),
            (-3_000, Verdict::Review, -3_000),
            (-56_000, Verdict::Weak, -41_000),
        ] {
            assert_eq!(weight(score, verdict), expected, "{score} {verdict:?}");
        }
    }
}
