//! Rejections that a handler returns.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use auth0_api_core::Error;

use crate::gate::Authentication;
use crate::rejection::TokenRejection;

/// An extractor that turns errors in a handler into rejections. A rejection has the status, challenges and headers that
/// the middleware sends for such an error. The middleware's hook builds the body.
///
/// ```
/// use actix_web::web;
/// use auth0_api_actix::{Reject, TokenRejection, VerifiedToken};
/// use auth0_api_core::{ApiClient, OnBehalfOf};
///
/// async fn calendar(
///     token: VerifiedToken,
///     reject: Reject,
///     api: web::Data<ApiClient>,
/// ) -> Result<String, TokenRejection> {
///     let asked = OnBehalfOf::audience("https://calendar.example.com");
///     let calendar = api.get_token_on_behalf_of(&token, asked).await.map_err(|error| reject.with(error))?;
///     Ok(format!("granted {:?}", calendar.scope()))
/// }
/// # _ = web::get().to(calendar);
/// ```
///
/// If no middleware covers the handler, the extractor rejects the request with 500.
#[derive(Debug)]
pub struct Reject(Authentication);

impl Reject {
    /// Returns the rejection for an error of a verification, of an exchange, or of a requirement that the handler has
    /// checked.
    pub fn with(&self, error: impl Into<Error>) -> TokenRejection {
        let error = match &self.0.token {
            Some(token) => error.into().presented_with(token),
            None => error.into(),
        };
        self.0.reject(&error)
    }
}

impl FromRequest for Reject {
    type Error = TokenRejection;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Authentication::of(request).map(Self))
    }
}
