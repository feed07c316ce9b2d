//! What a rule set declares about values: which count as blank, which are one.
//!
//! Both act on the prepared form alone: the table keeps what was exported.

use crate::model::{Csr, Field, FieldKind, NONE, Prepared, Table, TextColumn};
use crate::normalise::phone::PhoneReader;
use crate::normalise::{company, email, fold, place};
use crate::rules::{AliasKind, MatchcodeKind, RuleSet, ValueLists};
use rustc_hash::{FxHashMap, FxHashSet};
use std::borrow::Cow;

/// The table as the rules want it read: bypassed values are blank. Without any, the table itself.
///
/// Only the columns that can be asked for are copied.
pub(super) fn without_bypassed<'t>(table: &'t Table, rules: &RuleSet) -> Cow<'t, Table> {
    if rules.values.bypass.is_empty() {
        return Cow::Borrowed(table);
    }
    let keys = |kind: MatchcodeKind| -> FxHashSet<String> {
        let values = rules.values.bypass.get(&kind).into_iter().flatten();
        values.map(|v| key(kind, v)).collect()
    };
    let named: FxHashSet<String> = rules
        .rules
        .iter()
        .flat_map(|r| r.when.iter().chain(&r.unless))
        .flat_map(|c| c.text_columns())
        .map(|(name, _)| name.to_lowercase())
        .collect();
    let is_asked_for = |c: &TextColumn| {
        c.field.is_some()
            || named.contains(&c.name().to_lowercase())
            || named.contains(&c.header.to_lowercase())
            // The labels beside a pick list.
            || named.iter().any(|n| c.header.to_lowercase().starts_with(n.as_str()))
    };
    let whole_names = whole_names(table, &keys(MatchcodeKind::Name));
    let columns = table
        .columns
        .iter()
        .filter(|c| is_asked_for(c))
        .map(|column| {
            let Some(kind) = column.field.and_then(kind_of) else {
                return column.clone();
            };
            let keys = keys(kind);
            let blank_rows = match kind {
                MatchcodeKind::Name => whole_names.as_slice(),
                _ => &[],
            };
            if keys.is_empty() {
                return column.clone();
            }
            blanked(column, kind, &keys, blank_rows)
        })
        .collect();
    Cow::Owned(Table {
        columns,
        files: table.files.clone(),
        record_type: table.record_type.clone(),
        activity: table.activity.clone(),
        candidacy: table.candidacy.clone(),
        origin: table.origin.clone(),
        stateless: table.stateless.clone(),
    })
}

/// The kind of value that a field holds, as far as values of it can be bypassed.
fn kind_of(field: Field) -> Option<MatchcodeKind> {
    match field.kind() {
        FieldKind::Place if field == Field::Street => Some(MatchcodeKind::Address),
        FieldKind::Place if matches!(field, Field::City | Field::PostalCode) => {
            Some(MatchcodeKind::Place)
        }
        FieldKind::Email => Some(MatchcodeKind::Email),
        FieldKind::Phone => Some(MatchcodeKind::Phone),
        FieldKind::PersonName => Some(MatchcodeKind::Name),
        FieldKind::Company => Some(MatchcodeKind::Company),
        FieldKind::Web => Some(MatchcodeKind::Website),
        _ => None,
    }
}

/// What values are compared by: digits of a phone, else the folded text, else (signs only) the trimmed text.
fn key(kind: MatchcodeKind, value: &str) -> String {
    let digits = || -> String { value.chars().filter(char::is_ascii_digit).collect() };
    let mut key = match kind {
        MatchcodeKind::Phone => digits(),
        _ => String::new(),
    };
    if key.is_empty() {
        key = fold::fold(value);
    }
    if key.is_empty() {
        key = value.trim().to_lowercase();
    }
    key
}

fn blanked(
    column: &TextColumn,
    kind: MatchcodeKind,
    keys: &FxHashSet<String>,
    blank_rows: &[u32],
) -> TextColumn {
    let mut out = TextColumn::new(column.header.clone(), column.field);
    let mut known: FxHashMap<&str, bool> = FxHashMap::default();
    for i in 0..column.len() {
        let value = column.get(i);
        let bypassed = !value.is_empty()
            && *known
                .entry(value)
                .or_insert_with(|| keys.contains(&key(kind, value)));
        let blank = bypassed || blank_rows.binary_search(&(i as u32)).is_ok();
        out.push(if blank { "" } else { value });
    }
    out
}

/// Records whose given name and surname together are a bypassed name, ascending.
fn whole_names(table: &Table, keys: &FxHashSet<String>) -> Vec<u32> {
    let (Some(first), Some(last)) = (table.field(Field::FirstName), table.field(Field::LastName))
    else {
        return Vec::new();
    };
    if keys.is_empty() {
        return Vec::new();
    }
    (0..table.n_records())
        .filter(|&i| {
            let whole = format!("{} {}", first.get(i), last.get(i));
            keys.contains(&key(MatchcodeKind::Name, &whole))
        })
        .map(|i| i as u32)
        .collect()
}

