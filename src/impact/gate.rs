//! Gates: conditions on the figures of a preview, for scripts. `new_suggestions < 500 and lost_pairs_share <= 5%`.

use super::figures::{FIGURES, FigureKind, Figures};
use crate::rules::nearest;
use std::fmt;

/// A condition on figures: all its clauses must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Gate {
    clauses: Vec<Clause>,
}

/// One comparison, such as `new_suggestions < 500`.
#[derive(Debug, Clone, PartialEq)]
pub struct Clause {
    /// Name of the figure.
    pub figure: &'static str,
    /// How it is compared.
    pub comparison: Comparison,
    /// With what; a share as a fraction.
    pub limit: f64,
    percent: bool,
}

/// How a figure is compared with its limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// `<`
    Less,
    /// `<=`
    AtMost,
    /// `>`
    More,
    /// `>=`
    AtLeast,
    /// `==`
    Equal,
    /// `!=`
    Unequal,
}

/// Longer signs first, since `<` begins `<=`.
const COMPARISONS: [(&str, Comparison); 6] = [
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("==", Comparison::Equal),
    ("!=", Comparison::Unequal),
    ("<", Comparison::Less),
    (">", Comparison::More),
];

impl Comparison {
    fn sign(self) -> &'static str {
        COMPARISONS
            .iter()
            .find(|(_, c)| *c == self)
            .map_or("", |(sign, _)| sign)
    }

    fn holds(self, value: f64, limit: f64) -> bool {
        match self {
            Comparison::Less => value < limit,
            Comparison::AtMost => value <= limit,
            Comparison::More => value > limit,
            Comparison::AtLeast => value >= limit,
            Comparison::Equal => value == limit,
            Comparison::Unequal => value != limit,
        }
    }
}

/// Why a text is no gate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GateError {
    /// A part without one of the signs of comparison.
    #[error("{0:?} compares nothing: write FIGURE < NUMBER, with one of < <= > >= == !=")]
    NoComparison(String),
    /// An unknown figure.
    #[error("there is no figure {name:?}; {near}the figures are {all}")]
    NoFigure {
        /// As written.
        name: String,
        /// `did you mean …? ` or nothing.
        near: String,
        /// All names.
        all: String,
    },
    /// The limit is no number.
    #[error("{0:?} is no number: write digits, such as 500, or 5% for a share")]
    NoNumber(String),
    /// A percentage of something that is no share.
    #[error(
        "{figure} is a count, not a share, and cannot be compared with {limit}; the shares are {shares}"
    )]
    NoShare {
        /// The figure.
        figure: &'static str,
        /// As written.
        limit: String,
        /// Names of the figures that are shares.
        shares: String,
    },
    /// A share compared with a number above 1.
    #[error("{figure} is a share from 0 to 1: write {limit}% for {limit} in a hundred")]
    ShareAboveOne {
        /// The figure.
        figure: &'static str,
        /// As written.
        limit: String,
    },
}

/// What became of one clause.
#[derive(Debug, Clone, PartialEq)]
pub struct Verdict {
    /// The clause.
    pub clause: Clause,
    /// The figure's value.
    pub value: f64,
    /// Whether it holds.
    pub holds: bool,
}

impl Gate {
    /// Reads `FIGURE < NUMBER`, several joined by `and`, `&&` or a comma.
    ///
    /// Thousands may be set apart by underscores (`1_000`), since a comma joins clauses; shares may be written as per
    /// cent.
    pub fn parse(text: &str) -> Result<Gate, GateError> {
        let text = text.replace("&&", ",");
        let mut clauses = Vec::new();
        let mut part = Vec::new();
        for word in text
            .split(',')
            .flat_map(|p| p.split_whitespace().chain(std::iter::once(",")))
        {
            if word == "," || word.eq_ignore_ascii_case("and") {
                clauses.push(clause(&part.join(" "))?);
                part.clear();
            } else {
                part.push(word);
            }
        }
        Ok(Gate { clauses })
    }

    /// Both gates together.
    #[must_use]
    pub fn and(mut self, other: Gate) -> Gate {
        self.clauses.extend(other.clauses);
        self
    }

    /// The clauses, in the order written.
    pub fn clauses(&self) -> &[Clause] {
        &self.clauses
    }

    /// What becomes of each clause, in order.
    pub fn check(&self, figures: &Figures) -> Vec<Verdict> {
        self.clauses
            .iter()
            .map(|clause| {
                let value = figures
                    .get(clause.figure)
                    .expect("every named figure is counted");
                Verdict {
                    clause: clause.clone(),
                    value,
                    holds: clause.comparison.holds(value, clause.limit),
                }
            })
            .collect()
    }

    /// Whether all clauses hold.
    pub fn holds(&self, figures: &Figures) -> bool {
        self.check(figures).iter().all(|v| v.holds)
    }
}

impl fmt::Display for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, clause) in self.clauses.iter().enumerate() {
            write!(f, "{}{clause}", if i > 0 { " and " } else { "" })?;
        }
        Ok(())
    }
}

