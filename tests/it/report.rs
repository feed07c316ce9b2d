//! Files of a run: columns, bytes, atomic publishing, locking, verify.
//!
//! [`sample`] builds tables and outcomes by hand; the browser tests use it too.

mod sample;

pub(super) use sample::{RULES, Sample, sample};

use kinfold::model::{EvidenceField, Progress};
use kinfold::report::{CsvGuard, ReportErrorKind, guard, lock, unguard, verify};
use std::fs;
use std::path::Path;
use std::time::Duration;

/// Seven leads: two suggestions, and one inactive record.
fn small() -> Sample {
    sample(
        &[
            [
                "L1",
                "Robert Müller",
                "rob@acme.de",
                "+49 30 901820",
                "Acme GmbH",
                "Berlin",
                "",
            ],
            [
                "L2",
                "Bob Muller",
                "",
                "",
                "=HYPERLINK(\"http://x\")",
                "Potsdam",
                "-1",
            ],
            [
                "L3",
                "李小龙",
                "li@ex.cn",
                "'+86 10",
                "a \"quoted\" name",
                "two\r\nlines",
                "",
            ],
            ["L4", "Li Xiaolong", "", "@home", "", "", "＝1"],
            ["+L5", "Ann Lee", "ann@ex.com", "", "", "", ""],
            ["L6", "Other", "", "", "", "", ""],
            ["L7", "Closed", "", "", "", "", ""],
        ],
        &[0..2, 2..5],
    )
}

/// Publishes a sample and returns the text of one of its files.
fn check(sample: &Sample, file: &str) -> String {
    let out = tempfile::tempdir().expect("a folder");
    let published = sample.publish(out.path()).expect("published");
    fs::read_to_string(published.run_dir.join(file)).expect("UTF-8")
}

