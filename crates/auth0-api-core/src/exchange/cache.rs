//! A bounded cache of exchange answers.
//!
//! 1. An answer is used until 30 s before its access token or its subject's token expires, whichever is earlier. An
//!    answer without a known expiry is not cached.
//! 2. After four fifths of that time, the answer is still used, and the next call starts a renewal in the background.
//!    There is no renewal if the subject's token expires first, because a new answer could not be used for longer. If
//!    the tenant rejects the subject during a renewal, the cached answer is removed.
//! 3. If there is no answer, one request is sent, in a separate task. All callers with the same key wait for it and
//!    share its result, including its error. Errors are not cached.
//! 4. When the cache is full, the least recently used answer is removed.

use std::fmt;
use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use moka::Expiry;
use moka::ops::compute::Op;
use moka::policy::EvictionPolicy;
use moka::sync::Cache;

use super::cache_key::CacheKey;
use super::{EndpointUnavailable, ExchangeError, TokenSet};
use crate::clock::{Clock, elapsed};
use crate::flight::SingleFlight;

/// How many answers of exchanges are cached, for [`exchange_cache`](crate::ApiClientBuilder::exchange_cache).
///
/// See [cached responses](crate::guide::token_requests#cached-responses).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct ExchangeCache(Option<usize>);

/// A cache of at least one entry, or none. Only [`ExchangeCache::check`] creates this type.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CheckedExchangeCache(Option<usize>);

impl ExchangeCache {
    /// Caches at most this many answers, for all users and APIs together; at least 1. An answer takes about 3 KB.
    /// Default: 10 000.
    pub const fn entries(entries: usize) -> Self {
        Self(Some(entries))
    }

    /// Switches the cache off. Every call then sends a request, even if an equal request is in progress.
    pub const fn off() -> Self {
        Self(None)
    }

    /// Returns `None` for a cache of 0 entries.
    pub(crate) fn check(self) -> Option<CheckedExchangeCache> {
        (self.0 != Some(0)).then_some(CheckedExchangeCache(self.0))
    }
}

impl Default for ExchangeCache {
    fn default() -> Self {
        Self::entries(DEFAULT_ENTRIES)
    }
}

/// The cached answers, and the requests in progress.
pub(super) struct AnswerCache {
    clock: Arc<dyn Clock>,
    answers: Cache<CacheKey, CachedAnswer>,
    flights: Arc<SingleFlight<CacheKey, Answer>>,
}

type Answer = Result<TokenSet, ExchangeError>;

#[derive(Clone, Debug)]
struct CachedAnswer {
    tokens: TokenSet,
    cached_at: SystemTime,
    usable_until: SystemTime,
    /// When a renewal may start; `None` if the answer is not renewed.
    renew_from: Option<SystemTime>,
}

/// A limit on how long an answer may stay in the cache, in addition to the expiry of the answer.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) subject_expires_at: Option<SystemTime>,
}

impl AnswerCache {
    /// Returns `None` if the cache is off.
    pub(super) fn new(size: CheckedExchangeCache, clock: Arc<dyn Clock>) -> Option<Arc<Self>> {
        // LRU: an answer that was used recently is more likely to be used again than an answer that was used often
        // yesterday.
        let entries = u64::try_from(size.0?).unwrap_or(u64::MAX);
        let cache = Cache::builder().max_capacity(entries).eviction_policy(EvictionPolicy::lru());
        let answers = cache.expire_after(AnswerExpiry).build();
        Some(Arc::new(Self { clock, answers, flights: SingleFlight::new() }))
    }

    /// Returns the cached answer, or else the answer to the request that `ask` sends.
    pub(super) async fn get<W>(self: &Arc<Self>, key: CacheKey, limits: Limits, ask: impl Fn() -> W) -> Answer
    where
        W: Future<Output = Answer> + Send + 'static,
    {
        let now = self.clock.now();
        let Some(cached) = self.usable(key, now) else {
            tracing::debug!(name: "exchange_cache_miss", target: "auth0_api", event = "exchange_cache_miss");
            let cache = Arc::clone(self);
            let flight = self.flights.join_or_start(key, || cache.fetch(key, limits, ask()));
            return flight.result().await.unwrap_or_else(|| Err(EndpointUnavailable::given_up().into()));
        };
        let renews = cached.is_renewal_due(now);
        tracing::debug!(name: "exchange_cache_hit", target: "auth0_api", event = "exchange_cache_hit", renews);
        if renews {
            let cache = Arc::clone(self);
            // This call does not wait for the renewal, so it drops the handle. The task continues and updates the
            // cache. Until the task ends, further calls also reach this line, but they join the task instead of
            // starting a second renewal.
            drop(self.flights.join_or_start(key, || cache.renew(key, limits, ask())));
        }
        Ok(cached.tokens)
    }

    /// Removes an answer from the cache, unless a newer answer has replaced it.
    pub(super) fn forget(&self, tokens: &TokenSet) {
        let Some(key) = tokens.cache_key() else { return };
        self.answers.entry(key).and_compute_with(|cached| {
            let is_same = cached.is_some_and(|cached| cached.value().tokens.is_same(tokens));
            if is_same { Op::Remove } else { Op::Nop }
        });
    }

