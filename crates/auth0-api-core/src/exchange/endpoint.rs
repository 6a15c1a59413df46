//! Where the token endpoint is: what the tenant's discovery document says, looked at again every ten minutes.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use super::single_flight::SingleFlight;
use super::wire::Wire;
use super::{EndpointUnavailable, ExchangeError};
use crate::clock::Clock;
use crate::http::{FetchError, HttpError, HttpMethod, HttpRequest};
use crate::issuer::{DiscoveryError, Domain, TokenEndpointOf, discovery_url, token_endpoint};

/// The token endpoint of one tenant.
#[derive(Debug)]
pub(super) struct Endpoint {
    clock: Arc<dyn Clock>,
    domain: Domain,
    kind: TokenEndpointOf,
    wire: Wire,
    known: Mutex<Known>,
    flights: Arc<SingleFlight<(), Found>>,
}

type Found = Result<Arc<str>, EndpointUnavailable>;

#[derive(Debug, Default)]
struct Known {
    url: Option<(Arc<str>, SystemTime)>,
    failure: Option<(EndpointUnavailable, SystemTime)>,
}

impl Endpoint {
    pub(super) fn new(domain: Domain, kind: TokenEndpointOf, wire: Wire, clock: Arc<dyn Clock>) -> Arc<Self> {
        Arc::new(Self { clock, domain, kind, wire, known: Mutex::default(), flights: SingleFlight::new() })
    }

    pub(super) fn issuer(&self) -> &str {
        self.domain.issuer()
    }

    /// Its URL, as long as it is fresh; after that a new look, and the old one if that fails.
    pub(super) async fn url(self: &Arc<Self>) -> Result<Arc<str>, ExchangeError> {
        let now = self.clock.now();
        if let Some(known) = self.lock().known(now) {
            return Ok(known?);
        }
        let endpoint = Arc::clone(self);
        let flight = self.flights.join_or_start((), || async move { endpoint.look().await });
        Ok(flight.result().await.unwrap_or_else(|| Err(EndpointUnavailable::given_up()))?)
    }

    async fn look(&self) -> Found {
        let looked = self.fetch().await;
        let (mut known, now) = (self.lock(), self.clock.now());
        match looked {
            Ok(url) => {
                let url: Arc<str> = url.into();
                *known = Known { url: Some((Arc::clone(&url), now)), failure: None };
                Ok(url)
            }
            Err(error) => {
                let lasts = failure_lasts(error.retry_after());
                let failure = EndpointUnavailable::new(error, Some(lasts));
                known.failure = Some((failure.clone(), now));
                known.old(now).ok_or(failure)
            }
        }
    }

    async fn fetch(&self) -> Result<String, DiscoveryError> {
        let request = HttpRequest {
            method: HttpMethod::Get,
            url: discovery_url(&self.domain),
            headers: vec![("accept".to_owned(), "application/json".to_owned())],
            body: Vec::new(),
            max_response_bytes: MAX_DOCUMENT_BYTES,
            timeout: TIMEOUT,
        };
        let sent = tokio::time::timeout(TIMEOUT, self.wire.send(request)).await.unwrap_or(Err(HttpError::Timeout));
        let response = sent.map_err(|error| DiscoveryError::Discovery(error.into()))?;
        match response.status {
            200 => token_endpoint(&response.body, &self.domain, self.kind),
            status => {
                let retry_after = super::response::retry_after(&response);
                Err(DiscoveryError::Discovery(FetchError::Status { status, retry_after }))
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        // Nothing panics while holding it; if it did, the values are still whole.
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// What is known without looking: a fresh URL, or an old one or the error while a failure is fresh.
    fn known(&self, now: SystemTime) -> Option<Found> {
        if let Some((url, _)) = self.url.as_ref().filter(|(_, at)| is_within(*at, now, FRESH_FOR)) {
            return Some(Ok(Arc::clone(url)));
        }
        let (failure, _) = self.failure.as_ref().filter(|(failure, at)| is_within(*at, now, failure.retry_after))?;
        Some(self.old(now).ok_or_else(|| failure.clone()))
    }

    fn old(&self, now: SystemTime) -> Option<Arc<str>> {
        let (url, _) = self.url.as_ref().filter(|(_, at)| is_within(*at, now, STALE_FOR))?;
        Some(Arc::clone(url))
    }
}

/// How long nobody looks again: what the server asked for, as far as it is believed.
fn failure_lasts(asked_for: Option<Duration>) -> Duration {
    asked_for.unwrap_or_default().clamp(FAILURE_LASTS, LONGEST_FAILURE)
}

/// A clock that was set back makes what is known old.
fn is_within(from: SystemTime, now: SystemTime, duration: Duration) -> bool {
    now.duration_since(from).is_ok_and(|age| age < duration)
}

/// As for key sets and in auth0-api-js.
const FRESH_FOR: Duration = Duration::from_secs(600);
/// As for key sets: Auth0's `stale-if-error=86400`.
const STALE_FOR: Duration = Duration::from_secs(86_400);
/// Long enough that waiting callers do not ask one after the other, and short enough that nobody notices.
const FAILURE_LASTS: Duration = Duration::from_secs(1);
/// As for key sets: a server that says a day by mistake must not take us down for a day.
const LONGEST_FAILURE: Duration = Duration::from_secs(600);
/// As for key sets.
const TIMEOUT: Duration = Duration::from_secs(5);
/// A discovery document has a few KiB.
const MAX_DOCUMENT_BYTES: usize = 512 * 1024;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failure_lasts_a_second_at_least_and_ten_minutes_at_most() {
        let seconds = |asked_for: Option<u64>| failure_lasts(asked_for.map(Duration::from_secs)).as_secs();
        assert_eq!([None, Some(0), Some(30), Some(601), Some(u64::MAX)].map(seconds), [1, 1, 30, 600, 600]);
    }
}
