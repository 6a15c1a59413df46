//! Errors that a handler returns.

use std::fmt;

use auth0_api_core::Error;
use auth0_api_core::adapter::ReturnedError;
use http::Response;

/// An error that a handler returns with `?`: of an exchange, of a requirement that the handler checks, or of claims.
///
/// The layer around the handler turns it into the rejection that it would send itself for such an error: status,
/// challenges on the scheme that the client used, headers, and the body of the layer's hook.
///
/// ```
/// use auth0_api_axum::{ApiClient, HandlerError, OnBehalfOf, Token};
/// use axum::extract::State;
///
/// async fn calendar(
///     Token(token): Token,
///     State(api): State<ApiClient>,
/// ) -> Result<String, HandlerError> {
///     let asked = OnBehalfOf::audience("https://calendar.example.com");
///     let tokens = api.get_token_on_behalf_of(&token, asked).await?;
///     Ok(format!("granted {:?}", tokens.scope()))
/// }
/// # _ = axum::Router::new().route("/calendar", axum::routing::get(calendar));
/// ```
///
/// If the handler can fail in other ways, return `axum::response::Result<T>` and write
/// `.await.map_err(HandlerError::from)?`, or return a type of the application whose `IntoResponse` returns the response
/// of [`into_response`](Self::into_response).
///
/// A service without axum returns the response of [`into_response`](Self::into_response).
///
/// If no [`AuthLayer`](crate::AuthLayer) covers the handler, the response is 500, and the event `layer_missing` tells the
/// operator. If a layer in between replaces the response by one with another status than 500, but keeps its extensions,
/// the error counts as handled.
#[derive(Clone, Debug)]
pub struct HandlerError(ReturnedError);

impl HandlerError {
    /// Returns the error.
    pub fn error(&self) -> &Error {
        self.0.error()
    }

    /// Makes a response that the layer replaces with the rejection.
    pub fn into_response<B: From<String>>(self) -> Response<B> {
        self.carried_by(Response::from(&self.0.answer()))
    }

    /// Makes a response like [`into_response`](Self::into_response), for services whose response body cannot be made
    /// from a `String`, such as gRPC services. If no layer covers the service, the client receives this body.
    pub fn into_response_with<B>(self, body: B) -> Response<B> {
        self.carried_by(self.0.answer().to_response("application/octet-stream", body))
    }

    fn carried_by<B>(&self, mut response: Response<B>) -> Response<B> {
        // The response is no rejection before a layer has replaced it.
        response.extensions_mut().clear();
        response.extensions_mut().insert(self.0.clone());
        response
    }
}

impl<E: Into<Error>> From<E> for HandlerError {
    fn from(error: E) -> Self {
        Self(error.into().into())
    }
}

impl fmt::Display for HandlerError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(feature = "axum")]
impl axum_core::response::IntoResponse for HandlerError {
    fn into_response(self) -> axum_core::response::Response {
        Self::into_response(self)
    }
}
