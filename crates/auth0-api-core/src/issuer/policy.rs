//! All limits and times for an issuer's keys: how they are fetched, how long they are used, and how much work clients
//! without a valid token can cause.

use std::ops::Deref;
use std::time::Duration;

use crate::back_off::BackOff;

/// The limits and times for the keys of issuers, for [`key_policy`](crate::ApiClientBuilder::key_policy).
///
/// The defaults are chosen for Auth0 and fifty replicas; the guide gives [the reason for each](crate::guide::defaults).
/// A value out of its bounds is a [`BuildError`](crate::BuildError).
///
/// ```
/// use std::time::Duration;
/// use auth0_api_core::{ApiClient, KeyPolicy};
///
/// let keys = KeyPolicy::new().fresh_for(Duration::from_secs(300)).max_issuers(500);
/// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com")
///     .key_policy(keys)
///     .build();
/// assert!(api.is_ok());
/// ```
#[doc(alias = "jwks", alias = "key_rotation")]
#[derive(Clone, Debug)]
#[must_use]
pub struct KeyPolicy {
    pub(crate) back_off: BackOff,
    pub(crate) fetch_timeout: Duration,
    pub(crate) fresh_for: Duration,
    pub(crate) max_document_bytes: usize,
    /// `None`: all issuers of a list, or [`MAX_ISSUERS`] with a resolver.
    pub(crate) max_issuers: Option<usize>,
    pub(crate) max_keys: usize,
    pub(crate) newcomer_interval: Duration,
    pub(crate) newcomers: usize,
    pub(crate) refresh_from_percent: u8,
    pub(crate) stale_for: Duration,
    pub(crate) unknown_key_burst: usize,
    pub(crate) unknown_key_interval: Duration,
}

/// A valid [`KeyPolicy`]. Only [`KeyPolicy::check`] creates this type.
#[derive(Clone, Debug)]
pub(crate) struct CheckedKeyPolicy(KeyPolicy);

impl KeyPolicy {
    /// Starts with the defaults.
    pub const fn new() -> Self {
        Self {
            back_off: BackOff {
                first: FIRST_BACK_OFF,
                longest: LONGEST_BACK_OFF,
                longest_retry_after: LONGEST_RETRY_AFTER,
                jitter_percent: JITTER_PERCENT,
            },
            fetch_timeout: FETCH_TIMEOUT,
            fresh_for: FRESH_FOR,
            max_document_bytes: MAX_DOCUMENT_BYTES,
            max_issuers: None,
            max_keys: MAX_KEYS,
            newcomer_interval: NEWCOMER_INTERVAL,
            newcomers: NEWCOMERS,
            refresh_from_percent: REFRESH_FROM_PERCENT,
            stale_for: STALE_FOR,
            unknown_key_burst: UNKNOWN_KEY_BURST,
            unknown_key_interval: UNKNOWN_KEY_INTERVAL,
        }
    }

    /// Sets how long keys are fresh, that is, used without waiting for newer ones. Default: 10 minutes; 1 s to 24
    /// hours.
    pub const fn fresh_for(mut self, life: Duration) -> Self {
        self.fresh_for = life;
        self
    }

    /// Sets the share of [`fresh_for`](Self::fresh_for) after which a request starts a refresh in the background, while
    /// the current keys are still used. Default: 80 %; 1 to 100. With 100, keys are not refreshed ahead of time.
    pub const fn refresh_from_percent(mut self, percent: u8) -> Self {
        self.refresh_from_percent = percent;
        self
    }

    /// Sets how long keys are used, counted from their fetch, while newer keys are unavailable. Default: 24 hours; from
    /// [`fresh_for`](Self::fresh_for) to 7 days.
    pub const fn stale_for(mut self, age: Duration) -> Self {
        self.stale_for = age;
        self
    }

    /// Sets the jitter: the client shortens a back-off and lengthens a server's `Retry-After` by a random share of at
    /// most `percent`, so that replicas do not all retry at once. Default: 20 %; 0 to 100.
    pub const fn jitter_percent(mut self, percent: u8) -> Self {
        self.back_off.jitter_percent = percent;
        self
    }

