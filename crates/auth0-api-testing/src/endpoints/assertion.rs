//! Client assertions ([RFC 7523 §3](https://www.rfc-editor.org/rfc/rfc7523#section-3)): `private_key_jwt`.

use std::sync::Arc;

use super::error_response::ErrorResponse;
use crate::Application;
use crate::clock::numeric_date;
use crate::jwt::Jwt;
use crate::registry::Method;
use crate::state::Tenant;

pub(crate) const TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Verifies an assertion for this tenant and returns the client that signed it. The tenant accepts each `jti` once.
pub(crate) async fn verify(
    tenant: &Tenant,
    client_id: Option<&str>,
    text: &str,
) -> Result<Arc<Application>, ErrorResponse> {
    let jwt = Jwt::parse(text).ok_or_else(|| rejected("it is not a JWT"))?;
    // RFC 7523 §3 (2): sub is the client id. RFC 7521 §4.2: sub equals the parameter client_id, if the request has that
    // parameter.
    let id = Some(jwt.text("sub")).filter(|sub| client_id.is_none_or(|id| id == *sub));
    let client = tenant.client(id.ok_or_else(|| rejected("sub is another client"))?).await?;
    check(tenant, &jwt, client.ok_or_else(|| rejected("sub is no client"))?).map_err(rejected)
}

fn rejected(reason: &str) -> ErrorResponse {
    ErrorResponse::invalid_client(format!("The client assertion is rejected: {reason}"))
}

fn check(tenant: &Tenant, jwt: &Jwt<'_>, client: Arc<Application>) -> Result<Arc<Application>, &'static str> {
    let Method::PrivateKeyJwt(keys) = client.method() else { return Err("the client is not registered for it") };
    // RFC 7523 §3 (9): the signature.
    jwt.is_signed_by_one_of(keys).then_some(()).ok_or("its signature does not verify")?;
    // RFC 7523 §3 (1): iss is also the client id.
    (jwt.text("iss") == client.id()).then_some(()).ok_or("iss is not the client")?;
    // RFC 7523 §3 (3): aud is the issuer or the URL of the token endpoint.
    let is_addressed_here = jwt.is_for(&tenant.issuer) || jwt.is_for(&tenant.token_url());
    is_addressed_here.then_some(()).ok_or("aud is not this tenant")?;
    // RFC 7523 §3 (4) and (5): exp and nbf.
    let now = tenant.clock.now();
    jwt.is_valid_at(now).then_some(()).ok_or("it has expired or is not valid yet")?;
    let (now, expires_at) = (numeric_date(now), jwt.expires_at().unwrap_or_default());
    (expires_at - now <= MAX_LIFETIME_S).then_some(()).ok_or("exp is more than five minutes ahead")?;
    // RFC 7523 §3 (7): jti is used once.
    let jti = Some(jwt.text("jti")).filter(|jti| !jti.is_empty()).ok_or("jti is missing")?;
    let first = tenant.ledger().is_first_use(client.id(), jti, expires_at, now);
    first.then_some(client).ok_or("its jti has been used before")
}

/// The longest lifetime of an assertion. The tenant remembers a `jti` no longer than this time.
const MAX_LIFETIME_S: u64 = 300;
