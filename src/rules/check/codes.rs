//! Every finding of `kinfold rules check`: its stable code, its name, how grave it is, and what it needs to be found.
//!
//! `docs/lint.md` has a page for each; a test compares the two. A code is never given to another finding.

use std::fmt;

/// How grave a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know.
    Note,
    /// Probably not what was meant.
    Warning,
    /// Cannot do what it says.
    Error,
}

impl Severity {
    /// All, least grave first.
    pub const ALL: [Severity; 3] = [Severity::Note, Severity::Warning, Severity::Error];

    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// What must be at hand to find it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Needs {
    /// The rule file alone.
    Rules,
    /// Records: `--data`.
    Data,
    /// `--target dynamics`.
    Dynamics,
    /// `--target salesforce`.
    Salesforce,
}

impl Needs {
    /// The words used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Needs::Rules => "the rule file",
            Needs::Data => "--data",
            Needs::Dynamics => "--target dynamics",
            Needs::Salesforce => "--target salesforce",
        }
    }
}

/// A kind of finding.
#[derive(Debug, PartialEq, Eq)]
pub struct Lint {
    /// Stable code: `KF` and three digits; the first tells what is needed to find it.
    pub code: &'static str,
    /// A word for it, also stable.
    pub name: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// What is needed to find it.
    pub needs: Needs,
    /// What it says, in a line.
    pub summary: &'static str,
}

macro_rules! lints {
    ($( $constant:ident $code:literal $name:literal $severity:ident $needs:ident $summary:literal; )*) => {
        $(
            #[doc = $summary]
            pub const $constant: &Lint = &Lint {
                code: $code,
                name: $name,
                severity: Severity::$severity,
                needs: Needs::$needs,
                summary: $summary,
            };
        )*
        /// All kinds of findings, by code.
        pub const LINTS: &[&Lint] = &[$( $constant ),*];
    };
}

lints! {
    DUPLICATE_RULE "KF001" "duplicate-rule" Warning Rules "Two rules say the same.";
    IMPLIED_RULE "KF002" "implied-rule" Warning Rules "Another rule asks for less, so this one never finds a pair alone.";
    NEVER_TRUE "KF003" "never-true" Error Rules "An exception holds whenever the conditions do: the rule finds nothing.";
    BELOW_CHANCE "KF004" "threshold-below-chance" Warning Rules "Unrelated values reach the threshold.";
    MATCHCODE_INSTEAD "KF005" "matchcode-instead" Warning Rules "An e-mail or phone is compared letter by letter.";
    COLUMN_SLIP "KF006" "column-slip" Warning Rules "A column name is one or two letters off a known field.";
    COSTLY "KF007" "costly" Warning Rules "Only literal measures: all distinct values are joined with each other.";
    BROAD_RULE "KF008" "broad-rule" Warning Rules "Nothing but a name or an e-mail domain, and no evidence floor.";
    IDLE_OPTION "KF009" "idle-option" Warning Rules "`generic` on a rule without an e-mail, phone or e-mail domain.";
    SURVIVOR_ID "KF010" "survivor-id" Warning Rules "The survivor policy does not end with `id`.";
    REPEATED_CONDITION "KF011" "repeated-condition" Warning Rules "A condition or exception follows from another of the same rule.";
    SINGLE_BLANK "KF012" "single-blank" Warning Rules "`ignore_blank = false` on the only condition of a rule.";
    BLANK_FLOOD "KF013" "blank-flood" Warning Rules "Every condition lets two blanks agree: records with nothing in common match.";
    BLANKS_AGREE "KF014" "blanks-agree" Note Rules "A condition lets two blanks agree, and then only the rest of the rule counts.";
    MISSING_COLUMN "KF101" "missing-column" Error Data "A rule names a column that no file has.";
    EMPTY_COLUMN "KF102" "empty-column" Warning Data "A column that a condition needs is empty, or nearly so.";
    NO_STATE "KF103" "no-state" Error Data "`exclude_inactive` or `base_scope` on records without a state.";
    NEVER_HOLDS "KF104" "never-holds" Warning Data "A condition holds for no pair of these records.";
    ALWAYS_HOLDS "KF105" "always-holds" Warning Data "A condition holds for most pairs of these records.";
    BLANK_PAIRS "KF106" "blank-pairs" Warning Data "Blanks that agree join many records, with the number of pairs.";
    COVERED_RULE "KF107" "covered-rule" Warning Data "Other rules find every pair of this one in these records.";
    UNREADABLE_DATES "KF108" "unreadable-dates" Warning Data "Values of a date column that are no dates.";
    MIXED_CODES "KF109" "mixed-codes" Warning Data "A pick list with codes in some records and labels in others.";
    ONE_VALUE "KF110" "one-value" Warning Data "One value makes most pairs of a condition.";
    THRESHOLD_AT_CHANCE "KF111" "threshold-at-chance" Warning Data "Random pairs of this column reach the threshold.";
    NO_RECORDS "KF112" "no-records" Note Data "No record has the type a rule is about.";
    RULE_FINDS_NOTHING "KF113" "finds-nothing" Warning Data "A rule finds no pair in these records.";
    NOT_RUN "KF114" "not-run" Note Data "A rule would make too many pairs to be run for a check.";
    WIDE_RULE "KF115" "wide-rule" Warning Data "A rule holds for a large part of all pairs of these records.";
    MATCHCODE_LENGTH "KF201" "dynamics-matchcode-length" Error Dynamics "The matchcode is longer than the 450 characters of Dynamics.";
    LENGTH_UNKNOWN "KF202" "dynamics-length-unknown" Note Dynamics "The length of a column is not known, so the matchcode cannot be measured.";
    DYNAMICS_RULES "KF203" "dynamics-too-many-rules" Error Dynamics "More than five rules for one base record type.";
    DYNAMICS_CONDITION "KF204" "dynamics-no-operator" Error Dynamics "A condition that no operator of Dynamics can express.";
    DYNAMICS_COLUMNS "KF205" "dynamics-cross-column" Error Dynamics "Two different columns compared within one record type.";
    DYNAMICS_OPTION "KF206" "dynamics-no-option" Warning Dynamics "An option of the rule that Dynamics does not have.";
    DYNAMICS_BLANKS "KF207" "dynamics-blank-default" Note Dynamics "Blanks are ignored here by default, in Dynamics they agree by default.";
    DYNAMICS_CASE "KF208" "dynamics-mixed-case" Error Dynamics "Case counts in one condition and not in another; Dynamics has one flag a rule.";
    SALESFORCE_RULES "KF301" "salesforce-too-many-rules" Error Salesforce "More than five rules for one object.";
    SALESFORCE_DUPLICATE_RULES "KF302" "salesforce-several-duplicate-rules" Note Salesforce "More than three rules for one object need several duplicate rules.";
    SALESFORCE_CONDITION "KF303" "salesforce-no-method" Error Salesforce "A condition that no matching method of Salesforce can express.";
    SALESFORCE_METHOD "KF304" "salesforce-near-method" Note Salesforce "A matching method comes near and answers differently.";
    SALESFORCE_CASE "KF305" "salesforce-case" Warning Salesforce "Case counts here; Salesforce always ignores it.";
    SALESFORCE_OPTION "KF306" "salesforce-no-option" Warning Salesforce "An option of the rule that Salesforce does not have.";
    SALESFORCE_KEY "KF307" "salesforce-no-key" Warning Salesforce "The rule compares the title alone, for which Salesforce builds no match key.";
}

