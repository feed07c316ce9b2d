//! Patterns over digits as one table: a digit is a step, whatever the number of patterns.
//!
//! A numbering plan asks a dozen patterns about each number. They are read by `regex-syntax`, as the `regex` crate reads
//! them, and followed all at once: the states of the table are the sets of places in the patterns that some beginning
//! leads to (subset construction). What the table must answer is what `regex` answers; `tests.rs` compares the two.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::{Class, Hir, HirKind, Look};
use rustc_hash::FxHashMap;

/// Most patterns of a table: one bit each.
const PATTERNS_MAX: usize = 64;

/// Sets of patterns, by the bit of their position.
pub(super) type PatternSet = u64;

/// Patterns, anchored at the first digit, ready to be walked.
#[derive(Debug)]
pub(super) struct DigitTable {
    /// The first is where no pattern can match any more, the second where walks begin.
    states: Vec<State>,
}

const DEAD: u16 = 0;
const START: u16 = 1;

#[derive(Debug, Default)]
struct State {
    next: [u16; 10],
    /// Patterns that match what was walked when more digits follow.
    inside: PatternSet,
    /// Patterns that match what was walked when nothing follows.
    at_end: PatternSet,
}

/// Which of the ways to match a beginning counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ways {
    /// Every one.
    All,
    /// The first in the order of the alternatives, as Perl and `regex` choose.
    First,
}

impl DigitTable {
    /// Reads patterns in the syntax of `regex`, blanks in them ignored. `None` when one cannot be read, is no pattern over
    /// digits, or there are more than 64.
    ///
    /// Cost: the states that digits lead to, some hundreds for a large plan; well under a millisecond for most.
    pub(super) fn new<S: AsRef<str>>(patterns: &[S], ways: Ways) -> Option<DigitTable> {
        if patterns.len() > PATTERNS_MAX {
            return None;
        }
        let mut places = Places::default();
        let mut starts = Vec::with_capacity(patterns.len());
        for (at, pattern) in patterns.iter().enumerate() {
            let hir = ParserBuilder::new()
                .unicode(false)
                .utf8(false)
                .ignore_whitespace(true)
                .build()
                .parse(pattern.as_ref())
                .ok()?;
            let end = places.add(Place::Match(at));
            starts.push(places.read(&hir, end)?);
        }
        let mut table = Determinizer {
            places: &places,
            ways,
            numbers: FxHashMap::default(),
            waiting: Vec::new(),
            states: vec![State::default()],
        };
        table.state(&starts, true)?;
        while let Some((number, walking)) = table.waiting.pop() {
            for digit in 0..10 {
                let reached: Vec<usize> = walking
                    .iter()
                    .filter_map(|at| match places.0[*at] {
                        Place::Digit { allowed, next } if allowed & (1 << digit) != 0 => Some(next),
                        _ => None,
                    })
                    .collect();
                let next = table.state(&reached, false)?;
                table.states[usize::from(number)].next[digit] = next;
            }
        }
        Some(DigitTable {
            states: table.states,
        })
    }

    /// The patterns that match all of `digits`; none when there is another character in them.
    pub(super) fn whole(&self, digits: &str) -> PatternSet {
        let mut state = START;
        for byte in digits.bytes() {
            state = self.step(state, byte);
            if state == DEAD {
                return 0;
            }
        }
        self.states[usize::from(state)].at_end
    }

    /// The patterns that match a beginning of `digits`, the empty one too, in any of their ways.
    pub(super) fn beginning(&self, digits: &str) -> PatternSet {
        let mut found = 0;
        self.walk(digits, |set, _| found |= set);
        found
    }

    /// Where the match at the beginning of `digits` ends, as `regex` says it: of a table made for [`Ways::First`].
    pub(super) fn beginning_end(&self, digits: &str) -> Option<usize> {
        let mut end = None;
        self.walk(digits, |set, at| {
            if set != 0 {
                end = Some(at);
            }
        });
        end
    }

    /// Tells the patterns matched at each place of a walk until none can match any more.
    fn walk(&self, digits: &str, mut tell: impl FnMut(PatternSet, usize)) {
        let mut state = START;
        for (at, byte) in digits.bytes().enumerate() {
            tell(self.states[usize::from(state)].inside, at);
            state = self.step(state, byte);
            if state == DEAD {
                return;
            }
        }
        tell(self.states[usize::from(state)].at_end, digits.len());
    }

    #[inline]
    fn step(&self, state: u16, byte: u8) -> u16 {
        let digit = usize::from(byte.wrapping_sub(b'0'));
        *(self.states[usize::from(state)].next.get(digit)).unwrap_or(&DEAD)
    }
}

