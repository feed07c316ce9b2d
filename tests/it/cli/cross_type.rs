//! Rules between record types, and lists of decided pairs, as a user runs them.

use super::{folder, json, run, write};
use std::fs;
use std::path::Path;

/// Leads 1 and 2 are one person and the contact 7; lead 3 became contact 8; lead 4 works at account 9.
const LEADS: &str = "\
leadid,firstname,lastname,companyname,emailaddress1,telephone1,statecode,parentcontactid
1,Robert,Andersson,Nordwind Logistik AB,robert.andersson@nordwind-log.se,+46 8 123 456 78,0,
2,Bob,Andersson,Nordwind Logistik,robert.andersson@nordwind-log.se,08-123 456 78,0,
3,Mia,Keller,Alpen Sport AG,mia.keller@alpen-sport.ch,+41 44 200 30 40,1,8
4,Jonas,Frei,Bageri Sol,jonas.frei@sol-bageri.se,+46 31 700 00 11,0,
5,Jonas,Frei,Bageri Sol,jonas.frei@sol-bageri.se,+46 31 700 00 11,0,
";
const CONTACTS: &str = "\
contactid,firstname,lastname,company,emailaddress1,telephone1,statecode
7,Robert,Andersson,Nordwind Logistik,Robert.Andersson@nordwind-log.se,+46 8 123 456 78,0
8,Mia,Keller,Alpen Sport,mia.keller@alpen-sport.ch,+41 44 200 30 40,0
1,Eva,Lind,Other AB,eva@other.se,,0
";
const ACCOUNTS: &str = "\
accountid,name,emailaddress1,telephone1,websiteurl,statecode
9,Bageri Sol AB,info@sol-bageri.se,+46 31 700 00 00,www.sol-bageri.se,0
10,Bageri Sol,office@other-bageri.se,,,1
";
const RULES: &str = r#"
[set]
name = "across"
default_country = "SE"

[[rule]]
name = "Same e-mail"
when = [{ same = "email" }]

[[rule]]
name = "Lead is a contact"
base = "lead"
match = "contact"
exclude_inactive = true
when = [{ same = "email" }, { similar = "name" }]

[[rule]]
name = "Lead of an account"
base = "lead"
match = "account"
exclude_inactive = true
when = [{ exact = "companyname", match = "companyname" }]

[[rule]]
name = "Lead of a similar account"
base = "lead"
match = "account"
exclude_inactive = true
when = [{ similar = "company" }]
"#;
const FILES: [&str; 5] = ["l.csv", "c.csv", "a.csv", "--rules", "r.toml"];
const TYPES: [&str; 6] = [
    "--type",
    "l.csv=lead",
    "--type",
    "c.csv=contact",
    "--type",
    "a.csv=account",
];

fn prepare(dir: &Path) {
    write(dir, "l.csv", LEADS);
    write(dir, "c.csv", CONTACTS);
    write(dir, "a.csv", ACCOUNTS);
    write(dir, "r.toml", RULES);
}

/// Runs and gives what was said on standard error.
fn linked(dir: &Path, more: &[&str]) -> String {
    let arguments = [&["run"][..], &FILES, &TYPES, more].concat();
    let (code, out, err) = run(dir, &arguments);
    assert_eq!(code, 0, "{out}{err}");
    err
}

/// Rows of a file of the latest run, without the byte order mark, the first `n` columns.
fn rows(dir: &Path, file: &str, n: usize) -> Vec<String> {
    let latest = json(&fs::read_to_string(dir.join("kinfold-out/latest.json")).expect("written"));
    let folder = latest["run"].as_str().expect("a name").to_owned();
    let path = dir.join("kinfold-out/runs").join(folder).join(file);
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let mut reader = csv::Reader::from_reader(text.trim_start_matches('\u{feff}').as_bytes());
    reader
        .records()
        .map(|r| {
            let record = r.expect("CSV");
            record.iter().take(n).collect::<Vec<_>>().join(",")
        })
        .collect()
}

fn summary(dir: &Path) -> serde_json::Value {
    let latest = json(&fs::read_to_string(dir.join("kinfold-out/latest.json")).expect("written"));
    let folder = latest["run"].as_str().expect("a name");
    let path = dir
        .join("kinfold-out/runs")
        .join(folder)
        .join("summary.json");
    json(&fs::read_to_string(path).expect("written"))
}

