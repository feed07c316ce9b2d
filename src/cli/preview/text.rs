//! A preview for the terminal.

use crate::cli::output::{columns, count, plural};
use kinfold::impact::{
    Change, ClauseResult, EstimatedChange, Example, FirstFigures, GateResult, GroupClass, Impact,
    Preview, RuleFate, RuleImpact,
};
use std::fmt::Write as _;

/// Longest value shown beside another.
const VALUE_MAX: usize = 38;
/// Fields of an example shown on a terminal; the page and the files have all.
const FIELDS: [&str; 11] = [
    "fullname",
    "firstname",
    "lastname",
    "companyname",
    "emailaddress1",
    "telephone1",
    "mobilephone",
    "address1_city",
    "address1_postalcode",
    "birthdate",
    "statecode",
];

/// The whole preview.
pub(crate) fn render(preview: &Preview) -> String {
    let mut out = format!(
        "draft \"{}\" ({}) against \"{}\" ({})\n{}, {} active, from {}\n",
        preview.draft.name,
        preview.draft.source,
        preview.against.name,
        preview.against.source,
        plural(preview.n_records, "record", "records"),
        count(preview.n_active),
        preview.files.join(", "),
    );
    match (&preview.impact, &preview.first_figures) {
        (Some(impact), _) => answer(&mut out, impact),
        (None, Some(first)) => estimates(&mut out, first),
        (None, None) => {}
    }
    if let Some(gate) = &preview.gate {
        let _ = writeln!(out, "\ngate");
        for clause in &gate.clauses {
            out.push_str(&told(clause));
        }
    }
    out
}

/// One clause of a gate and what became of it, a line.
pub(crate) fn told(clause: &ClauseResult) -> String {
    format!(
        "  {} {}: it is {}\n",
        if clause.holds { "holds" } else { "BREAKS" },
        clause.clause,
        number(clause.value)
    )
}

/// First figures with their intervals.
fn estimates(out: &mut String, first: &FirstFigures) {
    let _ = writeln!(
        out,
        "\nfirst figures: all pairs of {} sampled records, with 95 % intervals",
        count(first.n_sample)
    );
    let mut rows = vec![
        ["", "before", "", "after", "", "gained", "", "lost", ""]
            .map(str::to_owned)
            .to_vec(),
    ];
    let mut row = |name: String, change: &EstimatedChange| {
        let mut cells = vec![name];
        for e in [&change.before, &change.after, &change.gained, &change.lost] {
            let round = |x: f64| count(x.round().max(0.0) as u64);
            cells.push(round(e.value));
            cells.push(format!("({} to {})", round(e.low), round(e.high)));
        }
        rows.push(cells);
    };
    row("active, with a partner to merge".to_owned(), &first.active);
    row("rule-true pairs".to_owned(), &first.pairs);
    for verdict in &first.pairs_by_verdict {
        row(format!("  {}", verdict.verdict), &verdict.pairs);
    }
    for rule in &first.rules {
        row(format!("  {}", cut(&rule.name)), &rule.pairs);
    }
    out.push_str(&columns(&rows, &[1, 3, 5, 7]));
}

/// The clauses of a gate that do not hold, in words.
pub(crate) fn broken(gate: &GateResult) -> String {
    let clauses: Vec<String> = (gate.clauses.iter())
        .filter(|c| !c.holds)
        .map(|c| format!("{} does not hold: it is {}", c.clause, number(c.value)))
        .collect();
    clauses.join("; ")
}

fn number(value: f64) -> String {
    if value.fract() == 0.0 && value >= 0.0 {
        count(value as u64)
    } else {
        format!("{value}")
    }
}

