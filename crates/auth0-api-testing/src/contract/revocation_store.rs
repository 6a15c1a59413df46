//! The suite for revocation stores.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use auth0_api_core::logout::{RevocationStore, SubjectId};
use tokio::sync::Barrier;

/// Checks that a revocation store follows these rules:
///
/// 1. A subject that was never revoked has no time. A revoked subject has its own time, in whole seconds, and no other
///    subject gets it.
/// 2. A later time stays: an earlier one that arrives after it, or at the same time, does not lower it.
/// 3. The store remembers a revocation up to and including the moment of `expires_at`, also while it records others, and
///    also if a revocation with an earlier `expires_at` follows.
/// 4. The store forgets a revocation some time after `expires_at`.
///
/// The store must be empty. It needs capacity for 2 000 subjects. The store may expire revocations by the times that the
/// suite passes to it, or by its own clock. The suite uses a `now` in 2023, and waits at most 10 s for the store to forget
/// a revocation.
///
/// # Panics
///
/// When the store violates a rule, or when the store returns an error. The message contains the rule or the error.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use auth0_api_core::logout::MemoryRevocationStore;
/// use auth0_api_testing::contract;
///
/// // In a test: #[tokio::test(flavor = "multi_thread")]. With one thread, the revocations do
/// // not race.
/// #[tokio::main]
/// async fn main() {
///     contract::revocation_store(Arc::new(MemoryRevocationStore::new())).await;
/// }
/// ```
pub async fn revocation_store(store: Arc<dyn RevocationStore>) {
    let suite = Suite { store, names: RandomState::new() };
    suite.subject_has_its_own_time().await;
    suite.later_time_stays().await;
    suite.latest_of_racing_revocations_stays().await;
    suite.live_revocation_is_remembered().await;
    suite.expired_revocation_is_forgotten().await;
}

struct Suite {
    store: Arc<dyn RevocationStore>,
    /// A random hasher that makes the names. Several runs that share a server use different subjects.
    names: RandomState,
}

impl Suite {
    async fn subject_has_its_own_time(&self) {
        let (ada, bob) = (self.subject("ada"), self.subject("bob"));
        assert_eq!(self.time(&ada).await, None, "a subject that was never revoked has no time");
        self.revoke(&ada, 1).await;
        assert_eq!(self.time(&ada).await, Some(second(1)), "a revoked subject has its time");
        assert_eq!(self.time(&bob).await, None, "another subject is not revoked");
        let elsewhere = SubjectId::new("https://other.example.com/", "ada");
        assert_eq!(self.time(&elsewhere).await, None, "the same user of another issuer is not revoked");
    }

    async fn later_time_stays(&self) {
        let subject = self.subject("order");
        for (seconds, expected) in [(20, 20), (10, 20), (20, 20), (30, 30), (29, 30)] {
            self.revoke(&subject, seconds).await;
            assert_eq!(self.time(&subject).await, Some(second(expected)), "a later time stays");
        }
    }

    async fn latest_of_racing_revocations_stays(&self) {
        for round in 0..ROUNDS {
            let subject = self.subject(&format!("race {round}"));
            // The barrier releases all tasks at the same moment.
            let start = Arc::new(Barrier::new(TASKS));
            let tasks: Vec<_> = (0..TASKS)
                .map(|number| {
                    let (store, start) = (Arc::clone(&self.store), Arc::clone(&start));
                    tokio::spawn(async move {
                        start.wait().await;
                        revoke(&*store, &subject, second(number as u64), now() + LIFE).await;
                    })
                })
                .collect();
            for task in tasks {
                let answer = task.await;
                assert!(answer.is_ok(), "the store panicked during simultaneous revocations: {answer:?}");
            }
            let expected = Some(second(TASKS as u64 - 1));
            assert_eq!(
                self.time(&subject).await,
                expected,
                "the latest of simultaneous revocations stays, in round {round}"
            );
        }
    }

    async fn live_revocation_is_remembered(&self) {
        let long = self.subject("long");
        self.revoke(&long, 5).await;
        revoke(&*self.store, &long, second(5), now() + Duration::from_millis(20)).await;
        for number in 0..MANY {
            self.revoke(&self.subject(&format!("many {number}")), 10 + number).await;
        }
        let at_expiry = self.store.revoke(&self.subject("other"), second(1), now() + LIFE, now() + LIFE + LIFE).await;
        assert!(at_expiry.is_ok(), "{at_expiry:?}");
        tokio::time::sleep(Duration::from_millis(30)).await;
        let rule = "a revocation is remembered up to and including its longest expiry";
        assert_eq!(self.time(&long).await, Some(second(5)), "{rule}");
        for number in 0..MANY {
            let time = self.time(&self.subject(&format!("many {number}"))).await;
            assert_eq!(time, Some(second(10 + number)), "{rule}");
        }
    }

    async fn expired_revocation_is_forgotten(&self) {
        let subject = self.subject("short");
        // Earlier than all others, because a store may remove the oldest first.
        revoke(&*self.store, &subject, UNIX_EPOCH, now() + Duration::from_millis(20)).await;
        // A store may keep its times in whole seconds.
        let later = now() + Duration::from_secs(2);
        for attempt in 0..ATTEMPTS {
            let other = self.subject(&format!("later {attempt}"));
            let answer = self.store.revoke(&other, later, later, later + Duration::from_millis(20)).await;
            assert!(answer.is_ok(), "{answer:?}");
            if self.time(&subject).await.is_none() {
                return;
            }
            tokio::time::sleep(BETWEEN_ATTEMPTS).await;
        }
        unreachable!("the store forgets an expired revocation");
    }