/// Rows of a CSV by a reader that is not ours, without the byte order mark.
fn csv_rows(text: &str) -> Vec<Vec<String>> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes())
        .records()
        .map(|row| row.expect("a row").iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn the_first_columns_are_the_contract() {
    let contract = [
        (
            "suggestions.csv",
            "suggestion_id,role,record_type,record_id,verdict,probability,rules,reason,linked_to,flags,survivor_reason,\
             cohesion,fullname,emailaddress1,mobilephone,companyname,address1_city",
        ),
        (
            "pairs.csv",
            "left_id,right_id,left_type,right_type,verdict,probability,evidence_bits,rules,implied,alternative,\
             prior_bits,given_level,given_bits,surname_level,surname_bits",
        ),
        (
            "golden.csv",
            "suggestion_id,survivor_id,record_type,fullname,fullname_from,emailaddress1,emailaddress1_from",
        ),
        ("suppressed.csv", "left_id,right_id,rules,why,side,implied"),
        ("rejects.csv", "file,row,line,column,reason"),
        ("aliases.csv", "kind,value,alias,domain,people"),
    ];
    for (file, columns) in contract {
        let text = check(&small(), file);
        assert!(text.starts_with('\u{feff}'), "{file} has a byte order mark");
        let header = csv_rows(&text)[0].join(",");
        assert!(header.starts_with(columns), "{file}: {header}");
    }
}

#[test]
fn suggestions_hold_a_row_per_member() {
    let rows = csv_rows(&check(&small(), "suggestions.csv"));
    assert_eq!(rows.len(), 1 + 5);
    assert_eq!(
        rows[2],
        [
            "S0000000",
            "merge",
            "lead",
            "L2",
            "auto",
            "0.987654",
            "Same e-mail; Similar name and company",
            "same surname, given name a nickname, another city",
            "L1",
            "",
            "kept because it is the most complete",
            "0.950000",
            "Bob Muller",
            "",
            "",
            "'=HYPERLINK(\"http://x\")",
            "Potsdam"
        ]
    );
}

#[test]
fn bits_of_a_pair_add_up_exactly() {
    let rows = csv_rows(&check(&small(), "pairs.csv"));
    assert_eq!(rows.len(), 1 + 1 + 1 + 3);
    let thousandths =
        |text: &str| -> i64 { text.replace('.', "").parse().expect("three decimals") };
    for row in &rows[1..] {
        let column = |name: &str| {
            let at = rows[0].iter().position(|c| c == name).expect("the column");
            row[at].as_str()
        };
        let fields: i64 = EvidenceField::ALL
            .iter()
            .map(|f| thousandths(column(&format!("{}_bits", f.as_str()))))
            .sum();
        assert_eq!(
            thousandths(column("evidence_bits")),
            thousandths(column("prior_bits")) + fields
        );
    }
}

#[test]
#[should_panic(expected = "the score of a pair is its prior and its fields' bits")]
fn a_score_that_is_not_its_sum_is_our_bug() {
    let mut sample = small();
    sample.outcome.pairs[0].evidence.score_millibits += 1;
    check(&sample, "pairs.csv");
}

#[test]
fn golden_records_say_where_each_value_comes_from() {
    let rows = csv_rows(&check(&small(), "golden.csv"));
    assert_eq!(rows.len(), 1 + 2);
    let at = |name: &str| rows[0].iter().position(|c| c == name).expect("the column");
    assert_eq!(rows[2][at("mobilephone")], "''+86 10");
    assert_eq!(rows[2][at("mobilephone_from")], "L3");
    assert_eq!(rows[2][at("Note")], "'＝1");
    assert_eq!(rows[2][at("Note_from")], "L4");
    assert_eq!(rows[1][at("Note_from")], "L2");
}

#[test]
fn csv_for_people_has_no_live_formula_and_can_be_undone() {
    let sample = small();
    for file in ["suggestions.csv", "golden.csv", "pairs.csv"] {
        let text = check(&sample, file);
        assert!(text.replace("\r\n", "").find("\n\"").is_none(), "{file}");
        for cell in csv_rows(&text).iter().flatten() {
            let is_number = cell.parse::<f64>().is_ok();
            assert!(
                is_number
                    || !cell.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']),
                "{file}: {cell}"
            );
            assert_eq!(unguard(&guard(cell)), cell);
        }
    }
    let mut raw = sample;
    raw.meta.csv_guard = CsvGuard::Raw;
    let text = check(&raw, "suggestions.csv");
    assert!(text.starts_with("\"suggestion_id\""));
    assert!(text.contains("\"=HYPERLINK(\"\"http://x\"\")\""));
}

#[test]
fn json_and_parquet_hold_raw_values() {
    use polars::prelude::{ParquetReader, SerReader};
    let out = tempfile::tempdir().expect("a folder");
    let sample = small();
    let run = sample.publish(out.path()).expect("published").run_dir;
    let json: serde_json::Value =
        serde_json::from_slice(&fs::read(run.join("suggestions.json")).expect("there"))
            .expect("JSON");
    assert_eq!(json[1]["companyname"], "=HYPERLINK(\"http://x\")");
    assert_eq!(json[1]["probability"], 0.987_654);
    let rows = csv_rows(&fs::read_to_string(run.join("suggestions.csv")).expect("UTF-8"));
    let file = fs::File::open(run.join("suggestions.parquet")).expect("there");
    let frame = ParquetReader::new(file).finish().expect("Parquet");
    assert_eq!(frame.height(), rows.len() - 1);
    for (i, header) in rows[0].iter().enumerate() {
        let column = frame.column(header).expect("the same columns");
        for (row, cells) in rows[1..].iter().enumerate() {
            let value = column.get(row).expect("a row");
            match value.get_str() {
                Some(text) => assert_eq!(text, unguard(&cells[i])),
                None => assert_eq!(
                    value.extract::<f64>(),
                    cells[i].parse().ok(),
                    "{header} of row {row}"
                ),
            }
        }
    }
    let file = fs::File::open(run.join("pairs.parquet")).expect("there");
    let frame = ParquetReader::new(file).finish().expect("Parquet");
    assert_eq!(frame.height(), sample.outcome.pairs.len());
}

#[test]
fn an_empty_outcome_is_a_report_too() {
    let mut sample = small();
    sample.outcome.pairs.clear();
    sample.outcome.suggestions.clear();
    sample.outcome.suppressed.clear();
    let out = tempfile::tempdir().expect("a folder");
    let run = sample.publish(out.path()).expect("published").run_dir;
    use polars::prelude::{ParquetReader, SerReader};
    let file = fs::File::open(run.join("pairs.parquet")).expect("there");
    let frame = ParquetReader::new(file).finish().expect("Parquet");
    assert_eq!((frame.height(), frame.width()), (0, 11 + 22));
    assert_eq!(csv_rows(&check(&sample, "suggestions.csv")).len(), 1);
    assert_eq!(check(&sample, "suggestions.json"), "[\n]\n");
}

#[test]
fn the_summary_accounts_for_every_row_and_names_no_place_or_time() {
    let text = check(&small(), "summary.json");
    let summary: serde_json::Value = serde_json::from_str(&text).expect("JSON");
    let number = |pointer: &str| summary.pointer(pointer).and_then(|v| v.as_u64());
    assert_eq!(number("/input/rows_read"), Some(8));
    assert_eq!(number("/input/rows_used"), Some(7));
    assert_eq!(number("/input/rows_rejected"), Some(1));
    assert_eq!(number("/records/inactive"), Some(1));
    assert_eq!(number("/pairs/by_verdict/review/n_pairs"), Some(3));
    assert_eq!(number("/suggestions/records_to_merge"), Some(3));
    assert_eq!(number("/rules/0/left_out/generic"), Some(56));
    assert_eq!(number("/suppressed/by_rule/0/n_rows"), Some(1));
    assert!(!text.contains("/data/in") && !text.contains("2026"));
}

#[test]
fn bytes_do_not_depend_on_threads_time_folders_or_row_order() {
    // More rows than one formatting task takes, so that order is put to the test.
    let rows: Vec<[String; 7]> = (0..12_000)
        .map(|i| {
            [
                format!("L{i:05}"),
                format!("Ann Lee {i}"),
                format!("ann{i}@example.com"),
                "+1 212 555 0100".into(),
                "Acme".into(),
                "Boston".into(),
                String::new(),
            ]
        })
        .collect();
    let rows: Vec<[&str; 7]> = rows
        .iter()
        .map(|r| r.each_ref().map(String::as_str))
        .collect();
    let groups: Vec<_> = (0..5_900).map(|i| i * 2..i * 2 + 2).collect();
    let mut sample = sample(&rows, &groups);
    let mut runs = Vec::new();
    for n_threads in [1, 3] {
        sample.meta.started = format!("2026-01-31T02:00:0{n_threads}Z");
        sample.meta.n_threads = n_threads;
        // As when the rows, and with them the file's hash, came in another order from another folder.
        sample.table.origin.reverse();
        sample.table.files[0].sha256 = "cd".repeat(32);
        let path = format!("/home/{n_threads}/leads.csv");
        sample.ingest.rejects[0].file.clone_from(&path);
        sample.table.files[0].path = path;
        let out = tempfile::tempdir().expect("a folder");
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(n_threads)
            .build()
            .expect("threads");
        let published = pool
            .install(|| sample.publish(out.path()))
            .expect("published");
        let files: Vec<(String, Vec<u8>)> = published
            .files
            .iter()
            .filter(|(name, _)| name != "manifest.json")
            .map(|(name, _)| {
                let bytes = fs::read(published.run_dir.join(name)).expect("there");
                (name.clone(), bytes)
            })
            .collect();
        assert_eq!(files.len(), 12);
        runs.push(files);
    }
    for ((name, one), (_, three)) in runs[0].iter().zip(&runs[1]) {
        assert!(one == three, "{name} differs");
    }
}

#[test]
fn a_run_is_published_whole_private_and_named_by_latest() {
    let out = tempfile::tempdir().expect("a folder");
    let dir = out.path().join("deep/er");
    let first = small().publish(&dir).expect("published");
    let second = small().publish(&dir).expect("published");
    assert!(first.run_id.starts_with("20260131T020000Z-"));
    assert_eq!(second.run_id, format!("{}-2", first.run_id));
    assert_eq!(second.files.last().expect("files").0, "manifest.json");
    let latest: serde_json::Value =
        serde_json::from_slice(&fs::read(dir.join("latest.json")).expect("there")).expect("JSON");
    assert_eq!(latest["run"], second.run_id);
    let runs: Vec<_> = fs::read_dir(dir.join("runs")).expect("there").collect();
    assert_eq!(runs.len(), 2, "no temporary folder remains");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode(&dir), 0o700);
        assert_eq!(mode(&dir.join("runs")), 0o700);
        assert_eq!(mode(&first.run_dir), 0o700);
        for (name, n_bytes) in &first.files {
            let path = first.run_dir.join(name);
            assert_eq!(mode(&path), 0o600, "{name}");
            assert_eq!(fs::metadata(&path).expect("there").len(), *n_bytes);
        }
        assert_eq!(
            fs::canonicalize(dir.join("latest")).expect("a link"),
            fs::canonicalize(&second.run_dir).expect("there")
        );
    }
    assert_eq!(verify(&dir).expect("read").problems, [""; 0]);
    assert_eq!(verify(&first.run_dir).expect("read").n_files, 12);
}

