//! Rules compiled against a run: whether a pair satisfies a rule, what its conditions carry, and under which keys
//! a complete index can find it.

use super::decided::Decided;
use super::eligibility::{Standing, orientations, standing};
use crate::model::{
    Csr, GenericValues, Interner, Mark, NONE, Prepared, RecordIdx, RecordType, TextForm,
};
use crate::rules::predicate::date::{self, Slashes};
use crate::rules::predicate::{CompanyProfile, NameProfile, Weights};
use crate::rules::{Condition, EvidenceFloor, GenericPolicy, MatchcodeKind, Measure, Rule};
use crate::similarity::join::LiteralMeasure;
use std::sync::Arc;

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

/// A key column for an equality condition: for each record its keys, from the base column and the matching column.
#[derive(Debug, Clone)]
struct KeyColumns {
    base: Csr<u32>,
    matching: Csr<u32>,
    n_keys: usize,
    /// A record has the same keys on either side.
    symmetric: bool,
    /// For reports: what a key is called.
    kind: &'static str,
    /// For reports: the keys of a text column.
    texts: Option<Arc<Interner>>,
}

impl KeyColumns {
    fn of(&self, base: bool, record: RecordIdx) -> &[u32] {
        if base {
            self.base.row(record.at())
        } else {
            self.matching.row(record.at())
        }
    }
}

/// How a compiled condition decides.
#[derive(Debug, Clone)]
enum Test {
    /// Some key of the base side equals some key of the matching side.
    Equal {
        keys: KeyColumns,
        people: Option<Vec<u32>>,
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
    when: Vec<Test>,
    unless: Vec<Test>,
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

/// Keys under which records must meet, as rows per record, with the rule condition they belong to.
pub(super) struct KeyPlan<'r> {
    rule: &'r Rule,
    record_type: &'r [RecordType],
    keys: &'r KeyColumns,
    people: Option<&'r [u32]>,
    condition_idx: usize,
}

/// A literal measure that can be joined, with its columns: positions in `Prepared::texts`.
#[derive(Debug, Clone, Copy)]
pub(super) struct MeasurePlan {
    /// Position of the condition in the rule.
    pub(super) condition_idx: usize,
    /// Column of base records.
    pub(super) base: usize,
    /// Column of matching records.
    pub(super) matching: usize,
    /// The measure.
    pub(super) measure: LiteralMeasure,
    /// Least value.
    pub(super) threshold: f64,
}

impl KeyPlan<'_> {
    /// Number of distinct keys.
    pub(super) fn n_keys(&self) -> usize {
        self.keys.n_keys
    }

    /// What a key is, for reports.
    pub(super) fn kind(&self) -> &'static str {
        self.keys.kind
    }

    /// All keys of a record, from each side it can stand on, distinct.
    pub(super) fn keys_of(&self, record: RecordIdx, out: &mut Vec<u32>) {
        out.clear();
        let record_type = self.record_type[record.at()];
        if record_type == self.rule.base {
            out.extend_from_slice(self.keys.of(true, record));
        }
        if record_type == self.rule.matching {
            out.extend_from_slice(self.keys.of(false, record));
        }
        out.sort_unstable();
        out.dedup();
    }

    /// The keys of a record as base record, or as matching record.
    pub(super) fn side(&self, base: bool, record: RecordIdx) -> &[u32] {
        self.keys.of(base, record)
    }

    /// True when the key is a generic value.
    pub(super) fn is_generic(&self, key: u32) -> bool {
        self.people.is_some_and(|p| p[key as usize] > 0)
    }

    /// Position of the condition in the rule.
    pub(super) fn condition_idx(&self) -> usize {
        self.condition_idx
    }
}

