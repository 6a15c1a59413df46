//! The extractor that checks a requirement.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Deref;

use auth0_api_core::{Error, Guard};
use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;

use crate::extract::{TokenRejection, find};

/// A verified token that meets the requirement of `G`, as an extractor: the handler's signature names the requirement.
///
/// The extractor rejects a request as [`AuthLayer::require`](crate::AuthLayer::require) does. Like
/// [`VerifiedToken`](crate::VerifiedToken), it derefs to core's [`VerifiedToken`](auth0_api_core::VerifiedToken).
/// `Option<Scoped<G>>` is `None` only behind an optional layer, for a request without credentials.
///
/// ```
/// use auth0_api_axum::Scoped;
/// use auth0_api_core::{Guard, Requirement};
///
/// struct ReadMessages;
///
/// impl Guard for ReadMessages {
///     fn requirement() -> Requirement {
///         Requirement::scope("read:messages")
///     }
/// }
///
/// async fn list_messages(token: Scoped<ReadMessages>) -> String {
///     format!("the messages of {:?}", token.subject())
/// }
/// # _ = axum::Router::<()>::new().route("/messages", axum::routing::get(list_messages));
/// ```
pub struct Scoped<G> {
    token: auth0_api_core::VerifiedToken,
    guard: PhantomData<fn() -> G>,
}

impl<G> Scoped<G> {
    /// Returns the token by value.
    pub fn into_token(self) -> auth0_api_core::VerifiedToken {
        self.token
    }
}

impl<G> Deref for Scoped<G> {
    type Target = auth0_api_core::VerifiedToken;

    fn deref(&self) -> &Self::Target {
        &self.token
    }
}

impl<G> Clone for Scoped<G> {
    fn clone(&self) -> Self {
        Self { token: self.token.clone(), guard: PhantomData }
    }
}

impl<G> fmt::Debug for Scoped<G> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.token.fmt(f)
    }
}

impl<S: Sync, G: Guard> FromRequestParts<S> for Scoped<G> {
    type Rejection = TokenRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let found = find(parts)?;
        let token = found.token.clone().ok_or_else(Error::missing_credentials);
        let checked = token.and_then(|token| G::requirement().check(&token).map(|()| token));
        let token = checked.map_err(|error| TokenRejection::new(found.api.reject(&error), parts))?;
        Ok(Self { token, guard: PhantomData })
    }
}

impl<S: Sync, G: Guard> OptionalFromRequestParts<S> for Scoped<G> {
    type Rejection = TokenRejection;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Option<Self>, Self::Rejection> {
        if find(parts)?.token.is_none() {
            return Ok(None);
        }
        <Self as FromRequestParts<S>>::from_request_parts(parts, state).await.map(Some)
    }
}
