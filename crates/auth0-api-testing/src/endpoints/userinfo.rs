//! Returns the claims of the user for an access token with the scope `openid`
//! ([OpenID Connect Core §5.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo)).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, StatusCode, header};
use serde_json::Value;

use super::bearer;
use super::presented::Presented;
use crate::User;
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
    if let Some(consent) = bearer(headers).and_then(|token| tenant.ledger().opaque_tokens.get(token).cloned()) {
        return Some((consent.user, consent.scopes));
    }
    let audience = tenant.url(PATH);
    let method = Method::GET;
    let presented = Presented { tenant, method: &method, path: PATH, headers, audience: &audience, nonces_of: None };
    let claims = presented.verify().ok()?;
    let id = claims.get("sub").and_then(Value::as_str)?;
    let scopes =
        claims.get("scope").and_then(Value::as_str).unwrap_or_default().split(' ').map(str::to_owned).collect();
    Some((tenant.registry.user(id).cloned().unwrap_or_else(|| User::new(id)), scopes))
}

const CHALLENGES: &str = "Bearer error=\"invalid_token\", DPoP error=\"invalid_token\", algs=\"ES256\"";
