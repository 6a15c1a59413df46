//! What a replay store promises.

use std::collections::HashSet;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use auth0_api_core::{Insertion, ProofId, ReplayStore, Thumbprint};
use tokio::sync::Barrier;

/// Checks that a replay store keeps its promises.
///
/// 1. A proof is fresh once, and replayed from then on.
/// 2. Another `jti`, and the same `jti` of another key, are other proofs.
/// 3. Of any number of simultaneous insertions of one proof, exactly one is fresh.
/// 4. A proof is remembered through the last moment of its life, whatever else is recorded meanwhile.
/// 5. It is forgotten some time after that, and a rejected replay does not make it live longer.
///
/// The store must be empty, and have room for 2 000 proofs, 1 000 of them of one key. It may go by the times it is
/// given or by a clock of its own: the suite works with a `now` in 2023, and waits only for the forgetting, at most 10
/// s.
///
/// # Panics
///
/// With the promise that the store does not keep, or when the store answers with an error.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use auth0_api_core::MemoryReplayStore;
/// use auth0_api_testing::contract;
///
/// #[tokio::main] // in a test: #[tokio::test(flavor = "multi_thread")], or nothing really races
/// async fn main() {
///     contract::replay_store(Arc::new(MemoryReplayStore::new())).await;
/// }
/// ```
pub async fn replay_store(store: Arc<dyn ReplayStore>) {
    let suite = Suite { store, names: RandomState::new() };
    suite.proof_is_fresh_once().await;
    suite.proofs_differ_by_jti_and_by_key().await;
    suite.one_of_many_racing_insertions_wins().await;
    suite.live_proof_is_not_forgotten_for_others().await;
    suite.expired_proof_is_forgotten().await;
}

struct Suite {
    store: Arc<dyn ReplayStore>,
    /// Random, so that several runs may share a server.
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

    async fn one_of_many_racing_insertions_wins(&self) {
        for round in 0..RACES {
            let proof = self.proof("race", &round.to_string());
            let start = Arc::new(Barrier::new(RUNNERS));
            let runners: Vec<_> =
                (0..RUNNERS).map(|_| tokio::spawn(run(Arc::clone(&self.store), proof, Arc::clone(&start)))).collect();
            let mut winners = 0;
            for runner in runners {
                let answer = runner.await;
                assert!(answer.is_ok(), "the store panicked in a race: {answer:?}");
                winners += usize::from(answer.is_ok_and(|answer| answer == Insertion::Fresh));
            }
            assert_eq!(winners, 1, "one of {RUNNERS} racing insertions of one proof is fresh, in round {round}");
        }
    }

    async fn live_proof_is_not_forgotten_for_others(&self) {
        let proofs: HashSet<_> = (0..CROWD).map(|jti| self.proof("crowd", &jti.to_string())).collect();
        for proof in &proofs {
            assert_eq!(self.insert(*proof).await, Insertion::Fresh, "one of {CROWD} different proofs is fresh");
        }
        for proof in &proofs {
            let answer = insert(&*self.store, *proof, now() + LIFE, now() + LIFE + LIFE).await;
            assert_eq!(answer, Insertion::Replayed, "a proof is remembered through the last moment of its life");
        }
    }

