//! The profile `similar = "name"`.
//!
//! Two names are similar when every content token of the one with fewer finds its own partner in the other:
//! an equal token, a neighbour (nickname, same sound, typing error), or an initial. At least one partner is not by
//! initial, and at least two tokens are matched unless both names have one token only. Order does not matter.
//! Particles (van, de) need no partner. Adjacent tokens may be read as one (Mary Ann, Maryann; de Silva, Desilva).

use crate::model::{Csr, NameToken, Names, TokenRole};
use crate::similarity::neighbours::{Agreement, Neighbours};
use std::cmp::Reverse;

/// Most matches an agreement records: names have at most eight tokens.
pub const MAX_MATCHES: usize = 8;

/// The part of a name a token belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Part {
    /// Given and middle names.
    Given,
    /// Surnames.
    Surname,
}

impl Part {
    /// The part a role belongs to.
    pub fn of(role: TokenRole) -> Part {
        match role {
            TokenRole::Given | TokenRole::Middle => Part::Given,
            TokenRole::Surname | TokenRole::Particle => Part::Surname,
        }
    }
}

/// How a token found its partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TokenMatch {
    /// Through the vocabulary: equal or neighbours.
    Word(Agreement),
    /// One is the first letter of the other, or both are the same letter.
    Initial,
    /// Only in names that are not similar: no neighbours, but spelt so alike that one may be the other garbled.
    Garbled,
}

impl TokenMatch {
    /// Strength for choosing among assignments; more is better.
    fn rank(self) -> u32 {
        match self {
            TokenMatch::Word(Agreement::Equal) => 100,
            TokenMatch::Word(Agreement::Variant) => 80,
            TokenMatch::Word(Agreement::Sound) => 70,
            TokenMatch::Word(Agreement::Close) => 65,
            TokenMatch::Word(Agreement::Near) => 50,
            TokenMatch::Initial => 30,
            TokenMatch::Garbled => 10,
        }
    }
}

/// One token and its partner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameMatch {
    /// Token of the left name (number in the vocabulary).
    pub left: u32,
    /// Token of the right name.
    pub right: u32,
    /// Part of the left token.
    pub left_part: Part,
    /// Part of the right token.
    pub right_part: Part,
    /// How they agree.
    pub by: TokenMatch,
}

/// How two names agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NameAgreement {
    matches: [Option<NameMatch>; MAX_MATCHES],
    /// Whether the profile holds.
    pub similar: bool,
    /// Content tokens without a partner, by part: `[given left, given right, surname left, surname right]`.
    pub unmatched: [u8; 4],
    /// True when a given name found its partner among surnames.
    pub swapped: bool,
}

impl NameAgreement {
    /// The matched tokens, in the order of the left name.
    pub fn matches(&self) -> impl Iterator<Item = &NameMatch> {
        self.matches.iter().flatten()
    }

    /// The same agreement seen from the other side.
    #[must_use]
    pub fn mirrored(&self) -> NameAgreement {
        let mut out = *self;
        for m in out.matches.iter_mut().flatten() {
            std::mem::swap(&mut m.left, &mut m.right);
            std::mem::swap(&mut m.left_part, &mut m.right_part);
        }
        out.unmatched = [
            self.unmatched[1],
            self.unmatched[0],
            self.unmatched[3],
            self.unmatched[2],
        ];
        out
    }
}

/// A run of adjacent tokens that is also written as one word somewhere in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Joined {
    token: u32,
    from: u8,
    to: u8,
    part: Part,
}

/// All distinct names of a run in the form the profile compares.
#[derive(Debug, Clone)]
pub struct NameProfile {
    content: Csr<(u32, Part)>,
    joined: Csr<Joined>,
    /// First letter of each vocabulary token.
    first: Vec<u8>,
    /// Whether each vocabulary token is an initial.
    initial: Vec<bool>,
    texts: Vec<Box<str>>,
    /// Distinct names that hold each vocabulary token or a neighbour, those of joined runs included.
    reach: Vec<u32>,
    /// Distinct names that have each token as a given name, less those that have it as a surname.
    leaning: Vec<i32>,
    neighbours: Neighbours,
}

type Tokens = Vec<(u32, Part)>;

