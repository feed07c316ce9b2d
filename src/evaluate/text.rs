//! The figures as plain text, for a terminal.

use super::{Evaluation, Example, PairFigures, PartitionMetrics, Rates};
use std::fmt::Write;

/// The evaluation as a table of plain text, at most 100 columns wide, ending in a line break.
pub fn table(evaluation: &Evaluation) -> String {
    let mut out = String::new();
    let e = evaluation;
    line(
        &mut out,
        &format!(
            "{} records in the truth, {} true pairs",
            e.n_records, e.all.pairs_truth
        ),
    );
    if e.n_unknown > 0 {
        line(
            &mut out,
            &format!(
                "{} records of the run are unknown to the truth and left out",
                e.n_unknown
            ),
        );
    }
    for (why, n) in &e.true_pairs_suppressed {
        line(
            &mut out,
            &format!("{n} true pairs were left out on purpose: {why}"),
        );
    }
    line(&mut out, "");
    line(
        &mut out,
        &format!(
            "{:<34}{:>10}{:>10}{:>10}{:>12}{:>12}",
            "Clusters", "precision", "recall", "F1", "right", "claimed"
        ),
    );
    clusters(&mut out, "auto", &e.auto);
    clusters(&mut out, "auto and review", &e.all);
    line(&mut out, "");
    line(
        &mut out,
        &format!(
            "{:<34}{:>10}{:>10}{:>10}{:>12}{:>12}",
            "Listed pairs", "precision", "recall", "F1", "right", "listed"
        ),
    );
    for figures in std::iter::once(&e.listed).chain(&e.by_verdict) {
        pairs(&mut out, figures);
    }
    line(&mut out, "");
    line(
        &mut out,
        &format!(
            "{:<34}{:>10}{:>10}{:>10}{:>12}{:>12}",
            "Rules", "precision", "recall", "F1", "right", "listed"
        ),
    );
    for figures in &e.by_rule {
        pairs(&mut out, figures);
    }
    line(&mut out, "");
    let c = &e.calibration;
    line(
        &mut out,
        &format!(
            "Probabilities of {} pairs: expected calibration error {:.4}, Brier score {:.4}",
            c.n_pairs, c.expected_error, c.brier
        ),
    );
    for bin in c.bins.iter().filter(|b| b.n_pairs > 0) {
        line(
            &mut out,
            &format!(
                "  {:.1} to {:.1}: {:>9} pairs, mean {:.4}, true {:.4}",
                bin.from, bin.to, bin.n_pairs, bin.mean_probability, bin.share_true
            ),
        );
    }
    examples(
        &mut out,
        "Different entities, merged",
        &e.examples.false_merges,
    );
    examples(
        &mut out,
        "Same entity, listed and not merged",
        &e.examples.rejected,
    );
    examples(
        &mut out,
        "Same entity, found by no rule",
        &e.examples.not_found,
    );
    out
}

fn line(out: &mut String, text: &str) {
    out.push_str(text.trim_end());
    out.push('\n');
}

fn row(out: &mut String, name: &str, rates: Rates, right: u64, claimed: u64) {
    line(
        out,
        &format!(
            "{:<34}{:>10.4}{:>10.4}{:>10.4}{right:>12}{claimed:>12}",
            shortened(name, 33),
            rates.precision,
            rates.recall,
            rates.f1
        ),
    );
}

fn shortened(name: &str, n_chars: usize) -> String {
    if name.chars().count() <= n_chars {
        return name.to_owned();
    }
    let mut short: String = name.chars().take(n_chars - 1).collect();
    short.push('…');
    short
}

fn clusters(out: &mut String, name: &str, m: &PartitionMetrics) {
    row(
        out,
        &format!("{name}: pairs"),
        m.pairwise,
        m.pairs_both,
        m.pairs_found,
    );
    let mut text = String::new();
    let _ = write!(
        text,
        "{:<34}{:>10.4}{:>10.4}{:>10.4}",
        format!("{name}: B-cubed"),
        m.b_cubed.precision,
        m.b_cubed.recall,
        m.b_cubed.f1
    );
    line(out, &text);
    row(
        out,
        &format!("{name}: whole clusters"),
        m.exact,
        m.clusters_exact,
        m.clusters_found,
    );
}

fn pairs(out: &mut String, figures: &PairFigures) {
    row(
        out,
        &figures.name,
        figures.rates,
        figures.n_true,
        figures.n_listed,
    );
}

fn examples(out: &mut String, title: &str, examples: &[Example]) {
    if examples.is_empty() {
        return;
    }
    line(out, "");
    line(out, title);
    for example in examples {
        let said = match example.probability {
            Some(p) => format!("  {} {p:.4}", example.verdict),
            None => String::new(),
        };
        line(
            out,
            &format!("  {}  {}{said}", example.left_id, example.right_id),
        );
    }
}
