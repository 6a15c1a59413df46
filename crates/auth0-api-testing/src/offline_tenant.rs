//! A tenant that only signs tokens and publishes keys, without a server.

use std::sync::Arc;
use std::thread;

use auth0_api_core::{ApiClient, ApiClientBuilder, Clock as _, VerifiedToken};
use serde_json::json;
use tokio::runtime::Builder;

use crate::builder::DEFAULT_AUDIENCE;
use crate::key_ring::KeyRing;
use crate::mint::Minter;
use crate::must::must;
use crate::{DpopClient, HttpAnswer, ManualClock, ScriptedHttp, TokenBuilder, TokenHolder};

/// A tenant without a server, for tests that must not open a socket.
///
/// The tenant has its keys in memory. A [`ScriptedHttp`] answers with its discovery document and its key set, so an
/// `ApiClient` verifies the tenant's tokens as in production: with signature, issuer, audience and times. A test can
/// script its token endpoint with [`http`](Self::http) and [`TOKEN_URL`](Self::TOKEN_URL). For an authorization server
/// that runs exchanges, use [`LocalTenant`](crate::LocalTenant).
///
/// # Test a handler without a tenant
///
/// A handler receives a [`VerifiedToken`], which only a verification can create. [`token`](Self::token) makes one:
///
/// ```
/// use auth0_api_core::VerifiedToken;
/// use auth0_api_testing::OfflineTenant;
///
/// fn orders(token: &VerifiedToken) -> String {
///     if token.has_scope("read:orders") {
///         format!("the orders of {}", token.subject().unwrap_or_default())
///     } else {
///         "nothing".into()
///     }
/// }
///
/// let tenant = OfflineTenant::new();
/// let ada = tenant.token(|token| token.subject("auth0|ada").scope("read:orders"));
/// assert_eq!(orders(&ada), "the orders of auth0|ada");
/// assert_eq!(orders(&tenant.token(|token| token)), "nothing");
/// ```
///
/// To test the middleware too, give it the client that [`api`](Self::api) returns, and send requests with tokens of
/// [`mint`](Self::mint).
#[doc(alias = "mock", alias = "fake")]
#[derive(Clone, Debug)]
pub struct OfflineTenant {
    clock: ManualClock,
    http: ScriptedHttp,
    keys: KeyRing,
}

impl OfflineTenant {
    /// The tenant's domain.
    pub const DOMAIN: &str = "tenant.example.com";
    /// The `iss` of the tenant's tokens.
    pub const ISSUER: &str = "https://tenant.example.com/";
    /// The identifier of the API under test: the `aud` of the tokens.
    pub const AUDIENCE: &str = DEFAULT_AUDIENCE;
    /// The URL of the discovery document.
    pub const DISCOVERY_URL: &str = "https://tenant.example.com/.well-known/openid-configuration";
    /// The URL of the key set.
    pub const JWKS_URL: &str = "https://tenant.example.com/.well-known/jwks.json";
    /// The URL of the token endpoint, which has no answer until a test scripts one.
    pub const TOKEN_URL: &str = "https://tenant.example.com/oauth/token";

    /// Makes a tenant with new keys and with a new [`ManualClock`].
    pub fn new() -> Self {
        let (clock, http, keys) = (ManualClock::new(), ScriptedHttp::new(), KeyRing::default());
        let document = json!({ "issuer": Self::ISSUER, "jwks_uri": Self::JWKS_URL, "token_endpoint": Self::TOKEN_URL });
        http.route(Self::DISCOVERY_URL).answer([HttpAnswer::json(200, &document)]);
        let published = keys.clone();
        http.route(Self::JWKS_URL).answer_with(move |_| HttpAnswer::json(200, &published.jwks()));
        Self { clock, http, keys }
    }

    /// Returns the clock of the tenant and of its API clients.
    pub fn clock(&self) -> &ManualClock {
        &self.clock
    }

