//! Stage 4: evidence, probability, verdict, explanation.
//!
//! A pair is weighed against five other explanations, not one: two strangers, two colleagues, two members of a
//! household, two people behind a shared contact, two sites of one operator. Each field says, in millibits, how much
//! better "the same entity" explains what is seen than each of them does; the explanation under which the total is lowest is the one to beat,
//! and gives the score. So a company, its domain and its switchboard are counted once (two colleagues share all three),
//! and a surname with a landline says little where families share them.

mod aliases;
mod contact;
mod dispersion;
mod employer;
mod explain;
mod habits;
mod households;
mod identity;
mod mailbox;
mod once;
mod origins;
mod person;
mod place;
mod sisters;
mod sites;
mod verdict;

pub use dispersion::{Dispersion, GENERIC_FROM, dispersion, generic_list};
pub use explain::{field_phrase, pair_reason};
pub use verdict::{AUTO_MILLIBITS, REVIEW_MILLIBITS};

use crate::model::{
    Alternative, CompanyAlias, EvidenceField, FieldEvidence, Fields, Interner, Level, NONE,
    PairEvidence, Prepared, RecordIdx, RecordType,
};
use crate::rules::predicate::{
    CompanyProfile, EXPECTED_PARTNERS, NameAgreement, NameProfile, Weights, millibits,
};

use rustc_hash::FxHashMap;

/// Members of a household that a record is expected to have in the file besides itself.
const EXPECTED_HOUSEHOLD: f64 = 0.05;

/// Other sites of its operator that an account is expected to have in the file.
const EXPECTED_SITES: f64 = 0.25;

/// Millibits against each of [`Alternative::ALL`].
type Bits = [i32; Alternative::ALL.len()];

const STRANGERS: usize = Alternative::Strangers as usize;
const COLLEAGUES: usize = Alternative::Colleagues as usize;
const HOUSEHOLD: usize = Alternative::Household as usize;
const SHARED: usize = Alternative::SharedContact as usize;
const SITES: usize = Alternative::Sites as usize;

/// One field's say.
#[derive(Debug, Clone, Copy)]
struct View {
    level: Level,
    bits: Bits,
}

impl View {
    const MISSING: View = View {
        level: Level::Missing,
        bits: [0; Alternative::ALL.len()],
    };

    /// The same evidence against every explanation.
    fn flat(level: Level, millibits: i32) -> View {
        View {
            level,
            bits: [millibits; Alternative::ALL.len()],
        }
    }

    fn new(level: Level, strangers: i32, colleagues: i32, household: i32, shared: i32) -> View {
        View {
            level,
            bits: [strangers, colleagues, household, shared, 0],
        }
    }
}

/// Two records as every field and every explanation see them.
struct Weighed {
    views: [View; EvidenceField::ALL.len()],
    /// Log-odds before looking, for the explanations that apply.
    priors: [Option<i32>; Alternative::ALL.len()],
}

impl Weighed {
    /// The score against one explanation, in millibits; `None` when it does not apply.
    fn score_against(&self, alternative: Alternative) -> Option<i32> {
        let at = alternative as usize;
        let fields = self.views.iter().map(|view| view.bits[at]);
        Some(self.priors[at]? + fields.sum::<i32>())
    }

    /// The evidence against one explanation; `None` when it does not apply.
    fn against(&self, alternative: Alternative) -> Option<PairEvidence> {
        let at = alternative as usize;
        let score_millibits = self.score_against(alternative)?;
        Some(PairEvidence {
            fields: Fields::new(self.views.map(|view| FieldEvidence {
                level: view.level,
                millibits: view.bits[at],
            })),
            alternative,
            prior_millibits: self.priors[at]?,
            score_millibits,
        })
    }
}

/// Scores pairs of one run's records.
#[derive(Debug)]
pub struct Scorer<'a> {
    prepared: &'a Prepared,
    names: &'a NameProfile,
    companies: &'a CompanyProfile,
    weights: &'a Weights,
    dispersion: &'a Dispersion,
    counts: Counts,
    habits: habits::Habits,
    /// Added to the prior against a household.
    households: i32,
    /// Of accounts in one house, how often unlike names are one firm's.
    sisters: sisters::Sisters,
    /// What a shared town says less beside a shared given name.
    origins: i32,
    aliases: aliases::Aliases,
}

