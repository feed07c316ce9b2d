//! The records of a run as matchcodes: typed columns of `u32` numbers, the working form of stages 3 to 5.

use super::codes::{CompanyCodes, EmailCodes, PhoneCodes, TextCodes};
use super::ids::{Csr, Interner, NONE};
use super::matchcode::{CompanyCode, DomainCode, Generation, Marks, NameToken, PhoneUse};
use super::{Activity, Candidacy, RecordIdx, RecordType};

/// Distinct normalised person names.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Distinct tokens of all names.
    pub vocabulary: Interner,
    /// Tokens of each name, in the order of [`PersonName::tokens`](super::PersonName).
    pub tokens: Csr<NameToken>,
    /// Generational suffix of each name.
    pub generation: Vec<Generation>,
    /// Marks of each name.
    pub marks: Vec<Marks>,
    /// Tokens declared other forms of one name, as numbers of the vocabulary, smaller first, ascending.
    pub alias: Vec<(u32, u32)>,
}

impl Names {
    /// Number of distinct names.
    pub fn len(&self) -> usize {
        self.generation.len()
    }

    /// True when there are none.
    pub fn is_empty(&self) -> bool {
        self.generation.is_empty()
    }
}

/// Distinct normalised company names.
#[derive(Debug, Clone, Default)]
pub struct Companies {
    /// Distinct tokens of all companies.
    pub vocabulary: Interner,
    /// Content tokens of each company, in order.
    pub tokens: Csr<u32>,
    /// The codes beside their words.
    pub codes: CompanyCodes,
    /// Companies known to be one under different names, as a forest: the next company of the group, itself for the
    /// last. Empty when there are no aliases at all. Declared by rule files, or learned: see [`join`](Self::join).
    pub alias: Vec<u32>,
}

impl Companies {
    /// Appends a company.
    pub fn push(&mut self, code: &CompanyCode) {
        let vocabulary = &mut self.vocabulary;
        self.tokens
            .push_row(code.tokens.iter().map(|t| vocabulary.intern(t)));
        self.codes.push(code);
    }

    /// True when a company is the one of `code`.
    pub fn is(&self, company: u32, code: &CompanyCode) -> bool {
        let known = self.codes.at(company as usize);
        known.squashed == code.squashed
            && known.acronym == code.acronym
            && known.legal_form == code.legal_form
            && known.marks == code.marks
            && self.words(company).eq(code.tokens.iter())
    }

    /// The content tokens of a company, in order.
    pub fn words(&self, company: u32) -> impl Iterator<Item = &str> {
        let row = self.tokens.row(company as usize);
        row.iter().map(|token| self.vocabulary.text(*token))
    }

    /// The content tokens of a company, with blanks between.
    pub fn text(&self, company: u32) -> String {
        self.words(company).collect::<Vec<_>>().join(" ")
    }

    /// Declares two companies one, with all that was declared one with either.
    ///
    /// The hook for aliases, wherever they come from: profiles, indexes and evidence all read the result through
    /// [`groups`](Self::groups), so it has to be called before they are built.
    pub fn join(&mut self, a: u32, b: u32) {
        if self.alias.is_empty() {
            self.alias = (0..self.codes.len() as u32).collect();
        }
        let (a, b) = (self.alias_of(a), self.alias_of(b));
        self.alias[a.max(b) as usize] = a.min(b);
    }

    /// The first company of the group a company belongs to; itself when it has no alias.
    pub fn alias_of(&self, company: u32) -> u32 {
        let mut at = company;
        while let Some(&next) = self.alias.get(at as usize).filter(|next| **next != at) {
            at = next;
        }
        at
    }

    /// Which companies are one: those of equal squashed names, and those joined. For each company the number of its
    /// group, and the squashed name's group for every squashed name and every further text of `further`, through the
    /// interner given back beside the groups of its numbers.
    pub fn groups<'a>(&'a self, further: impl Iterator<Item = &'a str>) -> CompanyGroups {
        let mut texts = Interner::default();
        let squashed: Vec<u32> = self
            .codes
            .iter()
            .map(|c| texts.intern(c.squashed))
            .collect();
        for text in further {
            texts.intern(text);
        }
        let mut group: Vec<u32> = (0..texts.len() as u32).collect();
        let root = |group: &[u32], mut at: u32| {
            while group[at as usize] != at {
                at = group[at as usize];
            }
            at
        };
        for company in 0..self.alias.len() as u32 {
            let other = self.alias_of(company);
            let a = root(&group, squashed[company as usize]);
            let b = root(&group, squashed[other as usize]);
            group[a.max(b) as usize] = a.min(b);
        }
        let group = (0..group.len() as u32).map(|t| root(&group, t)).collect();
        CompanyGroups { texts, group }
    }
}

