//! What a draft rule set would change on an export, against the rules in force: the numbers an admin wants before
//! publishing.
//!
//! [`compare`] links the same records under both sets and accounts for every pair, group, record and survivor;
//! [`Gate`] turns figures into a condition for scripts. The records are read once; they are normalised and their
//! vocabularies compared once when both sets read them the same way ([`Records`]).
//! Nothing here writes. `docs/preview.md` defines every figure.

mod examples;
mod figures;
mod files;
mod first;
mod gate;
mod groups;
mod interval;
mod page;
mod pairs;
mod preview;
mod records;
mod rule_match;
mod suggestions;

pub use examples::{Example, SideBySide};
pub use figures::{FIGURES, FigureKind, FigureName, Figures};
pub use first::{EstimatedChange, EstimatedRule, EstimatedVerdict, FirstFigures};
pub use gate::{Clause, Comparison as GateComparison, Gate, GateError, Verdict as GateVerdict};
pub use groups::{Account, GroupClass, account};
pub use interval::Estimate;
pub use pairs::{Change, FreeMail, Inactive, SuppressedChange};
pub use preview::{ClauseResult, GateResult, PREVIEW_FORMAT, Preview, RuleSource};
pub use records::{Comparison, Records, needs_of_both};
pub use rule_match::{RuleFate, RuleMatch, match_rules};
pub use suggestions::{ActiveChange, ClassCount, SuggestionImpact, SurvivorChange};

use crate::model::{Activity, HeavyKey, Outcome, Progress};
use crate::pipeline::{self, LinkOptions, Loaded, PipelineError};
use examples::Examples;
use pairs::{SidePairs, verdict_word};
use serde::Serialize;
use std::time::Instant;

/// What of an impact is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CompareOptions {
    /// Example pairs of each layer (gained or lost × rule × verdict).
    pub examples_per_layer: usize,
}

impl Default for CompareOptions {
    fn default() -> Self {
        CompareOptions {
            examples_per_layer: 3,
        }
    }
}

/// What a draft would change. Every count is exact.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Impact {
    /// The figures by name.
    pub figures: Figures,
    /// Rule-true pairs.
    pub pairs: Change,
    /// Rule-true pairs by verdict: auto, review, related, weak.
    pub pairs_by_verdict: Vec<VerdictChange>,
    /// By rule: those of the draft in order, then those removed.
    pub rules: Vec<RuleImpact>,
    /// Suggestions, survivors, active records.
    pub suggestions: SuggestionImpact,
    /// Pairs left out, by reason.
    pub suppressed: Vec<SuppressedChange>,
    /// What excluding inactive records hides and shows.
    pub inactive: Inactive,
    /// Gained pairs by free-mail domain, most first; at most ten.
    pub free_mail: Vec<FreeMail>,
    /// Heaviest keys of the draft that no rule before had, most pairs first; at most ten.
    pub new_keys: Vec<NewKey>,
    /// What changes for the set as a whole, such as its survivor policy: one phrase each.
    pub set_changes: Vec<String>,
    /// What it took.
    pub cost: Cost,
    /// Pairs to look at.
    pub examples: Vec<Example>,
}

/// Pairs of one verdict.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VerdictChange {
    /// The verdict.
    pub verdict: &'static str,
    /// The pairs.
    #[serde(flatten)]
    pub pairs: Change,
}

/// What became of one rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct RuleImpact {
    /// Its name: in the draft, or before when it was removed.
    pub name: String,
    /// Its name before, when it was renamed.
    pub renamed_from: Option<String>,
    /// What became of it.
    pub fate: RuleFate,
    /// What changed, when it did.
    pub differences: Vec<String>,
    /// Its pairs.
    pub pairs: Change,
    /// Pairs gained, by verdict.
    pub gained_by_verdict: [u64; 4],
    /// Pairs lost, by verdict.
    pub lost_by_verdict: [u64; 4],
    /// Pairs suppressed: before, after; `None` where the rule is not.
    pub suppressed: (Option<u64>, Option<u64>),
    /// Pairs of value groups compared one by one: before, after.
    pub compared: (Option<u64>, Option<u64>),
}

/// A key under which the draft meets many records, and the rules before did not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewKey {
    /// The rule.
    pub rule: String,
    /// What the key is made of.
    pub kind: String,
    /// The key.
    pub value: String,
    /// Records under it.
    pub records: u64,
    /// Pairs under it.
    pub pairs: u64,
    /// How the plan deals with it.
    pub treatment: String,
}

