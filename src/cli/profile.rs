//! `kinfold profile`: what the data looks like before any rule is asked.

use super::data_args::DataArgs;
use super::exit_code::ExitCode;
use super::failure::Failure;
use super::loading::Loading;
use super::output::{columns, count, plural};
use kinfold::model::{
    Activity, Candidacy, Field, FieldKind, Mark, Marks, NONE, Progress, RecordType, Table,
};
use kinfold::normalise::phone::PhoneReader;
use kinfold::normalise::{address, company, domain, email};
use kinfold::pipeline::Loaded;
use kinfold::rules::predicate::date::{self, Slashes};
use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Show what the data looks like: fill, validity, values that many records share
///
/// Reads the files as a run does and writes nothing. The values shown are those of the data.
///
/// Example: kinfold profile leads.csv
#[derive(Debug, clap::Args)]
pub(crate) struct ProfileArgs {
    /// Files to read: CSV or Parquet, also compressed with gzip or zstd
    #[arg(required = true, value_name = "INPUT")]
    inputs: Vec<PathBuf>,
    /// How many of the heaviest values to show of each kind
    #[arg(long, value_name = "N", default_value_t = 10)]
    top: usize,
    #[command(flatten)]
    pub(crate) data: DataArgs,
}

/// What a table looks like.
#[derive(Debug, Serialize)]
struct Profile {
    files: Vec<FileProfile>,
    records: Vec<TypeProfile>,
    columns: Vec<ColumnProfile>,
    heaviest: Vec<Heavy>,
}

#[derive(Debug, Serialize)]
struct FileProfile {
    path: String,
    layout: String,
    rows_read: u64,
    rows_used: u64,
    rows_rejected: u64,
    columns_without_meaning: Vec<String>,
}

#[derive(Debug, Serialize)]
struct TypeProfile {
    record_type: &'static str,
    records: u64,
    active: u64,
    inactive: u64,
    merged_away: u64,
    deleted: u64,
    has_state: bool,
}

#[derive(Debug, Serialize)]
struct ColumnProfile {
    /// Canonical field name, else the header.
    name: String,
    header: String,
    /// Records with a value that is not blank.
    filled: u64,
    /// The same as a share of all records, 0.0 to 1.0.
    fill: f64,
    /// Different values.
    distinct: u64,
    /// Filled values that cannot be used as what the column holds; absent for plain text.
    #[serde(skip_serializing_if = "Option::is_none")]
    unusable: Option<u64>,
    /// Marks met while normalising, and how many values have each.
    marks: BTreeMap<&'static str, u64>,
}

/// A value that many records share.
#[derive(Debug, Serialize)]
struct Heavy {
    kind: &'static str,
    value: String,
    records: u64,
    /// Different person names among them.
    names: u64,
    /// Pairs of records under the value: n(n-1)/2.
    pairs: u64,
}

pub(crate) fn run(args: &ProfileArgs) -> Result<ExitCode, Failure> {
    let loading = Loading::without_rules(&args.data);
    let loaded = loading.load(&args.inputs)?;
    let phones = PhoneReader::new(loading.options.default_country.as_deref());
    let n_columns = loaded.table.columns.len() as u64;
    loading
        .progress
        .begin("counting values", "columns", Some(n_columns));
    let profile = Profile {
        files: loaded
            .table
            .files
            .iter()
            .map(|f| FileProfile {
                path: f.path.clone(),
                layout: f.preset.clone(),
                rows_read: f.n_rows,
                rows_used: f.n_used,
                rows_rejected: f.n_rejected,
                columns_without_meaning: f.unmapped.clone(),
            })
            .collect(),
        records: types(&loaded.table),
        columns: column_profiles(&loaded, &phones, &loading.progress),
        heaviest: heaviest(&loaded, args.top),
    };
    args.data.output().either(&profile, || {
        render(&profile, loaded.table.n_records() as u64)
    })?;
    Ok(ExitCode::Ok)
}

