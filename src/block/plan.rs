//! How a rule is executed: a complete index for one of its conditions, the others verified inside.
//!
//! | access | candidates come from |
//! |---|---|
//! | keys | records sharing a key of an equality condition; large keys are divided by another condition's index |
//! | companies | the join of distinct companies, then names inside each pair of companies |
//! | names | the join of all names by words |
//! | texts | the complete join of distinct values by a literal measure, then the records that hold them |
//! | scan | every pair of records, when they are few; else refused |
//!
//! Any single condition with a complete index is complete for the rule, since all conditions must hold. Which is cheapest
//! is measured: every access is tried on a sample of the records ([`cost`]), and the pairs it compared there are scaled to
//! all. A wrong guess costs time, never a pair.

mod cost;
mod literal;

pub(super) use cost::{Estimate, choose};

use super::company_join::similar_companies;
use super::condition::{BlockInput, CompiledRule, Decision, KeyPlan};
use super::explain::Budget;
use super::name_join::{IndexedGroup, Named, cross_join, self_join};
use super::union::Hit;
use super::value_group::ValueGroups;
use super::{BlockError, Decided, RuleWork};
use crate::model::{Activity, Candidacy, Csr, HeavyKey, NONE, Progress, RecordIdx, Silent};
use rayon::prelude::*;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// Limits of the stage.
#[derive(Debug, Clone, PartialEq)]
pub struct BlockOptions {
    /// Pairs a rule may compare one by one without an index.
    pub scan_max: u64,
    /// Compare more than that rather than refuse.
    pub allow_scan: bool,
    /// Pairs that people decided.
    pub decided: Decided,
    /// What all rules together may take, by estimate; refused before anything is compared.
    pub budget: Budget,
    /// Bytes in use when the stage begins, for the budget's memory.
    pub resident_bytes: u64,
    /// Test only: the access to take wherever a rule has it, by its word, instead of the cheapest.
    #[doc(hidden)]
    pub prefer: Option<&'static str>,
    /// Test only: loses what an index finds under every second key, to show that an audit sees it.
    #[doc(hidden)]
    pub break_plans: bool,
}

/// Where the candidates of a rule come from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Access {
    /// An equality condition, by its position among the rule's.
    Keys(usize),
    /// The company condition with its threshold.
    Companies(f64),
    /// The name condition.
    Names,
    /// A literal measure, by its position among the rule's conditions.
    Texts(usize),
    /// No index.
    Scan,
}

impl Access {
    /// Everything that can find the pairs of a rule; each is complete.
    pub(super) fn all(rule: &CompiledRule<'_>) -> Vec<Access> {
        let mut out: Vec<Access> = rule
            .key_plans()
            .iter()
            .map(|plan| Access::Keys(plan.condition_idx()))
            .collect();
        out.extend(rule.company_threshold().map(Access::Companies));
        if rule.needs_name() {
            out.push(Access::Names);
        }
        out.extend(
            rule.measures()
                .iter()
                .map(|m| Access::Texts(m.condition_idx)),
        );
        if out.is_empty() {
            out.push(Access::Scan);
        }
        out
    }

    /// One word for it.
    pub(super) fn word(self) -> &'static str {
        match self {
            Access::Keys(_) => "keys",
            Access::Companies(_) => "companies",
            Access::Names => "names",
            Access::Texts(_) => "texts",
            Access::Scan => "scan",
        }
    }
}

impl Default for BlockOptions {
    fn default() -> Self {
        // 200 million verified pairs take about a minute on two cores.
        BlockOptions {
            scan_max: 200_000_000,
            allow_scan: false,
            decided: Decided::default(),
            budget: Budget::default(),
            resident_bytes: 0,
            prefer: None,
            break_plans: false,
        }
    }
}

/// From this many records a key that makes all its records rule-true is kept as a star.
pub(super) const STAR_FROM: usize = 1000;
/// Keys with more records than this are refined by the rule's other equality conditions.
const REFINE_FROM: usize = 256;
/// Heaviest keys kept for the report, a rule.
const HEAVY_KEYS: usize = 10;

/// What a rule's plan found.
pub(super) struct Found {
    pub(super) hits: Vec<Hit>,
    pub(super) heavy_keys: Vec<HeavyKey>,
    pub(super) work: RuleWork,
}

