//! What agrees in two names that are not similar.

use super::profile::NameProfile;
use super::{MAX_MATCHES, NameAgreement, NameMatch, Part, TokenMatch};
use crate::similarity::osa;
use std::cmp::Reverse;

impl NameProfile {
    /// For names that are not similar: what agrees all the same, each token at most once, strongest first. Tokens
    /// without a partner are told by part. A word that is a given name on one side and a surname on the other belongs
    /// to the part it stands in more often in the file, the surname at a tie, and what is left over to the other: two
    /// of one family, one of them with the names swapped, share the surname.
    pub(super) fn partial(&self, a: &[(u32, Part)], b: &[(u32, Part)]) -> NameAgreement {
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

    /// Spelt so alike that one may be the other garbled: Jaro-Winkler at least 0.80 with three letters or more, one the
    /// beginning of the other with two or more, four letters or more in another order two edits apart (Price, Pcire), or
    /// three letters of which two neighbours are swapped (Jan, Jna).
    fn garbled(&self, left: u32, right: u32) -> bool {
        garbled(&self.texts[left as usize], &self.texts[right as usize])
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

pub(super) fn garbled(l: &str, r: &str) -> bool {
    let shorter = l.len().min(r.len());
    shorter >= 3 && strsim::jaro_winkler(l, r) >= 0.80
        || shorter >= 2 && (l.starts_with(r) || r.starts_with(l))
        || shorter >= 3
            && sorted(l) == sorted(r)
            && osa::distance_within(l.as_bytes(), r.as_bytes(), if shorter > 3 { 2 } else { 1 })
                .is_some()
}

fn sorted(text: &str) -> Vec<u8> {
    let mut letters = text.as_bytes().to_vec();
    letters.sort_unstable();
    letters
}
