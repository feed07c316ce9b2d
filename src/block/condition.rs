//! Rules compiled against a run: whether a pair satisfies a rule, what its conditions carry, and under which keys
//! a complete index can find it.

mod compile;
mod keys;
mod shape;

pub(super) use keys::KeyPlan;
pub(super) use shape::MeasurePlan;

use super::decided::Decided;
use super::eligibility::{Standing, orientations, standing};
use crate::model::{GenericValues, NONE, Prepared, RecordIdx};
use crate::rules::predicate::{CompanyProfile, NameProfile, Weights};
use crate::rules::{Condition, EvidenceFloor, GenericPolicy, Measure, Rule};
use compile::compile_condition;
use keys::KeyColumns;

/// What the stage looks at; borrowed from the pipeline.
#[derive(Debug, Clone, Copy)]
pub struct BlockInput<'a> {
    /// The records.
    pub prepared: &'a Prepared,
    /// Their names.
    pub names: &'a NameProfile,
    /// Their companies.
    pub companies: &'a CompanyProfile,
    /// What agreements carry.
    pub weights: &'a Weights,
    /// Generic values.
    pub generic: &'a GenericValues,
}

/// How a compiled condition decides.
#[derive(Debug, Clone)]
enum Test<'a> {
    /// Some key of the base side equals some key of the matching side.
    Equal {
        keys: KeyColumns<'a>,
        people: Option<&'a [u32]>,
        generic: GenericPolicy,
    },
    SimilarName,
    SimilarCompany {
        threshold: f64,
    },
    /// Literal measure on numbered texts.
    Measure {
        base: usize,
        matching: usize,
        measure: Measure,
        threshold: f64,
    },
}

/// A rule ready to decide on pairs.
#[derive(Debug, Clone)]
pub(super) struct CompiledRule<'a> {
    pub(super) rule: &'a Rule,
    input: BlockInput<'a>,
    when: Vec<Test<'a>>,
    unless: Vec<Test<'a>>,
    /// Least millibits the conditions must carry, when the rule has a floor.
    pub(super) floor: Option<i32>,
}

/// A condition or an exception of a rule, by position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// A condition.
    When(usize),
    /// An exception.
    Unless(usize),
}

/// What a rule says of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// A condition fails.
    No,
    /// The words hold, but only through a generic value, and the names are not similar.
    OnlyGeneric,
    /// The words hold, but the conditions carry less than the floor.
    BelowFloor,
    /// The rule holds.
    Yes,
}