#[test]
fn verify_finds_every_change() {
    let out = tempfile::tempdir().expect("a folder");
    let run = small().publish(out.path()).expect("published").run_dir;
    let problems = || verify(out.path()).expect("read").problems;
    let path = run.join("pairs.csv");
    let whole = fs::read(&path).expect("there");
    fs::write(&path, &whole[..whole.len() - 1]).expect("written");
    assert!(problems()[0].starts_with("pairs.csv has"));
    let mut changed = whole.clone();
    changed[10] ^= 1;
    fs::write(&path, &changed).expect("written");
    assert!(problems()[0].starts_with("pairs.csv was changed"));
    fs::remove_file(&path).expect("removed");
    assert_eq!(problems(), ["pairs.csv is missing"]);
    fs::write(&path, &whole).expect("written");
    assert_eq!(problems(), [""; 0]);
    fs::write(run.join("note.txt"), "mine").expect("written");
    assert_eq!(problems(), ["note.txt was not written by the run"]);
    fs::remove_file(run.join("note.txt")).expect("removed");
    let manifest = run.join("manifest.json");
    let text = fs::read_to_string(&manifest).expect("there");
    fs::write(&manifest, text.replace("\"threads\": 2", "\"threads\": 3")).expect("written");
    assert_eq!(
        problems(),
        ["manifest.json is not the one latest.json was written for"]
    );
    fs::remove_file(&manifest).expect("removed");
    assert_eq!(problems(), ["manifest.json is missing"]);
    let error = verify(&out.path().join("nothing")).expect_err("nothing there");
    assert_eq!(error.kind(), ReportErrorKind::Usage);
}