/// One rule being executed.
struct Run<'a> {
    rule: &'a CompiledRule<'a>,
    rule_idx: usize,
    input: BlockInput<'a>,
    groups: &'a ValueGroups,
    options: &'a BlockOptions,
    progress: &'a dyn Progress,
    own_millibits: &'a [i32],
    /// Similar companies of each company, made when a large key needs dividing by company.
    near_companies: OnceLock<Csr<u32>>,
    n_compared: AtomicU64,
    n_below_floor: AtomicU64,
    n_skipped: AtomicU64,
    n_generic: AtomicU64,
}

/// What the name of each record carries by itself, for evidence floors; empty when the rule has none.
fn own_millibits(rule: &CompiledRule<'_>, input: BlockInput<'_>) -> Vec<i32> {
    if rule.floor.is_none() {
        return Vec::new();
    }
    (0..input.prepared.names.len() as u32)
        .into_par_iter()
        .map(|name| input.weights.own_name_millibits(input.names, name))
        .collect()
}

/// Executes a rule by the access chosen for it.
pub(super) fn run(
    rule: &CompiledRule<'_>,
    rule_idx: usize,
    access: Access,
    input: BlockInput<'_>,
    groups: &ValueGroups,
    options: &BlockOptions,
    progress: &dyn Progress,
) -> Result<Found, BlockError> {
    let own = own_millibits(rule, input);
    let run = Run::new(rule, rule_idx, input, groups, options, progress, &own);
    let (mut hits, heavy_keys, plan) = run.by(access)?;
    if progress.cancelled() {
        return Err(BlockError::Cancelled);
    }
    sort_hits(&mut hits);
    let count = |n: &AtomicU64| n.load(Ordering::Relaxed);
    let mut work = RuleWork {
        n_compared: count(&run.n_compared),
        floor_millibits: rule.floor,
        plan,
        ..RuleWork::default()
    };
    work.left_out.n_below_floor = count(&run.n_below_floor);
    work.left_out.n_skipped_with_proof = count(&run.n_skipped);
    work.left_out.n_generic = count(&run.n_generic);
    Ok(Found {
        hits,
        heavy_keys,
        work,
    })
}

/// The heaviest keys of an access, for showing a plan.
pub(super) fn heaviest(
    rule: &CompiledRule<'_>,
    access: Access,
    input: BlockInput<'_>,
    groups: &ValueGroups,
) -> Vec<HeavyKey> {
    let options = BlockOptions::default();
    let run = Run::new(rule, 0, input, groups, &options, &Silent, &[]);
    match access {
        Access::Keys(at) => {
            let costed = run.costed_keys(at);
            run.heavy_keys(&costed[0].1, &costed[0].2)
        }
        Access::Companies(_) => run.heavy_companies(&run.by_form()),
        Access::Names => run.heavy_names(),
        Access::Texts(at) => run.heavy_values(at),
        Access::Scan => Vec::new(),
    }
}

/// Ascending, each pair of groups once.
fn sort_hits(hits: &mut Vec<Hit>) {
    hits.par_sort_unstable();
    hits.dedup_by(|later, kept| {
        let same = (later.left, later.right) == (kept.left, kept.right);
        if same {
            kept.beyond = kept.beyond.max(later.beyond);
        }
        same
    });
}

type Planned = (Vec<Hit>, Vec<HeavyKey>, String);

