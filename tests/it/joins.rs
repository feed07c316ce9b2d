//! A planned rule equals comparing all pairs: the meaning of the built-in rules is written here a second time, plainly,
//! and compared with what the block stage finds on random small files full of near misses.

mod addresses;
mod places;
pub(super) mod plans;

use kinfold::block::{self, BlockOptions};
use kinfold::model::{
    Activity, Candidacy, Field, Mark, NONE, Origin, Prepared, RecordIdx, RecordType, Silent, Table,
    TextColumn, TokenRole,
};
use kinfold::normalise::{self, variants};
use kinfold::pipeline::Engine;
use kinfold::rules::{self, RuleSet};
use kinfold::similarity::neighbours::Channels;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// One record as its cells: first, last, company, e-mail, phone, mobile, inactive.
pub(super) type Row = (String, String, String, String, String, String, bool);

pub(super) fn table(rows: &[Row]) -> Table {
    let fields = [
        Field::Id,
        Field::FirstName,
        Field::LastName,
        Field::CompanyName,
        Field::Email1,
        Field::Phone1,
        Field::MobilePhone,
    ];
    let mut columns: Vec<TextColumn> = fields
        .iter()
        .map(|f| TextColumn::new(f.name(), Some(*f)))
        .collect();
    for (i, row) in rows.iter().enumerate() {
        let id = format!("{i:05}");
        let cells = [&id, &row.0, &row.1, &row.2, &row.3, &row.4, &row.5];
        for (column, cell) in columns.iter_mut().zip(cells) {
            column.push(cell);
        }
    }
    let n = rows.len();
    Table {
        files: Vec::new(),
        record_type: vec![RecordType::Lead; n],
        activity: rows
            .iter()
            .map(|r| {
                if r.6 {
                    Activity::Inactive
                } else {
                    Activity::Active
                }
            })
            .collect(),
        candidacy: vec![Candidacy::Candidate; n],
        origin: vec![
            Origin {
                file_idx: 0,
                row: 0,
                line: 0
            };
            n
        ],
        columns,
        stateless: Vec::new(),
    }
}

/// Active leads with ids and these columns, each a field and the cells of all records.
fn leads(columns: &[(Field, Vec<&str>)]) -> Table {
    let n = columns[0].1.len();
    let ids: Vec<String> = (0..n).map(|i| format!("{i:05}")).collect();
    let ids = (Field::Id, ids.iter().map(String::as_str).collect());
    let column = |(field, cells): &(Field, Vec<&str>)| {
        let mut column = TextColumn::new(field.name(), Some(*field));
        for cell in cells {
            column.push(cell);
        }
        column
    };
    let origin = Origin {
        file_idx: 0,
        row: 0,
        line: 0,
    };
    Table {
        files: Vec::new(),
        record_type: vec![RecordType::Lead; n],
        activity: vec![Activity::Active; n],
        candidacy: vec![Candidacy::Candidate; n],
        origin: vec![origin; n],
        columns: std::iter::once(&ids).chain(columns).map(column).collect(),
        stateless: Vec::new(),
    }
}

// ---- the meaning, plainly -------------------------------------------------------------------------------------------

/// A word with true when it belongs to the surname.
type Words = Vec<(String, bool)>;

