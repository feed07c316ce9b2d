//! The folder of a run as bytes, to compare what a disturbed run left with what it should be.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// All files of a run but the manifest, which tells the time.
pub(super) fn contents(run: &Path) -> BTreeMap<String, Vec<u8>> {
    let names = fs::read_dir(run).expect("readable").map(|entry| {
        let name = entry.expect("an entry").file_name();
        name.into_string().expect("UTF-8")
    });
    names
        .filter(|name| name != "manifest.json")
        .map(|name| (name.clone(), fs::read(run.join(&name)).expect("readable")))
        .collect()
}
