//! Models of the single flight: see [`sync`](crate::sync).
#![expect(clippy::unwrap_used, reason = "a failing test may panic")]

use shuttle::future::{block_on, spawn as attached, yield_now};

use super::*;
use crate::sync::model::{AtomicUsize, Ordering, check, check_all, panic_on_purpose};

/// Counts the runs of the work.
#[derive(Debug, Default)]
struct Runs {
    begun: AtomicUsize,
    ended: AtomicUsize,
}

impl Runs {
    /// Runs once, and returns which run this is. No other run may be in progress.
    async fn run(self: Arc<Self>) -> usize {
        let before = self.begun.fetch_add(1, Ordering::SeqCst);
        assert_eq!(self.ended.load(Ordering::SeqCst), before, "two runs at once");
        yield_now().await;
        self.ended.fetch_add(1, Ordering::SeqCst) + 1
    }
}

type Flights<V> = Arc<SingleFlight<u8, V>>;

fn run(flights: &Flights<usize>, runs: &Arc<Runs>) -> Flight<usize> {
    let runs = Arc::clone(runs);
    flights.join_or_start(1, || runs.run())
}

/// Starts callers that each need the result of one run, and returns their results.
fn results<const N: usize>(flights: &Flights<usize>, runs: &Arc<Runs>) -> [usize; N] {
    let callers = [(); N].map(|()| {
        let (flights, runs) = (Arc::clone(flights), Arc::clone(runs));
        attached(async move {
            let ended = runs.ended.load(Ordering::SeqCst);
            let result = run(&flights, &runs).result().await.unwrap();
            assert!(result >= ended, "the result of the run {result}, when the run {ended} had ended before the call");
            result
        })
    });
    callers.map(|caller| block_on(caller).unwrap())
}

#[test]
fn no_two_runs_overlap_and_every_caller_gets_a_result() {
    check(|| {
        let (flights, runs) = (SingleFlight::new(), Arc::new(Runs::default()));
        let results: [usize; 4] = results(&flights, &runs);
        let begun = runs.begun.load(Ordering::SeqCst);
        assert!(results.iter().all(|result| (1..=begun).contains(result)), "{results:?} of {begun}");
        assert!(flights.join(&1).is_none(), "a flight is left");
    });
}

#[test]
fn callers_that_come_before_the_result_share_one_run() {
    check(|| {
        let (flights, callers) = (SingleFlight::new(), 3);
        let (joined, begun) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let tasks: Vec<_> = (0..callers)
            .map(|_| {
                let (flights, joined, begun) = (Arc::clone(&flights), Arc::clone(&joined), Arc::clone(&begun));
                attached(async move {
                    let work = Arc::clone(&joined);
                    let flight = flights.join_or_start(1, || async move {
                        begun.fetch_add(1, Ordering::SeqCst);
                        while work.load(Ordering::SeqCst) < callers {
                            yield_now().await;
                        }
                        "done"
                    });
                    joined.fetch_add(1, Ordering::SeqCst);
                    assert_eq!(flight.result().await, Some("done"));
                })
            })
            .collect();
        for task in tasks {
            block_on(task).unwrap();
        }
        assert_eq!(begun.load(Ordering::SeqCst), 1);
    });
}

#[test]
fn a_caller_gets_the_result_under_every_schedule() {
    check_all(|| {
        let (flights, runs) = (SingleFlight::new(), Arc::new(Runs::default()));
        let results: [usize; 1] = results(&flights, &runs);
        assert_eq!(results, [1]);
    });
}

#[test]
fn a_cancelled_caller_strands_nobody() {
    check(|| {
        let (flights, runs) = (SingleFlight::new(), Arc::new(Runs::default()));
        let first = {
            let (flights, runs) = (Arc::clone(&flights), Arc::clone(&runs));
            attached(async move { run(&flights, &runs).result().await })
        };
        let second = {
            let (flights, runs) = (Arc::clone(&flights), Arc::clone(&runs));
            attached(async move { run(&flights, &runs).result().await })
        };
        first.abort();
        assert!(block_on(second).unwrap().is_some());
        _ = block_on(first);
        assert!(block_on(run(&flights, &runs).result()).is_some(), "a later caller");
    });
}

#[test]
fn work_that_panics_ends_every_wait_and_is_not_remembered() {
    check(|| {
        let flights: Flights<usize> = SingleFlight::new();
        let callers = [(); 3].map(|()| {
            let flights = Arc::clone(&flights);
            attached(async move {
                let broken = flights.join_or_start(1, || async { panic_on_purpose() });
                assert_eq!(broken.result().await, None);
            })
        });
        for caller in callers {
            block_on(caller).unwrap();
        }
        assert_eq!(block_on(flights.join_or_start(1, || async { 7 }).result()), Some(7));
    });
}

#[test]
fn a_caller_that_got_a_failure_never_gets_the_same_failure_again() {
    check(|| {
        let (flights, runs) = (SingleFlight::new(), Arc::new(Runs::default()));
        let callers = [(); 3].map(|()| {
            let (flights, runs) = (Arc::clone(&flights), Arc::clone(&runs));
            attached(async move {
                let first = run(&flights, &runs).result().await.unwrap();
                let again = run(&flights, &runs).result().await.unwrap();
                assert!(again > first, "the run {again} after the run {first}");
            })
        });
        for caller in callers {
            block_on(caller).unwrap();
        }
    });
}

#[test]
fn keys_do_not_wait_for_each_other() {
    check(|| {
        let flights = SingleFlight::new();
        let gate = Arc::new(AtomicUsize::new(0));
        let held = {
            let (flights, gate) = (Arc::clone(&flights), Arc::clone(&gate));
            attached(async move {
                let opened = flights.join_or_start(1, || async move {
                    while gate.load(Ordering::SeqCst) == 0 {
                        yield_now().await;
                    }
                    1
                });
                opened.result().await
            })
        };
        assert_eq!(block_on(flights.join_or_start(2, || async { 2 }).result()), Some(2));
        gate.store(1, Ordering::SeqCst);
        assert_eq!(block_on(held).unwrap(), Some(1));
    });
}