#[test]
fn leads_contacts_and_accounts_are_linked_and_never_merged_into_each_other() {
    let dir = folder();
    let dir = dir.path();
    prepare(dir);
    linked(dir, &["--csv", "raw"]);
    // Members of a suggestion are of one type; the contact is no part of it.
    let members = rows(dir, "suggestions.csv", 4);
    let of_leads = |ids: &[&str]| {
        ids.iter()
            .all(|id| members.iter().any(|m| m.ends_with(&format!(",lead,{id}"))))
    };
    assert!(of_leads(&["1", "2", "4", "5"]), "{members:?}");
    assert_eq!(members.len(), 4, "{members:?}");
    // Links, by their two ids and types.
    let mut links = rows(dir, "links.csv", 4);
    links.sort();
    assert_eq!(
        links,
        [
            "1,7,lead,contact",
            "2,7,lead,contact",
            "4,9,lead,account",
            "5,9,lead,account"
        ]
    );
    // The qualified lead and the contact born from it are lineage; inactive account 10 is left out as matching record.
    let mut left_out = rows(dir, "suppressed.csv", 5);
    left_out.sort();
    assert_eq!(
        left_out,
        [
            "3,8,Lead is a contact,lineage,",
            "4,10,Lead of an account; Lead of a similar account,inactive,right",
            "5,10,Lead of an account; Lead of a similar account,inactive,right",
        ]
    );
    let pairs = rows(dir, "pairs.csv", 4);
    assert!(pairs.contains(&"1,7,lead,contact".to_owned()), "{pairs:?}");
    let summary = summary(dir);
    assert_eq!(summary["links"]["total"], 4);
}

#[test]
fn always_and_never_lists_decide() {
    let dir = folder();
    let dir = dir.path();
    prepare(dir);
    write(
        dir,
        "always.csv",
        "left_id,right_id,reason\nlead:1,4,met him\ncontact:1,8,\n3,contact:7,\n77,2,\n",
    );
    write(
        dir,
        "never.csv",
        "left_id,right_id\nlead:1,2\nlead:4,lead:5\n",
    );
    let said = linked(
        dir,
        &[
            "--csv",
            "raw",
            "--always",
            "always.csv",
            "--never",
            "never.csv",
        ],
    );
    assert!(
        said.contains("always list: 1 of 4 pairs name a record that is not in the data"),
        "{said}"
    );
    let mut groups: Vec<Vec<String>> = Vec::new();
    let mut last = String::new();
    for row in rows(dir, "suggestions.csv", 4) {
        let cells: Vec<&str> = row.split(',').collect();
        if cells[0] != last {
            groups.push(Vec::new());
            last = cells[0].to_owned();
        }
        let member = format!("{}:{}", cells[2], cells[3]);
        groups.last_mut().expect("begun").push(member);
    }
    for group in &mut groups {
        group.sort();
    }
    groups.sort();
    assert_eq!(
        groups,
        [
            vec!["contact:1".to_owned(), "contact:8".to_owned()],
            vec!["lead:1".to_owned(), "lead:4".to_owned()],
        ]
    );
    // A declared pair of two types is a link, whatever the evidence.
    let links = rows(dir, "links.csv", 2);
    assert!(links.contains(&"3,7".to_owned()), "{links:?}");
    let never: Vec<String> = rows(dir, "suppressed.csv", 5)
        .into_iter()
        .filter(|r| r.contains("never"))
        .collect();
    assert_eq!(never, ["1,2,Same e-mail,never,", "4,5,Same e-mail,never,"]);
    let summary = summary(dir);
    assert_eq!(summary["lists"]["always"]["pairs"], 4);
    assert_eq!(summary["lists"]["always"]["not_in_data"], 1);
    let rules = summary["rules"].as_array().expect("a list");
    let list = rules.last().expect("rules");
    assert_eq!(
        (list["name"].as_str(), list["pairs"].as_u64()),
        (Some("always list"), Some(3))
    );

    let arguments = [
        &["explain"][..],
        &FILES[..3],
        &["lead:1", "lead:2"],
        &FILES[3..],
        &TYPES,
        &["--never", "never.csv"],
    ]
    .concat();
    let (code, out, err) = run(dir, &arguments);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("Same e-mail: suppressed: never"), "{out}");
    assert!(out.contains("never list: keeps the two apart"), "{out}");
}