impl<'a> CompiledRule<'a> {
    pub(super) fn new(rule: &'a Rule, input: BlockInput<'a>) -> CompiledRule<'a> {
        let compile = |conditions: &[Condition]| -> Vec<Test<'a>> {
            conditions
                .iter()
                .map(|c| compile_condition(c, rule.generic, &input))
                .collect()
        };
        let floor = match rule.evidence {
            EvidenceFloor::None => None,
            EvidenceFloor::Auto => Some(input.weights.auto_floor_millibits()),
            EvidenceFloor::Millibits(bits) => Some(bits),
        };
        CompiledRule {
            rule,
            input,
            when: compile(&rule.effective_when()),
            unless: compile(&rule.unless),
            floor,
        }
    }

    /// Decides on a pair of records, either way round.
    pub(super) fn decide(&self, left: RecordIdx, right: RecordIdx) -> Decision {
        self.decide_but(left, right, None)
    }

    /// The same; `known` is the position of a literal measure on one column that is known to hold, both ways round.
    pub(super) fn decide_but(
        &self,
        left: RecordIdx,
        right: RecordIdx,
        known: Option<usize>,
    ) -> Decision {
        let prepared = self.input.prepared;
        let typed = |r: RecordIdx| (r, prepared.record_type[r.at()]);
        let mut best = Decision::No;
        for (base, matching) in orientations(self.rule, typed(left), typed(right)) {
            match self.decide_oriented(base, matching, known) {
                Decision::Yes => return Decision::Yes,
                Decision::No => {}
                other => best = other,
            }
        }
        best
    }

    /// The ways round in which the rule holds for a pair. For a rule that looks at different columns, or at different
    /// record types, not every way round.
    pub(super) fn ways_round(
        &self,
        left: RecordIdx,
        right: RecordIdx,
    ) -> impl Iterator<Item = (RecordIdx, RecordIdx)> {
        let types = &self.input.prepared.record_type;
        let typed = |r: RecordIdx| (r, types[r.at()]);
        let all = orientations(self.rule, typed(left), typed(right));
        all.filter(|(base, matching)| {
            self.is_symmetric() || self.decide_oriented(*base, *matching, None) == Decision::Yes
        })
    }

    /// What becomes of a pair for which the rule holds; `left < right`.
    pub(super) fn standing(
        &self,
        left: RecordIdx,
        right: RecordIdx,
        decided: &Decided,
    ) -> Standing {
        let ways_round = self.ways_round(left, right);
        standing(
            self.rule,
            self.input.prepared,
            (left, right),
            ways_round,
            decided,
        )
    }

    /// True when the rule says the same of a pair of one type whichever record is the base.
    fn is_symmetric(&self) -> bool {
        self.when.iter().chain(&self.unless).all(|test| match test {
            Test::Equal { keys, .. } => keys.is_symmetric(),
            Test::Measure { base, matching, .. } => base == matching,
            Test::SimilarName | Test::SimilarCompany { .. } => true,
        })
    }

    /// Whether one condition, or one exception, holds by itself for a pair, the first record being the base.
    pub(super) fn part_holds(&self, part: Part, base: RecordIdx, matching: RecordIdx) -> bool {
        let test = match part {
            Part::When(at) => &self.when[at],
            Part::Unless(at) => &self.unless[at],
        };
        self.alone_holds(test, base, matching)
    }

    fn decide_oriented(
        &self,
        base: RecordIdx,
        matching: RecordIdx,
        known: Option<usize>,
    ) -> Decision {
        let mut only_generic = false;
        // Cheap tests first: equality, then companies, then names, then literal measures.
        for test in self.when.iter().filter(|t| matches!(t, Test::Equal { .. })) {
            match self.equal(test, base, matching) {
                Shared::None => return Decision::No,
                Shared::OnlyGeneric => only_generic = true,
                Shared::Yes => {}
            }
        }
        let mut carried = 0_i64;
        let floor = self.floor.map(i64::from);
        for (condition_idx, test) in self.when.iter().enumerate() {
            let holds = match test {
                Test::Equal { keys, .. } => {
                    if floor.is_some() {
                        carried += i64::from(self.equal_millibits(keys, base, matching));
                    }
                    true
                }
                Test::SimilarCompany { threshold } => {
                    let prepared = self.input.prepared;
                    let (b, m) = (prepared.company[base.at()], prepared.company[matching.at()]);
                    let holds = b != NONE && m != NONE && {
                        let companies = self.input.companies;
                        companies.similar(companies.form(b), companies.form(m), *threshold)
                    };
                    if holds && floor.is_some() {
                        carried += i64::from(self.input.weights.company_millibits(
                            self.input.companies,
                            b,
                            m,
                        ));
                    }
                    holds
                }
                Test::SimilarName => match self.name_millibits(base, matching) {
                    Some(bits) => {
                        carried += i64::from(bits);
                        true
                    }
                    None => false,
                },
                Test::Measure { .. } if known == Some(condition_idx) => true,
                Test::Measure {
                    base: b,
                    matching: m,
                    measure,
                    threshold,
                } => {
                    let texts = &self.input.prepared.texts;
                    let (b, m) = (&texts[*b], &texts[*m]);
                    let (x, y) = (b.column[base.at()], m.column[matching.at()]);
                    x != NONE
                        && y != NONE
                        && measure.score(b.values.text(x), m.values.text(y)) >= *threshold
                }
            };
            if !holds {
                return Decision::No;
            }
        }
        if self
            .unless
            .iter()
            .any(|test| self.alone_holds(test, base, matching))
        {
            return Decision::No;
        }
        if only_generic && self.name_millibits(base, matching).is_none() {
            return Decision::OnlyGeneric;
        }
        if floor.is_some_and(|f| carried < f) {
            return Decision::BelowFloor;
        }
        Decision::Yes
    }

    fn alone_holds(&self, test: &Test<'_>, base: RecordIdx, matching: RecordIdx) -> bool {
        let alone = CompiledRule {
            rule: self.rule,
            input: self.input,
            when: vec![test.clone()],
            unless: Vec::new(),
            floor: None,
        };
        alone.decide_oriented(base, matching, None) == Decision::Yes
    }

    /// What the names carry when they are similar.
    fn name_millibits(&self, left: RecordIdx, right: RecordIdx) -> Option<i32> {
        let prepared = self.input.prepared;
        let (l, r) = (prepared.name[left.at()], prepared.name[right.at()]);
        if l == NONE || r == NONE {
            return None;
        }
        let agreement = self.input.names.compare(l, r);
        agreement.similar.then(|| {
            self.input
                .weights
                .rule_name_millibits(self.input.names, l, r, &agreement)
        })
    }

    fn equal(&self, test: &Test<'_>, base: RecordIdx, matching: RecordIdx) -> Shared {
        let Test::Equal {
            keys,
            people,
            generic,
        } = test
        else {
            return Shared::Yes;
        };
        let (b, m) = (keys.of(true, base), keys.of(false, matching));
        let mut shared = Shared::None;
        for key in b.iter().filter(|k| m.contains(k)) {
            let is_generic = people.as_ref().is_some_and(|p| p[*key as usize] > 0);
            match (is_generic, generic) {
                (true, GenericPolicy::Ignore) => {}
                (true, GenericPolicy::NeedName) => shared = Shared::OnlyGeneric,
                _ => return Shared::Yes,
            }
        }
        shared
    }

    /// What sharing a key carries: the rarest shared one counts.
    fn equal_millibits(&self, keys: &KeyColumns<'_>, base: RecordIdx, matching: RecordIdx) -> i32 {
        let (b, m) = (keys.of(true, base), keys.of(false, matching));
        b.iter()
            .filter(|k| m.contains(k))
            .map(|k| self.key_millibits(keys, *k))
            .max()
            .unwrap_or(0)
    }

    fn key_millibits(&self, keys: &KeyColumns<'_>, key: u32) -> i32 {
        match keys.kind {
            "e-mail domain" => self.input.weights.domain_millibits(key),
            "place" => self.input.weights.place_millibits(key),
            // Other keys hold rarely enough; the floor is made for names at domains and companies.
            _ => 10_000,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shared {
    None,
    OnlyGeneric,
    Yes,
}
