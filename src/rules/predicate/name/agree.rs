//! Whether two names are similar, and which token is whose partner.

use super::profile::NameProfile;
use super::{MAX_MATCHES, NameAgreement, NameMatch, Part, TokenMatch};

type Tokens = Vec<(u32, Part)>;

impl NameProfile {
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
        let left_over = |at: &usize| used >> at & 1 == 0;
        for at in (0..long.len()).filter(left_over) {
            unmatched[usize::from(long[at].1 == Part::Surname) * 2 + 1] += 1;
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