fn answer(out: &mut String, impact: &Impact) {
    out.push('\n');
    out.push_str(&headline(impact));
    let _ = writeln!(out, "\n{}", groups(impact));
    let s = &impact.suggestions;
    let _ = writeln!(
        out,
        "active records grouped otherwise than before: {} ({} entering, {} leaving)",
        count(s.active.affected),
        count(s.active.entering),
        count(s.active.leaving)
    );
    let _ = writeln!(
        out,
        "survivors that would be merged away: {}; records no longer merged away: {}",
        count(s.survivors.changed),
        count(s.survivors.spared)
    );
    for change in &impact.set_changes {
        let _ = writeln!(out, "the set as a whole, {change}");
    }
    let hidden = impact.inactive;
    if hidden.hidden + hidden.shown > 0 {
        let _ = writeln!(
            out,
            "excluding inactive records hides {} reported before, and shows {} left out before",
            plural(hidden.hidden, "pair", "pairs"),
            count(hidden.shown)
        );
    }

    let _ = writeln!(out, "\nrules");
    out.push_str(&rules(impact));
    for rule in &impact.rules {
        differences(out, rule);
    }

    if !impact.free_mail.is_empty() {
        let domains: Vec<String> = (impact.free_mail.iter().take(5))
            .map(|f| format!("{} {}", f.domain, count(f.gained)))
            .collect();
        let share = impact.figures.get("free_mail_share").unwrap_or(0.0);
        let _ = writeln!(
            out,
            "\ngained pairs at one free-mail provider: {}; {}",
            percent(share),
            domains.join(", ")
        );
    }
    if !impact.new_keys.is_empty() {
        let _ = writeln!(out, "\nheaviest new keys");
        let mut rows = vec![
            ["key", "kind", "records", "pairs", "treatment"]
                .map(str::to_owned)
                .to_vec(),
        ];
        rows.extend(impact.new_keys.iter().take(5).map(|k| {
            vec![
                cut(&k.value),
                k.kind.clone(),
                count(k.records),
                count(k.pairs),
                k.treatment.clone(),
            ]
        }));
        out.push_str(&columns(&rows, &[2, 3]));
    }
    let cost = &impact.cost;
    let _ = writeln!(
        out,
        "\ncost of linking: {:.1} s → {:.1} s, {} → {} pairs compared",
        cost.seconds_before,
        cost.seconds_after,
        count(cost.compared_before),
        count(cost.compared_after)
    );
    examples(out, &impact.examples);
}

/// The table of headline numbers.
fn headline(impact: &Impact) -> String {
    let mut rows = vec![
        ["", "before", "after", "change"]
            .map(str::to_owned)
            .to_vec(),
    ];
    let s = &impact.suggestions;
    let mut row = |name: &str, before: u64, after: u64| {
        rows.push(vec![
            name.to_owned(),
            count(before),
            count(after),
            signed(before, after),
        ]);
    };
    row("suggestions", s.before, s.after);
    row("  auto, safe to merge", s.auto.0, s.auto.1);
    row("  review, a person decides", s.review.0, s.review.1);
    row(
        "records to merge away",
        s.survivors.merged_away_before,
        s.survivors.merged_away_after,
    );
    row(
        "active records in suggestions",
        s.active.before,
        s.active.after,
    );
    row("largest suggestion", s.largest.0, s.largest.1);
    let mut pairs = |name: &str, change: &Change| {
        rows.push(vec![
            name.to_owned(),
            count(change.before),
            count(change.after),
            gained_and_lost(change),
        ]);
    };
    pairs("rule-true pairs", &impact.pairs);
    for verdict in &impact.pairs_by_verdict {
        pairs(&format!("  {}", verdict.verdict), &verdict.pairs);
    }
    for left_out in &impact.suppressed {
        let name = match left_out.sides {
            "" => format!("left out: {}", left_out.why),
            sides => format!("left out: {}, {sides}", left_out.why),
        };
        rows.push(vec![
            name,
            count(left_out.before),
            count(left_out.after),
            signed(left_out.before, left_out.after),
        ]);
    }
    columns(&rows, &[1, 2, 3])
}

