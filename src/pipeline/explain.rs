//! Why two records are, or are not, duplicates: each rule condition by condition, the evidence field by field, and what
//! is missing.

use super::decisions::Decisions;
use super::{Engine, LinkOptions, Loaded};
use crate::block::{self, Part, RuleAnswer};
use crate::model::{
    EvidenceField, Level, NONE, PairEvidence, RecordIdx, RuleMask, Suppression, Verdict,
};
use crate::rules::{Condition, MatchcodeKind, Rule, render_condition};
use crate::score::{AUTO_MILLIBITS, REVIEW_MILLIBITS, field_phrase, pair_reason};
use serde::Serialize;
use std::fmt::Write;

/// The whole answer.
#[derive(Debug, Clone, Serialize)]
pub struct Explanation {
    /// Id of the first record.
    pub left_id: String,
    /// Id of the second record.
    pub right_id: String,
    /// Rules, in file order.
    pub rules: Vec<RuleReport>,
    /// Evidence, in column order; fields without a value on either side are left out.
    pub fields: Vec<FieldReport>,
    /// Log-odds before looking, in bits, against the explanation to beat.
    pub prior_bits: f64,
    /// Prior plus fields, in bits.
    pub score_bits: f64,
    /// 0.0 to 1.0.
    pub probability: f64,
    /// The verdict if a rule holds; what the evidence alone would earn otherwise.
    pub verdict: String,
    /// The explanation to beat.
    pub alternative: String,
    /// One sentence.
    pub reason: String,
    /// The smallest change that would change the answer.
    pub to_change: String,
}

/// One rule's answer.
#[derive(Debug, Clone, Serialize)]
pub struct RuleReport {
    /// The rule's name.
    pub rule: String,
    /// `holds`, `fails`, `only-generic`, `below-floor`, `suppressed: …`.
    pub answer: String,
    /// Its conditions.
    pub conditions: Vec<ConditionReport>,
}

/// One condition's answer.
#[derive(Debug, Clone, Serialize)]
pub struct ConditionReport {
    /// The condition as in the rule file.
    pub condition: String,
    /// Whether it holds.
    pub holds: bool,
    /// What was compared, and by how much it holds or fails.
    pub detail: String,
}

/// One field's evidence.
#[derive(Debug, Clone, Serialize)]
pub struct FieldReport {
    /// Field.
    pub field: String,
    /// Level.
    pub level: String,
    /// Bits for (positive) or against (negative) one entity.
    pub bits: f64,
    /// In words.
    pub phrase: String,
}

/// Explains a pair; also one that no rule finds. `left` and `right` must differ.
pub fn explain(
    loaded: &Loaded,
    options: &LinkOptions,
    left: RecordIdx,
    right: RecordIdx,
) -> Explanation {
    let engine = Engine::new(&loaded.prepared);
    explain_with(loaded, &engine, options, left, right)
}

/// The same with the engine of `loaded.prepared` in hand, for several pairs of one population.
pub fn explain_with(
    loaded: &Loaded,
    engine: &Engine<'_>,
    options: &LinkOptions,
    left: RecordIdx,
    right: RecordIdx,
) -> Explanation {
    let (left, right) = (left.min(right), left.max(right));
    let scorer = engine.scorer();
    let evidence = scorer.pair(left, right);
    let rules: Vec<RuleReport> = options
        .rules
        .rules
        .iter()
        .map(|rule| rule_report(loaded, engine, rule, left, right))
        .collect();
    let rules = with_lists(loaded, options, rules, left, right);
    let verdict = scorer.verdict(&evidence);
    let holds = rules.iter().any(|r| r.answer == "holds");
    Explanation {
        left_id: loaded.table.id(left).to_owned(),
        right_id: loaded.table.id(right).to_owned(),
        fields: fields(&evidence),
        prior_bits: bits(evidence.prior_millibits),
        score_bits: bits(evidence.score_millibits),
        probability: evidence.probability(),
        verdict: if holds {
            verdict.as_str().to_owned()
        } else {
            format!("none (the evidence alone: {})", verdict.as_str())
        },
        alternative: evidence.alternative.as_str().to_owned(),
        reason: pair_reason(&loaded.prepared, left, right, &evidence),
        to_change: to_change(&rules, &evidence, verdict, holds),
        rules,
    }
}

