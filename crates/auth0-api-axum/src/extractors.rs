//! Extractors: they hand the token that a layer has verified to handlers. They verify nothing themselves.

use std::fmt;
use std::net::IpAddr;
use std::ops::Deref;

use auth0_api_core::adapter::Admission;
use auth0_api_core::exchange::VaultSubject;
use auth0_api_core::long_connection::UntilEnded;
use auth0_api_core::{Rejection, VerifiedToken};
use axum_core::body::Body;
use axum_core::extract::{FromRequestParts, OptionalFromRequestParts};
use axum_core::response::{IntoResponse, Response};
use http::request::Parts;
use serde::de::DeserializeOwned;

use crate::rejection::SharedStyle;
use crate::request::place;

/// The verified token of a request, as an extractor.
///
/// ```
/// use auth0_api_axum::Token;
///
/// async fn me(Token(token): Token) -> String {
///     format!("hello, {:?}", token.subject())
/// }
/// # _ = axum::Router::<()>::new().route("/me", axum::routing::get(me));
/// ```
///
/// | behind | no credentials | a valid token | an invalid token |
/// |---|---|---|---|
/// | [`AuthLayer`](crate::AuthLayer) | 401 | the token | rejected |
/// | an optional layer, as `Token` | 401 | the token | rejected |
/// | an optional layer, as `Option<Token>` | `None` | the token | rejected |
/// | no layer | 500 | 500 | 500 |
#[doc(alias = "jwt", alias = "user", alias = "principal")]
#[derive(Clone, Debug)]
pub struct Token(pub VerifiedToken);

/// The claims of a request's token, converted to a type of the application, as an extractor.
///
/// A token that lacks a claim which the type requires is rejected with 403
/// ([`ClaimsError`](auth0_api_core::token::ClaimsError)).
///
/// ```
/// use auth0_api_axum::Claims;
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
/// # _ = axum::Router::<()>::new().route("/tier", axum::routing::get(tier));
/// ```
#[doc(alias = "JwtClaims", alias = "payload")]
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claims<T>(pub T);

/// The end of a request's token, as an extractor: a future that completes when the token expires or is revoked. It is
/// [`ApiClient::until_ended`](auth0_api_core::ApiClient::until_ended) of the client that verified the request.
///
/// Use it to end what outlives the request, such as an event stream:
///
/// ```
/// use std::convert::Infallible;
/// use auth0_api_axum::TokenEnd;
/// use auth0_api_axum::long_connection::EndsWithToken;
/// use axum::response::sse::{Event, Sse};
/// use futures_util::stream::{self, Stream};
///
/// async fn events(
///     TokenEnd(until_ended): TokenEnd,
/// ) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
///     let events = stream::pending(); // the application's own events
///     let last = |_| Ok(Event::default().event("token_ended").data("log in again"));
///     Sse::new(EndsWithToken::new(events, until_ended).with_last(last))
/// }
/// # _ = axum::Router::<()>::new().route("/events", axum::routing::get(events));
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
/// [`ApiClient::end_user_address`](auth0_api_core::ApiClient::end_user_address). The server must provide the
/// address of its peer: `ConnectInfo<SocketAddr>`, or [`PeerAddr`](crate::PeerAddr).
///
/// ```
/// use auth0_api_axum::{ApiClient, EndUserAddress, HandlerError, OnBehalfOf, Token};
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
/// # _ = axum::Router::<()>::new().route("/events", axum::routing::get(events));
/// ```
///
/// The request may be one without credentials that an optional layer let through. Behind no layer, the response is 500.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndUserAddress(pub Option<IpAddr>);

/// The rejection of an extractor: the response that is sent to the client.
#[derive(Debug)]
pub struct TokenRejection(Box<Rejected>);

#[derive(Debug)]
struct Rejected {
    rejection: Rejection,
    response: Response,
}

impl<S: Sync> FromRequestParts<S> for Token {
    type Rejection = TokenRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        extract(parts, |admission| Ok(Self(admission.demand()?.clone())))
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for Token {
    type Rejection = TokenRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        extract(parts, |admission| Ok(admission.token().cloned().map(Self)))
    }
}

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Claims<T> {
    type Rejection = TokenRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        extract(parts, |admission| admission.claims().map(Self))
    }
}

impl<S: Sync, T: DeserializeOwned> OptionalFromRequestParts<S> for Claims<T> {
    type Rejection = TokenRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        extract(parts, |admission| admission.token().map(|_| admission.claims().map(Self)).transpose())
    }
}

impl<S: Sync> FromRequestParts<S> for TokenEnd {
    type Rejection = TokenRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        extract(parts, |admission| admission.until_ended().map(Self))
    }
}

impl<S: Sync> OptionalFromRequestParts<S> for TokenEnd {
    type Rejection = TokenRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Option<Self>, Self::Rejection> {
        extract(parts, |admission| admission.token().map(|_| admission.until_ended().map(Self)).transpose())
    }
}

impl<S: Sync> FromRequestParts<S> for EndUserAddress {
    type Rejection = TokenRejection;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        extract(parts, |admission| Ok(Self(admission.end_user_address())))
    }
}

/// Reads the admission of a request. A rejection has the body of the layer's hook.
pub(crate) fn extract<T>(
    parts: &Parts,
    read: impl FnOnce(&Admission) -> Result<T, Rejection>,
) -> Result<T, TokenRejection> {
    let place = place(&parts.method, &parts.uri, &parts.extensions);
    Admission::of(parts.extensions.get(), place).and_then(read).map_err(|rejection| {
        let response = SharedStyle::<Body>::reject(&rejection, parts);
        TokenRejection(Box::new(Rejected { rejection, response }))
    })
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

impl TokenRejection {
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
