//! The join of distinct companies, then names inside each pair of companies; and large keys divided by company.

use super::{HEAVY_KEYS, Planned, Run, all_pairs, append, pairs_of};
use crate::block::BlockError;
use crate::block::company_join::similar_companies;
use crate::block::name_join::IndexedGroup;
use crate::block::union::Hit;
use crate::model::{Csr, HeavyKey, NONE, count};
use rayon::prelude::*;

impl Run<'_> {
    /// The join of distinct companies, then of names inside each pair of companies.
    pub(super) fn by_company(&self, threshold: f64) -> Result<Planned, BlockError> {
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
        // Names are indexed for companies that have a partner alone, which in a sample are few of all.
        let mut place = vec![NONE; companies.n_forms()];
        let mut paired = Vec::new();
        for form in pairs.iter().flat_map(|(a, b)| [*a, *b]) {
            if place[form as usize] == NONE {
                place[form as usize] = paired.len() as u32;
                paired.push(form);
            }
        }
        let index = |form: &u32| {
            let names = self.named(members.row(*form as usize));
            IndexedGroup::new(self.input.names, &names, self.n_vocabulary())
        };
        let indexed: Vec<IndexedGroup> = match self.rule.needs_name() {
            true => paired.par_iter().map(index).collect(),
            false => Vec::new(),
        };
        let names_of = |form: u32| indexed.get(place[form as usize] as usize);
        let across = pairs
            .par_iter()
            .fold(Vec::new, |mut out, (a, b)| {
                if let (Some(left), Some(right)) = (names_of(*a), names_of(*b)) {
                    let join = self.name_join(bound(*a, *b));
                    join.between(left, right, |x, y| self.verify(x, y), &mut out);
                } else {
                    for x in members.row(*a as usize) {
                        let partners = members.row(*b as usize).iter();
                        out.extend(partners.filter_map(|y| self.verify(*x, *y)));
                    }
                }
                out
            })
            .reduce(Vec::new, append);
        hits = append(hits, across);
        let heavy_keys = self.heavy_companies(&members);
        let plan = format!(
            "{} distinct companies joined completely ({} similar pairs), names joined by their words inside each",
            count(companies.n_forms() as u64),
            count(pairs.len() as u64)
        );
        Ok((hits, heavy_keys, plan))
    }

    /// Similar companies of each company, made when first asked for.
    ///
    /// Ask once before keys are shared out among threads: a thread that waits for a part of the join may take up another
    /// key meanwhile, which would make the same again.
    pub(super) fn near_companies(&self, threshold: f64) -> &Csr<u32> {
        if let Some(near) = self.near_companies.get() {
            return near;
        }
        let companies = self.input.companies;
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
        // Made before the cell is held: who holds it must not wait for other threads.
        self.near_companies.get_or_init(|| rows)
    }

    /// Splits the records of a heavy key by company: those of one company, and those of two similar ones.
    pub(super) fn divide_by_company(&self, members: &[u32], threshold: f64) -> Vec<Hit> {
        let companies = self.input.companies;
        let near = self.near_companies(threshold);
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

    /// Records of each company form.
    pub(super) fn by_form(&self) -> Csr<u32> {
        let companies = self.input.companies;
        let column: Vec<u32> = (0..self.groups.len() as u32)
            .map(|g| match self.input.prepared.company[self.first(g).at()] {
                NONE => NONE,
                company => companies.form(company),
            })
            .collect();
        Csr::group(&column, companies.n_forms())
    }

    pub(super) fn heavy_companies(&self, members: &Csr<u32>) -> Vec<HeavyKey> {
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
                value: self
                    .input
                    .prepared
                    .companies
                    .text(companies.first_company(*c)),
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
}