    async fn expired_proof_is_forgotten(&self) {
        let proof = self.proof("short", "jti");
        let expires_at = now() + Duration::from_millis(20);
        assert_eq!(
            insert(&*self.store, proof, now(), expires_at).await,
            Insertion::Fresh,
            "a proof may live for 20 ms"
        );

        let later = now() + Duration::from_secs(1);
        for _ in 0..LOOKS {
            if insert(&*self.store, proof, later, later + LIFE).await == Insertion::Fresh {
                return;
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        unreachable!("an expired proof is forgotten, also if it was replayed meanwhile");
    }

    async fn insert(&self, proof: ProofId) -> Insertion {
        insert(&*self.store, proof, now(), now() + LIFE).await
    }

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

#[expect(clippy::panic, reason = "a suite reports by panicking")]
async fn insert(store: &dyn ReplayStore, proof: ProofId, now: SystemTime, expires_at: SystemTime) -> Insertion {
    match store.insert(&proof, now, expires_at).await {
        Ok(answer) => answer,
        Err(error) => panic!("a store with room answers, but this one said: {error:?}"),
    }
}

/// 2023-11-14T22:13:20Z.
fn now() -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_700_000_000)
}

/// What the default window makes of a proof whose client has the right time.
const LIFE: Duration = Duration::from_secs(301);

const RACES: usize = 50;
const RUNNERS: usize = 16;
const CROWD: usize = 1_000;

/// 10 s in all, for stores that expire by a clock of their own.
const LOOKS: usize = 1_000;
const BETWEEN_LOOKS: Duration = Duration::from_millis(10);

#[cfg(test)]
mod tests {
    use std::collections::HashMap;
    use std::sync::{Mutex, PoisonError};

    use auth0_api_core::{MemoryReplayStore, ReplayFuture};

    use super::*;

    #[tokio::test(flavor = "multi_thread")]
    async fn store_in_memory_keeps_its_promises() {
        replay_store(Arc::new(MemoryReplayStore::new())).await;
    }

    #[tokio::test]
    #[should_panic(expected = "a used proof is replayed")]
    async fn store_that_records_nothing_is_found_out() {
        replay_store(Arc::new(Broken { by: Fault::RecordsNothing, seen: Mutex::default() })).await;
    }

    #[tokio::test]
    #[should_panic(expected = "differs from those used before")]
    async fn store_that_confuses_proofs_is_found_out() {
        replay_store(Arc::new(Broken { by: Fault::KnowsKeysOnly, seen: Mutex::default() })).await;
    }

    #[tokio::test]
    #[should_panic(expected = "one of 16 racing insertions of one proof is fresh")]
    async fn store_that_looks_before_it_writes_is_found_out() {
        replay_store(Arc::new(Broken { by: Fault::LooksFirst, seen: Mutex::default() })).await;
    }

    #[tokio::test]
    #[should_panic(expected = "a proof is remembered through the last moment of its life")]
    async fn store_that_forgets_early_is_found_out() {
        replay_store(Arc::new(Broken { by: Fault::ForgetsEarly, seen: Mutex::default() })).await;
    }

    #[tokio::test]
    #[should_panic(expected = "a store with room answers")]
    async fn store_without_room_is_found_out() {
        replay_store(Arc::new(MemoryReplayStore::with_capacity(10))).await;
    }

    #[derive(Debug)]
    struct Broken {
        by: Fault,
        seen: Mutex<HashMap<Vec<u8>, SystemTime>>,
    }

    #[derive(Debug, PartialEq)]
    enum Fault {
        ForgetsEarly,
        KnowsKeysOnly,
        LooksFirst,
        RecordsNothing,
    }

    impl ReplayStore for Broken {
        fn insert<'a>(&'a self, proof: &'a ProofId, now: SystemTime, expires_at: SystemTime) -> ReplayFuture<'a> {
            Box::pin(async move {
                let name = match self.by {
                    Fault::KnowsKeysOnly => proof.thumbprint().as_bytes().to_vec(),
                    _ => proof.as_bytes().to_vec(),
                };
                let expiry = self.seen.lock().unwrap_or_else(PoisonError::into_inner).get(&name).copied();
                let live =
                    |expiry: SystemTime| if self.by == Fault::ForgetsEarly { expiry > now } else { expiry >= now };
                if expiry.is_some_and(live) {
                    return Ok(Insertion::Replayed);
                }
                if self.by == Fault::LooksFirst {
                    tokio::task::yield_now().await;
                }
                if self.by != Fault::RecordsNothing {
                    self.seen.lock().unwrap_or_else(PoisonError::into_inner).insert(name, expires_at);
                }
                Ok(Insertion::Fresh)
            })
        }
    }
}
