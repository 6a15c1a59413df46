//! The pages that the tenant shows to a person.
//!
//! Only this file contains HTML for persons. Its input are the prompts below; what a person answers on a page comes back
//! to [`sign_in`](super::sign_in) as a form.

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};

use super::error_response::ErrorResponse;
use super::sign_in;
use crate::User;
use crate::registry::Organization;
use crate::request_log::Rejected;

/// What the sign-in page shows: who asks, for what, and which users there are.
///
/// The page posts a form to [`sign_in::PATH`]: the field `state` with the ticket, and either `user` with the id of the
/// chosen user, or `decision` with [`sign_in::DENY`].
pub(crate) struct SignInPrompt<'a> {
    pub(crate) ticket: &'a str,
    pub(crate) client_id: &'a str,
    pub(crate) audience: Option<&'a str>,
    pub(crate) scopes: Vec<&'a str>,
    pub(crate) organization: Option<&'a Organization>,
    pub(crate) login_hint: Option<&'a str>,
    pub(crate) users: &'a [User],
}

/// Shows the sign-in page.
pub(crate) fn sign_in(prompt: &SignInPrompt<'_>) -> Response {
    let users = prompt.users.iter().map(|user| {
        let chosen = if prompt.login_hint.is_some_and(|hint| user.matches_hint(hint)) { " autofocus" } else { "" };
        let id = escaped(user.id());
        format!("<p><button name=\"user\" value=\"{id}\"{chosen}>{id}</button>")
    });
    let audience = prompt.audience.map(|audience| format!("<p>API: {}", escaped(audience))).unwrap_or_default();
    let organization =
        prompt.organization.map(|known| format!("<p>Organization: {}", escaped(&known.name))).unwrap_or_default();
    let body = format!(
        "<h1>Sign in to {client}</h1>{audience}{organization}<p>Scopes: {scopes}\
         <form method=\"post\" action=\"{path}\"><input type=\"hidden\" name=\"state\" value=\"{ticket}\">{users}\
         <p><button name=\"decision\" value=\"{deny}\">Deny</button></form>",
        client = escaped(prompt.client_id),
        scopes = escaped(&prompt.scopes.join(" ")),
        path = sign_in::PATH,
        ticket = escaped(prompt.ticket),
        users = users.collect::<String>(),
        deny = sign_in::DENY,
    );
    show(StatusCode::OK, "Sign in", &body)
}

/// Shows a rejection to a person: there is no page of a client that the tenant could report it to.
pub(crate) fn rejection(rejection: &ErrorResponse) -> Response {
    let (error, description) = (escaped(&rejection.error), escaped(&rejection.description));
    let mut response = show(rejection.status, "Oops", &format!("<h1>{error}</h1><p>{description}"));
    response
        .extensions_mut()
        .insert(Rejected { error: rejection.error.to_string(), description: rejection.description.clone() });
    response
}

/// Shows a short message.
pub(crate) fn message(text: &str) -> Response {
    show(StatusCode::OK, text, &format!("<h1>{}</h1>", escaped(text)))
}

fn show(status: StatusCode, title: &str, body: &str) -> Response {
    let title = escaped(title);
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title><body>{body}</body></html>"
    );
    (status, PAGE_HEADERS, html).into_response()
}

/// Escapes a text for HTML, in an element or in an attribute with double quotes.
pub(crate) fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\'' => html.push_str("&#39;"),
            c => html.push(c),
        }
    }
    html
}

/// A page for persons runs no script, and no other page may show it in a frame, so that nobody clicks on it unknowingly.
const PAGE_HEADERS: [(HeaderName, HeaderValue); 3] = [
    (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8")),
    (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    ),
];
