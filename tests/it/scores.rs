//! Verdicts on pairs everyone knows, among two thousand invented leads; and what must hold for every score.

use kinfold::ingest::IngestOptions;
use kinfold::model::{Alternative, EvidenceField, Level, RecordIdx, Silent, Verdict};
use kinfold::pipeline::{self, Engine, LinkOptions, Loaded};
use kinfold::rules;
use kinfold::synth::{self, SynthOptions};
use proptest::prelude::*;
use std::io::Write as _;
use std::sync::OnceLock;

/// id, first name, last name, company, e-mail, business phone, mobile, street, city.
const CASES: &[[&str; 9]] = &[
    // The same person, entered twice.
    [
        "copy-1",
        "Regina",
        "Murphy",
        "Contoso Ltd",
        "regina.murphy@contoso-test.co",
        "+1 312 555 0143",
        "",
        "",
        "Chicago",
    ],
    [
        "copy-2",
        "Regina",
        "Merphy",
        "Contoso",
        "regina.murphy@contoso-test.co",
        "",
        "",
        "",
        "Chicago",
    ],
    // The same person at a new company: private mobile kept, nickname used.
    [
        "moved-1",
        "Robert",
        "Hallgarten",
        "Fabrikam Inc",
        "robert.hallgarten@fabrikam-test.co",
        "",
        "+44 7911 123456",
        "",
        "Leeds",
    ],
    [
        "moved-2",
        "Bob",
        "Hallgarten",
        "Tailspin Toys",
        "bob@tailspin-test.co",
        "",
        "+44 7911 123456",
        "",
        "York",
    ],
    // A married couple on one landline.
    [
        "family-1",
        "Heinrich",
        "Oberlechner",
        "",
        "",
        "+49 30 2345678",
        "",
        "Lindenweg 4",
        "Berlin",
    ],
    [
        "family-2",
        "Gudrun",
        "Oberlechner",
        "",
        "",
        "+49 30 2345678",
        "",
        "Lindenweg 4",
        "Berlin",
    ],
    // Two people at one company behind its switchboard.
    [
        "desk-1",
        "Amelie",
        "Bertrand",
        "Northwind Traders",
        "amelie.bertrand@northwind-test.co",
        "+33 1 42 68 53 00",
        "",
        "",
        "Paris",
    ],
    [
        "desk-2",
        "Youssef",
        "Lacroix",
        "Northwind Traders",
        "youssef.lacroix@northwind-test.co",
        "+33 1 42 68 53 00",
        "",
        "",
        "Paris",
    ],
    // Father and son.
    [
        "senior",
        "Wendell",
        "Thackeray Sr.",
        "Thackeray & Sons",
        "",
        "+1 312 555 0187",
        "",
        "12 Elm Street",
        "Chicago",
    ],
    [
        "junior",
        "Wendell",
        "Thackeray Jr.",
        "Thackeray & Sons",
        "",
        "+1 312 555 0187",
        "",
        "12 Elm Street",
        "Chicago",
    ],
    // A father and a son of one name, of whom the son alone is written so.
    [
        "elder",
        "Casimir",
        "Grabowiecki",
        "",
        "casimir@grabowiecki-test.co",
        "+1 773 555 0112",
        "",
        "7 Maple Court",
        "Evanston",
    ],
    [
        "younger",
        "Casimir",
        "Grabowiecki Jr.",
        "",
        "skater.casi@skates-test.co",
        "+1 773 555 0112",
        "",
        "7 Maple Court",
        "Evanston",
    ],
    // Two brothers: one sign apart, in Latin letters a slip.
    [
        "signs-1",
        "영수",
        "한",
        "",
        "hanbrothers@hanfamily-test.co",
        "010-9757-0984",
        "",
        "",
        "Seoul",
    ],
    [
        "signs-2",
        "성수",
        "한",
        "",
        "hanbrothers@hanfamily-test.co",
        "010-9757-0984",
        "",
        "",
        "Seoul",
    ],
    // Her street in one record, her post-office box in the other.
    [
        "post-1",
        "Rosalind",
        "Achterberg",
        "",
        "",
        "",
        "+31 6 12345678",
        "Dorpsstraat 9",
        "Breda",
    ],
    [
        "post-2",
        "Rosalind",
        "Achterberg",
        "",
        "",
        "",
        "+31 6 12345678",
        "Postbus 112",
        "Breda",
    ],
    // One mailbox of a function.
    [
        "office-1",
        "Ines",
        "Carvalho",
        "Wide World Importers",
        "info@wideworld-test.co",
        "",
        "",
        "",
        "Lisboa",
    ],
    [
        "office-2",
        "Tiago",
        "Fonseca",
        "Wide World Importers",
        "info@wideworld-test.co",
        "",
        "",
        "",
        "Lisboa",
    ],
    // Two known names alike, each with a mailbox made of it; and two letters of one swapped.
    [
        "joan",
        "Joan",
        "Fairweather",
        "Fourth Coffee",
        "joan.fairweather@fourthcoffee-test.co",
        "+44 131 496 0181",
        "",
        "",
        "Edinburgh",
    ],
    [
        "john",
        "John",
        "Fairweather",
        "Fourth Coffee",
        "john.fairweather@fourthcoffee-test.co",
        "+44 131 496 0181",
        "",
        "",
        "Edinburgh",
    ],
    [
        "swapped-1",
        "Jan",
        "Ackerstetter",
        "Graphic Design Institute",
        "jackerstetter@graphicdesign-test.co",
        "",
        "+43 664 1234567",
        "",
        "Wien",
    ],
    [
        "swapped-2",
        "Jna",
        "Ackerstettter",
        "Graphic Design Institute",
        "jackerstetter@graphicdesign-test.co",
        "",
        "+43 664 1234567",
        "",
        "Wien",
    ],
    // One rare name in one town: nothing else said, or all that is said differs.
    [
        "bare-1",
        "Philippa",
        "Ravensworth",
        "",
        "philippa@ravensworth-test.co",
        "",
        "",
        "9 Quay Street",
        "Truro",
    ],
    [
        "bare-2",
        "Philippa",
        "Ravensworth",
        "",
        "",
        "",
        "",
        "",
        "Truro",
    ],
    [
        "other-1",
        "Cordelia",
        "Wetherspoon",
        "Alpine Ski House",
        "cordelia@alpineski-test.co",
        "+44 1872 555 101",
        "",
        "",
        "Truro",
    ],
    [
        "other-2",
        "Cordelia",
        "Wetherspoon",
        "Lucerne Publishing",
        "c.wetherspoon@lucerne-test.co",
        "",
        "+44 7911 555123",
        "",
        "Truro",
    ],
    // Brother and sister with one second name.
    [
        "hans",
        "Hans Peter",
        "Lindgruber",
        "",
        "",
        "+49 30 3456789",
        "",
        "Ahornweg 8",
        "Berlin",
    ],
    [
        "hanna",
        "Hanna Peter",
        "Lindgruber",
        "",
        "",
        "+49 30 3456789",
        "",
        "Ahornweg 8",
        "Berlin",
    ],
    // A slip in the mailbox and one in the domain.
    [
        "slips-1",
        "Isidora",
        "Vukasinovic",
        "",
        "isidora.vukasin@woodgrove-test.co",
        "",
        "",
        "",
        "",
    ],
    [
        "slips-2",
        "Isidora",
        "Vukasinovic",
        "",
        "isidora.vukasni@woodgrov-test.co",
        "",
        "",
        "",
        "",
    ],
    // An initial that the mailbox spells, and two people it may stand for; one company and the beginning of its name.
    [
        "spelled-1",
        "J.",
        "Quistorp",
        "Wideworld Importers",
        "john.quistorp@wideworld-test.co",
        "",
        "",
        "",
        "",
    ],
    [
        "spelled-2",
        "John",
        "Quistorp",
        "Wideworld Importers",
        "",
        "",
        "",
        "",
        "",
    ],
    [
        "spelled-3",
        "Jane",
        "Quistorp",
        "Wideworld",
        "",
        "",
        "",
        "",
        "",
    ],
];