/// The groups by class, one sentence.
fn groups(impact: &Impact) -> String {
    let mut parts = Vec::new();
    for class in &impact.suggestions.classes {
        let (before, after) = (count(class.before), count(class.after));
        if class.before + class.after == 0 {
            continue;
        }
        parts.push(match class.class {
            GroupClass::Merged | GroupClass::Split | GroupClass::Regrouped => {
                format!("{before} {} into {after}", class.class.as_str())
            }
            GroupClass::New => format!("{after} new"),
            GroupClass::Exchanged => format!("{before} with members exchanged"),
            one_to_one => format!("{before} {}", one_to_one.as_str()),
        });
    }
    let mut out = if parts.is_empty() {
        "suggestions: none on either side".to_owned()
    } else {
        format!("suggestions: {}", parts.join(", "))
    };
    if impact.suggestions.verdict_changed > 0 {
        let _ = write!(
            out,
            " ({} of the unchanged with another verdict)",
            count(impact.suggestions.verdict_changed)
        );
    }
    out
}

fn rules(impact: &Impact) -> String {
    let mut rows = vec![
        ["rule", "before", "after", "change", ""]
            .map(str::to_owned)
            .to_vec(),
    ];
    for rule in &impact.rules {
        let of = |there: bool, n: u64| if there { count(n) } else { "-".to_owned() };
        rows.push(vec![
            cut(&rule.name),
            of(rule.fate != RuleFate::Added, rule.pairs.before),
            of(rule.fate != RuleFate::Removed, rule.pairs.after),
            gained_and_lost(&rule.pairs),
            match rule.fate {
                RuleFate::Same => String::new(),
                fate => fate.as_str().to_owned(),
            },
        ]);
    }
    columns(&rows, &[1, 2, 3])
}

/// What changed in a rule, below the table.
fn differences(out: &mut String, rule: &RuleImpact) {
    if let Some(old) = &rule.renamed_from {
        let _ = writeln!(out, "  \"{}\" was called \"{old}\"", rule.name);
    }
    for difference in &rule.differences {
        let _ = writeln!(out, "  \"{}\": {difference}", rule.name);
    }
}

/// The first example of each kind.
fn examples(out: &mut String, examples: &[Example]) {
    let mut last = None;
    for example in examples {
        let layer = (example.change, &example.rule, example.verdict);
        if last == Some(layer) {
            continue;
        }
        last = Some(layer);
        let _ = writeln!(
            out,
            "\n{} by \"{}\": {} and {}, {} {:.2}\n  {}",
            example.change,
            example.rule,
            example.left_id,
            example.right_id,
            example.verdict,
            example.probability,
            example.reason
        );
        let rows: Vec<Vec<String>> = example
            .values
            .iter()
            .filter(|v| FIELDS.contains(&v.column.as_str()))
            .map(|v| {
                let sign = if v.left == v.right { "=" } else { "|" };
                vec![
                    v.column.clone(),
                    cut(&v.left),
                    sign.to_owned(),
                    cut(&v.right),
                ]
            })
            .collect();
        for line in columns(&rows, &[]).lines() {
            let _ = writeln!(out, "  {line}");
        }
    }
}

/// A value no longer than a column, on one line.
fn cut(value: &str) -> String {
    let one_line = value.replace(['\n', '\r', '\t'], " ");
    if one_line.chars().count() <= VALUE_MAX {
        return one_line;
    }
    let mut out: String = one_line.chars().take(VALUE_MAX - 1).collect();
    out.push('…');
    out
}

/// `+3`, `−3`, or `0`.
fn signed(before: u64, after: u64) -> String {
    match after.cmp(&before) {
        std::cmp::Ordering::Greater => format!("+{}", count(after - before)),
        std::cmp::Ordering::Less => format!("−{}", count(before - after)),
        std::cmp::Ordering::Equal => "0".to_owned(),
    }
}

/// `+5 −2`: what came and what went.
fn gained_and_lost(change: &Change) -> String {
    match (change.gained, change.lost) {
        (0, 0) => "0".to_owned(),
        (gained, 0) => format!("+{}", count(gained)),
        (0, lost) => format!("−{}", count(lost)),
        (gained, lost) => format!("+{} −{}", count(gained), count(lost)),
    }
}

/// A share in per cent with one decimal.
fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}
