//! The client. An API creates one client at start and uses it until the API ends.

// rustdoc shows the methods of `ApiClient` in the order of these modules, and those of this file last.
mod verification;

mod long_connection;

mod caller_exchange;

mod exchange;

mod backend_grants;

mod end_user;

mod accounts;

mod approval;

mod logout;

mod reload;
#[cfg(all(test, shuttle))]
mod reload_model_tests;
mod summary;

mod generation;

use std::fmt;
use std::sync::Arc;

use crate::error::{Error, Reason};
use crate::exchange::ExchangeError;
use crate::http::HttpClient;
use crate::issuer::{IssuerError, KeysUnavailable};
use crate::metadata::MetadataEndpoint;
use crate::meter;
use crate::place::{KeptPlace, Place};
use crate::rejected_bodies::RejectedBodies;
use crate::rejection::Rejection;
use crate::rejection_log::RejectionLog;
use crate::reloadable::Reloadable;
use crate::request::TokenRequest;
use crate::sync::{ArcSwap, AsyncMutex};
use crate::token::VerifiedToken;
use crate::waiting::Waiting;

pub(crate) use end_user::EndUserAddresses;
pub(crate) use generation::{Generation, Lasting};
pub use reload::ReloadError;
pub use summary::Summary;

/// Verifies Auth0 access tokens for one API.
///
/// Build one client and clone it freely: clones share keys, replay state and settings. [`reload`](Self::reload) replaces
/// some of the settings.
///
/// ```no_run
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// use auth0_api_core::{ApiClient, TokenRequest};
///
/// let api = ApiClient::builder("tenant.eu.auth0.com", "https://api.example.com").build()?;
///
/// let headers = [("authorization", "Bearer eyJ…")];
/// let request = TokenRequest::new("GET", "https://api.example.com/orders", &headers);
/// match api.verify_request(&request).await {
///     Ok(token) => println!("hello, {:?}", token.subject()),
///     Err(error) => {
///         let rejection = api.reject(&error);
///         println!("{} {}", rejection.status(), rejection.body());
///     }
/// }
/// # Ok(())
/// # }
/// ```
///
/// | to | call | read |
/// |---|---|---|
/// | configure it | [`builder`](Self::builder), [`from_env`](Self::from_env) | [`ApiClientBuilder`](crate::ApiClientBuilder), [settings](crate::guide::settings) |
/// | print what it serves | [`summary`](Self::summary) | |
/// | verify a request, or a token alone | [`verify_request`](Self::verify_request), [`verify_access_token`](Self::verify_access_token) | [what is checked](crate#what-is-checked) |
/// | answer a rejected request | [`reject`](Self::reject) | [rejections](crate::guide::authorization#what-a-rejected-caller-receives) |
/// | call another API | [`get_token_on_behalf_of`](Self::get_token_on_behalf_of) | [exchange](crate::guide::exchange) |
/// | start, and say when it is ready | [`warm_up`](Self::warm_up), [`is_ready`](Self::is_ready) | [operating](crate::guide::operating) |
/// | end a connection with its token | [`until_ended`](Self::until_ended) | [long connections](crate::guide::long_connections) |
/// | replace settings | [`reload`](Self::reload) | [reload](crate::guide::reload) |
#[doc(alias = "jwt", alias = "JwtDecoder", alias = "jwtVerifier", alias = "validator")]
#[derive(Clone)]
pub struct ApiClient(Arc<Shared>);

/// A client shares one allocation with its clones, because adapters clone it for each request.
struct Shared {
    current: ArcSwap<Generation>,
    lasting: Lasting,
    rejections: RejectionLog,
    /// The settings of `current`. Reloads take this lock, so that they run one after the other.
    settings: AsyncMutex<Reloadable>,
}

impl ApiClient {
    pub(crate) fn new(lasting: Lasting, settings: Reloadable, first: Generation) -> Self {
        Self(Arc::new(Shared {
            current: ArcSwap::from_pointee(first),
            lasting,
            rejections: RejectionLog::new(),
            settings: AsyncMutex::new(settings),
        }))
    }

    /// Returns the generation in force. A caller uses it for one request.
    pub(crate) fn generation(&self) -> Arc<Generation> {
        self.0.current.load_full()
    }

