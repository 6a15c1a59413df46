//! The client. An API creates one client at start and uses it until the API ends.

mod end_user;
mod exchange;
mod logout;
mod long_connection;

use std::ops::Deref;
use std::sync::Arc;

use crate::challenge::Challenge;
use crate::error::{Error, Reason};
use crate::exchange::{ExchangeError, Exchanger};
use crate::http::HttpClient;
use crate::issuer::{IssuerError, KeysUnavailable};
use crate::logout::LogoutReceiver;
use crate::long_connection::LongConnectionPolicy;
use crate::metadata::MetadataEndpoint;
use crate::meter;
use crate::place::{KeptPlace, Place};
use crate::rejected_bodies::RejectedBodies;
use crate::rejection::{ChallengeParams, Offer, Rejection};
use crate::rejection_log::RejectionLog;
use crate::request::TokenRequest;
use crate::token::VerifiedToken;
use crate::verify::Verifier;

pub(crate) use end_user::EndUserAddresses;

/// Verifies Auth0 access tokens for one API.
///
/// Build one client and clone it freely: clones share keys and replay state.
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
#[derive(Clone, Debug)]
pub struct ApiClient(Arc<Inner>);

/// A client shares one allocation with its clones, because adapters clone it for each request.
#[derive(Debug)]
struct Inner {
    parts: ClientParts,
    rejections: RejectionLog,
}

/// The parts of a client, from the checked settings of its builder.
#[derive(Debug)]
pub(crate) struct ClientParts {
    pub(crate) verifier: Verifier,
    pub(crate) end_users: EndUserAddresses,
    pub(crate) exchanger: Option<Exchanger>,
    pub(crate) http_client: Arc<dyn HttpClient>,
    pub(crate) logouts: Option<LogoutReceiver>,
    pub(crate) long_connections: LongConnectionPolicy,
    pub(crate) metadata: Option<MetadataEndpoint>,
    pub(crate) rejected_bodies: RejectedBodies,
}

impl Deref for Inner {
    type Target = ClientParts;

    fn deref(&self) -> &ClientParts {
        &self.parts
    }
}

impl ApiClient {
    pub(crate) fn new(parts: ClientParts) -> Self {
        Self(Arc::new(Inner { parts, rejections: RejectionLog::new() }))
    }

    pub(crate) fn rejected_bodies(&self) -> &RejectedBodies {
        &self.0.rejected_bodies
    }

    /// Returns the part that exchanges tokens; `None` without client credentials.
    pub(crate) fn exchanger(&self) -> Option<&Exchanger> {
        self.0.exchanger.as_ref()
    }

    /// Verifies the access token of a request. For a bound token, also verifies the proof: a `DPoP` proof or a client
    /// certificate.
    ///
    /// # Errors
    ///
    /// [`Error`]: pass it to [`reject`](Self::reject).
    pub async fn verify_request(&self, request: &TokenRequest<'_>) -> Result<VerifiedToken, Error> {
        let outcome = self.0.verifier.verify_request(request).await;
        self.observe(outcome.map_err(|error| error.at(request.place())))
    }

    /// Verifies a token that did not arrive in an HTTP request. The token is treated as a `Bearer` token, and a bound
    /// token is rejected.
    ///
    /// # Errors
    ///
    /// [`Error`]: pass it to [`reject`](Self::reject).
    pub async fn verify_access_token(&self, token: &str) -> Result<VerifiedToken, Error> {
        self.observe(self.0.verifier.verify_access_token(token).await)
    }

    /// Turns an error into the HTTP response to send.
    ///
    /// The event `request_rejected` tells the operator about it. Verification and exchanges have already logged their
    /// errors, so this method logs only other errors, such as those of a [`Requirement`](crate::Requirement).
    pub fn reject(&self, error: &Error) -> Rejection {
        self.reject_for(error, None, None)
    }

    /// Turns an error into the HTTP response to a request whose token was admitted.
    pub(crate) fn reject_for(
        &self,
        error: &Error,
        admitted: Option<&VerifiedToken>,
        place: Option<Place<'_>>,
    ) -> Rejection {
        if is_first_seen_here(&error.reason) {
            self.log(error, place);
        }
        Rejection::new(error, admitted.map(|token| token.binding().scheme()), self.offer())
    }

    /// Returns this API's `WWW-Authenticate` challenges. If `error` is given, it is added to the challenge of its
    /// scheme. Use this method in a handler that rejects a request itself.
    pub fn challenges(&self, error: Option<ChallengeParams<'_>>) -> Vec<Challenge> {
        self.offer().challenges(error)
    }

