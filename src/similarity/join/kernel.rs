//! Measures on coded texts of up to 64 characters, a machine word at a time, and the bounds they imply.
//!
//! Every score is computed by the expression that `strsim` uses, in its order, so that the bits are the same.
//! Sources: Jaro flags in words after Bachmann's rapidfuzz (idea); Levenshtein after Myers (1999); optimal string
//! alignment after Hyyrö (2003). The reference of each is `strsim`, in the tests.

use super::Measure;

/// Where the characters of a text stand: for each code a word with a bit for each place.
pub(super) struct Places {
    words: Vec<u64>,
    held: Vec<u16>,
}

impl Places {
    pub(super) fn new(n_codes: usize) -> Places {
        Places {
            words: vec![0; n_codes],
            held: Vec::with_capacity(64),
        }
    }

    /// Forgets the text before, takes in this one.
    pub(super) fn set<C: Copy + Into<u16>>(&mut self, codes: &[C]) {
        for code in self.held.drain(..) {
            self.words[usize::from(code)] = 0;
        }
        for (at, code) in codes.iter().enumerate() {
            self.words[usize::from((*code).into())] |= 1 << at;
            self.held.push((*code).into());
        }
    }

    #[inline]
    fn of<C: Into<u16>>(&self, code: C) -> u64 {
        self.words[usize::from(code.into())]
    }

    fn len(&self) -> usize {
        self.held.len()
    }
}

/// Jaro from its counts, as `strsim` sums it.
#[inline]
fn jaro_of(matches: usize, transpositions: usize, left_len: usize, right_len: usize) -> f64 {
    ((matches as f64 / left_len as f64)
        + (matches as f64 / right_len as f64)
        + ((matches - transpositions) as f64 / matches as f64))
        / 3.0
}

/// Winkler's boost for a common prefix of `prefix` characters (at most 4), as `strsim` adds it.
#[inline]
fn boosted(jaro: f64, prefix: usize) -> f64 {
    if jaro > 0.7 {
        jaro + 0.1 * prefix as f64 * (1.0 - jaro)
    } else {
        jaro
    }
}

/// One minus distance over longer length.
#[inline]
fn normalised(distance: usize, longer: usize) -> f64 {
    1.0 - distance as f64 / longer as f64
}

/// How many characters two texts of these lengths must have in common, as bags, for the measure to reach the threshold;
/// `None` when it cannot. `prefix`: characters they share at the beginning, at most 4, for Jaro-Winkler.
///
/// Both families fall as fewer characters are common: Jaro's matches are common characters, and with no transposition its
/// sum grows with their number; a distance is at least the longer length less the common characters.
pub(super) fn common_needed(
    measure: Measure,
    threshold: f64,
    left_len: usize,
    right_len: usize,
    prefix: usize,
) -> Option<usize> {
    let (shorter, longer) = (left_len.min(right_len), left_len.max(right_len));
    if longer == 0 {
        return (1.0 >= threshold).then_some(0);
    }
    let reaches = |common: usize| match measure {
        Measure::JaroWinkler | Measure::Jaro => {
            let score = if common == 0 {
                0.0
            } else {
                let jaro = jaro_of(common, 0, left_len, right_len);
                if measure == Measure::JaroWinkler {
                    boosted(jaro, prefix)
                } else {
                    jaro
                }
            };
            score >= threshold
        }
        _ => normalised(longer - common, longer) >= threshold,
    };
    if !reaches(shorter) {
        return None;
    }
    let (mut fails, mut holds) = (0_usize, shorter);
    if reaches(0) {
        return Some(0);
    }
    while holds - fails > 1 {
        let middle = usize::midpoint(fails, holds);
        if reaches(middle) {
            holds = middle;
        } else {
            fails = middle;
        }
    }
    Some(holds)
}

/// The measure of the text in `places` and another, both of 1 to 64 characters, when it reaches the threshold.
#[inline]
pub(super) fn score<C: Copy + Into<u16>>(
    measure: Measure,
    threshold: f64,
    needed: usize,
    prefix: usize,
    places: &Places,
    other: &[C],
) -> Option<f64> {
    let score = match measure {
        Measure::JaroWinkler | Measure::Jaro => {
            let (matches, transpositions) = jaro_counts(places, other, needed.max(1))?;
            let jaro = jaro_of(matches, transpositions, places.len(), other.len());
            if measure == Measure::JaroWinkler {
                boosted(jaro, prefix)
            } else {
                jaro
            }
        }
        Measure::Levenshtein => {
            normalised(levenshtein(places, other), places.len().max(other.len()))
        }
        Measure::Osa => normalised(osa(places, other), places.len().max(other.len())),
        _ => unreachable!("other measures are compared as text"),
    };
    (score >= threshold).then_some(score)
}

/// Matches and transpositions of Jaro; `None` when there are fewer matches than `needed` (at least 1).
#[inline]
fn jaro_counts<C: Copy + Into<u16>>(
    places: &Places,
    other: &[C],
    needed: usize,
) -> Option<(usize, usize)> {
    let reach = (places.len().max(other.len()) / 2).saturating_sub(1);
    // Places within reach of the current character of `other`.
    let mut window: u64 = (1 << (reach + 1)) - 1;
    let (mut taken, mut matched) = (0_u64, 0_u64);
    for (at, code) in other.iter().enumerate() {
        let free = places.of(*code) & window & !taken;
        taken |= free & free.wrapping_neg();
        matched |= u64::from(free != 0) << at;
        window <<= 1;
        window |= u64::from(at < reach);
    }
    let matches = taken.count_ones() as usize;
    if matches < needed {
        return None;
    }
    let mut out_of_order = 0;
    while matched != 0 {
        let code = other[matched.trailing_zeros() as usize];
        let place = taken & taken.wrapping_neg();
        out_of_order += usize::from(places.of(code) & place == 0);
        taken ^= place;
        matched &= matched - 1;
    }
    Some((matches, out_of_order / 2))
}

/// Levenshtein distance.
#[inline]
fn levenshtein<C: Copy + Into<u16>>(places: &Places, other: &[C]) -> usize {
    let last = places.len() - 1;
    let (mut up, mut down) = (!0_u64, 0_u64);
    let mut distance = places.len();
    for code in other {
        let same = places.of(*code);
        let diagonal = (((same & up).wrapping_add(up)) ^ up) | same | down;
        let mut right_up = down | !(diagonal | up);
        let mut right_down = diagonal & up;
        distance += (right_up >> last & 1) as usize;
        distance -= (right_down >> last & 1) as usize;
        right_up = right_up << 1 | 1;
        right_down <<= 1;
        up = right_down | !(diagonal | right_up);
        down = right_up & diagonal;
    }
    distance
}

/// Optimal string alignment distance.
#[inline]
fn osa<C: Copy + Into<u16>>(places: &Places, other: &[C]) -> usize {
    let last = places.len() - 1;
    let (mut up, mut down) = (!0_u64, 0_u64);
    let (mut diagonal, mut same_before) = (0_u64, 0_u64);
    let mut distance = places.len();
    for code in other {
        let same = places.of(*code);
        let swapped = (!diagonal & same) << 1 & same_before;
        diagonal = (((same & up).wrapping_add(up)) ^ up) | same | down | swapped;
        let mut right_up = down | !(diagonal | up);
        let mut right_down = diagonal & up;
        distance += (right_up >> last & 1) as usize;
        distance -= (right_down >> last & 1) as usize;
        right_up = right_up << 1 | 1;
        right_down <<= 1;
        up = right_down | !(diagonal | right_up);
        down = right_up & diagonal;
        same_before = same;
    }
    distance
}
