//! The client: what an API holds for its whole life.

use std::sync::Arc;

use crate::builder::ApiClientBuilder;
use crate::challenge::Challenge;
use crate::error::Error;
use crate::exchange::Exchanger;
use crate::issuer::KeysUnavailable;
use crate::metadata::MetadataEndpoint;
use crate::rejection::{ChallengeError, Offer, Rejection};
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
    /// Configures a client for a tenant's domain and the identifier of this API.
    pub fn builder(domain: impl Into<String>, audience: impl Into<Box<str>>) -> ApiClientBuilder {
        ApiClientBuilder::new(domain.into(), audience.into())
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

    /// Verifies a raw token that came by another way than a request, as `Bearer`: a bound token is refused.
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

    /// The challenges of this API, an error of yours on the one that carries it: for refusals that a handler decides.
    pub fn challenges(&self, error: Option<ChallengeError<'_>>) -> Vec<Challenge> {
        self.offer().challenges(error)
    }

    /// The metadata of this API, for serving it at its well-known paths; `None` unless
    /// [`ApiClientBuilder::resource_metadata`] was given some.
    pub fn resource_metadata(&self) -> Option<&MetadataEndpoint> {
        self.metadata.as_deref()
    }

    /// Fetches the issuer's keys, unless there are fresh ones, so that the first request need not wait for them.
    ///
    /// # Errors
    ///
    /// [`KeysUnavailable`]. The client works all the same, once the keys can be had.
    pub async fn warm_up(&self) -> Result<(), KeysUnavailable> {
        self.verifier.issuers.warm_up(self.verifier.clock.now()).await
    }

    /// Whether there are keys to verify with. It only looks: a readiness probe that no request precedes should call
    /// [`warm_up`](Self::warm_up), which costs nothing while there are fresh keys.
    pub fn is_ready(&self) -> bool {
        self.verifier.issuers.is_ready(self.verifier.clock.now())
    }

    /// Whether two handles are of one client, so that what the one has verified holds for the other.
    pub fn is_same_client(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.verifier, &other.verifier)
    }

    /// The issuer whose tokens are taken.
    pub fn issuer(&self) -> &str {
        self.verifier.issuers.domain().issuer()
    }

    fn offer(&self) -> Offer<'_> {
        Offer { dpop: &self.verifier.dpop, metadata: self.metadata.as_deref() }
    }
}

/// Tells what came of a request, in stable words. Texts of the token, the proof or the network stay out of it.
fn observe(outcome: Result<VerifiedToken, Error>) -> Result<VerifiedToken, Error> {
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
