//! The rule set as types: every value here is valid; `file` refuses the rest with line and column.

use crate::model::RecordType;

/// A rule set: rules are OR'ed, the conditions of one rule AND'ed.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleSet {
    /// Name, for reports.
    pub name: String,
    /// ISO 3166 alpha-2 country for phones of records without a country.
    pub default_country: Option<String>,
    /// The rules, in file order; their positions are the bits of a `RuleMask`. 1 to 64.
    pub rules: Vec<Rule>,
    /// How survivors are chosen.
    pub survivor: SurvivorPolicy,
    /// Codes of findings that `rules check` is to keep quiet about, in the whole set; ascending.
    pub allow: Vec<&'static str>,
}

/// One rule.
#[derive(Debug, Clone, PartialEq)]
pub struct Rule {
    /// Name, unique in the set.
    pub name: String,
    /// The rule's id in the CRM it came from, unique in the set; as written there.
    pub id: Option<String>,
    /// Type of the record being evaluated.
    pub base: RecordType,
    /// Type of the records evaluated as its duplicates.
    pub matching: RecordType,
    /// Leave out pairs whose matching record is inactive.
    pub exclude_inactive: bool,
    /// Which base records take part.
    pub base_scope: BaseScope,
    /// Which rule-true pairs are worth reporting.
    pub evidence: EvidenceFloor,
    /// What a shared generic value is worth.
    pub generic: GenericPolicy,
    /// Conditions, all of which must hold; at least one.
    pub when: Vec<Condition>,
    /// Exceptions, none of which may hold.
    pub unless: Vec<Condition>,
    /// Codes of findings that `rules check` is to keep quiet about in this rule; ascending.
    pub allow: Vec<&'static str>,
}

/// Which base records of a rule take part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BaseScope {
    /// All.
    #[default]
    All,
    /// Active ones only.
    Active,
}

/// The `evidence` option.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum EvidenceFloor {
    /// As worded: every pair that satisfies the conditions.
    #[default]
    None,
    /// Leave out pairs that could not reach `review` whatever their other fields say.
    Auto,
    /// Leave out pairs whose conditions carry less than this many millibits.
    Millibits(i32),
}

/// The `generic` option.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum GenericPolicy {
    /// A generic value counts like any other.
    #[default]
    AsWorded,
    /// A pair sharing only generic values must also have similar names.
    NeedName,
    /// A generic value matches nothing.
    Ignore,
}

/// A matchcode that `same = …` can compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MatchcodeKind {
    /// Any e-mail column against any.
    Email,
    /// Any phone column but fax against any; weak codes only when the condition says so.
    Phone,
    /// Registrable domain of any e-mail column; free-mail providers included.
    EmailDomain,
    /// The whole normalised person name, token by token, generation included.
    Name,
    /// The company's squashed content tokens.
    Company,
    /// Registrable domain of the web site.
    Website,
}

/// A string measure for `similar = COLUMN`; ranges 0.0 to 1.0. Formulas in `docs/rules.md`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Measure {
    /// `strsim::jaro_winkler`.
    JaroWinkler,
    /// `strsim::jaro`.
    Jaro,
    /// `strsim::normalized_levenshtein`.
    Levenshtein,
    /// `strsim::normalized_damerau_levenshtein`.
    DamerauLevenshtein,
    /// 1 - optimal string alignment distance / longer length.
    Osa,
    /// Shared distinct words over all distinct words (Jaccard).
    TokenSet,
    /// 1.0 when the primary double metaphone codes of the folded texts are equal and not empty, else 0.0.
    DoubleMetaphone,
    /// 1.0 when the soundex codes of the folded texts are equal and not empty, else 0.0.
    Soundex,
}

