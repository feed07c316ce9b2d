//! Seeded synthetic leads with truth: people, employers and the ways their records go wrong.
//!
//! Takes options, gives a CRM export and a truth file (`id,cluster`: one cluster per real person), the same bytes for
//! the same options on every machine. Leaves reading and judging to others: the lists in here are not for the engine.
//!
//! Records are made and shuffled in blocks of 65,536, which bounds memory; a person's copies stay within one block,
//! ids are in no order. `docs/synth.md` describes the population, the error habits and the hard cases.

mod company;
mod country;
mod culture;
mod draw;
mod entity;
mod habits;
mod layout;
mod phone;
mod record;
mod source;
mod spelling;
mod trace;

use std::io::{self, Write};

pub use country::{Locale, Mix};
pub use habits::ErrorLevel;
pub use layout::Layout;

use crate::model::Progress;
use culture::Stock;
use draw::Draw;
use entity::{Person, Population, Taken};
use record::{Col, Record};

/// What to make.
#[derive(Debug, Clone, PartialEq)]
pub struct SynthOptions {
    /// Number of records, copies included.
    pub n_records: usize,
    /// Seed: other seeds give other people of the same kind.
    pub seed: u64,
    /// Columns and value forms of the file.
    pub layout: Layout,
    /// Countries with relative weights, none negative; see [`Mix::parse`].
    pub locales: Vec<(Locale, f64)>,
    /// How many error habits a record suffers.
    pub errors: ErrorLevel,
    /// Share of records that are further records of a person already in the file, 0.0 to below 1.0.
    pub duplicate_share: f64,
    /// Share of employed people who give a free-mail address rather than their corporate one, 0.0 to 1.0.
    pub free_mail_share: f64,
    /// Share of inactive records, 0.0 to 1.0.
    pub inactive_share: f64,
    /// Share of people made to be mistaken for somebody else: families, namesakes, colleagues …, 0.0 to 1.0.
    pub hard_case_share: f64,
    /// Share of copies that show the person at a new employer, 0.0 to 1.0.
    pub moved_share: f64,
}

impl Default for SynthOptions {
    fn default() -> Self {
        SynthOptions {
            n_records: 5_000,
            seed: 1,
            layout: Layout::Dynamics,
            locales: Mix::parse("default").expect("a ready mix"),
            errors: ErrorLevel::Medium,
            duplicate_share: 0.25,
            free_mail_share: 0.45,
            inactive_share: 0.20,
            hard_case_share: 0.12,
            moved_share: 0.10,
        }
    }
}

/// What was made.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SynthSummary {
    /// Records written.
    pub n_records: u64,
    /// Real people: clusters of the truth.
    pub n_people: u64,
    /// Pairs of records of one person.
    pub n_true_pairs: u64,
    /// Inactive records.
    pub n_inactive: u64,
    /// People made to be mistaken for somebody else.
    pub n_hard_cases: u64,
    /// Records that show a person at a new employer.
    pub n_moved: u64,
}

/// Records made and shuffled at a time.
const BLOCK: usize = 65_536;
/// People or copies made between two looks at whether to stop: some 15 ms of work.
const CHUNK: usize = 1_024;