impl<'a> Run<'a> {
    fn new(
        rule: &'a CompiledRule<'a>,
        rule_idx: usize,
        input: BlockInput<'a>,
        groups: &'a ValueGroups,
        options: &'a BlockOptions,
        progress: &'a dyn Progress,
        own_millibits: &'a [i32],
    ) -> Run<'a> {
        Run {
            rule,
            rule_idx,
            input,
            groups,
            options,
            progress,
            own_millibits,
            near_companies: OnceLock::new(),
            n_compared: AtomicU64::new(0),
            n_below_floor: AtomicU64::new(0),
            n_skipped: AtomicU64::new(0),
            n_generic: AtomicU64::new(0),
        }
    }

    fn by(&self, access: Access) -> Result<Planned, BlockError> {
        match access {
            Access::Keys(condition_idx) => self.by_keys(&self.costed_keys(condition_idx)),
            Access::Companies(threshold) => self.by_company(threshold),
            Access::Names => Ok((
                self.by_name(),
                Vec::new(),
                "all names joined by their words".to_owned(),
            )),
            Access::Texts(condition_idx) => self.by_texts(condition_idx).map(|(p, _)| p),
            Access::Scan => self.by_scan(),
        }
    }

    /// The equality conditions with the records under each key: the chosen one first, then those that make fewest pairs.
    fn costed_keys(&self, first: usize) -> Vec<(u64, KeyPlan<'_>, Csr<u32>)> {
        let mut costed: Vec<(u64, KeyPlan<'_>, Csr<u32>)> = self
            .rule
            .key_plans()
            .drain(..)
            .map(|plan| {
                let postings = self.postings(&plan);
                let cost = postings
                    .rows()
                    .map(|r| pairs_of(r.len()))
                    .fold(0_u64, u64::saturating_add);
                (cost, plan, postings)
            })
            .collect();
        costed.sort_by_key(|(cost, plan, _)| {
            (plan.condition_idx() != first, *cost, plan.condition_idx())
        });
        costed
    }

    fn first(&self, group: u32) -> RecordIdx {
        self.groups.first(group)
    }

    fn name_of(&self, group: u32) -> u32 {
        self.input.prepared.name[self.first(group).at()]
    }

    fn named(&self, members: &[u32]) -> Vec<Named> {
        members
            .iter()
            .map(|g| Named {
                name: self.name_of(*g),
                item: *g,
            })
            .filter(|n| n.name != NONE)
            .collect()
    }

    fn n_vocabulary(&self) -> usize {
        self.input.prepared.names.vocabulary.len()
    }

    /// Value groups under each key of a plan.
    fn postings(&self, plan: &KeyPlan<'_>) -> Csr<u32> {
        let mut rows = Csr::default();
        let mut keys = Vec::new();
        for group in 0..self.groups.len() as u32 {
            plan.keys_of(self.first(group), &mut keys);
            rows.push_row(keys.iter().copied());
        }
        rows.invert(plan.n_keys(), |k| *k)
    }

    /// Verifies a pair of groups and counts what becomes of it.
    fn verify(&self, a: u32, b: u32) -> Option<Hit> {
        self.verify_but(a, b, None)
    }

    /// The same, with a symmetric condition already known to hold.
    fn verify_but(&self, a: u32, b: u32, known: Option<usize>) -> Option<Hit> {
        self.n_compared.fetch_add(1, Ordering::Relaxed);
        let (left, right) = (a.min(b), a.max(b));
        match self
            .rule
            .decide_but(self.first(left), self.first(right), known)
        {
            Decision::Yes => Some(self.hit(left, right, 0)),
            Decision::BelowFloor => {
                self.n_below_floor.fetch_add(1, Ordering::Relaxed);
                None
            }
            Decision::No | Decision::OnlyGeneric => None,
        }
    }

    fn hit(&self, left: u32, right: u32, beyond: u64) -> Hit {
        Hit {
            left: left.min(right),
            right: left.max(right),
            rule_idx: self.rule_idx as u8,
            beyond,
        }
    }

    /// Records sharing a key of the cheapest equality condition.
    fn by_keys(&self, costed: &[(u64, KeyPlan<'_>, Csr<u32>)]) -> Result<Planned, BlockError> {
        let (_, plan, postings) = &costed[0];
        let others = &costed[1..];
        let divisible = !others.is_empty()
            || self.rule.needs_name()
            || self.rule.company_threshold().is_some()
            || self.rule.symmetric_measure().is_some();
        if !divisible && !self.rule.is_pure_equality() {
            self.refuse_above(costed[0].0, &format!("{} alone is too common", plan.kind()))?;
        }
        let mut order: Vec<u32> = (0..plan.n_keys() as u32)
            .filter(|k| postings.row(*k as usize).len() > 1)
            .filter(|k| !self.options.break_plans || k % 2 == 0)
            .collect();
        // Large keys first: they are split among threads from within, small ones fill the gaps.
        order.sort_by_key(|k| (std::cmp::Reverse(postings.row(*k as usize).len()), *k));
        let hits = order
            .par_iter()
            .with_max_len(256)
            .map(|key| {
                if self.progress.cancelled() {
                    Vec::new()
                } else {
                    self.under_key(plan, *key, postings.row(*key as usize), others)
                }
            })
            .reduce(Vec::new, append);
        let heavy_keys = self.heavy_keys(plan, postings);
        let by_words = if self.rule.needs_name() {
            ", names joined by their words inside each"
        } else {
            ""
        };
        Ok((
            hits,
            heavy_keys,
            format!("records sharing a key ({}){by_words}", plan.kind()),
        ))
    }

    /// The keys with most records, from two on.
    fn heavy_keys(&self, plan: &KeyPlan<'_>, postings: &Csr<u32>) -> Vec<HeavyKey> {
        let size = |key: &u32| postings.row(*key as usize).len();
        let mut order: Vec<u32> = (0..plan.n_keys() as u32).filter(|k| size(k) > 1).collect();
        order.sort_by_key(|k| (std::cmp::Reverse(size(k)), *k));
        order
            .iter()
            .take(HEAVY_KEYS)
            .map(|key| {
                let n = size(key);
                HeavyKey {
                    rule_idx: self.rule_idx,
                    kind: plan.kind().to_owned(),
                    value: self.rule.key_text(plan, *key),
                    n_records: n as u64,
                    n_pairs: pairs_of(n),
                    treatment: self.treatment(plan, *key, n).to_owned(),
                }
            })
            .collect()
    }

    fn joins_names(&self, plan: &KeyPlan<'_>, key: u32) -> bool {
        self.rule.needs_name() || (self.rule.generic_needs_name() && plan.is_generic(key))
    }

    fn treatment(&self, plan: &KeyPlan<'_>, key: u32, n: usize) -> &'static str {
        if self.joins_names(plan, key) {
            "refined by name"
        } else if self.rule.is_pure_equality() && n >= STAR_FROM {
            "kept as a star"
        } else if n > REFINE_FROM && !self.rule.is_pure_equality() {
            self.refinement(plan.condition_idx())
        } else {
            "compared"
        }
    }

    fn under_key(
        &self,
        plan: &KeyPlan<'_>,
        key: u32,
        members: &[u32],
        others: &[(u64, KeyPlan<'_>, Csr<u32>)],
    ) -> Vec<Hit> {
        if self.joins_names(plan, key) {
            let named = self.named(members);
            let bound = self.rule.key_bound_millibits(plan, key);
            let hits = self.join_names(&named, bound);
            if !self.rule.needs_name() {
                self.n_generic.fetch_add(
                    pairs_of(members.len()) - (hits.len() as u64),
                    Ordering::Relaxed,
                );
            }
            return hits;
        }
        if self.rule.is_pure_equality() && members.len() >= STAR_FROM {
            return self.stars(members);
        }
        self.divide(members, others)
    }

    /// How a heavy key that is not joined by names is divided.
    fn refinement(&self, condition_idx: usize) -> &'static str {
        let another_key = self
            .rule
            .key_plans()
            .iter()
            .any(|p| p.condition_idx() != condition_idx);
        if another_key {
            "refined by the other conditions"
        } else if self.rule.company_threshold().is_some() {
            "refined by company"
        } else if self.rule.symmetric_measure().is_some() {
            "refined by the joined texts"
        } else {
            "compared"
        }
    }

    /// All rule-true pairs among records of one key. Many are divided by the keys of the next equality condition, else
    /// by similar companies, else by the join of their texts; few are compared one by one.
    fn divide(&self, members: &[u32], others: &[(u64, KeyPlan<'_>, Csr<u32>)]) -> Vec<Hit> {
        if members.len() > REFINE_FROM {
            if let Some((_, next, _)) = others.first() {
                return self.refine(members, next, &others[1..]);
            }
            if let Some(threshold) = self.rule.company_threshold() {
                return self.divide_by_company(members, threshold);
            }
            if let Some(measure) = self.rule.symmetric_measure() {
                return self.divide_by_text(members, &measure);
            }
        }
        all_pairs(members, |a, b| self.verify(a, b))
    }

    /// Splits the records of a heavy key by the keys of the next equality condition.
    fn refine(
        &self,
        members: &[u32],
        next: &KeyPlan<'_>,
        others: &[(u64, KeyPlan<'_>, Csr<u32>)],
    ) -> Vec<Hit> {
        let mut keyed = Vec::new();
        let mut keys = Vec::new();
        for group in members {
            next.keys_of(self.first(*group), &mut keys);
            keyed.extend(keys.iter().map(|k| (*k, *group)));
        }
        keyed.sort_unstable();
        let mut out = Vec::new();
        for run in keyed.chunk_by(|a, b| a.0 == b.0) {
            let part: Vec<u32> = run.iter().map(|e| e.1).collect();
            out = append(out, self.divide(&part, others));
        }
        out
    }

    /// Splits the records of a heavy key by company: those of one company, and those of two similar ones.
    fn divide_by_company(&self, members: &[u32], threshold: f64) -> Vec<Hit> {
        let companies = self.input.companies;
        let near = self.near_companies.get_or_init(|| {
            let n_words = self.input.prepared.companies.vocabulary.len();
            let mut both = Vec::new();
            for (a, b) in similar_companies(companies, n_words, threshold, &|_| true) {
                both.push((a, b));
                both.push((b, a));
            }
            both.par_sort_unstable();
            let mut rows = Csr::default();
            let mut at = 0;
            for form in 0..companies.n_forms() as u32 {
                let from = at;
                while at < both.len() && both[at].0 == form {
                    at += 1;
                }
                rows.push_row(both[from..at].iter().map(|p| p.1));
            }
            rows
        });
        let mut keyed: Vec<(u32, u32)> = members
            .iter()
            .filter_map(|g| match self.input.prepared.company[self.first(*g).at()] {
                NONE => None,
                company => Some((companies.form(company), *g)),
            })
            .collect();
        keyed.sort_unstable();
        let of = |form: u32| -> &[(u32, u32)] {
            let from = keyed.partition_point(|k| k.0 < form);
            let n = keyed[from..].partition_point(|k| k.0 == form);
            &keyed[from..from + n]
        };
        let runs: Vec<&[(u32, u32)]> = keyed.chunk_by(|a, b| a.0 == b.0).collect();
        runs.par_iter()
            .map(|run| {
                let mut out = Vec::new();
                for (at, (_, a)) in run.iter().enumerate() {
                    out.extend(
                        run[at + 1..]
                            .iter()
                            .filter_map(|(_, b)| self.verify(*a, *b)),
                    );
                }
                for form in near
                    .row(run[0].0 as usize)
                    .iter()
                    .filter(|f| **f > run[0].0)
                {
                    for (_, a) in *run {
                        out.extend(of(*form).iter().filter_map(|(_, b)| self.verify(*a, *b)));
                    }
                }
                out
            })
            .reduce(Vec::new, append)
    }

    /// All records of a key are rule-true: a star for each kind of standing, and one edge between the kinds.
    ///
    /// Pairs that are judged by themselves (lineage, decided ones) are hits of their own and count for no edge.
    fn stars(&self, members: &[u32]) -> Vec<Hit> {
        let prepared = self.input.prepared;
        let groups = self.groups;
        let kind = |g: &u32| {
            let at = self.first(*g).at();
            (
                prepared.candidacy[at] != Candidacy::Candidate,
                prepared.activity[at] == Activity::Inactive,
                prepared.record_type[at],
            )
        };
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

    /// Records of one standing (candidacy, activity, type) apart, so that one of them can stand for all.
    fn kinds(&self, members: &[u32]) -> Vec<Vec<u32>> {
        let prepared = self.input.prepared;
        let kind = |g: &u32| {
            let at = self.first(*g).at();
            (
                prepared.candidacy[at] != Candidacy::Candidate,
                prepared.activity[at] == Activity::Inactive,
                prepared.record_type[at],
            )
        };
        let mut sorted = members.to_vec();
        sorted.sort_by_key(|g| (kind(g), *g));
        sorted
            .chunk_by(|a, b| kind(a) == kind(b))
            .map(<[u32]>::to_vec)
            .collect()
    }

    /// Records that a group stands for.
    fn size(&self, group: u32) -> u64 {
        self.groups.members.row(group as usize).len() as u64
    }

    /// One edge that stands for all pairs of two lists of records, each of one standing, all of them rule-true.
    fn edge(&self, left: &[u32], right: &[u32]) -> Option<Hit> {
        let total = |list: &[u32]| list.iter().map(|g| self.size(*g)).sum::<u64>();
        let (a, b) = (left[0], right[0]);
        (self.rule.decide(self.first(a), self.first(b)) == Decision::Yes).then(|| {
            let beyond = total(left) * total(right) - self.size(a) * self.size(b);
            self.hit(a, b, beyond)
        })
    }

    /// Pairs of similar names among `named`, when names can carry enough beside `bound`.
    fn join_names(&self, named: &[Named], bound: i64) -> Vec<Hit> {
        let worth = |name: u32| self.may_reach_floor(name, bound);
        if self.rule.floor.is_some() {
            let n_kept = named.iter().filter(|n| worth(n.name)).count();
            self.n_skipped
                .fetch_add(pairs_of(named.len()) - pairs_of(n_kept), Ordering::Relaxed);
        }
        self_join(
            self.input.names,
            self.n_vocabulary(),
            named,
            worth,
            |a, b| self.verify(a, b),
        )
    }

    fn may_reach_floor(&self, name: u32, bound: i64) -> bool {
        self.rule.floor.is_none_or(|floor| {
            i64::from(self.own_millibits[name as usize]) + bound >= i64::from(floor)
        })
    }

    /// Records of each company form.
    fn by_form(&self) -> Csr<u32> {
        let companies = self.input.companies;
        let column: Vec<u32> = (0..self.groups.len() as u32)
            .map(|g| match self.input.prepared.company[self.first(g).at()] {
                NONE => NONE,
                company => companies.form(company),
            })
            .collect();
        Csr::group(&column, companies.n_forms())
    }

    fn heavy_companies(&self, members: &Csr<u32>) -> Vec<HeavyKey> {
        let companies = self.input.companies;
        let size = |c: u32| members.row(c as usize).len();
        let mut order: Vec<u32> = (0..companies.n_forms() as u32)
            .filter(|c| size(*c) > 1)
            .collect();
        order.sort_by_key(|c| (std::cmp::Reverse(size(*c)), *c));
        order
            .iter()
            .take(HEAVY_KEYS)
            .map(|c| HeavyKey {
                rule_idx: self.rule_idx,
                kind: "company".to_owned(),
                value: self.input.prepared.companies.codes[companies.first_company(*c) as usize]
                    .tokens
                    .join(" "),
                n_records: size(*c) as u64,
                n_pairs: pairs_of(size(*c)),
                treatment: if self.rule.needs_name() {
                    "refined by name"
                } else {
                    "compared"
                }
                .to_owned(),
            })
            .collect()
    }

    /// The names with most records, from two on.
    fn heavy_names(&self) -> Vec<HeavyKey> {
        let prepared = self.input.prepared;
        let column: Vec<u32> = (0..self.groups.len() as u32)
            .map(|g| self.name_of(g))
            .collect();
        let members = Csr::group(&column, prepared.names.len());
        let size = |n: &u32| members.row(*n as usize).len();
        let mut order: Vec<u32> = (0..prepared.names.len() as u32)
            .filter(|n| size(n) > 1)
            .collect();
        order.sort_by_key(|n| (std::cmp::Reverse(size(n)), *n));
        order
            .iter()
            .take(HEAVY_KEYS)
            .map(|name| {
                let words: Vec<&str> = prepared
                    .names
                    .tokens
                    .row(*name as usize)
                    .iter()
                    .map(|t| prepared.names.vocabulary.text(t.token))
                    .collect();
                HeavyKey {
                    rule_idx: self.rule_idx,
                    kind: "name".to_owned(),
                    value: words.join(" "),
                    n_records: size(name) as u64,
                    n_pairs: pairs_of(size(name)),
                    treatment: "compared".to_owned(),
                }
            })
            .collect()
    }

    /// The join of distinct companies, then of names inside each pair of companies.
    fn by_company(&self, threshold: f64) -> Result<Planned, BlockError> {
        let prepared = self.input.prepared;
        let companies = self.input.companies;
        let members = self.by_form();
        let present = |form: u32| !members.row(form as usize).is_empty();
        let pairs = similar_companies(
            companies,
            prepared.companies.vocabulary.len(),
            threshold,
            &present,
        );
        let size = |c: u32| members.row(c as usize).len();
        if !self.rule.needs_name() {
            let cost = pairs
                .iter()
                .map(|(a, b)| size(*a) as u64 * size(*b) as u64)
                .chain((0..companies.n_forms() as u32).map(|c| pairs_of(size(c))))
                .fold(0_u64, u64::saturating_add);
            self.refuse_above(cost, "similar companies alone are too many")?;
        }
        let bound = |a: u32, b: u32| {
            let (a, b) = (companies.first_company(a), companies.first_company(b));
            i64::from(self.input.weights.company_millibits(companies, a, b))
        };
        let mut hits = (0..companies.n_forms() as u32)
            .into_par_iter()
            .filter(|c| size(*c) > 1 && !self.progress.cancelled())
            .map(|c| {
                if self.rule.needs_name() {
                    self.join_names(&self.named(members.row(c as usize)), bound(c, c))
                } else {
                    all_pairs(members.row(c as usize), |a, b| self.verify(a, b))
                }
            })
            .reduce(Vec::new, append);
        let mut paired = vec![false; companies.n_forms()];
        for (a, b) in &pairs {
            paired[*a as usize] = true;
            paired[*b as usize] = true;
        }
        let indexed: Vec<Option<IndexedGroup>> = (0..companies.n_forms())
            .into_par_iter()
            .map(|c| {
                (paired[c] && self.rule.needs_name()).then(|| {
                    IndexedGroup::new(
                        self.input.names,
                        &self.named(members.row(c)),
                        self.n_vocabulary(),
                    )
                })
            })
            .collect();
        let across = pairs
            .par_iter()
            .fold(Vec::new, |mut out, (a, b)| {
                match (&indexed[*a as usize], &indexed[*b as usize]) {
                    (Some(left), Some(right)) => {
                        let (small, large) = if left.n_names() <= right.n_names() {
                            (left, right)
                        } else {
                            (right, left)
                        };
                        let bound = bound(*a, *b);
                        let worth = |name: u32| self.may_reach_floor(name, bound);
                        cross_join(
                            self.input.names,
                            small,
                            large,
                            worth,
                            |x, y| self.verify(x, y),
                            &mut out,
                        );
                    }
                    _ => {
                        for x in members.row(*a as usize) {
                            out.extend(
                                members
                                    .row(*b as usize)
                                    .iter()
                                    .filter_map(|y| self.verify(*x, *y)),
                            );
                        }
                    }
                }
                out
            })
            .reduce(Vec::new, append);
        hits = append(hits, across);
        let heavy_keys = self.heavy_companies(&members);
        let plan = format!(
            "{} distinct companies joined completely ({} similar pairs), names joined by their words inside each",
            companies.n_forms(),
            pairs.len()
        );
        Ok((hits, heavy_keys, plan))
    }

    fn by_name(&self) -> Vec<Hit> {
        let members: Vec<u32> = (0..self.groups.len() as u32).collect();
        self.join_names(
            &self.named(&members),
            self.rule.bound_beside_name_millibits(),
        )
    }

    /// No condition has an index: all pairs of records, when they are few enough.
    fn by_scan(&self) -> Result<Planned, BlockError> {
        let members: Vec<u32> = (0..self.groups.len() as u32).collect();
        self.refuse_above(pairs_of(members.len()), "no condition has an index")?;
        Ok((
            all_pairs(&members, |a, b| self.verify(a, b)),
            Vec::new(),
            "every pair compared (no condition has an index)".to_owned(),
        ))
    }

    fn refuse_above(&self, n_pairs: u64, reason: &str) -> Result<(), BlockError> {
        refuse_above(self.rule, self.options, n_pairs, reason)
    }
}

/// Refuses to compare more pairs one by one than the limit.
pub(super) fn refuse_above(
    rule: &CompiledRule<'_>,
    options: &BlockOptions,
    n_pairs: u64,
    reason: &str,
) -> Result<(), BlockError> {
    if n_pairs > options.scan_max && !options.allow_scan {
        return Err(BlockError::NoPlan {
            rule: rule.rule.name.clone(),
            reason: reason.to_owned(),
            n_pairs,
        });
    }
    Ok(())
}

fn pairs_of(n: usize) -> u64 {
    let n = n as u64;
    n * n.saturating_sub(1) / 2
}

fn append(mut a: Vec<Hit>, mut b: Vec<Hit>) -> Vec<Hit> {
    if a.len() < b.len() {
        std::mem::swap(&mut a, &mut b);
    }
    a.append(&mut b);
    a
}

fn all_pairs(members: &[u32], found: impl Fn(u32, u32) -> Option<Hit> + Sync) -> Vec<Hit> {
    if members.len() < 512 {
        let mut out = Vec::new();
        for (at, a) in members.iter().enumerate() {
            out.extend(members[at + 1..].iter().filter_map(|b| found(*a, *b)));
        }
        return out;
    }
    members
        .par_iter()
        .enumerate()
        .flat_map_iter(|(at, a)| {
            members[at + 1..]
                .iter()
                .filter_map(|b| found(*a, *b))
                .collect::<Vec<_>>()
        })
        .collect()
}
