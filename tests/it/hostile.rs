//! Files made to do harm, read by the program within 4 GB of address space: each ends soon, with its documented exit
//! code and one message that names the place, and the report of yesterday stays.

#![cfg(target_os = "linux")]

use kinfold::similarity::measures::Measure;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Long enough for a busy machine, short for what would never end.
const SOON: Duration = Duration::from_secs(60);

fn run(dir: &Path, arguments: &[&str]) -> Output {
    Command::new("sh")
        .args([
            "-c",
            "ulimit -v 4000000; exec \"$0\" run \"$@\" --out o --quiet --threads 2",
        ])
        .arg(env!("CARGO_BIN_EXE_kinfold"))
        .args(arguments)
        .current_dir(dir)
        .stdin(Stdio::null())
        .output()
        .expect("sh is there")
}

/// Reads the file; checks code, message and that nothing was published.
fn check(name: &str, bytes: &[u8], code: i32, message: &str) {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let input = if bytes.is_empty() {
        name.to_owned()
    } else {
        fs::write(dir.path().join(name), bytes).expect("written");
        format!("./{name}")
    };
    let begun = Instant::now();
    let out = run(dir.path(), &[&input]);
    let err = String::from_utf8_lossy(&out.stderr).into_owned();
    assert!(begun.elapsed() < SOON, "{name} takes too long");
    assert_eq!(out.status.code(), Some(code), "{name}: {err}");
    assert!(err.starts_with("error: failed to "), "{name}: {err}");
    assert!(err.contains(message), "{name}: {err}");
    assert!(err.contains("help: "), "{name}: {err}");
    assert!(
        err.len() < 1_000,
        "{name}: a message of {} bytes",
        err.len()
    );
    assert!(!dir.path().join("o/latest.json").exists(), "{name}");
}

#[test]
fn endless_and_monstrous_files_are_refused_soon() {
    check("/dev/zero", b"", 3, "it begins with NUL bytes");
    check("/dev/urandom", b"", 3, "the bytes are not text");
    check("/dev/null", b"", 3, "is empty");
    let by_chance = [
        b"a b\n".as_slice(),
        &[0x01, 0xff, 0x02, 0xfe, b'\n', 0x03, 0x1b],
    ]
    .concat();
    check("first-line.csv", &by_chance, 3, "the bytes are not text");
    let head = b"leadid,lastname,statecode\n".as_slice();
    let with = |rest: &[u8]| [head, rest].concat();
    check(
        "no-line-end.csv",
        &with(&vec![b'x'; 200 << 20]),
        3,
        "row 2, line 2: the row is longer",
    );
    check(
        "commas.csv",
        &with(&vec![b','; 50_000_000]),
        3,
        "row 2, line 2: the row is longer",
    );
    let columns: Vec<String> = (0..100_000).map(|i| format!("c{i}")).collect();
    check(
        "columns.csv",
        columns.join(",").as_bytes(),
        7,
        "100000 columns",
    );
    let field = [b"L1,".as_slice(), &vec![b'x'; 10 << 20], b",0\n"].concat();
    check(
        "field.csv",
        &with(&field),
        3,
        "column lastname: the value is longer",
    );
    check("nul.csv", &with(b"L1,a\0b,0\n"), 3, "zero byte");
}

#[test]
fn a_gzip_bomb_is_refused_by_its_ratio() {
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write;
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed
        .write_all(b"leadid,lastname,statecode\n")
        .expect("in memory");
    // Much text from few bytes, and no single row too long.
    let wide = format!("L9999999,\"{}\",0\n", "a".repeat(1 << 19));
    for _ in 0..200 {
        packed.write_all(wide.as_bytes()).expect("in memory");
    }
    let packed = packed.finish().expect("in memory");
    assert!(packed.len() < 1 << 20, "the bomb is small");
    check("bomb.csv.gz", &packed, 7, "unfolds");
}