/// All ways to read a name: as it is, and with one run of adjacent tokens joined if the file has that word.
fn readings(p: &Prepared, name: u32) -> Vec<Words> {
    let text = |t: u32| p.names.vocabulary.text(t).to_owned();
    let row = p.names.tokens.row(name as usize);
    let surname = |role: TokenRole| matches!(role, TokenRole::Surname | TokenRole::Particle);
    let content: Vec<usize> = (0..row.len())
        .filter(|i| row[*i].role != TokenRole::Particle)
        .collect();
    let plain: Words = content
        .iter()
        .map(|i| (text(row[*i].token), surname(row[*i].role)))
        .collect();
    let known = |word: &str| p.names.vocabulary.texts().iter().any(|t| **t == *word);
    let mut out = vec![plain.clone()];
    for (at, i) in content.iter().enumerate() {
        // Particles directly before this word.
        let start = (0..*i)
            .rev()
            .take_while(|j| row[*j].role == TokenRole::Particle)
            .last();
        if let Some(start) = start {
            let word: String = (start..=*i).map(|j| text(row[j].token)).collect();
            if known(&word) {
                let mut words = plain.clone();
                words[at] = (word, surname(row[*i].role));
                out.push(words);
            }
        } else if at > 0 && content[at - 1] + 1 == *i && plain[at - 1].1 == plain[at].1 {
            let (a, b) = (&plain[at - 1].0, &plain[at].0);
            let word = format!("{a}{b}");
            if a.len() > 1 && b.len() > 1 && known(&word) {
                let mut words = plain.clone();
                words.splice(at - 1..=at, [(word, plain[at].1)]);
                out.push(words);
            }
        }
    }
    out
}

/// None: no partner. Some(true): as a word. Some(false): as an initial.
fn token_partner(a: &str, b: &str) -> Option<bool> {
    if a.len() == 1 || b.len() == 1 {
        return (a.as_bytes()[0] == b.as_bytes()[0]).then_some(false);
    }
    let variant = variants::variants_of(a).contains(&b) || variants::variants_of(b).contains(&a);
    (variant || Channels::PERSON.agreement(a, b).is_some()).then_some(true)
}

fn assignable(
    short: &[(String, bool)],
    long: &[(String, bool)],
    used: &mut Vec<bool>,
    words: usize,
) -> bool {
    let Some((first, rest)) = short.split_first() else {
        return words > 0;
    };
    for (i, other) in long.iter().enumerate() {
        if used[i] {
            continue;
        }
        if let Some(word) = token_partner(&first.0, &other.0) {
            used[i] = true;
            let found = assignable(rest, long, used, words + usize::from(word));
            used[i] = false;
            if found {
                return true;
            }
        }
    }
    false
}

fn names_similar(p: &Prepared, a: u32, b: u32) -> bool {
    let (left, right) = (readings(p, a), readings(p, b));
    let similar = |x: &Words, y: &Words| {
        let (short, long) = if x.len() <= y.len() { (x, y) } else { (y, x) };
        let one_of_several = short.len() == 1 && long.len() > 1;
        !short.is_empty()
            && !one_of_several
            && assignable(short, long, &mut vec![false; long.len()], 0)
    };
    // At most one side is read with a joined run.
    left.iter().any(|x| similar(x, &right[0])) || right.iter().any(|y| similar(&left[0], y))
}

