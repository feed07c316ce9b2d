//! Files of others: exports, rules, rules of other systems, lists.

use super::{Target, files, testdata};
use kinfold::ingest::{IngestOptions, read};
use kinfold::model::{RecordType, Silent};
use kinfold::rules::exchange::{ImportOptions, Source, System, import};
use kinfold::rules::{
    ListedId, builtin_for, parse, read_aliases, read_decided_pairs, read_pairs, render,
};
use kinfold::state::Answer;
use std::fs;
use std::path::Path;

/// Reads the bytes as a file of this name and checks the account of rows.
pub(crate) fn read_file(path: &Path, options: &IngestOptions, bytes: &[u8]) {
    fs::write(path, bytes).expect("written");
    match read(&[path.to_owned()], options, &Silent) {
        Ok((table, report)) => {
            let file = &table.files[0];
            assert_eq!(file.n_rows, file.n_used + file.n_rejected);
            assert_eq!(report.rejects.len() as u64, file.n_rejected);
            assert_eq!(table.n_records() as u64, file.n_used - file.n_superseded);
            assert!(table.columns.iter().all(|c| c.len() == table.n_records()));
        }
        Err(error) => {
            // Of the two readers of delimited text, ours and the library's, one would be wrong.
            let text = error.to_string();
            assert!(!text.contains("does not agree"), "{text}");
        }
    }
}

/// Delimited text, packed or not. Parquet is read by the program's second process, which `mutants` alone has.
pub(super) fn delimited() -> Target {
    let mut seeds = files(&testdata("layouts"));
    seeds.extend(files(&testdata("bad")));
    seeds.retain(|s| s.len() < 20_000 && !s.starts_with(b"PAR1"));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let options = IngestOptions::default();
    Target::new(seeds, move |bytes| {
        if !bytes.starts_with(b"PAR1") {
            read_file(&folder.path().join("in.csv"), &options, bytes);
        }
    })
}

pub(super) fn rules() -> Target {
    let mut seeds: Vec<Vec<u8>> = RecordType::ALL
        .into_iter()
        .map(|t| render(&builtin_for(t)).into_bytes())
        .collect();
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
    let page = fs::read_to_string(page).expect("readable");
    seeds.extend(
        page.split("```toml\n")
            .skip(1)
            .filter_map(|rest| rest.split_once("```"))
            .map(|(example, _)| example.as_bytes().to_vec()),
    );
    assert!(seeds.len() > 3, "the page has examples");
    Target::of_text(seeds, |text| match parse(text) {
        Ok(set) => {
            let canonical = render(&set);
            assert_eq!(parse(&canonical).as_ref(), Ok(&set), "{canonical}");
        }
        Err(error) => {
            assert!(!error.problems.is_empty());
            let n_lines = text.lines().count().max(1) + 1;
            for problem in &error.problems {
                assert!((1..=n_lines).contains(&problem.line), "{problem:?}");
            }
        }
    })
}

pub(super) fn lists() -> Target {
    let seeds = [
        &b"left_id,right_id,reason\r\n\"L-1\",lead:L-2,\"two, people\"\r\nL-3,{L-4},\r\n"[..],
        b"left_id,right_id,decision,reason\nL-1,L-2,reject,twins\nL-3,L-4,undo,\n",
        b"\xef\xbb\xbfkind,value,alias\ncompany,IBM,Big Blue\nname,Sasha,Alexander\n",
    ];
    let seeds = seeds.iter().map(|s| s.to_vec()).collect();
    Target::of_text(seeds, |text| {
        let n_lines = text.matches(['\n', '\r']).count() as u64 + 1;
        let answer = |word: &str| Answer::parse(word).ok_or("unknown");
        let errors = [
            read_pairs("l", text).err(),
            read_decided_pairs("l", text, answer).err(),
            read_aliases("l", text).err(),
        ];
        for error in errors.into_iter().flatten() {
            assert!((1..=n_lines).contains(&error.line), "{error}");
        }
        for pair in read_pairs("l", text).unwrap_or_default() {
            for id in [&pair.left, &pair.right] {
                assert_eq!(ListedId::parse(&id.text()), *id);
            }
        }
    })
}

pub(super) fn exchange() -> Target {
    let mut seeds = files(&testdata("exchange"));
    seeds.extend(files(&testdata("exchange/salesforce")));
    assert!(seeds.len() > 3);
    Target::of_text(seeds, |text| {
        for (system, name) in [
            (System::Dynamics, "rules.json"),
            (System::Dynamics, "duplicaterule.csv"),
            (System::Salesforce, "Lead.matchingRule-meta.xml"),
            (System::Salesforce, "Lead.duplicateRule-meta.xml"),
        ] {
            let source = Source { name, text };
            if let Ok(imported) = import(system, &[source], ImportOptions { all: true }) {
                let canonical = render(&imported.set);
                assert_eq!(parse(&canonical).as_ref(), Ok(&imported.set), "{canonical}");
            }
        }
    })
}
