//! Extractors: they read what the layer has found, and verify nothing themselves.

use std::fmt;
use std::ops::Deref;

use auth0_api_core::{Error, Rejection};
use axum_core::body::Body;
use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use axum_core::response::{IntoResponse, Response};
use http::request::Parts;

use crate::grpc::Dialect;
use crate::layer::Authentication;
use crate::rejection::Hook;

/// The verified token of a request, as an extractor.
///
/// It derefs to core's [`VerifiedToken`](auth0_api_core::VerifiedToken), which is the same type in every framework: functions of
/// yours that know no framework take `&auth0_api_core::VerifiedToken`, and `&token` is one.
///
/// | behind | nothing presented | a good token | a bad token |
/// |---|---|---|---|
/// | [`AuthLayer`](crate::AuthLayer) | 401 | the token | rejected |
/// | an optional one, as `VerifiedToken` | 401 | the token | rejected |
/// | an optional one, as `Option<VerifiedToken>` | `None` | the token | rejected |
/// | none | 500 | 500 | 500 |
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

/// Why a handler that asks for a token is not called: the response that is sent instead.
#[derive(Debug)]
pub struct TokenRejection(Box<Rejected>);

#[derive(Debug)]
struct Rejected {
    rejection: Rejection,
    response: Response,
}

impl TokenRejection {
    pub(crate) fn new(rejection: Rejection, parts: &Parts) -> Self {
        let response = Hook::<Body>::respond(parts.extensions.get(), &rejection, Dialect::of_parts(parts));
        Self::of(rejection, response)
    }

    pub(crate) fn of(rejection: Rejection, response: Response) -> Self {
        Self(Box::new(Rejected { rejection, response }))
    }

    /// What is sent, apart from the body that a hook may make of it.
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

/// A route that no layer covers must not look like an anonymous caller.
pub(crate) fn find(parts: &Parts) -> Result<&Authentication, TokenRejection> {
    parts.extensions.get::<Authentication>().ok_or_else(|| {
        tracing::error!(target: "auth0_api", event = "layer_missing", "{MISSING_LAYER}");
        TokenRejection::new(Rejection::misconfigured(), parts)
    })
}

pub(crate) const MISSING_LAYER: &str = "a handler or route asks for a verified token, but no AuthLayer covers it: add `.layer(AuthLayer::new(api))` outside of it";
