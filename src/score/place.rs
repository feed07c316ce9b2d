//! City, postcode, country, street.

use super::{Scorer, View};
use crate::model::{Level, NONE, RecordIdx};
use crate::rules::predicate::millibits;
use crate::similarity::osa;

/// Most that a shared place is worth.
const PLACE_CAP: i32 = 10_000;
/// Most that a shared street is worth.
const STREET_CAP: i32 = 14_000;

impl Scorer<'_> {
    pub(super) fn place(&self, left: RecordIdx, right: RecordIdx) -> View {
        let p = self.prepared;
        let both = |column: &[u32]| {
            (column[left.at()] != NONE && column[right.at()] != NONE).then(|| column[left.at()])
        };
        let equal = |column: &[u32]| column[left.at()] == column[right.at()];
        let worth = |n: u32| millibits(0.8 / self.weights.value_share(n)).clamp(0, PLACE_CAP);
        // Postcodes of two countries may look alike.
        let country_differs = both(&p.country).is_some() && !equal(&p.country);
        if country_differs {
            return View::flat(Level::Different, -3_500);
        }
        match (both(&p.postcode), both(&p.city)) {
            (Some(code), _) if equal(&p.postcode) => {
                let bits = worth(self.counts.postcode[code as usize]);
                View::new(Level::Same, bits, 200, -100, 200)
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
            (_, Some(city)) if self.city_slip(city, p.city[right.at()]) => {
                let bits = worth(self.counts.city[city as usize]).min(3_000);
                View::new(Level::Close, bits, 0, 0, 0)
            }
            (None, None) => View::MISSING,
            _ => View::new(Level::Different, -2_000, -1_000, -500, -1_000),
        }
    }

    fn city_slip(&self, left: u32, right: u32) -> bool {
        let (a, b) = (
            self.prepared.cities.text(left).as_bytes(),
            self.prepared.cities.text(right).as_bytes(),
        );
        a.len().min(b.len()) >= 5 && osa::distance_within(a, b, 2).is_some()
    }

    pub(super) fn street(&self, left: RecordIdx, right: RecordIdx) -> View {
        let p = self.prepared;
        let (a, b) = (p.street[left.at()], p.street[right.at()]);
        if a == NONE || b == NONE {
            return View::MISSING;
        }
        let worth = |n: u32| millibits(0.7 / self.weights.value_share(n)).clamp(0, STREET_CAP);
        if a == b {
            return View::new(
                Level::Same,
                worth(self.counts.street[a as usize]),
                600,
                -400,
                600,
            );
        }
        let (x, y) = (p.streets.text(a), p.streets.text(b));
        let numbers = |t: &str| -> Vec<String> {
            t.split_whitespace()
                .filter(|w| w.bytes().any(|c| c.is_ascii_digit()))
                .map(str::to_owned)
                .collect()
        };
        // A slip in the street's name; another house number is another house.
        if x.len().min(y.len()) >= 8
            && numbers(x) == numbers(y)
            && osa::distance_within(x.as_bytes(), y.as_bytes(), 3).is_some()
        {
            return View::new(Level::Close, 7_000, 300, -400, 300);
        }
        View::new(Level::Different, -1_500, -300, 500, -300)
    }
}
