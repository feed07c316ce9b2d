//! All records to typed columns of numbers.
//!
//! Every distinct text is read once, in parallel; numbers are then given out in record order, so that the result does
//! not depend on the number of threads. Hash maps are only asked, never walked.

use super::person_name::NameParts;
use super::phone::PhoneReader;
use super::{company, date, domain, email, fold, person_name, place};
use crate::model::{
    Activity, CompanyCode, Csr, DomainCode, DomainKind, EmailCode, Field, Generation, Interner,
    Mark, Marks, NONE, NameToken, PersonName, PhoneCode, PhoneUse, PhoneUseKind, Prepared,
    Progress, RecordIdx, RecordType, Table, TextColumn, TextColumnCodes,
};
use crate::rules::RuleSet;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

/// Digits of an extension that fit a `u32`.
const EXTENSION_DIGITS_MAX: usize = 9;
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
    number_domains(
        &mut out,
        website_codes.unwrap_or_else(|| (vec![NONE; n], Vec::new())),
    );
    let p = places.unwrap_or_else(|| Places::missing(n));
    (out.city, out.cities) = p.city;
    (out.postcode, out.postcodes) = p.postcode;
    (out.street, out.streets) = p.street;
    (out.title, out.titles) = p.title;
    (out.government_id, out.government_ids) = p.government_id;
    out.birth_date = p.birth_date;
    out.texts = texts;
    step(&mut || out.lineage = lineage(table));
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

const NAME_FIELDS: [Field; 5] = [
    Field::FirstName,
    Field::MiddleName,
    Field::LastName,
    Field::Suffix,
    Field::FullName,
];

fn read_names(table: &Table) -> (Vec<u32>, crate::model::Names) {
    let n = table.n_records();
    let parts: Vec<Distinct> = NAME_FIELDS
        .par_iter()
        .map(|f| Distinct::of(n, table.field(*f)))
        .collect();
    let is_blank: Vec<Vec<bool>> = parts
        .iter()
        .map(|d| d.values.iter().map(|v| v.trim().is_empty()).collect())
        .collect();
    let part_id = |part: usize, i: usize| parts[part].ids[i];
    // The full name is read only beside a blank first or last name: leaving it out of the key merges most records.
    const UNREAD: u32 = NONE;
    let mut seen: FxHashMap<[u32; 5], u32> = FxHashMap::default();
    let mut keys: Vec<[u32; 5]> = Vec::new();
    let ids: Vec<u32> = (0..n)
        .map(|i| {
            if table.record_type[i] == RecordType::Account {
                return NONE;
            }
            let mut key: [u32; 5] = std::array::from_fn(|part| part_id(part, i));
            if !is_blank[0][key[0] as usize]
                && !is_blank[2][key[2] as usize]
                && !may_be_stand_in(&parts, &key)
            {
                key[4] = UNREAD;
            }
            *seen.entry(key).or_insert_with(|| {
                keys.push(key);
                keys.len() as u32 - 1
            })
        })
        .collect();
    let read: Vec<PersonName> = keys
        .par_iter()
        .map(|key| {
            let text = |part: usize| {
                if key[part] == UNREAD {
                    ""
                } else {
                    parts[part].values[key[part] as usize]
                }
            };
            person_name::read(&NameParts {
                salutation: "",
                first: text(0),
                middle: text(1),
                last: text(2),
                suffix: text(3),
                full: text(4),
            })
        })
        .collect();

    let mut names = crate::model::Names::default();
    let mut known: FxHashMap<&PersonName, u32> = FxHashMap::default();
    let mut number: Vec<Option<u32>> = vec![None; keys.len()];
    let column = ids
        .into_iter()
        .map(|id| {
            if id == NONE {
                return NONE;
            }
            *number[id as usize].get_or_insert_with(|| {
                let name = &read[id as usize];
                if name.tokens.is_empty() {
                    return NONE;
                }
                *known
                    .entry(name)
                    .or_insert_with(|| add_name(&mut names, name))
            })
        })
        .collect();
    (column, names)
}

/// True when the first or last name is short or odd enough to be a stand-in (`-`, `n/a`), beside which the full name is read.
fn may_be_stand_in(parts: &[Distinct], key: &[u32; 5]) -> bool {
    [0, 2].into_iter().any(|part| {
        let text = parts[part].values[key[part] as usize];
        !text.is_ascii()
            || text.len() < 4
            || !text
                .bytes()
                .all(|b| b.is_ascii_alphabetic() || b == b' ' || b == b'-')
            || fold::fold(text).is_empty()
            || person_name::is_stand_in(text)
    })
}