fn loaded_from(csv: &[u8]) -> Loaded {
    let mut file = tempfile::Builder::new()
        .suffix(".csv")
        .tempfile()
        .expect("a temporary file");
    file.write_all(csv).expect("written");
    pipeline::load(
        &[file.path().to_owned()],
        &IngestOptions::default(),
        &LinkOptions::new(rules::builtin()),
        &Silent,
    )
    .expect("the file is well-formed")
}

fn loaded() -> &'static Loaded {
    static LOADED: OnceLock<Loaded> = OnceLock::new();
    LOADED.get_or_init(|| {
        let mut records = Vec::new();
        let options = SynthOptions {
            n_records: 2000,
            seed: 3,
            inactive_share: 0.0,
            ..SynthOptions::default()
        };
        synth::write(&options, &mut records, &mut Vec::new(), &Silent).expect("writing to memory");
        let header = String::from_utf8(
            records
                .split(|b| *b == b'\n')
                .next()
                .expect("a header")
                .to_vec(),
        )
        .expect("UTF-8");
        for case in CASES {
            let cells = header
                .trim_start_matches('\u{feff}')
                .trim_end()
                .split(',')
                .map(|column| match column {
                    "leadid" => case[0],
                    "firstname" => case[1],
                    "lastname" => case[2],
                    "companyname" => case[3],
                    "emailaddress1" => case[4],
                    "telephone1" => case[5],
                    "mobilephone" => case[6],
                    "address1_line1" => case[7],
                    "address1_city" => case[8],
                    "statecode" => "0",
                    _ => "",
                });
            records.extend_from_slice(cells.collect::<Vec<_>>().join(",").as_bytes());
            records.push(b'\n');
        }
        loaded_from(&records)
    })
}