/// A Parquet file of one text column beside the ids, where every lead has the same long value.
fn spreading_parquet(n_rows: usize, n_bytes: usize) -> Vec<u8> {
    use polars::prelude::{
        ChunkFull, Column, DataFrame, IntoColumn, NewChunkedArray, ParquetCompression,
        ParquetWriter, StringChunked,
    };
    let text = |name: &str, values: Vec<&str>| -> Column {
        StringChunked::from_iter_values(name.into(), values.into_iter()).into_column()
    };
    let ids: Vec<String> = (0..n_rows).map(|i| format!("L{i}")).collect();
    let long = StringChunked::full("description".into(), &"x".repeat(n_bytes), n_rows);
    let mut frame = DataFrame::new(
        n_rows,
        vec![
            text("leadid", ids.iter().map(String::as_str).collect()),
            text("lastname", vec!["Ada"; n_rows]),
            long.into_column(),
        ],
    )
    .expect("equally long");
    let mut bytes = Vec::new();
    ParquetWriter::new(&mut bytes)
        .with_compression(ParquetCompression::Uncompressed)
        .with_row_group_size(Some(n_rows))
        .finish(&mut frame)
        .expect("in memory");
    bytes
}

#[test]
fn a_parquet_dictionary_that_spreads_is_refused() {
    // 128 MiB of text; more rows and longer values would only make the writer slow.
    let bytes = spreading_parquet(4_000, 1 << 15);
    assert!(bytes.len() < 1 << 18, "{} bytes are no bomb", bytes.len());
    check("bomb.parquet", &bytes, 7, "unfold to more than");
}

#[test]
fn a_parquet_page_that_asks_for_any_memory_is_an_input_error() {
    let finds = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/finds/parquet");
    let mut n = 0;
    for entry in fs::read_dir(finds).expect("there are finds") {
        let bytes = fs::read(entry.expect("an entry").path()).expect("readable");
        check("page.parquet", &bytes, 3, "./page.parquet: row group ");
        n += 1;
    }
    assert!(n > 0);
}

#[test]
fn a_file_name_cannot_begin_a_line_of_the_log() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let name = "a\u{1b}[31m\nerror: all is well.csv";
    fs::write(dir.path().join(name), "leadid,lastname\nL1\n").expect("written");
    let out = run(dir.path(), &[name]);
    let err = String::from_utf8_lossy(&out.stderr).into_owned();
    assert_eq!(out.status.code(), Some(3), "{err}");
    assert!(!err.contains('\u{1b}'), "{err}");
    assert!(
        !err.lines().any(|l| l.starts_with("error: all is well")),
        "{err}"
    );
}

#[test]
fn sixty_thousand_equal_leads_give_a_small_report() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut text =
        String::from("leadid,firstname,lastname,companyname,emailaddress1,telephone1,statecode\n");
    for i in 0..60_000 {
        text.push_str(&format!(
            "L{i:05},John,Smith,Acme Ltd,john.smith@acme.example,+1 212 555 0100,0\n"
        ));
    }
    fs::write(dir.path().join("leads.csv"), text).expect("written");
    let out = run(dir.path(), &["leads.csv"]);
    assert_eq!(
        out.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    let pairs = fs::metadata(dir.path().join("o/latest/pairs.csv")).expect("written");
    assert!(pairs.len() < 20 << 20, "{} bytes of pairs", pairs.len());
    let page = fs::metadata(dir.path().join("o/latest/report.html")).expect("written");
    assert!(page.len() < 20 << 20, "{} bytes of page", page.len());
    // What the report shows in short is said.
    let summary = fs::read(dir.path().join("o/latest/summary.json")).expect("written");
    let summary: serde_json::Value = serde_json::from_slice(&summary).expect("JSON");
    let statements = summary["coverage"]["statements"].to_string();
    for said in ["1,799,970,000 pairs", "kept as stars to their first record"] {
        assert!(statements.contains(said), "{said}: {statements}");
    }
}

/// Ten thousand leads, each with the e-mail of the one before or the phone of the next, whose names drift by a letter:
/// no two neighbours are far apart, and the ends are strangers.
#[test]
fn a_chain_of_ten_thousand_is_cut_into_small_suggestions() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut text = String::from("leadid,firstname,lastname,emailaddress1,telephone1,statecode\n");
    for i in 0..10_000_usize {
        let drift: String = (0..3)
            .map(|place| char::from(b'a' + (i / 4 / 20_usize.pow(place) % 20) as u8))
            .collect();
        let (mailbox, line) = (i / 2, 2_000_000 + i.div_ceil(2));
        text.push_str(&format!(
            "L{i:05},Xaver,Quiri{drift}nius,a{mailbox}@acme{mailbox}.com,+1 212 {line:07},0\n"
        ));
    }
    fs::write(dir.path().join("leads.csv"), text).expect("written");
    let begun = Instant::now();
    let out = run(dir.path(), &["leads.csv"]);
    let err = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(0), "{err}");
    assert!(begun.elapsed() < SOON);
    let summary = fs::read(dir.path().join("o/latest/summary.json")).expect("written");
    let summary: serde_json::Value = serde_json::from_slice(&summary).expect("JSON");
    let sizes = summary["suggestions"]["by_size"]
        .as_object()
        .expect("sizes");
    let sizes: Vec<usize> = sizes.keys().filter_map(|n| n.parse().ok()).collect();
    assert!(
        !sizes.is_empty() && sizes.iter().all(|n| *n <= 100),
        "{sizes:?}"
    );
}