/// A manifest is read like any file of a stranger: it cannot send us to files outside the run.
#[test]
fn a_manifest_that_is_not_as_written_is_told_and_leads_nowhere() {
    let out = tempfile::tempdir().expect("a folder");
    let run = small().publish(out.path()).expect("published").run_dir;
    let path = run.join("manifest.json");
    let whole: serde_json::Value =
        serde_json::from_slice(&fs::read(&path).expect("there")).expect("JSON");
    // Named by itself, a run has no latest.json that knows the manifest's hash.
    let problems = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut manifest = whole.clone();
        change(&mut manifest);
        fs::write(&path, manifest.to_string()).expect("written");
        verify(&run).expect("read").problems
    };
    assert_eq!(problems(&|_| {}), [""; 0]);
    assert_eq!(
        problems(&|m| m["version"] = 99.into()),
        ["manifest.json is of format kinfold-manifest 99, this version reads kinfold-manifest 1"]
    );
    let found = problems(&|m| m["inputs"][0]["rows_read"] = 9.into());
    assert!(
        found[0].ends_with(": 9 rows read are not 7 used and 1 rejected"),
        "{found:?}"
    );
    for name in ["../suggestions.csv", "a\\b", ".kinfold"] {
        let found = problems(&|m| m["files"][0]["name"] = name.into());
        assert_eq!(
            found[0],
            format!("{name} is not the name of a file of a run")
        );
    }
    fs::write(&path, "{").expect("written");
    assert!(verify(&run).expect("read").problems[0].starts_with("manifest.json is damaged"));
}

