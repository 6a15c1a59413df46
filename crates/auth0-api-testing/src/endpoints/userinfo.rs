//! The user's claims, for who holds an access token with `openid`
//! ([OpenID Connect Core §5.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo)). It takes Bearer tokens.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value};

use super::bearer;
use crate::User;
use crate::own_token;
use crate::state::Tenant;

pub(crate) const PATH: &str = "/userinfo";

pub(crate) async fn show(State(tenant): State<Arc<Tenant>>, headers: HeaderMap) -> Response {
    match bearer(&headers).and_then(|token| user(&tenant, token)) {
        Some(user) => {
            let mut claims = user.claims().clone();
            claims.insert("sub".into(), user.id().into());
            Json(claims).into_response()
        }
        None => {
            (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")]).into_response()
        }
    }
}

fn user(tenant: &Tenant, token: &str) -> Option<User> {
    if let Some(consent) = tenant.ledger().opaque_tokens.get(token) {
        return Some(consent.user.clone());
    }
    let claims: Map<String, Value> = own_token::verify(tenant, token, &tenant.url(PATH)).ok()?;
    let id = claims.get("sub").and_then(Value::as_str).filter(|_| !claims.contains_key("cnf"))?;
    Some(tenant.registry.user(id).cloned().unwrap_or_else(|| User::new(id)))
}
