//! A log written anew without what is no longer to be kept: old versions of rules, decisions that no longer stand, and
//! what names a person.
//!
//! A version goes with all entries about it; what it did to versions that stay is kept. What was decided of a pair goes
//! from its first decision on, so that none that was replaced or undone stands again. The new log is a new chain that
//! ends with an entry which says how much went and what the chain was before, and takes the old one's place by one
//! rename. Versions in force, and the newest of each set, always stay: numbers are never given twice.

use super::decision::{Answer, Decision, PairDecision};
use super::entry::{Entry, What, chained_anew};
use super::error::StateError;
use super::folder::{Author, LOG, lock, read_log};
use super::history::Status;
use super::log::Log;
use crate::durable::{Mentions, replace_file, sync_folder};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What may go by its age. A version or copy goes when all that is set here allows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Retention {
    /// Only what was last put in or out of force, stored or copied before this time: RFC 3339, UTC.
    pub before: Option<String>,
    /// Not the newest so many versions of each set, nor so many copies.
    pub keep: Option<usize>,
}

/// Whether to write, or only to tell what would be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purging {
    /// Remove.
    Remove,
    /// Tell.
    Tell,
}

/// What went, or would go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Purged {
    /// Versions, as set and number, in that order.
    pub versions: Vec<(String, u64)>,
    /// Entries of the log.
    pub n_entries: u64,
    /// Decisions on pairs.
    pub n_decisions: u64,
    /// Reasons that were taken out of entries that stay.
    pub n_reasons: u64,
    /// Copies of damaged logs.
    pub copies: Vec<PathBuf>,
    /// Versions that name a record to forget and have to stay, since they are in force or the newest of their set.
    pub left: Vec<(String, u64)>,
}

impl Purged {
    /// Whether nothing went.
    pub fn is_nothing(&self) -> bool {
        self.versions.is_empty()
            && self.n_decisions == 0
            && self.n_reasons == 0
            && self.copies.is_empty()
    }
}

/// What to take out of a log.
#[derive(Debug, Default)]
struct Choice {
    versions: BTreeSet<(String, u64)>,
    /// Decisions, each by the sequence number of its entry and its place there.
    decisions: BTreeSet<(u64, usize)>,
    /// Sequence numbers of entries to lose their reason.
    reasons: BTreeSet<u64>,
    /// Decisions to lose their own reason.
    pair_reasons: BTreeSet<(u64, usize)>,
    copies: Vec<PathBuf>,
    left: Vec<(String, u64)>,
}

/// Removes versions of rules that are no longer in force, and copies of damaged logs, by age and number; by age alone
/// also decisions that were replaced or undone. A decision that stands always stays.
///
/// Waits up to `wait` for another process. Stopped at any moment, the log is the old one or the new one.
pub fn purge(
    dir: &Path,
    retention: &Retention,
    how: Purging,
    wait: Duration,
    author: &Author,
) -> Result<Purged, StateError> {
    rewrite(dir, how, wait, author, |log, copies| {
        let touched = touched(&log.entries);
        let mut choice = Choice::default();
        for set in log.history.sets() {
            for (i, version) in set.versions.iter().rev().enumerate() {
                let name = (set.name.clone(), version.number);
                let is_old = retention
                    .before
                    .as_ref()
                    .is_none_or(|before| touched.get(&name).is_some_and(|when| when < before));
                let is_beyond = retention.keep.is_none_or(|keep| i >= keep);
                if i > 0 && version.status != Status::Published && is_old && is_beyond {
                    choice.versions.insert(name);
                }
            }
        }
        if let Some(before) = &retention.before {
            choice.decisions = fallen(&log.entries, before);
        }
        let stamp =
            |text: &str| -> String { text.chars().filter(char::is_ascii_alphanumeric).collect() };
        let before = retention.before.as_deref().map(stamp);
        for (i, (path, when)) in copies.iter().rev().enumerate() {
            let is_old = before.as_ref().is_none_or(|before| when < before);
            if is_old && retention.keep.is_none_or(|keep| i >= keep) {
                choice.copies.push(path.clone());
            }
        }
        choice.copies.reverse();
        Ok(choice)
    })
}

