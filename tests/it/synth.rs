//! The generator: seeds, layouts, truth, and whether what it writes is what a CRM would hold.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use kinfold::model::{Progress, Silent};
use kinfold::synth::{ErrorLevel, Layout, Locale, Mix, SynthOptions, SynthSummary, write};

/// Header and rows of the records, then the truth by id.
struct Made {
    bytes: Vec<u8>,
    truth_bytes: Vec<u8>,
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    truth: BTreeMap<String, String>,
    summary: SynthSummary,
}

impl Made {
    fn column(&self, name: &str) -> Vec<&str> {
        let at = self
            .header
            .iter()
            .position(|h| h == name)
            .expect("the column exists");
        self.rows.iter().map(|r| r[at].as_str()).collect()
    }
}

fn make(options: &SynthOptions) -> Made {
    let (mut bytes, mut truth_bytes) = (Vec::new(), Vec::new());
    let summary =
        write(options, &mut bytes, &mut truth_bytes, &Silent).expect("options are in range");
    let text = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&bytes);
    let mut reader = csv::Reader::from_reader(text);
    let header = reader
        .headers()
        .expect("a header")
        .iter()
        .map(str::to_owned)
        .collect();
    let rows = reader
        .records()
        .map(|r| r.expect("a whole row").iter().map(str::to_owned).collect())
        .collect();
    let truth = csv::Reader::from_reader(truth_bytes.as_slice())
        .records()
        .map(|r| r.expect("a whole row"))
        .map(|r| (r[0].to_owned(), r[1].to_owned()))
        .collect();
    Made {
        bytes,
        truth_bytes,
        header,
        rows,
        truth,
        summary,
    }
}

fn small(n_records: usize) -> SynthOptions {
    SynthOptions {
        n_records,
        ..SynthOptions::default()
    }
}

fn share(n: usize, of: usize) -> f64 {
    n as f64 / of as f64
}

fn near(found: f64, wanted: f64, tolerance: f64, what: &str) {
    assert!(
        (found - wanted).abs() <= tolerance,
        "{what}: {found:.3}, wanted {wanted:.3}"
    );
}

fn testdata(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("testdata")
        .join(name)
}

#[test]
fn the_file_of_the_readme_is_what_the_defaults_give() {
    let made = make(&SynthOptions::default());
    let hint =
        "the generator changed: run `cargo test --test it synth::write_testdata -- --ignored`";
    assert!(
        fs::read(testdata("leads.csv")).expect("readable") == made.bytes,
        "{hint}"
    );
    assert!(
        fs::read(testdata("leads.truth.csv")).expect("readable") == made.truth_bytes,
        "{hint}"
    );
}

#[test]
#[ignore = "writes testdata/leads.csv and its truth"]
fn write_testdata() {
    let made = make(&SynthOptions::default());
    fs::write(testdata("leads.csv"), made.bytes).expect("writable");
    fs::write(testdata("leads.truth.csv"), made.truth_bytes).expect("writable");
}

#[test]
fn same_options_give_the_same_bytes_and_another_seed_other_ones() {
    let (first, again) = (make(&small(800)), make(&small(800)));
    assert_eq!(first.bytes, again.bytes);
    assert_eq!(first.truth_bytes, again.truth_bytes);
    let other = make(&SynthOptions {
        seed: 2,
        ..small(800)
    });
    assert_ne!(first.bytes, other.bytes);
}

#[test]
fn ids_are_unique_truth_is_complete_and_counts_agree() {
    for layout in Layout::ALL {
        let made = make(&SynthOptions {
            layout,
            ..small(3000)
        });
        let ids: BTreeSet<&str> = made.rows.iter().map(|r| r[0].as_str()).collect();
        assert_eq!(ids.len(), 3000, "{layout:?}");
        assert!(
            ids.iter().all(|id| made.truth.contains_key(*id)),
            "{layout:?}"
        );
        let mut sizes: BTreeMap<&str, u64> = BTreeMap::new();
        for cluster in made.truth.values() {
            *sizes.entry(cluster).or_default() += 1;
        }
        assert_eq!(sizes.len() as u64, made.summary.n_people);
        assert_eq!(
            sizes.values().map(|n| n * (n - 1) / 2).sum::<u64>(),
            made.summary.n_true_pairs
        );
        assert_eq!(made.summary.n_records, 3000);
    }
}

#[test]
fn blocks_continue_ids_and_clusters() {
    // More than one block of 65,536.
    let made = make(&SynthOptions {
        duplicate_share: 0.5,
        ..small(66_000)
    });
    assert_eq!(made.truth.len(), 66_000);
    let clusters: BTreeSet<&String> = made.truth.values().collect();
    assert_eq!(clusters.len() as u64, made.summary.n_people);
}

