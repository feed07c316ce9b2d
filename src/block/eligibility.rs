//! Whether a rule-true pair is reported: the one place where `exclude_inactive` and `base_scope` are honoured.

use super::decided::Decided;
use crate::model::{Activity, Candidacy, Prepared, RecordIdx, RecordType, Side, Suppression};
use crate::rules::{BaseScope, Rule};

/// What becomes of a rule-true pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// Reported.
    Reported,
    /// Left out, with reason and side.
    Suppressed(Suppression, Side),
}

/// The ways a pair can stand to a rule: which record is the base, which the matching one. Empty when the types do not fit.
pub(super) fn orientations(
    rule: &Rule,
    left: (RecordIdx, RecordType),
    right: (RecordIdx, RecordType),
) -> impl Iterator<Item = (RecordIdx, RecordIdx)> {
    let fits =
        |base: RecordType, matching: RecordType| base == rule.base && matching == rule.matching;
    let forward = fits(left.1, right.1).then_some((left.0, right.0));
    let backward = fits(right.1, left.1).then_some((right.0, left.0));
    forward.into_iter().chain(backward)
}

/// Decides on a rule-true pair (`left < right`).
///
/// `ways_round` are those in which the rule holds. A pair is reported when one of them satisfies both options: the
/// matching record is active or the rule does not exclude inactive ones, and the base record is in scope. A pair of
/// two leads stands both ways round to most rules, so that `exclude_inactive` alone leaves the pair of an inactive base
/// and an active match reported, as Dynamics does.
pub(super) fn standing(
    rule: &Rule,
    prepared: &Prepared,
    pair: (RecordIdx, RecordIdx),
    mut ways_round: impl Iterator<Item = (RecordIdx, RecordIdx)>,
    decided: &Decided,
) -> Standing {
    let whatever_rule = standing_of_pair(prepared, pair, decided);
    if whatever_rule != Standing::Reported {
        return whatever_rule;
    }
    let inactive = |r: RecordIdx| prepared.activity[r.at()] == Activity::Inactive;
    let eligible = ways_round.any(|(base, matching)| {
        (rule.base_scope == BaseScope::All || !inactive(base))
            && (!rule.exclude_inactive || !inactive(matching))
    });
    if eligible {
        Standing::Reported
    } else {
        Standing::Suppressed(Suppression::Inactive, side(pair, inactive))
    }
}

/// What becomes of a pair whatever rule holds for it; also of one that people declared the same.
pub(super) fn standing_of_pair(
    prepared: &Prepared,
    pair: (RecordIdx, RecordIdx),
    decided: &Decided,
) -> Standing {
    let gone = |r: RecordIdx| prepared.candidacy[r.at()] != Candidacy::Candidate;
    if gone(pair.0) || gone(pair.1) {
        Standing::Suppressed(Suppression::MergedAway, side(pair, gone))
    } else if prepared.lineage.binary_search(&pair).is_ok() {
        Standing::Suppressed(Suppression::Lineage, Side::None)
    } else if let Some(why) = decided.why_apart(pair.0, pair.1) {
        Standing::Suppressed(why, Side::None)
    } else {
        Standing::Reported
    }
}

