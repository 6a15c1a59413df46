//! A tenant with two people, and a server with the pages.

use std::sync::Arc;
use std::time::Duration;

use auth0_api_core::exchange::ServerErrorKind;
use auth0_api_core::{ApiClient, ClientAuth, Connection, ExchangeError, TokenSet, VerifiedToken};
use auth0_api_mcp::SharedKey;
use auth0_api_mcp::connect::{ConnectAccounts, ConnectAccountsBuilder, ConnectLayer, UrlElicitation};
use auth0_api_testing::{
    Application, Connection as Provider, ExchangeRejection, ExchangeRequest, LocalTenant, ManualClock, SignIn, User,
};
use axum::Router;
use tokio::net::TcpListener;
use tower::Layer as _;

use crate::log;

pub(crate) const ADA: &str = "auth0|ada";
pub(crate) const BOB: &str = "auth0|bob";
pub(crate) const EVE: &str = "auth0|eve";
/// Has signed up with Ada's address, and has not verified it.
pub(crate) const MALLORY: &str = "auth0|mallory";
pub(crate) const VERA: &str = "auth0|vera";
pub(crate) const CALENDAR: &str = "google-oauth2";
/// Organizations: Ada is a member of both.
pub(crate) const ACME: &str = "org_acme";
pub(crate) const GLOBEX: &str = "org_globex";
/// An exchange profile: see [`pays`].
pub(crate) const PAYMENTS: &str = "urn:example:payments";
/// The callback URL of the MCP client, at which nobody listens.
pub(crate) const CALLBACK: &str = "http://127.0.0.1:1/callback";
const CLIENT: &str = "mcp-web";

pub(crate) struct World {
    pub(crate) tenant: LocalTenant,
    pub(crate) clock: ManualClock,
    /// The API: its client exchanges tokens.
    pub(crate) api: ApiClient,
    pub(crate) accounts: ConnectAccounts,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(|builder| builder).await
    }

    pub(crate) async fn with(configure: impl FnOnce(ConnectAccountsBuilder) -> ConnectAccountsBuilder) -> Self {
        log::listen();
        let clock = ManualClock::new();
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let base = format!("http://{}/connect", listener.local_addr().unwrap());
        let web = Application::regular_web(CLIENT, "web-secret")
            .callbacks(["signed-in", "connected"].map(|page| format!("{base}/{page}")));
        // The access token of a person with so many claims fits into no cookie.
        let eve = User::new(EVE).access_token_claim("claims", "c".repeat(3000));
        let mallory = User::new(MALLORY).claim("email", "ada@example.com").claim("email_verified", false);
        let vera = User::new(VERA).claim("email", "vera@example.com").claim("email_verified", true);
        let ada = User::new(ADA).member_of(ACME).member_of(GLOBEX);
        let users = [ada, User::new(BOB), eve, mallory, vera].into_iter();
        let builder = LocalTenant::builder().clock(clock.clone()).sign_in(SignIn::Page).application(web);
        let tenant = users.fold(builder, auth0_api_testing::LocalTenantBuilder::user);
        let client = Application::regular_web("mcp-client", "client-secret").callbacks([CALLBACK]);
        let tenant = tenant.application(client).exchange_profile(PAYMENTS, pays);
        // A provider that grants one scope only.
        let tenant = tenant.connection(CALENDAR).connection(Provider::new("mail").scopes(["mail.read"]));
        let tenant = tenant.organization(ACME, "acme").organization(GLOBEX, "globex").start().await.unwrap();
        let auth = ClientAuth::secret_post(tenant.api_client_id(), tenant.api_client_secret());
        let api = ApiClient::builder(tenant.domain(), tenant.audience()).insecure_http_loopback().client_auth(auth);
        let api = api.clock(clock.clone()).build().unwrap();
        let builder = builder_of(&tenant, &clock, &base);
        let accounts = configure(builder).build().unwrap();
        // Other paths are not those of the pages.
        let other = Router::<()>::new();
        let app = Router::new().fallback_service(ConnectLayer::new(accounts.clone()).layer(other));
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { tenant, clock, api, accounts }
    }

    /// Returns the verified token with which a client calls for this person.
    pub(crate) async fn caller(&self, subject: &str) -> VerifiedToken {
        let token = self.tenant.mint().subject(subject).sign();
        self.api.verify_access_token(&token).await.unwrap()
    }

    /// Like `caller`, for a person at this client.
    pub(crate) async fn caller_at(&self, subject: &str, client: &str) -> VerifiedToken {
        let token = self.tenant.mint().subject(subject).claim("azp", client).sign();
        self.api.verify_access_token(&token).await.unwrap()
    }

    /// Like `caller`, for a person who acts in this organization.
    pub(crate) async fn caller_in(&self, subject: &str, organization: &str) -> VerifiedToken {
        let token = self.tenant.mint().subject(subject).claim("org_id", organization).sign();
        self.api.verify_access_token(&token).await.unwrap()
    }

    /// What a tool does: asks Token Vault for a token of the caller's calendar.
    pub(crate) async fn vault(&self, caller: &VerifiedToken) -> Result<TokenSet, ExchangeError> {
        let asked = Connection::name(CALENDAR).scope("calendar.read");
        self.api.get_access_token_for_connection(caller, asked).await
    }

    /// What the tool answers if the account is not connected.
    pub(crate) async fn elicitation(&self, caller: &VerifiedToken) -> UrlElicitation {
        let error = self.vault(caller).await.unwrap_err();
        self.accounts.for_error(caller, &error).unwrap().unwrap()
    }

    pub(crate) async fn is_connected(&self, subject: &str) -> bool {
        match self.vault(&self.caller(subject).await).await {
            Ok(_) => true,
            Err(ExchangeError::Server(error)) if error.kind() == ServerErrorKind::AccountNotLinked => false,
            Err(error) => panic!("{error:?}"),
        }
    }

    pub(crate) fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}

/// An Action of the tenant that demands another factor, unless the client has logged its user in for payments.
fn pays(request: &ExchangeRequest) -> Result<User, ExchangeRejection> {
    let payload = request.subject_token().split('.').nth(1).unwrap();
    let claims = base64_simd::URL_SAFE_NO_PAD.decode_to_vec(payload).unwrap();
    let claims: serde_json::Value = serde_json::from_slice(&claims).unwrap();
    let is_for_payments = claims["scope"].as_str().unwrap().split(' ').any(|scope| scope == "pay");
    let user = User::new(claims["sub"].as_str().unwrap());
    if is_for_payments { Ok(user) } else { Err(ExchangeRejection::require_mfa()) }
}

/// The pages below this URL, for people of this tenant.
pub(crate) fn builder_of(tenant: &LocalTenant, clock: &ManualClock, base: &str) -> ConnectAccountsBuilder {
    let login = ClientAuth::secret_post(CLIENT, "web-secret");
    let builder = ConnectAccounts::builder(tenant.domain(), login, base, &key());
    builder.clock(clock.clone()).login_client(auth0_api_core::ApiClientBuilder::insecure_http_loopback)
}

pub(crate) fn key() -> SharedKey {
    SharedKey::new([7; 32]).unwrap()
}

/// A store that all replicas share.
pub(crate) fn store() -> Arc<auth0_api_core::dpop::MemoryReplayStore> {
    Arc::new(auth0_api_core::dpop::MemoryReplayStore::new())
}
