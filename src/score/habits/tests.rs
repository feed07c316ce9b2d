//! What is learned from counts, and when nothing is.

use super::*;

#[test]
fn few_pairs_change_nothing_and_many_no_more_than_three_bits() {
    let mut counts = [[0; N_LEVELS]; EvidenceField::ALL.len()];
    let dates = &mut counts[EvidenceField::BirthDate as usize];
    dates[Level::Conflict as usize] = PAIRS_MIN - 1;
    let few = Habits::from_counts(&counts);
    assert_eq!(few.shift(EvidenceField::BirthDate, Level::Conflict), 0);
    counts[EvidenceField::BirthDate as usize][Level::Conflict as usize] = 10_000;
    let many = Habits::from_counts(&counts);
    assert_eq!(
        many.shift(EvidenceField::BirthDate, Level::Conflict),
        MOVE_MAX
    );
    assert_eq!(many.shift(EvidenceField::BirthDate, Level::Same), -MOVE_MAX);
    assert_eq!(many.shift(EvidenceField::BirthDate, Level::Missing), 0);
    assert_eq!(many.shift(EvidenceField::Street, Level::Different), 0);
}

#[test]
fn damaged_names_are_counted_by_pairs_of_two_identifiers() {
    let alike = |field, n, similar| {
        let by_two = (n, similar);
        alike_names(&[(
            field,
            Sure {
                by_two,
                ..Sure::default()
            },
        )])
    };
    assert!((alike(EvidenceField::Email, 100, 40) - 0.4).abs() < 1e-12);
    assert!((alike(EvidenceField::Email, 100, 5) - 0.25).abs() < 1e-12);
    assert!((alike(EvidenceField::Email, PAIRS_MIN - 1, 0) - 1.0).abs() < 1e-12);
    // A date of birth alone is one identifier.
    assert!((alike(EvidenceField::BirthDate, 100, 40) - 1.0).abs() < 1e-12);
}

#[test]
fn phones_that_rarely_differ_speak_more_when_they_do() {
    let mut counts = [[0; N_LEVELS]; EvidenceField::ALL.len()];
    let phones = &mut counts[EvidenceField::Phone as usize];
    phones[Level::Missing as usize] = 5_000;
    phones[Level::Same as usize] = DIFFERING_PAIRS_MIN - 1;
    let few = Habits::from_counts(&counts);
    assert_eq!(few.shift(EvidenceField::Phone, Level::Different), 0);
    counts[EvidenceField::Phone as usize][Level::Same as usize] = 900;
    counts[EvidenceField::Phone as usize][Level::Different as usize] = 100;
    let many = Habits::from_counts(&counts);
    // (100 + 66) of 1,100 differ, of which 0.66 were expected: log2(0.1509 / 0.66) and log2(0.8491 / 0.34).
    assert_eq!(
        many.shift(EvidenceField::Phone, Level::Different),
        -DIFFERING_MAX
    );
    assert_eq!(many.shift(EvidenceField::Phone, Level::Same), 1_320);
    assert_eq!(many.shift(EvidenceField::Phone, Level::Conflict), 0);
}

#[test]
fn names_typed_in_haste_contradict_less() {
    let surnames = |same: u32, close: u32, sound: u32| {
        let mut counts = [[0; N_LEVELS]; EvidenceField::ALL.len()];
        let seen = &mut counts[EvidenceField::Surname as usize];
        seen[Level::Same as usize] = same;
        seen[Level::Close as usize] = close;
        seen[Level::Sound as usize] = sound;
        // Says nothing of slips.
        seen[Level::Initial as usize] = 50;
        let habits = Habits::from_counts(&counts);
        [
            Level::Close,
            Level::Sound,
            Level::Linked,
            Level::Different,
            Level::Same,
        ]
        .map(|level| habits.shift(EvidenceField::Surname, level))
    };
    assert_eq!(surnames(60, 20, 19), [0; 5], "too few");
    assert_eq!(surnames(890, 60, 50), [0; 5], "as expected");
    // (400 + 11) of 1,100 have a slip: log2(0.3736 / 0.11); q is 0.5965, its square 23.3 times the expected.
    assert_eq!(surnames(600, 250, 150), [1_764, 1_764, MOVE_MAX, 2_959, 0]);
    assert_eq!(
        surnames(1_000, 0, 0),
        [-CLEAN_MAX, -CLEAN_MAX, -CLEAN_MAX, -CLEAN_MAX, 0]
    );
}

#[test]
fn a_file_that_is_as_expected_changes_nothing() {
    let mut counts = [[0; N_LEVELS]; EvidenceField::ALL.len()];
    for (field, levels) in SHIPPED {
        for (level, shipped) in levels {
            counts[field as usize][*level as usize] = (shipped * 1_000.0) as u32;
        }
    }
    let habits = Habits::from_counts(&counts);
    for (field, levels) in SHIPPED {
        for (level, _) in levels {
            assert!(
                habits.shift(field, *level).abs() <= 1,
                "{field:?} {level:?}"
            );
        }
        let sum: f64 = levels.iter().map(|(_, m)| m).sum();
        assert!(
            (sum - 1.0).abs() < 1e-9,
            "shipped figures of {field:?} sum to one"
        );
    }
}