    /// Returns the metadata of this API, to serve it at its well-known paths; `None` unless
    /// [`resource_metadata`](crate::ApiClientBuilder::resource_metadata) was called.
    pub fn resource_metadata(&self) -> Option<&MetadataEndpoint> {
        self.0.metadata.as_ref()
    }

    /// Returns the HTTP client that sends the requests of this client, for requests to other endpoints with the same
    /// proxy, certificates and open connections.
    pub fn http_client(&self) -> Arc<dyn HttpClient> {
        Arc::clone(&self.0.http_client)
    }

    /// Fetches the keys of every listed issuer that has no fresh ones, so that the first request does not wait for
    /// them. If a resolver names an issuer, the keys of this issuer are fetched when its first token arrives. If
    /// [`KeyPolicy::max_issuers`](crate::KeyPolicy::max_issuers) is set and the list is longer, only the keys of the
    /// first `max_issuers` issuers are fetched.
    ///
    /// # Errors
    ///
    /// [`KeysUnavailable`] for the first issuer in the list whose keys are unavailable. The keys of the other issuers
    /// are fetched anyway, and the client is usable. It tries again to fetch the missing keys when a token of that
    /// issuer arrives.
    pub async fn warm_up(&self) -> Result<(), KeysUnavailable> {
        self.0.verifier.issuers.warm_up().await
    }

    /// Returns true once the first fetch of every listed issuer has ended and at least one issuer has usable keys. So
    /// the outage of one tenant does not affect the users of other tenants. If
    /// [`KeyPolicy::max_issuers`](crate::KeyPolicy::max_issuers) is set and the list is longer, one issuer with usable
    /// keys is enough. With a resolver, the result is always true.
    ///
    /// This method never fetches. If a readiness probe may run before the first request, call
    /// [`warm_up`](Self::warm_up) in the probe: `warm_up` sends no request while the keys are fresh.
    pub fn is_ready(&self) -> bool {
        self.0.verifier.issuers.is_ready(self.0.verifier.clock.now())
    }

    /// Whether two handles belong to the same client. If they do, a token that one handle verified is also verified for
    /// the other handle.
    pub fn is_same_client(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Fetches the keys of one issuer now, even if they are fresh. Use this method after a compromised key was removed
    /// at the tenant: once the method returns, tokens signed with that key are rejected. Each replica has its own keys,
    /// so call the method in each replica.
    ///
    /// # Errors
    ///
    /// [`IssuerError::Unavailable`] if the fetch fails; the present keys stay in use. [`IssuerError::NotTrusted`] if
    /// the issuer is not one of [`issuers`](Self::issuers) or, with a resolver, if its keys are not held.
    pub async fn refresh_now(&self, issuer: &str) -> Result<(), IssuerError> {
        self.0.verifier.issuers.refresh_now(issuer).await
    }

    /// The issuers whose tokens are accepted, spelled as in `iss`; empty with a
    /// [resolver](crate::TrustedDomains::resolver).
    pub fn issuers(&self) -> Vec<&str> {
        self.0.verifier.issuers.names()
    }

    /// Counts and logs the outcome of a verification, with stable labels. Text from the token, the proof or the network
    /// is not included.
    fn observe(&self, outcome: Result<VerifiedToken, Error>) -> Result<VerifiedToken, Error> {
        meter::verified(outcome.as_ref().map_or_else(Error::label, |_| "accepted"));
        match &outcome {
            Ok(token) => tracing::debug!(target: "auth0_api", event = "request_accepted", issuer = token.issuer()),
            // Not logged as a rejection: optional routes let such requests through, and other routes get such a request
            // from every new client.
            Err(error) if error.is_missing_credentials() => {
                tracing::debug!(target: "auth0_api", event = "credentials_absent");
            }
            Err(error) => self.log(error, error.place.as_deref().map(KeptPlace::place)),
        }
        outcome
    }

    /// Logs a rejection.
    fn log(&self, error: &Error, place: Option<Place<'_>>) {
        self.0.rejections.write(error, place, self.0.verifier.clock.now());
    }

    fn offer(&self) -> Offer<'_> {
        Offer { binding: &self.0.verifier.binding, metadata: self.0.metadata.as_ref() }
    }
}

/// Returns true if no other code has logged this error: it occurred after the verification, and not in a request to the
/// token endpoint.
fn is_first_seen_here(reason: &Reason) -> bool {
    use ExchangeError::{ClientAuthMissing, Input, ScopesMissing};
    match reason {
        Reason::Claims(_) | Reason::ProofSigning(_) | Reason::Requirement(_) => true,
        Reason::Exchange(error) => matches!(error, ClientAuthMissing | Input(_) | ScopesMissing { .. }),
        _ => false,
    }
}
