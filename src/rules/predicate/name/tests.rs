use super::NameProfile;
use super::sexes::sexes_differ;
use crate::model::{Generation, Marks, NameToken, Names, TokenRole};
use crate::similarity::neighbours::{Channels, Neighbours};

/// Names written as given|surname with words separated by blanks.
fn profile(names: &[&str]) -> NameProfile {
    let mut out = Names::default();
    for name in names {
        let (given, surname) = name.split_once('|').expect("a bar");
        let mut row = Vec::new();
        for (i, word) in given.split_whitespace().enumerate() {
            let role = if i == 0 {
                TokenRole::Given
            } else {
                TokenRole::Middle
            };
            row.push(NameToken {
                token: out.vocabulary.intern(word),
                role,
            });
        }
        for word in surname.split_whitespace() {
            let role = if ["van", "de"].contains(&word) {
                TokenRole::Particle
            } else {
                TokenRole::Surname
            };
            row.push(NameToken {
                token: out.vocabulary.intern(word),
                role,
            });
        }
        out.tokens.push_row(row);
        out.generation.push(Generation::Unsaid);
        out.marks.push(Marks::NONE);
    }
    let graph = Neighbours::build(out.vocabulary.texts(), &Channels::PERSON, |t| {
        if t == "bob" { &["robert"] } else { &[] }
    });
    NameProfile::new(&out, graph)
}

#[test]
fn what_is_similar() {
    for (left, right, expected) in [
        ("regina|murphy", "regina|merphy", true),
        ("bob|miller", "robert|miller", true),
        ("j|smith", "john|smith", true),
        ("smith|john", "john|smith", true),
        ("anna maria|schmidt", "anna|schmidt", true),
        ("mary ann|jones", "maryann|jones", true),
        ("joao|de silva", "joao|desilva", true),
        ("joao|de silva", "joao|silva", true),
        ("maria|garcia lopez", "maria|lopez", true),
        ("john|smith", "peter|smith", false),
        ("john|smith", "john|baker", false),
        ("j|smith", "j|baker", false),
        ("j p|x", "john paul|x", false),
        ("|smith", "john|smith", false),
        ("|smith", "|smith", true),
        ("john paul|smith", "john peter|smith", false),
    ] {
        let profile = profile(&[left, right]);
        assert_eq!(profile.similar(0, 1), expected, "{left} and {right}");
        assert_eq!(profile.compare(0, 1), profile.compare(1, 0).mirrored());
    }
}

#[test]
fn parts_of_unlike_names_are_told() {
    let profile = profile(&["john|smith", "peter|smith"]);
    let agreement = profile.compare(0, 1);
    assert!(!agreement.similar);
    assert_eq!(agreement.unmatched, [1, 1, 0, 0]);
    assert_eq!(agreement.matches().count(), 1);
}

#[test]
fn a_word_on_both_sides_belongs_to_the_part_it_is_used_in() {
    let names = ["istvan|szabo", "szabo|katalin", "peter|szabo", "anna|meyer"];
    let family = profile(&names);
    let agreement = family.compare(0, 1);
    assert!(agreement.swapped && !agreement.similar);
    assert_eq!(agreement.unmatched, [1, 1, 0, 0], "the given names differ");
    assert!(!family.may_be_one(0, 1), "two of one family");
    let married = profile(&["anna|meyer", "schulz|anna", "anna|weber"]);
    let agreement = married.compare(0, 1);
    assert_eq!(agreement.unmatched, [0, 0, 1, 1], "the surnames differ");
    assert_eq!(agreement, married.compare(1, 0).mirrored());
}

#[test]
fn forms_of_one_name_for_two_sexes() {
    for (left, right, expected) in [
        ("daniel", "daniela", true),
        ("maria", "mario", true),
        ("christian", "christina", true),
        ("peter", "petra", true),
        ("jean", "jeanne", true),
        ("olivier", "olivia", true),
        ("amir", "amirah", true),
        ("susan", "susanne", false),
        ("christina", "christine", false),
        ("martin", "matrin", false),
        ("angelika", "angelikaa", false),
        ("jo", "joa", false),
        ("anna", "anna", false),
    ] {
        assert_eq!(sexes_differ(left, right), expected, "{left} {right}");
        assert_eq!(sexes_differ(right, left), expected, "{right} {left}");
    }
}

#[test]
fn what_may_be_garbled() {
    for (left, right, expected) in [
        ("price", "pcire", true),
        ("jones", "josen", true),
        ("mi", "mia", true),
        ("robinson", "robinnso", true),
        ("jan", "jna", true),
        ("jan", "naj", false),
        ("an", "na", false),
        ("leon", "noel", false),
        ("price", "jones", false),
    ] {
        assert_eq!(
            super::partial::garbled(left, right),
            expected,
            "{left} {right}"
        );
        assert_eq!(
            super::partial::garbled(right, left),
            expected,
            "{right} {left}"
        );
    }
}
