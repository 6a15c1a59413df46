//! Issues the tokens of a response: the access token, the ID token and the refresh token.

mod authorization_details;
mod id_token;
mod profiles;
mod scopes;

use std::time::Duration;

use auth0_api_core::jose::Thumbprint;
use serde_json::{Map, Value, json};

use super::call::Call;
use super::userinfo;
use crate::ledger::{Consent, Login, OpaqueToken};
use crate::must::random_text;
use crate::registry::{Organization, User};
use crate::{Api, GrantType, TokenBuilder};
pub(crate) use authorization_details::requested_details;
use profiles::profiles;
use scopes::{OFFLINE_ACCESS, ONLINE_ACCESS};
pub(crate) use scopes::{OPENID, for_api, for_user, is_openid};

/// What a response grants: the API, the user, the scopes, and the client that gets the tokens.
pub(crate) struct Issue<'a> {
    pub(crate) call: &'a Call<'a>,
    /// The API that the token is for. If it is `None`, the tenant issues an opaque token that no API can read, as Auth0
    /// does.
    pub(crate) api: Option<&'a Api>,
    /// The user; `None` if the token is for the client itself.
    pub(crate) user: Option<&'a User>,
    /// The granted scopes; `None` if the client requested none.
    pub(crate) scopes: Option<Vec<String>>,
    pub(crate) organization: Option<&'a Organization>,
    /// When the user has signed in; `None` if the token is for the client itself, or on behalf of a user.
    pub(crate) login: Option<Login>,
    /// The granted authorization details ([RFC 9396](https://www.rfc-editor.org/rfc/rfc9396)).
    pub(crate) authorization_details: Vec<Value>,
    /// Additional claims of the access token.
    pub(crate) claims: Map<String, Value>,
    pub(crate) extras: Extras,
}

/// The tokens that the flow can issue in addition to the access token. The tenant issues such a token only if its scope
/// (`openid`, `offline_access` or `online_access`) is granted.
#[derive(Default)]
pub(crate) struct Extras {
    pub(crate) id_token: bool,
    pub(crate) refresh_token: bool,
    pub(crate) nonce: Option<String>,
}

