//! What became of suggestions, their survivors and the active records in them.

use super::groups::{ALONE, GroupClass, account, group_of};
use crate::model::{Activity, Outcome, Role, Suggestion, Table, Verdict};
use serde::Serialize;

/// Suggestions before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SuggestionImpact {
    /// Suggestions before.
    pub before: u64,
    /// Suggestions of the draft.
    pub after: u64,
    /// Of verdict auto: before, after.
    pub auto: (u64, u64),
    /// Of verdict review: before, after.
    pub review: (u64, u64),
    /// Groups of each class, before and after; all nine classes, in the order of [`GroupClass::ALL`].
    pub classes: Vec<ClassCount>,
    /// Of the unchanged ones, those whose verdict changes.
    pub verdict_changed: u64,
    /// Records of the largest suggestion: before, after.
    pub largest: (u64, u64),
    /// Survivors.
    pub survivors: SurvivorChange,
    /// Active records.
    pub active: ActiveChange,
}

/// How many groups have a class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct ClassCount {
    /// The class.
    pub class: GroupClass,
    /// Groups before.
    pub before: u64,
    /// Groups of the draft.
    pub after: u64,
}

/// Who survives.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct SurvivorChange {
    /// Records merged away before.
    pub merged_away_before: u64,
    /// Records merged away by the draft.
    pub merged_away_after: u64,
    /// Records that survive before and are merged away by the draft.
    pub changed: u64,
    /// Records merged away before that survive, or are in no suggestion, under the draft.
    pub spared: u64,
}

/// Active records in suggestions.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct ActiveChange {
    /// In a suggestion before.
    pub before: u64,
    /// In a suggestion of the draft.
    pub after: u64,
    /// In none before, in one after.
    pub entering: u64,
    /// In one before, in none after.
    pub leaving: u64,
    /// Grouped with other records than before, or with none: those entering and leaving included.
    pub affected: u64,
}

impl SuggestionImpact {
    /// Groups of a class: before, after.
    pub fn count(&self, class: GroupClass) -> (u64, u64) {
        let of = self.classes[class as usize];
        (of.before, of.after)
    }
}

/// Compares the suggestions of two outcomes on the same records.
pub(super) fn compare(table: &Table, before: &Outcome, after: &Outcome) -> SuggestionImpact {
    let n = table.n_records();
    let members = |o: &Outcome| -> Vec<Vec<u32>> {
        o.suggestions
            .iter()
            .map(|s| s.members.iter().map(|m| m.record.0).collect())
            .collect()
    };
    let (groups_b, groups_a) = (members(before), members(after));
    let classes = account(n, &groups_b, &groups_a);
    let (of_b, of_a) = (group_of(n, &groups_b), group_of(n, &groups_a));

    let verdict_changed = (before
        .suggestions
        .iter()
        .zip(&groups_b)
        .zip(&classes.before))
    .filter(|((s, group), class)| {
        **class == GroupClass::Unchanged
            && after.suggestions[of_a[group[0] as usize] as usize].verdict != s.verdict
    })
    .count() as u64;

    let (roles_b, roles_a) = (roles(n, before), roles(n, after));
    let mut survivors = SurvivorChange::default();
    for (b, a) in roles_b.iter().zip(&roles_a) {
        survivors.merged_away_before += u64::from(*b == Some(Role::Merge));
        survivors.merged_away_after += u64::from(*a == Some(Role::Merge));
        survivors.changed += u64::from((*b, *a) == (Some(Role::Survivor), Some(Role::Merge)));
        survivors.spared += u64::from(*b == Some(Role::Merge) && *a != Some(Role::Merge));
    }

    let mut active = ActiveChange::default();
    for record in (0..n).filter(|r| table.activity[*r] == Activity::Active) {
        let (b, a) = (of_b[record], of_a[record]);
        active.before += u64::from(b != ALONE);
        active.after += u64::from(a != ALONE);
        active.entering += u64::from(b == ALONE && a != ALONE);
        active.leaving += u64::from(b != ALONE && a == ALONE);
        let same = match (b, a) {
            (ALONE, ALONE) => true,
            (ALONE, _) | (_, ALONE) => false,
            (b, _) => classes.before[b as usize] == GroupClass::Unchanged,
        };
        active.affected += u64::from(!same);
    }

    let of = |side: &[Suggestion], verdict: Verdict| {
        side.iter().filter(|s| s.verdict == verdict).count() as u64
    };
    let largest = |groups: &[Vec<u32>]| groups.iter().map(Vec::len).max().unwrap_or(0) as u64;
    let both = |verdict: Verdict| {
        (
            of(&before.suggestions, verdict),
            of(&after.suggestions, verdict),
        )
    };
    SuggestionImpact {
        before: groups_b.len() as u64,
        after: groups_a.len() as u64,
        auto: both(Verdict::Auto),
        review: both(Verdict::Review),
        classes: GroupClass::ALL
            .iter()
            .map(|class| {
                let (before, after) = classes.count(*class);
                ClassCount {
                    class: *class,
                    before,
                    after,
                }
            })
            .collect(),
        verdict_changed,
        largest: (largest(&groups_b), largest(&groups_a)),
        survivors,
        active,
    }
}

/// What becomes of each record, `None` when it is in no suggestion.
fn roles(n_records: usize, outcome: &Outcome) -> Vec<Option<Role>> {
    let mut out = vec![None; n_records];
    for member in outcome.suggestions.iter().flat_map(|s| &s.members) {
        out[member.record.at()] = Some(member.role);
    }
    out
}