/// What the answer took, and what either rule set alone would.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Cost {
    /// Seconds to link under the rules before; reading and normalising not included.
    pub seconds_before: f64,
    /// Seconds to link under the draft.
    pub seconds_after: f64,
    /// Pairs of value groups compared one by one before.
    pub compared_before: u64,
    /// Pairs of value groups compared one by one for the draft.
    pub compared_after: u64,
}

/// Links the records under both rule sets and compares.
///
/// `loaded` was read with [`needs_of_both`]. Same records and rules give the same impact but for [`Cost`]'s seconds, on
/// any number of threads and in any row order. Cost: linking twice; see [`Records`] for what is shared.
pub fn compare(
    loaded: &Loaded,
    before: &LinkOptions,
    after: &LinkOptions,
    options: &CompareOptions,
    progress: &dyn Progress,
) -> Result<Impact, PipelineError> {
    let records = Records::read(loaded, before, after, progress)?;
    Comparison::new(&records, before, after, progress)?.exact(options, progress)
}

impl Comparison<'_> {
    /// The exact answer.
    pub fn exact(
        &self,
        options: &CompareOptions,
        progress: &dyn Progress,
    ) -> Result<Impact, PipelineError> {
        let link = |side: &records::Side<'_>| {
            let begun = Instant::now();
            let outcome = pipeline::link_with(side.loaded, side.engine, side.options, progress)?;
            Ok::<_, PipelineError>((outcome, begun.elapsed().as_secs_f64()))
        };
        let (before, seconds_before) = link(&self.before())?;
        let (after, seconds_after) = link(&self.after())?;
        Ok(self.account(options, (&before, seconds_before), (&after, seconds_after)))
    }

    fn account(
        &self,
        options: &CompareOptions,
        (before, seconds_before): (&Outcome, f64),
        (after, seconds_after): (&Outcome, f64),
    ) -> Impact {
        let (b, a) = (self.before(), self.after());
        let table = &a.loaded.table;
        let rules = match_rules(&b.options.rules, &a.options.rules);
        let asks_before = b.asks_rules(before);
        let asks_after = a.asks_rules(after);
        let mut examples = Examples::new(table, options.examples_per_layer, rules.len());
        let found = pairs::compare(
            &a.loaded.prepared,
            SidePairs {
                pairs: &before.pairs,
                suppressed: &before.suppressed,
                reports: asks_before.as_deref(),
            },
            SidePairs {
                pairs: &after.pairs,
                suppressed: &after.suppressed,
                reports: asks_after.as_deref(),
            },
            &rules,
            &mut examples,
        );
        let suggestions = suggestions::compare(table, before, after);
        let compared = |o: &Outcome| o.rule_counts.iter().map(|r| r.n_compared).sum::<u64>();
        let cost = Cost {
            seconds_before,
            seconds_after,
            compared_before: compared(before),
            compared_after: compared(after),
        };
        let impact = Impact {
            figures: Figures::default(),
            pairs: found.total,
            pairs_by_verdict: found
                .by_verdict
                .iter()
                .enumerate()
                .map(|(at, pairs)| VerdictChange {
                    verdict: verdict_word(at),
                    pairs: *pairs,
                })
                .collect(),
            rules: rules
                .iter()
                .enumerate()
                .map(|(at, rule)| rule_impact(rule, &found, at, before, after))
                .collect(),
            suggestions,
            suppressed: pairs::suppressed(&before.suppressed, &after.suppressed),
            inactive: found.inactive,
            free_mail: found.free_mail.into_iter().take(10).collect(),
            new_keys: new_keys(before, after),
            set_changes: self.set_changes(),
            cost,
            examples: examples.finish(
                &rules,
                (&before.rule_names, &after.rule_names),
                &before.pairs,
                &after.pairs,
                |pair| a.engine.pair_reason(pair),
            ),
        };
        let n_active = table
            .activity
            .iter()
            .filter(|a| **a == Activity::Active)
            .count() as u64;
        let figures = counted(
            &impact,
            (table.n_records() as u64, n_active),
            found.n_free_mail,
        );
        Impact { figures, ..impact }
    }
}