/// Writes the records and their truth.
///
/// `records` gets a CSV file in the chosen layout, `truth` one with the columns `id,cluster`, rows in the same order.
/// Same options, same bytes. Memory: a block of 65,536 records, and the hashes of all addresses already given away;
/// 160 MB in all at 200,000 records, 215 MB at a million (measured, default options).
/// Of `progress` only [`cancelled`](Progress::cancelled) is asked, every 1,024 records.
/// Errors: those of the writers, `InvalidInput` when an option is out of its range, and one of kind `Other` when stopped.
pub fn write(
    options: &SynthOptions,
    records: &mut dyn Write,
    truth: &mut dyn Write,
    progress: &dyn Progress,
) -> io::Result<SynthSummary> {
    check(options)?;
    let excel = options.layout == Layout::DynamicsExcel;
    if excel {
        records.write_all("\u{feff}".as_bytes())?;
    }
    let terminator = if excel {
        csv::Terminator::CRLF
    } else {
        csv::Terminator::Any(b'\n')
    };
    let mut records = csv::WriterBuilder::new()
        .terminator(terminator)
        .from_writer(records);
    let mut truth = csv::WriterBuilder::new()
        .terminator(csv::Terminator::Any(b'\n'))
        .from_writer(truth);
    records.write_record(options.layout.header())?;
    truth.write_record(["id", "cluster"])?;

    let locales = weights(&options.locales);
    let stocks: Vec<(Locale, Stock)> = locales
        .iter()
        .map(|(l, _)| (*l, Stock::new(l.country().culture)))
        .collect();
    let n_companies = companies(options, &locales);
    let mut population = Population {
        seed: options.seed,
        stocks: &stocks,
        free_mail_share: options.free_mail_share,
        n_companies: &n_companies,
        taken: Taken::default(),
        n_made: 0,
    };
    let mut summary = SynthSummary::default();
    let (mut start, mut block) = (0, 0);
    while start < options.n_records {
        let n = BLOCK.min(options.n_records - start);
        let mut draw = Draw::new(options.seed, block);
        let rows = block_of(
            options,
            n,
            &locales,
            &mut population,
            &mut summary,
            &mut draw,
            progress,
        )?;
        for (at, (cluster, mut record)) in rows.into_iter().enumerate() {
            stop_at(at, progress)?;
            record.join_name();
            let id = options.layout.id(options.seed, (start + at) as u64);
            records.write_record(options.layout.row(&id, &record))?;
            truth.write_record([id.as_str(), &cluster.to_string()])?;
            summary.n_inactive += u64::from(!record.active);
        }
        summary.n_records += n as u64;
        start += n;
        block += 1;
    }
    records.flush()?;
    truth.flush()?;
    Ok(summary)
}

fn check(options: &SynthOptions) -> io::Result<()> {
    let bad = |what: &str| Err(io::Error::new(io::ErrorKind::InvalidInput, what.to_owned()));
    let share = |s: f64| (0.0..=1.0).contains(&s);
    if options.locales.is_empty()
        || options
            .locales
            .iter()
            .any(|(_, w)| !w.is_finite() || *w <= 0.0)
    {
        return bad("the mix needs at least one country, with positive weights");
    }
    if !(0.0..1.0).contains(&options.duplicate_share) {
        return bad("the share of duplicates must be 0 or more, and below 1");
    }
    if ![
        options.free_mail_share,
        options.inactive_share,
        options.hard_case_share,
        options.moved_share,
    ]
    .into_iter()
    .all(share)
    {
        return bad("shares must lie between 0 and 1");
    }
    Ok(())
}

/// Cumulative integer weights, in the order of country codes whatever the order given.
fn weights(locales: &[(Locale, f64)]) -> Vec<(Locale, u32)> {
    let total: f64 = locales.iter().map(|(_, w)| w).sum();
    let mut shares: Vec<(Locale, u32)> = Vec::new();
    for locale in Locale::all() {
        let weight: f64 = locales
            .iter()
            .filter(|(l, _)| *l == locale)
            .map(|(_, w)| w)
            .sum();
        if weight > 0.0 {
            shares.push((locale, ((weight / total * 1_000_000.0) as u32).max(1)));
        }
    }
    let mut sum = 0;
    for (_, share) in &mut shares {
        sum += *share;
        *share = sum;
    }
    shares
}

/// Employers per country: about one for three of its people, never fewer than 60.
fn companies(options: &SynthOptions, locales: &[(Locale, u32)]) -> Vec<u64> {
    let people = (options.n_records as f64 * (1.0 - options.duplicate_share)) as u64;
    let mut before = 0;
    locales
        .iter()
        .map(|(_, sum)| {
            let share = u64::from(sum - before);
            before = *sum;
            (people * share / 1_000_000 * 35 / 100).max(60)
        })
        .collect()
}

