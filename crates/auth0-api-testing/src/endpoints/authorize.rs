//! The authorization endpoint ([RFC 6749 §3.1](https://www.rfc-editor.org/rfc/rfc6749#section-3.1)): signs a user in
//! without a login page, and redirects the browser to the client with a code.

use std::sync::Arc;
use std::time::Duration;

use auth0_api_core::jose::Thumbprint;
use axum::extract::{RawQuery, State};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use form_urlencoded::Serializer;
use http::{StatusCode, header};

use super::call::organization;
use super::error_response::ErrorResponse;
use super::issue::for_user;
use super::parameters::Parameters;
use crate::ledger::{Code, Consent};
use crate::must::random_text;
use crate::state::Tenant;
use crate::{Application, GrantType, User};

pub(crate) const PATH: &str = "/authorize";

pub(crate) async fn authorize(State(tenant): State<Arc<Tenant>>, RawQuery(query): RawQuery) -> Response {
    match answer(&tenant, query.unwrap_or_default().as_bytes()) {
        Ok(url) => (StatusCode::FOUND, [(header::LOCATION, url)]).into_response(),
        Err(rejection) => rejection.into_response(),
    }
}

/// Returns the URL that the tenant redirects the browser to. The URL contains a code or an error.
///
/// The tenant checks the client and the redirect URI first. If the client or the URI is wrong, the tenant answers with
/// an error and does not redirect, because the URI may be that of an attacker
/// ([RFC 6749 §4.1.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1)).
fn answer(tenant: &Tenant, query: &[u8]) -> Result<String, ErrorResponse> {
    let parameters = Parameters::form(query)?;
    let client = tenant.application(parameters.require("client_id")?);
    let client = client.ok_or_else(|| ErrorResponse::access_denied("Unknown client"))?;
    let redirect_uri = parameters.require("redirect_uri")?;
    if !client.may_redirect_to(redirect_uri) {
        return Err(ErrorResponse::access_denied(format!("Callback URL mismatch: {redirect_uri} is not registered")));
    }
    let mut pairs = match code(tenant, &client, &parameters) {
        Ok(code) => vec![("code", code)],
        Err(rejection) => vec![("error", rejection.error.into_owned()), ("error_description", rejection.description)],
    };
    pairs.extend(parameters.get("state").map(|state| ("state", state.to_owned())));
    // RFC 9207 §2: iss names the tenant that answers.
    pairs.push(("iss", tenant.issuer.clone()));
    let query = Serializer::new(String::new()).extend_pairs(pairs).finish();
    let separator = if redirect_uri.contains('?') { '&' } else { '?' };
    Ok(format!("{redirect_uri}{separator}{query}"))
}

fn code(tenant: &Tenant, client: &Application, parameters: &Parameters) -> Result<String, ErrorResponse> {
    if !client.may_use(GrantType::AuthorizationCode) {
        return Err(ErrorResponse::unauthorized_client("Grant type 'authorization_code' not allowed for the client."));
    }
    if parameters.require("response_type")? != "code" {
        return Err(ErrorResponse::new(StatusCode::BAD_REQUEST, "unsupported_response_type", "Only code is supported"));
    }
    if parameters.get("response_mode").is_some_and(|mode| mode != "query") {
        return Err(ErrorResponse::invalid_request("Only the response_mode query is supported"));
    }
    let user = user(tenant, parameters)?;
    let audience = parameters.audience();
    let api =
        audience.map(|audience| tenant.registry.api(audience).ok_or_else(|| ErrorResponse::no_such_api(audience)));
    let api = api.transpose()?;
    let consent = Consent {
        client_id: client.id().to_owned(),
        audience: audience.map(str::to_owned),
        scopes: for_user(api, &parameters.scopes().unwrap_or_default()),
        organization: organization(tenant, parameters, &user)?.cloned(),
        key: parameters.get("dpop_jkt").map(thumbprint).transpose()?,
        user,
    };
    let code = Code {
        consent,
        redirect_uri: parameters.get("redirect_uri").map(str::to_owned),
        challenge: challenge(client, parameters)?,
        nonce: parameters.get("nonce").map(str::to_owned),
        expires_at: tenant.clock.now() + LIFETIME,
    };
    let text = random_text();
    tenant.ledger().codes.insert(text.clone(), code);
    Ok(text)
}

/// Returns the user to sign in: the user that `login_hint` names, or the first registered user.
///
/// If no user is registered, `login_hint` may be any user id.
fn user(tenant: &Tenant, parameters: &Parameters) -> Result<User, ErrorResponse> {
    let users = &tenant.registry.users;
    match parameters.get("login_hint") {
        Some(hint) if !users.is_empty() => users
            .iter()
            .find(|user| user.matches_hint(hint))
            .cloned()
            .ok_or_else(|| ErrorResponse::access_denied(format!("No user is called {hint}"))),
        Some(hint) => Ok(User::new(hint)),
        None => Ok(users.first().cloned().unwrap_or_else(|| User::new(DEFAULT_USER))),
    }
}

/// [RFC 7636 §4.3](https://www.rfc-editor.org/rfc/rfc7636#section-4.3): reads the PKCE challenge. The tenant accepts
/// only S256. A public client must send a challenge.
fn challenge(client: &Application, parameters: &Parameters) -> Result<Option<String>, ErrorResponse> {
    match (parameters.get("code_challenge"), parameters.get("code_challenge_method")) {
        (Some(challenge), Some("S256")) => Ok(Some(challenge.to_owned())),
        (None, None) if !client.is_public() => Ok(None),
        (None, _) => Err(ErrorResponse::invalid_request("Missing required parameter: code_challenge")),
        (Some(_), _) => Err(ErrorResponse::invalid_request("code_challenge_method must be S256")),
    }
}

/// [RFC 9449 §10](https://www.rfc-editor.org/rfc/rfc9449#section-10): reads the thumbprint of the key that the code is
/// bound to.
fn thumbprint(text: &str) -> Result<Thumbprint, ErrorResponse> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok().and_then(|bytes| bytes.try_into().ok());
    bytes.map(Thumbprint::from_bytes).ok_or_else(|| ErrorResponse::invalid_request("dpop_jkt is not a thumbprint"))
}

/// The default user of [`TokenBuilder`](crate::TokenBuilder) is the same.
const DEFAULT_USER: &str = "auth0|local-user";

/// [RFC 6749 §4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2): a code expires after at most ten minutes.
const LIFETIME: Duration = Duration::from_secs(600);
