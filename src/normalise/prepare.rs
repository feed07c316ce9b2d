//! All records to typed columns of numbers.
//!
//! Values of a kind are read in parallel, a chunk of records at a time, and numbers given out in record order while the
//! next chunk or another kind is read, so that the result does not depend on the number of threads and no kind is ever
//! held as text twice. Texts that repeat (companies, cities, titles) are first brought to their distinct ones; addresses, numbers and
//! names hardly repeat and are read as they come. Hash maps are only asked, never walked.

mod contact;
mod declared;
mod legal_forms;
mod lineage;
mod names;
mod places;
mod settle;
#[cfg(test)]
mod tests;
mod texts;

use super::place;
use crate::model::{
    Companies, Csr, Emails, Field, Interner, NONE, Names, PhoneCodes, Prepared, Progress, Table,
    TextCodes, TextColumn,
};
use crate::rules::RuleSet;
use contact::{DomainNumbers, number_domains, read_emails, read_phones, read_sites};
use legal_forms::settle_legal_forms;
use lineage::lineage;
use names::{read_companies, read_names};
use places::{Places, read_places};
use rayon::prelude::*;
use settle::settle_phones;
use std::ops::Range;
use texts::read_texts;

/// Names, companies, e-mails, phones, sites, places, rule texts, lineage: what `progress` counts.
const N_STEPS: u64 = 8;

/// Values read before their numbers are given out: a few megabytes of results.
const CHUNK: usize = 1 << 14;

/// Records whose values are read by one task into one block: a text of its own for each value would be made on one thread
/// and dropped on another, which costs more than reading it.
const BLOCK: usize = 256;

/// Normalises every record of a table.
///
/// Gives one entry a record in every column of [`Prepared`]; numbers in order of first appearance in record order.
/// Columns the table lacks give [`NONE`] throughout. `default_country` (ISO 3166 alpha-2) serves phones of records without
/// a country of their own. `rules` says which text columns conditions read. Accounts have a company and no person name.
///
/// When `progress` reports cancellation, columns not yet done are left without values.
pub fn prepare(
    table: &Table,
    rules: &RuleSet,
    default_country: Option<&str>,
    progress: &dyn Progress,
) -> Prepared {
    let n = table.n_records();
    let exported = table;
    let read = declared::without_bypassed(exported, rules);
    let table = read.as_ref();
    progress.begin("normalising", "steps", Some(N_STEPS));
    let mut out = Prepared {
        record_type: table.record_type.clone(),
        activity: table.activity.clone(),
        candidacy: table.candidacy.clone(),
        ..Prepared::default()
    };
    let country = Distinct::of(n, table.field(Field::Country));
    let country_codes: Vec<Option<&'static str>> = country
        .values
        .par_iter()
        .map(|c| place::country_code(c))
        .collect();

    // Kinds do not depend on one another: while one gives out numbers on its one thread, the others are read.
    let read_phones = || read_phones(table, &country.ids, &country_codes, default_country);
    let read_named = || {
        let names = step(progress, || read_names(table));
        let companies = step(progress, || read_companies(table));
        (names, companies)
    };
    let read_reached = || {
        let emails = step(progress, || read_emails(table));
        let sites = step(progress, || read_sites(table));
        (emails, sites)
    };
    let read_rest = || {
        let places = step(progress, || read_places(table));
        let texts = step(progress, || read_texts(table, rules));
        (places, texts)
    };
    let ((phones, (names, companies)), ((emails, sites), (places, texts))) = rayon::join(
        || rayon::join(|| step(progress, read_phones), read_named),
        || rayon::join(read_reached, read_rest),
    );
    (out.phones, out.phone_codes.codes) =
        phones.unwrap_or_else(|| (empty_rows(n), PhoneCodes::default()));
    (out.country, out.countries) = country.numbered(|at| country_codes[at].unwrap_or_default());
    (out.name, out.names, out.cut.names) =
        names.unwrap_or_else(|| (vec![NONE; n], Names::default(), 0));
    (out.company, out.companies, out.cut.companies) =
        companies.unwrap_or_else(|| (vec![NONE; n], Companies::default(), 0));
    declared::companies_as_declared(&mut out, &rules.values);
    if !progress.cancelled() {
        settle_legal_forms(&mut out.companies);
        declared::companies_as_declared(&mut out, &rules.values);
    }
    let domains;
    (out.emails, out.email_codes, domains) =
        emails.unwrap_or_else(|| (empty_rows(n), Emails::default(), DomainNumbers::default()));
    declared::drop_bypassed(&mut out, &rules.values, default_country);
    number_domains(
        &mut out,
        domains,
        sites.unwrap_or_else(|| (vec![NONE; n], Vec::new())),
    );
    declared::drop_bypassed_domains(&mut out, &rules.values);
    declared::declare_name_aliases(&mut out, &rules.values);
    let places = places.unwrap_or_else(|| Places::missing(n));
    (out.city, out.cities) = places.city;
    (out.postcode, out.postcodes) = places.postcode;
    (out.street, out.streets) = places.street;
    (out.address, out.addresses) = places.address;
    out.cut.address_lines = places.n_lines_cut;
    declared::drop_bypassed_addresses(&mut out, &rules.values);
    declared::drop_bypassed_places(&mut out, &rules.values);
    (out.title, out.titles) = places.title;
    (out.government_id, out.government_ids) = places.government_id;
    out.birth_date = places.birth_date;
    out.texts = texts.unwrap_or_default();
    if !progress.cancelled() {
        settle_phones(&mut out);
    }
    out.lineage = step(progress, || lineage(exported)).unwrap_or_default();
    progress.end();
    out
}

