//! `kinfold preview` as an admin runs it: what is told, what is written, gates and exit codes.

use super::{folder, json, root, run};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// A folder with the worked example: the leads, the rules in force, the draft.
fn example() -> tempfile::TempDir {
    let dir = folder();
    for name in ["leads.csv", "preview/v1.toml", "preview/v2.toml"] {
        let from = root().join("testdata").join(name);
        let to = dir.path().join(from.file_name().expect("a name"));
        fs::copy(from, to).expect("copied");
    }
    dir
}

const EXAMPLE: [&str; 6] = [
    "preview",
    "leads.csv",
    "--rules",
    "v2.toml",
    "--against",
    "v1.toml",
];

/// The preview of the example with more arguments, as JSON.
fn preview(dir: &Path, more: &[&str]) -> (i32, Value) {
    let mut arguments = EXAMPLE.to_vec();
    arguments.extend(["--json", "--quiet"]);
    arguments.extend(more);
    let (code, out, err) = run(dir, &arguments);
    assert!(out.lines().count() == 1, "{err}");
    (code, json(&out))
}

/// Seconds differ from run to run.
fn without_seconds(text: &str) -> String {
    text.lines()
        .map(|line| match line.split_once("cost of linking: ") {
            Some((before, after)) => {
                let pairs = after.split_once(" s, ").map_or("", |(_, pairs)| pairs);
                format!("{before}cost of linking: … s, {pairs}\n")
            }
            None => format!("{}\n", line.trim_end()),
        })
        .collect()
}

#[test]
fn the_worked_example_reads_as_it_did() {
    let dir = example();
    let (code, out, err) = run(dir.path(), &EXAMPLE);
    assert_eq!(code, 0, "{err}");
    let expected = root().join("testdata/preview/expected.txt");
    let found = without_seconds(&out);
    if std::env::var_os("KINFOLD_WRITE_DOCS").is_some() {
        fs::write(&expected, &found).expect("written");
    }
    assert_eq!(
        found,
        fs::read_to_string(&expected).unwrap_or_default(),
        "read the difference, then KINFOLD_WRITE_DOCS=1 cargo test --test it cli::preview"
    );
    let left: Vec<_> = fs::read_dir(dir.path()).expect("there").collect();
    assert_eq!(left.len(), 3, "a dry look never writes");
}

#[test]
fn its_sums_are_those_of_two_runs_and_do_not_depend_on_threads() {
    let dir = example();
    let (code, one) = preview(dir.path(), &[]);
    assert_eq!(code, 0);
    let (_, other) = preview(dir.path(), &["--threads", "1"]);
    let still = |mut value: Value| {
        value["impact"]["cost"] = Value::Null;
        value
    };
    assert_eq!(still(one.clone()), still(other));
    let figures = &one["impact"]["figures"];
    for (rules, side) in [("v1.toml", "before"), ("v2.toml", "after")] {
        let arguments = ["run", "leads.csv", "--rules", rules, "--json", "--quiet"];
        let (code, out, err) = run(dir.path(), &arguments);
        assert_eq!(code, 0, "{err}");
        let summary = json(&out);
        let of = |name: &str| figures[format!("{name}_{side}")].as_u64().expect("a count");
        let pairs = summary["pairs"].as_object().expect("verdicts");
        let n_pairs: u64 = pairs.values().filter_map(Value::as_u64).sum();
        assert_eq!(of("pairs"), n_pairs);
        assert_eq!(of("auto"), summary["suggestions"]["auto"]);
        assert_eq!(of("review"), summary["suggestions"]["review"]);
        assert_eq!(of("merged_away"), summary["suggestions"]["to_merge"]);
    }
    // The example shows something of each kind, so that the snapshot is worth reading.
    for name in [
        "gained_pairs",
        "lost_pairs",
        "new_suggestions",
        "inactive_shown",
    ] {
        assert!(figures[name].as_u64() > Some(0), "{name}");
    }
}

#[test]
fn a_set_against_itself_changes_nothing() {
    let dir = example();
    let arguments = [
        "preview",
        "leads.csv",
        "--rules",
        "v1.toml",
        "--against",
        "v1.toml",
        "--json",
        "-q",
    ];
    let (code, out, _) = run(dir.path(), &arguments);
    assert_eq!(code, 0);
    let impact = &json(&out)["impact"];
    for (name, value) in impact["figures"].as_object().expect("figures") {
        let changes = [
            "gained",
            "lost",
            "new_",
            "gone_",
            "merged_s",
            "split_",
            "regrouped",
            "changed_",
            "survivors",
            "affected",
            "hidden",
            "shown",
            "share",
        ];
        if changes.iter().any(|c| name.contains(c)) && !name.starts_with("un") {
            assert_eq!(value.as_f64(), Some(0.0), "{name}");
        }
    }
    assert_eq!(impact["examples"].as_array().map(Vec::len), Some(0));
}