#[test]
fn combining_marks_and_long_names_take_no_longer() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let marks = "e\u{301}\u{323}".repeat(2_000);
    let company = "Großhandelsgesellschaft ".repeat(420);
    let mut text = String::from("leadid,firstname,lastname,companyname,emailaddress1,statecode\n");
    for i in 0..60 {
        text.push_str(&format!(
            "L{i:05},{marks},Smi{marks}th{i},{company}{i},x{i}@acme.example,0\n"
        ));
    }
    fs::write(dir.path().join("leads.csv"), text).expect("written");
    let begun = Instant::now();
    let out = run(dir.path(), &["leads.csv"]);
    assert_eq!(
        out.status.code(),
        Some(0),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    assert!(begun.elapsed() < SOON);
}

/// A cell of 200 kB that is all titles, brackets, addresses or numbers, or a line without an end.
#[test]
fn cells_full_of_one_thing_are_read_soon() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let full = |piece: &str| piece.repeat(200_000 / piece.len());
    let list = |of: &dyn Fn(usize) -> String| (0..12_000).map(of).collect::<Vec<_>>().join(";");
    for (column, value) in [
        ("fullname", full("Mr ")),
        ("lastname", full("Dr. ")),
        ("fullname", full("(at)")),
        ("firstname", full("[a] ")),
        ("emailaddress1", list(&|i| format!("a{i}@b.example"))),
        ("emailaddress1", format!("a{}@b.example", full(" "))),
        ("telephone1", list(&|i| format!("+1 212 {:07}", i))),
        ("telephone1", full("1,")),
        ("telephone1", full("212 555 0123 y ")),
        ("address1_line1", full("a b ")),
        ("address1_line1", full("12 Main St, ")),
        ("companyname", full("GmbH ")),
    ] {
        let text = format!("leadid,{column},statecode\nL1,\"{value}\",0\nL2,\"{value}\",0\n");
        fs::write(dir.path().join("leads.csv"), text).expect("written");
        let begun = Instant::now();
        let out = run(dir.path(), &["leads.csv"]);
        let err = String::from_utf8_lossy(&out.stderr);
        let what = &value[..8];
        assert_eq!(out.status.code(), Some(0), "{column} {what}: {err}");
        assert!(begun.elapsed() < SOON, "{column} {what}");
    }
}

/// Two leads on one phone who differ by the end of a name of one word of 300,000 letters, and so are compared letter by
/// letter.
#[test]
fn names_of_one_word_without_end_take_no_longer() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    for (piece, is_given) in [("St", true), ("Sankt", false), ("中", true)] {
        let mut text = String::from("leadid,firstname,lastname,companyname,telephone1,statecode\n");
        for end in ["", "x"] {
            let word = piece.repeat(300_000 / piece.len()) + end;
            let (given, surname) = if is_given {
                (&*word, "Moor")
            } else {
                ("Ann", &*word)
            };
            text.push_str(&format!(
                "L{end},{given},{surname},Contoso,+1 212 555 0100,0\n"
            ));
        }
        fs::write(dir.path().join("leads.csv"), text).expect("written");
        let begun = Instant::now();
        let out = run(dir.path(), &["leads.csv"]);
        let err = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(0), "{piece}: {err}");
        assert!(begun.elapsed() < SOON, "{piece}");
    }
}