/// Does a step and counts it; `None` when the user asked to stop.
fn step<T>(progress: &dyn Progress, run: impl FnOnce() -> T) -> Option<T> {
    let out = (!progress.cancelled()).then(run);
    progress.advance(1);
    out
}

/// The distinct values of a column: which one each record has, and the values in order of first appearance.
/// A missing column is all blank.
struct Distinct<'a> {
    /// Number of each record's value in `values`.
    ids: Vec<u32>,
    values: Vec<&'a str>,
}

impl<'a> Distinct<'a> {
    fn of(n: usize, column: Option<&'a TextColumn>) -> Distinct<'a> {
        let Some(column) = column else {
            return Distinct {
                ids: vec![0; n],
                values: vec![""],
            };
        };
        let (ids, values) = column.distinct();
        Distinct { ids, values }
    }

    /// The column of numbers of the results: two texts may give one, an empty one is [`NONE`]. Results are numbered in
    /// order of first appearance, as the values are.
    fn numbered<'t, N: Numbers>(self, result: impl Fn(usize) -> &'t str) -> (Vec<u32>, N) {
        let mut given = N::default();
        let numbers: Vec<u32> = (0..self.values.len())
            .map(|id| number_of(result(id), &mut given))
            .collect();
        (self.renumbered(&numbers), given)
    }

    /// Reads each value and numbers the results, as [`numbered`](Self::numbered).
    fn read<N: Numbers>(self, read: impl Fn(&str) -> String + Sync) -> (Vec<u32>, N) {
        let mut given = N::default();
        let mut numbers: Vec<u32> = Vec::with_capacity(self.values.len());
        read_in_order(
            self.values.len(),
            |id| read(self.values[id]),
            |_, text| numbers.push(number_of(&text, &mut given)),
        );
        (self.renumbered(&numbers), given)
    }

    /// The number of each record's value.
    fn renumbered(self, numbers: &[u32]) -> Vec<u32> {
        let mut ids = self.ids;
        ids.par_iter_mut()
            .for_each(|id| *id = numbers[*id as usize]);
        ids
    }
}

/// Texts that are given numbers.
trait Numbers: Default + Send {
    /// The number of a text, new if not seen before.
    fn number(&mut self, text: &str) -> u32;
}

impl Numbers for Interner {
    fn number(&mut self, text: &str) -> u32 {
        self.intern(text)
    }
}

impl Numbers for TextCodes {
    fn number(&mut self, text: &str) -> u32 {
        self.intern(text)
    }
}

fn number_of(text: &str, numbers: &mut impl Numbers) -> u32 {
    match text {
        "" => NONE,
        text => numbers.number(text),
    }
}

/// Reads values 0 to `n - 1` in parallel and hands each result to `take`, in order; while it takes those of one chunk the
/// next is read.
fn read_in_order<T: Send>(
    n: usize,
    read: impl Fn(usize) -> T + Sync,
    take: impl FnMut(usize, T) + Send,
) {
    let read = |at| {
        fail_point!("normalise.value", no error);
        read(at)
    };
    chunk_by_chunk(n, CHUNK, 64, read, take);
}

/// As [`read_in_order`], the values of [`BLOCK`] records at once.
fn read_blocks_in_order<T: Send>(
    n: usize,
    read: impl Fn(Range<usize>) -> T + Sync,
    mut take: impl FnMut(Range<usize>, T) + Send,
) {
    let records = |block: usize| block * BLOCK..n.min((block + 1) * BLOCK);
    let read = |block| {
        fail_point!("normalise.value", no error);
        read(records(block))
    };
    let take = |block, result| take(records(block), result);
    chunk_by_chunk(n.div_ceil(BLOCK), CHUNK / BLOCK, 1, read, take);
}

/// Asks `read` for 0 to `n - 1`, by `chunk` and at least `n_min` a task, and hands the results to `take` in order.
fn chunk_by_chunk<T: Send>(
    n: usize,
    chunk: usize,
    n_min: usize,
    read: impl Fn(usize) -> T + Sync,
    mut take: impl FnMut(usize, T) + Send,
) {
    let chunk_from = |start: usize| -> Vec<T> {
        let range = start.min(n)..(start + chunk).min(n);
        range
            .into_par_iter()
            .with_min_len(n_min)
            .map(&read)
            .collect()
    };
    let mut start = 0;
    let mut results = chunk_from(0);
    while !results.is_empty() {
        let next_start = start + results.len();
        let taken = || {
            for (at, result) in results.into_iter().enumerate() {
                take(start + at, result);
            }
        };
        let ((), next) = rayon::join(taken, || chunk_from(next_start));
        (start, results) = (next_start, next);
    }
}

/// Reads each distinct value of a field and numbers the results.
fn read_column<N: Numbers>(
    table: &Table,
    field: Field,
    read: impl Fn(&str) -> String + Sync,
) -> (Vec<u32>, N) {
    Distinct::of(table.n_records(), table.field(field)).read(read)
}

fn empty_rows<T>(n: usize) -> Csr<T> {
    let mut rows = Csr::default();
    for _ in 0..n {
        rows.push_row([]);
    }
    rows
}
