//! What stages 3 and 4 share about one run: names and companies ready to compare, frequencies, dispersion.

use crate::block::{BlockInput, Decided, Judge, ProbeIndex};
use crate::model::{Prepared, ScoredPair};
use crate::normalise::{company, variants};
use crate::rules::RuleSet;
use crate::rules::predicate::{CompanyProfile, NameProfile, Weights, common_words};
use crate::score::{self, Dispersion, Scorer, dispersion};
use crate::similarity::neighbours::{Channels, Neighbours};
use rustc_hash::FxHashMap;

/// Built once a run from the prepared records.
#[derive(Debug)]
pub struct Engine<'a> {
    prepared: &'a Prepared,
    names: NameProfile,
    companies: CompanyProfile,
    weights: Weights,
    dispersion: Dispersion,
}

impl<'a> Engine<'a> {
    /// Joins the vocabularies with themselves and counts. Cost: near linear in distinct words.
    pub fn new(prepared: &'a Prepared) -> Engine<'a> {
        let names = || {
            let declared = declared_variants(prepared);
            let variants = |word: &str| match declared.get(word) {
                Some(all) => all.as_slice(),
                None => variants::variants_of(word),
            };
            let words = prepared.names.vocabulary.texts();
            let names = NameProfile::new(
                &prepared.names,
                Neighbours::build(words, &Channels::PERSON, variants),
            );
            let dispersion = dispersion(prepared, &names);
            (names, dispersion)
        };
        let companies = || {
            let words = prepared.companies.vocabulary.texts();
            CompanyProfile::new(
                &prepared.companies,
                Neighbours::build(words, &Channels::COMPANY, |_| &[]),
                &common_words(prepared, company::usual_share),
            )
        };
        let weights = || {
            let is_known = |word: &str| !variants::variants_of(word).is_empty();
            Weights::new(prepared, is_known)
        };
        // While one is at what a single thread has to do, the others go on.
        let ((names, dispersion), (companies, weights)) =
            rayon::join(names, || rayon::join(companies, weights));
        Engine {
            prepared,
            names,
            companies,
            weights,
            dispersion,
        }
    }

    /// The records.
    pub fn prepared(&self) -> &'a Prepared {
        self.prepared
    }

    /// What the block stage looks at.
    pub fn block_input(&self) -> BlockInput<'_> {
        BlockInput {
            prepared: self.prepared,
            names: &self.names,
            companies: &self.companies,
            weights: &self.weights,
            generic: &self.dispersion.generic,
        }
    }

    /// A scorer over the run's records.
    pub fn scorer(&self) -> Scorer<'_> {
        Scorer::new(
            self.prepared,
            &self.names,
            &self.companies,
            &self.weights,
            &self.dispersion,
        )
    }

    /// A rule set ready to be asked about pairs.
    pub fn judge(&'a self, rules: &'a RuleSet, decided: &'a Decided) -> Judge<'a> {
        Judge::new(self.block_input(), rules, decided)
    }

    /// What probes of single records share.
    pub fn probe_index(&'a self, decided: &'a Decided) -> ProbeIndex<'a> {
        ProbeIndex::new(self.block_input(), decided)
    }

    /// Why the records of a pair seem one, or not: one plain sentence.
    pub fn pair_reason(&self, pair: &ScoredPair) -> String {
        score::pair_reason(
            self.prepared,
            pair.pair.left,
            pair.pair.right,
            &pair.evidence,
        )
    }

    /// How many unlike people hold each value.
    pub fn dispersion(&self) -> &Dispersion {
        &self.dispersion
    }

    /// Names ready to compare.
    pub fn names(&self) -> &NameProfile {
        &self.names
    }

    /// Companies ready to compare.
    pub fn companies(&self) -> &CompanyProfile {
        &self.companies
    }

    /// What agreements are worth.
    pub fn weights(&self) -> &Weights {
        &self.weights
    }
}

/// For each word with a declared alias all its other forms, those of the shipped tables included.
fn declared_variants(prepared: &Prepared) -> FxHashMap<&str, Vec<&str>> {
    let names = &prepared.names;
    let mut out: FxHashMap<&str, Vec<&str>> = FxHashMap::default();
    for (a, b) in &names.alias {
        let (a, b) = (names.vocabulary.text(*a), names.vocabulary.text(*b));
        for (word, other) in [(a, b), (b, a)] {
            out.entry(word)
                .or_insert_with(|| variants::variants_of(word).to_vec())
                .push(other);
        }
    }
    out
}