    pub(crate) fn rejected_bodies(&self) -> &RejectedBodies {
        &self.0.lasting.rejected_bodies
    }

    /// Verifies a request with the settings of one generation.
    pub(crate) async fn verify_request_in(
        &self,
        generation: &Generation,
        request: &TokenRequest<'_>,
        waiting: Waiting,
    ) -> Result<VerifiedToken, Error> {
        let outcome = generation.verifier.verify_request(request, waiting).await;
        if matches!(&outcome, Err(error) if error.is_missing_credentials()) && request.has_token_in_query() {
            self.0.rejections.write_token_in_query(request.place(), self.0.lasting.clock.now());
        }
        self.observe(outcome.map_err(|error| error.at(request.place())))
    }

    /// Turns an error into the HTTP response to a request that was verified with the settings of one generation.
    pub(crate) fn reject_in(
        &self,
        generation: &Generation,
        error: &Error,
        admitted: Option<&VerifiedToken>,
        place: Option<Place<'_>>,
    ) -> Rejection {
        if is_first_seen_here(&error.reason) {
            self.log(error, place);
        }
        Rejection::new(error, admitted.map(|token| token.binding().scheme()), generation.offer())
    }

    /// Returns the metadata of this API, to serve it at its well-known paths; `None` unless
    /// [`resource_metadata`](crate::ApiClientBuilder::resource_metadata) was called.
    ///
    /// Call this method for each request to one of the paths: a [`reload`](Self::reload) changes the document, and never
    /// the paths.
    pub fn resource_metadata(&self) -> Option<Arc<MetadataEndpoint>> {
        self.0.current.load().metadata.clone()
    }

    /// Returns the HTTP client that sends the requests of this client, for requests to other endpoints with the same
    /// proxy, certificates and open connections.
    pub fn http_client(&self) -> Arc<dyn HttpClient> {
        Arc::clone(&self.0.lasting.http_client)
    }

    /// Fetches the keys of every listed issuer that has no fresh ones, so that the first request does not wait for
    /// them. If a resolver names an issuer, the keys of this issuer are fetched when its first token arrives. If
    /// [`KeyPolicy::max_issuers`](crate::KeyPolicy::max_issuers) is set and the list is longer, the keys of as
    /// many issuers are fetched as there is room for, in the order of the list: no issuer in use is evicted.
    ///
    /// See [health](crate::guide::operating#health).
    ///
    /// # Errors
    ///
    /// [`KeysUnavailable`] for the first issuer in the list whose keys are unavailable. The keys of the other issuers
    /// are fetched anyway, and the client is usable. It tries again to fetch the missing keys when a token of that
    /// issuer arrives.
    #[doc(alias = "jwks", alias = "preload")]
    pub async fn warm_up(&self) -> Result<(), KeysUnavailable> {
        self.generation().verifier.issuers.warm_up().await
    }

    /// Returns true once the first fetch of every listed issuer has ended and at least one issuer has usable keys. So
    /// the outage of one tenant does not affect the users of other tenants. If
    /// [`KeyPolicy::max_issuers`](crate::KeyPolicy::max_issuers) is set and the list is longer, one issuer with usable
    /// keys is enough. With a resolver, the result is always true.
    ///
    /// See [health](crate::guide::operating#health).
    ///
    /// This method never fetches. Only requests and [`warm_up`](Self::warm_up) do, and a load balancer sends no requests to
    /// a replica that is not ready. So if the result is false, let the readiness probe call `warm_up`.
    #[doc(alias = "health", alias = "readiness")]
    pub fn is_ready(&self) -> bool {
        self.0.current.load().verifier.issuers.is_ready(self.0.lasting.clock.now())
    }