/// One block: its people, their records, shuffled. Each row comes with its cluster.
fn block_of(
    options: &SynthOptions,
    n: usize,
    locales: &[(Locale, u32)],
    population: &mut Population<'_>,
    summary: &mut SynthSummary,
    draw: &mut Draw,
    progress: &dyn Progress,
) -> io::Result<Vec<(u64, Record)>> {
    let total_weight = locales.last().map_or(0, |(_, sum)| *sum);
    let n_copies = (options.duplicate_share * n as f64) as usize;
    let n_people = (n - n_copies).max(1).min(n);
    let mut people: Vec<Person> = Vec::with_capacity(n_people);
    for at in 0..n_people {
        stop_at(at, progress)?;
        let person = if !people.is_empty() && draw.chance(options.hard_case_share) {
            summary.n_hard_cases += 1;
            let near = people.len().saturating_sub(64);
            let at = near + draw.below((people.len() - near) as u32) as usize;
            population.lookalike(&mut people[at], draw)
        } else {
            let at = draw.below(total_weight);
            let locale = locales[locales.partition_point(|(_, sum)| *sum <= at)].0;
            population.person(locale, draw)
        };
        people.push(person);
    }
    let first_cluster = summary.n_people;
    summary.n_people += n_people as u64;
    let mut rows: Vec<(u64, Record)> = Vec::with_capacity(n);
    for (at, person) in people.iter().enumerate() {
        stop_at(at, progress)?;
        rows.push((
            first_cluster + at as u64,
            record_of(options, population, person, false, false, draw),
        ));
    }
    let mut rows_of: Vec<Vec<usize>> = (0..n_people).map(|at| vec![at]).collect();
    let mut last = 0;
    for at in n_people..n {
        stop_at(at, progress)?;
        // Some people turn up again and again: three copies in ten are of the person copied last.
        if draw.below(10) >= 3 {
            last = draw.below(n_people as u32) as usize;
        }
        let moved = draw.chance(options.moved_share);
        if moved {
            population.change_employer(&mut people[last], draw);
            summary.n_moved += u64::from(people[last].next_job.is_some());
        }
        summary.n_true_pairs += rows_of[last].len() as u64;
        let mut record = record_of(options, population, &people[last], true, moved, draw);
        let mut earlier: Vec<Record> = rows_of[last]
            .iter()
            .map(|at: &usize| std::mem::take(&mut rows[*at].1))
            .collect();
        trace::leave(&mut record, &mut earlier, &people[last], draw);
        for (at, old) in rows_of[last].iter().zip(earlier) {
            rows[*at].1 = old;
        }
        rows_of[last].push(rows.len());
        rows.push((first_cluster + last as u64, record));
    }
    draw.shuffle(&mut rows);
    Ok(rows)
}

/// An error at every [`CHUNK`]th position when the user asked to stop.
fn stop_at(at: usize, progress: &dyn Progress) -> io::Result<()> {
    if at.is_multiple_of(CHUNK) && progress.cancelled() {
        return Err(io::Error::other("stopped on request"));
    }
    Ok(())
}

fn record_of(
    options: &SynthOptions,
    population: &Population<'_>,
    person: &Person,
    copy: bool,
    moved: bool,
    draw: &mut Draw,
) -> Record {
    let mut record = Record::of(person, moved, options.inactive_share, draw);
    let stock = population.names(person.locale);
    if draw.below(100) < 14 {
        record.set(Col::Salutation, record::title(stock, person, draw));
    }
    // Where the family name is said first, forms of the other order are filled in the order of speech.
    if stock.lists.family_name_first && draw.below(100) < 9 {
        let (first, last) = (record.take(Col::First), record.take(Col::Last));
        record.set(Col::First, last);
        record.set(Col::Last, first);
    }
    source::apply(&mut record, options.errors, draw);
    let n_habits = options.errors.n_habits(copy, draw);
    habits::apply(&mut record, person, stock, n_habits, draw);
    record
}

#[cfg(test)]
mod tests {
    use super::culture::CultureId;
    use super::*;
    use crate::model::Silent;

    #[test]
    fn every_named_mix_is_readable() {
        for name in Mix::NAMES {
            assert!(Mix::parse(name).is_some(), "{name}");
        }
        assert_eq!(Mix::parse("de=2,AT").map(|m| m.len()), Some(2));
        assert_eq!(Mix::parse("XX=1"), None);
        assert_eq!(Mix::parse("DE=0"), None);
    }

    #[test]
    fn lists_are_long_enough_and_without_doubles() {
        for id in CultureId::ALL {
            let lists = Stock::new(id).lists;
            for (what, list) in [
                ("male", lists.male),
                ("female", lists.female),
                ("surnames", lists.surnames),
            ] {
                let words: Vec<&str> = list.split(' ').collect();
                assert!(words.len() >= 80, "{id:?} {what}: {}", words.len());
                assert!(words.iter().all(|w| !w.is_empty()), "{id:?} {what}");
            }
        }
    }

    #[test]
    fn out_of_range_options_are_refused() {
        let refused = |change: fn(&mut SynthOptions)| {
            let mut options = SynthOptions::default();
            change(&mut options);
            write(&options, &mut Vec::new(), &mut Vec::new(), &Silent).is_err()
        };
        assert!(refused(|o| o.duplicate_share = 1.0));
        assert!(refused(|o| o.inactive_share = -0.1));
        assert!(refused(|o| o.locales.clear()));
        assert!(!refused(|o| o.n_records = 0));
    }
}
