//! All records to typed columns of numbers.
//!
//! Every distinct text is read once, in parallel; numbers are then given out in record order, so that the result does
//! not depend on the number of threads. Hash maps are only asked, never walked.

mod contact;
mod declared;
mod lineage;
mod names;
mod places;
mod settle;
#[cfg(test)]
mod tests;
mod texts;

use super::place;
use crate::model::{Csr, Field, Interner, NONE, Prepared, Progress, Table, TextColumn};
use crate::rules::RuleSet;
use contact::{number_domains, read_emails, read_phones, read_sites};
use lineage::lineage;
use names::{read_companies, read_names};
use places::{Places, read_places};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use settle::settle_phones;
use texts::read_texts;

/// Names, companies, e-mails, phones, sites, places, rule texts, lineage: what `progress` counts.
const N_STEPS: u64 = 8;

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
    let step = |run: &mut (dyn FnMut() + Send)| {
        if !progress.cancelled() {
            run();
        }
        progress.advance(1);
    };

    let country = Distinct::of(n, table.field(Field::Country));
    let country_codes: Vec<Option<&'static str>> = country
        .values
        .par_iter()
        .map(|c| place::country_code(c))
        .collect();
    (out.country, out.countries) =
        numbered(n, &country, |at| country_codes[at].unwrap_or_default());

    let (mut names, mut companies) = (None, None);
    let (mut emails, mut phones) = (None, None);
    let mut places = None;
    let mut texts = Vec::new();
    let mut website_codes = None;
    // Independent columns side by side; inside each, distinct texts are read in parallel.
    rayon::scope(|scope| {
        scope.spawn(|_| {
            step(&mut || {
                phones = Some(read_phones(
                    table,
                    &country,
                    &country_codes,
                    default_country,
                ))
            })
        });
        scope.spawn(|_| step(&mut || names = Some(read_names(table))));
        scope.spawn(|_| step(&mut || companies = Some(read_companies(table))));
        scope.spawn(|_| step(&mut || emails = Some(read_emails(table))));
        scope.spawn(|_| step(&mut || places = Some(read_places(table))));
        scope.spawn(|_| step(&mut || texts = read_texts(table, rules)));
        scope.spawn(|_| step(&mut || website_codes = Some(read_sites(table))));
    });

    (out.name, out.names) = names.unwrap_or_else(|| (vec![NONE; n], Default::default()));
    (out.company, out.companies) = companies.unwrap_or_else(|| (vec![NONE; n], Default::default()));
    (out.phones, out.phone_codes.codes) = phones.unwrap_or_else(|| (empty_rows(n), Vec::new()));
    let (rows, codes) = emails.unwrap_or_else(|| (empty_rows(n), Vec::new()));
    out.emails = rows;
    out.email_codes.codes = codes;
    declared::drop_bypassed(&mut out, &rules.values, default_country);
    number_domains(
        &mut out,
        website_codes.unwrap_or_else(|| (vec![NONE; n], Vec::new())),
    );
    declared::drop_bypassed_domains(&mut out, &rules.values);
    declared::declare_aliases(&mut out, &rules.values);
    let p = places.unwrap_or_else(|| Places::missing(n));
    (out.city, out.cities) = p.city;
    (out.postcode, out.postcodes) = p.postcode;
    (out.street, out.streets) = p.street;
    (out.title, out.titles) = p.title;
    (out.government_id, out.government_ids) = p.government_id;
    out.birth_date = p.birth_date;
    out.texts = texts;
    if !progress.cancelled() {
        settle_phones(&mut out);
    }
    step(&mut || out.lineage = lineage(exported));
    progress.end();
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
        let mut seen: FxHashMap<&str, u32> = FxHashMap::default();
        let mut values = Vec::new();
        let ids = (0..n)
            .map(|i| {
                let value = column.get(i);
                *seen.entry(value).or_insert_with(|| {
                    values.push(value);
                    values.len() as u32 - 1
                })
            })
            .collect();
        Distinct { ids, values }
    }
}

/// Numbers of the distinct results of reading a column: two texts may give one. An empty result is [`NONE`].
fn numbered<'t>(
    n: usize,
    distinct: &Distinct,
    result: impl Fn(usize) -> &'t str,
) -> (Vec<u32>, Interner) {
    let mut interner = Interner::default();
    let mut number: Vec<Option<u32>> = vec![None; distinct.values.len()];
    let column = (0..n)
        .map(|i| {
            let id = distinct.ids[i] as usize;
            *number[id].get_or_insert_with(|| match result(id) {
                "" => NONE,
                text => interner.intern(text),
            })
        })
        .collect();
    (column, interner)
}

/// Reads each distinct value of a field and numbers the results.
fn read_column(
    table: &Table,
    field: Field,
    read: impl Fn(&str) -> String + Sync,
) -> (Vec<u32>, Interner) {
    let n = table.n_records();
    let distinct = Distinct::of(n, table.field(field));
    let results: Vec<String> = distinct.values.par_iter().map(|v| read(v)).collect();
    numbered(n, &distinct, |id| results[id].as_str())
}

fn empty_rows<T>(n: usize) -> Csr<T> {
    let mut rows = Csr::default();
    for _ in 0..n {
        rows.push_row([]);
    }
    rows
}