fn types(table: &Table) -> Vec<TypeProfile> {
    RecordType::ALL
        .into_iter()
        .map(|t| {
            let rows = || (0..table.n_records()).filter(move |&i| table.record_type[i] == t);
            let n = |test: &dyn Fn(usize) -> bool| rows().filter(|&i| test(i)).count() as u64;
            TypeProfile {
                record_type: t.as_str(),
                records: rows().count() as u64,
                active: n(&|i| table.activity[i] == Activity::Active),
                inactive: n(&|i| table.activity[i] == Activity::Inactive),
                merged_away: n(&|i| table.candidacy[i] == Candidacy::MergedAway),
                deleted: n(&|i| table.candidacy[i] == Candidacy::Deleted),
                has_state: !table.stateless.contains(&t),
            }
        })
        .filter(|t| t.records > 0)
        .collect()
}

fn column_profiles(
    loaded: &Loaded,
    phones: &PhoneReader,
    progress: &dyn Progress,
) -> Vec<ColumnProfile> {
    let table = &loaded.table;
    let n = table.n_records();
    table
        .columns
        .par_iter()
        .map(|column| {
            let mut values: FxHashSet<&str> = FxHashSet::default();
            let mut profile = ColumnProfile {
                name: column.name().to_owned(),
                header: column.header.clone(),
                filled: 0,
                fill: 0.0,
                distinct: 0,
                unusable: None,
                marks: BTreeMap::new(),
            };
            let mut marks = [0_u64; Mark::ALL.len()];
            for i in 0..n {
                let value = column.get(i);
                if value.trim().is_empty() {
                    continue;
                }
                profile.filled += 1;
                values.insert(value);
                let country = match loaded.prepared.country[i] {
                    NONE => None,
                    c => Some(loaded.prepared.countries.text(c)),
                };
                if let Some((usable, found)) = judge(column.field, value, country, phones) {
                    *profile.unusable.get_or_insert(0) += u64::from(!usable);
                    for mark in found.iter() {
                        marks[mark as usize] += 1;
                    }
                }
            }
            profile.fill = if n == 0 {
                0.0
            } else {
                profile.filled as f64 / n as f64
            };
            progress.advance(1);
            profile.distinct = values.len() as u64;
            profile.marks = Mark::ALL
                .into_iter()
                .filter(|m| marks[*m as usize] > 0)
                .map(|m| (m.as_str(), marks[m as usize]))
                .collect();
            profile
        })
        .collect()
}

/// Whether a value can be used as what its field holds, and its marks; `None` for fields that any text fits.
fn judge(
    field: Option<Field>,
    value: &str,
    country: Option<&str>,
    phones: &PhoneReader,
) -> Option<(bool, Marks)> {
    /// The marks of all codes together; usable when one code is.
    fn of_codes(codes: impl Iterator<Item = Marks>) -> (bool, Marks) {
        let mut usable = false;
        let mut all = Marks::NONE;
        for marks in codes {
            usable |= !marks.has(Mark::Invalid) && !marks.has(Mark::Placeholder);
            for mark in marks.iter() {
                all.add(mark);
            }
        }
        (usable, all)
    }
    match field?.kind() {
        FieldKind::Email => Some(of_codes(email::read(value).iter().map(|c| c.marks))),
        FieldKind::Phone => Some(of_codes(
            phones.read(value, country).iter().map(|c| c.marks),
        )),
        FieldKind::Company => Some(of_codes(std::iter::once(company::read(value).marks))),
        FieldKind::Web => Some((domain::read(value).is_some(), Marks::NONE)),
        FieldKind::Date => Some((
            date::read(value, Slashes::MonthFirst).is_some(),
            Marks::NONE,
        )),
        FieldKind::Place if field == Some(Field::Street) => {
            Some(of_codes(std::iter::once(address::read(value).marks)))
        }
        FieldKind::PersonName
        | FieldKind::Identity
        | FieldKind::Place
        | FieldKind::Status
        | FieldKind::Text => None,
    }
}

