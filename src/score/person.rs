//! Given names, surnames and generation.

use super::{Scorer, View};
use crate::model::{Generation, Level, Mark, RecordIdx, TokenRole};
use crate::rules::predicate::{
    GIVEN_CAP, NameAgreement, NameMatch, Part, SURNAME_CAP, TokenMatch, millibits,
};
use crate::similarity::neighbours::Agreement;

/// Both have given names and none agree: a middle name in use, an unknown nickname, a slip; about 3 in 100 people.
const GIVEN_DIFFERS: i32 = -5_000;
/// Of one person's given names that do not agree, the share where both are usual names.
const BOTH_USUAL: f64 = 0.3;
/// Least share of pairs thought to hold a rare name, so that no file makes it tell more than 3.8 bits.
const LEAST_RARE: f64 = 0.05;
/// Share of given names that are usual from which a file tells a name from a slip.
const FILE_TELLS: f64 = 0.5;
/// Surnames differ: marriage, a slip; about 4 in 100.
const SURNAME_DIFFERS: i32 = -4_600;
/// One side has a further name that the other lacks.
const EXTRA: i32 = -300;
/// Each side has a further name that the other lacks: Min-jun and Min-ji, García López and García Ruiz; in 100 people
/// four, by garbled second names.
const CONFLICTING_EXTRA: i32 = -3_500;
/// A man's and a woman's form of one name, where something else is shared: brother and sister, two colleagues. A slip
/// that makes just that form is rarer than they are.
const SEXES_DIFFER: i32 = -1_500;
/// Jr on one side only, in one household: people leave it out one time in three, and of a father and a son of one name
/// nearly always one alone is written so.
const SAID_ONCE_AT_HOME: i32 = -4_500;
/// The same among colleagues: a family's firm has both.
const SAID_ONCE_AT_WORK: i32 = -1_500;
/// Household members share a given name about this often: father and son.
const SHARED_GIVEN_IN_HOUSEHOLD: f64 = 0.03;

