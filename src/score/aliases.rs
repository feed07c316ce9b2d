//! Other names of companies, learned from the file: two names under one corporate e-mail domain, each used by enough
//! unlike people, are one company's (its brand and its legal name, an acronym, a name before a merger).

use crate::model::{CompanyAlias, DomainKind, NONE, Prepared};
use crate::rules::predicate::{CompanyProfile, NameProfile};
use rayon::prelude::*;
use rustc_hash::FxHashSet;

/// Fewest unlike people that must use each of the two names.
const PEOPLE_MIN: usize = 3;
/// People looked at under one name and domain.
const PEOPLE_MAX: usize = 64;
/// Least share of the domain's people that each name must have, as one in so many: people who moved and kept an old
/// address bring their new employer's name, but rarely many of them the same.
const SHARE_MIN: usize = 5;
/// A domain with more such names is no one company's: a provider, a platform, a parent.
const NAMES_MAX: usize = 3;
/// Names that are this alike need no alias.
const ALIKE: f64 = 0.70;

/// The aliases of a file, and what the score asks of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Aliases {
    /// Numbers of squashed names, smaller first.
    linked: FxHashSet<(u32, u32)>,
    /// For reports: by domain, then names.
    pub(super) listed: Vec<CompanyAlias>,
}

impl Aliases {
    /// Whether two squashed names are one company's.
    pub(super) fn link(&self, left: u32, right: u32) -> bool {
        !self.linked.is_empty() && self.linked.contains(&(left.min(right), left.max(right)))
    }
}

/// One use of a company's name with an address of a domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Use {
    domain: u32,
    squashed: u32,
    name: u32,
    company: u32,
}

/// Learns from all records. Cost: one pass and a sort of the records that have a company and a corporate address.
pub(super) fn learned(p: &Prepared, names: &NameProfile, companies: &CompanyProfile) -> Aliases {
    let mut uses: Vec<Use> = Vec::new();
    for record in 0..p.n_records() {
        let (company, name) = (p.company[record], p.name[record]);
        if company == NONE || name == NONE {
            continue;
        }
        uses.extend(
            p.domains
                .row(record)
                .iter()
                .filter(|d| p.domain_codes.codes[**d as usize].kind == DomainKind::Own)
                .map(|d| Use {
                    domain: *d,
                    squashed: companies.squashed(companies.form(company)),
                    name,
                    company,
                }),
        );
    }
    uses.par_sort_unstable();
    let found: Vec<Found> = uses
        .par_chunk_by(|a, b| a.domain == b.domain)
        .flat_map_iter(|of_domain| of_one_domain(p, names, companies, of_domain))
        .collect();
    let mut out = Aliases::default();
    for Found { linked, listed } in found {
        out.linked.insert(linked);
        out.listed.push(listed);
    }
    out.listed
        .sort_by(|a, b| (&a.domain, &a.company, &a.alias).cmp(&(&b.domain, &b.company, &b.alias)));
    out
}

/// One alias: the squashed names by number, smaller first, and the words for it.
struct Found {
    linked: (u32, u32),
    listed: CompanyAlias,
}

/// The aliases among the names used with one domain. Cost: people are counted only where two names have enough uses.
fn of_one_domain(
    p: &Prepared,
    names: &NameProfile,
    companies: &CompanyProfile,
    of_domain: &[Use],
) -> Vec<Found> {
    let by_name = || of_domain.chunk_by(|a, b| a.squashed == b.squashed);
    if by_name().filter(|uses| uses.len() >= PEOPLE_MIN).count() < 2 {
        return Vec::new();
    }
    let mut known: Vec<(usize, &Use)> = Vec::new();
    let mut all = 0;
    for of_name in by_name() {
        let people = unlike_people(names, of_name);
        all += people;
        if people >= PEOPLE_MIN {
            known.push((people, &of_name[0]));
        }
    }
    known.retain(|(people, _)| people * SHARE_MIN >= all);
    if known.len() > NAMES_MAX {
        return Vec::new();
    }
    // The name of most people first, ties by spelling: numbers depend on the order of records.
    let text = |u: &Use| p.companies.text(u.company);
    known.sort_by_key(|(people, u)| (std::cmp::Reverse(*people), text(u)));
    let mut out = Vec::new();
    for (at, (_, company)) in known.iter().enumerate() {
        for (people, alias) in &known[at + 1..] {
            let (a, b) = (
                companies.form(company.company),
                companies.form(alias.company),
            );
            if companies.whole_similarity(a, b) >= ALIKE {
                continue;
            }
            let (x, y) = (company.squashed, alias.squashed);
            out.push(Found {
                linked: (x.min(y), x.max(y)),
                listed: CompanyAlias {
                    company: text(company),
                    alias: text(alias),
                    domain: p.domain_codes.codes[company.domain as usize]
                        .registrable
                        .clone(),
                    n_people: *people as u64,
                },
            });
        }
    }
    out
}

/// Greedy count of names that are like none before.
fn unlike_people(names: &NameProfile, uses: &[Use]) -> usize {
    let mut people: Vec<u32> = Vec::new();
    let mut before = NONE;
    for u in uses.iter().take(PEOPLE_MAX) {
        if u.name != before && !people.iter().any(|p| names.may_be_one(*p, u.name)) {
            people.push(u.name);
        }
        before = u.name;
    }
    people.len()
}