fn company_similarity(p: &Prepared, a: u32, b: u32) -> f64 {
    let codes = &p.companies.codes;
    let (x, y) = (codes.at(a as usize), codes.at(b as usize));
    if x.squashed == y.squashed {
        return 1.0;
    }
    let near = |s: &str, t: &str| s == t || Channels::COMPANY.agreement(s, t).is_some();
    // Companies that differ by legal form alone are one.
    let words = |c: u32| -> Vec<String> { p.companies.words(c).map(str::to_owned).collect() };
    let forms: BTreeSet<Vec<String>> = (0..codes.len() as u32).map(words).collect();
    let weight = |word: &str| -> f64 {
        let mut holders = 0_usize;
        let vocabulary: BTreeSet<&str> = p
            .companies
            .vocabulary
            .texts()
            .iter()
            .map(|t| &**t)
            .collect();
        for other in vocabulary.into_iter().filter(|t| near(word, t)) {
            holders += forms
                .iter()
                .filter(|f| f.iter().any(|t| t == other))
                .count();
        }
        ((1.0 + forms.len() as f64 / holders.max(1) as f64).ln() * 1000.0)
            .round()
            .max(100.0)
    };
    fn best(
        left: &[(String, f64)],
        right: &mut Vec<Option<(String, f64)>>,
        near: &dyn Fn(&str, &str) -> bool,
    ) -> f64 {
        let Some((first, rest)) = left.split_first() else {
            return 0.0;
        };
        let mut most = best(rest, right, near);
        for i in 0..right.len() {
            if let Some((word, weight)) = right[i].clone()
                && near(&first.0, &word)
            {
                right[i] = None;
                let factor = if first.0 == word { 1.0 } else { 0.95 };
                most = most.max(first.1.min(weight) * factor + best(rest, right, near));
                right[i] = Some((word, weight));
            }
        }
        most
    }
    let weigh = |tokens: &[String]| {
        tokens
            .iter()
            .map(|t| (t.clone(), weight(t)))
            .collect::<Vec<_>>()
    };
    let (left, right) = (weigh(&words(a)), weigh(&words(b)));
    let total = |w: &[(String, f64)]| w.iter().map(|w| w.1).sum::<f64>();
    let weight_of = (total(&left), total(&right));
    let heavier = weight_of.0.max(weight_of.1);
    let shared = best(&left, &mut right.into_iter().map(Some).collect(), &near);
    let by_words = if heavier == 0.0 {
        0.0
    } else {
        shared / heavier
    };
    let acronym = (!x.acronym.is_empty() && x.acronym == y.squashed)
        || (!y.acronym.is_empty() && y.acronym == x.squashed);
    let (n, m) = (x.squashed.len(), y.squashed.len());
    let slips = match n.min(m) {
        0..8 => 0,
        8..12 => 1,
        _ => 2,
    };
    let lettered = |text: &str| text.len() <= 64 && text.bytes().all(|b| b.is_ascii_lowercase());
    let distance = strsim::osa_distance(x.squashed, y.squashed);
    let by_letters = match lettered(x.squashed) && lettered(y.squashed) && distance <= slips {
        true => 1.0 - distance as f64 / n.max(m) as f64,
        false => 0.0,
    };
    // The one is some first words of the other, joined, and a fifth of its weight.
    let begins = |short: (&str, f64), long: u32, weight: f64| {
        let words = words(long);
        (1..words.len()).any(|n| words[..n].concat() == short.0) && short.1 >= 0.2 * weight
    };
    let beginning = begins((x.squashed, weight_of.0), b, weight_of.1)
        || begins((y.squashed, weight_of.1), a, weight_of.0);
    [
        by_words,
        by_letters,
        if acronym { 0.75 } else { 0.0 },
        if beginning { 0.72 } else { 0.0 },
    ]
    .into_iter()
    .fold(0.0, f64::max)
}

/// Two positions, the smaller first.
type Pair = (u32, u32);
/// Pairs and the mask of the rules that hold for them.
type Reported = BTreeMap<Pair, u64>;

