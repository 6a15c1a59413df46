//! Answers that serve again while they live: bounded, and one request for any number of callers.
//!
//! 1. An answer serves until 30 s before its access token or its subject's token ends, whichever is first. One without a known end
//!    is not kept.
//! 2. From four fifths of that time on it still serves, and the next caller has it renewed in the background, unless a new one could
//!    not last longer. If the tenant rejects the subject then, the answer serves nobody any more.
//! 3. Without an answer, one request is made, in a task of its own; all who want the same wait for it, and share its error. Errors
//!    are not kept.
//! 4. When there are too many answers, the one that was not used for the longest time goes.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use moka::Expiry;
use moka::ops::compute::Op;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::cache_key::CacheKey;
use super::single_flight::SingleFlight;
use super::{EndpointUnavailable, ExchangeError, TokenSet};
use crate::clock::Clock;

/// Whether and how many answers of exchanges are kept, for [`exchange_cache`](crate::ApiClientBuilder::exchange_cache).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct ExchangeCache(Option<u64>);

impl ExchangeCache {
    /// Keeps this many, of all users and APIs together. An answer takes about 3 KB. Default: 10 000.
    pub const fn entries(entries: u64) -> Self {
        Self(Some(entries))
    }

    /// Keeps none: every call is a request, even if others ask the same at the same time.
    pub const fn off() -> Self {
        Self(None)
    }

    pub(crate) fn is_usable(self) -> bool {
        self.0 != Some(0)
    }
}

impl Default for ExchangeCache {
    fn default() -> Self {
        Self::entries(DEFAULT_ENTRIES)
    }
}

/// The answers, and the requests under way.
pub(super) struct AnswerCache {
    clock: Arc<dyn Clock>,
    kept: Cache<CacheKey, Kept>,
    flights: Arc<SingleFlight<CacheKey, Answer>>,
}

type Answer = Result<TokenSet, ExchangeError>;

#[derive(Clone, Debug)]
struct Kept {
    tokens: TokenSet,
    since: SystemTime,
    serves_until: SystemTime,
    renew_from: Option<SystemTime>,
}

/// How long an answer may be kept, apart from its own end.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) subject_expires_at: Option<SystemTime>,
}

impl AnswerCache {
    /// None if the cache is off.
    pub(super) fn new(size: ExchangeCache, clock: Arc<dyn Clock>) -> Option<Arc<Self>> {
        // Least recently used: an answer that is new is worth more than one that was popular yesterday.
        let cache = Cache::builder().max_capacity(size.0?).eviction_policy(EvictionPolicy::lru());
        let kept = cache.expire_after(Forgetting).build();
        Some(Arc::new(Self { clock, kept, flights: SingleFlight::new() }))
    }

    /// The answer that is kept, or the one that `ask` gets.
    pub(super) async fn get<W>(self: &Arc<Self>, key: CacheKey, limits: Limits, ask: impl Fn() -> W) -> Answer
    where
        W: Future<Output = Answer> + Send + 'static,
    {
        let now = self.clock.now();
        let Some(kept) = self.serving(key, now) else {
            tracing::debug!(target: "auth0_api", event = "exchange_cache_miss");
            let answers = Arc::clone(self);
            let flight = self.flights.join_or_start(key, || answers.fetch(key, limits, ask()));
            return flight.result().await.unwrap_or_else(|| Err(EndpointUnavailable::given_up().into()));
        };
        let renews = kept.renew_from.is_some_and(|from| from <= now);
        tracing::debug!(target: "auth0_api", event = "exchange_cache_hit", renews);
        if renews {
            let answers = Arc::clone(self);
            // Nobody waits: the flight is known under the key, and lands in the cache.
            drop(self.flights.join_or_start(key, || answers.renew(key, limits, ask())));
        }
        Ok(kept.tokens)
    }

    /// Forgets an answer, unless a newer one has taken its place.
    pub(super) fn forget(&self, tokens: &TokenSet) {
        let Some(key) = tokens.0.cache_key else { return };
        self.kept.entry(key).and_compute_with(|kept| {
            let is_it = kept.is_some_and(|kept| Arc::ptr_eq(&kept.value().tokens.0, &tokens.0));
            if is_it { Op::Remove } else { Op::Nop }
        });
    }

