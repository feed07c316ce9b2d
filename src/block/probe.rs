//! All partners of a few records, without finding the pairs of all: what first figures are made of.
//!
//! A probe asks the rules themselves about every record that could be a partner, so it needs no plan of its own, only
//! for each rule one condition under which no partner is missed:
//!
//! | rule has | partners are looked for among |
//! |---|---|
//! | `similar = "name"` | records of similar names |
//! | an equality condition | records sharing a key of it: of several conditions the one with fewest; under a generic key that needs names, records of similar names |
//! | `similar = "company"` | records of similar companies |
//! | a literal measure alone | all records, when they are few enough; else refused |
//!
//! Similar names of a name s are found by word. All words of the one with fewer words have a partner among the other's
//! (`name_join`), and names with initials or joined runs share at least one word or neighbour. So the names with as many
//! words as s or more stand under its rarest word or a neighbour; those with fewer stand, under their own rarest word,
//! among the words of s or neighbours; names with initials or runs are looked for under all words.

use super::BlockError;
use super::company_join::similar_companies_of;
use super::condition::{BlockInput, CompiledRule, Decision};
use super::decided::Decided;
use super::eligibility::{Standing, standing_of_pair};
use super::plan::{BlockOptions, STAR_FROM, refuse_above};
use super::value_group::ValueGroups;
use super::word_index::WordIndex;
use crate::model::{Activity, Candidacy, Csr, NONE, Progress, RecordIdx, RuleMask};
use crate::rules::RuleSet;
use rayon::prelude::*;

/// Records that one record is a reported pair with; all have equal values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Partner {
    /// The first of them that is not the probed record.
    pub record: RecordIdx,
    /// How many they are; the probed record itself is not counted.
    pub n_records: u64,
    /// The rules that report the pair.
    pub rules: RuleMask,
}

/// What probes of any rule set over the same records share.
#[derive(Debug)]
pub struct ProbeIndex<'a> {
    input: BlockInput<'a>,
    groups: ValueGroups,
    group_of: Vec<u32>,
    decided: &'a Decided,
}

/// A rule set ready to be asked about pairs.
#[derive(Debug)]
pub struct Judge<'a> {
    input: BlockInput<'a>,
    rules: Vec<CompiledRule<'a>>,
    decided: &'a Decided,
}

/// A rule set ready to be asked for the partners of records.
#[derive(Debug)]
pub struct Probe<'a> {
    index: &'a ProbeIndex<'a>,
    judge: Judge<'a>,
}

impl<'a> Judge<'a> {
    /// Compiles a rule set. Cost: a pass over the records for each equality condition.
    pub fn new(input: BlockInput<'a>, rules: &'a RuleSet, decided: &'a Decided) -> Judge<'a> {
        Judge {
            input,
            decided,
            rules: (rules.rules.iter())
                .map(|r| CompiledRule::new(r, input))
                .collect(),
        }
    }

    /// The rules that report a pair: as [`answer`](super::answer) for each, compiled once, and lists of decided pairs
    /// asked; the bit after the last rule is that of the always list.
    pub fn reported(&self, left: RecordIdx, right: RecordIdx) -> RuleMask {
        let mut mask = RuleMask::default();
        for (rule_idx, rule) in self.rules.iter().enumerate() {
            if self.reports(rule, left, right) {
                mask = mask.union(RuleMask::of(rule_idx));
            }
        }
        let (left, right) = (left.min(right), left.max(right));
        if self.decided.is_always(left, right) && self.may_stand(left, right) {
            mask = mask.union(RuleMask::of(self.rules.len()));
        }
        mask
    }

    fn may_stand(&self, left: RecordIdx, right: RecordIdx) -> bool {
        let pair = (left.min(right), left.max(right));
        standing_of_pair(self.input.prepared, pair, self.decided) == Standing::Reported
    }

    fn reports(&self, rule: &CompiledRule<'_>, left: RecordIdx, right: RecordIdx) -> bool {
        let (left, right) = (left.min(right), left.max(right));
        rule.decide(left, right) == Decision::Yes
            && rule.standing(left, right, self.decided) == Standing::Reported
    }
}

impl<'a> ProbeIndex<'a> {
    /// Groups the records by value. Cost: a pass over the records and a sort.
    pub fn new(input: BlockInput<'a>, decided: &'a Decided) -> ProbeIndex<'a> {
        let groups = ValueGroups::new(input.prepared, decided);
        let mut group_of = vec![NONE; input.prepared.n_records()];
        for (group, members) in groups.members.rows().enumerate() {
            for record in members {
                group_of[*record as usize] = group as u32;
            }
        }
        ProbeIndex {
            input,
            groups,
            group_of,
            decided,
        }
    }

