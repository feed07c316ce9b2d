//! What follows from what, as far as the wording proves it. A claim made here holds for every pair of records
//! (`tests/it/lint.rs` asks random ones); where nothing is claimed, it may hold all the same.

use crate::rules::set::{BaseScope, Condition, EvidenceFloor, GenericPolicy, MatchcodeKind, Rule};

/// Whether every pair that `rule` reports is reported by `other`.
pub fn rule_implies(rule: &Rule, other: &Rule) -> bool {
    let scopes = rule.base == other.base
        && rule.matching == other.matching
        && (rule.exclude_inactive || !other.exclude_inactive)
        && (rule.base_scope == BaseScope::Active || other.base_scope == BaseScope::All);
    if !scopes {
        return false;
    }
    // Exceptions are judged by the rule's own idea of generic values.
    if !other.unless.is_empty() && rule.generic != other.generic {
        return false;
    }
    // In a rule of one condition blanks may never agree, whatever its flag says: what is wanted is taken strictly.
    let strict = other.when.len() == 1;
    let when = other.when.iter().all(|wanted| {
        rule.when
            .iter()
            .any(|given| entails_with(given, wanted, strict))
    });
    // What the other rule leaves out, this one must leave out as well.
    let unless = || {
        let left_out = |c| rule.unless.iter().any(|own| entails(c, own));
        other.unless.iter().all(left_out)
    };
    // Floors and generic values are judged on a rule's own conditions, each of which adds to them: comparable only when
    // those are the same.
    let same_conditions = || {
        rule.when.len() == other.when.len()
            && rule.when.iter().all(|c| other.when.contains(c))
            && other.when.iter().all(|c| rule.when.contains(c))
    };
    let evidence = || {
        other.evidence == EvidenceFloor::None
            || other.evidence == rule.evidence && same_conditions()
    };
    let generic = || {
        other.generic == GenericPolicy::AsWorded
            || other.generic == rule.generic && same_conditions()
    };
    when && unless() && evidence() && generic()
}

/// Whether a pair that satisfies `given` satisfies `wanted`, looked at the same way round.
pub(super) fn entails(given: &Condition, wanted: &Condition) -> bool {
    entails_with(given, wanted, false)
}

/// The same; `strict`: two blanks satisfy `wanted` never.
fn entails_with(given: &Condition, wanted: &Condition, strict: bool) -> bool {
    use Condition::{
        Exact, First, Last, Same, SameDate, SameDateTime, SimilarCompany, SimilarText,
    };
    if given == wanted && !strict {
        return true;
    }
    let blanks = || blanks_agree(wanted) && !strict || !blanks_agree(given);
    match (given, wanted) {
        (Same { kind: a, weak: w }, Same { kind: b, weak: v }) => {
            (a == b || (*a == MatchcodeKind::Email && *b == MatchcodeKind::EmailDomain))
                && (*v || !*w)
        }
        (
            Same {
                kind: MatchcodeKind::Company,
                ..
            },
            SimilarCompany { .. },
        ) => true,
        (SimilarCompany { threshold: a }, SimilarCompany { threshold: b }) => a >= b,
        (SimilarText { threshold: a, .. }, SimilarText { threshold: b, .. }) => {
            a >= b && sides(given) == sides(wanted) && equal_but_threshold(given, wanted)
        }
        (SameDateTime { .. }, SameDate { .. })
        | (SameDate { .. }, SameDate { .. })
        | (SameDateTime { .. }, SameDateTime { .. }) => blanks() && sides(given) == sides(wanted),
        (Exact { .. } | First { .. } | Last { .. }, Exact { .. } | First { .. } | Last { .. }) => {
            let ((given_end, case), (wanted_end, other_case)) =
                (text_options(given), text_options(wanted));
            let ends = match (given_end, wanted_end) {
                (End::Whole, _) => true,
                (End::First(a), End::First(b)) | (End::Last(a), End::Last(b)) => a >= b,
                _ => false,
            };
            ends && (case || !other_case) && blanks() && sides(given) == sides(wanted)
        }
        _ => given == wanted && blanks(),
    }
}

#[derive(Clone, Copy)]
enum End {
    Whole,
    First(usize),
    Last(usize),
}

/// Which part and whether case counts, of a comparison of text.
fn text_options(condition: &Condition) -> (End, bool) {
    match condition {
        Condition::First {
            n, case_sensitive, ..
        } => (End::First(*n), *case_sensitive),
        Condition::Last {
            n, case_sensitive, ..
        } => (End::Last(*n), *case_sensitive),
        Condition::Exact { case_sensitive, .. } => (End::Whole, *case_sensitive),
        _ => (End::Whole, true),
    }
}

/// True when two measures differ in nothing but the threshold and the letter case of column names.
fn equal_but_threshold(a: &Condition, b: &Condition) -> bool {
    let plain = |c: &Condition| {
        let mut c = c.clone();
        if let Condition::SimilarText {
            column,
            match_column,
            threshold,
            ..
        } = &mut c
        {
            *threshold = 1.0;
            *column = String::new();
            *match_column = None;
        }
        c
    };
    plain(a) == plain(b)
}

/// Column of the base and of the matching record, in lower case; `None` for conditions on matchcodes.
pub(super) fn sides(condition: &Condition) -> Option<(String, String)> {
    let columns = condition.text_columns();
    let base = columns.first()?.0.to_lowercase();
    let matching = columns.last()?.0.to_lowercase();
    Some((base, matching))
}

/// True when two blanks satisfy the condition.
pub fn blanks_agree(condition: &Condition) -> bool {
    condition.ignore_blank() == Some(false)
}
