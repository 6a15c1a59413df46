//! The suite for replay stores.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use auth0_api_core::dpop::{Insertion, ProofId, ReplayStore};
use auth0_api_core::jose::Thumbprint;
use tokio::sync::Barrier;

/// Checks that a replay store follows these rules:
///
/// 1. The first insertion of a proof is fresh. Every later insertion is replayed.
/// 2. Proofs with different `jti`, or with the same `jti` and different keys, are different proofs.
/// 3. If several tasks insert one proof at the same time, exactly one insertion is fresh.
/// 4. The store remembers a proof up to and including the moment of `expires_at`, also while it records other proofs.
/// 5. The store forgets a proof some time after `expires_at`. A rejected replay does not extend this time.
///
/// The store must be empty. It needs capacity for 2 000 proofs, including 1 000 proofs of one key. The store may expire
/// proofs by the times that the suite passes to it, or by its own clock. The suite uses a `now` in 2023, and waits at
/// most 10 s for the store to forget a proof.
///
/// # Panics
///
/// When the store violates a rule, or when the store returns an error. The message contains the rule or the error.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use auth0_api_core::dpop::MemoryReplayStore;
/// use auth0_api_testing::contract;
///
/// // In a test: #[tokio::test(flavor = "multi_thread")]. With one thread, the insertions do
/// // not race.
/// #[tokio::main]
/// async fn main() {
///     contract::replay_store(Arc::new(MemoryReplayStore::new())).await;
/// }
/// ```
pub async fn replay_store(store: Arc<dyn ReplayStore>) {
    let suite = Suite { store, names: RandomState::new() };
    suite.proof_is_fresh_once().await;
    suite.proofs_differ_by_jti_and_by_key().await;
    suite.one_of_many_racing_insertions_is_fresh().await;
    suite.other_proofs_do_not_evict_a_live_proof().await;
    suite.expired_proof_is_forgotten().await;
}

struct Suite {
    store: Arc<dyn ReplayStore>,
    /// A random hasher that makes the thumbprints. Several runs that share a server use different thumbprints.
    names: RandomState,
}

impl Suite {
    async fn proof_is_fresh_once(&self) {
        let proof = self.proof("once", "jti");
        assert_eq!(self.insert(proof).await, Insertion::Fresh, "a proof that was never used is fresh");
        for _ in 0..3 {
            assert_eq!(self.insert(proof).await, Insertion::Replayed, "a used proof is replayed");
        }
    }

    async fn proofs_differ_by_jti_and_by_key(&self) {
        let jtis = ["a", "b", "A", "a ", "", "ab", "\u{e4}"];
        for (key, jti) in ["one", "two"].into_iter().flat_map(|key| jtis.map(|jti| (key, jti))) {
            let answer = self.insert(self.proof(key, jti)).await;
            assert_eq!(answer, Insertion::Fresh, "jti {jti:?} of key {key} differs from those used before");
        }
        for (key, jti) in ["one", "two"].into_iter().flat_map(|key| jtis.map(|jti| (key, jti))) {
            let answer = self.insert(self.proof(key, jti)).await;
            assert_eq!(answer, Insertion::Replayed, "jti {jti:?} of key {key} was used before");
        }
    }

    async fn one_of_many_racing_insertions_is_fresh(&self) {
        for round in 0..ROUNDS {
            let proof = self.proof("race", &round.to_string());
            // The barrier releases all tasks at the same moment.
            let start = Arc::new(Barrier::new(TASKS));
            let tasks: Vec<_> =
                (0..TASKS).map(|_| tokio::spawn(run(Arc::clone(&self.store), proof, Arc::clone(&start)))).collect();
            let mut fresh = 0;
            for task in tasks {
                let answer = task.await;
                assert!(answer.is_ok(), "the store panicked during simultaneous insertions: {answer:?}");
                fresh += usize::from(answer.is_ok_and(|answer| answer == Insertion::Fresh));
            }
            assert_eq!(fresh, 1, "one of {TASKS} simultaneous insertions of one proof is fresh, in round {round}");
        }
    }

    async fn other_proofs_do_not_evict_a_live_proof(&self) {
        let proofs: HashSet<_> = (0..MANY).map(|jti| self.proof("many", &jti.to_string())).collect();
        for proof in &proofs {
            assert_eq!(self.insert(*proof).await, Insertion::Fresh, "each of {MANY} different proofs is fresh");
        }
        for proof in &proofs {
            let answer = insert(&*self.store, *proof, now() + LIFE, now() + LIFE + LIFE).await;
            assert_eq!(answer, Insertion::Replayed, "a proof is remembered up to and including its expiry");
        }
    }

    async fn expired_proof_is_forgotten(&self) {
        let proof = self.proof("short", "jti");
        let expires_at = now() + Duration::from_millis(20);
        assert_eq!(
            insert(&*self.store, proof, now(), expires_at).await,
            Insertion::Fresh,
            "a proof may expire after 20 ms"
        );

        let later = now() + Duration::from_secs(1);
        // Each attempt is a replay until the store has forgotten the proof. These replays must not extend the expiry.
        for _ in 0..ATTEMPTS {
            if insert(&*self.store, proof, later, later + LIFE).await == Insertion::Fresh {
                return;
            }
            tokio::time::sleep(BETWEEN_ATTEMPTS).await;
        }
        unreachable!("the store forgets an expired proof, also if the proof was replayed before");
    }