/// Squashed names by group: equal names, and names declared one.
#[derive(Debug, Clone)]
pub struct CompanyGroups {
    texts: Interner,
    group: Vec<u32>,
}

impl CompanyGroups {
    /// The number of a squashed name that is known; panics for others.
    pub fn number(&self, squashed: &str) -> u32 {
        self.texts.get(squashed).expect("a name of the run")
    }

    /// The number of a text, if it is a squashed name or a further text.
    pub fn find(&self, text: &str) -> Option<u32> {
        self.texts.get(text)
    }

    /// All squashed names and further texts, by number.
    pub fn into_texts(self) -> Vec<Box<str>> {
        self.texts.into_texts()
    }

    /// The group of a squashed name that is known; panics for others.
    pub fn of(&self, squashed: &str) -> u32 {
        let number = self
            .texts
            .get(squashed)
            .expect("only known texts are asked for");
        self.group[number as usize]
    }

    /// Group numbers are below this.
    pub fn n_numbers(&self) -> usize {
        self.group.len()
    }
}

/// Distinct e-mail matchcodes.
#[derive(Debug, Clone, Default)]
pub struct Emails {
    /// The codes.
    pub codes: EmailCodes,
    /// Number in [`Domains`] of the registrable domain of each.
    pub domain: Vec<u32>,
}

/// Distinct phone matchcodes.
#[derive(Debug, Clone, Default)]
pub struct Phones {
    /// The codes; an extension belongs to the [`PhoneUse`].
    pub codes: PhoneCodes,
}

/// Distinct registrable domains.
#[derive(Debug, Clone, Default)]
pub struct Domains {
    /// The domains in full.
    pub codes: Vec<DomainCode>,
}

/// In which form conditions compare the values of a text column.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum TextForm {
    /// Trimmed and Unicode lower-cased.
    #[default]
    Lower,
    /// Trimmed only.
    AsWritten,
    /// For literal measures: trimmed and lower-cased, and of a long text the beginning alone
    /// (`similarity::measures::CHARS_MAX`).
    MeasuredLower,
    /// Likewise, but trimmed only.
    MeasuredAsWritten,
    /// Likewise, but folded to lower-case Latin letters, digits and single blanks.
    MeasuredFolded,
    /// Label of a pick list, trimmed and lower-cased.
    PicklistLabel,
    /// Label of a pick list, trimmed only.
    PicklistLabelAsWritten,
    /// Code of a pick list.
    PicklistValue,
}

/// A text column as numbers of distinct values, for conditions and evidence on columns without a matchcode of their own.
#[derive(Debug, Clone, Default)]
pub struct TextColumnCodes {
    /// Canonical field name or header.
    pub name: String,
    /// Distinct values in the column's form.
    pub values: Interner,
    /// Number of each record's value, [`NONE`] when blank.
    pub column: Vec<u32>,
    /// The form of the values.
    pub form: TextForm,
    /// Distinct values of the table of which the form has the beginning alone.
    pub n_cut: u64,
}

/// Which values are generic: shared by many unlike people. Indexed like the tables of [`Prepared`].
#[derive(Debug, Clone, Default)]
pub struct GenericValues {
    /// For each e-mail: number of unlike people that hold it, 0 when not generic.
    pub email_people: Vec<u32>,
    /// For each phone: likewise.
    pub phone_people: Vec<u32>,
    /// For each domain: likewise; always 0 for a company's own domain, whose sharing is ordinary.
    pub domain_people: Vec<u32>,
}

