//! Named places where a build with the feature `failpoints` can be made to fail; without the feature they are nothing.
//!
//! `strace` makes file calls fail in the program as it is (`tests/it/faults.rs`). These points reach what no file call
//! marks: a worker thread in the middle of a stage, the moment between two stages, the moment before a command says that
//! it is done. `KINFOLD_FAILPOINT=NAME=ACTION` makes the point fail when it is reached first, `NAME=ACTION@N` the N-th time;
//! an action is `error` (the disk is full), `panic` or `abort`. `tests/failpoints` walks all of [`POINTS`].

use std::io;

/// Every point, and whether it can give an error; the others stand where no error can come up.
pub const POINTS: [(&str, bool); 11] = [
    ("read.batch", true),
    ("normalise.value", false),
    ("block.built", false),
    ("pairs.batch", false),
    ("cluster.component", false),
    ("report.rows", false),
    ("report.lane", false),
    ("report.write", true),
    ("publish.renamed", true),
    ("state.appended", true),
    ("decide.before_ack", false),
];

/// A point that can give an error, or with a second argument one that cannot.
#[macro_export]
macro_rules! fail_point {
    ($name:literal) => {
        $crate::failpoint::reached($name)
    };
    ($name:literal, no error) => {
        let _ = $crate::failpoint::reached($name);
    };
}

/// Does nothing: this is a build without the feature.
#[cfg(not(feature = "failpoints"))]
#[inline(always)]
pub const fn reached(_: &'static str) -> io::Result<()> {
    Ok(())
}

/// Fails when this is the point and the time that the environment names.
///
/// Errors: the action `error`, as a full disk gives it. Panics and aborts as asked.
#[cfg(feature = "failpoints")]
pub fn reached(name: &'static str) -> io::Result<()> {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicU64, Ordering};

    static ASKED: OnceLock<Option<(String, String, u64)>> = OnceLock::new();
    static N_REACHED: AtomicU64 = AtomicU64::new(0);
    let asked = ASKED.get_or_init(|| {
        let text = std::env::var("KINFOLD_FAILPOINT").ok()?;
        let (name, rest) = text.split_once('=')?;
        let (action, n) = rest.split_once('@').unwrap_or((rest, "1"));
        Some((name.to_owned(), action.to_owned(), n.parse().ok()?))
    });
    let Some((point, action, n)) = asked else {
        return Ok(());
    };
    assert!(
        POINTS.iter().any(|(p, _)| *p == name),
        "a point that is not in the list"
    );
    if point != name || N_REACHED.fetch_add(1, Ordering::SeqCst) + 1 != *n {
        return Ok(());
    }
    match action.as_str() {
        "error" => Err(io::ErrorKind::StorageFull.into()),
        "panic" => panic!("asked for at {name}"),
        _ => std::process::abort(),
    }
}
