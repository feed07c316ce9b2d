//! Phonetic measures are equality of a code, so texts of one code are all pairs there are; a text without a code sounds
//! like nothing, not even itself.

use super::{JoinWork, LiteralJoin};
use crate::similarity::measures::{self, Measure};
use rayon::prelude::*;

pub(super) fn join<T, F>(
    join: &LiteralJoin<'_>,
    found: &F,
    stop: &(dyn Fn() -> bool + Sync),
) -> (Vec<T>, JoinWork)
where
    T: Send,
    F: Fn(u32, u32, f64, &mut Vec<T>) + Sync,
{
    // The only score there is, other than none.
    if join.threshold > 1.0 {
        return (Vec::new(), JoinWork::default());
    }
    let code = |text: &str| match join.measure {
        Measure::Soundex => measures::soundex_code(text),
        _ => measures::double_metaphone_code(text),
    };
    let coded = |texts: &[Box<str>]| -> Vec<(String, u32)> {
        let mut codes: Vec<(String, u32)> = texts
            .par_iter()
            .enumerate()
            .filter_map(|(i, t)| code(t).map(|c| (c, i as u32)))
            .collect();
        codes.par_sort_unstable();
        codes
    };
    let left = coded(join.left);
    let right = join.right.map(coded);
    let parts: Vec<(Vec<T>, JoinWork)> = left
        .par_chunk_by(|a, b| a.0 == b.0)
        .filter(|_| !stop())
        .map(|run| {
            let mut out = Vec::new();
            let mut work = JoinWork::default();
            match &right {
                None => {
                    for (at, a) in run.iter().enumerate() {
                        for b in &run[at + 1..] {
                            work.n_found += 1;
                            found(a.1, b.1, 1.0, &mut out);
                        }
                    }
                }
                Some(right) => {
                    let from = right.partition_point(|r| r.0 < run[0].0);
                    let others = right[from..].iter().take_while(|r| r.0 == run[0].0);
                    for b in others {
                        for a in run {
                            work.n_found += 1;
                            found(a.1, b.1, 1.0, &mut out);
                        }
                    }
                }
            }
            work.n_steps = 1;
            (out, work)
        })
        .collect();
    let mut out = Vec::new();
    let mut work = JoinWork::default();
    for (mut part, done) in parts {
        out.append(&mut part);
        work = work.plus(done);
    }
    (out, work)
}