#[test]
fn a_folder_of_other_things_is_refused_and_left_alone() {
    let out = tempfile::tempdir().expect("a folder");
    fs::write(out.path().join("thesis.txt"), "years of work").expect("written");
    for error in [
        small().publish(out.path()).expect_err("refused"),
        lock(out.path(), Duration::ZERO).expect_err("refused"),
        small()
            .publish(&out.path().join("thesis.txt"))
            .expect_err("a file"),
    ] {
        assert_eq!(error.kind(), ReportErrorKind::Usage, "{error}");
    }
    assert_eq!(fs::read_dir(out.path()).expect("there").count(), 1);
}

#[cfg(unix)]
#[test]
fn a_linked_folder_of_runs_is_refused_and_nothing_written_behind_it() {
    let out = tempfile::tempdir().expect("a folder");
    let elsewhere = tempfile::tempdir().expect("a folder");
    small().publish(out.path()).expect("published");
    std::fs::remove_dir_all(out.path().join("runs")).expect("removed");
    std::os::unix::fs::symlink(elsewhere.path(), out.path().join("runs")).expect("made");
    let errors = [
        small().publish(out.path()).expect_err("refused"),
        lock(out.path(), Duration::ZERO).expect_err("refused"),
    ];
    for error in errors {
        assert_eq!(error.kind(), ReportErrorKind::Usage, "{error}");
        assert!(
            error.to_string().contains("runs in it is a link"),
            "{error}"
        );
    }
    assert_eq!(fs::read_dir(elsewhere.path()).expect("there").count(), 0);
}

/// Asks to stop at the n-th question.
struct StopAt {
    n: u64,
    asked: std::sync::atomic::AtomicU64,
}

impl Progress for StopAt {
    fn begin(&self, _: &str, _: &str, _: Option<u64>) {}
    fn advance(&self, _: u64) {}
    fn end(&self) {}
    fn notice(&self, _: &str) {}
    fn cancelled(&self) -> bool {
        self.asked
            .fetch_add(1, std::sync::atomic::Ordering::Relaxed)
            >= self.n
    }
}

#[test]
fn stopping_anywhere_leaves_the_earlier_report_and_nothing_else() {
    let out = tempfile::tempdir().expect("a folder");
    let earlier = small().publish(out.path()).expect("published");
    let mut n = 0;
    loop {
        let progress = StopAt { n, asked: 0.into() };
        match small().publish_with(out.path(), &progress) {
            Ok(_) => break,
            Err(error) => assert_eq!(error.kind(), ReportErrorKind::Cancelled),
        }
        assert_eq!(
            fs::read_dir(out.path().join("runs"))
                .expect("there")
                .count(),
            1
        );
        assert_eq!(
            verify(out.path()).expect("read").run_dir.file_name(),
            earlier.run_dir.file_name()
        );
        n += 1;
    }
    assert!(n > 10, "asked before every file");
}