/// The kind of finding with this code or name, ignoring case.
pub fn lint(word: &str) -> Option<&'static Lint> {
    LINTS
        .iter()
        .copied()
        .find(|l| l.code.eq_ignore_ascii_case(word) || l.name.eq_ignore_ascii_case(word))
}

/// The explanation of a kind of finding: its section of `docs/lint.md`, without the heading's marks.
pub fn explanation(lint: &Lint) -> String {
    const PAGE: &str = include_str!("../../../docs/lint.md");
    let heading = format!("\n### {} ", lint.code);
    let section = PAGE
        .split(&heading)
        .nth(1)
        .expect("a test compares the page with the list");
    let end = section
        .find("\n## ")
        .into_iter()
        .chain(section.find("\n### "))
        .min()
        .unwrap_or(section.len());
    format!("{} {}\n", lint.code, section[..end].trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn codes_and_names_are_unique_in_order_and_grouped() {
        let codes: Vec<&str> = LINTS.iter().map(|l| l.code).collect();
        assert!(codes.is_sorted_by(|a, b| a < b), "{codes:?}");
        let names: BTreeSet<&str> = LINTS.iter().map(|l| l.name).collect();
        assert_eq!(names.len(), LINTS.len());
        for l in LINTS {
            let group = match l.needs {
                Needs::Rules => '0',
                Needs::Data => '1',
                Needs::Dynamics => '2',
                Needs::Salesforce => '3',
            };
            assert!(l.code.starts_with("KF") && l.code.len() == 5, "{}", l.code);
            assert_eq!(l.code.chars().nth(2), Some(group), "{}", l.code);
            assert_eq!(lint(&l.code.to_lowercase()), Some(*l));
            assert_eq!(lint(l.name), Some(*l));
        }
        assert_eq!(lint("KF999"), None);
    }

    #[test]
    fn every_kind_of_finding_has_its_page_of_one_form() {
        for l in LINTS {
            let page = explanation(l);
            let first = page.lines().next().unwrap_or_default();
            assert_eq!(first, format!("{} {}", l.code, l.name));
            for part in [
                format!("{}, needs {}.", l.severity, l.needs.as_str()),
                l.summary.to_owned(),
                "**Why it hurts.** ".to_owned(),
                "**Fix.** ".to_owned(),
            ] {
                assert!(page.contains(&part), "{}: {part:?} is missing", l.code);
            }
            assert!(!page.contains("\n## ") && !page.contains("\n### "));
        }
    }
}
