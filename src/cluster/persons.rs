//! What names, dates of birth and ids say on whether two records may be copies of one person's.

use crate::model::{EvidenceField, Level, PairEvidence};

/// Most that a pair whose names agree says against a merge. Its score counts how rare such pairs are in the whole file
/// and what the two do not share; here both are linked already, by a record that shares something with each.
pub(super) const SILENCE_MILLIBITS: i64 = -2_000;

/// The fields that tell one person from another.
const TELLING: [EvidenceField; N_TELLING] = [
    EvidenceField::Given,
    EvidenceField::Surname,
    EvidenceField::BirthDate,
    EvidenceField::GovernmentId,
];
pub(super) const N_TELLING: usize = 4;

/// What one telling field of a pair says against its being one person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Telling {
    /// In millibits, at most 0: of another name, or of an identity in conflict.
    pub(super) said: i32,
    pub(super) same: bool,
}

impl Telling {
    pub(super) const NONE: Telling = Telling {
        said: 0,
        same: false,
    };
}

/// How the names of two records compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// They agree, or may be each other garbled: whatever else speaks against the pair is another date of birth or
    /// id, or what the two do not share.
    Agree,
    /// Another given name or surname, or none to tell by. `own`: they share what belongs to one person.
    Other { own: bool },
    /// Told apart by more than that: father and son, two accounts in conflict.
    Apart,
}

/// Two records of a pair as persons.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Persons {
    pub(super) kind: Kind,
    /// One per telling field.
    pub(super) telling: [Telling; N_TELLING],
}

impl Persons {
    /// Two that nothing is known of.
    #[cfg(test)]
    pub(super) const UNKNOWN: Persons = Persons {
        kind: Kind::Apart,
        telling: [Telling::NONE; N_TELLING],
    };

    pub(super) fn of(evidence: &PairEvidence) -> Persons {
        use EvidenceField::{BirthDate, Generation, Given, GovernmentId, Surname};
        let level = |field| evidence.field(field).level;
        let is_identity = |field| matches!(field, BirthDate | GovernmentId);
        let apart = level(Generation) == Level::Partial
            || EvidenceField::ALL
                .into_iter()
                .any(|field| level(field) == Level::Conflict && !is_identity(field));
        let names = [level(Given), level(Surname)];
        let kind = if apart {
            Kind::Apart
        } else if names.iter().all(|level| *level == Level::Missing) {
            // Accounts are never persons, whatever they share.
            let own = [BirthDate, GovernmentId].map(level).contains(&Level::Same);
            Kind::Other { own }
        } else if names.contains(&Level::Different) {
            let own = evidence.shares_its_own();
            Kind::Other { own }
        } else {
            Kind::Agree
        };
        let telling = TELLING.map(|field| {
            let said = evidence.field(field);
            let differs = matches!(said.level, Level::Different | Level::Conflict)
                && (said.level == Level::Conflict || !is_identity(field));
            Telling {
                said: if differs { said.millibits.min(0) } else { 0 },
                same: said.level == Level::Same,
            }
        });
        Persons { kind, telling }
    }

    /// The names agree, and nothing tells the two apart.
    pub(super) fn agree(&self) -> bool {
        self.kind == Kind::Agree && self.said() == 0
    }

    /// Whether the pair may be the best of many between two nodes of copies.
    pub(super) fn speak(&self) -> bool {
        matches!(self.kind, Kind::Agree | Kind::Other { own: true })
    }

    /// What tells the two apart, in millibits, at most 0.
    pub(super) fn said(&self) -> i64 {
        self.telling.iter().map(|field| i64::from(field.said)).sum()
    }

    /// The least that the pair weighs, in millibits.
    pub(super) fn least(&self) -> i64 {
        match self.kind {
            Kind::Agree => SILENCE_MILLIBITS + self.said(),
            Kind::Other { .. } | Kind::Apart => i64::MIN,
        }
    }
}
