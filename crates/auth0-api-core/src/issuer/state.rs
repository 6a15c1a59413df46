//! One issuer's keys over time: when they are fetched, which requests wait, and which keys are used meanwhile. The
//! times and limits below are the defaults of [`KeyPolicy`](super::KeyPolicy).
//!
//! 1. **Fresh keys.** A request with a known `kid` takes the keys without a lock and without waiting. After four fifths
//!    of the time for which keys are fresh, such a request also starts a fetch in the background.
//! 2. **One fetch at a time.** A fetch runs in its own task. All requests that need the keys wait for this one fetch.
//!    They get its result, even if the result is a failure. Cancelling a request does not cancel the fetch.
//! 3. **Unknown `kid`.** The request waits for newer keys. It joins the fetch in progress. If there is none, it starts
//!    a fetch, which needs a permit of the issuer's token bucket. If the fetch began before the request, the issuer may
//!    have published the key after the fetch. So the request may then start one more fetch. A `kid` that is still
//!    missing is remembered, and causes no fetch for 30 s. If the issuer had this key before, the time doubles with each
//!    further fetch, up to two minutes.
//! 4. **Stale keys.** A request waits for newer keys for at most one second; for up to two more if there was no permit in
//!    time, and its token is the first with a valid signature. Shortly after a failed fetch, it does not wait.
//!    If no newer keys arrive, the request uses the stale keys, up to 24 hours after their fetch. After a failure, no
//!    fetch starts until the back-off is over. During the back-off, a request without usable keys fails at once.
//!    If the tenant sent the discovery document and postponed the key set (429, or 503 with `Retry-After`), the next fetch
//!    asks only for the key set. It asks for both if the discovery document is ten minutes old.
//! 5. **Newcomers.** While no token of the issuer was verified, each fetch also needs a permit of a token bucket that
//!    all issuers share. The first fetch of an issuer of a list needs none.
//! 6. **Permits.** If the next permit comes within less than a second, the fetch waits for it, and requests wait for
//!    the fetch. Otherwise the request is rejected: its key was *not looked for*. A token is blamed only for a key that
//!    a fetch after the request, or shortly before, did not find.
//! 7. **Time.** `now` is the time when a request began. It decides only whether a fetch began after the request, and
//!    whether keys are fresh. Everything that limits or remembers takes the time when the lock is held.
//! 8. **Boxes.** Futures that wait for a fetch are boxed. So they do not enlarge the future of a request whose keys are
//!    fresh.

use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};
use std::time::{Duration, SystemTime};

use super::config::IssuerConfig;
use super::fetching::{Fetching, FirstFetch};
use super::key_set::NoKey;
use super::limits::Limits;
use super::pending::{Cause, FetchResult, Pending};
use super::policy::PATIENCE;
use super::report;
use super::snapshot::{CurrentSnapshot, KeySetVersion, Snapshot};
use super::{Domain, FetchLimit, IssuerError, KeysUnavailable};
use crate::flight::SingleFlight;
use crate::jose::Algorithm;
use crate::sync::{AtomicBool, Mutex, MutexGuard, timeout};

/// The keys and fetches of one issuer, independent of all other issuers.
///
/// Requests read `current` without a lock. Only `finish` writes `current`, and it holds the lock on `fetching` while it
/// does so. `start_or_join` also needs this lock. A task that holds the lock therefore sees a fetch in progress, or the
/// result of that fetch, or for a moment both.
#[derive(Debug)]
pub(super) struct IssuerState {
    pub(super) domain: Domain,
    pub(super) config: Arc<IssuerConfig>,
    pub(super) limits: Arc<Limits>,
    pub(super) current: Arc<CurrentSnapshot>,
    pub(super) fetches: Arc<SingleFlight<(), FetchResult>>,
    fetching: Mutex<Fetching>,
    /// Whether a token of the issuer was verified.
    proven: AtomicBool,
}

/// A snapshot, and whether its fetch began before or after the request.
pub(super) type Found = (Arc<Snapshot>, FetchBegan);