/// Pairs each built-in rule reports, and those it suppresses, by comparing every record with every other.
fn by_definition(p: &Prepared, engine: &Engine<'_>, rules: &RuleSet) -> (Reported, BTreeSet<Pair>) {
    let (mut reported, mut suppressed) = (BTreeMap::new(), BTreeSet::new());
    let weights = engine.weights();
    let generic = &engine.dispersion().generic;
    for a in 0..p.n_records() as u32 {
        for b in a + 1..p.n_records() as u32 {
            let (i, j) = (a as usize, b as usize);
            let (n, m) = (p.name[i], p.name[j]);
            let similar = n != NONE && m != NONE && names_similar(p, n, m);
            let name_bits = || {
                let agreement = engine.names().compare(n, m);
                weights.rule_name_millibits(engine.names(), n, m, &agreement)
            };
            let floor = weights.auto_floor_millibits();
            let shared = |people: &[u32], shared: &[u32]| -> bool {
                // A value that is not generic, or any value with similar names.
                shared.iter().any(|v| people[*v as usize] == 0) || (!shared.is_empty() && similar)
            };
            let emails: Vec<u32> = p
                .emails
                .row(i)
                .iter()
                .filter(|e| p.emails.row(j).contains(e))
                .copied()
                .collect();
            let strong = |r: usize| -> Vec<u32> {
                let weak = |n: &u32| p.phone_codes.codes.at(*n as usize).marks.has(Mark::Weak);
                p.phones
                    .row(r)
                    .iter()
                    .map(|u| u.phone)
                    .filter(|n| !weak(n))
                    .collect()
            };
            let phones: Vec<u32> = strong(i)
                .into_iter()
                .filter(|n| strong(j).contains(n))
                .collect();
            let (c, d) = (p.company[i], p.company[j]);
            let domain_bits = p
                .domains
                .row(i)
                .iter()
                .filter(|x| p.domains.row(j).contains(x))
                .map(|x| weights.domain_millibits(*x))
                .max();
            let r1 = shared(&generic.email_people, &emails);
            let r2 = shared(&generic.phone_people, &phones);
            let r3 = similar
                && c != NONE
                && d != NONE
                && company_similarity(p, c, d) >= 0.70 - 1e-12
                && name_bits() + weights.company_millibits(engine.companies(), c, d) >= floor;
            let r4 = similar && domain_bits.is_some_and(|bits| name_bits() + bits >= floor);
            let mask = [r1, r2, r3, r4]
                .iter()
                .enumerate()
                .map(|(k, holds)| u64::from(*holds) << k)
                .sum::<u64>();
            assert_eq!(rules.rules.len(), 4);
            if mask != 0 {
                // The built-in rules ask for active records on both sides.
                if p.activity[i] == Activity::Active && p.activity[j] == Activity::Active {
                    reported.insert((a, b), mask);
                } else {
                    suppressed.insert((a, b));
                }
            }
        }
    }
    (reported, suppressed)
}

/// Expands value groups: records whose compared values are all equal.
fn values(p: &Prepared, i: usize) -> impl Ord + use<> {
    (
        (p.activity[i], p.name[i], p.company[i]),
        p.emails.row(i).to_vec(),
        p.phones.row(i).to_vec(),
        (p.city[i], p.postcode[i], p.title[i]),
    )
}

fn check(rows: &[Row]) {
    let table = table(rows);
    let rules = rules::builtin();
    let prepared = normalise::prepare(&table, &rules, Some("US"), &Silent);
    let engine = Engine::new(&prepared);
    let (reported, suppressed) = by_definition(&prepared, &engine, &rules);
    let found = block::candidates(
        engine.block_input(),
        &rules,
        &BlockOptions::default(),
        &Silent,
    )
    .expect("has a plan");

    // What is listed is true, with exactly these rules; what stands for more adds up.
    for pair in &found.pairs {
        let expected = reported.get(&(pair.left.0, pair.right.0));
        assert_eq!(
            expected,
            Some(&pair.rules.0),
            "{:?} and {:?}",
            rows[pair.left.at()],
            rows[pair.right.at()]
        );
    }
    let n_found: u64 = found.pairs.iter().map(|p| p.implied).sum();
    assert_eq!(
        n_found,
        reported.len() as u64,
        "every rule-true pair is listed or implied"
    );
    let n_suppressed: u64 = found.suppressed.iter().map(|p| p.implied).sum();
    assert_eq!(n_suppressed, suppressed.len() as u64);
    for pair in &found.suppressed {
        assert!(suppressed.contains(&(pair.left.0, pair.right.0)));
    }
    // A pair that is not listed is implied by a value group one of its ends belongs to.
    let listed: BTreeSet<(u32, u32)> = found.pairs.iter().map(|p| (p.left.0, p.right.0)).collect();
    let equals = |a: u32, b: u32| values(&prepared, a as usize) == values(&prepared, b as usize);
    for (a, b) in reported.keys().filter(|k| !listed.contains(k)) {
        let grouped =
            (0..rows.len() as u32).any(|c| c != *a && c != *b && (equals(*a, c) || equals(*b, c)));
        assert!(
            grouped,
            "{:?} and {:?} are missing",
            rows[*a as usize], rows[*b as usize]
        );
    }
    // Explaining asks the same question without any index.
    for ((a, b), mask) in reported.iter().take(20) {
        for (k, rule) in rules.rules.iter().enumerate() {
            let holds = block::answer(engine.block_input(), rule, RecordIdx(*a), RecordIdx(*b))
                == block::RuleAnswer::Holds;
            assert_eq!(holds, mask >> k & 1 == 1);
        }
    }
}

