//! Texts joined by a literal measure, then expanded to the records that hold them.

use super::{Planned, Run, STAR_FROM, all_pairs, append};
use crate::block::BlockError;
use crate::block::condition::MeasurePlan;
use crate::block::union::Hit;
use crate::model::{Csr, HeavyKey, NONE, RecordType, count};
use crate::similarity::join::{JoinWork, LiteralJoin};
use rayon::prelude::*;
use std::borrow::Cow;

/// Distinct values of one column among the records of one type, and their holders.
struct Side<'t> {
    texts: Cow<'t, [Box<str>]>,
    holders: Csr<u32>,
}

impl Run<'_> {
    /// The complete join of the values of a literal measure. Everything else is verified on the holders.
    pub(super) fn by_texts(&self, condition_idx: usize) -> Result<(Planned, JoinWork), BlockError> {
        let measure = self
            .rule
            .measures()
            .into_iter()
            .find(|m| m.condition_idx == condition_idx)
            .expect("the access was made of this rule's measures");
        let rule = self.rule.rule;
        let within = measure.base == measure.matching && rule.base == rule.matching;
        let left = self.side(measure.base, rule.base);
        let stop = || self.progress.cancelled();
        // One column says the same both ways round; of two types only one way round fits.
        let known = (measure.base == measure.matching).then_some(condition_idx);
        let (mut hits, work, n_values) = if within {
            let join = LiteralJoin::within(measure.measure, measure.threshold, &left.texts);
            let (hits, work) = join.visit_until(
                &|x, y, _, out: &mut Vec<Hit>| {
                    let (xs, ys) = (left.holders.row(x as usize), left.holders.row(y as usize));
                    self.expand(xs, ys, known, out);
                },
                &stop,
            );
            let inside = self.same_text(&left, &measure);
            (append(hits, inside), work, left.texts.len())
        } else {
            let right = self.side(measure.matching, rule.matching);
            let join = LiteralJoin::between(
                measure.measure,
                measure.threshold,
                &left.texts,
                &right.texts,
            );
            let (hits, work) = join.visit_until(
                &|x, y, _, out: &mut Vec<Hit>| {
                    let (xs, ys) = (left.holders.row(x as usize), right.holders.row(y as usize));
                    self.expand(xs, ys, known, out);
                },
                &stop,
            );
            (hits, work, left.texts.len() + right.texts.len())
        };
        if self.options.break_plans {
            hits.retain(|h| h.left % 2 == 0);
        }
        let heavy_keys = self.heavy_texts(&left, &rule.when[condition_idx]);
        let plan = format!(
            "{} distinct values joined completely by {} ({} pairs of values reach {:?})",
            count(n_values as u64),
            measure.measure.as_str(),
            count(work.n_found),
            measure.threshold
        );
        Ok(((hits, heavy_keys, plan), work))
    }

    /// The values with most holders.
    pub(super) fn heavy_values(&self, condition_idx: usize) -> Vec<HeavyKey> {
        let measures = self.rule.measures();
        let Some(measure) = measures.iter().find(|m| m.condition_idx == condition_idx) else {
            return Vec::new();
        };
        let rule = self.rule.rule;
        let side = self.side(measure.base, rule.base);
        self.heavy_texts(&side, &rule.when[condition_idx])
    }

    fn side(&self, column: usize, only: RecordType) -> Side<'_> {
        let prepared = self.input.prepared;
        let codes = &prepared.texts[column];
        let value = |g: u32| {
            let at = self.first(g).at();
            if prepared.record_type[at] == only {
                codes.column[at]
            } else {
                NONE
            }
        };
        let values: Vec<u32> = (0..self.groups.len() as u32).map(value).collect();
        let all = Csr::group(&values, codes.values.len());
        if all.rows().all(|r| !r.is_empty()) {
            return Side {
                texts: Cow::Borrowed(codes.values.texts()),
                holders: all,
            };
        }
        let mut texts = Vec::new();
        let mut holders = Csr::default();
        for (row, text) in all.rows().zip(codes.values.texts()) {
            if !row.is_empty() {
                texts.push(text.clone());
                holders.push_row(row.iter().copied());
            }
        }
        Side {
            texts: Cow::Owned(texts),
            holders,
        }
    }

    /// All rule-true pairs of a holder of one value and a holder of another.
    fn expand(&self, xs: &[u32], ys: &[u32], known: Option<usize>, out: &mut Vec<Hit>) {
        if self.rule.is_pure_measure() && known.is_some() && xs.len() * ys.len() >= STAR_FROM {
            // All of these pairs are rule-true: one edge for each two standings. Groups of special pairs go one by one.
            let plain = |list: &[u32]| -> (Vec<u32>, Vec<u32>) {
                let special = |g: &u32| self.groups.special_with(*g).next().is_some();
                list.iter().partition(|g| !special(g))
            };
            let ((left, left_special), (right, right_special)) = (plain(xs), plain(ys));
            for left in self.kinds(&left) {
                for right in self.kinds(&right) {
                    out.extend(self.edge(&left, &right));
                }
            }
            self.one_by_one(&left_special, ys, known, out);
            self.one_by_one(&left, &right_special, known, out);
            return;
        }
        self.one_by_one(xs, ys, known, out);
    }

    fn one_by_one(&self, xs: &[u32], ys: &[u32], known: Option<usize>, out: &mut Vec<Hit>) {
        for x in xs {
            // A record does not pair with itself, whatever its two columns say.
            let others = ys.iter().filter(|y| *y != x);
            out.extend(others.filter_map(|y| self.verify_but(*x, *y, known)));
        }
    }

    /// Pairs of holders of one value, for values that are similar to themselves (a text without letters sounds like
    /// nothing).
    fn same_text(&self, side: &Side<'_>, measure: &MeasurePlan) -> Vec<Hit> {
        let known = Some(measure.condition_idx);
        (0..side.texts.len())
            .into_par_iter()
            .filter(|x| side.holders.row(*x).len() > 1 && !self.progress.cancelled())
            .filter(|x| {
                let text = &side.texts[*x];
                measure.measure.score(text, text) >= measure.threshold
            })
            .map(|x| {
                let holders = side.holders.row(x);
                if self.rule.is_pure_measure() && holders.len() >= STAR_FROM {
                    self.stars(holders)
                } else {
                    self.divide_same_text(holders, known)
                }
            })
            .reduce(Vec::new, append)
    }

    /// Many holders of one value are divided by the rule's equality conditions, as the records of any heavy key.
    fn divide_same_text(&self, holders: &[u32], known: Option<usize>) -> Vec<Hit> {
        if holders.len() > super::keys::REFINE_FROM {
            let plans = self.rule.key_plans();
            if let Some(plan) = plans.first() {
                return self.refine_once(holders, plan, known);
            }
            if self.rule.needs_name() {
                let bound = self.rule.bound_beside_name_millibits();
                return self.join_names(&self.named(holders), bound);
            }
        }
        all_pairs(holders, |a, b| self.verify_but(a, b, known))
    }

    fn refine_once(
        &self,
        members: &[u32],
        plan: &crate::block::condition::KeyPlan<'_>,
        known: Option<usize>,
    ) -> Vec<Hit> {
        let mut keyed = Vec::new();
        let mut keys = Vec::new();
        for group in members {
            plan.keys_of(self.first(*group), &mut keys);
            keyed.extend(keys.iter().map(|k| (*k, *group)));
        }
        keyed.sort_unstable();
        keyed
            .chunk_by(|a, b| a.0 == b.0)
            .map(|run| {
                let part: Vec<u32> = run.iter().map(|e| e.1).collect();
                all_pairs(&part, |a, b| self.verify_but(a, b, known))
            })
            .fold(Vec::new(), append)
    }

    /// Splits the records of a heavy key by the complete join of their texts.
    pub(super) fn divide_by_text(&self, members: &[u32], measure: &MeasurePlan) -> Vec<Hit> {
        let codes = &self.input.prepared.texts[measure.base];
        let mut held: Vec<(u32, u32)> = members
            .iter()
            .map(|g| (codes.column[self.first(*g).at()], *g))
            .filter(|h| h.0 != NONE)
            .collect();
        held.sort_unstable();
        let mut side = Side {
            texts: Cow::Owned(Vec::new()),
            holders: Csr::default(),
        };
        for run in held.chunk_by(|a, b| a.0 == b.0) {
            side.texts.to_mut().push(codes.values.text(run[0].0).into());
            side.holders.push_row(run.iter().map(|h| h.1));
        }
        let known = Some(measure.condition_idx);
        let join = LiteralJoin::within(measure.measure, measure.threshold, &side.texts);
        let (hits, _) = join.visit_until(
            &|x, y, _, out: &mut Vec<Hit>| {
                for a in side.holders.row(x as usize) {
                    let others = side.holders.row(y as usize).iter();
                    out.extend(others.filter_map(|b| self.verify_but(*a, *b, known)));
                }
            },
            &|| self.progress.cancelled(),
        );
        let mut inside = Vec::new();
        for x in 0..side.texts.len() {
            let text = &side.texts[x];
            if side.holders.row(x).len() > 1
                && measure.measure.score(text, text) >= measure.threshold
            {
                let found = all_pairs(side.holders.row(x), |a, b| self.verify_but(a, b, known));
                inside = append(inside, found);
            }
        }
        append(hits, inside)
    }

    fn heavy_texts(&self, side: &Side<'_>, condition: &crate::rules::Condition) -> Vec<HeavyKey> {
        let mut order: Vec<usize> = (0..side.texts.len())
            .filter(|x| side.holders.row(*x).len() > 1)
            .collect();
        order.sort_by_key(|x| (std::cmp::Reverse(side.holders.row(*x).len()), *x));
        order
            .into_iter()
            .take(super::HEAVY_KEYS)
            .map(|x| {
                let n = side.holders.row(x).len();
                HeavyKey {
                    rule_idx: self.rule_idx,
                    kind: condition
                        .text_columns()
                        .first()
                        .map_or_else(|| "text".to_owned(), |c| c.0.to_owned()),
                    value: side.texts[x].to_string(),
                    n_records: n as u64,
                    n_pairs: super::pairs_of(n),
                    treatment: if self.rule.is_pure_measure() && n >= STAR_FROM {
                        "kept as a star"
                    } else {
                        "compared"
                    }
                    .to_owned(),
                }
            })
            .collect()
    }
}
