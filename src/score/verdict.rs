//! From evidence to verdict: what may be merged unattended, and what a person should see.

use super::Scorer;
use crate::model::{Alternative, EvidenceField, Level, PairEvidence, Verdict};

/// Score from which a pair is `auto`: odds of 1024 to 1 against every other explanation.
pub const AUTO_MILLIBITS: i32 = 10_000;
/// Score from which a pair is `review`: even odds.
pub const REVIEW_MILLIBITS: i32 = 0;

impl Scorer<'_> {
    /// The verdict on a rule-true pair.
    ///
    /// `auto` also needs something of its own in common and no conflict: two namesakes at one company look alike in
    /// every other field, their office's line included. A person's own are an address, a number, a date of birth, an
    /// account's own is its house as well; each counts by what it says against the explanation to beat.
    pub fn verdict(&self, evidence: &PairEvidence) -> Verdict {
        if evidence.score_millibits >= AUTO_MILLIBITS
            && evidence.shares_its_own()
            && is_named_alike(evidence)
        {
            Verdict::Auto
        } else if evidence.score_millibits >= REVIEW_MILLIBITS {
            Verdict::Review
        } else if evidence.alternative == Alternative::Strangers {
            Verdict::Weak
        } else {
            Verdict::Related
        }
    }
}

/// No field is in conflict, and the names agree: given names, which couples with one mailbox and one mobile do not
/// share, unless perhaps garbled beside one date of birth, or beside one national id; where no person is named, the
/// companies'. Twins share a date of birth.
fn is_named_alike(evidence: &PairEvidence) -> bool {
    use EvidenceField::{BirthDate, Employer, Given, GovernmentId, Surname};
    let level = |field| evidence.field(field).level;
    let one_id = level(GovernmentId) == Level::Same;
    let other_person = match level(Given) {
        Level::Different => !one_id,
        Level::Linked => !one_id && level(BirthDate) != Level::Same,
        _ => false,
    };
    let nobody = level(Given) == Level::Missing && level(Surname) == Level::Missing;
    let other_firm = match level(Employer) {
        Level::Different | Level::Partial | Level::Linked => nobody,
        Level::Missing => evidence.alternative == Alternative::Sites,
        _ => false,
    };
    let conflict = (evidence.fields.iter()).any(|said| said.level == Level::Conflict);
    !other_person && !other_firm && !conflict
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{FieldEvidence, Fields};

    fn evidence(alternative: Alternative, levels: &[(EvidenceField, Level)]) -> PairEvidence {
        let missing = FieldEvidence {
            level: Level::Missing,
            millibits: 0,
        };
        let mut fields = [missing; EvidenceField::ALL.len()];
        for (field, level) in levels {
            fields[*field as usize] = FieldEvidence {
                level: *level,
                millibits: 6_000,
            };
        }
        PairEvidence {
            fields: Fields::new(fields),
            alternative,
            prior_millibits: 0,
            score_millibits: 12_000,
        }
    }

    #[test]
    fn couples_need_more_than_a_mailbox_and_a_mobile_and_twins_than_a_birthday() {
        use EvidenceField::{BirthDate, Email, Given, GovernmentId, Phone, Surname};
        use Level::{Close, Different, Linked, Same};
        let of = |given, further| {
            let fields = [
                (Given, given),
                (Surname, Same),
                (Email, Same),
                (Phone, Same),
            ];
            is_named_alike(&evidence(
                Alternative::Household,
                &[fields.as_slice(), &[further]].concat(),
            ))
        };
        let (born, id) = ((BirthDate, Same), (GovernmentId, Same));
        let nothing = (BirthDate, Level::Missing);
        assert!(of(Close, nothing) && of(Linked, born) && of(Different, id));
        assert!(!of(Linked, nothing) && !of(Different, born));
    }

    #[test]
    fn a_house_is_an_accounts_own_and_no_persons() {
        use EvidenceField::{Employer, Street};
        let levels = [(Employer, Level::Same), (Street, Level::Same)];
        assert!(evidence(Alternative::Sites, &levels).shares_its_own());
        assert!(!evidence(Alternative::Household, &levels).shares_its_own());
    }

    #[test]
    fn accounts_need_names_that_agree() {
        use EvidenceField::{Employer, Phone, Surname};
        let of = |level| [(Employer, level), (Phone, Level::Same)];
        let sites = |level| is_named_alike(&evidence(Alternative::Sites, &of(level)));
        assert!(sites(Level::Close));
        for level in [
            Level::Linked,
            Level::Partial,
            Level::Different,
            Level::Conflict,
        ] {
            assert!(!sites(level), "{level:?}");
        }
        assert!(!is_named_alike(&evidence(
            Alternative::Sites,
            &[(Phone, Level::Same)]
        )));
        // A person at a new company is the same person.
        let moved = [of(Level::Different).as_slice(), &[(Surname, Level::Same)]].concat();
        assert!(is_named_alike(&evidence(Alternative::Strangers, &moved)));
    }
}