/// One condition. A blank value satisfies none of them, unless `ignore_blank = false`: then two blanks are equal.
#[derive(Debug, Clone, PartialEq)]
pub enum Condition {
    /// Equal matchcodes, across any columns of the kind.
    Same {
        /// Which matchcode.
        kind: MatchcodeKind,
        /// Phones only: also compare digits-only codes of numbers that did not parse.
        weak: bool,
    },
    /// The `name` profile.
    SimilarName,
    /// The `company` profile.
    SimilarCompany {
        /// Lowest similarity, 0.0 (exclusive) to 1.0.
        threshold: f64,
    },
    /// Equal text after trimming (and Unicode lower-casing unless `case_sensitive`).
    Exact {
        /// Column on the base side.
        column: String,
        /// Column on the matching side, when it differs.
        match_column: Option<String>,
        /// Compare letters as they are.
        case_sensitive: bool,
        /// False: two blanks are equal.
        ignore_blank: bool,
    },
    /// Equal first characters; shorter values must be equal whole.
    First {
        /// Column.
        column: String,
        /// Column on the matching side, when it differs.
        match_column: Option<String>,
        /// How many characters, 1 or more.
        n: usize,
        /// Compare letters as they are.
        case_sensitive: bool,
        /// False: two blanks are equal.
        ignore_blank: bool,
    },
    /// Equal last characters; shorter values must be equal whole.
    Last {
        /// Column.
        column: String,
        /// Column on the matching side, when it differs.
        match_column: Option<String>,
        /// How many characters, 1 or more.
        n: usize,
        /// Compare letters as they are.
        case_sensitive: bool,
        /// False: two blanks are equal.
        ignore_blank: bool,
    },
    /// Same calendar day, as exported. A value that is no date satisfies nothing.
    SameDate {
        /// Column.
        column: String,
        /// Column on the matching side, when it differs.
        match_column: Option<String>,
        /// False: two blanks are equal.
        ignore_blank: bool,
    },
    /// Same date and time to the second, as exported.
    SameDateTime {
        /// Column.
        column: String,
        /// Column on the matching side, when it differs.
        match_column: Option<String>,
        /// False: two blanks are equal.
        ignore_blank: bool,
    },
    /// A literal measure on a text column, on the values as `Exact` compares them, character by character.
    SimilarText {
        /// Column.
        column: String,
        /// Column on the matching side, when it differs.
        match_column: Option<String>,
        /// Measure.
        measure: Measure,
        /// Lowest similarity, 0.0 (exclusive) to 1.0.
        threshold: f64,
        /// Compare letters as they are.
        case_sensitive: bool,
    },
}

impl Condition {
    /// The text columns the condition reads: `(column, case_sensitive)`, base side first.
    /// Empty for conditions on matchcodes.
    pub fn text_columns(&self) -> Vec<(&str, bool)> {
        let (column, match_column, case) = match self {
            Condition::Same { .. } | Condition::SimilarName | Condition::SimilarCompany { .. } => {
                return Vec::new();
            }
            Condition::Exact {
                column,
                match_column,
                case_sensitive,
                ..
            }
            | Condition::First {
                column,
                match_column,
                case_sensitive,
                ..
            }
            | Condition::Last {
                column,
                match_column,
                case_sensitive,
                ..
            }
            | Condition::SimilarText {
                column,
                match_column,
                case_sensitive,
                ..
            } => (column, match_column, *case_sensitive),
            Condition::SameDate {
                column,
                match_column,
                ..
            }
            | Condition::SameDateTime {
                column,
                match_column,
                ..
            } => (column, match_column, true),
        };
        let mut columns = vec![(column.as_str(), case)];
        if let Some(other) = match_column
            .as_deref()
            .filter(|o| !o.eq_ignore_ascii_case(column))
        {
            columns.push((other, case));
        }
        columns
    }
}

/// One criterion of the survivor policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Preference {
    /// Active before inactive.
    Active,
    /// The larger weighted share of filled, valid, non-generic fields.
    Completeness,
    /// The more recently modified.
    Modified,
    /// The older.
    Created,
    /// The smaller id, by bytes. Always applied last, whether named or not.
    Id,
}

/// How survivors are chosen: criteria in order, the first that tells two records apart decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SurvivorPolicy {
    /// The criteria.
    pub prefer: Vec<Preference>,
}

impl Default for SurvivorPolicy {
    fn default() -> Self {
        use Preference::{Active, Completeness, Created, Id, Modified};
        SurvivorPolicy {
            prefer: vec![Active, Completeness, Modified, Created, Id],
        }
    }
}
