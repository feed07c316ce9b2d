//! libFuzzer's loop around the targets that `tests/it/mutants.rs` has too; `.ci/fuzz` builds and runs it.
//!
//! `KINFOLD_FUZZ_TARGET` names the target. With `KINFOLD_FUZZ_SEEDS` the examples of all targets are written below
//! that folder, and nothing else is done: the loop reads its examples from files.

#![no_main]

// What the target `pages` publishes.
#[path = "../it/report/sample.rs"]
mod report;
mod targets;

use libfuzzer_sys::fuzz_target;
use std::path::Path;
use std::{env, fs, process};
use targets::{PIECES, TARGETS, Target};

thread_local! {
    static TARGET: Target = target();
}

fn target() -> Target {
    let name = env::var("KINFOLD_FUZZ_TARGET").unwrap_or_default();
    let found = TARGETS.iter().find(|t| t.0 == name);
    let (_, make) = found.expect("KINFOLD_FUZZ_TARGET names one of the targets");
    make()
}

/// Writes the examples of every target below `folder`, and the pieces as words of libFuzzer's.
fn write_seeds(folder: &Path) {
    fs::create_dir_all(folder).expect("made");
    let words: String = PIECES
        .iter()
        .map(|piece| {
            let bytes: String = piece.bytes().map(|b| format!("\\x{b:02x}")).collect();
            format!("\"{bytes}\"\n")
        })
        .collect();
    fs::write(folder.join("words"), words).expect("written");
    for (name, make) in TARGETS {
        let folder = folder.join(name);
        fs::create_dir_all(&folder).expect("made");
        for (i, seed) in make().seeds.iter().enumerate() {
            fs::write(folder.join(format!("{i:04}")), seed).expect("written");
        }
    }
}

fuzz_target!(
    init: {
        if let Some(folder) = env::var_os("KINFOLD_FUZZ_SEEDS") {
            write_seeds(Path::new(&folder));
            process::exit(0);
        }
    },
    |bytes: &[u8]| TARGET.with(|target| (target.check)(bytes))
);
