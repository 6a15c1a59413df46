//! Replay protection in the memory of one process.

#[cfg(all(test, shuttle))]
mod model_tests;
mod shard;

use std::fmt;
use std::hash::BuildHasher as _;
use std::sync::PoisonError;
use std::sync::atomic::Ordering;
use std::time::SystemTime;

use self::shard::{Limits, Moment, Shard};
use super::replay::{Insertion, ProofId, ReplayFuture, ReplayStore, ReplayStoreError};
use crate::jose::Thumbprint;
use crate::sync::{AtomicUsize, HashSeed, Mutex, MutexGuard};

/// Remembers used proofs in the memory of this process. This is the default [`ReplayStore`].
///
/// See [replay](crate::guide::replay).
///
/// It guarantees:
///
/// 1. A proof that has not expired is never forgotten, even under load. When the capacity is reached, new proofs are
///    rejected with [`ReplayStoreError::Full`]. No live proof is evicted.
/// 2. One key alone cannot fill the store. When a key has reached its quota, its new proofs are rejected with
///    [`ReplayStoreError::KeyQuota`].
/// 3. Of any number of simultaneous requests with one proof, exactly one gets [`Insertion::Fresh`].
/// 4. Each request removes up to three expired proofs. There is no background task, and no request waits until all
///    expired proofs are removed.
/// 5. After the clock is set back, a proof that may have been forgotten is rejected with
///    [`ReplayStoreError::Unavailable`].
///
/// The store knows only the proofs that this process has seen. Several replicas need a shared store, for example
/// `auth0-api-redis`.
///
/// # Size
///
/// A live proof takes 65 to 115 bytes if clients send ten or more proofs with each key, and up to 280 bytes if each
/// proof has a different key (measured with a million proofs). Memory grows with use, up to the capacity. After a
/// burst, the memory is reused and not returned.
///
/// A proof is live for 301 s if the client's clock is right, and for 331 s at most: the default window is 300 s back
/// and 30 s ahead, and 1 s is added. So the default capacity of 1 000 000 proofs is enough for 3 300 requests a second,
/// in about 110 MB.
///
/// # Locking
///
/// The proofs of a key are in one of 64 shards. Each shard has a mutex, which is held for a microsecond or two and
/// never across an await. When the table of a shard grows, the mutex is held for a fraction of a millisecond. If a
/// thread panics while it holds a mutex, other threads can still use the shard: a proof that was recorded in part
/// counts as used.
///
/// # Examples
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
/// use auth0_api_core::dpop::{Insertion, MemoryReplayStore, ProofId, ReplayStore};
/// use auth0_api_core::jose::Thumbprint;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let store = MemoryReplayStore::with_capacity(200_000).per_key_quota(10_000);
///
/// let proof = ProofId::new(Thumbprint::from_bytes([7; 32]), "e1j3V_bKic8-LAEB");
/// let now = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
/// let expires_at = now + Duration::from_secs(301);
///
/// assert_eq!(store.insert(&proof, now, expires_at).await?, Insertion::Fresh);
/// assert_eq!(store.insert(&proof, now, expires_at).await?, Insertion::Replayed);
/// # Ok(())
/// # }
/// ```
#[doc(alias = "jti")]
#[must_use]
pub struct MemoryReplayStore {
    capacity: usize,
    per_key: usize,
    /// The slots in use: one for each recorded proof, and one for each request that is about to record a proof.
    held: AtomicUsize,
    shards: Box<[Mutex<Shard>]>,
    /// The random key of the hash that assigns a key to its shard.
    seed: HashSeed,
}

impl MemoryReplayStore {
    /// Creates a store for [`DEFAULT_CAPACITY`](Self::DEFAULT_CAPACITY) proofs. One key may have
    /// [`DEFAULT_PER_KEY_QUOTA`](Self::DEFAULT_PER_KEY_QUOTA) of these proofs.
    pub fn new() -> Self {
        Self::with_capacity(Self::DEFAULT_CAPACITY)
    }

