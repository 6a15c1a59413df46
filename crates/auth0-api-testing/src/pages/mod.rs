//! The pages that the tenant shows to a person. They have no script, and load nothing from anywhere.

pub(crate) mod approvals;
pub(crate) mod consent;
pub(crate) mod html;
pub(crate) mod index;
pub(crate) mod sign_in;

use aws_lc_rs::digest::{SHA256, digest};
use axum::response::{AppendHeaders, Html as HtmlResponse, IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderName, StatusCode, header};
use serde_json::Value;

use self::html::{Html, html};
use crate::User;

/// A page: its title, what it contains, and where its forms may lead.
pub(crate) struct Page {
    pub(crate) status: StatusCode,
    pub(crate) title: &'static str,
    pub(crate) body: Html,
    /// The sources to which a form may be sent, or that the answer to a form may redirect to. CSP level 3, `form-action`:
    /// browsers check both.
    pub(crate) form_action: String,
    /// Whether the page is a card in the middle of the window.
    pub(crate) is_narrow: bool,
}

/// Marks a response that no page of another origin may read: the tenant's CORS layer leaves it alone. It is the answer to
/// a navigation: a page, a redirect, or the document of `response_mode=web_message`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SameOriginOnly;

impl Page {
    /// Makes a page without forms.
    pub(crate) fn new(title: &'static str, body: Html) -> Self {
        Self { status: StatusCode::OK, title, body, form_action: "'none'".into(), is_narrow: false }
    }

    /// Makes a page with one message, and perhaps an explanation.
    pub(crate) fn message(status: StatusCode, message: &str, explanation: Option<&str>) -> Self {
        let explanation = explanation.map(|text| html!["<p>", text, "</p>\n"]);
        let body = html!["<p class=\"quiet\">Local Auth0 tenant</p>\n<h1>", message, "</h1>\n", explanation];
        Self { status, is_narrow: true, ..Self::new("Local Auth0 tenant", body) }
    }
}

impl IntoResponse for Page {
    fn into_response(self) -> Response {
        let Self { status, title, body, form_action, is_narrow } = self;
        let document = html![
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>",
            title,
            "</title>\n<meta name=\"viewport\" content=\"width=device-width\">\n",
            "<meta name=\"color-scheme\" content=\"light dark\">\n<style>",
            style(),
            "</style>\n</head>\n<body>\n<main",
            is_narrow.then(|| html![" class=\"narrow\""]),
            ">\n",
            body,
            "</main>\n<footer>Local Auth0 tenant, for development only</footer>\n</body>\n</html>\n"
        ];
        let style = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
        // No script, no image, no font, no frame around the page: a foreign page can neither run code in this one nor
        // make the user click in it unknowingly.
        let policy = format!(
            "default-src 'none'; style-src 'sha256-{style}'; form-action {form_action}; frame-ancestors 'none'; \
             base-uri 'none'"
        );
        let headers = [
            (header::CONTENT_SECURITY_POLICY, policy),
            (header::X_FRAME_OPTIONS, "DENY".into()),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff".into()),
            (header::CACHE_CONTROL, "no-store".into()),
            // The URL of the page contains a ticket, which no other site needs to see.
            (header::REFERRER_POLICY, "same-origin".into()),
            (CROSS_ORIGIN_RESOURCE_POLICY, "same-origin".into()),
        ];
        let mut response = (status, AppendHeaders(headers), HtmlResponse(document.into_string())).into_response();
        response.extensions_mut().insert(SameOriginOnly);
        response
    }
}

/// Returns the name of a user, as a person knows it, and the id.
pub(crate) fn user_label(user: &User) -> String {
    match user_claim(user, "name") {
        Some(name) => format!("{name} ({})", user.id()),
        None => user.id().to_owned(),
    }
}

pub(crate) fn user_claim<'u>(user: &'u User, name: &str) -> Option<&'u str> {
    user.claims().get(name).and_then(Value::as_str)
}

fn style() -> Html {
    let mut html = Html::default();
    html.markup(STYLE);
    html
}

const STYLE: &str = include_str!("style.css");
const CROSS_ORIGIN_RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