    /// Limits the fetches that unknown key ids cause, per issuer: at most `burst` at once, then one more per
    /// `interval`. A request waits for a permit that comes in less than a second. Other requests beyond the limit get
    /// 503 with the label `key_not_looked_for`, and `Retry-After` until the next permit. Default: 3, and one per 10 s; 1
    /// to 100, and 1 s to 1 hour.
    pub const fn unknown_key_fetches(mut self, burst: usize, interval: Duration) -> Self {
        self.unknown_key_burst = burst;
        self.unknown_key_interval = interval;
        self
    }

    /// Sets how many issuers' keys are held. Beyond that, the least recently used issuer is evicted. Default: all
    /// issuers of a list, 100 with a resolver; 1 to 100 000.
    pub const fn max_issuers(mut self, issuers: usize) -> Self {
        self.max_issuers = Some(issuers);
        self
    }

    /// Limits the fetches for newcomers, which are issuers without a verified token so far: at most `fetches` at once,
    /// then one more per `interval`. Default: 100, and one per 100 ms; 1 to 100 000, and 1 ms to 1 hour.
    ///
    /// Clients without a valid token can write tokens that name one trusted issuer after another. This limits the
    /// fetches that such clients cause. The limit includes repeated fetches after a failure. It does not include the
    /// first fetch of each issuer of a list whose issuers are all held, up to 1000 issuers: the list itself limits these
    /// fetches, so that users of a listed issuer do not wait. A request waits for a permit that comes in less than a second. Other requests beyond
    /// the limit get 503 with the label `key_not_looked_for`, and `Retry-After` until the next permit.
    ///
    /// If not all issuers are held, `fetches` and 1000 more newcomers are held in addition to
    /// [`max_issuers`](Self::max_issuers). So the keys that strangers cause to be fetched are there for real users.
    pub const fn newcomers(mut self, fetches: usize, interval: Duration) -> Self {
        self.newcomers = fetches;
        self.newcomer_interval = interval;
        self
    }

    /// Sets the time limit for fetching one document. A request without any keys waits for two documents. If an open
    /// connection breaks, the client asks for the document once more, with the same limit. Default: 5 s; 100 ms to 60 s.
    pub const fn fetch_timeout(mut self, timeout: Duration) -> Self {
        self.fetch_timeout = timeout;
        self
    }

    /// Sets the largest accepted size of a document. Default: 512 KiB; 1 KiB to 16 MiB.
    pub const fn max_document_bytes(mut self, bytes: usize) -> Self {
        self.max_document_bytes = bytes;
        self
    }

    /// Sets how many keys a key set may have. Default: 100; 1 to 1000.
    pub const fn max_keys(mut self, keys: usize) -> Self {
        self.max_keys = keys;
        self
    }

    /// Checks the bounds. The error has a message about each value that is out of bounds.
    pub(crate) fn check(self) -> Result<CheckedKeyPolicy, Vec<&'static str>> {
        let (second, minute, hour) = (Duration::from_secs(1), Duration::from_secs(60), Duration::from_secs(3600));
        let (millisecond, tenth) = (Duration::from_millis(1), Duration::from_millis(100));
        let unknown_keys =
            (1..=100).contains(&self.unknown_key_burst) && (second..=hour).contains(&self.unknown_key_interval);
        let newcomers =
            (1..=100_000).contains(&self.newcomers) && (millisecond..=hour).contains(&self.newcomer_interval);
        let document_bytes = (1024..=16 * 1024 * 1024).contains(&self.max_document_bytes);
        let fresh_for = (second..=24 * hour).contains(&self.fresh_for);
        // A wrong lower bound would be reported twice.
        let stale_from = if fresh_for { self.fresh_for } else { Duration::ZERO };
        let bounds = [
            (fresh_for, "fresh_for is from 1 s to 24 hours"),
            ((1..=100).contains(&self.refresh_from_percent), "refresh_from_percent is from 1 to 100"),
            ((stale_from..=7 * 24 * hour).contains(&self.stale_for), "stale_for is from fresh_for to 7 days"),
            (self.back_off.jitter_percent <= 100, "jitter_percent is at most 100"),
            (unknown_keys, "unknown_key_fetches takes a burst from 1 to 100 and an interval from 1 s to 1 hour"),
            (self.max_issuers.is_none_or(|max| (1..=100_000).contains(&max)), "max_issuers is from 1 to 100 000"),
            (newcomers, "newcomers takes 1 to 100 000 fetches and an interval from 1 ms to 1 hour"),
            ((tenth..=minute).contains(&self.fetch_timeout), "fetch_timeout is from 100 ms to 60 s"),
            (document_bytes, "max_document_bytes is from 1 KiB to 16 MiB"),
            ((1..=1000).contains(&self.max_keys), "max_keys is from 1 to 1000"),
        ];
        let problems: Vec<_> =
            bounds.into_iter().filter_map(|(within, problem)| (!within).then_some(problem)).collect();
        if problems.is_empty() { Ok(CheckedKeyPolicy(self)) } else { Err(problems) }
    }
}

