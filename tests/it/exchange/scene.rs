//! A client of an offline tenant with a scripted token endpoint, and verified tokens of callers.

use std::collections::BTreeMap;
use std::time::Duration;

use auth0_api_core::exchange::ServerError;
use auth0_api_core::http::HttpRequest;
use auth0_api_core::{
    ApiClient, ApiClientBuilder, ClientAuth, ExchangeError, ExchangeProfile, OnBehalfOf, SubjectToken, TokenSet,
    VerifiedToken,
};
use auth0_api_testing::{OfflineTenant, ScriptedRoute};

use super::scripted::tokens;

pub(super) struct Scene {
    pub(super) api: ApiClient,
    pub(super) tenant: OfflineTenant,
    /// The discovery document.
    pub(super) discovery: ScriptedRoute,
    /// The token endpoint, at any URL.
    pub(super) tokens: ScriptedRoute,
}

impl Scene {
    pub(super) fn new() -> Self {
        Self::with(|builder| builder)
    }

    /// Returns a scene whose client has additional configuration.
    pub(super) fn with(configure: impl FnOnce(ApiClientBuilder) -> ApiClientBuilder) -> Self {
        let tenant = OfflineTenant::new();
        let (discovery, tokens) = (tenant.http().route(OfflineTenant::DISCOVERY_URL), tenant.http().other_urls());
        tokens.answer([self::tokens("new-token")]);
        let builder = tenant.builder().client_auth(ClientAuth::secret_post("api-client", "api-secret"));
        Self { api: configure(builder).build().unwrap(), tenant, discovery, tokens }
    }

    /// Returns the verified token of a user, valid for an hour.
    pub(super) async fn caller(&self, subject: &str) -> VerifiedToken {
        self.caller_for(subject, 3600).await
    }

    pub(super) async fn caller_for(&self, subject: &str, seconds: u64) -> VerifiedToken {
        let token = self.tenant.mint().subject(subject);
        let token = token.expires_in(Duration::from_secs(seconds)).sign();
        self.api.verify_access_token(&token).await.unwrap()
    }

    pub(super) async fn on_behalf_of(&self, caller: &VerifiedToken) -> Result<TokenSet, ExchangeError> {
        self.api.get_token_on_behalf_of(caller, OnBehalfOf::audience(CALENDAR)).await
    }

    /// Makes an exchange that is never cached.
    pub(super) async fn profile(&self) -> Result<TokenSet, ExchangeError> {
        let profile = ExchangeProfile::new("urn:acme:legacy-session", CALENDAR);
        self.api.get_token_by_exchange_profile(SubjectToken::unverified("legacy"), profile).await
    }

    pub(super) fn pass(&self, seconds: u64) {
        self.tenant.clock().advance(Duration::from_secs(seconds));
    }

    /// Returns the number of token requests.
    pub(super) fn sent(&self) -> usize {
        self.tokens.count()
    }

    /// Returns the form fields of the last token request.
    pub(super) fn last_form(&self) -> BTreeMap<String, String> {
        form_urlencoded::parse(&self.last_request().body).into_owned().collect()
    }

    pub(super) fn last_request(&self) -> HttpRequest {
        self.tokens.requests().pop().unwrap()
    }
}

/// Returns the text of the access token, or of the error.
pub(super) fn text(outcome: &Result<TokenSet, ExchangeError>) -> Result<&str, String> {
    match outcome {
        Ok(tokens) => Ok(tokens.access_token().expose()),
        Err(error) => Err(error.to_string()),
    }
}

/// Returns the error in the tenant's response; `None` for every other outcome.
pub(super) fn server_error(outcome: Result<TokenSet, ExchangeError>) -> Option<ServerError> {
    match outcome {
        Err(ExchangeError::Server(error)) => Some(error),
        _ => None,
    }
}

pub(super) fn header<'r>(request: &'r HttpRequest, name: &str) -> Option<&'r str> {
    let (_, value) = request.headers.iter().find(|(candidate, _)| candidate == name)?;
    Some(value)
}

pub(super) const CALENDAR: &str = "https://calendar.example.com";

/// A private key, for client assertions.
pub(super) const P256: &str = r#"{"kty":"EC","crv":"P-256","x":"kcCvl0vOeOetZaTV0LcmRZWxLpOZXjilSussQykjpZw",
    "y":"aJGjA24PylhZOGgSiNELmAmS2Ghm77cVqgOv5fH8ovQ","d":"kPhNhcrt41gqqNTnw9xoI9h7N8go-T3nyAkz7tC7EL4"}"#;