    async fn fetch(self: Arc<Self>, key: CacheKey, limits: Limits, ask: impl Future<Output = Answer>) -> Answer {
        // Another flight may have landed between the look and the start.
        if let Some(kept) = self.serving(key, self.clock.now()) {
            return Ok(kept.tokens);
        }
        let tokens = ask.await?;
        self.keep(key, &tokens, limits);
        Ok(tokens)
    }

    /// A renewal that fails is tried again after a while; the answer that is there goes on serving. Where the tenant says no to this
    /// subject, it does not: the next caller asks, and hears it.
    async fn renew(self: Arc<Self>, key: CacheKey, limits: Limits, ask: impl Future<Output = Answer>) -> Answer {
        let answer = ask.await;
        match &answer {
            Ok(tokens) => self.keep(key, tokens, limits),
            Err(ExchangeError::Server(rejection)) if rejection.kind().is_about_subject() => self.kept.invalidate(&key),
            Err(_) => self.postpone(key),
        }
        answer
    }

    fn postpone(&self, key: CacheKey) {
        let renew_from = Some(self.clock.now() + RENEW_AGAIN);
        self.kept.entry(key).and_compute_with(|kept| match kept {
            Some(kept) => Op::Put(Kept { renew_from, ..kept.into_value() }),
            // Forgotten meanwhile.
            None => Op::Nop,
        });
    }

    fn serving(&self, key: CacheKey, now: SystemTime) -> Option<Kept> {
        // A clock that was set back makes an answer old, never good for longer.
        self.kept.get(&key).filter(|kept| now < kept.serves_until && kept.since <= now + CLOCK_SLACK)
    }

    fn keep(&self, key: CacheKey, tokens: &TokenSet, limits: Limits) {
        let now = self.clock.now();
        if let Some(kept) = Kept::from_now(tokens, limits, now) {
            self.kept.insert(key, kept);
        } else {
            self.kept.invalidate(&key);
        }
    }
}

impl fmt::Debug for AnswerCache {
    /// How many there are: a client's `Debug` is no place for thousands.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnswerCache").field("kept", &self.kept.entry_count()).finish_non_exhaustive()
    }
}

impl Kept {
    /// None if it would not serve anybody.
    fn from_now(tokens: &TokenSet, limits: Limits, now: SystemTime) -> Option<Self> {
        let own_end = tokens.expires_at()?;
        let end = limits.subject_expires_at.map_or(own_end, |subject| subject.min(own_end));
        let serves_until = end.checked_sub(SKEW)?;
        let serves_for = serves_until.duration_since(now).ok().filter(|time| !time.is_zero())?;
        // Where the subject's token ends first, a new answer would end just as soon.
        let renewable = limits.subject_expires_at.is_none_or(|subject| own_end < subject);
        let renew_from = renewable.then(|| now + serves_for * RENEW_AFTER_PERCENT / 100);
        Some(Self { tokens: tokens.clone(), since: now, serves_until, renew_from })
    }
}

/// Frees the room of answers that have ended; whether one still serves is for the client's clock to say.
struct Forgetting;

impl Expiry<CacheKey, Kept> for Forgetting {
    fn expire_after_create(&self, _: &CacheKey, kept: &Kept, _: Instant) -> Option<Duration> {
        kept.serves_until.duration_since(kept.since).ok()
    }

    fn expire_after_update(&self, _: &CacheKey, kept: &Kept, _: Instant, _: Option<Duration>) -> Option<Duration> {
        kept.serves_until.duration_since(kept.since).ok()
    }
}

/// About 30 MB when all are there: a user of the busiest hour each, and three APIs to call.
const DEFAULT_ENTRIES: u64 = 10_000;
/// A token must still be good when the other API reads it, by that one's clock.
const SKEW: Duration = Duration::from_secs(30);
/// As for keys: late enough to be seldom, early enough that nobody waits.
const RENEW_AFTER_PERCENT: u32 = 80;
/// An outage is not made worse by everybody's next call.
const RENEW_AGAIN: Duration = Duration::from_secs(30);
/// Answers come a little after the call that asked for them began.
const CLOCK_SLACK: Duration = Duration::from_secs(60);
