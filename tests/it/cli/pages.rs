//! Pages made from the program, and pages that show what it prints.

use super::{COMMANDS, folder, root, run};
use std::fs;
use std::path::Path;

#[test]
fn the_help_pages_are_those_of_the_program() {
    let dir = folder();
    let pages = root().join("docs/cli");
    let write = std::env::var_os("KINFOLD_WRITE_DOCS").is_some();
    let mut stale = Vec::new();
    let mut expected = Vec::new();
    for words in COMMANDS {
        let mut arguments = words.to_vec();
        arguments.push("--help");
        let (code, help, _) = run(dir.path(), &arguments);
        assert_eq!(code, 0, "{words:?}");
        let name = ["kinfold"]
            .iter()
            .chain(*words)
            .copied()
            .collect::<Vec<_>>();
        let help: Vec<&str> = help.lines().map(str::trim_end).collect();
        let page = format!(
            "# {}\n\nMade from `{} --help` by a test; to renew it, run `KINFOLD_WRITE_DOCS=1 cargo test --test it help_pages`.\n\n```text\n{}\n```\n",
            name.join(" "),
            name.join(" "),
            help.join("\n")
        );
        let path = pages.join(format!("{}.md", name.join("-")));
        if write {
            fs::create_dir_all(&pages).expect("docs/cli");
            fs::write(&path, &page).expect("the page is written");
        } else if fs::read_to_string(&path).unwrap_or_default() != page {
            stale.push(path.display().to_string());
        }
        expected.push(path);
    }
    assert!(
        stale.is_empty(),
        "stale, see the pages' second line: {stale:#?}"
    );
    for entry in fs::read_dir(&pages).expect("docs/cli") {
        let path = entry.expect("an entry").path();
        assert!(
            expected.contains(&path),
            "{} is of no command",
            path.display()
        );
    }
}

#[test]
fn every_command_has_a_help_page() {
    let dir = folder();
    let (_, help, _) = run(dir.path(), &["--help"]);
    let commands = help
        .split("Commands:\n")
        .nth(1)
        .expect("a list of commands");
    let listed: Vec<&str> = commands
        .lines()
        .take_while(|l| !l.is_empty())
        .filter(|l| l.starts_with("  ") && !l.starts_with("   "))
        .filter_map(|l| l.split_whitespace().next())
        .collect();
    let paged: Vec<&str> = COMMANDS
        .iter()
        .filter(|w| w.len() == 1)
        .map(|w| w[0])
        .collect();
    assert!(listed.len() > 3);
    assert_eq!(listed, paged, "COMMANDS in the order of --help");
}

#[test]
fn completions_and_man_pages_name_every_command() {
    let dir = folder();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let (code, script, _) = run(dir.path(), &["completions", shell]);
        assert_eq!(code, 0);
        for words in COMMANDS {
            assert!(
                words.iter().all(|w| script.contains(w)),
                "{shell} {words:?}"
            );
        }
    }
    let (code, page, _) = run(dir.path(), &["man"]);
    assert_eq!(code, 0);
    assert!(page.contains(".TH kinfold 1") && page.contains("Exit codes"));
    assert_eq!(run(dir.path(), &["man", "."]).0, 0);
    for words in COMMANDS {
        let name = ["kinfold"]
            .iter()
            .chain(*words)
            .copied()
            .collect::<Vec<_>>();
        assert!(
            dir.path().join(format!("{}.1", name.join("-"))).is_file(),
            "{words:?}"
        );
    }
    assert_eq!(run(dir.path(), &["man", "missing"]).0, 4);
}

/// Times and names of runs differ from run to run.
fn redacted(text: &str) -> String {
    let mut out = Vec::new();
    for line in text.lines() {
        let line = match line.split_once(" rejected, in ") {
            Some((before, _)) => format!("{before} rejected, in … s"),
            None => line.to_owned(),
        };
        let line = match line.split_once("kinfold-out/runs/") {
            Some((before, after)) => {
                let file = after.split_once('/').map_or("", |(_, file)| file);
                format!("{before}kinfold-out/runs/…/{file}")
            }
            None => line,
        };
        let line = match line.split_once("cost of linking: ") {
            Some((before, after)) => {
                let pairs = after.split_once(" s, ").map_or("", |(_, pairs)| pairs);
                format!("{before}cost of linking: … s, {pairs}")
            }
            None => line,
        };
        let line = line.split(' ').map(|word| {
            let word = word.trim_end_matches(':');
            let is_time = word.len() == 20 && word.as_bytes()[10] == b'T' && word.ends_with('Z');
            if is_time { "TIME" } else { word }
        });
        let line: Vec<&str> = line.collect();
        out.push(line.join(" ").trim_end().to_owned());
    }
    out.join("\n")
}

/// Words of a command line as a shell would split it, without escapes; double quotes group.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (i, part) in line.split('"').enumerate() {
        if i % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

