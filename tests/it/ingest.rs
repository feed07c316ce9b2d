//! Reading: layouts, encodings, damage, accounting.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use kinfold::ingest::{
    Encoding, IngestError, IngestErrorKind, IngestOptions, Limits, UnknownState, read,
};
use kinfold::model::{
    Activity, Candidacy, IngestReport, Progress, RecordType, Silent, Table, TextColumn,
};
use proptest::prelude::*;

fn testdata(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata")
        .join(name)
}

/// Writes the files to a folder of their own and reads them.
fn read_bytes(
    files: &[(&str, &[u8])],
    options: &IngestOptions,
) -> Result<(Table, IngestReport), IngestError> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let paths: Vec<PathBuf> = files
        .iter()
        .map(|(name, bytes)| {
            let path = folder.path().join(name);
            fs::write(&path, bytes).expect("the file is written");
            path
        })
        .collect();
    let result = read(&paths, options, &Silent);
    if let Ok((table, report)) = &result {
        check_accounting(table, report);
    }
    result
}

fn read_one(text: impl AsRef<[u8]>) -> Result<(Table, IngestReport), IngestError> {
    read_bytes(&[("in.csv", text.as_ref())], &IngestOptions::default())
}

/// rows read = rows used + rows rejected, and every used row is a record or was set aside.
fn check_accounting(table: &Table, report: &IngestReport) {
    let mut n_records = 0;
    let mut n_rejected = 0;
    for file in &table.files {
        assert_eq!(file.n_rows, file.n_used + file.n_rejected);
        assert!(file.n_superseded <= file.n_used);
        n_records += file.n_used - file.n_superseded;
        n_rejected += file.n_rejected;
    }
    assert_eq!(table.n_records() as u64, n_records);
    assert_eq!(report.rejects.len() as u64, n_rejected);
    for column in &table.columns {
        assert_eq!(column.len(), table.n_records());
    }
    assert_eq!(table.activity.len(), table.n_records());
    assert_eq!(table.candidacy.len(), table.n_records());
    assert_eq!(table.origin.len(), table.n_records());
}

fn column<'t>(table: &'t Table, name: &str) -> Vec<&'t str> {
    let column: &TextColumn = table.column(name).expect("the column exists");
    (0..column.len()).map(|i| column.get(i)).collect()
}

fn layout(name: &str) -> (Table, IngestReport) {
    let path = testdata("layouts").join(name);
    let (table, report) =
        read(&[path], &IngestOptions::default(), &Silent).expect("the layout reads");
    check_accounting(&table, &report);
    (table, report)
}

#[test]
fn every_layout_is_detected_and_mapped() {
    use Activity::{Active, Inactive};
    type Expected = (
        &'static str,
        &'static str,
        RecordType,
        &'static [Activity],
        &'static [(&'static str, &'static str)],
    );
    // file, preset, type, activity, and values of the first record
    let table: &[Expected] = &[
        (
            "dynamics.csv",
            "dynamics",
            RecordType::Lead,
            &[Active, Inactive, Inactive],
            &[
                ("fullname", "Ada Lindgren"),
                ("address1_postalcode", "01234"),
                ("telephone1", "+46 8 123 456"),
                ("subject", "Website inquiry"),
            ],
        ),
        (
            "dynamics-excel.csv",
            "dynamics-excel",
            RecordType::Lead,
            &[Active, Inactive],
            &[
                ("id", "9f0c1c6e-0002-4a6e-9d1e-6b1f5a3c0001"),
                ("emailaddress1", "ada.lindgren@nordlys.example"),
                ("address1_country", "Sweden"),
                ("modifiedon", "6/22/2026 10:00 AM"),
            ],
        ),
        (
            "dynamics-contact.csv",
            "dynamics",
            RecordType::Contact,
            &[Active, Inactive],
            &[("companyname", "Nordlys AB"), ("originatingleadid", "")],
        ),
        (
            "dynamics-account.csv",
            "dynamics",
            RecordType::Account,
            &[Active, Inactive],
            &[
                ("companyname", "Nordlys AB"),
                ("websiteurl", "https://nordlys.example"),
            ],
        ),
        (
            "dynamics-lake.csv",
            "dynamics-lake",
            RecordType::Lead,
            &[Active, Inactive],
            &[("emailaddress1", "ada@new.example")],
        ),
        (
            "salesforce.csv",
            "salesforce",
            RecordType::Lead,
            &[Active, Inactive, Inactive],
            &[
                ("companyname", "Nordlys AB"),
                ("emailaddress1", "ada.lindgren@nordlys.example"),
            ],
        ),
        (
            "salesforce-report.csv",
            "salesforce-report",
            RecordType::Lead,
            &[Active, Inactive],
            &[
                ("id", "00Q5g00000BBBB1"),
                ("companyname", "Nordlys AB"),
                ("ownerid", "Dana Reyes"),
            ],
        ),
        (
            "hubspot.csv",
            "hubspot",
            RecordType::Lead,
            &[Active, Active],
            &[
                ("id", "00051"),
                ("telephone1", "+46 8 123 456"),
                ("address1_country", "Sweden"),
            ],
        ),
        (
            "custom.csv",
            "custom",
            RecordType::Lead,
            &[Active, Active],
            &[
                ("id", "r-001"),
                ("firstname", "Ada"),
                ("address1_postalcode", "01234"),
                ("shoe size", "38"),
            ],
        ),
    ];
    for (file, preset, record_type, activity, values) in table {
        let (table, report) = layout(file);
        assert_eq!(table.files[0].preset, *preset, "{file}");
        assert_eq!(table.record_type[0], *record_type, "{file}");
        assert_eq!(table.activity, *activity, "{file}");
        for (name, value) in *values {
            assert_eq!(column(&table, name)[0], *value, "{file}: {name}");
        }
        assert_eq!(report.rejects, [], "{file}");
        let said = report.notices.iter().any(|n| {
            n.text.contains(&format!(
                "layout {preset}, {} records",
                record_type.as_str()
            ))
        });
        assert!(said, "{file} says its layout");
        let stateless: &[RecordType] = match *preset {
            "hubspot" | "custom" => &[RecordType::Lead],
            _ => &[],
        };
        assert_eq!(table.stateless, stateless, "{file}");
    }
}

