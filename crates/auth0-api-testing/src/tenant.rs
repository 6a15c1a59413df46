//! The tenant as a test holds it.

use std::fmt;
use std::io;
use std::sync::Arc;

use auth0_api_core::Clock;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::key_ring::DEFAULT_ALGORITHM;
use crate::ledger::Consent;
use crate::must::random_text;
use crate::server::Server;
use crate::state::Tenant;
use crate::{
    Endpoint, LinkedAccount, LocalTenantBuilder, Misbehaviour, ProofKey, RecordedRequest, RequestCounts, SigningKey,
    TokenBuilder, User, endpoints,
};

/// An Auth0 tenant on a loopback port, for tests and development; it stops when dropped.
///
/// It has one API (its [`audience`](Self::audience)) and two clients: a machine, and that API itself as a Custom API client.
/// [`LocalTenantBuilder`] registers more of them, and users, organisations, exchange profiles and linked accounts. It serves:
///
/// | path | what |
/// |---|---|
/// | `GET /.well-known/openid-configuration`, `GET /.well-known/oauth-authorization-server` | discovery |
/// | `GET /.well-known/jwks.json` | the signing keys, with Auth0's `Cache-Control`, an `ETag`, and 304 |
/// | `GET /authorize` | signs a registered user in at once; code with PKCE |
/// | `POST /oauth/token` | every [`GrantType`](crate::GrantType), form or JSON; DPoP-bound when a proof comes along |
/// | `GET /userinfo` | the claims of the user |
/// | `POST /oidc/register` | public clients register themselves, if the builder says so |
/// | `GET /third-party/NAME` | a stranger's API that takes the tokens of Token Vault; see [`third_party_url`](Self::third_party_url) |
///
/// Unlike Auth0, no next key is published ahead of a rotation.
/// Tenants that run at the same time share no keys; one that starts later may reuse the RSA numbers of one that is gone, under new
/// key ids, because making them is slow.
///
/// ```
/// use std::time::Duration;
/// use auth0_api_testing::{Endpoint, LocalTenant, Misbehaviour};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> std::io::Result<()> {
/// let tenant = LocalTenant::start().await?;
/// assert_eq!(tenant.issuer(), format!("{}/", tenant.domain()));
///
/// let before = tenant.mint().sign();
/// tenant.rotate_keys();
/// tenant.misbehave(Endpoint::Jwks, Misbehaviour::RateLimited { retry_after: Duration::from_secs(3) });
/// // … `before` still verifies where the old keys are cached …
/// tenant.behave();
/// assert_eq!(tenant.requests().jwks, 0);
/// # let _ = before;
/// # Ok(())
/// # }
/// ```
pub struct LocalTenant {
    tenant: Arc<Tenant>,
    _server: Server,
}

impl LocalTenant {
    /// Starts a tenant on a free port, on the current tokio runtime.
    ///
    /// # Errors
    ///
    /// When the machine gives no port.
    pub async fn start() -> io::Result<Self> {
        Self::builder().start().await
    }

    /// A tenant with options.
    pub fn builder() -> LocalTenantBuilder {
        LocalTenantBuilder::new()
    }

    pub(crate) fn serve(tenant: Arc<Tenant>, listener: TcpListener) -> Self {
        let server = Server::start(listener, endpoints::router(Arc::clone(&tenant)));
        Self { tenant, _server: server }
    }

    /// `http://127.0.0.1:PORT`: what `AUTH0_DOMAIN` is set to.
    pub fn domain(&self) -> &str {
        &self.tenant.domain
    }

    /// `http://127.0.0.1:PORT/`: the `iss` of its tokens.
    pub fn issuer(&self) -> &str {
        &self.tenant.issuer
    }

    /// The identifier of its API: the `aud` of its tokens.
    pub fn audience(&self) -> &str {
        &self.tenant.audience
    }

    /// The id of the machine that is its client.
    pub fn client_id(&self) -> &str {
        &self.tenant.client_id
    }

    /// The secret of that machine.
    pub fn client_secret(&self) -> &str {
        &self.tenant.client_secret
    }

    /// The id of the Custom API client that the API under test is: what it exchanges tokens with.
    pub fn api_client_id(&self) -> &str {
        &self.tenant.api_client_id
    }

    /// The secret of the Custom API client.
    pub fn api_client_secret(&self) -> &str {
        &self.tenant.api_client_secret
    }

