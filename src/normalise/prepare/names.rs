//! The columns of names: people from their parts, companies from theirs.

use super::Distinct;
use crate::model::{
    Companies, CompanyCode, Field, Generation, NONE, NameToken, Names, PersonName, RecordType,
    Table,
};
use crate::normalise::person_name::NameParts;
use crate::normalise::{company, person_name};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

const NAME_FIELDS: [Field; 5] = [
    Field::FirstName,
    Field::MiddleName,
    Field::LastName,
    Field::Suffix,
    Field::FullName,
];

pub(super) fn read_names(table: &Table) -> (Vec<u32>, Names) {
    let n = table.n_records();
    let parts: Vec<Distinct> = NAME_FIELDS
        .par_iter()
        .map(|f| Distinct::of(n, table.field(*f)))
        .collect();
    let is_blank: Vec<Vec<bool>> = parts
        .iter()
        .map(|d| d.values.iter().map(|v| v.trim().is_empty()).collect())
        .collect();
    let may_stand_in: [Vec<bool>; 2] = [0, 2].map(|part: usize| {
        let values = &parts[part].values;
        values.par_iter().map(|v| may_be_stand_in(v)).collect()
    });
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
                && !may_stand_in[0][key[0] as usize]
                && !may_stand_in[1][key[2] as usize]
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

    let mut names = Names::default();
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

/// True when a first or last name is short or odd enough to be a stand-in (`-`, `n/a`), beside which the full name is read.
fn may_be_stand_in(text: &str) -> bool {
    !text.is_ascii()
        || text.len() < 4
        || !text
            .bytes()
            .all(|b| b.is_ascii_alphabetic() || b == b' ' || b == b'-')
        || person_name::is_stand_in(text)
        || person_name::is_title_only(text)
}

fn add_name(names: &mut Names, name: &PersonName) -> u32 {
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

pub(super) fn read_companies(table: &Table) -> (Vec<u32>, Companies) {
    let n = table.n_records();
    let distinct = Distinct::of(n, table.field(Field::CompanyName));
    let read: Vec<CompanyCode> = distinct
        .values
        .par_iter()
        .map(|v| company::read(v))
        .collect();
    let mut companies = Companies::default();
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
