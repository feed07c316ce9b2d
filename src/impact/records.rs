//! The records under both rule sets: read once, and normalised once when both sets read them the same way.

use super::rule_match::set_changes;
use crate::model::{Outcome, Progress, RecordIdx, RuleMask};
use crate::pipeline::{self, Decided, Engine, LinkOptions, Loaded, Partner, PipelineError};
use crate::rules::{RuleSet, SurvivorPolicy};

/// One rule set with the rules of both: what records are read and normalised for.
///
/// Only for reading: it may hold two rules of one name and more than 64.
pub fn needs_of_both(before: &RuleSet, after: &RuleSet) -> RuleSet {
    let mut out = after.clone();
    out.rules.extend(before.rules.iter().cloned());
    out
}

/// The rule set without what does not touch the reading of values: name, rules, survivors.
fn reading(rules: &RuleSet) -> RuleSet {
    RuleSet {
        name: String::new(),
        default_country: None,
        rules: Vec::new(),
        survivor: SurvivorPolicy::default(),
        allow: Vec::new(),
        always: Vec::new(),
        never: Vec::new(),
        ..rules.clone()
    }
}

/// The records as either rule set needs them.
#[derive(Debug)]
pub struct Records<'a> {
    loaded: &'a Loaded,
    /// For the set before, when it reads values otherwise than the draft.
    before: Option<Loaded>,
}

impl<'a> Records<'a> {
    /// Normalises a second time when the sets read values differently, for example with another country of phones.
    ///
    /// `loaded` was read for the draft, with the text columns of both sets.
    pub fn read(
        loaded: &'a Loaded,
        before: &LinkOptions,
        after: &LinkOptions,
        progress: &dyn Progress,
    ) -> Result<Records<'a>, PipelineError> {
        let same =
            before.country() == after.country() && reading(&before.rules) == reading(&after.rules);
        let before = if same {
            None
        } else {
            let options = LinkOptions {
                rules: needs_of_both(&after.rules, &before.rules),
                ..before.clone()
            };
            Some(pipeline::prepare_again(loaded, &options, progress)?)
        };
        Ok(Records { loaded, before })
    }
}

/// Two rule sets on the same records, ready to be asked.
#[derive(Debug)]
pub struct Comparison<'a> {
    records: &'a Records<'a>,
    /// Of the draft; and of the set before when it needs its own.
    engine: Engine<'a>,
    engine_before: Option<Engine<'a>>,
    before: &'a LinkOptions,
    after: &'a LinkOptions,
    /// Pairs that the lists of either set decide.
    decided_before: Decided,
    decided_after: Decided,
}

/// One of the two.
#[derive(Debug, Clone, Copy)]
pub(super) struct Side<'a> {
    pub(super) loaded: &'a Loaded,
    pub(super) engine: &'a Engine<'a>,
    pub(super) options: &'a LinkOptions,
    pub(super) decided: &'a Decided,
}

impl<'a> Comparison<'a> {
    /// Compares the vocabularies, once or twice. Cost: see [`Engine::new`].
    pub fn new(
        records: &'a Records<'a>,
        before: &'a LinkOptions,
        after: &'a LinkOptions,
        progress: &dyn Progress,
    ) -> Result<Comparison<'a>, PipelineError> {
        let loaded_before = records.before.as_ref().unwrap_or(records.loaded);
        Ok(Comparison {
            decided_before: pipeline::decided(loaded_before, before)?,
            decided_after: pipeline::decided(records.loaded, after)?,
            records,
            engine: pipeline::engine(&records.loaded.prepared, progress),
            engine_before: records
                .before
                .as_ref()
                .map(|l| pipeline::engine(&l.prepared, progress)),
            before,
            after,
        })
    }

    /// The records as the draft reads them.
    pub fn draft_engine(&self) -> &Engine<'a> {
        &self.engine
    }

    /// Whether both sets share the normalised records.
    pub(super) fn shared(&self) -> bool {
        self.records.before.is_none()
    }

    /// The rules in force.
    pub(super) fn before(&self) -> Side<'_> {
        Side {
            loaded: self.records.before.as_ref().unwrap_or(self.records.loaded),
            engine: self.engine_before.as_ref().unwrap_or(&self.engine),
            options: self.before,
            decided: &self.decided_before,
        }
    }

    /// The draft.
    pub(super) fn after(&self) -> Side<'_> {
        Side {
            loaded: self.records.loaded,
            engine: &self.engine,
            options: self.after,
            decided: &self.decided_after,
        }
    }

    /// What differs between the sets outside their rules, one phrase each.
    pub(super) fn set_changes(&self) -> Vec<String> {
        set_changes(&self.before.rules, &self.after.rules)
    }
}

/// A function from a pair to the rules that report it.
pub(super) type Asks<'s> = Box<dyn Fn(RecordIdx, RecordIdx) -> RuleMask + Sync + 's>;

/// A star has a thousand members or more, and its last row stands for nearly as many pairs.
const STAR_ROW_MIN: u64 = 500;

impl<'a> Side<'a> {
    /// A way to ask the rules themselves, when some row of the outcome may be one of a star.
    pub(super) fn asks_rules(&self, outcome: &Outcome) -> Option<Asks<'a>> {
        self.asks_rules_if(outcome.pairs.iter().any(|p| p.pair.implied >= STAR_ROW_MIN))
    }

    /// The same for the partners of probed records.
    pub(super) fn asks_rules_of(&self, partners: &[Vec<Partner>]) -> Option<Asks<'a>> {
        self.asks_rules_if(
            partners
                .iter()
                .flatten()
                .any(|p| p.n_records >= STAR_ROW_MIN),
        )
    }

    fn asks_rules_if(&self, has_star: bool) -> Option<Asks<'a>> {
        has_star.then(|| {
            let judge = self.engine.judge(&self.options.rules, self.decided);
            Box::new(move |left, right| judge.reported(left, right)) as Asks<'a>
        })
    }
}