impl<'a> CompiledRule<'a> {
    pub(super) fn new(rule: &'a Rule, input: BlockInput<'a>) -> CompiledRule<'a> {
        let compile = |conditions: &[Condition]| -> Vec<Test> {
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

    /// The one key of each condition for a record on one side, pushed in order; `Some(false)` when one is missing.
    /// `None` when a condition is no equality, or the record has several keys for it.
    pub(super) fn single_keys(
        &self,
        base: bool,
        record: RecordIdx,
        out: &mut Vec<u32>,
    ) -> Option<bool> {
        for test in &self.when {
            let Test::Equal { keys, .. } = test else {
                return None;
            };
            match keys.of(base, record) {
                [] => return Some(false),
                [key] => out.push(*key),
                _ => return None,
            }
        }
        Some(true)
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
            Test::Equal { keys, .. } => keys.symmetric,
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
                        && literal_of(*measure).score(b.values.text(x), m.values.text(y))
                            >= *threshold
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

    fn alone_holds(&self, test: &Test, base: RecordIdx, matching: RecordIdx) -> bool {
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

    fn equal(&self, test: &Test, base: RecordIdx, matching: RecordIdx) -> Shared {
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
    fn equal_millibits(&self, keys: &KeyColumns, base: RecordIdx, matching: RecordIdx) -> i32 {
        let (b, m) = (keys.of(true, base), keys.of(false, matching));
        b.iter()
            .filter(|k| m.contains(k))
            .map(|k| self.key_millibits(keys, *k))
            .max()
            .unwrap_or(0)
    }

    fn key_millibits(&self, keys: &KeyColumns, key: u32) -> i32 {
        match keys.kind {
            "e-mail domain" => self.input.weights.domain_millibits(key),
            // Other keys hold rarely enough; the floor is made for names at domains and companies.
            _ => 10_000,
        }
    }

    /// The most that conditions other than the name's carry under a key of this plan.
    pub(super) fn key_bound_millibits(&self, plan: &KeyPlan<'_>, key: u32) -> i64 {
        let mut bound = 0_i64;
        for (i, test) in self.when.iter().enumerate() {
            bound += match test {
                // A pair may share a rarer domain too; it is then found under that one.
                Test::Equal { keys, .. } if i == plan.condition_idx => {
                    i64::from(self.key_millibits(keys, key))
                }
                Test::Equal { .. } => 30_000,
                Test::SimilarCompany { .. } => 30_000,
                Test::SimilarName | Test::Measure { .. } => 0,
            };
        }
        bound
    }

    /// True when the rule asks for similar names whatever the key.
    pub(super) fn needs_name(&self) -> bool {
        self.when.iter().any(|t| matches!(t, Test::SimilarName))
    }

    /// True when pairs under a generic key must have similar names.
    pub(super) fn generic_needs_name(&self) -> bool {
        self.rule.generic == GenericPolicy::NeedName
    }

    /// True when the rule is nothing but equality on one condition, so that all records under a key are rule-true.
    pub(super) fn is_pure_equality(&self) -> bool {
        // With different columns a key of one side says nothing of the other.
        let symmetric = |test: &Test| matches!(test, Test::Equal { keys, .. } if keys.symmetric);
        self.when.len() == 1 && symmetric(&self.when[0]) && self.unless.is_empty()
    }

    /// The threshold of the company condition, if there is one.
    pub(super) fn company_threshold(&self) -> Option<f64> {
        self.when.iter().find_map(|t| match t {
            Test::SimilarCompany { threshold } => Some(*threshold),
            _ => None,
        })
    }

    /// The most that conditions other than the name's carry, whatever the values.
    pub(super) fn bound_beside_name_millibits(&self) -> i64 {
        self.when
            .iter()
            .map(|test| match test {
                Test::Equal { .. } | Test::SimilarCompany { .. } => 30_000,
                Test::SimilarName | Test::Measure { .. } => 0,
            })
            .sum()
    }

    /// The literal measures, in rule order.
    pub(super) fn measures(&self) -> Vec<MeasurePlan> {
        self.when
            .iter()
            .enumerate()
            .filter_map(|(condition_idx, test)| match test {
                Test::Measure {
                    base,
                    matching,
                    measure,
                    threshold,
                } => Some(MeasurePlan {
                    condition_idx,
                    base: *base,
                    matching: *matching,
                    measure: literal_of(*measure),
                    threshold: *threshold,
                }),
                _ => None,
            })
            .collect()
    }

    /// The first literal measure that compares a column with itself among records of one type.
    pub(super) fn symmetric_measure(&self) -> Option<MeasurePlan> {
        self.measures()
            .into_iter()
            .find(|m| m.base == m.matching && self.rule.base == self.rule.matching)
    }

    /// True when the rule is nothing but one literal measure, so that all holders of two values are rule-true or none.
    pub(super) fn is_pure_measure(&self) -> bool {
        self.when.len() == 1
            && matches!(self.when[0], Test::Measure { .. })
            && self.unless.is_empty()
    }

    /// Equality conditions that can serve as an index, in rule order.
    pub(super) fn key_plans(&self) -> Vec<KeyPlan<'_>> {
        self.when
            .iter()
            .enumerate()
            .filter_map(|(condition_idx, test)| match test {
                Test::Equal { keys, people, .. } => Some(KeyPlan {
                    rule: self.rule,
                    record_type: &self.input.prepared.record_type,
                    keys,
                    people: people.as_deref(),
                    condition_idx,
                }),
                _ => None,
            })
            .collect()
    }

    /// How a key reads in reports.
    pub(super) fn key_text(&self, plan: &KeyPlan<'_>, key: u32) -> String {
        let prepared = self.input.prepared;
        match plan.keys.kind {
            "e-mail" => prepared.email_codes.codes[key as usize].matchcode.clone(),
            "phone" => prepared.phone_codes.codes[key as usize].matchcode.clone(),
            "e-mail domain" => prepared.domain_codes.codes[key as usize]
                .registrable
                .clone(),
            "web site" => prepared.domain_codes.codes[key as usize]
                .registrable
                .clone(),
            _ => match plan.keys.texts.as_ref().map(|t| t.text(key)) {
                Some(BLANK) => "(blank)".to_owned(),
                Some(text) => text.to_owned(),
                None => format!("value {key}"),
            },
        }
    }
}

/// A lone unit separator cannot be a trimmed value, so it can stand for "blank".
const BLANK: &str = "\u{1f}";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shared {
    None,
    OnlyGeneric,
    Yes,
}

/// A measure of rule files as the one that can be joined.
pub(super) fn literal_of(measure: Measure) -> LiteralMeasure {
    match measure {
        Measure::JaroWinkler => LiteralMeasure::JaroWinkler,
        Measure::Jaro => LiteralMeasure::Jaro,
        Measure::Levenshtein => LiteralMeasure::Levenshtein,
        Measure::DamerauLevenshtein => LiteralMeasure::DamerauLevenshtein,
        Measure::Osa => LiteralMeasure::Osa,
        Measure::TokenSet => LiteralMeasure::TokenSet,
        Measure::DoubleMetaphone => LiteralMeasure::DoubleMetaphone,
        Measure::Soundex => LiteralMeasure::Soundex,
    }
}

fn single(column: impl Iterator<Item = u32>) -> Csr<u32> {
    let mut out = Csr::default();
    for key in column {
        out.push_row((key != NONE).then_some(key));
    }
    out
}

fn same_both(rows: Csr<u32>, n_keys: usize, kind: &'static str) -> KeyColumns {
    KeyColumns {
        base: rows.clone(),
        matching: rows,
        n_keys,
        symmetric: true,
        kind,
        texts: None,
    }
}

fn compile_condition(
    condition: &Condition,
    generic: GenericPolicy,
    input: &BlockInput<'_>,
) -> Test {
    let p = input.prepared;
    let plain = |keys: KeyColumns| Test::Equal {
        keys,
        people: None,
        generic: GenericPolicy::AsWorded,
    };
    let text_at = |column: &str, form: TextForm| {
        p.texts
            .iter()
            .position(|t| t.form == form && t.name.eq_ignore_ascii_case(column))
            .expect("preparing interns every column that a rule names")
    };
    // A condition on a text column: each distinct value becomes a key text, or none.
    let keyed = |kind: &'static str, key_of: &dyn Fn(&str) -> Option<String>| {
        let (column, other, form) = condition
            .text_sides()
            .expect("only conditions on text columns are keyed by text");
        let ignore_blank = condition.ignore_blank().unwrap_or(true);
        let mut numbers = Interner::default();
        let mut side = |name: &str| {
            let text = &p.texts[text_at(name, form)];
            let keys: Vec<u32> = text
                .values
                .texts()
                .iter()
                .map(|v| key_of(v).map_or(NONE, |k| numbers.intern(&k)))
                .collect();
            let blank = if ignore_blank {
                NONE
            } else {
                numbers.intern(BLANK)
            };
            single(
                text.column
                    .iter()
                    .map(|v| if *v == NONE { blank } else { keys[*v as usize] }),
            )
        };
        let base = side(column);
        let other = other.filter(|name| !name.eq_ignore_ascii_case(column));
        let matching = match other {
            Some(name) => side(name),
            None => base.clone(),
        };
        plain(KeyColumns {
            base,
            matching,
            n_keys: numbers.len(),
            symmetric: other.is_none(),
            kind,
            texts: Some(Arc::new(numbers)),
        })
    };
    match condition {
        Condition::Same { kind, weak } => match kind {
            MatchcodeKind::Email => Test::Equal {
                keys: same_both(p.emails.clone(), p.email_codes.codes.len(), "e-mail"),
                people: Some(input.generic.email_people.clone()),
                generic,
            },
            MatchcodeKind::Phone => {
                let mut rows = Csr::default();
                for row in p.phones.rows() {
                    rows.push_row(row.iter().map(|u| u.phone).filter(|n| {
                        *weak || !p.phone_codes.codes[*n as usize].marks.has(Mark::Weak)
                    }));
                }
                Test::Equal {
                    keys: same_both(rows, p.phone_codes.codes.len(), "phone"),
                    people: Some(input.generic.phone_people.clone()),
                    generic,
                }
            }
            MatchcodeKind::EmailDomain => plain(same_both(
                p.domains.clone(),
                p.domain_codes.codes.len(),
                "e-mail domain",
            )),
            MatchcodeKind::Name => plain(same_both(
                single(p.name.iter().copied()),
                p.names.len(),
                "name",
            )),
            MatchcodeKind::Company => {
                let rows = single(p.company.iter().map(|c| {
                    if *c == NONE {
                        NONE
                    } else {
                        input.companies.squashed(input.companies.form(*c))
                    }
                }));
                let n_keys = rows
                    .rows()
                    .flatten()
                    .map(|k| *k as usize + 1)
                    .max()
                    .unwrap_or(0);
                plain(same_both(rows, n_keys, "company"))
            }
            MatchcodeKind::Website => plain(same_both(
                single(p.website.iter().copied()),
                p.domain_codes.codes.len(),
                "web site",
            )),
        },
        Condition::SimilarName => Test::SimilarName,
        Condition::SimilarCompany { threshold } => Test::SimilarCompany {
            threshold: *threshold,
        },
        Condition::Exact { .. } => keyed("exact value", &|v| Some(v.to_owned())),
        Condition::Picklist { .. } => keyed("pick-list choice", &|v| Some(v.to_owned())),
        Condition::First { n, .. } => {
            keyed("first characters", &|v| Some(v.chars().take(*n).collect()))
        }
        Condition::Last { n, .. } => keyed("last characters", &|v| {
            let skip = v.chars().count().saturating_sub(*n);
            Some(v.chars().skip(skip).collect())
        }),
        Condition::SameDate { .. } => keyed("date", &|v| {
            date::read(v, Slashes::MonthFirst).map(|d| d.day().to_string())
        }),
        Condition::SameDateTime { .. } => keyed("date and time", &|v| {
            date::read(v, Slashes::MonthFirst).map(|d| d.second_as_written().to_string())
        }),
        Condition::SimilarText {
            column,
            match_column,
            measure,
            threshold,
            ..
        } => {
            let (_, _, form) = condition.text_sides().expect("compares texts");
            Test::Measure {
                base: text_at(column, form),
                matching: text_at(match_column.as_deref().unwrap_or(column), form),
                measure: *measure,
                threshold: *threshold,
            }
        }
    }
}