#[test]
fn shares_are_honoured() {
    let options = SynthOptions {
        duplicate_share: 0.4,
        inactive_share: 0.3,
        hard_case_share: 0.2,
        moved_share: 0.5,
        ..small(8000)
    };
    let made = make(&options);
    near(
        share(8000 - made.summary.n_people as usize, 8000),
        0.4,
        0.001,
        "copies",
    );
    near(
        share(made.summary.n_inactive as usize, 8000),
        0.3,
        0.02,
        "inactive",
    );
    near(
        share(
            made.summary.n_hard_cases as usize,
            made.summary.n_people as usize,
        ),
        0.2,
        0.02,
        "hard cases",
    );
    // Some have no employer to leave.
    near(
        share(made.summary.n_moved as usize, 3200),
        0.465,
        0.03,
        "moved",
    );
    let states = made.column("statecode");
    assert_eq!(
        states.iter().filter(|s| **s != "0").count() as u64,
        made.summary.n_inactive
    );
}

#[test]
fn the_free_mail_share_shows_in_the_main_address() {
    let free = [
        "gmail.com",
        "gmx.de",
        "web.de",
        "t-online.de",
        "outlook.de",
        "hotmail.com",
        "freenet.de",
        "icloud.com",
        "yahoo.de",
        "googlemail.com",
        "posteo.de",
    ];
    for wanted in [0.0, 0.45, 1.0] {
        let made = make(&SynthOptions {
            free_mail_share: wanted,
            locales: Mix::parse("DE").expect("a mix"),
            errors: ErrorLevel::Light,
            ..small(3000)
        });
        let filled: Vec<String> = made
            .column("emailaddress1")
            .iter()
            .filter(|e| !e.is_empty())
            .map(|e| e.to_lowercase())
            .collect();
        let n_free = filled
            .iter()
            .filter(|e| free.iter().any(|f| e.ends_with(f)))
            .count();
        // Seven in a hundred have no employer and hence no other address; errors move a few.
        near(
            share(n_free, filled.len()),
            0.07 + 0.93 * wanted,
            0.06,
            "free mail",
        );
    }
}

#[test]
fn more_errors_mean_less_agreement_between_copies() {
    let agreement = |errors: ErrorLevel| {
        let made = make(&SynthOptions {
            errors,
            moved_share: 0.0,
            ..small(4000)
        });
        let names = made.column("fullname");
        let mut first: BTreeMap<&str, &str> = BTreeMap::new();
        let (mut same, mut all) = (0, 0);
        for (row, name) in made.rows.iter().zip(names) {
            let cluster = made.truth[&row[0]].as_str();
            match first.get(cluster) {
                Some(known) => {
                    all += 1;
                    same += usize::from(*known == name);
                }
                None => {
                    first.insert(cluster, name);
                }
            }
        }
        share(same, all)
    };
    let (light, medium, heavy) = (
        agreement(ErrorLevel::Light),
        agreement(ErrorLevel::Medium),
        agreement(ErrorLevel::Heavy),
    );
    assert!(
        light > medium + 0.05 && medium > heavy + 0.05,
        "{light} {medium} {heavy}"
    );
}

#[test]
fn the_surname_vocabulary_grows_with_the_file() {
    let distinct = |n: usize| {
        let made = make(&SynthOptions {
            errors: ErrorLevel::Light,
            duplicate_share: 0.0,
            ..small(n)
        });
        made.column("lastname")
            .into_iter()
            .map(str::to_owned)
            .collect::<BTreeSet<_>>()
            .len()
    };
    let (few, many) = (distinct(2_000), distinct(16_000));
    assert!(many as f64 > 3.0 * few as f64, "{few} {many}");
}

