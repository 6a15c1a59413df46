//! The state of an issuer's fetches: the fetch in progress, the last failure, and the limits for unknown `kid`s.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::watch;

use super::permits::Permits;
use super::snapshot::{CLOCK_SLACK, Snapshot};
use super::unknown_keys::UnknownKeys;
use super::{DiscoveryError, KeyPolicy, KeysUnavailable};

/// The state of an issuer's fetches. [`IssuerState`](super::state::IssuerState) keeps it behind a lock.
#[derive(Debug)]
pub(super) struct Fetching {
    /// Limits the fetches that unknown `kid`s cause.
    pub(super) permits: Permits,
    pub(super) unknown: UnknownKeys,
    failure: Option<Failure>,
    in_progress: Option<Fetch>,
}

/// A fetch in progress. Each request that waits for it has a clone.
#[derive(Clone, Debug)]
pub(super) struct Fetch {
    pub(super) began: SystemTime,
    /// `None` until the fetch ends.
    pub(super) result: watch::Receiver<Option<FetchResult>>,
}

pub(super) type FetchResult = Result<Arc<Snapshot>, KeysUnavailable>;

/// The failure of the last fetch, and the end of the back-off.
#[derive(Clone, Debug)]
struct Failure {
    /// The number of failures since the last success.
    count: u32,
    error: KeysUnavailable,
    until: SystemTime,
}

impl Fetching {
    pub(super) fn new(policy: &KeyPolicy, now: SystemTime) -> Self {
        let permits = Permits::full(policy.unknown_key_burst, policy.unknown_key_interval, now);
        Self { permits, unknown: UnknownKeys::new(policy), failure: None, in_progress: None }
    }

    /// Records that a fetch begins. Its task sends the result through the sender.
    pub(super) fn begin(&mut self, now: SystemTime) -> (watch::Sender<Option<FetchResult>>, Fetch) {
        let (sender, result) = watch::channel(None);
        let fetch = Fetch { began: now, result };
        self.in_progress = Some(fetch.clone());
        (sender, fetch)
    }

    /// Returns the fetch in progress, unless its task ended without a result.
    pub(super) fn fetch_in_progress(&self) -> Option<Fetch> {
        // `has_changed` fails if the sender was dropped. The task drops the sender after `succeed` or `fail`, which
        // clear `in_progress`. If `in_progress` is still set, the task ended before that: the task panicked, or the
        // runtime is shutting down.
        self.in_progress.clone().filter(|fetch| fetch.result.has_changed().is_ok())
    }

    /// Records that the fetch ended with keys.
    pub(super) fn succeed(&mut self) {
        self.in_progress = None;
        self.failure = None;
    }

    /// Records that the fetch failed, and starts the back-off.
    pub(super) fn fail(
        &mut self,
        cause: DiscoveryError,
        issuer: Arc<str>,
        policy: &KeyPolicy,
        now: SystemTime,
    ) -> KeysUnavailable {
        self.in_progress = None;
        let count = self.failure.as_ref().map_or(0, |failure| failure.count).saturating_add(1);
        let retry_after = policy.back_off.after(count, cause.retry_after());
        let error = KeysUnavailable { issuer, cause: Arc::new(cause), retry_after };
        self.failure = Some(Failure { count, error: error.clone(), until: now + retry_after });
        error
    }

    /// Whether the last fetch failed.
    pub(super) fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// Returns the last failure until its back-off is over, with the remaining time as `retry_after`.
    pub(super) fn failure_at(&self, now: SystemTime) -> Option<KeysUnavailable> {
        let failure = self.failure.as_ref()?;
        let left = failure.until.duration_since(now).unwrap_or_default();
        // If the remaining time is longer than the whole back-off, the clock was set back. If it is longer by more than
        // `CLOCK_SLACK`, the back-off counts as over. Otherwise `retry_after` is the length of the whole back-off.
        let lasts = !left.is_zero() && left <= failure.error.retry_after + CLOCK_SLACK;
        lasts.then(|| KeysUnavailable { retry_after: left.min(failure.error.retry_after), ..failure.error.clone() })
    }
}

/// The error of a fetch that ended without a result.
pub(super) fn given_up(issuer: Arc<str>) -> KeysUnavailable {
    KeysUnavailable { issuer, cause: Arc::new(DiscoveryError::GivenUp), retry_after: Duration::from_secs(1) }
}