/// Removes what names one of these records: decisions, versions of rules that are no longer in force, reasons, copies of
/// damaged logs. Versions that must stay are told.
pub fn forget(
    dir: &Path,
    ids: &[String],
    how: Purging,
    wait: Duration,
    author: &Author,
) -> Result<Purged, StateError> {
    let ids = Mentions::new(ids);
    if author
        .act()
        .why
        .as_deref()
        .is_some_and(|why| ids.are_in(why))
    {
        return Err(StateError::NamesForgotten);
    }
    rewrite(dir, how, wait, author, |log, copies| {
        let mut choice = Choice::default();
        for set in log.history.sets() {
            for version in set.versions.iter().filter(|v| ids.are_in(&v.text)) {
                let name = (set.name.clone(), version.number);
                if version.status == Status::Published || version.number == set.newest() {
                    choice.left.push(name);
                } else {
                    choice.versions.insert(name);
                }
            }
        }
        for entry in &log.entries {
            if entry.act.why.as_deref().is_some_and(|why| ids.are_in(why)) {
                choice.reasons.insert(entry.seq);
            }
            for (at, pair) in pairs_of(entry).iter().enumerate() {
                if ids.are_in(&pair.left) || ids.are_in(&pair.right) {
                    choice.decisions.insert((entry.seq, at));
                } else if pair.reason.as_deref().is_some_and(|why| ids.are_in(why)) {
                    choice.pair_reasons.insert((entry.seq, at));
                }
            }
        }
        for (path, _) in copies {
            let file = fs::File::open(path).map_err(StateError::io("read", path))?;
            if ids
                .are_in_stream(file)
                .map_err(StateError::io("read", path))?
            {
                choice.copies.push(path.clone());
            }
        }
        Ok(choice)
    })
}

/// Reads, chooses, and writes the log anew. `choose` gets the copies of damaged logs with their time, oldest first.
fn rewrite(
    dir: &Path,
    how: Purging,
    wait: Duration,
    author: &Author,
    choose: impl Fn(&Log, &[(PathBuf, String)]) -> Result<Choice, StateError>,
) -> Result<Purged, StateError> {
    // What is no state of ours is told as that, and nothing is written beside it.
    read_log(dir)?;
    let _lock = match how {
        Purging::Remove => Some(lock(dir, wait)?),
        Purging::Tell => None,
    };
    let path = dir.join(LOG);
    let log = Log::read(&read_log(dir)?, &path)?;
    let choice = choose(&log, &copies(dir)?)?;
    let (kept, n_entries, n_reasons) = without(&log.entries, &choice);
    let purged = Purged {
        versions: choice.versions.iter().cloned().collect(),
        n_entries,
        n_decisions: choice.decisions.len() as u64,
        n_reasons,
        copies: choice.copies.clone(),
        left: choice.left.clone(),
    };
    if how == Purging::Tell || purged.is_nothing() {
        return Ok(purged);
    }
    let last = What::Purge {
        versions: purged
            .versions
            .iter()
            .map(|(set, number)| format!("{set} version {number}"))
            .collect(),
        entries: n_entries,
        decisions: purged.n_decisions,
        reasons: n_reasons,
        copies: purged.copies.len() as u64,
        chain: log.chain.clone(),
    };
    let text = chained(kept, author, last);
    check(&log, &choice, &text, &path);
    for copy in &purged.copies {
        fs::remove_file(copy).map_err(StateError::io("remove", copy))?;
    }
    let temp = dir.join(".log.jsonl.tmp");
    // Left by a purge or repair that was stopped; the name is ours, and we hold the lock.
    if temp.is_file() {
        fs::remove_file(&temp).map_err(StateError::io("remove", &temp))?;
    }
    replace_file(&path, &temp, text.as_bytes()).map_err(StateError::io("replace", &path))?;
    sync_folder(dir).map_err(StateError::io("flush to disk", dir))?;
    Ok(purged)
}

/// When each version was last stored, put in force or taken out of it.
fn touched(entries: &[Entry]) -> BTreeMap<(String, u64), String> {
    let mut touched = BTreeMap::new();
    let mut in_force: BTreeMap<&str, u64> = BTreeMap::new();
    for entry in entries {
        let when = &entry.act.when;
        match &entry.what {
            What::Draft { set, number, .. } => {
                touched.insert((set.clone(), *number), when.clone());
            }
            What::Publish { set, number, .. } => {
                if let Some(before) = in_force.insert(set, *number) {
                    touched.insert((set.clone(), before), when.clone());
                }
                touched.insert((set.clone(), *number), when.clone());
            }
            What::Unpublish { set, number } => {
                in_force.remove(set.as_str());
                touched.insert((set.clone(), *number), when.clone());
            }
            What::Format { .. }
            | What::Decide { .. }
            | What::Repair { .. }
            | What::Purge { .. } => {}
        }
    }
    touched
}

/// What an entry decides.
fn pairs_of(entry: &Entry) -> &[PairDecision] {
    match &entry.what {
        What::Decide { pairs } => pairs,
        _ => &[],
    }
}

/// Decisions from before a time that no longer stand: of each pair as many of its first ones as are that old.
fn fallen(entries: &[Entry], before: &str) -> BTreeSet<(u64, usize)> {
    let mut of_pair: BTreeMap<(&str, &str), Vec<(&Entry, usize)>> = BTreeMap::new();
    for entry in entries {
        for (at, pair) in pairs_of(entry).iter().enumerate() {
            let pair = (pair.left.as_str(), pair.right.as_str());
            of_pair.entry(pair).or_default().push((entry, at));
        }
    }
    let mut fallen = BTreeSet::new();
    for decisions in of_pair.values() {
        let last = decisions[decisions.len() - 1];
        let stands = pairs_of(last.0)[last.1].decision != Answer::Undo;
        let n_fallen = decisions.len() - usize::from(stands);
        let old = decisions[..n_fallen]
            .iter()
            .take_while(|(entry, _)| entry.act.when.as_str() < before);
        fallen.extend(old.map(|(entry, at)| (entry.seq, *at)));
    }
    fallen
}