/// The heaviest values of each kind of key, shared by at least two records; heaviest first, then by value.
fn heaviest(loaded: &Loaded, top: usize) -> Vec<Heavy> {
    let p = &loaded.prepared;
    let n = p.n_records();
    let mut out = Vec::new();
    let mut add =
        |kind: &'static str, numbers: &dyn Fn(usize) -> Vec<u32>, text: &dyn Fn(u32) -> String| {
            let mut holders: FxHashMap<u32, u64> = FxHashMap::default();
            for i in 0..n {
                for value in numbers(i) {
                    *holders.entry(value).or_default() += 1;
                }
            }
            let mut heavy: Vec<(u64, String, u32)> = holders
                .into_iter()
                .filter(|(_, records)| *records > 1)
                .map(|(value, records)| (records, text(value), value))
                .collect();
            heavy.sort_unstable_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
            heavy.truncate(top);
            // Names are looked up for the few that are shown.
            let mut names: FxHashMap<u32, FxHashSet<u32>> =
                heavy.iter().map(|h| (h.2, FxHashSet::default())).collect();
            for i in 0..n {
                for value in numbers(i) {
                    if let Some(names) = names.get_mut(&value)
                        && p.name[i] != NONE
                    {
                        names.insert(p.name[i]);
                    }
                }
            }
            out.extend(heavy.into_iter().map(|(records, text, value)| Heavy {
                kind,
                value: text,
                records,
                names: names[&value].len() as u64,
                pairs: records * (records - 1) / 2,
            }));
        };
    let one = |number: u32| if number == NONE { vec![] } else { vec![number] };
    add("email", &|i| p.emails.row(i).to_vec(), &|v| {
        p.email_codes.codes.at(v as usize).matchcode.to_owned()
    });
    add(
        "phone",
        &|i| p.phones.row(i).iter().map(|u| u.phone).collect(),
        &|v| p.phone_codes.codes.at(v as usize).matchcode.to_owned(),
    );
    add("email domain", &|i| p.domains.row(i).to_vec(), &|v| {
        p.domain_codes.codes[v as usize].registrable.clone()
    });
    add("company", &|i| one(p.company[i]), &|v| {
        p.companies.codes.at(v as usize).squashed.to_owned()
    });
    add("address", &|i| one(p.address[i]), &|v| {
        p.addresses.text(v).to_owned()
    });
    add("name", &|i| one(p.name[i]), &|v| {
        let tokens = p.names.tokens.row(v as usize);
        let words: Vec<&str> = tokens
            .iter()
            .map(|t| p.names.vocabulary.text(t.token))
            .collect();
        words.join(" ")
    });
    out
}

fn render(profile: &Profile, n_records: u64) -> String {
    let mut out = String::new();
    for f in &profile.files {
        out.push_str(&format!(
            "{}: layout {}, {} read, {} used, {} rejected\n",
            f.path,
            f.layout,
            plural(f.rows_read, "row", "rows"),
            count(f.rows_used),
            count(f.rows_rejected)
        ));
    }
    for t in &profile.records {
        let state = if t.has_state {
            format!("{} active, {} inactive", count(t.active), count(t.inactive))
        } else {
            "no state column".to_owned()
        };
        out.push_str(&format!(
            "{}: {state}, {} merged away, {} deleted\n",
            plural(t.records, t.record_type, &format!("{}s", t.record_type)),
            count(t.merged_away),
            count(t.deleted)
        ));
    }
    out.push_str("\nColumns\n");
    let mut rows = vec![
        ["column", "filled", "", "distinct", "unusable", "marks"]
            .map(str::to_owned)
            .to_vec(),
    ];
    rows.extend(profile.columns.iter().map(|c| {
        let marks: Vec<String> = c
            .marks
            .iter()
            .map(|(mark, n)| format!("{mark} {}", count(*n)))
            .collect();
        vec![
            c.name.clone(),
            count(c.filled),
            format!("{:.1} %", c.fill * 100.0),
            count(c.distinct),
            c.unusable.map(count).unwrap_or_default(),
            marks.join(", "),
        ]
    }));
    out.push_str(&columns(&rows, &[1, 2, 3, 4]));
    if !profile.heaviest.is_empty() {
        out.push_str("\nHeaviest values\n");
        let mut rows = vec![
            ["kind", "value", "records", "names", "pairs"]
                .map(str::to_owned)
                .to_vec(),
        ];
        rows.extend(profile.heaviest.iter().map(|h| {
            vec![
                h.kind.to_owned(),
                h.value.clone(),
                count(h.records),
                count(h.names),
                count(h.pairs),
            ]
        }));
        out.push_str(&columns(&rows, &[2, 3, 4]));
        out.push_str(&format!(
            "  {} can form {} in all\n",
            plural(n_records, "record", "records"),
            plural(n_records * n_records.saturating_sub(1) / 2, "pair", "pairs")
        ));
    }
    out
}