/// Whether a fetch began before or after the request that uses its result.
///
/// `After`: the result is newer than the request, so a key that is missing from the result is unknown. `Before`: the
/// issuer may have published the key after the fetch began. `BeforeAndNoPermit`: the same, and the keys are stale, because
/// there was no permit for their refresh, or none in time. Only an issuer without a verified token needs one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum FetchBegan {
    After,
    Before,
    BeforeAndNoPermit,
}

/// Newer keys: present, or of a fetch in progress.
enum Newer {
    Present(Arc<Snapshot>),
    Coming(Pending),
}

impl Newer {
    fn begins_in(&self) -> Duration {
        match self {
            Self::Present(_) => Duration::ZERO,
            Self::Coming(fetch) => fetch.begins_in,
        }
    }
}

/// Why no fetch began.
struct NotBegun {
    error: IssuerError,
    lacks_a_permit: bool,
}

impl IssuerState {
    pub(super) fn new(domain: Domain, config: Arc<IssuerConfig>, limits: Arc<Limits>, first: FirstFetch) -> Self {
        let fetching = Mutex::new(Fetching::new(&config.policy, first, config.clock.now()));
        let (current, fetches, proven) = (Arc::default(), SingleFlight::new(), AtomicBool::new(false));
        Self { domain, config, limits, current, fetches, fetching, proven }
    }

    pub(super) fn domain(&self) -> &Domain {
        &self.domain
    }

    /// Identifies the key set of one of this issuer's snapshots.
    pub(super) fn version_of(&self, snapshot: &Snapshot) -> KeySetVersion {
        KeySetVersion::new(snapshot.keys(), &self.current)
    }

    /// Records that a token of the issuer has a valid signature, and returns the permits that the issuer took.
    pub(super) fn prove(&self) {
        // Every request calls this method. All but the first only read one value, which no longer changes.
        if self.is_proven() || self.proven.swap(true, Ordering::Relaxed) {
            return;
        }
        // The lock orders this with `newcomer_permit`: a permit is either counted here, or not taken.
        let permits = std::mem::take(&mut self.lock().first.permits);
        self.limits.give_back(permits);
    }

    pub(super) fn is_proven(&self) -> bool {
        self.proven.load(Ordering::Relaxed)
    }

    /// Whether these keys are the present ones of this state, or were.
    pub(super) fn is_source_of(&self, keys: &KeySetVersion) -> bool {
        keys.is_from(&self.current)
    }

    /// Returns the present snapshot, if it is fresh and has a key for this algorithm and `kid`. Otherwise the caller needs
    /// [`snapshot_with`](Self::snapshot_with).
    pub(super) fn snapshot_at_hand(
        self: &Arc<Self>,
        algorithm: Algorithm,
        key_id: Option<&str>,
        now: SystemTime,
    ) -> Option<Arc<Snapshot>> {
        self.fresh(now).filter(|snapshot| snapshot.keys().find(algorithm, key_id).is_ok())
    }

    /// Returns the present snapshot for a token that was verified before. As for a new token, a refresh that is due starts,
    /// and stale keys are used if no newer ones arrive in time.
    pub(super) async fn snapshot(self: &Arc<Self>, now: SystemTime) -> Result<Arc<Snapshot>, IssuerError> {
        self.current(now, Cause::Token).await.map(|(snapshot, _)| snapshot)
    }

    /// Returns a snapshot that has a key for this algorithm and `kid`, or the reason why there is no such snapshot.
    pub(super) async fn snapshot_with(
        self: &Arc<Self>,
        algorithm: Algorithm,
        key_id: Option<&str>,
        now: SystemTime,
    ) -> Result<Found, IssuerError> {
        let (mut snapshot, mut fetch_began) = self.current(now, Cause::Token).await?;
        for _ in 0..LOOK_UPS {
            match snapshot.keys().find(algorithm, key_id).map(drop) {
                Ok(()) => return Ok((snapshot, fetch_began)),
                Err(NoKey::Ambiguous) => return Err(IssuerError::KeyAmbiguous),
                Err(NoKey::OtherAlgorithm(published)) => {
                    return Err(IssuerError::KeyOfOtherAlgorithm { algorithm, published });
                }
                Err(NoKey::Unknown) => {}
            }
            let name = key_id.unwrap_or_default();
            if fetch_began == FetchBegan::After {
                let mut fetching = self.lock();
                fetching.miss(name, self.config.clock.now());
                return Err(IssuerError::KeyUnknown);
            }
            let newer = Box::pin(self.newer_for_unknown_key(name, &snapshot, now)).await?;
            (snapshot, fetch_began) = newer.ok_or(IssuerError::KeyUnknown)?;
        }
        // The keys were replaced during each look-up, each time by a fetch that had begun before the request.
        Err(self.not_looked_for(FetchLimit::UnknownKeys, PATIENCE).into())
    }