    /// Creates a store that holds up to `proofs` live proofs; at least 1, else
    /// [`build`](crate::ApiClientBuilder::build) fails.
    ///
    /// Choose the greatest number of requests per second that this process serves, times 301 s.
    pub fn with_capacity(proofs: usize) -> Self {
        Self {
            capacity: proofs,
            per_key: Self::DEFAULT_PER_KEY_QUOTA,
            held: AtomicUsize::new(0),
            shards: std::iter::repeat_with(Mutex::default).take(SHARDS).collect(),
            seed: HashSeed::default(),
        }
    }

    /// Sets how many live proofs one key may have; at least 1, else [`build`](crate::ApiClientBuilder::build) fails.
    ///
    /// Choose the requests per second of the busiest client, times 331 s.
    pub fn per_key_quota(mut self, proofs: usize) -> Self {
        self.per_key = proofs;
        self
    }

    /// Returns the number of proofs that the store holds, including expired proofs that are not removed yet.
    ///
    /// Suitable for a gauge metric. Compare the number with the capacity.
    pub fn held(&self) -> usize {
        self.held.load(Ordering::Relaxed)
    }

    fn record(&self, proof: &ProofId, now: Moment, expires: Moment) -> Result<Insertion, ReplayStoreError> {
        let index = self.shard_of(proof.thumbprint());

        // 1. Reserve a slot, so that simultaneous requests never exceed the capacity together. A request without a slot
        //    continues, because a replay must be reported as a replay even if the store is full.
        let has_slot = self.reserve_slot() || self.reclaim_slot(index, now);

        // 2. Remove some expired proofs, look the proof up and record it, all under one lock. So of several requests
        //    with this proof, exactly one finds that the proof is not recorded. A thread holds one lock at a time, so
        //    there is no deadlock.
        let mut shard = self.lock(index);
        let forgotten = shard.forget_some_expired(proof.thumbprint(), now);
        let answer = shard.record(proof, now, expires, Limits { per_key: self.per_key, has_slot });
        drop(shard);

        // 3. Release the slots of the removed proofs, and the reserved slot if the proof was not recorded.
        let unused = has_slot && !matches!(answer, Ok(Insertion::Fresh));
        self.held.fetch_sub(forgotten + usize::from(unused), Ordering::Relaxed);
        answer
    }

    /// The shard of a key. The hash has a random key, so an attacker cannot make keys that all fall into one shard.
    fn shard_of(&self, key: &Thumbprint) -> usize {
        // 64 divides 256, so one byte of the hash selects each shard with the same probability.
        let [.., low] = self.seed.hash_one(key).to_be_bytes();
        usize::from(low) % SHARDS
    }

    /// Takes a free slot; false if there is none.
    ///
    /// Test and increment are one atomic step. `Relaxed` is enough, because the mutexes guard all other data.
    fn reserve_slot(&self) -> bool {
        let one_more = |held| (held < self.capacity).then_some(held + 1);
        self.held.fetch_update(Ordering::Relaxed, Ordering::Relaxed, one_more).is_ok()
    }

    /// Removes an expired proof from any shard and takes over its slot; false if no shard has one.
    ///
    /// `held` does not change, because this request takes over the slot of the removed proof. The search begins with
    /// the request's own shard and locks one shard at a time.
    fn reclaim_slot(&self, own_shard: usize, now: Moment) -> bool {
        (own_shard..own_shard + SHARDS).any(|index| self.lock(index % SHARDS).forget_first_expired(now))
    }

    /// Locks a shard, even if another thread panicked while it held the lock.
    #[expect(clippy::indexing_slicing, reason = "both callers take the remainder by the number of shards")]
    fn lock(&self, index: usize) -> MutexGuard<'_, Shard> {
        self.shards[index].lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The capacity of a store in live proofs: 3 300 requests a second × 301 s.
    pub const DEFAULT_CAPACITY: usize = 1_000_000;

    /// How many live proofs one key may have: 100 requests a second × 331 s.
    ///
    /// 31 keys at their quota fill a store of the default capacity. A client that sends more requests with one key
    /// needs a larger quota, and the store then needs a larger capacity.
    pub const DEFAULT_PER_KEY_QUOTA: usize = 33_100;
}

impl ReplayStore for MemoryReplayStore {
    fn insert<'a>(&'a self, proof: &'a ProofId, now: SystemTime, expires_at: SystemTime) -> ReplayFuture<'a> {
        Box::pin(async move { self.record(proof, now.into(), expires_at.into()) })
    }