impl CheckedKeyPolicy {
    /// How many issuers with a verified token are held, if not all issuers of a list are held.
    pub(crate) fn issuers_held(&self) -> usize {
        self.max_issuers.unwrap_or(MAX_ISSUERS)
    }

    /// How many issuers without a verified token are held, if not all issuers of a list are held.
    pub(crate) fn newcomers_held(&self) -> usize {
        self.newcomers.saturating_add(NEWCOMERS_KEPT)
    }

    /// The age of keys at which a refresh in the background is due.
    pub(crate) fn refresh_after(&self) -> Duration {
        self.fresh_for * u32::from(self.refresh_from_percent) / 100
    }
}

impl Deref for CheckedKeyPolicy {
    type Target = KeyPolicy;

    fn deref(&self) -> &KeyPolicy {
        &self.0
    }
}

impl Default for KeyPolicy {
    fn default() -> Self {
        Self::new()
    }
}

/// A fetch takes milliseconds from a tenant nearby, and less than a second from a tenant on another continent.
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);
/// A proxy can restart in this time, and users do not notice an outage of this length.
const FIRST_BACK_OFF: Duration = Duration::from_secs(1);
/// The same value as in auth0-api-js. With Auth0's `max-age=15`, every replica would fetch the keys four times a
/// minute.
const FRESH_FOR: Duration = Duration::from_secs(600);
/// This spreads the retries of fifty replicas over several seconds.
const JITTER_PERCENT: u8 = 20;
/// The longest time from the end of an outage to the next attempt.
const LONGEST_BACK_OFF: Duration = Duration::from_secs(60);
/// The same time as `fresh_for`. A server that sends one day by mistake must not make this API unavailable for a day.
const LONGEST_RETRY_AFTER: Duration = Duration::from_secs(600);
/// A hundred RSA keys with certificates take about 300 KiB; Auth0 publishes two keys.
const MAX_DOCUMENT_BYTES: usize = 512 * 1024;
/// The same value as in auth0-api-js. An issuer takes a few KiB of memory.
const MAX_ISSUERS: usize = 100;
/// Auth0 publishes two keys. A hundred keys are more than any issuer needs for a rotation.
const MAX_KEYS: usize = 100;
/// A replica fetches the keys of at most ten new issuers a second. Each issuer is another tenant.
const NEWCOMER_INTERVAL: Duration = Duration::from_millis(100);
/// The same number as `max_issuers`. A new replica that gets tokens of a hundred issuers at once rejects none of them.
const NEWCOMERS: usize = MAX_ISSUERS;
/// During a flood, ten fetches a second fill this room in 100 s, and the keys of a newcomer stay for as long. With a
/// smaller room, strangers who name more issuers would evict them before a user comes. The keys take 3.5 MB.
const NEWCOMERS_KEPT: usize = 1000;
/// How long a request waits for newer keys if it has stale ones, or for a fetch to begin. This is longer than a fetch
/// takes, and shorter than the usual time limit of callers.
pub(super) const PATIENCE: Duration = Duration::from_secs(1);
/// With the default `fresh_for`, the refresh starts two minutes before the keys are stale. Several attempts are
/// possible in that time.
const REFRESH_FROM_PERCENT: u8 = 80;
/// The value of Auth0's `stale-if-error=86400`.
const STALE_FOR: Duration = Duration::from_secs(86_400);
/// A key rotation needs one fetch. Three permits allow that fetch at once after a few unknown key ids. During an attack
/// with unknown key ids, a new key is found within ten seconds.
const UNKNOWN_KEY_BURST: usize = 3;
/// Auth0 allows its smallest tenants 20 requests a second, and a fetch makes two requests. A hundred replicas stay
/// within that limit.
const UNKNOWN_KEY_INTERVAL: Duration = Duration::from_secs(10);
/// 500 replicas then send a tenant at most nine requests a second for the tokens of a removed key: less than half of what
/// Auth0's smallest tenants allow. A key that an old document hid by mistake is found within two minutes.
pub(super) const REMOVED_KEY_LONGEST_MEMORY: Duration = Duration::from_secs(120);
/// Auth0 publishes two keys. Sixteen are those of many rotations within the lifetime of a token.
pub(super) const REMOVED_KEYS_REMEMBERED: usize = 16;
/// The same time as the cool-down of auth0-api-js, but per key id. A key that is published late is found after this
/// time.
pub(super) const UNKNOWN_KEY_MEMORY: Duration = Duration::from_secs(30);
/// The hashes take about 45 KB.
pub(super) const UNKNOWN_KEYS_REMEMBERED: usize = 1024;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::*;

    const fn seconds(count: u64) -> Duration {
        Duration::from_secs(count)
    }

    #[test]
    fn defaults_and_bounds_are_accepted() {
        let new = KeyPolicy::new;
        for policy in [
            new(),
            new().fresh_for(seconds(1)),
            new().fresh_for(seconds(86_400)),
            new().stale_for(seconds(600)),
            new().stale_for(seconds(604_800)),
            new().jitter_percent(0),
            new().jitter_percent(100),
            new().refresh_from_percent(1),
            new().refresh_from_percent(100),
            new().unknown_key_fetches(1, seconds(1)),
            new().unknown_key_fetches(100, seconds(3600)),
            new().max_issuers(1),
            new().max_issuers(100_000),
            new().newcomers(1, Duration::from_millis(1)),
            new().newcomers(100_000, seconds(3600)),
            new().fetch_timeout(Duration::from_millis(100)),
            new().fetch_timeout(seconds(60)),
            new().max_document_bytes(1024),
            new().max_document_bytes(16 * 1024 * 1024),
            new().max_keys(1),
            new().max_keys(1000),
        ] {
            assert!(policy.clone().check().is_ok(), "{policy:?}");
        }
    }

    #[test]
    fn a_value_out_of_bounds_is_named() {
        let new = KeyPolicy::new;
        for (policy, name) in [
            (new().fresh_for(Duration::from_millis(999)), "fresh_for "),
            (new().fresh_for(seconds(86_401)).stale_for(seconds(90_000)), "fresh_for "),
            (new().refresh_from_percent(0), "refresh_from_percent "),
            (new().refresh_from_percent(101), "refresh_from_percent "),
            (new().stale_for(seconds(599)), "stale_for "),
            (new().stale_for(seconds(604_801)), "stale_for "),
            (new().jitter_percent(101), "jitter_percent "),
            (new().unknown_key_fetches(0, seconds(10)), "unknown_key_fetches "),
            (new().unknown_key_fetches(101, seconds(10)), "unknown_key_fetches "),
            (new().unknown_key_fetches(1, Duration::from_millis(999)), "unknown_key_fetches "),
            (new().unknown_key_fetches(1, seconds(3601)), "unknown_key_fetches "),
            (new().max_issuers(0), "max_issuers "),
            (new().max_issuers(100_001), "max_issuers "),
            (new().newcomers(0, seconds(1)), "newcomers "),
            (new().newcomers(100_001, seconds(1)), "newcomers "),
            (new().newcomers(1, Duration::from_micros(999)), "newcomers "),
            (new().newcomers(1, seconds(3601)), "newcomers "),
            (new().fetch_timeout(Duration::from_millis(99)), "fetch_timeout "),
            (new().fetch_timeout(seconds(61)), "fetch_timeout "),
            (new().max_document_bytes(1023), "max_document_bytes "),
            (new().max_document_bytes(16 * 1024 * 1024 + 1), "max_document_bytes "),
            (new().max_keys(0), "max_keys "),
            (new().max_keys(1001), "max_keys "),
        ] {
            let problems = policy.clone().check().map(|_| ()).unwrap_err();
            assert!(matches!(*problems, [problem] if problem.starts_with(name)), "{name} {policy:?}: {problems:?}");
        }
    }
}
