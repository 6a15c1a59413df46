//! Work that many wait for and one does.

use std::collections::HashMap;
use std::future::Future;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

/// The work under way, at most one for each key.
///
/// It runs in a task of its own: whoever waits shares its result, and a waiter that goes away takes nothing with it.
#[derive(Debug)]
pub(super) struct SingleFlight<K, V>(Mutex<HashMap<K, watch::Receiver<Option<V>>>>);

/// Work that somebody can wait for.
#[derive(Debug)]
pub(super) struct Flight<V>(watch::Receiver<Option<V>>);

impl<K, V> SingleFlight<K, V>
where
    K: Copy + Eq + Hash + Send + 'static,
    V: Clone + Send + Sync + 'static,
{
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self(Mutex::default()))
    }

    /// Joins the work for a key, or starts it.
    pub(super) fn join_or_start<W>(self: &Arc<Self>, key: K, work: impl FnOnce() -> W) -> Flight<V>
    where
        W: Future<Output = V> + Send + 'static,
    {
        let mut flights = self.lock();
        // A channel that nobody will send on any more is that of work that panicked.
        if let Some(flight) = flights.get(&key).filter(|flight| flight.has_changed().is_ok()) {
            return Flight(flight.clone());
        }
        let (sender, flight) = watch::channel(None);
        flights.insert(key, flight.clone());
        let (all, work) = (Arc::clone(self), work());
        tokio::spawn(async move {
            let result = work.await;
            // Whoever comes from now on finds what the work left behind, or begins anew.
            all.lock().remove(&key);
            _ = sender.send(Some(result));
        });
        Flight(flight)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, watch::Receiver<Option<V>>>> {
        // Nothing panics while holding it; if it did, the map is still whole.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<V: Clone> Flight<V> {
    /// Waits for the result; `None` if the work ended without one: it panicked, or the runtime is shutting down.
    pub(super) async fn result(mut self) -> Option<V> {
        self.0.wait_for(Option::is_some).await.ok()?.clone()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use tokio::sync::Notify;

    use super::*;

    #[tokio::test]
    async fn all_who_wait_share_one_result() {
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
    async fn a_waiter_that_goes_away_takes_nothing_with_it() {
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
    async fn work_that_panics_leaves_room_for_the_next() {
        #[expect(clippy::panic, reason = "what is tested")]
        async fn broken() -> &'static str {
            panic!("on purpose")
        }
        let flights = SingleFlight::new();
        assert_eq!(flights.join_or_start(1, broken).result().await, None);
        assert_eq!(flights.join_or_start(1, || async { "done" }).result().await, Some("done"));
    }
}
