//! Returns the claims of the user for an access token with the scope `openid`
//! ([OpenID Connect Core §5.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo)).

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{HeaderMap, StatusCode, header};
use serde_json::Value;

use super::{bearer, credentials};
use crate::User;
use crate::jwt::Jwt;
use crate::own_token;
use crate::proof_check::Expected;
use crate::registry::profile_claims;
use crate::state::Tenant;

pub(crate) const PATH: &str = "/userinfo";

pub(crate) async fn show(State(tenant): State<Arc<Tenant>>, headers: HeaderMap) -> Response {
    let Some((user, scopes)) = user(&tenant, &headers) else {
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, CHALLENGES)]).into_response();
    };
    let scopes: Vec<_> = scopes.iter().map(String::as_str).collect();
    let mut claims = profile_claims(&user, &scopes, &tenant.started_at);
    claims.insert("sub".into(), user.id().into());
    Json(claims).into_response()
}

/// Returns the user of the token, and the scopes of the token.
fn user(tenant: &Tenant, headers: &HeaderMap) -> Option<(User, Vec<String>)> {
    let (scheme, token) = credentials(headers)?;
    if let Some(consent) = bearer(headers).and_then(|token| tenant.ledger().opaque_tokens.get(token).cloned()) {
        return Some((consent.user, consent.scopes));
    }
    let claims = own_token::verify(tenant, token, &tenant.url(PATH)).ok()?;
    // A `cnf` without `jkt` gives an empty text, which no proof can match.
    let bound_to = claims.get("cnf").map(|cnf| cnf.get("jkt").and_then(Value::as_str).unwrap_or_default());
    let holds = match bound_to {
        Some(jkt) => scheme.eq_ignore_ascii_case("dpop") && is_proven(tenant, headers, token, jkt),
        None => scheme.eq_ignore_ascii_case("bearer"),
    };
    let id = claims.get("sub").and_then(Value::as_str).filter(|_| holds)?;
    let scopes =
        claims.get("scope").and_then(Value::as_str).unwrap_or_default().split(' ').map(str::to_owned).collect();
    Some((tenant.registry.user(id).cloned().unwrap_or_else(|| User::new(id)), scopes))
}

/// [RFC 9449 §7.1](https://www.rfc-editor.org/rfc/rfc9449#section-7.1): returns whether the request has a valid proof.
/// The proof must be signed with the token's key and contain the hash of this token.
fn is_proven(tenant: &Tenant, headers: &HeaderMap, token: &str, jkt: &str) -> bool {
    let proof = headers.get("dpop").and_then(|proof| proof.to_str().ok()).unwrap_or_default();
    let url = tenant.url(PATH);
    let expected = Expected { method: "GET", url: &url, nonces: &[], now: tenant.clock.now() };
    let key = expected.check(proof).ok().filter(|key| key.to_string() == jkt);
    let ath = URL_SAFE_NO_PAD.encode(digest(&SHA256, token.as_bytes()));
    key.and_then(|_| Jwt::parse(proof)).is_some_and(|proof| proof.text("ath") == ath)
}

const CHALLENGES: &str = "Bearer error=\"invalid_token\", DPoP error=\"invalid_token\", algs=\"ES256\"";
