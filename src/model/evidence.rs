//! What a comparison finds per field, in bits, and against which other explanation.

use std::fmt;

/// Evidence is kept in thousandths of a bit, as integers, so that sums do not depend on their order.
pub const MILLIBITS_PER_BIT: i32 = 1000;

/// A field of evidence. Correlated columns are one field: company, its domain and its switchboard are `Employer`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum EvidenceField {
    /// Given names.
    Given,
    /// Surnames.
    Surname,
    /// Jr against Sr.
    Generation,
    /// E-mail addresses, local parts against names.
    Email,
    /// Phones, crosswise.
    Phone,
    /// Company and corporate domain together.
    Employer,
    /// City, postcode, country.
    Place,
    /// Street.
    Street,
    /// Date of birth.
    BirthDate,
    /// Government id.
    GovernmentId,
    /// Job title.
    JobTitle,
}

impl EvidenceField {
    /// All fields, in the order of columns in `pairs.csv`.
    pub const ALL: [EvidenceField; 11] = [
        EvidenceField::Given,
        EvidenceField::Surname,
        EvidenceField::Generation,
        EvidenceField::Email,
        EvidenceField::Phone,
        EvidenceField::Employer,
        EvidenceField::Place,
        EvidenceField::Street,
        EvidenceField::BirthDate,
        EvidenceField::GovernmentId,
        EvidenceField::JobTitle,
    ];

    /// The word used in column names.
    pub fn as_str(self) -> &'static str {
        match self {
            EvidenceField::Given => "given",
            EvidenceField::Surname => "surname",
            EvidenceField::Generation => "generation",
            EvidenceField::Email => "email",
            EvidenceField::Phone => "phone",
            EvidenceField::Employer => "employer",
            EvidenceField::Place => "place",
            EvidenceField::Street => "street",
            EvidenceField::BirthDate => "birthdate",
            EvidenceField::GovernmentId => "governmentid",
            EvidenceField::JobTitle => "jobtitle",
        }
    }
}

/// How well one field agrees. Not every level occurs for every field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Level {
    /// At least one side has no value: no evidence.
    Missing,
    /// Equal matchcodes.
    Same,
    /// Known other form: nickname, transliteration, learned company alias.
    Variant,
    /// Equal but for a typing error.
    Close,
    /// Sounds the same.
    Sound,
    /// One side is an initial or acronym of the other.
    Initial,
    /// One side has a part the other lacks, the rest agrees.
    Partial,
    /// Equal, but the value is generic: shared by many unlike people.
    Generic,
    /// Linked in another way: the address is made of the other's name, the domain of the company, same registrable domain.
    Linked,
    /// Both present and not alike.
    Different,
    /// Both present, and different in a way that tells two entities apart (Jr and Sr, two birth years).
    Conflict,
}

impl Level {
    /// All levels, by their numbers.
    const ALL: [Level; 11] = [
        Level::Missing,
        Level::Same,
        Level::Variant,
        Level::Close,
        Level::Sound,
        Level::Initial,
        Level::Partial,
        Level::Generic,
        Level::Linked,
        Level::Different,
        Level::Conflict,
    ];

    /// The word used in `pairs.csv`.
    pub fn as_str(self) -> &'static str {
        match self {
            Level::Missing => "missing",
            Level::Same => "same",
            Level::Variant => "variant",
            Level::Close => "close",
            Level::Sound => "sound",
            Level::Initial => "initial",
            Level::Partial => "partial",
            Level::Generic => "generic",
            Level::Linked => "linked",
            Level::Different => "different",
            Level::Conflict => "conflict",
        }
    }
}

/// Level and bits of one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct FieldEvidence {
    /// Agreement level.
    pub level: Level,
    /// Evidence in millibits against the pair's [`Alternative`]: positive speaks for the same entity.
    pub millibits: i32,
}

/// The evidence of every field of [`EvidenceField::ALL`], in four bytes each: a large run holds millions of pairs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Fields([i32; EvidenceField::ALL.len()]);

impl Fields {
    /// Bits of a level's number, below the millibits.
    const LEVEL_BITS: u32 = 8;