impl fmt::Display for Clause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ", self.figure, self.comparison.sign())?;
        if self.percent {
            // Back from the fraction without its rounding: 0.07 × 100 is 7.000000000000001.
            write!(f, "{}%", (self.limit * 1e8).round() / 1e6)
        } else {
            write!(f, "{}", self.limit)
        }
    }
}

fn clause(text: &str) -> Result<Clause, GateError> {
    // The first sign in the text; of two at one place the longer.
    let (at, sign, comparison) = COMPARISONS
        .iter()
        .filter_map(|(sign, c)| text.find(sign).map(|at| (at, *sign, *c)))
        .min_by_key(|(at, sign, _)| (*at, std::cmp::Reverse(sign.len())))
        .ok_or_else(|| GateError::NoComparison(text.to_owned()))?;
    let (name, limit) = (text[..at].trim(), text[at + sign.len()..].trim());
    let names: Vec<&str> = FIGURES.iter().map(|f| f.name).collect();
    let figure = FIGURES
        .iter()
        .find(|f| f.name == name)
        .ok_or_else(|| GateError::NoFigure {
            name: name.to_owned(),
            near: nearest(name, &names)
                .map(|n| format!("did you mean {n}? "))
                .unwrap_or_default(),
            all: names.join(", "),
        })?;
    let digits = limit.strip_suffix('%').map_or(limit, str::trim_end);
    let plain = digits.replace('_', "");
    let number: f64 = plain
        .parse()
        .ok()
        .filter(|n: &f64| n.is_finite() && !plain.is_empty())
        .ok_or_else(|| GateError::NoNumber(limit.to_owned()))?;
    let percent = limit.ends_with('%');
    let is_share = figure.kind == FigureKind::Share;
    if percent && !is_share {
        let shares: Vec<&str> = FIGURES
            .iter()
            .filter(|f| f.kind == FigureKind::Share)
            .map(|f| f.name)
            .collect();
        return Err(GateError::NoShare {
            figure: figure.name,
            limit: limit.to_owned(),
            shares: shares.join(", "),
        });
    }
    if is_share && !percent && number.abs() > 1.0 {
        return Err(GateError::ShareAboveOne {
            figure: figure.name,
            limit: limit.to_owned(),
        });
    }
    Ok(Clause {
        figure: figure.name,
        comparison,
        limit: if percent { number / 100.0 } else { number },
        percent,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        match Gate::parse(text) {
            Ok(gate) => gate.to_string(),
            Err(error) => format!("! {error}"),
        }
    }

    #[test]
    fn gates_are_read_and_shown() {
        for (text, canonical) in [
            ("new_suggestions < 500", "new_suggestions < 500"),
            ("new_suggestions<500", "new_suggestions < 500"),
            (
                "new_suggestions <= 1_000 and lost_pairs_share<=5%",
                "new_suggestions <= 1000 and lost_pairs_share <= 5%",
            ),
            (
                "lost_pairs == 0, gained_pairs != 0 AND pairs_after >= 7",
                "lost_pairs == 0 and gained_pairs != 0 and pairs_after >= 7",
            ),
            (
                "lost_pairs > -1 && lost_pairs_share < 0.07",
                "lost_pairs > -1 and lost_pairs_share < 0.07",
            ),
            ("lost_pairs_share < 7 %", "lost_pairs_share < 7%"),
        ] {
            assert_eq!(shown(text), canonical);
            assert_eq!(shown(canonical), canonical);
        }
    }

    #[test]
    fn what_is_no_gate_is_told() {
        for (text, told) in [
            ("", "compares nothing"),
            ("new_suggestions", "compares nothing"),
            ("new_suggestions < 500 and", "compares nothing"),
            ("new_sugestions < 5", "did you mean new_suggestions?"),
            ("zzz < 5", "the figures are records,"),
            ("new_suggestions < many", "\"many\" is no number"),
            ("new_suggestions <", "\"\" is no number"),
            ("new_suggestions < 5%", "is a count, not a share"),
            ("lost_pairs_share < 5", "write 5% for 5 in a hundred"),
            ("new_suggestions < inf", "is no number"),
            ("new_suggestions = 5", "compares nothing"),
        ] {
            assert!(shown(text).contains(told), "{text}: {}", shown(text));
        }
    }

    #[test]
    fn each_comparison_decides() {
        let mut figures = Figures::default();
        figures.set("new_suggestions", 5.0);
        for (text, holds) in [
            ("new_suggestions < 5", false),
            ("new_suggestions < 6", true),
            ("new_suggestions <= 5", true),
            ("new_suggestions > 5", false),
            ("new_suggestions > 4", true),
            ("new_suggestions >= 5", true),
            ("new_suggestions == 5", true),
            ("new_suggestions != 5", false),
            ("new_suggestions > 4 and new_suggestions < 5", false),
        ] {
            let gate = Gate::parse(text).expect("a gate");
            assert_eq!(gate.holds(&figures), holds, "{text}");
        }
        let both = Gate::parse("new_suggestions > 4")
            .and_then(|g| Ok(g.and(Gate::parse("new_suggestions > 5")?)))
            .expect("gates");
        assert_eq!(
            both.check(&figures)
                .iter()
                .map(|v| v.holds)
                .collect::<Vec<_>>(),
            [true, false]
        );
    }
}
