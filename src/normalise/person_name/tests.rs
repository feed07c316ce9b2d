//! Odd cases, as tables of input and output.

use super::*;
use proptest::prelude::*;

/// `g:` given, `m:` middle, `p:` particle, `s:` surname, then `+` generation.
fn shown(name: &PersonName) -> String {
    let mut out: Vec<String> = name
        .tokens
        .iter()
        .map(|(token, role)| {
            let letter = match role {
                TokenRole::Given => "g",
                TokenRole::Middle => "m",
                TokenRole::Surname => "s",
                TokenRole::Particle => "p",
            };
            format!("{letter}:{token}")
        })
        .collect();
    if name.generation != Generation::Unsaid {
        out.push(format!("+{:?}", name.generation).to_lowercase());
    }
    out.extend(name.marks.iter().map(|m| format!("!{}", m.as_str())));
    out.join(" ")
}

fn whole(full: &str) -> PersonName {
    read(&NameParts {
        full,
        ..NameParts::default()
    })
}

fn columns(first: &str, last: &str) -> PersonName {
    read(&NameParts {
        first,
        last,
        ..NameParts::default()
    })
}

/// The parts a reading renders to: what the property tests read again.
fn reread(name: &PersonName) -> PersonName {
    let part = |roles: &[TokenRole]| -> String {
        name.tokens
            .iter()
            .filter(|(_, r)| roles.contains(r))
            .map(|(t, _)| t.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let suffix = match name.generation {
        Generation::Unsaid => "",
        Generation::Senior => "sr",
        Generation::Junior => "jr",
        Generation::Third => "iii",
        Generation::Fourth => "iv",
    };
    read(&NameParts {
        first: &part(&[TokenRole::Given]),
        middle: &part(&[TokenRole::Middle]),
        last: &part(&[TokenRole::Particle, TokenRole::Surname]),
        suffix,
        ..NameParts::default()
    })
}

#[test]
fn whole_names() {
    let table = [
        ("John Smith", "g:john s:smith"),
        ("JOHN SMITH", "g:john s:smith"),
        ("john  smith", "g:john s:smith"),
        ("Smith, John", "g:john s:smith"),
        ("Smith, John Paul", "g:john m:paul s:smith"),
        ("Smith,John", "g:john s:smith"),
        ("SMITH, JOHN", "g:john s:smith"),
        ("van der Berg, Jan", "g:jan p:van p:der s:berg"),
        ("García López, María", "g:maria s:garcia s:lopez"),
        ("Dr. John Smith", "g:john s:smith"),
        ("Prof. Dr. Hans Müller", "g:hans s:muller"),
        ("Herr Dipl.-Ing. Karl Weiß", "g:karl s:weiss"),
        ("Mr. John Q. Smith, Jr.", "g:john m:q s:smith +junior"),
        ("John Smith Jr", "g:john s:smith +junior"),
        ("John Smith III", "g:john s:smith +third"),
        ("John Smith Sr.", "g:john s:smith +senior"),
        ("John Smith IV", "g:john s:smith +fourth"),
        ("Smith, John, Jr.", "g:john s:smith +junior"),
        ("Smith Jr., John", "g:john s:smith +junior"),
        ("John Smith, PhD", "g:john s:smith"),
        ("John Smith Ph.D.", "g:john s:smith"),
        ("John Smith, MD, PhD", "g:john s:smith"),
        ("John Smith MBA", "g:john s:smith"),
        ("Smith, MBA", "s:smith !partial"),
        ("J.R. Smith", "g:j m:r s:smith"),
        ("JR Smith", "g:j m:r s:smith"),
        ("J. Smith", "g:j s:smith"),
        ("J Smith", "g:j s:smith"),
        ("Jean-Luc Picard", "g:jean m:luc s:picard"),
        ("Sean O'Brien", "g:sean s:obrien"),
        ("Sean O’Brien", "g:sean s:obrien"),
        ("Robert (Bob) Smith", "g:robert s:smith"),
        ("Robert \"Bob\" Smith", "g:robert s:smith"),
        ("William (Chip) Smith", "g:william m:chip s:smith"),
        ("Jane Smith (she/her)", "g:jane s:smith"),
        ("Anna Schmidt geb. Meier", "g:anna s:schmidt"),
        ("Ludwig van Beethoven", "g:ludwig p:van s:beethoven"),
        ("Vincent van der Berg", "g:vincent p:van p:der s:berg"),
        ("Maria de la Cruz", "g:maria p:de p:la s:cruz"),
        ("Abdul al-Rashid", "g:abdul p:al s:rashid"),
        ("Osama bin Laden", "g:osama p:bin s:laden"),
        ("DUPONT Jean", "g:jean s:dupont"),
        ("DE LA CRUZ Maria", "g:maria p:de p:la s:cruz"),
        ("Ana GARCÍA LÓPEZ", "g:ana s:garcia s:lopez"),
        ("Иван Петров", "g:ivan s:petrov"),
        ("王小明", "g:xiaoming s:wang !signs"),
        ("王 Xiaoming", "g:wang s:xiaoming"),
        ("欧阳小明", "g:xiaoming s:ouyang !signs"),
        ("Łukasz Żółć", "g:lukasz s:zolc"),
        ("Don Smith", "g:don s:smith"),
        ("Don Juan Perez", "g:juan s:perez"),
        ("Sr. Juan Perez", "g:juan s:perez"),
        ("Md Rahman", "g:md s:rahman"),
        ("Nguyen Van Ng", "g:nguyen p:van s:ng"),
        ("Ben Smith", "g:ben s:smith"),
        ("Yo-Yo Ma", "g:yo m:yo s:ma"),
        ("John Smith 2", "g:john s:smith"),
        ("Madonna", "s:madonna !partial"),
        ("", "!invalid"),
        ("   ", "!invalid"),
        ("n/a", "!invalid !placeholder"),
        ("Test", "!invalid !placeholder"),
        ("test test", "!invalid !placeholder"),
        ("Test User", "!invalid !placeholder"),
        ("Test123", "!invalid !placeholder"),
        ("unknown", "!invalid !placeholder"),
        ("asdf asdf", "!invalid !placeholder"),
        ("xxx", "!invalid !placeholder"),
        ("DO NOT CALL", "!invalid !placeholder"),
        ("???", "!invalid !placeholder"),
        ("12345", "!invalid !placeholder"),
        ("john@contoso.com", "!invalid !not-a-person"),
        ("Contoso Ltd", "g:contoso s:ltd !not-a-person"),
        ("Accounts Payable", "g:accounts s:payable !not-a-person"),
    ];
    for (input, expected) in table {
        assert_eq!(shown(&whole(input)), expected, "{input:?}");
    }
}

#[test]
fn mc_belongs_to_the_surname_of_a_whole_name() {
    assert_eq!(
        shown(&whole("Tom Mc Donald")),
        shown(&whole("Tom McDonald"))
    );
}

#[test]
fn columns_of_their_own() {
    let table = [
        ("John", "Smith", "g:john s:smith"),
        (" john ", "SMITH", "g:john s:smith"),
        ("Mary Ann", "Smith", "g:mary m:ann s:smith"),
        ("Dr. John", "Smith", "g:john s:smith"),
        ("Dr.", "Smith", "s:smith !partial"),
        ("John", "Smith Jr.", "g:john s:smith +junior"),
        ("John", "Smith, Jr", "g:john s:smith +junior"),
        ("John", "Smith, PhD", "g:john s:smith"),
        ("John", "Smith MD", "g:john s:smith"),
        ("John", "Smith, John", "g:john s:smith"),
        ("Maria", "García López", "g:maria s:garcia s:lopez"),
        ("José", "Ortega y Gasset", "g:jose s:ortega p:y s:gasset"),
        ("Ludwig", "van Beethoven", "g:ludwig p:van s:beethoven"),
        ("Thi", "Van", "g:thi s:van"),
        ("Jan", "Smith-Jones", "g:jan s:smith s:jones"),
        ("Sean", "O Brien", "g:sean s:obrien"),
        ("Ian", "Mc Donald", "g:ian s:mcdonald"),
        ("Gina", "D'Angelo", "g:gina s:dangelo"),
        ("Bob (Robert)", "Smith", "g:bob s:smith"),
        ("John & Jane", "Smith", "g:john m:jane s:smith"),
        ("", "Smith", "s:smith !partial"),
        ("John", "", "g:john !partial"),
        ("", "John Smith", "g:john s:smith"),
        ("", "Smith, John", "g:john s:smith"),
        ("John Smith", "", "g:john s:smith"),
        ("John", "n/a", "g:john !partial"),
        ("-", "Smith", "s:smith !partial"),
        ("Unknown", "Unknown", "!invalid !placeholder"),
        ("Not", "Provided", "!invalid !placeholder"),
        ("First Name", "Last Name", "!invalid !placeholder"),
        ("", "", "!invalid"),
        ("小明", "王", "g:xiaoming s:wang !signs"),
        (
            "info@contoso.com",
            "Smith",
            "s:smith !not-a-person !partial",
        ),
        ("Contoso", "GmbH", "g:contoso s:gmbh !not-a-person"),
        ("Júnior", "Silva", "g:junior s:silva"),
    ];
    for (first, last, expected) in table {
        assert_eq!(shown(&columns(first, last)), expected, "{first:?} {last:?}");
    }
}

#[test]
fn columns_completed_by_the_full_name() {
    let table = [
        ("", "", "", "Smith, John", "", "g:john s:smith"),
        (
            "",
            "",
            "García López",
            "María García López",
            "",
            "g:maria s:garcia s:lopez",
        ),
        ("John", "", "", "John Smith", "", "g:john s:smith"),
        (
            "John",
            "Q",
            "Smith",
            "whatever else",
            "III",
            "g:john m:q s:smith +third",
        ),
        ("John", "", "Smith", "", "PhD", "g:john s:smith"),
        ("John", "", "Smith", "", "Senior", "g:john s:smith +senior"),
        ("n/a", "", "n/a", "John Smith", "", "g:john s:smith"),
    ];
    for (first, middle, last, full, suffix, expected) in table {
        let name = read(&NameParts {
            salutation: "Mr",
            first,
            middle,
            last,
            suffix,
            full,
        });
        assert_eq!(
            shown(&name),
            expected,
            "{first:?} {middle:?} {last:?} {full:?}"
        );
    }
}

#[test]
fn a_name_has_at_most_eight_tokens() {
    let name =
        whole("Pablo Diego José Francisco de Paula Juan Nepomuceno María de los Remedios Picasso");
    assert_eq!(name.tokens.len(), 8);
    assert_eq!(
        name.tokens.last(),
        Some(&("picasso".to_owned(), TokenRole::Surname))
    );
}

#[test]
fn a_title_in_the_first_name_column_is_no_given_name() {
    let name = columns("Dr", "van Aa");
    assert_eq!(reread(&name), name);
    let name = columns("Dr.", "Smith");
    assert_eq!(name.tokens, [("smith".to_owned(), TokenRole::Surname)]);
}

#[test]
fn read_again_the_tables_change_nothing() {
    for full in [
        "Dr. John Q. Smith, Jr.",
        "Ludwig van Beethoven",
        "William (Chip) Smith",
        "JR Smith",
        "Contoso Ltd",
        "Madonna",
        "García López, María",
        "O Brien, Sean",
    ] {
        let name = whole(full);
        assert_eq!(reread(&name), name, "{full}");
    }
    // In Latin letters it is not in signs any more.
    let signs = whole("王小明");
    assert_eq!(reread(&signs).tokens, signs.tokens);
}

proptest! {
    #[test]
    fn reading_what_was_read_changes_nothing(
        first in "(|Dr[.] |Mr )([A-Z][a-zäéø]{0,7}|[A-Z][.])( [A-Z][a-z]{1,6}| [(]Bob[)]|-[A-Z][a-z]{2,5})?",
        last in "(|van |de la |O'|Mc |al-)[A-Z][a-zöñł]{1,9}(|-[A-Z][a-z]{2,6}| [A-Z][a-z]{2,6})(| Jr[.]| III|, PhD)",
    ) {
        let name = columns(&first, &last);
        // Surnames without a given name read as a whole name the second time.
        prop_assume!(name.tokens.len() < 2 || name.tokens[0].1 == TokenRole::Given);
        prop_assert_eq!(reread(&name), name);
    }

    #[test]
    fn any_text_reads_without_panic_and_reads_again_the_same(full in "\\PC{0,30}") {
        let name = whole(&full);
        prop_assert!(name.tokens.len() <= 8);
        for (token, _) in &name.tokens {
            prop_assert!(!token.is_empty() && token.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
        }
    }
}

/// Words that mean something to the reader, and some that do not.
fn any_word() -> impl Strategy<Value = String> {
    use crate::normalise::tables::titles;
    let tables = [
        titles::TITLES,
        titles::TITLES_ALSO_NAMES,
        titles::DEGREES,
        titles::DEGREES_AFTER_COMMA,
        titles::PARTICLES,
        titles::COMPANY_WORDS,
        titles::PLACEHOLDER_NAMES,
        &[
            "jr", "senior", "iii", "and", "oder", "mac", "Smith", "ANNA", "Joanne", "aaa", "unk",
            "nown", "test", "ing",
        ],
    ];
    let words: Vec<&'static str> = tables.concat();
    prop_oneof![
        4 => proptest::sample::select(words).prop_map(str::to_owned),
        1 => "[a-zA-Z]{1,6}",
        1 => proptest::sample::select(vec!["", ".", "J", "j.", "x", "Jr.", " Ann", "O'Neil"]).prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]
    #[test]
    fn the_short_way_reads_as_the_long_one(first in any_word(), middle in "[a-zA-Z]?[.]?", last in any_word()) {
        let parts = NameParts { first: &first, middle: &middle, last: &last, full: "Some One", ..NameParts::default() };
        prop_assert_eq!(read(&parts), read_in_full(&parts));
    }
}

#[test]
fn names_that_are_nothing_but_names_go_the_short_way() {
    for (first, middle, last, is_plain) in [
        ("Ann", "", "Smith", true),
        ("MARIA", "J.", "Silva", true),
        ("Ann", "Mary", "Smith", false),
        ("Prof", "", "Smith", false),
        ("Unk", "", "Nown", false),
        ("Al", "", "Smith", false),
        ("Ann", "", "O'Neil", false),
    ] {
        let parts = NameParts {
            first,
            middle,
            last,
            ..NameParts::default()
        };
        assert_eq!(read_plain(&parts).is_some(), is_plain, "{first} {last}");
    }
}
