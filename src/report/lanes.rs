//! Work in two steps on many threads: pieces are made in any order and taken in theirs, by several takers at once.
//!
//! A file of a run takes its batches one after the other, by one thread at a time; which thread does not matter, and
//! while one file is slow (compression) the others go on, later batches are made, and those of the next table.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How long a thread waits for a step of others before it looks for work elsewhere.
const PATIENCE: Duration = Duration::from_millis(2);

/// Takes the pieces of one lane, in order, and `None` behind the last.
pub(super) type Taker<'t, T, E> = Box<dyn FnMut(Option<T>) -> Result<(), E> + Send + 't>;

/// Makes the pieces of a round, one for each taker.
pub(super) type Maker<'t, T, E> = Box<dyn Fn(usize) -> Result<Vec<T>, E> + Send + Sync + 't>;

/// Rounds of pieces and who takes them: a table and its files.
pub(super) struct Work<'t, T, E> {
    /// Rounds.
    pub(super) n: usize,
    /// Most rounds that are made and that some taker has not taken; at least one.
    pub(super) window: usize,
    /// Asked once for each round.
    pub(super) make: Maker<'t, T, E>,
    /// The lanes.
    pub(super) takers: Vec<Taker<'t, T, E>>,
}

/// Does all works: makes their rounds of pieces and hands each taker its pieces in order, then its end.
///
/// All threads of the pool make and take. A work is begun when nothing is left to do in those before it, which may still
/// wait for a slow taker. With one thread the calling one does it all, in one order. Errors: that of the first work that
/// failed, and in it of the first taker, else of `make`; then nothing more is begun.
/// A panic of either ends all threads and goes on in the caller.
pub(super) fn in_lanes<T: Send, E: Send>(works: Vec<Work<'_, T, E>>) -> Result<(), E> {
    let shared = Shared {
        state: Mutex::new(State {
            works: works.iter().map(Progressing::of).collect(),
            failed: None,
            is_over: false,
        }),
        changed: Condvar::new(),
    };
    let (mut makers, mut takers) = (Vec::new(), Vec::new());
    for work in works {
        makers.push(work.make);
        takers.push(work.takers.into_iter().map(Mutex::new).collect::<Vec<_>>());
    }
    let threads = || {
        let _guard = OverOnPanic(&shared);
        let mut state = shared.lock();
        loop {
            let step = state.step();
            state = match step {
                Step::Over => return,
                Step::Wait => shared.wait(state),
                Step::Take { work, lane, piece } => {
                    drop(state);
                    let taken = unpoisoned(takers[work][lane].lock())(piece);
                    shared.after(|state| state.took(work, lane, taken))
                }
                Step::Make { work, round } => {
                    drop(state);
                    let made = makers[work](round);
                    shared.after(|state| state.made(work, round, made))
                }
            };
        }
    };
    if rayon::current_num_threads() == 1 {
        threads();
    } else {
        rayon::broadcast(|_| threads());
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

    /// Waits for a change, and when none comes soon lends the thread to the pool's other work: the step that is waited
    /// for may itself be waiting for that, as when two reports are written at once.
    fn wait<'s>(&'s self, state: MutexGuard<'s, State<T, E>>) -> MutexGuard<'s, State<T, E>> {
        let (state, waited) = unpoisoned(self.changed.wait_timeout(state, PATIENCE));
        if !waited.timed_out() {
            return state;
        }
        drop(state);
        rayon::yield_now();
        self.lock()
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
    Take {
        work: usize,
        lane: usize,
        piece: Option<T>,
    },
    Make {
        work: usize,
        round: usize,
    },
}

struct State<T, E> {
    works: Vec<Progressing<T>>,
    /// Work and lane of the first error; `make` comes behind all lanes.
    failed: Option<((usize, usize), E)>,
    is_over: bool,
}

/// How far a work is.
struct Progressing<T> {
    n: usize,
    window: usize,
    /// The next round to make.
    next: usize,
    lanes: Vec<Lane<T>>,
}

struct Lane<T> {
    /// Made and not taken, by round.
    pieces: BTreeMap<usize, T>,
    /// The round to take next; beyond the last one its end, beyond that nothing.
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

impl<T> Progressing<T> {
    fn of<E>(work: &Work<'_, T, E>) -> Progressing<T> {
        Progressing {
            n: work.n,
            window: work.window.max(1),
            next: 0,
            lanes: work.takers.iter().map(|_| Lane::default()).collect(),
        }
    }

    /// A lane that can take something, and what; `None` behind the last piece.
    fn take(&mut self) -> Option<(usize, Option<T>)> {
        for (at, lane) in self.lanes.iter_mut().enumerate() {
            if lane.is_taking {
                continue;
            }
            let piece = lane.pieces.remove(&lane.at);
            if piece.is_some() || lane.at == self.n {
                lane.is_taking = true;
                return Some((at, piece));
            }
        }
        None
    }

    /// The next round, when one may be made.
    fn make(&mut self) -> Option<usize> {
        let slowest = self.lanes.iter().map(|lane| lane.at).min();
        let slowest = slowest.unwrap_or(self.next);
        let may = self.next < self.n && self.next < slowest + self.window;
        may.then(|| {
            self.next += 1;
            self.next - 1
        })
    }

    fn is_over(&self) -> bool {
        self.next == self.n && self.lanes.iter().all(|lane| lane.at > self.n)
    }
}

impl<T, E> State<T, E> {
    /// Taking goes before making: it frees memory.
    fn step(&mut self) -> Step<T> {
        if self.is_over || self.works.iter().all(Progressing::is_over) {
            return Step::Over;
        }
        for (work, progressing) in self.works.iter_mut().enumerate() {
            if let Some((lane, piece)) = progressing.take() {
                return Step::Take { work, lane, piece };
            }
            if let Some(round) = progressing.make() {
                return Step::Make { work, round };
            }
        }
        Step::Wait
    }

    fn took(&mut self, work: usize, lane: usize, taken: Result<(), E>) {
        let taking = &mut self.works[work].lanes[lane];
        taking.is_taking = false;
        taking.at += 1;
        if let Err(error) = taken {
            self.fail((work, lane), error);
        }
    }

    fn made(&mut self, work: usize, round: usize, made: Result<Vec<T>, E>) {
        let lanes = &mut self.works[work].lanes;
        match made {
            Err(error) => {
                let behind = lanes.len();
                self.fail((work, behind), error);
            }
            Ok(pieces) => {
                assert_eq!(pieces.len(), lanes.len(), "one piece for each lane");
                for (lane, piece) in lanes.iter_mut().zip(pieces) {
                    lane.pieces.insert(round, piece);
                }
            }
        }
    }

    fn fail(&mut self, at: (usize, usize), error: E) {
        self.is_over = true;
        if self.failed.as_ref().is_none_or(|(first, _)| at < *first) {
            self.failed = Some((at, error));
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

    /// Every taker gets all pieces and the end, in order, and no more are made ahead than the window allows.
    #[test]
    fn every_lane_takes_all_pieces_in_order() {
        for n_threads in [1, 2, 5] {
            for (n, window) in [(0, 3), (1, 1), (40, 1), (40, 7), (40, 100)] {
                // Two works of three lanes each; the second lane is slow.
                let mut lanes = vec![Vec::new(); 6];
                let counts: Vec<(AtomicUsize, AtomicUsize)> =
                    (0..2).map(|_| Default::default()).collect();
                let works = lanes
                    .chunks_mut(3)
                    .zip(&counts)
                    .enumerate()
                    .map(|(work, (lanes, (n_made, n_taken)))| Work {
                        n: n + work,
                        window,
                        make: Box::new(move |round: usize| {
                            // One piece is taken by the slow lane before it is counted as taken.
                            let made = n_made.fetch_add(1, Ordering::SeqCst) + 1;
                            assert!(made <= n_taken.load(Ordering::SeqCst) + window);
                            Ok((0..3).map(|lane| (round, lane)).collect())
                        }),
                        takers: lanes
                            .iter_mut()
                            .enumerate()
                            .map(|(lane, out)| -> Taker<'_, (usize, usize), ()> {
                                Box::new(move |piece| {
                                    if lane == 1 && piece.is_some_and(|p| p.0.is_multiple_of(8)) {
                                        std::thread::sleep(std::time::Duration::from_millis(1));
                                    }
                                    if lane == 1 {
                                        n_taken.fetch_add(1, Ordering::SeqCst);
                                    }
                                    out.push(piece);
                                    Ok(())
                                })
                            })
                            .collect(),
                    })
                    .collect();
                with_threads(n_threads, || in_lanes(works)).expect("no error");
                for (at, taken) in lanes.into_iter().enumerate() {
                    let rounds = (0..n + at / 3).map(|round| Some((round, at % 3)));
                    assert!(taken.into_iter().eq(rounds.chain([None])));
                }
            }
        }
    }

    fn one<'t, E>(
        n: usize,
        make: impl Fn(usize) -> Result<Vec<usize>, E> + Send + Sync + 't,
        taker: Taker<'t, usize, E>,
    ) -> Work<'t, usize, E> {
        Work {
            n,
            window: 4,
            make: Box::new(make),
            takers: vec![taker],
        }
    }

    #[test]
    fn an_error_of_either_side_ends_it() {
        for n_threads in [1, 3] {
            let fails_at = |lane: usize, at: Option<usize>| -> Taker<'static, usize, String> {
                Box::new(move |round| match round == at {
                    true => Err(format!("lane {lane}")),
                    false => Ok(()),
                })
            };
            for at in [Some(5), None] {
                let taker = with_threads(n_threads, || {
                    in_lanes(vec![one(100, |round| Ok(vec![round]), fails_at(0, at))])
                });
                assert_eq!(taker, Err("lane 0".to_owned()));
            }
            let maker = with_threads(n_threads, || {
                let make = |round| match round {
                    3 => Err("made".to_owned()),
                    _ => Ok(vec![round]),
                };
                in_lanes(vec![one(100, make, fails_at(0, Some(5)))])
            });
            assert_eq!(maker, Err("made".to_owned()));
        }
    }

    /// A step that waits for another pool, as Parquet does, may come to run other works, for which all threads are
    /// needed, also those that wait for that step.
    #[test]
    fn works_at_once_on_one_pool_come_to_an_end() {
        let other = rayon::ThreadPoolBuilder::new().num_threads(1);
        let other = other.build().expect("a thread");
        let run = || {
            let make = |round: usize| {
                other.install(|| std::thread::sleep(Duration::from_micros(300)));
                Ok(vec![round])
            };
            in_lanes::<usize, ()>(vec![one(1, make, Box::new(|_| Ok(())))]).expect("no error");
        };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2);
        let pool = pool.build().expect("threads");
        for _ in 0..100 {
            std::thread::scope(|scope| {
                for _ in 0..3 {
                    scope.spawn(|| pool.install(run));
                }
            });
        }
    }

    #[test]
    fn a_panic_of_either_side_reaches_the_caller() {
        for n_threads in [1, 3] {
            for at_maker in [true, false] {
                let run = || {
                    with_threads(n_threads, || {
                        let taker: Taker<'_, usize, ()> = Box::new(|round| {
                            assert!(at_maker || round != Some(6), "taker");
                            Ok(())
                        });
                        let make = |round| {
                            assert!(!at_maker || round != 6, "maker");
                            Ok(vec![round])
                        };
                        in_lanes(vec![one(50, make, taker)])
                    })
                };
                assert!(catch_unwind(AssertUnwindSafe(run)).is_err());
            }
        }
    }
}