#[test]
fn values_are_text_exactly_as_exported() {
    let (table, report) =
        read_one("leadid,telephone1,companyname,statecode\n007,0049,\" a\"\"b \",0\r\n06,+1,NA,0\r05,1e5,NULL,0")
            .expect("it reads");
    assert_eq!(report.rejects, []);
    assert_eq!(column(&table, "id"), ["007", "05", "06"]);
    assert_eq!(column(&table, "telephone1"), ["0049", "1e5", "+1"]);
    assert_eq!(column(&table, "companyname"), [" a\"b ", "NULL", "NA"]);
    assert_eq!(table.origin[1].row, 4);
    assert_eq!(table.origin[1].line, 4);
}

/// Rejects as `row/line/column: reason`.
fn rejects(report: &IngestReport) -> Vec<String> {
    report
        .rejects
        .iter()
        .map(|r| format!("{}/{}/{}: {}", r.row, r.line, r.column, r.reason))
        .collect()
}

#[test]
fn every_bad_file_is_named_for_what_it_is() {
    // file, part of the message behind the path
    for (name, expected) in [
        (
            "open-quote.csv",
            "row 3, line 3, column \"fullname\": the quote opened here is never closed; the 3 line ends up to the end of the file are inside it",
        ),
        (
            "latin1.csv",
            "row 3, line 3, column \"fullname\": the bytes are not valid UTF-8; try --encoding windows-1252",
        ),
        (
            "doubled-id.csv",
            "lead id 1 stands for two different records",
        ),
        (
            "doubled-column.csv",
            "the column \"fullname\" occurs twice, as column 2 and column 3",
        ),
        (
            "no-id.csv",
            "name it with --column id=HEADER; the columns are fullname, companyname, shoe size",
        ),
        (
            "damaged-header.csv",
            "row 1, line 1: the header is damaged in column 2: something follows the closing quote",
        ),
        (
            "cut.csv.gz",
            "row 87, line 87: the gzip data ends in the middle: the file is cut off; copy or export it again; `gzip -t FILE` tells",
        ),
        (
            "damaged.csv.gz",
            "the gzip data is damaged (corrupt gzip stream does not have a matching checksum); copy or export it again; `gzip -t FILE` tells",
        ),
        ("cut.parquet", "is a Parquet file without its end"),
        (
            "cut-utf16.csv",
            "row 3, line 3, column \"fullname\": the bytes are not valid UTF-16; the file may be cut off",
        ),
    ] {
        let path = testdata("bad").join(name);
        let error = read(
            std::slice::from_ref(&path),
            &IngestOptions::default(),
            &Silent,
        )
        .expect_err("the file is refused");
        let message = error.to_string();
        assert!(message.contains(expected), "{name}: {message}");
        assert!(
            message.starts_with(&format!("read {}: ", path.display())),
            "{message}"
        );
        assert_eq!(error.kind(), IngestErrorKind::Input, "{name}");
    }
}

/// Files of other kinds in `testdata/bad`, what they are called, and the remedy.
const OF_ANOTHER_KIND: [(&str, &str); 16] = [
    (
        "empty.csv",
        "empty: not even a header row; export the records again and see whether any are chosen",
    ),
    (
        "workbook.xlsx",
        "a zip archive or an Excel workbook (.xlsx); save the sheet as \"CSV UTF-8\", or unpack the archive",
    ),
    (
        "old-workbook.csv",
        "an old Excel workbook (.xls), or another Office document of that time; save the sheet as \"CSV UTF-8\"",
    ),
    (
        "sign-in.csv",
        "a web page, perhaps a sign-in page saved instead of the export; export the records as CSV or Parquet",
    ),
    ("records.json", "JSON; export the records as CSV or Parquet"),
    (
        "picture.csv",
        "a picture (PNG); export the records as CSV or Parquet",
    ),
    (
        "photo.csv",
        "a picture (JPEG); export the records as CSV or Parquet",
    ),
    ("report.csv", "a PDF; export the records as CSV or Parquet"),
    (
        "contacts.csv",
        "a list of contacts as vCard; export the records as CSV or Parquet",
    ),
    (
        "database.csv",
        "an SQLite database; export its table of records as CSV",
    ),
    (
        "seven-zip.csv",
        "a 7-Zip archive; unpack it and name the file inside",
    ),
    (
        "bzip2.csv",
        "compressed with bzip2; unpack it, or compress it with gzip or zstd, which are read as they are",
    ),
    (
        "xz.csv",
        "compressed with xz; unpack it, or compress it with gzip or zstd, which are read as they are",
    ),
    (
        "tar.csv.gz",
        "a tar archive; unpack it and name the file inside",
    ),
    ("twice.csv.gz", "compressed twice; unpack it once"),
    ("utf-32.csv", "UTF-32 text; save it as UTF-8"),
];

