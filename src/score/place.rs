//! City, postcode, country, street.

use super::{SITES, Scorer, View, sites};
use crate::model::{AddressLine, Level, NONE, RecordIdx};
use crate::rules::predicate::{PLACE_CAP, millibits};
use crate::similarity::osa;

/// Most that a shared street is worth.
const STREET_CAP: i32 = 14_000;
/// Most that a street written with a slip is worth.
const CLOSE_STREET: i32 = 7_000;
/// What two flats or floors of one house take from it.
const OTHER_PART: i32 = 1_500;

impl Scorer<'_> {
    pub(super) fn place(&self, left: RecordIdx, right: RecordIdx) -> View {
        let p = self.prepared;
        let both = |column: &[u32]| {
            (column[left.at()] != NONE && column[right.at()] != NONE).then(|| column[left.at()])
        };
        let equal = |column: &[u32]| column[left.at()] == column[right.at()];
        let worth = |n: u32| millibits(0.8 / self.weights.value_share(n)).clamp(0, PLACE_CAP);
        let name = |city: u32| p.cities.text(city);
        // Postcodes of two countries may look alike.
        let country_differs = both(&p.country).is_some() && !equal(&p.country);
        if country_differs {
            return View::flat(Level::Different, -3_500);
        }
        match (both(&p.postcode), both(&p.city)) {
            (Some(code), _) if equal(&p.postcode) => {
                let n = self.counts.postcode[code as usize];
                let mut view = View::new(Level::Same, worth(n), 200, -100, 200);
                view.bits[SITES] = sites::one_postcode(n);
                view
            }
            (postcode, Some(city)) if equal(&p.city) => {
                let bits = worth(self.counts.city[city as usize]);
                // Another postcode in the same city: moved, or two people.
                let loss = if postcode.is_some() { 1_500 } else { 0 };
                View::new(
                    Level::Partial,
                    bits - loss,
                    200 - loss,
                    -100 - loss,
                    200 - loss,
                )
            }
            (_, Some(city)) if city_slip(name(city), name(p.city[right.at()])) => {
                let bits = worth(self.counts.city[city as usize]).min(3_000);
                View::new(Level::Close, bits, 0, 0, 0)
            }
            (None, None) => View::MISSING,
            (_, Some(city)) if city_garbled(name(city), name(p.city[right.at()])) => {
                View::flat(Level::Linked, 0)
            }
            _ => View::new(Level::Different, -2_000, -1_000, -500, -1_000),
        }
    }

    pub(super) fn street(&self, left: RecordIdx, right: RecordIdx) -> View {
        let p = self.prepared;
        let (a, b) = (p.street[left.at()], p.street[right.at()]);
        if a == NONE || b == NONE {
            return View::MISSING;
        }
        let (x, y) = (
            AddressLine::read(p.streets.text(a)),
            AddressLine::read(p.streets.text(b)),
        );
        if x.is_post_box() != y.is_post_box() {
            // Where somebody's post lies says nothing on the house.
            return View::MISSING;
        }
        // The matchcode's holders; lines without a house number have none.
        let n_holders = match p.address[left.at()] {
            NONE => self.counts.street[a as usize].max(self.counts.street[b as usize]),
            address => self.counts.address[address as usize],
        };
        let worth = millibits(0.7 / self.weights.value_share(n_holders)).clamp(0, STREET_CAP);
        let close = View::new(Level::Close, worth.min(CLOSE_STREET), 300, -400, 300);
        match like(&x, &y) {
            Like::Same => View::new(Level::Same, worth, 600, -400, 600),
            Like::OtherPart => View::new(
                Level::Same,
                (worth - OTHER_PART).max(0),
                600 - OTHER_PART,
                -400,
                600 - OTHER_PART,
            ),
            Like::Close => close,
            Like::NoNumber => View::new(Level::Partial, worth.min(1_000), 0, 0, 0),
            Like::Different => View::new(Level::Different, -1_500, -300, 500, -300),
        }
    }
}

/// Two edits apart, or one with what tells it from its namesakes: Frankfurt, Frankfurt am Main.
fn city_slip(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    let further = long.strip_prefix(short);
    short.len() >= 5
        && (further.is_some_and(|rest| rest.starts_with(' '))
            || osa::distance_within(a.as_bytes(), b.as_bytes(), 2).is_some())
}