    fn problem(&self) -> Option<&'static str> {
        let is_usable = self.capacity > 0 && self.per_key > 0;
        (!is_usable).then_some("with_capacity() and per_key_quota() need at least one proof")
    }
}

impl Default for MemoryReplayStore {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for MemoryReplayStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryReplayStore")
            .field("capacity", &self.capacity)
            .field("per_key_quota", &self.per_key)
            .field("held", &self.held())
            .finish_non_exhaustive()
    }
}

/// The number of shards: enough that threads of a large machine seldom wait for each other, and few enough that an
/// empty store is small (9 KB). A model has two.
const SHARDS: usize = if cfg!(all(test, shuttle)) { 2 } else { 64 };

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a failing test may panic")]
mod tests {
    use std::collections::HashMap;
    use std::sync::Barrier;
    use std::time::{Duration, UNIX_EPOCH};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn proof_is_fresh_once() {
        let store = MemoryReplayStore::new();
        assert_eq!(insert(&store, proof(1, 1), 0, 301).unwrap(), Insertion::Fresh);
        assert_eq!(insert(&store, proof(1, 1), 0, 301).unwrap(), Insertion::Replayed);
        assert_eq!(insert(&store, proof(2, 1), 0, 301).unwrap(), Insertion::Fresh, "the same jti of another key");
    }

    #[test]
    fn proof_is_live_up_to_and_including_its_expiry() {
        let store = MemoryReplayStore::new();
        insert(&store, proof(1, 1), 0, 301).unwrap();
        assert_eq!(insert(&store, proof(1, 1), 301, 602).unwrap(), Insertion::Replayed);
        assert_eq!(insert(&store, proof(1, 1), 302, 603).unwrap(), Insertion::Fresh);
        assert_eq!(insert(&store, proof(1, 1), 603, 904).unwrap(), Insertion::Replayed, "recorded again at 302");
    }

    #[test]
    fn rejected_replay_does_not_extend_the_expiry() {
        let store = MemoryReplayStore::new();
        insert(&store, proof(1, 1), 0, 301).unwrap();
        insert(&store, proof(1, 1), 300, 601).unwrap();
        assert_eq!(insert(&store, proof(1, 1), 302, 603).unwrap(), Insertion::Fresh);
    }

    #[test]
    fn full_store_rejects_and_forgets_nothing() {
        let store = MemoryReplayStore::with_capacity(3);
        (1..=3).for_each(|key| assert_eq!(insert(&store, proof(key, 1), 0, 301).unwrap(), Insertion::Fresh));
        assert!(matches!(insert(&store, proof(4, 1), 0, 301), Err(ReplayStoreError::Full)));
        assert!(matches!(insert(&store, proof(4, 1), 301, 602), Err(ReplayStoreError::Full)));
        (1..=3).for_each(|key| assert_eq!(insert(&store, proof(key, 1), 0, 301).unwrap(), Insertion::Replayed));
        assert_eq!(insert(&store, proof(4, 1), 302, 603).unwrap(), Insertion::Fresh, "the other proofs have expired");
    }

    #[test]
    fn the_proof_that_expires_first_makes_room_even_if_it_was_recorded_last() {
        let store = MemoryReplayStore::with_capacity(2);
        insert(&store, proof(1, 1), 0, 320).unwrap();
        insert(&store, proof(1, 2), 1, 302).unwrap();
        assert_eq!(insert(&store, proof(2, 1), 303, 604).unwrap(), Insertion::Fresh);
        assert_eq!(insert(&store, proof(1, 1), 303, 604).unwrap(), Insertion::Replayed, "live until 320");
    }

    #[test]
    fn key_at_its_quota_gets_the_time_until_its_first_proof_expires() {
        let store = MemoryReplayStore::new().per_key_quota(2);
        insert(&store, proof(1, 1), 0, 320).unwrap();
        insert(&store, proof(1, 2), 10, 301).unwrap();
        let Err(ReplayStoreError::KeyQuota { retry_after }) = insert(&store, proof(1, 3), 100, 401) else {
            unreachable!("the key has two live proofs")
        };
        assert_eq!(retry_after, Duration::from_secs(201));
        assert_eq!(insert(&store, proof(2, 3), 100, 401).unwrap(), Insertion::Fresh, "another key has its own quota");
        assert_eq!(insert(&store, proof(1, 3), 302, 603).unwrap(), Insertion::Fresh, "one of the two has expired");
    }

