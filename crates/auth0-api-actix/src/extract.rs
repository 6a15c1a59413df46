//! Extractors, which pass the token that a middleware has verified to handlers. Extractors verify nothing themselves.

use std::fmt;
use std::future::{Ready, ready};
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};

use crate::gate::Authentication;
use crate::rejection::TokenRejection;

/// The verified token of a request, as an extractor.
///
/// This type derefs to core's [`VerifiedToken`](auth0_api_core::VerifiedToken), which is the same for every framework.
/// Code that does not depend on a framework takes `&auth0_api_core::VerifiedToken`. Call such code with `&token`.
/// Middleware finds core's type in the extensions of the request.
///
/// | behind | no credentials | a valid token | an invalid token |
/// |---|---|---|---|
/// | [`Auth`](crate::Auth) | 401 | the token | rejected |
/// | an optional `Auth`, as `VerifiedToken` | 401 | the token | rejected |
/// | an optional `Auth`, as [`MaybeToken`] | `None` | the token | rejected |
/// | no `Auth` | 500 | 500 | 500 |
///
/// Do not take `Option<VerifiedToken>`. actix-web itself implements that extractor, and turns every rejection into
/// `None`, even the 500.
#[derive(Clone)]
pub struct VerifiedToken(pub auth0_api_core::VerifiedToken);

/// The verified token of a request behind an [optional](crate::Auth::optional) middleware, as an extractor. The token
/// is `None` only if the request has no credentials. `MaybeToken<Scoped<G>>` rejects a token that does not meet the
/// requirement of [`Scoped`](crate::Scoped).
///
/// ```
/// use auth0_api_actix::MaybeToken;
///
/// async fn greet(MaybeToken(token): MaybeToken) -> String {
///     format!("hello, {}", token.as_deref().and_then(|token| token.subject()).unwrap_or("guest"))
/// }
/// # _ = actix_web::web::get().to(greet);
/// ```
#[derive(Clone, Debug)]
pub struct MaybeToken<T = VerifiedToken>(pub Option<T>);

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

impl FromRequest for VerifiedToken {
    type Error = TokenRejection;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let found = Authentication::of(request);
        ready(found.and_then(|found| found.demand().cloned()).map(Self))
    }
}

impl<T> FromRequest for MaybeToken<T>
where
    T: FromRequest<Error = TokenRejection, Future = Ready<Result<T, TokenRejection>>>,
{
    type Error = TokenRejection;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        match Authentication::of(request) {
            Ok(Authentication { token: Some(_), .. }) => {
                ready(T::from_request(request, payload).into_inner().map(|token| Self(Some(token))))
            }
            Ok(_) => ready(Ok(Self(None))),
            Err(rejection) => ready(Err(rejection)),
        }
    }
}
