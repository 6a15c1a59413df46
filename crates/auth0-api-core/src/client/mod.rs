//! The client: what an API holds for its whole life.

mod exchange;

use std::sync::Arc;

use crate::builder::ApiClientBuilder;
use crate::challenge::Challenge;
use crate::error::Error;
use crate::exchange::Exchanger;
use crate::issuer::{IssuerError, KeysUnavailable, TrustedDomains};
use crate::metadata::MetadataEndpoint;
use crate::meter;
use crate::rejection::{ChallengeParams, Offer, Rejection};
use crate::request::TokenRequest;
use crate::token::VerifiedToken;
use crate::verify::Verifier;

/// Verifies Auth0 access tokens for one API.
///
/// Build it once, clone it freely: clones share keys and replay state.
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
pub struct ApiClient {
    verifier: Arc<Verifier>,
    exchanger: Option<Arc<Exchanger>>,
    metadata: Option<Arc<MetadataEndpoint>>,
}

impl ApiClient {
    /// Configures a client for a tenant's domain, or for [several](Domains), and the identifier of this API.
    pub fn builder(domains: impl Into<TrustedDomains>, audience: impl Into<Box<str>>) -> ApiClientBuilder {
        ApiClientBuilder::new(domains.into(), audience.into())
    }

    /// Configures a client from `AUTH0_DOMAIN`, `AUTH0_AUDIENCE` and, together and optionally, `AUTH0_CLIENT_ID` and
    /// `AUTH0_CLIENT_SECRET`. What is missing is said by [`build`](ApiClientBuilder::build).
    #[expect(clippy::disallowed_methods, reason = "the one home of the process's environment")]
    pub fn from_env() -> ApiClientBuilder {
        ApiClientBuilder::from_variables(|name| std::env::var(name).ok())
    }

    pub(crate) fn new(verifier: Verifier, metadata: Option<MetadataEndpoint>, exchanger: Option<Exchanger>) -> Self {
        Self { verifier: Arc::new(verifier), exchanger: exchanger.map(Arc::new), metadata: metadata.map(Arc::new) }
    }

    /// What exchanges tokens, if there are client credentials.
    pub(crate) fn exchanger(&self) -> Option<&Exchanger> {
        self.exchanger.as_deref()
    }

    /// Verifies the token that a request presents, and its proof.
    ///
    /// # Errors
    ///
    /// [`Error`]: give it to [`reject`](Self::reject).
    pub async fn verify_request(&self, request: &TokenRequest<'_>) -> Result<VerifiedToken, Error> {
        observe(self.verifier.verify_request(request).await)
    }

    /// Verifies a raw token that came by another way than a request, as `Bearer`: a bound token is rejected.
    ///
    /// # Errors
    ///
    /// [`Error`]: give it to [`reject`](Self::reject).
    pub async fn verify_access_token(&self, token: &str) -> Result<VerifiedToken, Error> {
        observe(self.verifier.verify_access_token(token).await)
    }

    /// Turns an error into the HTTP response to send.
    pub fn reject(&self, error: &Error) -> Rejection {
        Rejection::new(error, self.offer())
    }

    /// The challenges of this API, an error of yours on the one that carries it: for rejections that a handler decides.
    pub fn challenges(&self, error: Option<ChallengeParams<'_>>) -> Vec<Challenge> {
        self.offer().challenges(error)
    }

    /// The metadata of this API, for serving it at its well-known paths; `None` unless
    /// [`ApiClientBuilder::resource_metadata`] was given some.
    pub fn resource_metadata(&self) -> Option<&MetadataEndpoint> {
        self.metadata.as_deref()
    }

    /// Fetches the keys of every issuer, unless there are fresh ones, so that the first request need not wait for them. Which
    /// issuers a resolver will name is not known: theirs are fetched with their first token. Of a list longer than
    /// [`KeyPolicy::max_issuers`](crate::KeyPolicy::max_issuers), as many as are held.
    ///
    /// # Errors
    ///
    /// [`KeysUnavailable`] of the first issuer whose keys cannot be had; the others' are there. The client works all the same, and
    /// for that issuer once its keys can be had.
    pub async fn warm_up(&self) -> Result<(), KeysUnavailable> {
        self.verifier.issuers.warm_up(self.verifier.clock.now()).await
    }

    /// Whether there are keys to verify with, and every issuer has been asked for its own: one tenant's outage does not take the
    /// others' users down. Of a list longer than [`KeyPolicy::max_issuers`](crate::KeyPolicy::max_issuers), whether there are those
    /// of one; with a resolver, always. It only looks: a readiness probe that no request precedes should call
    /// [`warm_up`](Self::warm_up), which costs nothing while there are fresh keys.
    pub fn is_ready(&self) -> bool {
        self.verifier.issuers.is_ready(self.verifier.clock.now())
    }

    /// Whether two handles are of one client, so that what the one has verified holds for the other.
    pub fn is_same_client(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.verifier, &other.verifier)
    }

    /// Fetches the keys of one issuer now, however fresh those are that it has: after a key was compromised and removed at the
    /// tenant, tokens signed with it are rejected as soon as this returns. Each replica holds keys of its own.
    ///
    /// # Errors
    ///
    /// [`IssuerError::Unavailable`]: the keys that there are stay. [`IssuerError::NotTrusted`]: the issuer is none of
    /// [`issuers`](Self::issuers), or with a resolver, none whose keys are held.
    pub async fn refresh_now(&self, issuer: &str) -> Result<(), IssuerError> {
        self.verifier.issuers.refresh_now(issuer).await
    }

    /// The issuers whose tokens are taken, as they stand in `iss`; none if a [resolver](Domains::resolver) knows them.
    pub fn issuers(&self) -> Vec<&str> {
        self.verifier.issuers.names()
    }

    fn offer(&self) -> Offer<'_> {
        Offer { dpop: &self.verifier.dpop, metadata: self.metadata.as_deref() }
    }
}

/// Tells what came of a request, in stable words. Texts of the token, the proof or the network stay out of it.
fn observe(outcome: Result<VerifiedToken, Error>) -> Result<VerifiedToken, Error> {
    meter::verified(outcome.as_ref().map_or_else(Error::label, |_| "accepted"));
    match &outcome {
        Ok(token) => tracing::debug!(target: "auth0_api", event = "request_accepted", issuer = token.issuer()),
        // Optional routes let it pass, and strict ones see it with every client's first request.
        Err(error) if error.is_missing_credentials() => {
            tracing::debug!(target: "auth0_api", event = "credentials_absent");
        }
        Err(error) => error.report(),
    }
    outcome
}