/// Everything stages 3 to 5 know about the records. All per-record columns have `n_records` entries.
#[derive(Debug, Clone, Default)]
pub struct Prepared {
    /// Type of each record.
    pub record_type: Vec<RecordType>,
    /// Activity of each record.
    pub activity: Vec<Activity>,
    /// Candidacy of each record.
    pub candidacy: Vec<Candidacy>,
    /// Number of each record's name in [`names`](Self::names), [`NONE`] when missing or unusable.
    pub name: Vec<u32>,
    /// Number of each record's company, [`NONE`] when missing or unusable.
    pub company: Vec<u32>,
    /// Usable e-mails of each record (not `Invalid`, not `Placeholder`), distinct, ascending by number.
    pub emails: Csr<u32>,
    /// Phones of each record with a code (not `Placeholder`), distinct by number, ascending by number.
    pub phones: Csr<PhoneUse>,
    /// Domains of each record's usable e-mails, distinct, ascending.
    pub domains: Csr<u32>,
    /// Domain of each record's web site, [`NONE`] when missing.
    pub website: Vec<u32>,
    /// City, folded: number in [`cities`](Self::cities).
    pub city: Vec<u32>,
    /// Postcode, upper-case letters and digits only: number in [`postcodes`](Self::postcodes).
    pub postcode: Vec<u32>,
    /// Country as ISO 3166 alpha-2: number in [`countries`](Self::countries).
    pub country: Vec<u32>,
    /// The first address line in parts: number in [`streets`](Self::streets).
    pub street: Vec<u32>,
    /// House number and street, the address's matchcode: number in [`addresses`](Self::addresses), [`NONE`] without a
    /// house number.
    pub address: Vec<u32>,
    /// Job title, folded: number in [`titles`](Self::titles).
    pub title: Vec<u32>,
    /// Date of birth as days since 1970-01-01 plus 1,000,000; [`NONE`] when missing or unreadable.
    pub birth_date: Vec<u32>,
    /// Government id, letters and digits only: number in [`government_ids`](Self::government_ids).
    pub government_id: Vec<u32>,
    /// Distinct names.
    pub names: Names,
    /// Distinct companies.
    pub companies: Companies,
    /// Distinct e-mails.
    pub email_codes: Emails,
    /// Distinct phones.
    pub phone_codes: Phones,
    /// Distinct domains.
    pub domain_codes: Domains,
    /// Distinct cities.
    pub cities: Interner,
    /// Distinct postcodes.
    pub postcodes: TextCodes,
    /// Distinct countries.
    pub countries: TextCodes,
    /// Distinct address lines, as [`AddressCode::line`](super::AddressCode::line) writes them.
    pub streets: TextCodes,
    /// Distinct matchcodes of addresses.
    pub addresses: TextCodes,
    /// Distinct job titles.
    pub titles: TextCodes,
    /// Distinct government ids.
    pub government_ids: TextCodes,
    /// Text columns that the rules name, in rule order.
    pub texts: Vec<TextColumnCodes>,
    /// How many values were read in part.
    pub cut: CutValues,
    /// Lineage: pairs of a qualified lead and a record born from it, left < right, ascending. Not duplicates.
    pub lineage: Vec<(RecordIdx, RecordIdx)>,
}

/// How many values are longer than what is read of their kind, so that only their beginning counts.
#[derive(Debug, Clone, Copy, Default)]
pub struct CutValues {
    /// Records whose name has more than eight words or a word of more than 256 letters.
    pub names: u64,
    /// Distinct companies, the same.
    pub companies: u64,
    /// Distinct address lines of more than 1,000 characters.
    pub address_lines: u64,
}

impl Prepared {
    /// Number of records.
    pub fn n_records(&self) -> usize {
        self.record_type.len()
    }

    /// The tokens of a record's name; empty when it has none.
    #[inline]
    pub fn name_tokens(&self, record: RecordIdx) -> &[NameToken] {
        match self.name[record.at()] {
            NONE => &[],
            name => self.names.tokens.row(name as usize),
        }
    }

    /// The places of a record: its town, and its postal code, which is numbered behind all towns.
    #[inline]
    pub fn places(&self, record: RecordIdx) -> impl Iterator<Item = u32> + '_ {
        let (city, postcode) = (self.city[record.at()], self.postcode[record.at()]);
        let postcode = (postcode != NONE).then(|| self.cities.len() as u32 + postcode);
        (city != NONE).then_some(city).into_iter().chain(postcode)
    }

    /// How many numbers [`places`](Self::places) has.
    pub fn n_places(&self) -> usize {
        self.cities.len() + self.postcodes.len()
    }

    /// The town or postal code of a number of [`places`](Self::places).
    pub fn place_text(&self, place: u32) -> &str {
        match (place as usize).checked_sub(self.cities.len()) {
            None => self.cities.text(place),
            Some(postcode) => self.postcodes.text(postcode as u32),
        }
    }

    /// The text column a rule calls `name`, in the form its condition compares.
    pub fn text(&self, name: &str, form: TextForm) -> Option<&TextColumnCodes> {
        self.texts
            .iter()
            .find(|t| t.form == form && t.name.eq_ignore_ascii_case(name))
    }
}
