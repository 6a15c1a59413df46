//! The tenant's verification of its own access tokens, when a client presents one as a subject token or at `/userinfo`.

use serde_json::{Map, Value};

use crate::jwt::Jwt;
use crate::state::Tenant;

/// Verifies the signature, issuer, `exp`, `nbf` and audience of a token of this tenant, and returns the claims of the
/// token.
pub(crate) fn verify(tenant: &Tenant, token: &str, audience: &str) -> Result<Map<String, Value>, &'static str> {
    let jwt = signed(tenant, token)?;
    if !jwt.is_valid_at(tenant.clock.now()) {
        return Err("it has expired or is not valid yet");
    }
    if !jwt.is_for(audience) {
        return Err("it is for another audience");
    }
    Ok(jwt.claims)
}

/// Verifies the signature and issuer of a token of this tenant, which may have expired, and returns its claims.
pub(crate) fn verify_signature(tenant: &Tenant, token: &str) -> Result<Map<String, Value>, &'static str> {
    signed(tenant, token).map(|jwt| jwt.claims)
}

fn signed<'t>(tenant: &Tenant, token: &'t str) -> Result<Jwt<'t>, &'static str> {
    let jwt = Jwt::parse(token).ok_or("it is not a JWT")?;
    let key = tenant.keys.find(jwt.kid()).ok_or("no key of this tenant has its kid")?;
    if !jwt.is_signed_by(&key.public_jwk()) {
        return Err("its signature does not verify");
    }
    if jwt.text("iss") != tenant.issuer {
        return Err("another issuer is named");
    }
    Ok(jwt)
}
