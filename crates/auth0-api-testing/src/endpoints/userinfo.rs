//! Returns the claims of the user for an access token with the scope `openid`
//! ([OpenID Connect Core §5.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo)).

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, Method, StatusCode, header};
use serde_json::Value;

use super::credentials;
use super::presented::{Presented, Unaccepted};
use crate::User;
use crate::ledger::OpaqueToken;
use crate::registry::profile_claims;
use crate::state::Tenant;

pub(crate) const PATH: &str = "/userinfo";

pub(crate) async fn show(State(tenant): State<Arc<Tenant>>, headers: HeaderMap) -> Response {
    let Ok((user, scopes)) = user(&tenant, &headers) else {
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, CHALLENGES)]).into_response();
    };
    let scopes: Vec<_> = scopes.iter().map(String::as_str).collect();
    // RFC 6750 §3.1.
    if !scopes.contains(&"openid") {
        return (StatusCode::FORBIDDEN, [(header::WWW_AUTHENTICATE, SCOPE_CHALLENGES)]).into_response();
    }
    let mut claims = profile_claims(&user, &scopes, &tenant.started_at);
    claims.insert("sub".into(), user.id().into());
    Json(claims).into_response()
}

/// Returns the user of the token, and the scopes of the token.
fn user(tenant: &Tenant, headers: &HeaderMap) -> Result<(User, Vec<String>), Unaccepted> {
    let audience = tenant.url(PATH);
    let method = Method::GET;
    let presented = Presented { tenant, method: &method, path: PATH, headers, audience: &audience, nonces_of: None };
    if let Some(token) = opaque(&presented)? {
        return Ok((token.user, token.scopes));
    }
    let claims = presented.verify()?;
    let text = |name| claims.get(name).and_then(Value::as_str);
    let id = text("sub").ok_or(Unaccepted::Token("it has no sub"))?;
    let scopes = text("scope").unwrap_or_default().split(' ').map(str::to_owned).collect();
    Ok((tenant.registry.user(id).cloned().unwrap_or_else(|| User::new(id)), scopes))
}

/// Returns the opaque token of the request, after the same checks as for a JWT. `None` if the tenant has not issued the
/// token as an opaque one.
fn opaque(presented: &Presented<'_>) -> Result<Option<OpaqueToken>, Unaccepted> {
    let (scheme, text) = credentials(presented.headers).ok_or(Unaccepted::Missing)?;
    let known = presented.tenant.ledger().opaque_tokens.get(text).cloned();
    let Some(token) = known else { return Ok(None) };
    if presented.tenant.clock.now() >= token.expires_at {
        return Err(Unaccepted::Token("it has expired"));
    }
    presented.check_binding(scheme, text, token.key.map(|key| key.to_string()).as_deref())?;
    Ok(Some(token))
}

const CHALLENGES: &str = "Bearer error=\"invalid_token\", DPoP error=\"invalid_token\", algs=\"ES256\"";
const SCOPE_CHALLENGES: &str = "Bearer error=\"insufficient_scope\", scope=\"openid\", \
                                DPoP error=\"insufficient_scope\", scope=\"openid\", algs=\"ES256\"";
