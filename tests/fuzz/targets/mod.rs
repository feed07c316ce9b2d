//! What may be fed with anything, and the laws that hold whatever it is fed with.
//!
//! Shared by the test `mutants`, which changes examples blindly, and by the loop of `tests/fuzz/driver.rs`, which keeps the
//! changes that reach new code.

mod pages;
pub(crate) mod readers;
mod states;
mod values;

use std::fs;
use std::path::{Path, PathBuf};

/// Panics where a law is broken.
type Check = Box<dyn Fn(&[u8])>;

/// Makes a target ready.
type Make = fn() -> Target;

/// A reader with the examples to begin with.
pub(crate) struct Target {
    pub(crate) seeds: Vec<Vec<u8>>,
    pub(crate) check: Check,
}

impl Target {
    fn new(seeds: Vec<Vec<u8>>, check: impl Fn(&[u8]) + 'static) -> Self {
        assert!(!seeds.is_empty(), "a target has examples");
        Self {
            seeds,
            check: Box::new(check),
        }
    }

    /// A target that takes text; other bytes become replacement characters.
    fn of_text(seeds: Vec<Vec<u8>>, check: impl Fn(&str) + 'static) -> Self {
        Self::new(seeds, move |bytes| check(&String::from_utf8_lossy(bytes)))
    }
}

/// Each target by its name, which is that of its folder in `testdata/finds/` too.
pub(crate) const TARGETS: &[(&str, Make)] = &[
    ("address", values::address),
    ("company", values::company),
    ("delimited", readers::delimited),
    ("domain", values::domain),
    ("email", values::email),
    ("escapes", pages::escapes),
    ("exchange", readers::exchange),
    ("fold", values::fold),
    ("latest", states::latest),
    ("lists", readers::lists),
    ("manifest", states::manifest),
    ("pages", pages::pages),
    ("person_name", values::person_name),
    ("phone", values::phone),
    ("rules", readers::rules),
    ("state", states::state),
    ("state-chained", states::state_chained),
];

/// Pieces that mean something to one reader or another.
pub(crate) const PIECES: &[&str] = &[
    "\"",
    "\"\"",
    ",",
    ";",
    "\t",
    "\r",
    "\n",
    "\r\n",
    "\0",
    "\u{feff}",
    "=",
    "+",
    "-",
    "@",
    "[",
    "]",
    "[[",
    "{",
    "}",
    "#",
    "''",
    "\\",
    "\\u{",
    "\u{1b}",
    "é",
    "e\u{301}",
    "\u{202e}",
    "ß",
    "İ",
    "ﬁ",
    "李",
    "🙂",
    "\u{200d}",
    "1e308",
    "-0",
    "99999999999999999999",
    "true",
    "nan",
    "x-",
    "xn--",
    "..",
    "@@",
    "(",
    ")",
    "tel:",
    "+44",
    "00",
    "ext",
    "Jr",
    "van der",
    "GmbH",
    "&",
    "<script>",
    "]]>",
    "<x-hostile>",
];

pub(crate) fn testdata(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("testdata")
        .join(name)
}

/// Files of a folder, by name.
pub(crate) fn files(folder: &Path) -> Vec<Vec<u8>> {
    let Ok(found) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut paths: Vec<PathBuf> = found.map(|e| e.expect("an entry").path()).collect();
    paths.sort();
    paths
        .into_iter()
        .filter(|p| p.is_file())
        .map(|p| fs::read(p).expect("readable"))
        .collect()
}
