//! The handle of a running tenant.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use auth0_api_core::Clock;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::key_ring::DEFAULT_ALGORITHM;
use crate::ledger::{Consent, Login};
use crate::nonces::Nonces;
use crate::server::{Server, Transport};
use crate::state::Tenant;
use crate::{
    CibaRequests, DpopClient, Endpoint, LinkedAccount, LogoutDelivery, Misbehaviour, RecordedRequest,
    RefreshTokenPolicy, RequestCounts, SigningKey, TokenBuilder, TokenHolder, User, endpoints,
};

/// An Auth0 tenant on a loopback port, for tests and development. The tenant stops when this value is dropped.
///
/// By default the tenant has one API, whose identifier is [`audience`](Self::audience), and two clients: a machine
/// client, and the Custom API client of that API. [`LocalTenantBuilder`](crate::LocalTenantBuilder) registers more APIs and clients, and also
/// users, organizations, exchange profiles and linked accounts. The tenant serves:
///
/// | path | what |
/// |---|---|
/// | `GET /.well-known/openid-configuration`, `GET /.well-known/oauth-authorization-server` | discovery |
/// | `GET /.well-known/jwks.json` | the signing keys, with Auth0's `Cache-Control`, an `ETag`, and 304 |
/// | `GET /authorize` | signs a user in without a login page, and issues a code; supports PKCE |
/// | `POST /oauth/token` | every [`GrantType`](crate::GrantType), as form or JSON; a proof binds the token to its DPoP key |
/// | `POST /bc-authorize` | asks a user for approval; a test answers with [`ciba`](Self::ciba) |
/// | `GET /u/approvals` | shows these requests to the user who is signed in, who approves or denies them |
/// | `GET /userinfo` | the claims of the user |
/// | `POST /oidc/register` | registers public clients, if [enabled](crate::LocalTenantBuilder::client_registration) |
/// | the document at a `client_id` | clients that nobody has registered, with `client_id_metadata_documents()` |
/// | `GET /third-party/NAME` | a third party's API for tokens of Token Vault; see [`third_party_url`](Self::third_party_url) |
///
/// Unlike Auth0, the tenant does not publish the next key before a rotation.
///
/// Tenants that run at the same time share no keys. A tenant that starts later may reuse the RSA keys of a dropped
/// tenant, under new key ids, because generating RSA keys is slow.
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
/// tenant.misbehave(
///     Endpoint::Jwks,
///     Misbehaviour::RateLimited { retry_after: Duration::from_secs(3) },
/// );
/// // … an API that has cached the old keys still accepts `before` …
/// tenant.behave();
/// assert_eq!(tenant.requests().jwks, 0);
/// # let _ = before;
/// # Ok(())
/// # }
/// ```
#[doc(alias = "mock", alias = "fake", alias = "mock_server")]
pub struct LocalTenant {
    tenant: Arc<Tenant>,
    _server: Server,
}

impl LocalTenant {
    pub(crate) fn serve(tenant: Arc<Tenant>, listeners: Vec<TcpListener>, transport: &Transport) -> Self {
        let server = Server::start(listeners, transport, &endpoints::router(Arc::clone(&tenant)));
        Self { tenant, _server: server }
    }

    /// Returns the tenant's URL without a slash at the end, `http://127.0.0.1:PORT` by default: the value for
    /// `AUTH0_DOMAIN`.
    pub fn domain(&self) -> &str {
        &self.tenant.domain
    }

    /// Returns the tenant's URL with a slash at the end, `http://127.0.0.1:PORT/` by default: the `iss` of the tenant's
    /// tokens.
    pub fn issuer(&self) -> &str {
        &self.tenant.issuer
    }

    /// Returns the URL of the address that the tenant listens on. It equals [`domain`](Self::domain), unless a
    /// [public URL](crate::LocalTenantBuilder::public_url) is configured.
    pub fn local_url(&self) -> &str {
        &self.tenant.local_url
    }

    /// Returns the certificate that clients must trust, as PEM. `None` without TLS, and with your own certificate.
    pub fn ca_certificate(&self) -> Option<&str> {
        self.tenant.ca_certificate.as_deref()
    }

    /// Returns the identifier of the API under test: the `aud` of the tokens for this API.
    pub fn audience(&self) -> &str {
        &self.tenant.audience
    }

    /// Returns the identifier of the tenant's My Account API: the tenant's URL, followed by `/me/`. A token for this API
    /// lets a user connect accounts.
    pub fn my_account_audience(&self) -> String {
        self.tenant.url(endpoints::my_account::PATH)
    }

    /// Returns the identifier of the tenant's Management API: the tenant's URL, followed by `/api/v2/`. A client that
    /// authenticates with client credentials gets a token for it, manages token exchange profiles, and reads the records of
    /// the tenant's APIs.
    pub fn management_audience(&self) -> String {
        self.tenant.url(endpoints::management::PATH)
    }