#[test]
fn a_file_of_another_kind_is_told_by_its_first_bytes() {
    for (name, expected) in OF_ANOTHER_KIND {
        let path = testdata("bad").join(name);
        let error = read(
            std::slice::from_ref(&path),
            &IngestOptions::default(),
            &Silent,
        )
        .expect_err("the file is refused");
        assert_eq!(
            error.to_string(),
            format!("read {}: it is {expected}", path.display())
        );
        assert_eq!(error.kind(), IngestErrorKind::Input, "{name}");
    }
}

#[test]
fn every_bad_row_is_rejected_with_place_and_reason() {
    let table: &[(&str, usize, &[&str])] = &[
        (
            "ragged.csv",
            2,
            &[
                "3/3/: the row has 5 fields, the header 4; is a delimiter in a value not quoted?",
                "4/5/: the row has 2 fields, the header 4; is the row cut off, or a line break in a value not quoted?",
                "5/6/: the row has 3 fields, the header 4; is the row cut off, or a line break in a value not quoted?",
            ],
        ),
        (
            "text-after-quote.csv",
            2,
            &[
                "3/3/companyname: something follows the closing quote; double the quotes inside the value (\"\"), or close the quote that was opened",
            ],
        ),
        (
            "quote-closed-late.csv",
            1,
            &[
                "2/2/fullname: something follows the closing quote; double the quotes inside the value (\"\"), or close the quote that was opened (the row takes 2 lines)",
            ],
        ),
        (
            "bare-quote.csv",
            1,
            &[
                "2/2/companyname: a quote stands inside a value that does not begin with one; put the value in quotes and double those inside",
            ],
        ),
        (
            "zero-byte.csv",
            1,
            &["2/2/fullname: the value holds a zero byte; export again"],
        ),
        (
            "unknown-state.csv",
            1,
            &[
                "3/3/statecode: unknown state, allowed are 0 or Open, 1 or Qualified, 2 or Disqualified; correct it, or use --unknown-state inactive",
                "4/4/statecode: unknown state, allowed are 0 or Open, 1 or Qualified, 2 or Disqualified; correct it, or use --unknown-state inactive",
            ],
        ),
        (
            "excel-ids.csv",
            1,
            &[
                "2/2/leadid: the id is a number that Excel has rounded (like 1.23E+15); export again without opening the file in Excel",
            ],
        ),
        ("empty-id.csv", 1, &["2/2/leadid: the id is empty"]),
    ];
    for (name, n_records, expected) in table {
        let path = testdata("bad").join(name);
        let (table, report) =
            read(&[path], &IngestOptions::default(), &Silent).expect("the rest is read");
        check_accounting(&table, &report);
        assert_eq!(rejects(&report), *expected, "{name}");
        assert_eq!(table.n_records(), *n_records, "{name}");
    }
}

#[test]
fn the_three_lists_above_cover_the_folder() {
    let mut n_files = 0;
    for entry in fs::read_dir(testdata("bad")).expect("the folder is there") {
        entry.expect("readable");
        n_files += 1;
    }
    assert_eq!(n_files, 10 + OF_ANOTHER_KIND.len() + 8);
}

#[test]
fn unknown_states_may_be_read_as_inactive() {
    let options = IngestOptions {
        unknown_state: UnknownState::Inactive,
        ..IngestOptions::default()
    };
    let path = testdata("bad").join("unknown-state.csv");
    let (table, report) = read(&[path], &options, &Silent).expect("it reads");
    assert_eq!(report.rejects, []);
    assert_eq!(
        table.activity,
        [Activity::Active, Activity::Inactive, Activity::Inactive]
    );
    assert!(report.notices.iter().any(|n| {
        n.text
            .contains("2 rows with an unknown state are taken as inactive")
    }));
}

#[test]
fn a_row_of_very_many_lines_is_pointed_at() {
    let text = format!("id,a,b\n1,\"x,y\n{}2,\",z\n", "0,x,y\n".repeat(120));
    let (table, report) = read_one(&text).expect("it is well-formed");
    assert_eq!(table.n_records(), 1);
    assert!(
        report
            .notices
            .iter()
            .any(|n| n.text.contains("row 2 (line 2) takes 122 lines"))
    );
}

#[test]
fn generated_files_of_every_layout_are_read_whole() {
    for layout in kinfold::synth::Layout::ALL {
        let mut bytes = Vec::new();
        let options = kinfold::synth::SynthOptions {
            n_records: 400,
            layout,
            ..kinfold::synth::SynthOptions::default()
        };
        kinfold::synth::write(&options, &mut bytes, &mut std::io::sink(), &Silent)
            .expect("it is written");
        let (table, report) = read_bytes(&[("in.csv", &bytes)], &chunked(5000)).expect("it reads");
        assert_eq!(report.rejects, [], "{}", layout.as_str());
        assert_eq!(table.files[0].preset, layout.as_str());
        assert_eq!(table.n_records(), 400);
        // Every value against the csv crate, in the order of ids.
        let mut reader = csv::Reader::from_reader(&bytes[..]);
        let headers = reader.headers().expect("a header").clone();
        let mut rows: Vec<csv::StringRecord> =
            reader.records().map(|r| r.expect("well-formed")).collect();
        let id = table.column("id").expect("an id").header.clone();
        let id_at = headers.iter().position(|h| h == id).expect("the same file");
        rows.sort_by(|a, b| a[id_at].cmp(&b[id_at]));
        for (at, header) in headers.iter().enumerate() {
            let column = table
                .columns
                .iter()
                .find(|c| c.header == header)
                .expect("every column is kept");
            for (i, row) in rows.iter().enumerate() {
                assert_eq!(column.get(i), &row[at], "{} {header}", layout.as_str());
            }
        }
    }
}

