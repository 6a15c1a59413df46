//! The URL of the token endpoint, from the tenant's discovery document. The document is fetched again after ten
//! minutes.

use std::sync::{Arc, PoisonError};
use std::time::{Duration, SystemTime};

use super::{EndpointUnavailable, ExchangeError};
use crate::back_off::BackOff;
use crate::clock::{Clock, elapsed};
use crate::flight::SingleFlight;
use crate::http::BoundedClient;
use crate::issuer::{DiscoveryError, Domain, TokenEndpointOf, discovery_document, token_endpoint};
use crate::sync::{Mutex, MutexGuard};

/// The token endpoint of one tenant.
#[derive(Debug)]
pub(super) struct Endpoint {
    clock: Arc<dyn Clock>,
    domain: Domain,
    kind: TokenEndpointOf,
    http: BoundedClient,
    discovered: Mutex<Discovered>,
    flights: Arc<SingleFlight<(), Found>>,
}

type Found = Result<Arc<str>, EndpointUnavailable>;

/// The last URL and the last failure, each with its time.
#[derive(Debug, Default)]
struct Discovered {
    url: Option<(Arc<str>, SystemTime)>,
    failure: Option<(EndpointUnavailable, SystemTime)>,
}

impl Endpoint {
    pub(super) fn new(domain: Domain, kind: TokenEndpointOf, http: BoundedClient, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self { clock, domain, kind, http, discovered: Mutex::default(), flights: SingleFlight::new() })
    }

    /// Whether this is the endpoint of a domain, for clients of this kind.
    pub(super) fn is_of(&self, domain: &Domain, kind: TokenEndpointOf) -> bool {
        self.domain.issuer() == domain.issuer() && self.kind == kind
    }

    pub(super) fn issuer(&self) -> &str {
        self.domain.issuer()
    }

    /// Returns the URL. If the URL is not fresh, the discovery document is fetched. If the fetch fails, the old URL is
    /// used for up to 24 h.
    pub(super) async fn url(self: &Arc<Self>) -> Result<Arc<str>, ExchangeError> {
        if let Some(found) = self.without_fetch() {
            return Ok(found?);
        }
        let endpoint = Arc::clone(self);
        let flight = self.flights.join_or_start((), || async move { endpoint.discover().await });
        Ok(flight.result().await.unwrap_or_else(|| Err(EndpointUnavailable::given_up()))?)
    }

    fn without_fetch(&self) -> Option<Found> {
        // The lock is taken first. If the clock were read first, another task could store a later time in between.
        let discovered = self.lock();
        discovered.without_fetch(self.clock.now())
    }

    async fn discover(&self) -> Found {
        // The look-up in `url` and the start of this task are not one step. Between these steps, another task may have
        // stored a URL or a failure. So this task looks again before it sends a request.
        if let Some(found) = self.without_fetch() {
            return found;
        }
        let fetched = self.fetch().await;
        let (mut discovered, now) = (self.lock(), self.clock.now());
        match fetched {
            Ok(url) => {
                let url: Arc<str> = url.into();
                *discovered = Discovered { url: Some((Arc::clone(&url), now)), failure: None };
                Ok(url)
            }
            Err(error) => {
                let duration = BACK_OFF.after(1, error.retry_after());
                let failure = EndpointUnavailable::new(error, Some(duration));
                discovered.failure = Some((failure.clone(), now));
                discovered.stale_url(now).ok_or(failure)
            }
        }
    }

    async fn fetch(&self) -> Result<String, DiscoveryError> {
        token_endpoint(&discovery_document(&self.http, &self.domain).await?, &self.domain, self.kind)
    }

    fn lock(&self) -> MutexGuard<'_, Discovered> {
        // A panic while the lock is held leaves the values valid: each update is one assignment.
        self.discovered.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Discovered {
    /// Returns the answer if no fetch is needed now. While the URL is fresh, the answer is the URL. For some time after
    /// a failure, it is the stale URL, or the error of the failure if there is no stale URL.
    fn without_fetch(&self, now: SystemTime) -> Option<Found> {
        if let Some((url, _)) = self.url.as_ref().filter(|(_, at)| is_within(*at, now, FRESH_FOR)) {
            return Some(Ok(Arc::clone(url)));
        }
        let (failure, _) = self.failure.as_ref().filter(|(failure, at)| is_within(*at, now, failure.retry_after))?;
        Some(self.stale_url(now).ok_or_else(|| failure.clone()))
    }

    fn stale_url(&self, now: SystemTime) -> Option<Arc<str>> {
        let (url, _) = self.url.as_ref().filter(|(_, at)| is_within(*at, now, STALE_FOR))?;
        Some(Arc::clone(url))
    }
}

