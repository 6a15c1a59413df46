//! The clients of the tenant. Auth0 calls them applications.

use super::callbacks::{Callbacks, is_loopback};
use super::credential::Method;
use super::{Credential, GrantType, RefreshTokenPolicy};

/// A client of the tenant; register it with
/// [`LocalTenantBuilder::application`](crate::LocalTenantBuilder::application).
///
/// ```
/// use auth0_api_testing::{Application, GrantType};
///
/// let api = Application::custom_api("orders-api", "secret", "https://orders.example.com");
/// let site = Application::regular_web("shop", "secret").callbacks(["http://localhost:3000/callback"]);
/// let page = Application::single_page("shop-page");
/// let job = Application::machine("nightly", "secret").grants([GrantType::ClientCredentials]);
/// assert_eq!(job.id(), "nightly");
/// # drop((api, site, page));
/// ```
#[derive(Clone, Debug)]
#[must_use = "an application has no effect until it is registered with a builder"]
pub struct Application {
    id: String,
    credential: Credential,
    grants: Vec<GrantType>,
    /// The API of a Custom API client; `None` for other clients.
    identifier: Option<String>,
    callbacks: Callbacks,
    /// What the client calls itself in its client id metadata document; `None` for a client that is registered.
    document_name: Option<String>,
    logout_urls: Option<Vec<String>>,
    back_channel_url: Option<String>,
    refresh_tokens: RefreshTokenPolicy,
    requires_dpop: bool,
    /// The id of the AI agent that the application is; `None` for other applications.
    agent_id: Option<String>,
    trusts_forwarded_address: bool,
    hourly_quota: Option<u32>,
    may_transfer_sessions: bool,
}

impl Application {
    /// Makes a *Custom API client* (`app_type: resource_server`): an API that exchanges the tokens that it receives.
    ///
    /// `identifier` is the audience of the tokens that the API receives. Only a client of this kind may act on behalf
    /// of a user. Its grants are client credentials, token exchange and Token Vault.
    pub fn custom_api(id: impl Into<String>, credential: impl Into<Credential>, identifier: impl Into<String>) -> Self {
        let grants = [GrantType::ClientCredentials, GrantType::TokenExchange, GrantType::TokenVault];
        Self { identifier: Some(identifier.into()), ..Self::new(id, credential.into(), &grants) }
    }

    /// Makes a client without users. Its grants are client credentials, and token exchange with exchange profiles.
    pub fn machine(id: impl Into<String>, credential: impl Into<Credential>) -> Self {
        Self::new(id, credential.into(), &[GrantType::ClientCredentials, GrantType::TokenExchange])
    }

    /// Makes a web site with a server that stores the credential. The client has every grant except client credentials.
    pub fn regular_web(id: impl Into<String>, credential: impl Into<Credential>) -> Self {
        let grants =
            [GrantType::AuthorizationCode, GrantType::RefreshToken, GrantType::TokenExchange, GrantType::TokenVault];
        Self::new(id, credential.into(), &grants)
    }

    /// Makes a public client, such as a single-page or a native application. A public client has no credential and must
    /// use PKCE. Its grants are authorization code and refresh token. Its refresh tokens rotate.
    pub fn single_page(id: impl Into<String>) -> Self {
        let grants = [GrantType::AuthorizationCode, GrantType::RefreshToken];
        Self::new(id, Credential(Method::None), &grants).refresh_tokens(RefreshTokenPolicy::rotating())
    }

    /// Makes a client that nobody has registered: the document at its client id describes it. Its refresh tokens rotate.
    pub(crate) fn of_document(
        id: &str,
        name: String,
        method: Method,
        grants: &[GrantType],
        redirect_uris: Vec<String>,
    ) -> Self {
        Self {
            callbacks: Callbacks::AnyPort(redirect_uris),
            document_name: Some(name),
            refresh_tokens: RefreshTokenPolicy::rotating(),
            ..Self::new(id, Credential(method), grants)
        }
    }

    /// Sets the grants that the client may use.
    pub fn grants(mut self, grants: impl IntoIterator<Item = GrantType>) -> Self {
        self.grants = grants.into_iter().collect();
        self
    }

    /// Sets the redirect URIs that `/authorize` accepts. The tenant compares them as text. By default it accepts any
    /// `http` URL of this machine.
    pub fn callbacks(mut self, urls: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.callbacks = Callbacks::Exact(urls.into_iter().map(Into::into).collect());
        self
    }

    /// Sets the URLs that the tenant may redirect to after a logout. Query and fragment are ignored in the comparison. By
    /// default the tenant accepts any `http` URL of this machine.
    ///
    /// If the client names no URL at the logout, the browser goes to the first of these URLs.
    pub fn logout_urls(mut self, urls: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.logout_urls = Some(urls.into_iter().map(Into::into).collect());
        self
    }

    /// Sets the URL to which the tenant posts a logout token when a user logs out who has signed in to this client
    /// ([Back-Channel Logout §2.5](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCRequest)); none by
    /// default. It begins with `http://`. The tenant follows no redirect.
    pub fn back_channel_logout_url(mut self, url: impl Into<String>) -> Self {
        self.back_channel_url = Some(url.into());
        self
    }

    /// Sets how the client may use its refresh tokens. By default they
    /// [rotate](RefreshTokenPolicy::rotating) for public clients, and are [reusable](RefreshTokenPolicy::reusable) for
    /// other clients.
    pub fn refresh_tokens(mut self, policy: RefreshTokenPolicy) -> Self {
        self.refresh_tokens = policy;
        self
    }

