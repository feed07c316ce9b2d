//! What the answers depend on beside our own code: shown by `--version`, kept in every manifest.

use std::sync::LazyLock;

/// The public suffix list compiled in (crate `psl`; the last number is that of its data).
pub(crate) const PUBLIC_SUFFIX_LIST: &str = "2.1.247";

/// The phone metadata compiled in (crate `phonenumber`; after the plus, the version of libphonenumber's data).
pub(crate) const PHONE_METADATA: &str = "0.3.10+9.0.33";

/// Name and version of each.
pub(crate) fn extra() -> Vec<(String, String)> {
    vec![
        (
            "public-suffix-list".to_owned(),
            format!("psl {PUBLIC_SUFFIX_LIST}"),
        ),
        (
            "phone-metadata".to_owned(),
            format!("phonenumber {PHONE_METADATA}"),
        ),
        ("rule-format".to_owned(), kinfold::rules::FORMAT.to_string()),
    ]
}

/// What `--version` prints after the name.
pub(crate) static LONG: LazyLock<String> = LazyLock::new(|| {
    let mut out = env!("CARGO_PKG_VERSION").to_owned();
    for (name, version) in extra() {
        out.push_str(&format!("\n{name} {version}"));
    }
    out
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_versions_are_those_of_the_lock_file() {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.lock");
        let lock = std::fs::read_to_string(path).expect("the lock file is committed");
        for (name, version) in [("psl", PUBLIC_SUFFIX_LIST), ("phonenumber", PHONE_METADATA)] {
            let entry = format!("name = \"{name}\"\nversion = \"{version}\"");
            assert!(
                lock.contains(&entry),
                "{name} is not {version} in Cargo.lock"
            );
        }
    }
}
