//! Errors that a handler returns.

use std::fmt;

use actix_web::{HttpResponse, ResponseError};
use auth0_api_core::Error;
use auth0_api_core::adapter::ReturnedError;

use crate::rejection::{RejectionBody, TokenRejection};

/// An error that a handler returns with `?`: of an exchange, of a requirement that the handler checks, or of claims.
///
/// The middleware around the handler turns it into the rejection that it would send itself for such an error: status,
/// challenges on the scheme that the client used, headers, and the body of the middleware's hook.
///
/// ```
/// use actix_web::web;
/// use auth0_api_actix::{ApiClient, HandlerError, OnBehalfOf, Token};
///
/// async fn calendar(
///     Token(token): Token,
///     api: web::Data<ApiClient>,
/// ) -> Result<String, HandlerError> {
///     let asked = OnBehalfOf::audience("https://calendar.example.com");
///     let tokens = api.get_token_on_behalf_of(&token, asked).await?;
///     Ok(format!("granted {:?}", tokens.scope()))
/// }
/// # _ = web::get().to(calendar);
/// ```
///
/// If the handler can fail in other ways, return `actix_web::Result<T>`, or an error type of the application whose
/// `error_response` returns the one of this error.
///
/// If no [`Auth`](crate::Auth) covers the handler, the response is 500, and the event `layer_missing` tells the operator.
/// If a middleware in between changes the status of the response, but keeps its extensions, the error counts as handled.
#[derive(Clone, Debug)]
pub struct HandlerError(ReturnedError);

impl HandlerError {
    /// Returns the error.
    pub fn error(&self) -> &Error {
        self.0.error()
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

/// The response is 500, until the middleware replaces it.
impl ResponseError for HandlerError {
    fn error_response(&self) -> HttpResponse {
        let answer = TokenRejection::new(self.0.answer(), &RejectionBody::Json, None);
        let mut response = answer.error_response();
        // The response is no rejection before a middleware has replaced it.
        response.extensions_mut().clear();
        response.extensions_mut().insert(self.0.clone());
        response
    }
}
