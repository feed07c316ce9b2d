//! Pairs of records: candidates, scored pairs, verdicts.

use super::evidence::PairEvidence;
use super::ids::RecordIdx;

/// The rules that hold for a pair: bit i is rule i of the rule set, in file order. At most 64 rules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleMask(pub u64);

impl RuleMask {
    /// The mask of one rule.
    pub fn of(rule_idx: usize) -> RuleMask {
        RuleMask(1 << rule_idx)
    }

    /// True when rule `rule_idx` holds.
    pub fn has(self, rule_idx: usize) -> bool {
        self.0 >> rule_idx & 1 == 1
    }

    /// Both masks together.
    #[must_use]
    pub fn union(self, other: RuleMask) -> RuleMask {
        RuleMask(self.0 | other.0)
    }

    /// The rules that hold, ascending.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        (0..64).filter(move |i| self.has(*i))
    }

    /// True when no rule holds.
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// A pair for which at least one rule holds. `left < right` by construction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CandidatePair {
    /// The smaller position.
    pub left: RecordIdx,
    /// The larger position.
    pub right: RecordIdx,
    /// The rules that hold.
    pub rules: RuleMask,
    /// How many rule-true record pairs this row stands for: 1, or more when it is an edge of a value group's star.
    /// The sum over all rows is the exact number of rule-true pairs.
    pub implied: u64,
}

impl CandidatePair {
    /// A pair that stands for itself; orders its ends. Panics when they are equal.
    pub fn new(a: RecordIdx, b: RecordIdx, rules: RuleMask) -> CandidatePair {
        assert_ne!(a, b, "a record is not paired with itself");
        CandidatePair {
            left: a.min(b),
            right: a.max(b),
            rules,
            implied: 1,
        }
    }
}

/// What we think of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Safe to merge unattended.
    Auto,
    /// A person decides.
    Review,
    /// Rule-true, but two entities that have something to do with each other.
    Related,
    /// Rule-true, too little evidence.
    Weak,
}

impl Verdict {
    /// All verdicts, strongest first.
    pub const ALL: [Verdict; 4] = [
        Verdict::Auto,
        Verdict::Review,
        Verdict::Related,
        Verdict::Weak,
    ];

    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Verdict::Auto => "auto",
            Verdict::Review => "review",
            Verdict::Related => "related",
            Verdict::Weak => "weak",
        }
    }

    /// True for the verdicts that suggestions are made of.
    pub fn suggests_merge(self) -> bool {
        matches!(self, Verdict::Auto | Verdict::Review)
    }
}

/// A rule-true pair with its evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScoredPair {
    /// The pair and its rules.
    pub pair: CandidatePair,
    /// The evidence.
    pub evidence: PairEvidence,
    /// The verdict.
    pub verdict: Verdict,
}

/// One end of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Side {
    /// The smaller position.
    Left,
    /// The larger position.
    Right,
    /// Both.
    Both,
    /// Neither in particular.
    None,
}

impl Side {
    /// The word used in `suppressed.csv`.
    pub fn as_str(self) -> &'static str {
        match self {
            Side::Left => "left",
            Side::Right => "right",
            Side::Both => "both",
            Side::None => "",
        }
    }
}