fn record(id: &str) -> RecordIdx {
    loaded().table.find(id).expect("the case is in the file")
}

fn check(left: &str, right: &str) -> (Verdict, Alternative) {
    static ENGINE: OnceLock<Engine<'static>> = OnceLock::new();
    let engine = ENGINE.get_or_init(|| Engine::new(&loaded().prepared));
    let scorer = engine.scorer();
    let evidence = scorer.pair(record(left), record(right));
    (scorer.verdict(&evidence), evidence.alternative)
}

#[test]
fn a_copy_is_suggested() {
    assert_eq!(check("copy-1", "copy-2").0, Verdict::Auto);
}

#[test]
fn people_who_moved_are_suggested() {
    assert!(check("moved-1", "moved-2").0.suggests_merge());
}

#[test]
fn a_couple_is_a_household() {
    assert_eq!(
        check("family-1", "family-2"),
        (Verdict::Related, Alternative::Household)
    );
}

#[test]
fn two_desks_are_colleagues() {
    assert_eq!(
        check("desk-1", "desk-2"),
        (Verdict::Related, Alternative::Colleagues)
    );
}

#[test]
fn father_and_son_are_not_merged() {
    assert!(!check("senior", "junior").0.suggests_merge());
}

#[test]
fn a_suffix_said_once_is_for_a_person_to_decide() {
    assert_ne!(check("elder", "younger").0, Verdict::Auto);
    let engine = Engine::new(&loaded().prepared);
    let evidence = (engine.scorer()).pair(record("elder"), record("younger"));
    assert_eq!(evidence.alternative, Alternative::Household);
    assert!(evidence.field(EvidenceField::Generation).millibits < -4_000);
}

#[test]
fn two_known_names_are_two_and_swapped_letters_are_one() {
    assert!(!check("joan", "john").0.suggests_merge());
    assert!(!check("hans", "hanna").0.suggests_merge());
    assert!(check("swapped-1", "swapped-2").0.suggests_merge());
}

#[test]
fn a_rare_name_in_one_town_needs_no_more_and_bears_no_contradiction() {
    assert_eq!(check("bare-1", "bare-2").0, Verdict::Review);
    assert!(!check("other-1", "other-2").0.suggests_merge());
}

#[test]
fn slips_in_mailbox_and_domain_make_a_close_address() {
    let engine = Engine::new(&loaded().prepared);
    let evidence = (engine.scorer()).pair(record("slips-1"), record("slips-2"));
    assert_eq!(evidence.field(EvidenceField::Email).level, Level::Close);
    assert_eq!(evidence.field(EvidenceField::Email).millibits, 4_500);
}

#[test]
fn a_post_office_box_is_no_other_house() {
    let engine = Engine::new(&loaded().prepared);
    let evidence = (engine.scorer()).pair(record("post-1"), record("post-2"));
    assert_eq!(evidence.field(EvidenceField::Street).level, Level::Missing);
}

#[test]
fn a_mailbox_spells_an_initial() {
    let engine = Engine::new(&loaded().prepared);
    let scorer = engine.scorer();
    let of = |other: &str| scorer.pair(record("spelled-1"), record(other));
    let given = |other: &str| of(other).field(EvidenceField::Given);
    assert_eq!(given("spelled-2").level, Level::Initial);
    assert!(given("spelled-2").millibits > 6_000, "as John says");
    assert_eq!(given("spelled-3").level, Level::Different);
    assert!(scorer.verdict(&of("spelled-2")).suggests_merge());
    assert!(!scorer.verdict(&of("spelled-3")).suggests_merge());
}

