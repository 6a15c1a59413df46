//! What an issuer's fetches are up to: the one under way, the failure of the last one, and what strangers may cause.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use tokio::sync::watch;

use super::back_off::back_off;
use super::permits::Permits;
use super::snapshot::{CLOCK_SLACK, Snapshot};
use super::unknown_keys::UnknownKeys;
use super::{DiscoveryError, KeyPolicy, KeysUnavailable};
use crate::random::chance;

#[derive(Debug)]
pub(super) struct Fetching {
    /// For fetches that an unknown `kid` asks for.
    pub(super) permits: Permits,
    pub(super) unknown: UnknownKeys,
    failure: Option<Failure>,
    flight: Option<Flight>,
}

/// The one fetch under way.
#[derive(Clone, Debug)]
pub(super) struct Flight {
    pub(super) began: SystemTime,
    /// `None` until its result is there.
    pub(super) result: watch::Receiver<Option<FetchResult>>,
}

pub(super) type FetchResult = Result<Arc<Snapshot>, KeysUnavailable>;

#[derive(Clone, Debug)]
struct Failure {
    count: u32,
    error: KeysUnavailable,
    until: SystemTime,
}

impl Fetching {
    pub(super) fn new(policy: &KeyPolicy, now: SystemTime) -> Self {
        let permits = Permits::full(policy.unknown_key_burst, policy.unknown_key_interval, now);
        Self { permits, unknown: UnknownKeys::new(policy), failure: None, flight: None }
    }

    /// A fetch begins: what it brings comes through the sender.
    pub(super) fn begin(&mut self, now: SystemTime) -> (watch::Sender<Option<FetchResult>>, Flight) {
        let (sender, result) = watch::channel(None);
        let flight = Flight { began: now, result };
        self.flight = Some(flight.clone());
        (sender, flight)
    }

    /// The fetch under way, unless its task is gone.
    pub(super) fn under_way(&self) -> Option<Flight> {
        self.flight.clone().filter(|flight| flight.result.has_changed().is_ok())
    }

    pub(super) fn succeed(&mut self) {
        self.flight = None;
        self.failure = None;
    }

    pub(super) fn fail(
        &mut self,
        cause: DiscoveryError,
        issuer: Arc<str>,
        policy: &KeyPolicy,
        now: SystemTime,
    ) -> KeysUnavailable {
        self.flight = None;
        let count = self.failure.as_ref().map_or(0, |failure| failure.count).saturating_add(1);
        let retry_after = back_off(policy, count, cause.retry_after(), chance());
        let error = KeysUnavailable { issuer, cause: Arc::new(cause), retry_after };
        self.failure = Some(Failure { count, error: error.clone(), until: now + retry_after });
        error
    }

    /// Whether the last fetch failed.
    pub(super) fn has_failed(&self) -> bool {
        self.failure.is_some()
    }

    /// The failure that keeps us from trying again, with the time that is left.
    pub(super) fn failure_at(&self, now: SystemTime) -> Option<KeysUnavailable> {
        let failure = self.failure.as_ref()?;
        let left = failure.until.duration_since(now).unwrap_or_default();
        // A clock that was set back ends a back-off: what is left is never longer than it began.
        let lasts = !left.is_zero() && left <= failure.error.retry_after + CLOCK_SLACK;
        lasts.then(|| KeysUnavailable { retry_after: left.min(failure.error.retry_after), ..failure.error.clone() })
    }
}

/// The fetch ended without an answer.
pub(super) fn given_up(issuer: Arc<str>) -> KeysUnavailable {
    KeysUnavailable { issuer, cause: Arc::new(DiscoveryError::GivenUp), retry_after: Duration::from_secs(1) }
}
