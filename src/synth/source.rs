//! Where a record came from: an import spoils all its rows in the same way.

use super::draw::Draw;
use super::habits::ErrorLevel;
use super::record::{Col, Record};
use super::spelling;

/// Columns of words, as opposed to addresses and numbers.
const WORDS: [Col; 8] = [
    Col::Salutation,
    Col::First,
    Col::Middle,
    Col::Last,
    Col::Company,
    Col::Job,
    Col::Street,
    Col::City,
];

/// Draws the source of a record and applies its marks.
///
/// At the medium level three records in ten come from a source that leaves some; a third of that at the light level,
/// twice at the heavy one.
pub(super) fn apply(record: &mut Record, errors: ErrorLevel, draw: &mut Draw) {
    let plain_share = match errors {
        ErrorLevel::Light => 900,
        ErrorLevel::Medium => 700,
        ErrorLevel::Heavy => 400,
    };
    if draw.below(1000) < plain_share {
        return;
    }
    match draw.below(100) {
        // A system of the eighties: capitals, plain letters.
        0..=24 => {
            for col in WORDS {
                let text = record.get(col).to_uppercase();
                let plain = spelling::plain(&text, false).unwrap_or(text);
                record.set(col, plain.to_uppercase());
            }
        }
        // A web form on a telephone: small letters, no job, number typed without gaps.
        25..=49 => {
            for col in [Col::First, Col::Middle, Col::Last, Col::Company, Col::City] {
                let lower = record.get(col).to_lowercase();
                record.set(col, lower);
            }
            for col in [Col::Phone1, Col::Mobile] {
                let tight: String = record
                    .get(col)
                    .chars()
                    .filter(|c| c.is_ascii_digit() || *c == '+')
                    .collect();
                record.set(col, tight);
            }
            record.take(Col::Job);
            record.take(Col::Street);
        }
        // A file read with the wrong encoding.
        50..=61 => {
            for col in WORDS {
                let garbled = encoding_rs::WINDOWS_1252
                    .decode_without_bom_handling(record.get(col).as_bytes())
                    .0
                    .into_owned();
                record.set(col, garbled);
            }
        }
        // A spreadsheet that took phones for numbers.
        62..=73 => {
            for col in [Col::Phone1, Col::Phone2, Col::Mobile] {
                let digits: String = record
                    .get(col)
                    .chars()
                    .filter(char::is_ascii_digit)
                    .collect();
                record.set(col, digits.trim_start_matches('0'));
            }
        }
        // A list without country, state and web site.
        74..=87 => {
            for col in [Col::Country, Col::State, Col::Website] {
                record.take(col);
            }
        }
        // Trade-fair badges: no street, a line break between street and place where there is one.
        _ => {
            let place = record.take(Col::City);
            let street = record.take(Col::Street);
            let whole = [street.as_str(), place.as_str()]
                .into_iter()
                .filter(|p| !p.is_empty())
                .collect::<Vec<_>>()
                .join("\n");
            record.set(Col::Street, whole);
        }
    }
}