impl Issue<'_> {
    /// Issues the tokens and returns the body of the response
    /// ([RFC 6749 §5.1](https://www.rfc-editor.org/rfc/rfc6749#section-5.1)).
    pub(crate) fn answer(&self) -> Map<String, Value> {
        let key = self.call.key;
        let mut body = Map::new();
        body.insert("access_token".into(), self.access_token(key).into());
        body.insert("token_type".into(), if key.is_some() { "DPoP" } else { "Bearer" }.into());
        body.insert("expires_in".into(), self.lifetime().as_secs().into());
        if self.scopes.is_some() {
            body.insert("scope".into(), self.scope().into());
        }
        // RFC 9396 §7: the details that were granted.
        if !self.authorization_details.is_empty() {
            body.insert("authorization_details".into(), self.authorization_details.clone().into());
        }
        if let Some(user) = self.user.filter(|_| self.extras.id_token && self.has("openid")) {
            body.insert("id_token".into(), self.id_token(user).into());
        }
        if let Some(token) = self.user.filter(|_| self.extras.refresh_token).and_then(|user| self.refresh_token(user)) {
            body.insert("refresh_token".into(), token.into());
        }
        body
    }

    fn access_token(&self, key: Option<Thumbprint>) -> String {
        let Some(api) = self.api else { return self.opaque_token() };
        let client = self.call.client.id();
        let subject = self.subject();
        let mut token = api.token(self.call.tenant.mint(), client).subject(&subject);
        // As in Auth0, a token with the scope `openid` is also for /userinfo.
        if self.user.is_some() && self.has("openid") {
            token = token.audiences([api.identifier().to_owned(), self.call.tenant.url(userinfo::PATH)]);
        }
        let scope = self.scope();
        if !scope.is_empty() {
            token = token.scope(&scope);
        }
        if let Some(key) = key {
            token = token.claim("cnf", json!({ "jkt": key.to_string() }));
        }
        if !self.authorization_details.is_empty() {
            token = token.authorization_details(self.authorization_details.clone());
        }
        if api.has_agent_subject_claims() {
            token = profiles(&self.call.client, &subject)
                .into_iter()
                .fold(token, |token, (name, value)| token.claim(name, value));
        }
        let from_action = self.user.into_iter().flat_map(User::access_token_claims);
        for (name, value) in from_action.chain(&self.claims) {
            token = token.claim(name, value.clone());
        }
        self.in_organization(token).sign()
    }

    /// Returns the user's id, the id of the agent that the client is, or the form of a machine.
    fn subject(&self) -> String {
        let Call { client, .. } = self.call;
        match (self.user, client.agent_id()) {
            (Some(user), _) => user.id().to_owned(),
            (None, Some(agent)) => agent.to_owned(),
            (None, None) => format!("{}@clients", client.id()),
        }
    }

    fn in_organization(&self, token: TokenBuilder) -> TokenBuilder {
        match self.organization {
            Some(Organization { id, name }) => token.claim("org_id", id.as_str()).claim("org_name", name.as_str()),
            None => token,
        }
    }

    /// Issues a refresh token if its scope is granted.
    fn refresh_token(&self, user: &User) -> Option<String> {
        let Call { tenant, client, key, .. } = self.call;
        let is_online = !self.has(OFFLINE_ACCESS) && self.has(ONLINE_ACCESS) && key.is_some();
        if !is_online && !self.has(OFFLINE_ACCESS) {
            return None;
        }
        // A token that ends with a session needs one.
        let session_id = self.login.as_ref().and_then(|login| login.session_id.clone()).filter(|_| is_online);
        if is_online && session_id.is_none() {
            return None;
        }
        // RFC 9449 §5: the refresh token of a public client is bound to the client's DPoP key. The refresh token of a
        // confidential client is not bound, because that client authenticates.
        let key = key.filter(|_| client.is_public() || is_online);
        let consent = Consent { key, ..self.consent(user) };
        let policy = client.refresh_token_policy().clone();
        Some(tenant.ledger().refresh_tokens.issue(consent, policy, session_id, tenant.clock.now()))
    }

    fn opaque_token(&self) -> String {
        let token = random_text();
        if let Some(user) = self.user {
            let Call { tenant, key, .. } = self.call;
            let (user, scopes) = (user.clone(), self.scopes.clone().unwrap_or_default());
            let now = tenant.clock.now();
            let known = OpaqueToken { user, scopes, key: *key, expires_at: now + self.lifetime() };
            let opaque_tokens = &mut tenant.ledger().opaque_tokens;
            opaque_tokens.retain(|_, token| now < token.expires_at);
            opaque_tokens.insert(token.clone(), known);
        }
        token
    }

    fn consent(&self, user: &User) -> Consent {
        Consent {
            client_id: self.call.client.id().to_owned(),
            user: user.clone(),
            audience: self.api.map(|api| api.identifier().to_owned()),
            scopes: self.scopes.clone().unwrap_or_default(),
            authorization_details: self.authorization_details.clone(),
            organization: self.organization.cloned(),
            key: None,
            login: self.login.clone(),
        }
    }

    fn lifetime(&self) -> Duration {
        self.api.map_or(OPAQUE_LIFETIME, Api::lifetime)
    }

    fn has(&self, scope: &str) -> bool {
        self.scopes().any(|granted| granted == scope)
    }

    fn scopes(&self) -> impl Iterator<Item = &str> {
        self.scopes.iter().flatten().map(String::as_str)
    }

    /// Returns the scopes as the client sees them.
    fn scope(&self) -> String {
        self.scopes().filter(|scope| *scope != ONLINE_ACCESS).collect::<Vec<_>>().join(" ")
    }
}

impl Extras {
    /// Returns the extras of a flow with a user: an ID token, and a refresh token if the client may use one.
    pub(crate) fn for_user(call: &Call<'_>) -> Self {
        Self { id_token: true, refresh_token: call.client.may_use(GrantType::RefreshToken), nonce: None }
    }
}

/// RFC 8693 §3: the type of an access token.
pub(crate) const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// Auth0's default.
const OPAQUE_LIFETIME: Duration = Duration::from_secs(86_400);
