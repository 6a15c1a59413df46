//! Who calls the My Account API: the user and the client of the access token.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use http::StatusCode;
use http::request::Parts;
use serde_json::{Map, Value};

use super::error::MyAccountError;
use super::scopes::{CREATE, DELETE, PATH, READ};
use crate::endpoints::presented::{Presented, Unaccepted};
use crate::nonces::Server;
use crate::registry::is_loopback;
use crate::state::Tenant;

/// The caller of a request with a valid token. The scopes of the token are not checked yet.
#[derive(Debug)]
pub(crate) struct Caller {
    pub(crate) user_id: String,
    /// The id of the client; empty if the token names none.
    pub(crate) client_id: String,
    scopes: Vec<String>,
}

impl Caller {
    pub(crate) fn may_create(&self) -> Result<(), MyAccountError> {
        self.must_have(CREATE)
    }

    pub(crate) fn may_delete(&self) -> Result<(), MyAccountError> {
        self.must_have(DELETE)
    }

    pub(crate) fn may_read(&self) -> Result<(), MyAccountError> {
        self.must_have(READ)
    }

    /// Returns whether the tenant may redirect the browser to this URL of the client.
    pub(crate) fn may_redirect_to(&self, tenant: &Tenant, url: &str) -> bool {
        tenant.application(&self.client_id).map_or_else(|| is_loopback(url), |client| client.may_redirect_to(url))
    }

    fn must_have(&self, scope: &str) -> Result<(), MyAccountError> {
        if self.scopes.iter().any(|granted| granted == scope) {
            return Ok(());
        }
        // RFC 6750 §3.1.
        let error = MyAccountError::new(StatusCode::FORBIDDEN, format!("The token does not have the scope {scope}"));
        Err(error.with_challenge(format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"")))
    }

    fn of(claims: &Map<String, Value>) -> Self {
        let text = |name: &str| claims.get(name).and_then(Value::as_str);
        Self {
            user_id: text("sub").unwrap_or_default().to_owned(),
            client_id: text("azp").or_else(|| text("client_id")).unwrap_or_default().to_owned(),
            scopes: text("scope").unwrap_or_default().split(' ').map(str::to_owned).collect(),
        }
    }
}

impl FromRequestParts<Arc<Tenant>> for Caller {
    type Rejection = MyAccountError;

    async fn from_request_parts(parts: &mut Parts, tenant: &Arc<Tenant>) -> Result<Self, MyAccountError> {
        let audience = tenant.url(PATH);
        let presented = Presented {
            tenant,
            method: &parts.method,
            path: parts.uri.path(),
            headers: &parts.headers,
            audience: &audience,
            nonces_of: Some(Server::MyAccount),
        };
        presented.verify().map(|claims| Self::of(&claims)).map_err(rejected)
    }
}

/// RFC 6750 §3 and RFC 9449 §7.1: a challenge for each reason.
fn rejected(unaccepted: Unaccepted) -> MyAccountError {
    let (detail, challenge) = match unaccepted {
        Unaccepted::Missing => ("The request has no access token".into(), "Bearer, DPoP algs=\"ES256\""),
        Unaccepted::Token(reason) => {
            let challenge = "Bearer error=\"invalid_token\", DPoP error=\"invalid_token\", algs=\"ES256\"";
            (format!("The access token is rejected: {reason}"), challenge)
        }
        Unaccepted::Proof(reason) => {
            (format!("The DPoP proof is rejected: {reason}"), "DPoP error=\"invalid_dpop_proof\", algs=\"ES256\"")
        }
        Unaccepted::NonceRequired => {
            ("The DPoP proof needs a nonce".into(), "DPoP error=\"use_dpop_nonce\", algs=\"ES256\"")
        }
    };
    MyAccountError::new(StatusCode::UNAUTHORIZED, detail).with_challenge(challenge)
}