    async fn revoke(&self, subject: &SubjectId, seconds: u64) {
        revoke(&*self.store, subject, second(seconds), now() + LIFE).await;
    }

    #[expect(clippy::panic, reason = "a suite reports a failure by panicking")]
    async fn time(&self, subject: &SubjectId) -> Option<SystemTime> {
        match self.store.revoked_up_to(subject).await {
            Ok(time) => time,
            Err(error) => panic!("a store answers, but this store returned an error: {error:?}"),
        }
    }

    fn subject(&self, name: &str) -> SubjectId {
        SubjectId::new("https://tenant.example.com/", &format!("{} {name}", self.names.hash_one(name)))
    }
}

#[expect(clippy::panic, reason = "a suite reports a failure by panicking")]
async fn revoke(store: &dyn RevocationStore, subject: &SubjectId, issued_up_to: SystemTime, expires_at: SystemTime) {
    if let Err(error) = store.revoke(subject, issued_up_to, now(), expires_at).await {
        panic!("a store with enough capacity revokes, but this store returned an error: {error:?}");
    }
}

/// 2023-11-14T22:13:20Z.
fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

fn second(number: u64) -> SystemTime {
    now() - Duration::from_secs(10_000) + Duration::from_secs(number)
}

/// The time from `now` to the expiry of a revocation.
const LIFE: Duration = Duration::from_secs(86_400);

const ROUNDS: usize = 20;
const TASKS: usize = 16;
const MANY: u64 = 500;

/// The attempts take 10 s in all. A store that expires revocations by its own clock needs some of this time.
const ATTEMPTS: usize = 1_000;
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(10);

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::{Mutex, MutexGuard, PoisonError};

    use auth0_api_core::logout::{MemoryRevocationStore, StoreFuture};

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn memory_store_passes() {
        revocation_store(Arc::new(MemoryRevocationStore::new())).await;
    }

    #[tokio::test]
    #[should_panic(expected = "a revoked subject has its time")]
    async fn store_that_records_nothing_fails() {
        revocation_store(Arc::new(Broken::with(Fault::RecordsNothing))).await;
    }

    #[tokio::test]
    #[should_panic(expected = "another subject is not revoked")]
    async fn store_that_revokes_everybody_fails() {
        revocation_store(Arc::new(Broken::with(Fault::IgnoresSubject))).await;
    }

    #[tokio::test]
    #[should_panic(expected = "a later time stays")]
    async fn store_that_keeps_the_last_time_fails() {
        revocation_store(Arc::new(Broken::with(Fault::KeepsLast))).await;
    }

    #[tokio::test]
    #[should_panic(expected = "the latest of simultaneous revocations stays")]
    async fn store_that_reads_and_writes_in_two_steps_fails() {
        revocation_store(Arc::new(Broken::with(Fault::ReadsFirst))).await;
    }

    #[tokio::test]
    #[should_panic(expected = "up to and including its longest expiry")]
    async fn store_without_capacity_fails() {
        revocation_store(Arc::new(MemoryRevocationStore::with_capacity(400))).await;
    }

    #[derive(Debug)]
    struct Broken {
        fault: Fault,
        times: Mutex<HashMap<Vec<u8>, SystemTime>>,
    }

    #[derive(Debug, PartialEq)]
    enum Fault {
        IgnoresSubject,
        KeepsLast,
        ReadsFirst,
        RecordsNothing,
    }

    impl Broken {
        fn with(fault: Fault) -> Self {
            Self { fault, times: Mutex::default() }
        }

        fn name(&self, subject: &SubjectId) -> Vec<u8> {
            if self.fault == Fault::IgnoresSubject { vec![] } else { subject.as_bytes().to_vec() }
        }

        fn times(&self) -> MutexGuard<'_, HashMap<Vec<u8>, SystemTime>> {
            self.times.lock().unwrap_or_else(PoisonError::into_inner)
        }
    }

    impl RevocationStore for Broken {
        fn revoke<'a>(
            &'a self,
            subject: &'a SubjectId,
            issued_up_to: SystemTime,
            _: SystemTime,
            _: SystemTime,
        ) -> StoreFuture<'a, ()> {
            Box::pin(async move {
                let known = self.times().get(&self.name(subject)).copied();
                // Between the two steps, other tasks revoke the same subject. The earliest time is written last.
                if self.fault == Fault::ReadsFirst {
                    let age = now().duration_since(issued_up_to).unwrap_or_default().as_secs();
                    for _ in 0..age.saturating_sub(9_980).min(20) {
                        tokio::task::yield_now().await;
                    }
                }
                let later = known.filter(|known| self.fault != Fault::KeepsLast && *known > issued_up_to);
                if self.fault != Fault::RecordsNothing {
                    self.times().insert(self.name(subject), later.unwrap_or(issued_up_to));
                }
                Ok(())
            })
        }

        fn revoked_up_to<'a>(&'a self, subject: &'a SubjectId) -> StoreFuture<'a, Option<SystemTime>> {
            Box::pin(async move { Ok(self.times().get(&self.name(subject)).copied()) })
        }
    }
}