#[test]
fn gates_decide_the_exit_code() {
    let dir = example();
    let (code, held) = preview(dir.path(), &["--if-impact", "new_suggestions < 100000"]);
    assert_eq!((code, &held["gate"]["holds"]), (0, &Value::Bool(true)));
    let (code, broken) = preview(
        dir.path(),
        &[
            "--if-impact",
            "new_suggestions < 1",
            "--if-impact",
            "records > 0",
        ],
    );
    assert_eq!((code, &broken["gate"]["holds"]), (1, &Value::Bool(false)));
    assert_eq!(broken["gate"]["clauses"][1]["holds"], true);
    let mut arguments = EXAMPLE.to_vec();
    arguments.extend(["--if-impact", "lost_pairs_share <= 0.1%"]);
    let (code, out, err) = run(dir.path(), &arguments);
    assert_eq!(code, 1);
    assert!(out.contains("BREAKS lost_pairs_share <= 0.1%"), "{out}");
    assert!(
        err.contains("attention: lost_pairs_share <= 0.1% does not hold"),
        "{err}"
    );
    for (gate, told) in [
        ("new_sugestions < 5", "did you mean new_suggestions?"),
        ("new_suggestions", "compares nothing"),
        ("new_suggestions < 5%", "is a count, not a share"),
    ] {
        arguments.pop();
        arguments.push(gate);
        let (code, out, err) = run(dir.path(), &arguments);
        assert_eq!((code, out.as_str()), (2, ""), "{gate}");
        assert!(err.contains(told), "{gate}: {err}");
    }
}

#[test]
fn first_figures_alone_are_quick_and_named() {
    let dir = example();
    let (code, quick) = preview(dir.path(), &["--quick", "--sample", "1000"]);
    assert_eq!((code, &quick["impact"]), (0, &Value::Null));
    assert_eq!(quick["first_figures"]["n_sample"], 1000);
    // All records probed: the interval is the figure, and the figure is the exact one.
    let (_, both) = preview(dir.path(), &["--sample", "5000"]);
    for (side, name) in [
        ("before", "pairs_before"),
        ("gained", "gained_pairs"),
        ("lost", "lost_pairs"),
    ] {
        let first = &both["first_figures"]["pairs"][side];
        let exact = both["impact"]["figures"][name].as_f64();
        assert_eq!(first["low"].as_f64(), exact, "{name}");
        assert_eq!(first["high"].as_f64(), exact, "{name}");
    }
    let quick = ["preview", "leads.csv", "--rules", "v2.toml", "--quick"];
    let (code, out, _) = run(dir.path(), &quick);
    assert_eq!(code, 0);
    assert!(
        out.contains("first figures: all pairs of 5,000 sampled records"),
        "{out}"
    );
    let mut gated = quick.to_vec();
    gated.extend(["--if-impact", "new_suggestions < 5"]);
    let (code, _, err) = run(dir.path(), &gated);
    assert_eq!(code, 2, "gates are judged on exact figures");
    assert!(err.contains("--quick"), "{err}");
}