#[test]
fn the_beginning_of_a_company_is_worth_more_than_shared_words() {
    let engine = Engine::new(&loaded().prepared);
    let scorer = engine.scorer();
    let employer =
        |a: &str, b: &str| (scorer.of_values(record(a), record(b))).field(EvidenceField::Employer);
    let short = employer("spelled-2", "spelled-3");
    assert_eq!(short.level, Level::Partial);
    assert!(
        short.millibits > 0,
        "against strangers, by the few records of both"
    );
    assert!(short.millibits < employer("spelled-1", "spelled-2").millibits);
}

#[test]
fn another_sign_is_another_given_name() {
    assert_ne!(check("signs-1", "signs-2").0, Verdict::Auto);
    let engine = Engine::new(&loaded().prepared);
    let evidence = (engine.scorer()).pair(record("signs-1"), record("signs-2"));
    assert_eq!(evidence.field(EvidenceField::Given).level, Level::Different);
}

#[test]
fn a_mailbox_of_a_function_makes_no_pair() {
    let outcome =
        pipeline::link(loaded(), &LinkOptions::new(rules::builtin()), &Silent).expect("runs");
    let (a, b) = (record("office-1"), record("office-2"));
    let (a, b) = (a.min(b), a.max(b));
    assert!(
        !outcome
            .pairs
            .iter()
            .any(|p| (p.pair.left, p.pair.right) == (a, b))
    );
    let listed = outcome
        .generic_values
        .iter()
        .any(|g| g.value == "info@wideworld-test.co" && g.n_people == 2);
    assert!(listed, "and the mailbox is listed as generic");
    // Every member is in one suggestion, and the couple in none.
    let family = record("family-1");
    assert!(
        !outcome
            .suggestions
            .iter()
            .any(|s| s.members.iter().any(|m| m.record == family))
    );
}

/// Six people at one domain, three under each of two names; a seventh who moved and kept the address; a provider.
#[test]
fn names_under_one_domain_are_learned_as_aliases() {
    let mut csv = String::from("leadid,firstname,lastname,companyname,emailaddress1,statecode\n");
    let people = [
        ("Ada", "Lindgren"),
        ("Ben", "Okafor"),
        ("Chloe", "Dubois"),
        ("Dmitri", "Volkov"),
        ("Esra", "Yilmaz"),
        ("Finn", "Gallagher"),
    ];
    for (i, (first, last)) in people.iter().enumerate() {
        let company = if i < 3 {
            "International Paper Goods"
        } else {
            "Zellwerk"
        };
        csv.push_str(&format!(
            "a{i},{first},{last},{company},{first}@zellwerk-papers.com,0\n"
        ));
    }
    // Four employers under one domain: somebody's provider.
    let customers = "Ivo Abel,Juno Brandt,Kasia Costa,Lars Duarte,Mona Ekman,Nils Farkas,Olga Gruber,Pia Hansen,\
                     Quentin Ito,Rosa Jansen,Sven Kovac,Tara Lopez";
    for (i, name) in customers.split(',').enumerate() {
        let (first, last) = name.split_once(' ').expect("two words");
        let company = [
            "Alder Foods",
            "Birch Metals",
            "Cedar Travel",
            "Dogwood Press",
        ][i % 4];
        csv.push_str(&format!(
            "b{i},{first},{last},{company},{first}@hosting-for-all.com,0\n"
        ));
    }
    csv.push_str("moved,Greta,Nyberg,Quorum Mining,greta@zellwerk-papers.com,0\n");
    csv.push_str("other,Hugo,Almeida,Zellwerk,,0\n");
    let loaded = loaded_from(csv.as_bytes());
    let engine = Engine::new(&loaded.prepared);
    let scorer = engine.scorer();
    let found: Vec<[&str; 3]> = scorer
        .company_aliases()
        .iter()
        .map(|a| [a.company.as_str(), a.alias.as_str(), a.domain.as_str()])
        .collect();
    assert_eq!(
        found,
        [[
            "international paper goods",
            "zellwerk",
            "zellwerk-papers.com"
        ]]
    );
    let at = |id: &str| loaded.table.find(id).expect("in the file");
    let employer = |l: &str, r: &str| {
        scorer
            .pair(at(l), at(r))
            .field(kinfold::model::EvidenceField::Employer)
            .level
    };
    assert_eq!(employer("a0", "other"), Level::Variant);
    assert_eq!(employer("moved", "other"), Level::Different);
}