    async fn fetch(self: Arc<Self>, key: CacheKey, limits: Limits, ask: impl Future<Output = Answer>) -> Answer {
        // The look-up in `get` and the start of this task are not one step. Between these steps, another task for this
        // key may have cached its answer. So this task looks up the key again before it sends a request.
        if let Some(cached) = self.usable(key, self.clock.now()) {
            return Ok(cached.tokens);
        }
        let tokens = ask.await?;
        self.store(key, &tokens, limits);
        Ok(tokens)
    }

    /// Replaces the cached answer by a new one.
    ///
    /// If the renewal fails, the cached answer stays in use, and the renewal is tried again after [`RENEWAL_PAUSE`]. If
    /// the tenant has rejected the subject, the cached answer is removed instead: the next call sends a request and
    /// gets the tenant's error.
    async fn renew(self: Arc<Self>, key: CacheKey, limits: Limits, ask: impl Future<Output = Answer>) -> Answer {
        // As in `fetch`: between the look-up in `get` and the start of this task, another renewal may have ended.
        let now = self.clock.now();
        if let Some(cached) = self.usable(key, now).filter(|cached| !cached.is_renewal_due(now)) {
            return Ok(cached.tokens);
        }
        let answer = ask.await;
        match &answer {
            Ok(tokens) => self.store(key, tokens, limits),
            Err(ExchangeError::Server(rejection)) if rejection.kind().is_about_subject() => {
                self.answers.invalidate(&key);
            }
            Err(_) => self.postpone_renewal(key),
        }
        answer
    }

    /// Sets the start of the next renewal to [`RENEWAL_PAUSE`] from now.
    ///
    /// This runs inside the renewal's task: callers join the task while it runs, and find the later start when it has
    /// ended. The update is one atomic step on the entry: if the answer was removed in the meantime, it is not stored
    /// again.
    fn postpone_renewal(&self, key: CacheKey) {
        let renew_from = Some(self.clock.now() + RENEWAL_PAUSE);
        self.answers.entry(key).and_compute_with(|cached| match cached {
            Some(cached) => Op::Put(CachedAnswer { renew_from, ..cached.into_value() }),
            None => Op::Nop,
        });
    }

    fn usable(&self, key: CacheKey, now: SystemTime) -> Option<CachedAnswer> {
        // If the clock was set back, an answer from the future is not used. Otherwise, the answer could be used for too
        // long. If another call cached the answer a little later than `now`, the answer is used.
        self.answers.get(&key).filter(|cached| now < cached.usable_until && elapsed(cached.cached_at, now).is_some())
    }

    fn store(&self, key: CacheKey, tokens: &TokenSet, limits: Limits) {
        let now = self.clock.now();
        if let Some(cached) = CachedAnswer::from_now(tokens, limits, now) {
            self.answers.insert(key, cached);
        } else {
            self.answers.invalidate(&key);
        }
    }
}

impl fmt::Debug for AnswerCache {
    /// Shows only the number of answers, because there may be thousands.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnswerCache").field("answers", &self.answers.entry_count()).finish_non_exhaustive()
    }
}

impl CachedAnswer {
    /// Returns `None` if the answer has no known expiry, or expires too soon to be used again.
    fn from_now(tokens: &TokenSet, limits: Limits, now: SystemTime) -> Option<Self> {
        let expires_at = tokens.expires_at()?;
        let earlier = limits.subject_expires_at.map_or(expires_at, |subject| subject.min(expires_at));
        let usable_until = earlier.checked_sub(SKEW)?;
        let usable_for = usable_until.duration_since(now).ok().filter(|time| !time.is_zero())?;
        // If the subject's token expires first, a renewed answer could not be used longer than this answer.
        let renewable = limits.subject_expires_at.is_none_or(|subject| expires_at < subject);
        let renew_from = renewable.then(|| now + usable_for * RENEW_AFTER_PERCENT / 100);
        Some(Self { tokens: tokens.clone(), cached_at: now, usable_until, renew_from })
    }

    fn is_renewal_due(&self, now: SystemTime) -> bool {
        self.renew_from.is_some_and(|from| from <= now)
    }
}

/// Removes expired answers, to free their memory. Moka measures the time with its own clock. [`AnswerCache::usable`]
/// decides with the client's [`Clock`] whether an answer is still usable.
struct AnswerExpiry;

impl Expiry<CacheKey, CachedAnswer> for AnswerExpiry {
    fn expire_after_create(&self, _: &CacheKey, cached: &CachedAnswer, _: Instant) -> Option<Duration> {
        cached.usable_until.duration_since(cached.cached_at).ok()
    }

    fn expire_after_update(
        &self,
        _: &CacheKey,
        cached: &CachedAnswer,
        _: Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        cached.usable_until.duration_since(cached.cached_at).ok()
    }
}

/// About 30 MB when the cache is full. This is enough for the users of the busiest hour, if this API calls three other
/// APIs for each user.
const DEFAULT_ENTRIES: usize = 10_000;
/// The other API checks the token a little later and with its own clock. The token must still be valid at that time.
const SKEW: Duration = Duration::from_secs(30);
/// The same as for keys: late enough that renewals are rare, and early enough that callers do not wait.
const RENEW_AFTER_PERCENT: u32 = 80;
/// Without this pause, every call during an outage would send a request and make the outage worse.
const RENEWAL_PAUSE: Duration = Duration::from_secs(30);
