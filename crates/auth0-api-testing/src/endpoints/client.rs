//! Client authentication ([RFC 6749 §2.3](https://www.rfc-editor.org/rfc/rfc6749#section-2.3)), with the method that
//! the client is registered for.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, header};

use super::assertion;
use super::error_response::ErrorResponse;
use super::parameters::Parameters;
use crate::Application;
use crate::registry::Method;
use crate::state::Tenant;

/// The supported methods, by their registered names.
pub(crate) const METHODS: [&str; 4] = ["client_secret_basic", "client_secret_post", "none", "private_key_jwt"];

/// The client credentials in a request.
enum Presented<'a> {
    Assertion(&'a str),
    Basic { id: String, secret: String },
    Nothing,
    Post(&'a str),
}

/// Authenticates the client of a request, and returns it.
pub(crate) async fn authenticate(
    tenant: &Tenant,
    headers: &HeaderMap,
    parameters: &Parameters,
) -> Result<Arc<Application>, ErrorResponse> {
    match presented(headers, parameters)? {
        Presented::Basic { id, secret } => {
            // RFC 6749 §5.2: if the client used the header, the response contains a challenge with the same scheme.
            by_header(tenant, parameters, &id, &secret)
                .map_err(|rejection| rejection.with_header(header::WWW_AUTHENTICATE, "Basic realm=\"tenant\""))
        }
        Presented::Assertion(text) => assertion::verify(tenant, parameters.get("client_id"), text).await,
        Presented::Post(secret) => {
            let client = known(tenant, parameters.require("client_id")?).await?;
            match client.method() {
                Method::Secret(own) | Method::SecretPost(own) if own == secret => Ok(client),
                method => Err(unauthorized(method, "client_secret_post")),
            }
        }
        Presented::Nothing => {
            let client = known(tenant, parameters.require("client_id")?).await?;
            if client.is_public() { Ok(client) } else { Err(unauthorized(client.method(), "none")) }
        }
    }
}

fn presented<'a>(headers: &HeaderMap, parameters: &'a Parameters) -> Result<Presented<'a>, ErrorResponse> {
    let authorization = headers.get(header::AUTHORIZATION);
    match (authorization, parameters.get("client_secret"), parameters.get("client_assertion")) {
        (Some(authorization), None, None) => {
            let (id, secret) = authorization.to_str().ok().and_then(basic).unwrap_or_default();
            Ok(Presented::Basic { id, secret })
        }
        (None, Some(secret), None) => Ok(Presented::Post(secret)),
        (None, None, Some(_)) if parameters.get("client_assertion_type") != Some(assertion::TYPE) => {
            Err(ErrorResponse::invalid_request(format!("client_assertion_type must be {}", assertion::TYPE)))
        }
        (None, None, Some(assertion)) => Ok(Presented::Assertion(assertion)),
        (None, None, None) => Ok(Presented::Nothing),
        // RFC 6749 §2.3: a client must not use more than one method in a request.
        _ => Err(ErrorResponse::invalid_request("The client authenticates twice")),
    }
}

fn by_header(
    tenant: &Tenant,
    parameters: &Parameters,
    id: &str,
    secret: &str,
) -> Result<Arc<Application>, ErrorResponse> {
    // A client that only a document describes has no secret, so only a registered one can authenticate so.
    let client = tenant.application(id).or_else(|| tenant.application(&decoded(id))).ok_or_else(unknown)?;
    // RFC 6749 §3.2.1: if the request has the parameter client_id and the header, both must name the same client.
    if parameters.get("client_id").is_some_and(|other| other != client.id()) {
        return Err(ErrorResponse::invalid_client("Unauthorized"));
    }
    match client.method() {
        Method::Secret(own) | Method::SecretBasic(own) if own == secret || *own == decoded(secret) => Ok(client),
        method => Err(unauthorized(method, "client_secret_basic")),
    }
}

async fn known(tenant: &Tenant, id: &str) -> Result<Arc<Application>, ErrorResponse> {
    tenant.client(id).await?.ok_or_else(unknown)
}

fn unknown() -> ErrorResponse {
    ErrorResponse::invalid_client("Unauthorized")
}

/// Rejects a client. If the client used another method than the registered method, the response names both methods, to
/// help the developer.
///
/// A tenant on a public network would not reveal this.
fn unauthorized(registered: &Method, used: &str) -> ErrorResponse {
    let registered = registered.to_string();
    // `contains`, because the name of a secret for both methods is `client_secret_basic or client_secret_post`.
    if registered.contains(used) {
        ErrorResponse::invalid_client("Unauthorized")
    } else {
        ErrorResponse::invalid_client(format!("The client is registered for {registered}, not for {used}"))
    }
}

fn basic(authorization: &str) -> Option<(String, String)> {
    let (scheme, credentials) = authorization.split_once(' ')?;
    let decoded = STANDARD.decode(credentials.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let (id, secret) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

/// Decodes a client id or secret of `Authorization: Basic`.
///
/// RFC 6749 §2.3.1 requires clients to form-encode the id and the secret. Many clients do not encode them, for example
/// `curl -u`. The callers of this function therefore accept the text without decoding and the decoded text.
fn decoded(presented: &str) -> String {
    let mut pairs = form_urlencoded::parse(presented.as_bytes());
    pairs.next().map(|(text, _)| text.into_owned()).unwrap_or_default()
}
