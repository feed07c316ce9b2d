//! Telephone numbers in a country's own plan, and the ways people write them.

use super::country::{Country, Locale};
use super::draw::Draw;
use super::entity::City;

/// A number that exists in its country's plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Phone {
    locale: Locale,
    area: String,
    subscriber: String,
}

/// Fills the `#` of a pattern from a serial number, so that different serials give different numbers.
///
/// The serial is scattered by an affine permutation of 0..10^k, k the number of `#`; `N` becomes a random 2 to 9.
fn numbered(pattern: &str, serial: u64, draw: &mut Draw) -> String {
    let n_digits = pattern.bytes().filter(|b| *b == b'#').count() as u32;
    let modulus = 10u64.pow(n_digits);
    // Both constants are primes above 10^7, hence coprime to every power of ten.
    let scattered = (serial % modulus)
        .wrapping_mul(97_368_787 % modulus.max(2))
        .wrapping_add(31_415_927)
        % modulus;
    let digits = format!("{scattered:0width$}", width = n_digits as usize);
    let mut digits = digits.chars();
    pattern
        .chars()
        .map(|c| match c {
            '#' => digits.next().unwrap_or('0'),
            'N' => char::from(b'2' + draw.below(8) as u8),
            other => other,
        })
        .collect()
}

impl Phone {
    /// A mobile number; `city` is the owner's, for countries whose mobile numbers carry an area code.
    pub(super) fn mobile(locale: Locale, city: City, serial: u64, draw: &mut Draw) -> Phone {
        let patterns: Vec<&str> = locale.country().mobile.split(' ').collect();
        let pattern = *draw.pick(&patterns);
        if let Some(subscriber) = pattern.strip_prefix('@') {
            let subscriber = if subscriber.is_empty() {
                city.subscriber
            } else {
                subscriber
            };
            return Phone {
                locale,
                area: city.area.to_owned(),
                subscriber: numbered(subscriber, serial, draw),
            };
        }
        let digits = numbered(pattern, serial, draw);
        let split = if locale.country().trunk.is_empty() {
            0
        } else {
            3.min(digits.len())
        };
        Phone {
            locale,
            area: digits[..split].to_owned(),
            subscriber: digits[split..].to_owned(),
        }
    }

    /// A landline in the area; subscriber numbers never begin with 0 or 1.
    pub(super) fn landline(locale: Locale, city: City, serial: u64, draw: &mut Draw) -> Phone {
        let pattern = city.subscriber;
        let mut subscriber = numbered(pattern, serial, draw);
        if pattern.starts_with('#') {
            // Brazil, Portugal … give landlines the low first digits.
            let first = char::from(b'2' + (spread_digit(&subscriber) % 4));
            subscriber.replace_range(0..1, &first.to_string());
        }
        Phone {
            locale,
            area: city.area.to_owned(),
            subscriber,
        }
    }

    /// `+` and all digits.
    pub(super) fn e164(&self) -> String {
        format!("+{}{}{}", self.country().dial, self.area, self.subscriber)
    }

    fn country(&self) -> &'static Country {
        self.locale.country()
    }

    /// Another line of the same switchboard: the last digits replaced.
    pub(super) fn direct_line(&self, draw: &mut Draw) -> Phone {
        let keep = self.subscriber.len().saturating_sub(2).max(1);
        let mut line = self.clone();
        line.subscriber.truncate(keep);
        line.subscriber.push_str(&draw.digits("##"));
        line
    }

    /// With zeros at the end, as firms like their main line.
    pub(super) fn rounded(mut self) -> Phone {
        let keep = self.subscriber.len().saturating_sub(1);
        self.subscriber.truncate(keep);
        self.subscriber.push('0');
        self
    }

    fn grouped(&self, gap: char) -> String {
        let digits = &self.subscriber;
        let size = match digits.len() {
            7 if self.country().dial == "1" => 3,
            0..=5 => 5,
            6 | 9 => 3,
            _ => 4,
        };
        let mut out = String::new();
        for (i, c) in digits.chars().enumerate() {
            if i > 0 && i % size == 0 && (size == 4 || digits.len() - i > 1) && i < size * 3 {
                // 3+4 in North America, never a lone digit at the end.
                if !(self.country().dial == "1" && i > 3) {
                    out.push(gap);
                }
            }
            out.push(c);
        }
        out
    }

    /// The number as a person of the country might write it.
    pub(super) fn written(&self, draw: &mut Draw) -> String {
        let country = self.country();
        let (dial, trunk, area) = (country.dial, country.trunk, self.area.as_str());
        let whole = format!("{area}{}", self.subscriber);
        if dial == "1" {
            return match draw.below(14) {
                0..=3 => format!("({area}) {}", self.grouped('-')),
                4..=6 => format!("{area}-{}", self.grouped('-')),
                7 => format!("{area}.{}", self.grouped('.')),
                8 | 9 => whole,
                10 => format!("+1 {area} {}", self.grouped(' ')),
                11 => format!("1-{area}-{}", self.grouped('-')),
                12 => format!("+1 ({area}) {}", self.grouped('-')),
                _ => format!("+1{whole}"),
            };
        }
        let area_gap = if area.is_empty() { "" } else { " " };
        match draw.below(16) {
            0..=2 => format!("+{dial} {area}{area_gap}{}", self.grouped(' ')),
            3 | 4 => format!("+{dial}{whole}"),
            5 | 6 => format!("{trunk}{whole}"),
            7..=9 => format!("{trunk}{area}{area_gap}{}", self.grouped(' ')),
            10 if !area.is_empty() && ["DE", "AT"].contains(&country.code) => {
                format!("{trunk}{area}/{}", self.subscriber)
            }
            10 | 11 if !area.is_empty() => format!("({trunk}{area}) {}", self.grouped(' ')),
            12 => format!("00{dial} {area}{area_gap}{}", self.grouped(' ')),
            13 if trunk == "0" => format!("+{dial} (0){area}{area_gap}{}", self.grouped(' ')),
            14 if !area.is_empty() => format!("{trunk}{area}-{}", self.grouped('-')),
            _ => format!("+{dial}-{area}{}", self.subscriber),
        }
    }

    /// With an extension behind it.
    pub(super) fn with_extension(&self, draw: &mut Draw) -> String {
        let number = self.written(draw);
        let extension = draw.digits("N##");
        let mark = match self.country().code {
            "DE" | "AT" | "CH" => ["-", " DW ", " ext. "][draw.below(3) as usize],
            "FR" => " poste ",
            "ES" | "MX" | "IT" => " ext. ",
            _ => [" x", " ext. ", " ext ", " #"][draw.below(4) as usize],
        };
        format!("{number}{mark}{extension}")
    }
}

fn spread_digit(digits: &str) -> u8 {
    digits
        .bytes()
        .fold(0u8, |sum, b| sum.wrapping_mul(3).wrapping_add(b))
}