impl NameProfile {
    /// Prepares the names for comparison; `neighbours` is over `names.vocabulary`.
    pub fn new(names: &Names, neighbours: Neighbours) -> NameProfile {
        let vocabulary = names.vocabulary.texts();
        let mut content = Csr::default();
        let mut joined = Csr::default();
        let mut leaning = vec![0_i32; vocabulary.len()];
        for token in names.tokens.rows().flatten() {
            leaning[token.token as usize] += match Part::of(token.role) {
                Part::Given => 1,
                Part::Surname => -1,
            };
        }
        for row in names.tokens.rows() {
            content.push_row(
                row.iter()
                    .filter(|t| t.role != TokenRole::Particle)
                    .map(|t| (t.token, Part::of(t.role))),
            );
            joined.push_row(joined_runs(row, names));
        }
        let mut holders = vec![0_u32; vocabulary.len()];
        let words = content.rows().flatten().map(|t| t.0);
        for token in words.chain(joined.rows().flatten().map(|run: &Joined| run.token)) {
            holders[token as usize] += 1;
        }
        let near = |token: u32| neighbours.of(token).iter().map(|n| holders[*n as usize]);
        let reach = (0..vocabulary.len() as u32)
            .map(|token| near(token).fold(holders[token as usize], u32::saturating_add))
            .collect();
        NameProfile {
            content,
            joined,
            reach,
            first: vocabulary
                .iter()
                .map(|t| t.bytes().next().unwrap_or(0))
                .collect(),
            initial: vocabulary.iter().map(|t| t.len() == 1).collect(),
            texts: vocabulary.to_vec(),
            leaning,
            neighbours,
        }
    }

    /// Number of names.
    pub fn n_names(&self) -> usize {
        self.content.n_rows()
    }

    /// The vocabulary's neighbours.
    pub fn neighbours(&self) -> &Neighbours {
        &self.neighbours
    }

    /// Content tokens of a name: particles left out.
    #[inline]
    pub fn content(&self, name: u32) -> &[(u32, Part)] {
        self.content.row(name as usize)
    }

