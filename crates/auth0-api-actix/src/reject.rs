//! Rejections that a handler decides.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use auth0_api_core::Error;

use crate::gate::Authentication;
use crate::rejection::TokenRejection;

/// Makes the rejections of a middleware out of the errors that a handler meets, as an extractor: status, challenges, headers, and
/// the body of the middleware's hook.
///
/// ```
/// use actix_web::web;
/// use auth0_api_actix::{Rejections, TokenRejection, VerifiedToken};
/// use auth0_api_core::{ApiClient, OnBehalfOf};
///
/// async fn calendar(
///     token: VerifiedToken,
///     reject: Rejections,
///     api: web::Data<ApiClient>,
/// ) -> Result<String, TokenRejection> {
///     let asked = OnBehalfOf::audience("https://calendar.example.com");
///     let calendar = api.get_token_on_behalf_of(&token, asked).await.map_err(|error| reject.with(error))?;
///     Ok(format!("granted {:?}", calendar.scope()))
/// }
/// # _ = web::get().to(calendar);
/// ```
///
/// Without a middleware around, it is rejected itself, with 500.
#[derive(Debug)]
pub struct Reject(Authentication);

impl Reject {
    /// The rejection, for an error of verification, a requirement checked by hand, or an exchange.
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
