//! Company, corporate domain and web site: for people one field (the employer), for accounts the name of the thing.

use super::{Scorer, View};
use crate::model::{DomainKind, Level, NONE, RecordIdx};
use crate::rules::predicate::millibits;
use crate::similarity::osa;

/// Similarity from which two company names count as alike.
const ALIKE: f64 = 0.70;
/// Similarity from which they count as sharing words.
const SHARE_WORDS: f64 = 0.40;

/// What corporate domains that differ take from companies that agree: another of the same name, or one with several.
const ELSEWHERE: i32 = 1_000;

/// The employer's say, and how many records it has when it is shared.
pub(super) struct Employer {
    pub(super) view: View,
    pub(super) n_records: Option<u32>,
}

impl Scorer<'_> {
    /// Domains of a record that belong to a company: of its own e-mails and its web site.
    fn own_domains(&self, record: RecordIdx) -> impl Iterator<Item = u32> + '_ {
        let p = self.prepared;
        let site = p.website[record.at()];
        p.domains
            .row(record.at())
            .iter()
            .copied()
            .chain((site != NONE).then_some(site))
            .filter(|d| p.domain_codes.codes[*d as usize].kind == DomainKind::Own)
    }

    fn company_level(&self, left: u32, right: u32) -> Option<Level> {
        let (left, right) = (self.companies.form(left), self.companies.form(right));
        if self.companies.squashed(left) == self.companies.squashed(right) {
            return Some(Level::Same);
        }
        if self.companies.is_acronym(left, right) {
            return Some(Level::Initial);
        }
        if self.companies.similar(left, right, ALIKE) {
            return Some(Level::Close);
        }
        let squashed = |form: u32| self.companies.squashed(form);
        if self.aliases.link(squashed(left), squashed(right)) {
            return Some(Level::Variant);
        }
        self.written_together(left, right).then_some(Level::Close)
    }

    /// Names off by a slip once blanks are out: Clark Pharma, ClarkPahrma. One slip from eight letters, two from twelve.
    fn written_together(&self, left: u32, right: u32) -> bool {
        let text = |form: u32| {
            let company = self.companies.first_company(form) as usize;
            self.prepared
                .companies
                .codes
                .at(company)
                .squashed
                .as_bytes()
        };
        let (a, b) = (text(left), text(right));
        let slips = match a.len().min(b.len()) {
            0..8 => return false,
            8..12 => 1,
            _ => 2,
        };
        osa::distance_within(a, b, slips).is_some()
    }

    /// A company is also known by its domain: contoso.com for Contoso Ltd.
    fn named_by_domain(&self, company: u32, other: RecordIdx) -> bool {
        let squashed = self.companies.squashed(self.companies.form(company));
        self.own_domains(other)
            .any(|d| self.counts.domain_company[d as usize] == squashed)
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
        // Each record has a corporate domain of its own, and these are not one written in two ways.
        let other_domains = shared_domain.is_none()
            && !domains.is_empty()
            && self.own_domains(right).next().is_some()
            && !self
                .own_domains(right)
                .any(|d| domains.iter().any(|other| self.alike_domains(*other, d)));
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
        let share_words = both
            && self
                .companies
                .similar(self.companies.form(a), self.companies.form(b), SHARE_WORDS);
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

    /// The name of two accounts: what identifies them, as a surname does a person.
    pub(super) fn site_name(&self, left: RecordIdx, right: RecordIdx) -> Employer {
        let p = self.prepared;
        let (a, b) = (p.company[left.at()], p.company[right.at()]);
        let domains: Vec<u32> = self.own_domains(left).collect();
        let shared_domain = self.own_domains(right).find(|d| domains.contains(d));
        let view = if a == NONE || b == NONE {
            match shared_domain {
                Some(d) => {
                    let bits =
                        millibits(0.5 / self.weights.value_share(self.weights.domain_records(d)))
                            .max(0);
                    View::flat(Level::Linked, bits)
                }
                None => View::MISSING,
            }
        } else {
            let n = self.weights.shared_company_records(a, b);
            let worth =
                |likelihood: f64| millibits(likelihood / self.weights.value_share(n)).max(0);
            match (self.company_level(a, b), shared_domain) {
                (Some(Level::Same), _) => View::flat(Level::Same, worth(0.7)),
                (Some(level), _) => View::flat(level, worth(0.1)),
                (None, Some(_)) => View::flat(Level::Linked, 1_000),
                (None, None) => {
                    // Below the threshold, shared words still count for something: sites are named in many ways.
                    let similarity = self
                        .companies
                        .similarity(self.companies.form(a), self.companies.form(b));
                    if similarity >= 0.4 {
                        View::flat(Level::Partial, ((similarity - 0.4) * 10_000.0) as i32)
                    } else {
                        View::flat(Level::Different, -4_000)
                    }
                }
            }
        };
        Employer {
            view,
            n_records: None,
        }
    }
}
