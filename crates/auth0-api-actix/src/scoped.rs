//! The extractor that checks a requirement.

use std::fmt;
use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use auth0_api_core::Guard;

use crate::gate::Authentication;
use crate::rejection::TokenRejection;

/// A verified token that meets the requirement of `G`, as an extractor: the handler's signature names the requirement.
///
/// The extractor rejects a request as [`Auth::require`](crate::Auth::require) does. Like
/// [`VerifiedToken`](crate::VerifiedToken), it derefs to core's [`VerifiedToken`](auth0_api_core::VerifiedToken).
/// Behind an optional middleware, [`MaybeToken<Scoped<G>>`](crate::MaybeToken) is `None` for a request without
/// credentials.
///
/// ```
/// use auth0_api_actix::Scoped;
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
/// # _ = actix_web::web::get().to(list_messages);
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

impl<G: Guard> FromRequest for Scoped<G> {
    type Error = TokenRejection;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = Authentication::of(request);
        let token = found.and_then(|found| found.demand_that_meets(&G::requirement()).cloned());
        ready(token.map(|token| Self { token, guard: PhantomData }))
    }
}