#[test]
fn pages_show_what_their_commands_print() {
    let dir = folder();
    for name in ["leads.csv", "leads.truth.csv"] {
        fs::copy(root().join("testdata").join(name), dir.path().join(name)).expect("copied");
    }
    check_printed(dir.path(), "docs/getting-started.md", "$ kinfold ");
    check_printed(dir.path(), "docs/scoring.md", "$ kinfold ");
}

#[test]
fn the_tutorial_on_changing_a_rule_shows_what_its_commands_print() {
    let dir = folder();
    for name in ["leads.csv", "preview/v1.toml", "preview/v2.toml"] {
        let from = root().join("testdata").join(name);
        let to = dir.path().join(from.file_name().expect("a name"));
        fs::copy(from, to).expect("copied");
    }
    check_printed(dir.path(), "docs/tutorial-change-a-rule.md", "$ kinfold ");
}

#[test]
fn the_page_on_decisions_shows_what_its_commands_print() {
    let dir = folder();
    fs::copy(
        root().join("testdata/leads.csv"),
        dir.path().join("leads.csv"),
    )
    .expect("copied");
    let page = fs::read_to_string(root().join("docs/decisions.md")).expect("the page exists");
    let list = page
        .split("```csv\n")
        .nth(1)
        .and_then(|p| p.split("```").next());
    fs::write(dir.path().join("reviewed.csv"), list.expect("a list")).expect("written");
    check_printed(dir.path(), "docs/decisions.md", "$ kinfold ");
}

#[test]
fn the_worked_examples_of_other_tables_print_what_their_page_shows() {
    let dir = folder();
    let page = fs::read_to_string(root().join("docs/person-tables.md")).expect("the page exists");
    for table in ["persons", "sites"] {
        for end in ["csv", "truth.csv", "toml"] {
            let name = format!("{table}.{end}");
            fs::copy(root().join("testdata").join(&name), dir.path().join(&name)).expect("copied");
        }
        let rules =
            fs::read_to_string(root().join(format!("testdata/{table}.toml"))).expect("there");
        assert!(page.contains(&rules), "{table}.toml as the page shows it");
    }
    check_printed(dir.path(), "docs/person-tables.md", "$ kinfold ");
}

#[test]
fn the_readme_shows_what_its_run_prints() {
    let dir = folder();
    fs::create_dir(dir.path().join("testdata")).expect("made");
    fs::copy(
        root().join("testdata/leads.csv"),
        dir.path().join("testdata/leads.csv"),
    )
    .expect("copied");
    check_printed(dir.path(), "README.md", "$ cargo run --release -- ");
}

/// Runs the commands of a page's console blocks in `dir` and compares what they print; `prompt` stands for the program.
fn check_printed(dir: &Path, page: &str, prompt: &str) {
    let path = root().join(page);
    let page = fs::read_to_string(&path).expect("the page exists");
    let mut renewed = String::new();
    for (i, part) in page.split("```").enumerate() {
        if i > 0 {
            renewed.push_str("```");
        }
        if i % 2 == 0 || !part.starts_with("console\n") {
            renewed.push_str(part);
            continue;
        }
        renewed.push_str("console\n");
        for line in part.lines().filter(|l| l.starts_with("$ ")) {
            // `; echo $?` shows the exit code; without it the command succeeds.
            let (shown, asks_code) = match line.strip_suffix("; echo $?") {
                Some(shown) => (shown, true),
                None => (line, false),
            };
            let lines_of = |sign: &str| {
                let (command, n) = shown.split_once(sign)?;
                Some((command, n.parse::<usize>().expect("a number of lines")))
            };
            let (command, head, tail) = match (lines_of(" | head -"), lines_of(" | tail -")) {
                (Some((command, n)), _) => (command, n, usize::MAX),
                (None, Some((command, n))) => (command, usize::MAX, n),
                (None, None) => (shown, usize::MAX, usize::MAX),
            };
            let arguments = words(command.trim_start_matches(prompt));
            let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
            let (code, out, err) = run(dir, &arguments);
            assert!(code == 0 || asks_code, "{line}: {err}");
            renewed.push_str(&format!("{line}\n"));
            let n_before = out.lines().count().saturating_sub(tail);
            for printed in out.lines().skip(n_before).take(head) {
                renewed.push_str(&format!("{}\n", printed.trim_end()));
            }
            if asks_code {
                renewed.push_str(&format!("{code}\n"));
            }
        }
    }
    if std::env::var_os("KINFOLD_WRITE_DOCS").is_some() {
        // Another time of day is no reason to change the page.
        if redacted(&renewed) == redacted(&page) {
            return;
        }
        fs::write(&path, renewed).expect("the page is written");
    } else {
        assert_eq!(
            redacted(&renewed),
            redacted(&page),
            "stale: KINFOLD_WRITE_DOCS=1 cargo test --test it cli::pages"
        );
    }
}