    /// Every word (not initial) under which a name must be found by an index, with the part of the name it stands in:
    /// its content words and joined runs.
    pub fn index_items(&self, name: u32) -> impl Iterator<Item = (u32, Part)> + '_ {
        let words = self.content(name).iter().copied();
        let joined = self.joined.row(name as usize).iter();
        words
            .filter(|(token, _)| !self.is_initial(*token))
            .chain(joined.map(|run| (run.token, run.part)))
    }

    /// The words of [`index_items`](Self::index_items).
    pub fn index_words(&self, name: u32) -> impl Iterator<Item = u32> + '_ {
        self.index_items(name).map(|(token, _)| token)
    }

    /// True when a name can be similar to another through a single word of each: it has an initial, or can be read as
    /// one token. Of two similar names that match in one word only, at least one is so.
    pub fn is_loose(&self, name: u32) -> bool {
        let n = self.content(name).len();
        let as_one = |run: &Joined| usize::from(run.to - run.from) == n;
        n < 2 || self.has_initial(name) || self.joined.row(name as usize).iter().any(as_one)
    }

    /// Distinct names that hold a word or one of its neighbours: what looking it up finds in the whole file.
    pub fn reach(&self, token: u32) -> u32 {
        self.reach[token as usize]
    }

    /// True when a content token of the name is an initial.
    pub fn has_initial(&self, name: u32) -> bool {
        self.content(name).iter().any(|(t, _)| self.is_initial(*t))
    }

    /// True when adjacent tokens of the name can be read as one word.
    pub fn has_joined(&self, name: u32) -> bool {
        !self.joined.row(name as usize).is_empty()
    }

    /// True for one-letter tokens.
    #[inline]
    pub fn is_initial(&self, token: u32) -> bool {
        self.initial[token as usize]
    }

    /// How two tokens match, `None` when they do not.
    #[inline]
    pub fn token_match(&self, left: u32, right: u32) -> Option<TokenMatch> {
        if self.is_initial(left) || self.is_initial(right) {
            return (self.first[left as usize] == self.first[right as usize])
                .then_some(TokenMatch::Initial);
        }
        self.neighbours.agreement(left, right).map(TokenMatch::Word)
    }

    /// True when the profile holds. Cheaper than [`compare`](Self::compare), which also tells what agrees otherwise.
    pub fn similar(&self, left: u32, right: u32) -> bool {
        let (a, b) = (self.content(left), self.content(right));
        self.assignable(a, b)
            || self
                .readings(left)
                .any(|tokens| self.assign(&tokens, b).is_some())
            || self
                .readings(right)
                .any(|tokens| self.assign(a, &tokens).is_some())
    }

    /// Whether [`assign`](Self::assign) finds anything; written out for names of two words, which nearly all are.
    fn assignable(&self, a: &[(u32, Part)], b: &[(u32, Part)]) -> bool {
        let ([x, y], [u, v]) = (a, b) else {
            return self.assign(a, b).is_some();
        };
        let both = |first: Option<TokenMatch>, second: &dyn Fn() -> Option<TokenMatch>| {
            first.is_some_and(|f| {
                second().is_some_and(|s| f != TokenMatch::Initial || s != TokenMatch::Initial)
            })
        };
        both(self.token_match(x.0, u.0), &|| self.token_match(y.0, v.0))
            || both(self.token_match(x.0, v.0), &|| self.token_match(y.0, u.0))
    }

    /// How two names agree. Symmetric: `compare(a, b)` is `compare(b, a)` mirrored.
    /// Cost: some ten look-ups for everyday names.
    pub fn compare(&self, left: u32, right: u32) -> NameAgreement {
        if left > right {
            return self.compare(right, left).mirrored();
        }
        let (a, b) = (self.content(left), self.content(right));
        let mut best = self.assign(a, b);
        let full = 100 * a.len().max(b.len());
        if best.as_ref().is_none_or(|x| (x.1 as usize) < full) {
            for tokens in self.readings(left) {
                best = better(best, self.assign(&tokens, b));
            }
            for tokens in self.readings(right) {
                best = better(best, self.assign(a, &tokens));
            }
        }
        match best {
            Some((agreement, _)) => agreement,
            None => self.partial(a, b),
        }
    }

    /// The other ways to read a name: with one run of adjacent tokens joined.
    fn readings(&self, name: u32) -> impl Iterator<Item = Tokens> + '_ {
        self.joined.row(name as usize).iter().map(move |run| {
            let mut tokens: Tokens = self.content(name).to_vec();
            tokens.splice(run.from as usize..run.to as usize, [(run.token, run.part)]);
            tokens
        })
    }

    /// The best assignment of all tokens of the shorter side, with its rank; `None` when the profile does not hold.
    fn assign(&self, a: &[(u32, Part)], b: &[(u32, Part)]) -> Option<(NameAgreement, u32)> {
        let flip = a.len() > b.len();
        let (short, long) = if flip { (b, a) } else { (a, b) };
        if short.is_empty() || (short.len() == 1 && long.len() > 1) {
            return None;
        }
        let mut search = Search {
            profile: self,
            short,
            long,
            chosen: [0; MAX_MATCHES],
            best: [0; MAX_MATCHES],
            best_rank: 0,
        };
        search.go(0, 0, 0, 0);
        if search.best_rank == 0 {
            return None;
        }
        let mut matches = [None; MAX_MATCHES];
        let mut unmatched = [0_u8; 4];
        let mut used = 0_u32;
        let mut swapped = false;
        for (i, &(s, s_part)) in short.iter().enumerate() {
            let at = search.best[i] as usize;
            let (l, l_part) = long[at];
            used |= 1 << at;
            swapped |= s_part != l_part;
            let by = self
                .token_match(s, l)
                .expect("the search only chooses matching tokens");
            let m = NameMatch {
                left: s,
                right: l,
                left_part: s_part,
                right_part: l_part,
                by,
            };
            matches[i] = Some(m);
        }
        for (at, (_, part)) in long
            .iter()
            .enumerate()
            .filter(|(at, _)| used >> at & 1 == 0)
        {
            let _ = at;
            unmatched[usize::from(*part == Part::Surname) * 2 + 1] += 1;
        }
        let agreement = NameAgreement {
            matches,
            similar: true,
            unmatched,
            swapped,
        };
        Some((
            if flip {
                agreement.mirrored()
            } else {
                agreement
            },
            search.best_rank,
        ))
    }

    /// For names that are not similar: what agrees all the same, each token at most once, strongest first. Tokens
    /// without a partner are told by part. A word that is a given name on one side and a surname on the other belongs
    /// to the part it stands in more often in the file, the surname at a tie, and what is left over to the other: two
    /// of one family, one of them with the names swapped, share the surname.
    fn partial(&self, a: &[(u32, Part)], b: &[(u32, Part)]) -> NameAgreement {
        // A name of initials alone tells nothing.
        let only_initials = |side: &[(u32, Part)]| side.iter().all(|(t, _)| self.is_initial(*t));
        if only_initials(a) || only_initials(b) {
            return NameAgreement {
                matches: [None; MAX_MATCHES],
                similar: false,
                unmatched: [0; 4],
                swapped: false,
            };
        }
        let mut options: Vec<(Reverse<u32>, usize, usize, TokenMatch)> = Vec::new();
        for (i, &(l, l_part)) in a.iter().enumerate() {
            for (j, &(r, r_part)) in b.iter().enumerate() {
                let by = match self.token_match(l, r) {
                    // An initial across parts fits a swapped name, and one stranger's in ten.
                    Some(TokenMatch::Initial) if l_part != r_part => Some(TokenMatch::Garbled),
                    None if self.garbled(l, r) => Some(TokenMatch::Garbled),
                    by => by,
                };
                if let Some(by) = by {
                    let bonus = if l_part == r_part { 25 } else { 0 };
                    options.push((Reverse(by.rank() + bonus), i, j, by));
                }
            }
        }
        options.sort_unstable_by_key(|o| (o.0, o.1, o.2));
        let (mut left_used, mut right_used) = (vec![false; a.len()], vec![false; b.len()]);
        let mut matches = [None; MAX_MATCHES];
        let mut n = 0;
        let mut swapped = false;
        let mut rest = Part::Surname;
        for (_, i, j, by) in options {
            if left_used[i] || right_used[j] || n == MAX_MATCHES {
                continue;
            }
            (left_used[i], right_used[j]) = (true, true);
            let (mut left_part, mut right_part) = (a[i].1, b[j].1);
            if left_part != right_part {
                let leaning = self.leaning[a[i].0 as usize] + self.leaning[b[j].0 as usize];
                let (part, other) = if leaning > 0 {
                    (Part::Given, Part::Surname)
                } else {
                    (Part::Surname, Part::Given)
                };
                (left_part, right_part) = (part, part);
                if !swapped {
                    (swapped, rest) = (true, other);
                }
            }
            matches[n] = Some(NameMatch {
                left: a[i].0,
                right: b[j].0,
                left_part,
                right_part,
                by,
            });
            n += 1;
        }
        let mut unmatched = [0_u8; 4];
        for (side, (tokens, used)) in [(a, &left_used), (b, &right_used)].into_iter().enumerate() {
            for ((_, part), _) in tokens.iter().zip(used).filter(|(_, used)| !**used) {
                let part = if swapped { rest } else { *part };
                unmatched[usize::from(part == Part::Surname) * 2 + side] += 1;
            }
        }
        NameAgreement {
            matches,
            similar: false,
            unmatched,
            swapped,
        }
    }

    /// Whether two given names are the forms of one name for a man and a woman (the list of endings in this file).
    pub fn sexes_differ(&self, left: u32, right: u32) -> bool {
        sexes_differ(&self.texts[left as usize], &self.texts[right as usize])
    }

    /// Text of a token.
    pub fn text(&self, token: u32) -> &str {
        &self.texts[token as usize]
    }

    /// Spelt so alike that one may be the other garbled: Jaro-Winkler at least 0.80 with three letters or more, or one
    /// the beginning of the other with two or more.
    fn garbled(&self, left: u32, right: u32) -> bool {
        let (l, r) = (&self.texts[left as usize], &self.texts[right as usize]);
        let shorter = l.len().min(r.len());
        shorter >= 3 && strsim::jaro_winkler(l, r) >= 0.80
            || shorter >= 2 && (l.starts_with(&**r) || r.starts_with(&**l))
    }

    /// True when two names may be one person's, on a looser view than [`similar`](Self::similar): given names agree in
    /// some way, or one side has none and surnames agree. Surnames may differ, as they do after a marriage.
    pub fn may_be_one(&self, left: u32, right: u32) -> bool {
        let agreement = self.compare(left, right);
        let given = agreement
            .matches()
            .any(|m| m.left_part == Part::Given || m.right_part == Part::Given);
        let given_conflict = agreement.unmatched[0] > 0 && agreement.unmatched[1] > 0;
        agreement.similar || given || (agreement.matches().next().is_some() && !given_conflict)
    }
}