/// Returns true if less than `duration` has passed since `from`. Returns false if the clock was set back: the URL or the
/// failure then counts as old.
fn is_within(from: SystemTime, now: SystemTime, duration: Duration) -> bool {
    elapsed(from, now).is_some_and(|age| age < duration)
}

/// The same as for key sets, and as in auth0-api-js.
const FRESH_FOR: Duration = Duration::from_secs(600);
/// The same as for key sets: Auth0 sends `stale-if-error=86400`.
const STALE_FOR: Duration = Duration::from_secs(86_400);
/// How long the client does not fetch after a failure, so that waiting callers do not fetch one after the other. Users do
/// not notice an outage of one second. The limit for `Retry-After` is the same as for key sets: if a server asks for a
/// day by mistake, exchanges must not fail for a day.
const BACK_OFF: BackOff = BackOff {
    first: Duration::from_secs(1),
    longest: Duration::from_secs(1),
    longest_retry_after: Duration::from_secs(600),
    jitter_percent: 0,
};
/// The same as for key sets.
pub(super) const TIMEOUT: Duration = Duration::from_secs(5);
/// A discovery document has a few KiB.
pub(super) const MAX_DOCUMENT_BYTES: usize = 512 * 1024;

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "a failing test may panic")]

    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::clock::SystemClock;
    use crate::http::{HttpClient, HttpFuture, HttpRequest};

    #[derive(Debug)]
    struct Unused;

    impl HttpClient for Unused {
        fn send(&self, _: HttpRequest) -> HttpFuture<'_> {
            unreachable!("no document is fetched")
        }
    }

    #[test]
    fn an_endpoint_is_of_one_domain_and_one_kind_of_clients() {
        use TokenEndpointOf::{Everybody, MutualTls};
        let domain = |text: &str| text.parse::<Domain>().unwrap();
        let http = BoundedClient::new(Arc::new(Unused), MAX_DOCUMENT_BYTES, TIMEOUT);
        let endpoint = Endpoint::new(domain("a.example.com"), Everybody, http, Arc::new(SystemClock));
        let is_of = |text, kind| endpoint.is_of(&domain(text), kind);
        assert!(is_of("https://A.example.com/", Everybody));
        assert!(!is_of("a.example.com", MutualTls));
        assert!(!is_of("b.example.com", Everybody));
        assert!(!is_of("b.example.com", MutualTls));
    }

    #[test]
    fn an_older_time_forgets_nothing_and_a_clock_set_back_does() {
        let at = |seconds| UNIX_EPOCH + Duration::from_secs(seconds);
        let is_fresh = |now| is_within(at(10_000), at(now), FRESH_FOR);
        assert_eq!([10_000, 10_599, 10_600, 9_999, 9_940, 9_939].map(is_fresh), [true, true, false, true, true, false]);
    }

    #[test]
    fn a_failure_lasts_a_second_at_least_and_ten_minutes_at_most() {
        let seconds = |asked_for: Option<u64>| BACK_OFF.after(1, asked_for.map(Duration::from_secs)).as_secs();
        assert_eq!([None, Some(0), Some(30), Some(601), Some(u64::MAX)].map(seconds), [1, 1, 30, 600, 600]);
    }
}
