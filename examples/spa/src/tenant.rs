//! The tenant. For a real one, you would make these settings in Auth0's dashboard.

use std::io;
use std::sync::Arc;

use auth0_api_testing::{Api, Application, ExchangeRejection, GrantType, LocalTenant, SignIn, User};

use crate::legacy::LegacySessions;

/// The client id of the page.
pub(crate) const PAGE: &str = "spa";
/// The identifier of the second API.
pub(crate) const CALENDAR: &str = "https://calendar.example.com";
/// The third party whose accounts users can connect.
pub(crate) const CONNECTION: &str = "google-oauth2";
/// The type of the old system's sessions.
pub(crate) const LEGACY_SESSION: &str = "urn:example:legacy-session";

pub(crate) async fn start(host: &str, sign_in: SignIn, legacy: Arc<LegacySessions>) -> io::Result<LocalTenant> {
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
        .connection(CONNECTION)
        .exchange_profile(LEGACY_SESSION, move |request| match legacy.redeem(request.subject_token()) {
            Ok(nickname) if nickname == "grace" => Ok(user("auth0|grace", "Grace Hopper", "grace")),
            Ok(_) => Err(ExchangeRejection::deny("unknown_user", "the user of this session does not exist any more")),
            Err(reason) => Err(ExchangeRejection::reject_subject_token(reason)),
        })
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
