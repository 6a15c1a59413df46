//! A tenant with APIs, clients, users and accounts registered, and helpers that request tokens from it.

use auth0_api_testing::{
    Api, Application, Credential, ExchangeRejection, Exchanged, LinkedAccount, LocalTenant, LocalTenantBuilder,
    ManualClock, User,
};
use serde_json::Value;

use crate::caller::{Answer, part, post_form};

pub(crate) const CALENDAR: &str = "https://calendar.example.com";
pub(crate) const PROFILE: &str = "urn:acme:legacy-session";
pub(crate) const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
pub(crate) const REFRESH_TOKEN: &str = "urn:ietf:params:oauth:token-type:refresh_token";
pub(crate) const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
pub(crate) const VAULT: &str = "urn:auth0:params:oauth:grant-type:token-exchange:federated-connection-access-token";
pub(crate) const VAULT_TOKEN: &str = "http://auth0.com/oauth/token-type/federated-connection-access-token";

/// The secret of every client except the default ones.
pub(crate) const SECRET: &str = "s3cret";

/// Unlike `TestWorld`, this world has no client of the library: its tests send plain HTTP requests to the tenant.
pub(crate) struct World {
    pub(crate) tenant: LocalTenant,
    pub(crate) clock: ManualClock,
}

/// The form of a request that the tenant accepts. A test changes one field of the form.
#[derive(Clone)]
pub(crate) struct Form(Vec<(String, String)>);

impl World {
    pub(crate) async fn new() -> Self {
        Self::with(|builder| builder).await
    }

    pub(crate) async fn with(options: impl FnOnce(LocalTenantBuilder) -> LocalTenantBuilder) -> Self {
        let clock = ManualClock::new();
        let builder = LocalTenant::builder()
            .clock(clock.clone())
            .api(Api::new(CALENDAR).scopes(["read:events", "write:events"]))
            .application(Application::custom_api("calendar-client", Credential::secret_post(SECRET), CALENDAR))
            .application(Application::regular_web("web", SECRET))
            .application(Application::single_page("page"))
            .organization("org_acme", "acme")
            .organization("org_other", "other")
            .user(User::new("auth0|ada").claim("email", "ada@example.com").member_of("org_acme"))
            .user(User::new("auth0|bob").claim("email", "bob@example.com"))
            .connection("slack")
            .exchange_profile(PROFILE, |request| match request.subject_token() {
                "session-of-ada" => Ok(Exchanged::user(User::new("auth0|ada").claim("email", "ada@example.com"))),
                "session-of-locked" => Err(ExchangeRejection::deny("account_locked", "the account is locked")),
                _ => Err(ExchangeRejection::reject_subject_token("no such session")),
            })
            .linked_account(
                "auth0|local-user",
                LinkedAccount::new("google-oauth2").name("work@example.com").scopes(["calendar", "mail"]),
            )
            .linked_account("auth0|local-user", LinkedAccount::new("google-oauth2").name("home@example.com"))
            .linked_account("auth0|local-user", LinkedAccount::new("github").expired());
        Self { tenant: options(builder).start().await.unwrap(), clock }
    }

    pub(crate) async fn ask(&self, form: &Form) -> Answer {
        self.ask_with(&[], form).await
    }

    pub(crate) async fn ask_with(&self, headers: &[(&str, &str)], form: &Form) -> Answer {
        post_form(&format!("{}/oauth/token", self.tenant.domain()), headers, &form.body()).await
    }

    /// Sends an accepted request and returns the claims of its access token.
    pub(crate) async fn claims(&self, form: &Form) -> Value {
        let answer = self.ask(form).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        part(answer.json()["access_token"].as_str().unwrap(), 1)
    }

    /// Sends a request and asserts that it is rejected with this status, error and description.
    pub(crate) async fn rejects(&self, form: &Form, status: u16, error: &str, description: &str) {
        let answer = self.ask(form).await;
        let json = answer.json();
        let actual = (answer.status, json["error"].as_str().unwrap(), json["error_description"].as_str().unwrap());
        assert_eq!(actual, (status, error, description), "{:?}", form.0);
    }
}

impl Form {
    pub(crate) fn new(fields: &[(&str, &str)]) -> Self {
        Self(fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    /// Returns the form with one field set, or removed if the value is empty.
    pub(crate) fn with(&self, name: &str, value: &str) -> Self {
        let mut changed = self.clone();
        changed.0.retain(|(known, _)| known != name);
        if !value.is_empty() {
            changed.0.push((name.to_owned(), value.to_owned()));
        }
        changed
    }

    pub(crate) fn without(&self, name: &str) -> Self {
        self.with(name, "")
    }

    pub(crate) fn body(&self) -> String {
        let encoded = |text: &str| -> String {
            text.bytes()
                .map(|byte| match byte {
                    byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
                    byte => format!("%{byte:02X}"),
                })
                .collect()
        };
        self.0.iter().map(|(name, value)| format!("{}={}", encoded(name), encoded(value))).collect::<Vec<_>>().join("&")
    }
}