    /// Fetches the keys unless they are fresh.
    pub(super) async fn warm_up(self: &Arc<Self>) -> Result<(), KeysUnavailable> {
        match self.current(self.config.clock.now(), Cause::Operator).await {
            Ok(_) => Ok(()),
            Err(IssuerError::Unavailable(unavailable)) => Err(unavailable),
            // Cannot happen: the other errors are about tokens and their permits.
            Err(_) => Err(self.given_up()),
        }
    }

    /// Fetches the keys, even if they are fresh or a back-off is not over. No cache on the way to the tenant may answer.
    ///
    /// If the tenant postpones the key set, a repeated call asks only for the key set: all replicas call this method at
    /// once, and no answer may be wasted.
    pub(super) async fn refresh_now(self: &Arc<Self>) -> Result<(), IssuerError> {
        // A fetch that is already in progress may have begun before the tenant changed its keys, and a cache may answer it.
        // This call cannot use the result of such a fetch. It waits until that fetch ends, because only one fetch runs at a
        // time.
        let earlier = {
            let mut fetching = self.lock();
            fetching.refresh();
            // A cache that was not asked may still have the old keys. Strangers can cause fetches, and a reload too, so no
            // later one may bring these keys back.
            self.limits.go_past_caches(self.domain.shared_issuer());
            self.fetches.join(&())
        };
        if let Some(earlier) = earlier {
            _ = earlier.result().await;
        }
        // If another fetch is in progress now, it began after the earlier fetch ended, and therefore after this call
        // began. This call can use the result of that fetch.
        let fetch = {
            let mut fetching = self.lock();
            // The earlier fetch may have ended with keys, and does not count as the answer to this call. One that another
            // request has started since does.
            if self.fetches.join(&()).is_none() {
                fetching.refresh();
            } else {
                fetching.refresh_by_fetch_in_progress();
            }
            self.start_or_join(&mut fetching, Cause::Operator)?
        };
        self.wait_for(fetch, Cause::Operator).await.map(drop)
    }

    /// Whether a fetch has ended, with keys or with a failure.
    pub(super) fn was_asked(&self) -> bool {
        self.current.load().is_some() || self.lock().has_failed()
    }

    /// Whether there are keys, fresh or stale, that may be used.
    pub(super) fn is_ready(&self, now: SystemTime) -> bool {
        self.current.load().as_ref().is_some_and(|snapshot| snapshot.age(now) < self.config.policy.stale_for)
    }

    /// Returns the keys to look up a `kid` in. Fresh keys are returned at once. Stale keys are returned after a short
    /// wait for newer ones. If there are no fresh or stale keys, this method waits for a fetch.
    async fn current(self: &Arc<Self>, now: SystemTime, cause: Cause) -> Result<Found, IssuerError> {
        if let Some(snapshot) = self.fresh(now) {
            return Ok((snapshot, FetchBegan::Before));
        }
        let policy = &self.config.policy;
        let Some(snapshot) = self.current.load_full() else {
            return Box::pin(self.fetch_after(None, cause, now)).await;
        };
        // The clock is read again, because `now` may be old: the request may have waited for a resolver.
        match snapshot.age(self.config.clock.now()) {
            age if age < policy.fresh_for => Ok((snapshot, FetchBegan::Before)),
            age if age < policy.stale_for => Ok(Box::pin(self.fetched_in_time(snapshot, cause, now)).await),
            _ => Box::pin(self.fetch_after(Some(&snapshot), cause, now)).await,
        }
    }

    /// Returns the present keys if they are fresh. Starts a refresh if it is due.
    fn fresh(self: &Arc<Self>, now: SystemTime) -> Option<Arc<Snapshot>> {
        let snapshot = self.current.load_full().filter(|snapshot| snapshot.age(now) < self.config.policy.fresh_for)?;
        if snapshot.is_refresh_due(now) {
            self.refresh_ahead();
        }
        Some(snapshot)
    }