    /// Compiles a rule set. Cost: a pass over the records for each equality condition.
    pub fn rules(&'a self, rules: &'a RuleSet) -> Probe<'a> {
        Probe {
            index: self,
            judge: Judge::new(self.input, rules, self.decided),
        }
    }

    /// For each record the value groups with a similar name, ascending, its own included; empty without a name.
    /// Cost: an index of all names, then some hundred comparisons a record.
    pub fn similar_names(&self, records: &[RecordIdx]) -> Vec<Vec<u32>> {
        let prepared = self.input.prepared;
        let by_name = Csr::group(
            &(0..self.groups.len() as u32)
                .map(|g| prepared.name[self.groups.first(g).at()])
                .collect::<Vec<u32>>(),
            prepared.names.len(),
        );
        let names = NameIndex::new(&self.input);
        records
            .par_iter()
            .map_init(Vec::new, |seen, record| {
                let name = prepared.name[record.at()];
                if name == NONE {
                    return Vec::new();
                }
                names.similar(name, seen);
                let mut out: Vec<u32> = seen
                    .iter()
                    .flat_map(|n| by_name.row(*n as usize).iter().copied())
                    .collect();
                out.sort_unstable();
                out
            })
            .collect()
    }
}

impl Probe<'_> {
    /// True when a rule looks for partners by name, so that [`partners`](Self::partners) needs similar names.
    pub fn needs_names(&self) -> bool {
        (self.judge.rules.iter()).any(|r| r.needs_name() || r.generic_needs_name())
    }

    /// All partners of each record, ascending; of records with equal values the first other one stands for all.
    ///
    /// `similar_names` is of the same records ([`ProbeIndex::similar_names`]), or empty when no rule needs them.
    /// The pairs are those that finding all candidates would report; under a key kept as a star, partners of one
    /// standing come as one. Cost: near linear in records probed for the built-in rules, beside an index of each
    /// equality condition.
    pub fn partners(
        &self,
        records: &[RecordIdx],
        similar_names: &[Vec<u32>],
        options: &BlockOptions,
        progress: &dyn Progress,
    ) -> Result<Vec<Vec<Partner>>, BlockError> {
        let mut found: Vec<Vec<(u32, u64, RuleMask)>> = vec![Vec::new(); records.len()];
        for (rule_idx, rule) in self.judge.rules.iter().enumerate() {
            if progress.cancelled() {
                return Err(BlockError::Cancelled);
            }
            let mask = RuleMask::of(rule_idx);
            let of_rule = self.of_rule(rule, records, similar_names, options)?;
            for (all, some) in found.iter_mut().zip(of_rule) {
                all.extend(some.into_iter().map(|(group, n)| (group, n, mask)));
            }
        }
        let always = RuleMask::of(self.judge.rules.len());
        for (all, record) in found.iter_mut().zip(records) {
            let own = self.index.group_of[record.at()];
            for group in self.index.groups.special_with(own) {
                let other = self.index.groups.first(group);
                if self
                    .judge
                    .reported(*record, other)
                    .has(self.judge.rules.len())
                {
                    all.push((group, 1, always));
                }
            }
        }
        Ok(found
            .into_par_iter()
            .zip(records)
            .map(|(mut all, record)| {
                all.sort_unstable();
                let mut out: Vec<Partner> = Vec::new();
                for run in all.chunk_by(|a, b| a.0 == b.0) {
                    let members = self.index.groups.members.row(run[0].0 as usize);
                    let other = members.iter().find(|m| **m != record.0);
                    out.push(Partner {
                        record: RecordIdx(*other.expect("a partner is another record")),
                        n_records: run.iter().map(|r| r.1).max().unwrap_or(0),
                        rules: run.iter().fold(RuleMask::default(), |m, r| m.union(r.2)),
                    });
                }
                out
            })
            .collect())
    }

    /// Partners under one rule: value groups and how many records each stands for.
    fn of_rule(
        &self,
        rule: &CompiledRule<'_>,
        records: &[RecordIdx],
        similar_names: &[Vec<u32>],
        options: &BlockOptions,
    ) -> Result<Vec<Vec<(u32, u64)>>, BlockError> {
        let index = self.index;
        let groups = &index.groups;
        if rule.needs_name() {
            return Ok((records.par_iter().zip(similar_names))
                .map(|(record, candidates)| self.verified(rule, *record, candidates))
                .collect());
        }
        let plans = rule.key_plans();
        if !plans.is_empty() {
            let mut keys = Vec::new();
            let postings: Vec<Csr<u32>> = plans
                .iter()
                .map(|plan| {
                    let mut rows = Csr::default();
                    for group in 0..groups.len() as u32 {
                        plan.keys_of(groups.first(group), &mut keys);
                        rows.push_row(keys.iter().copied());
                    }
                    rows.invert(plan.n_keys(), |k| *k)
                })
                .collect();
            return Ok((0..records.len())
                .into_par_iter()
                .map_init(
                    || (Vec::new(), Vec::new()),
                    |(keys, candidates): &mut (Vec<u32>, Vec<u32>), at| {
                        let record = records[at];
                        let mut cheapest = (usize::MAX, 0);
                        for (plan, postings) in plans
                            .iter()
                            .zip(&postings)
                            .enumerate()
                            .map(|(i, p)| ((i, p.0), p.1))
                        {
                            plan.1.keys_of(record, keys);
                            let cost = keys.iter().map(|k| postings.row(*k as usize).len()).sum();
                            cheapest = cheapest.min((cost, plan.0));
                        }
                        let (plan, postings) = (&plans[cheapest.1], &postings[cheapest.1]);
                        plan.keys_of(record, keys);
                        candidates.clear();
                        let mut stars = Vec::new();
                        for key in keys.iter() {
                            let members = postings.row(*key as usize);
                            if rule.generic_needs_name() && plan.is_generic(*key) {
                                if let Some(named) = similar_names.get(at) {
                                    candidates.extend_from_slice(named);
                                }
                            } else if rule.is_pure_equality() && members.len() >= STAR_FROM {
                                self.under_star(rule, record, members, &mut stars);
                            } else {
                                candidates.extend_from_slice(members);
                            }
                        }
                        candidates.sort_unstable();
                        candidates.dedup();
                        let mut out = self.verified(rule, record, candidates);
                        out.append(&mut stars);
                        out
                    },
                )
                .collect());
        }
        if let Some(threshold) = rule.company_threshold() {
            return Ok(self.by_company(rule, records, threshold));
        }
        refuse_above(
            rule,
            options,
            records.len() as u64 * groups.len() as u64,
            "no condition has an index",
        )?;
        let all: Vec<u32> = (0..groups.len() as u32).collect();
        Ok(records
            .par_iter()
            .map(|record| self.verified(rule, *record, &all))
            .collect())
    }

    /// The value groups among `candidates` that the rule reports with `record`.
    fn verified(
        &self,
        rule: &CompiledRule<'_>,
        record: RecordIdx,
        candidates: &[u32],
    ) -> Vec<(u32, u64)> {
        let index = self.index;
        let own = index.group_of[record.at()];
        let mut out = Vec::new();
        for &group in candidates {
            let members = index.groups.members.row(group as usize);
            // Within its own group a record is paired with the others, whose values are its own.
            let (other, n) = if group == own {
                match members.iter().find(|m| **m != record.0) {
                    Some(other) => (RecordIdx(*other), members.len() as u64 - 1),
                    None => continue,
                }
            } else {
                (RecordIdx(members[0]), members.len() as u64)
            };
            if self.judge.reports(rule, record, other) {
                out.push((group, n));
            }
        }
        out
    }

    /// All members of a key are rule-true: those of one standing are partners together, or not.
    fn under_star(
        &self,
        rule: &CompiledRule<'_>,
        record: RecordIdx,
        members: &[u32],
        out: &mut Vec<(u32, u64)>,
    ) {
        let index = self.index;
        let prepared = index.input.prepared;
        let own = index.group_of[record.at()];
        let kind = |group: u32| -> (Candidacy, Activity, crate::model::RecordType) {
            let at = index.groups.first(group).at();
            (
                prepared.candidacy[at],
                prepared.activity[at],
                prepared.record_type[at],
            )
        };
        let mut kinds: Vec<((Candidacy, Activity, crate::model::RecordType), u32, u64)> =
            Vec::new();
        for &group in members {
            let size = index.groups.members.row(group as usize).len() as u64;
            if index.groups.is_special(own, group) {
                out.extend(self.verified(rule, record, &[group]));
                continue;
            }
            let n = if group == own { size - 1 } else { size };
            match kinds.iter_mut().find(|k| k.0 == kind(group)) {
                Some(k) => {
                    // Whoever stands for the kind is another record, when there is one.
                    if k.1 == own {
                        k.1 = group;
                    }
                    k.2 += n;
                }
                None => kinds.push((kind(group), group, n)),
            }
        }
        for (_, group, n) in kinds {
            let other = index
                .groups
                .members
                .row(group as usize)
                .iter()
                .find(|m| **m != record.0);
            if let Some(other) = other
                && n > 0
                && self.judge.reports(rule, record, RecordIdx(*other))
            {
                out.push((group, n));
            }
        }
    }

    fn by_company(
        &self,
        rule: &CompiledRule<'_>,
        records: &[RecordIdx],
        threshold: f64,
    ) -> Vec<Vec<(u32, u64)>> {
        let index = self.index;
        let (prepared, companies) = (index.input.prepared, index.input.companies);
        let form_of = |record: RecordIdx| match prepared.company[record.at()] {
            NONE => NONE,
            company => companies.form(company),
        };
        let column: Vec<u32> = (0..index.groups.len() as u32)
            .map(|g| form_of(index.groups.first(g)))
            .collect();
        let members = Csr::group(&column, companies.n_forms());
        let mut wanted = vec![false; companies.n_forms()];
        for form in records.iter().map(|r| form_of(*r)).filter(|f| *f != NONE) {
            wanted[form as usize] = true;
        }
        let mut similar: Vec<(u32, u32)> = (0..companies.n_forms() as u32)
            .filter(|f| wanted[*f as usize])
            .map(|f| (f, f))
            .collect();
        for (a, b) in similar_companies_of(
            companies,
            prepared.companies.vocabulary.len(),
            threshold,
            &|_| true,
            &|form| wanted[form as usize],
        ) {
            similar.extend([(a, b), (b, a)]);
        }
        similar.sort_unstable();
        records
            .par_iter()
            .map(|record| {
                let form = form_of(*record);
                if form == NONE {
                    return Vec::new();
                }
                let from = similar.partition_point(|p| p.0 < form);
                let mut candidates: Vec<u32> = similar[from..]
                    .iter()
                    .take_while(|p| p.0 == form)
                    .flat_map(|p| members.row(p.1 as usize).iter().copied())
                    .collect();
                candidates.sort_unstable();
                self.verified(rule, *record, &candidates)
            })
            .collect()
    }
}

