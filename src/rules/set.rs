//! The rule set as types: every value here is valid; `file` refuses the rest with line and column.

use super::lists::{ListedPair, ValueLists};
use crate::model::{RecordType, TextForm};
pub use crate::similarity::measures::Measure;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// A rule set: rules are OR'ed, the conditions of one rule AND'ed.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RuleSet {
    /// Name, for reports.
    pub name: String,
    /// ISO 3166 alpha-2 country for phones of records without a country.
    pub default_country: Option<String>,
    /// The rules, in file order; their positions are the bits of a `RuleMask`. 1 to [`RULES_MAX`].
    pub rules: Vec<Rule>,
    /// How survivors are chosen.
    pub survivor: SurvivorPolicy,
    /// Codes of findings that `rules check` is to keep quiet about, in the whole set; ascending.
    pub allow: Vec<&'static str>,
    /// Values that count as blank, and values that count as one.
    pub values: ValueLists,
    /// For each pick-list column its codes with their labels.
    pub picklists: BTreeMap<String, BTreeMap<String, String>>,
    /// Pairs declared the same.
    pub always: Vec<ListedPair>,
    /// Pairs declared different.
    pub never: Vec<ListedPair>,
}

/// What the pairs of the always list are called among the rules.
pub const ALWAYS_LIST: &str = "always list";

/// What the pairs that a reviewer accepted are called among the rules.
pub const ACCEPTED: &str = "accepted";

/// Most rules of a set: the bits of a `RuleMask`, less one for the always list.
pub const RULES_MAX: usize = 63;

/// Most conditions and exceptions of a rule together. Each is compared with each of its rule, and of every other rule, when
/// rules are looked over: a set of 63 rules as long as this takes a second or two.
pub const CONDITIONS_MAX: usize = 100;

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

impl Rule {
    /// The conditions as they are meant: in a rule of one condition two blanks never match, whatever its flag says,
    /// as in Dynamics.
    pub fn effective_when(&self) -> Cow<'_, [Condition]> {
        match self.when.as_slice() {
            [only] if only.ignore_blank() == Some(false) => {
                let mut only = only.clone();
                only.set_ignore_blank(true);
                Cow::Owned(vec![only])
            }
            all => Cow::Borrowed(all),
        }
    }
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
    /// House number and name of the street; the town is not looked at.
    Address,
    /// The town or the postal code; the country is not looked at.
    Place,
}

/// What a literal measure looks at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum TextBasis {
    /// The text as exported, trimmed and lower-cased as `exact` does.
    #[default]
    Raw,
    /// Folded to Latin letters, digits and single blanks.
    Normalised,
}

/// Which side of a pick list is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PicklistSide {
    /// What people see.
    Label,
    /// The code the CRM keeps.
    Value,
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
    /// Equal choice of a pick list.
    Picklist {
        /// Column.
        column: String,
        /// Column on the matching side, when it differs.
        match_column: Option<String>,
        /// Label or value.
        by: PicklistSide,
        /// Compare letters of labels as they are; false for values.
        case_sensitive: bool,
        /// False: two blanks are equal.
        ignore_blank: bool,
    },
    /// A literal measure on a text column, character by character.
    SimilarText {
        /// Column.
        column: String,
        /// Column on the matching side, when it differs.
        match_column: Option<String>,
        /// Measure.
        measure: Measure,
        /// Lowest similarity, 0.0 (exclusive) to 1.0.
        threshold: f64,
        /// Compare letters as they are; false with [`TextBasis::Normalised`].
        case_sensitive: bool,
        /// What the measure looks at.
        on: TextBasis,
    },
}

impl Condition {
    /// The text columns the condition reads, base side first, and in which form. Empty for conditions on matchcodes.
    pub fn text_columns(&self) -> Vec<(&str, TextForm)> {
        let Some((column, match_column, form)) = self.text_sides() else {
            return Vec::new();
        };
        let mut columns = vec![(column, form)];
        if let Some(other) = match_column.filter(|o| !o.eq_ignore_ascii_case(column)) {
            columns.push((other, form));
        }
        columns
    }

    /// Column of the base record, that of the matching record when it is named, and the form both are compared in;
    /// `None` for conditions on matchcodes.
    pub fn text_sides(&self) -> Option<(&str, Option<&str>, TextForm)> {
        let by_case = |case_sensitive: bool| {
            if case_sensitive {
                TextForm::AsWritten
            } else {
                TextForm::Lower
            }
        };
        let (column, match_column, form) = match self {
            Condition::Same { .. } | Condition::SimilarName | Condition::SimilarCompany { .. } => {
                return None;
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
            } => (column, match_column, by_case(*case_sensitive)),
            Condition::SimilarText {
                column,
                match_column,
                case_sensitive,
                on,
                ..
            } => (
                column,
                match_column,
                match (on, case_sensitive) {
                    (TextBasis::Raw, false) => TextForm::MeasuredLower,
                    (TextBasis::Raw, true) => TextForm::MeasuredAsWritten,
                    (TextBasis::Normalised, _) => TextForm::MeasuredFolded,
                },
            ),
            Condition::Picklist {
                column,
                match_column,
                by,
                case_sensitive,
                ..
            } => (
                column,
                match_column,
                match (by, case_sensitive) {
                    (PicklistSide::Value, _) => TextForm::PicklistValue,
                    (PicklistSide::Label, false) => TextForm::PicklistLabel,
                    (PicklistSide::Label, true) => TextForm::PicklistLabelAsWritten,
                },
            ),
            Condition::SameDate {
                column,
                match_column,
                ..
            }
            | Condition::SameDateTime {
                column,
                match_column,
                ..
            } => (column, match_column, TextForm::AsWritten),
        };
        Some((column.as_str(), match_column.as_deref(), form))
    }

    /// The flag of that name; `None` for conditions that have none and never hold between blanks.
    pub fn ignore_blank(&self) -> Option<bool> {
        match self {
            Condition::Exact { ignore_blank, .. }
            | Condition::First { ignore_blank, .. }
            | Condition::Last { ignore_blank, .. }
            | Condition::SameDate { ignore_blank, .. }
            | Condition::SameDateTime { ignore_blank, .. }
            | Condition::Picklist { ignore_blank, .. } => Some(*ignore_blank),
            Condition::Same { .. }
            | Condition::SimilarName
            | Condition::SimilarCompany { .. }
            | Condition::SimilarText { .. } => None,
        }
    }

    fn set_ignore_blank(&mut self, value: bool) {
        match self {
            Condition::Exact { ignore_blank, .. }
            | Condition::First { ignore_blank, .. }
            | Condition::Last { ignore_blank, .. }
            | Condition::SameDate { ignore_blank, .. }
            | Condition::SameDateTime { ignore_blank, .. }
            | Condition::Picklist { ignore_blank, .. } => *ignore_blank = value,
            Condition::Same { .. }
            | Condition::SimilarName
            | Condition::SimilarCompany { .. }
            | Condition::SimilarText { .. } => {}
        }
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