    /// Starts a fetch in the background, unless one is in progress, a back-off is not over or there is no permit.
    fn refresh_ahead(self: &Arc<Self>) {
        // Do not wait for the lock, because the keys are still fresh. The task that holds the lock probably starts or
        // finishes a fetch. If it does not, the next request tries again.
        let Ok(mut fetching) = self.fetching.try_lock() else { return };
        let now = self.config.clock.now();
        // Check the age again: a fetch may have ended after the caller checked the age and before this task took the
        // lock.
        let still_due = self.current.load().as_ref().is_some_and(|snapshot| snapshot.is_refresh_due(now));
        if still_due && fetching.failure_at(now).is_none() {
            drop(self.start_or_join(&mut fetching, Cause::Token));
        }
    }

    /// Returns a newer snapshot if the fetch ends in time. Otherwise returns the stale snapshot, and the fetch
    /// continues.
    ///
    /// Auth0 allows the use of stale keys (`stale-if-error`), so that an outage of the tenant does not make this API
    /// unavailable. Requests do not wait if the last fetch failed a short time ago.
    async fn fetched_in_time(self: &Arc<Self>, old: Arc<Snapshot>, cause: Cause, now: SystemTime) -> Found {
        let was_down = self.has_just_failed(&self.lock());
        let lacks_a_permit = match self.newer_or_fetch(Some(&old), cause) {
            Ok(newer) => {
                // The fetch may wait for a permit. Strangers do not wait longer because of that; users do.
                let (delay, is_proven) = (newer.begins_in(), self.is_proven());
                let patience = match (was_down, is_proven) {
                    (true, _) => Duration::ZERO,
                    (false, true) => delay + PATIENCE,
                    (false, false) => PATIENCE,
                };
                if let Ok(Ok(fetched)) = timeout(patience, self.found(newer, cause, now)).await {
                    return fetched;
                }
                !is_proven && !delay.is_zero()
            }
            Err(not_begun) => not_begun.lacks_a_permit,
        };
        report::stale_served(&self.domain, old.age(self.config.clock.now()));
        (old, if lacks_a_permit { FetchBegan::BeforeAndNoPermit } else { FetchBegan::Before })
    }

    /// Whether the last fetch failed a short time ago. The tenant then counts as unavailable.
    fn has_just_failed(&self, fetching: &Fetching) -> bool {
        let policy = &self.config.policy;
        let longest_fetch = policy.fetch_timeout.saturating_mul(REQUESTS_OF_A_FETCH);
        fetching.has_just_failed(policy.fresh_for, longest_fetch, self.config.clock.now())
    }

    /// Waits for newer keys because the key of a request is not in the snapshot that the request has seen. Returns
    /// `None` if this key was looked for a short time ago.
    async fn newer_for_unknown_key(
        self: &Arc<Self>,
        key_id: &str,
        seen: &Arc<Snapshot>,
        now: SystemTime,
    ) -> Result<Option<Found>, IssuerError> {
        let fetch = {
            let mut fetching = self.lock();
            // There are newer keys already, and a look-up in them needs no fetch.
            if let Some(newer) = self.newer_than(Some(seen)) {
                return Ok(Some((newer, FetchBegan::Before)));
            }
            let locked_at = self.config.clock.now();
            if fetching.looked_for(key_id, locked_at) {
                return Ok(None);
            }
            if let Some(failure) = fetching.failure_at(locked_at) {
                return Err(failure.into());
            }
            self.start_or_join(&mut fetching, Cause::UnknownKey)?
        };
        self.found(Newer::Coming(fetch), Cause::UnknownKey, now).await.map(Some)
    }

    /// Waits for a snapshot newer than the one that the request has seen. Joins the fetch in progress, or starts one.
    async fn fetch_after(
        self: &Arc<Self>,
        seen: Option<&Arc<Snapshot>>,
        cause: Cause,
        now: SystemTime,
    ) -> Result<Found, IssuerError> {
        let newer = self.newer_or_fetch(seen, cause).map_err(|not_begun| not_begun.error)?;
        self.found(newer, cause, now).await
    }

