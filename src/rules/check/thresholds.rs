//! Where similarity begins to mean something: what unrelated values reach by chance.

use crate::rules::set::Measure;

/// The similarity that one in a hundred pairs of different people's full names reaches, by measure.
///
/// Measured by the test below on all pairs of its list of names; a threshold under it holds for people who have
/// nothing to do with each other.
pub(super) fn chance(measure: Measure) -> f64 {
    match measure {
        Measure::JaroWinkler | Measure::Jaro => 0.69,
        Measure::Levenshtein | Measure::DamerauLevenshtein | Measure::Osa => 0.42,
        Measure::TokenSet | Measure::DoubleMetaphone | Measure::Soundex => 0.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_chance_figures_are_those_of_unrelated_names() {
        const NAMES: [&str; 40] = [
            "mary walker",
            "james oconnor",
            "fatima al sayed",
            "hans mueller",
            "chloe dubois",
            "liam murphy",
            "yuki tanaka",
            "priya sharma",
            "carlos garcia",
            "olga ivanova",
            "ahmed hassan",
            "emma johansson",
            "lucas silva",
            "wei zhang",
            "sofia rossi",
            "noah smith",
            "ingrid larsen",
            "peter novak",
            "anna kowalska",
            "david cohen",
            "maria gonzalez",
            "tom baker",
            "susan clark",
            "jean martin",
            "ravi patel",
            "katrin weber",
            "george papadopoulos",
            "elif yilmaz",
            "minh nguyen",
            "sarah jones",
            "robert taylor",
            "linda brown",
            "michael davis",
            "karen wilson",
            "pablo fernandez",
            "julia schneider",
            "erik nielsen",
            "laura moore",
            "daniel kim",
            "nina petrova",
        ];
        let hundredth = |measure: fn(&str, &str) -> f64| {
            let mut scores: Vec<f64> = (0..NAMES.len())
                .flat_map(|i| (0..i).map(move |j| measure(NAMES[i], NAMES[j])))
                .collect();
            scores.sort_by(f64::total_cmp);
            scores[scores.len() * 99 / 100]
        };
        let mut wrong = Vec::new();
        for (measure, f) in [
            (
                Measure::JaroWinkler,
                strsim::jaro_winkler as fn(&str, &str) -> f64,
            ),
            (Measure::Jaro, strsim::jaro),
            (Measure::Levenshtein, strsim::normalized_levenshtein),
            (
                Measure::DamerauLevenshtein,
                strsim::normalized_damerau_levenshtein,
            ),
            (Measure::Osa, |a, b| {
                1.0 - strsim::osa_distance(a, b) as f64 / a.len().max(b.len()) as f64
            }),
        ] {
            let measured = hundredth(f);
            if (measured - chance(measure)).abs() >= 0.005 {
                wrong.push((measure, measured));
            }
        }
        assert_eq!(wrong, []);
    }
}