const SAMPLE: &str = "leadid,fullname,companyname,statecode\nb,Jörg Müller,\"Müller, Söhne\",0\na,Zoë,\"two\nlines\",1\n";

#[test]
fn encodings_compressions_and_line_ends_make_no_difference() {
    let utf16 = |mark: &[u8], low_first: bool| {
        let units = SAMPLE.encode_utf16().flat_map(|u| {
            if low_first {
                u.to_le_bytes()
            } else {
                u.to_be_bytes()
            }
        });
        mark.iter().copied().chain(units).collect::<Vec<u8>>()
    };
    let gzip = |bytes: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).expect("memory takes it");
        encoder.finish().expect("memory takes it")
    };
    let windows: Vec<u8> = SAMPLE.chars().map(|c| c as u32 as u8).collect();
    let two_members = [
        gzip(&SAMPLE.as_bytes()[..50]),
        gzip(&SAMPLE.as_bytes()[50..]),
    ]
    .concat();
    let cases: Vec<(&str, Vec<u8>, Encoding)> = vec![
        ("plain", SAMPLE.into(), Encoding::Auto),
        (
            "mark",
            [b"\xef\xbb\xbf", SAMPLE.as_bytes()].concat(),
            Encoding::Auto,
        ),
        ("utf-16le mark", utf16(b"\xff\xfe", true), Encoding::Auto),
        ("utf-16be mark", utf16(b"\xfe\xff", false), Encoding::Auto),
        ("utf-16le", utf16(b"", true), Encoding::Auto),
        ("utf-16be", utf16(b"", false), Encoding::Utf16Be),
        ("windows-1252", windows, Encoding::Windows1252),
        ("gzip", gzip(SAMPLE.as_bytes()), Encoding::Auto),
        ("gzip of two members", two_members, Encoding::Auto),
        (
            "gzip of utf-16",
            gzip(&utf16(b"\xff\xfe", true)),
            Encoding::Auto,
        ),
        (
            "zstd",
            zstd::encode_all(SAMPLE.as_bytes(), 1).expect("memory takes it"),
            Encoding::Auto,
        ),
        (
            "semicolons",
            SAMPLE
                .replace("Müller, S", "Müller# S")
                .replace(',', ";")
                .replace('#', ",")
                .into(),
            Encoding::Auto,
        ),
        (
            "tabs",
            SAMPLE
                .replace("Müller, S", "Müller# S")
                .replace(',', "\t")
                .replace('#', ",")
                .into(),
            Encoding::Auto,
        ),
        (
            "sep line",
            format!("sep=,\r\n{SAMPLE}").into(),
            Encoding::Auto,
        ),
        (
            "blank lines",
            SAMPLE.replace(",0\n", ",0\n\n\n").into(),
            Encoding::Auto,
        ),
        (
            "crlf outside",
            SAMPLE
                .replace('\n', "\r\n")
                .replace("two\r\n", "two\n")
                .into(),
            Encoding::Auto,
        ),
        (
            "cr outside",
            SAMPLE.replace('\n', "\r").replace("two\r", "two\n").into(),
            Encoding::Auto,
        ),
        ("no last line end", SAMPLE.trim_end().into(), Encoding::Auto),
    ];
    for (name, bytes, encoding) in cases {
        for chunk_bytes in [1, 50, 1 << 20] {
            let options = IngestOptions {
                encoding,
                limits: Limits {
                    chunk_bytes,
                    ..Limits::default()
                },
                ..IngestOptions::default()
            };
            let (table, report) =
                read_bytes(&[("in", &bytes)], &options).unwrap_or_else(|e| panic!("{name}: {e}"));
            assert_eq!(report.rejects, [], "{name}");
            assert_eq!(column(&table, "id"), ["a", "b"], "{name}");
            assert_eq!(column(&table, "fullname"), ["Zoë", "Jörg Müller"], "{name}");
            assert_eq!(
                column(&table, "companyname"),
                ["two\nlines", "Müller, Söhne"],
                "{name}"
            );
            assert_eq!(
                table.activity,
                [Activity::Inactive, Activity::Active],
                "{name}"
            );
            assert_eq!(table.files[0].n_bytes, bytes.len() as u64, "{name}");
        }
    }
}

#[test]
fn the_hash_is_that_of_the_file() {
    let (table, _) = read_one("id,name\n1,a\n").expect("it reads");
    // Computed with sha256sum.
    assert_eq!(
        table.files[0].sha256,
        "b7773700b1468b27c88d7122034e23bc5af7703c70bc13fd545d8e08534dcf41"
    );
    assert_eq!(table.files[0].format, "csv");
}

#[test]
fn lake_exports_give_the_newest_version_and_no_deletions() {
    let (table, report) = layout("dynamics-lake.csv");
    assert_eq!(table.n_records(), 2);
    assert_eq!(table.files[0].n_rows, 5);
    assert_eq!(table.files[0].n_superseded, 3);
    assert_eq!(column(&table, "fullname"), ["Ada Lindgren", "Chloé Dubois"]);
    let texts: Vec<&str> = report.notices.iter().map(|n| n.text.as_str()).collect();
    assert!(texts.contains(&"older versions of lake rows set aside: 2"));
    assert!(texts.contains(&"records that the lake marks as deleted, set aside: 1"));
}

