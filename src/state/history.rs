//! Entries, replayed to the versions of every rule set.

use super::decision::Standing as Decisions;
use super::entry::{Act, Entry, What};
use crate::durable::sha256_hex;
use crate::rules::{RuleSet, render};
use std::collections::BTreeMap;

/// Where a version stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Stored, and never in force so far.
    Draft,
    /// In force.
    Published,
    /// Was in force: replaced by another version, or taken out.
    Unpublished,
}

impl Status {
    /// The word of reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Status::Draft => "draft",
            Status::Published => "published",
            Status::Unpublished => "unpublished",
        }
    }
}

/// One version of a rule set. Its text never changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Version {
    /// Name of the rule set.
    pub set: String,
    /// Number in its set, from 1.
    pub number: u64,
    /// SHA-256 of `text`, in hexadecimal digits.
    pub sha256: String,
    /// The rules, in the canonical form of the version of kinfold that stored them.
    pub text: String,
    /// Where it stands.
    pub status: Status,
    /// Who published it last, or stored it as a draft.
    pub who: String,
    /// When: RFC 3339, UTC.
    pub when: String,
    /// Why.
    pub why: Option<String>,
}

/// All versions of one rule set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleSetHistory {
    /// Its name.
    pub name: String,
    /// Its versions by number; at least one.
    pub versions: Vec<Version>,
}

impl RuleSetHistory {
    /// The version in force.
    pub fn published(&self) -> Option<&Version> {
        self.versions.iter().find(|v| v.status == Status::Published)
    }

    /// The number of the newest version.
    pub fn newest(&self) -> u64 {
        self.versions.last().map_or(0, |v| v.number)
    }
}

/// Where the rules of a [`Plan`] stand before it is carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nowhere: they become a new version.
    New,
    /// Stored, with this status.
    Stored(Status),
}

/// What publishing or storing rules would do. Made without writing, and checked again when written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// Name of the rule set.
    pub set: String,
    /// The version that would hold the rules: the stored one with the same text, else a new number.
    pub number: u64,
    /// SHA-256 of the text.
    pub sha256: String,
    /// Canonical text.
    pub text: String,
    /// Where the rules stand now.
    pub standing: Standing,
    /// The version in force now.
    pub in_force: Option<u64>,
}

impl Plan {
    /// Whether these very rules are in force already.
    pub fn is_in_force(&self) -> bool {
        self.standing == Standing::Stored(Status::Published)
    }
}

/// Every rule set by name, and every decision by pair.
#[derive(Debug, Default)]
pub(super) struct History {
    sets: BTreeMap<String, RuleSetHistory>,
    decisions: Decisions,
}

impl History {
    /// Takes the next entry in; says what is wrong when it cannot follow the ones before, and changes nothing then.
    pub(super) fn apply(&mut self, entry: &Entry) -> Result<(), String> {
        let act = &entry.act;
        match &entry.what {
            What::Format { .. } | What::Repair { .. } | What::Purge { .. } => Ok(()),
            What::Decide { pairs } => self.decisions.apply(entry, pairs),
            What::Draft {
                set,
                number,
                sha256,
                rules,
            } => self.store(set, *number, sha256, rules, act),
            What::Publish {
                set,
                number,
                sha256,
                rules,
                gate: _,
            } => {
                if let Some(rules) = rules {
                    self.store(set, *number, sha256, rules, act)?;
                }
                let versions = self.versions_mut(set);
                let Some(at) = versions.iter().position(|v| v.number == *number) else {
                    return Err(format!(
                        "it publishes version {number} of {set:?}, which is not there"
                    ));
                };
                if versions[at].sha256 != *sha256 {
                    return Err(format!(
                        "it publishes version {number} of {set:?} by another hash than that version has"
                    ));
                }
                for version in versions.iter_mut() {
                    if version.status == Status::Published {
                        version.status = Status::Unpublished;
                    }
                }
                let version = &mut versions[at];
                version.status = Status::Published;
                version.who.clone_from(&act.who);
                version.when.clone_from(&act.when);
                version.why.clone_from(&act.why);
                Ok(())
            }
            What::Unpublish { set, number } => {
                let version = self
                    .versions_mut(set)
                    .iter_mut()
                    .find(|v| v.number == *number && v.status == Status::Published)
                    .ok_or_else(|| {
                        format!(
                            "it unpublishes version {number} of {set:?}, which is not published"
                        )
                    })?;
                version.status = Status::Unpublished;
                Ok(())
            }
        }
    }

    fn versions_mut(&mut self, set: &str) -> &mut [Version] {
        self.sets
            .get_mut(set)
            .map_or(&mut [], |s| s.versions.as_mut_slice())
    }

    fn store(
        &mut self,
        set: &str,
        number: u64,
        sha256: &str,
        text: &str,
        act: &Act,
    ) -> Result<(), String> {
        if sha256_hex(text) != *sha256 {
            return Err(format!(
                "the rules of version {number} of {set:?} are not those of its hash"
            ));
        }
        let newest = self.sets.get(set).map_or(0, RuleSetHistory::newest);
        if number <= newest {
            return Err(format!(
                "it makes version {number} of {set:?} after version {newest}"
            ));
        }
        self.sets
            .entry(set.to_owned())
            .or_insert_with(|| RuleSetHistory {
                name: set.to_owned(),
                versions: Vec::new(),
            })
            .versions
            .push(Version {
                set: set.to_owned(),
                number,
                sha256: sha256.to_owned(),
                text: text.to_owned(),
                status: Status::Draft,
                who: act.who.clone(),
                when: act.when.clone(),
                why: act.why.clone(),
            });
        Ok(())
    }

    /// The decisions that stand.
    pub(super) fn decisions(&self) -> &Decisions {
        &self.decisions
    }

    /// By name.
    pub(super) fn sets(&self) -> impl Iterator<Item = &RuleSetHistory> {
        self.sets.values()
    }

    pub(super) fn set(&self, name: &str) -> Option<&RuleSetHistory> {
        self.sets.get(name)
    }

    /// What storing or publishing these rules would do.
    pub(super) fn plan(&self, rules: &RuleSet) -> Plan {
        let text = render(rules);
        let sha256 = sha256_hex(&text);
        let history = self.sets.get(&rules.name);
        let published = history.and_then(RuleSetHistory::published);
        let same = |v: &&Version| v.sha256 == sha256;
        let stored = published
            .filter(same)
            .or_else(|| history.and_then(|h| h.versions.iter().rev().find(same)));
        Plan {
            set: rules.name.clone(),
            number: stored.map_or_else(
                || history.map_or(0, RuleSetHistory::newest) + 1,
                |v| v.number,
            ),
            standing: stored.map_or(Standing::New, |v| Standing::Stored(v.status)),
            in_force: published.map(|v| v.number),
            sha256,
            text,
        }
    }

    /// What publishing a stored version would do.
    pub(super) fn plan_stored(&self, version: &Version) -> Plan {
        Plan {
            set: version.set.clone(),
            number: version.number,
            sha256: version.sha256.clone(),
            text: version.text.clone(),
            standing: Standing::Stored(version.status),
            in_force: self
                .set(&version.set)
                .and_then(RuleSetHistory::published)
                .map(|v| v.number),
        }
    }
}