fn side(pair: (RecordIdx, RecordIdx), at_fault: impl Fn(RecordIdx) -> bool) -> Side {
    match (at_fault(pair.0), at_fault(pair.1)) {
        (true, true) => Side::Both,
        (true, false) => Side::Left,
        (false, true) => Side::Right,
        (false, false) => Side::None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rules::{Condition, EvidenceFloor, GenericPolicy};

    fn rule(exclude_inactive: bool, base_scope: BaseScope) -> Rule {
        Rule {
            name: "r".into(),
            id: None,
            base: RecordType::Lead,
            matching: RecordType::Lead,
            exclude_inactive,
            base_scope,
            evidence: EvidenceFloor::None,
            generic: GenericPolicy::AsWorded,
            when: vec![Condition::SimilarName],
            unless: Vec::new(),
            allow: Vec::new(),
        }
    }

    /// What becomes of the pair of records 0 and 1 under a rule that holds both ways round.
    fn both_ways(rule: &Rule, prepared: &Prepared) -> Standing {
        let (a, b) = (RecordIdx(0), RecordIdx(1));
        let ways_round = [(a, b), (b, a)].into_iter();
        standing(rule, prepared, (a, b), ways_round, &Decided::default())
    }

    #[test]
    fn the_table_of_exclude_inactive_and_base_scope() {
        use Activity::{Active, Inactive};
        let inactive = |side| Standing::Suppressed(Suppression::Inactive, side);
        for (left, right, excludes, scope, expected) in [
            (Active, Active, true, BaseScope::Active, Standing::Reported),
            (Active, Inactive, false, BaseScope::All, Standing::Reported),
            (
                Inactive,
                Inactive,
                false,
                BaseScope::All,
                Standing::Reported,
            ),
            // Dynamics: the flag filters the matching side, the inactive record may still be the base.
            (Active, Inactive, true, BaseScope::All, Standing::Reported),
            (
                Inactive,
                Inactive,
                true,
                BaseScope::All,
                inactive(Side::Both),
            ),
            (
                Active,
                Inactive,
                true,
                BaseScope::Active,
                inactive(Side::Right),
            ),
            (
                Inactive,
                Active,
                true,
                BaseScope::Active,
                inactive(Side::Left),
            ),
            // The base is active, the matching record may be inactive.
            (
                Inactive,
                Active,
                false,
                BaseScope::Active,
                Standing::Reported,
            ),
            (
                Inactive,
                Inactive,
                false,
                BaseScope::Active,
                inactive(Side::Both),
            ),
        ] {
            let prepared = Prepared {
                record_type: vec![RecordType::Lead; 2],
                activity: vec![left, right],
                candidacy: vec![Candidacy::Candidate; 2],
                ..Prepared::default()
            };
            let found = both_ways(&rule(excludes, scope), &prepared);
            assert_eq!(found, expected, "{left:?} {right:?} {excludes} {scope:?}");
        }
    }

    #[test]
    fn a_rule_that_holds_one_way_round_is_judged_that_way() {
        use Activity::{Active, Inactive};
        let (a, b) = (RecordIdx(0), RecordIdx(1));
        for (way, expected) in [
            (
                (a, b),
                Standing::Suppressed(Suppression::Inactive, Side::Right),
            ),
            ((b, a), Standing::Reported),
        ] {
            let prepared = Prepared {
                record_type: vec![RecordType::Lead; 2],
                activity: vec![Active, Inactive],
                candidacy: vec![Candidacy::Candidate; 2],
                ..Prepared::default()
            };
            let rule = rule(true, BaseScope::All);
            let ways_round = std::iter::once(way);
            let found = standing(&rule, &prepared, (a, b), ways_round, &Decided::default());
            assert_eq!(found, expected, "base {:?}", way.0);
        }
    }

    #[test]
    fn lineage_and_merged_records_are_no_duplicates() {
        let mut prepared = Prepared {
            record_type: vec![RecordType::Lead; 2],
            activity: vec![Activity::Active; 2],
            candidacy: vec![Candidacy::Candidate; 2],
            lineage: vec![(RecordIdx(0), RecordIdx(1))],
            ..Prepared::default()
        };
        let rule = rule(false, BaseScope::All);
        let found = both_ways(&rule, &prepared);
        assert_eq!(
            found,
            Standing::Suppressed(Suppression::Lineage, Side::None)
        );
        prepared.candidacy[1] = Candidacy::MergedAway;
        let found = both_ways(&rule, &prepared);
        assert_eq!(
            found,
            Standing::Suppressed(Suppression::MergedAway, Side::Right)
        );
    }
}
