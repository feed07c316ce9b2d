//! From a row's state columns to activity and candidacy. State decides, never the status reason.

use super::layout::Preset;
use super::options::UnknownState;
use crate::model::{Activity, Candidacy, Field, RecordType};

/// How the rows of one file say whether they are active.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StateColumn {
    /// A state with codes and labels.
    State,
    /// Salesforce: a converted lead is inactive.
    IsConverted,
    /// Salesforce contacts and accounts: only deleted and merged ones are inactive.
    DeletedOnly,
    /// Nothing says it.
    None,
}

/// The state values of one row; columns the file does not have are empty.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct StateValues<'a> {
    pub(super) state: &'a str,
    pub(super) is_converted: &'a str,
    pub(super) merged: &'a str,
    pub(super) master_id: &'a str,
    pub(super) is_deleted: &'a str,
}

/// The meaning of one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Meaning {
    pub(super) activity: Activity,
    pub(super) candidacy: Candidacy,
    /// The state was not understood and taken as inactive.
    pub(super) unknown: bool,
}

/// How one file is judged.
#[derive(Debug, Clone, Copy)]
pub(super) struct StateRule {
    pub(super) column: StateColumn,
    pub(super) preset: Preset,
    pub(super) record_type: RecordType,
    pub(super) unknown: UnknownState,
}

impl StateRule {
    /// Chooses the column that decides, from the fields a file has.
    pub(super) fn new(
        preset: Preset,
        record_type: RecordType,
        unknown: UnknownState,
        has: impl Fn(Field) -> bool,
    ) -> Self {
        let salesforce = matches!(preset, Preset::Salesforce | Preset::SalesforceReport);
        let column = if has(Field::State) {
            StateColumn::State
        } else if record_type == RecordType::Lead && has(Field::IsConverted) {
            StateColumn::IsConverted
        } else if salesforce
            && record_type != RecordType::Lead
            && (has(Field::IsDeleted) || has(Field::MasterId))
        {
            StateColumn::DeletedOnly
        } else {
            StateColumn::None
        };
        StateRule {
            column,
            preset,
            record_type,
            unknown,
        }
    }

    /// Judges a row. The error is the field at fault and the reason.
    pub(super) fn judge(&self, row: StateValues<'_>) -> Result<Meaning, (Field, String)> {
        let flag = |field: Field, text: &str| {
            boolean(text).ok_or_else(|| {
                (
                    field,
                    "is neither true nor false (1, 0, yes, no); correct it".to_owned(),
                )
            })
        };
        let candidacy = if flag(Field::IsDeleted, row.is_deleted)? {
            Candidacy::Deleted
        } else if flag(Field::Merged, row.merged)? || !row.master_id.trim().is_empty() {
            Candidacy::MergedAway
        } else {
            Candidacy::Candidate
        };
        // What is gone is not active, and a lake's deletion marks often hold nothing but the id.
        if candidacy == Candidacy::Deleted {
            return Ok(Meaning {
                activity: Activity::Inactive,
                candidacy,
                unknown: false,
            });
        }
        let activity = match self.column {
            StateColumn::None | StateColumn::DeletedOnly => Some(Activity::Active),
            StateColumn::IsConverted if row.is_converted.trim().is_empty() => None,
            StateColumn::IsConverted => boolean(row.is_converted).map(inactive_if),
            StateColumn::State => self.activity(row.state.trim()),
        };
        match (activity, self.unknown) {
            (Some(activity), _) => Ok(Meaning {
                activity: if candidacy == Candidacy::Candidate {
                    activity
                } else {
                    Activity::Inactive
                },
                candidacy,
                unknown: false,
            }),
            (None, UnknownState::Inactive) => Ok(Meaning {
                activity: Activity::Inactive,
                candidacy,
                unknown: true,
            }),
            (None, UnknownState::Reject) => Err(self.unknown_reason()),
        }
    }

    fn activity(&self, state: &str) -> Option<Activity> {
        let is = |words: &[&str]| words.iter().any(|w| state.eq_ignore_ascii_case(w));
        let lead = self.record_type == RecordType::Lead;
        if lead && is(&["0", "open"]) || !lead && is(&["0", "active"]) {
            return Some(Activity::Active);
        }
        if lead && is(&["1", "qualified", "2", "disqualified"]) || !lead && is(&["1", "inactive"]) {
            return Some(Activity::Inactive);
        }
        // Layouts without a state of their own may have one mapped by hand, in plain words.
        let own_words = matches!(self.preset, Preset::Custom | Preset::HubSpot);
        if own_words && is(&["active", "open"]) {
            return Some(Activity::Active);
        }
        (own_words && is(&["inactive"])).then_some(Activity::Inactive)
    }