#[test]
fn parquet_gives_the_same_records_as_text() {
    let (csv, _) = layout("dynamics-lake.csv");
    let (table, report) = layout("dynamics-lake.parquet");
    for name in ["id", "fullname", "emailaddress1"] {
        assert_eq!(column(&table, name), column(&csv, name), "{name}");
    }
    assert_eq!(table.activity, csv.activity);
    assert_eq!(table.files[0].format, "parquet");
    assert_eq!(table.files[0].preset, "dynamics-lake");
    assert_eq!(table.files[0].n_superseded, 3);
    for (name, values) in [
        ("address1_postalcode", ["01234", "75001"]),
        ("statecode", ["0", "1"]),
        ("versionnumber", ["1007", "103"]),
        ("birthdate", ["1980-02-29", "1969-12-31"]),
        ("createdon", ["2026-01-05T08:00:00", "2026-01-05T08:00:00"]),
        (
            "sinkmodifiedon",
            ["2026-01-09T08:00:00.5Z", "2026-01-07T08:00:00Z"],
        ),
        ("revenue", ["1200.50", "-0.05"]),
        ("score", ["0.1", "1000000000000000000000"]),
    ] {
        assert_eq!(column(&table, name), values, "{name}");
    }
    assert_eq!((table.origin[0].row, table.origin[0].line), (2, 0));
    assert!(
        report
            .notices
            .iter()
            .any(|n| n.text.contains("column \"tags\" is left out"))
    );
}

#[test]
fn damaged_parquet_is_an_input_error() {
    let whole = fs::read(testdata("layouts/dynamics-lake.parquet")).expect("it is there");
    let mut n_refused = 0;
    for at in (4..whole.len() - 4).step_by(37) {
        let mut bytes = whole.clone();
        bytes[at] ^= 0xff;
        match read_bytes(&[("in.parquet", &bytes)], &IngestOptions::default()) {
            Ok(_) => {}
            Err(error) => {
                n_refused += 1;
                assert!(
                    matches!(
                        error.kind(),
                        IngestErrorKind::Input | IngestErrorKind::Limit
                    ),
                    "{error}"
                );
            }
        }
        let cut = read_bytes(&[("in.parquet", &whole[..at])], &IngestOptions::default());
        assert!(cut.is_err(), "cut at {at}");
    }
    assert!(n_refused > 0, "some damage is seen");
}

#[test]
fn losers_of_salesforce_merges_are_not_candidates() {
    let (table, _) = layout("salesforce.csv");
    assert_eq!(
        table.candidacy,
        [
            Candidacy::Candidate,
            Candidacy::Candidate,
            Candidacy::Deleted
        ]
    );
}

#[test]
fn a_contacts_customer_is_a_company_name_or_an_account_id() {
    let by_id = "contactid,fullname,parentcustomerid,statecode\n1,Ada,,0\n2,Ben,9f0c1c6e-0004-4a6e-9d1e-6b1f5a3c0001,0\n";
    let (table, _) = read_one(by_id).expect("it reads");
    assert_eq!(
        column(&table, "parentaccountid"),
        ["", "9f0c1c6e-0004-4a6e-9d1e-6b1f5a3c0001"]
    );
    assert!(table.column("companyname").is_none());
}

#[test]
fn identical_rows_are_kept_once_and_said() {
    let (table, report) =
        read_one("leadid,fullname,statecode\n2,Ben,0\n1,Ada,0\n2,Ben,0\n").expect("it reads");
    assert_eq!(column(&table, "id"), ["1", "2"]);
    assert_eq!(table.files[0].n_superseded, 1);
    assert!(report.notices.iter().any(|n| {
        n.text.starts_with(
            "rows that repeat another row with the same id in every column, set aside: 1",
        )
    }));
}

