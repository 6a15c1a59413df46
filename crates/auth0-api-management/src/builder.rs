//! The settings of a client.

use std::sync::Arc;
use std::time::Duration;

use auth0_api_core::http::HttpClient;
use auth0_api_core::{ApiClient, ApiClientBuilder, BuildError, ClientAuth, Clock, SystemClock};

use secrecy::{ExposeSecret as _, SecretString};

use crate::access::Access;
use crate::client::ManagementClient;
use crate::input::{Check, InputError};
use crate::sender::Sender;

/// Configures a [`ManagementClient`].
///
/// | setting | default | source |
/// |---|---|---|
/// | [`http_client`](Self::http_client) | reqwest with rustls | |
/// | [`longest_wait`](Self::longest_wait) | 60 s | the longest wait of Auth0's SDKs |
///
/// The client sends nothing before its first call.
#[derive(Clone, Debug)]
#[must_use]
pub struct ManagementClientBuilder {
    /// Gets the management tokens. Everything that a client of the token endpoint needs is here.
    tokens: ApiClientBuilder,
    /// The management token, if the application has one.
    given: Option<SecretString>,
    clock: Arc<dyn Clock>,
    longest_wait: Duration,
    telemetry: bool,
}

impl ManagementClient {
    /// Configures a client. The domain is the tenant's canonical domain, such as `tenant.eu.auth0.com`, not a custom
    /// domain: the Management API has only that one. The client authenticates with a secret or a private key, as an
    /// application that is authorized for the Auth0 Management API.
    pub fn builder(domain: impl Into<String>, auth: ClientAuth) -> ManagementClientBuilder {
        ManagementClientBuilder::new(domain.into(), |tokens| tokens.client_auth(auth))
    }

    /// Configures a client that has a management token already, such as one from the dashboard (Applications, APIs, Auth0
    /// Management API, API Explorer). When the token expires, calls fail with
    /// [`Unauthorized`](crate::ManagementError::Unauthorized).
    ///
    /// ```no_run
    /// # fn run(token: String) -> Result<(), Box<dyn std::error::Error>> {
    /// use auth0_api_management::ManagementClient;
    ///
    /// let management =
    ///     ManagementClient::builder_with_token("tenant.eu.auth0.com", token)?.build()?;
    /// # drop(management);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InputError`] if the text is no access token.
    pub fn builder_with_token(
        domain: impl Into<String>,
        token: impl Into<SecretString>,
    ) -> Result<ManagementClientBuilder, InputError> {
        let token = token.into();
        Check::default().token(token.expose_secret()).finish()?;
        let builder = ManagementClientBuilder::new(domain.into(), |tokens| tokens);
        Ok(ManagementClientBuilder { given: Some(token), ..builder })
    }
}

impl ManagementClientBuilder {
    fn new(domain: String, authenticated: impl FnOnce(ApiClientBuilder) -> ApiClientBuilder) -> Self {
        Self {
            // This client verifies no tokens, so no token ever has this audience.
            tokens: authenticated(ApiClient::builder(domain, UNUSED_AUDIENCE)),
            given: None,
            clock: Arc::new(SystemClock),
            longest_wait: DEFAULT_LONGEST_WAIT,
            telemetry: true,
        }
    }

    /// Takes the time from this clock, and waits with it, for tests. Default: [`SystemClock`].
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self.tokens = self.tokens.clock(Arc::clone(&self.clock));
        self
    }

    /// Sends requests with this HTTP client. Default: [`ReqwestClient`](auth0_api_core::http::ReqwestClient).
    pub fn http_client(mut self, client: impl HttpClient) -> Self {
        self.tokens = self.tokens.http_client(client);
        self
    }

    /// Allows `http` for a domain on a loopback address, such as `http://127.0.0.1:port`: for a local tenant, in
    /// development.
    pub fn insecure_http_loopback(mut self) -> Self {
        self.tokens = self.tokens.insecure_http_loopback();
        self
    }

    /// Sets how long one call waits at most when the tenant limits the rate of requests, or after an outage. Then the call
    /// fails with the time that the tenant asked for. All waits of a call count together: those of all pages of `find` and of
    /// a `stream`, and those of all rounds of `ensure`. If a replacement fails, `ensure_or_replace` has this time once more to
    /// restore the old profile.
    ///
    /// Default: 60 s, at most a day. With zero, calls do not wait, except that a token request waits for 2 s at most, as all
    /// exchanges of [`ApiClient`] do.
    pub fn longest_wait(mut self, wait: Duration) -> Self {
        self.longest_wait = wait;
        self
    }

    /// Omits the header `Auth0-Client` from all requests. The header contains the name and the version of this crate, or of
    /// `auth0-api-core` in token requests. Default: the header is sent to the tenant, as Auth0's SDKs do.
    pub fn without_telemetry(mut self) -> Self {
        self.telemetry = false;
        self.tokens = self.tokens.without_telemetry();
        self
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// [`BuildError`] with every problem, not only the first.
    pub fn build(self) -> Result<ManagementClient, BuildError> {
        let tokens = self.tokens.build()?;
        // A client for one domain has exactly one issuer: the URL of the tenant, with a slash at the end.
        let issuer = tokens.issuers().concat();
        let base = format!("{issuer}api/v2/");
        Ok(ManagementClient::new(Sender {
            http: tokens.http_client(),
            issuer: issuer.into(),
            access: Access::new(tokens, base.as_str().into(), self.given, Arc::clone(&self.clock)),
            base: base.into(),
            clock: self.clock,
            longest_wait: self.longest_wait.min(MAX_LONGEST_WAIT),
            sdk: self.telemetry.then(|| base64_simd::STANDARD.encode_to_string(SDK).into()),
        }))
    }
}

/// The longest wait of Auth0's SDKs.
const DEFAULT_LONGEST_WAIT: Duration = Duration::from_secs(60);
/// The times that a call computes with it stay far below the last time of any clock.
const MAX_LONGEST_WAIT: Duration = Duration::from_secs(86_400);
const UNUSED_AUDIENCE: &str = "urn:auth0-api-management:none";
/// The name and the version of this SDK, as a JSON object.
const SDK: &str =
    concat!(r#"{"name":""#, env!("CARGO_PKG_NAME"), r#"","version":""#, env!("CARGO_PKG_VERSION"), r#""}"#);