#[test]
fn the_report_says_which_values_were_read_in_part() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let word = "ab".repeat(150);
    let words = "one two three four five six seven eight nine ten";
    let street = "12 Main Street, ".repeat(100);
    let text = format!(
        "leadid,firstname,lastname,companyname,address1_line1,statecode\n\
         L1,{word},Moor,{words},\"{street}\",0\nL2,Ann,{word},Contoso,1 Main Street,0\n"
    );
    fs::write(dir.path().join("leads.csv"), text).expect("written");
    let out = run(dir.path(), &["leads.csv"]);
    let err = String::from_utf8_lossy(&out.stderr);
    assert_eq!(out.status.code(), Some(0), "{err}");
    let summary = fs::read(dir.path().join("o/latest/summary.json")).expect("written");
    let summary: serde_json::Value = serde_json::from_slice(&summary).expect("JSON");
    let statements = summary["coverage"]["statements"].to_string();
    for said in [
        "Of names with more than eight words, or 256 letters in a word, the beginning was read: 2.",
        "Of companies with more than eight words, or 256 letters in a word, the beginning was read: 1.",
        "Of address lines with more than 1,000 characters the beginning was read: 1.",
    ] {
        assert!(statements.contains(said), "{statements}");
    }
}

/// Two values of a megabyte compared letter by letter would take hours.
#[test]
fn measures_of_long_values_take_no_longer_and_the_report_says_what_they_saw() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    let mut text = String::from("leadid,lastname,description,address1_city,statecode\n");
    for i in 0..40 {
        let long = format!("{i:02} of a note; ").repeat(60_000);
        text.push_str(&format!("L{i:02},Moor{i},{long},Leeds,0\n"));
    }
    fs::write(dir.path().join("leads.csv"), text).expect("written");
    for measure in Measure::ALL.map(Measure::as_str) {
        let rule = format!(
            "[[rule]]\nname = \"notes\"\nwhen = [{{ similar = \"description\", measure = \"{measure}\", threshold = 0.9 }}, {{ exact = \"address1_city\" }}]\n"
        );
        fs::write(dir.path().join("rules.toml"), rule).expect("written");
        let begun = Instant::now();
        let out = run(dir.path(), &["leads.csv", "--rules", "rules.toml"]);
        let err = String::from_utf8_lossy(&out.stderr);
        assert_eq!(out.status.code(), Some(0), "{measure}: {err}");
        assert!(begun.elapsed() < SOON, "{measure}");
        let summary = fs::read(dir.path().join("o/latest/summary.json")).expect("written");
        let summary: serde_json::Value = serde_json::from_slice(&summary).expect("JSON");
        let statements = summary["coverage"]["statements"].to_string();
        let said = "first 256 characters of 40 values of description";
        assert!(statements.contains(said), "{measure}: {statements}");
    }
    let long = "a".repeat(100_000);
    let begun = Instant::now();
    let out = Command::new(env!("CARGO_BIN_EXE_kinfold"))
        .args(["similar", "name", &long, &long.replace('a', "b")])
        .output()
        .expect("runs");
    assert_eq!(out.status.code(), Some(0));
    assert!(begun.elapsed() < SOON);
}

/// Lists beside the rules are files of a stranger as much as exports are.
#[test]
fn lists_without_end_are_refused_soon() {
    let dir = tempfile::tempdir().expect("a temporary folder");
    fs::write(
        dir.path().join("leads.csv"),
        "leadid,lastname,statecode\nL1,Moor,0\n",
    )
    .expect("written");
    for (option, list, message) in [
        (
            "run leads.csv --out o --always",
            "/dev/zero",
            "larger than 256 MiB",
        ),
        (
            "run leads.csv --out o --aliases",
            "/dev/urandom",
            "larger than 256 MiB",
        ),
        (
            "decide batch --state s --input leads.csv",
            "/dev/zero",
            "larger than 256 MiB",
        ),
        (
            "decide batch --state s --input leads.csv",
            ".",
            "Is a directory",
        ),
    ] {
        let begun = Instant::now();
        let out = Command::new("sh")
            .args([
                "-c",
                &format!("ulimit -v 4000000; exec \"$0\" {option} {list} --quiet"),
            ])
            .arg(env!("CARGO_BIN_EXE_kinfold"))
            .current_dir(dir.path())
            .stdin(Stdio::null())
            .output()
            .expect("sh is there");
        let err = String::from_utf8_lossy(&out.stderr);
        assert!(
            [Some(2), Some(4)].contains(&out.status.code()),
            "{option} {list}: {err}"
        );
        assert!(
            err.contains(message) && err.contains("help: "),
            "{option} {list}: {err}"
        );
        assert!(begun.elapsed() < SOON, "{option} {list}");
        assert!(!dir.path().join("o/latest.json").exists() && !dir.path().join("s").exists());
    }
}
