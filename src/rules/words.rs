//! The words of a rule file and what they stand for: one table per kind of word, read by `file`, written by `render`.

use super::set::{MatchcodeKind, Measure, PicklistSide, Preference, TextBasis};

/// Words of `same = …`.
pub const MATCHCODES: [(&str, MatchcodeKind); 8] = [
    ("email", MatchcodeKind::Email),
    ("phone", MatchcodeKind::Phone),
    ("email_domain", MatchcodeKind::EmailDomain),
    ("name", MatchcodeKind::Name),
    ("company", MatchcodeKind::Company),
    ("website", MatchcodeKind::Website),
    ("address", MatchcodeKind::Address),
    ("place", MatchcodeKind::Place),
];

/// Words of `measure = …`.
pub const MEASURES: [(&str, Measure); 8] = {
    let mut words = [("", Measure::JaroWinkler); 8];
    let mut at = 0;
    while at < words.len() {
        let measure = Measure::ALL[at];
        words[at] = (measure.as_str(), measure);
        at += 1;
    }
    words
};

/// Words of `on = …`.
pub(super) const BASES: [(&str, TextBasis); 2] = [
    ("raw", TextBasis::Raw),
    ("normalised", TextBasis::Normalised),
];

/// Words of `by = …`.
pub(super) const PICKLIST_SIDES: [(&str, PicklistSide); 2] = [
    ("label", PicklistSide::Label),
    ("value", PicklistSide::Value),
];

/// Words of `[survivor] prefer`.
pub const PREFERENCES: [(&str, Preference); 5] = [
    ("active", Preference::Active),
    ("completeness", Preference::Completeness),
    ("modified", Preference::Modified),
    ("created", Preference::Created),
    ("id", Preference::Id),
];

/// ISO 3166-1 alpha-2 country codes, as of the 2024 list, each followed by a blank.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW \
BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO \
FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO \
JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS \
MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU \
RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA \
UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW";

/// The word for a value of one of the tables above.
pub(super) fn word_of<T: PartialEq>(table: &[(&'static str, T)], value: &T) -> &'static str {
    table
        .iter()
        .find(|(_, v)| v == value)
        .map(|(word, _)| *word)
        .expect("every value of the type is in its table, see the test below")
}

/// Whether the text is an ISO 3166-1 alpha-2 code in capital letters.
pub fn is_country(code: &str) -> bool {
    code.len() == 2 && COUNTRIES.split(' ').any(|c| c == code)
}

/// The nearest of `words`, when it is near enough to be meant: at most a third of the letters differ
/// (optimal string alignment distance), or one is a part of the other. Ties go to the first.
pub fn nearest<'w>(word: &str, words: &[&'w str]) -> Option<&'w str> {
    let lower = word.to_lowercase();
    let plain = |w: &str| w.replace(['-', '_', ' '], "");
    let mut best: Option<(usize, &'w str)> = None;
    for &candidate in words {
        let (a, b) = (plain(&lower), plain(&candidate.to_lowercase()));
        let limit = a.chars().count().max(b.chars().count()).div_ceil(3);
        let distance = strsim::osa_distance(&a, &b);
        let near = distance <= limit || a.len() > 2 && (b.contains(&a) || a.contains(&b));
        if near && best.is_none_or(|(d, _)| distance < d) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, w)| w)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_is_found_again() {
        for (word, value) in MATCHCODES {
            assert_eq!(word_of(&MATCHCODES, &value), word);
        }
        for (word, value) in MEASURES {
            assert_eq!(word_of(&MEASURES, &value), word);
        }
        for (word, value) in BASES {
            assert_eq!(word_of(&BASES, &value), word);
        }
        for (word, value) in PICKLIST_SIDES {
            assert_eq!(word_of(&PICKLIST_SIDES, &value), word);
        }
        for (word, value) in PREFERENCES {
            assert_eq!(word_of(&PREFERENCES, &value), word);
        }
    }

    #[test]
    fn nearest_finds_slips_and_nothing_far() {
        let words = ["same", "similar", "exclude_inactive", "when"];
        for (typed, meant) in [
            ("simlar", Some("similar")),
            ("excludeInactive", Some("exclude_inactive")),
            ("exclude-inactive", Some("exclude_inactive")),
            ("inactive", Some("exclude_inactive")),
            ("wehn", Some("when")),
            ("colour", None),
        ] {
            assert_eq!(nearest(typed, &words), meant, "{typed}");
        }
    }

    #[test]
    fn countries_are_two_capitals() {
        assert!(is_country("GB") && is_country("US"));
        assert!(!is_country("UK") && !is_country("gb") && !is_country("B "));
        assert_eq!(COUNTRIES.split(' ').count(), 249);
    }
}