/// How many records hold each value of the smaller fields.
#[derive(Debug)]
struct Counts {
    city: Vec<u32>,
    postcode: Vec<u32>,
    street: Vec<u32>,
    address: Vec<u32>,
    title: Vec<u32>,
    government_id: Vec<u32>,
    /// Records by their date of birth, as the column numbers it.
    birth_date: FxHashMap<u32, u32>,
    /// Number of each e-mail's local part, and how many e-mails have it.
    local: Vec<u32>,
    local_emails: Vec<u32>,
    /// For each domain the number of its label among squashed company names.
    domain_company: Vec<u32>,
}

fn count(column: &[u32], n_values: usize) -> Vec<u32> {
    let mut out = vec![0; n_values];
    for v in column.iter().filter(|v| **v != NONE) {
        out[*v as usize] += 1;
    }
    out
}

impl Counts {
    fn new(p: &Prepared, companies: &CompanyProfile) -> Counts {
        let mut locals = Interner::default();
        let local: Vec<u32> = p
            .email_codes
            .codes
            .iter()
            .map(|e| locals.intern(e.local()))
            .collect();
        let mut squashed = FxHashMap::default();
        for (at, code) in p.companies.codes.iter().enumerate() {
            squashed.insert(code.squashed, companies.squashed(companies.form(at as u32)));
        }
        let mut birth_date = FxHashMap::default();
        for day in p.birth_date.iter().filter(|day| **day != NONE) {
            *birth_date.entry(*day).or_insert(0) += 1;
        }
        let domain_company = p
            .domain_codes
            .codes
            .iter()
            .map(|d| {
                d.registrable
                    .split('.')
                    .next()
                    .and_then(|l| squashed.get(l.replace('-', "").as_str()).copied())
            })
            .map(|c| c.unwrap_or(NONE))
            .collect();
        Counts {
            city: count(&p.city, p.cities.len()),
            postcode: count(&p.postcode, p.postcodes.len()),
            street: count(&p.street, p.streets.len()),
            address: count(&p.address, p.addresses.len()),
            title: count(&p.title, p.titles.len()),
            government_id: count(&p.government_id, p.government_ids.len()),
            birth_date,
            local_emails: count(&local, locals.len()),
            local,
            domain_company,
        }
    }
}

