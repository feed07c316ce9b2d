//! The figures of a preview by name: what gates compare and `preview.json` lists. `docs/preview.md` defines each.

use serde::ser::{Serialize, SerializeMap, Serializer};

/// What kind of number a figure is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FigureKind {
    /// A count, 0 or more.
    Count,
    /// A share, 0.0 to 1.0.
    Share,
}

/// A figure: its name, kind and meaning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FigureName {
    /// Name in gates and JSON.
    pub name: &'static str,
    /// Kind.
    pub kind: FigureKind,
    /// Meaning in one phrase.
    pub meaning: &'static str,
}

impl FigureName {
    /// A value of the figure as text: a count without decimals, a share with six.
    pub fn text(&self, value: f64) -> String {
        match self.kind {
            FigureKind::Count => format!("{value:.0}"),
            FigureKind::Share => format!("{value:.6}"),
        }
    }
}

const fn count(name: &'static str, meaning: &'static str) -> FigureName {
    FigureName {
        name,
        kind: FigureKind::Count,
        meaning,
    }
}

const fn share(name: &'static str, meaning: &'static str) -> FigureName {
    FigureName {
        name,
        kind: FigureKind::Share,
        meaning,
    }
}

/// All figures, in the order they are listed.
pub const FIGURES: &[FigureName] = &[
    count("records", "records of the export"),
    count("active_records", "active records of the export"),
    count("pairs_before", "rule-true pairs under the rules before"),
    count("pairs_after", "rule-true pairs under the draft"),
    count("gained_pairs", "pairs rule-true under the draft only"),
    count("lost_pairs", "pairs rule-true before only"),
    share("gained_pairs_share", "gained pairs over pairs before"),
    share("lost_pairs_share", "lost pairs over pairs before"),
    count("gained_auto_pairs", "gained pairs of verdict auto"),
    count("gained_review_pairs", "gained pairs of verdict review"),
    count("lost_auto_pairs", "lost pairs of verdict auto"),
    count("lost_review_pairs", "lost pairs of verdict review"),
    count("suggestions_before", "suggestions under the rules before"),
    count("suggestions_after", "suggestions under the draft"),
    count("auto_before", "suggestions of verdict auto before"),
    count("auto_after", "suggestions of verdict auto under the draft"),
    count("review_before", "suggestions of verdict review before"),
    count(
        "review_after",
        "suggestions of verdict review under the draft",
    ),
    count(
        "new_suggestions",
        "suggestions under the draft none of whose records was in a suggestion before",
    ),
    count(
        "gone_suggestions",
        "suggestions before none of whose records is in a suggestion under the draft",
    ),
    count(
        "merged_suggestions",
        "suggestions before that become one with others",
    ),
    count(
        "split_suggestions",
        "suggestions before that become several",
    ),
    count(
        "regrouped_suggestions",
        "suggestions before whose records and those of others are dealt out anew",
    ),
    count(
        "changed_suggestions",
        "suggestions before that gain or lose records and stay one",
    ),
    count(
        "unchanged_suggestions",
        "suggestions before with the same records under the draft",
    ),
    count("largest_before", "records of the largest suggestion before"),
    count(
        "largest_after",
        "records of the largest suggestion under the draft",
    ),
    count(
        "merged_away_before",
        "records that suggestions before merge away",
    ),
    count(
        "merged_away_after",
        "records that suggestions of the draft merge away",
    ),
    count(
        "survivors_changed",
        "records that survive before and are merged away under the draft",
    ),
    count("active_before", "active records in suggestions before"),
    count(
        "active_after",
        "active records in suggestions under the draft",
    ),
    count(
        "active_affected",
        "active records that are grouped with other records than before, or with none",
    ),
    count(
        "inactive_hidden",
        "pairs reported before that the draft leaves out because a side is inactive",
    ),
    count(
        "inactive_shown",
        "pairs left out before because a side is inactive that the draft reports",
    ),
    count(
        "inactive_before",
        "pairs left out before because a side is inactive",
    ),
    count(
        "inactive_after",
        "pairs the draft leaves out because a side is inactive",
    ),
    share(
        "free_mail_share",
        "gained pairs whose records share a free-mail domain over gained pairs",
    ),
    count(
        "compared_before",
        "pairs of value groups compared one by one before",
    ),
    count(
        "compared_after",
        "pairs of value groups compared one by one for the draft",
    ),
];

/// The values of [`FIGURES`].
#[derive(Debug, Clone, PartialEq)]
pub struct Figures(Vec<f64>);

impl Default for Figures {
    fn default() -> Figures {
        Figures(vec![0.0; FIGURES.len()])
    }
}

impl Figures {
    /// The value of a figure, `None` when there is none of that name.
    pub fn get(&self, name: &str) -> Option<f64> {
        let at = FIGURES.iter().position(|f| f.name == name)?;
        Some(self.0[at])
    }

    /// All figures with their values, in the order of [`FIGURES`].
    pub fn iter(&self) -> impl Iterator<Item = (&'static FigureName, f64)> + '_ {
        FIGURES.iter().zip(self.0.iter().copied())
    }

    /// Sets a figure. Panics when there is none of that name.
    pub(super) fn set(&mut self, name: &str, value: f64) {
        let at = FIGURES
            .iter()
            .position(|f| f.name == name)
            .unwrap_or_else(|| panic!("no figure {name}"));
        self.0[at] = value;
    }

    /// Sets a count.
    pub(super) fn set_count(&mut self, name: &str, value: u64) {
        self.set(name, value as f64);
    }

    /// Sets a share; nothing of nothing is 0.
    pub(super) fn set_share(&mut self, name: &str, part: u64, whole: u64) {
        let share = match (part, whole) {
            (0, _) => 0.0,
            (_, 0) => 1.0,
            (part, whole) => part as f64 / whole as f64,
        };
        self.set(name, share);
    }
}

/// An object of names and numbers, counts without decimals.
impl Serialize for Figures {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (figure, value) in self.iter() {
            match figure.kind {
                FigureKind::Count => map.serialize_entry(figure.name, &(value as u64))?,
                FigureKind::Share => {
                    map.serialize_entry(figure.name, &((value * 1e6).round() / 1e6))?;
                }
            }
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_distinct_and_set_one_by_one() {
        let mut figures = Figures::default();
        for (at, figure) in FIGURES.iter().enumerate() {
            assert_eq!(figures.get(figure.name), Some(0.0), "{}", figure.name);
            figures.set(figure.name, at as f64 + 1.0);
        }
        assert_eq!(figures.get("nothing"), None);
        assert_eq!(figures.iter().map(|f| f.1).sum::<f64>(), {
            let n = FIGURES.len() as f64;
            n * (n + 1.0) / 2.0
        });
    }

    #[test]
    fn a_share_of_nothing_is_none_or_all() {
        let mut figures = Figures::default();
        for (part, whole, share) in [(0, 0, 0.0), (3, 0, 1.0), (1, 4, 0.25)] {
            figures.set_share("lost_pairs_share", part, whole);
            assert_eq!(figures.get("lost_pairs_share"), Some(share));
        }
    }
}