/// A place in a pattern.
#[derive(Debug)]
enum Place {
    /// One of some digits goes on; bit d stands for digit d.
    Digit { allowed: u16, next: usize },
    /// All of these, the first preferred.
    Split(Vec<usize>),
    /// Only at the beginning (`true`) or the end of the text.
    Edge { is_start: bool, next: usize },
    /// The end of the pattern.
    Match(usize),
}

#[derive(Debug, Default)]
struct Places(Vec<Place>);

impl Places {
    fn add(&mut self, place: Place) -> usize {
        self.0.push(place);
        self.0.len() - 1
    }

    fn digit(&mut self, allowed: impl Fn(u8) -> bool, next: usize) -> usize {
        let allowed = (0..10)
            .filter(|digit| allowed(b'0' + digit))
            .fold(0, |set, digit| set | 1 << digit);
        self.add(Place::Digit { allowed, next })
    }

    /// The place where `hir` begins when `next` follows it. `None` for what no pattern over digits has.
    fn read(&mut self, hir: &Hir, next: usize) -> Option<usize> {
        Some(match hir.kind() {
            HirKind::Empty => next,
            HirKind::Literal(literal) => {
                let bytes = literal.0.iter().rev();
                bytes.fold(next, |next, byte| self.digit(|d| d == *byte, next))
            }
            HirKind::Class(Class::Bytes(class)) => {
                let ranges = class.ranges();
                let has = |d: u8| ranges.iter().any(|r| (r.start()..=r.end()).contains(&d));
                self.digit(has, next)
            }
            HirKind::Class(Class::Unicode(class)) => {
                let ranges = class.ranges();
                let has = |d: char| ranges.iter().any(|r| (r.start()..=r.end()).contains(&d));
                self.digit(|d| has(char::from(d)), next)
            }
            HirKind::Look(look) => {
                let is_start = match look {
                    Look::Start => true,
                    Look::End => false,
                    _ => return None,
                };
                self.add(Place::Edge { is_start, next })
            }
            HirKind::Repetition(many) => {
                let order = |more: usize| match many.greedy {
                    true => vec![more, next],
                    false => vec![next, more],
                };
                let mut from = next;
                let mut n_before = many.min;
                match many.max {
                    None => {
                        let again = self.add(Place::Split(Vec::new()));
                        let more = self.read(&many.sub, again)?;
                        self.0[again] = Place::Split(order(more));
                        // As `regex` reads it, which shows where the part may be empty: x* is (x+)?.
                        from = match many.min {
                            0 => self.add(Place::Split(order(more))),
                            _ => more,
                        };
                        n_before = many.min.saturating_sub(1);
                    }
                    Some(max) => {
                        for _ in many.min..max {
                            let more = self.read(&many.sub, from)?;
                            from = self.add(Place::Split(order(more)));
                        }
                    }
                }
                for _ in 0..n_before {
                    from = self.read(&many.sub, from)?;
                }
                from
            }
            HirKind::Capture(group) => self.read(&group.sub, next)?,
            HirKind::Concat(parts) => {
                let parts = parts.iter().rev();
                parts
                    .into_iter()
                    .try_fold(next, |next, part| self.read(part, next))?
            }
            HirKind::Alternation(parts) => {
                let parts: Option<Vec<usize>> =
                    parts.iter().map(|part| self.read(part, next)).collect();
                self.add(Place::Split(parts?))
            }
        })
    }

    /// The digits and ends that are reached from `from` without a digit, in order of preference, each once.
    fn closure(&self, from: &[usize], is_start: bool, is_end: bool) -> Vec<usize> {
        let mut seen = vec![false; self.0.len()];
        let mut stack: Vec<usize> = from.iter().rev().copied().collect();
        let mut reached = Vec::new();
        while let Some(at) = stack.pop() {
            if std::mem::replace(&mut seen[at], true) {
                continue;
            }
            match &self.0[at] {
                Place::Digit { .. } | Place::Match(_) => reached.push(at),
                Place::Split(ways) => stack.extend(ways.iter().rev()),
                Place::Edge { is_start: s, next } => {
                    if (*s && is_start) || (!*s && is_end) {
                        stack.push(*next);
                    }
                }
            }
        }
        reached
    }

    fn matches(&self, reached: &[usize]) -> PatternSet {
        reached.iter().fold(0, |set, at| match self.0[*at] {
            Place::Match(pattern) => set | 1 << pattern,
            _ => set,
        })
    }
}