#[test]
fn its_files_are_whole_private_and_guarded() {
    let dir = example();
    let leads = fs::read_to_string(dir.path().join("leads.csv")).expect("read");
    // A value that spreadsheets would run and browsers would obey.
    let hostile = leads.replace(",Robert,", ",=<script>alert(1)</script>,");
    assert_ne!(leads, hostile);
    fs::write(dir.path().join("leads.csv"), hostile).expect("written");
    for _ in 0..2 {
        let (code, _) = preview(dir.path(), &["--out", "there/preview", "--examples", "200"]);
        assert_eq!(code, 0);
    }
    let out = dir.path().join("there/preview");
    let mut names: Vec<String> = fs::read_dir(&out)
        .expect("there")
        .map(|e| {
            e.expect("an entry")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .collect();
    names.sort();
    assert_eq!(names, ["examples.csv", "preview.html", "preview.json"]);
    let page = fs::read_to_string(out.join("preview.html")).expect("read");
    assert!(
        !page.contains("<script") && page.contains("&lt;script"),
        "escaped"
    );
    assert!(page.contains("Content-Security-Policy") && !page.contains("src=\"http"));
    let rows = fs::read_to_string(out.join("examples.csv")).expect("read");
    assert!(
        !rows.contains("\"=<") && rows.contains("\"'=<script>"),
        "guarded"
    );
    let value = json(&fs::read_to_string(out.join("preview.json")).expect("read"));
    let n_examples = value["impact"]["examples"].as_array().map_or(0, Vec::len);
    assert!(n_examples > 10);
    fs::write(out.join("mine.txt"), "").expect("written");
    let mut arguments = EXAMPLE.to_vec();
    arguments.extend(["--out", "there/preview"]);
    let (code, _, err) = run(dir.path(), &arguments);
    assert_eq!(code, 2);
    assert!(err.contains("it holds other files"), "{err}");
}

#[test]
fn the_page_of_figures_names_all() {
    let page = fs::read_to_string(root().join("docs/preview.md")).expect("the page");
    for figure in kinfold::impact::FIGURES {
        let kind = match figure.kind {
            kinfold::impact::FigureKind::Count => "count",
            kinfold::impact::FigureKind::Share => "share",
        };
        let row = format!("| `{}` | {kind} | {} |", figure.name, figure.meaning);
        assert!(page.contains(&row), "docs/preview.md lacks the row {row}");
    }
}

#[test]
fn a_gate_decides_whether_rules_are_published() {
    let dir = example();
    let publish = |more: &[&str]| {
        let mut arguments = vec!["rules", "publish"];
        arguments.extend(more);
        arguments.extend(["--state", "state", "--by", "ann"]);
        run(dir.path(), &arguments)
    };
    assert_eq!(publish(&["v1.toml"]).0, 0);
    let (_, against) = {
        let arguments = [
            "preview",
            "leads.csv",
            "--rules",
            "v2.toml",
            "--state",
            "state",
            "--json",
            "-q",
        ];
        let (code, out, _) = run(dir.path(), &arguments);
        (code, json(&out))
    };
    assert_eq!(against["against"]["source"], "lead-duplicates version 1");

    let (code, out, err) = publish(&["v2.toml", "leads.csv", "--if-impact", "new_suggestions < 1"]);
    assert_eq!(code, 1, "{err}");
    assert!(out.contains("BREAKS new_suggestions < 1") && out.contains("nothing was published"));
    assert!(
        err.contains("attention: not published: new_suggestions < 1 does not hold"),
        "{err}"
    );
    let entries = || {
        let (_, out, _) = run(dir.path(), &["rules", "log", "--state", "state", "--json"]);
        json(&out)["entries"].as_array().expect("entries").clone()
    };
    let n_before = entries().len();

    let gate = "new_suggestions < 100000, lost_pairs_share <= 100%";
    let (code, out, err) = publish(&["v2.toml", "leads.csv", "--if-impact", gate, "--json"]);
    assert_eq!(code, 0, "{err}");
    assert_eq!(json(&out)["result"], "published");
    let entries = entries();
    assert_eq!(entries.len(), n_before + 1, "the refused one left no trace");
    let record = &entries[n_before]["gate"];
    assert_eq!(
        record["expression"],
        "new_suggestions < 100000 and lost_pairs_share <= 100%"
    );
    assert_eq!(record["against"], "lead-duplicates version 1");
    assert_eq!(record["inputs"].as_array().map(Vec::len), Some(1));
    let figures = &against["impact"]["figures"];
    assert_eq!(
        record["figures"]["new_suggestions"]
            .as_str()
            .map(str::to_owned),
        figures["new_suggestions"].as_u64().map(|n| n.to_string()),
        "what was judged is what the preview told"
    );
    assert_eq!(run(dir.path(), &["state", "verify", "state"]).0, 0);

    // Back to version 1, judged as well; then what makes no sense.
    let (code, _, err) = publish(&["leads.csv", "--version", "1", "--if-impact", "records > 0"]);
    assert_eq!(code, 0, "{err}");
    for (more, told) in [
        (&["v2.toml", "leads.csv"][..], "no gate to judge on them"),
        (&["v2.toml", "--if-impact", "records > 0"], "none was given"),
        (&["v2.toml", "--version", "1"], "they name different rules"),
        (
            &["v2.toml", "leads.csv", "--if-impact", "recors > 0"],
            "did you mean records?",
        ),
    ] {
        let (code, _, err) = publish(more);
        assert_eq!(code, 2, "{more:?}");
        assert!(err.contains(told), "{more:?}: {err}");
    }
}

#[test]
fn a_draft_that_holds_for_a_large_part_of_all_pairs_is_told() {
    let dir = folder();
    let mut csv = "leadid,lastname,emailaddress1\n".to_owned();
    for i in 0..60 {
        csv.push_str(&format!("{i},Name{i},a{i}@x.example\n"));
    }
    fs::write(dir.path().join("leads.csv"), csv).expect("written");
    let rule = |name: &str, threshold: &str| {
        let text = format!(
            "[[rule]]\nname = \"{name}\"\nwhen = [{{ similar = \"lastname\", measure = \"jaro-winkler\", threshold = {threshold} }}]\n"
        );
        fs::write(dir.path().join(format!("{name}.toml")), text).expect("written");
    };
    rule("wide", "0.1");
    rule("narrow", "1.0");
    let told = |arguments: &[&str]| {
        let (code, out, err) = run(
            dir.path(),
            &[&["preview", "leads.csv", "--rules"], arguments].concat(),
        );
        assert_eq!(code, 0, "{err}");
        (
            out,
            err.lines()
                .any(|l| l.starts_with("attention: rule \"wide\" holds for")),
        )
    };
    // The draft is what is judged, whatever is in force.
    let (out, is_told) = told(&["wide.toml", "--against", "narrow.toml"]);
    assert!(is_told && out.contains("1,770"), "{out}");
    assert!(told(&["wide.toml", "--against", "narrow.toml", "--quick"]).1);
    assert!(!told(&["narrow.toml", "--against", "wide.toml"]).1);
    assert!(!told(&["wide.toml", "--against", "narrow.toml", "--quiet"]).1);
}