/// The rules' answers as people's decisions leave them.
fn with_lists(
    loaded: &Loaded,
    options: &LinkOptions,
    mut rules: Vec<RuleReport>,
    left: RecordIdx,
    right: RecordIdx,
) -> Vec<RuleReport> {
    // Ids that cannot be told apart were refused at loading.
    let decisions = Decisions::resolve(&loaded.table, options).unwrap_or_default();
    if decisions.decided.is_always(left, right) {
        rules.push(RuleReport {
            rule: decisions.same.clone(),
            answer: "holds".to_owned(),
            conditions: Vec::new(),
        });
    }
    if let Some(why) = decisions.decided.why_apart(left, right) {
        for rule in rules.iter_mut().filter(|r| r.answer == "holds") {
            rule.answer = format!("suppressed: {}", why.as_str());
        }
        rules.push(RuleReport {
            rule: match why {
                Suppression::Rejected | Suppression::Deferred => why.as_str().to_owned(),
                _ => "never list".to_owned(),
            },
            answer: "keeps the two apart, whatever rule holds".to_owned(),
            conditions: Vec::new(),
        });
    }
    rules
}

fn bits(millibits: i32) -> f64 {
    f64::from(millibits) / 1000.0
}

fn fields(evidence: &PairEvidence) -> Vec<FieldReport> {
    EvidenceField::ALL
        .into_iter()
        .filter_map(|field| {
            let said = evidence.field(field);
            field_phrase(field, said.level).map(|phrase| FieldReport {
                field: field.as_str().to_owned(),
                level: said.level.as_str().to_owned(),
                bits: bits(said.millibits),
                phrase: phrase.to_owned(),
            })
        })
        .collect()
}

fn rule_report(
    loaded: &Loaded,
    engine: &Engine<'_>,
    rule: &Rule,
    left: RecordIdx,
    right: RecordIdx,
) -> RuleReport {
    let input = engine.block_input();
    // The types may not fit: then nothing holds, and the sides are told as they come.
    let way_round = block::way_round(input, rule, left, right);
    let (base, matching) = way_round.unwrap_or((left, right));
    let when = rule
        .when
        .iter()
        .enumerate()
        .map(|(at, c)| (Part::When(at), c));
    let unless = rule
        .unless
        .iter()
        .enumerate()
        .map(|(at, c)| (Part::Unless(at), c));
    let conditions = when
        .chain(unless)
        .map(|(part, condition)| {
            let exception = matches!(part, Part::Unless(_));
            let met = way_round.is_some() && block::part_holds(input, rule, part, base, matching);
            ConditionReport {
                condition: if exception {
                    format!("unless {}", words(condition))
                } else {
                    words(condition)
                },
                holds: met != exception,
                detail: detail(loaded, engine, condition, base, matching),
            }
        })
        .collect();
    let answer = match block::answer(input, rule, left, right) {
        RuleAnswer::Holds => "holds".to_owned(),
        RuleAnswer::Fails => "fails".to_owned(),
        RuleAnswer::OnlyGeneric => {
            "only-generic: the shared value is generic and the names are not similar".to_owned()
        }
        RuleAnswer::BelowFloor(floor) => {
            format!(
                "below-floor: its conditions carry less than the rule's floor of {:.1} bits",
                bits(floor)
            )
        }
        RuleAnswer::Suppressed(why, side) => {
            let side = side.as_str();
            format!(
                "suppressed: {}{}",
                why.as_str(),
                if side.is_empty() {
                    String::new()
                } else {
                    format!(" ({side})")
                }
            )
        }
    };
    RuleReport {
        rule: rule.name.clone(),
        answer,
        conditions,
    }
}

/// A condition in the words of the rule file.
fn words(condition: &Condition) -> String {
    let text = render_condition(condition);
    let inner = text.strip_prefix("{ ").and_then(|t| t.strip_suffix(" }"));
    inner.unwrap_or(&text).to_owned()
}

