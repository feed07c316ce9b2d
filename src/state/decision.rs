//! Decisions of reviewers on pairs: what an entry of the log says of them, and which stand.

use super::entry::Entry;
use super::fingerprint::is_fingerprint;
use crate::rules::ListedId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a reviewer says of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// The two are one.
    Accept,
    /// The two are not one.
    Reject,
    /// Not now.
    Defer,
    /// What was said of the pair before no longer stands.
    Undo,
}

impl Answer {
    /// All, in the order of help texts.
    pub const ALL: [Answer; 4] = [Answer::Accept, Answer::Reject, Answer::Defer, Answer::Undo];

    /// The word of commands and files.
    pub fn as_str(self) -> &'static str {
        match self {
            Answer::Accept => "accept",
            Answer::Reject => "reject",
            Answer::Defer => "defer",
            Answer::Undo => "undo",
        }
    }

    /// Reads [`as_str`](Self::as_str) back, ignoring case and blanks around it.
    pub fn parse(text: &str) -> Option<Answer> {
        let text = text.trim();
        Answer::ALL
            .into_iter()
            .find(|a| a.as_str().eq_ignore_ascii_case(text))
    }

    /// `accepted`, `rejected` …
    pub fn done(self) -> &'static str {
        match self {
            Answer::Accept => "accepted",
            Answer::Reject => "rejected",
            Answer::Defer => "deferred",
            Answer::Undo => "undone",
        }
    }
}

/// One pair of an entry of kind `decide`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairDecision {
    /// What is said of it.
    pub decision: Answer,
    /// `TYPE:ID` of the record whose `TYPE:ID` is the smaller.
    pub left: String,
    /// `TYPE:ID` of the other.
    pub right: String,
    /// Fingerprints of what the two held when it was decided, left before right; of every decision but an undo.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub values: Option<[String; 2]>,
    /// Why, when it is another reason than the entry's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl PairDecision {
    /// A decision on two records, each with its type and fingerprint, in either order.
    pub fn new(
        decision: Answer,
        mut ends: [(ListedId, String); 2],
        reason: Option<String>,
    ) -> PairDecision {
        if ends[0].0.text() > ends[1].0.text() {
            ends.swap(0, 1);
        }
        let [(left, left_values), (right, right_values)] = ends;
        PairDecision {
            decision,
            left: left.text(),
            right: right.text(),
            values: (decision != Answer::Undo).then_some([left_values, right_values]),
            reason,
        }
    }

    /// The same pair, with its decision taken back.
    pub fn undo(of: &Decision) -> PairDecision {
        PairDecision {
            decision: Answer::Undo,
            left: of.left.text(),
            right: of.right.text(),
            values: None,
            reason: None,
        }
    }

    /// The pair it is of.
    pub(super) fn pair(&self) -> (String, String) {
        (self.left.clone(), self.right.clone())
    }

    /// What is wrong with it as an entry of the log, if anything.
    fn fault(&self) -> Option<&'static str> {
        let is_named = |text: &str| {
            let id = ListedId::parse(text);
            id.record_type.is_some() && !id.id.is_empty() && id.text() == text
        };
        if !is_named(&self.left) || !is_named(&self.right) || self.left >= self.right {
            return Some("it decides on something that is no pair of records");
        }
        let has_values = |v: &[String; 2]| v.iter().all(|v| is_fingerprint(v));
        if (self.decision == Answer::Undo) != self.values.is_none()
            || !self.values.as_ref().is_none_or(has_values)
        {
            return Some("it decides on a pair without the fingerprints of its values");
        }
        None
    }
}

/// A decision that stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// One record, with its type.
    pub left: ListedId,
    /// The other.
    pub right: ListedId,
    /// What was decided; never [`Answer::Undo`].
    pub answer: Answer,
    /// Fingerprints of what they held then, left before right.
    pub values: [String; 2],
    /// Who decided.
    pub who: String,
    /// When: RFC 3339, UTC.
    pub when: String,
    /// Why.
    pub why: Option<String>,
    /// Number of the entry: of two decisions the larger is the later.
    pub seq: u64,
}

/// The decisions that stand, by pair.
#[derive(Debug, Default)]
pub(super) struct Standing(BTreeMap<(String, String), Decision>);

impl Standing {
    /// Takes the pairs of the next entry in; says what is wrong with one of them, and changes nothing then.
    pub(super) fn apply(&mut self, entry: &Entry, pairs: &[PairDecision]) -> Result<(), String> {
        if let Some(fault) = pairs.iter().find_map(PairDecision::fault) {
            return Err(fault.to_owned());
        }
        for pair in pairs {
            match &pair.values {
                // An undo may follow nothing: the decision may have been purged, or lost in a damaged log.
                None => {
                    self.0.remove(&pair.pair());
                }
                Some(values) => {
                    let decision = Decision {
                        left: ListedId::parse(&pair.left),
                        right: ListedId::parse(&pair.right),
                        answer: pair.decision,
                        values: values.clone(),
                        who: entry.act.who.clone(),
                        when: entry.act.when.clone(),
                        why: pair.reason.clone().or_else(|| entry.act.why.clone()),
                        seq: entry.seq,
                    };
                    self.0.insert(pair.pair(), decision);
                }
            }
        }
        Ok(())
    }

    /// By pair.
    pub(super) fn all(&self) -> impl Iterator<Item = &Decision> {
        self.0.values()
    }

    pub(super) fn of(&self, pair: &PairDecision) -> Option<&Decision> {
        self.0.get(&pair.pair())
    }
}