fn add_name(names: &mut crate::model::Names, name: &PersonName) -> u32 {
    let id = names.generation.len() as u32;
    let tokens: Vec<NameToken> = name
        .tokens
        .iter()
        .map(|(token, role)| NameToken {
            token: names.vocabulary.intern(token),
            role: *role,
        })
        .collect();
    names.tokens.push_row(tokens);
    names.generation.push(name.generation);
    names.marks.push(name.marks);
    debug_assert!(name.generation != Generation::Unsaid || !name.tokens.is_empty());
    id
}

fn read_companies(table: &Table) -> (Vec<u32>, crate::model::Companies) {
    let n = table.n_records();
    let distinct = Distinct::of(n, table.field(Field::CompanyName));
    let read: Vec<CompanyCode> = distinct
        .values
        .par_iter()
        .map(|v| company::read(v))
        .collect();
    let mut companies = crate::model::Companies::default();
    let mut known: FxHashMap<&CompanyCode, u32> = FxHashMap::default();
    let mut number: Vec<Option<u32>> = vec![None; read.len()];
    let column = distinct
        .ids
        .iter()
        .map(|id| {
            *number[*id as usize].get_or_insert_with(|| {
                let code = &read[*id as usize];
                if code.tokens.is_empty() {
                    return NONE;
                }
                *known.entry(code).or_insert_with(|| {
                    let id = companies.codes.len() as u32;
                    let tokens: Vec<u32> = code
                        .tokens
                        .iter()
                        .map(|t| companies.vocabulary.intern(t))
                        .collect();
                    companies.tokens.push_row(tokens);
                    companies.codes.push(code.clone());
                    id
                })
            })
        })
        .collect();
    (column, companies)
}

fn read_emails(table: &Table) -> (Csr<u32>, Vec<EmailCode>) {
    let n = table.n_records();
    let columns: Vec<Distinct> = Field::EMAILS
        .par_iter()
        .map(|f| Distinct::of(n, table.field(*f)))
        .collect();
    let read: Vec<Vec<Vec<EmailCode>>> = columns
        .par_iter()
        .map(|d| d.values.par_iter().map(|v| email::read(v)).collect())
        .collect();
    let mut codes: Vec<EmailCode> = Vec::new();
    let mut known: FxHashMap<&str, u32> = FxHashMap::default();
    let mut rows = Csr::default();
    let mut row: Vec<u32> = Vec::new();
    for i in 0..n {
        row.clear();
        for (distinct, read) in columns.iter().zip(&read) {
            for code in &read[distinct.ids[i] as usize] {
                if code.marks.has(Mark::Invalid) || code.marks.has(Mark::Placeholder) {
                    continue;
                }
                row.push(*known.entry(code.matchcode.as_str()).or_insert_with(|| {
                    let mut first = code.clone();
                    // How one record wrote the address says nothing about it.
                    first.marks = without(first.marks, Mark::Tagged);
                    codes.push(first);
                    codes.len() as u32 - 1
                }));
            }
        }
        row.sort_unstable();
        row.dedup();
        rows.push_row(row.iter().copied());
    }
    (rows, codes)
}

fn without(marks: Marks, mark: Mark) -> Marks {
    marks
        .iter()
        .filter(|m| *m != mark)
        .fold(Marks::NONE, Marks::with)
}

const PHONE_USES: [(Field, PhoneUseKind); 4] = [
    (Field::Phone1, PhoneUseKind::Business),
    (Field::Phone2, PhoneUseKind::Home),
    (Field::Phone3, PhoneUseKind::Other),
    (Field::MobilePhone, PhoneUseKind::Mobile),
];