    /// Whether two handles belong to the same client. If they do, a token that one handle verified is also verified for
    /// the other handle.
    pub fn is_same_client(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Fetches the keys of one issuer now, even if they are fresh. Use this method after a compromised key was removed
    /// at the tenant: once the method returns, tokens signed with that key are rejected. Each replica has its own keys,
    /// so call the method in each replica. The requests have `Cache-Control: no-cache`, so that a cache in front of a
    /// custom domain asks the tenant; some caches are set up to ignore that.
    ///
    /// See [health](crate::guide::operating#health).
    ///
    /// # Errors
    ///
    /// [`IssuerError::Unavailable`] if the fetch fails; the present keys stay in use. Call the method again after its
    /// `retry_after`, until it succeeds: if all replicas of a fleet call it at once, the tenant may reject most of them
    /// with 429. [`IssuerError::NotTrusted`] if the issuer is not one of [`issuers`](Self::issuers). With a resolver, if the
    /// client does not hold its keys: there are none to drop, and when the client fetches them, no cache may answer.
    #[doc(alias = "jwks")]
    pub async fn refresh_now(&self, issuer: &str) -> Result<(), IssuerError> {
        let generation = self.generation();
        let refreshed = generation.verifier.refresh_now(issuer).await;
        if let Err(IssuerError::Unavailable(_)) = refreshed {
            return refreshed;
        }
        // A reload that is in progress may have fetched the keys before they changed at the tenant. It may also have added
        // the issuer.
        let _no_reload = self.0.settings.lock().await;
        let current = self.generation();
        if Arc::ptr_eq(&generation, &current) {
            return refreshed;
        }
        current.verifier.refresh_now(issuer).await
    }

    /// The issuers whose tokens are accepted, spelled as in `iss`; empty with a
    /// [resolver](crate::TrustedDomains::resolver).
    pub fn issuers(&self) -> Vec<String> {
        self.0.current.load().verifier.issuers.names().into_iter().map(str::to_owned).collect()
    }

    /// Counts and logs the outcome of a verification, with stable labels. Text from the token, the proof or the network
    /// is not included.
    fn observe(&self, outcome: Result<VerifiedToken, Error>) -> Result<VerifiedToken, Error> {
        meter::verified(outcome.as_ref().map_or_else(Error::label, |_| "accepted"));
        match &outcome {
            Ok(token) => tracing::debug!(
                name: "request_accepted", target: "auth0_api", event = "request_accepted",
                issuer = token.issuer()
            ),
            // Not logged as a rejection: optional routes let such requests through, and other routes get such a request
            // from every new client.
            Err(error) if error.is_missing_credentials() => {
                tracing::debug!(name: "credentials_absent", target: "auth0_api", event = "credentials_absent");
            }
            Err(error) => self.log(error, error.place.as_deref().map(KeptPlace::place)),
        }
        outcome
    }

    /// Logs a rejection.
    fn log(&self, error: &Error, place: Option<Place<'_>>) {
        self.0.rejections.write(error, place, self.0.lasting.clock.now());
    }
}

impl fmt::Debug for ApiClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Shared { current, lasting, .. } = &*self.0;
        f.debug_struct("ApiClient")
            .field("settings", &**current.load())
            .field("lasting", lasting)
            .finish_non_exhaustive()
    }
}

/// Returns true if no other code has logged this error: it occurred after the verification, and not in a request to the
/// token endpoint.
fn is_first_seen_here(reason: &Reason) -> bool {
    use ExchangeError::{ClientAuthMissing, Input, ScopesMissing};
    match reason {
        Reason::Claims(_) | Reason::ProofSigning(_) | Reason::Requirement(_) => true,
        Reason::ConnectedAccounts(error) => error.is_of_user(),
        Reason::Exchange(error) => matches!(error, ClientAuthMissing | Input(_) | ScopesMissing { .. }),
        _ => false,
    }
}

#[cfg(all(test, feature = "metrics", feature = "reqwest"))]
mod tests {
    use super::ApiClient;
    use crate::{KeyPolicy, TrustedDomains};

    #[test]
    fn a_new_client_counts_the_issuers_that_it_holds() {
        for (policy, held) in
            [(KeyPolicy::new(), "auth0_api_issuers{} 2"), (KeyPolicy::new().max_issuers(1), "auth0_api_issuers{} 0")]
        {
            let domains = TrustedDomains::list(["one.example.com", "other.example.com"]);
            let kept = crate::meter::tests::Kept::default();
            let build = || ApiClient::builder(domains, "https://api.example.com").key_policy(policy).build();
            assert!(metrics::with_local_recorder(&kept, build).is_ok());
            assert_eq!(kept.lines(), [held]);
        }
    }
}
