//! What is known about an issuer's fetches: the last failure, and the limits for unknown `kid`s.

use std::sync::Arc;
use std::time::SystemTime;

use super::permits::Permits;
use super::unknown_keys::UnknownKeys;
use super::{CheckedKeyPolicy, DiscoveryError, KeysUnavailable};
use crate::back_off::BackOff;
use crate::clock::CLOCK_SLACK;

/// The state of an issuer's fetches. [`IssuerState`](super::state::IssuerState) keeps it behind a lock.
#[derive(Debug)]
pub(super) struct Fetching {
    /// Limits the fetches that unknown `kid`s cause.
    pub(super) permits: Permits,
    pub(super) unknown: UnknownKeys,
    back_off: BackOff,
    failure: Option<Failure>,
}

/// The failure of the last fetch, and the end of the back-off.
#[derive(Clone, Debug)]
struct Failure {
    /// The number of failures since the last success.
    count: u32,
    error: KeysUnavailable,
    until: SystemTime,
}

impl Fetching {
    pub(super) fn new(policy: &CheckedKeyPolicy, now: SystemTime) -> Self {
        let permits = Permits::full(policy.unknown_key_burst, policy.unknown_key_interval, now);
        Self { permits, unknown: UnknownKeys::default(), back_off: policy.back_off, failure: None }
    }

    /// Records that a fetch ended with keys.
    pub(super) fn succeed(&mut self) {
        self.failure = None;
    }

    /// Records that a fetch failed, and starts the back-off.
    pub(super) fn fail(&mut self, cause: DiscoveryError, issuer: Arc<str>, now: SystemTime) -> KeysUnavailable {
        let count = self.failure.as_ref().map_or(0, |failure| failure.count).saturating_add(1);
        let retry_after = self.back_off.after(count, cause.retry_after());
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
