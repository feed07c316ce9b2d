//! All names of a run in the form the profile compares, and what an index must know of each.

use super::{Part, TokenMatch};
use crate::model::{Csr, NameToken, Names, TokenRole};
use crate::similarity::neighbours::Neighbours;

/// A run of adjacent tokens that is also written as one word somewhere in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Joined {
    pub(super) token: u32,
    pub(super) from: u8,
    pub(super) to: u8,
    pub(super) part: Part,
}

/// All distinct names of a run in the form the profile compares.
#[derive(Debug, Clone)]
pub struct NameProfile {
    content: Csr<(u32, Part)>,
    pub(super) joined: Csr<Joined>,
    /// First letter of each vocabulary token.
    first: Vec<u8>,
    /// Whether each vocabulary token is an initial.
    initial: Vec<bool>,
    pub(super) texts: Vec<Box<str>>,
    /// Distinct names that hold each vocabulary token or a neighbour, those of joined runs included.
    reach: Vec<u32>,
    /// Distinct names that have each token as a given name, less those that have it as a surname.
    pub(super) leaning: Vec<i32>,
    neighbours: Neighbours,
}

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

    /// Text of a token.
    pub fn text(&self, token: u32) -> &str {
        &self.texts[token as usize]
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
