//! The settings of a fetcher.

use std::sync::Arc;
use std::time::Duration;

use auth0_api_core::exchange::{Grant, ProofKey};
use auth0_api_core::{ApiClient, Clock, Connection, ExchangeProfile, OnBehalfOf, SystemClock};

use crate::client::FetchClient;
use crate::engine::Engine;
use crate::fence::Fence;
use crate::fetcher::Fetcher;
use crate::layer::FetchLayer;
use crate::nonces::Nonces;
use crate::renewals::Renewals;
use crate::shared::Shared;
use crate::source::{Source, TokenSource};
use crate::url_error::UrlError;

/// Builds a [`Fetcher`], or a [`FetchLayer`].
#[derive(Debug)]
#[must_use]
pub struct FetcherBuilder {
    base_url: String,
    further_origins: Vec<String>,
    source: Source,
    proof_key: Option<ProofKey>,
    insecure_http: bool,
    clock: Arc<dyn Clock>,
    attempt_limit: Duration,
    whole_limit: Duration,
    max_body_bytes: usize,
    client: Option<Arc<dyn FetchClient>>,
}

/// Why a fetcher cannot be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FetcherBuildError {
    /// The default HTTP client cannot be made, for example because the system has no usable certificate store.
    #[error("the HTTP client cannot be made")]
    Client(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The feature `reqwest` is off, and no client is set.
    #[error("no HTTP client: set one with client, or switch on the feature reqwest")]
    ClientMissing,
    /// A time limit is zero.
    #[error("a time limit is zero")]
    TimeLimit,
    /// The base URL, or an origin of `allow_origin`, is not usable.
    #[error("the base URL, or an origin that is allowed beside it, is not usable")]
    Url(#[from] UrlError),
}

/// # Where the tokens come from
impl Fetcher {
    /// Calls an API of your tenant on behalf of the caller.
    ///
    /// `base_url` is an `https` URL; the paths of requests are appended to it.
    pub fn on_behalf_of(api: &ApiClient, base_url: impl Into<String>, asked: OnBehalfOf) -> FetcherBuilder {
        FetcherBuilder::new(base_url, Source::OnBehalfOf(api.clone(), asked))
    }

    /// Calls an API of another company, for the account that the caller has connected (Token Vault).
    pub fn for_connection(api: &ApiClient, base_url: impl Into<String>, asked: Connection) -> FetcherBuilder {
        FetcherBuilder::new(base_url, Source::Connection(api.clone(), asked))
    }

    /// Calls an API with tokens of a custom token exchange profile. The subject is the token of the
    /// [`FetchCaller`](crate::FetchCaller).
    ///
    /// Each request causes an exchange, so that the profile's Action runs each time. A rejected token is not replaced.
    pub fn by_exchange_profile(api: &ApiClient, base_url: impl Into<String>, asked: ExchangeProfile) -> FetcherBuilder {
        FetcherBuilder::new(base_url, Source::Profile(api.clone(), asked))
    }

    /// Calls an API with the tokens of a grant, which are the same for every caller: in the name of this API, with the client
    /// credentials grant. A [cacheable](auth0_api_core::exchange::GrantRequest::cacheable) grant causes one token request for
    /// all requests, until the token expires.
    pub fn with_grant(api: &ApiClient, base_url: impl Into<String>, grant: impl Grant + 'static) -> FetcherBuilder {
        FetcherBuilder::new(base_url, Source::Grant(api.clone(), Arc::new(grant)))
    }

    /// Calls an API with tokens of your own source, or of a closure: see [`TokenSource`].
    pub fn with_source(base_url: impl Into<String>, source: impl TokenSource) -> FetcherBuilder {
        FetcherBuilder::new(base_url, Source::Custom(Arc::new(source)))
    }
}

impl FetcherBuilder {
    fn new(base_url: impl Into<String>, source: Source) -> Self {
        Self {
            base_url: base_url.into(),
            further_origins: Vec::new(),
            source,
            proof_key: None,
            insecure_http: false,
            clock: Arc::new(SystemClock),
            attempt_limit: DEFAULT_ATTEMPT_LIMIT,
            whole_limit: DEFAULT_WHOLE_LIMIT,
            max_body_bytes: DEFAULT_MAX_BODY_BYTES,
            client: None,
        }
    }

    /// Binds the tokens to a key, and signs a proof for each request ([RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)).
    /// Default: no key, and so bearer tokens.
    ///
    /// The tokens of a connection, and of your own source, stay as they are. If one is a `DPoP` token, it must be bound to this
    /// key.
    pub fn proof_key(mut self, key: ProofKey) -> Self {
        self.proof_key = Some(key);
        self
    }

    /// Allows absolute URLs of one more origin, such as `https://files.example.com`. The token is sent there too. Default: only
    /// the origin of the base URL.
    pub fn allow_origin(mut self, origin: impl Into<String>) -> Self {
        self.further_origins.push(origin.into());
        self
    }

    /// Allows plain HTTP for the base URL and the other origins, for example inside a service mesh that encrypts. Everybody on
    /// the way can read the tokens otherwise. Default: `https` only.
    pub fn insecure_http(mut self) -> Self {
        self.insecure_http = true;
        self
    }

    /// Sets the clock, for proofs and for the pause between two new tokens. Default: the system's clock.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Sets the time limit for one attempt: until the head of the response has arrived, and between two pieces of the body.
    /// Default: 10 s.
    pub fn attempt_limit(mut self, limit: Duration) -> Self {
        self.attempt_limit = limit;
        self
    }

    /// Sets the time limit for a whole request, from `send`: the token, all attempts, and the body if it is read as a whole.
    /// Default: 30 s.
    pub fn time_limit(mut self, limit: Duration) -> Self {
        self.whole_limit = limit;
        self
    }

    /// Sets how long a body may be that is read as a whole, in bytes. Default: 1 MiB. A body that is read in pieces has no
    /// limit.
    pub fn max_body_bytes(mut self, bytes: usize) -> Self {
        self.max_body_bytes = bytes;
        self
    }

    /// Sets the HTTP client. Default: reqwest with rustls and the certificates of the system, without redirects; it obeys the
    /// environment variables for proxies, except for requests to this machine.
    pub fn client(mut self, client: impl FetchClient) -> Self {
        self.client = Some(Arc::new(client));
        self
    }

    /// Sends the requests with this client of reqwest. Configure it with `redirect(Policy::none())`: a response from another
    /// URL than the requested one is an error. Without it, reqwest removes the token when it follows a redirect to another
    /// host, but not the other headers. Give it no cookie store: it would send the cookies of one caller with the request of
    /// another.
    #[cfg(feature = "reqwest")]
    #[cfg_attr(docsrs, doc(cfg(feature = "reqwest")))]
    pub fn reqwest_client(self, client: reqwest::Client) -> Self {
        self.client(crate::reqwest_client::ReqwestFetchClient::with_client(client))
    }

    /// Builds the fetcher.
    ///
    /// # Errors
    ///
    /// [`FetcherBuildError`].
    pub fn build(mut self) -> Result<Fetcher, FetcherBuildError> {
        let client = self.client.take();
        let max_body_bytes = self.max_body_bytes;
        let engine = self.engine()?;
        let client = match client {
            Some(client) => client,
            None => default_client(&engine)?,
        };
        Ok(Fetcher::new(Shared { engine, client, max_body_bytes }))
    }

    /// Builds a layer for a client that is a tower service over `http::Request`. The settings of the HTTP client and of
    /// `max_body_bytes` have no effect on it.
    ///
    /// # Errors
    ///
    /// [`FetcherBuildError`].
    pub fn layer(self) -> Result<FetchLayer, FetcherBuildError> {
        Ok(FetchLayer::new(self.engine()?))
    }

    fn engine(self) -> Result<Engine, FetcherBuildError> {
        if self.attempt_limit.is_zero() || self.whole_limit.is_zero() {
            return Err(FetcherBuildError::TimeLimit);
        }
        let fence = Fence::new(&self.base_url, &self.further_origins, self.insecure_http)?;
        let source = match &self.proof_key {
            Some(key) => self.source.bound_to(key),
            None => self.source,
        };
        Ok(Engine {
            nonces: Nonces::new(fence.origins().len()),
            fence,
            source,
            proof_key: self.proof_key,
            renewals: Renewals::new(),
            clock: self.clock,
            attempt_limit: self.attempt_limit,
            whole_limit: self.whole_limit,
        })
    }
}

#[cfg(feature = "reqwest")]
fn default_client(engine: &Engine) -> Result<Arc<dyn FetchClient>, FetcherBuildError> {
    let client = crate::reqwest_client::ReqwestFetchClient::new();
    let base = engine.fence.resolve("").ok().and_then(|base| base.url.host().map(str::to_owned));
    client.prepare(&base.unwrap_or_default()).map_err(|error| FetcherBuildError::Client(error.into()))?;
    Ok(Arc::new(client))
}

#[cfg(not(feature = "reqwest"))]
fn default_client(_: &Engine) -> Result<Arc<dyn FetchClient>, FetcherBuildError> {
    Err(FetcherBuildError::ClientMissing)
}

/// As for the token endpoint.
const DEFAULT_ATTEMPT_LIMIT: Duration = Duration::from_secs(10);
/// A token that has to be fetched, a slow attempt, and a repetition.
const DEFAULT_WHOLE_LIMIT: Duration = Duration::from_secs(30);
/// Most answers of APIs have a few KiB. A longer one can be read in pieces.
const DEFAULT_MAX_BODY_BYTES: usize = 1024 * 1024;