/// Endings of a man's and of a woman's form of one given name, where the beginning is the same: Daniel and Daniela,
/// Mario and Maria, Christian and Christina, Olivier and Olivia, Louis and Louise.
const ENDINGS: [(&str, &str); 14] = [
    ("", "a"),
    ("", "ah"),
    ("o", "a"),
    ("us", "a"),
    ("os", "a"),
    ("ian", "ina"),
    ("ian", "ine"),
    ("er", "ra"),
    ("ier", "ia"),
    ("el", "elle"),
    ("is", "ise"),
    ("on", "onne"),
    ("ien", "ienne"),
    ("ean", "eanne"),
];

/// Whether one given name is the other with the ending that tells a woman's from a man's: two people far more often
/// than a slip of the keyboard. Symmetric; of folded names; the man's has three letters or more. Some pairs
/// that it names are one woman's (Karin, Karina).
fn sexes_differ(left: &str, right: &str) -> bool {
    let forms = |man: &str, woman: &str| {
        ENDINGS.iter().any(|(his, hers)| {
            man.strip_suffix(his)
                .zip(woman.strip_suffix(hers))
                .is_some_and(|(a, b)| a == b && !a.is_empty() && a.len() + his.len() >= 3)
        })
    };
    left != right && (forms(left, right) || forms(right, left))
}