    fn unknown_reason(&self) -> (Field, String) {
        let (field, allowed) = match (self.column, self.record_type) {
            (StateColumn::IsConverted, _) => (Field::IsConverted, "true, false"),
            (_, RecordType::Lead) => (Field::State, "0 or Open, 1 or Qualified, 2 or Disqualified"),
            (_, _) => (Field::State, "0 or Active, 1 or Inactive"),
        };
        (
            field,
            format!(
                "unknown state, allowed are {allowed}; correct it, or use --unknown-state inactive"
            ),
        )
    }
}

fn inactive_if(flag: bool) -> Activity {
    if flag {
        Activity::Inactive
    } else {
        Activity::Active
    }
}

/// A flag as exports write it; empty is false.
fn boolean(text: &str) -> Option<bool> {
    let text = text.trim();
    let is = |words: &[&str]| words.iter().any(|w| text.eq_ignore_ascii_case(w));
    if is(&["true", "1", "yes"]) {
        Some(true)
    } else if is(&["false", "0", "no", ""]) {
        Some(false)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Activity::{Active, Inactive};
    use Candidacy::{Candidate, Deleted, MergedAway};

    fn rule(column: StateColumn, record_type: RecordType) -> StateRule {
        StateRule {
            column,
            preset: Preset::Dynamics,
            record_type,
            unknown: UnknownState::Reject,
        }
    }

    #[test]
    fn state_decides_activity() {
        let lead = rule(StateColumn::State, RecordType::Lead);
        let contact = rule(StateColumn::State, RecordType::Contact);
        for (rule, state, expected) in [
            (lead, "0", Some(Active)),
            (lead, "Open", Some(Active)),
            (lead, " open ", Some(Active)),
            (lead, "1", Some(Inactive)),
            (lead, "QUALIFIED", Some(Inactive)),
            (lead, "2", Some(Inactive)),
            (lead, "Disqualified", Some(Inactive)),
            (lead, "3", None),
            (lead, "", None),
            (lead, "Active", None),
            (lead, "Offen", None),
            (contact, "0", Some(Active)),
            (contact, "active", Some(Active)),
            (contact, "1", Some(Inactive)),
            (contact, "Inactive", Some(Inactive)),
            (contact, "2", None),
            (contact, "Open", None),
        ] {
            let values = StateValues {
                state,
                ..StateValues::default()
            };
            let found = rule.judge(values).ok().map(|m| m.activity);
            assert_eq!(found, expected, "{state:?} of {:?}", rule.record_type);
            let lenient = StateRule {
                unknown: UnknownState::Inactive,
                ..rule
            };
            let meaning = lenient.judge(values).expect("nothing is rejected");
            assert_eq!(meaning.activity, expected.unwrap_or(Inactive));
            assert_eq!(meaning.unknown, expected.is_none());
        }
    }

    #[test]
    fn losers_and_deletions_are_not_candidates() {
        let rule = rule(StateColumn::IsConverted, RecordType::Lead);
        for (is_converted, merged, master_id, is_deleted, expected) in [
            ("false", "", "", "false", Some((Active, Candidate))),
            ("1", "", "", "0", Some((Inactive, Candidate))),
            ("FALSE", "Yes", "", "", Some((Inactive, MergedAway))),
            ("0", "0", "00Q5", "0", Some((Inactive, MergedAway))),
            ("", "", "", "TRUE", Some((Inactive, Deleted))),
            ("", "", "", "", None),
            ("maybe", "", "", "", None),
            ("false", "perhaps", "", "", None),
        ] {
            let found = rule.judge(StateValues {
                state: "",
                is_converted,
                merged,
                master_id,
                is_deleted,
            });
            assert_eq!(
                found.ok().map(|m| (m.activity, m.candidacy)),
                expected,
                "{is_converted:?} {merged:?} {master_id:?} {is_deleted:?}"
            );
        }
    }
}
