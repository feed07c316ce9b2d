//! Work in two steps on many threads: pieces are made in any order and taken in theirs, by several takers at once.
//!
//! A file of a run takes its batches one after the other, by one thread at a time; which thread does not matter, and
//! while one file is slow (compression) the others go on and later batches are made.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Takes the pieces of one lane, in order.
pub(super) type Taker<'t, T, E> = Box<dyn FnMut(T) -> Result<(), E> + Send + 't>;

/// Makes `n` rounds of pieces, one piece for each taker, and hands each taker its pieces in order.
///
/// `make` is asked once for each round, by all threads of the pool; no more than `window` rounds are made that some
/// taker has not taken. With one thread the calling one does it all, in one order. Errors: the first of `make`, or of
/// the first taker that failed; then nothing more is begun.
/// A panic of either ends all threads and goes on in the caller.
pub(super) fn in_lanes<T: Send, E: Send>(
    n: usize,
    window: usize,
    make: impl Fn(usize) -> Result<Vec<T>, E> + Sync,
    takers: Vec<Taker<'_, T, E>>,
) -> Result<(), E> {
    let takers: Vec<Mutex<Taker<'_, T, E>>> = takers.into_iter().map(Mutex::new).collect();
    let shared = Shared {
        state: Mutex::new(State {
            next: 0,
            lanes: takers.iter().map(|_| Lane::default()).collect(),
            failed: None,
            is_over: false,
        }),
        changed: Condvar::new(),
    };
    let work = || {
        let _guard = OverOnPanic(&shared);
        let mut state = shared.lock();
        loop {
            let step = state.step(n, window.max(1));
            state = match step {
                Step::Over => return,
                Step::Wait => shared.wait(state),
                Step::Take { lane, piece } => {
                    drop(state);
                    let taken = unpoisoned(takers[lane].lock())(piece);
                    shared.after(|state| state.took(lane, taken))
                }
                Step::Make(round) => {
                    drop(state);
                    let made = make(round);
                    shared.after(|state| state.made(round, made))
                }
            };
        }
    };
    if rayon::current_num_threads() == 1 {
        work();
    } else {
        rayon::broadcast(|_| work());
    }
    let state = shared.state.into_inner();
    match unpoisoned(state).failed {
        Some((_, error)) => Err(error),
        None => Ok(()),
    }
}

/// Nothing of ours is left half changed by a panic, which happens outside the lock.
fn unpoisoned<G>(locked: Result<G, PoisonError<G>>) -> G {
    locked.unwrap_or_else(PoisonError::into_inner)
}

struct Shared<T, E> {
    state: Mutex<State<T, E>>,
    changed: Condvar,
}

impl<T, E> Shared<T, E> {
    fn lock(&self) -> MutexGuard<'_, State<T, E>> {
        unpoisoned(self.state.lock())
    }

    fn wait<'s>(&self, state: MutexGuard<'s, State<T, E>>) -> MutexGuard<'s, State<T, E>> {
        unpoisoned(self.changed.wait(state))
    }

    /// Changes the state and wakes who waits for that.
    fn after(&self, change: impl FnOnce(&mut State<T, E>)) -> MutexGuard<'_, State<T, E>> {
        let mut state = self.lock();
        change(&mut state);
        self.changed.notify_all();
        state
    }
}

/// Without it, threads would wait for ever for one that panicked.
struct OverOnPanic<'s, T, E>(&'s Shared<T, E>);

impl<T, E> Drop for OverOnPanic<'_, T, E> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            drop(self.0.after(|state| state.is_over = true));
        }
    }
}

/// What a thread does next.
enum Step<T> {
    Over,
    Wait,
    Take { lane: usize, piece: T },
    Make(usize),
}

struct State<T, E> {
    /// The next round to make.
    next: usize,
    lanes: Vec<Lane<T>>,
    /// The lane of the first error, takers in order before `make`.
    failed: Option<(usize, E)>,
    is_over: bool,
}

struct Lane<T> {
    /// Made and not taken, by round.
    pieces: BTreeMap<usize, T>,
    /// The round to take next.
    at: usize,
    is_taking: bool,
}

impl<T> Default for Lane<T> {
    fn default() -> Self {
        Lane {
            pieces: BTreeMap::new(),
            at: 0,
            is_taking: false,
        }
    }
}

