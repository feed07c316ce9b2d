//! Reading: layouts, encodings, damage, accounting.

use std::fs;
use std::path::{Path, PathBuf};

use kinfold::ingest::{IngestError, IngestOptions, read};
use kinfold::model::{Activity, IngestReport, RecordType, Silent, Table, TextColumn};

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