/// Gives sets of places their numbers.
struct Determinizer<'p> {
    places: &'p Places,
    ways: Ways,
    numbers: FxHashMap<(Vec<usize>, PatternSet), u16>,
    /// States whose steps are not known yet.
    waiting: Vec<(u16, Vec<usize>)>,
    states: Vec<State>,
}

impl Determinizer<'_> {
    /// The state of being at `from`; `None` when there are too many to number.
    fn state(&mut self, from: &[usize], is_start: bool) -> Option<u16> {
        if from.is_empty() {
            return Some(DEAD);
        }
        let mut inside = self.places.closure(from, is_start, false);
        if self.ways == Ways::First
            && let Some(first) = inside
                .iter()
                .position(|at| matches!(self.places.0[*at], Place::Match(_)))
        {
            inside.truncate(first + 1);
        }
        let at_end = self
            .places
            .matches(&self.places.closure(from, is_start, true));
        if self.ways == Ways::All {
            inside.sort_unstable();
        }
        let key = (inside, at_end);
        if let Some(number) = self.numbers.get(&key) {
            return Some(*number);
        }
        let number = u16::try_from(self.states.len()).ok()?;
        self.states.push(State {
            next: [DEAD; 10],
            inside: self.places.matches(&key.0),
            at_end,
        });
        self.waiting.push((number, key.0.clone()));
        self.numbers.insert(key, number);
        Some(number)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use regex::RegexBuilder;

    fn regex(source: &str) -> regex::Regex {
        let mut builder = RegexBuilder::new(source);
        builder.ignore_whitespace(true).build().expect("a pattern")
    }

    /// Compares a table with one regex for each pattern.
    fn check(patterns: &[&str], digits: &str) {
        let all = DigitTable::new(patterns, Ways::All).expect("readable");
        for (at, pattern) in patterns.iter().enumerate() {
            let is = |set: PatternSet| set & 1 << at != 0;
            let whole = regex(&format!("^(?:{pattern})$")).is_match(digits);
            assert_eq!(is(all.whole(digits)), whole, "{pattern} on {digits}");
            let found = regex(&format!("^(?:{pattern})"))
                .find(digits)
                .map(|m| m.end());
            assert_eq!(
                is(all.beginning(digits)),
                found.is_some(),
                "{pattern} on {digits}"
            );
            let first = DigitTable::new(&[pattern], Ways::First).expect("readable");
            assert_eq!(first.beginning_end(digits), found, "{pattern} on {digits}");
        }
    }

    #[test]
    fn alternatives_are_taken_in_their_order() {
        for digits in ["", "0", "01", "011", "0111", "1", "4251234567", "0a1"] {
            check(&["0|01", "01|0", "0(?:1|11)?", "01??", ""], digits);
            check(
                &[r"([2-9]\d{6})$|1", r"0?(?:11)*$", r"\d*?1", "^0(^1|1)"],
                digits,
            );
        }
    }

    #[test]
    fn what_is_no_pattern_over_digits_is_refused() {
        assert!(DigitTable::new(&["("], Ways::All).is_none());
        assert!(DigitTable::new(&[r"\b0"], Ways::All).is_none());
        assert!(DigitTable::new(&["0"; PATTERNS_MAX], Ways::All).is_some());
        assert!(DigitTable::new(&["0"; PATTERNS_MAX + 1], Ways::All).is_none());
    }

    fn any_pattern() -> impl Strategy<Value = String> {
        let leaf = prop::sample::select(vec!["0", "1", "[01]", r"\d", "[2-9]", "", "$", "^"]);
        leaf.prop_map(str::to_owned).prop_recursive(4, 16, 3, |of| {
            prop_oneof![
                prop::collection::vec(of.clone(), 1..4).prop_map(|parts| parts.concat()),
                prop::collection::vec(of.clone(), 2..4)
                    .prop_map(|parts| format!("({})", parts.join("|"))),
                (
                    of,
                    prop::sample::select(vec!["?", "*", "+", "{2}", "{1,3}", "??", "*?", "{0,2}?"])
                )
                    .prop_map(|(part, times)| format!("(?:{part}){times}")),
            ]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(600))]

        #[test]
        fn any_patterns_match_as_regexes_do(patterns in prop::collection::vec(any_pattern(), 1..4), digits in prop::collection::vec("[012]{0,7}", 8)) {
            let patterns: Vec<&str> = patterns.iter().map(String::as_str).collect();
            for digits in &digits {
                check(&patterns, digits);
            }
        }
    }
}