    async fn insert(&self, proof: ProofId) -> Insertion {
        insert(&*self.store, proof, now(), now() + LIFE).await
    }

    /// Makes the id of a proof with a thumbprint that is the hash of `key`.
    fn proof(&self, key: &str, jti: &str) -> ProofId {
        let mut thumbprint = [0; 32];
        for (place, chunk) in thumbprint.chunks_exact_mut(8).enumerate() {
            chunk.copy_from_slice(&self.names.hash_one((key, place)).to_be_bytes());
        }
        ProofId::new(Thumbprint::from_bytes(thumbprint), jti)
    }
}

async fn run(store: Arc<dyn ReplayStore>, proof: ProofId, start: Arc<Barrier>) -> Insertion {
    start.wait().await;
    insert(&*store, proof, now(), now() + LIFE).await
}

#[expect(clippy::panic, reason = "a suite reports a failure by panicking")]
async fn insert(store: &dyn ReplayStore, proof: ProofId, now: SystemTime, expires_at: SystemTime) -> Insertion {
    match store.insert(&proof, now, expires_at).await {
        Ok(answer) => answer,
        Err(error) => panic!("a store with enough capacity answers, but this store returned an error: {error:?}"),
    }
}

/// 2023-11-14T22:13:20Z.
fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

/// The time from `now` to the expiry of a proof, with the default window and a correct clock of the client.
const LIFE: Duration = Duration::from_secs(301);

const ROUNDS: usize = 50;
const TASKS: usize = 16;
const MANY: usize = 1_000;

/// The attempts take 10 s in all. A store that expires proofs by its own clock needs some of this time.
const ATTEMPTS: usize = 1_000;
const BETWEEN_ATTEMPTS: Duration = Duration::from_millis(10);

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::{Mutex, PoisonError};

    use auth0_api_core::dpop::{MemoryReplayStore, ReplayFuture};

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn memory_store_passes() {
        replay_store(Arc::new(MemoryReplayStore::new())).await;
    }

    #[tokio::test]
    #[should_panic(expected = "a used proof is replayed")]
    async fn store_that_records_nothing_fails() {
        replay_store(Arc::new(Broken { fault: Fault::RecordsNothing, seen: Mutex::default() })).await;
    }

    #[tokio::test]
    #[should_panic(expected = "differs from those used before")]
    async fn store_that_ignores_the_jti_fails() {
        replay_store(Arc::new(Broken { fault: Fault::IgnoresJti, seen: Mutex::default() })).await;
    }

    #[tokio::test]
    #[should_panic(expected = "one of 16 simultaneous insertions of one proof is fresh")]
    async fn store_that_looks_up_and_inserts_in_two_steps_fails() {
        replay_store(Arc::new(Broken { fault: Fault::ReadsFirst, seen: Mutex::default() })).await;
    }

    #[tokio::test]
    #[should_panic(expected = "a proof is remembered up to and including its expiry")]
    async fn store_that_forgets_early_fails() {
        replay_store(Arc::new(Broken { fault: Fault::ForgetsEarly, seen: Mutex::default() })).await;
    }

    #[tokio::test]
    #[should_panic(expected = "a store with enough capacity answers")]
    async fn store_without_capacity_fails() {
        replay_store(Arc::new(MemoryReplayStore::with_capacity(10))).await;
    }

    #[derive(Debug)]
    struct Broken {
        fault: Fault,
        seen: Mutex<HashMap<Vec<u8>, SystemTime>>,
    }

    #[derive(Debug, PartialEq)]
    enum Fault {
        ForgetsEarly,
        IgnoresJti,
        ReadsFirst,
        RecordsNothing,
    }

    impl ReplayStore for Broken {
        fn insert<'a>(&'a self, proof: &'a ProofId, now: SystemTime, expires_at: SystemTime) -> ReplayFuture<'a> {
            Box::pin(async move {
                let name = match self.fault {
                    Fault::IgnoresJti => proof.thumbprint().as_bytes().to_vec(),
                    _ => proof.as_bytes().to_vec(),
                };
                let expiry = self.seen.lock().unwrap_or_else(PoisonError::into_inner).get(&name).copied();
                let live =
                    |expiry: SystemTime| if self.fault == Fault::ForgetsEarly { expiry > now } else { expiry >= now };
                if expiry.is_some_and(live) {
                    return Ok(Insertion::Replayed);
                }
                // Between the look-up and the insertion, another task may look up the same proof.
                if self.fault == Fault::ReadsFirst {
                    tokio::task::yield_now().await;
                }
                if self.fault != Fault::RecordsNothing {
                    self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(name, expires_at);
                }
                Ok(Insertion::Fresh)
            })
        }
    }
}
