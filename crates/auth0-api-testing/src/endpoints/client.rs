//! Client authentication with a secret ([RFC 6749 §2.3.1](https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1)).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, StatusCode, header};

use super::parameters::Parameters;
use super::refusal::Refusal;
use crate::state::Tenant;

/// The methods that are understood, by their registered names.
pub(crate) const METHODS: [&str; 2] = ["client_secret_basic", "client_secret_post"];

/// Refuses everyone but the tenant's client.
pub(crate) fn authenticate(tenant: &Tenant, headers: &HeaderMap, parameters: &Parameters) -> Result<(), Refusal> {
    let unauthorized = || Refusal::new(StatusCode::UNAUTHORIZED, "access_denied", "Unauthorized");
    let Some(authorization) = headers.get(header::AUTHORIZATION) else {
        let client = (parameters.require("client_id")?, parameters.get("client_secret").unwrap_or_default());
        let known = client == (tenant.client_id.as_str(), tenant.client_secret.as_str());
        return if known { Ok(()) } else { Err(unauthorized()) };
    };
    // RFC 6749 §2.3: one method per request.
    if parameters.get("client_secret").is_some() {
        return Err(Refusal::invalid_request("The client authenticates twice"));
    }
    let known = authorization.to_str().ok().and_then(basic).is_some_and(|(id, secret)| {
        is(&id, &tenant.client_id)
            && is(&secret, &tenant.client_secret)
            && parameters.get("client_id").is_none_or(|id| id == tenant.client_id)
    });
    // RFC 6749 §5.2: a client that used the header learns which scheme is wanted.
    if known { Ok(()) } else { Err(unauthorized().with_header(header::WWW_AUTHENTICATE, "Basic realm=\"tenant\"")) }
}

fn basic(authorization: &str) -> Option<(String, String)> {
    let (scheme, credentials) = authorization.split_once(' ')?;
    let decoded = STANDARD.decode(credentials.trim()).ok().filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    let (id, secret) = std::str::from_utf8(&decoded).ok()?.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

/// Both must be form-encoded before they are joined, and many clients (`curl -u` among them) do not: takes either.
fn is(presented: &str, expected: &str) -> bool {
    let decoded = || form_urlencoded::parse(presented.as_bytes()).next().is_some_and(|(text, _)| text == expected);
    presented == expected || decoded()
}