/// Forty-two made-up names, no two of them alike.
fn words() -> impl Iterator<Item = String> {
    let ends = ["dakis", "mister", "tovell", "renzo", "pulham", "gattner"];
    let starts = ["Ba", "Do", "Fe", "Go", "Hu", "Ke", "Lo"];
    (starts.into_iter()).flat_map(move |start| ends.map(|end| format!("{start}{end}")))
}

/// Two accounts without a web site in one house, Zimmler and Zimmler Holding, among `n` houses of two accounts each
/// under such names, whose web sites are one or two; in bits.
fn bits_of_a_house(n: usize, one_site: bool) -> f64 {
    let mut csv = String::from(
        "accountid,name,telephone1,websiteurl,address1_line1,address1_city,address1_postalcode,statecode\n",
    );
    for (i, word) in words().take(n).enumerate() {
        for (part, name) in ["", " Holding"].into_iter().enumerate() {
            let site = if one_site || part == 0 {
                ""
            } else {
                "investments-of-"
            };
            csv.push_str(&format!(
                "{i}-{part},{word}{name},+49 30 23456{i:03},www.{site}{word}.de,Lindenweg {i},Berlin,101{i:02},0\n"
            ));
        }
    }
    for (id, name) in [("firm", "Zimmler"), ("other", "Zimmler Holding")] {
        csv.push_str(&format!(
            "{id},{name},+49 30 2345999,,Ahornallee 7,Berlin,10999,0\n"
        ));
    }
    let loaded = loaded_from(csv.as_bytes());
    let at = |id: &str| loaded.table.find(id).expect("in the file");
    let engine = Engine::new(&loaded.prepared);
    let evidence = engine.scorer().pair(at("firm"), at("other"));
    assert_eq!(
        evidence.field(EvidenceField::Employer).level,
        Level::Partial
    );
    f64::from(evidence.score_millibits) / 1000.0
}

#[test]
fn what_a_house_says_of_unlike_accounts_is_learned_from_their_web_sites() {
    let shipped = bits_of_a_house(10, false);
    assert!(shipped > 8.0, "too few to tell: {shipped}");
    let sisters = bits_of_a_house(42, false);
    assert!(sisters < 0.0, "nearly all are two: {sisters}");
    let one = bits_of_a_house(42, true);
    assert!(one > 5.0, "all are one: {one}");
}

/// What is thought before looking of two of one name in one house, against a household, among houses of two people of
/// one surname each, whose given names are the same or not; in bits.
fn prior_at_home(given: [&str; 2]) -> f64 {
    let mut csv = String::from(
        "leadid,firstname,lastname,address1_line1,address1_city,address1_postalcode,statecode\n",
    );
    for (i, word) in words().enumerate() {
        for (part, given) in given.into_iter().enumerate() {
            csv.push_str(&format!(
                "{i}-{part},{given},{word},Lindenweg {i},Berlin,101{i:02},0\n"
            ));
        }
    }
    let loaded = loaded_from(csv.as_bytes());
    let at = |id: &str| loaded.table.find(id).expect("in the file");
    let engine = Engine::new(&loaded.prepared);
    let evidence = engine.scorer().pair(at("0-0"), at("0-1"));
    assert_eq!(evidence.alternative, Alternative::Household);
    f64::from(evidence.prior_millibits) / 1000.0
}

#[test]
fn how_common_households_are_is_learned_from_houses() {
    let (copies, couples) = (prior_at_home(["Anna"; 2]), prior_at_home(["Anna", "Peter"]));
    assert!(copies > couples + 2.0, "{copies} {couples}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn scores_are_symmetric_and_bits_sum(a in 0_u32..2012, b in 0_u32..2012) {
        prop_assume!(a != b);
        static ENGINE: OnceLock<Engine<'static>> = OnceLock::new();
        let engine = ENGINE.get_or_init(|| Engine::new(&loaded().prepared));
        let scorer = engine.scorer();
        let (left, right) = (RecordIdx(a), RecordIdx(b));
        let evidence = scorer.pair(left, right);
        prop_assert_eq!(evidence, scorer.pair(right, left));
        let sum: i32 = evidence.fields.iter().map(|f| f.millibits).sum();
        prop_assert_eq!(evidence.score_millibits, evidence.prior_millibits + sum);
        prop_assert!((0.0..=1.0).contains(&evidence.probability()));
        for field in evidence.fields.iter().filter(|f| f.level == Level::Missing) {
            prop_assert_eq!(field.millibits, 0, "missing is not disagreement");
        }
    }
}
