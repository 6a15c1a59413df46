//! The tenant: a local one, or a real one. For a real one, you make the settings of [`local`] in Auth0's dashboard.

use std::io;
use std::sync::Arc;

use auth0_api_testing::{Api, Application, Connection, ExchangeRejection, GrantType, LocalTenant, SignIn, User};

use crate::legacy::LegacySessions;
use crate::settings::RealTenant;

/// What the page and the APIs need to know about the tenant.
pub(crate) struct Tenant {
    pub(crate) domain: String,
    pub(crate) audience: String,
    /// The client id of the page.
    pub(crate) page: String,
    /// The identifier of the second API.
    pub(crate) calendar: String,
    /// The client id and the secret of the first API. Without them, it cannot exchange tokens.
    pub(crate) api_client: Option<(String, String)>,
    pub(crate) organizations: Vec<String>,
    /// The third party whose accounts users can connect, and the scope that the API needs there.
    pub(crate) connection: String,
    pub(crate) events_scope: String,
    /// The URL of the third party's events; `None` for the pretend third party of this program.
    pub(crate) events_url: Option<String>,
    /// The type of the old system's sessions; `None` if the tenant has no exchange profile for them.
    pub(crate) legacy_session: Option<&'static str>,
    /// Keeps the local tenant running.
    pub(crate) local: Option<LocalTenant>,
}

/// The identifier of the second API.
pub(crate) const CALENDAR: &str = "https://calendar.example.com";
/// The third party.
pub(crate) const CONNECTION: &str = "google-oauth2";
const PAGE: &str = "spa";
const LEGACY_SESSION: &str = "urn:example:legacy-session";
const EVENTS_SCOPE: &str = "calendar.readonly";

impl Tenant {
    /// The domain as a URL, which the page connects to.
    pub(crate) fn url(&self) -> String {
        if self.domain.contains("://") { self.domain.clone() } else { format!("https://{}", self.domain) }
    }

    /// Takes the tenant of the settings; `None` if they name none.
    pub(crate) fn real(settings: &RealTenant) -> Option<Self> {
        Some(Self {
            domain: settings.domain.clone()?,
            audience: settings.audience.clone()?,
            page: settings.page_client_id.clone()?,
            calendar: settings.calendar_audience.clone(),
            api_client: settings.client_id.clone().zip(settings.client_secret.clone()),
            organizations: settings.organizations.clone(),
            connection: settings.connection.clone(),
            events_scope: settings.events_scope.clone(),
            events_url: Some(settings.events_url.clone()),
            legacy_session: None,
            local: None,
        })
    }

    /// Starts a local tenant.
    pub(crate) async fn start(host: &str, sign_in: SignIn, legacy: Arc<LegacySessions>) -> io::Result<Self> {
        let local = local(host, sign_in, legacy).await?;
        Ok(Self {
            domain: local.domain().to_owned(),
            audience: local.audience().to_owned(),
            page: PAGE.into(),
            calendar: CALENDAR.into(),
            api_client: Some((local.api_client_id().to_owned(), local.api_client_secret().to_owned())),
            organizations: vec!["acme".into(), "globex".into()],
            connection: CONNECTION.into(),
            events_scope: EVENTS_SCOPE.into(),
            events_url: None,
            legacy_session: Some(LEGACY_SESSION),
            local: Some(local),
        })
    }
}

async fn local(host: &str, sign_in: SignIn, legacy: Arc<LegacySessions>) -> io::Result<LocalTenant> {
    let grants = [GrantType::AuthorizationCode, GrantType::RefreshToken, GrantType::TokenExchange];
    LocalTenant::builder()
        .host(host)
        .sign_in(sign_in)
        .api(Api::new(CALENDAR).scopes(["read:events"]))
        .application(Application::single_page(PAGE).grants(grants))
        .organization("org_acme", "acme")
        .organization("org_globex", "globex")
        .user(user("auth0|ada", "Ada Lovelace", "ada"))
        .user(user("auth0|grace", "Grace Hopper", "grace"))
        .connection(Connection::new(CONNECTION).scopes([EVENTS_SCOPE, "mail.readonly"]))
        .exchange_profile(LEGACY_SESSION, move |request| match legacy.redeem(request.subject_token()) {
            Ok(nickname) if nickname == "grace" => Ok(user("auth0|grace", "Grace Hopper", "grace")),
            Ok(_) => Err(ExchangeRejection::deny("unknown_user", "the user of this session does not exist any more")),
            Err(reason) => Err(ExchangeRejection::reject_subject_token(reason)),
        })
        .request_log(|request| println!("{:<8} {request}", "tenant"))
        .start()
        .await
}

fn user(id: &str, name: &str, nickname: &str) -> User {
    User::new(id)
        .claim("name", name)
        .claim("nickname", nickname)
        .claim("email", format!("{nickname}@example.com"))
        .claim("email_verified", true)
        .member_of("org_acme")
        .member_of("org_globex")
}
