//! The extractor that checks a requirement.

use std::future::{Ready, ready};
use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use auth0_api_core::{Error, Guard, VerifiedToken};

use crate::admitted::extract;
use crate::rejection::TokenRejection;

/// A verified token that meets the requirement of `G`, as an extractor: the handler's signature names the requirement.
///
/// It rejects a token as [`Auth::require`](crate::Auth::require) does. Behind an optional middleware,
/// [`MaybeToken<Scoped<G>>`](crate::MaybeToken) is `None` for a request without credentials.
///
/// ```
/// use auth0_api_actix::{Requirement, Scoped, guard};
///
/// guard!(ReadMessages = Requirement::scope("read:messages"));
///
/// async fn list_messages(Scoped { token, .. }: Scoped<ReadMessages>) -> String {
///     format!("the messages of {:?}", token.subject())
/// }
/// # _ = actix_web::web::get().to(list_messages);
/// ```
#[doc(alias = "requiredScopes")]
#[derive(Clone, Debug)]
pub struct Scoped<G> {
    /// The token.
    pub token: VerifiedToken,
    guard: PhantomData<fn() -> G>,
}

impl<G: Guard> FromRequest for Scoped<G> {
    type Error = TokenRejection;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(extract(request, |admission| {
            let token = admission.demand_that_meets(G::requirement())?;
            Ok(Self { token: token.clone(), guard: PhantomData })
        }))
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