fn read_phones(
    table: &Table,
    country: &Distinct,
    country_codes: &[Option<&'static str>],
    default_country: Option<&str>,
) -> (Csr<PhoneUse>, Vec<PhoneCode>) {
    let n = table.n_records();
    let columns: Vec<(PhoneUseKind, &TextColumn)> = PHONE_USES
        .into_iter()
        .filter_map(|(field, column)| Some((column, table.field(field)?)))
        .collect();
    // Each distinct text and country once over all columns; spellings of one country are one.
    let mut country_number: FxHashMap<Option<&str>, u32> = FxHashMap::default();
    let mut countries: Vec<Option<&'static str>> = Vec::new();
    let country_ids: Vec<u32> = country_codes
        .iter()
        .map(|code| {
            *country_number.entry(*code).or_insert_with(|| {
                countries.push(*code);
                countries.len() as u32 - 1
            })
        })
        .collect();
    let mut seen: FxHashMap<(&str, u32), u32> = FxHashMap::default();
    let mut keys: Vec<(&str, u32)> = Vec::new();
    let mut ids: Vec<u32> = Vec::with_capacity(n * columns.len());
    for i in 0..n {
        let country_id = country_ids[country.ids[i] as usize];
        for (_, column) in &columns {
            let text = column.get(i);
            ids.push(if text.is_empty() {
                NONE
            } else {
                *seen.entry((text, country_id)).or_insert_with(|| {
                    keys.push((text, country_id));
                    keys.len() as u32 - 1
                })
            });
        }
    }
    let reader = PhoneReader::new(default_country);
    let read: Vec<Vec<PhoneCode>> = keys
        .par_iter()
        .map(|(text, country_id)| reader.read(text, countries[*country_id as usize]))
        .collect();

    let mut codes: Vec<PhoneCode> = Vec::new();
    let mut known: FxHashMap<&str, u32> = FxHashMap::default();
    let mut rows = Csr::default();
    let mut row: Vec<PhoneUse> = Vec::new();
    for i in 0..n {
        row.clear();
        for (at, (column, _)) in columns.iter().enumerate() {
            let id = ids[i * columns.len() + at];
            if id == NONE {
                continue;
            }
            for code in &read[id as usize] {
                if code.matchcode.is_empty() || code.marks.has(Mark::Placeholder) {
                    continue;
                }
                let phone = *known.entry(code.matchcode.as_str()).or_insert_with(|| {
                    let mut first = code.clone();
                    first.extension.clear();
                    first.marks = without(without(first.marks, Mark::Extension), Mark::Mangled);
                    codes.push(first);
                    codes.len() as u32 - 1
                });
                row.push(PhoneUse {
                    phone,
                    column: *column,
                    extension: extension_number(&code.extension),
                });
            }
        }
        // Ascending and distinct by number; of several uses the first column's stays.
        row.sort_by_key(|u| u.phone);
        row.dedup_by_key(|u| u.phone);
        rows.push_row(row.iter().copied());
    }
    (rows, codes)
}

fn extension_number(digits: &str) -> u32 {
    digits[..digits.len().min(EXTENSION_DIGITS_MAX)]
        .parse()
        .unwrap_or(0)
}

/// Web sites: number of each record's site in the list beside it.
fn read_sites(table: &Table) -> (Vec<u32>, Vec<DomainCode>) {
    let n = table.n_records();
    let distinct = Distinct::of(n, table.field(Field::Website));
    let read: Vec<Option<DomainCode>> = distinct
        .values
        .par_iter()
        .map(|v| domain::read(v))
        .collect();
    let mut codes = Vec::new();
    let mut number: Vec<Option<u32>> = vec![None; read.len()];
    let column = distinct
        .ids
        .iter()
        .map(|id| {
            *number[*id as usize].get_or_insert_with(|| match &read[*id as usize] {
                Some(code) if code.kind != DomainKind::Placeholder => {
                    codes.push(code.clone());
                    codes.len() as u32 - 1
                }
                _ => NONE,
            })
        })
        .collect();
    (column, codes)
}

/// Numbers the domains of e-mails, by e-mail, then those only web sites have, by record.
fn number_domains(out: &mut Prepared, (site, site_codes): (Vec<u32>, Vec<DomainCode>)) {
    let mut interner = Interner::default();
    let mut codes: Vec<DomainCode> = Vec::new();
    let mut number = |registrable: &str, kind: DomainKind| {
        let id = interner.intern(registrable);
        if id as usize == codes.len() {
            codes.push(DomainCode {
                registrable: registrable.to_owned(),
                kind,
            });
        }
        id
    };
    out.email_codes.domain = out
        .email_codes
        .codes
        .iter()
        .map(|e| number(&e.registrable, domain::kind(&e.registrable)))
        .collect();
    let site_numbers: Vec<u32> = site_codes
        .iter()
        .map(|s| number(&s.registrable, s.kind))
        .collect();
    out.website = site
        .into_iter()
        .map(|s| {
            if s == NONE {
                NONE
            } else {
                site_numbers[s as usize]
            }
        })
        .collect();
    let mut row: Vec<u32> = Vec::new();
    for emails in out.emails.rows() {
        row.clear();
        row.extend(
            emails
                .iter()
                .map(|e| out.email_codes.domain[*e as usize])
                .filter(|d| codes[*d as usize].kind != DomainKind::Placeholder),
        );
        row.sort_unstable();
        row.dedup();
        out.domains.push_row(row.iter().copied());
    }
    out.domain_codes.codes = codes;
}

/// Columns that are one number a record.
struct Places {
    city: (Vec<u32>, Interner),
    postcode: (Vec<u32>, Interner),
    street: (Vec<u32>, Interner),
    title: (Vec<u32>, Interner),
    government_id: (Vec<u32>, Interner),
    birth_date: Vec<u32>,
}

impl Places {
    fn missing(n: usize) -> Places {
        let none = || (vec![NONE; n], Interner::default());
        Places {
            city: none(),
            postcode: none(),
            street: none(),
            title: none(),
            government_id: none(),
            birth_date: vec![NONE; n],
        }
    }
}

fn read_places(table: &Table) -> Places {
    let n = table.n_records();
    let birth_date = Distinct::of(n, table.field(Field::BirthDate));
    let days: Vec<u32> = birth_date
        .values
        .par_iter()
        .map(|v| date::day(v).unwrap_or(NONE))
        .collect();
    Places {
        city: read_column(table, Field::City, place::city),
        postcode: read_column(table, Field::PostalCode, place::postcode),
        street: read_column(table, Field::Street, place::street),
        title: read_column(table, Field::JobTitle, job_title),
        government_id: read_column(table, Field::GovernmentId, government_id),
        birth_date: birth_date.ids.iter().map(|id| days[*id as usize]).collect(),
    }
}

/// A job title, folded; words typed for want of one are blank.
fn job_title(text: &str) -> String {
    let folded = fold::fold(text);
    if matches!(
        folded.as_str(),
        "n a" | "na" | "none" | "unknown" | "tbd" | "other" | "xxx" | "test"
    ) {
        String::new()
    } else {
        folded
    }
}

/// A personal number: upper-case letters and digits; runs of one digit and `123456789` are fillers, hence blank.
fn government_id(text: &str) -> String {
    let id = fold::squash(text).to_ascii_uppercase();
    let filler = id.len() < 4
        || id.bytes().all(|b| b == id.as_bytes()[0])
        || "01234567890123456789".contains(id.as_str());
    if filler || matches!(id.as_str(), "NONE" | "UNKNOWN") {
        String::new()
    } else {
        id
    }
}

/// One entry for each text column and case option the rules name, in rule order.
fn read_texts(table: &Table, rules: &RuleSet) -> Vec<TextColumnCodes> {
    let mut wanted: Vec<(&str, bool)> = Vec::new();
    for condition in rules
        .rules
        .iter()
        .flat_map(|r| r.when.iter().chain(&r.unless))
    {
        for (name, case_sensitive) in condition.text_columns() {
            if !wanted
                .iter()
                .any(|(w, c)| *c == case_sensitive && w.eq_ignore_ascii_case(name))
            {
                wanted.push((name, case_sensitive));
            }
        }
    }
    wanted
        .into_par_iter()
        .map(|(name, case_sensitive)| {
            let n = table.n_records();
            let distinct = Distinct::of(n, table.column(name));
            let results: Vec<String> = distinct
                .values
                .par_iter()
                .map(|v| {
                    if case_sensitive {
                        v.trim().to_owned()
                    } else {
                        v.trim().to_lowercase()
                    }
                })
                .collect();
            let (column, values) = numbered(n, &distinct, |id| results[id].as_str());
            TextColumnCodes {
                name: name.to_owned(),
                values,
                column,
                case_sensitive,
            }
        })
        .collect()
}

/// Pairs of a qualified lead and the account or contact born from it.
///
/// A lead's parent columns count only once the lead is inactive: an open lead may be filed under a customer it was not
/// born with. `originatingleadid` always counts. Ids are compared without case and braces.
fn lineage(table: &Table) -> Vec<(RecordIdx, RecordIdx)> {
    let n = table.n_records();
    let links = [
        Field::ParentAccount,
        Field::ParentContact,
        Field::OriginatingLead,
    ];
    let columns: Vec<(Field, Distinct)> = links
        .into_iter()
        .filter_map(|f| Some((f, Distinct::of(n, Some(table.field(f)?)))))
        .collect();
    let Some(ids) = table.field(Field::Id).filter(|_| !columns.is_empty()) else {
        return Vec::new();
    };
    let mut by_id: FxHashMap<(RecordType, String), u32> = FxHashMap::default();
    for i in 0..n {
        by_id
            .entry((table.record_type[i], bare_id(ids.get(i))))
            .or_insert(i as u32);
    }
    let mut pairs = Vec::new();
    for (field, distinct) in &columns {
        let bare: Vec<String> = distinct.values.par_iter().map(|v| bare_id(v)).collect();
        for i in 0..n {
            let id = &bare[distinct.ids[i] as usize];
            if id.is_empty() {
                continue;
            }
            let is_lead = table.record_type[i] == RecordType::Lead;
            let target = match field {
                Field::OriginatingLead if !is_lead => RecordType::Lead,
                Field::ParentAccount if is_lead => RecordType::Account,
                Field::ParentContact if is_lead => RecordType::Contact,
                _ => continue,
            };
            let qualified = table.activity[i] == Activity::Inactive
                || table.stateless.contains(&RecordType::Lead);
            if is_lead && !qualified {
                continue;
            }
            if let Some(other) = by_id.get(&(target, id.clone())) {
                let (left, right) = ((i as u32).min(*other), (i as u32).max(*other));
                pairs.push((RecordIdx(left), RecordIdx(right)));
            }
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

fn bare_id(text: &str) -> String {
    text.trim().trim_matches(['{', '}']).to_ascii_lowercase()
}

#[cfg(test)]
mod tests;
