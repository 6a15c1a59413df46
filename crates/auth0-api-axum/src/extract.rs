//! Extractors, which pass the token that a layer has verified to handlers. Extractors verify nothing themselves.

use std::fmt;
use std::ops::Deref;

use auth0_api_core::{Error, Rejection};
use axum_core::body::Body;
use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use axum_core::response::{IntoResponse, Response};
use http::request::Parts;

use crate::grpc::Protocol;
use crate::layer::Authentication;
use crate::rejection::Hook;

/// The verified token of a request, as an extractor.
///
/// This type derefs to core's [`VerifiedToken`](auth0_api_core::VerifiedToken), which is the same for every framework.
/// Code that does not depend on a framework takes `&auth0_api_core::VerifiedToken`. Call such code with `&token`.
///
/// | behind | no credentials | a valid token | an invalid token |
/// |---|---|---|---|
/// | [`AuthLayer`](crate::AuthLayer) | 401 | the token | rejected |
/// | an optional layer, as `VerifiedToken` | 401 | the token | rejected |
/// | an optional layer, as `Option<VerifiedToken>` | `None` | the token | rejected |
/// | no layer | 500 | 500 | 500 |
#[derive(Clone)]
pub struct VerifiedToken(pub auth0_api_core::VerifiedToken);

impl Deref for VerifiedToken {
    type Target = auth0_api_core::VerifiedToken;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl fmt::Debug for VerifiedToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The rejection of an extractor or of [`Reject`](crate::Reject): the response that is sent to the client.
#[derive(Debug)]
pub struct TokenRejection(Box<Rejected>);

#[derive(Debug)]
struct Rejected {
    rejection: Rejection,
    response: Response,
}

impl TokenRejection {
    pub(crate) fn new(rejection: Rejection, parts: &Parts) -> Self {
        let response = Hook::<Body>::respond(parts.extensions.get(), &rejection, Protocol::of_parts(parts));
        Self::of(rejection, response)
    }

    pub(crate) fn of(rejection: Rejection, response: Response) -> Self {
        Self(Box::new(Rejected { rejection, response }))
    }

    /// Returns the [`Rejection`] that the response was made from. The body of the response may come from a hook.
    pub fn rejection(&self) -> &Rejection {
        &self.0.rejection
    }
}

impl IntoResponse for TokenRejection {
    fn into_response(self) -> Response {
        self.0.response
    }
}

impl fmt::Display for TokenRejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.0.rejection.label(), self.0.rejection.status())
    }
}

impl std::error::Error for TokenRejection {}

impl<S: Sync> FromRequestParts<S> for VerifiedToken {
    type Rejection = TokenRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let found = find(parts)?;
        let token = found.token.clone().ok_or_else(Error::missing_credentials);
        token.map(Self).map_err(|error| TokenRejection::new(found.api.reject(&error), parts))
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for VerifiedToken {
    type Rejection = TokenRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        Ok(find(parts)?.token.clone().map(Self))
    }
}

/// Returns the result of the layer's verification.
///
/// If no layer covers the route, the extractor rejects the request with 500. Without this check, the extractor would
/// treat every request as a request without credentials.
pub(crate) fn find(parts: &Parts) -> Result<&Authentication, TokenRejection> {
    parts.extensions.get::<Authentication>().ok_or_else(|| {
        tracing::error!(target: "auth0_api", event = "layer_missing", "{MISSING_LAYER}");
        TokenRejection::new(Rejection::misconfigured(), parts)
    })
}

pub(crate) const MISSING_LAYER: &str = "a handler or route needs a verified token, but no AuthLayer of the same client covers the route: add `.layer(AuthLayer::new(api))` outside the route";
