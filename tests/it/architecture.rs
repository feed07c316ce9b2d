//! Reads our own imports and compares them with the table of `docs/ARCHITECTURE.md`.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// Module to the modules it may import; the same table as in the architecture page, which is compared below.
const TABLE: &[(&str, &[&str])] = &[
    ("failpoint", &[]),
    ("model", &[]),
    ("similarity", &[]),
    ("durable", &[]),
    ("rules", &["model", "similarity"]),
    ("ingest", &["model"]),
    ("report", &["model", "durable"]),
    ("cluster", &["model"]),
    ("evaluate", &["model"]),
    ("synth", &["model"]),
    ("normalise", &["model", "rules", "similarity"]),
    ("block", &["model", "rules", "similarity"]),
    ("score", &["model", "rules", "similarity"]),
    ("survive", &["model", "rules"]),
    ("state", &["model", "rules", "durable"]),
    (
        "pipeline",
        &[
            "model",
            "similarity",
            "rules",
            "ingest",
            "report",
            "cluster",
            "normalise",
            "block",
            "score",
            "survive",
            "state",
        ],
    ),
    (
        "lint",
        &["model", "rules", "normalise", "block", "pipeline"],
    ),
    ("rule_tests", &["model", "rules", "normalise", "pipeline"]),
    (
        "qualify",
        &["model", "rules", "pipeline", "report", "score"],
    ),
    ("impact", &["model", "rules", "report", "pipeline"]),
];

fn sources(dir: &Path, out: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(dir).expect("source folder is readable") {
        let path = entry.expect("entry is readable").path();
        if path.is_dir() {
            sources(&path, out);
        } else if path.extension().is_some_and(|e| e == "rs") {
            out.push(path);
        }
    }
}

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Top-level modules named as `crate::NAME` in the sources of each module.
fn imports() -> BTreeMap<String, Vec<String>> {
    let src = root().join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for file in files {
        let module = file
            .strip_prefix(&src)
            .expect("below src")
            .components()
            .next()
            .expect("a name");
        let module = module
            .as_os_str()
            .to_str()
            .expect("UTF-8 name")
            .trim_end_matches(".rs")
            .to_owned();
        let text = fs::read_to_string(&file).expect("source is readable");
        for line in text.lines().filter(|l| !l.trim_start().starts_with("//")) {
            for part in line.split("crate::").skip(1) {
                let names: Vec<&str> = match part.strip_prefix('{') {
                    Some(group) => group
                        .split(['}', ';'])
                        .next()
                        .unwrap_or("")
                        .split(',')
                        .collect(),
                    None => vec![part],
                };
                for name in names {
                    let name: String = name
                        .trim()
                        .chars()
                        .take_while(|c| c.is_ascii_alphanumeric() || *c == '_')
                        .collect();
                    if !name.is_empty() && name != module {
                        found.entry(module.clone()).or_default().push(name);
                    }
                }
            }
        }
    }
    found
}

#[test]
fn modules_import_only_what_the_table_allows() {
    let mut wrong = Vec::new();
    for (module, names) in imports() {
        let Some((_, allowed)) = TABLE.iter().find(|(m, _)| *m == module) else {
            assert!(
                ["lib", "main", "cli"].contains(&module.as_str()),
                "module {module} is missing in the table"
            );
            continue;
        };
        for name in names {
            if !allowed.contains(&name.as_str()) {
                wrong.push(format!("{module} imports {name}"));
            }
        }
    }
    assert!(wrong.is_empty(), "imports outside the table: {wrong:?}");
}

#[test]
fn the_architecture_page_shows_the_same_table() {
    let page = fs::read_to_string(root().join("docs/ARCHITECTURE.md")).expect("the page exists");
    for (module, allowed) in TABLE {
        let row = format!(
            "| `{module}` | {} |",
            if allowed.is_empty() {
                "nothing of ours".to_owned()
            } else {
                allowed
                    .iter()
                    .map(|a| format!("`{a}`"))
                    .collect::<Vec<_>>()
                    .join(", ")
            }
        );
        assert!(
            page.contains(&row),
            "docs/ARCHITECTURE.md lacks the row {row}"
        );
    }
}

#[test]
fn polars_is_named_only_at_the_two_ends() {
    let src = root().join("src");
    let mut files = Vec::new();
    sources(&src, &mut files);
    for file in files {
        let text = fs::read_to_string(&file).expect("source is readable");
        let named = text
            .lines()
            .any(|l| l.contains("polars::") && !l.trim_start().starts_with("//"));
        let place = file.strip_prefix(&src).expect("below src");
        assert!(
            !named || place.starts_with("ingest") || place.starts_with("report"),
            "{} names polars",
            place.display()
        );
    }
}
