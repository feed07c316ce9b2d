//! The columns of names: people from their parts, companies from theirs.

use super::{Distinct, read_in_order};
use crate::model::{
    Companies, CompanyCode, Field, HashIndex, Mark, Marks, NONE, NameToken, Names, PersonName,
    RecordType, Table, TokenRole,
};
use crate::normalise::person_name::NameParts;
use crate::normalise::{company, person_name};

/// The name of every record, and the distinct ones. Accounts have none. Of how many records the name was cut is counted
/// in the last.
pub(super) fn read_names(table: &Table) -> (Vec<u32>, Names, u64) {
    let [first, middle, last, suffix, full] = [
        Field::FirstName,
        Field::MiddleName,
        Field::LastName,
        Field::Suffix,
        Field::FullName,
    ]
    .map(|f| table.field(f));
    let read = |i: usize| -> Option<PersonName> {
        if table.record_type[i] == RecordType::Account {
            return None;
        }
        Some(person_name::read(&NameParts {
            salutation: "",
            first: first.map_or("", |c| c.get(i)),
            middle: middle.map_or("", |c| c.get(i)),
            last: last.map_or("", |c| c.get(i)),
            suffix: suffix.map_or("", |c| c.get(i)),
            full: full.map_or("", |c| c.get(i)),
        }))
    };
    let mut names = Names::default();
    let mut index = HashIndex::default();
    let mut tokens: Vec<NameToken> = Vec::new();
    let mut column = Vec::with_capacity(table.n_records());
    let mut n_cut = 0;
    read_in_order(table.n_records(), read, |_, name| {
        column.push(match name {
            Some(mut name) if !name.tokens.is_empty() => {
                n_cut += u64::from(take_cut(&mut name.marks));
                number_name(&name, &mut names, &mut index, &mut tokens)
            }
            _ => NONE,
        });
    });
    (column, names, n_cut)
}

/// Takes the mark of a value that was cut off; true when it was there. What else is behind the end says nothing about
/// whether two values are one.
pub(super) fn take_cut(marks: &mut Marks) -> bool {
    let is_cut = marks.has(Mark::Cut);
    *marks = marks.without(Mark::Cut);
    is_cut
}

/// The number of a name among `names`, new if not seen before. `tokens` is room to work in.
fn number_name(
    name: &PersonName,
    names: &mut Names,
    index: &mut HashIndex,
    tokens: &mut Vec<NameToken>,
) -> u32 {
    tokens.clear();
    tokens.extend(name.tokens.iter().map(|(token, role)| NameToken {
        token: names.vocabulary.intern(token),
        role: *role,
    }));
    let new = names.len() as u32;
    let hash = HashIndex::hash(&(&*tokens, name.generation, name.marks));
    let is_same = |id: u32| {
        let at = id as usize;
        names.tokens.row(at) == &tokens[..]
            && names.generation[at] == name.generation
            && names.marks[at] == name.marks
    };
    let id = index.number(hash, is_same, || new);
    if id == new {
        names.tokens.push_row(tokens.iter().copied());
        names.generation.push(name.generation);
        names.marks.push(name.marks);
        know_joined(name, names);
    }
    id
}

/// Gives particles and the word behind them a number as one word, so that Al Rashid is compared with Alrasheed as
/// Alrashid is.
fn know_joined(name: &PersonName, names: &mut Names) {
    let mut run = String::new();
    for (token, role) in &name.tokens {
        if *role == TokenRole::Particle {
            run.push_str(token);
        } else if !run.is_empty() {
            run.push_str(token);
            names.vocabulary.intern(&run);
            run.clear();
        }
    }
}

/// The company of every record, and the distinct ones; how many companies as written were cut is counted in the last.
pub(super) fn read_companies(table: &Table) -> (Vec<u32>, Companies, u64) {
    let distinct = Distinct::of(table.n_records(), table.field(Field::CompanyName));
    let mut companies = Companies::default();
    let mut index = HashIndex::default();
    let mut numbers: Vec<u32> = Vec::with_capacity(distinct.values.len());
    let read = |id: usize| -> CompanyCode { company::read(distinct.values[id]) };
    let mut n_cut = 0;
    read_in_order(distinct.values.len(), read, |_, mut code| {
        n_cut += u64::from(take_cut(&mut code.marks));
        if code.tokens.is_empty() {
            numbers.push(NONE);
            return;
        }
        let new = companies.codes.len() as u32;
        let is_same = |id: u32| companies.is(id, &code);
        let id = index.number(HashIndex::hash(&code), is_same, || new);
        if id == new {
            companies.push(&code);
        }
        numbers.push(id);
    });
    (distinct.renumbered(&numbers), companies, n_cut)
}
