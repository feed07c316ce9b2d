//! The qualification preview, as a user meets it.

use super::{folder, json, root, run};
use std::fs;

fn data(name: &str) -> String {
    root()
        .join("testdata/qualify")
        .join(name)
        .display()
        .to_string()
}

/// Rows of a guarded CSV, header first.
fn rows(text: &str) -> Vec<Vec<String>> {
    csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(text.trim_start_matches('\u{feff}').as_bytes())
        .records()
        .map(|r| r.expect("a row").iter().map(str::to_owned).collect())
        .collect()
}

#[test]
fn each_lead_gets_its_fate() {
    let dir = folder();
    let (leads, contacts, accounts) = (
        data("leads.csv"),
        data("contacts.csv"),
        data("accounts.csv"),
    );
    let arguments = [
        "qualify",
        &leads,
        "--contacts",
        &contacts,
        "--accounts",
        &accounts,
        "--out",
        "p",
        "-q",
        "--json",
    ];
    let (code, out, err) = run(dir.path(), &arguments);
    assert_eq!(code, 0, "{err}");
    let told = json(&out);
    assert_eq!(
        told["leads_by_fate"],
        serde_json::json!({ "warned": 1, "incomplete": 3, "clear": 2, "closed": 2 }),
        "{out}"
    );
    assert_eq!(told["leads_with_matches"], 3);
    assert_eq!(
        told["grid_would_create"],
        serde_json::json!({ "contacts_that_exist": 2, "accounts_that_exist": 3 })
    );
    // Goran's contact is inactive: no warning speaks of it.
    assert!(told["pairs_with_an_inactive_side"].as_u64() > Some(0));

    let read = |file: &str| fs::read_to_string(dir.path().join("p").join(file)).expect("written");
    let leads_csv = rows(&read("qualify.csv"));
    let short: Vec<String> = leads_csv[1..]
        .iter()
        .map(|r| {
            format!(
                "{} {} {}/{} {} | {}",
                &r[0][33..],
                r[1],
                r[3],
                r[4],
                r[2],
                r[8]
            )
        })
        .collect();
    assert_eq!(
        short,
        [
            "001 warned 1/1  | contact; account",
            "002 closed 0/0  | ",
            "003 incomplete 0/0 companyname | ",
            "004 incomplete 0/1 lastname | account",
            "005 clear 0/0  | ",
            "006 closed 0/0  | ",
            "007 clear 0/0  | ",
            "008 incomplete 1/1 subject | contact; account",
        ]
    );
    let matches = rows(&read("matches.csv"));
    assert_eq!(matches.len(), 6, "{matches:?}");
    assert!(
        matches[1][3].starts_with("Lead and contact: same phone"),
        "{matches:?}"
    );
    let whole = json(&read("qualify.json"));
    assert_eq!(whole["leads"].as_array().map(Vec::len), Some(8));
    let page = read("qualify.html");
    assert!(page.contains("default-src 'none'") && !page.contains("<script"));
    assert!(page.contains("Goran") || page.contains("Ada Lindgren"));

    // Again into the same folder, and from other rows in another order: the same bytes.
    let before = read("qualify.html");
    assert_eq!(run(dir.path(), &arguments).0, 0);
    assert_eq!(read("qualify.html"), before);
    // A folder of somebody's own is refused.
    fs::write(dir.path().join("p/mine.txt"), "x").expect("written");
    assert_eq!(run(dir.path(), &arguments).0, 2);
}

#[test]
fn options_and_refusals() {
    let dir = folder();
    let (leads, contacts) = (data("leads.csv"), data("contacts.csv"));
    let (code, _, err) = run(dir.path(), &["qualify", &leads]);
    assert_eq!(code, 2);
    assert!(err.contains("--contacts FILE"), "{err}");

    let arguments = [
        "qualify",
        &leads,
        "--contacts",
        &contacts,
        "--required",
        "lastname,budget",
        "--fail-on",
        "unseen",
        "--json",
        "-q",
    ];
    let (code, out, err) = run(dir.path(), &arguments);
    assert_eq!(code, 1, "{err}");
    let told = json(&out);
    assert_eq!(told["required"], serde_json::json!(["lastname"]));
    assert_eq!(told["notices"].as_array().map(Vec::len), Some(1));
    assert_eq!(told["leads_by_fate"]["incomplete"], 1);

    let (code, _, err) = run(
        dir.path(),
        &[
            "qualify",
            &leads,
            "--contacts",
            &contacts,
            "--rules",
            "preset:strict",
        ],
    );
    assert_eq!(code, 2);
    assert!(
        err.contains("none compares a lead with a contact or an account"),
        "{err}"
    );
}