    /// What tells it the time; give the API under test the same.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.tenant.clock)
    }

    /// Begins an access token.
    pub fn mint(&self) -> TokenBuilder {
        TokenBuilder::new(&self.tenant)
    }

    /// Issues a refresh token, as if the user had signed in to this client with `offline_access`.
    pub fn refresh_token(&self, client_id: &str, user_id: &str) -> String {
        let user = self.tenant.registry.user(user_id).cloned().unwrap_or_else(|| User::new(user_id));
        let consent = Consent {
            client_id: client_id.to_owned(),
            user,
            audience: Some(self.tenant.audience.clone()),
            scopes: vec!["offline_access".into()],
            organization: None,
            key: None,
        };
        let token = random_text();
        self.tenant.ledger().refresh_tokens.insert(token.clone(), consent);
        token
    }

    /// Links an account of a user while the tenant runs, as Connect Accounts does. Its connection has to be registered.
    pub fn link(&self, user_id: impl Into<String>, account: LinkedAccount) {
        self.tenant.ledger().accounts.push((user_id.into(), account));
    }

    /// Unlinks every account that a user has by way of a connection.
    pub fn unlink(&self, user_id: &str, connection: &str) {
        self.tenant.ledger().unlink(user_id, connection);
    }

    /// An API of the third party behind a connection: `GET` with a token of Token Vault as Bearer gives `connection`, `account`
    /// and `scope`; with any other one, 401.
    pub fn third_party_url(&self, connection: &str) -> String {
        self.tenant.url(&format!("{}/{connection}", endpoints::third_party::PATH))
    }

    /// Makes a DPoP key whose proofs are dated by the tenant's clock.
    pub fn proof_key(&self) -> ProofKey {
        ProofKey::generate().with_shared_clock(self.clock())
    }

    /// The key id of the current RS256 key.
    pub fn current_kid(&self) -> String {
        self.tenant.keys.current(DEFAULT_ALGORITHM).kid().to_owned()
    }

    /// Signs with new keys from now on. The previous ones stay published until [removed](Self::remove_key).
    pub fn rotate_keys(&self) {
        self.tenant.keys.rotate();
    }

    /// Publishes a key of your own beside the tenant's.
    pub fn publish(&self, key: &SigningKey) {
        self.tenant.keys.publish(key);
    }

    /// Stops publishing a key, as a revocation does. A current key goes on signing until the next rotation.
    pub fn remove_key(&self, kid: &str) {
        self.tenant.keys.remove(kid);
    }

    /// Serves this as the key set, whatever it is; `None` goes back to the published keys.
    pub fn set_jwks(&self, jwks: impl Into<Option<Value>>) {
        self.tenant.keys.set_by_hand(jwks.into());
    }

    /// Serves this as the discovery document, whatever it is; `None` goes back to the tenant's own.
    pub fn set_discovery(&self, document: impl Into<Option<Value>>) {
        self.tenant.settings().discovery = document.into();
    }

    /// Demands a nonce in proofs at the token endpoint, a new one at each call with `true`; or stops doing so.
    ///
    /// A proof without the current nonce is answered with 400 `use_dpop_nonce` and a `DPoP-Nonce` header
    /// ([RFC 9449 §8](https://www.rfc-editor.org/rfc/rfc9449#section-8)). The nonce is current until the next call.
    pub fn require_dpop_nonce(&self, required: bool) {
        self.tenant.require_dpop_nonce(required);
    }

    /// How many requests each endpoint has received since the start or the last [reset](Self::reset_requests).
    pub fn requests(&self) -> RequestCounts {
        self.tenant.counters.read()
    }

    /// What the token endpoint was sent and answered itself, oldest first: the last thousand.
    ///
    /// ```
    /// # async fn a_test(tenant: &auth0_api_testing::LocalTenant) {
    /// let requests = tenant.token_requests();
    /// let request = requests.last().unwrap();
    /// assert_eq!(request.field("audience"), Some("https://calendar.example.com"));
    /// assert_eq!(request.auth0_client().unwrap()["name"], "auth0-api-core");
    /// # }
    /// ```
    pub fn token_requests(&self) -> Vec<RecordedRequest> {
        self.tenant.ledger().requests()
    }

    /// Counts from zero again, and forgets the [requests](Self::token_requests).
    pub fn reset_requests(&self) {
        self.tenant.counters.reset();
        self.tenant.ledger().forget_requests();
    }

    /// Makes an endpoint misbehave until told otherwise. Its requests are still counted.
    pub fn misbehave(&self, endpoint: Endpoint, misbehaviour: Misbehaviour) {
        self.tenant.faults.set(endpoint, misbehaviour);
    }

    /// Ends every misbehaviour.
    pub fn behave(&self) {
        self.tenant.faults.clear_all();
    }

    /// Ends the misbehaviour of one endpoint.
    pub fn behave_at(&self, endpoint: Endpoint) {
        self.tenant.faults.clear(endpoint);
    }
}

impl fmt::Debug for LocalTenant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalTenant")
            .field("domain", &self.domain())
            .field("audience", &self.audience())
            .finish_non_exhaustive()
    }
}