impl Scorer<'_> {
    /// Views on given names and surnames.
    pub(super) fn person(
        &self,
        left: RecordIdx,
        right: RecordIdx,
        agreement: Option<&NameAgreement>,
    ) -> (View, View) {
        let Some(agreement) = agreement else {
            return (View::MISSING, View::MISSING);
        };
        let in_signs = |r: RecordIdx| {
            self.prepared.names.marks[self.prepared.name[r.at()] as usize].has(Mark::Signs)
        };
        let signs = in_signs(left) && in_signs(right);
        let mut given = self.part(agreement, Part::Given, signs);
        if given.level == Level::Different {
            let told = self.other_given(left, right);
            given.bits = given.bits.map(|bits| bits + told);
        }
        (given, self.part(agreement, Part::Surname, signs))
    }

    /// What it adds to given names that differ whether both are usual in the file: of one person's, most are garbled or
    /// read wrongly, and so rare; two names that many bear are two people's. In a file too small to tell, nothing.
    fn other_given(&self, left: RecordIdx, right: RecordIdx) -> i32 {
        let p = self.prepared;
        let usual = |record: RecordIdx| {
            let mut given = (p.name_tokens(record).iter()).filter(|t| t.role == TokenRole::Given);
            given.any(|t| self.weights.is_usual_given(t.token))
        };
        let both = self.weights.usual_given_share().powi(2);
        if usual(left) && usual(right) {
            millibits(BOTH_USUAL / both.max(BOTH_USUAL))
        } else {
            millibits((1.0 - BOTH_USUAL) / (1.0 - both).max(LEAST_RARE)).max(0)
        }
    }

    /// `signs`: both are written a sign a syllable, so that names that only sound or look alike in Latin letters differ.
    fn part(&self, agreement: &NameAgreement, part: Part, signs: bool) -> View {
        let base = usize::from(part == Part::Surname) * 2;
        let (extra_left, extra_right) = (agreement.unmatched[base], agreement.unmatched[base + 1]);
        let mut matches: Vec<&NameMatch> = agreement
            .matches()
            .filter(|m| m.left_part == part)
            .collect();
        let mut both_extra = extra_left > 0 && extra_right > 0;
        // Hans and Hanna look alike, and are two names.
        let n_alike = matches.len();
        matches.retain(|m| {
            part == Part::Surname
                || m.by != TokenMatch::Garbled
                || !self.weights.are_known_given(m.left, m.right)
        });
        let other_known = matches.len() < n_alike;
        both_extra |= other_known;
        if signs && matches.iter().any(|m| is_slip(m.by)) {
            matches.clear();
            both_extra = true;
        }
        if matches.is_empty() {
            return match (part, both_extra) {
                (_, false) => View::MISSING,
                (Part::Given, true) => View::new(
                    Level::Different,
                    GIVEN_DIFFERS,
                    GIVEN_DIFFERS,
                    GIVEN_DIFFERS,
                    GIVEN_DIFFERS,
                ),
                // Members of a household have different surnames about one time in five.
                (Part::Surname, true) => View::new(
                    Level::Different,
                    SURNAME_DIFFERS,
                    SURNAME_DIFFERS,
                    -2_300,
                    SURNAME_DIFFERS,
                ),
            };
        }
        let (given_bits, surname_bits) = self.weights.name_millibits(agreement);
        let agreed = match part {
            Part::Given => given_bits.min(GIVEN_CAP),
            Part::Surname => surname_bits.min(SURNAME_CAP),
        };
        let further = match (both_extra, extra_left + extra_right) {
            (true, _) => CONFLICTING_EXTRA,
            (false, 0) => 0,
            _ => EXTRA,
        };
        let weakest = matches
            .iter()
            .map(|m| level_of(m.by))
            .max()
            .expect("there is a match");
        let level = if further < 0 && weakest == Level::Same {
            Level::Partial
        } else {
            weakest
        };
        let household = match part {
            Part::Surname if matches.iter().all(|m| m.by == TokenMatch::Garbled) => 0,
            Part::Surname => 200,
            Part::Given => matches
                .iter()
                .map(|m| self.given_in_household(m))
                .max()
                .unwrap_or(0),
        };
        let other_name =
            other_known || (part == Part::Given && matches.iter().any(|m| self.are_two_names(m)));
        if other_name {
            let near = SEXES_DIFFER + further;
            let strangers = agreed.min(1_000) + further;
            return View::new(Level::Different, strangers, near, near, near);
        }
        let strangers = agreed + further;
        View::new(
            level,
            strangers,
            strangers,
            household.min(agreed.max(0)) + further,
            strangers,
        )
    }

    /// Whether a slip makes of one given name another that is one, too: the other sex's form, where the file does not
    /// show either to be a slip, or a name that a table knows.
    fn are_two_names(&self, m: &NameMatch) -> bool {
        if !is_slip(m.by) {
            return false;
        }
        let is_usual = |token: u32| self.weights.is_usual_given(token);
        let tells = self.weights.usual_given_share() >= FILE_TELLS;
        self.weights.are_known_given(m.left, m.right)
            || (self.names.sexes_differ(m.left, m.right)
                && (!tells || (is_usual(m.left) && is_usual(m.right))))
    }

    /// What a given name says against another member of the household: brothers rarely share one, fathers and sons may.
    fn given_in_household(&self, m: &NameMatch) -> i32 {
        match m.by {
            TokenMatch::Word(Agreement::Equal) => {
                let share = self.weights.token_share(m.left, m.left_part);
                millibits(0.82 / (share + SHARED_GIVEN_IN_HOUSEHOLD))
            }
            TokenMatch::Word(Agreement::Variant) => 3_000,
            TokenMatch::Word(_) => 2_000,
            TokenMatch::Initial => 2_500,
            TokenMatch::Garbled => 0,
        }
    }

    /// Jr against Sr.
    pub(super) fn generation(
        &self,
        left: RecordIdx,
        right: RecordIdx,
        agreement: Option<&NameAgreement>,
    ) -> View {
        let of = |r: RecordIdx| self.prepared.names.generation[self.prepared.name[r.at()] as usize];
        if agreement.is_none() {
            return View::MISSING;
        }
        match (of(left), of(right)) {
            (Generation::Unsaid, Generation::Unsaid) => View::MISSING,
            (a, b) if a == b => View::flat(Level::Same, 1_000),
            (Generation::Unsaid, _) | (_, Generation::Unsaid) => View::new(
                Level::Partial,
                -300,
                SAID_ONCE_AT_WORK,
                SAID_ONCE_AT_HOME,
                -300,
            ),
            // One person is hardly ever written both ways; two of one name in a family nearly always are.
            _ => View::new(Level::Conflict, -9_000, -9_000, -13_000, -9_000),
        }
    }
}

/// Alike, but neither equal nor a known other form.
fn is_slip(by: TokenMatch) -> bool {
    !matches!(
        by,
        TokenMatch::Word(Agreement::Equal | Agreement::Variant) | TokenMatch::Initial
    )
}

fn level_of(by: TokenMatch) -> Level {
    match by {
        TokenMatch::Word(Agreement::Equal) => Level::Same,
        TokenMatch::Word(Agreement::Variant) => Level::Variant,
        TokenMatch::Word(Agreement::Sound) => Level::Sound,
        TokenMatch::Word(Agreement::Close | Agreement::Near) => Level::Close,
        TokenMatch::Initial => Level::Initial,
        TokenMatch::Garbled => Level::Linked,
    }
}