    /// Returns newer keys, if there are any already. Otherwise joins the fetch in progress, or starts one.
    fn newer_or_fetch(self: &Arc<Self>, seen: Option<&Arc<Snapshot>>, cause: Cause) -> Result<Newer, NotBegun> {
        let mut fetching = self.lock();
        // A fetch may have ended after the request loaded the snapshot and before it took the lock.
        if let Some(newer) = self.newer_than(seen) {
            return Ok(Newer::Present(newer));
        }
        if let Some(failure) = fetching.failure_at(self.config.clock.now()) {
            return Err(NotBegun { error: failure.into(), lacks_a_permit: false });
        }
        self.start_or_join(&mut fetching, cause).map(Newer::Coming).map_err(|no_permit| {
            // If the last fetch failed, the keys were looked for, and the tenant is the reason why there are none.
            let failure = fetching.failure_until(no_permit.retry_after);
            let error = failure.map_or_else(|| no_permit.into(), IssuerError::Unavailable);
            NotBegun { error, lacks_a_permit: true }
        })
    }

    /// Waits for newer keys, for a request that began at `now`.
    async fn found(&self, newer: Newer, cause: Cause, now: SystemTime) -> Result<Found, IssuerError> {
        let fetch = match newer {
            Newer::Present(snapshot) => return Ok((snapshot, FetchBegan::Before)),
            Newer::Coming(fetch) => fetch,
        };
        let (snapshot, began) = self.wait_for(fetch, cause).await?;
        Ok((snapshot, if began >= now { FetchBegan::After } else { FetchBegan::Before }))
    }