/// What a condition compared, and how close it came.
fn detail(
    loaded: &Loaded,
    engine: &Engine<'_>,
    condition: &Condition,
    left: RecordIdx,
    right: RecordIdx,
) -> String {
    let p = &loaded.prepared;
    let against = |a: String, b: String| {
        let say = |t: String| {
            if t.is_empty() {
                "nothing".to_owned()
            } else {
                t
            }
        };
        format!("{} against {}", say(a), say(b))
    };
    let join = |values: Vec<&str>| values.join(" / ");
    match condition {
        Condition::Same { kind, .. } => {
            let of = |r: RecordIdx| -> String {
                match kind {
                    MatchcodeKind::Email => join(
                        p.emails
                            .row(r.at())
                            .iter()
                            .map(|e| p.email_codes.codes.at(*e as usize).matchcode)
                            .collect(),
                    ),
                    MatchcodeKind::Phone => join(
                        p.phones
                            .row(r.at())
                            .iter()
                            .map(|u| p.phone_codes.codes.at(u.phone as usize).matchcode)
                            .collect(),
                    ),
                    MatchcodeKind::EmailDomain => join(
                        p.domains
                            .row(r.at())
                            .iter()
                            .map(|d| p.domain_codes.codes[*d as usize].registrable.as_str())
                            .collect(),
                    ),
                    MatchcodeKind::Name => name_text(loaded, r),
                    MatchcodeKind::Company => company_text(loaded, r),
                    MatchcodeKind::Website => match p.website[r.at()] {
                        NONE => String::new(),
                        d => p.domain_codes.codes[d as usize].registrable.clone(),
                    },
                    MatchcodeKind::Address => match p.address[r.at()] {
                        NONE => String::new(),
                        a => p.addresses.text(a).to_owned(),
                    },
                    MatchcodeKind::Place => {
                        join(p.places(r).map(|place| p.place_text(place)).collect())
                    }
                }
            };
            against(of(left), of(right))
        }
        Condition::SimilarName => {
            let (a, b) = (p.name[left.at()], p.name[right.at()]);
            let texts = against(name_text(loaded, left), name_text(loaded, right));
            if a == NONE || b == NONE {
                return texts;
            }
            let agreement = engine.names().compare(a, b);
            let n_missing: u8 = agreement.unmatched.iter().sum();
            let n_matched = agreement.matches().count();
            if agreement.similar {
                let swapped = if agreement.swapped {
                    ", given name and surname swapped"
                } else {
                    ""
                };
                format!("{texts}: {n_matched} parts find a partner{swapped}")
            } else {
                format!("{texts}: {n_matched} parts find a partner, {n_missing} do not")
            }
        }
        Condition::SimilarCompany { threshold } => {
            let (a, b) = (p.company[left.at()], p.company[right.at()]);
            let texts = against(company_text(loaded, left), company_text(loaded, right));
            if a == NONE || b == NONE {
                return texts;
            }
            let similarity = {
                let companies = engine.companies();
                companies.similarity(companies.form(a), companies.form(b))
            };
            let gap = similarity - threshold;
            let word = if gap >= 0.0 { "above" } else { "below" };
            format!(
                "{texts}: similarity {similarity:.3}, {:.3} {word} the threshold",
                gap.abs()
            )
        }
        Condition::SimilarText {
            measure, threshold, ..
        } => {
            let (a, b) = sides(loaded, condition, left, right);
            let score = measure.score(&a, &b);
            let gap = score - threshold;
            let word = if gap >= 0.0 { "above" } else { "below" };
            format!(
                "{}: {score:.3}, {:.3} {word} the threshold",
                against(a, b),
                gap.abs()
            )
        }
        _ => {
            let (a, b) = sides(loaded, condition, left, right);
            against(a, b)
        }
    }
}

/// What a condition on text columns compares: the base side, the matching side.
fn sides(
    loaded: &Loaded,
    condition: &Condition,
    base: RecordIdx,
    matching: RecordIdx,
) -> (String, String) {
    let Some((column, match_column, form)) = condition.text_sides() else {
        return (String::new(), String::new());
    };
    let value = |r: RecordIdx, name: &str| {
        let text = loaded.prepared.text(name, form);
        text.map_or("", |t| match t.column[r.at()] {
            NONE => "",
            value => t.values.text(value),
        })
        .to_owned()
    };
    (
        value(base, column),
        value(matching, match_column.unwrap_or(column)),
    )
}

fn name_text(loaded: &Loaded, record: RecordIdx) -> String {
    let p = &loaded.prepared;
    p.name_tokens(record)
        .iter()
        .map(|t| p.names.vocabulary.text(t.token))
        .collect::<Vec<_>>()
        .join(" ")
}

fn company_text(loaded: &Loaded, record: RecordIdx) -> String {
    match loaded.prepared.company[record.at()] {
        NONE => String::new(),
        c => loaded.prepared.companies.text(c),
    }
}