    #[test]
    fn expired_proofs_never_exhaust_a_quota() {
        let store = MemoryReplayStore::new().per_key_quota(1_000);
        (0..1_000).for_each(|jti| assert_eq!(insert(&store, proof(1, jti), 0, 301).unwrap(), Insertion::Fresh));
        (1_000..2_000).for_each(|jti| assert_eq!(insert(&store, proof(1, jti), 400, 701).unwrap(), Insertion::Fresh));
        assert_eq!(store.held(), 1_000);
    }

    #[test]
    fn expired_proofs_are_removed_while_new_proofs_arrive() {
        let store = MemoryReplayStore::new();
        (0..1_000).for_each(|jti| assert_eq!(insert(&store, proof(1, jti), 0, 301).unwrap(), Insertion::Fresh));
        (0..400).for_each(|jti| assert_eq!(insert(&store, proof(1, 1_000 + jti), 400, 701).unwrap(), Insertion::Fresh));
        assert_eq!(store.held(), 400);
    }

    #[test]
    fn forgotten_proof_stays_rejected_when_the_clock_is_set_back() {
        let store = MemoryReplayStore::new();
        insert(&store, proof(1, 1), 0, 301).unwrap();
        insert(&store, proof(1, 2), 1_000, 1_301).unwrap();
        let rejected = insert(&store, proof(1, 1), 0, 301);
        assert!(matches!(rejected, Err(ReplayStoreError::Unavailable(_))), "{rejected:?}");
        assert_eq!(
            insert(&store, proof(1, 3), 1, 302).unwrap(),
            Insertion::Fresh,
            "the proof expires later than all forgotten proofs"
        );
    }

    #[test]
    fn smallest_limits_are_one() {
        let store = MemoryReplayStore::with_capacity(1).per_key_quota(1);
        assert_eq!(store.problem(), None);
        assert_eq!(insert(&store, proof(1, 1), 0, 301).unwrap(), Insertion::Fresh);
        assert!(matches!(insert(&store, proof(1, 2), 0, 301), Err(ReplayStoreError::KeyQuota { .. })));
        assert!(matches!(insert(&store, proof(2, 1), 0, 301), Err(ReplayStoreError::Full)));

        let nothing = MemoryReplayStore::with_capacity(0);
        assert!(nothing.problem().is_some());
        assert!(matches!(insert(&nothing, proof(1, 1), 0, 301), Err(ReplayStoreError::Full)));
        assert!(MemoryReplayStore::new().per_key_quota(0).problem().is_some());
    }

    #[test]
    fn poisoned_lock_can_still_be_used() {
        let store = MemoryReplayStore::new();
        insert(&store, proof(1, 1), 0, 301).unwrap();
        std::thread::scope(|scope| {
            let panicking = scope.spawn(|| {
                let _guards: Vec<_> = (0..SHARDS).map(|index| store.lock(index)).collect();
                std::panic::resume_unwind(Box::new("poison"));
            });
            panicking.join().unwrap_err();
        });
        assert_eq!(insert(&store, proof(1, 1), 0, 301).unwrap(), Insertion::Replayed);
        assert_eq!(insert(&store, proof(1, 2), 0, 301).unwrap(), Insertion::Fresh);
    }

    #[test]
    fn exactly_one_of_many_racing_threads_records_a_proof() {
        const THREADS: usize = 8;
        const PROOFS: u16 = 2_000;
        let store = MemoryReplayStore::new();
        let start = Barrier::new(THREADS);
        let race = || {
            start.wait();
            let fresh = |jti: &u16| matches!(insert(&store, proof(1, *jti), 0, 301), Ok(Insertion::Fresh));
            (0..PROOFS).filter(fresh).count()
        };
        let recorded: usize = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(race)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!(recorded, usize::from(PROOFS));
        assert_eq!(store.held(), usize::from(PROOFS));
    }

