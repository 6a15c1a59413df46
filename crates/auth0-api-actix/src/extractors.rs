//! Extractors: they hand the token that a middleware has verified to handlers. They verify nothing themselves.

use std::future::{Ready, ready};
use std::net::IpAddr;
use std::ops::Deref;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use auth0_api_core::VerifiedToken;
use auth0_api_core::exchange::VaultSubject;
use auth0_api_core::long_connection::UntilEnded;
use serde::de::DeserializeOwned;

use crate::admitted::extract;
use crate::rejection::TokenRejection;

/// The verified token of a request, as an extractor.
///
/// ```
/// use auth0_api_actix::Token;
///
/// async fn me(Token(token): Token) -> String {
///     format!("hello, {:?}", token.subject())
/// }
/// # _ = actix_web::web::get().to(me);
/// ```
///
/// | behind | no credentials | a valid token | an invalid token |
/// |---|---|---|---|
/// | [`Auth`](crate::Auth) | 401 | the token | rejected |
/// | an optional `Auth`, as `Token` | 401 | the token | rejected |
/// | an optional `Auth`, as [`MaybeToken`] | `None` | the token | rejected |
/// | no `Auth` | 500 | 500 | 500 |
///
/// Do not take `Option<Token>`. actix-web implements it, and turns every rejection into `None`, even the 500.
#[doc(alias = "jwt", alias = "user", alias = "principal")]
#[derive(Clone, Debug)]
pub struct Token(pub VerifiedToken);

/// The claims of a request's token, converted to a type of the application, as an extractor.
///
/// A token that lacks a claim which the type requires is rejected with 403
/// ([`ClaimsError`](auth0_api_core::token::ClaimsError)).
///
/// ```
/// use auth0_api_actix::Claims;
///
/// #[derive(serde::Deserialize)]
/// struct Customer {
///     sub: String,
///     #[serde(rename = "https://example.com/tier")]
///     tier: Option<String>,
/// }
///
/// async fn tier(Claims(customer): Claims<Customer>) -> String {
///     format!("{} has the tier {:?}", customer.sub, customer.tier)
/// }
/// # _ = actix_web::web::get().to(tier);
/// ```
#[doc(alias = "JwtClaims", alias = "payload")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claims<T>(pub T);

/// The verified token of a request behind an [optional](crate::Auth::optional) middleware, as an extractor. It is
/// `None` only if the request carries no credentials. `MaybeToken<Scoped<G>>` rejects a token that does not meet the
/// requirement of [`Scoped`](crate::Scoped).
///
/// ```
/// use auth0_api_actix::{MaybeToken, Token};
///
/// async fn greet(MaybeToken(token): MaybeToken) -> String {
///     match token {
///         Some(Token(token)) => format!("hello, {:?}", token.subject()),
///         None => "hello, guest".to_owned(),
///     }
/// }
/// # _ = actix_web::web::get().to(greet);
/// ```
#[doc(alias = "anonymous")]
#[derive(Clone, Debug)]
pub struct MaybeToken<T = Token>(pub Option<T>);

/// The end of a request's token, as an extractor: a future that completes when the token expires or is revoked. It is
/// [`ApiClient::until_ended`](auth0_api_core::ApiClient::until_ended) of the client that verified the request.
///
/// Use it to end what outlives the request, such as an event stream:
///
/// ```
/// use std::convert::Infallible;
/// use actix_web::HttpResponse;
/// use actix_web::web::Bytes;
/// use auth0_api_actix::TokenEnd;
/// use auth0_api_actix::long_connection::EndsWithToken;
/// # use futures_core::Stream;
/// # fn own_events() -> impl Stream<Item = Result<Bytes, Infallible>> { Pending }
/// # struct Pending;
/// # impl Stream for Pending {
/// #     type Item = Result<Bytes, Infallible>;
/// #     fn poll_next(
/// #         self: std::pin::Pin<&mut Self>,
/// #         _: &mut std::task::Context<'_>,
/// #     ) -> std::task::Poll<Option<Self::Item>> {
/// #         std::task::Poll::Pending
/// #     }
/// # }
///
/// async fn events(TokenEnd(until_ended): TokenEnd) -> HttpResponse {
///     let last = |_| Ok(Bytes::from_static(b"event: token_ended\ndata: log in again\n\n"));
///     let events = EndsWithToken::new(own_events(), until_ended).with_last(last);
///     HttpResponse::Ok().content_type("text/event-stream").streaming(events)
/// }
/// # _ = actix_web::web::get().to(events);
/// ```
///
/// Without a token, it behaves like [`Token`].
#[derive(Debug)]
pub struct TokenEnd(pub UntilEnded);

/// The address of the end user who sent a request, as an extractor, for
/// [`OnBehalfOf::end_user_address`](auth0_api_core::OnBehalfOf::end_user_address) and the other exchanges.
///
/// It is `None` if the client does not
/// [forward addresses](auth0_api_core::ApiClientBuilder::forward_end_user_address), or if the address is unknown: see
/// [`ApiClient::end_user_address`](auth0_api_core::ApiClient::end_user_address).
///
/// ```
/// use auth0_api_actix::{ApiClient, EndUserAddress, HandlerError, OnBehalfOf, Token};
/// # const API: Option<ApiClient> = None;
///
/// async fn events(
///     Token(token): Token,
///     EndUserAddress(address): EndUserAddress,
/// ) -> Result<String, HandlerError> {
///     let calendar =
///         OnBehalfOf::audience("https://calendar.example.com").end_user_address(address);
///     # let Some(api) = API else { return Ok(String::new()) };
///     let tokens = api.get_token_on_behalf_of(&token, calendar).await?;
///     Ok(format!("got a token until {:?}", tokens.expires_at()))
/// }
/// # _ = actix_web::web::get().to(events);
/// ```
///
/// The request may be one without credentials that an optional middleware let through. Behind no middleware, the response is 500.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndUserAddress(pub Option<IpAddr>);

impl FromRequest for Token {
    type Error = TokenRejection;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(extract(request, |admission| Ok(Self(admission.demand()?.clone()))))
    }
}

impl<T: DeserializeOwned> FromRequest for Claims<T> {
    type Error = TokenRejection;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(extract(request, |admission| admission.claims().map(Self)))
    }
}

impl FromRequest for TokenEnd {
    type Error = TokenRejection;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(extract(request, |admission| admission.until_ended().map(Self)))
    }
}

impl FromRequest for EndUserAddress {
    type Error = TokenRejection;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(extract(request, |admission| Ok(Self(admission.end_user_address()))))
    }
}

impl<T> FromRequest for MaybeToken<T>
where
    T: FromRequest<Error = TokenRejection, Future = Ready<Result<T, TokenRejection>>>,
{
    type Error = TokenRejection;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(match extract(request, |admission| Ok(admission.token().is_some())) {
            Ok(true) => T::from_request(request, payload).into_inner().map(|token| Self(Some(token))),
            Ok(false) => Ok(Self(None)),
            Err(rejection) => Err(rejection),
        })
    }
}

impl From<&Token> for VaultSubject {
    fn from(Token(token): &Token) -> Self {
        token.into()
    }
}

impl Deref for Token {
    type Target = VerifiedToken;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}
