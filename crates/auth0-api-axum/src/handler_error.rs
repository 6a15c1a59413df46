//! Errors that a handler returns.

use std::fmt;
use std::sync::Arc;

use auth0_api_core::Error;
use http::{Response, StatusCode};

/// An error that a handler returns with `?`: of an exchange, of a requirement that the handler checks, or of claims.
///
/// The layer around the handler turns it into the rejection that it would send itself for such an error: status,
/// challenges on the scheme that the client used, headers, and the body of the layer's hook.
///
/// ```
/// use auth0_api_axum::{ApiClient, HandlerError, OnBehalfOf, Token};
/// use axum::extract::State;
///
/// async fn calendar(Token(token): Token, State(api): State<ApiClient>) -> Result<String, HandlerError> {
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
/// If no [`AuthLayer`](crate::AuthLayer) covers the handler, the response is 500 with an empty body. A service without
/// axum returns the response of [`into_response`](Self::into_response).
#[derive(Clone, Debug)]
pub struct HandlerError(pub(crate) Arc<Error>);

impl HandlerError {
    /// Returns the error.
    pub fn error(&self) -> &Error {
        &self.0
    }

    /// Makes a response that the layer replaces with the rejection.
    pub fn into_response<B: Default>(self) -> Response<B> {
        let mut response = Response::new(B::default());
        *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        response.extensions_mut().insert(self);
        response
    }
}

impl<E: Into<Error>> From<E> for HandlerError {
    fn from(error: E) -> Self {
        Self(Arc::new(error.into()))
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
