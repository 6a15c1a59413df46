//! Single flight: concurrent callers that need the same work share one run of it.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, PoisonError};

use crate::sync::{Mutex, MutexGuard, spawn, watch};

/// The work in progress: at most one run for each key.
///
/// The work runs in a task of its own. All waiters share its result. If a waiter is dropped, the work continues.
#[derive(Debug)]
pub(crate) struct SingleFlight<K, V>(Mutex<Channels<K, V>>);

type Channels<K, V> = HashMap<K, watch::Receiver<Option<V>>>;

/// A handle to work in progress, for one waiter.
#[derive(Debug)]
pub(crate) struct Flight<V>(watch::Receiver<Option<V>>);

impl<K, V> SingleFlight<K, V>
where
    K: Copy + Eq + Hash + Send + 'static,
    V: Clone + Send + Sync + 'static,
{
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::default()))
    }

    /// Joins the work for a key, if there is any in progress.
    pub(crate) fn join(&self, key: &K) -> Option<Flight<V>> {
        in_progress(&self.lock(), key)
    }

    /// Joins the work for a key, or starts it.
    ///
    /// 1. The map is locked until this function returns, so two callers cannot start work for one key at the same time.
    /// 2. If the map has a channel for the key, and its sender still exists, the caller gets a copy of the receiver.
    /// 3. Otherwise a new channel is put into the map, and a new task runs the work.
    /// 4. When the work is done, the task removes the channel from the map, and only then sends the result.
    ///
    /// Suppose that step 4 sent the result first. Then a waiter could receive the result, call this function again, and
    /// join the work that is already done. The waiter would get the old result again, for example an error, without a
    /// new attempt. Because step 4 removes the channel first, a call after the result starts new work. If the old work
    /// stored something, for example in a cache, the new work finds it, because the old work ended before the removal.
    pub(crate) fn join_or_start<W>(self: &Arc<Self>, key: K, work: impl FnOnce() -> W) -> Flight<V>
    where
        W: Future<Output = V> + Send + 'static,
    {
        let mut flights = self.lock();
        if let Some(flight) = in_progress(&flights, &key) {
            return flight;
        }
        let (sender, flight) = watch::channel(None);
        flights.insert(key, flight.clone());
        let (all, work) = (Arc::clone(self), work());
        spawn(async move {
            let result = work.await;
            // Step 4: first remove, then send.
            all.lock().remove(&key);
            _ = sender.send(Some(result));
        });
        Flight(flight)
    }

    fn lock(&self) -> MutexGuard<'_, Channels<K, V>> {
        // If a thread panics while it holds the lock, the map is still valid. At worst, a channel in it has no sender.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<V: Clone> Flight<V> {
    /// Waits for the result. Returns `None` if the work ended without one: it panicked, or the runtime is shutting
    /// down.
    pub(crate) async fn result(mut self) -> Option<V> {
        self.0.wait_for(Option::is_some).await.ok()?.clone()
    }
}

fn in_progress<K: Eq + Hash, V>(flights: &Channels<K, V>, key: &K) -> Option<Flight<V>> {
    // `has_changed` returns an error if the sender was dropped. A channel without a sender is still in the map only if
    // the work panicked or its task was cancelled, so that step 4 of `join_or_start` did not run. `join_or_start`
    // replaces such a channel.
    flights.get(key).filter(|flight| flight.has_changed().is_ok()).cloned().map(Flight)
}

#[cfg(all(test, shuttle))]
mod model_tests;
#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Notify;

    use super::*;

    #[tokio::test]
    async fn all_waiters_share_one_result() {
        let (flights, begun, gate) = (SingleFlight::new(), Arc::new(AtomicUsize::new(0)), Arc::new(Notify::new()));
        let join = || {
            let (begun, gate) = (Arc::clone(&begun), Arc::clone(&gate));
            flights.join_or_start(1, move || async move {
                begun.fetch_add(1, Ordering::SeqCst);
                gate.notified().await;
                "done"
            })
        };
        let (one, other) = (join(), join());
        gate.notify_one();
        assert_eq!((one.result().await, other.result().await), (Some("done"), Some("done")));
        assert_eq!(begun.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn work_continues_when_a_waiter_is_dropped() {
        let (flights, gate) = (SingleFlight::new(), Arc::new(Notify::new()));
        let work = |gate: &Arc<Notify>| {
            let gate = Arc::clone(gate);
            move || async move {
                gate.notified().await;
                "done"
            }
        };
        drop(flights.join_or_start(1, work(&gate)));
        let joined = flights.join_or_start(1, || async { "not this one" });
        gate.notify_one();
        assert_eq!(joined.result().await, Some("done"));
    }

    #[tokio::test]
    async fn new_work_starts_after_work_that_panicked() {
        #[expect(clippy::panic, reason = "what is tested")]
        async fn broken() -> &'static str {
            panic!("on purpose")
        }
        let flights = SingleFlight::new();
        assert_eq!(flights.join_or_start(1, broken).result().await, None);
        assert!(flights.join(&1).is_none());
        assert_eq!(flights.join_or_start(1, || async { "done" }).result().await, Some("done"));
    }
}
