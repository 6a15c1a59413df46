//! Rejections that a handler returns.

use std::fmt;

use auth0_api_core::Error;
use axum_core::body::Body;
use axum_core::extract::FromRequestParts;
use http::request::Parts;

use crate::extract::{TokenRejection, find};
use crate::grpc::Protocol;
use crate::layer::Authentication;
use crate::rejection::Hook;

/// An extractor that turns errors in a handler into rejections. A rejection has the status, challenges and headers that
/// the layer sends for such an error. The layer's hook builds the body.
///
/// ```
/// use auth0_api_axum::{Reject, TokenRejection, VerifiedToken};
/// use auth0_api_core::{ApiClient, OnBehalfOf};
/// use axum::extract::State;
///
/// async fn calendar(
///     token: VerifiedToken,
///     reject: Reject,
///     State(api): State<ApiClient>,
/// ) -> Result<String, TokenRejection> {
///     let asked = OnBehalfOf::audience("https://calendar.example.com");
///     let calendar = api.get_token_on_behalf_of(&token, asked).await.map_err(|error| reject.with(error))?;
///     Ok(format!("granted {:?}", calendar.scope()))
/// }
/// # _ = axum::Router::new().route("/calendar", axum::routing::get(calendar));
/// ```
///
/// If no layer covers the handler, the extractor rejects the request with 500.
pub struct Reject {
    found: Authentication,
    protocol: Protocol,
    hook: Option<Hook<Body>>,
}

impl Reject {
    /// Returns the rejection for an error of a verification, of an exchange, or of a requirement that the handler has
    /// checked.
    pub fn with(&self, error: impl Into<Error>) -> TokenRejection {
        let error = match &self.found.token {
            Some(token) => error.into().presented_with(token),
            None => error.into(),
        };
        let rejection = self.found.api.reject(&error);
        let response = Hook::respond(self.hook.as_ref(), &rejection, self.protocol);
        TokenRejection::of(rejection, response)
    }
}

impl<S: Sync> FromRequestParts<S> for Reject {
    type Rejection = TokenRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let found = find(parts)?.clone();
        Ok(Self { found, protocol: Protocol::of_parts(parts), hook: parts.extensions.get().cloned() })
    }
}

impl fmt::Debug for Reject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reject").finish_non_exhaustive()
    }
}