#[test]
fn most_phones_are_valid_in_their_own_country() {
    let mut faults = Vec::new();
    for locale in Locale::all() {
        let made = make(&SynthOptions {
            locales: vec![(locale, 1.0)],
            errors: ErrorLevel::Light,
            duplicate_share: 0.0,
            ..small(150)
        });
        let country: phonenumber::country::Id = locale
            .code()
            .parse()
            .expect("libphonenumber knows the country");
        for column in ["telephone1", "telephone2", "mobilephone"] {
            let filled: Vec<&str> = made
                .column(column)
                .into_iter()
                .filter(|p| !p.is_empty())
                .collect();
            let wrong: Vec<&str> = filled
                .iter()
                .copied()
                .filter(|p| {
                    // An extension is the engine's affair.
                    let number = p
                        .split(['x', 'e', 'D', '#', 'p'])
                        .next()
                        .unwrap_or(p)
                        .trim();
                    !phonenumber::parse(Some(country), number).is_ok_and(|n| n.is_valid())
                })
                .collect();
            // phonenumber 0.3.10 takes the first digit of +7 812 for the trunk prefix 8 and calls the rest too short.
            let trunk_trap = locale.code() == "RU" && column != "mobilephone";
            if !trunk_trap && share(wrong.len(), filled.len()) > 0.16 {
                faults.push(format!(
                    "{} {column}: {} of {} not valid, such as {:?}",
                    locale.code(),
                    wrong.len(),
                    filled.len(),
                    &wrong[..wrong.len().min(5)]
                ));
            }
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn different_people_share_no_private_address() {
    let made = make(&SynthOptions {
        errors: ErrorLevel::Light,
        free_mail_share: 1.0,
        hard_case_share: 0.0,
        ..small(6000)
    });
    let mut holders: BTreeMap<String, BTreeSet<&str>> = BTreeMap::new();
    for (row, email) in made.rows.iter().zip(made.column("emailaddress1")) {
        if email.ends_with("@gmail.com") && !email.contains('<') && !email.starts_with("mailto") {
            holders
                .entry(email.to_lowercase())
                .or_default()
                .insert(&made.truth[&row[0]]);
        }
    }
    let shared = holders.values().filter(|h| h.len() > 1).count();
    // Typing errors may hit a neighbour's address.
    assert!(
        share(shared, holders.len()) < 0.005,
        "{shared} of {}",
        holders.len()
    );
}

#[test]
fn nearly_every_copy_can_be_known_from_an_earlier_record() {
    let made = make(&SynthOptions {
        errors: ErrorLevel::Heavy,
        moved_share: 0.3,
        ..small(6000)
    });
    let tokens = |row: &[String]| -> BTreeSet<String> {
        let value = |name: &str| {
            row[made
                .header
                .iter()
                .position(|h| h == name)
                .expect("the column exists")]
            .to_lowercase()
        };
        let mut tokens = BTreeSet::new();
        for column in ["emailaddress1", "emailaddress2"] {
            tokens.insert(value(column).trim().to_owned());
        }
        for column in ["telephone1", "telephone2", "telephone3", "mobilephone"] {
            let digits: String = value(column).chars().filter(char::is_ascii_digit).collect();
            tokens.insert(digits[digits.len().saturating_sub(7)..].to_owned());
        }
        tokens.insert(
            value("companyname")
                .split(' ')
                .next()
                .unwrap_or("")
                .to_owned(),
        );
        tokens.remove("");
        tokens
    };
    let mut clusters: BTreeMap<&str, Vec<BTreeSet<String>>> = BTreeMap::new();
    for row in &made.rows {
        clusters
            .entry(made.truth[&row[0]].as_str())
            .or_default()
            .push(tokens(row));
    }
    let (mut alone, mut all) = (0, 0);
    for records in clusters.values().filter(|r| r.len() > 1) {
        for (i, record) in records.iter().enumerate() {
            all += 1;
            let linked = records
                .iter()
                .enumerate()
                .any(|(j, other)| i != j && !record.is_disjoint(other));
            alone += usize::from(!linked);
        }
    }
    // Three copies in a hundred are left without, and each leaves its fellow alone too.
    assert!(share(alone, all) < 0.08, "{alone} of {all}");
}

#[test]
fn it_stops_inside_a_block() {
    /// Asks to stop at the n-th question.
    struct StopsAt(u64, std::sync::atomic::AtomicU64);
    impl Progress for StopsAt {
        fn begin(&self, _: &str, _: &str, _: Option<u64>) {}
        fn advance(&self, _: u64) {}
        fn end(&self) {}
        fn notice(&self, _: &str) {}
        fn cancelled(&self) -> bool {
            self.1.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1 >= self.0
        }
    }
    let never = StopsAt(u64::MAX, 0.into());
    let options = small(5_000);
    write(&options, &mut Vec::new(), &mut Vec::new(), &never).expect("options are in range");
    // 3,750 people made and then written down, copies up to the 5,000th record, 5,000 rows: each every 1,024.
    let n_questions = never.1.into_inner();
    assert_eq!(n_questions, 4 + 4 + 1 + 5);
    for nth in 1..=n_questions {
        let mut records = Vec::new();
        let stopper = StopsAt(nth, 0.into());
        let error = write(&options, &mut records, &mut Vec::new(), &stopper)
            .expect_err("it was asked to stop");
        assert_eq!(error.to_string(), "stopped on request");
        assert_eq!(stopper.1.into_inner(), nth, "it asks no further");
    }
}