impl<T, E> State<T, E> {
    /// Taking goes before making: it frees memory.
    fn step(&mut self, n: usize, window: usize) -> Step<T> {
        if self.is_over {
            return Step::Over;
        }
        for (at, lane) in self.lanes.iter_mut().enumerate() {
            if !lane.is_taking
                && let Some(piece) = lane.pieces.remove(&lane.at)
            {
                lane.is_taking = true;
                return Step::Take { lane: at, piece };
            }
        }
        let slowest = self.lanes.iter().map(|lane| lane.at).min();
        let slowest = slowest.unwrap_or(self.next);
        if self.next < n && self.next < slowest + window {
            self.next += 1;
            return Step::Make(self.next - 1);
        }
        if slowest >= n { Step::Over } else { Step::Wait }
    }

    fn took(&mut self, lane: usize, taken: Result<(), E>) {
        self.lanes[lane].is_taking = false;
        self.lanes[lane].at += 1;
        if let Err(error) = taken {
            self.fail(lane, error);
        }
    }

    fn made(&mut self, round: usize, made: Result<Vec<T>, E>) {
        match made {
            Err(error) => self.fail(self.lanes.len(), error),
            Ok(pieces) => {
                assert_eq!(pieces.len(), self.lanes.len(), "one piece for each lane");
                for (lane, piece) in self.lanes.iter_mut().zip(pieces) {
                    lane.pieces.insert(round, piece);
                }
            }
        }
    }

    fn fail(&mut self, lane: usize, error: E) {
        self.is_over = true;
        if self.failed.as_ref().is_none_or(|(first, _)| lane < *first) {
            self.failed = Some((lane, error));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicUsize, Ordering};

    fn with_threads<R: Send>(n: usize, run: impl FnOnce() -> R + Send) -> R {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(n);
        pool.build().expect("threads").install(run)
    }

    /// Every taker gets all pieces in order, and no more are made ahead than the window allows.
    #[test]
    fn every_lane_takes_all_pieces_in_order() {
        for n_threads in [1, 2, 5] {
            for (n, window) in [(0, 3), (1, 1), (40, 1), (40, 7), (40, 100)] {
                let mut lanes = [Vec::new(), Vec::new(), Vec::new()];
                let (n_made, n_taken) = (AtomicUsize::new(0), AtomicUsize::new(0));
                let takers: Vec<Taker<'_, (usize, usize), ()>> = lanes
                    .iter_mut()
                    .enumerate()
                    .map(|(lane, out)| -> Taker<'_, (usize, usize), ()> {
                        let n_taken = &n_taken;
                        Box::new(move |piece| {
                            if lane == 1 && piece.0.is_multiple_of(8) {
                                std::thread::sleep(std::time::Duration::from_millis(1));
                            }
                            if lane == 1 {
                                n_taken.fetch_add(1, Ordering::SeqCst);
                            }
                            out.push(piece);
                            Ok(())
                        })
                    })
                    .collect();
                let make = |round: usize| {
                    // One piece is taken by the slow lane before it is counted as taken.
                    let made = n_made.fetch_add(1, Ordering::SeqCst) + 1;
                    assert!(made <= n_taken.load(Ordering::SeqCst) + window);
                    Ok((0..3).map(|lane| (round, lane)).collect())
                };
                with_threads(n_threads, || in_lanes(n, window, make, takers)).expect("no error");
                for (lane, taken) in lanes.into_iter().enumerate() {
                    assert!(taken.into_iter().eq((0..n).map(|round| (round, lane))));
                }
            }
        }
    }

    #[test]
    fn an_error_of_either_side_ends_it() {
        for n_threads in [1, 3] {
            let fails_at = |lane: usize| -> Taker<'static, usize, String> {
                Box::new(move |round| match round {
                    5 => Err(format!("lane {lane}")),
                    _ => Ok(()),
                })
            };
            let taker = with_threads(n_threads, || {
                in_lanes(100, 4, |round| Ok(vec![round]), vec![fails_at(0)])
            });
            assert_eq!(taker, Err("lane 0".to_owned()));
            let maker = with_threads(n_threads, || {
                let make = |round| match round {
                    3 => Err("made".to_owned()),
                    _ => Ok(vec![round]),
                };
                in_lanes(100, 4, make, vec![fails_at(0)])
            });
            assert_eq!(maker, Err("made".to_owned()));
        }
    }

    #[test]
    fn a_panic_of_either_side_reaches_the_caller() {
        for n_threads in [1, 3] {
            for at_maker in [true, false] {
                let run = || {
                    with_threads(n_threads, || {
                        let taker: Taker<'_, usize, ()> = Box::new(|round| {
                            assert!(at_maker || round != 6, "taker");
                            Ok(())
                        });
                        let make = |round| {
                            assert!(!at_maker || round != 6, "maker");
                            Ok(vec![round])
                        };
                        in_lanes(50, 2, make, vec![taker])
                    })
                };
                assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
            }
        }
    }
}
