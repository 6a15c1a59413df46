//! What happens while Redis is unavailable.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use auth0_api_core::dpop::{Insertion, ProofId, ReplayStore, ReplayStoreError};

/// What happens to requests with a DPoP proof while Redis is unavailable.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use auth0_api_core::dpop::MemoryReplayStore;
/// use auth0_api_redis::{OutagePolicy, RedisReplayStore};
///
/// let store = RedisReplayStore::builder("redis://redis.internal")
///     .during_outage(OutagePolicy::fall_back_to(Arc::new(MemoryReplayStore::new())))
///     .build()?;
/// # drop(store);
/// # Ok::<(), auth0_api_redis::RedisConfigError>(())
/// ```
#[derive(Clone)]
#[must_use]
pub struct OutagePolicy(Option<Arc<dyn ReplayStore>>);

impl OutagePolicy {
    /// Rejects these requests with 503. This is the default. No proof can be replayed, and no request with a DPoP-bound
    /// token is served.
    pub fn reject() -> Self {
        Self(None)
    }

    /// Uses another store instead, usually a store in memory.
    ///
    /// The API stays available, but replay protection is weaker: during the outage, and for five minutes after it, a
    /// stolen proof can be used once at each replica and once more with Redis. So an attacker who can cause an outage
    /// can replay proofs. During an outage, each request still waits for Redis first, up to the response timeout.
    ///
    /// The other store is used during an outage only. Requests are rejected with 503:
    ///
    /// - when Redis is full;
    /// - when Redis knows a proof but the connection broke before its first answer: the proof may be a replay;
    /// - when the master has recorded a proof, and fewer replicas acknowledge it than
    ///   [`replicas`](crate::RedisReplayStoreBuilder::replicas) demands, or `WAIT` fails: after a failover, the proof would be
    ///   accepted again.
    ///
    /// If Redis does not answer within the response timeout, this is an outage also with the setting `replicas`. Proofs that
    /// the other store accepts are on no replica.
    pub fn fall_back_to(store: Arc<dyn ReplayStore>) -> Self {
        Self(Some(store))
    }
}

impl fmt::Debug for OutagePolicy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            None => f.write_str("Reject"),
            Some(store) => f.debug_tuple("FallBackTo").field(store).finish(),
        }
    }
}

/// Applies the policy. If there is a fallback store, logs when an outage begins and when the outage ends.
pub(crate) struct Outage {
    policy: OutagePolicy,
    /// Whether an outage is in progress. Set only if there is a fallback store.
    ongoing: AtomicBool,
}

impl Outage {
    pub(crate) fn new(policy: OutagePolicy) -> Self {
        Self { policy, ongoing: AtomicBool::new(false) }
    }

    /// Handles a proof that Redis could not record because of `cause`: calls the fallback store, or returns an error.
    pub(crate) async fn insert(
        &self,
        cause: Box<dyn Error + Send + Sync>,
        proof: &ProofId,
        now: SystemTime,
        expires_at: SystemTime,
    ) -> Result<Insertion, ReplayStoreError> {
        let Some(store) = &self.policy.0 else { return Err(ReplayStoreError::Unavailable(cause)) };
        // `swap` returns the previous value, so of several requests exactly one sees `false` and logs.
        if !self.ongoing.swap(true, Ordering::Relaxed) {
            tracing::warn!(
                name: "replay_store_outage", target: "auth0_api", event = "replay_store_outage",
                reason = %cause,
                "Redis is unavailable: the fallback store is used"
            );
        }
        store.insert(proof, now, expires_at).await
    }

    /// Returns what is wrong with the settings of the fallback store, if there is one.
    pub(crate) fn problem(&self) -> Option<&'static str> {
        self.policy.0.as_ref()?.problem()
    }

    /// Ends the outage, if there is one, because Redis has answered.
    pub(crate) fn end(&self) {
        // This function runs after every answer of Redis. The load is first, because it is cheaper than the swap.
        // Because of the swap, exactly one request logs the end of the outage.
        if self.ongoing.load(Ordering::Relaxed) && self.ongoing.swap(false, Ordering::Relaxed) {
            tracing::info!(
                name: "replay_store_outage_over", target: "auth0_api", event = "replay_store_outage_over",
                "Redis is available again"
            );
        }
    }
}

impl fmt::Debug for Outage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.policy.fmt(f)
    }
}
