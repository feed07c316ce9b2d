//! Charts as inline SVG. Widths are per cent, so that they fit any screen without scaling their text.
//!
//! Each chart has a text for screen readers and titles on its bars; colours come from the style by class.

use super::super::figures::{Figures, ScoreBar};
use super::text::{count, counted};
use crate::model::Verdict;
use maud::{Markup, html};

/// Height of the plot of the score chart in pixels.
const PLOT_HEIGHT: f64 = 150.0;

/// One bar over the full width, split by verdict.
pub(super) fn verdict_bar(counts: &[u64; 4], label: &str) -> Markup {
    let total: u64 = counts.iter().sum();
    let mut from = 0.0;
    let parts: Vec<(Verdict, f64, f64)> = Verdict::ALL
        .iter()
        .filter(|v| counts[**v as usize] > 0)
        .map(|v| {
            let width = counts[*v as usize] as f64 * 100.0 / total as f64;
            from += width;
            (*v, from - width, width)
        })
        .collect();
    html! {
        svg class="bar" width="100%" height="20" role="img" aria-label=(label) {
            @for (verdict, from, width) in parts {
                rect class=(format!("fill-{}", verdict.as_str()))
                    x=(format!("{from:.3}%")) width=(format!("{width:.3}%")) y="0" height="20" {
                    title { (verdict.as_str()) ": " (count(counts[verdict as usize])) }
                }
            }
        }
    }
}

/// Distribution of evidence over pairs, bars stacked by verdict.
///
/// Heights grow with the square root of the count: weak pairs are often a thousand times as many as those to review.
pub(super) fn scores(figures: &Figures) -> Markup {
    let bars = &figures.scores;
    let total = |bar: &ScoreBar| bar.n_by_verdict.iter().sum::<u64>();
    let highest = bars.iter().map(total).max().unwrap_or(0).max(1) as f64;
    let width = 100.0 / bars.len().max(1) as f64;
    html! {
        svg class="scores" width="100%" height="190" role="img"
            aria-label="Number of pairs by evidence in bits; the table below has the numbers" {
            @for (i, bar) in bars.iter().enumerate() {
                @let x = i as f64 * width;
                @let height = (total(bar) as f64 / highest).sqrt() * PLOT_HEIGHT;
                g {
                    title { (range(bar)) ": " (counted(total(bar), "pair")) }
                    @for (class, y, part) in stack(bar, height) {
                        rect class=(class) x=(format!("{:.3}%", x + width * 0.08))
                            width=(format!("{:.3}%", width * 0.84)) y=(format!("{y:.2}")) height=(format!("{part:.2}")) {}
                    }
                }
                @if bar.from_bits % 10 == 0 {
                    line class="tick" x1=(format!("{x:.3}%")) x2=(format!("{x:.3}%")) y1="4" y2=(PLOT_HEIGHT + 16.0) {}
                    text x=(format!("{x:.3}%")) dx="3" y=(PLOT_HEIGHT + 24.0) { (signed(bar.from_bits)) }
                }
            }
            line class="axis" x1="0" x2="100%" y1=(PLOT_HEIGHT + 10.0) y2=(PLOT_HEIGHT + 10.0) {}
        }
        details {
            summary { "The same as a table" }
            div class="scroll" tabindex="0" role="region" aria-label="Pairs by evidence" {
                table {
                    thead { tr { th scope="col" { "Evidence" }
                        @for verdict in Verdict::ALL { th scope="col" class="n" { (verdict.as_str()) } } } }
                    tbody {
                        @for bar in bars {
                            tr { th scope="row" { (range(bar)) }
                                @for n in bar.n_by_verdict { td class="n" { (count(n)) } } }
                        }
                    }
                }
            }
        }
    }
}

/// Class, top and height of each part of a bar, from the axis up: weak first.
fn stack(bar: &ScoreBar, height: f64) -> Vec<(String, f64, f64)> {
    let total = bar.n_by_verdict.iter().sum::<u64>().max(1) as f64;
    let mut top = PLOT_HEIGHT + 10.0;
    Verdict::ALL
        .iter()
        .rev()
        .filter(|v| bar.n_by_verdict[**v as usize] > 0)
        .map(|v| {
            let part = height * bar.n_by_verdict[*v as usize] as f64 / total;
            top -= part;
            (format!("fill-{}", v.as_str()), top, part)
        })
        .collect()
}

/// Counts as horizontal bars with their labels.
pub(super) fn bars(rows: &[(String, u64)]) -> Markup {
    let highest = rows.iter().map(|r| r.1).max().unwrap_or(0).max(1) as f64;
    html! {
        table class="bars" {
            tbody {
                @for (label, n) in rows {
                    tr {
                        th scope="row" { (label) }
                        td class="track" aria-hidden="true" {
                            svg width="100%" height="14" {
                                rect class="fill-accent" x="0" y="0" height="14" rx="3"
                                    width=(format!("{:.3}%", *n as f64 * 100.0 / highest)) {}
                            }
                        }
                        td class="n" { (count(*n)) }
                    }
                }
            }
        }
    }
}

fn range(bar: &ScoreBar) -> String {
    format!("{} to {} bits", signed(bar.from_bits), signed(bar.to_bits))
}

/// With a true minus sign.
fn signed(bits: i32) -> String {
    if bits < 0 {
        format!("−{}", bits.unsigned_abs())
    } else {
        bits.to_string()
    }
}