    /// Returns the id of the machine client.
    pub fn client_id(&self) -> &str {
        &self.tenant.client_id
    }

    /// Returns the secret of the machine client.
    pub fn client_secret(&self) -> &str {
        &self.tenant.client_secret
    }

    /// Returns the id of the Custom API client. The API under test authenticates as this client to exchange tokens.
    pub fn api_client_id(&self) -> &str {
        &self.tenant.api_client_id
    }

    /// Returns the secret of the Custom API client.
    pub fn api_client_secret(&self) -> &str {
        &self.tenant.api_client_secret
    }

    /// Returns the tenant's clock. Give the API under test the same clock.
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.tenant.clock)
    }

    /// Creates the builder of an access token.
    #[doc(alias = "sign", alias = "jwt")]
    pub fn mint(&self) -> TokenBuilder {
        self.tenant.mint()
    }

    /// Creates the builder of a logout token for a client
    /// ([Back-Channel Logout §2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken)).
    ///
    /// Its `typ` is `logout+jwt`, its `sub` is `auth0|local-user`, and it has a random `jti` and no `sid`. It expires after
    /// two minutes. A test can give it any fault, like an access token.
    ///
    /// ```
    /// # async fn a_test(tenant: &auth0_api_testing::LocalTenant) {
    /// let logout =
    ///     tenant.mint_logout("shop").subject("auth0|ada").claim("sid", "session-1").sign();
    /// let of_a_session_only =
    ///     tenant.mint_logout("shop").without_claim("sub").claim("sid", "session-1").sign();
    /// # let _ = (logout, of_a_session_only);
    /// # }
    /// ```
    pub fn mint_logout(&self, client_id: &str) -> TokenBuilder {
        self.tenant.mint_logout(client_id)
    }

    /// Logs a user out: ends the user's sessions, and posts a logout token to each client of these sessions that has a
    /// [back-channel logout URL](crate::Application::back_channel_logout_url). If the user has no session, because a test
    /// has minted the user's tokens, every client with such a URL receives a logout token without `sid`.
    ///
    /// Returns what each client has answered, when all have answered.
    pub async fn log_out(&self, user_id: &str) -> Vec<LogoutDelivery> {
        let ended: Vec<_> = {
            let mut ledger = self.tenant.ledger();
            let secrets = ledger.sessions.secrets_of(user_id);
            secrets.iter().filter_map(|secret| ledger.end_session(secret)).collect()
        };
        if ended.is_empty() {
            return self.tenant.announce_logout(user_id).await;
        }
        let mut deliveries = Vec::new();
        for session in &ended {
            deliveries.extend(self.tenant.announce_end(session).await);
        }
        deliveries
    }

    /// Returns the requests for approval (CIBA), so that a test can answer them.
    pub fn ciba(&self) -> CibaRequests<'_> {
        CibaRequests(&self.tenant)
    }

    /// Issues a refresh token, as if the user had signed in to this client with the scope `offline_access`.
    pub fn refresh_token(&self, client_id: &str, user_id: &str) -> String {
        let user = self.tenant.registry.user(user_id).cloned().unwrap_or_else(|| User::new(user_id));
        let now = self.tenant.clock.now();
        let consent = Consent {
            client_id: client_id.to_owned(),
            user,
            audience: Some(self.tenant.audience.clone()),
            scopes: vec!["offline_access".into()],
            authorization_details: Vec::new(),
            organization: None,
            key: None,
            login: Some(Login { at: now, session_id: None }),
        };
        let client = self.tenant.application(client_id);
        let policy = client.map_or_else(RefreshTokenPolicy::reusable, |client| client.refresh_token_policy().clone());
        self.tenant.ledger().refresh_tokens.issue(consent, policy, None, now)
    }

    /// Links an account of a user while the tenant runs, as Auth0's Connect Accounts does. The account's connection
    /// must be registered already. An account with the same connection and name is replaced.
    pub fn link(&self, user_id: impl Into<String>, account: LinkedAccount) {
        let now = self.tenant.clock.now();
        self.tenant.ledger().accounts.link(user_id.into(), account, now);
    }

    /// Unlinks every account that a user has linked through a connection.
    pub fn unlink(&self, user_id: &str, connection: &str) {
        self.tenant.ledger().accounts.unlink(user_id, connection);
    }

    /// Returns the URL of the third party's API behind a connection.
    ///
    /// A `GET` returns JSON with `connection`, `account`, `user_id` and `scope` if its Bearer token is a Token Vault
    /// token of the connection. A `GET` with any other token gets 401.
    pub fn third_party_url(&self, connection: &str) -> String {
        self.tenant.url(&format!("{}/{connection}", endpoints::third_party::PATH))
    }

    /// Generates a client with a DPoP key. Its proofs take `iat` from the tenant's clock.
    pub fn dpop_client(&self) -> DpopClient {
        DpopClient::generate().with_shared_clock(self.clock())
    }

    /// Generates a client with a DPoP key, and mints a token that is bound to the key.
    pub fn token_holder(&self) -> TokenHolder {
        let key = self.dpop_client();
        let token = self.mint().bound_to(&key).sign();
        key.holding(token)
    }

    /// Returns the key id of the current RS256 key.
    pub fn current_kid(&self) -> String {
        self.tenant.keys.current(DEFAULT_ALGORITHM).kid().to_owned()
    }

    /// Makes the tenant sign with new keys from now on. The previous keys stay published until
    /// [`remove_key`](Self::remove_key) removes them.
    pub fn rotate_keys(&self) {
        self.tenant.keys.rotate();
    }

    /// Makes the tenant sign with this key from now on, for the algorithm of the key, and publishes it. The previous keys
    /// stay published until [`remove_key`](Self::remove_key) removes them.
    ///
    /// With the key of an earlier tenant, tokens of that tenant stay valid. For that, the new tenant also needs its URL.
    pub fn sign_with(&self, key: &SigningKey) {
        self.tenant.keys.sign_with(key);
    }

    /// Publishes a key in addition to the tenant's keys.
    pub fn publish(&self, key: &SigningKey) {
        self.tenant.keys.publish(key);
    }

    /// Stops publishing a key, as a revocation does. If the key is a current key, the tenant still signs with it until
    /// the next rotation.
    pub fn remove_key(&self, kid: &str) {
        self.tenant.keys.remove(kid);
    }

    /// Makes the tenant serve this value as the key set, without checking the value. `None` restores the published
    /// keys.
    pub fn set_jwks(&self, jwks: impl Into<Option<Value>>) {
        self.tenant.keys.set_by_hand(jwks.into());
    }

    /// Makes the tenant serve this value as the discovery document, without checking the value. `None` restores the
    /// tenant's own document.
    pub fn set_discovery(&self, document: impl Into<Option<Value>>) {
        self.tenant.settings().discovery = document.into();
    }

    /// Makes the Management API show this value for a member of an API's record (`GET /api/v2/resource-servers/IDENTIFIER`),
    /// without checking the value. The tokens of the API stay as they are registered.
    ///
    /// ```
    /// # async fn a_test(tenant: &auth0_api_testing::LocalTenant) {
    /// tenant.set_record_member(tenant.audience(), "token_dialect", "access_token_authz");
    /// # }
    /// ```
    pub fn set_record_member(&self, identifier: &str, member: &str, value: impl Into<Value>) {
        let mut settings = self.tenant.settings();
        settings.records.entry(identifier.to_owned()).or_default().insert(member.to_owned(), value.into());
    }

    /// Makes the token endpoint and the My Account API require a nonce in proofs, or stop requiring a nonce. Each call
    /// with `true` makes a new nonce.
    ///
    /// A proof without the current nonce gets 400 `use_dpop_nonce` (401 at the My Account API) and a `DPoP-Nonce` header
    /// ([RFC 9449 §8](https://www.rfc-editor.org/rfc/rfc9449#section-8)). The nonce is current until the next call of
    /// this method or of [`rotate_dpop_nonces`](Self::rotate_dpop_nonces).
    pub fn require_dpop_nonce(&self, required: bool) {
        self.tenant.settings().nonces = required.then(Nonces::fixed);
    }

    /// Requires a nonce in proofs, as [`require_dpop_nonce`](Self::require_dpop_nonce) does, and changes the nonce by
    /// the tenant's clock, in whole seconds and at least one. Auth0 also does this.
    ///
    /// The tenant accepts the current nonce and the one before.
    pub fn rotate_dpop_nonces(&self, every: Duration) {
        self.tenant.settings().nonces = Some(Nonces::rotating(every));
    }

    /// Returns how many requests each endpoint has received since the start or the last [reset](Self::reset_requests).
    pub fn requests(&self) -> RequestCounts {
        self.tenant.counters.read()
    }

    /// Returns the last 1000 requests to the token endpoint, oldest first.
    ///
    /// The list does not include requests that an endpoint answered with a [misbehaviour](Self::misbehave).
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

    /// Resets the counts to zero, and clears the recorded [requests](Self::token_requests).
    pub fn reset_requests(&self) {
        self.tenant.counters.reset();
        self.tenant.ledger().forget_requests();
    }

    /// Makes an endpoint misbehave until the test calls [`behave`](Self::behave), calls [`behave_at`](Self::behave_at),
    /// or sets another misbehaviour for the endpoint. The tenant still counts the requests.
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
