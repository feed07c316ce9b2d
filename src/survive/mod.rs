//! Stage 6: clusters to merge suggestions.
//!
//! Takes the records and the clusters; gives for each cluster the record to keep, the values to keep, how sure each
//! member is, and why. Suggestions come `auto` first, then by descending probability, then by id; the result depends
//! on the clusters and their members' values alone. (One exception: a date written with slashes is read day first
//! when its column holds a date that can only be read so.)
//! Writing them, and turning them into steps for the CRM, is left to the report stage.

mod columns;
mod golden;
mod survivor;
mod worth;

#[cfg(test)]
mod tests;

pub use survivor::Clocks;

use crate::model::{
    Cluster, GenericValues, Link, MILLIBITS_PER_BIT, Member, Prepared, Progress, RecordIdx, Role,
    RuleMask, Suggestion, Table, Verdict,
};
use crate::rules::SurvivorPolicy;
use columns::Columns;
use rayon::prelude::*;
use sha2::{Digest, Sha256};
use worth::Judged;

/// Clusters treated on one thread between two looks at the progress.
const CHUNK: usize = 256;

/// What values and members are judged by, the same for all clusters.
#[derive(Debug, Clone, Copy)]
pub struct Standards<'a> {
    /// Which member is kept.
    pub policy: &'a SurvivorPolicy,
    /// Values that are shared by many unlike people.
    pub generic: &'a GenericValues,
    /// How the columns of dates are read.
    pub clocks: Clocks,
}

/// Makes one suggestion of each cluster.
///
/// `reason` says in one plain sentence why two records are linked, given the rules that hold for them; it is asked
/// for each merged member and the member it is linked to.
/// When `progress` says that the user asked to stop, clusters not yet done are left out.
/// Cost: proportional to members times columns.
pub fn suggest(
    table: &Table,
    prepared: &Prepared,
    standards: Standards<'_>,
    clusters: &[Cluster],
    reason: &(dyn Fn(RecordIdx, RecordIdx, RuleMask) -> String + Sync),
    progress: &dyn Progress,
) -> Vec<Suggestion> {
    if clusters.is_empty() {
        return Vec::new();
    }
    progress.begin("choosing survivors", "groups", Some(clusters.len() as u64));
    let Standards {
        policy,
        generic,
        clocks,
    } = standards;
    let columns = Columns::of(table);
    let mut suggestions: Vec<Suggestion> = clusters
        .par_chunks(CHUNK)
        .flat_map_iter(|chunk| {
            let mut out = Vec::new();
            if !progress.cancelled() {
                for cluster in chunk {
                    let members = &cluster.members;
                    let judged = Judgements::of(table, &columns, prepared, generic, members);
                    let ranking = survivor::rank(table, &columns, clocks, policy, members, &judged);
                    out.push(suggestion(
                        table, &columns, cluster, &ranking, &judged, reason,
                    ));
                }
                progress.advance(chunk.len() as u64);
            }
            out
        })
        .collect();
    progress.end();
    suggestions.par_sort_unstable_by(|a, b| {
        (a.verdict.cmp(&b.verdict))
            .then(b.probability.total_cmp(&a.probability))
            .then_with(|| a.id.cmp(&b.id))
    });
    suggestions
}

/// Every value of a cluster, trimmed, and its judgement: a row for each member, an entry for each column.
struct Judgements<'t> {
    n_columns: usize,
    texts: Vec<&'t str>,
    all: Vec<Judged>,
}

impl<'t> Judgements<'t> {
    fn of(
        table: &'t Table,
        columns: &Columns,
        prepared: &Prepared,
        generic: &GenericValues,
        members: &[RecordIdx],
    ) -> Judgements<'t> {
        let n_columns = table.columns.len();
        // Members lie far apart: all values first, so that the reads are under way together.
        let mut texts: Vec<&'t str> = Vec::with_capacity(members.len() * n_columns);
        for record in members {
            texts.extend(table.columns.iter().map(|c| c.get(record.at())));
        }
        for text in &mut texts {
            *text = text.trim();
        }
        let mut all = Vec::with_capacity(texts.len());
        for (&record, row) in members.iter().zip(texts.chunks_exact(n_columns.max(1))) {
            let row = columns.all.iter().zip(row);
            all.extend(row.map(|(c, text)| worth::judge(text, c.field, record, prepared, generic)));
        }
        Judgements {
            n_columns,
            texts,
            all,
        }
    }

    fn text(&self, row: usize, column: usize) -> &'t str {
        self.texts[row * self.n_columns + column]
    }

    fn row(&self, row: usize) -> &[Judged] {
        &self.all[row * self.n_columns..(row + 1) * self.n_columns]
    }
}