fn to_change(
    rules: &[RuleReport],
    evidence: &PairEvidence,
    verdict: Verdict,
    holds: bool,
) -> String {
    if !holds {
        // The rule that fails by the fewest conditions is the nearest.
        let nearest = rules
            .iter()
            .filter(|r| !r.conditions.is_empty())
            .min_by_key(|r| r.conditions.iter().filter(|c| !c.holds).count());
        return match nearest {
            None => "no rule".to_owned(),
            Some(rule) => {
                let missing: Vec<&str> = rule
                    .conditions
                    .iter()
                    .filter(|c| !c.holds)
                    .map(|c| c.condition.as_str())
                    .collect();
                if missing.is_empty() {
                    format!("rule \"{}\": {}", rule.rule, rule.answer)
                } else {
                    format!(
                        "rule \"{}\" would hold if {} held",
                        rule.rule,
                        missing.join(" and ")
                    )
                }
            }
        };
    }
    let score = evidence.score_millibits;
    match verdict {
        Verdict::Auto => format!(
            "review below {:.1} bits: {:.1} less",
            bits(AUTO_MILLIBITS),
            bits(score - AUTO_MILLIBITS)
        ),
        // Enough bits: what is missing is one of the two things `Scorer::verdict` also asks for.
        Verdict::Review if score >= AUTO_MILLIBITS => {
            let conflicts: Vec<&str> = EvidenceField::ALL
                .into_iter()
                .filter(|f| evidence.field(*f).level == Level::Conflict)
                .map(EvidenceField::as_str)
                .collect();
            if conflicts.is_empty() {
                "auto with something personal in common: the same e-mail, phone, birth date or personal number"
                    .to_owned()
            } else {
                format!("auto without the conflict in {}", conflicts.join(" and "))
            }
        }
        Verdict::Review => format!(
            "auto from {:.1} bits: {:.1} more; not suggested below {:.1}: {:.1} less",
            bits(AUTO_MILLIBITS),
            bits(AUTO_MILLIBITS - score),
            bits(REVIEW_MILLIBITS),
            bits(score - REVIEW_MILLIBITS)
        ),
        Verdict::Related | Verdict::Weak => {
            format!(
                "review from {:.1} bits: {:.1} more",
                bits(REVIEW_MILLIBITS),
                bits(REVIEW_MILLIBITS - score)
            )
        }
    }
}

impl Explanation {
    /// The rules that hold, as a mask by position.
    pub fn rules_that_hold(&self) -> RuleMask {
        self.rules
            .iter()
            .enumerate()
            .filter(|(_, r)| r.answer == "holds")
            .fold(RuleMask::default(), |mask, (i, _)| {
                mask.union(RuleMask::of(i))
            })
    }

    /// As text for a terminal; holds values of the records.
    pub fn render(&self) -> String {
        let mut out = String::new();
        let mut line = |text: std::fmt::Arguments<'_>| {
            out.write_fmt(text)
                .expect("writing to a string does not fail");
            out.push('\n');
        };
        line(format_args!(
            "{} and {}: {}",
            self.left_id, self.right_id, self.verdict
        ));
        line(format_args!("  {}", self.reason));
        line(format_args!(""));
        line(format_args!("rules"));
        for rule in &self.rules {
            line(format_args!("  {}: {}", rule.rule, rule.answer));
            for c in &rule.conditions {
                line(format_args!(
                    "    {} {}: {}",
                    if c.holds { "yes" } else { "no " },
                    c.condition,
                    c.detail
                ));
            }
        }
        line(format_args!(""));
        line(format_args!(
            "evidence in bits, against \"{}\"",
            self.alternative
        ));
        line(format_args!("  {:>8.2}  before looking", self.prior_bits));
        for f in &self.fields {
            line(format_args!(
                "  {:>+8.2}  {} ({}: {})",
                f.bits, f.phrase, f.field, f.level
            ));
        }
        line(format_args!(
            "  {:>8.2}  in all, probability {:.4}",
            self.score_bits, self.probability
        ));
        line(format_args!(""));
        line(format_args!("to change the answer: {}", self.to_change));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Alternative, FieldEvidence, Fields};

    fn evidence(field: EvidenceField, level: Level) -> PairEvidence {
        let mut fields = [FieldEvidence {
            level: Level::Missing,
            millibits: 0,
        }; EvidenceField::ALL.len()];
        fields[field as usize] = FieldEvidence {
            level,
            millibits: AUTO_MILLIBITS,
        };
        PairEvidence {
            fields: Fields::new(fields),
            alternative: Alternative::Strangers,
            prior_millibits: 0,
            score_millibits: AUTO_MILLIBITS,
        }
    }

    #[test]
    fn a_review_with_bits_enough_says_what_else_auto_needs() {
        let said = |field, level| to_change(&[], &evidence(field, level), Verdict::Review, true);
        assert!(
            said(EvidenceField::Surname, Level::Same).starts_with("auto with something personal")
        );
        assert_eq!(
            said(EvidenceField::Phone, Level::Conflict),
            "auto without the conflict in phone"
        );
    }
}
