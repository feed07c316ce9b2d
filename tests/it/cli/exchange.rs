//! Rules from and to other systems, and presets, as a user meets them.

use super::{folder, json, root, run};
use std::fs;
use std::path::Path;

/// A file of `testdata/` as an absolute path.
fn data(name: &str) -> String {
    root().join("testdata").join(name).display().to_string()
}

#[test]
fn rules_of_dynamics_become_a_rule_file_that_runs() {
    let dir = folder();
    let rules = data("exchange/dynamics-rules.json");
    let import = [
        "rules",
        "import",
        "--from",
        "dynamics",
        &rules,
        "--out",
        "leads.toml",
    ];
    let (code, out, err) = run(dir.path(), &import);
    assert_eq!(code, 0, "{err}");
    assert_eq!(
        out,
        "2 rules written to leads.toml\n\
         note: rule \"Leads with the same business phone (draft)\", statuscode: not published, so not imported; --all imports it\n"
    );
    let text = fs::read_to_string(dir.path().join("leads.toml")).expect("written");
    assert!(
        text.starts_with("# Imported from Dynamics by kinfold.\n# note: rule"),
        "{text}"
    );
    assert!(text.contains("id = \"5f0c2c1e-6a41-4f0e-9d53-0d7b8a1e1001\""));
    // The file is not written over.
    assert_eq!(run(dir.path(), &import).0, 4);

    let leads = data("leads.csv");
    let (code, out, err) = run(
        dir.path(),
        &["run", &leads, "--rules", "leads.toml", "--json", "-q"],
    );
    assert_eq!(code, 0, "{err}");
    let pairs = |i: usize| json(&out)["rules"][i]["pairs"].as_u64().expect("a count");
    assert!(pairs(0) > 0 && pairs(1) > 0, "{out}");
}

#[test]
fn strict_tells_losses_by_the_exit_code() {
    let dir = folder();
    let joined = [
        "exchange/duplicaterule.csv",
        "exchange/duplicaterulecondition.csv",
    ]
    .map(data);
    let mut import = vec!["rules", "import", "--from", "dynamics", "--strict"];
    import.extend(joined.iter().map(String::as_str));
    let (code, out, err) = run(dir.path(), &import);
    assert_eq!((code, err.as_str()), (0, ""));
    assert!(
        out.contains("{ first = 12, column = \"companyname\" }"),
        "{out}"
    );

    let salesforce = data("exchange/salesforce/Lead.matchingRule-meta.xml");
    let contact = data("exchange/salesforce/Contact.Contacts_against_leads.duplicateRule-meta.xml");
    let import = [
        "rules",
        "import",
        "--from",
        "salesforce",
        &salesforce,
        &contact,
        "--json",
        "--strict",
    ];
    let (code, out, _) = run(dir.path(), &import);
    assert_eq!(code, 1);
    let told = json(&out);
    assert_eq!(
        told["rules"],
        serde_json::json!([
            "Person and address (1 AND 2 AND 3)",
            "Person and address (1 AND 2 AND 4)"
        ])
    );
    let text = told["text"].as_str().expect("the file");
    assert!(
        text.contains("base = \"contact\"\nmatch = \"lead\""),
        "{text}"
    );
    let kinds: Vec<&str> = told["lost"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|l| l["kind"].as_str().expect("a word"))
        .collect();
    assert_eq!(kinds, ["note", "note", "changed", "changed", "changed"]);
}

#[test]
fn an_export_comes_back_the_same() {
    let dir = folder();
    let rules = data("exchange/dynamics-rules.json");
    let steps: [&[&str]; 3] = [
        &[
            "rules", "import", "--from", "dynamics", &rules, "--out", "a.toml",
        ],
        &[
            "rules", "export", "a.toml", "--to", "dynamics", "--out", "b.json", "--strict",
        ],
        &[
            "rules", "import", "--from", "dynamics", "b.json", "--all", "--out", "c.toml",
        ],
    ];
    for step in steps {
        let (code, _, err) = run(dir.path(), step);
        assert_eq!(code, 0, "{step:?}: {err}");
    }
    let shown = |file: &str| run(dir.path(), &["rules", "show", file]).1;
    assert_eq!(shown("a.toml"), shown("c.toml"));
}

#[test]
fn an_export_for_salesforce_is_a_folder_of_metadata() {
    let dir = folder();
    let export = [
        "rules",
        "export",
        "preset:dynamics-365-sales",
        "--to",
        "salesforce",
        "--out",
        "meta",
        "--json",
    ];
    let (code, out, err) = run(dir.path(), &export);
    assert_eq!(code, 0, "{err}");
    let told = json(&out);
    assert_eq!(
        (&told["rules"], &told["rules_left_out"]),
        (&3.into(), &1.into())
    );
    for file in told["files"].as_array().expect("files") {
        let path = dir.path().join(file.as_str().expect("a path"));
        assert!(
            fs::read_to_string(&path)
                .expect("written")
                .starts_with("<?xml"),
            "{file}"
        );
    }
    // A set of which nothing can be said writes nothing.
    let rules = "[[rule]]\nname = \"n\"\nwhen = [{ same = \"email_domain\" }]\n";
    fs::write(dir.path().join("n.toml"), rules).expect("written");
    let (code, out, _) = run(
        dir.path(),
        &[
            "rules", "export", "n.toml", "--to", "dynamics", "--out", "n.json",
        ],
    );
    assert_eq!(code, 1);
    assert!(
        out.starts_with("0 of 1 rule written for Dynamics\ndropped: rule \"n\""),
        "{out}"
    );
    assert!(!dir.path().join("n.json").exists());
}