    /// Of one entry per field, in their order. Panics when an entry has more than 8,000 bits, which no evidence has.
    pub fn new(fields: [FieldEvidence; EvidenceField::ALL.len()]) -> Fields {
        Fields(fields.map(|said| {
            let shifted = said.millibits.checked_mul(1 << Self::LEVEL_BITS);
            shifted.expect("evidence is some bits") | said.level as i32
        }))
    }

    /// The entry of one field.
    pub fn get(&self, field: EvidenceField) -> FieldEvidence {
        Self::entry(self.0[field as usize])
    }

    /// The entries, in the order of the fields.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = FieldEvidence> + '_ {
        self.0.iter().map(|packed| Self::entry(*packed))
    }

    fn entry(packed: i32) -> FieldEvidence {
        let level = packed & ((1 << Self::LEVEL_BITS) - 1);
        FieldEvidence {
            level: Level::ALL[level as usize],
            millibits: packed >> Self::LEVEL_BITS,
        }
    }
}

impl fmt::Debug for Fields {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// The best explanation of a pair other than "the same entity": what the evidence is weighed against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Alternative {
    /// Two unrelated people.
    Strangers,
    /// Two people at one company.
    Colleagues,
    /// Two people of one family or household.
    Household,
    /// Two people behind one shared mailbox or number.
    SharedContact,
    /// Two sites of one operator: two accounts.
    Sites,
}

impl Alternative {
    /// All alternatives.
    pub const ALL: [Alternative; 5] = [
        Alternative::Strangers,
        Alternative::Colleagues,
        Alternative::Household,
        Alternative::SharedContact,
        Alternative::Sites,
    ];

    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Alternative::Strangers => "strangers",
            Alternative::Colleagues => "colleagues",
            Alternative::Household => "household",
            Alternative::SharedContact => "shared-contact",
            Alternative::Sites => "sites",
        }
    }
}

/// The whole comparison of two records.
///
/// `score_millibits = prior_millibits + sum of fields' millibits`; the probability is its logistic in base 2, calibrated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PairEvidence {
    /// One entry per [`EvidenceField::ALL`].
    pub fields: Fields,
    /// The explanation the pair is weighed against: the one under which the score is lowest.
    pub alternative: Alternative,
    /// Log-odds, before looking, of "same entity" against the alternative.
    pub prior_millibits: i32,
    /// Log-odds of "same entity" against the alternative.
    pub score_millibits: i32,
}

/// Least that a shared value must say against the explanation to beat for it to count as personal.
const PERSONAL_MILLIBITS: i32 = 2_000;

impl PairEvidence {
    /// Probability of "same entity", 0.0 to 1.0: the logistic of the score in base 2.
    pub fn probability(&self) -> f64 {
        1.0 / (1.0 + (-f64::from(self.score_millibits) / f64::from(MILLIBITS_PER_BIT)).exp2())
    }

    /// The entry of one field.
    pub fn field(&self, field: EvidenceField) -> FieldEvidence {
        self.fields.get(field)
    }

    /// True when the two share what belongs to one person (an address, a number, a date of birth, a government id), or
    /// to one site (its house, too), and it says two bits or more against the explanation to beat.
    pub fn shares_its_own(&self) -> bool {
        use EvidenceField::{BirthDate, Email, GovernmentId, Phone, Street};
        let own = [Email, Phone, BirthDate, GovernmentId, Street];
        let n_own = match self.alternative {
            Alternative::Sites => own.len(),
            _ => own.len() - 1,
        };
        own[..n_own].iter().any(|field| {
            let said = self.field(*field);
            said.level == Level::Same && said.millibits >= PERSONAL_MILLIBITS
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_fields_are_what_they_were_made_of() {
        for (i, level) in Level::ALL.into_iter().enumerate() {
            assert_eq!(level as usize, i);
            for millibits in [0, 1, -1, 250, -8_000_000, 8_000_000] {
                let mut fields = [FieldEvidence {
                    level: Level::Missing,
                    millibits: 0,
                }; EvidenceField::ALL.len()];
                let said = FieldEvidence { level, millibits };
                fields[i] = said;
                let packed = Fields::new(fields);
                assert_eq!(packed.get(EvidenceField::ALL[i]), said);
                assert!(packed.iter().eq(fields));
            }
        }
    }
}