/// Drops bypassed matchcodes: other spellings of a bypassed value, and addresses that stood in a cell with others.
pub(super) fn drop_bypassed(out: &mut Prepared, values: &ValueLists, country: Option<&str>) {
    let of = |kind: MatchcodeKind| values.bypass.get(&kind).map_or(&[][..], Vec::as_slice);
    let emails: FxHashSet<String> = of(MatchcodeKind::Email)
        .iter()
        .flat_map(|v| email::read(v))
        .map(|code| code.matchcode)
        .collect();
    if !emails.is_empty() {
        let codes = &out.email_codes.codes;
        out.emails = kept(&out.emails, |e| {
            !emails.contains(codes.at(*e as usize).matchcode)
        });
    }
    if !of(MatchcodeKind::Phone).is_empty() {
        let reader = PhoneReader::new(country);
        let phones: FxHashSet<String> = of(MatchcodeKind::Phone)
            .iter()
            .flat_map(|v| reader.read(v, None))
            .map(|code| code.matchcode)
            .collect();
        let codes = &out.phone_codes.codes;
        out.phones = kept(&out.phones, |u| {
            !phones.contains(codes.at(u.phone as usize).matchcode)
        });
    }
}

/// Drops bypassed companies, and joins those declared one.
///
/// Called before slips of legal forms come off and again after: a list may hold a name as it is written in the file, or
/// as it was meant.
pub(super) fn companies_as_declared(out: &mut Prepared, values: &ValueLists) {
    drop_bypassed_companies(out, values);
    join_companies(out, values);
}

fn drop_bypassed_companies(out: &mut Prepared, values: &ValueLists) {
    let bypassed = values.bypass.get(&MatchcodeKind::Company);
    let companies: FxHashSet<String> = bypassed
        .into_iter()
        .flatten()
        .map(|v| company::read(v).squashed)
        .filter(|squashed| !squashed.is_empty())
        .collect();
    if !companies.is_empty() {
        let codes = &out.companies.codes;
        for company in out.company.iter_mut().filter(|c| **c != NONE) {
            if companies.contains(codes.at(*company as usize).squashed) {
                *company = NONE;
            }
        }
    }
}

/// Drops bypassed addresses, whatever way they are written.
pub(super) fn drop_bypassed_addresses(out: &mut Prepared, values: &ValueLists) {
    let addresses: FxHashSet<String> = values
        .bypass
        .get(&MatchcodeKind::Address)
        .into_iter()
        .flatten()
        .map(|v| crate::normalise::address::read(v).matchcode)
        .filter(|matchcode| !matchcode.is_empty())
        .collect();
    if !addresses.is_empty() {
        for (street, address) in out.street.iter_mut().zip(&mut out.address) {
            if *address != NONE && addresses.contains(out.addresses.text(*address)) {
                (*street, *address) = (NONE, NONE);
            }
        }
    }
}

/// Drops bypassed towns and postal codes, whatever way they are written.
pub(super) fn drop_bypassed_places(out: &mut Prepared, values: &ValueLists) {
    let Some(places) = values.bypass.get(&MatchcodeKind::Place) else {
        return;
    };
    let listed = |of: fn(&str) -> String| -> FxHashSet<String> {
        let codes = places.iter().map(|v| of(v));
        codes.filter(|code| !code.is_empty()).collect()
    };
    let (towns, codes) = (listed(place::city), listed(place::postcode));
    for city in out.city.iter_mut().filter(|c| **c != NONE) {
        if towns.contains(out.cities.text(*city)) {
            *city = NONE;
        }
    }
    for postcode in out.postcode.iter_mut().filter(|p| **p != NONE) {
        if codes.contains(out.postcodes.text(*postcode)) {
            *postcode = NONE;
        }
    }
}

/// Drops bypassed e-mail domains; once the domains are numbered.
pub(super) fn drop_bypassed_domains(out: &mut Prepared, values: &ValueLists) {
    let domains: FxHashSet<String> = values
        .bypass
        .get(&MatchcodeKind::EmailDomain)
        .into_iter()
        .flatten()
        .filter_map(|v| crate::normalise::domain::read(v))
        .map(|code| code.registrable)
        .collect();
    if !domains.is_empty() {
        let codes = &out.domain_codes.codes;
        out.domains = kept(&out.domains, |d| {
            !domains.contains(&codes[*d as usize].registrable)
        });
    }
}

fn kept<T: Copy>(rows: &Csr<T>, keep: impl Fn(&T) -> bool) -> Csr<T> {
    let mut out = Csr::default();
    for row in rows.rows() {
        out.push_row(row.iter().copied().filter(|v| keep(v)));
    }
    out
}

/// Joins the companies of each declared group.
fn join_companies(out: &mut Prepared, values: &ValueLists) {
    let companies = values.aliases(AliasKind::Company);
    if !companies.is_empty() {
        let mut by_squashed: FxHashMap<String, u32> = FxHashMap::default();
        for (number, code) in out.companies.codes.iter().enumerate() {
            by_squashed
                .entry(code.squashed.to_owned())
                .or_insert(number as u32);
        }
        for group in companies {
            let mut present = group
                .iter()
                .filter_map(|name| by_squashed.get(&company::read(name).squashed).copied());
            if let Some(first) = present.next() {
                for other in present {
                    out.companies.join(first, other);
                }
            }
        }
    }
}

/// Words of names that a rule set declares one become variants.
pub(super) fn declare_name_aliases(out: &mut Prepared, values: &ValueLists) {
    let mut pairs = Vec::new();
    for group in values.aliases(AliasKind::Name) {
        let present: Vec<u32> = group
            .iter()
            .filter_map(|name| out.names.vocabulary.get(&fold::fold(name)))
            .collect();
        for (at, a) in present.iter().enumerate() {
            let others = present[at + 1..].iter().filter(|b| *b != a);
            pairs.extend(others.map(|b| (*a.min(b), *a.max(b))));
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    out.names.alias = pairs;
}