fn better(
    a: Option<(NameAgreement, u32)>,
    b: Option<(NameAgreement, u32)>,
) -> Option<(NameAgreement, u32)> {
    match (a, b) {
        (Some(a), Some(b)) => Some(if b.1 > a.1 { b } else { a }),
        (a, b) => a.or(b),
    }
}

/// Depth-first search over assignments of the short side; at most eight tokens, nearly always two or three.
struct Search<'a> {
    profile: &'a NameProfile,
    short: &'a [(u32, Part)],
    long: &'a [(u32, Part)],
    chosen: [u8; MAX_MATCHES],
    best: [u8; MAX_MATCHES],
    best_rank: u32,
}

impl Search<'_> {
    fn go(&mut self, i: usize, used: u32, rank: u32, n_words: u32) {
        if i == self.short.len() {
            if n_words > 0 && rank > self.best_rank {
                self.best_rank = rank;
                self.best = self.chosen;
            }
            return;
        }
        let (token, part) = self.short[i];
        for at in 0..self.long.len() {
            if used >> at & 1 == 1 {
                continue;
            }
            let (other, other_part) = self.long[at];
            if let Some(by) = self.profile.token_match(token, other) {
                self.chosen[i] = at as u8;
                let word = u32::from(by != TokenMatch::Initial);
                // The small bonus prefers given to given and surname to surname among equals.
                self.go(
                    i + 1,
                    used | 1 << at,
                    rank + by.rank() + u32::from(part == other_part),
                    n_words + word,
                );
            }
        }
    }
}