    /// Rejects token requests of the client without a DPoP proof
    /// ([RFC 9449 §5.2](https://www.rfc-editor.org/rfc/rfc9449#section-5.2)). Off by default.
    pub fn require_dpop(mut self) -> Self {
        self.requires_dpop = true;
        self
    }

    /// Makes the application an AI agent with this id: `agt_…`, or an id of the customer's choice. It must differ from
    /// the client id.
    ///
    /// With client credentials, the agent's id is then the `sub` of the tokens. In an on-behalf-of exchange, it is the
    /// `sub` of the actor.
    pub fn agent(mut self, id: impl Into<String>) -> Self {
        self.agent_id = Some(id.into());
        self
    }

    /// Makes the tenant count failed exchanges of the client for the address in its header `auth0-forwarded-for`, like
    /// Auth0's *Trust Token Endpoint IP Header*. The tenant never trusts a public client, or an address that is malformed.
    /// By default, the tenant ignores the header, and counts for the address of the connection.
    pub fn trust_forwarded_address(mut self) -> Self {
        self.trusts_forwarded_address = true;
        self
    }

    /// Limits how many tokens the client gets in an hour. Each response of the token endpoint then has the header
    /// `Auth0-Client-Quota-Limit`. Once the quota is used up, the tenant answers 429 `too_many_requests` with
    /// `Retry-After` until an hour has passed since the first token. By default there is no quota.
    pub fn hourly_quota(mut self, tokens: u32) -> Self {
        self.hourly_quota = Some(tokens);
        self
    }

    /// Lets the client create session transfer tokens, like Auth0's setting
    /// `session_transfer.can_create_session_transfer_token`. By default, the tenant answers `session_transfer_disabled`.
    pub fn session_transfer(mut self) -> Self {
        self.may_transfer_sessions = true;
        self
    }

    /// Returns the client id.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(crate) fn method(&self) -> &Method {
        &self.credential.0
    }

    pub(crate) fn is_public(&self) -> bool {
        matches!(self.method(), Method::None)
    }

    pub(crate) fn may_use(&self, grant: GrantType) -> bool {
        self.grants.contains(&grant)
    }

    /// Returns the identifier of a Custom API client's API.
    pub(crate) fn identifier(&self) -> Option<&str> {
        self.identifier.as_deref()
    }

    /// Returns what the client calls itself in its client id metadata document. Nobody has checked the name.
    pub(crate) fn document_name(&self) -> Option<&str> {
        self.document_name.as_deref()
    }

    /// Returns whether the client must use PKCE: a public client, and a client that nobody has registered.
    pub(crate) fn must_use_pkce(&self) -> bool {
        self.is_public() || self.document_name.is_some()
    }

    /// Returns whether the tenant may redirect to this URL.
    pub(crate) fn may_redirect_to(&self, url: &str) -> bool {
        self.callbacks.allow(url)
    }

    /// Returns whether the tenant may redirect to this URL after a logout.
    pub(crate) fn may_return_to(&self, url: &str) -> bool {
        match &self.logout_urls {
            Some(urls) => urls.iter().any(|known| known == without_query(url)),
            None => is_loopback(url),
        }
    }

    /// Returns the URL after a logout if the client names none.
    pub(crate) fn first_logout_url(&self) -> Option<&str> {
        self.logout_urls.iter().flatten().next().map(String::as_str)
    }

    /// Returns the URL that receives the logouts of users.
    pub(crate) fn back_channel_url(&self) -> Option<&str> {
        self.back_channel_url.as_deref()
    }

    pub(crate) fn refresh_token_policy(&self) -> &RefreshTokenPolicy {
        &self.refresh_tokens
    }

    pub(crate) fn agent_id(&self) -> Option<&str> {
        self.agent_id.as_deref()
    }

    /// Returns `client_profile`: what the application is.
    pub(crate) fn client_profile(&self) -> &'static str {
        match self.agent_id {
            Some(_) => "service ai_agent",
            None if self.is_public() => "browser_app",
            None => "service",
        }
    }

    /// Returns why a tenant cannot start with this application.
    pub(crate) fn problem(&self) -> Option<String> {
        let is_usable = self.agent_id.as_ref().is_none_or(|agent| !agent.trim().is_empty() && *agent != self.id);
        (!is_usable).then(|| format!("the agent of the application {} needs an id that is not the client id", self.id))
    }

    pub(crate) fn requires_dpop(&self) -> bool {
        self.requires_dpop
    }

    pub(crate) fn trusts_forwarded_address(&self) -> bool {
        self.trusts_forwarded_address && !self.is_public()
    }

    pub(crate) fn may_transfer_sessions(&self) -> bool {
        self.may_transfer_sessions
    }

    pub(crate) fn quota_per_hour(&self) -> Option<u32> {
        self.hourly_quota
    }

    fn new(id: impl Into<String>, credential: Credential, grants: &[GrantType]) -> Self {
        Self {
            id: id.into(),
            credential,
            grants: grants.to_vec(),
            identifier: None,
            callbacks: Callbacks::default(),
            document_name: None,
            logout_urls: None,
            back_channel_url: None,
            refresh_tokens: RefreshTokenPolicy::reusable(),
            requires_dpop: false,
            agent_id: None,
            trusts_forwarded_address: false,
            hourly_quota: None,
            may_transfer_sessions: false,
        }
    }
}

fn without_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or_default()
}