fn rule_impact(
    rule: &RuleMatch,
    found: &pairs::PairImpact,
    at: usize,
    before: &Outcome,
    after: &Outcome,
) -> RuleImpact {
    let old = rule.before.map(|i| &before.rule_counts[i]);
    let new = rule.after.map(|i| &after.rule_counts[i]);
    let name = new.or(old).map_or(String::new(), |r| r.name.clone());
    RuleImpact {
        renamed_from: old.filter(|o| o.name != name).map(|o| o.name.clone()),
        name,
        fate: rule.fate,
        differences: rule.differences.clone(),
        pairs: found.by_rule[at],
        gained_by_verdict: found.rule_verdicts[at].map(|v| v.0),
        lost_by_verdict: found.rule_verdicts[at].map(|v| v.1),
        suppressed: (old.map(|r| r.n_suppressed), new.map(|r| r.n_suppressed)),
        compared: (old.map(|r| r.n_compared), new.map(|r| r.n_compared)),
    }
}

/// Heavy keys of the draft that are not among those before, whatever rule met them.
fn new_keys(before: &Outcome, after: &Outcome) -> Vec<NewKey> {
    let known = |key: &HeavyKey| {
        before
            .heavy_keys
            .iter()
            .any(|k| (&k.kind, &k.value) == (&key.kind, &key.value) && k.n_pairs >= key.n_pairs)
    };
    after
        .heavy_keys
        .iter()
        .filter(|key| !known(key))
        .take(10)
        .map(|key| NewKey {
            rule: after.rule_names[key.rule_idx].clone(),
            kind: key.kind.clone(),
            value: key.value.clone(),
            records: key.n_records,
            pairs: key.n_pairs,
            treatment: key.treatment.clone(),
        })
        .collect()
}

/// The figures by name.
fn counted(impact: &Impact, (n_records, n_active): (u64, u64), n_free_mail: u64) -> Figures {
    let mut f = Figures::default();
    let pairs = &impact.pairs;
    f.set_count("records", n_records);
    f.set_count("active_records", n_active);
    f.set_count("pairs_before", pairs.before);
    f.set_count("pairs_after", pairs.after);
    f.set_count("gained_pairs", pairs.gained);
    f.set_count("lost_pairs", pairs.lost);
    f.set_share("gained_pairs_share", pairs.gained, pairs.before);
    f.set_share("lost_pairs_share", pairs.lost, pairs.before);
    for (verdict, word) in [(0, "auto"), (1, "review")] {
        let of = &impact.pairs_by_verdict[verdict].pairs;
        f.set_count(&format!("gained_{word}_pairs"), of.gained);
        f.set_count(&format!("lost_{word}_pairs"), of.lost);
    }
    let s = &impact.suggestions;
    f.set_count("suggestions_before", s.before);
    f.set_count("suggestions_after", s.after);
    f.set_count("auto_before", s.auto.0);
    f.set_count("auto_after", s.auto.1);
    f.set_count("review_before", s.review.0);
    f.set_count("review_after", s.review.1);
    f.set_count("new_suggestions", s.count(GroupClass::New).1);
    f.set_count("gone_suggestions", s.count(GroupClass::Gone).0);
    f.set_count("merged_suggestions", s.count(GroupClass::Merged).0);
    f.set_count("split_suggestions", s.count(GroupClass::Split).0);
    f.set_count("regrouped_suggestions", s.count(GroupClass::Regrouped).0);
    let changed = [GroupClass::Grown, GroupClass::Shrunk, GroupClass::Exchanged];
    f.set_count(
        "changed_suggestions",
        changed.iter().map(|c| s.count(*c).0).sum(),
    );
    f.set_count("unchanged_suggestions", s.count(GroupClass::Unchanged).0);
    f.set_count("largest_before", s.largest.0);
    f.set_count("largest_after", s.largest.1);
    f.set_count("merged_away_before", s.survivors.merged_away_before);
    f.set_count("merged_away_after", s.survivors.merged_away_after);
    f.set_count("survivors_changed", s.survivors.changed);
    f.set_count("active_before", s.active.before);
    f.set_count("active_after", s.active.after);
    f.set_count("active_affected", s.active.affected);
    f.set_count("inactive_hidden", impact.inactive.hidden);
    f.set_count("inactive_shown", impact.inactive.shown);
    let inactive = impact.suppressed.iter().filter(|s| s.why == "inactive");
    f.set_count("inactive_before", inactive.clone().map(|s| s.before).sum());
    f.set_count("inactive_after", inactive.map(|s| s.after).sum());
    f.set_share("free_mail_share", n_free_mail, pairs.gained);
    f.set_count("compared_before", impact.cost.compared_before);
    f.set_count("compared_after", impact.cost.compared_after);
    f
}