#[test]
fn contradictions_are_told_and_kept_apart() {
    let dir = folder();
    let dir = dir.path();
    prepare(dir);
    let lists = r#"
[[always]]
pairs = [["lead:1", "2"], ["2", "4"]]
reason = "one man"

[[never]]
pairs = [["4", "lead:1"]]
"#;
    write(dir, "r.toml", format!("{RULES}{lists}"));
    let said = linked(dir, &["--csv", "raw"]);
    assert!(
        said.contains(
            "contradiction: the never list keeps 1 and 4 apart, pairs declared the same (always list) join them (1 = 2 = 4); they are kept apart"
        ),
        "{said}"
    );
    let summary = summary(dir);
    assert_eq!(summary["lists"]["contradictions"], 1);
    let members = rows(dir, "suggestions.csv", 4);
    let of = |id: &str| {
        let found = members.iter().find(|m| m.ends_with(&format!(",lead,{id}")));
        found.map(|m| m.split(',').next().unwrap_or_default().to_owned())
    };
    assert!(of("1").is_none() || of("1") != of("4"), "{members:?}");
}

#[test]
fn lists_and_types_that_cannot_be_used_are_refused() {
    let dir = folder();
    let dir = dir.path();
    prepare(dir);
    write(dir, "bad.csv", "left_id,right_id\n1,\n");
    write(dir, "twice.csv", "left_id,right_id\n1,2\n");
    write(dir, "alias.csv", "kind,value,alias\nfirm,A,B\n");
    for (more, expected) in [
        (
            &["--always", "bad.csv"][..],
            "bad.csv, line 2: an id is blank",
        ),
        (
            &["--never", "twice.csv"],
            "the never list names \"1\", which 2 records are called: say which, as in \"lead:1\"",
        ),
        (
            &["--aliases", "alias.csv"],
            "alias.csv, line 2: the kind is unknown",
        ),
        (
            &["--type", "x.csv=lead"],
            "no input is called \"x.csv\"; they are l.csv, c.csv, a.csv",
        ),
    ] {
        let arguments = [&["run"][..], &FILES, &TYPES, more].concat();
        let (code, _, err) = run(dir, &arguments);
        assert_eq!(code, 2, "{err}");
        assert!(err.contains(expected), "{err}");
    }
    let (code, _, err) = run(dir, &["run", "l.csv", "--type", "l.csv=leed"]);
    assert_eq!(code, 2);
    assert!(err.contains("did you mean lead?"), "{err}");
    // Labels and codes cannot be compared without a table.
    write(
        dir,
        "p.toml",
        "[[rule]]\nname = \"p\"\nwhen = [{ picklist = \"companyname\", by = \"value\" }]\n",
    );
    let (code, _, err) = run(dir, &["run", "l.csv", "--rules", "p.toml"]);
    assert_eq!(code, 2);
    assert!(
        err.contains(
            "compares the value of the pick list \"companyname\", but 5 records hold only labels, such as lead "
        ),
        "{err}"
    );
}

#[test]
fn learned_aliases_are_read_from_a_file() {
    let dir = folder();
    let dir = dir.path();
    write(
        dir,
        "l.csv",
        "leadid,firstname,lastname,companyname,statecode\n\
         1,Regina,Thorvaldsen,Nordwind Logistik,0\n2,Regina,Thorvaldsen,Big Blue Boxes,0\n",
    );
    write(
        dir,
        "aliases.csv",
        "kind,value,alias\ncompany,Big Blue Boxes,Nordwind Logistik AB\n",
    );
    let n_pairs = |more: &[&str]| {
        let arguments = [&["run", "l.csv"][..], more].concat();
        let (code, _, err) = run(dir, &arguments);
        assert_eq!(code, 0, "{err}");
        rows(dir, "pairs.csv", 2).len()
    };
    assert_eq!(n_pairs(&[]), 0);
    assert_eq!(n_pairs(&["--aliases", "aliases.csv"]), 1);
}