    #[test]
    fn racing_threads_never_exceed_the_capacity() {
        let store = MemoryReplayStore::with_capacity(500);
        let fresh: usize = std::thread::scope(|scope| {
            let store = &store;
            let fill =
                |thread: u8| move || (0..500).filter(|jti| insert(store, proof(thread, *jti), 0, 301).is_ok()).count();
            let threads: Vec<_> = (0..4).map(|thread| scope.spawn(fill(thread))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).sum()
        });
        assert_eq!((fresh, store.held()), (500, 500));
    }

    #[test]
    fn debug_shows_the_limits() {
        let shown = format!("{:?}", MemoryReplayStore::with_capacity(5).per_key_quota(2));
        assert_eq!(shown, "MemoryReplayStore { capacity: 5, per_key_quota: 2, held: 0, .. }");
    }

    const CAPACITY: usize = 9;
    const QUOTA: usize = 4;

    /// Insertions. Each has four values: by how much the clock changes before it, the key, the `jti`, and how long the
    /// proof is live.
    fn steps(back: i64) -> impl Strategy<Value = Vec<(i64, u8, u16, u64)>> {
        prop::collection::vec((-back..12_i64, 0..4_u8, 0..6_u16, 1..20_u64), 1..120)
    }

    proptest! {
        #[test]
        fn answers_equal_those_of_a_naive_model(steps in steps(0)) {
            let store = MemoryReplayStore::with_capacity(CAPACITY).per_key_quota(QUOTA);
            let (mut model, mut now) = (HashMap::new(), 0_u64);
            for (step, key, jti, life) in steps {
                now = now.saturating_add_signed(step);
                let expires = now + life;
                let expected = naive(&mut model, key, jti, now, expires);
                let answer = insert(&store, proof(key, jti), now, expires);
                prop_assert_eq!(format!("{answer:?}"), format!("{expected:?}"));
                prop_assert!(store.held() <= CAPACITY);
            }
        }

        #[test]
        fn live_proof_is_never_fresh_even_if_the_clock_is_set_back(steps in steps(30)) {
            let store = MemoryReplayStore::with_capacity(CAPACITY).per_key_quota(QUOTA);
            let (mut recorded, mut now) = (HashMap::<_, u64>::new(), 100_u64);
            for (step, key, jti, life) in steps {
                now = now.saturating_add_signed(step);
                // A proof's expiry is computed from its `iat`, so the expiry is the same each time the proof is sent.
                let expires = recorded.get(&(key, jti)).copied().filter(|expiry| *expiry >= now).unwrap_or(now + life);
                let answer = insert(&store, proof(key, jti), now, expires);
                if matches!(answer, Ok(Insertion::Fresh)) {
                    let before = recorded.insert((key, jti), expires);
                    prop_assert!(before.is_none_or(|expiry| expiry < now), "{before:?} was live at {now}");
                }
                prop_assert!(store.held() <= CAPACITY);
            }
        }
    }

    fn naive(
        model: &mut HashMap<(u8, u16), u64>,
        key: u8,
        jti: u16,
        now: u64,
        expires: u64,
    ) -> Result<Insertion, ReplayStoreError> {
        model.retain(|_, expiry| *expiry >= now);
        let of_key = model.iter().filter(|((owner, _), _)| *owner == key);
        let (count, first) = (of_key.clone().count(), of_key.map(|(_, expiry)| *expiry).min());
        if model.contains_key(&(key, jti)) {
            Ok(Insertion::Replayed)
        } else if count >= QUOTA {
            Err(ReplayStoreError::KeyQuota { retry_after: Duration::from_secs(first.unwrap() - now) })
        } else if model.len() >= CAPACITY {
            Err(ReplayStoreError::Full)
        } else {
            model.insert((key, jti), expires);
            Ok(Insertion::Fresh)
        }
    }

    fn insert(
        store: &MemoryReplayStore,
        proof: ProofId,
        now: u64,
        expires: u64,
    ) -> Result<Insertion, ReplayStoreError> {
        store.record(&proof, second(now), second(expires))
    }

    fn proof(key: u8, jti: u16) -> ProofId {
        ProofId::new(Thumbprint::from_bytes([key; 32]), &jti.to_string())
    }

    fn second(second: u64) -> Moment {
        (UNIX_EPOCH + Duration::from_secs(1_700_000_000 + second)).into()
    }
}