#[test]
fn a_locked_folder_is_busy_and_dead_runs_are_swept() {
    let out = tempfile::tempdir().expect("a folder");
    let published = small().publish(out.path()).expect("published");
    let dead = out
        .path()
        .join("runs")
        .join(format!(".tmp-{}-7", published.run_id));
    // What a run that was killed between two steps of naming the newest left behind.
    let half = out
        .path()
        .join(format!(".latest.json.tmp-{}", published.run_id));
    let mine = out.path().join(".latest.json.tmp-mine");
    for path in [&half, &mine] {
        fs::write(path, "half").expect("written");
    }
    let foreign = out.path().join("runs/.tmp-mine");
    for dir in [&dead, &foreign] {
        fs::create_dir(dir).expect("created");
        fs::write(dir.join("pairs.csv"), "half").expect("written");
    }
    let held = lock(out.path(), Duration::ZERO).expect("free");
    assert!(
        !dead.exists() && !half.exists(),
        "what a dead run left is removed"
    );
    assert!(mine.exists(), "what only looks like it stays");
    assert!(
        foreign.join("pairs.csv").exists(),
        "what we did not write stays"
    );
    let error = lock(out.path(), Duration::from_millis(120)).expect_err("held");
    assert_eq!(error.kind(), ReportErrorKind::Busy);
    assert!(
        error
            .to_string()
            .contains(&format!("process {}", std::process::id()))
    );
    drop(held);
    lock(out.path(), Duration::ZERO).expect("free again");
}

#[test]
fn the_page_says_what_is_only_in_the_files() {
    let rows: Vec<[String; 7]> = (0..20_003)
        .map(|i| {
            let mut row: [String; 7] = Default::default();
            row[0] = format!("L{i:05}");
            row
        })
        .collect();
    let rows: Vec<[&str; 7]> = rows
        .iter()
        .map(|r| r.each_ref().map(String::as_str))
        .collect();
    let groups: Vec<_> = (0..10_001).map(|i| i * 2..i * 2 + 2).collect();
    let sample = sample(&rows, &groups);
    let page = check(&sample, "report.html");
    // Of 5,001 auto suggestions and 5,000 for review.
    assert!(page.contains("shows 5,000 of 5,001 auto suggestions and 5,000 of 5,000 for review"));
    let json = page
        .split("id=\"data\">")
        .nth(1)
        .and_then(|rest| rest.split("</script>").next())
        .expect("the data block");
    let data: serde_json::Value = serde_json::from_str(json).expect("JSON");
    assert_eq!(data["suggestions"].as_array().map(Vec::len), Some(10_000));
    assert_eq!(data["n_suggestions"], 10_001);
    let n_of = |verdict: &str| {
        let shown = data["suggestions"].as_array().expect("a list");
        shown.iter().filter(|s| s["verdict"] == verdict).count()
    };
    assert_eq!((n_of("auto"), n_of("review")), (5_000, 5_000));
    let summary: serde_json::Value =
        serde_json::from_str(&check(&sample, "summary.json")).expect("JSON");
    assert_eq!(summary["caps"][0]["total"], 10_001);
}

#[cfg(unix)]
#[test]
fn something_else_called_latest_is_left_alone() {
    let out = tempfile::tempdir().expect("a folder");
    small().publish(out.path()).expect("published");
    fs::remove_file(out.path().join("latest")).expect("removed");
    fs::create_dir(out.path().join("latest")).expect("created");
    fs::write(out.path().join("latest/mine.txt"), "mine").expect("written");
    let published = small().publish(out.path()).expect("published");
    assert!(out.path().join("latest/mine.txt").exists());
    let verified = verify(out.path()).expect("read");
    assert_eq!(verified.run_dir.file_name(), published.run_dir.file_name());
    assert_eq!(verified.problems, [""; 0]);
}