    /// Returns the HTTP client that answers for the tenant. A test can change its answers.
    pub fn http(&self) -> &ScriptedHttp {
        &self.http
    }

    /// Creates the builder of an access token. The defaults are those of
    /// [`LocalTenant::mint`](crate::LocalTenant::mint).
    pub fn mint(&self) -> TokenBuilder {
        self.minter().mint(self.clock.now())
    }

    /// Creates the builder of a logout token for a client. The defaults are those of
    /// [`LocalTenant::mint_logout`](crate::LocalTenant::mint_logout).
    pub fn mint_logout(&self, client_id: &str) -> TokenBuilder {
        self.minter().mint_logout(client_id, self.clock.now())
    }

    fn minter(&self) -> Minter<'_> {
        Minter { issuer: Self::ISSUER, audience: Self::AUDIENCE, client_id: CLIENT_ID, keys: &self.keys }
    }

    /// Generates a DPoP key. The proofs of this key take `iat` from the tenant's clock.
    pub fn dpop_client(&self) -> DpopClient {
        DpopClient::generate().with_shared_clock(Arc::new(self.clock.clone()))
    }

    /// Generates a DPoP key, and signs a token that is bound to the key.
    pub fn token_holder(&self) -> TokenHolder {
        let key = self.dpop_client();
        let token = self.mint().bound_to(&key).sign();
        key.holding(token)
    }

    /// Creates the builder of a client that uses the tenant's HTTP client and clock.
    pub fn builder(&self) -> ApiClientBuilder {
        let builder = ApiClient::builder(Self::DOMAIN, Self::AUDIENCE);
        builder.clock(self.clock.clone()).http_client(self.http.clone())
    }

    /// Builds a client with the default configuration.
    pub fn api(&self) -> ApiClient {
        must(self.builder().build(), "configuring a client")
    }

    /// Mints a token and verifies it as a Bearer token. `configure` changes the token before it is signed.
    ///
    /// This function blocks until the token is verified. It needs no tokio runtime, and a test with a runtime may call
    /// it too.
    ///
    /// # Panics
    ///
    /// When the token is not valid, for example because `configure` sets another audience, or binds the token to a key.
    pub fn token(&self, configure: impl FnOnce(TokenBuilder) -> TokenBuilder) -> VerifiedToken {
        let token = configure(self.mint()).sign();
        let api = self.api();
        // The thread has a runtime of its own, because a runtime that is already running cannot block on a future.
        let verify = || {
            must(Builder::new_current_thread().enable_time().build(), "starting a runtime")
                .block_on(api.verify_access_token(&token))
        };
        let outcome = thread::scope(|scope| scope.spawn(verify).join());
        must(must(outcome, "verifying a token"), "verifying a token")
    }
}

impl Default for OfflineTenant {
    fn default() -> Self {
        Self::new()
    }
}

/// The `azp` of the tokens.
const CLIENT_ID: &str = "local-client";

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn a_token_is_verified_without_a_runtime() {
        let token = OfflineTenant::new().token(|token| token.subject("ada").scope("read:orders"));
        assert_eq!((token.subject(), token.has_scope("read:orders")), (Some("ada"), true));
    }

    #[tokio::test]
    async fn a_token_is_verified_inside_a_runtime() {
        assert_eq!(OfflineTenant::new().token(|token| token).subject(), Some("auth0|local-user"));
    }

    #[test]
    #[should_panic(expected = "verifying a token failed")]
    fn an_expired_token_is_not_verified() {
        OfflineTenant::new().token(|token| token.expires_in(Duration::ZERO));
    }

    #[tokio::test]
    async fn a_client_of_the_tenant_verifies_bound_tokens() {
        let tenant = OfflineTenant::new();
        let (holder, url) = (tenant.token_holder(), "https://api.example.com/orders");
        let outcome = holder.get(&tenant.api(), url, &holder.proof("GET", url)).await;
        assert_eq!(crate::status_and_label(&outcome), "200 accepted");
        assert_eq!(tenant.http().count(), 2);
    }
}
