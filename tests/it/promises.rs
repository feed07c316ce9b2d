//! The page of promises names tests that exist and run.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Names of the tests in a folder of test sources, as `module::name`, without those that only run on request.
fn tests_in(folder: &Path, module: &str, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).expect("readable") {
        let path = entry.expect("an entry").path();
        let stem = path.file_stem().and_then(|s| s.to_str()).expect("UTF-8");
        let name = match (module, stem) {
            ("", "main") => String::new(),
            ("", stem) => stem.to_owned(),
            (module, "main") => module.to_owned(),
            (module, stem) => format!("{module}::{stem}"),
        };
        if path.is_dir() {
            tests_in(&path, &name, found);
            continue;
        }
        let text = fs::read_to_string(&path).expect("readable");
        let mut is_test = false;
        for line in text.lines().map(str::trim) {
            if line == "#[test]" {
                is_test = true;
            } else if let Some(rest) = line.strip_prefix("fn ") {
                if is_test {
                    let end = rest.find(['(', '<']).expect("a function");
                    found.insert(format!("{name}::{}", &rest[..end]));
                }
                is_test = false;
            }
        }
    }
}

#[test]
fn every_test_that_a_page_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut tests = BTreeSet::new();
    tests_in(&root.join("tests/it"), "", &mut tests);
    tests_in(&root.join("tests/failpoints"), "failpoints", &mut tests);
    let mut n_named = 0;
    for page in ["docs/promises.md", "docs/decisions.md"] {
        let text = fs::read_to_string(root.join(page)).expect("readable");
        let named = text.split('`').skip(1).step_by(2);
        for name in named.filter(|n| {
            n.contains("::")
                && !n.contains([' ', '/', '('])
                && n.chars()
                    .all(|c| c.is_lowercase() || "_:*0123456789".contains(c))
        }) {
            let exists = match name.strip_suffix('*') {
                Some(start) => tests.iter().any(|t| t.starts_with(start)),
                None => tests.contains(name),
            };
            assert!(exists, "{page} names {name}, and there is no such test");
            n_named += 1;
        }
    }
    assert!(n_named > 40, "only {n_named} names");
}

/// The lint that denies unsafe code can be silenced in place; nothing does.
#[test]
fn no_line_of_ours_is_unsafe() {
    fn walk(folder: &Path, n_files: &mut usize) {
        for entry in fs::read_dir(folder).expect("readable") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, n_files);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = fs::read_to_string(&path).expect("readable");
                assert!(!text.contains("unsafe"), "{}", path.display());
                *n_files += 1;
            }
        }
    }
    let mut n_files = 0;
    walk(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut n_files,
    );
    assert!(n_files > 200, "only {n_files} files");
}

/// Each row of the promises names a test, or the script that shows it.
#[test]
fn every_promise_names_what_shows_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let text = fs::read_to_string(root.join("docs/promises.md")).expect("readable");
    let (text, _) = text.split_once("\n## ").expect("what follows the promises");
    let rows: Vec<&str> = text
        .lines()
        .filter(|l| l.starts_with("| ") && !l.starts_with("| promise"))
        .collect();
    assert!(rows.len() > 10);
    for row in rows {
        let shown_by = row
            .trim_end_matches(" |")
            .rsplit(" | ")
            .next()
            .unwrap_or("");
        assert!(
            shown_by.contains("::") || shown_by.contains("`.ci/run`"),
            "no test is named: {row}"
        );
    }
}

/// A guarantee of the rule lifecycle names its tests without their module.
#[test]
fn every_test_that_the_lifecycle_names_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut tests = BTreeSet::new();
    tests_in(&root.join("tests/it"), "", &mut tests);
    let text = fs::read_to_string(root.join("docs/lifecycle.md")).expect("readable");
    let table = text
        .split("\n## Guarantees\n")
        .nth(1)
        .and_then(|t| t.split("\nAnd what is not").next())
        .expect("the table of guarantees");
    let mut n_named = 0;
    for row in table.lines().filter(|l| l.starts_with("| ")).skip(1) {
        let shown_by = row
            .trim_end_matches(" |")
            .rsplit(" | ")
            .next()
            .unwrap_or("");
        for name in shown_by
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|n| n.contains('_'))
        {
            let end = format!("::{name}");
            let exists = tests
                .iter()
                .any(|t| t.starts_with("state::") && t.ends_with(&end));
            assert!(
                exists,
                "docs/lifecycle.md names {name}, and there is no such test"
            );
            n_named += 1;
        }
    }
    assert!(n_named > 15, "only {n_named} names");
}
