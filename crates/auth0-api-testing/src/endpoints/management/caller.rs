//! Who calls the Management API: what the access token permits.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::StatusCode;
use http::request::Parts;
use serde_json::Value;

use super::error::ManagementError;
use super::scopes::PATH;
use crate::endpoints::presented::{Presented, Unaccepted};
use crate::state::Tenant;

/// The caller of a request with a valid token. The scopes of the token are not checked yet.
#[derive(Debug)]
pub(crate) struct Caller {
    scopes: Vec<String>,
}

impl Caller {
    pub(crate) fn must_have(&self, scope: &str) -> Result<(), ManagementError> {
        if self.scopes.iter().any(|granted| granted == scope) {
            return Ok(());
        }
        let message = format!("Insufficient scope, expected any of: {scope}");
        Err(ManagementError::new(StatusCode::FORBIDDEN, "insufficient_scope", message))
    }
}

impl FromRequestParts<Arc<Tenant>> for Caller {
    type Rejection = ManagementError;

    async fn from_request_parts(parts: &mut Parts, tenant: &Arc<Tenant>) -> Result<Self, ManagementError> {
        let audience = tenant.url(PATH);
        let presented = Presented {
            tenant,
            method: &parts.method,
            path: parts.uri.path(),
            headers: &parts.headers,
            audience: &audience,
            nonces_of: None,
        };
        let claims = presented.verify().map_err(rejected)?;
        let scope = claims.get("scope").and_then(Value::as_str).unwrap_or_default();
        Ok(Self { scopes: scope.split(' ').map(str::to_owned).collect() })
    }
}

fn rejected(unaccepted: Unaccepted) -> ManagementError {
    let message = match unaccepted {
        Unaccepted::Missing => "Missing authentication".into(),
        Unaccepted::Token(reason) => format!("Invalid token: {reason}"),
        Unaccepted::Proof(reason) => format!("Invalid DPoP proof: {reason}"),
        Unaccepted::NonceRequired => "The DPoP proof needs a nonce".into(),
    };
    ManagementError::new(StatusCode::UNAUTHORIZED, "invalid_token", message)
}