/// Long names three edits apart: perhaps one, perhaps not.
fn city_garbled(a: &str, b: &str) -> bool {
    a.len().min(b.len()) >= 8 && osa::distance_within(a.as_bytes(), b.as_bytes(), 3).is_some()
}

/// How two address lines compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Like {
    /// One house, as far as said.
    Same,
    /// One house, two flats or floors.
    OtherPart,
    /// A slip in the name, or another kind of street of that name.
    Close,
    /// One street, one line without a house number.
    NoNumber,
    Different,
}

fn like(x: &AddressLine<'_>, y: &AddressLine<'_>) -> Like {
    let differ = |a: &str, b: &str| !a.is_empty() && !b.is_empty() && a != b;
    if differ(x.number, y.number)
        || differ(x.direction, y.direction)
        || differ(x.number_to, y.number_to)
    {
        return Like::Different;
    }
    let half = x.number.is_empty() != y.number.is_empty();
    if x.street != y.street {
        return if !half && (is_slip(x.street, y.street) || is_blank_slip(x, y)) {
            Like::Close
        } else {
            Like::Different
        };
    }
    let digits = |unit: &str| -> String { unit.chars().filter(char::is_ascii_digit).collect() };
    if half {
        Like::NoNumber
    } else if differ(x.kind, y.kind) {
        Like::Close
    } else if differ(&digits(x.unit), &digits(y.unit)) {
        Like::OtherPart
    } else {
        Like::Same
    }
}

/// A slip in the street's name: one from five letters, two from nine; names with figures (25th, 26th) are never slips.
fn is_slip(a: &str, b: &str) -> bool {
    let has_digit = |t: &str| t.bytes().any(|c| c.is_ascii_digit());
    let slips = match a.len().min(b.len()) {
        0..5 => return false,
        5..9 => 1,
        _ => 2,
    };
    !has_digit(a)
        && !has_digit(b)
        && osa::distance_within(a.as_bytes(), b.as_bytes(), slips).is_some()
}

/// The same letters, or a slip, with a blank lost, added or moved: Wright Place, Wrigh Tplace; Goodwin Street,
/// Goodwinstreet.
fn is_blank_slip(x: &AddressLine<'_>, y: &AddressLine<'_>) -> bool {
    let letters = |line: &AddressLine<'_>| -> String {
        let name = line.street.split(' ').chain([line.kind]);
        name.collect()
    };
    let (a, b) = (letters(x), letters(y));
    a.len().min(b.len()) >= 8 && (a == b || is_slip(&a, &b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_lost_or_moved_are_slips_of_a_street() {
        for (a, b, expected) in [
            ("15|wrigh tplace", "15|wright|place", Like::Close),
            ("15|goodwinstreet", "15|goodwin|street", Like::Close),
            ("15|thomso n|street", "15|thomson|street", Like::Close),
            ("15|eddycrecsent", "15|eddy|crescent", Like::Close),
            ("15|wright|place", "15|wright|street", Like::Close),
            ("15|wrigh tplace", "16|wright|place", Like::Different),
            ("15|e 25th street", "15|e 26th|street", Like::Different),
            ("15|elm|st", "15|oak|st", Like::Different),
        ] {
            let (x, y) = (AddressLine::read(a), AddressLine::read(b));
            assert_eq!(like(&x, &y), expected, "{a} {b}");
            assert_eq!(like(&y, &x), expected, "{b} {a}");
        }
    }

    #[test]
    fn cities_with_a_slip_a_part_more_or_garbled() {
        for (a, b, slip, garbled) in [
            ("frankfurt", "frankfurt am main", true, false),
            ("london", "lodnon", true, false),
            ("frankfurt", "frankfurters", false, true),
            ("bournemouth", "bournehhoutm", false, true),
            ("york", "yorkshire", false, false),
            ("essen", "essenheim", false, false),
            ("hamburg", "dresden", false, false),
        ] {
            for (a, b) in [(a, b), (b, a)] {
                assert_eq!(city_slip(a, b), slip, "{a} {b}");
                assert_eq!(!slip && city_garbled(a, b), garbled, "{a} {b}");
            }
        }
    }
}