pub(super) fn row() -> impl Strategy<Value = Row> {
    let first = prop::sample::select(vec![
        "Regina",
        "Reginna",
        "Bob",
        "Robert",
        "R",
        "John",
        "Jon",
        "Johnny",
        "Mary Ann",
        "Maryann",
        "Mary",
        "Wei",
        "",
        "Smith",
        "J.",
        "Maximiliano",
        "Maximilianno",
        "Anna",
        "Anne",
    ]);
    let last = prop::sample::select(vec![
        "Murphy",
        "Merphy",
        "Smith",
        "Smyth",
        "Smiht",
        "de Silva",
        "Desilva",
        "Silva",
        "van der Berg",
        "Vanderberg",
        "Garcia Lopez",
        "Lopez",
        "John",
        "Lee",
        "",
        "O'Brien",
        "Obrien",
        "Robertson",
        "Robertsons",
    ]);
    let company = prop::sample::select(vec![
        "Contoso",
        "Contoso Ltd",
        "Kontoso",
        "Contoso Services",
        "ContosoSrevices",
        "Fabrikam Services",
        "Face Book",
        "Facebook Inc",
        "International Business Machines",
        "IBM",
        "Northwind Traders",
        "Northwind",
        "",
        "Tailspin Toys GmbH",
    ]);
    let email = prop::sample::select(vec![
        "rm@contoso.com",
        "regina.murphy@contoso.com",
        "j.smith@gmail.com",
        "jsmith@gmail.com",
        "info@contoso.com",
        "bob@fabrikam.com",
        "",
        "test@test.com",
        "x@northwind.co.uk",
    ]);
    let phone = prop::sample::select(vec![
        "",
        "+1 212-736-5000",
        "(212) 736-5000",
        "212 736 5000 x12",
        "+442079460958",
        "212-555",
        "0000000000",
        "+1 415 555 2671",
    ]);
    let mobile = prop::sample::select(vec![
        "",
        "+1 212 736 5000",
        "+44 7911 123456",
        "(415) 555-2671",
    ]);
    (
        first,
        last,
        company,
        email,
        phone,
        mobile,
        prop::bool::weighted(0.2),
    )
        .prop_map(|r| {
            (
                r.0.into(),
                r.1.into(),
                r.2.into(),
                r.3.into(),
                r.4.into(),
                r.5.into(),
                r.6,
            )
        })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 120, max_shrink_iters: 2000, ..ProptestConfig::default() })]
    #[test]
    fn the_built_in_rules_equal_comparing_all_pairs(rows in proptest::collection::vec(row(), 2..90)) {
        check(&rows);
    }
}

#[test]
fn copies_are_a_star_whose_counts_are_exact() {
    let one: Row = (
        "Regina".into(),
        "Murphy".into(),
        "Contoso".into(),
        "rm@contoso.com".into(),
        String::new(),
        String::new(),
        false,
    );
    let mut rows = vec![one; 40];
    rows.push((
        "Reginna".into(),
        "Merphy".into(),
        "Contoso Ltd".into(),
        String::new(),
        String::new(),
        String::new(),
        false,
    ));
    check(&rows);
}