    /// Returns the current snapshot, unless the request has already seen it. The caller must hold the lock, so that the
    /// snapshot cannot change at the same time.
    fn newer_than(&self, seen: Option<&Arc<Snapshot>>) -> Option<Arc<Snapshot>> {
        self.current.load_full().filter(|snapshot| seen.is_none_or(|seen| !Arc::ptr_eq(seen, snapshot)))
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Fetching> {
        // No code panics while it holds this lock. Even after a panic, the values would be consistent.
        self.fetching.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for IssuerState {
    fn drop(&mut self) {
        // The remembered tokens of this issuer share `current`. The issuer was evicted, so this client no longer notices
        // when the issuer's keys change.
        self.current.store(None);
    }
}

/// Two documents, and each may be asked for again on a new connection.
const REQUESTS_OF_A_FETCH: u32 = 4;

/// The number of look-ups per request: one in the present keys, one in keys that arrived in the meantime, one after a
/// fetch that began before the request, and one after a fetch that began after the request.
const LOOK_UPS: u32 = 4;

#[cfg(test)]
pub(super) mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use super::super::documents::{Fetched, KeySource};
    use super::super::key_set::KeySet;
    use super::*;
    use crate::clock::{Clock as _, SystemClock};
    use crate::http::{BoundedClient, HttpClient, HttpError, HttpFuture, HttpRequest};
    use crate::issuer::KeyPolicy;
    use crate::jose::AlgorithmSet;

    /// RFC 9449 §4.1.
    const JWKS: &[u8] = br#"{"keys":[{"kty":"EC","crv":"P-256","x":"l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs","y":"9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA"}]}"#;
    const HOUR: Duration = Duration::from_secs(3600);

    fn now() -> SystemTime {
        SystemClock.now()
    }

    /// A tenant whose documents are not available.
    #[derive(Debug)]
    struct Down;

    impl HttpClient for Down {
        fn send(&self, _: HttpRequest) -> HttpFuture<'_> {
            Box::pin(std::future::ready(Err(HttpError::Timeout)))
        }
    }

    /// The issuers of one client, which has one permit for newcomers.
    pub(in super::super) struct Issuers(pub(in super::super) Arc<IssuerConfig>, pub(in super::super) Arc<Limits>);

    impl Issuers {
        pub(in super::super) fn new() -> Self {
            let policy = KeyPolicy::new().newcomers(1, HOUR).check().unwrap();
            let limits = Limits::new(&policy, now());
            let (clock, http) = (Arc::new(SystemClock), BoundedClient::new(Arc::new(Down), 1024, HOUR));
            let algorithms = AlgorithmSet::new([Algorithm::ES256]).unwrap();
            let config = IssuerConfig { algorithms, clock, http, jwks_hosts: Vec::new(), policy };
            Self(Arc::new(config), Arc::new(limits))
        }

        fn issuer(&self, first: FirstFetch) -> Arc<IssuerState> {
            let domain = "tenant.example.com".parse().unwrap();
            Arc::new(IssuerState::new(domain, Arc::clone(&self.0), Arc::clone(&self.1), first))
        }

        fn newcomer(&self) -> Arc<IssuerState> {
            self.issuer(FirstFetch::default())
        }
    }

    /// Stores keys that were fetched now.
    fn publish(state: &IssuerState) -> Arc<Snapshot> {
        let keys = Arc::new(KeySet::parse(JWKS, &state.config.algorithms, 100).unwrap());
        let fetched = Fetched { keys, source: KeySource::default() };
        let snapshot = Arc::new(Snapshot::new(fetched, now(), HOUR));
        state.current.store(Some(Arc::clone(&snapshot)));
        snapshot
    }

    /// Fetches. Returns the limit that is reached, if one does not permit it.
    async fn reached_limit(state: &Arc<IssuerState>, cause: Cause) -> Option<FetchLimit> {
        let fetch = state.start_or_join(&mut state.lock(), cause);
        match fetch {
            Ok(fetch) => assert!(state.wait_for(fetch, cause).await.is_err()),
            Err(not_looked_for) => return Some(not_looked_for.limit),
        }
        None
    }

    #[tokio::test]
    async fn an_issuer_with_a_verified_token_returns_its_permits_and_needs_none() {
        let issuers = Issuers::new();
        let [one, other, third] = [issuers.newcomer(), issuers.newcomer(), issuers.newcomer()];
        assert_eq!(reached_limit(&one, Cause::Token).await, None);
        assert_eq!(reached_limit(&one, Cause::Token).await, Some(FetchLimit::Newcomers));
        assert_eq!(reached_limit(&other, Cause::Token).await, Some(FetchLimit::Newcomers));
        one.prove();
        assert_eq!(reached_limit(&other, Cause::UnknownKey).await, None, "takes the permit of `one`");
        one.prove();
        for cause in [Cause::Token, Cause::UnknownKey, Cause::Token] {
            assert_eq!(reached_limit(&third, cause).await, Some(FetchLimit::Newcomers), "{cause:?}");
            assert_eq!(reached_limit(&one, cause).await, None, "{cause:?}");
        }
        assert_eq!(reached_limit(&third, Cause::Operator).await, None);
    }

    #[tokio::test]
    async fn only_the_first_fetch_of_a_listed_issuer_needs_no_permit() {
        let issuers = Issuers::new();
        let listed = issuers.issuer(FirstFetch::free(now()));
        for expected in [None, None, Some(FetchLimit::Newcomers)] {
            assert_eq!(reached_limit(&listed, Cause::Token).await, expected);
        }
    }

    /// It may have waited for a resolver, or the clock was set back.
    #[tokio::test]
    async fn a_request_that_began_long_before_the_keys_were_fetched_uses_them_without_a_fetch() {
        let state = Issuers::new().newcomer();
        let published = publish(&state);
        let (found, began) = state.current(now() - HOUR, Cause::Token).await.unwrap();
        assert!(Arc::ptr_eq(&found, &published) && began == FetchBegan::Before);
        assert!(!state.lock().has_failed(), "a fetch would fail");
    }

    #[tokio::test]
    async fn newer_keys_are_searched_before_a_fetch() {
        let state = Issuers::new().newcomer();
        let (began_at, seen, newer) = (now(), publish(&state), publish(&state));
        let (found, began) = state.newer_for_unknown_key("new", &seen, began_at).await.unwrap().unwrap();
        assert!(Arc::ptr_eq(&found, &newer) && began == FetchBegan::Before);
        assert!(state.newer_for_unknown_key("new", &newer, began_at).await.is_err(), "a fetch, which fails");
    }

    #[test]
    fn remembered_tokens_of_an_evicted_issuer_are_verified_again() {
        let state = Issuers::new().newcomer();
        let version = state.version_of(&publish(&state));
        assert!(version.is_current(now()));
        drop(state);
        assert!(!version.is_current(now()));
    }
}