#[test]
fn a_doubled_id_names_both_places() {
    let error = read_bytes(
        &[
            (
                "a.csv",
                b"leadid,fullname,statecode\n1,\"A\nda\",0\n2,Ben,0\n",
            ),
            ("b.csv", b"leadid,fullname,statecode\n2,Benjamin,0\n"),
        ],
        &IngestOptions::default(),
    )
    .expect_err("two different leads share an id");
    let message = error.to_string();
    for part in [
        "a.csv row 3 (line 4)",
        "b.csv row 2 (line 2)",
        "column \"fullname\"",
    ] {
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn files_of_several_layouts_are_merged_by_field() {
    let (table, _) = read_bytes(
        &[
            (
                "a.csv",
                b"leadid,emailaddress1,topic,statecode\n2,b@x.example,hello,0\n",
            ),
            (
                "b.csv",
                b"Id,Email,IsConverted,IsDeleted,Company\n1,a@x.example,true,false,Nordlys\n",
            ),
            ("c.csv", b"accountid,name,statecode\n1,Nordlys AB,0\n"),
        ],
        &IngestOptions::default(),
    )
    .expect("they read");
    assert_eq!(
        table.record_type,
        [RecordType::Lead, RecordType::Lead, RecordType::Account]
    );
    assert_eq!(column(&table, "id"), ["1", "2", "1"]);
    assert_eq!(
        column(&table, "emailaddress1"),
        ["a@x.example", "b@x.example", ""]
    );
    assert_eq!(column(&table, "companyname"), ["Nordlys", "", "Nordlys AB"]);
    assert_eq!(column(&table, "topic"), ["", "hello", ""]);
    let names: Vec<&str> = table.columns.iter().map(TextColumn::name).collect();
    let n_known = table.columns.iter().filter(|c| c.field.is_some()).count();
    assert_eq!(&names[n_known..], ["topic"], "known fields come first");
    assert_eq!(table.origin[0].file_idx, 1);
}

fn with_columns(columns: &[(&str, &str)]) -> IngestOptions {
    IngestOptions {
        columns: columns
            .iter()
            .map(|(f, h)| ((*f).to_owned(), (*h).to_owned()))
            .collect(),
        ..IngestOptions::default()
    }
}

#[test]
fn columns_can_be_named_and_joined() {
    let text: &[u8] = b"key,first,last,full name,a+b\n1,Ada,Lindgren,x,plus\n2,,Okafor,y,\n";
    let read = |columns: &[(&str, &str)]| read_bytes(&[("in.csv", text)], &with_columns(columns));
    let (table, report) = read(&[
        ("id", "key"),
        ("fullname", "first+last"),
        ("companyname", "a+b"),
        ("jobtitle", "Full Name"),
    ])
    .expect("it reads");
    assert_eq!(column(&table, "fullname"), ["Ada Lindgren", "Okafor"]);
    assert_eq!(column(&table, "companyname"), ["plus", ""]);
    assert_eq!(column(&table, "jobtitle"), ["x", "y"]);
    assert_eq!(column(&table, "first"), ["Ada", ""], "the parts stay");
    assert!(
        report
            .notices
            .iter()
            .any(|n| n.text.contains("no column is spelt \"Full Name\""))
    );
    // One column may serve two fields.
    let (table, _) =
        read(&[("id", "key"), ("lastname", "last"), ("companyname", "last")]).expect("it reads");
    assert_eq!(column(&table, "companyname"), column(&table, "lastname"));
}

#[test]
fn wrong_options_say_what_is_allowed() {
    for (columns, expected) in [
        (vec![("e-mail", "key")], "there is no field \"e-mail\""),
        (
            vec![("emailadress1", "key")],
            "there is no field \"emailadress1\", did you mean \"emailaddress1\"?",
        ),
        (
            vec![("id", "kee")],
            "has no column \"kee\", did you mean \"key\"?; the columns are key, name",
        ),
        (
            vec![("id", "key"), ("ID", "name")],
            "the field id is given twice",
        ),
    ] {
        let error = read_bytes(&[("in.csv", b"key,name\n1,a\n")], &with_columns(&columns))
            .expect_err("the options are wrong");
        assert_eq!(error.kind(), IngestErrorKind::Usage);
        let message = error.to_string();
        assert!(message.contains(expected), "{message}");
    }
}

#[test]
fn a_column_asked_for_is_found_once_in_one_spelling_or_not_at_all() {
    let two: [(&str, &[u8]); 2] = [("a.csv", b"id,name\n1,a\n"), ("b.csv", b"id,name\n2,b\n")];
    let error = read_bytes(&two, &with_columns(&[("companyname", "firm")])).expect_err("nowhere");
    assert_eq!(
        error.to_string(),
        "use --column companyname=firm: none of the files has a column \"firm\""
    );
    let twice: [(&str, &[u8]); 1] = [("in.csv", b"KEY,key,name\n1,2,a\n")];
    let error = read_bytes(&twice, &with_columns(&[("id", "Key")])).expect_err("two of them");
    assert!(
        error.to_string().ends_with(
            "the column \"Key\" of --column occurs twice, as column 1 and column 2; rename or remove one"
        ),
        "{error}"
    );
    let other: [(&str, &[u8]); 1] = [("in.csv", b"KEY,name\n1,a\n")];
    let (table, report) = read_bytes(&other, &with_columns(&[("id", "key")])).expect("one of them");
    assert_eq!(column(&table, "id"), ["1"]);
    assert!(report.notices.iter().any(|n| {
        n.text
            .ends_with("no column is spelt \"key\"; \"KEY\" is used")
    }));
}

#[test]
fn limits_are_kept_in_parquet() {
    let path = testdata("layouts").join("dynamics-lake.parquet");
    let n_bytes = fs::metadata(&path).expect("there").len();
    for (limits, kind, expected) in [
        (
            Limits {
                columns: 3,
                ..Limits::default()
            },
            IngestErrorKind::Limit,
            "columns, more than the 3 that are read",
        ),
        (
            Limits {
                unpacked_bytes: n_bytes - 1,
                ..Limits::default()
            },
            IngestErrorKind::Limit,
            "the file is larger than",
        ),
        (
            Limits {
                row_bytes: 10,
                ..Limits::default()
            },
            IngestErrorKind::Input,
            "row 1 is longer than 10 bytes; leave long columns out of the export",
        ),
    ] {
        let options = IngestOptions {
            limits,
            ..IngestOptions::default()
        };
        let error = read(std::slice::from_ref(&path), &options, &Silent).expect_err("too large");
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(expected), "{error}");
    }
}

#[test]
fn a_tie_between_synonyms_is_left_alone_and_said() {
    let (table, report) =
        read_one("id,surname,family name,name\n1,Lindgren,Berg,Ada\n").expect("it reads");
    assert!(table.column("lastname").is_none());
    assert_eq!(column(&table, "fullname"), ["Ada"]);
    assert!(report.notices.iter().any(|n| {
        n.text
            .contains("\"surname\" and \"family name\" could each be lastname; none is used")
    }));
}

#[test]
fn limits_are_kept() {
    let limits = Limits {
        field_bytes: 10,
        row_bytes: 100,
        columns: 3,
        header_bytes: 8,
        unpacked_bytes: 1000,
        chunk_bytes: 16,
        ..Limits::default()
    };
    let options = IngestOptions {
        limits,
        ..IngestOptions::default()
    };
    let limit = |text: String| {
        let error = read_bytes(&[("in.csv", text.as_bytes())], &options).expect_err("too large");
        assert_eq!(error.kind(), IngestErrorKind::Limit, "{error}");
        error.to_string()
    };
    assert!(limit("id,a,b,c\n".to_owned()).contains("has 4 columns, more than the 3"));
    assert!(limit(format!("id,{}\n", "x".repeat(9))).contains("name of column 2 is longer than 8"));
    let endless = format!("id,a\n1,b\n2,{}\n", "x".repeat(200));
    let error = read_bytes(&[("in.csv", endless.as_bytes())], &options).expect_err("too long");
    assert_eq!(error.kind(), IngestErrorKind::Input);
    assert!(
        error
            .to_string()
            .contains("row 3, line 3: the row is longer than 100 bytes"),
        "{error}"
    );
    let (table, report) = read_bytes(
        &[(
            "in.csv",
            b"id,a\n1,01234567890\n2,\"01234567890\"\n3,0123456789\n",
        )],
        &options,
    )
    .expect("it reads");
    assert_eq!(column(&table, "id"), ["3"]);
    assert_eq!(report.rejects.len(), 2);
    assert_eq!(report.rejects[0].column, "a");
    let zeros = vec![b'0'; 5000];
    let bomb = zstd::encode_all(&zeros[..], 1).expect("memory takes it");
    let error = read_bytes(&[("in.zst", &bomb)], &options).expect_err("too large");
    assert_eq!(error.kind(), IngestErrorKind::Limit, "{error}");
}

#[test]
fn a_first_row_that_is_no_header_is_told_without_its_values() {
    let headless = "17,Ann Able,Acme,0\n18,Bo Bell,Acme,0\n";
    let error = read_one(headless).expect_err("no column is known");
    assert!(
        error.to_string().ends_with(
            "name it with --column id=HEADER; the first row has 4 columns, none of a known name: is it a header?"
        ),
        "{error}"
    );
    // Of very many columns the first are told.
    let wide: String = (0..1_000).map(|i| format!(",c{i}")).collect();
    let error = read_one(format!("fullname{wide}\n")).expect_err("no id");
    let message = error.to_string();
    assert!(message.ends_with("c37, c38 and 961 more"), "{message}");
}

#[test]
fn bytes_that_are_no_text_are_called_so() {
    let noise: Vec<u8> = (0..5_000_u32).map(|i| (i * i % 251) as u8).collect();
    let error = read_one(noise).expect_err("no text");
    assert!(
        error.to_string().contains("the bytes are not text"),
        "{error}"
    );
    // One stray control character in a line of Latin-1 is still text.
    let error = read_one(b"leadid,fullname\n1,Andr\xe9\x01 Able\n").expect_err("not UTF-8");
    assert!(error.to_string().contains("windows-1252"), "{error}");
}

#[test]
fn missing_files_and_folders_are_told_apart() {
    let missing = read(
        &[PathBuf::from("no/such/file.csv")],
        &IngestOptions::default(),
        &Silent,
    )
    .expect_err("it is not there");
    assert_eq!(missing.kind(), IngestErrorKind::Io);
    let folder =
        read(&[testdata("bad")], &IngestOptions::default(), &Silent).expect_err("it is a folder");
    assert_eq!(folder.kind(), IngestErrorKind::Input);
    assert!(
        folder
            .to_string()
            .ends_with(": it is a folder; name the files in it"),
        "{folder}"
    );
    let none = read(&[], &IngestOptions::default(), &Silent).expect_err("nothing to read");
    assert_eq!(none.kind(), IngestErrorKind::Usage);
}

#[test]
fn a_file_that_changes_meanwhile_is_refused() {
    /// Appends to the file as soon as some of it was read.
    struct Exporter(PathBuf);
    impl Progress for Exporter {
        fn begin(&self, _: &str, _: &str, _: Option<u64>) {}
        fn advance(&self, _: u64) {
            let file = fs::OpenOptions::new().append(true).open(&self.0);
            let mut file = file.expect("the file is there");
            if file.metadata().expect("it has a size").len() < 100 {
                file.write_all(b"2,Ben,0\n").expect("it is written");
            }
        }
        fn end(&self) {}
        fn notice(&self, _: &str) {}
        fn cancelled(&self) -> bool {
            false
        }
    }
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("in.csv");
    fs::write(&path, "leadid,fullname,statecode\n1,Ada,0\n").expect("it is written");
    let error = read(
        std::slice::from_ref(&path),
        &IngestOptions::default(),
        &Exporter(path.clone()),
    )
    .expect_err("it changed");
    assert_eq!(error.kind(), IngestErrorKind::Input);
    assert!(
        error.to_string().contains("changed while it was read"),
        "{error}"
    );
}

#[test]
fn a_stop_is_honoured() {
    struct Stop;
    impl Progress for Stop {
        fn begin(&self, _: &str, _: &str, _: Option<u64>) {}
        fn advance(&self, _: u64) {}
        fn end(&self) {}
        fn notice(&self, _: &str) {}
        fn cancelled(&self) -> bool {
            true
        }
    }
    let path = testdata("layouts/dynamics.csv");
    let error = read(&[path], &IngestOptions::default(), &Stop).expect_err("stopped");
    assert_eq!(error.kind(), IngestErrorKind::Cancelled);
}

/// A table of text written as CSV by the csv crate.
fn written(rows: &[Vec<String>], delimiter: u8, crlf: bool, always: bool) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .terminator(if crlf {
            csv::Terminator::CRLF
        } else {
            csv::Terminator::Any(b'\n')
        })
        .quote_style(if always {
            csv::QuoteStyle::Always
        } else {
            csv::QuoteStyle::Necessary
        })
        .from_writer(Vec::new());
    let mut header = vec!["leadid".to_owned(), "statecode".to_owned()];
    header.extend((0..rows[0].len()).map(|i| format!("note {i}")));
    writer.write_record(&header).expect("memory takes it");
    for (i, row) in rows.iter().enumerate() {
        let mut record = vec![format!("{i:04}"), "0".to_owned()];
        record.extend(row.iter().cloned());
        writer.write_record(&record).expect("memory takes it");
    }
    writer.into_inner().expect("memory takes it")
}