/// The entries that stay, how many went, and how many lost their reason.
fn without(entries: &[Entry], choice: &Choice) -> (Vec<Entry>, u64, u64) {
    let goes = |set: &str, number: u64| choice.versions.contains(&(set.to_owned(), number));
    let (mut kept, mut n_gone, mut n_reasons) = (Vec::new(), 0, 0);
    let mut in_force: BTreeMap<&str, u64> = BTreeMap::new();
    for entry in entries {
        let mut entry_kept = entry.clone();
        if choice.reasons.contains(&entry.seq) {
            entry_kept.act.why = None;
            n_reasons += 1;
        }
        let gone = match &entry.what {
            What::Draft { set, number, .. } => goes(set, *number),
            What::Publish { set, number, .. } => {
                let before = in_force.insert(set, *number);
                let gone = goes(set, *number);
                if let Some(before) = before.filter(|&before| gone && !goes(set, before)) {
                    // It took another out of force, which stays.
                    kept.push(Entry {
                        what: What::Unpublish {
                            set: set.clone(),
                            number: before,
                        },
                        ..entry_kept.clone()
                    });
                }
                gone
            }
            What::Unpublish { set, number } => {
                in_force.remove(set.as_str());
                goes(set, *number)
            }
            What::Decide { pairs } => {
                let left: Vec<PairDecision> = (0..)
                    .zip(pairs)
                    .filter(|(at, _)| !choice.decisions.contains(&(entry.seq, *at)))
                    .map(|(at, pair)| {
                        let mut pair = pair.clone();
                        if choice.pair_reasons.contains(&(entry.seq, at)) {
                            pair.reason = None;
                            n_reasons += 1;
                        }
                        pair
                    })
                    .collect();
                let gone = left.is_empty();
                entry_kept.what = What::Decide { pairs: left };
                gone
            }
            What::Format { .. } | What::Repair { .. } | What::Purge { .. } => false,
        };
        if gone {
            n_gone += 1;
        } else {
            kept.push(entry_kept);
        }
    }
    (kept, n_gone, n_reasons)
}

/// The text of the new log.
fn chained(mut entries: Vec<Entry>, author: &Author, last: What) -> String {
    entries.push(Entry {
        seq: 0,
        act: author.act().clone(),
        tool: env!("CARGO_PKG_VERSION").to_owned(),
        what: last,
    });
    chained_anew(entries)
}

/// Panics unless the new log replays to the versions that stay, each with its status, and to the decisions that do.
fn check(old: &Log, choice: &Choice, text: &str, path: &Path) {
    let new = Log::read(text.as_bytes(), path).expect("the entries that stay follow one another");
    let standing = |log: &Log| -> Vec<(String, u64, String, Status)> {
        log.history
            .sets()
            .flat_map(|set| &set.versions)
            .map(|v| (v.set.clone(), v.number, v.sha256.clone(), v.status))
            .collect()
    };
    let mut expected = standing(old);
    expected.retain(|(set, number, ..)| !choice.versions.contains(&(set.clone(), *number)));
    assert!(standing(&new) == expected, "what stays stays as it stands");
    let what = |d: &Decision| (d.left.text(), d.right.text(), d.answer, d.values.clone());
    let mut gone: BTreeSet<(u64, &str, &str)> = BTreeSet::new();
    for entry in &old.entries {
        for (at, pair) in pairs_of(entry).iter().enumerate() {
            if choice.decisions.contains(&(entry.seq, at)) {
                gone.insert((entry.seq, &pair.left, &pair.right));
            }
        }
    }
    let goes = |d: &Decision| gone.contains(&(d.seq, &d.left.text(), &d.right.text()));
    let expected = old.history.decisions().all().filter(|d| !goes(d));
    assert!(
        new.history
            .decisions()
            .all()
            .map(what)
            .eq(expected.map(what)),
        "a decision that stays stands as it stood"
    );
}

/// Copies of damaged logs and when they were made, the oldest first.
fn copies(dir: &Path) -> Result<Vec<(PathBuf, String)>, StateError> {
    let start = format!("{LOG}.damaged-");
    let mut found: Vec<(String, u64, PathBuf)> = fs::read_dir(dir)
        .map_err(StateError::io("read", dir))?
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_ok_and(|t| t.is_file()))
        .filter_map(|entry| {
            let name = entry.file_name().into_string().ok()?;
            let stamp = name.strip_prefix(&start)?;
            let (when, n) = stamp.split_once('-').unwrap_or((stamp, "1"));
            Some((when.to_owned(), n.parse().ok()?, entry.path()))
        })
        .collect();
    found.sort();
    Ok(found
        .into_iter()
        .map(|(when, _, path)| (path, when))
        .collect())
}
