//! What commands leave on disk: who may read it, and whether the manifest says how it came about.

use super::*;
use sha2::{Digest, Sha256};

const LEADS: &str = "leadid,fullname,companyname,emailaddress1,telephone1,statecode\n\
    1,Regina Thorvaldsen,Nordwind,r@nordwind.example,+1 212 555 0187,0\n\
    2,Regina Thorvaldsen,Nordwind,r@nordwind.example,+1 212 555 0187,0\n\
    3,Otto Baumgartner,Südwind,o@suedwind.example,,0\n\
    4,cut off\n";

#[cfg(unix)]
#[test]
fn files_are_private_whatever_the_umask() {
    use std::os::unix::fs::PermissionsExt;
    for umask in ["000", "022", "277"] {
        let dir = folder();
        let path = dir.path();
        fs::write(path.join("l.csv"), LEADS).expect("written");
        fs::write(path.join("t.toml"), EXAMPLES).expect("written");
        fs::write(
            path.join("d.csv"),
            "left_id,right_id,decision\n1,2,accept\n",
        )
        .expect("written");
        let given = names_in(path);
        for words in [
            "rules new r.toml",
            "rules publish r.toml --state s --by Ann --why first",
            "run l.csv --out o --max-rejects 1 --state s",
            "decide batch d.csv --state s --run o --by Ann",
            "preview l.csv --rules r.toml --against r.toml --out p --max-rejects 1",
            "qualify l.csv --contacts c.csv --out q --max-rejects 2",
            "evaluate o --without-truth --sample-out sample.csv",
            "rules test t.toml --junit j.xml",
        ] {
            if words.starts_with("qualify") {
                fs::write(path.join("c.csv"), LEADS.replace("leadid", "contactid"))
                    .expect("written");
            }
            let status = Command::new("sh")
                .args(["-c", &format!("umask {umask}; exec \"$0\" {words}")])
                .arg(env!("CARGO_BIN_EXE_kinfold"))
                .current_dir(path)
                .stdin(Stdio::null())
                .output()
                .expect("sh is there");
            assert_eq!(
                status.status.code(),
                Some(0),
                "umask {umask}, {words}: {}",
                String::from_utf8_lossy(&status.stderr)
            );
        }
        let mut n_files = 0;
        let mut folders = vec![path.to_owned()];
        while let Some(inside) = folders.pop() {
            for entry in fs::read_dir(&inside).expect("readable") {
                let found = entry.expect("an entry").path();
                let meta = fs::symlink_metadata(&found).expect("there");
                let name = found
                    .file_name()
                    .expect("a name")
                    .to_string_lossy()
                    .into_owned();
                // What the test wrote, and rules, which are no records.
                if inside == path
                    && (given.contains(&name) || ["c.csv", "r.toml"].contains(&&*name))
                {
                    continue;
                }
                let mode = meta.permissions().mode() & 0o777;
                if meta.is_dir() {
                    assert_eq!(mode, 0o700, "umask {umask}: {}", found.display());
                    folders.push(found);
                } else if meta.is_file() {
                    assert_eq!(mode, 0o600, "umask {umask}: {}", found.display());
                    n_files += 1;
                }
            }
        }
        assert!(n_files > 25, "only {n_files} files");
    }
}

const EXAMPLES: &str = "[[match]]\nname = \"one mailbox\"\n\
    a = { firstname = \"Ann\", lastname = \"Lee\", emailaddress1 = \"ann@contoso.com\" }\n\
    b = { firstname = \"Ann\", lastname = \"Lee\", emailaddress1 = \"ann@contoso.com\" }\n";

#[test]
fn the_manifest_says_what_was_done_with_what() {
    let sha256 = |bytes: &[u8]| {
        let digest = Sha256::digest(bytes);
        digest
            .iter()
            .map(|b| format!("{b:02x}"))
            .collect::<String>()
    };
    let dir = folder();
    let path = dir.path();
    fs::write(path.join("l.csv"), LEADS).expect("written");
    let words = [
        "run",
        "l.csv",
        "--out",
        "o",
        "--max-rejects",
        "1",
        "--threads",
        "1",
    ];
    assert_eq!(run(path, &words).0, 0);
    let made = path.join("o/latest");
    let manifest = json(&fs::read_to_string(made.join("manifest.json")).expect("there"));
    assert_eq!(manifest["tool"], "kinfold");
    assert_eq!(manifest["tool_version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(manifest["arguments"], serde_json::json!(words));
    assert_eq!(manifest["threads"], 1);
    // The rules as `rules show` prints them.
    let (code, rules, _) = run(path, &["rules", "show"]);
    assert_eq!(code, 0);
    assert_eq!(manifest["rule_set"]["sha256"], sha256(rules.as_bytes()));
    let input = &manifest["inputs"][0];
    assert_eq!(input["path"], "l.csv");
    assert_eq!(input["sha256"], sha256(LEADS.as_bytes()));
    assert_eq!(input["bytes"], LEADS.len());
    assert_eq!(input["rows_read"], 4);
    assert_eq!(input["rows_used"], 3);
    assert_eq!(input["rows_rejected"], 1);
    let started = manifest["started"].as_str().expect("a time");
    assert!(started.len() == 20 && started.ends_with('Z'), "{started}");
    let stages = manifest["stage_millis"].as_array().expect("a list");
    for stage in ["reading l.csv", "normalising", "clustering"] {
        assert!(
            stages
                .iter()
                .any(|s| s["stage"] == stage && s["millis"].is_u64()),
            "{stage}"
        );
    }
    // Every file but the manifest itself, with what it holds.
    let files = manifest["files"].as_array().expect("a list");
    let mut named: Vec<&str> = files.iter().filter_map(|f| f["name"].as_str()).collect();
    for file in files {
        let bytes = fs::read(made.join(file["name"].as_str().expect("a name"))).expect("there");
        assert_eq!(file["bytes"], bytes.len(), "{file}");
        assert_eq!(file["sha256"], sha256(&bytes), "{file}");
    }
    named.push("manifest.json");
    named.sort_unstable();
    assert_eq!(named, names_in(&made));
}
