//! Records of equal values that are all rule-true, kept as stars instead of all their pairs.

use super::Run;
use crate::block::condition::Decision;
use crate::block::union::Hit;
use crate::model::{Activity, Candidacy, RecordType};

impl Run<'_> {
    /// All records of a key are rule-true: a star for each kind of standing, and one edge between the kinds.
    ///
    /// Pairs that are judged by themselves (lineage, decided ones) are hits of their own and count for no edge.
    pub(super) fn stars(&self, members: &[u32]) -> Vec<Hit> {
        let groups = self.groups;
        let kind = |g: &u32| self.standing(*g);
        let mut sorted = members.to_vec();
        // Members of special pairs come last, so that an edge is hardly ever one itself.
        sorted.sort_by_key(|g| (kind(g), groups.special_with(*g).next().is_some(), *g));
        let mut place: Vec<(u32, u32)> = sorted.iter().copied().zip(0_u32..).collect();
        place.sort_unstable();
        let place_of = |g: u32| {
            let found = place.binary_search_by_key(&g, |p| p.0);
            found.ok().map(|at| place[at].1 as usize)
        };
        let kinds: Vec<&[u32]> = sorted.chunk_by(|a, b| kind(a) == kind(b)).collect();
        // Counts are of records: a member may itself stand for several.
        let size = |g: u32| groups.members.row(g as usize).len() as u64;
        let total = |star: &[u32]| star.iter().map(|g| size(*g)).sum::<u64>();
        let holds =
            |a: u32, b: u32| self.rule.decide(self.first(a), self.first(b)) == Decision::Yes;
        let mut out = Vec::new();
        let mut start = 0;
        for (at, star) in kinds.iter().enumerate() {
            let mut earlier = size(star[0]);
            for (i, member) in star.iter().enumerate().skip(1) {
                let special = groups.special_with(*member).filter_map(place_of);
                let n_special = special.filter(|p| (start..start + i).contains(p)).count() as u64;
                let n_pairs = earlier * size(*member) - n_special;
                let other = star[..i].iter().find(|g| !groups.is_special(**g, *member));
                if let Some(other) = other
                    && holds(*other, *member)
                {
                    let own = size(*other) * size(*member);
                    out.push(self.hit(*other, *member, n_pairs - own));
                }
                earlier += size(*member);
            }
            for other in &kinds[at + 1..] {
                let inside = |g: &u32| kind(g) == kind(&other[0]) && place_of(*g).is_some();
                let n_special: usize = star
                    .iter()
                    .map(|g| groups.special_with(*g).filter(|p| inside(p)).count())
                    .sum();
                let n_pairs = total(star) * total(other) - n_special as u64;
                let edge = star
                    .iter()
                    .flat_map(|a| other.iter().map(move |b| (*a, *b)))
                    .find(|(a, b)| !groups.is_special(*a, *b));
                if let Some((a, b)) = edge
                    && holds(a, b)
                {
                    out.push(self.hit(a, b, n_pairs - size(a) * size(b)));
                }
            }
            start += star.len();
        }
        for a in members {
            let partners = groups.special_with(*a).filter(|b| a < b);
            let present = partners.filter(|b| place_of(*b).is_some() && holds(*a, *b));
            out.extend(present.map(|b| self.hit(*a, b, 0)));
        }
        out
    }

    /// What decides whether a group's records can stand for one another: candidacy, activity, type.
    fn standing(&self, group: u32) -> (bool, bool, RecordType) {
        let prepared = self.input.prepared;
        let at = self.first(group).at();
        (
            prepared.candidacy[at] != Candidacy::Candidate,
            prepared.activity[at] == Activity::Inactive,
            prepared.record_type[at],
        )
    }

    /// Records of one standing (candidacy, activity, type) apart, so that one of them can stand for all.
    pub(super) fn kinds(&self, members: &[u32]) -> Vec<Vec<u32>> {
        let kind = |g: &u32| self.standing(*g);
        let mut sorted = members.to_vec();
        sorted.sort_by_key(|g| (kind(g), *g));
        sorted
            .chunk_by(|a, b| kind(a) == kind(b))
            .map(<[u32]>::to_vec)
            .collect()
    }

    /// Records that a group stands for.
    pub(super) fn size(&self, group: u32) -> u64 {
        self.groups.members.row(group as usize).len() as u64
    }

    /// One edge that stands for all pairs of two lists of records, each of one standing, all of them rule-true.
    pub(super) fn edge(&self, left: &[u32], right: &[u32]) -> Option<Hit> {
        let total = |list: &[u32]| list.iter().map(|g| self.size(*g)).sum::<u64>();
        let (a, b) = (left[0], right[0]);
        (self.rule.decide(self.first(a), self.first(b)) == Decision::Yes).then(|| {
            let beyond = total(left) * total(right) - self.size(a) * self.size(b);
            self.hit(a, b, beyond)
        })
    }
}