/// All names of a run by word, to find those similar to one.
struct NameIndex<'a> {
    input: BlockInput<'a>,
    /// All names, under all their words.
    all: WordIndex,
    /// Plain names, under their rarest word.
    rarest: Csr<u32>,
    /// Names with initials or joined runs, under all their words.
    other: WordIndex,
    other_names: Vec<u32>,
    /// Whether a name is plain.
    plain: Vec<bool>,
}

impl<'a> NameIndex<'a> {
    fn new(input: &BlockInput<'a>) -> NameIndex<'a> {
        let profile = input.names;
        let n_vocabulary = input.prepared.names.vocabulary.len();
        let names: Vec<u32> = (0..input.prepared.names.len() as u32).collect();
        let plain: Vec<bool> = names
            .iter()
            .map(|n| !profile.has_initial(*n) && !profile.has_joined(*n))
            .collect();
        let other_names: Vec<u32> = names
            .iter()
            .copied()
            .filter(|n| !plain[*n as usize])
            .collect();
        let all = WordIndex::new(profile, &names, n_vocabulary);
        let rarest: Vec<u32> = names
            .par_iter()
            .map(|n| {
                let words = profile.content(*n).iter().map(|t| t.0);
                if plain[*n as usize] {
                    words
                        .min_by_key(|w| (all.postings(*w).len(), *w))
                        .unwrap_or(NONE)
                } else {
                    NONE
                }
            })
            .collect();
        NameIndex {
            input: *input,
            other: WordIndex::new(profile, &other_names, n_vocabulary),
            rarest: Csr::group(&rarest, n_vocabulary),
            all,
            other_names,
            plain,
        }
    }

    /// Names similar to `name`, ascending, itself included when it is similar to itself.
    fn similar(&self, name: u32, out: &mut Vec<u32>) {
        let profile = self.input.names;
        out.clear();
        if self.plain[name as usize] {
            let words = || profile.content(name).iter().map(|t| t.0);
            let n_words = words().count();
            if let Some(word) = words().min_by_key(|w| (self.all.cost(profile, *w), *w)) {
                self.all.look_up(profile, word, out);
                // The others are found under other words too; this keeps what is asked in full small.
                out.retain(|n| self.plain[*n as usize] && profile.content(*n).len() >= n_words);
            }
            let mut others = Vec::new();
            for word in words() {
                out.extend_from_slice(self.rarest.row(word as usize));
                for neighbour in profile.neighbours().of(word) {
                    out.extend_from_slice(self.rarest.row(*neighbour as usize));
                }
                self.other.look_up(profile, word, &mut others);
            }
            out.extend(others.into_iter().map(|at| self.other_names[at as usize]));
        } else {
            for word in profile.index_words(name) {
                self.all.look_up(profile, word, out);
            }
        }
        out.sort_unstable();
        out.dedup();
        out.retain(|other| profile.similar(name, *other));
    }
}