fn suggestion(
    table: &Table,
    columns: &Columns,
    cluster: &Cluster,
    ranking: &survivor::Ranking,
    judged: &Judgements<'_>,
    reason: &(dyn Fn(RecordIdx, RecordIdx, RuleMask) -> String + Sync),
) -> Suggestion {
    let survivor = ranking.standings[0].record;
    let paths = Path::to(survivor, cluster);
    let weakest = paths
        .iter()
        .map(|p| probability(p.bottleneck_millibits))
        .fold(1.0, f64::min);
    let all_auto = cluster.links.iter().all(|l| l.verdict == Verdict::Auto);
    let verdict = if all_auto && cluster.flags.is_empty() {
        Verdict::Auto
    } else {
        Verdict::Review
    };

    let mut members: Vec<Member> = cluster
        .members
        .iter()
        .zip(&paths)
        .map(|(&record, path)| match path.via {
            None => Member {
                record,
                role: Role::Survivor,
                probability: 1.0,
                verdict,
                rules: path.rules,
                linked_to: None,
                reason: ranking.reason.clone(),
            },
            Some((linked_to, rules)) => Member {
                record,
                role: Role::Merge,
                probability: probability(path.bottleneck_millibits),
                verdict: path.verdict,
                rules: path.rules,
                linked_to: Some(linked_to),
                reason: reason(record, linked_to, rules),
            },
        })
        .collect();
    members.sort_by_key(|m| (m.role, m.record));

    Suggestion {
        id: suggestion_id(table, &cluster.members),
        members,
        probability: weakest,
        verdict,
        flags: cluster.flags.clone(),
        survivor_reason: ranking.reason.clone(),
        golden: golden::golden(&golden::Values {
            columns,
            members: &cluster.members,
            judged,
            rank: &ranking.rank_of(&cluster.members),
        }),
        cohesion: cluster.cohesion,
    }
}

/// How a member hangs on the survivor, along the cluster's tree.
#[derive(Debug, Clone)]
struct Path {
    /// The next member towards the survivor, and the rules that hold between them; `None` for the survivor.
    via: Option<(RecordIdx, RuleMask)>,
    /// Lowest score on the way.
    bottleneck_millibits: i32,
    /// Weakest verdict on the way, `Review` at worst: what a person linked, a person looks at.
    verdict: Verdict,
    /// Rules of all links of the member.
    rules: RuleMask,
}

impl Path {
    /// The path of each member, in the order of the members. Panics when the links are no tree over them.
    fn to(survivor: RecordIdx, cluster: &Cluster) -> Vec<Path> {
        let row = |record: RecordIdx| {
            cluster
                .members
                .binary_search(&record)
                .expect("links join members")
        };
        let n = cluster.members.len();
        assert_eq!(cluster.links.len() + 1, n, "the links are a tree");
        let mut next: Vec<Vec<(usize, &Link)>> = vec![Vec::new(); n];
        for link in &cluster.links {
            let (left, right) = (row(link.left), row(link.right));
            next[left].push((right, link));
            next[right].push((left, link));
        }
        let mut paths: Vec<Option<Path>> = vec![None; n];
        let rules = |row: usize| {
            next[row]
                .iter()
                .fold(RuleMask::default(), |all, (_, link)| all.union(link.rules))
        };
        let start = row(survivor);
        paths[start] = Some(Path {
            via: None,
            bottleneck_millibits: i32::MAX,
            verdict: Verdict::Auto,
            rules: rules(start),
        });
        let mut open = vec![start];
        while let Some(at) = open.pop() {
            let (bottleneck, verdict) = match &paths[at] {
                Some(path) => (path.bottleneck_millibits, path.verdict),
                None => unreachable!("only members with a path are open"),
            };
            for &(other, link) in &next[at] {
                if paths[other].is_none() {
                    paths[other] = Some(Path {
                        via: Some((cluster.members[at], link.rules)),
                        bottleneck_millibits: bottleneck.min(link.score_millibits),
                        verdict: verdict.max(link.verdict.min(Verdict::Review)),
                        rules: rules(other),
                    });
                    open.push(other);
                }
            }
        }
        paths
            .into_iter()
            .map(|path| path.expect("the links reach every member"))
            .collect()
    }
}

/// The logistic of a score in base 2.
fn probability(score_millibits: i32) -> f64 {
    1.0 / (1.0 + (-f64::from(score_millibits) / f64::from(MILLIBITS_PER_BIT)).exp2())
}

/// `S-` and the first 12 hex digits of the SHA-256 of the members as lines `type:id`, sorted by bytes.
///
/// Two different groups share an id with a probability of about 1 in 500 in a run of a million suggestions.
fn suggestion_id(table: &Table, members: &[RecordIdx]) -> String {
    let mut lines: Vec<String> = members
        .iter()
        .map(|&m| format!("{}:{}\n", table.record_type[m.at()].as_str(), table.id(m)))
        .collect();
    lines.sort_unstable();
    let mut hash = Sha256::new();
    for line in &lines {
        hash.update(line);
    }
    let mut id = String::from("S-");
    for byte in &hash.finalize()[..6] {
        for digit in [byte >> 4, byte & 15] {
            id.extend(char::from_digit(u32::from(digit), 16));
        }
    }
    id
}