/// Runs that are written as one word elsewhere: two given names, two surnames, particles with their surname.
fn joined_runs(row: &[NameToken], names: &Names) -> Vec<Joined> {
    let mut out = Vec::new();
    let mut at = 0_u8;
    let mut run = String::new();
    let mut before: Option<NameToken> = None;
    for token in row {
        let text = names.vocabulary.text(token.token);
        if token.role == TokenRole::Particle {
            run.push_str(text);
            before = None;
            continue;
        }
        let mut add = |word: &str, from: u8| {
            if let Some(number) = names.vocabulary.get(word) {
                out.push(Joined {
                    token: number,
                    from,
                    to: at + 1,
                    part: Part::of(token.role),
                });
            }
        };
        if !run.is_empty() {
            add(&(run.clone() + text), at);
        } else if let Some(previous) = before.filter(|p| Part::of(p.role) == Part::of(token.role)) {
            let first = names.vocabulary.text(previous.token);
            if first.len() > 1 && text.len() > 1 {
                add(&format!("{first}{text}"), at - 1);
            }
        }
        run.clear();
        before = Some(*token);
        at += 1;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Generation, Marks};
    use crate::similarity::neighbours::Channels;

    /// Names written as given|surname with words separated by blanks.
    fn profile(names: &[&str]) -> NameProfile {
        let mut out = Names::default();
        for name in names {
            let (given, surname) = name.split_once('|').expect("a bar");
            let mut row = Vec::new();
            for (i, word) in given.split_whitespace().enumerate() {
                let role = if i == 0 {
                    TokenRole::Given
                } else {
                    TokenRole::Middle
                };
                row.push(NameToken {
                    token: out.vocabulary.intern(word),
                    role,
                });
            }
            for word in surname.split_whitespace() {
                let role = if ["van", "de"].contains(&word) {
                    TokenRole::Particle
                } else {
                    TokenRole::Surname
                };
                row.push(NameToken {
                    token: out.vocabulary.intern(word),
                    role,
                });
            }
            out.tokens.push_row(row);
            out.generation.push(Generation::Unsaid);
            out.marks.push(Marks::NONE);
        }
        let graph = Neighbours::build(out.vocabulary.texts(), &Channels::PERSON, |t| {
            if t == "bob" { &["robert"] } else { &[] }
        });
        NameProfile::new(&out, graph)
    }

    #[test]
    fn what_is_similar() {
        for (left, right, expected) in [
            ("regina|murphy", "regina|merphy", true),
            ("bob|miller", "robert|miller", true),
            ("j|smith", "john|smith", true),
            ("smith|john", "john|smith", true),
            ("anna maria|schmidt", "anna|schmidt", true),
            ("mary ann|jones", "maryann|jones", true),
            ("joao|de silva", "joao|desilva", true),
            ("joao|de silva", "joao|silva", true),
            ("maria|garcia lopez", "maria|lopez", true),
            ("john|smith", "peter|smith", false),
            ("john|smith", "john|baker", false),
            ("j|smith", "j|baker", false),
            ("j p|x", "john paul|x", false),
            ("|smith", "john|smith", false),
            ("|smith", "|smith", true),
            ("john paul|smith", "john peter|smith", false),
        ] {
            let profile = profile(&[left, right]);
            assert_eq!(profile.similar(0, 1), expected, "{left} and {right}");
            assert_eq!(profile.compare(0, 1), profile.compare(1, 0).mirrored());
        }
    }

    #[test]
    fn parts_of_unlike_names_are_told() {
        let profile = profile(&["john|smith", "peter|smith"]);
        let agreement = profile.compare(0, 1);
        assert!(!agreement.similar);
        assert_eq!(agreement.unmatched, [1, 1, 0, 0]);
        assert_eq!(agreement.matches().count(), 1);
    }

    #[test]
    fn a_word_on_both_sides_belongs_to_the_part_it_is_used_in() {
        let names = ["istvan|szabo", "szabo|katalin", "peter|szabo", "anna|meyer"];
        let family = profile(&names);
        let agreement = family.compare(0, 1);
        assert!(agreement.swapped && !agreement.similar);
        assert_eq!(agreement.unmatched, [1, 1, 0, 0], "the given names differ");
        assert!(!family.may_be_one(0, 1), "two of one family");
        let married = profile(&["anna|meyer", "schulz|anna", "anna|weber"]);
        let agreement = married.compare(0, 1);
        assert_eq!(agreement.unmatched, [0, 0, 1, 1], "the surnames differ");
        assert_eq!(agreement, married.compare(1, 0).mirrored());
    }

    #[test]
    fn forms_of_one_name_for_two_sexes() {
        for (left, right, expected) in [
            ("daniel", "daniela", true),
            ("maria", "mario", true),
            ("christian", "christina", true),
            ("peter", "petra", true),
            ("jean", "jeanne", true),
            ("olivier", "olivia", true),
            ("amir", "amirah", true),
            ("susan", "susanne", false),
            ("christina", "christine", false),
            ("martin", "matrin", false),
            ("jo", "joa", false),
            ("anna", "anna", false),
        ] {
            assert_eq!(sexes_differ(left, right), expected, "{left} {right}");
            assert_eq!(sexes_differ(right, left), expected, "{right} {left}");
        }
    }
}
