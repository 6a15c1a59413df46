//! The pages of the endpoints. [`pages`](crate::pages) renders them; what a person answers on a page comes back to
//! [`sign_in`](super::sign_in) or [`consent`](super::consent) as a form.

use axum::response::{IntoResponse as _, Response};
use http::{StatusCode, Uri};

use super::error_response::ErrorResponse;
use crate::User;
use crate::ledger::Connecting;
use crate::pages::Page;
use crate::pages::consent::ConsentPage;
use crate::pages::sign_in::SignInPage;
use crate::registry::Organization;
use crate::request_log::Rejected;

/// What the sign-in page shows: who asks, for what, and which users there are.
pub(crate) struct SignInPrompt<'a> {
    /// The path that receives the answer, and the value of `decision` with which a person denies.
    pub(crate) action: &'static str,
    pub(crate) deny: &'static str,
    pub(crate) ticket: &'a str,
    pub(crate) client_id: &'a str,
    /// What a client that nobody has registered calls itself.
    pub(crate) client_name: Option<&'a str>,
    pub(crate) redirect_uri: &'a str,
    pub(crate) audience: Option<&'a str>,
    pub(crate) scopes: Vec<&'a str>,
    pub(crate) organization: Option<&'a Organization>,
    pub(crate) login_hint: Option<&'a str>,
    pub(crate) users: &'a [User],
}

/// Shows the sign-in page.
pub(crate) fn sign_in(prompt: &SignInPrompt<'_>) -> Response {
    let page = SignInPage {
        action: prompt.action,
        ticket: prompt.ticket,
        deny: prompt.deny,
        client_id: prompt.client_id,
        client_name: prompt.client_name,
        audience: prompt.audience,
        scopes: &prompt.scopes,
        organization: prompt.organization,
        login_hint: prompt.login_hint,
        users: prompt.users,
    };
    page.page(&source(prompt.redirect_uri)).into_response()
}

/// What the page of a third party shows: who wants to connect which account.
pub(crate) struct ConsentPrompt<'a> {
    /// The path that receives the answer, and the value of `decision` with which a person denies.
    pub(crate) action: &'static str,
    pub(crate) deny: &'static str,
    pub(crate) ticket: &'a str,
    pub(crate) connecting: &'a Connecting,
    /// `None` if the user is not registered.
    pub(crate) user: Option<&'a User>,
}

/// Shows the page of a third party.
pub(crate) fn consent(prompt: &ConsentPrompt<'_>) -> Response {
    let ConsentPrompt { action, deny, ticket, connecting, user } = *prompt;
    ConsentPage { action, deny, ticket, connecting, user }.page(&source(&connecting.redirect_uri)).into_response()
}

/// Shows a rejection to a person: there is no page of a client that the tenant could report it to.
pub(crate) fn rejection(rejection: &ErrorResponse) -> Response {
    let page = Page::message(rejection.status, &rejection.error, Some(&rejection.description));
    let mut response = page.into_response();
    response
        .extensions_mut()
        .insert(Rejected { error: rejection.error.to_string(), description: rejection.description.clone() });
    response
}

/// Shows a short message.
pub(crate) fn message(text: &str) -> Response {
    Page::message(StatusCode::OK, text, None).into_response()
}

/// Returns the source of a redirect URI for the policy of a page: its origin, or its scheme if it has no host. Chromium
/// applies `form-action` to the redirect after a form, too.
fn source(redirect_uri: &str) -> String {
    let scheme = redirect_uri.split(':').next().unwrap_or_default();
    let uri = redirect_uri.split('#').next().unwrap_or_default().parse::<Uri>();
    let is_plain = |text: &&str| text.chars().all(|c| c.is_ascii_alphanumeric() || "-._:[]".contains(c));
    match uri.ok().as_ref().and_then(Uri::authority).map(http::uri::Authority::as_str).filter(is_plain) {
        Some(authority) if ["http", "https"].contains(&scheme) => format!("{scheme}://{authority}"),
        _ => format!(
            "{}:",
            scheme.chars().filter(|c| c.is_ascii_alphanumeric() || "+-.".contains(*c)).collect::<String>()
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_source_of_a_redirect_uri_cannot_change_the_policy() {
        for (redirect_uri, expected) in [
            ("http://127.0.0.1:5173/callback?a=b#c", "http://127.0.0.1:5173"),
            ("https://shop.example.com/; script-src *", "https:"),
            ("com.example.app://callback", "com.example.app:"),
            ("com.example.app:/callback", "com.example.app:"),
            ("a; script-src *:b", "ascript-src:"),
        ] {
            assert_eq!(source(redirect_uri), expected, "{redirect_uri}");
        }
    }
}
