//! What happens while Redis cannot be reached.

use std::error::Error;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::SystemTime;

use auth0_api_core::{Insertion, ProofId, ReplayStore, ReplayStoreError};

/// Says what happens to requests with a DPoP proof while Redis cannot be reached.
///
/// # Examples
///
/// ```
/// use std::sync::Arc;
/// use auth0_api_core::MemoryReplayStore;
/// use auth0_api_redis::{OutagePolicy, RedisReplayStore};
///
/// let store = RedisReplayStore::builder("redis://redis.internal")
///     .during_outage(OutagePolicy::fall_back_to(Arc::new(MemoryReplayStore::new())))
///     .build()?;
/// # drop(store);
/// # Ok::<(), auth0_api_redis::RedisUrlError>(())
/// ```
#[derive(Clone)]
pub struct OutagePolicy(Option<Arc<dyn ReplayStore>>);

impl OutagePolicy {
    /// Rejects them with 503: the default. Nobody can replay a proof, and nobody with a DPoP-bound token is served.
    #[must_use]
    pub fn reject() -> Self {
        Self(None)
    }

    /// Asks this store instead, as a rule one in memory.
    ///
    /// It keeps the API up, and costs this: while the outage lasts, and for five minutes after it, a stolen proof can
    /// be used once at each replica and once more at Redis, instead of not at all. Each request still waits for Redis
    /// first, up to the response timeout. An outage that an attacker can bring about is then a way to replay proofs.
    ///
    /// Only an outage falls back. When Redis is full, requests are rejected.
    #[must_use]
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

/// Carries the policy out, and logs when an outage that it hides begins and ends.
pub(crate) struct Outage {
    policy: OutagePolicy,
    hidden: AtomicBool,
}

impl Outage {
    pub(crate) fn new(policy: OutagePolicy) -> Self {
        Self { policy, hidden: AtomicBool::new(false) }
    }

    pub(crate) async fn insert(
        &self,
        cause: Box<dyn Error + Send + Sync>,
        proof: &ProofId,
        now: SystemTime,
        expires_at: SystemTime,
    ) -> Result<Insertion, ReplayStoreError> {
        let Some(store) = &self.policy.0 else { return Err(ReplayStoreError::Unavailable(cause)) };
        if !self.hidden.swap(true, Ordering::Relaxed) {
            tracing::warn!(target: "auth0_api", event = "replay_store_outage", error = %cause, "no Redis: each replica looks for replays alone");
        }
        store.insert(proof, now, expires_at).await
    }

    pub(crate) fn is_over(&self) {
        if self.hidden.load(Ordering::Relaxed) && self.hidden.swap(false, Ordering::Relaxed) {
            tracing::info!(target: "auth0_api", event = "replay_store_outage_over", "Redis answers again");
        }
    }
}

impl fmt::Debug for Outage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.policy.fmt(f)
    }
}
