//! Company, corporate domain and web site of two people: one field, the employer.

use super::{Scorer, View};
use crate::model::{DomainKind, Level, NONE, RecordIdx, TokenRole};
use crate::rules::predicate::millibits;

/// Similarity from which two company names count as alike.
const ALIKE: f64 = 0.70;
/// Similarity from which they count as sharing words.
const SHARE_WORDS: f64 = 0.40;

/// How often somebody's company is written in full and by the beginning of its name.
const CUT_SHORT: f64 = 0.05;

/// What corporate domains that differ take from companies that agree: another of the same name, or one with several.
const ELSEWHERE: i32 = 1_000;

/// The employer's say, and how many records it has when it is shared.
pub(super) struct Employer {
    pub(super) view: View,
    pub(super) n_records: Option<u32>,
}

impl Scorer<'_> {
    /// Domains of a record that belong to a company: of its own e-mails and its web site.
    pub(super) fn own_domains(&self, record: RecordIdx) -> impl Iterator<Item = u32> + '_ {
        let p = self.prepared;
        let site = p.website[record.at()];
        p.domains
            .row(record.at())
            .iter()
            .copied()
            .chain((site != NONE).then_some(site))
            .filter(|d| p.domain_codes.codes[*d as usize].kind == DomainKind::Own)
    }

    pub(super) fn company_level(&self, left: u32, right: u32) -> Option<Level> {
        let (left, right) = (self.companies.form(left), self.companies.form(right));
        if self.companies.squashed(left) == self.companies.squashed(right) {
            return Some(Level::Same);
        }
        if self.companies.is_acronym(left, right) {
            return Some(Level::Initial);
        }
        if self.companies.whole_similarity(left, right) >= ALIKE {
            return Some(Level::Close);
        }
        let squashed = |form: u32| self.companies.squashed(form);
        (self.aliases.link(squashed(left), squashed(right))).then_some(Level::Variant)
    }

    /// A company is also known by its domain: contoso.com for Contoso Ltd.
    fn named_by_domain(&self, company: u32, other: RecordIdx) -> bool {
        let squashed = self.companies.squashed(self.companies.form(company));
        self.own_domains(other)
            .any(|d| self.counts.domain_company[d as usize] == squashed)
    }

    /// Whether the company of one of two people bears their surname: Sharma of Sharma Traders, Young of Young's Garage.
    pub(super) fn is_family_firm(&self, left: RecordIdx, right: RecordIdx) -> bool {
        let p = self.prepared;
        [left, right].into_iter().any(|record| {
            let company = p.company[record.at()];
            let mut surnames = (p.name_tokens(record).iter())
                .filter(|t| t.role == TokenRole::Surname)
                .map(|t| p.names.vocabulary.text(t.token))
                .filter(|surname| surname.len() >= 3);
            company != NONE
                && surnames.any(|surname| {
                    let bears = |word: &str| word.strip_suffix('s').unwrap_or(word) == surname;
                    (p.companies.words(company)).any(|word| word == surname || bears(word))
                })
        })
    }

    /// Each record has a corporate domain of its own, and these are not one written in two ways; `domains` are the other
    /// record's, none of them shared.
    pub(super) fn other_domains(&self, domains: &[u32], record: RecordIdx) -> bool {
        let mut others = self.own_domains(record).peekable();
        !domains.is_empty()
            && others.peek().is_some()
            && !others.any(|d| domains.iter().any(|other| self.alike_domains(*other, d)))
    }

    /// The employer of two people.
    pub(super) fn employer(&self, left: RecordIdx, right: RecordIdx) -> Employer {
        let p = self.prepared;
        let (a, b) = (p.company[left.at()], p.company[right.at()]);
        let records = |c: u32| self.weights.company_records(c);
        let mut n_records = None;
        let mut level = Level::Missing;
        let both = a != NONE && b != NONE;
        if both && let Some(found) = self.company_level(a, b) {
            level = found;
            n_records = Some(self.weights.shared_company_records(a, b));
        }
        let domains: Vec<u32> = self.own_domains(left).collect();
        let shared_domain = self
            .own_domains(right)
            .filter(|d| domains.contains(d))
            .min_by_key(|d| self.weights.domain_records(*d));
        if let Some(domain) = shared_domain {
            n_records = n_records.max(Some(self.weights.domain_records(domain).max(2)));
            if level == Level::Missing {
                level = Level::Linked;
            }
        }
        if level == Level::Missing && !both {
            let known = [(a, right), (b, left)]
                .into_iter()
                .find(|(c, r)| *c != NONE && self.named_by_domain(*c, *r));
            if let Some((company, _)) = known {
                level = Level::Linked;
                n_records = Some(records(company).max(2));
            }
        }
        let other_domains = shared_domain.is_none() && self.other_domains(&domains, right);
        // A company of that name elsewhere.
        let elsewhere = both && other_domains;
        if let Some(n) = n_records {
            let likelihood = match level {
                Level::Same => 0.8,
                Level::Close => 0.5,
                _ => 0.4,
            };
            let strangers = millibits(likelihood / self.weights.value_share(n)).max(0);
            // Members of one household work at one firm about one time in ten.
            let mut view = View::new(
                level,
                strangers,
                -300,
                strangers.min(3_000),
                strangers.min(1_500),
            );
            if elsewhere {
                view.bits = view.bits.map(|bits| bits - ELSEWHERE);
            }
            return Employer { view, n_records };
        }
        let forms = || (self.companies.form(a), self.companies.form(b));
        let share_words = both && {
            let (a, b) = forms();
            self.companies.whole_similarity(a, b) >= SHARE_WORDS
        };
        if both && !other_domains && {
            let (a, b) = forms();
            self.companies.is_beginning(a, b)
        } {
            let n = self.weights.shared_company_records(a, b);
            let strangers = millibits(CUT_SHORT / self.weights.value_share(n)).max(-800);
            let view = View::new(
                Level::Partial,
                strangers,
                -800,
                strangers.min(1_000),
                strangers.min(500),
            );
            return Employer {
                view,
                n_records: Some(n),
            };
        }
        let view = match (both, other_domains) {
            // A department, a site, a name cut short; or a trade in the name.
            (true, false) if share_words => View::flat(Level::Partial, -800),
            (true, true) => View::flat(Level::Different, -3_000),
            (true, false) => View::flat(Level::Different, -2_500),
            (false, true) => View::flat(Level::Different, -1_800),
            (false, false) => View::MISSING,
        };
        Employer {
            view,
            n_records: None,
        }
    }
}