impl<'a> Scorer<'a> {
    /// Prepares to score. Cost: a few passes over the records.
    pub fn new(
        prepared: &'a Prepared,
        names: &'a NameProfile,
        companies: &'a CompanyProfile,
        weights: &'a Weights,
        dispersion: &'a Dispersion,
    ) -> Scorer<'a> {
        let (counts, aliases) = rayon::join(
            || Counts::new(prepared, companies),
            || aliases::learned(prepared, names, companies),
        );
        let mut scorer = Scorer {
            prepared,
            names,
            companies,
            weights,
            dispersion,
            counts,
            habits: habits::Habits::SHIPPED,
            households: 0,
            sisters: sisters::Sisters::default(),
            origins: 0,
            aliases,
        };
        let (habits, (households, sisters, origins)) = rayon::join(
            || scorer.learned_habits(),
            || {
                let households = scorer.learned_households();
                (
                    households,
                    scorer.learned_sisters(),
                    scorer.learned_origins(),
                )
            },
        );
        scorer.habits = habits;
        scorer.households = households;
        scorer.sisters = sisters;
        scorer.origins = origins;
        scorer
    }

    /// Other names of companies learned from the file, by domain and then names.
    pub fn company_aliases(&self) -> &[CompanyAlias] {
        &self.aliases.listed
    }

    /// Log-odds before looking that two records are one entity and not two strangers, in millibits: what the size of the
    /// file says, and what was learned of how many copies its records have.
    pub fn prior_millibits(&self) -> i32 {
        self.weights.prior_millibits() + self.habits.prior()
    }

    /// The evidence on two records, against the explanation that is hardest to beat; symmetric.
    /// Cost: does not grow with the number of records.
    pub fn pair(&self, left: RecordIdx, right: RecordIdx) -> PairEvidence {
        let weighed = self.weigh(left, right);
        let hardest = Alternative::ALL
            .into_iter()
            .filter_map(|a| Some((weighed.score_against(a)?, a)))
            .min()
            .and_then(|(_, alternative)| weighed.against(alternative));
        hardest.expect("strangers always apply")
    }

    /// The evidence of two values against strangers, each field for itself: for records that hold little else, as
    /// `kinfold similar` makes them.
    pub fn of_values(&self, left: RecordIdx, right: RecordIdx) -> PairEvidence {
        self.weigh_with(left, right, |_, _| ())
            .against(Alternative::Strangers)
            .expect("strangers always apply")
    }

    fn weigh(&self, left: RecordIdx, right: RecordIdx) -> Weighed {
        self.weigh_with(left, right, |views, n_colleagues| match n_colleagues {
            Some(n) => once::beside_colleagues(views, n),
            None => {
                once::beside_townspeople(views, self.weights.prior_millibits());
                once::as_one_move(views);
            }
        })
    }

    /// `once` takes from the views of two people what several fields tell together, by the records of their employer.
    fn weigh_with(
        &self,
        left: RecordIdx,
        right: RecordIdx,
        once: impl FnOnce(&mut [View], Option<u32>),
    ) -> Weighed {
        let (left, right) = (left.min(right), left.max(right));
        let agreement = self.name_agreement(left, right);
        // Between a person and an account the question is whether the account is the person's company: its name decides.
        let accounts = self.has_account(left, right);
        let employer = if accounts {
            self.site_name(left, right)
        } else {
            self.employer(left, right)
        };
        let contact = self.contact(left, right);
        let (mut given, mut surname) = self.person(left, right, agreement.as_ref());
        self.spell_initial(left, right, &mut given);
        let generation = self.generation(left, right, agreement.as_ref());
        let mut place = self.place(left, right);
        once::name_and_town(&given, &mut place, self.origins);
        let mut street = self.street(left, right);
        if place.level == Level::Different && street.level == Level::Different {
            // Another town has other streets.
            street.bits = View::MISSING.bits;
        }
        let mut employer = employer;
        if self.are_accounts(left, right) {
            sites::by_house(&mut employer.view, &mut street);
        } else if !accounts && self.is_family_firm(left, right) {
            once::in_a_family_firm(&mut surname, &mut employer.view);
        }
        let mut views: [View; EvidenceField::ALL.len()] = [
            given,
            surname,
            generation,
            contact.email,
            contact.phone,
            employer.view,
            place,
            street,
            self.birth_date(left, right),
            self.government_id(left, right),
            self.job_title(left, right),
        ];
        let are_accounts = self.are_accounts(left, right);
        let learned = self.sisters.of(&views).filter(|_| are_accounts);
        let related = sites::may_be_sites(&views[EvidenceField::Employer as usize]);
        let may_be_sites = are_accounts && (related || learned.is_some());
        if may_be_sites {
            sites::against_sites(&mut views);
            if let Some(learned) = learned {
                sisters::no_more_than(&mut views, learned);
            }
        }
        self.by_habit(&mut views);
        if !accounts {
            once(&mut views, employer.n_records);
        }
        // What each explanation expects before looking, where it applies at all.
        let mut priors = [None; Alternative::ALL.len()];
        priors[STRANGERS] = Some(self.weights.prior_millibits());
        if !accounts {
            priors[COLLEAGUES] = employer
                .n_records
                .map(|n| millibits(EXPECTED_PARTNERS / f64::from(n.max(2))));
            let related_names = matches!(
                surname.level,
                Level::Same | Level::Close | Level::Sound | Level::Variant | Level::Partial
            );
            // People of different surnames live together, too; people of one firm only work in its house.
            let one_house = employer.n_records.is_none()
                && views[EvidenceField::Street as usize].level == Level::Same;
            if related_names || contact.shares_home || one_house {
                priors[HOUSEHOLD] =
                    Some(millibits(EXPECTED_PARTNERS / EXPECTED_HOUSEHOLD) + self.households);
            }
        }
        if may_be_sites {
            priors[SITES] = Some(millibits(EXPECTED_PARTNERS / EXPECTED_SITES));
        }
        // A mailbox of two accounts is their operator's.
        priors[SHARED] = contact
            .shared_people
            .filter(|_| !may_be_sites)
            .map(|n| millibits(EXPECTED_PARTNERS / f64::from(n.max(1))));
        let priors = priors.map(|prior| prior.map(|bits| bits + self.habits.prior()));
        Weighed { views, priors }
    }

    /// Two companies: sites of one share a mailbox and a phone, which are nobody's own.
    fn are_accounts(&self, left: RecordIdx, right: RecordIdx) -> bool {
        let of = |r: RecordIdx| self.prepared.record_type[r.at()];
        of(left) == RecordType::Account && of(right) == RecordType::Account
    }

    /// A company on one side at least.
    fn has_account(&self, left: RecordIdx, right: RecordIdx) -> bool {
        let is_account = |r: RecordIdx| self.prepared.record_type[r.at()] == RecordType::Account;
        is_account(left) || is_account(right)
    }

    fn name_agreement(&self, left: RecordIdx, right: RecordIdx) -> Option<NameAgreement> {
        let (l, r) = (
            self.prepared.name[left.at()],
            self.prepared.name[right.at()],
        );
        (l != NONE && r != NONE).then(|| self.names.compare(l, r))
    }
}