fn chunked(chunk_bytes: usize) -> IngestOptions {
    IngestOptions {
        limits: Limits {
            chunk_bytes,
            ..Limits::default()
        },
        ..IngestOptions::default()
    }
}

/// Text that has hurt CSV readers: quotes, line ends, delimiters, marks, compression magic, null words.
fn nasty() -> impl Strategy<Value = String> {
    prop_oneof![
        "[\",;\t|\n\r a0é🙂\u{feff}\u{1}=#'x\u{680}-]{0,12}",
        "\\PC{0,20}",
        Just("NULL".to_owned()),
        Just(String::new()),
        Just("\"".to_owned()),
        Just("\r".to_owned()),
        Just("x\u{1}\u{5}".to_owned()),
    ]
}

fn tables() -> impl Strategy<Value = Vec<Vec<String>>> {
    (1_usize..5)
        .prop_flat_map(|n| prop::collection::vec(prop::collection::vec(nasty(), n..=n), 1..30))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_a_correct_writer_wrote_is_read_back(
        rows in tables(),
        delimiter in prop::sample::select(&b",;\t|"[..]),
        crlf: bool,
        always: bool,
        chunk_bytes in 1_usize..400,
    ) {
        let bytes = written(&rows, delimiter, crlf, always);
        let (table, report) = read_bytes(&[("in.csv", &bytes)], &chunked(chunk_bytes)).expect("it reads");
        prop_assert_eq!(report.rejects, []);
        let counted = csv::ReaderBuilder::new().delimiter(delimiter).from_reader(&bytes[..]).into_byte_records().count();
        prop_assert_eq!(table.files[0].n_rows, counted as u64);
        for i in 0..rows[0].len() {
            let expected: Vec<&str> = rows.iter().map(|r| r[i].as_str()).collect();
            prop_assert_eq!(column(&table, &format!("note {i}")), expected);
        }
    }

    #[test]
    fn the_order_of_rows_does_not_matter(
        rows in tables(),
        keys in prop::collection::vec(any::<u32>(), 30),
    ) {
        let bytes = written(&rows, b',', false, true);
        let mut lines: Vec<Vec<u8>> = Vec::new();
        let mut records = csv::ReaderBuilder::new().has_headers(false).from_reader(&bytes[..]);
        for record in records.byte_records() {
            let mut writer = csv::Writer::from_writer(Vec::new());
            writer.write_byte_record(&record.expect("it reads")).expect("memory takes it");
            lines.push(writer.into_inner().expect("memory takes it"));
        }
        let header = lines.remove(0);
        let mut shuffled: Vec<(u32, Vec<u8>)> = keys.into_iter().zip(lines).collect();
        shuffled.sort();
        let shuffled: Vec<Vec<u8>> = shuffled.into_iter().map(|(_, line)| line).collect();
        let other = [header, shuffled.concat()].concat();
        let (one, _) = read_bytes(&[("in.csv", &bytes)], &IngestOptions::default()).expect("it reads");
        let (two, _) = read_bytes(&[("in.csv", &other)], &chunked(100)).expect("it reads");
        prop_assert_eq!(one.columns, two.columns);
        prop_assert_eq!(one.activity, two.activity);
        prop_assert_eq!(one.record_type, two.record_type);
    }

    #[test]
    fn no_bytes_make_it_panic_or_lose_a_row(
        body in prop_oneof![
            prop::collection::vec(any::<u8>(), 0..300),
            prop::collection::vec(prop::sample::select(&b"0123,,,,\"\"\n\n\n\r;a\xc3\xa9\0E+."[..]), 0..300),
        ],
        with_header: bool,
        chunk_bytes in 1_usize..100,
        encoding in prop::sample::select(vec![Encoding::Auto, Encoding::Windows1252, Encoding::Utf16Le]),
    ) {
        let mut bytes = if with_header { b"id,name\n".to_vec() } else { Vec::new() };
        bytes.extend(body);
        let options = IngestOptions { encoding, ..chunked(chunk_bytes) };
        // The accounting is checked inside.
        let _ = read_bytes(&[("in.csv", &bytes)], &options);
    }

    #[test]
    fn what_is_accepted_is_what_the_csv_crate_reads(
        pieces in prop::collection::vec("[a\", \n\r]{0,8}", 1..12),
        quoted in prop::collection::vec(any::<bool>(), 12),
        chunk_bytes in 1_usize..60,
    ) {
        let mut text = "id,name\n".to_owned();
        for (i, (piece, quoted)) in pieces.iter().zip(quoted).enumerate() {
            if quoted {
                text.push_str(&format!("{i:02},\"{}\"\n", piece.replace('"', "\"\"")));
            } else {
                text.push_str(&format!("{i:02},{piece}\n"));
            }
        }
        let Ok((table, report)) = read_bytes(&[("in.csv", text.as_bytes())], &chunked(chunk_bytes)) else {
            return Ok(());
        };
        if report.rejects.is_empty() {
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            let mut expected: Vec<(String, String)> = reader
                .records()
                .map(|r| r.expect("well-formed"))
                .map(|r| (r[0].to_owned(), r[1].to_owned()))
                .collect();
            expected.sort();
            expected.dedup();
            let found: Vec<(String, String)> = column(&table, "id")
                .into_iter()
                .zip(column(&table, "name"))
                .map(|(a, b)| (a.to_owned(), b.to_owned()))
                .collect();
            prop_assert_eq!(found, expected);
        }
    }
}
