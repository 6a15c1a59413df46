//! A client of the scripted tenant, a clock that only the test sets, and verified tokens of callers.

use std::collections::BTreeMap;
use std::time::Duration;

use auth0_api_core::{
    Algorithm, ApiClient, ApiClientBuilder, ClientAuth, ExchangeError, ExchangeProfile, HttpRequest, OnBehalfOf,
    ServerError, SubjectToken, TokenSet, VerifiedToken,
};
use auth0_api_testing::{LocalTenant, ManualClock, SigningAlgorithm, SigningKey};
use serde_json::json;

use super::scripted::{DOMAIN, ISSUER, Reply, Scripted};

pub(super) struct Scene {
    pub(super) api: ApiClient,
    pub(super) clock: ManualClock,
    pub(super) http: Scripted,
    key: SigningKey,
    mint: LocalTenant,
}

impl Scene {
    pub(super) async fn new() -> Self {
        Self::with(|builder| builder).await
    }

    /// Returns a scene whose client has additional configuration.
    pub(super) async fn with(configure: impl FnOnce(ApiClientBuilder) -> ApiClientBuilder) -> Self {
        let clock = ManualClock::new();
        let mint = LocalTenant::builder().clock(clock.clone()).start().await.unwrap();
        let key = SigningKey::generate(SigningAlgorithm::ES256);
        let http = Scripted::new(json!({ "keys": [key.public_jwk()] }));
        http.script([Reply::tokens("new-token")]);
        let builder = ApiClient::builder(DOMAIN, mint.audience())
            .algorithms([Algorithm::ES256])
            .client_auth(ClientAuth::secret_post("api-client", "api-secret"))
            .clock(clock.clone())
            .http_client(http.clone());
        Self { api: configure(builder).build().unwrap(), clock, http, key, mint }
    }

    /// Returns the verified token of a user, valid for an hour.
    pub(super) async fn caller(&self, subject: &str) -> VerifiedToken {
        self.caller_for(subject, 3600).await
    }

    pub(super) async fn caller_for(&self, subject: &str, seconds: u64) -> VerifiedToken {
        let token = self.mint.mint().issuer(ISSUER).key(&self.key).subject(subject);
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
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// Returns the number of token requests.
    pub(super) fn sent(&self) -> usize {
        self.http.sent().len()
    }

    /// Returns the form fields of the last token request.
    pub(super) fn last_form(&self) -> BTreeMap<String, String> {
        form_urlencoded::parse(&self.last_request().body).into_owned().collect()
    }

    pub(super) fn last_request(&self) -> HttpRequest {
        self.http.sent().pop().unwrap()
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
