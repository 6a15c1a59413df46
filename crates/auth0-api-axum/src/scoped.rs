//! The extractor that checks a requirement.

use std::marker::PhantomData;

use auth0_api_core::adapter::Admission;
use auth0_api_core::{Error, Guard, Rejection, VerifiedToken};
use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use http::request::Parts;

use crate::extractors::{TokenRejection, extract};

/// A verified token that meets the requirement of `G`, as an extractor: the handler's signature names the requirement.
///
/// It rejects a token as [`AuthLayer::require`](crate::AuthLayer::require) does. `Option<Scoped<G>>` is `None` only
/// behind an optional layer, for a request without credentials.
///
/// ```
/// use auth0_api_axum::{Requirement, Scoped, guard};
///
/// guard!(ReadMessages = Requirement::scope("read:messages"));
///
/// async fn list_messages(Scoped { token, .. }: Scoped<ReadMessages>) -> String {
///     format!("the messages of {:?}", token.subject())
/// }
/// # _ = axum::Router::<()>::new().route("/messages", axum::routing::get(list_messages));
/// ```
#[doc(alias = "requiredScopes")]
#[derive(Clone, Debug)]
pub struct Scoped<G> {
    /// The token.
    pub token: VerifiedToken,
    guard: PhantomData<fn() -> G>,
}

impl<G: Guard> Scoped<G> {
    fn check(admission: &Admission) -> Result<Self, Rejection> {
        let token = admission.demand_that_meets(G::requirement())?;
        Ok(Self { token: token.clone(), guard: PhantomData })
    }
}

impl<S: Sync, G: Guard> FromRequestParts<S> for Scoped<G> {
    type Rejection = TokenRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        extract(parts, Self::check)
    }
}

impl<S: Sync, G: Guard> OptionalFromRequestParts<S> for Scoped<G> {
    type Rejection = TokenRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        extract(parts, |admission| admission.token().map(|_| Self::check(admission)).transpose())
    }
}

/// Checks the requirement of `G`. Tests of handlers use it: no other code makes a `Scoped`.
impl<G: Guard> TryFrom<VerifiedToken> for Scoped<G> {
    type Error = Error;

    fn try_from(token: VerifiedToken) -> Result<Self, Self::Error> {
        G::requirement().check(&token)?;
        Ok(Self { token, guard: PhantomData })
    }
}