#[test]
fn faults_of_foreign_files_are_told() {
    let dir = folder();
    fs::write(dir.path().join("x.json"), "{\n  \"value\": oops\n}").expect("written");
    fs::write(
        dir.path().join("Lead.xml"),
        "<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>",
    )
    .expect("written");
    for (from, file, expected) in [
        (
            "dynamics",
            "x.json",
            "error: failed to read x.json, line 2: no JSON\n",
        ),
        (
            "salesforce",
            "Lead.xml",
            "error: failed to read Lead.xml, line 1: a document type is not read",
        ),
    ] {
        let (code, _, err) = run(dir.path(), &["rules", "import", "--from", from, file]);
        assert_eq!(code, 3, "{err}");
        assert!(err.starts_with(expected), "{err}");
    }
    assert_eq!(
        run(
            dir.path(),
            &["rules", "import", "--from", "dynamics", "none.json"]
        )
        .0,
        4
    );
}

#[test]
fn presets_are_listed_copied_and_run() {
    let dir = folder();
    let (code, out, _) = run(dir.path(), &["rules", "presets", "--json"]);
    assert_eq!(code, 0);
    let listed = json(&out);
    let inputs = |name: &str| -> Vec<String> {
        let all = [
            "qualify/leads.csv",
            "qualify/contacts.csv",
            "qualify/accounts.csv",
        ]
        .map(data);
        match name {
            "lead-to-contact" => all[..2].to_vec(),
            "lead-to-account" => vec![all[0].clone(), all[2].clone()],
            "salesforce-contact" => vec![all[1].clone()],
            _ => vec![data("leads.csv")],
        }
    };
    for preset in listed["presets"].as_array().expect("a list") {
        let name = preset["name"].as_str().expect("a name");
        let rules = format!("preset:{name}");
        let inputs = inputs(name);
        let mut arguments = vec![
            "run",
            "--rules",
            &rules,
            "--json",
            "-q",
            "--assume-active",
            "--out",
            name,
        ];
        arguments.extend(inputs.iter().map(String::as_str));
        let (code, out, err) = run(dir.path(), &arguments);
        assert_eq!(code, 0, "{name}: {err}");
        let found: u64 = json(&out)["rules"]
            .as_array()
            .expect("rules")
            .iter()
            .map(|r| r["pairs"].as_u64().expect("a count"))
            .sum();
        // The three contacts are three people.
        assert_eq!(found == 0, name == "salesforce-contact", "{name}: {out}");
        let copy = format!("{name}.toml");
        assert_eq!(
            run(dir.path(), &["rules", "new", &copy, "--preset", name]).0,
            0
        );
        assert_eq!(
            fs::read_to_string(dir.path().join(&copy)).expect("written"),
            preset["text"].as_str().expect("text")
        );
    }
    let (code, _, err) = run(dir.path(), &["run", "x.csv", "--rules", "preset:strickt"]);
    assert_eq!(code, 2);
    assert!(err.contains("did you mean strict?"), "{err}");
    assert!(!Path::new(&dir.path().join("x.toml")).exists());
}

#[test]
fn a_run_can_be_the_twin_of_a_dynamics_job() {
    let dir = folder();
    let rules = data("exchange/dynamics-rules.json");
    let import = [
        "rules", "import", "--from", "dynamics", &rules, "--out", "d.toml", "--json",
    ];
    assert_eq!(run(dir.path(), &import).0, 0);
    let leads = data("leads.csv");
    let job = [
        "run",
        &leads,
        "--rules",
        "d.toml",
        "--dynamics-job",
        "--json",
        "-q",
        "--csv",
        "raw",
    ];
    let (code, out, err) = run(dir.path(), &job);
    assert_eq!(code, 0, "{err}");
    let figures = &json(&out)["dynamics_job"];
    let folder = dir.path().join("kinfold-out/latest");
    let read = |file: &str| fs::read_to_string(folder.join(file)).expect("written");
    let rows = read("dynamics_job.csv");
    assert!(
        rows.starts_with(
            "\"baserecordid\",\"duplicaterecordid\",\"duplicateruleid\",\"rule\",\"base_name\",\"duplicate_name\",\"beyond_cap\"\r\n"
        ),
        "{rows}"
    );
    assert!(
        rows.contains("\"5f0c2c1e-6a41-4f0e-9d53-0d7b8a1e1001\",\"Leads with the same e-mail\"")
    );
    assert_eq!(
        figures["rows"].as_u64(),
        Some(rows.lines().count() as u64 - 1)
    );
    let missed = read("missed.csv");
    assert!(missed.starts_with("\"left_id\",\"right_id\",\"left_type\",\"right_type\",\"verdict\",\"probability\",\"rules\",\"reason\""));
    assert_eq!(
        figures["missed"].as_u64(),
        Some(missed.lines().count() as u64 - 1)
    );
    assert!(figures["missed"].as_u64() > Some(0));
    let summary = json(&read("summary.json"));
    assert_eq!(summary["dynamics_job"]["rows"], figures["rows"]);
    assert_eq!(summary["dynamics_job"]["cap"], 5000);
    assert!(read("report.html").contains("As a job of Dynamics"));
    assert_eq!(run(dir.path(), &["verify", "kinfold-out"]).0, 0);

    // The built-in rules are none of Dynamics'.
    let (code, _, err) = run(dir.path(), &["run", &leads, "--dynamics-job", "-q"]);
    assert_eq!(code, 2);
    assert!(
        err.starts_with("error: failed to run the job of Dynamics: rule \"Same e-mail\""),
        "{err}"
    );
}
