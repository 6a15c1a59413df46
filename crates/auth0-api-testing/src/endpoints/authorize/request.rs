//! An authorization request of a known client, and the ways to answer it.

use std::sync::Arc;

use axum::Extension;
use axum::response::{IntoResponse, Response};
use form_urlencoded::Serializer;
use http::{StatusCode, header};

use super::web_message;
use crate::Application;
use crate::endpoints::error_response::ErrorResponse;
use crate::endpoints::parameters::Parameters;
use crate::pages::SameOriginOnly;
use crate::request_log::Rejected;
use crate::state::Tenant;

/// A request whose client is known, with a redirect URI that the client may use. Only then the tenant may answer the
/// client.
pub(crate) struct AuthorizationRequest {
    pub(crate) client: Arc<Application>,
    pub(crate) parameters: Parameters,
    redirect_uri: String,
}

/// How the answer reaches the client.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum ResponseMode {
    /// The browser goes to the redirect URI.
    Query,
    /// A frame or a popup posts a message to the page that has opened it.
    WebMessage,
}

impl AuthorizationRequest {
    pub(crate) async fn read(tenant: &Tenant, query: &str) -> Result<Self, ErrorResponse> {
        let parameters = Parameters::form(query.as_bytes())?;
        let client = tenant.client(parameters.require("client_id")?).await?;
        let client = client.ok_or_else(|| ErrorResponse::access_denied("Unknown client"))?;
        let redirect_uri = parameters.require("redirect_uri")?.to_owned();
        if !client.may_redirect_to(&redirect_uri) {
            let description = format!("Callback URL mismatch: {redirect_uri} is not registered");
            return Err(ErrorResponse::access_denied(description));
        }
        Ok(Self { client, parameters, redirect_uri })
    }

    /// Returns whether the client asks for an answer without any page: `prompt=none`.
    ///
    /// OpenID Connect Core §3.1.2.1: `none` excludes every other value.
    pub(super) fn is_silent(&self) -> Result<bool, ErrorResponse> {
        match self.prompts() {
            prompts if !prompts.contains(&"none") => Ok(false),
            prompts if prompts.len() == 1 => Ok(true),
            _ => Err(ErrorResponse::invalid_request("The prompt none excludes other prompts")),
        }
    }

    /// Returns whether the client asks for a new login: `prompt=login`.
    pub(super) fn wants_login(&self) -> bool {
        self.prompts().contains(&"login")
    }

    /// Returns the longest time in seconds since the login that the client accepts.
    pub(super) fn max_age(&self) -> Result<Option<u64>, ErrorResponse> {
        let number = |text: &str| text.parse().map_err(|_| ErrorResponse::invalid_request("max_age is not a number"));
        self.parameters.get("max_age").map(number).transpose()
    }

    pub(super) fn response_mode(&self) -> Result<ResponseMode, ErrorResponse> {
        match self.parameters.get("response_mode") {
            None | Some("query") => Ok(ResponseMode::Query),
            Some("web_message") if web_message::origin(&self.redirect_uri).is_some() => Ok(ResponseMode::WebMessage),
            Some("web_message") => {
                Err(ErrorResponse::invalid_request("The response_mode web_message needs a redirect_uri of a page"))
            }
            Some(_) => Err(ErrorResponse::invalid_request("The response_mode must be query or web_message")),
        }
    }

    /// Sends a rejection to the client.
    pub(crate) fn reject(&self, tenant: &Tenant, rejection: &ErrorResponse) -> Response {
        let (error, description) = (rejection.error.to_string(), rejection.description.clone());
        let members = vec![("error", error.clone()), ("error_description", description.clone())];
        let mut response = self.respond(tenant, members);
        response.extensions_mut().insert(Rejected { error, description });
        response
    }

    /// Sends these members to the client, with its `state`. The tenant returns `state` unchanged.
    pub(super) fn respond(&self, tenant: &Tenant, mut members: Vec<(&'static str, String)>) -> Response {
        members.extend(self.parameters.get("state").map(|state| ("state", state.to_owned())));
        // RFC 9207 §2: iss names the tenant that answers.
        members.push(("iss", tenant.issuer.clone()));
        match (self.response_mode(), web_message::origin(&self.redirect_uri)) {
            (Ok(ResponseMode::WebMessage), Some(origin)) => web_message::respond(&origin, members),
            _ => redirect(&with_query(&self.redirect_uri, members)),
        }
    }

    fn prompts(&self) -> Vec<&str> {
        self.parameters.get("prompt").unwrap_or_default().split(' ').filter(|prompt| !prompt.is_empty()).collect()
    }
}

/// Adds parameters to a URL, before its fragment.
pub(crate) fn with_query(url: &str, parameters: Vec<(&'static str, String)>) -> String {
    let (url, fragment) = url.split_once('#').map_or((url, None), |(url, fragment)| (url, Some(fragment)));
    let query = Serializer::new(String::new()).extend_pairs(parameters).finish();
    let separator = if url.contains('?') { '&' } else { '?' };
    let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
    format!("{url}{separator}{query}{fragment}")
}

/// Redirects the browser. The URL may contain a code or a ticket, so no page may fetch the answer.
pub(crate) fn redirect(url: &str) -> Response {
    let headers = [(header::LOCATION, url), (header::CACHE_CONTROL, "no-store")];
    (StatusCode::FOUND, Extension(SameOriginOnly), headers).into_response()
}
