//! An issuer's keys as last fetched, and whether they still are what the issuer says.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use super::documents::KeySource;
use super::key_set::KeySet;
use crate::clock::since_epoch;

/// The keys as last fetched.
#[derive(Debug)]
pub(crate) struct Snapshot {
    fetched_at: SystemTime,
    generation: u64,
    issuer: Arc<str>,
    keys: Arc<KeySet>,
    source: KeySource,
    standing: Arc<Standing>,
}

/// Which set of keys a token was verified with.
#[derive(Clone, Debug)]
pub(crate) struct KeySetVersion {
    generation: u64,
    standing: Arc<Standing>,
}

/// What an issuer's keys are at the moment; all snapshots of one issuer share it.
#[derive(Debug, Default)]
pub(super) struct Standing {
    /// Changes with the set: 0 while there is none, and once the issuer is no longer held.
    generation: AtomicU64,
    /// Milliseconds since the epoch.
    fetched_at: AtomicU64,
    refresh_at: AtomicU64,
}

impl Snapshot {
    /// The first set of an issuer, or another one than before.
    pub(super) fn changed(
        last: Option<&Self>,
        issuer: Arc<str>,
        standing: &Arc<Standing>,
        keys: KeySet,
        source: KeySource,
        fetched_at: SystemTime,
    ) -> Self {
        let generation = last.map_or(0, |last| last.generation) + 1;
        Self { fetched_at, generation, issuer, keys: Arc::new(keys), source, standing: Arc::clone(standing) }
    }

    /// The same set, confirmed.
    pub(super) fn confirmed(&self, source: KeySource, fetched_at: SystemTime) -> Self {
        let (issuer, keys, standing) = (Arc::clone(&self.issuer), Arc::clone(&self.keys), Arc::clone(&self.standing));
        Self { fetched_at, generation: self.generation, issuer, keys, source, standing }
    }

    /// Makes it the issuer's current one.
    pub(super) fn stand(&self, refresh_after: Duration) {
        let milliseconds = |time| u64::try_from(since_epoch(time).as_millis()).unwrap_or(u64::MAX);
        self.standing.fetched_at.store(milliseconds(self.fetched_at), Ordering::Release);
        self.standing.refresh_at.store(milliseconds(self.fetched_at + refresh_after), Ordering::Release);
        self.standing.generation.store(self.generation, Ordering::Release);
    }

    pub(super) fn keys(&self) -> &KeySet {
        &self.keys
    }

    pub(super) fn issuer(&self) -> Arc<str> {
        Arc::clone(&self.issuer)
    }

    pub(super) fn source(&self) -> &KeySource {
        &self.source
    }

    pub(super) fn version(&self) -> KeySetVersion {
        KeySetVersion { generation: self.generation, standing: Arc::clone(&self.standing) }
    }

    /// A clock that was set back makes a snapshot old, never fresh for longer.
    pub(super) fn age(&self, now: SystemTime) -> Duration {
        now.duration_since(self.fetched_at).unwrap_or(if self.fetched_at > now + CLOCK_SLACK {
            Duration::MAX
        } else {
            Duration::ZERO
        })
    }
}

impl KeySetVersion {
    /// Whether the issuer's keys are still these, as far as anybody can know without asking it: false from when newer ones are
    /// due, so that the one who wants to know goes the long way, which asks.
    #[expect(dead_code, reason = "the verified-token cache asks")]
    pub(crate) fn is_current(&self, now: SystemTime) -> bool {
        let now = u64::try_from(since_epoch(now).as_millis()).unwrap_or(u64::MAX);
        let slack = u64::try_from(CLOCK_SLACK.as_millis()).unwrap_or(u64::MAX);
        self.standing.generation.load(Ordering::Acquire) == self.generation
            && now < self.standing.refresh_at.load(Ordering::Acquire)
            && now.saturating_add(slack) >= self.standing.fetched_at.load(Ordering::Acquire)
    }
}

impl Standing {
    /// The issuer is no longer held: nobody will notice when its keys change.
    pub(super) fn end(&self) {
        self.generation.store(0, Ordering::Release);
    }
}

/// Fetches end a little after the request that asked for them began.
pub(super) const CLOCK_SLACK: Duration = Duration::from_secs(60);
